# websockets: an asyncio server with many clients, and a server and clients made of threads.
import asyncio
import threading

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.sync.client import connect as connect_thread
from websockets.sync.server import serve as serve_threads


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def talk(port, i):
    async with connect(f'ws://127.0.0.1:{port}', proxy=None) as socket:
        for k in range(20):
            for message in ('é' * k * i, bytes(range(256)) * k):
                await socket.send(message)
                assert await socket.recv() == message
        return await (await socket.ping()) > 0


async def main():
    async with serve(echo, '127.0.0.1', 0) as server:
        port = server.sockets[0].getsockname()[1]
        print(await asyncio.gather(*(talk(port, i) for i in range(8))))


asyncio.run(main())


def echo_thread(socket):
    for message in socket:
        socket.send(message)


sizes = []


def talk_thread(port):
    with connect_thread(f'ws://127.0.0.1:{port}', proxy=None) as socket:
        for k in range(30):
            socket.send(f'{k}' * k)
            sizes.append(len(socket.recv()))


with serve_threads(echo_thread, '127.0.0.1', 0) as server:
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    clients = [threading.Thread(target=talk_thread, args=(server.socket.getsockname()[1],)) for _ in range(6)]
    for t in clients:
        t.start()
    for t in clients:
        t.join()
    server.shutdown()
    serving.join()
print(sum(sizes))
