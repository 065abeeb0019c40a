// The tables of BufferedReader, BufferedWriter, BufferedRandom and BufferedRWPair.

private func bufferedDefinition(_ typeName: StaticString, _ doc: StaticString, _ members: [NativeMember], iterates: Bool) -> TypeDefinition {
    var slots: [SlotEntry] = [.unary(.repr, buffered_repr), .call(.new, ioBase_new)]
    if iterates { slots.append(.unary(.next, buffered_next)) }
    return TypeDefinition(nil, typeName, flags: [.baseType, .weakReferenceable, .hasFinalizer], doc: doc, signature: "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
                          size: MemoryLayout<BufferedCell>.stride, layout: ioLayout(3, MemoryLayout<BufferedCell>.stride),
                          slots: slots, members: members + commonMembers())
}

func bufferedReaderDefinition() -> TypeDefinition {
    bufferedDefinition("_io.BufferedReader", "Create a new buffered reader using the given readable raw IO object.", [
        .method("__init__", "(self, raw, buffer_size=8192)", { t, a in initialize(t, a, readable: true, writable: false) }),
    ] + readingMembers(), iterates: true)
}

func bufferedWriterDefinition() -> TypeDefinition {
    bufferedDefinition("_io.BufferedWriter", "A buffer for a writeable sequential RawIO object.", [
        .method("__init__", "(self, raw, buffer_size=8192)", { t, a in initialize(t, a, readable: false, writable: true) }),
    ] + writingMembers(), iterates: false)
}

func bufferedRandomDefinition() -> TypeDefinition {
    bufferedDefinition("_io.BufferedRandom", "A buffered interface to random access streams.", [
        .method("__init__", "(self, raw, buffer_size=8192)", { t, a in initialize(t, a, readable: true, writable: true) }),
    ] + readingMembers() + writingMembers(), iterates: true)
}

private func initialize(_ t: Thread, _ a: Values, readable: Bool, writable: Bool) -> Value {
    var size = defaultBufferSize
    if !a[2].isMissing {
        guard let n = asIndex(t, a[2], .overflowError) else { return .raised }
        size = n
    }
    return initializeBuffered(t, a[0], a[1], size, readable: readable, writable: writable) ? .none : .raised
}

private func readingMembers() -> [NativeMember] {
    [
        .method("read", "(self, size=-1, /)", { t, a in
            guard let n = sizeOrNone(t, a[1]) else { return .raised }
            return readBuffered(t, a[0], n)
        }),
        .method("read1", "(self, size=-1, /)", { t, a in
            guard let n = asIndex(t, a[1], .overflowError) else { return .raised }
            return read1Buffered(t, a[0], n)
        }),
        .method("readinto", "(self, buffer, /)", { t, a in readIntoBuffered(t, a[0], a[1], once: false) }),
        .method("readinto1", "(self, buffer, /)", { t, a in readIntoBuffered(t, a[0], a[1], once: true) }),
        .method("peek", "(self, size=0, /)", { t, a in asIndex(t, a[1], .overflowError) == nil ? .raised : peekBuffered(t, a[0]) }),
        .method("readline", "(self, size=-1, /)", { t, a in
            guard let n = sizeOrNone(t, a[1]) else { return .raised }
            return checkUsable(t, a[0].asBuffered) ? readLineBuffered(t, a[0], n) : .raised
        }),
        .method("readable", "(self, /)", { t, a in forward(t, a[0], .readable) }),
    ]
}

private func writingMembers() -> [NativeMember] {
    [
        .method("write", "(self, buffer, /)", { t, a in
            var buffer = LadonBuffer()
            if getBuffer(t, a[1], &buffer) < 0 { return .raised }
            defer { releaseBuffer(t, &buffer) }
            let n = writeBuffered(t, a[0], buffer.bytes, buffer.length)
            return n < 0 ? .raised : Value(smallInt: n)
        }),
        .method("writable", "(self, /)", { t, a in forward(t, a[0], .writable) }),
    ]
}

private func commonMembers() -> [NativeMember] {
    [
        .method("detach", "(self, /)", { t, a in
            let b = a[0].asBuffered
            if !checkUsable(t, b) || callMethod(t, a[0], .flush).isRaised { return .raised }
            let raw = b.pointee.raw
            b.pointee.state = -1
            b.pointee.isPlainFile = false
            return raw
        }),
        .method("flush", "(self, /)", { t, a in flushBuffered(t, a[0]) }),
        .method("close", "(self, /)", { t, a in closeBuffered(t, a[0]) }),
        .method("seekable", "(self, /)", { t, a in forward(t, a[0], .seekable) }),
        .method("fileno", "(self, /)", { t, a in forward(t, a[0], .fileno) }),
        .method("isatty", "(self, /)", { t, a in forward(t, a[0], .isatty) }),
        .method("_dealloc_warn", "(self, source, /)", { t, a in
            if a[0].asBuffered.pointee.state > 0 && callMethod(t, a[0].asBuffered.pointee.raw, ._dealloc_warn, a[1]).isRaised { clearException(t) }
            return .none
        }),
        .method("seek", "(self, target, whence=0, /)", { t, a in
            guard let whence = asInt32(t, a[2]) else { return .raised }
            return seekBuffered(t, a[0], a[1], Int(whence))
        }),
        .method("tell", "(self, /)", { t, a in tellBuffered(t, a[0]) }),
        .method("truncate", "(self, pos=None, /)", { t, a in truncateBuffered(t, a[0], a[1]) }),
        .method("__sizeof__", "(self, /)", { t, a in makeInt(t, MemoryLayout<BufferedCell>.size + a[0].asBuffered.pointee.size) }),
        .method("__getstate__", "(self, /)", { t, a in raise(t, .typeError, "cannot pickle '\(typeName(a[0]))' object") }),
        .attribute("closed", get: { t, a in
            let b = a[0].asBuffered
            return checkUsable(t, b) ? getAttribute(t, b.pointee.raw, .closed) : .raised
        }),
        .attribute("name", get: { t, a in
            let b = a[0].asBuffered
            return checkUsable(t, b) ? getAttribute(t, b.pointee.raw, .name) : .raised
        }),
        .attribute("mode", get: { t, a in
            let b = a[0].asBuffered
            return checkUsable(t, b) ? getAttribute(t, b.pointee.raw, .mode) : .raised
        }),
        .member("raw", get: { t, a in
            let b = a[0].asBuffered
            return b.pointee.raw.bits == 0 || b.pointee.state < 0 ? .none : b.pointee.raw
        }),
        .member("_finalizing", get: { _, a in Value(a[0].asBuffered.pointee.isFinalizing) },
                   set: { t, a in a[0].asBuffered.pointee.isFinalizing = a[1].isTrue; return .none }),
    ]
}

private func forward(_ t: Thread, _ v: Value, _ method: Name) -> Value {
    let b = v.asBuffered
    return checkUsable(t, b) ? callMethod(t, b.pointee.raw, method) : .raised
}

private func buffered_next(_ t: Thread, _ v: Value) -> Value {
    let line: Value
    if isPlainBuffered(v) {
        line = readLineBuffered(t, v, -1)
    } else {
        if !checkUsable(t, v.asBuffered) { return .raised }
        line = callMethod(t, v, .readline)
        if !line.isRaised && !line.isBytes { return raise(t, .osError, "readline() should have returned a bytes object, not '\(typeName(line))'") }
    }
    return line.isRaised ? line : line.bytesCount == 0 ? .exhausted : line
}

private func buffered_repr(_ t: Thread, _ v: Value) -> Value { reprNamed(t, v, "\(qualifiedName(t, v))", "") }

/// "module.Type" as reprs show it.
func qualifiedName(_ t: Thread, _ v: Value) -> String {
    let type = typeOf(v)
    let module = type.pointee.flags.contains(.heapType) ? "" : "_io."
    return module + type.shortNameText
}

/// `<type name=...rest>`, without the name if there is none.
func reprNamed(_ t: Thread, _ v: Value, _ type: String, _ rest: String) -> Value {
    let entered = reprEnter(t, v)
    if entered != 0 { return entered > 0 ? raise(t, .runtimeError, "reentrant call inside \(typeName(v)).__repr__") : .raised }
    defer { reprLeave(t, v) }
    let streamName = getAttributeOrMissing(t, v, .name)
    if streamName.isRaised {
        if !exceptionMatches(t, .valueError) { return .raised }
        clearException(t)
    }
    if streamName.isRaised || streamName.isMissing { return makeString(t, "<\(type)\(rest)>") }
    let text = repr(t, streamName)
    return text.isRaised ? text : makeString(t, "<\(type) name=\(swiftString(text))\(rest)>")
}

// MARK: BufferedRWPair

struct BufferedPairCell {
    var header: CellHeader
    var dict: Value
    var reader: Value
    var writer: Value
}

func bufferedPairDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io.BufferedRWPair", flags: [.baseType, .weakReferenceable, .hasFinalizer],
                          doc: "A buffered reader and writer object together.", signature: "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
                          size: MemoryLayout<BufferedPairCell>.stride, layout: ioLayout(3, MemoryLayout<BufferedPairCell>.stride),
                          slots: [.call(.new, ioBase_new)], members: [
        .method("__init__", "(self, reader, writer, buffer_size=8192, /)", { t, a in
            if !checkReadable(t, a[1]) || !checkWritable(t, a[2]) { return .raised }
            let size: Value = a[3].isMissing ? Value(smallInt: defaultBufferSize) : a[3]
            let reader = call(t, ioTypes.pointee.reader.value, a[1], size)
            let writer = reader.isRaised ? reader : call(t, ioTypes.pointee.writer.value, a[2], size)
            if writer.isRaised { return writer }
            let c = a[0].cell(as: BufferedPairCell.self)
            storeSlot(&c.pointee.reader, reader)
            storeSlot(&c.pointee.writer, writer)
            return .none
        }),
        .method("read", "(self, /, *args)", { t, a in pass(t, a, "read", toWriter: false) }),
        .method("peek", "(self, /, *args)", { t, a in pass(t, a, "peek", toWriter: false) }),
        .method("read1", "(self, /, *args)", { t, a in pass(t, a, "read1", toWriter: false) }),
        .method("readinto", "(self, /, *args)", { t, a in pass(t, a, "readinto", toWriter: false) }),
        .method("readinto1", "(self, /, *args)", { t, a in pass(t, a, "readinto1", toWriter: false) }),
        .method("readable", "(self, /, *args)", { t, a in pass(t, a, "readable", toWriter: false) }),
        .method("write", "(self, /, *args)", { t, a in pass(t, a, "write", toWriter: true) }),
        .method("flush", "(self, /, *args)", { t, a in pass(t, a, "flush", toWriter: true) }),
        .method("writable", "(self, /, *args)", { t, a in pass(t, a, "writable", toWriter: true) }),
        .method("close", "(self, /, *args)", { t, a in
            let closed = pass(t, a, "close", toWriter: true)
            let first: Value = closed.isRaised ? takeException(t) : .raised
            let r = pass(t, a, "close", toWriter: false)
            return first.bits == 0 ? r : chainExceptions(t, first)
        }),
        .method("isatty", "(self, /, *args)", { t, a in
            let r = pass(t, a, "isatty", toWriter: true)
            return r.isFalse ? pass(t, a, "isatty", toWriter: false) : r
        }),
        .attribute("closed", get: { t, a in
            let writer = a[0].cell(as: BufferedPairCell.self).pointee.writer
            return writer.bits == 0 ? raise(t, .runtimeError, "the BufferedRWPair object is being garbage-collected") : getAttribute(t, writer, .closed)
        }),
    ])
}

private func pass(_ t: Thread, _ a: Values, _ method: StaticString, toWriter: Bool) -> Value {
    let c = a[0].cell(as: BufferedPairCell.self)
    let target = toWriter ? c.pointee.writer : c.pointee.reader
    if target.bits == 0 { return raise(t, .valueError, "I/O operation on uninitialized object") }
    let f = getAttribute(t, target, internStatic(t, method))
    return f.isRaised ? f : callWithTuple(t, f, a[1])
}
