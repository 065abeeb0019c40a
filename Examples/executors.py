"""The same computation eight times: in sequence, on a pool of threads, on a pool of processes, and as tasks of asyncio.

Processes compute in parallel in either lock mode, for the price of starting them. Without a global lock threads do so
too, and share their memory. Tasks of asyncio take turns in one thread: they help waiting, not computing.
"""
import asyncio
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

UNIT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
TASKS, WORKERS = 8, 4


def compute(n):
    total = 0
    for i in range(n):
        total += i * i % 1000
    return total


async def compute_as_task(n):
    return compute(n)


async def compute_as_tasks(units):
    return await asyncio.gather(*(compute_as_task(n) for n in units))


def on_pool(kind, units):
    with kind(max_workers=WORKERS) as pool:
        return list(pool.map(compute, units))


def main():
    units = [UNIT] * TASKS
    ways = {
        'sequential': lambda: [compute(n) for n in units],
        'threads': lambda: on_pool(ThreadPoolExecutor, units),
        'processes': lambda: on_pool(ProcessPoolExecutor, units),
        'asyncio': lambda: asyncio.run(compute_as_tasks(units)),
    }
    seconds, results = {}, {}
    for way, action in ways.items():
        begin = time.perf_counter()
        results[way] = action()
        seconds[way] = time.perf_counter() - begin
        print(f'{way}: {seconds[way]:.2f} s')
    assert all(r == results['sequential'] for r in results.values()), results
    for way in ways:
        print(f'@ {way} {seconds[way]:.2f} s')
    print(f'@ ratio {seconds["threads"] / seconds["sequential"]:.2f}')
    print('@ claim To compute in parallel takes processes:',
          'confirmed' if seconds['threads'] > seconds['processes'] * 1.25 else 'overturned')


if __name__ == '__main__':
    main()
