// The views and the iterator of OrderedDict.

import LadonTypes

private func makeView(_ t: Thread, _ type: TypePointer?, _ d: Value) -> Value {
    let v = allocateInstance(t, type.unsafelyUnwrapped, variableItems: 0)
    if !v.isRaised { v.cell(as: DictViewCell.self).pointee.dict = d }
    return v
}

func odict_keys(_ t: Thread, _ a: Values) -> Value { makeView(t, collectionsTypes.orderedKeys, a[0]) }
func odict_values(_ t: Thread, _ a: Values) -> Value { makeView(t, collectionsTypes.orderedValues, a[0]) }
func odict_items(_ t: Thread, _ a: Values) -> Value { makeView(t, collectionsTypes.orderedItems, a[0]) }

private func viewType(_ name: StaticString, _ base: TypeID, _ repr: @escaping UnaryFunction, _ iter: @escaping UnaryFunction,
                      _ reversed: @escaping NativeFunction) -> TypeDefinition {
    TypeDefinition(nil, name, base: base, flags: [.disallowInstantiation], size: MemoryLayout<DictViewCell>.size,
                   layout: Layout(prefix: 1, flags: [.container]), slots: [.unary(.repr, repr), .unary(.iter, iter)],
                   members: [.method("__reversed__", "(self, /)", reversed)])
}

func orderedKeysType() -> TypeDefinition { viewType("odict_keys", .dictKeys, odict_keys_repr, odict_keys_iter, odict_keys_reversed) }
func orderedValuesType() -> TypeDefinition { viewType("odict_values", .dictValues, odict_values_repr, odict_values_iter, odict_values_reversed) }
func orderedItemsType() -> TypeDefinition { viewType("odict_items", .dictItems, odict_items_repr, odict_items_iter, odict_items_reversed) }

func odict_keys_repr(_ t: Thread, _ v: Value) -> Value { viewRepr(t, v, "odict_keys(") }
func odict_values_repr(_ t: Thread, _ v: Value) -> Value { viewRepr(t, v, "odict_values(") }
func odict_items_repr(_ t: Thread, _ v: Value) -> Value { viewRepr(t, v, "odict_items(") }

// MARK: iterator

struct OrderedIteratorCell {
    var header: CellHeader
    /// 0 when exhausted.
    var dict: Value
    // raw
    var index: Int
    var version: UInt32
    /// What it yields: 0 keys, 1 values, 2 items; 4 added: backwards.
    var kind: UInt32
    var expected: Int
    var remaining: Int
}

func orderedIteratorType() -> TypeDefinition {
    TypeDefinition(nil, "odict_iterator", flags: [.disallowInstantiation], size: MemoryLayout<OrderedIteratorCell>.size,
                   layout: Layout(prefix: 1, flags: [.container]),
                   slots: [.unary(.iter, iterSelf), .unary(.next, odict_iterator_next)],
                   members: [.method("__reduce__", "(self, /)", odict_iterator_reduce, "Return state information for pickling")])
}

private func makeOrderedIterator(_ t: Thread, _ d: Value, _ kind: UInt32) -> Value {
    let v = allocateInstance(t, collectionsTypes.orderedIterator.unsafelyUnwrapped, variableItems: 0)
    if v.isRaised { return v }
    let c = v.cell(as: OrderedIteratorCell.self)
    c.pointee.version = dictVersion(t, d)
    c.pointee.dict = d
    c.pointee.kind = kind
    c.pointee.index = kind & 4 != 0 ? dictEnd(d) : 0
    c.pointee.expected = dictCount(d)
    c.pointee.remaining = dictCount(d)
    return v
}

func odict_iter(_ t: Thread, _ v: Value) -> Value { makeOrderedIterator(t, v, 0) }
func odict_reversed(_ t: Thread, _ a: Values) -> Value { makeOrderedIterator(t, a[0], 4) }
func odict_keys_iter(_ t: Thread, _ v: Value) -> Value { makeOrderedIterator(t, viewedDict(v), 0) }
func odict_values_iter(_ t: Thread, _ v: Value) -> Value { makeOrderedIterator(t, viewedDict(v), 1) }
func odict_items_iter(_ t: Thread, _ v: Value) -> Value { makeOrderedIterator(t, viewedDict(v), 2) }
func odict_keys_reversed(_ t: Thread, _ a: Values) -> Value { makeOrderedIterator(t, viewedDict(a[0]), 4) }
func odict_values_reversed(_ t: Thread, _ a: Values) -> Value { makeOrderedIterator(t, viewedDict(a[0]), 5) }
func odict_items_reversed(_ t: Thread, _ a: Values) -> Value { makeOrderedIterator(t, viewedDict(a[0]), 6) }

func odict_iterator_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: OrderedIteratorCell.self)
    let d = loadSlot(&c.pointee.dict)
    if d.bits == 0 { return .exhausted }
    var key = Value.none
    var value = Value.none
    var i = c.pointee.index
    // As in CPython, an iterator that has yielded everything ends quietly even after a change.
    if c.pointee.remaining <= 0 {
        clear(&c.pointee.dict)
        return .exhausted
    }
    if d.cell(as: DictCell.self).pointee.keysVersion != c.pointee.version {
        return raise(t, .runtimeError, "OrderedDict mutated during iteration")
    }
    if dictCount(d) != c.pointee.expected { return raise(t, .runtimeError, "OrderedDict changed size during iteration") }
    let more = c.pointee.kind & 4 != 0 ? dictPrevious(d, &i, &key, &value) : dictNext(d, &i, &key, &value)
    if !more {
        clear(&c.pointee.dict)
        return .exhausted
    }
    c.pointee.index = i
    c.pointee.remaining -= 1
    switch c.pointee.kind & 3 {
    case 0: return key
    case 1: return value
    default: return makeTuple(t, key, value)
    }
}

func odict_iterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: OrderedIteratorCell.self)
    let copy = allocateInstance(t, collectionsTypes.orderedIterator.unsafelyUnwrapped, variableItems: 0)
    if copy.isRaised { return copy }
    let to = copy.cell(as: OrderedIteratorCell.self)
    to.pointee.dict = loadSlot(&c.pointee.dict)
    to.pointee.index = c.pointee.index
    to.pointee.version = c.pointee.version
    to.pointee.kind = c.pointee.kind
    to.pointee.expected = c.pointee.expected
    to.pointee.remaining = c.pointee.remaining
    let rest = iterateToList(t, copy)
    return rest.isRaised ? rest : reduceWith(t, .iter, rest)
}
