"""collections.deque."""
from collections import deque
import copy
import pickle


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, e)


d = deque()
print(d, deque("abc"), deque([1, 2, 3], 2), deque(maxlen=3), deque(iterable="xy", maxlen=None), deque([], 0))
for args in ((1,), ([], "a"), ([], -1), ([], 1, 2)):
    attempt(deque, *args)
attempt(lambda: deque(x=1))
for i in range(20):
    d.append(i)
    d.appendleft(-i)
print(d, len(d), d[0], d[-1], d[20], d.maxlen)
print([d.pop() for _ in range(5)], [d.popleft() for _ in range(5)], d)
d.extend("ab")
d.extendleft("cd")
print(d)
d.extend(d)
print(len(d))
d.clear()
attempt(d.pop)
attempt(d.popleft)
for n in (1, 2, 3, 4, 5, 8, 9, 16, 17):
    for k in (0, 1, 2, -1, -2, 3, 100, -100, n, -n):
        d = deque(range(n))
        d.rotate(k)
        e = list(range(n))
        k %= n
        assert list(d) == (e[-k:] + e[:-k] if k else e), (n, k, d)
d = deque(range(5))
d.rotate()
print(d)
attempt(d.rotate, "a")
for i in (0, 4, -1, -5, 5, -6, "a", 1.5, slice(1)):
    attempt(lambda: d[i])
d[0] = "x"
d[-1] = "y"
del d[1]
print(d)
attempt(d.__setitem__, 10, 1)
attempt(d.__delitem__, -10)
for i in range(6):
    e = deque(range(5))
    e.insert(i, "n")
    f = deque(range(6))
    del f[i]
    print(e, f)
e.insert(-2, "m")
e.insert(100, "end")
e.insert(-100, "start")
print(e)
attempt(deque([1], 1).insert, 0, 5)
print(e.count(1), e.index("m"), e.index(2, 1), e.index(3, -8, 8))
attempt(e.index, "zz")
attempt(e.index, 0, 3)
e.remove("m")
attempt(e.remove, "zz")
e.reverse()
print(e, list(reversed(e)), "end" in e, "q" in e)
b = deque(maxlen=3)
for i in range(6):
    b.append(i)
print(b)
b.appendleft("l")
print(b)
b.extend("xyz")
print(b, b.maxlen)
b.extendleft([1, 2])
print(b)
attempt(setattr, b, "maxlen", 5)
print(deque([1]) + deque([2]), deque([1, 2]) * 2, 2 * deque([1, 2], 3), deque([1]) * 0)
attempt(lambda: deque() + [1])
attempt(lambda: deque() * "a")
x = deque([1])
x += [2, 3]
x *= 2
print(x)
z = deque("abc", 4)
z *= 3
print(z)
print(deque([1, 2]) < deque([1, 3]), deque([1]) == deque([1], 5), deque([1]) != deque([2]), deque([2]) > deque([1, 9]), deque() == [], deque([1]) <= deque([1]))
attempt(lambda: deque() < [])
attempt(hash, deque())
c = copy.copy(b)
print(c, c.maxlen, c == b, c is b, b.copy())
it = iter(deque([1, 2, 3]))
print(next(it), it.__length_hint__(), it.__reduce__()[1:], list(it), next(it, "end"))
it = reversed(deque([1, 2, 3]))
print(type(it).__name__, next(it), it.__length_hint__())
d = deque([1, 2, 3])
it = iter(d)
next(it)
d.append(4)
attempt(next, it)
attempt(next, it, "end")


def loop():
    for x in d:
        d.popleft()


attempt(loop)


class Evil:
    def __init__(self, d):
        self.d = d

    def __eq__(self, o):
        self.d.clear()
        return False


for name in ("count", "index", "remove", "__contains__"):
    d = deque(range(5))
    d.append(Evil(d))
    attempt(getattr(d, name), 99)
d = deque([1])
d.append(d)
print(d)
print(pickle.loads(pickle.dumps(deque([1, 2], 5))), deque([1], 3).__reduce__()[:3])


class D(deque):
    pass


s = D([1, 2], 3)
s.a = 1
print(s, s.copy(), type(s.copy()).__name__, type(s + deque([3])).__name__, s.a, s == deque([1, 2]), deque[int])
big = deque()
for i in range(100000):
    big.append(i)
    if i % 3 == 0:
        big.popleft()
print(len(big), big[0], big[-1], sum(big), bool(big), bool(deque()))
x, *y = deque([1, 2, 3])
print(x, y, sorted(deque([3, 1, 2])), list(map(str, deque("ab"))))
