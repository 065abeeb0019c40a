"""asyncio without a network: tasks that give way, many tasks, a queue between two tasks, timeouts."""
import asyncio
from measure import benchmark


def sleeps(n):
    async def main():
        for _ in range(n):
            await asyncio.sleep(0)
    asyncio.run(main())


def gathering(n):
    async def work(i):
        await asyncio.sleep(0)
        return i

    async def main():
        assert sum(await asyncio.gather(*[work(i) for i in range(n)])) == n * (n - 1) // 2
    asyncio.run(main())


def ping_pong(n):
    async def answer(there, back):
        while (item := await there.get()) is not None:
            await back.put(item)

    async def main():
        there, back = asyncio.Queue(), asyncio.Queue()
        task = asyncio.create_task(answer(there, back))
        for i in range(n):
            await there.put(i)
            assert await back.get() == i
        await there.put(None)
        await task
    asyncio.run(main())


def timers(n):
    """Timers set and cancelled, as timeouts around waits do."""
    async def main():
        loop = asyncio.get_running_loop()
        for _ in range(n):
            async with asyncio.timeout(10):
                await asyncio.sleep(0)
    asyncio.run(main())


def deep_awaits(n, depth):
    async def inner(k):
        if k:
            return await inner(k - 1)
        for _ in range(n):
            await asyncio.sleep(0)
    asyncio.run(inner(depth))


benchmark('sleep(0), 100,000 times', sleeps, 100_000)
benchmark('gather of 10,000 tasks', gathering, 10_000)
benchmark('queue ping-pong', ping_pong, 20_000)
benchmark('timeouts', timers, 20_000)
benchmark('awaits 14 deep', deep_awaits, 20_000, 14)
