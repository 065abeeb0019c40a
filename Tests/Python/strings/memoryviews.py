# memoryview

import sys


def show(f, *args):
    try:
        print(repr(f(*args)))
    except Exception as e:
        print(type(e).__name__, e)


for m in [memoryview(b'abcdef'), memoryview(bytearray(b'abcdef')), memoryview(b'abcdef')[1:5], memoryview(b'abcdef')[::2], memoryview(b'abcdef')[::-1], memoryview(b''),
          memoryview(b'abcdefgh').cast('H'), memoryview(b'abcdefgh').cast('i'), memoryview(b'abcdef').cast('B', [2, 3]), memoryview(b'abcdefgh').cast('H', [2, 2]),
          memoryview(b'a').cast('B', []), memoryview(b'abc').cast('b'), memoryview(b'abc').cast('c'), memoryview(bytes(16)).cast('d'), memoryview(bytes([0, 1, 2])).cast('?')]:
    print(m.format, m.itemsize, m.ndim, m.shape, m.strides, m.suboffsets, m.nbytes, m.readonly, m.c_contiguous, m.f_contiguous, m.contiguous, len(m), m.obj)
    show(m.tolist)
    show(m.tobytes)
    show(lambda: (m.tobytes('F'), m.tobytes('A'), m.tobytes(None), m.hex(), m.hex(':'), bytes(m)))
    show(lambda: list(m))
    show(lambda: m[0])
    show(lambda: m[-1])
    show(lambda: m[99])
    show(lambda: m[1:3].tolist())
    show(lambda: m[::-1].tolist())
    show(lambda: m[1, 1])
    show(lambda: m[()])
    show(lambda: m[...] is m)
    show(lambda: hash(m) == hash(m.tobytes()))
    show(lambda: m.ndim == 0 or 97 in m)
    show(lambda: m == m.tobytes())
    show(lambda: m.toreadonly().readonly)

a = bytearray(b'abcdefgh')
m = memoryview(a)
m[0] = 65
m[1:3] = b'XY'
m[-1] = 90
print(a)
m[::2] = b'1234'
print(a)
m[2:6] = m[0:4]
print(a)
h = m.cast('H')
h[0] = 0x4142
print(a, h[0])
for bad in ["m[0] = 256", "m[0] = 'x'", "m[0:2] = b'abc'", "m[0:2] = 5", "m[100] = 1", "del m[0]", "m['x'] = 1", "h[0] = 70000", "h[0] = 1.5", "h[0:2] = b'abcd'", "m.cast('Z')", "h.cast('I')", "m.cast('I', [3])",
            "m[0, 0]", "m[1:2, 1:2]", "m < m", "memoryview('x')", "memoryview()", "m.tobytes('Q')"]:
    try:
        exec(bad)
        print(bad, 'ok')
    except Exception as e:
        print(bad, type(e).__name__, e)
i = m.cast('i')
i[0] = -5
print(i.tolist(), a)
d = memoryview(bytearray(16)).cast('d')
d[0] = 1.5
d[1] = 3
print(d.tolist(), d.tobytes())
f = memoryview(bytearray(8)).cast('f')
f[0] = 0.1
print(f[0])
show(lambda: f.__setitem__(0, 1e300))
q = memoryview(bytearray(8)).cast('Q')
q[0] = 2 ** 64 - 1
print(q[0])
show(lambda: q.__setitem__(0, -1))
show(lambda: q.__setitem__(0, 2 ** 64))
with memoryview(b'abc') as w:
    print(w[0])
show(lambda: w[0])
show(lambda: len(w))
show(lambda: w.tobytes())
show(lambda: w == w)
w.release()
print(str(w)[:20], str(memoryview(b'a'))[:10])
outer = memoryview(a)
inner = outer[1:]
outer.release()
print(inner[0])
show(lambda: a.append(1))
inner.release()
m.release(); h.release(); i.release()
a.append(1)
print(len(a))
x = memoryview(b'abc')
y = memoryview(x)
show(lambda: x.release())
print(y.tobytes())
print(memoryview(b'abc') == memoryview(bytearray(b'abc')), memoryview(b'abc') == b'abc', memoryview(b'abc') == b'abd', memoryview(b'abc') == 'abc', memoryview(b'abc') != b'abc', b'abc' == memoryview(b'abc'))
print(memoryview(b'\x01\x00\x02\x00').cast('H') == memoryview(b'\x01\x02'), memoryview(bytes(8)).cast('d') == memoryview(bytes(1)), {memoryview(b'k'): 1}[b'k'])
print(int.from_bytes(memoryview(b'\x01\x02'), 'big'), bytes(memoryview(b'abc')), b''.join([memoryview(b'a'), b'b']), bytearray(memoryview(b'abc')))
it = iter(memoryview(b'ab'))
print(next(it), next(it), next(it, None))
match memoryview(b'ab'):
    case [x, y]:
        print('sequence', x, y)
