# struct: formats, alignment, ranges, errors.
import struct, _struct

def attempt(f, *args, **kwargs):
    try:
        return repr(f(*args, **kwargs))
    except Exception as e:
        return type(e).__module__ + "." + type(e).__name__ + ": " + str(e)

codes = "cbB?hHiIlLqQnNefdspPx"
for prefix in ("", "@", "=", "<", ">", "!"):
    print(prefix, [attempt(struct.calcsize, prefix + c) for c in codes], [attempt(struct.calcsize, prefix + f) for f in ("bh", "bi", "bq", "ib", "bhiq", "bd", "3sh", "ci", "bxi", "b0q", "5x", "2h3b1q", " b h ", "bP", "n", "10s", "0s", "3p", "i0h", "", "  ")])
ints = [0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32768, -32769, 65535, 65536, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**32 - 1, 2**32, 2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64 - 1, 2**64, 10**30, -10**30, True, 1.5, "a", None]
for prefix in ("", "<", ">", "="):
    for c in "bBhHiIlLqQnNP?":
        print(prefix + c, [attempt(struct.pack, prefix + c, n) for n in ints])
floats = [0.0, -0.0, 1.0, -1.5, 0.1, 65504.0, 65519.9, 65520.0, 1e5, 6e-8, 2.0**-24, 2.0**-25, 3 * 2.0**-26, 1.0009765625, 1.00048828125, 1e38, 3.5e38, 1e40, 1e-40, 1e-46, 1e308, float("inf"), -float("inf"), float("nan"), 2, 2**70, 10**400, "a", None]
for prefix in ("", "<", ">"):
    for c in "efd":
        packed = [attempt(struct.pack, prefix + c, x) for x in floats]
        print(prefix + c, packed)
        print([attempt(struct.unpack, prefix + c, eval(p)) for p in packed if p.startswith("b'") or p.startswith('b"')])
try:
    import array
except ImportError:
    array = None
total = 0
for h in range(65536):
    x, = struct.unpack("<e", h.to_bytes(2, "little"))
    if x == x:
        assert struct.pack("<e", x) == h.to_bytes(2, "little"), h
        total = (total * 31 + hash(x)) % (2**61 - 1)
print(total)
for value in (b"", b"a", b"ab", b"abcdef", bytearray(b"xyz"), "a", 5, memoryview(b"ab"), None):
    print([attempt(struct.pack, f, value) for f in ("c", "s", "0s", "3s", "10s", "p", "0p", "1p", "3p", "10p")])
print(struct.pack("300p", b"x" * 400)[:2], len(struct.unpack("300p", struct.pack("300p", b"x" * 400))[0]), struct.unpack("4p", b"\x09abc"))
data = bytes(range(1, 41))
for f in ("b", "B", "h", ">h", "i", ">i", "q", ">q", "Q", ">Q", "bhi", "<bhi", ">bhiq", "3s2xh", "5B", "?", "c", "2c", "f", "d", "e", "P", "n", "xxb", "10s", "4p", "2?", "@bq", "=bq", "!HHL"):
    n = struct.calcsize(f)
    print(f, struct.unpack(f, data[:n]), struct.unpack_from(f, data, 1), struct.unpack_from(f, data), list(struct.iter_unpack(f, data[:n * (40 // n)]))[:2])
print(attempt(struct.pack, "i"), attempt(struct.pack, "i", 1, 2), attempt(struct.pack, "z", 1), attempt(struct.pack, "3"), attempt(struct.pack, "i3", 1), attempt(struct.pack, "<n", 1), attempt(struct.pack, 5), attempt(struct.pack, b"i", 1), attempt(struct.pack, "i\0", 1), attempt(struct.pack, "\xe9"), attempt(struct.pack, "3i", 1, 2), attempt(struct.pack, ">", 1), attempt(struct.pack, "i>", 1), attempt(struct.pack, bytearray(b"i"), 1))
print(attempt(struct.calcsize, "99999999999999999999i"), attempt(struct.calcsize, "9223372036854775807s"), attempt(struct.calcsize, "9223372036854775807sb"), attempt(struct.calcsize, "4611686018427387904h"), attempt(struct.calcsize, "2 h"))
print(attempt(struct.unpack, "i", b"abc"), attempt(struct.unpack, "i", b"abcde"), attempt(struct.unpack, "i", "abcd"), attempt(struct.unpack, "i", 5), attempt(struct.unpack, "i", bytearray(4)), attempt(struct.unpack, "i", memoryview(bytes(4))), attempt(struct.unpack, "2h", array.array("h", [1, 2])) if array else (1, 2))
for args in ((b"abcdefg",), (b"abcdefg", 3), (b"abcdefg", 4), (b"abcdefg", -4), (b"abcdefg", -3), (b"abcdefg", -7), (b"abcdefg", -8), (b"abc",), ("abcd",), (b"abcdefg", "a"), (b"abcdefg", 2**70)):
    print(args, attempt(struct.unpack_from, "i", *args))
print(attempt(struct.unpack_from, "h", buffer=b"abcd", offset=2), attempt(struct.unpack_from, "h"))
for args in ((), (bytearray(8),), (bytearray(8), 0), (bytearray(8), 0, 1), (bytearray(8), 4, 1), (bytearray(8), 5, 1), (bytearray(8), -4, 1), (bytearray(8), -3, 1), (bytearray(8), -8, 1), (bytearray(8), -9, 1), (b"12345678", 0, 1), ("a", 0, 1), (5, 0, 1), (bytearray(8), "a", 1), (bytearray(8), 0, "a"), (memoryview(bytearray(8)), 2, 77), (memoryview(bytes(8)), 2, 77)):
    r = attempt(struct.pack_into, "i", *args)
    print(r, bytes(args[0]) if args and not isinstance(args[0], (str, int)) else "")
print(attempt(struct.iter_unpack, "", b""), attempt(struct.iter_unpack, "i", b"abc"), list(struct.iter_unpack("h", b"abcdef")), list(struct.iter_unpack("i", b"")), struct.iter_unpack("h", b"abcdef").__length_hint__(), attempt(struct.iter_unpack, "i", "abcd"))
it = struct.iter_unpack("h", bytearray(b"abcd"))
print(next(it), it.__length_hint__(), iter(it) is it, list(it), list(it), type(it).__name__, attempt(type(it)))
s = struct.Struct("<ih")
print(s.size, s.format, s.pack(1, 2), s.unpack(b"\1\0\0\0\2\0"), s.unpack_from(b"xx\1\0\0\0\2\0", 2), list(s.iter_unpack(bytes(12))), attempt(s.pack, 1), attempt(s.unpack, b""), attempt(struct.Struct), attempt(struct.Struct, 1), attempt(lambda: struct.Struct(format="i").size), attempt(lambda: s.foo))
b = bytearray(8)
s.pack_into(b, 1, 5, 6)
print(b, attempt(s.pack_into), attempt(s.pack_into, b), attempt(s.pack_into, b, 1), struct.Struct(b">h").format)
s.__init__(">q")
print(s.size, s.format, s.pack(1))
class S(struct.Struct):
    def __init__(self, f, extra=None):
        super().__init__(f)
        self.extra = extra
q = S("h", extra=3)
print(q.pack(5), q.extra, q.size)
class Index:
    def __index__(self): return 3
class Bad:
    def __index__(self): return 1 / 0
class Int:
    def __int__(self): return 3
class Float:
    def __float__(self): return 2.5
print(attempt(struct.pack, "h", Index()), attempt(struct.pack, "h", Bad()), attempt(struct.pack, "h", Int()), attempt(struct.pack, "f", Float()), attempt(struct.pack, "f", Index()), attempt(struct.pack, "?", Bad()), attempt(struct.pack, "P", Index()))
print(struct.error, struct.error.__mro__, issubclass(struct.error, Exception), struct.Struct, sorted(n for n in dir(struct.Struct) if not n.startswith("_")), sorted(n for n in dir(_struct) if not n.startswith("__")))
for i in range(300):
    struct.calcsize("%dh" % i)
struct._clearcache()
print(struct.pack("<%dI" % 50, *range(50)).hex())
