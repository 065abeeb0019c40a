# _weakref._remove_dead_weakref took an entry out and put it back when it was not the dead one:
# another thread saw the dict without the live reference that it had just stored.
import gc
import threading
from _weakref import _remove_dead_weakref, ref


class Thing:
    pass


class SlowKey:
    def __hash__(self):
        return sum(range(20)) % 2


key = SlowKey()


def hammer(rounds):
    references = {key: ref(Thing())}
    done = threading.Event()

    def remove():
        while not done.is_set():
            _remove_dead_weakref(references, key)

    remover = threading.Thread(target=remove)
    remover.start()
    lost = 0
    dead = ref(Thing())
    gc.collect()
    for _ in range(rounds):
        thing = Thing()
        references[key] = dead
        references[key] = ref(thing)
        lost += len(references) != 1
    done.set()
    remover.join()
    return lost


print("lost:", hammer(500_000))

references = {"dead": ref(Thing()), "live": ref(hammer), "none": None}
gc.collect()
_remove_dead_weakref(references, "absent")
_remove_dead_weakref(references, "dead")
_remove_dead_weakref(references, "live")
try:
    _remove_dead_weakref(references, "none")
except TypeError as error:
    print(error)
print(sorted(references))
