// The module `_interpreters_inside`: how objects are packed to cross to another interpreter and unpacked there, and the
// functions that run on the other side. Frozen into the binary.

let interpretersInsideSource: StaticString = #"""
"""What runs on both sides when something crosses from one interpreter to another."""
import sys
import _interpreters
from _interpreters import NotShareableError

# A script that has run again in this interpreter, for what it defines: not as __main__, so that it does not do its work.
_SCRIPT = '<fake __main__>'

# Path and package of the program, as the first interpreter that sent something of it has told.
_program = None

# That script runs now.
_is_loading = False


def program():
    if _program is not None:
        return _program
    main = sys.modules.get('__main__')
    path = getattr(main, '__file__', None)
    if not isinstance(path, str):
        return None
    return (path, getattr(main, '__package__', None) or '')


def _remember(found):
    global _program
    if _program is None and found is not None and _interpreters.get_current()[0] != 0:
        _program = found


def pack(v):
    """The object as a tuple of values that may cross."""
    if _interpreters._is_plain(v):
        return ('same', v)
    kind = type(v)
    if kind is tuple:
        return ('tuple', tuple([pack(x) for x in v]))
    if kind is memoryview:
        return ('memory', v)
    public = sys.modules.get('concurrent.interpreters')
    if public is not None:
        if kind is public.Queue:
            public._queues.bind(v.id)
            return ('queue', v.id)
        if kind is public.Interpreter:
            _interpreters.incref(v.id)
            return ('interpreter', v.id)
    if _is_loading:
        raise NotShareableError("a program that other interpreters run again, for what it defines, must do its work "
                                "under `if __name__ == '__main__':`")
    if kind is _function and _is_stateless(v):
        import marshal
        keywords = v.__kwdefaults__
        return ('code', marshal.dumps(v.__code__), v.__name__, v.__qualname__, pack(v.__defaults__),
                tuple([(name, pack(x)) for name, x in keywords.items()]) if keywords else None)
    import pickle
    try:
        return ('pickle', pickle.dumps(v, 5), program())
    except Exception as e:
        raise NotShareableError(f'{v!r} does not support cross-interpreter data') from e


def unpack(packed):
    kind = packed[0]
    if kind == 'same':
        return packed[1]
    if kind == 'tuple':
        return tuple([unpack(x) for x in packed[1]])
    if kind == 'memory':
        return memoryview(_interpreters._shared_memory(packed[1]))
    if kind == 'code':
        import marshal
        function = _function(marshal.loads(packed[1]), sys.modules['__main__'].__dict__, packed[2])
        function.__qualname__ = packed[3]
        function.__defaults__ = unpack(packed[4])
        if packed[5] is not None:
            function.__kwdefaults__ = {name: unpack(x) for name, x in packed[5]}
        function.__module__ = '__main__'
        return function
    if kind == 'pickle':
        _remember(packed[2])
        import io
        return _unpickler()(io.BytesIO(packed[1])).load()
    from concurrent import interpreters
    if kind == 'queue':
        queue = interpreters.Queue(packed[1])
        interpreters._queues.release(packed[1])
        return queue
    if kind == 'interpreter':
        interpreter = interpreters.Interpreter(packed[1])
        _interpreters._decref(packed[1])
        return interpreter
    raise AssertionError(kind)


_function = type(pack)


def _names(code):
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            found |= _names(constant)
    return found


def _is_stateless(f):
    """Whether its code and defaults make the function: it is of the script or of another function, and uses no globals."""
    if f.__closure__:
        return False
    if f.__module__ not in ('__main__', _SCRIPT) and '<' not in f.__qualname__:
        return False
    return _names(f.__code__).isdisjoint(f.__globals__)


def _unpickler():
    global _unpickler_class
    if _unpickler_class is None:
        import pickle

        class Unpickler(pickle.Unpickler):
            def find_class(self, module, name):
                if module == '__main__' or module == _SCRIPT:
                    try:
                        return _find(sys.modules['__main__'], name)
                    except AttributeError:
                        return _find(_script(), name)
                return super().find_class(module, name)

        _unpickler_class = Unpickler
    return _unpickler_class


_unpickler_class = None


def _find(v, name):
    for part in name.split('.'):
        v = getattr(v, part)
    return v


def _script():
    global _is_loading
    module = sys.modules.get(_SCRIPT)
    if module is None:
        if _program is None:
            raise AttributeError('what the program defines is found only when it is a file')
        path, package = _program
        with open(path, 'rb') as f:
            code = compile(f.read(), path, 'exec', dont_inherit=True)
        module = type(sys)(_SCRIPT)
        module.__file__ = path
        module.__package__ = package or None
        sys.modules[_SCRIPT] = module
        _is_loading = True
        try:
            exec(code, module.__dict__)
        except BaseException:
            del sys.modules[_SCRIPT]
            raise
        finally:
            _is_loading = False
    return module


def snapshot(e):
    """What another interpreter is told of an exception: (type's name, qualified name and module, message, both, traceback)."""
    import traceback
    kind = type(e)
    try:
        message = str(e)
    except Exception:
        message = ''
    name = kind.__qualname__
    if kind.__module__ not in ('builtins', '__main__', _SCRIPT):
        name = f'{kind.__module__}.{name}'
    try:
        # Without the frame of this module.
        first = e.__traceback__ and e.__traceback__.tb_next
        shown = ''.join(traceback.TracebackException(kind, e, first).format()).rstrip('\n')
    except Exception:
        shown = name
    return (str(kind.__name__), str(kind.__qualname__), str(kind.__module__), str(message), f'{name}: {message}' if message else name, shown)


# What other interpreters ask for: these functions are given and give back values that may cross.

def run_exec(source):
    try:
        main = sys.modules['__main__'].__dict__
        if source[0] == 'same':
            text = source[1]
            start = text.lstrip('\n')[:1]
            if start == ' ' or start == '\t':
                import textwrap
                text = textwrap.dedent(text)
            exec(compile(text, '<string>', 'exec', dont_inherit=True), main)
        else:
            exec(unpack(source).__code__, main)
    except BaseException as e:
        return ('raised', snapshot(e), None)
    return ('done', None)


def run_prepare(items):
    main = sys.modules['__main__'].__dict__
    try:
        main.update([(name, unpack(v)) for name, v in items])
    except BaseException as e:
        return ('unshareable', f'{type(e).__name__}: {e}')
    return ('done', None)


def run_call(function, args, keywords, wants_exception):
    try:
        function = unpack(function)
        args = [unpack(v) for v in args]
        keywords = {name: unpack(v) for name, v in keywords}
    except BaseException as e:
        return ('unshareable', f'{type(e).__name__}: {e}')
    try:
        result = function(*args, **keywords)
    except BaseException as e:
        packed = None
        if wants_exception:
            try:
                packed = pack(e)
            except Exception:
                pass
        return ('raised', snapshot(e), packed)
    try:
        return ('done', pack(result))
    except NotShareableError as e:
        return ('unshareable', str(e))
"""#
