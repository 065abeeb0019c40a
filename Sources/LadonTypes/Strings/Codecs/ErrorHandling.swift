// What to do about text that a codec cannot take: the built-in error handlers, done here without making an exception
// object, and handlers registered from Python, which get one.

import CLadonUnicode
import Glibc
import LadonRuntime

/// The `errors` argument of a codec.
enum ErrorMode {
    case strict, ignore, replace, backslashReplace, surrogateEscape, surrogatePass, xmlCharRefReplace, nameReplace
    /// Looked up in the registry.
    case registered
}

extension ErrorMode {
    init(_ errors: Value) {
        if !errors.isCell { self = .strict; return }
        if stringEqual(errors, "strict") { self = .strict }
        else if stringEqual(errors, "surrogateescape") { self = .surrogateEscape }
        else if stringEqual(errors, "ignore") { self = .ignore }
        else if stringEqual(errors, "replace") { self = .replace }
        else if stringEqual(errors, "surrogatepass") { self = .surrogatePass }
        else if stringEqual(errors, "backslashreplace") { self = .backslashReplace }
        else if stringEqual(errors, "xmlcharrefreplace") { self = .xmlCharRefReplace }
        else if stringEqual(errors, "namereplace") { self = .nameReplace }
        else { self = .registered }
    }
}

/// The encodings that exist as code here.
public enum TextEncoding {
    case utf8, ascii, latin1, utf16(ByteOrder), utf32(ByteOrder), utf7, unicodeEscape, rawUnicodeEscape, charmap
    /// Announced by a byte order mark.
    case utf16Marked(ByteOrder), utf32Marked(ByteOrder)

    /// The name in error messages.
    var label: String {
        switch self {
        case .utf8: return "utf-8"
        case .ascii: return "ascii"
        case .latin1: return "latin-1"
        case .utf16(let order): return order == .little ? "utf-16-le" : "utf-16-be"
        case .utf32(let order): return order == .little ? "utf-32-le" : "utf-32-be"
        case .utf16Marked: return "utf-16"
        case .utf32Marked: return "utf-32"
        case .utf7: return "utf7"
        case .unicodeEscape: return "unicodeescape"
        case .rawUnicodeEscape: return "rawunicodeescape"
        case .charmap: return "charmap"
        }
    }
}

/// A decoding under way. The input may be exchanged by an error handler.
struct DecodeJob {
    let t: Thread
    let encoding: TextEncoding
    let errors: Value
    let mode: ErrorMode
    /// The bytes object shown in exceptions; made when first needed.
    var object: Value
    var bytes: UnsafePointer<UInt8>
    var count: Int
    /// The registered handler, once looked up.
    var handler: Value = .missing
    /// Where the first escape stands that means nothing (unicode-escape), or -1.
    var unknownEscape = -1

    init(_ t: Thread, _ encoding: TextEncoding, _ text: Text, object: Value, errors: Value) {
        self.t = t
        self.encoding = encoding
        self.errors = errors
        mode = ErrorMode(errors)
        self.object = object
        bytes = text.units(UInt8.self)
        count = text.count
    }

    /// Deals with bytes `start..<end`: appends what stands for them and returns where to go on. nil: raised.
    mutating func handle(_ start: Int, _ end: Int, _ reason: StaticString, _ out: inout TextBuffer) -> Int? {
        switch mode {
        case .ignore: return end
        case .replace:
            out.append(0xFFFD)
            return end
        case .backslashReplace:
            for i in start..<end { EscapeCodec.escape(UInt32(bytes[i]), to: &out) }
            return end
        case .surrogateEscape:
            // Bytes of ASCII cannot be escaped; those before one can.
            var at = start
            while at < end && bytes[at] >= 128 {
                out.append(0xDC00 + UInt32(bytes[at]))
                at += 1
            }
            if at > start { return at }
        case .surrogatePass:
            var cp: UInt32 = 0
            var length = 0
            switch encoding {
            case .utf8: cp = UTF8Codec.encodedSurrogate(bytes, start, count); length = 3
            case .utf16(let order), .utf16Marked(let order): cp = UTF16Codec.encodedSurrogate(bytes, start, count, order); length = 2
            case .utf32(let order), .utf32Marked(let order): cp = UTF32Codec.encodedSurrogate(bytes, start, count, order); length = 4
            default: break
            }
            if cp != 0 {
                out.append(cp)
                return start + length
            }
        case .registered: return callHandler(start, end, reason, &out)
        case .strict, .xmlCharRefReplace, .nameReplace: break
        }
        if mode == .xmlCharRefReplace || mode == .nameReplace {
            _ = raise(t, .typeError, "don't know how to handle UnicodeDecodeError in error callback")
            return nil
        }
        _ = raiseUnicodeDecodeError(t, encoding.label, exceptionObject(), start, end, "\(reason)")
        return nil
    }

    mutating func exceptionObject() -> Value {
        if !object.isExactly(.bytes) { object = makeBytes(t, bytes, count) }
        return object
    }

    private mutating func callHandler(_ start: Int, _ end: Int, _ reason: StaticString, _ out: inout TextBuffer) -> Int? {
        if handler.isMissing {
            handler = lookupErrorHandler(t, errors)
            if handler.isRaised { return nil }
        }
        _ = raiseUnicodeDecodeError(t, encoding.label, exceptionObject(), start, end, "\(reason)")
        let exception = takeException(t)
        let answer = call(t, handler, exception)
        if answer.isRaised { return nil }
        guard isTuple(answer), answer.tupleCount == 2, answer.tupleItems[0].isStr, isInt(answer.tupleItems[1]) else {
            _ = raise(t, .typeError, "decoding error handler must return (str, int) tuple")
            return nil
        }
        // The handler may have put another object into the exception.
        let changed = exception.exceptionFields[ExceptionField.unicodeObject]
        if !changed.isBytes {
            _ = raise(t, .typeError, "object attribute must be bytes")
            return nil
        }
        object = changed
        bytes = UnsafePointer(changed.bytesData)
        count = changed.bytesCount
        var position = clampedInt(plainInt(answer.tupleItems[1]))
        if position < 0 { position += count }
        if position < 0 || position > count {
            _ = raise(t, .indexError, "position \(clampedInt(plainInt(answer.tupleItems[1]))) from error handler out of bounds")
            return nil
        }
        append(answer.tupleItems[0], to: &out)
        return position
    }
}

/// Appends a str to a buffer.
func append(_ v: Value, to out: inout TextBuffer) {
    switch v.strKind {
    case 1: out.append(v.strBytes, v.strCount)
    case 2: out.append(v.strHalves, v.strCount)
    default: out.append(v.strWords, v.strCount)
    }
    v.keepAlive
}

/// An encoding under way.
struct EncodeJob {
    let t: Thread
    let encoding: TextEncoding
    let errors: Value
    let mode: ErrorMode
    let object: Value
    var handler: Value = .missing

    init(_ t: Thread, _ encoding: TextEncoding, _ object: Value, errors: Value) {
        self.t = t
        self.encoding = encoding
        self.errors = errors
        mode = ErrorMode(errors)
        self.object = object
    }

    /// What an error was replaced with.
    enum Replacement {
        /// Code points to encode in turn.
        case text
        /// Bytes already appended.
        case bytes
    }

    /// Deals with code points `start..<end`. Text that stands for them goes to `text`, bytes to `out`; `next` is where to
    /// go on. nil: raised.
    mutating func handle(_ start: Int, _ end: Int, _ reason: StaticString, _ out: inout ByteBuffer, _ text: inout TextBuffer,
                         _ next: inout Int) -> Replacement? {
        next = end
        let source = object.text
        switch mode {
        case .ignore: return .bytes
        case .replace:
            text.append(63, times: end - start)
            return .text
        case .backslashReplace:
            for i in start..<end { EscapeCodec.escape(source[i], to: &text) }
            return .text
        case .xmlCharRefReplace:
            for i in start..<end {
                text.append("&#")
                text.append(decimal: Int(source[i]))
                text.append(59)
            }
            return .text
        case .nameReplace:
            for i in start..<end { appendNameEscape(source[i], to: &text) }
            return .text
        case .surrogateEscape:
            var at = start
            while at < end && source[at] >= 0xDC80 && source[at] <= 0xDCFF {
                out.append(UInt8(truncatingIfNeeded: source[at]))
                at += 1
            }
            if at > start {
                next = at
                return .bytes
            }
        case .surrogatePass:
            var at = start
            while at < end && UTF8Codec.isSurrogate(source[at]) {
                let cp = source[at]
                switch encoding {
                case .utf8:
                    _ = out.reserve(4)
                    if !out.failed { out.count += UTF8Codec.encode(cp, into: out.base + out.count) }
                case .utf16(let order), .utf16Marked(let order):
                    _ = out.reserve(2)
                    if !out.failed { UTF16Codec.put(cp, order, out.base + out.count); out.count += 2 }
                case .utf32(let order), .utf32Marked(let order):
                    _ = out.reserve(4)
                    if !out.failed { UTF32Codec.put(cp, order, out.base + out.count); out.count += 4 }
                default:
                    return fail(start, end, reason)
                }
                at += 1
            }
            if at > start {
                next = at
                return .bytes
            }
        case .registered: return callHandler(start, end, reason, &out, &text, &next)
        case .strict: break
        }
        return fail(start, end, reason)
    }

    private func fail(_ start: Int, _ end: Int, _ reason: StaticString) -> Replacement? {
        _ = raiseUnicodeEncodeError(t, encoding.label, object, start, end, "\(reason)")
        return nil
    }

    private mutating func callHandler(_ start: Int, _ end: Int, _ reason: StaticString, _ out: inout ByteBuffer, _ text: inout TextBuffer,
                                      _ next: inout Int) -> Replacement? {
        if handler.isMissing {
            handler = lookupErrorHandler(t, errors)
            if handler.isRaised { return nil }
        }
        _ = fail(start, end, reason)
        let exception = takeException(t)
        let answer = call(t, handler, exception)
        if answer.isRaised { return nil }
        guard isTuple(answer), answer.tupleCount == 2, answer.tupleItems[0].isStr || answer.tupleItems[0].isBytes,
              isInt(answer.tupleItems[1]) else {
            _ = raise(t, .typeError, "encoding error handler must return (str/bytes, int) tuple")
            return nil
        }
        let count = object.strCount
        var position = clampedInt(plainInt(answer.tupleItems[1]))
        if position < 0 { position += count }
        if position < 0 || position > count {
            _ = raise(t, .indexError, "position \(clampedInt(plainInt(answer.tupleItems[1]))) from error handler out of bounds")
            return nil
        }
        next = position
        let item = answer.tupleItems[0]
        if item.isStr {
            append(item, to: &text)
            return .text
        }
        out.append(item.bytesData, item.bytesCount)
        item.keepAlive
        return .bytes
    }
}

/// Appends \N{name}, or a numeric escape for a character without a name.
func appendNameEscape(_ cp: UInt32, to out: inout TextBuffer) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(LADON_UC_NAME_MAX)) { buffer in
        let length = ladon_uc_name(cp, buffer.baseAddress)
        if length == 0 {
            EscapeCodec.escape(cp, to: &out)
            return
        }
        out.append("\\N{")
        for i in 0..<length { out.append(UInt32(UInt8(bitPattern: buffer[i]))) }
        out.append(125)
    }
}
