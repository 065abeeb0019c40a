"""Connections between processes: messages of all sizes, what is wrong with arguments, ends of streams, waiting, pickling."""
import functools
import multiprocessing as mp
import os
import threading
import time
from multiprocessing import connection
from multiprocessing.reduction import ForkingPickler


def attempt(f, *args, **keywords):
    try:
        return f(*args, **keywords)
    except BaseException as e:
        return type(e).__name__, str(e)


r, w = mp.Pipe(duplex=False)
for data in b'', b'x', bytearray(b'abc'), memoryview(b'0123456789')[2:7], __import__('array').array('i', [1, 2]):
    w.send_bytes(data)
    print(r.recv_bytes())
w.send_bytes(b'0123456789', 3)
w.send_bytes(b'0123456789', 3, 4)
w.send_bytes(b'0123456789', 10)
print(r.recv_bytes(), r.recv_bytes(), r.recv_bytes())
for args in (b'abc', -1), (b'abc', 4), (b'abc', 1, -1), (b'abc', 1, 3), ('text',), (b'abc', 'one'):
    print(attempt(w.send_bytes, *args))
print(attempt(r.send_bytes, b''), attempt(w.recv_bytes), attempt(r.recv_bytes, -1), attempt(w.recv), attempt(r.send, 1))

big = bytes(range(256)) * 8192
sender = threading.Thread(target=lambda: [w.send_bytes(big), w.send({'big': big}), w.send_bytes(b'12345678')])
sender.start()
print(r.recv_bytes() == big, r.recv() == {'big': big}, r.recv_bytes(100))
sender.join()
w.send_bytes(b'12345678')
print(attempt(r.recv_bytes, 4), r.closed)

r, w = mp.Pipe(duplex=False)
w.send_bytes(b'abcdef')
buffer = bytearray(10)
print(r.recv_bytes_into(buffer, 2), buffer)
w.send(functools.partial(int, '12'))
print(r.recv()())
print(attempt(w.send, lambda: 0)[0])
os.write(w.fileno(), b'\0\0\0\5abc')
w.close()
print(attempt(r.recv_bytes), attempt(r.recv_bytes), attempt(w.send_bytes, b''), attempt(w.fileno))
r.close()
print(attempt(r.recv), attempt(r.poll))


class Loud(connection.Connection):
    def _send_bytes(self, buf):
        print('sends', bytes(buf))
        super()._send_bytes(buf)


r, w = mp.Pipe(duplex=False)
loud = Loud(os.dup(w.fileno()), readable=False)
loud.send_bytes(b'hello')
print(r.recv_bytes())
loud.close()

# wait
pipes = [mp.Pipe() for _ in range(4)]
ends = [a for a, _ in pipes]
print(connection.wait(ends, 0), connection.wait(ends, 0.01), connection.wait(ends, -1), connection.wait([], 0))
pipes[2][1].send('two')
pipes[0][1].send('zero')
print([ends.index(e) for e in connection.wait(ends)], [ends.index(e) for e in connection.wait(iter(ends))])
fds = [e.fileno() for e in ends]
print([fds.index(f) for f in connection.wait(fds, timeout=1)])
print(ends[2].recv(), ends[0].recv(), ends[0].poll(), ends[1].poll(0.01))
pipes[3][1].close()
print([ends.index(e) for e in connection.wait(tuple(ends), 5)], attempt(ends[3].recv))
threading.Timer(0.05, pipes[1][1].send, ['late']).start()
start = time.monotonic()
print(connection.wait(ends[:3]) == [ends[1]], ends[1].recv(), 0.03 < time.monotonic() - start < 5)
print(attempt(connection.wait, [ends[0], ends[0]])[0], attempt(connection.wait, ['nothing'])[0], attempt(connection.wait, ends, 'soon')[0])


# pickling for another process
class Registered:
    def __init__(self, x):
        self.x = x


def build(x):
    return 'built', x


value = Registered(3)
print(ForkingPickler.loads(ForkingPickler.dumps(value)).x)
ForkingPickler.register(Registered, lambda o: (build, (o.x,)))
view = ForkingPickler.dumps([value, value.__init__.__name__, 1 + 2j])
print(type(view).__name__, ForkingPickler.loads(view), ForkingPickler.loads(ForkingPickler.dumps(value, 2)), attempt(ForkingPickler.dumps, 1, 99))
print(ForkingPickler.loads(ForkingPickler.dumps(mp)) if 0 else attempt(ForkingPickler.dumps, mp)[0])


def echo(c, other):
    other.close()
    while True:
        try:
            c.send(c.recv())
        except EOFError:
            break


here, there = mp.Pipe()
with here:
    child = mp.get_context('fork').Process(target=echo, args=(there, here))
    child.start()
    there.close()
    for thing in (1, 'two', [3.0, None], {'x': big}, ValueError('five')):
        here.send(thing)
        answer = here.recv()
        print(answer == thing if not isinstance(thing, ValueError) else repr(answer))
    lent, kept = mp.Pipe()
    here.send(kept)
    here.recv().send('through a connection that was sent')
    print(lent.recv())
child.join()
print(child.exitcode)
