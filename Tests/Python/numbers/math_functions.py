# math: every function at edges and at many ordinary points.
import math, random
from fractions import Fraction

def attempt(f, *args, **kwargs):
    try:
        r = f(*args, **kwargs)
        if type(r) is int and r.bit_length() > 2000:
            return hash(r), r.bit_length()
        return repr(r)
    except Exception as e:
        return type(e).__name__ + ": " + str(e)

inf, nan = math.inf, math.nan
print(sorted(n for n in dir(math) if not n.startswith("_")))
print(math.pi, math.e, math.tau, math.inf, math.nan)
edges = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2, 3, 10, -3, 0.1, 1e-10, 1e-300, 5e-324, 20.5, 171.5, 172, 1e3, -1e3, 1e5, 1e300, -1e300, inf, -inf, nan, 2**53 + 1, 10**400, -10**400, True, Fraction(1, 3), "a", None, 1j]
one = "acos acosh asin asinh atan atanh cbrt ceil cos cosh degrees erf erfc exp exp2 expm1 fabs factorial floor frexp gamma isfinite isinf isnan isqrt lgamma log log10 log1p log2 modf radians sin sinh sqrt tan tanh trunc ulp".split()
for name in one:
    f = getattr(math, name)
    print(name, [attempt(f, x) for x in edges if not (name == "factorial" and isinstance(x, int) and x > 10**5)])
    if name != "log":
        print(name, attempt(f), attempt(f, 1, 2, 3))
two = "atan2 copysign fmod ldexp nextafter pow remainder log comb perm gcd lcm isclose".split()
pairs = [0.0, -0.0, 1.0, -1.5, 3, 5, -7, inf, -inf, nan, 1e308, 5e-324, 10**30, "a"]
for name in two:
    f = getattr(math, name)
    for x in pairs:
        print(name, x, [attempt(f, x, y) for y in pairs])
rnd = random.Random(12345)
for name in one:
    if name in ("factorial", "isqrt"):
        continue
    f = getattr(math, name)
    total = 0
    for _ in range(300):
        for x in (rnd.uniform(-1, 1), rnd.uniform(-30, 30), rnd.uniform(-1, 1) * 10 ** rnd.randint(-30, 30)):
            r = attempt(f, x)
            total = (total * 31 + sum(map(ord, r))) % (2**61 - 1)
    print(name, total)
for name in ("atan2", "fmod", "pow", "remainder", "copysign", "nextafter"):
    f = getattr(math, name)
    total = 0
    for _ in range(1000):
        r = attempt(f, rnd.uniform(-30, 30), rnd.uniform(-30, 30))
        total = (total * 31 + sum(map(ord, r))) % (2**61 - 1)
    print(name, total)
print([math.factorial(n) for n in range(25)], attempt(math.factorial, 1000), attempt(math.factorial, True), attempt(math.factorial, -5), attempt(math.factorial, 10**30), attempt(math.factorial, 5.0))
for n in range(12):
    print([math.comb(n, k) for k in range(14)], [math.perm(n, k) for k in range(14)], math.perm(n))
print(attempt(math.comb, 1000, 500), attempt(math.comb, 10**20, 3), attempt(math.comb, 10**20, 10**20 - 2), attempt(math.comb, 10**30, 10**29), attempt(math.perm, 1000, 100), attempt(math.perm, 10**30, 4), attempt(math.perm, 5, None), attempt(math.comb, 5), attempt(math.comb, 5.0, 2), attempt(math.comb, -1, 2), attempt(math.comb, 3, -2), attempt(math.perm, -1), attempt(math.perm, 3, -1), attempt(math.perm, 3, 1.0))
print(math.gcd(), math.gcd(12), math.gcd(-12), math.gcd(12, 18), math.gcd(0, 0), math.gcd(0, -5), math.gcd(12, 18, 27), math.gcd(2**200 * 3, 2**150 * 9), math.gcd(10**50, 15**40, -5**60), math.gcd(True, 4), attempt(math.gcd, 1.0), attempt(math.gcd, 1, "a"))
print(math.lcm(), math.lcm(12), math.lcm(-12), math.lcm(12, 18), math.lcm(0, 5), math.lcm(5, 0, 7), math.lcm(4, 6, -10), math.lcm(2**100, 3**50), attempt(math.lcm, 1.5), attempt(math.lcm, 0, "a"))
for n in list(range(30)) + [2**62, 2**64 - 1, 2**64, 10**40, 10**40 - 1, (10**30 + 7)**2, (10**30 + 7)**2 - 1, 2**1001]:
    r = math.isqrt(n)
    assert r * r <= n < (r + 1) * (r + 1)
    print(r, end=" ")
print()
print(math.log(10**400), math.log2(2**1500), math.log2(2**1500 + 1), math.log10(10**500), math.log(3**1000, 3), attempt(math.log, 8, 2), attempt(math.log, 2, 1), attempt(math.log, 2, 0), attempt(math.log, 2, -1), attempt(math.log, 0), attempt(math.log, -10**400), attempt(math.log, 10**400, 10**200), attempt(math.log, True), attempt(math.log10, 1000), attempt(math.log2, 8))
sums = [[], [1], [0.1] * 10, [1e100, 1.0, -1e100], [1e308, 1e308, -1e308], [1e308, -1e308, 1e308], [inf, 1], [inf, -inf], [nan, 1], [inf, nan], [1e-16, 1, 1e16], [2.0**53, -0.5, -2.0**-54], [1, 2, Fraction(1, 2)], [10**400], ["a"], [-0.0], [1e16, 1.0, 1e-16, -1e16], [2.0**1023, 2.0**1023], [0.1, 0.2, 0.3, -0.6], range(100)]
for s in sums:
    print(attempt(math.fsum, s), attempt(math.prod, s))
values = [rnd.uniform(-1, 1) * 10 ** rnd.randint(-20, 20) for _ in range(2000)]
print(math.fsum(values), math.fsum(v for v in values), attempt(math.fsum, 5))
print(math.prod([2, 3.5, 4]), math.prod(range(1, 30)), math.prod([], start=5), math.prod([2, 3], start=1.5), attempt(math.prod, ["a", 3]), attempt(math.prod, [1, 2], start="ab"), attempt(math.prod, [1], 2), attempt(math.prod, 5), math.prod([True, 5]), math.prod([1.5, 2**70]), math.prod([Fraction(1, 2), 3]))
print(math.hypot(), math.hypot(3), math.hypot(-3), math.hypot(3, 4), math.hypot(1, 2, 3), math.hypot(1e308, 1e308), math.hypot(5e-324, 5e-324), math.hypot(1e-310, 1e-310, 1e-311), math.hypot(nan, inf), math.hypot(nan, 1), math.hypot(inf, -inf), math.hypot(-0.0), math.hypot(True, Fraction(1, 2)), attempt(math.hypot, "a"), attempt(math.hypot, 1, x=2))
print(math.dist([1, 2], [4, 6]), math.dist((1,), (1,)), math.dist([], []), math.dist([inf], [inf]), math.dist((1, 2, 3), [4.5, 5, 6]), math.dist(iter([1]), [2]), attempt(math.dist, [1], [1, 2]), attempt(math.dist, 1, 2), attempt(math.dist, ["a"], [1]))
total = 0
for _ in range(3000):
    n = rnd.randint(1, 6)
    v = [rnd.uniform(-1, 1) * 10 ** rnd.randint(-5, 5) for _ in range(n)]
    w = [rnd.uniform(-1, 1) for _ in range(n)]
    total = (total * 31 + hash(math.hypot(*v)) + hash(math.dist(v, w))) % (2**61 - 1)
print(total)
print(math.isclose(1, 1 + 1e-10), math.isclose(1, 1.1), math.isclose(1, 1.1, rel_tol=0.2), math.isclose(0, 1e-12), math.isclose(0, 1e-12, abs_tol=1e-10), math.isclose(inf, inf), math.isclose(inf, -inf), math.isclose(nan, nan), attempt(math.isclose, 1, 1, rel_tol=-1), attempt(math.isclose, 1, 2, 3), attempt(math.isclose, 1), attempt(math.isclose, a=1, b=1))
class C:
    def __ceil__(self): return "ceil"
    def __floor__(self): return "floor"
    def __trunc__(self): return "trunc"
    def __float__(self): return 1.7
class D:
    def __float__(self): return 1.7
class E:
    def __index__(self): return 6
print(math.ceil(C()), math.floor(C()), math.trunc(C()), math.ceil(D()), math.floor(D()), attempt(math.trunc, D()), math.sqrt(E()), math.gcd(E(), 4), math.factorial(E()), math.isqrt(E()), math.ldexp(1.0, True), attempt(math.ldexp, 1, E()), math.ceil(Fraction(7, 2)), math.floor(Fraction(-7, 2)), math.trunc(Fraction(-7, 2)), math.floor(2.5), math.ceil(-2.5), math.floor(1e300) == int(1e300))
print(attempt(math.ldexp, 1.5, 3), attempt(math.ldexp, 1, 2000), attempt(math.ldexp, 1, -2000), attempt(math.ldexp, 1, 10**30), attempt(math.ldexp, 1, -10**30), attempt(math.ldexp, inf, 10**30), attempt(math.ldexp, 0, 5), attempt(math.ldexp, 1, 1.0), attempt(math.ldexp, 2**-1074, 2097))
print([math.gamma(n) for n in range(1, 26)], [math.lgamma(x / 4) for x in range(1, 40)], [attempt(math.gamma, x / 8) for x in range(-40, 0, 3)])
