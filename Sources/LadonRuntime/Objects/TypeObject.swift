// What a class does when it is called, and the slots of `type` itself.

import LadonCore

/// `T(…)`: `__new__`, then `__init__` if that made an instance of T.
public func type_call(_ t: Thread, _ callee: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let type = callee.asType
    if type == builtinType(.type) {
        if count == 1 && (names.bits == 0 || names.tupleCount == 0) { return Value(typeOf(args.unsafelyUnwrapped[0])) }
        if count != 3 { return raise(t, .typeError, "type() takes 1 or 3 arguments") }
    }
    // By far the most called type.
    if type == builtinType(.str) && count == 1 && names.bits == 0 { return str(t, args.unsafelyUnwrapped[0]) }
    // What nobody sees before it is complete need not be filled in step by step.
    if type == builtinType(.list) && count == 1 && names.bits == 0 { return iterateToList(t, args.unsafelyUnwrapped[0]) }
    guard !type.hasFlag(.disallowInstantiation), let new = type.callSlot(.new) else { return raise(t, .typeError, "cannot create '\(qualifiedTypeName(t, type))' instances") }
    let made = new(t, callee, args, count, names)
    if made.isRaised { return made }
    let madeType = typeOf(made)
    if madeType != type && !isSubtype(madeType, type) { return made }
    guard let initialize = madeType.callSlot(.initialize) else { return made }
    // object.__init__ only judges arguments, and has nothing to say when `__new__` is the type's own.
    if madeType.slot(.initialize) == objectInitializeSlot && !makesPlainObjects(madeType) { return made }
    return initialize(t, made, args, count, names).isRaised ? .raised : made
}

/// "module.name" for types outside builtins, as messages about native types show them.
public func qualifiedTypeName(_ t: Thread, _ type: TypePointer) -> String { type.nameText }

/// `type.__new__(metatype, name, bases, namespace, **keywords)` as a slot.
public func type_new(_ t: Thread, _ metatype: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if count != 3 { return raise(t, .typeError, "type.__new__() takes exactly 3 arguments (\(count) given)") }
    let a = args.unsafelyUnwrapped
    if !a[0].isCell || !typeOf(a[0]).hasFlag(.strSubclass) { return raise(t, .typeError, "type.__new__() argument 1 must be str, not \(noneOrName(a[0]))") }
    if !isTuple(a[1]) { return raise(t, .typeError, "type.__new__() argument 2 must be tuple, not \(noneOrName(a[1]))") }
    if !isDict(a[2]) { return raise(t, .typeError, "type.__new__() argument 3 must be dict, not \(noneOrName(a[2]))") }
    let n = checkTypeName(t, a[0])
    if n.isRaised { return n }
    var keywords = Value(bits: 0)
    if names.bits != 0 && names.tupleCount != 0 {
        keywords = makeDict(t)
        if keywords.isRaised { return keywords }
        for i in 0..<names.tupleCount { if dictSet(t, keywords, names.tupleItems[i], a[count + i]) < 0 { return .raised } }
    }
    return makeType(t, metatype.asType, name: n, bases: a[1], dict: a[2], keywords: keywords)
}

private func noneOrName(_ v: Value) -> String { v.isNone ? "None" : typeName(v) }

/// A name fit for a type: an exact str without null characters and surrogates. 0: raised.
func checkTypeName(_ t: Thread, _ v: Value) -> Value {
    for i in 0..<v.strCount {
        let c = stringCharAt(v, i)
        if c == 0 { return raise(t, .valueError, "type name must not contain null characters") }
        if c >= 0xD800 && c < 0xE000 {
            return raiseUnicodeEncodeError(t, "utf-8", v, i, i + 1, "surrogates not allowed")
        }
    }
    return exactString(t, v)
}

/// UnicodeEncodeError unless the text can be encoded.
func isWithoutSurrogates(_ t: Thread, _ v: Value) -> Bool {
    if v.strKind == 1 { return true }
    for i in 0..<v.strCount where stringCharAt(v, i) >= 0xD800 && stringCharAt(v, i) < 0xE000 {
        return !raiseUnicodeEncodeError(t, "utf-8", v, i, i + 1, "surrogates not allowed").isRaised
    }
    return true
}

/// `type.__init__`: takes what `__new__` took and does nothing.
public func type_initialize(_ t: Thread, _ v: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if names.bits != 0 && names.tupleCount != 0 && count == 1 { return raise(t, .typeError, "type.__init__() takes no keyword arguments") }
    if count != 1 && count != 3 { return raise(t, .typeError, "type.__init__() takes 1 or 3 arguments") }
    return .none
}

public func type_repr(_ t: Thread, _ v: Value) -> Value {
    let type = v.asType
    let module = typeModule(t, type)
    if module.isRaised { return module }
    let qualname = swiftString(loadSlot(type.address(TypeField.qualname)))
    if module.isCell && typeOf(module).hasFlag(.strSubclass) {
        let text = swiftString(module)
        if text != "builtins" { return makeString(t, "<class '\(text).\(qualname)'>") }
        return makeString(t, "<class '\(qualname)'>")
    }
    return makeString(t, "<class '\(type.nameText)'>")
}

/// `type.__module__`: `.missing` is never answered; 0 when raised.
public func typeModule(_ t: Thread, _ type: TypePointer) -> Value {
    if type.hasFlag(.heapType) {
        let m = dictGetName(t, typeDictionary(t, type), name(.__module__))
        if m.isMissing { return raiseAttributeError(t, Value(type), name(.__module__), "__module__") }
        return m
    }
    let m = loadSlot(type.address(TypeField.module))
    return m.bits == 0 ? name(.builtins) : m
}

/// `int | str` on types.
public func type_or(_ t: Thread, _ a: Value, _ b: Value) -> Value { makeUnionOf(t, a, b) }

public func type_getAttributeSlot() -> BinaryFunction { type_getAttribute }

// MARK: attributes that can be assigned

public func setTypeName(_ t: Thread, _ type: TypePointer, _ value: Value) -> Value {
    if !mayAssign(t, type, value, "__name__") { return .raised }
    if !value.isCell || !typeOf(value).hasFlag(.strSubclass) {
        return raise(t, .typeError, "can only assign string to \(type.nameText).__name__, not '\(typeName(value))'")
    }
    let n = checkTypeName(t, value)
    if n.isRaised { return n }
    storeSlot(type.address(TypeField.name), n)
    return .none
}

public func setTypeQualname(_ t: Thread, _ type: TypePointer, _ value: Value) -> Value {
    if !mayAssign(t, type, value, "__qualname__") { return .raised }
    if !value.isCell || !typeOf(value).hasFlag(.strSubclass) {
        return raise(t, .typeError, "can only assign string to \(type.nameText).__qualname__, not '\(typeName(value))'")
    }
    storeSlot(type.address(TypeField.qualname), value)
    return .none
}

/// TypeErrors of attributes that native types keep and Python classes can't delete.
public func mayAssign(_ t: Thread, _ type: TypePointer, _ value: Value, _ attribute: String) -> Bool {
    if !type.hasFlag(.heapType) {
        _ = raise(t, .typeError, "cannot set '\(attribute)' attribute of immutable type '\(type.nameText)'")
        return false
    }
    if value.isMissing {
        _ = raise(t, .typeError, "cannot delete '\(attribute)' attribute of immutable type '\(type.nameText)'")
        return false
    }
    return !isAuditing || audit(t, "object.__setattr__", type.value, makeString(t, attribute), value)
}

/// Stores into the class's dict past the metatype's descriptors. 0: raised.
public func setTypeDictEntry(_ t: Thread, _ type: TypePointer, _ n: Name, _ value: Value) -> Value {
    setTypeAttribute(t, type, name(n), value) < 0 ? .raised : .none
}

/// The class's own dict entry, `.missing` when absent.
public func typeDictEntry(_ t: Thread, _ type: TypePointer, _ n: Name) -> Value { dictGetName(t, typeDictionary(t, type), name(n)) }

/// `__abstractmethods__ = value`: the flag that `object.__new__` looks at follows.
public func setAbstractMethods(_ t: Thread, _ type: TypePointer, _ value: Value) -> Value {
    var abstract = 0
    if !value.isMissing {
        abstract = isTrue(t, value)
        if abstract < 0 { return .raised }
    }
    let done = setTypeAttribute(t, type, name(.__abstractmethods__), value)
    if done < 0 { return .raised }
    if done == 0 { return raiseAttributeError(t, Value(type), name(.__abstractmethods__), "__abstractmethods__") }
    if abstract > 0 { addFlag(type, .abstract) } else { removeFlag(type, .abstract) }
    return .none
}

/// `T.mro()`: a list.
public func mroList(_ t: Thread, _ type: TypePointer) -> Value {
    let m = computeMRO(t, type, loadSlot(type.address(TypeField.bases)))
    if m.isRaised { return m }
    if type.basePointer == nil { return makeList(t, m.tupleItems, m.tupleCount == 0 ? 0 : 1) }
    return makeList(t, m.tupleItems, m.tupleCount)
}
