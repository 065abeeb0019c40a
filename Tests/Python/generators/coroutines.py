# Coroutines, awaitables, asynchronous generators, without an event loop.
import sys, types, gc, warnings
warnings.simplefilter("ignore")

def attempt(label, f):
    try:
        print(label, repr(f()))
    except BaseException as e:
        print(label, "->", type(e).__name__, e)

def run(co):
    values = []
    try:
        while True:
            values.append(co.send(None))
    except StopIteration as e:
        return values, e.value

class Yielder:
    def __init__(self, *v): self.v = v
    def __await__(self):
        for x in self.v:
            yield x
        return "result"

async def simple(): return 5
async def awaits(): return await simple() + 1
async def through():
    r = await Yielder(1, 2)
    return r
print(run(simple()), run(awaits()), run(through()))
c = simple()
print(c.__name__, c.__qualname__, c.cr_await, c.cr_running, c.cr_frame is not None, c.cr_code.co_name, c.cr_origin, c.cr_suspended, repr(c)[:28])
run(c)
attempt("reuse", lambda: c.send(None))
attempt("reuse throw", lambda: c.throw(ValueError))
print(c.close())
attempt("send", lambda: through().send(5))
attempt("iterate", lambda: iter(simple()))
attempt("next", lambda: next(simple()))
t = through()
t.send(None)
print(t.cr_await is not None, t.cr_suspended)
attempt("throw", lambda: t.throw(KeyError("k")))
w = simple().__await__()
print(type(w).__name__, iter(w) is w)
attempt("wrapper", lambda: next(w))
w = through().__await__()
print(next(w), w.send(None), w.close())
attempt("wrapper throw", lambda: through().__await__().throw(ValueError("w")))

async def bad_await(x): await x
class NotIter:
    def __await__(self): return 3
class Coro:
    def __await__(self): return simple()
class Raises:
    def __await__(self): raise KeyError("r")
for x in [3, None, NotIter(), Coro(), Raises()]:
    attempt("await", lambda: run(bad_await(x)))
async def twice():
    c = through()
    c.send(None)
    await c
attempt("twice", lambda: run(twice()))

# async with, async for
class Manager:
    def __init__(self, swallow=False): self.swallow = swallow
    async def __aenter__(self): print("enter"); return self
    async def __aexit__(self, *a): print("exit", a[0]); return self.swallow
async def uses():
    async with Manager() as m:
        await Yielder("in")
    async with Manager(True):
        raise ValueError
    try:
        async with Manager():
            raise KeyError
    except KeyError:
        print("out")
print(run(uses()))
class BadManager:
    def __aenter__(self): return 3
    async def __aexit__(self, *a): pass
class BadManager2:
    async def __aenter__(self): pass
    def __aexit__(self, *a): return 3
async def bad1():
    async with BadManager(): pass
async def bad2():
    async with BadManager2(): pass
async def bad3():
    async with 3: pass
async def bad4():
    async for x in 3: pass
class BadIter:
    def __aiter__(self): return 3
class BadNext:
    def __aiter__(self): return self
    def __anext__(self): return 3
async def bad5():
    async for x in BadIter(): pass
async def bad6():
    async for x in BadNext(): pass
for f in bad1, bad2, bad3, bad4, bad5, bad6:
    attempt(f.__name__, lambda: run(f()))

class Counter:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        if self.n <= 0: raise StopAsyncIteration
        self.n -= 1
        await Yielder("tick")
        return self.n
async def loops():
    out = []
    async for x in Counter(3):
        out.append(x)
    else:
        out.append("else")
    out += [x async for x in Counter(2)]
    out += [x for x in [y async for y in agen(2)]]
    return out, {x async for x in agen(2)}, {x: 1 async for x in agen(2)}

async def agen(n):
    try:
        for i in range(n):
            got = yield i
            if got: print("got", got)
            await Yielder("w")
    finally:
        print("agen finally")
print(run(loops()))

# the protocol of async generators
a = agen(2)
print(repr(a)[:30], a.__name__, a.ag_running, a.ag_await, a.ag_frame is not None, a.ag_code.co_name)
s = a.__anext__()
print(type(s).__name__, iter(s) is s, s.__await__() is s)
attempt("first", lambda: s.send(None))
attempt("again", lambda: s.send(None))
s = a.asend("hello")
print(s.send(None))
other = a.__anext__()
attempt("running", lambda: other.send(None))
attempt("aclose running", lambda: a.aclose().send(None))
attempt("athrow running", lambda: a.athrow(ValueError).send(None))
attempt("second", lambda: s.send(None))
x = a.athrow(ValueError("t"))
attempt("athrow", lambda: x.send(None))
attempt("after", lambda: a.__anext__().send(None))
attempt("aclose", lambda: a.aclose().send(None))
attempt("reuse", lambda: x.send(None))
a = agen(2)
run(a.__anext__())
print(run(a.aclose()))
attempt("closed", lambda: a.__anext__().send(None))
async def ignores():
    try:
        yield 1
    except GeneratorExit:
        yield 2
a = ignores()
attempt("first", lambda: a.__anext__().send(None))
attempt("ignored", lambda: a.aclose().send(None))
attempt("unstarted aclose", lambda: agen(1).aclose().send(None))
attempt("asend non-None", lambda: agen(1).asend(3).send(None))
a = agen(1)
s = a.asend(None)
s.close()
attempt("closed asend", lambda: s.send(None))
attempt("closed throw", lambda: s.throw(ValueError))
attempt("aclose non-None", lambda: agen(1).aclose().send(3))
async def awaits_in_close():
    try:
        yield 1
    finally:
        await Yielder("closing")
        print("closed")
a = awaits_in_close()
attempt("first", lambda: a.__anext__().send(None))
print(run(a.aclose()))
async def stops():
    yield 1
    raise StopAsyncIteration
a = stops()
attempt("first", lambda: a.__anext__().send(None))
attempt("PEP 479", lambda: a.__anext__().send(None))
async def stops2(): raise StopIteration(3)
attempt("PEP 479", lambda: run(stops2()))
async def catches():
    while True:
        try:
            yield 1
        except ValueError as e:
            print("caught", e)
            yield "after"
a = catches()
attempt("first", lambda: a.__anext__().send(None))
attempt("thrown", lambda: a.athrow(ValueError("x")).send(None))
attempt("asend throw", lambda: a.asend(None).throw(ValueError("y")))

# hooks
log = []
old = sys.get_asyncgen_hooks()
sys.set_asyncgen_hooks(firstiter=lambda g: log.append(("first", g.__name__)), finalizer=lambda g: log.append(("final", g.__name__)))
a = agen(2)
run(a.__anext__())
run(a.__anext__())
del a
gc.collect()
print(log)
sys.set_asyncgen_hooks(*old)

# anext
async def uses_anext():
    a = agen(1)
    out = [await anext(a), await anext(a, "default"), await anext(a, "default2")]
    try:
        await anext(a)
    except StopAsyncIteration:
        out.append("stop")
    return out
print(run(uses_anext()))
attempt("anext", lambda: anext(3))

# never awaited

with warnings.catch_warnings(record=True) as ws:
    warnings.simplefilter("always")
    simple()
    gc.collect()
    print([str(w.message) for w in ws])
def gen_not_coro():
    yield from simple()
attempt("yield from coroutine", lambda: list(gen_not_coro()))
