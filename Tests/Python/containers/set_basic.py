"""set and frozenset."""


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, e)


print(set(), {1, 2, 3}, frozenset(), frozenset([1]), set("a"), {(1, 2)}, set(range(10)), {5, 3, 1, 100, 50, -7, 33, 1024, 9})
print(set(range(0, 200, 7)), {10 ** 20, 2 ** 61, 3.5, -1, -2}, set([1, 1.0, True]))
for n in (5, 17, 40, 100):
    s = {i * i % 97 for i in range(n)}
    print(s)
    for i in range(0, 97, 3):
        s.discard(i)
    print(s)
    s |= set(range(200, 220))
    print(s)
    print(s.copy(), set(s), frozenset(s), set(list(s)))
a = {1, 2, 3, 4}
b = {3, 4, 5}
print(a | b, a & b, a - b, a ^ b, b - a)
print(a.union(b, [9]), a.intersection(b, [3]), a.difference(b, [1]), a.symmetric_difference(b), a.union(), a.intersection(), a.difference())
print(a.union("xy") == {1, 2, 3, 4, "x", "y"}, a.intersection(range(3)), a.difference({1: 1}), a.symmetric_difference([1, 1, 9]))
c = set(a)
c |= b
print(c)
c &= {3, 4, 9}
print(c)
c -= {9, 3}
print(c)
c ^= {4, 8}
print(c)
c.update([1, 2], (3,), {4: 5})
print(c)
c.intersection_update([1, 2, 3], range(3))
print(c)
c.difference_update([1], [7])
print(c)
c.symmetric_difference_update([2, 5])
print(c)
attempt(lambda: a | [1])
attempt(lambda: a & [1])
attempt(lambda: [1] - a)
attempt(lambda: a < [1])
print(a == {4, 3, 2, 1}, a != b, a < {1, 2, 3, 4, 5}, a <= a, a < a, a > {1}, a >= {1, 9}, a == [1, 2, 3, 4], a == frozenset(a), frozenset(a) == a)
print(a.issubset(range(10)), a.issuperset([1, 2]), a.isdisjoint([7]), a.isdisjoint(b), a.issubset([1]), a.issuperset("a"))
attempt(a.isdisjoint, 3)
attempt(a.issubset, 3)
attempt(set, 3)
attempt(set, 1, 2)
attempt(lambda: set(a=1))
attempt(lambda: {[]})
attempt(set, [[]])
s = {1}
s.add(2)
s.add(1)
print(s, s.pop() in (1, 2), len(s))
s.clear()
attempt(s.pop)
attempt(s.remove, 5)
attempt(s.remove, {1})
attempt(s.discard, 5)
attempt(s.discard, [])
s = {frozenset([1, 2])}
print({1, 2} in s, {1} in s, set() in s)
s.remove({2, 1})
print(s)
attempt(hash, set())
for f in (frozenset(), frozenset([1]), frozenset(range(10)), frozenset([frozenset([1]), frozenset()]), frozenset(range(1000)), frozenset([-1, -2, 0])):
    print(len(f), hash(f))
f = frozenset([1, 2])
print(f.copy() is f, frozenset(f) is f, type(f | {3}), type({3} | f), f | {3}, f & {1}, f - {1}, f ^ {1, 9})
attempt(lambda: f.add)
g = f
g |= {7}
print(sorted(g), sorted(f))
it = iter({1, 2, 3})
print(next(it), it.__length_hint__(), it.__reduce__()[1], list(it), list(it))


def grow(s):
    for x in s:
        s.add(x + 100)


attempt(grow, {1, 2})


class S(set):
    pass


x = S([1, 2])
x.attr = 1
print(x, type(x | {3}), type(x.copy()), type(x.union()), x == {1, 2}, repr(S()), x.__reduce__())


class F(frozenset):
    def __new__(cls, *a, x=None):
        r = super().__new__(cls, *a)
        r.x = x
        return r


y = F([1], x=3)
print(y, y.x, type(y | {2}), hash(y) == hash(frozenset([1])), type(y.copy()))
attempt(lambda: frozenset(a=1))


class K:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return 3

    def __eq__(self, o):
        return isinstance(o, K) and o.v == self.v


s = {K(i % 5) for i in range(50)}
print(len(s), K(3) in s, K(7) in s)
s.remove(K(3))
print(len(s), K(3) in s)


class Evil:
    def __init__(self, s):
        self.s = s

    def __hash__(self):
        return 1

    def __eq__(self, o):
        self.s.clear()
        return False


s = {1, 2, 3}
print(Evil(s) in s, s)
big = set()
for i in range(100000):
    big.add(i * 3)
print(len(big), 299997 in big, 299998 in big)
for i in range(0, 100000, 2):
    big.discard(i * 3)
print(len(big), sum(big))
print(set().__sizeof__(), frozenset().__sizeof__(), set(range(10)).__sizeof__(), set[int])
print({1, 2}.__reduce__(), set.__hash__)
r = {1}
r.update({2}, {3})
print(r, *sorted(r))
