"""Turns of the loop around arriving data: timers and other callbacks come between, whoever replaces the reading is asked, stopping stops."""
import asyncio
import socket


async def flood():
    """Data without end starves neither timers nor callbacks, nor another connection."""
    loop = asyncio.get_running_loop()
    a, b = socket.socketpair()
    c, d = socket.socketpair()
    for s in a, b, c, d:
        s.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=a)
    reader2, writer2 = await asyncio.open_connection(sock=c)
    turns = timers = 0
    done = False

    def turn():
        nonlocal turns
        turns += 1
        if not done:
            b.send(b'x' * 100)
            loop.call_soon(turn)

    def tick():
        nonlocal timers
        timers += 1
        if not done:
            loop.call_later(0, tick)

    async def other():
        for i in range(50):
            d.send(b'%02d' % i)
            assert await reader2.readexactly(2) == b'%02d' % i
        return 'the other connection is served'

    turn()
    tick()
    task = asyncio.create_task(other())
    read = 0
    while read < 20_000:
        read += len(await reader.read(100))
    print(await task)
    done = True
    print(turns > 50, timers > 50)
    writer.close()
    writer2.close()
    b.close()
    d.close()


async def order():
    """Who waits for data runs after what was queued before the data came, and before what is queued then."""
    loop = asyncio.get_running_loop()
    a, b = socket.socketpair()
    a.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=a)
    seen = []

    async def wait():
        seen.append(await reader.read(10))
        loop.call_soon(seen.append, 'queued by the reader')
        await asyncio.sleep(0)
        seen.append('the reader again')

    for _ in range(3):
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        b.send(b'data')
        await task
        await asyncio.sleep(0)
    print(seen)
    writer.close()
    b.close()


async def stopping():
    """A loop told to stop while data arrives runs what is due, once."""
    a, b = socket.socketpair()
    a.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=a)
    task = asyncio.create_task(reader.read(10))
    await asyncio.sleep(0)
    b.send(b'last')
    asyncio.get_running_loop().call_soon(print, 'callback')
    print(await task)
    writer.close()
    b.close()


async def replaced():
    """Transports whose reading somebody looks at or replaces."""
    a, b = socket.socketpair()
    a.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=a)
    transport = writer.transport
    plain = transport._read_ready_cb

    def looking():
        print('ready')
        plain()

    transport._read_ready_cb = looking
    b.send(b'one')
    print(await reader.read(10))
    transport._read_ready_cb = plain
    b.send(b'two')
    print(await reader.read(10))

    class Buffered(asyncio.BufferedProtocol):
        def __init__(self):
            self.memory = bytearray(10)
            self.done = asyncio.get_running_loop().create_future()

        def get_buffer(self, size):
            return self.memory

        def buffer_updated(self, n):
            self.done.set_result(bytes(self.memory[:n]))

    protocol = Buffered()
    transport.set_protocol(protocol)
    b.send(b'three')
    print(await protocol.done)
    transport.close()
    b.close()


for part in flood, order, stopping, replaced:
    print('--', part.__name__)
    asyncio.run(part())
