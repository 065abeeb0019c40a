"""queue: order, limits, time limits, task_done and join, several producers and consumers."""
import queue
import threading


def attempt(action):
    try:
        return action()
    except Exception as e:
        return f'{type(e).__name__}: {e}'


q = queue.Queue(2)
print(q.put('a'), q.put('b'), q.full(), q.qsize(), attempt(lambda: q.put('c', timeout=0.01)), attempt(lambda: q.put_nowait('c')))
print(q.get(), q.get(), q.empty(), attempt(lambda: q.get(timeout=0.01)), attempt(q.get_nowait), attempt(lambda: q.get(timeout=-1)))
print(q.task_done(), q.task_done(), attempt(q.task_done), q.join())

p = queue.PriorityQueue()
for item in (3, 1, 2, 1):
    p.put(item)
print([p.get() for _ in range(4)])
s = queue.LifoQueue()
for item in 'abc':
    s.put(item)
print([s.get() for _ in range(3)])
simple = queue.SimpleQueue()
simple.put(1)
simple.put(2, timeout=1)
print(simple.get(), simple.qsize(), simple.get(), simple.empty(), attempt(simple.get_nowait), attempt(lambda: simple.get(timeout=0.01)))


def through(work, producers, consumers, each):
    """Numbers from producers to consumers; what arrived, sorted."""
    taken = [[] for _ in range(consumers)]

    def produce(n):
        for i in range(each):
            work.put(n * each + i)

    def consume(n):
        while (item := work.get()) is not None:
            taken[n].append(item)

    ps = [threading.Thread(target=produce, args=(n,)) for n in range(producers)]
    cs = [threading.Thread(target=consume, args=(n,)) for n in range(consumers)]
    for t in ps + cs:
        t.start()
    for t in ps:
        t.join()
    for _ in cs:
        work.put(None)
    for t in cs:
        t.join()
    # What one consumer got from one producer is in the order it was put in.
    in_order = all(part == sorted(part) for got in taken for n in range(producers) for part in [[i for i in got if i // each == n]])
    return sorted(i for got in taken for i in got) == list(range(producers * each)), in_order


print(through(queue.Queue(), 3, 3, 500))
print(through(queue.Queue(5), 2, 4, 300))
print(through(queue.SimpleQueue(), 4, 2, 500))

# join waits for every task
q, done = queue.Queue(), []


def work():
    while True:
        item = q.get()
        done.append(item)
        q.task_done()


for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
for i in range(100):
    q.put(i)
q.join()
print(sorted(done) == list(range(100)))
