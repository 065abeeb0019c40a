# select, poll and epoll.
import errno
import os
import select
import socket
import threading
import time


def attempt(call, *args, **kwargs):
    try:
        print(call(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)


class Wrapped:
    def __init__(self, fd):
        self.fd = fd

    def fileno(self):
        return self.fd

    def __repr__(self):
        return 'Wrapped'


a, b = socket.socketpair()
w = Wrapped(a.fileno())
print(select.select([w], [w], [w], 0))
b.send(b'x')
print(select.select([w, w], [], (w,)))
print(select.select(iter([w]), [], [], 1.5), select.select([], [], [], 0))
a.recv(1)
for args in (([1.5], [], []), ([None], [], []), ([Wrapped('x')], [], []), ([-1], [], []), ([2000], [], []), (5, [], []), ([], [], [], 'x'), ([], [], [], -1),
             ([], [], [], float('nan')), ([9], [], [], 0), ([], [])):
    if args[0] == [9]:
        fd = os.dup(0)
        os.close(fd)
        args = [fd], [], [], 0
    attempt(select.select, *args)


class Growing:
    def __init__(self, items):
        self.items = items

    def fileno(self):
        self.items.clear()
        return a.fileno()


items = []
items += [Growing(items) for _ in range(5)]
print([len(each) for each in select.select([], items, [], 0)])

# poll
p = select.poll()
p.register(w)
print(p.poll(0) == [(a.fileno(), select.POLLOUT)])
p.modify(a, select.POLLIN)
print(p.poll(0), p.poll(0.9))
b.send(b'y')
print(p.poll() == [(a.fileno(), select.POLLIN)])
p.register(b, select.POLLIN | select.POLLOUT)
print(sorted(event for _, event in p.poll()))
p.unregister(b)
attempt(p.unregister, 12345)
attempt(p.modify, 12345, 1)
attempt(p.register, -1)
attempt(p.register, a, -1)
attempt(p.register, a, 1 << 16)
attempt(p.register, a, 1 << 70)
attempt(p.poll, 'x')
attempt(p.poll, 1 << 80)
attempt(p.poll, float('nan'))
attempt(select.poll, 1)
fd = os.dup(0)
os.close(fd)
p.register(fd)
print((fd, select.POLLNVAL) in p.poll(0))
p.unregister(fd)
a.recv(1)

started = threading.Event()
waiting = select.poll()
waiting.register(a, select.POLLIN)


def wait():
    started.set()
    waiting.poll()


thread = threading.Thread(target=wait)
thread.start()
started.wait()
time.sleep(0.1)
attempt(waiting.poll, 0)
b.send(b'z')
thread.join()
a.recv(1)

# epoll
e = select.epoll()
print(e.closed, e.fileno() > 0, os.get_inheritable(e.fileno()))
e.register(a, select.EPOLLIN | select.EPOLLOUT)
print(e.poll(0) == [(a.fileno(), select.EPOLLOUT)])
attempt(e.register, a)
e.modify(a, select.EPOLLIN | select.EPOLLET)
print(e.poll(timeout=0.01), e.poll(0, maxevents=5))
b.send(b'1')
print(e.poll() == [(a.fileno(), select.EPOLLIN)], e.poll(0))
e.modify(a, select.EPOLLIN)
print(len(e.poll(-1)), len(e.poll(None)))
e.unregister(a)
attempt(e.unregister, 12345)
try:
    e.unregister(a)
except OSError as x:
    print(x.errno == errno.ENOENT)
attempt(e.poll, 'x')
attempt(e.poll, 0, 0)
attempt(e.poll, 0, -2)
attempt(e.poll, float('nan'))
attempt(select.epoll, 0)
attempt(select.epoll, -2)
attempt(select.epoll, flags=12345)
attempt(e.register, 1.5)
second = select.epoll.fromfd(e.fileno())
print(second.fileno() == e.fileno(), type(second).__name__)
with e as same:
    print(same is e)
print(e.closed)
for method in (e.fileno, lambda: e.poll(0), lambda: e.register(0), lambda: e.modify(0, 0), lambda: e.unregister(0), e.__enter__):
    attempt(method)
e.close()
attempt(second.close)

# Closed in the middle of another thread's wait: the wait goes on until something comes.
e = select.epoll(1)
e.register(a.fileno(), select.EPOLLIN)
a.recv(1)
results = []
thread = threading.Thread(target=lambda: results.append(e.poll(5)))
thread.start()
b.send(b'2')
thread.join()
print(results == [[(a.fileno(), select.EPOLLIN)]])
e.close()
print(select.PIPE_BUF, select.error is OSError)
