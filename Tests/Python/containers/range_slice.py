"""range, slice and their iterators."""


def attempt(f, *args):
    try:
        print(repr(f(*args)))
    except Exception as e:
        print(type(e).__name__, e)


H = 2 ** 100
ranges = [range(0), range(5), range(1, 10, 3), range(10, 0, -3), range(5, 5), range(-5, 5), range(H), range(0, H, 2 ** 98), range(H, -H, -(2 ** 99)),
          range(2 ** 62 - 2, 2 ** 62 + 2), range(-2 ** 63, -2 ** 63 + 3), range(True, 5)]
for r in ranges:
    small = len(list(zip(range(12), r))) < 12
    print(r, bool(r), r.start, r.stop, r.step, hash(r) if len(list(zip(range(2), r))) == 2 else None, list(r) if small else "long")
    attempt(len, r)
    attempt(lambda: r[0])
    attempt(lambda: r[-1])
    attempt(lambda: r[1:])
    attempt(lambda: r[::-1])
    attempt(lambda: list(zip(range(3), reversed(r))))
    print(2 in r, r.count(2))
    if small:
        print(2.0 in r, "a" in r, r.count(2.0))
        attempt(r.index, 4.0)
    attempt(r.index, 4)
    attempt(r.__reduce__)
attempt(range)
attempt(range, 1, 2, 3, 4)
attempt(range, 1, 2, 0)
attempt(range, 1.0)
attempt(range, "a")
attempt(lambda: range(stop=1))
attempt(lambda: range(3)["a"])
attempt(lambda: range(3)[3])
attempt(lambda: range(3)[-4])
attempt(lambda: range(3)[H])
attempt(lambda: range(3) < range(4))
attempt(lambda: range(10)[::0])
print(range(0) == range(2, 1), range(1, 2) == range(1, 5, 10), range(3) == [0, 1, 2], range(0, 3, 2) == range(0, 4, 2), range(3) != range(4))
print(range(10)[2:8:2], range(10)[-3:], range(H)[2:5], range(10)[8:2:-2])
it = iter(range(5))
print(next(it), it.__length_hint__(), it.__reduce__()[1:], list(it), next(it, "end"))
it = iter(range(5))
it.__setstate__(3)
print(list(it))
it = iter(range(H, H + 3))
print(next(it), it.__length_hint__(), it.__reduce__()[1:])
it.__setstate__(0)
print(list(it), type(it).__name__, type(iter(range(3))).__name__)
attempt(type(iter(range(3))))

s = slice(1, 2, 3)
print(s, slice(5), slice(None), slice("a", "b"), s.start, s.stop, s.step, s == slice(1, 2, 3), s != slice(1, 2), slice(1) < slice(2))
attempt(hash, s)
attempt(slice)
attempt(slice, 1, 2, 3, 4)
attempt(setattr, s, "start", 1)
for x in (slice(None), slice(2), slice(-3, None), slice(None, None, -1), slice(10, 2, -3), slice(H), slice(-H, H, 2), slice(5, -H, -1)):
    print(x.indices(7), x.indices(0), x.indices(H))
attempt(slice(1).indices, -1)
attempt(slice(1).indices, "a")
attempt(slice("a").indices, 3)
attempt(slice(1, 2, 0).indices, 3)
print(s.__reduce__())
n = 0
for i in range(1000000):
    n += i
print(n)
for i in range(3, -4, -2):
    print(i, end=" ")
print()
