"""asyncio: what an idle TCP connection costs in memory."""
import asyncio
import gc
from measure import report


async def serve(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


def resident():
    """Bytes of physical memory in use."""
    with open('/proc/self/statm') as f:
        return int(f.read().split()[1]) * 4096


async def idle(connections):
    """What a connection, of which both ends are here, occupies when each has said one thing and now waits."""
    async with await asyncio.start_server(serve, '127.0.0.1', 0, backlog=connections) as server:
        address = server.sockets[0].getsockname()

        async def connect():
            reader, writer = await asyncio.open_connection(*address)
            writer.write(b'x' * 1024)
            await reader.readexactly(1024)
            return reader, writer
        for writer in [(await connect())[1] for _ in range(10)]:
            writer.close()
        gc.collect()
        before = resident()
        kept = [await connect() for _ in range(connections)]
        gc.collect()
        used = resident() - before
        for _, writer in kept:
            writer.close()
    return used / connections


report('KiB of an idle connection, both ends', asyncio.run(idle(1000)) / 1024)
