// Changing a class: attributes, bases. All under the type lock.
//
// Order: every affected type's version becomes 0, then the dictionary and the slots change, then each gets a
// fresh version. Inline caches that only an id guards are flushed afterwards when the change could make one
// wrong; until then other threads may still see what was true before.

import LadonCore

/// Makes everything cached about `type` and its subclasses invalid.
func invalidateVersions(_ t: Thread, _ type: TypePointer) {
    // Nested types already at 0 are still walked: a subclass may have been given a version meanwhile.
    ladon_store32_release(type.versionAddress, 0)
    forEachSubclass(t, type) { invalidateVersions(t, $0) }
}

func renewVersions(_ t: Thread, _ type: TypePointer) {
    ladon_store32_release(type.versionAddress, freshTypeVersion())
    forEachSubclass(t, type) { renewVersions(t, $0) }
}

private func hasCachedAttributes(_ t: Thread, _ type: TypePointer) -> Bool {
    if type.hasFlag(.attributesCached) { return true }
    var any = false
    forEachSubclass(t, type) { if !any { any = hasCachedAttributes(t, $0) } }
    return any
}

/// Recomputes the slots of `n` in `type` and in the subclasses that do not define `n` themselves.
private func updateSlotsBelow(_ t: Thread, _ type: TypePointer, _ n: Value) {
    updateSlot(t, type, named: n)
    refreshFlags(t, type)
    forEachSubclass(t, type) { sub in
        if dictGetName(t, typeDictionary(t, sub), n).isMissing || sub.hasFlag(.heapType) == false { updateSlotsBelow(t, sub, n) }
    }
}

/// `type.name = value` in the class's own dict (`.missing` deletes). 1 done, 0 nothing to delete, -1 raised.
func setTypeAttribute(_ t: Thread, _ type: TypePointer, _ n: Value, _ value: Value) -> Truth {
    lockTypes(t)
    let dict = typeDictionary(t, type)
    let old = dictGetName(t, dict, n)
    if value.isMissing && old.isMissing {
        unlockTypes(t)
        return 0
    }
    let slotted = SlotTable.firstRow(n) >= 0
    let before = lookupUncached(t, type, n)
    invalidateVersions(t, type)
    let done = value.isMissing ? dictDelete(t, dict, n) : dictSet(t, dict, n, value)
    if slotted { updateSlotsBelow(t, type, n) }
    if type.hasFlag(.changeable) { addFlag(type, .changed) }
    renewVersions(t, type)
    let touchesData = (!value.isMissing && typeOf(value).has(.descriptorSet)) || (!before.isMissing && typeOf(before).has(.descriptorSet))
    let special = n == name(.__getattribute__) || n == name(.__setattr__) || n == name(.__delattr__) || n == name(.__set__) || n == name(.__delete__) || n == name(.__get__)
    let mustFlush = (touchesData && hasCachedAttributes(t, type)) || (special && (hasCachedAttributes(t, type) || n == name(.__set__) || n == name(.__delete__)))
    unlockTypes(t)
    if mustFlush { flushAttributeCaches(t) }
    return done < 0 ? -1 : 1
}

/// `type.__setattr__` and `__delattr__` as a slot.
public func type_setAttribute(_ t: Thread, _ v: Value, _ n: Value, _ value: Value) -> Value {
    let interned = attributeName(t, n)
    if interned.isRaised { return interned }
    let type = v.asType
    if type.hasFlag(.immutable) {
        return raise(t, .typeError, "cannot set '\(swiftString(interned))' attribute of immutable type '\(type.nameText)'")
    }
    let meta = lookupType(t, typeOf(v), interned)
    if !meta.isMissing, let set = typeOf(meta).ternary(.descriptorSet) { return set(t, meta, v, value).isRaised ? .raised : .none }
    let done = setTypeAttribute(t, type, interned, value)
    if done < 0 { return .raised }
    if done == 0 { return raise(t, .attributeError, "type object '\(type.nameText)' has no attribute '\(swiftString(interned))'") }
    return .none
}

// MARK: __bases__

/// `type.__bases__ = bases`.
public func setBases(_ t: Thread, _ type: TypePointer, _ bases: Value) -> Value {
    if !type.hasFlag(.heapType) { return raise(t, .typeError, "cannot set '__bases__' attribute of immutable type '\(type.nameText)'") }
    if bases.isMissing { return raise(t, .typeError, "cannot delete '__bases__' attribute of immutable type '\(type.nameText)'") }
    if isAuditing && !auditAttribute(t, type.value, "__bases__", set: bases) { return .raised }
    if !isTuple(bases) { return raise(t, .typeError, "can only assign tuple to \(type.nameText).__bases__, not \(typeName(bases))") }
    if bases.tupleCount == 0 { return raise(t, .typeError, "can only assign non-empty tuple to \(type.nameText).__bases__, not ()") }
    for i in 0..<bases.tupleCount {
        let b = bases.tupleItems[i]
        if !isType(b) { return raise(t, .typeError, "\(type.nameText).__bases__ must be tuple of classes, not '\(typeName(b))'") }
        // While a metaclass's `mro()` changes bases again, the MRO is not up to date yet but the chain of bases is.
        if isSubtype(b.asType, type) || inBaseChain(b.asType, type) { return raise(t, .typeError, "a __bases__ item causes an inheritance cycle") }
    }
    guard let base = bestBase(t, bases) else { return .raised }
    guard let oldBase = type.basePointer else { return raise(t, .typeError, "cannot set '__bases__' of object") }
    if !checkLayouts(t, oldBase, base, "__bases__") { return .raised }

    let oldBases = loadSlot(type.address(TypeField.bases))
    lockTypes(t)
    invalidateVersions(t, type)
    storeSlot(type.address(TypeField.bases), bases)
    storeSlot(type.address(TypeField.base), Value(base))
    unlockTypes(t)
    let changed = makeList(t)
    if changed.isRaised || !refreshMROs(t, type, changed) {
        let pending = takeException(t)
        lockTypes(t)
        // What a nested assignment put there since stays.
        var i = changed.isRaised ? 0 : listCount(changed)
        while i > 0 {
            i -= 3
            let at = listGet(t, changed, i).asType.address(TypeField.mro)
            if loadSlot(at) == listGet(t, changed, i + 1) { storeSlot(at, listGet(t, changed, i + 2)) }
        }
        if loadSlot(type.address(TypeField.bases)) == bases {
            storeSlot(type.address(TypeField.bases), oldBases)
            storeSlot(type.address(TypeField.base), Value(oldBase))
        }
        renewVersions(t, type)
        unlockTypes(t)
        restoreException(t, pending)
        return .raised
    }
    lockTypes(t)
    if loadSlot(type.address(TypeField.bases)) != bases {
        renewVersions(t, type)
        unlockTypes(t)
        return .none
    }
    for i in 0..<oldBases.tupleCount { removeSubclass(t, oldBases.tupleItems[i].asType, type) }
    var registered = true
    for i in 0..<bases.tupleCount where registered { registered = addSubclass(t, bases.tupleItems[i].asType, type) }
    updateAllSlotsBelow(t, type)
    renewVersions(t, type)
    unlockTypes(t)
    flushAttributeCaches(t)
    return registered ? .none : raiseMemoryError(t)
}

private func updateAllSlotsBelow(_ t: Thread, _ type: TypePointer) {
    updateAllSlots(t, type)
    refreshFlags(t, type)
    forEachSubclass(t, type) { updateAllSlotsBelow(t, $0) }
}

private func inBaseChain(_ type: TypePointer, _ wanted: TypePointer) -> Bool {
    var p: TypePointer? = type
    while let q = p { if q == wanted { return true }; p = q.basePointer }
    return false
}

/// New MROs for `type`, then its subclasses; `changed` gets type, new MRO and old MRO of each. A `mro()` that assigned
/// `__bases__` itself has set a newer one, which stays.
private func refreshMROs(_ t: Thread, _ type: TypePointer, _ changed: Value) -> Bool {
    if !hasNativeRoom(t) { return false }
    let old = loadSlot(type.address(TypeField.mro))
    let mro = resolveMRO(t, type)
    if mro.isRaised { return false }
    if loadSlot(type.address(TypeField.mro)) != old { return true }
    storeSlot(type.address(TypeField.mro), mro)
    if listAppend(t, changed, Value(type)) < 0 || listAppend(t, changed, mro) < 0 || listAppend(t, changed, old) < 0 { return false }
    // `mro()` may change the list of subclasses meanwhile.
    let below = subclassList(t, type)
    if below.isRaised { return false }
    for i in 0..<listCount(below) where !refreshMROs(t, listGet(t, below, i).asType, changed) { return false }
    return true
}

/// `v.__class__ = type`.
public func setClass(_ t: Thread, _ v: Value, _ given: Value) -> Value {
    if given.isMissing { return raise(t, .typeError, "can't delete __class__ attribute") }
    if !isType(given) { return raise(t, .typeError, "__class__ must be set to a class, not '\(typeName(given))' object") }
    if isAuditing && !auditAttribute(t, v, "__class__", set: given) { return .raised }
    let new = given.asType, old = typeOf(v)
    let module = builtinType(.module)
    let bothModules = isSubtype(new, module) && isSubtype(old, module)
    if !bothModules && (!new.hasFlag(.heapType) || !old.hasFlag(.heapType)) {
        return raise(t, .typeError, "__class__ assignment only supported for mutable types or ModuleType subclasses")
    }
    if !checkLayouts(t, old, new, "__class__") { return .raised }
    if new == old { return .none }
    if changeClass(t, v, new) < 0 { return .raised }
    if new.hasFlag(.hasFinalizer) && !old.hasFlag(.hasFinalizer) { registerFinalizable(t, v) }
    // Descriptors and classes that change class change what caches know about them.
    if isType(v) || old.has(.descriptorGet) || new.has(.descriptorGet) { flushAttributeCaches(t) }
    return .none
}

/// `type.__subclasses__()`: a list of the living direct subclasses, without those of other interpreters' programs.
public func subclassList(_ t: Thread, _ type: TypePointer) -> Value {
    let list = makeList(t)
    if list.isRaised { return list }
    lockTypes(t)
    var ok = true
    let id = UInt32(truncatingIfNeeded: interpreter(t).pointee.id)
    forEachSubclass(t, type) {
        let isOwn = $0.pointee.maker == id || !$0.pointee.flags.contains(.heapType)
        if ok && isOwn { ok = listAppend(t, list, Value($0)) >= 0 }
    }
    unlockTypes(t)
    return ok ? list : .raised
}
