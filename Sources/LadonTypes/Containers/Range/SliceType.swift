// slice.

import LadonRuntime

func sliceType() -> TypeDefinition {
    TypeDefinition(.slice, "slice", doc: "A set of indices, given by start, stop and step, as used by extended slicing (e.g. a[0:10:2]).",
                   size: MemoryLayout<SliceCell>.size, layout: containerLayout(.slice),
                   slots: [
                       .call(.new, slice_new), .unary(.repr, slice_repr), .unary(.hash, unhashable), .ternary(.compare, slice_compare),
                   ],
                   members: [
                       .constant("__hash__", noneConstant),
                       .member("start", get: slice_start, set: readonlyMember),
                       .member("stop", get: slice_stop, set: readonlyMember),
                       .member("step", get: slice_step, set: readonlyMember),
                       .method("indices", "(self, length, /)", slice_indices,
                               "Fit the slice to a sequence of the given length: a tuple (start, stop, step) of integers."),
                       .method("__reduce__", "(self, /)", slice_reduce, "Return state information for pickling."),
                   ])
}

func slice_start(_ t: Thread, _ a: Values) -> Value { a[0].cell(as: SliceCell.self).pointee.start }
func slice_stop(_ t: Thread, _ a: Values) -> Value { a[0].cell(as: SliceCell.self).pointee.stop }
func slice_step(_ t: Thread, _ a: Values) -> Value { a[0].cell(as: SliceCell.self).pointee.step }

func slice_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "slice", names) || !checkCount(t, "slice", n, 1, 3) { return .raised }
    let p = a.unsafelyUnwrapped
    if n == 1 { return makeSlice(t, .none, p[0], .none) }
    return makeSlice(t, p[0], p[1], n == 3 ? p[2] : .none)
}

private func sliceParts(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: SliceCell.self)
    return makeTuple(t, c.pointee.start, c.pointee.stop, c.pointee.step)
}

func slice_repr(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: SliceCell.self)
    var b = StringBuilder(t)
    b.append("slice(")
    let start = repr(t, c.pointee.start)
    if start.isRaised { return start }
    b.append(start)
    b.append(", ")
    let stop = repr(t, c.pointee.stop)
    if stop.isRaised { return stop }
    b.append(stop)
    b.append(", ")
    let step = repr(t, c.pointee.step)
    if step.isRaised { return step }
    b.append(step)
    b.append(")")
    return b.finish()
}

func slice_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    if !a.isExactly(.slice) || !b.isExactly(.slice) { return .notImplemented }
    if a == b { return compareCounts(0, 0, compareOp(o)) }
    let x = sliceParts(t, a)
    if x.isRaised { return x }
    let y = sliceParts(t, b)
    if y.isRaised { return y }
    return tuple_compare(t, x, y, o)
}

func slice_reduce(_ t: Thread, _ a: Values) -> Value {
    let parts = sliceParts(t, a[0])
    return parts.isRaised ? parts : makeTuple(t, typeOf(a[0]).value, parts)
}

/// slice.indices in integers of any size.
func slice_indices(_ t: Thread, _ a: Values) -> Value {
    let length = plainIndex(t, a[1])
    if length.isRaised { return length }
    if intCompare(length, .zero) < 0 { return raise(t, .valueError, "length should not be negative") }
    var start = Value.none
    var stop = Value.none
    var step = Value.none
    if !longSliceIndices(t, a[0], length, &start, &stop, &step) { return .raised }
    return makeTuple(t, start, stop, step)
}

/// Start, stop and step of a slice fitted to `length`, all exact ints of any size. False: raised.
func longSliceIndices(_ t: Thread, _ v: Value, _ length: Value, _ start: inout Value, _ stop: inout Value, _ step: inout Value) -> Bool {
    let c = v.cell(as: SliceCell.self)
    step = c.pointee.step.isNone ? .one : sliceInteger(t, c.pointee.step)
    if step.isRaised { return false }
    let sign = intCompare(step, .zero)
    if sign == 0 {
        _ = raise(t, .valueError, "slice step cannot be zero")
        return false
    }
    let down = sign < 0
    let lower: Value = down ? Value(smallInt: -1) : .zero
    let upper: Value = down ? intSub(t, length, .one) : length
    if upper.isRaised { return false }
    start = longBound(t, c.pointee.start, length, lower, upper, absent: down ? upper : lower)
    if start.isRaised { return false }
    stop = longBound(t, c.pointee.stop, length, lower, upper, absent: down ? lower : upper)
    return !stop.isRaised
}

private func sliceInteger(_ t: Thread, _ v: Value) -> Value {
    if !typeOf(v).has(.index) { return raise(t, .typeError, "slice indices must be integers or None or have an __index__ method") }
    return plainIndex(t, v)
}

private func longBound(_ t: Thread, _ v: Value, _ length: Value, _ lower: Value, _ upper: Value, absent: Value) -> Value {
    if v.isNone { return absent }
    var n = sliceInteger(t, v)
    if n.isRaised { return n }
    if intCompare(n, .zero) < 0 {
        n = intAdd(t, n, length)
        if n.isRaised { return n }
        return intCompare(n, lower) < 0 ? lower : n
    }
    return intCompare(n, upper) > 0 ? upper : n
}
