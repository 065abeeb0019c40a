// What `_bz2` and `_lzma` share: output that grows as the library asks for room, and input that waited.

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

/// Input that waited and new input, as one.
func joinedInput(_ t: Thread, _ a: Value, _ p: UnsafeMutablePointer<UInt8>, _ count: Int) -> Value {
    let all = newBytes(t, count: a.bytesCount + count)
    if all.isRaised { return all }
    memcpy(all.bytesData, a.bytesData, a.bytesCount)
    memcpy(all.bytesData + a.bytesCount, p, count)
    a.keepAlive
    return all
}
