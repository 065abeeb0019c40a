"""Threads hammer one dict with single operations."""
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


# Distinct keys: every one arrives.
d = {}


def fill(i):
    for n in range(ROUNDS):
        d[(i, n)] = n
        d["%d-%d" % (i, n)] = n
        d[i * ROUNDS + n] = n


run(*[fill] * N)
assert len(d) == 3 * N * ROUNDS
for i in range(N):
    for n in range(ROUNDS):
        assert d[(i, n)] == n == d["%d-%d" % (i, n)] == d[i * ROUNDS + n]

# Each key is popped by exactly one thread.
got = [[] for _ in range(N)]


def popper(i):
    for n in range(N * ROUNDS):
        v = d.pop(n, None)
        if v is not None:
            got[i].append(n)


run(*[popper] * N)
assert sorted(sum(got, [])) == list(range(N * ROUNDS))

# setdefault: all threads agree on the object.
d = {}
seen = [[] for _ in range(N)]


def agree(i):
    for n in range(ROUNDS):
        seen[i].append(d.setdefault(n, [i]))


run(*[agree] * N)
for n in range(ROUNDS):
    assert len({id(seen[i][n]) for i in range(N)}) == 1

# Lookups during growth, deletion and clear see a value that belongs to the key, or none.
d = {i: ("v", i) for i in range(100)}


def mutate(i):
    for n in range(ROUNDS * 3):
        k = (n * 7 + i) % 150
        if n % 3 == 0:
            d[k] = ("v", k)
        elif n % 3 == 1:
            d.pop(k, None)
        else:
            d["s%d" % k] = ("v", k)
            d.pop("s%d" % k, None)
        if n % 1000 == 999 and i == 0:
            d.clear()


def look(i):
    for n in range(ROUNDS * 5):
        k = n % 150
        v = d.get(k)
        assert v is None or v == ("v", k), (k, v)
        try:
            assert d[k] == ("v", k)
        except KeyError:
            pass
        k in d


def walk(i):
    for n in range(200):
        for k in list(d):
            assert type(k) in (int, str)
        for k, v in list(d.items()):
            assert v[0] == "v" and (k == v[1] or k == "s%d" % v[1]), (k, v)
        c = dict(d)
        for k, v in c.items():
            assert k == v[1] or k == "s%d" % v[1]
        try:
            for k, v in d.items():
                assert v[0] == "v"
        except RuntimeError as e:
            assert "changed" in str(e)


run(mutate, look, walk, mutate)

# Keys with their own __eq__.


class K:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return self.v % 8

    def __eq__(self, o):
        return self.v == o.v


d = {}
counts = [0] * N


def objects(i):
    for n in range(200):
        d[K(n)] = n
        v = d.get(K(n // 2))
        assert v is None or v == n // 2
        if d.pop(K(n - 5), None) is not None:
            counts[i] += 1


run(*[objects] * N)
for k, v in d.items():
    assert k.v == v

# popitem gives each entry once
d = {i: i for i in range(N * ROUNDS)}
got = [[] for _ in range(N)]


def popitems(i):
    while True:
        try:
            k, v = d.popitem()
        except KeyError:
            return
        assert k == v
        got[i].append(k)


run(*[popitems] * N)
assert sorted(sum(got, [])) == list(range(N * ROUNDS)) and not d

# update and |=
d = {}


def updates(i):
    for n in range(200):
        d.update({(i, n, j): j for j in range(10)})
        e = d | {"x": 1}
        assert e["x"] == 1


run(*[updates] * N)
assert len(d) == N * 200 * 10
print("dict ok")
