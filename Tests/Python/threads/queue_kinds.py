# queue.Queue and its kin, and SimpleQueue, between threads.
import queue
import threading
import time


def show(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except BaseException as e:
        print(type(e).__name__, e)


for kind in (queue.Queue, queue.LifoQueue, queue.PriorityQueue):
    q = kind(3)
    for x in (3, 1, 2):
        q.put(x)
    print(kind.__name__, q.full(), q.qsize(), q.empty())
    show(q.put_nowait, 4)
    show(q.put, 4, timeout=0.01)
    show(q.put, 4, timeout=-1)
    print([q.get() for _ in range(3)])
    show(q.get_nowait)
    show(q.get, timeout=0.01)
    show(q.get, timeout=-1)
    for _ in range(3):
        q.task_done()
    show(q.task_done)
    q.join()

s = queue.SimpleQueue()
print(type(s).__module__, s.empty(), s.qsize())
for i in range(20):
    s.put(i)
print(s.qsize(), [s.get() for _ in range(20)])
show(s.get_nowait)
show(s.get, False)
show(s.get, True, 0.01)
show(s.get, timeout=-1)
show(s.get, timeout='x')
show(s.put)
show(s.put, 1, 2, 3, 4)
show(s.get, block=False, foo=1)
print(queue.Empty.__module__, queue.Full.__module__, queue.Empty.__mro__)


class Sub(queue.SimpleQueue):
    pass


sub = Sub()
sub.tag = 1
sub.put('x')
print(sub.tag, sub.get(), queue.SimpleQueue[int])


def pump(q, producers, consumers, count):
    sums = []

    def produce(base):
        for i in range(count):
            q.put(base + i)

    def consume():
        total = n = 0
        while True:
            x = q.get()
            if x is None:
                sums.append((total, n))
                return
            total += x
            n += 1

    makers = [threading.Thread(target=produce, args=(p * count,)) for p in range(producers)]
    takers = [threading.Thread(target=consume) for _ in range(consumers)]
    for t in makers + takers:
        t.start()
    for t in makers:
        t.join()
    for _ in takers:
        q.put(None)
    for t in takers:
        t.join()
    return sum(a for a, _ in sums), sum(n for _, n in sums)


print(pump(queue.Queue(10), 3, 3, 2000))
print(pump(queue.Queue(), 1, 1, 5000))
print(pump(queue.SimpleQueue(), 3, 3, 5000))

# Order is kept with one producer and one consumer.
for q in (queue.Queue(1), queue.SimpleQueue()):
    got = []
    t = threading.Thread(target=lambda: [got.append(q.get()) for _ in range(2000)])
    t.start()
    for i in range(2000):
        q.put(i)
    t.join()
    print(got == list(range(2000)))

# join waits for task_done.
q = queue.Queue()
done = []


def worker():
    while True:
        x = q.get()
        if x is None:
            break
        time.sleep(0.001)
        done.append(x)
        q.task_done()


t = threading.Thread(target=worker)
t.start()
for i in range(20):
    q.put(i)
q.join()
print(len(done))
q.put(None)
t.join()
