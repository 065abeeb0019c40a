"""threading, queue, concurrent.futures, sched, secrets, uuid, locale, platform, time."""
import threading, queue, concurrent.futures as cf, sched, secrets, uuid, locale, time, itertools
q = queue.Queue(3)


def producer():
    for i in range(10):
        q.put(i)
    q.put(None)


got = []
th = threading.Thread(target=producer, name='prod', daemon=True)
th.start()
while (x := q.get()) is not None:
    got.append(x)
    q.task_done()
th.join()
print(got, th.is_alive(), th.name, q.qsize(), q.empty())
for bad in (lambda: q.get_nowait(), lambda: q.get(timeout=0.01), lambda: queue.Queue(1).put(1) or queue.Queue(-1).full()):
    try:
        print(bad())
    except queue.Empty as e:
        print('Empty', repr(e))
pq = queue.PriorityQueue()
for i in (3, 1, 2):
    pq.put((i, 'x'))
lq = queue.LifoQueue()
lq.put(1)
lq.put(2)
print(pq.get(), lq.get(), queue.SimpleQueue().qsize())
lock, r, total = threading.Lock(), threading.RLock(), 0


def add():
    global total
    for _ in range(1000):
        with lock:
            total += 1


ts = [threading.Thread(target=add) for _ in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(total, lock.locked(), threading.current_thread().name, threading.main_thread() is threading.current_thread(), threading.active_count())
ev, cond, sem, bar = threading.Event(), threading.Condition(), threading.Semaphore(2), threading.Barrier(3)
out = []


def waiter(n):
    ev.wait()
    with sem:
        out.append(n)
    bar.wait()


ts = [threading.Thread(target=waiter, args=(i,)) for i in range(2)]
[t.start() for t in ts]
ev.set()
bar.wait()
[t.join() for t in ts]
print(sorted(out), ev.is_set(), cond.acquire(), cond.release(), sem.acquire(timeout=0.1), bar.broken)
timer = threading.Timer(0.01, lambda: out.append('timer'))
timer.start()
timer.join()
local = threading.local()
local.x = 1
print(out[-1], vars(local))


def fails():
    raise ValueError('in thread')


seen = []
threading.excepthook = lambda a: seen.append((a.exc_type.__name__, str(a.exc_value)))
t = threading.Thread(target=fails)
t.start()
t.join()
print(seen)
with cf.ThreadPoolExecutor(3, thread_name_prefix='w') as ex:
    fs = [ex.submit(pow, i, 2) for i in range(5)]
    print([f.result() for f in fs], list(ex.map(str, range(4))), sorted(f.result() for f in cf.as_completed(fs)), cf.wait(fs).not_done)
    bad = ex.submit(lambda: 1 / 0)
    print(type(bad.exception()).__name__, bad.done(), bad.cancelled())
s = sched.scheduler(time.monotonic, time.sleep)
for delay, name in ((0.02, 'b'), (0.01, 'a')):
    s.enter(delay, 1, out.append, (name,))
s.run()
print(out[-2:])
print(len(secrets.token_bytes(8)), len(secrets.token_hex(4)), secrets.compare_digest('a', 'a'), secrets.randbelow(1), secrets.choice([5]))
u = uuid.UUID('12345678123456781234567812345678')
print(u, u.hex, u.int, u.fields, u.version, u.variant, uuid.uuid5(uuid.NAMESPACE_DNS, 'python.org'), uuid.uuid3(uuid.NAMESPACE_URL, 'x'), uuid.uuid4().version, u < uuid.UUID(int=2 ** 127), u.bytes_le.hex(), repr(u), u.urn)
print(locale.setlocale(locale.LC_ALL, 'C'), locale.localeconv()['decimal_point'], locale.format_string('%d', 1234567, grouping=True), locale.str(1.5), locale.atof('2.5'))
