"""Bounds and indexes with an `__index__` that changes the mapping: the rest of the call works on what it is then. And a resize beside
threads that read."""
import mmap
import sys
import threading


class Resize:
    def __init__(self, m, size, value):
        self.m, self.size, self.value = m, size, value

    def __index__(self):
        self.m.resize(self.size)
        return self.value


class Close(Resize):
    def __index__(self):
        self.m.close()
        return self.value


def new():
    m = mmap.mmap(-1, 8192)
    m[:] = b'ab' * 4096
    return m


def show(what, f):
    try:
        print(what, f())
    except (ValueError, IndexError, TypeError) as e:
        print(what, type(e).__name__, e)


m = new()
show('find', lambda: m.find(b'b', Resize(m, 4096, 10)))
show('rfind', lambda: m.rfind(b'b', 0, Resize(m, 8192, 11)))
show('item', lambda: m[Resize(m, 4096, 1)])
show('set item', lambda: m.__setitem__(Resize(m, 8192, 3), 65))
print(m[:6])
# CPython 3.11 crashes.
if sys.implementation.name == 'ladon':
    for f in (lambda: m.find(b'b', Close(m, 0, 1)), lambda: m[Close(m, 0, 1)], lambda: m[Close(m, 0, 1):5],
              lambda: m.__setitem__(Close(m, 0, 1), 65)):
        m = new()
        try:
            f()
            assert False
        except ValueError:
            pass

m = new()
stop = False


def read():
    while not stop:
        try:
            m.find(b'zz')
            m[0:4096]
            m.flush()
        except (ValueError, IndexError):
            pass


threads = [threading.Thread(target=read) for i in range(3)]
for t in threads:
    t.start()
for i in range(300):
    m.resize(4096 + 4096 * (i % 2))
stop = True
for t in threads:
    t.join()
print(len(m))
