/// Whole sources and simple statements.
extension SyntaxDiagnosis {
  /// Whether the source is accepted after all.
  func start() throws -> Bool {
    switch mode {
    case .field:
      guard try starExpressions() != nil else { return false }
      return true
    case .source(.exec):
      try statements()
      return try sees(.endMarker)
    case .source(.eval):
      guard try expressions() != nil else { return false }
      while try accept(.newline) {}
      return try sees(.endMarker)
    case .source(.single):
      let start = mark
      if try compoundStatement(), try accept(.newline) { return true }
      mark = start
      if try simpleStatements() { return true }
      mark = start
      return try accept(.newline)
    case .source(.functionType):
      guard try accept(.leftParen) else { return false }
      try optionally(parameterTypes)
      guard try accept(.rightParen), try accept(.arrow), try expression() != nil else { return false }
      while try accept(.newline) {}
      return try sees(.endMarker)
    }
  }

  /// Of a signature: `int, *str, **dict`.
  private func parameterTypes() throws -> Bool {
    let start = mark
    for hasPlain in [true, false] {
      for stars in [[TokenKind.star, .doubleStar], [.star], [.doubleStar]] {
        mark = start
        if hasPlain, try gather(.comma, expression) == nil { continue }
        var isFirst = !hasPlain
        let isWhole = try stars.allSatisfy { star in
          defer { isFirst = false }
          return try (isFirst || self.accept(.comma)) && self.accept(star) && self.expression() != nil
        }
        if isWhole { return true }
      }
    }
    mark = start
    return try gather(.comma, expression) != nil
  }

  /// As many statements as there are.
  func statements() throws {
    while try matches(statement) {}
  }

  func statement() throws -> Bool {
    let start = mark
    if try compoundStatement() { return true }
    mark = start
    return try simpleStatements()
  }

  func simpleStatements() throws -> Bool {
    let start = mark
    if try simpleStatement() != nil, try !sees(.semicolon), try accept(.newline) { return true }
    mark = start
    guard try gather(.semicolon, simpleStatement) != nil else { return false }
    _ = try accept(.semicolon)
    return try accept(.newline)
  }

  private func simpleStatement() throws -> Node? {
    try remember(.simpleStatement) {
      let start = mark
      if try assignment() { return matched }
      mark = start
      if try typeAlias() { return matched }
      mark = start
      if try starExpressions() != nil { return matched }
      mark = start
      return try keywordStatement() ? matched : nil
    }
  }

  private func keywordStatement() throws -> Bool {
    let start = mark
    let kind = try peek()
    switch kind {
    case .kwPass, .kwBreak, .kwContinue:
      mark += 1
      return true
    case .kwReturn:
      mark += 1
      _ = try starExpressions()
      return true
    case .kwRaise:
      mark += 1
      if try expression() != nil { try optionally { try self.accept(.kwFrom) && self.expression() != nil } }
      return true
    case .kwGlobal, .kwNonlocal:
      mark += 1
      return try gather(.comma, acceptName) != nil
    case .kwDel:
      mark += 1
      if try deleteTargets() != nil {
        if try sees(.semicolon) || sees(.newline) { return true }
      }
      mark = start + 1
      if triesInvalid, let targets = try starExpressions() { try checkTarget(targets, .delete) }
      return false
    case .kwYield: return try yieldExpression() != nil
    case .kwAssert:
      mark += 1
      guard try expression() != nil else { return false }
      try optionally { try self.accept(.comma) && self.expression() != nil }
      return true
    case .kwImport:
      mark += 1
      return try gather(.comma) {
        try self.attempt {
          guard try self.dottedName() else { return nil }
          try self.optionally { try self.accept(.kwAs) && self.accept(.name) }
          return self.matched
        }
      } != nil
    case .kwFrom: return try importFrom()
    default: return false
    }
  }

  private func dottedName() throws -> Bool {
    guard try accept(.name) else { return false }
    while try matches({ try self.accept(.dot) && self.accept(.name) }) {}
    return true
  }

  private func importFrom() throws -> Bool {
    mark += 1
    var dots = 0
    while try accept(.dot) || accept(.ellipsis) { dots += 1 }
    let named = try matches(dottedName)
    guard named || dots > 0, try accept(.kwImport) else { return false }
    let start = mark
    if try accept(.leftParen), try importedNames() {
      _ = try accept(.comma)
      if try accept(.rightParen) { return true }
    }
    mark = start
    if try importedNames(), try !sees(.comma) { return true }
    mark = start
    if try accept(.star) { return true }
    if triesInvalid, try importedNames(), try accept(.comma), try accept(.newline) {
      throw atLastToken("trailing comma not allowed without surrounding parentheses")
    }
    return false
  }

  private func importedNames() throws -> Bool {
    try gather(.comma) {
      guard let name = try self.acceptName() else { return nil }
      try self.optionally { try self.accept(.kwAs) && self.accept(.name) }
      return name
    } != nil
  }

  private func typeAlias() throws -> Bool {
    // Python 3.11 has no such statement, so looking for it mustn't count as having read on.
    guard mark + 2 < stream.count, tokens[mark + 1].kind == .name else { return false }
    let next = tokens[mark + 2].kind
    guard next == .equal || next == .leftBracket else { return false }
    guard try accept(word: "type"), try accept(.name) else { return false }
    try typeParameters()
    return try accept(.equal) && expression() != nil
  }

  func typeParameters() throws {
    try optionally {
      guard try self.accept(.leftBracket) else { return false }
      let items = try self.gather(.comma) {
        try self.attempt {
          if try self.accept(.star) || self.accept(.doubleStar) { return try self.acceptName() }
          guard let name = try self.acceptName() else { return nil }
          try self.optionally { try self.accept(.colon) && self.expression() != nil }
          return name
        }
      }
      if items == nil { return false }
      _ = try self.accept(.comma)
      return try self.accept(.rightBracket)
    }
  }

  // MARK: Assignments

  private func rightSide() throws -> Node? {
    if let value = try yieldExpression() { return value }
    return try starExpressions()
  }

  private func assignment() throws -> Bool {
    let start = mark
    if try accept(.name), try accept(.colon), try expression() != nil {
      try optionally { try self.accept(.equal) && self.rightSide() != nil }
      try requires(6, "Variable annotation syntax is")
      return true
    }
    mark = start
    if try annotationTarget() != nil, try accept(.colon), try expression() != nil {
      try optionally { try self.accept(.equal) && self.rightSide() != nil }
      try requires(6, "Variable annotation syntax is")
      return true
    }
    mark = start
    if try skipTargets() > 0, try rightSide() != nil, try !sees(.equal) {
      _ = try accept(.typeComment)
      return true
    }
    mark = start
    if try singleTarget() != nil, try augmentedOperator() {
      // From here on there is no other reading.
      return try rightSide() != nil
    }
    mark = start
    if triesInvalid { try invalidAssignment() }
    return false
  }

  /// `a = b = `.
  private func skipTargets() throws -> Int {
    var count = 0
    while try matches({ try self.starTargets() != nil && self.accept(.equal) }) { count += 1 }
    return count
  }

  private func augmentedOperator() throws -> Bool {
    let kind = try peek()
    guard kind.rawValue >= TokenKind.plusEqual.rawValue, kind.rawValue <= TokenKind.atEqual.rawValue else {
      return false
    }
    mark += 1
    if kind == .atEqual { try requires(5, "The '@' operator is") }
    return true
  }

  private func invalidAssignment() throws {
    let start = mark
    if let target = try invalidAnnotationTarget(), try accept(.colon), try expression() != nil {
      throw at(target.range, "only single target (not \(describe(target))) can be annotated")
    }
    mark = start
    if let first = try starNamedExpression(), try accept(.comma) {
      while try starNamedExpressions() != nil {}
      if try accept(.colon), try expression() != nil {
        throw at(first.range, "only single target (not tuple) can be annotated")
      }
    }
    mark = start
    if let target = try expression(), try accept(.colon), try expression() != nil {
      throw at(target.range, "illegal target for annotation")
    }
    mark = start
    _ = try skipTargets()
    if let target = try starExpressions(), try accept(.equal) { try checkTarget(target, .star) }
    mark = start
    _ = try skipTargets()
    if let target = try yieldExpression(), try accept(.equal) {
      throw at(target.range, "assignment to yield expression not possible")
    }
    mark = start
    if let target = try starExpressions(), try augmentedOperator(), try rightSide() != nil {
      throw at(target.range, "'\(describe(target))' is an illegal expression for augmented assignment")
    }
    mark = start
  }

  private func invalidAnnotationTarget() throws -> Node? {
    if let list = try listDisplay() { return list }
    if let tuple = try tuple() { return tuple }
    return try attempt {
      guard try accept(.leftParen), let inner = try nested(invalidAnnotationTarget) else { return nil }
      return try accept(.rightParen) ? inner : nil
    }
  }
}
