"""What a program can do with classes that CPython makes at run time: change, subclass, refer to weakly, copy instances."""
import asyncio
import collections.abc
import concurrent.futures
import concurrent.futures.thread
import contextvars
import copy
import functools
import io
import itertools
import json.encoder
import json.scanner
import pickle
import ssl
import struct
import weakref

for cls in (concurrent.futures.Future, concurrent.futures.thread._WorkItem, asyncio.Handle, asyncio.TimerHandle, ExceptionGroup, struct.error,
            pickle.PickleError, pickle.PicklingError, BaseExceptionGroup, int, struct.Struct, asyncio.Future):
    try:
        cls.added = 1
        print(cls.__name__, cls.added)
        del cls.added
        print(hasattr(cls, 'added'))
    except TypeError as e:
        print(e)
for cls, bases in (concurrent.futures.Future, (object,)), (int, (object,)):
    try:
        cls.__bases__ = (int, str)
    except TypeError as e:
        print(type(e).__name__)

for cls in (functools.lru_cache()(len).__class__, type(next(itertools.groupby('a'))[1]), json.encoder.c_make_encoder, json.scanner.c_make_scanner,
            ssl.MemoryBIO, contextvars.Context, io.BytesIO, struct.Struct):
    try:
        type('Sub', (cls,), {})
        print(cls.__name__, 'ok')
    except TypeError as e:
        print(e)

for v in struct.Struct('i'), struct.error('x'), pickle.PickleError('x'), ExceptionGroup('x', [ValueError()]), ValueError(), concurrent.futures.Future():
    try:
        print(weakref.ref(v)() is v)
    except TypeError as e:
        print(e)


class Raw(io.RawIOBase):
    def __init__(self):
        self.x = [1]


class Text(io.TextIOBase):
    pass


raw = Raw()
print(copy.copy(raw).x is raw.x, copy.deepcopy(raw).x, pickle.loads(pickle.dumps(raw)).x)
print(type(copy.copy(Text())).__name__, type(pickle.loads(pickle.dumps(io.BufferedIOBase()))).__name__)
for v in io.BufferedReader(io.BytesIO()), io.TextIOWrapper(io.BytesIO()):
    try:
        copy.copy(v)
    except TypeError as e:
        print(e)


def kind(v):
    match v:
        case {}:
            return 'mapping'
        case [*_]:
            return 'sequence'
    return 'other'


context = contextvars.copy_context()
print(kind(context), isinstance(context, collections.abc.Mapping), kind({}), kind([]))
