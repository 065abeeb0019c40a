# Names newer than Python 3.11: map(buffersize=), terminate_workers, kill_workers.
# ladon: peer=no timeout=60
import concurrent.futures as cf
import itertools
import multiprocessing
import os
import threading
import time


def square(x):
    return x * x


def main():
    with cf.ThreadPoolExecutor(2) as pool:
        asked = itertools.count()
        results = pool.map(square, asked, buffersize=3)
        assert next(asked) == 3
        assert [next(results) for _ in range(3)] == [0, 1, 4]
        # One more is submitted before each result is waited for.
        assert next(asked) == 7, 'read ahead'
        results.close()
        assert list(pool.map(square, range(10), buffersize=2)) == [x * x for x in range(10)]
        assert list(pool.map(square, [], buffersize=2)) == []
        assert list(pool.map(square, range(3), buffersize=100)) == [0, 1, 4]
        for wrong, error in ((0, ValueError), (-1, ValueError), ('2', TypeError), (2.0, TypeError)):
            try:
                pool.map(square, [1], buffersize=wrong)
            except error:
                pass
            else:
                raise AssertionError(wrong)
    with cf.ProcessPoolExecutor(2) as pool:
        assert list(pool.map(square, range(20), chunksize=3, buffersize=2)) == [x * x for x in range(20)]
    for how in 'terminate_workers', 'kill_workers':
        pool = cf.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context('fork'))
        f = pool.submit(time.sleep, 1000)
        while not f.running():
            time.sleep(0.01)
        workers = list(pool._processes.values())
        getattr(pool, how)()
        begin = time.monotonic()
        for w in workers:
            w.join(20)
            # The executor's own thread may have been the one to reap it and not have written that down yet.
            while w.is_alive() and time.monotonic() - begin < 15:
                time.sleep(0.01)
            assert not w.is_alive()
        assert isinstance(f.exception(20), cf.process.BrokenProcessPool), f
        assert time.monotonic() - begin < 15
        try:
            pool.submit(square, 1)
        except RuntimeError:
            pass
        else:
            raise AssertionError('submitted')


if __name__ == '__main__':
    main()
    print('done')
