"""Fields of native objects are member_descriptors where CPython has plain fields, and say "readonly attribute"."""
import functools
import types


def attempt(f):
    try:
        return f()
    except (AttributeError, TypeError) as e:
        return f'{type(e).__name__}: {e}'


for owner, name in ((type, '__basicsize__'), (type, '__mro__'), (type, '__name__'), (property, 'fget'), (slice, 'start'),
                    (complex, 'real'), (int, 'real'), (types.FunctionType, '__globals__'), (types.FunctionType, '__name__'),
                    (OSError, 'errno'), (StopIteration, 'value'), (functools.partial, 'func'), (types.CodeType, 'co_name'),
                    (types.CodeType, 'co_code'), (types.MethodType, '__self__'), (types.ModuleType, '__dict__'), (range, 'stop')):
    d = owner.__dict__[name]
    print(type(d).__name__, repr(d), d.__qualname__, d.__objclass__.__name__)
print(attempt(lambda: setattr(property(), 'fget', 1)))
print(attempt(lambda: delattr(property(), 'fset')))
print(attempt(lambda: setattr(slice(1), 'start', 1)))
print(attempt(lambda: setattr(range(1), 'stop', 1)))
print(types.MemberDescriptorType, types.GetSetDescriptorType)


class Base:
    pass


class Meta(type, Base):
    pass


class D(metaclass=Meta):
    pass


# The __dict__ of a class is not replaced through another class's descriptor.
print(attempt(lambda: Base.__dict__['__dict__'].__set__(D, {})))
print(D.__module__, type(Base.__dict__['__dict__'].__get__(D)).__name__)


class M(types.ModuleType, Base):
    pass


print(attempt(lambda: Base.__dict__['__dict__'].__set__(M('m'), {})))


class P:
    __slots__ = ('x', '__classcell__')

    def f(self):
        return __class__.__name__


print(P().f(), type(P.__dict__['__classcell__']).__name__)


class X(int):
    __eq__ = str.__eq__
    __add__ = str.__add__


print(attempt(lambda: X() + X()))
print(attempt(lambda: X() == X()))


class G:
    __slots__ = ('a',)


class H:
    __slots__ = ('a',)


class GG(G):
    __slots__ = ('b',)


class HH(H):
    __slots__ = ('b',)


def become(v, cls):
    v.__class__ = cls
    return type(v).__name__


print(attempt(lambda: become(G(), H)))
print(attempt(lambda: become(GG(), HH)))
