# Many threads on one list, dict, set, deque, on attributes, globals and cells: single operations are atomic.
# ladon: timeout=120
import collections
import sys
import threading

sys.setswitchinterval(1e-6)
THREADS = 4
COUNT = 3000


def run(*bodies):
    failures = []

    def guarded(body, k):
        try:
            body(k)
        except BaseException as e:
            failures.append(repr(e))

    threads = [threading.Thread(target=guarded, args=(body, k)) for body in bodies for k in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return failures


# list
items = []
print(run(lambda k: [items.append((k, i)) for i in range(COUNT)]), len(items), len(set(items)))
# each thread's own order is kept
print(all([i for kk, i in items if kk == k] == list(range(COUNT)) for k in range(THREADS)))
popped = []


def pop(k):
    while True:
        try:
            popped.append(items.pop())
        except IndexError:
            return


print(run(pop), len(popped), len(set(popped)), items)

shared = list(range(100))


def mutate(k):
    for i in range(COUNT // 3):
        shared.insert(0, i)
        shared.pop()
        shared[i % 50] = i
        shared[10:20] = [1] * 10
        len(shared), shared[-1], i in shared
        shared.reverse()


def read(k):
    for _ in range(COUNT // 10):
        for x in shared:
            assert type(x) is int
        assert all(type(x) is int for x in list(shared))
        sum(shared[:])


print(run(mutate, read), len(shared))

# dict
d = {}


def fill(k):
    for i in range(COUNT):
        d[k, i] = i
        d.get((k, i - 1))
        if i % 3 == 0:
            del d[k, i]
        d.setdefault('common', k)


print(run(fill), len(d), sum(d.values()) - d['common'] == THREADS * sum(i for i in range(COUNT) if i % 3))


def scan(k):
    for _ in range(50):
        try:
            for key, value in d.items():
                assert type(value) is int
        except RuntimeError as e:
            assert 'changed size' in str(e) or 'changed during' in str(e), e
        list(d), dict(d), d.copy()


def churn(k):
    for i in range(COUNT):
        d[i % 200] = i
        d.pop((i + 100) % 200, None)


print(run(churn, scan))

# set
s = set()


def sets(k):
    for i in range(COUNT):
        s.add(i)
        s.discard(i - 10)
        i in s


print(run(sets), max(s) == COUNT - 1)

# deque
q = collections.deque()
print(run(lambda k: [q.append((k, i)) for i in range(COUNT)]), len(q))
taken = []


def take(k):
    while True:
        try:
            taken.append(q.popleft() if k % 2 else q.pop())
        except IndexError:
            return


print(run(take), len(taken), len(set(taken)))


# attributes
class Thing:
    pass


thing = Thing()


def attributes(k):
    for i in range(COUNT):
        setattr(thing, f'a{i % 40}_{k}', i)
        getattr(thing, f'a{(i + 7) % 40}_{(k + 1) % THREADS}', None)
        thing.common = i
        thing.common
        if i % 100 == 99:
            delattr(thing, f'a{i % 40}_{k}')
            setattr(thing, f'a{i % 40}_{k}', i)


print(run(attributes), len(vars(thing)))


# classes
class Base:
    def method(self):
        return 1


class Derived(Base):
    pass


def classes(k):
    o = Derived()
    for i in range(COUNT // 10):
        assert o.method() in (1, 2, 3)
        if k == 0:
            Derived.method = lambda self: 2
        elif k == 1:
            Base.method = lambda self: 3
        elif k == 2:
            try:
                del Derived.method
            except AttributeError:
                pass


print(run(classes))

# globals and cells
counter = 0
lock = threading.Lock()


def make():
    n = 0

    def add():
        nonlocal n
        with lock:
            n += 1
        return n
    return add


add = make()


def count(k):
    global counter
    for _ in range(COUNT):
        with lock:
            counter += 1
        add()


print(run(count), counter, add())

# one generator by many threads: some get "already executing", none gets an item twice
gen = iter(range(COUNT))
g = (x for x in range(COUNT))
got = []


def drain(k):
    while True:
        try:
            got.append(next(g))
        except ValueError as e:
            assert 'already executing' in str(e)
        except StopIteration:
            return


print(run(drain), len(set(got)) == len(got) == COUNT)

# str and int work in parallel
print(run(lambda k: [str(i) + hex(i) for i in range(COUNT)]), run(lambda k: [2 ** i for i in range(300)]))
