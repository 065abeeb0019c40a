"""Ten thousand tasks at once; what all_tasks and current_task say of them."""
import asyncio
import gc


async def count(i, totals):
    totals[0] += 1
    await asyncio.sleep(0)
    totals[1] += i
    if i % 100 == 0:
        await asyncio.sleep(0.001)
    return i


async def gathered():
    totals = [0, 0]
    results = await asyncio.gather(*(count(i, totals) for i in range(10_000)))
    print(results == list(range(10_000)), totals)


async def grouped():
    totals = [0, 0]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(count(i, totals), name=f'count {i}') for i in range(10_000)]
        print(len(asyncio.all_tasks()), tasks[7].get_name())
    print(sum(t.result() for t in tasks), len(asyncio.all_tasks()))


async def completed():
    async def work(i):
        await asyncio.sleep(i % 7 * 0.0005)
        return i
    seen = 0
    for next_done in asyncio.as_completed([work(i) for i in range(2_000)]):
        seen += await next_done
    print(seen)
    done, pending = await asyncio.wait([asyncio.create_task(work(i)) for i in range(500)], timeout=5)
    print(len(done), len(pending))


async def chained(depth):
    """Each task waits for the next."""
    async def link(k):
        if k == 0:
            await asyncio.sleep(0)
            return 0
        return await asyncio.create_task(link(k - 1)) + 1
    print(await link(depth))


async def failing():
    async def fail(i):
        await asyncio.sleep(0)
        raise ValueError(i)
    results = await asyncio.gather(*(fail(i) for i in range(1_000)), return_exceptions=True)
    print(sum(e.args[0] for e in results), {type(e).__name__ for e in results})


async def main():
    task = asyncio.current_task()
    await gathered()
    await grouped()
    await completed()
    await chained(400)
    await failing()
    gc.collect()
    assert asyncio.current_task() is task and asyncio.all_tasks() == {task}


asyncio.run(main())
