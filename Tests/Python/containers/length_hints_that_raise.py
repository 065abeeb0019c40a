# A length hint that raises, or that makes no sense, is heeded where CPython asks for it, and nowhere else.
import array
import collections
import io
import operator
import sys


class LengthRaises:
    def __len__(self):
        1 / 0


class HintRaises:
    def __length_hint__(self):
        1 / 0


class Negative:
    def __length_hint__(self):
        return -1


class NoInteger:
    def __length_hint__(self):
        return 'a'


class Huge:
    def __length_hint__(self):
        return sys.maxsize


class RaisesTypeError:
    def __length_hint__(self):
        raise TypeError('x')


class NotImplementedHint:
    def __length_hint__(self):
        return NotImplemented


def iterator(self):
    print('  iter', end='')
    return iter([1])


def extended(target):
    def extend(x):
        target.extend(x)
        return target
    return extend


def assigned(target):
    def assign(x):
        target[1:2] = x
        return target
    return assign


def added(x):
    target = []
    target += x
    return target


def spread(*arguments):
    return arguments


def single(x):
    a, = x
    return a


for cls in (LengthRaises, HintRaises, Negative, NoInteger, Huge, RaisesTypeError, NotImplementedHint):
    cls.__iter__ = iterator
    uses = dict(
        bytes=bytes, bytearray=bytearray, bytearray_extend=extended(bytearray()), bytearray_assign=assigned(bytearray(b'abc')),
        list=list, list_extend=extended([]), list_add=added, list_assign=assigned([7, 8, 9]), tuple=tuple, set=set,
        frozenset=frozenset, deque=collections.deque, deque_extend=extended(collections.deque()), sum=sum, max=max,
        sorted=sorted, list_display=lambda x: [*x], tuple_display=lambda x: (*x,), set_display=lambda x: {*x},
        call=lambda x: spread(*x), join=lambda x: ''.join(x), bytes_join=lambda x: b''.join(x),
        array=lambda x: array.array('i', x), array_extend=extended(array.array('i')), map=lambda x: list(map(str, x)),
        enumerate=lambda x: list(enumerate(x)), zip=lambda x: list(zip(x)), filter=lambda x: list(filter(None, x)),
        unpack=single, fromkeys=dict.fromkeys, length_hint=operator.length_hint, hint_3=lambda x: operator.length_hint(x, 3),
        writelines=lambda x: io.BytesIO().writelines(x), translate=lambda x: 'a'.translate(x))
    for name, use in uses.items():
        print(cls.__name__, name, end='')
        try:
            print('', use(cls()))
        except Exception as e:
            print('', type(e).__name__, e)
