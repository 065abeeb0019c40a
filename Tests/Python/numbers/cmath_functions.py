# cmath: every function over a grid that includes infinities, NaNs, signed zeros and extremes.
import cmath, random

def attempt(f, *args, **kwargs):
    try:
        return repr(f(*args, **kwargs))
    except Exception as e:
        return type(e).__name__ + ": " + str(e)

inf, nan = cmath.inf, cmath.nan
print(sorted(n for n in dir(cmath) if not n.startswith("_")), cmath.pi, cmath.e, cmath.tau, cmath.inf, cmath.nan, cmath.infj, cmath.nanj)
parts = [-inf, -1e308, -800.0, -1.0, -0.0, 0.0, 5e-324, 0.5, 1.0, 2.0, 1e170, inf, nan]
names = "acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh phase polar isfinite isinf isnan".split()
for name in names:
    f = getattr(cmath, name)
    for re in parts:
        print(name, re, [attempt(f, complex(re, im)) for im in parts])
    print(name, attempt(f, "a"), attempt(f, 1), attempt(f, 1.5), attempt(f, True), attempt(f), attempt(f, 10**400), attempt(f, None))
for r in parts:
    print("rect", r, [attempt(cmath.rect, r, p) for p in parts])
rnd = random.Random(99)
for name in names:
    f = getattr(cmath, name)
    total = 0
    for _ in range(1000):
        z = complex(rnd.uniform(-3, 3) * 10 ** rnd.randint(-3, 2), rnd.uniform(-3, 3) * 10 ** rnd.randint(-3, 2))
        total = (total * 31 + sum(map(ord, attempt(f, z)))) % (2**61 - 1)
    print(name, total)
print(attempt(cmath.log, 8, 2), attempt(cmath.log, 1j, 1+1j), attempt(cmath.log, 0), attempt(cmath.log, 0, 2), attempt(cmath.log, 2, 1), attempt(cmath.log, 2, 0), attempt(cmath.log, 2, "a"), attempt(cmath.log, 1, 2, 3))
print(cmath.isclose(1j, 1j), cmath.isclose(1j, 1j + 1e-10), cmath.isclose(1j, 1.1j), cmath.isclose(1j, 1.1j, rel_tol=0.2), cmath.isclose(0, 1e-9j, abs_tol=1e-8), cmath.isclose(complex(inf, 1), complex(inf, 1)), cmath.isclose(complex(inf, 1), 1), attempt(cmath.isclose, 1, 1, rel_tol=-1), attempt(cmath.isclose, 1, 1, abs_tol=-1))
class C:
    def __complex__(self): return 1+2j
class F:
    def __float__(self): return 2.0
class I:
    def __index__(self): return 2
class B:
    def __complex__(self): return "x"
print(attempt(cmath.sqrt, C()), attempt(cmath.sqrt, F()), attempt(cmath.sqrt, I()), attempt(cmath.sqrt, B()), attempt(cmath.polar, C()), attempt(cmath.rect, F(), I()), attempt(cmath.polar, complex(1e308, 1e308)), attempt(cmath.polar, complex(1.7e308, 1.7e308)), attempt(cmath.rect, C(), 1))
