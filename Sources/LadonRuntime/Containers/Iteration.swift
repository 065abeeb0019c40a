// Iterables into lists, and the shapes of built-in iterators.

/// A new list of what `iterable` yields. Exact lists, tuples, dicts, sets and ranges are read directly.
public func iterateToList(_ t: Thread, _ iterable: Value) -> Value {
    if iterable.isCell {
        switch iterable.id {
        case TypeID.list.rawValue: return listCopy(t, iterable)
        case TypeID.tuple.rawValue: return makeList(t, iterable.tupleItems, iterable.tupleCount)
        case TypeID.dict.rawValue: return dictKeysToList(t, iterable)
        case TypeID.set.rawValue, TypeID.frozenset.rawValue: return setToList(t, iterable)
        default: break
        }
    }
    let l = makeList(t)
    if l.isRaised { return l }
    return listExtend(t, l, iterable) < 0 ? .raised : l
}

/// Appends what `iterable` yields.
public func listExtend(_ t: Thread, _ l: Value, _ iterable: Value) -> Truth {
    if iterable.isCell {
        switch iterable.id {
        case TypeID.tuple.rawValue:
            let r = listAppend(t, l, contentsOf: iterable.tupleItems, iterable.tupleCount)
            ladon_keep_alive(iterable)
            return r
        case TypeID.list.rawValue:
            if t.pointee.locks == 0 && iterable != l {
                let n = listCount(iterable)
                if listReserve(t, l, listCount(l) + n, exact: listCount(l) == 0) < 0 { return -1 }
                return listAppend(t, l, contentsOf: listItems(iterable), n)
            }
            fallthrough
        case TypeID.dict.rawValue, TypeID.set.rawValue, TypeID.frozenset.rawValue:
            let copy = iterateToList(t, iterable)
            if copy.isRaised { return -1 }
            let r = listAppend(t, l, contentsOf: listItems(copy), listCount(copy))
            ladon_keep_alive(copy)
            return r
        default: break
        }
    }
    let iterator = iterate(t, iterable)
    if iterator.isRaised { return -1 }
    let hint = lengthHint(t, iterable, 8)
    if hint < 0 { return -1 }
    if hint > 8 && hint < 1 << 40 {
        if listReserve(t, l, listCount(l) + hint, exact: true) < 0 { return -1 }
    }
    while true {
        let v = next(t, iterator)
        if v.isExhausted { return 1 }
        if v.isRaised { return -1 }
        if listAppend(t, l, v) < 0 || !safepoint(t) { return -1 }
    }
}

/// A cell for the iterators that are a sequence and an index.
@inlinable public func makeSequenceIterator(_ t: Thread, _ type: TypeID, _ sequence: Value, _ index: Int = 0) -> Value {
    let v = Value(allocate(t, id: type.rawValue, bytes: MemoryLayout<SequenceIteratorCell>.size))
    if v.isRaised { return v }
    let c = v.cell(as: SequenceIteratorCell.self)
    c.pointee.sequence = sequence
    c.pointee.index = index
    return v
}
