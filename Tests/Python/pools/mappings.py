# mmap: items, slices, the position, searching, resizing, buffers, threads that close what others read.
import mmap
import os
import tempfile
import threading


def attempt(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return type(e).__name__, str(e)


m = mmap.mmap(-1, 100)
print(len(m), m[0], m[:4], repr(m), m.closed, bool(m))
m[0:5] = b'hello'
m[5] = 33
print(m[:6], m[::-20], m[-1], attempt(m.__getitem__, 100), attempt(m.__getitem__, 'x'), attempt(m.__setitem__, 0, 256), attempt(m.__setitem__, 0, b'a'))
print(attempt(m.__setitem__, slice(0, 3), b'ab'), attempt(m.__delitem__, 0), attempt(m.__delitem__, slice(0, 1)))
m[0:10:2] = b'abcde'
print(m[:10])
print(m.write(b'line one\nline two\n'), m.tell(), m.seek(0), m.readline(), m.readline(), m.read(3), m.read_byte(), m.tell())
print(m.find(b'one', 0), m.find(b'one'), m.rfind(b'line'), m.rfind(b'line', 0), m.rfind(b'line', 0, 12), m.find(b'', 3), m.rfind(b'', 3, 9), m.find(b'zzz'))
print(m.seek(-5, 2), m.tell(), attempt(m.seek, 1, 2), attempt(m.seek, -1), attempt(m.seek, 0, 9), len(m.read()), m.read(), attempt(m.read_byte))
m.seek(98)
print(attempt(m.write, b'abc'), m.write_byte(65), attempt(m.write_byte, 300), attempt(m.read, 'x'))
m.move(50, 0, 10)
print(m[50:60], attempt(m.move, 95, 0, 10), attempt(m.size), m.flush(), attempt(m.flush, 50, 60))
view = memoryview(m)
view[1:3] = b'XY'
print(m[:4], view.nbytes, view.readonly, attempt(m.close), attempt(m.resize, 200))
view.release()
m.close()
print(m.closed, repr(m), attempt(len, m), attempt(m.read), attempt(m.__getitem__, 0), m.close())

with tempfile.TemporaryFile() as f:
    print(attempt(mmap.mmap, f.fileno(), 0))
    f.write(b'0123456789' * 1000)
    f.flush()
    with mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as r:
        print(len(r), r.size(), attempt(r.write, b'x'), attempt(r.__setitem__, 0, 1), attempt(r.resize, 1), repr(r))
        with memoryview(r) as view:
            print(view[0:0] == b'', view.readonly)
    with mmap.mmap(f.fileno(), 100, access=mmap.ACCESS_COPY, offset=mmap.ALLOCATIONGRANULARITY) as c:
        c[0:3] = b'abc'
        print(c[:5], attempt(c.resize, 10))
    with mmap.mmap(f.fileno(), 0) as w:
        w[0:3] = b'xyz'
        w.resize(20000)
        print(len(w), w.size(), w[-1])
        w.resize(5)
        print(len(w), w[:])
    f.seek(0)
    print(f.read())
    print(attempt(mmap.mmap, f.fileno(), 100), attempt(mmap.mmap, f.fileno(), -1), attempt(mmap.mmap, f.fileno(), 1, offset=-1))
    print(attempt(mmap.mmap, f.fileno(), 1, mmap.MAP_SHARED, mmap.PROT_READ, mmap.ACCESS_WRITE), attempt(mmap.mmap, f.fileno(), 1, access=9))
m = mmap.mmap(-1, 8192)
print(m.madvise(mmap.MADV_NORMAL), attempt(m.madvise, mmap.MADV_NORMAL, 8192), attempt(m.madvise, mmap.MADV_NORMAL, 0, -1))


class Sub(mmap.mmap):
    pass


s = Sub(-1, 10)
s.extra = 1
print(s.extra, len(s), isinstance(s, mmap.mmap))

# Shared with a child.
m = mmap.mmap(-1, 4096)
pid = os.fork()
if pid == 0:
    m[:5] = b'child'
    os._exit(0)
os.waitpid(pid, 0)
print(m[:5])

# Others read while one closes: the answer or ValueError, no crash.
for _ in range(30):
    m = mmap.mmap(-1, 1 << 16)
    go = threading.Barrier(4)

    def read():
        go.wait()
        try:
            for _ in range(200):
                assert m[:1000].count(0) == 1000
                m.find(b'x')
        except ValueError:
            pass

    threads = [threading.Thread(target=read) for _ in range(3)]
    for t in threads:
        t.start()
    go.wait()
    m.close()
    for t in threads:
        t.join()
print('closed under readers')
