// module.

import LadonRuntime

func moduleDefinition() -> TypeDefinition {
    TypeDefinition(.module, "module", flags: [.baseType, .weakReferenceable], doc: "A module: a namespace with a name and documentation.", signature: "(name, doc=None)",
                   size: MemoryLayout<ModuleCell>.size, layout: Layout(prefix: 3, flags: .container), dictOffset: 8,
                   slots: moduleSlots() + [
        .unary(.repr, module_repr),
        .call(.new) { t, type, args, count, names in
            let v = allocateInstance(t, type.asType)
            if v.isRaised { return v }
            let dict = makeDict(t)
            if dict.isRaised { return dict }
            storeWord(v, 8, dict)
            return v
        },
    ], members: [
        .method("__init__", "(self, name, doc=None)", module_init),
        .method("__dir__", "(self, /)", module_dir, "Names in the module, or what its own __dir__ says."),
        .member("__dict__", get: { t, a in wordOrNone(a[0], 8) }),
        .attribute("__annotations__", get: module_annotations, set: module_setAnnotations),
    ])
}

private func module_init(_ t: Thread, _ a: Values) -> Value {
    if !isString(a[1]) { return raise(t, .typeError, "module() argument 'name' must be str, not \(a[1].isNone ? "None" : typeName(a[1]))") }
    let dict = wordOrNone(a[0], 8)
    storeWord(a[0], 16, a[1])
    if dictSet(t, dict, name(.__name__), a[1]) < 0 || dictSet(t, dict, name(.__doc__), a[2]) < 0 { return .raised }
    for n in [Name.__package__, .__loader__, .__spec__] { if dictSet(t, dict, name(n), .none) < 0 { return .raised } }
    return .none
}

private func module_dir(_ t: Thread, _ a: Values) -> Value {
    let dict = getAttribute(t, a[0], .__dict__)
    if dict.isRaised { return dict }
    if !isDict(dict) { return raise(t, .typeError, "<module>.__dict__ is not a dictionary") }
    let own = dictGetName(t, dict, name(.__dir__))
    return own.isMissing ? dictKeysToList(t, dict) : call(t, own)
}

private func module_annotations(_ t: Thread, _ a: Values) -> Value {
    let dict = wordOrNone(a[0], 8)
    let found = dictGetName(t, dict, name(.__annotations__))
    if !found.isMissing { return found }
    let fresh = makeDict(t)
    return fresh.isRaised ? fresh : dictSetDefault(t, dict, name(.__annotations__), fresh)
}

private func module_setAnnotations(_ t: Thread, _ a: Values) -> Value {
    let dict = wordOrNone(a[0], 8)
    if !a[1].isMissing { return dictSet(t, dict, name(.__annotations__), a[1]) < 0 ? .raised : .none }
    let r = dictDelete(t, dict, name(.__annotations__))
    return r < 0 ? .raised : r == 0 ? raise(t, .attributeError, "__annotations__") : .none
}

/// As importlib's `_module_repr` words it.
private func module_repr(_ t: Thread, _ v: Value) -> Value {
    func attribute(_ o: Value, _ n: StaticString) -> Value { getAttributeOrMissing(t, o, internStatic(t, n)) }
    let spec = attribute(v, "__spec__")
    if spec.isRaised { return spec }
    if !spec.isMissing && !spec.isNone {
        var n = attribute(spec, "name")
        if n.isRaised { return n }
        if n.isMissing || n.isNone { n = makeString(t, "?") }
        let shown = reprText(t, n)
        let origin = attribute(spec, "origin")
        if origin.isRaised { return origin }
        if origin.isMissing || origin.isNone {
            let loader = attribute(spec, "loader")
            if loader.isRaised { return loader }
            return makeString(t, loader.isMissing || loader.isNone ? "<module \(shown)>" : "<module \(shown) (\(reprText(t, loader)))>")
        }
        let located = attribute(spec, "has_location")
        if located.isRaised { return located }
        let yes = located.isMissing ? 0 : isTrue(t, located)
        if yes < 0 { return .raised }
        if yes > 0 { return makeString(t, "<module \(shown) from \(reprText(t, origin))>") }
        let text = str(t, origin)
        return text.isRaised ? text : makeString(t, "<module \(shown) (\(swiftString(text)))>")
    }
    let ownLoader = attribute(v, "__loader__")
    if ownLoader.isRaised { return ownLoader }
    if !ownLoader.isMissing && !ownLoader.isNone {
        // Loaders from before specs may describe their modules themselves.
        let method = attribute(ownLoader, "module_repr")
        if method.isRaised { return method }
        if !method.isMissing {
            let text = call(t, method, v)
            if !text.isRaised { return text }
            if !exceptionMatches(t, .exception) { return .raised }
            clearException(t)
        }
    }
    var n = attribute(v, "__name__")
    if n.isRaised { return n }
    if n.isMissing { n = makeString(t, "?") }
    let shown = reprText(t, n)
    let file = attribute(v, "__file__")
    if file.isRaised { return file }
    if !file.isMissing { return makeString(t, "<module \(shown) from \(reprText(t, file))>") }
    let loader = attribute(v, "__loader__")
    if loader.isRaised { return loader }
    return makeString(t, loader.isMissing || loader.isNone ? "<module \(shown)>" : "<module \(shown) (\(reprText(t, loader)))>")
}
