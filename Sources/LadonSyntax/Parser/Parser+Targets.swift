/// What can be assigned to, deleted, or augmented. Targets are parsed as expressions and then checked, which
/// accepts the same sources as rules of their own.
extension Parser {
  /// The targets of a `for`: they end at `in`, so they are read below the level of comparisons.
  mutating func starTargets() throws(Mismatch) -> Expr {
    let start = pos
    let first = try starTarget()
    if kind != .comma { return first }
    var elements = [first]
    while accept(.comma) {
      if !startsExpression(kind) || kind == .kwYield { break }
      elements.append(try starTarget())
    }
    return try node(.tuple(elts: elements, ctx: .store), range(from: start), deepest(elements))
  }

  mutating func starTarget() throws(Mismatch) -> Expr {
    let target = kind == .star ? try starred() : try primary()
    try setContext(target, .store)
    return target
  }

  /// Turns an expression that was read into a target, or refuses.
  func setContext(_ target: Expr, _ context: ExprContext) throws(Mismatch) {
    switch target.kind {
    case .name(let id, _): target.kind = .name(id: id, ctx: context)
    case .attribute(let value, let attr, _): target.kind = .attribute(value: value, attr: attr, ctx: context)
    case .subscript(let value, let slice, _): target.kind = .subscript(value: value, slice: slice, ctx: context)
    case .starred(let value, _):
      if context == .del { throw .syntax }
      target.kind = .starred(value: value, ctx: context)
      try setContext(value, context)
    case .tuple(let elts, _):
      target.kind = .tuple(elts: elts, ctx: context)
      for element in elts { try setContext(element, context) }
    case .list(let elts, _):
      target.kind = .list(elts: elts, ctx: context)
      for element in elts { try setContext(element, context) }
    default: throw .syntax
    }
  }

  /// A name, attribute or subscript: what may be annotated or augmented.
  func setSingleTarget(_ target: Expr) throws(Mismatch) {
    switch target.kind {
    case .name, .attribute, .subscript: try setContext(target, .store)
    default: throw .syntax
    }
  }
}
