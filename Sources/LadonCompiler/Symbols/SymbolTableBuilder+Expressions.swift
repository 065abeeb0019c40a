import LadonSyntax

extension SymbolTableBuilder {
  func visit(_ expressions: [Expr]) throws {
    for expression in expressions { try visit(expression) }
  }

  func visit(_ expression: Expr?) throws {
    if let expression { try visit(expression) }
  }

  func visit(_ expression: Expr) throws {
    if guardian.isNearlyUsedUp { throw recursionFailure }
    switch expression.kind {
    case .boolOp(_, let values): try visit(values)
    case .namedExpr(let target, let value): try visitNamed(expression, target, value)
    case .binOp: try visitBinary(expression)
    case .unaryOp(_, let operand): try visit(operand)
    case .lambda(let arguments, let body):
      try visit(arguments.defaults)
      for value in arguments.kwDefaults { try visit(value) }
      enter(.function, .lambda, name: "lambda", range: expression.range, node: expression)
      try visitParameters(arguments)
      try visit(body)
      leave()
    case .ifExp(let test, let body, let orelse):
      try visit(test)
      try visit(body)
      try visit(orelse)
    case .dict(let keys, let values):
      for key in keys { try visit(key) }
      try visit(values)
    case .set(let elements), .list(let elements, _), .tuple(let elements, _): try visit(elements)
    case .listComp(let element, let generators):
      try visitComprehension(expression, .listComprehension, "listcomp", generators, element, nil)
    case .setComp(let element, let generators):
      try visitComprehension(expression, .setComprehension, "setcomp", generators, element, nil)
    case .dictComp(let key, let value, let generators):
      try visitComprehension(expression, .dictComprehension, "dictcomp", generators, key, value)
    case .generatorExp(let element, let generators):
      try visitComprehension(expression, .generatorExpression, "genexpr", generators, element, nil)
    case .await(let value):
      try refuseInAnnotation("await expression", expression.range)
      try visit(value)
      current.isCoroutine = true
    case .yield(let value):
      try refuseInAnnotation("yield expression", expression.range)
      try visit(value)
      try markYield(expression)
    case .yieldFrom(let value):
      try refuseInAnnotation("yield expression", expression.range)
      try visit(value)
      try markYield(expression)
    case .compare(let left, _, let comparators):
      try visit(left)
      try visit(comparators)
    case .call(let function, let arguments, let keywords):
      try visit(function)
      try visit(arguments)
      for keyword in keywords { try visit(keyword.value) }
    case .formattedValue(let value, _, let spec):
      try visit(value)
      try visit(spec)
    case .joinedStr(let values): try visit(values)
    case .constant: break
    case .attribute(let value, _, _), .starred(let value, _): try visit(value)
    case .subscript(let value, let slice, _):
      try visit(value)
      try visit(slice)
    case .slice(let lower, let upper, let step):
      try visit(lower)
      try visit(upper)
      try visit(step)
    case .name(let name, let context): try visitName(expression, name, context)
    }
  }

  private func visitName(_ expression: Expr, _ name: String, _ context: ExprContext) throws {
    switch context {
    case .load: try define(name, .use, expression.range)
    case .store: try define(name, .local, expression.range)
    case .del:
      try define(name, .local, expression.range)
      current.unboundNames.insert(mangle(name, in: privateName))
    }
    // `super()` finds its class through the cell `__class__`.
    if context == .load, name == "super", current.kind == .function {
      try define("__class__", .use, expression.range)
    }
  }

  /// Left-leaning chains (`a + b + c + ...`) are walked in a loop.
  private func visitBinary(_ expression: Expr) throws {
    var rights: [Expr] = []
    var left = expression
    while case .binOp(let next, _, let right) = left.kind {
      rights.append(right)
      left = next
    }
    try visit(left)
    for right in rights.reversed() { try visit(right) }
  }

  private func refuseInAnnotation(_ what: String, _ range: SourceRange) throws {
    if current.kind == .annotation {
      throw CompileFailure("'\(what)' can not be used within an annotation", range)
    }
  }

  private func markYield(_ expression: Expr) throws {
    current.isGenerator = true
    let place: String
    switch current.flavor {
    case .listComprehension: place = "list comprehension"
    case .setComprehension: place = "set comprehension"
    case .dictComprehension: place = "dict comprehension"
    case .generatorExpression: place = "generator expression"
    case .plain, .lambda, .typeParameters: return
    }
    throw CompileFailure("'yield' inside \(place)", expression.range)
  }

  private func visitNamed(_ expression: Expr, _ target: Expr, _ value: Expr) throws {
    try refuseInAnnotation("named expression", expression.range)
    if current.comprehensionIterableDepth > 0 {
      throw CompileFailure(
        "assignment expression cannot be used in a comprehension iterable expression", expression.range)
    }
    if case .name(let name, _) = target.kind {
      if current.isComprehension {
        try bindOutsideComprehension(name, target.range)
      } else {
        current.walrusNames.insert(mangle(name, in: privateName))
      }
    }
    try visit(value)
    try visit(target)
  }

  /// An assignment expression in a comprehension binds in the block around all comprehensions.
  private func bindOutsideComprehension(_ name: String, _ range: SourceRange) throws {
    let mangled = mangle(name, in: privateName)
    for scope in stack.reversed() {
      let flags = scope.flags(of: mangled)
      if scope.isComprehension {
        if flags.contains(.comprehensionTarget), !flags.isDisjoint(with: [.local, .global]) {
          throw CompileFailure(
            "assignment expression cannot rebind comprehension iteration variable '\(name)'", range)
        }
        continue
      }
      switch scope.kind {
      case .function:
        try define(name, flags.contains(.global) ? .global : .nonlocal, range)
        recordDirective(name, range, in: current)
        try define(name, .local, in: scope, range)
        return
      case .module:
        try define(name, .global, range)
        recordDirective(name, range, in: current)
        try define(name, .global, in: scope, range)
        return
      case .class:
        throw CompileFailure(
          "assignment expression within a comprehension cannot be used in a class body", range)
      case .annotation: return
      }
    }
  }

  private func visitComprehension(
    _ expression: Expr, _ flavor: Scope.Flavor, _ name: String, _ generators: [Comprehension],
    _ element: Expr, _ value: Expr?
  ) throws {
    let outermost = generators[0]
    current.comprehensionIterableDepth += 1
    try visit(outermost.iter)
    current.comprehensionIterableDepth -= 1
    enter(.function, flavor, name: name, range: expression.range, node: expression)
    if outermost.isAsync { current.isCoroutine = true }
    try define(".0", .parameter, expression.range)
    try visitComprehensionTarget(outermost.target)
    try visit(outermost.ifs)
    for generator in generators.dropFirst() {
      try visitComprehensionTarget(generator.target)
      current.comprehensionIterableDepth += 1
      try visit(generator.iter)
      current.comprehensionIterableDepth -= 1
      try visit(generator.ifs)
      if generator.isAsync { current.isCoroutine = true }
    }
    try visit(value)
    try visit(element)
    let isGenerator = flavor == .generatorExpression
    current.isGenerator = isGenerator
    let isAsync = current.isCoroutine
    leave()
    // An asynchronous generator expression leaves its function as it is, but makes a module a coroutine.
    if isAsync && (!isGenerator || current.kind == .module) { current.isCoroutine = true }
  }

  private func visitComprehensionTarget(_ target: Expr) throws {
    current.isInComprehensionTarget = true
    try visit(target)
    current.isInComprehensionTarget = false
  }
}
