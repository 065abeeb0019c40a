// list.sort: a stable natural merge sort (Tim Peters' timsort, described in his "listsort" notes) over a
// storage that only the sorting thread knows; the list shows empty meanwhile.
//
// The comparison is a type parameter, so that lists of small integers, floats or strings are sorted without
// a call per comparison.

import LadonRuntime

func list_sort(_ t: Thread, _ a: Values) -> Value {
    let reverse: Truth = a[2].isBool ? (a[2].isTrue ? 1 : 0) : reverseArgument(t, a[2])
    if reverse < 0 { return .raised }
    return sortList(t, a[0], key: a[1], reverse: reverse > 0) ? .none : .raised
}

private func reverseArgument(_ t: Thread, _ v: Value) -> Truth {
    if v.isMissing { return 0 }
    if !isInt(v) {
        _ = raise(t, .typeError, "'\(typeName(v))' object cannot be interpreted as an integer")
        return -1
    }
    return isTrue(t, v)
}

/// Sorts in place; `key` is a callable or None. False: raised.
public func sortList(_ t: Thread, _ list: Value, key: Value, reverse: Bool) -> Bool {
    // A storage of no room that no other list has: if it is still there afterwards, nobody changed the list.
    let marker = newVariableCell(t, .storage, MemoryLayout<StorageCell>.size)
    if marker.isRaised { return false }
    let (storage, count) = listTake(t, list, leaving: marker)
    var ok = true
    if count > 1 || (count > 0 && !key.isNone && !key.isMissing) {
        let items = storage.storageItems
        if key.isNone || key.isMissing {
            ok = sortValues(t, keys: items, values: nil, count, reverse: reverse)
        } else {
            ok = sortByKey(t, items, count, key, reverse: reverse)
        }
    }
    let untouched = listPutBack(t, list, storage, count, inPlaceOf: marker)
    if ok && !untouched {
        _ = raise(t, .valueError, "list modified during sort")
        return false
    }
    return ok
}

private func sortByKey(_ t: Thread, _ items: Values, _ count: Int, _ key: Value, reverse: Bool) -> Bool {
    let keys = makeStorage(t, count)
    if keys.isRaised { return false }
    var i = 0
    while i < count {
        let k = call(t, key, items[i])
        if k.isRaised { return false }
        keys.storageItems[i] = k
        i += 1
    }
    let ok = sortValues(t, keys: keys.storageItems, values: items, count, reverse: reverse)
    ladon_keep_alive(keys)
    return ok
}

private func sortValues(_ t: Thread, keys: Values, values: Values?, _ count: Int, reverse: Bool) -> Bool {
    // Reversing before and after keeps equal items in their order.
    if reverse {
        reverseValues(keys, count)
        if let v = values { reverseValues(v, count) }
    }
    let ok: Bool
    switch commonKind(keys, count) {
    case .integers: ok = mergeSort(t, IntegerOrder(), keys, values, count)
    case .floats: ok = mergeSort(t, FloatOrder(), keys, values, count)
    case .strings: ok = mergeSort(t, StringOrder(), keys, values, count)
    case .mixed: ok = mergeSort(t, AnyOrder(), keys, values, count)
    }
    if reverse {
        reverseValues(keys, count)
        if let v = values { reverseValues(v, count) }
    }
    return ok
}

func reverseValues(_ p: Values, _ count: Int) {
    var i = 0
    var j = count - 1
    while i < j {
        let x = p[i]
        p[i] = p[j]
        p[j] = x
        i += 1
        j -= 1
    }
}

private enum SortKind { case integers, floats, strings, mixed }

private func commonKind(_ p: Values, _ count: Int) -> SortKind {
    let kind: SortKind = p[0].isSmallInt ? .integers : p[0].isExactly(.float) ? .floats : p[0].isExactly(.str) ? .strings : .mixed
    var i = 1
    while i < count {
        let v = p[i]
        switch kind {
        case .integers: if !v.isSmallInt { return .mixed }
        case .floats: if !v.isExactly(.float) { return .mixed }
        case .strings: if !v.isExactly(.str) { return .mixed }
        case .mixed: return .mixed
        }
        i += 1
    }
    return kind
}

// MARK: orders

/// `less` answers 1, 0, or -1 when the comparison raised.
protocol SortOrder {
    func less(_ t: Thread, _ a: Value, _ b: Value) -> Truth
}

struct IntegerOrder: SortOrder {
    /// The encoding keeps the order of the integers.
    @inline(__always) func less(_ t: Thread, _ a: Value, _ b: Value) -> Truth { Int(bitPattern: a.bits) < Int(bitPattern: b.bits) ? 1 : 0 }
}

struct FloatOrder: SortOrder {
    @inline(__always) func less(_ t: Thread, _ a: Value, _ b: Value) -> Truth { a.asFloat < b.asFloat ? 1 : 0 }
}

struct StringOrder: SortOrder {
    @inline(__always) func less(_ t: Thread, _ a: Value, _ b: Value) -> Truth { stringCompare(a, b) < 0 ? 1 : 0 }
}

struct AnyOrder: SortOrder {
    @inline(__always) func less(_ t: Thread, _ a: Value, _ b: Value) -> Truth { lessThan(t, a, b) }
}

/// a < b for any values; pairs of the common exact types without a call through the type.
public func lessThan(_ t: Thread, _ a: Value, _ b: Value) -> Truth {
    if Value.bothSmallInts(a, b) { return a.smallInt < b.smallInt ? 1 : 0 }
    if a.isCell && b.isCell && a.id == b.id {
        switch a.id {
        case TypeID.float.rawValue: return a.asFloat < b.asFloat ? 1 : 0
        case TypeID.str.rawValue: return stringCompare(a, b) < 0 ? 1 : 0
        case TypeID.tuple.rawValue: return tupleLess(t, a, b)
        default: break
        }
    }
    let r = compare(t, a, b, .lt)
    if r.isBool { return r.isTrue ? 1 : 0 }
    return r.isRaised ? -1 : isTrue(t, r)
}

private func tupleLess(_ t: Thread, _ a: Value, _ b: Value) -> Truth {
    if !hasNativeRoom(t) { return -1 }
    let n = min(a.tupleCount, b.tupleCount)
    var i = 0
    while i < n {
        let x = a.tupleItems[i]
        let y = b.tupleItems[i]
        let r = sameValue(t, x, y)
        if r < 0 { return -1 }
        if r == 0 { return lessThan(t, x, y) }
        i += 1
    }
    return a.tupleCount < b.tupleCount ? 1 : 0
}
