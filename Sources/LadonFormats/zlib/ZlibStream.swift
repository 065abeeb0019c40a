// Runs zlib's functions over whole inputs, collecting what comes out. Nothing here touches a Value: it runs detached.

import CZlib
import Glibc

/// What came out so far, in malloc memory.
struct ZlibOutput {
    private(set) var base: UnsafeMutablePointer<UInt8>? = nil
    private(set) var count = 0
    private var capacity = 0
    private let firstSize: Int
    /// Never more bytes than this.
    let limit: Int
    private(set) var noMemory = false

    init(firstSize: Int = 16384, limit: Int = .max) {
        self.firstSize = firstSize
        self.limit = limit
    }

    /// Gives the stream some room. False: the limit is reached, or there is no memory.
    mutating func offer(_ stream: UnsafeMutablePointer<z_stream>) -> Bool {
        if count == capacity {
            if count == limit { return false }
            let wanted = min(capacity == 0 ? max(firstSize, 1) : capacity * 2, limit)
            guard let fresh = realloc(base, wanted) else {
                noMemory = true
                return false
            }
            base = fresh.assumingMemoryBound(to: UInt8.self)
            capacity = wanted
        }
        stream.pointee.next_out = base.unsafelyUnwrapped + count
        stream.pointee.avail_out = UInt32(min(capacity - count, Int(UInt32.max)))
        return true
    }

    /// Counts what the stream wrote.
    mutating func take(_ stream: UnsafeMutablePointer<z_stream>) {
        count = stream.pointee.next_out.unsafelyUnwrapped - base.unsafelyUnwrapped
    }

    func free() { Glibc.free(base) }
}

/// Gives the stream as much of the input as its counter holds; the rest is what is left.
private func arrangeInput(_ stream: UnsafeMutablePointer<z_stream>, _ left: inout Int) {
    let piece = min(left, Int(UInt32.max))
    stream.pointee.avail_in = UInt32(piece)
    left -= piece
}

/// Deflates all of the input, then as `flush` says. The last code of zlib.
func deflateAll(_ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeMutablePointer<UInt8>, _ length: Int, flush: Int32,
                into out: inout ZlibOutput) -> Int32 {
    stream.pointee.next_in = input
    var left = length
    var code = Z_OK
    repeat {
        arrangeInput(stream, &left)
        let mode = left > 0 ? Z_NO_FLUSH : flush
        repeat {
            if !out.offer(stream) { return Z_MEM_ERROR }
            code = zlib.deflate(stream, mode)
            out.take(stream)
            if code == Z_STREAM_ERROR { return code }
        } while stream.pointee.avail_out == 0
    } while left > 0
    return code
}

/// Inflates the input until its end, the stream's, or the output's limit. Bytes left over in `left`; the last code of zlib.
/// A dictionary that the stream asks for is set; `failedInDictionary` says that this went wrong.
func inflateAll(_ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeMutablePointer<UInt8>, _ length: Int, flush: Int32,
                dictionary: UnsafePointer<UInt8>?, _ dictionaryLength: Int, into out: inout ZlibOutput,
                left leftOver: inout Int, failedInDictionary: inout Bool) -> Int32 {
    stream.pointee.next_in = input
    var left = length
    var code = Z_OK
    work: repeat {
        arrangeInput(stream, &left)
        let mode = flush == Z_FINISH && left > 0 ? Z_SYNC_FLUSH : flush
        repeat {
            if !out.offer(stream) {
                if out.noMemory { code = Z_MEM_ERROR }
                break work
            }
            code = zlib.inflate(stream, mode)
            out.take(stream)
            switch code {
            case Z_OK, Z_BUF_ERROR, Z_STREAM_END: break
            case Z_NEED_DICT:
                guard let dictionary else { break work }
                let set = zlib.inflateSetDictionary(stream, dictionary, UInt32(dictionaryLength))
                if set != Z_OK {
                    failedInDictionary = true
                    code = set
                    break work
                }
            default: break work
            }
        } while stream.pointee.avail_out == 0 || code == Z_NEED_DICT
    } while code != Z_STREAM_END && left > 0
    leftOver = left + Int(stream.pointee.avail_in)
    return code
}
