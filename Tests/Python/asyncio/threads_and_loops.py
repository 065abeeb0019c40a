"""Loops in several threads at once, and threads beside a loop: executors, to_thread, run_coroutine_threadsafe, call_soon_threadsafe."""
import asyncio
import concurrent.futures
import contextvars
import threading
import time

name = contextvars.ContextVar('name', default='nobody')


async def in_executor():
    loop = asyncio.get_running_loop()
    me = threading.get_ident()
    print(await loop.run_in_executor(None, lambda: threading.get_ident() != me))
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        print(await asyncio.gather(*(loop.run_in_executor(pool, pow, 2, i) for i in range(10))))
        try:
            await loop.run_in_executor(pool, lambda: 1 / 0)
        except ZeroDivisionError as e:
            print(e)
    name.set('main')
    print(await asyncio.to_thread(name.get), await asyncio.to_thread(sorted, [3, 1, 2], reverse=True))


def loop_of_its_own(k, results):
    async def worker(queue):
        total = 0
        while (item := await queue.get()) is not None:
            total += item
            if item % 50 == 0:
                await asyncio.sleep(0)
        return total

    async def main():
        name.set(k)
        queue = asyncio.Queue(5)
        workers = [asyncio.create_task(worker(queue)) for _ in range(4)]
        for i in range(400):
            await queue.put(i)
        for _ in workers:
            await queue.put(None)
        total = sum(await asyncio.gather(*workers))
        assert name.get() == k
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return total
    results[k] = asyncio.run(main())


def several_loops():
    results = {}
    threads = [threading.Thread(target=loop_of_its_own, args=(k, results)) for k in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(sorted(results), set(results.values()))


def from_other_threads():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def double(x):
        await asyncio.sleep(0.001)
        if x == 13:
            raise LookupError(x)
        return 2 * x
    futures = [asyncio.run_coroutine_threadsafe(double(i), loop) for i in range(100)]
    print(sum(f.result(10) for i, f in enumerate(futures) if i != 13), repr(futures[13].exception(10)))
    slow = asyncio.run_coroutine_threadsafe(asyncio.sleep(60), loop)
    print(slow.cancel(), slow.cancelled())

    counter = []
    everyone = threading.Barrier(4)

    def post():
        everyone.wait()
        for i in range(300):
            loop.call_soon_threadsafe(counter.append, i)
    posters = [threading.Thread(target=post) for _ in range(4)]
    for p in posters:
        p.start()
    for p in posters:
        p.join()
    done = threading.Event()
    loop.call_soon_threadsafe(done.set)
    done.wait(10)
    print(len(counter), sum(counter))
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    print(loop.is_closed())


async def queue_across_threads():
    """A future that another thread completes through the loop."""
    loop = asyncio.get_running_loop()
    for i in range(200):
        future = loop.create_future()
        threading.Thread(target=loop.call_soon_threadsafe, args=(future.set_result, i)).start()
        assert await future == i
    print('answered')


asyncio.run(in_executor())
several_loops()
from_other_threads()
asyncio.run(queue_across_threads())
