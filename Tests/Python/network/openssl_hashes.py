# Hashes, HMAC and key derivation through hashlib and hmac: results, names, copies, errors, threads.
import hashlib
import hmac
import io
import re
import threading


def attempt(f, *args, **kwargs):
    try:
        r = f(*args, **kwargs)
        print(re.sub('0x[0-9a-f]+', 'ADDRESS', repr(r)))
    except Exception as e:
        print(type(e).__name__, e)


data = bytes(range(256)) * 100
for name in sorted(hashlib.algorithms_guaranteed):
    h = hashlib.new(name, b'abc')
    h.update(data)
    other = h.copy()
    other.update(memoryview(b'more'))
    length = (20,) if name.startswith('shake') else ()
    print(name, h.name, h.digest_size, h.block_size, type(h).__name__, h.hexdigest(*length)[:40], other.digest(*length)[:8].hex(), h.digest(*length) == getattr(hashlib, name)(b'abc' + data).digest(*length))
for name in 'ripemd160', 'sm3', 'sha512_256', 'SHA256', 'md5-sha1':
    attempt(lambda: hashlib.new(name, b'x').hexdigest())
for name in 'nope', '', 3, None:
    attempt(hashlib.new, name)
attempt(hashlib.sha256, 'text')
attempt(hashlib.sha256, 3)
attempt(hashlib.sha256().update, None)
attempt(hashlib.sha256, b'', usedforsecurity=False)
attempt(hashlib.shake_128().digest)
attempt(hashlib.shake_128().hexdigest, 3)
attempt(type(hashlib.sha256()))
print({'sha256', 'sha1', 'blake2b', 'ripemd160'} <= hashlib.algorithms_available)
print(hashlib.file_digest(io.BytesIO(data), 'sha256').hexdigest() == hashlib.sha256(data).hexdigest())

print(hashlib.pbkdf2_hmac('sha256', b'password', b'salt', 1000).hex(), hashlib.pbkdf2_hmac('sha1', b'', b'', 1, 5).hex())
for args in [('nope', b'', b'', 1), ('md5', b'', b'', 0), ('md5', b'', b'', 1, 0), ('md5', 'text', b'', 1), (3, b'', b'', 1)]:
    attempt(hashlib.pbkdf2_hmac, *args)
print(hashlib.scrypt(b'password', salt=b'NaCl', n=16, r=8, p=2, dklen=20).hex())
for kwargs in [dict(), dict(salt=b''), dict(salt=b'', n=3, r=1, p=1), dict(salt=b'', n=16384, r=8, p=1, maxmem=10), dict(salt=b'', n=2, r=1, p=1, dklen=0), dict(salt=b'', n=2, r='x', p=1)]:
    attempt(hashlib.scrypt, b'password', **kwargs)

for mod in 'sha256', hashlib.sha512, 'blake2s', hashlib.sha3_256:
    h = hmac.new(b'key', b'message', mod)
    copy = h.copy()
    copy.update(data)
    print(h.name, h.digest_size, h.block_size, h.hexdigest()[:30], copy.digest()[:4].hex(), hmac.digest(b'key', b'message', mod) == h.digest())
for args in [(b'k',), (b'k', b'm', 'nope'), ('k', b'm', 'md5'), (b'k', 'm', 'md5'), (b'k', b'm', None)]:
    attempt(hmac.new, *args)
print(hmac.compare_digest('a', 'a'), hmac.compare_digest(b'a', b'b'))
attempt(hmac.compare_digest, 'a', b'a')

# one object under many threads: every piece goes in whole
h = hashlib.sha256()
threads = [threading.Thread(target=lambda: [h.update(b'x' * 5000) for _ in range(50)]) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(h.hexdigest() == hashlib.sha256(b'x' * 5000 * 400).hexdigest())
