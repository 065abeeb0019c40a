// Quoted-printable (RFC 2045, section 6.7) as binascii has it.

import Glibc
import LadonRuntime
import LadonTypes

private func hexDigitValue(_ c: UInt32) -> UInt32? {
    if c &- 48 < 10 { return c - 48 }
    let lower = c | 32
    return lower &- 97 < 6 ? lower - 87 : nil
}

func decodeQuotedPrintable(_ t: Thread, _ text: Text, header: Bool) -> Value {
    var out = ByteBuffer(capacity: text.count)
    defer { out.free() }
    var at = 0
    while at < text.count {
        let c = text[at]
        if c == 61 {
            at += 1
            if at >= text.count { break }
            if text[at] == 10 || text[at] == 13 {
                // A soft line break: everything up to the line feed goes.
                while at < text.count && text[at] != 10 { at += 1 }
                if at < text.count { at += 1 }
            } else if text[at] == 61 {
                // A broken encoder's "==".
                out.append(61)
                at += 1
            } else if at + 1 < text.count, let high = hexDigitValue(text[at]), let low = hexDigitValue(text[at + 1]) {
                out.append(UInt8(truncatingIfNeeded: high << 4 | low))
                at += 2
            } else {
                out.append(61)
            }
        } else {
            out.append(header && c == 95 ? 32 : UInt8(truncatingIfNeeded: c))
            at += 1
        }
    }
    return finish(t, out)
}

func encodeQuotedPrintable(_ t: Thread, _ text: Text, quoteTabs: Bool, isText: Bool, header: Bool) -> Value {
    let count = text.count
    let maximumLine = 76
    // The style of line ends: that of the first one.
    var crlf = false
    for i in 0..<count where text[i] == 10 {
        crlf = i > 0 && text[i - 1] == 13
        break
    }
    var out = ByteBuffer(capacity: count + 32)
    defer { out.free() }
    var line = 0
    func softBreak() {
        out.append(61)
        if crlf { out.append(13) }
        out.append(10)
        line = 0
    }
    func quote(_ c: UInt32) {
        let digits: StaticString = "0123456789ABCDEF"
        out.append(61)
        out.append(digits.utf8Start[Int(c >> 4)])
        out.append(digits.utf8Start[Int(c & 15)])
    }
    var at = 0
    while at < count {
        let c = text[at]
        let next: UInt32? = at + 1 < count ? text[at + 1] : nil
        let mustQuote = c > 126 || c == 61 || (header && c == 95)
            || (c == 46 && line == 0 && (next == nil || next == 10 || next == 13 || next == 0))
            || (!isText && (c == 13 || c == 10))
            || ((c == 9 || c == 32) && next == nil)
            || (c < 33 && c != 13 && c != 10 && c != 9 && c != 32)
            || (c < 33 && c != 13 && c != 10 && (quoteTabs || (!quoteTabs && c != 9 && c != 32)))
        if mustQuote {
            if line + 3 >= maximumLine { softBreak() }
            quote(c)
            at += 1
            line += 3
            continue
        }
        if isText && (c == 10 || (c == 13 && next == 10)) {
            line = 0
            // White space before a line end would get lost.
            if out.count > 0 && (out.base[out.count - 1] == 32 || out.base[out.count - 1] == 9) {
                let last = UInt32(out.base[out.count - 1])
                out.count -= 1
                quote(last)
            }
            if crlf { out.append(13) }
            out.append(10)
            at += c == 13 ? 2 : 1
            continue
        }
        if next != nil && next != 10 && line + 1 >= maximumLine { softBreak() }
        line += 1
        if header && c == 32 {
            out.append(95)
        } else {
            out.append(UInt8(truncatingIfNeeded: c))
        }
        at += 1
    }
    return finish(t, out)
}
