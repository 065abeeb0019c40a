"""Tasks cancelled at random points: whatever a task waits for, it ends, cleans up once and says how."""
import asyncio
import random

random.seed(7)


async def nap(log):
    await asyncio.sleep(random.choice([0, 0, 0.001, 0.002]))


async def use_lock(lock, log):
    async with lock:
        log.append('in')
        try:
            await nap(log)
        finally:
            log.append('out')


async def wait_event(event, log):
    await event.wait()


async def take(queue, log):
    item = await queue.get()
    await nap(log)
    queue.task_done()
    return item


async def shielded(log):
    async def inner():
        await asyncio.sleep(0.003)
        log.append('inner')
    await asyncio.shield(inner())


async def stubborn(log):
    """Denies one cancellation, obeys the next."""
    for _ in range(2):
        try:
            await asyncio.sleep(0.004)
            return 'slept'
        except asyncio.CancelledError:
            if asyncio.current_task().cancelling() > 1:
                raise
    return 'denied'


async def grouped(log):
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(nap(log))


async def timed(log):
    try:
        async with asyncio.timeout(0.0015):
            await asyncio.sleep(0.003)
    except TimeoutError:
        return 'late'


async def main():
    lock, event, queue = asyncio.Lock(), asyncio.Event(), asyncio.Queue()
    log = []
    makers = [lambda: use_lock(lock, log), lambda: wait_event(event, log), lambda: take(queue, log), lambda: shielded(log),
              lambda: stubborn(log), lambda: grouped(log), lambda: timed(log), lambda: nap(log)]
    rounds = {'finished': 0, 'cancelled': 0, 'failed': 0}
    for turn in range(60):
        tasks = [asyncio.create_task(random.choice(makers)()) for _ in range(20)]
        for i in range(4):
            queue.put_nowait(i)
        for _ in range(random.randrange(6)):
            await asyncio.sleep(0)
        for task in random.sample(tasks, 12):
            task.cancel('enough')
        if turn % 5 == 0:
            event.set()
            event.clear()
        await asyncio.sleep(0.001)
        event.set()
        while not queue.empty():
            queue.get_nowait()
        for task in tasks:
            if not task.done() and random.random() < 0.5:
                task.cancel()
        await asyncio.sleep(0.002)
        for task in tasks:
            task.cancel()
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        event.clear()
        for task, outcome in zip(tasks, done):
            assert task.done()
            kind = 'cancelled' if task.cancelled() else 'failed' if task.exception() else 'finished'
            rounds[kind] += 1
            assert kind != 'failed', outcome
    assert not lock.locked()
    assert log.count('in') == log.count('out') and 'inner' in log
    await asyncio.sleep(0.01)
    assert sum(rounds.values()) == 1200 and all(rounds[k] for k in ('finished', 'cancelled'))
    print('still running:', [t for t in asyncio.all_tasks() if t is not asyncio.current_task()])


async def messages():
    async def sleeper():
        await asyncio.sleep(10)
    task = asyncio.create_task(sleeper())
    await asyncio.sleep(0)
    print(task.cancel('why not'), task.cancelling(), task.cancelled(), task.done())
    try:
        await task
    except asyncio.CancelledError as e:
        print('cancelled', e.args)
    print(task.cancel(), task.cancelled(), task.cancelling())
    task = asyncio.create_task(sleeper())
    task.cancel()
    print(task.uncancel(), task.cancelling())
    try:
        await task
    except asyncio.CancelledError as e:
        print('before the first step', e.args)
    outer = asyncio.gather(sleeper(), sleeper())
    await asyncio.sleep(0)
    outer.cancel('all')
    try:
        await outer
    except asyncio.CancelledError as e:
        print('gather', e.args)


asyncio.run(main())
asyncio.run(messages())
