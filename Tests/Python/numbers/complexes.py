# complex: arithmetic, text, construction, errors.
import operator

def attempt(f, *args, **kwargs):
    try:
        return repr(f(*args, **kwargs))
    except Exception as e:
        return type(e).__name__ + ": " + str(e)

inf, nan = float("inf"), float("nan")
values = [0j, 1j, -1j, 1+2j, 3-4j, -2.5+0.5j, complex(0.0, -0.0), complex(-0.0, 0.0), complex(-0.0, -0.0), complex(inf, 1), complex(1, -inf), complex(nan, 0), complex(0, nan), complex(inf, nan), 1e200+1e200j, 1e-200+1e-200j, 100+0j]
others = values + [0, 1, -2, 2.5, 0.0, -1.5, inf, True, 10**20]
for f in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow):
    for a in values:
        print(f.__name__, a, [attempt(f, a, b) for b in others])
        print(f.__name__, "r", a, [attempt(f, b, a) for b in others[-9:]])
for a in values:
    print(repr(a), str(a), bool(a), -a, +a, attempt(abs, a), a.conjugate(), a.real, a.imag, hash(a) if a == a else "nan", a.__getnewargs__(), complex(a), a.__complex__())
print([[a == b for b in others] for a in others])
print([[a != b for b in others] for a in values])
print(1+0j == 1, 1+0j == True, complex(2**53, 0) == 2**53 + 1, complex(10**20) == 10**20, 1j == "a", 1j != None, hash(1+0j) == hash(1), hash(2.5+0j) == hash(2.5), {1: "a"}[1+0j])
for f in (operator.lt, operator.le, operator.gt, operator.ge, operator.floordiv, operator.mod, divmod):
    print(attempt(f, 1j, 2), attempt(f, 2, 1j), attempt(f, 1j, "a"))
print(attempt(operator.add, 1j, "a"), attempt(operator.mul, "a", 1j), attempt(operator.truediv, 1j, 0), attempt(pow, 1j, 2, 3), attempt(operator.add, 1j, 10**400), attempt(int, 1j), attempt(float, 1j), attempt(lambda: ~1j), attempt(round, 1j), attempt(abs, complex(1e308, 1e308)))
for n in (-101, -100, -5, -2, -1, 0, 1, 2, 3, 5, 10, 99, 100, 101, 0.5, -0.5, 2.0, 1j, 2+3j):
    print(n, attempt(operator.pow, 1.1+0.3j, n), attempt(operator.pow, 2j, n), attempt(operator.pow, 0j, n), attempt(operator.pow, n, 1+1j))
print(attempt(operator.pow, 1e300+1j, 2), attempt(operator.pow, 1e-200j, -2), attempt(operator.pow, 10j, 400))
for text in ("1", "1.5", "j", "-j", "+j", "1j", "1+j", "1-j", "1+2j", " 1+2j ", "(1+2j)", " ( 1+2j ) ", "( 1 )", "1 + 2j", "1+ 2j", "1+2", "1+2j3", "j1", "1e5j", "1e5+2e-3j", "1e5e5", "1e+5j", "-1e-5-1e-5j", "inf", "infj", "nan+infj", "-inf-nanj", "INFINITY+NANj", "1_0j", "1__0j", "1_0+2_0j", "_1j", "1_j", "",
             " ", "()", "(", ")", "(1", "1)", "((1))", "1+2J", "\u0661+\u0662j", "1\u2003", "\x1c5j", "1j+2", "1+-2j", "--1j", "+-j", "1..5j", ".5j", "5.j", ".j", "1jj", "1e400", "1e400j", "\0", "1\0j", "\ud800", "0x1", "1+1+1j", "j+1", "nanj", "-0j", "-0.0-0.0j", "1.+.5j", "1.e5+.5e1j"):
    print(ascii(text), attempt(complex, text))
class HasComplex:
    def __complex__(self): return 3+4j
class BadComplex:
    def __complex__(self): return 1.0
class HasFloat:
    def __float__(self): return 2.5
class HasIndex:
    def __index__(self): return 7
class C(complex): pass
class SubComplex:
    def __complex__(self): return C(1, 2)
import warnings
warnings.simplefilter("ignore")
things = [HasComplex(), BadComplex(), HasFloat(), HasIndex(), C(1, 2), SubComplex(), 1, 1.5, True, None, "1", b"1", [], 10**400]
for x in things:
    print(attempt(complex, x), attempt(complex, 1, x), attempt(complex, x, 1), attempt(complex, 1+1j, x), attempt(complex, x, 1+1j), attempt(complex, x, x))
print(attempt(complex), attempt(complex, real=1), attempt(complex, imag=1), attempt(complex, 1, imag=2), attempt(complex, 1, real=2), attempt(complex, 1, 2, 3), attempt(complex, foo=1), attempt(complex, 1, 2, imag=3), attempt(complex, real="1+2j"), attempt(complex, "1", 2), attempt(complex, imag="1"))
print(complex(1j, 1j), complex(1+2j, 3+4j), complex(1, -0.0), complex(-0.0, -0.0), complex(0, complex(0, -0.0)), complex(complex(-0.0, 0), 1))
c = C(1, 2)
c.attr = 5
print(c, repr(c), type(c + 1), type(-c), type(+c), type(complex(c)), c == 1+2j, hash(c) == hash(1+2j), c.attr, C("1+2j"), C(imag=3))
z = 1+1j
for name in ("real", "imag"):
    try:
        setattr(z, name, 5)
    except Exception as e:
        print(type(e).__name__)
print((1+2j).__add__(1), (1+2j).__radd__(1), (1+2j).__add__("a"), (1+2j).__eq__(1), (1+2j).__lt__(1), (1+2j).__pow__(2), (1+2j).__rpow__(2), (1+2j).__abs__(), (1+2j).__repr__(), (1+2j).__hash__(), (1+2j).__bool__(), (1+2j).__format__(""), (1+2j).__truediv__(2), (1+2j).__rtruediv__(2))
print(sorted(n for n in dir(complex) if n not in dir(object)))
z = 0j
for i in range(200):
    z = z * (0.9+0.1j) + complex(i % 7, i % 5) / (1 + 1j)
print(z)
