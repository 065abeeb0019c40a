// The container types and built-in iterators, and what their methods share.

@_exported import LadonRuntime

/// Every type of this folder, each after its base. `installType` is called for them in order.
public func containerTypes() -> [() -> TypeDefinition] {
    [
        listType, tupleType, dictType, setType, frozenSetType, rangeType, sliceType,
        dictKeysType, dictValuesType, dictItemsType,
        dictKeyIteratorType, dictValueIteratorType, dictItemIteratorType,
        dictReverseKeyIteratorType, dictReverseValueIteratorType, dictReverseItemIteratorType,
        listIteratorType, listReverseIteratorType, tupleIteratorType, setIteratorType,
        rangeIteratorType, longRangeIteratorType, sequenceIteratorType, callableIteratorType,
        enumerateType, zipType, mapType, filterType, reversedType,
    ]
}

/// `iter(v)` for the types that are their own iterator.
public func iterSelf(_ t: Thread, _ v: Value) -> Value { v }

/// What `hash()` of a mutable container does.
public func unhashable(_ t: Thread, _ v: Value) -> Value { raise(t, .typeError, "unhashable type: '\(typeName(v))'") }

/// `__hash__ = None` in the type's dict.
public func noneConstant(_ t: Thread, _ a: Values) -> Value { .none }

/// `X.__class_getitem__`.
public func genericClassGetItem(_ t: Thread, _ a: Values) -> Value { makeGenericAlias(t, a[0], a[1]) }

/// A slot's function found in a type made by Python code or inherited: is it the built-in's own?
@inline(__always) public func sameSlot(_ type: TypePointer, _ s: Slot, _ id: TypeID) -> Bool { type.slot(s) == builtinType(id).slot(s) }

/// TypeError for keyword arguments where there are none. False: raised.
public func rejectKeywords(_ t: Thread, _ function: String, _ names: Value) -> Bool {
    if names.bits == 0 || names.tupleCount == 0 { return true }
    _ = raise(t, .typeError, "\(function)() takes no keyword arguments")
    return false
}

/// The same for constructors, which leave keywords alone that the `__init__` of a subclass will read.
public func rejectKeywords(_ t: Thread, _ function: String, _ names: Value, of type: TypePointer) -> Bool {
    if names.bits == 0 || names.tupleCount == 0 { return true }
    if type.pointee.flags.contains(.heapType) && type.slot(.initialize) != builtinType(.object).slot(.initialize) { return true }
    return rejectKeywords(t, function, names)
}

/// "list expected at most 1 argument, got 2" and its kin. False: raised.
public func checkCount(_ t: Thread, _ function: String, _ count: Int, _ low: Int, _ high: Int) -> Bool {
    if count >= low && count <= high { return true }
    let want = count < low ? low : high
    let bound = low == high ? "" : count < low ? "at least " : "at most "
    _ = raise(t, .typeError, "\(function) expected \(bound)\(want) argument\(want == 1 ? "" : "s"), got \(count)")
    return false
}

/// An index argument as a machine integer; `error` says what an integer beyond it raises. nil: raised.
public func machineIndex(_ t: Thread, _ v: Value, overflow: TypeID = .indexError) -> Int? {
    if v.isSmallInt { return v.smallInt }
    let n = index(t, v)
    if n.isRaised { return nil }
    if let word = intAsWord(plainInt(n)) { return word }
    _ = raise(t, overflow, "cannot fit '\(typeName(v))' into an index-sized integer")
    return nil
}

/// `operator.index` as an exact int. 0: raised.
public func plainIndex(_ t: Thread, _ v: Value) -> Value {
    if v.isSmallInt { return v }
    let n = index(t, v)
    return n.isRaised ? n : plainInt(n)
}

/// `start`/`stop` of index(): integers only, clamped to the machine's range; `.missing` is `fallback`. nil: raised.
public func searchBound(_ t: Thread, _ v: Value, _ fallback: Int) -> Int? {
    if v.isSmallInt { return v.smallInt }
    if v.isMissing { return fallback }
    if v.isNone || !typeOf(v).has(.index) {
        _ = raise(t, .typeError, "slice indices must be integers or have an __index__ method")
        return nil
    }
    let n = index(t, v)
    if n.isRaised { return nil }
    if n.isSmallInt { return n.smallInt }
    if n.isBool { return n.isTrue ? 1 : 0 }
    return intCompare(n, .zero) < 0 ? Int.min : Int.max
}

/// The count of a repetition `sequence * v`. nil: raised.
public func repetitionCount(_ t: Thread, _ v: Value) -> Int? {
    if v.isSmallInt { return v.smallInt }
    if !typeOf(v).has(.index) {
        _ = raise(t, .typeError, "can't multiply sequence by non-int of type '\(typeName(v))'")
        return nil
    }
    return machineIndex(t, v, overflow: .overflowError)
}

/// A function of the builtins module, for `__reduce__`.
public func builtinNamed(_ t: Thread, _ n: Value) -> Value {
    let v = dictGetName(t, interpreter(t).pointee.builtins, n)
    return v.isMissing ? raise(t, .attributeError, "builtins.\(swiftString(n))") : v
}

/// (iter, (argument,)) or (iter, (argument,), state).
public func reduceWith(_ t: Thread, _ function: Name, _ argument: Value, state: Int? = nil) -> Value {
    let f = builtinNamed(t, name(function))
    if f.isRaised { return f }
    let args = makeTuple(t, argument)
    if args.isRaised { return args }
    if let n = state { return makeTuple(t, f, args, makeInt(t, n)) }
    return makeTuple(t, f, args)
}

/// Compares two counts for an ordering.
@inline(__always) public func compareCounts(_ a: Int, _ b: Int, _ op: CompareOp) -> Value {
    switch op {
    case .lt: return Value(a < b)
    case .le: return Value(a <= b)
    case .eq: return Value(a == b)
    case .ne: return Value(a != b)
    case .gt: return Value(a > b)
    case .ge: return Value(a >= b)
    }
}

@inline(__always) public func compareOp(_ v: Value) -> CompareOp { CompareOp(rawValue: v.smallInt).unsafelyUnwrapped }

/// identity or ==, quickly for exact str and immediate integers.
@inline(__always) public func sameValue(_ t: Thread, _ a: Value, _ b: Value) -> Truth {
    if a == b { return 1 }
    if a.isSmallInt && b.isSmallInt { return 0 }
    return equal(t, a, b)
}

/// The setter of a member that Python code may not assign.
public func readonlyMember(_ t: Thread, _ a: Values) -> Value { raise(t, .attributeError, "readonly attribute") }

/// The `__dict__` attribute of native types whose instances have one.
public func instanceDictMember() -> NativeMember { .attribute("__dict__", get: instanceDictGet, set: instanceDictSet) }

private func instanceDictGet(_ t: Thread, _ a: Values) -> Value { instanceDictionary(t, a[0]) }

private func instanceDictSet(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "cannot delete __dict__") }
    if !isDict(a[1]) { return raise(t, .typeError, "__dict__ must be set to a dictionary, not a '\(typeName(a[1]))'") }
    storeSlot((a[0].cell + typeDictOffset(typeOf(a[0]))).assumingMemoryBound(to: Value.self), a[1])
    return .none
}
