"""dataclasses, enum, typing, functools, contextlib, abc, numbers."""
import dataclasses, enum, typing, functools, contextlib, abc, numbers, collections.abc
from dataclasses import dataclass, field


@dataclass(order=True)
class P:
    x: int
    y: float = 2.0
    z: list = field(default_factory=list, compare=False, repr=False)
    k: typing.ClassVar[int] = 3
    i: dataclasses.InitVar[int] = 0

    def __post_init__(self, i):
        self.i2 = i


@dataclass(frozen=True, slots=True, kw_only=True)
class Q:
    a: str
    b: 'int' = 5


@dataclass
class R(P):
    w: str = 'w'


p = P(1)
print(p, P(1, 3.0) > p, p == P(1), dataclasses.asdict(p), dataclasses.astuple(p), dataclasses.replace(p, x=9, i=1))
print([f.name for f in dataclasses.fields(R)], R(1, 2, [3], 4, 'q'), R.__match_args__)
q = Q(a='s')
print(q, hash(q) == hash(Q(a='s')), Q.__slots__)
for f in (lambda: setattr(q, 'a', 1), lambda: P(), lambda: Q('x'), lambda: dataclass(type('T', (), {'__annotations__': {'a': list}, 'a': []}))):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
print(dataclasses.make_dataclass('M', [('a', int), ('b', str, 'd')])(1), dataclasses.is_dataclass(P))


class Color(enum.Enum):
    RED = 1
    GREEN = 'g'
    BLUE = enum.auto() if False else 3
    ALIAS = 1

    def describe(self):
        return self.name.lower()


class Flag(enum.Flag):
    A = enum.auto()
    B = enum.auto()
    C = A | B


class I(enum.IntEnum):
    ONE = 1
    TWO = 2


class S(enum.StrEnum):
    X = enum.auto()


print(list(Color), Color.RED, repr(Color.GREEN), Color(1), Color['BLUE'], Color.ALIAS is Color.RED, Color.RED.describe(), Color.__members__)
print(Flag.A | Flag.B, Flag.C, ~Flag.A, Flag(0), Flag.A in Flag.C, list(Flag.C), I.ONE + 1, I.TWO > I.ONE, f'{I.ONE}', S.X, str(S.X))
for f in (lambda: Color(9), lambda: Color['x'], lambda: setattr(Color, 'RED', 2), lambda: Flag(64), lambda: enum.unique(Color)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
print(enum.Enum('Dyn', 'a b c').b, [m.value for m in enum.IntFlag('F', ['x', 'y'])])

T = typing.TypeVar('T')
K = typing.TypeVar('K', bound=int)


class Box(typing.Generic[T]):
    def get(self) -> T: ...


class NT(typing.NamedTuple):
    a: int
    b: str = 'x'


class TD(typing.TypedDict, total=False):
    a: typing.Required[int]
    b: str


@typing.runtime_checkable
class Proto(typing.Protocol):
    def run(self, x: int) -> str: ...


class Impl:
    def run(self, x): return ''


print(Box[int], Box[int].__args__, typing.Optional[int], typing.Union[int, str, None], typing.List[int], list[int] | None, typing.Callable[[int], str], typing.Literal[1, 'a'])
print(NT(1), NT._fields, NT.__annotations__, TD.__required_keys__, TD.__optional_keys__, isinstance(Impl(), Proto), isinstance(3, Proto), T, K.__bound__)
print(typing.get_type_hints(Box.get), typing.get_type_hints(Q), typing.get_origin(dict[str, int]), typing.get_args(typing.Dict[str, int]), typing.Annotated[int, 'm'].__metadata__)
print(typing.cast(int, 'a'), typing.Any, typing.ForwardRef('x'), typing.Tuple[int, ...], typing.Final[int], typing.TypeAlias, typing.ParamSpec('PP'), typing.Concatenate)


@typing.overload
def ov(a: int) -> int: ...
@typing.overload
def ov(a: str) -> str: ...
def ov(a): return a


print(len(typing.get_overloads(ov)), typing.NewType('UserId', int)(5))


@functools.lru_cache(maxsize=2)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(10), fib.cache_info(), functools.reduce(lambda a, b: a * b, range(1, 6)), functools.partial(int, base=2)('101'))


@functools.singledispatch
def kind(x): return 'object'
@kind.register
def _(x: int): return 'int'
@kind.register(list)
def _(x): return 'list'


class CP:
    @functools.cached_property
    def v(self):
        print('computed')
        return 1

    @functools.singledispatchmethod
    def m(self, a): return 'any'
    @m.register
    def _(self, a: str): return 'str'


c = CP()
print(kind(1), kind([]), kind(''), kind(True), c.v, c.v, c.m(1), c.m('a'))


@functools.total_ordering
class O:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __lt__(self, o): return self.v < o.v


def wrapper(f):
    @functools.wraps(f)
    def g(*a): return f(*a)
    return g


print(O(1) <= O(2), O(3) >= O(4), wrapper(fib).__name__, wrapper(fib).__wrapped__ is fib, sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))


@contextlib.contextmanager
def managed(x):
    print('enter', x)
    try:
        yield x * 2
    except ValueError as e:
        print('caught', e)
    finally:
        print('exit')


with managed(2) as v:
    print(v)
    raise ValueError('inside')
with contextlib.ExitStack() as stack:
    stack.enter_context(managed('a'))
    stack.callback(print, 'callback')
    stack.push(lambda *e: print(e[0]))
with contextlib.suppress(KeyError):
    {}['x']
import io
out = io.StringIO()
with contextlib.redirect_stdout(out):
    print('hidden')
print(repr(out.getvalue()), contextlib.nullcontext(5).__enter__())


@managed('deco')
def decorated(): return 7


print(decorated())


class Base(abc.ABC):
    @abc.abstractmethod
    def m(self): ...
    @property
    @abc.abstractmethod
    def q(self): ...


class Done(Base):
    def m(self): return 1
    q = 2


for cls in Base, Done:
    try:
        print(cls().m())
    except TypeError as e:
        print(e)
Base.register(int)
print(isinstance(3, Base), issubclass(int, Base), Base.__abstractmethods__ == {'m', 'q'})
print(isinstance(3, numbers.Integral), isinstance(3.0, numbers.Rational), isinstance(1j, numbers.Number), isinstance(True, numbers.Real))
print([isinstance(x, collections.abc.Hashable) for x in (1, [], ())], isinstance({}, collections.abc.Mapping), isinstance(range(3), collections.abc.Sequence))
