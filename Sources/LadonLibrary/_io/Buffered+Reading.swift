// What the buffered streams read. Functions named …Locked need the lock.

import Glibc

/// Fills the buffer behind what is left in it. Count, 0 end, -2 nothing now, -1 raised.
private func fillBuffer(_ t: Thread, _ b: Buffered) -> Int {
    let start = b.holdsRead ? b.pointee.readEnd : 0
    let storage = b.pointee.storage
    let n = rawRead(t, b, b.bytes + start, b.pointee.size - start)
    storage.keepAlive
    if n <= 0 { return n }
    b.pointee.readEnd = start + n
    b.pointee.rawPos = start + n
    return n
}

/// What is in the buffer, at most `n` bytes.
private func takeAhead(_ t: Thread, _ b: Buffered, _ n: Int) -> Value {
    let r = makeBytes(t, b.bytes + b.pointee.pos, n)
    b.pointee.pos += n
    return r
}

/// Everything up to the end.
private func readAllLocked(_ t: Thread, _ v: Value) -> Value {
    let b = v.asBuffered
    let ahead = b.readAhead
    let head: Value = ahead > 0 ? takeAhead(t, b, ahead) : emptyBytes
    if b.pointee.isWritable && !flushAndRewind(t, b) { return .raised }
    b.resetRead()
    let raw = b.pointee.raw
    if b.pointee.isPlainFile {
        let rest = fileReadAll(t, raw)
        if rest.isRaised { return rest }
        if rest.isNone { return ahead == 0 ? .none : head }
        if b.pointee.absolute != -1 { b.pointee.absolute += rest.bytesCount }
        return ahead == 0 ? rest : bytesConcat(t, head, rest)
    }
    let readall = getAttributeOrMissing(t, raw, .readall)
    if readall.isRaised { return readall }
    if !readall.isMissing {
        let rest = call(t, readall)
        if rest.isRaised { return rest }
        if !rest.isNone && !rest.isBytes { return raise(t, .typeError, "readall() should return bytes") }
        if rest.isNone { return ahead == 0 ? .none : head }
        if b.pointee.absolute != -1 { b.pointee.absolute += rest.bytesCount }
        return ahead == 0 ? rest : bytesConcat(t, head, rest)
    }
    var parts = RootedBuffer(t)
    if ahead > 0 { parts.append(t, head) }
    var total = ahead
    while true {
        let data = callMethod(t, raw, .read)
        if data.isRaised { return data }
        if !data.isNone && !data.isBytes { return raise(t, .typeError, "read() should return bytes") }
        if data.isNone || data.bytesCount == 0 {
            return total == 0 ? data : joinBytes(t, parts, total)
        }
        parts.append(t, data)
        total += data.bytesCount
        if b.pointee.absolute != -1 { b.pointee.absolute += data.bytesCount }
    }
}

/// Reads into memory until `wanted` bytes are there, the end or nothing now. Count so far; `.none` in `blocked` case: 0 with `nothing` set.
private func readManyLocked(_ t: Thread, _ b: Buffered, _ out: UnsafeMutablePointer<UInt8>, _ wanted: Int, _ nothing: inout Bool) -> Int {
    var done = min(b.readAhead, wanted)
    if done > 0 {
        out.update(from: b.bytes + b.pointee.pos, count: done)
        b.pointee.pos += done
        if done == wanted { return done }
    }
    if b.pointee.isWritable && !flushAndRewind(t, b) { return -1 }
    b.resetRead()
    var left = wanted - done
    // Whole multiples of the buffer's size go straight to the caller's memory.
    while left > 0 {
        let whole = left / b.pointee.size * b.pointee.size
        if whole == 0 { break }
        let n = rawRead(t, b, out + done, whole)
        if n == -1 { return -1 }
        if n <= 0 {
            nothing = n == -2 && done == 0
            return done
        }
        left -= n
        done += n
    }
    b.pointee.pos = 0
    b.pointee.rawPos = 0
    b.pointee.readEnd = 0
    while left > 0 && b.pointee.readEnd < b.pointee.size {
        let n = fillBuffer(t, b)
        if n == -1 { return -1 }
        if n <= 0 {
            nothing = n == -2 && done == 0
            return done
        }
        let take = min(left, n)
        (out + done).update(from: b.bytes + b.pointee.pos, count: take)
        b.pointee.pos += take
        done += take
        left -= take
        // In case the raw stream gave less than asked for.
    }
    return done
}

func readBuffered(_ t: Thread, _ v: Value, _ n: Int) -> Value {
    let b = v.asBuffered
    if !checkUsable(t, b) { return .raised }
    if n < -1 { return raise(t, .valueError, "read length must be non-negative or -1") }
    if !checkOpen(t, b, "read of closed file") { return .raised }
    if !enterBuffered(t, v) { return .raised }
    defer { leaveBuffered(t, v) }
    if n == -1 { return readAllLocked(t, v) }
    if n <= b.readAhead { return takeAhead(t, b, n) }
    let result = newBytesChecked(t, n)
    if result.isRaised { return result }
    var nothing = false
    let done = readManyLocked(t, b, result.bytesData, n, &nothing)
    if done < 0 { return .raised }
    if nothing { return .none }
    return shrinkBytes(t, result, to: done)
}

func read1Buffered(_ t: Thread, _ v: Value, _ size: Int) -> Value {
    let b = v.asBuffered
    if !checkUsable(t, b) { return .raised }
    let n = size < 0 ? b.pointee.size : size
    if !checkOpen(t, b, "read of closed file") { return .raised }
    if n == 0 { return emptyBytes }
    if !enterBuffered(t, v) { return .raised }
    defer { leaveBuffered(t, v) }
    let ahead = b.readAhead
    if ahead > 0 { return takeAhead(t, b, min(n, ahead)) }
    if b.pointee.isWritable && !flushAndRewind(t, b) { return .raised }
    b.resetRead()
    let result = newBytesChecked(t, n)
    if result.isRaised { return result }
    let got = rawRead(t, b, result.bytesData, n)
    if got == -1 { return .raised }
    return shrinkBytes(t, result, to: max(got, 0))
}

/// `read1` into memory that the caller keeps alive. Count (0: the end, or nothing now); -1: raised.
func read1Buffered(_ t: Thread, _ v: Value, into p: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    let b = v.asBuffered
    if !checkOpen(t, b, "read of closed file") { return -1 }
    if !enterBuffered(t, v) { return -1 }
    defer { leaveBuffered(t, v) }
    let ahead = min(b.readAhead, count)
    if ahead > 0 {
        p.update(from: b.bytes + b.pointee.pos, count: ahead)
        b.pointee.pos += ahead
        return ahead
    }
    if b.pointee.isWritable && !flushAndRewind(t, b) { return -1 }
    b.resetRead()
    let got = rawRead(t, b, p, count)
    return got == -1 ? -1 : max(got, 0)
}

func readIntoBuffered(_ t: Thread, _ v: Value, _ target: Value, once: Bool) -> Value {
    let b = v.asBuffered
    if !checkUsable(t, b) { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, target, &buffer, writable: true, argument: once ? "readinto1() argument" : "readinto() argument") < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    if !checkOpen(t, b, "readinto of closed file") { return .raised }
    if !enterBuffered(t, v) { return .raised }
    defer { leaveBuffered(t, v) }
    let out = buffer.bytes
    let wanted = buffer.length
    let ahead = b.readAhead
    var done = min(ahead, wanted)
    if ahead > 0 {
        out.update(from: b.bytes + b.pointee.pos, count: done)
        b.pointee.pos += done
        if done == wanted { return Value(smallInt: done) }
    }
    if b.pointee.isWritable && !flushAndRewind(t, b) { return .raised }
    b.resetRead()
    b.pointee.pos = 0
    while done < wanted {
        var n: Int
        let left = wanted - done
        if left > b.pointee.size {
            n = rawRead(t, b, out + done, left)
        } else if !(once && done > 0) {
            n = fillBuffer(t, b)
            if n > 0 {
                n = min(n, left)
                (out + done).update(from: b.bytes + b.pointee.pos, count: n)
                b.pointee.pos += n
                done += n
                if once { break }
                continue
            }
        } else {
            n = 0
        }
        if n == -1 { return .raised }
        if n == -2 && done == 0 { return .none }
        if n <= 0 { break }
        done += n
        if once { break }
    }
    return Value(smallInt: done)
}

func peekBuffered(_ t: Thread, _ v: Value) -> Value {
    let b = v.asBuffered
    if !checkOpen(t, b, "peek of closed file") { return .raised }
    if !enterBuffered(t, v) { return .raised }
    defer { leaveBuffered(t, v) }
    if b.pointee.isWritable && !flushAndRewind(t, b) { return .raised }
    if b.readAhead == 0 {
        b.resetRead()
        let n = fillBuffer(t, b)
        if n == -1 { return .raised }
        b.pointee.pos = 0
        if n <= 0 { return emptyBytes }
    }
    return makeBytes(t, b.bytes + b.pointee.pos, b.readAhead)
}

/// `readline(limit)`.
func readLineBuffered(_ t: Thread, _ v: Value, _ limit: Int) -> Value {
    let b = v.asBuffered
    if !checkOpen(t, b, "readline of closed file") { return .raised }
    if !enterBuffered(t, v) { return .raised }
    let line: Value
    let ahead = b.readAhead
    if limit < 0 && ahead > 0, let end = memchr(b.bytes + b.pointee.pos, 10, ahead) {
        // Mostly the whole line is there.
        line = takeAhead(t, b, end - UnsafeMutableRawPointer(b.bytes + b.pointee.pos) + 1)
    } else {
        line = gatherLineLocked(t, b, limit)
    }
    leaveBuffered(t, v)
    return line
}

/// A line that may go on behind what was read ahead.
@inline(never)
private func gatherLineLocked(_ t: Thread, _ b: Buffered, _ limit: Int) -> Value {
    var room = limit < 0 ? Int.max : limit
    let ahead = min(b.readAhead, room)
    if ahead > 0 {
        let start = b.bytes + b.pointee.pos
        if let end = memchr(start, 10, ahead) { return takeAhead(t, b, end - UnsafeMutableRawPointer(start) + 1) }
        if ahead == room { return takeAhead(t, b, ahead) }
    }
    if room == 0 { return emptyBytes }
    var parts = RootedBuffer(t)
    var total = 0
    if b.readAhead > 0 {
        total = b.readAhead
        parts.append(t, takeAhead(t, b, total))
        room -= total
    }
    if b.pointee.isWritable && !flushAndRewind(t, b) { return .raised }
    while true {
        b.resetRead()
        let n = fillBuffer(t, b)
        if n == -1 { return .raised }
        if n <= 0 { break }
        b.pointee.pos = 0
        let visible = min(n, room)
        let start = b.bytes
        if let end = memchr(start, 10, visible) {
            let count = end - UnsafeMutableRawPointer(start) + 1
            parts.append(t, takeAhead(t, b, count))
            total += count
            break
        }
        parts.append(t, takeAhead(t, b, visible))
        total += visible
        room -= visible
        if room == 0 { break }
    }
    return joinBytes(t, parts, total)
}
