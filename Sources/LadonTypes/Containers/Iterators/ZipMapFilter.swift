// zip, map and filter.

import LadonRuntime

struct ZipCell {
    var header: CellHeader
    /// Tuple of iterators.
    var iterators: Value
    // raw
    var strict: Int
}

struct MapCell {
    var header: CellHeader
    var function: Value
    var iterators: Value
}

struct FilterCell {
    var header: CellHeader
    var function: Value
    var iterator: Value
}

/// The iterators of `count` arguments as a tuple.
private func iteratorTuple(_ t: Thread, _ a: Values?, _ count: Int) -> Value {
    let r = makeTuple(t, count)
    if r.isRaised { return r }
    var i = 0
    while i < count {
        let iterator = iterate(t, a.unsafelyUnwrapped[i])
        if iterator.isRaised { return iterator }
        r.tupleItems[i] = iterator
        i += 1
    }
    return r
}

private func newInstance(_ t: Thread, _ type: Value, _ id: TypeID, _ bytes: Int) -> Value {
    type.asType == builtinType(id) ? newCell(t, id, bytes) : allocateInstance(t, type.asType, variableItems: 0)
}

// MARK: zip

func zipType() -> TypeDefinition {
    TypeDefinition(.zip, "zip", flags: [.baseType],
                   doc: "zip(*iterables, strict=False): an iterator of tuples, the i-th of which holds the i-th item of each iterable. It ends with the shortest; with strict, iterables of different length raise ValueError.",
                   size: MemoryLayout<ZipCell>.size, layout: Layout(prefix: 1, base: 3, flags: [.container]),
                   slots: [.call(.new, zip_new), .unary(.iter, iterSelf), .unary(.next, zip_next)],
                   members: [
                       .method("__reduce__", "(self, /)", zip_reduce, "Return state information for pickling."),
                       .method("__setstate__", "(self, object, /)", zip_setstate, "Set state information for unpickling."),
                   ])
}

func zip_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    var strict = 0
    let named = names.bits == 0 ? 0 : names.tupleCount
    if named > 1 { return raise(t, .typeError, "zip() takes at most 1 keyword argument (\(named) given)") }
    if named == 1 {
        if !stringEqual(names.tupleItems[0], "strict") {
            return raise(t, .typeError, "'\(swiftString(names.tupleItems[0]))' is an invalid keyword argument for zip()")
        }
        strict = isTrue(t, a.unsafelyUnwrapped[n])
        if strict < 0 { return .raised }
    }
    let iterators = iteratorTuple(t, a, n)
    if iterators.isRaised { return iterators }
    let v = newInstance(t, type, .zip, MemoryLayout<ZipCell>.size)
    if v.isRaised { return v }
    let c = v.cell(as: ZipCell.self)
    c.pointee.iterators = iterators
    c.pointee.strict = strict
    return v
}

func zip_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: ZipCell.self)
    let iterators = c.pointee.iterators
    let n = iterators.tupleCount
    if n == 0 { return .exhausted }
    if n == 2 {
        let x = next(t, iterators.tupleItems[0])
        if x.isRaised { return x }
        if !x.isExhausted {
            let y = next(t, iterators.tupleItems[1])
            if y.isRaised { return y }
            if !y.isExhausted { return makeTuple(t, x, y) }
            return c.pointee.strict != 0 ? zipUneven(t, 2, shorter: true) : .exhausted
        }
        return c.pointee.strict != 0 ? zipRest(t, iterators) : .exhausted
    }
    let r = makeTuple(t, n)
    if r.isRaised { return r }
    var i = 0
    while i < n {
        let item = next(t, iterators.tupleItems[i])
        if item.isRaised { return item }
        if item.isExhausted {
            if c.pointee.strict == 0 { return item }
            return i > 0 ? zipUneven(t, i + 1, shorter: true) : zipRest(t, iterators)
        }
        r.tupleItems[i] = item
        i += 1
    }
    return r
}

/// The first iterator has ended: the others must end now too.
private func zipRest(_ t: Thread, _ iterators: Value) -> Value {
    var i = 1
    while i < iterators.tupleCount {
        let item = next(t, iterators.tupleItems[i])
        if item.isRaised { return item }
        if !item.isExhausted { return zipUneven(t, i + 1, shorter: false) }
        i += 1
    }
    return .exhausted
}

private func zipUneven(_ t: Thread, _ argument: Int, shorter: Bool) -> Value {
    let others = argument == 2 ? "argument 1" : "arguments 1-\(argument - 1)"
    return raise(t, .valueError, "zip() argument \(argument) is \(shorter ? "shorter" : "longer") than \(others)")
}

func zip_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: ZipCell.self)
    if c.pointee.strict != 0 { return makeTuple(t, typeOf(a[0]).value, c.pointee.iterators, .true) }
    return makeTuple(t, typeOf(a[0]).value, c.pointee.iterators)
}

func zip_setstate(_ t: Thread, _ a: Values) -> Value {
    let strict = isTrue(t, a[1])
    if strict < 0 { return .raised }
    a[0].cell(as: ZipCell.self).pointee.strict = strict
    return .none
}

// MARK: map

func mapType() -> TypeDefinition {
    TypeDefinition(.map, "map", flags: [.baseType],
                   doc: "map(func, *iterables): an iterator that computes the function using arguments from each of the iterables. It ends with the shortest.",
                   size: MemoryLayout<MapCell>.size, layout: Layout(prefix: 2, base: 3, flags: [.container]),
                   slots: [.call(.new, map_new), .unary(.iter, iterSelf), .unary(.next, map_next)],
                   members: [.method("__reduce__", "(self, /)", map_reduce, "Return state information for pickling.")])
}

func map_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "map", names, of: type.asType) { return .raised }
    if n < 2 { return raise(t, .typeError, "map() must have at least two arguments.") }
    let p = a.unsafelyUnwrapped
    let iterators = iteratorTuple(t, p + 1, n - 1)
    if iterators.isRaised { return iterators }
    let v = newInstance(t, type, .map, MemoryLayout<MapCell>.size)
    if v.isRaised { return v }
    let c = v.cell(as: MapCell.self)
    c.pointee.function = p[0]
    c.pointee.iterators = iterators
    return v
}

func map_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: MapCell.self)
    let iterators = c.pointee.iterators
    let n = iterators.tupleCount
    if n == 1 {
        let x = next(t, iterators.tupleItems[0])
        if x.isRaised || x.isExhausted { return x }
        return call(t, c.pointee.function, x)
    }
    if n == 2 {
        let x = next(t, iterators.tupleItems[0])
        if x.isRaised || x.isExhausted { return x }
        let y = next(t, iterators.tupleItems[1])
        if y.isRaised || y.isExhausted { return y }
        return call(t, c.pointee.function, x, y)
    }
    let args = makeTuple(t, n)
    if args.isRaised { return args }
    var i = 0
    while i < n {
        let item = next(t, iterators.tupleItems[i])
        if item.isRaised || item.isExhausted { return item }
        args.tupleItems[i] = item
        i += 1
    }
    return callWithTuple(t, c.pointee.function, args)
}

func map_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: MapCell.self)
    let function = makeTuple(t, c.pointee.function)
    if function.isRaised { return function }
    let args = tupleConcat(t, function, c.pointee.iterators)
    return args.isRaised ? args : makeTuple(t, typeOf(a[0]).value, args)
}

// MARK: filter

func filterType() -> TypeDefinition {
    TypeDefinition(.filter, "filter", flags: [.baseType],
                   doc: "filter(function or None, iterable): an iterator of those items for which function(item) is true; with None, of those that are true.",
                   size: MemoryLayout<FilterCell>.size, layout: Layout(prefix: 2, base: 3, flags: [.container]),
                   slots: [.call(.new, filter_new), .unary(.iter, iterSelf), .unary(.next, filter_next)],
                   members: [.method("__reduce__", "(self, /)", filter_reduce, "Return state information for pickling.")])
}

func filter_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "filter", names, of: type.asType) { return .raised }
    if !checkCount(t, "filter", n, 2, 2) { return .raised }
    let p = a.unsafelyUnwrapped
    let iterator = iterate(t, p[1])
    if iterator.isRaised { return iterator }
    let v = newInstance(t, type, .filter, MemoryLayout<FilterCell>.size)
    if v.isRaised { return v }
    let c = v.cell(as: FilterCell.self)
    c.pointee.function = p[0]
    c.pointee.iterator = iterator
    return v
}

func filter_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: FilterCell.self)
    let f = c.pointee.function
    let plain = f.isNone || f == builtinType(.bool).value
    while true {
        let item = next(t, c.pointee.iterator)
        if item.isRaised || item.isExhausted { return item }
        let verdict = plain ? item : call(t, f, item)
        if verdict.isRaised { return verdict }
        let good = isTrue(t, verdict)
        if good < 0 { return .raised }
        if good > 0 { return item }
        if !safepoint(t) { return .raised }
    }
}

func filter_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: FilterCell.self)
    let args = makeTuple(t, c.pointee.function, c.pointee.iterator)
    return args.isRaised ? args : makeTuple(t, typeOf(a[0]).value, args)
}
