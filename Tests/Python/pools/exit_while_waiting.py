# The interpreter ends while daemon threads are in every kind of wait: at once, with its own status.
# ladon: timeout=120
import os
import subprocess
import sys
import time

WAITS = {
    'lock': 'l = threading.Lock(); l.acquire(); go(l.acquire)',
    'rlock': 'l = threading.RLock(); l.acquire(); go(l.acquire)',
    'condition': 'c = threading.Condition()\ndef f():\n    with c: c.wait()\ngo(f)',
    'event': 'go(threading.Event().wait)',
    'event with timeout': 'go(threading.Event().wait, 1000)',
    'semaphore': 'go(threading.Semaphore(0).acquire)',
    'barrier': 'go(threading.Barrier(2).wait)',
    'queue': 'go(queue.Queue().get)',
    'simple queue': 'go(queue.SimpleQueue().get)',
    'join': 't = go(time.sleep, 1000); go(t.join)',
    'sleep': 'go(time.sleep, 1000)',
    'select': 'r, w = os.pipe(); go(select.select, [r], [], [])',
    'poll': 'r, w = os.pipe(); p = select.poll(); p.register(r); go(p.poll)',
    'epoll': 'r, w = os.pipe(); p = select.epoll(); p.register(r); go(p.poll)',
    'read': 'r, w = os.pipe(); go(os.read, r, 1)',
    'buffered read': 'r, w = os.pipe(); go(open(r, "rb").read)',
    'text read': 'r, w = os.pipe(); go(open(r).readline)',
    'waitpid': 'pid = os.fork()\nif pid == 0:\n    time.sleep(3); os._exit(0)\ngo(os.waitpid, pid, 0)',
    'semaphore between processes': 'import multiprocessing\ngo(multiprocessing.Semaphore(0).acquire)',
    'pipe of multiprocessing': 'import multiprocessing\na, b = multiprocessing.Pipe(); go(a.recv)',
    'accept': 'import socket\ns = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); go(s.accept)',
    'future': 'import concurrent.futures\ngo(concurrent.futures.Future().result)',
    'computing': 'def f():\n    while True: sum(range(100))\ngo(f)',
    'allocating': 'def f():\n    while True: [[] for _ in range(100)]\ngo(f)',
    'importing': 'def f():\n    while True:\n        sys.modules.pop("colorsys", None); import colorsys\ngo(f)',
    'printing': 'def f():\n    while True: print("x", file=null)\nnull = open(os.devnull, "w"); go(f)',
    'starting threads': 'def f():\n    while True:\n        t = threading.Thread(target=len, args=((),), daemon=True)\n        try: t.start()\n        except RuntimeError: return\n        t.join()\ngo(f)',
    'signal wait': 'import signal\ngo(signal.sigwait, {signal.SIGUSR2})',
}
HEAD = '''import os, queue, select, sys, threading, time
def go(f, *args):
    t = threading.Thread(target=f, args=args, daemon=True)
    t.start()
    time.sleep(0.03)
    return t
'''
flags = []
if hasattr(sys, '_xoptions') and 'gil' in sys._xoptions:
    flags = ['-X', f'gil={sys._xoptions["gil"]}']
running = []
for name, body in WAITS.items():
    running.append((name, time.monotonic(), subprocess.Popen([sys.executable, *flags, '-c', HEAD + body + '\nprint("end", flush=True)\nsys.exit(5)'],
                                                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)))
    if len(running) < 4 and name != 'signal wait':
        continue
    for n, begin, p in running:
        try:
            # (What the program started may hold the pipe a while longer.)
            code = p.wait(30)
            line = p.stdout.readline().strip()
        except subprocess.TimeoutExpired:
            p.kill()
            code, line = 'hangs', ''
        print(n, code, line)
    running.clear()
