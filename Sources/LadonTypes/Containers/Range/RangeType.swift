// range, over integers of any size.

import LadonRuntime

func rangeType() -> TypeDefinition {
    TypeDefinition(.range, "range", flags: [.sequence],
                   doc: "The integers from start (inclusive) to stop (exclusive) by step. start defaults to 0 and step to 1.",
                   size: MemoryLayout<RangeCell>.size, layout: containerLayout(.range),
                   slots: [
                       .call(.new, range_new), .unary(.repr, range_repr), .unary(.hash, range_hash), .unary(.iter, range_iter),
                       .unary(.length, range_len), .unary(.bool, range_bool),
                       .binary(.getItem, range_getitem), .binary(.contains, range_contains), .ternary(.compare, range_compare),
                   ],
                   members: [
                       .member("start", get: range_start, set: readonlyMember),
                       .member("stop", get: range_stop, set: readonlyMember),
                       .member("step", get: range_step, set: readonlyMember),
                       .method("count", "(self, value, /)", range_count, "Return number of occurrences of value."),
                       .method("index", "(self, value, /)", range_index, "Return index of value.\nRaise ValueError if the value is not present."),
                       .method("__reversed__", "(self, /)", range_reversed, "Return a reverse iterator."),
                       .method("__reduce__", "(self, /)", range_reduce),
                   ])
}

@inline(__always) private func rangeCell(_ v: Value) -> UnsafeMutablePointer<RangeCell> { v.cell(as: RangeCell.self) }

func range_start(_ t: Thread, _ a: Values) -> Value { rangeCell(a[0]).pointee.start }
func range_stop(_ t: Thread, _ a: Values) -> Value { rangeCell(a[0]).pointee.stop }
func range_step(_ t: Thread, _ a: Values) -> Value { rangeCell(a[0]).pointee.step }

func range_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "range", names) || !checkCount(t, "range", n, 1, 3) { return .raised }
    let p = a.unsafelyUnwrapped
    let first = plainIndex(t, p[0])
    if first.isRaised { return first }
    if n == 1 { return makeRange(t, .zero, exactInt(first), .one) }
    let stop = plainIndex(t, p[1])
    if stop.isRaised { return stop }
    var step = Value.one
    if n == 3 {
        step = plainIndex(t, p[2])
        if step.isRaised { return step }
        if intCompare(step, .zero) == 0 { return raise(t, .valueError, "range() arg 3 must not be zero") }
    }
    return makeRange(t, exactInt(first), exactInt(stop), exactInt(step))
}

/// bool -> int.
@inline(__always) private func exactInt(_ v: Value) -> Value { plainInt(v) }

func range_repr(_ t: Thread, _ v: Value) -> Value {
    let c = rangeCell(v)
    var b = StringBuilder(t)
    b.append("range(")
    b.append(repr(t, c.pointee.start))
    b.append(", ")
    b.append(repr(t, c.pointee.stop))
    if c.pointee.step != .one {
        b.append(", ")
        b.append(repr(t, c.pointee.step))
    }
    b.append(")")
    return b.finish()
}

func range_len(_ t: Thread, _ v: Value) -> Value {
    let n = rangeCell(v).pointee.length
    return intAsWord(n) != nil ? n : raise(t, .overflowError, "Python int too large to convert to C ssize_t")
}

func range_bool(_ t: Thread, _ v: Value) -> Value { Value(rangeCell(v).pointee.length != .zero) }

func range_iter(_ t: Thread, _ v: Value) -> Value {
    let fast = makeRangeIterator(t, v)
    if !fast.isMissing { return fast }
    let c = rangeCell(v)
    return makeLongRangeIterator(t, c.pointee.start, c.pointee.step, c.pointee.length)
}

func range_reversed(_ t: Thread, _ a: Values) -> Value {
    let c = rangeCell(a[0])
    let length = c.pointee.length
    let step = intNeg(t, c.pointee.step)
    if step.isRaised { return step }
    let last = rangeItem(t, a[0], intSub(t, length, .one))
    if last.isRaised { return last }
    if last.isSmallInt && step.isSmallInt && length.isSmallInt {
        return makeRangeIterator(t, start: last.smallInt, step: step.smallInt, count: length.smallInt)
    }
    return makeLongRangeIterator(t, last, step, length)
}

/// start + i * step.
func rangeItem(_ t: Thread, _ v: Value, _ i: Value) -> Value {
    if i.isRaised { return i }
    let distance = intMul(t, i, rangeCell(v).pointee.step)
    return distance.isRaised ? distance : intAdd(t, rangeCell(v).pointee.start, distance)
}

func range_getitem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    let c = rangeCell(v)
    if key.isExactly(.slice) {
        var start = Value.none
        var stop = Value.none
        var step = Value.none
        if !longSliceIndices(t, key, c.pointee.length, &start, &stop, &step) { return .raised }
        let subStep = intMul(t, c.pointee.step, step)
        if subStep.isRaised { return subStep }
        let subStart = rangeItem(t, v, start)
        if subStart.isRaised { return subStart }
        let subStop = rangeItem(t, v, stop)
        if subStop.isRaised { return subStop }
        return makeRange(t, subStart, subStop, subStep)
    }
    if key.isNone || !typeOf(key).has(.index) {
        return raise(t, .typeError, "range indices must be integers or slices, not \(typeName(key))")
    }
    var i = plainIndex(t, key)
    if i.isRaised { return i }
    i = exactInt(i)
    if intCompare(i, .zero) < 0 {
        i = intAdd(t, i, c.pointee.length)
        if i.isRaised { return i }
    }
    if intCompare(i, .zero) < 0 || intCompare(i, c.pointee.length) >= 0 { return raise(t, .indexError, "range object index out of range") }
    return rangeItem(t, v, i)
}

/// Where an exact int lies in the range, as an int; `.missing` when it does not.
private func rangeFind(_ t: Thread, _ v: Value, _ x: Value) -> Value {
    let c = rangeCell(v)
    let up = intCompare(c.pointee.step, .zero) > 0
    if up {
        if intCompare(c.pointee.start, x) > 0 || intCompare(x, c.pointee.stop) >= 0 { return .missing }
    } else if intCompare(x, c.pointee.start) > 0 || intCompare(c.pointee.stop, x) >= 0 {
        return .missing
    }
    let distance = intSub(t, x, c.pointee.start)
    if distance.isRaised { return distance }
    let rest = intMod(t, distance, c.pointee.step)
    if rest.isRaised { return rest }
    if rest != .zero { return .missing }
    return intFloorDiv(t, distance, c.pointee.step)
}

@inline(__always) private func isExactInt(_ v: Value) -> Bool { v.isSmallInt || v.isBool || v.isExactly(.int) }

/// The first index of any object by comparing, or -1; -2 raised.
private func rangeSearch(_ t: Thread, _ v: Value, _ x: Value, count: inout Int, stopsAtFirst: Bool = false) -> Int {
    let iterator = range_iter(t, v)
    if iterator.isRaised { return -2 }
    var first = -1
    var i = 0
    while true {
        let item = next(t, iterator)
        if item.isRaised { return -2 }
        if item.isExhausted { return first }
        let r = sameValue(t, item, x)
        if r < 0 { return -2 }
        if r > 0 {
            if stopsAtFirst { return i }
            if first < 0 { first = i }
            count += 1
        }
        i += 1
    }
}

func range_contains(_ t: Thread, _ v: Value, _ x: Value) -> Value {
    if isExactInt(x) {
        let i = rangeFind(t, v, exactInt(x))
        return i.isRaised ? i : Value(!i.isMissing)
    }
    let iterator = range_iter(t, v)
    if iterator.isRaised { return iterator }
    while true {
        let item = next(t, iterator)
        if item.isRaised { return item }
        if item.isExhausted { return .false }
        let r = sameValue(t, item, x)
        if r != 0 { return r < 0 ? .raised : .true }
    }
}

func range_count(_ t: Thread, _ a: Values) -> Value {
    if isExactInt(a[1]) {
        let i = rangeFind(t, a[0], exactInt(a[1]))
        return i.isRaised ? i : i.isMissing ? .zero : .one
    }
    var n = 0
    return rangeSearch(t, a[0], a[1], count: &n) == -2 ? .raised : Value(smallInt: n)
}

func range_index(_ t: Thread, _ a: Values) -> Value {
    if isExactInt(a[1]) {
        let i = rangeFind(t, a[0], exactInt(a[1]))
        if !i.isMissing { return i }
        let r = repr(t, a[1])
        return r.isRaised ? r : raise(t, .valueError, "\(swiftString(r)) is not in range")
    }
    var n = 0
    let i = rangeSearch(t, a[0], a[1], count: &n, stopsAtFirst: true)
    if i >= 0 { return Value(smallInt: i) }
    return i == -2 ? .raised : raise(t, .valueError, "sequence.index(x): x not in sequence")
}

func range_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    let op = compareOp(o)
    if !a.isExactly(.range) || !b.isExactly(.range) || (op != .eq && op != .ne) { return .notImplemented }
    let x = rangeCell(a)
    let y = rangeCell(b)
    var same = intCompare(x.pointee.length, y.pointee.length) == 0
    if same && x.pointee.length != .zero {
        same = intCompare(x.pointee.start, y.pointee.start) == 0
        if same && x.pointee.length != .one { same = intCompare(x.pointee.step, y.pointee.step) == 0 }
    }
    return Value(same == (op == .eq))
}

/// The hash of (length, start, step), with None for what does not matter.
func range_hash(_ t: Thread, _ v: Value) -> Value {
    let c = rangeCell(v)
    let length = c.pointee.length
    let key = makeTuple(t, length, length == .zero ? .none : c.pointee.start, length == .zero || length == .one ? .none : c.pointee.step)
    return key.isRaised ? key : tuple_hash(t, key)
}

func range_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = rangeCell(a[0])
    let args = makeTuple(t, c.pointee.start, c.pointee.stop, c.pointee.step)
    return args.isRaised ? args : makeTuple(t, typeOf(a[0]).value, args)
}
