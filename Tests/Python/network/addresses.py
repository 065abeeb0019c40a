# Addresses as programs write them, and what is said about wrong ones.
import socket
import struct


def attempt(call, *args):
    try:
        print(call(*args))
    except (Exception, Warning) as e:
        print(type(e).__name__, e)


with socket.socket() as s:
    for address in (None, 'x', ('localhost',), ('127.0.0.1', 'x'), ('127.0.0.1', 70000), ('127.0.0.1', -1), (5, 80), ('a\0b', 80), ('127.0.0.1', 1.5), [],
                    ('127.0.0.1', 2**40), (b'127.0.0.1', 99999), ('x', 1, 2)):
        attempt(s.bind, address)
    attempt(s.bind, ('', 0))
    print(s.getsockname()[0])
    attempt(s.listen, 'x')
    attempt(s.listen, -5)
    attempt(s.bind)
    attempt(s.connect)
with socket.socket() as s:
    s.bind((bytearray(b'127.0.0.1'), 0))
    print(s.getsockname()[0])
with socket.socket(type=socket.SOCK_DGRAM) as s:
    attempt(s.sendto, b'x', ('<broadcast>', 80))
    attempt(s.sendto)
    attempt(s.sendto, b'x')
    attempt(s.sendto, 'x', ('127.0.0.1', 1))
    attempt(s.sendto, b'x', 'f', ('127.0.0.1', 1))
    attempt(s.sendto, b'x', 0, 0, 0)
    attempt(s.recv, -1)
    attempt(s.recvfrom, -1)
    attempt(s.recvmsg, -1)
    attempt(s.recv_into, bytearray(4), -1)
    attempt(s.recv_into, bytearray(4), 5)
    attempt(s.recvfrom_into, bytearray(4), 5)
    attempt(s.recv_into, b'1234')
    attempt(s.sendmsg, 5)
    attempt(s.sendmsg, [b'x'], 5)
    attempt(s.sendmsg, ['x'])
    attempt(s.recvmsg_into, 5)
with socket.socket(socket.AF_INET6) if socket.has_dualstack_ipv6() else socket.socket() as s:
    for address in (5, ('::1',), ('::1', 80, 1 << 20), ('::1', 99999)):
        if s.family == socket.AF_INET6:
            attempt(s.bind, address)
with socket.socket(socket.AF_UNIX) as s:
    for address in (5, 'x' * 200, b'x' * 108, ('a',), '/no/such/folder/x'):
        attempt(s.connect, address)

for text in ('127.0.0.1', '1.2.3', '255.255.255.255', '1.2.3.4.5', '', 'x', '0x7f.1'):
    attempt(socket.inet_aton, text)
for family, text in ((socket.AF_INET, '1.2.3.4'), (socket.AF_INET, '1.2.3'), (socket.AF_INET6, '::1'), (socket.AF_INET6, '1::2::3'),
                     (socket.AF_INET6, '::ffff:1.2.3.4'), (socket.AF_INET6, 'fe80::1%1'), (99, '1.2.3.4'), (socket.AF_INET, 5)):
    attempt(socket.inet_pton, family, text)
for family, packed in ((socket.AF_INET, b'\1\2\3\4'), (socket.AF_INET, b'\1\2\3'), (socket.AF_INET6, bytes(15) + b'\1'), (socket.AF_INET6, b''),
                       (99, b'1234'), (socket.AF_INET, bytearray(4)), (socket.AF_INET, 'abcd'), (socket.AF_INET6, bytes(range(16)))):
    attempt(socket.inet_ntop, family, packed)
attempt(socket.inet_ntoa, b'\x7f\0\0\1')
attempt(socket.inet_ntoa, b'\x7f\0\0')
attempt(socket.inet_ntoa, 'x')
for f in (socket.htons, socket.ntohs):
    for n in (0, 1, 0x1234, 65535, 65536, -1, 2**40, 'x', 1.5):
        attempt(f, n)
for f in (socket.htonl, socket.ntohl):
    for n in (0, 1, 0x12345678, 2**32 - 1, 2**32, -1, 2**70, 'x'):
        attempt(f, n)

attempt(socket.getservbyname, 'http', 'tcp')
attempt(socket.getservbyname, 'http')
attempt(socket.getservbyname, 'no such service')
attempt(socket.getservbyport, 80, 'tcp')
attempt(socket.getservbyport, 99999)
attempt(socket.getservbyport, 0xFFFE, 'tcp')
attempt(socket.getprotobyname, 'tcp')
attempt(socket.getprotobyname, 'nonsense')
attempt(socket.gethostbyname, '127.0.0.1')
attempt(socket.gethostbyname, '')
attempt(socket.gethostbyname, '<broadcast>')
attempt(socket.gethostbyname_ex, '127.0.0.1')
attempt(socket.getaddrinfo, '127.0.0.1', 80, socket.AF_INET, socket.SOCK_STREAM)
attempt(socket.getaddrinfo, '127.0.0.1', 'http', 0, socket.SOCK_STREAM)
attempt(socket.getaddrinfo, b'::1', None, 0, socket.SOCK_DGRAM)
attempt(socket.getaddrinfo, None, 80, socket.AF_INET, socket.SOCK_STREAM, 0, socket.AI_PASSIVE)
attempt(socket.getaddrinfo, '127.0.0.1', 80, socket.AF_INET6)
attempt(socket.getaddrinfo, 5, 80)
attempt(socket.getaddrinfo, 'localhost', 1.5)
try:
    socket.getaddrinfo('x' * 64, 80)
except UnicodeError:
    print('no label is that long')
attempt(socket.getnameinfo, ('127.0.0.1', 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)
attempt(socket.getnameinfo, ('::1', 80, 0, 0), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)
attempt(socket.getnameinfo, ('127.0.0.1', 80, 1), 0)
attempt(socket.getnameinfo, ('not an address', 80), 0)
attempt(socket.getnameinfo, 'x', 0)
attempt(socket.getnameinfo, ('127.0.0.1',), 0)
attempt(socket.getnameinfo, ('::1', 80, 1 << 30), 0)
print(socket.CMSG_LEN(0), socket.CMSG_LEN(3), socket.CMSG_SPACE(0), socket.CMSG_SPACE(3))
attempt(socket.CMSG_LEN, -1)
attempt(socket.CMSG_SPACE, 2**31)
print((1, 'lo') in socket.if_nameindex(), socket.if_nametoindex('lo'), socket.if_indextoname(1))
attempt(socket.if_nametoindex, 'nonsense')
attempt(socket.if_indextoname, 0)
attempt(socket.if_indextoname, -1)

with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 7))
    print(struct.unpack('ii', s.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)))
    attempt(s.getsockopt, socket.SOL_SOCKET, socket.SO_LINGER, 2000)
    attempt(s.getsockopt, 9999, 1)
    attempt(s.setsockopt, socket.SOL_SOCKET, socket.SO_REUSEADDR, 'x')
    attempt(s.setsockopt, socket.SOL_SOCKET, socket.SO_REUSEADDR, None, 100)
    attempt(s.shutdown, socket.SHUT_RD)
    attempt(s.getpeername)
    print(s.proto, s.family, s.type)
attempt(s.recv, 1)
attempt(s.fileno)
attempt(s.close)
attempt(s.detach)
for arguments in ((99,), (socket.AF_INET, 99), (socket.AF_INET, socket.SOCK_STREAM, 9999), ('x',)):
    attempt(socket.socket, *arguments)
for number in (-1, 1.5, 'x', 99999):
    attempt(lambda n: socket.socket(fileno=n), number)
print(socket.gaierror.__mro__[1], socket.gaierror.__module__, socket.herror.__mro__[1], socket.timeout is TimeoutError, socket.error is OSError)
