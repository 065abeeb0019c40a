"""A producer and three consumers over a bounded queue: the producer waits when the consumers fall behind.

The work is waiting (as for a network), so threads help in both lock modes. One end mark ends every consumer:
whoever takes it puts it back for the next.
"""
import queue
import random
import threading
import time

# Each item costs its consumer a pause of so many seconds; one consumer alone would need ITEMS of them.
ITEMS, CONSUMERS, PAUSE = 50, 3, 0.02
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
        time.sleep(PAUSE)
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
    alone = ITEMS * PAUSE
    print(f'@ sequential {alone:.2f} s')
    print(f'@ threads {seconds:.2f} s')
    print(f'@ ratio {seconds / alone:.2f}')
    print('@ claim A bounded queue paces its producer and loses nothing:', 'confirmed' if seconds < alone else 'overturned')


if __name__ == '__main__':
    main()
