// isinstance and issubclass, with `__instancecheck__`, `__subclasscheck__`, tuples and unions.

import LadonCore

/// isinstance(v, cls): `cls` a class, a union, or a tuple of these.
public func isInstance(_ t: Thread, _ v: Value, _ cls: Value) -> Truth {
    if Value(typeOf(v)) == cls { return 1 }
    // `type.__instancecheck__` itself needs no call.
    if cls.isCell && cls.id == TypeID.type.rawValue { return objectIsInstance(t, v, cls) }
    if cls.isExactly(.unionType) { return isInstance(t, v, cls.cell(as: UnionCell.self).pointee.arguments) }
    if isTuple(cls) {
        if !enterNative(t, " in __instancecheck__") { return -1 }
        defer { leaveNative(t) }
        for i in 0..<cls.tupleCount {
            let r = isInstance(t, v, cls.tupleItems[i])
            if r != 0 { return r }
        }
        return 0
    }
    let r = callSpecial(t, cls, name(.__instancecheck__), v)
    if r.isRaised { return -1 }
    if !r.isMissing { return isTrue(t, r) }
    return objectIsInstance(t, v, cls)
}

/// `type.__instancecheck__(cls, v)`.
public func objectIsInstance(_ t: Thread, _ v: Value, _ cls: Value) -> Truth {
    if isType(cls) {
        if isSubtype(typeOf(v), cls.asType) { return 1 }
        // A proxy may claim another class.
        if hasPlainClass(v) { return 0 }
        let claimed = getAttributeOrMissing(t, v, .__class__)
        if claimed.isRaised { return -1 }
        if claimed.isMissing || claimed == Value(typeOf(v)) || !isType(claimed) { return 0 }
        return isSubtype(claimed.asType, cls.asType) ? 1 : 0
    }
    if !checkClass(t, cls, "isinstance() arg 2 must be a type, a tuple of types, or a union") { return -1 }
    let claimed = getAttributeOrMissing(t, v, .__class__)
    if claimed.isRaised { return -1 }
    return claimed.isMissing ? 0 : abstractIsSubclass(t, claimed, cls)
}

/// Whether `v.__class__` can only be its type: object's own descriptor is found and nothing intercepts.
private func hasPlainClass(_ v: Value) -> Bool {
    let type = typeOf(v)
    if type.slot(.getAttribute) == objectModel.pointee.objectGetAttribute {
        let found = lookupType(type, name(.__class__))
        return found.isExactly(.getSetDescriptor) && found.asMethodDescriptor.pointee.owner == Value(builtinType(.object))
    }
    return false
}

/// issubclass(v, cls).
public func isSubclass(_ t: Thread, _ v: Value, _ cls: Value) -> Truth {
    if cls.isCell && cls.id == TypeID.type.rawValue { return v == cls ? 1 : recursiveIsSubclass(t, v, cls) }
    if cls.isExactly(.unionType) { return isSubclass(t, v, cls.cell(as: UnionCell.self).pointee.arguments) }
    if isTuple(cls) {
        if !enterNative(t, " in __subclasscheck__") { return -1 }
        defer { leaveNative(t) }
        for i in 0..<cls.tupleCount {
            let r = isSubclass(t, v, cls.tupleItems[i])
            if r != 0 { return r }
        }
        return 0
    }
    let r = callSpecial(t, cls, name(.__subclasscheck__), v)
    if r.isRaised { return -1 }
    if !r.isMissing { return isTrue(t, r) }
    return recursiveIsSubclass(t, v, cls)
}

/// `type.__subclasscheck__(cls, v)`.
public func recursiveIsSubclass(_ t: Thread, _ v: Value, _ cls: Value) -> Truth {
    if isType(v) && isType(cls) { return isSubtype(v.asType, cls.asType) ? 1 : 0 }
    if !checkClass(t, v, "issubclass() arg 1 must be a class") { return -1 }
    if !checkClass(t, cls, "issubclass() arg 2 must be a class, a tuple of classes, or a union") { return -1 }
    return abstractIsSubclass(t, v, cls)
}

/// `v.__bases__` if that is a tuple, `.missing` if not.
private func abstractBases(_ t: Thread, _ v: Value) -> Value {
    let bases = getAttributeOrMissing(t, v, .__bases__)
    if bases.isRaised || bases.isMissing { return bases }
    return isTuple(bases) ? bases : .missing
}

private func checkClass(_ t: Thread, _ v: Value, _ message: String) -> Bool {
    let bases = abstractBases(t, v)
    if bases.isRaised { return false }
    if bases.isMissing {
        _ = raise(t, .typeError, message)
        return false
    }
    return true
}

private func abstractIsSubclass(_ t: Thread, _ v: Value, _ cls: Value) -> Truth {
    if v == cls { return 1 }
    if !enterNative(t, " in __subclasscheck__") { return -1 }
    defer { leaveNative(t) }
    let bases = abstractBases(t, v)
    if bases.isRaised { return -1 }
    if bases.isMissing { return 0 }
    for i in 0..<bases.tupleCount {
        let r = abstractIsSubclass(t, bases.tupleItems[i], cls)
        if r != 0 { return r }
    }
    return 0
}
