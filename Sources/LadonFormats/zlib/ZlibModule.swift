// The module `zlib`: one-shot functions, checksums, constants; the objects are in ZlibObjects.swift.

import CZlib
import Glibc
import LadonLibrary

/// The exception `zlib.error`, made with the module.
nonisolated(unsafe) private var errorType: TypePointer! = nil

/// Checksums of more bytes than this are computed detached.
private let detachedLength = 5 * 1024

/// The message for a code of zlib's: "Error -3 while decompressing data: incorrect header check".
func raiseZlibError(_ t: Thread, _ code: Int32, _ doing: String, _ message: UnsafePointer<CChar>? = nil) -> Value {
    var detail: String? = nil
    if code == Z_VERSION_ERROR {
        detail = "library version mismatch"
    } else if let message {
        detail = String(cString: message)
    } else {
        switch code {
        case Z_BUF_ERROR: detail = "incomplete or truncated stream"
        case Z_STREAM_ERROR: detail = "inconsistent stream state"
        case Z_DATA_ERROR: detail = "invalid input data"
        default: break
        }
    }
    let suffix = detail.map { ": " + $0 } ?? ""
    return raiseZlibError(t, "Error \(code) \(doing)\(suffix)")
}

func raiseZlibError(_ t: Thread, _ message: String) -> Value {
    let e = call(t, errorType.value, makeString(t, message))
    return e.isRaised ? e : raiseValue(t, e)
}

/// Borrows the argument's bytes for `body`.
func withInput(_ t: Thread, _ v: Value, _ body: (UnsafeMutablePointer<UInt8>, Int) -> Value) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, v, &buffer) < 0 { return .raised }
    let result = body(buffer.bytes, Int(buffer.length))
    releaseBuffer(t, &buffer)
    v.keepAlive
    return result
}

/// The output as bytes, its memory freed.
func finish(_ t: Thread, _ out: ZlibOutput) -> Value {
    defer { out.free() }
    return out.count == 0 ? emptyBytes : makeBytes(t, out.base.unsafelyUnwrapped, out.count)
}

/// deflateInit2 and inflateInit2 of zlib.h, which are macros.
func startDeflate(_ stream: UnsafeMutablePointer<z_stream>, _ level: Int32, _ method: Int32, _ windowBits: Int32, _ memoryLevel: Int32, _ strategy: Int32) -> Int32 {
    zlib.deflateInit2_(stream, level, method, windowBits, memoryLevel, strategy, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
}
func startInflate(_ stream: UnsafeMutablePointer<z_stream>, _ windowBits: Int32) -> Int32 {
    zlib.inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
}

// MARK: functions

private func zlib_compress(_ t: Thread, _ a: Values) -> Value {
    withInput(t, a[1]) { input, length in
        guard let level = a[2].isMissing ? Z_DEFAULT_COMPRESSION : asInt32(t, a[2]),
              let windowBits = a[3].isMissing ? MAX_WBITS : asInt32(t, a[3]) else { return .raised }
        var stream = z_stream()
        var out = ZlibOutput()
        return withUnsafeMutablePointer(to: &stream) { s in
            switch startDeflate(s, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) {
            case Z_OK: break
            case Z_MEM_ERROR: return raise(t, .memoryError, "Out of memory while compressing data")
            case Z_STREAM_ERROR: return raiseZlibError(t, "Bad compression level")
            case let code: return raiseZlibError(t, code, "while compressing data", s.pointee.msg)
            }
            let code: Int32 = blocking(t) {
                let code = deflateAll(s, input, length, flush: Z_FINISH, into: &out)
                let end = zlib.deflateEnd(s)
                return code == Z_STREAM_END ? end : code
            }
            if code == Z_OK { return finish(t, out) }
            out.free()
            return code == Z_MEM_ERROR ? raiseMemoryError(t) : raiseZlibError(t, code, "while compressing data")
        }
    }
}

private func zlib_decompress(_ t: Thread, _ a: Values) -> Value {
    withInput(t, a[1]) { input, length in
        guard let windowBits = a[2].isMissing ? MAX_WBITS : asInt32(t, a[2]), let size = a[3].isMissing ? 16384 : asInt(t, a[3]) else { return .raised }
        if size < 0 { return raise(t, .valueError, "bufsize must be non-negative") }
        var stream = z_stream()
        var out = ZlibOutput(firstSize: size)
        return withUnsafeMutablePointer(to: &stream) { s in
            switch startInflate(s, windowBits) {
            case Z_OK: break
            case Z_MEM_ERROR: return raise(t, .memoryError, "Out of memory while decompressing data")
            case let code: return raiseZlibError(t, code, "while preparing to decompress data", s.pointee.msg)
            }
            var left = 0, ignored = false
            let code: Int32 = blocking(t) {
                inflateAll(s, input, length, flush: Z_SYNC_FLUSH, dictionary: nil, 0, into: &out, left: &left, failedInDictionary: &ignored)
            }
            // The message is static text of zlib's, but the stream that names it goes away.
            let message = s.pointee.msg
            _ = zlib.inflateEnd(s)
            if code == Z_STREAM_END { return finish(t, out) }
            out.free()
            if code == Z_MEM_ERROR { return raise(t, .memoryError, "Out of memory while decompressing data") }
            return raiseZlibError(t, code == Z_OK ? Z_BUF_ERROR : code, "while decompressing data", message)
        }
    }
}

private func checksum(_ t: Thread, _ a: Values, _ fallback: UInt, _ function: @convention(c) (UInt, UnsafePointer<UInt8>?, UInt32) -> UInt) -> Value {
    withInput(t, a[1]) { input, length in
        var value = fallback
        if !a[2].isMissing {
            let n = index(t, a[2])
            if n.isRaised { return n }
            value = intTruncated(plainInt(n)) & 0xFFFF_FFFF
        }
        func run() {
            var at = 0
            repeat {
                let piece = min(length - at, 1 << 30)
                value = function(value, input + at, UInt32(piece))
                at += piece
            } while at < length
        }
        if length > detachedLength { blocking(t) { run() } } else if length > 0 { run() }
        return makeInt(t, value & 0xFFFF_FFFF)
    }
}

private func number(_ name: StaticString, _ f: @escaping NativeFunction) -> NativeMember { .constant(name, f) }

/// The module `zlib`.
public func zlibModule() -> ModuleDefinition {
    ModuleDefinition("zlib", doc: "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.\n\nadler32(string[, start]) -- Compute an Adler-32 checksum.\ncompress(data[, level]) -- Compress data, with compression level 0-9 or -1.\ncompressobj([level[, ...]]) -- Return a compressor object.\ncrc32(string[, start]) -- Compute a CRC-32 checksum.\ndecompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.\ndecompressobj([wbits[, zdict]]) -- Return a decompressor object.\n\n'wbits' is window buffer size and container format.\nCompressor objects support compress() and flush() methods; decompressor\nobjects support decompress() and flush().", members: [
        .method("adler32", "($module, data, value=1, /)", { t, a in checksum(t, a, 1, zlib.adler32) },
                "Compute an Adler-32 checksum of data.\n\n  value\n    Starting value of the checksum.\n\nThe returned checksum is an integer."),
        .method("crc32", "($module, data, value=0, /)", { t, a in checksum(t, a, 0, zlib.crc32) },
                "Compute a CRC-32 checksum of data.\n\n  value\n    Starting value of the checksum.\n\nThe returned checksum is an integer."),
        .method("compress", "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)", zlib_compress,
                "Returns a bytes object containing compressed data.\n\n  data\n    Binary data to be compressed.\n  level\n    Compression level, in 0-9 or -1.\n  wbits\n    The window buffer size and container format."),
        .method("decompress", "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)", zlib_decompress,
                "Returns a bytes object containing the uncompressed data.\n\n  data\n    Compressed data.\n  wbits\n    The window buffer size and container format.\n  bufsize\n    The initial output buffer size."),
        .method("compressobj", "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, strategy=Z_DEFAULT_STRATEGY, zdict=None)", zlib_compressobj,
                "Return a compressor object."),
        .method("decompressobj", "($module, /, wbits=MAX_WBITS, zdict=<unrepresentable>)", zlib_decompressobj,
                "Return a decompressor object.\n\n  wbits\n    The window buffer size and container format.\n  zdict\n    The predefined compression dictionary.  This must be the same\n    dictionary as used by the compressor that produced the input data."),
        number("DEFLATED") { _, _ in Value(smallInt: Int(Z_DEFLATED)) },
        number("DEF_BUF_SIZE") { _, _ in Value(smallInt: 16384) },
        number("DEF_MEM_LEVEL") { _, _ in Value(smallInt: 8) },
        number("MAX_WBITS") { _, _ in Value(smallInt: Int(MAX_WBITS)) },
        number("Z_BEST_COMPRESSION") { _, _ in Value(smallInt: Int(Z_BEST_COMPRESSION)) },
        number("Z_BEST_SPEED") { _, _ in Value(smallInt: Int(Z_BEST_SPEED)) },
        number("Z_BLOCK") { _, _ in Value(smallInt: Int(Z_BLOCK)) },
        number("Z_DEFAULT_COMPRESSION") { _, _ in Value(smallInt: Int(Z_DEFAULT_COMPRESSION)) },
        number("Z_DEFAULT_STRATEGY") { _, _ in Value(smallInt: Int(Z_DEFAULT_STRATEGY)) },
        number("Z_FILTERED") { _, _ in Value(smallInt: Int(Z_FILTERED)) },
        number("Z_FINISH") { _, _ in Value(smallInt: Int(Z_FINISH)) },
        number("Z_FIXED") { _, _ in Value(smallInt: Int(Z_FIXED)) },
        number("Z_FULL_FLUSH") { _, _ in Value(smallInt: Int(Z_FULL_FLUSH)) },
        number("Z_HUFFMAN_ONLY") { _, _ in Value(smallInt: Int(Z_HUFFMAN_ONLY)) },
        number("Z_NO_COMPRESSION") { _, _ in Value(smallInt: Int(Z_NO_COMPRESSION)) },
        number("Z_NO_FLUSH") { _, _ in Value(smallInt: Int(Z_NO_FLUSH)) },
        number("Z_PARTIAL_FLUSH") { _, _ in Value(smallInt: Int(Z_PARTIAL_FLUSH)) },
        number("Z_RLE") { _, _ in Value(smallInt: Int(Z_RLE)) },
        number("Z_SYNC_FLUSH") { _, _ in Value(smallInt: Int(Z_SYNC_FLUSH)) },
        number("Z_TREES") { _, _ in Value(smallInt: Int(Z_TREES)) },
        .constant("ZLIB_VERSION") { t, _ in makeString(t, ZLIB_VERSION) },
        .constant("__version__") { t, _ in makeString(t, "1.0" as StaticString) },
    ], initialize: { t, a in
        if let problem = ladon_load_zlib() { return raise(t, .importError, String(cString: problem)) }
        let dict = a[0].cell(as: ModuleCell.self).pointee.dict
        if errorType == nil {
            errorType = installType(t, TypeDefinition(nil, "zlib.error", base: .exception, flags: [.baseType]))
            makeImmortal(errorType.value)
            makeZlibTypes(t)
        }
        if dictSet(t, dict, internStatic(t, "error"), errorType.value) < 0
            || dictSet(t, dict, internStatic(t, "ZLIB_RUNTIME_VERSION"), makeString(t, String(cString: zlib.zlibVersion().unsafelyUnwrapped))) < 0 { return .raised }
        return .none
    })
}
