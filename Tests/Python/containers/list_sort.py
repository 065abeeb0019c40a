"""list.sort and sorted: stability, keys, reverse, runs, errors, mutation."""
import functools


class Key:
    def __init__(self, k, n):
        self.k = k
        self.n = n

    def __lt__(self, o):
        return self.k < o.k

    def __repr__(self):
        return "%s.%s" % (self.k, self.n)


def lcg(seed):
    while True:
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        yield seed >> 8


def check(l):
    return all(not (b < a) for a, b in zip(l, l[1:]))


g = lcg(42)
for n in (0, 1, 2, 3, 5, 10, 31, 32, 33, 63, 64, 65, 100, 127, 500, 1000, 5000):
    data = [next(g) % (n + 1) for _ in range(n)]
    ref = sorted(data)
    assert check(ref) and len(ref) == n
    assert sorted(data, reverse=True) == ref[::-1]
    assert sorted(map(float, data)) == ref
    assert sorted(map(str, data)) == sorted([str(x) for x in ref])
    ks = [Key(x % 7, i) for i, x in enumerate(data)]
    s = sorted(ks)
    assert all((a.k, a.n) < (b.k, b.n) for a, b in zip(s, s[1:])), n
    s = sorted(ks, reverse=True)
    assert all((-a.k, a.n) < (-b.k, b.n) for a, b in zip(s, s[1:])), n
    s = sorted(range(n), key=lambda i: data[i] % 5)
    assert all((data[a] % 5, a) < (data[b] % 5, b) for a, b in zip(s, s[1:]))
    t = sorted([(x % 3, str(x)) for x in data])
    assert check(t)
    for pattern in ("asc", "desc", "saw", "same", "runs"):
        if pattern == "asc":
            d = list(range(n))
        elif pattern == "desc":
            d = list(range(n, 0, -1))
        elif pattern == "saw":
            d = [i % 10 for i in range(n)]
        elif pattern == "same":
            d = [7] * n
        else:
            d = list(range(n // 2)) + list(range(n // 2)) + list(range(n, n // 2, -1))
        e = sorted(d)
        assert check(e) and len(e) == len(d) and sum(e) == sum(d)
        d.sort()
        assert d == e
        mixed = [x if i % 2 else float(x) for i, x in enumerate(d)]
        assert sorted(mixed) == e
print("sorted")

print(sorted("banana"), sorted({3, 1, 2}), sorted({"b": 1, "a": 2}))
print(sorted([3, -1, 2, -5], key=abs), sorted("Hello World".split(), key=str.lower))
print(sorted([1, 2, 3], key=lambda x: -x), sorted([True, False, 2, 0.5]))
print(sorted([10 ** 30, -10 ** 30, 5, 2 ** 62, -2 ** 62, 2 ** 63]))
print(sorted([float("inf"), 1.0, -0.0, 0.0, float("-inf")]))
print(sorted(["é", "e", "z", "𝄞", "a" * 30, "a" * 29]))
print(sorted([(1, "b"), (1, "a"), (0, "z")]), sorted([[2], [1, 5], [1]]))
print(sorted([5, 3, 8], key=functools.cmp_to_key(lambda a, b: b - a)))


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


attempt(lambda: sorted([1, "a", 2]))
attempt(lambda: sorted([None, 1]))
attempt(lambda: sorted([1, 2], key=lambda x: 1 / 0))
attempt(lambda: [3, 1].sort(reverse="x"))
attempt(lambda: sorted([1j, 2j]))

l = [3, 1, 2]


def bad(x):
    l.append(x)
    return x


try:
    l.sort(key=bad)
except ValueError as e:
    print(e, l)

l = [3, 1, 2]
seen = []


def look(x):
    seen.append(list(l))
    return x


l.sort(key=look)
print(seen, l)

calls = 0


class Boom:
    def __init__(self, v):
        self.v = v

    def __lt__(self, o):
        global calls
        calls += 1
        if calls == 50:
            raise RuntimeError("boom")
        return self.v < o.v


data = [Boom(i * 7919 % 101) for i in range(100)]
ids = sorted(map(id, data))
try:
    data.sort()
except RuntimeError as e:
    print(e, sorted(map(id, data)) == ids)


class Liar:
    state = 1

    def __lt__(self, o):
        Liar.state = (Liar.state * 1103515245 + 12345) & 0x7FFFFFFF
        return bool(Liar.state & 0x10000)


data = [Liar() for _ in range(1000)]
ids = sorted(map(id, data))
data.sort()
print(sorted(map(id, data)) == ids)
l = [2, 1]
l.sort(key=None, reverse=True)
print(l)
