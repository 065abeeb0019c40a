// `int | str`: making and reducing unions.

import LadonCore

private func mayBeInUnion(_ v: Value) -> Bool { v.isNone || isType(v) || isInstanceOf(v, .genericAlias) || v.isExactly(.unionType) }

/// `a | b` for classes, aliases, unions and None; NotImplemented for anything else.
public func makeUnionOf(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !mayBeInUnion(a) || !mayBeInUnion(b) { return .notImplemented }
    let list = makeList(t)
    if list.isRaised || addToUnion(t, list, a) < 0 || addToUnion(t, list, b) < 0 { return .raised }
    return unionOfList(t, list)
}

private func unionOfList(_ t: Thread, _ list: Value) -> Value {
    if listCount(list) == 1 { return listGet(t, list, 0) }
    let arguments = listToTuple(t, list)
    if arguments.isRaised { return arguments }
    let u = allocate(t, id: TypeID.unionType.rawValue, bytes: MemoryLayout<UnionCell>.size).assumingMemoryBound(to: UnionCell.self)
    u.pointee.arguments = arguments
    return Value(u)
}

/// Appends the members of `v` that are not there yet.
private func addToUnion(_ t: Thread, _ list: Value, _ given: Value) -> Truth {
    if given.isExactly(.unionType) {
        let members = given.cell(as: UnionCell.self).pointee.arguments
        for i in 0..<members.tupleCount { if addToUnion(t, list, members.tupleItems[i]) < 0 { return -1 } }
        return 1
    }
    let v = given.isNone ? Value(builtinType(.noneType)) : given
    var i = 0
    while i < listCount(list) {
        let present = listGet(t, list, i)
        // Plain classes compare by identity even when a metaclass says otherwise.
        let same = isInstanceOf(v, .genericAlias) && isInstanceOf(present, .genericAlias) ? equal(t, present, v) : (present == v ? 1 : 0)
        if same != 0 { return same }
        i += 1
    }
    return listAppend(t, list, v)
}

/// The union of all items of a tuple by `|`.
public func reduceUnion(_ t: Thread, _ items: Value) -> Value {
    var result = items.tupleItems[0]
    for i in 1..<max(1, items.tupleCount) {
        result = binaryOperation(t, result, items.tupleItems[i], .or)
        if result.isRaised { return result }
    }
    return result
}
