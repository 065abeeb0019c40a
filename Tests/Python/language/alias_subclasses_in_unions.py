"""Subclasses of GenericAlias take part in unions; unions know their module; mapping displays take mappings only."""
import collections.abc
import types


class Alias(types.GenericAlias):
    pass


u = int | Alias(list, int)
print(u == (Alias(list, int) | int), len(u.__args__), (u | Alias(list, int)) == u, (int | str).__module__)
print(hash(int | str) == hash(str | int), collections.abc.Callable[[int], str] | None)
for f in (lambda: {**[]}, lambda: {**1}, lambda: dict(**1), lambda: (lambda **k: k)(**{1: 2}, **{1: 3}), lambda: (lambda **k: k)(**{1: 2})):
    try:
        print(f())
    except TypeError as e:
        print(e)


class P:
    x = property()


try:
    P.__dict__['x'].__set_name__(1)
except TypeError as e:
    print(e)
