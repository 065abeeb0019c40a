# ladon: peer=no
# concurrent.futures.InterpreterPoolExecutor.
import concurrent.futures
import logging
import os
import threading
import time
from concurrent import interpreters
from concurrent.futures import InterpreterPoolExecutor
from concurrent.futures.interpreter import BrokenInterpreterPool, ExecutionFailed

logging.disable(logging.CRITICAL)


class Mistake(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


def fail(code):
    raise Mistake(code)


def fail_with(kind):
    raise getattr(__import__('builtins'), kind)('no')


def unsendable():
    class Local(Exception):
        pass
    raise Local('x')


def prepare(n):
    __import__('builtins').prepared = n


def prepared_plus(n):
    return prepared + n


def fails():
    raise ValueError('not today')


def where():
    from concurrent import interpreters
    return interpreters.get_current().id


def square(n):
    return n * n


def raises(kind, f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except kind as e:
        return e
    raise AssertionError(f'{kind} not raised')


def calls():
    with InterpreterPoolExecutor(2) as pool:
        assert list(pool.map(square, range(20))) == [n * n for n in range(20)]
        assert list(pool.map(pow, [2, 3], [5, 6])) == [32, 729]
        assert pool.submit(lambda a, b: a + b, 'a', b='b').result() == 'ab'
        ids = {pool.submit(where).result() for _ in range(8)}
        assert 0 not in ids and 1 <= len(ids) <= 2, ids
        f = pool.submit(time.sleep, 0.01)
        assert f.result(30) is None and f.done()
        done, waiting = concurrent.futures.wait([pool.submit(square, n) for n in range(5)])
        assert not waiting and sorted(f.result() for f in done) == [0, 1, 4, 9, 16]
        assert sorted(f.result() for f in concurrent.futures.as_completed([pool.submit(square, n) for n in range(5)])) == [0, 1, 4, 9, 16]
        assert issubclass(InterpreterPoolExecutor, concurrent.futures.ThreadPoolExecutor) and 'InterpreterPoolExecutor' in concurrent.futures.__all__
        raises(TypeError, pool.submit, 'print(1)')
    assert len(interpreters.list_all()) == 1, interpreters.list_all()
    raises(RuntimeError, pool.submit, square, 1)
    raises(ValueError, InterpreterPoolExecutor, 0)
    raises(TypeError, InterpreterPoolExecutor, 1, initializer='x')


def exceptions():
    with InterpreterPoolExecutor(1) as pool:
        e = raises(Mistake, pool.submit(fail, 7).result)
        assert e.code == 7 and type(e.__cause__) is ExecutionFailed and 'Mistake: 7' in str(e.__cause__), e.__cause__
        e = raises(OSError, pool.submit(fail_with, 'OSError').result)
        assert type(e.__cause__) is ExecutionFailed and 'OSError: no' in e.__cause__.excinfo.errdisplay
        assert type(raises(ExecutionFailed, pool.submit(unsendable).result)) is ExecutionFailed
        raises(interpreters.NotShareableError, pool.submit(square, threading.Lock()).result)
        assert pool.submit(square, 3).result() == 9


def initializers():
    with InterpreterPoolExecutor(2, initializer=prepare, initargs=(40,)) as pool:
        assert list(pool.map(prepared_plus, range(4))) == [40, 41, 42, 43]
    pool = InterpreterPoolExecutor(1, initializer=fails)
    f = pool.submit(square, 1)
    e = raises(BrokenInterpreterPool, f.result)
    assert isinstance(e, concurrent.futures.thread.BrokenThreadPool)
    raises(BrokenInterpreterPool, pool.submit, square, 1)
    pool.shutdown()


def shutdowns():
    pool = InterpreterPoolExecutor(1, thread_name_prefix='pool')
    first = pool.submit(time.sleep, 0.1)
    rest = [pool.submit(square, n) for n in range(5)]
    assert [t.name for t in pool._threads] == ['pool_0']
    pool.shutdown(wait=True, cancel_futures=True)
    assert first.done() and all(f.cancelled() for f in rest)
    assert len(interpreters.list_all()) == 1
    pool = InterpreterPoolExecutor(1)
    name = [pool.submit(square, 1), next(iter(pool._threads)).name][1]
    assert name.startswith('InterpreterPoolExecutor-'), name
    # Left to the end of the program.


if __name__ == '__main__':
    for test in (calls, exceptions, initializers, shutdowns):
        test()
        print(test.__name__, 'ok')
