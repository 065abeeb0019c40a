// The built-in error handlers as functions of an exception, for `codecs.lookup_error` and for codecs written in Python.

import Glibc
import LadonRuntime

struct BuiltinErrorHandler {
    let name: StaticString
    let function: StaticString
    let body: NativeFunction
}

let builtinErrorHandlers: [BuiltinErrorHandler] = [
    BuiltinErrorHandler(name: "strict", function: "strict_errors") { t, a in
        if !typeOf(a[0]).pointee.flags.contains(.exceptionSubclass) { return raise(t, .typeError, "codec must pass exception instance") }
        return raiseValue(t, a[0])
    },
    BuiltinErrorHandler(name: "ignore", function: "ignore_errors") { t, a in
        guard let e = UnicodeErrorView(t, a[0], [.encode, .decode, .translate]) else { return .raised }
        return makeTuple(t, emptyString, Value(smallInt: e.end))
    },
    BuiltinErrorHandler(name: "replace", function: "replace_errors") { t, a in
        guard let e = UnicodeErrorView(t, a[0], [.encode, .decode, .translate]) else { return .raised }
        return e.answer(t) { out in
            if e.kind == .encode { out.append(63, times: e.end - e.start) }
            else { out.append(0xFFFD, times: e.kind == .decode ? 1 : e.end - e.start) }
        }
    },
    BuiltinErrorHandler(name: "xmlcharrefreplace", function: "xmlcharrefreplace_errors") { t, a in
        guard let e = UnicodeErrorView(t, a[0], [.encode]) else { return .raised }
        return e.answer(t) { out in
            for i in e.start..<e.end {
                out.append("&#")
                out.append(decimal: Int(e.text[i]))
                out.append(59)
            }
        }
    },
    BuiltinErrorHandler(name: "backslashreplace", function: "backslashreplace_errors") { t, a in
        guard let e = UnicodeErrorView(t, a[0], [.encode, .decode, .translate]) else { return .raised }
        return e.answer(t) { out in
            for i in e.start..<e.end { EscapeCodec.escape(e.text[i], to: &out) }
        }
    },
    BuiltinErrorHandler(name: "namereplace", function: "namereplace_errors") { t, a in
        guard let e = UnicodeErrorView(t, a[0], [.encode]) else { return .raised }
        return e.answer(t) { out in
            for i in e.start..<e.end { appendNameEscape(e.text[i], to: &out) }
        }
    },
    BuiltinErrorHandler(name: "surrogateescape", function: "surrogateescape") { t, a in
        guard let e = UnicodeErrorView(t, a[0], [.encode, .decode]) else { return .raised }
        if e.kind == .encode {
            let result = newBytes(t, count: e.end - e.start)
            for i in e.start..<e.end {
                let cp = e.text[i]
                if cp < 0xDC80 || cp > 0xDCFF { return raiseValue(t, a[0]) }
                result.bytesData[i - e.start] = UInt8(truncatingIfNeeded: cp)
            }
            return makeTuple(t, result, Value(smallInt: e.end))
        }
        var at = e.start
        var out = TextBuffer(capacity: 8)
        defer { out.free() }
        while at < e.end && at < e.start + 4 && e.text[at] >= 128 {
            out.append(0xDC00 + e.text[at])
            at += 1
        }
        if at == e.start { return raiseValue(t, a[0]) }
        return makeTuple(t, finish(t, out), Value(smallInt: at))
    },
    BuiltinErrorHandler(name: "surrogatepass", function: "surrogatepass") { t, a in
        guard let e = UnicodeErrorView(t, a[0], [.encode, .decode]) else { return .raised }
        return surrogatePass(t, a[0], e)
    },
]

/// A Unicode exception's fields, with the range clipped to the object.
struct UnicodeErrorView {
    enum Kind { case encode, decode, translate }

    let kind: Kind
    let exception: Value
    let text: Text
    let start: Int
    let end: Int

    /// nil: raised (the value is no Unicode exception of a kind in `allowed`).
    init?(_ t: Thread, _ v: Value, _ allowed: [Kind]) {
        exception = v
        let found: Kind?
        if isInstanceOf(v, .unicodeEncodeError) { found = .encode }
        else if isInstanceOf(v, .unicodeDecodeError) { found = .decode }
        else if isInstanceOf(v, .unicodeTranslateError) { found = .translate }
        else { found = nil }
        guard let found, allowed.contains(found) else {
            if typeOf(v).pointee.flags.contains(.exceptionSubclass) {
                _ = raise(t, .typeError, "don't know how to handle \(typeName(v)) in error callback")
            } else {
                _ = raise(t, .typeError, "don't know how to handle \(typeName(v)) in error callback")
            }
            return nil
        }
        kind = found
        let fields = v.exceptionFields
        let object = fields[ExceptionField.unicodeObject]
        if found == .decode {
            if !object.isCell || !object.isBytes { _ = raise(t, .typeError, "object attribute must be bytes"); return nil }
            text = Text(base: UnsafeRawPointer(object.bytesData), count: object.bytesCount, kind: 1)
        } else {
            if !object.isCell || !object.isStr { _ = raise(t, .typeError, "object attribute must be unicode"); return nil }
            text = object.text
        }
        let from = fields[ExceptionField.unicodeStart], to = fields[ExceptionField.unicodeEnd]
        var low = from.isSmallInt ? from.smallInt : 0, high = to.isSmallInt ? to.smallInt : 0
        if low < 0 { low = 0 }
        if low >= text.count { low = max(text.count - 1, 0) }
        if high < 1 { high = 1 }
        if high > text.count { high = text.count }
        start = low
        end = max(high, low)
    }

    /// (what `body` appends, end)
    func answer(_ t: Thread, _ body: (inout TextBuffer) -> Void) -> Value {
        var out = TextBuffer(capacity: 32)
        defer { out.free() }
        body(&out)
        exception.keepAlive
        let result = finish(t, out)
        return result.isRaised ? .raised : makeTuple(t, result, Value(smallInt: end))
    }
}

private func surrogatePass(_ t: Thread, _ exception: Value, _ e: UnicodeErrorView) -> Value {
    let encoding = exception.exceptionFields[ExceptionField.unicodeEncoding]
    guard encoding.isCell, encoding.isStr, let form = standardEncoding(swiftString(encoding)) else { return raiseValue(t, exception) }
    if e.kind == .encode {
        var out = ByteBuffer(capacity: 16)
        defer { out.free() }
        for i in e.start..<e.end {
            let cp = e.text[i]
            if !UTF8Codec.isSurrogate(cp) { return raiseValue(t, exception) }
            if !out.reserve(4) { return raiseMemoryError(t) }
            switch form {
            case .utf16(let order): UTF16Codec.put(cp, order, out.base + out.count); out.count += 2
            case .utf32(let order): UTF32Codec.put(cp, order, out.base + out.count); out.count += 4
            default: out.count += UTF8Codec.encode(cp, into: out.base + out.count)
            }
        }
        return makeTuple(t, makeBytes(t, out.base, out.count), Value(smallInt: e.end))
    }
    let bytes = e.text.units(UInt8.self)
    let cp: UInt32
    let length: Int
    switch form {
    case .utf16(let order): cp = UTF16Codec.encodedSurrogate(bytes, e.start, e.text.count, order); length = 2
    case .utf32(let order): cp = UTF32Codec.encodedSurrogate(bytes, e.start, e.text.count, order); length = 4
    default: cp = UTF8Codec.encodedSurrogate(bytes, e.start, e.text.count); length = 3
    }
    if cp == 0 { return raiseValue(t, exception) }
    return makeTuple(t, makeString(t, codePoint: cp), Value(smallInt: e.start + length))
}

/// UTF-8, -16 or -32 by the many spellings of its name.
private func standardEncoding(_ label: String) -> TextEncoding? {
    var name = label.lowercased().filter { $0 != "-" && $0 != "_" }
    if name == "cputf8" { return .utf8 }
    guard name.hasPrefix("utf") else { return nil }
    name.removeFirst(3)
    switch name {
    case "8": return .utf8
    case "16": return .utf16(.native)
    case "16le": return .utf16(.little)
    case "16be": return .utf16(.big)
    case "32": return .utf32(.native)
    case "32le": return .utf32(.little)
    case "32be": return .utf32(.big)
    default: return nil
    }
}
