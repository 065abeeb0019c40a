# anyio over asyncio: worker threads that call back into the loop, context variables, cancellation, groups of errors, TCP.
import contextvars

import anyio
from anyio import from_thread, to_thread

number = contextvars.ContextVar('number', default=0)


async def square(i, send):
    async with send:
        number.set(i)

        def in_thread():
            assert number.get() == i
            from_thread.run(anyio.sleep, 0)
            return from_thread.run_sync(lambda: i * i)

        await send.send(await to_thread.run_sync(in_thread))


async def fail(n):
    raise ValueError(n)


async def shout(stream):
    async with stream:
        async for data in stream:
            await stream.send(data.upper())


async def talk(port):
    async with await anyio.connect_tcp('127.0.0.1', port) as stream:
        for k in range(30):
            await stream.send(b'abc%d' % k)
            assert await stream.receive() == b'ABC%d' % k


async def main():
    send, receive = anyio.create_memory_object_stream(5)
    async with anyio.create_task_group() as group:
        for i in range(150):
            group.start_soon(square, i, send.clone())
        send.close()
        print(sum([x async for x in receive]))
    with anyio.move_on_after(0.05) as scope:
        await anyio.sleep(60)
    print(scope.cancelled_caught)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(fail, 1)
            group.start_soon(fail, 2)
    except BaseExceptionGroup as e:
        print(type(e).__name__, sorted(map(repr, e.exceptions)))
    listener = await anyio.create_tcp_listener(local_host='127.0.0.1')
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    async with listener, anyio.create_task_group() as servers:
        servers.start_soon(listener.serve, shout)
        async with anyio.create_task_group() as clients:
            for _ in range(15):
                clients.start_soon(talk, port)
        servers.cancel_scope.cancel()
    print((await anyio.run_process(['echo', 'hello'])).stdout)


anyio.run(main)
with from_thread.start_blocking_portal() as portal:
    print(sum(f.result() for f in [portal.start_task_soon(to_thread.run_sync, abs, -i) for i in range(50)]))
