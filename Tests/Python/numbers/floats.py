# float: arithmetic, comparison, text, rounding, hexadecimal.
import operator, math

def attempt(f, *args, **kwargs):
    try:
        return repr(f(*args, **kwargs))
    except Exception as e:
        return type(e).__name__ + ": " + str(e)

inf, nan = float("inf"), float("nan")
values = [0.0, -0.0, 1.0, -1.0, 0.1, -0.1, 1.5, 2.5, -2.5, 3.0, -7.25, 1e16, 1e17, 123456789.123, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, inf, -inf, nan]
others = values + [0, 1, -1, 3, 2**53 + 1, 10**20, -10**25, 10**400, True]
for f in (operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, divmod, operator.pow):
    for a in values:
        print(f.__name__, a, [attempt(f, a, b) for b in others])
        print(f.__name__, "r", a, [attempt(f, b, a) for b in others[-9:]])
for f in (operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge):
    print(f.__name__, ["".join(str(int(f(a, b))) for b in others) for a in others])
big = [2**53, 2**53 + 1, 2**54 - 1, 2**62, 2**62 + 1, 2**63, 2**63 + 1, 2**64 + 1, 2**1023, 2**1024, 10**400, -2**53 - 1, -2**63 - 1, -10**400]
print(["".join(str(int(f(n, d))) for d in (2.0**53, 2.0**62, 2.0**63, 2.0**64, -2.0**53, -2.0**63, 2.0**1023, 1e308, inf, -inf, nan, 0.5, 9007199254740993.0) for f in (operator.lt, operator.eq, operator.gt)) for n in big])

for d in values + [0.5, 1/3, 2/3, 100.0, 1e15, 1e-4, 1e-5, 12345678901234567.0, 1e22, 1e23, 9.5e-7, 123e-7, 3.14159]:
    print(repr(d), str(d), hash(d) if d == d else "nan", bool(d), -d, +d, abs(d), d.is_integer(), d.hex(), attempt(int, d), attempt(math.floor, d), attempt(math.ceil, d), attempt(math.trunc, d), attempt(round, d), attempt(d.as_integer_ratio), d.real, d.imag, d.conjugate(), d.__getnewargs__())
for text in ("1.5", " 1.5 ", "1_0.5_0", "1__0", "_1", "1_", "1_.5", "1._5", "1e5", "1E+5", "1e-5", "1e", "e5", "1e5_0", "1e_5", ".5", "5.", ".", "", " ", "+1", "-1", "--1", "inf", "-Infinity", "INF", "nan", "+NaN", "-nan", "infin", "nano", "0x1p3",
             "1.5\n", "\x1c5", "5\x1f", "5\x85", "\u0661.\u0665", "1,5", "1 5", "1e400", "-1e400", "1e-400", "123456789012345678901234567890", "0." + "0" * 50 + "1", "9" * 400, "1.7976931348623158e308", "1.7976931348623159e308", "2.4703282292062328e-324", "2.4703282292062327e-324",
             "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880", "x" * 100, "\ud800", "1\0"):
    print(ascii(text)[:60], attempt(float, text))
for v in (b"1.5", bytearray(b"2.5"), memoryview(b"3.5"), b"\xff", b" 7 ", None, [], 1j, 10**400, True, 2**60 + 1):
    print(attempt(float, v))
print(attempt(float), attempt(float, 1, 2), attempt(float, x=1))

class F(float):
    def __init__(self, *args, **kwargs): pass
class G(float): pass
class HasFloat:
    def __float__(self): return 2.5
class BadFloat:
    def __float__(self): return "x"
class SubFloat:
    def __float__(self): return G(1.5)
class HasIndex:
    def __index__(self): return 7
import warnings
warnings.simplefilter("ignore")
print(F(1.5), type(F(1.5) + 1), F("2.5"), F(1.5, 2) if False else "", attempt(float, HasFloat()), attempt(float, BadFloat()), attempt(float, SubFloat()), type(float(SubFloat())), attempt(float, HasIndex()), G(3).is_integer(), repr(G(3)), hash(G(3)), type(G(3).real), type(+G(3)), type(float(G(3))), attempt(G, x=1), math.sqrt(HasFloat()), attempt(math.sqrt, BadFloat()))
g = G(2.5)
g.attr = 1
print(g.attr, g == 2.5, g.__dict__)

for d in (0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1.005, 0.125, 0.375, 1234.5678, -1234.5678, 1e300, 5e-324, 15.0, 25.0, 1e16, 123456.5, 0.0, -0.0, 8.5, 1e22, 4.35, 10.0**15 + 0.5):
    print(d, [attempt(round, d, n) for n in (0, 1, 2, 3, 5, -1, -2, -3, -5, 10, 15, 17, 20, 22, 300, 400, -20, -300, -400)], attempt(round, d), attempt(round, d, None))
print(attempt(round, inf), attempt(round, nan), attempt(round, inf, 2), attempt(round, 1.5, "a"), attempt(round, 1.7e308, -308), attempt(round, 1.2, 2**70), attempt(round, 1.2, -2**70), attempt(round, 1.6e308, -308))
total = 0
x = 0.0
for i in range(2000):
    x = (x * 1.1 + i * 0.37) % 1000.0
    for k in range(-3, 8):
        total = (total * 31 + hash(round(x, k))) % (2**61 - 1)
print(total)
for text in ("0x1.8p3", "0x.8", "0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x1p1024", "0x1.fffffffffffff8p1023", "0x1.fffffffffffff7p1023", "1.8", "1p5", "-0x1p0", " 0x1p0 ", "inf", "-nan", "infinity", "0x", "x1", "", "0x1p", "0x1.p3", "0x1.23456789abcdefp0", "+0x1", "0x1p+1", "0x1p99999999999999999999", "0x0p99999999999999999999", "0x1p-99999999999999999999", "0x1.00000000000008p0", "0x1.00000000000018p0"):
    print(text, attempt(float.fromhex, text))
print(attempt(float.fromhex, 5), type(G.fromhex("0x1p1")), G.fromhex("0x1p1"), float.__getformat__("double"), float.__getformat__("float"), attempt(float.__getformat__, "x"), attempt(float.__getformat__, 5))
print((1.5).__add__(2), (1.5).__radd__(2), (1.5).__add__("a"), (1.5).__eq__(1), (1.5).__eq__("a"), (1.5).__divmod__(1), (2.0).__pow__(3), (2.0).__rpow__(3), attempt((2.0).__pow__, 3, 5), (1.5).__round__(), (1.5).__round__(None), (1.25).__round__(1), (1.5).__int__(), (1.5).__float__(), (1.5).__bool__(), (1.5).__trunc__(), (-1.5).__floor__(), (-1.5).__ceil__(), (1.5).__hash__(), (1.5).__repr__(), (1.5).__format__(".3f"))
print(attempt(operator.add, 1.5, "a"), attempt(operator.lt, 1.5, "a"), attempt(operator.floordiv, 1.5, None), attempt(pow, 2.0, 3, 5), attempt(operator.and_, 1.5, 1), attempt(operator.lshift, 1.0, 1), attempt(lambda: ~1.5))
print((-8) ** (1/3), (-8.0) ** 0.5, (-1) ** 0.5, attempt(operator.pow, 0.0, -1), attempt(operator.pow, 0, -1), attempt(operator.pow, -0.0, -3), 0.0 ** 0, nan ** 0, 1.0 ** nan, attempt(operator.pow, 1e200, 2), attempt(operator.pow, 10, -400), 2 ** -1074, attempt(operator.pow, 2.5, -800), (-2.0) ** 3, (-2.0) ** -3, inf ** -1, (-inf) ** 3, (-inf) ** 0.5)
print(sorted(n for n in dir(float) if n not in dir(object)))
