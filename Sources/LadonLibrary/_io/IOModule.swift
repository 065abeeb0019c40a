// The module `_io`: its surface beside the types.

public func ioModule() -> ModuleDefinition {
    ModuleDefinition("_io", doc: "The io module provides the Python interfaces to stream handling.", members: [
        .method("open", "(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)", io_open,
                "Open file and return a stream.  Raise OSError upon failure."),
        .method("open_code", "(path)", { t, a in
            if !a[0].isStr { return raise(t, .typeError, "open_code() argument 'path' must be str, not \(argumentType(a[0]))") }
            return openStream(t, a[0], makeString(t, "rb"), -1, .none, .none, .none, closefd: true, opener: .none)
        }, "Opens the provided file with the intent to import the contents."),
        .method("text_encoding", "(encoding, stacklevel=2, /)", { t, a in
            if !a[0].isNone { return a[0] }
            guard let level = asInt32(t, a[1]) else { return .raised }
            let flags = interpreter(t).pointee.flags
            if flags.warnDefaultEncoding != 0 && warn(t, .encodingWarning, "'encoding' argument not specified", Int(level)) < 0 { return .raised }
            return makeString(t, flags.utf8Mode != 0 ? "utf-8" : "locale")
        }, "A helper function to choose the text encoding."),
        .constant("DEFAULT_BUFFER_SIZE", { _, _ in Value(smallInt: defaultBufferSize) }),
        .constant("BlockingIOError", { _, _ in builtinType(.blockingIOError).value }),
        .constant("UnsupportedOperation", { t, _ in unsupportedOperationType(t) }),
    ], initialize: { t, a in
        installIOTypes(t)
        let types = ioTypes.pointee
        for type in [types.base, types.raw, types.buffered, types.text, types.file, types.bytes, types.string, types.reader, types.writer,
                     types.random, types.pair, types.wrapper, types.newlineDecoder] {
            if setAttribute(t, a[0], type.pointee.name, type.value) < 0 { return .raised }
        }
        return .none
    })
}
