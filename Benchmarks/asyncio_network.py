"""asyncio over TCP, both ends in one loop: an echo through streams and through protocols, a thousand connections at once."""
import asyncio
import subprocess
import sys
from measure import benchmark


async def serve(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def talk(address, n, message):
    reader, writer = await asyncio.open_connection(*address)
    for _ in range(n):
        writer.write(message)
        await writer.drain()
        assert await reader.readexactly(len(message)) == message
    writer.close()
    await writer.wait_closed()


async def echo(connections, n, size):
    """n round trips over each of several connections at once."""
    server = await asyncio.start_server(serve, '127.0.0.1', 0, backlog=connections)
    async with server:
        address = server.sockets[0].getsockname()
        await asyncio.gather(*[talk(address, n, b'x' * size) for _ in range(connections)])


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


class Client(asyncio.Protocol):
    def __init__(self, n, message, done):
        self.left, self.message, self.done, self.missing = n, message, done, 0

    def connection_made(self, transport):
        self.transport = transport
        self.send()

    def send(self):
        if self.left == 0:
            self.transport.close()
            self.done.set_result(None)
            return
        self.left -= 1
        self.missing = len(self.message)
        self.transport.write(self.message)

    def data_received(self, data):
        self.missing -= len(data)
        if self.missing == 0:
            self.send()


async def protocols(n, size):
    loop = asyncio.get_running_loop()
    async with await loop.create_server(Echo, '127.0.0.1', 0) as server:
        done = loop.create_future()
        await loop.create_connection(lambda: Client(n, b'x' * size, done), *server.sockets[0].getsockname())
        await done


WORK = {
    'TCP echo of 1 KiB, 20,000 round trips': lambda: asyncio.run(echo(1, 20_000, 1024)),
    'TCP echo with protocols': lambda: asyncio.run(protocols(20_000, 1024)),
    '1,000 connections at once, 10 round trips each': lambda: asyncio.run(echo(1000, 10, 1024)),
}

if len(sys.argv) > 1:
    benchmark(sys.argv[1], WORK[sys.argv[1]], runs=1)
else:
    # Each in a process of its own, as a program runs it. Then again and again in this one, where CPython's malloc has come to keep
    # the 256 KiB that it asks for before each receive.
    for name in WORK:
        subprocess.run([sys.executable, *(['-X', 'gil=1'] if sys._xoptions.get('gil') == '1' else []), __file__, name], check=True)
    for name, work in WORK.items():
        benchmark(f'{name}, repeated', work, runs=3)
