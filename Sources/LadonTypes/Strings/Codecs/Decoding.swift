// Bytes to str.

import Glibc
import LadonRuntime

/// bytes.decode(encoding, errors) of any bytes-like object; `.missing` means the default. Always a str.
public func decodeBytes(_ t: Thread, _ v: Value, encoding: Value, errors: Value) -> Value {
    if !areErrorsKnown(t, errors) { return .raised }
    if encoding.isMissing || stringEqual(encoding, "utf-8") {
        return withBytes(t, v) { decode(t, .utf8, $0, object: v, errors: errors) }
    }
    if let known = knownEncoding(encoding) {
        switch known {
        case .utf16Marked, .utf32Marked:
            var consumed = 0
            var order: ByteOrder?
            var wide = false
            if case .utf32Marked = known { wide = true }
            return decodeMarkedText(t, v, wide: wide, errors: errors, final: true, order: &order, consumed: &consumed)
        default: break
        }
        return withBytes(t, v) { decode(t, known, $0, object: v, errors: errors) }
    }
    return decodeThroughRegistry(t, v, encoding, errors)
}

/// A str from UTF-8 under an error handler (`.missing`: strict).
public func decodeUTF8(_ t: Thread, _ bytes: UnsafePointer<UInt8>, _ count: Int, errors: Value = .missing) -> Value {
    decode(t, .utf8, Text(base: UnsafeRawPointer(bytes), count: count, kind: 1), object: .missing, errors: errors)
}

/// A str from the operating system's bytes (UTF-8 with surrogateescape).
public func decodeFileSystem(_ t: Thread, _ v: Value) -> Value {
    withBytes(t, v) { makeString(t, fileSystem: $0.units(UInt8.self), count: $0.count) }
}

/// With -X dev a handler's name is looked up before anything has gone wrong. False: raised.
@inline(__always) func areErrorsKnown(_ t: Thread, _ errors: Value) -> Bool {
    !errors.isCell || interpreter(t).pointee.flags.devMode == 0 || !lookupErrorHandler(t, errors).isRaised
}

/// The encodings done here without asking the registry, by the names that CPython short-cuts.
func knownEncoding(_ name: Value) -> TextEncoding? {
    let count = name.strCount
    if !name.strIsASCII || count < 4 || count > 10 { return nil }
    // Lower case, "-" and " " as "_".
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 12) { buffer in
        let out = buffer.baseAddress.unsafelyUnwrapped
        for i in 0..<count {
            let c = name.strBytes[i]
            out[i] = c &- 65 < 26 ? c | 32 : c == 45 || c == 32 ? 95 : c
        }
        func isText(_ s: StaticString) -> Bool { s.utf8CodeUnitCount == count && memcmp(s.utf8Start, out, count) == 0 }
        if isText("utf_8") || isText("utf8") { return .utf8 }
        if isText("utf_16") || isText("utf16") { return .utf16Marked(.native) }
        if isText("utf_32") || isText("utf32") { return .utf32Marked(.native) }
        if isText("ascii") || isText("us_ascii") { return .ascii }
        if isText("latin_1") || isText("latin1") || isText("iso_8859_1") || isText("iso8859_1") { return .latin1 }
        return nil
    }
}

/// Decodes a bytes-like object (what `codecs.utf_8_decode` and its kin do). Without `final` an incomplete sequence at the end
/// is left, and `consumed` says where.
public func decodeText(_ t: Thread, _ encoding: TextEncoding, _ data: Value, errors: Value, final: Bool, consumed: inout Int) -> Value {
    var used = 0
    let result = withBytes(t, data) { decode(t, encoding, $0, object: data, errors: errors, final: final, consumed: &used) }
    consumed = used
    return result
}

/// Decodes UTF-16 or UTF-32. Without an `order` a byte order mark at the start decides (`order` then says how), or this
/// machine's order is taken.
public func decodeMarkedText(_ t: Thread, _ data: Value, wide: Bool, errors: Value, final: Bool, order: inout ByteOrder?, consumed: inout Int) -> Value {
    var used = 0
    var known = order
    let result = withBytes(t, data) { text in
        var skip = 0
        if known == nil {
            let bytes = text.units(UInt8.self)
            known = wide ? UTF32Codec.byteOrderMark(bytes, text.count) : UTF16Codec.byteOrderMark(bytes, text.count)
            if known != nil { skip = wide ? 4 : 2 }
        }
        let encoding: TextEncoding = wide ? .utf32(known ?? .native) : .utf16(known ?? .native)
        return decode(t, encoding, text, object: data, errors: errors, final: final, consumed: &used, from: skip)
    }
    order = known
    consumed = used
    return result
}

/// Decodes all of a text of bytes. `object` is what the bytes belong to, for exceptions.
func decode(_ t: Thread, _ encoding: TextEncoding, _ text: Text, object: Value, errors: Value) -> Value {
    var consumed = 0
    return decode(t, encoding, text, object: object, errors: errors, final: true, consumed: &consumed)
}

/// Decodes; without `final` an incomplete sequence at the end is left, and `consumed` says where.
func decode(_ t: Thread, _ encoding: TextEncoding, _ text: Text, object: Value, errors: Value, final: Bool, consumed: inout Int,
            from: Int = 0) -> Value {
    let bytes = text.units(UInt8.self)
    let count = text.count
    consumed = count
    // Without errors, straight into the string.
    switch encoding {
    case .utf8:
        let whole = final ? count : count &- UTF8Codec.openEnd(bytes, count)
        let text = makeStringInOnePass(t, utf8: bytes, count: whole)
        if !text.isMissing {
            consumed = whole
            return text
        }
        let scan = UTF8Codec.scan(bytes, 0, count, final: final)
        if !scan.failed {
            consumed = scan.consumed
            return makeString(t, utf8: bytes, scan)
        }
    case .ascii:
        if CodeUnits.asciiEnd(bytes, 0, count) == count { return makeString(t, ascii: bytes, count: count) }
    case .latin1: return makeString(t, latin1: bytes, count: count)
    default: break
    }
    if !checkTextSize(t, count, 4) { return .raised }
    var out = TextBuffer(capacity: count)
    defer { out.free() }
    var job = DecodeJob(t, encoding, text, object: object, errors: errors)
    guard let end = job.run(&out, from, final: final) else { return .raised }
    consumed = end
    if job.unknownEscape >= 0 {
        if !warnOfEscape(t, job.bytes + job.unknownEscape) { return .raised }
    }
    object.keepAlive
    job.object.keepAlive
    return finish(t, out)
}

/// Warns of an escape sequence that means nothing, or of an octal one beyond a byte: `p` is behind the backslash. False: raised.
public func warnOfEscape(_ t: Thread, _ p: UnsafePointer<UInt8>) -> Bool {
    let isOctal = p[0] >= UInt8(ascii: "4") && p[0] <= UInt8(ascii: "7")
    let text = (0..<(isOctal ? 3 : 1)).map { String(Character(Unicode.Scalar(p[$0]))) }.joined()
    return warn(t, .deprecationWarning, "invalid \(isOctal ? "octal " : "")escape sequence '\\\(text)'", 1) >= 0
}

extension DecodeJob {
    /// Decodes everything into `out`; returns the end, or nil: raised.
    mutating func run(_ out: inout TextBuffer, _ from: Int, final: Bool) -> Int? {
        var at = from
        while true {
            if !out.reserve(count - at + 8) {
                _ = raiseMemoryError(t)
                return nil
            }
            let step = self.step(at, out.base + out.count, final)
            out.count += step.produced
            if !step.failed { return step.consumed }
            guard let next = handle(step.errorStart, step.errorEnd, step.reason, &out) else { return nil }
            at = next
        }
    }

    private mutating func step(_ at: Int, _ out: UnsafeMutablePointer<UInt32>, _ final: Bool) -> DecodeStep {
        switch encoding {
        case .utf8:
            let scan = UTF8Codec.scan(bytes, at, count, final: final)
            UTF8Codec.fill(bytes, at, scan.consumed, into: out)
            return scan
        case .ascii:
            let scan = SingleByteCodec.scanASCII(bytes, at, count)
            for i in 0..<scan.produced { out[i] = UInt32(bytes[at + i]) }
            return scan
        case .utf16(let order), .utf16Marked(let order): return UTF16Codec.decode(bytes, at, count, order, final: final, into: out)
        case .utf32(let order), .utf32Marked(let order): return UTF32Codec.decode(bytes, at, count, order, final: final, into: out)
        case .utf7: return UTF7Codec.decode(bytes, at, count, final: final, into: out)
        case .rawUnicodeEscape: return RawEscapeCodec.decode(bytes, at, count, final: final, into: out)
        case .unicodeEscape:
            return EscapeCodec.decode(bytes, at, count, final: final, into: out, unknownEscape: &unknownEscape)
        case .latin1, .charmap: fatalError("no error is possible, or decoded elsewhere")
        }
    }
}
