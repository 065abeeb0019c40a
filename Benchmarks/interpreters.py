"""What the runner's table of interpreters is made from: two units of computing one after the other, in two threads, and in a
pool of two interpreters; and what an interpreter and a call into one cost."""
import threading
from concurrent import interpreters
from concurrent.futures import InterpreterPoolExecutor
from time import perf_counter

UNIT = 60_000_000


def work(n):
    def fib(k):
        return k if k < 2 else fib(k - 1) + fib(k - 2)
    total = 0
    for i in range(n):
        total += i & 7
    return total + fib(n // 2_200_000)


def timed(name, f):
    begin = perf_counter()
    f()
    print(name, perf_counter() - begin, sep='\t')


def sequential():
    work(UNIT)
    work(UNIT)


def threaded():
    threads = [threading.Thread(target=work, args=(UNIT,)) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


if __name__ == '__main__':
    work(100)
    timed('sequential', sequential)
    timed('threads', threaded)
    with InterpreterPoolExecutor(2) as pool:
        list(pool.map(work, [100] * 8))
        timed('interpreters', lambda: list(pool.map(work, [UNIT] * 2)))
    made = []
    timed('create', lambda: made.append(interpreters.create()))
    made[0].call(len, '')
    timed('calls', lambda: [made[0].call(len, '') for _ in range(1000)])
    timed('close', made[0].close)
