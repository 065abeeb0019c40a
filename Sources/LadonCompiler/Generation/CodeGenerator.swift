import LadonSyntax

extension SourceRange {
  /// Clean-up code stands nowhere in the source: `None` in `co_positions`.
  static let artificial = SourceRange(line: 0, column: -1, endLine: 0, endColumn: -1)
  /// Stands where the instruction before it in the flow of control does: no line of its own for tracing.
  static let inherited = SourceRange(line: -2, column: -1, endLine: -2, endColumn: -1)
}

/// Walks the tree and generates code, one `Block` for each code unit.
///
/// The methods stand in extensions by topic. Conventions: `evaluate(e, into: d)` leaves the value in register d;
/// a temporary d must already be reserved (below `block.top`); when d is a variable, only the last instruction of
/// the expression writes it, so that an exception never leaves it half done. `operand(e)` gives a register that
/// holds the value, a variable's own one if possible; temporaries it takes are released by the caller, who
/// restores `block.top`.
final class CodeGenerator {
  let options: CompileOptions
  let table: SymbolTable
  let folding: ConstantFolding
  let futures: CodeFlags
  /// The line of the last `from __future__` import that counts.
  let lastFutureLine: Int
  let isInteractive: Bool
  let guardian: StackGuard
  var warnings: [CompileWarning] = []
  private var warned: Set<String> = []
  var block: Block
  /// Statements directly in the interactive input (not in functions) are echoed.
  var nesting = 0

  init(options: CompileOptions, table: SymbolTable, futures: CodeFlags, lastFutureLine: Int, isInteractive: Bool) {
    self.options = options
    self.table = table
    self.futures = futures
    self.lastFutureLine = lastFutureLine
    self.isInteractive = isInteractive
    guardian = StackGuard(limit: options.stackLimit)
    folding = ConstantFolding(optimize: options.optimize)
    block = Block(kind: .module, scope: table.top, parent: nil)
  }

  // MARK: Emission

  var assembler: Assembler { block.assembler }

  func emit(_ op: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, word: Int = 0, at range: SourceRange) {
    let assembler = block.assembler
    assembler.position = range
    assembler.emit(op, a, b, c, word: word)
  }

  func emitJump(_ op: Opcode, _ a: Int = 0, _ b: Int = 0, to label: Label, at range: SourceRange) {
    let assembler = block.assembler
    assembler.position = range
    assembler.emitJump(op, a, b, to: label)
  }

  /// A line of source without other code, which a trace function is to see; dropped where a neighbour has that line.
  func markLine(_ range: SourceRange) { emit(.nop, at: range) }

  func jump(to label: Label, at range: SourceRange) { emitJump(.jump, to: label, at: range) }

  func newLabel() -> Label { block.assembler.newLabel() }
  func bind(_ label: Label) { block.assembler.bind(label) }

  func move(_ source: Int, to destination: Int, at range: SourceRange) {
    if source != destination { emit(.move, destination, source, at: range) }
  }

  /// Runs `body` with a register that may be written early: `destination` itself if it is a temporary, else a
  /// new temporary that is moved there at the end.
  func withScratch(for destination: Int, at range: SourceRange, _ body: (Int) throws -> Void) rethrows {
    if block.isTemporary(destination) { return try body(destination) }
    let mark = block.top
    let scratch = block.newTemporary()
    try body(scratch)
    emit(.move, destination, scratch, at: range)
    block.top = mark
  }

  func loadConstant(_ constant: CodeConstant, into destination: Int, at range: SourceRange) {
    switch constant {
    case .none: emit(.loadImmediate, destination, 2, at: range)
    case .false: emit(.loadImmediate, destination, 10, at: range)
    case .true: emit(.loadImmediate, destination, 18, at: range)
    case .ellipsis: emit(.loadImmediate, destination, 26, at: range)
    case .int(let value) where value >= -(1 << 30) && value < 1 << 30:
      emit(.loadImmediate, destination, value << 1 | 1, at: range)
    default: emit(.loadConst, destination, block.constantIndex(constant), at: range)
    }
  }

  func loadNone(into destination: Int, at range: SourceRange) {
    loadConstant(.none, into: destination, at: range)
  }

  func warn(_ message: String, _ range: SourceRange) {
    // Copies of `finally` bodies must not warn twice.
    let key = "\(range.line):\(range.column):\(message)"
    if warned.insert(key).inserted { warnings.append(CompileWarning(message: message, range: range)) }
  }

  func checkDepth() throws {
    if guardian.isNearlyUsedUp { throw recursionFailure }
  }

  func mangled(_ name: String) -> String { mangle(name, in: block.privateName) }

  // MARK: Blocks

  /// Opens the block of `scope`; `finishBlock` closes it.
  func beginBlock(_ kind: Block.Kind, _ scope: Scope, name: String, firstLine: Int, privateName: String?) {
    let parent = block
    let inner = Block(kind: kind, scope: scope, parent: parent)
    inner.privateName = privateName
    setUp(inner, name: name, firstLine: firstLine)
    inner.unit.qualifiedName = qualifiedName(name, kind, in: parent)
    block = inner
  }

  func setUp(_ inner: Block, name: String, firstLine: Int) {
    let unit = inner.unit
    let scope = inner.scope
    unit.name = name
    unit.qualifiedName = name
    unit.firstLine = firstLine
    unit.filename = options.filename
    unit.localsKind = scope.kind == .function ? .fast : .mapping
    unit.freeNames = scope.freeNames
    for (index, free) in unit.freeNames.enumerated() { inner.freeIndices[free] = index }
    var register = CodeUnit.header
    if scope.kind == .function {
      unit.localNames = scope.parameters
      for name in scope.parameters {
        inner.localRegisters[name] = register
        register += 1
      }
      for name in scope.order where scope.scope(of: name) == .local && inner.localRegisters[name] == nil {
        unit.localNames.append(name)
        inner.localRegisters[name] = register
        register += 1
      }
      // Parameters that are cells keep their register; they come first, as CPython lists them.
      let cells = scope.cellNames
      let isParameter = Set(scope.parameters)
      for name in scope.parameters where scope.scope(of: name) == .cell {
        unit.cellNames.append(name)
        unit.cellRegisters.append(inner.localRegisters[name]!)
        inner.cellRegisters[name] = inner.localRegisters[name]!
      }
      for name in cells where !isParameter.contains(name) {
        unit.cellNames.append(name)
        unit.cellRegisters.append(register)
        inner.cellRegisters[name] = register
        register += 1
      }
    } else if scope.needsClassClosure {
      unit.cellNames = ["__class__"]
      unit.cellRegisters = [register]
      inner.cellRegisters["__class__"] = register
      register += 1
    }
    unit.variableCount = register - CodeUnit.header
    inner.firstTemporary = register
    inner.top = register
    inner.extent = register
  }

  private func qualifiedName(_ name: String, _ kind: Block.Kind, in parent: Block) -> String {
    switch kind {
    case .function, .asyncFunction, .class:
      if parent.scope.scope(of: mangle(name, in: parent.privateName)) == .globalExplicit { return name }
    default: break
    }
    var around = parent
    // The hidden functions of PEP 695 don't show in names.
    while around.kind == .typeParameters, let next = around.parent { around = next }
    switch around.kind {
    case .module: return name
    case .class: return around.unit.qualifiedName + "." + name
    default: return around.unit.qualifiedName + ".<locals>." + name
    }
  }

  /// Code before the body: generator creation, cells, RESUME.
  func emitPrologue(at range: SourceRange) {
    let unit = block.unit
    if !unit.flags.isDisjoint(with: [.generator, .coroutine, .asyncGenerator]) {
      emit(.returnGenerator, at: range)
    }
    for register in unit.cellRegisters { emit(.makeCell, register, at: range) }
    emit(.resume, 0, at: range)
  }

  /// Finishes the current block and goes back to the one around it.
  func finishBlock() throws -> CodeUnit {
    let finished = block
    let unit = try finish(finished)
    if let parent = finished.parent { block = parent }
    return unit
  }

  private func finish(_ block: Block) throws -> CodeUnit {
    let unit = block.unit
    let (raw, labels) = block.assembler.linearized()
    let variables = CodeUnit.header..<(CodeUnit.header + unit.variableCount)
    let parameters = CodeUnit.header..<(CodeUnit.header + unit.parameterCount)
    var instructions = raw
    let nameCount = block.nameConstants.count
    for index in instructions.indices {
      switch instructions[index].op {
      case .loadConst: instructions[index].b += Int32(nameCount)
      case .makeFunction: instructions[index].word += Int32(nameCount)
      default: break
      }
    }
    var optimizer = Optimizer(
      instructions, labels: labels, handlers: block.assembler.handlers, parameterRegisters: parameters,
      variableRegisters: variables)
    optimizer.run()
    var layout = Layout(optimizer)
    try layout.encode(into: unit)
    unit.constants = block.nameConstants.map { .name($0) } + block.constants
    unit.nameConstantCount = nameCount
    unit.registerCount = block.extent + 4
    if unit.registerCount > 0xFFFF {
      throw CompileFailure("too many variables or nested expressions in one block", .none, kind: .limit)
    }
    return unit
  }
}
