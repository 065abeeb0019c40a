"""sendmsg with many control messages that only sequences of the program's own give out: what they gave must live until it is sent."""
import array
import gc
import os
import socket


class Item:
    """A control message whose data nobody else has."""

    def __init__(self, fd):
        self.fd = fd

    def __len__(self):
        return 3

    def __getitem__(self, i):
        gc.collect()
        return (socket.SOL_SOCKET, socket.SCM_RIGHTS, bytes(array.array('i', [self.fd])))[i]


a, b = socket.socketpair()
r, w = os.pipe()
for count in 1, 40:
    print(a.sendmsg([b'x'], [Item(w) for i in range(count)]))
    data, controls, flags, address = b.recvmsg(10, socket.CMSG_SPACE(4 * count) + 100)
    fds = []
    for level, kind, text in controls:
        print(level == socket.SOL_SOCKET, kind == socket.SCM_RIGHTS, len(text) // 4 == count)
        fds.extend(array.array('i', text))
    for fd in fds:
        os.write(fd, b'.')
        os.close(fd)
    print(os.read(r, 100) == b'.' * count)
for bad in [(1, 2)], [5], [(1, 2, 'text')], [(1, 'a', b'')]:
    try:
        a.sendmsg([b'x'], bad)
    except TypeError as e:
        print('TypeError')
