"""copy, pickle, inspect, traceback, weakref, collections, types, itertools, reprlib, contextvars."""
import copy, pickle, inspect, traceback, weakref, collections, types, itertools, io, reprlib, gc, sys, pickletools, copyreg


class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def __eq__(self, o): return vars(self) == vars(o)
    def __repr__(self): return f'Point({self.x}, {self.y})'


class Slots:
    __slots__ = ('a', 'b')


class Custom:
    def __reduce__(self): return (Point, (1, 2))
    def __copy__(self): return 'copied'
    def __deepcopy__(self, memo): return 'deep'


class State:
    def __getstate__(self): return {'s': 1}
    def __setstate__(self, s): self.loaded = s


class New(int):
    def __new__(cls, a, b): return super().__new__(cls, a)
    def __getnewargs__(self): return (int(self), 0)


shared = [1]
s = Slots()
s.a = 1
values = [None, True, 1, -1, 255, 65536, 2 ** 40, 2 ** 100, -2 ** 70, 1.5, 1j, 'é😀', b'bytes', bytearray(b'x'), (), (1,), (1, 2, 3, 4), [shared, shared], {'a': {1, 2}}, frozenset([3]),
          Point(1, [2]), int, len, Point, range(5), slice(1, 2), collections.OrderedDict(a=1), collections.Counter('aab'), collections.deque([1], 5), collections.defaultdict(list, a=[1]), ..., NotImplemented, Exception('a', 1), KeyError('k')]
for protocol in range(6):
    for v in values:
        p = pickle.dumps(v, protocol)
        r = pickle.loads(p)
        if r != v and not isinstance(v, Exception):
            print('differs', protocol, v, r)
    print(protocol, pickle.dumps([1, 'a', (2.5, None)], protocol))
r = pickle.loads(pickle.dumps([shared, shared]))
print(r[0] is r[1], pickle.loads(pickle.dumps(Custom())), pickle.loads(pickle.dumps(State())).loaded, pickle.loads(pickle.dumps(New(7, 8))), pickle.loads(pickle.dumps(s)).a)
loop = []
loop.append(loop)
l2 = pickle.loads(pickle.dumps(loop))
print(l2[0] is l2)
for bad in (lambda: pickle.loads(b''), lambda: pickle.dumps(s, 1), lambda: pickle.loads(b'cos\nnothing\n.')):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__)
pickletools.dis(pickle.dumps([1, 'a'], 2))
a = [1, [2], Point(1, [2]), loop]
b, c = copy.copy(a), copy.deepcopy(a)
print(b[1] is a[1], c[1] is a[1], c[2], c[3][0] is c[3], copy.copy(Custom()), copy.deepcopy([Custom()]), copy.copy(s).a, copy.deepcopy({(1, 2): {3}}))


def f(a, /, b: int = 2, *args, c, d='x', **kw) -> str:
    """Doc of f."""
    return a


class K:
    "Class doc"
    def m(self, x): ...
    @classmethod
    def c(cls, y=1): ...
    @staticmethod
    def s(*z): ...


sig = inspect.signature(f)
print(sig, [(p.name, p.kind.name, p.default) for p in sig.parameters.values()], sig.bind(1, c=3).arguments, inspect.signature(K.m), inspect.signature(K().m), inspect.signature(K.c), inspect.signature(K.s), inspect.signature(Point))
print(inspect.getdoc(f), inspect.isfunction(f), inspect.ismethod(K().m), inspect.isclass(K), inspect.getfullargspec(f), [n for n, _ in inspect.getmembers(K, inspect.isfunction)], inspect.getmodule(f).__name__, inspect.cleandoc('  a\n    b'))
print(inspect.signature(len), inspect.signature(int.__add__), inspect.getsource(K).splitlines()[0], inspect.getsourcelines(f)[1], inspect.getmro(New), inspect.currentframe().f_code.co_name, inspect.stack()[0].function)


def gen():
    x = yield 1


g = gen()
print(inspect.getgeneratorstate(g), next(g), inspect.getgeneratorstate(g), inspect.getgeneratorlocals(g), inspect.isgeneratorfunction(gen))
try:
    sig.bind()
except TypeError as e:
    print(e)


def outer(n):
    try:
        return inner(n)
    except ZeroDivisionError as e:
        raise ValueError('wrapped') from e


def inner(n): return 1 / n


try:
    outer(0)
except ValueError as e:
    print(traceback.format_exc().replace(__file__, 'FILE'))
    print(traceback.format_exception_only(e), [x.name for x in traceback.extract_tb(e.__traceback__)], traceback.TracebackException.from_exception(e).exc_type)
    traceback.print_exception(e, limit=1, file=(out := io.StringIO()))
    print(len(out.getvalue().splitlines()))
print(''.join(traceback.format_stack()[-1:]).replace(__file__, 'FILE'))

def weak():
    o = Point(1, 2)
    w = weakref.ref(o, lambda r: print('gone'))
    d = weakref.WeakValueDictionary(a=o)
    ks = weakref.WeakKeyDictionary()
    k = K()
    ks[k] = 1
    fin = weakref.finalize(o, print, 'finalised')
    print(w() is o, dict(d), len(ks), fin.alive, weakref.proxy(o).x, weakref.getweakrefcount(o) > 0)
    del o
    gc.collect()
    print(w(), dict(d), fin.alive)
    wm = weakref.WeakMethod(k.m)
    print(wm()(1) is None, len(weakref.WeakSet([k])))


weak()
N = collections.namedtuple('N', 'a b c', defaults=[3])
n = N(1, 2)
print(n, n._asdict(), n._replace(a=5), N._make('xyz'), N._field_defaults, N.__doc__, n == (1, 2, 3))
cm = collections.ChainMap({'a': 1}, {'a': 2, 'b': 3})
print(cm['a'], dict(cm), cm.new_child({'z': 1}), collections.Counter('abracadabra').most_common(2), collections.Counter(a=3) - collections.Counter(a=1), collections.UserDict(a=1), collections.UserList([1]) + [2], collections.UserString('x') * 2)
print(types.SimpleNamespace(a=1), types.MappingProxyType({'a': 1}), types.new_class('Z', (Point,)).__name__, types.FunctionType, types.GenericAlias(list, (int,)), types.ModuleType('m'))
print(list(itertools.batched('abc', 2)) if hasattr(itertools, 'batched') else 'no', list(itertools.pairwise('abc')), list(itertools.chain.from_iterable([[1], [2]])), [''.join(p) for p in itertools.permutations('abc', 2)], [list(g) for _, g in itertools.groupby('aabbc')])
print(reprlib.repr(list(range(100))), reprlib.repr('x' * 100), reprlib.Repr().repr({i: i for i in range(10)}))
import contextvars
var = contextvars.ContextVar('var', default=5)
token = var.set(6)
ctx = contextvars.copy_context()
print(var.get(), ctx[var], ctx.run(lambda: (var.set(7), var.get())[1]), var.get(), var.reset(token), var.get())
