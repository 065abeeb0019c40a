"""Every tool of itertools: results, repr, reduce, messages."""
import itertools
import operator
from itertools import *


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, e)


def take(n, it):
    return list(islice(it, n))


def named(v):
    return type(v).__name__.replace("str_ascii", "str") if hasattr(v, "__next__") else v


def reduced(x):
    r = x.__reduce__()
    return [named(v) for v in r[1]], [named(v) for v in r[2]] if len(r) > 2 and isinstance(r[2], tuple) else r[2:]


print(take(3, count()), take(3, count(5)), take(3, count(1, 0.5)), take(3, count(10, -3)), take(2, count(2 ** 62 - 1)), take(2, count(2 ** 63)), take(3, count(step=2)))
c = count(3)
next(c)
print(c, count(1, 2), count(1.5), count(1, 1), count(2.5, 1), c.__reduce__()[1], count(1, 2).__reduce__()[1])
attempt(count, "a")
attempt(count, 1, "a")
attempt(count, 1, 2, 3)

print(take(5, cycle("ab")), list(cycle([])))
c = cycle("abc")
next(c)
print(reduced(c))
take(4, c)
print(reduced(c))
print(list(repeat(1, 3)), take(2, repeat("x")), list(repeat(1, -5)), repeat(5), repeat(5, 3), repeat(object=1, times=2))
print(repeat(1, 4).__length_hint__(), repeat(1, 2).__reduce__()[1], repeat(1).__reduce__()[1])
attempt(repeat(1).__length_hint__)
attempt(repeat)
attempt(repeat, 1, "a")

print(list(chain()), list(chain("ab", [1], ())), list(chain.from_iterable(["ab", "c"])))
attempt(lambda: list(chain(1)))
attempt(lambda: list(chain([1], 2)))
attempt(chain.from_iterable, 1)
c = chain("ab", "cd")
print(reduced(c)[0])
next(c)
print(reduced(c))
d = chain()
d.__setstate__(c.__reduce__()[2])
print(list(d))
attempt(d.__setstate__, 1)
attempt(d.__setstate__, ())
attempt(d.__setstate__, (1,))

print(list(compress("ABCDEF", [1, 0, 1, 0, 1, 1])), list(compress("AB", [])), list(compress(data="AB", selectors=[0, 1])))
print(list(dropwhile(lambda x: x < 5, [1, 4, 6, 4, 1])), list(takewhile(lambda x: x < 5, [1, 4, 6, 4, 1])))
print(list(filterfalse(lambda x: x % 2, range(6))), list(filterfalse(None, [0, 1, "", 2])))
t = takewhile(bool, [1, 0, 1])
print(list(t), list(t), reduced(t))
print(list(starmap(pow, [(2, 5), (3, 2)])), list(starmap(lambda *a: a, ["ab", (), [1]])))
attempt(lambda: list(starmap(pow, [1])))

print(list(islice("abcdef", 3)), list(islice("abcdef", 2, None)), list(islice("abcdef", 1, 5, 2)), list(islice("abc", 0)), list(islice("abc", None)), list(islice("abcdef", None, None, 4)))
for args in (("abc", -1), ("abc", "a"), ("abc", 1, -1), ("abc", "a", 2), ("abc", 1, 2, 0), ("abc", 1, 2, "a"), ("abc",), ("abc", 1, 2, 3, 4), (5, 1)):
    attempt(islice, *args)
it = iter(range(10))
print(list(islice(it, 3)), list(islice(it, 1, 3)), list(it))
s = islice("abcdefgh", 1, 7, 2)
next(s)
print(reduced(s), list(s), reduced(s))

print(list(accumulate([1, 2, 3])), list(accumulate([1, 2, 3], operator.mul)), list(accumulate([1, 2], initial=100)), list(accumulate([])), list(accumulate([], initial=5)), list(accumulate("abc")), list(accumulate([3, 1, 2], func=max)))
a = accumulate([1, 2, 3])
print(reduced(a))
next(a)
next(a)
print(reduced(a))
a = accumulate([1, 2, 3], initial=7)
print(list(a.__reduce__()[0](*a.__reduce__()[1])))
print(list(pairwise("abcd")), list(pairwise("a")), list(pairwise([])))
print(list(zip_longest("ab", "x")), list(zip_longest("ab", "xyz", fillvalue="-")), list(zip_longest()), list(zip_longest("a", [])))
z = zip_longest("ab", "c", fillvalue=0)
next(z)
next(z)
print(reduced(z))

print([(k, list(g)) for k, g in groupby("AAAABBBCCDAABBB")], [(k, list(g)) for k, g in groupby([1, 3, 2, 4, 5], key=lambda x: x % 2)])
g = groupby("AAB")
k, first = next(g)
print(next(first))
k2, second = next(g)
print(k2, list(first), list(second), list(g))
print([k for k, g in groupby("aabbc")], list(groupby([])))

print(list(product()), list(product("ab", repeat=2)), list(product("ab", [1, 2])), list(product("ab", [])), list(product([1, 2], "x", repeat=1)), list(product("a", repeat=0)))
attempt(product, "a", repeat=-1)
attempt(product, 5)
p = product("ab", "cd")
print(p.__reduce__()[1:])
next(p)
next(p)
print(p.__reduce__()[1:], list(p), p.__reduce__()[1:])
p = product("ab", "cd")
p.__setstate__((1, 0))
print(list(p))
for f in (combinations, permutations, combinations_with_replacement):
    for n in range(5):
        for r in range(6):
            x = list(f(range(n), r))
            print(f.__name__, n, r, len(x), x[:3], x[-1:])
    attempt(f, "ab", -1)
    attempt(f, 5, 1)
    attempt(f, "ab", "c")
    i = f("abc", 2)
    print(i.__reduce__()[1:])
    next(i)
    next(i)
    r = i.__reduce__()
    print(r[1:])
    j = r[0](*r[1])
    j.__setstate__(r[2])
    print(list(i) == list(j), i.__reduce__()[1:])
print(list(permutations("abc")), list(permutations("abc", None)) == list(permutations("abc", 3)))
attempt(combinations, "a")

a, b, c = tee([1, 2, 3], 3)
print(next(a), next(a), next(b), list(c), list(a), list(b))
a, b = tee(range(200))
print(sum(a), sum(b), tee([], 0), type(a).__name__)
import copy
a, = tee("abc", 1)
next(a)
b = copy.copy(a)
print(list(a), list(b))
attempt(tee, [], -1)
attempt(tee, 5)
a, b = tee("ab")
x, y = tee(a)
next(a)
print(list(x), list(y), list(b))
r = b.__reduce__()
print(r[1], r[2][1])


def gen():
    yield next(rec)


attempt(lambda: [x for x in starmap(divmod, [(1, 0)])])
print(list(map(operator.add, count(), "" and [1] or [1, 2])))
print(len(list(combinations(range(20), 3))), sum(1 for _ in permutations(range(7))), sum(map(sum, product(range(10), repeat=3))))
for t in (chain, count, cycle, repeat, accumulate, groupby, islice, product, tee([])[0].__class__):
    print(t.__name__, t.__module__, iter(t(*(([1],) if t not in (count,) else (1,)) + ((1,) if t is islice else ()))).__class__ is t)


class S(chain):
    pass


print(list(S("ab")), type(S()).__name__, chain[int])
