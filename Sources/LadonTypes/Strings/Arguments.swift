// Conversions of arguments that the text types' methods share, with CPython's messages.

import LadonRuntime

/// A bound of `find(sub, start, end)` and the like, not yet clipped to the length: None or omitted leaves `value` as it is.
/// False: raised.
func textBound(_ t: Thread, _ v: Value, _ value: inout Int) -> Bool {
    if v.isSmallInt { value = v.smallInt; return true }
    if v.isNone || v.isMissing { return true }
    if !typeOf(v).has(.index) {
        _ = raise(t, .typeError, "slice indices must be integers or None or have an __index__ method")
        return false
    }
    let i = index(t, v)
    if i.isRaised { return false }
    value = clampedInt(i)
    return true
}

/// An exact int or bool as a machine integer, the nearest one if it does not fit.
func clampedInt(_ i: Value) -> Int {
    if i.isSmallInt { return i.smallInt }
    if let n = intAsWord(plainInt(i)) { return n }
    return i.cell(as: IntCell.self).pointee.size < 0 ? Int.min : Int.max
}

/// Start and end of a search, clipped to `count` as slices are (start may stay beyond the end). False: raised.
func textRange(_ t: Thread, _ start: Value, _ end: Value, _ count: Int, _ from: inout Int, _ to: inout Int) -> Bool {
    from = 0
    to = count
    if !start.isMissing && !textBound(t, start, &from) { return false }
    if !end.isMissing && !textBound(t, end, &to) { return false }
    if to > count { to = count } else if to < 0 { to = max(to &+ count, 0) }
    if from < 0 { from = max(from &+ count, 0) }
    return true
}

/// A size argument (width, count): any integer that fits a machine word. nil: raised.
func sizeArgument(_ t: Thread, _ v: Value) -> Int? {
    if v.isSmallInt { return v.smallInt }
    let i = index(t, v)
    if i.isRaised { return nil }
    if i.isSmallInt || i.isBool { return clampedInt(i) }
    if let n = asInt(t, i) { return n }
    return nil
}

/// How often to repeat a sequence. nil: raised.
func repeatCount(_ t: Thread, _ v: Value) -> Int? {
    if v.isSmallInt { return v.smallInt }
    let i = index(t, v)
    if i.isRaised { return nil }
    if let n = intAsWord(plainInt(i)) { return n }
    _ = raise(t, .overflowError, "cannot fit '\(typeName(v))' into an index-sized integer")
    return nil
}

/// An index into a sequence (already known to have `__index__`). nil: raised.
func sequenceIndex(_ t: Thread, _ v: Value) -> Int? {
    if v.isSmallInt { return v.smallInt }
    let i = index(t, v)
    if i.isRaised { return nil }
    if let n = intAsWord(plainInt(i)) { return n }
    _ = raise(t, .indexError, "cannot fit '\(typeName(v))' into an index-sized integer")
    return nil
}

/// Whether a result of `count` elements of `width` bytes is allowed by the heap's limit; raises MemoryError if not. To be
/// asked before a text whose size a program chooses is made: making one cannot fail any more, it aborts.
public func checkTextSize(_ t: Thread, _ count: Int, _ width: Int) -> Bool {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: width)
    if !overflow && bytes >= 0 && bytes <= maximumTextBytes && heapAllows(bytes) { return true }
    _ = raiseMemoryError(t)
    return false
}

/// Whether the heap's limit allows a text of `bytes`, garbage and what else lives left out of account: the allocation itself
/// collects when it must, which native code that holds nothing yet but its arguments could not do as well.
private func heapAllows(_ bytes: Int) -> Bool {
    // A run of blocks has one more at most than its bytes fill, and one for the cell's head.
    bytes >> Int(LADON_BLOCK_SHIFT) &+ 2 <= Int(heap.pointee.blockLimit) &- Int(heap.pointee.reserveBlocks)
}

/// A new bytes cell of `count` zero bytes; 0 with MemoryError set when they cannot be had.
public func newBytesChecked(_ t: Thread, _ count: Int) -> Value {
    checkTextSize(t, count, 1) ? newBytes(t, count: count) : .raised
}

/// 0...255 from an int, for bytes and bytearray. nil: raised ("byte must be in range(0, 256)").
func byteArgument(_ t: Thread, _ v: Value) -> UInt8? {
    if v.isSmallInt {
        let n = v.smallInt
        if n >= 0 && n < 256 { return UInt8(truncatingIfNeeded: n) }
    } else {
        let i = index(t, v)
        if i.isRaised { return nil }
        let n = clampedInt(i)
        if n >= 0 && n < 256 { return UInt8(truncatingIfNeeded: n) }
    }
    _ = raise(t, .valueError, "byte must be in range(0, 256)")
    return nil
}

/// An argument that CPython's parser takes as a C int. nil: raised.
public func asCInt(_ t: Thread, _ v: Value) -> Int? {
    let i = v.isSmallInt ? v : index(t, v)
    if i.isRaised { return nil }
    let n = plainInt(i)
    if n.isSmallInt && Int32(exactly: n.smallInt) != nil { return n.smallInt }
    _ = raise(t, .overflowError, "Python int too large to convert to C int")
    return nil
}

/// Raises TypeError "name() argument n must be str, not int" unless v is a str.
func requireStr(_ t: Thread, _ v: Value, _ what: String) -> Bool {
    if v.isStr { return true }
    _ = raise(t, .typeError, "\(what) must be str, not \(v.isNone ? "None" : typeName(v))")
    return false
}

/// The text of a `str` argument that must not hold zero characters (names of encodings and handlers). nil: raised.
func nameArgument(_ t: Thread, _ v: Value, _ what: String) -> Bool {
    if !requireStr(t, v, what) { return false }
    let text = v.text
    let found: Int
    switch text.kind {
    case 1: found = Search.index(of: 0, in: text.units(UInt8.self), 0, text.count)
    case 2: found = Search.index(of: 0, in: text.units(UInt16.self), 0, text.count)
    default: found = Search.index(of: 0, in: text.units(UInt32.self), 0, text.count)
    }
    if found < 0 { return true }
    _ = raise(t, .valueError, "embedded null character")
    return false
}
