"""A context of its own for each thread, and one context that several threads use and change: nothing is lost or torn."""

import contextvars
import threading
from decimal import *

shown = {}
shared = Context(prec=20, traps=[])
PRECISIONS = [10, 20, 28, 50]


def own(n):
    getcontext().prec = 5 + n
    total = Decimal(0)
    for i in range(2000):
        total += Decimal(1) / (i + 1)
        with localcontext(prec=50) as inner:
            assert getcontext() is inner and (Decimal(2) / 3).as_tuple().exponent == -50
    shown[n] = str(total), getcontext().prec, getcontext().flags[Inexact]


def common(n):
    third = {p: '0.' + '3' * p for p in PRECISIONS}
    for i in range(3000):
        shared.prec = PRECISIONS[(i + n) % 4]
        shared.flags[Clamped] = bool(i & 1)
        result = shared.divide(1, 3)
        assert str(result) in third.values(), result
        assert shared.flags[Inexact] and shared.flags[Rounded]


for work in (own, common):
    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
for n in sorted(shown):
    print(n, *shown[n])

variables = contextvars.copy_context()
variables.run(lambda: setattr(getcontext(), 'prec', 7))
print(getcontext().prec)


def change():
    setcontext(Context(prec=3))
    return Decimal(1) / 3


print(variables.run(change), Decimal(1) / 3, variables.run(getcontext).prec, getcontext().prec)
