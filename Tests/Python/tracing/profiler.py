# _lsprof and cProfile: call counts, labels, callers, recursion, generators, exceptions, external timers, switching on and off.
import _lsprof
import cProfile
import io
import math
import pstats
import re
import sys


def label(code):
    return re.sub('0x[0-9a-f]+', '0x', code) if isinstance(code, str) else f'{code.co_firstlineno}:{code.co_name}'


def show(title, profiler):
    print('--', title)
    rows = []
    for e in profiler.getstats():
        calls = None if e.calls is None else sorted((label(s.code), s.callcount, s.reccallcount) for s in e.calls)
        rows.append((label(e.code), e.callcount, e.reccallcount, calls))
        assert e.totaltime >= 0 and e.inlinetime >= 0, e
    for row in sorted(rows, key=str):
        print(*row)


def profile(title, function, *arguments, **options):
    p = _lsprof.Profiler(**options)
    p.enable()
    try:
        function(*arguments)
    except ZeroDivisionError as e:
        print('raised', e)
    p.disable()
    show(title, p)


def natives():
    a = []
    a.append(1)
    list.append(a, 2)
    bound = a.append
    bound(3)
    len(a), math.sqrt(2.0), 'x'.join(['a', 'b']), dict.fromkeys([1]), int.from_bytes(b'1', 'big')
    str.maketrans({}), object.__new__(object), sorted(a, key=lambda x: -x), max(*a), print(end='', *[])
    isinstance(1, (int, str)), {}.get(1), iter(a).__next__(), getattr(a, 'x', None), sum(x for x in a)
    int('1'), len.__call__(a)
    try:
        [].pop()
    except IndexError:
        pass


class Base:
    def __init__(self, x):
        self.x = x

    def method(self, *args, **kw):
        return self.x

    @classmethod
    def make(cls):
        return cls(1)

    @property
    def value(self):
        return self.method(1, k=2)

    def __getitem__(self, i):
        return i

    def __enter__(self):
        return self

    def __exit__(self, *a):
        return True

    def __add__(self, other):
        return other

    def __iter__(self):
        yield from (1, 2)

    def __call__(self):
        return 5


class Child(Base):
    def __init__(self, x):
        super().__init__(x)


def objects():
    c = Child(3)
    Base.make()
    c.value, c[2], c + 1, c(), list(c), [i for i in c]
    with c:
        raise ValueError
    sorted([c, c], key=Base.method)
    f = c.method
    f(*[1, 2], **{'a': 1})


def fact(n):
    return 1 if n < 2 else n * fact(n - 1)


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


def recursion():
    fact(5), fact(3), even(6)


def numbers(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                len(got)
    finally:
        abs(-1)


def delegating():
    result = yield from numbers(3)
    yield from numbers(2)
    return result


async def inner(n):
    return n


async def outer():
    return await inner(1) + await inner(2)


async def agen():
    yield await inner(1)
    yield 2


async def consume():
    return [x async for x in agen()]


def generators():
    for x in numbers(3):
        pass
    list(delegating())
    g = numbers(5)
    next(g), g.send('abc')
    try:
        g.throw(KeyError)
    except KeyError:
        pass
    g = numbers(2)
    next(g)
    g.close()
    a, *b = numbers(4)
    sum(x * y for x in numbers(2) for y in numbers(2))
    for coroutine in outer(), consume():
        try:
            coroutine.send(None)
        except StopIteration as e:
            print(e.value)


def failing(n):
    if n == 0:
        return 1 / 0
    try:
        failing(n - 1)
    finally:
        len('x')


profile('natives', natives)
profile('objects', objects)
profile('recursion', recursion)
profile('generators', generators)
profile('exceptions', failing, 3)
profile('without subcalls', recursion, subcalls=False)
profile('without builtins', natives, builtins=False)

# Switched on and off, in the middle of calls; statistics while it runs.
p = cProfile.Profile()


def on():
    p.enable()
    fact(2)


def off():
    fact(2)
    p.disable()
    fact(2)


on()
fact(3)
off()
show('on and off', p)
p.enable()
before = len(p.getstats())
print(sys.getprofile() is p, before)
sys.setprofile(None)
print(sys.getprofile())
p.clear()
print(p.getstats())
with p as same:
    fact(4)
print(same is p)
show('with', p)
p.enable(subcalls=False, builtins=False)
natives()
p.disable()
p.disable()
show('flags of enable', p)
print(p.runcall(fact, 3), len(p.getstats()))

# Timers.
clock = iter(range(1000))
t = _lsprof.Profiler(lambda: next(clock), 0.5)
t.enable()
fact(3)
t.disable()
for e in sorted(t.getstats(), key=str):
    print(label(e.code), e.callcount, e.totaltime, e.inlinetime)
clock = iter(x / 4 for x in range(1000))
t = _lsprof.Profiler(lambda: next(clock))
t.enable()
fact(2)
t.disable()
for e in sorted(t.getstats(), key=str):
    print(label(e.code), e.callcount, e.totaltime, e.inlinetime)
seen = []
sys.unraisablehook = lambda u: seen.append((u.exc_type, str(u.exc_value)))
t = _lsprof.Profiler(lambda: 1 / 0)
t.enable()
fact(2)
t.disable()
t = _lsprof.Profiler(lambda: 'a', 1.0)
t.enable()
t.disable()
del sys.unraisablehook
print(seen)

for arguments, options in (((None, 'a'), {}), ((None, 1.0, 'a'), {}), ((), {'x': 1}), ((None, 0.5, True, False, 1), {})):
    try:
        _lsprof.Profiler(*arguments, **options)
    except TypeError as e:
        print(type(e).__name__)
for arguments in ('a',), (1, 2, 3):
    try:
        p.enable(*arguments)
    except TypeError as e:
        print(type(e).__name__)

entry = _lsprof.profiler_entry
print(entry.__match_args__, _lsprof.profiler_subentry.__match_args__, entry.__module__)

# pstats over it.
p = cProfile.Profile()
p.runcall(recursion)
out = io.StringIO()
stats = pstats.Stats(p, stream=out).strip_dirs().sort_stats('ncalls', 'name')
stats.print_stats()
stats.print_callers('fact')
stats.print_callees('recursion')
print(re.sub(r'\d+\.\d+', 't', out.getvalue()))
