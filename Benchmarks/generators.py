"""Generators, yield from, generator expressions, coroutines driven by hand."""
from measure import benchmark


def numbers(n):
    for i in range(n):
        yield i


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def running(n):
    total = 0
    for i in numbers(n):
        total += i
    return total


def echo():
    got = None
    while True:
        got = yield got


def sending(n):
    g = echo()
    next(g)
    for i in range(n):
        g.send(i)


class Pause:
    def __await__(self):
        yield


async def waiting(n):
    for _ in range(n):
        await Pause()


def coroutine(n):
    c = waiting(n)
    try:
        while True:
            c.send(None)
    except StopIteration:
        pass


benchmark('generator loop', running, 700_000)
benchmark('yield from, depth 14', lambda: sum(tree(14)))
benchmark('generator expression', lambda: sum(i * i for i in range(500_000)))
benchmark('send', sending, 500_000)
benchmark('await', coroutine, 200_000)
