# Descriptors: passing them to another process, duplicating, detaching, inheriting; messages with control data.
import os
import socket
import struct
import sys
import tempfile

import array

left, right = socket.socketpair()
with tempfile.TemporaryFile() as f:
    f.write(b'through the socket')
    f.flush()
    socket.send_fds(left, [b'here', b' it is'], [f.fileno()])
data, fds, flags, address = socket.recv_fds(right, 100, 4)
print(data, len(fds), flags, address)
os.lseek(fds[0], 0, os.SEEK_SET)
print(os.read(fds[0], 100), os.get_inheritable(fds[0]))
os.close(fds[0])

# Pieces, scattered and gathered.
print(left.sendmsg([b'ab', bytearray(b'cd'), memoryview(b'ef')]))
buffers = [bytearray(2), bytearray(1), bytearray(10)]
print(right.recvmsg_into(buffers), buffers)
left.sendmsg([b'12'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0, 1]))])
data, controls, flags, address = right.recvmsg(10, socket.CMSG_LEN(4))
print(data, [(level == socket.SOL_SOCKET, kind == socket.SCM_RIGHTS, len(content)) for level, kind, content in controls], bool(flags & socket.MSG_CTRUNC))
for _, _, content in controls:
    for fd in struct.unpack(f'{len(content) // 4}i', content[:len(content) // 4 * 4]):
        os.close(fd)
for wrong in ([5], [(1, 2)], [(1, 2, 'x')], [('x', 2, b'')]):
    try:
        left.sendmsg([b''], wrong)
    except TypeError as e:
        print('TypeError')

# Who is at the other end.
pid, uid, gid = struct.unpack('3i', right.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
print(pid == os.getpid(), uid == os.getuid(), gid == os.getgid())

# A child that gets an end.
pid = os.fork()
if pid == 0:
    left.close()
    right.sendall(b'from the child')
    os._exit(0)
right.close()
print(left.recv(100), os.waitpid(pid, 0)[1], left.recv(100))
left.close()

s = socket.socket(type=socket.SOCK_DGRAM)
copy = s.dup()
print(copy.type == s.type, copy.fileno() != s.fileno(), copy.get_inheritable())
copy.set_inheritable(True)
print(copy.get_inheritable())
fd = copy.detach()
print(copy.fileno(), copy.detach(), os.fstat(fd) is not None)
again = socket.socket(fileno=fd)
print(again.family, again.type, again.proto == s.proto, again.fileno() == fd)
again.close()
try:
    os.fstat(fd)
except OSError as e:
    print(e)
again.close()
socket.close(s.detach())
print(repr(s).split(',')[1:])

import _socket
raw = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
print(repr(raw).replace(str(raw.fileno()), 'N', 1))
raw.close()
print(raw)
try:
    raw.family = 3
except AttributeError as e:
    print('read only')
for method in ('recv', 'send', 'getsockname', 'accept', 'listen'):
    s = socket.socket()
    s.close()
    try:
        getattr(s, method)(*{'recv': (1,), 'send': (b'x',)}.get(method, ()))
    except OSError as e:
        print(method, e)
print([n for n in ('socket', 'SocketType', 'error', 'has_ipv6', 'timeout') if not hasattr(_socket, n)], _socket.SocketType is _socket.socket)
print(sys.getsizeof(raw) > 0)
