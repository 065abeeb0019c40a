// dict.

import LadonRuntime

func dictType() -> TypeDefinition {
    TypeDefinition(.dict, "dict", flags: [.baseType, .mapping, .matchSelf, .dictSubclass],
                   doc: "A mapping of hashable keys to values, in order of insertion: dict(), dict(mapping), dict(iterable of pairs), dict(**names).",
                   size: MemoryLayout<DictCell>.size, layout: containerLayout(.dict), slots: dictSlots(), members: dictMembers())
}

private func dictSlots() -> [SlotEntry] {
    [
        .call(.new, dict_new), .call(.initialize, dict_init),
        .unary(.repr, dict_repr), .unary(.hash, unhashable), .unary(.iter, dict_iter), .unary(.length, dict_len),
        .binary(.getItem, dict_getitem), .binary(.contains, dict_contains), .ternary(.setItem, dict_setitem),
        .binary(.or, dict_or), .binary(.inplaceOr, dict_ior), .ternary(.compare, dict_compare),
    ]
}

private func dictMembers() -> [NativeMember] {
    [
        .constant("__hash__", noneConstant),
        .coexist("__contains__", "(self, key, /)", { t, a in dict_contains(t, a[0], a[1]) },
                 "True if the dictionary has the specified key, else False."),
        .coexist("__getitem__", "?(self, key, /)", { t, a in dict_getitem(t, a[0], a[1]) }, "x.__getitem__(y) <==> x[y]"),
        .method("get", "(self, key, default=None, /)", dict_get, "Return the value for key if key is in the dictionary, else default."),
        .method("setdefault", "(self, key, default=None, /)", dict_setdefault,
                "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default."),
        .method("pop", "(self, key, default=<unrepresentable>, /)", dict_pop,
                "Remove the key and return its value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError."),
        .method("popitem", "(self, /)", dict_popitem,
                "Remove and return a (key, value) pair as a 2-tuple, the last one inserted.\n\nRaises KeyError if the dict is empty."),
        .method("keys", "(self, /)", dict_keys, "A set-like view of the keys."),
        .method("items", "(self, /)", dict_items, "A set-like view of the (key, value) pairs."),
        .method("values", "(self, /)", dict_values, "A view of the values."),
        .method("update", "(self, /, *args, **kwargs)", dict_update,
                "Update the dictionary from a mapping (anything with keys()), or an iterable of pairs, and then from the keyword arguments."),
        .method("clear", "(self, /)", dict_clear, "Remove all items."),
        .method("copy", "(self, /)", dict_copy, "A shallow copy."),
        .method("__reversed__", "(self, /)", dict_reversed, "Return a reverse iterator over the dict keys."),
        .method("__sizeof__", "(self, /)", dict_sizeof, "Size in memory, in bytes."),
        .classMethod("fromkeys", "(cls, iterable, value=None, /)", dict_fromkeys,
                     "Create a new dictionary with keys from iterable and values set to value."),
        .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
    ]
}

// MARK: making

public func dict_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    type.asType == builtinType(.dict) ? makeDict(t) : allocateInstance(t, type.asType, variableItems: 0)
}

public func dict_init(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !checkCount(t, "dict", n, 0, 1) { return .raised }
    if n == 1 && dictUpdate(t, v, a.unsafelyUnwrapped[0]) < 0 { return .raised }
    if names.bits != 0 {
        var i = 0
        while i < names.tupleCount {
            if dictSet(t, v, names.tupleItems[i], a.unsafelyUnwrapped[n + i]) < 0 { return .raised }
            i += 1
        }
    }
    return .none
}

// MARK: slots

public func dict_len(_ t: Thread, _ v: Value) -> Value { Value(smallInt: dictCount(v)) }
func dict_iter(_ t: Thread, _ v: Value) -> Value { makeDictIterator(t, .dictKeyIterator, v) }

public func dict_repr(_ t: Thread, _ v: Value) -> Value {
    if dictCount(v) == 0 { return makeString(t, "{}") }
    let entered = reprEnter(t, v)
    if entered != 0 { return entered > 0 ? makeString(t, "{...}") : .raised }
    defer { reprLeave(t, v) }
    var b = StringBuilder(t)
    b.append("{")
    var i = 0
    var key = Value.none
    var value = Value.none
    var first = true
    while dictNext(v, &i, &key, &value) {
        if !first { b.append(", ") }
        first = false
        let k = repr(t, key)
        if k.isRaised { return k }
        b.append(k)
        b.append(": ")
        let s = repr(t, value)
        if s.isRaised { return s }
        b.append(s)
    }
    b.append("}")
    return b.finish()
}

public func dict_getitem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    let found = dictGet(t, v, key)
    if !found.isMissing { return found }
    if !v.isExactly(.dict) {
        let method = lookupSpecial(t, v, name(.__missing__))
        if method.isRaised { return method }
        if !method.isMissing { return call(t, method, key) }
    }
    return raiseKeyError(t, key)
}

func dict_setitem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    if value.isMissing {
        let r = dictDelete(t, v, key)
        return r > 0 ? .none : r < 0 ? .raised : raiseKeyError(t, key)
    }
    return dictSet(t, v, key, value) < 0 ? .raised : .none
}

public func dict_contains(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    let r = dictContains(t, v, key)
    return r < 0 ? .raised : Value(r > 0)
}

func dict_or(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isDict(a) || !isDict(b) { return .notImplemented }
    let r = dictCopy(t, a)
    if r.isRaised { return r }
    return dictUpdate(t, r, b) < 0 ? .raised : r
}

func dict_ior(_ t: Thread, _ a: Value, _ b: Value) -> Value { dictUpdate(t, a, b) < 0 ? .raised : a }

public func dict_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    let op = compareOp(o)
    if !isDict(a) || !isDict(b) || (op != .eq && op != .ne) { return .notImplemented }
    let same = dictsEqual(t, a, b)
    return same < 0 ? .raised : Value((same > 0) == (op == .eq))
}

/// Whether two dicts have equal values under equal keys.
public func dictsEqual(_ t: Thread, _ a: Value, _ b: Value) -> Truth {
    if a == b { return 1 }
    if dictCount(a) != dictCount(b) { return 0 }
    if !hasNativeRoom(t) { return -1 }
    var i = 0
    var key = Value.none
    var value = Value.none
    while dictNext(a, &i, &key, &value) {
        let other = dictGet(t, b, key)
        if other.isRaised { return -1 }
        if other.isMissing { return 0 }
        let r = sameValue(t, value, other)
        if r <= 0 { return r }
    }
    return 1
}

// MARK: methods

func dict_get(_ t: Thread, _ a: Values) -> Value {
    let v = dictGet(t, a[0], a[1])
    return v.isMissing ? a[2] : v
}

func dict_setdefault(_ t: Thread, _ a: Values) -> Value { dictSetDefault(t, a[0], a[1], a[2]) }

func dict_pop(_ t: Thread, _ a: Values) -> Value {
    let v = dictPop(t, a[0], a[1])
    if !v.isMissing { return v }
    return a[2].isMissing ? raiseKeyError(t, a[1]) : a[2]
}

func dict_popitem(_ t: Thread, _ a: Values) -> Value {
    var key = Value.none
    var value = Value.none
    if !dictPopItem(t, a[0], last: true, &key, &value) { return raise(t, .keyError, "popitem(): dictionary is empty") }
    return makeTuple(t, key, value)
}

func dict_keys(_ t: Thread, _ a: Values) -> Value { makeDictView(t, .dictKeys, a[0]) }
func dict_values(_ t: Thread, _ a: Values) -> Value { makeDictView(t, .dictValues, a[0]) }
func dict_items(_ t: Thread, _ a: Values) -> Value { makeDictView(t, .dictItems, a[0]) }

func dict_update(_ t: Thread, _ a: Values) -> Value { updateWithArguments(t, a[0], a[1], a[2]) ? .none : .raised }

/// update(*args, **kwargs): `args` a tuple, `kwargs` a dict, 0 or missing. False: raised.
public func updateWithArguments(_ t: Thread, _ d: Value, _ args: Value, _ kwargs: Value) -> Bool {
    if !checkCount(t, "update", args.tupleCount, 0, 1) { return false }
    if args.tupleCount == 1 && dictUpdate(t, d, args.tupleItems[0]) < 0 { return false }
    if kwargs.isCell && dictCount(kwargs) > 0 && dictMerge(t, d, kwargs) < 0 { return false }
    return true
}

func dict_clear(_ t: Thread, _ a: Values) -> Value {
    dictClear(t, a[0])
    return .none
}

func dict_copy(_ t: Thread, _ a: Values) -> Value { dictCopy(t, a[0]) }

func dict_reversed(_ t: Thread, _ a: Values) -> Value { makeDictIterator(t, .dictReverseKeyIterator, a[0]) }

func dict_sizeof(_ t: Thread, _ a: Values) -> Value { Value(smallInt: Int(typeOf(a[0]).pointee.basicSize) + 16 + dictTableSize(a[0])) }

func dict_fromkeys(_ t: Thread, _ a: Values) -> Value {
    let d = call(t, a[0])
    if d.isRaised { return d }
    let iterator = iterate(t, a[1])
    if iterator.isRaised { return iterator }
    let direct = d.isExactly(.dict)
    if direct && a[1].isCell {
        let hint = a[1].isExactly(.dict) ? dictCount(a[1]) : a[1].isExactly(.set) || a[1].isExactly(.frozenset) ? setCount(a[1]) : 0
        if hint > 5 && dictReserve(t, d, hint) < 0 { return .raised }
        // The hashes are known.
        var i = 0
        var key = Value.none
        var value = Value.none
        var h = 0
        if a[1].isExactly(.dict) {
            while dictNext(a[1], &i, &key, &value, hash: &h) {
                if dictSet(t, d, key, a[2], hash: h) < 0 { return .raised }
            }
            return d
        }
        if a[1].isExactly(.set) || a[1].isExactly(.frozenset) {
            while setNext(a[1], &i, &key, &h) {
                if dictSet(t, d, key, a[2], hash: h) < 0 { return .raised }
            }
            return d
        }
    }
    while true {
        let key = next(t, iterator)
        if key.isExhausted { return d }
        if key.isRaised { return key }
        if direct {
            if dictSet(t, d, key, a[2]) < 0 { return .raised }
        } else if setItem(t, d, key, a[2]) < 0 {
            return .raised
        }
        if !safepoint(t) { return .raised }
    }
}
