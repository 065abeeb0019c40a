import LadonSyntax

extension CodeGenerator {
  func statements(_ body: [Stmt]) throws {
    for statement in body { try self.statement(statement) }
  }

  func statement(_ statement: Stmt) throws {
    try checkDepth()
    let mark = block.top
    try dispatch(statement)
    block.top = mark
  }

  private func dispatch(_ statement: Stmt) throws {
    let range = statement.range
    switch statement.kind {
    case .functionDef(let definition): try function(definition, range, isAsync: false)
    case .asyncFunctionDef(let definition): try function(definition, range, isAsync: true)
    case .classDef(let definition): try classDefinition(definition, range)
    case .return(let value): try returnStatement(value, range)
    case .delete(let targets): for target in targets { try delete(target) }
    case .assign(let targets, let value): try assign(targets, value, at: range)
    case .typeAlias: try typeAlias(statement)
    case .augAssign(let target, let op, let value): try augmentedAssignment(target, op, value, at: range)
    case .annAssign(let target, let annotation, let value, let simple):
      try annotatedAssignment(target, annotation, value, simple, at: range)
    case .for, .asyncFor, .while: try nested { try self.loop(statement) }
    case .if: try nested { try self.ifStatement(statement) }
    case .with(let items, let body): try nested { try self.with(items[...], body, isAsync: false, range) }
    case .asyncWith(let items, let body):
      try checkAsync("'async with' outside async function", range)
      try nested { try self.with(items[...], body, isAsync: true, range) }
    case .match(let subject, let cases): try nested { try self.match(subject, cases, range) }
    case .raise(let exception, let cause): try raise(exception, cause, range)
    case .try, .tryStar: try nested { try self.tryStatement(statement) }
    case .assert(let test, let message): try assertion(test, message, range)
    case .import(let names): try importNames(names, range)
    case .importFrom(let module, let names, let level): try importFrom(module, names, level, range)
    case .global, .nonlocal: break
    case .pass: markLine(range)
    case .expr(let value): try expressionStatement(value, range)
    case .break: try leaveLoop(isBreak: true, range)
    case .continue: try leaveLoop(isBreak: false, range)
    }
  }

  private func nested(_ body: () throws -> Void) rethrows { try body() }

  private func expressionStatement(_ value: Expr, _ range: SourceRange) throws {
    if isInteractive, block.parent == nil {
      let register = try operand(value)
      emit(.printExpression, register, at: range)
      return
    }
    if case .constant = value.kind { return markLine(range) }
    if folding.value(of: value) != nil { return markLine(range) }
    _ = try operand(value)
  }

  private func ifStatement(_ statement: Stmt) throws {
    let end = newLabel()
    var next = statement
    while case .if(let test, let body, let orelse) = next.kind {
      let otherwise = newLabel()
      try jumpIf(test, false, to: orelse.isEmpty ? end : otherwise)
      try statements(body)
      if orelse.isEmpty { break }
      if !assembler.isUnreachable { jump(to: end, at: .inherited) }
      bind(otherwise)
      if orelse.count == 1, case .if = orelse[0].kind {
        next = orelse[0]
      } else {
        try statements(orelse)
        break
      }
    }
    bind(end)
  }

  private func assertion(_ test: Expr, _ message: Expr?, _ range: SourceRange) throws {
    if case .tuple(let elements, _) = test.kind, !elements.isEmpty {
      warn("assertion is always true, perhaps remove parentheses?", range)
    } else if case .tuple(let items)? = folding.value(of: test), !items.isEmpty {
      warn("assertion is always true, perhaps remove parentheses?", range)
    }
    if options.optimize > 0 { return }
    let failed = newLabel()
    let place = lastComparison(test)?.range ?? range
    try jumpIf(test, false, to: failed)
    assembler.beginCold()
    bind(failed)
    let window = block.top
    block.top = window + 8
    if let message {
      emit(.loadAssertionError, window + 3, at: range)
      try evaluate(message, into: window + 7)
      emitCall(window, count: 1, into: window, at: place)
    } else {
      block.reach(window: window, arguments: 1)
      emit(.loadAssertionError, window, at: place)
    }
    emit(.raise, window, at: place)
    assembler.endCold()
    block.top = window
  }

  /// CPython places the failure of an assertion at the comparison that it tested last, if there was one.
  private func lastComparison(_ test: Expr) -> Expr? {
    switch test.kind {
    case .compare: return test
    case .unaryOp(.not, let operand): return lastComparison(operand)
    case .boolOp(_, let values):
      for value in values.reversed() {
        if let found = lastComparison(value) { return found }
      }
      return nil
    case .ifExp(let condition, let body, let orelse):
      return lastComparison(orelse) ?? lastComparison(body) ?? lastComparison(condition)
    default: return nil
    }
  }

  private func raise(_ exception: Expr?, _ cause: Expr?, _ range: SourceRange) throws {
    guard let exception else { return emit(.raise, 0, 0, at: range) }
    let exceptionRegister = try operand(exception, before: cause.map { [$0] } ?? [])
    let causeRegister = try cause.map { try operand($0) } ?? 0
    emit(.raise, exceptionRegister, causeRegister, at: range)
  }

  // MARK: Imports

  private func importNames(_ names: [Alias], _ range: SourceRange) throws {
    for alias in names {
      let mark = block.top
      let module = importModule(alias.name, level: 0, names: .none, range)
      if let asname = alias.asname {
        // `import a.b.c as d` binds c, found as an attribute of b, and so on.
        let parts = alias.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for part in parts.dropFirst() {
          emit(.importFrom, module, module, block.nameIndex(part), at: range)
        }
        try store(name: asname, from: module, at: range)
      } else {
        try store(name: String(alias.name.prefix { $0 != "." }), from: module, at: range)
      }
      block.top = mark
    }
  }

  /// The register of the module imported.
  private func importModule(_ name: String, level: Int, names: CodeConstant, _ range: SourceRange) -> Int {
    let module = block.newTemporary()
    let arguments = block.newTemporaries(2)
    loadConstant(.int(level), into: arguments, at: range)
    loadConstant(names, into: arguments + 1, at: range)
    emit(.importName, module, arguments, block.nameIndex(name), at: range)
    return module
  }

  private func importFrom(_ module: String?, _ names: [Alias], _ level: Int, _ range: SourceRange) throws {
    if module == "__future__", level == 0, range.line > lastFutureLine {
      throw CompileFailure("from __future__ imports must occur at the beginning of the file", range)
    }
    let list = CodeConstant.tuple(names.map { .name($0.name) })
    let register = importModule(module ?? "", level: level, names: list, range)
    let value = register + 1
    for alias in names {
      if alias.name == "*" {
        emit(.importStar, register, at: range)
        return
      }
      emit(.importFrom, value, register, block.nameIndex(alias.name), at: range)
      try store(name: alias.asname ?? alias.name, from: value, at: range)
    }
  }
}
