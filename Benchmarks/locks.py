"""Locks, what is built on them, and queues, used by one thread and by two: the price of taking them."""
import queue
import threading
from measure import benchmark


def with_lock(n):
    lock = threading.Lock()
    count = 0
    for _ in range(n):
        with lock:
            count += 1
    return count


def acquire_and_release(n):
    lock = threading.Lock()
    for _ in range(n):
        lock.acquire()
        lock.release()


def with_rlock(n):
    lock = threading.RLock()
    for _ in range(n):
        with lock:
            pass


def event(n):
    e = threading.Event()
    for _ in range(n):
        e.set()
        e.wait()
        e.is_set()
        e.clear()


def condition(n):
    c = threading.Condition()
    for _ in range(n):
        with c:
            c.notify()


def semaphore(n):
    s = threading.Semaphore(2)
    for _ in range(n):
        with s:
            pass


def thread_local(n):
    local = threading.local()
    local.x = 1
    total = 0
    for _ in range(n):
        total += local.x
    return total


def queue_alone(n):
    q = queue.Queue()
    for i in range(n):
        q.put(i)
        q.get()


def queue_of_two(n, size):
    """n items through a queue, from this thread to another."""
    q = queue.Queue(size)
    total = 0

    def consume():
        nonlocal total
        while (item := q.get()) is not None:
            total += item
    consumer = threading.Thread(target=consume)
    consumer.start()
    for i in range(n):
        q.put(i)
    q.put(None)
    consumer.join()
    assert total == n * (n - 1) // 2


def starting_threads(n):
    for _ in range(n):
        t = threading.Thread(target=len, args=('',))
        t.start()
        t.join()


benchmark('with lock', with_lock, 500_000)
benchmark('lock.acquire, release', acquire_and_release, 500_000)
benchmark('with rlock', with_rlock, 500_000)
benchmark('event: set, wait, is_set, clear', event, 50_000)
benchmark('condition: enter, notify, leave', condition, 50_000)
benchmark('with semaphore', semaphore, 50_000)
benchmark('threading.local read', thread_local, 500_000)
benchmark('queue, one thread', queue_alone, 50_000)
benchmark('queue of two threads, 200,000 items', queue_of_two, 200_000, 0, runs=2)
benchmark('the same, at most 1,000 waiting', queue_of_two, 200_000, 1000, runs=2)
benchmark('start and join of 10,000 threads', starting_threads, 10_000, runs=1)
