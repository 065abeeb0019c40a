// The module `multiprocessing.sharedctypes` without ctypes: values and arrays of the type codes in memory that processes
// share. The library's own module needs ctypes, which does not exist here; this one stands in its place, with the same
// names, for everything that is made by a type code ("i", "d", ...).

let sharedValuesSource: StaticString = #"""
"""Values and arrays in memory that processes share."""
import struct as _struct
import sys as _sys
from multiprocessing import get_context, heap as _heap
from multiprocessing.context import assert_spawning
from multiprocessing.reduction import ForkingPickler

__all__ = ['RawValue', 'RawArray', 'Value', 'Array', 'copy', 'synchronized']

_CODES = 'cbBuhHiIlLqQfd'


def _check_code(code):
    if not isinstance(code, str):
        raise TypeError('without ctypes, a type is given by its code, such as "i" or "d"')
    if len(code) != 1 or code not in _CODES:
        raise TypeError(f'this type does not have a size: {code!r}')
    return code


# What the values call themselves: the names that they have in ctypes.
_NAMES = {
    'c': 'c_char', 'u': 'c_wchar', 'b': 'c_byte', 'B': 'c_ubyte', 'h': 'c_short', 'H': 'c_ushort', 'i': 'c_int', 'I': 'c_uint',
    'l': 'c_long', 'L': 'c_ulong', 'q': 'c_long', 'Q': 'c_ulong', 'f': 'c_float', 'd': 'c_double',
}


class _Memory:
    """Items of one type code in a block of shared memory."""

    def __init__(self, code, count, wrapper=None):
        self._code = code
        self._count = count
        # A wide character is four bytes, kept as a number.
        format = {'u': 'I'}.get(code, code)
        size = _struct.calcsize(format) * count
        self._wrapper = _heap.BufferWrapper(max(size, 1)) if wrapper is None else wrapper
        view = self._wrapper.create_memoryview()[:size]
        if wrapper is None:
            view[:] = bytes(size)
        self._view = view.cast(format)

    def _get(self, i):
        item = self._view[i]
        return chr(item) if self._code == 'u' else item

    def _set(self, i, value):
        code = self._code
        if code == 'u':
            if not isinstance(value, str) or len(value) != 1:
                raise TypeError('one character unicode string expected')
            value = ord(value)
        elif code == 'c':
            if isinstance(value, int) and 0 <= value < 256:
                value = bytes([value])
            if not isinstance(value, (bytes, bytearray)) or len(value) != 1:
                raise TypeError('one character bytes, bytearray or integer expected')
            value = bytes(value)
        elif code in 'fd':
            if isinstance(value, str):
                raise TypeError('must be real number, not str')
            value = float(value)
        else:
            if not hasattr(value, '__index__'):
                raise TypeError(f'an integer is required (got type {type(value).__name__})')
            bits = self._view.itemsize * 8
            value = value.__index__() & ((1 << bits) - 1)
            # Too large a number loses its upper bits, as in C.
            if code.islower() and value >> (bits - 1):
                value -= 1 << bits
        self._view[i] = value

    def __reduce__(self):
        assert_spawning(self)
        return _rebuild, (type(self), self._code, self._count, self._wrapper)


def _rebuild(kind, code, count, wrapper):
    made = kind.__new__(kind)
    _Memory.__init__(made, code, count, wrapper)
    return made


class _Value(_Memory):
    def __init__(self, code, value=None):
        super().__init__(code, 1)
        if value is not None:
            self._set(0, value)

    value = property(lambda self: self._get(0), lambda self, value: self._set(0, value))

    def __repr__(self):
        return f'{_NAMES[self._code]}({self.value!r})'


class _Array(_Memory):
    def __init__(self, code, size_or_initializer):
        if isinstance(size_or_initializer, int):
            if size_or_initializer < 0:
                raise ValueError('Array length must be >= 0')
            super().__init__(code, size_or_initializer)
            return
        items = list(size_or_initializer)
        super().__init__(code, len(items))
        for i, item in enumerate(items):
            self._set(i, item)

    def __len__(self):
        return self._count

    def __iter__(self):
        return map(self._get, range(self._count))

    def __getitem__(self, i):
        if isinstance(i, slice):
            items = [self._get(k) for k in range(*i.indices(self._count))]
            return b''.join(items) if self._code == 'c' else ''.join(items) if self._code == 'u' else items
        if not -self._count <= i < self._count:
            raise IndexError('invalid index')
        return self._get(i)

    def __setitem__(self, i, value):
        if isinstance(i, slice):
            places = range(*i.indices(self._count))
            items = list(value)
            if len(places) != len(items):
                raise ValueError('Can only assign sequence of same size')
            for k, item in zip(places, items):
                self._set(k, item)
            return
        if not -self._count <= i < self._count:
            raise IndexError('invalid index')
        self._set(i, value)

    def __repr__(self):
        return f'{type(self).__name__}({self._code!r}, {list(self)!r})'


class _Bytes(_Array):
    """An array of characters: also a string that ends at the first zero."""

    @property
    def raw(self):
        return self._view.tobytes()

    @raw.setter
    def raw(self, value):
        if len(value) > self._count:
            raise ValueError('byte string too long')
        for i, byte in enumerate(bytes(value)):
            self._set(i, byte)

    @property
    def value(self):
        return self.raw.partition(b'\0')[0]

    @value.setter
    def value(self, value):
        self.raw = value
        if len(value) < self._count:
            self._set(len(value), 0)


def RawValue(typecode_or_type, *args):
    """Returns a value in shared memory."""
    return _Value(_check_code(typecode_or_type), *args)


def RawArray(typecode_or_type, size_or_initializer):
    """Returns an array in shared memory."""
    code = _check_code(typecode_or_type)
    return (_Bytes if code == 'c' else _Array)(code, size_or_initializer)


def Value(typecode_or_type, *args, lock=True, ctx=None):
    """Returns a value in shared memory with a lock around it."""
    return _locked(RawValue(typecode_or_type, *args), lock, ctx)


def Array(typecode_or_type, size_or_initializer, *, lock=True, ctx=None):
    """Returns an array in shared memory with a lock around it."""
    return _locked(RawArray(typecode_or_type, size_or_initializer), lock, ctx)


def _locked(obj, lock, ctx):
    if lock is False:
        return obj
    if lock in (True, None):
        lock = (ctx or get_context()).RLock()
    if not hasattr(lock, 'acquire'):
        raise AttributeError(f'{lock!r} has no method \'acquire\'')
    return synchronized(obj, lock, ctx)


def copy(obj):
    """Returns a copy in memory of its own."""
    if isinstance(obj, _Value):
        return _Value(obj._code, obj.value)
    return type(obj)(obj._code, list(obj))


def synchronized(obj, lock=None, ctx=None):
    """Returns an object that does what `obj` does with a lock held."""
    if isinstance(obj, SynchronizedBase):
        raise AssertionError('object already synchronized')
    kind = SynchronizedString if isinstance(obj, _Bytes) else SynchronizedArray if isinstance(obj, _Array) else Synchronized
    return kind(obj, lock, ctx or get_context())


class SynchronizedBase:
    def __init__(self, obj, lock=None, ctx=None):
        self._obj = obj
        self._lock = lock or (ctx or get_context(force=True)).RLock()
        self.acquire = self._lock.acquire
        self.release = self._lock.release

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *args):
        return self._lock.__exit__(*args)

    def __reduce__(self):
        assert_spawning(self)
        return synchronized, (self._obj, self._lock)

    def get_obj(self):
        return self._obj

    def get_lock(self):
        return self._lock

    def __repr__(self):
        return f'<{type(self).__name__} wrapper for {self._obj}>'


def _locked_property(name):
    def get(self):
        with self:
            return getattr(self._obj, name)

    def set(self, value):
        with self:
            setattr(self._obj, name, value)

    return property(get, set)


class Synchronized(SynchronizedBase):
    value = _locked_property('value')


class SynchronizedArray(SynchronizedBase):
    def __len__(self):
        return len(self._obj)

    def __getitem__(self, i):
        with self:
            return self._obj[i]

    def __setitem__(self, i, value):
        with self:
            self._obj[i] = value

    def __getslice__(self, start, stop):
        return self[start:stop]

    def __setslice__(self, start, stop, values):
        self[start:stop] = values


class SynchronizedString(SynchronizedArray):
    value = _locked_property('value')
    raw = _locked_property('raw')
"""#
