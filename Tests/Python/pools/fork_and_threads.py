# os.fork while other threads hold locks, import, print, allocate and wait: the child can do all of it again.
# CPython hangs in some children: the lock of a stream that another thread held is nobody's there.
# ladon: peer=no timeout=90
import _thread
import io
import os
import queue
import sys
import threading
import time

sys.setswitchinterval(0.0002)
stop = False
stream = io.TextIOWrapper(io.BufferedWriter(io.FileIO(os.open(os.devnull, os.O_WRONLY), 'w')))
shared_lock = threading.Lock()
shared_condition = threading.Condition()
shared_queue = queue.Queue(10)
simple = queue.SimpleQueue()


def allocate():
    while not stop:
        [[i] for i in range(100)]
        {str(i): i for i in range(50)}


def intern_names():
    n = 0
    while not stop:
        sys.intern(f'name_{n}')
        type(f'Type{n}', (), {f'attribute_{n}': 1})
        n += 1


def hold():
    while not stop:
        with shared_lock:
            time.sleep(0.0005)


def write():
    while not stop:
        stream.write('x' * 100)
        stream.flush()


def wait():
    while not stop:
        with shared_condition:
            shared_condition.wait(0.01)


def get():
    while not stop:
        try:
            shared_queue.get(timeout=0.01)
        except queue.Empty:
            pass


def get_simple():
    while simple.get() is not None:
        pass


def import_modules():
    while not stop:
        for name in ('colorsys', 'this_does_not_exist', 'wave_missing'):
            sys.modules.pop(name, None)
            try:
                __import__(name)
            except ImportError:
                pass


def child():
    """All of it in the child."""
    assert threading.active_count() == 1 and threading.current_thread() is threading.main_thread()
    allocate_some = [[i] for i in range(20000)]
    sys.intern('fresh name in the child')
    type('Fresh', (), {'a': 1})
    stream.write('child')
    stream.flush()
    import fractions
    __import__('wave')
    results = []
    threads = [threading.Thread(target=lambda i=i: results.append(sum(range(1000)))) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(results) == 4
    own = queue.SimpleQueue()
    t = threading.Thread(target=lambda: own.put(own.get() + 1))
    t.start()
    own.put(1)
    t.join()
    assert own.get() == 2
    simple.put('x')
    c = threading.Condition()
    with c:
        c.wait(0.001)
    import gc
    gc.collect()


threads = [threading.Thread(target=f) for f in (allocate, intern_names, hold, write, wait, get, get_simple, import_modules)]
for t in threads:
    t.start()
failed = 0
for i in range(20):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            child()
            code = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            os._exit(code)
    end = time.monotonic() + 20
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            failed += status != 0
            break
        if time.monotonic() > end:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            failed += 1
            print('a child hangs')
            break
        time.sleep(0.001)
stop = True
simple.put(None)
for t in threads:
    t.join(20)
assert failed == 0 and not any(t.is_alive() for t in threads), (failed, threads)

# fork from a thread that is not the first: it is the first one in the child.
def from_thread():
    pid = os.fork()
    if pid == 0:
        os._exit(0 if threading.main_thread() is threading.current_thread() else 1)
    assert os.waitpid(pid, 0)[1] == 0


t = threading.Thread(target=from_thread)
t.start()
t.join()

# Hooks run in their order, in parent and child; what they raise is reported and forgotten.
order = []
os.register_at_fork(before=lambda: order.append('before 1'), after_in_parent=lambda: order.append('parent 1'), after_in_child=lambda: order.append('child 1'))
os.register_at_fork(before=lambda: order.append('before 2'), after_in_parent=lambda: order.append('parent 2'), after_in_child=lambda: order.append('child 2'))
r, w = os.pipe()
pid = os.fork()
if pid == 0:
    os.write(w, repr(order).encode())
    os._exit(0)
os.waitpid(pid, 0)
assert os.read(r, 1000).decode() == repr(['before 2', 'before 1', 'child 1', 'child 2'])
assert order == ['before 2', 'before 1', 'parent 1', 'parent 2'], order
