import LadonCompiler
import LadonSyntax
import Testing

/// Annotations under `from __future__ import annotations`, written back as CPython writes them.
@Suite struct AnnotationTests {
  static let pairs: [(String, String)] = [
    ("Dict[str,int]", "Dict[str, int]"),
    ("(a,b)", "(a, b)"),
    ("x[1:2, ::3]", "x[1:2, ::3]"),
    ("lambda *a,b=1,**c: a", "lambda*a, b=1, **c: a"),
    ("a if b else (c if d else e)", "a if b else c if d else e"),
    ("(a+b)*c**-d", "(a + b) * c ** (-d)"),
    ("f(*a, **b, c=1)", "f(*a, **b, c=1)"),
    ("f'{a!r:>{b}}'", "f'{a!r:>{b}}'"),
    ("1e400", "1e309"),
    ("not a in b", "not a in b"),
    ("[x for x in y if z]", "[x for x in y if z]"),
    ("\"it's\"", "\"it's\""),
  ]

  @Test(arguments: pairs.indices) func isWrittenBack(_ index: Int) throws {
    let (source, expected) = AnnotationTests.pairs[index]
    let unit = try compiled("from __future__ import annotations\nx: \(source)\n").code
    #expect(unit.constants.contains(.string(StringConstant(expected))), "\(unit.constants)")
  }
}
