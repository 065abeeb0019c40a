# int(...) from everything, and back to text.
import sys

def attempt(f, *args, **kwargs):
    try:
        return repr(f(*args, **kwargs))[:120]
    except Exception as e:
        return type(e).__name__ + ": " + str(e)

for text in ("0", "12", " 12 ", "\t\n12\v\f\r", "+12", "-12", "- 12", "+-1", "1_000", "_1", "1_", "1__0", "", " ", "+", "0x10", "0b1", "0o7", "1.5", "1e5", "١٢٣", "１２", "12\u2003", "\u00a012",
             "x" * 300, "1" * 200 + "x", "\0", "1\0", "a\ud800", "\U0001F600", "00", "007", "0_7", "12L", "½", "²", "\x1c5\x1f"):
    print(ascii(text), attempt(int, text), attempt(int, text, 0), attempt(int, text, 16), attempt(int, text, 2))
for base in (-1, 0, 1, 2, 8, 10, 16, 36, 37, 2**70, "a", 10.0, None, True):
    print(base, attempt(int, "11", base), attempt(int, "0x1f", base), attempt(int, "0b11", base), attempt(int, "0o17", base), attempt(int, "zz", base), attempt(int, "0_1", base))
for text in ("0x_1f", "0x__1f", "0x1f_", "0b_1", "0o_7", "0_0", "01", "0", "00", "0_", "-0x1F", "+0B11", "0XfF", "0b2", "0o8", "0xg", "0x", "0b", "0"):
    print(text, attempt(int, text, 0), attempt(int, text, 16), attempt(int, text, 2), attempt(int, text, 8), attempt(int, text, 36))
for value in (b"12", b" 12 ", b"1_2", b"\xff", b"", bytearray(b"42"), memoryview(b"43"), b"0x1f", b"1\x00", b"\xa012", 1.9, -1.9, 1e30, float("nan"), float("inf"), None, [], object, 1j, True, (), "12"):
    print(attempt(int, value), attempt(int, value, 10), attempt(int, value, 0))
print(attempt(int), attempt(int, base=10), attempt(int, "12", base=3), attempt(int, x="12"), attempt(int, 1, 2, 3), attempt(int, "1", 2, base=3), attempt(int, "1", foo=2), attempt(int, 12, base=10))

class Int:
    def __int__(self): return 42
class Index:
    def __index__(self): return 43
class Both(Int, Index): pass
class Trunc:
    def __trunc__(self): return 44
class BadInt:
    def __int__(self): return "x"
class BadIndex:
    def __index__(self): return "x"
class Raises:
    def __int__(self): raise KeyError("no")
class SubInt(int): pass
class GivesSub:
    def __int__(self): return SubInt(7)
    def __index__(self): return SubInt(8)
import warnings
warnings.simplefilter("ignore")
for c in (Int, Index, Both, Trunc, BadInt, BadIndex, Raises, GivesSub):
    print(c.__name__, attempt(int, c()), attempt(int, "11", c()), attempt(float, c()), attempt(complex, c()), attempt([1].__getitem__, c()), attempt(hex, c()), attempt(range, c()), attempt(chr, c()))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    int(Trunc()); int(GivesSub()); hex(GivesSub())
    print([(w.category.__name__, str(w.message)) for w in caught])

for n in (0, 5, -5, 255, 2**64, -2**100, 10**50):
    print(str(n), repr(n), hex(n), oct(n), bin(n), "%d %x %X %o %i %u" % (n, n, n, n, n, n), f"{n}", f"{n:x}", ascii(n))
big = 3**500
for base in range(2, 37):
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    n, s = big, ""
    while n:
        n, r = divmod(n, base)
        s = digits[r] + s
    assert int(s, base) == big and int("-" + s.upper(), base) == -big and int("0" * 50 + s, base) == big, base
print(str(big), int(str(big)) == big, len(str(10**4000)), str(2**10000)[:50])

print(sys.get_int_max_str_digits(), sys.int_info.default_max_str_digits, sys.int_info.str_digits_check_threshold)
for f in (lambda: str(10**4299)[:3], lambda: str(10**4300), lambda: str(-10**4300), lambda: repr(10**5000), lambda: int("1" * 4300) % 7, lambda: int("1" * 4301), lambda: int("-" + "1" * 5000), lambda: int("1_" * 4300 + "1"),
          lambda: int("0" * 4301), lambda: len(hex(10**5000)), lambda: int("f" * 5000, 16) % 7, lambda: f"{10**5000}", lambda: f"{10**5000:x}"[:5], lambda: "%d" % 10**1, lambda: "%d" % (10**5000), lambda: int("1" * 5000, 32) % 1000,
          lambda: int(b"1" * 4301), lambda: len(str(2**13300)), lambda: eval("1" * 4300) % 7):
    print(attempt(f))
sys.set_int_max_str_digits(0)
print(len(str(10**5000)), int("1" * 6000) % 1000003, len(str(7**20000)), hash(int("123456789" * 2000)))
sys.set_int_max_str_digits(640)
print(attempt(str, 10**640), attempt(str, 10**639)[:10], attempt(sys.set_int_max_str_digits, 5), attempt(sys.set_int_max_str_digits, -1))
sys.set_int_max_str_digits(4300)

for n in (0, 1, -1, 127, 128, 255, 256, -128, -129, 2**63, -2**63, 2**64, -2**64, 2**100, -2**100 - 1):
    for size in (0, 1, 2, 8, 9, 13, 20):
        for signed in (False, True):
            try:
                b = n.to_bytes(size, "big", signed=signed)
                l = n.to_bytes(size, "little", signed=signed)
                assert b == l[::-1]
                print(n, size, signed, b.hex(), int.from_bytes(b, "big", signed=signed), int.from_bytes(l, "little", signed=signed))
            except OverflowError as e:
                print(n, size, signed, e)
print((5).to_bytes(), int.from_bytes(b"\x01\x02"), (5).to_bytes(2), (5).to_bytes(length=3, byteorder="little"), attempt((5).to_bytes, 1, "middle"), attempt((5).to_bytes, -1), attempt((5).to_bytes, "a"), attempt((5).to_bytes, 1, 2))
print(int.from_bytes([1, 2, 3], "big"), int.from_bytes(bytearray(b"\xff\xfe"), "big", signed=True), int.from_bytes(memoryview(b"\x01\x00"), "little"), int.from_bytes((1, 0), "little"), int.from_bytes(b"", "big"),
      attempt(int.from_bytes, 5, "big"), attempt(int.from_bytes, "ab", "big"), attempt(int.from_bytes, [256], "big"), attempt(int.from_bytes, ["a"], "big"), attempt(int.from_bytes, b"a", "x"), attempt(int.from_bytes), attempt(int.from_bytes, b"a", byteorder="little", signed=1))
print(type(SubInt.from_bytes(b"\x05", "big")), SubInt.from_bytes(b"\x05"), type(bool.from_bytes(b"\x05")), bool.from_bytes(b"\x00"))
class HasBytes:
    def __bytes__(self): return b"\x01\x01"
print(int.from_bytes(HasBytes(), "big"))
