"""Threads hammer one list with single operations; nothing may be lost, invented or torn."""
import threading

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


# Every append arrives once, in each thread's order.
l = []


def append(i):
    for n in range(ROUNDS):
        l.append((i, n))


run(*[append] * N)
assert len(l) == N * ROUNDS
for i in range(N):
    assert [n for k, n in l if k == i] == list(range(ROUNDS))

# Every item that was put in is taken out once.
l = []
taken = [[] for _ in range(N)]


def producer(i):
    for n in range(ROUNDS):
        l.append(i * ROUNDS + n)


def consumer(i):
    mine = taken[i]
    for n in range(ROUNDS * 2):
        try:
            mine.append(l.pop(0) if n % 3 == 0 else l.pop())
        except IndexError:
            pass


run(producer, producer, consumer, consumer)
rest = l + taken[2] + taken[3]
assert sorted(rest) == list(range(2 * ROUNDS)), len(rest)

# Readers see only what some writer stored.
l = [("v", i) for i in range(50)]


def writer(i):
    for n in range(ROUNDS):
        k = n % 4
        if k == 0:
            l.insert(n % 20, ("v", n))
        elif k == 1:
            del l[0]
        elif k == 2:
            l[n % 10] = ("v", -n)
        else:
            l[2:4] = [("v", n), ("v", n)]


def reader(i):
    for n in range(ROUNDS):
        for v in l[:30]:
            assert type(v) is tuple and v[0] == "v"
        for v in l:
            assert type(v) is tuple and v[0] == "v"
        try:
            assert l[n % 40][0] == "v"
        except IndexError:
            pass
        assert len(list(l)) >= 0
        ("v", 3) in l
        l.count(("v", 3))


run(writer, reader, reader, writer)

# slices, extend, clear, reverse, copy: each is one step.
l = [0] * 16


def extender(i):
    for n in range(ROUNDS // 4):
        l.extend([i + 1] * 8)
        l.clear() if n % 50 == 0 else None
        l.reverse()
        c = l.copy()
        assert all(type(x) is int for x in c)
        del l[:8]
        l.sort() if n % 64 == 63 and i == 0 else None


try:
    run(*[extender] * N)
except AssertionError as e:
    # sort may find that others changed the list meanwhile, and say so
    assert "list modified during sort" in str(e), e

# extend arrives whole
l = []


def blocks(i):
    for n in range(ROUNDS // 8):
        l.extend([i] * 16)


run(*[blocks] * N)
assert len(l) == N * (ROUNDS // 8) * 16
for p in range(0, len(l), 16):
    assert len(set(l[p:p + 16])) == 1
# iterating while others change the list
l = list(range(100))


def iterate(i):
    for n in range(300):
        for x in l:
            assert isinstance(x, int)
        for x in reversed(l):
            assert isinstance(x, int)


def change(i):
    for n in range(ROUNDS):
        l.append(n)
        l.pop(0)


run(iterate, iterate, change, change)
assert len(l) == 100
# Counted from the end, an item is the one that the list really had there while others move.
l = ["first", "last"]
finished = threading.Event()


def move(i):
    while not finished.is_set():
        l.insert(0, "x")
        l[0:1] = ["y", "z"]
        l.pop(0)
        l.pop(0)


def read_last(i):
    try:
        for _ in range(20000):
            assert l[-1] == "last"
    finally:
        finished.set()


run(move, read_last, read_last)
print("list ok")
