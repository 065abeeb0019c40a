// `f(**mapping)`: merging mappings into the keyword dictionary of a call.

/// Adds the items of `source` to the dict `target`; keys must be str and new. `callee` for the messages.
func dictMergeForCall(_ t: Thread, _ target: Value, _ source: Value, _ callee: Value) -> Truth {
    if source.isExactly(.dict) {
        var position = 0
        var key = Value.none, value = Value.none
        while dictNext(source, &position, &key, &value) {
            if addKeyword(t, target, key, value, callee) < 0 { return -1 }
        }
        return 1
    }
    let keysMethod = getAttributeOrMissing(t, source, name(.keys))
    if keysMethod.isRaised { return -1 }
    if keysMethod.isMissing {
        raise(t, .typeError, "\(calleeDescription(t, callee)) argument after ** must be a mapping, not \(typeName(source))")
        return -1
    }
    let keys = call(t, keysMethod)
    let iterator = keys.isRaised ? keys : iterate(t, keys)
    if iterator.isRaised { return -1 }
    while true {
        let key = next(t, iterator)
        if key.isRaised { return -1 }
        if key.isExhausted { return 1 }
        let value = getItem(t, source, key)
        if value.isRaised || addKeyword(t, target, key, value, callee) < 0 { return -1 }
    }
}

private func addKeyword(_ t: Thread, _ target: Value, _ key: Value, _ value: Value, _ callee: Value) -> Truth {
    // Keys that are no strings are refused by the call itself, after duplicates.
    let known = dictContains(t, target, key)
    if known < 0 { return -1 }
    if known == 1 {
        let text = str(t, key)
        if !text.isRaised { raise(t, .typeError, "\(calleeDescription(t, callee)) got multiple values for keyword argument '\(swiftString(text))'") }
        return -1
    }
    return dictSet(t, target, key, value)
}
