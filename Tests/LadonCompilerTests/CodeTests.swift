import LadonCompiler
import LadonSyntax
import Testing

@Suite struct CodeTests {
  /// Sources whose code must pass the verifier, one for each construct.
  static let sources = [
    "a = b = c.d = e[f] = 1\n",
    "a, *b, (c, d) = e\n",
    "def f(a, /, b=1, *c, d=2, **e):\n  return a + b * d\n",
    "while a:\n  if b: break\n  else: continue\nelse: c\n",
    "for a, b in c:\n  try: d\n  except E as e: continue\n  except (F, G): break\n  else: h\n  finally: i\n",
    "def f():\n  with a as b, c as d:\n    for e in f:\n      try: return e\n      finally: g()\n",
    "try: a\nexcept* B as c: d\nexcept* E: f\n",
    "async def f():\n  async with a as b: return [c async for c in b if await c]\n",
    "def f():\n  x = yield 1\n  return (yield from x)\n",
    "async def f():\n  async for x in y:\n    yield x\n",
    "class A(B, *C, d=E, **F):\n  x: int = 1\n  def f(self): return super().f(__class__)\n",
    "match a:\n  case {'b': [1, *_, c], **d} if e: f\n  case G(1, h=2) | [3]: i\n  case None | True: j\n  case k.l as m: n\n  case _: o\n",
    "x = lambda *a, b=1: (yield)\n",
    "x = f'{a!r:>{b}} {c}' + f(*d, **e, g=h)\n",
    "x = [a for b in c for a in b if a] + list(d for d in e)\n",
    "def f():\n  def g():\n    nonlocal x\n    x += 1\n  x = 1\n  del x\n",
    "def f[T: int, *Ts, **P](a: T = b) -> T: return a\nclass C[T](D): x = T\n",
    "assert a, b\nraise c from d\nimport e.f as g\nfrom h import *\n",
  ]

  @Test(arguments: sources) func verifies(_ source: String) throws {
    #expect(try compiled(source).code.verify() == [])
  }

  @Test func localsAreOperands() throws {
    let unit = try function("def f(a, b):\n  c = a + b * 2\n  return c\n")
    #expect(opcodes(unit) == ["RESUME", "MUL_INT", "ADD", "RETURN"])
  }

  @Test func checksOnlyWhatMayBeUnbound() throws {
    let bound = try function("def f(a):\n  if a: x = 1\n  else: x = 2\n  return x\n")
    #expect(!opcodes(bound).contains("CHECK_LOCAL"))
    let unsure = try function("def f(a):\n  if a: x = 1\n  return x\n")
    #expect(opcodes(unsure).filter { $0 == "CHECK_LOCAL" }.count == 1)
    let deleted = try function("def f(a):\n  del a\n  return a\n")
    #expect(opcodes(deleted).contains("CHECK_LOCAL"))
  }

  @Test func comparisonsAndJumpsAreFused() throws {
    let unit = try function("def f(a):\n  while a < 10: a += 1\n")
    #expect(opcodes(unit) == ["RESUME", "LT_INT_JUMP_FALSE", "IN_ADD_INT", "JUMP_BACK", "RETURN_NONE"])
  }

  @Test func constantsFold() throws {
    let unit = try function("def f(): return (1 + 2 * 3, -1.5, 'a' * 3, (4, 5)[1], not 0)\n")
    #expect(opcodes(unit) == ["RESUME", "LOAD_CONST", "RETURN"])
    let value = CodeConstant.tuple([.int(7), .float(-1.5), .string(StringConstant("aaa")), .int(5), .true])
    #expect(unit.constants.contains(value))
  }

  @Test func largeResultsDoNotFold() throws {
    #expect(opcodes(try function("def f(): return 2 ** 64\n")) == ["RESUME", "LOAD_CONST", "RETURN"])
    #expect(opcodes(try function("def f(): return 2 ** 640\n")).contains("POW"))
  }

  @Test func farJumpsAreRewritten() throws {
    let body = (0..<6000).map { "    if i < \($0): print(y)\n" }.joined()
    #expect(try compiled("def f():\n  for i in x:\n   while i < y:\n" + body).code.verify() == [])
  }

  @Test func chainsMayBeLong() throws {
    let sum = "x = " + Array(repeating: "a", count: 2500).joined(separator: " + ") + "\n"
    #expect(try compiled(sum).code.verify() == [])
  }

  @Test func optimizationDropsAssertsAndDocstrings() throws {
    let source = "def f():\n  'doc'\n  assert a\n"
    func body(_ optimize: Int) throws -> CodeUnit? {
      for constant in try compiled(source, optimize: optimize).code.constants {
        if case .code(let unit) = constant { return unit }
      }
      return nil
    }
    #expect(try body(0).map(opcodes)?.contains("RAISE") == true)
    #expect(try body(1).map(opcodes) == ["RESUME", "RETURN_NONE"])
    #expect(try body(1)?.hasDocstring == true)
    #expect(try body(2)?.hasDocstring == false)
  }
}
