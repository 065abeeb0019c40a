// The module `_abc`: the machinery behind abc.ABCMeta.

import LadonTypes

public func abcModule() -> ModuleDefinition {
    ModuleDefinition("_abc", doc: "Module contains faster C implementation of abc.ABCMeta", members: [
        .method("get_cache_token", "()", { t, a in makeInt(t, interpreter(t).pointee.abcCounter) },
                "Returns the current ABC cache token.\n\nThe token is an opaque object (supporting equality testing) identifying the\ncurrent version of the ABC cache for virtual subclasses. The token changes\nwith every call to register() on any ABC."),
        .method("_abc_init", "(self, /)", abc_init, "Internal ABC helper for class set-up. Should be never used outside abc module."),
        .method("_abc_register", "(self, subclass, /)", abc_register, "Internal ABC helper for subclasss registration. Should be never used outside abc module."),
        .method("_abc_instancecheck", "(self, instance, /)", abc_instanceCheck, "Internal ABC helper for instance checks. Should be never used outside abc module."),
        .method("_abc_subclasscheck", "(self, subclass, /)", abc_subclassCheck, "Internal ABC helper for subclasss checks. Should be never used outside abc module."),
        .method("_get_dump", "(self, /)", abc_getDump, "Internal ABC helper for cache and registry debugging.\n\nReturn shallow copies of registry, of both caches, and\nnegative cache version. Don't call this function directly,\ninstead use ABC._dump_registry() for a nice repr."),
        .method("_reset_registry", "(self, /)", { t, a in
            guard let d = data(t, a[0]) else { return .raised }
            storeSlot(&d.pointee.registry, .raised)
            return .none
        }, "Internal ABC helper to reset registry of a given class.\n\nShould be only used by refleak.py"),
        .method("_reset_caches", "(self, /)", { t, a in
            guard let d = data(t, a[0]) else { return .raised }
            storeSlot(&d.pointee.positive, .raised)
            storeSlot(&d.pointee.negative, .raised)
            return .none
        }, "Internal ABC helper to reset both caches of a given class.\n\nShould be only used by refleak.py"),
    ], types: [abcDataDefinition], initialize: { t, a in
        let dict = a[0].cell(as: ModuleCell.self).pointee.dict
        let n = intern(t, "_abc_data")
        abcDataType = dictGet(t, dict, n).asType
        return dictDelete(t, dict, n) < 0 ? .raised : .none
    })
}

nonisolated(unsafe) private var implName = Value.raised

@inline(__always) private func implementationName(_ t: Thread) -> Value {
    if implName.bits != 0 { return implName }
    let n = intern(t, "_abc_impl")
    makeImmortal(n)
    implName = n
    return n
}

/// The data of an abstract class; nil: raised.
@inline(__always) private func data(_ t: Thread, _ cls: Value) -> UnsafeMutablePointer<AbcDataCell>? {
    if isType(cls) {
        let v = lookupType(t, cls.asType, implementationName(t))
        if v.isCell && v.id == abcDataType.unsafelyUnwrapped.pointee.id { return v.cell(as: AbcDataCell.self) }
    }
    return dataSlow(t, cls)
}

@inline(never) private func dataSlow(_ t: Thread, _ cls: Value) -> UnsafeMutablePointer<AbcDataCell>? {
    let v = getAttribute(t, cls, implementationName(t))
    if v.isRaised { return nil }
    if v.isCell && v.id == abcDataType.unsafelyUnwrapped.pointee.id { return v.cell(as: AbcDataCell.self) }
    raise(t, .typeError, "_abc_impl is set to a wrong type")
    return nil
}

// MARK: making an abstract class

private func abc_init(_ t: Thread, _ a: Values) -> Value {
    let cls = a[0]
    if computeAbstractMethods(t, cls).isRaised { return .raised }
    let d = makeAbcData(t)
    if d.isRaised || setAttribute(t, cls, implementationName(t), d) < 0 { return .raised }
    if !isType(cls) { return .none }
    // Sequence and Mapping say so by an attribute, which becomes a flag of the type for pattern matching.
    let n = intern(t, "__abc_tpflags__")
    let dict = typeDictionary(t, cls.asType)
    let wanted = dictGet(t, dict, n)
    if wanted.isRaised { return wanted }
    if wanted.isMissing || !isInt(wanted) { return .none }
    let bits = intTruncated(plainInt(wanted))
    if bits & 0x60 == 0x60 { return raise(t, .typeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING") }
    if bits & 0x60 != 0 { setCollectionFlag(cls.asType, bits & 0x20 != 0 ? .sequence : .mapping) }
    return setAttribute(t, cls, n, .missing) < 0 ? .raised : .none
}

private func setCollectionFlag(_ type: TypePointer, _ flag: TypeFlags) {
    let word = UnsafeMutableRawPointer(type) + MemoryLayout<TypeCell>.offset(of: \TypeCell.flags).unsafelyUnwrapped
    let other: TypeFlags = flag == .sequence ? .mapping : .sequence
    _ = ladon_fetch_and32(word, ~other.rawValue)
    _ = ladon_fetch_or32(word, flag.rawValue)
}

private func isAbstract(_ t: Thread, _ v: Value) -> Truth {
    let mark = getAttributeOrMissing(t, v, name(.__isabstractmethod__))
    if mark.isRaised { return -1 }
    return mark.isMissing ? 0 : isTrue(t, mark)
}

private func computeAbstractMethods(_ t: Thread, _ cls: Value) -> Value {
    let names = makeSet(t)
    if names.isRaised { return names }
    if !isType(cls) { return raise(t, .typeError, "_abc_init() argument must be a class") }
    let items = dictToList(t, typeDictionary(t, cls.asType), .items)
    if items.isRaised { return items }
    for i in 0 ..< listCount(items) {
        let pair = listGet(t, items, i)
        let abstract = isAbstract(t, pair.tupleItems[1])
        if abstract < 0 || abstract == 1 && setAdd(t, names, pair.tupleItems[0]) < 0 { return .raised }
    }
    let bases = getAttribute(t, cls, name(.__bases__))
    if bases.isRaised { return bases }
    if !isTuple(bases) { return raise(t, .typeError, "__bases__ is not a tuple") }
    for i in 0 ..< bases.tupleCount {
        let inherited = getAttributeOrMissing(t, bases.tupleItems[i], name(.__abstractmethods__))
        if inherited.isRaised { return inherited }
        if inherited.isMissing { continue }
        let iterator = iterate(t, inherited)
        if iterator.isRaised { return iterator }
        while true {
            let n = next(t, iterator)
            if n.isExhausted { break }
            if n.isRaised { return n }
            let value = getAttributeOrMissing(t, cls, n)
            if value.isRaised { return value }
            if value.isMissing { continue }
            let abstract = isAbstract(t, value)
            if abstract < 0 || abstract == 1 && setAdd(t, names, n) < 0 { return .raised }
        }
    }
    let frozen = setCopy(t, names, frozen: true)
    return frozen.isRaised || setAttribute(t, cls, name(.__abstractmethods__), frozen) < 0 ? .raised : .none
}

// MARK: register

private func abc_register(_ t: Thread, _ a: Values) -> Value {
    let cls = a[0], subclass = a[1]
    if !isType(subclass) { return raise(t, .typeError, "Can only register classes") }
    let already = isSubclass(t, subclass, cls)
    if already < 0 { return .raised }
    if already == 1 { return subclass }
    let cycle = isSubclass(t, cls, subclass)
    if cycle < 0 { return .raised }
    if cycle == 1 { return raise(t, .runtimeError, "Refusing to create an inheritance cycle") }
    guard let d = data(t, cls) else { return .raised }
    if !abcTableAdd(t, &d.pointee.registry, subclass) { return .raised }
    _ = ladon_fetch_add(&interpreter(t).pointee.abcCounter, 1)
    if isType(cls) {
        let flags = cls.asType.pointee.flags
        if flags.contains(.sequence) { return spreadFlag(t, subclass.asType, .sequence) ? subclass : .raised }
        if flags.contains(.mapping) { return spreadFlag(t, subclass.asType, .mapping) ? subclass : .raised }
    }
    return subclass
}

private func spreadFlag(_ t: Thread, _ type: TypePointer, _ flag: TypeFlags) -> Bool {
    if type.pointee.flags.contains(.immutable) || type.pointee.flags.contains(flag) { return true }
    setCollectionFlag(type, flag)
    let subclasses = subclassList(t, type)
    if subclasses.isRaised { return false }
    for i in 0 ..< listCount(subclasses) where !spreadFlag(t, listGet(t, subclasses, i).asType, flag) { return false }
    return true
}

// MARK: checks

private func abc_instanceCheck(_ t: Thread, _ a: Values) -> Value {
    let cls = a[0], instance = a[1]
    guard let d = data(t, cls) else { return .raised }
    let subclass = getAttribute(t, instance, name(.__class__))
    if subclass.isRaised { return subclass }
    if abcTableContains(t, &d.pointee.positive, subclass) { return .true }
    let type = Value(typeOf(instance))
    if type == subclass {
        if d.pointee.negativeVersion == interpreter(t).pointee.abcCounter && abcTableContains(t, &d.pointee.negative, subclass) { return .false }
        return callMethod(t, cls, name(.__subclasscheck__), subclass)
    }
    let first = callMethod(t, cls, name(.__subclasscheck__), subclass)
    if first.isRaised { return first }
    let truth = isTrue(t, first)
    if truth != 0 { return truth < 0 ? .raised : first }
    return callMethod(t, cls, name(.__subclasscheck__), type)
}

private func abc_subclassCheck(_ t: Thread, _ a: Values) -> Value {
    let cls = a[0], subclass = a[1]
    if !isType(subclass) { return raise(t, .typeError, "issubclass() arg 1 must be a class") }
    if !enterNative(t, " in __subclasscheck__") { return .raised }
    defer { leaveNative(t) }
    guard let d = data(t, cls) else { return .raised }
    if abcTableContains(t, &d.pointee.positive, subclass) { return .true }
    let version = interpreter(t).pointee.abcCounter
    if d.pointee.negativeVersion < version {
        storeSlot(&d.pointee.negative, .raised)
        d.pointee.negativeVersion = version
    } else if abcTableContains(t, &d.pointee.negative, subclass) { return .false }
    func remember(_ answer: Bool) -> Value {
        if !(answer ? abcTableAdd(t, &d.pointee.positive, subclass) : abcTableAdd(t, &d.pointee.negative, subclass)) { return .raised }
        return Value(answer)
    }
    let hook = callMethod(t, cls, name(.__subclasshook__), subclass)
    if hook.isRaised { return hook }
    if hook.isTrue || hook.isFalse { return remember(hook.isTrue) }
    if !hook.isNotImplemented { return raise(t, .assertionError, "__subclasshook__ must return either False, True, or NotImplemented") }
    if isType(cls) && isSubtype(subclass.asType, cls.asType) { return remember(true) }
    let registered = abcTableReferences(t, &d.pointee.registry)
    if registered.isRaised { return registered }
    for i in 0 ..< listCount(registered) {
        let other = weakReferent(listGet(t, registered, i))
        if other.isNone { continue }
        let r = isSubclass(t, subclass, other)
        if r < 0 { return .raised }
        if r == 1 { return remember(true) }
    }
    let subclasses = callMethod(t, cls, name(.__subclasses__))
    if subclasses.isRaised { return subclasses }
    if !isList(subclasses) { return raise(t, .typeError, "__subclasses__() must return a list") }
    var i = 0
    while i < listCount(subclasses) {
        let other = listGet(t, subclasses, i)
        if other.isMissing { break }
        i += 1
        let r = isSubclass(t, subclass, other)
        if r < 0 { return .raised }
        if r == 1 { return remember(true) }
    }
    return remember(false)
}

private func abc_getDump(_ t: Thread, _ a: Values) -> Value {
    guard let d = data(t, a[0]) else { return .raised }
    func references(_ slot: UnsafeMutablePointer<Value>) -> Value {
        let list = abcTableReferences(t, slot)
        let set = list.isRaised ? list : makeSet(t)
        if set.isRaised { return set }
        for i in 0 ..< listCount(list) {
            let r = listGet(t, list, i)
            if !weakReferent(r).isNone && setAdd(t, set, r) < 0 { return .raised }
        }
        return set
    }
    let registry = references(&d.pointee.registry)
    let positive = registry.isRaised ? registry : references(&d.pointee.positive)
    let negative = positive.isRaised ? positive : references(&d.pointee.negative)
    return negative.isRaised ? negative : makeTuple(t, registry, positive, negative, makeInt(t, d.pointee.negativeVersion))
}
