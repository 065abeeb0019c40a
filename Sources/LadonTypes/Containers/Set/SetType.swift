// set and frozenset.

import LadonRuntime

func setType() -> TypeDefinition {
    TypeDefinition(.set, "set", flags: [.baseType, .matchSelf, .setSubclass, .weakReferenceable],
                   doc: "An unordered collection of unique, hashable elements.",
                   size: MemoryLayout<SetCell>.size, layout: containerLayout(.set),
                   slots: [
                       .call(.new, set_new), .call(.initialize, set_init), .unary(.hash, unhashable),
                       .binary(.inplaceSubtract, set_isub), .binary(.inplaceAnd, set_iand), .binary(.inplaceOr, set_ior), .binary(.inplaceXor, set_ixor),
                   ] + commonSlots(),
                   members: commonMembers() + mutatingMembers())
}

func frozenSetType() -> TypeDefinition {
    TypeDefinition(.frozenset, "frozenset", flags: [.baseType, .matchSelf, .setSubclass, .weakReferenceable],
                   doc: "An immutable, hashable, unordered collection of unique, hashable elements.",
                   size: MemoryLayout<SetCell>.size, layout: containerLayout(.frozenset),
                   slots: [.call(.new, frozenset_new), .unary(.hash, frozenset_hash)] + commonSlots(),
                   members: commonMembers())
}

private func commonSlots() -> [SlotEntry] {
    [
        .unary(.repr, set_repr), .unary(.iter, set_iter), .unary(.length, set_len), .binary(.contains, set_contains), .ternary(.compare, set_compare),
        .binary(.subtract, set_sub), .binary(.and, set_and), .binary(.or, set_or), .binary(.xor, set_xor),
    ]
}

private func commonMembers() -> [NativeMember] {
    [
        .coexist("__contains__", "?(self, item, /)", { t, a in set_contains(t, a[0], a[1]) }, "x.__contains__(y) <==> y in x."),
        .method("copy", "(self, /)", set_copy, "Return a shallow copy of a set."),
        .method("difference", "(self, /, *others)", set_difference, "Return the difference of two or more sets as a new set."),
        .method("intersection", "(self, /, *others)", set_intersection, "Return the intersection of two sets as a new set."),
        .method("isdisjoint", "(self, other, /)", set_isdisjoint, "Return True if two sets have a null intersection."),
        .method("issubset", "(self, other, /)", set_issubset, "Report whether another set contains this set."),
        .method("issuperset", "(self, other, /)", set_issuperset, "Report whether this set contains another set."),
        .method("symmetric_difference", "(self, other, /)", set_symmetric_difference, "Return the symmetric difference of two sets as a new set."),
        .method("union", "(self, /, *others)", set_union, "Return the union of sets as a new set."),
        .method("__reduce__", "(self, /)", set_reduce, "Return state information for pickling."),
        .method("__sizeof__", "(self, /)", set_sizeof, "Size in memory, in bytes."),
        .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
    ]
}

private func mutatingMembers() -> [NativeMember] {
    [
        .constant("__hash__", noneConstant),
        .method("add", "(self, object, /)", set_add, "Add an element to a set.\n\nThis has no effect if the element is already present."),
        .method("clear", "(self, /)", set_clear, "Remove all elements from this set."),
        .method("discard", "(self, object, /)", set_discard, "Remove an element from a set if it is a member."),
        .method("pop", "(self, /)", set_pop, "Remove and return an arbitrary set element.\nRaises KeyError if the set is empty."),
        .method("remove", "(self, object, /)", set_remove, "Remove an element from a set; it must be a member, or KeyError is raised."),
        .method("update", "(self, /, *others)", set_update, "Update a set with the union of itself and others."),
        .method("difference_update", "(self, /, *others)", set_difference_update, "Remove all elements of other sets from this set."),
        .method("intersection_update", "(self, /, *others)", set_intersection_update, "Update a set with the intersection of itself and others."),
        .method("symmetric_difference_update", "(self, other, /)", set_symmetric_difference_update,
                "Update a set with the symmetric difference of itself and another."),
    ]
}

// MARK: making

@inline(__always) func isFrozenSet(_ v: Value) -> Bool {
    v.isExactly(.frozenset) || (!v.isExactly(.set) && isSubtype(typeOf(v), builtinType(.frozenset)))
}

/// An empty exact set or frozenset, of the kind of `v`.
func newSetLike(_ t: Thread, _ v: Value) -> Value { isFrozenSet(v) ? makeFrozenSet(t) : makeSet(t) }

func set_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    type.asType == builtinType(.set) ? makeSet(t) : allocateInstance(t, type.asType, variableItems: 0)
}

func set_init(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "set", names) { return .raised }
    if !checkCount(t, "set", n, 0, 1) { return .raised }
    if setCount(v) != 0 { setClear(t, v) }
    return n == 1 && setUpdate(t, v, a.unsafelyUnwrapped[0]) < 0 ? .raised : .none
}

func frozenset_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    let ty = type.asType
    let exact = ty == builtinType(.frozenset)
    if (exact || sameSlot(ty, .initialize, .frozenset)) && !rejectKeywords(t, "frozenset", names) { return .raised }
    if !checkCount(t, "frozenset", n, 0, 1) { return .raised }
    if exact && n == 1 && a.unsafelyUnwrapped[0].isExactly(.frozenset) { return a.unsafelyUnwrapped[0] }
    let v = exact ? makeFrozenSet(t) : allocateInstance(t, ty, variableItems: 0)
    if v.isRaised || n == 0 { return v }
    return setUpdate(t, v, a.unsafelyUnwrapped[0]) < 0 ? .raised : v
}

// MARK: slots

func set_len(_ t: Thread, _ v: Value) -> Value { Value(smallInt: setCount(v)) }

func set_repr(_ t: Thread, _ v: Value) -> Value {
    let plain = v.isExactly(.set)
    let type = typeOf(v).pointee.name
    var b = StringBuilder(t)
    let entered = setCount(v) == 0 ? 1 : reprEnter(t, v)
    if entered < 0 { return .raised }
    if entered > 0 {
        b.append(type)
        b.append(setCount(v) == 0 ? "()" : "(...)")
        return b.finish()
    }
    defer { reprLeave(t, v) }
    let items = setToList(t, v)
    if items.isRaised { return items }
    if !plain {
        b.append(type)
        b.append("(")
    }
    b.append("{")
    var i = 0
    while i < listCount(items) {
        if i > 0 { b.append(", ") }
        let s = repr(t, listItems(items)[i])
        if s.isRaised { return s }
        b.append(s)
        i += 1
    }
    b.append(plain ? "}" : "})")
    return b.finish()
}

/// CPython's: order-independent mixing of the elements' hashes.
func frozenset_hash(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: SetCell.self)
    if c.pointee.hash != 0 { return makeInt(t, c.pointee.hash) }
    var h: UInt = 0
    var i = 0
    var key = Value.none
    var element = 0
    while setNext(v, &i, &key, &element) {
        let x = UInt(bitPattern: element)
        h ^= ((x ^ 89869747) ^ (x << 16)) &* 3644798167
    }
    // CPython also mixes in its unused places, an even number of them cancelling out: the rule below has the same result.
    h ^= (UInt(bitPattern: setCount(v)) &+ 1) &* 1927868237
    h ^= (h >> 11) ^ (h >> 25)
    h = h &* 69069 &+ 907133923
    if h == UInt.max { h = 590923713 }
    c.pointee.hash = Int(bitPattern: h)
    return makeInt(t, Int(bitPattern: h))
}

/// Runs `body` with `key`, and once more with a frozenset of it if `key` is an unhashable set.
@inline(__always) private func withSetAsKey(_ t: Thread, _ key: Value, _ body: (Value) -> Truth) -> Truth {
    let r = body(key)
    if r >= 0 || !isAnySet(key) || !exceptionMatches(t, .typeError) { return r }
    clearException(t)
    let frozen = setCopy(t, key, frozen: true)
    return frozen.isRaised ? -1 : body(frozen)
}

func set_contains(_ t: Thread, _ v: Value, _ x: Value) -> Value {
    let r = withSetAsKey(t, x) { setContains(t, v, $0) }
    return r < 0 ? .raised : Value(r > 0)
}

func set_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    if !isAnySet(a) || !isAnySet(b) { return .notImplemented }
    let n = setCount(a)
    let m = setCount(b)
    let op = compareOp(o)
    var r = 0
    switch op {
    case .eq, .ne: r = n == m ? setIsSubset(t, a, b) : 0
    case .lt: r = n < m ? setIsSubset(t, a, b) : 0
    case .le: r = setIsSubset(t, a, b)
    case .gt: r = n > m ? setIsSubset(t, b, a) : 0
    case .ge: r = setIsSubset(t, b, a)
    }
    return r < 0 ? .raised : Value((r > 0) != (op == .ne))
}

func set_or(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isAnySet(a) || !isAnySet(b) { return .notImplemented }
    let r = setCopy(t, a, frozen: isFrozenSet(a))
    if r.isRaised || a == b { return r }
    return setMerge(t, r, b) < 0 ? .raised : r
}

func set_and(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isAnySet(a) || !isAnySet(b) { return .notImplemented }
    return setIntersection(t, a, b)
}

func set_sub(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isAnySet(a) || !isAnySet(b) { return .notImplemented }
    return setDifference(t, a, b)
}

func set_xor(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isAnySet(a) || !isAnySet(b) { return .notImplemented }
    return setSymmetricDifference(t, a, b)
}

func set_ior(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isAnySet(b) { return .notImplemented }
    return setUpdate(t, a, b) < 0 ? .raised : a
}

func set_isub(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isAnySet(b) { return .notImplemented }
    return setDifferenceUpdate(t, a, b) < 0 ? .raised : a
}

func set_iand(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isAnySet(b) { return .notImplemented }
    return setIntersectionUpdate(t, a, b) < 0 ? .raised : a
}

func set_ixor(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isAnySet(b) { return .notImplemented }
    return setSymmetricDifferenceUpdate(t, a, b) < 0 ? .raised : a
}

// MARK: methods

func set_copy(_ t: Thread, _ a: Values) -> Value {
    if a[0].isExactly(.frozenset) { return a[0] }
    return setCopy(t, a[0], frozen: isFrozenSet(a[0]))
}

func set_add(_ t: Thread, _ a: Values) -> Value { setAdd(t, a[0], a[1]) < 0 ? .raised : .none }

func set_clear(_ t: Thread, _ a: Values) -> Value {
    setClear(t, a[0])
    return .none
}

func set_discard(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    return withSetAsKey(t, a[1], { setDiscard(t, v, $0) }) < 0 ? .raised : .none
}

func set_remove(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    let r = withSetAsKey(t, a[1]) { setDiscard(t, v, $0) }
    return r < 0 ? .raised : r > 0 ? .none : raiseKeyError(t, a[1])
}

func set_pop(_ t: Thread, _ a: Values) -> Value {
    let v = setPop(t, a[0])
    return v.isMissing ? raise(t, .keyError, "pop from an empty set") : v
}

func set_reduce(_ t: Thread, _ a: Values) -> Value {
    let items = setToList(t, a[0])
    if items.isRaised { return items }
    let args = makeTuple(t, items)
    if args.isRaised { return args }
    let state = getState(t, a[0])
    return state.isRaised ? state : makeTuple(t, typeOf(a[0]).value, args, state)
}

/// What object.__getstate__ answers.
public func getState(_ t: Thread, _ v: Value) -> Value { callMethod(t, v, .__getstate__) }

func set_sizeof(_ t: Thread, _ a: Values) -> Value {
    let table = setTableSize(of: a[0])
    return Value(smallInt: Int(typeOf(a[0]).pointee.basicSize) + 16 + table)
}
