import LadonSyntax

/// What the pattern of one `case` has found so far. Names are bound only when the whole pattern matched.
private struct PatternContext {
  var captures: [(name: String, register: Int)] = []
  var fail: Label
  /// Whether a pattern that always matches may stand here.
  var allowsIrrefutable: Bool
  /// Where the pattern looked at last stands: CPython's position for errors about names.
  var last: SourceRange
}

extension CodeGenerator {
  func match(_ subject: Expr, _ cases: [MatchCase], _ range: SourceRange) throws {
    let value = block.newTemporary()
    try evaluate(subject, into: value)
    let end = newLabel()
    for (index, item) in cases.enumerated() {
      let next = newLabel()
      let mark = block.top
      var context = PatternContext(
        fail: next, allowsIrrefutable: item.guardExpr != nil || index == cases.count - 1, last: item.pattern.range)
      if index > 0, index == cases.count - 1, case .matchAs(nil, nil) = item.pattern.kind { markLine(item.pattern.range) }
      try pattern(item.pattern, value, &context)
      for capture in context.captures { try store(name: capture.name, from: capture.register, at: item.pattern.range) }
      block.top = mark
      if let condition = item.guardExpr { try jumpIf(condition, false, to: next) }
      try statements(item.body)
      if !assembler.isUnreachable { jump(to: end, at: .inherited) }
      bind(next)
      block.top = mark
    }
    bind(end)
  }

  /// Jumps to the context's `fail` unless the value in `subject` matches. Temporaries with captured values stay
  /// reserved; the caller releases them.
  private func pattern(_ pattern: Pattern, _ subject: Int, _ context: inout PatternContext) throws {
    try checkDepth()
    let range = pattern.range
    context.last = range
    switch pattern.kind {
    case .matchValue(let value):
      if folding.value(of: value) == nil {
        guard case .attribute = value.kind else {
          throw CompileFailure("patterns may only match literals and attribute lookups", range)
        }
      }
      let mark = block.top
      if let constant = smallInteger(value) {
        emitJump(.eqIntJumpFalse, subject, constant, to: context.fail, at: range)
      } else {
        let register = try operand(value)
        emitJump(.eqJumpFalse, subject, register, to: context.fail, at: range)
      }
      block.top = mark
    case .matchSingleton(let value):
      if value == Constant.none {
        emitJump(.jumpNotNone, subject, to: context.fail, at: range)
      } else {
        let mark = block.top
        let register = block.newTemporary()
        loadConstant(ConstantFolding.constant(value), into: register, at: range)
        emit(.is, register, subject, register, at: range)
        emitJump(.jumpFalse, register, to: context.fail, at: range)
        block.top = mark
      }
    case .matchAs(let inner, let name):
      guard let inner else {
        if !context.allowsIrrefutable {
          if let name {
            throw CompileFailure("name capture '\(name)' makes remaining patterns unreachable", range)
          }
          throw CompileFailure("wildcard makes remaining patterns unreachable", range)
        }
        if let name { try capture(name, subject, &context, range) }
        return
      }
      try self.pattern(inner, subject, &context)
      if let name { try capture(name, subject, &context, range) }
    case .matchStar(let name):
      if let name { try capture(name, subject, &context, range) }
    case .matchSequence(let patterns): try matchSequence(patterns, subject, &context, range)
    case .matchMapping(let keys, let patterns, let rest):
      try matchMapping(keys, patterns, rest, subject, &context, range)
    case .matchClass: try matchClass(pattern, subject, &context)
    case .matchOr(let alternatives): try matchOr(alternatives, subject, &context, range)
    }
  }

  private func capture(
    _ name: String, _ register: Int, _ context: inout PatternContext, _ range: SourceRange
  ) throws {
    try refuseDebug(name, .store, range)
    if context.captures.contains(where: { $0.name == name }) {
      throw CompileFailure("multiple assignments to name '\(name)' in pattern", context.last)
    }
    context.captures.append((name, register))
  }

  /// A pattern inside another one may always match.
  private func subpattern(_ pattern: Pattern, _ subject: Int, _ context: inout PatternContext) throws {
    let outer = context.allowsIrrefutable
    context.allowsIrrefutable = true
    try self.pattern(pattern, subject, &context)
    context.allowsIrrefutable = outer
  }

  private static func isWildcard(_ pattern: Pattern) -> Bool {
    if case .matchAs(nil, nil) = pattern.kind { return true }
    return false
  }

  private func matchSequence(
    _ patterns: [Pattern], _ subject: Int, _ context: inout PatternContext, _ range: SourceRange
  ) throws {
    var star: Int?
    var starIsWildcard = false
    var allWildcards = true
    for (index, part) in patterns.enumerated() {
      if case .matchStar(let name) = part.kind {
        if star != nil { throw CompileFailure("multiple starred names in sequence pattern", range) }
        star = index
        starIsWildcard = name == nil
        allWildcards = allWildcards && name == nil
      } else {
        allWildcards = allWildcards && CodeGenerator.isWildcard(part)
      }
    }
    let test = block.newTemporary()
    emit(.matchSequence, test, subject, at: range)
    emitJump(.jumpFalse, test, to: context.fail, at: range)
    let length = test
    let needed = star == nil ? patterns.count : patterns.count - 1
    if star == nil || needed > 0 {
      emit(.getLength, length, subject, at: range)
      if needed <= 0x7FFF {
        emitJump(star == nil ? .eqIntJumpFalse : .geIntJumpFalse, length, needed, to: context.fail, at: range)
      } else {
        let count = block.newTemporary()
        loadConstant(.int(needed), into: count, at: range)
        emitJump(star == nil ? .eqJumpFalse : .geJumpFalse, length, count, to: context.fail, at: range)
      }
    }
    if allWildcards { return }
    if let star, starIsWildcard {
      // The items are picked one by one, so that the middle is never copied.
      for (index, part) in patterns.enumerated() where index != star && !CodeGenerator.isWildcard(part) {
        let item = block.newTemporary()
        if index < star {
          let position = block.newTemporary()
          loadConstant(.int(index), into: position, at: range)
          emit(.getItem, item, subject, position, at: range)
        } else {
          let position = block.newTemporary()
          let back = block.newTemporary()
          loadConstant(.int(patterns.count - index), into: back, at: range)
          emit(.sub, position, length, back, at: range)
          emit(.getItem, item, subject, position, at: range)
        }
        block.top = item + 1
        try subpattern(part, item, &context)
      }
      return
    }
    let base = block.newTemporaries(patterns.count)
    if let star {
      if star >= 256 || patterns.count - star - 1 >= 256 {
        throw CompileFailure("too many expressions in star-unpacking sequence pattern", range)
      }
      emit(.unpackEx, base, subject, star | (patterns.count - star - 1) << 8, at: range)
    } else {
      emit(.unpackSequence, base, subject, patterns.count, at: range)
    }
    for (offset, part) in patterns.enumerated() { try subpattern(part, base + offset, &context) }
  }

  private func matchMapping(
    _ keys: [Expr], _ patterns: [Pattern], _ rest: String?, _ subject: Int, _ context: inout PatternContext,
    _ range: SourceRange
  ) throws {
    let test = block.newTemporary()
    emit(.matchMapping, test, subject, at: range)
    emitJump(.jumpFalse, test, to: context.fail, at: range)
    if keys.isEmpty, rest == nil { return }
    if !keys.isEmpty {
      emit(.getLength, test, subject, at: range)
      emitJump(.geIntJumpFalse, test, min(keys.count, 0x7FFF), to: context.fail, at: range)
    }
    let keysTuple = block.newTemporary()
    try evaluateKeys(keys, into: keysTuple, range)
    let keyBase = block.newTemporary()
    emit(.matchKeys, keyBase, subject, keysTuple, at: range)
    emitJump(.jumpNone, keyBase, to: context.fail, at: range)
    let base = block.newTemporaries(keys.count)
    emit(.unpackSequence, base, keyBase, keys.count, at: range)
    for (offset, part) in patterns.enumerated() { try subpattern(part, base + offset, &context) }
    guard let rest else { return }
    let remaining = block.newTemporary()
    emit(.buildMap, remaining, remaining, 0, at: range)
    emit(.dictUpdate, remaining, subject, at: range)
    let mark = block.top
    let unpacked = block.newTemporaries(keys.count)
    emit(.unpackSequence, unpacked, keysTuple, keys.count, at: range)
    for offset in 0..<keys.count { emit(.deleteItem, remaining, unpacked + offset, at: range) }
    block.top = mark
    try capture(rest, remaining, &context, range)
  }

  private func evaluateKeys(_ keys: [Expr], into d: Int, _ range: SourceRange) throws {
    var seen: [CodeConstant] = []
    for key in keys {
      if let constant = folding.value(of: key) {
        if seen.contains(where: { CodeGenerator.areEqualKeys($0, constant) }) {
          throw CompileFailure(
            "mapping pattern checks duplicate key (\(Unparser.text(of: constant)))", range)
        }
        seen.append(constant)
      } else if case .attribute = key.kind {
        continue
      } else {
        throw CompileFailure("mapping pattern keys may only match literals and attribute lookups", range)
      }
    }
    if let values = folding.values(of: keys) {
      loadConstant(.tuple(values), into: d, at: range)
    } else {
      let mark = block.top
      try buildTuple(keys, into: d, at: range)
      block.top = mark
    }
  }

  /// Python's equality for the constants that may be keys.
  private static func areEqualKeys(_ a: CodeConstant, _ b: CodeConstant) -> Bool {
    if a == b { return true }
    func number(_ value: CodeConstant) -> Double? {
      switch value {
      case .int(let value): return Double(value)
      case .float(let value): return value
      case .true: return 1
      case .false: return 0
      case .complex(let real, let imaginary): return imaginary == 0 ? real : nil
      default: return nil
      }
    }
    if case .int = a, case .int = b { return false }
    guard let x = number(a), let y = number(b) else { return false }
    return x == y
  }

  private func matchClass(_ pattern: Pattern, _ subject: Int, _ context: inout PatternContext) throws {
    guard case .matchClass(let cls, let patterns, let attributes, let keywordPatterns) = pattern.kind else { return }
    let range = pattern.range
    var seen: Set<String> = []
    for (index, name) in attributes.enumerated() {
      let place = keywordPatterns[index].range
      try refuseDebug(name, .store, place)
      if !seen.insert(name).inserted {
        throw CompileFailure("attribute name repeated in class pattern: \(name)", place)
      }
    }
    let values = block.newTemporary()
    let base = block.newTemporaries(3)
    move(subject, to: base, at: range)
    try evaluate(cls, into: base + 1)
    loadConstant(.tuple(attributes.map { .name($0) }), into: base + 2, at: range)
    emit(.matchClass, values, base, patterns.count, at: range)
    block.top = base
    emitJump(.jumpNone, values, to: context.fail, at: range)
    let parts = patterns + keywordPatterns
    let items = block.newTemporaries(parts.count)
    emit(.unpackSequence, items, values, parts.count, at: range)
    for (offset, part) in parts.enumerated() where !CodeGenerator.isWildcard(part) {
      try subpattern(part, items + offset, &context)
    }
  }

  private func matchOr(
    _ alternatives: [Pattern], _ subject: Int, _ context: inout PatternContext, _ range: SourceRange
  ) throws {
    let done = newLabel()
    var names: [String] = []
    var registers: [Int] = []
    // All alternatives leave their captures in the same registers.
    collectNames(alternatives[0], into: &names)
    for _ in names { registers.append(block.newTemporary()) }
    let mark = block.top
    for (index, alternative) in alternatives.enumerated() {
      let isLast = index == alternatives.count - 1
      let next = isLast ? context.fail : newLabel()
      var inner = PatternContext(fail: next, allowsIrrefutable: isLast && context.allowsIrrefutable, last: range)
      try pattern(alternative, subject, &inner)
      if inner.captures.count != names.count || !inner.captures.allSatisfy({ names.contains($0.name) }) {
        throw CompileFailure("alternative patterns bind different names", inner.last)
      }
      context.last = inner.last
      for capture in inner.captures {
        if let position = names.firstIndex(of: capture.name) { move(capture.register, to: registers[position], at: range) }
      }
      block.top = mark
      if !isLast {
        jump(to: done, at: range)
        bind(next)
      }
    }
    bind(done)
    for (index, name) in names.enumerated() { try capture(name, registers[index], &context, range) }
  }

  private func collectNames(_ pattern: Pattern, into names: inout [String]) {
    func add(_ name: String?) {
      if let name, !names.contains(name) { names.append(name) }
    }
    switch pattern.kind {
    case .matchValue, .matchSingleton: break
    case .matchSequence(let patterns): for part in patterns { collectNames(part, into: &names) }
    case .matchOr(let patterns): collectNames(patterns[0], into: &names)
    case .matchMapping(_, let patterns, let rest):
      for part in patterns { collectNames(part, into: &names) }
      add(rest)
    case .matchClass(_, let patterns, _, let keywordPatterns):
      for part in patterns + keywordPatterns { collectNames(part, into: &names) }
    case .matchStar(let name): add(name)
    case .matchAs(let inner, let name):
      if let inner { collectNames(inner, into: &names) }
      add(name)
    }
  }
}
