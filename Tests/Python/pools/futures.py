# concurrent.futures.Future by itself: states, callbacks, waiting, what is said.
import concurrent.futures as cf
import logging
import sys
import threading
import time
import weakref
from concurrent.futures import _base

logging.basicConfig(stream=sys.stdout, format='%(levelname)s')
logging.root.handlers[0].formatter.formatException = lambda info: info[0].__name__


def attempt(f, *args):
    try:
        return f(*args)
    except BaseException as e:
        return type(e).__name__, str(e)


f = cf.Future()
print(f._state, f.done(), f.running(), f.cancelled(), f._waiters, f._done_callbacks, f._result, f._exception)
print(type(f).__module__, type(f).__qualname__, cf.Future is _base.Future)
print(attempt(f.result, 0), attempt(f.exception, 0.01))
print(f.set_running_or_notify_cancel(), f._state, f.cancel(), repr(f).split(' at ')[1].split(' ', 1)[1])
calls = []
f.add_done_callback(calls.append)
f.add_done_callback(lambda f: 1 / 0)
f.add_done_callback(lambda f: calls.append('last'))
f.set_result(42)
print(calls == [f, 'last'], f.result(), f.exception(), repr(f).split(' ', 3)[3])
print(attempt(f.set_result, 1)[0], attempt(f.set_exception, ValueError())[0])
f.add_done_callback(lambda f: calls.append('late'))
print(calls[-1], f.cancel(), f.cancelled(), f.done())
print(attempt(f.set_running_or_notify_cancel))

g = cf.Future()
print(g.cancel(), g.cancel(), g._state, attempt(g.result), attempt(g.exception), g.set_running_or_notify_cancel(), g._state, repr(g).split(' ', 3)[3])

h = cf.Future()
h.set_exception(KeyError('k'))
print(attempt(h.result), h.exception(), repr(h).split(' ', 3)[3])
h.attribute = 1
print(h.__dict__.get('attribute'), weakref.ref(h)() is h, cf.Future[int])


class Named(cf.Future):
    def __init__(self, name):
        super().__init__()
        self.name = name


n = Named('n')
print(n.name, n._state, isinstance(n, cf.Future), repr(n).split(' at ')[0])

# The parts that tests set one by one, with the condition held.
for wanted in 'result', 'exception':
    p = cf.Future()

    def finish():
        time.sleep(0.05)
        with p._condition:
            p._state = _base.FINISHED
            time.sleep(0.05)
            if wanted == 'result':
                p._result = 'value'
            else:
                p._exception = OSError('slow')
            p._condition.notify_all()

    thread = threading.Thread(target=finish)
    thread.start()
    print(attempt(p.result, 5))
    thread.join()

# wait and as_completed with futures that end before, during and after.
before, during, after = cf.Future(), cf.Future(), cf.Future()
before.set_result(0)
threading.Timer(0.05, during.set_exception, [ValueError('v')]).start()
print([len(s) for s in cf.wait([before, during, after], timeout=0, return_when=cf.ALL_COMPLETED)])
print([len(s) for s in cf.wait([before, during, after], return_when=cf.FIRST_EXCEPTION)])
threading.Timer(0.05, after.cancel).start()
order = []
try:
    for f in cf.as_completed([before, during, after], timeout=0.5):
        order.append(f)
except TimeoutError as e:
    print(e)
print(len(order), order[-1] is during or order[-1] is before)
after.set_running_or_notify_cancel()
print([f in (before, during, after) for f in cf.as_completed([before, during, after])])

# Many threads wait for one, and one for many.
f = cf.Future()
got = []
threads = [threading.Thread(target=lambda: got.append(f.result())) for _ in range(20)]
for t in threads:
    t.start()
f.set_result('x')
for t in threads:
    t.join()
print(got == ['x'] * 20)

# Exactly one of many wins.
for _ in range(50):
    f = cf.Future()
    won = []

    def race(i):
        try:
            if i % 2:
                f.set_result(i)
                won.append(i)
            elif f.cancel():
                if f.set_running_or_notify_cancel() is False:
                    won.append('cancelled')
        except (cf.InvalidStateError, RuntimeError):
            pass

    logging.disable(logging.CRITICAL)
    threads = [threading.Thread(target=race, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    logging.disable(logging.NOTSET)
    assert len(won) == 1, won
print('one winner each')
