"""Threads hammer one deque, heap queue through a lock, and OrderedDict."""
import threading
from collections import deque, OrderedDict, defaultdict, Counter

N = 4
ROUNDS = 3000


def run(*bodies):
    errors = []

    def guard(f, i):
        try:
            barrier.wait()
            f(i)
        except BaseException as e:
            errors.append(repr(e))

    barrier = threading.Barrier(len(bodies))
    threads = [threading.Thread(target=guard, args=(f, i)) for i, f in enumerate(bodies)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not errors, errors


d = deque()
got = [[] for _ in range(N)]


def produce(i):
    for n in range(ROUNDS):
        (d.append if n % 2 else d.appendleft)((i, n))


def consume(i):
    for n in range(ROUNDS * 2):
        try:
            got[i].append(d.popleft() if n % 2 else d.pop())
        except IndexError:
            pass


run(produce, produce, consume, consume)
everything = list(d) + got[2] + got[3]
assert sorted(everything) == sorted((i, n) for i in range(2) for n in range(ROUNDS))

# first in, first out, per producer
d = deque()
out = []


def put(i):
    for n in range(ROUNDS):
        d.append((i, n))


def get(i):
    while len(out) < 2 * ROUNDS:
        try:
            out.append(d.popleft())
        except IndexError:
            pass


run(put, put, get)
for i in range(2):
    assert [n for k, n in out if k == i] == list(range(ROUNDS))

b = deque(maxlen=10)


def bounded(i):
    for n in range(ROUNDS):
        b.append(n)
        assert len(b) <= 10
        b.appendleft(n)
        b.rotate(3)
        b.extend((1, 2, 3))
        try:
            b[5]
            b[2] = n
            b.remove(n)
        except (IndexError, ValueError, RuntimeError):
            pass
        c = list(b.copy())
        assert len(c) <= 10 and all(type(x) is int for x in c)


def walk(i):
    for n in range(ROUNDS // 2):
        try:
            for x in b:
                assert type(x) is int
            for x in reversed(b):
                assert type(x) is int
            5 in b
            b.count(3)
        except RuntimeError as e:
            assert "mutated" in str(e)


run(bounded, bounded, walk, walk)

o = OrderedDict((i, i) for i in range(50))


def ordered(i):
    for n in range(ROUNDS):
        k = (n * 7 + i) % 50
        try:
            o.move_to_end(k, last=n % 5 != 0)
        except KeyError:
            o[k] = k
        if n % 10 == 0:
            try:
                k, v = o.popitem(last=n % 20 == 0)
                assert k == v
            except KeyError:
                pass
        for k, v in list(o.items()):
            assert k == v


run(*[ordered] * N)
assert sorted(o) == sorted(set(o)) and len(o) == len(list(o))

dd = defaultdict(list)


def group(i):
    for n in range(ROUNDS):
        dd[n % 100].append((i, n))


run(*[group] * N)
assert sum(map(len, dd.values())) == N * ROUNDS
print("deque ok")
