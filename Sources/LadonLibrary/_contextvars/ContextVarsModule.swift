// The module `_contextvars`.

import LadonTypes

public func contextVarsModule() -> ModuleDefinition {
    ModuleDefinition("_contextvars", doc: "Context Variables", members: [
        .method("copy_context", "()", { t, a in copyCurrentContext(t) }),
        .constant("Context") { t, a in
            prepareContextTypes(t)
            return Value(builtinType(.context))
        },
        .constant("ContextVar") { t, a in Value(builtinType(.contextVar)) },
        .constant("Token") { t, a in Value(builtinType(.contextToken)) },
    ])
}

nonisolated(unsafe) private var prepared = false
nonisolated(unsafe) private var missingMarker = Value.raised

/// Fills in the types, which native code may need before the module is imported.
func prepareContextTypes(_ t: Thread) {
    if prepared { return }
    installType(t, contextType())
    installType(t, contextVarType())
    installType(t, contextTokenType())
    let marker = installType(t, TypeDefinition(nil, "Token.MISSING", flags: [.disallowInstantiation], size: 16, layout: .leaf,
                                               slots: [.unary(.repr) { t, v in makeString(t, "<Token.MISSING>") }]))
    missingMarker = allocateInstance(t, marker)
    makeImmortal(missingMarker)
    prepared = true
}

// MARK: Context

private func contextType() -> TypeDefinition {
    TypeDefinition(.context, "_contextvars.Context", flags: [.weakReferenceable], size: MemoryLayout<ContextCell>.size,
                   layout: Layout(prefix: 2, flags: [.container]), slots: [
                       .call(.new) { t, type, args, count, names in
                           if count > 0 || names.bits != 0 { return raise(t, .typeError, "Context() does not accept any arguments") }
                           return makeContext(t)
                       },
                       .ternary(.compare, context_compare),
                       .unary(.hash, unhashable),
                       .unary(.length) { t, v in Value(smallInt: v.asContext.pointee.values.bits == 0 ? 0 : dictCount(v.asContext.pointee.values)) },
                       .unary(.iter) { t, v in
                           let view = valuesView(t, v, .dictKeys)
                           return view.isRaised ? view : iterate(t, view)
                       },
                       .binary(.getItem) { t, v, key in
                           let found = contextLookup(t, v, key)
                           return found.isMissing ? raiseKeyError(t, key) : found
                       },
                       .binary(.contains) { t, v, key in
                           let found = contextLookup(t, v, key)
                           return found.isRaised ? found : Value(!found.isMissing)
                       },
                   ], members: [
                       .constant("__hash__", noneConstant),
                       .method("get", "(self, key, default=None, /)", { t, a in
                           let found = contextLookup(t, a[0], a[1])
                           return found.isMissing ? a[2] : found
                       }, "Return the value for `key` if `key` has the value in the context object.\n\nIf `key` does not exist, return `default`. If `default` is not given,\nreturn None."),
                       .method("keys", "(self, /)", { t, a in valuesView(t, a[0], .dictKeys) }, "Return a list of all variables in the context object."),
                       .method("values", "(self, /)", { t, a in valuesView(t, a[0], .dictValues) }, "Return a list of all variables' values in the context object."),
                       .method("items", "(self, /)", { t, a in valuesView(t, a[0], .dictItems) }, "Return all variables and their values in the context object.\n\nThe result is returned as a list of 2-tuples (variable, value)."),
                       .method("copy", "(self, /)", { t, a in copyContext(t, a[0]) }, "Return a shallow copy of the context object."),
                       .method("run", "(self, /, *args, **kwargs)", context_run),
                   ])
}

/// A context's dict as it is now: views of it don't follow later changes.
private func valuesView(_ t: Thread, _ v: Value, _ kind: TypeID) -> Value {
    let c = v.asContext
    var values = loadSlot(&c.pointee.values)
    if values.bits == 0 { values = makeDict(t) } else { c.pointee.shared = 1 }
    return values.isRaised ? values : makeDictView(t, kind, values)
}

private func contextLookup(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if !key.isExactly(.contextVar) { return raise(t, .typeError, "a ContextVar key was expected, got \(reprText(t, key))") }
    let values = loadSlot(&v.asContext.pointee.values)
    return values.bits == 0 ? .missing : dictGet(t, values, key)
}

private func context_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let o = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    if (o != .eq && o != .ne) || !a.isExactly(.context) || !b.isExactly(.context) { return .notImplemented }
    let x = loadSlot(&a.asContext.pointee.values), y = loadSlot(&b.asContext.pointee.values)
    var same: Truth
    if x == y { same = 1 } else if x.bits == 0 || y.bits == 0 {
        same = (x.bits == 0 ? 0 : dictCount(x)) == (y.bits == 0 ? 0 : dictCount(y)) ? 1 : 0
    } else { same = equal(t, x, y) }
    if same < 0 { return .raised }
    if o == .ne { same = 1 - same }
    return Value(same == 1)
}

private func context_run(_ t: Thread, _ a: Values) -> Value {
    let context = a[0], args = a[1], keywords = a[2]
    if args.tupleCount < 1 { return raise(t, .typeError, "run() missing 1 required positional argument") }
    if !enterContext(t, context) { return .raised }
    let result: Value
    if dictCount(keywords) == 0 {
        result = call(t, args.tupleItems[0], args: args.tupleItems + 1, args.tupleCount - 1)
        args.keepAlive
    } else {
        let rest = tupleSlice(t, args, 1, args.tupleCount - 1)
        result = rest.isRaised ? rest : callWithTuple(t, args.tupleItems[0], rest, keywords)
    }
    leaveContext(t, context)
    return result
}

// MARK: ContextVar

private func contextVarType() -> TypeDefinition {
    TypeDefinition(.contextVar, "_contextvars.ContextVar", flags: [.weakReferenceable], size: MemoryLayout<ContextVarCell>.size,
                   layout: Layout(prefix: 2, flags: [.container]), slots: [.call(.new, contextVar_new), .unary(.repr, contextVar_repr)], members: [
                       .method("get", "(self, default=<unrepresentable>, /)", contextVar_get, "Return a value for the context variable for the current context.\n\nIf there is no value for the variable in the current context, the method will:\n * return the value of the default argument of the method, if provided; or\n * return the default value for the context variable, if it was created\n   with one; or\n * raise a LookupError."),
                       .method("set", "(self, value, /)", contextVar_set, "Call to set a new value for the context variable in the current context.\n\nThe required value argument is the new value for the context variable.\n\nReturns a Token object that can be used to restore the variable to its previous\nvalue via the `ContextVar.reset()` method."),
                       .method("reset", "(self, token, /)", contextVar_reset, "Reset the context variable.\n\nThe variable is reset to the value it had before the `ContextVar.set()` that\ncreated the token was used."),
                       .classMethod("__class_getitem__", "($type, object, /)", genericClassGetItem, "See PEP 585"),
                       .member("name", get: { t, a in a[0].asContextVar.pointee.name }),
                   ])
}

nonisolated(unsafe) private var newSignature: SignaturePointer?

private func contextVar_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if count == 0 && names.bits == 0 { return raise(t, .typeError, "ContextVar() takes exactly 1 positional argument (0 given)") }
    if count > 1 { return raise(t, .typeError, "ContextVar() takes at most 1 positional argument (\(count) given)") }
    let s = nativeSignature(t, &newSignature, "(name, /, *, default=<unrepresentable>)")
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: 3) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        if !bindArguments(t, s, CalleeName("ContextVar"), args, count, names, into: p) { return .raised }
        if !isInstanceOf(p[0], .str) { return raise(t, .typeError, "context variable name must be a str") }
        let v = allocateInstance(t, type.asType)
        if v.isRaised { return v }
        v.asContextVar.pointee.name = p[0]
        v.asContextVar.pointee.fallback = p[1].isMissing ? .raised : p[1]
        return v
    }
}

private func contextVar_repr(_ t: Thread, _ v: Value) -> Value {
    let c = v.asContextVar
    let shown = repr(t, c.pointee.name)
    if shown.isRaised { return shown }
    var text = "<ContextVar name=\(swiftString(shown))"
    if c.pointee.fallback.bits != 0 {
        let d = repr(t, c.pointee.fallback)
        if d.isRaised { return d }
        text += " default=\(swiftString(d))"
    }
    return makeString(t, "\(text) at \(addressText(v))>")
}

private func contextVar_get(_ t: Thread, _ a: Values) -> Value {
    let found = contextValue(t, a[0])
    if !found.isMissing { return found }
    if !a[1].isMissing { return a[1] }
    let fallback = a[0].asContextVar.pointee.fallback
    return fallback.bits != 0 ? fallback : raise(t, .lookupError, payload: a[0])
}

private func contextVar_set(_ t: Thread, _ a: Values) -> Value {
    let values = writableValues(t)
    if values.isRaised { return values }
    let old = dictGet(t, values, a[0])
    if old.isRaised { return old }
    let token = Value(allocate(t, id: TypeID.contextToken.rawValue, bytes: MemoryLayout<ContextTokenCell>.size))
    token.asContextToken.pointee.variable = a[0]
    token.asContextToken.pointee.context = t.pointee.context
    token.asContextToken.pointee.old = old.isMissing ? .raised : old
    return dictSet(t, values, a[0], a[1]) < 0 ? .raised : token
}

private func contextVar_reset(_ t: Thread, _ a: Values) -> Value {
    let token = a[1]
    if !token.isExactly(.contextToken) { return raise(t, .typeError, "expected an instance of Token, got \(reprText(t, token))") }
    let c = token.asContextToken
    if c.pointee.used != 0 { return raise(t, .runtimeError, "\(reprText(t, token)) has already been used once") }
    if c.pointee.variable != a[0] { return raise(t, .valueError, "\(reprText(t, token)) was created by a different ContextVar") }
    if c.pointee.context != currentContext(t) { return raise(t, .valueError, "\(reprText(t, token)) was created in a different Context") }
    if !ladon_cas32(&c.pointee.used, 0, 1) { return raise(t, .runtimeError, "\(reprText(t, token)) has already been used once") }
    let values = writableValues(t)
    if values.isRaised { return values }
    if c.pointee.old.bits != 0 { return dictSet(t, values, a[0], c.pointee.old) < 0 ? .raised : .none }
    return dictDelete(t, values, a[0]) < 0 ? .raised : .none
}

// MARK: Token

private func contextTokenType() -> TypeDefinition {
    TypeDefinition(.contextToken, "_contextvars.Token", size: MemoryLayout<ContextTokenCell>.size, layout: Layout(prefix: 3, flags: [.container]), slots: [
        .call(.new) { t, type, args, count, names in raise(t, .runtimeError, "Tokens can only be created by ContextVars") },
        .unary(.hash, unhashable),
        .unary(.repr) { t, v in
            let shown = repr(t, v.asContextToken.pointee.variable)
            if shown.isRaised { return shown }
            return makeString(t, "<Token\(v.asContextToken.pointee.used != 0 ? " used" : "") var=\(swiftString(shown)) at \(addressText(v))>")
        },
    ], members: [
        .constant("__hash__", noneConstant),
        .constant("MISSING") { t, a in missingMarker },
        .attribute("var", get: { t, a in a[0].asContextToken.pointee.variable }),
        .attribute("old_value", get: { t, a in
            let old = a[0].asContextToken.pointee.old
            return old.bits == 0 ? missingMarker : old
        }),
        .classMethod("__class_getitem__", "($type, object, /)", genericClassGetItem, "See PEP 585"),
    ])
}
