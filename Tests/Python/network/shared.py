# One socket, many threads: nothing is lost or doubled, and closing happens once.
import os
import select
import socket
import threading

# Writers of whole datagrams, readers that share the other end.
left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
WRITERS, READERS, EACH = 4, 3, 200
received = [[] for _ in range(READERS)]


def write(number):
    for i in range(EACH):
        left.sendall(b'%d:%d' % (number, i))


def read(results):
    buffer = bytearray(64)
    while True:
        n = right.recv_into(buffer)
        if n == 0 or buffer[:n] == b'end':
            break
        results.append(bytes(buffer[:n]))


readers = [threading.Thread(target=read, args=(each,)) for each in received]
writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
for each in readers + writers:
    each.start()
for each in writers:
    each.join()
for _ in readers:
    left.sendall(b'end')
for each in readers:
    each.join()
together = [each for results in received for each in results]
print(len(together), len(set(together)))
left.close()
right.close()

# A listener with several threads that accept.
listener = socket.create_server(('127.0.0.1', 0), backlog=50)
address = listener.getsockname()
accepted = []


def accept():
    while True:
        connection, _ = listener.accept()
        with connection:
            data = connection.recv(10)
            if data == b'stop':
                return
            accepted.append(data)


acceptors = [threading.Thread(target=accept) for _ in range(4)]
for each in acceptors:
    each.start()


def knock(number):
    for i in range(20):
        with socket.create_connection(address) as s:
            s.sendall(b'%d' % (number * 20 + i))


clients = [threading.Thread(target=knock, args=(n,)) for n in range(5)]
for each in clients:
    each.start()
for each in clients:
    each.join()
for _ in acceptors:
    with socket.create_connection(address) as s:
        s.sendall(b'stop')
for each in acceptors:
    each.join()
listener.close()
print(sorted(map(int, accepted)) == list(range(100)))

# Everybody closes, the descriptor is closed once: one that was opened meanwhile lives on.
for _ in range(50):
    s = socket.socket()
    barrier = threading.Barrier(4)
    opened = []

    def close():
        barrier.wait()
        s.close()
        opened.append(os.pipe())

    threads = [threading.Thread(target=close) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for one, two in opened:
        os.close(one)
        os.close(two)
    assert s.fileno() == -1
print('closed')

# A buffer can't change its size while a thread receives into it.
left, right = socket.socketpair()
buffer = bytearray(100)
poll = select.poll()
started = threading.Event()


def receive():
    started.set()
    print(right.recv_into(buffer), buffer[:5])


thread = threading.Thread(target=receive)
thread.start()
started.wait()
import time
time.sleep(0.1)
try:
    buffer.extend(b'more')
except BufferError as e:
    print(e)
left.send(b'hello')
thread.join()
buffer.extend(b'more')
print(len(buffer))
left.close()
right.close()
