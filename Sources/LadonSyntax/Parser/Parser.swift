/// Why the parser stopped. It only recognises; `SyntaxDiagnosis` finds the words for what is wrong.
enum Mismatch: Error {
  /// The tokens are not Python.
  case syntax
  /// More nesting than the native stack should hold.
  case stack
  /// A tree that would be too deep to walk.
  case depth
}

/// A recursive-descent parser of Python 3.11, with type parameters and `type` statements (PEP 695), f-strings
/// without limits (PEP 701) and `except` lists without parentheses (PEP 758).
///
/// It decides by looking at tokens, and goes back only where the grammar has two readings of a statement's start
/// (`with (`), once per statement; so time is linear in the source.
struct Parser {
  let stream: TokenStream
  let tokens: UnsafeMutablePointer<Token>
  let text: SourceText
  let rules: IdentifierRules
  /// The lowest stack address to use; 0 for no check.
  let stackLimit: UInt
  /// How deep a tree may be: as deep as `Expr.maximumDepth`, and as the stack can release.
  let depthLimit: UInt16
  var pos = 0
  var warnings: [SourceWarning] = []
  /// By the range of the statement or parameter that they belong to.
  var typeComments: [SourceRange: String] = [:]
  /// How many parsing functions that can recurse are active.
  var recursion = 0

  static let maximumRecursion = 3000
  /// Bytes of stack that releasing one level of a tree takes, with a margin.
  static let releaseCost: UInt = 640
  /// How many unary operators may follow each other; CPython's parser runs out of stack at about as many.
  static let maximumChain = 5990

  init(stream: TokenStream, rules: IdentifierRules, stackLimit: UInt, recursion: Int = 0) {
    self.stream = stream
    self.rules = rules
    self.stackLimit = stackLimit
    self.recursion = recursion
    tokens = stream.tokens
    text = stream.text
    var limit = Expr.maximumDepth
    if stackLimit != 0 {
      let here = Self.stackAddress()
      let room = here > stackLimit ? (here - stackLimit) / Self.releaseCost : 0
      if room < UInt(limit) { limit = UInt16(room) }
    }
    depthLimit = limit
  }

  // MARK: Tokens

  @inline(__always) var kind: TokenKind { tokens[pos].kind }
  @inline(__always) func kind(ahead count: Int) -> TokenKind {
    pos + count < stream.count ? tokens[pos + count].kind : .endMarker
  }

  /// The last token is never passed: nothing takes an end marker or an error but the rule for the end.
  @inline(__always) mutating func advance() { pos += 1 }

  @inline(__always) mutating func accept(_ wanted: TokenKind) -> Bool {
    if tokens[pos].kind == wanted {
      pos += 1
      return true
    }
    return false
  }

  @inline(__always) mutating func expect(_ wanted: TokenKind) throws(Mismatch) {
    if tokens[pos].kind != wanted { throw .syntax }
    pos += 1
  }

  func isWord(_ word: StaticString, at index: Int) -> Bool {
    let token = tokens[index]
    if token.kind != .name || Int(token.end - token.start) != word.utf8CodeUnitCount { return false }
    let bytes = text.base + Int(token.start)
    for offset in 0..<word.utf8CodeUnitCount where bytes[offset] != word.utf8Start[offset] { return false }
    return true
  }

  func identifier(at index: Int) -> String {
    let token = tokens[index]
    let name = text.string(Int(token.start), Int(token.end))
    return token.hasWideCharacters ? rules.normalize(name) : name
  }

  /// Takes a type comment if one is here.
  mutating func typeComment() -> String? {
    if kind != .typeComment { return nil }
    defer { advance() }
    return text.string(Int(tokens[pos].start), Int(tokens[pos].end))
  }

  mutating func name() throws(Mismatch) -> String {
    if kind != .name { throw .syntax }
    let result = identifier(at: pos)
    pos += 1
    return result
  }

  // MARK: Positions

  @inline(__always) func range(ofToken index: Int) -> SourceRange {
    let token = tokens[index]
    var result = SourceRange.none
    result.storage = (token.line, token.column, token.endLine, token.endColumn)
    return result
  }

  /// From the token `start` to the last one taken that is not layout.
  @inline(__always) func range(from start: Int) -> SourceRange {
    var last = pos - 1
    while last > start, tokens[last].kind.isLayout { last -= 1 }
    let first = tokens[start]
    let final = tokens[last]
    var result = SourceRange.none
    result.storage = (first.line, first.column, final.endLine, final.endColumn)
    return result
  }

  /// From a node's start to the last token taken.
  @inline(__always) func range(from node: Expr) -> SourceRange {
    let final = tokens[pos - 1]
    var result = node.range
    result.storage.2 = final.endLine
    result.storage.3 = final.endColumn
    return result
  }

  // MARK: Nodes

  @inline(__always) func leaf(_ kind: ExprKind, _ range: SourceRange) -> Expr { Expr(kind, range) }

  /// A node over others, the deepest of which has `depth` levels below.
  @inline(__always)
  func node(_ kind: ExprKind, _ range: SourceRange, _ depth: UInt16) throws(Mismatch) -> Expr {
    if depth >= depthLimit { throw .depth }
    let result = Expr(kind, range)
    result.depth = depth + 1
    return result
  }

  func deepest(_ nodes: [Expr]) -> UInt16 {
    var result: UInt16 = 0
    for node in nodes where node.depth > result { result = node.depth }
    return result
  }

  // MARK: Recursion

  /// Counts `cost` levels; the caller gives them back with `leave`.
  @inline(__always) mutating func enter(_ cost: Int) throws(Mismatch) {
    recursion += cost
    if recursion > Self.maximumRecursion { throw .stack }
    if stackLimit != 0 { try checkStack() }
  }

  @inline(__always) mutating func leave(_ cost: Int) { recursion -= cost }

  @inline(never) func checkStack() throws(Mismatch) {
    if Self.stackAddress() < stackLimit { throw .stack }
  }

  @inline(never) static func stackAddress() -> UInt {
    var marker: UInt8 = 0
    return withUnsafeMutablePointer(to: &marker) { UInt(bitPattern: $0) }
  }

  // MARK: Whole sources

  mutating func module() throws(Mismatch) -> Mod {
    var body: [Stmt] = []
    while kind != .endMarker { try statement(into: &body) }
    return .module(body: body)
  }

  mutating func expressionSource() throws(Mismatch) -> Mod {
    let body = try expressions()
    while accept(.newline) {}
    if kind != .endMarker { throw .syntax }
    return .expression(body: body)
  }

  /// One statement; what follows it is the caller's business.
  mutating func interactive() throws(Mismatch) -> Mod {
    if accept(.newline) { return .interactive(body: [Stmt(.pass, range(ofToken: 0))]) }
    var body: [Stmt] = []
    let isCompound = startsCompound()
    try statement(into: &body)
    if isCompound { try expect(.newline) }
    return .interactive(body: body)
  }

  /// `(int, *str, **dict) -> bool`.
  mutating func functionType() throws(Mismatch) -> Mod {
    try expect(.leftParen)
    var types: [Expr] = []
    if kind != .rightParen {
      var hasStar = false
      var isLast = false
      repeat {
        if accept(.doubleStar) {
          isLast = true
        } else if accept(.star) {
          if hasStar { throw .syntax }
          hasStar = true
        } else if hasStar {
          throw .syntax
        }
        types.append(try expression())
      } while !isLast && accept(.comma)
    }
    try expect(.rightParen)
    try expect(.arrow)
    let result = try expression()
    while accept(.newline) {}
    if kind != .endMarker { throw .syntax }
    return .functionType(argtypes: types, returns: result)
  }
}
