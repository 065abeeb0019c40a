"""Lengths between 2**62 and sys.maxsize are ints like others."""
import operator
import sys


def attempt(f):
    try:
        return f()
    except (OverflowError, ValueError, IndexError, TypeError) as e:
        return f'{type(e).__name__}: {e}'


for n in (2**62 - 1, 2**62, sys.maxsize - 1, sys.maxsize):
    r = range(n)
    print(len(r), r.__len__(), r[-1], r[n - 1], len(r[1:]), len(range(-1, n, 1)[1:]) if n < sys.maxsize else '')
print(attempt(lambda: len(range(sys.maxsize + 1))))


class S:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return i

    def __length_hint__(self):
        return self.n


for n in (2**62, sys.maxsize, sys.maxsize + 1, -1, -2**70, True, 1.5):
    print(attempt(lambda: len(S(n))), attempt(lambda: bool(S(n))), attempt(lambda: S(n)[-1]), attempt(lambda: operator.length_hint(S(n))))
