// The abstract classes: _IOBase, _RawIOBase, _BufferedIOBase and _TextIOBase.

private let closedKey: StaticString = "__IOBase_closed"

func isBaseClosed(_ t: Thread, _ v: Value) -> Truth {
    let found = getAttributeOrMissing(t, v, internStatic(t, closedKey))
    return found.isRaised ? -1 : found.isMissing ? 0 : 1
}

/// ValueError if `v.closed`.
func checkClosed(_ t: Thread, _ v: Value) -> Bool {
    let closed = attributeTruth(t, v, .closed)
    if closed > 0 { raiseClosed(t) }
    return closed == 0
}

/// What a stream must be able to do; UnsupportedOperation if it answers anything but True.
func checkAble(_ t: Thread, _ v: Value, _ n: Name, _ message: String) -> Bool {
    let r = callMethod(t, v, n)
    if r.isRaised { return false }
    if r.isTrue { return true }
    raiseUnsupported(t, message)
    return false
}

func checkReadable(_ t: Thread, _ v: Value) -> Bool { checkAble(t, v, .readable, "File or stream is not readable.") }
func checkWritable(_ t: Thread, _ v: Value) -> Bool { checkAble(t, v, .writable, "File or stream is not writable.") }
func checkSeekable(_ t: Thread, _ v: Value) -> Bool { checkAble(t, v, .seekable, "File or stream is not seekable.") }

func ioBaseDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io._IOBase", flags: [.baseType, .weakReferenceable, .hasFinalizer],
                   doc: "The abstract base class of all streams.", size: MemoryLayout<IOBaseCell>.size,
                   layout: ioLayout(1, MemoryLayout<IOBaseCell>.size), dictOffset: 8,
                   slots: [.unary(.iter, ioBase_iter), .unary(.next, ioBase_next), .unary(.finalize, ioBase_finalize), .call(.new, ioBase_new)],
                   members: [
        .method("seek", "(self, /, *args)", { t, _ in raiseUnsupported(t, "seek") }, "Change the position of the stream."),
        .method("tell", "(self, /)", { t, a in callMethod(t, a[0], .seek, .zero, .one) }, "Return current stream position."),
        .method("truncate", "(self, /, *args)", { t, _ in raiseUnsupported(t, "truncate") }, "Truncate file to size bytes."),
        .method("flush", "(self, /)", { t, a in
            let closed = isBaseClosed(t, a[0])
            return closed < 0 ? .raised : closed > 0 ? raiseClosed(t) : .none
        }, "Flush write buffers, if applicable."),
        .method("close", "(self, /)", { t, a in closeBase(t, a[0]) }, "Flush and close the IO object."),
        .method("seekable", "(self, /)", { _, _ in .false }, "Return whether object supports random access."),
        .method("readable", "(self, /)", { _, _ in .false }, "Return whether object was opened for reading."),
        .method("writable", "(self, /)", { _, _ in .false }, "Return whether object was opened for writing."),
        .method("_checkClosed", "(self, /, *args)", { t, a in checkClosed(t, a[0]) ? .none : .raised }),
        .method("_checkSeekable", "(self, /, *args)", { t, a in checkSeekable(t, a[0]) ? .true : .raised }),
        .method("_checkReadable", "(self, /, *args)", { t, a in checkReadable(t, a[0]) ? .true : .raised }),
        .method("_checkWritable", "(self, /, *args)", { t, a in checkWritable(t, a[0]) ? .true : .raised }),
        .method("fileno", "(self, /)", { t, _ in raiseUnsupported(t, "fileno") }, "Returns underlying file descriptor if one exists."),
        .method("isatty", "(self, /)", { t, a in checkClosed(t, a[0]) ? .false : .raised }, "Return whether this is an 'interactive' stream."),
        .method("__enter__", "(self, /)", { t, a in checkClosed(t, a[0]) ? a[0] : .raised }),
        .method("__exit__", "(self, /, *args)", { t, a in callMethod(t, a[0], .close) }),
        .method("readline", "(self, size=-1, /)", ioBase_readline, "Read and return a line from the stream."),
        .method("readlines", "(self, hint=-1, /)", ioBase_readlines, "Return a list of lines from the stream."),
        .method("writelines", "(self, lines, /)", ioBase_writelines, "Write a list of lines to stream."),
        .attribute("closed", get: { t, a in
            let closed = isBaseClosed(t, a[0])
            return closed < 0 ? .raised : Value(closed > 0)
        }),
        .attribute("__dict__", get: { t, a in instanceDictionary(t, a[0]) }),
    ])
}

func ioBase_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    allocateInstance(t, type.asType)
}

/// `_IOBase.close`: flushes, then marks the object closed whatever happened.
func closeBase(_ t: Thread, _ v: Value) -> Value {
    let closed = isBaseClosed(t, v)
    if closed != 0 { return closed < 0 ? .raised : .none }
    let flushed = callMethod(t, v, .flush)
    let first: Value = flushed.isRaised ? takeException(t) : .raised
    _ = setAttribute(t, v, internStatic(t, closedKey), .true)
    return chainExceptions(t, first)
}

/// An unreachable stream that is still open is closed; what goes wrong then is nobody's to catch.
private func ioBase_finalize(_ t: Thread, _ v: Value) -> Value {
    let saved = takeException(t)
    let closed = attributeTruth(t, v, .closed)
    if closed < 0 { clearException(t) }
    if closed == 0 {
        if setAttribute(t, v, ._finalizing, .true) < 0 { clearException(t) }
        if callMethod(t, v, .close).isRaised {
            if interpreter(t).pointee.flags.devMode != 0 { reportUnraisable(t, v) } else { clearException(t) }
        }
    }
    restoreException(t, saved)
    return .none
}

private func ioBase_iter(_ t: Thread, _ v: Value) -> Value { checkClosed(t, v) ? v : .raised }

private func ioBase_next(_ t: Thread, _ v: Value) -> Value {
    let line = callMethod(t, v, .readline)
    if line.isRaised { return line }
    let n = length(t, line)
    return n < 0 ? .raised : n == 0 ? .exhausted : line
}

private func ioBase_readline(_ t: Thread, _ a: Values) -> Value {
    guard let limit = sizeOrNone(t, a[1]) else { return .raised }
    let peek = getAttributeOrMissing(t, a[0], internStatic(t, "peek"))
    if peek.isRaised { return peek }
    var out = RootedBuffer(t)
    var total = 0
    while limit < 0 || total < limit {
        var wanted = 1
        if !peek.isMissing {
            let ahead = call(t, peek, .one)
            if ahead.isRaised { return ahead }
            if !ahead.isBytes { return raise(t, .osError, "peek() should have returned a bytes object, not '\(typeName(ahead))'") }
            let n = ahead.bytesCount
            if n > 0 {
                let bytes = ahead.bytesData
                var i = 0
                while i < n && (limit < 0 || i < limit) {
                    i += 1
                    if bytes[i - 1] == 10 { break }
                }
                wanted = i
            }
            ahead.keepAlive
        }
        let b = callMethod(t, a[0], .read, Value(smallInt: wanted))
        if b.isRaised { return b }
        if !b.isBytes { return raise(t, .osError, "read() should have returned a bytes object, not '\(typeName(b))'") }
        if b.bytesCount == 0 { break }
        if !out.append(t, b) { return raiseMemoryError(t) }
        total += b.bytesCount
        if b.bytesData[b.bytesCount - 1] == 10 { break }
    }
    return joinBytes(t, out, total)
}

/// Bytes objects one after the other.
func joinBytes(_ t: Thread, _ parts: RootedBuffer, _ total: Int) -> Value {
    if parts.count == 1 && parts[0].isExactly(.bytes) { return parts[0] }
    if total == 0 { return emptyBytes }
    let result = newBytes(t, count: total)
    var at = 0
    for i in 0..<parts.count {
        let n = parts[i].bytesCount
        (result.bytesData + at).update(from: parts[i].bytesData, count: n)
        at += n
    }
    parts.keepAlive
    return result
}

private func ioBase_readlines(_ t: Thread, _ a: Values) -> Value {
    guard let hint = sizeOrNone(t, a[1]) else { return .raised }
    if hint <= 0 { return iterateToList(t, a[0]) }
    let result = makeList(t)
    let iterator = iterate(t, a[0])
    if result.isRaised || iterator.isRaised { return .raised }
    var total = 0
    while true {
        let line = next(t, iterator)
        if line.isRaised { return line }
        if line.isExhausted { return result }
        if listAppend(t, result, line) < 0 { return .raised }
        let n = length(t, line)
        if n < 0 { return .raised }
        total += n
        if total > hint { return result }
    }
}

private func ioBase_writelines(_ t: Thread, _ a: Values) -> Value {
    if !checkClosed(t, a[0]) { return .raised }
    let iterator = iterate(t, a[1])
    if iterator.isRaised { return iterator }
    while true {
        let line = next(t, iterator)
        if line.isRaised { return line }
        if line.isExhausted { return .none }
        if callMethod(t, a[0], .write, line).isRaised { return .raised }
    }
}

// MARK: _RawIOBase

func rawIOBaseDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io._RawIOBase", flags: [.baseType, .weakReferenceable, .hasFinalizer], doc: "Base class for raw binary I/O.",
                   layout: ioLayout(1, MemoryLayout<IOBaseCell>.size), members: [
        .method("read", "(self, size=-1, /)", { t, a in
            guard let n = asIndex(t, a[1], .overflowError) else { return .raised }
            if n < 0 { return callMethod(t, a[0], .readall) }
            let buffer = makeByteArray(t, emptyBytes.bytesData, 0)
            if resizeByteArray(t, buffer, n) < 0 { return .raised }
            let r = callMethod(t, a[0], .readinto, buffer)
            if r.isRaised || r.isNone { return r }
            guard let got = asIndex(t, r, .valueError) else { return .raised }
            let contents = byteArrayContents(buffer)
            let result = makeBytes(t, contents.base, max(0, min(got, contents.count)))
            buffer.keepAlive
            return result
        }),
        .method("readall", "(self, /)", { t, a in
            var parts = RootedBuffer(t)
            var total = 0
            while true {
                let data = callMethod(t, a[0], .read, Value(smallInt: defaultBufferSize))
                if data.isRaised { return data }
                if data.isNone { return parts.count == 0 ? .none : joinBytes(t, parts, total) }
                if !data.isBytes { return raise(t, .typeError, "read() should return bytes") }
                if data.bytesCount == 0 { return joinBytes(t, parts, total) }
                if !parts.append(t, data) { return raiseMemoryError(t) }
                total += data.bytesCount
            }
        }, "Read until EOF, using multiple read() call."),
        .method("readinto", "(self, /, *args)", { t, _ in raise(t, .notImplementedError) }),
        .method("write", "(self, /, *args)", { t, _ in raise(t, .notImplementedError) }),
    ])
}

/// Makes a fresh bytearray `n` zero bytes long.
func resizeByteArray(_ t: Thread, _ v: Value, _ n: Int) -> Truth {
    let zeros = newBytes(t, count: n)
    return zeros.isRaised || callMethod(t, v, .extend, zeros).isRaised ? -1 : 1
}

// MARK: _BufferedIOBase

func bufferedIOBaseDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io._BufferedIOBase", flags: [.baseType, .weakReferenceable, .hasFinalizer], doc: "Base class for buffered IO objects.",
                   layout: ioLayout(1, MemoryLayout<IOBaseCell>.size), members: [
        .method("detach", "(self, /)", { t, _ in raiseUnsupported(t, "detach") }, "Disconnect this buffer from its underlying raw stream and return it."),
        .method("read", "(self, /, *args)", { t, _ in raiseUnsupported(t, "read") }, "Read and return up to n bytes."),
        .method("read1", "(self, /, *args)", { t, _ in raiseUnsupported(t, "read1") }, "Read and return up to n bytes, with at most one read() call."),
        .method("write", "(self, /, *args)", { t, _ in raiseUnsupported(t, "write") }, "Write the given buffer to the IO stream."),
        .method("readinto", "(self, buffer, /)", { t, a in readIntoThrough(t, a, .read, "readinto") }),
        .method("readinto1", "(self, buffer, /)", { t, a in readIntoThrough(t, a, .read1, "readinto1") }),
    ])
}

private func readIntoThrough(_ t: Thread, _ a: Values, _ method: Name, _ function: String) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer, writable: true, argument: "\(function)() argument") < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    let wanted = buffer.length
    let data = callMethod(t, a[0], method, makeInt(t, wanted))
    if data.isRaised { return data }
    if !data.isBytes { return raise(t, .typeError, "read() should return bytes") }
    let n = data.bytesCount
    if n > wanted { return raise(t, .valueError, "read() returned too much data: \(wanted) bytes requested, \(n) returned") }
    buffer.bytes.update(from: data.bytesData, count: n)
    data.keepAlive
    return Value(smallInt: n)
}

// MARK: _TextIOBase

func textIOBaseDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io._TextIOBase", flags: [.baseType, .weakReferenceable, .hasFinalizer], doc: "Base class for text I/O.",
                   layout: ioLayout(1, MemoryLayout<IOBaseCell>.size), members: [
        .method("detach", "(self, /, *args)", { t, _ in raiseUnsupported(t, "detach") }, "Separate the underlying buffer from the TextIOBase and return it."),
        .method("read", "(self, /, *args)", { t, _ in raiseUnsupported(t, "read") }, "Read at most n characters from stream."),
        .method("readline", "(self, /, *args)", { t, _ in raiseUnsupported(t, "readline") }, "Read until newline or EOF."),
        .method("write", "(self, /, *args)", { t, _ in raiseUnsupported(t, "write") }, "Write string to stream."),
        .attribute("encoding", get: { _, _ in .none }, "Encoding of the text stream."),
        .attribute("newlines", get: { _, _ in .none }, "Line endings translated so far."),
        .attribute("errors", get: { _, _ in .none }, "The error setting of the decoder or encoder."),
    ])
}
