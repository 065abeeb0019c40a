// OrderedDict. A dict keeps its order already; what this type adds is reordering, equality that looks at the
// order, and views and iterators of its own.
//
// Iterators notice every change of the keys through the dict's keys version (see Dict+Cache.swift).

import LadonTypes

struct OrderedDictCell {
    var dict: DictCell
    /// `__dict__`, 0 until somebody stores an attribute.
    var attributes: Value
}

func orderedDictType() -> TypeDefinition {
    TypeDefinition(nil, "collections.OrderedDict", base: .dict, flags: [.baseType, .weakReferenceable],
                   doc: "Dictionary that remembers insertion order",
                   size: MemoryLayout<OrderedDictCell>.size, layout: Layout(prefix: 1, base: 4, flags: [.container]),
                   dictOffset: MemoryLayout<OrderedDictCell>.offset(of: \OrderedDictCell.attributes),
                   slots: [
                       .call(.new, odict_new), .call(.initialize, odict_init), .unary(.repr, odict_repr), .unary(.iter, odict_iter), .unary(.hash, unhashable),
                       .ternary(.compare, odict_compare), .binary(.or, odict_or), .binary(.inplaceOr, odict_ior),
                   ],
                   members: odictMembers())
}

private func odictMembers() -> [NativeMember] {
    [
        instanceDictMember(),
        .constant("__hash__", noneConstant),
        .method("clear", "(self, /)", odict_clear, "Remove all items."),
        .method("copy", "(self, /)", odict_copy, "A shallow copy."),
        .method("items", "(self, /)", odict_items, "A view of the items."),
        .method("keys", "(self, /)", odict_keys, "A view of the keys."),
        .method("values", "(self, /)", odict_values, "A view of the values."),
        .method("move_to_end", "(self, /, key, last=True)", odict_move_to_end,
                "Move an existing element to the end (or beginning if last is false).\n\nRaise KeyError if the element does not exist."),
        .method("pop", "(self, /, key, default=<unrepresentable>)", odict_pop,
                "Remove the key and return its value; the default, or KeyError without one, if it is not found."),
        .method("popitem", "(self, /, last=True)", odict_popitem,
                "Remove and return a (key, value) pair from the dictionary.\n\nPairs are returned in LIFO order if last is true or FIFO order if false."),
        .method("setdefault", "(self, /, key, default=None)", odict_setdefault,
                "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default."),
        .method("update", "(self, /, *args, **kwargs)", odict_update, "Update from a mapping or an iterable of pairs, then from the keyword arguments."),
        .method("__reduce__", "(self, /)", odict_reduce, "Return state information for pickling"),
        .method("__reversed__", "(self, /)", odict_reversed, "od.__reversed__() <==> reversed(od)"),
        .method("__sizeof__", "(self, /)", odict_sizeof, "Size in memory, in bytes."),
        .classMethod("fromkeys", "(cls, /, iterable, value=None)", odict_fromkeys, "Create a new ordered dictionary with keys from iterable and values set to value."),
    ]
}

func isOrderedDict(_ v: Value) -> Bool { v.isCell && isSubtype(typeOf(v), collectionsTypes.orderedDict.unsafelyUnwrapped) }
@inline(__always) private func isPlain(_ v: Value) -> Bool { typeOf(v) == collectionsTypes.orderedDict.unsafelyUnwrapped }
/// Whether item assignment is dict's own.
@inline(__always) private func storesDirectly(_ v: Value) -> Bool { typeOf(v).slot(.setItem) == builtinType(.dict).slot(.setItem) }

// MARK: making and updating

func odict_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value { allocateInstance(t, type.asType, variableItems: 0) }

func odict_init(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if n > 1 { return raise(t, .typeError, "expected at most 1 arguments, got \(n)") }
    if n == 1 && !updateFrom(t, v, a.unsafelyUnwrapped[0]) { return .raised }
    if names.bits != 0 {
        var i = 0
        while i < names.tupleCount {
            if !store(t, v, names.tupleItems[i], a.unsafelyUnwrapped[n + i]) { return .raised }
            i += 1
        }
    }
    return .none
}

@inline(__always) private func store(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Bool {
    storesDirectly(v) ? dictSet(t, v, key, value) >= 0 : setItem(t, v, key, value) >= 0
}

/// MutableMapping.update: dicts, mappings with keys() or items(), iterables of pairs; stores through v[key] = value.
private func updateFrom(_ t: Thread, _ v: Value, _ other: Value) -> Bool {
    if other.isExactly(.dict) || (isOrderedDict(other) && isPlain(other)) {
        if storesDirectly(v) { return dictMerge(t, v, other) >= 0 }
        let items = dictToList(t, other, .items)
        return !items.isRaised && storePairs(t, v, items)
    }
    let keys = getAttributeOrMissing(t, other, name(.keys))
    if keys.isRaised { return false }
    if !keys.isMissing {
        let names = call(t, keys)
        if names.isRaised { return false }
        let iterator = iterate(t, names)
        if iterator.isRaised { return false }
        while true {
            let key = next(t, iterator)
            if key.isExhausted { return true }
            if key.isRaised { return false }
            let value = getItem(t, other, key)
            if value.isRaised || !store(t, v, key, value) { return false }
        }
    }
    let items = getAttributeOrMissing(t, other, name(.items))
    if items.isRaised { return false }
    if items.isMissing { return storePairs(t, v, other) }
    let pairs = call(t, items)
    return !pairs.isRaised && storePairs(t, v, pairs)
}

private func storePairs(_ t: Thread, _ v: Value, _ pairs: Value) -> Bool {
    let iterator = iterate(t, pairs)
    if iterator.isRaised { return false }
    while true {
        let pair = next(t, iterator)
        if pair.isExhausted { return true }
        if pair.isRaised { return false }
        let items = sequenceToTuple(t, pair)
        if items.isRaised { return false }
        if items.tupleCount != 2 {
            _ = raise(t, .valueError, items.tupleCount > 2 ? "too many values to unpack (expected 2)" : "need more than \(items.tupleCount) value\(items.tupleCount == 1 ? "" : "s") to unpack")
            return false
        }
        if !store(t, v, items.tupleItems[0], items.tupleItems[1]) { return false }
    }
}

func odict_update(_ t: Thread, _ a: Values) -> Value {
    let n = a[1].tupleCount
    if n > 1 { return raise(t, .typeError, "update() takes at most 1 positional argument (\(n) given)") }
    if n == 1 && !updateFrom(t, a[0], a[1].tupleItems[0]) { return .raised }
    if a[2].isCell && dictCount(a[2]) > 0 && !updateFrom(t, a[0], a[2]) { return .raised }
    return .none
}

func odict_fromkeys(_ t: Thread, _ a: Values) -> Value {
    let d = call(t, a[0])
    if d.isRaised { return d }
    let iterator = iterate(t, a[1])
    if iterator.isRaised { return iterator }
    while true {
        let key = next(t, iterator)
        if key.isExhausted { return d }
        if key.isRaised || setItem(t, d, key, a[2]) < 0 { return .raised }
    }
}

func odict_copy(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    let exact = isPlain(v)
    let r = exact ? allocateInstance(t, typeOf(v), variableItems: 0) : call(t, typeOf(v).value)
    if r.isRaised { return r }
    if exact {
        if dictCopy(t, v, into: r) < 0 { return .raised }
    } else {
        var i = 0
        var key = Value.none
        var value = Value.none
        while dictNext(v, &i, &key, &value) {
            if setItem(t, r, key, value) < 0 { return .raised }
        }
    }
    return r
}

func odict_or(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isDict(a) || !isDict(b) { return .notImplemented }
    let type = isOrderedDict(a) ? typeOf(a) : typeOf(b)
    let r = call(t, type.value, a)
    if r.isRaised { return r }
    return updateFrom(t, r, b) ? r : .raised
}

func odict_ior(_ t: Thread, _ a: Value, _ b: Value) -> Value { updateFrom(t, a, b) ? a : .raised }

// MARK: reading

func odict_repr(_ t: Thread, _ v: Value) -> Value {
    var b = StringBuilder(t)
    b.append(typeOf(v).pointee.name)
    if dictCount(v) == 0 {
        b.append("()")
        return b.finish()
    }
    let entered = reprEnter(t, v)
    if entered != 0 { return entered > 0 ? makeString(t, "...") : .raised }
    defer { reprLeave(t, v) }
    var items: Value
    if isPlain(v) {
        items = dictToList(t, v, .items)
    } else {
        items = callMethod(t, v, .items)
        if !items.isRaised { items = iterateToList(t, items) }
    }
    if items.isRaised { return items }
    let s = repr(t, items)
    if s.isRaised { return s }
    b.append("(")
    b.append(s)
    b.append(")")
    return b.finish()
}

func odict_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    let op = compareOp(o)
    if !isDict(b) || !isDict(a) || (op != .eq && op != .ne) { return .notImplemented }
    var same = dictsEqual(t, a, b)
    if same > 0 && isOrderedDict(a) && isOrderedDict(b) && a != b {
        // Equal as dicts: now the order of the keys.
        let x = dictToList(t, a, .keys)
        if x.isRaised { return x }
        let y = dictToList(t, b, .keys)
        if y.isRaised { return y }
        same = equal(t, x, y)
    }
    return same < 0 ? .raised : Value((same > 0) == (op == .eq))
}

func odict_sizeof(_ t: Thread, _ a: Values) -> Value { Value(smallInt: Int(typeOf(a[0]).pointee.basicSize) + 16 + dictTableSize(a[0])) }

func odict_reduce(_ t: Thread, _ a: Values) -> Value {
    let state = getState(t, a[0])
    if state.isRaised { return state }
    let items = callMethod(t, a[0], .items)
    if items.isRaised { return items }
    let iterator = iterate(t, items)
    return iterator.isRaised ? iterator : makeTuple(t, typeOf(a[0]).value, ladon_runtime.emptyTuple, state, .none, iterator)
}

// MARK: changing

func odict_clear(_ t: Thread, _ a: Values) -> Value {
    dictClear(t, a[0])
    return .none
}

func odict_move_to_end(_ t: Thread, _ a: Values) -> Value {
    let last = isTrue(t, a[2])
    if last < 0 { return .raised }
    let r = dictMove(t, a[0], a[1], last: last > 0)
    return r > 0 ? .none : r < 0 ? .raised : raiseKeyError(t, a[1])
}

func odict_pop(_ t: Thread, _ a: Values) -> Value {
    let x = dictPop(t, a[0], a[1])
    if !x.isMissing { return x }
    return a[2].isMissing ? raiseKeyError(t, a[1]) : a[2]
}

func odict_popitem(_ t: Thread, _ a: Values) -> Value {
    let last = isTrue(t, a[1])
    if last < 0 { return .raised }
    var key = Value.none
    var value = Value.none
    if !dictPopItem(t, a[0], last: last > 0, &key, &value) { return raise(t, .keyError, "dictionary is empty") }
    return makeTuple(t, key, value)
}

func odict_setdefault(_ t: Thread, _ a: Values) -> Value {
    if storesDirectly(a[0]) { return dictSetDefault(t, a[0], a[1], a[2]) }
    let there = contains(t, a[0], a[1])
    if there < 0 { return .raised }
    if there > 0 { return getItem(t, a[0], a[1]) }
    return setItem(t, a[0], a[1], a[2]) < 0 ? .raised : a[2]
}
