/// Statements with blocks.
extension Parser {
  mutating func statement(into body: inout [Stmt]) throws(Mismatch) {
    switch kind {
    case .kwIf: body.append(try ifStatement())
    case .kwFor: body.append(try forStatement(from: pos, isAsync: false))
    case .kwWhile: body.append(try whileStatement())
    case .kwDef: body.append(try function(from: pos, decorators: [], isAsync: false))
    case .kwClass: body.append(try classStatement(decorators: []))
    case .kwTry: body.append(try tryStatement())
    case .kwWith: body.append(try withStatement(from: pos, isAsync: false))
    case .at: body.append(try decorated())
    case .kwAsync: body.append(try asyncStatement(decorators: []))
    default:
      if kind == .name, isMatchStatement() {
        body.append(try matchStatement())
      } else {
        try simpleStatements(into: &body)
      }
    }
  }

  /// Whether the statement here is one with a block.
  func startsCompound() -> Bool {
    switch kind {
    case .kwIf, .kwFor, .kwWhile, .kwDef, .kwClass, .kwTry, .kwWith, .at, .kwAsync: return true
    default: return kind == .name && isMatchStatement()
    }
  }

  /// What follows a colon: an indented block, or statements on the same line.
  mutating func block() throws(Mismatch) -> [Stmt] {
    var body: [Stmt] = []
    if !accept(.newline) {
      try simpleStatements(into: &body)
      return body
    }
    try expect(.indent)
    try enter(4)
    while kind != .dedent {
      if kind == .endMarker { throw .syntax }
      try statement(into: &body)
    }
    leave(4)
    advance()
    return body
  }

  private mutating func colonBlock() throws(Mismatch) -> [Stmt] {
    try expect(.colon)
    return try block()
  }

  private mutating func statement(_ kind: StmtKind, from start: Int, _ comment: String?) -> Stmt {
    let range = range(from: start)
    if let comment = comment { typeComments[range] = comment }
    return Stmt(kind, range)
  }

  private mutating func elseBlock() throws(Mismatch) -> [Stmt] {
    accept(.kwElse) ? try colonBlock() : []
  }

  // MARK: if, while, for

  /// An `elif` is an `if` in its predecessor's `orelse`. Chains are collected first and nested after, so that
  /// their length costs no native stack.
  private mutating func ifStatement() throws(Mismatch) -> Stmt {
    var arms: [(start: Int, test: Expr, body: [Stmt])] = []
    repeat {
      let start = pos
      advance()
      let test = try namedExpression()
      arms.append((start, test, try colonBlock()))
      if arms.count > Int(depthLimit) { throw .depth }
    } while kind == .kwElif
    var orelse = try elseBlock()
    while let arm = arms.popLast() {
      let kind = StmtKind.if(test: arm.test, body: arm.body, orelse: orelse)
      orelse = [Stmt(kind, range(from: arm.start))]
    }
    return orelse[0]
  }

  private mutating func whileStatement() throws(Mismatch) -> Stmt {
    let start = pos
    advance()
    let test = try namedExpression()
    let body = try colonBlock()
    let orelse = try elseBlock()
    return Stmt(.while(test: test, body: body, orelse: orelse), range(from: start))
  }

  private mutating func forStatement(from start: Int, isAsync: Bool) throws(Mismatch) -> Stmt {
    advance()
    let target = try starTargets()
    try expect(.kwIn)
    let iter = try starExpressions()
    try expect(.colon)
    let comment = typeComment()
    let body = try block()
    let orelse = try elseBlock()
    let kind: StmtKind =
      isAsync
      ? .asyncFor(target: target, iter: iter, body: body, orelse: orelse)
      : .for(target: target, iter: iter, body: body, orelse: orelse)
    return statement(kind, from: start, comment)
  }

  // MARK: with

  private mutating func withStatement(from start: Int, isAsync: Bool) throws(Mismatch) -> Stmt {
    advance()
    var items: [WithItem]?
    if kind == .leftParen, isParenthesisedWithHeader() {
      // `with (a, b):` has two items, but `with (yield):` and `with (a := b):` have one in a group.
      let resume = pos
      let warned = warnings.count
      let depth = recursion
      do {
        items = try parenthesisedWithItems()
      } catch {
        if error != .syntax { throw error }
        pos = resume
        recursion = depth
        warnings.removeLast(warnings.count - warned)
      }
    }
    var found: [WithItem]
    if let parsed = items { found = parsed } else {
      found = [try withItem()]
      while accept(.comma) { found.append(try withItem()) }
    }
    try expect(.colon)
    let comment = typeComment()
    let body = try block()
    let kind: StmtKind = isAsync ? .asyncWith(items: found, body: body) : .with(items: found, body: body)
    return statement(kind, from: start, comment)
  }

  /// Whether the parenthesis here closes right before a colon.
  private func isParenthesisedWithHeader() -> Bool {
    let outer = tokens[pos].level - 1
    var index = pos + 1
    while index + 1 < stream.count {
      if tokens[index].kind == .rightParen, tokens[index].level == outer {
        return tokens[index + 1].kind == .colon
      }
      index += 1
    }
    return false
  }

  private mutating func parenthesisedWithItems() throws(Mismatch) -> [WithItem] {
    advance()
    var items: [WithItem] = []
    repeat {
      if kind == .rightParen, !items.isEmpty { break }
      items.append(try withItem())
    } while accept(.comma)
    try expect(.rightParen)
    // The grammar has no place for a type comment after this form.
    if kind != .colon || kind(ahead: 1) == .typeComment { throw .syntax }
    return items
  }

  private mutating func withItem() throws(Mismatch) -> WithItem {
    let context = try expression()
    if !accept(.kwAs) { return WithItem(contextExpr: context, optionalVars: nil) }
    let target = try starTarget()
    if kind != .comma, kind != .rightParen, kind != .colon { throw .syntax }
    return WithItem(contextExpr: context, optionalVars: target)
  }

  // MARK: try

  private mutating func tryStatement() throws(Mismatch) -> Stmt {
    let start = pos
    advance()
    let body = try colonBlock()
    var handlers: [ExceptHandler] = []
    var isStar = false
    while kind == .kwExcept {
      let first = pos
      advance()
      let hasStar = accept(.star)
      if !handlers.isEmpty, hasStar != isStar { throw .syntax }
      isStar = hasStar
      var type: Expr?
      var name: String?
      if kind != .colon || hasStar {
        type = try exceptionTypes()
        if accept(.kwAs) { name = try self.name() }
      }
      let handlerBody = try colonBlock()
      handlers.append(ExceptHandler(type: type, name: name, body: handlerBody, range: range(from: first)))
    }
    var orelse: [Stmt] = []
    var finalbody: [Stmt] = []
    if !handlers.isEmpty { orelse = try elseBlock() }
    if accept(.kwFinally) { finalbody = try colonBlock() } else if handlers.isEmpty { throw .syntax }
    let kind: StmtKind =
      isStar
      ? .tryStar(body: body, handlers: handlers, orelse: orelse, finalbody: finalbody)
      : .try(body: body, handlers: handlers, orelse: orelse, finalbody: finalbody)
    return Stmt(kind, range(from: start))
  }

  /// `A`, or `A, B` without parentheses (PEP 758), which excludes `as`.
  private mutating func exceptionTypes() throws(Mismatch) -> Expr {
    let start = pos
    let first = try expression()
    if kind != .comma { return first }
    var types = [first]
    while accept(.comma) {
      if kind == .colon { break }
      types.append(try expression())
    }
    if kind != .colon { throw .syntax }
    return try node(.tuple(elts: types, ctx: .load), range(from: start), deepest(types))
  }

  // MARK: Functions and classes

  private mutating func decorated() throws(Mismatch) -> Stmt {
    var decorators: [Expr] = []
    while accept(.at) {
      decorators.append(try namedExpression())
      try expect(.newline)
    }
    switch kind {
    case .kwDef: return try function(from: pos, decorators: decorators, isAsync: false)
    case .kwClass: return try classStatement(decorators: decorators)
    case .kwAsync:
      if kind(ahead: 1) != .kwDef { throw .syntax }
      return try asyncStatement(decorators: decorators)
    default: throw .syntax
    }
  }

  private mutating func asyncStatement(decorators: [Expr]) throws(Mismatch) -> Stmt {
    let start = pos
    advance()
    switch kind {
    case .kwDef: return try function(from: start, decorators: decorators, isAsync: true)
    case .kwFor: return try forStatement(from: start, isAsync: true)
    case .kwWith: return try withStatement(from: start, isAsync: true)
    default: throw .syntax
    }
  }

  private mutating func function(from start: Int, decorators: [Expr], isAsync: Bool) throws(Mismatch) -> Stmt {
    try expect(.kwDef)
    let name = try name()
    let typeParams = try typeParameters()
    try expect(.leftParen)
    let args = try parameters(ending: .rightParen, annotated: true)
    try expect(.rightParen)
    let returns = accept(.arrow) ? try expression() : nil
    try expect(.colon)
    // On the line of the header or on one of its own.
    if kind == .newline, kind(ahead: 1) == .typeComment, kind(ahead: 2) == .newline, kind(ahead: 3) == .indent { advance() }
    let comment = typeComment()
    let body = try block()
    let definition = FunctionDef(
      name: name, args: args, body: body, decoratorList: decorators, returns: returns, typeParams: typeParams)
    return statement(isAsync ? .asyncFunctionDef(definition) : .functionDef(definition), from: start, comment)
  }

  private mutating func classStatement(decorators: [Expr]) throws(Mismatch) -> Stmt {
    let start = pos
    advance()
    let name = try name()
    let typeParams = try typeParameters()
    var bases: [Expr] = []
    var keywords: [Keyword] = []
    if kind == .leftParen {
      let open = pos
      (bases, keywords) = try callArguments()
      // Unlike a call, a class header takes no bare generator expression.
      if let base = bases.first, case .generatorExp = base.kind, base.range.column == Int(tokens[open].column),
        base.range.line == Int(tokens[open].line)
      {
        throw .syntax
      }
    }
    let body = try colonBlock()
    let definition = ClassDef(
      name: name, bases: bases, keywords: keywords, body: body, decoratorList: decorators, typeParams: typeParams)
    return Stmt(.classDef(definition), range(from: start))
  }
}
