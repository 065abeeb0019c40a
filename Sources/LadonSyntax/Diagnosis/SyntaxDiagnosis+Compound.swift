/// Statements with blocks.
extension SyntaxDiagnosis {
  func compoundStatement() throws -> Bool {
    let start = mark
    func tried(_ rule: () throws -> Bool) throws -> Bool {
      mark = start
      return try rule()
    }
    switch try peek() {
    case .kwDef: return try tried { try self.function() }
    case .kwIf: return try ifStatement(.kwIf, "if")
    case .kwClass: return try classDefinition()
    case .kwWith: return try withStatement()
    case .kwFor: return try forStatement()
    case .kwTry: return try tryStatement()
    case .kwWhile: return try whileStatement()
    case .at:
      if try decorators(), try function() { return true }
      return try tried { try self.decorators() && self.classDefinition() }
    case .kwAsync:
      if try function() { return true }
      if try tried({ try self.withStatement() }) { return true }
      return try tried { try self.forStatement() }
    default: return try matchStatement()
    }
  }

  func block() throws -> Bool {
    try remember(.block) {
      let start = mark
      if try accept(.newline) {
        let isIndented = try sees(.indent)
        if isIndented {
          mark += 1
          let before = mark
          try nested { try statements() }
          if mark > before, try accept(.dedent) { return matched }
        }
      }
      mark = start
      if try simpleStatements() { return matched }
      mark = start
      if triesInvalid, try accept(.newline), try !sees(.indent) {
        throw atLastToken("expected an indented block", kind: .indentation)
      }
      return nil
    } != nil
  }

  /// A newline after a header's colon, and no block: the second pass's complaint.
  private func requireBlock(_ what: String, _ keyword: Int) throws {
    if try accept(.colon), try accept(.newline), try !sees(.indent) { throw indentation(what, keyword) }
  }

  private func requireColon() throws {
    if try accept(.newline) { throw atLastToken("expected ':'") }
  }

  // MARK: Functions and classes

  private func decorators() throws -> Bool {
    var count = 0
    while try matches({ try self.accept(.at) && self.namedExpression() != nil && self.accept(.newline) }) { count += 1 }
    return count > 0
  }

  private func function() throws -> Bool {
    let start = mark
    if triesInvalid {
      _ = try accept(.kwAsync)
      let keyword = mark
      if try accept(.kwDef), try accept(.name) {
        try typeParameters()
        if try accept(.leftParen) {
          try parameters(.function)
          if try accept(.rightParen) {
            try optionally { try self.accept(.arrow) && self.expression() != nil }
            try requireBlock("function definition", keyword)
          }
        }
      }
      mark = start
    }
    let isAsync = try accept(.kwAsync)
    guard try accept(.kwDef), try accept(.name) else { return false }
    try typeParameters()
    try force(.leftParen, "(")
    try parameters(.function)
    guard try accept(.rightParen) else { return false }
    try optionally { try self.accept(.arrow) && self.expression() != nil }
    try force(.colon, ":")
    try functionTypeComment()
    guard try block() else { return false }
    if isAsync { try requires(5, "Async functions are") }
    return true
  }

  /// Optional.
  private func functionTypeComment() throws {
    let start = mark
    if try accept(.newline), try accept(.typeComment), try foresees({ try self.accept(.newline) && self.accept(.indent) }) {
      return
    }
    mark = start
    if triesInvalid, try accept(.typeComment), try accept(.newline), try accept(.typeComment), try accept(.newline),
      try accept(.indent)
    {
      throw atLastToken("Cannot have two type comments on def")
    }
    mark = start
    _ = try accept(.typeComment)
  }

  private func classDefinition() throws -> Bool {
    let start = mark
    func header() throws -> Bool {
      guard try accept(.kwClass), try accept(.name) else { return false }
      try typeParameters()
      try optionally {
        guard try self.accept(.leftParen) else { return false }
        _ = try self.arguments()
        return try self.accept(.rightParen)
      }
      return true
    }
    if triesInvalid {
      if try header() { try requireColon() }
      mark = start
      if try header() { try requireBlock("class definition", start) }
      mark = start
    }
    return try header() && accept(.colon) && block()
  }

  // MARK: if, while, for

  private func ifStatement(_ keyword: TokenKind, _ word: String) throws -> Bool {
    let start = mark
    if triesInvalid {
      if try accept(keyword), try namedExpression() != nil { try requireColon() }
      mark = start
      if try accept(keyword), try namedExpression() != nil { try requireBlock("'\(word)' statement", start) }
      mark = start
    }
    guard try accept(keyword), try namedExpression() != nil, try accept(.colon), try block() else { return false }
    let end = mark
    // An arm that fails to parse leaves the statement complete without it.
    if try sees(.kwElif), try nested({ try self.ifStatement(.kwElif, "elif") }) { return true }
    mark = end
    try elseBlock()
    return true
  }

  /// Optional.
  private func elseBlock() throws {
    try optionally {
      let start = self.mark
      if self.triesInvalid {
        if try self.accept(.kwElse) { try self.requireBlock("'else' statement", start) }
        self.mark = start
      }
      guard try self.accept(.kwElse) else { return false }
      try self.force(.colon, ":")
      return try self.block()
    }
  }

  private func whileStatement() throws -> Bool {
    let start = mark
    if triesInvalid {
      if try accept(.kwWhile), try namedExpression() != nil { try requireColon() }
      mark = start
      if try accept(.kwWhile), try namedExpression() != nil { try requireBlock("'while' statement", start) }
      mark = start
    }
    guard try accept(.kwWhile), try namedExpression() != nil, try accept(.colon), try block() else { return false }
    try elseBlock()
    return true
  }

  private func forStatement() throws -> Bool {
    let start = mark
    func header() throws -> Int? {
      _ = try accept(.kwAsync)
      let keyword = mark
      guard try accept(.kwFor), try starTargets() != nil, try accept(.kwIn), try starExpressions() != nil else {
        return nil
      }
      return keyword
    }
    if triesInvalid {
      if try header() != nil { try requireColon() }
      mark = start
      if let keyword = try header() { try requireBlock("'for' statement", keyword) }
      mark = start
    }
    let isAsync = try accept(.kwAsync)
    if try accept(.kwFor), try starTargets() != nil, try accept(.kwIn) {
      // From here on there is no other reading.
      guard try starExpressions() != nil, try accept(.colon) else { return false }
      _ = try accept(.typeComment)
      guard try block() else { return false }
      try elseBlock()
      if isAsync { try requires(5, "Async for loops are") }
      return true
    }
    mark = start
    try invalidForTarget()
    return false
  }

  // MARK: with

  private func withStatement() throws -> Bool {
    let start = mark
    let isAsync = try accept(.kwAsync)
    let keyword = mark
    guard try accept(.kwWith) else { return false }
    let items = mark
    if triesInvalid {
      for check in 0..<2 {
        for isParenthesised in [false, true] {
          mark = items
          if isParenthesised, try !accept(.leftParen) { continue }
          let found = try gather(.comma) {
            try self.attempt {
              let context = isParenthesised ? try self.expressions() : try self.expression()
              guard context != nil else { return nil }
              try self.optionally { try self.accept(.kwAs) && self.starTarget() != nil }
              return context
            }
          }
          if found == nil { continue }
          if isParenthesised {
            _ = try accept(.comma)
            guard try accept(.rightParen) else { continue }
          }
          if check == 1 { try requireColon() } else { try requireBlock("'with' statement", keyword) }
        }
      }
    }
    mark = items
    if try accept(.leftParen), try gather(.comma, withItem) != nil {
      _ = try accept(.comma)
      if try accept(.rightParen), try accept(.colon), try block() {
        if isAsync { try requires(5, "Async with statements are") } else { try requires(9, "Parenthesized context managers are") }
        return true
      }
    }
    mark = items
    if try gather(.comma, withItem) != nil, try accept(.colon) {
      _ = try accept(.typeComment)
      if try block() {
        if isAsync { try requires(5, "Async with statements are") }
        return true
      }
    }
    mark = start
    return false
  }

  private func withItem() throws -> Node? {
    let start = mark
    if let context = try expression(), try accept(.kwAs), try starTarget() != nil {
      switch try peek() {
      case .comma, .rightParen, .colon: return context
      default: break
      }
    }
    mark = start
    if triesInvalid {
      if try expression() != nil, try accept(.kwAs), let target = try expression() {
        switch try peek() {
        case .comma, .rightParen, .colon: try checkTarget(target, .star)
        default: break
        }
      }
      mark = start
    }
    return try expression()
  }

  // MARK: try

  private func tryStatement() throws -> Bool {
    let start = mark
    if triesInvalid {
      if try accept(.kwTry) { try requireBlock("'try' statement", start) }
      mark = start
      if try accept(.kwTry), try accept(.colon), try block() {
        if try !sees(.kwExcept), try !sees(.kwFinally) {
          throw atLastToken("expected 'except' or 'finally' block")
        }
      }
      for starsFirst in [false, true] {
        mark = start
        guard try accept(.kwTry), try accept(.colon) else { continue }
        while try matches(block) {}
        var count = 0
        while try matches({ try starsFirst ? self.exceptStarBlock() : self.exceptBlock() }) { count += 1 }
        let other = mark
        guard count > 0, try accept(.kwExcept) else { continue }
        let star = mark
        if starsFirst {
          try optionally {
            guard try self.expression() != nil else { return false }
            try self.optionally { try self.accept(.kwAs) && self.accept(.name) }
            return true
          }
        } else {
          guard try accept(.star), try expression() != nil else { continue }
          try optionally { try self.accept(.kwAs) && self.accept(.name) }
        }
        if try accept(.colon) {
          throw from(
            range(ofToken: other), to: range(ofToken: starsFirst ? other : star),
            "cannot have both 'except' and 'except*' on the same 'try'")
        }
      }
      mark = start
    }
    guard try accept(.kwTry) else { return false }
    try force(.colon, ":")
    guard try block() else { return false }
    let body = mark
    if try finallyBlock() { return true }
    mark = body
    for isStar in [false, true] {
      mark = body
      var count = 0
      while try matches({ try isStar ? self.exceptStarBlock() : self.exceptBlock() }) { count += 1 }
      if count == 0 { continue }
      try elseBlock()
      try optionally(finallyBlock)
      if isStar { try requires(11, "Exception groups are") }
      return true
    }
    return false
  }

  private func finallyBlock() throws -> Bool {
    let start = mark
    if triesInvalid {
      if try accept(.kwFinally) { try requireBlock("'finally' statement", start) }
      mark = start
    }
    guard try accept(.kwFinally) else { return false }
    try force(.colon, ":")
    return try block()
  }

  /// `A` with `as name`, or `A, B` without.
  private func exceptionTypes() throws -> Bool {
    let start = mark
    guard try expression() != nil else { return false }
    if try accept(.kwAs) { return try accept(.name) }
    if try sees(.comma) {
      mark = start
      return try expressions() != nil && sees(.colon)
    }
    return true
  }

  private func exceptBlock() throws -> Bool {
    let start = mark
    if triesInvalid {
      if try accept(.kwExcept), try expression() != nil {
        try optionally { try self.accept(.kwAs) && self.accept(.name) }
        try requireBlock("'except' statement", start)
      }
      mark = start
      if try accept(.kwExcept) { try requireBlock("'except' statement", start) }
      mark = start
    }
    if try accept(.kwExcept), try exceptionTypes(), try accept(.colon), try block() { return true }
    mark = start
    if try accept(.kwExcept), try accept(.colon), try block() { return true }
    mark = start
    if triesInvalid { try invalidExcept() }
    return false
  }

  private func exceptStarBlock() throws -> Bool {
    let start = mark
    if triesInvalid {
      if try accept(.kwExcept), try accept(.star), try expression() != nil {
        try optionally { try self.accept(.kwAs) && self.accept(.name) }
        try requireBlock("'except*' statement", start)
      }
      mark = start
    }
    if try accept(.kwExcept), try accept(.star), try exceptionTypes(), try accept(.colon), try block() { return true }
    mark = start
    if triesInvalid { try invalidExcept() }
    return false
  }

  private func invalidExcept() throws {
    let start = mark
    if try accept(.kwExcept) {
      _ = try accept(.star)
      if let first = try expression(), try accept(.comma), try expressions() != nil {
        let hasName = try matches { try self.accept(.kwAs) && self.accept(.name) }
        // Without a name this is valid (PEP 758).
        if hasName, try accept(.colon) {
          throw startingFrom(first.range, "multiple exception types must be parenthesized")
        }
      }
    }
    mark = start
    if try accept(.kwExcept) {
      _ = try accept(.star)
      if try expression() != nil {
        try optionally { try self.accept(.kwAs) && self.accept(.name) }
        try requireColon()
      }
    }
    mark = start
    if try accept(.kwExcept) { try requireColon() }
    mark = start
    if try accept(.kwExcept), try accept(.star) {
      if try accept(.newline) || accept(.colon) { throw atLastToken("expected one or more exception types") }
    }
    mark = start
  }
}
