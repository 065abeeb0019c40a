// Format strings of `struct`: parsed once into records, from which packing and unpacking work.

import LadonRuntime
import LadonTypes

/// Sizes, alignment and byte order, from the format's first character.
enum StructMode: UInt8 {
    /// '@' or none: the C compiler's sizes and alignment.
    case native
    /// '=' and '<': standard sizes, no alignment, least significant byte first.
    case little
    /// '>' and '!'
    case big
}

/// The integers that a field holds.
enum StructIntegers: UInt8 {
    /// None, or any word (P).
    case none
    case signed, unsigned
}

/// `count` values (or one, for s and p, of `size` bytes) that begin at `offset`.
struct StructField {
    var code: UInt8
    var mode: StructMode
    var integers: StructIntegers
    var offset: Int
    var size: Int
    var count: Int

    /// Values that the field takes from the arguments or gives to the result.
    var items: Int { code == 115 || code == 112 ? 1 : count }
}

/// The bytes of one value; 0: no such format character.
private func fieldSize(_ code: UInt8, _ mode: StructMode) -> Int {
    switch code {
    case 120, 98, 66, 99, 115, 112, 63: return 1          // x b B c s p ?
    case 104, 72, 101: return 2                            // h H e
    case 105, 73, 102: return 4                            // i I f
    case 108, 76: return mode == .native ? 8 : 4           // l L
    case 113, 81, 100: return 8                            // q Q d
    case 110, 78, 80: return mode == .native ? 8 : 0       // n N P
    default: return 0
    }
}

private func integers(_ code: UInt8) -> StructIntegers {
    switch code {
    case 98, 104, 105, 108, 113, 110: return .signed       // b h i l q n
    case 66, 72, 73, 76, 81, 78: return .unsigned          // B H I L Q N
    default: return .none
    }
}

/// What parsing came to.
enum StructSyntax {
    case valid
    case badCharacter, danglingCount, tooLong, embeddedNull
    var message: String {
        switch self {
        case .valid: return ""
        case .badCharacter: return "bad char in struct format"
        case .danglingCount: return "repeat count given without format specifier"
        case .tooLong: return "total struct size too long"
        case .embeddedNull: return "embedded null character"
        }
    }
}

/// Parses a format. `fields` may be nil to count only; the same text gives the same counts again.
func parseStructFormat(_ p: UnsafePointer<UInt8>, _ n: Int, fields: UnsafeMutablePointer<StructField>?,
                       fieldCount: inout Int, size: inout Int, items: inout Int) -> StructSyntax {
    fieldCount = 0
    size = 0
    items = 0
    var i: Int = 0
    while i < n {
        if p[i] == 0 { return .embeddedNull }
        i += 1
    }
    i = 0
    var mode: StructMode = .native
    if n > 0 {
        switch p[0] {
        case 64: i = 1
        case 61, 60: mode = .little; i = 1
        case 62, 33: mode = .big; i = 1
        default: break
        }
    }
    while i < n {
        var c: UInt8 = p[i]
        i += 1
        if c == 32 || (c >= 9 && c <= 13) { continue }
        var count: Int = 1
        if c >= 48 && c <= 57 {
            count = Int(c - 48)
            while true {
                if i == n { return .danglingCount }
                c = p[i]
                i += 1
                if c < 48 || c > 57 { break }
                let ten = count.multipliedReportingOverflow(by: 10)
                let sum = ten.partialValue.addingReportingOverflow(Int(c - 48))
                if ten.overflow || sum.overflow { return .tooLong }
                count = sum.partialValue
            }
        }
        let one: Int = fieldSize(c, mode)
        if one == 0 { return .badCharacter }
        if mode == .native {
            let aligned = size.addingReportingOverflow(one - 1)
            if aligned.overflow { return .tooLong }
            size = aligned.partialValue / one * one
        }
        let bytes = one.multipliedReportingOverflow(by: count)
        let end = size.addingReportingOverflow(bytes.partialValue)
        if bytes.overflow || end.overflow { return .tooLong }
        let isText: Bool = c == 115 || c == 112
        if isText || (c != 120 && count > 0) {
            let field = StructField(code: c, mode: mode, integers: integers(c), offset: size, size: isText ? count : one, count: count)
            fields?[fieldCount] = field
            fieldCount += 1
            items += field.items
        }
        size = end.partialValue
    }
    return .valid
}
