import LadonSyntax

extension CodeGenerator {
  /// Jumps to `label` if the truth of `expression` is `condition`; goes on otherwise.
  func jumpIf(_ expression: Expr, _ condition: Bool, to label: Label) throws {
    try checkDepth()
    let mark = block.top
    defer { block.top = mark }
    if let value = folding.value(of: expression) {
      markLine(expression.range)
      if ConstantFolding.isTrue(value) == condition { jump(to: label, at: expression.range) }
      return
    }
    switch expression.kind {
    case .unaryOp(.not, let operand): return try jumpIf(operand, !condition, to: label)
    case .boolOp(let op, let values): return try jumpIfBoolean(op, values, condition, to: label)
    case .ifExp(let test, let body, let orelse):
      let otherwise = newLabel()
      let end = newLabel()
      try jumpIf(test, false, to: otherwise)
      try jumpIf(body, condition, to: label)
      jump(to: end, at: body.range)
      bind(otherwise)
      try jumpIf(orelse, condition, to: label)
      bind(end)
      return
    case .compare: return try jumpIfComparison(expression, condition, to: label)
    default: break
    }
    let register = try operand(expression)
    emitJump(condition ? .jumpTrue : .jumpFalse, register, to: label, at: expression.range)
  }

  private func jumpIfBoolean(_ op: BoolOperator, _ values: [Expr], _ condition: Bool, to label: Label) throws {
    // `or` jumps as soon as one is true, `and` as soon as one is false.
    let decisive = op == .or
    if condition == decisive {
      for value in values { try jumpIf(value, condition, to: label) }
      return
    }
    let skip = newLabel()
    for value in values.dropLast() { try jumpIf(value, decisive, to: skip) }
    try jumpIf(values[values.count - 1], condition, to: label)
    bind(skip)
  }

  private func jumpIfComparison(_ expression: Expr, _ condition: Bool, to label: Label) throws {
    guard case .compare(let left, let ops, let comparators) = expression.kind else { return }
    let range = expression.range
    warnAboutIdentity(left, ops, comparators, range)
    let skip = newLabel()
    let mark = block.top
    var leftRegister = try operand(left, before: [comparators[0]])
    for (index, op) in ops.enumerated() {
      let isLast = index == ops.count - 1
      let right = comparators[index]
      let wanted = isLast ? condition : false
      let target = isLast || !condition ? label : skip
      if isLast {
        try compareAndJump(op, leftRegister, right, wanted, to: target, at: range)
      } else {
        let rightRegister = try comparator(op, right, before: [comparators[index + 1]])
        emitComparisonJump(op, leftRegister, rightRegister, wanted, to: target, at: range)
        leftRegister = rightRegister
      }
    }
    block.top = mark
    bind(skip)
  }

  /// The last (or only) comparison: its right operand may be an immediate or None.
  private func compareAndJump(
    _ op: ComparisonOperator, _ left: Int, _ right: Expr, _ condition: Bool, to label: Label, at range: SourceRange
  ) throws {
    if op == .is || op == .isNot, folding.value(of: right) == CodeConstant.none {
      let jumpsIfNone = (op == .is) == condition
      emitJump(jumpsIfNone ? .jumpNone : .jumpNotNone, left, to: label, at: range)
      return
    }
    if let forms = CodeGenerator.fusedForms(op), let value = smallInteger(right) {
      emitJump(condition ? forms.intTrue : forms.intFalse, left, value, to: label, at: range)
      return
    }
    let register = try comparator(op, right, before: [])
    emitComparisonJump(op, left, register, condition, to: label, at: range)
  }

  private func emitComparisonJump(
    _ op: ComparisonOperator, _ left: Int, _ right: Int, _ condition: Bool, to label: Label, at range: SourceRange
  ) {
    if let forms = CodeGenerator.fusedForms(op) {
      emitJump(condition ? forms.whenTrue : forms.whenFalse, left, right, to: label, at: range)
      return
    }
    let mark = block.top
    let result = block.newTemporary()
    emit(CodeGenerator.comparisonForm(op), result, left, right, at: range)
    emitJump(condition ? .jumpTrue : .jumpFalse, result, to: label, at: range)
    block.top = mark
  }

  /// The right operand of a comparison: for `in`, a display of constants becomes a tuple or frozenset.
  private func comparator(_ op: ComparisonOperator, _ expression: Expr, before later: [Expr]) throws -> Int {
    if op == .in || op == .notIn, let constant = constantContainer(expression) {
      let register = block.newTemporary()
      loadConstant(constant, into: register, at: expression.range)
      return register
    }
    return try operand(expression, before: later)
  }

  /// A list or set display that is only looked at, as a constant: the right side of `in`, what `for` walks.
  func constantContainer(_ expression: Expr) -> CodeConstant? {
    switch expression.kind {
    case .list(let elements, _): return folding.values(of: elements).map { .tuple($0) }
    case .set(let elements): return folding.values(of: elements).map { .frozenset($0) }
    default: return nil
    }
  }

  func comparison(_ expression: Expr, into d: Int) throws {
    guard case .compare(let left, let ops, let comparators) = expression.kind else { return }
    let range = expression.range
    warnAboutIdentity(left, ops, comparators, range)
    if ops.count == 1 {
      let leftRegister = try operand(left, before: [comparators[0]])
      let rightRegister = try comparator(ops[0], comparators[0], before: [])
      emit(CodeGenerator.comparisonForm(ops[0]), d, leftRegister, rightRegister, at: range)
      return
    }
    try withScratch(for: d, at: range) { result in
      let end = newLabel()
      var leftRegister = try operand(left, before: [comparators[0]])
      for (index, op) in ops.enumerated() {
        let isLast = index == ops.count - 1
        let later = isLast ? [] : [comparators[index + 1]]
        let rightRegister = try comparator(op, comparators[index], before: later)
        emit(CodeGenerator.comparisonForm(op), result, leftRegister, rightRegister, at: range)
        if !isLast { emitJump(.jumpFalse, result, to: end, at: range) }
        leftRegister = rightRegister
      }
      bind(end)
    }
  }

  private struct FusedForms {
    var whenFalse: Opcode
    var whenTrue: Opcode
    var intFalse: Opcode
    var intTrue: Opcode
  }

  private static func fusedForms(_ op: ComparisonOperator) -> FusedForms? {
    switch op {
    case .lt:
      return FusedForms(whenFalse: .ltJumpFalse, whenTrue: .ltJumpTrue, intFalse: .ltIntJumpFalse, intTrue: .ltIntJumpTrue)
    case .ltE:
      return FusedForms(whenFalse: .leJumpFalse, whenTrue: .leJumpTrue, intFalse: .leIntJumpFalse, intTrue: .leIntJumpTrue)
    case .eq:
      return FusedForms(whenFalse: .eqJumpFalse, whenTrue: .eqJumpTrue, intFalse: .eqIntJumpFalse, intTrue: .eqIntJumpTrue)
    case .notEq:
      return FusedForms(whenFalse: .neJumpFalse, whenTrue: .neJumpTrue, intFalse: .neIntJumpFalse, intTrue: .neIntJumpTrue)
    case .gt:
      return FusedForms(whenFalse: .gtJumpFalse, whenTrue: .gtJumpTrue, intFalse: .gtIntJumpFalse, intTrue: .gtIntJumpTrue)
    case .gtE:
      return FusedForms(whenFalse: .geJumpFalse, whenTrue: .geJumpTrue, intFalse: .geIntJumpFalse, intTrue: .geIntJumpTrue)
    case .is, .isNot, .in, .notIn: return nil
    }
  }

  private static func comparisonForm(_ op: ComparisonOperator) -> Opcode {
    switch op {
    case .eq: return .eq
    case .notEq: return .ne
    case .lt: return .lt
    case .ltE: return .le
    case .gt: return .gt
    case .gtE: return .ge
    case .is: return .is
    case .isNot: return .isNot
    case .in: return .in
    case .notIn: return .notIn
    }
  }
}
