/// Targets of assignments, loops and deletions.
extension SyntaxDiagnosis {
  func starTargets() throws -> Node? {
    let start = mark
    guard let first = try starTarget() else { return nil }
    if try !sees(.comma) { return first }
    var elements = [first]
    while true {
      let end = mark
      guard try accept(.comma), let next = try starTarget() else {
        mark = end
        break
      }
      elements.append(next)
    }
    _ = try accept(.comma)
    return node(.tuple, from: start, elements)
  }

  func starTarget() throws -> Node? {
    try remember(.starTarget) {
      let start = mark
      if try accept(.star), try !sees(.star), let inner = try starTarget() {
        return node(.starred, from: start, [inner])
      }
      mark = start
      return try starAtomTarget()
    }
  }

  private func starAtomTarget() throws -> Node? {
    try remember(.starAtomTarget) {
      if let found = try attributeOrSubscript() { return found }
      return try starAtom()
    }
  }

  /// A primary that ends in an attribute or subscript with no trailer after it.
  private func attributeOrSubscript() throws -> Node? {
    let start = mark
    if try targetPrimary() != nil {
      let end = mark
      if try accept(.dot), try acceptName() != nil, try !seesTrailer() { return node(.attribute, from: start) }
      mark = end
      if try accept(.leftBracket), try slices(), try accept(.rightBracket), try !seesTrailer() {
        return node(.subscript_, from: start)
      }
    }
    mark = start
    return nil
  }

  private func seesTrailer() throws -> Bool {
    switch try peek() {
    case .leftParen, .leftBracket, .dot: return true
    default: return false
    }
  }

  private func targetPrimary() throws -> Node? {
    try remember(.targetPrimary) {
      let start = mark
      guard var value = try atom(), try seesTrailer() else { return nil }
      while let next = try targetTrailer(from: start) { value = next }
      return value
    }
  }

  private func targetTrailer(from start: Int) throws -> Node? {
    let here = mark
    if try accept(.dot), try acceptName() != nil, try seesTrailer() { return node(.attribute, from: start) }
    mark = here
    if try accept(.leftBracket), try slices(), try accept(.rightBracket), try seesTrailer() {
      return node(.subscript_, from: start)
    }
    mark = here
    if try generator() != nil, try seesTrailer() { return node(.call, from: start) }
    mark = here
    if try accept(.leftParen) {
      _ = try arguments()
      if try accept(.rightParen), try seesTrailer() { return node(.call, from: start) }
    }
    mark = here
    return nil
  }

  private func starAtom() throws -> Node? {
    let start = mark
    if let name = try acceptName() { return name }
    if try sees(.leftParen) {
      return try nested {
        mark += 1
        if let inner = try starAtomTarget(), try accept(.rightParen) { return inner }
        mark = start + 1
        let elements = try starTupleSequence()
        if try accept(.rightParen) { return node(.tuple, from: start, elements) }
        mark = start
        return nil
      }
    }
    if try sees(.leftBracket) {
      return try nested {
        mark += 1
        let elements = try gather(.comma, starTarget) ?? []
        if !elements.isEmpty { _ = try accept(.comma) }
        if try accept(.rightBracket) { return node(.list, from: start, elements) }
        mark = start
        return nil
      }
    }
    return nil
  }

  private func starTupleSequence() throws -> [Node] {
    let start = mark
    guard let first = try starTarget(), try sees(.comma) else {
      mark = start
      return []
    }
    var elements = [first]
    while true {
      let end = mark
      guard try accept(.comma), let next = try starTarget() else {
        mark = end
        break
      }
      elements.append(next)
    }
    _ = try accept(.comma)
    return elements
  }

  /// What an augmented assignment takes.
  func singleTarget() throws -> Node? {
    if let found = try attributeOrSubscript() { return found }
    if let name = try acceptName() { return name }
    return try attempt {
      guard try accept(.leftParen), let inner = try nested(singleTarget), try accept(.rightParen) else { return nil }
      return inner
    }
  }

  /// What an annotation takes besides a plain name.
  func annotationTarget() throws -> Node? {
    let start = mark
    if try accept(.leftParen), let inner = try singleTarget(), try accept(.rightParen) { return inner }
    mark = start
    return try attributeOrSubscript()
  }

  // MARK: Deletion

  func deleteTargets() throws -> [Node]? {
    guard let targets = try gather(.comma, deleteTarget) else { return nil }
    _ = try accept(.comma)
    return targets
  }

  private func deleteTarget() throws -> Node? {
    try remember(.deleteTarget) {
      if let found = try attributeOrSubscript() { return found }
      let start = mark
      if let name = try acceptName() { return name }
      return try nested {
        if try accept(.leftParen) {
          if let inner = try deleteTarget(), try accept(.rightParen) { return inner }
          mark = start + 1
          let elements = try deleteTargets() ?? []
          if try accept(.rightParen) { return node(.tuple, from: start, elements) }
        }
        mark = start
        if try accept(.leftBracket) {
          let elements = try deleteTargets() ?? []
          if try accept(.rightBracket) { return node(.list, from: start, elements) }
        }
        mark = start
        return nil
      }
    }
  }
}
