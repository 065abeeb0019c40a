"""ast: parsing, dumping, unparsing, walking, rewriting, compiling trees, and what compile() refuses."""
import ast, re, textwrap

SOURCE = textwrap.dedent('''
    """Doc."""
    import os.path as p, sys
    from . import x as y
    from ..a.b import (c, d)
    @deco(1)
    def f(a, /, b: int = 2, *args, c, d=4, **kw) -> str:
        global G
        x: int = 3
        y: str
        (z): int = 1
        x += 1; del x, y
        return [i for i in range(10) if i if i > 2 for j in i]
    async def g():
        async with a as b, c: await d
        async for i in x:
            yield {k: v async for k, v in z}
        else: pass
    class C(B, metaclass=M, *a, **k):
        x = lambda *, a=1: (yield)
        def m(self):
            nonlocal_ = 1
            def n():
                nonlocal nonlocal_
    for i, *j in a: break
    while True: continue
    if a: pass
    elif b: raise E from None
    else: assert a, b
    try: a
    except E as e: b
    except (F, G): c
    else: d
    finally: e
    try: a
    except* E: b
    with a as (b, c), d: pass
    match a:
        case 1 | "a" | None | -1 | 1+2j: pass
        case [a, *_, b] if c: pass
        case {"k": v, **rest}: pass
        case C(1, x=2) as d: pass
        case p.q: pass
        case _: pass
    a = b = c[1:2, ::3, ...] = {**d, 'e': f} | {1, 2, *g}
    print(f"{a!r:>{w}} {b=} {{}}" 'x' if not a else -b ** ~c @ d // e % f << g >> h & i ^ j)
    a < b <= c != d is e is not f in g not in h
    a and b or c
    (d := 5)
    x = 1.5e300, 2j, 0xFFFFFFFFFFFFFFFFFFFF, b"\\x00\\xff", "\\ud800\\U0001F600", u"u", ...
    a.b.c(d)(*e, f=1, **g)
''')
tree = ast.parse(SOURCE)
print(ast.dump(tree))
print(ast.dump(tree, include_attributes=True, indent=1))
text = ast.unparse(tree)
print(text)
assert ast.dump(ast.parse(text)) == ast.dump(tree)
print(sum(1 for _ in ast.walk(tree)), [type(n).__name__ for n in ast.walk(tree)][:60])
print(ast.get_docstring(tree), ast.get_source_segment(SOURCE, tree.body[4]))

for mode in 'eval', 'single', 'func_type':
    print(ast.dump(ast.parse('(int, *str) -> x' if mode == 'func_type' else 'a + 1', mode=mode)))
print([ast.literal_eval(s) for s in ('1', '-1.5', '[1, (2,), {3: {4}}]', "b'a' b'b'", '1+2j', 'None', 'set()', ' 3')])
for bad in 'a', 'f()', '1 + 1', '{1: [x]}', '-"a"':
    try:
        ast.literal_eval(bad)
    except ValueError as e:
        print(re.sub('0x[0-9a-f]+', '0x', str(e)))


class Doubler(ast.NodeTransformer):
    def visit_Constant(self, node):
        if isinstance(node.value, int):
            return ast.copy_location(ast.Constant(node.value * 2), node)
        return node

    def visit_Name(self, node):
        return ast.copy_location(ast.Call(ast.Name('abs', ast.Load()), [node], []), node) if node.id == 'q' else node


new = ast.fix_missing_locations(Doubler().visit(ast.parse('q = None; r = -5 + 7 * 2\nif 1:\n  s = [3, 4]').body and ast.parse('r = -5 + 7 * 2\nif 1:\n  s = [3, 4]\nt = abs(-2)')))
names = {}
exec(compile(new, '<new>', 'exec'), names)
print(names['r'], names['s'], names['t'], ast.unparse(new))


class Names(ast.NodeVisitor):
    def __init__(self):
        self.seen = []

    def visit_Name(self, node):
        self.seen.append((node.id, type(node.ctx).__name__))


v = Names()
v.visit(tree)
print(v.seen)

# The classes.
print(ast.Name._fields, ast.Name._attributes, ast.Name.__match_args__, ast.Name.__doc__, ast.arguments.__doc__)
print(ast.Name.__mro__, ast.Add.__mro__, ast.stmt._attributes, ast.withitem._attributes, ast.mod._fields)
n = ast.Name('x', ctx=ast.Load(), lineno=3)
print(n.id, n.lineno, n.end_lineno, n._fields, sorted(vars(n)), isinstance(n, ast.expr))
for call in (lambda: ast.Name('a', 'b', 'c'), lambda: ast.Name('a', id='b'), lambda: ast.Name().id, lambda: ast.Pass(1)):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)
print(ast.Return().value, ast.AST(a=1).a, ast.Constant(1).kind)
match n:
    case ast.Name(name, ast.Load()):
        print('matched', name)
import copy, pickle
m = copy.deepcopy(n)
print(m.id, m is n, type(m.ctx).__name__, pickle.loads(pickle.dumps(n)).id)
print(isinstance(ast.Constant(1), ast.Num), isinstance(ast.Constant('a'), ast.Str), isinstance(ast.Constant(1), ast.Str))
print(ast.parse('a').body[0].value.ctx is ast.parse('b').body[0].value.ctx)


class Sub(ast.Name):
    pass


class Odd(ast.expr):
    pass


# Compiling trees built by hand.
print(eval(compile(ast.fix_missing_locations(ast.Expression(ast.BinOp(Sub('three', ast.Load()), ast.Mult(), ast.Constant(3 + 4j)))), 'x', 'eval'), {'three': 3}))
print(eval(compile(ast.fix_missing_locations(ast.Expression(ast.Constant((1, frozenset([2]), b'x', -(1 << 90), -5)))), 'x', 'eval')))
print(compile(tree, 'x', 'exec', ast.PyCF_ONLY_AST) is tree)

L, S = ast.Load(), ast.Store()


def name(x='x', ctx=L):
    return ast.Name(x, ctx)


def arguments(**k):
    return ast.arguments(**{**dict(posonlyargs=[], args=[], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[]), **k})


def attempt(tree, mode='exec', fix=True):
    try:
        if fix:
            ast.fix_missing_locations(tree)
        compile(tree, '<t>', mode)
        print('ok')
    except Exception as e:
        print(type(e).__name__, re.sub('0x[0-9a-f]*', '0x', str(e)))


def e(x):
    attempt(ast.Expression(x), 'eval')


def s(*x):
    attempt(ast.Module(list(x), []))


C = ast.Constant
P = [ast.Pass()]
e(ast.BinOp(name(), ast.Add()))
e(ast.BinOp(name(), ast.Add(), None))
e(ast.BinOp(name(), 3, name()))
e(ast.BinOp(name(), ast.Add(), ast.Pass()))
attempt(ast.Module(None, []))
attempt(ast.Module())
attempt(ast.Module([None], []))
attempt(ast.Module([3], []))
attempt(ast.Module([], [3]))
attempt(ast.Expression(name()))
attempt(ast.Module([], []), 'single')
attempt(name())
attempt(ast.Expression(None), 'eval')
for x in (name(3), name(None), name('None'), name('x', S), ast.Name('x'), ast.Name('x', None), C([1]), C((1, [2])), C(), C(1, 3), Odd(), ast.expr()):
    e(x)
for position in (dict(), dict(lineno=1), dict(lineno=1, col_offset=2), dict(lineno='a', col_offset=0), dict(lineno=1 << 40, col_offset=0),
                 dict(lineno=3, col_offset=2, end_lineno=2, end_col_offset=3), dict(lineno=2, col_offset=2, end_lineno=2, end_col_offset=1),
                 dict(lineno=2, col_offset=-1, end_lineno=2, end_col_offset=1)):
    attempt(ast.Expression(ast.Name('x', L, **position)), 'eval', False)
for x in (ast.BoolOp(ast.And(), [name()]), ast.UnaryOp(ast.Add(), name()), ast.Lambda(arguments(defaults=[name()]), name()),
          ast.Lambda(arguments(kw_defaults=[name()]), name()), ast.Dict([name()], []), ast.Dict([None], [name()]), ast.ListComp(name(), []),
          ast.ListComp(name(), [ast.comprehension(name(), name(), [], 0)]), ast.Compare(name(), [], []), ast.Compare(name(), [ast.Eq()], [name(), name()]),
          ast.Compare(name(), [3], [name()]), ast.JoinedStr([C(3)]), ast.FormattedValue(name(), 5), ast.Starred(name(), L), ast.Tuple([name('x', S)], L),
          ast.NamedExpr(name(), name()), ast.Attribute(name(), 'a', S), ast.Await(None), ast.Slice(), ast.Call(name(), [None], [])):
    e(x)


def function(**k):
    return ast.FunctionDef(**{**dict(name='f', args=arguments(), body=P, decorator_list=[], returns=None), **k})


for x in (function(), function(body=[]), function(body=None), function(name=None), function(args=None), function(decorator_list=[name('x', S)]),
          ast.ClassDef('C', [], [], [], []), ast.Return(), ast.Delete([]), ast.Delete([name()]), ast.Assign([], name()), ast.Assign([name()], name()),
          ast.Assign([C(3)], name()), ast.AugAssign(ast.Tuple([], S), ast.Add(), name()), ast.AnnAssign(ast.Attribute(name(), 'a', S), name(), None, 1),
          ast.For(name(), name(), P, []), ast.For(name('x', S), name(), [], []), ast.While(name(), [], []), ast.If(name(), [], []), ast.With([], P),
          ast.With([ast.withitem(name())], []), ast.Raise(None, name()), ast.Try(P, [], [], []), ast.Try(P, [], P, P), ast.Try([], [], [], P),
          ast.TryStar(P, [ast.ExceptHandler(None, None, [])], [], []), ast.Import([]), ast.ImportFrom('a', [ast.alias('x')], -1), ast.Global([]),
          ast.Global([3]), ast.Break(), ast.stmt(), ast.Expr(name('x', S))):
    s(x)


def m(pattern, guard=None, body=P):
    s(ast.Match(name(), [ast.match_case(pattern, guard, body)]))


V = ast.MatchValue
s(ast.Match(name(), []))
for value in (name(), C(3), C(None), C(...), C('a'), ast.Attribute(name(), 'a', L), ast.UnaryOp(ast.USub(), C(3)), ast.UnaryOp(ast.UAdd(), C(3)),
              ast.BinOp(C(3), ast.Add(), C(4j)), ast.BinOp(C(3), ast.Mult(), C(4j)), ast.Call(name(), [], [])):
    m(V(value))
for pattern in (ast.MatchSingleton(3), ast.MatchSingleton(None), ast.MatchStar('a'), ast.MatchSequence([ast.MatchStar('_')]), ast.MatchMapping([name()], []),
                ast.MatchMapping([C(3)], [V(C(3))], '_'), ast.MatchClass(C(3), [], [], []), ast.MatchClass(name(), [], ['a'], []),
                ast.MatchAs(V(C(3)), None), ast.MatchAs(None, '_'), ast.MatchAs(None, None), ast.MatchOr([V(C(3))]), ast.pattern()):
    m(pattern)
x = name()
for i in range(100000):
    x = ast.UnaryOp(ast.USub(), x, lineno=1, col_offset=0)
x = ast.Expression(x)
try:
    compile(x, '', 'eval')
except RecursionError as error:
    print('RecursionError')
while isinstance(getattr(x, 'operand', None) or getattr(x, 'body', None), ast.AST):
    x = getattr(x, 'operand', None) or x.body
