import Testing

@testable import LadonSyntax

/// Trees as `ast.dump(include_attributes=True)` of CPython 3.11 shows them, and what goes beyond 3.11.
struct TreeTests {
  static let dumps: [(source: String, tree: String)] = [
    (
      #"x = 1 + 2 * -y ** 3"#,
      #"Module(body=[Assign(targets=[Name(id='x', ctx=Store(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)], value=BinOp(left=Constant(value=1, lineno=1, col_offset=4, end_lineno=1, end_col_offset=5), op=Add(), right=BinOp(left=Constant(value=2, lineno=1, col_offset=8, end_lineno=1, end_col_offset=9), op=Mult(), right=UnaryOp(op=USub(), operand=BinOp(left=Name(id='y', ctx=Load(), lineno=1, col_offset=13, end_lineno=1, end_col_offset=14), op=Pow(), right=Constant(value=3, lineno=1, col_offset=18, end_lineno=1, end_col_offset=19), lineno=1, col_offset=13, end_lineno=1, end_col_offset=19), lineno=1, col_offset=12, end_lineno=1, end_col_offset=19), lineno=1, col_offset=8, end_lineno=1, end_col_offset=19), lineno=1, col_offset=4, end_lineno=1, end_col_offset=19), lineno=1, col_offset=0, end_lineno=1, end_col_offset=19)], type_ignores=[])"#
    ),
    (
      #"é = 'ß' f'{a!r:>{w}} {b=}'"#,
      #"Module(body=[Assign(targets=[Name(id='é', ctx=Store(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=2)], value=JoinedStr(values=[Constant(value='ß', lineno=1, col_offset=5, end_lineno=1, end_col_offset=28), FormattedValue(value=Name(id='a', ctx=Load(), lineno=1, col_offset=13, end_lineno=1, end_col_offset=14), conversion=114, format_spec=JoinedStr(values=[Constant(value='>', lineno=1, col_offset=5, end_lineno=1, end_col_offset=28), FormattedValue(value=Name(id='w', ctx=Load(), lineno=1, col_offset=19, end_lineno=1, end_col_offset=20), conversion=-1, lineno=1, col_offset=5, end_lineno=1, end_col_offset=28)], lineno=1, col_offset=10, end_lineno=1, end_col_offset=28), lineno=1, col_offset=5, end_lineno=1, end_col_offset=28), Constant(value=' b=', lineno=1, col_offset=5, end_lineno=1, end_col_offset=28), FormattedValue(value=Name(id='b', ctx=Load(), lineno=1, col_offset=24, end_lineno=1, end_col_offset=25), conversion=114, lineno=1, col_offset=5, end_lineno=1, end_col_offset=28)], lineno=1, col_offset=5, end_lineno=1, end_col_offset=28), lineno=1, col_offset=0, end_lineno=1, end_col_offset=28)], type_ignores=[])"#
    ),
    (
      #"def f(a, /, b: int = 1, *c, d, e=2, **g) -> None: pass"#,
      #"Module(body=[FunctionDef(name='f', args=arguments(posonlyargs=[arg(arg='a', lineno=1, col_offset=6, end_lineno=1, end_col_offset=7)], args=[arg(arg='b', annotation=Name(id='int', ctx=Load(), lineno=1, col_offset=15, end_lineno=1, end_col_offset=18), lineno=1, col_offset=12, end_lineno=1, end_col_offset=18)], vararg=arg(arg='c', lineno=1, col_offset=25, end_lineno=1, end_col_offset=26), kwonlyargs=[arg(arg='d', lineno=1, col_offset=28, end_lineno=1, end_col_offset=29), arg(arg='e', lineno=1, col_offset=31, end_lineno=1, end_col_offset=32)], kw_defaults=[None, Constant(value=2, lineno=1, col_offset=33, end_lineno=1, end_col_offset=34)], kwarg=arg(arg='g', lineno=1, col_offset=38, end_lineno=1, end_col_offset=39), defaults=[Constant(value=1, lineno=1, col_offset=21, end_lineno=1, end_col_offset=22)]), body=[Pass(lineno=1, col_offset=50, end_lineno=1, end_col_offset=54)], decorator_list=[], returns=Constant(value=None, lineno=1, col_offset=44, end_lineno=1, end_col_offset=48), lineno=1, col_offset=0, end_lineno=1, end_col_offset=54)], type_ignores=[])"#
    ),
    (
      #"match x:\#n  case {'a': [1, *_], **r} | A.B(c=-1j) if y: pass\#n"#,
      #"Module(body=[Match(subject=Name(id='x', ctx=Load(), lineno=1, col_offset=6, end_lineno=1, end_col_offset=7), cases=[match_case(pattern=MatchOr(patterns=[MatchMapping(keys=[Constant(value='a', lineno=2, col_offset=8, end_lineno=2, end_col_offset=11)], patterns=[MatchSequence(patterns=[MatchValue(value=Constant(value=1, lineno=2, col_offset=14, end_lineno=2, end_col_offset=15), lineno=2, col_offset=14, end_lineno=2, end_col_offset=15), MatchStar(lineno=2, col_offset=17, end_lineno=2, end_col_offset=19)], lineno=2, col_offset=13, end_lineno=2, end_col_offset=20)], rest='r', lineno=2, col_offset=7, end_lineno=2, end_col_offset=26), MatchClass(cls=Attribute(value=Name(id='A', ctx=Load(), lineno=2, col_offset=29, end_lineno=2, end_col_offset=30), attr='B', ctx=Load(), lineno=2, col_offset=29, end_lineno=2, end_col_offset=32), patterns=[], kwd_attrs=['c'], kwd_patterns=[MatchValue(value=UnaryOp(op=USub(), operand=Constant(value=1j, lineno=2, col_offset=36, end_lineno=2, end_col_offset=38), lineno=2, col_offset=35, end_lineno=2, end_col_offset=38), lineno=2, col_offset=35, end_lineno=2, end_col_offset=38)], lineno=2, col_offset=29, end_lineno=2, end_col_offset=39)], lineno=2, col_offset=7, end_lineno=2, end_col_offset=39), guard=Name(id='y', ctx=Load(), lineno=2, col_offset=43, end_lineno=2, end_col_offset=44), body=[Pass(lineno=2, col_offset=46, end_lineno=2, end_col_offset=50)])], lineno=1, col_offset=0, end_lineno=2, end_col_offset=50)], type_ignores=[])"#
    ),
    (
      #"with (a as b, c): pass"#,
      #"Module(body=[With(items=[withitem(context_expr=Name(id='a', ctx=Load(), lineno=1, col_offset=6, end_lineno=1, end_col_offset=7), optional_vars=Name(id='b', ctx=Store(), lineno=1, col_offset=11, end_lineno=1, end_col_offset=12)), withitem(context_expr=Name(id='c', ctx=Load(), lineno=1, col_offset=14, end_lineno=1, end_col_offset=15))], body=[Pass(lineno=1, col_offset=18, end_lineno=1, end_col_offset=22)], lineno=1, col_offset=0, end_lineno=1, end_col_offset=22)], type_ignores=[])"#
    ),
    (
      #"a, *b = c[1:, ...] = yield"#,
      #"Module(body=[Assign(targets=[Tuple(elts=[Name(id='a', ctx=Store(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=1), Starred(value=Name(id='b', ctx=Store(), lineno=1, col_offset=4, end_lineno=1, end_col_offset=5), ctx=Store(), lineno=1, col_offset=3, end_lineno=1, end_col_offset=5)], ctx=Store(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=5), Subscript(value=Name(id='c', ctx=Load(), lineno=1, col_offset=8, end_lineno=1, end_col_offset=9), slice=Tuple(elts=[Slice(lower=Constant(value=1, lineno=1, col_offset=10, end_lineno=1, end_col_offset=11), lineno=1, col_offset=10, end_lineno=1, end_col_offset=12), Constant(value=Ellipsis, lineno=1, col_offset=14, end_lineno=1, end_col_offset=17)], ctx=Load(), lineno=1, col_offset=10, end_lineno=1, end_col_offset=17), ctx=Store(), lineno=1, col_offset=8, end_lineno=1, end_col_offset=18)], value=Yield(lineno=1, col_offset=21, end_lineno=1, end_col_offset=26), lineno=1, col_offset=0, end_lineno=1, end_col_offset=26)], type_ignores=[])"#
    ),
    (
      #"[x async for x in y if z]; 0xFFFFFFFFFFFFFFFFFFFF; 1e16; b'\x00'"#,
      #"Module(body=[Expr(value=ListComp(elt=Name(id='x', ctx=Load(), lineno=1, col_offset=1, end_lineno=1, end_col_offset=2), generators=[comprehension(target=Name(id='x', ctx=Store(), lineno=1, col_offset=13, end_lineno=1, end_col_offset=14), iter=Name(id='y', ctx=Load(), lineno=1, col_offset=18, end_lineno=1, end_col_offset=19), ifs=[Name(id='z', ctx=Load(), lineno=1, col_offset=23, end_lineno=1, end_col_offset=24)], is_async=1)], lineno=1, col_offset=0, end_lineno=1, end_col_offset=25), lineno=1, col_offset=0, end_lineno=1, end_col_offset=25), Expr(value=Constant(value=1208925819614629174706175, lineno=1, col_offset=27, end_lineno=1, end_col_offset=49), lineno=1, col_offset=27, end_lineno=1, end_col_offset=49), Expr(value=Constant(value=1e+16, lineno=1, col_offset=51, end_lineno=1, end_col_offset=55), lineno=1, col_offset=51, end_lineno=1, end_col_offset=55), Expr(value=Constant(value=b'\x00', lineno=1, col_offset=57, end_lineno=1, end_col_offset=64), lineno=1, col_offset=57, end_lineno=1, end_col_offset=64)], type_ignores=[])"#
    ),
    (
      #"try: a\#nexcept* b as c: d\#nelse: e\#n"#,
      #"Module(body=[TryStar(body=[Expr(value=Name(id='a', ctx=Load(), lineno=1, col_offset=5, end_lineno=1, end_col_offset=6), lineno=1, col_offset=5, end_lineno=1, end_col_offset=6)], handlers=[ExceptHandler(type=Name(id='b', ctx=Load(), lineno=2, col_offset=8, end_lineno=2, end_col_offset=9), name='c', body=[Expr(value=Name(id='d', ctx=Load(), lineno=2, col_offset=16, end_lineno=2, end_col_offset=17), lineno=2, col_offset=16, end_lineno=2, end_col_offset=17)], lineno=2, col_offset=0, end_lineno=2, end_col_offset=17)], orelse=[Expr(value=Name(id='e', ctx=Load(), lineno=3, col_offset=6, end_lineno=3, end_col_offset=7), lineno=3, col_offset=6, end_lineno=3, end_col_offset=7)], finalbody=[], lineno=1, col_offset=0, end_lineno=3, end_col_offset=7)], type_ignores=[])"#
    ),
    (
      #"@d\#nasync def f(): await (g := h)(i for j in k)\#n"#,
      #"Module(body=[AsyncFunctionDef(name='f', args=arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]), body=[Expr(value=Await(value=Call(func=NamedExpr(target=Name(id='g', ctx=Store(), lineno=2, col_offset=22, end_lineno=2, end_col_offset=23), value=Name(id='h', ctx=Load(), lineno=2, col_offset=27, end_lineno=2, end_col_offset=28), lineno=2, col_offset=22, end_lineno=2, end_col_offset=28), args=[GeneratorExp(elt=Name(id='i', ctx=Load(), lineno=2, col_offset=30, end_lineno=2, end_col_offset=31), generators=[comprehension(target=Name(id='j', ctx=Store(), lineno=2, col_offset=36, end_lineno=2, end_col_offset=37), iter=Name(id='k', ctx=Load(), lineno=2, col_offset=41, end_lineno=2, end_col_offset=42), ifs=[], is_async=0)], lineno=2, col_offset=29, end_lineno=2, end_col_offset=43)], keywords=[], lineno=2, col_offset=21, end_lineno=2, end_col_offset=43), lineno=2, col_offset=15, end_lineno=2, end_col_offset=43), lineno=2, col_offset=15, end_lineno=2, end_col_offset=43)], decorator_list=[Name(id='d', ctx=Load(), lineno=1, col_offset=1, end_lineno=1, end_col_offset=2)], lineno=2, col_offset=0, end_lineno=2, end_col_offset=43)], type_ignores=[])"#
    ),
    (
      #"f'''\#n{\#n a}'''"#,
      #"Module(body=[Expr(value=JoinedStr(values=[Constant(value='\n', lineno=1, col_offset=0, end_lineno=3, end_col_offset=6), FormattedValue(value=Name(id='a', ctx=Load(), lineno=3, col_offset=1, end_lineno=3, end_col_offset=2), conversion=-1, lineno=1, col_offset=0, end_lineno=3, end_col_offset=6)], lineno=1, col_offset=0, end_lineno=3, end_col_offset=6), lineno=1, col_offset=0, end_lineno=3, end_col_offset=6)], type_ignores=[])"#
    ),
  ]

  @Test(arguments: dumps)
  func agrees(_ source: String, _ tree: String) throws {
    #expect(try dump(source) == tree)
  }

  /// PEP 695, 701 and 758.
  @Test(arguments: [
    "type X[T: int, *Ts, **P] = list[T]", "def f[T](x: T) -> T: pass", "class C[T](Base): pass", "type = 1",
    "type(x)", "f'{a['b']}'", #"f"{"\n".join(x)}""#, "f'{f'{f'{1}'}'}'", "f'''{a # why\n}'''",
    "try: x\nexcept A, B: pass", "match = case = _ = 1; match(x)[1]; print(match, case)",
  ])
  func accepts(_ source: String) throws { _ = try tree(source) }

  @Test func loneSurrogates() throws {
    guard case .expression(let body) = try tree(#"'\ud800'"#, .eval),
      case .constant(.string(let value), _) = body.kind
    else {
      Issue.record("not a string")
      return
    }
    #expect(value.codePoints == [0xD800])
  }

  @Test func identifiersAreNormalised() throws {
    #expect(try dump("\u{FB01} = 1").contains("id='fi'"))
  }
}
