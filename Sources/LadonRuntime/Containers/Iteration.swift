// Iterables into lists, and the shapes of built-in iterators.

/// What a built-in container yields, as a new list made at one stroke; `.missing` for anything else. Subclasses
/// count when they iterate as their base does.
public func snapshotToList(_ t: Thread, _ v: Value) -> Value {
    if !v.isCell { return .missing }
    switch v.id {
    case TypeID.list.rawValue: return listCopy(t, v)
    case TypeID.tuple.rawValue: return makeList(t, v.tupleItems, v.tupleCount)
    case TypeID.dict.rawValue: return dictToList(t, v, .keys)
    case TypeID.set.rawValue, TypeID.frozenset.rawValue: return setToList(t, v)
    case TypeID.dictKeys.rawValue: return dictToList(t, viewedDictionary(v), .keys)
    case TypeID.dictValues.rawValue: return dictToList(t, viewedDictionary(v), .values)
    case TypeID.dictItems.rawValue: return dictToList(t, viewedDictionary(v), .items)
    default: break
    }
    let type = typeOf(v)
    if type.pointee.flags.contains(.dictSubclass) {
        // Native subclasses (OrderedDict) differ in the iterator only.
        let plain = !type.pointee.flags.contains(.heapType) || type.slot(.iter) == builtinType(.dict).slot(.iter)
        return plain ? dictToList(t, v, .keys) : .missing
    }
    if type.pointee.flags.contains(.heapType) { return .missing }
    let base = type.pointee.base
    if base == builtinType(.dictKeys).value { return dictToList(t, viewedDictionary(v), .keys) }
    if base == builtinType(.dictValues).value { return dictToList(t, viewedDictionary(v), .values) }
    if base == builtinType(.dictItems).value { return dictToList(t, viewedDictionary(v), .items) }
    return .missing
}

/// The dict of a view: the word after the header.
@inline(__always) private func viewedDictionary(_ v: Value) -> Value { loadSlot((v.cell + 8).assumingMemoryBound(to: Value.self)) }

/// How many items an iterator has left, if it is one of the built-in ones that go over a sequence: asking them is nothing that a program
/// notices. 0 for any other. A long iteration may not be meant to be finished, so it is no more than a million.
func itemsToCome(_ iterator: Value) -> Int {
    if !iterator.isCell { return 0 }
    let n: Int
    switch iterator.id {
    case TypeID.rangeIterator.rawValue:
        n = Int(bitPattern: ladon_load_relaxed(&iterator.cell(as: RangeIteratorCell.self).pointee.remaining))
    case TypeID.listIterator.rawValue, TypeID.tupleIterator.rawValue:
        let c = iterator.cell(as: SequenceIteratorCell.self)
        let sequence = loadSlot(&c.pointee.sequence)
        if sequence.bits == 0 { return 0 }
        n = (sequence.id == TypeID.tuple.rawValue || !isList(sequence) ? sequence.tupleCount : listCount(sequence)) - c.pointee.index
    default: return 0
    }
    return max(0, min(n, 1 << 20))
}

/// The length hint of an iterable. A `map` has none to show, but yields as many items as its iterator, if that is one.
private func expectedCount(_ t: Thread, _ iterable: Value) -> Int {
    var source = iterable
    while source.isExactly(.map) {
        // Behind the header and the function.
        let iterators = loadSlot((source.cell + 16).assumingMemoryBound(to: Value.self))
        if iterators.tupleCount != 1 { break }
        source = iterators.tupleItems[0]
    }
    return source == iterable ? lengthHint(t, iterable, 8) : max(itemsToCome(source), 8)
}

/// A new list of what `iterable` yields.
public func iterateToList(_ t: Thread, _ iterable: Value) -> Value {
    let snapshot = snapshotToList(t, iterable)
    if !snapshot.isMissing { return snapshot }
    let iterator = iterate(t, iterable)
    if iterator.isRaised { return iterator }
    let hint = expectedCount(t, iterable)
    if hint < 0 { return .raised }
    // A hint that can't be met is MemoryError at once, not after filling the machine.
    if hint > 1 << 48 { return raiseMemoryError(t) }
    var room = hint > 8 ? hint : 4, n = 0
    var storage = makeStorage(t, room)
    if storage.isRaised { return storage }
    // What a built-in iterator does next, no program can change.
    let type = typeOf(iterator)
    let step = type.pointee.flags.contains(.heapType) ? nil : type.unary(.next)
    // Until it is a list, nobody else knows the storage: no lock.
    while true {
        let v = step.map { $0(t, iterator) } ?? next(t, iterator)
        if v.isExhausted || (v.isRaised && endsIteration(t)) {
            // Far fewer than the hint said.
            if room > 2 * n + 8 {
                let list = makeList(t, storage.storageItems, n)
                releaseCell(t, storage)
                return list
            }
            return makeList(t, storage: storage, count: n)
        }
        if v.isRaised { return v }
        if n == room {
            room = listGrowth(n + 1)
            let larger = makeStorage(t, room)
            if larger.isRaised { return larger }
            copyValues(larger.storageItems, storage.storageItems, n)
            releaseCell(t, storage)
            storage = larger
        }
        storeSlot(storage.storageItems + n, v)
        n += 1
        if !safepoint(t) { return .raised }
    }
}

/// Appends what `iterable` yields.
public func listExtend(_ t: Thread, _ l: Value, _ iterable: Value) -> Truth {
    if iterable.isExactly(.tuple) {
        let r = listAppend(t, l, contentsOf: iterable.tupleItems, iterable.tupleCount)
        ladon_keep_alive(iterable)
        return r
    }
    if t.pointee.locks == 0 && iterable != l && iterable.isExactly(.list) {
        let n = listCount(iterable)
        if listReserve(t, l, listCount(l) + n, exact: listCount(l) == 0) < 0 { return -1 }
        return listAppend(t, l, contentsOf: listItems(iterable), n)
    }
    let snapshot = snapshotToList(t, iterable)
    if snapshot.isRaised { return -1 }
    if !snapshot.isMissing {
        let r = listAppend(t, l, contentsOf: listItems(snapshot), listCount(snapshot))
        ladon_keep_alive(snapshot)
        return r
    }
    let iterator = iterate(t, iterable)
    if iterator.isRaised { return -1 }
    let hint = lengthHint(t, iterable, 8)
    if hint < 0 { return -1 }
    // A hint that can't be met is MemoryError at once, not after filling the machine.
    // With the list's own length it may be more than any count: then it is taken for a lie.
    if hint > 8 && hint <= Int.max - listCount(l) {
        if hint > 1 << 48 {
            _ = raiseMemoryError(t)
            return -1
        }
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
