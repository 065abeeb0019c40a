import LadonSyntax

extension CodeGenerator {
  /// What a comprehension makes of each element.
  private struct ComprehensionKind {
    enum Result {
      case list(Expr), set(Expr), dict(key: Expr, value: Expr), generator(Expr)
    }
    var result: Result
    var name: String
  }

  /// A comprehension is a function of one argument, the iterator over the outermost iterable, called at once.
  func comprehension(_ expression: Expr, into d: Int) throws {
    let range = expression.range
    let kind: ComprehensionKind
    let generators: [Comprehension]
    switch expression.kind {
    case .listComp(let element, let parts):
      kind = ComprehensionKind(result: .list(element), name: "<listcomp>")
      generators = parts
    case .setComp(let element, let parts):
      kind = ComprehensionKind(result: .set(element), name: "<setcomp>")
      generators = parts
    case .dictComp(let key, let value, let parts):
      kind = ComprehensionKind(result: .dict(key: key, value: value), name: "<dictcomp>")
      generators = parts
    case .generatorExp(let element, let parts):
      kind = ComprehensionKind(result: .generator(element), name: "<genexpr>")
      generators = parts
    default: return
    }
    guard let scope = table.scope(for: expression) else { fatalError("a comprehension without a scope") }
    var isGenerator = false
    if case .generator = kind.result { isGenerator = true }
    let isAsync = scope.isCoroutine && !isGenerator
    if isAsync, block.kind != .asyncFunction, block.kind != .comprehension,
      !(block.parent == nil && options.allowsTopLevelAwait)
    {
      throw CompileFailure("asynchronous comprehension outside of an asynchronous function", range)
    }
    let unit = try comprehensionBody(kind, generators, scope, range)

    let window = block.top
    block.top = window + 8
    block.reach(window: window, arguments: 1)
    let parts = block.newTemporaries(4)
    makeClosure(unit, parts: parts, flags: 0, into: window + 3, at: range)
    block.top = window + 8
    let outermost = generators[0]
    if outermost.isAsync {
      let source = try operandUsing(window + 7, outermost.iter)
      emit(.getAiter, window + 7, source, at: range)
    } else {
      try evaluateIterator(outermost.iter, into: window + 7, at: range)
    }
    if isAsync {
      let result = window
      emitCall(window, count: 1, into: window + 1, at: range)
      block.top = window + 2
      emit(.getAwaitable, window + 1, window + 1, 0, at: range)
      emitAwait(window + 1, into: result, at: range)
      move(result, to: d, at: range)
    } else {
      emitCall(window, count: 1, into: d, at: range)
    }
    block.top = window
  }

  private func comprehensionBody(
    _ kind: ComprehensionKind, _ generators: [Comprehension], _ scope: Scope, _ range: SourceRange
  ) throws -> CodeUnit {
    beginBlock(.comprehension, scope, name: kind.name, firstLine: range.line, privateName: block.privateName)
    block.unit.argumentCount = 1
    block.unit.flags = functionFlags()
    emitPrologue(at: SourceRange(line: range.line, column: 0, endLine: range.line, endColumn: 0))
    let accumulator = block.newTemporary()
    switch kind.result {
    case .list:
      if generators.count == 1, generators[0].ifs.isEmpty, !generators[0].isAsync {
        emit(.buildListFor, accumulator, CodeUnit.header, at: range)
      } else {
        emit(.buildList, accumulator, accumulator, 0, at: range)
      }
    case .set: emit(.buildSet, accumulator, accumulator, 0, at: range)
    case .dict: emit(.buildMap, accumulator, accumulator, 0, at: range)
    case .generator: break
    }
    try comprehensionLevel(0, generators, kind.result, accumulator, range)
    if case .generator = kind.result {
      emit(.returnNone, at: .inherited)
    } else {
      emit(.return, accumulator, at: range)
    }
    return try finishBlock()
  }

  private func comprehensionLevel(
    _ level: Int, _ generators: [Comprehension], _ result: ComprehensionKind.Result, _ accumulator: Int,
    _ range: SourceRange
  ) throws {
    try checkDepth()
    if level == generators.count { return try addElement(result, accumulator, range) }
    let generator = generators[level]
    let mark = block.top
    defer { block.top = mark }
    // `for x in [value]` binds a name and no more.
    if level > 0, !generator.isAsync, let single = CodeGenerator.singleElement(generator.iter) {
      let end = newLabel()
      try assign([generator.target], single, at: single.range)
      for condition in generator.ifs { try jumpIf(condition, false, to: end) }
      try comprehensionLevel(level + 1, generators, result, accumulator, range)
      bind(end)
      return
    }
    let iterator: Int
    if level == 0 {
      iterator = CodeUnit.header
    } else {
      iterator = block.newTemporary()
      if generator.isAsync {
        let source = try operandUsing(iterator, generator.iter)
        emit(.getAiter, iterator, source, at: range)
      } else {
        try evaluateIterator(generator.iter, into: iterator, at: range)
      }
    }
    let body: (Label) throws -> Void = { again in
      for condition in generator.ifs { try self.jumpIf(condition, false, to: again) }
      try self.comprehensionLevel(level + 1, generators, result, accumulator, range)
    }
    if generator.isAsync {
      try iterateAsync(iterator, generator.target, at: range, body)
    } else {
      try iterate(iterator, generator.target, at: range, body)
    }
  }

  private static func singleElement(_ iterable: Expr) -> Expr? {
    let elements: [Expr]
    switch iterable.kind {
    case .list(let items, _), .tuple(let items, _): elements = items
    default: return nil
    }
    guard elements.count == 1, !isStarred(elements[0]) else { return nil }
    return elements[0]
  }

  private func addElement(_ result: ComprehensionKind.Result, _ accumulator: Int, _ range: SourceRange) throws {
    let mark = block.top
    defer { block.top = mark }
    switch result {
    case .list(let element): emit(.listAppend, accumulator, try operand(element), at: range)
    case .set(let element): emit(.setAdd, accumulator, try operand(element), at: range)
    case .dict(let key, let value):
      let keyRegister = try operand(key, before: [value])
      let valueRegister = try operand(value)
      emit(.mapAdd, accumulator, keyRegister, valueRegister, at: range)
    case .generator(let element):
      var register = try operand(element)
      if block.unit.flags.contains(.asyncGenerator) {
        let wrapped = block.newTemporary()
        emit(.asyncGenWrap, wrapped, register, at: range)
        register = wrapped
      }
      let sent = block.newTemporary()
      emit(.yield, sent, register, 0, at: range)
    }
  }
}
