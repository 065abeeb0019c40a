# _pickle: the bytes that every protocol makes of every kind of value, and what comes back.
import collections
import copyreg
import hashlib
import io
import os
import pickle


class Plain:
    def __init__(self):
        self.a = 1
        self.b = 'x'


class Slots:
    __slots__ = ('q', 'r')

    def __init__(self):
        self.q = 1


class Both(Slots):
    def __init__(self):
        super().__init__()
        self.z = 5


class State:
    def __getstate__(self):
        return [1, 2]

    def __setstate__(self, state):
        self.state = state


class Arguments:
    def __new__(cls, *args, **keywords):
        self = super().__new__(cls)
        self.given = args, keywords
        return self

    def __getnewargs_ex__(self):
        return (1, 2), {'k': 3}


class Reduced:
    def __reduce__(self):
        return Reduced, (), {'x': 1}, None, None, set_state


def set_state(o, state):
    o.y = state


class T(tuple):
    pass


class L(list):
    pass


class D(dict):
    pass


VALUES = [None, True, 1, 255, 256, 65535, 65536, -1, 1 << 31, -(1 << 31), 1 << 62, 1 << 63, -(1 << 63), 1 << 70, -(1 << 70), -128, -(1 << 39),
          1.5, float('inf'), 'abc', 'é', '€\ud800', '😀', 'a\nb\\' * 100, b'', b'abc', b'x' * 300, bytearray(b''), bytearray(b'abc'), (), (1,),
          (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2], list(range(2500)), {}, {1: 2}, {1: 2, 3: 4}, {i: i for i in range(2500)}, set(), {1},
          frozenset(), frozenset([1]), set(range(5)), Plain(), Slots(), Both(), State(), Arguments(), Reduced(), T((1, 2)), L([1, 2]), D({1: 2}), int, Plain,
          Plain.__init__, len, Ellipsis, NotImplemented, type(None), collections.OrderedDict(a=1), collections.Counter('abc'), collections.deque([1, 2]),
          range(5), slice(1, 2), ValueError('x'), iter([1, 2, 3]), 'a'.join, [1].append, os.path.join, complex(1, 2), 'x' * 70000, b'y' * 70000,
          [['a', 'a'], ('b', 'b')], [Plain(), Plain()], lambda: 1, io]
x = []
x.append(x)
VALUES.append(x)
t = ([],)
t[0].append(t)
VALUES.append(t)


def view(v):
    return {k: view(w) for k, w in v.__dict__.items()} if hasattr(v, '__dict__') and not callable(v) else None


for i, value in enumerate(VALUES):
    for protocol in range(6):
        try:
            data = pickle.dumps(value, protocol)
        except Exception as e:
            print(i, protocol, type(e).__name__, str(e).split(' at 0x')[0])
            continue
        print(i, protocol, hashlib.md5(data).hexdigest() if len(data) > 60 else data, end=' ')
        assert data == pickle._dumps(value, protocol) or protocol < 5 and i > 50, (i, protocol)
        back = pickle.loads(data)
        print(type(back) is type(value), view(back))


def show(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)


for data in [b'', b'.', b'N', b'(.', b'0.', b'1.', b'}(.', b'K', b'\x80\x09N.', b'\x00', b'zN.', b"'", b'\xff', b'I\n.', b'Ix\n.', b'I01\n.', b'I00\n.', b'L5L\n.',
             b'Fx\n.', b'F1.5\n.', b"S'abc'\n.", b'Sabc\n.', b"S'\n.", b'h\0.', b'g9\n.', b'N(tt.', b'N2\x86.', b'K\x01\x85.', b'\x85.', b'](K\x01K\x02e.', b'(K\x01d.',
             b'}(K\x01u.', b'}K\x01s.', b'cjson\nnothing\n.', b'cnomodule\nx\n.', b'c__builtin__\nlen\n.', b'N)\x81.', b'cbuiltins\nint\nN\x81.', b'N)R.', b'Pabc\n.', b'NQ.',
             b'\x82\x00.', b'\x82\x05.', b'\x97.', b'\x8b\xff\xff\xff\xff.', b'\x95\xff\xff\xff\xff\xff\xff\xff\xffN.', b'X\5\0\0\0ab.', b'\x8c\2\xff\xfe.', b'K\1Nb.',
             b'cbuiltins\nobject\n)\x81K\1b.', b'N0N.', b'((0K\1.', b'p-1\n.', b'Np-1\n.', b'Np5000000\ng5000000\n.', b'K\1NK\2\x93.']:
    show(lambda: pickle.loads(data))


class Naming(pickle.Pickler):
    def persistent_id(self, v):
        return 'plain' if isinstance(v, Plain) else None


class Named(pickle.Unpickler):
    def persistent_load(self, pid):
        return 'loaded ' + pid

    def find_class(self, module, name):
        print('find', module, name)
        return super().find_class(module, name)


for protocol in (0, 1, 4):
    f = io.BytesIO()
    Naming(f, protocol).dump([Plain(), Slots])
    print(f.getvalue())
    f.seek(0)
    print(Named(f).load())


class Overriding(pickle.Pickler):
    dispatch_table = collections.ChainMap({complex: lambda c: (str, (repr(c),))}, copyreg.dispatch_table)

    def reducer_override(self, v):
        return (sorted, ([3, 1, 2],)) if v is Plain else NotImplemented


f = io.BytesIO()
Overriding(f).dump([Plain, 1j, Slots, {1}])
print(pickle.loads(f.getvalue()))
f = io.BytesIO()
p = pickle.Pickler(f)
shared = ['shared']
p.dump(shared)
p.dump(shared)
print(f.getvalue(), len(p.memo.copy()), sorted(n for n, _ in p.memo.copy().values()))
p.clear_memo()
print(p.memo.copy())
f.seek(0)
u = pickle.Unpickler(f)
print(u.load() is u.load(), u.memo.copy())
buffers = []
data = pickle.dumps([pickle.PickleBuffer(bytearray(b'abc')), pickle.PickleBuffer(b'def')], 5, buffer_callback=buffers.append)
print(data, [bytes(b.raw()) for b in buffers])
print(pickle.loads(data, buffers=[bytearray(b'new'), b'old']), pickle.dumps(buffers[0], 5))
show(lambda: pickle.loads(data))
show(lambda: pickle.loads(data, buffers=[b'one']))
buffers[0].release()
show(lambda: memoryview(buffers[0]))
show(lambda: pickle.PickleBuffer(5))
for f in [lambda: pickle.dumps(1, 6), lambda: pickle.dumps(1, 4, buffer_callback=print), lambda: pickle.Pickler(5), lambda: pickle.Unpickler(5),
          lambda: setattr(p, 'memo', 5), lambda: setattr(u, 'memo', {-1: 2}), lambda: setattr(u, 'memo', {'a': 2}), lambda: setattr(p, 'persistent_id', 5),
          lambda: p.persistent_id, lambda: p.dispatch_table, lambda: (p.bin, p.fast), lambda: pickle.loads('abc'), lambda: pickle.loads(b'N.', encoding=5)]:
    show(f)
old = b'\x80\x02U\x03ab\xe9.'
for encoding in ('bytes', 'latin-1', 'ASCII'):
    show(lambda: pickle.loads(old, encoding=encoding))
show(lambda: pickle.loads(old, errors='replace'))
deep = []
for _ in range(5000):
    deep = [deep]
show(lambda: pickle.dumps(deep))
