# What sys.settrace and sys.setprofile are told, and what a trace function can do.
import sys
import threading

events = []
# A generator that dies here gets a GeneratorExit at another time than on CPython.
kept = []


def tracer(frame, event, arg):
    if event == 'exception':
        arg = arg[0].__name__, str(arg[1])
    events.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, event, arg))
    return tracer


def traced(f, *args):
    events.clear()
    sys.settrace(tracer)
    try:
        f(*args)
    except Exception as e:
        events.append(repr(e))
    finally:
        sys.settrace(None)
    print(f.__name__)
    for e in events:
        if e[0] != 'traced':
            print('   ', e)


def plain(x):
    y = x + 1

    return y


def branches(x):
    if x:
        pass
    else:
        y = 1
    if not x:
        return 1
    elif x == 2:
        return 2


def loops():
    for i in range(2):
        if i == 0:
            continue
        break
    else:
        pass
    n = 2
    while n:
        n -= 1
    while True:
        break
    for i in range(2): n += 1


def handlers(x):
    try:
        1 / x
    except ZeroDivisionError as e:
        y = 1
    except TypeError:
        y = 2
    else:
        y = 3
    finally:
        z = 1
    return z


def nested_finally():
    for i in range(2):
        try:
            try:
                continue
            finally:
                i = 1
        finally:
            i = 2
    try:
        return 1
    finally:
        i = 3


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *a):
        return True


def managers():
    with Manager() as a, Manager():
        b = a
    with Manager():
        raise ValueError('inside')
    with Manager():
        return 2


def generator():
    x = yield 1
    try:
        yield 2
    except KeyError:
        yield 3
    return 4


def uses_generator():
    g = generator()
    next(g)
    g.send(5)
    g.throw(KeyError)
    kept.append(g)
    for v in generator():
        pass
    def outer():
        result = yield from generator()
    list(outer())
    [v for v in (1, 2)]


def raises():
    def inner():
        raise KeyError('k')
    inner()


def expressions(a):
    f = lambda: a
    b = (a,
         f(),
         [1,
          2])
    class C:
        x = 1
        def m(self):
            return self.x
    C().m()
    assert a, 'never'
    import sys as s
    del b


async def coroutine():
    async def inner():
        return 1
    await inner()
    return 2


def runs_coroutine():
    try:
        coroutine().send(None)
    except StopIteration as e:
        v = e.value


def matches(x):
    match x:
        case 1:
            return 'one'
        case [a, b]:
            return a
        case _:
            pass


for f, args in [(plain, (1,)), (branches, (0,)), (branches, (1,)), (branches, (2,)), (loops, ()), (handlers, (0,)), (handlers, (1,)),
                (handlers, ('a',)), (nested_finally, ()), (managers, ()), (uses_generator, ()), (raises, ()), (expressions, (1,)),
                (runs_coroutine, ()), (matches, (1,)), (matches, ([1, 2],)), (matches, (0,))]:
    traced(f, *args)

print('profile')
calls = []


def profiler(frame, event, arg):
    if event.startswith('c_'):
        arg = arg.__qualname__
    calls.append((frame.f_code.co_name, event, arg))


def profiled():
    len([1])
    'abc'.upper()
    [].append(1)
    max(*[1, 2], **{'default': 0}) if False else max(*[1, 2])
    sorted([2, 1], key=lambda x: x)
    try:
        int('x')
    except ValueError:
        pass
    for x in generator():
        pass
    print
    Manager()


sys.setprofile(profiler)
profiled()
sys.setprofile(None)
for c in calls:
    print('   ', c)

print('no lines, and only the outer function')


def no_lines(frame, event, arg):
    events.append((frame.f_code.co_name, event))
    frame.f_trace_lines = False
    return no_lines


events.clear()
sys.settrace(no_lines)
handlers(0)
sys.settrace(None)
print(events)


def only_calls(frame, event, arg):
    events.append((frame.f_code.co_name, event))


events.clear()
sys.settrace(only_calls)
handlers(0)
sys.settrace(None)
print(events)

print('locals')


def change(frame, event, arg):
    if event == 'line' and 'y' in frame.f_locals:
        frame.f_locals['y'] = 50
    return change


sys.settrace(change)
print(plain(1))
sys.settrace(None)

print('a function that raises')


def fails(frame, event, arg):
    if event == 'line':
        raise RuntimeError('from the tracer')
    return fails


sys.settrace(fails)
try:
    plain(1)
except RuntimeError as e:
    print(e, sys.gettrace())
sys.settrace(None)

print('jumps')


def jumper(first, to):
    done = []

    def trace(frame, event, arg):
        if frame.f_code.co_name not in ('target', 'block'):
            return None
        line = frame.f_lineno - frame.f_code.co_firstlineno
        if event == 'line' and line == first and not done:
            done.append(1)
            try:
                frame.f_lineno = frame.f_code.co_firstlineno + to
            except ValueError as e:
                print('   ', e)
        return trace
    return trace


def target(out):
    out.append(1)
    out.append(2)
    for i in (3, 4):
        out.append(i)
    out.append(5)
    with Manager():
        out.append(7)
    try:
        out.append(9)
    except ValueError:
        out.append(11)
    out.append(12)


for first, to in [(1, 2), (2, 1), (2, 5), (4, 5), (1, 4), (1, 7), (7, 12), (1, 9), (1, 11), (12, 1), (1, 40), (5, 3)]:
    out = []
    sys.settrace(jumper(first, to))
    target(out)
    sys.settrace(None)
    print(first, to, out)


def events_of_other(frame, event, arg):
    try:
        frame.f_lineno = frame.f_lineno
    except ValueError as e:
        print('   ', event, e)
    return events_of_other


sys.settrace(events_of_other)
try:
    raises()
except KeyError:
    pass
sys.settrace(None)

print('threads')
seen = []


def of_thread(frame, event, arg):
    if frame.f_code.co_name == 'work':
        seen.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return of_thread


def work():
    return 1


threading.settrace(of_thread)
t = threading.Thread(target=work)
t.start()
t.join()
threading.settrace(None)
print(seen, threading.gettrace(), sys.gettrace())
