# ladon: peer=no
# (CPython can't be interrupted in most of these loops: it looks for signals between two instructions.)
"""A native loop over an iterator that never ends is left by KeyboardInterrupt, and does not keep another thread from collecting."""
import _thread
import gc
import io
import itertools
import math
import threading
import time

WORK = '''sum(itertools.count())
max(itertools.count())
min(itertools.repeat(1))
any(itertools.repeat(0))
all(itertools.repeat(1))
-1 in itertools.count()
math.fsum(itertools.repeat(1.0))
math.prod(itertools.repeat(1))
{1: 2}.keys() & itertools.repeat(1)
{1: 2}.keys().isdisjoint(itertools.repeat(2))
{1}.isdisjoint(itertools.repeat(2))
{1}.issuperset(itertools.repeat(1))
set(itertools.repeat(1))
dict.fromkeys(itertools.repeat(1))
io.StringIO().writelines(itertools.repeat(''))
io.BytesIO().writelines(itertools.repeat(b''))
[x for x in itertools.repeat(1) if 0]
object() in range(10 ** 12)
range(10 ** 12).count(1.5)
next(filter(None, itertools.repeat(0)))
next(itertools.islice(itertools.count(), 10 ** 15, None))
next(itertools.chain.from_iterable(itertools.repeat(())))'''.splitlines()


def interrupt():
    time.sleep(0.02)
    gc.collect()
    collected.set()
    _thread.interrupt_main()


for work in WORK:
    collected = threading.Event()
    interrupted = False
    thread = threading.Thread(target=interrupt)
    try:
        thread.start()
        eval(work)
    except KeyboardInterrupt:
        interrupted = True
    thread.join()
    assert interrupted and collected.is_set(), work
