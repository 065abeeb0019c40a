# int: arithmetic of every size, exactly.

def attempt(f, *args):
    try:
        r = f(*args)
        if type(r) is int and r.bit_length() > 600:
            return hash(r), r.bit_length()
        return r
    except Exception as e:
        return type(e).__name__ + ": " + str(e)

edges = [0, 1, -1, 2, -2, 7, -7, 10, 255, 256, 2**31 - 1, -2**31, 2**32, 2**53, 2**53 + 1, 2**61 - 1, 2**62 - 1, 2**62, -2**62, -2**62 - 1,
         2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64 - 1, 2**64, -2**64, 2**126, 2**127 - 1, 2**127, -2**127, 2**128 - 1, 2**128, -2**128,
         10**40, -10**40, 3**200, -3**200, 2**300 - 1, 10**100]

import operator
binary = [operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, divmod, operator.truediv,
          operator.and_, operator.or_, operator.xor, operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge]
for f in binary:
    total = 0
    for a in edges:
        for b in edges:
            r = attempt(f, a, b)
            total = (total * 31 + hash(r if not isinstance(r, str) else len(r))) % (2**61 - 1)
    print(f.__name__, total)

for a in edges:
    print(a, -a, +a, abs(a), ~a, hash(a), bool(a), a.bit_length(), a.bit_count(), repr(float(a)) if abs(a) < 10**300 else "big")

for a in edges:
    print([attempt(operator.lshift, a, n) for n in (0, 1, 5, 62, 63, 64, 65, 130)], [a >> n for n in (0, 1, 5, 62, 63, 64, 65, 130, 1000)])

for a in (0, 1, -1, 2, -2, 3, 10, -10, 2**40, -2**70, 10**25):
    print([attempt(pow, a, n) for n in (0, 1, 2, 3, 5, 10, 20, 63, 64)], attempt(pow, a, -1), attempt(pow, a, -3))
for a, b, m in ((2, 10, 1000), (2, -1, 7), (-3, 5, 7), (3, 5, -7), (-3, 5, -7), (2, 100, 1), (2, -1, 4), (0, 0, 5), (0, 0, 1), (10**30, 10**30, 10**20 + 39),
                (7, 10**20, 2**64 + 13), (5, 3, 0), (10, -5, 10**9 + 7), (-1, -1, 2**100 + 1), (3, 0, -5), (2**63, 2**63, 2**63 - 25), (6, -1, 9), (1, -1, -1)):
    print(a, b, m, attempt(pow, a, b, m))

for f, args in ((operator.floordiv, (1, 0)), (operator.mod, (1, 0)), (divmod, (1, 0)), (operator.truediv, (1, 0)), (operator.lshift, (1, -1)), (operator.rshift, (1, -1)),
                (operator.lshift, (1, 2**70)), (operator.lshift, (0, 2**70)), (operator.rshift, (5, 2**70)), (operator.rshift, (-5, 2**70)),
                (operator.truediv, (10**400, 3)), (operator.truediv, (3, 10**400)), (operator.truediv, (-3, 10**400)), (operator.truediv, (10**400, 10**399)),
                (operator.truediv, (2**53 + 1, 1)), (operator.truediv, (2**1024, 2)), (operator.truediv, (2**1025, 2)), (operator.truediv, (1, 2**1074)), (operator.truediv, (1, 2**1075)),
                (operator.truediv, (3, 2**1075)), (float, (2**1024,)), (float, (2**1024 - 2**970,)), (float, (2**1024 - 2**970 - 1,)), (operator.add, (1, "a")), (operator.mul, (2, None)),
                (operator.lt, (1, "a")), (operator.add, (1.5, 10**400))):
    print(f.__name__, attempt(f, *args))

total = 0
for i in range(0, 4000000, 977):
    total += i * i * i * i
print(total)

x = 1
for i in range(1, 60):
    x = x * i + (-1) ** i
    x ^= i << i
print(x)

a, b = 0, 1
for _ in range(500):
    a, b = b, a + b
print(a, b // a, b % a)

print([round(n, k) for n in (15, 25, 35, -15, -25, 149, 150, 250, 10**20 + 5, 10**30 // 2, -10**30 // 2) for k in (0, 1, -1, -2, -20, -30, -31)])
print(round(7), round(True), type(round(True)), attempt(round, 5, "a"), attempt((5).__round__, None))
print((7).as_integer_ratio(), True.as_integer_ratio(), (5).conjugate(), (5).real, (5).imag, (5).numerator, (5).denominator, True.real, type(True.real))
print((5).__trunc__(), (5).__floor__(), (5).__ceil__(), (5).__index__(), (5).__int__(), (5).__float__(), True.__index__(), (5).__getnewargs__(), True.__getnewargs__())
print((5).__add__(2.0), (5).__radd__(2), (5).__sub__("a"), (5).__rsub__(7), (5).__pow__(2), (5).__pow__(2, 7), (5).__rpow__(2), (5).__pow__(2.0), (5).__divmod__(3), (5).__rdivmod__(13))
print((5).__eq__(5.0), (5).__lt__(7), (5).__lt__(7.0), (5).__hash__(), (5).__bool__(), (0).__bool__(), (5).__repr__(), (5).__str__(), (5).__format__("x"))
print([n.__sizeof__() for n in (0, 1, -1, 2**30 - 1, 2**30, 2**60, 2**62, 2**63, 2**100, True)])
print([hash(n) for n in (2**61 - 1, 2**61 - 2, 2**61, -2**61, -1, -2, -(2**61 - 1), 2**122, 10**100, -10**100, 2**63)])

class I(int):
    def __add__(self, other):
        return I(int(self) + int(other))
    x = 5

i = I(10)
print(i, repr(i), i + 5, type(i + 5), type(i - 5), type(-i), type(+i), type(abs(i)), type(abs(I(-10))), i == 10, hash(i), i.x, isinstance(i, int))
i.y = 3
print(i.y, i.__dict__, [1, 2, 3][I(1)], I("ff", 16), I(), type(int(i)), type(i.real), type(i.conjugate()), I(2**100), type(I(2**100) + 0), type(I(2**100) // 1), type(I(2**70) & -1), type(I(2**70) >> 0), type(I(2**100) % 2**200))
print(I(2**100) + 0 == 2**100, int(I(2**100)) == 2**100, type(int(I(2**100))), I(3) * 2.5, I(7) // 2, 2 ** I(5), I(5) & 4, -I(2**63), ~I(2**63), I(2**62) < I(2**63), max(I(3), 2))
print(True + True, True * 5, True & False, True | False, True ^ True, True & 1, type(True & True), type(True & 1), ~True, -True, True << 3, True / 2, True == 1, hash(True), True < 2, bool("a"), bool(), bool([]), str(True), repr(False))
print(attempt(bool, 1, 2), attempt(lambda: bool(x=1)), attempt(lambda: type("B", (bool,), {})), int.__doc__ is not None)
print(sorted(n for n in dir(int) if n not in dir(object)))
print(sorted(n for n in vars(bool)))
