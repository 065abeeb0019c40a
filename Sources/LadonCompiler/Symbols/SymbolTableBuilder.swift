import LadonSyntax

/// First pass: which names each block binds, uses and declares. `SymbolTable.build` runs it and then decides
/// where each name lives.
final class SymbolTableBuilder {
  let futures: CodeFlags
  let guardian: StackGuard
  let table: SymbolTable
  /// The open blocks, the innermost last.
  var stack: [Scope] = []
  var current: Scope
  var privateName: String?

  init(futures: CodeFlags, stackLimit: UInt) {
    self.futures = futures
    guardian = StackGuard(limit: stackLimit)
    let top = Scope(kind: .module, name: "top", range: SourceRange(line: 0, column: 0, endLine: 0, endColumn: 0))
    table = SymbolTable(top: top)
    current = top
    stack = [top]
  }

  func enter(
    _ kind: Scope.Kind, _ flavor: Scope.Flavor = .plain, name: String, range: SourceRange, node: AnyObject?
  ) {
    let scope = Scope(kind: kind, flavor: flavor, name: name, range: range)
    scope.parent = current
    scope.isNested = current.isNested || current.kind == .function
    scope.comprehensionIterableDepth = current.comprehensionIterableDepth
    scope.privateName = privateName
    if kind != .annotation { current.children.append(scope) }
    if let node {
      if flavor == .typeParameters {
        table.typeParameterScopes[ObjectIdentifier(node)] = scope
      } else {
        table.scopes[ObjectIdentifier(node)] = scope
      }
    }
    stack.append(scope)
    current = scope
  }

  func leave() {
    stack.removeLast()
    current = stack[stack.count - 1]
  }

  func define(_ name: String, _ flags: SymbolFlags, _ range: SourceRange) throws {
    try define(name, flags, in: current, range)
  }

  func define(_ name: String, _ flags: SymbolFlags, in scope: Scope, _ range: SourceRange) throws {
    let mangled = mangle(name, in: privateName)
    let old = scope.flags(of: mangled)
    if flags.contains(.parameter), old.contains(.parameter) {
      throw CompileFailure("duplicate argument '\(name)' in function definition", range)
    }
    var all = flags
    if scope.isInComprehensionTarget {
      if !old.union(flags).isDisjoint(with: [.global, .nonlocal]) {
        throw CompileFailure("comprehension inner loop cannot rebind assignment expression target '\(name)'", range)
      }
      all.insert(.comprehensionTarget)
    }
    scope.add(all, to: mangled)
    if flags.contains(.parameter) { scope.parameters.append(mangled) }
    if flags.contains(.global) {
      // A global declared anywhere is a global of the module, so that inner blocks find it.
      table.top.add(flags, to: mangled)
    }
  }

  func lookup(_ name: String) -> SymbolFlags { current.flags(of: mangle(name, in: privateName)) }

  func recordDirective(_ name: String, _ range: SourceRange, in scope: Scope) {
    let mangled = mangle(name, in: privateName)
    if scope.directives[mangled] == nil { scope.directives[mangled] = range }
  }

  // MARK: Statements

  func visit(_ body: [Stmt]) throws {
    for statement in body { try visit(statement) }
  }

  func visit(_ statement: Stmt) throws {
    if guardian.isNearlyUsedUp { throw recursionFailure }
    let range = statement.range
    switch statement.kind {
    case .functionDef(let definition): try visitFunction(definition, range, isAsync: false)
    case .asyncFunctionDef(let definition): try visitFunction(definition, range, isAsync: true)
    case .classDef(let definition): try visitClass(definition, range)
    case .return(let value): try visit(value)
    case .delete(let targets): try visit(targets)
    case .assign(let targets, let value):
      try visit(targets)
      try visit(value)
    case .typeAlias(let name, let parameters, let value):
      try visitTypeAlias(statement, name, parameters, value)
    case .augAssign(let target, _, let value):
      try visit(target)
      try visit(value)
    case .annAssign(let target, let annotation, let value, let simple):
      try visitAnnotatedAssignment(target, annotation, value, simple, range)
    case .for(let target, let iterable, let body, let orelse),
      .asyncFor(let target, let iterable, let body, let orelse):
      // At module level, where top-level await is allowed: the module is a coroutine.
      if case .asyncFor = statement.kind { current.isCoroutine = true }
      try visit(target)
      try visit(iterable)
      try visit(body)
      try visit(orelse)
    case .while(let test, let body, let orelse):
      try visit(test)
      try visit(body)
      try visit(orelse)
    case .if: try visitIf(statement)
    case .with(let items, let body), .asyncWith(let items, let body):
      if case .asyncWith = statement.kind { current.isCoroutine = true }
      for item in items {
        try visit(item.contextExpr)
        try visit(item.optionalVars)
      }
      try visit(body)
    case .match(let subject, let cases):
      try visit(subject)
      for item in cases {
        try visit(item.pattern)
        try visit(item.guardExpr)
        try visit(item.body)
      }
    case .raise(let exception, let cause):
      try visit(exception)
      try visit(cause)
    case .try(let body, let handlers, let orelse, let finalbody),
      .tryStar(let body, let handlers, let orelse, let finalbody):
      try visit(body)
      try visit(orelse)
      for handler in handlers {
        try visit(handler.type)
        if let name = handler.name {
          try define(name, .local, handler.range)
          current.unboundNames.insert(mangle(name, in: privateName))
        }
        try visit(handler.body)
      }
      try visit(finalbody)
    case .assert(let test, let message):
      try visit(test)
      try visit(message)
    case .import(let names): for alias in names { try visit(alias) }
    case .importFrom(_, let names, _): for alias in names { try visit(alias) }
    case .global(let names): try visitGlobal(names, range)
    case .nonlocal(let names): try visitNonlocal(names, range)
    case .expr(let value): try visit(value)
    case .pass, .break, .continue: break
    }
  }

  /// Chains of `elif` are followed in a loop: they may be thousands long.
  private func visitIf(_ statement: Stmt) throws {
    var next = statement
    while case .if(let test, let body, let orelse) = next.kind {
      try visit(test)
      try visit(body)
      if orelse.count == 1, case .if = orelse[0].kind {
        next = orelse[0]
      } else {
        try visit(orelse)
        return
      }
    }
  }

  private func visitFunction(_ definition: FunctionDef, _ range: SourceRange, isAsync: Bool) throws {
    try define(definition.name, .local, range)
    try visit(definition.args.defaults)
    for value in definition.args.kwDefaults { try visit(value) }
    let isGeneric = !definition.typeParams.isEmpty
    if isGeneric { try enterTypeParameters(definition.typeParams, definition.name, range, definition) }
    try visitAnnotations(of: definition)
    if isGeneric {
      // Decorators are evaluated outside the hidden function.
      let inner = current
      leave()
      try visit(definition.decoratorList)
      stack.append(inner)
      current = inner
    } else {
      try visit(definition.decoratorList)
    }
    enter(.function, name: definition.name, range: range, node: definition)
    if isAsync { current.isCoroutine = true }
    try visitParameters(definition.args)
    try visit(definition.body)
    leave()
    if isGeneric { leave() }
  }

  private func visitAnnotations(of definition: FunctionDef) throws {
    let arguments = definition.args
    var annotations: [Expr] = []
    for argument in arguments.posonlyargs + arguments.args {
      if let annotation = argument.annotation { annotations.append(annotation) }
    }
    if let annotation = arguments.vararg?.annotation { annotations.append(annotation) }
    if let annotation = arguments.kwarg?.annotation { annotations.append(annotation) }
    for argument in arguments.kwonlyargs {
      if let annotation = argument.annotation { annotations.append(annotation) }
    }
    if let annotation = definition.returns { annotations.append(annotation) }
    for annotation in annotations { try visitAnnotation(annotation) }
  }

  /// Under `from __future__ import annotations` an annotation is text: its names are nobody's.
  func visitAnnotation(_ annotation: Expr) throws {
    guard futures.contains(.futureAnnotations) else { return try visit(annotation) }
    enter(.annotation, name: "_annotation", range: annotation.range, node: nil)
    try visit(annotation)
    leave()
  }

  func visitParameters(_ arguments: Arguments) throws {
    for argument in arguments.posonlyargs { try define(argument.arg, .parameter, argument.range) }
    for argument in arguments.args { try define(argument.arg, .parameter, argument.range) }
    for argument in arguments.kwonlyargs { try define(argument.arg, .parameter, argument.range) }
    if let argument = arguments.vararg {
      try define(argument.arg, .parameter, argument.range)
      current.hasVarArguments = true
    }
    if let argument = arguments.kwarg {
      try define(argument.arg, .parameter, argument.range)
      current.hasVarKeywords = true
    }
  }

  private func visitClass(_ definition: ClassDef, _ range: SourceRange) throws {
    try define(definition.name, .local, range)
    let isGeneric = !definition.typeParams.isEmpty
    if isGeneric {
      try visit(definition.decoratorList)
      try enterTypeParameters(definition.typeParams, definition.name, range, definition)
      try define(".generic_base", .local, range)
      try define(".generic_base", .use, range)
    }
    try visit(definition.bases)
    for keyword in definition.keywords { try visit(keyword.value) }
    if !isGeneric { try visit(definition.decoratorList) }
    let outerPrivateName = privateName
    privateName = definition.name
    enter(.class, name: definition.name, range: range, node: definition)
    if isGeneric { try define(".type_params", .use, range) }
    try visit(definition.body)
    leave()
    privateName = outerPrivateName
    if isGeneric { leave() }
  }

  func enterTypeParameters(
    _ parameters: [TypeParam], _ name: String, _ range: SourceRange, _ node: AnyObject
  ) throws {
    enter(.function, .typeParameters, name: "<generic parameters of \(name)>", range: range, node: node)
    if node is FunctionDef {
      try define(".defaults", .parameter, range)
      try define(".kwdefaults", .parameter, range)
    }
    try define(".type_params", .local, range)
    try define(".type_params", .use, range)
    for parameter in parameters {
      let mangled = mangle(parameter.name, in: privateName)
      if current.flags(of: mangled).contains(.local) {
        throw CompileFailure("duplicate type parameter '\(parameter.name)'", parameter.range)
      }
      try define(parameter.name, .local, parameter.range)
      if case .typeVar(let bound?) = parameter.kind { try visit(bound) }
    }
  }

  private func visitTypeAlias(
    _ statement: Stmt, _ name: Expr, _ parameters: [TypeParam], _ value: Expr
  ) throws {
    try visit(name)
    if parameters.isEmpty { return try visit(value) }
    guard case .name(let text, _) = name.kind else { return }
    try enterTypeParameters(parameters, text, statement.range, statement)
    try visit(value)
    leave()
  }

  private func visitAnnotatedAssignment(
    _ target: Expr, _ annotation: Expr, _ value: Expr?, _ simple: Bool, _ range: SourceRange
  ) throws {
    if case .name(let name, _) = target.kind {
      let flags = lookup(name)
      if simple, current.kind != .module, !flags.isDisjoint(with: [.global, .nonlocal]) {
        let word = flags.contains(.global) ? "global" : "nonlocal"
        throw CompileFailure("annotated name '\(name)' can't be \(word)", range)
      }
      if simple {
        try define(name, [.annotated, .local], target.range)
      } else if value != nil {
        try define(name, .local, target.range)
      }
    } else {
      try visit(target)
    }
    try visitAnnotation(annotation)
    try visit(value)
  }

  private func visit(_ alias: Alias) throws {
    if alias.name == "*" {
      if current.kind != .module {
        throw CompileFailure("import * only allowed at module level", alias.range)
      }
      return
    }
    let name = alias.asname ?? String(alias.name.prefix { $0 != "." })
    try define(name, .imported, alias.range)
  }

  private func visitGlobal(_ names: [String], _ range: SourceRange) throws {
    for name in names {
      try checkDeclaration(name, "global", range)
      try define(name, .global, range)
      recordDirective(name, range, in: current)
    }
  }

  private func visitNonlocal(_ names: [String], _ range: SourceRange) throws {
    for name in names {
      try checkDeclaration(name, "nonlocal", range)
      try define(name, .nonlocal, range)
      recordDirective(name, range, in: current)
    }
  }

  private func checkDeclaration(_ name: String, _ word: String, _ range: SourceRange) throws {
    let flags = lookup(name)
    if flags.contains(.parameter) {
      throw CompileFailure("name '\(name)' is parameter and \(word)", range)
    }
    if flags.contains(.use) {
      throw CompileFailure("name '\(name)' is used prior to \(word) declaration", range)
    }
    if flags.contains(.annotated) {
      throw CompileFailure("annotated name '\(name)' can't be \(word)", range)
    }
    if flags.contains(.local) {
      throw CompileFailure("name '\(name)' is assigned to before \(word) declaration", range)
    }
  }

  // MARK: Patterns

  private func visit(_ pattern: Pattern) throws {
    if guardian.isNearlyUsedUp { throw recursionFailure }
    switch pattern.kind {
    case .matchValue(let value): try visit(value)
    case .matchSingleton: break
    case .matchSequence(let patterns), .matchOr(let patterns):
      for part in patterns { try visit(part) }
    case .matchMapping(let keys, let patterns, let rest):
      try visit(keys)
      for part in patterns { try visit(part) }
      if let rest { try define(rest, .local, pattern.range) }
    case .matchClass(let cls, let patterns, _, let keywordPatterns):
      try visit(cls)
      for part in patterns { try visit(part) }
      for part in keywordPatterns { try visit(part) }
    case .matchStar(let name):
      if let name { try define(name, .local, pattern.range) }
    case .matchAs(let inner, let name):
      if let inner { try visit(inner) }
      if let name { try define(name, .local, pattern.range) }
    }
  }
}

/// The node that nests too deeply has no position worth showing.
let recursionFailure = CompileFailure(
  "maximum recursion depth exceeded during compilation",
  SourceRange(line: 0, column: 0, endLine: 0, endColumn: 0), kind: .recursion)
