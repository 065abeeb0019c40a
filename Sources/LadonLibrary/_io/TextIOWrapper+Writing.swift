// Writing text: it is encoded at once, and handed down when a chunk is full, at a line's end, or when flushed.

import Glibc

/// Encoded bytes of a str under the wrapper's encoding. 0: raised.
private func encodeText(_ t: Thread, _ w: Wrapper, _ text: Value) -> Value {
    if w.pointee.codec != TextCodec.object { return LadonTypes.encodeText(t, nativeEncoding(w.pointee.codec), text, errors: w.pointee.errors) }
    let bytes = callMethod(t, w.pointee.encoder, .encode, text)
    w.pointee.startsStream = false
    if bytes.isRaised || bytes.isBytes { return bytes }
    return raise(t, .typeError, "encoder should return a bytes object, not '\(typeName(bytes))'")
}

/// Where `count` more bytes may be put behind what is pending; whoever puts them raises `pendingCount`. nil: raised.
@inline(__always)
private func roomBehindPending(_ t: Thread, _ w: Wrapper, _ count: Int) -> UnsafeMutablePointer<UInt8>? {
    let storage = w.pointee.pending
    let used = w.pointee.pendingCount
    if storage.bits == 0 || used + count > storage.cell(as: TextBufferCell.self).pointee.capacity {
        if !growPending(t, w, used + count) { return nil }
    }
    return storageBytes(w.pointee.pending) + used
}

@inline(never)
private func growPending(_ t: Thread, _ w: Wrapper, _ count: Int) -> Bool {
    let storage = w.pointee.pending
    let capacity = storage.bits == 0 ? 0 : storage.cell(as: TextBufferCell.self).pointee.capacity
    let larger = makeUnfilledBuffer(t, capacity: max(capacity * 2, count, min(w.pointee.chunkSize, 1024)))
    if larger.isRaised { return false }
    if w.pointee.pendingCount > 0 { memcpy(storageBytes(larger), storageBytes(storage), w.pointee.pendingCount) }
    w.pointee.pending = larger
    return true
}

/// Appends encoded bytes to what is pending. False: raised.
@inline(__always)
private func appendPending(_ t: Thread, _ w: Wrapper, _ p: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard let out = roomBehindPending(t, w, count) else { return false }
    memcpy(out, p, count)
    w.pointee.pendingCount += count
    return true
}

/// Characters that are encoded where they will be pending, at the most: longer text is measured first.
private let longestInPlace = 2048

/// Encodes short text as UTF-8 straight into what is pending: 1; 0: not done, it has surrogates or is more than the chunk takes; -1: raised.
@inline(never)
private func appendUTF8(_ t: Thread, _ w: Wrapper, _ text: Value) -> Truth {
    let count = text.strCount
    // No character takes more than one byte above the size of its kind (a kind's widest: 2, 3, 4).
    guard let out = roomBehindPending(t, w, count * min(text.strKind + 1, 4)) else { return -1 }
    let n: Int
    switch text.strKind {
    case 1: n = UTF8Codec.encodeRuns(UnsafePointer(text.strBytes), count, into: out)
    case 2: n = UTF8Codec.encodeRuns(UnsafePointer(text.strHalves), count, into: out)
    default: n = UTF8Codec.encodeRuns(UnsafePointer(text.strWords), count, into: out)
    }
    text.keepAlive
    if n < 0 || (w.pointee.pendingCount > 0 && w.pointee.pendingCount + n > w.pointee.chunkSize) { return 0 }
    w.pointee.pendingCount += n
    return 1
}

/// Hands what is pending to the stream below. False: raised.
func writePending(_ t: Thread, _ w: Wrapper) -> Bool {
    let count = w.pointee.pendingCount
    if count == 0 { return true }
    // Taken out first: a handler that runs meanwhile may write too.
    let storage = w.pointee.pending
    w.pointee.pending = .raised
    w.pointee.pendingCount = 0
    let buffer = w.pointee.buffer
    if isPlainBuffered(buffer) && buffer.asBuffered.pointee.isWritable {
        let n = writeBuffered(t, buffer, storageBytes(storage), count)
        storage.keepAlive
        if n < 0 { return false }
    } else {
        let bytes = makeBytes(t, storageBytes(storage), count)
        storage.keepAlive
        if callMethod(t, buffer, .write, bytes).isRaised { return false }
    }
    if w.pointee.pending.bits == 0 && storage.cell(as: TextBufferCell.self).pointee.capacity <= 32768 { w.pointee.pending = storage }
    return true
}

/// `buffer.flush()`.
func flushBelow(_ t: Thread, _ w: Wrapper) -> Value {
    let buffer = w.pointee.buffer
    return isPlainBuffered(buffer) ? flushBuffered(t, buffer) : callMethod(t, buffer, .flush)
}

/// `write(text)`.
func writeWrapper(_ t: Thread, _ v: Value, _ given: Value) -> Value {
    let w = v.asWrapper
    if !checkWrapperOpen(t, v) { return .raised }
    if !w.pointee.encodes { return raiseUnsupported(t, "not writable") }
    if !enterWrapper(t, v) { return .raised }
    defer { leaveWrapper(t, v) }
    let count = given.strCount
    var text = given
    let newline = writtenNewline(w)
    var hasLineFeed = false
    if newline.bits != 0 || w.pointee.lineBuffering { hasLineFeed = indexOf(text, 10, 0, count) >= 0 }
    if hasLineFeed && newline.bits != 0 {
        text = replaceLineFeeds(t, text, newline)
        if text.isRaised { return text }
    }
    let flushes = w.pointee.lineBuffering && (hasLineFeed || indexOf(text, 13, 0, text.strCount) >= 0)
    var isDone: Truth = 0
    if w.pointee.codec != TextCodec.object && text.strIsASCII {
        let n = text.strCount
        if w.pointee.pendingCount + n > w.pointee.chunkSize && !writePending(t, w) { return .raised }
        isDone = appendPending(t, w, text.strBytes, n) ? 1 : -1
        text.keepAlive
    } else if w.pointee.codec == TextCodec.utf8 && text.strCount <= longestInPlace {
        isDone = appendUTF8(t, w, text)
    }
    if isDone < 0 { return .raised }
    if isDone == 0 {
        let bytes = encodeText(t, w, text)
        if bytes.isRaised { return bytes }
        if w.pointee.pendingCount + bytes.bytesCount > w.pointee.chunkSize && !writePending(t, w) { return .raised }
        if !appendPending(t, w, bytes.bytesData, bytes.bytesCount) { return .raised }
        bytes.keepAlive
    }
    if w.pointee.pendingCount >= w.pointee.chunkSize || flushes || w.pointee.writeThrough {
        if !writePending(t, w) { return .raised }
    }
    if flushes && flushBelow(t, w).isRaised { return .raised }
    if w.pointee.decodes {
        w.dropDecoded()
        w.dropSnapshot()
        if !resetDecoder(t, w) { return .raised }
    }
    return makeInt(t, count)
}

private func replaceLineFeeds(_ t: Thread, _ text: Value, _ newline: Value) -> Value {
    let count = text.strCount
    var b = StringBuilder(t, capacity: count + 16, kind: text.strKind)
    var from = 0
    while from < count {
        let at = indexOf(text, 10, from, count)
        if at < 0 { break }
        b.append(text, from, at)
        b.append(newline)
        from = at + 1
    }
    if from < count { b.append(text, from, count) }
    return b.finish()
}

/// `flush()`.
func flushWrapper(_ t: Thread, _ v: Value) -> Value {
    let w = v.asWrapper
    if !checkWrapperOpen(t, v) { return .raised }
    if !enterWrapper(t, v) { return .raised }
    defer { leaveWrapper(t, v) }
    w.pointee.isTelling = w.pointee.isSeekable
    return writePending(t, w) ? flushBelow(t, w) : .raised
}

/// `close()`.
func closeWrapper(_ t: Thread, _ v: Value) -> Value {
    let w = v.asWrapper
    if !checkAttached(t, w) { return .raised }
    let plain = typeOf(v) == ioTypes.pointee.wrapper
    let closed: Truth = plain ? isWrapperClosed(t, w) : attributeTruth(t, v, .closed)
    if closed != 0 { return closed < 0 ? .raised : .none }
    if w.pointee.isFinalizing && callMethod(t, w.pointee.buffer, ._dealloc_warn, v).isRaised { clearException(t) }
    // flush() may be overridden, by an attribute of the object too.
    let flushed: Value = plain && instanceAttribute(t, v, name(.flush)).isMissing ? flushWrapper(t, v) : callMethod(t, v, .flush)
    let first: Value = flushed.isRaised ? takeException(t) : .raised
    let r: Value = isPlainBuffered(w.pointee.buffer) ? closeBuffered(t, w.pointee.buffer) : callMethod(t, w.pointee.buffer, .close)
    return first.bits == 0 ? r : chainExceptions(t, first)
}
