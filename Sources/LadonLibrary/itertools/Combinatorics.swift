// product, permutations, combinations and combinations_with_replacement.
//
// Each keeps its pool(s) in a tuple and its position in a storage of small integers; a step makes a fresh tuple
// from the former one. `stopped` ends it.

import LadonTypes

struct CombinatoricCell {
    var header: CellHeader
    /// A tuple: the pool, or for product the tuple of pools.
    var pool: Value
    /// Storage of indexes, one per place of the result.
    var indexes: Value
    /// permutations only: the countdown of each place.
    var cycles: Value
    /// The tuple handed out last, 0 before the first.
    var result: Value
    // raw
    var length: Int
    var stopped: Int
}

@inline(__always) private func cellOf(_ v: Value) -> UnsafeMutablePointer<CombinatoricCell> { v.cell(as: CombinatoricCell.self) }

private func combinatoricType(_ name: StaticString, _ doc: StaticString, _ constructor: StaticString, _ new: @escaping NativeFunction,
                              _ next: @escaping UnaryFunction, _ reduce: @escaping NativeFunction, _ setState: @escaping NativeFunction) -> TypeDefinition {
    toolType(name, doc, size: MemoryLayout<CombinatoricCell>.size, layout: Layout(prefix: 4, base: 7, flags: [.container]), constructor, new, next,
             [reduceMember(reduce), setStateMember(setState), .method("__sizeof__", "(self, /)", combinatoric_sizeof, "Returns size in memory, in bytes.")])
}

func productType() -> TypeDefinition {
    combinatoricType("itertools.product", "Cartesian product of input iterables. Equivalent to nested for-loops; with repeat, the product of the iterables with themselves.",
                     "(cls, /, *iterables, repeat=1)", product_new, product_next, product_reduce, product_setstate)
}

func permutationsType() -> TypeDefinition {
    combinatoricType("itertools.permutations", "Return successive r-length permutations of elements in the iterable.",
                     "(cls, iterable, r=None)", permutations_new, permutations_next, permutations_reduce, permutations_setstate).signed("(iterable, r=None)")
}

func combinationsType() -> TypeDefinition {
    combinatoricType("itertools.combinations", "Return successive r-length combinations of elements in the iterable.",
                     "(cls, iterable, r)", combinations_new, combinations_next, combinations_reduce, combinations_setstate).signed("(iterable, r)")
}

func combinationsWithReplacementType() -> TypeDefinition {
    combinatoricType("itertools.combinations_with_replacement", "Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.",
                     "(cls, iterable, r)", combinations_with_replacement_new, combinations_with_replacement_next, combinations_reduce,
                     combinations_with_replacement_setstate).signed("(iterable, r)")
}

func combinatoric_sizeof(_ t: Thread, _ a: Values) -> Value {
    makeInt(t, Int(typeOf(a[0]).pointee.basicSize) + cellOf(a[0]).pointee.length * 8)
}

@inline(__always) private func indexAt(_ s: Value, _ i: Int) -> Int { loadSlot(s.storageItems + i).smallInt }
@inline(__always) private func setIndex(_ s: Value, _ i: Int, _ n: Int) { storeSlot(s.storageItems + i, Value(smallInt: n)) }

/// The length argument. nil: raised.
private func lengthArgument(_ t: Thread, _ v: Value) -> Int? {
    guard let r = asInt(t, v) else { return nil }
    if r < 0 {
        _ = raise(t, .valueError, "r must be non-negative")
        return nil
    }
    return r
}

private func make(_ t: Thread, _ type: Value, _ pool: Value, _ indexes: Value, _ cycles: Value, _ length: Int, stopped: Bool) -> Value {
    if indexes.isRaised || cycles.isRaised { return .raised }
    let v = newTool(t, type)
    if v.isRaised { return v }
    let c = cellOf(v)
    c.pointee.pool = pool
    c.pointee.indexes = indexes
    c.pointee.cycles = cycles
    c.pointee.length = length
    c.pointee.stopped = stopped ? 1 : 0
    return v
}

/// The tuple of pool items at the indexes.
private func select(_ t: Thread, _ c: UnsafeMutablePointer<CombinatoricCell>) -> Value {
    let n = c.pointee.length
    let r = makeTuple(t, n)
    if r.isRaised { return r }
    var i = 0
    while i < n {
        r.tupleItems[i] = c.pointee.pool.tupleItems[indexAt(c.pointee.indexes, i)]
        i += 1
    }
    storeSlot(&c.pointee.result, r)
    return r
}

private func stop(_ c: UnsafeMutablePointer<CombinatoricCell>) -> Value {
    c.pointee.stopped = 1
    return .exhausted
}

// MARK: product

func product_new(_ t: Thread, _ a: Values) -> Value {
    guard let times = asInt(t, a[2]) else { return .raised }
    if times < 0 { return raise(t, .valueError, "repeat argument cannot be negative") }
    let given = times == 0 ? 0 : a[1].tupleCount
    let (n, overflow) = given.multipliedReportingOverflow(by: times)
    if overflow || n > 1 << 40 { return raise(t, .overflowError, "repeat argument too large") }
    let pools = makeTuple(t, n)
    if pools.isRaised { return pools }
    var stopped = false
    var i = 0
    while i < given {
        let pool = sequenceToTuple(t, a[1].tupleItems[i])
        if pool.isRaised { return pool }
        if pool.tupleCount == 0 { stopped = true }
        var j = i
        while j < n {
            pools.tupleItems[j] = pool
            j += given
        }
        i += 1
    }
    return make(t, a[0], pools, makeIndexes(t, n) { _ in 0 }, .none, n, stopped: stopped)
}

func product_next(_ t: Thread, _ v: Value) -> Value {
    let c = cellOf(v)
    if c.pointee.stopped != 0 { return .exhausted }
    let n = c.pointee.length
    let former = loadSlot(&c.pointee.result)
    let pools = c.pointee.pool
    let indexes = c.pointee.indexes
    var changed = 0
    if former.bits != 0 {
        var i = n - 1
        while i >= 0 {
            let following = indexAt(indexes, i) + 1
            if following < pools.tupleItems[i].tupleCount {
                setIndex(indexes, i, following)
                break
            }
            setIndex(indexes, i, 0)
            i -= 1
        }
        if i < 0 { return stop(c) }
        changed = i
    }
    let r = makeTuple(t, n)
    if r.isRaised { return r }
    if former.bits != 0 { copyValues(r.tupleItems, former.tupleItems, changed) }
    var i = changed
    while i < n {
        r.tupleItems[i] = pools.tupleItems[i].tupleItems[indexAt(indexes, i)]
        i += 1
    }
    storeSlot(&c.pointee.result, r)
    return r
}

func product_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = cellOf(a[0])
    if c.pointee.stopped != 0 { return reduceAs(t, a[0], makeTuple(t, ladon_runtime.emptyTuple)) }
    if loadSlot(&c.pointee.result).bits == 0 { return reduceAs(t, a[0], c.pointee.pool) }
    return reduceAs(t, a[0], c.pointee.pool, state: indexesToTuple(t, c.pointee.indexes, c.pointee.length))
}

func product_setstate(_ t: Thread, _ a: Values) -> Value {
    let c = cellOf(a[0])
    let n = c.pointee.length
    let pools = c.pointee.pool
    var i = 0
    while i < n {
        if pools.tupleItems[i].tupleCount == 0 { return .none }
        i += 1
    }
    if !indexesFromTuple(t, a[1], into: c.pointee.indexes, n, { pools.tupleItems[$0].tupleCount - 1 }) { return .raised }
    let r = makeTuple(t, n)
    if r.isRaised { return r }
    i = 0
    while i < n {
        r.tupleItems[i] = pools.tupleItems[i].tupleItems[indexAt(c.pointee.indexes, i)]
        i += 1
    }
    storeSlot(&c.pointee.result, r)
    return .none
}

// MARK: combinations

func combinations_new(_ t: Thread, _ a: Values) -> Value {
    let pool = sequenceToTuple(t, a[1])
    if pool.isRaised { return pool }
    guard let r = lengthArgument(t, a[2]) else { return .raised }
    return make(t, a[0], pool, r > pool.tupleCount ? makeStorage(t, 0) : makeIndexes(t, r) { $0 }, .none, r, stopped: r > pool.tupleCount)
}

func combinations_next(_ t: Thread, _ v: Value) -> Value {
    let c = cellOf(v)
    if c.pointee.stopped != 0 { return .exhausted }
    if loadSlot(&c.pointee.result).bits == 0 { return select(t, c) }
    let n = c.pointee.pool.tupleCount
    let r = c.pointee.length
    let indexes = c.pointee.indexes
    var i = r - 1
    while i >= 0 && indexAt(indexes, i) == i + n - r { i -= 1 }
    if i < 0 { return stop(c) }
    var x = min(indexAt(indexes, i) + 1, i + n - r)
    while i < r {
        setIndex(indexes, i, min(x, n - 1))
        x += 1
        i += 1
    }
    return select(t, c)
}

func combinations_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = cellOf(a[0])
    let r = makeInt(t, c.pointee.length)
    if loadSlot(&c.pointee.result).bits == 0 { return reduceAs(t, a[0], makeTuple(t, c.pointee.pool, r)) }
    if c.pointee.stopped != 0 { return reduceAs(t, a[0], makeTuple(t, ladon_runtime.emptyTuple, r)) }
    return reduceAs(t, a[0], makeTuple(t, c.pointee.pool, r), state: indexesToTuple(t, c.pointee.indexes, c.pointee.length))
}

/// Storage that fits the state of an iterator whose pool was too small for its length has no indexes.
private func hasIndexes(_ c: UnsafeMutablePointer<CombinatoricCell>) -> Bool {
    c.pointee.indexes.cell(as: StorageCell.self).pointee.capacity >= c.pointee.length
}

func combinations_setstate(_ t: Thread, _ a: Values) -> Value {
    let c = cellOf(a[0])
    let n = c.pointee.pool.tupleCount
    let r = c.pointee.length
    if !hasIndexes(c) { return raise(t, .valueError, "invalid arguments") }
    if !indexesFromTuple(t, a[1], into: c.pointee.indexes, r, { $0 + n - r }) { return .raised }
    return select(t, c).isRaised ? .raised : .none
}

func combinations_with_replacement_new(_ t: Thread, _ a: Values) -> Value {
    let pool = sequenceToTuple(t, a[1])
    if pool.isRaised { return pool }
    guard let r = lengthArgument(t, a[2]) else { return .raised }
    return make(t, a[0], pool, makeIndexes(t, r) { _ in 0 }, .none, r, stopped: pool.tupleCount == 0 && r > 0)
}

func combinations_with_replacement_next(_ t: Thread, _ v: Value) -> Value {
    let c = cellOf(v)
    if c.pointee.stopped != 0 { return .exhausted }
    if loadSlot(&c.pointee.result).bits == 0 { return select(t, c) }
    let n = c.pointee.pool.tupleCount
    let r = c.pointee.length
    let indexes = c.pointee.indexes
    var i = r - 1
    while i >= 0 && indexAt(indexes, i) >= n - 1 { i -= 1 }
    if i < 0 { return stop(c) }
    let x = min(indexAt(indexes, i) + 1, n - 1)
    while i < r {
        setIndex(indexes, i, x)
        i += 1
    }
    return select(t, c)
}

func combinations_with_replacement_setstate(_ t: Thread, _ a: Values) -> Value {
    let c = cellOf(a[0])
    let n = c.pointee.pool.tupleCount
    if n == 0 && c.pointee.length > 0 { return .none }
    if !indexesFromTuple(t, a[1], into: c.pointee.indexes, c.pointee.length, { _ in n - 1 }) { return .raised }
    return select(t, c).isRaised ? .raised : .none
}

// MARK: permutations

func permutations_new(_ t: Thread, _ a: Values) -> Value {
    let pool = sequenceToTuple(t, a[1])
    if pool.isRaised { return pool }
    let n = pool.tupleCount
    var r = n
    if !a[2].isNone {
        if !isInt(a[2]) { return raise(t, .typeError, "Expected int as r") }
        guard let x = lengthArgument(t, a[2]) else { return .raised }
        r = x
    }
    let cycles = r > n ? makeStorage(t, 0) : makeIndexes(t, r) { n - $0 }
    return make(t, a[0], pool, makeIndexes(t, n) { $0 }, cycles, r, stopped: r > n)
}

func permutations_next(_ t: Thread, _ v: Value) -> Value {
    let c = cellOf(v)
    if c.pointee.stopped != 0 { return .exhausted }
    let n = c.pointee.pool.tupleCount
    let r = c.pointee.length
    if loadSlot(&c.pointee.result).bits == 0 { return select(t, c) }
    if n == 0 { return stop(c) }
    let indexes = c.pointee.indexes
    let cycles = c.pointee.cycles
    var i = r - 1
    while i >= 0 {
        let left = indexAt(cycles, i) - 1
        if left > 0 {
            setIndex(cycles, i, left)
            let j = n - left
            let x = indexAt(indexes, i)
            setIndex(indexes, i, indexAt(indexes, j))
            setIndex(indexes, j, x)
            return select(t, c)
        }
        // Rotate the rest to the left and begin this place's cycle anew.
        let x = indexAt(indexes, i)
        var j = i
        while j < n - 1 {
            setIndex(indexes, j, indexAt(indexes, j + 1))
            j += 1
        }
        setIndex(indexes, n - 1, x)
        setIndex(cycles, i, n - i)
        i -= 1
    }
    return stop(c)
}

func permutations_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = cellOf(a[0])
    let r = makeInt(t, c.pointee.length)
    if loadSlot(&c.pointee.result).bits == 0 { return reduceAs(t, a[0], makeTuple(t, c.pointee.pool, r)) }
    if c.pointee.stopped != 0 { return reduceAs(t, a[0], makeTuple(t, ladon_runtime.emptyTuple, r)) }
    let indexes = indexesToTuple(t, c.pointee.indexes, c.pointee.pool.tupleCount)
    if indexes.isRaised { return indexes }
    let cycles = indexesToTuple(t, c.pointee.cycles, c.pointee.length)
    if cycles.isRaised { return cycles }
    return reduceAs(t, a[0], makeTuple(t, c.pointee.pool, r), state: makeTuple(t, indexes, cycles))
}

func permutations_setstate(_ t: Thread, _ a: Values) -> Value {
    let c = cellOf(a[0])
    let n = c.pointee.pool.tupleCount
    if !isTuple(a[1]) { return raise(t, .typeError, "state is not a tuple") }
    if a[1].tupleCount != 2 || c.pointee.length > n { return raise(t, .valueError, "invalid arguments") }
    if !indexesFromTuple(t, a[1].tupleItems[0], into: c.pointee.indexes, n, { _ in n - 1 }) { return .raised }
    if !indexesFromTuple(t, a[1].tupleItems[1], into: c.pointee.cycles, c.pointee.length, low: 1, { n - $0 }) { return .raised }
    return select(t, c).isRaised ? .raised : .none
}
