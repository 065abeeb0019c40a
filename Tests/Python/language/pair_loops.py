# Loops over pairs that are unpacked at once, and those that only look like it.
d = {'a': 1, 'b': 2, 'c': 3}
for k, v in d.items(): print(k, v)
for pair in d.items():
    k, v = pair
    print(pair, k, v)
for i, x in enumerate('xyz', 5): print(i, x)
for i, x in enumerate([10, 20], 2**61 - 1): print(i, x)
for i, x in enumerate([1], 2**70): print(i, x)
for i, (a, b) in enumerate(d.items()): print(i, a, b)
for (a, b), c in {(1, 2): 3}.items(): print(a, b, c)
for a, b, in enumerate([]): print('never')
else: print('else', 'a' in dir())

def generator():
    yield 1
    return 'value'
for i, x in enumerate(generator()): print(i, x)

def failing():
    yield 1
    raise KeyError('inside')
try:
    for i, x in enumerate(failing()): print(i, x)
except KeyError as e: print('raised', e)

class Stops:
    def __iter__(self): return self
    def __next__(self): raise StopIteration(3)
for i, x in enumerate(Stops()): print('never')

try:
    for k, v in d.items(): d[k + 'x'] = v
except RuntimeError as e: print(e)
class E(enumerate): pass
for i, x in E('ab'): print(i, x)
e = enumerate('abcd')
for i, x in e:
    print(i, x)
    if i == 1: break
print(list(e), next(e, None))
def names(d):
    return [f'{k}={v}' for k, v in d.items()], {v: k for k, v in d.items()}, sum(i * x for i, x in enumerate(d.values()))
print(names({'p': 1, 'q': 2}))
def local_pair():
    for pair in enumerate('ab'):
        a, b = pair
        yield pair, a, b
print(list(local_pair()))
class Attributes: pass
o = Attributes()
for o.key, o.value in {'m': 1}.items(): print(o.key, o.value)
items = [0, 0]
for items[0], items[1] in enumerate('z'): print(items)
try:
    for a, b, c in d.items(): pass
except ValueError as e: print(e)
for k, *v in {'r': 1}.items(): print(k, v)
