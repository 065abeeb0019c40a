# BytesIO and StringIO.
import _io


def show(label, f):
    try:
        print(label, repr(f()))
    except Exception as e:
        print(label, type(e).__name__, e)


b = _io.BytesIO(b'one\ntwo\nthree')
print(b.read(2), b.tell(), b.readline(), b.readlines(), b.read(), b.seek(0), list(b), b.getvalue())
print(b.seek(4), b.write(b'TWO'), b.getvalue(), b.seek(0, 2), b.write(bytearray(b'!!')), b.getvalue(), b.truncate(3), b.getvalue(), b.tell())
print(b.seek(6), b.write(b'x'), b.getvalue(), b.seek(-2, 2), b.seek(1, 1), b.read1(), b.readinto(bytearray(2)))
print(b.readable(), b.writable(), b.seekable(), b.isatty(), b.closed, b.flush(), b.writelines([b'a', b'b']), b.getvalue())
show('seek', lambda: b.seek(-1))
show('seek', lambda: b.seek(0, 5))
show('truncate', lambda: b.truncate(-1))
show('write', lambda: b.write('x'))
show('read', lambda: b.read('x'))
show('init', lambda: _io.BytesIO('x'))
show('init', lambda: _io.BytesIO(5))
v = b.getbuffer()
print(v.nbytes, bytes(v)[:3], v.readonly)
v[0] = ord('Z')
print(b.getvalue()[:3])
show('resize', lambda: b.write(b'y' * 100))
show('close', lambda: b.close())
v.release()
b.write(b'y' * 3)
print(b.__getstate__(), _io.BytesIO(b'q').__reduce_ex__(2)[2])
c = _io.BytesIO()
c.__setstate__((b'abc', 2, {'x': 1}))
print(c.read(), c.x, vars(c))
b.close()
show('closed', lambda: b.read())
show('closed', lambda: b.getvalue())
show('closed', lambda: list(b))
print(b.closed)


class Sub(_io.BytesIO):
    pass


s = Sub(b'abc')
s.extra = 1
print(s.read(), s.extra, s.__dict__)
with _io.BytesIO(b'x') as q:
    print(q.read())
print(q.closed, repr(_io.BytesIO())[:16])

s = _io.StringIO('one\ntwo\r\nthree\rfour')
print(s.read(2), s.readline(), s.readlines(), s.read(), s.seek(0), list(s), repr(s.getvalue()), s.tell(), s.newlines)
for nl in [None, '', '\n', '\r', '\r\n']:
    s = _io.StringIO('one\ntwo\r\nthree\rfour\n', nl)
    print(repr(nl), repr(s.getvalue()), list(s), s.newlines, s.write('x\ny\r\nz'), repr(s.getvalue()), s.newlines)
show('newline', lambda: _io.StringIO('', 'x'))
show('newline', lambda: _io.StringIO('', 5))
show('init', lambda: _io.StringIO(5))
show('write', lambda: s.write(b'x'))
show('seek', lambda: s.seek(-1))
show('seek', lambda: s.seek(1, 1))
show('seek', lambda: s.seek(0, 5))
s = _io.StringIO()
print(s.write('héllo€😀'), s.getvalue(), s.seek(1), s.write('E'), s.getvalue(), s.seek(10), s.write('!'), repr(s.getvalue()), s.truncate(3), s.getvalue(), s.tell())
print(s.seek(0), s.readline(2), s.read(-1), s.seek(0, 2), s.line_buffering, s.encoding, s.errors, s.readable(), s.writable(), s.seekable(), s.isatty())
print(s.__getstate__())
t = _io.StringIO()
t.__setstate__(('abc\r\n', '\r\n', 1, None))
print(repr(t.read()), t.__getstate__())
s.close()
show('closed', lambda: s.read())
show('closed', lambda: s.write(''))
show('closed', lambda: s.getvalue())
print(s.closed)
show('abstract', lambda: _io._IOBase().read)
x = _io._IOBase()
for n in ['seek', 'tell', 'truncate', 'fileno', 'flush', 'isatty', 'readable', '_checkReadable', '_checkSeekable', '_checkWritable', '_checkClosed', 'close', 'flush', 'isatty', '_checkClosed']:
    show(n, lambda: getattr(x, n)(*([0] if n == 'seek' else [])))
for cls, names in [(_io._RawIOBase, ['readall', 'read', 'readinto', 'write']), (_io._BufferedIOBase, ['read', 'read1', 'readinto', 'write', 'detach']), (_io._TextIOBase, ['read', 'readline', 'write', 'detach'])]:
    for n in names:
        show(cls.__name__ + n, lambda: getattr(cls(), n)(*([bytearray(2)] if n in ('readinto', 'write') else [])))

d = _io.IncrementalNewlineDecoder(None, translate=True)
print(repr(d.decode('a\r')), repr(d.decode('\nb\r')), repr(d.decode('c\n')), d.newlines, repr(d.decode('x\r', final=True)), d.getstate())
d = _io.IncrementalNewlineDecoder(None, translate=False)
print(repr(d.decode('a\r')), d.getstate(), repr(d.decode('\nb\r')), d.newlines, d.reset(), d.newlines, d.getstate(), d.setstate((b'', 1)), repr(d.decode('z')))
