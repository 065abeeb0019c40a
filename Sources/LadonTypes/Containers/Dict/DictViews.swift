// dict_keys, dict_values and dict_items.

import LadonRuntime

public struct DictViewCell {
    public var header: CellHeader
    public var dict: Value
}

private func viewDefinition(_ id: TypeID, _ name: StaticString, _ slots: [SlotEntry], _ members: [NativeMember]) -> TypeDefinition {
    TypeDefinition(id, name, flags: [.disallowInstantiation], size: MemoryLayout<DictViewCell>.size, layout: Layout(prefix: 1, flags: [.container]),
                   slots: slots, members: members)
}

private func setLikeSlots() -> [SlotEntry] {
    [
        .unary(.hash, unhashable), .ternary(.compare, view_compare),
        .binary(.subtract, view_sub), .binary(.and, view_and), .binary(.or, view_or), .binary(.xor, view_xor),
    ]
}

private func commonMembers() -> [NativeMember] {
    [.attribute("mapping", get: view_mapping, "dictionary that this view refers to")]
}

private func setLikeMembers() -> [NativeMember] {
    [
        .constant("__hash__", noneConstant),
        .method("isdisjoint", "(self, other, /)", view_isdisjoint, "Return True if the view and the given iterable have a null intersection."),
    ]
}

func dictKeysType() -> TypeDefinition {
    viewDefinition(.dictKeys, "dict_keys",
                   [.unary(.repr, keys_repr), .unary(.iter, keys_iter), .unary(.length, view_len), .binary(.contains, keys_contains)] + setLikeSlots(),
                   commonMembers() + setLikeMembers() + [.method("__reversed__", "(self, /)", keys_reversed, "Return a reverse iterator over the dict keys.")])
}

func dictItemsType() -> TypeDefinition {
    viewDefinition(.dictItems, "dict_items",
                   [.unary(.repr, items_repr), .unary(.iter, items_iter), .unary(.length, view_len), .binary(.contains, items_contains)] + setLikeSlots(),
                   commonMembers() + setLikeMembers() + [.method("__reversed__", "(self, /)", items_reversed, "Return a reverse iterator over the dict items.")])
}

func dictValuesType() -> TypeDefinition {
    viewDefinition(.dictValues, "dict_values",
                   [.unary(.repr, values_repr), .unary(.iter, values_iter), .unary(.length, view_len)],
                   commonMembers() + [.method("__reversed__", "(self, /)", values_reversed, "Return a reverse iterator over the dict values.")])
}

public func makeDictView(_ t: Thread, _ type: TypeID, _ d: Value) -> Value {
    let v = newCell(t, type, MemoryLayout<DictViewCell>.size)
    v.cell(as: DictViewCell.self).pointee.dict = d
    return v
}

@inline(__always) public func viewedDict(_ v: Value) -> Value { v.cell(as: DictViewCell.self).pointee.dict }

/// dict_keys, or OrderedDict's subclass of it.
func isKeysView(_ v: Value) -> Bool { v.isExactly(.dictKeys) || isSubtype(typeOf(v), builtinType(.dictKeys)) }

/// A view that behaves like a set: of keys or of items.
public func isSetView(_ v: Value) -> Bool {
    v.isExactly(.dictKeys) || v.isExactly(.dictItems) || isSubtype(typeOf(v), builtinType(.dictKeys)) || isSubtype(typeOf(v), builtinType(.dictItems))
}

func view_len(_ t: Thread, _ v: Value) -> Value { Value(smallInt: dictCount(viewedDict(v))) }
func view_mapping(_ t: Thread, _ a: Values) -> Value { makeMappingProxy(t, viewedDict(a[0])) }

func keys_iter(_ t: Thread, _ v: Value) -> Value { makeDictIterator(t, .dictKeyIterator, viewedDict(v)) }
func values_iter(_ t: Thread, _ v: Value) -> Value { makeDictIterator(t, .dictValueIterator, viewedDict(v)) }
func items_iter(_ t: Thread, _ v: Value) -> Value { makeDictIterator(t, .dictItemIterator, viewedDict(v)) }
func keys_reversed(_ t: Thread, _ a: Values) -> Value { makeDictIterator(t, .dictReverseKeyIterator, viewedDict(a[0])) }
func values_reversed(_ t: Thread, _ a: Values) -> Value { makeDictIterator(t, .dictReverseValueIterator, viewedDict(a[0])) }
func items_reversed(_ t: Thread, _ a: Values) -> Value { makeDictIterator(t, .dictReverseItemIterator, viewedDict(a[0])) }

func keys_repr(_ t: Thread, _ v: Value) -> Value { viewRepr(t, v, "dict_keys(") }
func values_repr(_ t: Thread, _ v: Value) -> Value { viewRepr(t, v, "dict_values(") }
func items_repr(_ t: Thread, _ v: Value) -> Value { viewRepr(t, v, "dict_items(") }

/// Also for the views of OrderedDict, whose prefix differs.
public func viewRepr(_ t: Thread, _ v: Value, _ prefix: StaticString) -> Value {
    let entered = reprEnter(t, v)
    if entered != 0 { return entered > 0 ? makeString(t, "...") : .raised }
    defer { reprLeave(t, v) }
    let l = iterateToList(t, v)
    if l.isRaised { return l }
    let s = repr(t, l)
    if s.isRaised { return s }
    var b = StringBuilder(t)
    b.append(prefix)
    b.append(s)
    b.append(")")
    return b.finish()
}

func keys_contains(_ t: Thread, _ v: Value, _ x: Value) -> Value { dict_contains(t, viewedDict(v), x) }

func items_contains(_ t: Thread, _ v: Value, _ x: Value) -> Value {
    if !isTuple(x) || x.tupleCount != 2 { return .false }
    let found = dictGet(t, viewedDict(v), x.tupleItems[0])
    if found.isRaised { return found }
    if found.isMissing { return .false }
    let r = sameValue(t, found, x.tupleItems[1])
    return r < 0 ? .raised : Value(r > 0)
}

// MARK: set operations. As with every binary slot, the view may be the right operand.

func viewToSet(_ t: Thread, _ v: Value) -> Value {
    let s = makeSet(t)
    if s.isRaised { return s }
    return setUpdate(t, s, isKeysView(v) ? viewedDict(v) : v) < 0 ? .raised : s
}

func view_sub(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let s = viewToSet(t, a)
    if s.isRaised { return s }
    return setDifferenceUpdate(t, s, b) < 0 ? .raised : s
}

func view_or(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let s = viewToSet(t, a)
    if s.isRaised { return s }
    return setUpdate(t, s, b) < 0 ? .raised : s
}

func view_xor(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let s = viewToSet(t, a)
    if s.isRaised { return s }
    return setSymmetricDifferenceUpdate(t, s, b) < 0 ? .raised : s
}

func view_and(_ t: Thread, _ left: Value, _ right: Value) -> Value {
    var a = left
    var b = right
    if !isSetView(a) { swap(&a, &b) }
    let count = dictCount(viewedDict(a))
    if b.isExactly(.set) && count <= setCount(b) { return setIntersection(t, b, a) }
    if isSetView(b) && dictCount(viewedDict(b)) > count { swap(&a, &b) }
    let s = makeSet(t)
    if s.isRaised { return s }
    let iterator = iterate(t, b)
    if iterator.isRaised { return iterator }
    while true {
        let x = next(t, iterator)
        if x.isExhausted { return s }
        if x.isRaised { return x }
        let there = isKeysView(a) ? keys_contains(t, a, x) : items_contains(t, a, x)
        if there.isRaised { return there }
        if there.isTrue && setAdd(t, s, x) < 0 { return .raised }
    }
}

func view_isdisjoint(_ t: Thread, _ a: Values) -> Value {
    var v = a[0]
    var other = a[1]
    if v == other { return Value(dictCount(viewedDict(v)) == 0) }
    if isAnySet(other) || isSetView(other) {
        let n = isAnySet(other) ? setCount(other) : dictCount(viewedDict(other))
        if n > dictCount(viewedDict(v)) { swap(&v, &other) }
    }
    let iterator = iterate(t, other)
    if iterator.isRaised { return iterator }
    while true {
        let x = next(t, iterator)
        if x.isExhausted { return .true }
        if x.isRaised { return x }
        let there = contains(t, v, x)
        if there != 0 { return there < 0 ? .raised : .false }
    }
}

/// Whether every item of `a` is in `b`.
private func allContained(_ t: Thread, _ a: Value, _ b: Value) -> Truth {
    let iterator = iterate(t, a)
    if iterator.isRaised { return -1 }
    while true {
        let x = next(t, iterator)
        if x.isExhausted { return 1 }
        if x.isRaised { return -1 }
        let there = contains(t, b, x)
        if there <= 0 { return there }
    }
}

func view_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    if !isAnySet(b) && !isSetView(b) { return .notImplemented }
    let op = compareOp(o)
    let n = dictCount(viewedDict(a))
    let m = isAnySet(b) ? setCount(b) : dictCount(viewedDict(b))
    var r = 0
    switch op {
    case .eq, .ne: r = n == m ? allContained(t, a, b) : 0
    case .lt: r = n < m ? allContained(t, a, b) : 0
    case .le: r = n <= m ? allContained(t, a, b) : 0
    case .gt: r = n > m ? allContained(t, b, a) : 0
    case .ge: r = n >= m ? allContained(t, b, a) : 0
    }
    return r < 0 ? .raised : Value((r > 0) != (op == .ne))
}
