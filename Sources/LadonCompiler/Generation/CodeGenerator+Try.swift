import LadonSyntax

extension CodeGenerator {
  func tryStatement(_ statement: Stmt) throws {
    switch statement.kind {
    case .try(let body, let handlers, let orelse, let finalbody):
      try protect(finalbody, statement.range) {
        if handlers.isEmpty {
          try self.statements(body)
          try self.statements(orelse)
        } else {
          try self.tryExcept(body, handlers, orelse, statement.range)
        }
      }
    case .tryStar(let body, let handlers, let orelse, let finalbody):
      try protect(finalbody, statement.range) {
        try self.tryExceptStar(body, handlers, orelse, statement.range)
      }
    default: break
    }
  }

  /// Runs `finalbody` after `body` whatever happens. Its code stands there once for each way out.
  private func protect(_ finalbody: [Stmt], _ range: SourceRange, _ body: () throws -> Void) throws {
    if finalbody.isEmpty { return try body() }
    let outer = assembler.currentHandler
    let raised = newLabel()
    let exception = block.top
    let mark = block.top
    markLine(range)
    let handler = assembler.newHandler(raised, register: exception)
    try enter(.finallyBody(finalbody), outer: outer, range)
    assembler.currentHandler = handler
    try body()
    leaveConstruct()
    assembler.currentHandler = outer
    if !assembler.isUnreachable { try statements(finalbody) }

    assembler.beginCold()
    bind(raised)
    block.top = mark
    _ = block.newTemporary()
    try handling(exception, outer: outer, at: finalbody[0].range) { saved, _ in
      try self.enter(.finallyEnd(saved: saved), outer: outer, range)
      try self.statements(finalbody)
      self.leaveConstruct()
      self.passOn(exception, saved: saved, outer: outer, at: .inherited)
    }
    assembler.endCold()
    block.top = mark
  }

  /// Makes `exception` the handled one while `body` runs; if that raises, the one before is put back first.
  ///
  /// `body` is given the register of the previously handled exception and one for exceptions on the way out of
  /// nested clean-up. Its code must end with a jump, return or raise.
  private func handling(
    _ exception: Int, outer: Int32, at range: SourceRange, _ body: (_ saved: Int, _ escaping: Int) throws -> Void
  ) throws {
    let saved = block.newTemporary()
    let escaping = block.newTemporary()
    let cleanup = newLabel()
    assembler.currentHandler = outer
    emit(.pushHandled, saved, exception, at: .artificial)
    assembler.currentHandler = assembler.newHandler(cleanup, register: escaping)
    try body(saved, escaping)
    assembler.beginCold()
    bind(cleanup)
    assembler.currentHandler = outer
    emit(.popHandled, saved, at: .artificial)
    emit(.reraise, escaping, at: .artificial)
    assembler.endCold()
  }

  /// Raises the exception again that nothing handled. Not by way of the clean-up, which has no line: the frame is
  /// left from the line of the last handler, or of the last statement of `finally`.
  private func passOn(_ exception: Int, saved: Int, outer: Int32, at range: SourceRange) {
    if assembler.isUnreachable { return }
    assembler.currentHandler = outer
    emit(.popHandled, saved, at: range)
    emit(.reraise, exception, at: range)
  }

  private func tryExcept(
    _ body: [Stmt], _ handlers: [ExceptHandler], _ orelse: [Stmt], _ range: SourceRange
  ) throws {
    for handler in handlers.dropLast() where handler.type == nil {
      throw CompileFailure("default 'except:' must be last", handler.range)
    }
    let outer = assembler.currentHandler
    let raised = newLabel()
    let end = newLabel()
    let mark = block.top
    let exception = block.top
    markLine(range)
    let handler = assembler.newHandler(raised, register: exception)
    try enter(.tryBody, outer: outer, range)
    assembler.currentHandler = handler
    try statements(body)
    leaveConstruct()
    assembler.currentHandler = outer
    try statements(orelse)

    assembler.beginCold()
    bind(raised)
    block.top = mark
    _ = block.newTemporary()
    try handling(exception, outer: outer, at: handlers[0].range) { saved, escaping in
      let cleanup = self.assembler.currentHandler
      for handler in handlers {
        try self.exceptHandler(
          handler, exception: exception, saved: saved, escaping: escaping, outer: outer, cleanup: cleanup, end: end)
      }
      self.passOn(exception, saved: saved, outer: outer, at: handlers[handlers.count - 1].range)
    }
    assembler.endCold()
    assembler.currentHandler = outer
    block.top = mark
    bind(end)
  }

  private func exceptHandler(
    _ handler: ExceptHandler, exception: Int, saved: Int, escaping: Int, outer: Int32, cleanup: Int32, end: Label
  ) throws {
    let next = newLabel()
    let range = handler.range
    let mark = block.top
    assembler.currentHandler = cleanup
    if let type = handler.type {
      let register = try operand(type)
      let matches = block.newTemporary()
      emit(.matchException, matches, exception, register, at: range)
      emitJump(.jumpFalse, matches, to: next, at: range)
      block.top = mark
    }
    if let name = handler.name {
      try store(name: name, from: exception, at: range)
      let unbind = newLabel()
      try enter(.handler(saved: saved, name: name), outer: outer, range)
      assembler.currentHandler = assembler.newHandler(unbind, register: escaping)
      try statements(handler.body)
      leaveConstruct()
      if !assembler.isUnreachable {
        assembler.currentHandler = outer
        emit(.popHandled, saved, at: .inherited)
        try clear(name: name, at: .inherited)
        jump(to: end, at: .inherited)
      }
      assembler.beginCold()
      bind(unbind)
      assembler.currentHandler = cleanup
      try clear(name: name, at: .artificial)
      emit(.reraise, escaping, at: .artificial)
      assembler.endCold()
    } else {
      try enter(.handler(saved: saved, name: nil), outer: outer, range)
      try statements(handler.body)
      leaveConstruct()
      if !assembler.isUnreachable {
        assembler.currentHandler = outer
        emit(.popHandled, saved, at: .inherited)
        jump(to: end, at: .inherited)
      }
    }
    assembler.currentHandler = cleanup
    block.top = mark
    bind(next)
  }

  // MARK: except*

  private func tryExceptStar(
    _ body: [Stmt], _ handlers: [ExceptHandler], _ orelse: [Stmt], _ range: SourceRange
  ) throws {
    let outer = assembler.currentHandler
    let raised = newLabel()
    let end = newLabel()
    let mark = block.top
    let exception = block.top
    markLine(range)
    let handler = assembler.newHandler(raised, register: exception)
    try enter(.tryBody, outer: outer, range)
    assembler.currentHandler = handler
    try statements(body)
    leaveConstruct()
    assembler.currentHandler = outer
    try statements(orelse)

    assembler.beginCold()
    bind(raised)
    block.top = mark
    _ = block.newTemporary()
    let first = handlers[0].range
    try handling(exception, outer: outer, at: first) { saved, escaping in
      let cleanup = self.assembler.currentHandler
      let collected = self.block.newTemporary()
      let rest = self.block.newTemporary()
      self.emit(.buildList, collected, collected, 0, at: first)
      self.emit(.move, rest, exception, at: first)
      for handler in handlers {
        try self.exceptStarHandler(
          handler, rest: rest, collected: collected, escaping: escaping, cleanup: cleanup)
      }
      let nothing = self.newLabel()
      self.emit(.listAppend, collected, rest, at: .artificial)
      self.emit(.prepareReraiseStar, rest, exception, collected, at: .artificial)
      self.emitJump(.jumpNone, rest, to: nothing, at: .artificial)
      self.assembler.currentHandler = outer
      self.emit(.popHandled, saved, at: .artificial)
      self.emit(.reraise, rest, at: .artificial)
      self.bind(nothing)
      self.emit(.popHandled, saved, at: .artificial)
      self.jump(to: end, at: .artificial)
    }
    assembler.endCold()
    assembler.currentHandler = outer
    block.top = mark
    bind(end)
  }

  private func exceptStarHandler(
    _ handler: ExceptHandler, rest: Int, collected: Int, escaping: Int, cleanup: Int32
  ) throws {
    let range = handler.range
    let next = newLabel()
    let raised = newLabel()
    let mark = block.top
    guard let type = handler.type else { throw CompileFailure("expected one or more exception types", range) }
    let parts = block.newTemporaries(2)
    let saved = block.newTemporary()
    let typeRegister = try operand(type)
    emit(.matchGroup, parts, rest, typeRegister, at: range)
    block.top = saved + 1
    emit(.move, rest, parts + 1, at: range)
    emitJump(.jumpNone, parts, to: next, at: range)
    emit(.pushHandled, saved, parts, at: range)
    try enter(.exceptStar, outer: cleanup, range)
    assembler.currentHandler = assembler.newHandler(raised, register: escaping)
    if let name = handler.name { try store(name: name, from: parts, at: range) }
    try statements(handler.body)
    leaveConstruct()
    assembler.currentHandler = cleanup
    if !assembler.isUnreachable {
      emit(.popHandled, saved, at: .inherited)
      if let name = handler.name { try clear(name: name, at: .inherited) }
      jump(to: next, at: .inherited)
    }
    // What the body raised is kept, and the other handlers still get their turn.
    assembler.beginCold()
    bind(raised)
    if let name = handler.name { try clear(name: name, at: .artificial) }
    emit(.listAppend, collected, escaping, at: .artificial)
    emit(.popHandled, saved, at: .artificial)
    jump(to: next, at: .artificial)
    assembler.endCold()
    block.top = mark
    bind(next)
  }

  // MARK: with

  func with(_ items: ArraySlice<WithItem>, _ body: [Stmt], isAsync: Bool, _ range: SourceRange) throws {
    guard let item = items.first else { return try statements(body) }
    let outer = assembler.currentHandler
    let itemRange = range
    let mark = block.top
    let manager = try operand(item.contextExpr)
    let exit = block.newTemporaries(2)
    let inner = block.top
    let raised = newLabel()
    let end = newLabel()

    var direct: Int?
    if let target = item.optionalVars { direct = try directRegister(target) }
    let value = !isAsync && direct != nil ? direct! : block.newTemporary()
    emit(isAsync ? .asyncWithEnter : .withEnter, exit, value, manager, at: itemRange)
    if isAsync {
      emit(.getAwaitable, value, value, 1, at: itemRange)
      let awaitable = block.newTemporary()
      move(value, to: awaitable, at: itemRange)
      emitAwait(awaitable, into: value, at: itemRange)
      block.top = awaitable
    }
    // The value's register is free once it is stored, so the exception may take it.
    let handler = assembler.newHandler(raised, register: inner)
    try enter(.with(exit: exit, isAsync: isAsync, range: itemRange), outer: outer, range)
    assembler.currentHandler = handler
    if let target = item.optionalVars, value != direct { try store(target, from: value) }
    block.top = inner
    try with(items.dropFirst(), body, isAsync: isAsync, range)
    leaveConstruct()
    assembler.currentHandler = outer
    if !assembler.isUnreachable { try emitWithExit(exit, isAsync: isAsync, at: itemRange) }

    assembler.beginCold()
    bind(raised)
    block.top = inner
    let exception = block.newTemporary()
    try handling(exception, outer: outer, at: itemRange) { saved, _ in
      let result = self.block.newTemporary()
      let suppressed = self.newLabel()
      self.emit(.withExcept, result, exit, exception, at: itemRange)
      if isAsync {
        let awaitable = self.block.newTemporary()
        self.emit(.getAwaitable, awaitable, result, 2, at: itemRange)
        self.emitAwait(awaitable, into: result, at: itemRange)
      }
      self.emitJump(.jumpTrue, result, to: suppressed, at: itemRange)
      self.emit(.reraise, exception, at: .artificial)
      self.bind(suppressed)
      self.assembler.currentHandler = outer
      self.emit(.popHandled, saved, at: itemRange)
      self.jump(to: end, at: itemRange)
    }
    assembler.endCold()
    assembler.currentHandler = outer
    block.top = mark
    bind(end)
  }

  /// The normal way out of `with`.
  func emitWithExit(_ exit: Int, isAsync: Bool, at range: SourceRange) throws {
    let mark = block.top
    let result = block.newTemporary()
    emit(.withExit, result, exit, at: range)
    if isAsync {
      let awaitable = block.newTemporary()
      emit(.getAwaitable, awaitable, result, 2, at: range)
      emitAwait(awaitable, into: result, at: range)
    }
    block.top = mark
  }
}
