// The contents of a bytearray: a part of a TextBufferCell, so that bytes can be taken off the front without moving the rest.
//
// Readers take storage, start and count without a lock and clip them to the storage's capacity; while another thread changes
// the object they may see bytes of before and after. Writers prepare outside, then commit under the cell's lock.

import Glibc
import LadonRuntime

@frozen public struct ByteArrayCell {
    public var header: CellHeader
    /// Address of a TextBufferCell; 0: empty. Traced.
    public var storage: UInt
    // raw
    public var start: Int
    public var count: Int
    /// Buffers lent out: while there are any, the size must not change.
    public var exports: Int
}

extension Value {
    @inline(__always) var asByteArray: UnsafeMutablePointer<ByteArrayCell> { cell(as: ByteArrayCell.self) }
}

/// An instance of bytearray or of a subclass.
public func isByteArray(_ v: Value) -> Bool {
    v.isCell && (v.id == TypeID.bytearray.rawValue || typeOf(v).pointee.nativeID == TypeID.bytearray.rawValue)
}

/// The bytes of a bytearray as they are now.
public func byteArrayContents(_ v: Value) -> (base: UnsafeMutablePointer<UInt8>, count: Int) {
    let cell = v.asByteArray
    let storage = ladon_load_acquire(v.cell + MemoryLayout<ByteArrayCell>.offset(of: \ByteArrayCell.storage).unsafelyUnwrapped)
    if storage == 0 { return (emptyBytes.bytesData, 0) }
    let capacity = UnsafeMutablePointer<TextBufferCell>(bitPattern: storage).unsafelyUnwrapped.pointee.capacity
    let start = min(max(cell.pointee.start, 0), capacity)
    let count = min(max(cell.pointee.count, 0), capacity &- start)
    let data = UnsafeMutablePointer<UInt8>(bitPattern: storage &+ UInt(MemoryLayout<TextBufferCell>.size)).unsafelyUnwrapped
    return (data + start, count)
}

/// A new bytearray with a copy of `count` bytes.
public func makeByteArray(_ t: Thread, _ bytes: UnsafeRawPointer, _ count: Int) -> Value {
    let storage = count == 0 ? 0 : UInt(bitPattern: newByteStorage(t, count))
    if storage != 0 { memcpy(UnsafeMutableRawPointer(bitPattern: storage &+ UInt(MemoryLayout<TextBufferCell>.size)).unsafelyUnwrapped, bytes, count) }
    let cell = allocate(t, id: TypeID.bytearray.rawValue, bytes: MemoryLayout<ByteArrayCell>.size)
    let array = cell.assumingMemoryBound(to: ByteArrayCell.self)
    array.pointee.storage = storage
    array.pointee.count = count
    return Value(cell)
}

func newByteStorage(_ t: Thread, _ capacity: Int) -> UnsafeMutableRawPointer {
    newTextBuffer(t, capacity: capacity &+ 1, fill: 0)
}

/// Replaces bytes `from..<to` by `count` others (which do not lie in `v`). Bounds are clipped to the size at the moment
/// of the change. Raises BufferError when the size would change while buffers are lent out.
func byteArrayReplace(_ t: Thread, _ v: Value, _ from: Int, _ to: Int, _ bytes: UnsafeRawPointer?, _ count: Int) -> Truth {
    let cell = v.asByteArray
    var collected = false
    while true {
        let oldStorage = cell.pointee.storage, oldStart = cell.pointee.start, oldCount = cell.pointee.count
        let low = min(max(from, 0), oldCount)
        let high = min(max(to, low), oldCount)
        let newCount = oldCount &- (high &- low) &+ count
        if !checkTextSize(t, newCount, 1) { return -1 }
        let capacity = oldStorage == 0 ? 0
            : UnsafeMutablePointer<TextBufferCell>(bitPattern: oldStorage).unsafelyUnwrapped.pointee.capacity
        if newCount != oldCount && cell.pointee.exports != 0 {
            // Views that nobody can reach any more do not count; without reference counts it takes a collection to know.
            if !collected {
                collected = true
                _ = gcCollect(t)
                runPendingFinalizers(t)
                continue
            }
            _ = raise(t, .bufferError, "Existing exports of data: object cannot be re-sized")
            return -1
        }
        let fits = oldStart &+ newCount < capacity && (newCount > capacity / 4 || capacity < 256)
        let offset = UInt(MemoryLayout<TextBufferCell>.size)
        if fits || (low == 0 && count == 0) {
            lockCell(t, v)
            if cell.pointee.storage != oldStorage || cell.pointee.start != oldStart || cell.pointee.count != oldCount
                || (newCount != oldCount && cell.pointee.exports != 0) {
                unlockCell(t, v)
                continue
            }
            if low == 0 && count == 0 {
                // Off the front: only the start moves. Nothing left: whoever waits for more (a stream's buffer) keeps no memory meanwhile.
                cell.pointee.start = newCount == 0 ? 0 : oldStart &+ high
                if newCount == 0 && capacity >= 256 {
                    cell.pointee.count = 0
                    ladon_store_release(v.cell + MemoryLayout<ByteArrayCell>.offset(of: \ByteArrayCell.storage).unsafelyUnwrapped, 0)
                }
            } else {
                let data = UnsafeMutableRawPointer(bitPattern: oldStorage &+ offset).unsafelyUnwrapped + oldStart
                if newCount != oldCount { memmove(data + (low &+ count), data + high, oldCount &- high) }
                if let bytes { memcpy(data + low, bytes, count) }
            }
            cell.pointee.count = newCount
            unlockCell(t, v)
            return 1
        }
        let room = newCount > oldCount ? newCount &+ newCount / 8 &+ 16 : newCount
        let storage = newByteStorage(t, room)
        let data = storage + Int(offset)
        lockCell(t, v)
        if cell.pointee.storage != oldStorage || cell.pointee.start != oldStart || cell.pointee.count != oldCount
            || (newCount != oldCount && cell.pointee.exports != 0) {
            unlockCell(t, v)
            continue
        }
        if oldStorage != 0 {
            let old = UnsafeRawPointer(bitPattern: oldStorage &+ offset).unsafelyUnwrapped + oldStart
            memcpy(data, old, low)
            memcpy(data + (low &+ count), old + high, oldCount &- high)
        }
        if let bytes { memcpy(data + low, bytes, count) }
        // A reader between these stores clips what it sees to the storage that it has.
        cell.pointee.count = min(oldCount, newCount)
        cell.pointee.start = 0
        ladon_store_release(v.cell + MemoryLayout<ByteArrayCell>.offset(of: \ByteArrayCell.storage).unsafelyUnwrapped, UInt(bitPattern: storage))
        cell.pointee.count = newCount
        unlockCell(t, v)
        return 1
    }
}

/// Appends bytes (which do not lie in `v`). The usual case is done in place.
public func byteArrayAppend(_ t: Thread, _ v: Value, _ bytes: UnsafeRawPointer, _ count: Int) -> Truth {
    byteArrayReplace(t, v, .max, .max, bytes, count)
}

/// Makes room for `count` more bytes and returns where they start, without changing the size; for reading into.
public func byteArrayResize(_ t: Thread, _ v: Value, _ count: Int) -> Truth {
    let now = v.asByteArray.pointee.count
    if count <= now { return byteArrayReplace(t, v, count, .max, nil, 0) }
    let zeros = newTextBuffer(t, capacity: count &- now, fill: 0)
    let result = byteArrayReplace(t, v, .max, .max, zeros + MemoryLayout<TextBufferCell>.size, count &- now)
    Value(zeros).keepAlive
    return result
}

func bytearray_getBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ flags: Value) -> Value {
    let out = UnsafeMutablePointer<LadonBuffer>(bitPattern: buffer.bits).unsafelyUnwrapped
    lockCell(t, v)
    v.asByteArray.pointee.exports &+= 1
    let contents = byteArrayContents(v)
    unlockCell(t, v)
    fillBuffer(&out.pointee, v, UnsafeMutableRawPointer(contents.base), contents.count, isReadOnly: false)
    out.pointee.keeper = Value(bits: v.asByteArray.pointee.storage)
    return .none
}

func bytearray_releaseBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ unused: Value) -> Value {
    lockCell(t, v)
    v.asByteArray.pointee.exports &-= 1
    unlockCell(t, v)
    return .none
}
