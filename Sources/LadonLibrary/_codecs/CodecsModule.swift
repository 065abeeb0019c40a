// The module `_codecs`: its whole surface. The codecs themselves are LadonTypes' (Strings/Codecs).

import Glibc
import LadonRuntime
import LadonTypes

/// The module `_codecs`.
public func codecsModule() -> ModuleDefinition {
    var members: [NativeMember] = [
        .method("register", "(search_function, /)", { t, a in registerCodecSearch(t, a[0]) },
                "Register a codec search function.\n\nSearch functions are expected to take one argument, the encoding name in\nall lower case letters, and either return None, or a tuple of functions\n(encoder, decoder, stream_reader, stream_writer) (or a CodecInfo object)."),
        .method("unregister", "(search_function, /)", { t, a in unregisterCodecSearch(t, a[0]) },
                "Unregister a codec search function and clear the registry's cache.\n\nIf the search function is not registered, do nothing."),
        .method("lookup", "(encoding, /)", { t, a in
            requireText(t, a[0], "lookup() argument") ? lookupCodec(t, a[0]) : .raised
        }, "Looks up a codec tuple in the Python codec registry and returns a CodecInfo object."),
        .method("_forget_codec", "(encoding, /)", { t, a in
            requireText(t, a[0], "_forget_codec() argument") ? forgetCodec(t, a[0]) : .raised
        }, "Purge the named codec from the internal codec lookup cache"),
        .method("encode", "(obj, encoding='utf-8', errors='strict')", { t, a in
            if !requireText(t, a[1], "encode() argument 'encoding'") || !requireText(t, a[2], "encode() argument 'errors'") { return .raised }
            return runCodec(t, a[0], a[1], a[2], index: 0)
        }, "Encodes obj using the codec registered for encoding.\n\nThe default encoding is 'utf-8'.  errors may be given to set a\ndifferent error handling scheme.  Default is 'strict' meaning that encoding\nerrors raise a ValueError.  Other possible values are 'ignore', 'replace'\nand 'backslashreplace' as well as any other name registered with\ncodecs.register_error that can handle ValueErrors."),
        .method("decode", "(obj, encoding='utf-8', errors='strict')", { t, a in
            if !requireText(t, a[1], "decode() argument 'encoding'") || !requireText(t, a[2], "decode() argument 'errors'") { return .raised }
            return runCodec(t, a[0], a[1], a[2], index: 1)
        }, "Decodes obj using the codec registered for encoding.\n\nDefault encoding is 'utf-8'.  errors may be given to set a\ndifferent error handling scheme.  Default is 'strict' meaning that encoding\nerrors raise a ValueError.  Other possible values are 'ignore', 'replace'\nand 'backslashreplace' as well as any other name registered with\ncodecs.register_error that can handle ValueErrors."),
        .method("register_error", "(errors, handler, /)", { t, a in
            requireText(t, a[0], "register_error() argument 1") ? registerErrorHandler(t, a[0], a[1]) : .raised
        }, "Register the specified error handler under the name errors.\n\nhandler must be a callable object, that\nwill be called with an exception instance containing\ninformation about the location of the encoding/decoding\nerror and must return a (replacement, new position) tuple."),
        .method("lookup_error", "(name, /)", { t, a in
            requireText(t, a[0], "lookup_error() argument") ? lookupErrorHandler(t, a[0]) : .raised
        }, "lookup_error(errors) -> handler\n\nReturn the error handler for the specified error handling name or raise a\nLookupError, if no handler exists under this name."),
        .method("readbuffer_encode", "(data, errors=None, /)", { t, a in
            let bytes = bytesOrText(t, a[0])
            return bytes.isRaised ? .raised : makeTuple(t, bytes, Value(smallInt: bytes.bytesCount))
        }),
        .method("escape_encode", "(data, errors=None, /)", { t, a in
            if !a[0].isBytes { return raise(t, .typeError, "escape_encode() argument 1 must be bytes, not \(typeName(a[0]))") }
            return escapeEncode(t, a[0])
        }),
        .method("escape_decode", "(data, errors=None, /)", { t, a in escapeDecode(t, a[0], a[1]) }),
        .method("charmap_build", "(map, /)", { t, a in
            requireText(t, a[0], "charmap_build() argument") ? charmapBuild(t, a[0]) : .raised
        }),
        .method("charmap_encode", "(str, errors=None, mapping=None, /)", { t, a in
            if !requireText(t, a[0], "charmap_encode() argument 1") || !errorsArgument(t, a[1], "charmap_encode") { return .raised }
            if a[2].isNone { return encoded(t, a[0], encodeText(t, .latin1, a[0], errors: errors(a[1]))) }
            return encoded(t, a[0], charmapEncode(t, a[0], errors(a[1]), a[2]))
        }),
        .method("charmap_decode", "(data, errors=None, mapping=None, /)", { t, a in
            if !errorsArgument(t, a[1], "charmap_decode") { return .raised }
            var count = 0
            let bytes = bytesOf(t, a[0])
            if bytes.isRaised { return .raised }
            let result = a[2].isNone ? decodeText(t, .latin1, bytes, errors: errors(a[1]), final: true, consumed: &count)
                : charmapDecode(t, bytes, errors(a[1]), a[2])
            return result.isRaised ? .raised : makeTuple(t, result, Value(smallInt: bytes.bytesCount))
        }),
        .method("utf_16_encode", "(str, errors=None, byteorder=0, /)", { t, a in
            encodeMarked(t, a, "utf_16_encode", .utf16(.little), .utf16(.big), .utf16Marked(.native))
        }),
        .method("utf_32_encode", "(str, errors=None, byteorder=0, /)", { t, a in
            encodeMarked(t, a, "utf_32_encode", .utf32(.little), .utf32(.big), .utf32Marked(.native))
        }),
        .method("utf_16_decode", "(data, errors=None, final=False, /)", { t, a in
            decodeMarked(t, a[0], a[1], .zero, a[2], wide: false, "utf_16_decode", withOrder: false)
        }),
        .method("utf_32_decode", "(data, errors=None, final=False, /)", { t, a in
            decodeMarked(t, a[0], a[1], .zero, a[2], wide: true, "utf_32_decode", withOrder: false)
        }),
        .method("utf_16_ex_decode", "(data, errors=None, byteorder=0, final=False, /)", { t, a in
            decodeMarked(t, a[0], a[1], a[2], a[3], wide: false, "utf_16_ex_decode", withOrder: true)
        }),
        .method("utf_32_ex_decode", "(data, errors=None, byteorder=0, final=False, /)", { t, a in
            decodeMarked(t, a[0], a[1], a[2], a[3], wide: true, "utf_32_ex_decode", withOrder: true)
        }),
    ]
    members += plainCodecs
    return ModuleDefinition("_codecs", members: members)
}

/// The encoders and decoders of one encoding each.
private let plainCodecs: [NativeMember] = [
    .method("utf_8_encode", "(str, errors=None, /)", { t, a in encodePlain(t, a, "utf_8_encode", .utf8) }),
    .method("utf_8_decode", "(data, errors=None, final=False, /)", { t, a in decodePlain(t, a, "utf_8_decode", .utf8) }),
    .method("utf_7_encode", "(str, errors=None, /)", { t, a in encodePlain(t, a, "utf_7_encode", .utf7) }),
    .method("utf_7_decode", "(data, errors=None, final=False, /)", { t, a in decodePlain(t, a, "utf_7_decode", .utf7) }),
    .method("utf_16_le_encode", "(str, errors=None, /)", { t, a in encodePlain(t, a, "utf_16_le_encode", .utf16(.little)) }),
    .method("utf_16_le_decode", "(data, errors=None, final=False, /)", { t, a in decodePlain(t, a, "utf_16_le_decode", .utf16(.little)) }),
    .method("utf_16_be_encode", "(str, errors=None, /)", { t, a in encodePlain(t, a, "utf_16_be_encode", .utf16(.big)) }),
    .method("utf_16_be_decode", "(data, errors=None, final=False, /)", { t, a in decodePlain(t, a, "utf_16_be_decode", .utf16(.big)) }),
    .method("utf_32_le_encode", "(str, errors=None, /)", { t, a in encodePlain(t, a, "utf_32_le_encode", .utf32(.little)) }),
    .method("utf_32_le_decode", "(data, errors=None, final=False, /)", { t, a in decodePlain(t, a, "utf_32_le_decode", .utf32(.little)) }),
    .method("utf_32_be_encode", "(str, errors=None, /)", { t, a in encodePlain(t, a, "utf_32_be_encode", .utf32(.big)) }),
    .method("utf_32_be_decode", "(data, errors=None, final=False, /)", { t, a in decodePlain(t, a, "utf_32_be_decode", .utf32(.big)) }),
    .method("unicode_escape_encode", "(str, errors=None, /)", { t, a in encodePlain(t, a, "unicode_escape_encode", .unicodeEscape) }),
    .method("unicode_escape_decode", "(data, errors=None, final=True, /)", { t, a in decodePlain(t, a, "unicode_escape_decode", .unicodeEscape) }),
    .method("raw_unicode_escape_encode", "(str, errors=None, /)", { t, a in encodePlain(t, a, "raw_unicode_escape_encode", .rawUnicodeEscape) }),
    .method("raw_unicode_escape_decode", "(data, errors=None, final=True, /)", { t, a in decodePlain(t, a, "raw_unicode_escape_decode", .rawUnicodeEscape) }),
    .method("latin_1_encode", "(str, errors=None, /)", { t, a in encodePlain(t, a, "latin_1_encode", .latin1) }),
    .method("latin_1_decode", "(data, errors=None, /)", { t, a in decodeWhole(t, a, "latin_1_decode", .latin1) }),
    .method("ascii_encode", "(str, errors=None, /)", { t, a in encodePlain(t, a, "ascii_encode", .ascii) }),
    .method("ascii_decode", "(data, errors=None, /)", { t, a in decodeWhole(t, a, "ascii_decode", .ascii) }),
]

// MARK: arguments

private func requireText(_ t: Thread, _ v: Value, _ what: String) -> Bool {
    if v.isStr { return true }
    _ = raise(t, .typeError, "\(what) must be str, not \(typeName(v))")
    return false
}

private func errorsArgument(_ t: Thread, _ v: Value, _ function: String) -> Bool {
    if v.isNone || v.isStr { return true }
    _ = raise(t, .typeError, "\(function)() argument 2 must be str or None, not \(typeName(v))")
    return false
}

private func errors(_ v: Value) -> Value { v.isNone ? .missing : v }

/// A bytes-like argument, or a str in UTF-8, as bytes.
private func bytesOrText(_ t: Thread, _ v: Value) -> Value { v.isStr ? encodeText(t, .utf8, v, errors: .missing) : bytesOf(t, v) }

/// A bytes-like argument as bytes.
func bytesOf(_ t: Thread, _ v: Value) -> Value {
    if v.isExactly(.bytes) { return v }
    var buffer = LadonBuffer()
    if getBuffer(t, v, &buffer) < 0 { return .raised }
    let result = makeBytes(t, buffer.text.base, buffer.length)
    releaseBuffer(t, &buffer)
    return result
}

// MARK: encoding and decoding

/// (result, number of characters)
private func encoded(_ t: Thread, _ v: Value, _ result: Value) -> Value {
    result.isRaised ? .raised : makeTuple(t, result, Value(smallInt: v.strCount))
}

private func encodePlain(_ t: Thread, _ a: Values, _ function: String, _ encoding: TextEncoding) -> Value {
    if !requireText(t, a[0], "\(function)() argument 1") || !errorsArgument(t, a[1], function) { return .raised }
    return encoded(t, a[0], encodeText(t, encoding, a[0], errors: errors(a[1])))
}

private func encodeMarked(_ t: Thread, _ a: Values, _ function: String, _ little: TextEncoding, _ big: TextEncoding, _ marked: TextEncoding) -> Value {
    if !requireText(t, a[0], "\(function)() argument 1") || !errorsArgument(t, a[1], function) { return .raised }
    guard let order = asInt32(t, a[2]) else { return .raised }
    return encoded(t, a[0], encodeText(t, order == 0 ? marked : order < 0 ? little : big, a[0], errors: errors(a[1])))
}

private func decodePlain(_ t: Thread, _ a: Values, _ function: String, _ encoding: TextEncoding) -> Value {
    let final = isTrue(t, a[2])
    return final < 0 ? .raised : decodeAny(t, a[0], a[1], function, encoding, final == 1)
}

private func decodeWhole(_ t: Thread, _ a: Values, _ function: String, _ encoding: TextEncoding) -> Value {
    decodeAny(t, a[0], a[1], function, encoding, true)
}

private func decodeAny(_ t: Thread, _ data: Value, _ errorsValue: Value, _ function: String, _ encoding: TextEncoding, _ final: Bool) -> Value {
    if !errorsArgument(t, errorsValue, function) { return .raised }
    var input = data
    switch encoding {
    case .unicodeEscape, .rawUnicodeEscape: input = bytesOrText(t, data)
    default: break
    }
    if input.isRaised { return .raised }
    var consumed = 0
    let result = decodeText(t, encoding, input, errors: errors(errorsValue), final: final, consumed: &consumed)
    return result.isRaised ? .raised : makeTuple(t, result, Value(smallInt: consumed))
}

/// UTF-16 and UTF-32 with the byte order given (-1 little, 1 big) or taken from a mark (0).
private func decodeMarked(_ t: Thread, _ data: Value, _ errorsValue: Value, _ orderValue: Value, _ finalValue: Value, wide: Bool,
                          _ function: String, withOrder: Bool) -> Value {
    if !errorsArgument(t, errorsValue, function) { return .raised }
    guard let given = asInt32(t, orderValue) else { return .raised }
    let final = isTrue(t, finalValue)
    if final < 0 { return .raised }
    let bytes = bytesOf(t, data)
    if bytes.isRaised { return .raised }
    var order: ByteOrder? = given < 0 ? .little : given > 0 ? .big : nil
    var consumed = 0
    let result = decodeMarkedText(t, bytes, wide: wide, errors: errors(errorsValue), final: final == 1, order: &order, consumed: &consumed)
    if result.isRaised { return .raised }
    let total = Value(smallInt: consumed)
    // Without a mark it is still undecided.
    let decided = order == nil ? 0 : order == .little ? -1 : 1
    return withOrder ? makeTuple(t, result, total, Value(smallInt: decided)) : makeTuple(t, result, total)
}

// MARK: escapes in bytes

private func escapeEncode(_ t: Thread, _ v: Value) -> Value {
    var out = ByteBuffer(capacity: v.bytesCount + 16)
    defer { out.free() }
    for i in 0..<v.bytesCount {
        let byte = v.bytesData[i]
        switch byte {
        case 39, 92:
            out.append(92)
            out.append(byte)
        case 9: out.append("\\t")
        case 10: out.append("\\n")
        case 13: out.append("\\r")
        case 32..<127: out.append(byte)
        default:
            out.append("\\x")
            out.append(hex: UInt32(byte), width: 2)
        }
    }
    if out.failed { return raiseMemoryError(t) }
    return makeTuple(t, makeBytes(t, out.base, out.count), Value(smallInt: v.bytesCount))
}

private func escapeDecode(_ t: Thread, _ data: Value, _ errorsValue: Value) -> Value {
    if !errorsArgument(t, errorsValue, "escape_decode") { return .raised }
    let bytes = bytesOrText(t, data)
    if bytes.isRaised { return .raised }
    var out = ByteBuffer(capacity: bytes.bytesCount)
    defer { out.free() }
    let p = bytes.bytesData, count = bytes.bytesCount
    var unknown = -1
    var at = 0
    while at < count {
        let byte = p[at]
        at += 1
        if byte != 92 {
            out.append(byte)
            continue
        }
        if at == count { return raise(t, .valueError, "Trailing \\ in string") }
        let letter = p[at]
        at += 1
        switch letter {
        case 10: break
        case 92, 39, 34: out.append(letter)
        case 98: out.append(8)
        case 102: out.append(12)
        case 116: out.append(9)
        case 110: out.append(10)
        case 114: out.append(13)
        case 118: out.append(11)
        case 97: out.append(7)
        case 48...55:
            var code = Int(letter) - 48
            var more = 2
            while more > 0 && at < count && p[at] & 0xF8 == 48 {
                code = code << 3 | Int(p[at] & 7)
                at += 1
                more -= 1
            }
            if code > 0xFF && unknown < 0 { unknown = at - 3 }
            out.append(UInt8(truncatingIfNeeded: code))
        case 120:
            if at + 1 < count, let high = hexDigit(p[at]), let low = hexDigit(p[at + 1]) {
                out.append(high << 4 | low)
                at += 2
            } else {
                if errorsValue.isNone || stringEqual(errorsValue, "strict") {
                    return raise(t, .valueError, "invalid \\x escape at position \(at - 2)")
                }
                if stringEqual(errorsValue, "replace") {
                    out.append(63)
                } else if !stringEqual(errorsValue, "ignore") {
                    return raise(t, .valueError, "decoding error; unknown error handling code: \(swiftString(errorsValue))")
                }
                if at < count && hexDigit(p[at]) != nil { at += 1 }
            }
        default:
            if unknown < 0 { unknown = at - 1 }
            out.append(92)
            out.append(letter)
        }
    }
    if out.failed { return raiseMemoryError(t) }
    if unknown >= 0 {
        if !warnOfEscape(t, p + unknown) { return .raised }
    }
    bytes.keepAlive
    return makeTuple(t, makeBytes(t, out.base, out.count), Value(smallInt: count))
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    if byte &- 48 < 10 { return byte &- 48 }
    let lower = byte | 32
    return lower &- 97 < 6 ? lower &- 87 : nil
}
