"""Text whose characters need one, two or four bytes, across the chunks of files; what grows in memory; lines in every way of asking."""
import io
import os
import random
import struct
import tempfile

random.seed(7)
path = os.path.join(tempfile.mkdtemp(), 'file')
ALPHABETS = ['abc xyz', 'aäöüß', 'aé€ł', 'a€😀b', '\x7f\x80\xff\u0100', '\ud7ff\ue000\uffff\U00010000']


def digest(text):
    return len(text), hash(text) == hash(''.join(list(text))), max(map(ord, text), default=0), sum(map(ord, text)) % 10007


def make(alphabet, lines, longest):
    return [''.join(random.choices(alphabet, k=random.randrange(longest))) + '\n' for _ in range(lines)]


# Files: each chunk of 8192 bytes may end within a character.
for alphabet in ALPHABETS:
    for longest in (1, 9, 40, 300):
        lines = make(alphabet, 1200, longest) + ['the end']
        for encoding in ('utf-8', 'utf-16', 'latin-1'):
            try:
                ''.join(lines).encode(encoding)
            except UnicodeEncodeError:
                continue
            with open(path, 'w', encoding=encoding) as f:
                for line in lines:
                    assert f.write(line) == len(line)
            with open(path, 'rb') as f:
                data = f.read()
            assert data == ''.join(lines).encode(encoding)
            with open(path, encoding=encoding) as f:
                assert list(f) == lines
            with open(path, encoding=encoding) as f:
                assert list(iter(f.readline, '')) == lines
            with open(path, encoding=encoding, newline='') as f:
                assert f.readlines() == lines
            with open(path, encoding=encoding) as f:
                parts = list(iter(lambda: f.read(97), ''))
                assert ''.join(parts) == ''.join(lines)
            with open(path, 'rb') as f:
                assert list(f) == data.splitlines(keepends=True) or encoding == 'utf-16'
            print(encoding, longest, len(data), digest(''.join(lines)), os.path.getsize(path))

# Where a file is told, and errors in the middle of a chunk.
lines = make('aä€😀', 500, 50)
with open(path, 'w', encoding='utf-8') as f:
    f.writelines(lines)
with open(path, encoding='utf-8') as f:
    for i in range(300):
        f.readline()
    here = f.tell()
    rest = f.read()
    f.seek(here)
    assert f.read() == rest == ''.join(lines[300:])
for bad in (b'\xff', b'\xc3', b'\xe2\x82', b'\xed\xa0\x80', b'\xf0\x9f\x98', b'\xe0\x80', b'\xc0\x80', b'\xf5'):
    for place in (0, 100, 8190, 8191, 8192):
        with open(path, 'wb') as f:
            f.write(b'x' * place + bad + ('ä' * 50).encode())
        try:
            with open(path, encoding='utf-8') as f:
                f.read(1)
                f.read()
            print('?')
        except UnicodeDecodeError as e:
            print(bad, place, e.start, e.end, e.reason)
        with open(path, encoding='utf-8', errors='replace') as f:
            print(digest(f.read()))
    print(digest(bad.decode('utf-8', 'surrogateescape')), (bad + b'abcdefghijk').decode('utf-8', 'ignore'))

# Lines, or rests of them, that are all of a chunk.
for ending in ('\n', '\r\n', '\r'):
    lines = [letter * n + ending for n in (3, 0, 7, 3, 3, 1, 15) for letter in 'abcä'[:3 + (n > 7)]]
    with open(path, 'w', encoding='utf-8', newline='') as f:
        f.writelines(lines)
    for newline in (None, '', ending):
        expected = [line.replace(ending, '\n') if newline is None else line for line in lines]
        for size in (1, 2, 3, 4, 5, 8, 64):
            with open(path, encoding='utf-8', newline=newline) as f:
                f._CHUNK_SIZE = size
                assert list(f) == expected
                f.seek(0)
                assert [next(f), next(f), *f.readlines()] == expected
                f.seek(0)
                kept = [f.readline(), f.readline(), f.read(2), next(f)]
                kept += [f.read(n) for n in (1, 2, 3, 4, 5, 8, 64)]
                assert ''.join(kept) + f.read() == ''.join(expected)

# Surrogates cannot be written; what stood before them was.
with open(path, 'w', encoding='utf-8') as f:
    f.write('äöü')
    try:
        f.write('x' * 20 + '\ud800' + 'y' * 20)
    except UnicodeEncodeError as e:
        print(e)
    f.write('€')
with open(path, encoding='utf-8') as f:
    print(ascii(f.read()))
with open(path, 'w', encoding='utf-8', errors='surrogatepass') as f:
    f.write('ä\ud800')
print(open(path, 'rb').read())

# What reaches the stream below, and when.
class Log(io.BytesIO):
    def write(self, data):
        sizes.append(len(data))
        return super().write(data)


for text in ('a', 'ä', '€', '😀', 'aä€😀bcdefghijk'):
    for repeat in (1, 100, 3000, 9000):
        sizes = []
        f = io.TextIOWrapper(Log(), encoding='utf-8')
        for _ in range(20):
            f.write(text * repeat)
        f.flush()
        print(ascii(text), repeat, sizes[:6], len(sizes), sum(sizes))

# In memory.
f = io.StringIO()
for alphabet in ALPHABETS:
    f.write(''.join(random.choices(alphabet, k=5000)))
    f.seek(f.tell() + 3)
    print(digest(f.getvalue()))
f.seek(0)
print([len(line) for line in f][:5])
f.truncate(10)
f.seek(20)
f.write('x')
print(ascii(f.getvalue()[10:]))
f = io.BytesIO()
for i in range(3000):
    f.write(b'%d,' % i * (i % 50))
    if i % 1000 == 0:
        f.seek(f.tell() + 5)
view = f.getbuffer()
for action in (lambda: f.write(b'x' * 10_000_000), lambda: f.truncate(3), lambda: f.close()):
    try:
        action()
    except BufferError as e:
        print(e)
view[0] = 65
del view, action
print(len(f.getvalue()), f.getvalue()[:10], sum(f.getvalue()))
f.seek(0, 2)
for _ in range(200):
    f.write(b'0123456789' * 1000)
f.seek(2_000_000)
print(f.read(20), f.tell(), len(f.getvalue()), f.getvalue().count(0))

# iter(f, None) asks a type that has a say.
class Nobody:
    def __eq__(self, other):
        return other is None


items = [1, 'x', object, 2.5, Nobody(), 3]
print(len(list(iter(iter(items).__next__, None))), len(list(iter(iter([1, (), None, 2]).__next__, None))))

# Integers at the ends of their fields.
for order in '@<>=':
    for code in 'bBhHiIlLqQ':
        size = struct.calcsize(order + code)
        ends = [-1 << size * 8 - 1, (1 << size * 8 - 1) - 1, 0, -1, (1 << size * 8) - 1, 1 << size * 8, (-1 << size * 8 - 1) - 1]
        for n in ends:
            try:
                packed = struct.pack(order + code, n)
                assert struct.unpack(order + code, packed) == (n,)
                print(order + code, n, packed)
            except struct.error as e:
                print(order + code, n, e)
print(struct.pack('<d', True), struct.pack('<d', 1), struct.pack('>d', 1.5), struct.unpack('>d', struct.pack('>d', -0.0)))
os.remove(path)
os.rmdir(os.path.dirname(path))
