# ladon: timeout=60 peer=no
"""A context whose protocols and log of secrets are changed while other threads shake hands with it: each handshake agrees on a
protocol, the callback for server names is called or isn't, and secrets go to the log, never to a file that was opened since. (CPython's handshakes hold no lock either; it is not asked.)"""
import os
import socket
import ssl
import tempfile
import threading

KEYCERT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'keycert.pem')
server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_context.load_cert_chain(KEYCERT)
client_context = ssl.create_default_context(cafile=KEYCERT)
client_context.set_alpn_protocols(['spdy/2', 'http/1.1'])
server_context.set_alpn_protocols(['http/1.1'])
folder = tempfile.TemporaryDirectory()
logs = [os.path.join(folder.name, name) for name in ('a', 'b')]
problems = []
agreed = set()
chosen = set()
left = 4


def choose(connection, name, context):
    chosen.add(name)


def handshakes():
    global left
    try:
        for i in range(40):
            a, b = socket.socketpair()
            server = threading.Thread(target=serve, args=(b,))
            server.start()
            with client_context.wrap_socket(a, server_hostname='localhost') as client:
                agreed.add(client.selected_alpn_protocol())
                client.recv(1)
            server.join()
    except Exception as e:
        problems.append(e)
    left -= 1


def serve(b):
    try:
        with server_context.wrap_socket(b, server_side=True) as s:
            s.sendall(b'.')
    except Exception as e:
        problems.append(e)


threads = [threading.Thread(target=handshakes) for i in range(4)]
for t in threads:
    t.start()
i = 0
while any(t.is_alive() for t in threads):
    i += 1
    server_context.keylog_filename = [*logs, None][i % 3]
    server_context.sni_callback = choose if i % 2 else None
    server_context.set_alpn_protocols(['http/1.1'] if i % 2 else ['x' * 200, 'http/1.1', 'spdy/2'])
    with open(os.path.join(folder.name, 'other'), 'w+') as f:
        f.write('mine')
        f.flush()
        f.seek(0)
        assert f.read() == 'mine'
for t in threads:
    t.join()
server_context.keylog_filename = logs[0]
print(server_context.keylog_filename == logs[0], problems)
server_context.keylog_filename = None
print(server_context.keylog_filename)
for name in logs:
    with open(name) as f:
        lines = f.read().splitlines()
    assert all(line.startswith('#') or len(line.split()) == 3 for line in lines), lines
assert agreed <= {'http/1.1', 'spdy/2'} and not problems, (agreed, problems)
print('http/1.1' in agreed, chosen <= {'localhost'})
