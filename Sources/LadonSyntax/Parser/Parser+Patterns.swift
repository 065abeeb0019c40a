/// `match` statements.
extension Parser {
  /// `match` is a keyword only where a line starts with it, ends with a colon, and a block follows.
  func isMatchStatement() -> Bool {
    if !isWord("match", at: pos) || !startsSubject(kind(ahead: 1)) { return false }
    let outer = tokens[pos].level
    var index = pos + 1
    while index + 2 < stream.count {
      let token = tokens[index]
      if token.kind == .newline, token.level == outer {
        return tokens[index - 1].kind == .colon && tokens[index + 1].kind == .indent && isWord("case", at: index + 2)
      }
      index += 1
    }
    return false
  }

  private func startsSubject(_ kind: TokenKind) -> Bool { startsExpression(kind) && kind != .kwYield }

  mutating func matchStatement() throws(Mismatch) -> Stmt {
    let start = pos
    advance()
    let subject = try matchSubject()
    try expect(.colon)
    try expect(.newline)
    try expect(.indent)
    try enter(4)
    var cases: [MatchCase] = []
    while kind != .dedent {
      if !isWord("case", at: pos) { throw .syntax }
      advance()
      let pattern = try patterns()
      let guardExpr = accept(.kwIf) ? try namedExpression() : nil
      try expect(.colon)
      cases.append(MatchCase(pattern: pattern, guardExpr: guardExpr, body: try block()))
    }
    leave(4)
    advance()
    return Stmt(.match(subject: subject, cases: cases), range(from: start))
  }

  /// A named expression, or a tuple that may hold stars.
  private mutating func matchSubject() throws(Mismatch) -> Expr {
    let start = pos
    let isStarred = kind == .star
    let first = try starNamedExpression()
    if kind != .comma {
      if isStarred { throw .syntax }
      return first
    }
    var elements = [first]
    while accept(.comma) {
      if !startsExpression(kind) { break }
      elements.append(try starNamedExpression())
    }
    return try node(.tuple(elts: elements, ctx: .load), range(from: start), deepest(elements))
  }

  // MARK: Patterns

  /// What stands after `case`: commas make a sequence.
  private mutating func patterns() throws(Mismatch) -> Pattern {
    let start = pos
    let isStarred = kind == .star
    let first = try maybeStarPattern()
    if kind != .comma {
      if isStarred { throw .syntax }
      return first
    }
    var elements = [first]
    while accept(.comma) {
      if kind == .colon || kind == .kwIf { break }
      elements.append(try maybeStarPattern())
    }
    return Pattern(.matchSequence(patterns: elements), range(from: start))
  }

  private mutating func maybeStarPattern() throws(Mismatch) -> Pattern {
    if kind != .star { return try pattern() }
    let start = pos
    advance()
    let name = try name()
    return Pattern(.matchStar(name: name == "_" ? nil : name), range(from: start))
  }

  private mutating func pattern() throws(Mismatch) -> Pattern {
    try enter(4)
    defer { leave(4) }
    let start = pos
    let first = try orPattern()
    if !accept(.kwAs) { return first }
    if kind == .name, isWord("_", at: pos) { throw .syntax }
    let name = try captureName()
    return Pattern(.matchAs(pattern: first, name: name), range(from: start))
  }

  private mutating func captureName() throws(Mismatch) -> String {
    let name = try name()
    if name == "_" || kind == .dot || kind == .leftParen || kind == .equal { throw .syntax }
    return name
  }

  private mutating func orPattern() throws(Mismatch) -> Pattern {
    let start = pos
    let first = try closedPattern()
    if kind != .vertical { return first }
    var alternatives = [first]
    while accept(.vertical) { alternatives.append(try closedPattern()) }
    return Pattern(.matchOr(patterns: alternatives), range(from: start))
  }

  private mutating func closedPattern() throws(Mismatch) -> Pattern {
    let start = pos
    switch kind {
    case .kwNone: return singletonPattern(.none)
    case .kwTrue: return singletonPattern(.true)
    case .kwFalse: return singletonPattern(.false)
    case .number, .minus:
      let value = try numberPatternValue()
      return Pattern(.matchValue(value: value), value.range)
    case .string:
      let value = try strings()
      return Pattern(.matchValue(value: value), value.range)
    case .leftParen, .leftBracket: return try sequencePattern()
    case .leftBrace: return try mappingPattern()
    case .name:
      let value = try nameOrAttribute()
      if kind == .leftParen { return try classPattern(value, from: start) }
      if case .name(let id, _) = value.kind {
        return Pattern(.matchAs(pattern: nil, name: id == "_" ? nil : id), value.range)
      }
      return Pattern(.matchValue(value: value), value.range)
    default: throw .syntax
    }
  }

  private mutating func singletonPattern(_ value: Constant) -> Pattern {
    advance()
    return Pattern(.matchSingleton(value: value), range(ofToken: pos - 1))
  }

  private mutating func nameOrAttribute() throws(Mismatch) -> Expr {
    let start = pos
    var value = leaf(.name(id: try name(), ctx: .load), range(ofToken: start))
    while accept(.dot) {
      let attr = try name()
      value = try node(.attribute(value: value, attr: attr, ctx: .load), range(from: start), value.depth)
    }
    return value
  }

  // MARK: Numbers

  /// `1`, `-1`, `1 + 2j`, `-1 - 2j`.
  private mutating func numberPatternValue() throws(Mismatch) -> Expr {
    let start = pos
    let real = try signedNumber()
    if kind != .plus, kind != .minus { return real }
    if Self.isImaginary(real) { throw .syntax }
    let op: BinaryOperator = kind == .plus ? .add : .sub
    advance()
    if kind != .number { throw .syntax }
    let imaginary = try atom()
    if !Self.isImaginary(imaginary) { throw .syntax }
    return try node(.binOp(left: real, op: op, right: imaginary), range(from: start), real.depth)
  }

  private mutating func signedNumber() throws(Mismatch) -> Expr {
    let start = pos
    let isNegative = accept(.minus)
    if kind != .number { throw .syntax }
    let value = try atom()
    return isNegative ? try node(.unaryOp(op: .uSub, operand: value), range(from: start), 0) : value
  }

  private static func isImaginary(_ value: Expr) -> Bool {
    switch value.kind {
    case .constant(.complex, _): return true
    case .unaryOp(_, let operand): return isImaginary(operand)
    default: return false
    }
  }

  // MARK: Sequences, mappings, classes

  private mutating func sequencePattern() throws(Mismatch) -> Pattern {
    let start = pos
    let isList = kind == .leftBracket
    let closer: TokenKind = isList ? .rightBracket : .rightParen
    advance()
    var elements: [Pattern] = []
    var hasComma = false
    var hasStar = false
    while kind != closer {
      hasStar = kind == .star
      elements.append(try maybeStarPattern())
      if !accept(.comma) { break }
      hasComma = true
    }
    try expect(closer)
    if !isList, elements.count == 1, !hasComma {
      // A group's parentheses are not part of the pattern.
      if hasStar { throw .syntax }
      return elements[0]
    }
    return Pattern(.matchSequence(patterns: elements), range(from: start))
  }

  private mutating func mappingPattern() throws(Mismatch) -> Pattern {
    let start = pos
    advance()
    var keys: [Expr] = []
    var values: [Pattern] = []
    var rest: String?
    while kind != .rightBrace {
      if accept(.doubleStar) {
        rest = try captureName()
        _ = accept(.comma)
        break
      }
      keys.append(try mappingKey())
      try expect(.colon)
      values.append(try pattern())
      if !accept(.comma) { break }
    }
    try expect(.rightBrace)
    return Pattern(.matchMapping(keys: keys, patterns: values, rest: rest), range(from: start))
  }

  private mutating func mappingKey() throws(Mismatch) -> Expr {
    switch kind {
    case .number, .minus: return try numberPatternValue()
    case .string: return try strings()
    case .kwNone, .kwTrue, .kwFalse: return try atom()
    case .name:
      let value = try nameOrAttribute()
      guard case .attribute = value.kind else { throw .syntax }
      return value
    default: throw .syntax
    }
  }

  private mutating func classPattern(_ cls: Expr, from start: Int) throws(Mismatch) -> Pattern {
    advance()
    var positional: [Pattern] = []
    var names: [String] = []
    var keyword: [Pattern] = []
    while kind != .rightParen {
      if kind == .name, kind(ahead: 1) == .equal {
        names.append(identifier(at: pos))
        pos += 2
        keyword.append(try pattern())
      } else {
        if !names.isEmpty { throw .syntax }
        positional.append(try pattern())
      }
      if !accept(.comma) { break }
    }
    try expect(.rightParen)
    let kind = PatternKind.matchClass(cls: cls, patterns: positional, kwdAttrs: names, kwdPatterns: keyword)
    return Pattern(kind, range(from: start))
  }
}
