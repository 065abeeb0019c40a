/// Arguments of calls and class headers, parameters of functions, type parameters.
extension Parser {
  /// From the opening parenthesis through the closing one.
  mutating func callArguments() throws(Mismatch) -> ([Expr], [Keyword]) {
    let open = pos
    try expect(.leftParen)
    var args: [Expr] = []
    var keywords: [Keyword] = []
    var hasKeyword = false
    var hasDoubleStar = false
    while kind != .rightParen {
      let start = pos
      switch kind {
      case .doubleStar:
        advance()
        let value = try expression()
        keywords.append(Keyword(arg: nil, value: value, range: range(from: start)))
        hasDoubleStar = true
      case .star:
        // Allowed after `name=value`, not after `**`.
        if hasDoubleStar { throw .syntax }
        advance()
        let value = try expression()
        args.append(try node(.starred(value: value, ctx: .load), range(from: start), value.depth))
      default:
        if kind == .name, kind(ahead: 1) == .equal {
          let arg = identifier(at: pos)
          pos += 2
          let value = try expression()
          keywords.append(Keyword(arg: arg, value: value, range: range(from: start)))
          hasKeyword = true
          break
        }
        if hasKeyword || hasDoubleStar { throw .syntax }
        let value = try namedExpression()
        if kind == .kwFor || kind == .kwAsync {
          // A generator expression may go without parentheses of its own only as the sole argument.
          if !args.isEmpty { throw .syntax }
          let (generators, depth) = try comprehension()
          try expect(.rightParen)
          let generator = try node(
            .generatorExp(elt: value, generators: generators), range(from: open), max(value.depth, depth))
          return ([generator], [])
        }
        args.append(value)
      }
      if !accept(.comma) { break }
    }
    try expect(.rightParen)
    return (args, keywords)
  }

  // MARK: Parameters

  /// Parameters up to `closer`, which is not taken.
  mutating func parameters(ending closer: TokenKind, annotated: Bool) throws(Mismatch) -> Arguments {
    let result = Arguments()
    var sawStar = false
    var sawDefault = false
    while kind != closer {
      // What a type comment belongs to: one stands after the comma, or at the end.
      var last: Argument?
      switch kind {
      case .slash:
        if sawStar || !result.posonlyargs.isEmpty || result.args.isEmpty { throw .syntax }
        advance()
        result.posonlyargs = result.args
        result.args = []
      case .star:
        if sawStar { throw .syntax }
        sawStar = true
        advance()
        if kind == .comma {
          // A bare star needs a name after it.
          if kind(ahead: 1) != .name { throw .syntax }
        } else {
          last = try parameter(annotated: annotated, isStarred: true)
          result.vararg = last
        }
      case .doubleStar:
        advance()
        last = try parameter(annotated: annotated, isStarred: false)
        result.kwarg = last
        _ = accept(.comma)
        if annotated { noteTypeComment(last) }
        if kind != closer { throw .syntax }
        return result
      default:
        let argument = try parameter(annotated: annotated, isStarred: false)
        last = argument
        var value: Expr?
        if accept(.equal) { value = try expression() }
        if sawStar {
          result.kwonlyargs.append(argument)
          result.kwDefaults.append(value)
        } else {
          result.args.append(argument)
          if let value = value {
            sawDefault = true
            result.defaults.append(value)
          } else if sawDefault {
            throw .syntax
          }
        }
      }
      let isEnd = !accept(.comma)
      if annotated { noteTypeComment(last) }
      if isEnd { break }
    }
    if kind != closer { throw .syntax }
    return result
  }

  private mutating func noteTypeComment(_ argument: Argument?) {
    if kind == .typeComment, let argument = argument { typeComments[argument.range] = typeComment() }
  }

  private mutating func parameter(annotated: Bool, isStarred: Bool) throws(Mismatch) -> Argument {
    let start = pos
    let arg = try name()
    var annotation: Expr?
    if annotated, accept(.colon) { annotation = isStarred ? try starExpression() : try expression() }
    return Argument(arg: arg, annotation: annotation, range: range(from: start))
  }

  // MARK: Type parameters

  /// `[T: bound, *Ts, **P]`, if there is a bracket.
  mutating func typeParameters() throws(Mismatch) -> [TypeParam] {
    if !accept(.leftBracket) { return [] }
    var result: [TypeParam] = []
    repeat {
      if kind == .rightBracket, !result.isEmpty { break }
      let start = pos
      if accept(.doubleStar) {
        let name = try name()
        result.append(TypeParam(kind: .paramSpec, name: name, range: range(from: start)))
      } else if accept(.star) {
        let name = try name()
        result.append(TypeParam(kind: .typeVarTuple, name: name, range: range(from: start)))
      } else {
        let name = try name()
        var bound: Expr?
        if accept(.colon) { bound = try expression() }
        result.append(TypeParam(kind: .typeVar(bound: bound), name: name, range: range(from: start)))
      }
    } while accept(.comma)
    try expect(.rightBracket)
    return result
  }
}
