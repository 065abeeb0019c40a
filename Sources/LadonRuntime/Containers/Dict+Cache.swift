// What inline caches need of a dict: a version of its keys, and the number of an entry.
//
// A cache stores (version, entry). It hits when the dict's `keysVersion` still is that version; the entry is
// then read in the table. Order matters: load the table first, then the version. A writer clears the version
// before it replaces the table, so a reader that sees a new table can't see the old version; and in the old
// table the entry belongs to the same key for ever.

/// The process-wide counter. 32 bits: a version that comes round again after four thousand million changes could
/// only deceive a cache that was idle all the time; 0 is skipped.
nonisolated(unsafe) private var lastVersion: (UInt32, UInt32) = (0, 0)

/// The present version of the keys, a fresh one if there is none. Ordinary writes only clear it.
public func dictVersion(_ t: Thread, _ d: Value) -> UInt32 {
    let at = UnsafeMutableRawPointer(d.cell) + 24
    let present = ladon_load32_acquire(at)
    if present != 0 { return present }
    var fresh = withUnsafeMutablePointer(to: &lastVersion) { ladon_fetch_add32($0, 1) } &+ 1
    if fresh == 0 { fresh = withUnsafeMutablePointer(to: &lastVersion) { ladon_fetch_add32($0, 1) } &+ 1 }
    lockCell(t, d)
    let now = dictCell(d).pointee.keysVersion
    if now == 0 { ladon_store32_release(at, fresh) }
    unlockCell(t, d)
    return now == 0 ? fresh : now
}

/// The number of the entry of an exact str, nil when absent. No Python code runs. Ask for the version before
/// this, and use the answer only if the version is still that afterwards.
public func dictFindIndex(_ t: Thread, _ d: Value, _ key: Value) -> Int? {
    var h = key.cell(as: StrCell.self).pointee.hash
    if h == 0 { h = stringHash(key) }
    let table = dictTable(d)
    let e = dictFindString(table, key, h)
    return e < 0 || table.value(e).bits == 0 ? nil : e
}

/// The value of entry `e` in the present table; 0 when there is none.
@inlinable @inline(__always) public func dictEntryValue(_ d: Value, _ e: Int) -> Value {
    let table = dictTable(d)
    if table.isNil || e >= table.capacity { return Value(bits: 0) }
    return table.value(e)
}

/// Stores into an existing entry that a cache remembers; false (nothing done) if the version is another by now or the entry is deleted.
@inlinable @inline(__always) public func dictSetCached(_ t: Thread, _ d: Value, _ version: UInt32, _ e: Int, _ value: Value) -> Bool {
    lockCell(t, d)
    var done = false
    if dictCell(d).pointee.keysVersion == version {
        let slot = dictTable(d).pairs + 2 * e + 1
        if slot.pointee.bits != 0 {
            storeSlot(slot, value)
            done = true
        }
    }
    unlockCell(t, d)
    return done
}
