# Finalisers of multiprocessing's objects run in any thread, also in one that holds the lock which they take.
# (CPython 3.11 waits for itself in the first and last of these.)
# ladon: peer=no timeout=90
import gc
import multiprocessing
import multiprocessing.pool
import multiprocessing.resource_tracker
import threading
import time
import warnings
import weakref


def find_dead(reference):
    """Collects until the object is gone. (A word on some stack may look like its address for a while.)"""
    for _ in range(60):
        gc.collect()
        if reference() is None:
            return
        time.sleep(0.05)


def feeder():
    """The feeder of a queue finds the queue dead, just when it has seen that there is nothing to send."""
    q = multiprocessing.Queue()
    entered, dropped = threading.Event(), threading.Event()
    condition = q._notempty
    wait = condition.wait

    def collecting_wait():
        entered.set()
        dropped.wait(20)
        # Until the main thread sleeps, and leaves the finaliser to this one.
        time.sleep(0.2)
        find_dead(alive)
        wait()

    condition.wait = collecting_wait
    q._start_thread()
    thread = q._thread
    alive = weakref.ref(q)
    assert entered.wait(20)
    cycle = [q]
    cycle.append(cycle)
    del q, cycle
    dropped.set()
    thread.join(20)
    assert not thread.is_alive() or alive() is not None


def tracker():
    """A semaphore is found dead while the resource tracker is told of another one."""
    context = multiprocessing.get_context('spawn')

    def hold():
        cycle = [context.Lock()]
        cycle.append(cycle)
        with multiprocessing.resource_tracker._resource_tracker._lock:
            del cycle
            gc.collect()

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


def pool():
    """What ends a pool writes to its queues, perhaps in a thread that is just writing there."""
    with multiprocessing.Pool(1) as p:
        def hold():
            for queue in p._change_notifier, p._outqueue:
                with queue._wlock:
                    queue.put(None)

        assert p.map(abs, [-1, -2]) == [1, 2]
        thread = threading.Thread(target=hold, daemon=True)
        thread.start()
        thread.join(20)
        assert not thread.is_alive()


if __name__ == '__main__':
    warnings.simplefilter('ignore', ResourceWarning)
    feeder()
    tracker()
    pool()
