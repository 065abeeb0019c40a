"""tuple: construction, hash, comparison, methods."""


def attempt(f, *args):
    try:
        print(repr(f(*args)))
    except Exception as e:
        print(type(e).__name__, e)


t = (1, 2, 3, 4, 5)
print((), (1,), (1, 2), tuple("abc"), tuple([1, 2]), tuple(t) is t, tuple(range(3)))
for i in (0, -1, 4, 5, -6, slice(1, 3), slice(None, None, -1), slice(None), "a", 1.0, None, 1 << 70):
    attempt(t.__getitem__, i)
print(t[:] is t, t[::2], t[10:], t[3:1])
print(t + (6,), t * 2, 0 * t, () + t is t, t + () is t)
attempt(lambda: t + [1])
attempt(lambda: t * 1.5)
attempt(t.index, 9)
attempt(t.index, 3)
attempt(t.index, 3, 3)
attempt(t.index, 3, -3, -1)
print(t.count(3), (1, True, 1.0).count(1))
for x in ((), (1,), (1, 2), ("a",) * 0, (1, (2, (3,))), (None,), (1.5, 2), (-1,), (0, 0, 0), tuple(range(100)), (2 ** 61 - 1, 2 ** 100)):
    h = hash(x)
    print(len(x), h if None not in x else h == hash((None,)))
print((1, 2) < (1, 3), (1,) < (1, 0), () < (0,), (1, 2) == (1.0, 2), (2,) > (1, 9), (1,) >= (1,))
attempt(lambda: (1,) < [1])
attempt(lambda: (1, "a") < (1, 2))
attempt(hash, (1, []))
attempt(tuple, 1)
attempt(tuple, 1, 2)
attempt(lambda: tuple(a=1))
print(t.__getnewargs__(), tuple[int, ...])
print(2 in t, 9 in t, len(t), bool(()), bool((0,)))
a = ([],)
a[0].append(a)
print(a)


class P(tuple):
    def __new__(cls, *a):
        return super().__new__(cls, a)


p = P(1, 2)
p.attr = 5
print(p, p.attr, type(p), type(p + (3,)), type(p[:]), p == (1, 2), hash(p) == hash((1, 2)), p.__getnewargs__())
x, (y, *z) = 1, (2, 3, 4)
print(x, y, z)
print(max((3, 1, 2)), sorted((3, 1, 2)), list(reversed((1, 2, 3))), sum((1, 2, 3)))
