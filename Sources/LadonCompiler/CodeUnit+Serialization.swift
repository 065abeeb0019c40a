import LadonSyntax

/// The binary form of code units for the cache of compiled modules: a header with version and checksum, then the
/// unit, integers little-endian. Reading is total: whatever is wrong with the bytes gives `nil`.
extension CodeUnit {
  /// Changes whenever the form, the compiler's output or the instruction set does.
  public static let serializationVersion: UInt32 = 1

  private static let magic: [UInt8] = Array("LADONBC\n".utf8)

  /// A hash of the instruction table: code made for other instructions is refused.
  private static let instructionSetHash: UInt64 = {
    var checksum = Checksum()
    for info in Opcode.info {
      for byte in info.name.utf8 { checksum.add(byte) }
      for byte in info.operands.utf8 { checksum.add(byte) }
      checksum.add(UInt8(truncatingIfNeeded: info.words))
    }
    return checksum.value
  }()

  public func serialized() -> [UInt8] {
    var body = ByteWriter()
    body.write(self)
    var checksum = Checksum()
    for byte in body.bytes { checksum.add(byte) }
    var header = ByteWriter()
    header.bytes = CodeUnit.magic
    header.fixed(UInt64(CodeUnit.serializationVersion))
    header.fixed(CodeUnit.instructionSetHash)
    header.fixed(UInt64(body.bytes.count))
    header.fixed(checksum.value)
    return header.bytes + body.bytes
  }

  public convenience init?(serialized bytes: UnsafeBufferPointer<UInt8>) {
    var reader = ByteReader(bytes)
    for expected in CodeUnit.magic {
      guard reader.byte() == expected else { return nil }
    }
    guard reader.fixed() == UInt64(CodeUnit.serializationVersion), reader.fixed() == CodeUnit.instructionSetHash,
      let length = reader.fixed(), let expected = reader.fixed(), length == UInt64(bytes.count - reader.position)
    else { return nil }
    var checksum = Checksum()
    for index in reader.position..<bytes.count { checksum.add(bytes[index]) }
    guard checksum.value == expected else { return nil }
    self.init()
    guard reader.read(into: self, around: nil), reader.position == bytes.count else { return nil }
  }

  public convenience init?(serialized bytes: [UInt8]) {
    let result: CodeUnit? = bytes.withUnsafeBufferPointer { CodeUnit(serialized: $0) }
    guard let result else { return nil }
    self.init()
    copy(from: result)
  }

  private func copy(from other: CodeUnit) {
    words = other.words
    constants = other.constants
    nameConstantCount = other.nameConstantCount
    registerCount = other.registerCount
    argumentCount = other.argumentCount
    positionalOnlyCount = other.positionalOnlyCount
    keywordOnlyCount = other.keywordOnlyCount
    flags = other.flags
    localNames = other.localNames
    cellNames = other.cellNames
    cellRegisters = other.cellRegisters
    freeNames = other.freeNames
    names = other.names
    variableCount = other.variableCount
    exceptionTable = other.exceptionTable
    positions = other.positions
    firstLine = other.firstLine
    filename = other.filename
    name = other.name
    qualifiedName = other.qualifiedName
    hasDocstring = other.hasDocstring
    localsKind = other.localsKind
  }
}

/// FNV-1a, 64 bits: against damage, not against malice.
private struct Checksum {
  var value: UInt64 = 0xcbf2_9ce4_8422_2325
  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
}

private enum ConstantTag: UInt8 {
  case none, `true`, `false`, ellipsis, int, bigInt, float, complex, string, bytes, tuple, frozenset, code, name
}

private struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func fixed(_ value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  /// Seven bits a byte, the lowest first.
  mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Signed: the sign in the lowest bit.
  mutating func integer(_ value: Int) { number(UInt64(bitPattern: Int64(value << 1 ^ value >> 63))) }
  mutating func count(_ value: Int) { number(UInt64(value)) }

  mutating func text(_ text: String) {
    let utf8 = Array(text.utf8)
    count(utf8.count)
    bytes.append(contentsOf: utf8)
  }

  mutating func texts(_ list: [String]) {
    count(list.count)
    for item in list { text(item) }
  }

  mutating func write(_ unit: CodeUnit, inside filename: String? = nil) {
    // Inner units almost always come from the same file.
    bytes.append(unit.filename == filename ? 0 : 1)
    if unit.filename != filename { text(unit.filename) }
    count(unit.words.count)
    for word in unit.words { number(word) }
    count(unit.constants.count)
    for constant in unit.constants { write(constant, in: unit) }
    for value in [
      unit.nameConstantCount, unit.registerCount, unit.argumentCount, unit.positionalOnlyCount, unit.keywordOnlyCount,
      Int(unit.flags.rawValue), unit.variableCount, unit.firstLine,
    ] { integer(value) }
    texts(unit.localNames)
    texts(unit.cellNames)
    count(unit.cellRegisters.count)
    for register in unit.cellRegisters { integer(register) }
    texts(unit.freeNames)
    texts(unit.names)
    count(unit.exceptionTable.count)
    for entry in unit.exceptionTable {
      integer(Int(entry.start))
      integer(Int(entry.end))
      integer(Int(entry.target))
      integer(Int(entry.register))
    }
    count(unit.positions.count)
    var last = PositionRun(start: 0, line: 0, endLine: 0, column: 0, endColumn: 0)
    for run in unit.positions {
      // Differences are small.
      integer(Int(run.start) - Int(last.start))
      integer(Int(run.line) - Int(last.line))
      integer(Int(run.endLine) - Int(run.line))
      integer(Int(run.column))
      integer(Int(run.endColumn) - Int(run.column))
      last = run
    }
    text(unit.name)
    text(unit.qualifiedName)
    bytes.append(unit.hasDocstring ? 1 : 0)
    bytes.append(unit.localsKind.rawValue)
  }

  mutating func tag(_ tag: ConstantTag) { bytes.append(tag.rawValue) }

  mutating func write(_ constant: CodeConstant, in outer: CodeUnit) {
    switch constant {
    case .none: tag(.none)
    case .true: tag(.true)
    case .false: tag(.false)
    case .ellipsis: tag(.ellipsis)
    case .int(let value):
      tag(.int)
      integer(value)
    case .bigInt(let isNegative, let limbs):
      tag(.bigInt)
      bytes.append(isNegative ? 1 : 0)
      count(limbs.count)
      for limb in limbs { fixed(limb) }
    case .float(let value):
      tag(.float)
      fixed(value.bitPattern)
    case .complex(let real, let imaginary):
      tag(.complex)
      fixed(real.bitPattern)
      fixed(imaginary.bitPattern)
    case .string(let text):
      tag(.string)
      count(text.codePoints.count)
      for point in text.codePoints { number(UInt64(point)) }
    case .bytes(let data):
      tag(.bytes)
      count(data.count)
      bytes.append(contentsOf: data)
    case .tuple(let items):
      tag(.tuple)
      count(items.count)
      for item in items { write(item, in: outer) }
    case .frozenset(let items):
      tag(.frozenset)
      count(items.count)
      for item in items { write(item, in: outer) }
    case .code(let unit):
      tag(.code)
      write(unit, inside: outer.filename)
    case .name(let name):
      tag(.name)
      text(name)
    }
  }
}

private struct ByteReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// Nested constants may be as deep as the stack allows.
  private let guardian = StackGuard()
  private(set) var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    position += 1
    return bytes[position - 1]
  }

  mutating func fixed() -> UInt64? {
    guard bytes.count - position >= 8 else { return nil }
    var result: UInt64 = 0
    for index in 0..<8 { result |= UInt64(bytes[position + index]) << UInt64(8 * index) }
    position += 8
    return result
  }

  mutating func number() -> UInt64? {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      guard let next = byte() else { return nil }
      result |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return result }
      shift += 7
    }
    return nil
  }

  mutating func integer() -> Int? {
    guard let raw = number() else { return nil }
    return Int(truncatingIfNeeded: raw >> 1) ^ -Int(truncatingIfNeeded: raw & 1)
  }

  /// A count of things of at least one byte each: never more than bytes are left, so nothing huge is reserved.
  mutating func count() -> Int? {
    guard let raw = number(), raw <= UInt64(bytes.count - position) else { return nil }
    return Int(raw)
  }

  mutating func text() -> String? {
    guard let length = count() else { return nil }
    let slice = bytes[position..<(position + length)]
    position += length
    return String(validating: slice, as: UTF8.self)
  }

  mutating func texts() -> [String]? {
    guard let count = count() else { return nil }
    var result: [String] = []
    for _ in 0..<count {
      guard let text = text() else { return nil }
      result.append(text)
    }
    return result
  }

  private mutating func narrow() -> Int32? { integer().flatMap { Int32(exactly: $0) } }

  mutating func read(into unit: CodeUnit, around outer: CodeUnit?) -> Bool {
    guard !guardian.isNearlyUsedUp, let ownsFilename = byte() else { return false }
    if ownsFilename != 0 {
      guard let filename = text() else { return false }
      unit.filename = filename
    } else {
      unit.filename = outer?.filename ?? ""
    }
    guard let wordCount = count() else { return false }
    unit.words.reserveCapacity(wordCount)
    for _ in 0..<wordCount {
      guard let word = number() else { return false }
      unit.words.append(word)
    }
    guard let constants = constants(of: unit) else { return false }
    unit.constants = constants
    var values: [Int] = []
    for _ in 0..<8 {
      guard let value = integer(), value >= 0, value <= 0xFFFF_FFFF else { return false }
      values.append(value)
    }
    unit.nameConstantCount = values[0]
    unit.registerCount = values[1]
    unit.argumentCount = values[2]
    unit.positionalOnlyCount = values[3]
    unit.keywordOnlyCount = values[4]
    unit.flags = CodeFlags(rawValue: UInt32(truncatingIfNeeded: values[5]))
    unit.variableCount = values[6]
    unit.firstLine = values[7]
    guard let locals = texts(), let cells = texts(), let registerCount = count() else { return false }
    unit.localNames = locals
    unit.cellNames = cells
    for _ in 0..<registerCount {
      guard let register = integer() else { return false }
      unit.cellRegisters.append(register)
    }
    guard let free = texts(), let names = texts(), readTables(unit) else { return false }
    unit.freeNames = free
    unit.names = names
    guard let name = text(), let qualifiedName = text(), let hasDocstring = byte(),
      let kind = byte().flatMap({ CodeUnit.LocalsKind(rawValue: $0) })
    else { return false }
    unit.name = name
    unit.qualifiedName = qualifiedName
    unit.hasDocstring = hasDocstring != 0
    unit.localsKind = kind
    return true
  }

  private mutating func readTables(_ unit: CodeUnit) -> Bool {
    guard let entries = count() else { return false }
    for _ in 0..<entries {
      guard let start = narrow(), let end = narrow(), let target = narrow(), let register = narrow() else { return false }
      unit.exceptionTable.append(
        ExceptionRange(start: Int(start), end: Int(end), target: Int(target), register: Int(register)))
    }
    guard let runs = count() else { return false }
    var start: Int32 = 0
    var line: Int32 = 0
    for _ in 0..<runs {
      guard let words = narrow(), let lines = narrow(), let extent = narrow(), let column = narrow(),
        let width = narrow()
      else { return false }
      start = start &+ words
      line = line &+ lines
      unit.positions.append(
        PositionRun(
          start: Int(start), line: Int(line), endLine: Int(line &+ extent), column: Int(column),
          endColumn: Int(column &+ width)))
    }
    return true
  }

  private mutating func constants(of unit: CodeUnit) -> [CodeConstant]? {
    guard let count = count() else { return nil }
    var result: [CodeConstant] = []
    for _ in 0..<count {
      guard let constant = constant(of: unit) else { return nil }
      result.append(constant)
    }
    return result
  }

  private mutating func constant(of unit: CodeUnit) -> CodeConstant? {
    guard !guardian.isNearlyUsedUp, let tag = byte().flatMap({ ConstantTag(rawValue: $0) }) else { return nil }
    switch tag {
    case .none: return CodeConstant.none
    case .true: return .true
    case .false: return .false
    case .ellipsis: return .ellipsis
    case .int: return integer().map { .int($0) }
    case .bigInt:
      guard let sign = byte(), let count = count() else { return nil }
      var limbs: [UInt64] = []
      for _ in 0..<count {
        guard let limb = fixed() else { return nil }
        limbs.append(limb)
      }
      guard let last = limbs.last, last != 0 else { return nil }
      return .bigInt(isNegative: sign != 0, limbs: limbs)
    case .float: return fixed().map { .float(Double(bitPattern: $0)) }
    case .complex:
      guard let real = fixed(), let imaginary = fixed() else { return nil }
      return .complex(real: Double(bitPattern: real), imaginary: Double(bitPattern: imaginary))
    case .string:
      guard let count = count() else { return nil }
      var points: [UInt32] = []
      points.reserveCapacity(count)
      for _ in 0..<count {
        guard let point = number(), point < 0x110000 else { return nil }
        points.append(UInt32(point))
      }
      return .string(StringConstant(codePoints: points))
    case .bytes:
      guard let count = count() else { return nil }
      let data = Array(bytes[position..<(position + count)])
      position += count
      return .bytes(data)
    case .tuple: return constants(of: unit).map { .tuple($0) }
    case .frozenset: return constants(of: unit).map { .frozenset($0) }
    case .code:
      let inner = CodeUnit()
      return read(into: inner, around: unit) ? .code(inner) : nil
    case .name: return text().map { .name($0) }
    }
  }
}
