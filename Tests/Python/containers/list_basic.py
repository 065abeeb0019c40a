"""list: construction, indexing, slicing, methods, messages."""


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, e)


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


attempt(list)
attempt(list, "abc")
attempt(list, (1, 2))
attempt(list, {1: 2, 3: 4})
attempt(list, range(5))
attempt(list, 5)
attempt(list, 1, 2)
attempt(lambda: list(a=1))
l = [1, 2, 3]
l.__init__("xy")
print(l)

l = list(range(10))
for i in (0, 3, -1, -10, 10, -11, Index(2), True, "a", None, 1.5, 1 << 80, slice(2, 5), slice(None, None, -1), slice(8, 2, -2),
          slice(-3, None), slice(20, 30), slice(None, None, 3), slice(5, 2)):
    attempt(l.__getitem__, i)
attempt(lambda: l[::0])
attempt(lambda: l["a":])

for s in (slice(2, 4), slice(5, 2), slice(0, 0), slice(10, 20), slice(None, None, 2), slice(None, None, -2), slice(8, 1, -3)):
    for v in ([], [100], [100, 200], [1, 2, 3, 4, 5], "ab", (x for x in "pqr"), 7):
        c = l.copy()
        try:
            c[s] = v
            print(s, c)
        except Exception as e:
            print(s, type(e).__name__, e)
    c = l.copy()
    del c[s]
    print("del", s, c)

c = [1, 2, 3]
c[1:2] = c
print(c)
c[::-1] = c[:]
print(c)
c[0] = "x"
c[-1] = "y"
print(c)
attempt(c.__setitem__, 10, 1)
attempt(c.__setitem__, "a", 1)
attempt(c.__delitem__, 10)
del c[0]
del c[-1]
print(c)

l = []
for i in range(20):
    l.append(i)
l.extend((1, 2))
l.extend(x * x for x in range(3))
l.extend(l)
print(l, len(l))
l += "ab"
print(l[-3:])
attempt(l.extend, 4)
l = [3, 1, 2]
print(l.pop(), l.pop(0), l)
attempt(l.pop, 5)
l.clear()
attempt(l.pop)
attempt(l.pop, "a")
for i, v in ((0, "a"), (100, "b"), (-100, "c"), (1, "d"), (-1, "e")):
    l.insert(i, v)
print(l)
attempt(l.insert, "a", 1)
attempt(l.remove, "zz")
l.remove("a")
print(l)
print(l.index("b"), [1, 2, 1].index(1, 1), [1, 2, 1].index(1, -1), [1, 2, 3].index(2, -100, 100))
attempt([1, 2].index, 3)
attempt([1, 2].index, 1, 1)
attempt([1, 2].index, 1, "a")
print([1, 2, 1, True, 1.0].count(1), [[1], [2], [1]].count([1]))
l = [1, 2, 3, 4, 5]
l.reverse()
print(l, l.copy() == l, l.copy() is l)

print([1] + [2], [1] * 3, 3 * [1, 2], [1] * 0, [1] * -1, [1, 2] * True)
attempt(lambda: [1] + (2,))
attempt(lambda: [1] * "a")
attempt(lambda: [1] * 1.0)
attempt(lambda: "a" * [1])
l = [1, 2]
l *= 3
print(l)
l *= 0
print(l)

print([1, 2] < [1, 3], [1] < [1, 0], [] < [0], [1, 2] == [1, 2.0], [1] != [1], [2] > [1, 5], [1] >= [1], [1] <= [0])
attempt(lambda: [1] < (1,))
attempt(lambda: [1, "a"] < [1, 2])
print([1] == (1,), [1] != (1,))
attempt(hash, [])
print(3 in [1, 2, 3], 4 in [1, 2, 3], None in [None], float("nan") in [float("nan")])
nan = float("nan")
print(nan in [nan], [nan] == [nan])

a = [1]
a.append(a)
print(a)
b = [a, [a]]
print(b)
print(bool([]), bool([0]), len([1, 2]))
print([].__sizeof__(), list.__class_getitem__(int), list[int])


class L(list):
    def __init__(self, *a, x=None):
        super().__init__(*a)
        self.x = x


s = L([1, 2], x=5)
print(s, s.x, type(s), type(s[:]), type(s + [1]), type(s * 2), s == [1, 2], isinstance(s, list))
s.append(3)
print(s, sorted(s, reverse=True), list(reversed(s)))


class M(list):
    pass


attempt(lambda: M(a=1))
print(M("ab"), repr(M()))
x, *y = [1, 2, 3]
print(x, y)


# equality and mutation from __eq__
class Mean:
    def __init__(self, l):
        self.l = l

    def __eq__(self, o):
        self.l.clear()
        return False


l = [1, 2, 3, 4]
m = Mean(l)
print(m in l, l)
l = [1, 2, 3]
l.extend([Mean(l), 5])
print(l.count(7), l)
it = iter([1, 2, 3])
l = [0]
l.extend(it)
print(l, list(it))
