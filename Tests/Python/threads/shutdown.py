# The end of a process: exit functions, threads that are waited for, daemons in every kind of wait.
# ladon: timeout=120
import subprocess
import sys

HEAD = '''
import atexit, os, queue, sys, threading, time, weakref
def waiting(body):
    t = threading.Thread(target=body, daemon=True)
    t.start()
    time.sleep(0.05)
'''

PROGRAMS = {
    'atexit order': 'atexit.register(print, 1); atexit.register(print, 2, end="!\\n"); f = atexit.register(print, 3); atexit.unregister(f); atexit.register(print, 4)',
    'atexit errors': '''
@atexit.register
def last(): print("last")
@atexit.register
def bad(): 1/0
@atexit.register
def first(): print("first")
''',
    'threads are joined': 't = threading.Thread(target=lambda: (time.sleep(0.2), print("thread done"))); t.start(); print("main done"); atexit.register(print, "atexit")',
    'a thread starts another': '''
def outer():
    time.sleep(0.05)
    threading.Thread(target=lambda: (time.sleep(0.05), print("inner"))).start()
    print("outer")
threading.Thread(target=outer).start()
''',
    'daemon in lock': 'l = threading.Lock(); l.acquire(); waiting(l.acquire)',
    'daemon in sleep': 'waiting(lambda: time.sleep(100))',
    'daemon in queue': 'waiting(queue.Queue().get)',
    'daemon in simple queue': 'waiting(queue.SimpleQueue().get)',
    'daemon in condition': 'c = threading.Condition()\ndef f():\n    with c: c.wait()\nwaiting(f)',
    'daemon in event with timeout': 'waiting(lambda: threading.Event().wait(100))',
    'daemon in join': 'x = threading.Thread(target=time.sleep, args=(100,), daemon=True); x.start(); waiting(x.join)',
    'daemon in read': 'r, w = os.pipe(); waiting(lambda: os.read(r, 1))',
    'daemon in loop': 'def f():\n    while True: pass\nwaiting(f)',
    'daemon that allocates': 'def f():\n    while True: [object() for _ in range(100)]\nwaiting(f); waiting(f)',
    'daemon in a finally': '''
def f():
    try:
        time.sleep(100)
    finally:
        print("never")
waiting(f)
''',
    'daemon that holds a lock': '''
l = threading.Lock()
def f():
    with l: time.sleep(100)
waiting(f)
print(l.locked())
''',
    'exit status': 'sys.exit(7)',
    'exit text': 'sys.exit("text")',
    'exit in a thread': 't = threading.Thread(target=sys.exit, args=(5,)); t.start(); t.join()',
    'exception': 'atexit.register(print, "atexit"); 1/0',
    'os._exit': 'atexit.register(print, "never"); print("now", flush=True); os._exit(3)',
    'finaliser of a global': '''
class A:
    def __del__(self): print("del", self.n)
a = A(); a.n = 1
atexit.register(print, "atexit")
''',
    'finaliser in a cycle': '''
class A:
    def __del__(self): print("del")
a = A(); a.me = a
''',
    'callback of weakref.finalize': '''
class A: pass
a = A()
f = weakref.finalize(a, print, "finalized")
''',
    'files are flushed': '''
import tempfile
path = tempfile.mktemp()
f = open(path, "w")
f.write("text")
atexit.register(lambda: None)
import subprocess
def check(): pass
os.environ["P"] = path
print("ok")
''',
    'printing from daemons': '''
def f():
    while True:
        try: sys.stdout.write("")
        except Exception: pass
waiting(f)
''',
    'keyboard interrupt': 'import signal; signal.raise_signal(signal.SIGINT)',
    'system exit in atexit': 'atexit.register(sys.exit, 4)',
}

for name, source in PROGRAMS.items():
    p = subprocess.run([sys.executable, '-c', HEAD + source], capture_output=True, text=True, timeout=60)
    error = p.stderr.strip().splitlines()
    print(f'{name}: {p.returncode} {p.stdout!r} {error[-1] if error else ""}')
