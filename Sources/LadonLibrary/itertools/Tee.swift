// tee: iterators over a shared, growing chain of blocks that hold what the source yielded.

import LadonTypes

/// One block. Its values are written once, in order; `count` is stored after a value.
struct TeeDataCell {
    var header: CellHeader
    var iterator: Value
    /// The following block, 0 until it is needed.
    var next: Value
    /// Storage of `TeeData.size` values.
    var values: Value
    // raw
    var count: Int
    /// 1 while some thread asks the source for the next value.
    var running: Int
}

struct TeeCell {
    var header: CellHeader
    var data: Value
    // raw
    var index: Int
}

private let blockSize = 57

func teeType() -> TypeDefinition {
    plainToolType("itertools._tee", "Iterator wrapped to make it copyable.", size: MemoryLayout<TeeCell>.size, layout: Layout(prefix: 1, base: 3, flags: [.container]),
             signature: "(iterable, /)", tee_new, tee_next, flags: [.weakReferenceable],
             [
                 .method("__copy__", "(self, /)", tee_copy, "Returns an independent iterator."),
                 reduceMember(tee_reduce), setStateMember(tee_setstate),
             ])
}

func teeDataType() -> TypeDefinition {
    TypeDefinition(nil, "itertools._tee_dataobject", doc: "Data container common to multiple tee objects.", size: MemoryLayout<TeeDataCell>.size,
                   layout: Layout(prefix: 3, base: 6, flags: [.container]),
                   members: [.staticMethod("__new__", "(cls, it, values, next, /)", tee_data_new), reduceMember(tee_data_reduce)])
}

private func makeTeeData(_ t: Thread, _ iterator: Value) -> Value {
    let values = makeStorage(t, blockSize)
    if values.isRaised { return values }
    let v = newTool(t, Value(itertoolsTypes.teeData.unsafelyUnwrapped))
    if v.isRaised { return v }
    let c = v.cell(as: TeeDataCell.self)
    c.pointee.iterator = iterator
    c.pointee.values = values
    return v
}

private func makeTee(_ t: Thread, _ type: Value, _ data: Value, _ index: Int) -> Value {
    if data.isRaised { return data }
    let v = newTool(t, type)
    if v.isRaised { return v }
    v.cell(as: TeeCell.self).pointee.data = data
    v.cell(as: TeeCell.self).pointee.index = index
    return v
}

func tee_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !checkTool(t, type, "_tee", 1, n, names) { return .raised }
    let iterator = iterate(t, a.unsafelyUnwrapped[0])
    if iterator.isRaised { return iterator }
    if typeOf(iterator) == itertoolsTypes.tee.unsafelyUnwrapped { return copyTee(t, iterator) }
    return makeTee(t, type, makeTeeData(t, iterator), 0)
}

private func copyTee(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: TeeCell.self)
    return makeTee(t, typeOf(v).value, loadSlot(&c.pointee.data), c.pointee.index)
}

func tee_copy(_ t: Thread, _ a: Values) -> Value { copyTee(t, a[0]) }

/// Value `i` of a block, asking the source if nobody did so far.
private func teeValue(_ t: Thread, _ data: Value, _ i: Int) -> Value {
    let c = data.cell(as: TeeDataCell.self)
    if i < Int(bitPattern: ladon_load_acquire(&c.pointee.count)) { return loadSlot(c.pointee.values.storageItems + i) }
    if !ladon_cas(&c.pointee.running, 0, 1) { return raise(t, .runtimeError, "cannot re-enter the tee iterator") }
    defer { ladon_store_release(&c.pointee.running, 0) }
    // Another thread may have read the value between the two tests.
    let n = Int(bitPattern: ladon_load_acquire(&c.pointee.count))
    if i < n { return loadSlot(c.pointee.values.storageItems + i) }
    let item = next(t, c.pointee.iterator)
    if item.isRaised || item.isExhausted { return item }
    storeSlot(c.pointee.values.storageItems + n, item)
    ladon_store_release(&c.pointee.count, UInt(n + 1))
    return item
}

/// The block after `data`.
private func teeFollowing(_ t: Thread, _ data: Value) -> Value {
    let c = data.cell(as: TeeDataCell.self)
    let present = loadSlot(&c.pointee.next)
    if present.bits != 0 { return present }
    let fresh = makeTeeData(t, c.pointee.iterator)
    if fresh.isRaised { return fresh }
    return ladon_cas(&c.pointee.next, 0, fresh.bits) ? fresh : loadSlot(&c.pointee.next)
}

func tee_next(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: TeeCell.self)
    var data = loadSlot(&c.pointee.data)
    var i = c.pointee.index
    if i >= blockSize {
        data = teeFollowing(t, data)
        if data.isRaised { return data }
        storeSlot(&c.pointee.data, data)
        c.pointee.index = 0
        i = 0
    }
    let item = teeValue(t, data, i)
    if !item.isRaised && !item.isExhausted { c.pointee.index = i + 1 }
    return item
}

func tee_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: TeeCell.self)
    let args = makeTuple(t, ladon_runtime.emptyTuple)
    return reduceAs(t, a[0], args, state: makeTuple(t, loadSlot(&c.pointee.data), makeInt(t, c.pointee.index)))
}

func tee_setstate(_ t: Thread, _ a: Values) -> Value {
    if !isTuple(a[1]) { return raise(t, .typeError, "state is not a tuple") }
    if a[1].tupleCount != 2 || typeOf(a[1].tupleItems[0]) != itertoolsTypes.teeData.unsafelyUnwrapped { return raise(t, .valueError, "Invalid arguments") }
    guard let i = asInt(t, a[1].tupleItems[1]) else { return .raised }
    if i < 0 || i > blockSize { return raise(t, .valueError, "Index out of range") }
    let c = a[0].cell(as: TeeCell.self)
    storeSlot(&c.pointee.data, a[1].tupleItems[0])
    c.pointee.index = i
    return .none
}

func tee_data_new(_ t: Thread, _ a: Values) -> Value {
    if !isList(a[2]) { return raise(t, .typeError, "_tee_dataobject() argument 2 must be list, not \(typeName(a[2]))") }
    let n = listCount(a[2])
    if n > blockSize { return raise(t, .valueError, "Invalid arguments") }
    let v = makeTeeData(t, a[1])
    if v.isRaised { return v }
    let c = v.cell(as: TeeDataCell.self)
    var i = 0
    while i < n {
        c.pointee.values.storageItems[i] = listGet(t, a[2], i)
        i += 1
    }
    c.pointee.count = n
    if n == blockSize {
        if !a[3].isNone {
            if typeOf(a[3]) != itertoolsTypes.teeData.unsafelyUnwrapped { return raise(t, .valueError, "Invalid arguments") }
            c.pointee.next = a[3]
        }
    } else if !a[3].isNone {
        return raise(t, .valueError, "Invalid arguments")
    }
    return v
}

func tee_data_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: TeeDataCell.self)
    let values = makeList(t, c.pointee.values.storageItems, c.pointee.count)
    if values.isRaised { return values }
    let following = loadSlot(&c.pointee.next)
    return reduceAs(t, a[0], makeTuple(t, c.pointee.iterator, values, following.bits == 0 ? .none : following))
}

/// itertools.tee(iterable, n=2)
func itertools_tee(_ t: Thread, _ a: Values) -> Value {
    guard let n = asInt(t, a[2]) else { return .raised }
    if n < 0 { return raise(t, .valueError, "n must be >= 0") }
    let r = makeTuple(t, n)
    if r.isRaised || n == 0 { return r }
    let iterator = iterate(t, a[1])
    if iterator.isRaised { return iterator }
    let copier = getAttributeOrMissing(t, iterator, name(.__copy__))
    if copier.isRaised { return copier }
    var first = iterator
    if copier.isMissing {
        first = makeTee(t, Value(itertoolsTypes.tee.unsafelyUnwrapped), makeTeeData(t, iterator), 0)
        if first.isRaised { return first }
    }
    r.tupleItems[0] = first
    var i = 1
    while i < n {
        let copy = copier.isMissing ? copyTee(t, first) : callMethod(t, first, .__copy__)
        if copy.isRaised { return copy }
        r.tupleItems[i] = copy
        i += 1
    }
    return r
}
