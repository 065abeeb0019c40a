# KeyboardInterrupt and signal handlers in every kind of wait of the main thread.
# ladon: timeout=60
import os
import queue
import signal
import subprocess
import sys
import threading
import time

assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def interrupted(name, wait):
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    start = time.monotonic()
    try:
        wait()
        print(name, 'not interrupted')
    except KeyboardInterrupt:
        print(name, 'interrupted', time.monotonic() - start < 5)
    timer.join()


lock = threading.Lock()
lock.acquire()
condition = threading.Condition()
event = threading.Event()
parked = threading.Thread(target=event.wait, daemon=True)
parked.start()


def held():
    ready.set()
    with rlock:
        ready2.set()
        event.wait()


rlock = threading.RLock()
ready, ready2 = threading.Event(), threading.Event()
holder = threading.Thread(target=held, daemon=True)
holder.start()
ready2.wait()


def with_condition():
    with condition:
        condition.wait()


def spin():
    while True:
        pass


def with_lock():
    with lock:
        pass


r, w = os.pipe()
interrupted('sleep', lambda: time.sleep(20))
interrupted('lock', lock.acquire)
interrupted('lock with timeout', lambda: lock.acquire(timeout=20))
interrupted('with lock', with_lock)
interrupted('rlock', rlock.acquire)
interrupted('condition', with_condition)
interrupted('event', lambda: event.wait(20) if False else threading.Event().wait())
interrupted('semaphore', threading.Semaphore(0).acquire)
interrupted('barrier', threading.Barrier(2).wait)
interrupted('queue', queue.Queue().get)
interrupted('queue with timeout', lambda: queue.Queue().get(timeout=20))
interrupted('simple queue', queue.SimpleQueue().get)
interrupted('join', parked.join)
interrupted('read', lambda: os.read(r, 1))
interrupted('loop', spin)

# Handlers that return: the wait goes on.
calls = []
signal.signal(signal.SIGUSR1, lambda n, frame: calls.append((n, frame is not None)))


def quietly(name, wait):
    calls.clear()
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    result = wait()
    timer.join()
    print(name, result, calls == [(signal.SIGUSR1, True)])


def sleep():
    start = time.monotonic()
    time.sleep(0.2)
    return time.monotonic() - start >= 0.2


def timed(f):
    start = time.monotonic()
    try:
        r = f()
    except queue.Empty:
        r = 'Empty'
    return r, 0.19 <= time.monotonic() - start < 5


quietly('sleep', sleep)
quietly('lock', lambda: timed(lambda: lock.acquire(timeout=0.2)))
quietly('queue', lambda: timed(lambda: queue.Queue().get(timeout=0.2)))
quietly('simple queue', lambda: timed(lambda: queue.SimpleQueue().get(timeout=0.2)))
quietly('event', lambda: timed(lambda: event.wait(0.2)))
quietly('join', lambda: timed(lambda: parked.join(0.2)))

# raise_signal runs the handler before it returns; a handler may raise.
calls.clear()
signal.raise_signal(signal.SIGUSR1)
print(len(calls))


def angry(n, frame):
    raise ValueError(signal.Signals(n).name)


signal.signal(signal.SIGUSR1, angry)
try:
    signal.raise_signal(signal.SIGUSR1)
except ValueError as e:
    print('raised', e)
try:
    lock_start = time.monotonic()
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1)).start()
    lock.acquire()
except ValueError as e:
    print('raised in lock', e)
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print('KeyboardInterrupt')

errors = []


def elsewhere():
    try:
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    except ValueError as e:
        errors.append(str(e))


t = threading.Thread(target=elsewhere)
t.start()
t.join()
print(errors)
