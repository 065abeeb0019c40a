"""Code with async statements at the top, compiled with PyCF_ALLOW_TOP_LEVEL_AWAIT, is a coroutine's."""
import ast
import inspect

for source in ('await x', 'async for i in x: pass', 'async with x: pass', '[i async for i in x]', '(i async for i in x)', 'def f(): pass', 'x = 1',
               'async def f():\n async for i in x: pass', 'for i in x: pass'):
    for mode in ('exec', 'single'):
        try:
            code = compile(source, 'n', mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            print(repr(source), mode, bool(code.co_flags & inspect.CO_COROUTINE))
        except SyntaxError as e:
            print(repr(source), mode, e.msg)
    try:
        compile(source, 'n', 'exec')
    except SyntaxError as e:
        print(repr(source), e.msg)
for doc in ('x', '\xc4', b'x', 42, None, 'x\udcdcy'):
    try:
        print(repr(type('A', (), {'__doc__': doc}).__doc__))
    except UnicodeEncodeError as e:
        print(e)
