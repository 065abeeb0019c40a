# _warnings: filters, registries, stack levels, what is shown.
# ladon: stderr=yes
import _warnings
import sys
import warnings


def show(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except BaseException as e:
        print(type(e).__name__, e)


print(_warnings.filters, _warnings._defaultaction, _warnings._onceregistry)
show(_warnings.warn, 'a', 3)
show(_warnings.warn, 'a', str)
show(_warnings.warn)
show(_warnings.warn_explicit, 'a', UserWarning, 'f')
show(_warnings.warn_explicit, 'a', UserWarning, 'f', 1, registry=3)
show(_warnings.warn_explicit, 'a', UserWarning, 'f', 1, module_globals=3)


def caught(action, body, times=3):
    with warnings.catch_warnings(record=True) as log:
        warnings.simplefilter(action)
        for _ in range(times):
            try:
                body()
            except Warning as e:
                print('raised', type(e).__name__, e)
    print(action, [(w.category.__name__, str(w.message), w.lineno > 0, w.filename == __file__, w.source) for w in log])


def one():
    warnings.warn('text')


def outer():
    warnings.warn('level 2', DeprecationWarning, stacklevel=2)


for action in ('default', 'always', 'ignore', 'error', 'once', 'module'):
    caught(action, one)
    caught(action, outer, 2)
caught('default', lambda: warnings.warn(UserWarning('instance')))
caught('always', lambda: warnings.warn('far', stacklevel=100), 1)
caught('always', lambda: warnings.warn('near', stacklevel=0), 1)
caught('always', lambda: warnings.warn('with source', ResourceWarning, source=7), 1)
caught('always', lambda: warnings.warn_explicit('explicit', UserWarning, 'x.py', 7), 1)

with warnings.catch_warnings(record=True) as log:
    warnings.resetwarnings()
    warnings.filterwarnings('error', 'bad.*')
    warnings.filterwarnings('ignore', category=FutureWarning)
    warnings.filterwarnings('always', module='__main__')
    warnings.warn('fine')
    show(warnings.warn, 'bad thing')
    warnings.warn('x', FutureWarning)
    registry = {}
    for _ in range(2):
        warnings.warn_explicit('msg', UserWarning, 'file.py', 3, registry=registry)
    print([str(w.message) for w in log], sorted(map(str, registry)))
    warnings.filters.insert(0, 3)
    show(warnings.warn, 'x')
    warnings.filters[0] = ('nonsense', None, UserWarning, None, 0)
    show(warnings.warn, 'x')
    warnings.filters[0] = (1, None, UserWarning, None, 0)
    show(warnings.warn, 'x')
warnings.simplefilter('always')
warnings.warn('shown on stderr')
warnings.warn_explicit('elsewhere', RuntimeWarning, 'nofile.py', 12)
print(warnings.formatwarning('m', UserWarning, 'f.py', 1, 'line'), end='')
saved = warnings._showwarnmsg
del warnings._showwarnmsg
warnings.warn('natively')
warnings._showwarnmsg = 3
show(warnings.warn, 'x')
warnings._showwarnmsg = saved
print('__warningregistry__' in globals())
