// zlib's compressors and decompressors. The stream lies in the cell (zlib's state points back at it, and cells don't
// move); the cell's mutex is held by whoever uses it, mostly detached.

import CZlib
import Glibc
import LadonLibrary

struct ZlibCell {
    var header: CellHeader
    var unusedData: Value
    var unconsumedTail: Value
    /// The dictionary given (bytes), or None.
    var dictionary: Value
    // raw
    var mutex: UInt32
    /// The stream has state that must be freed.
    var isOpen: Bool
    var isEnded: Bool
    var stream: z_stream
}

nonisolated(unsafe) private var compressType: TypePointer! = nil
nonisolated(unsafe) private var decompressType: TypePointer! = nil

private func zlibCell(_ v: Value) -> UnsafeMutablePointer<ZlibCell> { v.cell(as: ZlibCell.self) }
private func stream(_ v: Value) -> UnsafeMutablePointer<z_stream> {
    (v.cell + MemoryLayout<ZlibCell>.offset(of: \ZlibCell.stream).unsafelyUnwrapped).assumingMemoryBound(to: z_stream.self)
}
private func slot(_ v: Value, _ path: PartialKeyPath<ZlibCell>) -> UnsafeMutablePointer<Value> {
    (v.cell + MemoryLayout<ZlibCell>.offset(of: path).unsafelyUnwrapped).assumingMemoryBound(to: Value.self)
}
private func mutex(_ v: Value) -> NativeMutex { NativeMutex(v.cell + MemoryLayout<ZlibCell>.offset(of: \ZlibCell.mutex).unsafelyUnwrapped) }
private func acquire(_ t: Thread, _ v: Value) { mutex(v).acquireUninterrupted(t) }

/// Frees zlib's state. Only by the mutex's holder, or where nobody else can see the object.
private func closeStream(_ v: Value) -> Int32 {
    if !zlibCell(v).pointee.isOpen { return Z_OK }
    zlibCell(v).pointee.isOpen = false
    return typeOf(v) == compressType ? zlib.deflateEnd(stream(v)) : zlib.inflateEnd(stream(v))
}

/// For a stream that has been freed: the code zlib gives for one without state.
private func isClosed(_ v: Value) -> Bool { !zlibCell(v).pointee.isOpen }

private func newStream(_ t: Thread, _ type: TypePointer, _ dictionary: Value) -> Value {
    let v = allocateInstance(t, type, variableItems: 0)
    if v.isRaised { return v }
    zlibCell(v).pointee.unusedData = emptyBytes
    zlibCell(v).pointee.unconsumedTail = emptyBytes
    zlibCell(v).pointee.dictionary = dictionary
    return v
}

/// A copy of a dictionary argument as bytes (the caller may change his), `.none` for none.
private func dictionaryBytes(_ t: Thread, _ v: Value) -> Value {
    if v.isMissing || v.isNone || v.isExactly(.bytes) { return v.isMissing ? .none : v }
    return withInput(t, v) { bytes, count in
        if count > Int(UInt32.max) { return raise(t, .overflowError, "zdict length does not fit in an unsigned int") }
        return count == 0 ? emptyBytes : makeBytes(t, bytes, count)
    }
}

func zlib_compressobj(_ t: Thread, _ a: Values) -> Value {
    guard let level = a[1].isMissing ? Z_DEFAULT_COMPRESSION : asInt32(t, a[1]), let method = a[2].isMissing ? Z_DEFLATED : asInt32(t, a[2]),
          let windowBits = a[3].isMissing ? MAX_WBITS : asInt32(t, a[3]), let memoryLevel = a[4].isMissing ? 8 : asInt32(t, a[4]),
          let strategy = a[5].isMissing ? Z_DEFAULT_STRATEGY : asInt32(t, a[5]) else { return .raised }
    let dictionary = dictionaryBytes(t, a[6])
    if dictionary.isRaised { return .raised }
    let v = newStream(t, compressType, dictionary)
    if v.isRaised { return v }
    switch startDeflate(stream(v), level, method, windowBits, memoryLevel, strategy) {
    case Z_OK: break
    case Z_MEM_ERROR: return raise(t, .memoryError, "Can't allocate memory for compression object")
    case Z_STREAM_ERROR: return raise(t, .valueError, "Invalid initialization option")
    case let code: return raiseZlibError(t, code, "while creating compression object", stream(v).pointee.msg)
    }
    zlibCell(v).pointee.isOpen = true
    if !dictionary.isNone {
        let code = zlib.deflateSetDictionary(stream(v), dictionary.bytesData, UInt32(dictionary.bytesCount))
        dictionary.keepAlive
        if code == Z_STREAM_ERROR { return raise(t, .valueError, "Invalid dictionary") }
        if code != Z_OK { return raise(t, .valueError, "deflateSetDictionary()") }
    }
    return v
}

func zlib_decompressobj(_ t: Thread, _ a: Values) -> Value {
    guard let windowBits = a[1].isMissing ? MAX_WBITS : asInt32(t, a[1]) else { return .raised }
    if !a[2].isMissing && !supportsBuffer(a[2]) { return raise(t, .typeError, "zdict argument must support the buffer protocol") }
    let dictionary = dictionaryBytes(t, a[2])
    if dictionary.isRaised { return .raised }
    let v = newStream(t, decompressType, dictionary)
    if v.isRaised { return v }
    switch startInflate(stream(v), windowBits) {
    case Z_OK: break
    case Z_MEM_ERROR: return raise(t, .memoryError, "Can't allocate memory for decompression object")
    case Z_STREAM_ERROR: return raise(t, .valueError, "Invalid initialization option")
    case let code: return raiseZlibError(t, code, "while creating decompression object", stream(v).pointee.msg)
    }
    zlibCell(v).pointee.isOpen = true
    // A raw stream never asks for its dictionary.
    if !dictionary.isNone && windowBits < 0 {
        let code = zlib.inflateSetDictionary(stream(v), dictionary.bytesData, UInt32(dictionary.bytesCount))
        dictionary.keepAlive
        if code != Z_OK { return raiseZlibError(t, code, "while setting zdict", stream(v).pointee.msg) }
    }
    return v
}

// MARK: compressing

private func compress_compress(_ t: Thread, _ a: Values) -> Value {
    withInput(t, a[1]) { input, length in deflatePiece(t, a[0], input, length, Z_NO_FLUSH, "while compressing data") }
}

private func deflatePiece(_ t: Thread, _ v: Value, _ input: UnsafeMutablePointer<UInt8>, _ length: Int, _ flush: Int32, _ doing: String) -> Value {
    acquire(t, v)
    if isClosed(v) {
        mutex(v).release(t)
        return raiseZlibError(t, Z_STREAM_ERROR, doing)
    }
    var out = ZlibOutput()
    let s = stream(v)
    let code: Int32 = blocking(t) { deflateAll(s, input, length, flush: flush, into: &out) }
    let message = s.pointee.msg
    let end = code == Z_STREAM_END && flush == Z_FINISH ? closeStream(v) : Z_OK
    mutex(v).release(t)
    v.keepAlive
    if out.noMemory || code == Z_STREAM_ERROR || (flush != Z_NO_FLUSH && code != Z_STREAM_END && code != Z_OK && code != Z_BUF_ERROR) {
        out.free()
        return out.noMemory ? raiseMemoryError(t) : raiseZlibError(t, code, doing, message)
    }
    if end != Z_OK {
        out.free()
        return raiseZlibError(t, end, "while finishing compression")
    }
    return finish(t, out)
}

private func compress_flush(_ t: Thread, _ a: Values) -> Value {
    guard let mode = a[1].isMissing ? Z_FINISH : asInt32(t, a[1]) else { return .raised }
    if mode == Z_NO_FLUSH { return emptyBytes }
    return deflatePiece(t, a[0], emptyBytes.bytesData, 0, mode, "while flushing")
}

private func compress_copy(_ t: Thread, _ a: Values) -> Value { copy(t, a[0], "while copying compression object") { zlib.deflateCopy($0, $1) } }
private func decompress_copy(_ t: Thread, _ a: Values) -> Value { copy(t, a[0], "while copying decompression object") { zlib.inflateCopy($0, $1) } }

private func copy(_ t: Thread, _ v: Value, _ doing: String, _ duplicate: (UnsafeMutablePointer<z_stream>, UnsafeMutablePointer<z_stream>) -> Int32) -> Value {
    let other = newStream(t, typeOf(v), zlibCell(v).pointee.dictionary)
    if other.isRaised { return other }
    acquire(t, v)
    let code = isClosed(v) ? Z_STREAM_ERROR : duplicate(stream(other), stream(v))
    if code == Z_OK {
        zlibCell(other).pointee.isOpen = true
        zlibCell(other).pointee.isEnded = zlibCell(v).pointee.isEnded
        storeSlot(slot(other, \.unusedData), zlibCell(v).pointee.unusedData)
        storeSlot(slot(other, \.unconsumedTail), zlibCell(v).pointee.unconsumedTail)
    }
    let message = stream(v).pointee.msg
    mutex(v).release(t)
    switch code {
    case Z_OK: return other
    case Z_STREAM_ERROR: return raise(t, .valueError, "Inconsistent stream state")
    case Z_MEM_ERROR: return raise(t, .memoryError, "Can't allocate memory for \(typeOf(v) == compressType ? "compression" : "decompression") object")
    default: return raiseZlibError(t, code, doing, message)
    }
}

// MARK: decompressing

/// One step of decompression under the mutex, by which the attributes change too.
private func inflatePiece(_ t: Thread, _ v: Value, _ input: UnsafeMutablePointer<UInt8>, _ length: Int, _ flush: Int32, _ out: inout ZlibOutput) -> Value {
    let c = zlibCell(v)
    if isClosed(v) { return raiseZlibError(t, Z_STREAM_ERROR, "while decompressing data") }
    let dictionary = c.pointee.dictionary
    let dictionaryBytes: UnsafePointer<UInt8>? = dictionary.isNone ? nil : UnsafePointer(dictionary.bytesData)
    let dictionaryLength = dictionary.isNone ? 0 : dictionary.bytesCount
    let s = stream(v)
    var left = 0, failedInDictionary = false
    let code: Int32 = blocking(t) {
        inflateAll(s, input, length, flush: flush, dictionary: dictionaryBytes, dictionaryLength, into: &out, left: &left, failedInDictionary: &failedInDictionary)
    }
    dictionary.keepAlive
    if out.noMemory { return raiseMemoryError(t) }
    if failedInDictionary { return raiseZlibError(t, code, "while setting zdict", s.pointee.msg) }
    let rest = input + (length - left)
    if code == Z_STREAM_END && left > 0 {
        let old = c.pointee.unusedData
        let all = newBytes(t, count: old.bytesCount + left)
        if all.isRaised { return all }
        memcpy(all.bytesData, old.bytesData, old.bytesCount)
        memcpy(all.bytesData + old.bytesCount, rest, left)
        old.keepAlive
        storeSlot(slot(v, \.unusedData), all)
    }
    if (code != Z_STREAM_END && left > 0) || c.pointee.unconsumedTail.bytesCount > 0 {
        let tail = left == 0 ? emptyBytes : makeBytes(t, rest, left)
        if tail.isRaised { return tail }
        storeSlot(slot(v, \.unconsumedTail), tail)
    }
    if code == Z_STREAM_END {
        c.pointee.isEnded = true
    } else if code != Z_OK && code != Z_BUF_ERROR {
        return raiseZlibError(t, code, "while decompressing data", s.pointee.msg)
    }
    return .none
}

private func decompress_decompress(_ t: Thread, _ a: Values) -> Value {
    guard let limit = a[2].isMissing ? 0 : asInt(t, a[2]) else { return .raised }
    if limit < 0 { return raise(t, .valueError, "max_length must be non-negative") }
    return withInput(t, a[1]) { input, length in
        acquire(t, a[0])
        var out = ZlibOutput(limit: limit == 0 ? .max : limit)
        let done = inflatePiece(t, a[0], input, length, Z_SYNC_FLUSH, &out)
        mutex(a[0]).release(t)
        if done.isRaised {
            out.free()
            return done
        }
        return finish(t, out)
    }
}

private func decompress_flush(_ t: Thread, _ a: Values) -> Value {
    guard let size = a[1].isMissing ? 16384 : asInt(t, a[1]) else { return .raised }
    if size <= 0 { return raise(t, .valueError, "length must be greater than zero") }
    acquire(t, a[0])
    if isClosed(a[0]) {
        mutex(a[0]).release(t)
        return emptyBytes
    }
    let tail = zlibCell(a[0]).pointee.unconsumedTail
    var out = ZlibOutput(firstSize: size)
    var done = inflatePiece(t, a[0], tail.bytesData, tail.bytesCount, Z_FINISH, &out)
    tail.keepAlive
    if !done.isRaised && zlibCell(a[0]).pointee.isEnded {
        let code = closeStream(a[0])
        if code != Z_OK { done = raiseZlibError(t, code, "while finishing decompression") }
    }
    mutex(a[0]).release(t)
    if done.isRaised {
        out.free()
        return done
    }
    return finish(t, out)
}

// MARK: the types

func makeZlibTypes(_ t: Thread) {
    func make(_ name: StaticString, _ members: [NativeMember]) -> TypePointer {
        let type = installType(t, TypeDefinition(nil, name, flags: [.disallowInstantiation, .hasFinalizer], size: MemoryLayout<ZlibCell>.size,
                                                 layout: Layout(prefix: 3, flags: .finalizable), slots: [
            .unary(.finalize, { _, v in
                _ = closeStream(v)
                return .none
            }),
        ], members: members))
        makeImmortal(type.value)
        return type
    }
    compressType = make("zlib.Compress", [
        .method("compress", "($self, data, /)", compress_compress, "Returns a bytes object containing compressed data.\n\n  data\n    Binary data to be compressed.\n\nAfter calling this function, some of the input data may still\nbe stored in internal buffers for later processing.\nCall the flush() method to clear these buffers."),
        .method("flush", "($self, mode=zlib.Z_FINISH, /)", compress_flush, "Return a bytes object containing any remaining compressed data.\n\n  mode\n    One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.\n    If mode == Z_FINISH, the compressor object can no longer be\n    used after calling the flush() method.  Otherwise, more data\n    can still be compressed."),
        .method("copy", "($self, /)", compress_copy, "Return a copy of the compression object."),
        .method("__copy__", "($self, /)", compress_copy),
        .method("__deepcopy__", "($self, memo, /)", compress_copy),
    ])
    decompressType = make("zlib.Decompress", [
        .method("decompress", "($self, data, /, max_length=0)", decompress_decompress, "Return a bytes object containing the decompressed version of the data.\n\n  data\n    The binary data to decompress.\n  max_length\n    The maximum allowable length of the decompressed data.\n    Unconsumed input data will be stored in\n    the unconsumed_tail attribute.\n\nAfter calling this function, some of the input data may still be stored in\ninternal buffers for later processing.\nCall the flush() method to clear these buffers."),
        .method("flush", "($self, length=zlib.DEF_BUF_SIZE, /)", decompress_flush, "Return a bytes object containing any remaining decompressed data.\n\n  length\n    the initial size of the output buffer."),
        .method("copy", "($self, /)", decompress_copy, "Return a copy of the decompression object."),
        .method("__copy__", "($self, /)", decompress_copy),
        .method("__deepcopy__", "($self, memo, /)", decompress_copy),
        .attribute("unused_data", get: { _, a in loadSlot(slot(a[0], \.unusedData)) }),
        .attribute("unconsumed_tail", get: { _, a in loadSlot(slot(a[0], \.unconsumedTail)) }),
        .attribute("eof", get: { _, a in Value(zlibCell(a[0]).pointee.isEnded) }),
    ])
}
