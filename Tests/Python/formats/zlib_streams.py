# Compression in one go and in pieces: results, leftovers, dictionaries, copies, errors.
import copy
import zlib


def attempt(f, *args, **kwargs):
    try:
        print(f.__name__, f(*args, **kwargs))
    except Exception as e:
        print(f.__name__, type(e).__module__, type(e).__name__, e)


data = bytes(i * i % 251 for i in range(70000))
for level in -1, 0, 1, 6, 9:
    packed = zlib.compress(data, level)
    print(level, len(packed), zlib.decompress(packed) == data)
for wbits in 15, -15, 31, -9, 25:
    packed = zlib.compress(data, wbits=wbits)
    print(wbits, len(packed), zlib.decompress(packed, wbits=wbits, bufsize=1) == data)
print(zlib.decompress(zlib.compress(b'')), zlib.compress(bytearray(b'abc')) == zlib.compress(memoryview(b'abc')))

print(zlib.crc32(data), zlib.adler32(data), zlib.crc32(b''), zlib.adler32(b''))
print(zlib.crc32(data[5000:], zlib.crc32(data[:5000])) == zlib.crc32(data), zlib.adler32(b'x', 2**40 + 7), zlib.crc32(b'x', -1))

for f, args in [
    (zlib.decompress, (b'x',)), (zlib.decompress, (b'',)), (zlib.decompress, (b'abcd',)), (zlib.decompress, (b'', 99)),
    (zlib.decompress, (b'', 15, -1)), (zlib.compress, (b'', 99)), (zlib.compress, ('text',)), (zlib.compressobj, (99,)),
    (zlib.decompressobj, (99,)), (zlib.decompressobj, (15, 99)), (zlib.crc32, ('text',)), (zlib.compressobj, (1, 8, 15, 8, 0, 99)),
]:
    attempt(f, *args)

# pieces
c = zlib.compressobj(9)
packed = b''.join([c.compress(data[i:i + 997]) for i in range(0, len(data), 997)])
half = c.copy()
packed += c.flush(zlib.Z_SYNC_FLUSH) + c.compress(b'end') + c.flush()
d = zlib.decompressobj()
out = b''
rest = packed + b'rest'
steps = 0
while not d.eof:
    out += d.decompress(rest, 5000)
    rest = d.unconsumed_tail or b''
    steps += 1
print(steps, out == data + b'end', d.eof, d.unused_data, d.unconsumed_tail)
print(d.decompress(b'more'), d.unused_data, d.flush(), d.flush())
attempt(d.decompress, b'x')
attempt(d.copy)
attempt(c.copy)
attempt(c.compress, b'x')
attempt(c.flush)
print(c.flush(zlib.Z_NO_FLUSH), len(half.flush()) > 0)
d = zlib.decompressobj()
part = d.decompress(packed[:3000])
twin = copy.deepcopy(d)
print(d.decompress(packed[3000:]) == twin.decompress(packed[3000:]), copy.copy(zlib.compressobj()) is not None)
attempt(zlib.decompressobj().decompress, b'abcd', -1)
attempt(zlib.decompressobj().flush, 0)
attempt(zlib.decompressobj().decompress, packed[:100][::-1])

# dictionaries
for wbits in 15, -15:
    c = zlib.compressobj(wbits=wbits, zdict=b'hello world')
    packed = c.compress(b'hello world, hello') + c.flush()
    print(len(packed), zlib.decompressobj(wbits, zdict=b'hello world').decompress(packed))
    attempt(zlib.decompressobj(wbits).decompress, packed)
c = zlib.compressobj(zdict=b'hello world')
packed = c.compress(b'hello world, hello') + c.flush()
attempt(zlib.decompressobj(zdict=b'other').decompress, packed)
attempt(zlib.decompress, packed)
for t in type(c), type(d):
    print(t, t.__name__)
    attempt(t)
print(zlib.error.__module__, zlib.error.__mro__, repr(zlib.error('x')))
