// `repr` and `ascii` of str, bytes and bytearray.

import CLadonUnicode

public enum TextRepr {
    /// The quote that repr chooses: the apostrophe, unless there is one in the text and no quotation mark.
    @inlinable static func quote<U: CodeUnit>(_ text: UnsafePointer<U>, _ count: Int) -> UInt32 {
        var apostrophe = false
        for i in 0..<count {
            if text[i] == 34 { return 39 }
            if text[i] == 39 { apostrophe = true }
        }
        return apostrophe ? 34 : 39
    }

    /// Appends `repr(str)`, or `ascii(str)` if `asciiOnly`.
    @inlinable public static func append<U: CodeUnit>(string text: UnsafePointer<U>, _ count: Int, asciiOnly: Bool = false, to out: inout TextBuffer) {
        let quote = quote(text, count)
        _ = out.reserve(count &+ 2)
        out.append(quote)
        var i = 0
        while i < count {
            // Runs of plain ASCII go over as a whole.
            let start = i
            while i < count, text[i] < 127, text[i] >= 32, text[i] != 92, text[i].codePoint != quote { i &+= 1 }
            out.append(text + start, i &- start)
            if i == count { break }
            let cp = text[i].codePoint
            i &+= 1
            if cp == quote || cp == 92 {
                out.append(92)
                out.append(cp)
            } else if cp == 10 {
                out.append("\\n")
            } else if cp == 9 {
                out.append("\\t")
            } else if cp == 13 {
                out.append("\\r")
            } else if cp > 127 && !asciiOnly && ladon_uc_flags(cp) & LADON_UC_PRINTABLE != 0 {
                out.append(cp)
            } else {
                EscapeCodec.escape(cp, to: &out)
            }
        }
        out.append(quote)
    }

    /// Appends `repr(bytes)`, the "b" included.
    public static func append(bytes: UnsafePointer<UInt8>, _ count: Int, to out: inout TextBuffer) {
        let quote = quote(bytes, count)
        _ = out.reserve(count &+ 3)
        out.append(98)
        out.append(quote)
        for i in 0..<count {
            let byte = UInt32(bytes[i])
            if byte == quote || byte == 92 {
                out.append(92)
                out.append(byte)
            } else if byte == 10 {
                out.append("\\n")
            } else if byte == 9 {
                out.append("\\t")
            } else if byte == 13 {
                out.append("\\r")
            } else if byte < 32 || byte >= 127 {
                out.append("\\x")
                out.append(hex: byte, width: 2)
            } else {
                out.append(byte)
            }
        }
        out.append(quote)
    }
}
