"""asyncio's queues: order, bounds, waiting, giving up, subclasses, the end."""
import asyncio


async def order():
    for kind in asyncio.Queue, asyncio.LifoQueue, asyncio.PriorityQueue:
        q = kind(3)
        for i in (2, 1, 3):
            await q.put(i)
        print(kind.__name__, q.full(), q.qsize(), q)
        try:
            q.put_nowait(4)
        except asyncio.QueueFull as e:
            print(repr(e))
        print([await q.get() for _ in range(3)], q.empty())
        try:
            q.get_nowait()
        except asyncio.QueueEmpty as e:
            print(repr(e))
        for _ in range(3):
            q.task_done()
        await q.join()


async def bounded():
    q = asyncio.Queue(2)
    log = []

    async def produce():
        for i in range(6):
            await q.put(i)
            log.append(f'put {i}')

    producer = asyncio.create_task(produce())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(log, q)
    for _ in range(6):
        log.append(f'got {await q.get()}')
        q.task_done()
    await producer
    await q.join()
    print(log)


async def giving_up():
    q = asyncio.Queue()
    waiting = [asyncio.create_task(q.get()) for _ in range(3)]
    await asyncio.sleep(0)
    print(len(q._getters), [type(g).__name__ for g in q._getters])
    waiting[0].cancel()
    # The wake-up goes to a waiter that is cancelled before it runs: the next one gets it.
    q.put_nowait('a')
    waiting[1].cancel()
    print(await asyncio.wait_for(waiting[2], 1))
    print([t.cancelled() for t in waiting], len(q._getters))
    full = asyncio.Queue(1)
    full.put_nowait(1)
    putter = asyncio.create_task(full.put(2))
    await asyncio.sleep(0)
    putter.cancel()
    await asyncio.wait([putter])
    print(putter.cancelled(), full, await full.get())


class Doubling(asyncio.Queue):
    def _put(self, item):
        super()._put(item * 2)

    def empty(self):
        print('empty?', end=' ')
        return super().empty()


async def subclass():
    q = Doubling()
    getter = asyncio.create_task(q.get())
    await asyncio.sleep(0)
    await q.put(21)
    print(await getter)
    q.put_nowait(4)
    print(q.get_nowait())


async def two_loops():
    q = asyncio.Queue()
    task = asyncio.create_task(q.get())
    await asyncio.sleep(0)
    task.cancel()
    return q


asyncio.run(order())
asyncio.run(bounded())
asyncio.run(giving_up())
asyncio.run(subclass())
bound = asyncio.run(two_loops())


async def other():
    try:
        await bound.get()
    except RuntimeError as e:
        print(str(e).split(' ', 1)[1].rsplit('>', 1)[1])
    bound.put_nowait(1)
    print(await bound.get())

asyncio.run(other())
try:
    asyncio.Queue().get().send(None)
except (AttributeError, RuntimeError) as e:
    print(type(e).__name__)
