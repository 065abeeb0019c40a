// StopIteration, SystemExit, KeyError, NameError and AttributeError: exceptions with a value or a name.

import LadonRuntime

// MARK: StopIteration, SystemExit

func stopIterationDefinition() -> TypeDefinition {
    exceptionDefinition(.stopIteration, "StopIteration", base: .exception, fields: 1, "The end of an iterator.",
        initialize: { t, v, a, count, names in
            if baseException_initialize(t, v, a, count, names).isRaised { return .raised }
            storeSlot(v.exceptionFields, count > 0 ? a.unsafelyUnwrapped[0] : .none)
            return .none
        },
        members: [.member("value", get: { _, a in exceptionField(a[0], 0) }, set: { _, a in setExceptionField(a, 0) }, "generator return value")])
}

func systemExitDefinition() -> TypeDefinition {
    exceptionDefinition(.systemExit, "SystemExit", base: .baseException, fields: 1, "A request to exit from the interpreter.",
        initialize: { t, v, a, count, names in
            if baseException_initialize(t, v, a, count, names).isRaised { return .raised }
            if count == 1 { storeSlot(v.exceptionFields, a.unsafelyUnwrapped[0]) }
            if count > 1 { storeSlot(v.exceptionFields, exceptionArguments(v)) }
            return .none
        },
        members: [.member("code", get: { _, a in exceptionField(a[0], 0) }, set: { _, a in setExceptionField(a, 0) }, "exception code")])
}

// MARK: KeyError

func keyErrorDefinition() -> TypeDefinition {
    // The key is shown as repr, so that KeyError('') is not an empty message.
    exceptionDefinition(.keyError, "KeyError", base: .lookupError, fields: 0, "A mapping has no such key.",
        slots: [.unary(.str, { t, v in
            let args = exceptionArguments(v)
            return args.tupleCount == 1 ? repr(t, args.tupleItems[0]) : baseException_str(t, v)
        })])
}

// MARK: keyword fields

/// Stores keyword arguments into fields by name; others are TypeError. `base` is the field of `keywords[0]`. False: raised.
func takeKeywords(_ t: Thread, _ v: Value, _ function: String, _ keywords: [StaticString], base: Int, _ values: Values?, _ names: Value) -> Bool {
    for i in 0..<keywords.count { storeSlot(v.exceptionFields + (base + i), .raised) }
    if names.bits == 0 { return true }
    if names.tupleCount > keywords.count {
        _ = raise(t, .typeError, "\(function)() takes at most \(keywords.count) keyword argument\(keywords.count == 1 ? "" : "s") (\(names.tupleCount) given)")
        return false
    }
    for n in 0..<names.tupleCount {
        let key = names.tupleItems[n]
        var known = false
        for i in 0..<keywords.count where stringEqual(key, keywords[i]) {
            storeSlot(v.exceptionFields + (base + i), values.unsafelyUnwrapped[n])
            known = true
        }
        if !known {
            _ = raise(t, .typeError, "'\(swiftString(key))' is an invalid keyword argument for \(function)()")
            return false
        }
    }
    return true
}

// MARK: NameError, AttributeError

func nameErrorDefinition(_ id: TypeID, _ name: StaticString, _ base: TypeID, _ doc: StaticString) -> TypeDefinition {
    exceptionDefinition(id, name, base: base, fields: 1, doc,
        initialize: { t, v, a, count, names in
            if setArguments(t, v, a, count).isRaised { return .raised }
            return takeKeywords(t, v, "NameError", ["name"], base: 0, a.map { $0 + count }, names) ? .none : .raised
        },
        members: id != .nameError ? [] : [
            .member("name", get: { _, a in exceptionField(a[0], 0) }, set: { _, a in setExceptionField(a, 0) }, "name"),
        ])
}

func attributeErrorDefinition() -> TypeDefinition {
    exceptionDefinition(.attributeError, "AttributeError", base: .exception, fields: 2, "An object has no such attribute.",
        initialize: { t, v, a, count, names in
            if setArguments(t, v, a, count).isRaised { return .raised }
            return takeKeywords(t, v, "AttributeError", ["name", "obj"], base: 0, a.map { $0 + count }, names) ? .none : .raised
        },
        members: [
            .member("name", get: { _, a in exceptionField(a[0], ExceptionField.attributeName) },
                       set: { _, a in setExceptionField(a, ExceptionField.attributeName) }, "attribute name"),
            .member("obj", get: { _, a in exceptionField(a[0], ExceptionField.attributeObject) },
                       set: { _, a in setExceptionField(a, ExceptionField.attributeObject) }, "object"),
        ])
}

// MARK: ImportError

func importErrorDefinition() -> TypeDefinition {
    exceptionDefinition(.importError, "ImportError", base: .exception, fields: 3, "A module, or a name in it, can't be imported.",
        initialize: importError_initialize, slots: [.unary(.str, importError_str)],
        members: [
            .method("__reduce__", "(self, /)", importError_reduce),
            .member("msg", get: { _, a in exceptionField(a[0], 0) }, set: { _, a in setExceptionField(a, 0) }, "exception message"),
            .member("name", get: { _, a in exceptionField(a[0], 1) }, set: { _, a in setExceptionField(a, 1) }, "module name"),
            .member("path", get: { _, a in exceptionField(a[0], 2) }, set: { _, a in setExceptionField(a, 2) }, "module path"),
        ])
}

func importSubclass(_ id: TypeID, _ name: StaticString, _ doc: StaticString) -> TypeDefinition {
    exceptionDefinition(id, name, base: .importError, fields: 3, doc, initialize: importError_initialize)
}

private func importError_initialize(_ t: Thread, _ v: Value, _ a: Values?, _ count: Int, _ names: Value) -> Value {
    if setArguments(t, v, a, count).isRaised { return .raised }
    if !takeKeywords(t, v, "ImportError", ["name", "path"], base: 1, a.map { $0 + count }, names) { return .raised }
    storeSlot(v.exceptionFields, count == 1 ? a.unsafelyUnwrapped[0] : .raised)
    return .none
}

private func importError_str(_ t: Thread, _ v: Value) -> Value {
    let message = loadSlot(v.exceptionFields)
    return message.bits != 0 && message.isExactly(.str) ? message : baseException_str(t, v)
}

private func importError_reduce(_ t: Thread, _ a: Values) -> Value {
    var state = loadSlot(&a[0].asException.pointee.dict)
    let moduleName = loadSlot(a[0].exceptionFields + 1), path = loadSlot(a[0].exceptionFields + 2)
    if moduleName.bits != 0 || path.bits != 0 {
        state = state.bits == 0 ? makeDict(t) : dictCopy(t, state)
        if state.isRaised { return state }
        if moduleName.bits != 0 && dictSet(t, state, name(.name), moduleName) < 0 { return .raised }
        if path.bits != 0 && dictSet(t, state, name(.path), path) < 0 { return .raised }
    }
    return exceptionReduction(t, a[0], exceptionArguments(a[0]), state)
}
