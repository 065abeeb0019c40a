// A mapping as a file with a position, and the calls about its pages. The position is read once and stored once per call:
// threads that share a mapping's position get one another's bytes, as with a file.

import Glibc
import LadonLibrary

func mapping_read(_ t: Thread, _ a: Values) -> Value {
    var wanted = Int.max
    if !a[1].isNone {
        if !a[1].isSmallInt && !(a[1].isCell && typeOf(a[1]).has(.index)) && !a[1].isBool {
            return raise(t, .typeError, "argument should be integer or None, not '\(typeName(a[1]))'")
        }
        guard let n = asIndex(t, a[1], .overflowError) else { return .raised }
        if n >= 0 { wanted = n }
    }
    return withMapping(t, a[0]) { base, size in
        let c = mapping(a[0])
        let from = c.pointee.position
        let n = min(wanted, max(size - from, 0))
        let result = makeBytes(t, base + from, n)
        if !result.isRaised { c.pointee.position = from + n }
        return result
    }
}

func mapping_readByte(_ t: Thread, _ a: Values) -> Value {
    withMapping(t, a[0]) { base, size in
        let from = mapping(a[0]).pointee.position
        if from >= size { return raise(t, .valueError, "read byte out of range") }
        mapping(a[0]).pointee.position = from + 1
        return Value(smallInt: Int(base[from]))
    }
}

func mapping_readLine(_ t: Thread, _ a: Values) -> Value {
    withMapping(t, a[0]) { base, size in
        let from = mapping(a[0]).pointee.position
        if from >= size { return makeBytes(t, base, 0) }
        var n = size - from
        if let end = memchr(base + from, 10, n) { n = end - UnsafeMutableRawPointer(base + from) + 1 }
        mapping(a[0]).pointee.position = from + n
        return makeBytes(t, base + from, n)
    }
}

func mapping_write(_ t: Thread, _ a: Values) -> Value {
    if !isOpenMapping(t, a[0]) { return .raised }
    var source = LadonBuffer()
    if getBuffer(t, a[1], &source) < 0 { return .raised }
    let result = !isWritableMapping(t, a[0]) ? .raised : withMapping(t, a[0]) { base, size in
        let from = mapping(a[0]).pointee.position
        if from > size || size - from < source.length { return raise(t, .valueError, "data out of range") }
        memmove(base + from, source.bytes, source.length)
        mapping(a[0]).pointee.position = from + source.length
        return makeInt(t, source.length)
    }
    releaseBuffer(t, &source)
    return result
}

func mapping_writeByte(_ t: Thread, _ a: Values) -> Value {
    guard let byte = asInt(t, a[1]) else { return .raised }
    if byte < 0 || byte > 255 { return raise(t, .overflowError, byte < 0 ? "unsigned byte integer is less than minimum" : "unsigned byte integer is greater than maximum") }
    if !isOpenMapping(t, a[0]) || !isWritableMapping(t, a[0]) { return .raised }
    return withMapping(t, a[0]) { base, size in
        let at = mapping(a[0]).pointee.position
        if at >= size { return raise(t, .valueError, "write byte out of range") }
        base[at] = UInt8(byte)
        mapping(a[0]).pointee.position = at + 1
        return .none
    }
}

func mapping_seek(_ t: Thread, _ a: Values) -> Value {
    if !isOpenMapping(t, a[0]) { return .raised }
    guard let distance = asInt(t, a[1]), let whence = asInt32(t, a[2]) else { return .raised }
    let c = mapping(a[0])
    let origin: Int
    switch whence {
    case 0: origin = 0
    case 1: origin = c.pointee.position
    case 2: origin = c.pointee.size
    default: return raise(t, .valueError, "unknown seek type")
    }
    let (position, overflow) = origin.addingReportingOverflow(distance)
    if overflow || position < 0 || position > c.pointee.size { return raise(t, .valueError, "seek out of range") }
    c.pointee.position = position
    return .none
}

func mapping_size(_ t: Thread, _ a: Values) -> Value {
    if !isOpenMapping(t, a[0]) { return .raised }
    let fd = mapping(a[0]).pointee.fd
    var status = stat()
    if systemCall(t, .raised, .raised, { Int(fstat(fd, &status)) }) < 0 { return .raised }
    return makeInt(t, Int(status.st_size))
}

// MARK: searching and moving

/// A bound of a search within so many bytes.
private func clip(_ n: Int, _ size: Int) -> Int { min(max(n < 0 ? n &+ size : n, 0), size) }

func mappingFind(_ t: Thread, _ a: Values, fromEnd: Bool) -> Value {
    var part = LadonBuffer()
    if !isOpenMapping(t, a[0]) || getBuffer(t, a[1], &part) < 0 { return .raised }
    defer { releaseBuffer(t, &part) }
    // Before the memory is pinned: what is asked for its `__index__` may resize it.
    guard let from = a[2].isMissing ? 0 : asInt(t, a[2]), let to = a[3].isMissing ? Int.max : asInt(t, a[3]) else { return .raised }
    return withMapping(t, a[0]) { base, size in
        let start = clip(a[2].isMissing ? mapping(a[0]).pointee.position : from, size), end = clip(to, size)
        let n = part.length
        if end < start || end - start < n { return Value(smallInt: -1) }
        let text = UnsafePointer(base), needle = UnsafePointer(part.bytes)
        return makeInt(t, fromEnd ? Search.rfind(text, start, end, needle, n) : Search.find(text, start, end, needle, n))
    }
}

func mapping_move(_ t: Thread, _ a: Values) -> Value {
    guard let to = asInt(t, a[1]), let from = asInt(t, a[2]), let count = asInt(t, a[3]) else { return .raised }
    if !isOpenMapping(t, a[0]) || !isWritableMapping(t, a[0]) { return .raised }
    return withMapping(t, a[0]) { base, size in
        if to < 0 || from < 0 || count < 0 || size - to < count || size - from < count {
            return raise(t, .valueError, "source, destination, or count out of range")
        }
        memmove(base + to, base + from, count)
        return .none
    }
}

// MARK: pages

func mapping_flush(_ t: Thread, _ a: Values) -> Value {
    guard let offset = asInt(t, a[1]) else { return .raised }
    var size = mapping(a[0]).pointee.size
    if !a[2].isMissing {
        guard let n = asInt(t, a[2]) else { return .raised }
        size = n
    }
    return withMapping(t, a[0]) { base, whole in
        let (end, overflow) = offset.addingReportingOverflow(size)
        if overflow || end > whole || offset < 0 { return raise(t, .valueError, "flush values out of range") }
        let access = mapping(a[0]).pointee.access
        if access == MappingAccess.read || access == MappingAccess.copy { return .none }
        return systemCall(t, .raised, .raised, { Int(msync(base + offset, size, MS_SYNC)) }) < 0 ? .raised : .none
    }
}

func mapping_madvise(_ t: Thread, _ a: Values) -> Value {
    guard let option = asInt32(t, a[1]), let start = asInt(t, a[2]) else { return .raised }
    var length = mapping(a[0]).pointee.size
    if !a[3].isMissing {
        guard let n = asInt(t, a[3]) else { return .raised }
        length = n
    }
    return withMapping(t, a[0]) { base, size in
        if start < 0 || start >= size { return raise(t, .valueError, "madvise start out of bounds") }
        if length < 0 { return raise(t, .valueError, "madvise length invalid") }
        if Int.max - start < length { return raise(t, .overflowError, "madvise length too large") }
        return systemCall(t, .raised, .raised, { Int(madvise(base + start, min(length, size - start), option)) }) < 0 ? .raised : .none
    }
}
