// Making classes: what `type(name, bases, namespace)` and the class statement do.
//
// The new type is private to its thread until its bases' subclass lists know it, under the type lock. Python
// code (`mro`, `__set_name__`, `__init_subclass__`) runs without any lock.

import LadonCore
import CLadonUnicode

/// `type.__new__(metatype, name, bases, namespace)`, with `__set_name__` and `__init_subclass__(**keywords)`; `keywords` a dict or 0.
public func makeType(_ t: Thread, _ metatype: TypePointer, name given: Value, bases givenBases: Value, dict namespace: Value, keywords: Value = Value(bits: 0)) -> Value {
    guard let winner = winningMetatypeChecked(t, metatype, givenBases) else { return .raised }
    if winner != metatype && winner.slot(.new) != builtinType(.type).slot(.new) {
        // Another metaclass's `__new__` is responsible.
        return callNewOf(t, winner, given, givenBases, namespace, keywords)
    }
    let type = makeTypeObject(t, winner, given, givenBases, namespace)
    if type.isRaised { return type }
    if !callSetNames(t, type.asType) { return .raised }
    return callInitSubclass(t, type.asType, keywords) ? type : .raised
}

private func winningMetatypeChecked(_ t: Thread, _ metatype: TypePointer, _ bases: Value) -> TypePointer? {
    for i in 0..<bases.tupleCount where !isType(bases.tupleItems[i]) {
        let r = getAttributeOrMissing(t, bases.tupleItems[i], .__mro_entries__)
        if r.isRaised { return nil }
        if !r.isMissing {
            _ = raise(t, .typeError, "type() doesn't support MRO entry resolution; use types.new_class()")
            return nil
        }
    }
    return winningMetatype(t, metatype, bases)
}

private func callNewOf(_ t: Thread, _ winner: TypePointer, _ n: Value, _ bases: Value, _ namespace: Value, _ keywords: Value) -> Value {
    let args = makeTuple(t, Value(winner), n, bases, namespace)
    if args.isRaised { return args }
    let new = getAttribute(t, Value(winner), .__new__)
    return new.isRaised ? new : callWithTuple(t, new, args, keywords)
}

/// What `__slots__` asks for.
private struct SlotPlan {
    /// A sorted tuple of mangled names, or 0 without `__slots__`.
    var names = Value(bits: 0)
    var count = 0
    var dict = false
    var weak = false
}

private func makeTypeObject(_ t: Thread, _ metatype: TypePointer, _ n: Value, _ givenBases: Value, _ namespace: Value) -> Value {
    let bases = givenBases.tupleCount == 0 ? makeTuple(t, Value(builtinType(.object))) : givenBases
    if bases.isRaised { return bases }
    guard let base = bestBase(t, bases) else { return .raised }
    let dict = isDict(namespace) ? dictCopy(t, namespace) : makeDict(t)
    if dict.isRaised { return dict }
    // The compiler's cell goes first: a slot may have the same name.
    let classCell = dictGetName(t, dict, name(.__classcell__))
    if !classCell.isMissing {
        if !classCell.isExactly(.cellVariable) { return raise(t, .typeError, "__classcell__ must be a nonlocal cell, not \(reprText(t, Value(typeOf(classCell))))") }
        _ = dictDelete(t, dict, name(.__classcell__))
    }
    var plan = SlotPlan()
    if !planSlots(t, n, base, bases, dict, &plan) { return .raised }

    guard let cell = allocateAny(t, id: metatype.pointee.id, bytes: TypePointer.cellSize) else { return raiseMemoryError(t) }
    let type = cell.assumingMemoryBound(to: TypeCell.self)
    type.pointee.dict = dict
    type.pointee.name = n
    type.pointee.qualname = n
    type.pointee.bases = bases
    type.pointee.base = Value(base)
    type.pointee.slotNames = plan.names
    type.pointee.maker = UInt32(truncatingIfNeeded: interpreter(t).pointee.id)
    layOut(type, base, plan)
    if !setFirstShape(t, type, inlineSlots: firstInlineSlots(t, type, base)) { return raiseMemoryError(t) }
    if !prepareNamespace(t, type, dict, plan) { return .raised }
    // The metaclass's `mro()` may call methods that use `__class__` already.
    if !classCell.isMissing { storeSlot(fieldAddress(classCell, 8), Value(type)) }
    let mro = resolveMRO(t, type)
    if mro.isRaised { return mro }
    storeSlot(type.address(TypeField.mro), mro)

    lockTypes(t)
    fillSlots(t, type)
    // The first shape was laid out before the slots knew of a finaliser.
    if type.hasFlag(.hasFinalizer) { setFirstShape(t, type, inlineSlots: type.pointee.inlineSlots) }
    type.pointee.version = freshTypeVersion()
    var registered = true
    for i in 0..<bases.tupleCount where registered { registered = addSubclass(t, bases.tupleItems[i].asType, type) }
    unlockTypes(t)
    if !registered { return raiseMemoryError(t) }
    return Value(type)
}

private func layOut(_ type: TypePointer, _ base: TypePointer, _ plan: SlotPlan) {
    let fixed = fixedSize(base) + plan.count * 8
    let variable = base.pointee.itemSize != 0 && (base.pointee.nativeID == TypeID.int.rawValue || base.pointee.nativeID == TypeID.tuple.rawValue)
    let hasAttributes = base.pointee.attributeOffset != 0 || (plan.dict && base.pointee.dictOffset == 0)
    type.pointee.nativeID = base.pointee.nativeID
    type.pointee.itemSize = base.pointee.itemSize
    type.pointee.dictOffset = base.pointee.dictOffset
    type.pointee.basicSize = UInt32(fixed + (hasAttributes ? 8 : 0))
    let native = shape(ofID: base.pointee.nativeID).pointee.type.asType.pointee.basicSize
    type.pointee.attributeOffset = !hasAttributes ? 0 : variable ? (UInt32(fixed) - native) | variableOffsetBit : UInt32(fixed)
    let inherited = TypeFlags(rawValue: 0x3FF << 20).union([.matchSelf, .weakReferenceable])
    var flags: TypeFlags = [.heapType, .baseType]
    flags.formUnion(base.pointee.flags.intersection(inherited))
    if plan.weak { flags.insert(.weakReferenceable) }
    let bases = type.pointee.bases
    // Sequence or mapping, never both: the first base that is one decides.
    for i in 0..<bases.tupleCount {
        let collection = bases.tupleItems[i].asType.pointee.flags.intersection([.sequence, .mapping])
        if collection.isEmpty { continue }
        flags.formUnion(collection)
        break
    }
    type.pointee.flags = flags
}

/// Room for the attributes that the class's methods set, so that the first instances have the shapes of all later ones: places
/// that see instances of two layouts would need two answers for ever.
private func firstInlineSlots(_ t: Thread, _ type: TypePointer, _ base: TypePointer) -> UInt32 {
    let offset = type.pointee.attributeOffset
    if offset == 0 || offset & variableOffsetBit != 0 { return 0 }
    let inherited = max(4, base.pointee.inlineSlots)
    let initializer = dictGetName(t, type.pointee.dict, name(.__init__))
    if !initializer.isExactly(.function) { return inherited }
    let count = countOwnAttributes(type)
    if base.pointee.inlineSlots == 0 || !base.hasFlag(.heapType) { return min(maximumInlineSlots, max(inherited, count)) }
    // `super().__init__()` adds the base's; else a mixin may set one or two.
    let calls = initializer.asFunction.pointee.code.asCode.pointee.constants
    var extra: UInt32 = 2
    if calls.isCell {
        for k in 0..<calls.tupleCount where calls.tupleItems[k] == name(.__init__) { extra = base.pointee.inlineSlots }
    }
    return min(maximumInlineSlots, max(inherited, count + extra))
}

/// How many attributes the functions of a class's dict set on their first parameter: an estimate (what a cache holds may look like
/// such an instruction).
private func countOwnAttributes(_ type: TypePointer) -> UInt32 {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: Int(maximumInlineSlots)) { memory -> UInt32 in
        let seen = memory.baseAddress.unsafelyUnwrapped
        var count = 0, position = 0
        var key = Value.none, value = Value.none
        while dictNext(type.pointee.dict, &position, &key, &value) {
            if !value.isExactly(.function) { continue }
            let code = value.asFunction.pointee.code.asCode
            let constants = code.pointee.constants
            if !constants.isCell || code.pointee.argumentCount == 0 { continue }
            for i in 0..<Int(code.pointee.wordCount) {
                let w = code.pointee.words[i]
                if w & 0xFFFF != UInt64(Opcode.storeAttr.rawValue) || opA(w) != Frame.headerSize || opC(w) >= constants.tupleCount { continue }
                let attribute = constants.tupleItems[opC(w)].bits
                var k = 0
                while k < count && seen[k] != attribute { k += 1 }
                if k < count { continue }
                if count == Int(maximumInlineSlots) { return maximumInlineSlots }
                seen[count] = attribute
                count += 1
            }
        }
        return UInt32(count)
    }
}

// MARK: __slots__

private func planSlots(_ t: Thread, _ typeNameValue: Value, _ base: TypePointer, _ bases: Value, _ dict: Value, _ plan: inout SlotPlan) -> Bool {
    let mayAddDict = base.pointee.attributeOffset == 0 && base.pointee.dictOffset == 0
    let mayAddWeak = !base.hasFlag(.weakReferenceable) && base.pointee.itemSize == 0
    let given = dictGetName(t, dict, name(.__slots__))
    if given.isMissing {
        plan.dict = mayAddDict
        plan.weak = mayAddWeak
        return true
    }
    let list: Value
    if given.isCell && typeOf(given).hasFlag(.strSubclass) {
        list = makeTuple(t, given)
    } else {
        list = sequenceToTuple(t, given)
    }
    if list.isRaised { return false }
    let n = list.tupleCount
    if n > 0 && (base.pointee.itemSize != 0 || base.pointee.nativeID == TypeID.bytes.rawValue || base.pointee.nativeID == TypeID.type.rawValue) {
        _ = raise(t, .typeError, "nonempty __slots__ not supported for subtype of '\(base.nameText)'")
        return false
    }
    let kept = makeList(t)
    if kept.isRaised { return false }
    let classText = swiftString(typeNameValue)
    for i in 0..<n {
        let item = list.tupleItems[i]
        if !item.isCell || !typeOf(item).hasFlag(.strSubclass) {
            _ = raise(t, .typeError, "__slots__ items must be strings, not '\(typeName(item))'")
            return false
        }
        if !isIdentifierString(item) {
            _ = raise(t, .typeError, "__slots__ must be identifiers")
            return false
        }
        let slot = intern(t, exactString(t, item))
        if slot == name(.__dict__) {
            if !mayAddDict || plan.dict {
                _ = raise(t, .typeError, "__dict__ slot disallowed: we already got one")
                return false
            }
            plan.dict = true
            continue
        }
        if slot == name(.__weakref__) {
            if !mayAddWeak || plan.weak {
                _ = raise(t, .typeError, "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0")
                return false
            }
            plan.weak = true
            continue
        }
        let mangled = mangle(t, slot, classText)
        if !dictGetName(t, dict, mangled).isMissing && mangled != name(.__qualname__) {
            _ = raise(t, .valueError, "'\(swiftString(mangled))' in __slots__ conflicts with class variable")
            return false
        }
        if listAppend(t, kept, mangled) < 0 { return false }
    }
    plan.names = sortedNames(t, kept)
    if plan.names.isRaised { return false }
    plan.count = plan.names.tupleCount
    // A base other than the first may bring a dict or weak references.
    for i in 0..<bases.tupleCount {
        let b = bases.tupleItems[i].asType
        if b == base { continue }
        if mayAddDict && !plan.dict && hasInstanceDict(b) { plan.dict = true }
        if mayAddWeak && !plan.weak && b.hasFlag(.weakReferenceable) { plan.weak = true }
    }
    return true
}

/// Whether the text is an identifier by the language's rules.
private func isIdentifierString(_ v: Value) -> Bool {
    if v.strCount == 0 { return false }
    for i in 0..<v.strCount {
        let wanted = i == 0 ? LADON_UC_XID_START : LADON_UC_XID_CONTINUE
        if Int(ladon_uc_flags(stringCharAt(v, i))) & Int(wanted) == 0 { return false }
    }
    return true
}

/// Insertion sort: classes have few slots, and equal sets of names must give equal layouts.
private func sortedNames(_ t: Thread, _ list: Value) -> Value {
    let tuple = listToTuple(t, list)
    if tuple.isRaised { return tuple }
    let items = tuple.tupleItems
    var i = 1
    while i < tuple.tupleCount {
        let v = items[i]
        var j = i
        while j > 0 && stringCompare(items[j - 1], v) > 0 { items[j] = items[j - 1]; j -= 1 }
        items[j] = v
        i += 1
    }
    return tuple
}

/// A private name `__x` of class `C` is `_C__x`.
private func mangle(_ t: Thread, _ n: Value, _ className: String) -> Value {
    let text = swiftString(n)
    if !text.hasPrefix("__") || text.hasSuffix("__") || text.contains(".") { return n }
    let stripped = className.drop { $0 == "_" }
    if stripped.isEmpty { return n }
    return intern(t, makeString(t, "_" + stripped + text))
}

// MARK: the namespace

private func prepareNamespace(_ t: Thread, _ type: TypePointer, _ dict: Value, _ plan: SlotPlan) -> Bool {
    let qualname = dictGetName(t, dict, name(.__qualname__))
    if !qualname.isMissing {
        if !qualname.isCell || !typeOf(qualname).hasFlag(.strSubclass) {
            _ = raise(t, .typeError, "type __qualname__ must be a str, not \(typeName(qualname))")
            return false
        }
        type.pointee.qualname = qualname
        _ = dictDelete(t, dict, name(.__qualname__))
    }
    if dictGetName(t, dict, name(.__module__)).isMissing {
        let globals = currentGlobals(t)
        if globals.bits != 0 && globals.isCell && isDict(globals) {
            let module = dictGetName(t, globals, name(.__name__))
            if !module.isMissing && dictSet(t, dict, name(.__module__), module) < 0 { return false }
        }
    }
    let new = dictGetName(t, dict, name(.__new__))
    if new.isExactly(.function) && dictSet(t, dict, name(.__new__), makeStaticMethod(t, new)) < 0 { return false }
    for special in [Name.__init_subclass__, Name.__class_getitem__] {
        let f = dictGetName(t, dict, name(special))
        if f.isExactly(.function) && dictSet(t, dict, name(special), makeClassMethod(t, f)) < 0 { return false }
    }
    let variable = type.pointee.attributeOffset & variableOffsetBit != 0 || (type.pointee.itemSize != 0 && plan.count != 0)
    let base = type.basePointer.unsafelyUnwrapped
    let native = shape(ofID: type.pointee.nativeID).pointee.type.asType.pointee.basicSize
    for i in 0..<plan.count {
        let start = UInt32(fixedSize(base)) + UInt32(i * 8)
        let member = makeMemberDescriptor(t, type, plan.names.tupleItems[i], offset: variable ? (start - native) | variableOffsetBit : start)
        if dictSet(t, dict, plan.names.tupleItems[i], member) < 0 { return false }
    }
    if plan.dict && base.pointee.dictOffset == 0 && dictGetName(t, dict, name(.__dict__)).isMissing {
        if dictSet(t, dict, name(.__dict__), makeDescriptor(t, .getSetDescriptor, type, name(.__dict__), instanceDictRecord)) < 0 { return false }
    }
    if plan.weak && dictGetName(t, dict, name(.__weakref__)).isMissing {
        if dictSet(t, dict, name(.__weakref__), makeDescriptor(t, .getSetDescriptor, type, name(.__weakref__), weakListRecord)) < 0 { return false }
    }
    let doc = dictGetName(t, dict, name(.__doc__))
    if doc.isCell && isInstanceOf(doc, .str) && !isWithoutSurrogates(t, doc) { return false }
    if doc.isMissing && dictSet(t, dict, name(.__doc__), .none) < 0 { return false }
    // Who defines equality without a hash is not hashable.
    if !dictGetName(t, dict, name(.__eq__)).isMissing && dictGetName(t, dict, name(.__hash__)).isMissing {
        if dictSet(t, dict, name(.__hash__), .none) < 0 { return false }
    }
    return true
}

/// `__dict__` of instances that got one from their class.
nonisolated(unsafe) let instanceDictRecord: NativeRecordPointer = makeRecord(.attribute("__dict__", get: { t, a in
    let native = nativeDictDescriptor(t, a[0])
    if !native.isMissing, let get = typeOf(native).ternary(.descriptorGet) { return get(t, native, a[0], Value(typeOf(a[0]))) }
    let d = instanceDictionary(t, a[0])
    return d.isMissing ? raise(t, .attributeError, "This object has no __dict__") : d
}, set: { t, a in
    let native = nativeDictDescriptor(t, a[0])
    if !native.isMissing, let set = typeOf(native).ternary(.descriptorSet) { return set(t, native, a[0], a[1]) }
    var d = a[1]
    if d.isMissing {
        d = makeDict(t)
        if d.isRaised { return d }
    } else if !isDict(d) {
        return raise(t, .typeError, "__dict__ must be set to a dictionary, not a '\(typeName(d))'")
    }
    let done = replaceInstanceDictionary(t, a[0], d)
    if done == 0 { return raise(t, .attributeError, "This object has no __dict__") }
    return done < 0 ? .raised : .none
}, "dictionary for instance variables (if defined)"))

/// The `__dict__` of a native type that keeps a dict itself (classes, modules, exceptions) decides for its subclasses' instances.
private func nativeDictDescriptor(_ t: Thread, _ v: Value) -> Value {
    let native = shape(ofID: typeOf(v).pointee.nativeID).pointee.type.asType
    return native.pointee.dictOffset == 0 ? .missing : lookupType(t, native, name(.__dict__))
}

/// `__weakref__` of instances: one of the references to the object.
public func firstWeakReference(_ t: Thread, _ a: Values) -> Value {
    let all = weakReferences(t, of: a[0])
    return all.count == 0 ? .none : all[0]
}

nonisolated(unsafe) let weakListRecord: NativeRecordPointer = makeRecord(.attribute("__weakref__", get: firstWeakReference, "list of weak references to the object (if defined)"))

// MARK: hooks

/// `__set_name__` of everything in the class's dict that has it.
private func callSetNames(_ t: Thread, _ type: TypePointer) -> Bool {
    // The hooks may change the class: walk over a copy.
    var any = false
    var position = 0
    var key = Value.none, value = Value.none
    while dictNext(type.pointee.dict, &position, &key, &value) {
        if value.isCell && !value.isExactly(.function) && !lookupType(t, typeOf(value), name(.__set_name__)).isMissing { any = true; break }
    }
    if !any { return true }
    let copy = dictCopy(t, type.pointee.dict)
    if copy.isRaised { return false }
    position = 0
    while dictNext(copy, &position, &key, &value) {
        let r = callSpecial(t, value, name(.__set_name__), Value(type), key)
        if r.isMissing || !r.isRaised { continue }
        // 3.11 wraps what was raised in a RuntimeError.
        let cause = takeException(t)
        _ = raise(t, .runtimeError, "Error calling __set_name__ on '\(typeName(value))' instance \(reprText(t, key)) in '\(type.nameText)'")
        let e = t.pointee.exception
        if e.isExactly(.runtimeError) {
            e.asException.pointee.cause = cause
            e.asException.pointee.context = cause
            e.asException.pointee.suppressContext = .true
        }
        return false
    }
    return true
}

/// `super(type, type).__init_subclass__(**keywords)`.
private func callInitSubclass(_ t: Thread, _ type: TypePointer, _ keywords: Value) -> Bool {
    let mro = type.mroTuple
    var found = Value.missing
    if !mroContains(type, type) { return raise(t, .typeError, "super(type, obj): obj must be an instance or subtype of type").bits != 0 }
    var i = 1
    while i < mro.tupleCount && found.isMissing {
        found = dictGetName(t, typeDictionary(t, mro.tupleItems[i].asType), name(.__init_subclass__))
        i += 1
    }
    let named = keywords.bits == 0 ? 0 : dictCount(keywords)
    if found.isMissing { return true }
    // object's own does nothing.
    if named == 0 && found.isExactly(.classMethodDescriptor) && found.asMethodDescriptor.pointee.owner == Value(builtinType(.object)) { return true }
    let f = bindDescriptor(t, found, .none, Value(type))
    if f.isRaised { return false }
    return !callWithTuple(t, f, ladon_runtime.emptyTuple, keywords).isRaised
}
