// The items of an array: machine numbers in a buffer of their own.
//
// Readers take storage and count without a lock and clip the count to the storage's capacity: beside a writer they may
// see items of before and after, never memory that is not the array's. Writers prepare outside, then commit under the
// cell's lock. While buffers are lent out (`exports`), the size must not change.

import Glibc
import LadonLibrary

struct ArrayCell {
    var header: CellHeader
    /// Address of a TextBufferCell; 0: empty. Traced.
    var storage: UInt
    // raw
    /// Items.
    var count: Int
    var exports: Int
    /// Index into `arrayCodes`; constant, as are the two after it, which are copies from there.
    var code: Int32
    var letter: UInt8
    var size: UInt8
}

extension Value {
    @inline(__always) var asArray: UnsafeMutablePointer<ArrayCell> { cell(as: ArrayCell.self) }
}

private let storageHeader = MemoryLayout<TextBufferCell>.size

@inline(__always) private func storageData(_ storage: UInt) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: storage &+ UInt(storageHeader)).unsafelyUnwrapped
}

@inline(__always) private func storageCapacity(_ storage: UInt) -> Int {
    storage == 0 ? 0 : UnsafeMutablePointer<TextBufferCell>(bitPattern: storage).unsafelyUnwrapped.pointee.capacity
}

func arrayCode(_ v: Value) -> ArrayCode { arrayCodes[arrayCodeIndex(of: v)] }
@inline(__always) func arrayLetter(_ v: Value) -> UInt8 { v.asArray.pointee.letter }
/// Bytes of an item.
@inline(__always) func arrayItemSize(_ v: Value) -> Int { Int(v.asArray.pointee.size) }
@inline(__always) func arrayCodeIndex(of v: Value) -> Int { Int(v.asArray.pointee.code) }

/// The items as they are now. The caller keeps `v` or the storage alive.
@inline(__always) func arrayContents(_ v: Value) -> (base: UnsafeMutableRawPointer, count: Int) {
    let storage = ladon_load_acquire(v.cell + MemoryLayout<ArrayCell>.offset(of: \ArrayCell.storage).unsafelyUnwrapped)
    if storage == 0 { return (UnsafeMutableRawPointer(emptyBytes.bytesData), 0) }
    let count = v.asArray.pointee.count
    let capacity = storageCapacity(storage)
    if count &* arrayItemSize(v) <= capacity { return (storageData(storage), count) }
    return (storageData(storage), capacity / arrayItemSize(v))
}

/// Items that the storage has room for.
func arrayCapacity(_ v: Value) -> Int { storageCapacity(v.asArray.pointee.storage) / arrayItemSize(v) }

/// An empty array of a type code. 0: raised.
func newArray(_ t: Thread, _ type: TypePointer, _ code: Int) -> Value {
    let v = allocateInstance(t, type)
    if v.isRaised { return v }
    v.asArray.pointee.code = Int32(code)
    v.asArray.pointee.letter = arrayCodes[code].letter
    v.asArray.pointee.size = UInt8(arrayCodes[code].size)
    return v
}

/// A fresh array with `count` items, all zero, that nobody else sees yet. 0: raised.
func newArray(_ t: Thread, _ type: TypePointer, _ code: Int, count: Int) -> Value {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: arrayCodes[code].size)
    if !checkTextSize(t, overflow ? .max : bytes, 1) { return .raised }
    let v = newArray(t, type, code)
    if v.isRaised || count == 0 { return v }
    v.asArray.pointee.storage = UInt(bitPattern: newTextBuffer(t, capacity: bytes, fill: 0))
    v.asArray.pointee.count = count
    return v
}

/// Whether the size may change. Views that nobody can reach any more do not count; without reference counts it takes a
/// collection to know. False: raised.
func arrayIsResizable(_ t: Thread, _ v: Value) -> Bool {
    if v.asArray.pointee.exports == 0 { return true }
    _ = gcCollect(t)
    runPendingFinalizers(t)
    if v.asArray.pointee.exports == 0 { return true }
    _ = raise(t, .bufferError, "cannot resize an array that is exporting buffers")
    return false
}

/// Replaces items `from..<to` by `count` others (not in the array's own memory; nil: zeros). Bounds are clipped to the
/// size at the moment of the change. False: raised.
@inline(__always)
func arrayReplace(_ t: Thread, _ v: Value, _ from: Int, _ to: Int, _ items: UnsafeRawPointer?, _ count: Int) -> Bool {
    // Appending in place, the usual case.
    if from == .max, count == 1, let items {
        let c = v.asArray
        lockCell(t, v)
        let n = c.pointee.count, size = arrayItemSize(v)
        if c.pointee.exports == 0 && (n &+ 1) &* size <= storageCapacity(c.pointee.storage) {
            memcpy(storageData(c.pointee.storage) + n &* size, items, size)
            c.pointee.count = n &+ 1
            unlockCell(t, v)
            return true
        }
        unlockCell(t, v)
    }
    return arrayReplaceSlow(t, v, from, to, items, count)
}

@inline(never)
private func arrayReplaceSlow(_ t: Thread, _ v: Value, _ from: Int, _ to: Int, _ items: UnsafeRawPointer?, _ count: Int) -> Bool {
    let c = v.asArray
    let size = arrayItemSize(v)
    while true {
        let storage = c.pointee.storage, oldCount = c.pointee.count
        let low = min(max(from, 0), oldCount)
        let high = min(max(to, low), oldCount)
        let newCount = oldCount &- (high &- low) &+ count
        if !checkTextSize(t, newCount > oldCount ? newCount &+ newCount >> 4 : newCount, size) { return false }
        if newCount != oldCount && !arrayIsResizable(t, v) { return false }
        let capacity = storageCapacity(storage) / size
        let inPlace = newCount <= capacity && (newCount > capacity / 4 || capacity < 64)
        let room = newCount > oldCount ? newCount &+ newCount >> 4 &+ (newCount < 8 ? 3 : 7) : newCount
        let fresh: UInt = inPlace || newCount == 0 ? 0 : UInt(bitPattern: newTextBuffer(t, capacity: room &* size, fill: 0))
        lockCell(t, v)
        if c.pointee.storage != storage || c.pointee.count != oldCount || (newCount != oldCount && c.pointee.exports != 0) {
            unlockCell(t, v)
            continue
        }
        if inPlace {
            let data = storage == 0 ? UnsafeMutableRawPointer(emptyBytes.bytesData) : storageData(storage)
            if newCount != oldCount && high < oldCount { memmove(data + (low &+ count) &* size, data + high &* size, (oldCount &- high) &* size) }
            put(data + low &* size, items, count &* size)
            c.pointee.count = newCount
        } else {
            if fresh != 0 {
                let data = storageData(fresh)
                if oldCount != 0 {
                    memcpy(data, storageData(storage), low &* size)
                    memcpy(data + (low &+ count) &* size, storageData(storage) + high &* size, (oldCount &- high) &* size)
                }
                put(data + low &* size, items, count &* size)
            }
            // A reader between these stores clips what it sees to the storage that it has.
            c.pointee.count = min(oldCount, newCount)
            ladon_store_release(v.cell + MemoryLayout<ArrayCell>.offset(of: \ArrayCell.storage).unsafelyUnwrapped, fresh)
            c.pointee.count = newCount
        }
        unlockCell(t, v)
        return true
    }
}

@inline(__always) private func put(_ to: UnsafeMutableRawPointer, _ items: UnsafeRawPointer?, _ bytes: Int) {
    if bytes == 0 { return }
    if let items { memcpy(to, items, bytes) } else { memset(to, 0, bytes) }
}

/// Appends `count` items. False: raised.
func arrayAppend(_ t: Thread, _ v: Value, _ items: UnsafeRawPointer?, _ count: Int) -> Bool {
    arrayReplace(t, v, .max, .max, items, count)
}

// MARK: lending the memory

func array_getBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ flags: Value) -> Value {
    let out = UnsafeMutablePointer<LadonBuffer>(bitPattern: buffer.bits).unsafelyUnwrapped
    let code = arrayCodes[arrayCodeIndex(of: v)]
    lockCell(t, v)
    v.asArray.pointee.exports &+= 1
    let contents = arrayContents(v)
    unlockCell(t, v)
    fillBuffer(&out.pointee, v, contents.base, contents.count &* code.size, isReadOnly: false)
    out.pointee.itemSize = code.size
    if flags.smallInt & LADON_BUFFER_FORMAT != 0 {
        out.pointee.format = UnsafeRawPointer(code.bufferFormat.utf8Start).assumingMemoryBound(to: CChar.self)
    }
    out.pointee.keeper = Value(bits: v.asArray.pointee.storage)
    return .none
}

func array_releaseBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ unused: Value) -> Value {
    lockCell(t, v)
    v.asArray.pointee.exports &-= 1
    unlockCell(t, v)
    return .none
}
