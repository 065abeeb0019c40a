"""Streams and socket transports: the usual way, and every part of it replaced by a program in the class or in the instance."""
import asyncio
import socket


async def pair(reader_class=asyncio.StreamReader, limit=2 ** 16):
    """Two ends of a connection, each (reader, writer)."""
    a, b = socket.socketpair()
    return await asyncio.open_connection(sock=a, limit=limit), await asyncio.open_connection(sock=b, limit=limit)


async def close(*writers):
    for writer in writers:
        writer.close()
    for writer in writers:
        await writer.wait_closed()


async def reading():
    (r, w), (r2, w2) = await pair()
    w.write(b'0123456789')
    print(await r2.readexactly(4), await r2.read(3), await r2.read(100), bytes(r2._buffer))
    w.write(b'ab')
    task = asyncio.create_task(r2.readexactly(5))
    await asyncio.sleep(0.01)
    print(task.done(), r2._waiter is not None)
    w.write(bytearray(b'cd'))
    w.write(memoryview(b'ef'))
    print(await task, await r2.read(1), r2._waiter)
    for wrong in -1, 0, True:
        try:
            print(await asyncio.wait_for(r2.readexactly(wrong), 0.01))
        except (ValueError, TimeoutError) as e:
            print(type(e).__name__, e)
    print(await r2.read(0))
    w.write(b'line\nrest')
    print(await r2.readline())
    waiting = asyncio.create_task(r2.readexactly(50))
    await asyncio.sleep(0)
    try:
        await r2.read(1)
    except RuntimeError as e:
        print(e)
    await asyncio.sleep(0.01)
    w.write_eof()
    try:
        await waiting
    except asyncio.IncompleteReadError as e:
        print(e, e.partial, e.expected, r2.at_eof())
    print(await r2.read(5), await r2.read(), await r2.read(1))
    await close(w, w2)


async def cancelled():
    (r, w), (r2, w2) = await pair()
    task = asyncio.create_task(r2.read(10))
    await asyncio.sleep(0)
    task.cancel()
    w.write(b'kept')
    try:
        await task
    except asyncio.CancelledError:
        print('cancelled', r2._waiter)
    print(await r2.read(10))
    task = asyncio.create_task(r2.read(10))
    await asyncio.sleep(0)
    r2.feed_data(b'first')
    r2.set_exception(ValueError('afterwards'))
    print(await task)
    for attempt in r2.read, r2.readexactly:
        try:
            await attempt(1)
        except ValueError as e:
            print(attempt.__name__, e)
    try:
        await w2.drain()
    except ValueError as e:
        print('drain', e)
    await close(w)
    w2.close()


async def flow():
    """More than buffers hold, both ways; the transport pauses and goes on."""
    (r, w), (r2, w2) = await pair(limit=1000)
    data = bytes(range(256)) * 4000
    w.write(data)
    print(w.transport.get_write_buffer_size() > 0, w._protocol._paused)
    drain = asyncio.create_task(w.drain())
    await asyncio.sleep(0.01)
    print(drain.done(), r2._paused)
    got = bytearray()
    while len(got) < len(data):
        got += await r2.read(700)
    await drain
    print(got == data, r2._paused, w._protocol._paused)
    half = asyncio.create_task(r2.readexactly(len(data)))
    w.write(data)
    print(await half == data)
    await close(w, w2)


async def lost():
    (r, w), (r2, w2) = await pair()
    w2.transport.abort()
    print(await r.read(10))
    for _ in range(20):
        try:
            w.write(b'x')
            await w.drain()
            await asyncio.sleep(0.001)
        except OSError as e:
            print(isinstance(e, ConnectionError))
            break
    w.close()
    try:
        await w.wait_closed()
    except ConnectionError:
        pass
    try:
        w.write(b'')
        w.write('text')
    except TypeError as e:
        print(e)


class Loud(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        print('received', data, type(data).__name__)
        if data == b'fail':
            raise LookupError('in data_received')

    def eof_received(self):
        print('eof')

    def connection_lost(self, e):
        print('lost', repr(e))


async def protocols():
    loop = asyncio.get_running_loop()
    reports = []
    loop.set_exception_handler(lambda loop, context: reports.append((context['message'], repr(context.get('exception')))))
    for last in b'fail', None:
        a, b = socket.socketpair()
        a.setblocking(False)
        await loop.create_connection(Loud, sock=b)
        await loop.sock_sendall(a, b'one')
        await asyncio.sleep(0.01)
        if last:
            await loop.sock_sendall(a, last)
        else:
            a.shutdown(socket.SHUT_WR)
        await asyncio.sleep(0.01)
        a.close()
    print(reports)
    loop.set_exception_handler(None)


async def replaced():
    """Each part replaced: in the instance, in the class, by a subclass."""
    (r, w), (r2, w2) = await pair()
    log = []
    plain = r2.feed_data
    r2.feed_data = lambda data: (log.append(data), plain(data))
    w.write(b'one')
    print(await r2.read(10), log)
    del r2.feed_data
    await close(w, w2)

    (r, w), (r2, w2) = await pair()
    r2._maybe_resume_transport = lambda: log.append('resume')
    w.write(b'two')
    print(await r2.read(10), log)
    w2._protocol.data_received = lambda data: (log.append('protocol'), r2.feed_data(data))
    w.write(b'three')
    print(await r2.read(10), log)
    w.transport.write = lambda data: log.append(('write', data))
    w.write(b'four')
    print(log[-1])
    del w.transport.write
    w2.transport.max_size = 2
    w.write(b'five')
    print(await r2.read(10))
    await close(w, w2)

    for owner, name in (asyncio.StreamReader, '_wakeup_waiter'), (asyncio.StreamReader, '_wait_for_data'), (asyncio.StreamReader, 'exception'), \
            (asyncio.StreamReaderProtocol, 'data_received'), (asyncio.StreamReaderProtocol, '_drain_helper'), (asyncio.selector_events._SelectorTransport, 'is_closing'), \
            (socket.socket, 'recv'), (socket.socket, 'send'):
        (r, w), (r2, w2) = await pair()
        w.write(b'before')
        await w.drain()
        await r2.readexactly(6)
        calls = 0
        original, own = getattr(owner, name), name in owner.__dict__

        def counting(*args):
            nonlocal calls
            calls += 1
            return original(*args)
        setattr(owner, name, counting)
        try:
            task = asyncio.create_task(r2.readexactly(5))
            await asyncio.sleep(0)
            w.write(b'after')
            await w.drain()
            print(name, await task, calls)
        finally:
            setattr(owner, name, original) if own else delattr(owner, name)
        await close(w, w2)

    class Reader(asyncio.StreamReader):
        def feed_data(self, data):
            super().feed_data(data.upper())

        async def read(self, n=-1):
            return b'<' + await super().read(n) + b'>'
    loop = asyncio.get_running_loop()
    a, b = socket.socketpair()
    reader = Reader()
    transport, _ = await loop.create_connection(lambda: asyncio.StreamReaderProtocol(reader), sock=a)
    b.send(b'text')
    print(await reader.read(10))
    transport.close()
    b.close()


async def no_reader():
    """Data for a reader that nobody has any more."""
    loop = asyncio.get_running_loop()
    protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    protocol._stream_reader_wr = None
    protocol.data_received(b'x')
    reader = asyncio.StreamReader()
    reader.feed_data(b'')
    reader.feed_data(bytearray(b'ab'))
    reader.feed_data(memoryview(b'cd'))
    reader.feed_eof()
    try:
        reader.feed_data(b'late')
    except AssertionError as e:
        print(e)
    print(await reader.read(3), await reader.read(3), await reader.read(3))
    try:
        reader.feed_data()
    except TypeError:
        print('TypeError')


for part in reading, cancelled, flow, lost, protocols, replaced, no_reader:
    print('--', part.__name__)
    asyncio.run(part())
