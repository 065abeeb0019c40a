// Making ints and looking into them.
//
// Canonical form: a value that fits 63 bits is always immediate; everything else is an IntCell whose top
// limb is not zero. Instances of int subclasses are cells of any magnitude (zero has no limbs); `plainInt`
// turns what isn't canonical (bool, small subclass instances) into what the kernels take.

import CGMP
import Glibc

/// Limbs that a result may have: more is MemoryError before GMP is asked, because GMP aborts when it can't allocate.
let maximumLimbs: Int = {
    let pages: Int = sysconf(Int32(_SC_PHYS_PAGES))
    let pageSize: Int = sysconf(Int32(_SC_PAGESIZE))
    if pages <= 0 || pageSize <= 0 { return 1 << 27 }
    return pages / 4 * (pageSize / 8)
}()

/// Runs a GMP call. Long ones (about 10 µs and more: `work` counts limb products) run detached, so that collections and
/// other threads need not wait for them: operands are immutable, and memory for the result was allocated before.
@inline(__always)
func longWork<Result>(_ t: Thread, _ work: Int, _ body: () -> Result) -> Result {
    work < 20_000 ? body() : blocking(t, body)
}

// MARK: from machine numbers

/// An int. O(1).
@inlinable @inline(__always) public func makeInt(_ t: Thread, _ n: Int) -> Value {
    if Value.fitsSmallInt(n) { return Value(smallInt: n) }
    return makeWideInt(t, high: 0, low: n.magnitude, negative: n < 0)
}

/// An int from an unsigned word. O(1).
@inlinable @inline(__always) public func makeInt(_ t: Thread, _ n: UInt) -> Value {
    if n < 1 << 62 { return Value(smallInt: Int(bitPattern: n)) }
    return makeWideInt(t, high: 0, low: n, negative: false)
}

@inlinable @inline(__always) public func makeInt(_ t: Thread, _ n: Int32) -> Value { Value(smallInt: Int(n)) }
@inlinable @inline(__always) public func makeInt(_ t: Thread, _ n: UInt32) -> Value { Value(smallInt: Int(n)) }

/// An int from 128 bits. O(1).
@inlinable @inline(__always) public func makeInt(_ t: Thread, wide n: Int128) -> Value {
    let low = Int(truncatingIfNeeded: n)
    if n == Int128(low), Value.fitsSmallInt(low) { return Value(smallInt: low) }
    let m: UInt128 = n.magnitude
    return makeWideInt(t, high: UInt(truncatingIfNeeded: m >> 64), low: UInt(truncatingIfNeeded: m), negative: n < 0)
}

/// An int cell of one or two limbs; the value must not fit 63 bits. 32 bytes, bump-allocated.
@inlinable @inline(__always)
public func makeWideInt(_ t: Thread, high: UInt, low: UInt, negative: Bool) -> Value {
    let v = Value(allocateLeaf(t, id: TypeID.int.rawValue, bytes: 32))
    let count: Int = high == 0 ? 1 : 2
    v.cell(as: IntCell.self).pointee.size = negative ? 0 - count : count
    let limbs = v.intLimbs
    limbs[0] = low
    limbs[1] = high
    return v
}

/// An int from a magnitude of up to two limbs and a sign.
@inlinable @inline(__always)
public func makeInt(_ t: Thread, high: UInt, low: UInt, negative: Bool) -> Value {
    if high == 0 {
        if low < 1 << 62 {
            let n = Int(bitPattern: low)
            return Value(smallInt: negative ? 0 - n : n)
        }
        if negative && low == 1 << 62 { return Value(smallInt: -(1 << 62)) }
    }
    return makeWideInt(t, high: high, low: low, negative: negative)
}

/// An int from little-endian limbs, which may have leading zeros. The limbs must not lie in a cell that nothing holds.
public func makeInt(_ t: Thread, limbs: UnsafePointer<UInt>, count: Int, negative: Bool) -> Value {
    var n: Int = count
    while n > 0 && limbs[n - 1] == 0 { n -= 1 }
    if n <= 1 { return makeInt(t, high: 0, low: n == 0 ? 0 : limbs[0], negative: negative) }
    let v: Value = newIntCell(t, n)
    if v.isRaised { return v }
    v.intLimbs.update(from: limbs, count: n)
    v.cell(as: IntCell.self).pointee.size = negative ? -n : n
    return v
}

/// A private cell with room for `count` limbs, or `.raised` (MemoryError). Becomes an int through `finishInt`.
func newIntCell(_ t: Thread, _ count: Int) -> Value {
    if count > maximumLimbs { return failMemory(t) }
    if count <= 2 { return Value(allocateLeaf(t, id: TypeID.int.rawValue, bytes: 32)) }
    guard let cell = allocateAnyLeaf(t, id: TypeID.int.rawValue, bytes: MemoryLayout<IntCell>.size + count * 8) else { return failMemory(t) }
    return Value(cell)
}

/// Gives a private cell its canonical value: leading zero limbs dropped, short values immediate.
func finishInt(_ v: Value, _ count: Int, negative: Bool) -> Value {
    let limbs = v.intLimbs
    var n: Int = count
    while n > 0 && limbs[n - 1] == 0 { n -= 1 }
    if n == 0 { return .zero }
    if n == 1 {
        let m: UInt = limbs[0]
        if m < 1 << 62 {
            let i = Int(bitPattern: m)
            return Value(smallInt: negative ? 0 - i : i)
        }
        if negative && m == 1 << 62 { return Value(smallInt: -(1 << 62)) }
    }
    v.cell(as: IntCell.self).pointee.size = negative ? -n : n
    return v
}

// MARK: looking in

/// True for int, bool and instances of int subclasses.
@inlinable @inline(__always) public func isInt(_ v: Value) -> Bool {
    if v.isSmallInt { return true }
    if v.isCell {
        return v.id == TypeID.int.rawValue || typeOf(v).pointee.flags.contains(.intSubclass)
    }
    return v.isBool
}

/// True for int itself: no bool, no subclass.
@inlinable @inline(__always) public func isExactInt(_ v: Value) -> Bool { v.isSmallInt || v.isExactly(.int) }

/// The canonical form of any int (see `isInt`): an immediate, or a cell with a value beyond 63 bits (perhaps
/// still of a subclass, whose limbs the kernels read all the same).
@inlinable @inline(__always) public func plainInt(_ v: Value) -> Value {
    if v.isSmallInt { return v }
    if v.isCell { return v.id == TypeID.int.rawValue ? v : plainSubclassInt(v) }
    return v.isTrue ? .one : .zero
}

@usableFromInline func plainSubclassInt(_ v: Value) -> Value {
    let size: Int = v.cell(as: IntCell.self).pointee.size
    if size == 0 { return .zero }
    if size == 1 || size == -1 {
        let m: UInt = v.intLimbs[0]
        if m < 1 << 62 { return Value(smallInt: size < 0 ? 0 - Int(bitPattern: m) : Int(bitPattern: m)) }
        if size < 0 && m == 1 << 62 { return Value(smallInt: -(1 << 62)) }
    }
    return v
}

/// The value as an object of type int itself: a copy for a big instance of a subclass.
public func exactInt(_ t: Thread, _ v: Value) -> Value {
    let p: Value = plainInt(v)
    if p.isSmallInt || p.id == TypeID.int.rawValue { return p }
    let size: Int = p.cell(as: IntCell.self).pointee.size
    let r: Value = makeInt(t, limbs: p.intLimbs, count: abs(size), negative: size < 0)
    ladon_keep_alive(p)
    return r
}

/// Calls `body` with the magnitude (no leading zeros; empty for 0) and the sign of a canonical int. The cell stays alive meanwhile.
@inlinable @inline(__always)
public func withLimbs<R>(_ v: Value, _ body: (_ limbs: UnsafePointer<UInt>, _ count: Int, _ negative: Bool) -> R) -> R {
    if v.isSmallInt {
        let n: Int = v.smallInt
        var limb: UInt = n.magnitude
        return withUnsafePointer(to: &limb) { body($0, n == 0 ? 0 : 1, n < 0) }
    }
    let size: Int = v.cell(as: IntCell.self).pointee.size
    let r: R = body(UnsafePointer(v.intLimbs), size < 0 ? 0 - size : size, size < 0)
    ladon_keep_alive(v)
    return r
}

/// A canonical int of at most 127 bits as a machine number.
@inlinable @inline(__always) public func wideInt(_ v: Value, _ result: inout Int128) -> Bool {
    if v.isSmallInt { result = Int128(v.smallInt); return true }
    let limbs = v.intLimbs
    switch v.cell(as: IntCell.self).pointee.size {
    case 1: result = Int128(limbs[0])
    case -1: result = 0 - Int128(limbs[0])
    case 2:
        if limbs[1] >> 63 != 0 { return false }
        result = Int128(limbs[1]) << 64 | Int128(limbs[0])
    case -2:
        if limbs[1] >> 63 != 0 { return false }
        result = 0 - (Int128(limbs[1]) << 64 | Int128(limbs[0]))
    default: return false
    }
    return true
}

/// -1, 0 or 1. O(1).
@inlinable @inline(__always) public func intSign(_ v: Value) -> Int {
    if v.isSmallInt { return v.smallInt.signum() }
    return v.cell(as: IntCell.self).pointee.size < 0 ? -1 : 1
}

@inlinable @inline(__always) public func intIsOdd(_ v: Value) -> Bool {
    if v.isSmallInt { return v.smallInt & 1 != 0 }
    return v.intLimbs[0] & 1 != 0
}

/// The value as a word when it fits; nil otherwise. Never raises.
@inlinable @inline(__always) public func intAsWord(_ v: Value) -> Int? {
    if v.isSmallInt { return v.smallInt }
    return longIntAsWord(v)
}

@usableFromInline func longIntAsWord(_ v: Value) -> Int? {
    let size: Int = v.cell(as: IntCell.self).pointee.size
    let m: UInt = size == 0 ? 0 : v.intLimbs[0]
    if size == 1 && m >> 63 == 0 { return Int(bitPattern: m) }
    if size == -1 && m <= 1 << 63 { return Int(bitPattern: 0 &- m) }
    return size == 0 ? 0 : nil
}

/// The value as an unsigned word when it fits; nil otherwise. Never raises.
public func intAsUnsignedWord(_ v: Value) -> UInt? {
    if v.isSmallInt { return v.smallInt < 0 ? nil : UInt(bitPattern: v.smallInt) }
    let size: Int = v.cell(as: IntCell.self).pointee.size
    if size == 0 { return 0 }
    return size == 1 ? v.intLimbs[0] : nil
}

/// The low 64 bits in two's complement, whatever the size.
public func intTruncated(_ v: Value) -> UInt {
    if v.isSmallInt { return UInt(bitPattern: v.smallInt) }
    let size: Int = v.cell(as: IntCell.self).pointee.size
    if size == 0 { return 0 }
    let m: UInt = v.intLimbs[0]
    return size < 0 ? 0 &- m : m
}

// MARK: floats and complex numbers

@inlinable @inline(__always) public func makeFloat(_ t: Thread, _ d: Double) -> Value {
    let v = Value(allocateLeaf(t, id: TypeID.float.rawValue, bytes: 16))
    v.cell(as: FloatCell.self).pointee.value = d
    return v
}

@inlinable @inline(__always) public func makeComplex(_ t: Thread, _ real: Double, _ imaginary: Double) -> Value {
    let v = Value(allocateLeaf(t, id: TypeID.complex.rawValue, bytes: 24))
    v.cell(as: ComplexCell.self).pointee.real = real
    v.cell(as: ComplexCell.self).pointee.imaginary = imaginary
    return v
}

/// True for float and instances of its subclasses; their number is `asFloat`.
@inlinable @inline(__always) public func isFloat(_ v: Value) -> Bool {
    v.isCell && (v.id == TypeID.float.rawValue || typeOf(v).pointee.flags.contains(.floatSubclass))
}
