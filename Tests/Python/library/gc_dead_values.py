# What nothing can reach any more is dead for gc.collect(), whatever the registers of waiting frames and generators hold.
import gc
import sys
import weakref


class Object:
    pass


class Reference(weakref.ref):
    def __call__(self):
        return super().__call__()


def collect():
    import gc
    gc.collect()


def after_a_subclass_of_ref():
    o = Object()
    r = Reference(o)
    assert r() is o
    del o
    collect()
    return r()


def in_a_deep_call():
    o = Object()
    r = weakref.ref(o)

    def inner(n):
        return inner(n - 1) if n else collect()

    def use(x):
        return x

    use(use(o))
    del o
    inner(20)
    return r()


def results(log):
    for i in range(3):
        o = Object()
        log.append(weakref.ref(o))
        yield o
        del o


def yielded_values():
    log = []
    alive = []
    for value in results(log):
        del value
        collect()
        alive.append([r() is not None for r in log])
    return alive


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        collect()


def dropped_coroutine():
    async def f():
        pass

    made = []

    def make():
        c = f()
        made.append(weakref.ref(c))
        c.close()
        return c

    with Manager():
        make()
    return made[0]()


def in_expressions():
    log = []

    def make():
        o = Object()
        log.append(weakref.ref(o))
        return o

    def check(*_):
        collect()
        return [r() is not None for r in log]

    values = [make() is None, check()]
    # Temporaries that are needed afterwards are alive.
    kept = (make(), check(), make(), check())
    return values, kept[1], kept[3]


def waiting_generators():
    def chain(n, o):
        if n:
            yield from chain(n - 1, o)
        else:
            yield id(o) != 0
            yield id(o) != 0

    o = Object()
    r = weakref.ref(o)
    g = chain(5, o)
    del o
    found = [next(g)]
    collect()
    found.append(r() is not None)
    found.append(next(g))
    del g
    collect()
    found.append(r() is None)
    return found


print(after_a_subclass_of_ref())
print(in_a_deep_call())
print(yielded_values())
print(dropped_coroutine())
print(in_expressions())
print(waiting_generators())

# In cycles only: what counts of references would have freed is not kept.
gc.collect()
cycle = [Object()]
cycle.append(cycle)
gc.set_debug(gc.DEBUG_SAVEALL)
del cycle
single = [Object()]
del single
gc.collect()
gc.set_debug(0)
print([type(o).__name__ for o in gc.garbage if type(o) is list], len(gc.garbage) in (2, 3))
gc.garbage.clear()
print(sorted(gc.get_referents({1: 2, 3: 4})), gc.is_tracked(type('T', (int,), {})()))
