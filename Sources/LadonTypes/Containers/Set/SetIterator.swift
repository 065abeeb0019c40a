// The iterator of sets and frozensets.

import LadonRuntime

struct SetIteratorCell {
    var header: CellHeader
    /// 0 when exhausted.
    var set: Value
    // raw
    var index: Int
    /// Elements the set had at first; -1 once it was found to have changed.
    var expected: Int
    var remaining: Int
}

func setIteratorType() -> TypeDefinition {
    TypeDefinition(.setIterator, "set_iterator", flags: [.disallowInstantiation], size: MemoryLayout<SetIteratorCell>.size,
                   layout: containerLayout(.setIterator),
                   slots: [.unary(.iter, iterSelf), .unary(.next, set_iterator_next)],
                   members: [
                       .method("__length_hint__", "(self, /)", set_iterator_hint, "Private method returning an estimate of len(list(it))."),
                       .method("__reduce__", "(self, /)", set_iterator_reduce, "Return state information for pickling."),
                   ])
}

func set_iter(_ t: Thread, _ v: Value) -> Value {
    let it = newCell(t, .setIterator, MemoryLayout<SetIteratorCell>.size)
    let c = it.cell(as: SetIteratorCell.self)
    c.pointee.set = v
    c.pointee.expected = setCount(v)
    c.pointee.remaining = setCount(v)
    return it
}

func set_iterator_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: SetIteratorCell.self)
    let s = loadSlot(&c.pointee.set)
    if s.bits == 0 { return .exhausted }
    if setCount(s) != c.pointee.expected {
        c.pointee.expected = -1
        return raise(t, .runtimeError, "Set changed size during iteration")
    }
    var i = c.pointee.index
    var key = Value.none
    var h = 0
    if setNext(s, &i, &key, &h) {
        c.pointee.index = i
        c.pointee.remaining -= 1
        return key
    }
    storeSlot(&c.pointee.set, Value(bits: 0))
    return .exhausted
}

func set_iterator_hint(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: SetIteratorCell.self)
    let s = loadSlot(&c.pointee.set)
    return s.bits == 0 || setCount(s) != c.pointee.expected ? .zero : Value(smallInt: max(0, c.pointee.remaining))
}

/// (iter, ([what is left],)); the iterator itself does not move.
func set_iterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let from = a[0].cell(as: SetIteratorCell.self)
    let copy = newCell(t, .setIterator, MemoryLayout<SetIteratorCell>.size)
    let to = copy.cell(as: SetIteratorCell.self)
    to.pointee.set = loadSlot(&from.pointee.set)
    to.pointee.index = from.pointee.index
    to.pointee.expected = from.pointee.expected
    to.pointee.remaining = from.pointee.remaining
    let rest = iterateToList(t, copy)
    return rest.isRaised ? rest : reduceWith(t, .iter, rest)
}
