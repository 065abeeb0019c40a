"""What the runner's scaling table is made from: patterns of work, each done by as many threads as the argument says,
one unit by each thread. Shared data only where the pattern's name says so.

usage: scaling.py THREADS [PATTERN ...]
"""
import asyncio
import sys
import threading
from time import perf_counter

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 2


class Account:
    def __init__(self):
        self.balance = 0

    def deposit(self, amount):
        self.balance += amount


def integers():
    total = 0
    for i in range(2_000_000):
        total += i & 7


def floats():
    x = 0.5
    for _ in range(1_500_000):
        x = x * 0.999 + 0.001


def calls():
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)
    fib(24)


def attributes():
    a = Account()
    for i in range(600_000):
        a.deposit(i)


def own_lists():
    for _ in range(30):
        items = []
        for i in range(20_000):
            items.append(i)


def own_dicts():
    for _ in range(20):
        d = {}
        for i in range(20_000):
            d[i] = i


def allocation():
    for i in range(700_000):
        (i, i)


def strings():
    for i in range(150_000):
        f'{i} and {i}'.upper()


SHARED = {f'key{i}': i for i in range(1000)}


def shared_reads():
    keys = list(SHARED)
    for _ in range(400):
        for k in keys:
            SHARED[k]


def exceptions():
    for i in range(150_000):
        try:
            raise ValueError(i)
        except ValueError:
            pass


def event_loops():
    """A loop with ten tasks that compute, give way, and hand results on."""
    async def compute(queue):
        for i in range(1_000):
            total = 0
            for k in range(100):
                total += k & i
            queue.put_nowait(total)
            await asyncio.sleep(0)

    async def main():
        queue = asyncio.Queue()
        tasks = [asyncio.create_task(compute(queue)) for _ in range(10)]
        for _ in range(10_000):
            await queue.get()
        await asyncio.gather(*tasks)
    asyncio.run(main())


PATTERNS = integers, floats, calls, attributes, own_lists, own_dicts, allocation, strings, shared_reads, exceptions, event_loops
for pattern in [p for p in PATTERNS if len(sys.argv) < 3 or p.__name__ in sys.argv[2:]]:
    threads = [threading.Thread(target=pattern) for _ in range(max(1, THREADS))]
    begin = perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(f'{pattern.__name__}\t{perf_counter() - begin:.6f}', flush=True)
