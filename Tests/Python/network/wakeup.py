# signal.set_wakeup_fd: a byte for each signal, and what happens when it can't be written.
import io
import os
import select
import signal
import socket
import sys
import time


def handler(number, frame):
    pass


for number in (signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2):
    signal.signal(number, handler)
r, w = os.pipe()
os.set_blocking(r, False)
try:
    signal.set_wakeup_fd(w)
except ValueError as e:
    print(str(e).replace(str(w), 'W'))
os.set_blocking(w, False)
for wrong in ('x', 1.5):
    try:
        signal.set_wakeup_fd(wrong)
    except TypeError as e:
        print(e)
print(signal.set_wakeup_fd(w))
signal.raise_signal(signal.SIGUSR1)
signal.raise_signal(signal.SIGALRM)
print(list(os.read(r, 100)))

both = signal.SIGUSR1, signal.SIGUSR2
signal.pthread_sigmask(signal.SIG_BLOCK, both)
signal.raise_signal(signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR2)
print(sorted(signal.sigpending()), select.select([r], [], [], 0)[0])
signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
print(sorted(os.read(r, 100)))

# A signal before the wait, and one during it, end it.
signal.raise_signal(signal.SIGALRM)
print(select.select([r], [], [], 60)[0] == [r], os.read(r, 10))
signal.setitimer(signal.ITIMER_REAL, 0.05)
begin = time.monotonic()
print(select.select([r], [], [], 60)[0] == [r], time.monotonic() - begin < 30)
print(signal.set_wakeup_fd(-1) == w)


def report(descriptor, **options):
    signal.set_wakeup_fd(descriptor, **options)
    sys.stderr = io.StringIO()
    try:
        signal.raise_signal(signal.SIGALRM)
        time.sleep(0)
        text = sys.stderr.getvalue()
    finally:
        sys.stderr = sys.__stderr__
        signal.set_wakeup_fd(-1)
    lines = text.splitlines()
    print(lines[0] if lines else None, lines[-1] if lines else None)


report(os.open('/dev/null', os.O_RDONLY | os.O_NONBLOCK))
a, b = socket.socketpair()
a.setblocking(False)
for piece in (bytes(1 << 16), b'x'):
    try:
        while True:
            a.send(piece)
    except BlockingIOError:
        pass
report(a.fileno())
report(a.fileno(), warn_on_full_buffer=False)
report(a.fileno(), warn_on_full_buffer=True)
b.close()
report(a.fileno(), warn_on_full_buffer=False)
