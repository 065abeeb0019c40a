// The module `_bz2`: bzip2's compressor and decompressor. The stream lies in the cell (the library's state points back at
// it, and cells don't move); the cell's mutex is held by whoever uses it, detached.

import CBzip2
import Glibc
import LadonLibrary

struct Bzip2Cell {
    var header: CellHeader
    var unusedData: Value
    /// Input that waits until there is room for what comes of it.
    var pending: Value
    // raw
    var mutex: UInt32
    var isOpen: Bool
    var isCompressor: Bool
    var isEnded: Bool
    var needsInput: Bool
    var hasFailed: Bool
    var stream: bz_stream
}

private func cell(_ v: Value) -> UnsafeMutablePointer<Bzip2Cell> { v.cell(as: Bzip2Cell.self) }
private func address(_ v: Value, _ path: PartialKeyPath<Bzip2Cell>) -> UnsafeMutableRawPointer { v.cell + MemoryLayout<Bzip2Cell>.offset(of: path).unsafelyUnwrapped }
private func slot(_ v: Value, _ path: PartialKeyPath<Bzip2Cell>) -> UnsafeMutablePointer<Value> { address(v, path).assumingMemoryBound(to: Value.self) }
private func stream(_ v: Value) -> UnsafeMutablePointer<bz_stream> { address(v, \.stream).assumingMemoryBound(to: bz_stream.self) }
private func mutex(_ v: Value) -> NativeMutex { NativeMutex(address(v, \.mutex)) }
private func acquire(_ t: Thread, _ v: Value) { mutex(v).acquireUninterrupted(t) }

/// What a code of the library's means. `.none`: nothing wrong.
private func check(_ t: Thread, _ code: Int32) -> Value {
    switch code {
    case BZ_OK, BZ_RUN_OK, BZ_FLUSH_OK, BZ_FINISH_OK, BZ_STREAM_END: return .none
    case BZ_CONFIG_ERROR: return raise(t, .systemError, "libbzip2 was not compiled correctly")
    case BZ_PARAM_ERROR: return raise(t, .valueError, "Internal error - invalid parameters passed to libbzip2")
    case BZ_MEM_ERROR: return raiseMemoryError(t)
    case BZ_DATA_ERROR, BZ_DATA_ERROR_MAGIC: return raise(t, .osError, "Invalid data stream")
    case BZ_IO_ERROR: return raise(t, .osError, "Unknown I/O error")
    case BZ_UNEXPECTED_EOF: return raise(t, .eofError, "Compressed file ended before the logical end-of-stream was detected")
    case BZ_SEQUENCE_ERROR: return raise(t, .runtimeError, "Internal error - Invalid sequence of commands sent to libbzip2")
    default: return raise(t, .osError, "Unrecognized error from libbzip2: \(code)")
    }
}

extension StreamOutput {
    fileprivate mutating func offer(_ s: UnsafeMutablePointer<bz_stream>) -> Bool {
        if !makeRoom() { return false }
        s.pointee.next_out = UnsafeMutableRawPointer(end).assumingMemoryBound(to: CChar.self)
        s.pointee.avail_out = UInt32(min(room, Int(UInt32.max)))
        return true
    }
    fileprivate mutating func take(_ s: UnsafeMutablePointer<bz_stream>) {
        count = UnsafeMutableRawPointer(s.pointee.next_out.unsafelyUnwrapped) - UnsafeMutableRawPointer(base.unsafelyUnwrapped)
    }
}

// MARK: compressing

/// Compresses all of the input, and to the end if `finishes`.
private func compress(_ t: Thread, _ v: Value, _ input: UnsafeMutablePointer<CChar>, _ length: Int, finishes: Bool) -> Value {
    let s = stream(v)
    var out = StreamOutput()
    let code: Int32 = blocking(t) {
        s.pointee.next_in = input
        s.pointee.avail_in = 0
        var left = length
        var code = BZ_RUN_OK
        while true {
            if s.pointee.avail_in == 0 && left > 0 {
                let piece = min(left, Int(UInt32.max))
                s.pointee.avail_in = UInt32(piece)
                left -= piece
            }
            if !finishes && s.pointee.avail_in == 0 { return code }
            if !out.offer(s) { return BZ_MEM_ERROR }
            code = bzip2.BZ2_bzCompress(s, finishes ? BZ_FINISH : BZ_RUN)
            out.take(s)
            if code < 0 || code == BZ_STREAM_END { return code }
        }
    }
    if check(t, code).isRaised {
        free(out.base)
        return .raised
    }
    return out.finish(t)
}

private func compressor_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if !noKeywords(t, "BZ2Compressor", names) || !checkPositional(t, "BZ2Compressor", count, 0, 1) { return .raised }
    guard let level = count == 0 ? 9 : asInt32(t, args.unsafelyUnwrapped[0]) else { return .raised }
    if level < 1 || level > 9 { return raise(t, .valueError, "compresslevel must be between 1 and 9") }
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    cell(v).pointee.unusedData = emptyBytes
    cell(v).pointee.pending = emptyBytes
    cell(v).pointee.isCompressor = true
    if check(t, bzip2.BZ2_bzCompressInit(stream(v), level, 0, 0)).isRaised { return .raised }
    cell(v).pointee.isOpen = true
    return v
}

private func compressor_compress(_ t: Thread, _ a: Values) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    acquire(t, a[0])
    defer { mutex(a[0]).release(t) }
    if cell(a[0]).pointee.isEnded { return raise(t, .valueError, "Compressor has been flushed") }
    return compress(t, a[0], UnsafeMutableRawPointer(buffer.bytes).assumingMemoryBound(to: CChar.self), Int(buffer.length), finishes: false)
}

private func compressor_flush(_ t: Thread, _ a: Values) -> Value {
    acquire(t, a[0])
    defer { mutex(a[0]).release(t) }
    if cell(a[0]).pointee.isEnded { return raise(t, .valueError, "Repeated call to flush()") }
    cell(a[0]).pointee.isEnded = true
    return compress(t, a[0], UnsafeMutableRawPointer(emptyBytes.bytesData).assumingMemoryBound(to: CChar.self), 0, finishes: true)
}

// MARK: decompressing

private func decompressor_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if !noKeywords(t, "BZ2Decompressor", names) || !checkPositional(t, "BZ2Decompressor", count, 0, 0) { return .raised }
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    cell(v).pointee.unusedData = emptyBytes
    cell(v).pointee.pending = emptyBytes
    cell(v).pointee.needsInput = true
    if check(t, bzip2.BZ2_bzDecompressInit(stream(v), 0, 0)).isRaised { return .raised }
    cell(v).pointee.isOpen = true
    return v
}

private func decompressor_decompress(_ t: Thread, _ a: Values) -> Value {
    guard let limit = asInt(t, a[2]) else { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    let v = a[0], c = cell(v), s = stream(v)
    acquire(t, v)
    defer { mutex(v).release(t) }
    if c.pointee.isEnded { return raise(t, .eofError, "End of stream already reached") }
    if c.pointee.hasFailed { return raise(t, .valueError, "Decompressor is unusable after a previous error") }
    guard let input = StreamInput(t, c.pointee.pending, buffer) else { return .raised }
    var out = StreamOutput()
    if limit >= 0 { out.limit = limit }
    var left = input.count
    let code: Int32 = blocking(t) {
        s.pointee.next_in = UnsafeMutableRawPointer(input.bytes).assumingMemoryBound(to: CChar.self)
        s.pointee.avail_in = 0
        var code = BZ_OK
        while true {
            if s.pointee.avail_in == 0 && left > 0 {
                let piece = min(left, Int(UInt32.max))
                s.pointee.avail_in = UInt32(piece)
                left -= piece
            }
            if !out.offer(s) { return out.isFull ? code : BZ_MEM_ERROR }
            code = bzip2.BZ2_bzDecompress(s)
            out.take(s)
            if code != BZ_OK || (s.pointee.avail_in == 0 && left == 0 && s.pointee.avail_out > 0) { return code }
            if s.pointee.avail_in == 0 && left == 0 && out.isFull { return code }
        }
    }
    left += Int(s.pointee.avail_in)
    if check(t, code).isRaised {
        // The library's state is not to be used any more.
        c.pointee.hasFailed = true
        c.pointee.needsInput = false
        free(out.base)
        return .raised
    }
    let rest = input.rest(t, left, out)
    if rest.isRaised { return rest }
    if code == BZ_STREAM_END {
        c.pointee.isEnded = true
        c.pointee.needsInput = false
        storeSlot(slot(v, \.unusedData), rest)
        storeSlot(slot(v, \.pending), emptyBytes)
    } else {
        c.pointee.needsInput = left == 0
        storeSlot(slot(v, \.pending), rest)
    }
    return out.finish(t)
}

// MARK: the types

private func finalize(_ t: Thread, _ v: Value) -> Value {
    if !cell(v).pointee.isOpen { return .none }
    cell(v).pointee.isOpen = false
    _ = cell(v).pointee.isCompressor ? bzip2.BZ2_bzCompressEnd(stream(v)) : bzip2.BZ2_bzDecompressEnd(stream(v))
    return .none
}

private func definition(_ name: StaticString, _ signature: StaticString, _ doc: StaticString, _ new: @escaping CallFunction, _ members: [NativeMember]) -> TypeDefinition {
    let size = MemoryLayout<Bzip2Cell>.size
    return TypeDefinition(nil, name, flags: [.baseType, .hasFinalizer], doc: doc, signature: signature, size: (size + 7) & ~7,
                          layout: Layout(prefix: 2, base: (size + 7) / 8, flags: .finalizable), slots: [.call(.new, new), .unary(.finalize, finalize)], members: members)
}

private func refusePickling(_ t: Thread, _ a: Values) -> Value { raise(t, .typeError, "cannot pickle '\(typeName(a[0]))' object") }

/// The module `_bz2`.
public func bzip2Module() -> ModuleDefinition {
    ModuleDefinition("_bz2", members: [], types: [
        {
            definition("_bz2.BZ2Compressor", "(compresslevel=9, /)", "Create a compressor object for compressing data incrementally.\n\n  compresslevel\n    Compression level, as a number between 1 and 9.\n\nFor one-shot compression, use the compress() function instead.", compressor_new, [
                .method("compress", "($self, data, /)", compressor_compress, "Provide data to the compressor object.\n\nReturns a chunk of compressed data if possible, or b'' otherwise.\n\nWhen you have finished providing data to the compressor, call the\nflush() method to finish the compression process."),
                .method("flush", "($self, /)", compressor_flush, "Finish the compression process.\n\nReturns the compressed data left in internal buffers.\n\nThe compressor object may not be used after this method is called."),
                .method("__reduce__", "($self, /)", refusePickling),
                .method("__reduce_ex__", "($self, protocol, /)", refusePickling),
            ])
        },
        {
            definition("_bz2.BZ2Decompressor", "()", "Create a decompressor object for decompressing data incrementally.\n\nFor one-shot decompression, use the decompress() function instead.", decompressor_new, [
                .method("decompress", "($self, /, data, max_length=-1)", decompressor_decompress, "Decompress *data*, returning uncompressed data as bytes.\n\nIf *max_length* is nonnegative, returns at most *max_length* bytes of\ndecompressed data. If this limit is reached and further output can be\nproduced, *self.needs_input* will be set to ``False``. In this case, the next\ncall to *decompress()* may provide *data* as b'' to obtain more of the output.\n\nIf all of the input data was decompressed and returned (either because this\nwas less than *max_length* bytes, or because *max_length* was negative),\n*self.needs_input* will be set to True.\n\nAttempting to decompress data after the end of stream is reached raises an\nEOFError.  Any data found after the end of the stream is ignored and saved in\nthe unused_data attribute."),
                .method("__reduce__", "($self, /)", refusePickling),
                .method("__reduce_ex__", "($self, protocol, /)", refusePickling),
                .attribute("eof", get: { _, a in Value(cell(a[0]).pointee.isEnded) }, "True if the end-of-stream marker has been reached."),
                .attribute("unused_data", get: { _, a in loadSlot(slot(a[0], \.unusedData)) }, "Data found after the end of the compressed stream."),
                .attribute("needs_input", get: { _, a in Value(cell(a[0]).pointee.needsInput) }, "True if more input is needed before more decompressed data can be produced."),
            ])
        },
    ], initialize: { t, _ in
        if let problem = ladon_load_bzip2() { return raise(t, .importError, String(cString: problem)) }
        return .none
    })
}
