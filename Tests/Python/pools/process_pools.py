# ProcessPoolExecutor and multiprocessing.Pool: results, failures, killed workers, initialisers, fork and spawn.
# ladon: timeout=120
import concurrent.futures as cf
import multiprocessing as mp
import os
import signal
import sys
import threading
import time
from concurrent.futures.process import BrokenProcessPool


def square(x):
    return x * x


def fail(x):
    raise ValueError(x)    # remote line


def die(how):
    if how == 'exit':
        os._exit(3)
    os.kill(os.getpid(), getattr(signal, how))
    time.sleep(100)


def where(_=None):
    return os.getpid()


state = None


def initialise(value):
    global state
    state = value


def read_state(_):
    return state


def no_start():
    raise RuntimeError('no start')


def attempt(f, *args):
    try:
        return f(*args)
    except BaseException as e:
        return type(e).__name__, str(e)[:60]


def executor_checks(context):
    with cf.ProcessPoolExecutor(2, mp_context=context) as pool:
        print(list(pool.map(square, range(10))), list(pool.map(square, range(10), chunksize=4)))
        f = pool.submit(fail, 'bad')
        e = f.exception()
        print(type(e).__name__, e.args, 'remote line' in str(e.__cause__), type(e.__cause__).__name__)
        print(attempt(pool.submit(lambda: 1).result)[0] in ('AttributeError', 'PicklingError'))
        print(pool.submit(where).result() != os.getpid())
        done, waiting = cf.wait([pool.submit(square, i) for i in range(5)])
        print(len(done), len(waiting), sorted(f.result() for f in cf.as_completed(done)))
    for how in ('SIGKILL', 'exit', 'SIGTERM'):
        pool = cf.ProcessPoolExecutor(2, mp_context=context)
        begin = time.monotonic()
        fs = [pool.submit(square, 1), pool.submit(die, how)]
        print(how, isinstance(fs[1].exception(30), BrokenProcessPool), time.monotonic() - begin < 20, attempt(pool.submit, square, 1)[0])
        pool.shutdown()
    with cf.ProcessPoolExecutor(1, mp_context=context, initializer=initialise, initargs=('ready',)) as pool:
        print(list(pool.map(read_state, range(2))))
    pool = cf.ProcessPoolExecutor(1, mp_context=context, initializer=no_start)
    print(attempt(pool.submit(square, 2).result)[0])
    pool.shutdown()
    pool = cf.ProcessPoolExecutor(1, mp_context=context)
    fs = [pool.submit(time.sleep, 0.2)] + [pool.submit(square, i) for i in range(10)]
    pool.shutdown(cancel_futures=True)
    print(fs[0].done(), sum(f.cancelled() for f in fs) >= 6)


def pool_checks(context):
    with context.Pool(2) as pool:
        print(pool.map(square, range(10)), pool.apply(square, (3,)), list(pool.imap(square, range(5), 2)), sorted(pool.imap_unordered(square, range(5))))
        print(attempt(pool.map, fail, ['bad']), pool.starmap(pow, [(2, 3), (3, 2)]), pool.map_async(square, [1, 2]).get(30))
        print(attempt(pool.apply_async(time.sleep, (5,)).get, 0.05)[0])
    with context.Pool(1, maxtasksperchild=2) as pool:
        pids = [pool.apply(where) for _ in range(6)]
        print(len(set(pids)))


def forks_itself(_):
    pid = os.fork()
    if pid == 0:
        os._exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == '__main__':
    for method in sys.argv[1:] or ['fork', 'spawn']:
        context = mp.get_context(method)
        print(method)
        executor_checks(context)
        pool_checks(context)
    with cf.ProcessPoolExecutor(2, mp_context=mp.get_context('fork')) as pool:
        print(list(pool.map(forks_itself, range(4))))
    with cf.ProcessPoolExecutor(1, max_tasks_per_child=2, mp_context=mp.get_context('spawn')) as pool:
        print(len({pool.submit(where).result() for _ in range(4)}))
    print(threading.active_count())
