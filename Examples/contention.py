"""The same amount of counting, split among 1, 2, 4 and 8 threads.

With a global interpreter lock more threads are no faster: they add hand-overs. Without one the time falls until
every core is busy.
"""
import sys
import threading
import time

TOTAL = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000_000


def count_to(n, results, place):
    count = 0
    for _ in range(n):
        count += 1
    results[place] = count


def counting_on(thread_count):
    """The seconds that `thread_count` threads take to count to TOTAL together."""
    share = TOTAL // thread_count
    results = [0] * thread_count
    threads = [threading.Thread(target=count_to, args=(share, results, i)) for i in range(thread_count)]
    begin = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    seconds = time.perf_counter() - begin
    assert sum(results) == share * thread_count, results
    return seconds


def main():
    times = {n: counting_on(n) for n in (1, 2, 4, 8)}
    for n, seconds in times.items():
        print(f'{n} thread{"s" if n > 1 else " "}: {seconds:.2f} s')
    print(f'@ sequential {times[1]:.2f} s')
    print(f'@ threads {times[8]:.2f} s')
    print(f'@ ratio {times[8] / times[1]:.2f}')
    print('@ claim More threads only add contention:', 'confirmed' if times[8] > times[1] * 0.8 else 'overturned')


if __name__ == '__main__':
    main()
