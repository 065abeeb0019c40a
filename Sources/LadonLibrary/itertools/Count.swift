// count, cycle and repeat.

import LadonTypes

// MARK: count

/// `next` is exchanged atomically: programs use next(count()) as a counter shared by threads.
struct CountCell {
    var header: CellHeader
    var next: Value
    var step: Value
}

func countType() -> TypeDefinition {
    toolType("itertools.count", "Return a count object whose .__next__() method returns consecutive values, from start (0) by step (1).",
             size: MemoryLayout<CountCell>.size, layout: Layout(prefix: 2, base: 3, flags: [.container]),
             "(cls, start=0, step=1)", count_new, count_next, extraSlots: [.unary(.repr, count_repr)], [reduceMember(count_reduce)]).signed("(start=0, step=1)")
}

private func isNumber(_ v: Value) -> Bool {
    let type = typeOf(v)
    return type.has(.index) || type.has(.int) || type.has(.float) || isSubtype(type, builtinType(.complex))
}

func count_new(_ t: Thread, _ a: Values) -> Value {
    if !isNumber(a[1]) || !isNumber(a[2]) { return raise(t, .typeError, "a number is required") }
    let v = newTool(t, a[0])
    if v.isRaised { return v }
    let c = v.cell(as: CountCell.self)
    c.pointee.next = a[1].isBool ? plainInt(a[1]) : a[1]
    c.pointee.step = a[2]
    return v
}

func count_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: CountCell.self)
    while true {
        let present = loadSlot(&c.pointee.next)
        let step = c.pointee.step
        let following: Value
        if present.isSmallInt && step == .one {
            following = intAdd(t, present, .one)
        } else {
            following = binaryOperation(t, present, step, .add)
        }
        if following.isRaised { return following }
        if t.pointee.locks == 0 {
            c.pointee.next = following
            return present
        }
        if ladon_cas(&c.pointee.next, present.bits, following.bits) { return present }
    }
}

func count_repr(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: CountCell.self)
    let n = repr(t, loadSlot(&c.pointee.next))
    if n.isRaised { return n }
    var b = StringBuilder(t)
    b.append(typeOf(v).pointee.name)
    b.append("(")
    b.append(n)
    if c.pointee.step != .one {
        let s = repr(t, c.pointee.step)
        if s.isRaised { return s }
        b.append(", ")
        b.append(s)
    }
    b.append(")")
    return b.finish()
}

func count_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: CountCell.self)
    let n = loadSlot(&c.pointee.next)
    if n.isSmallInt && c.pointee.step == .one { return reduceAs(t, a[0], makeTuple(t, n)) }
    return reduceAs(t, a[0], makeTuple(t, n, c.pointee.step))
}

// MARK: cycle

struct CycleCell {
    var header: CellHeader
    /// 0 once exhausted.
    var iterator: Value
    /// List of what the iterator yielded.
    var saved: Value
    // raw
    var index: Int
    var firstPassDone: Int
}

func cycleType() -> TypeDefinition {
    plainToolType("itertools.cycle", "Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.",
             size: MemoryLayout<CycleCell>.size, layout: Layout(prefix: 2, base: 5, flags: [.container]),
             signature: "(iterable, /)", cycle_new, cycle_next, [reduceMember(cycle_reduce), setStateMember(cycle_setstate)])
}

func cycle_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !checkTool(t, type, "cycle", 1, n, names) { return .raised }
    let iterator = iterate(t, a.unsafelyUnwrapped[0])
    if iterator.isRaised { return iterator }
    let saved = makeList(t)
    if saved.isRaised { return saved }
    let v = newTool(t, type)
    if v.isRaised { return v }
    let c = v.cell(as: CycleCell.self)
    c.pointee.iterator = iterator
    c.pointee.saved = saved
    return v
}

func cycle_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: CycleCell.self)
    let iterator = loadSlot(&c.pointee.iterator)
    if iterator.bits != 0 {
        let item = next(t, iterator)
        if item.isRaised { return item }
        if !item.isExhausted {
            if c.pointee.firstPassDone == 0 && listAppend(t, c.pointee.saved, item) < 0 { return .raised }
            return item
        }
        clear(&c.pointee.iterator)
    }
    let n = listCount(c.pointee.saved)
    if n == 0 { return .exhausted }
    let i = c.pointee.index
    let item = listGet(t, c.pointee.saved, i < n ? i : 0)
    c.pointee.index = i + 1 >= n ? 0 : i + 1
    return item.isMissing ? .exhausted : item
}

func cycle_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: CycleCell.self)
    var iterator = loadSlot(&c.pointee.iterator)
    var done = c.pointee.firstPassDone
    if iterator.bits == 0 {
        iterator = iterate(t, c.pointee.saved)
        if iterator.isRaised { return iterator }
        let i = c.pointee.index
        if i > 0 && callMethod(t, iterator, .__setstate__, makeInt(t, i)).isRaised { return .raised }
        done = 1
    }
    return reduceAs(t, a[0], makeTuple(t, iterator), state: makeTuple(t, c.pointee.saved, Value(done != 0)))
}

func cycle_setstate(_ t: Thread, _ a: Values) -> Value {
    if !isTuple(a[1]) { return raise(t, .typeError, "state is not a tuple") }
    if a[1].tupleCount != 2 || !isList(a[1].tupleItems[0]) { return raise(t, .typeError, "function takes exactly 2 arguments") }
    guard let done = asInt(t, a[1].tupleItems[1]) else { return .raised }
    let c = a[0].cell(as: CycleCell.self)
    storeSlot(&c.pointee.saved, a[1].tupleItems[0])
    c.pointee.firstPassDone = done
    c.pointee.index = 0
    return .none
}

// MARK: repeat

struct RepeatCell {
    var header: CellHeader
    var element: Value
    // raw
    /// -1: for ever.
    var left: Int
}

func repeatType() -> TypeDefinition {
    toolType("itertools.repeat", "Return the object for the specified number of times. If not specified, return the object endlessly.",
             size: MemoryLayout<RepeatCell>.size, layout: Layout(prefix: 1, base: 3, flags: [.container]),
             "(cls, object, times=<unrepresentable>)", repeat_new, repeat_next, extraSlots: [.unary(.repr, repeat_repr)],
             [reduceMember(repeat_reduce), .method("__length_hint__", "(self, /)", repeat_hint, "Private method returning an estimate of len(list(it)).")])
}

func repeat_new(_ t: Thread, _ a: Values) -> Value {
    var left = -1
    if !a[2].isMissing {
        guard let n = asInt(t, a[2]) else { return .raised }
        left = max(0, n)
    }
    let v = newTool(t, a[0])
    if v.isRaised { return v }
    let c = v.cell(as: RepeatCell.self)
    c.pointee.element = a[1]
    c.pointee.left = left
    return v
}

func repeat_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: RepeatCell.self)
    let n = c.pointee.left
    if n == 0 { return .exhausted }
    if n > 0 { c.pointee.left = n - 1 }
    return c.pointee.element
}

func repeat_repr(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: RepeatCell.self)
    let s = repr(t, c.pointee.element)
    if s.isRaised { return s }
    var b = StringBuilder(t)
    b.append(typeOf(v).pointee.name)
    b.append("(")
    b.append(s)
    if c.pointee.left >= 0 { b.append(", \(c.pointee.left)") }
    b.append(")")
    return b.finish()
}

func repeat_hint(_ t: Thread, _ a: Values) -> Value {
    let n = a[0].cell(as: RepeatCell.self).pointee.left
    return n < 0 ? raise(t, .typeError, "len() of unsized object") : makeInt(t, n)
}

func repeat_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: RepeatCell.self)
    let n = c.pointee.left
    return reduceAs(t, a[0], n < 0 ? makeTuple(t, c.pointee.element) : makeTuple(t, c.pointee.element, makeInt(t, n)))
}
