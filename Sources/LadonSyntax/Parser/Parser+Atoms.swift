/// Names, literals and everything in brackets.
extension Parser {
  mutating func atom() throws(Mismatch) -> Expr {
    let start = pos
    switch kind {
    case .name:
      advance()
      return leaf(.name(id: identifier(at: start), ctx: .load), range(ofToken: start))
    case .number:
      let token = tokens[start]
      do {
        let value = try NumberLiteral.constant(text.bytes(Int(token.start), Int(token.end)), limit: text.maximumDigits)
        advance()
        return leaf(.constant(value: value, kind: nil), range(ofToken: start))
      } catch { throw .syntax }
    case .string: return try strings()
    case .leftParen: return try parenthesised()
    case .leftBracket: return try bracketed()
    case .leftBrace: return try braced()
    case .ellipsis: return singleton(.ellipsis)
    case .kwNone: return singleton(.none)
    case .kwTrue: return singleton(.true)
    case .kwFalse: return singleton(.false)
    default: throw .syntax
    }
  }

  private mutating func singleton(_ value: Constant) -> Expr {
    advance()
    return leaf(.constant(value: value, kind: nil), range(ofToken: pos - 1))
  }

  mutating func strings() throws(Mismatch) -> Expr {
    let start = pos
    while kind == .string { advance() }
    var literal = StringLiteral(text: text, rules: rules)
    var fields = FieldReader(text: text, rules: rules, stackLimit: stackLimit, recursion: recursion + 10)
    do {
      let result = try literal.parse(tokens + start, pos - start) {
        (field) throws(LiteralFailure) -> Expr in
        try fields.read(field)
      }
      warnings += literal.warnings
      warnings += fields.warnings
      return result
    } catch { throw fields.mismatch ?? .syntax }
  }

  /// The whole of a replacement field, which the tokenizer has put into parentheses.
  mutating func field() throws(Mismatch) -> Expr {
    if recursion > Self.maximumRecursion { throw .stack }
    if stackLimit != 0 { try checkStack() }
    let value = try starExpressions()
    if kind != .endMarker { throw .syntax }
    return value
  }

  // MARK: Parentheses

  /// A tuple, a generator expression, or just a group.
  private mutating func parenthesised() throws(Mismatch) -> Expr {
    let start = pos
    advance()
    if accept(.rightParen) { return leaf(.tuple(elts: [], ctx: .load), range(from: start)) }
    if kind == .kwYield {
      let value = try yieldExpression()
      try expect(.rightParen)
      return value
    }
    let isStarred = kind == .star
    let first = try starNamedExpression()
    switch kind {
    case .rightParen:
      if isStarred { throw .syntax }
      advance()
      return first
    case .comma:
      let elements = try elements(after: first, until: .rightParen)
      return try node(.tuple(elts: elements, ctx: .load), range(from: start), deepest(elements))
    case .kwFor, .kwAsync:
      if isStarred { throw .syntax }
      let (generators, depth) = try comprehension()
      try expect(.rightParen)
      return try node(
        .generatorExp(elt: first, generators: generators), range(from: start), max(first.depth, depth))
    default: throw .syntax
    }
  }

  /// What follows the first element, through the closing bracket.
  private mutating func elements(after first: Expr, until closer: TokenKind) throws(Mismatch) -> [Expr] {
    var elements = [first]
    while accept(.comma) {
      if kind == closer { break }
      elements.append(try starNamedExpression())
    }
    try expect(closer)
    return elements
  }

  private mutating func bracketed() throws(Mismatch) -> Expr {
    let start = pos
    advance()
    if accept(.rightBracket) { return leaf(.list(elts: [], ctx: .load), range(from: start)) }
    let isStarred = kind == .star
    let first = try starNamedExpression()
    if kind == .kwFor || kind == .kwAsync {
      if isStarred { throw .syntax }
      let (generators, depth) = try comprehension()
      try expect(.rightBracket)
      return try node(.listComp(elt: first, generators: generators), range(from: start), max(first.depth, depth))
    }
    let elements = try elements(after: first, until: .rightBracket)
    return try node(.list(elts: elements, ctx: .load), range(from: start), deepest(elements))
  }

  // MARK: Braces

  private mutating func braced() throws(Mismatch) -> Expr {
    let start = pos
    advance()
    if accept(.rightBrace) { return leaf(.dict(keys: [], values: []), range(from: start)) }
    if kind == .doubleStar { return try dict(from: start, keys: [], values: []) }
    let isStarred = kind == .star
    let first = try starNamedExpression()
    if kind == .colon, !isStarred {
      if case .namedExpr = first.kind, tokens[start + 1].kind != .leftParen { throw .syntax }
      advance()
      let value = try expression()
      if kind == .kwFor || kind == .kwAsync {
        let (generators, depth) = try comprehension()
        try expect(.rightBrace)
        return try node(
          .dictComp(key: first, value: value, generators: generators), range(from: start),
          max(depth, max(first.depth, value.depth)))
      }
      if kind != .rightBrace { try expect(.comma) }
      return try dict(from: start, keys: [first], values: [value])
    }
    if kind == .kwFor || kind == .kwAsync {
      if isStarred { throw .syntax }
      let (generators, depth) = try comprehension()
      try expect(.rightBrace)
      return try node(.setComp(elt: first, generators: generators), range(from: start), max(first.depth, depth))
    }
    let elements = try elements(after: first, until: .rightBrace)
    return try node(.set(elts: elements), range(from: start), deepest(elements))
  }

  /// The rest of a dictionary, at an entry or at the closing brace.
  private mutating func dict(
    from start: Int, keys firstKeys: [Expr?], values firstValues: [Expr]
  ) throws(Mismatch) -> Expr {
    var keys = firstKeys
    var values = firstValues
    while kind != .rightBrace {
      if accept(.doubleStar) {
        keys.append(nil)
        values.append(try bitwiseOr())
      } else {
        keys.append(try expression())
        try expect(.colon)
        values.append(try expression())
      }
      if !accept(.comma) { break }
    }
    try expect(.rightBrace)
    var depth = deepest(values)
    for key in keys { if let key = key, key.depth > depth { depth = key.depth } }
    return try node(.dict(keys: keys, values: values), range(from: start), depth)
  }

  // MARK: Comprehensions

  /// One or more `for` clauses with their conditions, and the depth of the deepest expression in them.
  mutating func comprehension() throws(Mismatch) -> ([Comprehension], UInt16) {
    var clauses: [Comprehension] = []
    var depth: UInt16 = 0
    while kind == .kwFor || kind == .kwAsync {
      let isAsync = accept(.kwAsync)
      try expect(.kwFor)
      let target = try starTargets()
      try expect(.kwIn)
      let iter = try disjunction()
      var ifs: [Expr] = []
      while accept(.kwIf) { ifs.append(try disjunction()) }
      depth = max(depth, max(deepest(ifs), max(target.depth, iter.depth)))
      clauses.append(Comprehension(target: target, iter: iter, ifs: ifs, isAsync: isAsync))
    }
    return (clauses, depth)
  }
}

/// Parses replacement fields where they stand, so that their nodes have the positions of the file.
struct FieldReader {
  let text: SourceText
  let rules: IdentifierRules
  let stackLimit: UInt
  let recursion: Int
  var warnings: [SourceWarning] = []
  /// Why the last field could not be read.
  var mismatch: Mismatch?

  init(text: SourceText, rules: IdentifierRules, stackLimit: UInt, recursion: Int) {
    self.text = text
    self.rules = rules
    self.stackLimit = stackLimit
    self.recursion = recursion
  }

  mutating func read(_ field: ReplacementField) throws(LiteralFailure) -> Expr {
    var tokenizer = Tokenizer(
      field: field.range, line: field.line, lineStart: field.lineStart, text: text, rules: rules)
    let stream = tokenizer.run(isField: true)
    var parser = Parser(stream: stream, rules: rules, stackLimit: stackLimit, recursion: recursion)
    do throws(Mismatch) {
      let value = try parser.field()
      warnings += stream.warnings
      warnings += parser.warnings
      return value
    } catch {
      mismatch = error
      throw .unexplainedField
    }
  }
}
