# Type comments and the syntax of older versions in ast.parse: trees, places and messages.
import ast
def p(s,**k):
    try: return ast.dump(ast.parse(s,type_comments=True,**k),include_attributes=True)
    except SyntaxError as e: return repr(e.args)
for s in ["a = 0  # type: int\n","with (a as b):  # type: int\n  pass\n","with (a, b):  # type: int\n  pass\n","with (a):  # type: int\n  pass\n","def f(*, # type: int\n a): pass\n",
 "def f():  # type: () -> int\n  # type: () -> str\n  return\n", "for a in b:  # type: int\n  pass\n","def f(a, # type: int\n  b = 3 # type: str\n ):\n  # type: ignore\n  # type: () -> int\n  pass\n", "# type: int\nx=1\n","x = 1; y = 2 # type: a\n","x: int = 3 # type: int\n", "lambda a, # type: int\n: 1", "(lambda a, # type: int\n: 1)","#type:int\nx=1#  type:   ignore","x=1#type:\tint  \n", "x=1# type: \n","x=1# type:\n",
 "def f(a, /, # type: int\n b): pass\n", "async def f():\n  # type: () -> int\n  async with a: # type: int\n    async for x in y: # type: str\n       pass\n"]:
    print(repr(s), p(s))
print('---')
for v,s in [(8,"with (a):\n  pass\n"),(8,"with (a, b):\n  pass\n"),(5,"x: int = 3\n"),(5,"x: int\n"),(4,"a @ b\n"),(4,"a @= b\n"),(4,"async def f():\n  pass\nx\n"),(4,"async def f(): pass\n"),(5,"async def f():\n  [x async for x in y]\n"),(4,"async def f():\n  await x\n"),
 (4,"async with a: pass\n"),(7,"def f(a, /): pass\n"),(7,"def f(a, /, b, *c): pass\n"),(7,"lambda a, /: 1\n"),(9,"match x:\n  case 1: pass\n"),(10,"try:\n  pass\nexcept* x:\n  pass\n"),(10,"try: pass\nexcept* x: pass\nelse: pass\nfinally: pass\n"),(7,"(x:=3)\n"),(7,"if x:=3: pass\n"),(5,"f'a'\n"),(5,"x = 'a' f'{b}'\n"),(7,"f'{a=}'\n"),(5,"x = 1_000 + 1\n"),(5,"1_0\n"),
 (6,"async = 1\nawait = 2\nprint(async, await)\n"),(6,"async def f():\n  async = 3\n"),(6,"async def f():\n  await a\nawait = 3\n"),(6,"def async(): pass\n"),(4,"async for x in y: pass\n"),(5,"async with a: pass\n"),(6,"async def f():\n  async with a: pass\n"),(4,"async def f():\n  async with a: pass\n"),(4,"async def f():\n  async for a in b: pass\n"),(4,"@a.b[0]\ndef f(): pass\n"),(3,"x[*a]\n"),(3,"def f(*a: *b): pass"),(4,"return *a, b"),(5,"f(a for a in b)\n"),(7,"def f(a=1,/): pass\n"), (8,"with (a as b): pass\n"),(8,"with (a, b) as c: pass\n")]:
    print(v,repr(s), p(s,feature_version=(3,v)))
def q(s):
    try: return ast.dump(ast.parse(s,mode='func_type'),include_attributes=True)
    except SyntaxError as e: return repr(e.args)
for s in ["() -> int","(int, *str, **Any) -> float","(int, ) -> a","(*int) -> b","(int, *str, *Any) -> float","(int, **str, Any) -> float","(**int, **str) -> float","(*a, b) -> c","(*a, **b) -> c\n\n", "() -> ", "(a -> b", "a"]:
    print(repr(s), q(s))
print(compile("x = 1 # type: int","a","exec",0x1000).co_names, compile("f'x'","","exec",_feature_version=3).co_names)
try: ast.parse("1",feature_version=(2,7))
except Exception as e: print(repr(e))
try: ast.parse("pass # type: int",type_comments=True,feature_version=(3,3))
except SyntaxError as e: print(repr(e))

# Errors after type comments, and comments within other things.
for s in ["x = 1 # type: int\ny = = 2\n", "def f(a, # type: int\n b # type: str\n c): pass\n", "for x in y: # type: int\n  pass\nelse # type: str\n",
          "x = (1, # type: int\n 2)\n", "x = [ # type: ignore\n 1]\n", "class C: # type: int\n  pass\n", "f(a, # type: int\n b)\n",
          "def f():\n    # type: () -> int\n\n    # comment\n    pass\n", "if x: # type: ignore[a]\n  pass # type: ignore\n# type: ignore # end",
          "with a as b, c as d: # type: int, str\n  pass\n", "x = y = 1 # type: int\n", "x = yield # type: int\n", "def f(*args, # type: int\n  **kw # type: str\n  ): pass\n",
          "def f(*, a, # type: int\n b=1): pass\n", "async def f(): # type: () -> int\n  pass\n", "# type: ignore\n\nx\n", "x = 1 # not type: int\n", "x = 1 # type : int\n",
          "x = '# type: int'\n", "x = 1 # type: \u00e9\n"]:
    print(repr(s), p(s))
for v, s in [(5, "f'{x:{y}}'\n"), (7, "f'{(a:=1)}'\n"), (7, "lambda: (yield)\n"), (5, "0x_f\n"), (5, "f(x) @ g(y) * 2\n"), (4, "[x @ y for x in z]\n"),
             (7, "print(f'{a = }', f'{b!r}')\n"), (9, "match = 1\nmatch[0]\n"), (6, "await = 3\nasync def f():\n  x = await y\n\nasync.x\n"),
             (6, "def f(async=1): return async + await\n"), (4, "async def f():\n  return [x async for x in y]\n"), (8, "with (a, b), c: pass\n"),
             (5, "async def f():\n    # type: () -> int\n    return await b()\n")]:
    print(v, repr(s), p(s, feature_version=(3, v)))
for flags in (0, ast.PyCF_TYPE_COMMENTS, ast.PyCF_ONLY_AST, ast.PyCF_ONLY_AST | ast.PyCF_TYPE_COMMENTS):
    for v in (-1, 4):
        try:
            r = compile("x = f'{y}' # type: int\n", 'a', 'exec', flags, _feature_version=v)
            print(flags, v, type(r).__name__, getattr(getattr(r, 'body', [None])[0], 'type_comment', None))
        except SyntaxError as e:
            print(flags, v, e)
