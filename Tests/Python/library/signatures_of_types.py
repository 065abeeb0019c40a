# What inspect.signature says of types made in native code; those that have nothing to say.
import bz2
import functools
import inspect
import io
import itertools
import queue
import re
import struct
import types
import zlib

for cls in (itertools.accumulate, itertools.groupby, itertools.combinations, itertools.combinations_with_replacement, itertools.permutations,
            itertools.compress, itertools.count, itertools.pairwise, itertools.cycle, itertools.takewhile, itertools.dropwhile, itertools.starmap,
            itertools.filterfalse, itertools.chain, itertools.islice, itertools.product, itertools.repeat, itertools.zip_longest,
            queue.SimpleQueue, io.BytesIO, io.StringIO, io.FileIO, io.BufferedReader, io.TextIOWrapper, functools.partial, struct.Struct,
            bz2.BZ2Compressor, bz2.BZ2Decompressor, re.Pattern, int, float, complex, str, bytes, list, tuple, dict, set, enumerate, reversed,
            memoryview, property, super, type, object, slice, range, zip, map, filter, types.MappingProxyType,
            types.SimpleNamespace, types.FunctionType, types.MethodType, types.CellType):
    try:
        shown = inspect.signature(cls)
    except (ValueError, TypeError) as e:
        shown = type(e).__name__
    print(cls.__name__, cls.__text_signature__, shown)
