// The object side of match statements (PEP 634): keys of mappings, attributes of classes.

/// The values of a mapping for a tuple of keys, as a tuple; None when a key is missing. Uses `get`, so that
/// defaultdict makes no entries.
func valuesForKeys(_ t: Thread, _ subject: Value, _ keys: Value) -> Value {
    let count = keys.tupleCount
    let values = makeTuple(t, count)
    if values.isRaised || count == 0 { return values }
    let seen = makeSet(t)
    let get = getAttribute(t, subject, name(.get))
    if seen.isRaised || get.isRaised { return .raised }
    for i in 0..<count {
        let key = keys.tupleItems[i]
        let known = setContains(t, seen, key)
        if known < 0 { return .raised }
        if known == 1 { return raise(t, .valueError, "mapping pattern checks duplicate key (\(reprText(t, key)))") }
        if setAdd(t, seen, key) < 0 { return .raised }
        let dummy = interpreter(t).pointee.uniqueMarker
        let v = call(t, get, key, dummy)
        if v.isRaised { return v }
        if v == dummy { return .none }
        values.tupleItems[i] = v
    }
    return values
}

/// The attributes that a class pattern asks for, as a tuple; None when `subject` doesn't match.
func classPatternAttributes(_ t: Thread, _ subject: Value, _ cls: Value, _ keywords: Value, _ positional: Int) -> Value {
    guard isType(cls) else { return raise(t, .typeError, "called match pattern must be a type") }
    let truth = isInstance(t, subject, cls)
    if truth < 0 { return .raised }
    if truth == 0 { return .none }
    let total = positional + keywords.tupleCount
    let result = makeTuple(t, total), seen = makeSet(t)
    if result.isRaised || seen.isRaised { return .raised }
    let className = swiftString(cls.asType.pointee.name)
    if positional > 0 {
        var matchArgs = getAttributeOrMissing(t, cls, name(.__match_args__))
        if matchArgs.isRaised { return .raised }
        var matchSelf = false
        if matchArgs.isMissing {
            matchArgs = ladon_runtime.emptyTuple
            matchSelf = cls.asType.pointee.flags.contains(.matchSelf)
        } else if !matchArgs.isExactly(.tuple) {
            return raise(t, .typeError, "\(className).__match_args__ must be a tuple (got \(typeName(matchArgs)))")
        }
        let allowed = matchSelf ? 1 : matchArgs.tupleCount
        if allowed < positional {
            return raise(t, .typeError, "\(className)() accepts \(allowed) positional sub-pattern\(allowed == 1 ? "" : "s") (\(positional) given)")
        }
        if matchSelf { result.tupleItems[0] = subject } else {
            for i in 0..<positional {
                let attribute = matchArgs.tupleItems[i]
                if !attribute.isExactly(.str) {
                    return raise(t, .typeError, "__match_args__ elements must be strings (got \(typeName(attribute)))")
                }
                let v = patternAttribute(t, subject, cls, attribute, seen)
                if v.isRaised { return v }
                if v.isMissing { return .none }
                result.tupleItems[i] = v
            }
        }
    }
    for i in 0..<keywords.tupleCount {
        let v = patternAttribute(t, subject, cls, keywords.tupleItems[i], seen)
        if v.isRaised { return v }
        if v.isMissing { return .none }
        result.tupleItems[positional + i] = v
    }
    return result
}

private func patternAttribute(_ t: Thread, _ subject: Value, _ cls: Value, _ attribute: Value, _ seen: Value) -> Value {
    let known = setContains(t, seen, attribute)
    if known < 0 { return .raised }
    if known == 1 {
        return raise(t, .typeError, "\(swiftString(cls.asType.pointee.name))() got multiple sub-patterns for attribute \(reprText(t, attribute))")
    }
    if setAdd(t, seen, attribute) < 0 { return .raised }
    return getAttributeOrMissing(t, subject, attribute)
}
