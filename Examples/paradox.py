"""Two units of pure computation: one after the other, then on two threads.

Under a global interpreter lock the threads take as long as the sequence, since only one of them runs at a time.
Without one they take as long as one unit, if two cores are free.
"""
import sys
import threading
import time

UNIT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000


def sum_of_squares(n):
    total = 0
    for i in range(n):
        total += i * i
    return total


def timed(action):
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def one_after_the_other():
    sum_of_squares(UNIT)
    sum_of_squares(UNIT)


def on_two_threads():
    threads = [threading.Thread(target=sum_of_squares, args=(UNIT,)) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def main():
    sequential = timed(one_after_the_other)
    threaded = timed(on_two_threads)
    print(f'sequential: {sequential:.2f} s')
    print(f'2 threads:  {threaded:.2f} s')
    print(f'@ sequential {sequential:.2f} s')
    print(f'@ threads {threaded:.2f} s')
    print(f'@ ratio {threaded / sequential:.2f}')
    print('@ claim Threads do not compute faster:', 'confirmed' if threaded > sequential * 0.8 else 'overturned')


if __name__ == '__main__':
    main()
