# ladon: timeout=60 peer=no
# One TLS connection used by several threads at once. CPython 3.11 calls OpenSSL for one connection from two threads without a lock and
# crashes now and then (fixed in 3.13), so it isn't asked here.
import os
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor

KEYCERT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'keycert.pem')
server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_context.load_cert_chain(KEYCERT)
client_context = ssl.create_default_context(cafile=KEYCERT)


def pair():
    """Two ends of one connection."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(server_context.wrap_socket, server, server_side=True)
        return client_context.wrap_socket(client, server_hostname='localhost'), made.result()


# one connection, four threads: each end is written and read at the same time
client, server = pair()
blocks = [os.urandom(70000) for _ in range(12)]


def send(end):
    for block in blocks:
        end.sendall(block)


def receive(end):
    got = bytearray()
    while len(got) < sum(map(len, blocks)):
        got += end.recv(50000)
    return bytes(got) == b''.join(blocks)


with ThreadPoolExecutor(4) as pool:
    jobs = [pool.submit(send, client), pool.submit(send, server), pool.submit(receive, client), pool.submit(receive, server)]
    assert [j.result() for j in jobs] == [None, None, True, True]

# a reader that waits doesn't keep others from writing
with ThreadPoolExecutor(1) as pool:
    waiting = pool.submit(client.recv, 10)
    client.sendall(b'ping')
    assert server.recv(10) == b'ping' and not waiting.done()
    server.sendall(b'pong')
    assert waiting.result() == b'pong'

client.close()
server.close()
