# types.CodeType(...) from the attributes of another code object, here and in another process: what cloudpickle and dill do.
import asyncio
import pickle
import subprocess
import sys
import types

NAMES = ('co_argcount co_posonlyargcount co_kwonlyargcount co_nlocals co_stacksize co_flags co_code co_consts co_names co_varnames co_filename co_name '
         'co_qualname co_firstlineno co_linetable co_exceptiontable co_freevars co_cellvars').split()


def parts(code):
    return tuple(('code', parts(v)) if isinstance(v, types.CodeType) else v
                 for v in (getattr(code, n) if n != 'co_consts' else tuple(('code', parts(c)) if isinstance(c, types.CodeType) else c for c in code.co_consts)
                           for n in NAMES))


def build(p):
    p = list(p)
    p[7] = tuple(build(c[1]) if isinstance(c, tuple) and c and c[0] == 'code' else c for c in p[7])
    return types.CodeType(*p)


def plain(a, b=2, /, c=3, *rest, d=4, **more):
    try:
        return [a + b + c + d, rest, sorted(more.items()), [x * a for x in rest if x], f'{a!r:>4}']
    finally:
        a = None


def counter(start):
    total = start

    def add(n):
        nonlocal total
        total += n
        return total
    return add


def numbers(n):
    for i in range(n):
        got = yield i
        if got:
            yield got


async def later(x):
    await asyncio.sleep(0)
    return x * 2


def failing():
    with open('/nonexistent/file') as f:
        return f


copy = types.FunctionType(build(parts(plain.__code__)), globals(), 'plain', plain.__defaults__)
copy.__kwdefaults__ = plain.__kwdefaults__
print(copy(1, 2, 3, 4, 5, d=6, z=7), plain.__code__ == copy.__code__)
copy = types.FunctionType(build(parts(counter.__code__)), globals())
add = copy(10)
print(add(1), add(2))
inner = types.FunctionType(build(parts(add.__code__)), globals(), 'add', None, add.__closure__)
print(inner(5), add(1))
copy = types.FunctionType(build(parts(numbers.__code__)), globals())
g = copy(5)
print(next(g), g.send('x'), list(g))
print(asyncio.run(types.FunctionType(build(parts(later.__code__)), globals())(21)))
copy = types.FunctionType(build(parts(failing.__code__)), globals())
try:
    copy()
except OSError as e:
    print(e, e.__traceback__.tb_next.tb_lineno == failing.__code__.co_firstlineno + 1)

source = 'import sys, pickle, types\n' + ''.join(
    f'{line}\n' for line in open(__file__).read().split('\n\n\n')[2].splitlines()) + '''
function = types.FunctionType(build(pickle.load(sys.stdin.buffer)), {})
print(function(3)(4))
'''
done = subprocess.run([sys.executable, '-c', source], input=pickle.dumps(parts(counter.__code__)), capture_output=True)
print(done.stdout, done.stderr)

base = [getattr(counter.__code__, n) for n in NAMES]
moved = list(base)
moved[13] = 500
print(types.CodeType(*moved).co_firstlineno, [line for _, _, line in types.CodeType(*moved).co_lines() if line][-1] - 500 < 10)
for i, wrong in ((0, -1), (0, 'x'), (3, 7), (6, 'code'), (7, []), (8, ['a']), (9, (1, 2)), (10, 3), (14, ''), (16, None)):
    args = list(base)
    args[i] = wrong
    try:
        types.CodeType(*args)
    except (TypeError, ValueError) as e:
        print(i, type(e).__name__)
try:
    types.CodeType(1, 2)
except TypeError as e:
    print(e)
