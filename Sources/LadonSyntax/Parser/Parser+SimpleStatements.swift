/// Statements that fit on one line.
extension Parser {
  /// `a; b; c` and the newline.
  mutating func simpleStatements(into body: inout [Stmt]) throws(Mismatch) {
    while true {
      body.append(try simpleStatement())
      if accept(.semicolon) {
        if accept(.newline) { return }
        continue
      }
      try expect(.newline)
      return
    }
  }

  private mutating func simpleStatement() throws(Mismatch) -> Stmt {
    let start = pos
    let result: StmtKind
    switch kind {
    case .kwPass:
      advance()
      result = .pass
    case .kwBreak:
      advance()
      result = .break
    case .kwContinue:
      advance()
      result = .continue
    case .kwReturn:
      advance()
      result = .return(value: endsStatement(kind) ? nil : try starExpressions())
    case .kwRaise: result = try raiseStatement()
    case .kwGlobal:
      advance()
      result = .global(names: try nameList())
    case .kwNonlocal:
      advance()
      result = .nonlocal(names: try nameList())
    case .kwDel: result = try deleteStatement()
    case .kwAssert:
      advance()
      let test = try expression()
      result = .assert(test: test, msg: accept(.comma) ? try expression() : nil)
    case .kwImport:
      advance()
      result = .import(names: try importedModules())
    case .kwFrom: result = try importFrom()
    default:
      if kind == .name, kind(ahead: 1) == .name, isWord("type", at: pos) {
        let next = kind(ahead: 2)
        if next == .equal || next == .leftBracket {
          result = try typeAlias()
          break
        }
      }
      result = try expressionStatement()
    }
    let range = range(from: start)
    if tokens[pos - 1].kind == .typeComment {
      let comment = tokens[pos - 1]
      typeComments[range] = text.string(Int(comment.start), Int(comment.end))
    }
    return Stmt(result, range)
  }

  @inline(__always) private func endsStatement(_ kind: TokenKind) -> Bool { kind == .newline || kind == .semicolon }

  private mutating func raiseStatement() throws(Mismatch) -> StmtKind {
    advance()
    if endsStatement(kind) { return .raise(exc: nil, cause: nil) }
    let exception = try expression()
    return .raise(exc: exception, cause: accept(.kwFrom) ? try expression() : nil)
  }

  private mutating func nameList() throws(Mismatch) -> [String] {
    var names = [try name()]
    while accept(.comma) { names.append(try name()) }
    return names
  }

  private mutating func deleteStatement() throws(Mismatch) -> StmtKind {
    advance()
    var targets: [Expr] = []
    repeat {
      if endsStatement(kind), !targets.isEmpty { break }
      let target = try primary()
      try setContext(target, .del)
      targets.append(target)
    } while accept(.comma)
    if !endsStatement(kind) { throw .syntax }
    return .delete(targets: targets)
  }

  private mutating func typeAlias() throws(Mismatch) -> StmtKind {
    advance()
    let name = leaf(.name(id: identifier(at: pos), ctx: .store), range(ofToken: pos))
    advance()
    let parameters = try typeParameters()
    try expect(.equal)
    let value = try expression()
    return .typeAlias(name: name, typeParams: parameters, value: value)
  }

  // MARK: Imports

  private mutating func dottedName() throws(Mismatch) -> String {
    var result = try name()
    while accept(.dot) {
      result += "."
      result += try name()
    }
    return result
  }

  private mutating func importedModules() throws(Mismatch) -> [Alias] {
    var names: [Alias] = []
    repeat {
      let start = pos
      let module = try dottedName()
      let asname = accept(.kwAs) ? try name() : nil
      names.append(Alias(name: module, asname: asname, range: range(from: start)))
    } while accept(.comma)
    return names
  }

  private mutating func importFrom() throws(Mismatch) -> StmtKind {
    advance()
    var level = 0
    while kind == .dot || kind == .ellipsis {
      level += kind == .dot ? 1 : 3
      advance()
    }
    var module: String?
    if level == 0 || kind == .name { module = try dottedName() }
    try expect(.kwImport)
    var names: [Alias] = []
    if kind == .star {
      names.append(Alias(name: "*", asname: nil, range: range(ofToken: pos)))
      advance()
      return .importFrom(module: module, names: names, level: level)
    }
    let isParenthesised = accept(.leftParen)
    repeat {
      if isParenthesised, kind == .rightParen, !names.isEmpty { break }
      let start = pos
      let imported = try name()
      let asname = accept(.kwAs) ? try name() : nil
      names.append(Alias(name: imported, asname: asname, range: range(from: start)))
    } while accept(.comma)
    if isParenthesised { try expect(.rightParen) }
    return .importFrom(module: module, names: names, level: level)
  }

  // MARK: Expressions and assignments

  private mutating func expressionStatement() throws(Mismatch) -> StmtKind {
    let start = pos
    let first = try yieldOrStarExpressions()
    switch kind {
    case .equal: return try assignment(first, isYield: tokens[start].kind == .kwYield)
    case .colon: return try annotation(first, isParenthesised: tokens[start].kind == .leftParen)
    case .newline, .semicolon: return .expr(value: first)
    default:
      guard let op = augmentedOperator(kind) else { throw .syntax }
      try setSingleTarget(first)
      advance()
      let value = try yieldOrStarExpressions()
      return .augAssign(target: first, op: op, value: value)
    }
  }

  private mutating func assignment(_ first: Expr, isYield: Bool) throws(Mismatch) -> StmtKind {
    if isYield { throw .syntax }
    try setContext(first, .store)
    var targets = [first]
    while true {
      try expect(.equal)
      if kind == .kwYield {
        let value = try yieldExpression()
        _ = accept(.typeComment)
        return .assign(targets: targets, value: value)
      }
      let value = try starExpressions()
      if kind != .equal {
        _ = accept(.typeComment)
        return .assign(targets: targets, value: value)
      }
      try setContext(value, .store)
      targets.append(value)
    }
  }

  private mutating func annotation(_ target: Expr, isParenthesised: Bool) throws(Mismatch) -> StmtKind {
    try setSingleTarget(target)
    advance()
    let annotation = try expression()
    let value = accept(.equal) ? try yieldOrStarExpressions() : nil
    var simple = false
    if case .name = target.kind { simple = !isParenthesised }
    return .annAssign(target: target, annotation: annotation, value: value, simple: simple)
  }

  private func augmentedOperator(_ kind: TokenKind) -> BinaryOperator? {
    switch kind {
    case .plusEqual: return .add
    case .minusEqual: return .sub
    case .starEqual: return .mult
    case .slashEqual: return .div
    case .doubleSlashEqual: return .floorDiv
    case .percentEqual: return .mod
    case .doubleStarEqual: return .pow
    case .leftShiftEqual: return .lShift
    case .rightShiftEqual: return .rShift
    case .verticalEqual: return .bitOr
    case .circumflexEqual: return .bitXor
    case .ampersandEqual: return .bitAnd
    case .atEqual: return .matMult
    default: return nil
    }
  }
}
