# ladon: peer=no
# Queue.shutdown() and queue.ShutDown, in all four queues: what 3.13 has for three of them.
import queue
import threading
import time


def raises(error, f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except error as e:
        assert type(e) is error, repr(e)
    else:
        raise AssertionError(f'{error.__name__} not raised')


def started(n, f, *args):
    threads = [threading.Thread(target=f, args=args) for _ in range(n)]
    for t in threads:
        t.start()
    return threads


KINDS = queue.Queue, queue.LifoQueue, queue.PriorityQueue, queue.SimpleQueue
assert issubclass(queue.ShutDown, Exception) and queue.ShutDown.__module__ == 'queue'
assert 'ShutDown' in queue.__all__

for kind in KINDS:
    # what is there can still be fetched
    q = kind()
    q.put(1)
    q.put(2)
    q.shutdown()
    raises(queue.ShutDown, q.put, 3)
    raises(queue.ShutDown, q.put_nowait, 3)
    assert {q.get(), q.get_nowait()} == {1, 2}
    raises(queue.ShutDown, q.get)
    raises(queue.ShutDown, q.get_nowait)
    raises(queue.ShutDown, q.get, timeout=0.01)
    q.shutdown()

    # at once
    q = kind()
    q.put(1)
    q.shutdown(immediate=True)
    raises(queue.ShutDown, q.get)
    raises(queue.ShutDown, q.get, False)
    assert q.empty() and q.qsize() == 0

    # those who wait are released
    q = kind()
    got = []

    def getter():
        try:
            q.get()
        except queue.ShutDown:
            got.append('shut down')

    threads = started(5, getter)
    time.sleep(0.02)
    q.shutdown()
    for t in threads:
        t.join()
    assert got == ['shut down'] * 5, got

for kind in KINDS[:3]:
    q = kind(1)
    assert q.is_shutdown is False
    q.put(1)
    got = []

    def putter():
        try:
            q.put(2)
        except queue.ShutDown:
            got.append('shut down')

    def joiner():
        q.join()
        got.append('joined')

    threads = started(3, putter)
    time.sleep(0.02)
    q.shutdown()
    for t in threads:
        t.join()
    assert got == ['shut down'] * 3 and q.is_shutdown, got
    threads = started(2, joiner)
    time.sleep(0.02)
    assert got == ['shut down'] * 3
    q.shutdown(immediate=True)
    for t in threads:
        t.join()
    assert got[3:] == ['joined'] * 2 and q.unfinished_tasks == 0, got
    raises(ValueError, q.task_done)

    # task_done after an ordinary shutdown still counts
    q = kind()
    q.put(1)
    q.put(2)
    q.shutdown()
    q.get(), q.get()
    q.task_done()
    q.task_done()
    q.join()


class Counted(queue.Queue):
    """Overrides how items are kept: the same methods work over it."""

    def _init(self, maxsize):
        self.items = {}

    def _qsize(self):
        return len(self.items)

    def _put(self, item):
        self.items[item] = True

    def _get(self):
        return self.items.popitem()[0]


q = Counted(2)
q.put('a')
q.put('b')
raises(queue.Full, q.put, 'c', False)
raises(queue.Full, q.put, 'c', timeout=0.01)
assert q.qsize() == 2 and q.full() and not q.empty()
assert q.get() == 'b' and q.get() == 'a'
raises(queue.Empty, q.get, False)
raises(ValueError, q.get, timeout=-1)
q.put('d')
q.shutdown(immediate=True)
raises(queue.ShutDown, q.get)

# producers and consumers end by a shutdown in the middle of things: what went in came out, or is dropped
for kind in KINDS:
    q = kind(4) if kind is not queue.SimpleQueue else kind()
    put, taken = [], []

    def produce(k):
        n = 0
        try:
            # An end of its own too: on a busy machine the thread that shuts down may come late, and the queue is unbounded.
            while n < 50_000:
                q.put((k, n))
                put.append((k, n))
                n += 1
                if kind is queue.SimpleQueue and n % 100 == 0:
                    time.sleep(0)
        except queue.ShutDown:
            pass

    def consume():
        try:
            while True:
                taken.append(q.get(timeout=5))
        except queue.ShutDown:
            pass

    threads = [threading.Thread(target=produce, args=(k,)) for k in range(3)] + [threading.Thread(target=consume) for _ in range(3)]
    for t in threads:
        t.start()
    time.sleep(0.05)
    q.shutdown()
    for t in threads:
        t.join()
    assert sorted(put) == sorted(taken), (kind, len(put), len(taken))
    assert len(put) > 10
print('ok')
