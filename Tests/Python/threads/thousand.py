# ladon: timeout=60
# A thousand threads at once, in several kinds of wait, and a thousand one after the other.
import queue
import threading

N = 1000
barrier = threading.Barrier(N + 1)
lock = threading.Lock()
condition = threading.Condition()
semaphore = threading.Semaphore(5)
q = queue.Queue()
local = threading.local()
total = 0
released = False


def work(i):
    global total
    local.i = i
    barrier.wait()
    with semaphore:
        with lock:
            total += 1
    with condition:
        condition.wait_for(lambda: released)
    assert local.i == i
    q.put(i)


threads = [threading.Thread(target=work, args=(i,)) for i in range(N)]
for t in threads:
    t.start()
barrier.wait()
with condition:
    released = True
    condition.notify_all()
print(sorted(q.get() for _ in range(N)) == list(range(N)))
for t in threads:
    t.join()
print(total, threading.active_count(), any(t.is_alive() for t in threads))

done = []
for i in range(N):
    t = threading.Thread(target=done.append, args=(i,))
    t.start()
    t.join()
print(done == list(range(N)))
