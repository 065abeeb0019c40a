/// Arguments and parameters.
extension SyntaxDiagnosis {
  // MARK: Arguments

  func arguments() throws -> Node? {
    try remember(.arguments) {
      let start = mark
      if let found = try args() {
        _ = try accept(.comma)
        if try sees(.rightParen) { return found }
      }
      mark = start
      if triesInvalid { try invalidArguments() }
      mark = start
      return nil
    }
  }

  private func args() throws -> Node? {
    let start = mark
    if let positional = try gather(.comma, positionalArgument) {
      let end = mark
      var all = positional
      if try accept(.comma), let named = try kwargs() { all += named } else { mark = end }
      return argumentList(all, from: start)
    }
    mark = start
    guard let named = try kwargs() else { return nil }
    return argumentList(named, from: start)
  }

  private func argumentList(_ items: [Node], from start: Int) -> Node {
    let result = node(.call, from: start, items)
    result.hasDoubleStar = items.contains { $0.hasDoubleStar }
    result.positionalCount = items.reduce(0) { $0 + ($1.shape == .other ? 0 : 1) }
    return result
  }

  private func positionalArgument() throws -> Node? {
    if let star = try starredExpression() { return star }
    return try attempt {
      guard let value = try namedOrPlain() else { return nil }
      return try sees(.equal) ? nil : value
    }
  }

  /// `name=value` and `*`, then `name=value` and `**`. Nodes of named ones are `other`.
  private func kwargs() throws -> [Node]? {
    let start = mark
    if let first = try gather(.comma, keywordOrStarred) {
      let end = mark
      if try accept(.comma), let second = try gather(.comma, keywordOrDoubleStarred) { return first + second }
      mark = end
      return first
    }
    mark = start
    return try gather(.comma, keywordOrDoubleStarred)
  }

  private func keyword() throws -> Node? {
    if triesInvalid { try invalidKeyword() }
    return try attempt {
      let start = mark
      guard try acceptName() != nil, try accept(.equal), try expression() != nil else { return nil }
      return node(.other, from: start)
    }
  }

  private func keywordOrStarred() throws -> Node? { try keyword() ?? starredExpression() }

  private func keywordOrDoubleStarred() throws -> Node? {
    if let found = try keyword() { return found }
    return try attempt {
      let start = mark
      guard try accept(.doubleStar), try expression() != nil else { return nil }
      let result = node(.other, from: start)
      result.hasDoubleStar = true
      return result
    }
  }

  private func invalidKeyword() throws {
    let start = mark
    let kind = try peek()
    if kind == .kwTrue || kind == .kwFalse || kind == .kwNone {
      mark += 1
      let equal = mark
      if try accept(.equal) {
        let word = kind == .kwTrue ? "True" : (kind == .kwFalse ? "False" : "None")
        throw from(range(ofToken: start), to: range(ofToken: equal), "cannot assign to \(word)")
      }
    }
    mark = start
    if try accept(.name) {
      let equal = mark
      if try accept(.equal), try expression() != nil, try clauses() != nil {
        throw from(
          range(ofToken: start), to: range(ofToken: equal),
          "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
      }
    }
    mark = start
    let isKeyword = try foresees { try self.accept(.name) && self.accept(.equal) }
    if !isKeyword, let value = try expression() {
      let equal = mark
      if try accept(.equal) {
        throw from(
          value.range, to: range(ofToken: equal),
          "expression cannot contain assignment, perhaps you meant \"==\"?")
      }
    }
    mark = start
  }

  private func invalidArguments() throws {
    let start = mark
    let parenthesise = "Generator expression must be parenthesized"
    if let found = try args(), try accept(.comma), try accept(.star) {
      throw at(found.range, "iterable argument unpacking follows keyword argument unpacking")
    }
    mark = start
    if let value = try expression(), let loop = try clauses(), try accept(.comma) {
      let here = mark
      if try args() == nil {
        mark = here
        if try expression() != nil { _ = try clauses() }
      }
      throw from(value.range, to: loop.range, parenthesise)
    }
    mark = start
    if let name = try acceptName() {
      let equal = mark
      if try accept(.equal), try expression() != nil, try clauses() != nil {
        throw from(
          name.range, to: range(ofToken: equal), "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
      }
    }
    mark = start
    if let found = try args(), let loop = try clauses(), found.positionalCount > 1 {
      // The generator's element was taken for the last positional argument.
      let positional = found.children.filter { $0.shape != .other }
      if let last = positional.last { throw from(last.range, to: loop.range, parenthesise) }
    }
    mark = start
    if try args() != nil, try accept(.comma), let value = try expression(), let loop = try clauses() {
      throw from(value.range, to: loop.range, parenthesise)
    }
    mark = start
    if let found = try args(), try accept(.comma), try args() != nil {
      throw atLastToken(
        found.hasDoubleStar
          ? "positional argument follows keyword argument unpacking"
          : "positional argument follows keyword argument")
    }
    mark = start
  }

  // MARK: Parameters

  /// What tells the parameters of a function from those of a lambda.
  struct ParameterStyle {
    let closer: TokenKind
    let isLambda: Bool
    static let function = ParameterStyle(closer: .rightParen, isLambda: false)
    static let lambda = ParameterStyle(closer: .colon, isLambda: true)
  }

  /// Optional parameters.
  func parameters(_ style: ParameterStyle) throws {
    let start = mark
    if triesInvalid {
      try invalidParameters(style)
      mark = start
    }
    try validParameters(style)
  }

  private func validParameters(_ style: ParameterStyle) throws {
    let start = mark
    for hasDefaults in [false, true] {
      if try slash(style, withDefaults: hasDefaults) {
        if !hasDefaults { while try parameter(style, .required) != nil {} }
        while try parameter(style, .defaulted) != nil {}
        try optionally { try self.starEtc(style) }
        try requires(8, "Positional-only parameters are")
        return
      }
      mark = start
    }
    if try parameter(style, .required) != nil {
      while try parameter(style, .required) != nil {}
      while try parameter(style, .defaulted) != nil {}
      try optionally { try self.starEtc(style) }
      return
    }
    if try parameter(style, .defaulted) != nil {
      while try parameter(style, .defaulted) != nil {}
      try optionally { try self.starEtc(style) }
      return
    }
    try optionally { try self.starEtc(style) }
  }

  private enum DefaultRule {
    case required, defaulted, either
  }

  /// One parameter with the comma after it, or with the end in sight.
  private func parameter(
    _ style: ParameterStyle, _ rule: DefaultRule, starAnnotation: Bool = false
  ) throws -> Node? {
    try attempt {
      guard let found = try bareParameter(style, starAnnotation: starAnnotation) else { return nil }
      switch rule {
      case .required: break
      case .defaulted: guard try defaultValue() else { return nil }
      case .either: try optionally(defaultValue)
      }
      let hasComma = try accept(.comma)
      if !style.isLambda { _ = try accept(.typeComment) }
      return try hasComma || sees(style.closer) ? found : nil
    }
  }

  private func bareParameter(_ style: ParameterStyle, starAnnotation: Bool = false) throws -> Node? {
    let start = mark
    guard try acceptName() != nil else { return nil }
    if !style.isLambda {
      if starAnnotation {
        guard try accept(.colon), try starExpression() != nil else { return nil }
      } else {
        try optionally { try self.accept(.colon) && self.expression() != nil }
      }
    }
    return node(.name, from: start)
  }

  private func defaultValue() throws -> Bool {
    let start = mark
    if try accept(.equal) {
      if try expression() != nil { return true }
      let kind = try peek()
      if triesInvalid, kind == .rightParen || kind == .comma {
        throw at(range(ofToken: start), "expected default value expression")
      }
    }
    mark = start
    return false
  }

  private func slash(_ style: ParameterStyle, withDefaults: Bool) throws -> Bool {
    try matches {
      var required = 0
      while try self.parameter(style, .required) != nil { required += 1 }
      if withDefaults {
        guard try self.parameter(style, .defaulted) != nil else { return false }
        while try self.parameter(style, .defaulted) != nil {}
      } else if required == 0 {
        return false
      }
      guard try self.accept(.slash) else { return false }
      return try self.accept(.comma) || self.sees(style.closer)
    }
  }

  private func starEtc(_ style: ParameterStyle) throws -> Bool {
    if triesInvalid {
      let start = mark
      try invalidStarEtc(style)
      mark = start
    }
    let isStar = try matches {
      guard try self.accept(.star) else { return false }
      if try self.parameter(style, .required) == nil {
        if style.isLambda { return false }
        guard try self.parameter(style, .required, starAnnotation: true) != nil else { return false }
      }
      while try self.parameter(style, .either) != nil {}
      try self.optionally { try self.keywordParameters(style) }
      return true
    }
    if isStar { return true }
    let isBareStar = try matches {
      guard try self.accept(.star), try self.accept(.comma), try self.parameter(style, .either) != nil else {
        return false
      }
      while try self.parameter(style, .either) != nil {}
      try self.optionally { try self.keywordParameters(style) }
      return true
    }
    return try isBareStar || keywordParameters(style)
  }

  private func keywordParameters(_ style: ParameterStyle) throws -> Bool {
    if triesInvalid {
      let start = mark
      try invalidKeywordParameters(style)
      mark = start
    }
    return try matches { try self.accept(.doubleStar) && self.parameter(style, .required) != nil }
  }

  private func invalidKeywordParameters(_ style: ParameterStyle) throws {
    let start = mark
    guard try accept(.doubleStar), try bareParameter(style) != nil else { return }
    let after = mark
    if try accept(.equal) {
      throw at(range(ofToken: after), "var-keyword argument cannot have default value")
    }
    mark = after
    let message = "arguments cannot follow var-keyword argument"
    if try accept(.comma) {
      if let next = try bareParameter(style) { throw at(next.range, message) }
      mark = after + 1
      switch try peek() {
      case .star, .doubleStar, .slash: throw at(range(ofToken: mark), message)
      default: break
      }
    }
    mark = start
  }

  private func invalidStarEtc(_ style: ParameterStyle) throws {
    let start = mark
    guard try accept(.star) else { return }
    let message = "named arguments must follow bare *"
    var isBare = try sees(style.closer)
    if !isBare, try accept(.comma) {
      let kind = try peek()
      isBare = kind == style.closer || kind == .doubleStar
    }
    if isBare {
      if style.isLambda {
        mark += 1
        throw atLastToken(message)
      }
      throw at(range(ofToken: start), message)
    }
    mark = start + 1
    if !style.isLambda, try accept(.comma), try accept(.typeComment) {
      throw atLastToken("bare * has associated type comment")
    }
    mark = start + 1
    if try bareParameter(style) != nil, try sees(.equal) {
      throw at(range(ofToken: mark), "var-positional argument cannot have default value")
    }
    mark = start + 1
    let hasFirst = try parameter(style, .required) != nil || accept(.comma)
    if hasFirst {
      while try parameter(style, .either) != nil {}
      let second = mark
      if try accept(.star), try parameter(style, .required) != nil || accept(.comma) {
        throw at(range(ofToken: second), "* argument may appear only once")
      }
    }
    mark = start
  }

  private func invalidParameters(_ style: ParameterStyle) throws {
    let start = mark
    func skipRequired() throws { while try parameter(style, .required) != nil {} }
    func skipAny() throws { while try parameter(style, .either) != nil {} }
    // A parameter without default after those with one.
    try skipRequired()
    var hasDefaults = try slash(style, withDefaults: true)
    if !hasDefaults, try parameter(style, .defaulted) != nil {
      hasDefaults = true
      while try parameter(style, .defaulted) != nil {}
    }
    if hasDefaults {
      let here = mark
      if try parameter(style, .required) != nil {
        // The range is the name and its annotation, without the comma.
        mark = here
        if let found = try bareParameter(style) {
          throw at(found.range, "non-default argument follows default argument")
        }
      }
    }
    mark = start
    try skipRequired()
    let opening = mark
    if try accept(.leftParen) {
      var isList = false
      if style.isLambda {
        isList = try gather(.comma) { try self.bareParameter(style) } != nil
      } else {
        while try parameter(style, .required) != nil { isList = true }
      }
      if isList {
        _ = try accept(.comma)
        let closing = mark
        if try accept(.rightParen) {
          let what = style.isLambda ? "Lambda expression parameters" : "Function parameters"
          throw from(range(ofToken: opening), to: range(ofToken: closing), "\(what) cannot be parenthesized")
        }
      }
    }
    mark = start
    if try accept(.slash), try accept(.comma) {
      throw at(range(ofToken: start), "at least one argument must precede /")
    }
    mark = start
    if try slash(style, withDefaults: false) || slash(style, withDefaults: true) {
      try skipAny()
      if try sees(.slash) { throw at(range(ofToken: mark), "/ may appear only once") }
    }
    mark = start
    if try !slash(style, withDefaults: false) { _ = try slash(style, withDefaults: true) }
    try skipAny()
    if try accept(.star) {
      let hasNext = try accept(.comma) || parameter(style, .required) != nil
      if hasNext {
        try skipAny()
        if try sees(.slash) { throw at(range(ofToken: mark), "/ must be ahead of *") }
      }
    }
    mark = start
    if try parameter(style, .either) != nil {
      try skipAny()
      if try accept(.slash), try sees(.star) {
        throw at(range(ofToken: mark), "expected comma between / and *")
      }
    }
    mark = start
  }
}
