// The types of `_multibytecodec`: codecs, and incremental and stream coders, which share one cell.
//
// An incremental coder's state is loaded, worked on and stored: whoever uses one in two threads gets one of the orders or a
// mixture of states, but no torn memory. What waits is a traced value of its own (bytes or str), never changed in place.

import Glibc
import LadonLibrary

struct MultibyteCodecCell {
    var header: CellHeader
    var title: Value
    // raw
    var codec: MultibyteCodec
}

struct MultibyteCoderCell {
    var header: CellHeader
    /// The codec object.
    var codec: Value
    /// str: what to do about errors.
    var errors: Value
    /// Of streams.
    var stream: Value
    /// Bytes (decoders) or characters (encoders) that wait for more; 0: none.
    var pending: Value
    // raw
    var state: UInt64
}

/// What may wait, in bytes and characters.
private let maximumPendingBytes = 8, maximumPendingCharacters = 2

nonisolated(unsafe) var multibyteCodecType: TypePointer! = nil

typealias MultibyteCoder = UnsafeMutablePointer<MultibyteCoderCell>

private func coder(_ v: Value) -> MultibyteCoder { v.cell(as: MultibyteCoderCell.self) }

private func coding(_ t: Thread, _ codec: Value, _ errors: Value, _ state: UInt64?) -> MultibyteCoding {
    let c = codec.cell(as: MultibyteCodecCell.self)
    return MultibyteCoding(t: t, codec: c.pointee.codec, title: swiftString(c.pointee.title), errors: errors, state: state.map { MultibyteState(bits: $0) } ?? c.pointee.codec.initialState)
}
private func coding(_ t: Thread, _ c: MultibyteCoder) -> MultibyteCoding { coding(t, loadSlot(&c.pointee.codec), loadSlot(&c.pointee.errors), c.pointee.state) }

// MARK: codecs

func makeMultibyteCodec(_ t: Thread, _ title: Value, _ codec: MultibyteCodec) -> Value {
    let v = allocateInstance(t, multibyteCodecType, variableItems: 0)
    if v.isRaised { return v }
    let c = v.cell(as: MultibyteCodecCell.self)
    c.pointee.title = title
    c.pointee.codec = codec
    return v
}

private func checkErrors(_ t: Thread, _ v: Value, _ function: StaticString) -> Bool {
    if v.isNone || v.isMissing || v.isStr { return true }
    _ = raise(t, .typeError, "\(function)() argument 'errors' must be str or None, not \(typeName(v))")
    return false
}

private func codec_encode(_ t: Thread, _ a: Values) -> Value {
    if !checkErrors(t, a[2], "encode") { return .raised }
    let input = a[1].isStr ? a[1] : str(t, a[1])
    if input.isRaised { return input }
    var out = ByteBuffer(capacity: input.strCount * 2 + 8)
    var work = coding(t, a[0], a[2], nil)
    if work.encode(input, from: 0, isLast: true, resets: true, &out) < 0 {
        out.free()
        return .raised
    }
    let bytes = takeBytes(t, &out)
    return bytes.isRaised ? bytes : makeTuple(t, bytes, makeInt(t, input.strCount))
}

private func codec_decode(_ t: Thread, _ a: Values) -> Value {
    if !checkErrors(t, a[2], "decode") { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    let count = Int(buffer.length)
    var out = TextBuffer(capacity: count)
    var work = coding(t, a[0], a[2], nil)
    let done = work.decode(buffer.bytes, count, object: a[1], isLast: true, &out)
    releaseBuffer(t, &buffer)
    a[1].keepAlive
    if done < 0 {
        out.free()
        return .raised
    }
    let text = takeText(t, &out)
    return text.isRaised ? text : makeTuple(t, text, makeInt(t, count))
}

// MARK: coders in general

/// A coder of a class, which says by its attribute `codec` for which codec.
private func makeCoder(_ t: Thread, _ type: Value, _ stream: Value, _ errors: Value) -> Value {
    if !errors.isMissing && !errors.isStr { return raise(t, .typeError, "\(type.asType.shortNameText)() argument 'errors' must be str, not \(typeName(errors))") }
    let codec = getAttribute(t, type, internStatic(t, "codec"))
    if codec.isRaised { return codec }
    if !codec.isCell || typeOf(codec) != multibyteCodecType { return raise(t, .typeError, "codec is unexpected type") }
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    let c = coder(v)
    c.pointee.codec = codec
    c.pointee.errors = errors.isMissing ? makeString(t, "strict" as StaticString) : errors
    c.pointee.stream = stream
    c.pointee.state = codec.cell(as: MultibyteCodecCell.self).pointee.codec.initialState.bits
    return v
}

nonisolated(unsafe) private var incrementalSignature: SignaturePointer?
nonisolated(unsafe) private var streamSignature: SignaturePointer?

private func incremental_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: 2) { out in
        let bound = out.baseAddress.unsafelyUnwrapped
        let signature = nativeSignature(t, &incrementalSignature, "(errors='strict')")
        if !bindArguments(t, signature, CalleeName("MultibyteIncrementalCoder"), args, count, names, into: bound) { return .raised }
        return makeCoder(t, type, .none, bound[0])
    }
}

private func stream_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: 2) { out in
        let bound = out.baseAddress.unsafelyUnwrapped
        let signature = nativeSignature(t, &streamSignature, "(stream, errors='strict')")
        if !bindArguments(t, signature, CalleeName("MultibyteStreamCoder"), args, count, names, into: bound) { return .raised }
        return makeCoder(t, type, bound[0], bound[1])
    }
}

private func setErrors(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .attributeError, "cannot delete attribute") }
    if !a[1].isStr { return raise(t, .typeError, "errors must be a string") }
    storeSlot(&coder(a[0]).pointee.errors, a[1])
    return .none
}

/// Gives up what waits, and the state.
private func forget(_ c: MultibyteCoder) {
    storeSlot(&c.pointee.pending, Value(bits: 0))
    c.pointee.state = c.pointee.codec.cell(as: MultibyteCodecCell.self).pointee.codec.initialState.bits
}

// MARK: encoders

/// Encodes what waited and `input`. Bytes; 0: raised.
private func encodePiece(_ t: Thread, _ c: MultibyteCoder, _ input: Value, isLast: Bool) -> Value {
    var text = input
    let waited = loadSlot(&c.pointee.pending)
    if waited.bits != 0 {
        text = stringConcat(t, waited, input)
        if text.isRaised { return text }
        storeSlot(&c.pointee.pending, Value(bits: 0))
    }
    var out = ByteBuffer(capacity: text.strCount * 2 + 8)
    var work = coding(t, c)
    let at = work.encode(text, from: 0, isLast: isLast, resets: isLast, &out)
    if at < 0 {
        // As if nothing had been given.
        storeSlot(&c.pointee.pending, waited)
        c.pointee.state = work.state.bits
        out.free()
        return .raised
    }
    c.pointee.state = work.state.bits
    if at < text.strCount {
        if text.strCount - at > maximumPendingCharacters {
            out.free()
            return raise(t, .unicodeError, "pending buffer overflow")
        }
        storeSlot(&c.pointee.pending, substring(t, text, at, text.strCount))
    }
    return takeBytes(t, &out)
}

private func encoder_encode(_ t: Thread, _ a: Values) -> Value {
    let isLast = a[2].isMissing ? 0 : isTrue(t, a[2])
    if isLast < 0 { return .raised }
    let input = a[1].isStr ? a[1] : str(t, a[1])
    return input.isRaised ? input : encodePiece(t, coder(a[0]), input, isLast: isLast == 1)
}

/// As a number of 17 bytes, the least first: how many bytes of UTF-8 wait, those, the codec's state.
private func encoder_getstate(_ t: Thread, _ a: Values) -> Value {
    let c = coder(a[0])
    var bytes = [UInt8](repeating: 0, count: 17)
    let waiting = loadSlot(&c.pointee.pending)
    var count = 0
    if waiting.bits != 0 {
        let encoded = encodeString(t, waiting, encoding: .missing, errors: .missing)
        if encoded.isRaised { return encoded }
        count = min(encoded.bytesCount, 8)
        bytes[0] = UInt8(count)
        for i in 0..<count { bytes[1 + i] = encoded.bytesData[i] }
    }
    for i in 0..<8 { bytes[1 + count + i] = UInt8(truncatingIfNeeded: c.pointee.state >> UInt64(i * 8)) }
    return bytes.withUnsafeBufferPointer { intFromBytes(t, $0.baseAddress.unsafelyUnwrapped, 17, little: true, signed: false) }
}

private func encoder_setstate(_ t: Thread, _ a: Values) -> Value {
    if !isInt(a[1]) { return raise(t, .typeError, "setstate() argument must be int, not \(typeName(a[1]))") }
    let n = plainInt(a[1])
    if intSign(n) < 0 { return raise(t, .overflowError, "can't convert negative int to unsigned") }
    var bytes = [UInt8](repeating: 0, count: 17)
    if !bytes.withUnsafeMutableBufferPointer({ intToBytes(n, $0.baseAddress.unsafelyUnwrapped, 17, little: true, signed: false) }) {
        return raise(t, .overflowError, "int too big to convert")
    }
    let count = Int(bytes[0])
    if count > 8 { return raise(t, .unicodeError, "pending buffer too large") }
    var pending = Value(bits: 0)
    if count > 0 {
        let held = bytes.withUnsafeBufferPointer { makeBytes(t, $0.baseAddress.unsafelyUnwrapped + 1, count) }
        pending = held.isRaised ? held : decodeBytes(t, held, encoding: .missing, errors: .missing)
        if pending.isRaised { return pending }
    }
    let c = coder(a[0])
    storeSlot(&c.pointee.pending, pending)
    var state: UInt64 = 0
    for i in 0..<8 { state |= UInt64(bytes[1 + count + i]) << UInt64(i * 8) }
    c.pointee.state = state
    return .none
}

private func coder_reset(_ t: Thread, _ a: Values) -> Value {
    forget(coder(a[0]))
    return .none
}

// MARK: decoders

/// Decodes what waited and `count` bytes. A str; 0: raised.
private func decodePiece(_ t: Thread, _ c: MultibyteCoder, _ bytes: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) -> Value {
    var input = bytes, length = count
    var joined = Value(bits: 0)
    let waited = loadSlot(&c.pointee.pending)
    if waited.bits != 0 {
        joined = newBytes(t, count: waited.bytesCount + count)
        if joined.isRaised { return joined }
        memcpy(joined.bytesData, waited.bytesData, waited.bytesCount)
        memcpy(joined.bytesData + waited.bytesCount, bytes, count)
        input = UnsafePointer(joined.bytesData)
        length = joined.bytesCount
    }
    var out = TextBuffer(capacity: length)
    var work = coding(t, c)
    let before = work.state
    let at = work.decode(input, length, object: .missing, isLast: isLast, &out)
    if at < 0 {
        c.pointee.state = before.bits
        out.free()
        return .raised
    }
    c.pointee.state = work.state.bits
    if length - at > maximumPendingBytes {
        out.free()
        return raise(t, .unicodeError, "pending buffer overflow")
    }
    storeSlot(&c.pointee.pending, at < length ? makeBytes(t, input + at, length - at) : Value(bits: 0))
    joined.keepAlive
    return takeText(t, &out)
}

private func decoder_decode(_ t: Thread, _ a: Values) -> Value {
    let isLast = a[2].isMissing ? 0 : isTrue(t, a[2])
    if isLast < 0 { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    let result = decodePiece(t, coder(a[0]), buffer.bytes, Int(buffer.length), isLast: isLast == 1)
    releaseBuffer(t, &buffer)
    a[1].keepAlive
    return result
}

private func decoder_getstate(_ t: Thread, _ a: Values) -> Value {
    let c = coder(a[0])
    let waiting = loadSlot(&c.pointee.pending)
    return makeTuple(t, waiting.bits == 0 ? emptyBytes : waiting, makeInt(t, UInt(c.pointee.state)))
}

private func decoder_setstate(_ t: Thread, _ a: Values) -> Value {
    if !isTuple(a[1]) { return raise(t, .typeError, "setstate() argument must be tuple, not \(typeName(a[1]))") }
    if a[1].tupleCount != 2 { return raise(t, .typeError, "setstate(): illegal state argument") }
    let held = a[1].tupleItems[0], n = a[1].tupleItems[1]
    if !held.isBytes || !isInt(n) { return raise(t, .typeError, "setstate(): illegal state argument") }
    guard let state = asUInt(t, n) else { return .raised }
    if held.bytesCount > maximumPendingBytes { return raise(t, .unicodeError, "pending buffer too large") }
    let c = coder(a[0])
    storeSlot(&c.pointee.pending, held.bytesCount == 0 ? Value(bits: 0) : held)
    c.pointee.state = UInt64(state)
    return .none
}

// MARK: streams

/// Reads by the stream's method until a character is whole, or the end.
private func readStream(_ t: Thread, _ v: Value, _ method: StaticString, _ given: Value) -> Value {
    var size = -1
    if !given.isNone && !given.isMissing {
        if !isInt(given) { return raise(t, .typeError, "arg 1 must be an integer") }
        guard let n = asInt(t, given) else { return .raised }
        size = n
    }
    if size == 0 { return emptyString }
    let c = coder(v)
    while true {
        let read = getAttribute(t, c.pointee.stream, internStatic(t, method))
        if read.isRaised { return read }
        let piece = size < 0 ? call(t, read) : call(t, read, makeInt(t, size))
        if piece.isRaised { return piece }
        if !piece.isBytes { return raise(t, .typeError, "stream function returned a non-bytes object (\(typeName(piece)))") }
        let text = decodePiece(t, c, UnsafePointer(piece.bytesData), piece.bytesCount, isLast: piece.bytesCount == 0 || size < 0)
        piece.keepAlive
        if text.isRaised || text.strCount > 0 || size < 0 || piece.bytesCount == 0 { return text }
        size = 1
    }
}

private func reader_readlines(_ t: Thread, _ a: Values) -> Value {
    let all = readStream(t, a[0], "read", a[1])
    if all.isRaised { return all }
    let split = getAttribute(t, all, internStatic(t, "splitlines"))
    return split.isRaised ? split : call(t, split, .true)
}

private func writeStream(_ t: Thread, _ v: Value, _ text: Value) -> Bool {
    let input = text.isStr ? text : str(t, text)
    if input.isRaised { return false }
    let c = coder(v)
    let bytes = encodePiece(t, c, input, isLast: false)
    if bytes.isRaised { return false }
    let write = getAttribute(t, c.pointee.stream, internStatic(t, "write"))
    return !write.isRaised && !call(t, write, bytes).isRaised
}

private func writer_writelines(_ t: Thread, _ a: Values) -> Value {
    let count = isInstanceOf(a[1], .list) || isTuple(a[1]) || typeOf(a[1]).has(.getItem) ? length(t, a[1]) : -2
    if count == -2 { return raise(t, .typeError, "arg must be a sequence object") }
    if count < 0 { return .raised }
    var i = 0
    while i < count {
        let line = getItem(t, a[1], Value(smallInt: i))
        if line.isRaised || !writeStream(t, a[0], line) { return .raised }
        i += 1
    }
    return .none
}

private func writer_reset(_ t: Thread, _ a: Values) -> Value {
    let c = coder(a[0])
    if loadSlot(&c.pointee.pending).bits == 0 { return .none }
    let bytes = encodePiece(t, c, emptyString, isLast: true)
    if bytes.isRaised { return bytes }
    if bytes.bytesCount > 0 {
        let write = getAttribute(t, c.pointee.stream, internStatic(t, "write"))
        if write.isRaised || call(t, write, bytes).isRaised { return .raised }
    }
    return .none
}

// MARK: the definitions

func multibyteCodecDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_multibytecodec.MultibyteCodec", flags: [.disallowInstantiation], size: MemoryLayout<MultibyteCodecCell>.size, layout: Layout(prefix: 1), members: [
        .method("encode", "($self, /, input, errors=None)", codec_encode, "Return an encoded string version of `input'.\n\n'errors' may be given to set a different error handling scheme. Default is\n'strict' meaning that encoding errors raise a UnicodeEncodeError. Other possible\nvalues are 'ignore', 'replace' and 'xmlcharrefreplace' as well as any other name\nregistered with codecs.register_error that can handle UnicodeEncodeErrors."),
        .method("decode", "($self, /, input, errors=None)", codec_decode, "Decodes 'input'.\n\n'errors' may be given to set a different error handling scheme. Default is\n'strict' meaning that encoding errors raise a UnicodeDecodeError. Other possible\nvalues are 'ignore' and 'replace' as well as any other name registered with\ncodecs.register_error that is able to handle UnicodeDecodeErrors.\""),
        .ownModule,
    ])
}

private func coderDefinition(_ name: StaticString, isStream: Bool, _ members: [NativeMember]) -> TypeDefinition {
    var all = members + [
        .attribute("errors", get: { _, a in loadSlot(&coder(a[0]).pointee.errors) }, set: setErrors, "how to treat errors"),
        .ownModule,
    ]
    if isStream { all.append(.member("stream", get: { _, a in coder(a[0]).pointee.stream })) }
    return TypeDefinition(nil, name, flags: [.baseType], size: MemoryLayout<MultibyteCoderCell>.size, layout: Layout(prefix: 4),
                          // Arguments are new's; the classes' other bases are not to see them.
                          slots: [.call(.new, isStream ? stream_new : incremental_new), .call(.initialize, { _, _, _, _, _ in .none })], members: all)
}

func multibyteIncrementalEncoderDefinition() -> TypeDefinition {
    coderDefinition("_multibytecodec.MultibyteIncrementalEncoder", isStream: false, [
        .method("encode", "($self, /, input, final=False)", encoder_encode),
        .method("getstate", "($self, /)", encoder_getstate),
        .method("setstate", "($self, state, /)", encoder_setstate),
        .method("reset", "($self, /)", coder_reset),
    ])
}
func multibyteIncrementalDecoderDefinition() -> TypeDefinition {
    coderDefinition("_multibytecodec.MultibyteIncrementalDecoder", isStream: false, [
        .method("decode", "($self, /, input, final=False)", decoder_decode),
        .method("getstate", "($self, /)", decoder_getstate),
        .method("setstate", "($self, state, /)", decoder_setstate),
        .method("reset", "($self, /)", coder_reset),
    ])
}
func multibyteStreamReaderDefinition() -> TypeDefinition {
    coderDefinition("_multibytecodec.MultibyteStreamReader", isStream: true, [
        .method("read", "($self, sizeobj=None, /)", { t, a in readStream(t, a[0], "read", a[1]) }),
        .method("readline", "($self, sizeobj=None, /)", { t, a in readStream(t, a[0], "readline", a[1]) }),
        .method("readlines", "($self, sizehintobj=None, /)", reader_readlines),
        .method("reset", "($self, /)", coder_reset),
    ])
}
func multibyteStreamWriterDefinition() -> TypeDefinition {
    coderDefinition("_multibytecodec.MultibyteStreamWriter", isStream: true, [
        .method("write", "($self, strobj, /)", { t, a in writeStream(t, a[0], a[1]) ? .none : .raised }),
        .method("writelines", "($self, lines, /)", writer_writelines),
        .method("reset", "($self, /)", writer_reset),
    ])
}
