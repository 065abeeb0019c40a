"""Allocation and garbage collection: a million objects, alive and dying, and cycles."""
import gc
from measure import benchmark


class Node:
    def __init__(self, other):
        self.other = other


def million_alive():
    items = [Node(None) for _ in range(1_000_000)]
    gc.collect()
    return len(items)


def million_dying():
    last = None
    for i in range(1_000_000):
        last = Node(i)
    return last


def cycles(n):
    for _ in range(n):
        a = Node(None)
        a.other = Node(a)
    gc.collect()


def trees(depth):
    def make(d):
        return (make(d - 1), make(d - 1)) if d else (None, None)

    def count(t):
        return 1 + count(t[0]) + count(t[1]) if t[0] else 1
    return sum(count(make(depth)) for _ in range(8))


benchmark('a million objects alive', million_alive, runs=2)
benchmark('a million objects dying', million_dying, runs=2)
benchmark('cycles', cycles, 200_000)
benchmark('binary trees', trees, 13)
