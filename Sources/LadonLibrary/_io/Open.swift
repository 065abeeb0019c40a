// open(): the layers that a mode asks for.

import Glibc

/// str or bytes of a path argument: `os.fspath`. 0: raised.
func pathOf(_ t: Thread, _ v: Value) -> Value {
    if v.isStr || v.isBytes { return v }
    let method = lookupSpecial(t, v, name(.__fspath__))
    if method.isRaised { return .raised }
    if method.isMissing || method.isNone { return raise(t, .typeError, "expected str, bytes or os.PathLike object, not \(typeName(v))") }
    let path = call(t, method)
    if path.isRaised || path.isStr || path.isBytes { return path }
    return raise(t, .typeError, "expected \(typeName(v)).__fspath__() to return str or bytes, not \(typeName(path))")
}

/// open(file, mode, buffering, encoding, errors, newline, closefd, opener): bound arguments.
func io_open(_ t: Thread, _ a: Values) -> Value {
    if !a[1].isStr { return raise(t, .typeError, "open() argument 'mode' must be str, not \(argumentType(a[1]))") }
    guard let buffering = asInt32(t, a[2]) else { return .raised }
    if !checkOptionalText(t, a[3], "open", "encoding") || !checkOptionalText(t, a[4], "open", "errors") || !checkOptionalText(t, a[5], "open", "newline") { return .raised }
    let closefd = isTrue(t, a[6])
    if closefd < 0 { return .raised }
    return openStream(t, a[0], a[1], Int(buffering), a[3], a[4], a[5], closefd: closefd == 1, opener: a[7])
}

func openStream(_ t: Thread, _ file: Value, _ modeValue: Value, _ given: Int, _ encoding: Value, _ errors: Value, _ newline: Value,
                closefd: Bool, opener: Value) -> Value {
    let isNumber = file.isCell || file.isSmallInt || file.isBool ? typeOf(file).has(.index) || isFloat(file) : false
    let path: Value = isNumber ? file : pathOf(t, file)
    if path.isRaised { return path }
    let mode = swiftString(modeValue)
    var creating = false, reading = false, writing = false, appending = false, updating = false
    var text = false, binary = false
    var seen: [UInt8] = []
    for c in mode.utf8 {
        switch c {
        case 0x78: creating = true
        case 0x72: reading = true
        case 0x77: writing = true
        case 0x61: appending = true
        case 0x2B: updating = true
        case 0x74: text = true
        case 0x62: binary = true
        default: return raise(t, .valueError, "invalid mode: '\(mode)'")
        }
        if seen.contains(c) { return raise(t, .valueError, "invalid mode: '\(mode)'") }
        seen.append(c)
    }
    if text && binary { return raise(t, .valueError, "can't have text and binary mode at once") }
    let kinds = (creating ? 1 : 0) + (reading ? 1 : 0) + (writing ? 1 : 0) + (appending ? 1 : 0)
    if kinds != 1 {
        return raise(t, .valueError, kinds == 0 ? "Must have exactly one of create/read/write/append mode and at most one plus" : "must have exactly one of create/read/write/append mode")
    }
    if binary && !encoding.isNone { return raise(t, .valueError, "binary mode doesn't take an encoding argument") }
    if binary && !errors.isNone { return raise(t, .valueError, "binary mode doesn't take an errors argument") }
    if binary && !newline.isNone { return raise(t, .valueError, "binary mode doesn't take a newline argument") }
    if binary && given == 1 {
        let message = "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used"
        if warn(t, .runtimeWarning, message, 1) < 0 { return .raised }
    }
    let rawMode = (creating ? "x" : "") + (reading ? "r" : "") + (writing ? "w" : "") + (appending ? "a" : "") + (updating ? "+" : "")
    let raw = newFile(t, ioTypes.pointee.file)
    if raw.isRaised || !openFile(t, raw, path, rawMode, closefd: closefd, opener: opener) { return .raised }
    var result = raw
    let done = layers(t, raw, modeValue, mode, given, encoding, errors, newline, binary: binary, updating: updating,
                      reads: reading, &result)
    if !done.isRaised { return done }
    let first = takeException(t)
    if callMethod(t, result, .close).isRaised { return chainExceptions(t, first) }
    restoreException(t, first)
    return .raised
}

private func layers(_ t: Thread, _ raw: Value, _ modeValue: Value, _ mode: String, _ given: Int, _ encoding: Value, _ errors: Value, _ newline: Value,
                    binary: Bool, updating: Bool, reads: Bool, _ result: inout Value) -> Value {
    var buffering = given
    var lineBuffering = false
    let fd = raw.asFile.pointee.fd
    if buffering == 1 || (buffering < 0 && isatty(fd) == 1) {
        buffering = -1
        lineBuffering = true
    }
    if buffering < 0 {
        buffering = Int(raw.asFile.pointee.blockSize)
    }
    if buffering == 0 { return binary ? raw : raise(t, .valueError, "can't have unbuffered text I/O") }
    let type = updating ? ioTypes.pointee.random : reads ? ioTypes.pointee.reader : ioTypes.pointee.writer
    let buffer = allocateInstance(t, type)
    if buffer.isRaised || !initializeBuffered(t, buffer, raw, buffering, readable: updating || reads, writable: updating || !reads) { return .raised }
    result = buffer
    if binary { return buffer }
    let wrapper = makeWrapper(t, buffer, encoding: encoding, errors: errors, newline: newline, lineBuffering: lineBuffering, writeThrough: false)
    if wrapper.isRaised { return wrapper }
    result = wrapper
    return setAttribute(t, wrapper, .mode, modeValue) < 0 ? .raised : wrapper
}
