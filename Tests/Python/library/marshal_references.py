# marshal: shared and recursive objects, versions, sets in an order of their own, files that hold more than one value.
import io
import marshal
import sys

shared = ['shared', 1.5, (2, 3)]
both = marshal.loads(marshal.dumps((shared, shared)))
print(both[0] is both[1], marshal.loads(marshal.dumps((shared, shared), 2))[0] is not marshal.loads(marshal.dumps((shared, shared), 2))[1])
d = {'a': shared}
d['self'] = d
shared.append(d)
again = marshal.loads(marshal.dumps(d))
print(again['self'] is again, again['a'][3] is again, again['a'][:3])
try:
    recursive = []
    recursive.append(recursive)
    marshal.dumps(recursive, 2)
except ValueError as e:
    print(e)
inner = []
loop = (inner, 5)
inner.append(loop)
again = marshal.loads(marshal.dumps(loop))
print(again[0][0] is again, again[1])
values = [0, 1, -1, 2**31 - 1, -2**31, 2**31, 2**64, -2**200, 1.5, float('inf'), -0.0, 1e-300, 1j, 2.5 - 3j, '', 'a', 'a' * 300, '\u00e9', '\ud800', b'', b'x' * 300, None, True,
          False, ..., StopIteration, (), (1,), tuple(range(300)), [], [1, [2]], {}, {1: 2}, set(), {1, 'b'}, frozenset(), frozenset({(1, 2), 'x'})]
for version in range(5):
    print(version, all(repr(marshal.loads(marshal.dumps(v, version))) == repr(v) or isinstance(v, (set, frozenset)) and marshal.loads(marshal.dumps(v, version)) == v for v in values))
for v in (0, 2**40, -2**70, 1.5, 2j, 'text', '\u00e9', b'bytes', (1, 2), [3], {4: 5}, {'x', 'y', 'z', 'w'}, None):
    for version in (0, 1, 2):
        print(repr(v) if not isinstance(v, set) else 'set', version, marshal.dumps(v, version).replace(b't', b'u'))

f = io.BytesIO()
for v in values:
    marshal.dump(v, f)
    f.write(b'between')
f.seek(0)
print(all(marshal.load(f) == v and f.read(7) == b'between' for v in values), f.read())


class Reader:
    def __init__(self, data, extra=0, text=False):
        self.file, self.extra, self.text = io.BytesIO(data), extra, text

    def read(self, n):
        return '' if self.text else self.file.read(n)

    def readinto(self, buffer):
        n = self.file.readinto(buffer)
        return n + self.extra if n > 4 else n


for make in (lambda: marshal.load(Reader(marshal.dumps(1.5), 10)), lambda: marshal.load(Reader(marshal.dumps('x' * 50)[:20])),
             lambda: marshal.load(Reader(b'')), lambda: marshal.load(Reader(b'', text=True)), lambda: marshal.load(object()),
             lambda: marshal.loads(b'l\x02\0\0\0\0\0\0\0'), lambda: marshal.loads(b'r\0\0\0\0'), lambda: marshal.loads(b'?'), lambda: marshal.loads(b''),
             lambda: marshal.loads(b'g123'), lambda: marshal.dumps(object()), lambda: marshal.dumps([object()]), lambda: marshal.loads(b'l\x01\0\0\0\xff\xff'),
             lambda: marshal.load(Reader(marshal.dumps([1.5, 'x', {1: (2,)}]))), lambda: marshal.dumps(1, 'x')):
    try:
        print(make())
    except Exception as e:
        print(type(e).__name__, e)
code = marshal.loads(marshal.dumps(compile('def f(a): return a * 2\nx = f(21)', 'file', 'exec')))
space = {}
exec(code, space)
print(space['x'], code.co_filename)
