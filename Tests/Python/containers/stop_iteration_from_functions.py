"""StopIteration raised by a function that a native iterator calls ends the iteration, whoever consumes it."""
import array
import collections
import functools
import heapq
import io
import itertools
import math
import operator


def stops(x):
    if x == 5:
        raise StopIteration
    return x


def stops_with_value(*args):
    if args[0] == 5:
        raise StopIteration(9)
    return True


def source(start=0):
    return map(stops, range(start, 10))


def loop():
    result = []
    for x in source():
        result.append(x)
    return result


def unpack():
    a, b, c, d, e = source()
    return a, e


def unpack_star():
    a, *b = source()
    return a, b


def delegate():
    yield from source()


class Stopped:
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration(4)


WORK = {
    'for': loop,
    'list': lambda: list(source()),
    'tuple': lambda: tuple(source()),
    'set': lambda: set(source()),
    'display': lambda: [*source()],
    'arguments': lambda: (lambda *a: a)(*source()),
    'unpack': unpack,
    'unpack with star': unpack_star,
    'in': lambda: 7 in source(),
    'sum': lambda: sum(source()),
    'max': lambda: max(source()),
    'min': lambda: min(source()),
    'any': lambda: any(map(stops, range(5, 9))),
    'all': lambda: all(source(1)),
    'sorted': lambda: sorted(source()),
    'dict': lambda: dict(zip(source(), source())),
    'dict.fromkeys': lambda: dict.fromkeys(source()),
    'dict.update': lambda: dict(a=1, **dict(zip('bcdefgh', source()))),
    'join': lambda: ''.join(map(str, source())),
    'extend': lambda: [].extend(source()),
    'deque': lambda: collections.deque(source()),
    'Counter': lambda: collections.Counter(source()),
    'bytes': lambda: bytes(source()),
    'bytearray': lambda: bytearray(source()),
    'array': lambda: array.array('i', source()),
    'set.union': lambda: set().union(source()),
    'slice': lambda: [1, 2, 3].__setitem__(slice(0, 1), source()),
    'writelines': lambda: io.StringIO().writelines(map(str, source())),
    'filter': lambda: list(filter(stops_with_value, range(10))),
    'enumerate': lambda: list(enumerate(source())),
    'zip': lambda: list(zip(range(9), source())),
    'zip strict': lambda: list(zip(range(9), source(), strict=True)),
    'map of two': lambda: list(map(lambda a, b: stops(a), range(9), range(9))),
    'map of map': lambda: list(map(str, source())),
    'islice': lambda: list(itertools.islice(source(), 8)),
    'chain': lambda: list(itertools.chain(source(), source())),
    'chain.from_iterable': lambda: list(itertools.chain.from_iterable(map(lambda x: [stops(x)], range(9)))),
    'takewhile': lambda: list(itertools.takewhile(stops_with_value, range(9))),
    'dropwhile': lambda: list(itertools.dropwhile(stops_with_value, range(9))),
    'filterfalse': lambda: list(itertools.filterfalse(stops_with_value, range(9))),
    'starmap': lambda: list(itertools.starmap(stops_with_value, zip(range(9)))),
    'accumulate': lambda: list(itertools.accumulate(range(9), lambda a, b: stops(b))),
    'groupby': lambda: [(a, list(b)) for a, b in itertools.groupby(range(9), stops)],
    'compress': lambda: list(itertools.compress(source(), [1] * 9)),
    'product': lambda: list(itertools.product(source())),
    'zip_longest': lambda: list(itertools.zip_longest(source(), range(3))),
    'pairwise': lambda: list(itertools.pairwise(source())),
    'tee': lambda: [list(x) for x in itertools.tee(source())],
    'cycle': lambda: list(itertools.islice(itertools.cycle(source()), 12)),
    'reduce': lambda: functools.reduce(operator.add, source()),
    'callable': lambda: list(iter(lambda: stops(5), 1)),
    'next': lambda: next(map(stops_with_value, [5])),
    'next with default': lambda: next(map(stops_with_value, [5]), 'default'),
    'yield from': lambda: list(delegate()),
    'generator over': lambda: list(x for x in source()),
    'generator that raises': lambda: list(stops(x) for x in range(9)),
    'indexOf': lambda: operator.indexOf(source(), 7),
    'countOf': lambda: operator.countOf(source(), 3),
    'nsmallest': lambda: heapq.nsmallest(2, source()),
    'fsum': lambda: math.fsum(source()),
    'prod': lambda: math.prod(source(1)),
    'own class': lambda: list(Stopped()),
    'map of own class': lambda: list(map(stops, Stopped())),
}

for name, function in WORK.items():
    try:
        print(name, repr(function()))
    except Exception as e:
        print(name, type(e).__name__, e.args)
