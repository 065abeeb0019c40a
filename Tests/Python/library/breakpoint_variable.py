"""sys.breakpointhook follows $PYTHONBREAKPOINT, read at each call."""
import os
import sys
import warnings

sys.modules['hooks'] = type(sys)('hooks')
sys.modules['hooks'].hook = lambda *a, **k: print('hook', a, k)
for value in ('0', 'hooks.hook', 'int', 'len', '.', 'nosuch', 'nosuch.thing', 'hooks.', '.hooks', 'hooks.nothing', 'os.path.join'):
    os.environ['PYTHONBREAKPOINT'] = value
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try:
            print(value, breakpoint('7'))
        except Exception as e:
            print(value, type(e).__name__, e)
    print([(type(x.message).__name__, str(x.message)) for x in w])
os.environ['PYTHONBREAKPOINT'] = '0'
sys.breakpointhook = lambda *a: 'mine'
print(breakpoint(1, 2))
