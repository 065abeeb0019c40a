"""dict: everything but views and iterators."""


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, e)


print({}, dict(), dict(a=1, b=2), dict([(1, 2), (3, 4)]), dict({1: 2}, x=3), dict([["a", 1], "bc"]), dict(zip("ab", range(2))))
attempt(dict, 1)
attempt(dict, [1])
attempt(dict, [(1, 2, 3)])
attempt(dict, ["abc"])
attempt(dict, 1, 2)
d = {}
for i in range(1000):
    d[i] = i * i
    d[str(i)] = i
print(len(d), d[999], d["500"], d.get(5000), d.get(5000, 1), 77 in d, "77" in d, -1 in d)
for i in range(0, 1000, 2):
    del d[i]
print(len(d), list(d)[:6], sum(k for k in d if isinstance(k, int)))
for i in range(0, 1000, 2):
    d[i] = 1
print(len(d), list(d)[-3:])
attempt(d.__getitem__, "nope")
attempt(d.__delitem__, "nope")
attempt(d.__getitem__, [])
attempt(d.__setitem__, {}, 1)
attempt(d.get, [])
attempt(lambda: [] in d)
attempt(d.pop, "nope")
attempt(d.pop, "nope", 3)
attempt(d.pop, 1)
attempt(d.setdefault, "new", [])
attempt(d.setdefault, "new", 5)
attempt(d.setdefault, "none")
attempt({}.popitem)
e = {1: "a", 2: "b", 3: "c"}
print(e.popitem(), e.popitem(), e)
e[9] = 1
print(e.popitem(), e.popitem(), e, len(e))
for i in range(100):
    e[i] = i
while e:
    k, v = e.popitem()
print(k, e)
e.update({1: 2})
e.update([(3, 4)], x=5)
e.update(x=6)
e.update()
print(e)
attempt(e.update, 1, 2)
attempt(e.update, 1)
attempt(e.update, [(1,)])


class M:
    def keys(self):
        return ["k1", "k2"]

    def __getitem__(self, k):
        return k * 2


print(dict(M()), {**M(), "z": 1})
e.clear()
print(e, len(e))
print(dict.fromkeys("abc"), dict.fromkeys([1, 2], 0), dict.fromkeys({3, 4}, 1), dict.fromkeys({"x": 1}))
a = {"a": 1, "b": 2}
b = {"b": 3, "c": 4}
print(a | b, b | a, a)
a |= b
print(a)
a |= [("q", 1)]
print(a)
attempt(lambda: a | [("q", 1)])
attempt(lambda: a | 1)
print({1: 2} == {1.0: 2}, {1: 2} != {1: 3}, {1: 2, 3: 4} == {3: 4, 1: 2}, {} == [], {1: 1} == {2: 1})
attempt(lambda: {} < {})
attempt(hash, {})
c = a.copy()
c["z"] = 1
print(c is a, "z" in a, c)
d = {}
d["self"] = d
print(d)
print({1: {2: {3: [4]}}}, bool({}), bool({1: 1}))

# keys that compare equal keep the first key
d = {1: "int"}
d[1.0] = "float"
d[True] = "bool"
print(d)
d = {}
d[0.0] = 1
print(d[-0.0], d[0], d[False])
big = 2 ** 100
d = {big: 1, 2 ** 61 - 1: 2, 0: 3, -1: 4, -2: 5}
print(d[2 ** 100], d[2 ** 61 - 1], d[0], d[-1], d[-2])


class K:
    def __init__(self, v, h):
        self.v = v
        self.h = h

    def __hash__(self):
        return self.h

    def __eq__(self, o):
        return isinstance(o, K) and self.v == o.v

    def __repr__(self):
        return "K(%r)" % self.v


d = {K(i, 7): i for i in range(50)}
print(len(d), d[K(33, 7)], K(99, 7) in d, d.pop(K(10, 7)), len(d))
for i in range(25):
    del d[K(i + 25, 7)]
print(sorted(d.values()))


class Bad:
    def __hash__(self):
        return 1

    def __eq__(self, o):
        raise ValueError("no eq")


d = {1: 1}
attempt(lambda: d[Bad()])
attempt(lambda: Bad() in d)
attempt(d.setdefault, Bad(), 1)


class BadHash:
    def __hash__(self):
        raise TypeError("no hash")


attempt(lambda: d[BadHash()])
attempt(d.pop, BadHash(), 1)


class D(dict):
    def __missing__(self, k):
        return "missing %r" % (k,)


x = D(a=1)
x.attr = 5
print(x["a"], x["b"], x.get("b"), x, x.attr, type(x.copy()), type(x | {}), D.fromkeys("ab"))


class E(dict):
    def __setitem__(self, k, v):
        super().__setitem__(k, v * 2)


x = E(a=1)
x["b"] = 1
x.update(c=1)
print(x, E.fromkeys("ab", 2))
print(dict[str, int])


# mutation during comparison
class Evil:
    def __init__(self, d):
        self.d = d
        self.n = 0

    def __hash__(self):
        return 5

    def __eq__(self, o):
        self.n += 1
        if self.n < 3:
            self.d.clear()
        return False


d = {}
d[5] = "five"
ev = Evil(d)
attempt(lambda: d[ev])
print(d)
d.clear()
for i in range(20):
    d[K(i, 5)] = i
attempt(lambda: d.get(Evil(d), "none"))
print(d)
s = "x" * 3
d = {"xxx": 1}
print(d["".join(["x", "x", "x"])], d[s])


class S(str):
    pass


d = {S("q"): 1}
print(d["q"], {"q": 2}[S("q")], "q" in d)
print(reversed({1: 2}).__length_hint__(), list(reversed({1: 2, 3: 4})))
