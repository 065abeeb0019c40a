import LadonSyntax

extension CodeGenerator {
  /// Binds `target` to the value in a register.
  func store(_ target: Expr, from source: Int) throws {
    try checkDepth()
    let range = target.range
    let mark = block.top
    defer { block.top = mark }
    switch target.kind {
    case .name(let name, _): try store(name: name, from: source, at: range)
    case .attribute(let value, let name, _):
      try refuseDebug(name, .store, range)
      let object = try operand(value)
      emit(.storeAttr, object, source, block.nameIndex(mangled(name)), at: attributeRange(range, name))
    case .subscript(let value, let index, _):
      let object = try operand(value, before: [index])
      if let bounds = try sliceBounds(index) {
        emit(.setSlice, object, bounds, source, at: range)
        return
      }
      let key = try operand(index)
      emit(.setItem, object, key, source, at: range)
    case .tuple(let elements, _), .list(let elements, _): try unpack(elements, from: source, at: range)
    case .starred: throw CompileFailure("starred assignment target must be in a list or tuple", range)
    default: throw CompileFailure("cannot assign to expression", range)
    }
  }

  private func unpack(_ targets: [Expr], from source: Int, at range: SourceRange) throws {
    var starred: Int?
    for (index, target) in targets.enumerated() where CodeGenerator.isStarred(target) {
      if starred != nil { throw CompileFailure("multiple starred expressions in assignment", range) }
      if index >= 256 || targets.count - index - 1 >= 256 {
        throw CompileFailure("too many expressions in star-unpacking assignment", range)
      }
      starred = index
    }
    let base = block.newTemporaries(targets.count)
    if let starred {
      emit(.unpackEx, base, source, starred | (targets.count - starred - 1) << 8, at: range)
    } else {
      emit(.unpackSequence, base, source, targets.count, at: range)
    }
    for (offset, target) in targets.enumerated() {
      if case .starred(let inner, _) = target.kind {
        try store(inner, from: base + offset)
      } else {
        try store(target, from: base + offset)
      }
    }
  }

  func assign(_ targets: [Expr], _ value: Expr, at range: SourceRange) throws {
    if targets.count == 1 {
      if let register = try directRegister(targets[0]) { return try evaluate(value, into: register) }
      if try assignPairwise(targets[0], value) { return }
    }
    let register = try operand(value)
    // A variable's own register is safe for one target; with several an earlier one may rebind it.
    if targets.count > 1, !block.isTemporary(register) {
      let copy = block.newTemporary()
      move(register, to: copy, at: range)
      for target in targets { try store(target, from: copy) }
      return
    }
    for target in targets { try store(target, from: register) }
  }

  /// `a, b = b, a` without making the tuple.
  private func assignPairwise(_ target: Expr, _ value: Expr) throws -> Bool {
    let targets: [Expr]
    let values: [Expr]
    switch target.kind {
    case .tuple(let elements, _), .list(let elements, _): targets = elements
    default: return false
    }
    guard case .tuple(let elements, .load) = value.kind else { return false }
    values = elements
    guard targets.count == values.count, !targets.isEmpty, targets.count <= CodeGenerator.displayLimit,
      !targets.contains(where: CodeGenerator.isStarred), !values.contains(where: CodeGenerator.isStarred)
    else { return false }
    let base = block.newTemporaries(values.count)
    for (offset, element) in values.enumerated() { try evaluate(element, into: base + offset) }
    for (offset, element) in targets.enumerated() { try store(element, from: base + offset) }
    return true
  }

  func augmentedAssignment(_ target: Expr, _ op: BinaryOperator, _ value: Expr, at range: SourceRange) throws {
    switch target.kind {
    case .name(let rawName, _):
      try refuseDebug(rawName, .store, target.range)
      let name = mangled(rawName)
      if case .local(let register) = place(of: name) {
        let left = Expr(.name(id: rawName, ctx: .load), target.range)
        let source = try operand(left, before: [value])
        return try arithmetic(op, inPlace: true, register, source, value, at: range)
      }
      let register = block.newTemporary()
      load(name: rawName, into: register, at: target.range)
      try arithmetic(op, inPlace: true, register, register, value, at: range)
      try store(name: rawName, from: register, at: target.range)
    case .attribute(let object, let name, _):
      try refuseDebug(name, .store, target.range)
      let objectRegister = try operand(object, before: [value])
      let index = block.nameIndex(mangled(name))
      let register = block.newTemporary()
      let accessRange = attributeRange(target.range, name)
      emit(.loadAttr, register, objectRegister, index, at: accessRange)
      try arithmetic(op, inPlace: true, register, register, value, at: range)
      emit(.storeAttr, objectRegister, register, index, at: accessRange)
    case .subscript(let object, let index, _):
      let objectRegister = try operand(object, before: [index, value])
      let key = try operand(index, before: [value])
      let register = block.newTemporary()
      emit(.getItem, register, objectRegister, key, at: target.range)
      try arithmetic(op, inPlace: true, register, register, value, at: range)
      emit(.setItem, objectRegister, key, register, at: target.range)
    default: throw CompileFailure("invalid node type for augmented assignment", target.range)
    }
  }

  func annotatedAssignment(
    _ target: Expr, _ annotation: Expr, _ value: Expr?, _ simple: Bool, at range: SourceRange
  ) throws {
    if let value { try assign([target], value, at: range) }
    let mark = block.top
    defer { block.top = mark }
    switch target.kind {
    case .name(let name, _):
      try refuseDebug(name, .store, range)
      guard simple, !block.isFunction else { break }
      let annotationRegister = block.newTemporary()
      try evaluateAnnotation(annotation, into: annotationRegister)
      let dict = block.newTemporary()
      emit(.loadName, dict, block.nameIndex("__annotations__"), at: range)
      let key = block.newTemporary()
      loadConstant(.name(mangled(name)), into: key, at: range)
      emit(.setItem, dict, key, annotationRegister, at: range)
      return
    case .attribute(let object, let name, _):
      try refuseDebug(name, .store, target.range)
      if value == nil { _ = try operand(object) }
    case .subscript(let object, let index, _):
      if value == nil {
        _ = try operand(object)
        _ = try operand(index)
      }
    default: throw CompileFailure("invalid node type for annotated assignment", target.range)
    }
    // The annotation of a complex target is evaluated for its effects, outside functions.
    if !simple, !block.isFunction, !futures.contains(.futureAnnotations) { _ = try operand(annotation) }
  }

  func evaluateAnnotation(_ annotation: Expr, into d: Int) throws {
    if futures.contains(.futureAnnotations) {
      loadConstant(.string(Unparser.text(of: annotation)), into: d, at: annotation.range)
    } else {
      try evaluate(annotation, into: d)
    }
  }

  func delete(_ target: Expr) throws {
    let range = target.range
    let mark = block.top
    defer { block.top = mark }
    switch target.kind {
    case .name(let name, _): try delete(name: name, at: range)
    case .attribute(let value, let name, _):
      let object = try operand(value)
      emit(.deleteAttr, object, 0, block.nameIndex(mangled(name)), at: attributeRange(range, name))
    case .subscript(let value, let index, _):
      let object = try operand(value, before: [index])
      let key = try operand(index)
      emit(.deleteItem, object, key, at: range)
    case .tuple(let elements, _), .list(let elements, _): for element in elements { try delete(element) }
    default: throw CompileFailure("cannot delete expression", range)
    }
  }
}
