# Files: modes, messages, raw and buffered binary files.
import _io, sys

PATH = '/tmp/ladon-io-test-%d' % id(sys)


def show(label, f):
    try:
        print(label, repr(f()))
    except Exception as e:
        print(label, type(e).__name__, str(e).replace(PATH, 'PATH'))


for mode in ['', 'r+b+', 'rw', 'z', 'U', 'rU', 'bt', 'rtb', 'b', 't', '+', 'rr', 'w+', 'x', 'a+b', 'wb', 'xb']:
    def go():
        f = _io.open(PATH + mode, mode)
        try:
            return type(f).__name__, f.mode, getattr(f, 'closefd', None)
        finally:
            f.close()
    show('open %r' % mode, go)

show('encoding', lambda: _io.open(PATH, 'wb', encoding='utf-8'))
show('errors', lambda: _io.open(PATH, 'wb', errors='strict'))
show('newline', lambda: _io.open(PATH, 'wb', newline='\n'))
show('bad newline', lambda: _io.open(PATH, 'w', newline='x'))
show('newline type', lambda: _io.open(PATH, 'w', newline=3))
show('unbuffered', lambda: _io.open(PATH, 'w', 0))
show('mode type', lambda: _io.open(PATH, 3))
show('file type', lambda: _io.open([]))
show('file type', lambda: _io.open(3.5))
show('negative', lambda: _io.open(-1))
show('null', lambda: _io.open('a\0b'))
show('directory', lambda: _io.open('/tmp'))
show('missing', lambda: _io.open('/nonexistent/x'))
show('closefd', lambda: _io.open(PATH, 'w', closefd=False))
show('opener', lambda: _io.open(PATH, opener=lambda p, f: -5))
show('opener', lambda: _io.open(PATH, opener=lambda p, f: 'x'))
show('encoding', lambda: _io.open(PATH, 'w', encoding='nope'))
show('encoding type', lambda: _io.open(PATH, 'w', encoding=5))
show('FileIO mode', lambda: _io.FileIO(PATH, 'q'))
show('FileIO mode', lambda: _io.FileIO(PATH, 'rw'))
show('FileIO mode', lambda: _io.FileIO(PATH, 'r++'))
show('FileIO mode', lambda: _io.FileIO(PATH, ''))

# raw
f = _io.FileIO(PATH, 'w+')
print(repr(f).replace(PATH, 'PATH'), f.mode, f.readable(), f.writable(), f.seekable(), f.closefd, f.isatty())
print(f.write(b'hello world'), f.tell(), f.seek(0), f.read(5), f.read(), f.read())
print(f.seek(-3, 2), f.readall(), f.truncate(4), f.seek(0), f.readall())
b = bytearray(3)
print(f.seek(1), f.readinto(b), b, f.seek(0, 1), f.tell())
show('readinto', lambda: f.readinto(b'abc'))
show('write', lambda: f.write('abc'))
show('seek', lambda: f.seek(1.5))
show('seek', lambda: f.seek(-1))
show('whence', lambda: f.seek(0, 9))
print(f.fileno() > 2, f.closed, f.close(), f.closed, repr(f))
for name in ['read', 'readall', 'tell', 'fileno', 'isatty', 'readable', 'seekable', 'flush', 'truncate']:
    show(name, lambda: getattr(f, name)())
show('write', lambda: f.write(b''))
show('next', lambda: next(f))
show('enter', lambda: f.__enter__())
r = _io.FileIO(PATH)
show('write to reader', lambda: r.write(b'x'))
show('truncate reader', lambda: r.truncate(0))
print(r.mode, list(r), vars(r).keys())
r.close()
print(sorted(vars(r)))

# buffered
with _io.open(PATH, 'wb') as f:
    print(repr(f).replace(PATH, 'PATH'), f.raw.mode, f.mode, f.name == PATH, f.tell(), f.write(b'a' * 10000), f.tell())
    print(f.write(b'line\nother\n'), f.flush(), f.tell(), f.seek(0), f.write(b'BB'), f.seek(0, 2))
    show('read', lambda: f.read())
    show('str', lambda: f.write('x'))
show('write', lambda: f.write(b'x'))
show('flush', lambda: f.flush())
print(f.closed, f.close())
f = _io.open(PATH, 'rb', 16)
if True:
    print(f.read(4), f.peek(3)[:3], f.read1(), f.read1(3), f.tell(), f.read(100)[:5], f.tell())
    f.seek(9995)
    print(f.readline(), f.readline(3), f.readline(), f.readline(), f.readline(), f.read(), f.read(0), f.read1())
    f.seek(10000)
    print(f.readlines(), f.seek(10005), list(f), f.seek(-6, 2), f.read())
    b = bytearray(40)
    print(f.seek(0), f.readinto(b), f.readinto1(b), bytes(b[:3]), f.tell(), f.readable(), f.writable(), f.seekable())
    show('read', lambda: f.read(-2))
    show('read', lambda: f.read('x'))
    show('peek', lambda: f.write(b''))
    show('seek', lambda: f.seek(0, 7))
    show('seek', lambda: f.seek(-5))
    show('truncate', lambda: f.truncate())
    raw = f.detach()
    show('detached', lambda: f.read())
    show('detached', lambda: f.closed)
    print(f.raw)
    f = _io.BufferedReader(raw)
show('closed', lambda: f.read())
f.close()
show('closed', lambda: f.read())
show('closed', lambda: f.read1())
show('closed', lambda: f.readline())
show('closed', lambda: f.seek(0))
show('closed', lambda: f.peek())
show('closed', lambda: list(f))
show('size', lambda: _io.BufferedReader(_io.BytesIO(), 0))
show('not readable', lambda: _io.BufferedReader(_io.FileIO(PATH, 'a')))
show('not writable', lambda: _io.BufferedWriter(_io.FileIO(PATH)))
show('uninitialized', lambda: _io.BufferedReader.__new__(_io.BufferedReader).read())

with _io.open(PATH, 'w+b') as f:
    print(repr(f).replace(PATH, 'PATH'), f.write(b'0123456789'), f.seek(2), f.read(3), f.write(b'XY'), f.tell(), f.seek(0), f.read(), f.tell())
    print(f.seek(4), f.write(b'zz'), f.read(2), f.seek(-2, 1), f.read(), f.truncate(3), f.seek(0), f.read(), f.truncate(), f.seek(5), f.write(b'!'), f.seek(0), f.read())
    f.seek(0)
    f.write(b'ab\ncd\nef')
    f.seek(1)
    print(f.readline(), f.write(b'-'), f.readline(), f.peek(), f.read1(10))

with _io.open(PATH, 'ab') as f:
    print(f.tell(), f.write(b'more'), f.tell())
with _io.open(PATH, 'rb', 0) as f:
    print(type(f).__name__, f.read())


class Raw(_io._RawIOBase):
    def __init__(self, chunks):
        self.chunks = list(chunks)
        self.written = []

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, b):
        if not self.chunks:
            return 0
        c = self.chunks.pop(0)
        if c is None:
            return None
        b[:len(c)] = c
        return len(c)

    def write(self, b):
        self.written.append(bytes(b))
        return len(b)


r = _io.BufferedReader(Raw([b'abc', b'defg', None, b'hij', b'k\nl']))
print(r.read(2), r.read(3), r.peek(), r.read(), r.read(), r.readline(), r.read())
r = Raw([b'abc', b'de'])
print(r.read(10), r.read(2), r.readall(), r.read(1))
w = Raw([])
b = _io.BufferedWriter(w, 8)
print(b.write(b'1234'), w.written, b.write(b'567890'), w.written, b.write(b'x' * 30), w.written, b.flush(), w.written)
p = _io.BufferedRWPair(Raw([b'in\nput']), w)
print(p.readline(), p.read(1), p.write(b'out'), p.flush(), w.written[-1], p.readable(), p.writable(), p.closed, p.close(), p.closed)


class Bad(Raw):
    def readinto(self, b):
        return 10 ** 6

    def write(self, b):
        return 10 ** 6


show('bad read', lambda: _io.BufferedReader(Bad([])).read(10))
bad = _io.BufferedWriter(Bad([]))
bad.write(b'x')
show('bad write', lambda: bad.flush())
bad.detach
print(_io.DEFAULT_BUFFER_SIZE, _io.BlockingIOError is BlockingIOError, _io.UnsupportedOperation.__mro__, _io.text_encoding(None), _io.text_encoding('x'))
import posix
for m in ['', 'w+', 'x', 'a+b', 'wb', 'xb', 'r+b+', 'w']:
    try:
        posix.unlink(PATH + m)
    except OSError:
        pass
