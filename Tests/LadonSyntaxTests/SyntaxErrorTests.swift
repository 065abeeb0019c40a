import Testing

@testable import LadonSyntax

/// What CPython 3.11 says of broken sources: the kind, the message and the place.
struct SyntaxErrorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let source: String
    let kind: SyntaxFailure.Kind
    let message: String
    let place: [Int]

    init(
      _ source: String, _ kind: SyntaxFailure.Kind, _ message: String, _ line: Int, _ offset: Int, _ endLine: Int,
      _ endOffset: Int
    ) {
      self.source = source
      self.kind = kind
      self.message = message
      place = [line, offset, endLine, endOffset]
    }

    var testDescription: String { source }
  }

  @Test(arguments: cases)
  func agrees(_ expected: Case) {
    guard let failure = failure(of: expected.source) else {
      Issue.record("accepted")
      return
    }
    #expect(failure.kind == expected.kind)
    #expect(failure.message == expected.message)
    #expect([failure.line, failure.offset, failure.endLine, failure.endOffset] == expected.place)
  }
}

private typealias Case = SyntaxErrorTests.Case

/// Made by running the sources through CPython 3.11.2.
private let cases: [Case] = [
  Case("x = (1,\n2",
    .syntax, "'(' was never closed", 1, 5, 1, 0),
  Case("(]",
    .syntax, "closing parenthesis ']' does not match opening parenthesis '('", 1, 2, 1, 2),
  Case("(\n\n]",
    .syntax, "closing parenthesis ']' does not match opening parenthesis '(' on line 1", 3, 1, 3, 1),
  Case("x = )",
    .syntax, "unmatched ')'", 1, 5, 1, 5),
  Case("x = 'abc",
    .syntax, "unterminated string literal (detected at line 1)", 1, 5, 1, 5),
  Case("x = '''abc\n",
    .syntax, "unterminated triple-quoted string literal (detected at line 1)", 1, 5, 1, 5),
  Case("a \\b",
    .syntax, "unexpected character after line continuation character", 1, 4, 1, 0),
  Case("a \\\n",
    .syntax, "unexpected EOF while parsing", 1, 4, 1, -1),
  Case("0777",
    .syntax, "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers", 1, 1, 1, 2),
  Case("1__0",
    .syntax, "invalid decimal literal", 1, 2, 1, 2),
  Case("0b2",
    .syntax, "invalid digit '2' in binary literal", 1, 3, 1, 3),
  Case("1a",
    .syntax, "invalid decimal literal", 1, 1, 1, 1),
  Case("0xg",
    .syntax, "invalid hexadecimal literal", 1, 2, 1, 2),
  Case("€ = 1",
    .syntax, "invalid character '€' (U+20AC)", 1, 1, 1, 1),
  Case("x = \u{A0} 1",
    .syntax, "invalid non-printable character U+00A0", 1, 5, 1, 5),
  Case("é b c",
    .syntax, "invalid syntax", 1, 3, 1, 4),
  Case("if 1:\n\tx\n        y\n",
    .tab, "inconsistent use of tabs and spaces in indentation", 3, 1, 3, 0),
  Case("if 1:\n   x\n y\n",
    .indentation, "unindent does not match any outer indentation level", 3, 3, 3, -1),
  Case("x\n  y\n",
    .indentation, "unexpected indent", 2, 2, 2, -1),
  Case("if 1:\nx",
    .indentation, "expected an indented block after 'if' statement on line 1", 2, 1, 2, 2),
  Case("if x\n  y",
    .syntax, "expected ':'", 1, 5, 1, 5),
  Case("if x = 1:\n  pass",
    .syntax, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?", 1, 4, 1, 9),
  Case("f() = 1",
    .syntax, "cannot assign to function call here. Maybe you meant '==' instead of '='?", 1, 1, 1, 4),
  Case("(a, 1) = 2",
    .syntax, "cannot assign to literal", 1, 5, 1, 6),
  Case("x + 1 += 2",
    .syntax, "'expression' is an illegal expression for augmented assignment", 1, 1, 1, 6),
  Case("a, b: int",
    .syntax, "only single target (not tuple) can be annotated", 1, 1, 1, 2),
  Case("for f() in x: pass",
    .syntax, "cannot assign to function call", 1, 5, 1, 8),
  Case("with a as 1: pass",
    .syntax, "cannot assign to literal", 1, 11, 1, 12),
  Case("del f()",
    .syntax, "cannot delete function call", 1, 5, 1, 8),
  Case("del *a",
    .syntax, "cannot delete starred", 1, 5, 1, 7),
  Case("from a import b,",
    .syntax, "trailing comma not allowed without surrounding parentheses", 1, 17, 1, 17),
  Case("try:\n  x\ny",
    .syntax, "expected 'except' or 'finally' block", 3, 1, 3, 2),
  Case("try:\n x\nexcept a, b as c:\n y",
    .syntax, "multiple exception types must be parenthesized", 3, 8, 3, 17),
  Case("try:\n x\nexcept a: x\nexcept* b: y",
    .syntax, "cannot have both 'except' and 'except*' on the same 'try'", 4, 1, 4, 8),
  Case("try:\n x\nexcept* :\n y",
    .syntax, "expected one or more exception types", 3, 9, 3, 10),
  Case("print 1",
    .syntax, "Missing parentheses in call to 'print'. Did you mean print(...)?", 1, 1, 1, 8),
  Case("x if y",
    .syntax, "expected 'else' after 'if' expression", 1, 1, 1, 7),
  Case("def f(a=1, b): pass",
    .syntax, "non-default argument follows default argument", 1, 12, 1, 13),
  Case("def f(*): pass",
    .syntax, "named arguments must follow bare *", 1, 7, 1, 8),
  Case("def f(a, /, b, /): pass",
    .syntax, "/ may appear only once", 1, 16, 1, 17),
  Case("def f((a)): pass",
    .syntax, "Function parameters cannot be parenthesized", 1, 7, 1, 10),
  Case("def f(a=): pass",
    .syntax, "expected default value expression", 1, 8, 1, 9),
  Case("lambda *: 1",
    .syntax, "named arguments must follow bare *", 1, 9, 1, 10),
  Case("class A\n  pass",
    .syntax, "expected ':'", 1, 8, 1, 8),
  Case("def f: pass",
    .syntax, "expected '('", 1, 6, 1, 7),
  Case("f(a=1, b)",
    .syntax, "positional argument follows keyword argument", 1, 9, 1, 10),
  Case("f(**a, b)",
    .syntax, "positional argument follows keyword argument unpacking", 1, 9, 1, 10),
  Case("f(1=2)",
    .syntax, "expression cannot contain assignment, perhaps you meant \"==\"?", 1, 3, 1, 5),
  Case("f(True=1)",
    .syntax, "cannot assign to True", 1, 3, 1, 8),
  Case("f(a, b for b in c)",
    .syntax, "Generator expression must be parenthesized", 1, 6, 1, 18),
  Case("f(a b)",
    .syntax, "invalid syntax. Perhaps you forgot a comma?", 1, 3, 1, 6),
  Case("[x, y for x in y]",
    .syntax, "did you forget parentheses around the comprehension target?", 1, 2, 1, 6),
  Case("[*x for x in y]",
    .syntax, "iterable unpacking cannot be used in comprehension", 1, 2, 1, 4),
  Case("{**x for x in y}",
    .syntax, "dict unpacking cannot be used in dict comprehension", 1, 2, 1, 4),
  Case("{a:}",
    .syntax, "expression expected after dictionary key and ':'", 1, 3, 1, 4),
  Case("{a: b, c}",
    .syntax, "':' expected after dictionary key", 1, 8, 1, 0),
  Case("{a: *b}",
    .syntax, "cannot use a starred expression in a dictionary value", 1, 5, 1, 7),
  Case("(*a)",
    .syntax, "cannot use starred expression here", 1, 2, 1, 4),
  Case("(a.b := 1)",
    .syntax, "cannot use assignment expressions with attribute", 1, 2, 1, 5),
  Case("(a = 1)",
    .syntax, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?", 1, 2, 1, 7),
  Case("a if b else c d",
    .syntax, "invalid syntax", 1, 15, 1, 16),
  Case("match x:\n case a as _: y",
    .syntax, "cannot use '_' as a target", 2, 12, 2, 13),
  Case("match x:\n case A(a=1, b): y",
    .syntax, "positional patterns follow keyword patterns", 2, 14, 2, 15),
  Case("match x:\n case 1+1: y",
    .syntax, "imaginary number required in complex literal", 2, 9, 2, 10),
  Case("match x\n case 1: y",
    .syntax, "expected ':'", 1, 8, 1, 8),
  Case("f'{a b}'",
    .syntax, "f-string: invalid syntax. Perhaps you forgot a comma?", 1, 2, 1, 5),
  Case("x = f'''\n {a b}'''",
    .syntax, "f-string: invalid syntax. Perhaps you forgot a comma?", 2, 2, 2, 5),
  Case("f'{'",
    .syntax, "f-string: expecting '}'", 1, 5, 1, 5),
  Case("f'{}'",
    .syntax, "f-string: empty expression not allowed", 1, 6, 1, 6),
  Case("f'{a!x}'",
    .syntax, "f-string: invalid conversion character: expected 's', 'r', or 'a'", 1, 9, 1, 9),
  Case("f'}'",
    .syntax, "f-string: single '}' is not allowed", 1, 5, 1, 5),
  Case("f'{a[}'",
    .syntax, "f-string: closing parenthesis '}' does not match opening parenthesis '['", 1, 8, 1, 8),
  Case("'\\x1'",
    .syntax, "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-2: truncated \\xXX escape", 1, 6, 1, 6),
  Case("'\\N{foo}'",
    .syntax, "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-6: unknown Unicode character name", 1, 10, 1, 10),
  Case("b'é'",
    .syntax, "bytes can only contain ASCII literal characters", 1, 5, 1, 5),
  Case("'a' b'b'",
    .syntax, "cannot mix bytes and nonbytes literals", 1, 9, 1, 9),
  Case(String(repeating: "(", count: 201),
    .syntax, "too many nested parentheses", 1, 201, 1, 201),
  Case("a b\nx = '",
    .syntax, "unterminated string literal (detected at line 2)", 2, 5, 2, 5),
  Case("x[*a for a in b]",
    .syntax, "iterable unpacking cannot be used in comprehension", 1, 3, 1, 5),
  Case("@a\nx",
    .syntax, "invalid syntax", 2, 1, 2, 2),
]
