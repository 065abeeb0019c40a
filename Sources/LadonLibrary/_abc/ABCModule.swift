// The module `_abc`: abstract base classes with virtual subclasses (PEP 3119), behind the library's `abc.py`.
//
// What a class needs is an ABCData cell stored in its dict as `_abc_impl`: three sets of weak references, made on
// demand, and the counter of registrations that the negative cache was made under. The sets lock themselves; the
// counter is a word that only grows, stored after the cache that belongs to it was replaced.

private struct ABCData {
    var header: CellHeader
    /// Sets of weak references, or 0: registered classes, known subclasses, known non-subclasses.
    var registry: Value
    var cache: Value
    var negativeCache: Value
    /// The registration counter of the negative cache, as a small int.
    var negativeVersion: Value
}

public func abcModule() -> ModuleDefinition {
    ModuleDefinition("_abc", doc: "Module contains faster C implementation of abc.ABCMeta", members: [
        .method("get_cache_token", "()", { t, a in Value(smallInt: interpreter(t).pointee.abcCounter) }, "Returns the current ABC cache token."),
        .method("_abc_init", "(self, /)", abc_init, "Internal ABC helper for class set-up. Should be never used outside abc module."),
        .method("_reset_registry", "(self, /)", { t, a in reset(t, a[0], registry: true) }, "Internal ABC helper to reset registry of a given class."),
        .method("_reset_caches", "(self, /)", { t, a in reset(t, a[0], registry: false) }, "Internal ABC helper to reset both caches of a given class."),
        .method("_get_dump", "(self, /)", abc_getDump, "Internal ABC helper for cache and registry debugging."),
        .method("_abc_register", "(self, subclass, /)", abc_register, "Internal ABC helper for subclasss registration. Should be never used outside abc module."),
        .method("_abc_instancecheck", "(self, instance, /)", abc_instanceCheck, "Internal ABC helper for instance checks."),
        .method("_abc_subclasscheck", "(self, subclass, /)", abc_subclassCheck, "Internal ABC helper for subclasss checks."),
    ], types: [{
        TypeDefinition(nil, "_abc._abc_data", doc: "Internal state held by ABC machinery.", size: MemoryLayout<ABCData>.size, layout: Layout(prefix: 4))
    }])
}

/// The data of an ABC. nil: raised.
private func data(_ t: Thread, _ cls: Value) -> UnsafeMutablePointer<ABCData>? {
    let v = getAttribute(t, cls, internStatic(t, "_abc_impl"))
    if v.isRaised { return nil }
    if typeName(v) != "_abc._abc_data" && typeName(v) != "_abc_data" { raise(t, .typeError, "_abc_impl is set to a wrong type"); return nil }
    return v.cell(as: ABCData.self)
}

/// Adds a weak reference to `v` to a set, making the set.
private func addWeak(_ t: Thread, _ set: UnsafeMutablePointer<Value>, _ v: Value) -> Bool {
    var s = loadSlot(set)
    if s.bits == 0 {
        s = makeSet(t)
        if s.isRaised { return false }
        storeSlot(set, s)
    }
    let reference = call(t, builtinType(.weakReference).value, v)
    return !reference.isRaised && setAdd(t, s, reference) >= 0
}

/// 1 when the set holds a reference to `v`.
private func holds(_ t: Thread, _ set: Value, _ v: Value) -> Truth {
    if set.bits == 0 || setCount(set) == 0 { return 0 }
    let reference = call(t, builtinType(.weakReference).value, v)
    if reference.isRaised {
        if exceptionMatches(t, .typeError) { clearException(t); return 0 }
        return -1
    }
    return setContains(t, set, reference)
}

private func slot(_ d: UnsafeMutablePointer<ABCData>, _ index: Int) -> UnsafeMutablePointer<Value> {
    (UnsafeMutableRawPointer(d) + 8 + index * 8).assumingMemoryBound(to: Value.self)
}
private let registrySlot = 0, cacheSlot = 1, negativeSlot = 2

// MARK: set-up

private func abc_init(_ t: Thread, _ a: Values) -> Value {
    if !computeAbstractMethods(t, a[0]) { return .raised }
    let module = importModule(t, "_abc")
    let type = module.isRaised ? module : getAttribute(t, module, internStatic(t, "_abc_data"))
    if type.isRaised { return type }
    let v = allocateInstance(t, type.asType, variableItems: 0)
    if v.isRaised { return v }
    v.cell(as: ABCData.self).pointee.negativeVersion = Value(smallInt: interpreter(t).pointee.abcCounter)
    if setAttribute(t, a[0], internStatic(t, "_abc_impl"), v) < 0 { return .raised }
    // collections.abc.Sequence and Mapping mark their subclasses for pattern matching.
    if isType(a[0]) {
        let flags = dictGet(t, typeDictionary(t, a[0].asType), internStatic(t, "__abc_tpflags__"))
        if flags.isRaised { return flags }
        if !flags.isMissing, let n = asInt(t, flags) {
            if n & (1 << 5) != 0 { a[0].asType.pointee.flags.insert(.sequence) }
            if n & (1 << 6) != 0 { a[0].asType.pointee.flags.insert(.mapping) }
            if setAttribute(t, a[0], internStatic(t, "__abc_tpflags__"), .missing) < 0 { return .raised }
        }
    }
    return .none
}

/// Sets `__abstractmethods__`: own abstract attributes, and inherited ones that are still abstract.
private func computeAbstractMethods(_ t: Thread, _ cls: Value) -> Bool {
    let abstracts = makeSet(t)
    let namespace = getAttribute(t, cls, name(.__dict__))
    let items = namespace.isRaised ? namespace : callMethod(t, namespace, .items)
    let list = items.isRaised ? items : iterateToList(t, items)
    if list.isRaised { return false }
    for i in 0..<listCount(list) {
        let item = listGet(t, list, i)
        let truth = isAbstract(t, item.tupleItems[1])
        if truth < 0 || (truth == 1 && setAdd(t, abstracts, item.tupleItems[0]) < 0) { return false }
    }
    let bases = getAttribute(t, cls, name(.__bases__))
    if bases.isRaised { return false }
    for i in 0..<bases.tupleCount {
        let inherited = getAttributeOrMissing(t, bases.tupleItems[i], name(.__abstractmethods__))
        if inherited.isRaised { return false }
        if inherited.isMissing { continue }
        let names = iterateToList(t, inherited)
        if names.isRaised { return false }
        for k in 0..<listCount(names) {
            let attribute = listGet(t, names, k)
            let v = getAttributeOrMissing(t, cls, attribute)
            if v.isRaised { return false }
            let truth = v.isMissing ? 0 : isAbstract(t, v)
            if truth < 0 || (truth == 1 && setAdd(t, abstracts, attribute) < 0) { return false }
        }
    }
    let frozen = setCopy(t, abstracts, frozen: true)
    return !frozen.isRaised && setAttribute(t, cls, name(.__abstractmethods__), frozen) >= 0
}

private func isAbstract(_ t: Thread, _ v: Value) -> Truth {
    let flag = getAttributeOrMissing(t, v, name(.__isabstractmethod__))
    return flag.isRaised ? -1 : flag.isMissing ? 0 : isTrue(t, flag)
}

private func reset(_ t: Thread, _ cls: Value, registry: Bool) -> Value {
    guard let d = data(t, cls) else { return .raised }
    if registry { storeSlot(slot(d, registrySlot), .raised) } else {
        storeSlot(slot(d, cacheSlot), .raised)
        storeSlot(slot(d, negativeSlot), .raised)
    }
    return .none
}

private func abc_getDump(_ t: Thread, _ a: Values) -> Value {
    guard let d = data(t, a[0]) else { return .raised }
    func shown(_ index: Int) -> Value {
        let s = loadSlot(slot(d, index))
        return s.bits == 0 ? makeSet(t) : setCopy(t, s, frozen: false)
    }
    return makeTuple(t, shown(registrySlot), shown(cacheSlot), shown(negativeSlot), d.pointee.negativeVersion)
}

// MARK: registration and checks

private func abc_register(_ t: Thread, _ a: Values) -> Value {
    let cls = a[0], subclass = a[1]
    if !isType(subclass) { return raise(t, .typeError, "Can only register classes") }
    let already = isSubclass(t, subclass, cls)
    if already != 0 { return already < 0 ? .raised : subclass }
    let cycle = isSubclass(t, cls, subclass)
    if cycle < 0 { return .raised }
    if cycle == 1 { return raise(t, .runtimeError, "Refusing to create an inheritance cycle") }
    guard let d = data(t, cls) else { return .raised }
    if !addWeak(t, slot(d, registrySlot), subclass) { return .raised }
    interpreter(t).pointee.abcCounter += 1
    let flags = cls.asType.pointee.flags.intersection([.sequence, .mapping])
    if isType(cls) && !flags.isEmpty { subclass.asType.pointee.flags.formUnion(flags) }
    return subclass
}

private func abc_instanceCheck(_ t: Thread, _ a: Values) -> Value {
    guard let d = data(t, a[0]) else { return .raised }
    let subclass = getAttribute(t, a[1], name(.__class__))
    if subclass.isRaised { return subclass }
    let known = holds(t, loadSlot(slot(d, cacheSlot)), subclass)
    if known != 0 { return known < 0 ? .raised : .true }
    let subtype = typeOf(a[1]).value
    if subtype == subclass {
        if d.pointee.negativeVersion.smallInt == interpreter(t).pointee.abcCounter {
            let refused = holds(t, loadSlot(slot(d, negativeSlot)), subclass)
            if refused != 0 { return refused < 0 ? .raised : .false }
        }
        return callMethod(t, a[0], .__subclasscheck__, subclass)
    }
    let first = callMethod(t, a[0], .__subclasscheck__, subclass)
    let truth = first.isRaised ? -1 : isTrue(t, first)
    if truth != 0 { return truth < 0 ? .raised : first }
    return callMethod(t, a[0], .__subclasscheck__, subtype)
}

private func abc_subclassCheck(_ t: Thread, _ a: Values) -> Value {
    let cls = a[0], subclass = a[1]
    if !isType(subclass) { return raise(t, .typeError, "issubclass() arg 1 must be a class") }
    guard let d = data(t, cls) else { return .raised }
    if !enterNative(t) { return .raised }
    let known = holds(t, loadSlot(slot(d, cacheSlot)), subclass)
    if known != 0 { return known < 0 ? .raised : .true }
    let counter = interpreter(t).pointee.abcCounter
    if d.pointee.negativeVersion.smallInt < counter {
        storeSlot(slot(d, negativeSlot), .raised)
        d.pointee.negativeVersion = Value(smallInt: counter)
    } else {
        let refused = holds(t, loadSlot(slot(d, negativeSlot)), subclass)
        if refused != 0 { return refused < 0 ? .raised : .false }
    }
    let hook = callMethod(t, cls, .__subclasshook__, subclass)
    if hook.isRaised { return hook }
    if hook.isTrue { return addWeak(t, slot(d, cacheSlot), subclass) ? .true : .raised }
    if hook.isFalse { return addWeak(t, slot(d, negativeSlot), subclass) ? .false : .raised }
    if !hook.isNotImplemented { return raise(t, .assertionError, "__subclasshook__ must return either False, True, or NotImplemented") }
    if isType(cls) && isSubtype(subclass.asType, cls.asType) { return addWeak(t, slot(d, cacheSlot), subclass) ? .true : .raised }
    let registered = loadSlot(slot(d, registrySlot))
    if registered.bits != 0 {
        let references = setToList(t, registered)
        if references.isRaised { return references }
        for i in 0..<listCount(references) {
            let candidate = weakReferent(listGet(t, references, i))
            if candidate.bits == 0 || candidate.isNone { continue }
            let truth = isSubclass(t, subclass, candidate)
            if truth < 0 { return .raised }
            if truth == 1 { return addWeak(t, slot(d, cacheSlot), subclass) ? .true : .raised }
        }
    }
    let subclasses = callMethod(t, cls, .__subclasses__)
    if subclasses.isRaised { return subclasses }
    if !isInstanceOf(subclasses, .list) { return raise(t, .typeError, "__subclasses__() must return a list") }
    for i in 0..<listCount(subclasses) {
        let candidate = listGet(t, subclasses, i)
        if candidate.isMissing { break }
        let truth = isSubclass(t, subclass, candidate)
        if truth < 0 { return .raised }
        if truth == 1 { return addWeak(t, slot(d, cacheSlot), subclass) ? .true : .raised }
    }
    return addWeak(t, slot(d, negativeSlot), subclass) ? .false : .raised
}
