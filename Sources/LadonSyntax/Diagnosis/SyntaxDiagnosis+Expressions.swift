/// Expressions, explored in CPython's order.
extension SyntaxDiagnosis {
  // MARK: Lists

  func starExpressions() throws -> Node? {
    try tupleOf(starExpression)
  }

  func expressions() throws -> Node? {
    try tupleOf(expression)
  }

  private func tupleOf(_ item: () throws -> Node?) throws -> Node? {
    let start = mark
    guard let first = try item() else { return nil }
    var elements = [first]
    var hasComma = false
    while true {
      let here = mark
      guard try accept(.comma) else { break }
      hasComma = true
      guard let next = try item() else {
        mark = here + 1
        break
      }
      elements.append(next)
    }
    return hasComma ? node(.tuple, from: start, elements) : first
  }

  func starExpression() throws -> Node? {
    try remember(.starExpression) {
      if let star = try starredOver({ try self.binary(0) }) { return star }
      return try expression()
    }
  }

  func starredOver(_ value: () throws -> Node?) throws -> Node? {
    try attempt {
      let start = mark
      guard try accept(.star), let inner = try value() else { return nil }
      return node(.starred, from: start, [inner])
    }
  }

  /// `*a` where any expression may follow the star, as in calls.
  func starredExpression() throws -> Node? { try starredOver(expression) }

  func starNamedExpressions() throws -> [Node]? {
    guard let items = try gather(.comma, starNamedExpression) else { return nil }
    _ = try accept(.comma)
    return items
  }

  func starNamedExpression() throws -> Node? {
    if let star = try starredOver({ try self.binary(0) }) { return star }
    return try namedExpression()
  }

  func assignmentExpression() throws -> Node? {
    try attempt {
      let start = mark
      guard try acceptName() != nil, try accept(.colonEqual) else { return nil }
      if try expression() == nil { return nil }
      try requires(8, "Assignment expressions are")
      return node(.named, from: start)
    }
  }

  /// After `name :=` nothing else can match; CPython's rule cuts there.
  private func startsAssignmentExpression() throws -> Bool {
    try foresees { try self.accept(.name) && self.accept(.colonEqual) }
  }

  func namedExpression() throws -> Node? {
    try nested {
      if let named = try assignmentExpression() { return named }
      if try startsAssignmentExpression() { return nil }
      if triesInvalid { _ = try remember(.invalidNamed) { try self.invalidNamedExpression() } }
      return try plainExpression()
    }
  }

  /// An expression that no `:=` follows.
  private func plainExpression() throws -> Node? {
    try attempt {
      guard let value = try expression() else { return nil }
      return try sees(.colonEqual) ? nil : value
    }
  }

  /// `a := b`, or an expression without `:=`, as elements of calls and generators have it.
  func namedOrPlain() throws -> Node? {
    if let named = try assignmentExpression() { return named }
    if try startsAssignmentExpression() { return nil }
    return try plainExpression()
  }

  private func invalidNamedExpression() throws -> Node? {
    let start = mark
    if let target = try expression() {
      if try accept(.colonEqual), try expression() != nil {
        throw at(target.range, "cannot use assignment expressions with \(describe(target))")
      }
    }
    mark = start
    if let name = try acceptName(), try accept(.equal), let value = try binary(0) {
      if try !sees(.equal), try !sees(.colonEqual) {
        throw from(
          name.range, to: value.range, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
      }
    }
    mark = start
    let isDisplay = try foresees {
      try self.listDisplay() != nil || self.tuple() != nil || self.generator() != nil || self.accept(.kwTrue)
        || self.accept(.kwNone) || self.accept(.kwFalse)
    }
    mark = start
    if !isDisplay, let target = try binary(0), try accept(.equal), try binary(0) != nil {
      if try !sees(.equal), try !sees(.colonEqual) {
        throw at(
          target.range, "cannot assign to \(describe(target)) here. Maybe you meant '==' instead of '='?")
      }
    }
    mark = start
    return nil
  }

  func yieldExpression() throws -> Node? {
    let start = mark
    if try !accept(.kwYield) { return nil }
    if try accept(.kwFrom) {
      if try expression() != nil { return node(.yield, from: start) }
      mark = start + 1
    }
    _ = try starExpressions()
    return node(.yield, from: start)
  }

  // MARK: Conditional, lambda

  func expression() throws -> Node? {
    try remember(.expression) {
      try nested {
        let start = mark
        if triesInvalid {
          try invalidExpression()
          mark = start
          try invalidLegacyExpression()
          mark = start
        }
        return try conditional(expression)
      }
    }
  }

  private func conditional(_ last: () throws -> Node?) throws -> Node? {
    let start = mark
    if let body = try disjunction() {
      let end = mark
      if try accept(.kwIf), try disjunction() != nil, try accept(.kwElse), try last() != nil {
        return node(.conditional, from: start)
      }
      mark = end
      return body
    }
    mark = start
    return try lambda()
  }

  private func expressionWithoutInvalid() throws -> Node? {
    let saved = triesInvalid
    triesInvalid = false
    defer { triesInvalid = saved }
    return try conditional(expression)
  }

  private func invalidExpression() throws {
    let start = mark
    let isExempt = try foresees {
      if try self.accept(.name) && self.accept(.string) { return true }
      self.mark = start
      return try self.seesSoftKeyword()
    }
    mark = start
    if !isExempt, let first = try disjunction(), let second = try expressionWithoutInvalid() {
      if !isLegacyStatement(first), tokens[mark - 1].level != 0 {
        throw from(first.range, to: second.range, "invalid syntax. Perhaps you forgot a comma?")
      }
    }
    mark = start
    if let body = try disjunction(), try accept(.kwIf), let test = try disjunction() {
      if try !sees(.kwElse), try !sees(.colon) {
        throw from(body.range, to: test.range, "expected 'else' after 'if' expression")
      }
    }
  }

  private func invalidLegacyExpression() throws {
    guard let name = try acceptName(), try !sees(.leftParen), let rest = try starExpressions() else { return }
    if isLegacyStatement(name) {
      let token = tokens[name.token]
      let word = text.string(Int(token.start), Int(token.end))
      throw from(
        name.range, to: rest.range, "Missing parentheses in call to '\(word)'. Did you mean \(word)(...)?")
    }
  }

  func lambda() throws -> Node? {
    try attempt {
      let start = mark
      guard try accept(.kwLambda) else { return nil }
      try parameters(ParameterStyle.lambda)
      guard try accept(.colon), try expression() != nil else { return nil }
      return node(.lambda, from: start)
    }
  }

  // MARK: Operators

  func disjunction() throws -> Node? {
    try remember(.disjunction) { try self.boolean(.kwOr, self.conjunction) }
  }

  private func conjunction() throws -> Node? {
    try remember(.conjunction) { try self.boolean(.kwAnd, self.inversion) }
  }

  private func boolean(_ word: TokenKind, _ operand: () throws -> Node?) throws -> Node? {
    let start = mark
    guard let first = try operand() else { return nil }
    var count = 1
    while true {
      let end = mark
      guard try accept(word), try operand() != nil else {
        mark = end
        break
      }
      count += 1
    }
    return count > 1 ? node(.operation, from: start) : first
  }

  private func inversion() throws -> Node? {
    try remember(.inversion) {
      let start = mark
      if try accept(.kwNot) {
        if try nested(inversion) != nil { return node(.operation, from: start) }
        mark = start
      }
      return try comparison()
    }
  }

  private func comparison() throws -> Node? {
    let start = mark
    guard let left = try binary(0) else { return nil }
    var isMembership = false
    var count = 0
    while true {
      let end = mark
      guard let op = try comparisonOperator(), try binary(0) != nil else {
        mark = end
        break
      }
      if count == 0 { isMembership = op == .kwIn }
      count += 1
    }
    if count == 0 { return left }
    let result = node(.comparison, from: start, [left])
    result.isMembership = isMembership
    return result
  }

  private func comparisonOperator() throws -> TokenKind? {
    let kind = try peek()
    switch kind {
    case .unknown where options.barryIsBDFL && text.base[Int(tokens[mark].start)] == UInt8(ascii: "!"):
      throw at(range(ofToken: mark), "with Barry as BDFL, use '<>' instead of '!='")
    case .equalEqual, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .kwIn:
      mark += 1
      return kind
    case .kwNot:
      mark += 1
      return try accept(.kwIn) ? kind : nil
    case .kwIs:
      mark += 1
      _ = try accept(.kwNot)
      return kind
    default: return nil
    }
  }

  private static func isOperator(_ kind: TokenKind, level: Int) -> Bool {
    switch level {
    case 0: return kind == .vertical
    case 1: return kind == .circumflex
    case 2: return kind == .ampersand
    case 3: return kind == .leftShift || kind == .rightShift
    case 4: return kind == .plus || kind == .minus
    default:
      return kind == .star || kind == .slash || kind == .doubleSlash || kind == .percent || kind == .at
    }
  }

  /// Binary operators of one level and above; level 0 is `|`.
  func binary(_ level: Int) throws -> Node? {
    if level == 6 { return try factor() }
    return try remember(Rule.binary.rawValue + level) {
      let start = mark
      guard var left = try binary(level + 1) else { return nil }
      while true {
        let end = mark
        let kind = try peek()
        if Self.isOperator(kind, level: level) {
          mark += 1
          if try binary(level + 1) != nil {
            if kind == .at { try requires(5, "The '@' operator is") }
            left = node(.operation, from: start)
            continue
          }
        }
        mark = end
        return left
      }
    }
  }

  private func factor() throws -> Node? {
    try remember(.factor) {
      let start = mark
      switch try peek() {
      case .plus, .minus, .tilde:
        mark += 1
        return try nested(factor) == nil ? nil : node(.operation, from: start)
      default: break
      }
      guard let base = try awaited() else { return nil }
      let end = mark
      if try accept(.doubleStar), try nested(factor) != nil { return node(.operation, from: start) }
      mark = end
      return base
    }
  }

  private func awaited() throws -> Node? {
    try remember(.awaited) {
      let start = mark
      if try accept(.kwAwait) {
        if try primary() != nil {
          try requires(5, "Await expressions are")
          return node(.await, from: start)
        }
        mark = start
      }
      return try primary()
    }
  }

  // MARK: Primaries

  func primary() throws -> Node? {
    try remember(.primary) {
      let start = mark
      guard var value = try atom() else { return nil }
      while let next = try trailer(from: start) { value = next }
      return value
    }
  }

  private func trailer(from start: Int) throws -> Node? {
    let kind = try peek()
    if kind == .dot {
      return try attempt {
        mark += 1
        return try acceptName() == nil ? nil : node(.attribute, from: start)
      }
    }
    // A generator expression is looked for at any token, so its second-pass rule sees other brackets too.
    if try generator() != nil { return node(.call, from: start) }
    switch kind {
    case .leftParen:
      return try attempt {
        mark += 1
        _ = try arguments()
        return try accept(.rightParen) ? node(.call, from: start) : nil
      }
    case .leftBracket:
      return try attempt {
        mark += 1
        guard try slices(), try accept(.rightBracket) else { return nil }
        return node(.subscript_, from: start)
      }
    default: return nil
    }
  }

  func slices() throws -> Bool {
    let start = mark
    if try slice() {
      if try !sees(.comma) { return true }
    }
    mark = start
    let items = try gather(.comma) {
      if try self.matches(self.slice) { return self.matched }
      return try self.starredExpression()
    }
    if items == nil { return false }
    _ = try accept(.comma)
    return true
  }

  private func slice() throws -> Bool {
    let isSlice = try matches {
      _ = try self.expression()
      guard try self.accept(.colon) else { return false }
      _ = try self.expression()
      if try self.accept(.colon) { _ = try self.expression() }
      return true
    }
    return try isSlice || namedExpression() != nil
  }
}
