// Floor division, remainder, true division.

import CGMP
import Glibc

/// a // b. Raises ZeroDivisionError.
public func intFloorDiv(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if b == .zero { return fail(t, .zeroDivisionError, "integer division or modulo by zero") }
    if Value.bothSmallInts(a, b) { return makeInt(t, floorQuotient(a.smallInt, b.smallInt)) }
    var q: Value = .zero
    return divideLong(t, a, b, wantQuotient: true, &q, wantRemainder: false).isRaised ? .raised : q
}

/// a % b, with the sign of b. Raises ZeroDivisionError.
public func intMod(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if b == .zero { return fail(t, .zeroDivisionError, "integer modulo by zero") }
    if Value.bothSmallInts(a, b) { return Value(smallInt: floorRemainder(a.smallInt, b.smallInt)) }
    var q: Value = .zero
    return divideLong(t, a, b, wantQuotient: false, &q, wantRemainder: true)
}

/// Quotient and remainder; the remainder is `.raised` after an error (ZeroDivisionError, MemoryError).
public func intDivMod(_ t: Thread, _ a: Value, _ b: Value, _ quotient: inout Value) -> Value {
    if b == .zero { return fail(t, .zeroDivisionError, "integer division or modulo by zero") }
    if Value.bothSmallInts(a, b) {
        quotient = makeInt(t, floorQuotient(a.smallInt, b.smallInt))
        return quotient.isRaised ? .raised : Value(smallInt: floorRemainder(a.smallInt, b.smallInt))
    }
    return divideLong(t, a, b, wantQuotient: true, &quotient, wantRemainder: true)
}

/// Floor quotient of two 63-bit numbers, b not 0.
@inlinable @inline(__always) public func floorQuotient(_ a: Int, _ b: Int) -> Int {
    let q: Int = a / b
    return (a % b != 0 && (a ^ b) < 0) ? q - 1 : q
}

/// Floor remainder of two 63-bit numbers, b not 0.
@inlinable @inline(__always) public func floorRemainder(_ a: Int, _ b: Int) -> Int {
    let r: Int = a % b
    return (r != 0 && (r ^ b) < 0) ? r + b : r
}

/// Floor division of canonical ints, b not 0. Truncates magnitudes, then corrects when the signs differ.
private func divideLong(_ t: Thread, _ a: Value, _ b: Value, wantQuotient: Bool, _ quotient: inout Value, wantRemainder: Bool) -> Value {
    withLimbs(a) { ap, an, aNegative in
        withLimbs(b) { bp, bn, bNegative in
            let differ: Bool = aNegative != bNegative
            if bn == 1 && an <= 2 {
                // Two hardware divisions.
                let d: UInt = bp[0]
                let high: UInt = an == 2 ? ap[1] : 0
                let low: UInt = an == 0 ? 0 : ap[0]
                var qHigh: UInt = high / d
                let step = d.dividingFullWidth((high % d, low))
                var qLow: UInt = step.quotient
                var r: UInt = step.remainder
                if r != 0 && differ {
                    r = d - r
                    let sum = qLow.addingReportingOverflow(1)
                    qLow = sum.partialValue
                    if sum.overflow { qHigh += 1 }
                }
                if wantQuotient {
                    quotient = makeInt(t, high: qHigh, low: qLow, negative: differ)
                    if quotient.isRaised { return .raised }
                }
                return wantRemainder ? makeInt(t, high: 0, low: r, negative: bNegative) : .zero
            }
            if compareMagnitudes(ap, an, bp, bn) < 0 {
                // |a| < |b|: the quotient is 0 or -1.
                if differ && an != 0 {
                    quotient = Value(smallInt: -1)
                    return wantRemainder ? intAdd(t, a, b) : .zero
                }
                quotient = .zero
                return a
            }
            let qv: Value = newIntCell(t, an - bn + 2)
            if qv.isRaised { return .raised }
            let rv: Value = newIntCell(t, bn)
            if rv.isRaised { return .raised }
            let qp = qv.intLimbs
            let rp = rv.intLimbs
            longWork(t, (an - bn) &* bn) { __gmpn_tdiv_qr(qp, rp, 0, ap, an, bp, bn) }
            if differ && !isZero(rp, bn) {
                if wantQuotient { qp[an - bn + 1] = __gmpn_add_1(qp, qp, an - bn + 1, 1) }
                if wantRemainder { _ = __gmpn_sub_n(rp, bp, rp, bn) }
            }
            ladon_keep_alive(rv)
            quotient = wantQuotient ? finishInt(qv, an - bn + 2, negative: differ) : .zero
            return wantRemainder ? finishInt(rv, bn, negative: bNegative) : .zero
        }
    }
}

func isZero(_ p: UnsafePointer<UInt>, _ n: Int) -> Bool {
    var i: Int = 0
    while i < n {
        if p[i] != 0 { return false }
        i += 1
    }
    return true
}

/// Quotient rounded to nearest, ties to even, and the remainder that goes with it (`round`, timedelta): `.raised` after an error.
public func intDivModNear(_ t: Thread, _ a: Value, _ b: Value, _ quotient: inout Value) -> Value {
    var r: Value = intDivMod(t, a, b, &quotient)
    if r.isRaised { return r }
    // Floor remainder has the sign of b: compare 2|r| with |b|.
    let twice: Value = intAdd(t, r, r)
    if twice.isRaised { return .raised }
    let order: Int = intSign(b) > 0 ? intCompare(twice, b) : intCompare(b, twice)
    if order > 0 || (order == 0 && intIsOdd(quotient)) {
        quotient = intAdd(t, quotient, .one)
        r = intSub(t, r, b)
        if quotient.isRaised { return .raised }
    }
    return r
}

// MARK: true division

/// a / b as the nearest double, ties to even. nil: raised (ZeroDivisionError, OverflowError).
public func intTrueDivide(_ t: Thread, _ a: Value, _ b: Value) -> Double? {
    if b == .zero { _ = fail(t, .zeroDivisionError, "division by zero"); return nil }
    let exact: Int = 1 << 53
    if Value.bothSmallInts(a, b) {
        let x: Int = a.smallInt
        let y: Int = b.smallInt
        if x >= -exact && x <= exact && y >= -exact && y <= exact { return Double(x) / Double(y) }
    }
    var overflow: Bool = false
    let d: Double = withLimbs(a) { ap, an, aNegative in
        withLimbs(b) { bp, bn, bNegative in
            let q: Double = quotientOfMagnitudes(ap, an, bp, bn, &overflow)
            return aNegative != bNegative ? -q : q
        }
    }
    if overflow { _ = fail(t, .overflowError, "integer division result too large for a float"); return nil }
    return d
}

/// The method: scale so that the integer quotient has 55 or 56 bits (fewer for subnormal results), keep the
/// remainder as a sticky bit, round once by hand to the bits that the result has, and scale back exactly.
private func quotientOfMagnitudes(_ ap: UnsafePointer<UInt>, _ an: Int, _ bp: UnsafePointer<UInt>, _ bn: Int, _ overflow: inout Bool) -> Double {
    if an == 0 { return 0 }
    let difference: Int = bitLength(ap, an) - bitLength(bp, bn)
    if difference > 1024 { overflow = true; return 0 }
    if difference < -1076 { return 0 }
    let shift: Int = max(difference, -1021) - 55
    // Numerator and denominator with the shift applied to one of them.
    let numeratorBits: Int = shift < 0 ? -shift : 0
    let denominatorBits: Int = shift > 0 ? shift : 0
    let nn: Int = an + numeratorBits / 64 + 1
    let dn: Int = bn + denominatorBits / 64 + 1
    return withUnsafeTemporaryAllocation(of: UInt.self, capacity: nn + dn + max(nn - bn, 0) + 2 + dn) { buffer -> Double in
        let np = buffer.baseAddress.unsafelyUnwrapped
        let dp = np + nn
        let qp = dp + dn
        let rp = qp + max(nn - bn, 0) + 2
        let nCount: Int = shiftLeft(np, ap, an, numeratorBits)
        let dCount: Int = shiftLeft(dp, bp, bn, denominatorBits)
        var q: UInt = 0
        var inexact: Bool = true
        if compareMagnitudes(np, nCount, dp, dCount) >= 0 {
            __gmpn_tdiv_qr(qp, rp, 0, np, nCount, dp, dCount)
            q = qp[0]
            inexact = !isZero(rp, dCount)
        }
        if inexact { q |= 0 }
        let qBits: Int = 64 - q.leadingZeroBitCount
        let extra: Int = max(qBits, -1021 - shift) - 53
        let mask: UInt = 1 << UInt(extra - 1)
        var low: UInt = q | (inexact ? 1 : 0)
        if low & mask != 0 && low & (3 * mask - 1) != 0 { low += mask }
        q = low & ~(2 * mask - 1)
        let d = Double(q)
        if shift + qBits >= 1024 {
            if shift + qBits > 1024 || d == Double(sign: .plus, exponent: qBits, significand: 1) { overflow = true; return 0 }
        }
        return scalbn(d, Int32(shift))
    }
}

/// r := a << bits without leading zeros; returns the count. r has an + bits/64 + 1 limbs.
func shiftLeft(_ r: UnsafeMutablePointer<UInt>, _ a: UnsafePointer<UInt>, _ an: Int, _ bits: Int) -> Int {
    let words: Int = bits / 64
    let rest: Int = bits % 64
    var i: Int = 0
    while i < words { r[i] = 0; i += 1 }
    if rest == 0 {
        i = 0
        while i < an { r[words + i] = a[i]; i += 1 }
        return an + words
    }
    let carry: UInt = __gmpn_lshift(r + words, a, an, UInt32(rest))
    r[words + an] = carry
    return an + words + (carry != 0 ? 1 : 0)
}

/// Bits of a magnitude without leading zero limbs.
@inlinable @inline(__always) func bitLength(_ p: UnsafePointer<UInt>, _ n: Int) -> Int {
    n == 0 ? 0 : n * 64 - p[n - 1].leadingZeroBitCount
}
