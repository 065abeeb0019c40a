# A thousand threads at once, several times: they start, meet, exchange, end, and leave nothing behind.
# ladon: timeout=120
import os
import queue
import threading
import time

N = 1000
old = threading.stack_size(256 * 1024)
for kind in 'event', 'barrier', 'queue', 'condition':
    ended = []
    gate = threading.Event()
    barrier = threading.Barrier(N + 1)
    items = queue.Queue()
    condition = threading.Condition()
    opened = False

    def body(i):
        if kind == 'event':
            gate.wait()
        elif kind == 'barrier':
            barrier.wait()
        elif kind == 'queue':
            assert items.get() is not None
        else:
            with condition:
                condition.wait_for(lambda: opened)
        ended.append(i)

    threads = [threading.Thread(target=body, args=(i,)) for i in range(N)]
    for t in threads:
        t.start()
    if kind == 'event':
        gate.set()
    elif kind == 'barrier':
        barrier.wait()
    elif kind == 'queue':
        for i in range(N):
            items.put(i)
    else:
        with condition:
            opened = True
            condition.notify_all()
    for t in threads:
        t.join()
    print(kind, sorted(ended) == list(range(N)), threading.active_count())
threading.stack_size(old)
left = len(os.listdir('/proc/self/task'))
for _ in range(100):
    if left < 5:
        break
    time.sleep(0.05)
    left = len(os.listdir('/proc/self/task'))
print(left < 5)
