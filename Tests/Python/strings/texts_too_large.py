# Texts that are larger than the heap may be: MemoryError, not the end of the process. (CPython asks the system for each, which may say yes.)
# ladon: peer=no
import array, hashlib, io, os, socket, struct

size = 1 << 41
makers = [
    lambda: bytes(size), lambda: bytearray(size), lambda: 'a' * size, lambda: b'a' * size, lambda: 'a'.ljust(size), lambda: b'a'.center(size),
    lambda: (5).to_bytes(size, 'big'), lambda: struct.pack(f'{size}s', b''), lambda: array.array('b', b'1') * size,
    lambda: open('/dev/zero', 'rb').read(size), lambda: os.urandom(size), lambda: socket.socketpair()[0].recv(size),
]
for i, make in enumerate(makers):
    for exponent in 35, 38, 41, 45, 62:
        size = 1 << exponent
        try:
            made = make()
        except (MemoryError, OverflowError):
            continue
        # A machine with that much memory.
        assert exponent == 35, (i, exponent)
        del made
assert bytes(10) == b'\0' * 10 and 'a' * 3 == 'aaa'
