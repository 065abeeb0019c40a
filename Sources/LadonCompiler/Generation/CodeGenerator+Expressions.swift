import LadonSyntax

extension CodeGenerator {
  /// A register that holds the value of `expression`, valid until the caller releases its temporaries.
  ///
  /// A variable's own register is given out, unless an assignment expression in `later`, which is evaluated
  /// before the operand is used, may bind the variable anew.
  func operand(_ expression: Expr, before later: [Expr] = []) throws -> Int {
    if case .name(let rawName, .load) = expression.kind {
      let name = mangled(rawName)
      if case .local(let register) = place(of: name) {
        boundLocal(name, register, at: expression.range)
        if !block.scope.walrusNames.isEmpty, block.scope.walrusNames.contains(name), !later.isEmpty {
          let finder = AssignmentExpressionFinder(name: rawName)
          if later.contains(where: { finder.isBound(in: $0) }) {
            let copy = block.newTemporary()
            emit(.move, copy, register, at: expression.range)
            return copy
          }
        }
        return register
      }
    }
    let register = block.newTemporary()
    try evaluate(expression, into: register)
    return register
  }

  func evaluate(_ expression: Expr, into d: Int) throws {
    try checkDepth()
    let mark = block.top
    try dispatch(expression, into: d)
    block.top = mark
  }

  /// The cases call functions of their own, so that one level of nesting costs little native stack.
  private func dispatch(_ expression: Expr, into d: Int) throws {
    let range = expression.range
    switch expression.kind {
    case .constant, .unaryOp, .binOp, .tuple, .name, .subscript:
      if let value = folding.value(of: expression) { return loadConstant(value, into: d, at: range) }
    default: break
    }
    switch expression.kind {
    case .boolOp: try booleanOperation(expression, into: d)
    case .namedExpr: try namedExpression(expression, into: d)
    case .binOp: try binaryOperation(expression, into: d)
    case .unaryOp: try unaryOperation(expression, into: d)
    case .lambda: try lambda(expression, into: d)
    case .ifExp: try conditionalExpression(expression, into: d)
    case .dict: try dictDisplay(expression, into: d)
    case .set: try setDisplay(expression, into: d)
    case .listComp, .setComp, .dictComp, .generatorExp: try comprehension(expression, into: d)
    case .await: try awaitExpression(expression, into: d)
    case .yield: try yieldExpression(expression, into: d)
    case .yieldFrom: try yieldFromExpression(expression, into: d)
    case .compare: try comparison(expression, into: d)
    case .call: try call(expression, into: d)
    case .formattedValue: try formattedValue(expression, into: d)
    case .joinedStr: try joinedString(expression, into: d)
    case .constant: break
    case .attribute: try attribute(expression, into: d)
    case .subscript: try subscriptLoad(expression, into: d)
    case .starred: throw CompileFailure("can't use starred expression here", range)
    case .name(let name, _): load(name: name, into: d, at: range)
    case .list: try listDisplay(expression, into: d)
    case .tuple: try tupleDisplay(expression, into: d)
    case .slice: try slice(expression, into: d)
    }
  }

  // MARK: Operators

  private func namedExpression(_ expression: Expr, into d: Int) throws {
    guard case .namedExpr(let target, let value) = expression.kind else { return }
    if let register = try directRegister(target) {
      try evaluate(value, into: register)
      move(register, to: d, at: expression.range)
      return
    }
    try withScratch(for: d, at: expression.range) { scratch in
      try evaluate(value, into: scratch)
      try store(target, from: scratch)
    }
  }

  /// A small integer that fits the immediate operand of arithmetic and comparison.
  func smallInteger(_ expression: Expr) -> Int? {
    guard case .int(let value)? = folding.value(of: expression), value >= -0x8000, value <= 0x7FFF else { return nil }
    return value
  }

  private func binaryOperation(_ expression: Expr, into d: Int) throws {
    // The left spine, the outermost operation last.
    var spine: [Expr] = []
    var node = expression
    while case .binOp(let left, _, _) = node.kind {
      spine.append(node)
      node = left
    }
    spine.reverse()
    // The constants at the left end fold together.
    var index = 0
    var folded = folding.value(of: node)
    while let value = folded, index < spine.count, case .binOp(_, let op, let right) = spine[index].kind,
      let other = folding.value(of: right), let result = ConstantFolding.binary(op, value, other)
    {
      folded = result
      index += 1
    }
    let scratch = block.isTemporary(d) ? d : -1
    var accumulator: Int
    guard case .binOp(_, _, let firstRight) = spine[index].kind else { return }
    if let folded {
      accumulator = scratch >= 0 ? scratch : block.newTemporary()
      loadConstant(folded, into: accumulator, at: index == 0 ? node.range : spine[index - 1].range)
    } else if scratch >= 0, !isPlainLocal(node) {
      accumulator = scratch
      try evaluate(node, into: scratch)
    } else {
      accumulator = try operand(node, before: [firstRight])
    }
    var result = scratch
    while index < spine.count {
      guard case .binOp(_, let op, let right) = spine[index].kind else { return }
      let isLast = index == spine.count - 1
      if !isLast, result < 0 {
        result = block.isTemporary(accumulator) ? accumulator : block.newTemporary()
      }
      let mark = block.top
      try arithmetic(op, inPlace: false, isLast ? d : result, accumulator, right, at: spine[index].range)
      block.top = mark
      accumulator = result
      index += 1
    }
  }

  func isPlainLocal(_ expression: Expr) -> Bool {
    guard case .name(let name, .load) = expression.kind, case .local = place(of: mangled(name)) else { return false }
    return true
  }

  /// R[d] = R[left] op right, the right operand evaluated now.
  func arithmetic(_ op: BinaryOperator, inPlace: Bool, _ d: Int, _ left: Int, _ right: Expr, at range: SourceRange) throws {
    if let value = smallInteger(right), let immediate = CodeGenerator.immediateForm(op, inPlace) {
      emit(immediate, d, left, value, at: range)
      return
    }
    let register = try operand(right)
    emit(CodeGenerator.registerForm(op, inPlace), d, left, register, at: range)
  }

  private static func immediateForm(_ op: BinaryOperator, _ inPlace: Bool) -> Opcode? {
    switch op {
    case .add: return inPlace ? .inAddInt : .addInt
    case .sub: return inPlace ? .inSubInt : .subInt
    case .mult: return inPlace ? .inMulInt : .mulInt
    case .floorDiv: return inPlace ? .inFloordivInt : .floordivInt
    case .mod: return inPlace ? .inModInt : .modInt
    case .lShift: return inPlace ? nil : .lshiftInt
    case .rShift: return inPlace ? nil : .rshiftInt
    case .bitAnd: return inPlace ? nil : .andInt
    default: return nil
    }
  }

  private static func registerForm(_ op: BinaryOperator, _ inPlace: Bool) -> Opcode {
    switch op {
    case .add: return inPlace ? .inAdd : .add
    case .sub: return inPlace ? .inSub : .sub
    case .mult: return inPlace ? .inMul : .mul
    case .matMult: return inPlace ? .inMatmul : .matmul
    case .div: return inPlace ? .inTruediv : .truediv
    case .mod: return inPlace ? .inMod : .mod
    case .pow: return inPlace ? .inPow : .pow
    case .lShift: return inPlace ? .inLshift : .lshift
    case .rShift: return inPlace ? .inRshift : .rshift
    case .bitOr: return inPlace ? .inOr : .or
    case .bitXor: return inPlace ? .inXor : .xor
    case .bitAnd: return inPlace ? .inAnd : .and
    case .floorDiv: return inPlace ? .inFloordiv : .floordiv
    }
  }

  private func unaryOperation(_ expression: Expr, into d: Int) throws {
    guard case .unaryOp(let op, let inner) = expression.kind else { return }
    if op == .not, case .compare(let left, let ops, let comparators) = inner.kind, ops.count == 1,
      let opposite = CodeGenerator.opposite(ops[0])
    {
      let negated = Expr(.compare(left: left, ops: [opposite], comparators: comparators), inner.range)
      return try comparison(negated, into: d)
    }
    let register = try operand(inner)
    switch op {
    case .not: emit(.not, d, register, at: expression.range)
    case .invert: emit(.invert, d, register, at: expression.range)
    case .uAdd: emit(.positive, d, register, at: expression.range)
    case .uSub: emit(.negative, d, register, at: expression.range)
    }
  }

  /// `not a is b` is `a is not b`: the tests whose result is always a bool.
  static func opposite(_ op: ComparisonOperator) -> ComparisonOperator? {
    switch op {
    case .is: return .isNot
    case .isNot: return .is
    case .in: return .notIn
    case .notIn: return .in
    default: return nil
    }
  }

  private func booleanOperation(_ expression: Expr, into d: Int) throws {
    guard case .boolOp(let op, let values) = expression.kind else { return }
    let range = expression.range
    try withScratch(for: d, at: range) { scratch in
      let end = newLabel()
      for (index, value) in values.enumerated() {
        if index < values.count - 1, let constant = folding.value(of: value) {
          // A constant operand decides at once or is skipped.
          if ConstantFolding.isTrue(constant) == (op == .and) { continue }
          loadConstant(constant, into: scratch, at: value.range)
          jump(to: end, at: value.range)
          continue
        }
        try evaluate(value, into: scratch)
        if index < values.count - 1 {
          emitJump(op == .and ? .jumpFalse : .jumpTrue, scratch, to: end, at: value.range)
        }
      }
      bind(end)
    }
  }

  private func conditionalExpression(_ expression: Expr, into d: Int) throws {
    guard case .ifExp(let test, let body, let orelse) = expression.kind else { return }
    let otherwise = newLabel()
    let end = newLabel()
    try jumpIf(test, false, to: otherwise)
    try evaluate(body, into: d)
    jump(to: end, at: body.range)
    bind(otherwise)
    try evaluate(orelse, into: d)
    bind(end)
  }

  // MARK: Attributes and items

  /// The position of an attribute access over several lines starts at the attribute's own line.
  func attributeRange(_ range: SourceRange, _ name: String) -> SourceRange {
    if range.line == range.endLine { return range }
    var result = range
    result.line = range.endLine
    let length = name.unicodeScalars.count
    if length <= range.endColumn {
      result.column = range.endColumn - length
    } else {
      result.column = -1
      result.endColumn = -1
    }
    return result
  }

  private func attribute(_ expression: Expr, into d: Int) throws {
    guard case .attribute(let value, let name, _) = expression.kind else { return }
    let object = try operandUsing(d, value)
    let mangledName = mangled(name)
    emit(
      .loadAttr, d, object, block.nameIndex(mangledName), at: attributeRange(expression.range, name))
  }

  /// An operand that may use the destination, if that is a temporary, instead of a new one.
  func operandUsing(_ d: Int, _ expression: Expr) throws -> Int {
    if block.isTemporary(d), !isPlainLocal(expression) {
      try evaluate(expression, into: d)
      return d
    }
    return try operand(expression)
  }

  private func subscriptLoad(_ expression: Expr, into d: Int) throws {
    guard case .subscript(let value, let index, _) = expression.kind else { return }
    warnAboutSubscript(value, index, expression.range)
    let isSmall = smallInteger(index)
    let object: Int
    if block.isTemporary(d), !isPlainLocal(value) {
      try evaluate(value, into: d)
      object = d
    } else {
      object = try operand(value, before: isSmall == nil ? [index] : [])
    }
    if let isSmall {
      emit(.getItemInt, d, object, isSmall, at: expression.range)
      return
    }
    if let bounds = try sliceBounds(index) {
      emit(.getSlice, d, object, bounds, at: expression.range)
      return
    }
    let key = try operand(index)
    emit(.getItem, d, object, key, at: expression.range)
  }

  private func slice(_ expression: Expr, into d: Int) throws {
    guard case .slice(let lower, let upper, let step) = expression.kind else { return }
    emit(.buildSlice, d, try sliceParts([lower, upper, step], at: expression.range), at: expression.range)
  }

  /// The first of two registers with the bounds of `index`, if it is a slice without a step: GET_SLICE and SET_SLICE need
  /// no slice object then.
  func sliceBounds(_ index: Expr) throws -> Int? {
    guard case .slice(let lower, let upper, nil) = index.kind else { return nil }
    return try sliceParts([lower, upper], at: index.range)
  }

  private func sliceParts(_ parts: [Expr?], at range: SourceRange) throws -> Int {
    let base = block.newTemporaries(parts.count)
    for (offset, part) in parts.enumerated() {
      if let part {
        try evaluate(part, into: base + offset)
      } else {
        loadNone(into: base + offset, at: range)
      }
    }
    return base
  }
}

/// Looks for assignment expressions that bind a name in the same block.
struct AssignmentExpressionFinder {
  let name: String

  func isBound(in expression: Expr) -> Bool {
    switch expression.kind {
    case .namedExpr(let target, let value):
      if case .name(name, _) = target.kind { return true }
      return isBound(in: value)
    case .boolOp(_, let values), .joinedStr(let values): return any(values)
    case .binOp(let left, _, let right): return any([left, right])
    case .unaryOp(_, let operand): return isBound(in: operand)
    case .lambda(let arguments, _): return any(arguments.defaults) || any(arguments.kwDefaults)
    case .ifExp(let test, let body, let orelse): return any([test, body, orelse])
    case .dict(let keys, let values): return any(keys) || any(values)
    case .set(let elements), .list(let elements, _), .tuple(let elements, _): return any(elements)
    case .listComp(_, let generators), .setComp(_, let generators), .dictComp(_, _, let generators),
      .generatorExp(_, let generators):
      return isBound(in: generators[0].iter)
    case .await(let value), .yieldFrom(let value), .attribute(let value, _, _), .starred(let value, _):
      return isBound(in: value)
    case .yield(let value): return any([value])
    case .compare(let left, _, let comparators): return isBound(in: left) || any(comparators)
    case .call(let function, let arguments, let keywords):
      return isBound(in: function) || any(arguments) || any(keywords.map { $0.value })
    case .formattedValue(let value, _, let spec): return any([value, spec])
    case .subscript(let value, let index, _): return any([value, index])
    case .slice(let lower, let upper, let step): return any([lower, upper, step])
    case .constant, .name: return false
    }
  }

  private func any(_ expressions: [Expr?]) -> Bool {
    expressions.contains { $0.map { isBound(in: $0) } ?? false }
  }
}
