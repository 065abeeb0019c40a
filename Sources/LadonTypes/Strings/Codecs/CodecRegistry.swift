// The registry of codecs and of error handlers that `codecs` shows. The encodings package is imported when the first
// codec is looked up that is not one of those done natively.

import Glibc
import LadonRuntime

/// Makes the registry's containers once. Each is published by compare-and-swap: a thread that comes second uses the
/// first one's, so that nothing that was registered is lost.
func prepareCodecRegistry(_ t: Thread) -> Bool {
    let state = interpreter(t)
    if loadSlot(&state.pointee.codecErrors).bits != 0 { return true }
    let path = makeList(t)
    if path.isRaised { return false }
    _ = ladon_cas(&state.pointee.codecSearchPath, 0, path.bits)
    let cache = makeDict(t)
    if cache.isRaised { return false }
    _ = ladon_cas(&state.pointee.codecCache, 0, cache.bits)
    let errors = makeDict(t)
    if errors.isRaised { return false }
    for handler in builtinErrorHandlers {
        let function = makeNativeFunction(t, handler.function, "(exception, /)", "", handler.body)
        if function.isRaised || dictSet(t, errors, internStatic(t, handler.name), function) < 0 { return false }
    }
    _ = ladon_cas(&state.pointee.codecErrors, 0, errors.bits)
    return true
}

/// Adds a search function.
public func registerCodecSearch(_ t: Thread, _ function: Value) -> Value {
    if !prepareCodecRegistry(t) { return .raised }
    if !isCallable(function) { return raise(t, .typeError, "argument must be callable") }
    // The library's own function comes first, as if it had been there from the start.
    if listCount(interpreter(t).pointee.codecSearchPath) == 0 && importModule(t, "encodings").isRaised { return .raised }
    return listAppend(t, interpreter(t).pointee.codecSearchPath, function) < 0 ? .raised : .none
}

/// Removes a search function, and forgets what was found.
public func unregisterCodecSearch(_ t: Thread, _ function: Value) -> Value {
    if !prepareCodecRegistry(t) { return .raised }
    let path = interpreter(t).pointee.codecSearchPath
    for i in 0..<listCount(path) where listGet(t, path, i) == function {
        dictClear(t, interpreter(t).pointee.codecCache)
        _ = listRemove(t, path, at: i)
        break
    }
    return .none
}

/// The name of an encoding as search functions get it: ASCII letters and digits in lower case, everything between them
/// one underscore, dots kept.
func normalizedEncodingName(_ t: Thread, _ name: Value) -> Value {
    let text = name.text
    var builder = StringBuilder(t, capacity: text.count)
    var gap = false
    for i in 0..<text.count {
        let c = text[i]
        let upper = c &- 65 < 26
        if upper || c &- 97 < 26 || c &- 48 < 10 || c == 46 {
            if gap && builder.count > 0 { builder.append(95) }
            builder.append(upper ? c | 32 : c)
            gap = false
        } else {
            gap = true
        }
    }
    name.keepAlive
    return builder.finish()
}

/// The 4-tuple (CodecInfo) of an encoding. 0: raised.
public func lookupCodec(_ t: Thread, _ name: Value) -> Value {
    if !prepareCodecRegistry(t) { return .raised }
    // A name that is no text is refused, not shortened to its letters.
    if !name.strIsASCII && encodeString(t, name, encoding: makeString(t, "utf-8"), errors: .missing).isRaised { return .raised }
    let state = interpreter(t)
    let key = intern(t, normalizedEncodingName(t, name))
    let known = dictGet(t, state.pointee.codecCache, key)
    if !known.isMissing { return known }
    if listCount(state.pointee.codecSearchPath) == 0 && importModule(t, "encodings").isRaised { return .raised }
    var i = 0
    while i < listCount(state.pointee.codecSearchPath) {
        let search = listGet(t, state.pointee.codecSearchPath, i)
        if search.isMissing { break }
        let found = call(t, search, key)
        if found.isRaised { return .raised }
        if !found.isNone {
            if !isTuple(found) || found.tupleCount != 4 { return raise(t, .typeError, "codec search functions must return 4-tuples") }
            return dictSet(t, state.pointee.codecCache, key, found) < 0 ? .raised : found
        }
        i += 1
    }
    return raise(t, .lookupError, "unknown encoding: \(swiftString(name))")
}

/// Forgets what was found under a (normalised) name.
public func forgetCodec(_ t: Thread, _ name: Value) -> Value {
    if !prepareCodecRegistry(t) { return .raised }
    return dictDelete(t, interpreter(t).pointee.codecCache, normalizedEncodingName(t, name)) < 0 ? .raised : .none
}

/// codecs.encode / codecs.decode: any codec, any result. `index` 0 encodes, 1 decodes.
public func runCodec(_ t: Thread, _ object: Value, _ encoding: Value, _ errors: Value, index: Int) -> Value {
    let codec = lookupCodec(t, encoding)
    if codec.isRaised { return .raised }
    return applyCodec(t, codec, object, encoding, errors, index)
}

private func applyCodec(_ t: Thread, _ codec: Value, _ object: Value, _ encoding: Value, _ errors: Value, _ index: Int) -> Value {
    let function = codec.tupleItems[index]
    let result = errors.isMissing || errors.isNone ? call(t, function, object) : call(t, function, object, errors)
    if result.isRaised {
        wrapCodecError(t, index == 0 ? "encoding" : "decoding", encoding)
        return .raised
    }
    if !isTuple(result) || result.tupleCount != 2 {
        return raise(t, .typeError, "\(index == 0 ? "encoder" : "decoder") must return a tuple (object, \(index == 0 ? "length" : "integer"))")
    }
    return result.tupleItems[0]
}

/// Says in the exception which codec failed, when the exception is of a plain kind: one argument that is a str, no state.
private func wrapCodecError(_ t: Thread, _ operation: String, _ encoding: Value) {
    let e = t.pointee.exception
    if e.bits == 0 { return }
    let type = typeOf(e)
    for special: TypeID in [.unicodeError, .osError, .syntaxError, .importError, .stopIteration, .systemExit, .nameError,
                            .attributeError, .baseExceptionGroup] where isSubtype(type, builtinType(special)) { return }
    let args = e.asException.pointee.args
    if args.bits == 0 || args.tupleCount > 1 || (args.tupleCount == 1 && !args.tupleItems[0].isStr) { return }
    if !isSubtype(type, builtinType(.exception)) { return }
    let dict = e.asException.pointee.dict
    if dict.bits != 0 && isDict(dict) && dictCount(dict) > 0 { return }
    clearException(t)
    let detail = str(t, e)
    if detail.isRaised { clearException(t); restoreException(t, e); return }
    let message = makeString(t, "\(operation) with '\(swiftString(encoding))' codec failed (\(shortName(e)): \(swiftString(detail)))")
    let wrapped = call(t, type.value, message)
    if wrapped.isRaised { clearException(t); restoreException(t, e); return }
    wrapped.asException.pointee.cause = e
    wrapped.asException.pointee.suppressContext = .true
    wrapped.asException.pointee.context = e
    restoreException(t, wrapped)
}

/// The name of a value's type without its module.
private func shortName(_ v: Value) -> String {
    let name = typeName(v)
    guard let dot = name.lastIndex(of: ".") else { return name }
    return String(name[name.index(after: dot)...])
}

/// The codec of a text encoding; LookupError for others. `alternative` is what to use for those.
private func textCodec(_ t: Thread, _ encoding: Value, _ alternative: StaticString) -> Value {
    let codec = lookupCodec(t, encoding)
    if codec.isRaised || codec.isExactly(.tuple) { return codec }
    let isText = getAttributeOrMissing(t, codec, name(._is_text_encoding))
    if isText.isRaised { return .raised }
    if !isText.isMissing {
        let yes = isTrue(t, isText)
        if yes < 0 { return .raised }
        if yes == 0 {
            return raise(t, .lookupError, "'\(swiftString(encoding))' is not a text encoding; use \(alternative) to handle arbitrary codecs")
        }
    }
    return codec
}

func encodeThroughRegistry(_ t: Thread, _ v: Value, _ encoding: Value, _ errors: Value) -> Value {
    let codec = textCodec(t, encoding, "codecs.encode()")
    if codec.isRaised { return .raised }
    let result = applyCodec(t, codec, v, encoding, errors, 0)
    if result.isRaised || result.isBytes { return result }
    if isByteArray(result) {
        let label = swiftString(encoding)
        if warn(t, .runtimeWarning, "encoder \(label) returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types", 1) < 0 { return .raised }
        let contents = byteArrayContents(result)
        return makeBytes(t, contents.base, contents.count)
    }
    return raise(t, .typeError, "'\(swiftString(encoding))' encoder returned '\(typeName(result))' instead of 'bytes'; use codecs.encode() to encode to arbitrary types")
}

func decodeThroughRegistry(_ t: Thread, _ v: Value, _ encoding: Value, _ errors: Value) -> Value {
    let codec = textCodec(t, encoding, "codecs.decode()")
    if codec.isRaised { return .raised }
    let input = v.isBytes ? v : makeMemoryView(t, v)
    if input.isRaised { return .raised }
    let result = applyCodec(t, codec, input, encoding, errors, 1)
    if result.isRaised || result.isStr { return result }
    return raise(t, .typeError, "'\(swiftString(encoding))' decoder returned '\(typeName(result))' instead of 'str'; use codecs.decode() to decode to arbitrary types")
}

// MARK: error handlers

/// codecs.register_error
public func registerErrorHandler(_ t: Thread, _ name: Value, _ handler: Value) -> Value {
    if !prepareCodecRegistry(t) { return .raised }
    if !isCallable(handler) { return raise(t, .typeError, "handler must be callable") }
    return dictSet(t, interpreter(t).pointee.codecErrors, name, handler) < 0 ? .raised : .none
}

/// codecs.lookup_error; None and `.missing` mean "strict".
public func lookupErrorHandler(_ t: Thread, _ name: Value) -> Value {
    if !prepareCodecRegistry(t) { return .raised }
    let key = name.isCell ? name : internStatic(t, "strict")
    let found = dictGet(t, interpreter(t).pointee.codecErrors, key)
    if !found.isMissing { return found }
    return raise(t, .lookupError, "unknown error handler name '\(swiftString(key))'")
}
