import LadonSyntax

/// What a block does with a name. The values are those that CPython's `_symtable` shows to `symtable.py`.
public struct SymbolFlags: OptionSet {
  public let rawValue: UInt32
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable public static var global: SymbolFlags { SymbolFlags(rawValue: 1) }
  @inlinable public static var local: SymbolFlags { SymbolFlags(rawValue: 2) }
  @inlinable public static var parameter: SymbolFlags { SymbolFlags(rawValue: 4) }
  @inlinable public static var nonlocal: SymbolFlags { SymbolFlags(rawValue: 8) }
  @inlinable public static var use: SymbolFlags { SymbolFlags(rawValue: 16) }
  @inlinable public static var free: SymbolFlags { SymbolFlags(rawValue: 32) }
  /// A class binds the name and an inner function means an outer function's variable of that name.
  @inlinable public static var freeInClass: SymbolFlags { SymbolFlags(rawValue: 64) }
  @inlinable public static var imported: SymbolFlags { SymbolFlags(rawValue: 128) }
  @inlinable public static var annotated: SymbolFlags { SymbolFlags(rawValue: 256) }
  @inlinable public static var comprehensionTarget: SymbolFlags { SymbolFlags(rawValue: 512) }

  static let bound: SymbolFlags = [.local, .parameter, .imported]
}

/// Where a name's value lives, seen from one block. Raw values as in `_symtable`.
public enum SymbolScope: UInt8 {
  case unknown = 0
  case local = 1
  case globalExplicit = 2
  case globalImplicit = 3
  /// A closure cell that came with the function.
  case free = 4
  /// A closure cell that this block makes.
  case cell = 5
}

public struct Symbol {
  public var flags: SymbolFlags = []
  public var scope = SymbolScope.unknown
}

/// One block of the symbol table: module, class body, or function of any kind.
public final class Scope {
  public enum Kind: UInt8 {
    case function, `class`, module, annotation
  }
  public enum Flavor {
    case plain, lambda, listComprehension, setComprehension, dictComprehension, generatorExpression
    /// The hidden function around a generic function, class or alias (PEP 695).
    case typeParameters
  }

  public let kind: Kind
  public let flavor: Flavor
  public let name: String
  public let range: SourceRange
  public internal(set) weak var parent: Scope?
  public internal(set) var children: [Scope] = []
  /// By mangled name; `order` has the names in the order of first appearance.
  public internal(set) var symbols: [String: Symbol] = [:]
  public internal(set) var order: [String] = []
  public internal(set) var parameters: [String] = []

  public internal(set) var isNested = false
  public internal(set) var isGenerator = false
  public internal(set) var isCoroutine = false
  public internal(set) var hasVarArguments = false
  public internal(set) var hasVarKeywords = false
  public internal(set) var hasFree = false
  public internal(set) var hasFreeInChildren = false
  /// A class whose methods use `__class__` or `super()`.
  public internal(set) var needsClassClosure = false

  /// Where `global` and `nonlocal` named a name first: the position of errors found late.
  var directives: [String: SourceRange] = [:]
  /// Names that `del` or an `except ... as` may unbind.
  var unboundNames: Set<String> = []
  /// Names bound by assignment expressions right in this block, which may so change in the middle of an expression.
  var walrusNames: Set<String> = []
  /// The name of the class that private names belong to.
  var privateName: String?
  var isInComprehensionTarget = false
  var comprehensionIterableDepth = 0

  init(kind: Kind, flavor: Flavor = .plain, name: String, range: SourceRange) {
    self.kind = kind
    self.flavor = flavor
    self.name = name
    self.range = range
  }

  public var isComprehension: Bool {
    switch flavor {
    case .listComprehension, .setComprehension, .dictComprehension, .generatorExpression: return true
    case .plain, .lambda, .typeParameters: return false
    }
  }

  func flags(of name: String) -> SymbolFlags { symbols[name]?.flags ?? [] }

  func add(_ flags: SymbolFlags, to name: String) {
    if symbols[name] == nil { order.append(name) }
    symbols[name, default: Symbol()].flags.formUnion(flags)
  }

  func scope(of name: String) -> SymbolScope { symbols[name]?.scope ?? .unknown }

  /// The closure cells that the block's function needs, in the order of its closure.
  var freeNames: [String] {
    sortedNames { $0.scope == .free || $0.flags.contains(.freeInClass) }
  }

  /// The cells that the block makes itself, without a class's `__class__`.
  var cellNames: [String] { sortedNames { $0.scope == .cell } }

  private func sortedNames(_ isWanted: (Symbol) -> Bool) -> [String] {
    let names = symbols.compactMap { isWanted($0.value) ? $0.key : nil }
    return names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
  }
}

/// All blocks of one source, found by the node that opens them.
public final class SymbolTable {
  public internal(set) var top: Scope
  var scopes: [ObjectIdentifier: Scope] = [:]
  /// The second blocks of nodes that open two: the hidden function of PEP 695.
  var typeParameterScopes: [ObjectIdentifier: Scope] = [:]

  init(top: Scope) { self.top = top }

  func scope(for node: AnyObject) -> Scope? { scopes[ObjectIdentifier(node)] }
}

/// Private name mangling: `__x` in class `_C` is `_C__x`.
func mangle(_ name: String, in privateName: String?) -> String {
  guard let privateName, name.utf8.starts(with: "__".utf8) else { return name }
  if name.utf8.count >= 4, name.utf8.reversed().starts(with: "__".utf8) { return name }
  if name == "__" || name == "___" || name.utf8.contains(UInt8(ascii: ".")) { return name }
  let stripped = privateName.drop { $0 == "_" }
  return stripped.isEmpty ? name : "_" + stripped + name
}
