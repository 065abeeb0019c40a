# ladon: peer=no
"""What Python 3.12 to 3.14 added to asyncio."""
import asyncio
import contextvars


async def shutting_down():
    queue = asyncio.Queue(2)
    queue.put_nowait(1)
    queue.put_nowait(2)
    putter = asyncio.create_task(queue.put(3))
    await asyncio.sleep(0)
    queue.shutdown()
    assert 'shutdown' in repr(queue)
    for call in (lambda: putter, lambda: queue.put(4)):
        try:
            await call()
        except asyncio.QueueShutDown:
            pass
        else:
            raise AssertionError
    assert await queue.get() == 1 and queue.get_nowait() == 2
    for call in (queue.get, lambda: asyncio.to_thread(queue.get_nowait)):
        try:
            await call()
        except asyncio.QueueShutDown:
            pass
        else:
            raise AssertionError

    for kind in (asyncio.Queue, asyncio.LifoQueue, asyncio.PriorityQueue):
        queue = kind()
        getters = [asyncio.create_task(queue.get()) for _ in range(3)]
        await asyncio.sleep(0)
        queue.shutdown()
        results = await asyncio.gather(*getters, return_exceptions=True)
        assert all(isinstance(r, asyncio.QueueShutDown) for r in results)

    queue = asyncio.Queue()
    for i in range(5):
        queue.put_nowait(i)
    joiner = asyncio.create_task(queue.join())
    await asyncio.sleep(0)
    queue.shutdown(immediate=True)
    assert queue.empty()
    await asyncio.wait_for(joiner, 5)


async def eager():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    order = []

    async def quick(x):
        order.append(asyncio.current_task().get_name())
        return x

    async def waits(x):
        order.append('begins')
        await asyncio.sleep(0)
        order.append('goes on')
        return x

    me = asyncio.current_task()
    task = asyncio.create_task(quick(5), name='quick one')
    assert task.done() and task.result() == 5 and asyncio.current_task() is me
    task = asyncio.create_task(waits(6))
    assert order[-1] == 'begins' and not task.done() and task in asyncio.all_tasks()
    assert await task == 6 and order[-1] == 'goes on'
    assert await asyncio.gather(quick(1), waits(2), quick(3)) == [1, 2, 3]
    async with asyncio.TaskGroup() as group:
        a = group.create_task(quick(7))
        b = group.create_task(waits(8))
    assert (a.result(), b.result()) == (7, 8)

    async def fails():
        raise LookupError('soon')
    task = asyncio.create_task(fails())
    assert task.done() and isinstance(task.exception(), LookupError)

    variable = contextvars.ContextVar('variable', default=0)

    async def sets():
        variable.set(9)
    await asyncio.create_task(sets())
    assert variable.get() == 0

    made = []

    class Mine(asyncio.Task):
        def __init__(self, *args, **kwargs):
            made.append(kwargs['eager_start'])
            super().__init__(*args, **kwargs)
    loop.set_task_factory(asyncio.create_eager_task_factory(Mine))
    assert await asyncio.create_task(waits(1)) == 1 and made == [True]
    loop.set_task_factory(None)
    task = loop.create_task(quick(2), eager_start=True)
    assert task.done()
    async with asyncio.TaskGroup() as group:
        assert group.create_task(quick(3), eager_start=True).done()
        assert not group.create_task(quick(3)).done()


async def factory():
    return asyncio.get_running_loop()


asyncio.run(shutting_down())
asyncio.run(eager())
loop = asyncio.EventLoop()
assert asyncio.run(factory(), loop_factory=lambda: loop) is loop
assert loop.is_closed()
print('done')


# 3.14: who waits for whom.
def names(graph):
    return [e.frame.f_code.co_name for e in graph.call_stack]


async def graphs():
    texts = []

    async def leaf(event):
        if event is None:
            texts.append(asyncio.format_call_graph())
            return names(asyncio.capture_call_graph())
        await event.wait()

    async def middle(event):
        return await leaf(event)

    event = asyncio.Event()
    inner = asyncio.create_task(middle(event), name='inner')

    async def outer():
        await asyncio.gather(inner, asyncio.sleep(0))
    waiting = asyncio.create_task(outer(), name='outer')
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    graph = asyncio.capture_call_graph(inner)
    assert names(graph) == ['wait', 'leaf', 'middle'], graph
    assert graph.future is inner
    gathering, = graph.awaited_by
    task, = gathering.awaited_by
    assert task.future is waiting and names(task) == ['outer'] and task.awaited_by == ()
    assert [names(asyncio.capture_call_graph(inner, limit=n)) for n in (1, -1)] == [['wait'], ['middle']]
    event.set()
    await waiting
    assert (await middle(None))[:2] == ['leaf', 'middle']
    assert 'Call stack:' in texts[0] and 'async ' in texts[0] and texts[0].startswith("* Task(name='Task-"), texts
    future = asyncio.get_running_loop().create_future()
    asyncio.future_add_to_awaited_by(future, inner)
    assert asyncio.capture_call_graph(future).awaited_by[0].future is inner
    asyncio.future_discard_from_awaited_by(future, inner)
    assert asyncio.capture_call_graph(future).awaited_by == ()


asyncio.run(graphs())
print('graphs')
