# ladon: stress=no
# (Under GC stress nothing is given back before a collection.)
"""Lists and tuples from iterators that build others of the same sizes meanwhile, in several threads: what is given back while one
is made must be nobody else's."""
import pickle
import threading
import weakref
from itertools import islice

SIZES = [0, 1, 3, 4, 5, 8, 9, 13, 60, 61, 62, 63, 64, 127, 128, 129, 400, 1000, 4094, 4096, 6000]


class Item:
    def __init__(self, n):
        self.n = n


def nested(n, depth):
    """n items, each of them made beside other lists and tuples that come and go."""
    for i in range(n):
        if depth and i % 97 == 0:
            inner = tuple(nested(i % 130, depth - 1))
            assert [x.n for x in inner] == list(range(i % 130))
            assert list(map(str, islice(range(1000), i % 130)))[-1:] == ([str(i % 130 - 1)] if i % 130 else [])
        yield Item(i)


def failing(n):
    for i in range(n):
        yield Item(i)
    raise LookupError(n)


class Reentrant:
    """Asked for its length while the list is begun."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(nested(self.n, 1))

    def __length_hint__(self):
        return len(tuple(nested(self.n // 2, 0))) * 3


def work(seed):
    kept = []
    for round in range(3):
        for n in SIZES:
            n += (seed + round) % 3
            kept.append((n, tuple(nested(n, 2)), list(nested(n, 1)), list(Reentrant(n)), [*nested(n, 0)], sorted(nested(n, 0), key=lambda x: -x.n)))
            try:
                list(failing(n))
            except LookupError as e:
                assert e.args == (n,)
            data = [tuple(range(n)), list(range(n)), {str(i): i for i in range(n)}]
            assert pickle.loads(pickle.dumps(data)) == data
        if round == 1:
            del kept[:len(SIZES)]
    for n, *results, backwards in kept:
        for result in results:
            assert [x.n for x in result] == list(range(n)), n
        assert [x.n for x in backwards] == list(range(n))[::-1]
    last = weakref.ref(kept[-1][1][-1])
    assert last() is kept[-1][1][-1]
    done.append(seed)


done = []
threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(done))

# Hints that are too large, and lists that are cut back to what came.
print(len(list(map(lambda x: x, iter(range(100_000))))), len(tuple(islice(iter(range(10)), 100_000))))


def stop_early():
    source = iter(range(100_000))
    for x in source:
        if x == 10:
            return
        yield x


print(list(stop_early()))


def until_five(x):
    if x == 5:
        raise StopIteration
    return x


print(list(map(until_five, range(1_000_000))))
