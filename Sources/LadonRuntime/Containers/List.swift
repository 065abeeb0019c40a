// Lists: a cell that points to a storage of values.
//
// What always holds, so that readers need no lock:
//   * `storage` is a StorageCell (or the empty tuple, whose layout is that of a storage with no room).
//   * A slot at or beyond `count` is 0. A reader that meets 0 has raced or is out of range and takes the locked path.
//   * Growing replaces the storage; the old one keeps its values, so a reader that still has it reads what
//     the list held when the reader began.
//   * `count` is stored once for each change, at its end: an index at or beyond it is out of range at that moment.
//   * `moves` is odd while items move to higher places in view of readers. Who counts from the end reads it before and
//     after (a sequence lock), since the count and the item belong together only when nothing moved between.
// Writers hold the cell's lock around the commit only (see lockCell): no allocation, no Python code inside.

@inlinable @inline(__always) func listCell(_ l: Value) -> UnsafeMutablePointer<ListCell> { l.cell(as: ListCell.self) }

/// list or a subclass.
@inlinable @inline(__always) public func isList(_ v: Value) -> Bool {
    v.isCell && (v.id == TypeID.list.rawValue || typeOf(v).pointee.flags.contains(.listSubclass))
}

/// The present length.
@inlinable @inline(__always) public func listCount(_ l: Value) -> Int {
    Int(bitPattern: ladon_load_relaxed((UnsafeRawPointer(l.cell) + 16)))
}

/// The present storage, a StorageCell.
@inlinable @inline(__always) public func listStorage(_ l: Value) -> Value { Value(bits: ladon_load_acquire(UnsafeRawPointer(l.cell) + 8)) }

/// The present items. Stable only under the lock, or for a list no other thread knows.
@inlinable @inline(__always) public func listItems(_ l: Value) -> Values { listStorage(l).storageItems }

/// How many values a StorageCell has room for.
@inlinable @inline(__always) public func storageCapacity(_ s: Value) -> Int { s.cell(as: StorageCell.self).pointee.capacity }

/// A storage with room for `capacity` values, all 0.
@inlinable public func makeStorage(_ t: Thread, _ capacity: Int) -> Value {
    if capacity == 0 { return ladon_runtime.emptyTuple }
    let v = newVariableCell(t, .storage, MemoryLayout<StorageCell>.size + capacity * 8)
    if v.isRaised { return v }
    v.cell(as: StorageCell.self).pointee.capacity = capacity
    return v
}

@inlinable public func makeList(_ t: Thread) -> Value {
    let l = newCell(t, .list, MemoryLayout<ListCell>.size)
    if l.isRaised { return l }
    listCell(l).pointee.storage = ladon_runtime.emptyTuple.bits
    return l
}

/// An empty list with room for `capacity` items.
public func makeList(_ t: Thread, capacity: Int) -> Value {
    let s = makeStorage(t, capacity)
    if s.isRaised { return s }
    let l = newCell(t, .list, MemoryLayout<ListCell>.size)
    if l.isRaised { return l }
    listCell(l).pointee.storage = s.bits
    return l
}

/// A list of `count` values copied from `items`.
public func makeList(_ t: Thread, _ items: Values, _ count: Int) -> Value {
    let l = makeList(t, capacity: count)
    if l.isRaised { return l }
    copyValues(listItems(l), items, count)
    listCell(l).pointee.count = count
    return l
}

/// A list over a storage that only the caller knows, of which the first `count` slots are filled and the rest are 0.
public func makeList(_ t: Thread, storage: Value, count: Int) -> Value {
    let l = newCell(t, .list, MemoryLayout<ListCell>.size)
    if l.isRaised { return l }
    listCell(l).pointee.storage = storage.bits
    listCell(l).pointee.count = count
    return l
}

/// Empties a list that only the caller knows; what held its items may be used again at once.
func releaseListStorage(_ t: Thread, _ l: Value) {
    let storage = listStorage(l)
    listCell(l).pointee.count = 0
    setListStorage(l, ladon_runtime.emptyTuple)
    releaseCell(t, storage)
}

/// How much room a list that needs `count` slots gets when it grows.
@inlinable func listGrowth(_ count: Int) -> Int { count < 8 ? (count < 5 ? 4 : 8) : count + (count >> 1) }

/// Appends. -1 only when memory is out.
@inlinable public func listAppend(_ t: Thread, _ l: Value, _ v: Value) -> Truth {
    if t.pointee.locks == 0 {
        let c = listCell(l)
        let n = c.pointee.count
        let s = Value(bits: c.pointee.storage)
        if n < storageCapacity(s) {
            storeSlot(s.storageItems + n, v)
            c.pointee.count = n + 1
            return 1
        }
    }
    return listAppendSlow(t, l, v)
}

@usableFromInline @inline(never) func listAppendSlow(_ t: Thread, _ l: Value, _ v: Value) -> Truth {
    while true {
        lockCell(t, l)
        let n = listCount(l)
        let s = listStorage(l)
        if n < storageCapacity(s) {
            storeSlot(s.storageItems + n, v)
            setListCount(l, n + 1)
            unlockCell(t, l)
            return 1
        }
        unlockCell(t, l)
        if listReserve(t, l, n + 1) < 0 { return -1 }
    }
}

@inlinable @inline(__always) func setListCount(_ l: Value, _ n: Int) { ladon_store_release(l.cell + 16, UInt(bitPattern: n)) }
@inlinable @inline(__always) func listMoves(_ l: Value) -> UInt { ladon_load_acquire(UnsafeRawPointer(l.cell) + 24) }
/// Before the first and after the last store of a change that moves items up; under the lock. The first is ordered before
/// those stores since each is a release.
@inlinable @inline(__always) func countListMove(_ l: Value) { ladon_store_release(l.cell + 24, listMoves(l) &+ 1) }
@inlinable @inline(__always) func setListStorage(_ l: Value, _ s: Value) { ladon_store_release(l.cell + 8, s.bits) }

/// Makes room for at least `needed` items (at the time of the call). Never called with the lock held.
public func listReserve(_ t: Thread, _ l: Value, _ needed: Int, exact: Bool = false) -> Truth {
    if needed <= storageCapacity(listStorage(l)) { return 1 }
    let fresh = makeStorage(t, exact ? needed : listGrowth(needed))
    if fresh.isRaised { return -1 }
    lockCell(t, l)
    let old = listStorage(l)
    let n = listCount(l)
    if storageCapacity(old) < needed && n <= storageCapacity(fresh) {
        copyValues(fresh.storageItems, old.storageItems, n)
        setListStorage(l, fresh)
    }
    unlockCell(t, l)
    return 1
}

/// The item at `index` (no negative indexes), or `.missing` beyond the end.
public func listGet(_ t: Thread, _ l: Value, _ index: Int) -> Value {
    let s = listStorage(l)
    if UInt(bitPattern: index) < UInt(bitPattern: storageCapacity(s)) {
        let v = loadSlot(s.storageItems + index)
        if v.bits != 0 { return v }
    }
    // No lock at the end of a loop over a list that other threads loop over too.
    if UInt(bitPattern: index) >= UInt(bitPattern: listCount(l)) { return .missing }
    lockCell(t, l)
    let r: Value = UInt(bitPattern: index) < UInt(bitPattern: listCount(l)) ? listItems(l)[index] : .missing
    unlockCell(t, l)
    return r
}

/// The item at `index` counted from the end (-1: the last), or `.missing`.
public func listGet(_ t: Thread, _ l: Value, fromEnd index: Int) -> Value {
    let moves = listMoves(l)
    let n = listCount(l)
    let at = index &+ n
    if moves & 1 == 0 && UInt(bitPattern: at) < UInt(bitPattern: n) {
        let v = listGetFast(l, at)
        if v.bits != 0 && listMoves(l) == moves { return v }
    }
    lockCell(t, l)
    let end = listCount(l)
    let r: Value = UInt(bitPattern: index &+ end) < UInt(bitPattern: end) ? listItems(l)[index + end] : .missing
    unlockCell(t, l)
    return r
}

/// Replaces an item; negative indexes count from the end. 0 when out of range, nothing raised.
public func listSet(_ t: Thread, _ l: Value, _ index: Int, _ v: Value) -> Truth {
    lockCell(t, l)
    let n = listCount(l)
    let i = index < 0 ? index &+ n : index
    let inside = UInt(bitPattern: i) < UInt(bitPattern: n)
    if inside { storeSlot(listItems(l) + i, v) }
    unlockCell(t, l)
    return inside ? 1 : 0
}

/// Takes the item at `index` (negative from the end) out. `.missing` when out of range.
public func listRemove(_ t: Thread, _ l: Value, at index: Int) -> Value {
    lockCell(t, l)
    let n = listCount(l)
    let i = index < 0 ? index &+ n : index
    if UInt(bitPattern: i) >= UInt(bitPattern: n) {
        unlockCell(t, l)
        return .missing
    }
    let items = listItems(l)
    let v = items[i]
    shiftDown(items, from: i + 1, to: i, end: n)
    setListCount(l, n - 1)
    unlockCell(t, l)
    return v
}

/// Removes the item at `index` if it still is `v`. 0 when it is not.
public func listRemove(_ t: Thread, _ l: Value, at i: Int, ifStill v: Value) -> Truth {
    lockCell(t, l)
    let n = listCount(l)
    if i < n && listItems(l)[i] == v {
        shiftDown(listItems(l), from: i + 1, to: i, end: n)
        setListCount(l, n - 1)
        unlockCell(t, l)
        return 1
    }
    unlockCell(t, l)
    return 0
}

/// Moves items[from..<end] down to `to` and zeroes what they leave behind, word by word.
@inlinable @inline(__always) func shiftDown(_ items: Values, from: Int, to: Int, end: Int) {
    var i = from
    var j = to
    while i < end {
        storeSlot(items + j, items[i])
        i += 1
        j += 1
    }
    while j < end {
        storeSlot(items + j, Value(bits: 0))
        j += 1
    }
}

/// Inserts before `index`, clamped as list.insert does.
public func listInsert(_ t: Thread, _ l: Value, _ index: Int, _ v: Value) -> Truth {
    while true {
        lockCell(t, l)
        let n = listCount(l)
        let s = listStorage(l)
        if n < storageCapacity(s) {
            var i = index
            if i < 0 { i = max(0, i &+ n) }
            if i > n { i = n }
            let items = s.storageItems
            countListMove(l)
            var j = n
            while j > i {
                storeSlot(items + j, items[j - 1])
                j -= 1
            }
            storeSlot(items + i, v)
            setListCount(l, n + 1)
            countListMove(l)
            unlockCell(t, l)
            return 1
        }
        unlockCell(t, l)
        if listReserve(t, l, n + 1) < 0 { return -1 }
    }
}

/// Appends `count` values from a buffer that no other thread changes.
public func listAppend(_ t: Thread, _ l: Value, contentsOf items: Values, _ count: Int) -> Truth {
    while true {
        lockCell(t, l)
        let n = listCount(l)
        let s = listStorage(l)
        if n + count <= storageCapacity(s) {
            let to = s.storageItems + n
            var i = 0
            while i < count {
                storeSlot(to + i, items[i])
                i += 1
            }
            setListCount(l, n + count)
            unlockCell(t, l)
            return 1
        }
        unlockCell(t, l)
        if listReserve(t, l, n + count, exact: n == 0) < 0 { return -1 }
    }
}

/// Replaces items[start..<end], clamped to the list, by `count` values of a buffer that no other thread changes.
public func listReplace(_ t: Thread, _ l: Value, _ start: Int, _ end: Int, with items: Values, _ count: Int) -> Truth {
    while true {
        let seen = listStorage(l)
        let before = listCount(l)
        let low = min(max(start, 0), before)
        let high = min(max(end, low), before)
        let needed = before - (high - low) + count
        // Replacing in place is only done when nothing moves; else new storage makes the change one store.
        let fresh: Value = high - low == count ? .none : makeStorage(t, count == 0 ? needed : (needed <= storageCapacity(seen) ? storageCapacity(seen) : listGrowth(needed)))
        if fresh.isRaised { return -1 }
        lockCell(t, l)
        let old = listStorage(l)
        let n = listCount(l)
        if n != before || old != seen {
            unlockCell(t, l)
            continue
        }
        let from = old.storageItems
        if high - low == count {
            var i = 0
            while i < count {
                storeSlot(from + low + i, items[i])
                i += 1
            }
        } else {
            let to = fresh.storageItems
            copyValues(to, from, low)
            copyValues(to + low, items, count)
            copyValues(to + low + count, from + high, n - high)
            countListMove(l)
            setListStorage(l, fresh)
            setListCount(l, needed)
            countListMove(l)
        }
        unlockCell(t, l)
        return 1
    }
}

/// l[start:stop] = source, both exact lists. When the lengths are equal nothing is allocated.
func listAssignSlice(_ t: Thread, _ l: Value, _ start: Int, _ stop: Int, _ source: Value) -> Truth {
    // Another thread may change the source, and it may be the list itself: then a copy is stored.
    let fixed = t.pointee.locks == 0 && source != l ? source : listCopy(t, source)
    if fixed.isRaised { return -1 }
    let s = sliceAdjust((start, stop, 1), listCount(l))
    let r = listReplace(t, l, s.start, max(s.start, s.stop), with: listItems(fixed), listCount(fixed))
    ladon_keep_alive(fixed)
    return r
}

/// a + b, as a new list.
public func listConcat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    while true {
        let n = listCount(a), m = listCount(b)
        let r = makeList(t, capacity: n + m)
        if r.isRaised || n + m == 0 { return r }
        let to = listItems(r)
        if listCopyItems(t, a, to, n) && listCopyItems(t, b, to + n, m) {
            listCell(r).pointee.count = n + m
            return r
        }
    }
}

/// The items of the list at one moment; false if they are not `count` any more.
private func listCopyItems(_ t: Thread, _ l: Value, _ to: Values, _ count: Int) -> Bool {
    lockCell(t, l)
    let isSame = listCount(l) == count
    if isSame { copyValues(to, listItems(l), count) }
    unlockCell(t, l)
    return isSame
}

/// Removes `count` items at start, start+step, …, which lie inside a list of `length` items; 0 if the length is another by now.
public func listRemoveStrided(_ t: Thread, _ l: Value, _ start: Int, _ step: Int, _ count: Int, length: Int) -> Truth {
    if count == 0 { return 1 }
    lockCell(t, l)
    let n = listCount(l)
    if n != length {
        unlockCell(t, l)
        return 0
    }
    let first = step > 0 ? start : start + (count - 1) * step
    let stride = step > 0 ? step : -step
    let items = listItems(l)
    var to = first
    var next = first
    var left = count
    var i = first
    while i < n {
        if left > 0 && i == next {
            left -= 1
            next &+= stride
        } else {
            storeSlot(items + to, items[i])
            to += 1
        }
        i += 1
    }
    while to < n {
        storeSlot(items + to, Value(bits: 0))
        to += 1
    }
    setListCount(l, n - count)
    unlockCell(t, l)
    return 1
}

/// Stores `count` values at start, start+step, …; 0 if the length is no longer `length`.
public func listSetStrided(_ t: Thread, _ l: Value, _ start: Int, _ step: Int, _ count: Int, length: Int, from values: Values) -> Truth {
    lockCell(t, l)
    if listCount(l) != length {
        unlockCell(t, l)
        return 0
    }
    let items = listItems(l)
    var i = 0
    var at = start
    while i < count {
        storeSlot(items + at, values[i])
        i += 1
        at &+= step
    }
    unlockCell(t, l)
    return 1
}

/// Empties the list, which gets the storage `empty` (one without room), and answers its former storage and count.
@discardableResult
public func listTake(_ t: Thread, _ l: Value, leaving empty: Value = ladon_runtime.emptyTuple) -> (storage: Value, count: Int) {
    lockCell(t, l)
    let s = listStorage(l)
    let n = listCount(l)
    countListMove(l)
    setListCount(l, 0)
    setListStorage(l, empty)
    countListMove(l)
    unlockCell(t, l)
    return (s, n)
}

/// Gives the list what `listTake` took. False: it had been changed since, it was not empty with the storage `marker`.
public func listPutBack(_ t: Thread, _ l: Value, _ storage: Value, _ count: Int, inPlaceOf marker: Value) -> Bool {
    lockCell(t, l)
    let untouched = listStorage(l) == marker && listCount(l) == 0
    countListMove(l)
    setListStorage(l, storage)
    setListCount(l, count)
    countListMove(l)
    unlockCell(t, l)
    return untouched
}

/// Reverses in place; in new storage when other threads may be looking.
public func listReverse(_ t: Thread, _ l: Value) {
    lockCell(t, l)
    let items = listItems(l)
    var i = 0
    var j = listCount(l) - 1
    while i < j {
        let a = items[i]
        storeSlot(items + i, items[j])
        storeSlot(items + j, a)
        i += 1
        j -= 1
    }
    unlockCell(t, l)
}

/// The items `start`, start+step, … (`count` of them, inside the list when asked) as a new list; shorter if the list shrank meanwhile.
public func listSlice(_ t: Thread, _ l: Value, _ start: Int, _ step: Int, _ count: Int) -> Value {
    let r = makeList(t, capacity: count)
    if r.isRaised || count == 0 { return r }
    lockCell(t, l)
    let n = listCount(l)
    let from = listItems(l)
    let to = listItems(r)
    var i = 0
    if step == 1 {
        i = max(0, min(count, n &- start))
        copyValues(to, from + start, i)
    } else {
        var at = start
        while i < count && UInt(bitPattern: at) < UInt(bitPattern: n) {
            to[i] = from[at]
            i += 1
            at &+= step
        }
    }
    unlockCell(t, l)
    listCell(r).pointee.count = i
    return r
}

/// A copy of the list at one moment.
public func listCopy(_ t: Thread, _ l: Value) -> Value {
    while true {
        let n = listCount(l)
        let r = listSlice(t, l, 0, 1, n)
        if r.isRaised { return r }
        if listCount(r) == n && (t.pointee.locks == 0 || listCount(l) == n) { return r }
    }
}
