import LadonSyntax

extension CodeGenerator {
  /// More elements than this are added one by one, so that frames stay small.
  static let displayLimit = 30

  func listDisplay(_ expression: Expr, into d: Int) throws {
    guard case .list(let elements, _) = expression.kind else { return }
    try buildList(elements, into: d, at: expression.range)
  }

  func tupleDisplay(_ expression: Expr, into d: Int) throws {
    guard case .tuple(let elements, _) = expression.kind else { return }
    try buildTuple(elements, into: d, at: expression.range)
  }

  static func isStarred(_ expression: Expr) -> Bool {
    if case .starred = expression.kind { return true }
    return false
  }

  func buildTuple(_ elements: [Expr], into d: Int, at range: SourceRange) throws {
    if elements.count <= CodeGenerator.displayLimit, !elements.contains(where: CodeGenerator.isStarred) {
      let base = block.newTemporaries(elements.count)
      for (offset, element) in elements.enumerated() { try evaluate(element, into: base + offset) }
      emit(.buildTuple, d, base, elements.count, at: range)
      return
    }
    let list = block.isTemporary(d) ? d : block.newTemporary()
    try buildList(elements, into: list, at: range)
    emit(.listToTuple, d, list, at: range)
  }

  func buildList(_ elements: [Expr], into d: Int, at range: SourceRange) throws {
    if elements.count >= 3, let values = folding.values(of: elements) {
      withScratch(for: d, at: range) { list in
        emit(.buildList, list, list, 0, at: range)
        let constants = block.newTemporary()
        loadConstant(.tuple(values), into: constants, at: range)
        emit(.listExtend, list, constants, at: range)
      }
      return
    }
    try buildGradually(elements, into: d, build: .buildList, add: .listAppend, extend: .listExtend, at: range)
  }

  func setDisplay(_ expression: Expr, into d: Int) throws {
    guard case .set(let elements) = expression.kind else { return }
    let range = expression.range
    if elements.count >= 3, let values = folding.values(of: elements) {
      withScratch(for: d, at: range) { set in
        emit(.buildSet, set, set, 0, at: range)
        let constants = block.newTemporary()
        loadConstant(.frozenset(values), into: constants, at: range)
        emit(.setUpdate, set, constants, at: range)
      }
      return
    }
    try buildGradually(elements, into: d, build: .buildSet, add: .setAdd, extend: .setUpdate, at: range)
  }

  /// The first elements at once, from the first starred one on (or if there are many) one after the other.
  private func buildGradually(
    _ elements: [Expr], into d: Int, build: Opcode, add: Opcode, extend: Opcode, at range: SourceRange
  ) throws {
    let firstStarred = elements.firstIndex(where: CodeGenerator.isStarred) ?? elements.count
    let head = min(firstStarred, elements.count > CodeGenerator.displayLimit ? 0 : elements.count)
    if head == elements.count {
      let base = block.newTemporaries(head)
      for (offset, element) in elements.enumerated() { try evaluate(element, into: base + offset) }
      emit(build, d, base, head, at: range)
      return
    }
    try withScratch(for: d, at: range) { collection in
      let mark = block.top
      let base = block.newTemporaries(head)
      for offset in 0..<head { try evaluate(elements[offset], into: base + offset) }
      emit(build, collection, head == 0 ? collection : base, head, at: range)
      block.top = mark
      for element in elements[head...] {
        if case .starred(let value, _) = element.kind {
          let iterable = try operand(value)
          emit(extend, collection, iterable, at: range)
        } else {
          let item = try operand(element)
          emit(add, collection, item, at: range)
        }
        block.top = mark
      }
    }
  }

  func dictDisplay(_ expression: Expr, into d: Int) throws {
    guard case .dict(let keys, let values) = expression.kind else { return }
    let range = expression.range
    let limit = CodeGenerator.displayLimit / 2
    let firstUnpacked = keys.firstIndex { $0 == nil } ?? keys.count
    let head = min(firstUnpacked, limit)
    if head == keys.count {
      let base = block.newTemporaries(2 * head)
      for (offset, key) in keys.enumerated() {
        if let key { try evaluate(key, into: base + 2 * offset) }
        try evaluate(values[offset], into: base + 2 * offset + 1)
      }
      emit(.buildMap, d, base, head, at: range)
      return
    }
    try withScratch(for: d, at: range) { dict in
      let mark = block.top
      let base = block.newTemporaries(2 * head)
      for offset in 0..<head {
        if let key = keys[offset] { try evaluate(key, into: base + 2 * offset) }
        try evaluate(values[offset], into: base + 2 * offset + 1)
      }
      emit(.buildMap, dict, head == 0 ? dict : base, head, at: range)
      block.top = mark
      for index in head..<keys.count {
        if let key = keys[index] {
          let keyRegister = try operand(key, before: [values[index]])
          let valueRegister = try operand(values[index])
          emit(.mapAdd, dict, keyRegister, valueRegister, at: range)
        } else {
          let mapping = try operand(values[index])
          emit(.dictUpdate, dict, mapping, at: range)
        }
        block.top = mark
      }
    }
  }

  // MARK: Formatted strings

  func formattedValue(_ expression: Expr, into d: Int) throws {
    guard case .formattedValue(let value, let conversion, let spec) = expression.kind else { return }
    let kind: Int
    switch conversion {
    case 115: kind = 1
    case 114: kind = 2
    case 97: kind = 3
    default: kind = 0
    }
    guard let spec else {
      let register = try operandUsing(d, value)
      emit(.formatValue, d, register, kind, at: expression.range)
      return
    }
    let base = block.newTemporaries(2)
    try evaluate(value, into: base)
    try evaluate(spec, into: base + 1)
    emit(.formatSpec, d, base, kind, at: expression.range)
  }

  func joinedString(_ expression: Expr, into d: Int) throws {
    guard case .joinedStr(let values) = expression.kind else { return }
    let range = expression.range
    if values.isEmpty { return loadConstant(.string(StringConstant()), into: d, at: range) }
    if values.count == 1 { return try evaluate(values[0], into: d) }
    // Long strings are joined piece by piece: the first of each piece is what was joined before.
    let base = block.newTemporaries(min(values.count, CodeGenerator.displayLimit))
    var count = 0
    for (index, value) in values.enumerated() {
      try evaluate(value, into: base + count)
      count += 1
      if count == CodeGenerator.displayLimit, index < values.count - 1 {
        emit(.buildString, base, base, count, at: range)
        count = 1
      }
    }
    emit(.buildString, d, base, count, at: range)
  }
}
