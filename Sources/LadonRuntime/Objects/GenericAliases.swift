// `list[int]`: making aliases, finding their type parameters and substituting arguments for them.

import LadonCore

/// `origin[arguments]`; a tuple of arguments is taken as several.
public func makeGenericAlias(_ t: Thread, _ origin: Value, _ arguments: Value, starred: Bool = false) -> Value {
    let tuple = isTuple(arguments) ? arguments : makeTuple(t, arguments)
    if tuple.isRaised { return tuple }
    let a = allocate(t, id: TypeID.genericAlias.rawValue, bytes: MemoryLayout<GenericAliasCell>.size).assumingMemoryBound(to: GenericAliasCell.self)
    a.pointee.origin = origin
    a.pointee.arguments = tuple
    a.pointee.starred = starred ? 1 : 0
    return Value(a)
}

private func addUnique(_ t: Thread, _ list: Value, _ v: Value) -> Truth {
    for i in 0..<listCount(list) where listGet(t, list, i) == v { return 0 }
    return listAppend(t, list, v)
}

/// The type parameters (things with `__typing_subst__`) in a tuple of arguments, in order of appearance.
public func typeParameters(_ t: Thread, _ arguments: Value) -> Value {
    let list = makeList(t)
    if list.isRaised { return list }
    for i in 0..<arguments.tupleCount {
        let a = arguments.tupleItems[i]
        if isType(a) { continue }
        let subst = getAttributeOrMissing(t, a, .__typing_subst__)
        if subst.isRaised { return subst }
        if !subst.isMissing {
            if addUnique(t, list, a) < 0 { return .raised }
            continue
        }
        let inner = getAttributeOrMissing(t, a, .__parameters__)
        if inner.isRaised { return inner }
        if !inner.isMissing && isTuple(inner) {
            for k in 0..<inner.tupleCount { if addUnique(t, list, inner.tupleItems[k]) < 0 { return .raised } }
        }
    }
    return listToTuple(t, list)
}

private func indexOf(_ tuple: Value, _ v: Value) -> Int {
    for i in 0..<tuple.tupleCount where tuple.tupleItems[i] == v { return i }
    return -1
}

/// Arguments with unpacked tuples (`*tuple[int, str]`) replaced by their items.
private func unpackArguments(_ t: Thread, _ item: Value) -> Value {
    let list = makeList(t)
    if list.isRaised { return list }
    let count = isTuple(item) ? item.tupleCount : 1
    for i in 0..<count {
        let a = isTuple(item) ? item.tupleItems[i] : item
        if !isType(a) {
            let unpacked = getAttributeOrMissing(t, a, .__typing_unpacked_tuple_args__)
            if unpacked.isRaised { return unpacked }
            if !unpacked.isMissing && isTuple(unpacked) {
                let n = unpacked.tupleCount
                if n > 0 && unpacked.tupleItems[n - 1] == .ellipsis {
                    if listAppend(t, list, a) < 0 { return .raised }
                } else {
                    for k in 0..<n { if listAppend(t, list, unpacked.tupleItems[k]) < 0 { return .raised } }
                }
                continue
            }
        }
        if listAppend(t, list, a) < 0 { return .raised }
    }
    return listToTuple(t, list)
}

/// `v` with the arguments of `parameters` put in: for aliases and unions nested inside another.
private func substituteInside(_ t: Thread, _ v: Value, _ parameters: Value, _ items: Values) -> Value {
    let inner = getAttributeOrMissing(t, v, .__parameters__)
    if inner.isRaised { return inner }
    if inner.isMissing || !isTuple(inner) || inner.tupleCount == 0 { return v }
    let list = makeList(t)
    if list.isRaised { return list }
    for i in 0..<inner.tupleCount {
        let p = inner.tupleItems[i]
        let at = indexOf(parameters, p)
        if at < 0 {
            if listAppend(t, list, p) < 0 { return .raised }
            continue
        }
        let a = items[at]
        if typeOf(p).has(.iter) && isTuple(a) {
            for k in 0..<a.tupleCount { if listAppend(t, list, a.tupleItems[k]) < 0 { return .raised } }
        } else if listAppend(t, list, a) < 0 {
            return .raised
        }
    }
    let arguments = listToTuple(t, list)
    if arguments.isRaised { return arguments }
    return getItem(t, v, arguments)
}

/// The arguments of `alias` (a tuple) with `item` put in for its `parameters`: a new tuple. 0: raised.
public func substituteParameters(_ t: Thread, _ alias: Value, _ arguments: Value, _ parameters: Value, _ given: Value) -> Value {
    let n = parameters.tupleCount
    if n == 0 { return raise(t, .typeError, "\(reprText(t, alias)) is not a generic class") }
    var item = unpackArguments(t, given)
    if item.isRaised { return item }
    for i in 0..<n {
        let prepare = getAttributeOrMissing(t, parameters.tupleItems[i], .__typing_prepare_subst__)
        if prepare.isRaised { return prepare }
        if prepare.isMissing || prepare.isNone { continue }
        let tuple = isTuple(item) ? item : makeTuple(t, item)
        if tuple.isRaised { return tuple }
        item = call(t, prepare, alias, tuple)
        if item.isRaised { return item }
    }
    if !isTuple(item) { item = makeTuple(t, item) }
    if item.isRaised { return item }
    let given = item.tupleCount
    if given != n {
        return raise(t, .typeError, "Too \(given > n ? "many" : "few") arguments for \(reprText(t, alias)); actual \(given), expected \(n)")
    }
    let result = makeList(t)
    if result.isRaised { return result }
    for i in 0..<arguments.tupleCount {
        var a = arguments.tupleItems[i]
        if isType(a) {
            if listAppend(t, result, a) < 0 { return .raised }
            continue
        }
        let unpackFlag = getAttributeOrMissing(t, a, .__typing_is_unpacked_typevartuple__)
        if unpackFlag.isRaised { return unpackFlag }
        var unpack = 0
        if !unpackFlag.isMissing {
            unpack = isTrue(t, unpackFlag)
            if unpack < 0 { return .raised }
        }
        let subst = getAttributeOrMissing(t, a, .__typing_subst__)
        if subst.isRaised { return subst }
        if !subst.isMissing {
            a = call(t, subst, item.tupleItems[max(0, indexOf(parameters, a))])
        } else {
            a = substituteInside(t, a, parameters, item.tupleItems)
        }
        if a.isRaised { return a }
        if unpack > 0 {
            let items = sequenceToTuple(t, a)
            if items.isRaised { return items }
            for k in 0..<items.tupleCount { if listAppend(t, result, items.tupleItems[k]) < 0 { return .raised } }
        } else if listAppend(t, result, a) < 0 {
            return .raised
        }
    }
    ladon_keep_alive(item)
    return listToTuple(t, result)
}

/// How an argument of an alias or a member of a union is shown: classes by their qualified name.
public func typeArgumentText(_ t: Thread, _ v: Value) -> String? {
    if v == .ellipsis { return "..." }
    let origin = getAttributeOrMissing(t, v, .__origin__)
    if origin.isRaised { return nil }
    if !origin.isMissing {
        let arguments = getAttributeOrMissing(t, v, .__args__)
        if arguments.isRaised { return nil }
        if !arguments.isMissing { return plainRepr(t, v) }
    }
    let qualname = getAttributeOrMissing(t, v, .__qualname__)
    if qualname.isRaised { return nil }
    if qualname.isMissing { return plainRepr(t, v) }
    let module = getAttributeOrMissing(t, v, .__module__)
    if module.isRaised { return nil }
    if module.isMissing || module.isNone { return plainRepr(t, v) }
    let q = str(t, qualname)
    if q.isRaised { return nil }
    if module.isExactly(.str) && stringEqual(module, "builtins") { return swiftString(q) }
    let m = str(t, module)
    return m.isRaised ? nil : swiftString(m) + "." + swiftString(q)
}

private func plainRepr(_ t: Thread, _ v: Value) -> String? {
    let r = repr(t, v)
    return r.isRaised ? nil : swiftString(r)
}
