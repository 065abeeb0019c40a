"""defaultdict, OrderedDict, Counter, namedtuple's getters."""
from collections import defaultdict, OrderedDict, Counter, namedtuple, ChainMap, UserDict
import collections
import copy
import pickle


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, e)


d = defaultdict(list)
d["a"].append(1)
d["b"]
print(d, d.default_factory, d.get("zz"), "zz" in d, dict(d))
attempt(defaultdict, 1)
attempt(lambda: defaultdict()["k"])
attempt(lambda: defaultdict(list, 1, 2))
print(defaultdict(int, {1: 2}, x=3), defaultdict(None), defaultdict(list, [(1, 2)]))
c = d.copy()
c["a"].append(2)
print(d["a"], type(c).__name__, copy.copy(d), copy.deepcopy(d))
d.default_factory = None
attempt(lambda: d["q"])
d.default_factory = int
d["n"] += 1
print(d["n"], d.__missing__("new"), d)
print(d | {"z": 1}, {"z": 1} | d, type({} | d).__name__, d.__reduce__()[:2])
d |= {"y": 2}
print(d == dict(d), pickle.loads(pickle.dumps(defaultdict(int, {1: 2}))))


class DD(defaultdict):
    def __missing__(self, k):
        return k * 2


print(DD()["ab"], DD(), DD(int, {1: 1}).copy())
r = defaultdict(list)
r["me"] = r
print(r)
q = defaultdict()
q.default_factory = q.copy
attempt(lambda: q[1] == {})
print(defaultdict[int, str])

o = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
print(o, OrderedDict(), OrderedDict(a=1), OrderedDict({"x": 1}, y=2))
for args in ((1,), (1, 2), ([1],), ([(1,)],), ([(1, 2, 3)],)):
    attempt(OrderedDict, *args)
o.move_to_end("a")
print(o)
o.move_to_end("c", last=False)
print(o)
attempt(o.move_to_end, "zz")
print(o.popitem(), o.popitem(last=False), o)
attempt(OrderedDict().popitem)
attempt(o.pop, "zz")
print(o.pop("zz", 5), o.pop(key="zz", default=6), o.pop("b"))
o.update(x=1, y=2)
o.update([("z", 3)])
o.update({"w": 4})
attempt(o.update, 1, 2)
print(o, list(reversed(o)), o.keys(), o.values(), o.items(), list(reversed(o.items())), list(reversed(o.values())))
print(OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == {"b": 2, "a": 1}, {"b": 2, "a": 1} == OrderedDict(a=1, b=2), OrderedDict() != OrderedDict(a=1))
print(o.setdefault("new", 9), o.setdefault("new", 10), o.setdefault("none"), o.copy() == o, type(o.copy()).__name__)
print(OrderedDict.fromkeys("ab"), OrderedDict.fromkeys("ab", 3), o | {"q": 1}, {"q": 1} | OrderedDict(a=1))
o |= {"r": 1}
o |= [("s", 2)]
print(o)
attempt(lambda: o | 5)
o.clear()
print(o, len(o), bool(o))
o = OrderedDict.fromkeys(range(5))


def mutate():
    for k in o:
        o[k + 100] = 1


attempt(mutate)


def move():
    for k in o:
        o.move_to_end(k)


attempt(move)
o.attr = 5
print(o.__dict__, o.copy().__dict__, pickle.loads(pickle.dumps(OrderedDict(a=1))), o.__reduce__()[1:4])
print(type(o.keys()).__name__, type(iter(o)).__name__, type(iter(o.items())).__name__, sorted(o.keys() & {1, 2}), 1 in o.keys(), (1, None) in o.items())
it = iter(OrderedDict(a=1, b=2))
next(it)
print(it.__reduce__()[1])
r = OrderedDict()
r["r"] = r
print(r)


class O(OrderedDict):
    def __setitem__(self, k, v):
        super().__setitem__(k, v * 10)


x = O(a=1)
x.update(b=2)
x.setdefault("c", 3)
print(x, x.copy(), O.fromkeys("a", 1), x == {"a": 10, "b": 20, "c": 30})
lru = OrderedDict()
for i in range(1000):
    k = i * 7 % 64
    if k in lru:
        lru.move_to_end(k)
    lru[k] = i
    if len(lru) > 20:
        lru.popitem(last=False)
print(lru)
for i in range(30):
    lru[i] = i
    lru.move_to_end(i, last=i % 2)
print(list(lru))

c = Counter("abracadabra")
print(c, c.most_common(2), c["zz"], sorted(c.elements()))
c.update("aab")
c.subtract("ab")
print(c, +c, -c, c + Counter(a=1), c - Counter(a=5), c & Counter(a=2, z=1), c | Counter(z=1), c.total())
print(Counter([1, 1.0, True]), Counter(a=3) == Counter(a=3, b=0), Counter(a=1) < Counter(a=2))
m = {}
collections._count_elements(m, "hello")
print(m)


class Map(UserDict):
    pass


m = Map()
collections._count_elements(m, "hello")
print(m)
attempt(collections._count_elements, {}, 5)
attempt(collections._count_elements, {}, [[]])

P = namedtuple("P", "x y", defaults=[5])
p = P(1)
print(p, p.x, p.y, p._replace(x=9), p._asdict(), P._fields, P.x, P.x.__doc__, p == (1, 5), P._make([3, 4]), P.__match_args__)
attempt(setattr, p, "x", 1)
attempt(delattr, p, "x")
attempt(P)
attempt(P.x.__get__, 5)
attempt(P.x.__get__, ())
P.x.__doc__ = "the x"
print(P.x.__doc__, P.x.__reduce__(), P.x.__get__(None, P) is P.x)
print(ChainMap({1: 2}, {3: 4}), dict(ChainMap({1: 2}, {1: 3, 3: 4})))
