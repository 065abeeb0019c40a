# Echo servers: threads, families, kinds of sockets; sums rather than orders are printed.
import os
import socket
import tempfile
import threading


def serve(listener, connections):
    def handle(connection):
        with connection:
            while data := connection.recv(4096):
                connection.sendall(data)
    workers = []
    for _ in range(connections):
        connection, _ = listener.accept()
        worker = threading.Thread(target=handle, args=(connection,))
        worker.start()
        workers.append(worker)
    for worker in workers:
        worker.join()


def exchange(make, rounds, size, results, number):
    with make() as client:
        total = 0
        message = bytes([number]) * size
        for _ in range(rounds):
            client.sendall(message)
            got = bytearray()
            while len(got) < size:
                part = client.recv(size - len(got))
                assert part
                got += part
            assert got == message, number
            total += len(got)
        results[number] = total


def run(name, listener, make, clients=8, rounds=20, size=1024):
    with listener:
        server = threading.Thread(target=serve, args=(listener, clients))
        server.start()
        results = [None] * clients
        threads = [threading.Thread(target=exchange, args=(make, rounds, size, results, n)) for n in range(clients)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        server.join()
    print(name, sum(results))


listener = socket.create_server(('127.0.0.1', 0))
where = listener.getsockname()
run('inet', listener, lambda: socket.create_connection(where))

listener = socket.create_server(('127.0.0.1', 0))
where_large = listener.getsockname()
run('inet, large', listener, lambda: socket.create_connection(where_large), clients=3, rounds=4, size=300_000)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'echo')
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    print(listener.getsockname() == path, socket.socket(socket.AF_UNIX).getsockname() == '')

    def connect():
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        s.connect(path)
        return s
    run('unix', listener, connect)

# The abstract namespace: a name that begins with a zero byte and is no file.
with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as two:
    name = b'\0ladon-test-%d' % os.getpid()
    one.bind(name)
    one.listen(1)
    print(one.getsockname() == name)
    two.connect(name)
    print(two.getpeername() == name)

# Datagrams keep their borders.
with socket.socket(type=socket.SOCK_DGRAM) as a, socket.socket(type=socket.SOCK_DGRAM) as b:
    a.bind(('127.0.0.1', 0))
    b.bind(('127.0.0.1', 0))
    print(a.sendto(b'one', b.getsockname()), a.sendto(b'three', 0, b.getsockname()))
    data, sender = b.recvfrom(100)
    print(data, sender == a.getsockname())
    buffer = bytearray(3)
    count, sender = b.recvfrom_into(buffer)
    print(count, buffer, sender == a.getsockname())
    b.connect(a.getsockname())
    b.send(b'')
    print(a.recv(10))

# Files over sockets.
server, client = socket.socketpair()
with server, client:
    with client.makefile('rw', encoding='utf-8', newline='\n') as text, server.makefile('rb') as lines:
        text.write('grüße\nzwei\n')
        text.flush()
        print(lines.readline(), lines.readline())
    with tempfile.TemporaryFile() as f:
        f.write(b'0123456789' * 100)
        f.flush()
        f.seek(500)
        print(client.sendfile(f), len(server.recv(4096)), f.tell())
print(client.fileno(), server)
