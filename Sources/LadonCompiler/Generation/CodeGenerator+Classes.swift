import LadonSyntax

extension CodeGenerator {
  func classDefinition(_ definition: ClassDef, _ range: SourceRange) throws {
    try validateKeywords(definition.keywords, range)
    let firstLine = definition.decoratorList.first?.range.line ?? range.line
    let target = try decoratedTarget(definition.name, definition.decoratorList, range)
    try decorated(definition.decoratorList[...], into: target) { d in
      if definition.typeParams.isEmpty {
        try self.makeClass(definition, range, firstLine: firstLine, genericBase: nil, into: d)
      } else {
        try self.genericClass(definition, range, firstLine: firstLine, into: d)
      }
    }
    try storeDefinition(definition.name, from: target, at: range)
  }

  /// `__build_class__(body function, name, *bases, **keywords)`. `genericBase` is a further base in a register.
  func makeClass(
    _ definition: ClassDef, _ range: SourceRange, firstLine: Int, genericBase: Int?, into d: Int
  ) throws {
    let unit = try classBody(definition, range, firstLine: firstLine)
    let window = block.top
    block.top = window + 9
    block.reach(window: window, arguments: 2)
    emit(.loadBuildClass, window + 3, at: range)
    let parts = block.newTemporaries(4)
    makeClosure(unit, parts: parts, flags: 0, into: window + 7, at: range)
    block.top = window + 9
    loadConstant(.name(definition.name), into: window + 8, at: range)
    let isPlain = !definition.bases.contains(where: CodeGenerator.isStarred)
      && !definition.keywords.contains { $0.arg == nil } && genericBase == nil
      && definition.bases.count + definition.keywords.count < 100
    if isPlain {
      try finishCall(window, leading: 2, definition.bases, definition.keywords, into: d, at: range)
    } else {
      // The leading arguments move up, behind the places of the tuple and the mapping.
      let leading = block.newTemporaries(2)
      move(window + 7, to: leading, at: range)
      move(window + 8, to: leading + 1, at: range)
      var bases = definition.bases
      if genericBase != nil { bases.append(Expr(.name(id: ".generic_base", ctx: .load), range)) }
      try finishUnpackedClassCall(window, leading: leading, bases, definition.keywords, into: d, at: range)
    }
    block.top = window
  }

  private func finishUnpackedClassCall(
    _ window: Int, leading: Int, _ bases: [Expr], _ keywords: [Keyword], into d: Int, at range: SourceRange
  ) throws {
    // A second window above the leading values: the callable is copied there.
    let upper = block.top
    block.top = upper + 4
    block.reach(window: upper, arguments: 2)
    move(window + 3, to: upper + 3, at: range)
    try finishUnpackedCall(upper, leading: [leading, leading + 1], bases, keywords, into: d, at: range)
  }

  private func classBody(_ definition: ClassDef, _ range: SourceRange, firstLine: Int) throws -> CodeUnit {
    guard let scope = table.scope(for: definition) else { fatalError("a class without a scope") }
    beginBlock(.class, scope, name: definition.name, firstLine: firstLine, privateName: definition.name)
    block.unit.flags = futures
    let start = SourceRange(line: firstLine, column: 0, endLine: firstLine, endColumn: 0)
    emitPrologue(at: start)
    let mark = block.top
    let register = block.newTemporary()
    load(name: "__name__", into: register, at: start)
    try store(name: "__module__", from: register, at: start)
    loadConstant(.name(block.unit.qualifiedName), into: register, at: start)
    try store(name: "__qualname__", from: register, at: start)
    if !definition.typeParams.isEmpty {
      load(name: ".type_params", into: register, at: start)
      try store(name: "__type_params__", from: register, at: start)
    }
    block.top = mark
    try moduleBody(definition.body)
    let end = SourceRange.inherited
    if let cell = block.cellRegisters["__class__"] {
      let register = block.newTemporary()
      emit(.move, register, cell, at: end)
      emit(.storeName, register, block.nameIndex("__classcell__"), at: end)
      emit(.return, register, at: end)
    } else {
      emit(.returnNone, at: end)
    }
    return try finishBlock()
  }
}
