// UTF-16 and UTF-32, in either byte order.

/// The order of bytes in a unit of more than one.
@frozen public enum ByteOrder: UInt8 {
    case little, big

    /// This machine's.
    @inlinable public static var native: ByteOrder { UInt16(1).littleEndian == 1 ? .little : .big }
}

public enum UTF16Codec {
    public static var encodeReason: StaticString { "surrogates not allowed" }

    /// The order that a byte order mark at the start announces; nil without one. The mark is 2 bytes long.
    public static func byteOrderMark(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> ByteOrder? {
        if count < 2 { return nil }
        if bytes[0] == 0xFF && bytes[1] == 0xFE { return .little }
        if bytes[0] == 0xFE && bytes[1] == 0xFF { return .big }
        return nil
    }

    @inlinable @inline(__always)
    static func unit(_ bytes: UnsafePointer<UInt8>, _ at: Int, _ order: ByteOrder) -> UInt32 {
        let word = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: at, as: UInt16.self)
        return UInt32(order == .little ? UInt16(littleEndian: word) : UInt16(bigEndian: word))
    }

    /// Decodes bytes `from..<to` into `out`, which has room for one code point for each two bytes, up to the end
    /// or the first error.
    @inlinable public static func decode(
        _ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, _ order: ByteOrder, final: Bool = true,
        into out: UnsafeMutablePointer<UInt32>
    ) -> DecodeStep {
        var at = from
        var count = 0
        var union: UInt32 = 0
        while at &+ 2 <= to {
            var cp = unit(bytes, at, order)
            if UTF8Codec.isSurrogate(cp) {
                if cp >= 0xDC00 {
                    return DecodeStep(error: at..<at &+ 2, "illegal encoding", produced: count, union: union)
                }
                if at &+ 4 > to {
                    if !final { return DecodeStep(consumed: at, produced: count, union: union) }
                    return DecodeStep(error: at..<to, "unexpected end of data", produced: count, union: union)
                }
                let low = unit(bytes, at &+ 2, order)
                if low & 0xFC00 != 0xDC00 {
                    return DecodeStep(error: at..<at &+ 2, "illegal UTF-16 surrogate", produced: count, union: union)
                }
                cp = 0x10000 &+ (cp &- 0xD800) << 10 &+ (low &- 0xDC00)
                at &+= 2
            }
            out[count] = cp
            union |= cp
            count &+= 1
            at &+= 2
        }
        if at < to && final {
            return DecodeStep(error: at..<to, "truncated data", produced: count, union: union)
        }
        return DecodeStep(consumed: at, produced: count, union: union)
    }

    /// Encodes up to the first surrogate, an error one code point long. `out`: 4 bytes for each code point.
    @inlinable public static func encode<S: CodeUnit>(
        _ text: UnsafePointer<S>, _ from: Int, _ to: Int, _ order: ByteOrder, into out: UnsafeMutablePointer<UInt8>
    ) -> EncodeStep {
        var written = 0
        for at in from..<to {
            let cp = text[at].codePoint
            if cp < 0x10000 {
                if UTF8Codec.isSurrogate(cp) { return EncodeStep(consumed: at, produced: written, errorEnd: at &+ 1) }
                put(cp, order, out + written)
                written &+= 2
            } else {
                put(0xD7C0 &+ cp >> 10, order, out + written)
                put(0xDC00 | cp & 0x3FF, order, out + (written &+ 2))
                written &+= 4
            }
        }
        return EncodeStep(consumed: to, produced: written, errorEnd: to)
    }

    /// Writes one unit, surrogates too (what surrogatepass writes, and the byte order mark 0xFEFF).
    @inlinable @inline(__always)
    public static func put(_ unit: UInt32, _ order: ByteOrder, _ out: UnsafeMutablePointer<UInt8>) {
        let low = UInt8(truncatingIfNeeded: unit), high = UInt8(truncatingIfNeeded: unit >> 8)
        out[0] = order == .little ? low : high
        out[1] = order == .little ? high : low
    }

    /// The surrogate in the unit at `at` (what surrogatepass lets through), or 0.
    @inlinable public static func encodedSurrogate(_ bytes: UnsafePointer<UInt8>, _ at: Int, _ to: Int, _ order: ByteOrder) -> UInt32 {
        if to &- at < 2 { return 0 }
        let cp = unit(bytes, at, order)
        return UTF8Codec.isSurrogate(cp) ? cp : 0
    }
}

public enum UTF32Codec {
    public static var encodeReason: StaticString { "surrogates not allowed" }

    /// The order that a byte order mark at the start announces; nil without one. The mark is 4 bytes long.
    public static func byteOrderMark(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> ByteOrder? {
        if count < 4 { return nil }
        if unit(bytes, 0, .little) == 0xFEFF { return .little }
        if unit(bytes, 0, .big) == 0xFEFF { return .big }
        return nil
    }

    @inlinable @inline(__always)
    static func unit(_ bytes: UnsafePointer<UInt8>, _ at: Int, _ order: ByteOrder) -> UInt32 {
        let word = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: at, as: UInt32.self)
        return order == .little ? UInt32(littleEndian: word) : UInt32(bigEndian: word)
    }

    /// Decodes bytes `from..<to` into `out`, which has room for one code point for each four bytes.
    @inlinable public static func decode(
        _ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, _ order: ByteOrder, final: Bool = true,
        into out: UnsafeMutablePointer<UInt32>
    ) -> DecodeStep {
        var at = from
        var count = 0
        var union: UInt32 = 0
        while at &+ 4 <= to {
            let cp = unit(bytes, at, order)
            if UTF8Codec.isSurrogate(cp) {
                return DecodeStep(
                    error: at..<at &+ 4, "code point in surrogate code point range(0xd800, 0xe000)", produced: count, union: union)
            }
            if cp > 0x10FFFF {
                return DecodeStep(error: at..<at &+ 4, "code point not in range(0x110000)", produced: count, union: union)
            }
            out[count] = cp
            union |= cp
            count &+= 1
            at &+= 4
        }
        if at < to && final {
            return DecodeStep(error: at..<to, "truncated data", produced: count, union: union)
        }
        return DecodeStep(consumed: at, produced: count, union: union)
    }

    /// Encodes up to the first surrogate, an error one code point long. `out`: 4 bytes for each code point.
    @inlinable public static func encode<S: CodeUnit>(
        _ text: UnsafePointer<S>, _ from: Int, _ to: Int, _ order: ByteOrder, into out: UnsafeMutablePointer<UInt8>
    ) -> EncodeStep {
        for at in from..<to {
            let cp = text[at].codePoint
            if UTF8Codec.isSurrogate(cp) { return EncodeStep(consumed: at, produced: (at &- from) &* 4, errorEnd: at &+ 1) }
            put(cp, order, out + (at &- from) &* 4)
        }
        return EncodeStep(consumed: to, produced: (to &- from) &* 4, errorEnd: to)
    }

    /// Writes one code point, surrogates too.
    @inlinable @inline(__always)
    public static func put(_ cp: UInt32, _ order: ByteOrder, _ out: UnsafeMutablePointer<UInt8>) {
        let word = order == .little ? cp.littleEndian : cp.bigEndian
        UnsafeMutableRawPointer(out).storeBytes(of: word, as: UInt32.self)
    }

    /// The surrogate in the unit at `at` (what surrogatepass lets through), or 0.
    @inlinable public static func encodedSurrogate(_ bytes: UnsafePointer<UInt8>, _ at: Int, _ to: Int, _ order: ByteOrder) -> UInt32 {
        if to &- at < 4 { return 0 }
        let cp = unit(bytes, at, order)
        return UTF8Codec.isSurrogate(cp) ? cp : 0
    }
}
