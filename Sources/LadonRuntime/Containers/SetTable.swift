// The table of a set: open addressing with the probe order, growth and therefore iteration order of
// CPython's sets, because programs print sets of numbers.
//
//   +0   header
//   +8   count of traced words that follow the count: 4 + size
//   +16  mask   size - 1, a power of two - 1
//   +24  fill   places ever used: live and deleted
//   +32  finger where pop() last stopped
//   +40  adds   counts the keys ever stored, so that a writer notices others
//   +48  size keys (0 never used, `.deleted` once used), then size hashes, raw
//
// Lookups need no lock. The hash is stored before the key, and a table that was replaced is never written
// again. Unlike in a dict, a deleted place may be given to another key (as in CPython, where the order shows
// it): a lookup that reads the old key beside the new key's hash either passes a key over that was removed
// while it looked, or compares that old key itself, which is still a right answer for the time of the lookup.

@frozen @usableFromInline struct SetTableHeader {
    @usableFromInline var header: CellHeader
    @usableFromInline var traced: Int
    @usableFromInline var mask: Int
    @usableFromInline var fill: Int
    @usableFromInline var finger: Int
    @usableFromInline var adds: Int
}

@frozen @usableFromInline struct SetTable {
    @usableFromInline let address: UInt
    @inlinable @inline(__always) init(_ address: UInt) { self.address = address }
    @inlinable @inline(__always) var isNil: Bool { address == 0 }
    @inlinable @inline(__always) var base: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped }
    @inlinable @inline(__always) var h: UnsafeMutablePointer<SetTableHeader> { UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped }
    @inlinable @inline(__always) var mask: Int { h.pointee.mask }
    @inlinable @inline(__always) var fill: Int { h.pointee.fill }
    @inlinable @inline(__always) var adds: Int { Int(bitPattern: ladon_load_acquire(base + 40)) }
    @inlinable @inline(__always) var keys: Values { (base + 48).assumingMemoryBound(to: Value.self) }
    @inlinable @inline(__always) var hashes: UnsafeMutablePointer<Int> { (base + 48 + (h.pointee.mask + 1) * 8).assumingMemoryBound(to: Int.self) }
    @inlinable @inline(__always) func key(_ i: Int) -> Value { loadSlot(keys + i) }

    /// How many neighbours are tried before the probe jumps.
    @inlinable static var linearProbes: Int { 9 }

    /// The place a key that is not in the table goes to; there always is an unused one.
    @inlinable func freePlace(_ hash: Int) -> Int {
        let mask = self.mask
        let keys = self.keys
        var perturb = UInt(bitPattern: hash)
        var i = hash & mask
        while true {
            var j = i
            let end = i + SetTable.linearProbes <= mask ? i + SetTable.linearProbes : i
            while j <= end {
                if keys[j].bits == 0 { return j }
                j += 1
            }
            perturb >>= 5
            i = Int(bitPattern: UInt(bitPattern: i) &* 5 &+ 1 &+ perturb) & mask
        }
    }

    /// Stores a key at an unused or deleted place; the caller holds the lock, or the table is private.
    @inlinable @inline(__always) func put(_ place: Int, _ hash: Int, _ key: Value) {
        if keys[place].bits == 0 { h.pointee.fill += 1 }
        hashes[place] = hash
        storeSlot(keys + place, key)
        ladon_store_release(base + 40, UInt(bitPattern: h.pointee.adds + 1) & 0xFF_FFFF_FFFF)
    }

    /// Stores a key that is not in the table.
    @inlinable @inline(__always) func insertNew(_ hash: Int, _ key: Value) { put(freePlace(hash), hash, key) }

    /// Stores the live keys of another table in its order.
    func insertAll(_ other: SetTable) {
        let n = other.mask + 1
        var i = 0
        while i < n {
            let k = other.key(i)
            if k.bits != 0 && k != .deleted { insertNew(other.hashes[i], k) }
            i += 1
        }
    }
}

/// The table size for `minimum` keys: the first power of two above it, at least 8.
@inlinable func setTableSize(_ minimum: Int) -> Int {
    var size = 8
    while size <= minimum { size <<= 1 }
    return size
}

/// 0 when memory is out.
@usableFromInline func makeSetTable(_ t: Thread, size: Int) -> UInt {
    let v = newVariableCell(t, .setTable, 48 + size * 16)
    if v.isRaised { return 0 }
    let table = SetTable(v.bits)
    table.h.pointee.traced = 4 + size
    table.h.pointee.mask = size - 1
    return v.bits
}
