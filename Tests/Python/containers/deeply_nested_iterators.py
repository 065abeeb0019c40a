# ladon: peer=no stress=no
# (CPython 3.11 overflows its stack. Half a million collections of a hundred thousand iterators would take hours.)
"""Iterators over iterators over iterators, deeper than any stack: an error, not a crash."""
import itertools
import marshal
import threading


def nest(wrap, depth):
    iterator = iter([1])
    for _ in range(depth):
        iterator = wrap(iterator)
    return iterator


def data(depth):
    result = ()
    for _ in range(depth):
        result = (result,)
    return result


WRAPPERS = [itertools.chain, enumerate, lambda x: map(abs, x), lambda x: itertools.islice(x, 5), lambda x: filter(None, x), zip,
            itertools.cycle, itertools.accumulate, itertools.pairwise, lambda x: itertools.takewhile(bool, x),
            lambda x: itertools.zip_longest(x), lambda x: itertools.starmap(abs, x), lambda x: itertools.compress(x, [1])]


def work():
    for wrap in WRAPPERS:
        for consume in list, tuple, set, next, lambda x: [y for y in x], lambda x: max(x, default=0):
            try:
                consume(nest(wrap, 100_000))
            except RecursionError:
                pass
            except (TypeError, StopIteration):
                assert wrap not in WRAPPERS[:2]
            else:
                assert False, wrap
    for depth in 1_000, 1_900, 5_000:
        try:
            assert marshal.loads(marshal.dumps(data(depth))) == data(depth) or depth > 500
        except (ValueError, RecursionError):
            pass


work()
threading.stack_size(1 << 16)
thread = threading.Thread(target=work)
thread.start()
thread.join()
