# ladon: peer=no timeout=60
# Producers and consumers with timeouts, into which exceptions are thrown from outside, ended by a shutdown:
# no deadlock, no item twice, none lost but those that an interrupted thread had in its hands.
import _thread
import queue
import random
import threading
import time


class Interrupted(Exception):
    pass


def run(kind, maxsize, seconds):
    q = kind(maxsize) if kind is not queue.SimpleQueue else kind()
    put, taken, interruptions, errors = [], [], [], []
    stop = threading.Event()

    def guarded(body):
        def once():
            try:
                body()
            except queue.ShutDown:
                return True
            except (queue.Empty, queue.Full):
                pass

        def thread():
            # An exception may come while another is handled.
            while not stop.is_set():
                try:
                    try:
                        if once():
                            return
                    except Interrupted:
                        interruptions.append(1)
                except Interrupted:
                    interruptions.append(1)
                except BaseException as e:
                    errors.append(e)
                    return

        def quiet():
            try:
                thread()
            except Interrupted:
                pass
        return quiet

    counter = iter(range(10**9))
    numbering = threading.Lock()

    def produce():
        while True:
            with numbering:
                n = next(counter)
            q.put(n, timeout=0.01)
            put.append(n)
            if kind is queue.SimpleQueue:
                time.sleep(0)

    def consume():
        while True:
            taken.append(q.get(timeout=0.01))

    threads = [threading.Thread(target=guarded(f), daemon=True) for f in [produce, consume] * 3]
    for t in threads:
        t.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        _thread._set_async_exc(random.choice(threads).ident, Interrupted)
        time.sleep(0.002)
    stop.set()
    q.shutdown()
    for t in threads:
        t.join(20)
        if t.is_alive():
            raise AssertionError(f'{kind.__name__}: a thread does not end')
    while True:
        try:
            taken.append(q.get_nowait())
        except queue.ShutDown:
            break
    assert not errors, errors
    assert len(taken) == len(set(taken)), 'an item came twice'
    # An exception may fall between the queue's work and the list's: at most one item for each.
    assert len(set(put) - set(taken)) <= len(interruptions), (len(put), len(taken), len(interruptions))
    assert len(taken) > 100, len(taken)


for kind in (queue.Queue, queue.LifoQueue, queue.PriorityQueue, queue.SimpleQueue):
    run(kind, 3, 0.5)
print('ok')
