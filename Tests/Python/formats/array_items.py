# array: every type code, with what it takes and what it refuses.
from array import array
import array as module


def show(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)


VALUES = (-1 << 70, -1 << 63, -(1 << 63) - 1, -(1 << 31) - 1, -32769, -129, -1, 128, 256, 32768, 65536, 1 << 31, 1 << 32, 1 << 63,
          1 << 64, 1 << 70, 1.5, 'a', 'ab', None, b'a', True)
for code in module.typecodes:
    for value in VALUES:
        a = array(code)
        print(code, value, end=': ')
        show(lambda: (a.append(value), a)[1])
    print(array(code).itemsize)

a = array('i', [1, 2, 3])
for f in [
        lambda: array(), lambda: array(1), lambda: array('ii'), lambda: array('i', 1, 2), lambda: array('i', x=1), lambda: array('x'),
        lambda: array('i', 'abc'), lambda: array('i', array('u', 'a')), lambda: array('u', array('i', [1])), lambda: array('i', 5),
        lambda: array('i', None), lambda: array('u', 'abc'), lambda: array('u', ['a', 'b']), lambda: array('u', b'abc'),
        lambda: array('b', b'abc'), lambda: array('b', bytearray(b'ab')), lambda: array('i', array('d', [1.0])),
        lambda: array('d', array('i', [1])), lambda: array('i', (1, 'a')), lambda: array('d', iter(range(4))),
        lambda: a[5], lambda: a['a'], lambda: a[1.0], lambda: a[-1], lambda: a[::-1], lambda: a[1:], lambda: a[5:],
        lambda: a.__setitem__(5, 1), lambda: a.__setitem__('a', 1), lambda: a.__setitem__(slice(0, 1), [1]),
        lambda: a.__setitem__(slice(0, 1), array('h')), lambda: a.__setitem__(slice(0, 3, 2), array('i', [1])),
        lambda: a.__delitem__(5), lambda: a.__delitem__('x'), lambda: a + [1], lambda: a + array('h'), lambda: a * 1.0, lambda: a * 2, lambda: 2 * a,
        lambda: a * -1, lambda: a.__iadd__([1]), lambda: a.extend(1), lambda: a.extend(array('h')), lambda: a.fromlist((1,)),
        lambda: a.fromlist([1, 'a']), lambda: a.frombytes('a'), lambda: a.frombytes(b'abc'), lambda: a.frombytes(memoryview(b'abcdefgh')[::2]),
        lambda: a.frombytes(memoryview(b'abcdefgh').cast('i')), lambda: a.pop(9), lambda: array('i').pop(), lambda: a.pop('a'), lambda: a.index(99),
        lambda: a.index(3), lambda: a.index(1, 1), lambda: a.index(1, -3), lambda: a.remove(99), lambda: a.insert(1), lambda: a.fromunicode('a'),
        lambda: array('u').fromunicode(1), lambda: a.tounicode(), lambda: a.__reduce_ex__(2), lambda: a.__reduce_ex__(3), lambda: a.__reduce_ex__('a'),
        lambda: a < [1], lambda: a == [1, 2, 3], lambda: a == array('d', [1, 2, 3]), lambda: a < array('d', [1, 2, 4]), lambda: a < array('i', [1, 2]),
        lambda: hash(a), lambda: array[int], lambda: iter(a).__reduce__()[1:], lambda: next(iter(array('i'))), lambda: a.count(1), lambda: 2 in a,
        lambda: a.tobytes(), lambda: a.tolist(), lambda: a.__copy__(), lambda: (2**62) * a, lambda: array('b', range(300)),
        lambda: array('f', [1e300]), lambda: array('u', 'a\ud800b'), lambda: array('u', b'\xff\xff\xff\xff')[0],
        lambda: memoryview(array('u', 'a')).format, lambda: memoryview(array('l', [1])).tolist(), lambda: array('d', [float('nan')]) == array('d', [float('nan')]),
        lambda: module._array_reconstructor(array, 'd', 14, b'a'), lambda: module._array_reconstructor(array, 'd', 14, b'\0\0\x80?'),
        lambda: module._array_reconstructor(array, 'i', 5, b'\1\0'), lambda: module._array_reconstructor(array, 'L', 13, b'\0\0\0\0\0\0\0\1'),
        lambda: module._array_reconstructor(array, 'u', 21, b'\0\0\0a\0\0\0b'), lambda: module._array_reconstructor(array, 'b', 22, b''),
        lambda: module._array_reconstructor(str, 'b', 0, b''), lambda: module._array_reconstructor(array, '?', 0, b''),
        lambda: setattr(a, 'typecode', 'b'), lambda: a.foo]:
    show(f)

# Slices: everything assigned and deleted as in a list.
for start in (None, 0, 1, 2, -2, 7):
    for stop in (None, 0, 1, 3, -1, 9):
        for step in (None, 1, 2, -1, -2):
            s = slice(start, stop, step)
            numbers = list(range(6))
            b = array('h', numbers)
            assert b[s].tolist() == numbers[s]
            del b[s]
            del numbers[s]
            assert b.tolist() == numbers, (s, b, numbers)
            if step in (None, 1):
                numbers = list(range(6))
                b = array('h', numbers)
                b[s] = array('h', [9, 8, 7])
                numbers[s] = [9, 8, 7]
                assert b.tolist() == numbers
a = array('q', range(5))
a[1:3] = a
a.extend(a)
a.byteswap()
print(a)

# While its memory is lent, the size stays.
a = array('i', [1, 2, 3])
v = memoryview(a)
for f in [lambda: a.append(1), lambda: a.pop(), lambda: a.extend([1]), lambda: a.frombytes(b''), lambda: a.frombytes(b'abcd'), lambda: a.insert(0, 1),
          lambda: a.__setitem__(slice(0, 1), array('i', [5])), lambda: a.__setitem__(slice(0, 1), array('i', [5, 6])), lambda: a.__delitem__(0),
          lambda: a.__imul__(1), lambda: a.__imul__(2), lambda: a.reverse(), lambda: a.byteswap(), lambda: a.remove(9), lambda: a.fromlist([])]:
    show(f)
v[0] = 7
print(a, v.itemsize, v.shape)
v.release()
a.append(4)
print(a)


class Sub(array):
    pass


s = Sub('i', [1])
s.x = 1
print(repr(s), s + s, s[:], s.__reduce_ex__(2)[1:])
