"""The operator module."""
import operator
import _operator
from operator import *
import copy
import pickle


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, e)


for name in ("lt", "le", "eq", "ne", "ge", "gt", "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and_", "or_", "xor", "is_", "is_not",
             "iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "ilshift", "irshift", "iand", "ior", "ixor"):
    print(name, getattr(operator, name)(13, 3))
for name in ("neg", "pos", "inv", "invert", "abs", "not_", "truth", "index"):
    print(name, getattr(operator, name)(-5))
attempt(add, 1, "a")
attempt(matmul, 1, 2)
attempt(neg, "a")
attempt(abs, "a")
attempt(index, 1.5)
attempt(add, 1)
attempt(lt, 1, "a")
print(concat([1], [2]), concat("a", "b"), contains([1, 2], 2), countOf([1, 1.0, 2], 1), indexOf("abc", "c"), getitem({1: 2}, 1))
l = [1, 2]
setitem(l, 0, "x")
delitem(l, 1)
print(l, iconcat(l, [5]), l, iadd(l, (6,)), l)
attempt(concat, 1, 2)
attempt(iconcat, 1, 2)
attempt(concat, [1], (1,))
attempt(contains, 1, 2)
attempt(countOf, 1, 2)
attempt(indexOf, [1], 2)
attempt(indexOf, 1, 2)
print(length_hint([1, 2]), length_hint(5, 3), length_hint(iter([1])))
attempt(length_hint, [1], "a")


class Hint:
    def __init__(self, r):
        self.r = r

    def __length_hint__(self):
        if isinstance(self.r, Exception):
            raise self.r
        return self.r


attempt(length_hint, Hint(5))
attempt(length_hint, Hint(-5))
attempt(length_hint, Hint("a"))
attempt(length_hint, Hint(NotImplemented), 4)
attempt(length_hint, Hint(TypeError()), 4)
attempt(length_hint, Hint(ValueError("v")), 4)
print(operator.call(max, 1, 2), operator.call(dict, a=1))

g = itemgetter(1)
print(g("abc"), itemgetter(0, 2)("abc"), itemgetter("k")({"k": 5}), itemgetter(slice(1, 3))("abcd"), itemgetter(-1)((1, 2)), g, itemgetter("a", 1), g.__reduce__())
attempt(itemgetter)
attempt(g)
attempt(g, 1, 2)
attempt(lambda: g(a=1))
attempt(lambda: itemgetter(a=1))
attempt(g, "a")
attempt(g, 5)


class A:
    pass


a = A()
a.b = A()
a.b.c = "deep"
a.x = 1
print(attrgetter("x")(a), attrgetter("b.c")(a), attrgetter("x", "b.c")(a), attrgetter("x", "b.c"), attrgetter("x").__reduce__())
attempt(attrgetter)
attempt(attrgetter, 1)
attempt(attrgetter("zz"), a)
attempt(attrgetter("x.zz"), a)
attempt(attrgetter("x"))
attempt(lambda: attrgetter(a=1))
m = methodcaller("replace", "a", "b")
print(m("banana"), methodcaller("split", sep=",")("a,b"), m, methodcaller("f", 1, x=2), m.__reduce__(), methodcaller("f", 1, x=2).__reduce__())
attempt(methodcaller)
attempt(methodcaller, 1)
attempt(m)
attempt(m, 5)
for x in (itemgetter(1, 2), attrgetter("x", "b"), m, methodcaller("split", sep=",")):
    print(pickle.loads(pickle.dumps(x)), copy.copy(x))
print(_operator._compare_digest("abc", "abc"), _operator._compare_digest(b"abc", b"abd"), _operator._compare_digest(b"a", bytearray(b"a")), _operator._compare_digest("a", "ab"))
attempt(_operator._compare_digest, "a", b"a")
attempt(_operator._compare_digest, "é", "é")
attempt(_operator._compare_digest, 1, 2)


class N:
    def __ipow__(self, o):
        return "ipow"

    def __iadd__(self, o):
        return "iadd"

    def __matmul__(self, o):
        return "matmul"


print(ipow(N(), 2), iadd(N(), 1), matmul(N(), 1), imatmul(N(), 1), sorted([(2, "b"), (1, "a")], key=itemgetter(1)))
