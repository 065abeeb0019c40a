"""hashlib and the modules behind it; the digests of many lengths, fed in many ways."""
import hashlib, hmac, random
print(sorted(hashlib.algorithms_guaranteed))
data = random.Random(1).randbytes(3000)
for name in sorted(hashlib.algorithms_guaranteed):
    new = getattr(hashlib, name)
    shake = name.startswith('shake')
    summary = hashlib.sha256()
    for n in list(range(0, 300)) + [511, 512, 513, 1000, 2047, 2048, 2999]:
        h = new(data[:n])
        summary.update(h.digest(37) if shake else h.digest())
    print(name, new().name, new().block_size, new().digest_size, summary.hexdigest())
    h = new()
    step = 1
    at = 0
    while at < len(data):
        h.update(data[at:at + step])
        at += step
        step = step * 3 % 257 + 1
    other = h.copy()
    other.update(b'x')
    for x in h, other, hashlib.new(name, data, usedforsecurity=False):
        print(x.hexdigest(20) if shake else x.hexdigest())
    h.update(memoryview(data)[::1])
    h.update(bytearray(data))
    print(h.hexdigest(5) if shake else h.hexdigest()[:10])
b = hashlib.blake2b
print(b(b'abc', digest_size=20, key=b'key', salt=b'salt', person=b'pers', fanout=2, depth=3, leaf_size=100, node_offset=7, node_depth=1, inner_size=32, last_node=True).hexdigest())
s = hashlib.blake2s
print(s(b'abc', digest_size=20, key=b'key', salt=b'salt', person=b'pers', fanout=2, depth=3, leaf_size=100, node_offset=7, node_depth=1, inner_size=32, last_node=True).hexdigest())
print(b.SALT_SIZE, s.SALT_SIZE, b.MAX_KEY_SIZE, s.MAX_DIGEST_SIZE)
for bad in (dict(digest_size=0), dict(digest_size=65), dict(key=b'a' * 65), dict(salt=b'a' * 17), dict(fanout=256), dict(depth=0), dict(leaf_size=-1),
            dict(leaf_size=1 << 32), dict(node_offset=1 << 64), dict(node_depth=256), dict(inner_size=65), dict(salt='x')):
    try:
        b(**bad)
    except Exception as e:
        print(type(e).__name__, e)
import _sha256, _sha3, _md5
for call in (lambda: _sha256.sha256('x'), lambda: _md5.md5(3), lambda: _sha256.SHA256Type(), lambda: _sha256.sha256().update('x'),
             lambda: setattr(_md5.md5(), 'name', 1), lambda: _sha3.shake_128().digest(-1), lambda: hashlib.new('nothing')):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)
print(hmac.new(b'key', b'message', 'sha256').hexdigest(), hmac.new(b'k' * 200, b'm', hashlib.sha1).hexdigest(), hmac.digest(b'a', b'b', 'md5').hex())
print(hmac.compare_digest(b'ab', b'ab'), hmac.compare_digest('ab', 'ac'))
print(hashlib.pbkdf2_hmac('sha256', b'password', b'salt', 100).hex())
