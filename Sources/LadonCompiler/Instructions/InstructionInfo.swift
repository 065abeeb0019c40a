/// How an instruction is encoded: one row of the table that `Opcode.info` holds.
public struct InstructionInfo {
    public let name: String
    /// Kinds of the operands a, b, c as letters (see instructions.table), then `W` if an operand word follows.
    public let operands: String
    /// Whole length, inline caches and operand word included.
    public let words: Int
}

/// Encoding and decoding of instruction words.
public enum InstructionWord {
    public static func make(_ op: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) -> UInt64 {
        UInt64(op.rawValue) | UInt64(UInt16(truncatingIfNeeded: a)) << 16
            | UInt64(UInt16(truncatingIfNeeded: b)) << 32 | UInt64(UInt16(truncatingIfNeeded: c)) << 48
    }
    /// The form whose b and c are one 32-bit operand.
    public static func makeWide(_ op: Opcode, _ a: Int, _ wide: Int) -> UInt64 {
        UInt64(op.rawValue) | UInt64(UInt16(truncatingIfNeeded: a)) << 16 | UInt64(UInt32(truncatingIfNeeded: wide)) << 32
    }
    public static func opcode(_ w: UInt64) -> Opcode? { Opcode(rawValue: UInt16(truncatingIfNeeded: w)) }
    public static func a(_ w: UInt64) -> Int { Int(UInt16(truncatingIfNeeded: w >> 16)) }
    public static func b(_ w: UInt64) -> Int { Int(UInt16(truncatingIfNeeded: w >> 32)) }
    public static func c(_ w: UInt64) -> Int { Int(w >> 48) }
    public static func signedB(_ w: UInt64) -> Int { Int(Int16(truncatingIfNeeded: w >> 32)) }
    public static func signedC(_ w: UInt64) -> Int { Int(Int64(bitPattern: w) >> 48) }
    public static func wide(_ w: UInt64) -> Int { Int(Int64(bitPattern: w) >> 32) }
    public static func wideUnsigned(_ w: UInt64) -> Int { Int(w >> 32) }
    /// Where the instruction at word `index` jumps to, if it is a jump.
    public static func jumpTarget(_ op: Opcode, _ w: UInt64, at index: Int) -> Int? {
        switch op.jumpOperand {
        case UInt8(ascii: "j"): return index + signedC(w)
        case UInt8(ascii: "J"): return index + wide(w)
        default: return nil
        }
    }
}
