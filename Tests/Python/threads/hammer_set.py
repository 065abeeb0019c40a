"""Threads hammer one set."""
import threading

N = 4
ROUNDS = 3000


def run(*bodies):
    errors = []

    def guard(f, i):
        try:
            barrier.wait()
            f(i)
        except BaseException as e:
            errors.append(repr(e))

    barrier = threading.Barrier(len(bodies))
    threads = [threading.Thread(target=guard, args=(f, i)) for i, f in enumerate(bodies)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not errors, errors


s = set()


def add(i):
    for n in range(ROUNDS):
        s.add(i * ROUNDS + n)
        s.add(n)


run(*[add] * N)
assert s == set(range(N * ROUNDS)), len(s)
got = [[] for _ in range(N)]


def pop(i):
    while True:
        try:
            got[i].append(s.pop())
        except KeyError:
            return


run(*[pop] * N)
assert sorted(sum(got, [])) == list(range(N * ROUNDS))
s = set(range(200))


def change(i):
    for n in range(ROUNDS * 2):
        k = (n * 13 + i) % 300
        if n % 2:
            s.add(k)
        else:
            s.discard(k)
        if n % 500 == 0:
            s.update(range(10))
            s.difference_update(range(5))
            s.symmetric_difference_update([1, 2])


def look(i):
    for n in range(300):
        for x in s.copy():
            assert type(x) is int and 0 <= x < 300
        for x in list(s):
            assert 0 <= x < 300
        u = s | {1000}
        assert 1000 in u
        assert s & {5000} == set()
        len(s - u)
        s.issubset(u)
        frozenset(s)
        try:
            for x in s:
                assert 0 <= x < 300
        except RuntimeError as e:
            assert "changed size" in str(e)


run(change, look, look, change)

# remove succeeds for exactly one thread
s = set(range(ROUNDS))
won = [0] * N


def remove(i):
    for n in range(ROUNDS):
        try:
            s.remove(n)
            won[i] += 1
        except KeyError:
            pass


run(*[remove] * N)
assert sum(won) == ROUNDS and not s
print("set ok")
