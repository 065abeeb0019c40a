// iter(callable, sentinel).

import LadonRuntime

struct CallableIteratorCell {
    var header: CellHeader
    /// 0 when exhausted.
    var callable: Value
    var sentinel: Value
}

func callableIteratorType() -> TypeDefinition {
    TypeDefinition(.callableIterator, "callable_iterator", flags: [.disallowInstantiation], size: MemoryLayout<CallableIteratorCell>.size,
                   layout: Layout(prefix: 2, flags: [.container]),
                   slots: [.unary(.iter, iterSelf), .unary(.next, callable_iterator_next)],
                   members: [.method("__reduce__", "(self, /)", callable_iterator_reduce, "Return state information for pickling.")])
}

public func makeCallableIterator(_ t: Thread, _ callable: Value, _ sentinel: Value) -> Value {
    let v = newCell(t, .callableIterator, MemoryLayout<CallableIteratorCell>.size)
    let c = v.cell(as: CallableIteratorCell.self)
    c.pointee.callable = callable
    c.pointee.sentinel = sentinel
    return v
}

func callable_iterator_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: CallableIteratorCell.self)
    let f = loadSlot(&c.pointee.callable)
    if f.bits == 0 { return .exhausted }
    let item = call(t, f)
    if item.isRaised {
        if !endsIteration(t) { return item }
        storeSlot(&c.pointee.callable, Value(bits: 0))
        return .exhausted
    }
    // A call that used this iterator up itself has ended it.
    if loadSlot(&c.pointee.callable).bits == 0 { return .exhausted }
    let sentinel = c.pointee.sentinel
    // What compares by identity doesn't equal None: most of what `iter(f, None)` yields.
    if sentinel.isNone && item.isCell && comparison(typeOf(item)) == comparison(builtinType(.object)) { return item }
    let end = sameValue(t, sentinel, item)
    if end == 0 { return item }
    if end < 0 { return .raised }
    storeSlot(&c.pointee.callable, Value(bits: 0))
    return .exhausted
}

/// The address of what compares values of a type.
@inline(__always) private func comparison(_ type: TypePointer) -> UInt { unsafeBitCast(type.ternary(.compare), to: UInt.self) }

func callable_iterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: CallableIteratorCell.self)
    let f = loadSlot(&c.pointee.callable)
    if f.bits == 0 { return reduceWith(t, .iter, ladon_runtime.emptyTuple) }
    let iter = builtinNamed(t, name(.iter))
    if iter.isRaised { return iter }
    let args = makeTuple(t, f, c.pointee.sentinel)
    return args.isRaised ? args : makeTuple(t, iter, args)
}
