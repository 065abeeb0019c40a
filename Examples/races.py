"""A counter that loses updates, and one that does not.

Reading, adding and writing back are three steps; whoever comes in between overwrites. The pause makes that certain
in both lock modes: a global interpreter lock does not protect from it. A lock around the steps does.
"""
import threading
import time

THREADS, EACH = 5, 100


class BrokenCounter:
    def __init__(self):
        self.value = 0

    def increment(self):
        seen = self.value
        time.sleep(0.0001)
        self.value = seen + 1


class SafeCounter(BrokenCounter):
    def __init__(self):
        super().__init__()
        self._lock = threading.Lock()

    def increment(self):
        with self._lock:
            super().increment()


def count_with(counter):
    def work():
        for _ in range(EACH):
            counter.increment()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return counter.value


def main():
    expected = THREADS * EACH
    broken, safe = count_with(BrokenCounter()), count_with(SafeCounter())
    print(f'without a lock: {broken} of {expected}')
    print(f'with a lock:    {safe} of {expected}')
    assert safe == expected
    print(f'@ claim An unprotected counter loses updates ({broken} of {expected}), a lock keeps them ({safe}):',
          'confirmed' if broken < expected else 'overturned')


if __name__ == '__main__':
    main()
