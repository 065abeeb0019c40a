// Dicts: looking up, storing, deleting. The table is described in DictTable.swift.
//
// Lookups take no lock. A lookup that had to call `__eq__` looks again whether table and entry are still
// what it compared, and starts over if not. Writers find their place without the lock, take it, check that
// the table and its `used` count are those they saw, and commit with a few stores.

@inlinable @inline(__always) func dictCell(_ d: Value) -> UnsafeMutablePointer<DictCell> { d.cell(as: DictCell.self) }
@inlinable @inline(__always) func dictTable(_ d: Value) -> DictTable { DictTable(ladon_load_acquire(UnsafeRawPointer(d.cell) + 8)) }
@inlinable @inline(__always) func setDictTable(_ d: Value, _ table: UInt) { ladon_store_release(d.cell + 8, table) }

/// dict or a subclass.
@inlinable @inline(__always) public func isDict(_ v: Value) -> Bool {
    v.isCell && (v.id == TypeID.dict.rawValue || typeOf(v).pointee.flags.contains(.dictSubclass))
}

@inlinable public func makeDict(_ t: Thread) -> Value {
    newCell(t, .dict, MemoryLayout<DictCell>.size)
}

/// An empty dict with room for `capacity` keys.
public func makeDict(_ t: Thread, capacity: Int) -> Value {
    if capacity == 0 { return makeDict(t) }
    let table = makeDictTable(t, size: dictIndexSize(capacity))
    if table == 0 { return .raised }
    let d = makeDict(t)
    if d.isRaised { return d }
    dictCell(d).pointee.table = table
    return d
}

/// Live entries.
@inlinable @inline(__always) public func dictCount(_ d: Value) -> Int { Int(bitPattern: ladon_load_relaxed(UnsafeRawPointer(d.cell) + 16)) }

/// The hash of an immediate integer: modulo 2^61 - 1, -1 replaced by -2.
@inlinable @inline(__always) public func smallIntHash(_ n: Int) -> Int {
    let prime = (1 << 61) - 1
    var h = n
    if h >= prime || h <= -prime { h %= prime }
    return h == -1 ? -2 : h
}

/// hash(key), quickly for exact str and int. -1: raised.
@inlinable @inline(__always) public func keyHash(_ t: Thread, _ key: Value) -> Int {
    if key.isSmallInt { return smallIntHash(key.smallInt) }
    if key.isExactly(.str) {
        let h = key.cell(as: StrCell.self).pointee.hash
        return h != 0 ? h : stringHash(key)
    }
    return hash(t, key)
}

/// Where a lookup ended: entry >= 0 found, -1 absent, -2 raised; in which table, and how many entries it had when the search began.
@frozen @usableFromInline struct DictHit {
    @usableFromInline var table: DictTable
    @usableFromInline var used: Int
    @usableFromInline var entry: Int
    /// For an absent key: the place in the index where it belongs, as long as `used` stays what it was.
    @usableFromInline var place: Int
    @inlinable @inline(__always) init(_ table: DictTable, _ used: Int, _ entry: Int, _ place: Int = 0) {
        self.table = table; self.used = used; self.entry = entry; self.place = place
    }
}

/// Whether two different words with equal hashes are the same key, if that can be said without running Python code: 1, 0, or -1 unknown.
@inlinable @inline(__always) func sameKeyQuick(_ a: Value, _ b: Value) -> Int {
    if a.isSmallInt && b.isSmallInt { return 0 }
    if a.isExactly(.str) && b.isExactly(.str) {
        if a.header.pointee.small & b.header.pointee.small & StrFlags.interned != 0 { return 0 }
        return stringEqual(a, b) ? 1 : 0
    }
    return -1
}

/// Finds a key of any type.
@usableFromInline func dictFind(_ t: Thread, _ d: Value, _ key: Value, _ h: Int) -> DictHit {
    restart: while true {
        let table = dictTable(d)
        if table.isNil { return DictHit(table, 0, -1) }
        let used = table.used
        let mask = table.mask
        let index = table.index
        let pairs = table.pairs
        let hashes = table.hashes
        var perturb = UInt(bitPattern: h)
        var i = h & mask
        while true {
            let n = table.element(index, mask, i)
            if n == 0 { return DictHit(table, used, -1, i) }
            let e = n - 1
            let k = loadSlot(pairs + 2 * e)
            if k == key { return DictHit(table, used, e) }
            if hashes[e] == h && k != .deleted {
                let quick = sameKeyQuick(k, key)
                if quick > 0 { return DictHit(table, used, e) }
                if quick < 0 {
                    let r = equal(t, k, key)
                    if r < 0 { return DictHit(table, used, -2) }
                    if dictTable(d).address != table.address || loadSlot(pairs + 2 * e) != k { continue restart }
                    if r > 0 { return DictHit(table, used, e) }
                }
            }
            perturb >>= 5
            i = Int(bitPattern: UInt(bitPattern: i) &* 5 &+ perturb &+ 1) & mask
        }
    }
}

/// Finds an exact str. Keys that are neither str nor a subclass of str are passed over, so no Python code can run.
@inlinable @inline(__always) func dictFindString(_ table: DictTable, _ key: Value, _ h: Int) -> Int {
    if table.isNil { return -1 }
    let mask = table.mask
    let index = table.index
    let pairs = table.pairs
    var perturb = UInt(bitPattern: h)
    var i = h & mask
    while true {
        let n = table.element(index, mask, i)
        if n == 0 { return -1 }
        let e = n - 1
        let k = loadSlot(pairs + 2 * e)
        if k == key { return e }
        if table.hashes[e] == h && sameString(k, key) { return e }
        perturb >>= 5
        i = Int(bitPattern: UInt(bitPattern: i) &* 5 &+ perturb &+ 1) & mask
    }
}

/// Whether `k` is a str (or a subclass's instance) with the text of the exact str `key`.
@usableFromInline @inline(never) func sameString(_ k: Value, _ key: Value) -> Bool {
    if !k.isCell { return false }
    if k.id != TypeID.str.rawValue && !typeOf(k).pointee.flags.contains(.strSubclass) { return false }
    return stringEqual(k, key)
}

/// d[key], `.missing` when absent, 0 when hashing or comparing raised.
public func dictGet(_ t: Thread, _ d: Value, _ key: Value) -> Value {
    let h = keyHash(t, key)
    if h == -1 { return .raised }
    return dictGet(t, d, key, hash: h)
}

public func dictGet(_ t: Thread, _ d: Value, _ key: Value, hash h: Int) -> Value {
    let quick = dictGetQuick(d, key, h)
    if quick.bits != 0 { return quick }
    let hit = dictFind(t, d, key, h)
    if hit.entry < 0 { return hit.entry == -1 ? .missing : .raised }
    let v = hit.table.value(hit.entry)
    return v.bits == 0 ? .missing : v
}

/// The value of a key that is in the dict as the very same object, or that is surely absent (`.missing`). 0: look properly.
@inline(__always) func dictGetQuick(_ d: Value, _ key: Value, _ h: Int) -> Value {
    let table = dictTable(d)
    if table.isNil { return .missing }
    let mask = table.mask
    let index = table.index
    let pairs = table.pairs
    var perturb = UInt(bitPattern: h)
    var i = h & mask
    while true {
        let n = table.element(index, mask, i)
        if n == 0 { return .missing }
        let pair = pairs + 2 * (n - 1)
        if loadSlot(pair) == key { return loadSlot(pair + 1) }
        if table.hashes[n - 1] == h { return Value(bits: 0) }
        perturb >>= 5
        i = Int(bitPattern: UInt(bitPattern: i) &* 5 &+ perturb &+ 1) & mask
    }
}

/// Looks an exact str up; runs no Python code and never raises. `.missing` when absent.
@inlinable public func dictGetName(_ t: Thread, _ d: Value, _ key: Value) -> Value {
    var h = key.cell(as: StrCell.self).pointee.hash
    if h == 0 { h = stringHash(key) }
    let table = dictTable(d)
    let e = dictFindString(table, key, h)
    if e < 0 { return .missing }
    let v = table.value(e)
    return v.bits == 0 ? .missing : v
}

/// key in d.
public func dictContains(_ t: Thread, _ d: Value, _ key: Value) -> Truth {
    let v = dictGet(t, d, key)
    return v.isRaised ? -1 : v.isMissing ? 0 : 1
}

/// d[key] = value.
public func dictSet(_ t: Thread, _ d: Value, _ key: Value, _ value: Value) -> Truth {
    let h = keyHash(t, key)
    if h == -1 { return -1 }
    return dictStore(t, d, key, h, value, replace: true).isRaised ? -1 : 1
}

public func dictSet(_ t: Thread, _ d: Value, _ key: Value, _ value: Value, hash h: Int) -> Truth {
    dictStore(t, d, key, h, value, replace: true).isRaised ? -1 : 1
}

/// d.setdefault(key, value): what d[key] is afterwards.
public func dictSetDefault(_ t: Thread, _ d: Value, _ key: Value, _ value: Value) -> Value {
    let h = keyHash(t, key)
    if h == -1 { return .raised }
    return dictStore(t, d, key, h, value, replace: false)
}

public func dictSetDefault(_ t: Thread, _ d: Value, _ key: Value, _ value: Value, hash h: Int) -> Value {
    dictStore(t, d, key, h, value, replace: false)
}

/// Stores under `key`, or with `replace` false leaves an existing value alone. Answers what is stored afterwards; 0 when raised.
@usableFromInline func dictStore(_ t: Thread, _ d: Value, _ key: Value, _ h: Int, _ value: Value, replace: Bool) -> Value {
    while true {
        let hit = dictFind(t, d, key, h)
        if hit.entry == -2 { return .raised }
        let table = hit.table
        if hit.entry >= 0 {
            if !replace {
                let v = table.value(hit.entry)
                if v.bits != 0 { return v }
                continue
            }
            lockCell(t, d)
            let slot = table.pairs + 2 * hit.entry + 1
            if dictTable(d).address == table.address && slot.pointee.bits != 0 {
                storeSlot(slot, value)
                unlockCell(t, d)
                return value
            }
            unlockCell(t, d)
            continue
        }
        if !table.isNil && hit.used < table.capacity {
            lockCell(t, d)
            if dictTable(d).address == table.address && table.used == hit.used {
                dictCell(d).pointee.keysVersion = 0
                table.append(h, key, value, at: hit.place)
                dictCell(d).pointee.count += 1
                unlockCell(t, d)
                return value
            }
            unlockCell(t, d)
            continue
        }
        // The key joins the new table at once: had it to be looked for again, its __eq__ would run twice.
        let grown = dictGrow(t, d, table, hit.used, room: max(5, dictCount(d) * 2), key, h, value)
        if grown != 0 { return grown < 0 ? .raised : value }
    }
}

/// Replaces a full table by one with room for `room` entries and the absent `key` (0: none) stored in it.
/// 0: somebody else changed the table meanwhile; -1: no memory.
@usableFromInline @inline(never)
func dictGrow(_ t: Thread, _ d: Value, _ table: DictTable, _ used: Int, room: Int, _ key: Value, _ h: Int, _ value: Value) -> Truth {
    let fresh = makeDictTable(t, size: dictIndexSize(room))
    if fresh == 0 { return -1 }
    let new = DictTable(fresh)
    var done = 0
    lockCell(t, d)
    if dictTable(d).address == table.address && (table.isNil || table.used == used) && dictCount(d) < new.capacity {
        if !table.isNil { new.appendAll(table) }
        dictCell(d).pointee.keysVersion = 0
        if key.bits != 0 {
            new.append(h, key, value)
            dictCell(d).pointee.count += 1
        }
        setDictTable(d, fresh)
        done = 1
    }
    unlockCell(t, d)
    ladon_keep_alive(Value(bits: fresh))
    return done
}

/// Takes a key out. Its value; `.missing` when absent; 0 when raised.
public func dictPop(_ t: Thread, _ d: Value, _ key: Value) -> Value {
    if dictCount(d) == 0 && key.isExactly(.str) { return .missing }
    let h = keyHash(t, key)
    if h == -1 { return .raised }
    return dictPop(t, d, key, hash: h)
}

public func dictPop(_ t: Thread, _ d: Value, _ key: Value, hash h: Int) -> Value {
    while true {
        let hit = dictFind(t, d, key, h)
        if hit.entry < 0 { return hit.entry == -1 ? .missing : .raised }
        lockCell(t, d)
        let v = hit.table.pairs[2 * hit.entry + 1]
        if dictTable(d).address == hit.table.address && v.bits != 0 {
            dictRemoveEntry(d, hit.table, hit.entry)
            unlockCell(t, d)
            return v
        }
        unlockCell(t, d)
    }
}

/// Under the lock: takes a live entry out.
@inline(__always) func dictRemoveEntry(_ d: Value, _ table: DictTable, _ e: Int) {
    dictCell(d).pointee.keysVersion = 0
    table.delete(e)
    dictCell(d).pointee.count -= 1
}

/// del d[key]. 0: absent, nothing raised.
public func dictDelete(_ t: Thread, _ d: Value, _ key: Value) -> Truth {
    let v = dictPop(t, d, key)
    return v.isRaised ? -1 : v.isMissing ? 0 : 1
}

/// Takes a key out while its value is still `value`, in one step: another thread sees the dict with the entry or without it, and
/// an entry stored meanwhile stays. 0: it was not there, nothing raised.
public func dictRemove(_ t: Thread, _ d: Value, _ key: Value, ifItIs value: Value) -> Truth {
    let h = keyHash(t, key)
    if h == -1 { return -1 }
    while true {
        let hit = dictFind(t, d, key, h)
        if hit.entry < 0 { return hit.entry == -1 ? 0 : -1 }
        lockCell(t, d)
        let v = hit.table.pairs[2 * hit.entry + 1]
        let isCurrent = dictTable(d).address == hit.table.address && v.bits != 0
        if isCurrent && v == value { dictRemoveEntry(d, hit.table, hit.entry) }
        unlockCell(t, d)
        if isCurrent { return v == value ? 1 : 0 }
    }
}

/// Takes the last (or the first) entry out; false when the dict is empty.
public func dictPopItem(_ t: Thread, _ d: Value, last: Bool, _ key: inout Value, _ value: inout Value) -> Bool {
    lockCell(t, d)
    let table = dictTable(d)
    if table.isNil || dictCount(d) == 0 {
        unlockCell(t, d)
        return false
    }
    var e: Int
    if last {
        e = table.h.pointee.tail - 1
        while table.pairs[2 * e + 1].bits == 0 { e -= 1 }
        table.h.pointee.tail = e + 1
    } else {
        e = table.h.pointee.head
        while table.pairs[2 * e + 1].bits == 0 { e += 1 }
        table.h.pointee.head = e
    }
    key = table.pairs[2 * e]
    value = table.pairs[2 * e + 1]
    dictRemoveEntry(d, table, e)
    unlockCell(t, d)
    return true
}

/// The first or last key at this moment, `.missing` when the dict is empty.
public func dictEndKey(_ t: Thread, _ d: Value, last: Bool) -> Value {
    lockCell(t, d)
    defer { unlockCell(t, d) }
    let table = dictTable(d)
    if table.isNil || dictCount(d) == 0 { return .missing }
    var e = last ? table.h.pointee.tail - 1 : table.h.pointee.head
    while table.pairs[2 * e + 1].bits == 0 { e += last ? -1 : 1 }
    if last { table.h.pointee.tail = e + 1 } else { table.h.pointee.head = e }
    return table.pairs[2 * e]
}

public func dictClear(_ t: Thread, _ d: Value) {
    lockCell(t, d)
    dictCell(d).pointee.keysVersion = 0
    setDictTable(d, 0)
    dictCell(d).pointee.count = 0
    unlockCell(t, d)
}

/// Moves a key to the end (or the beginning) of the order. 0: absent; -1: raised.
public func dictMove(_ t: Thread, _ d: Value, _ key: Value, last: Bool) -> Truth {
    let h = keyHash(t, key)
    if h == -1 { return -1 }
    while true {
        let hit = dictFind(t, d, key, h)
        if hit.entry < 0 { return hit.entry == -1 ? 0 : -1 }
        let table = hit.table
        let atEnd = last ? table.h.pointee.tail == hit.entry + 1 : table.h.pointee.head == hit.entry
        if atEnd && table.value(hit.entry).bits != 0 { return 1 }
        if last && hit.used < table.capacity {
            lockCell(t, d)
            let value = table.pairs[2 * hit.entry + 1]
            if dictTable(d).address == table.address && table.used == hit.used && value.bits != 0 {
                let stored = table.key(hit.entry)
                dictCell(d).pointee.keysVersion = 0
                table.delete(hit.entry)
                table.append(h, stored, value)
                unlockCell(t, d)
                return 1
            }
            unlockCell(t, d)
            continue
        }
        // A table whose order begins (or ends) with the key.
        let fresh = makeDictTable(t, size: dictIndexSize(dictCount(d) * 2))
        if fresh == 0 { return -1 }
        let new = DictTable(fresh)
        lockCell(t, d)
        let value = table.pairs[2 * hit.entry + 1]
        if dictTable(d).address == table.address && table.used == hit.used && value.bits != 0 && dictCount(d) < new.capacity {
            let stored = table.key(hit.entry)
            if !last { new.append(h, stored, value) }
            var e = table.h.pointee.head
            while e < table.used {
                let v = table.value(e)
                if v.bits != 0 && e != hit.entry { new.append(table.hash(e), table.key(e), v) }
                e += 1
            }
            if last { new.append(h, stored, value) }
            dictCell(d).pointee.keysVersion = 0
            setDictTable(d, fresh)
            unlockCell(t, d)
            return 1
        }
        unlockCell(t, d)
    }
}
