"""One place that reads, writes and calls on objects of several shapes and kinds, and classes that change meanwhile."""


class A:
    def __init__(self):
        self.x = 1

    def area(self):
        return self.x


class B(A):
    def __init__(self):
        self.y = 2
        self.x = 3

    @property
    def area(self):
        return lambda: ('property', self.y)


class C:
    __slots__ = ('x', 'w')

    def __init__(self):
        self.x = 5

    @classmethod
    def area(cls):
        return cls.__name__


class D:
    x = 'of the class'

    @staticmethod
    def area():
        return 'static'


class E:
    def __getattr__(self, name):
        return lambda: name if name == 'area' else name

    def __setattr__(self, name, value):
        object.__setattr__(self, name, ('set', value))


def read(o):
    return o.x


def write(o, value):
    o.x = value


def call(o):
    return o.area()


def everything(objects, rounds):
    for _ in range(rounds):
        seen = []
        for o in objects:
            seen.append((read(o) if not isinstance(o, E) else None, call(o)))
        for o in objects:
            write(o, 7)
        for o in objects:
            seen.append(read(o))
            if isinstance(o, (A, C)):
                write(o, 1)
            else:
                del o.x
    return seen


for kinds in ([A, B], [A, B, C], [A, B, C, D], [C, D, E, A, B]):
    print(everything([k() for k in kinds], 20))

# A class changes under a place that knows it.
objects = [A(), B(), C(), A()]
print([call(o) for o in objects])
A.area = lambda self: ('new', self.x)
print([call(o) for o in objects])
A.x = property(lambda self: 'shadows')
print([read(o) for o in objects])
try:
    write(objects[0], 1)
except AttributeError as e:
    print(type(e).__name__)
del A.x
print([read(o) for o in objects])
objects[0].area = lambda: 'own'
objects[3].__class__ = D
print([call(o) for o in objects], [read(o) for o in objects])

# Late attributes, and many shapes: more than a place can know.
late = []
for i in range(40):
    a = A()
    for k in range(i % 8):
        setattr(a, f'extra{k}', k)
    late.append(a)
for _ in range(30):
    for a in late:
        write(a, read(a) + 1)
print(sum(map(read, late)), sum(len(vars(a)) for a in late))
for a in late[::3]:
    del a.x
missing = 0
for a in late:
    try:
        read(a)
    except AttributeError:
        missing += 1
print(missing)

# Modules and classes as owners.
import math, cmath


def root(m):
    return m.sqrt(4)


print([root(m) for m in (math, cmath, math, cmath, math, cmath)])


def named(c):
    return c.__name__, c.area


print([named(c)[0] for c in (A, B, C, D, A, B, C, D)])
