// UTF-7 (RFC 2152) with CPython's choices: optional direct characters and white space are written directly.

public enum UTF7Codec {
    @inline(__always) static func sextet(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 65...90: return UInt32(byte) &- 65
        case 97...122: return UInt32(byte) &- 71
        case 48...57: return UInt32(byte) &+ 4
        case 43: return 62
        case 47: return 63
        default: return nil
        }
    }

    /// Decodes bytes `from..<to`, outside a shift sequence at the start, into `out`, which has room for one code
    /// point for each byte. If not `final`, an open shift sequence is left unconsumed as a whole.
    public static func decode(
        _ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, final: Bool = true, into out: UnsafeMutablePointer<UInt32>
    ) -> DecodeStep {
        var at = from
        var count = 0, countBeforeShift = 0
        var union: UInt32 = 0
        var shifted = false
        var shiftStart = from
        var bits: UInt32 = 0, buffer: UInt32 = 0, surrogate: UInt32 = 0

        func put(_ cp: UInt32) {
            out[count] = cp
            count &+= 1
            union |= cp
        }
        while at < to {
            let byte = bytes[at]
            if shifted {
                if let value = sextet(byte) {
                    buffer = buffer << 6 | value
                    bits &+= 6
                    at &+= 1
                    if bits < 16 { continue }
                    bits &-= 16
                    let unit = buffer >> bits & 0xFFFF
                    buffer &= 1 << bits &- 1
                    if surrogate != 0 {
                        if unit & 0xFC00 == 0xDC00 {
                            put(0x10000 &+ (surrogate &- 0xD800) << 10 &+ (unit &- 0xDC00))
                            surrogate = 0
                            continue
                        }
                        put(surrogate)
                        surrogate = 0
                    }
                    if unit & 0xFC00 == 0xD800 { surrogate = unit } else { put(unit) }
                    continue
                }
                shifted = false
                if bits >= 6 {
                    return DecodeStep(error: shiftStart..<at + 1, "partial character in shift sequence", produced: count, union: union)
                }
                if bits > 0 && buffer != 0 {
                    return DecodeStep(error: shiftStart..<at + 1, "non-zero padding bits in shift sequence", produced: count, union: union)
                }
                if surrogate != 0 && byte < 0x80 && byte != 43 { put(surrogate) }
                surrogate = 0
                if byte == 45 { at &+= 1 }
            } else if byte == 43 {
                shiftStart = at
                at &+= 1
                if at < to && bytes[at] == 45 {
                    at &+= 1
                    put(43)
                } else if at < to && sextet(bytes[at]) == nil {
                    return DecodeStep(error: shiftStart..<at + 1, "ill-formed sequence", produced: count, union: union)
                } else {
                    shifted = true
                    surrogate = 0
                    bits = 0
                    buffer = 0
                    countBeforeShift = count
                }
            } else if byte < 0x80 {
                at &+= 1
                put(UInt32(byte))
            } else {
                return DecodeStep(error: at..<at + 1, "unexpected special character", produced: count, union: union)
            }
        }
        if shifted && !final {
            return DecodeStep(consumed: shiftStart, produced: countBeforeShift, union: union)
        }
        if shifted && (surrogate != 0 || bits >= 6 || (bits > 0 && buffer != 0)) {
            return DecodeStep(error: shiftStart..<to, "unterminated shift sequence", produced: count, union: union)
        }
        return DecodeStep(consumed: at, produced: count, union: union)
    }

    /// What may stand for itself: everything in ASCII but most controls, "+", "\\" and "~".
    @inlinable @inline(__always) static func isDirect(_ cp: UInt32) -> Bool {
        if cp >= 0x7F { return false }
        if cp < 32 { return cp == 9 || cp == 10 || cp == 13 }
        return cp != 43 && cp != 92 && cp != 126
    }

    @inlinable static func base64(_ value: UInt32) -> UInt8 {
        let v = UInt8(truncatingIfNeeded: value & 63)
        return v < 26 ? v &+ 65 : v < 52 ? v &+ 71 : v < 62 ? v &- 4 : v == 62 ? 43 : 47
    }

    /// Encodes everything, surrogates included; there are no errors.
    @inlinable public static func encode<S: CodeUnit>(_ text: UnsafePointer<S>, _ from: Int, _ to: Int, to out: inout ByteBuffer) {
        var shifted = false
        var bits: UInt32 = 0
        var buffer: UInt64 = 0
        for at in from..<to {
            let cp = text[at].codePoint
            if isDirect(cp) {
                let byte = UInt8(truncatingIfNeeded: cp)
                if shifted {
                    if bits > 0 { out.append(base64(UInt32(truncatingIfNeeded: buffer << UInt64(6 &- bits)))) }
                    bits = 0
                    buffer = 0
                    shifted = false
                    let isBase64 = (byte >= 48 && byte <= 57) || (byte | 32 >= 97 && byte | 32 <= 122) || byte == 47
                    if isBase64 || byte == 45 { out.append(45) }
                }
                out.append(byte)
                continue
            }
            if !shifted {
                out.append(43)
                if cp == 43 {
                    out.append(45)
                    continue
                }
                shifted = true
            }
            if cp >= 0x10000 {
                buffer = buffer << 32 | UInt64(0xD7C0 &+ cp >> 10) << 16 | UInt64(0xDC00 | cp & 0x3FF)
                bits &+= 32
            } else {
                buffer = buffer << 16 | UInt64(cp)
                bits &+= 16
            }
            while bits >= 6 {
                bits &-= 6
                out.append(base64(UInt32(truncatingIfNeeded: buffer >> UInt64(bits))))
            }
            buffer &= 1 << UInt64(bits) &- 1
        }
        if bits > 0 { out.append(base64(UInt32(truncatingIfNeeded: buffer << UInt64(6 &- bits)))) }
        if shifted { out.append(45) }
    }
}
