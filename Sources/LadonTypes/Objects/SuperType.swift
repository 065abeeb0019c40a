// super.

import LadonRuntime

func superDefinition() -> TypeDefinition {
    TypeDefinition(.super, "super", flags: [.baseType], doc: "super() -> super(__class__, <first argument>)\nsuper(type) -> unbound\nsuper(type, obj) -> bound; isinstance(obj, type) must hold\nsuper(type, type2) -> bound; issubclass(type2, type) must hold",
                   size: MemoryLayout<SuperCell>.size, layout: Layout(prefix: 3, flags: .container), slots: [
        .unary(.repr, super_repr), .binary(.getAttribute, super_getAttribute), .ternary(.descriptorGet, super_descriptorGet),
        .call(.initialize, super_initialize), .call(.new) { t, type, args, count, names in allocateInstance(t, type.asType) },
    ], members: [
        .member("__thisclass__", get: { t, a in wordOrNone(a[0], 8) }, "the class after which the search begins"),
        .member("__self__", get: { t, a in wordOrNone(a[0], 16) }, "the object it is bound to, or None"),
        .member("__self_class__", get: { t, a in wordOrNone(a[0], 24) }, "the class whose MRO is searched, or None"),
    ])
}

private func super_repr(_ t: Thread, _ v: Value) -> Value {
    let this = wordOrNone(v, 8), start = wordOrNone(v, 24)
    let thisText = this.isNone ? "NULL" : this.asType.nameText
    if start.isNone { return makeString(t, "<super: <class '\(thisText)'>, NULL>") }
    return makeString(t, "<super: <class '\(thisText)'>, <\(start.asType.nameText) object>>")
}
