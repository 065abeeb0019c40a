import LadonSyntax

extension CodeGenerator {
  /// Where the current block finds a name.
  enum Place {
    case local(Int)
    case cell(Int)
    case free(Int)
    case global
    /// Through the locals mapping.
    case mapped
  }

  /// `name` is mangled.
  func place(of name: String) -> Place {
    let scope = block.scope
    switch scope.scope(of: name) {
    case .local:
      if scope.kind == .function, let register = block.localRegisters[name] { return .local(register) }
      return .mapped
    case .cell:
      if let register = block.cellRegisters[name] { return .cell(register) }
      return .mapped
    case .free:
      if let index = block.freeIndices[name] { return .free(index) }
      return .mapped
    case .globalExplicit: return .global
    case .globalImplicit: return scope.kind == .function ? .global : .mapped
    case .unknown: return .mapped
    }
  }

  func refuseDebug(_ name: String, _ context: ExprContext, _ range: SourceRange) throws {
    guard name == "__debug__" else { return }
    switch context {
    case .store: throw CompileFailure("cannot assign to __debug__", range)
    case .del: throw CompileFailure("cannot delete __debug__", range)
    case .load: break
    }
  }

  /// The register of a plain local, after the check that it is bound.
  func boundLocal(_ name: String, _ register: Int, at range: SourceRange) {
    let isSafe = block.scope.flags(of: name).contains(.parameter) && !block.scope.unboundNames.contains(name)
    if !isSafe { emit(.checkLocal, register, block.nameIndex(name, isPublic: false), at: range) }
  }

  func load(name rawName: String, into destination: Int, at range: SourceRange) {
    let name = mangled(rawName)
    switch place(of: name) {
    case .local(let register):
      boundLocal(name, register, at: range)
      move(register, to: destination, at: range)
    case .cell(let register):
      emit(.loadCell, destination, register, block.nameIndex(name, isPublic: false), at: range)
    case .free(let index):
      let op: Opcode = block.kind == .class ? .loadClassFree : .loadFree
      emit(op, destination, index, block.nameIndex(name, isPublic: false), at: range)
    case .global: emit(.loadGlobal, destination, block.nameIndex(name), at: range)
    case .mapped: emit(.loadName, destination, block.nameIndex(name), at: range)
    }
  }

  func store(name rawName: String, from source: Int, at range: SourceRange) throws {
    try refuseDebug(rawName, .store, range)
    let name = mangled(rawName)
    switch place(of: name) {
    case .local(let register): move(source, to: register, at: range)
    case .cell(let register): emit(.storeCell, register, source, at: range)
    case .free(let index): emit(.storeFree, index, source, at: range)
    case .global: emit(.storeGlobal, source, block.nameIndex(name), at: range)
    case .mapped: emit(.storeName, source, block.nameIndex(name), at: range)
    }
  }

  func delete(name rawName: String, at range: SourceRange) throws {
    try refuseDebug(rawName, .del, range)
    let name = mangled(rawName)
    switch place(of: name) {
    case .local(let register): emit(.deleteLocal, register, block.nameIndex(name, isPublic: false), at: range)
    case .cell(let register): emit(.deleteCell, register, block.nameIndex(name, isPublic: false), at: range)
    case .free(let index): emit(.deleteFree, index, block.nameIndex(name, isPublic: false), at: range)
    case .global: emit(.deleteGlobal, 0, block.nameIndex(name), at: range)
    case .mapped: emit(.deleteName, 0, block.nameIndex(name), at: range)
    }
  }

  /// Unbinds the name of an `except ... as`, whether it is still bound or not.
  func clear(name rawName: String, at range: SourceRange) throws {
    if case .local(let register) = place(of: mangled(rawName)) {
      emit(.clear, register, at: range)
      return
    }
    let mark = block.top
    let register = block.newTemporary()
    loadNone(into: register, at: range)
    try store(name: rawName, from: register, at: range)
    try delete(name: rawName, at: range)
    block.top = mark
  }

  /// The register that an assignment to `target` may evaluate its value into, if it is a plain local.
  func directRegister(_ target: Expr) throws -> Int? {
    guard case .name(let name, .store) = target.kind else { return nil }
    try refuseDebug(name, .store, target.range)
    if case .local(let register) = place(of: mangled(name)) { return register }
    return nil
  }

  /// Puts the cell (not its contents) that an inner block calls `name` into a register.
  func loadClosureCell(_ name: String, into destination: Int, at range: SourceRange) {
    if let register = block.cellRegisters[name] {
      emit(.move, destination, register, at: range)
    } else if let index = block.freeIndices[name] {
      emit(.loadClosure, destination, index, at: range)
    }
  }
}
