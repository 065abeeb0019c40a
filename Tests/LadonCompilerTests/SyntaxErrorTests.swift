import LadonCompiler
import LadonSyntax
import Testing

/// Messages and positions as CPython 3.11 gives them.
@Suite struct SyntaxErrorTests {
  struct Case: Sendable {
    var source: String
    var message: String
    /// Line, offset, end line, end offset.
    var place: [Int]
  }

  static let cases = [
    Case(source: "def f(x, x): pass\n", message: "duplicate argument 'x' in function definition", place: [1, 10, 1, 11]),
    Case(source: "x = 1\nglobal x\n", message: "name 'x' is assigned to before global declaration", place: [2, 1, 2, 9]),
    Case(source: "def f(x):\n  global x\n", message: "name 'x' is parameter and global", place: [2, 3, 2, 11]),
    Case(source: "nonlocal z\n", message: "nonlocal declaration not allowed at module level", place: [1, 1, 1, 11]),
    Case(source: "def f():\n  nonlocal y\n", message: "no binding for nonlocal 'y' found", place: [2, 3, 2, 13]),
    Case(source: "return 5\n", message: "'return' outside function", place: [1, 1, 1, 9]),
    Case(source: "yield 3\n", message: "'yield' outside function", place: [1, 1, 1, 8]),
    Case(source: "def f():\n  await x\n", message: "'await' outside async function", place: [2, 3, 2, 10]),
    Case(source: "break\n", message: "'break' outside loop", place: [1, 1, 1, 6]),
    Case(source: "continue\n", message: "'continue' not properly in loop", place: [1, 1, 1, 9]),
    Case(source: "*a, *b = c\n", message: "multiple starred expressions in assignment", place: [1, 1, 1, 7]),
    Case(source: "def f():\n  from x import *\n", message: "import * only allowed at module level", place: [2, 17, 2, 18]),
    Case(
      source: "try: pass\nexcept: pass\nexcept E: pass\n", message: "default 'except:' must be last",
      place: [2, 1, 2, 13]),
    Case(
      source: "match x:\n  case a: pass\n  case b: pass\n",
      message: "name capture 'a' makes remaining patterns unreachable", place: [2, 8, 2, 9]),
    Case(
      source: "[i for i in range(5) if (j := 0) for j in range(5)]\n",
      message: "comprehension inner loop cannot rebind assignment expression target 'j'", place: [1, 38, 1, 39]),
    Case(source: "from __future__ import x\n", message: "future feature x is not defined", place: [1, 1, 1, -1]),
  ]

  @Test(arguments: cases) func isReported(_ item: Case) {
    do {
      _ = try compiled(item.source)
      Issue.record("no error for \(item.source)")
    } catch let failure as SyntaxFailure {
      #expect(failure.message == item.message)
      #expect([failure.line, failure.offset, failure.endLine, failure.endOffset] == item.place)
    } catch {
      Issue.record("another error: \(error)")
    }
  }

  @Test func warnings() throws {
    let result = try compiled("x is 1\nassert (a, 'b')\n'a' (1)\n[1]['a']\n")
    #expect(result.warnings.map { $0.message } == [
      "\"is\" with a literal. Did you mean \"==\"?",
      "assertion is always true, perhaps remove parentheses?",
      "'str' object is not callable; perhaps you missed a comma?",
      "list indices must be integers or slices, not str; perhaps you missed a comma?",
    ])
  }
}
