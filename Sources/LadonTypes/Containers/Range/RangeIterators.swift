// The two iterators of range: machine integers, and integers of any size.

import LadonRuntime

func rangeIteratorType() -> TypeDefinition {
    TypeDefinition(.rangeIterator, "range_iterator", flags: [.disallowInstantiation], size: MemoryLayout<RangeIteratorCell>.size,
                   layout: containerLayout(.rangeIterator),
                   slots: [.unary(.iter, iterSelf), .unary(.next, range_iterator_next)],
                   members: [
                       .method("__length_hint__", "(self, /)", range_iterator_length_hint, "Private method returning an estimate of len(list(it))."),
                       .method("__reduce__", "(self, /)", range_iterator_reduce, "Return state information for pickling."),
                       .method("__setstate__", "(self, object, /)", range_iterator_setstate, "Set state information for unpickling."),
                   ])
}

func range_iterator_next(_ t: Thread, _ v: Value) -> Value { rangeIteratorNext(v) }

func range_iterator_length_hint(_ t: Thread, _ a: Values) -> Value { Value(smallInt: a[0].cell(as: RangeIteratorCell.self).pointee.remaining) }

func range_iterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: RangeIteratorCell.self)
    let start = makeInt(t, c.pointee.end &- c.pointee.count &* c.pointee.step)
    let range = makeRange(t, start, makeInt(t, c.pointee.end), makeInt(t, c.pointee.step))
    if range.isRaised { return range }
    return reduceIterator(t, range, makeInt(t, c.pointee.count - max(0, c.pointee.remaining)))
}

/// (iter, (sequence,), state)
func reduceIterator(_ t: Thread, _ sequence: Value, _ state: Value) -> Value {
    let f = builtinNamed(t, name(.iter))
    if f.isRaised { return f }
    let args = makeTuple(t, sequence)
    return args.isRaised ? args : makeTuple(t, f, args, state)
}

func range_iterator_setstate(_ t: Thread, _ a: Values) -> Value {
    guard let n = asInt(t, a[1]) else { return .raised }
    let c = a[0].cell(as: RangeIteratorCell.self)
    c.pointee.remaining = c.pointee.count - min(max(0, n), c.pointee.count)
    return .none
}

/// Advances by storing a fresh `index`; racing threads repeat items, they never invent one.
struct LongRangeIteratorCell {
    var header: CellHeader
    var start: Value
    var step: Value
    var length: Value
    var index: Value
}

func longRangeIteratorType() -> TypeDefinition {
    TypeDefinition(.longRangeIterator, "longrange_iterator", flags: [.disallowInstantiation], size: MemoryLayout<LongRangeIteratorCell>.size,
                   layout: Layout(prefix: 4),
                   slots: [.unary(.iter, iterSelf), .unary(.next, longrange_iterator_next)],
                   members: [
                       .method("__length_hint__", "(self, /)", longrange_iterator_length_hint, "Private method returning an estimate of len(list(it))."),
                       .method("__reduce__", "(self, /)", longrange_iterator_reduce, "Return state information for pickling."),
                       .method("__setstate__", "(self, object, /)", longrange_iterator_setstate, "Set state information for unpickling."),
                   ])
}

func makeLongRangeIterator(_ t: Thread, _ start: Value, _ step: Value, _ length: Value) -> Value {
    let v = newCell(t, .longRangeIterator, MemoryLayout<LongRangeIteratorCell>.size)
    let c = v.cell(as: LongRangeIteratorCell.self)
    c.pointee.start = start
    c.pointee.step = step
    c.pointee.length = length
    c.pointee.index = .zero
    return v
}

func longrange_iterator_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: LongRangeIteratorCell.self)
    let i = loadSlot(&c.pointee.index)
    if intCompare(i, c.pointee.length) >= 0 { return .exhausted }
    let distance = intMul(t, i, c.pointee.step)
    if distance.isRaised { return distance }
    let following = intAdd(t, i, .one)
    if following.isRaised { return following }
    storeSlot(&c.pointee.index, following)
    return intAdd(t, c.pointee.start, distance)
}

func longrange_iterator_length_hint(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: LongRangeIteratorCell.self)
    return intSub(t, c.pointee.length, loadSlot(&c.pointee.index))
}

func longrange_iterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: LongRangeIteratorCell.self)
    let all = intMul(t, c.pointee.length, c.pointee.step)
    if all.isRaised { return all }
    let stop = intAdd(t, c.pointee.start, all)
    if stop.isRaised { return stop }
    let range = makeRange(t, c.pointee.start, stop, c.pointee.step)
    return range.isRaised ? range : reduceIterator(t, range, loadSlot(&c.pointee.index))
}

func longrange_iterator_setstate(_ t: Thread, _ a: Values) -> Value {
    if !isInt(a[1]) { return raise(t, .typeError, "state must be an int, not \(typeName(a[1]))") }
    let c = a[0].cell(as: LongRangeIteratorCell.self)
    let n = plainIndex(t, a[1])
    if n.isRaised { return n }
    let clipped: Value = intCompare(n, .zero) < 0 ? .zero : intCompare(n, c.pointee.length) > 0 ? c.pointee.length : n
    storeSlot(&c.pointee.index, clipped)
    return .none
}
