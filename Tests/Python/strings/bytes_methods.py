# bytes and bytearray: every method, over both types.

datas = [b'', b'a', b'abc', b'aXbXc', b'  pad\t\n', b'Hello World', b'\x00\xff\x80', b'a\nb\r\nc\rd', b'0123', b'x' * 40, b'tab\tsep\t\t', b"it's", b'"q"', b'-12', b'+7']
parts = [b'', b'a', b'X', b'b', b'ab', b' ', b'\n', b'\xff', b'zz']


def show(f, *args):
    try:
        print(repr(f(*args)))
    except Exception as e:
        print(type(e).__name__, e)


for kind in (bytes, bytearray):
    for d in datas:
        t = kind(d)
        print(repr(t), str(t), len(t), t[::-1], t[1:3], t[-3:], t[::2], t[5:1:-2], list(t))
        print([t.upper(), t.lower(), t.title(), t.capitalize(), t.swapcase()])
        print([t.isalpha(), t.isalnum(), t.isdigit(), t.isspace(), t.islower(), t.isupper(), t.istitle(), t.isascii()])
        print([t.strip(), t.lstrip(), t.rstrip(), t.strip(b'aX '), t.lstrip(bytearray(b'a')), t.rstrip(memoryview(b'c '))])
        print([t.split(), t.rsplit(), t.split(None, 1), t.rsplit(None, 1), t.splitlines(), t.splitlines(True)])
        print([t.center(12), t.center(13, b'*'), t.ljust(12, b'\xff'), t.rjust(12, bytearray(b'-')), t.zfill(8), t.expandtabs(), t.expandtabs(3)])
        print([t.hex(), t.hex(':'), t.hex('-', 2), t.hex(b' ', -3), t * 0, t * 1, t * 3, t + b'x', b'x' + t, t + bytearray(b'y'), t.decode('latin-1')])
        for p in parts:
            print(p, [t.find(p), t.rfind(p), t.count(p), p in t, t.startswith(p), t.endswith(p), t.find(p, 2), t.rfind(p, 0, -1), t.count(p, 1, 5)],
                  t.replace(p, b'<>'), t.replace(p, b'', 1), t.replace(p, bytearray(b'yy'), 2), t.removeprefix(p), t.removesuffix(p))
            if p:
                print(t.split(p), t.rsplit(p), t.split(p, 1), t.rsplit(p, 1), t.partition(p), t.rpartition(p), kind(p).join([t, p, t]))
        print([t.find(97), t.count(97), 97 in t, t.rfind(255)])
        for u in datas:
            print((t < u) + 2 * (t <= u) + 4 * (t == u) + 8 * (t != u) + 16 * (t > u) + 32 * (t >= u), end=' ')
        print()
        table = bytes(range(255, -1, -1))
        print(t.translate(table), t.translate(None, b'abX'), t.translate(table, b' '), t.translate(kind.maketrans(b'abc', b'xyz')))
    show(kind)
    show(kind, 3)
    show(kind, [1, 2, 255])
    show(kind, (i for i in range(3)))
    show(kind, 'é日', 'utf-8')
    show(kind, 'é', 'ascii', 'ignore')
    show(kind, memoryview(b'abcdef')[::2])
    show(kind, range(3))
    show(kind, True)
    show(kind, [300])
    show(kind, ['x'])
    show(kind, 'x')
    show(kind, -5)
    show(kind, None)
    show(kind.fromhex, ' 0a FF\n0b ')
    show(kind.fromhex, 'zz')
    show(kind.fromhex, '0')
    show(lambda: kind(b'abc') % ())
    show(lambda: kind(b'%s-%d-%x-%c-%r-%5.1f|%-6s|') % (b'x', 5, 255, 65, 'é', 2.55, bytearray(b'yz')))
    show(lambda: kind(b'%(a)s %(b)05d') % {b'a': b'q', b'b': 7})
    show(lambda: kind(b'%s') % 'str')
    show(lambda: kind(b'%y') % 1)
    show(lambda: kind(b'%d') % 'x')
    show(lambda: type(kind(b'a') + bytearray(b'b')))
    show(lambda: type(kind(b'').join([bytearray(b'x')])))


class Bytes:
    def __bytes__(self):
        return b'made'


class Bad:
    def __bytes__(self):
        return 'no'


class Idx:
    def __index__(self):
        return 4


show(bytes, Bytes())
show(bytes, Bad())
show(bytes, Idx())
show(bytearray, Idx())
show(lambda: b'%s' % Bytes())


class B(bytes):
    pass


b = B(b'sub')
b.attr = 5
print(type(b), b, repr(b), b.attr, b.__dict__, type(b[:]), type(b + b''), type(b.upper()), type(bytes(b)), b == b'sub', hash(b) == hash(b'sub'), {b'sub': 1}[b], B.fromhex('00'), type(B.fromhex('00')))
print(B(), B(3), B([1, 2]), B('x', 'ascii'), type(b.__bytes__()), b.__getnewargs__())
print(hash(b'abc') == hash('abc'), hash(b'') == 0)
print(list(iter(b'ab')), iter(b'abc').__length_hint__(), iter(bytearray(b'abc')).__length_hint__())
print(b'a' == 'a', b'a' != 'a', bytearray(b'a') == b'a', b'a' == bytearray(b'a'), b'a' == memoryview(b'a'), bytearray(b'a') == 'a')
for c in range(0, 256, 5):
    print(bytes([c]), end=' ')
print()

# bytearray as a sequence that changes
a = bytearray(b'hello')
a.append(33); print(a)
a.extend(b' w'); a.extend([111, 114]); a.extend(bytearray(b'ld')); a.extend(memoryview(b'!!')); print(a)
a.insert(0, 65); a.insert(100, 90); a.insert(-1, 66); print(a)
print(a.pop(), a.pop(0), a.pop(-2), a)
a.remove(111); print(a)
a.reverse(); print(a)
a[0] = 48; a[-1] = 49; print(a)
a[1:3] = b'LONGER'; print(a)
a[1:4] = b''; print(a)
a[::2] = bytes(len(a[::2])); print(a)
a[2:2] = range(65, 70); print(a)
del a[0]; del a[-1]; print(a)
del a[1:4]; print(a)
del a[::3]; print(a)
a += b'xyz'; a *= 2; print(a)
a[:] = a; print(a)
a[3:5] = a[:2]; print(a)
a[5:1] = b'Q'; print(a)
a.extend(a); print(len(a))
try:
    a += a
except BufferError as e:
    print(e)
c = a.copy(); c.clear(); print(len(a), c, a == c, bool(c))
for bad in ["a[100] = 1", "a[0] = 256", "a[0] = 'x'", "a['x'] = 1", "a[::2] = b'12345678901234567890123456'", "a[0:1] = 5", "a[0:1] = 'x'", "del a[1000]", "a.pop(1000)", "a.remove(7)", "a.append(-1)",
            "a.append('x')", "a.extend('x')", "a.extend(5)", "hash(a)", "a.insert(0, 999)", "bytearray().pop()"]:
    try:
        exec(bad)
        print(bad, 'ok')
    except Exception as e:
        print(bad, type(e).__name__, e)
for bad in ["a.append(1)", "a.clear()", "a += b'x'", "del a[0]", "a[0:1] = b'ab'", "a[0:1] = b'a'", "a.extend(b'x')", "a.pop()"]:
    a = bytearray(b'exported')
    m = memoryview(a)
    try:
        exec(bad)
        print(bad, 'ok')
    except BufferError as e:
        print(bad, type(e).__name__, e)
    m.release()


class BA(bytearray):
    def __init__(self, *args, **kw):
        super().__init__(*args)
        self.kw = kw


x = BA(b'abc', k=1)
print(x, repr(x), x.kw, type(x), x.upper(), type(x.upper()), x == b'abc')
x.append(100)
print(x, len(x), x.__reduce__()[1], bytearray(b'ab').__reduce_ex__(3)[1], bytearray(b'').__reduce_ex__(2)[1])
a = bytearray()
for i in range(1000):
    a.append(i & 255)
    if i % 3 == 0:
        del a[0]
print(len(a), a[0], a[-1], sum(a))
