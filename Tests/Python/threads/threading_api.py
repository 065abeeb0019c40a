# threading.py on the native locks: threads, events, conditions, semaphores, barriers, timers, locals.
import sys
import threading
import time

results = []


def work(n, *, scale=1):
    results.append(n * scale)


threads = [threading.Thread(target=work, args=(i,), kwargs={'scale': 10}, name=f'w{i}') for i in range(5)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results), [t.is_alive() for t in threads], threads[0].name, threads[0].daemon)
print(threading.current_thread() is threading.main_thread(), threading.active_count(), threading.main_thread().name)
print(threading.get_ident() == threading.main_thread().ident, threading.get_native_id() == threading.main_thread().native_id)

for bad in (lambda: threads[0].start(), lambda: threading.Thread().join(), lambda: threading.current_thread().join(),
            lambda: threading.Thread(group=1), lambda: threading.Semaphore(-1), lambda: threading.Condition().wait()):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)

# Condition
condition = threading.Condition()
queue = []
got = []


def consumer():
    while True:
        with condition:
            while not queue:
                condition.wait()
            item = queue.pop(0)
        if item is None:
            return
        got.append(item)


t = threading.Thread(target=consumer)
t.start()
for i in range(100):
    with condition:
        queue.append(i)
        condition.notify()
with condition:
    queue.append(None)
    condition.notify_all()
t.join()
print(got == list(range(100)))
with condition:
    print(condition.wait(0.01), condition.wait_for(lambda: False, 0.01), condition.wait_for(lambda: 7))

# Event
event = threading.Event()
seen = []
waiters = [threading.Thread(target=lambda: seen.append(event.wait(10))) for _ in range(4)]
for t in waiters:
    t.start()
print(event.wait(0.01), event.is_set())
event.set()
for t in waiters:
    t.join()
print(seen, event.is_set())

# Semaphore
semaphore = threading.BoundedSemaphore(2)
inside = 0
most = 0
guard = threading.Lock()


def limited():
    global inside, most
    with semaphore:
        with guard:
            inside += 1
            most = max(most, inside)
        time.sleep(0.005)
        with guard:
            inside -= 1


threads = [threading.Thread(target=limited) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(most <= 2, inside)
try:
    semaphore.release()
except ValueError as e:
    print(e)

# Barrier
barrier = threading.Barrier(3, action=lambda: results.append('action'))
results.clear()
order = []


def meet():
    order.append(barrier.wait())


threads = [threading.Thread(target=meet) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(order), results, barrier.n_waiting, barrier.broken)
barrier.abort()
try:
    barrier.wait()
except threading.BrokenBarrierError as e:
    print('broken', e)

# Timer
fired = threading.Event()
timer = threading.Timer(0.01, fired.set)
timer.start()
print(fired.wait(10))
timer.join()
cancelled = threading.Timer(100, fired.clear)
cancelled.start()
cancelled.cancel()
cancelled.join()
print(fired.is_set())


# Locals, also with __init__ and __slots__
class Local(threading.local):
    __slots__ = 'shared',
    kind = 'class'

    def __init__(self, start):
        self.n = start


local = Local(5)
local.shared = 'all threads'
local.n = 6
values = []


def look():
    values.append((local.n, local.shared, local.kind, sorted(local.__dict__)))
    local.n = 100
    try:
        local.nothing
    except AttributeError as e:
        values.append('nothing' in str(e))


t = threading.Thread(target=look)
t.start()
t.join()
print(values, local.n, local.__dict__)
del local.n
print(hasattr(local, 'n'))

# Exceptions of threads
shown = []
threading.excepthook = lambda args: shown.append((args.exc_type.__name__, str(args.exc_value), args.thread.name, args.exc_traceback is not None))
t = threading.Thread(target=lambda: 1 / 0, name='failing')
t.start()
t.join()
t = threading.Thread(target=sys.exit, name='leaving')
t.start()
t.join()
print(shown)
threading.excepthook = threading.__excepthook__

# join with timeouts; daemons
stop = threading.Event()
t = threading.Thread(target=stop.wait, daemon=True)
t.start()
t.join(0.01)
print(t.is_alive(), t.daemon, t in threading.enumerate())
stop.set()
t.join()
print(t.is_alive(), t in threading.enumerate())
print(threading.stack_size(), threading.TIMEOUT_MAX)

# RLock as condition's lock, released completely by wait
rlock = threading.RLock()
condition = threading.Condition(rlock)
state = []


def outer():
    with condition:
        with condition:
            state.append('waiting')
            condition.wait()
            state.append('woken')


t = threading.Thread(target=outer)
t.start()
while not state:
    time.sleep(0.001)
with condition:
    condition.notify()
t.join()
print(state)
