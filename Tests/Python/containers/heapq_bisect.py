"""heapq and bisect."""
import heapq
import bisect
import _heapq
from heapq import *


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, e)


def lcg(seed):
    while True:
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        yield seed >> 8


g = lcg(1)
h = []
data = [next(g) % 1000 for _ in range(500)]
for x in data:
    heappush(h, x)
print(h[:10], [heappop(h) for _ in range(500)] == sorted(data))
h = data[:]
heapify(h)
print(h[:10], heappushpop(h, -5), heappushpop(h, 500), heapreplace(h, 3), h[0])
print(nsmallest(5, data), nlargest(5, data), nsmallest(2, "hello", key=lambda c: -ord(c)), list(merge([1, 4], [2, 3], [0])))
print(list(merge("dca", "eb", reverse=True)))
h = data[:]
_heapq._heapify_max(h)
print(h[0], _heapq._heappop_max(h), _heapq._heapreplace_max(h, 5), h[0])
h = [float(x) for x in data]
heapify(h)
print([heappop(h) for _ in range(5)])
h = [str(x) for x in data]
heapify(h)
print([heappop(h) for _ in range(5)])
h = [(x % 7, str(x)) for x in data]
heapify(h)
print([heappop(h) for _ in range(5)])
attempt(heappop, [])
attempt(heapreplace, [], 1)
print(heappushpop([], 1))
for f in (heappop, heapify, _heapq._heappop_max):
    attempt(f, ())
for f in (heappush, heapreplace, heappushpop):
    attempt(f, {}, 1)
attempt(heappush, [1], "a")
attempt(heapify, [1, "a"])
attempt(heappush, [])


class Evil:
    def __lt__(self, o):
        h.clear()
        return True


h = [Evil() for _ in range(5)]
attempt(heappush, h, Evil())
h = [Evil() for _ in range(5)]
attempt(heappop, h)
h = [Evil() for _ in range(5)]
attempt(heapify, h)

a = [1, 2, 2, 3, 5]
for x in (0, 1, 2, 2.5, 5, 9):
    print(bisect.bisect_left(a, x), bisect.bisect_right(a, x), bisect.bisect(a, x, 2), bisect.bisect(a, x, 1, 3))
attempt(bisect.bisect, a, 1, -1)
attempt(bisect.bisect, a, "a")
attempt(bisect.bisect, a, 1, 0, "a")
attempt(bisect.bisect, 5, 1)
attempt(bisect.bisect, a, 1, 0, 100)
print(bisect.bisect_left(["a", "bb", "ccc"], 2, key=len), bisect.bisect(a=(1, 2), x=1), bisect.bisect(range(100), 50), bisect.bisect_left("abc", "b"))
l = []
for x in data[:20]:
    bisect.insort(l, x)
print(l == sorted(data[:20]))
l = ["a", "ccc"]
bisect.insort(l, "bb", key=len)
bisect.insort_left(l, "zz", key=len)
bisect.insort_right(l, "yy", key=len)
print(l)
attempt(bisect.insort, (1, 2), 1)


class L(list):
    def insert(self, i, x):
        print("insert", i, x)
        super().insert(i, x)


s = L([1, 3])
bisect.insort(s, 2)
print(s)
