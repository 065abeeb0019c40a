// Sets and frozensets: lookup, adding, removing. Both have the same cell; a frozenset is filled before
// anyone sees it. The table is described in SetTable.swift; 0 is the table of a set that never held anything.

@inlinable @inline(__always) func setCell(_ s: Value) -> UnsafeMutablePointer<SetCell> { s.cell(as: SetCell.self) }
@inlinable @inline(__always) func setTable(_ s: Value) -> SetTable { SetTable(ladon_load_acquire(UnsafeRawPointer(s.cell) + 8)) }
@inlinable @inline(__always) func storeSetTable(_ s: Value, _ table: UInt) { ladon_store_release(s.cell + 8, table) }

/// Live elements.
@inlinable @inline(__always) public func setCount(_ s: Value) -> Int { Int(bitPattern: ladon_load_relaxed(UnsafeRawPointer(s.cell) + 16)) }

/// set, frozenset or a subclass of one.
@inlinable public func isAnySet(_ v: Value) -> Bool {
    v.isCell && (v.id == TypeID.set.rawValue || v.id == TypeID.frozenset.rawValue || typeOf(v).pointee.flags.contains(.setSubclass)
        || isSubtype(typeOf(v), builtinType(.set)) || isSubtype(typeOf(v), builtinType(.frozenset)))
}

public func makeSet(_ t: Thread) -> Value { newCell(t, .set, MemoryLayout<SetCell>.size) }

/// An empty frozenset to be filled with `setAdd` before anyone sees it.
public func makeFrozenSet(_ t: Thread) -> Value { newCell(t, .frozenset, MemoryLayout<SetCell>.size) }

@frozen @usableFromInline struct SetHit {
    @usableFromInline var table: SetTable
    /// The table's `adds` when the search began.
    @usableFromInline var adds: Int
    /// Where the key is, or would go.
    @usableFromInline var place: Int
    /// 1 found, 0 absent, -1 raised.
    @usableFromInline var state: Truth
    @inlinable @inline(__always) init(_ table: SetTable, _ adds: Int, _ place: Int, _ state: Truth) {
        self.table = table; self.adds = adds; self.place = place; self.state = state
    }
}

@usableFromInline func setFind(_ t: Thread, _ s: Value, _ key: Value, _ h: Int) -> SetHit {
    restart: while true {
        let table = setTable(s)
        if table.isNil { return SetHit(table, 0, 0, 0) }
        let adds = table.adds
        let mask = table.mask
        let keys = table.keys
        let hashes = table.hashes
        var perturb = UInt(bitPattern: h)
        var i = h & mask
        // The last deleted place on the way is where a new key goes.
        var free = -1
        while true {
            var j = i
            let end = i + SetTable.linearProbes <= mask ? i + SetTable.linearProbes : i
            while j <= end {
                let k = loadSlot(keys + j)
                if k.bits == 0 { return SetHit(table, adds, free < 0 ? j : free, 0) }
                if k == key { return SetHit(table, adds, j, 1) }
                if k == .deleted {
                    free = j
                } else if hashes[j] == h {
                    let quick = sameKeyQuick(k, key)
                    if quick > 0 { return SetHit(table, adds, j, 1) }
                    if quick < 0 {
                        let r = equal(t, k, key)
                        if r < 0 { return SetHit(table, adds, j, -1) }
                        if setTable(s).address != table.address || loadSlot(keys + j) != k { continue restart }
                        if r > 0 { return SetHit(table, adds, j, 1) }
                    }
                }
                j += 1
            }
            perturb >>= 5
            i = Int(bitPattern: UInt(bitPattern: i) &* 5 &+ 1 &+ perturb) & mask
        }
    }
}

/// key in s.
public func setContains(_ t: Thread, _ s: Value, _ key: Value) -> Truth {
    let h = keyHash(t, key)
    if h == -1 { return -1 }
    return setFind(t, s, key, h).state
}

public func setContains(_ t: Thread, _ s: Value, _ key: Value, hash h: Int) -> Truth { setFind(t, s, key, h).state }

/// Adds. 1 when it was not there, 0 when it was.
public func setAdd(_ t: Thread, _ s: Value, _ key: Value) -> Truth {
    let h = keyHash(t, key)
    if h == -1 { return -1 }
    return setAdd(t, s, key, hash: h)
}

public func setAdd(_ t: Thread, _ s: Value, _ key: Value, hash h: Int) -> Truth {
    while true {
        let hit = setFind(t, s, key, h)
        if hit.state != 0 { return hit.state < 0 ? -1 : 0 }
        if hit.table.isNil {
            if !setResize(t, s, hit.table, size: 8) { return -1 }
            continue
        }
        let fill = hit.table.fill
        if fill >= hit.table.mask {
            // Several adders overtook the one that should have resized; one place must stay unused to end the probes.
            if !setResize(t, s, hit.table, size: setTableSize(setCount(s) * 4)) { return -1 }
            continue
        }
        lockCell(t, s)
        if setTable(s).address != hit.table.address || hit.table.adds != hit.adds {
            unlockCell(t, s)
            continue
        }
        hit.table.put(hit.place, h, key)
        let n = setCell(s).pointee.count + 1
        setCell(s).pointee.count = n
        let filled = hit.table.fill
        unlockCell(t, s)
        if filled != fill && filled * 5 >= hit.table.mask * 3 {
            // The key is in; a table that stays full only probes longer, so a lost race needs no second try.
            if !setResize(t, s, hit.table, size: setTableSize(n > 50000 ? n * 2 : n * 4)) { return -1 }
        }
        return 1
    }
}

/// Replaces the table by one of `size` places, unless somebody else changed it meanwhile. False: no memory.
@usableFromInline @inline(never) func setResize(_ t: Thread, _ s: Value, _ table: SetTable, size: Int) -> Bool {
    let fresh = makeSetTable(t, size: size)
    if fresh == 0 { return false }
    lockCell(t, s)
    let present = setTable(s)
    // Under contention the adders that fill the last places must not lose every time: whoever comes resizes, if it fits.
    if present.address == table.address && setCount(s) * 5 < (size - 1) * 5 - 5 {
        if !present.isNil { SetTable(fresh).insertAll(present) }
        storeSetTable(s, fresh)
    }
    unlockCell(t, s)
    return true
}

/// Removes. 0: it was not there.
public func setDiscard(_ t: Thread, _ s: Value, _ key: Value) -> Truth {
    let h = keyHash(t, key)
    if h == -1 { return -1 }
    return setDiscard(t, s, key, hash: h)
}

public func setDiscard(_ t: Thread, _ s: Value, _ key: Value, hash h: Int) -> Truth {
    while true {
        let hit = setFind(t, s, key, h)
        if hit.state <= 0 { return hit.state }
        lockCell(t, s)
        let k = hit.table.key(hit.place)
        if setTable(s).address == hit.table.address && k != .deleted {
            storeSlot(hit.table.keys + hit.place, .deleted)
            setCell(s).pointee.count -= 1
            unlockCell(t, s)
            return 1
        }
        unlockCell(t, s)
    }
}

/// Takes some element out; `.missing` when the set is empty.
public func setPop(_ t: Thread, _ s: Value) -> Value {
    lockCell(t, s)
    defer { unlockCell(t, s) }
    if setCount(s) == 0 { return .missing }
    let table = setTable(s)
    let mask = table.mask
    var i = table.h.pointee.finger & mask
    while true {
        let k = table.keys[i]
        if k.bits != 0 && k != .deleted {
            storeSlot(table.keys + i, .deleted)
            setCell(s).pointee.count -= 1
            table.h.pointee.finger = i + 1
            return k
        }
        i = i == mask ? 0 : i + 1
    }
}

public func setClear(_ t: Thread, _ s: Value) {
    lockCell(t, s)
    storeSetTable(s, 0)
    setCell(s).pointee.count = 0
    unlockCell(t, s)
}

/// Steps through the elements: begin with `i` 0, go on while true. Never locks; what is met was in the set at some time meanwhile.
public func setNext(_ s: Value, _ i: inout Int, _ key: inout Value, _ hash: inout Int) -> Bool {
    let table = setTable(s)
    if table.isNil { return false }
    let n = table.mask + 1
    while i < n {
        let k = table.key(i)
        let at = i
        i += 1
        if k.bits != 0 && k != .deleted {
            key = k
            hash = table.hashes[at]
            return true
        }
    }
    return false
}

/// The elements at one moment as a list.
public func setToList(_ t: Thread, _ s: Value) -> Value {
    while true {
        let n = setCount(s)
        let storage = makeStorage(t, n)
        if storage.isRaised { return storage }
        let out = storage.storageItems
        lockCell(t, s)
        if setCount(s) == n {
            let table = setTable(s)
            if n > 0 {
                let size = table.mask + 1
                let keys = table.keys
                var i = 0
                var j = 0
                while j < size {
                    let k = keys[j]
                    if k.bits != 0 && k != .deleted {
                        out[i] = k
                        i += 1
                    }
                    j += 1
                }
            }
            unlockCell(t, s)
            return makeList(t, storage: storage, count: n)
        }
        unlockCell(t, s)
    }
}

/// Fills the new, empty set `r` with the elements that `other` (any set) holds at one moment. -1: no memory.
public func setCopy(_ t: Thread, _ other: Value, into r: Value) -> Truth {
    while true {
        let before = setTable(other)
        let n = setCount(other)
        if before.isNil || n == 0 { return 1 }
        // As CPython's merge into an empty set: the same size if `other` has no deleted places, else what resizing asks for.
        let clean = before.fill == n
        let size = (before.mask == 7 && clean) || n * 5 < 7 * 3 ? 8 : setTableSize(n * 2)
        let same = clean && size == before.mask + 1
        let fresh = makeSetTable(t, size: size)
        if fresh == 0 { return -1 }
        let new = SetTable(fresh)
        lockCell(t, other)
        let table = setTable(other)
        if table.address != before.address || setCount(other) != n {
            unlockCell(t, other)
            continue
        }
        if same {
            var i = 0
            while i < size {
                new.keys[i] = table.keys[i]
                new.hashes[i] = table.hashes[i]
                i += 1
            }
            new.h.pointee.fill = n
        } else {
            new.insertAll(table)
        }
        unlockCell(t, other)
        lockCell(t, r)
        storeSetTable(r, fresh)
        setCell(r).pointee.count = n
        unlockCell(t, r)
        return 1
    }
}

/// A set or frozenset (exact) with the same elements.
public func setCopy(_ t: Thread, _ other: Value, frozen: Bool) -> Value {
    let r = frozen ? makeFrozenSet(t) : makeSet(t)
    return setCopy(t, other, into: r) < 0 ? .raised : r
}

/// Adds the elements of any set.
public func setMerge(_ t: Thread, _ s: Value, _ other: Value) -> Truth {
    if s == other { return 1 }
    let n = setCount(other)
    if n == 0 { return 1 }
    let own = setTable(s)
    if own.isNil || own.fill == 0 { return setCopy(t, other, into: s) }
    if (own.fill + n) * 5 >= own.mask * 3 {
        if !setResize(t, s, own, size: setTableSize((setCount(s) + n) * 2)) { return -1 }
    }
    // The table itself is the snapshot when nobody else can change it but the keys' own __eq__.
    let source = setTable(other)
    if source.isNil { return 1 }
    var i = 0
    while i <= source.mask {
        let k = source.key(i)
        if k.bits != 0 && k != .deleted {
            if setAdd(t, s, k, hash: source.hashes[i]) < 0 { return -1 }
        }
        i += 1
    }
    return 1
}

/// Adds what any iterable yields.
public func setUpdate(_ t: Thread, _ s: Value, _ iterable: Value) -> Truth {
    if isAnySet(iterable) { return setMerge(t, s, iterable) }
    if iterable.isExactly(.dict) {
        let n = dictCount(iterable)
        let own = setTable(s)
        let fill = own.isNil ? 0 : own.fill
        let mask = own.isNil ? 7 : own.mask
        if (fill + n) * 5 >= mask * 3 {
            if !setResize(t, s, own, size: setTableSize((setCount(s) + n) * 2)) { return -1 }
        }
        var i = 0
        var k = Value.none
        var v = Value.none
        var h = 0
        while dictNext(iterable, &i, &k, &v, hash: &h) {
            if setAdd(t, s, k, hash: h) < 0 { return -1 }
        }
        return 1
    }
    let iterator = iterate(t, iterable)
    if iterator.isRaised { return -1 }
    while true {
        let v = next(t, iterator)
        if v.isExhausted { return 1 }
        if v.isRaised { return -1 }
        if setAdd(t, s, v) < 0 || !safepoint(t) { return -1 }
    }
}

/// Gives `s` the table of the private set `r`, so that its elements change at one stroke.
public func setTakeTable(_ t: Thread, _ s: Value, from r: Value) {
    let table = setTable(r).address
    let n = setCount(r)
    lockCell(t, s)
    storeSetTable(s, table)
    setCell(s).pointee.count = n
    unlockCell(t, s)
}

/// Bytes of a set's table as CPython counts them: none for the smallest.
public func setTableSize(of s: Value) -> Int {
    let table = setTable(s)
    // The smallest table lies inside CPython's set object.
    return 128 + 24 + (table.isNil || table.mask == 7 ? 0 : (table.mask + 1) * 16)
}
