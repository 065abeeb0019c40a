// The table of TextIOWrapper.

private let initSignature: StaticString = "(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)"

func textIOWrapperDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io.TextIOWrapper", flags: [.baseType, .weakReferenceable, .hasFinalizer],
                   doc: "Character and line based layer over a BufferedIOBase object, buffer.",
                   signature: "(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)",
                   size: MemoryLayout<TextIOWrapperCell>.stride, layout: ioLayout(13, MemoryLayout<TextIOWrapperCell>.stride),
                   slots: [.unary(.repr, wrapper_repr), .unary(.next, wrapper_next), .call(.new, ioBase_new)], members: [
        .method("__init__", initSignature, wrapper_init),
        .method("detach", "(self, /)", { t, a in
            let w = a[0].asWrapper
            if !checkAttached(t, w) || callMethod(t, a[0], .flush).isRaised { return .raised }
            w.pointee.state = -1
            return w.pointee.buffer
        }),
        .method("reconfigure", "(self, /, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)", wrapper_reconfigure,
                "Reconfigure the text stream with new parameters."),
        .method("write", "(self, text, /)", { t, a in
            if !a[1].isStr { return raise(t, .typeError, "write() argument must be str, not \(argumentType(a[1]))") }
            return writeWrapper(t, a[0], a[1])
        }),
        .method("read", "(self, size=-1, /)", { t, a in
            guard let n = sizeOrNone(t, a[1]) else { return .raised }
            return readWrapper(t, a[0], n)
        }),
        .method("readline", "(self, size=-1, /)", { t, a in
            guard let n = asIndex(t, a[1], .overflowError) else { return .raised }
            return readLineWrapper(t, a[0], n)
        }).short(1) { t, a in readLineWrapper(t, a[0], -1) },
        .method("flush", "(self, /)", { t, a in flushWrapper(t, a[0]) }),
        .method("close", "(self, /)", { t, a in closeWrapper(t, a[0]) }),
        .method("fileno", "(self, /)", { t, a in forward(t, a[0], .fileno) }),
        .method("seekable", "(self, /)", { t, a in forward(t, a[0], .seekable) }),
        .method("readable", "(self, /)", { t, a in forward(t, a[0], .readable) }),
        .method("writable", "(self, /)", { t, a in forward(t, a[0], .writable) }),
        .method("isatty", "(self, /)", { t, a in forward(t, a[0], .isatty) }),
        .method("seek", "(self, cookie, whence=0, /)", { t, a in
            guard let whence = asInt32(t, a[2]) else { return .raised }
            return seekWrapper(t, a[0], a[1], Int(whence))
        }),
        .method("tell", "(self, /)", { t, a in tellWrapper(t, a[0]) }),
        .method("truncate", "(self, pos=None, /)", { t, a in
            let w = a[0].asWrapper
            if !checkAttached(t, w) || callMethod(t, a[0], .flush).isRaised { return .raised }
            return callMethod(t, w.pointee.buffer, .truncate, a[1])
        }),
        .method("__getstate__", "(self, /)", { t, a in raise(t, .typeError, "cannot pickle '\(typeName(a[0]))' object") }),
        .attribute("name", get: { t, a in
            checkAttached(t, a[0].asWrapper) ? getAttribute(t, a[0].asWrapper.pointee.buffer, .name) : .raised
        }),
        .attribute("closed", get: { t, a in
            checkAttached(t, a[0].asWrapper) ? getAttribute(t, a[0].asWrapper.pointee.buffer, .closed) : .raised
        }),
        .attribute("newlines", get: { t, a in
            let w = a[0].asWrapper
            if !checkAttached(t, w) { return .raised }
            return w.pointee.decodes && w.pointee.readUniversal ? seenNewlines(t, w.pointee.newlines.seen) : .none
        }),
        .attribute("errors", get: { t, a in checkInitialized(t, a[0]) ? a[0].asWrapper.pointee.errors : .raised }),
        .member("encoding", get: { _, a in orNone(a[0].asWrapper.pointee.encoding) }),
        .member("buffer", get: { t, a in
            let w = a[0].asWrapper
            return w.pointee.state < 0 ? .none : orNone(w.pointee.buffer)
        }),
        .member("line_buffering", get: { _, a in Value(a[0].asWrapper.pointee.lineBuffering) }),
        .member("write_through", get: { _, a in Value(a[0].asWrapper.pointee.writeThrough) }),
        .member("_finalizing", get: { _, a in Value(a[0].asWrapper.pointee.isFinalizing) },
                   set: { t, a in a[0].asWrapper.pointee.isFinalizing = a[1].isTrue; return .none }),
        .attribute("_CHUNK_SIZE", get: { t, a in
            checkAttached(t, a[0].asWrapper) ? makeInt(t, a[0].asWrapper.pointee.chunkSize) : .raised
        }, set: { t, a in
            if !checkAttached(t, a[0].asWrapper) { return .raised }
            if a[1].isMissing { return raise(t, .attributeError, "cannot delete attribute") }
            guard let n = asIndex(t, a[1], .valueError) else { return .raised }
            if n <= 0 { return raise(t, .valueError, "a strictly positive integer is required") }
            a[0].asWrapper.pointee.chunkSize = n
            return .none
        }),
    ])
}

@inline(__always) private func orNone(_ v: Value) -> Value { v.bits == 0 ? .none : v }

/// A type's name in "argument must be str, not …".
func argumentType(_ v: Value) -> String { v.isNone ? "None" : typeName(v) }

private func checkInitialized(_ t: Thread, _ v: Value) -> Bool {
    if v.asWrapper.pointee.state != 0 { return true }
    _ = raise(t, .valueError, "I/O operation on uninitialized object")
    return false
}

private func forward(_ t: Thread, _ v: Value, _ method: Name) -> Value {
    let w = v.asWrapper
    return checkAttached(t, w) ? callMethod(t, w.pointee.buffer, method) : .raised
}

/// str or None; TypeError if not.
func checkOptionalText(_ t: Thread, _ v: Value, _ function: String, _ argument: String) -> Bool {
    if v.isNone || v.isStr { return true }
    _ = raise(t, .typeError, "\(function)() argument '\(argument)' must be str or None, not \(argumentType(v))")
    return false
}

private func wrapper_init(_ t: Thread, _ a: Values) -> Value {
    let function = "TextIOWrapper"
    if !checkOptionalText(t, a[2], function, "encoding") { return .raised }
    if !a[3].isNone && !a[3].isStr { return raise(t, .typeError, "TextIOWrapper() argument 'errors' must be str or None, not \(typeName(a[3]))") }
    if !checkOptionalText(t, a[4], function, "newline") { return .raised }
    let line = isTrue(t, a[5])
    let through = line < 0 ? -1 : isTrue(t, a[6])
    if through < 0 { return .raised }
    return initializeWrapper(t, a[0], a[1], encoding: a[2], errors: a[3], newline: a[4], lineBuffering: line == 1, writeThrough: through == 1) ? .none : .raised
}

/// A new TextIOWrapper. 0: raised.
func makeWrapper(_ t: Thread, _ buffer: Value, encoding: Value, errors: Value, newline: Value, lineBuffering: Bool, writeThrough: Bool) -> Value {
    let v = allocateInstance(t, ioTypes.pointee.wrapper)
    if v.isRaised { return v }
    return initializeWrapper(t, v, buffer, encoding: encoding, errors: errors, newline: newline, lineBuffering: lineBuffering, writeThrough: writeThrough) ? v : .raised
}

private func wrapper_reconfigure(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    let w = v.asWrapper
    if !checkAttached(t, w) { return .raised }
    let encoding = a[1], errors = a[2], newline = a[3]
    for (value, argument) in [(0, "encoding"), (1, "errors")] {
        if !checkOptionalText(t, value == 0 ? encoding : errors, "reconfigure", argument) { return .raised }
    }
    // Text already decoded would have been decoded otherwise.
    if w.pointee.decoded.bits != 0 && (!encoding.isNone || !errors.isNone || !newline.isMissing) {
        return raiseUnsupported(t, "It is not possible to set the encoding or newline of stream after the first read")
    }
    if !newline.isMissing {
        if !newline.isNone && !newline.isStr { return raise(t, .typeError, "reconfigure() argument 'newline' must be str or None, not \(typeName(newline))") }
        if !checkNewline(t, newline) { return .raised }
    }
    func option(_ given: Value, _ current: Bool) -> Truth { given.isNone ? (current ? 1 : 0) : isTrue(t, given) }
    let line = option(a[4], w.pointee.lineBuffering)
    let through = line < 0 ? -1 : option(a[5], w.pointee.writeThrough)
    if through < 0 || callMethod(t, v, .flush).isRaised { return .raised }
    if !enterWrapper(t, v) { return .raised }
    defer { leaveWrapper(t, v) }
    w.pointee.ratio = 0
    if !newline.isMissing { setNewline(t, w, newline) }
    if !encoding.isNone || !errors.isNone || !newline.isMissing {
        var newEncoding = encoding
        var newErrors = errors
        if encoding.isNone {
            newEncoding = w.pointee.encoding
            if errors.isNone { newErrors = w.pointee.errors }
        } else {
            if stringEqual(encoding, "locale") { newEncoding = localeEncoding(t) }
            if errors.isNone { newErrors = internStatic(t, "strict") }
        }
        if !setUpCodecs(t, w, newEncoding, newErrors, readable: w.pointee.decodes, writable: w.pointee.encodes) { return .raised }
        if w.pointee.isSeekable && w.pointee.encodes && !fixEncoderState(t, w) { return .raised }
    }
    w.pointee.lineBuffering = line == 1
    w.pointee.writeThrough = through == 1
    return .none
}

private func wrapper_repr(_ t: Thread, _ v: Value) -> Value {
    let w = v.asWrapper
    if !checkInitialized(t, v) { return .raised }
    let mode = getAttributeOrMissing(t, v, .mode)
    if mode.isRaised { return mode }
    var rest = ""
    if !mode.isMissing { rest = " mode=\(reprText(t, mode))" }
    rest += " encoding=\(reprText(t, w.pointee.encoding))"
    return reprNamed(t, v, qualifiedName(t, v), rest)
}
