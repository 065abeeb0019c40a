// SyntaxError, IndentationError and TabError: where in the source the error is.

import LadonRuntime

func syntaxErrorDefinition(_ id: TypeID, _ name: StaticString, _ base: TypeID, _ doc: StaticString) -> TypeDefinition {
    let members: [NativeMember] = [
        .member("msg", get: { _, a in exceptionField(a[0], 0) }, set: { _, a in setExceptionField(a, 0) }, "exception msg"),
        .member("filename", get: { _, a in exceptionField(a[0], 1) }, set: { _, a in setExceptionField(a, 1) }, "exception filename"),
        .member("lineno", get: { _, a in exceptionField(a[0], 2) }, set: { _, a in setExceptionField(a, 2) }, "exception lineno"),
        .member("offset", get: { _, a in exceptionField(a[0], 3) }, set: { _, a in setExceptionField(a, 3) }, "exception offset"),
        .member("text", get: { _, a in exceptionField(a[0], 4) }, set: { _, a in setExceptionField(a, 4) }, "exception text"),
        .member("end_lineno", get: { _, a in exceptionField(a[0], 5) }, set: { _, a in setExceptionField(a, 5) }, "exception end lineno"),
        .member("end_offset", get: { _, a in exceptionField(a[0], 6) }, set: { _, a in setExceptionField(a, 6) }, "exception end offset"),
        .member("print_file_and_line", get: { _, a in exceptionField(a[0], 7) }, set: { _, a in setExceptionField(a, 7) },
                   "exception print_file_and_line"),
    ]
    return exceptionDefinition(id, name, base: base, fields: 8, doc, initialize: syntaxError_initialize,
                               slots: id == .syntaxError ? [.unary(.str, syntaxError_str)] : [],
                               members: id == .syntaxError ? members : [])
}

private func syntaxError_initialize(_ t: Thread, _ v: Value, _ a: Values?, _ count: Int, _ names: Value) -> Value {
    if baseException_initialize(t, v, a, count, names).isRaised { return .raised }
    let fields = v.exceptionFields
    if count >= 1 { storeSlot(fields, a.unsafelyUnwrapped[0]) }
    if count != 2 { return .none }
    let details = sequenceToTuple(t, a.unsafelyUnwrapped[1])
    if details.isRaised { return details }
    let n = details.tupleCount
    if n < 4 || n > 6 {
        return raise(t, .typeError, "function takes at \(n < 4 ? "least 4" : "most 6") arguments (\(n) given)")
    }
    storeSlot(fields + ExceptionField.syntaxEndLine, .raised)
    storeSlot(fields + ExceptionField.syntaxEndOffset, .raised)
    for i in 0..<n { storeSlot(fields + (1 + i), details.tupleItems[i]) }
    if n == 5 { return raise(t, .typeError, "end_offset must be provided when end_lineno is provided") }
    return .none
}

private func syntaxError_str(_ t: Thread, _ v: Value) -> Value {
    let file = loadSlot(v.exceptionFields + ExceptionField.syntaxFilename)
    let line = loadSlot(v.exceptionFields + ExceptionField.syntaxLine)
    let hasFile = file.bits != 0 && isInstanceOf(file, .str)
    let hasLine = line.bits != 0 && isExactInt(line) && !line.isBool
    let message = str(t, exceptionField(v, ExceptionField.syntaxMessage))
    if message.isRaised || (!hasFile && !hasLine) { return message }
    var b = StringBuilder(t, capacity: 64)
    b.append(message)
    b.append(" (")
    if hasFile {
        let text = file.text
        var start = 0
        for i in 0..<text.count where text[i] == 47 { start = i + 1 }
        b.append(file, start, text.count)
        if hasLine { b.append(", ") }
    }
    if hasLine {
        b.append("line ")
        b.append(String(intAsWord(line) ?? -1))
    }
    b.append(")")
    return b.finish()
}
