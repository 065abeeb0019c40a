// str to bytes.

import Glibc
import LadonRuntime

/// str.encode(encoding, errors); `.missing` means the default. Always a bytes object.
public func encodeString(_ t: Thread, _ v: Value, encoding: Value, errors: Value) -> Value {
    if !areErrorsKnown(t, errors) { return .raised }
    if encoding.isMissing || stringEqual(encoding, "utf-8") { return encode(t, .utf8, v, errors: errors) }
    if let known = knownEncoding(encoding) { return encode(t, known, v, errors: errors) }
    return encodeThroughRegistry(t, v, encoding, errors)
}

/// The bytes that the operating system knows a str by. 0: raised.
public func encodeFileSystem(_ t: Thread, _ v: Value) -> Value {
    encode(t, .utf8, v, errors: internStatic(t, "surrogateescape"))
}

/// A path argument (str, bytes or PathLike) as bytes without zero bytes. 0: raised.
public func fsConverter(_ t: Thread, _ v: Value) -> Value {
    var path = v
    if !path.isStr && !path.isBytes {
        let method = lookupSpecial(t, v, internStatic(t, "__fspath__"))
        if method.isRaised { return .raised }
        if method.isMissing { return raise(t, .typeError, "expected str, bytes or os.PathLike object, not \(typeName(v))") }
        path = call(t, method)
        if path.isRaised { return .raised }
        if !path.isStr && !path.isBytes {
            return raise(t, .typeError, "expected \(typeName(v)).__fspath__() to return str or bytes, not \(typeName(path))")
        }
    }
    let result = path.isStr ? encodeFileSystem(t, path) : path
    if result.isRaised { return .raised }
    if memchr(result.bytesData, 0, result.bytesCount) != nil { return raise(t, .valueError, "embedded null byte") }
    return result
}

func str_encode(_ t: Thread, _ a: Values) -> Value {
    if !nameArgument(t, a[1], "encode() argument 'encoding'") || !nameArgument(t, a[2], "encode() argument 'errors'") { return .raised }
    return encodeString(t, a[0], encoding: a[1], errors: a[2])
}

/// Encodes a whole str (what `codecs.utf_8_encode` and its kin do).
public func encodeText(_ t: Thread, _ encoding: TextEncoding, _ v: Value, errors: Value) -> Value { encode(t, encoding, v, errors: errors) }

/// Encodes a whole str.
func encode(_ t: Thread, _ encoding: TextEncoding, _ v: Value, errors: Value) -> Value {
    let count = v.strCount
    switch encoding {
    case .utf8:
        if v.strIsASCII {
            let result = makeBytes(t, v.strData, count)
            v.keepAlive
            return result
        }
        if v.strKind == 1 { return encodeLatin1(t, v, count) }
        let measured: EncodeStep
        switch v.strKind {
        case 2: measured = UTF8Codec.measure(UnsafePointer(v.strHalves), 0, count)
        default: measured = UTF8Codec.measure(UnsafePointer(v.strWords), 0, count)
        }
        if !measured.failed {
            let result = newBytes(t, count: measured.produced)
            switch v.strKind {
            case 2: UTF8Codec.encode(UnsafePointer(v.strHalves), 0, count, into: result.bytesData)
            default: UTF8Codec.encode(UnsafePointer(v.strWords), 0, count, into: result.bytesData)
            }
            v.keepAlive
            return result
        }
    case .ascii where v.strIsASCII, .latin1 where v.strKind == 1:
        let result = makeBytes(t, v.strData, count)
        v.keepAlive
        return result
    default: break
    }
    if !checkTextSize(t, count, 4) { return .raised }
    var out = ByteBuffer(capacity: count + 16)
    defer { out.free() }
    var job = EncodeJob(t, encoding, v, errors: errors)
    let done: Bool
    switch v.strKind {
    case 1: done = job.run(UnsafePointer(v.strBytes), count, &out)
    case 2: done = job.run(UnsafePointer(v.strHalves), count, &out)
    default: done = job.run(UnsafePointer(v.strWords), count, &out)
    }
    v.keepAlive
    if !done { return .raised }
    if out.failed { return raiseMemoryError(t) }
    return makeBytes(t, out.base, out.count)
}

/// UTF-8 of a Latin-1 str: one byte each, two above 0x7F. No errors are possible.
private func encodeLatin1(_ t: Thread, _ v: Value, _ count: Int) -> Value {
    let bytes = v.strBytes
    var high = 0
    for i in 0..<count { high &+= Int(bytes[i] >> 7) }
    let result = newBytes(t, count: count &+ high)
    var out = result.bytesData
    let source = v.strBytes
    for i in 0..<count {
        let byte = source[i]
        if byte < 0x80 {
            out[0] = byte
            out += 1
        } else {
            out[0] = 0xC0 | byte >> 6
            out[1] = 0x80 | byte & 0x3F
            out += 2
        }
    }
    v.keepAlive
    return result
}

extension EncodeJob {
    mutating func run<S: TextUnit>(_ units: UnsafePointer<S>, _ count: Int, _ out: inout ByteBuffer) -> Bool {
        switch encoding {
        case .utf7: UTF7Codec.encode(units, 0, count, to: &out); return true
        case .unicodeEscape: EscapeCodec.encode(units, 0, count, to: &out); return true
        case .rawUnicodeEscape: RawEscapeCodec.encode(units, 0, count, to: &out); return true
        case .utf16Marked(let order):
            if out.reserve(2) { UTF16Codec.put(0xFEFF, order, out.base + out.count); out.count += 2 }
        case .utf32Marked(let order):
            if out.reserve(4) { UTF32Codec.put(0xFEFF, order, out.base + out.count); out.count += 4 }
        default: break
        }
        var at = 0
        var replacement = TextBuffer(capacity: 16)
        defer { replacement.free() }
        while true {
            let step = self.step(units, at, count, &out)
            if out.failed { return true }
            if !step.failed { return true }
            replacement.removeAll()
            var next = step.errorEnd
            let before = out.count
            guard let kind = handle(step.consumed, step.errorEnd, reason, &out, &replacement, &next) else { return false }
            if case .text = kind, replacement.count > 0 {
                // The replacement must be encodable itself.
                let second = self.step(UnsafePointer(replacement.base), 0, replacement.count, &out)
                if second.failed {
                    _ = raiseUnicodeEncodeError(t, encoding.label, object, step.consumed, step.errorEnd, "\(reason)")
                    return false
                }
            }
            // Bytes from a handler must be whole units.
            if case .bytes = kind, (out.count - before) % unitSize != 0 {
                _ = raiseUnicodeEncodeError(t, encoding.label, object, step.consumed, step.errorEnd, "\(reason)")
                return false
            }
            at = next
        }
    }

    private var unitSize: Int {
        switch encoding {
        case .utf16, .utf16Marked: return 2
        case .utf32, .utf32Marked: return 4
        default: return 1
        }
    }

    private var reason: StaticString {
        switch encoding {
        case .ascii: return SingleByteCodec.asciiReason
        case .latin1: return SingleByteCodec.latin1Reason
        default: return UTF8Codec.encodeReason
        }
    }

    private func step<S: TextUnit>(_ units: UnsafePointer<S>, _ at: Int, _ count: Int, _ out: inout ByteBuffer) -> EncodeStep {
        if !out.reserve((count - at) * 4 + 4) { return EncodeStep(consumed: count, produced: 0, errorEnd: count) }
        let base = out.base + out.count
        let step: EncodeStep
        switch encoding {
        case .utf8:
            let measured = UTF8Codec.measure(units, at, count)
            UTF8Codec.encode(units, at, measured.consumed, into: base)
            step = measured
        case .ascii: step = SingleByteCodec.encode(units, at, count, limit: 128, into: base)
        case .latin1: step = SingleByteCodec.encode(units, at, count, limit: 256, into: base)
        case .utf16(let order), .utf16Marked(let order): step = UTF16Codec.encode(units, at, count, order, into: base)
        case .utf32(let order), .utf32Marked(let order): step = UTF32Codec.encode(units, at, count, order, into: base)
        default: fatalError("encoded as a whole")
        }
        out.count += step.produced
        return step
    }
}
