// Reading, writing and deleting attributes: the operations of getattr, setattr and delattr, and object's,
// module's and type's ways of doing them.
//
// Reads take no lock (see Lookup.swift and Shapes.swift). Names are interned before they are compared.

import LadonCore

/// `name` as an interned exact str; raises TypeError for anything that is no str.
@inline(__always) public func attributeName(_ t: Thread, _ name: Value) -> Value {
    if name.isCell && name.id == TypeID.str.rawValue && name.header.pointee.small & StrFlags.interned != 0 { return name }
    return attributeNameSlow(t, name)
}

@inline(never) func attributeNameSlow(_ t: Thread, _ name: Value) -> Value {
    if !name.isCell || !typeOf(name).hasFlag(.strSubclass) {
        return raise(t, .typeError, "attribute name must be string, not '\(typeName(name))'")
    }
    return intern(t, exactString(t, name))
}

// MARK: reading

/// `v.name`.
public func getAttribute(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    let interned = attributeName(t, name)
    if interned.isRaised { return interned }
    let get = typeOf(v).binary(.getAttribute).unsafelyUnwrapped
    let found = get(t, v, interned)
    if found.isRaised { completeAttributeError(t, v, interned) }
    return found
}

public func getAttribute(_ t: Thread, _ v: Value, _ n: Name) -> Value { getAttribute(t, v, name(n)) }

/// `v.name`, or `.missing` where it would raise AttributeError.
public func getAttributeOrMissing(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    let interned = attributeName(t, name)
    if interned.isRaised { return interned }
    let get = typeOf(v).binary(.getAttribute).unsafelyUnwrapped
    let raw = unsafeBitCast(get, to: UnsafeRawPointer.self)
    let model = objectModel
    let found: Value
    if raw == model.pointee.objectGetAttribute {
        found = objectAttribute(t, v, interned)
    } else if raw == model.pointee.typeGetAttribute {
        found = typeAttribute(t, v, interned)
    } else {
        found = get(t, v, interned)
    }
    if found.isRaised && exceptionMatches(t, .attributeError) {
        clearException(t)
        return .missing
    }
    return found
}

public func getAttributeOrMissing(_ t: Thread, _ v: Value, _ n: Name) -> Value { getAttributeOrMissing(t, v, name(n)) }

/// hasattr.
public func hasAttribute(_ t: Thread, _ v: Value, _ name: Value) -> Truth {
    let found = getAttributeOrMissing(t, v, name)
    return found.isRaised ? -1 : found.isMissing ? 0 : 1
}

/// object's lookup: data descriptor, instance attribute, other class attribute. `.missing` when there is none; raises only what descriptors raise.
public func objectAttribute(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    let type = typeOf(v)
    let found = lookupType(t, type, name)
    if found.isMissing { return instanceAttribute(t, v, name) }
    let kind = typeOf(found)
    if kind.hasFlag(.dataDescriptor), let get = kind.ternary(.descriptorGet) { return get(t, found, v, Value(type)) }
    let own = instanceAttribute(t, v, name)
    if !own.isMissing { return own }
    guard let get = kind.ternary(.descriptorGet) else { return found }
    return get(t, found, v, Value(type))
}

/// `object.__getattribute__` as a slot.
func object_getAttribute(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    let interned = attributeName(t, name)
    if interned.isRaised { return interned }
    let found = objectAttribute(t, v, interned)
    if !found.isMissing { return found }
    return raiseAttributeError(t, v, interned)
}

/// AttributeError "'X' object has no attribute 'y'" with `name` and `obj` set.
@inline(never) public func raiseAttributeError(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    if isType(v) { return raiseAttributeError(t, v, name, "type object '\(v.asType.nameText)' has no attribute '\(swiftString(name))'") }
    return raiseAttributeError(t, v, name, "'\(typeName(v))' object has no attribute '\(swiftString(name))'")
}

@inline(never) public func raiseAttributeError(_ t: Thread, _ v: Value, _ name: Value, _ message: String) -> Value {
    _ = raise(t, .attributeError, message)
    let e = t.pointee.exception
    if e.isExactly(.attributeError) {
        storeSlot(e.exceptionFields + ExceptionField.attributeName, name)
        storeSlot(e.exceptionFields + ExceptionField.attributeObject, v)
    }
    return .raised
}

/// `type.__getattribute__` without raising AttributeError: the metatype's data descriptor, the class's own MRO, other metatype attributes.
public func typeAttribute(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    let metatype = typeOf(v)
    let meta = lookupType(t, metatype, name)
    if !meta.isMissing {
        let kind = typeOf(meta)
        if kind.hasFlag(.dataDescriptor), let get = kind.ternary(.descriptorGet) { return get(t, meta, v, Value(metatype)) }
    }
    let found = lookupType(t, v.asType, name)
    if !found.isMissing {
        guard let get = typeOf(found).ternary(.descriptorGet) else { return found }
        return get(t, found, .none, v)
    }
    if meta.isMissing { return .missing }
    guard let get = typeOf(meta).ternary(.descriptorGet) else { return meta }
    return get(t, meta, v, Value(metatype))
}

func type_getAttribute(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    let interned = attributeName(t, name)
    if interned.isRaised { return interned }
    let found = typeAttribute(t, v, interned)
    if !found.isMissing { return found }
    return raiseAttributeError(t, v, interned)
}

/// Module attributes: the dict, then the module's own `__getattr__`.
func module_getAttribute(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    let interned = attributeName(t, name)
    if interned.isRaised { return interned }
    let found = objectAttribute(t, v, interned)
    if !found.isMissing { return found }
    let dict = loadSlot(fieldAddress(v, 8))
    let nameOf = { (n: Name) -> Value in dict.bits == 0 ? .missing : dictGetName(t, dict, LadonCore.name(n)) }
    let fallback = nameOf(.__getattr__)
    if !fallback.isMissing { return call(t, fallback, interned) }
    let moduleName = nameOf(.__name__)
    let text = swiftString(interned)
    guard moduleName.isCell && typeOf(moduleName).hasFlag(.strSubclass) else {
        return raiseAttributeError(t, v, interned, "module has no attribute '\(text)'")
    }
    let moduleText = swiftString(moduleName)
    let spec = nameOf(.__spec__)
    if !spec.isMissing && !spec.isNone {
        let initializing = getAttributeOrMissing(t, spec, ._initializing)
        if initializing.isRaised { return initializing }
        if !initializing.isMissing {
            let yes = isTrue(t, initializing)
            if yes < 0 { return .raised }
            if yes > 0 {
                return raiseAttributeError(t, v, interned, "partially initialized module '\(moduleText)' has no attribute '\(text)' (most likely due to a circular import)")
            }
        }
        // Submodules that are being imported, as importlib notes them in the package's spec.
        let submodules = getAttributeOrMissing(t, spec, internStatic(t, "_uninitialized_submodules"))
        if submodules.isRaised { return submodules }
        if !submodules.isMissing {
            let among = contains(t, submodules, interned)
            if among < 0 { return .raised }
            if among > 0 {
                return raiseAttributeError(t, v, interned, "cannot access submodule '\(text)' of module '\(moduleText)' (most likely due to a circular import)")
            }
        }
    }
    return raiseAttributeError(t, v, interned, "module '\(moduleText)' has no attribute '\(text)'")
}

/// What a call `v.name(…)` needs: the function and, when it binds self, `unbound` true; else the attribute itself.
public func lookupMethod(_ t: Thread, _ v: Value, _ name: Value, _ unbound: inout Bool) -> Value {
    unbound = false
    let type = typeOf(v)
    if type.slot(.getAttribute) != objectModel.pointee.objectGetAttribute { return getAttribute(t, v, name) }
    let found = lookupType(t, type, name)
    if !found.isMissing {
        let kind = typeOf(found)
        if kind.hasFlag(.methodDescriptor) {
            let own = instanceAttribute(t, v, name)
            if !own.isMissing { return own }
            unbound = true
            return found
        }
    }
    return getAttribute(t, v, name)
}

// MARK: writing

/// `v.name = value`, or `del v.name` when `value` is `.missing`.
public func setAttribute(_ t: Thread, _ v: Value, _ name: Value, _ value: Value) -> Truth {
    let interned = attributeName(t, name)
    if interned.isRaised { return -1 }
    guard let set = typeOf(v).ternary(.setAttribute) else {
        _ = raise(t, .typeError, "'\(typeName(v))' object has no attributes (\(value.isMissing ? "del" : "assign to") .\(swiftString(interned)))")
        return -1
    }
    return set(t, v, interned, value).isRaised ? -1 : 1
}

public func setAttribute(_ t: Thread, _ v: Value, _ n: Name, _ value: Value) -> Truth { setAttribute(t, v, name(n), value) }

/// `object.__setattr__` and `__delattr__` as a slot.
public func object_setAttribute(_ t: Thread, _ v: Value, _ name: Value, _ value: Value) -> Value {
    let interned = attributeName(t, name)
    if interned.isRaised { return interned }
    let type = typeOf(v)
    let found = lookupType(t, type, interned)
    if !found.isMissing, let set = typeOf(found).ternary(.descriptorSet) { return set(t, found, v, value).isRaised ? .raised : .none }
    let done = value.isMissing ? deleteInstanceAttribute(t, v, interned) : setInstanceAttribute(t, v, interned, value)
    if done > 0 { return .none }
    if done < 0 { return .raised }
    let text = swiftString(interned)
    if isType(v) { return raise(t, .attributeError, "type object '\(v.asType.nameText)' has no attribute '\(text)'") }
    if hasInstanceDict(type) || found.isMissing { return raise(t, .attributeError, "'\(type.nameText)' object has no attribute '\(text)'") }
    return raise(t, .attributeError, "'\(type.nameText)' object attribute '\(text)' is read-only")
}
