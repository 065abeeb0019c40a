import LadonSyntax

/// A compiled code block: plain Swift data, which the runtime turns into a code object.
///
/// Register numbering: `header` words of frame header, then the parameters, the other locals (`localNames` in
/// order), the cell variables that are not parameters, and last the temporaries in stack discipline.
public final class CodeUnit {
  /// Words of a frame before its first register.
  public static let header = 7

  /// The instructions, encoded as `instructions.table` says; inline caches are zero.
  public var words: [UInt64] = []
  /// What `K` and `k` operands index: first `nameConstantCount` interned names, then the constants proper.
  public var constants: [CodeConstant] = []
  /// `constants[nameConstantCount...]` is `co_consts`; its first entry is the docstring or None.
  public var nameConstantCount = 0
  /// Frame size in words: header, locals, cells, temporaries, every call window, and four spare ones.
  public var registerCount = CodeUnit.header + 4

  public var argumentCount = 0
  public var positionalOnlyCount = 0
  public var keywordOnlyCount = 0
  public var flags: CodeFlags = []

  /// `co_varnames`: register `header + i` holds local i. Parameters come first, as in CPython:
  /// positional, keyword-only, *args, **kwargs.
  public var localNames: [String] = []
  /// `co_cellvars`, and the register that holds each cell once its MAKE_CELL ran.
  public var cellNames: [String] = []
  public var cellRegisters: [Int] = []
  /// `co_freevars`: the order of the closure's cells.
  public var freeNames: [String] = []
  /// `co_names`.
  public var names: [String] = []
  /// Registers `header ..< header + variableCount` are locals and cells: zero (unbound) when a frame starts,
  /// except for the parameters. The rest are temporaries, which no instruction reads before writing.
  public var variableCount = 0

  /// Sorted by `start`; ranges never overlap, so at most one holds an instruction (the innermost handler).
  public var exceptionTable: [ExceptionRange] = []
  /// Sorted by `start`; each run reaches to the next.
  public var positions: [PositionRun] = []

  public var firstLine = 1
  public var filename = ""
  public var name = ""
  public var qualifiedName = ""
  /// Whether the first constant proper is a docstring.
  public var hasDocstring = false
  public var localsKind = LocalsKind.mapping

  public init() {}

  /// How `locals()` and the name instructions see the block's variables.
  public enum LocalsKind: UInt8 {
    /// Registers and cells: functions, lambdas, comprehensions.
    case fast
    /// A mapping given with the frame: modules, classes, `exec`, `eval`.
    case mapping
  }

  /// Count of parameters, *args and **kwargs included.
  public var parameterCount: Int {
    argumentCount + keywordOnlyCount + (flags.contains(.varArguments) ? 1 : 0) + (flags.contains(.varKeywords) ? 1 : 0)
  }

  /// Source position of the instruction that contains word `word`.
  public func position(at word: Int) -> PositionRun? {
    var low = 0
    var high = positions.count
    while low < high {
      let middle = (low + high) / 2
      if Int(positions[middle].start) <= word { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : positions[low - 1]
  }

  /// The handler of an exception raised by the instruction that contains word `word`.
  public func handler(at word: Int) -> ExceptionRange? {
    var low = 0
    var high = exceptionTable.count
    while low < high {
      let middle = (low + high) / 2
      if Int(exceptionTable[middle].start) <= word { low = middle + 1 } else { high = middle }
    }
    guard low > 0, word < Int(exceptionTable[low - 1].end) else { return nil }
    return exceptionTable[low - 1]
  }
}

/// An exception raised in words `start ..< end` goes to `target`, after it was put into `register`.
public struct ExceptionRange: Equatable {
  public var start: Int32
  public var end: Int32
  public var target: Int32
  public var register: Int32

  public init(start: Int, end: Int, target: Int, register: Int) {
    self.start = Int32(start)
    self.end = Int32(end)
    self.target = Int32(target)
    self.register = Int32(register)
  }
}

/// Where the instructions from word `start` on come from. Line 0 stands for no position (`None` in
/// `co_positions`), column -1 for an unknown column.
public struct PositionRun: Equatable {
  public var start: Int32
  public var line: Int32
  public var endLine: Int32
  public var column: Int32
  public var endColumn: Int32

  public init(start: Int, line: Int, endLine: Int, column: Int, endColumn: Int) {
    self.start = Int32(truncatingIfNeeded: start)
    self.line = Int32(truncatingIfNeeded: line)
    self.endLine = Int32(truncatingIfNeeded: endLine)
    self.column = Int32(truncatingIfNeeded: column)
    self.endColumn = Int32(truncatingIfNeeded: endColumn)
  }
}

/// `co_flags`, with CPython's values.
@frozen public struct CodeFlags: OptionSet, Hashable {
  public let rawValue: UInt32
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable public static var optimized: CodeFlags { CodeFlags(rawValue: 0x1) }
  @inlinable public static var newLocals: CodeFlags { CodeFlags(rawValue: 0x2) }
  @inlinable public static var varArguments: CodeFlags { CodeFlags(rawValue: 0x4) }
  @inlinable public static var varKeywords: CodeFlags { CodeFlags(rawValue: 0x8) }
  @inlinable public static var nested: CodeFlags { CodeFlags(rawValue: 0x10) }
  @inlinable public static var generator: CodeFlags { CodeFlags(rawValue: 0x20) }
  @inlinable public static var coroutine: CodeFlags { CodeFlags(rawValue: 0x80) }
  @inlinable public static var iterableCoroutine: CodeFlags { CodeFlags(rawValue: 0x100) }
  @inlinable public static var asyncGenerator: CodeFlags { CodeFlags(rawValue: 0x200) }
  @inlinable public static var futureDivision: CodeFlags { CodeFlags(rawValue: 0x20000) }
  @inlinable public static var futureAbsoluteImport: CodeFlags { CodeFlags(rawValue: 0x40000) }
  @inlinable public static var futureWithStatement: CodeFlags { CodeFlags(rawValue: 0x80000) }
  @inlinable public static var futurePrintFunction: CodeFlags { CodeFlags(rawValue: 0x100000) }
  @inlinable public static var futureUnicodeLiterals: CodeFlags { CodeFlags(rawValue: 0x200000) }
  @inlinable public static var futureBarryAsBDFL: CodeFlags { CodeFlags(rawValue: 0x400000) }
  @inlinable public static var futureGeneratorStop: CodeFlags { CodeFlags(rawValue: 0x800000) }
  @inlinable public static var futureAnnotations: CodeFlags { CodeFlags(rawValue: 0x1000000) }

  /// PyCF_MASK: what `compile(flags=...)` and an enclosing code block may pass on.
  public static let futureMask: CodeFlags = [
    .futureDivision, .futureAbsoluteImport, .futureWithStatement, .futurePrintFunction,
    .futureUnicodeLiterals, .futureBarryAsBDFL, .futureGeneratorStop, .futureAnnotations,
  ]
}

/// A constant of a code block. Equality is identity of type and bits, as constants are shared within a block:
/// `0.0` and `-0.0`, `1` and `True` differ.
public enum CodeConstant: Hashable {
  case none
  case `true`
  case `false`
  case ellipsis
  /// Any 64-bit integer; not all are immediates.
  case int(Int)
  /// An integer beyond 64 bits: sign and magnitude, the least significant limb first, the last one not zero.
  case bigInt(isNegative: Bool, limbs: [UInt64])
  case float(Double)
  case complex(real: Double, imaginary: Double)
  case string(StringConstant)
  case bytes([UInt8])
  indirect case tuple([CodeConstant])
  indirect case frozenset([CodeConstant])
  case code(CodeUnit)
  /// An interned str: names of variables and attributes.
  case name(String)

  public static func == (left: CodeConstant, right: CodeConstant) -> Bool {
    switch (left, right) {
    case (.none, .none), (.true, .true), (.false, .false), (.ellipsis, .ellipsis): return true
    case (.int(let a), .int(let b)): return a == b
    case (.bigInt(let s, let a), .bigInt(let t, let b)): return s == t && a == b
    case (.float(let a), .float(let b)): return a.bitPattern == b.bitPattern
    case (.complex(let a, let b), .complex(let c, let d)):
      return a.bitPattern == c.bitPattern && b.bitPattern == d.bitPattern
    case (.string(let a), .string(let b)): return a == b
    case (.bytes(let a), .bytes(let b)): return a == b
    case (.tuple(let a), .tuple(let b)): return a == b
    case (.frozenset(let a), .frozenset(let b)): return a == b
    case (.code(let a), .code(let b)): return a === b
    case (.name(let a), .name(let b)): return a == b
    default: return false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .none: hasher.combine(0)
    case .true: hasher.combine(1)
    case .false: hasher.combine(2)
    case .ellipsis: hasher.combine(3)
    case .int(let value): hasher.combine(4); hasher.combine(value)
    case .bigInt(let negative, let limbs): hasher.combine(5); hasher.combine(negative); hasher.combine(limbs)
    case .float(let value): hasher.combine(6); hasher.combine(value.bitPattern)
    case .complex(let real, let imaginary):
      hasher.combine(7); hasher.combine(real.bitPattern); hasher.combine(imaginary.bitPattern)
    case .string(let text): hasher.combine(8); hasher.combine(text)
    case .bytes(let data): hasher.combine(9); hasher.combine(data)
    case .tuple(let items): hasher.combine(10); hasher.combine(items)
    case .frozenset(let items): hasher.combine(11); hasher.combine(items)
    case .code(let unit): hasher.combine(12); hasher.combine(ObjectIdentifier(unit))
    case .name(let text): hasher.combine(13); hasher.combine(text)
    }
  }
}
