# fork while other threads hold locks, allocate and wait.
# ladon: timeout=120
import os
import queue
import sys
import threading
import time
import warnings

warnings.simplefilter('ignore')


def child(body):
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = body()
        finally:
            os._exit(code if type(code) is int else 0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


stop = threading.Event()
shared = {'list': [], 'dict': {}}
guard = threading.Lock()


def busy(k):
    i = 0
    while not stop.is_set():
        i += 1
        shared['list'].append(i)
        shared['dict'][i % 100] = [i]
        if i % 50 == 0:
            shared['list'].clear()
        with guard:
            str(i)


threads = [threading.Thread(target=busy, args=(k,)) for k in range(3)]
threads.append(threading.Thread(target=stop.wait))
for t in threads:
    t.start()


def body():
    # Only this thread is there; everything of the runtime works.
    assert threading.active_count() == 1, threading.enumerate()
    assert threading.current_thread() is threading.main_thread()
    data = [[] for _ in range(10000)]
    shared['list'].append(1)
    shared['dict']['x'] = 1
    class Fresh:
        pass
    f = Fresh()
    f.a = f.b = 1
    import json
    q = queue.Queue()
    t = threading.Thread(target=q.put, args=(7,))
    t.start()
    t.join()
    return q.get()


print([child(body) for _ in range(10)])
stop.set()
for t in threads:
    t.join()

# Hooks
calls = []
os.register_at_fork(before=lambda: calls.append('before'), after_in_parent=lambda: calls.append('parent'), after_in_child=lambda: calls.append('child'))
print(child(lambda: 0 if calls == ['before', 'child'] else 1), calls)

# From a thread: it becomes the child's main thread.
out = []


def fork_here():
    me = threading.current_thread()
    out.append(child(lambda: 0 if threading.main_thread() is me and threading.active_count() == 1 else 1))


t = threading.Thread(target=fork_here)
t.start()
t.join()
print(out)

# Locals of threads that are not in the child are gone, this one's stay.
local = threading.local()
local.x = 1
print(child(lambda: 0 if local.x == 1 else 1))
