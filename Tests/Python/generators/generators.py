# Generators: protocol, delegation, throw and close, handled exceptions, attributes.
import sys, types, gc

def attempt(label, f):
    try:
        print(label, repr(f()))
    except BaseException as e:
        print(label, "->", type(e).__name__, e)

def count(n):
    for i in range(n):
        got = yield i
        if got is not None:
            print("got", got)
    return "done"

g = count(3)
print(next(g), g.send("a"), g.send(None))
attempt("end", lambda: next(g))
attempt("after", lambda: next(g))
try:
    h = count(0)
    next(h)
except StopIteration as e:
    print("value", e.value)
print(list(count(4)), [*count(2)], sum(count(5)), dict(zip(count(2), "ab")))
attempt("send first", lambda: count(2).send(5))

def delegating():
    r = yield from count(2)
    print("result", r)
    r = yield from [10, 20]
    print("result", r)
    return 7
print(list(delegating()))
d = delegating()
print(next(d), d.gi_yieldfrom is not None, d.gi_running, d.gi_suspended, d.gi_frame is not None, d.gi_code.co_name)
print(d.send("x"))

# throw
def catcher():
    while True:
        try:
            yield "ready"
        except ValueError as e:
            print("caught", repr(e), repr(e.__context__))
            yield "handled"
c = catcher()
print(next(c), c.throw(ValueError(1)), next(c), c.throw(ValueError), next(c), c.throw(ValueError, "msg"), next(c), c.throw(ValueError, ValueError("v"), None))
attempt("throw other", lambda: c.throw(KeyError("k")))
attempt("dead", lambda: c.throw(KeyError("k2")))
attempt("unstarted", lambda: catcher().throw(ValueError("u")))
attempt("throw bad", lambda: catcher().throw(3))
attempt("throw none", lambda: catcher().throw())
attempt("throw many", lambda: catcher().throw(1, 2, 3, 4))
attempt("throw value", lambda: catcher().throw(ValueError(), 3))
attempt("throw tb", lambda: catcher().throw(ValueError, None, 3))
attempt("throw tuple", lambda: catcher().throw(ValueError, (1, 2)))

# throw and close through delegation
def inner():
    try:
        while True:
            try:
                yield "inner"
            except KeyError as e:
                print("inner caught", e)
                yield "inner again"
    finally:
        print("inner finally")
def outer():
    try:
        r = yield from inner()
    except ValueError as e:
        print("outer caught", e)
        yield "outer"
    finally:
        print("outer finally")
o = outer()
print(next(o), o.throw(KeyError("a")), next(o), o.throw(ValueError("b")))
attempt("end", lambda: next(o))
o = outer()
next(o)
print(o.close(), o.close())

class Iterator:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration("end")
        return self.n
class Full(Iterator):
    def send(self, v): print("send", v); return self.__next__()
    def throw(self, *a): print("throw", a); raise StopIteration("thrown")
    def close(self): print("close")
def over(it):
    r = yield from it
    print("over", r)
    yield "last"
print(list(over(Iterator())))
o = over(Full())
print(next(o), o.send(5), o.throw(ValueError))
o = over(Full())
next(o)
print(o.throw(ValueError, "x", None))
o = over(Full())
next(o)
o.close()
o = over(Iterator())
next(o)
attempt("no send", lambda: o.send(5))
o = over(Iterator())
next(o)
attempt("no throw", lambda: o.throw(ValueError("t")))

# close
def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2
s = stubborn()
next(s)
attempt("stubborn", s.close)
def raising():
    try:
        yield 1
    finally:
        raise KeyError("close")
r = raising()
next(r)
attempt("raising", r.close)
attempt("unstarted", count(2).close)
def returns():
    try:
        yield 1
    except GeneratorExit:
        return 5
r = returns()
next(r)
attempt("returns", r.close)

# PEP 479
def stops(): 
    yield 1
    raise StopIteration(5)
g = stops()
next(g)
try:
    next(g)
except RuntimeError as e:
    print(e, repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
attempt("throw StopIteration", lambda: count(2).throw(StopIteration))

# re-entrance
def recursive():
    yield next(me)
me = recursive()
attempt("recursive", lambda: next(me))
def recursive2():
    try:
        me.send(1)
    except ValueError as e:
        yield str(e)
me = recursive2()
print(next(me))
def recursive3():
    try: me.throw(KeyError)
    except ValueError as e: yield str(e)
me = recursive3()
print(next(me))
def recursive4():
    try: me.close()
    except ValueError as e: yield str(e)
me = recursive4()
print(next(me))

# the exception being handled belongs to the generator or to its caller
def handling():
    print("a", sys.exc_info()[0])
    try:
        raise KeyError("inner")
    except KeyError:
        yield sys.exc_info()[0]
        print("b", sys.exc_info()[0])
        yield sys.exc_info()[0]
    print("c", sys.exc_info()[0])
    yield
    print("d", sys.exc_info()[0])
h = handling()
print(next(h), sys.exc_info()[0])
try:
    raise ValueError
except ValueError:
    print(next(h), sys.exc_info()[0])
    next(h)
    print(sys.exc_info()[0])
next(h, None)
def context():
    try:
        raise KeyError("mine")
    except KeyError:
        try:
            yield
        except ValueError as e:
            yield repr(e.__context__)
k = context()
next(k)
print(k.throw(ValueError("thrown")))
def plain():
    try:
        yield
    except ValueError as e:
        yield repr(e.__context__)
k = plain()
next(k)
try:
    raise IndexError
except IndexError:
    print(k.throw(ValueError("thrown")))
def reraise():
    try:
        yield 1
    except ValueError:
        try:
            yield 2
        finally:
            raise
k = reraise()
next(k)
k.throw(ValueError("again"))
attempt("reraise", lambda: next(k))

# attributes
g = count(1)
g.__name__ = "n"
g.__qualname__ = "q.n"
print(g.__name__, g.__qualname__, repr(g).startswith("<generator object q.n at 0x"))
attempt("name", lambda: setattr(g, "__name__", 3))
attempt("frame", lambda: setattr(g, "gi_frame", 3))
attempt("type", lambda: type(g)())
print(g.gi_frame.f_lineno - g.gi_code.co_firstlineno, next(g), g.gi_frame.f_lineno - g.gi_code.co_firstlineno, g.gi_frame.f_locals)
list(g)
print(g.gi_frame, g.gi_running, g.gi_suspended)
attempt("StopIteration value", lambda: next((lambda: (yield))().__iter__()))
def ret(v):
    return v
    yield
for v in [(1, 2), ValueError("x"), None, StopIteration(3)]:
    try:
        next(ret(v))
    except StopIteration as e:
        print(repr(e), repr(e.value))
# expression, comprehension, lambda
print(list(x * 2 for x in range(3)), (lambda: (yield 5))().__next__())
ge = (i for i in [1, 2])
print(ge.__name__, next(ge), ge.close(), list(ge))
def nested(n):
    if n:
        yield n
        yield from nested(n - 1)
print(list(nested(5)))
print(len(list(nested(200))))

# finalisation
def final():
    try:
        yield 1
    finally:
        print("finalised")
f = final()
next(f)
del f
gc.collect()

# types.coroutine
@types.coroutine
def old():
    x = yield "from old"
    return x
async def new():
    return await old()
n = new()
print(n.send(None))
try:
    n.send("v")
except StopIteration as e:
    print(e.value)
# tracebacks
def thrower():
    yield 1
    yield 2
t = thrower()
next(t)
try:
    t.throw(ValueError("tb"))
except ValueError as e:
    tb = e.__traceback__
    names = []
    while tb:
        names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno if tb.tb_frame.f_code.co_name != "<module>" else None))
        tb = tb.tb_next
    print(names)
