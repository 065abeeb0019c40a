"""Attributes of classes that have a `__getattr__`: what is found in the ordinary way is found so each time, whatever changes meanwhile."""
import enum


class Meta(type):
    def __getattr__(cls, name):
        if name.startswith('made_'):
            return ('meta', cls.__name__, name)
        raise AttributeError(name)

    @property
    def sometimes(cls):
        if cls.broken:
            raise AttributeError('sometimes')
        return 'meta property'


class Thing(metaclass=Meta):
    broken = False
    value = 1

    def __init__(self):
        self.own = 'own'

    def __getattr__(self, name):
        if name.startswith('no'):
            raise AttributeError(name)
        return ('made', name)

    @property
    def changing(self):
        if self.broken:
            raise AttributeError('changing')
        return 'property'

    @classmethod
    def of_class(cls):
        return cls.__name__

    @staticmethod
    def static():
        return 'static'

    def method(self):
        return 'method'


class Slotted:
    __slots__ = ('a',)

    def __getattr__(self, name):
        return 'instead of ' + name


def read(f, x):
    return [f(x) for _ in range(30)][-1]


class Colour(enum.Enum):
    RED = 1
    GREEN = 2

    @property
    def nice(self):
        return self is Colour.GREEN


# Each lambda is one place in the program, with what it remembers.
value = lambda x: x.value
own = lambda x: x.own
changing = lambda x: x.changing
sometimes = lambda x: x.sometimes
calls = lambda x: (x.method(), x.of_class(), x.static())
on_class = lambda x: (x.of_class(), x.static(), x.method(thing))
absent = lambda x: x.made_up
slot = lambda x: x.a

thing = Thing()
print(read(value, Thing), read(value, thing), read(own, thing), read(calls, thing), read(on_class, Thing))
print(read(absent, Thing), read(absent, thing))
Thing.value = 2
print(read(value, Thing), read(value, thing))
thing.value = 3
print(read(value, Thing), read(value, thing))
del thing.value, Thing.value
print(read(value, thing))
try:
    print(read(value, Thing))
except AttributeError as e:
    print('AttributeError', e)
Thing.made_up = 'there now'
print(read(absent, Thing), read(absent, thing))
del thing.own
print(read(own, thing))

print(read(changing, thing), read(sometimes, Thing))
Thing.broken = True
print(read(changing, thing))
try:
    print(read(sometimes, Thing))
except AttributeError as e:
    print('AttributeError', e)

s = Slotted()
print(read(slot, s))
s.a = 5
print(read(slot, s))
del s.a
print(read(slot, s))

thing = Thing()
Thing.value = 4
print(read(value, thing), read(own, thing))
Thing.__getattribute__ = lambda self, name: ('looked up', name)
print(read(value, thing), read(own, thing), read(absent, thing))
del Thing.__getattribute__
print(read(value, thing), read(own, thing), read(absent, thing))
del Thing.__getattr__
print(read(value, thing), read(own, thing))
Meta.__getattribute__ = lambda cls, name: ('meta looked up', name)
print(read(value, Thing), read(absent, Thing))
del Meta.__getattribute__
Meta.value = property(lambda cls: 'data descriptor of the metaclass')
print(read(value, Thing))
del Meta.value
print(read(value, Thing))

member = lambda: (Colour.RED, Colour.GREEN.nice, Colour.RED.name, Colour.RED.value)
print([member() for _ in range(30)][-1])
try:
    Colour.RED = 5
except AttributeError as e:
    print('AttributeError', e)
try:
    print(Colour.BLUE)
except AttributeError as e:
    print('AttributeError', e)
