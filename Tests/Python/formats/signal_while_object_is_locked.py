# A signal that comes while the main thread waits for an object that another thread is inside of (a digest of much data, a compressor,
# a parser): its handler runs, once, and the object works on.
import bz2
import hashlib
import lzma
import signal
import threading
import time
import zlib

data = bytes(30_000_000)
handled = []
signal.signal(signal.SIGALRM, lambda number, frame: handled.append(number))
for name, make in (('blake2b', hashlib.blake2b), ('sha256', hashlib.sha256), ('zlib', zlib.compressobj), ('bz2', bz2.BZ2Compressor),
                   ('lzma', lambda: lzma.LZMACompressor(preset=0))):
    thing = make()
    feed = getattr(thing, 'update', None) or thing.compress
    handled.clear()
    started = threading.Event()

    def work():
        started.set()
        feed(data)

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    for i in range(20):
        feed(b'x' * 5000)
    thread.join()
    while not handled:
        time.sleep(0.01)
    print(name, handled == [signal.SIGALRM])
