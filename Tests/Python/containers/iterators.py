"""enumerate, zip, map, filter, reversed, iter(f, sentinel), sequence iterators."""


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, e)


print(list(enumerate("ab")), list(enumerate("ab", 5)), list(enumerate("ab", start=-1)), list(enumerate(iterable="x", start=2 ** 62 - 1)), list(enumerate("ab", 2 ** 63)))
attempt(enumerate)
attempt(enumerate, 1)
attempt(enumerate, [], 1, 2)
attempt(enumerate, [], x=2)
attempt(enumerate, [], "a")
print(list(zip()), list(zip("ab")), list(zip("ab", [1, 2, 3])), list(zip("ab", [1], "xyz")), list(zip("ab", "cd", strict=True)))
attempt(lambda: list(zip("ab", "c", strict=True)))
attempt(lambda: list(zip("a", "cd", strict=True)))
attempt(lambda: list(zip("ab", "cd", "e", strict=True)))
attempt(lambda: list(zip("a", "c", "ef", strict=True)))
attempt(zip, 1)
attempt(zip, x=1)
print(list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2], [3, 4, 5])), list(map(lambda *a: a, "ab", "cd", "ef")))
attempt(map, 1)
attempt(map, str, 1)
attempt(lambda: list(map(5, [1])))
print(list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2, 3])), list(filter(bool, [0, 3])))
attempt(filter, None)
attempt(filter, None, 5)
print(list(reversed([1, 2, 3])), list(reversed("abc")), list(reversed((1, 2))), list(reversed(range(3))), list(reversed({1: 1, 2: 2})))
attempt(reversed, {1})
attempt(reversed, 5)
attempt(reversed, iter([]))


class R:
    def __reversed__(self):
        return "custom"


class N:
    __reversed__ = None


class Q:
    def __len__(self):
        return 3

    def __getitem__(self, i):
        if i >= 3:
            raise IndexError(i)
        return i * 10


print(reversed(R()), list(reversed(Q())), list(Q()), list(iter(Q())))
attempt(reversed, N())
it = iter(Q())
print(next(it), it.__length_hint__(), it.__reduce__()[2])
it.__setstate__(2)
print(list(it), list(it), it.__reduce__()[1])
n = 0


def counter():
    global n
    n += 1
    return n


it = iter(counter, 4)
print(list(it), list(it), n)


def stops():
    raise StopIteration


print(list(iter(stops, None)))
attempt(iter, 5)
attempt(iter, 5, 6)

for seq in ([1, 2, 3], (1, 2, 3), "abc", b"abc", range(3)):
    it = iter(seq)
    print(type(seq).__name__, next(it), it.__length_hint__(), it.__reduce__()[2])
    it.__setstate__(1)
    print(list(it), it.__length_hint__(), it.__reduce__()[1], next(it, "end"), iter(it) is it)
    it.__setstate__(0)
    print(list(it))
it = reversed([1, 2, 3])
print(type(it).__name__, next(it), it.__length_hint__(), it.__reduce__()[1:])
it.__setstate__(0)
print(list(it), it.__reduce__()[1:])
l = [1, 2]
it = iter(l)
print(next(it))
l.append(3)
print(list(it))
l.append(4)
print(list(it), next(it, "end"))
l = [1, 2, 3, 4]
for x in l:
    l.remove(x)
print(l)
l = [1, 2, 3]
it = reversed(l)
l.append(4)
print(list(it))
it = reversed([1, 2, 3])
attempt(iter([]).__setstate__, "a")
for f in (enumerate("ab"), zip("ab", strict=True), zip("ab", "cd"), map(str, "ab"), filter(None, "ab"), reversed("ab")):
    next(f)
    r = f.__reduce__()
    print(type(f).__name__, r[0].__name__, len(r), list(f))
print(enumerate[int])


class E(enumerate):
    pass


print(list(E("ab")), type(E("a")).__name__)


def gen():
    yield 1
    raise ValueError("inside")


attempt(lambda: list(map(str, gen())))
attempt(lambda: list(zip([1, 2, 3], gen())))
attempt(lambda: list(enumerate(gen())))
attempt(lambda: list(filter(None, gen())))
import operator
print(operator.length_hint([1, 2]), operator.length_hint(iter([1, 2])), operator.length_hint(gen(), 7))
print(max(map(len, ["a", "bbb"])), sum(map(int, "123")), dict(enumerate("ab")), dict(zip("ab", "cd")), min(zip([2, 1], [3, 4])))
