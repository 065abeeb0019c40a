# Frames, tracebacks and code objects as Python sees them.
import sys, types

def attempt(label, f):
    try:
        print(label, repr(f()))
    except BaseException as e:
        print(label, "->", type(e).__name__, e)

def f(a, b=2, *args, c, d=4, **kw):
    x = 1
    def inner(): return x + a
    return inner
co = f.__code__
print(co.co_argcount, co.co_posonlyargcount, co.co_kwonlyargcount, co.co_nlocals, co.co_flags, co.co_varnames, co.co_cellvars, co.co_freevars, co.co_names)
print(co.co_name, co.co_qualname, co.co_firstlineno, co.co_filename == __file__)
print(co == f.__code__, co != f.__code__, hash(co) == hash(co), co == 3)
def g1(): return 1
def g2(): return 2
print(g1.__code__ == g2.__code__, g1.__code__ == g1.__code__.replace(), g1.__code__.replace(co_name="z") == g1.__code__)
c2 = co.replace(co_name="renamed", co_filename="other.py", co_firstlineno=100)
print(c2.co_name, c2.co_filename, c2.co_firstlineno, co.co_name, repr(c2).endswith('file "other.py", line 100>'))
attempt("replace", lambda: co.replace(a=1))
attempt("replace", lambda: co.replace(1))
attempt("replace", lambda: co.replace(co_name=1))
attempt("replace", lambda: co.replace(co_flags="x"))
attempt("set", lambda: setattr(co, "co_flags", 1))
def named(): raise ValueError
named.__code__ = named.__code__.replace(co_firstlineno=1000)
try: named()
except ValueError as e: print(e.__traceback__.tb_next.tb_lineno)
lines = sorted({l for _, _, l in f.__code__.co_lines() if l is not None})
print([l - co.co_firstlineno for l in lines])
print({p[0] is None or p[0] >= co.co_firstlineno for p in co.co_positions()}, len(list(co.co_positions())) * 2 == len(co.co_code))

def frames():
    fr = sys._getframe()
    y = 3
    print(fr.f_code.co_name, fr.f_lineno - fr.f_code.co_firstlineno, fr.f_back.f_code.co_name, fr.f_globals is globals(), fr.f_builtins["len"] is len)
    print(sorted(fr.f_locals), fr.f_locals is fr.f_locals, fr.f_trace, fr.f_trace_lines, fr.f_trace_opcodes, fr.f_lasti >= 0)
    attempt("clear", fr.clear)
    return fr
fr = frames()
print(fr.f_locals["y"], fr.f_back is not None, fr.f_lineno - fr.f_code.co_firstlineno)
fr.clear()
print(fr.f_locals)
def closure():
    v = 1
    def inner():
        nonlocal v
        v = 2
        return sys._getframe().f_locals
    return inner()
print(closure())
class Body:
    z = 1
    print(sorted(k for k in sys._getframe().f_locals if not k.startswith("__")), sys._getframe().f_code.co_name)
attempt("lineno", lambda: setattr(fr, "f_lineno", 3) or 1)
attempt("trace_lines", lambda: setattr(fr, "f_trace_lines", 3))
print(repr(fr)[:10], f"code frames>" in repr(fr))

def one(): two()
def two(): 1 / 0
try:
    one()
except ZeroDivisionError as e:
    tb = e.__traceback__
    print([tb.tb_frame.f_code.co_name, tb.tb_next.tb_frame.f_code.co_name, tb.tb_next.tb_next.tb_frame.f_code.co_name, tb.tb_next.tb_next.tb_next])
    print(tb.tb_next.tb_lineno - one.__code__.co_firstlineno, tb.tb_lasti >= 0, dir(tb))
    last = tb.tb_next.tb_next
    print(last.tb_frame.f_back.f_code.co_name, last.tb_frame.f_back is tb.tb_next.tb_frame)
    attempt("loop", lambda: setattr(last, "tb_next", tb))
    attempt("type", lambda: setattr(last, "tb_next", 3))
    attempt("del", lambda: delattr(last, "tb_next"))
    made = types.TracebackType(None, tb.tb_frame, tb.tb_lasti, 77)
    print(made.tb_lineno, made.tb_next, made.tb_lasti == tb.tb_lasti)
    last.tb_next = made
    print(last.tb_next is made)
    attempt("new", lambda: types.TracebackType(3, tb.tb_frame, 1, 1))
    attempt("new", lambda: types.TracebackType(None, 3, 1, 1))
    print(list(last.tb_frame.f_code.co_positions())[last.tb_lasti // 2][0] == last.tb_frame.f_code.co_firstlineno)
try:
    raise ValueError("x").with_traceback(tb)
except ValueError as e:
    print(e.__traceback__.tb_next is tb)
def reraise():
    try:
        two()
    except ZeroDivisionError as e:
        raise
try:
    reraise()
except ZeroDivisionError as e:
    tb = e.__traceback__
    out = []
    while tb:
        out.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
        tb = tb.tb_next
    print(out[1:])
