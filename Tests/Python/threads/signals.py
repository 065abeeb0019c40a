# The module signal.
import os
import signal
import time


def show(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except BaseException as e:
        print(type(e).__name__, e)


show(signal.signal, 2, 3)
show(signal.signal, 100, 1)
show(signal.signal, signal.SIGKILL, signal.SIG_DFL)
show(signal.getsignal, 100)
show(signal.getsignal, signal.SIGTERM)
show(signal.getsignal, signal.SIGPIPE)
show(signal.strsignal, signal.SIGINT)
show(signal.strsignal, 100)
show(lambda: sorted(signal.valid_signals()))
show(signal.setitimer, 5, 1)
show(signal.setitimer, signal.ITIMER_REAL, 'x')
show(signal.getitimer, signal.ITIMER_REAL)
show(signal.sigtimedwait, [signal.SIGUSR1], 0)
show(signal.sigtimedwait, [signal.SIGUSR1], -1)
show(signal.sigtimedwait, [1000], 0)
show(signal.pthread_sigmask, signal.SIG_BLOCK, [])
show(signal.pthread_sigmask, 1700, [])
show(signal.set_wakeup_fd, 12345)
show(signal.default_int_handler)
show(signal.default_int_handler, 2, None)
show(signal.raise_signal, 1000)

got = []
old = signal.signal(signal.SIGUSR1, lambda n, f: got.append(n))
print(old, signal.getsignal(signal.SIGUSR1) is not None)
signal.raise_signal(signal.SIGUSR1)
os.kill(os.getpid(), signal.SIGUSR1)
for _ in range(1000):
    if len(got) == 2:
        break
    time.sleep(0.001)
print(got)

# Blocked, pending, delivered.
print(signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGUSR2}))
os.kill(os.getpid(), signal.SIGUSR1)
print(len(got), signal.sigpending())
print(sorted(signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})), len(got))
os.kill(os.getpid(), signal.SIGUSR2)
print(signal.sigwait({signal.SIGUSR2}))
os.kill(os.getpid(), signal.SIGUSR2)
info = signal.sigwaitinfo({signal.SIGUSR2})
print(info.si_signo, info.si_pid == os.getpid(), info.si_uid == os.getuid(), len(info))
os.kill(os.getpid(), signal.SIGUSR2)
info = signal.sigtimedwait({signal.SIGUSR2}, 1)
print(info.si_signo)
signal.pthread_sigmask(signal.SIG_SETMASK, [])

# Timers
ticks = []
signal.signal(signal.SIGALRM, lambda n, f: ticks.append(n))
print(signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01))
while len(ticks) < 3:
    signal.pause()
print(signal.setitimer(signal.ITIMER_REAL, 0)[1], signal.getitimer(signal.ITIMER_REAL))
signal.alarm(100)
print(signal.alarm(0))

# The wake-up descriptor
r, w = os.pipe()
show(signal.set_wakeup_fd, w)
os.set_blocking(w, False)
print(signal.set_wakeup_fd(w))
signal.raise_signal(signal.SIGUSR1)
print(os.read(r, 10), signal.set_wakeup_fd(-1) == w, signal.set_wakeup_fd(-1))

signal.signal(signal.SIGUSR1, signal.SIG_IGN)
signal.raise_signal(signal.SIGUSR1)
print(signal.getsignal(signal.SIGUSR1), signal.signal(signal.SIGUSR1, signal.SIG_DFL))
signal.siginterrupt(signal.SIGUSR1, False)
print(signal.SIGINT, signal.SIG_BLOCK, signal.ITIMER_REAL, signal.NSIG, signal.SIGRTMIN, signal.SIGRTMAX)

# A handler of several signals: all run, in order.
order = []
for n in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM):
    signal.signal(n, lambda n, f: order.append(n))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM])
for n in (signal.SIGTERM, signal.SIGUSR2, signal.SIGUSR1):
    os.kill(os.getpid(), n)
signal.pthread_sigmask(signal.SIG_SETMASK, [])
print([signal.Signals(n).name for n in order])
