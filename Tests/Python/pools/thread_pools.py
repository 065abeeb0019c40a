# ThreadPoolExecutor: order, reuse of threads, failures, cancelling, shutting down, what is collected.
# ladon: timeout=60
import concurrent.futures as cf
import gc
import logging
import sys
import threading
import time

logging.basicConfig(stream=sys.stdout, format='%(levelname)s %(message)s')
for h in logging.root.handlers:
    h.formatter.formatException = lambda info: info[0].__name__


def attempt(f, *args, **kw):
    try:
        return f(*args, **kw)
    except BaseException as e:
        return type(e).__name__, str(e)


with cf.ThreadPoolExecutor(3, thread_name_prefix='w') as pool:
    print(list(pool.map(pow, range(10), [2] * 10)))
    print(pool.submit(divmod, 7, 2).result(), pool.submit(dict, a=1, b=2).result())
    f = pool.submit(lambda: 1 / 0)
    print(attempt(f.result), type(f.exception()).__name__, f.done())
    print(attempt(pool.submit(sys.exit, 3).result), attempt(list, pool.map(int, ['1', 'x'])))
    names = {pool.submit(lambda: threading.current_thread().name).result() for _ in range(20)}
    print({n[:2] for n in names})
print(attempt(pool.submit, print), pool._shutdown)

with cf.ThreadPoolExecutor(4) as pool:
    for _ in range(5):
        pool.submit(pow, 2, 5).result()
        time.sleep(0.02)
    print(len(pool._threads), pool._idle_semaphore._value)

with cf.ThreadPoolExecutor(4) as pool:
    gate = threading.Semaphore(0)
    fs = [pool.submit(gate.acquire) for _ in range(20)]
    print(len(pool._threads), pool._work_queue.qsize() >= 16)
    for _ in fs:
        gate.release()
    print(all(f.result() for f in fs))

with cf.ThreadPoolExecutor(1) as pool:
    begin, end = threading.Event(), threading.Event()
    first = pool.submit(lambda: (begin.set(), end.wait()))
    begin.wait()
    rest = [pool.submit(print, 'never') for _ in range(5)]
    print(rest[0].cancel(), first.cancel(), rest[0].cancelled())
    pool.shutdown(wait=False, cancel_futures=True)
    print([f.cancelled() for f in rest])
    end.set()


def fail():
    raise ValueError('no start')


pool = cf.ThreadPoolExecutor(2, initializer=fail)
print(attempt(pool.submit(pow, 2, 3).result)[0])
time.sleep(0.05)
print(attempt(pool.submit, pow, 2, 3))
pool.shutdown()
started = []
with cf.ThreadPoolExecutor(1, initializer=started.append, initargs=('up',)) as pool:
    print(pool.submit(len, started).result())

# An executor that nobody holds any more ends its threads.
pool = cf.ThreadPoolExecutor(2)
pool.submit(pow, 2, 2).result()
threads = list(pool._threads)
del pool
gc.collect()
for t in threads:
    t.join(10)
print([t.is_alive() for t in threads])

# Work that submits work, callbacks that submit work.
with cf.ThreadPoolExecutor(4) as pool:
    total = []

    def chain(n):
        if n:
            f = pool.submit(chain, n - 1)
            f.add_done_callback(lambda f: total.append(f.result()))
        return n

    pool.submit(chain, 50).result()
    while len(total) < 50:
        time.sleep(0.001)
    print(sorted(total) == list(range(50)))

# Many submitters, every call made once.
with cf.ThreadPoolExecutor(8) as pool:
    done = []
    lock = threading.Lock()

    def one(i):
        with lock:
            done.append(i)
        return i

    def submitter(k):
        return sum(f.result() for f in [pool.submit(one, k * 500 + i) for i in range(500)])

    with cf.ThreadPoolExecutor(4) as others:
        sums = list(others.map(submitter, range(4)))
    print(sums == [sum(range(k * 500, k * 500 + 500)) for k in range(4)], sorted(done) == list(range(2000)))

print(attempt(cf.ThreadPoolExecutor, 0), attempt(cf.ThreadPoolExecutor, initializer=1))
it = cf.ThreadPoolExecutor(2).map(time.sleep, [0, 0.5], timeout=0.1)
print(next(it), attempt(next, it)[0])
