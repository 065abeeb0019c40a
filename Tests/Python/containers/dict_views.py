"""dict views and iterators."""


def attempt(f, *args):
    try:
        print(repr(f(*args)))
    except Exception as e:
        print(type(e).__name__, e)


d = {"a": 1, "b": 2, "c": 3}
k, v, i = d.keys(), d.values(), d.items()
print(k, v, i, len(k), len(v), len(i))
d["d"] = 4
print(k, v, i)
print("a" in k, "z" in k, 1 in v, ("a", 1) in i, ("a", 2) in i, "a" in i, ("z", 1) in i)
print(list(k), list(v), list(i), list(reversed(k)), list(reversed(v)), list(reversed(i)))
print(sorted(k & {"a", "z"}), sorted(k | {"z"}), sorted(k - {"a"}), sorted(k ^ {"a", "z"}))
print(sorted(i & {("a", 1)}), sorted(i - [("a", 1)]), type(k & []), type(k | ()))
print(sorted(["a", "q"] & k), sorted({"a", "q"} - k), sorted({"a"} | k), sorted({"a", "q"} ^ k))
print(sorted(k & {"a": 1}.keys()), sorted(i & {"a": 1}.items()))
print(k == {"a", "b", "c", "d"}, k == d.keys(), k != set(), k < {"a", "b", "c", "d", "e"}, k <= set("abcd"), k > {"a"}, k >= set("abcd"), k == ["a"])
print({1: 2}.items() == {(1, 2)}, {1: 2}.items() == {1: 2}.items(), {1: []}.items() == {1: []}.items())
attempt(lambda: k < 5)
attempt(lambda: k & 5)
attempt(lambda: v & v)
attempt(hash, k)
attempt(lambda: {1: []}.items() | set())
print(k.isdisjoint(["x"]), k.isdisjoint("a"), i.isdisjoint([]), k.isdisjoint(k), {}.keys().isdisjoint({}.keys()))
print(k.mapping, type(k.mapping).__name__, k.mapping["a"])
print(v == v, v == d.values(), type(iter(k)).__name__, type(iter(v)).__name__, type(iter(i)).__name__)
print(type(reversed(k)).__name__, type(reversed(v)).__name__, type(reversed(i)).__name__)

it = iter(d)
print(next(it), it.__length_hint__())
d["e"] = 5
attempt(next, it)
attempt(next, it)
print(it.__length_hint__())
it = iter(d)
for x in it:
    pass
d["f"] = 6
attempt(next, it, "end")


def grow():
    for x in d:
        d[x + x] = 1


def shrink():
    for x in list(d.keys()) and d:
        del d[x]


attempt(grow)
attempt(shrink)


def swap():
    d = {1: 1}
    for k in d:
        d[k + 1] = 1
        del d[k]
        if k > 20:
            return k


attempt(swap)


def reset():
    d = {i: i for i in range(4)}
    for k, v in d.items():
        d[k] = v + 1
    return d


attempt(reset)
import pickle
it = iter({1: 2, 3: 4}.items())
next(it)
print(it.__reduce__())
print(next(it))
print(it.__reduce__())
it = reversed({1: 2, 3: 4})
print(it.__reduce__(), list(it), list(it))
attempt(type(iter({})))
attempt(type({}.keys()))
r = {}
r["v"] = r.values()
print(r)
big = {n: n for n in range(10000)}
print(sum(big), sum(big.values()), sum(a * b for a, b in big.items()))
for n in range(0, 10000, 3):
    del big[n]
print(sum(big), len(list(big.items())), next(iter(big)), next(reversed(big)))
