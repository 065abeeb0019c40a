"""symtable: blocks, symbols and what they are."""
import symtable
source = '''
import os
x = 1
def f(a, b=x, *c, d, **e):
    global g
    g = a
    y = lambda z: z + a
    def inner():
        nonlocal y
        y = os
        return [i for i in a if i]
    return y
class C(object):
    attr: int = 3
    def __m(self): return __class__
'''


def show(t, indent=0):
    pad = ' ' * indent
    print(pad, t.get_type(), t.get_name(), t.get_lineno(), t.is_nested(), t.has_children(), t.is_optimized(), sorted(t.get_identifiers()))
    if t.get_type() == 'function':
        print(pad, sorted(t.get_parameters()), sorted(t.get_locals()), sorted(t.get_globals()), sorted(t.get_frees()), sorted(t.get_nonlocals()))
    if t.get_type() == 'class':
        print(pad, t.get_methods())
    for s in sorted(t.get_symbols(), key=lambda s: s.get_name()):
        print(pad, '-', s.get_name(), [k for k in ('referenced', 'parameter', 'global', 'nonlocal', 'declared_global', 'local', 'annotated', 'free', 'imported', 'assigned', 'namespace')
                                       if getattr(s, 'is_' + k)()])
    for c in t.get_children():
        show(c, indent + 4)


show(symtable.symtable(source, 'name.py', 'exec'))
show(symtable.symtable('a + b', '?', 'eval'))
for args in (('a', 'b', 'x'), ('def', 'file.py', 'exec'), ('def f(a, a): pass', 'f.py', 'exec'), ('def f():\n  nonlocal x', 'f.py', 'exec')):
    try:
        symtable.symtable(*args)
    except Exception as e:
        print(type(e).__name__, e, getattr(e, 'filename', None), getattr(e, 'lineno', None), getattr(e, 'offset', None))
