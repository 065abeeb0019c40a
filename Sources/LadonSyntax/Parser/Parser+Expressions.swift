/// Expressions from the loosest binding to the tightest.
extension Parser {
  // MARK: Lists of expressions

  /// Whether a token can begin an expression (a star included), so that a trailing comma is told from a middle one.
  func startsExpression(_ kind: TokenKind) -> Bool {
    switch kind {
    case .name, .number, .string, .leftParen, .leftBracket, .leftBrace, .ellipsis, .plus, .minus, .tilde, .star,
      .kwFalse, .kwNone, .kwTrue, .kwAwait, .kwLambda, .kwNot, .kwYield:
      return true
    default: return false
    }
  }

  /// `a`, `a, b`, `*a, b`: a tuple if there is a comma.
  mutating func starExpressions() throws(Mismatch) -> Expr {
    let start = pos
    let first = try starExpression()
    if kind != .comma { return first }
    var elements = [first]
    while accept(.comma) {
      if !startsExpression(kind) || kind == .kwYield { break }
      elements.append(try starExpression())
    }
    return try node(.tuple(elts: elements, ctx: .load), range(from: start), deepest(elements))
  }

  mutating func starExpression() throws(Mismatch) -> Expr {
    kind == .star ? try starred() : try expression()
  }

  mutating func starred() throws(Mismatch) -> Expr {
    let start = pos
    try expect(.star)
    let value = try bitwiseOr()
    return try node(.starred(value: value, ctx: .load), range(from: start), value.depth)
  }

  mutating func starNamedExpression() throws(Mismatch) -> Expr {
    kind == .star ? try starred() : try namedExpression()
  }

  /// Without stars, as `eval` and the types of a `for` have it.
  mutating func expressions() throws(Mismatch) -> Expr {
    let start = pos
    let first = try expression()
    if kind != .comma { return first }
    var elements = [first]
    while accept(.comma) {
      if !startsExpression(kind) || kind == .kwYield || kind == .star { break }
      elements.append(try expression())
    }
    return try node(.tuple(elts: elements, ctx: .load), range(from: start), deepest(elements))
  }

  /// The right side of an assignment and the like.
  mutating func yieldOrStarExpressions() throws(Mismatch) -> Expr {
    kind == .kwYield ? try yieldExpression() : try starExpressions()
  }

  mutating func yieldExpression() throws(Mismatch) -> Expr {
    let start = pos
    try expect(.kwYield)
    if accept(.kwFrom) {
      let value = try expression()
      return try node(.yieldFrom(value: value), range(from: start), value.depth)
    }
    if !startsExpression(kind) || kind == .kwYield { return leaf(.yield(value: nil), range(from: start)) }
    let value = try starExpressions()
    return try node(.yield(value: value), range(from: start), value.depth)
  }

  /// `a` or `a := b`.
  mutating func namedExpression() throws(Mismatch) -> Expr {
    if kind == .name, kind(ahead: 1) == .colonEqual {
      let start = pos
      let target = leaf(.name(id: identifier(at: pos), ctx: .store), range(ofToken: pos))
      pos += 2
      let value = try expression()
      return try node(.namedExpr(target: target, value: value), range(from: start), value.depth)
    }
    return try expression()
  }

  // MARK: Conditional, lambda

  mutating func expression() throws(Mismatch) -> Expr {
    try enter(2)
    let result = kind == .kwLambda ? try lambda() : try conditional()
    leave(2)
    return result
  }

  @inline(__always)
  private mutating func conditional() throws(Mismatch) -> Expr {
    let start = pos
    let body = try disjunction()
    if kind != .kwIf { return body }
    advance()
    let test = try disjunction()
    try expect(.kwElse)
    let orelse = try expression()
    let depth = max(body.depth, max(test.depth, orelse.depth))
    return try node(.ifExp(test: test, body: body, orelse: orelse), range(from: start), depth)
  }

  private mutating func lambda() throws(Mismatch) -> Expr {
    let start = pos
    advance()
    let args = try parameters(ending: .colon, annotated: false)
    try expect(.colon)
    let body = try expression()
    return try node(.lambda(args: args, body: body), range(from: start), body.depth)
  }

  // MARK: Boolean operators and comparisons

  mutating func disjunction() throws(Mismatch) -> Expr {
    let start = pos
    let first = try conjunction()
    if kind != .kwOr { return first }
    var values = [first]
    while accept(.kwOr) { values.append(try conjunction()) }
    return try node(.boolOp(op: .or, values: values), range(from: start), deepest(values))
  }

  private mutating func conjunction() throws(Mismatch) -> Expr {
    let start = pos
    let first = try inversion()
    if kind != .kwAnd { return first }
    var values = [first]
    while accept(.kwAnd) { values.append(try inversion()) }
    return try node(.boolOp(op: .and, values: values), range(from: start), deepest(values))
  }

  private mutating func inversion() throws(Mismatch) -> Expr {
    if kind != .kwNot { return try comparison() }
    // A chain is read without recursion, and built from the inside.
    let start = pos
    while kind == .kwNot { advance() }
    var inner = pos - 1
    if inner - start >= Self.maximumChain { throw .stack }
    var operand = try comparison()
    while inner >= start {
      operand = try node(.unaryOp(op: .not, operand: operand), range(from: inner), operand.depth)
      inner -= 1
    }
    return operand
  }

  private mutating func comparison() throws(Mismatch) -> Expr {
    let start = pos
    let left = try bitwiseOr()
    guard var op = try comparisonOperator() else { return left }
    var ops: [ComparisonOperator] = []
    var comparators: [Expr] = []
    while true {
      ops.append(op)
      comparators.append(try bitwiseOr())
      guard let next = try comparisonOperator() else { break }
      op = next
    }
    let depth = max(left.depth, deepest(comparators))
    return try node(.compare(left: left, ops: ops, comparators: comparators), range(from: start), depth)
  }

  @inline(__always)
  private mutating func comparisonOperator() throws(Mismatch) -> ComparisonOperator? {
    let op: ComparisonOperator
    switch kind {
    case .equalEqual: op = .eq
    case .notEqual: op = .notEq
    case .less: op = .lt
    case .lessEqual: op = .ltE
    case .greater: op = .gt
    case .greaterEqual: op = .gtE
    case .kwIn: op = .in
    case .kwIs:
      advance()
      return accept(.kwNot) ? .isNot : .is
    case .kwNot:
      if kind(ahead: 1) != .kwIn { return nil }
      advance()
      op = .notIn
    default: return nil
    }
    advance()
    return op
  }

  // MARK: Arithmetic

  /// Binding strength and operator; 0 for what is not a binary operator.
  @inline(__always)
  private static func binary(_ kind: TokenKind) -> (strength: Int, op: BinaryOperator) {
    switch kind {
    case .vertical: return (1, .bitOr)
    case .circumflex: return (2, .bitXor)
    case .ampersand: return (3, .bitAnd)
    case .leftShift: return (4, .lShift)
    case .rightShift: return (4, .rShift)
    case .plus: return (5, .add)
    case .minus: return (5, .sub)
    case .star: return (6, .mult)
    case .slash: return (6, .div)
    case .doubleSlash: return (6, .floorDiv)
    case .percent: return (6, .mod)
    case .at: return (6, .matMult)
    default: return (0, .add)
    }
  }

  mutating func bitwiseOr() throws(Mismatch) -> Expr { try binary(above: 0) }

  /// Operands joined by operators that bind more tightly than `floor`, grouped to the left.
  private mutating func binary(above floor: Int) throws(Mismatch) -> Expr {
    let start = pos
    var left = try factor()
    while true {
      let (strength, op) = Self.binary(kind)
      if strength <= floor { return left }
      advance()
      let right = try binary(above: strength)
      left = try node(
        .binOp(left: left, op: op, right: right), range(from: start), max(left.depth, right.depth))
    }
  }

  @inline(__always)
  private static func unary(_ kind: TokenKind) -> UnaryOperator? {
    switch kind {
    case .minus: return .uSub
    case .plus: return .uAdd
    case .tilde: return .invert
    default: return nil
    }
  }

  private mutating func factor() throws(Mismatch) -> Expr {
    if Self.unary(kind) == nil { return try power() }
    let start = pos
    while Self.unary(kind) != nil { advance() }
    var inner = pos - 1
    if inner - start >= Self.maximumChain { throw .stack }
    var operand = try power()
    while inner >= start, let op = Self.unary(tokens[inner].kind) {
      operand = try node(.unaryOp(op: op, operand: operand), range(from: inner), operand.depth)
      inner -= 1
    }
    return operand
  }

  @inline(__always)
  private mutating func power() throws(Mismatch) -> Expr {
    let start = pos
    let base = kind == .kwAwait ? try awaited() : try primary()
    if kind != .doubleStar { return base }
    advance()
    try enter(1)
    let exponent = try factor()
    leave(1)
    return try node(
      .binOp(left: base, op: .pow, right: exponent), range(from: start), max(base.depth, exponent.depth))
  }

  private mutating func awaited() throws(Mismatch) -> Expr {
    let start = pos
    advance()
    let value = try primary()
    return try node(.await(value: value), range(from: start), value.depth)
  }

  // MARK: Calls, attributes, subscripts

  mutating func primary() throws(Mismatch) -> Expr {
    let start = pos
    var value = try atom()
    while true {
      switch kind {
      case .dot:
        advance()
        let attr = try name()
        value = try node(.attribute(value: value, attr: attr, ctx: .load), range(from: start), value.depth)
      case .leftParen:
        let (args, keywords) = try callArguments()
        var depth = max(value.depth, deepest(args))
        for keyword in keywords where keyword.value.depth > depth { depth = keyword.value.depth }
        value = try node(.call(func: value, args: args, keywords: keywords), range(from: start), depth)
      case .leftBracket:
        advance()
        let slice = try slices()
        try expect(.rightBracket)
        value = try node(
          .subscript(value: value, slice: slice, ctx: .load), range(from: start), max(value.depth, slice.depth))
      default: return value
      }
    }
  }

  private mutating func slices() throws(Mismatch) -> Expr {
    let start = pos
    let isStarred = kind == .star
    let first = isStarred ? try starred() : try slice()
    if kind != .comma, !isStarred { return first }
    var elements = [first]
    while accept(.comma) {
      if kind == .rightBracket { break }
      elements.append(kind == .star ? try starred() : try slice())
    }
    return try node(.tuple(elts: elements, ctx: .load), range(from: start), deepest(elements))
  }

  private mutating func slice() throws(Mismatch) -> Expr {
    let start = pos
    var lower: Expr?
    if kind != .colon {
      let value = try namedExpression()
      if kind != .colon { return value }
      // `a[x := 1 : 2]` is not allowed.
      if case .namedExpr = value.kind, tokens[start].kind != .leftParen { throw .syntax }
      lower = value
    }
    try expect(.colon)
    var upper: Expr?
    var step: Expr?
    if !endsSlice(kind), kind != .colon { upper = try expression() }
    if accept(.colon), !endsSlice(kind) { step = try expression() }
    let depth = max(lower?.depth ?? 0, max(upper?.depth ?? 0, step?.depth ?? 0))
    return try node(.slice(lower: lower, upper: upper, step: step), range(from: start), depth)
  }

  private func endsSlice(_ kind: TokenKind) -> Bool { kind == .comma || kind == .rightBracket }
}
