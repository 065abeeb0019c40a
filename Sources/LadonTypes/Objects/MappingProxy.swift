// mappingproxy: a read-only view of a mapping, such as a class's `__dict__`.

import LadonRuntime

func makeMappingProxy(_ t: Thread, _ mapping: Value) -> Value {
    let p = allocate(t, .mappingProxy, as: MappingProxyCell.self)
    p.pointee.mapping = mapping
    return Value(p)
}

@inline(__always) private func target(_ v: Value) -> Value { v.cell(as: MappingProxyCell.self).pointee.mapping }
private func unwrapped(_ v: Value) -> Value { v.isExactly(.mappingProxy) ? target(v) : v }

func mappingProxyDefinition() -> TypeDefinition {
    TypeDefinition(.mappingProxy, "mappingproxy", flags: [.mapping], size: MemoryLayout<MappingProxyCell>.size, layout: Layout(prefix: 1, flags: .container), slots: [
        .unary(.repr) { t, v in
            let r = repr(t, target(v))
            return r.isRaised ? r : makeString(t, "mappingproxy(\(swiftString(r)))")
        },
        .unary(.str) { t, v in str(t, target(v)) },
        .ternary(.compare) { t, a, b, op in compare(t, target(a), unwrapped(b), op) },
        .unary(.iter) { t, v in iterate(t, target(v)) },
        .unary(.length) { t, v in
            let n = length(t, target(v))
            return n < 0 ? .raised : Value(smallInt: n)
        },
        .binary(.getItem) { t, v, key in getItem(t, target(v), key) },
        .binary(.contains) { t, v, key in truthValue(contains(t, target(v), key)) },
        .binary(.or) { t, a, b in binaryOperation(t, unwrapped(a), unwrapped(b), .or) },
        .binary(.inplaceOr) { t, a, b in raise(t, .typeError, "'|=' is not supported by mappingproxy; use '|' instead") },
        .call(.new, mappingProxy_new),
    ], members: [
        .method("get", "(self, key, default=None, /)", { t, a in callMethod(t, target(a[0]), internStatic(t, "get"), a[1], a[2]) }, "The value for key, or default."),
        .method("keys", "(self, /)", { t, a in callMethod(t, target(a[0]), .keys) }, "The mapping's keys."),
        .method("values", "(self, /)", { t, a in callMethod(t, target(a[0]), .values) }, "The mapping's values."),
        .method("items", "(self, /)", { t, a in callMethod(t, target(a[0]), .items) }, "The mapping's items."),
        .method("copy", "(self, /)", { t, a in callMethod(t, target(a[0]), .copy) }, "A shallow copy of the mapping."),
        .method("__reversed__", "(self, /)", { t, a in callMethod(t, target(a[0]), .__reversed__) }, "The keys from the last to the first."),
        .classMethod("__class_getitem__", "($type, item, /)", { t, a in makeGenericAlias(t, a[0], a[1]) }, "See PEP 585"),
    ])
}

private func callMethod(_ t: Thread, _ v: Value, _ n: Value, _ a: Value, _ b: Value) -> Value {
    let f = getAttribute(t, v, n)
    return f.isRaised ? f : call(t, f, a, b)
}

private func mappingProxy_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    var mapping = Value.missing
    let named = names.bits == 0 ? 0 : names.tupleCount
    if count + named > 1 { return raise(t, .typeError, "mappingproxy() takes at most 1 argument (\(count + named) given)") }
    if count == 1 { mapping = args.unsafelyUnwrapped[0] }
    if named == 1 {
        if !stringEqual(names.tupleItems[0], "mapping") { return raise(t, .typeError, "'\(swiftString(names.tupleItems[0]))' is an invalid keyword argument for mappingproxy()") }
        mapping = args.unsafelyUnwrapped[0]
    }
    if mapping.isMissing { return raise(t, .typeError, "mappingproxy() missing required argument 'mapping' (pos 1)") }
    if !typeOf(mapping).has(.getItem) || isList(mapping) || isTuple(mapping) { return raise(t, .typeError, "mappingproxy() argument must be a mapping, not \(typeName(mapping))") }
    return makeMappingProxy(t, mapping)
}
