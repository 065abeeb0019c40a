# Timeouts: what waits, what doesn't, and what is said about it.
import errno
import socket
import threading
import time


def attempt(call, *args):
    begin = time.monotonic()
    try:
        result = call(*args)
    except Exception as e:
        result = e if isinstance(e, (TypeError, ValueError, OverflowError)) else (type(e).__name__, e.args)
    waited = time.monotonic() - begin
    print(getattr(call, '__name__', call), result, 'waited' if waited >= 0.045 else 'at once', 'too long' if waited > 5 else '')


a, b = socket.socketpair()
print(a.gettimeout(), a.getblocking(), a.timeout)
a.settimeout(0.05)
print(a.gettimeout(), a.getblocking())
attempt(a.recv, 10)
attempt(a.recv_into, bytearray(4))
attempt(a.recvfrom, 10)
attempt(a.recvmsg, 10)
attempt(a.sendall, b'x' * 4_000_000)
a.setblocking(False)
print(a.gettimeout(), a.getblocking())
attempt(a.recv, 10)
attempt(a.send, b'x')
while True:
    try:
        b.recv(1 << 20, socket.MSG_DONTWAIT)
    except BlockingIOError as e:
        print(e.errno == errno.EAGAIN)
        break
attempt(a.send, b'x')
a.setblocking(True)
attempt(b.recv, 10)
attempt(b.recv, 10, socket.MSG_DONTWAIT)

listener = socket.create_server(('127.0.0.1', 0))
listener.settimeout(0.05)
attempt(listener.accept)
client = socket.create_connection(listener.getsockname(), timeout=2)
connection, address = listener.accept()
print(client.gettimeout(), connection.gettimeout(), address == client.getsockname())
connection.close()
print(client.recv(1))
client.close()
port = listener.getsockname()[1]
listener.close()
with socket.socket() as s:
    s.settimeout(1)
    print(s.connect_ex(('127.0.0.1', port)) == errno.ECONNREFUSED)
with socket.socket() as s:
    attempt(s.connect, ('127.0.0.1', port))
with socket.socket() as s:
    s.setblocking(False)
    print(s.connect_ex(('127.0.0.1', port)) in (errno.EINPROGRESS, errno.ECONNREFUSED))

for each in (None, 0, 1, 2.5, 1e-9, True):
    a.settimeout(each)
    print(each, a.gettimeout(), a.getblocking())
for each in (-1, -0.1, 'x', 1e300, 3e6, float('nan'), 10**30, 1j):
    attempt(a.settimeout, each)
attempt(a.setblocking, 'yes')
print(a.gettimeout())

print(socket.getdefaulttimeout())
socket.setdefaulttimeout(0.05)
with socket.socket(type=socket.SOCK_DGRAM) as s:
    print(s.gettimeout())
    s.bind(('127.0.0.1', 0))
    attempt(s.recvfrom, 1)
print(socket.getdefaulttimeout())
socket.setdefaulttimeout(None)
with socket.socket(type=socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as s:
    print(s.gettimeout(), s.type == socket.SOCK_STREAM)

# A deadline is for the whole of sendall, though somebody reads a bit now and then.
a.settimeout(0.3)
stop = threading.Event()


def sip():
    while not stop.wait(0.02):
        b.recv(1000)


reader = threading.Thread(target=sip)
reader.start()
begin = time.monotonic()
try:
    a.sendall(b'x' * 50_000_000)
except TimeoutError as e:
    print(e, 0.25 < time.monotonic() - begin < 5)
stop.set()
reader.join()
a.close()
b.close()
