# More arguments than lie on the native stack: they live while a call lays them out anew, whatever is collected meanwhile.
import functools
import gc


class Item:
    def __init__(self, i):
        self.i = i


def rest(*a):
    gc.collect()
    return [x.i for x in a]


def both(*a, **k):
    return [x.i for x in a] + [k[n].i for n in k]


class Made:
    def __init__(self, *a):
        self.got = [x.i for x in a]

    def __call__(self, *a, **k):
        return both(*a, **k)


n = 300
items = ', '.join(f'Item({i})' for i in range(n))
names = ', '.join(f'k{i}=Item({i})' for i in range(n))
scope = {'Item': Item, 'rest': rest, 'both': both, 'Made': Made, 'partial': functools.partial}
for call in (f'rest({items})', f'both({items}, z=Item({n}))', f'both({names})', f'Made({items}).got', f'Made()({items}, {names})',
             f'partial(rest, {items})(Item({n}))', f'partial(both, {items})({names})', f'max({items}, key=lambda x: x.i).i'):
    result = eval(call, scope)
    print(call[:12], len(result) if isinstance(result, list) else result, hash(str(result)) if isinstance(result, list) else '')
