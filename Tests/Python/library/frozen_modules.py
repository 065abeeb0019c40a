# Frozen modules: the importer's own, the demonstration modules, what _imp says of them; hashes of sources.
import _imp
import importlib
import importlib.machinery
import importlib.util
import sys

for name in ('_frozen_importlib', '_frozen_importlib_external', 'importlib._bootstrap', 'importlib._bootstrap_external'):
    module = sys.modules[name]
    spec = module.__spec__
    print(name, module.__name__, spec.name, spec.loader, spec.origin, spec.loader_state.origname, module.__loader__, repr(module))
for name in ('__hello__', '__phello__', '__phello__.spam', '__phello_alias__', '__hello_alias__', '__hello_only__'):
    spec = importlib.util.find_spec(name)
    print(name, spec.loader, spec.origin, spec.submodule_search_locations is not None, vars(spec.loader_state).get('origname'), _imp.find_frozen(name))
import __hello__
import __phello__.spam
__hello__.main()
__phello__.spam.main()
print(__hello__.__spec__.loader, __hello__.main.__code__.co_filename, __phello__.__path__ == [__phello__.__file__.rpartition('/')[0]])
for argument in ('nope', '__hello__', '__phello__', 3, None):
    for function in ('is_frozen', 'is_frozen_package', 'find_frozen', 'get_frozen_object', 'init_frozen'):
        try:
            result = getattr(_imp, function)(argument)
            print(argument, function, getattr(result, 'co_filename', result))
        except Exception as e:
            print(argument, function, type(e).__name__, e, getattr(e, 'name', None))
for name in ('__hello__', '__phello__', '__phello__.spam'):
    sys.modules.pop(name, None)
_imp._override_frozen_modules_for_tests(-1)
print(_imp.is_frozen('__hello__'), type(importlib.util.find_spec('__hello__').loader).__name__)
_imp._override_frozen_modules_for_tests(0)
print(_imp.source_hash(42, b'foo'), importlib.util.source_hash(b'x = 1\n') != importlib.util.source_hash(b'x = 2\n'), _imp.source_hash(1, bytes(range(200))))
