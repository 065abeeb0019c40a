"""Lists: append, index, sort, comprehension, slice."""
from measure import benchmark


def appending(n):
    items = []
    for i in range(n):
        items.append(i)
    return items


def sieve(n):
    flags = [True] * n
    for i in range(2, int(n ** 0.5) + 1):
        if flags[i]:
            for j in range(i * i, n, i):
                flags[j] = False
    return sum(flags)


def sorting(n):
    x, items = 1, []
    for _ in range(n):
        x = x * 1103515245 + 12345 & 0x7FFFFFFF
        items.append(x)
    return sorted(items) + sorted(items, key=lambda v: -v)


def comprehensions(n):
    return [a * b for a in range(n) for b in range(100) if a != b]


def slices(n):
    items = list(range(100))
    for i in range(n):
        items[10:20] = items[30:40]
        items = items[1:] + items[:1]
    return items


benchmark('list append', appending, 500_000)
benchmark('sieve', sieve, 500_000)
benchmark('sort', sorting, 60_000)
benchmark('comprehensions', comprehensions, 3_000)
benchmark('slices', slices, 100_000)
