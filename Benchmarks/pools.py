"""Pools of threads and of processes, given work that is hardly any: the price of handing it over."""
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from measure import benchmark


def nothing(x=None):
    return x


def submits(n):
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(nothing) for _ in range(n)]
        for f in futures:
            f.result()


def thread_map(n):
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(nothing, range(n))) == n * (n - 1) // 2


def process_map(pool, n):
    assert sum(pool.map(nothing, range(n))) == n * (n - 1) // 2


def pool_map(pool, n, chunk):
    assert sum(pool.map(nothing, range(n), chunk)) == n * (n - 1) // 2


def starting_processes(n):
    for _ in range(n):
        p = multiprocessing.Process(target=nothing)
        p.start()
        p.join()


def main():
    benchmark('ThreadPoolExecutor.submit, 100,000 no-ops', submits, 100_000, runs=2)
    benchmark('ThreadPoolExecutor.map, 100,000 no-ops', thread_map, 100_000, runs=2)
    with ProcessPoolExecutor(2) as pool:
        pool.submit(nothing).result()
        benchmark('ProcessPoolExecutor.map, 5,000 no-ops', process_map, pool, 5_000)
    with multiprocessing.Pool(2) as pool:
        pool.apply(nothing)
        benchmark('multiprocessing.Pool.map, 5,000 no-ops one by one', pool_map, pool, 5_000, 1)
        benchmark('multiprocessing.Pool.map, 100,000 no-ops in chunks', pool_map, pool, 100_000, None)
    benchmark('start and join of 100 processes', starting_processes, 100)


if __name__ == '__main__':
    main()
