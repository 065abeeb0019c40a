// defaultdict, and the field descriptor of namedtuple.

import LadonTypes

struct DefaultDictCell {
    var dict: DictCell
    /// Callable or None.
    var factory: Value
}

func defaultDictType() -> TypeDefinition {
    TypeDefinition(nil, "collections.defaultdict", base: .dict, flags: [.baseType, .weakReferenceable],
                   doc: "defaultdict(default_factory=None, /, [...]): a dict that calls default_factory for the value of a missing key.",
                   size: MemoryLayout<DefaultDictCell>.size, layout: Layout(prefix: 1, base: 4, flags: [.container]),
                   slots: [
                       .call(.new, defaultdict_new), .call(.initialize, defaultdict_init), .unary(.repr, defaultdict_repr),
                       .binary(.getItem, defaultdict_getitem), .binary(.or, defaultdict_or),
                   ],
                   members: [
                       .member("default_factory", get: defaultdict_factory, set: defaultdict_set_factory, "Factory for default value called by __missing__()."),
                       .method("__missing__", "(self, key, /)", defaultdict_missing, "Called by __getitem__ for a missing key: stores and returns default_factory()."),
                       .method("copy", "(self, /)", defaultdict_copy, "A shallow copy."),
                       .method("__copy__", "(self, /)", defaultdict_copy, "A shallow copy."),
                       .method("__reduce__", "(self, /)", defaultdict_reduce, "Return state information for pickling."),
                       .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
                   ])
}

@inline(__always) private func factorySlot(_ v: Value) -> Values { withUnsafeMutablePointer(to: &v.cell(as: DefaultDictCell.self).pointee.factory) { $0 } }
@inline(__always) private func factory(_ v: Value) -> Value {
    let f = loadSlot(factorySlot(v))
    return f.bits == 0 ? .none : f
}

private func isDefaultDict(_ v: Value) -> Bool { v.isCell && isSubtype(typeOf(v), collectionsTypes.defaultDict.unsafelyUnwrapped) }

func defaultdict_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    let v = allocateInstance(t, type.asType, variableItems: 0)
    if !v.isRaised { factorySlot(v).pointee = .none }
    return v
}

func defaultdict_init(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if n == 0 {
        storeSlot(factorySlot(v), .none)
        return dict_init(t, v, a, 0, names)
    }
    let p = a.unsafelyUnwrapped
    if !p[0].isNone && !typeOf(p[0]).has(.call) { return raise(t, .typeError, "first argument must be callable or None") }
    storeSlot(factorySlot(v), p[0])
    return dict_init(t, v, p + 1, n - 1, names)
}

func defaultdict_factory(_ t: Thread, _ a: Values) -> Value { factory(a[0]) }

func defaultdict_set_factory(_ t: Thread, _ a: Values) -> Value {
    storeSlot(factorySlot(a[0]), a[1].isMissing ? .none : a[1])
    return .none
}

/// The default is stored only if the key is still missing, so that threads that meet agree on one object.
private func missing(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    let f = factory(v)
    if f.isNone { return raiseKeyError(t, key) }
    let value = call(t, f)
    if value.isRaised { return value }
    if typeOf(v).slot(.setItem) != builtinType(.dict).slot(.setItem) {
        return setItem(t, v, key, value) < 0 ? .raised : value
    }
    if t.pointee.locks == 0 { return dictSet(t, v, key, value) < 0 ? .raised : value }
    return dictSetDefault(t, v, key, value)
}

func defaultdict_missing(_ t: Thread, _ a: Values) -> Value { missing(t, a[0], a[1]) }

func defaultdict_getitem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if typeOf(v) != collectionsTypes.defaultDict.unsafelyUnwrapped { return dict_getitem(t, v, key) }
    let found = dictGet(t, v, key)
    return found.isMissing ? missing(t, v, key) : found
}

func defaultdict_repr(_ t: Thread, _ v: Value) -> Value {
    let items = dict_repr(t, v)
    if items.isRaised { return items }
    let f = factory(v)
    var text = Value.none
    if f.isNone {
        text = makeString(t, "None")
    } else {
        let entered = reprEnter(t, f)
        if entered < 0 { return .raised }
        if entered > 0 {
            text = makeString(t, "...")
        } else {
            text = repr(t, f)
            reprLeave(t, f)
        }
    }
    if text.isRaised { return text }
    var b = StringBuilder(t)
    b.append(typeOf(v).pointee.name)
    b.append("(")
    b.append(text)
    b.append(", ")
    b.append(items)
    b.append(")")
    return b.finish()
}

/// type(v)(default_factory, items)
private func copyWith(_ t: Thread, _ v: Value, _ items: Value) -> Value { call(t, typeOf(v).value, factory(v), items) }

func defaultdict_copy(_ t: Thread, _ a: Values) -> Value { copyWith(t, a[0], a[0]) }

func defaultdict_or(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let own = isDefaultDict(a) ? a : b
    if !isDict(a) || !isDict(b) { return .notImplemented }
    let r = copyWith(t, own, a)
    if r.isRaised { return r }
    return dictUpdate(t, r, b) < 0 ? .raised : r
}

func defaultdict_reduce(_ t: Thread, _ a: Values) -> Value {
    let f = factory(a[0])
    let args = f.isNone ? ladon_runtime.emptyTuple : makeTuple(t, f)
    if args.isRaised { return args }
    let items = callMethod(t, a[0], .items)
    if items.isRaised { return items }
    let iterator = iterate(t, items)
    return iterator.isRaised ? iterator : makeTuple(t, typeOf(a[0]).value, args, .none, .none, iterator)
}

// MARK: _tuplegetter

struct TupleGetterCell {
    var header: CellHeader
    var doc: Value
    // raw
    var index: Int
}

func tupleGetterType() -> TypeDefinition {
    TypeDefinition(nil, "_collections._tuplegetter", size: MemoryLayout<TupleGetterCell>.size, layout: Layout(prefix: 1),
                   slots: [.unary(.repr, tuplegetter_repr), .ternary(.descriptorGet, tuplegetter_get), .ternary(.descriptorSet, tuplegetter_set)],
                   members: [
                       .staticMethod("__new__", "(cls, index, doc, /)", tuplegetter_new),
                       .member("__doc__", get: tuplegetter_doc, set: tuplegetter_set_doc),
                       .method("__reduce__", "(self, /)", tuplegetter_reduce, "Return state information for pickling."),
                   ])
}


func tuplegetter_new(_ t: Thread, _ a: Values) -> Value {
    guard let i = asInt(t, a[1]) else { return .raised }
    let v = allocateInstance(t, a[0].asType, variableItems: 0)
    if v.isRaised { return v }
    v.cell(as: TupleGetterCell.self).pointee.index = i
    v.cell(as: TupleGetterCell.self).pointee.doc = a[2]
    return v
}

func tuplegetter_get(_ t: Thread, _ v: Value, _ object: Value, _ type: Value) -> Value {
    let i = v.cell(as: TupleGetterCell.self).pointee.index
    if !isTuple(object) {
        if object.isNone || object.isMissing || object.bits == 0 { return v }
        return raise(t, .typeError, "descriptor for index '\(i)' for tuple subclasses doesn't apply to '\(typeName(object))' object")
    }
    if i < 0 || i >= object.tupleCount { return raise(t, .indexError, "tuple index out of range") }
    return object.tupleItems[i]
}

func tuplegetter_set(_ t: Thread, _ v: Value, _ object: Value, _ value: Value) -> Value {
    raise(t, .attributeError, value.isMissing ? "can't delete attribute" : "can't set attribute")
}

func tuplegetter_doc(_ t: Thread, _ a: Values) -> Value { loadSlot(&a[0].cell(as: TupleGetterCell.self).pointee.doc) }

func tuplegetter_set_doc(_ t: Thread, _ a: Values) -> Value {
    storeSlot(&a[0].cell(as: TupleGetterCell.self).pointee.doc, a[1].isMissing ? .none : a[1])
    return .none
}

func tuplegetter_repr(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: TupleGetterCell.self)
    let doc = repr(t, c.pointee.doc)
    if doc.isRaised { return doc }
    var b = StringBuilder(t)
    b.append(typeOf(v).pointee.name)
    b.append("(\(c.pointee.index), ")
    b.append(doc)
    b.append(")")
    return b.finish()
}

func tuplegetter_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: TupleGetterCell.self)
    let args = makeTuple(t, makeInt(t, c.pointee.index), c.pointee.doc)
    return args.isRaised ? args : makeTuple(t, typeOf(a[0]).value, args)
}
