# Methods of files, which have attributes of their own (mode), at sites that have seen both: a method is found in the type until
# the object has one of that name.
import array
import io
import os
import tempfile

path = os.path.join(tempfile.mkdtemp(), 'f')
with open(path, 'w') as f:
    f.write(''.join(f'line {i}\n' for i in range(30)))


def read(f, n):
    return [f.readline() for _ in range(n)]


with open(path) as f:
    print(sorted(vars(f)), read(f, 5))
    f.other = 3
    print(read(f, 2))
    f.readline = lambda: 'own'
    print(read(f, 3))
    del f.readline
    print(read(f, 3))
    f.__dict__['readline'] = lambda: 'from the dict'
    print(read(f, 2))
    f.__dict__.clear()
    print(read(f, 2))
with open(path) as f, open(path) as g:
    g.readline = lambda: 'g'
    print([x.readline() for x in (f, g, f, g, f)])


class Lines(io.TextIOWrapper):
    first = io.TextIOWrapper.readline


with open(path, 'rb') as raw:
    f = Lines(raw)
    print([f.first() for _ in range(3)])
    f.readline = 'hides nothing'
    print([f.first() for _ in range(3)])
    f.first = lambda: 'hidden'
    print([f.first() for _ in range(3)])

print('StringIO')
s = io.StringIO()
for text in 'abc', 'ü', 'x' * 70, '€uro', '😀', 'end\n':
    s.write(text)
    print(s.tell(), ascii(s.getvalue()))
s.seek(3)
print(s.write('é'), ascii(s.read(4)), ascii(s.readline()), s.readline() == '')
s.seek(200)
s.write('far')
print(len(s.getvalue()), s.getvalue().count('\0'), ascii(s.getvalue()[-5:]))
for initial in 'plain\r\nlines\rhere\n', '€\r\nü\n', '😀\n\r':
    for newline in None, '', '\n', '\r', '\r\n':
        s = io.StringIO(initial, newline)
        print(repr(newline), ascii(list(s)), ascii(s.getvalue()), ascii(s.newlines))
        s.write('more\n€')
        print(ascii(s.getvalue()))
        s2 = io.StringIO()
        s2.__setstate__(s.__getstate__())
        print(s2.getvalue() == s.getvalue())
s = io.StringIO('abcdef')
print(s.truncate(3), s.getvalue(), s.seek(0, 2), s.write('€'), s.getvalue())

print('sums', sum(array.array('d', [0.1] * 10)), sum(array.array('d')), sum(array.array('d', [1.5]), 2), sum(memoryview(array.array('d', [1, 2, 3]))[::2]),
      sum(array.array('f', [1.5, 2])), sum(array.array('i', [1, 2])), sum(b'abc'), sum(array.array('d', [1e308, 1e308])))


class Doubled(array.array):
    def __iter__(self):
        return iter([7, 8])


print(sum(Doubled('d', [1, 2])))
os.remove(path)
os.rmdir(os.path.dirname(path))
