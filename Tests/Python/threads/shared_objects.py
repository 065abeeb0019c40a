"""Single operations on shared built-in objects are atomic in both modes: nothing is lost."""
import itertools
import threading

THREADS, EACH = 4, 2000


def together(work):
    start = threading.Barrier(THREADS)

    def body(n):
        start.wait()
        work(n)
    threads = [threading.Thread(target=body, args=(n,)) for n in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


items = []
together(lambda n: [items.append((n, i)) for i in range(EACH)])
print(len(items), len(set(items)), all([i for m, i in items if m == n] == list(range(EACH)) for n in range(THREADS)))

d = {}
together(lambda n: [d.__setitem__((n, i), i) for i in range(EACH)])
print(len(d), all(d[(n, i)] == i for n in range(THREADS) for i in range(EACH)))

s = set()
together(lambda n: [s.add(n * EACH + i) for i in range(EACH)])
print(s == set(range(THREADS * EACH)))

# setdefault: one winner for each key
winners = [[] for _ in range(THREADS)]
shared = {}
together(lambda n: [winners[n].append(shared.setdefault(i, n)) for i in range(EACH)])
print(all(len({w[i] for w in winners}) == 1 for i in range(EACH)))

# pop: each item goes to one thread
stack = list(range(THREADS * EACH))
taken = [[] for _ in range(THREADS)]


def take(n):
    try:
        while True:
            taken[n].append(stack.pop())
    except IndexError:
        pass


together(take)
print(sorted(i for t in taken for i in t) == list(range(THREADS * EACH)), stack)

# dict.pop and popitem
d = {i: i for i in range(THREADS * EACH)}
taken = [[] for _ in range(THREADS)]


def take_items(n):
    try:
        while True:
            taken[n].append(d.popitem()[0])
    except KeyError:
        pass


together(take_items)
print(sorted(i for t in taken for i in t) == list(range(THREADS * EACH)), d)


# attributes: each thread has its own
class Box:
    pass


box = Box()
together(lambda n: [setattr(box, f'a{n}_{i}', i) for i in range(100)])
print(len(vars(box)), all(getattr(box, f'a{n}_{i}') == i for n in range(THREADS) for i in range(100)))

# a lock makes a compound operation whole
count, lock = 0, threading.Lock()


def increment(n):
    global count
    for _ in range(EACH):
        with lock:
            count += 1


together(increment)
print(count == THREADS * EACH)

# iterating while another thread appends: what is seen is a prefix of what is there
grows, seen = [], []


def grow_or_watch(n):
    if n == 0:
        for i in range(EACH):
            grows.append(i)
    else:
        for _ in range(20):
            view = list(grows)
            seen.append(view == list(range(len(view))))


together(grow_or_watch)
print(all(seen), len(seen))

# an iterator shared by threads gives each item once (itertools.count is atomic)
numbers = itertools.count()
taken = [[] for _ in range(THREADS)]
together(lambda n: [taken[n].append(next(numbers)) for _ in range(EACH)])
print(sorted(i for t in taken for i in t) == list(range(THREADS * EACH)))
