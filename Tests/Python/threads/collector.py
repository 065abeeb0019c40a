# gc, weak references and finalisers, as far as they don't depend on when objects die.
import gc
import sys
import threading
import weakref


class A:
    pass


class D:
    def __del__(self):
        log.append('del')


log = []


def collect():
    for _ in range(3):
        gc.collect()


def cycle(cls=A):
    a = cls()
    a.me = a
    return weakref.ref(a)


r = cycle()
collect()
print(r() is None)
r = cycle(D)
collect()
print(r() is None, log)


def with_callback():
    a = A()
    r = weakref.ref(a, lambda ref: log.append(('callback', ref() is None)))
    a.me = a
    return r


log.clear()
keep = with_callback()
collect()
print(log, keep() is None)

# A resurrected object's finaliser runs once.
saved = []


class Phoenix:
    def __del__(self):
        saved.append(self)
        log.append('phoenix')


def burn():
    p = Phoenix()
    p.me = p


log.clear()
burn()
collect()
print(len(saved), gc.is_finalized(saved[0]), log)
saved.clear()
collect()
print(log)

# Exceptions in finalisers are reported.
seen = []
sys.unraisablehook = lambda u: seen.append((u.exc_type.__name__, 'Bad.__del__' in repr(u.object) or 'bad' in repr(u.object)))


class Bad:
    def __del__(self):
        raise ValueError


def bad(ref):
    raise KeyError


def make_bad():
    b = Bad()
    b.me = b
    a = A()
    a.me = a
    return weakref.ref(a, bad)


keep = make_bad()
collect()
print(sorted(seen))
sys.unraisablehook = sys.__unraisablehook__

# weak containers
def fill():
    values = weakref.WeakValueDictionary()
    keys = weakref.WeakKeyDictionary()
    names = weakref.WeakSet()
    for i in range(10):
        a = A()
        a.me = a
        values[i] = a
        keys[a] = i
        names.add(a)
        if i == 5:
            stay = a
    return values, keys, names, stay


values, keys, names, stay = fill()
collect()
print(list(values), list(keys.values()), len(names), values[5] is stay)
f = weakref.finalize(stay, log.append, 'finalized')
print(f.alive, f.peek()[1] is list.append or f.peek()[1] == log.append)
log.clear()
print(f(), f.alive, log)

# proxies
a = A()
p = weakref.proxy(a)
p.x = 1
print(a.x, type(p).__name__, weakref.getweakrefcount(a), len(weakref.getweakrefs(a)))
print(weakref.ref(a) is weakref.ref(a), hash(weakref.ref(a)) == hash(a), weakref.ref(a) == weakref.ref(a))


def gone():
    a = A()
    a.me = a
    return weakref.proxy(a)


p = gone()
collect()
try:
    p.x
except ReferenceError as e:
    print(e)

# gc's own functions
print(gc.isenabled(), gc.disable(), gc.isenabled(), gc.enable(), gc.isenabled())
print(gc.get_threshold(), gc.set_threshold(100, 5), gc.get_threshold()[:2], gc.set_threshold(700, 10, 10))
print(gc.get_debug(), len(gc.get_count()), [sorted(d) for d in gc.get_stats()])
print(gc.is_tracked([]), gc.is_tracked(1), gc.is_tracked('a'), gc.is_tracked({}), gc.is_tracked({'a': []}), gc.is_tracked(A()), gc.is_tracked(A))
for bad_call in (lambda: gc.collect(3), lambda: gc.collect(-1), lambda: gc.collect('a'), lambda: gc.set_threshold(), lambda: gc.get_objects(generation=5)):
    try:
        bad_call()
    except Exception as e:
        print(type(e).__name__, e)
events = []
gc.callbacks.append(lambda phase, info: events.append((phase, info['generation'], sorted(info))))
gc.collect()
gc.collect(0)
gc.callbacks.clear()
print([e for e in events if e[1] == 2])
x = [1, {'k': A}, 'text']
print([type(v).__name__ for v in gc.get_referents(x)])
holder = [x]
print(any(v is holder for v in gc.get_referrers(x)), any(v is x for v in gc.get_objects()))
gc.freeze()
print(gc.get_freeze_count() > 0)
gc.unfreeze()
print(gc.get_freeze_count(), gc.garbage)

# Many threads make and drop finalisable objects.
count = 0
guard = threading.Lock()


class Counted:
    def __init__(self):
        self.me = self

    def __del__(self):
        global count
        with guard:
            count += 1


def churn():
    for _ in range(300):
        Counted()


threads = [threading.Thread(target=churn) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
del t, threads
collect()
print(count >= 1190)
