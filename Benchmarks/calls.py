"""Calls: recursion, closures, defaults, keywords, star arguments."""
from measure import benchmark


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def nothing(a, b=1, *, c=2):
    return a


def keyword_calls(n):
    for i in range(n):
        nothing(i, b=i, c=i)


def star_calls(n):
    arguments, keywords = (1, 2), {'c': 3}
    for _ in range(n):
        nothing(*arguments, **keywords)


def closure_calls(n):
    total = 0

    def add(i):
        nonlocal total
        total += i
    for i in range(n):
        add(i)
    return total


benchmark('fib 25', fib, 25)
benchmark('keyword calls', keyword_calls, 300_000)
benchmark('star calls', star_calls, 300_000)
benchmark('closure calls', closure_calls, 500_000)
