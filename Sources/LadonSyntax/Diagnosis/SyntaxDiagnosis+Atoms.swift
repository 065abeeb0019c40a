/// Names, literals and everything in brackets.
extension SyntaxDiagnosis {
  // MARK: Names and literals

  func atom() throws -> Node? {
    let start = mark
    func single(_ shape: Shape) -> Node {
      mark += 1
      return node(shape, from: start)
    }
    switch try peek() {
    case .name: return try acceptName()
    case .kwTrue: return single(.true_)
    case .kwFalse: return single(.false_)
    case .kwNone: return single(.none)
    case .ellipsis: return single(.ellipsis)
    case .string: return try strings()
    case .number:
      let token = tokens[start]
      mark += 1
      do {
        _ = try NumberLiteral.constant(text.bytes(Int(token.start), Int(token.end)), limit: text.maximumDigits)
      } catch {
        guard case .lineOnly(let message) = error else { return nil }
        throw failure(message, line: Int(token.line), column: 0, endLine: Int(token.endLine), endColumn: 0)
      }
      if text.bytes(Int(token.start), Int(token.end)).contains(UInt8(ascii: "_")) {
        try requires(6, "Underscores in numeric literals are")
      }
      return node(.literal, from: start)
    case .leftParen:
      return try nested { try self.tuple() ?? self.group() ?? self.generator() }
    case .leftBracket:
      return try nested { try self.listDisplay() ?? self.listComprehension() }
    case .leftBrace:
      return try nested {
        try self.dict() ?? self.setDisplay() ?? self.dictComprehension() ?? self.setComprehension()
      }
    default: return nil
    }
  }

  func strings() throws -> Node? {
    try remember(.strings) {
      let start = mark
      while try accept(.string) {}
      if mark == start { return nil }
      var literal = StringLiteral(text: text, rules: options.rules)
      var fields = FieldReader(
        text: text, rules: options.rules, stackLimit: options.stackLimit, recursion: recursion)
      let text = self.text
      let options = self.options
      let isOld = options.featureVersion < ParseOptions.newestVersion
      do throws(LiteralFailure) {
        let result = try literal.parse(tokens + start, mark - start) { (field) throws(LiteralFailure) -> Expr in
          let value: Expr
          do { value = try fields.read(field) } catch {
            switch fields.mismatch {
            case .stack?: throw .field(.memory())
            case .depth?: throw .field(.recursion())
            default: throw .field(Self.unterminated(field, in: text) ?? Self.explain(field, in: text, options: options))
            }
          }
          if isOld, let failure = SyntaxDiagnosis(field, in: text, options: options).newerSyntax() {
            throw .field(failure)
          }
          return value
        }
        if case .joinedStr = result.kind {
          if isOld, let failure = newerFormat(literal) { throw LiteralFailure.field(failure) }
          return node(.fString, from: start)
        }
        return node(.literal, from: start)
      } catch {
        switch error {
        case .field(let failure): throw failure
        case .message(let message), .lineOnly(let message): throw atLastToken(message)
        case .unexplainedField: throw SyntaxFailure.recursion()
        }
      }
    }
  }

  private func newerFormat(_ literal: StringLiteral) -> SyntaxFailure? {
    do {
      try requires(6, "Format strings are")
      if literal.showsExpressions { try requires(8, "f-string: self documenting expressions are") }
      return nil
    } catch { return error as? SyntaxFailure }
  }

  /// A field may span lines in a string with single quotes too (PEP 701). If it makes no sense, the quote
  /// was rather forgotten.
  private static func unterminated(_ field: ReplacementField, in text: SourceText) -> SyntaxFailure? {
    let start = Int(field.token.start)
    let end = Int(field.token.end)
    let quote = text.base[end - 1]
    let isTriple = text.base[end - 2] == quote && text.base[end - 3] == quote
    if isTriple || !text.bytes(field.range.lowerBound, field.range.upperBound).contains(10) { return nil }
    let lineStart = text.lineStart(of: start)
    let before = text.bytes(lineStart, start).reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
    let line = Int(field.token.line)
    return SyntaxFailure(
      message: "unterminated string literal (detected at line \(field.line))", line: line, offset: before + 1,
      endLine: line, endOffset: before + 1, text: text.string(lineStart, text.lineEnd(of: lineStart)))
  }

  // MARK: Parentheses and brackets

  func tuple() throws -> Node? {
    try attempt {
      let start = mark
      guard try accept(.leftParen) else { return nil }
      var elements: [Node] = []
      let resume = mark
      if let first = try starNamedExpression(), try accept(.comma) {
        elements = [first]
        if let rest = try starNamedExpressions() { elements += rest }
      } else {
        mark = resume
      }
      return try accept(.rightParen) ? node(.tuple, from: start, elements) : nil
    }
  }

  func group() throws -> Node? {
    let start = mark
    if try accept(.leftParen) {
      let inner = try yieldExpression() ?? namedExpression()
      if let value = inner, try accept(.rightParen) { return value }
    }
    mark = start
    if triesInvalid {
      if try accept(.leftParen), let star = try starredExpression(), try accept(.rightParen) {
        throw at(star.range, "cannot use starred expression here")
      }
      mark = start
      if try accept(.leftParen) {
        let stars = mark
        if try accept(.doubleStar), try expression() != nil, try accept(.rightParen) {
          throw at(range(ofToken: stars), "cannot use double starred expression here")
        }
      }
      mark = start
    }
    return nil
  }

  func generator() throws -> Node? {
    let start = mark
    if try accept(.leftParen), try namedOrPlain() != nil, try clauses() != nil, try accept(.rightParen) {
      return node(.generator, from: start)
    }
    mark = start
    try invalidComprehension()
    return nil
  }

  func listDisplay() throws -> Node? {
    try attempt {
      let start = mark
      guard try accept(.leftBracket) else { return nil }
      let elements = try starNamedExpressions() ?? []
      return try accept(.rightBracket) ? node(.list, from: start, elements) : nil
    }
  }

  func listComprehension() throws -> Node? {
    let start = mark
    if try accept(.leftBracket), try namedExpression() != nil, try clauses() != nil, try accept(.rightBracket) {
      return node(.listComprehension, from: start)
    }
    mark = start
    try invalidComprehension()
    return nil
  }

  func setDisplay() throws -> Node? {
    try attempt {
      let start = mark
      guard try accept(.leftBrace), try starNamedExpressions() != nil else { return nil }
      return try accept(.rightBrace) ? node(.set, from: start) : nil
    }
  }

  func setComprehension() throws -> Node? {
    let start = mark
    if try accept(.leftBrace), try namedExpression() != nil, try clauses() != nil, try accept(.rightBrace) {
      return node(.setComprehension, from: start)
    }
    mark = start
    try invalidComprehension()
    return nil
  }

  private func invalidComprehension() throws {
    if !triesInvalid { return }
    let start = mark
    let opening = try peek()
    let isBracket = opening == .leftBracket || opening == .leftBrace
    if isBracket || opening == .leftParen {
      mark += 1
      if let star = try starredExpression(), try clauses() != nil {
        throw at(star.range, "iterable unpacking cannot be used in comprehension")
      }
    }
    mark = start
    let message = "did you forget parentheses around the comprehension target?"
    if isBracket {
      mark += 1
      if let first = try starNamedExpression(), try accept(.comma), let rest = try starNamedExpressions() {
        if try clauses() != nil, let last = rest.last { throw from(first.range, to: last.range, message) }
      }
      mark = start + 1
      if let first = try starNamedExpression() {
        let comma = mark
        if try accept(.comma), try clauses() != nil {
          throw from(first.range, to: range(ofToken: comma), message)
        }
      }
    }
    mark = start
  }

  /// One or more `for` clauses: their range, with the last target and the last clause's end in the children.
  func clauses() throws -> Node? {
    let start = mark
    let found = try repeated(clause)
    guard let last = found.last else { return nil }
    return node(.other, from: start, [last])
  }

  /// A clause's node has its end; its child is the target.
  private func clause() throws -> Node? {
    let start = mark
    for isAsync in [true, false] {
      mark = start
      if isAsync, try !accept(.kwAsync) { continue }
      guard try accept(.kwFor), let target = try starTargets(), try accept(.kwIn) else { continue }
      // From here on there is no other reading.
      guard try disjunction() != nil else {
        mark = start
        return nil
      }
      while true {
        let end = mark
        guard try accept(.kwIf), try disjunction() != nil else {
          mark = end
          break
        }
      }
      if isAsync { try requires(6, "Async comprehensions are") }
      return node(.other, from: start, [target])
    }
    mark = start
    try invalidForTarget()
    return nil
  }

  func invalidForTarget() throws {
    if !triesInvalid { return }
    let start = mark
    _ = try accept(.kwAsync)
    if try accept(.kwFor), let target = try starExpressions() { try checkTarget(target, .loop) }
    mark = start
  }

  // MARK: Braces

  func dict() throws -> Node? {
    let start = mark
    if try accept(.leftBrace) {
      if try gather(.comma, pair) != nil { _ = try accept(.comma) }
      if try accept(.rightBrace) { return node(.dict, from: start) }
    }
    mark = start
    // CPython's guard for the second pass covers only alternatives that are one rule; this one isn't.
    if try accept(.leftBrace) { try invalidPairs() }
    mark = start
    return nil
  }

  private func pair() throws -> Node? {
    if let double = try attempt({ () -> Node? in
      let start = self.mark
      guard try self.accept(.doubleStar), try self.binary(0) != nil else { return nil }
      return self.node(.other, from: start)
    }) {
      return double
    }
    return try keyAndValue()
  }

  private func keyAndValue() throws -> Node? {
    try attempt {
      let start = mark
      guard try expression() != nil, try accept(.colon), try expression() != nil else { return nil }
      return node(.other, from: start)
    }
  }

  private func invalidPairs() throws {
    let start = mark
    if try gather(.comma, pair) != nil, try accept(.comma) { try invalidPair() }
    mark = start
    try invalidValue()
    mark = start
  }

  private func invalidValue() throws {
    let start = mark
    if try expression() != nil, try accept(.colon) {
      let star = mark
      if try accept(.star), try binary(0) != nil {
        throw startingFrom(range(ofToken: star), "cannot use a starred expression in a dictionary value")
      }
    }
    mark = start
    if try expression() != nil {
      let colon = mark
      if try accept(.colon) {
        let kind = try peek()
        if kind == .rightBrace || kind == .comma {
          throw at(range(ofToken: colon), "expression expected after dictionary key and ':'")
        }
      }
    }
    mark = start
  }

  private func invalidPair() throws {
    let start = mark
    if let key = try expression(), try !sees(.colon) {
      throw failure(
        "':' expected after dictionary key", line: key.range.line, column: key.range.endColumn,
        endLine: key.range.endLine, endColumn: 0)
    }
    mark = start
    try invalidValue()
  }

  func dictComprehension() throws -> Node? {
    let start = mark
    if try accept(.leftBrace), try keyAndValue() != nil, try clauses() != nil, try accept(.rightBrace) {
      return node(.dictComprehension, from: start)
    }
    mark = start
    if triesInvalid, try accept(.leftBrace) {
      let stars = mark
      if try accept(.doubleStar), try binary(0) != nil, try clauses() != nil, try accept(.rightBrace) {
        throw at(range(ofToken: stars), "dict unpacking cannot be used in dict comprehension")
      }
    }
    mark = start
    return nil
  }
}
