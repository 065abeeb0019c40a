# Tokens go round among more threads than there are processors, each hop a wake-up: one that is lost stops the program.
# ladon: timeout=60
import queue
import random
import threading
import time


def ring(name, wait, wake, places, tokens=3, rounds=500):
    """Passes tokens round `places`; each thread waits for its place and wakes the next one."""
    hops = [0] * len(places)

    def work(i):
        for _ in range(tokens * rounds):
            wait(places[i])
            hops[i] += 1
            wake(places[(i + 1) % len(places)])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(places))]
    for t in threads:
        t.start()
    for _ in range(tokens):
        wake(places[0])
    for t in threads:
        t.join()
    print(name, set(hops))


class Counter:
    """A count of tokens under a condition."""
    def __init__(self, lock):
        self.condition = threading.Condition(lock)
        self.count = 0

    def put(self):
        with self.condition:
            self.count += 1
            self.condition.notify()

    def take(self):
        with self.condition:
            while not self.count:
                self.condition.wait()
            self.count -= 1


def held_lock():
    lock = threading.Lock()
    lock.acquire()
    return lock


def events(rounds=3000):
    """Two threads answer each other; another one starts and ends beside them."""
    ask, answer = threading.Event(), threading.Event()

    def answering():
        for _ in range(rounds):
            ask.wait()
            ask.clear()
            answer.set()

    thread = threading.Thread(target=answering)
    thread.start()
    for i in range(rounds):
        ask.set()
        answer.wait()
        answer.clear()
        if i % 10 == 0:
            short = threading.Thread(target=len, args=('',))
            short.start()
            short.join()
    thread.join()
    print('events', rounds)


def crowd(threads=50, items=2000):
    """Many threads put, and sleep a little, and as many take: whoever lies down to wait is mostly woken at that very moment."""
    waiting = threading.Semaphore(0)
    left, taken = list(range(items)), []
    random.seed(42)

    def put():
        while left:
            try:
                left.pop()
            except IndexError:
                return
            waiting.release()
            if random.random() > 0.5:
                time.sleep(random.random() * 1e-3)

    def take():
        for _ in range(items // threads):
            waiting.acquire()
            taken.append(1)

    running = [threading.Thread(target=f) for f in [put, take] * threads]
    for t in running:
        t.start()
    for t in running:
        t.join()
    return len(taken)


for _ in range(8):
    print('crowd', crowd())
ring('semaphores', threading.Semaphore.acquire, threading.Semaphore.release, [threading.Semaphore(0) for _ in range(12)])
ring('conditions', Counter.take, Counter.put, [Counter(threading.Lock()) for _ in range(12)])
ring('conditions over an RLock', Counter.take, Counter.put, [Counter(threading.RLock()) for _ in range(12)])
ring('one token, locks', lambda l: l.acquire(), lambda l: l.release(), [held_lock() for _ in range(12)], tokens=1, rounds=1500)
ring('queues', lambda q: q.get(), lambda q: q.put(None), [queue.Queue() for _ in range(12)])
ring('short queues', lambda q: q.get(), lambda q: q.put(None), [queue.Queue(4) for _ in range(12)])
ring('simple queues', lambda q: q.get(), lambda q: q.put(None), [queue.SimpleQueue() for _ in range(12)])
events()
