# The built-in exception types: bases, constructors, attributes, text, pickling support.
import builtins

def attempt(label, f):
    try:
        print(label, repr(f()))
    except BaseException as e:
        print(label, "->", type(e).__name__, e)

types = sorted((n for n, v in vars(builtins).items() if isinstance(v, type) and issubclass(v, BaseException)))
for n in types:
    t = getattr(builtins, n)
    print(n, t.__name__, [b.__name__ for b in t.__bases__], [c.__name__ for c in t.__mro__])

e = ValueError("a", 1)
print(e, repr(e), e.args, e.__traceback__, e.__context__, e.__cause__, e.__suppress_context__)
print(str(ValueError()), repr(ValueError()), repr(ValueError("x")), repr(KeyError("x")), str(KeyError("x")), str(KeyError(1, 2)))
e.args = [1, 2]
print(e.args)
for name, value in [("args", 3), ("__traceback__", 3), ("__context__", 3), ("__cause__", 3), ("__suppress_context__", 1)]:
    attempt("set " + name, lambda: setattr(e, name, value))
    attempt("del " + name, lambda: delattr(e, name))
e.__cause__ = KeyError()
print(e.__suppress_context__, repr(e.__cause__))
e.x = 5
print(e.__dict__, e.__reduce__())
e.__setstate__({"y": 6})
print(e.y)
e.__setstate__(None)
attempt("setstate", lambda: e.__setstate__(3))
attempt("keywords", lambda: ValueError(x=1))
attempt("with_traceback", lambda: e.with_traceback(3))
print(e.with_traceback(None) is e)
e.add_note("n1")
e.add_note("n2")
print(e.__notes__)
attempt("add_note", lambda: e.add_note(3))
e.__notes__ = 3
attempt("add_note", lambda: e.add_note("x"))

class Plain(Exception):
    def __init__(self, a, b=2):
        self.a = a
print(repr(Plain(1, b=3)), Plain(1).args, Plain(7).a)

# StopIteration, SystemExit
s = StopIteration(1, 2)
print(s.value, s.args, StopIteration().value)
s.value = 5
print(s.value)
print(SystemExit().code, SystemExit(3).code, SystemExit(3, 4).code, SystemExit("x").code)

# ImportError, NameError, AttributeError
i = ImportError("m", name="n", path="p")
print(i, i.msg, i.name, i.path, repr(i), i.__reduce__())
print(ImportError(1, 2).msg, str(ImportError(1, 2)), ModuleNotFoundError("q", name="z").name)
attempt("ImportError", lambda: ImportError("m", foo=1))
attempt("NameError", lambda: NameError("m", foo=1))
n = NameError("m", name="nn")
print(n.name, NameError("m").name, UnboundLocalError("m", name="u").name)
a = AttributeError("m", name="nn", obj=3)
print(a.name, a.obj, AttributeError().name)
try:
    undefined_thing
except NameError as x:
    print(x.name, x)
try:
    (3).foo
except AttributeError as x:
    print(x.name, x.obj, x)

# OSError
for args in [(), (1,), (2, "s"), (2, "s", "f"), (2, "s", "f", None, "g"), (2, "s", None), (13, "p"), (11, "x", 5), (99999, "x"), (1, 2, 3, 4, 5, 6), (True, "x")]:
    o = OSError(*args)
    print(type(o).__name__, o.args, o.errno, o.strerror, o.filename, o.filename2, str(o), repr(o), o.__reduce__()[1])
b = BlockingIOError(11, "x", 5)
print(b.characters_written, b.args)
del b.characters_written
attempt("characters_written", lambda: b.characters_written)
print(FileNotFoundError(3, "x").errno, type(FileNotFoundError(3, "x")).__name__)
class MyOS(OSError):
    def __init__(self, *a, **k):
        super().__init__(*a)
        self.k = k
m = MyOS(2, "s", "f")
print(type(m).__name__, m.errno, m.filename, m.args, m.k, MyOS(2, "s", z=1).k)
class MyOS2(OSError):
    def __new__(cls, *a):
        return super().__new__(cls, *a)
print(type(MyOS2(2, "x")).__name__, MyOS2(2, "x").errno)
attempt("OSError", lambda: OSError(x=1))
print(IOError is OSError, EnvironmentError is OSError)

# SyntaxError
s = SyntaxError("m", ("dir/f.py", 3, 4, "text", 5, 6))
print(s.msg, s.filename, s.lineno, s.offset, s.text, s.end_lineno, s.end_offset, s.print_file_and_line, str(s), s.args)
print(str(SyntaxError("m", ("f", None, 1, "t"))), str(SyntaxError("m", (None, 3, 1, "t"))), str(SyntaxError("m")), str(SyntaxError()))
for d in [(1, 2, 3), (1, 2, 3, 4, 5), tuple(range(7)), 3]:
    attempt("SyntaxError", lambda: SyntaxError("m", d))

# Unicode errors
u = UnicodeEncodeError("ascii", "a\xe9b", 1, 2, "why")
print(u, u.encoding, u.object, u.start, u.end, u.reason, u.args)
print(UnicodeEncodeError("ascii", "a\u1234b", 1, 2, "why"), UnicodeEncodeError("ascii", "a\U00012345b", 1, 2, "why"), UnicodeEncodeError("ascii", "abc", 0, 3, "why"))
print(UnicodeDecodeError("utf-8", b"a\xff", 1, 2, "bad"), UnicodeDecodeError("utf-8", bytearray(b"abc"), 0, 2, "bad"), UnicodeDecodeError("x", bytearray(b"q"), 0, 1, "r").object)
print(UnicodeTranslateError("a\xe9", 1, 2, "no"), UnicodeTranslateError("abc", 0, 2, "no"))
u.start = 0
u.reason = 5
print(u.start, u)
attempt("start", lambda: setattr(u, "start", "x"))
for args in [(), (1, 2, 3, 4, 5), ("a", 2, 3, 4, "e"), ("a", "b", "c", 4, "e"), ("a", "b", 1, 2, 3)]:
    attempt("encode", lambda: UnicodeEncodeError(*args))
attempt("decode", lambda: UnicodeDecodeError("a", "b", 1, 2, "c"))

# raise and chaining
def chain():
    try:
        try:
            1 / 0
        except ZeroDivisionError as e:
            raise KeyError("k") from e
    except KeyError as e:
        return e
c = chain()
print(repr(c.__cause__), repr(c.__context__), c.__suppress_context__)
try:
    try:
        raise ValueError(1)
    except ValueError:
        raise TypeError(2)
except TypeError as e:
    print(repr(e.__context__), e.__cause__, e.__suppress_context__)
try:
    raise ValueError from None
except ValueError as e:
    print(e.__cause__, e.__suppress_context__)
attempt("raise", lambda: (_ for _ in ()).throw(3))
def bad1(): raise 3
def bad2(): raise ValueError from 3
class NotExc:
    pass
class Weird(Exception):
    def __new__(cls): return 5
def bad3(): raise Weird
attempt("bad1", bad1)
attempt("bad2", bad2)
attempt("bad3", bad3)
def bad4():
    try:
        1 / 0
    except 3:
        pass
attempt("bad4", bad4)
def bad5():
    try:
        1 / 0
    except (ValueError, "x"):
        pass
attempt("bad5", bad5)
def bare(): raise
attempt("bare", bare)
# context cycles are cut
a, b = ValueError("a"), ValueError("b")
try:
    try:
        raise a
    except ValueError:
        raise b
except ValueError:
    pass
try:
    try:
        raise b
    except ValueError:
        raise a
except ValueError:
    pass
print(repr(a.__context__), repr(b.__context__))
