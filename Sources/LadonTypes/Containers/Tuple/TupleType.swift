// tuple.

import LadonRuntime

func tupleType() -> TypeDefinition {
    TypeDefinition(.tuple, "tuple", flags: [.baseType, .sequence, .matchSelf, .tupleSubclass],
                   doc: "An immutable sequence. Without argument, the empty tuple; a tuple given as argument is itself the result.",
                   signature: "(iterable=(), /)", size: MemoryLayout<TupleCell>.size, itemSize: 8, layout: containerLayout(.tuple),
                   slots: [
                       .call(.new, tuple_new),
                       .unary(.repr, tuple_repr), .unary(.hash, tuple_hash), .unary(.iter, tuple_iter), .unary(.length, tuple_len),
                       .binary(.getItem, tuple_getitem), .binary(.contains, tuple_contains),
                       .binary(.concat, tuple_concat), .binary(.repeat, tuple_repeat), .ternary(.compare, tuple_compare),
                   ],
                   members: tupleMembers())
}

private func tupleMembers() -> [NativeMember] {
    [
        .method("count", "(self, value, /)", tuple_count, "Return number of occurrences of value."),
        .method("index", "(self, value, start=0, stop=sys.maxsize, /)", tuple_index,
                "Return first index of value.\n\nRaises ValueError if the value is not present."),
        .method("__getnewargs__", "(self, /)", tuple_getnewargs),
        .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
    ]
}

func tuple_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    let ty = type.asType
    if sameSlot(ty, .initialize, .tuple) && !rejectKeywords(t, "tuple", names) { return .raised }
    if !checkCount(t, "tuple", n, 0, 1) { return .raised }
    let items = n == 0 ? ladon_runtime.emptyTuple : sequenceToTuple(t, a.unsafelyUnwrapped[0])
    if items.isRaised || ty == builtinType(.tuple) { return items }
    return newTuple(t, ty, items)
}

/// An instance of a subclass with the items of an exact tuple.
func newTuple(_ t: Thread, _ type: TypePointer, _ items: Value) -> Value {
    let count = items.tupleCount
    let v = allocateInstance(t, type, variableItems: count)
    if v.isRaised { return v }
    v.cell(as: TupleCell.self).pointee.count = count
    copyValues(v.tupleItems, items.tupleItems, count)
    ladon_keep_alive(items)
    return v
}

func tuple_len(_ t: Thread, _ v: Value) -> Value { Value(smallInt: v.tupleCount) }
func tuple_iter(_ t: Thread, _ v: Value) -> Value { makeSequenceIterator(t, .tupleIterator, v) }

func tuple_repr(_ t: Thread, _ v: Value) -> Value {
    let n = v.tupleCount
    if n == 0 { return makeString(t, "()") }
    let entered = reprEnter(t, v)
    if entered != 0 { return entered > 0 ? makeString(t, "(...)") : .raised }
    defer { reprLeave(t, v) }
    var b = StringBuilder(t)
    b.append("(")
    var i = 0
    while i < n {
        if i > 0 { b.append(", ") }
        let s = repr(t, v.tupleItems[i])
        if s.isRaised { return s }
        b.append(s)
        i += 1
    }
    b.append(n == 1 ? ",)" : ")")
    return b.finish()
}

/// CPython's: xxHash's 64-bit round over the items' hashes.
func tuple_hash(_ t: Thread, _ v: Value) -> Value {
    let prime1: UInt = 11400714785074694791
    let prime2: UInt = 14029467366897019727
    let prime5: UInt = 2870177450012600261
    if !hasNativeRoom(t) { return .raised }
    let n = v.tupleCount
    var acc = prime5
    var i = 0
    while i < n {
        let lane = keyHash(t, v.tupleItems[i])
        if lane == -1 { return .raised }
        acc = acc &+ UInt(bitPattern: lane) &* prime2
        acc = (acc << 31) | (acc >> 33)
        acc = acc &* prime1
        i += 1
    }
    acc = acc &+ (UInt(n) ^ (prime5 ^ 3527539))
    if acc == UInt.max { acc = 1546275796 }
    return makeInt(t, Int(bitPattern: acc))
}

func tuple_getitem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if key.isSmallInt {
        let item = tupleGetFast(v, key.smallInt)
        return item.bits != 0 ? item : raise(t, .indexError, "tuple index out of range")
    }
    if key.isExactly(.slice) {
        guard let s = sliceIndices(t, key, v.tupleCount) else { return .raised }
        if s.step == 1 { return tupleSlice(t, v, s.start, s.count) }
        let r = makeTuple(t, s.count)
        if r.isRaised { return r }
        var i = 0
        var at = s.start
        while i < s.count {
            r.tupleItems[i] = v.tupleItems[at]
            i += 1
            at &+= s.step
        }
        return r
    }
    if key.isNone || !typeOf(key).has(.index) {
        return raise(t, .typeError, "tuple indices must be integers or slices, not \(typeName(key))")
    }
    guard let i = machineIndex(t, key) else { return .raised }
    let item = tupleGetFast(v, i)
    return item.bits != 0 ? item : raise(t, .indexError, "tuple index out of range")
}

func tuple_contains(_ t: Thread, _ v: Value, _ x: Value) -> Value {
    let n = v.tupleCount
    var i = 0
    while i < n {
        let r = sameValue(t, v.tupleItems[i], x)
        if r != 0 { return r < 0 ? .raised : .true }
        i += 1
    }
    return .false
}

func tuple_concat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isTuple(b) { return raise(t, .typeError, "can only concatenate tuple (not \"\(typeName(b))\") to tuple") }
    return tupleConcat(t, a, b)
}

func tuple_repeat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    guard let times = repetitionCount(t, b) else { return .raised }
    let n = a.tupleCount
    if a.isExactly(.tuple) && (n == 0 || times == 1) { return a }
    if n == 0 || times <= 0 { return ladon_runtime.emptyTuple }
    let (total, overflow) = n.multipliedReportingOverflow(by: times)
    if overflow || total > 1 << 56 { return raise(t, .memoryError) }
    let r = makeTuple(t, total)
    if r.isRaised { return r }
    var i = 0
    while i < total {
        copyValues(r.tupleItems + i, a.tupleItems, n)
        i += n
    }
    ladon_keep_alive(a)
    return r
}

func tuple_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    if !isTuple(a) || !isTuple(b) { return .notImplemented }
    let op = compareOp(o)
    if !hasNativeRoom(t) { return .raised }
    let n = a.tupleCount
    let m = b.tupleCount
    var i = 0
    while i < n && i < m {
        let x = a.tupleItems[i]
        let y = b.tupleItems[i]
        let r = sameValue(t, x, y)
        if r < 0 { return .raised }
        if r == 0 {
            if op == .eq { return .false }
            if op == .ne { return .true }
            return compare(t, x, y, op)
        }
        i += 1
    }
    return compareCounts(n, m, op)
}

func tuple_count(_ t: Thread, _ a: Values) -> Value {
    var found = 0
    var i = 0
    while i < a[0].tupleCount {
        let r = sameValue(t, a[0].tupleItems[i], a[1])
        if r < 0 { return .raised }
        found += r
        i += 1
    }
    return Value(smallInt: found)
}

func tuple_index(_ t: Thread, _ a: Values) -> Value {
    guard var start = searchBound(t, a[2], 0) else { return .raised }
    guard var stop = searchBound(t, a[3], Int.max) else { return .raised }
    let n = a[0].tupleCount
    if start < 0 { start = max(0, start &+ n) }
    if stop < 0 { stop = max(0, stop &+ n) }
    var i = start
    while i < min(stop, n) {
        let r = sameValue(t, a[0].tupleItems[i], a[1])
        if r != 0 { return r < 0 ? .raised : Value(smallInt: i) }
        i += 1
    }
    return raise(t, .valueError, "tuple.index(x): x not in tuple")
}

func tuple_getnewargs(_ t: Thread, _ a: Values) -> Value {
    let copy = a[0].isExactly(.tuple) ? a[0] : makeTuple(t, a[0].tupleItems, a[0].tupleCount)
    return copy.isRaised ? copy : makeTuple(t, copy)
}
