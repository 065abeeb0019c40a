"""Lock, RLock, Condition, Semaphore, Event, Barrier: what they do and what they say."""
import threading
import time


def attempt(action):
    try:
        return action()
    except Exception as e:
        return f'{type(e).__name__}: {e}'


lock = threading.Lock()
print(lock.acquire(), lock.locked(), lock.acquire(False), lock.acquire(timeout=0.01), lock.release(), lock.locked())
print(attempt(lock.release), attempt(lambda: lock.acquire(False, 1)), attempt(lambda: lock.acquire(timeout=-2)), attempt(lambda: lock.acquire(timeout=1e20)))
with lock as got:
    print(got, lock.locked())
print(lock.locked())

rlock = threading.RLock()
print(rlock.acquire(), rlock.acquire(), rlock._is_owned(), rlock.release(), rlock.release(), rlock._is_owned(), attempt(rlock.release))
rlock.acquire()
other = []
t = threading.Thread(target=lambda: other.append((rlock.acquire(False), rlock._is_owned(), attempt(rlock.release))))
t.start()
t.join()
print(other)

# condition: a hand-over between two threads
condition = threading.Condition()
turn, log = [0], []


def player(me):
    for i in range(3):
        with condition:
            condition.wait_for(lambda: turn[0] == me)
            log.append((me, i))
            turn[0] = 1 - me
            condition.notify()


threads = [threading.Thread(target=player, args=(i,)) for i in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(log)
print(attempt(condition.notify), attempt(condition.wait))
with condition:
    print(condition.wait(0.01), condition.wait_for(lambda: False, 0.01), condition.wait_for(lambda: 'yes', 0.01))

# semaphore
s = threading.Semaphore(2)
print(s.acquire(), s.acquire(), s.acquire(False), s.acquire(timeout=0.01), s.release(), s.acquire(False))
b = threading.BoundedSemaphore(1)
print(attempt(b.release), attempt(lambda: threading.Semaphore(-1)), attempt(lambda: s.release(0)))
inside, most, guard = [0], [0], threading.Lock()
limit = threading.Semaphore(3)


def enter():
    with limit:
        with guard:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.005)
        with guard:
            inside[0] -= 1


threads = [threading.Thread(target=enter) for _ in range(9)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(inside[0], most[0] <= 3)

# event
e = threading.Event()
print(e.is_set(), e.wait(0.01), e.set(), e.wait(), e.is_set(), e.clear(), e.is_set())
woken = []
threads = [threading.Thread(target=lambda: woken.append(e.wait(10))) for _ in range(5)]
for t in threads:
    t.start()
e.set()
for t in threads:
    t.join()
print(woken)

# barrier
places = []
barrier = threading.Barrier(4, action=lambda: places.append('together'))


def meet():
    places.append(barrier.wait() >= 0)


threads = [threading.Thread(target=meet) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(places, barrier.parties, barrier.n_waiting, barrier.broken)
barrier = threading.Barrier(2)
print(attempt(lambda: barrier.wait(0.01)), barrier.broken, attempt(barrier.wait))
barrier.reset()
print(barrier.broken)
barrier.abort()
print(barrier.broken)
