# ladon: peer=no
# concurrent.interpreters: making, running, isolation, exceptions, ends. CPython 3.11 has no such module.
import gc
import io
import os
import sys
import textwrap
import threading
from concurrent import interpreters
from concurrent.interpreters import ExecutionFailed, InterpreterError, InterpreterNotFoundError, NotShareableError

COUNTER = 5


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return type(other) is Point and (self.x, self.y) == (other.x, other.y)


def uses_globals(n):
    return Point(n + COUNTER, COUNTER)


def kind_of_owner(m):
    return type(m.obj).__name__


def plain(a, b=2, *, c=3):
    return a, b, c


def raises(kind, f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except kind as e:
        assert type(e) is kind, e
        return e
    raise AssertionError(f'{kind} not raised')


def identity():
    main = interpreters.get_main()
    assert interpreters.get_current() is main and main.id == 0 and main.whence == 'runtime init' and main.is_running()
    i = interpreters.create()
    assert repr(i) == f'Interpreter({i.id})' and i.whence == '_interpreters module' and not i.is_running()
    assert interpreters.list_all() == [main, i] and interpreters.Interpreter(i.id) is i
    assert i.call(lambda: __import__('_interpreters').get_current()[0]) == i.id
    i.exec('''
        from concurrent import interpreters
        me = interpreters.get_current()
        assert me is not interpreters.get_main() and me.is_running()
        try:
            me.close()
        except interpreters.InterpreterError as e:
            assert 'current' in str(e), e
        else:
            raise AssertionError
    ''')
    raises(InterpreterError, main.close)
    raises(InterpreterError, main.exec, 'pass')
    raises(TypeError, interpreters.Interpreter, '1')
    raises(InterpreterNotFoundError, interpreters.Interpreter, 1_000_000)
    i.close()
    raises(InterpreterNotFoundError, i.close)
    raises(InterpreterNotFoundError, i.exec, 'pass')
    raises(InterpreterNotFoundError, i.is_running)
    assert interpreters.list_all() == [main]


def isolation():
    i, j = interpreters.create(), interpreters.create()
    i.exec('import sys, builtins; x = 1; sys.spam = 1; builtins.eggs = 2; sys.path.append("/nowhere"); import json; json.spam = 3')
    j.exec('import sys; assert not hasattr(sys, "spam") and "/nowhere" not in sys.path and "json" not in sys.modules')
    j.exec('import json; assert not hasattr(json, "spam")')
    raises(ExecutionFailed, j.exec, 'x')
    raises(ExecutionFailed, j.exec, 'eggs')
    assert not hasattr(sys, 'spam') and '/nowhere' not in sys.path
    i.exec('assert x == 1 and eggs == 2')
    # Registries of native modules, of warnings, of codecs.
    i.exec('import csv, copyreg, codecs, warnings, struct; csv.register_dialect("odd", delimiter=";"); copyreg.pickle(complex, None or (lambda c: (complex, (0,))))\n'
           'codecs.register(lambda n: codecs.lookup("utf-8") if n == "odd" else None); warnings.simplefilter("error"); "".encode("odd")')
    j.exec('''
        import csv, pickle, warnings
        assert 'odd' not in csv.list_dialects() and pickle.loads(pickle.dumps(3j)) == 3j
        try:
            ''.encode('odd')
        except LookupError:
            pass
        else:
            raise AssertionError
        with warnings.catch_warnings(record=True) as w:
            warnings.simplefilter('always')
            warnings.warn('here')
        assert len(w) == 1
    ''')
    import csv
    assert 'odd' not in csv.list_dialects()
    # Classes of other interpreters are not seen; the native types are the same.
    i.exec('class Hidden(Exception): pass\nclass Other: pass')
    assert not [c for c in Exception.__subclasses__() + object.__subclasses__() if c.__name__ in ('Hidden', 'Other')]
    i.exec('assert [c for c in Exception.__subclasses__() if c.__name__ == "Hidden"]')
    for k in (i, j):
        k.exec('''
            import collections, re, struct, decimal, datetime, io, random, hashlib, zlib, array, itertools, functools
            assert type(collections.deque()).__name__ == 'deque' and re.match('a+', 'aab').end() == 2
            assert struct.unpack('<i', struct.pack('<i', 7)) == (7,)
            try:
                struct.pack('<i', 'x')
            except struct.error:
                pass
            try:
                zlib.decompress(b'?')
            except zlib.error:
                pass
            assert hashlib.sha256(b'').hexdigest()[:4] == 'e3b0' and array.array('i', [1])[0] == 1
            import ast
            assert isinstance(ast.parse('x + 1').body[0].value.op, ast.Add)
            assert eval(compile(ast.parse('2 * 3', mode='eval'), '', 'eval')) == 6
        ''')
    try:
        import struct
        struct.pack('<i', 'x')
    except struct.error:
        pass
    import ast
    assert isinstance(ast.parse('x + 1').body[0].value.op, ast.Add)
    i.close()
    j.close()


def running():
    i = interpreters.create()
    i.exec(textwrap.dedent('''
        def f(n):
            return n * 2
        y = f(4)
    '''))
    i.exec('    z = y + 1\n    assert z == 9')
    i.prepare_main({'a': 1}, b='two', c=(3, None, b'x', 1.5), d=[1, {2: 3}])
    i.exec('assert (a, b, c, d) == (1, "two", (3, None, b"x", 1.5), [1, {2: 3}])')
    assert i.call(len, 'abc') == 3 and i.call(plain, 1, c=4) == (1, 2, 4) and i.call(lambda *a, **k: (a, k), 1, n=2) == ((1,), {'n': 2})
    assert i.call(os.path.join, 'a', 'b') == 'a/b'
    # Functions and classes of the program: by running it again there, not as __main__.
    assert i.call(uses_globals, 2) == Point(7, 5)
    assert i.call(Point, 1, 2) == Point(1, 2)
    assert i.call(type, Point(1, 2)) is Point
    big = 10 ** 50
    assert i.call(lambda x: x + 1, big) == big + 1
    data = bytearray(b'abcdef')
    with memoryview(data) as m:
        assert i.call(lambda m: (len(m), bytes(m[1:3]), m.__setitem__(0, 90)), m) == (6, b'bc', None)
        assert i.call(kind_of_owner, m) == 'CrossInterpreterBufferView'
    assert data == b'Zbcdef'
    t = i.call_in_thread(lambda: __import__('builtins').__dict__.update(seen=1))
    t.join()
    i.exec('assert seen == 1')
    assert interpreters.is_shareable((1, 'a', b'b', None, 1.5, True, (2,))) and not interpreters.is_shareable([]) and interpreters.is_shareable(memoryview(b''))
    k = 3
    raises(NotShareableError, i.call, lambda: k)
    raises(NotShareableError, i.prepare_main, x=threading.Lock())
    raises(NotShareableError, i.call, lambda: __import__('threading').Lock())
    raises(TypeError, i.exec, 3)
    # Running in one while it runs.
    started, go_on = interpreters.create_queue(), interpreters.create_queue()
    i.prepare_main(started=started, go_on=go_on)
    t = threading.Thread(target=i.exec, args=('started.put(1); go_on.get()',))
    t.start()
    started.get()
    assert i.is_running()
    raises(InterpreterError, i.exec, 'pass')
    raises(InterpreterError, i.close)
    go_on.put(None)
    t.join()
    assert not i.is_running()
    i.exec('pass')
    # Interpreters in interpreters.
    i.exec('''
        from concurrent import interpreters
        j = interpreters.create()
        assert j.call(lambda: 5) == 5
        j.close()
    ''')
    i.close()


def failures():
    i = interpreters.create()
    e = raises(ExecutionFailed, i.exec, '1/0')
    assert e.excinfo.type.__name__ == 'ZeroDivisionError' and e.excinfo.msg == 'division by zero'
    assert e.excinfo.formatted == 'ZeroDivisionError: division by zero' and 'line 1' in e.excinfo.errdisplay
    assert str(e).startswith('ZeroDivisionError: division by zero\n\nUncaught in the interpreter:\n\nTraceback'), str(e)
    e = raises(ExecutionFailed, i.exec, 'x = (')
    assert e.excinfo.type.__name__ == 'SyntaxError'
    e = raises(ExecutionFailed, i.call, lambda: {}['k'])
    assert e.excinfo.formatted == "KeyError: 'k'", e.excinfo.formatted
    e = raises(ExecutionFailed, i.exec, 'raise SystemExit(3)')
    assert e.excinfo.type.__name__ == 'SystemExit'
    e = raises(ExecutionFailed, i.exec, 'def f(): f()\nf()')
    assert e.excinfo.type.__name__ == 'RecursionError'
    i.exec('assert True')
    # Restrictions of interpreters other than the main one.
    i.exec('''
        import os, signal, sys
        for f in (os.fork, lambda: os.execv('/bin/true', ['true'])):
            try:
                f()
            except RuntimeError as e:
                assert 'not supported for isolated subinterpreters' in str(e), e
            else:
                raise AssertionError
        try:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        except ValueError:
            pass
        else:
            raise AssertionError
        import subprocess
        assert subprocess.run(['echo', 'hi'], capture_output=True).stdout == b'hi\\n'
    ''')
    i.close()


def ends():
    # At its end: threads are waited for, exit functions run, objects are finalised with the interpreter's own modules.
    r, w = os.pipe()
    i = interpreters.create()
    i.prepare_main(w=w)
    i.exec('''
        import atexit, os, sys, threading, time
        def late():
            time.sleep(0.05)
            os.write(w, b'thread ')
        threading.Thread(target=late).start()
        atexit.register(os.write, w, b'atexit ')
        class Last:
            def __del__(self):
                os.write(w, b'del ' if sys.modules is not None else b'?')
        last = Last()
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    ''')
    i.close()
    assert os.read(r, 100) == b'thread atexit del ', 'end'
    # The last object that stands for an interpreter goes.
    i = interpreters.create()
    n = i.id
    i.exec('x = 1')
    del i
    for _ in range(3):
        gc.collect()
    assert n not in [k.id for k in interpreters.list_all()], interpreters.list_all()
    for _ in range(20):
        i = interpreters.create()
        i.exec('import threading; l = [[] for _ in range(100)]')
        i.close()
    assert len(interpreters.list_all()) == 1


def threads():
    i = interpreters.create()
    i.exec('''
        import threading, queue, concurrent.futures, asyncio, sys
        assert threading.current_thread() is threading.main_thread() and threading.active_count() == 1, threading.enumerate()
        q = queue.Queue()
        ts = [threading.Thread(target=q.put, args=(k,)) for k in range(8)]
        for t in ts: t.start()
        for t in ts: t.join()
        assert sorted(q.get() for _ in range(8)) == list(range(8))
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            assert list(pool.map(lambda x: x * x, range(10))) == [x * x for x in range(10)]
            f = pool.submit(int, 'x')
            assert type(f.exception()) is ValueError
            try:
                f.cancel()
                concurrent.futures.Future().result(0)
            except concurrent.futures.TimeoutError:
                pass
        async def main():
            async def one(k):
                await asyncio.sleep(0.001 * (5 - k))
                return k
            done = await asyncio.gather(*map(one, range(5)))
            try:
                await asyncio.wait_for(asyncio.Event().wait(), 0.01)
            except asyncio.TimeoutError:
                done.append('late')
            return done
        assert asyncio.run(main()) == [0, 1, 2, 3, 4, 'late']
        assert len(sys._current_frames()) == 1
        c = threading.Condition()
        with c:
            assert not c.wait(0.01)
        e = threading.Event()
        threading.Timer(0.01, e.set).start()
        assert e.wait(10)
    ''')
    # The same modules here, where other objects stand behind the native methods.
    import asyncio
    import concurrent.futures
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda x: x * x, range(10))) == [x * x for x in range(10)]

    async def main():
        return await asyncio.gather(*(asyncio.sleep(0.001, k) for k in range(3)))
    assert asyncio.run(main()) == [0, 1, 2]
    i.close()
    assert asyncio.run(main()) == [0, 1, 2]


def forking():
    i = interpreters.create()
    i.exec('x = 1')
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            assert [k.id for k in interpreters.list_all()] == [0]
            j = interpreters.create()
            assert j.call(lambda: 6) == 6
            j.close()
            gc.collect()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
    i.exec('assert x == 1')
    i.close()


if __name__ == '__main__':
    for test in (identity, isolation, running, failures, ends, threads, forking):
        test()
        print(test.__name__, 'ok')
    # An interpreter that nobody closes, and one that a daemon thread runs in for ever, do not keep the process.
    left = interpreters.create()
    left.exec('import atexit; atexit.register(print, "left ended", flush=True)')
    busy = interpreters.create()
    threading.Thread(target=busy.exec, args=('while True: pass',), daemon=True).start()
