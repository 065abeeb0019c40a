import LadonSyntax

/// PEP 695: type parameters are the variables of a hidden function around the definition. `typing` is imported
/// when such a definition is executed.
extension CodeGenerator {
  func genericFunction(
    _ definition: FunctionDef, _ range: SourceRange, isAsync: Bool, firstLine: Int, into d: Int
  ) throws {
    let window = block.top
    block.top = window + 9
    block.reach(window: window, arguments: 2)
    // The defaults are evaluated outside and handed in.
    let parts = block.newTemporaries(4)
    let flags = try evaluateDefaults(definition.args, into: parts, at: range)
    for (offset, bit) in [(0, 1), (1, 2)] {
      if flags & bit != 0 {
        move(parts + offset, to: window + 7 + offset, at: range)
      } else {
        loadNone(into: window + 7 + offset, at: range)
      }
    }
    let unit = try hiddenFunction(definition, definition.typeParams, definition.name, range) {
      let inner = self.block.newTemporaries(4)
      self.move(CodeUnit.header, to: inner, at: range)
      self.move(CodeUnit.header + 1, to: inner + 1, at: range)
      let annotations = try self.evaluateAnnotations(definition, into: inner + 2, at: range)
      let result = self.block.newTemporary()
      try self.finishFunction(
        definition, range, isAsync: isAsync, firstLine: firstLine, parts: inner, flags: flags | annotations, into: result)
      self.emit(.storeAttr, result, self.typeParameterTuple(at: range), self.block.nameIndex("__type_params__"), at: range)
      self.emit(.return, result, at: range)
    }
    makeClosure(unit, parts: parts, flags: 0, into: window + 3, at: range)
    emitCall(window, count: 2, into: d, at: range)
    block.top = window
  }

  func genericClass(_ definition: ClassDef, _ range: SourceRange, firstLine: Int, into d: Int) throws {
    let unit = try hiddenFunction(definition, definition.typeParams, definition.name, range) {
      let generic = self.block.newTemporary()
      self.loadTyping("Generic", into: generic, at: range)
      self.emit(.getItem, generic, generic, self.typeParameterTuple(at: range), at: range)
      try self.store(name: ".generic_base", from: generic, at: range)
      let result = self.block.newTemporary()
      try self.makeClass(definition, range, firstLine: firstLine, genericBase: generic, into: result)
      self.emit(.return, result, at: range)
    }
    callHidden(unit, into: d, at: range)
  }

  /// `type X = value` binds the value; 3.11 has no lazy alias type.
  func typeAlias(_ statement: Stmt) throws {
    guard case .typeAlias(let name, let parameters, let value) = statement.kind else { return }
    if parameters.isEmpty { return try assign([name], value, at: statement.range) }
    guard case .name(let text, _) = name.kind else { return }
    let unit = try hiddenFunction(statement, parameters, text, statement.range) {
      let result = try self.operand(value)
      self.emit(.return, result, at: value.range)
    }
    let register = block.newTemporary()
    callHidden(unit, into: register, at: statement.range)
    try store(name, from: register)
  }

  private func callHidden(_ unit: CodeUnit, into d: Int, at range: SourceRange) {
    let window = block.top
    block.top = window + 8
    block.reach(window: window, arguments: 0)
    let parts = block.newTemporaries(4)
    makeClosure(unit, parts: parts, flags: 0, into: window + 3, at: range)
    emitCall(window, count: 0, into: d, at: range)
    block.top = window
  }

  private func hiddenFunction(
    _ node: AnyObject, _ parameters: [TypeParam], _ name: String, _ range: SourceRange, _ body: () throws -> Void
  ) throws -> CodeUnit {
    guard let scope = table.typeParameterScopes[ObjectIdentifier(node)] else {
      fatalError("type parameters without a scope")
    }
    beginBlock(
      .typeParameters, scope, name: "<generic parameters of \(name)>", firstLine: range.line,
      privateName: block.privateName)
    block.unit.argumentCount = scope.parameters.count
    block.unit.flags = functionFlags()
    emitPrologue(at: range)
    let base = block.newTemporaries(parameters.count)
    for (offset, parameter) in parameters.enumerated() {
      try typeParameter(parameter, into: base + offset)
      try store(name: parameter.name, from: base + offset, at: parameter.range)
    }
    let tuple = block.newTemporary()
    emit(.buildTuple, tuple, base, parameters.count, at: range)
    try store(name: ".type_params", from: tuple, at: range)
    try body()
    return try finishBlock()
  }

  /// The register that the tuple of type parameters is loaded into.
  private func typeParameterTuple(at range: SourceRange) -> Int {
    let register = block.newTemporary()
    load(name: ".type_params", into: register, at: range)
    return register
  }

  private func loadTyping(_ name: String, into d: Int, at range: SourceRange) {
    let mark = block.top
    let module = block.newTemporary()
    let arguments = block.newTemporaries(2)
    loadConstant(.int(0), into: arguments, at: range)
    loadNone(into: arguments + 1, at: range)
    emit(.importName, module, arguments, block.nameIndex("typing"), at: range)
    emit(.loadAttr, d, module, block.nameIndex(name), at: range)
    block.top = mark
  }

  private func typeParameter(_ parameter: TypeParam, into d: Int) throws {
    let range = parameter.range
    let factory: String
    var arguments: [Expr] = []
    var keywords: [Keyword] = []
    switch parameter.kind {
    case .typeVar(let bound):
      factory = "TypeVar"
      if let bound {
        if case .tuple(let constraints, _) = bound.kind {
          arguments = constraints
        } else {
          keywords = [Keyword(arg: "bound", value: bound, range: bound.range)]
        }
      }
    case .paramSpec: factory = "ParamSpec"
    case .typeVarTuple: factory = "TypeVarTuple"
    }
    let window = block.top
    block.top = window + 8
    block.reach(window: window, arguments: 1)
    loadTyping(factory, into: window + 3, at: range)
    loadConstant(.name(parameter.name), into: window + 7, at: range)
    try finishCall(window, leading: 1, arguments, keywords, into: d, at: range)
    block.top = window
  }
}
