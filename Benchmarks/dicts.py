"""Dictionaries and sets: counting, building, lookup by string, integer and tuple."""
from measure import benchmark


def counting_words(n):
    words = [f'word{i * 7919 % 1000}' for i in range(1000)]
    counts = {}
    for _ in range(n):
        for w in words:
            counts[w] = counts.get(w, 0) + 1
    return counts


def integers(n):
    d = {}
    for i in range(n):
        d[i] = i
    total = 0
    for i in range(n):
        total += d[i]
    return total


def tuples(n):
    d = {(i, i + 1): i for i in range(1000)}
    total = 0
    for _ in range(n):
        for i in range(0, 1000, 7):
            total += d[(i, i + 1)]
    return total


def iteration(n):
    d = {str(i): i for i in range(1000)}
    total = 0
    for _ in range(n):
        for k, v in d.items():
            total += v
    return total


def sets(n):
    seen = set()
    for i in range(n):
        x = i * 31 % 5000
        if x not in seen:
            seen.add(x)
    return len(seen & set(range(100)))


benchmark('word counts', counting_words, 300)
benchmark('integer keys', integers, 300_000)
benchmark('tuple keys', tuples, 1_000)
benchmark('dict iteration', iteration, 500)
benchmark('sets', sets, 500_000)
