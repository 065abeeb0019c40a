// The iterators of dicts and dict views: keys, values, items, forward and backward.

import LadonRuntime

private func dictIterator(_ id: TypeID, _ name: StaticString, _ next: @escaping UnaryFunction) -> TypeDefinition {
    TypeDefinition(id, name, flags: [.disallowInstantiation], size: MemoryLayout<DictIteratorCell>.size,
                   layout: Layout(prefix: 1, flags: [.container]),
                   slots: [.unary(.iter, iterSelf), .unary(.next, next)],
                   members: [
                       .method("__length_hint__", "(self, /)", dict_iterator_hint, "Private method returning an estimate of len(list(it))."),
                       .method("__reduce__", "(self, /)", dict_iterator_reduce, "Return state information for pickling."),
                   ])
}

func dictKeyIteratorType() -> TypeDefinition { dictIterator(.dictKeyIterator, "dict_keyiterator", dict_keyiterator_next) }
func dictValueIteratorType() -> TypeDefinition { dictIterator(.dictValueIterator, "dict_valueiterator", dict_valueiterator_next) }
func dictItemIteratorType() -> TypeDefinition { dictIterator(.dictItemIterator, "dict_itemiterator", dict_itemiterator_next) }
func dictReverseKeyIteratorType() -> TypeDefinition { dictIterator(.dictReverseKeyIterator, "dict_reversekeyiterator", dict_reversekeyiterator_next) }
func dictReverseValueIteratorType() -> TypeDefinition {
    dictIterator(.dictReverseValueIterator, "dict_reversevalueiterator", dict_reversevalueiterator_next)
}
func dictReverseItemIteratorType() -> TypeDefinition { dictIterator(.dictReverseItemIterator, "dict_reverseitemiterator", dict_reverseitemiterator_next) }

/// An iterator of one of the six types over a dict.
public func makeDictIterator(_ t: Thread, _ type: TypeID, _ d: Value) -> Value {
    let v = newCell(t, type, MemoryLayout<DictIteratorCell>.size)
    let c = v.cell(as: DictIteratorCell.self)
    let n = dictCount(d)
    c.pointee.dict = d
    c.pointee.expected = n
    c.pointee.remaining = n
    switch type {
    case .dictReverseKeyIterator, .dictReverseValueIterator, .dictReverseItemIterator: c.pointee.index = dictEnd(d)
    default: c.pointee.index = 0
    }
    return v
}

@inline(__always) private func iteratorCell(_ v: Value) -> UnsafeMutablePointer<DictIteratorCell> { v.cell(as: DictIteratorCell.self) }

/// One step in either direction. 1: key and value set; 0: the end; -1: raised.
private func dictStep(_ t: Thread, _ v: Value, _ forward: Bool, _ key: inout Value, _ value: inout Value) -> Truth {
    if forward && dictIteratorStepFast(v, &key, &value) { return 1 }
    let c = iteratorCell(v)
    let d = loadSlot(&c.pointee.dict)
    if d.bits == 0 { return 0 }
    if dictCount(d) != c.pointee.expected {
        c.pointee.expected = -1
        _ = raise(t, .runtimeError, "dictionary changed size during iteration")
        return -1
    }
    var i = c.pointee.index
    let more = forward ? dictNext(d, &i, &key, &value) : dictPrevious(d, &i, &key, &value)
    if !more {
        storeSlot(&c.pointee.dict, Value(bits: 0))
        return 0
    }
    if c.pointee.remaining <= 0 {
        storeSlot(&c.pointee.dict, Value(bits: 0))
        if !forward { return 0 }
        _ = raise(t, .runtimeError, "dictionary keys changed during iteration")
        return -1
    }
    c.pointee.index = i
    c.pointee.remaining -= 1
    return 1
}

@inline(__always) private func dictAdvance(_ t: Thread, _ v: Value, _ forward: Bool, _ part: DictPart) -> Value {
    var key = Value.none
    var value = Value.none
    let r = dictStep(t, v, forward, &key, &value)
    if r <= 0 { return r == 0 ? .exhausted : .raised }
    switch part {
    case .keys: return key
    case .values: return value
    case .items: return makeTuple(t, key, value)
    }
}

func dict_keyiterator_next(_ t: Thread, _ v: Value) -> Value { dictAdvance(t, v, true, .keys) }
func dict_valueiterator_next(_ t: Thread, _ v: Value) -> Value { dictAdvance(t, v, true, .values) }
func dict_itemiterator_next(_ t: Thread, _ v: Value) -> Value { dictAdvance(t, v, true, .items) }
func dict_reversekeyiterator_next(_ t: Thread, _ v: Value) -> Value { dictAdvance(t, v, false, .keys) }
func dict_reversevalueiterator_next(_ t: Thread, _ v: Value) -> Value { dictAdvance(t, v, false, .values) }
func dict_reverseitemiterator_next(_ t: Thread, _ v: Value) -> Value { dictAdvance(t, v, false, .items) }

func dict_iterator_hint(_ t: Thread, _ a: Values) -> Value {
    let c = iteratorCell(a[0])
    let d = loadSlot(&c.pointee.dict)
    return d.bits == 0 || dictCount(d) != c.pointee.expected ? .zero : Value(smallInt: max(0, c.pointee.remaining))
}

/// (iter, ([what is left],)); the iterator itself does not move.
func dict_iterator_reduce(_ t: Thread, _ a: Values) -> Value {
    guard let type = TypeID(rawValue: a[0].id) else { return raise(t, .systemError) }
    let copy = newCell(t, type, MemoryLayout<DictIteratorCell>.size)
    let from = iteratorCell(a[0])
    let to = iteratorCell(copy)
    to.pointee.dict = loadSlot(&from.pointee.dict)
    to.pointee.index = from.pointee.index
    to.pointee.expected = from.pointee.expected
    to.pointee.remaining = from.pointee.remaining
    let rest = iterateToList(t, copy)
    return rest.isRaised ? rest : reduceWith(t, .iter, rest)
}
