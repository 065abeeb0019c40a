// Addition, subtraction, multiplication, comparison: canonical ints of any size.
//
// Order of the paths: both immediate; up to 127 bits in machine registers, result in a 32-byte cell;
// GMP's mpn layer.

import CGMP

/// a + b. Both canonical ints (see `plainInt`).
@inlinable public func intAdd(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x: Int128 = 0
    var y: Int128 = 0
    if wideInt(a, &x) && wideInt(b, &y) {
        let r = x.addingReportingOverflow(y)
        if !r.overflow { return makeInt(t, wide: r.partialValue) }
    }
    return addLong(t, a, b, subtract: false)
}

/// a - b. Both canonical ints.
@inlinable public func intSub(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x: Int128 = 0
    var y: Int128 = 0
    if wideInt(a, &x) && wideInt(b, &y) {
        let r = x.subtractingReportingOverflow(y)
        if !r.overflow { return makeInt(t, wide: r.partialValue) }
    }
    return addLong(t, a, b, subtract: true)
}

/// a * b. Both canonical ints.
@inlinable public func intMul(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if Value.bothSmallInts(a, b) {
        let r = a.smallInt.multipliedFullWidth(by: b.smallInt)
        let low = Int(bitPattern: r.low)
        if r.high == low >> 63 && Value.fitsSmallInt(low) { return Value(smallInt: low) }
        let product: Int128 = Int128(r.high) << 64 | Int128(r.low)
        let m: UInt128 = product.magnitude
        return makeWideInt(t, high: UInt(truncatingIfNeeded: m >> 64), low: UInt(truncatingIfNeeded: m), negative: r.high < 0)
    }
    return mulLong(t, a, b)
}

@usableFromInline @inline(never)
func addLong(_ t: Thread, _ a: Value, _ b: Value, subtract: Bool) -> Value {
    withLimbs(a) { ap, an, aNegative in
        withLimbs(b) { bp, bn, bNegative0 in
            let bNegative: Bool = bNegative0 != subtract
            if aNegative == bNegative {
                let n: Int = max(an, bn)
                let r: Value = newIntCell(t, n + 1)
                if r.isRaised { return r }
                let rp = r.intLimbs
                let carry: UInt = an >= bn ? addMagnitudes(rp, ap, an, bp, bn) : addMagnitudes(rp, bp, bn, ap, an)
                rp[n] = carry
                return finishInt(r, n + 1, negative: aNegative)
            }
            let order: Int = compareMagnitudes(ap, an, bp, bn)
            if order == 0 { return .zero }
            let n: Int = max(an, bn)
            let r: Value = newIntCell(t, n)
            if r.isRaised { return r }
            let rp = r.intLimbs
            if order > 0 { subtractMagnitudes(rp, ap, an, bp, bn) } else { subtractMagnitudes(rp, bp, bn, ap, an) }
            return finishInt(r, n, negative: order > 0 ? aNegative : bNegative)
        }
    }
}

@usableFromInline @inline(never)
func mulLong(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if a == .zero || b == .zero { return .zero }
    return withLimbs(a) { ap, an, aNegative in
        withLimbs(b) { bp, bn, bNegative in
            let negative: Bool = aNegative != bNegative
            if an == 1 && bn == 1 {
                let r = ap[0].multipliedFullWidth(by: bp[0])
                return makeInt(t, high: r.high, low: r.low, negative: negative)
            }
            let r: Value = newIntCell(t, an + bn)
            if r.isRaised { return r }
            let rp = r.intLimbs
            longWork(t, an &* bn) { multiplyMagnitudes(rp, ap, an, bp, bn) }
            return finishInt(r, an + bn, negative: negative)
        }
    }
}

/// -a.
public func intNeg(_ t: Thread, _ a: Value) -> Value {
    if a.isSmallInt { return makeInt(t, 0 - a.smallInt) }
    return withLimbs(a) { p, n, negative in makeInt(t, limbs: p, count: n, negative: !negative) }
}

/// The absolute value.
public func intAbs(_ t: Thread, _ a: Value) -> Value { intSign(a) < 0 ? intNeg(t, a) : a }

/// -1, 0 or 1 as a is less than, equal to or greater than b. Canonical ints.
public func intCompare(_ a: Value, _ b: Value) -> Int {
    if Value.bothSmallInts(a, b) {
        let x: Int = a.smallInt
        let y: Int = b.smallInt
        return x < y ? -1 : (x == y ? 0 : 1)
    }
    return withLimbs(a) { ap, an, aNegative in
        withLimbs(b) { bp, bn, bNegative in
            if aNegative != bNegative { return aNegative ? -1 : 1 }
            let order: Int = compareMagnitudes(ap, an, bp, bn)
            return aNegative ? 0 - order : order
        }
    }
}

/// a == b. Canonical ints; a canonical value has one form, so different immediates differ.
@inlinable public func intEqual(_ a: Value, _ b: Value) -> Bool {
    if a == b { return true }
    if a.isSmallInt || b.isSmallInt { return false }
    return intCompare(a, b) == 0
}

// MARK: magnitudes

/// r := a + b with an >= bn; returns the carry. `mpn` wants nonzero lengths.
func addMagnitudes(_ r: UnsafeMutablePointer<UInt>, _ a: UnsafePointer<UInt>, _ an: Int, _ b: UnsafePointer<UInt>, _ bn: Int) -> UInt {
    if bn == 0 { r.update(from: a, count: an); return 0 }
    return __gmpn_add(r, a, an, b, bn)
}

/// r := a - b with a >= b.
func subtractMagnitudes(_ r: UnsafeMutablePointer<UInt>, _ a: UnsafePointer<UInt>, _ an: Int, _ b: UnsafePointer<UInt>, _ bn: Int) {
    if bn == 0 { r.update(from: a, count: an); return }
    _ = __gmpn_sub(r, a, an, b, bn)
}

/// r (an + bn limbs, apart from both) := a * b; both nonempty.
func multiplyMagnitudes(_ r: UnsafeMutablePointer<UInt>, _ a: UnsafePointer<UInt>, _ an: Int, _ b: UnsafePointer<UInt>, _ bn: Int) {
    if a == b && an == bn { __gmpn_sqr(r, a, an); return }
    if an >= bn { _ = __gmpn_mul(r, a, an, b, bn) } else { _ = __gmpn_mul(r, b, bn, a, an) }
}

func compareMagnitudes(_ a: UnsafePointer<UInt>, _ an: Int, _ b: UnsafePointer<UInt>, _ bn: Int) -> Int {
    if an != bn { return an < bn ? -1 : 1 }
    var i: Int = an
    while i > 0 {
        i -= 1
        if a[i] != b[i] { return a[i] < b[i] ? -1 : 1 }
    }
    return 0
}
