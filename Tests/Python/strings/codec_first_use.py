# The first use of a codec that is not native, by many threads at once: whoever comes while the package `encodings` is being imported
# waits for it.
import codecs
import threading

THREADS = 12
results = []
barrier = threading.Barrier(THREADS)


def work():
    barrier.wait()
    try:
        results.append('straße.de'.encode('idna'))
    except LookupError as e:
        results.append(e)


threads = [threading.Thread(target=work) for _ in range(THREADS)]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(set(results))

# A search function of one's own is asked after the library's.
codecs.register(lambda name: print('asked for', name))
print(codecs.lookup('punycode').name)
try:
    codecs.lookup('no-such-codec')
except LookupError as e:
    print(e)
