# _thread's locks: what they do and what they refuse.
import _thread
import re
import time


def show(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except BaseException as e:
        print(type(e).__name__, e)


lock = _thread.allocate_lock()
show(lock.acquire, False, 1)
show(lock.acquire, True, -2)
show(lock.acquire, True, 1e30)
show(lock.acquire, True, 1e10)
show(lock.acquire, True, 'a')
show(lock.acquire, True, float('nan'))
show(lock.acquire, timeout=10**30)
show(lock.acquire, True, -1, 3)
show(lock.acquire, foo=1)
show(lock.release)
show(lock.release, 1)
show(_thread.LockType)
print(_thread.TIMEOUT_MAX, _thread.error is RuntimeError, _thread.LockType.__name__)
print(lock.acquire(), lock.acquire(False), lock.locked(), lock.acquire(timeout=0))
start = time.monotonic()
print(lock.acquire(timeout=0.05), 0.05 <= time.monotonic() - start < 5)
lock.release()
with lock as entered:
    print(entered, lock.locked())
print(lock.locked())
try:
    with lock:
        1 / 0
except ZeroDivisionError as e:
    print(e, lock.locked())
try:
    with lock:
        lock.release()
except RuntimeError as e:
    print(e)
print(re.sub('0x[0-9a-f]+', '0x', repr(lock)))
lock.acquire()
lock._at_fork_reinit()
print(lock.locked(), lock.acquire_lock(), lock.locked_lock(), lock.release_lock())


def body():
    with lock:
        for i in range(3):
            with lock2:
                yield i


lock2 = _thread.allocate_lock()
g = body()
print(next(g), lock.locked(), lock2.locked())
print(next(g), lock.locked(), lock2.locked())
g.close()
print(lock.locked(), lock2.locked())

r = _thread.RLock()
show(r.release)
show(r._release_save)
show(r.acquire, False, 3)
with r:
    with r:
        print(r._is_owned(), re.sub('owner=[0-9]+ count=([0-9]).*', r'\1', repr(r)))
    saved = r._release_save()
    print(r._is_owned(), saved[0])
    r._acquire_restore(saved)
print(r._is_owned(), r.acquire(False), r.acquire(True, 1), r.release(), r.release())


class Lock(type(r)):
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print('enter', self.name)
        return super().__enter__()

    def __exit__(self, *args):
        print('exit', self.name, args[0])
        return super().__exit__(*args)


with Lock('mine') as e:
    print(e)

# A lock handed to another thread, which releases it.
lock = _thread.allocate_lock()
lock.acquire()
_thread.start_new_thread(lock.release, ())
print(lock.acquire(timeout=10))

out = []
rl = _thread.RLock()
rl.acquire()
done = _thread.allocate_lock()
done.acquire()


def other():
    out.append(rl.acquire(False))
    out.append(rl.acquire(timeout=0.01))
    try:
        rl.release()
    except RuntimeError as e:
        out.append(str(e))
    done.release()


_thread.start_new_thread(other, ())
done.acquire()
print(out)
show(_thread.start_new_thread, 1, ())
show(_thread.start_new_thread, print, 1)
show(_thread.start_new_thread, print, (), 1)
show(_thread.start_new_thread, print)
show(_thread.stack_size, 5)
show(_thread.stack_size, -1)
show(_thread.stack_size, 1 << 20)
show(_thread.stack_size)
show(_thread.stack_size, 0)
show(_thread.interrupt_main, 100)
show(_thread._excepthook, 1)
