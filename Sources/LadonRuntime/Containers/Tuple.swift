// Tuples: making them, and turning other things into them.
//
// A tuple is filled before anyone else sees it and never changes after; so its items are read and
// written with plain loads and stores.

/// Bytes of a tuple of `count` items; one granule of slack keeps a pointer past the last item inside the cell.
@inlinable @inline(__always) func tupleBytes(_ count: Int) -> Int { MemoryLayout<TupleCell>.size + count * 8 }

/// A tuple of `count` items, all zero: the caller fills them before publishing it. `count` 0 gives the empty tuple.
@inlinable public func makeTuple(_ t: Thread, _ count: Int) -> Value {
    if count == 0 { return ladon_runtime.emptyTuple }
    let v = newVariableCell(t, .tuple, tupleBytes(count))
    if v.isRaised { return v }
    v.cell(as: TupleCell.self).pointee.count = count
    return v
}

/// A tuple of `count` values copied from `items`.
public func makeTuple(_ t: Thread, _ items: Values, _ count: Int) -> Value {
    let v = makeTuple(t, count)
    if v.isRaised { return v }
    copyValues(v.tupleItems, items, count)
    return v
}

@inlinable public func makeTuple(_ t: Thread, _ a: Value) -> Value {
    let v = makeTuple(t, 1)
    if v.isRaised { return v }
    v.tupleItems[0] = a
    return v
}

@inlinable public func makeTuple(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let v = makeTuple(t, 2)
    if v.isRaised { return v }
    v.tupleItems[0] = a
    v.tupleItems[1] = b
    return v
}

@inlinable public func makeTuple(_ t: Thread, _ a: Value, _ b: Value, _ c: Value) -> Value {
    let v = makeTuple(t, 3)
    if v.isRaised { return v }
    v.tupleItems[0] = a
    v.tupleItems[1] = b
    v.tupleItems[2] = c
    return v
}

public func makeTuple(_ t: Thread, _ a: Value, _ b: Value, _ c: Value, _ d: Value) -> Value {
    let v = makeTuple(t, 4)
    if v.isRaised { return v }
    v.tupleItems[0] = a
    v.tupleItems[1] = b
    v.tupleItems[2] = c
    v.tupleItems[3] = d
    return v
}

public func makeTuple(_ t: Thread, _ a: Value, _ b: Value, _ c: Value, _ d: Value, _ e: Value) -> Value {
    let v = makeTuple(t, 5)
    if v.isRaised { return v }
    v.tupleItems[0] = a
    v.tupleItems[1] = b
    v.tupleItems[2] = c
    v.tupleItems[3] = d
    v.tupleItems[4] = e
    return v
}

/// tuple or a subclass.
@inlinable @inline(__always) public func isTuple(_ v: Value) -> Bool {
    v.isCell && (v.id == TypeID.tuple.rawValue || typeOf(v).pointee.flags.contains(.tupleSubclass))
}

/// Copies words one by one (never torn, unlike memcpy's promise); forward.
@inlinable @inline(__always) public func copyValues(_ to: Values, _ from: Values, _ count: Int) {
    var i = 0
    while i < count {
        to[i] = from[i]
        i += 1
    }
}

/// The items from `start` on, `count` of them, as a tuple. The whole exact tuple is itself.
public func tupleSlice(_ t: Thread, _ v: Value, _ start: Int, _ count: Int) -> Value {
    if count == v.tupleCount && v.isExactly(.tuple) { return v }
    let r = makeTuple(t, count)
    if r.isRaised { return r }
    copyValues(r.tupleItems, v.tupleItems + start, count)
    ladon_keep_alive(v)
    return r
}

/// a + b.
public func tupleConcat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let n = a.tupleCount
    let m = b.tupleCount
    if n == 0 && b.isExactly(.tuple) { return b }
    if m == 0 && a.isExactly(.tuple) { return a }
    let r = makeTuple(t, n + m)
    if r.isRaised { return r }
    copyValues(r.tupleItems, a.tupleItems, n)
    copyValues(r.tupleItems + n, b.tupleItems, m)
    ladon_keep_alive(a)
    ladon_keep_alive(b)
    return r
}

/// The items of a list at one moment, as a tuple.
public func listToTuple(_ t: Thread, _ l: Value) -> Value {
    while true {
        let room = listCount(l)
        if room == 0 { return ladon_runtime.emptyTuple }
        let r = makeTuple(t, room)
        if r.isRaised { return r }
        lockCell(t, l)
        let n = listCount(l)
        if n == room {
            copyValues(r.tupleItems, listItems(l), n)
            unlockCell(t, l)
            return r
        }
        unlockCell(t, l)
    }
}

/// `tuple(v)`: an exact tuple is itself.
public func sequenceToTuple(_ t: Thread, _ v: Value) -> Value {
    if v.isExactly(.tuple) { return v }
    if v.isExactly(.list) { return listToTuple(t, v) }
    let l = iterateToList(t, v)
    if l.isRaised { return l }
    let r = listToTuple(t, l)
    releaseListStorage(t, l)
    return r
}

/// The same where CPython asks the iterator for a length hint and not the iterable (PySequence_Fast).
public func sequenceItems(_ t: Thread, _ v: Value) -> Value {
    if !typeOf(v).pointee.flags.contains(.heapType) { return sequenceToTuple(t, v) }
    let iterator = iterate(t, v)
    return iterator.isRaised ? iterator : sequenceToTuple(t, iterator)
}
