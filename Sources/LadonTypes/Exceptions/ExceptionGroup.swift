// BaseExceptionGroup and ExceptionGroup (PEP 654).

import LadonRuntime

func groupDefinition(_ id: TypeID, _ name: StaticString, _ base: TypeID) -> TypeDefinition {
    var definition = exceptionDefinition(id, name, base: base, fields: 2, "Several unrelated exceptions in one.",
        new: group_new, initialize: { t, v, a, count, names in baseException_initialize(t, v, a, count, names) },
        slots: id == .baseExceptionGroup ? [.unary(.str, group_str)] : [],
        members: id != .baseExceptionGroup ? [.ownModule, .attribute("__weakref__", get: firstWeakReference, "list of weak references to the object (if defined)")] : [
            .classMethod("__class_getitem__", "(type, object, /)", genericClassGetItem, "See PEP 585"),
            .method("derive", "(self, excs, /)", group_derive, "A group with the same message and other exceptions."),
            .method("split", "(self, matcher, /)", group_split, "The pair of the part that matches and the rest, None for nothing."),
            .method("subgroup", "(self, matcher, /)", group_subgroup, "The part that matches, or None."),
            .member("message", get: { _, a in exceptionField(a[0], ExceptionField.groupMessage) }, "exception message"),
            .member("exceptions", get: { _, a in exceptionField(a[0], ExceptionField.groupExceptions) }, "nested exceptions"),
        ])
    // ExceptionGroup is a class made at run time in CPython.
    if id != .baseExceptionGroup { definition.flags.formUnion([.weakReferenceable, .changeable]) }
    return definition
}

private func isGroup(_ v: Value) -> Bool { isSubtype(typeOf(v), builtinType(.baseExceptionGroup)) }

private func isSequence(_ v: Value) -> Bool {
    if !v.isCell || isInstanceOf(v, .dict) { return false }
    let type = typeOf(v)
    return type.has(.getItem) && !isInstanceOf(v, .mappingProxy) && !isInstanceOf(v, .genericAlias)
}

private func group_new(_ t: Thread, _ typeValue: Value, _ a: Values?, _ count: Int, _ names: Value) -> Value {
    var type = typeValue.asType
    guard count == 2, let a else { return raise(t, .typeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (\(count) given)") }
    if !isInstanceOf(a[0], .str) { return raise(t, .typeError, "BaseExceptionGroup.__new__() argument 1 must be str, not \(typeName(a[0]))") }
    if !isSequence(a[1]) { return raise(t, .typeError, "second argument (exceptions) must be a sequence") }
    let members = sequenceToTuple(t, a[1])
    if members.isRaised { return members }
    if members.tupleCount == 0 { return raise(t, .valueError, "second argument (exceptions) must be a non-empty sequence") }
    var hasBase = false
    for i in 0..<members.tupleCount {
        let member = members.tupleItems[i]
        if !isException(member) { return raise(t, .valueError, "Item \(i) of second argument (exceptions) is not an exception") }
        if !isSubtype(typeOf(member), builtinType(.exception)) { hasBase = true }
    }
    if type == builtinType(.exceptionGroup) {
        if hasBase { return raise(t, .typeError, "Cannot nest BaseExceptions in an ExceptionGroup") }
    } else if type == builtinType(.baseExceptionGroup) {
        if !hasBase { type = builtinType(.exceptionGroup) }
    } else if hasBase && isSubtype(type, builtinType(.exception)) {
        return raise(t, .typeError, "Cannot nest BaseExceptions in '\(type.nameText)'")
    }
    let e = baseException_new(t, type.value, a, count, names)
    if e.isRaised { return e }
    storeSlot(e.exceptionFields + ExceptionField.groupMessage, a[0])
    storeSlot(e.exceptionFields + ExceptionField.groupExceptions, members)
    return e
}

private func group_str(_ t: Thread, _ v: Value) -> Value {
    let message = str(t, exceptionField(v, ExceptionField.groupMessage))
    if message.isRaised { return message }
    let count = loadSlot(v.exceptionFields + ExceptionField.groupExceptions).tupleCount
    var b = StringBuilder(t, capacity: 48)
    b.append(message)
    b.append(" (\(count) sub-exception\(count > 1 ? "s" : ""))")
    return b.finish()
}

private func group_derive(_ t: Thread, _ a: Values) -> Value {
    call(t, builtinType(.baseExceptionGroup).value, exceptionField(a[0], ExceptionField.groupMessage), a[1])
}

// MARK: splitting

private func checkMatcher(_ t: Thread, _ m: Value) -> Bool {
    if m.isExactly(.function) || isExceptionClass(m) { return true }
    if isInstanceOf(m, .tuple) {
        var all = true
        for i in 0..<m.tupleCount where !isExceptionClass(m.tupleItems[i]) { all = false }
        if all { return true }
    }
    _ = raise(t, .typeError, "expected a function, exception type or tuple of exception types")
    return false
}

private func isExceptionClass(_ v: Value) -> Bool { isType(v) && v.asType.pointee.flags.contains(.exceptionSubclass) }

private func matches(_ t: Thread, _ e: Value, _ m: Value) -> Truth {
    if m.isExactly(.function) {
        let answer = call(t, m, e)
        return answer.isRaised ? -1 : isTrue(t, answer)
    }
    if isType(m) { return isSubtype(typeOf(e), m.asType) ? 1 : 0 }
    for i in 0..<m.tupleCount where isSubtype(typeOf(e), m.tupleItems[i].asType) { return 1 }
    return 0
}

/// Splits `e`: the matching part and (when wanted) the rest, None where there is nothing. False: raised.
private func split(_ t: Thread, _ e: Value, _ m: Value, wantsRest: Bool, _ match: inout Value, _ rest: inout Value, level: Int = 0) -> Bool {
    match = .none
    rest = .none
    let yes = matches(t, e, m)
    if yes < 0 { return false }
    if yes > 0 { match = e; return true }
    if !isGroup(e) { if wantsRest { rest = e }; return true }
    // Nesting counts against the recursion limit as calls do.
    if Int(t.pointee.depth) + level >= Int(t.pointee.depthLimit) {
        _ = raiseRecursionError(t, " in exceptiongroup_split_recursive")
        return false
    }
    if !hasNativeRoom(t) { return false }
    let members = loadSlot(e.exceptionFields + ExceptionField.groupExceptions)
    let matched = makeList(t), others = makeList(t)
    if matched.isRaised || others.isRaised { return false }
    for i in 0..<members.tupleCount {
        var innerMatch = Value.none, innerRest = Value.none
        if !split(t, members.tupleItems[i], m, wantsRest: wantsRest, &innerMatch, &innerRest, level: level + 1) { return false }
        if !innerMatch.isNone && listAppend(t, matched, innerMatch) < 0 { return false }
        if !innerRest.isNone && listAppend(t, others, innerRest) < 0 { return false }
    }
    match = subset(t, e, matched)
    if match.isRaised { return false }
    if wantsRest {
        rest = subset(t, e, others)
        if rest.isRaised { return false }
    }
    return true
}

/// A group like `original` with the exceptions of a list: None when it is empty, 0 raised.
private func subset(_ t: Thread, _ original: Value, _ list: Value) -> Value {
    if listCount(list) == 0 { return .none }
    return derivedGroup(t, original, list)
}

private func group_split(_ t: Thread, _ a: Values) -> Value {
    if !checkMatcher(t, a[1]) { return .raised }
    var match = Value.none, rest = Value.none
    return split(t, a[0], a[1], wantsRest: true, &match, &rest) ? makeTuple(t, match, rest) : .raised
}

private func group_subgroup(_ t: Thread, _ a: Values) -> Value {
    if !checkMatcher(t, a[1]) { return .raised }
    var match = Value.none, rest = Value.none
    return split(t, a[0], a[1], wantsRest: false, &match, &rest) ? match : .raised
}
