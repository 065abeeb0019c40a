import LadonSyntax

extension CodeGenerator {
  /// CPython's limit on nested blocks; programs may rely on no other.
  private static let maximumConstructs = 20

  func enter(_ kind: EnclosingConstruct.Kind, outer: Int32, _ range: SourceRange) throws {
    if block.constructs.count >= CodeGenerator.maximumConstructs {
      throw CompileFailure("too many statically nested blocks", range)
    }
    block.constructs.append(EnclosingConstruct(kind: kind, outer: outer))
  }

  func leaveConstruct() { block.constructs.removeLast() }

  func loop(_ statement: Stmt) throws {
    switch statement.kind {
    case .for(let target, let iterable, let body, let orelse):
      try forLoop(target, iterable, body, orelse, statement.range)
    case .asyncFor(let target, let iterable, let body, let orelse):
      try checkAsync("'async for' outside async function", statement.range)
      try asyncForLoop(target, iterable, body, orelse, statement.range)
    case .while(let test, let body, let orelse): try whileLoop(test, body, orelse, statement.range)
    default: break
    }
  }

  /// The test stands at the top: with the safepoint that a way back needs, a test at the bottom would take as
  /// many instructions for each round.
  private func whileLoop(_ test: Expr, _ body: [Stmt], _ orelse: [Stmt], _ range: SourceRange) throws {
    let top = newLabel()
    let otherwise = newLabel()
    let end = newLabel()
    let isEndless = folding.value(of: test).map { ConstantFolding.isTrue($0) } ?? false
    if isEndless { markLine(test.range) }
    bind(top)
    if !isEndless { try jumpIf(test, false, to: otherwise) }
    try enter(.loop(break: end, continue: top), outer: assembler.currentHandler, range)
    try statements(body)
    leaveConstruct()
    if !assembler.isUnreachable { jump(to: top, at: test.range) }
    bind(otherwise)
    try statements(orelse)
    bind(end)
  }

  private func forLoop(
    _ target: Expr, _ iterable: Expr, _ body: [Stmt], _ orelse: [Stmt], _ range: SourceRange
  ) throws {
    let end = newLabel()
    let iterator = block.newTemporary()
    try evaluateIterator(iterable, into: iterator, at: range)
    try iterate(iterator, target, at: range) { test in
      try self.enter(.loop(break: end, continue: test), outer: self.assembler.currentHandler, range)
      try self.statements(body)
      self.leaveConstruct()
    }
    try statements(orelse)
    bind(end)
  }

  /// R[d] = iter(expression).
  func evaluateIterator(_ iterable: Expr, into d: Int, at range: SourceRange) throws {
    let mark = block.top
    let register: Int
    if let constant = constantContainer(iterable) {
      loadConstant(constant, into: d, at: iterable.range)
      register = d
    } else {
      register = try operandUsing(d, iterable)
    }
    emit(.getIter, d, register, at: range)
    block.top = mark
  }

  /// The skeleton of `for`: entered at the bottom, where FOR_ITER fetches the next item and goes back. `body` is
  /// given the label to continue at. Control falls through when the iterator is exhausted.
  func iterate(_ iterator: Int, _ target: Expr, at range: SourceRange, _ body: (Label) throws -> Void) throws {
    let test = newLabel()
    let start = newLabel()
    let mark = block.top
    let direct = try directRegister(target)
    jump(to: test, at: range)
    bind(start)
    let item: Int
    if let direct {
      item = direct
    } else {
      item = block.newTemporary()
      try store(target, from: item)
      block.top = mark
    }
    try body(test)
    bind(test)
    emitJump(.forIter, item, iterator, to: start, at: range)
    block.top = mark
  }

  private func asyncForLoop(
    _ target: Expr, _ iterable: Expr, _ body: [Stmt], _ orelse: [Stmt], _ range: SourceRange
  ) throws {
    let end = newLabel()
    let iterator = block.newTemporary()
    let source = try operandUsing(iterator, iterable)
    emit(.getAiter, iterator, source, at: range)
    try iterateAsync(iterator, target, at: range) { again in
      try self.enter(.loop(break: end, continue: again), outer: self.assembler.currentHandler, range)
      try self.statements(body)
      self.leaveConstruct()
    }
    try statements(orelse)
    bind(end)
  }

  /// The skeleton of `async for`; control goes on behind it after StopAsyncIteration.
  func iterateAsync(_ iterator: Int, _ target: Expr, at range: SourceRange, _ body: (Label) throws -> Void) throws {
    let again = newLabel()
    let exhausted = newLabel()
    let done = newLabel()
    let mark = block.top
    let item = block.newTemporary()
    let awaitable = block.newTemporary()
    let outer = assembler.currentHandler
    bind(again)
    assembler.currentHandler = assembler.newHandler(exhausted, register: awaitable)
    emit(.getAnext, awaitable, iterator, at: range)
    emitAwait(awaitable, into: item, at: range)
    assembler.currentHandler = outer
    try store(target, from: item)
    block.top = mark
    try body(again)
    if !assembler.isUnreachable { jump(to: again, at: range) }
    assembler.beginCold()
    bind(exhausted)
    emit(.endAsyncFor, awaitable, at: range)
    jump(to: done, at: range)
    assembler.endCold()
    bind(done)
  }

  // MARK: Leaving constructs

  /// Runs what must run on the way out of the innermost constructs, down to `depth` of them, and takes them off
  /// while doing so. The caller restores `block.constructs` and the current handler.
  private func unwind(to depth: Int, at range: SourceRange) throws {
    // CPython forgets the position once it has run clean-up code.
    var errorRange = range
    while block.constructs.count > depth {
      let construct = block.constructs.removeLast()
      let mark = block.top
      switch construct.kind {
      case .loop: break
      case .tryBody: assembler.currentHandler = construct.outer
      case .finallyBody(let body):
        assembler.currentHandler = construct.outer
        try statements(body)
        errorRange = SourceRange(line: -1, column: -1, endLine: -1, endColumn: -1)
      case .finallyEnd(let saved):
        assembler.currentHandler = construct.outer
        emit(.popHandled, saved, at: range)
      case .handler(let saved, let name):
        assembler.currentHandler = construct.outer
        emit(.popHandled, saved, at: range)
        if let name { try clear(name: name, at: range) }
      case .exceptStar:
        throw CompileFailure("'break', 'continue' and 'return' cannot appear in an except* block", errorRange)
      case .with(let exit, let isAsync, let withRange):
        assembler.currentHandler = construct.outer
        try emitWithExit(exit, isAsync: isAsync, at: withRange)
        errorRange = SourceRange(line: -1, column: -1, endLine: -1, endColumn: -1)
      }
      block.top = mark
    }
  }

  func returnStatement(_ value: Expr?, _ range: SourceRange) throws {
    guard block.isFunction, block.kind != .class else {
      throw CompileFailure("'return' outside function", range)
    }
    if value != nil, block.unit.flags.contains(.asyncGenerator) {
      throw CompileFailure("'return' with value in async generator", range)
    }
    let saved = block.constructs
    let handler = assembler.currentHandler
    if !saved.isEmpty, value.map({ folding.value(of: $0) != nil }) ?? true {
      if let value, value.range.line != range.line { markLine(value.range) }
      markLine(range)
    }
    var movesOn = false
    for construct in saved {
      switch construct.kind {
      case .finallyBody, .with: movesOn = true
      default: break
      }
    }
    var runsCode = false
    for construct in saved {
      switch construct.kind {
      case .finallyBody, .with: runsCode = true
      case .handler(_, let name): if name != nil { runsCode = true }
      default: break
      }
    }
    if let value, folding.value(of: value) != CodeConstant.none {
      var register: Int
      if let constant = folding.value(of: value) {
        register = block.newTemporary()
        loadConstant(constant, into: register, at: value.range)
      } else if runsCode {
        register = block.newTemporary()
        try evaluate(value, into: register)
      } else {
        register = try operand(value)
      }
      var unwindRange = range
      if case .constant = value.kind { unwindRange = value.range }
      try unwind(to: 0, at: unwindRange)
      emit(.return, register, at: movesOn ? .inherited : range)
    } else {
      try unwind(to: 0, at: range)
      emit(.returnNone, at: movesOn ? .inherited : range)
    }
    block.constructs = saved
    assembler.currentHandler = handler
  }

  func leaveLoop(isBreak: Bool, _ range: SourceRange) throws {
    let saved = block.constructs
    let handler = assembler.currentHandler
    var index = saved.count - 1
    while index >= 0 {
      if case .loop(let breakLabel, let continueLabel) = saved[index].kind {
        markLine(range)
        try unwind(to: index + 1, at: range)
        jump(to: isBreak ? breakLabel : continueLabel, at: index + 1 == saved.count ? range : .inherited)
        block.constructs = saved
        assembler.currentHandler = handler
        return
      }
      if case .exceptStar = saved[index].kind { try unwind(to: index, at: range) }
      index -= 1
    }
    throw CompileFailure(isBreak ? "'break' outside loop" : "'continue' not properly in loop", range)
  }
}
