// The module `_lzma`: compressor and decompressor of liblzma's formats. The stream lies in the cell; the cell's mutex is
// held by whoever uses it, detached.

import CLzma
import Glibc
import LadonLibrary

struct LzmaCell {
    var header: CellHeader
    var unusedData: Value
    /// Input that waits until there is room for what comes of it.
    var pending: Value
    // raw
    var mutex: UInt32
    var isOpen: Bool
    var isEnded: Bool
    var needsInput: Bool
    var check: Int32
    var stream: lzma_stream
}

private func cell(_ v: Value) -> UnsafeMutablePointer<LzmaCell> { v.cell(as: LzmaCell.self) }
private func address(_ v: Value, _ path: PartialKeyPath<LzmaCell>) -> UnsafeMutableRawPointer { v.cell + MemoryLayout<LzmaCell>.offset(of: path).unsafelyUnwrapped }
private func slot(_ v: Value, _ path: PartialKeyPath<LzmaCell>) -> UnsafeMutablePointer<Value> { address(v, path).assumingMemoryBound(to: Value.self) }
private func stream(_ v: Value) -> UnsafeMutablePointer<lzma_stream> { address(v, \.stream).assumingMemoryBound(to: lzma_stream.self) }
private func mutex(_ v: Value) -> NativeMutex { NativeMutex(address(v, \.mutex)) }
private func acquire(_ t: Thread, _ v: Value) { mutex(v).acquireUninterrupted(t) }

private let formatAuto: Int32 = 0
private let formatXZ: Int32 = 1
private let formatAlone: Int32 = 2
private let formatRaw: Int32 = 3
private let checkUnknown: Int32 = 16

extension StreamOutput {
    fileprivate mutating func offer(_ s: UnsafeMutablePointer<lzma_stream>) -> Bool {
        if !makeRoom() { return false }
        s.pointee.next_out = end
        s.pointee.avail_out = room
        return true
    }
    fileprivate mutating func take(_ s: UnsafeMutablePointer<lzma_stream>) { count = capacity - s.pointee.avail_out }
}

private func newObject(_ t: Thread, _ type: Value) -> Value {
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    cell(v).pointee.unusedData = emptyBytes
    cell(v).pointee.pending = emptyBytes
    return v
}

// MARK: compressing

private func compressor_new(_ t: Thread, _ a: Values) -> Value {
    guard let format = a[1].isMissing ? formatXZ : asInt32(t, a[1]), var check = a[2].isMissing ? -1 : asInt32(t, a[2]) else { return .raised }
    let hasPreset = !a[3].isNone && !a[3].isMissing, hasFilters = !a[4].isNone && !a[4].isMissing
    if hasPreset && hasFilters { return raise(t, .valueError, "Cannot specify both preset and filter chain") }
    guard let preset = lzmaPreset(t, a[3]) else { return .raised }
    if format != formatXZ && check != -1 && check != Int32(LZMA_CHECK_NONE.rawValue) { return raise(t, .valueError, "Integrity checks are only supported by FORMAT_XZ") }
    if format < formatXZ || format > formatRaw { return raise(t, .valueError, "Invalid container format: \(format)") }
    if format == formatRaw && !hasFilters { return raise(t, .valueError, "Must specify filters for FORMAT_RAW") }
    let v = newObject(t, a[0])
    if v.isRaised { return v }
    var code = LZMA_OK
    if hasFilters {
        guard let chain = lzmaFilters(t, a[4]) else { return .raised }
        defer { chain.free() }
        switch format {
        case formatXZ:
            if check == -1 { check = Int32(LZMA_CHECK_CRC64.rawValue) }
            code = lzma.lzma_stream_encoder(stream(v), chain.filters, lzma_check(rawValue: UInt32(bitPattern: check)))
        case formatAlone:
            if chain.count != 1 || chain.filters[0].id != ladon_lzma_filter_lzma1 {
                return raise(t, .valueError, "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter")
            }
            code = lzma.lzma_alone_encoder(stream(v), chain.filters[0].options?.assumingMemoryBound(to: lzma_options_lzma.self))
        default: code = lzma.lzma_raw_encoder(stream(v), chain.filters)
        }
    } else if format == formatXZ {
        if check == -1 { check = Int32(LZMA_CHECK_CRC64.rawValue) }
        code = lzma.lzma_easy_encoder(stream(v), preset, lzma_check(rawValue: UInt32(bitPattern: check)))
    } else {
        var options = lzma_options_lzma()
        if lzma.lzma_lzma_preset(&options, preset) != 0 { return raiseLzma(t, "Invalid compression preset: \(preset)") }
        code = lzma.lzma_alone_encoder(stream(v), &options)
    }
    if checkLzma(t, code).isRaised { return .raised }
    cell(v).pointee.isOpen = true
    return v
}

private func compress(_ t: Thread, _ v: Value, _ input: UnsafeMutablePointer<UInt8>, _ length: Int, _ action: lzma_action) -> Value {
    let s = stream(v)
    var out = StreamOutput()
    let code: lzma_ret = blocking(t) {
        s.pointee.next_in = UnsafePointer(input)
        s.pointee.avail_in = length
        while true {
            if !out.offer(s) { return LZMA_MEM_ERROR }
            var code = lzma.lzma_code(s, action)
            out.take(s)
            // No progress is possible: all of the input is in, and nothing comes out.
            if code == LZMA_BUF_ERROR && length == 0 && s.pointee.avail_out > 0 { code = LZMA_OK }
            if code != LZMA_OK || (action == LZMA_RUN && s.pointee.avail_in == 0 && s.pointee.avail_out > 0) { return code }
        }
    }
    if checkLzma(t, code).isRaised {
        free(out.base)
        return .raised
    }
    return out.finish(t)
}

private func compressor_compress(_ t: Thread, _ a: Values) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    acquire(t, a[0])
    defer { mutex(a[0]).release(t) }
    if cell(a[0]).pointee.isEnded { return raise(t, .valueError, "Compressor has been flushed") }
    return compress(t, a[0], buffer.bytes, Int(buffer.length), LZMA_RUN)
}

private func compressor_flush(_ t: Thread, _ a: Values) -> Value {
    acquire(t, a[0])
    defer { mutex(a[0]).release(t) }
    if cell(a[0]).pointee.isEnded { return raise(t, .valueError, "Repeated call to flush()") }
    cell(a[0]).pointee.isEnded = true
    return compress(t, a[0], emptyBytes.bytesData, 0, LZMA_FINISH)
}

// MARK: decompressing

private func decompressor_new(_ t: Thread, _ a: Values) -> Value {
    guard let format = a[1].isMissing ? formatAuto : asInt32(t, a[1]) else { return .raised }
    var limit = UInt64.max
    if !a[2].isNone && !a[2].isMissing {
        if format == formatRaw { return raise(t, .valueError, "Cannot specify memory limit with FORMAT_RAW") }
        guard let n = asUInt(t, a[2]) else { return .raised }
        limit = UInt64(n)
    }
    let hasFilters = !a[3].isNone && !a[3].isMissing
    if format == formatRaw && !hasFilters { return raise(t, .valueError, "Must specify filters for FORMAT_RAW") }
    if format != formatRaw && hasFilters { return raise(t, .valueError, "Cannot specify filters except with FORMAT_RAW") }
    if format < formatAuto || format > formatRaw { return raise(t, .valueError, "Invalid container format: \(format)") }
    let v = newObject(t, a[0])
    if v.isRaised { return v }
    cell(v).pointee.needsInput = true
    cell(v).pointee.check = checkUnknown
    let flags: UInt32 = 0x04 | 0x01
    var code = LZMA_OK
    switch format {
    case formatAuto: code = lzma.lzma_auto_decoder(stream(v), limit, flags)
    case formatXZ: code = lzma.lzma_stream_decoder(stream(v), limit, flags)
    case formatAlone:
        cell(v).pointee.check = Int32(LZMA_CHECK_NONE.rawValue)
        code = lzma.lzma_alone_decoder(stream(v), limit)
    default:
        cell(v).pointee.check = Int32(LZMA_CHECK_NONE.rawValue)
        guard let chain = lzmaFilters(t, a[3]) else { return .raised }
        code = lzma.lzma_raw_decoder(stream(v), chain.filters)
        chain.free()
    }
    if checkLzma(t, code).isRaised { return .raised }
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
    if c.pointee.isEnded { return raise(t, .eofError, "Already at end of stream") }
    guard let input = StreamInput(t, c.pointee.pending, buffer) else { return .raised }
    var out = StreamOutput()
    if limit >= 0 { out.limit = limit }
    var check = c.pointee.check
    let code: lzma_ret = blocking(t) {
        s.pointee.next_in = UnsafePointer(input.bytes)
        s.pointee.avail_in = input.count
        var code = LZMA_OK
        while true {
            if !out.offer(s) { return out.isFull ? code : LZMA_MEM_ERROR }
            code = lzma.lzma_code(s, LZMA_RUN)
            out.take(s)
            if code == LZMA_BUF_ERROR && s.pointee.avail_in == 0 && s.pointee.avail_out > 0 { code = LZMA_OK }
            if code == LZMA_GET_CHECK || code == LZMA_NO_CHECK {
                check = Int32(lzma.lzma_get_check(s).rawValue)
                code = LZMA_OK
                continue
            }
            if code != LZMA_OK { return code }
            if s.pointee.avail_in == 0 && (s.pointee.avail_out > 0 || out.isFull) { return code }
        }
    }
    c.pointee.check = check
    if checkLzma(t, code).isRaised {
        free(out.base)
        return .raised
    }
    let left = s.pointee.avail_in
    let rest = input.rest(t, left, out)
    if rest.isRaised { return rest }
    if code == LZMA_STREAM_END {
        c.pointee.isEnded = true
        c.pointee.needsInput = false
        storeSlot(slot(v, \.unusedData), rest)
        storeSlot(slot(v, \.pending), emptyBytes)
    } else {
        // What is inside the library may still come out.
        c.pointee.needsInput = left == 0 && !(out.isFull && limit >= 0)
        storeSlot(slot(v, \.pending), rest)
    }
    return out.finish(t)
}

// MARK: the module

private func encodeProperties(_ t: Thread, _ a: Values) -> Value {
    guard var filter = lzmaFilter(t, a[1]) else { return .raised }
    defer { free(filter.options) }
    var size: UInt32 = 0
    if checkLzma(t, lzma.lzma_properties_size(&size, &filter)).isRaised { return .raised }
    let bytes = newBytes(t, count: Int(size))
    if bytes.isRaised { return bytes }
    let code = lzma.lzma_properties_encode(&filter, bytes.bytesData)
    bytes.keepAlive
    return checkLzma(t, code).isRaised ? .raised : bytes
}

private func decodeProperties(_ t: Thread, _ a: Values) -> Value {
    guard let id = asUInt(t, a[1]) else { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[2], &buffer) < 0 { return .raised }
    var filter = lzma_filter(id: UInt64(id), options: nil)
    let code = lzma.lzma_properties_decode(&filter, nil, buffer.bytes, Int(buffer.length))
    releaseBuffer(t, &buffer)
    if checkLzma(t, code).isRaised { return .raised }
    let d = lzmaFilterDict(t, filter)
    free(filter.options)
    return d
}

private func refusePickling(_ t: Thread, _ a: Values) -> Value { raise(t, .typeError, "cannot pickle '\(typeName(a[0]))' object") }

private func definition(_ name: StaticString, _ doc: StaticString, _ members: [NativeMember]) -> TypeDefinition {
    let size = MemoryLayout<LzmaCell>.size
    return TypeDefinition(nil, name, flags: [.baseType, .hasFinalizer], doc: doc, size: (size + 7) & ~7,
                          layout: Layout(prefix: 2, base: (size + 7) / 8, flags: .finalizable), slots: [
        .unary(.finalize, { _, v in
            if cell(v).pointee.isOpen {
                cell(v).pointee.isOpen = false
                lzma.lzma_end(stream(v))
            }
            return .none
        }),
    ], members: members + [.method("__reduce__", "($self, /)", refusePickling), .method("__reduce_ex__", "($self, protocol, /)", refusePickling)])
}

private let numbers: [(String, UInt64)] = [
    ("CHECK_CRC32", 1), ("CHECK_CRC64", 4), ("CHECK_ID_MAX", 15), ("CHECK_NONE", 0), ("CHECK_SHA256", 10), ("CHECK_UNKNOWN", 16),
    ("FILTER_ARM", ladon_lzma_filter_arm), ("FILTER_ARMTHUMB", ladon_lzma_filter_armthumb), ("FILTER_DELTA", ladon_lzma_filter_delta),
    ("FILTER_IA64", ladon_lzma_filter_ia64), ("FILTER_LZMA1", ladon_lzma_filter_lzma1), ("FILTER_LZMA2", ladon_lzma_filter_lzma2),
    ("FILTER_POWERPC", ladon_lzma_filter_powerpc), ("FILTER_SPARC", ladon_lzma_filter_sparc), ("FILTER_X86", ladon_lzma_filter_x86),
    ("FORMAT_ALONE", 2), ("FORMAT_AUTO", 0), ("FORMAT_RAW", 3), ("FORMAT_XZ", 1), ("MF_BT2", 18), ("MF_BT3", 19), ("MF_BT4", 20), ("MF_HC3", 3),
    ("MF_HC4", 4), ("MODE_FAST", 1), ("MODE_NORMAL", 2), ("PRESET_DEFAULT", 6), ("PRESET_EXTREME", 1 << 31),
]

/// The module `_lzma`.
public func lzmaModule() -> ModuleDefinition {
    ModuleDefinition("_lzma", members: [
        .method("is_check_supported", "($module, check_id, /)", { t, a in
            guard let id = asInt32(t, a[1]) else { return .raised }
            return Value(lzma.lzma_check_is_supported(lzma_check(rawValue: UInt32(bitPattern: id))) != 0)
        }, "Test whether the given integrity check is supported.\n\nAlways returns True for CHECK_NONE and CHECK_CRC32."),
        .method("_encode_filter_properties", "($module, filter, /)", encodeProperties, "Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).\n\nThe result does not include the filter ID itself, only the options."),
        .method("_decode_filter_properties", "($module, filter_id, encoded_props, /)", decodeProperties, "Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).\n\nThe result does not include the filter ID itself, only the options."),
    ], types: [
        {
            definition("_lzma.LZMACompressor", "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\nCreate a compressor object for compressing data incrementally.", [
                .staticMethod("__new__", "(cls, format=<unrepresentable>, check=-1, preset=None, filters=None)", compressor_new),
                .method("compress", "($self, data, /)", compressor_compress, "Provide data to the compressor object.\n\nReturns a chunk of compressed data if possible, or b'' otherwise.\n\nWhen you have finished providing data to the compressor, call the\nflush() method to finish the compression process."),
                .method("flush", "($self, /)", compressor_flush, "Finish the compression process.\n\nReturns the compressed data left in internal buffers.\n\nThe compressor object may not be used after this method is called."),
            ])
        },
        {
            definition("_lzma.LZMADecompressor", "Create a decompressor object for decompressing data incrementally.", [
                .staticMethod("__new__", "(cls, format=<unrepresentable>, memlimit=None, filters=None)", decompressor_new),
                .method("decompress", "($self, /, data, max_length=-1)", decompressor_decompress, "Decompress *data*, returning uncompressed data as bytes.\n\nIf *max_length* is nonnegative, returns at most *max_length* bytes of\ndecompressed data. If this limit is reached and further output can be\nproduced, *self.needs_input* will be set to ``False``. In this case, the next\ncall to *decompress()* may provide *data* as b'' to obtain more of the output.\n\nIf all of the input data was decompressed and returned (either because this\nwas less than *max_length* bytes, or because *max_length* was negative),\n*self.needs_input* will be set to True.\n\nAttempting to decompress data after the end of stream is reached raises an\nEOFError.  Any data found after the end of the stream is ignored and saved in\nthe unused_data attribute."),
                .attribute("check", get: { t, a in makeInt(t, cell(a[0]).pointee.check) }, "ID of the integrity check used by the input stream."),
                .attribute("eof", get: { _, a in Value(cell(a[0]).pointee.isEnded) }, "True if the end-of-stream marker has been reached."),
                .attribute("needs_input", get: { _, a in Value(cell(a[0]).pointee.needsInput) }, "True if more input is needed before more decompressed data can be produced."),
                .attribute("unused_data", get: { _, a in loadSlot(slot(a[0], \.unusedData)) }, "Data found after the end of the compressed stream."),
            ])
        },
    ], initialize: { t, a in
        if let problem = ladon_load_lzma() { return raise(t, .importError, String(cString: problem)) }
        let dict = a[0].cell(as: ModuleCell.self).pointee.dict
        if lzmaErrorType == nil {
            lzmaErrorType = installType(t, TypeDefinition(nil, "_lzma.LZMAError", base: .exception, flags: [.baseType], doc: "Call to liblzma failed."))
            makeImmortal(lzmaErrorType.value)
        }
        if dictSet(t, dict, internStatic(t, "LZMAError"), lzmaErrorType.value) < 0 { return .raised }
        for (name, n) in numbers where dictSet(t, dict, intern(t, name), makeInt(t, UInt(n))) < 0 { return .raised }
        return .none
    })
}
