// except*: splitting an exception (group) and putting the rest together again (PEP 654).

/// into[0] = the part of `e` that matches `pattern` or None, into[1] = the rest or None. False: raised.
func splitGroup(_ t: Thread, _ e: Value, _ pattern: Value, into: Values) -> Bool {
    // Naming a group type in except* is an error.
    let group = builtinType(.baseExceptionGroup)
    let patterns = isInstanceOf(pattern, .tuple) ? pattern : makeTuple(t, pattern)
    if patterns.isRaised { return false }
    for i in 0..<patterns.tupleCount {
        let p = patterns.tupleItems[i]
        if isType(p) && isSubtype(p.asType, group) {
            raise(t, .typeError, "catching ExceptionGroup with except* is not allowed. Use except instead.")
            return false
        }
    }
    let truth = exceptionMatches(t, e, against: pattern, group: true)
    if truth < 0 { return false }
    if truth == 1 {
        if isSubtype(typeOf(e), group) { into[0] = e } else {
            // A naked exception is caught as a group of one.
            let wrapped = call(t, builtinType(.baseExceptionGroup).value, ladon_runtime.emptyString, makeTuple(t, e))
            if wrapped.isRaised { return false }
            into[0] = wrapped
        }
        into[1] = .none
        return true
    }
    if isSubtype(typeOf(e), group) {
        let pair = callMethod(t, e, .split, pattern)
        if pair.isRaised { return false }
        guard isInstanceOf(pair, .tuple), pair.tupleCount >= 2 else {
            raise(t, .typeError, "\(typeName(e)).split must return a 2-tuple, got \(isInstanceOf(pair, .tuple) ? "tuple of size \(pair.tupleCount)" : typeName(pair))")
            return false
        }
        into[0] = pair.tupleItems[0]
        into[1] = pair.tupleItems[1]
        return true
    }
    into[0] = .none
    into[1] = e
    return true
}

/// What the end of a try-except* raises: `raised` is the list of exceptions raised by the handlers and of the
/// unhandled rest (None where there was none); 0: raised, None: nothing to raise.
func mergeStarExceptions(_ t: Thread, _ original: Value, _ list: Value) -> Value {
    let count = listCount(list)
    if count == 0 { return .none }
    let group = builtinType(.baseExceptionGroup)
    if !isSubtype(typeOf(original), group) {
        // The original was naked: it was either caught (and perhaps something else raised) or goes on as it is.
        for i in 0..<count { let v = listGet(t, list, i); if !v.isNone { return v } }
        return .none
    }
    let raised = makeList(t), reraised = makeList(t)
    if raised.isRaised || reraised.isRaised { return .raised }
    for i in 0..<count {
        let v = listGet(t, list, i)
        if v.isNone { continue }
        let same = isSubtype(typeOf(v), group) && sameMetadata(v, original)
        if listAppend(t, same ? reraised : raised, v) < 0 { return .raised }
    }
    var rest = Value.none
    if listCount(reraised) > 0 {
        rest = projectGroup(t, original, reraised)
        if rest.isRaised { return rest }
    }
    if listCount(raised) == 0 { return rest }
    if !rest.isNone && listAppend(t, raised, rest) < 0 { return .raised }
    return call(t, group.value, ladon_runtime.emptyString, raised)
}

private func sameMetadata(_ a: Value, _ b: Value) -> Bool {
    let x = a.asException, y = b.asException
    return x.pointee.traceback == y.pointee.traceback && x.pointee.cause == y.pointee.cause
        && x.pointee.context == y.pointee.context && x.pointee.notes == y.pointee.notes
}

/// The sub-group of `original` that holds exactly the leaves found in the groups of `kept`.
private func projectGroup(_ t: Thread, _ original: Value, _ kept: Value) -> Value {
    let leaves = makeSet(t)
    if leaves.isRaised { return leaves }
    for i in 0..<listCount(kept) where !collectLeaves(t, listGet(t, kept, i), leaves) { return .raised }
    return project(t, original, leaves)
}

private func leafKey(_ v: Value) -> Value { Value(smallInt: Int(bitPattern: v.bits) >> 4) }

private func collectLeaves(_ t: Thread, _ e: Value, _ leaves: Value) -> Bool {
    if !hasNativeRoom(t) { return false }
    if !isSubtype(typeOf(e), builtinType(.baseExceptionGroup)) { return setAdd(t, leaves, leafKey(e)) >= 0 }
    let members = e.exceptionFields[ExceptionField.groupExceptions]
    for i in 0..<members.tupleCount where !collectLeaves(t, members.tupleItems[i], leaves) { return false }
    return true
}

private func project(_ t: Thread, _ e: Value, _ leaves: Value) -> Value {
    if !hasNativeRoom(t) { return .raised }
    let kept = makeList(t)
    if kept.isRaised { return kept }
    let members = e.exceptionFields[ExceptionField.groupExceptions]
    for i in 0..<members.tupleCount {
        let member = members.tupleItems[i]
        var part = member
        if isSubtype(typeOf(member), builtinType(.baseExceptionGroup)) {
            part = project(t, member, leaves)
            if part.isRaised { return part }
        } else {
            let found = setContains(t, leaves, leafKey(member))
            if found < 0 { return .raised }
            if found == 0 { part = .none }
        }
        if !part.isNone && listAppend(t, kept, part) < 0 { return .raised }
    }
    if listCount(kept) == 0 { return .none }
    return derivedGroup(t, e, kept)
}

/// `original.derive(members)` with the original's traceback, cause, context and notes.
public func derivedGroup(_ t: Thread, _ original: Value, _ members: Value) -> Value {
    let derived = callMethod(t, original, internStatic(t, "derive"), members)
    if derived.isRaised { return derived }
    if !isSubtype(typeOf(derived), builtinType(.baseExceptionGroup)) {
        return raise(t, .typeError, "derive must return an instance of BaseExceptionGroup")
    }
    let from = original.asException, to = derived.asException
    to.pointee.traceback = from.pointee.traceback
    to.pointee.cause = from.pointee.cause
    to.pointee.context = from.pointee.context
    to.pointee.suppressContext = .true
    let notes = getAttributeOrMissing(t, original, .__notes__)
    if notes.isRaised { return notes }
    if !notes.isMissing && (isInstanceOf(notes, .list) || isInstanceOf(notes, .tuple)) {
        let copy = iterateToList(t, notes)
        if copy.isRaised || setAttribute(t, derived, .__notes__, copy) < 0 { return .raised }
    }
    return derived
}
