// What `_bz2` and `_lzma` share: output that grows as the library asks for room, and what they feed to the library.

import Glibc
import LadonLibrary

/// Output so far, in malloc memory; nothing but `finish` touches a value, so that it can be used detached.
struct StreamOutput {
    var base: UnsafeMutablePointer<UInt8>? = nil
    var count = 0
    var capacity = 0
    var limit = Int.max

    var isFull: Bool { count == limit }
    /// Where the next byte goes, after `makeRoom`.
    var end: UnsafeMutablePointer<UInt8> { base.unsafelyUnwrapped + count }
    var room: Int { capacity - count }

    /// False: the limit is reached, or there is no memory.
    mutating func makeRoom() -> Bool {
        if count < capacity { return true }
        if count == limit { return false }
        let wanted = min(max(capacity * 2, 16384), limit)
        guard let fresh = realloc(base, max(wanted, 1)) else { return false }
        base = fresh.assumingMemoryBound(to: UInt8.self)
        capacity = wanted
        return true
    }

    /// The output as bytes; frees the memory.
    func finish(_ t: Thread) -> Value {
        defer { free(base) }
        return count == 0 ? emptyBytes : makeBytes(t, base.unsafelyUnwrapped, count)
    }
}

/// What one call of `decompress` feeds to the library: input that waited since the last one, then the new data.
struct StreamInput {
    let bytes: UnsafeMutablePointer<UInt8>
    let count: Int
    /// Owns the bytes when something waited; else the caller's buffer does.
    private let owner: Value

    /// `pending`: the bytes that waited. nil: raised.
    init?(_ t: Thread, _ pending: Value, _ buffer: LadonBuffer) {
        let waiting = pending.bytesCount
        if waiting == 0 {
            bytes = buffer.bytes
            count = Int(buffer.length)
            owner = .none
            return
        }
        owner = newBytes(t, count: waiting + Int(buffer.length))
        if owner.isRaised { return nil }
        bytes = owner.bytesData
        count = owner.bytesCount
        memcpy(bytes, pending.bytesData, waiting)
        memcpy(bytes + waiting, buffer.bytes, Int(buffer.length))
        pending.keepAlive
    }

    /// The last `left` bytes, for the next call or as what follows the stream. Frees `out` if it raises.
    func rest(_ t: Thread, _ left: Int, _ out: StreamOutput) -> Value {
        let rest = left == 0 ? emptyBytes : makeBytes(t, bytes + (count - left), left)
        owner.keepAlive
        if rest.isRaised { free(out.base) }
        return rest
    }
}
