"""A producer and three consumers over a bounded queue: the producer waits when the consumers fall behind.

The work is waiting (as for a network), so threads help in both lock modes. One end mark ends every consumer:
whoever takes it puts it back for the next.
"""
import queue
import random
import threading
import time

ITEMS, CONSUMERS = 50, 3
END = object()


class Results:
    """A list that several threads add to."""

    def __init__(self):
        self._items = []
        self._lock = threading.Lock()

    def add(self, item):
        with self._lock:
            self._items.append(item)

    def all(self):
        with self._lock:
            return list(self._items)


def produce(work):
    for number in range(ITEMS):
        work.put((number, random.randint(1, 100)))
        time.sleep(0.005)
    work.put(END)


def consume(work, results, name):
    done = 0
    while True:
        item = work.get()
        if item is END:
            work.put(END)
            break
        number, data = item
        time.sleep(0.02)
        results.add((number, data * 2))
        done += 1
        work.task_done()
    print(f'consumer {name}: {done} items')


def main():
    work, results = queue.Queue(maxsize=10), Results()
    threads = [threading.Thread(target=produce, args=(work,))]
    threads += [threading.Thread(target=consume, args=(work, results, i)) for i in range(CONSUMERS)]
    begin = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    seconds = time.perf_counter() - begin
    numbers = sorted(number for number, _ in results.all())
    assert numbers == list(range(ITEMS)), numbers
    print(f'processed {len(numbers)} items in {seconds:.2f} s')
    print(f'@ {len(numbers)} of {ITEMS} items through 1 producer and {CONSUMERS} consumers in {seconds:.2f} s')


if __name__ == '__main__':
    main()
