import Testing

@testable import LadonSyntax

/// Encodings, warnings, interactive input and limits.
struct SourceTests {
  private func parsed(_ bytes: [UInt8], isFile: Bool = false) throws -> String {
    var options = ParseOptions()
    options.isText = false
    options.isFile = isFile
    let result = try parse(source: bytes, filename: "f.py", options: options)
    return String(decoding: TreeDump.text(of: result.mod), as: UTF8.self)
  }

  @Test func latin1() throws {
    let source: [UInt8] = Array("# coding: latin-1\n'".utf8) + [0xE9] + Array("'\n".utf8)
    #expect(try parsed(source).contains("value='é'"))
  }

  @Test func byteOrderMark() throws {
    #expect(try parsed([0xEF, 0xBB, 0xBF] + Array("x".utf8)) == parsed(Array("x".utf8)))
  }

  @Test func undeclaredEncoding() {
    #expect(throws: SyntaxFailure.self) { try parsed(Array("#".utf8) + [0xFF], isFile: true) }
  }

  @Test func lineEnds() throws {
    #expect(try parsed(Array("x\r\ny\rz".utf8)) == parsed(Array("x\ny\nz".utf8)))
  }

  @Test func warnings() throws {
    let result = try parse(source: Array("x = 1if y else '\\d'".utf8), filename: "<test>")
    #expect(result.warnings.map { $0.message } == ["invalid decimal literal", "invalid escape sequence '\\d'"])
    #expect(result.warnings.map { $0.category } == [.syntax, .deprecation])
  }

  @Test(arguments: ["if x:", "(", "'''a", "def f():\n  x", "@a\n", "x = [\n1,", "a\\\n"])
  func incomplete(_ source: String) {
    var options = ParseOptions()
    options.allowsIncompleteInput = true
    options.requiresDedent = true
    let found = failure(of: source, .single, options)
    #expect(found?.message == "incomplete input")
    #expect(found?.isIncomplete == true)
  }

  @Test(arguments: ["x", "if x:\n  y\n", "x; y", "class A: pass\n"])
  func complete(_ source: String) throws { _ = try tree(source, .single) }

  @Test func oneStatementOnly() {
    #expect(failure(of: "x\ny", .single)?.message.hasPrefix("multiple statements") == true)
  }

  @Test(arguments: [("lambda:", "1"), ("a.", "b"), ("-", "1"), ("a if b else ", "c"), ("[", "]"), ("a**", "1")])
  func deepNesting(_ prefix: String, _ suffix: String) {
    let found = failure(of: String(repeating: prefix, count: 100_000) + suffix)
    #expect(found != nil)
  }

  @Test func stackLimit() {
    var options = ParseOptions()
    options.stackLimit = UInt.max
    #expect(failure(of: "x", .exec, options)?.kind == .memory)
  }

  /// No truncation of a valid source may crash or hang.
  @Test func truncations() {
    let source = """
      @d(x)
      async def f[T](a, /, b: int = 1, *c, **d) -> {1: 2, **z}:
          with (open(a) as b, c): return f'{a!r:>{w}}' if x else [*y, (yield)]
          match x:
              case {'a': [1, *_], **r} | A.B(c=-1j) if (y := 2): pass
          try: pass
          except* (A, B) as e: raise e from None
      """
    let bytes = Array(source.utf8)
    for length in 0..<bytes.count {
      _ = failure(of: String(decoding: bytes[..<length], as: UTF8.self))
      _ = failure(of: String(decoding: bytes[length...], as: UTF8.self))
    }
  }
}
