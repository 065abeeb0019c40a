/// Tokens, memory and positions of the diagnosing parser.
extension SyntaxDiagnosis {
  // MARK: Tokens

  /// The kind of the token here. Asking for a token is what CPython counts as having read it.
  func peek() throws -> TokenKind {
    if mark >= fill {
      fill = mark + 1
      if tokens[mark].kind == .error { throw tokenizerFailure() }
    }
    return tokens[mark].kind
  }

  func accept(_ kind: TokenKind) throws -> Bool {
    if try peek() != kind { return false }
    if mark + 1 < stream.count { mark += 1 }
    return true
  }

  /// Whether a token is here, without taking it.
  func sees(_ kind: TokenKind) throws -> Bool { try peek() == kind }

  /// A token that must be here: its absence is reported in either pass.
  func force(_ kind: TokenKind, _ shown: String) throws {
    if try !accept(kind) { throw at(range(ofToken: mark), "expected '\(shown)'") }
  }

  func isWord(_ word: StaticString, at index: Int) -> Bool {
    let token = tokens[index]
    if token.kind != .name || Int(token.end - token.start) != word.utf8CodeUnitCount { return false }
    for offset in 0..<word.utf8CodeUnitCount
    where text.base[Int(token.start) + offset] != word.utf8Start[offset] { return false }
    return true
  }

  func accept(word: StaticString) throws -> Bool {
    if try peek() != .name || !isWord(word, at: mark) { return false }
    mark += 1
    return true
  }

  /// Any beginning of a soft keyword counts for one here, as in CPython.
  func seesSoftKeyword() throws -> Bool {
    if try peek() != .name { return false }
    let token = tokens[mark]
    let bytes = text.bytes(Int(token.start), Int(token.end))
    let words: [StaticString] = ["_", "case", "match"]
    return words.contains { word in
      bytes.count <= word.utf8CodeUnitCount && bytes.indices.allSatisfy { bytes[$0] == word.utf8Start[$0] }
    }
  }

  func acceptName() throws -> Node? {
    if try peek() != .name { return nil }
    let node = Node(.name, range(ofToken: mark))
    node.token = mark
    mark += 1
    return node
  }

  // MARK: Choice

  /// An alternative: if it finds nothing, nothing was taken.
  func attempt<T>(_ body: () throws -> T?) throws -> T? {
    let start = mark
    if let result = try body() { return result }
    mark = start
    return nil
  }

  func matches(_ body: () throws -> Bool) throws -> Bool {
    let start = mark
    if try body() { return true }
    mark = start
    return false
  }

  /// A look ahead that takes nothing.
  func foresees(_ body: () throws -> Bool) throws -> Bool {
    let start = mark
    defer { mark = start }
    return try body()
  }

  /// One alternative made of an optional match; it always succeeds.
  func optionally(_ body: () throws -> Bool) throws {
    _ = try matches(body)
  }

  /// Items with a separator between them; at least one.
  func gather(_ separator: TokenKind, _ item: () throws -> Node?) throws -> [Node]? {
    guard let first = try item() else { return nil }
    var result = [first]
    while true {
      let start = mark
      if try accept(separator), let next = try item() {
        result.append(next)
      } else {
        mark = start
        return result
      }
    }
  }

  func repeated(_ item: () throws -> Node?) throws -> [Node] {
    var result: [Node] = []
    while true {
      let start = mark
      guard let next = try item() else {
        mark = start
        return result
      }
      if mark == start { return result }
      result.append(next)
    }
  }

  enum Rule: Int {
    case expression, starExpression, disjunction, conjunction, inversion, comparison, factor, awaited, primary
    case targetPrimary, strings, arguments, starTarget, starAtomTarget, deleteTarget, simpleStatement, block
    case invalidNamed, closedPattern, starPattern
    /// Six levels of binary operators follow.
    case binary
  }

  func remember(_ rule: Int, _ body: () throws -> Node?) throws -> Node? {
    let key = (rule << 32) | mark
    if let known = memo[key] {
      mark = known.end
      return known.node
    }
    let start = mark
    let result = try body()
    if result == nil { mark = start }
    memo[key] = Memo(node: result, end: mark)
    return result
  }

  func remember(_ rule: Rule, _ body: () throws -> Node?) throws -> Node? { try remember(rule.rawValue, body) }

  /// Guards the native stack; the parser before had its own, tighter for what is accepted.
  func nested<T>(_ body: () throws -> T) throws -> T {
    recursion += 1
    defer { recursion -= 1 }
    if recursion > Self.maximumRecursion { throw SyntaxFailure.memory() }
    if options.stackLimit != 0, Parser.stackAddress() < options.stackLimit { throw SyntaxFailure.memory() }
    return try body()
  }

  static var maximumRecursion: Int { 3200 }

  // MARK: Ranges

  func range(ofToken index: Int) -> SourceRange {
    let token = tokens[index]
    let isLayout = token.column < 0
    return SourceRange(
      line: Int(token.line), column: Int(token.column), endLine: Int(token.endLine),
      endColumn: isLayout ? -1 : Int(token.endColumn))
  }

  /// From a token to the last one taken that is not layout.
  func range(from start: Int) -> SourceRange {
    var last = max(start, mark - 1)
    while last > start, tokens[last].kind.isLayout { last -= 1 }
    return SourceRange(from: range(ofToken: start), to: range(ofToken: last))
  }

  func node(_ shape: Shape, from start: Int, _ children: [Node] = []) -> Node {
    Node(shape, range(from: start), children)
  }

  /// The answer of rules that only match.
  var matched: Node { Self.nothing }
  static var nothing: Node { Node(.other, .none) }

  // MARK: Failures

  func at(_ range: SourceRange, _ message: String) -> SyntaxFailure {
    failure(
      message, line: range.line, column: range.column + 1, endLine: range.endLine, endColumn: range.endColumn + 1)
  }

  func from(_ first: SourceRange, to last: SourceRange, _ message: String) -> SyntaxFailure {
    at(SourceRange(from: first, to: last), message)
  }

  /// From a place to as far as the tokenizer has come.
  func startingFrom(_ range: SourceRange, _ message: String) -> SyntaxFailure {
    let token = tokens[fill - 1]
    let end = Int(token.endColumn) + (token.kind == .newline ? 1 : 0)
    return failure(message, line: range.line, column: range.column + 1, endLine: Int(token.endLine), endColumn: end)
  }

  /// An error without a place of its own: it goes to the last token read.
  func atLastToken(_ message: String, kind: SyntaxFailure.Kind = .syntax) -> SyntaxFailure {
    if fill == 0 {
      return SyntaxFailure(kind: kind, message: message, line: 0, offset: 0, endLine: 0, endOffset: -1, text: "")
    }
    let token = tokens[fill - 1]
    if token.column < 0 {
      return failure(
        message, kind: kind, line: Int(token.line), column: Int(token.endColumn), endLine: Int(token.endLine),
        endColumn: -1)
    }
    return failure(
      message, kind: kind, line: Int(token.line), column: Int(token.column) + 1, endLine: Int(token.endLine),
      endColumn: Int(token.endColumn) + 1)
  }

  func indentation(_ after: String, _ keyword: Int) -> SyntaxFailure {
    atLastToken(
      "expected an indented block after \(after) on line \(tokens[keyword].line)", kind: .indentation)
  }

  /// Columns here are bytes, counted from 1.
  func failure(
    _ message: String, kind: SyntaxFailure.Kind = .syntax, line: Int, column: Int, endLine: Int, endColumn: Int
  ) -> SyntaxFailure {
    let shown = shownText(line)
    if case .field(let start) = mode {
      let offset = line > text.firstLine ? column - start : column
      let endOffset = endLine > text.firstLine ? endColumn - start : endColumn
      return SyntaxFailure(
        kind: kind, message: "f-string: " + message, line: line, offset: offset, endLine: endLine,
        endOffset: endOffset, text: shown)
    }
    if !text.hasEncoding {
      return SyntaxFailure(
        kind: kind, message: message, line: line, offset: column, endLine: endLine, endOffset: endColumn, text: shown)
    }
    let offset = characters(shown, column)
    let endOffset = endColumn > 0 ? characters(shown, endColumn) : endColumn
    return SyntaxFailure(
      kind: kind, message: message, line: line, offset: offset, endLine: endLine, endOffset: endOffset, text: shown)
  }

  /// Where CPython's line buffer begins: with the first of the lines that strings and backslashes join to the
  /// tokenizer's line.
  private func bufferStart() -> Int {
    var index = max(0, fill - 1)
    var start = text.lineStart(of: Int(tokens[index].start))
    if tokens[index].column < 0 {
      start = text.offset(ofLine: Int(tokens[index].line))
    }
    while start > 0 {
      while index > 0, Int(tokens[index].start) >= start { index -= 1 }
      let token = tokens[index]
      if Int(token.start) < start, Int(token.end) > start {
        start = text.lineStart(of: Int(token.start))
      } else if start > 1, text.base[start - 2] == 92, !endsInComment(start - 1, from: index) {
        let previous = text.lineStart(of: start - 2)
        // A backslash in the indentation starts a new buffer.
        let isBlank = text.bytes(previous, start - 2).allSatisfy { $0 == 32 || $0 == 9 || $0 == 12 }
        let isJoined = previous > 1 && text.base[previous - 2] == 92
        if isBlank, !isJoined { return start }
        start = previous
      } else {
        return start
      }
    }
    return start
  }

  /// Whether the line that ends at `end` does so in a comment; `index` is a token at or before its end.
  private func endsInComment(_ end: Int, from index: Int) -> Bool {
    let lineStart = text.lineStart(of: end)
    let token = tokens[index]
    var at = Int(token.start) < end ? max(lineStart, Int(token.end)) : lineStart
    while at < end {
      if text.base[at] == UInt8(ascii: "#") { return true }
      at += 1
    }
    return false
  }

  /// The line of an error; all of the buffer if the tokenizer is still there.
  private func shownText(_ line: Int) -> String {
    let current = fill > 0 ? tokens[fill - 1] : tokens[0]
    let start = text.offset(ofLine: line)
    if line < Int(current.endLine) || start >= text.count {
      if start >= text.count, line >= Int(current.endLine) {
        let last = text.lineStart(of: max(0, text.count - 1))
        return text.string(last, text.count)
      }
      return text.string(start, text.lineEnd(of: start))
    }
    let end = text.lineEnd(of: max(start, Int(current.column < 0 ? current.start : current.end - 1)))
    return text.string(min(start, bufferStart()), min(end + 1, text.count))
  }

  /// How many characters the first `column` bytes of a line are; a column past the end counts one more.
  private func characters(_ line: String, _ column: Int) -> Int {
    if column <= 0 { return column }
    var count = 0
    var seen = 0
    for byte in line.utf8 {
      if seen >= column { return count }
      if byte & 0xC0 != 0x80 { count += 1 }
      seen += 1
    }
    return seen < column ? count + 1 : count
  }

  // MARK: Names of expressions

  func describe(_ node: Node) -> String {
    switch node.shape {
    case .name: return "name"
    case .attribute: return "attribute"
    case .subscript_: return "subscript"
    case .starred: return "starred"
    case .tuple: return "tuple"
    case .list: return "list"
    case .call: return "function call"
    case .operation: return "expression"
    case .lambda: return "lambda"
    case .generator: return "generator expression"
    case .yield: return "yield expression"
    case .await: return "await expression"
    case .listComprehension: return "list comprehension"
    case .setComprehension: return "set comprehension"
    case .dictComprehension: return "dict comprehension"
    case .dict: return "dict literal"
    case .set: return "set display"
    case .fString: return "f-string expression"
    case .literal: return "literal"
    case .true_: return "True"
    case .false_: return "False"
    case .none: return "None"
    case .ellipsis: return "ellipsis"
    case .comparison: return "comparison"
    case .conditional: return "conditional expression"
    case .named: return "named expression"
    case .other: return "expression"
    }
  }

  enum TargetUse {
    case star, delete, loop
  }

  /// The part of a target that can't be one.
  func invalidPart(_ node: Node, _ use: TargetUse) -> Node? {
    switch node.shape {
    case .tuple, .list:
      for child in node.children { if let bad = invalidPart(child, use) { return bad } }
      return nil
    case .starred: return use == .delete ? node : invalidPart(node.children[0], use)
    case .comparison:
      // The target of a `for` was read through its `in`.
      if use == .loop { return node.isMembership ? invalidPart(node.children[0], use) : nil }
      return node
    case .name, .attribute, .subscript_: return nil
    default: return node
    }
  }

  func checkTarget(_ node: Node, _ use: TargetUse) throws {
    guard let bad = invalidPart(node, use) else { return }
    throw at(bad.range, (use == .delete ? "cannot delete " : "cannot assign to ") + describe(bad))
  }

  func isLegacyStatement(_ node: Node) -> Bool {
    node.shape == .name && (isWord("print", at: node.token) || isWord("exec", at: node.token))
  }
}
