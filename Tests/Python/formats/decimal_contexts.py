"""The current context follows context variables: copies, runs, generators, tasks."""

import asyncio
import contextvars
from decimal import *

own = contextvars.ContextVar('own', default=0)
print(getcontext() is getcontext(), getcontext().prec)
outer = contextvars.copy_context()
with localcontext() as inner:
    inner.prec = 4
    print(Decimal(1) / 3, outer.run(lambda: Decimal(1) / 3), contextvars.copy_context().run(lambda: Decimal(1) / 3))
    token = own.set(5)
    print(Decimal(1) / 7, own.get())
    own.reset(token)
    print(Decimal(1) / 7, own.get())
print(Decimal(1) / 3)


def inside(precision):
    setcontext(Context(prec=precision))
    before = Decimal(2) / 3
    contextvars.copy_context().run(setcontext, Context(prec=2))
    return before, Decimal(2) / 3


print(outer.run(inside, 6), outer.run(lambda: Decimal(2) / 3), Decimal(2) / 3)


def thirds():
    with localcontext(prec=3):
        yield Decimal(1) / 3
        yield Decimal(2) / 3


steps = thirds()
print(next(steps), Decimal(1) / 3, next(steps), list(steps), Decimal(1) / 3)


async def task(precision):
    getcontext().prec  # the context that was copied is the parent's
    setcontext(Context(prec=precision))
    found = []
    for _ in range(3):
        found.append(str(Decimal(1) / 7))
        await asyncio.sleep(0)
    return found


async def main():
    print(await asyncio.gather(*(task(p) for p in (2, 5, 9))), Decimal(1) / 7)


asyncio.run(main())
setcontext(ExtendedContext)
print(getcontext() is ExtendedContext, getcontext(), Decimal(1) / 0)
print(ExtendedContext.flags[DivisionByZero], getcontext().flags[DivisionByZero])
