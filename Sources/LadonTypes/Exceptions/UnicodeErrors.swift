// UnicodeEncodeError, UnicodeDecodeError and UnicodeTranslateError: what could not be converted, and where.

import LadonRuntime


private func unicodeMembers(encoding: Bool) -> [NativeMember] {
    let shared: [NativeMember] = [
        .member("object", get: { _, a in exceptionField(a[0], 1) }, set: { _, a in setExceptionField(a, 1) }, "exception object"),
        .member("start", get: { _, a in position(a[0], 2) }, set: { t, a in setPosition(t, a, 2) }, "exception start"),
        .member("end", get: { _, a in position(a[0], 3) }, set: { t, a in setPosition(t, a, 3) }, "exception end"),
        .member("reason", get: { _, a in exceptionField(a[0], 4) }, set: { _, a in setExceptionField(a, 4) }, "exception reason"),
    ]
    return [.member("encoding", get: { _, a in exceptionField(a[0], 0) }, set: { _, a in setExceptionField(a, 0) }, "exception encoding")] + shared
}

private func position(_ v: Value, _ index: Int) -> Value {
    let n = loadSlot(v.exceptionFields + index)
    return n.bits == 0 ? .zero : n
}

private func setPosition(_ t: Thread, _ a: Values, _ index: Int) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "can't delete numeric/char attribute") }
    if !isInt(a[1]) { return raise(t, .typeError, "an integer is required") }
    guard let n = asInt(t, a[1]) else { return .raised }
    storeSlot(a[0].exceptionFields + index, makeInt(t, n))
    return .none
}

func unicodeEncodeErrorDefinition() -> TypeDefinition {
    exceptionDefinition(.unicodeEncodeError, "UnicodeEncodeError", base: .unicodeError, fields: 5, "A character can't be encoded.",
        initialize: { t, v, a, count, names in
            if baseException_initialize(t, v, a, count, names).isRaised { return .raised }
            return takeUnicode(t, v, a, count, first: 0, objectIsStr: true)
        },
        slots: [.unary(.str, { t, v in describe(t, v, .unicodeEncodeError) })], members: unicodeMembers(encoding: true))
}

func unicodeDecodeErrorDefinition() -> TypeDefinition {
    exceptionDefinition(.unicodeDecodeError, "UnicodeDecodeError", base: .unicodeError, fields: 5, "Bytes can't be decoded.",
        initialize: { t, v, a, count, names in
            if baseException_initialize(t, v, a, count, names).isRaised { return .raised }
            if takeUnicode(t, v, a, count, first: 0, objectIsStr: false).isRaised { return .raised }
            let object = loadSlot(v.exceptionFields + ExceptionField.unicodeObject)
            if object.isBytes { return .none }
            var buffer = LadonBuffer()
            if getBuffer(t, object, &buffer, writable: false) < 0 { return .raised }
            let bytes = makeBytes(t, buffer.data, buffer.length)
            releaseBuffer(t, &buffer)
            if bytes.isRaised { return bytes }
            storeSlot(v.exceptionFields + ExceptionField.unicodeObject, bytes)
            return .none
        },
        slots: [.unary(.str, { t, v in describe(t, v, .unicodeDecodeError) })], members: unicodeMembers(encoding: true))
}

func unicodeTranslateErrorDefinition() -> TypeDefinition {
    exceptionDefinition(.unicodeTranslateError, "UnicodeTranslateError", base: .unicodeError, fields: 5, "A character can't be translated.",
        initialize: { t, v, a, count, names in
            if baseException_initialize(t, v, a, count, names).isRaised { return .raised }
            return takeUnicode(t, v, a, count, first: 1, objectIsStr: true)
        },
        slots: [.unary(.str, { t, v in describe(t, v, .unicodeTranslateError) })], members: unicodeMembers(encoding: false))
}

/// Checks and stores the arguments: fields `first` to 4.
private func takeUnicode(_ t: Thread, _ v: Value, _ a: Values?, _ count: Int, first: Int, objectIsStr: Bool) -> Value {
    let wanted = 5 - first
    guard count == wanted, let a else { return raise(t, .typeError, "function takes exactly \(wanted) arguments (\(count) given)") }
    for i in 0..<wanted {
        let field = first + i
        var value = a[i]
        switch field {
        case ExceptionField.unicodeStart, ExceptionField.unicodeEnd:
            if value.isCell && !typeOf(value).has(.index) || !value.isCell && !isInt(value) {
                return raise(t, .typeError, "'\(typeName(value))' object cannot be interpreted as an integer")
            }
            guard let n = asInt(t, value) else { return .raised }
            value = makeInt(t, n)
        case ExceptionField.unicodeObject where !objectIsStr: break
        default:
            if !isInstanceOf(value, .str) { return raise(t, .typeError, "argument \(i + 1) must be str, not \(typeName(value))") }
        }
        storeSlot(v.exceptionFields + field, value)
    }
    return .none
}

private func hexText(_ n: UInt32, _ width: Int) -> String {
    let digits = String(n, radix: 16)
    return String(repeating: "0", count: max(width - digits.count, 0)) + digits
}

/// str of a field; "<NULL>" for a deleted one.
private func fieldText(_ t: Thread, _ v: Value, _ index: Int) -> Value {
    let field = loadSlot(v.exceptionFields + index)
    return field.bits == 0 ? makeString(t, "<NULL>") : str(t, field)
}

private func describe(_ t: Thread, _ v: Value, _ type: TypeID) -> Value {
    let fields = v.exceptionFields
    let object = loadSlot(fields + ExceptionField.unicodeObject)
    if object.bits == 0 { return ladon_runtime.emptyString }
    let reason = fieldText(t, v, ExceptionField.unicodeReason), encoding = fieldText(t, v, ExceptionField.unicodeEncoding)
    if reason.isRaised || encoding.isRaised { return .raised }
    let start = position(v, ExceptionField.unicodeStart).smallInt, end = position(v, ExceptionField.unicodeEnd).smallInt
    var b = StringBuilder(t, capacity: 80)
    if type != .unicodeTranslateError { b.append("'"); b.append(encoding); b.append("' codec ") }
    b.append(type == .unicodeEncodeError ? "can't encode " : type == .unicodeDecodeError ? "can't decode " : "can't translate ")
    let count = object.isBytes ? object.bytesCount : object.isStr ? object.strCount : 0
    let single = start >= 0 && start < count && end == start + 1
    if type == .unicodeDecodeError {
        if single { b.append("byte 0x\(hexText(UInt32(object.bytesData[start]), 2)) in position \(start): ") }
        else { b.append("bytes in position \(start)-\(end - 1): ") }
    } else if single {
        let c = stringCharAt(object, start)
        let escape = c <= 0xFF ? "\\x" + hexText(c, 2) : c <= 0xFFFF ? "\\u" + hexText(c, 4) : "\\U" + hexText(c, 8)
        b.append("character '\(escape)' in position \(start): ")
    } else {
        b.append("characters in position \(start)-\(end - 1): ")
    }
    b.append(reason)
    return b.finish()
}
