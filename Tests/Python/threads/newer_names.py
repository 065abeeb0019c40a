# ladon: peer=no
# Names that threading has in later versions than 3.11.
import _thread
import contextvars
import itertools
import sys
import threading
import time

# --- Thread(context=)
var = contextvars.ContextVar('var', default='none')
context = contextvars.copy_context()
context.run(var.set, 'given')
seen = []
for c in (context, None):
    t = threading.Thread(target=lambda: seen.append(var.get()), context=c)
    t.start()
    t.join()
assert seen == ['given', 'none'], seen
try:
    threading.Thread(context=5)
except TypeError as e:
    assert 'context' in str(e)
else:
    raise AssertionError


class Sub(threading.Thread):
    def __init__(self, x):
        super().__init__(name='sub', daemon=True)
        self.x = x

    def run(self):
        seen.append(self.x)


s = Sub(7)
s.start()
s.join()
assert seen[-1] == 7 and s.daemon and s.name == 'sub'

# --- RLock.locked()
lock = threading.RLock()
assert not lock.locked()
with lock:
    assert lock.locked()
    with lock:
        assert lock.locked()
    assert lock.locked()
assert not lock.locked()

# --- the system's name of a thread
names = []


def own_name():
    with open(f'/proc/self/task/{threading.get_native_id()}/comm') as f:
        names.append(f.read().strip())


for name in ('worker-1', 'a name longer than fifteen', 'naïve-éé-ünïcödé'):
    t = threading.Thread(target=own_name, name=name)
    t.start()
    t.join()
assert names[0] == 'worker-1' and names[1] == 'a name longer t', names
assert 'naïve-éé-ünïcödé'.encode().startswith(names[2].encode()) and len(names[2].encode()) >= 14, names

# --- iterators shared by threads


def numbers(n):
    for i in range(n):
        yield i


def drain(iterator, out):
    for v in iterator:
        out.append(v)


def in_threads(n, f, *args):
    threads = [threading.Thread(target=f, args=args) for _ in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


out = []
in_threads(4, drain, threading.serialize_iterator(numbers(4000)), out)
assert sorted(out) == list(range(4000))
out = []
in_threads(4, drain, threading.synchronized_iterator(numbers)(4000), out)
assert sorted(out) == list(range(4000))
g = threading.serialize_iterator(numbers(3))
assert g.send(None) == 0
g.close()
assert list(g) == []
parts = threading.concurrent_tee(numbers(3000), 3)
outs = [[], [], []]
threads = [threading.Thread(target=drain, args=pair) for pair in zip(parts, outs)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert all(o == list(range(3000)) for o in outs)
assert [list(x) for x in threading.concurrent_tee(threading.concurrent_tee('ab', 1)[0])] == [['a', 'b']] * 2
assert threading.concurrent_tee('a', 0) == ()
try:
    threading.no_such_name
except AttributeError as e:
    assert str(e) == "module 'threading' has no attribute 'no_such_name'"

# --- an exception into another thread
ready = threading.Event()
caught = []


def victim():
    try:
        ready.set()
        for i in itertools.count():
            pass
    except ZeroDivisionError:
        caught.append('caught')


t = threading.Thread(target=victim)
t.start()
ready.wait()
assert _thread._set_async_exc(t.ident, ZeroDivisionError) == 1
t.join()
assert caught == ['caught']
assert _thread._set_async_exc(12345, ZeroDivisionError) == 0

# --- tracing threads that run already
events = []
go, done = threading.Event(), threading.Event()


def traced():
    return 1


def runs():
    ready.set()
    go.wait()
    for i in range(3):
        traced()
    done.wait()


def tracer(frame, event, arg):
    if frame.f_code is traced.__code__:
        events.append(event)
    return tracer


ready.clear()
t = threading.Thread(target=runs)
t.start()
ready.wait()
threading.settrace_all_threads(tracer)
assert threading.gettrace() is tracer and sys.gettrace() is tracer
go.set()
time.sleep(0.01)
done.set()
t.join()
threading.settrace_all_threads(None)
assert events == ['call', 'line', 'return'] * 3, events
calls = []


def profiler(frame, event, arg):
    if event == 'call' and frame.f_code is traced.__code__:
        calls.append(event)


threading.setprofile_all_threads(profiler)
traced()
threading.setprofile_all_threads(None)
traced()
assert calls == ['call'] and sys.getprofile() is None

# --- who runs what
assert sys._is_gil_enabled() in (True, False)
frames, inside = {}, threading.Event()


def sits():
    inside.set()
    done.wait()


done.clear()
t = threading.Thread(target=sits)
t.start()
inside.wait()
frames = sys._current_frames()
assert frames[threading.get_ident()].f_code.co_name == '<module>'
stack = []
f = frames[t.ident]
while f:
    stack.append(f.f_code.co_name)
    f = f.f_back
assert 'sits' in stack, stack
try:
    raise KeyError
except KeyError as e:
    # 3.11 gives what sys.exc_info() does, 3.12 the exception.
    assert sys._current_exceptions()[threading.get_ident()] == (KeyError, e, e.__traceback__)
    assert sys._current_exceptions()[t.ident] == (None, None, None)
done.set()
t.join()
assert threading.stack_size(256 * 1024) == 0
t = threading.Thread(target=list)
t.start()
t.join()
assert threading.stack_size(0) == 256 * 1024
print('ok')
