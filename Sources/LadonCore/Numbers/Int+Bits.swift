// Bitwise operations on infinite two's complement, shifts, bit counts.

import CGMP

public enum BitOperation { case and, or, xor }

@inlinable @inline(__always) public func intAnd(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if Value.bothSmallInts(a, b) { return Value(bits: a.bits & b.bits) }
    return bitwiseLong(t, a, b, .and)
}

@inlinable @inline(__always) public func intOr(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if Value.bothSmallInts(a, b) { return Value(bits: a.bits | b.bits) }
    return bitwiseLong(t, a, b, .or)
}

@inlinable @inline(__always) public func intXor(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if Value.bothSmallInts(a, b) { return Value(bits: (a.bits ^ b.bits) | 1) }
    return bitwiseLong(t, a, b, .xor)
}

/// ~a, that is -a - 1.
public func intInvert(_ t: Thread, _ a: Value) -> Value {
    if a.isSmallInt { return Value(smallInt: ~a.smallInt) }
    let negated: Value = intNeg(t, a)
    return negated.isRaised ? negated : intSub(t, negated, .one)
}

@usableFromInline @inline(never)
func bitwiseLong(_ t: Thread, _ a: Value, _ b: Value, _ operation: BitOperation) -> Value {
    withLimbs(a) { ap, an, aNegative in
        withLimbs(b) { bp, bn, bNegative in
            // One limb of sign above the longer operand makes two's complement exact.
            let n: Int = max(an, bn) + 1
            let r: Value = newIntCell(t, n)
            if r.isRaised { return r }
            let rp = r.intLimbs
            var aBorrow: UInt = 1
            var bBorrow: UInt = 1
            var i: Int = 0
            while i < n {
                var x: UInt = i < an ? ap[i] : 0
                var y: UInt = i < bn ? bp[i] : 0
                if aNegative {
                    // ~x + 1 with the carry running on: limbs below the lowest nonzero one stay 0.
                    x = ~x &+ aBorrow
                    if x != 0 || aBorrow == 0 { aBorrow = 0 }
                }
                if bNegative {
                    y = ~y &+ bBorrow
                    if y != 0 || bBorrow == 0 { bBorrow = 0 }
                }
                switch operation {
                case .and: rp[i] = x & y
                case .or: rp[i] = x | y
                case .xor: rp[i] = x ^ y
                }
                i += 1
            }
            let negative: Bool = rp[n - 1] >> 63 != 0
            if negative { _ = __gmpn_neg(rp, rp, n) }
            return finishInt(r, n, negative: negative)
        }
    }
}

/// a << b. Raises ValueError, OverflowError, MemoryError.
public func intLshift(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if intSign(b) < 0 { return fail(t, .valueError, "negative shift count") }
    if a == .zero { return a }
    if Value.bothSmallInts(a, b) {
        let n: Int = b.smallInt
        let x: Int = a.smallInt
        if n < 63 {
            let shifted: Int = x << n
            if shifted >> n == x && Value.fitsSmallInt(shifted) { return Value(smallInt: shifted) }
        }
    }
    guard let bits: Int = intAsWord(b), bits >> 6 < maximumLimbs else {
        // CPython's own limit is 2^61 digits of 30 bits; anything below it is a matter of memory.
        let limit: Value = makeInt(t, wide: Int128(30) << 61)
        return intCompare(b, limit) > 0 ? fail(t, .overflowError, "too many digits in integer") : failMemory(t)
    }
    return withLimbs(a) { ap, an, negative in
        let n: Int = an + bits / 64 + 1
        let r: Value = newIntCell(t, n)
        if r.isRaised { return r }
        return finishInt(r, shiftLeft(r.intLimbs, ap, an, bits), negative: negative)
    }
}

/// a >> b, rounding down. Raises ValueError.
public func intRshift(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if intSign(b) < 0 { return fail(t, .valueError, "negative shift count") }
    guard let bits: Int = intAsWord(b) else { return intSign(a) < 0 ? Value(smallInt: -1) : .zero }
    if a.isSmallInt { return Value(smallInt: a.smallInt >> min(bits, 63)) }
    return withLimbs(a) { ap, an, negative in
        let words: Int = bits / 64
        if words >= an { return negative ? Value(smallInt: -1) : .zero }
        let n: Int = an - words
        let r: Value = newIntCell(t, n + 1)
        if r.isRaised { return r }
        let rp = r.intLimbs
        var lost: Bool = !isZero(ap, words)
        let rest: Int = bits % 64
        if rest == 0 {
            rp.update(from: ap + words, count: n)
        } else {
            if __gmpn_rshift(rp, ap + words, n, UInt32(rest)) != 0 { lost = true }
        }
        // The magnitude was rounded towards zero; down is one further for a negative number.
        if negative && lost { rp[n] = __gmpn_add_1(rp, rp, n, 1) }
        return finishInt(r, n + 1, negative: negative)
    }
}

/// Bits of the magnitude; 0 for 0.
public func intBitLength(_ a: Value) -> Int {
    if a.isSmallInt { return 64 - a.smallInt.magnitude.leadingZeroBitCount }
    return withLimbs(a) { p, n, _ in bitLength(p, n) }
}

/// One bits of the magnitude.
public func intBitCount(_ a: Value) -> Int {
    if a.isSmallInt { return a.smallInt.magnitude.nonzeroBitCount }
    return withLimbs(a) { p, n, _ in Int(bitPattern: __gmpn_popcount(p, n)) }
}
