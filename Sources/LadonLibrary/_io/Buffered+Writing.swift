// Writing, seeking and truncating of buffered streams.

import Glibc

/// Writes `count` bytes. How many were taken; -1: raised.
func writeBuffered(_ t: Thread, _ v: Value, _ p: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let b = v.asBuffered
    if !checkUsable(t, b) || !enterBuffered(t, v) { return -1 }
    defer { leaveBuffered(t, v) }
    let closed = isRawClosed(t, b)
    if closed != 0 {
        if closed > 0 { raiseClosed(t, "write to closed file") }
        return -1
    }
    if !b.holdsRead && !b.holdsWrite {
        b.pointee.pos = 0
        b.pointee.rawPos = 0
    }
    if count <= b.pointee.size - b.pointee.pos {
        store(b, p, count)
        return count
    }
    if !flushWrites(t, b) {
        if !exceptionMatches(t, .blockingIOError) { return -1 }
        return keepWhatFits(t, b, p, count)
    }
    // The raw stream may be ahead, after reading.
    let offset = b.rawOffset
    if offset != 0 {
        if rawSeek(t, b, -offset, 1) < 0 { return -1 }
        b.pointee.rawPos -= offset
    }
    var left = count
    var written = 0
    while left > b.pointee.size {
        let n = rawWrite(t, b, p + written, left)
        if n == -1 { return -1 }
        if n == -2 {
            // What still fits is kept, the rest refused.
            if left > b.pointee.size {
                b.bytes.update(from: p + written, count: b.pointee.size)
                b.pointee.rawPos = 0
                b.adjust(to: b.pointee.size)
                b.pointee.writePos = 0
                b.pointee.writeEnd = b.pointee.size
                raiseWouldBlock(t, written + b.pointee.size)
                return -1
            }
            break
        }
        written += n
        left -= n
        if !safepoint(t) { return -1 }
    }
    if b.pointee.isReadable { b.resetRead() }
    if left > 0 {
        b.bytes.update(from: p + written, count: left)
        written += left
    }
    b.pointee.writePos = 0
    b.pointee.writeEnd = left
    b.adjust(to: left)
    b.pointee.rawPos = 0
    return written
}

@inline(__always)
private func store(_ b: Buffered, _ p: UnsafePointer<UInt8>, _ count: Int) {
    (b.bytes + b.pointee.pos).update(from: p, count: count)
    if !b.holdsWrite || b.pointee.writePos > b.pointee.pos { b.pointee.writePos = b.pointee.pos }
    b.adjust(to: b.pointee.pos + count)
    if b.pointee.writeEnd < b.pointee.pos { b.pointee.writeEnd = b.pointee.pos }
}

/// The raw stream takes nothing now (BlockingIOError is raised): as much as fits goes into the buffer.
private func keepWhatFits(_ t: Thread, _ b: Buffered, _ p: UnsafePointer<UInt8>, _ count: Int) -> Int {
    if b.pointee.isReadable { b.resetRead() }
    // What is left moves to the front.
    let kept = b.pointee.writeEnd - b.pointee.writePos
    memmove(b.bytes, b.bytes + b.pointee.writePos, kept)
    b.pointee.writeEnd = kept
    b.pointee.rawPos -= b.pointee.writePos
    b.pointee.pos -= b.pointee.writePos
    b.pointee.writePos = 0
    let room = b.pointee.size - b.pointee.writeEnd
    if count <= room {
        clearException(t)
        (b.bytes + b.pointee.writeEnd).update(from: p, count: count)
        b.pointee.writeEnd += count
        b.pointee.pos += count
        return count
    }
    (b.bytes + b.pointee.writeEnd).update(from: p, count: room)
    b.pointee.writeEnd += room
    b.pointee.pos += room
    clearException(t)
    raiseWouldBlock(t, room)
    return -1
}

func seekBuffered(_ t: Thread, _ v: Value, _ targetValue: Value, _ given: Int) -> Value {
    let b = v.asBuffered
    if !checkUsable(t, b) { return .raised }
    let whence = given
    if (whence < 0 || whence > 2) && whence != 3 && whence != 4 { return raise(t, .valueError, "whence value \(whence) unsupported") }
    if !checkOpen(t, b, "seek of closed file") { return .raised }
    if b.pointee.isPlainFile {
        let f = b.pointee.raw.asFile
        if f.pointee.seekable < 0 { f.pointee.seekable = lseek(f.pointee.fd, 0, SEEK_CUR) >= 0 ? 1 : 0 }
        if f.pointee.fd < 0 || f.pointee.seekable == 0 { return raiseUnsupported(t, "File or stream is not seekable.") }
    } else if !checkSeekable(t, b.pointee.raw) {
        return .raised
    }
    guard var target = asIndex(t, targetValue, .overflowError) else { return .raised }
    if whence <= 1 && b.pointee.isReadable {
        // Inside of what was read ahead nothing has to move but `pos`; only the lock holder may tell.
        if !enterBuffered(t, v) { return .raised }
        let current: Int = b.pointee.absolute != -1 ? b.pointee.absolute : rawTell(t, b)
        if current < 0 {
            leaveBuffered(t, v)
            return .raised
        }
        let ahead = b.readAhead
        if ahead > 0 {
            let offset = whence == 0 ? target - (current - b.rawOffset) : target
            if offset >= -b.pointee.pos && offset <= ahead {
                b.pointee.pos += offset
                let result = current - ahead + offset
                leaveBuffered(t, v)
                return makeInt(t, b.holdsWrite ? current - b.rawOffset : result)
            }
        }
        leaveBuffered(t, v)
    }
    if !enterBuffered(t, v) { return .raised }
    defer { leaveBuffered(t, v) }
    if b.pointee.isWritable && !flushWrites(t, b) { return .raised }
    if whence == 1 { target -= b.rawOffset }
    let n = rawSeek(t, b, target, whence)
    if n < 0 { return .raised }
    b.pointee.rawPos = -1
    if b.pointee.isReadable { b.resetRead() }
    return makeInt(t, n)
}

func tellBuffered(_ t: Thread, _ v: Value) -> Value {
    let b = v.asBuffered
    if !checkUsable(t, b) { return .raised }
    if !enterBuffered(t, v) { return .raised }
    defer { leaveBuffered(t, v) }
    let n = rawTell(t, b)
    return n < 0 ? .raised : makeInt(t, n - b.rawOffset)
}

func truncateBuffered(_ t: Thread, _ v: Value, _ position: Value) -> Value {
    let b = v.asBuffered
    if !checkOpen(t, b, "truncate of closed file") { return .raised }
    if !b.pointee.isWritable { return raiseUnsupported(t, "truncate") }
    if !enterBuffered(t, v) { return .raised }
    defer { leaveBuffered(t, v) }
    if !flushAndRewind(t, b) { return .raised }
    let r = callMethod(t, b.pointee.raw, .truncate, position)
    if r.isRaised { return r }
    if rawTell(t, b) < 0 { clearException(t) }
    return r
}
