// A growable array of values for native code. Its storage is a heap cell, and the struct that names the
// cell is a local variable, so the conservative scan of the native stack finds it: nothing to register.

/// A private array of values. Lives in a local of attached code; never in a class, in malloc memory or in detached code.
@frozen public struct RootedBuffer {
    /// The StorageCell-shaped cell (id rootedBuffer) that holds the values; 0 when there was no memory.
    public var storage: Value
    public var count: Int

    @inlinable public init(_ t: Thread, capacity: Int = 8) {
        storage = RootedBuffer.makeCell(t, max(capacity, 4))
        count = 0
    }
    @inlinable static func makeCell(_ t: Thread, _ capacity: Int) -> Value {
        guard capacity < 1 << 44, let p = allocateAny(t, id: TypeID.rootedBuffer.rawValue, bytes: 16 + capacity * 8) else { return .raised }
        p.assumingMemoryBound(to: StorageCell.self).pointee.capacity = capacity
        return Value(p)
    }
    /// The values themselves; moves when the buffer grows.
    @inlinable @inline(__always) public var pointer: Values { storage.storageItems }
    @inlinable @inline(__always) public var capacity: Int { storage.isRaised ? 0 : storage.cell(as: StorageCell.self).pointee.capacity }
    /// False when there was no memory for the buffer.
    @inlinable @inline(__always) public var isValid: Bool { !storage.isRaised }

    /// False: no memory (nothing is raised).
    @inlinable @inline(__always) @discardableResult
    public mutating func append(_ t: Thread, _ v: Value) -> Bool {
        if count >= capacity && !grow(t, v) { return false }
        pointer[count] = v
        count += 1
        return true
    }
    @inline(never) @usableFromInline mutating func grow(_ t: Thread, _ v: Value) -> Bool {
        let larger = RootedBuffer.makeCell(t, max(8, capacity * 2))
        if larger.isRaised { return false }
        for i in 0 ..< count { larger.storageItems[i] = pointer[i] }
        storage = larger
        v.keepAlive
        return true
    }
    @inlinable @inline(__always) public subscript(i: Int) -> Value {
        get { pointer[i] }
        nonmutating set { pointer[i] = newValue }
    }
    @inlinable public mutating func removeLast() -> Value {
        count -= 1
        let v = pointer[count]
        pointer[count] = .raised
        return v
    }
    @inlinable public mutating func removeAll() {
        for i in 0 ..< count { pointer[i] = .raised }
        count = 0
    }
    /// Keeps the storage alive up to here.
    @inlinable @inline(__always) public var keepAlive: Void { storage.keepAlive }
}
