# contextvars: values per context, per thread; tokens; what contexts refuse.
import contextvars
import re
import threading
from contextvars import Context, ContextVar, Token, copy_context


def clean(s):
    return re.sub('0x[0-9a-f]+', '0x', str(s))


def show(f, *args, **kwargs):
    try:
        print(clean(f(*args, **kwargs)))
    except BaseException as e:
        print(type(e).__name__, clean(e))


v = ContextVar('v', default=3)
w = ContextVar('w')
print(clean(repr(v)), clean(repr(w)), v.name)
show(w.get)
show(w.get, 'given')
show(v.get, 'given')
show(ContextVar, 1)
show(ContextVar)
show(ContextVar, 'a', 3)
show(ContextVar, 'a', other=3)
token = v.set(5)
print(clean(repr(token)), token.old_value, token.old_value is Token.MISSING, token.var is v, v.get())
second = v.set(6)
print(second.old_value)
v.reset(second)
print(v.get())
show(v.reset, second)
show(v.reset, 1)
c = copy_context()
print(c[v], v in c, w in c, len(c), list(c) == [v], c.get(w), c.get(w, 1), list(c.values()), [(k.name, x) for k, x in c.items()])
show(c.run)
show(c.run, c.run, print)
show(c.run, v.reset, token)
show(w.reset, token)
v.reset(token)
print(v.get(), c[v])
show(v.reset, token)
print(clean(repr(token)))
show(c.__getitem__, w)
show(c.get, 1)
show(lambda: 1 in c)
show(Token)
show(hash, c)
show(lambda: type('X', (Context,), {}))
show(lambda: Context(1))
print(c == c.copy(), c == Context(), c != Context(), Context() == Context(), c == 1)


def change(x, *, y):
    v.set(x)
    w.set(y)
    return v.get(), w.get()


print(c.run(change, 10, y=20), v.get(), c[v], c[w])
d = c.copy()
c.run(v.set, 11)
print(c[v], d[v])
show(c.run, lambda: 1 / 0)
print(c.run(lambda: copy_context() == c), c.run(v.get))
view = c.items()
c.run(v.set, 12)
print(dict(view)[v])

# Each thread has its own context, an empty one.
seen = []


def body(k):
    seen.append(v.get())
    v.set(k)
    for _ in range(1000):
        assert v.get() == k
        v.set(k)


v.set('main')
threads = [threading.Thread(target=body, args=(k,)) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(seen, v.get())

# One context can't be entered by two threads at once.
entered, go = threading.Event(), threading.Event()
t = threading.Thread(target=c.run, args=(lambda: (entered.set(), go.wait()),))
t.start()
entered.wait()
show(c.run, print)
go.set()
t.join()
print(c.run(v.get))
print(ContextVar[int], Token[str], contextvars.__all__)


# Generators see the context of whoever runs them.
def gen():
    while True:
        yield v.get()


g = gen()
print(next(g), c.run(next, g), next(g))
