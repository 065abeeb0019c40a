"""Which operand's __eq__ containers ask: what is stored first, the left container's values first."""
import collections
import operator
import types


class N:
    def __init__(self, n, answer=True):
        self.n, self.answer = n, answer

    def __eq__(self, other):
        print('eq', self.n, getattr(other, 'n', other))
        return self.answer

    def __hash__(self):
        return 1


a, b, c = N('a'), N('b', False), N('c', False)
print({1: a, 2: b} == {1: b, 2: c}, {1: b} == {1: a}, {1: a, 2: b} != {1: a, 3: b})
print(collections.OrderedDict({1: a}) == collections.OrderedDict({1: b}), types.MappingProxyType({1: a}) == {1: b})
print(types.SimpleNamespace(x=a) == types.SimpleNamespace(x=b), {1: a}.items() == {1: b}.items())
print(a in [b, c], a in (b, c), (b, c).count(a), a in {b}, {b: 1}.get(c), (1, a) in {1: b}.items(), a in {1: b}.values())
print([a, b] == [b, c], (b,) == (c,), {b} == {c}, {b} <= {c}, operator.countOf([b, c], a), operator.indexOf([b, a], c) if False else '')
print(range(3).index(a), a in range(2))
