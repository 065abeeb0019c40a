// BufferedReader, BufferedWriter and BufferedRandom: one cell, one buffer that holds either what was read ahead or what is
// still to be written. This file: the cell, its lock, and the raw stream below.
//
// Offsets in the buffer: `pos` is the stream's position, `rawPos` where the raw stream stands, `readEnd` the end of what was
// read (-1: nothing), `writePos..<writeEnd` what is to be written (writeEnd -1: nothing). Everything is guarded by the lock.

import Glibc

struct BufferedCell {
    var header: CellHeader
    var dict: Value
    var raw: Value
    /// A bytesStorage cell of `size` bytes.
    var storage: Value
    // raw
    var lock: StreamLock
    /// 1 usable, 0 not initialised, -1 detached.
    var state: Int8
    var isReadable: Bool
    var isWritable: Bool
    var isFinalizing: Bool
    /// `raw` is exactly a FileIO: system calls go straight to its descriptor.
    var isPlainFile: Bool
    var pad: (Bool, Bool, Bool)
    /// Where the raw stream stands in the file; -1 unknown.
    var absolute: Int
    var size: Int
    var pos: Int
    var rawPos: Int
    var readEnd: Int
    var writePos: Int
    var writeEnd: Int
}

extension Value {
    @inline(__always) var asBuffered: UnsafeMutablePointer<BufferedCell> { cell(as: BufferedCell.self) }
}

typealias Buffered = UnsafeMutablePointer<BufferedCell>

extension UnsafeMutablePointer where Pointee == BufferedCell {
    @inline(__always) var lock: UnsafeMutablePointer<StreamLock> {
        (UnsafeMutableRawPointer(self) + MemoryLayout<BufferedCell>.offset(of: \BufferedCell.lock).unsafelyUnwrapped).assumingMemoryBound(to: StreamLock.self)
    }
    @inline(__always) var bytes: UnsafeMutablePointer<UInt8> { storageBytes(pointee.storage) }
    @inline(__always) var holdsRead: Bool { pointee.isReadable && pointee.readEnd != -1 }
    @inline(__always) var holdsWrite: Bool { pointee.isWritable && pointee.writeEnd != -1 }
    /// Bytes read ahead.
    @inline(__always) var readAhead: Int { holdsRead ? pointee.readEnd - pointee.pos : 0 }
    /// How far the raw stream is ahead of this one.
    @inline(__always) var rawOffset: Int { (holdsRead || holdsWrite) && pointee.rawPos >= 0 ? pointee.rawPos - pointee.pos : 0 }
    @inline(__always) func adjust(to position: Int) {
        pointee.pos = position
        if holdsRead && pointee.readEnd < position { pointee.readEnd = position }
    }
    @inline(__always) func resetRead() { pointee.readEnd = -1 }
    @inline(__always) func resetWrite() {
        pointee.writePos = 0
        pointee.writeEnd = -1
    }
}

/// Whether `v` is one of the three types or a subclass.
func isBuffered(_ v: Value) -> Bool {
    if !v.isCell { return false }
    let native = typeOf(v).pointee.nativeID
    return native == ioTypes.pointee.reader.pointee.nativeID || native == ioTypes.pointee.writer.pointee.nativeID
        || native == ioTypes.pointee.random.pointee.nativeID
}

/// Whether `v` is exactly one of them.
@inline(__always) func isBufferedExactly(_ v: Value) -> Bool {
    if !v.isCell { return false }
    let type = typeOf(v)
    return type == ioTypes.pointee.reader || type == ioTypes.pointee.writer || type == ioTypes.pointee.random
}

/// Whether `v` is exactly one of them and has no attributes of its own, so that no method is overridden.
@inline(__always) func isPlainBuffered(_ v: Value) -> Bool { isBufferedExactly(v) && v.asBuffered.pointee.dict.bits == 0 }

/// `newUnfilledBuffer`, with MemoryError for what cannot be had.
func makeUnfilledBuffer(_ t: Thread, capacity: Int) -> Value {
    let buffer = newUnfilledBuffer(t, capacity: capacity)
    return buffer.isRaised ? raiseMemoryError(t) : buffer
}

func checkUsable(_ t: Thread, _ b: Buffered) -> Bool {
    if b.pointee.state > 0 { return true }
    _ = raise(t, .valueError, b.pointee.state < 0 ? "raw stream has been detached" : "I/O operation on uninitialized object")
    return false
}

/// Whether the raw stream is closed; -1: raised.
func isRawClosed(_ t: Thread, _ b: Buffered) -> Truth {
    if b.pointee.isPlainFile { return b.pointee.raw.asFile.pointee.fd < 0 ? 1 : 0 }
    return attributeTruth(t, b.pointee.raw, .closed)
}

/// Usable and open (or with something left to read); else ValueError with the message.
@inline(__always)
func checkOpen(_ t: Thread, _ b: Buffered, _ message: StaticString) -> Bool {
    if b.pointee.state > 0 && b.pointee.isPlainFile && b.pointee.raw.asFile.pointee.fd >= 0 { return true }
    return checkOpenSlowly(t, b, message)
}

@inline(never)
private func checkOpenSlowly(_ t: Thread, _ b: Buffered, _ message: StaticString) -> Bool {
    if !checkUsable(t, b) { return false }
    if b.readAhead > 0 { return true }
    let closed = isRawClosed(t, b)
    if closed > 0 { raiseClosed(t, "\(message)") }
    return closed == 0
}

/// Takes the lock. False: raised.
@inline(__always) func enterBuffered(_ t: Thread, _ v: Value) -> Bool {
    if takeStream(t, v.asBuffered.lock, nests: false) { return true }
    if t.pointee.exception.bits == 0 { _ = raise(t, .runtimeError, "reentrant call inside \(reprText(t, v))") }
    return false
}

@inline(__always) func leaveBuffered(_ t: Thread, _ v: Value) { leaveStream(t, v.asBuffered.lock) }

/// `__init__` of all three.
func initializeBuffered(_ t: Thread, _ v: Value, _ raw: Value, _ size: Int, readable: Bool, writable: Bool) -> Bool {
    let b = v.asBuffered
    b.pointee.state = 0
    let plain = raw.isCell && typeOf(raw) == ioTypes.pointee.file
    if readable && writable && !plain && !checkSeekable(t, raw) { return false }
    if readable && writable && plain {
        if raw.asFile.pointee.seekable < 0 { raw.asFile.pointee.seekable = lseek(raw.asFile.pointee.fd, 0, SEEK_CUR) >= 0 ? 1 : 0 }
        if raw.asFile.pointee.fd < 0 || raw.asFile.pointee.seekable == 0 { if !checkSeekable(t, raw) { return false } }
    }
    if readable && !(plain && raw.asFile.pointee.fd >= 0 && raw.asFile.pointee.isReadable) && !checkReadable(t, raw) { return false }
    if writable && !(plain && raw.asFile.pointee.fd >= 0 && raw.asFile.pointee.isWritable) && !checkWritable(t, raw) { return false }
    if size <= 0 {
        _ = raise(t, .valueError, "buffer size must be strictly positive")
        return false
    }
    if !checkTextSize(t, size, 1) { return false }
    let storage = makeUnfilledBuffer(t, capacity: size)
    if storage.isRaised { return false }
    storeSlot(&b.pointee.storage, storage)
    storeSlot(&b.pointee.raw, raw)
    b.pointee.isReadable = readable
    b.pointee.isWritable = writable
    b.pointee.isPlainFile = plain
    b.pointee.size = size
    b.pointee.absolute = 0
    b.pointee.pos = 0
    b.pointee.rawPos = 0
    b.resetRead()
    b.resetWrite()
    if rawTell(t, b) < 0 { clearException(t) }
    b.pointee.state = 1
    return true
}

// MARK: the raw stream

/// The raw stream's position; -1: raised.
func rawTell(_ t: Thread, _ b: Buffered) -> Int {
    if b.pointee.isPlainFile {
        let fd = b.pointee.raw.asFile.pointee.fd
        if fd < 0 {
            _ = raise(t, .valueError, "I/O operation on closed file")
            return -1
        }
        let n = lseek(fd, 0, SEEK_CUR)
        if n < 0 {
            raiseOSError(t, ladon_errno())
            return -1
        }
        b.pointee.absolute = n
        return n
    }
    let r = callMethod(t, b.pointee.raw, .tell)
    return r.isRaised ? -1 : acceptPosition(t, b, r)
}

private func acceptPosition(_ t: Thread, _ b: Buffered, _ r: Value) -> Int {
    guard let n = asIndex(t, r, .valueError) else { return -1 }
    if n < 0 {
        _ = raise(t, .osError, "Raw stream returned invalid position \(n)")
        return -1
    }
    b.pointee.absolute = n
    return n
}

func rawSeek(_ t: Thread, _ b: Buffered, _ target: Int, _ whence: Int) -> Int {
    if b.pointee.isPlainFile && b.pointee.raw.asFile.pointee.fd >= 0 {
        let fd = b.pointee.raw.asFile.pointee.fd
        let n: Int = blocking(t) { lseek(fd, target, Int32(truncatingIfNeeded: whence)) }
        if n < 0 {
            raiseOSError(t, ladon_errno())
            return -1
        }
        b.pointee.absolute = n
        return n
    }
    let r = callMethod(t, b.pointee.raw, .seek, makeInt(t, target), makeInt(t, whence))
    return r.isRaised ? -1 : acceptPosition(t, b, r)
}

/// The most that a raw stream that isn't a file is asked for at once.
private let largestRawRead = 1 << 18

/// One read of the raw stream into `p` (memory that `owner` keeps alive). Count; 0 at the end; -2 nothing now; -1 raised.
func rawRead(_ t: Thread, _ b: Buffered, _ p: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    var n: Int
    if b.pointee.isPlainFile && b.pointee.raw.asFile.pointee.fd >= 0 {
        var code: Int32 = 0
        n = readDescriptor(t, b.pointee.raw.asFile.pointee.fd, p, min(count, 0x7FFF_F000), &code)
        if n < 0 {
            if code == 0 { return -1 }
            if code == EAGAIN { return -2 }
            raiseOSError(t, code)
            return -1
        }
    } else {
        // Memory for a large read is taken in pieces, since it is cleared first and a raw stream rarely fills it.
        let count = min(count, largestRawRead)
        let target = makeByteArray(t, emptyBytes.bytesData, 0)
        if resizeByteArray(t, target, count) < 0 { return -1 }
        let view = makeMemoryView(t, target)
        if view.isRaised { return -1 }
        let r = callMethod(t, b.pointee.raw, .readinto, view)
        if r.isRaised { return -1 }
        if r.isNone { return -2 }
        guard let got = asIndex(t, r, .valueError) else {
            let cause = takeException(t)
            _ = raise(t, .osError, "raw readinto() failed")
            let e = t.pointee.exception
            if e.isCell {
                e.asException.pointee.cause = cause
                e.asException.pointee.context = cause
                e.asException.pointee.suppressContext = .true
            }
            return -1
        }
        if got < 0 || got > count {
            _ = raise(t, .osError, "raw readinto() returned invalid length \(got) (should have been between 0 and \(count))")
            return -1
        }
        p.update(from: byteArrayContents(target).base, count: min(got, byteArrayContents(target).count))
        target.keepAlive
        n = got
    }
    if n > 0 && b.pointee.absolute != -1 { b.pointee.absolute += n }
    return n
}

/// One write to the raw stream. Count; -2 would block; -1 raised.
func rawWrite(_ t: Thread, _ b: Buffered, _ p: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var n: Int
    if b.pointee.isPlainFile && b.pointee.raw.asFile.pointee.fd >= 0 {
        var code: Int32 = 0
        n = writeDescriptor(t, b.pointee.raw.asFile.pointee.fd, p, min(count, 0x7FFF_F000), &code)
        if n < 0 {
            if code == 0 { return -1 }
            if code == EAGAIN { return -2 }
            raiseOSError(t, code)
            return -1
        }
    } else {
        let data = newBytes(t, count: count)
        data.bytesData.update(from: p, count: count)
        let view = makeMemoryView(t, data)
        if view.isRaised { return -1 }
        let r = callMethod(t, b.pointee.raw, .write, view)
        if r.isRaised { return -1 }
        if r.isNone { return -2 }
        guard let done = asIndex(t, r, .valueError) else { return -1 }
        if done < 0 || done > count {
            _ = raise(t, .osError, "raw write() returned invalid length \(done) (should have been between 0 and \(count))")
            return -1
        }
        n = done
    }
    if n > 0 && b.pointee.absolute != -1 { b.pointee.absolute += n }
    return n
}

/// BlockingIOError "write could not complete without blocking".
func raiseWouldBlock(_ t: Thread, _ written: Int) {
    let e = call(t, builtinType(.blockingIOError).value, Value(smallInt: Int(EAGAIN)), makeString(t, "write could not complete without blocking"), makeInt(t, written))
    if !e.isRaised { raiseInstance(t, e) }
}

// MARK: flushing (the lock is held)

/// Writes out what is to be written. False: raised.
func flushWrites(_ t: Thread, _ b: Buffered) -> Bool {
    if !b.holdsWrite || b.pointee.writePos == b.pointee.writeEnd {
        b.resetWrite()
        return true
    }
    let rewind = b.rawOffset + (b.pointee.pos - b.pointee.writePos)
    if rewind != 0 {
        if rawSeek(t, b, -rewind, 1) < 0 { return false }
        b.pointee.rawPos -= rewind
    }
    while b.pointee.writePos < b.pointee.writeEnd {
        let storage = b.pointee.storage
        let n = rawWrite(t, b, b.bytes + b.pointee.writePos, b.pointee.writeEnd - b.pointee.writePos)
        storage.keepAlive
        if n == -1 { return false }
        if n == -2 {
            raiseWouldBlock(t, 0)
            return false
        }
        b.pointee.writePos += n
        b.pointee.rawPos = b.pointee.writePos
        if !safepoint(t) { return false }
    }
    b.resetWrite()
    return true
}

/// Flushes, and brings the raw stream back to where this one is. False: raised.
func flushAndRewind(_ t: Thread, _ b: Buffered) -> Bool {
    if !flushWrites(t, b) { return false }
    if b.pointee.isReadable {
        let n = rawSeek(t, b, -b.rawOffset, 1)
        b.resetRead()
        if n < 0 { return false }
    }
    return true
}

/// `flush()`.
func flushBuffered(_ t: Thread, _ v: Value) -> Value {
    let b = v.asBuffered
    if !b.pointee.isWritable {
        if !checkUsable(t, b) { return .raised }
        return b.pointee.isPlainFile && b.pointee.raw.asFile.pointee.fd >= 0 ? .none : callMethod(t, b.pointee.raw, .flush)
    }
    if !checkOpen(t, b, "flush of closed file") { return .raised }
    if !b.pointee.isReadable && b.pointee.writeEnd == -1 { return .none }
    if !enterBuffered(t, v) { return .raised }
    let done = flushAndRewind(t, b)
    leaveBuffered(t, v)
    return done ? .none : .raised
}

/// `close()`.
func closeBuffered(_ t: Thread, _ v: Value) -> Value {
    let b = v.asBuffered
    if !checkUsable(t, b) { return .raised }
    if !enterBuffered(t, v) { return .raised }
    let closed = isRawClosed(t, b)
    if closed != 0 {
        leaveBuffered(t, v)
        return closed < 0 ? .raised : .none
    }
    if b.pointee.isFinalizing {
        leaveBuffered(t, v)
        if callMethod(t, b.pointee.raw, ._dealloc_warn, v).isRaised { clearException(t) }
    } else {
        leaveBuffered(t, v)
    }
    // flush() may be overridden.
    let flushed: Value = isPlainBuffered(v) ? flushBuffered(t, v) : callMethod(t, v, .flush)
    let first: Value = flushed.isRaised ? takeException(t) : .raised
    // The raw stream is closed under the lock: who waits for it finds this one closed.
    if !enterBuffered(t, v) { return first.bits == 0 ? .raised : chainExceptions(t, first) }
    let plain = b.pointee.isPlainFile && b.pointee.raw.asFile.pointee.dict.bits == 0
    let r: Value = plain ? closeFile(t, b.pointee.raw) : callMethod(t, b.pointee.raw, .close)
    // What was read ahead is of no use any more.
    if !r.isRaised { b.resetRead() }
    leaveBuffered(t, v)
    if first.bits == 0 { return r.isRaised ? .raised : r }
    return chainExceptions(t, first)
}
