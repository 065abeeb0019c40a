/// `match` statements.
extension SyntaxDiagnosis {
  func matchStatement() throws -> Bool {
    let start = mark
    if try accept(word: "match"), try subject(), try accept(.colon), try accept(.newline), try accept(.indent) {
      var count = 0
      while try matches(caseBlock) { count += 1 }
      if count > 0, try accept(.dedent) {
        try requires(10, "Pattern matching is")
        return true
      }
    }
    mark = start
    if triesInvalid {
      if try accept(word: "match"), try subject(), try accept(.newline) { throw atLastToken("expected ':'") }
      mark = start
      if try accept(word: "match"), try subject(), try accept(.colon), try accept(.newline), try !sees(.indent) {
        throw indentation("'match' statement", start)
      }
      mark = start
    }
    return false
  }

  private func subject() throws -> Bool {
    let start = mark
    if try starNamedExpression() != nil, try accept(.comma) {
      _ = try starNamedExpressions()
      return true
    }
    mark = start
    return try namedExpression() != nil
  }

  private func caseHeader() throws -> Bool {
    guard try accept(word: "case"), try patterns() else { return false }
    try optionally { try self.accept(.kwIf) && self.namedExpression() != nil }
    return true
  }

  private func caseBlock() throws -> Bool {
    let start = mark
    if triesInvalid {
      if try caseHeader(), try accept(.newline) { throw atLastToken("expected ':'") }
      mark = start
      if try caseHeader(), try accept(.colon), try accept(.newline), try !sees(.indent) {
        throw indentation("'case' statement", start)
      }
      mark = start
    }
    return try caseHeader() && accept(.colon) && block()
  }

  // MARK: Patterns

  private func patterns() throws -> Bool {
    if try matches(openSequence) { return true }
    return try pattern() != nil
  }

  private func openSequence() throws -> Bool {
    guard try maybeStarPattern() != nil, try accept(.comma) else { return false }
    if try gather(.comma, maybeStarPattern) != nil { _ = try accept(.comma) }
    return true
  }

  private func maybeStarPattern() throws -> Node? {
    if let star = try attempt({ () -> Node? in
      let start = self.mark
      guard try self.accept(.star) else { return nil }
      let isWildcard = try self.matches { try self.accept(word: "_") }
      if isWildcard { return self.node(.other, from: start) }
      return try self.captureTarget() == nil ? nil : self.node(.other, from: start)
    }) {
      return star
    }
    return try pattern()
  }

  private func captureTarget() throws -> Node? {
    try attempt {
      guard try peek() == .name, !isWord("_", at: mark), let name = try acceptName() else { return nil }
      switch try peek() {
      case .dot, .leftParen, .equal: return nil
      default: return name
      }
    }
  }

  private func pattern() throws -> Node? {
    try nested {
      let start = mark
      if try orPattern(), try accept(.kwAs), try captureTarget() != nil { return node(.other, from: start) }
      mark = start
      if triesInvalid {
        if try orPattern(), try accept(.kwAs), try sees(.name), isWord("_", at: mark) {
          throw at(range(ofToken: mark), "cannot use '_' as a target")
        }
        mark = start
        if try orPattern(), try accept(.kwAs), try !sees(.name), let target = try expression() {
          throw at(target.range, "invalid pattern target")
        }
        mark = start
      }
      return try orPattern() ? node(.other, from: start) : nil
    }
  }

  private func orPattern() throws -> Bool {
    let start = mark
    if try gather(.vertical, closedPattern) != nil { return true }
    mark = start
    return false
  }

  private func closedPattern() throws -> Node? {
    try remember(.closedPattern) {
      let start = mark
      if try literalPattern() { return node(.other, from: start) }
      mark = start
      if let name = try captureTarget() { return name }
      if try accept(word: "_") { return node(.other, from: start) }
      if try attributePath(), try !seesCallOrDot() { return node(.other, from: start) }
      mark = start
      if try accept(.leftParen), let inner = try pattern(), try accept(.rightParen) { return inner }
      mark = start
      if try sequencePattern() { return node(.other, from: start) }
      mark = start
      if try mappingPattern() { return node(.other, from: start) }
      mark = start
      if try classPattern() { return node(.other, from: start) }
      return nil
    }
  }

  private func seesCallOrDot() throws -> Bool {
    switch try peek() {
    case .dot, .leftParen, .equal: return true
    default: return false
    }
  }

  /// `a.b`, with at least one dot.
  private func attributePath() throws -> Bool {
    guard try accept(.name) else { return false }
    var count = 0
    while try matches({ try self.accept(.dot) && self.accept(.name) }) { count += 1 }
    return count > 0
  }

  private func signedNumber() throws -> Bool {
    _ = try accept(.minus)
    return try accept(.number)
  }

  private func isImaginary(_ index: Int) -> Bool {
    let last = text.base[Int(tokens[index].end) - 1]
    return last | 0x20 == UInt8(ascii: "j")
  }

  private func complexNumber() throws -> Bool {
    guard try signedNumber() else { return false }
    let real = mark - 1
    guard try accept(.plus) || accept(.minus) else { return false }
    let imaginary = mark
    guard try accept(.number) else { return false }
    if isImaginary(real) {
      throw at(range(ofToken: real), "real number required in complex literal")
    }
    if !isImaginary(imaginary) {
      throw at(range(ofToken: imaginary), "imaginary number required in complex literal")
    }
    return true
  }

  private func literalPattern() throws -> Bool {
    let start = mark
    if try signedNumber(), try !sees(.plus), try !sees(.minus) { return true }
    mark = start
    if try complexNumber() { return true }
    mark = start
    if try sees(.string) { return try strings() != nil }
    return try accept(.kwNone) || accept(.kwTrue) || accept(.kwFalse)
  }

  private func sequencePattern() throws -> Bool {
    let start = mark
    if try accept(.leftBracket) {
      if try gather(.comma, maybeStarPattern) != nil { _ = try accept(.comma) }
      if try accept(.rightBracket) { return true }
    }
    mark = start
    guard try accept(.leftParen) else { return false }
    try optionally(openSequence)
    return try accept(.rightParen)
  }

  private func mappingPattern() throws -> Bool {
    let start = mark
    guard try accept(.leftBrace) else { return false }
    func rest() throws -> Bool { try accept(.doubleStar) && captureTarget() != nil }
    func items() throws -> Bool {
      try gather(.comma) {
        try self.attempt {
          let begin = self.mark
          if try !self.literalPattern() {
            self.mark = begin
            guard try self.attributePath() else { return nil }
          }
          guard try self.accept(.colon) else { return nil }
          return try self.pattern()
        }
      } != nil
    }
    let forms: [() throws -> Bool] = [
      { true },
      {
        guard try rest() else { return false }
        _ = try self.accept(.comma)
        return true
      },
      {
        guard try items(), try self.accept(.comma), try rest() else { return false }
        _ = try self.accept(.comma)
        return true
      },
      {
        guard try items() else { return false }
        _ = try self.accept(.comma)
        return true
      },
    ]
    for form in forms {
      mark = start + 1
      if try form(), try accept(.rightBrace) { return true }
    }
    return false
  }

  private func keywordPattern() throws -> Node? {
    try attempt {
      guard try accept(.name), try accept(.equal) else { return nil }
      return try pattern()
    }
  }

  private func classPattern() throws -> Bool {
    let start = mark
    func header() throws -> Bool {
      mark = start
      guard try accept(.name) else { return false }
      while try matches({ try self.accept(.dot) && self.accept(.name) }) {}
      return try accept(.leftParen)
    }
    func positional() throws -> [Node]? { try gather(.comma, pattern) }
    func keywords() throws -> [Node]? { try gather(.comma, keywordPattern) }
    func close(_ hasComma: Bool = true) throws -> Bool {
      if hasComma { _ = try accept(.comma) }
      return try accept(.rightParen)
    }
    if try header(), try close(false) { return true }
    if try header(), try positional() != nil, try close() { return true }
    if try header(), try keywords() != nil, try close() { return true }
    if try header(), try positional() != nil, try accept(.comma), try keywords() != nil, try close() { return true }
    if triesInvalid, try header() {
      try optionally { try positional() != nil && self.accept(.comma) }
      if try keywords() != nil, try accept(.comma), let wrong = try positional() {
        throw from(wrong[0].range, to: wrong[wrong.count - 1].range, "positional patterns follow keyword patterns")
      }
    }
    mark = start
    return false
  }
}
