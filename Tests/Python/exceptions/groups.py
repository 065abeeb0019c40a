# ExceptionGroup and except*.
def attempt(label, f):
    try:
        print(label, repr(f()))
    except BaseException as e:
        print(label, "->", type(e).__name__, e)

def show(e, depth=0):
    if e is None:
        print("  " * depth + "None")
        return
    print("  " * depth + type(e).__name__, str(e))
    if isinstance(e, BaseExceptionGroup):
        for x in e.exceptions:
            show(x, depth + 1)

attempt("none", lambda: ExceptionGroup("a"))
attempt("empty", lambda: ExceptionGroup("a", []))
attempt("int", lambda: ExceptionGroup("a", 3))
attempt("item", lambda: ExceptionGroup("a", [3]))
attempt("message", lambda: ExceptionGroup(1, [ValueError()]))
attempt("base", lambda: ExceptionGroup("a", [KeyboardInterrupt()]))
g = ExceptionGroup("m", [ValueError(1), TypeError(2), ExceptionGroup("n", [ValueError(3), KeyError(4)])])
print(g, repr(g), g.message, g.exceptions, g.args)
print(type(BaseExceptionGroup("a", [ValueError()])).__name__, type(BaseExceptionGroup("a", [KeyboardInterrupt()])).__name__)
print(isinstance(g, Exception), issubclass(ExceptionGroup, Exception), issubclass(BaseExceptionGroup, Exception))
attempt("set", lambda: setattr(g, "message", 1))
attempt("set", lambda: setattr(g, "exceptions", 1))
print(ExceptionGroup[int])
g.add_note("note")
g.__cause__ = IndexError("c")
show(g.subgroup(ValueError))
show(g.subgroup((TypeError, KeyError)))
show(g.subgroup(OSError))
show(g.subgroup(lambda e: isinstance(e, ValueError) and e.args == (3,)))
m, r = g.split(ValueError)
show(m)
show(r)
print(m.__notes__, r.__notes__, m.__notes__ is g.__notes__, repr(m.__cause__), m.__suppress_context__)
m, r = g.split(Exception)
print(m is g, r)
attempt("split", lambda: g.split(3))
attempt("split", lambda: g.split((ValueError, 3)))

class Mine(ExceptionGroup):
    def derive(self, excs):
        return Mine(self.message + "!", excs)
mine = Mine("mine", [ValueError(1), TypeError(2)])
show(mine.subgroup(ValueError))
class Bad(ExceptionGroup):
    def derive(self, excs):
        return 3
attempt("derive", lambda: Bad("b", [ValueError(1), TypeError(2)]).subgroup(ValueError))
class Mixed(ExceptionGroup): pass
attempt("mixed", lambda: Mixed("x", [KeyboardInterrupt()]))

# except*
def star(exc):
    out = []
    try:
        try:
            raise exc
        except* ValueError as e:
            out.append(("V", type(e).__name__, [repr(x) for x in e.exceptions]))
        except* TypeError as e:
            out.append(("T", type(e).__name__, [repr(x) for x in e.exceptions]))
        else:
            out.append("else")
        finally:
            out.append("finally")
    except BaseException as e:
        print(out, "raised", repr(e), repr(e.__context__))
    else:
        print(out)
star(ValueError(1))
star(KeyError(1))
star(ExceptionGroup("a", [ValueError(1), TypeError(2)]))
star(ExceptionGroup("a", [ValueError(1), KeyError(2)]))
star(g)

def reraise():
    try:
        raise ExceptionGroup("a", [ValueError(1), TypeError(2), KeyError(3)])
    except* ValueError:
        raise
    except* TypeError as e:
        raise IndexError("new")
try:
    reraise()
except BaseException as e:
    show(e)
    print(repr(e.__context__))

def bad():
    try:
        raise ExceptionGroup("a", [ValueError(1)])
    except* ExceptionGroup:
        pass
attempt("group in except*", bad)
def bad2():
    try:
        raise ValueError
    except* 3:
        pass
attempt("bad2", bad2)
eg = ExceptionGroup("a", [ValueError(1)])
try:
    try:
        raise eg
    except* KeyError:
        pass
except ExceptionGroup as e:
    print(e is eg, e.exceptions[0] is eg.exceptions[0])
def naked():
    try:
        raise ValueError(5)
    except* ValueError as e:
        raise KeyError(6) from e
try:
    naked()
except Exception as e:
    print(repr(e), repr(e.__cause__))
