// types.SimpleNamespace.

import LadonRuntime

func namespaceDefinition() -> TypeDefinition {
    TypeDefinition(.simpleNamespace, "types.SimpleNamespace", flags: [.baseType], doc: "An object with the attributes given as keywords.\n\nSimpleNamespace(**kwargs)",
                   size: MemoryLayout<NamespaceCell>.size, layout: Layout(prefix: 1, flags: .container), dictOffset: 8, slots: [
        .unary(.repr, namespace_repr),
        .ternary(.compare) { t, a, b, op in
            if !isInstanceOf(a, .simpleNamespace) || !isInstanceOf(b, .simpleNamespace) { return .notImplemented }
            let x = instanceDictionary(t, a), y = instanceDictionary(t, b)
            return x.isRaised || y.isRaised ? .raised : compare(t, x, y, op)
        },
        .call(.new) { t, type, args, count, names in allocateInstance(t, type.asType) },
        .call(.initialize, namespace_init),
    ], members: [
        .method("__reduce__", "(self, /)", { t, a in
            let dict = instanceDictionary(t, a[0])
            return dict.isRaised ? dict : makeTuple(t, Value(typeOf(a[0])), ladon_runtime.emptyTuple, dict)
        }, "State for pickling."),
        .member("__dict__", get: { t, a in instanceDictionary(t, a[0]) }),
    ])
}

private func namespace_init(_ t: Thread, _ v: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if count > 0 { return raise(t, .typeError, "no positional arguments expected") }
    if names.bits == 0 || names.tupleCount == 0 { return .none }
    let dict = instanceDictionary(t, v)
    if dict.isRaised { return dict }
    for i in 0..<names.tupleCount { if dictSet(t, dict, names.tupleItems[i], args.unsafelyUnwrapped[i]) < 0 { return .raised } }
    return .none
}

private func namespace_repr(_ t: Thread, _ v: Value) -> Value {
    let n = v.isExactly(.simpleNamespace) ? "namespace" : typeName(v)
    let entered = reprEnter(t, v)
    if entered != 0 { return entered > 0 ? makeString(t, "\(n)(...)") : .raised }
    defer { reprLeave(t, v) }
    let dict = instanceDictionary(t, v)
    if dict.isRaised { return dict }
    let keys = dictKeysToList(t, dict)
    if keys.isRaised { return keys }
    var b = StringBuilder(t)
    b.append(n)
    b.append("(")
    var first = true
    for i in 0..<listCount(keys) {
        let key = listGet(t, keys, i)
        if !isString(key) || key.strCount == 0 { continue }
        let value = dictGet(t, dict, key)
        if value.isRaised { return value }
        if value.isMissing { continue }
        if !first { b.append(", ") }
        first = false
        b.append(key)
        b.append("=")
        let r = repr(t, value)
        if r.isRaised { return r }
        b.append(r)
    }
    b.append(")")
    return b.finish()
}
