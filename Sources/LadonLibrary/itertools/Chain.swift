// chain, zip_longest and pairwise.

import LadonTypes

// MARK: chain

struct ChainCell {
    var header: CellHeader
    /// Iterator of the iterables, 0 when exhausted.
    var source: Value
    /// Iterator of the present one, 0 between two.
    var active: Value
}

func chainType() -> TypeDefinition {
    plainToolType("itertools.chain", "Return a chain object whose .__next__() method returns elements from the first iterable until it is exhausted, then elements from the next iterable, until all of the iterables are exhausted.",
             size: MemoryLayout<ChainCell>.size, layout: Layout(prefix: 2, base: 3, flags: [.container]),
             signature: "", chain_new, chain_next,
             [
                 .classMethod("from_iterable", "(cls, iterable, /)", chain_from_iterable,
                              "Alternative chain() constructor taking a single iterable argument that evaluates lazily."),
                 reduceMember(chain_reduce), setStateMember(chain_setstate),
                 .classMethod("__class_getitem__", "(cls, object, /)", toolClassGetItem, "See PEP 585"),
             ])
}

func toolClassGetItem(_ t: Thread, _ a: Values) -> Value { makeGenericAlias(t, a[0], a[1]) }

/// A chain of the iterables that an iterator yields.
func makeChain(_ t: Thread, _ type: Value, _ source: Value) -> Value {
    if source.isRaised { return source }
    let v = newTool(t, type)
    if v.isRaised { return v }
    v.cell(as: ChainCell.self).pointee.source = source
    return v
}

func chain_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "chain", names, of: type.asType) { return .raised }
    let iterables = n == 0 ? ladon_runtime.emptyTuple : makeTuple(t, a.unsafelyUnwrapped, n)
    return iterables.isRaised ? iterables : makeChain(t, type, iterate(t, iterables))
}

func chain_from_iterable(_ t: Thread, _ a: Values) -> Value { makeChain(t, a[0], iterate(t, a[1])) }

func chain_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: ChainCell.self)
    while true {
        let source = loadSlot(&c.pointee.source)
        if source.bits == 0 { return .exhausted }
        var active = loadSlot(&c.pointee.active)
        if active.bits == 0 {
            let iterable = next(t, source)
            if iterable.isRaised || iterable.isExhausted {
                clear(&c.pointee.source)
                return iterable
            }
            active = iterate(t, iterable)
            if active.isRaised {
                clear(&c.pointee.source)
                return active
            }
            storeSlot(&c.pointee.active, active)
        }
        let item = next(t, active)
        if !item.isExhausted { return item }
        clear(&c.pointee.active)
        if !safepoint(t) { return .raised }
    }
}

func chain_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: ChainCell.self)
    let source = loadSlot(&c.pointee.source)
    let active = loadSlot(&c.pointee.active)
    if source.bits == 0 { return reduceAs(t, a[0], ladon_runtime.emptyTuple) }
    return reduceAs(t, a[0], ladon_runtime.emptyTuple, state: active.bits == 0 ? makeTuple(t, source) : makeTuple(t, source, active))
}

func chain_setstate(_ t: Thread, _ a: Values) -> Value {
    if !isTuple(a[1]) { return raise(t, .typeError, "state is not a tuple") }
    let n = a[1].tupleCount
    if n < 1 { return raise(t, .typeError, "function takes at least 1 argument (0 given)") }
    if n > 2 { return raise(t, .typeError, "function takes at most 2 arguments (\(n) given)") }
    var i = 0
    while i < n {
        if !typeOf(a[1].tupleItems[i]).has(.next) { return raise(t, .typeError, "Arguments must be iterators.") }
        i += 1
    }
    let c = a[0].cell(as: ChainCell.self)
    storeSlot(&c.pointee.source, a[1].tupleItems[0])
    storeSlot(&c.pointee.active, n == 2 ? a[1].tupleItems[1] : Value(bits: 0))
    return .none
}

// MARK: zip_longest

struct ZipLongestCell {
    var header: CellHeader
    /// Storage of iterators, 0 where one is exhausted.
    var iterators: Value
    var fill: Value
    // raw
    var count: Int
    var active: Int
}

func zipLongestType() -> TypeDefinition {
    toolType("itertools.zip_longest", "Return a zip_longest object whose .__next__() method returns a tuple where the i-th element comes from the i-th iterable argument, until the longest is exhausted; shorter ones are continued with the fillvalue (None).",
             size: MemoryLayout<ZipLongestCell>.size, layout: Layout(prefix: 2, base: 5, flags: [.container]),
             "(cls, /, *iterables, fillvalue=None)", zip_longest_new, zip_longest_next,
             [reduceMember(zip_longest_reduce), setStateMember(zip_longest_setstate)])
}

func zip_longest_new(_ t: Thread, _ a: Values) -> Value {
    let n = a[1].tupleCount
    let iterators = makeStorage(t, n)
    if iterators.isRaised { return iterators }
    var i = 0
    while i < n {
        let it = iterate(t, a[1].tupleItems[i])
        if it.isRaised { return it }
        iterators.storageItems[i] = it
        i += 1
    }
    let v = newTool(t, a[0])
    if v.isRaised { return v }
    let c = v.cell(as: ZipLongestCell.self)
    c.pointee.iterators = iterators
    c.pointee.fill = a[2]
    c.pointee.count = n
    c.pointee.active = n
    return v
}

func zip_longest_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: ZipLongestCell.self)
    let n = c.pointee.count
    if n == 0 || c.pointee.active <= 0 { return .exhausted }
    let r = makeTuple(t, n)
    if r.isRaised { return r }
    let iterators = c.pointee.iterators
    var i = 0
    while i < n {
        let it = loadSlot(iterators.storageItems + i)
        var item = c.pointee.fill
        if it.bits != 0 {
            item = next(t, it)
            if item.isRaised {
                c.pointee.active = 0
                return item
            }
            if item.isExhausted {
                c.pointee.active -= 1
                if c.pointee.active <= 0 { return item }
                item = c.pointee.fill
                clear(iterators.storageItems + i)
            }
        }
        r.tupleItems[i] = item
        i += 1
    }
    return r
}

func zip_longest_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: ZipLongestCell.self)
    let args = makeTuple(t, c.pointee.count)
    if args.isRaised { return args }
    var i = 0
    while i < c.pointee.count {
        let it = loadSlot(c.pointee.iterators.storageItems + i)
        args.tupleItems[i] = it.bits == 0 ? ladon_runtime.emptyTuple : it
        i += 1
    }
    return reduceAs(t, a[0], args, state: c.pointee.fill)
}

func zip_longest_setstate(_ t: Thread, _ a: Values) -> Value {
    storeSlot(&a[0].cell(as: ZipLongestCell.self).pointee.fill, a[1])
    return .none
}

// MARK: pairwise

struct PairwiseCell {
    var header: CellHeader
    /// 0 when exhausted.
    var iterator: Value
    /// The former item, 0 before the first.
    var former: Value
}

func pairwiseType() -> TypeDefinition {
    toolType("itertools.pairwise", "Return an iterator of overlapping pairs taken from the input iterator.",
             size: MemoryLayout<PairwiseCell>.size, layout: Layout(prefix: 2, base: 3, flags: [.container]),
             "(cls, iterable, /)", pairwise_new, pairwise_next, []).signed("(iterable, /)")
}

func pairwise_new(_ t: Thread, _ a: Values) -> Value {
    let iterator = iterate(t, a[1])
    if iterator.isRaised { return iterator }
    let v = newTool(t, a[0])
    if v.isRaised { return v }
    v.cell(as: PairwiseCell.self).pointee.iterator = iterator
    return v
}

func pairwise_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: PairwiseCell.self)
    let iterator = loadSlot(&c.pointee.iterator)
    if iterator.bits == 0 { return .exhausted }
    var former = loadSlot(&c.pointee.former)
    if former.bits == 0 {
        former = next(t, iterator)
        if former.isRaised || former.isExhausted {
            clear(&c.pointee.iterator)
            return former
        }
        storeSlot(&c.pointee.former, former)
        // The first step may have used this very object and ended it.
        if loadSlot(&c.pointee.iterator).bits == 0 { return .exhausted }
    }
    let item = next(t, iterator)
    if item.isRaised || item.isExhausted {
        clear(&c.pointee.iterator)
        clear(&c.pointee.former)
        return item
    }
    storeSlot(&c.pointee.former, item)
    return makeTuple(t, former, item)
}
