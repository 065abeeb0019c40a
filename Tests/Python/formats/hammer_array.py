# Several threads with one array: no crash, no lost item, nothing that was never there.
import threading
from array import array

shared = array('q')
ROUNDS = 4000
taken = []


def add(n):
    for i in range(ROUNDS):
        shared.append(n * ROUNDS + i)


def look():
    for _ in range(ROUNDS):
        part = shared[-20:]
        assert all(0 <= x < 4 * ROUNDS for x in part), part
        shared.tobytes()[:8]
        7 in shared[:10]


def take(out):
    while len(out) < ROUNDS:
        try:
            out.append(shared.pop())
        except IndexError:
            pass


outs = [[], []]
threads = [threading.Thread(target=add, args=(n,)) for n in range(4)]
threads += [threading.Thread(target=look), *(threading.Thread(target=take, args=(out,)) for out in outs)]
for t in threads:
    t.start()
for t in threads:
    t.join()
everything = sorted(shared.tolist() + outs[0] + outs[1])
print(everything == list(range(4 * ROUNDS)), len(shared) == 2 * ROUNDS)

# Lent memory stays in place while others try to resize it.
a = array('i', range(100))
errors = []


def lend():
    for _ in range(500):
        with memoryview(a) as v:
            assert v[0] >= 0


def resize():
    for _ in range(500):
        try:
            a.append(1)
            a.pop()
        except BufferError:
            pass


threads = [threading.Thread(target=f) for f in (lend, resize, resize)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(a) >= 99)
