# tqdm: bars, and its maps over threads.
import io
import threading
from concurrent.futures import ThreadPoolExecutor

from tqdm import tqdm, trange
from tqdm.contrib import tenumerate, tzip
from tqdm.contrib.concurrent import ensure_lock, thread_map

out = io.StringIO()
# (The bar itself is moved by the workers without a lock: only its total is certain.)
print(thread_map(lambda n: n * n, range(200), max_workers=8, file=out)[-5:], '/200' in out.getvalue())
out = io.StringIO()
print(sum(trange(1000, file=out)), list(tenumerate('abc', file=out)), list(tzip([1, 2], [3, 4], file=out)))
print('1000/1000' in out.getvalue())

# one bar moved by many threads
bar = tqdm(total=8000, file=io.StringIO(), mininterval=0)


def move(_):
    for _ in range(1000):
        with tqdm.get_lock():
            bar.update(1)


with ThreadPoolExecutor(8) as pool:
    list(pool.map(move, range(8)))
print(bar.n)
bar.close()

# bars in threads, each its own
outs = [io.StringIO() for _ in range(10)]
threads = [threading.Thread(target=lambda o=o: list(tqdm(range(300), file=o, desc='thread', leave=True))) for o in outs]
for t in threads: t.start()
for t in threads: t.join()
print(sum('300/300' in o.getvalue() for o in outs), len(tqdm._instances))
