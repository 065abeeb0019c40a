# ladon: modes=gil1 timeout=60
# Threads at every container while the GIL changes hands as often as it can: operations stay whole.
import collections
import sys
import threading

sys.setswitchinterval(1e-6)
N, ROUNDS = 4, 3000


def run(*bodies):
    errors = []

    def guard(f, i):
        try:
            for k in range(ROUNDS):
                f(i, k)
        except BaseException as e:
            errors.append(repr(e))

    threads = [threading.Thread(target=guard, args=(f, i)) for i, f in enumerate(bodies)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(errors)


items = []
run(*[lambda i, k: items.append((i, k))] * N)
print(len(items), len(set(items)))
run(*[lambda i, k: items.pop()] * N)
print(items)
table = {}
run(*[lambda i, k: table.__setitem__((i, k), k)] * N)
print(len(table))
run(*[lambda i, k: table.pop((i, k))] * N)
print(table)
counts = collections.Counter()
names = set()
run(*[lambda i, k: (names.add((i, k)), names.discard((i, k - 1)))] * N)
print(sorted(names))
d = collections.deque()
run(*[lambda i, k: d.append(k)] * 2, *[lambda i, k: d.appendleft(k)] * 2)
print(len(d))
run(*[lambda i, k: d.popleft()] * 2, *[lambda i, k: d.pop()] * 2)
print(len(d))


class Thing:
    pass


thing = Thing()
run(*[lambda i, k: setattr(thing, f'a{i}_{k % 50}', k)] * N)
print(len(vars(thing)))
b = bytearray()
run(*[lambda i, k: b.append(i)] * N)
print(sorted(collections.Counter(b).items()))
default = collections.defaultdict(list)
run(*[lambda i, k: default[k % 7].append(i)] * N)
print(sum(len(v) for v in default.values()), len(default))
ordered = collections.OrderedDict()
run(*[lambda i, k: ordered.__setitem__((i, k), 0)] * N)
run(*[lambda i, k: ordered.move_to_end((i, k))] * N)
print(len(ordered))
lock, shared = threading.Lock(), [0]


def increment(i, k):
    with lock:
        shared[0] += 1


run(*[increment] * N)
print(shared)
condition, turns = threading.Condition(), [0]


def take_turns(i, k):
    with condition:
        condition.wait_for(lambda: turns[0] % N == i)
        turns[0] += 1
        condition.notify_all()


ROUNDS = 200
run(*[take_turns] * N)
print(turns)
