"""Condition.wait over a lock of another class: when a signal's handler raises while the lock is taken again, it is raised by a thread
that has the lock."""
import os
import signal
import threading
import time


class Lock(type(threading.RLock())):
    pass


class Alarm(Exception):
    pass


def handler(number, frame):
    raise Alarm


signal.signal(signal.SIGUSR1, handler)
for lock in Lock(), threading.RLock():
    condition = threading.Condition(lock)
    holding = threading.Event()

    def disturb():
        with condition:
            holding.set()
            # The main thread's wait is over: it wants its lock.
            time.sleep(0.3)
            os.kill(os.getpid(), signal.SIGUSR1)
            time.sleep(0.2)

    thread = threading.Thread(target=disturb)
    try:
        with condition:
            thread.start()
            try:
                condition.wait(0.1)
                print('no signal')
            except Alarm:
                print('alarm', condition._is_owned(), holding.is_set())
                raise
    except Alarm:
        print('left')
    thread.join()
    print(lock.acquire(False))
    lock.release()
