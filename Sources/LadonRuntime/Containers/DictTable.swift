// The table of a dict: compact and ordered. Entries lie in insertion order; an index of small integers,
// probed by open addressing, says which entry a hash belongs to.
//
//   +0   header
//   +8   count of traced words that follow the count: 5 + 2 * capacity
//   +16  used      entries appended so far, live or deleted
//   +24  mask      size of the index - 1 (a power of two - 1)
//   +32  head      no live entry lies before this one
//   +40  tail      no live entry lies at or after this one
//   +48  where the index begins, in bytes from the table
//   +56  capacity pairs (key, value)
//        capacity hashes, raw
//        mask + 1 index elements of 1, 2 or 4 bytes: 0 empty, else entry number + 1
//
// Rules that make lookups safe without a lock:
//   * An entry is given out once in the table's life. Deleting zeroes the value and makes the key `.deleted`;
//     the index element stays, so probe chains never break.
//   * Hash, key and value are stored before the index element, `used` after the entry.
//   * A table that was replaced is never written again.

@frozen @usableFromInline struct DictTableHeader {
    @usableFromInline var header: CellHeader
    @usableFromInline var traced: Int
    @usableFromInline var used: Int
    @usableFromInline var mask: Int
    @usableFromInline var head: Int
    @usableFromInline var tail: Int
    @usableFromInline var indexOffset: Int
}

/// A view of one table; `address` 0 is the table of an empty dict.
@frozen @usableFromInline struct DictTable {
    @usableFromInline let address: UInt

    @inlinable @inline(__always) init(_ address: UInt) { self.address = address }
    @inlinable @inline(__always) var isNil: Bool { address == 0 }
    @inlinable @inline(__always) var base: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped }
    @inlinable @inline(__always) var h: UnsafeMutablePointer<DictTableHeader> { UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped }
    @inlinable @inline(__always) var mask: Int { h.pointee.mask }
    @inlinable @inline(__always) var capacity: Int { (h.pointee.traced - 5) >> 1 }
    @inlinable @inline(__always) var used: Int { Int(bitPattern: ladon_load_acquire(base + 16)) }
    @inlinable @inline(__always) var pairs: Values { (base + 56).assumingMemoryBound(to: Value.self) }
    @inlinable @inline(__always) var hashes: UnsafeMutablePointer<Int> { (base + 16 + h.pointee.traced * 8).assumingMemoryBound(to: Int.self) }
    @inlinable @inline(__always) var index: UnsafeMutableRawPointer { base + h.pointee.indexOffset }
    @inlinable @inline(__always) func key(_ e: Int) -> Value { loadSlot(pairs + 2 * e) }
    @inlinable @inline(__always) func value(_ e: Int) -> Value { loadSlot(pairs + 2 * e + 1) }
    @inlinable @inline(__always) func hash(_ e: Int) -> Int { hashes[e] }

    /// The index element at `i`. The entry it names is reached through its value, so a plain load suffices.
    @inlinable @inline(__always) func element(_ index: UnsafeMutableRawPointer, _ mask: Int, _ i: Int) -> Int {
        if mask < 256 { return Int(ladon_load8_relaxed(index + i)) }
        if mask < 65536 { return Int((index + i * 2).assumingMemoryBound(to: UInt16.self).pointee) }
        return Int(ladon_load32_relaxed(index + i * 4))
    }

    /// Publishes entry `e` in the index at `i`.
    @inlinable @inline(__always) func publish(_ i: Int, _ e: Int) {
        let n = e + 1
        if mask < 256 {
            ladon_store8_release(index + i, UInt8(truncatingIfNeeded: n))
        } else if mask < 65536 {
            #if arch(x86_64)
            ladon_compiler_barrier()
            #else
            ladon_fence()
            #endif
            (index + i * 2).assumingMemoryBound(to: UInt16.self).pointee = UInt16(truncatingIfNeeded: n)
        } else {
            ladon_store32_release(index + i * 4, UInt32(truncatingIfNeeded: n))
        }
    }

    /// First place of the probe sequence of `hash` that is empty. There is always one: capacity is 2/3 of the index.
    @inlinable @inline(__always) func emptyPlace(_ hash: Int) -> Int {
        let mask = self.mask
        let index = self.index
        var perturb = UInt(bitPattern: hash)
        var i = hash & mask
        while element(index, mask, i) != 0 {
            perturb >>= 5
            i = Int(bitPattern: UInt(bitPattern: i) &* 5 &+ perturb &+ 1) & mask
        }
        return i
    }

    /// Appends an entry for a key that is not in the table. The caller holds the lock, or the table is private; there is room.
    @inlinable @inline(__always) func append(_ hash: Int, _ key: Value, _ value: Value) { append(hash, key, value, at: emptyPlace(hash)) }

    /// The same when the first empty place of the key's probe sequence is known.
    @inlinable @inline(__always) func append(_ hash: Int, _ key: Value, _ value: Value, at place: Int) {
        let e = h.pointee.used
        hashes[e] = hash
        storeSlot(pairs + 2 * e + 1, value)
        storeSlot(pairs + 2 * e, key)
        h.pointee.tail = e + 1
        publish(place, e)
        ladon_store_release(base + 16, UInt(bitPattern: e + 1))
    }

    /// Deletes entry `e`; the caller holds the lock.
    @inlinable @inline(__always) func delete(_ e: Int) {
        storeSlot(pairs + 2 * e + 1, Value(bits: 0))
        storeSlot(pairs + 2 * e, .deleted)
        if h.pointee.head == e { h.pointee.head = e + 1 }
        if h.pointee.tail == e + 1 { h.pointee.tail = e }
    }

    /// Appends the live entries of `other` in their order to this private, empty table; the caller holds the other's lock.
    @inline(__always) func appendAll(_ other: DictTable) {
        let end = other.used
        let from = other.pairs
        let fromHashes = other.hashes
        let to = pairs
        let toHashes = hashes
        var n = 0
        var e = other.h.pointee.head
        while e < end {
            let value = from[2 * e + 1]
            if value.bits != 0 {
                to[2 * n] = from[2 * e]
                to[2 * n + 1] = value
                toHashes[n] = fromHashes[e]
                n += 1
            }
            e += 1
        }
        h.pointee.used = n
        h.pointee.tail = n
        let mask = self.mask
        let index = self.index
        if mask < 256 {
            DictTable.fillIndex(index.assumingMemoryBound(to: UInt8.self), mask, toHashes, n)
        } else if mask < 65536 {
            DictTable.fillIndex(index.assumingMemoryBound(to: UInt16.self), mask, toHashes, n)
        } else {
            DictTable.fillIndex(index.assumingMemoryBound(to: UInt32.self), mask, toHashes, n)
        }
    }

    /// Enters entries 0 ..< n, whose keys differ, in an empty index.
    @inline(__always) static func fillIndex<T: FixedWidthInteger>(_ index: UnsafeMutablePointer<T>, _ mask: Int, _ hashes: UnsafeMutablePointer<Int>, _ n: Int) {
        var e = 0
        while e < n {
            let hash = hashes[e]
            var i = hash & mask
            var perturb = UInt(bitPattern: hash)
            while index[i] != 0 {
                perturb >>= 5
                i = Int(bitPattern: UInt(bitPattern: i) &* 5 &+ perturb &+ 1) & mask
            }
            e += 1
            index[i] = T(truncatingIfNeeded: e)
        }
    }
}

/// The size of the index (a power of two) for `count` entries.
@inlinable func dictIndexSize(_ count: Int) -> Int {
    var size = 8
    while size * 2 / 3 < count { size <<= 1 }
    return size
}

@inlinable @inline(__always) func dictTableBytes(_ size: Int) -> (capacity: Int, bytes: Int) {
    let capacity = size * 2 / 3
    let width = size <= 256 ? 1 : size <= 65536 ? 2 : 4
    return (capacity, 56 + capacity * 24 + size * width)
}

/// An empty table with an index of `size` elements; 0 when memory is out.
@inlinable func makeDictTable(_ t: Thread, size: Int) -> UInt {
    let (capacity, bytes) = dictTableBytes(size)
    let v = newVariableCell(t, .dictTable, bytes)
    if v.isRaised { return 0 }
    let table = DictTable(v.bits)
    table.h.pointee.traced = 5 + 2 * capacity
    table.h.pointee.indexOffset = 56 + capacity * 24
    table.h.pointee.mask = size - 1
    return v.bits
}
