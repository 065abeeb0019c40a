// `super`: attribute lookup that starts after a class in an MRO, and its zero-argument form.

import LadonCore

/// The class whose MRO is searched for `super(type, object)`. 0: TypeError raised.
private func superStart(_ t: Thread, _ type: TypePointer, _ object: Value) -> Value {
    if isType(object) && isSubtype(object.asType, type) { return object }
    if isSubtype(typeOf(object), type) { return Value(typeOf(object)) }
    let claimed = getAttributeOrMissing(t, object, .__class__)
    if claimed.isRaised { return claimed }
    if !claimed.isMissing && isType(claimed) && claimed.asType != typeOf(object) && isSubtype(claimed.asType, type) { return claimed }
    return raise(t, .typeError, "super(type, obj): obj must be an instance or subtype of type")
}

/// `super.__init__`.
public func super_initialize(_ t: Thread, _ v: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if names.bits != 0 && names.tupleCount != 0 { return raise(t, .typeError, "super() takes no keyword arguments") }
    if count > 2 { return raise(t, .typeError, "super() expected at most 2 arguments, got \(count)") }
    var type = Value.missing
    var object = Value.none
    if count == 0 {
        if !superFromFrame(t, &type, &object) { return .raised }
    } else {
        type = args.unsafelyUnwrapped[0]
        if count > 1 { object = args.unsafelyUnwrapped[1] }
        if !isType(type) { return raise(t, .typeError, "super() argument 1 must be a type, not \(type.isNone ? "None" : typeName(type))") }
    }
    return fillSuper(t, v, type, object)
}

private func fillSuper(_ t: Thread, _ v: Value, _ type: Value, _ object: Value) -> Value {
    let s = v.cell(as: SuperCell.self)
    var start = Value.none
    if !object.isNone {
        start = superStart(t, type.asType, object)
        if start.isRaised { return start }
    }
    s.pointee.thisClass = type
    s.pointee.object = object
    s.pointee.objectType = start
    return .none
}

/// `super()`: the `__class__` cell and the first argument of the running function.
private func superFromFrame(_ t: Thread, _ type: inout Value, _ object: inout Value) -> Bool {
    func fail(_ message: String) -> Bool {
        _ = raise(t, .runtimeError, message)
        return false
    }
    guard let f = currentFrame(t) else { return fail("super(): no current frame") }
    let function = f.function
    let code = function.pointee.code.asCode
    if code.pointee.argumentCount == 0 { return fail("super(): no arguments") }
    var first = f[Frame.headerSize]
    // Captured by an inner function: the register holds a cell of ours.
    if first.isExactly(.cellVariable) && code.pointee.cellNames.tupleCount > 0 && code.pointee.localNames.tupleCount > 0 {
        let parameter = code.pointee.localNames.tupleItems[0]
        for i in 0..<code.pointee.cellNames.tupleCount where code.pointee.cellNames.tupleItems[i] == parameter {
            first = loadSlot(fieldAddress(first, 8))
            break
        }
    }
    if first.bits == 0 { return fail("super(): arg[0] deleted") }
    let free = code.pointee.freeNames
    for i in 0..<free.tupleCount where free.tupleItems[i] == name(.__class__) {
        let cell = function.pointee.closure.tupleItems[i]
        if !cell.isExactly(.cellVariable) { return fail("super(): bad __class__ cell") }
        let contents = loadSlot(fieldAddress(cell, 8))
        if contents.bits == 0 { return fail("super(): empty __class__ cell") }
        if !isType(contents) { return fail("super(): __class__ is not a type (\(typeName(contents)))") }
        type = contents
        object = first
        return true
    }
    return fail("super(): __class__ cell not found")
}

/// The attribute as found after `thisClass` in the MRO, unbound, and through what it is bound; `.missing`: not found there.
private func superFind(_ t: Thread, _ s: UnsafeMutablePointer<SuperCell>, _ n: Value) -> Value {
    let start = s.pointee.objectType
    if start.bits == 0 || start.isNone || n == name(.__class__) { return .missing }
    let mro = start.asType.mroTuple
    if mro.bits == 0 { return .missing }
    var i = 0
    while i < mro.tupleCount && mro.tupleItems[i] != s.pointee.thisClass { i += 1 }
    i += 1
    while i < mro.tupleCount {
        let found = dictGetName(t, typeDictionary(t, mro.tupleItems[i].asType), n)
        if !found.isMissing { return found }
        i += 1
    }
    return .missing
}

public func super_getAttribute(_ t: Thread, _ v: Value, _ given: Value) -> Value {
    let n = attributeName(t, given)
    if n.isRaised { return n }
    let s = v.cell(as: SuperCell.self)
    let found = superFind(t, s, n)
    if found.isMissing { return object_getAttribute(t, v, n) }
    let object = s.pointee.object
    return bindDescriptor(t, found, object == s.pointee.objectType ? .none : object, s.pointee.objectType)
}

/// `super().name(…)` without a bound method: the function, and whether the object goes before the arguments.
func superMethod(_ t: Thread, _ v: Value, _ n: Value, _ receiver: inout Value) -> Value {
    let s = v.cell(as: SuperCell.self)
    let found = superFind(t, s, n)
    if !found.isMissing && s.pointee.object != s.pointee.objectType && bindsLikeFunction(found) {
        receiver = s.pointee.object
        return found
    }
    return .missing
}

public func super_descriptorGet(_ t: Thread, _ d: Value, _ v: Value, _ type: Value) -> Value {
    let s = d.cell(as: SuperCell.self)
    if v.isNone || (s.pointee.object.bits != 0 && !s.pointee.object.isNone) { return d }
    if !d.isExactly(.super) { return s.pointee.thisClass.bits == 0 ? d : call(t, Value(typeOf(d)), s.pointee.thisClass, v) }
    let bound = allocateInstance(t, builtinType(.super))
    if bound.isRaised { return bound }
    return fillSuper(t, bound, s.pointee.thisClass, v).isRaised ? .raised : bound
}
