import LadonSyntax

/// Compiles a tree. Failures carry CPython's messages and positions; `text` is the caller's to fill in.
public func compile(_ mod: Mod, options: CompileOptions) throws(SyntaxFailure) -> CompileResult {
  do {
    return try compileTree(mod, options: options)
  } catch let failure as CompileFailure {
    throw failure.syntaxFailure
  } catch {
    fatalError("the compiler throws nothing but CompileFailure")
  }
}

private func compileTree(_ mod: Mod, options: CompileOptions) throws -> CompileResult {
  let future = try FutureImports(mod)
  let futures = options.futures.union(future.flags)
  let table = try SymbolTable.build(mod, futures: futures, stackLimit: options.stackLimit)
  var isInteractive = false
  if case .interactive = mod { isInteractive = true }
  let generator = CodeGenerator(
    options: options, table: table, futures: futures, lastFutureLine: future.lastLine, isInteractive: isInteractive)
  let unit = try generator.compileTop(mod)
  return CompileResult(code: unit, warnings: generator.warnings, futures: futures)
}

extension CompileFailure {
  var syntaxFailure: SyntaxFailure {
    let failureKind: SyntaxFailure.Kind
    switch kind {
    case .syntax: failureKind = .syntax
    case .recursion: failureKind = .recursion
    case .limit: failureKind = .memory
    }
    return SyntaxFailure(
      kind: failureKind, message: message, line: range.line, offset: range.column + 1, endLine: range.endLine,
      endOffset: range.endColumn + 1, text: nil)
  }
}

extension CodeGenerator {
  func compileTop(_ mod: Mod) throws -> CodeUnit {
    setUp(block, name: "<module>", firstLine: 1)
    block.unit.flags = futures
    let scope = block.scope
    if options.allowsTopLevelAwait, scope.isCoroutine, !scope.isGenerator {
      block.unit.flags.insert(.coroutine)
    }
    let start = SourceRange(line: 0, column: 0, endLine: 1, endColumn: 0)
    emitPrologue(at: start)
    switch mod {
    case .module(let body):
      try moduleBody(body)
      emit(.returnNone, at: body.isEmpty ? start : .inherited)
    case .interactive(let body):
      if containsAnnotations(body) { emit(.setupAnnotations, at: body[0].range) }
      try statements(body)
      emit(.returnNone, at: body.isEmpty ? start : .inherited)
    case .expression(let body):
      let register = try operand(body)
      emit(.return, register, at: body.range)
    case .functionType: break
    }
    return try finishBlock()
  }

  /// A module's or class's statements: docstring and annotations first.
  func moduleBody(_ body: [Stmt]) throws {
    var rest = body[...]
    if containsAnnotations(body) { emit(.setupAnnotations, at: body[0].range) }
    if let first = body.first, let text = docstring(body), options.optimize < 2 {
      let mark = block.top
      let register = block.newTemporary()
      loadConstant(.string(text), into: register, at: first.range)
      try store(name: "__doc__", from: register, at: first.range)
      block.top = mark
      rest = rest.dropFirst()
    }
    try statements(Array(rest))
  }

  func docstring(_ body: [Stmt]) -> StringConstant? {
    if let first = body.first, case .expr(let value) = first.kind, case .constant(.string(let text), _) = value.kind {
      return text
    }
    return nil
  }

  /// Whether annotations of variables stand in this block (not in functions or classes in it).
  func containsAnnotations(_ body: [Stmt]) -> Bool {
    for statement in body {
      switch statement.kind {
      case .annAssign: return true
      case .for(_, _, let body, let orelse), .asyncFor(_, _, let body, let orelse), .while(_, let body, let orelse):
        if containsAnnotations(body) || containsAnnotations(orelse) { return true }
      case .if:
        var next = statement
        while case .if(_, let body, let orelse) = next.kind {
          if containsAnnotations(body) { return true }
          if orelse.count == 1, case .if = orelse[0].kind {
            next = orelse[0]
          } else {
            if containsAnnotations(orelse) { return true }
            break
          }
        }
      case .with(_, let body), .asyncWith(_, let body):
        if containsAnnotations(body) { return true }
      case .match(_, let cases):
        for item in cases where containsAnnotations(item.body) { return true }
      case .try(let body, let handlers, let orelse, let finalbody),
        .tryStar(let body, let handlers, let orelse, let finalbody):
        if containsAnnotations(body) || containsAnnotations(orelse) || containsAnnotations(finalbody) { return true }
        for handler in handlers where containsAnnotations(handler.body) { return true }
      default: break
      }
    }
    return false
  }
}
