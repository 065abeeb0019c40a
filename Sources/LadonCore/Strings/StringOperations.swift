// Equality, order, concatenation and repetition of str.

import Glibc

/// Whether two str have the same code points.
@inlinable @inline(__always) public func stringEqual(_ a: Value, _ b: Value) -> Bool {
    if a == b { return true }
    return stringEqualSlow(a, b)
}

@usableFromInline @inline(never) func stringEqualSlow(_ a: Value, _ b: Value) -> Bool {
    let count = a.strCount
    if count != b.strCount { return false }
    let x = a.header.pointee.small, y = b.header.pointee.small
    if (x ^ y) & (StrFlags.kindMask | StrFlags.ascii) != 0 { return false }
    // Of two equal strings only one can be interned.
    if x & y & StrFlags.interned != 0 { return false }
    let result = memcmp(a.strData, b.strData, count &* Int(x & StrFlags.kindMask)) == 0
    a.keepAlive; b.keepAlive
    return result
}

/// Whether a str is equal to constant ASCII text.
public func stringEqual(_ a: Value, _ s: StaticString) -> Bool {
    let count = s.utf8CodeUnitCount
    let result = a.strCount == count && a.strKind == 1 && memcmp(a.strData, s.utf8Start, count) == 0
    a.keepAlive
    return result
}

/// Negative, 0 or positive: the order of two str by code points.
public func stringCompare(_ a: Value, _ b: Value) -> Int {
    if a == b { return 0 }
    defer { a.keepAlive; b.keepAlive }
    let m = a.strCount, n = b.strCount
    switch (a.strKind, b.strKind) {
    case (1, 1): return CodeUnits.compare(UnsafePointer(a.strBytes), m, UnsafePointer(b.strBytes), n)
    case (1, 2): return CodeUnits.compare(UnsafePointer(a.strBytes), m, UnsafePointer(b.strHalves), n)
    case (1, _): return CodeUnits.compare(UnsafePointer(a.strBytes), m, UnsafePointer(b.strWords), n)
    case (2, 1): return CodeUnits.compare(UnsafePointer(a.strHalves), m, UnsafePointer(b.strBytes), n)
    case (2, 2): return CodeUnits.compare(UnsafePointer(a.strHalves), m, UnsafePointer(b.strHalves), n)
    case (2, _): return CodeUnits.compare(UnsafePointer(a.strHalves), m, UnsafePointer(b.strWords), n)
    case (_, 1): return CodeUnits.compare(UnsafePointer(a.strWords), m, UnsafePointer(b.strBytes), n)
    case (_, 2): return CodeUnits.compare(UnsafePointer(a.strWords), m, UnsafePointer(b.strHalves), n)
    default: return CodeUnits.compare(UnsafePointer(a.strWords), m, UnsafePointer(b.strWords), n)
    }
}

/// From this many bytes on, a string that is appended to repeatedly gets a growing buffer.
private let bufferThreshold = 256

/// a + b of two str (or instances of subclasses): always an exact str.
///
/// CPython extends `a` in place when nobody else holds it. Nothing counts references here, so a long result of two
/// concatenations in a row lies in a buffer with room at its end (TextBufferCell): the next `+` claims the room behind `a`
/// with one compare-and-swap, copies `b` there and makes only a new cell for the longer string. Whoever still
/// holds `a` sees its own prefix; a second `a + c` fails the swap and copies.
public func stringConcat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let m = a.strCount, n = b.strCount
    if m == 0 { return exactString(t, b) }
    if n == 0 { return exactString(t, a) }
    let kind = a.strKind > b.strKind ? a.strKind : b.strKind
    let ascii = a.strIsASCII && b.strIsASCII
    if m &* kind >= bufferThreshold { return stringConcatLong(t, a, b, kind, ascii) }
    let result = newString(t, kind: kind, count: m &+ n, ascii: ascii)
    let data = result.strData
    if a.strKind == b.strKind {
        memcpy(data, a.strData, m &* kind)
        memcpy(data + m &* kind, b.strData, n &* kind)
    } else {
        a.text.copy(to: data, kind: kind)
        b.text.copy(to: data + m &* kind, kind: kind)
    }
    a.keepAlive; b.keepAlive
    return result
}

@inline(never) private func stringConcatLong(_ t: Thread, _ a: Value, _ b: Value, _ kind: Int, _ ascii: Bool) -> Value {
    let m = a.strCount, n = b.strCount
    let used = m &* kind, added = n &* kind
    let owner = a.cell(as: StrCell.self).pointee.owner
    if owner != 0 && a.strKind == kind {
        let buffer = UnsafeMutablePointer<TextBufferCell>(bitPattern: owner).unsafelyUnwrapped
        let fill = UnsafeMutableRawPointer(buffer) + MemoryLayout<TextBufferCell>.offset(of: \TextBufferCell.fill).unsafelyUnwrapped
        if buffer.pointee.capacity &- used >= added && ladon_load_relaxed(fill) == UInt(used) {
            // The cell first: allocating may collect, and claimed room must be filled at once.
            let result = newString(t, kind: kind, count: m &+ n, ascii: ascii, owner: owner)
            if ladon_cas(fill, UInt(used), UInt(used &+ added)) {
                b.text.copy(to: a.strData + used, kind: kind)
                a.keepAlive; b.keepAlive
                return result
            }
        }
    }
    let again = owner != 0 || a.header.pointee.small & StrFlags.concatenated != 0
    let result: Value
    if again {
        let total = used &+ added
        let owner = newTextBuffer(t, capacity: total &+ total, fill: total)
        result = newString(t, kind: kind, count: m &+ n, ascii: ascii, owner: UInt(bitPattern: owner))
    } else {
        result = newString(t, kind: kind, count: m &+ n, ascii: ascii)
        result.header.pointee.small |= StrFlags.concatenated
    }
    let data = result.strData
    a.text.copy(to: data, kind: kind)
    b.text.copy(to: data + used, kind: kind)
    a.keepAlive; b.keepAlive; result.keepAlive
    return result
}

/// A str cell whose characters lie in the TextBufferCell at `owner`.
public func newString(_ t: Thread, kind: Int, count: Int, ascii: Bool, owner: UInt) -> Value {
    let cell = allocate(t, id: TypeID.str.rawValue, bytes: MemoryLayout<StrCell>.size)
    let str = cell.assumingMemoryBound(to: StrCell.self)
    str.pointee.owner = owner
    str.pointee.count = count
    str.pointee.header.small = UInt8(truncatingIfNeeded: kind) | (ascii ? StrFlags.ascii : 0)
    return Value(cell)
}

/// A buffer for characters or bytes apart from their cell.
public func newTextBuffer(_ t: Thread, capacity: Int, fill: Int) -> UnsafeMutableRawPointer {
    let cell = allocateText(t, id: TypeID.bytesStorage.rawValue, bytes: MemoryLayout<TextBufferCell>.size &+ capacity)
    let buffer = cell.assumingMemoryBound(to: TextBufferCell.self)
    buffer.pointee.fill = fill
    buffer.pointee.capacity = capacity
    return cell
}

/// The same where the caller writes before he reads: the room is not zeroed. `.raised`: no memory, without exception.
public func newUnfilledBuffer(_ t: Thread, capacity: Int) -> Value {
    guard let cell = allocateUnfilled(t, id: TypeID.bytesStorage.rawValue, bytes: MemoryLayout<TextBufferCell>.size &+ capacity) else { return .raised }
    cell.assumingMemoryBound(to: TextBufferCell.self).pointee.capacity = capacity
    return Value(cell)
}

/// Makes such a buffer larger where it lies, if it is large and the memory behind it free. Its `capacity` is for the caller to set, under
/// the lock that guards it.
public func extendUnfilledBuffer(_ t: Thread, _ buffer: Value, capacity: Int) -> Bool {
    extendLarge(t, buffer, bytes: MemoryLayout<TextBufferCell>.size &+ capacity)
}

/// Gives a fresh instance of a subclass of str (zeroed, from `allocateInstance`) the characters of `source`.
public func initializeStringInstance(_ t: Thread, _ instance: Value, _ source: Value) {
    let count = source.strCount, kind = source.strKind
    let bytes = count &* kind
    let owner = newTextBuffer(t, capacity: bytes, fill: bytes)
    memcpy(owner + MemoryLayout<TextBufferCell>.size, source.strData, bytes)
    let str = instance.cell(as: StrCell.self)
    str.pointee.owner = UInt(bitPattern: owner)
    str.pointee.count = count
    str.pointee.hash = source.cell(as: StrCell.self).pointee.hash
    str.pointee.header.small = UInt8(truncatingIfNeeded: kind) | (source.strIsASCII ? StrFlags.ascii : 0)
    source.keepAlive
}

/// v * times as an exact str. The caller has checked that the length fits.
public func stringRepeat(_ t: Thread, _ v: Value, _ times: Int) -> Value {
    let count = v.strCount
    if times <= 0 || count == 0 { return emptyString }
    if times == 1 { return exactString(t, v) }
    let kind = v.strKind
    let result = newString(t, kind: kind, count: count &* times, ascii: v.strIsASCII)
    repeatBytes(v.strData, count &* kind, times, to: result.strData)
    v.keepAlive
    return result
}

/// Writes `times` copies of `count` bytes, doubling what is there.
public func repeatBytes(_ source: UnsafeRawPointer, _ count: Int, _ times: Int, to out: UnsafeMutableRawPointer) {
    let total = count &* times
    if total == 0 { return }
    if count == 1 { memset(out, Int32(source.load(as: UInt8.self)), total); return }
    memcpy(out, source, count)
    var done = count
    while done < total {
        let step = done < total &- done ? done : total &- done
        memcpy(out + done, out, step)
        done &+= step
    }
}
