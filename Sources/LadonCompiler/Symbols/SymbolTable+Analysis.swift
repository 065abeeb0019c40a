import LadonSyntax

extension SymbolTable {
  /// Builds the table of a whole source; `stackLimit` as in CompileOptions.
  public static func build(_ mod: Mod, futures: CodeFlags = [], stackLimit: UInt = 0) throws -> SymbolTable {
    let builder = SymbolTableBuilder(futures: futures, stackLimit: stackLimit)
    switch mod {
    case .module(let body), .interactive(let body): try builder.visit(body)
    case .expression(let body): try builder.visit(body)
    case .functionType:
      throw CompileFailure("this compiler does not handle FunctionTypes", .none)
    }
    var free: Set<String> = []
    try builder.table.analyze(builder.table.top, bound: nil, outerGlobals: [], free: &free, depth: 0)
    return builder.table
  }

  /// Second pass, over the tree of blocks: where each name of `scope` lives.
  ///
  /// `bound`: names that the functions around bind (`nil` at module level); `outerGlobals`: names that they
  /// declare global. Adds to `free` the names that `scope` and the blocks in it want from outside.
  private func analyze(
    _ scope: Scope, bound outerBound: Set<String>?, outerGlobals: Set<String>, free: inout Set<String>, depth: Int
  ) throws {
    var bound = outerBound
    var globals = outerGlobals
    var locals: Set<String> = []
    var wanted: Set<String> = []
    var innerBound: Set<String> = []
    var innerGlobals: Set<String> = []
    // A class's own names are invisible in the functions in it: what they see is what the class sees.
    if scope.kind == .class {
      innerGlobals = globals
      innerBound = bound ?? []
    }
    for name in scope.order {
      try analyze(name, of: scope, &bound, &locals, &wanted, &globals)
    }
    if scope.kind == .class {
      innerBound.insert("__class__")
    } else {
      if scope.kind == .function { innerBound.formUnion(locals) }
      if let bound { innerBound.formUnion(bound) }
      innerGlobals.formUnion(globals)
    }
    var wantedByChildren: Set<String> = []
    for child in scope.children {
      try analyze(child, bound: innerBound, outerGlobals: innerGlobals, free: &wantedByChildren, depth: depth + 1)
      if child.hasFree || child.hasFreeInChildren { scope.hasFreeInChildren = true }
    }
    wanted.formUnion(wantedByChildren)
    if scope.kind == .function {
      for name in scope.order where wanted.contains(name) && scope.scope(of: name) == .local {
        scope.symbols[name]!.scope = .cell
        wanted.remove(name)
      }
    } else if scope.kind == .class, wanted.remove("__class__") != nil {
      scope.needsClassClosure = true
    }
    for name in wanted {
      if let flags = scope.symbols[name]?.flags {
        if scope.kind == .class, !flags.isDisjoint(with: SymbolFlags.bound.union(.global)) {
          scope.symbols[name]!.flags.insert(.freeInClass)
        }
        continue
      }
      // Names that only pass through on their way to an inner block.
      if let bound, !bound.contains(name) { continue }
      scope.add([], to: name)
      scope.symbols[name]!.scope = .free
    }
    free.formUnion(wanted)
  }

  private func analyze(
    _ name: String, of scope: Scope, _ bound: inout Set<String>?, _ locals: inout Set<String>,
    _ wanted: inout Set<String>, _ globals: inout Set<String>
  ) throws {
    let flags = scope.symbols[name]!.flags
    func failure(_ message: String) -> CompileFailure {
      CompileFailure(message, scope.directives[name] ?? .none)
    }
    if flags.contains(.global) {
      if flags.contains(.nonlocal) { throw failure("name '\(name)' is nonlocal and global") }
      scope.symbols[name]!.scope = .globalExplicit
      globals.insert(name)
      bound?.remove(name)
      return
    }
    if flags.contains(.nonlocal) {
      guard let outer = bound else { throw failure("nonlocal declaration not allowed at module level") }
      guard outer.contains(name) else { throw failure("no binding for nonlocal '\(name)' found") }
      scope.symbols[name]!.scope = .free
      scope.hasFree = true
      wanted.insert(name)
      return
    }
    if !flags.isDisjoint(with: .bound) {
      scope.symbols[name]!.scope = .local
      locals.insert(name)
      globals.remove(name)
      return
    }
    if bound?.contains(name) == true {
      scope.symbols[name]!.scope = .free
      scope.hasFree = true
      wanted.insert(name)
      return
    }
    if scope.isNested, !globals.contains(name) { scope.hasFree = true }
    scope.symbols[name]!.scope = .globalImplicit
  }
}
