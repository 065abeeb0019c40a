"""Locks and queues used by one thread and by two: the price of taking them."""
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


def with_rlock(n):
    lock = threading.RLock()
    for _ in range(n):
        with lock:
            pass


def queue_alone(n):
    q = queue.Queue()
    for i in range(n):
        q.put(i)
        q.get()


def queue_of_tasks(n):
    """n tasks through a bounded queue, from this thread to another."""
    q = queue.Queue(maxsize=1000)
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
benchmark('with rlock', with_rlock, 500_000)
benchmark('queue, one thread', queue_alone, 50_000)
benchmark('queue of 100,000 tasks', queue_of_tasks, 100_000, runs=2)
benchmark('starting threads', starting_threads, 1_000)
