import LadonSyntax

extension CodeGenerator {
  /// Calls with more arguments than this go through CALL_EX, so that frames stay small.
  private static let argumentLimit = 200

  func call(_ expression: Expr, into d: Int) throws {
    guard case .call(let function, let arguments, let keywords) = expression.kind else { return }
    try validateKeywords(keywords, expression.range)
    warnAboutCaller(function, expression.range)
    let isPlain = CodeGenerator.isPlainCall(arguments, keywords)
    if isPlain, case .attribute(let object, let name, .load) = function.kind {
      return try methodCall(expression, object, name, arguments, keywords, into: d)
    }
    let window = block.top
    block.top = window + 4
    try evaluate(function, into: window + 3)
    if isPlain {
      try finishCall(window, leading: 0, arguments, keywords, into: d, at: expression.range)
    } else {
      try finishUnpackedCall(window, leading: [], arguments, keywords, into: d, at: expression.range)
    }
  }

  private static func isPlainCall(_ arguments: [Expr], _ keywords: [Keyword]) -> Bool {
    arguments.count + keywords.count <= argumentLimit && !arguments.contains(where: isStarred)
      && !keywords.contains { $0.arg == nil }
  }

  func validateKeywords(_ keywords: [Keyword], _ range: SourceRange) throws {
    var seen: Set<String> = []
    for keyword in keywords {
      guard let name = keyword.arg else { continue }
      try refuseDebug(name, .store, range)
      if !seen.insert(name).inserted {
        throw CompileFailure("keyword argument repeated: \(name)", keyword.range)
      }
    }
  }

  /// Evaluates the arguments of a plain call behind `leading` ones that are already in the window, and calls.
  /// The callable is in place.
  func finishCall(
    _ window: Int, leading: Int, _ arguments: [Expr], _ keywords: [Keyword], into d: Int, at range: SourceRange
  ) throws {
    var next = window + 7 + leading
    for value in arguments + keywords.map({ $0.value }) {
      block.top = next + 1
      try evaluate(value, into: next)
      next += 1
    }
    let count = next - (window + 7)
    block.reach(window: window, arguments: count)
    if keywords.isEmpty {
      emit(.call, d, window, count, at: range)
    } else {
      loadConstant(keywordNames(keywords), into: window + 4, at: range)
      emit(.callKw, d, window, count, at: range)
    }
  }

  private func keywordNames(_ keywords: [Keyword]) -> CodeConstant {
    .tuple(keywords.map { .name($0.arg ?? "") })
  }

  private func methodCall(
    _ expression: Expr, _ object: Expr, _ name: String, _ arguments: [Expr], _ keywords: [Keyword], into d: Int
  ) throws {
    guard case .call(let function, _, _) = expression.kind else { return }
    let window = block.top
    let objectRegister = try operand(object)
    let lookupRange = attributeRange(function.range, name)
    block.top = window
    block.reach(window: window, arguments: 1)
    emit(.loadMethod, window, objectRegister, block.nameIndex(mangled(name)), at: lookupRange)
    var next = window + 8
    for value in arguments + keywords.map({ $0.value }) {
      block.top = next + 1
      try evaluate(value, into: next)
      next += 1
    }
    let count = next - (window + 8)
    block.reach(window: window, arguments: count + 1)
    var range = expression.range
    if function.range.line != function.range.endLine {
      range.line = lookupRange.line
      range.column = lookupRange.column
    }
    if keywords.isEmpty {
      emit(.callMethod, d, window, count, at: range)
    } else {
      loadConstant(keywordNames(keywords), into: window + 4, at: range)
      emit(.callMethodKw, d, window, count, at: range)
    }
  }

  /// A call with `*` or `**` arguments: a tuple (or any iterable) and a mapping. `leading` values stand in
  /// consecutive registers from the given one on and come first.
  func finishUnpackedCall(
    _ window: Int, leading: [Int], _ arguments: [Expr], _ keywords: [Keyword], into d: Int, at range: SourceRange
  ) throws {
    let positional = window + 7
    let named = window + 8
    block.top = window + 9
    block.reach(window: window, arguments: 2)
    let mark = block.top
    if leading.isEmpty, arguments.count == 1, case .starred(let value, _) = arguments[0].kind {
      try evaluate(value, into: positional)
    } else if leading.isEmpty {
      try buildTuple(arguments, into: positional, at: range)
    } else {
      let base = block.newTemporaries(leading.count)
      for (offset, register) in leading.enumerated() { move(register, to: base + offset, at: range) }
      emit(.buildList, positional, base, leading.count, at: range)
      block.top = mark
      for argument in arguments {
        if case .starred(let value, _) = argument.kind {
          emit(.listExtend, positional, try operand(value), at: range)
        } else {
          emit(.listAppend, positional, try operand(argument), at: range)
        }
        block.top = mark
      }
      emit(.listToTuple, positional, positional, at: range)
    }
    block.top = mark
    if keywords.isEmpty {
      emit(.callEx, d, window, 0, at: range)
      return
    }
    try mergeKeywords(keywords, into: named, callable: window + 3, at: range)
    block.top = mark
    emit(.callEx, d, window, 1, at: range)
  }

  /// Builds the mapping of keyword arguments: runs of names, and `**` mappings merged in.
  private func mergeKeywords(_ keywords: [Keyword], into mapping: Int, callable: Int, at range: SourceRange) throws {
    let mark = block.top
    var hasMapping = false
    var index = 0
    while index < keywords.count {
      if keywords[index].arg == nil {
        if !hasMapping { emit(.buildMap, mapping, mapping, 0, at: range) }
        let other = try operand(keywords[index].value)
        emit(.dictMerge, mapping, other, callable, at: range)
        index += 1
      } else {
        var end = index
        while end < keywords.count, keywords[end].arg != nil, end - index < CodeGenerator.displayLimit / 2 { end += 1 }
        let base = block.newTemporaries(2 * (end - index))
        for offset in 0..<(end - index) {
          let keyword = keywords[index + offset]
          loadConstant(.name(keyword.arg ?? ""), into: base + 2 * offset, at: keyword.range)
          try evaluate(keyword.value, into: base + 2 * offset + 1)
        }
        if hasMapping {
          let part = block.newTemporary()
          emit(.buildMap, part, base, end - index, at: range)
          emit(.dictMerge, mapping, part, callable, at: range)
        } else {
          emit(.buildMap, mapping, base, end - index, at: range)
        }
        index = end
      }
      hasMapping = true
      block.top = mark
    }
  }

  /// `R[d] = R[window + 3](arguments from window + 7)` with everything in place.
  func emitCall(_ window: Int, count: Int, into d: Int, at range: SourceRange) {
    block.reach(window: window, arguments: count)
    emit(.call, d, window, count, at: range)
  }
}
