# What CPython's tables mark with METH_COEXIST is a method, not the wrapper of a slot; the rest is.
import inspect
import types

for cls in (dict, list, set, frozenset):
    for name in ('__contains__', '__getitem__', '__len__', '__iter__', '__eq__', '__setitem__'):
        if name not in cls.__dict__:
            continue
        member = cls.__dict__[name]
        bound = getattr(cls(), name)
        print(cls.__name__, name, type(member).__name__, type(bound).__name__, repr(member), repr(bound).split(' at ')[0])
        print(' ', member.__doc__ if 'method_descriptor' == type(member).__name__ else '', member.__text_signature__, member.__qualname__)
        print(' ', inspect.isbuiltin(bound), inspect.ismethoddescriptor(member), isinstance(member, types.MethodDescriptorType))


def attempt(text):
    try:
        print(text, eval(text))
    except Exception as e:
        print(text, type(e).__name__, e)


for text in ('{}.__getitem__()', '[].__getitem__(1, 2)', '{}.__contains__()', "[].__getitem__('a')", '{}.__contains__([])',
             'dict.__getitem__([], 1)', 'list.__getitem__({}, 1)', '{}.__getitem__(k=1)', '{1: 2}.__getitem__(1)',
             '{}.__getitem__(3)', '[4, 5].__getitem__(-1)', '[4, 5].__getitem__(slice(None, None, -1))', '{7}.__contains__(7)',
             'frozenset.__contains__({1}, 1)', 'frozenset.__contains__(frozenset([1]), 2)', '{7}.__contains__([])',
             '{frozenset([1])}.__contains__({1})', 'dict.__getitem__()', 'list(map({1: 2, 3: 4}.__getitem__, [3, 1]))'):
    attempt(text)


# Subclasses: the slot is found again through the method.
class Counting(dict):
    def __missing__(self, key):
        return key * 2


class Mixed:
    pass


class Deep(Mixed, Counting):
    pass


class Stolen(list):
    __contains__ = set.__contains__


class Borrowed(dict):
    __getitem__ = list.__getitem__


class Renamed(dict):
    has = dict.__contains__
    __contains__ = dict.__contains__
    __getitem__ = dict.__getitem__


print(Counting()[4], Deep()[5], 4 in Deep({4: 1}), Deep.__getitem__ is dict.__dict__['__getitem__'], dict.__getitem__(Deep(), 8))
renamed = Renamed(a=1)
print(renamed.has('a'), 'a' in renamed, renamed['a'], renamed.__contains__('b'))
for action in (lambda: 1 in Stolen(), lambda: Borrowed()[0]):
    try:
        action()
    except TypeError as e:
        print(e)
Counting.__getitem__ = lambda self, key: 'mine'
print(Deep()[5])
del Counting.__getitem__
print(Deep()[5])
Mixed.__contains__ = lambda self, key: True
print(99 in Deep())
del Mixed.__contains__
print(99 in Deep())
print(hasattr(dict, '__contains__'), super(Deep, Deep()).__getitem__(3))
