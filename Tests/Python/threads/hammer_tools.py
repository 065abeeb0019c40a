"""Iterators and caches shared by threads: no crash, nothing invented."""
import threading
import itertools
import functools

N = 4
ROUNDS = 3000


def run(*bodies):
    errors = []

    def guard(f, i):
        try:
            barrier.wait()
            f(i)
        except BaseException as e:
            errors.append(repr(e))

    barrier = threading.Barrier(len(bodies))
    threads = [threading.Thread(target=guard, args=(f, i)) for i, f in enumerate(bodies)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not errors, errors


# count hands out every number once
c = itertools.count()
got = [[] for _ in range(N)]


def numbers(i):
    for _ in range(ROUNDS):
        got[i].append(next(c))


run(*[numbers] * N)
assert sorted(sum(got, [])) == list(range(N * ROUNDS))
for g in got:
    assert g == sorted(g)


def shared(make, good):
    it = make()

    def body(i):
        for _ in range(500):
            try:
                x = next(it)
            except StopIteration:
                return
            except (RuntimeError, ValueError) as e:
                continue
            assert good(x), x

    run(*[body] * N)


data = list(range(1000))
d = {i: i for i in data}
isint = lambda x: type(x) is int and 0 <= x < 1000
shared(lambda: iter(data), isint)
shared(lambda: iter(tuple(data)), isint)
shared(lambda: iter(range(1000)), isint)
shared(lambda: reversed(data), isint)
shared(lambda: iter(d), isint)
shared(lambda: iter(d.values()), isint)
shared(lambda: iter(d.items()), lambda p: p[0] == p[1])
shared(lambda: iter(set(data)), isint)
# A shared list iterator may hand an item out twice, so the count may pass the list's length.
shared(lambda: enumerate(data), lambda p: type(p[0]) is int and p[0] >= 0 and isint(p[1]))
shared(lambda: zip(data, data), lambda p: isint(p[0]) and isint(p[1]))
shared(lambda: map(abs, data), isint)
shared(lambda: filter(None, data), isint)
shared(lambda: itertools.cycle(range(10)), lambda x: 0 <= x < 10)
shared(lambda: itertools.chain(data, data), isint)
shared(lambda: itertools.chain.from_iterable([range(5)] * 100), lambda x: 0 <= x < 5)
shared(lambda: itertools.islice(data, 10, 900, 3), isint)
shared(lambda: itertools.accumulate(range(40)), lambda x: type(x) is int)
shared(lambda: itertools.product(range(5), repeat=3), lambda p: len(p) == 3 and all(0 <= x < 5 for x in p))
shared(lambda: itertools.permutations(range(5), 3), lambda p: len(p) == 3 and all(0 <= x < 5 for x in p))
shared(lambda: itertools.combinations(range(12), 3), lambda p: len(p) == 3 and all(0 <= x < 12 for x in p))
shared(lambda: itertools.combinations_with_replacement(range(8), 3), lambda p: all(0 <= x < 8 for x in p))
shared(lambda: itertools.zip_longest(data, data[:10]), lambda p: len(p) == 2)
shared(lambda: itertools.pairwise(data), lambda p: len(p) == 2 and isint(p[0]) and isint(p[1]))
shared(lambda: itertools.compress(data, itertools.cycle([1, 0])), isint)
shared(lambda: itertools.takewhile(lambda x: x < 500, data), isint)
shared(lambda: itertools.repeat(7, 1000), lambda x: x == 7)
shared(lambda: itertools.groupby(data, lambda x: x // 10), lambda p: 0 <= p[0] < 100)
shared(lambda: itertools.tee(data)[0], isint)
a, b = itertools.tee(iter(data))
outs = [[], []]


def drain(i):
    it = (a, b)[i]
    while True:
        try:
            outs[i].append(next(it))
        except StopIteration:
            return
        except RuntimeError:
            pass


run(drain, drain)
assert outs[0] == data and outs[1] == data, (len(outs[0]), len(outs[1]))


@functools.lru_cache(maxsize=50)
def f(x):
    return x * 2


@functools.lru_cache(maxsize=None)
def g(x, y=0):
    return (x, y)


def cached(i):
    for n in range(ROUNDS):
        k = (n * (i + 3)) % 120
        assert f(k) == k * 2
        assert g(k, y=i) == (k, i)
        if n % 500 == 0 and i == 0:
            f.cache_clear()
        assert f.cache_info().currsize <= 50 + N


run(*[cached] * N)
p = functools.partial(max, 5)


def calls(i):
    for n in range(ROUNDS):
        assert p(n) == max(5, n)


run(*[calls] * N)
print("tools ok")
