# Arguments by keyword, by position and by default, in every mixture, and what goes wrong.
def f(a, b=2, *, c=3, d=4): return a, b, c, d
def g(a, b, /, c, d=4): return a, b, c, d
def h(a, *, key): return a, key
def many(a, b, c, d, e, f, g, h, i, j): return a, b, c, d, e, f, g, h, i, j
print(f(1), f(1, 5), f(1, b=6), f(1, c=7), f(a=1), f(d=1, c=2, b=3, a=4), f(1, 2, d=9))
print(g(1, 2, 3), g(1, 2, c=3), g(1, 2, c=3, d=5), g(1, 2, 3, d=6))
print(h(1, key=2), h(a=3, key=4))
print(many(1, 2, 3, d=4, e=5, f=6, g=7, h=8, i=9, j=10), many(j=1, i=2, h=3, g=4, f=5, e=6, d=7, c=8, b=9, a=10))
class C:
    def m(self, x, y=0, *, z=1): return x, y, z
    def __init__(self, p=1, *, q=2): self.p, self.q = p, q
print(C().m(1), C().m(1, z=3), C().m(x=1, y=2), C.m(C(), y=1, x=2), (C(q=5).q, C(p=3).p))
def wrong(call):
    try: print(call())
    except TypeError as e: print(e)
for call in (lambda: f(), lambda: f(1, a=2), lambda: f(1, 2, 3), lambda: f(1, e=5), lambda: f(b=1), lambda: g(1, b=2, c=3), lambda: g(1, 2),
             lambda: g(a=1, b=2, c=3), lambda: h(1), lambda: h(key=1), lambda: h(1, 2), lambda: h(1, 2, key=3), lambda: many(1, 2, j=3),
             lambda: f(1, 2, b=3), lambda: C(z=1), lambda: C().m(), lambda: C().m(1, self=2), lambda: h(1, kay=2)):
    wrong(call)
f.__kwdefaults__ = {'c': 30}
print(f(1, d=2)); wrong(lambda: f(1))
f.__kwdefaults__ = None; wrong(lambda: f(1, c=1))
f.__defaults__ = None; wrong(lambda: f(1, c=1, d=2)); print(f(1, 2, c=3, d=4))
f.__defaults__ = (7, 8); f.__kwdefaults__ = {'c': 'x', 'd': 'y'}; print(f(), f(b=1), f(d=0))
name = ''.join(['k', 'ey'])
print(h(1, **{name: 2}), f(**{'a': 1, ''.join('b'): 2}))
def rebinding(a, b=0):
    if a: return rebinding(b=a - 1, a=b)
    return b
print(rebinding(5, 3))
