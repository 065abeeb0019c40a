// The codecs unicode-escape and raw-unicode-escape.

import CLadonUnicode

@inlinable @inline(__always) func hexDigitValue(_ unit: UInt32) -> UInt32? {
    if unit &- 48 < 10 { return unit &- 48 }
    let lower = unit | 32
    return lower &- 97 < 6 && unit < 128 ? lower &- 87 : nil
}

public enum EscapeCodec {
    /// Decodes bytes `from..<to` into `out`, which has room for one code point for each byte. The index of the
    /// first unknown escape's letter, or of an octal one beyond a byte, is left in `unknownEscape` (a DeprecationWarning is due) unless it is set.
    public static func decode(
        _ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, final: Bool = true,
        into out: UnsafeMutablePointer<UInt32>, unknownEscape: inout Int
    ) -> DecodeStep {
        var at = from
        var count = 0
        var union: UInt32 = 0
        while at < to {
            let byte = bytes[at]
            if byte != 92 {
                out[count] = UInt32(byte)
                union |= UInt32(byte)
                count &+= 1
                at &+= 1
                continue
            }
            let start = at
            at &+= 1
            if at == to { return stop(start, to, "\\ at end of string", final, count, union) }
            let letter = bytes[at]
            at &+= 1
            var cp: UInt32 = 0
            var digits = 0
            var truncated: StaticString = ""
            switch letter {
            case 10: continue
            case 92, 39, 34: cp = UInt32(letter)
            case 98: cp = 8
            case 102: cp = 12
            case 116: cp = 9
            case 110: cp = 10
            case 114: cp = 13
            case 118: cp = 11
            case 97: cp = 7
            case 48...55:
                cp = UInt32(letter) &- 48
                var more = 2
                while more > 0 && at < to && bytes[at] & 0xF8 == 48 {
                    cp = cp << 3 | UInt32(bytes[at] & 7)
                    at &+= 1
                    more &-= 1
                }
                if cp > 0xFF && unknownEscape < 0 { unknownEscape = at &- 3 }
            case 120: (digits, truncated) = (2, "truncated \\xXX escape")
            case 117: (digits, truncated) = (4, "truncated \\uXXXX escape")
            case 85: (digits, truncated) = (8, "truncated \\UXXXXXXXX escape")
            case 78:
                let malformed: StaticString = "malformed \\N character escape"
                if at == to { return stop(start, to, malformed, final, count, union) }
                if bytes[at] != 123 { return DecodeStep(error: start..<at, malformed, produced: count, union: union) }
                at &+= 1
                let name = at
                while at < to && bytes[at] != 125 { at &+= 1 }
                if at == to { return stop(start, to, malformed, final, count, union) }
                if at == name { return DecodeStep(error: start..<at, malformed, produced: count, union: union) }
                let length = at - name
                at &+= 1
                let found = UnsafeRawPointer(bytes + name).withMemoryRebound(to: CChar.self, capacity: length) {
                    ladon_uc_lookup($0, length, false, &cp)
                }
                if found != 1 {
                    return DecodeStep(error: start..<at, "unknown Unicode character name", produced: count, union: union)
                }
            default:
                if unknownEscape < 0 { unknownEscape = at - 1 }
                out[count] = 92
                count &+= 1
                cp = UInt32(letter)
            }
            while digits > 0 {
                if at == to { return stop(start, to, truncated, final, count, union) }
                guard let value = hexDigitValue(UInt32(bytes[at])) else {
                    return DecodeStep(error: start..<at, truncated, produced: count, union: union)
                }
                cp = cp << 4 | value
                at &+= 1
                digits &-= 1
            }
            if cp > 0x10FFFF { return DecodeStep(error: start..<at, "illegal Unicode character", produced: count, union: union) }
            out[count] = cp
            union |= cp
            count &+= 1
        }
        return DecodeStep(consumed: at, produced: count, union: union)
    }

    private static func stop(_ start: Int, _ end: Int, _ reason: StaticString, _ final: Bool, _ count: Int, _ union: UInt32) -> DecodeStep {
        if !final { return DecodeStep(consumed: start, produced: count, union: union) }
        return DecodeStep(error: start..<end, reason, produced: count, union: union)
    }

    /// Encodes everything; there are no errors.
    @inlinable public static func encode<S: CodeUnit>(_ text: UnsafePointer<S>, _ from: Int, _ to: Int, to out: inout ByteBuffer) {
        for at in from..<to {
            let cp = text[at].codePoint
            switch cp {
            case 92: out.append("\\\\")
            case 9: out.append("\\t")
            case 10: out.append("\\n")
            case 13: out.append("\\r")
            case 32..<127: out.append(UInt8(truncatingIfNeeded: cp))
            default: escape(cp, to: &out)
            }
        }
    }

    /// Appends the shortest of \xXX, \uXXXX and \UXXXXXXXX that can hold a code point (also what the error
    /// handler backslashreplace inserts).
    @inlinable public static func escape<U: CodeUnit>(_ cp: UInt32, to out: inout UnitBuffer<U>) {
        if cp < 0x100 {
            out.append("\\x")
            out.append(hex: cp, width: 2)
        } else if cp < 0x10000 {
            out.append("\\u")
            out.append(hex: cp, width: 4)
        } else {
            out.append("\\U")
            out.append(hex: cp, width: 8)
        }
    }
}

public enum RawEscapeCodec {
    /// Decodes bytes `from..<to` into `out`, which has room for one code point for each byte.
    public static func decode(
        _ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, final: Bool = true, into out: UnsafeMutablePointer<UInt32>
    ) -> DecodeStep {
        var at = from
        var count = 0
        var union: UInt32 = 0
        while at < to {
            let start = at
            let byte = bytes[at]
            at &+= 1
            if byte == 92 {
                if at == to && !final { return DecodeStep(consumed: start, produced: count, union: union) }
                if at < to && (bytes[at] == 117 || bytes[at] == 85) {
                    let long = bytes[at] == 85
                    at &+= 1
                    var cp: UInt32 = 0
                    var digits = long ? 8 : 4
                    while digits > 0, at < to, let value = hexDigitValue(UInt32(bytes[at])) {
                        cp = cp << 4 | value
                        at &+= 1
                        digits &-= 1
                    }
                    if digits > 0 {
                        if at == to && !final { return DecodeStep(consumed: start, produced: count, union: union) }
                        let reason: StaticString = long ? "truncated \\UXXXXXXXX escape" : "truncated \\uXXXX escape"
                        return DecodeStep(error: start..<at, reason, produced: count, union: union)
                    }
                    if cp > 0x10FFFF {
                        return DecodeStep(error: start..<at, "\\Uxxxxxxxx out of range", produced: count, union: union)
                    }
                    out[count] = cp
                    union |= cp
                    count &+= 1
                    continue
                }
                if at < to {
                    // The next byte cannot start an escape, be it a backslash too.
                    out[count] = 92
                    out[count &+ 1] = UInt32(bytes[at])
                    union |= UInt32(bytes[at]) | 92
                    count &+= 2
                    at &+= 1
                    continue
                }
            }
            out[count] = UInt32(byte)
            union |= UInt32(byte)
            count &+= 1
        }
        return DecodeStep(consumed: at, produced: count, union: union)
    }

    /// Encodes everything; there are no errors. Latin-1 stands for itself.
    @inlinable public static func encode<S: CodeUnit>(_ text: UnsafePointer<S>, _ from: Int, _ to: Int, to out: inout ByteBuffer) {
        for at in from..<to {
            let cp = text[at].codePoint
            if cp < 0x100 { out.append(UInt8(truncatingIfNeeded: cp)) } else { EscapeCodec.escape(cp, to: &out) }
        }
    }
}
