"""Attributes, methods, properties, construction."""
from measure import benchmark


class Point:
    kind = 'point'

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def move(self, dx, dy):
        self.x += dx
        self.y += dy

    @property
    def sum(self):
        return self.x + self.y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


class Named(Point):
    def __init__(self, name, x, y):
        super().__init__(x, y)
        self.name = name


class Slotted:
    __slots__ = ('value',)

    def __init__(self, value):
        self.value = value


def attributes(n):
    p = Point(1, 2)
    for _ in range(n):
        p.x = p.y
        p.y = p.x
        p.kind
    return p


def methods(n):
    p = Point(0, 0)
    for i in range(n):
        p.move(i, 1)
    return p.x


def properties(n):
    p = Point(1, 2)
    total = 0
    for _ in range(n):
        total += p.sum
    return total


def construction(n):
    for i in range(n):
        Point(i, i)
        Slotted(i)


def with_super(n):
    for i in range(n):
        Named('a', i, i)


def operators(n):
    p, step = Point(0, 0), Point(1, 1)
    for _ in range(n):
        p = p + step
    return p


benchmark('attribute access', attributes, 500_000)
benchmark('method calls', methods, 500_000)
benchmark('properties', properties, 500_000)
benchmark('construction', construction, 200_000)
benchmark('super', with_super, 200_000)
benchmark('operators', operators, 200_000)
