# ladon: peer=no timeout=120
"""Signals that come at any moment end the main thread's waits, whichever thread the system gives them to: here another one runs, which
gets those for which the main thread, about to sleep, is not ready."""
import os
import select
import signal
import socket
import threading
import time

SECONDS = 4
handled = 0
started = threading.Semaphore(0)
stop = False
mine, other = socket.socketpair()


def handler(number, frame):
    global handled
    handled += 1
    os.write(other.fileno(), b'.')


signal.signal(signal.SIGUSR1, handler)


def send():
    i = 0
    while True:
        started.acquire()
        if stop:
            return
        i += 1
        for k in range(i % 40):
            pass
        os.kill(os.getpid(), signal.SIGUSR1)


thread = threading.Thread(target=send)
thread.start()
epoll = select.epoll()
epoll.register(mine, select.EPOLLIN)
poll = select.poll()
poll.register(mine, select.POLLIN)
waits = [lambda: select.select([mine], [], []), lambda: epoll.poll(), lambda: poll.poll(), lambda: mine.recv(1, socket.MSG_PEEK)]
end = time.monotonic() + SECONDS
rounds = 0
while time.monotonic() < end:
    for wait in waits:
        rounds += 1
        started.release()
        while handled < rounds:
            wait()
        assert mine.recv(10) == b'.'
stop = True
started.release()
thread.join()
print(rounds > 100, handled == rounds)
assert rounds > 100 and handled == rounds
