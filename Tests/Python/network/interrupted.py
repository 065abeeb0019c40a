# Signals and waiting: handlers run while a socket waits, waits go on with what is left of their time (PEP 475), and a handler that
# raises ends them.
import os
import select
import signal
import socket
import threading
import time


class Interrupted(Exception):
    pass


calls = 0


def count(number, frame):
    global calls
    calls += 1


def fail(number, frame):
    raise Interrupted


def attempt(name, handler, call, *args):
    global calls
    calls = 0
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05 if handler is count else 0)
    begin = time.monotonic()
    try:
        outcome = call(*args)
    except (Interrupted, TimeoutError, KeyboardInterrupt) as e:
        outcome = type(e).__name__
    signal.setitimer(signal.ITIMER_REAL, 0)
    if handler is count:
        print(name, outcome, 'handled' if calls >= 2 else f'handled {calls} times', time.monotonic() - begin > 0.2)
    else:
        print(name, outcome, time.monotonic() - begin < 5)


def later(call, *args):
    timer = threading.Timer(0.25, call, args)
    timer.start()
    return timer


a, b = socket.socketpair()
listener = socket.create_server(('127.0.0.1', 0))
for handler in (count, fail):
    pending = [later(b.send, b'x')]
    attempt('recv', handler, a.recv, 1)
    pending.append(later(b.send, b'y'))
    attempt('recv_into', handler, a.recv_into, bytearray(1))
    pending.append(later(b.send, b'z'))
    attempt('recvmsg', handler, a.recvmsg, 1)
    for each in pending:
        each.join()
    a.setblocking(False)
    try:
        while a.recv(100):
            pass
    except BlockingIOError:
        pass
    a.settimeout(0.25)
    attempt('timeout', handler, a.recv, 1)
    a.settimeout(None)
    clients = []
    timer = later(lambda: clients.append(socket.create_connection(listener.getsockname())))
    attempt('accept', handler, lambda: bool(listener.accept()))
    timer.join()
    listener.settimeout(0.0)
    try:
        listener.accept()
    except BlockingIOError:
        pass
    listener.settimeout(None)
    attempt('select', handler, select.select, [a], [], [], 0.25)
    poll = select.poll()
    poll.register(a, select.POLLIN)
    attempt('poll', handler, poll.poll, 250)
    with select.epoll() as epoll:
        epoll.register(a, select.EPOLLIN)
        attempt('epoll', handler, epoll.poll, 0.25)


def drain():
    time.sleep(0.3)
    left = 3_000_000
    while left:
        left -= len(b.recv(1 << 20))


thread = threading.Thread(target=drain)
thread.start()
attempt('sendall', count, a.sendall, b'x' * 3_000_000)
thread.join()

# Ctrl-C.
for name, call in (('recv', lambda: a.recv(1)), ('accept', listener.accept), ('select', lambda: select.select([a], [], [])), ('sleep', lambda: time.sleep(60))):
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        call()
    except KeyboardInterrupt:
        print(name, 'KeyboardInterrupt')
    timer.join()
