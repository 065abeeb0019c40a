# ladon: peer=no timeout=60
# The process ends while daemon threads sit in every kind of wait, and while others run.
import subprocess
import sys

WAITS = {
    'lock': 'l = threading.Lock(); l.acquire(); l.acquire()',
    'rlock': 'main_rlock.acquire()',
    'lock with a timeout': 'l = threading.Lock(); l.acquire(); l.acquire(timeout=100)',
    'condition': 'c = threading.Condition()\nwith c: c.wait()',
    'event': 'threading.Event().wait()',
    'event with a timeout': 'threading.Event().wait(100)',
    'semaphore': 'threading.Semaphore(0).acquire()',
    'barrier': 'threading.Barrier(2).wait()',
    'queue': 'queue.Queue().get()',
    'full queue': 'q = queue.Queue(1); q.put(1); q.put(2)',
    'simple queue': 'queue.SimpleQueue().get()',
    'sleep': 'time.sleep(100)',
    'pipe': 'r, w = os.pipe(); os.read(r, 1)',
    'select': 'r, w = os.pipe(); select.select([r], [], [])',
    'poll': 'r, w = os.pipe(); p = select.poll(); p.register(r, select.POLLIN); p.poll()',
    'process': 'subprocess.Popen(["sleep", "2"]).wait()',
    'join': 't = threading.Thread(target=time.sleep, args=(100,), daemon=True); t.start(); t.join()',
    'computing': 'while True: [i * i for i in range(100)]',
    'allocating': 'while True: [[] for i in range(1000)]',
    'local data': 'x = threading.local(); x.y = 1; time.sleep(100)',
    'writing': 'f = open(os.devnull, "w")\nwhile True: f.write("x" * 100)',
    'traced': 'sys.settrace(lambda *a: None)\nwhile True: len("")',
}
HEAD = '''
import os, queue, select, subprocess, sys, threading, time
main_rlock = threading.RLock()
main_rlock.acquire()
def f(text):
    exec(text, dict(globals()))
def start(text):
    t = threading.Thread(target=f, args=(text,), daemon=True)
    t.start()
'''


def check(what, source):
    for mode in '0', '1':
        done = subprocess.run([sys.executable, '-X', f'gil={mode}', '-c', source], capture_output=True, text=True, timeout=50)
        assert done.returncode == 0 and done.stdout == 'end\n' and done.stderr == '', (what, mode, done)


for end in ('print("end")', 'print("end", flush=True); os._exit(0)'):
    source = HEAD
    for what, text in WAITS.items():
        source += f'start({text!r})\n'
    check(end, source + 'time.sleep(0.1)\n' + end)
check('at once', HEAD + ''.join(f'start({text!r})\n' for text in WAITS.values()) + 'print("end")')
print('ok')
