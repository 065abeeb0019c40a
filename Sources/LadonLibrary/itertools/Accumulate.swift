// accumulate and groupby.

import LadonTypes

// MARK: accumulate

struct AccumulateCell {
    var header: CellHeader
    var iterator: Value
    /// 0 before the first item.
    var total: Value
    /// The function or None.
    var function: Value
    /// None when there is none (any more).
    var initial: Value
}

func accumulateType() -> TypeDefinition {
    toolType("itertools.accumulate", "Return series of accumulated sums, or of the accumulated results of a function of two arguments.",
             size: MemoryLayout<AccumulateCell>.size, layout: Layout(prefix: 4, base: 5, flags: [.container]),
             "(cls, iterable, func=None, *, initial=None)", accumulate_new, accumulate_next,
             [reduceMember(accumulate_reduce), setStateMember(accumulate_setstate)]).signed("(iterable, func=None, *, initial=None)")
}

func accumulate_new(_ t: Thread, _ a: Values) -> Value {
    let iterator = iterate(t, a[1])
    if iterator.isRaised { return iterator }
    let v = newTool(t, a[0])
    if v.isRaised { return v }
    let c = v.cell(as: AccumulateCell.self)
    c.pointee.iterator = iterator
    c.pointee.function = a[2]
    c.pointee.initial = a[3]
    return v
}

func accumulate_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: AccumulateCell.self)
    let initial = loadSlot(&c.pointee.initial)
    if !initial.isNone {
        storeSlot(&c.pointee.initial, .none)
        storeSlot(&c.pointee.total, initial)
        return initial
    }
    let item = next(t, c.pointee.iterator)
    if item.isRaised || item.isExhausted { return item }
    let total = loadSlot(&c.pointee.total)
    if total.bits == 0 {
        storeSlot(&c.pointee.total, item)
        return item
    }
    let sum = c.pointee.function.isNone ? binaryOperation(t, total, item, .add) : call(t, c.pointee.function, total, item)
    if !sum.isRaised { storeSlot(&c.pointee.total, sum) }
    return sum
}

func accumulate_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: AccumulateCell.self)
    let initial = loadSlot(&c.pointee.initial)
    let total = loadSlot(&c.pointee.total)
    if !initial.isNone || total.isNone {
        // What comes first is put before the rest, since None as a state means "nothing yet".
        let first = makeTuple(t, initial.isNone ? total : initial)
        if first.isRaised { return first }
        let both = makeTuple(t, first, c.pointee.iterator)
        if both.isRaised { return both }
        let chained = makeChain(t, Value(itertoolsTypes.chain.unsafelyUnwrapped), iterate(t, both))
        if chained.isRaised { return chained }
        if !initial.isNone { return reduceAs(t, a[0], makeTuple(t, chained, c.pointee.function), state: .none) }
        let rest = newTool(t, typeOf(a[0]).value)
        if rest.isRaised { return rest }
        let r = rest.cell(as: AccumulateCell.self)
        r.pointee.iterator = chained
        r.pointee.function = c.pointee.function
        r.pointee.initial = .none
        let args = makeTuple(t, rest, .one, .none)
        return args.isRaised ? args : makeTuple(t, Value(itertoolsTypes.islice.unsafelyUnwrapped), args)
    }
    return reduceAs(t, a[0], makeTuple(t, c.pointee.iterator, c.pointee.function), state: total.bits == 0 ? .none : total)
}

func accumulate_setstate(_ t: Thread, _ a: Values) -> Value {
    storeSlot(&a[0].cell(as: AccumulateCell.self).pointee.total, a[1].isNone ? Value(bits: 0) : a[1])
    return .none
}

// MARK: groupby

/// `target` is the key of the group being handed out, `key`/`value` the item read ahead; each 0 before there is one.
struct GroupByCell {
    var header: CellHeader
    var iterator: Value
    var function: Value
    var target: Value
    var key: Value
    var value: Value
    /// The group handed out last; an older one yields nothing more.
    var grouper: Value
}

struct GrouperCell {
    var header: CellHeader
    var parent: Value
    var target: Value
}

func groupByType() -> TypeDefinition {
    toolType("itertools.groupby", "Make an iterator that returns consecutive keys and groups from the iterable.",
             size: MemoryLayout<GroupByCell>.size, layout: Layout(prefix: 6, base: 7, flags: [.container]),
             "(cls, iterable, key=None)", groupby_new, groupby_next, [reduceMember(groupby_reduce), setStateMember(groupby_setstate)]).signed("(iterable, key=None)")
}

func grouperType() -> TypeDefinition {
    toolType("itertools._grouper", "", size: MemoryLayout<GrouperCell>.size, layout: Layout(prefix: 2, base: 3, flags: [.container]),
             "(cls, parent, target, /)", grouper_new, grouper_next, flags: [], [reduceMember(grouper_reduce)])
}

func groupby_new(_ t: Thread, _ a: Values) -> Value {
    let iterator = iterate(t, a[1])
    if iterator.isRaised { return iterator }
    let v = newTool(t, a[0])
    if v.isRaised { return v }
    let c = v.cell(as: GroupByCell.self)
    c.pointee.iterator = iterator
    c.pointee.function = a[2]
    return v
}

/// Reads one item ahead. 1, 0 at the end, -1 raised.
private func groupStep(_ t: Thread, _ c: UnsafeMutablePointer<GroupByCell>) -> Truth {
    let value = next(t, c.pointee.iterator)
    if value.isExhausted { return 0 }
    if value.isRaised { return -1 }
    let key = c.pointee.function.isNone ? value : call(t, c.pointee.function, value)
    if key.isRaised { return -1 }
    storeSlot(&c.pointee.value, value)
    storeSlot(&c.pointee.key, key)
    return 1
}

func groupby_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: GroupByCell.self)
    clear(&c.pointee.grouper)
    // Skip the rest of the present group.
    while true {
        let key = loadSlot(&c.pointee.key)
        if key.bits != 0 {
            let target = loadSlot(&c.pointee.target)
            if target.bits == 0 { break }
            let same = equal(t, target, key)
            if same < 0 { return .raised }
            if same == 0 { break }
        }
        let r = groupStep(t, c)
        if r <= 0 { return r == 0 ? .exhausted : .raised }
        if !safepoint(t) { return .raised }
    }
    let key = loadSlot(&c.pointee.key)
    storeSlot(&c.pointee.target, key)
    let g = newTool(t, Value(itertoolsTypes.grouper.unsafelyUnwrapped))
    if g.isRaised { return g }
    g.cell(as: GrouperCell.self).pointee.parent = v
    g.cell(as: GrouperCell.self).pointee.target = key
    storeSlot(&c.pointee.grouper, g)
    return makeTuple(t, key, g)
}

func groupby_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: GroupByCell.self)
    let args = makeTuple(t, c.pointee.iterator, c.pointee.function)
    let target = loadSlot(&c.pointee.target)
    let key = loadSlot(&c.pointee.key)
    let value = loadSlot(&c.pointee.value)
    if target.bits == 0 || key.bits == 0 || value.bits == 0 { return reduceAs(t, a[0], args) }
    return reduceAs(t, a[0], args, state: makeTuple(t, key, value, target))
}

func groupby_setstate(_ t: Thread, _ a: Values) -> Value {
    if !isTuple(a[1]) { return raise(t, .typeError, "state is not a tuple") }
    if a[1].tupleCount != 3 { return raise(t, .typeError, "function takes exactly 3 arguments (\(a[1].tupleCount) given)") }
    let c = a[0].cell(as: GroupByCell.self)
    storeSlot(&c.pointee.key, a[1].tupleItems[0])
    storeSlot(&c.pointee.value, a[1].tupleItems[1])
    storeSlot(&c.pointee.target, a[1].tupleItems[2])
    return .none
}

func grouper_new(_ t: Thread, _ a: Values) -> Value {
    if !isSubtype(typeOf(a[1]), itertoolsTypes.groupBy.unsafelyUnwrapped) {
        return raise(t, .typeError, "_grouper() argument 1 must be itertools.groupby, not \(typeName(a[1]))")
    }
    let v = newTool(t, a[0])
    if v.isRaised { return v }
    v.cell(as: GrouperCell.self).pointee.parent = a[1]
    v.cell(as: GrouperCell.self).pointee.target = a[2]
    storeSlot(&a[1].cell(as: GroupByCell.self).pointee.grouper, v)
    return v
}

func grouper_next(_ t: Thread, _ v: Value) -> Value {
    let g = v.cell(as: GrouperCell.self)
    let c = g.pointee.parent.cell(as: GroupByCell.self)
    if loadSlot(&c.pointee.grouper) != v { return .exhausted }
    var value = loadSlot(&c.pointee.value)
    if value.bits == 0 {
        let r = groupStep(t, c)
        if r <= 0 { return r == 0 ? .exhausted : .raised }
        value = loadSlot(&c.pointee.value)
    }
    let key = loadSlot(&c.pointee.key)
    if key.bits == 0 || value.bits == 0 { return .exhausted }
    let same = equal(t, g.pointee.target, key)
    if same <= 0 { return same < 0 ? .raised : .exhausted }
    clear(&c.pointee.value)
    clear(&c.pointee.key)
    return value
}

func grouper_reduce(_ t: Thread, _ a: Values) -> Value {
    let g = a[0].cell(as: GrouperCell.self)
    let c = g.pointee.parent.cell(as: GroupByCell.self)
    if loadSlot(&c.pointee.grouper) != a[0] {
        let f = dictGetName(t, interpreter(t).pointee.builtins, name(.iter))
        let args = makeTuple(t, ladon_runtime.emptyTuple)
        return args.isRaised || f.isMissing ? .raised : makeTuple(t, f, args)
    }
    return reduceAs(t, a[0], makeTuple(t, g.pointee.parent, g.pointee.target))
}
