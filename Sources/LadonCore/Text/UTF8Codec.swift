// UTF-8. Decoding scans first (length and width, up to the first error), then fills exact storage.

import Glibc

public enum UTF8Codec {
    /// CPython's text for what cannot be encoded.
    public static var encodeReason: StaticString { "surrogates not allowed" }

    /// Scans bytes `from..<to` up to their end or the first error, counting code points. If not `final`, an
    /// incomplete sequence at the end is left unconsumed instead of being an error.
    @inlinable public static func scan(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, final: Bool = true) -> DecodeStep {
        var at = from
        var count = 0
        var union: UInt32 = 0
        while at < to {
            let first = bytes[at]
            if first < 0x80 {
                let end = CodeUnits.asciiEnd(bytes, at, to)
                count &+= end &- at
                at = end
                continue
            }
            let left = to &- at
            if first < 0xE0 {
                if first < 0xC2 {
                    return DecodeStep(error: at..<at &+ 1, "invalid start byte", produced: count, union: union)
                }
                if left < 2 { return incomplete(at, to, final, count, union) }
                if !isContinuation(bytes[at &+ 1]) { return invalid(at, 1, count, union) }
                union |= UInt32(first & 0x1F) << 6 | UInt32(bytes[at &+ 1] & 0x3F)
                at &+= 2
            } else if first < 0xF0 {
                if left < 2 { return incomplete(at, to, final, count, union) }
                let second = bytes[at &+ 1]
                if !isContinuation(second) || (second < 0xA0 ? first == 0xE0 : first == 0xED) {
                    // The first half of an encoded surrogate may be waiting for its last byte, for surrogatepass.
                    if !final && left == 2 && first == 0xED && isContinuation(second) {
                        return DecodeStep(consumed: at, produced: count, union: union)
                    }
                    return invalid(at, 1, count, union)
                }
                if left < 3 { return incomplete(at, to, final, count, union) }
                if !isContinuation(bytes[at &+ 2]) { return invalid(at, 2, count, union) }
                union |= UInt32(first & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(bytes[at &+ 2] & 0x3F)
                at &+= 3
            } else {
                if first > 0xF4 {
                    return DecodeStep(error: at..<at &+ 1, "invalid start byte", produced: count, union: union)
                }
                if left < 2 { return incomplete(at, to, final, count, union) }
                let second = bytes[at &+ 1]
                if !isContinuation(second) || (second < 0x90 ? first == 0xF0 : first == 0xF4) {
                    return invalid(at, 1, count, union)
                }
                if left < 3 { return incomplete(at, to, final, count, union) }
                if !isContinuation(bytes[at &+ 2]) { return invalid(at, 2, count, union) }
                if left < 4 { return incomplete(at, to, final, count, union) }
                if !isContinuation(bytes[at &+ 3]) { return invalid(at, 3, count, union) }
                union |= 0x10000
                at &+= 4
            }
            count &+= 1
        }
        return DecodeStep(consumed: at, produced: count, union: union | (count > 0 ? 0x40 : 0))
    }

    @inlinable @inline(__always) static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    @usableFromInline @inline(never)
    static func incomplete(_ at: Int, _ to: Int, _ final: Bool, _ count: Int, _ union: UInt32) -> DecodeStep {
        if !final { return DecodeStep(consumed: at, produced: count, union: union) }
        return DecodeStep(error: at..<to, "unexpected end of data", produced: count, union: union)
    }

    @usableFromInline @inline(never)
    static func invalid(_ at: Int, _ length: Int, _ count: Int, _ union: UInt32) -> DecodeStep {
        DecodeStep(error: at..<at + length, "invalid continuation byte", produced: count, union: union)
    }

    /// Decodes bytes that a scan accepted; `out` has room for the code points that it counted, wide enough for
    /// its union. Returns how many were written.
    @inlinable @discardableResult
    public static func fill<D: CodeUnit>(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, into out: UnsafeMutablePointer<D>) -> Int {
        var at = from
        var written = 0
        while at < to {
            let first = UInt32(bytes[at])
            if first < 0x80 {
                let end = CodeUnits.asciiEnd(bytes, at, to)
                CodeUnits.copy(bytes + at, end &- at, to: out + written)
                written &+= end &- at
                at = end
                continue
            }
            let second = UInt32(bytes[at &+ 1] & 0x3F)
            if first < 0xE0 {
                out[written] = D(truncatingIfNeeded: (first & 0x1F) << 6 | second)
                at &+= 2
            } else if first < 0xF0 {
                out[written] = D(truncatingIfNeeded: (first & 0x0F) << 12 | second << 6 | UInt32(bytes[at &+ 2] & 0x3F))
                at &+= 3
            } else {
                let low = UInt32(bytes[at &+ 2] & 0x3F) << 6 | UInt32(bytes[at &+ 3] & 0x3F)
                out[written] = D(truncatingIfNeeded: (first & 0x07) << 18 | second << 12 | low)
                at &+= 4
            }
            written &+= 1
        }
        return written
    }

    /// How many bytes at the end certainly begin a character that is not all there: 0, where only `scan` can tell too.
    @inlinable public static func openEnd(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        if count < 2 { return 0 }
        let last = bytes[count &- 1], before = bytes[count &- 2]
        if last >= 0xC2 && last < 0xF0 { return 1 }
        return isContinuation(last) && before > 0xE0 && before < 0xF0 && before != 0xED ? 2 : 0
    }

    /// Decodes all of `count` bytes in one pass, without counting first, into room for as many halves: how many were written and their
    /// union. nil: an error, an incomplete sequence at the end, or code points above U+FFFF; then `scan` says more.
    @inlinable public static func decodeHalves(_ bytes: UnsafePointer<UInt8>, _ count: Int, into out: UnsafeMutablePointer<UInt16>) -> (produced: Int, union: UInt32)? {
        let raw = UnsafeRawPointer(bytes)
        var at = 0, written = 0
        // Never empty: a text of ASCII only has a union below 0x80.
        var union: UInt32 = 0x40
        while at < count {
            if at &+ 8 <= count {
                // Eight at a time are widened, as far as they are ASCII; what was written beyond will be overwritten.
                let eight = raw.loadUnaligned(fromByteOffset: at, as: SIMD8<UInt8>.self)
                UnsafeMutableRawPointer(out + written).storeBytes(of: SIMD8<UInt16>(truncatingIfNeeded: eight), as: SIMD8<UInt16>.self)
                let others = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian & 0x8080_8080_8080_8080
                let plain = others == 0 ? 8 : others.trailingZeroBitCount >> 3
                at &+= plain
                written &+= plain
                if plain == 8 { continue }
            }
            let first = UInt32(bytes[at])
            if first < 0x80 {
                out[written] = UInt16(truncatingIfNeeded: first)
                at &+= 1
            } else if first < 0xE0 {
                if first < 0xC2 || count &- at < 2 || !isContinuation(bytes[at &+ 1]) { return nil }
                let cp = (first & 0x1F) << 6 | UInt32(bytes[at &+ 1] & 0x3F)
                union |= cp
                out[written] = UInt16(truncatingIfNeeded: cp)
                at &+= 2
            } else {
                if first >= 0xF0 || count &- at < 3 || !isContinuation(bytes[at &+ 1]) || !isContinuation(bytes[at &+ 2]) { return nil }
                let cp = (first & 0x0F) << 12 | UInt32(bytes[at &+ 1] & 0x3F) << 6 | UInt32(bytes[at &+ 2] & 0x3F)
                if cp < 0x800 || isSurrogate(cp) { return nil }
                union |= cp
                out[written] = UInt16(truncatingIfNeeded: cp)
                at &+= 3
            }
            written &+= 1
        }
        return (written, union)
    }

    /// Encodes code points, as far as they are ASCII eight at a time; `out` has room for the longest encoding of each (2 bytes for
    /// those of one byte, 3 for two, 4 for four). The bytes written; -1: there is a surrogate.
    @inlinable public static func encodeRuns<S: CodeUnit>(_ text: UnsafePointer<S>, _ count: Int, into out: UnsafeMutablePointer<UInt8>) -> Int {
        let raw = UnsafeRawPointer(text)
        var at = 0, written = 0
        while at < count {
            if S.bitWidth <= 16 && at &+ 8 <= count {
                var plain: Int
                if S.bitWidth == 8 {
                    let eight = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                    UnsafeMutableRawPointer(out + written).storeBytes(of: eight, as: UInt64.self)
                    let others = eight.littleEndian & 0x8080_8080_8080_8080
                    plain = others == 0 ? 8 : others.trailingZeroBitCount >> 3
                } else {
                    let eight = raw.loadUnaligned(fromByteOffset: at &* 2, as: SIMD8<UInt16>.self)
                    UnsafeMutableRawPointer(out + written).storeBytes(of: SIMD8<UInt8>(truncatingIfNeeded: eight), as: SIMD8<UInt8>.self)
                    let low = raw.loadUnaligned(fromByteOffset: at &* 2, as: UInt64.self).littleEndian & 0xFF80_FF80_FF80_FF80
                    let high = raw.loadUnaligned(fromByteOffset: at &* 2 &+ 8, as: UInt64.self).littleEndian & 0xFF80_FF80_FF80_FF80
                    plain = low != 0 ? low.trailingZeroBitCount >> 4 : high != 0 ? 4 &+ high.trailingZeroBitCount >> 4 : 8
                }
                at &+= plain
                written &+= plain
                if plain == 8 { continue }
            }
            let cp = text[at].codePoint
            if S.bitWidth > 8 && isSurrogate(cp) { return -1 }
            written &+= encode(cp, into: out + written)
            at &+= 1
        }
        return written
    }

    /// The bytes that code points `from..<to` need, up to the first surrogate; its whole run is the error.
    @inlinable public static func measure<S: CodeUnit>(_ text: UnsafePointer<S>, _ from: Int, _ to: Int) -> EncodeStep {
        var bytes = 0
        var at = from
        while at < to {
            let cp = text[at].codePoint
            if cp < 0x80 {
                bytes &+= 1
            } else if cp < 0x800 {
                bytes &+= 2
            } else if cp < 0x10000 {
                if isSurrogate(cp) { return EncodeStep(consumed: at, produced: bytes, errorEnd: surrogateEnd(text, at, to)) }
                bytes &+= 3
            } else {
                bytes &+= 4
            }
            at &+= 1
        }
        return EncodeStep(consumed: at, produced: bytes, errorEnd: at)
    }

    @inlinable @inline(__always) public static func isSurrogate(_ cp: UInt32) -> Bool { cp & 0xFFFF_F800 == 0xD800 }

    /// The end of the run of surrogates that starts at `from`.
    @inlinable public static func surrogateEnd<S: CodeUnit>(_ text: UnsafePointer<S>, _ from: Int, _ to: Int) -> Int {
        var at = from
        while at < to && isSurrogate(text[at].codePoint) { at &+= 1 }
        return at
    }

    /// Encodes code points, surrogates too (as three bytes each, which is what surrogatepass wants). Returns
    /// the number of bytes written, at most `measure`'s, or 4 for each code point.
    @inlinable @discardableResult
    public static func encode<S: CodeUnit>(_ text: UnsafePointer<S>, _ from: Int, _ to: Int, into out: UnsafeMutablePointer<UInt8>) -> Int {
        var written = 0
        for at in from..<to { written &+= encode(text[at].codePoint, into: out + written) }
        return written
    }

    /// Encodes one code point and returns the number of bytes, 1 to 4.
    @inlinable @inline(__always)
    public static func encode(_ cp: UInt32, into out: UnsafeMutablePointer<UInt8>) -> Int {
        if cp < 0x80 {
            out[0] = UInt8(truncatingIfNeeded: cp)
            return 1
        }
        if cp < 0x800 {
            out[0] = UInt8(truncatingIfNeeded: 0xC0 | cp >> 6)
            out[1] = UInt8(truncatingIfNeeded: 0x80 | cp & 0x3F)
            return 2
        }
        if cp < 0x10000 {
            out[0] = UInt8(truncatingIfNeeded: 0xE0 | cp >> 12)
            out[1] = UInt8(truncatingIfNeeded: 0x80 | cp >> 6 & 0x3F)
            out[2] = UInt8(truncatingIfNeeded: 0x80 | cp & 0x3F)
            return 3
        }
        out[0] = UInt8(truncatingIfNeeded: 0xF0 | cp >> 18)
        out[1] = UInt8(truncatingIfNeeded: 0x80 | cp >> 12 & 0x3F)
        out[2] = UInt8(truncatingIfNeeded: 0x80 | cp >> 6 & 0x3F)
        out[3] = UInt8(truncatingIfNeeded: 0x80 | cp & 0x3F)
        return 4
    }

    /// The surrogate that three bytes at `at` encode (what surrogatepass lets through), or 0.
    @inlinable public static func encodedSurrogate(_ bytes: UnsafePointer<UInt8>, _ at: Int, _ to: Int) -> UInt32 {
        if to &- at < 3 || bytes[at] != 0xED || !isContinuation(bytes[at &+ 1]) || !isContinuation(bytes[at &+ 2]) { return 0 }
        let cp = 0xD000 | UInt32(bytes[at &+ 1] & 0x3F) << 6 | UInt32(bytes[at &+ 2] & 0x3F)
        return isSurrogate(cp) ? cp : 0
    }
}
