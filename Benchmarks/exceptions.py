"""Exceptions raised and caught, here and through calls; with statements that nothing goes wrong in."""
from measure import benchmark


class Trouble(Exception):
    pass


def deep(n):
    if n == 0:
        raise Trouble(n)
    deep(n - 1)


def here(n):
    for i in range(n):
        try:
            raise Trouble(i)
        except Trouble:
            pass


def through_calls(n):
    for _ in range(n):
        try:
            deep(8)
        except Trouble:
            pass


def not_raised(n):
    total = 0
    for i in range(n):
        try:
            total += i
        except Trouble:
            pass
        finally:
            total -= 1
    return total


def lookups(n):
    d = {}
    for i in range(n):
        try:
            d[i]
        except KeyError:
            pass


benchmark('raise and catch', here, 200_000)
benchmark('raise through 8 calls', through_calls, 30_000)
benchmark('try without raise', not_raised, 1_000_000)
benchmark('missing keys', lookups, 200_000)
