# ladon: peer=no
# Streams shared between threads: nothing is lost, torn or invented. (CPython 3.11 does lose lines in concurrent readline.)
import io, os, tempfile, threading

N, T = 400, 4
d = tempfile.mkdtemp()
p = os.path.join(d, 'f')


def run(f):
    threads = [threading.Thread(target=f, args=(i,)) for i in range(T)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


with open(p, 'w') as f:
    run(lambda i: [f.write('%d line %d\n' % (i, k)) for k in range(N)])
lines = open(p).read().split('\n')
assert len(lines) == N * T + 1 and all(l.split()[1] == 'line' for l in lines[:-1])
assert [sum(l.startswith('%d ' % i) for l in lines) for i in range(T)] == [N] * T
with open(p, 'wb') as f:
    run(lambda i: [f.write(b'%d' % i * 99 + b'\n') for k in range(N)])
lines = open(p, 'rb').read().split(b'\n')
assert len(lines) == N * T + 1 and all(len(set(l)) == 1 for l in lines[:-1])
with open(p, 'rb', buffering=64) as f:
    got = []
    run(lambda i: got.extend(iter(f.readline, b'')))
assert sorted(got) == sorted(l + b'\n' for l in lines[:-1])
with open(p) as f:
    got = []
    run(lambda i: got.extend(iter(f.readline, '')))
assert len(got) == N * T and all(len(l) == 100 for l in got)
b = io.BytesIO()
run(lambda i: [b.write(b'%d' % i * 10) for k in range(N)])
v = b.getvalue()
assert len(v) == N * T * 10 and all(len(set(v[k:k + 10])) == 1 for k in range(0, len(v), 10))
s = io.StringIO()
run(lambda i: [s.write('%d' % i * 10) for k in range(N)])
v = s.getvalue()
assert len(v) == N * T * 10 and all(len(set(v[k:k + 10])) == 1 for k in range(0, len(v), 10))
b.seek(0)
got = []
run(lambda i: got.extend(iter(lambda: b.read(10), b'')))
assert len(got) == N * T
r, w = os.pipe()


def write(i):
    for k in range(N):
        os.write(w, b'%d' % i * 8)


def read():
    while True:
        c = os.read(r, 8)
        if not c:
            break
        got.append(c)


got = []
reader = threading.Thread(target=read)
reader.start()
run(write)
os.close(w)
reader.join()
assert sum(map(len, got)) == N * T * 8
with open(p, 'w') as f:
    run(lambda i: [print(i, 'printed', k, file=f) for k in range(N)])
# Lines of print() may mix, characters may not get lost.
assert sorted(open(p).read()) == sorted(''.join('%d printed %d\n' % (i, k) for i in range(T) for k in range(N)))
os.unlink(p)
os.rmdir(d)
