// sys.stdin, sys.stdout and sys.stderr: made at start without importing anything.

import Glibc

/// What PYTHONIOENCODING and the locale say about the standard streams.
private struct StreamText {
    var encoding: Value
    var errors: Value
}

/// The name that the codec calls itself by. A process whose streams have no codec does not start.
private func codecName(_ t: Thread, _ encoding: Value) -> Value {
    switch textCodec(encoding) {
    case TextCodec.utf8: return makeString(t, "utf-8")
    case TextCodec.ascii: return makeString(t, "ascii")
    case TextCodec.latin1: return makeString(t, "iso8859-1")
    default: break
    }
    let info = lookupCodec(t, encoding)
    let name = info.isRaised ? info : getAttribute(t, info, .name)
    if !name.isRaised { return name }
    fputs("Fatal Python error: init_stdio_encoding: failed to get the Python codec name of the stdio encoding\nPython runtime state: core initialized\n", stderr)
    printException(t, takeException(t))
    exit(1)
}

private func streamText(_ t: Thread) -> StreamText {
    var result = StreamText(encoding: makeString(t, "utf-8"), errors: internStatic(t, "strict"))
    let isUTF8Mode = interpreter(t).pointee.flags.utf8Mode != 0
    // Where nobody has chosen a locale, bytes that are no text must survive.
    let locale = setlocale(LC_CTYPE, nil).map { String(cString: $0) } ?? "C"
    if isUTF8Mode || ["C", "POSIX", "C.UTF-8", "C.utf8"].contains(locale) { result.errors = internStatic(t, "surrogateescape") }
    if !isUTF8Mode, let codeset = nl_langinfo(nl_item(CODESET)), strcmp(codeset, "UTF-8") != 0 {
        result.encoding = codecName(t, makeString(t, fileSystem: codeset))
    }
    if let given = interpreter(t).pointee.flags.variable("PYTHONIOENCODING") {
        let text = String(cString: given)
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if let first = parts.first, !first.isEmpty {
            result.encoding = codecName(t, makeString(t, String(first)))
            result.errors = internStatic(t, "strict")
        }
        if parts.count > 1 && !parts[1].isEmpty { result.errors = makeString(t, String(parts[1])) }
    }
    return result
}

/// One stream, or None when its descriptor is not open. 0: raised.
private func makeStream(_ t: Thread, _ fd: Int32, _ label: StaticString, _ text: StreamText) -> Value {
    if fcntl(fd, F_GETFD) < 0 { return .none }
    let writes = fd != 0
    let unbuffered = interpreter(t).pointee.flags.unbuffered != 0
    let raw = newFile(t, ioTypes.pointee.file)
    if raw.isRaised || !openFile(t, raw, Value(smallInt: Int(fd)), writes ? "wb" : "rb", closefd: false, opener: .none) { return .raised }
    let buffer: Value
    if writes && unbuffered {
        buffer = raw
    } else {
        buffer = allocateInstance(t, writes ? ioTypes.pointee.writer : ioTypes.pointee.reader)
        if buffer.isRaised || !initializeBuffered(t, buffer, raw, defaultBufferSize, readable: !writes, writable: writes) { return .raised }
    }
    if setAttribute(t, raw, .name, makeString(t, label)) < 0 { return .raised }
    let lineBuffering = fd == 2 || isatty(fd) == 1
    let wrapper = makeWrapper(t, buffer, encoding: text.encoding, errors: fd == 2 ? internStatic(t, "backslashreplace") : text.errors,
                              newline: writes ? makeString(t, codePoint: 10) : .none, lineBuffering: lineBuffering, writeThrough: writes && unbuffered)
    if wrapper.isRaised { return wrapper }
    return setAttribute(t, wrapper, .mode, makeString(t, writes ? "w" : "r")) < 0 ? .raised : wrapper
}

/// Makes the three streams and puts them into sys, twice each (`sys.__stdout__` stays when `sys.stdout` is replaced).
public func makeStandardStreams(_ t: Thread) {
    installIOTypes(t)
    let text = streamText(t)
    let sys = interpreter(t).pointee.sysDict
    let names: [(StaticString, StaticString, StaticString)] = [("stdin", "__stdin__", "<stdin>"), ("stdout", "__stdout__", "<stdout>"), ("stderr", "__stderr__", "<stderr>")]
    for fd in 0..<3 {
        var stream = makeStream(t, Int32(fd), names[fd].2, text)
        if stream.isRaised {
            // A directory, or an encoding that is not known: better no stream than none of them.
            clearException(t)
            stream = .none
        }
        _ = dictSet(t, sys, internStatic(t, names[fd].0), stream)
        _ = dictSet(t, sys, internStatic(t, names[fd].1), stream)
    }
}
