// object: the methods that every object has.

import LadonRuntime

func objectDefinition() -> TypeDefinition {
    TypeDefinition(.object, "object", flags: [.baseType], doc: "The base class of all classes.\n\nIts instances have no attributes of their own.",
                   signature: "()", size: 8, layout: .leaf, slots: objectSlots(), members: [
        .method("__reduce_ex__", "(self, protocol, /)", object_reduceEx, "Helper for pickle."),
        .method("__reduce__", "(self, /)", { t, a in commonReduce(t, a[0], 0) }, "Helper for pickle."),
        .method("__getstate__", "(self, /)", { t, a in defaultState(t, a[0], required: false) }, "Helper for pickle."),
        .classMethod("__subclasshook__", "?(type, subclass, /)", { t, a in .notImplemented }, "Abstract classes override this to have a say in issubclass()."),
        .classMethod("__init_subclass__", "?(type, /)", { t, a in .none }, "Called when a class is subclassed; does nothing by default."),
        .method("__format__", "(self, format_spec, /)", object_format, "Default object formatter."),
        .method("__sizeof__", "(self, /)", { t, a in Value(smallInt: a[0].isCell ? cellCapacity(a[0]) : 24) }, "Size of object in memory, in bytes."),
        .method("__dir__", "(self, /)", { t, a in object_dir(t, a[0]) }, "Default dir() implementation."),
        .attribute("__class__", get: { t, a in Value(typeOf(a[0])) }, set: { t, a in setClass(t, a[0], a[1]) }, "the object's class"),
    ])
}

private func object_format(_ t: Thread, _ a: Values) -> Value {
    if !isString(a[1]) { return raise(t, .typeError, "__format__() argument must be str, not \(a[1].isNone ? "None" : typeName(a[1]))") }
    if a[1].strCount > 0 { return raise(t, .typeError, "unsupported format string passed to \(typeName(a[0])).__format__") }
    return str(t, a[0])
}

/// Merges the dicts of a class and its bases, nearest last so that order does not matter for dir().
func mergeClassDict(_ t: Thread, _ dict: Value, _ cls: Value) -> Truth {
    let own = getAttributeOrMissing(t, cls, .__dict__)
    if own.isRaised { return -1 }
    if !own.isMissing && dictUpdate(t, dict, own) < 0 { return -1 }
    let bases = getAttributeOrMissing(t, cls, .__bases__)
    if bases.isRaised { return -1 }
    if bases.isMissing || !isTuple(bases) { return 1 }
    for i in 0..<bases.tupleCount { if mergeClassDict(t, dict, bases.tupleItems[i]) < 0 { return -1 } }
    return 1
}

private func object_dir(_ t: Thread, _ v: Value) -> Value {
    let own = getAttributeOrMissing(t, v, .__dict__)
    if own.isRaised { return own }
    let dict = !own.isMissing && isDict(own) ? dictCopy(t, own) : makeDict(t)
    if dict.isRaised { return dict }
    let cls = getAttributeOrMissing(t, v, .__class__)
    if cls.isRaised { return cls }
    if !cls.isMissing && mergeClassDict(t, dict, cls) < 0 { return .raised }
    return dictKeysToList(t, dict)
}

// MARK: pickling

private func object_reduceEx(_ t: Thread, _ a: Values) -> Value {
    guard let proto = asInt(t, a[1]) else { return .raised }
    let reduce = getAttributeOrMissing(t, a[0], .__reduce__)
    if reduce.isRaised { return reduce }
    if !reduce.isMissing {
        let found = lookupType(t, typeOf(a[0]), name(.__reduce__))
        let own = lookupType(t, builtinType(.object), name(.__reduce__))
        if found != own { return call(t, reduce) }
    }
    return commonReduce(t, a[0], proto)
}

private func commonReduce(_ t: Thread, _ v: Value, _ proto: Int) -> Value {
    if proto >= 2 { return reduceNewObject(t, v) }
    let copyreg = importModule(t, "copyreg")
    if copyreg.isRaised { return copyreg }
    let reduce = getAttribute(t, copyreg, internStatic(t, "_reduce_ex"))
    return reduce.isRaised ? reduce : call(t, reduce, v, Value(smallInt: proto))
}

/// Protocol 2 and later: copyreg.__newobj__ with arguments, state, items.
private func reduceNewObject(_ t: Thread, _ v: Value) -> Value {
    let type = typeOf(v)
    if !type.has(.new) { return raise(t, .typeError, "cannot pickle '\(type.nameText)' object") }
    var args = Value.missing, kwargs = Value.missing
    if !newArguments(t, v, &args, &kwargs) { return .raised }
    let hasArguments = !args.isMissing
    let copyreg = importModule(t, "copyreg")
    if copyreg.isRaised { return copyreg }
    let function: Value, newArgs: Value
    if kwargs.isMissing || dictCount(kwargs) == 0 {
        function = getAttribute(t, copyreg, .__newobj__)
        if function.isRaised { return function }
        let n = hasArguments ? args.tupleCount : 0
        newArgs = makeTuple(t, n + 1)
        if newArgs.isRaised { return newArgs }
        newArgs.tupleItems[0] = Value(type)
        for i in 0..<n { newArgs.tupleItems[i + 1] = args.tupleItems[i] }
    } else {
        function = getAttribute(t, copyreg, .__newobj_ex__)
        if function.isRaised { return function }
        newArgs = makeTuple(t, Value(type), args, kwargs)
        if newArgs.isRaised { return newArgs }
    }
    let listLike = isList(v), dictLike = isDict(v)
    let state = objectState(t, v, required: !(hasArguments || listLike || dictLike))
    if state.isRaised { return state }
    var listItems = Value.none, dictItems = Value.none
    if listLike {
        listItems = iterate(t, v)
        if listItems.isRaised { return listItems }
    }
    if dictLike {
        let items = callMethod(t, v, .items)
        if items.isRaised { return items }
        dictItems = iterate(t, items)
        if dictItems.isRaised { return dictItems }
    }
    return makeTuple(t, function, newArgs, state, listItems, dictItems)
}

private func newArguments(_ t: Thread, _ v: Value, _ args: inout Value, _ kwargs: inout Value) -> Bool {
    let ex = callSpecial(t, v, name(.__getnewargs_ex__))
    if ex.isRaised { return false }
    if !ex.isMissing {
        if !isTuple(ex) { raise(t, .typeError, "__getnewargs_ex__ should return a tuple, not '\(typeName(ex))'"); return false }
        if ex.tupleCount != 2 { raise(t, .valueError, "__getnewargs_ex__ should return a tuple of length 2, not \(ex.tupleCount)"); return false }
        args = ex.tupleItems[0]
        kwargs = ex.tupleItems[1]
        if !isTuple(args) { raise(t, .typeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '\(typeName(args))'"); return false }
        if !isDict(kwargs) { raise(t, .typeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '\(typeName(kwargs))'"); return false }
        return true
    }
    let plain = callSpecial(t, v, name(.__getnewargs__))
    if plain.isRaised { return false }
    if plain.isMissing { return true }
    if !isTuple(plain) { raise(t, .typeError, "__getnewargs__ should return a tuple, not '\(typeName(plain))'"); return false }
    args = plain
    return true
}

private func objectState(_ t: Thread, _ v: Value, required: Bool) -> Value {
    let found = lookupType(t, typeOf(v), name(.__getstate__))
    if found == lookupType(t, builtinType(.object), name(.__getstate__)) {
        let own = getAttributeOrMissing(t, v, .__getstate__)
        if own.isRaised { return own }
        if own.isExactly(.nativeFunction) { return defaultState(t, v, required: required) }
        if !own.isMissing { return call(t, own) }
    }
    return callMethod(t, v, .__getstate__)
}

/// None, the attributes, or a pair of those and the values of `__slots__`.
public func defaultState(_ t: Thread, _ v: Value, required: Bool) -> Value {
    let type = typeOf(v)
    // Types whose instances differ in size in CPython: it words the refusal in another way.
    let hasItems = type.pointee.itemSize != 0 || type.pointee.nativeID == TypeID.code.rawValue || type.pointee.nativeID == TypeID.memoryview.rawValue
    if required && hasItems { return raise(t, .typeError, "cannot pickle \(type.nameText) objects") }
    var state = Value.none
    if hasInstanceDict(type) {
        let d = instanceDictionaryCopy(t, v)
        if d.isRaised { return d }
        if !d.isMissing && dictCount(d) > 0 { state = d }
    }
    let slotNames = slotNamesOf(t, Value(type))
    if slotNames.isRaised { return slotNames }
    let count = slotNames.isNone ? 0 : listCount(slotNames)
    if required && !type.pointee.flags.contains(.heapType) && type.pointee.basicSize > 8 && type.pointee.dictOffset == 0 {
        return raise(t, .typeError, "cannot pickle '\(type.nameText)' object")
    }
    if required && type.pointee.nativeID != TypeID.object.rawValue && !isPlainNative(type) {
        return raise(t, .typeError, "cannot pickle '\(type.nameText)' object")
    }
    if count == 0 { return state }
    let values = makeDict(t)
    if values.isRaised { return values }
    for i in 0..<count {
        let n = listGet(t, slotNames, i)
        let value = getAttributeOrMissing(t, v, n)
        if value.isRaised { return value }
        if !value.isMissing && dictSet(t, values, n, value) < 0 { return .raised }
    }
    return dictCount(values) == 0 ? state : makeTuple(t, state, values)
}

/// Native types whose instances have nothing but their attributes (modules, namespaces, exceptions keep theirs in a dict).
private func isPlainNative(_ type: TypePointer) -> Bool {
    switch TypeID(rawValue: type.pointee.nativeID) {
    case .simpleNamespace, .object: return true
    default:
        if type.pointee.flags.contains(.exceptionSubclass) { return true }
        // The abstract classes of streams.
        let native = shape(ofID: type.pointee.nativeID).pointee.type.asType
        return native.pointee.dictOffset == 8 && native.pointee.basicSize == 16
    }
}

/// What `copyreg._slotnames` says: a list or None. It leaves the answer in the class.
public func slotNamesOf(_ t: Thread, _ cls: Value) -> Value {
    let known = dictGetName(t, typeDictionary(t, cls.asType), internStatic(t, "__slotnames__"))
    if known.isNone || (known.isCell && isList(known)) { return known }
    let copyreg = importModule(t, "copyreg")
    if copyreg.isRaised { return copyreg }
    let names = callMethod(t, copyreg, internStatic(t, "_slotnames"), cls)
    if names.isRaised || names.isNone || isList(names) { return names }
    return raise(t, .typeError, "copyreg._slotnames didn't return a list or None")
}
