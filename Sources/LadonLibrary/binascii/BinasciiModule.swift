// The module `binascii`: its whole surface, base64, hexadecimal and checksums.

import Glibc
import LadonRuntime
import LadonTypes

/// The module `binascii`.
public func binasciiModule() -> ModuleDefinition {
    ModuleDefinition("binascii", doc: "Conversion between binary data and ASCII", members: [
        .method("a2b_base64", "(data, /, *, strict_mode=False)", { t, a in
            let strict = isTrue(t, a[1])
            return strict < 0 ? .raised : withASCII(t, a[0]) { decodeBase64(t, $0, strict: strict == 1) }
        }, "Decode a line of base64 data.\n\n  strict_mode\n    When set to True, bytes that are not in the base64 standard are not allowed.\n    The same applies to excess data after padding (= / ==)."),
        .method("b2a_base64", "(data, /, *, newline=True)", { t, a in
            let newline = isTrue(t, a[1])
            return newline < 0 ? .raised : withData(t, a[0]) { encodeBase64(t, $0, newline: newline == 1) }
        }, "Base64-code line of data."),
        .method("a2b_hex", "(hexstr, /)", { t, a in withASCII(t, a[0]) { decodeHex(t, $0) } },
                "Binary data of hexadecimal representation.\n\nhexstr must contain an even number of hex digits (upper or lower case).\nThis function is also available as \"unhexlify()\"."),
        .method("unhexlify", "(hexstr, /)", { t, a in withASCII(t, a[0]) { decodeHex(t, $0) } },
                "Binary data of hexadecimal representation.\n\nhexstr must contain an even number of hex digits (upper or lower case)."),
        .method("b2a_hex", "(data, sep=<unrepresentable>, bytes_per_sep=1)", { t, a in
            withData(t, a[0]) { hexString(t, $0, a[1], a[2], asBytes: true) }
        }, "Hexadecimal representation of binary data.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left.\n\nThe return value is a bytes object.  This function is also\navailable as \"hexlify()\"."),
        .method("hexlify", "(data, sep=<unrepresentable>, bytes_per_sep=1)", { t, a in
            withData(t, a[0]) { hexString(t, $0, a[1], a[2], asBytes: true) }
        }, "Hexadecimal representation of binary data.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left.\n\nThe return value is a bytes object.  This function is also\navailable as \"b2a_hex()\"."),
        .method("a2b_uu", "(data, /)", { t, a in withASCII(t, a[0]) { decodeUU(t, $0) } }, "Decode a line of uuencoded data."),
        .method("b2a_uu", "(data, /, *, backtick=False)", { t, a in
            let backtick = isTrue(t, a[1])
            return backtick < 0 ? .raised : withData(t, a[0]) { encodeUU(t, $0, backtick: backtick == 1) }
        }, "Uuencode line of data."),
        .method("a2b_qp", "(data, header=False)", { t, a in
            let header = isTrue(t, a[1])
            return header < 0 ? .raised : withASCII(t, a[0]) { decodeQuotedPrintable(t, $0, header: header == 1) }
        }, "Decode a string of qp-encoded data."),
        .method("b2a_qp", "(data, quotetabs=False, istext=True, header=False)", { t, a in
            let tabs = isTrue(t, a[1]), isText = isTrue(t, a[2]), header = isTrue(t, a[3])
            if tabs < 0 || isText < 0 || header < 0 { return .raised }
            return withData(t, a[0]) { encodeQuotedPrintable(t, $0, quoteTabs: tabs == 1, isText: isText == 1, header: header == 1) }
        }, "Encode a string using quoted-printable encoding.\n\nOn encoding, when istext is set, newlines are not encoded, and white\nspace at end of lines is.  When istext is not set, \\\\r and \\\\n (CR/LF)\nare both encoded.  When quotetabs is set, space and tabs are encoded."),
        .method("crc32", "(data, crc=0, /)", { t, a in
            let start = intTruncated(t, a[1])
            return start == nil ? .raised : withData(t, a[0]) { makeInt(t, UInt(crc32($0, UInt32(truncatingIfNeeded: start!)))) }
        }, "Compute CRC-32 incrementally."),
        .method("crc_hqx", "(data, crc, /)", { t, a in
            let start = intTruncated(t, a[1])
            return start == nil ? .raised : withData(t, a[0]) { text in
                var crc = UInt32(truncatingIfNeeded: start!) & 0xFFFF
                for i in 0..<text.count {
                    crc ^= text[i] << 8
                    for _ in 0..<8 { crc = crc & 0x8000 != 0 ? (crc << 1 ^ 0x1021) & 0xFFFF : crc << 1 & 0xFFFF }
                }
                return Value(smallInt: Int(crc))
            }
        }, "Compute CRC-CCITT incrementally."),
    ], types: [
        { TypeDefinition(nil, "binascii.Error", base: .valueError, flags: [.baseType]) },
        { TypeDefinition(nil, "binascii.Incomplete", base: .exception, flags: [.baseType]) },
    ])
}

/// The low bits of an integer argument of any size. nil: raised.
private func intTruncated(_ t: Thread, _ v: Value) -> UInt? {
    let n = index(t, v)
    return n.isRaised ? nil : intTruncated(plainInt(n))
}

/// Raises binascii.Error.
func raiseBinasciiError(_ t: Thread, _ message: String) -> Value {
    let module = importModule(t, "binascii")
    if module.isRaised { return .raised }
    let type = getAttribute(t, module, internStatic(t, "Error"))
    if type.isRaised { return .raised }
    let e = call(t, type, makeString(t, message))
    return e.isRaised ? .raised : raiseValue(t, e)
}

func withData(_ t: Thread, _ v: Value, _ body: (Text) -> Value) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, v, &buffer) < 0 { return .raised }
    let result = body(buffer.text)
    releaseBuffer(t, &buffer)
    return result
}

/// The bytes of an argument that may also be an ASCII str.
private func withASCII(_ t: Thread, _ v: Value, _ body: (Text) -> Value) -> Value {
    if v.isCell && v.isStr {
        if !v.strIsASCII { return raise(t, .valueError, "string argument should contain only ASCII characters") }
        let result = body(v.text)
        v.keepAlive
        return result
    }
    if !supportsBuffer(v) { return raise(t, .typeError, "argument should be bytes, buffer or ASCII string, not '\(typeName(v))'") }
    return withData(t, v, body)
}

/// What a buffer holds, as bytes.
func finish(_ t: Thread, _ out: ByteBuffer) -> Value {
    out.failed ? raiseMemoryError(t) : makeBytes(t, out.base, out.count)
}

// MARK: base64

private func base64Value(_ c: UInt32) -> UInt32? {
    switch c {
    case 65...90: return c - 65
    case 97...122: return c - 71
    case 48...57: return c + 4
    case 43: return 62
    case 47: return 63
    default: return nil
    }
}

/// The number of each letter, 0x80 for bytes that are none.
private let base64Values: UnsafeMutablePointer<UInt8> = {
    let p = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for i in 0..<256 { p[i] = base64Value(UInt32(i)).map { UInt8($0) } ?? 0x80 }
    return p
}()

private let base64Letters: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

private func decodeBase64(_ t: Thread, _ text: Text, strict: Bool) -> Value {
    if strict && text.count > 0 && text[0] == 61 { return raiseBinasciiError(t, "Leading padding not allowed") }
    var out = ByteBuffer(capacity: text.count * 3 / 4 + 4)
    defer { out.free() }
    var position = 0, pads = 0
    var left: UInt32 = 0
    var padding = false
    // Groups of four letters, as long as there is nothing else.
    let source = text.units(UInt8.self)
    var begin = 0
    if out.reserve(text.count * 3 / 4 + 4) {
        let to = out.base
        var written = 0
        while begin + 4 <= text.count {
            let a = base64Values[Int(source[begin])], b = base64Values[Int(source[begin + 1])]
            let c = base64Values[Int(source[begin + 2])], d = base64Values[Int(source[begin + 3])]
            if (a | b | c | d) & 0x80 != 0 { break }
            to[written] = a << 2 | b >> 4
            to[written + 1] = b << 4 | c >> 2
            to[written + 2] = c << 6 | d
            begin += 4
            written += 3
        }
        out.count = written
    }
    for i in begin..<text.count {
        let c = text[i]
        if c == 61 {
            padding = true
            if position >= 2 {
                pads += 1
                if position + pads >= 4 {
                    // The padding is complete: nothing after it counts.
                    if strict && i + 1 < text.count { return raiseBinasciiError(t, "Excess data after padding") }
                    return finish(t, out)
                }
            }
            continue
        }
        guard let value = base64Value(c) else {
            if strict { return raiseBinasciiError(t, "Only base64 data is allowed") }
            continue
        }
        if strict && padding { return raiseBinasciiError(t, "Discontinuous padding not allowed") }
        pads = 0
        switch position {
        case 0: left = value
        case 1:
            out.append(UInt8(truncatingIfNeeded: left << 2 | value >> 4))
            left = value & 15
        case 2:
            out.append(UInt8(truncatingIfNeeded: left << 4 | value >> 2))
            left = value & 3
        default:
            out.append(UInt8(truncatingIfNeeded: left << 6 | value))
            left = 0
        }
        position = (position + 1) & 3
    }
    if position == 1 {
        return raiseBinasciiError(t, "Invalid base64-encoded string: number of data characters (\(out.count / 3 * 4 + 1)) cannot be 1 more than a multiple of 4")
    }
    if position != 0 { return raiseBinasciiError(t, "Incorrect padding") }
    return finish(t, out)
}

private func encodeBase64(_ t: Thread, _ text: Text, newline: Bool) -> Value {
    let count = text.count
    let groups = (count + 2) / 3
    let result = newBytes(t, count: groups * 4 + (newline ? 1 : 0))
    let out = result.bytesData
    let bytes = text.units(UInt8.self)
    let letters = base64Letters.utf8Start
    @inline(__always) func letter(_ n: UInt32) -> UInt8 { letters[Int(n & 63)] }
    var at = 0, written = 0
    while at &+ 3 <= count {
        let word = UInt32(bytes[at]) << 16 | UInt32(bytes[at &+ 1]) << 8 | UInt32(bytes[at &+ 2])
        out[written] = letter(word >> 18)
        out[written &+ 1] = letter(word >> 12)
        out[written &+ 2] = letter(word >> 6)
        out[written &+ 3] = letter(word)
        at &+= 3
        written &+= 4
    }
    while at < count {
        let left = count - at
        var word = UInt32(bytes[at]) << 16
        if left > 1 { word |= UInt32(bytes[at + 1]) << 8 }
        if left > 2 { word |= UInt32(bytes[at + 2]) }
        out[written] = letter(word >> 18)
        out[written + 1] = letter(word >> 12)
        out[written + 2] = left > 1 ? letter(word >> 6) : 61
        out[written + 3] = left > 2 ? letter(word) : 61
        at += 3
        written += 4
    }
    if newline { out[written] = 10 }
    return result
}

// MARK: hexadecimal, checksum

private func decodeHex(_ t: Thread, _ text: Text) -> Value {
    if text.count % 2 != 0 { return raiseBinasciiError(t, "Odd-length string") }
    if text.count == 0 { return emptyBytes }
    let result = newBytes(t, count: text.count / 2)
    func value(_ c: UInt32) -> UInt32 {
        if c &- 48 < 10 { return c - 48 }
        let lower = c | 32
        return lower &- 97 < 6 ? lower - 87 : 16
    }
    let bytes = text.units(UInt8.self)
    for i in 0..<text.count / 2 {
        let high = value(UInt32(bytes[i * 2])), low = value(UInt32(bytes[i * 2 + 1]))
        if high > 15 || low > 15 { return raiseBinasciiError(t, "Non-hexadecimal digit found") }
        result.bytesData[i] = UInt8(high << 4 | low)
    }
    return result
}

/// One step of the polynomial 0xEDB88320 for each byte value.
private let crcTable: [UInt32] = (0..<256).map { n in
    var c = UInt32(n)
    for _ in 0..<8 { c = c & 1 != 0 ? c >> 1 ^ 0xEDB8_8320 : c >> 1 }
    return c
}

private func crc32(_ text: Text, _ start: UInt32) -> UInt32 {
    let bytes = text.units(UInt8.self)
    return crcTable.withUnsafeBufferPointer { table in
        var crc = ~start
        for i in 0..<text.count { crc = crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ bytes[i])] }
        return ~crc
    }
}

// MARK: uu

private func decodeUU(_ t: Thread, _ text: Text) -> Value {
    // The first character tells how many bytes follow.
    // (An empty line counts as a zero character.)
    let total = Int(((text.count > 0 ? text[0] : 0) &- 32) & 63)
    var out = ByteBuffer(capacity: total + 4)
    defer { out.free() }
    var at = text.count > 0 ? 1 : 0
    var bits: UInt32 = 0, have = 0
    while out.count < total {
        var value: UInt32 = 0
        let c = at < text.count ? text[at] : 0
        at += 1
        // A missing character, or the end of the line, is a space that was stripped.
        if at <= text.count && c != 10 && c != 13 {
            if c < 32 || c > 96 { return raiseBinasciiError(t, "Illegal char") }
            value = (c - 32) & 63
        }
        bits = bits << 6 | value
        have += 6
        if have >= 8 {
            have -= 8
            out.append(UInt8(truncatingIfNeeded: bits >> UInt32(have)))
            bits &= 1 << UInt32(have) - 1
        }
    }
    while at < text.count {
        let c = text[at]
        at += 1
        if c != 32 && c != 96 && c != 10 && c != 13 { return raiseBinasciiError(t, "Trailing garbage") }
    }
    return finish(t, out)
}

private func encodeUU(_ t: Thread, _ text: Text, backtick: Bool) -> Value {
    if text.count > 45 { return raiseBinasciiError(t, "At most 45 bytes at once") }
    var out = ByteBuffer(capacity: 64)
    defer { out.free() }
    func put(_ value: UInt32) { out.append(value == 0 && backtick ? 96 : UInt8(truncatingIfNeeded: value + 32)) }
    put(UInt32(text.count))
    var at = 0
    while at < text.count {
        var word = text[at] << 16
        if at + 1 < text.count { word |= text[at + 1] << 8 }
        if at + 2 < text.count { word |= text[at + 2] }
        put(word >> 18 & 63)
        put(word >> 12 & 63)
        put(word >> 6 & 63)
        put(word & 63)
        at += 3
    }
    out.append(10)
    return finish(t, out)
}
