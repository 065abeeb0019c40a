// Making and comparing bytes.

import Glibc

/// A new bytes cell of `count` zero bytes, to be filled at once.
@inlinable public func newBytes(_ t: Thread, count: Int) -> Value {
    let cell = allocateText(t, id: TypeID.bytes.rawValue, bytes: MemoryLayout<BytesCell>.size &+ count &+ 1)
    cell.assumingMemoryBound(to: BytesCell.self).pointee.count = count
    return Value(cell)
}

/// A new bytes cell to be filled at once: what it holds is anything.
public func newUnfilledBytes(_ t: Thread, count: Int) -> Value {
    let size = MemoryLayout<BytesCell>.size &+ count &+ 1
    guard let cell = allocateUnfilled(t, id: TypeID.bytes.rawValue, bytes: size) else { fatalError("out of memory") }
    cell.assumingMemoryBound(to: BytesCell.self).pointee.count = count
    let v = Value(cell)
    v.bytesData[count] = 0
    return v
}

/// The empty bytes.
@inlinable @inline(__always) public var emptyBytes: Value { ladon_runtime.emptyBytes }

/// A bytes object with a copy of `count` bytes; those shorter than 2 are shared.
public func makeBytes(_ t: Thread, _ bytes: UnsafeRawPointer, _ count: Int) -> Value {
    if count <= 1 { return count == 0 ? emptyBytes : ladon_runtime.singleBytes[Int(bytes.load(as: UInt8.self))] }
    let v = newUnfilledBytes(t, count: count)
    memcpy(v.bytesData, bytes, count)
    return v
}

/// Shortens a fresh bytes cell that was made too long; a copy when much would be wasted. Nobody else may have seen it.
public func shrinkBytes(_ t: Thread, _ v: Value, to count: Int) -> Value {
    if count == v.bytesCount { return v }
    if count <= 1 || v.bytesCount &- count > count / 4 &+ 32 {
        let result = makeBytes(t, v.bytesData, count)
        v.keepAlive
        return result
    }
    v.bytesData[count] = 0
    v.cell(as: BytesCell.self).pointee.count = count
    return v
}

/// Gives a fresh instance of a subclass of bytes (zeroed, from `allocateInstance`) a copy of `count` bytes.
public func initializeBytesInstance(_ t: Thread, _ instance: Value, _ bytes: UnsafeRawPointer, _ count: Int) {
    let owner = newTextBuffer(t, capacity: count &+ 1, fill: count)
    memcpy(owner + MemoryLayout<TextBufferCell>.size, bytes, count)
    let cell = instance.cell(as: BytesCell.self)
    cell.pointee.owner = UInt(bitPattern: owner)
    cell.pointee.count = count
}

/// Whether two bytes objects hold the same bytes.
public func bytesEqual(_ a: Value, _ b: Value) -> Bool {
    if a == b { return true }
    let count = a.bytesCount
    let result = count == b.bytesCount && memcmp(a.bytesData, b.bytesData, count) == 0
    a.keepAlive; b.keepAlive
    return result
}

/// a + b of two bytes objects.
public func bytesConcat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let m = a.bytesCount, n = b.bytesCount
    if n == 0 && a.isExactly(.bytes) { return a }
    if m == 0 && b.isExactly(.bytes) { return b }
    let result = newUnfilledBytes(t, count: m &+ n)
    memcpy(result.bytesData, a.bytesData, m)
    memcpy(result.bytesData + m, b.bytesData, n)
    a.keepAlive; b.keepAlive
    return result
}
