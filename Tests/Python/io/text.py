# TextIOWrapper: encodings, newlines, positions, buffering.
import _io


def show(label, f):
    try:
        print(label, repr(f()))
    except Exception as e:
        print(label, type(e).__name__, e)


DATA = 'one\ntwo\r\nthree\rfour\n\r\nend'.encode()
for nl in [None, '', '\n', '\r', '\r\n']:
    for size in [1, 2, 3, 100]:
        t = _io.TextIOWrapper(_io.BytesIO(DATA), encoding='utf-8', newline=nl)
        t._CHUNK_SIZE = size
        lines = list(t)
        print(repr(nl), size, lines, t.newlines)
    t = _io.TextIOWrapper(_io.BytesIO(DATA), 'latin-1', newline=nl)
    print(t.readline(2), t.readline(), t.read(3), repr(t.read()), t.newlines)
    b = _io.BytesIO()
    t = _io.TextIOWrapper(b, 'ascii', newline=nl)
    print(t.write('a\nb\r\nc'), t.flush(), b.getvalue())

text = 'aäß€😀 line\nsecond ü\nthird'
for enc in ['utf-8', 'utf-16', 'utf-32', 'utf-16-le', 'utf-8-sig', 'latin-1', 'cp1252', 'ascii', 'UTF8']:
    b = _io.BytesIO()
    try:
        t = _io.TextIOWrapper(b, encoding=enc, errors='replace')
        t.write(text)
        t.write('\nmore')
        t.flush()
        raw = b.getvalue()
        print(enc, t.encoding, t.errors, raw[:12], len(raw))
        t.seek(0)
        cookies = []
        t._CHUNK_SIZE = 3
        out = []
        while True:
            cookies.append(t.tell())
            c = t.read(1)
            if not c:
                break
            out.append(c)
        print(''.join(out) == raw.decode(enc, 'replace'), len(out))
        ok = True
        for i, k in reversed(list(enumerate(cookies))):
            t.seek(k)
            rest = t.read()
            if rest != ''.join(out[i:]):
                ok = False
                print('bad', i, k, repr(rest), out[i:])
        print('cookies', ok, [c for c in cookies if c < 2 ** 40][:8])
    except Exception as e:
        print(enc, type(e).__name__, e)

t = _io.TextIOWrapper(_io.BytesIO(b'abc\xff\xfedef\n'), 'utf-8')
show('decode', lambda: t.read())
t = _io.TextIOWrapper(_io.BytesIO(b'abc\xff\xfedef\n'), 'utf-8', 'surrogateescape')
show('escape', lambda: t.read())
t = _io.TextIOWrapper(_io.BytesIO(b'abc\xe2\x82'), 'utf-8')
show('truncated', lambda: t.read())
t = _io.TextIOWrapper(_io.BytesIO(b'abc\xe2\x82'), 'utf-8', 'ignore')
show('ignored', lambda: t.read())
t = _io.TextIOWrapper(_io.BytesIO(), 'ascii')
show('encode', lambda: t.write('ä'))
show('type', lambda: t.write(b'x'))
show('type', lambda: t.write(None))
show('reads', lambda: t.read('x'))
show('readline', lambda: t.readline(None))
show('lookup', lambda: _io.TextIOWrapper(_io.BytesIO(), 'nope'))
show('binary', lambda: _io.TextIOWrapper(_io.BytesIO(), 'hex'))
show('newline', lambda: _io.TextIOWrapper(_io.BytesIO(), newline='a'))
show('uninit', lambda: _io.TextIOWrapper.__new__(_io.TextIOWrapper).read())
show('chunk', lambda: setattr(t, '_CHUNK_SIZE', 0))

b = _io.BytesIO(b'l1\nl2\nl3\n')
t = _io.TextIOWrapper(b, 'utf-8')
print(t.readline(), t.tell(), next(t))
show('tell', lambda: t.tell())
print(list(t), t.tell(), t.seek(3), t.read(), t.seek(0, 2), t.seek(0, 1))
show('seek', lambda: t.seek(1, 1))
show('seek', lambda: t.seek(-1, 2))
show('seek', lambda: t.seek(-1))
show('seek', lambda: t.seek(0, 3))
print(t.seekable(), t.readable(), t.writable(), t.isatty(), t.line_buffering, t.write_through, t.closed, t.buffer is b, t.newlines)
t.seek(0)
t.write('XX')
t.flush()
print(b.getvalue(), t.truncate(4), b.getvalue())
show('fileno', lambda: t.fileno())
show('name', lambda: t.name)
print(repr(t))
d = t.detach()
print(d is b)
show('detached', lambda: t.read())
show('detached', lambda: t.closed)
show('detached', lambda: t.detach())
show('repr', lambda: repr(t))
t = _io.TextIOWrapper(b, 'utf-8', line_buffering=True)
b.seek(0)
b.truncate()
t.write('ab')
print(b.getvalue())
t.write('c\nd')
print(b.getvalue())
t.reconfigure(line_buffering=False, write_through=True)
t.write('e')
print(b.getvalue(), t.write_through, t.line_buffering)
t.reconfigure(encoding='utf-16-le', newline='\r\n')
t.write('\n')
print(b.getvalue(), t.encoding, t.errors)
t.seek(0)
t.read(1)
show('reconfigure', lambda: t.reconfigure(encoding='utf-8'))
show('reconfigure', lambda: t.reconfigure(newline='q'))
t.close()
show('closed', lambda: t.read())
show('closed', lambda: t.write('x'))
show('closed', lambda: t.flush())
show('closed', lambda: t.readline())
show('closed', lambda: next(t))
show('closed', lambda: t.tell())
print(t.closed, t.close())


class Slow(_io._RawIOBase):
    """Gives bytes one at a time."""
    def __init__(self, data):
        self.data = data

    def readable(self):
        return True

    def readinto(self, b):
        if not self.data:
            return 0
        b[0] = self.data[0]
        self.data = self.data[1:]
        return 1


t = _io.TextIOWrapper(_io.BufferedReader(Slow('ä€\r\nx\ry'.encode())), 'utf-8', newline='')
print(list(t), t.newlines)
t = _io.TextIOWrapper(_io.BufferedReader(Slow('ä€\r\nx\ry'.encode())), 'utf-8')
print(t.read(2), t.read(), t.newlines)
show('unseekable', lambda: t.tell())
show('unseekable', lambda: t.seek(0))


class W(_io.TextIOWrapper):
    def readline(self):
        return super().readline().upper()


print(list(W(_io.BytesIO(b'a\nb'), 'utf-8')))
w = _io.TextIOWrapper(_io.BytesIO(), 'utf-8')
print(w.writelines(['a', 'b\n']), w.flush(), w.buffer.getvalue())
print([n for n in dir(w) if not n.startswith('__')])
