# ladon: peer=no
# SimpleQueue.shutdown(): a put that had looked at the queue before the shutdown stored its item after it, and a get that had
# found the queue empty before a put and a shutdown raised ShutDown with the item still there: an item was left behind.
import queue
import threading


def race(get):
    q = queue.SimpleQueue()
    put, taken = [], []
    ready = threading.Barrier(3)

    def produce():
        ready.wait()
        try:
            for n in range(10**9):
                q.put(n)
                put.append(n)
        except queue.ShutDown:
            pass

    def consume():
        ready.wait()
        while True:
            try:
                taken.append(get(q))
            except queue.Empty:
                pass
            except queue.ShutDown:
                return

    threads = [threading.Thread(target=f) for f in (produce, consume)]
    for t in threads:
        t.start()
    ready.wait()
    while len(taken) < 50:
        pass
    q.shutdown()
    for t in threads:
        t.join()
    assert put == taken, (len(put), len(taken))


for get in (queue.SimpleQueue.get, queue.SimpleQueue.get_nowait, lambda q: q.get(True, 0.00001), lambda q: q.get(timeout=1)):
    for _ in range(20):
        race(get)
q = queue.SimpleQueue()
q.put(1)
for arguments in ((True, -1), (True, "soon"), (True, float("nan"))):
    try:
        q.get(*arguments)
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
print(q.qsize(), q.get())
