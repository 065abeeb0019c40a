"""What the runner's table of interpreters is made from: two units of computing one after the other, in two threads, and in a
pool of two interpreters; and what an interpreter and a call into one cost."""
import threading
from concurrent import interpreters
from concurrent.futures import InterpreterPoolExecutor
from time import perf_counter

UNIT = 20_000


def work(n):
    class Node:
        def __init__(self, value, left):
            self.value, self.left = value, left
    total = 0
    for _ in range(20):
        node = None
        for i in range(n):
            node = Node(i & 7, node)
        while node is not None:
            total += node.value
            node = node.left
    return total


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
