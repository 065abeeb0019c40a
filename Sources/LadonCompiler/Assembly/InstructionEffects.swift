/// Which registers one instruction reads and writes, whole ranges included: the base of liveness, definite
/// assignment and verification. Derived from the operand kinds; only instructions with implied registers are
/// named here.
public struct InstructionEffects {
  /// Registers read: single ones, and one range.
  public var reads: [Int] = []
  public var readRange: Range<Int> = 0..<0
  /// Registers written when the instruction completes.
  public var writes: [Int] = []
  public var writeRange: Range<Int> = 0..<0
  /// First register of a call window: everything from here up is destroyed.
  public var window: Int?

  public init(_ op: Opcode, a: Int, b: Int, c: Int) {
    switch op {
    case .call:
      readRange = (b + 7)..<(b + 7 + c)
      reads = [b + 3]
      writes = [a]
      window = b
    case .callMethod:
      readRange = (b + 7)..<(b + 8 + c)
      reads = [b + 3]
      writes = [a]
      window = b
    case .callKw:
      readRange = (b + 7)..<(b + 7 + c)
      reads = [b + 3, b + 4]
      writes = [a]
      window = b
    case .callMethodKw:
      readRange = (b + 7)..<(b + 8 + c)
      reads = [b + 3, b + 4]
      writes = [a]
      window = b
    case .callEx:
      reads = c == 1 ? [b + 3, b + 7, b + 8] : [b + 3, b + 7]
      writes = [a]
      window = b
    case .loadMethod:
      reads = [b]
      writes = [a + 3, a + 7]
    case .buildSlice:
      reads = [b, b + 1, b + 2]
      writes = [a]
    case .getSlice:
      reads = [b, c, c + 1]
      writes = [a]
    case .setSlice: reads = [a, b, b + 1, c]
    case .buildTuple, .buildList, .buildSet, .buildString:
      readRange = b..<(b + c)
      writes = [a]
    case .buildMap:
      readRange = b..<(b + 2 * c)
      writes = [a]
    case .formatSpec, .importName:
      reads = [b, b + 1]
      writes = [a]
    case .withExit:
      reads = [b, b + 1]
      writes = [a]
    case .unpackSequence:
      reads = [b]
      writeRange = a..<(a + c)
    case .unpackEx:
      reads = [b]
      writeRange = a..<(a + (c & 255) + (c >> 8) + 1)
    case .makeFunction:
      for (bit, offset) in [(1, 0), (2, 1), (4, 2), (8, 3)] where c & bit != 0 { reads.append(b + offset) }
      writes = [a]
    case .raise:
      if a != 0 { reads.append(a) }
      if b != 0 { reads.append(b) }
    case .matchGroup:
      reads = [b, c]
      writes = [a, a + 1]
    case .withEnter, .asyncWithEnter:
      reads = [c]
      writes = [a, a + 1, b]
    case .withExcept:
      reads = [b, b + 1, c]
      writes = [a]
    case .matchClass:
      reads = [b, b + 1, b + 2]
      writes = [a]
    case .yield:
      reads = c == 0 ? [b] : [b, c]
      writes = [a]
    case .send:
      reads = [a, b]
      writes = [a]
    case .makeCell, .deleteLocal:
      // What the register held is taken over, unbound or not.
      writes = [a]
    default:
      var operands = Opcode.info[Int(op.rawValue)].operands.utf8.makeIterator()
      var index = 0
      while let kind = operands.next() {
        let register = index == 0 ? a : index == 1 ? b : c
        if kind == UInt8(ascii: "r") { reads.append(register) }
        if kind == UInt8(ascii: "d") { writes.append(register) }
        index += 1
      }
    }
  }

  /// Where the next register above those named lies: what `registerCount` must reach.
  var extent: Int {
    var result = max(readRange.isEmpty ? 0 : readRange.upperBound, writeRange.isEmpty ? 0 : writeRange.upperBound)
    for register in reads { result = max(result, register + 1) }
    for register in writes { result = max(result, register + 1) }
    if let window { result = max(result, window + 7) }
    return result
  }
}

extension Opcode {
  /// The opposite test of a fused compare-and-jump or a conditional jump.
  var inverted: Opcode? {
    switch self {
    case .jumpTrue: return .jumpFalse
    case .jumpFalse: return .jumpTrue
    case .jumpNone: return .jumpNotNone
    case .jumpNotNone: return .jumpNone
    default: break
    }
    return Opcode.inversions[self]
  }

  private static let inversions: [Opcode: Opcode] = {
    let pairs: [(Opcode, Opcode)] = [
      (.ltJumpFalse, .ltJumpTrue), (.leJumpFalse, .leJumpTrue), (.eqJumpFalse, .eqJumpTrue),
      (.neJumpFalse, .neJumpTrue), (.gtJumpFalse, .gtJumpTrue), (.geJumpFalse, .geJumpTrue),
      (.ltIntJumpFalse, .ltIntJumpTrue), (.leIntJumpFalse, .leIntJumpTrue), (.eqIntJumpFalse, .eqIntJumpTrue),
      (.neIntJumpFalse, .neIntJumpTrue), (.gtIntJumpFalse, .gtIntJumpTrue), (.geIntJumpFalse, .geIntJumpTrue),
    ]
    var result: [Opcode: Opcode] = [:]
    for (one, other) in pairs {
      result[one] = other
      result[other] = one
    }
    return result
  }()

  /// Control never goes on to the next instruction.
  var endsBlock: Bool {
    switch self {
    case .jump, .jumpBack, .return, .returnNone, .raise, .reraise: return true
    default: return false
    }
  }

  var isUnconditionalJump: Bool { self == .jump || self == .jumpBack }

  /// Bits of a jump's operand, or none for instructions that don't jump.
  var jumpOperand: UInt8? {
    let operands = Opcode.info[Int(rawValue)].operands.utf8
    if operands.contains(UInt8(ascii: "j")) { return UInt8(ascii: "j") }
    if operands.contains(UInt8(ascii: "J")) { return UInt8(ascii: "J") }
    return nil
  }
}
