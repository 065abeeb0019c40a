// slice and range values.

public func makeSlice(_ t: Thread, _ start: Value, _ stop: Value, _ step: Value) -> Value {
    let v = newCell(t, .slice, MemoryLayout<SliceCell>.size)
    if v.isRaised { return v }
    let c = v.cell(as: SliceCell.self)
    c.pointee.start = start
    c.pointee.stop = stop
    c.pointee.step = step
    return v
}

/// What a slice means for a sequence of some length.
@frozen public struct SliceIndices {
    public var start: Int
    public var stop: Int
    public var step: Int
    public var count: Int
    @inlinable public init(start: Int, stop: Int, step: Int, count: Int) {
        self.start = start; self.stop = stop; self.step = step; self.count = count
    }
}

/// One bound of a slice: any integer, clamped to the machine's range. nil: raised.
func sliceBound(_ t: Thread, _ v: Value) -> Int? {
    if v.isSmallInt { return v.smallInt }
    let n: Value
    if isInt(v) {
        n = plainInt(v)
    } else {
        if v.isCell && !typeOf(v).has(.index) || v.isNone || !v.isCell && !v.isBool {
            _ = raise(t, .typeError, "slice indices must be integers or None or have an __index__ method")
            return nil
        }
        n = index(t, v)
        if n.isRaised { return nil }
    }
    if n.isSmallInt { return n.smallInt }
    if n.isBool { return n.isTrue ? 1 : 0 }
    return intCompare(n, .zero) < 0 ? Int.min : Int.max
}

/// Start, stop and step of a slice as written, defaults filled in, not yet fitted to a length.
public func sliceUnpack(_ t: Thread, _ s: Value) -> (start: Int, stop: Int, step: Int)? {
    let c = s.cell(as: SliceCell.self)
    var step = 1
    if !c.pointee.step.isNone {
        guard let n = sliceBound(t, c.pointee.step) else { return nil }
        if n == 0 {
            _ = raise(t, .valueError, "slice step cannot be zero")
            return nil
        }
        step = max(n, -Int.max)
    }
    var start = step < 0 ? Int.max : 0
    var stop = step < 0 ? Int.min : Int.max
    if !c.pointee.start.isNone {
        guard let n = sliceBound(t, c.pointee.start) else { return nil }
        start = n
    }
    if !c.pointee.stop.isNone {
        guard let n = sliceBound(t, c.pointee.stop) else { return nil }
        stop = n
    }
    return (start, stop, step)
}

/// Fits unpacked bounds to a sequence of `length` items.
public func sliceAdjust(_ u: (start: Int, stop: Int, step: Int), _ length: Int) -> SliceIndices {
    func clamp(_ n: Int) -> Int {
        if n < 0 {
            let m = n &+ length
            return m < 0 ? (u.step < 0 ? -1 : 0) : m
        }
        return n >= length ? (u.step < 0 ? length - 1 : length) : n
    }
    let start = clamp(u.start)
    let stop = clamp(u.stop)
    var count = 0
    if u.step < 0 {
        if stop < start { count = (start - stop - 1) / -u.step + 1 }
    } else if start < stop {
        count = (stop - start - 1) / u.step + 1
    }
    return SliceIndices(start: start, stop: stop, step: u.step, count: count)
}

/// A slice fitted to a sequence of `length` items. nil: raised.
public func sliceIndices(_ t: Thread, _ s: Value, _ length: Int) -> SliceIndices? {
    guard let u = sliceUnpack(t, s) else { return nil }
    return sliceAdjust(u, length)
}

/// Bounds of `[start:stop]` that need no code of the program to be read: None or small. nil: others.
@inline(__always) func plainSliceBounds(_ start: Value, _ stop: Value) -> (start: Int, stop: Int, step: Int)? {
    guard start.isSmallInt || start.isNone, stop.isSmallInt || stop.isNone else { return nil }
    return (start.isNone ? 0 : start.smallInt, stop.isNone ? Int.max : stop.smallInt, 1)
}

/// v[start:stop] of the built-in sequences, without a slice object. `.missing`: another type, or bounds that aren't plain.
func sequenceSlice(_ t: Thread, _ v: Value, _ start: Value, _ stop: Value) -> Value {
    guard v.isPointer, let bounds = plainSliceBounds(start, stop) else { return .missing }
    switch v.id {
    case TypeID.list.rawValue:
        while true {
            let s = sliceAdjust(bounds, listCount(v))
            let part = listSlice(t, v, s.start, 1, s.count)
            // Shorter when another thread took items away meanwhile.
            if part.isRaised || listCount(part) == s.count { return part }
        }
    case TypeID.str.rawValue:
        let s = sliceAdjust(bounds, v.strCount)
        return s.count <= 0 ? emptyString : substring(t, v, s.start, s.start &+ s.count)
    case TypeID.tuple.rawValue:
        let s = sliceAdjust(bounds, v.tupleCount)
        return tupleSlice(t, v, s.start, s.count)
    default: return .missing
    }
}

// MARK: range

/// range(start, stop, step) of exact ints; `step` is not zero.
public func makeRange(_ t: Thread, _ start: Value, _ stop: Value, _ step: Value) -> Value {
    let length = rangeLength(t, start, stop, step)
    if length.isRaised { return length }
    let v = newCell(t, .range, MemoryLayout<RangeCell>.size)
    if v.isRaised { return v }
    let c = v.cell(as: RangeCell.self)
    c.pointee.start = start
    c.pointee.stop = stop
    c.pointee.step = step
    c.pointee.length = length
    return v
}

/// Number of items in range(start, stop, step).
public func rangeLength(_ t: Thread, _ start: Value, _ stop: Value, _ step: Value) -> Value {
    if start.isSmallInt && stop.isSmallInt && step.isSmallInt {
        let a = start.smallInt
        let b = stop.smallInt
        let s = step.smallInt
        // |b - a| fits 63 bits and a sign, so plain arithmetic can't overflow.
        if s > 0 { return a < b ? makeInt(t, (b - a - 1) / s + 1) : .zero }
        return a > b ? makeInt(t, (a - b - 1) / -s + 1) : .zero
    }
    let up = intCompare(step, .zero) > 0
    let low = up ? start : stop
    let high = up ? stop : start
    if intCompare(low, high) >= 0 { return .zero }
    let size = up ? step : intNeg(t, step)
    if size.isRaised { return size }
    let distance = intSub(t, high, low)
    if distance.isRaised { return distance }
    let less = intSub(t, distance, .one)
    if less.isRaised { return less }
    let quotient = intFloorDiv(t, less, size)
    if quotient.isRaised { return quotient }
    return intAdd(t, quotient, .one)
}

/// Iterator over a range: the fast kind when all its values fit 62 bits, else the long kind (see LadonTypes).
/// `.missing` when the long kind is needed.
@inlinable public func makeRangeIterator(_ t: Thread, _ range: Value) -> Value {
    let c = range.cell(as: RangeCell.self)
    guard c.pointee.start.isSmallInt && c.pointee.stop.isSmallInt && c.pointee.step.isSmallInt && c.pointee.length.isSmallInt else { return .missing }
    return makeRangeIterator(t, start: c.pointee.start.smallInt, step: c.pointee.step.smallInt, count: c.pointee.length.smallInt)
}

@inlinable public func makeRangeIterator(_ t: Thread, start: Int, step: Int, count: Int) -> Value {
    let v = newCell(t, .rangeIterator, MemoryLayout<RangeIteratorCell>.size)
    if v.isRaised { return v }
    let i = v.cell(as: RangeIteratorCell.self)
    i.pointee.end = start &+ count &* step
    i.pointee.step = step
    i.pointee.remaining = count
    i.pointee.count = count
    return v
}
