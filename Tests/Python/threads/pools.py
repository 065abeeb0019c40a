"""concurrent.futures.ThreadPoolExecutor: map, submit, as_completed, wait, errors, shutdown."""
from concurrent.futures import ThreadPoolExecutor, as_completed, wait, FIRST_COMPLETED, FIRST_EXCEPTION, Future, TimeoutError
import threading
import time


def square(n):
    return n * n


def fail(n):
    raise ValueError(f'bad {n}')


def attempt(action):
    try:
        return action()
    except Exception as e:
        return f'{type(e).__name__}: {e}'


with ThreadPoolExecutor(3) as pool:
    print(list(pool.map(square, range(20))))
    print(sorted(f.result() for f in as_completed([pool.submit(square, i) for i in range(10)])))
    f = pool.submit(fail, 3)
    print(repr(f.exception()), attempt(f.result), f.done(), f.cancelled(), f.running())
    print(attempt(lambda: list(pool.map(fail, [1, 2]))))
    calls = []
    f = pool.submit(square, 7)
    f.add_done_callback(lambda f: calls.append(f.result()))
    wait([f])
    while not calls:
        time.sleep(0.001)
    print(calls)
    gate = threading.Event()
    slow = pool.submit(gate.wait)
    done, pending = wait([slow, pool.submit(square, 2)], return_when=FIRST_COMPLETED)
    print(len(done), len(pending), attempt(lambda: slow.result(timeout=0.01)) == 'TimeoutError: ')
    gate.set()
    print(slow.result())
    done, pending = wait([pool.submit(fail, 1)], return_when=FIRST_EXCEPTION)
    print(len(done), len(pending))
print(attempt(lambda: pool.submit(square, 1)))

# queued work can be cancelled
pool = ThreadPoolExecutor(1)
gate = threading.Event()
first, second = pool.submit(gate.wait), pool.submit(square, 1)
print(second.cancel(), second.cancelled(), attempt(second.result))
gate.set()
pool.shutdown()

# names, initialisers
made = []
with ThreadPoolExecutor(2, thread_name_prefix='pool', initializer=made.append, initargs=('started',)) as pool:
    names = set(pool.map(lambda _: threading.current_thread().name, range(20)))
print(made[0], all(n.startswith('pool_') for n in names))

f = Future()
print(f.set_running_or_notify_cancel(), f.set_result(5), f.result(), attempt(lambda: f.set_result(6)).startswith('InvalidStateError'))
