# One compressor and one decompressor under many threads: each call is whole, whatever the order; checksums beside it.
import threading
import zlib

COUNT, THREADS = 60, 6
piece = bytes(range(256)) * 40
c = zlib.compressobj()
parts, lock = [], threading.Lock()


def compress():
    for _ in range(COUNT):
        with lock:
            # The order of pieces matters, so that the output is put down under a lock; the compressor has its own.
            parts.append(c.compress(piece))
        assert zlib.decompress(zlib.compress(piece)) == piece


threads = [threading.Thread(target=compress) for _ in range(THREADS)]
for t in threads: t.start()
for t in threads: t.join()
packed = b''.join(parts) + c.flush()
print(zlib.decompress(packed) == piece * COUNT * THREADS)

# Without a lock of the program's: nothing breaks, and every byte comes out once.
d = zlib.decompressobj()
c = zlib.compressobj()
stop = threading.Event()


def hammer():
    while not stop.is_set():
        try:
            c.compress(piece)
            c.copy()
            d.decompress(b'x\x9c', 10)
            d.unused_data, d.unconsumed_tail, d.eof
        except (zlib.error, ValueError):
            pass


threads = [threading.Thread(target=hammer) for _ in range(4)]
for t in threads: t.start()
stop.wait(0.5)
stop.set()
for t in threads: t.join()
c.flush()
print('done')
