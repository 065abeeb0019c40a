"""Thread objects: names, states, daemons, join, errors, local data, excepthook."""
import threading
import time

main = threading.main_thread()
print(main.name, main.is_alive(), main.daemon, threading.current_thread() is main, threading.active_count())

t = threading.Thread(target=lambda: None)
print(t.name, t.ident, t.native_id, t.is_alive(), t.daemon, repr(t))
t.start()
t.join()
print(t.is_alive(), t.ident is not None, repr(t).replace(str(t.ident), 'ID'))
for action in (t.start, lambda: threading.Thread().join(), threading.current_thread().join):
    try:
        action()
    except RuntimeError as e:
        print('RuntimeError:', e)


def named(a, b=1, *c, **d):
    print(threading.current_thread().name, a, b, c, d)


for args, kwargs in (((1,), {}), ((1, 2, 3), {'x': 4})):
    t = threading.Thread(target=named, name='worker', args=args, kwargs=kwargs)
    t.start()
    t.join()
t = threading.Thread(target=named, args=(1,))
t.start()
t.join()


class Counting(threading.Thread):
    def __init__(self, n):
        super().__init__(daemon=True)
        self.n, self.total = n, 0

    def run(self):
        for i in range(self.n):
            self.total += i


threads = [Counting(n) for n in (10, 1000, 20000)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print([t.total for t in threads], [t.daemon for t in threads])

# join with a time limit
release = threading.Event()
t = threading.Thread(target=release.wait)
t.start()
t.join(0.01)
print(t.is_alive())
release.set()
t.join()
print(t.is_alive())

# local data
data = threading.local()
data.value = 'main'
seen = []


def use_local():
    seen.append(hasattr(data, 'value'))
    data.value = 'thread'
    seen.append(data.value)


t = threading.Thread(target=use_local)
t.start()
t.join()
print(seen, data.value, data.__dict__)


class Local(threading.local):
    made = 0

    def __init__(self, start):
        Local.made += 1
        self.count = start


local = Local(5)
local.count += 1
results = []


def count_local():
    for _ in range(3):
        local.count += 1
    results.append(local.count)


threads = [threading.Thread(target=count_local) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(results, local.count, Local.made)

# exceptions
caught = []
threading.excepthook = lambda args: caught.append((args.exc_type.__name__, str(args.exc_value), args.thread.name, args.exc_traceback.tb_frame.f_code.co_name))


def fail():
    raise ValueError('in a thread')


t = threading.Thread(target=fail, name='failing')
t.start()
t.join()
t = threading.Thread(target=lambda: (_ for _ in ()).throw(SystemExit(3)))
t.start()
t.join()
print(caught)

# timer
order = []
timer = threading.Timer(0.02, order.append, ['timer'])
cancelled = threading.Timer(60, order.append, ['never'])
timer.start()
cancelled.start()
cancelled.cancel()
timer.join()
cancelled.join()
print(order)

# enumerate
gate = threading.Event()
threads = [threading.Thread(target=gate.wait, name=f'n{i}') for i in range(3)]
for t in threads:
    t.start()
print(sorted(t.name for t in threading.enumerate()), threading.active_count())
gate.set()
for t in threads:
    t.join()
deadline = time.monotonic() + 5
while threading.active_count() > 1 and time.monotonic() < deadline:
    time.sleep(0.001)
print(threading.active_count())
