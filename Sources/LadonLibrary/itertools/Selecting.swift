// Iterators that pass some items of another: compress, dropwhile, takewhile, filterfalse, islice; and starmap.

import LadonTypes

/// A function (or other first argument) and an iterator, with one flag.
struct FunctionIteratorCell {
    var header: CellHeader
    var function: Value
    var iterator: Value
    // raw
    var flag: Int
}

private func pairType(_ name: StaticString, _ doc: StaticString, _ constructor: StaticString, _ new: @escaping NativeFunction, _ next: @escaping UnaryFunction,
                      _ members: [NativeMember]) -> TypeDefinition {
    toolType(name, doc, size: MemoryLayout<FunctionIteratorCell>.size, layout: Layout(prefix: 2, base: 4, flags: [.container]), constructor, new, next, members)
}

@inline(__always) private func cellOf(_ v: Value) -> UnsafeMutablePointer<FunctionIteratorCell> { v.cell(as: FunctionIteratorCell.self) }

private func plainPairType(_ name: StaticString, _ doc: StaticString, signature: StaticString, _ new: @escaping CallFunction, _ next: @escaping UnaryFunction,
                           _ members: [NativeMember]) -> TypeDefinition {
    plainToolType(name, doc, size: MemoryLayout<FunctionIteratorCell>.size, layout: Layout(prefix: 2, base: 4, flags: [.container]), signature: signature, new, next, members)
}

private func functionNew(_ t: Thread, _ name: String, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !checkTool(t, type, name, 2, n, names) { return .raised }
    let p = a.unsafelyUnwrapped
    let iterator = iterate(t, p[1])
    if iterator.isRaised { return iterator }
    let v = newTool(t, type)
    if v.isRaised { return v }
    cellOf(v).pointee.function = p[0]
    cellOf(v).pointee.iterator = iterator
    return v
}

private func function_reduce(_ t: Thread, _ a: Values) -> Value { reduceAs(t, a[0], makeTuple(t, cellOf(a[0]).pointee.function, cellOf(a[0]).pointee.iterator)) }

private func flag_reduce(_ t: Thread, _ a: Values) -> Value {
    reduceAs(t, a[0], makeTuple(t, cellOf(a[0]).pointee.function, cellOf(a[0]).pointee.iterator), state: makeInt(t, cellOf(a[0]).pointee.flag))
}

private func flag_setstate(_ t: Thread, _ a: Values) -> Value {
    let r = isTrue(t, a[1])
    if r < 0 { return .raised }
    cellOf(a[0]).pointee.flag = r
    return .none
}

/// The truth of function(item). -1: raised.
@inline(__always) private func verdict(_ t: Thread, _ function: Value, _ item: Value) -> Truth {
    let r = call(t, function, item)
    return r.isRaised ? -1 : isTrue(t, r)
}

// MARK: compress

func compressType() -> TypeDefinition {
    pairType("itertools.compress", "Return data elements corresponding to true selector elements. Forms a shorter iterator from selected data elements using the selectors to choose the data elements.",
             "(cls, data, selectors)", compress_new, compress_next, [reduceMember(function_reduce)]).signed("(data, selectors)")
}

/// `function` is the iterator of the data, `iterator` that of the selectors.
func compress_new(_ t: Thread, _ a: Values) -> Value {
    let data = iterate(t, a[1])
    if data.isRaised { return data }
    let selectors = iterate(t, a[2])
    if selectors.isRaised { return selectors }
    let v = newTool(t, a[0])
    if v.isRaised { return v }
    cellOf(v).pointee.function = data
    cellOf(v).pointee.iterator = selectors
    return v
}

func compress_next(_ t: Thread, _ v: Value) -> Value {
    let c = cellOf(v)
    while true {
        let item = next(t, c.pointee.function)
        if item.isRaised || item.isExhausted { return item }
        let selector = next(t, c.pointee.iterator)
        if selector.isRaised || selector.isExhausted { return selector }
        let r = isTrue(t, selector)
        if r != 0 { return r < 0 ? .raised : item }
        if !safepoint(t) { return .raised }
    }
}

// MARK: dropwhile, takewhile, filterfalse

func dropWhileType() -> TypeDefinition {
    plainPairType("itertools.dropwhile", "Drop items from the iterable while predicate(item) is true. Afterwards, return every element until the iterable is exhausted.",
             signature: "(predicate, iterable, /)", dropwhile_new, dropwhile_next, [reduceMember(flag_reduce), setStateMember(flag_setstate)])
}

func dropwhile_next(_ t: Thread, _ v: Value) -> Value {
    let c = cellOf(v)
    while true {
        let item = next(t, c.pointee.iterator)
        if item.isRaised || item.isExhausted || c.pointee.flag != 0 { return item }
        let r = verdict(t, c.pointee.function, item)
        if r < 0 { return .raised }
        if r == 0 {
            c.pointee.flag = 1
            return item
        }
        if !safepoint(t) { return .raised }
    }
}

func takeWhileType() -> TypeDefinition {
    plainPairType("itertools.takewhile", "Return successive entries from an iterable as long as the predicate evaluates to true for each entry.",
             signature: "(predicate, iterable, /)", takewhile_new, takewhile_next, [reduceMember(flag_reduce), setStateMember(flag_setstate)])
}

func takewhile_next(_ t: Thread, _ v: Value) -> Value {
    let c = cellOf(v)
    if c.pointee.flag != 0 { return .exhausted }
    let item = next(t, c.pointee.iterator)
    if item.isRaised || item.isExhausted { return item }
    let r = verdict(t, c.pointee.function, item)
    if r < 0 { return .raised }
    if r > 0 { return item }
    c.pointee.flag = 1
    return .exhausted
}

func filterFalseType() -> TypeDefinition {
    plainPairType("itertools.filterfalse", "Return those items of iterable for which function(item) is false. If function is None, return the items that are false.",
             signature: "(function, iterable, /)", filterfalse_new, filterfalse_next, [reduceMember(function_reduce)])
}

func filterfalse_next(_ t: Thread, _ v: Value) -> Value {
    let c = cellOf(v)
    let f = c.pointee.function
    let plain = f.isNone || f == builtinType(.bool).value
    while true {
        let item = next(t, c.pointee.iterator)
        if item.isRaised || item.isExhausted { return item }
        let r = plain ? isTrue(t, item) : verdict(t, f, item)
        if r < 0 { return .raised }
        if r == 0 { return item }
        if !safepoint(t) { return .raised }
    }
}

// MARK: starmap

func starmapType() -> TypeDefinition {
    plainPairType("itertools.starmap", "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.",
             signature: "(function, iterable, /)", starmap_new, starmap_next, [reduceMember(function_reduce)])
}

func starmap_next(_ t: Thread, _ v: Value) -> Value {
    let c = cellOf(v)
    let item = next(t, c.pointee.iterator)
    if item.isRaised || item.isExhausted { return item }
    let args = sequenceToTuple(t, item)
    return args.isRaised ? args : callWithTuple(t, c.pointee.function, args)
}

// MARK: islice

struct IsliceCell {
    var header: CellHeader
    /// 0 when exhausted.
    var iterator: Value
    // raw
    var next: Int
    /// -1: no end.
    var stop: Int
    var step: Int
    var count: Int
}

func isliceType() -> TypeDefinition {
    TypeDefinition(nil, "itertools.islice", flags: [.baseType],
                   doc: "islice(iterable, stop), islice(iterable, start, stop[, step]): an iterator over the items that a slice of the iterable would have.",
                   size: MemoryLayout<IsliceCell>.size, layout: Layout(prefix: 1, base: 6, flags: [.container]),
                   slots: [.call(.new, islice_new), .unary(.iter, toolIter), .unary(.next, islice_next)],
                   members: [reduceMember(islice_reduce), setStateMember(islice_setstate)])
}

/// A bound of islice: None is `absent`; -2 when it is no number or negative (nothing raised).
private func isliceBound(_ t: Thread, _ v: Value, _ absent: Int) -> Int {
    if v.isNone { return absent }
    if typeOf(v).has(.index) {
        if let n = asInt(t, v) { return n >= 0 ? n : -2 }
        clearException(t)
    }
    return -2
}

func islice_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "islice", names, of: type.asType) { return .raised }
    if n < 2 { return raise(t, .typeError, "islice expected at least 2 arguments, got \(n)") }
    if n > 4 { return raise(t, .typeError, "islice expected at most 4 arguments, got \(n)") }
    let p = a.unsafelyUnwrapped
    var start = 0
    var stop: Int
    var step = 1
    if n == 2 {
        stop = isliceBound(t, p[1], -1)
        if stop == -2 { return raise(t, .valueError, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.") }
    } else {
        start = isliceBound(t, p[1], 0)
        stop = isliceBound(t, p[2], -1)
        if stop == -2 { return raise(t, .valueError, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.") }
        if start == -2 { return raise(t, .valueError, "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.") }
        if n == 4 {
            step = isliceBound(t, p[3], 1)
            if step < 1 { return raise(t, .valueError, "Step for islice() must be a positive integer or None.") }
        }
    }
    return makeIslice(t, type, p[0], start, stop, step)
}

func makeIslice(_ t: Thread, _ type: Value, _ iterable: Value, _ start: Int, _ stop: Int, _ step: Int) -> Value {
    let iterator = iterate(t, iterable)
    if iterator.isRaised { return iterator }
    let v = newTool(t, type)
    if v.isRaised { return v }
    let c = v.cell(as: IsliceCell.self)
    c.pointee.iterator = iterator
    c.pointee.next = start
    c.pointee.stop = stop
    c.pointee.step = step
    return v
}

func islice_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: IsliceCell.self)
    let iterator = loadSlot(&c.pointee.iterator)
    if iterator.bits == 0 { return .exhausted }
    let stop = c.pointee.stop
    while c.pointee.count < c.pointee.next {
        let skipped = next(t, iterator)
        if skipped.isRaised || skipped.isExhausted {
            clear(&c.pointee.iterator)
            return skipped
        }
        c.pointee.count += 1
        if !safepoint(t) { return .raised }
    }
    if stop >= 0 && c.pointee.count >= stop {
        clear(&c.pointee.iterator)
        return .exhausted
    }
    let item = next(t, iterator)
    if item.isRaised || item.isExhausted {
        clear(&c.pointee.iterator)
        return item
    }
    c.pointee.count += 1
    let (following, overflow) = c.pointee.next.addingReportingOverflow(c.pointee.step)
    c.pointee.next = overflow || (stop >= 0 && following > stop) ? (stop >= 0 ? stop : Int.max) : following
    return item
}

func islice_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: IsliceCell.self)
    let iterator = loadSlot(&c.pointee.iterator)
    if iterator.bits == 0 {
        let list = makeList(t)
        if list.isRaised { return list }
        let empty = iterate(t, list)
        if empty.isRaised { return empty }
        return reduceAs(t, a[0], makeTuple(t, empty, .zero), state: .zero)
    }
    let stop: Value = c.pointee.stop < 0 ? .none : makeInt(t, c.pointee.stop)
    return reduceAs(t, a[0], makeTuple(t, iterator, makeInt(t, c.pointee.next), stop, makeInt(t, c.pointee.step)), state: makeInt(t, c.pointee.count))
}

func islice_setstate(_ t: Thread, _ a: Values) -> Value {
    guard let n = asInt(t, a[1]) else { return .raised }
    a[0].cell(as: IsliceCell.self).pointee.count = n
    return .none
}

func dropwhile_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value { functionNew(t, "dropwhile", type, a, n, names) }

func takewhile_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value { functionNew(t, "takewhile", type, a, n, names) }

func filterfalse_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value { functionNew(t, "filterfalse", type, a, n, names) }

func starmap_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value { functionNew(t, "starmap", type, a, n, names) }
