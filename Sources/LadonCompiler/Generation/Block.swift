import LadonSyntax

/// A construct around the code being generated that `return`, `break` and `continue` must leave in order.
/// `outer` is the exception handler in force around the construct.
struct EnclosingConstruct {
  enum Kind {
    case loop(break: Label, continue: Label)
    /// The protected body of a `try` with handlers.
    case tryBody
    /// A body whose `finally` runs on every way out.
    case finallyBody([Stmt])
    /// The copy of a `finally` that runs because of an exception; `saved` holds what was handled before.
    case finallyEnd(saved: Int)
    /// An `except` body: the handled exception is put back, the name unbound.
    case handler(saved: Int, name: String?)
    /// Inside `except*`, which nothing may leave that way.
    case exceptStar
    /// The exit function and its self are in `exit` and `exit + 1`.
    case with(exit: Int, isAsync: Bool, range: SourceRange)
  }

  var kind: Kind
  var outer: Int32
}

/// The state of one code block while its code is generated.
final class Block {
  enum Kind {
    case module, `class`, function, asyncFunction, lambda, comprehension, typeParameters
  }

  let kind: Kind
  let scope: Scope
  let parent: Block?
  let unit = CodeUnit()
  let assembler = Assembler()

  /// Registers of plain locals, of own cells, and closure indices, by mangled name.
  var localRegisters: [String: Int] = [:]
  var cellRegisters: [String: Int] = [:]
  var freeIndices: [String: Int] = [:]

  /// All registers from here on are temporaries.
  var firstTemporary = CodeUnit.header
  /// The next free temporary, and how far the frame reached so far.
  var top = CodeUnit.header
  var extent = CodeUnit.header

  var constructs: [EnclosingConstruct] = []
  /// For private name mangling.
  var privateName: String?

  private var nameIndices: [String: Int] = [:]
  private(set) var nameConstants: [String] = []
  private var constantIndices: [CodeConstant: Int] = [:]
  private(set) var constants: [CodeConstant] = []
  private var publicNameSet: Set<String> = []

  init(kind: Kind, scope: Scope, parent: Block?) {
    self.kind = kind
    self.scope = scope
    self.parent = parent
  }

  var isFunction: Bool { scope.kind == .function }

  // MARK: Constants

  /// Index of a name for `k` operands. Names of globals, attributes and imports also stand in `co_names`.
  func nameIndex(_ name: String, isPublic: Bool = true) -> Int {
    if isPublic, publicNameSet.insert(name).inserted { unit.names.append(name) }
    if let index = nameIndices[name] { return index }
    let index = nameConstants.count
    nameIndices[name] = index
    nameConstants.append(name)
    return index
  }

  /// Index among the constants proper; the names come before them in the end.
  func constantIndex(_ constant: CodeConstant) -> Int {
    if let index = constantIndices[constant] { return index }
    let index = constants.count
    constantIndices[constant] = index
    constants.append(constant)
    return index
  }

  // MARK: Registers

  func newTemporary() -> Int {
    let register = top
    top += 1
    if top > extent { extent = top }
    return register
  }

  func newTemporaries(_ count: Int) -> Int {
    let register = top
    top += count
    if top > extent { extent = top }
    return register
  }

  func isTemporary(_ register: Int) -> Bool { register >= firstTemporary }

  /// A call window at `window` with `count` arguments will be used.
  func reach(window: Int, arguments count: Int) {
    extent = max(extent, window + 7 + count + 1)
  }
}
