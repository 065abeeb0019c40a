// enumerate.

import LadonRuntime

func enumerateType() -> TypeDefinition {
    TypeDefinition(.enumerate, "enumerate", flags: [.baseType],
                   doc: "Return an enumerate object: an iterator of pairs of a count (from start, which defaults to 0) and a value yielded by the iterable.",
                   signature: "(iterable, start=0)", size: MemoryLayout<EnumerateCell>.size, layout: Layout(prefix: 2, base: 3, flags: [.container]),
                   slots: [.call(.new, enumerate_new), .unary(.iter, iterSelf), .unary(.next, enumerate_next)],
                   members: [
                       .method("__reduce__", "(self, /)", enumerate_reduce, "Return state information for pickling."),
                       .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
                   ])
}

func enumerate_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    var iterable = n > 0 ? a.unsafelyUnwrapped[0] : Value.missing
    var start = n > 1 ? a.unsafelyUnwrapped[1] : Value.missing
    let named = names.bits == 0 ? 0 : names.tupleCount
    if n + named > 2 { return raise(t, .typeError, "enumerate() takes at most 2 arguments (\(n + named) given)") }
    var i = 0
    while i < named {
        let k = names.tupleItems[i]
        let v = a.unsafelyUnwrapped[n + i]
        if stringEqual(k, "iterable") && iterable.isMissing {
            iterable = v
        } else if stringEqual(k, "start") && start.isMissing {
            start = v
        } else {
            return raise(t, .typeError, "'\(swiftString(k))' is an invalid keyword argument for enumerate()")
        }
        i += 1
    }
    if iterable.isMissing { return raise(t, .typeError, "enumerate() missing required argument 'iterable'") }
    var first = Value.zero
    if !start.isMissing {
        first = plainIndex(t, start)
        if first.isRaised { return first }
    }
    let iterator = iterate(t, iterable)
    if iterator.isRaised { return iterator }
    let v = type.asType == builtinType(.enumerate) ? newCell(t, .enumerate, MemoryLayout<EnumerateCell>.size)
        : allocateInstance(t, type.asType, variableItems: 0)
    if v.isRaised { return v }
    let c = v.cell(as: EnumerateCell.self)
    c.pointee.iterator = iterator
    c.pointee.index = first
    return v
}

func enumerate_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: EnumerateCell.self)
    let item = next(t, c.pointee.iterator)
    if item.isRaised || item.isExhausted { return item }
    let i = loadSlot(&c.pointee.index)
    let following = intAdd(t, i, .one)
    if following.isRaised { return following }
    storeSlot(&c.pointee.index, following)
    return makeTuple(t, i, item)
}

func enumerate_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: EnumerateCell.self)
    let args = makeTuple(t, c.pointee.iterator, loadSlot(&c.pointee.index))
    return args.isRaised ? args : makeTuple(t, typeOf(a[0]).value, args)
}
