# What multiprocessing is made of: pipes, queues, locks between processes, events, shared memory, managers.
# ladon: timeout=120
import multiprocessing as mp
import os
import queue
import signal
import sys
import threading
import time
from multiprocessing import shared_memory


def echo(connection):
    while True:
        item = connection.recv()
        if item == 'end':
            break
        connection.send(item)


def produce(q, n):
    for i in range(n):
        q.put((os.getpid() > 0, i))
    q.put(None)


def add(lock, memory_name, times):
    m = shared_memory.SharedMemory(memory_name)
    for _ in range(times):
        with lock:
            m.buf[0:4] = (int.from_bytes(m.buf[0:4], 'little') + 1).to_bytes(4, 'little')
    m.close()


def meet(barrier, event, q):
    event.wait()
    q.put(barrier.wait() in (0, 1, 2))


def hold(lock, ready):
    lock.acquire()
    ready.set()
    time.sleep(100)


def use_manager(d, l, n):
    d[n] = n * n
    l.append(n)


def main(method):
    c = mp.get_context(method)
    print(method)
    mine, theirs = c.Pipe()
    p = c.Process(target=echo, args=(theirs,))
    p.start()
    theirs.close()
    for item in (1, 'text', b'x' * 100_000, {'a': [1, 2]}, None):
        mine.send(item)
        assert mine.recv() == item
    print(mine.poll(0), p.is_alive())
    mine.send('end')
    p.join(30)
    mine.close()
    print(p.exitcode)

    q = c.Queue(5)
    p = c.Process(target=produce, args=(q, 100))
    p.start()
    print(sum(i for _, i in iter(q.get, None)))
    try:
        q.get(timeout=0.05)
    except queue.Empty:
        print('empty')
    p.join(30)
    q.close()
    q.join_thread()
    s = c.SimpleQueue()
    s.put('simple')
    print(s.get(), s.empty())

    m = shared_memory.SharedMemory(create=True, size=64)
    lock = c.Lock()
    ps = [c.Process(target=add, args=(lock, m.name, 200)) for _ in range(3)]
    for p in ps:
        p.start()
    for p in ps:
        p.join(60)
    print(int.from_bytes(m.buf[0:4], 'little'), [p.exitcode for p in ps])
    m.close()
    m.unlink()
    names = shared_memory.ShareableList([1, 'two', 3.5, None, b'four'])
    print(list(names), names.count('two'), len(names))
    names.shm.close()
    names.shm.unlink()

    r = c.RLock()
    with r, r:
        print(r.acquire(False), r._semlock._count(), r._semlock._is_mine())
        r.release()
    try:
        r.release()
    except AssertionError as e:
        print(e)
    b = c.BoundedSemaphore(1)
    try:
        b.release()
    except ValueError as e:
        print(e)
    begin = time.monotonic()
    print(b.acquire(), b.acquire(timeout=0.1), b.acquire(False), 0.05 < time.monotonic() - begin < 5, b.get_value())

    barrier, event, q = c.Barrier(3), c.Event(), c.Queue()
    ps = [c.Process(target=meet, args=(barrier, event, q)) for _ in range(3)]
    for p in ps:
        p.start()
    event.set()
    print([q.get(timeout=60) for _ in ps])
    for p in ps:
        p.join(60)

    # A worker that is killed while it holds a lock: others time out, nobody hangs.
    lock, ready = c.Lock(), c.Event()
    p = c.Process(target=hold, args=(lock, ready))
    p.start()
    ready.wait(60)
    p.kill()
    p.join(30)
    print(p.exitcode, lock.acquire(timeout=0.1))

    # A signal ends a wait.
    def handler(*_):
        raise InterruptedError('signal')

    old = signal.signal(signal.SIGUSR1, handler)
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1)).start()
    try:
        lock.acquire()
    except InterruptedError as e:
        print(e)
    signal.signal(signal.SIGUSR1, old)

    with c.Manager() as manager:
        d, l = manager.dict(), manager.list()
        ps = [c.Process(target=use_manager, args=(d, l, n)) for n in range(3)]
        for p in ps:
            p.start()
        for p in ps:
            p.join(60)
        print(sorted(d.items()), sorted(l))


if __name__ == '__main__':
    for method in sys.argv[1:] or ['fork', 'spawn', 'forkserver']:
        main(method)
