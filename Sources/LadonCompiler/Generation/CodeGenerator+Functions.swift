import LadonSyntax

extension CodeGenerator {
  func function(_ definition: FunctionDef, _ range: SourceRange, isAsync: Bool) throws {
    let firstLine = definition.decoratorList.first?.range.line ?? range.line
    let target = try decoratedTarget(definition.name, definition.decoratorList, range)
    try decorated(definition.decoratorList[...], into: target) { d in
      if definition.typeParams.isEmpty {
        try self.makeFunction(definition, range, isAsync: isAsync, firstLine: firstLine, into: d)
      } else {
        try self.genericFunction(definition, range, isAsync: isAsync, firstLine: firstLine, into: d)
      }
    }
    try storeDefinition(definition.name, from: target, at: range)
  }

  /// Where a definition is made: the variable itself if it is a plain local. (After decorators the store is an instruction of
  /// its own, for it comes on the line of the `def` and not on theirs.)
  func decoratedTarget(_ name: String, _ decorators: [Expr], _ range: SourceRange) throws -> Int {
    try refuseDebug(name, .store, range)
    if decorators.isEmpty, case .local(let register) = place(of: mangled(name)) { return register }
    return block.newTemporary()
  }

  func storeDefinition(_ name: String, from register: Int, at range: SourceRange) throws {
    if block.isTemporary(register) { try store(name: name, from: register, at: range) }
  }

  /// Evaluates the decorators from the first on, then `make`, then calls them from the last on.
  func decorated(_ decorators: ArraySlice<Expr>, into d: Int, _ make: (Int) throws -> Void) throws {
    guard let decorator = decorators.first else { return try make(d) }
    warnAboutCaller(decorator, decorator.range)
    let window = block.top
    block.top = window + 4
    try evaluate(decorator, into: window + 3)
    block.top = window + 8
    block.reach(window: window, arguments: 1)
    try decorated(decorators.dropFirst(), into: window + 7, make)
    emitCall(window, count: 1, into: d, at: decorator.range)
    block.top = window
  }

  func makeFunction(
    _ definition: FunctionDef, _ range: SourceRange, isAsync: Bool, firstLine: Int, into d: Int
  ) throws {
    let mark = block.top
    let parts = block.newTemporaries(4)
    var flags = try evaluateDefaults(definition.args, into: parts, at: range)
    flags |= try evaluateAnnotations(definition, into: parts + 2, at: range)
    try finishFunction(definition, range, isAsync: isAsync, firstLine: firstLine, parts: parts, flags: flags, into: d)
    block.top = mark
  }

  func finishFunction(
    _ definition: FunctionDef, _ range: SourceRange, isAsync: Bool, firstLine: Int, parts: Int, flags: Int, into d: Int
  ) throws {
    let unit = try functionBody(definition, range, isAsync: isAsync, firstLine: firstLine)
    makeClosure(unit, parts: parts, flags: flags, into: d, at: range)
  }

  /// MAKE_FUNCTION of a finished code unit with the cells that it needs. Parts: defaults, keyword defaults,
  /// annotations, closure.
  func makeClosure(_ unit: CodeUnit, parts: Int, flags: Int, into d: Int, at range: SourceRange) {
    var flags = flags
    if !unit.freeNames.isEmpty {
      let mark = block.top
      let cells = block.newTemporaries(unit.freeNames.count)
      for (offset, name) in unit.freeNames.enumerated() { loadClosureCell(name, into: cells + offset, at: range) }
      emit(.buildTuple, parts + 3, cells, unit.freeNames.count, at: range)
      block.top = mark
      flags |= 8
    }
    emit(.makeFunction, d, parts, flags, word: block.constantIndex(.code(unit)), at: range)
  }

  /// Positional defaults into R[parts], those of keyword-only parameters into R[parts + 1].
  func evaluateDefaults(_ arguments: Arguments, into parts: Int, at range: SourceRange) throws -> Int {
    var flags = 0
    if !arguments.defaults.isEmpty {
      if let values = folding.values(of: arguments.defaults) {
        // Each line that they stand on is reached.
        var line = range.line
        for value in arguments.defaults where value.range.line != line {
          loadConstant(.none, into: parts, at: value.range)
          line = value.range.line
        }
        loadConstant(.tuple(values), into: parts, at: range)
      } else {
        let mark = block.top
        try buildTuple(arguments.defaults, into: parts, at: range)
        block.top = mark
      }
      flags |= 1
    }
    let pairs = zip(arguments.kwonlyargs, arguments.kwDefaults).filter { $0.1 != nil }
    if !pairs.isEmpty {
      let mark = block.top
      let base = block.newTemporaries(2 * pairs.count)
      for (offset, pair) in pairs.enumerated() {
        guard let value = pair.1 else { continue }
        loadConstant(.name(mangled(pair.0.arg)), into: base + 2 * offset, at: range)
        try evaluate(value, into: base + 2 * offset + 1)
      }
      emit(.buildMap, parts + 1, base, pairs.count, at: range)
      block.top = mark
      flags |= 2
    }
    return flags
  }

  func evaluateAnnotations(_ definition: FunctionDef, into d: Int, at range: SourceRange) throws -> Int {
    let arguments = definition.args
    var annotated: [(String, Expr)] = []
    func add(_ argument: Argument?) {
      if let argument, let annotation = argument.annotation { annotated.append((argument.arg, annotation)) }
    }
    // CPython's order: positional-or-keyword before positional-only ones.
    for argument in arguments.args { add(argument) }
    for argument in arguments.posonlyargs { add(argument) }
    add(arguments.vararg)
    for argument in arguments.kwonlyargs { add(argument) }
    add(arguments.kwarg)
    if let returns = definition.returns { annotated.append(("return", returns)) }
    if annotated.isEmpty { return 0 }
    let mark = block.top
    let base = block.newTemporaries(2 * annotated.count)
    for (offset, pair) in annotated.enumerated() {
      let value = base + 2 * offset + 1
      loadConstant(.name(mangled(pair.0)), into: base + 2 * offset, at: range)
      if !futures.contains(.futureAnnotations), case .starred(let inner, _) = pair.1.kind {
        // `*args: *Ts` is the single item of the unpacked Ts.
        let register = try operand(inner)
        let item = block.newTemporary()
        emit(.unpackSequence, item, register, 1, at: pair.1.range)
        move(item, to: value, at: pair.1.range)
        block.top = base + 2 * annotated.count
      } else {
        try evaluateAnnotation(pair.1, into: value)
      }
    }
    emit(.buildTuple, d, base, 2 * annotated.count, at: range)
    block.top = mark
    return 4
  }

  private func functionBody(
    _ definition: FunctionDef, _ range: SourceRange, isAsync: Bool, firstLine: Int
  ) throws -> CodeUnit {
    guard let scope = table.scope(for: definition) else { fatalError("a function without a scope") }
    try checkDebugParameters(definition.args, range)
    beginBlock(
      isAsync ? .asyncFunction : .function, scope, name: definition.name, firstLine: firstLine,
      privateName: block.privateName)
    describeParameters(definition.args)
    if let text = docstring(definition.body), options.optimize < 2 {
      _ = block.constantIndex(.string(text))
      block.unit.hasDocstring = true
    } else {
      _ = block.constantIndex(.none)
    }
    emitPrologue(at: SourceRange(line: firstLine, column: 0, endLine: firstLine, endColumn: 0))
    try statements(docstring(definition.body) != nil ? Array(definition.body.dropFirst()) : definition.body)
    emit(.returnNone, at: .inherited)
    return try finishBlock()
  }

  private func checkDebugParameters(_ arguments: Arguments, _ range: SourceRange) throws {
    for argument in arguments.posonlyargs + arguments.args + arguments.kwonlyargs {
      try refuseDebug(argument.arg, .store, range)
    }
    for argument in [arguments.vararg, arguments.kwarg] {
      if let argument { try refuseDebug(argument.arg, .store, range) }
    }
  }

  func describeParameters(_ arguments: Arguments) {
    let unit = block.unit
    unit.argumentCount = arguments.posonlyargs.count + arguments.args.count
    unit.positionalOnlyCount = arguments.posonlyargs.count
    unit.keywordOnlyCount = arguments.kwonlyargs.count
    unit.flags = functionFlags()
  }

  func functionFlags() -> CodeFlags {
    let scope = block.scope
    var flags: CodeFlags = [.optimized, .newLocals]
    flags.formUnion(futures)
    if scope.isNested { flags.insert(.nested) }
    if scope.isGenerator {
      flags.insert(scope.isCoroutine ? .asyncGenerator : .generator)
    } else if scope.isCoroutine {
      flags.insert(.coroutine)
    }
    if scope.hasVarArguments { flags.insert(.varArguments) }
    if scope.hasVarKeywords { flags.insert(.varKeywords) }
    return flags
  }

  func lambda(_ expression: Expr, into d: Int) throws {
    guard case .lambda(let arguments, let body) = expression.kind else { return }
    guard let scope = table.scope(for: expression) else { fatalError("a lambda without a scope") }
    let range = expression.range
    try checkDebugParameters(arguments, range)
    let parts = block.newTemporaries(4)
    let flags = try evaluateDefaults(arguments, into: parts, at: range)
    beginBlock(.lambda, scope, name: "<lambda>", firstLine: range.line, privateName: block.privateName)
    describeParameters(arguments)
    _ = block.constantIndex(.none)
    emitPrologue(at: SourceRange(line: range.line, column: 0, endLine: range.line, endColumn: 0))
    let result = try operand(body)
    emit(.return, result, at: body.range)
    let unit = try finishBlock()
    makeClosure(unit, parts: parts, flags: flags, into: d, at: range)
  }

  // MARK: Generators and coroutines

  func checkAsync(_ message: String, _ range: SourceRange) throws {
    if block.kind == .asyncFunction { return }
    if block.parent == nil, options.allowsTopLevelAwait { return }
    throw CompileFailure(message, range)
  }

  func yieldExpression(_ expression: Expr, into d: Int) throws {
    guard case .yield(let value) = expression.kind else { return }
    guard block.isFunction else { throw CompileFailure("'yield' outside function", expression.range) }
    var register: Int
    if let value {
      register = try operand(value)
    } else {
      register = block.newTemporary()
      loadNone(into: register, at: expression.range)
    }
    if block.unit.flags.contains(.asyncGenerator) {
      let wrapped = block.newTemporary()
      emit(.asyncGenWrap, wrapped, register, at: expression.range)
      register = wrapped
    }
    emit(.yield, d, register, 0, at: expression.range)
  }

  func yieldFromExpression(_ expression: Expr, into d: Int) throws {
    guard case .yieldFrom(let value) = expression.kind else { return }
    guard block.isFunction else { throw CompileFailure("'yield' outside function", expression.range) }
    if block.kind == .asyncFunction {
      throw CompileFailure("'yield from' inside async function", expression.range)
    }
    try withScratch(for: d, at: expression.range) { result in
      let iterator = block.newTemporary()
      let source = try operandUsing(iterator, value)
      emit(.getYieldFromIter, iterator, source, at: expression.range)
      emitAwait(iterator, into: result, at: expression.range)
    }
  }

  func awaitExpression(_ expression: Expr, into d: Int) throws {
    guard case .await(let value) = expression.kind else { return }
    if !(block.parent == nil && options.allowsTopLevelAwait) {
      guard block.isFunction else { throw CompileFailure("'await' outside function", expression.range) }
      if block.kind != .asyncFunction, block.kind != .comprehension {
        throw CompileFailure("'await' outside async function", expression.range)
      }
    }
    try withScratch(for: d, at: expression.range) { result in
      let iterator = block.newTemporary()
      let source = try operandUsing(iterator, value)
      emit(.getAwaitable, iterator, source, 0, at: expression.range)
      emitAwait(iterator, into: result, at: expression.range)
    }
  }

  /// Delegates to R[iterator] until it is done; its result goes to the temporary `result`.
  func emitAwait(_ iterator: Int, into result: Int, at range: SourceRange) {
    let again = newLabel()
    let done = newLabel()
    loadNone(into: result, at: range)
    bind(again)
    emitJump(.send, result, iterator, to: done, at: range)
    emit(.yield, result, result, iterator, at: range)
    jump(to: again, at: range)
    bind(done)
  }
}
