// property, classmethod and staticmethod.

import LadonRuntime

private enum Field { static let getter = 8, setter = 16, deleter = 24, doc = 32, name = 40 }

func propertyDefinition() -> TypeDefinition {
    TypeDefinition(.property, "property", flags: [.baseType], doc: "An attribute computed by functions.\n\n  fget\n    reads it\n  fset\n    assigns it\n  fdel\n    deletes it\n  doc\n    its documentation, by default that of fget",
                   signature: "(fget=None, fset=None, fdel=None, doc=None)", size: MemoryLayout<PropertyCell>.size, layout: Layout(prefix: 5, flags: .container), slots: [
        .ternary(.descriptorGet, property_get), .ternary(.descriptorSet, property_set),
        .call(.new) { t, type, args, count, names in allocateInstance(t, type.asType) },
    ], members: [
        .method("__init__", "(self, fget=None, fset=None, fdel=None, doc=None)", property_init),
        .method("getter", "(self, fget, /)", { t, a in copyProperty(t, a[0], a[1], .missing, .missing) }, "A copy of the property with another getter."),
        .method("setter", "(self, fset, /)", { t, a in copyProperty(t, a[0], .missing, a[1], .missing) }, "A copy of the property with another setter."),
        .method("deleter", "(self, fdel, /)", { t, a in copyProperty(t, a[0], .missing, .missing, a[1]) }, "A copy of the property with another deleter."),
        .method("__set_name__", "(self, /, *args)", { t, a in
            if a[1].tupleCount != 2 { return raise(t, .typeError, "__set_name__() takes 2 positional arguments but \(a[1].tupleCount) were given") }
            storeWord(a[0], Field.name, a[1].tupleItems[1])
            return .none
        }, "Remember the name of the attribute."),
        .member("fget", get: { t, a in wordOrNone(a[0], Field.getter) }),
        .member("fset", get: { t, a in wordOrNone(a[0], Field.setter) }),
        .member("fdel", get: { t, a in wordOrNone(a[0], Field.deleter) }),
        .member("__doc__", get: { t, a in wordOrNone(a[0], Field.doc) }, set: { t, a in storeWord(a[0], Field.doc, a[1].isMissing ? .none : a[1]); return .none }),
        .attribute("__isabstractmethod__", get: { t, a in
            for offset in [Field.getter, Field.setter, Field.deleter] {
                let r = isAbstract(t, wordOrNone(a[0], offset))
                if r < 0 { return .raised }
                if r > 0 { return .true }
            }
            return .false
        }),
    ])
}

/// Whether a function is marked by `abc.abstractmethod`.
func isAbstract(_ t: Thread, _ f: Value) -> Truth {
    if f.isNone { return 0 }
    let mark = getAttributeOrMissing(t, f, .__isabstractmethod__)
    if mark.isRaised { return -1 }
    return mark.isMissing ? 0 : isTrue(t, mark)
}

private func property_init(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    func stored(_ f: Value) -> Value { f.isNone ? Value(bits: 0) : f }
    storeWord(v, Field.getter, stored(a[1]))
    storeWord(v, Field.setter, stored(a[2]))
    storeWord(v, Field.deleter, stored(a[3]))
    storeWord(v, Field.name, Value(bits: 0))
    var doc = a[4]
    let cell = v.cell(as: PropertyCell.self)
    cell.pointee.docFromGetter = 0
    if doc.isNone && !a[1].isNone {
        let inherited = getAttributeOrMissing(t, a[1], .__doc__)
        if inherited.isRaised { return inherited }
        if !inherited.isMissing {
            doc = inherited
            cell.pointee.docFromGetter = 1
        }
    }
    storeWord(v, Field.doc, doc)
    // A subclass has the documentation among its instance's attributes, where help() looks.
    if !v.isExactly(.property) && cell.pointee.docFromGetter == 1 {
        if setAttribute(t, v, .__doc__, doc) < 0 { return .raised }
    }
    return .none
}

private func copyProperty(_ t: Thread, _ v: Value, _ getter: Value, _ setter: Value, _ deleter: Value) -> Value {
    let get = getter.isMissing || getter.isNone ? wordOrNone(v, Field.getter) : getter
    let set = setter.isMissing || setter.isNone ? wordOrNone(v, Field.setter) : setter
    let delete = deleter.isMissing || deleter.isNone ? wordOrNone(v, Field.deleter) : deleter
    let doc = v.cell(as: PropertyCell.self).pointee.docFromGetter == 1 && !get.isNone ? Value.none : wordOrNone(v, Field.doc)
    let new = call(t, Value(typeOf(v)), get, set, delete, doc)
    if new.isRaised { return new }
    if isInstanceOf(new, .property) { storeWord(new, Field.name, loadSlot((v.cell + Field.name).assumingMemoryBound(to: Value.self))) }
    return new
}

private func raiseNoAccessor(_ t: Thread, _ d: Value, _ v: Value, _ what: String) -> Value {
    let n = wordOrNone(d, Field.name)
    let owner = swiftString(typeOf(v).pointee.qualname)
    if n.isNone { return raise(t, .attributeError, "property of '\(owner)' object has no \(what)") }
    let shown = repr(t, n)
    return shown.isRaised ? shown : raise(t, .attributeError, "property \(swiftString(shown)) of '\(owner)' object has no \(what)")
}

private func property_get(_ t: Thread, _ d: Value, _ v: Value, _ type: Value) -> Value {
    if v.isNone && type != Value(builtinType(.noneType)) { return d }
    let f = wordOrNone(d, Field.getter)
    return f.isNone ? raiseNoAccessor(t, d, v, "getter") : call(t, f, v)
}

private func property_set(_ t: Thread, _ d: Value, _ v: Value, _ value: Value) -> Value {
    let f = wordOrNone(d, value.isMissing ? Field.deleter : Field.setter)
    if f.isNone { return raiseNoAccessor(t, d, v, value.isMissing ? "deleter" : "setter") }
    let r = value.isMissing ? call(t, f, v) : call(t, f, v, value)
    return r.isRaised ? r : .none
}

// MARK: classmethod, staticmethod

private func wrappedMembers() -> [NativeMember] {
    [.method("__init__", "(self, function, /)", wrapped_init),
     .member("__func__", get: { t, a in wordOrNone(a[0], 8) }),
     .member("__wrapped__", get: { t, a in wordOrNone(a[0], 8) }),
     .attribute("__isabstractmethod__", get: { t, a in truthValue(isAbstract(t, wordOrNone(a[0], 8))) }),
     .attribute("__dict__", get: { t, a in instanceDictionary(t, a[0]) }, set: { t, a in
         if a[1].isMissing || !isDict(a[1]) { return raise(t, .typeError, "__dict__ must be set to a dictionary, not a '\(typeName(a[1]))'") }
         storeWord(a[0], 16, a[1])
         return .none
     })]
}

func classMethodDefinition() -> TypeDefinition {
    TypeDefinition(.classMethod, "classmethod", flags: [.baseType], doc: "classmethod(function) -> method\n\nA method that receives the class as its first argument, whether called on the class or on an instance.",
                   signature: "(function, /)", size: MemoryLayout<WrappedMethodCell>.size, layout: Layout(prefix: 2, flags: .container), dictOffset: 16, slots: [
        .unary(.repr) { t, v in wrapped_repr(t, v, "classmethod") },
        .ternary(.descriptorGet, classMethod_get),
        .call(.new) { t, type, args, count, names in allocateInstance(t, type.asType) },
    ], members: wrappedMembers())
}

func staticMethodDefinition() -> TypeDefinition {
    TypeDefinition(.staticMethod, "staticmethod", flags: [.baseType], doc: "staticmethod(function) -> method\n\nA method that receives no implicit first argument.",
                   signature: "(function, /)", size: MemoryLayout<WrappedMethodCell>.size, layout: Layout(prefix: 2, flags: .container), dictOffset: 16, slots: [
        .unary(.repr) { t, v in wrapped_repr(t, v, "staticmethod") },
        .ternary(.descriptorGet) { t, d, v, type in
            let f = loadSlot((d.cell + 8).assumingMemoryBound(to: Value.self))
            return f.bits == 0 ? raise(t, .runtimeError, "uninitialized staticmethod object") : f
        },
        .call(.call) { t, d, args, count, names in
            call(t, wordOrNone(d, 8), args: args, count + (names.bits == 0 ? 0 : names.tupleCount), names)
        },
        .call(.new) { t, type, args, count, names in allocateInstance(t, type.asType) },
    ], members: wrappedMembers())
}

private func wrapped_repr(_ t: Thread, _ v: Value, _ n: String) -> Value {
    let r = repr(t, wordOrNone(v, 8))
    return r.isRaised ? r : makeString(t, "<\(n)(\(swiftString(r)))>")
}

/// The wrapper takes over what describes the function.
private func wrapped_init(_ t: Thread, _ a: Values) -> Value {
    storeWord(a[0], 8, a[1])
    for n in [Name.__module__, .__name__, .__qualname__, .__doc__, .__annotations__] {
        let value = getAttributeOrMissing(t, a[1], n)
        if value.isRaised { return value }
        if value.isMissing { continue }
        let dict = instanceDictionary(t, a[0])
        if dict.isRaised || dictSet(t, dict, name(n), value) < 0 { return .raised }
    }
    return .none
}

private func classMethod_get(_ t: Thread, _ d: Value, _ v: Value, _ given: Value) -> Value {
    let f = loadSlot((d.cell + 8).assumingMemoryBound(to: Value.self))
    if f.bits == 0 { return raise(t, .runtimeError, "uninitialized classmethod object") }
    let type = given.isNone ? Value(typeOf(v)) : given
    if f.isExactly(.function) { return makeMethod(t, f, type) }
    if let get = typeOf(f).ternary(.descriptorGet) { return get(t, f, type, type) }
    let m = allocate(t, .method, as: MethodCell.self)
    m.pointee.function = f
    m.pointee.receiver = type
    return Value(m)
}
