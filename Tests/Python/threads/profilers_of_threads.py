# Profiles of several threads at once: each thread that calls enable() is profiled by itself, a Profiler that several threads
# share adds up, and statistics may be asked for, or thrown away, while others run.
# ladon: peer=no
import _lsprof
import cProfile
import threading


def leaf(x):
    return len(x)


def work(n):
    for _ in range(n):
        leaf('abc')


def counts(profiler):
    return {e.code if isinstance(e.code, str) else e.code.co_name: (e.callcount, e.reccallcount) for e in profiler.getstats()}


def run(count, body):
    threads = [threading.Thread(target=body, args=(i,)) for i in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


# One for each thread.
results = {}


def alone(i):
    p = cProfile.Profile()
    p.enable()
    work(1000 * (i + 1))
    p.disable()
    results[i] = counts(p)


run(4, alone)
for i in range(4):
    n = 1000 * (i + 1)
    assert results[i]['leaf'] == (n, 0) and results[i]['<built-in method builtins.len>'] == (n, 0), results[i]
    assert results[i]['work'] == (1, 0), results[i]

# One for all, read meanwhile.
shared = _lsprof.Profiler()
stop = threading.Event()


def together(i):
    shared.enable()
    work(5000)
    shared.disable()


def read():
    last = 0
    while not stop.is_set():
        n = counts(shared).get('leaf', (0, 0))[0]
        assert n >= last
        last = n


reader = threading.Thread(target=read)
reader.start()
run(4, together)
stop.set()
reader.join()
c = counts(shared)
assert c['leaf'] == (20000, 0) and c['work'] == (4, 0), c
for e in shared.getstats():
    if not isinstance(e.code, str) and e.code.co_name == 'work':
        assert [(s.code.co_name, s.callcount) for s in e.calls] == [('leaf', 20000)], e.calls

# A thread is profiled only if it asks to be; what it starts is not.
main = cProfile.Profile()
main.enable()
run(2, lambda i: work(100))
main.disable()
assert 'leaf' not in counts(main), counts(main)

# Emptied while others run: nothing of it may be wrong afterwards but the numbers.
shared = _lsprof.Profiler()
stop.clear()


def clear():
    while not stop.is_set():
        shared.clear()


clearer = threading.Thread(target=clear)
clearer.start()
run(3, together)
stop.set()
clearer.join()
shared.clear()
assert shared.getstats() == []
together(0)
assert counts(shared)['leaf'] == (5000, 0)

# An external timer must not switch off what calls it.
messages = []


def timer():
    for method in p.disable, p.clear:
        try:
            method()
        except RuntimeError as e:
            messages.append(str(e))
    return 0


p = _lsprof.Profiler(timer)
p.enable()
p.disable()
assert set(messages) == {'cannot disable profiler in external timer', 'cannot clear profiler in external timer'}, messages
print('ok')
