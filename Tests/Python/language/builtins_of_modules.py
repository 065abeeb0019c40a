"""__builtins__ is the module in __main__ only; exec hands the caller's on."""
import builtins
import os
import sys
import tempfile

print(__builtins__ is builtins)
with tempfile.TemporaryDirectory() as d:
    sys.path.insert(0, d)
    with open(os.path.join(d, 'm_of_builtins.py'), 'w') as f:
        f.write('def f(): pass\nB = __builtins__\n')
    import m_of_builtins as m
print(type(m.B).__name__, m.B is vars(builtins), m.f.__builtins__ is m.B)
ns = {}
exec('x = 1', ns)
print(ns['__builtins__'] is vars(builtins))
safe = {'None': None}
ns = {'type': type, '__builtins__': safe}
exec('def f(): pass\ng = type(f)(f.__code__, {})', ns)
print(ns['f'].__builtins__ is safe, ns['g'].__builtins__ is safe, '__builtins__' in ns['g'].__globals__)
