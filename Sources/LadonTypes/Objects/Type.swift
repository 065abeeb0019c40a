// type: the attributes and methods of classes.

import LadonRuntime

func typeDefinition() -> TypeDefinition {
    TypeDefinition(.type, "type", flags: [.baseType, .weakReferenceable], doc: "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
                   size: TypePointer.cellSize, layout: Layout(prefix: 11, flags: .container), dictOffset: 8, slots: typeSlots(), members: [
        .method("mro", "(self, /)", { t, a in mroList(t, a[0].asType) }, "Return a type's method resolution order."),
        .method("__subclasses__", "(self, /)", { t, a in subclassList(t, a[0].asType) }, "Return a list of immediate subclasses."),
        .classMethod("__prepare__", "($type, /, *args, **kwargs)", { t, a in makeDict(t) }, "Create the namespace for the class statement."),
        .method("__instancecheck__", "(self, instance, /)", { t, a in truthValue(objectIsInstance(t, a[1], a[0])) }, "Check if an object is an instance."),
        .method("__subclasscheck__", "(self, subclass, /)", { t, a in truthValue(recursiveIsSubclass(t, a[1], a[0])) }, "Check if a class is a subclass."),
        .method("__dir__", "(self, /)", type_dir, "Names of a class's attributes, without those of its metaclass."),
        .method("__sizeof__", "(self, /)", { t, a in Value(smallInt: TypePointer.cellSize) }, "Memory taken by the type object."),
        .member("__basicsize__", get: { t, a in Value(smallInt: Int(a[0].asType.pointee.basicSize)) }),
        .member("__itemsize__", get: { t, a in Value(smallInt: Int(a[0].asType.pointee.itemSize)) }),
        .member("__flags__", get: { t, a in Value(smallInt: visibleFlags(a[0].asType)) }),
        .member("__weakrefoffset__", get: { t, a in Value(smallInt: a[0].asType.pointee.flags.contains(.weakReferenceable) ? Int(a[0].asType.pointee.basicSize) : 0) }),
        .member("__base__", get: { t, a in let b = a[0].asType.pointee.base; return b.bits == 0 ? .none : b }),
        .member("__dictoffset__", get: { t, a in
            let type = a[0].asType
            return Value(smallInt: type.pointee.dictOffset != 0 ? Int(type.pointee.dictOffset) : type.pointee.attributeOffset == 0 ? 0 : Int(type.pointee.attributeOffset & 0xFFFF))
        }),
        .member("__mro__", get: { t, a in let m = a[0].asType.mroTuple; return m.bits == 0 ? .none : m }),
        .attribute("__name__", get: { t, a in a[0].asType.pointee.name }, set: { t, a in setTypeName(t, a[0].asType, a[1]) }),
        .attribute("__qualname__", get: { t, a in a[0].asType.pointee.qualname }, set: { t, a in setTypeQualname(t, a[0].asType, a[1]) }),
        .attribute("__bases__", get: { t, a in a[0].asType.pointee.bases }, set: { t, a in setBases(t, a[0].asType, a[1]) }),
        .attribute("__module__", get: { t, a in typeModule(t, a[0].asType) }, set: { t, a in
            mayAssign(t, a[0].asType, a[1], "__module__") ? setTypeDictEntry(t, a[0].asType, .__module__, a[1]) : .raised
        }),
        .attribute("__abstractmethods__", get: { t, a in
            let found = a[0] == Value(builtinType(.type)) ? .missing : typeDictEntry(t, a[0].asType, .__abstractmethods__)
            return found.isMissing ? raiseAttributeError(t, a[0], name(.__abstractmethods__), "__abstractmethods__") : found
        }, set: { t, a in setAbstractMethods(t, a[0].asType, a[1]) }),
        .attribute("__dict__", get: { t, a in makeMappingProxy(t, typeDictionary(t, a[0].asType)) }),
        .attribute("__doc__", get: type_doc, set: { t, a in
            mayAssign(t, a[0].asType, a[1], "__doc__") ? setTypeDictEntry(t, a[0].asType, .__doc__, a[1]) : .raised
        }),
        .attribute("__text_signature__", get: { t, a in
            guard let d = nativeDefinition(a[0].asType), d.pointee.signature.utf8CodeUnitCount > 0 else { return .none }
            return makeString(t, d.pointee.signature)
        }),
        .attribute("__annotations__", get: type_annotations, set: type_setAnnotations),
    ])
}

func truthValue(_ r: Truth) -> Value { r < 0 ? .raised : Value(r > 0) }

private func type_dir(_ t: Thread, _ a: Values) -> Value {
    let dict = makeDict(t)
    if dict.isRaised || mergeClassDict(t, dict, a[0]) < 0 { return .raised }
    return dictKeysToList(t, dict)
}

/// The flags by CPython's numbers, as far as programs ask for them.
private func visibleFlags(_ type: TypePointer) -> Int {
    let f = type.pointee.flags
    var r = 1 << 12 | 1 << 14 | 1 << 18
    let pairs: [(TypeFlags, Int)] = [(.sequence, 5), (.mapping, 6), (.disallowInstantiation, 7), (.immutable, 8), (.heapType, 9), (.baseType, 10),
                                     (.methodDescriptor, 17), (.abstract, 20), (.matchSelf, 22), (.intSubclass, 24), (.listSubclass, 25), (.tupleSubclass, 26),
                                     (.bytesSubclass, 27), (.strSubclass, 28), (.dictSubclass, 29), (.exceptionSubclass, 30), (.typeSubclass, 31)]
    for (flag, bit) in pairs where f.contains(flag) { r |= 1 << bit }
    return r
}

private func type_doc(_ t: Thread, _ a: Values) -> Value {
    let type = a[0].asType
    if let d = nativeDefinition(type) { return d.pointee.doc.utf8CodeUnitCount == 0 ? .none : makeString(t, d.pointee.doc) }
    let found = typeDictEntry(t, type, .__doc__)
    if found.isMissing { return .none }
    return bindDescriptor(t, found, .none, a[0])
}

private func type_annotations(_ t: Thread, _ a: Values) -> Value {
    let type = a[0].asType
    if !type.pointee.flags.contains(.heapType) { return raiseAttributeError(t, a[0], name(.__annotations__)) }
    let found = typeDictEntry(t, type, .__annotations__)
    if !found.isMissing { return bindDescriptor(t, found, .none, a[0]) }
    let fresh = makeDict(t)
    if fresh.isRaised || setTypeDictEntry(t, type, .__annotations__, fresh).isRaised { return .raised }
    return fresh
}

private func type_setAnnotations(_ t: Thread, _ a: Values) -> Value {
    let type = a[0].asType
    if type.pointee.flags.contains(.immutable) {
        return raise(t, .typeError, "cannot set '__annotations__' attribute of immutable type '\(type.nameText)'")
    }
    if a[1].isMissing && typeDictEntry(t, type, .__annotations__).isMissing { return raise(t, .attributeError, "__annotations__") }
    return setTypeDictEntry(t, type, .__annotations__, a[1])
}
