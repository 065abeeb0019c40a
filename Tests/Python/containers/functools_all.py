"""partial, reduce, cmp_to_key, lru_cache."""
import functools
from functools import partial, reduce, cmp_to_key, lru_cache, cache
import copy
import pickle


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, e)


def show(*a, **k):
    return a, k


p = partial(show, 1, 2, x=3)
print(p(), p(4), p(4, y=5), p(x=6), p.args, p.keywords, p.func is show)
q = partial(p, 9, z=1)
print(q.args, q.keywords, q.func is show, q(0, z=2))
attempt(partial)
attempt(partial, 1)
attempt(setattr, p, "func", 1)
p.attr = 7
print(p.attr, p.__dict__, partial(p, 1).func is p)
print(partial(int, base=2)("101"), partial(int, base=2), partial(int), partial(max, 1, 2))
r = partial(show)
r.__setstate__((show, (r,), {}, {}))
print("..." in repr(r))
for bad in (1, (), (1, 2, 3, 4), (show, [], {}, None), (show, (), [], None)):
    attempt(r.__setstate__, bad)
print(copy.copy(partial(int, 1)).args, pickle.loads(pickle.dumps(partial(int, base=2)))("11"))
print(partial(int, base=2).__reduce__())


class C:
    m = functools.partialmethod(show, 1)
    n = partial(show, 1)


print(len(C().m()[0]), C().n(2), callable(p), partial[int])


class P(partial):
    pass


print(type(P(int)).__name__, P(int, "5")(), P(int))

print(reduce(lambda a, b: a + b, [1, 2, 3]), reduce(max, [3, 1], 10), reduce(show, [], 5), reduce(show, [7]))
attempt(reduce, show, [])
attempt(reduce, show, 5)
attempt(reduce, show)
K = cmp_to_key(lambda a, b: (a > b) - (a < b))
print(K(1) < K(2), K(1) == K(1), K(2) >= K(3), K(5).obj, sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)))
attempt(lambda: K(1) < 2)
attempt(hash, K(1))
attempt(K)
attempt(K, 1, 2)
attempt(cmp_to_key)
print(K(obj=3).obj, cmp_to_key(mycmp=max).obj)


@lru_cache(maxsize=3)
def square(x):
    calls.append(x)
    return x * x


calls = []
for x in (1, 2, 3, 1, 4, 2, 1, 1.0, "a" * 0 or 5):
    square(x)
print(calls, square.cache_info(), square.cache_parameters(), square.__wrapped__.__name__)
square.cache_clear()
print(square.cache_info())


@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(100), fib.cache_info())


@lru_cache(typed=True)
def typed(x, y=1):
    return type(x).__name__


print(typed(1), typed(1.0), typed(True), typed(1, 1), typed(x=1), typed(1), typed.cache_info())


@lru_cache(0)
def none(x):
    return x


none(1)
none(1)
print(none.cache_info())


@cache
def c(*a, **k):
    return a, k


print(c(1), c(1, b=2), c(b=2, *(1,)), c(), c(), c((1, 2)), c.cache_info())
attempt(c, [])


@lru_cache
def raises(x):
    raise ValueError(x)


attempt(raises, 1)
attempt(raises, 1)
print(raises.cache_info())


class M:
    @lru_cache(maxsize=2)
    def meth(self, x):
        return x

    def __hash__(self):
        return 1

    def __eq__(self, o):
        return self is o


m, n = M(), M()
print(m.meth(1), m.meth(1), n.meth(1), M.meth.cache_info(), m.meth.__name__, copy.copy(M.meth) is M.meth, copy.deepcopy(fib) is fib)
attempt(lru_cache, "a")
attempt(functools._lru_cache_wrapper, 1, 2, 3, 4)
attempt(functools._lru_cache_wrapper, int, "a", False, tuple)
square.extra = 1
print(square.extra, square.__doc__, square.__name__, square.__module__, fib.__reduce__())


@lru_cache(maxsize=2)
def recursive(n):
    return 1 if n == 0 else n * recursive(n - 1)


print(recursive(10), recursive.cache_info())


class Total:
    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        return self.v == o.v

    def __lt__(self, o):
        return self.v < o.v


T = functools.total_ordering(Total)
print(T(1) <= T(1), T(2) > T(1), T(1) >= T(2))


@functools.singledispatch
def sd(x):
    return "object"


@sd.register
def _(x: int):
    return "int"


@sd.register(list)
def _(x):
    return "list"


print(sd(1), sd([]), sd("s"), sd(True))


class CP:
    @functools.cached_property
    def v(self):
        print("computed")
        return 5


x = CP()
print(x.v, x.v)


@functools.wraps(show)
def w():
    pass


print(w.__name__, w.__wrapped__ is show)
