// Length, items and membership of any objects.

import LadonCore

/// len(v); -1: raised.
public func length(_ t: Thread, _ v: Value) -> Int {
    guard let f = typeOf(v).unary(.length) else {
        _ = raise(t, .typeError, "object of type '\(typeName(v))' has no len()")
        return -1
    }
    let r = f(t, v)
    if r.isSmallInt { return r.smallInt }
    // Lengths between 2**62 and sys.maxsize are long integers here.
    return r.isRaised ? -1 : asInt(t, r) ?? -1
}

/// `operator.length_hint(v, fallback)`: len, else `__length_hint__`, else the fallback; -1: raised.
public func lengthHint(_ t: Thread, _ v: Value, _ fallback: Int) -> Int {
    if typeOf(v).has(.length) {
        let n = length(t, v)
        if n >= 0 { return n }
        if !exceptionMatches(t, .typeError) { return -1 }
        clearException(t)
    }
    let r = callSpecial(t, v, name(.__length_hint__))
    if r.isMissing { return fallback }
    if r.isRaised {
        if !exceptionMatches(t, .typeError) { return -1 }
        clearException(t)
        return fallback
    }
    if r.isNotImplemented { return fallback }
    if !isInt(r) {
        _ = raise(t, .typeError, "__length_hint__ must be an integer, not \(typeName(r))")
        return -1
    }
    guard let n = asInt(t, r) else { return -1 }
    if n < 0 {
        _ = raise(t, .valueError, "__length_hint__() should return >= 0")
        return -1
    }
    return n
}

/// `v[key]`.
public func getItem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    let type = typeOf(v)
    if let f = type.binary(.getItem) { return f(t, v, key) }
    if isType(v) {
        // type[int] and list[int]: the alias, or what the class says.
        if v.asType == builtinType(.type) { return makeGenericAlias(t, v, key) }
        let f = getAttributeOrMissing(t, v, .__class_getitem__)
        if f.isRaised { return f }
        if !f.isMissing && !f.isNone { return call(t, f, key) }
        return raise(t, .typeError, "type '\(v.asType.nameText)' is not subscriptable")
    }
    return raise(t, .typeError, "'\(type.nameText)' object is not subscriptable")
}

/// `v[key] = value`.
public func setItem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Truth {
    guard let f = typeOf(v).ternary(.setItem) else {
        _ = raise(t, .typeError, "'\(typeName(v))' object does not support item assignment")
        return -1
    }
    return f(t, v, key, value).isRaised ? -1 : 1
}

/// `del v[key]`.
public func deleteItem(_ t: Thread, _ v: Value, _ key: Value) -> Truth {
    guard let f = typeOf(v).ternary(.setItem) else {
        _ = raise(t, .typeError, "'\(typeName(v))' object doesn't support item deletion")
        return -1
    }
    return f(t, v, key, .missing).isRaised ? -1 : 1
}

/// `item in container`.
public func contains(_ t: Thread, _ container: Value, _ item: Value) -> Truth {
    if let f = typeOf(container).binary(.contains) {
        let r = f(t, container, item)
        return r.isRaised ? -1 : r.isTrue ? 1 : 0
    }
    return searchIterable(t, container, item)
}

/// Membership by iteration.
func searchIterable(_ t: Thread, _ container: Value, _ item: Value) -> Truth {
    let iterator = iterate(t, container)
    if iterator.isRaised {
        if exceptionMatches(t, .typeError) && !typeOf(container).has(.iter) {
            clearException(t)
            _ = raise(t, .typeError, "argument of type '\(typeName(container))' is not iterable")
        }
        return -1
    }
    while true {
        let v = next(t, iterator)
        if v.isExhausted { return 0 }
        if v.isRaised { return -1 }
        let same = equal(t, v, item)
        if same != 0 { return same }
        if !safepoint(t) { return -1 }
    }
}

/// iter(v).
public func iterate(_ t: Thread, _ v: Value) -> Value {
    let type = typeOf(v)
    if let f = type.unary(.iter) {
        let r = f(t, v)
        if r.isRaised || typeOf(r).has(.next) { return r }
        return raise(t, .typeError, "iter() returned non-iterator of type '\(typeName(r))'")
    }
    if isSequence(v) { return makeSequenceIterator(t, .iterator, v) }
    return raise(t, .typeError, "'\(type.nameText)' object is not iterable")
}

/// Whether `v` can be indexed by position, as far as its type tells (dicts can't).
public func isSequence(_ v: Value) -> Bool {
    let type = typeOf(v)
    return type.has(.getItem) && !type.hasFlag(.dictSubclass) && !(isInstanceOf(v, .mappingProxy)) && !(isInstanceOf(v, .genericAlias))
}

public func isIterator(_ v: Value) -> Bool { typeOf(v).has(.next) }

/// What a native consumer asks for: the next item, `.exhausted` at the end. StopIteration is the end wherever it comes from, the function
/// of a `map` for instance; its value is lost (see `nextKeepingStopIteration`). A safepoint, so that no loop over an iterator, however long
/// it is, keeps the others from stopping the world or this thread from being interrupted; no item is lost when it raises.
public func next(_ t: Thread, _ iterator: Value) -> Value {
    if !safepoint(t) { return .raised }
    // Most iterators that native code asks are one of these, whose slot would be three loads away.
    if iterator.isCell {
        switch iterator.id {
        case TypeID.rangeIterator.rawValue: return rangeIteratorNext(iterator)
        case TypeID.listIterator.rawValue:
            let item = listIteratorNextFast(iterator)
            if item.bits != 0 { return item }
        case TypeID.tupleIterator.rawValue:
            let item = tupleIteratorNextFast(iterator)
            if item.bits != 0 { return item }
        default: break
        }
    }
    // Iterators over iterators may be nested as deeply as a program likes.
    if !hasNativeRoom(t) { return .raised }
    guard let f = typeOf(iterator).unary(.next) else { return raise(t, .typeError, "'\(typeName(iterator))' object is not an iterator") }
    let item = f(t, iterator)
    return item.isRaised && endsIteration(t) ? .exhausted : item
}

/// Whether what has been raised is StopIteration, which is taken back then.
@inline(never) public func endsIteration(_ t: Thread) -> Bool {
    if !exceptionMatches(t, .stopIteration) { return false }
    clearException(t)
    return true
}

public func isCallable(_ v: Value) -> Bool { typeOf(v).has(.call) }
