// ASCII and Latin-1: one byte is one code point.

import Glibc

public enum SingleByteCodec {
    public static var asciiReason: StaticString { "ordinal not in range(128)" }
    public static var latin1Reason: StaticString { "ordinal not in range(256)" }

    /// Checks bytes for ASCII. An error is one byte long; no byte is written: ASCII and Latin-1 text is its bytes.
    @inlinable public static func scanASCII(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> DecodeStep {
        let end = CodeUnits.asciiEnd(bytes, from, to)
        if end == to { return DecodeStep(consumed: end, produced: end &- from, union: end > from ? 0x40 : 0) }
        return DecodeStep(error: end..<end &+ 1, "ordinal not in range(128)", produced: end &- from, union: end > from ? 0x40 : 0)
    }

    /// Encodes code points below `limit` (128 or 256) up to the first run of others; one byte each.
    @inlinable public static func encode<S: CodeUnit>(
        _ text: UnsafePointer<S>, _ from: Int, _ to: Int, limit: UInt32, into out: UnsafeMutablePointer<UInt8>
    ) -> EncodeStep {
        var at = from
        while at < to {
            let cp = text[at].codePoint
            if cp >= limit {
                var end = at &+ 1
                while end < to && text[end].codePoint >= limit { end &+= 1 }
                return EncodeStep(consumed: at, produced: at &- from, errorEnd: end)
            }
            out[at &- from] = UInt8(truncatingIfNeeded: cp)
            at &+= 1
        }
        return EncodeStep(consumed: at, produced: at &- from, errorEnd: at)
    }
}
