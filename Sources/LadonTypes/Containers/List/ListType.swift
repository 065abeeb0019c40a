// list.

import LadonRuntime

func listType() -> TypeDefinition {
    TypeDefinition(.list, "list", flags: [.baseType, .sequence, .matchSelf, .listSubclass],
                   doc: "A mutable sequence. Without argument, the new list is empty; otherwise it holds the items of the iterable.",
                   signature: "(iterable=(), /)", size: MemoryLayout<ListCell>.size, layout: containerLayout(.list),
                   slots: listSlots(), members: listMembers())
}

private func listSlots() -> [SlotEntry] {
    [
        .call(.new, list_new), .call(.initialize, list_init),
        .unary(.repr, list_repr), .unary(.hash, unhashable), .unary(.iter, list_iter), .unary(.length, list_len),
        .binary(.getItem, list_getitem), .binary(.contains, list_contains),
        .binary(.concat, list_concat), .binary(.repeat, list_repeat),
        .binary(.inplaceConcat, list_inplace_concat), .binary(.inplaceRepeat, list_inplace_repeat),
        .ternary(.compare, list_compare), .ternary(.setItem, list_setitem),
    ]
}

private func listMembers() -> [NativeMember] {
    [
        .constant("__hash__", noneConstant),
        .coexist("__getitem__", "?(self, index, /)", { t, a in list_getitem(t, a[0], a[1]) }, "x.__getitem__(y) <==> x[y]"),
        .method("append", "(self, object, /)", list_append, "Append object to the end of the list."),
        .method("clear", "(self, /)", list_clear, "Remove all items from list."),
        .method("copy", "(self, /)", list_copy, "Return a shallow copy of the list."),
        .method("count", "(self, value, /)", list_count, "Return number of occurrences of value."),
        .method("extend", "(self, iterable, /)", list_extend, "Extend list by appending elements from the iterable."),
        .method("index", "(self, value, start=0, stop=sys.maxsize, /)", list_index,
                "Return first index of value.\n\nRaises ValueError if the value is not present."),
        .method("insert", "(self, index, object, /)", list_insert, "Insert object before index."),
        .method("pop", "(self, index=-1, /)", list_pop,
                "Remove and return item at index (default last).\n\nRaises IndexError if list is empty or index is out of range."),
        .method("remove", "(self, value, /)", list_remove,
                "Remove first occurrence of value.\n\nRaises ValueError if the value is not present."),
        .method("reverse", "(self, /)", list_reverse, "Reverse *IN PLACE*."),
        .method("sort", "(self, /, *, key=None, reverse=False)", list_sort,
                "Sort the list in ascending order and return None. The sort is in-place and stable."),
        .method("__reversed__", "(self, /)", list_reversed, "Return a reverse iterator over the list."),
        .method("__sizeof__", "(self, /)", list_sizeof, "Return the size of the list in memory, in bytes."),
        .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
    ]
}

// MARK: making

/// An empty list of `type`.
func newList(_ t: Thread, _ type: TypePointer) -> Value {
    if type == builtinType(.list) { return makeList(t) }
    let v = allocateInstance(t, type, variableItems: 0)
    if !v.isRaised { v.cell(as: ListCell.self).pointee.storage = ladon_runtime.emptyTuple.bits }
    return v
}

func list_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value { newList(t, type.asType) }

func list_init(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    // A subclass with its own __new__ may take keywords that only that one reads.
    if sameSlot(typeOf(v), .new, .list) && !rejectKeywords(t, "list", names) { return .raised }
    if !checkCount(t, "list", n, 0, 1) { return .raised }
    if listCount(v) != 0 { listTake(t, v) }
    if n == 1 && listExtend(t, v, a.unsafelyUnwrapped[0]) < 0 { return .raised }
    return .none
}

// MARK: slots

func list_len(_ t: Thread, _ v: Value) -> Value { Value(smallInt: listCount(v)) }
func list_iter(_ t: Thread, _ v: Value) -> Value { makeSequenceIterator(t, .listIterator, v) }

func list_repr(_ t: Thread, _ v: Value) -> Value {
    if listCount(v) == 0 { return makeString(t, "[]") }
    let entered = reprEnter(t, v)
    if entered != 0 { return entered > 0 ? makeString(t, "[...]") : .raised }
    defer { reprLeave(t, v) }
    var b = StringBuilder(t)
    b.append("[")
    var i = 0
    while true {
        let item = listGet(t, v, i)
        if item.isMissing { break }
        if i > 0 { b.append(", ") }
        let s = repr(t, item)
        if s.isRaised { return s }
        b.append(s)
        i += 1
    }
    b.append("]")
    return b.finish()
}

func list_getitem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if key.isSmallInt {
        let i = key.smallInt
        if i >= 0 {
            let item = listGetFast(v, i)
            if item.bits != 0 { return item }
        }
        return listItem(t, v, i)
    }
    if key.isExactly(.slice) {
        while true {
            let n = listCount(v)
            guard let s = sliceIndices(t, key, n) else { return .raised }
            let r = listSlice(t, v, s.start, s.step, s.count)
            if r.isRaised || listCount(r) == s.count { return r }
        }
    }
    if key.isNone || !typeOf(key).has(.index) {
        return raise(t, .typeError, "list indices must be integers or slices, not \(typeName(key))")
    }
    guard let i = machineIndex(t, key) else { return .raised }
    return listItem(t, v, i)
}

/// v[i], negative from the end.
func listItem(_ t: Thread, _ v: Value, _ i: Int) -> Value {
    let item = i >= 0 ? listGet(t, v, i) : listGet(t, v, fromEnd: i)
    return item.isMissing ? raise(t, .indexError, "list index out of range") : item
}

func list_setitem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    if key.isExactly(.slice) { return listAssignSlice(t, v, key, value) }
    if !key.isSmallInt && (key.isNone || !typeOf(key).has(.index)) {
        return raise(t, .typeError, "list indices must be integers or slices, not \(typeName(key))")
    }
    guard let i = machineIndex(t, key) else { return .raised }
    if value.isMissing {
        return listRemove(t, v, at: i).isMissing ? raise(t, .indexError, "list assignment index out of range") : .none
    }
    return listSet(t, v, i, value) == 0 ? raise(t, .indexError, "list assignment index out of range") : .none
}

private func listAssignSlice(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    guard let bounds = sliceUnpack(t, key) else { return .raised }
    if value.isMissing {
        while true {
            let n = listCount(v)
            let s = sliceAdjust(bounds, n)
            if s.step == 1 {
                if s.stop <= s.start { return .none }
                return listReplace(t, v, s.start, s.stop, with: v.tupleItems, 0) < 0 ? .raised : .none
            }
            if listRemoveStrided(t, v, s.start, s.step, s.count, length: n) > 0 { return .none }
        }
    }
    // The right side becomes a private copy first: it may be the list itself, or run code that changes it.
    let source: Value
    if bounds.step == 1 && !isList(value) && !isTuple(value) {
        let iterator = iterate(t, value)
        if iterator.isRaised {
            if exceptionMatches(t, .typeError) { return raise(t, .typeError, "can only assign an iterable") }
            return .raised
        }
        source = iterateToList(t, iterator)
    } else {
        source = iterateToList(t, value)
        if source.isRaised && exceptionMatches(t, .typeError) && !typeOf(value).has(.iter) && !typeOf(value).has(.getItem) {
            return raise(t, .typeError, "must assign iterable to extended slice")
        }
    }
    if source.isRaised { return source }
    let count = listCount(source)
    while true {
        let n = listCount(v)
        let s = sliceAdjust(bounds, n)
        if s.step == 1 {
            let r = listReplace(t, v, s.start, max(s.start, s.stop), with: listItems(source), count)
            ladon_keep_alive(source)
            return r < 0 ? .raised : .none
        }
        if s.count != count {
            return raise(t, .valueError, "attempt to assign sequence of size \(count) to extended slice of size \(s.count)")
        }
        let done = listSetStrided(t, v, s.start, s.step, s.count, length: n, from: listItems(source))
        ladon_keep_alive(source)
        if done > 0 { return .none }
    }
}

func list_contains(_ t: Thread, _ v: Value, _ x: Value) -> Value {
    let i = listFind(t, v, x, 0, Int.max)
    return i == -2 ? .raised : Value(i >= 0)
}

/// The first index in start ..< stop whose item is or equals x; -1 none, -2 raised.
func listFind(_ t: Thread, _ v: Value, _ x: Value, _ start: Int, _ stop: Int) -> Int {
    var item = Value.none
    return listFind(t, v, x, start, stop, &item)
}

/// The same, with the item that was found.
func listFind(_ t: Thread, _ v: Value, _ x: Value, _ start: Int, _ stop: Int, _ found: inout Value) -> Int {
    var i = start
    while i < stop {
        var item = listGetFast(v, i)
        if item.bits == 0 {
            item = listGet(t, v, i)
            if item.isMissing { return -1 }
        }
        let r = sameValue(t, item, x)
        if r != 0 {
            found = item
            return r < 0 ? -2 : i
        }
        i += 1
    }
    return -1
}

func list_concat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isList(b) { return raise(t, .typeError, "can only concatenate list (not \"\(typeName(b))\") to list") }
    return listConcat(t, a, b)
}

func list_inplace_concat(_ t: Thread, _ a: Value, _ b: Value) -> Value { listExtend(t, a, b) < 0 ? .raised : a }

func list_repeat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    guard let times = repetitionCount(t, b) else { return .raised }
    let source = listToTuple(t, a)
    if source.isRaised { return source }
    let n = source.tupleCount
    if times <= 0 || n == 0 { return makeList(t) }
    let (total, overflow) = n.multipliedReportingOverflow(by: times)
    if overflow || total > 1 << 56 { return raise(t, .memoryError) }
    let storage = makeStorage(t, total)
    if storage.isRaised { return storage }
    let to = storage.storageItems
    if n == 1 {
        let x = source.tupleItems[0]
        var i = 0
        while i < total {
            to[i] = x
            i += 1
        }
    } else {
        var i = 0
        while i < total {
            copyValues(to + i, source.tupleItems, n)
            i += n
        }
    }
    ladon_keep_alive(source)
    return makeList(t, storage: storage, count: total)
}

func list_inplace_repeat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let r = list_repeat(t, a, b)
    if r.isRaised { return r }
    return listReplace(t, a, 0, Int.max, with: listItems(r), listCount(r)) < 0 ? .raised : a
}

func list_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    if !isList(a) || !isList(b) { return .notImplemented }
    let op = compareOp(o)
    if listCount(a) != listCount(b) && (op == .eq || op == .ne) { return Value(op == .ne) }
    if !hasNativeRoom(t) { return .raised }
    var i = 0
    while true {
        let x = listGet(t, a, i)
        let y = listGet(t, b, i)
        if x.isMissing || y.isMissing { break }
        let r = sameValue(t, x, y)
        if r < 0 { return .raised }
        if r == 0 {
            // Comparing may have made a list shorter.
            if i >= listCount(a) || i >= listCount(b) { break }
            if op == .eq { return .false }
            if op == .ne { return .true }
            return compare(t, x, y, op)
        }
        i += 1
    }
    return compareCounts(listCount(a), listCount(b), op)
}

// MARK: methods

func list_append(_ t: Thread, _ a: Values) -> Value { listAppend(t, a[0], a[1]) < 0 ? .raised : .none }

func list_clear(_ t: Thread, _ a: Values) -> Value {
    listTake(t, a[0])
    return .none
}

func list_copy(_ t: Thread, _ a: Values) -> Value { listCopy(t, a[0]) }

func list_count(_ t: Thread, _ a: Values) -> Value {
    var n = 0
    var i = 0
    while true {
        let item = listGet(t, a[0], i)
        if item.isMissing { return Value(smallInt: n) }
        let r = sameValue(t, item, a[1])
        if r < 0 { return .raised }
        n += r
        i += 1
    }
}

func list_extend(_ t: Thread, _ a: Values) -> Value { listExtend(t, a[0], a[1]) < 0 ? .raised : .none }

func list_index(_ t: Thread, _ a: Values) -> Value {
    guard var start = searchBound(t, a[2], 0) else { return .raised }
    guard var stop = searchBound(t, a[3], Int.max) else { return .raised }
    let n = listCount(a[0])
    if start < 0 { start = max(0, start &+ n) }
    if stop < 0 { stop = max(0, stop &+ n) }
    let i = listFind(t, a[0], a[1], start, stop)
    if i >= 0 { return Value(smallInt: i) }
    if i == -2 { return .raised }
    let r = repr(t, a[1])
    return r.isRaised ? r : raise(t, .valueError, "\(swiftString(r)) is not in list")
}

func list_insert(_ t: Thread, _ a: Values) -> Value {
    guard let i = asInt(t, a[1]) else { return .raised }
    return listInsert(t, a[0], i, a[2]) < 0 ? .raised : .none
}

func list_pop(_ t: Thread, _ a: Values) -> Value {
    guard let i = asInt(t, a[1]) else { return .raised }
    let v = listRemove(t, a[0], at: i)
    if !v.isMissing { return v }
    return raise(t, .indexError, listCount(a[0]) == 0 ? "pop from empty list" : "pop index out of range")
}

func list_remove(_ t: Thread, _ a: Values) -> Value {
    while true {
        var item = Value.none
        let i = listFind(t, a[0], a[1], 0, Int.max, &item)
        if i == -2 { return .raised }
        if i == -1 { return raise(t, .valueError, "list.remove(x): x not in list") }
        if t.pointee.locks == 0 {
            _ = listRemove(t, a[0], at: i)
            return .none
        }
        // Another thread may have moved the items since: then look again.
        if listRemove(t, a[0], at: i, ifStill: item) > 0 { return .none }
    }
}

func list_reverse(_ t: Thread, _ a: Values) -> Value {
    listReverse(t, a[0])
    return .none
}

func list_reversed(_ t: Thread, _ a: Values) -> Value { makeSequenceIterator(t, .listReverseIterator, a[0], listCount(a[0]) - 1) }

func list_sizeof(_ t: Thread, _ a: Values) -> Value {
    // CPython's cell is a word larger: programs compare sizes of lists with what they know.
    let room = listStorage(a[0]).cell(as: StorageCell.self).pointee.capacity
    return Value(smallInt: Int(typeOf(a[0]).pointee.basicSize) + 8 + room * 8)
}
