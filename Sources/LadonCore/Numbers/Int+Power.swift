// Powers, modular powers and inverses, gcd, integer square root: GMP's mpz layer over read-only views of
// our limbs, with result sizes checked before.

import CGMP
import Glibc

/// A read-only mpz over limbs that live elsewhere.
func view(_ p: UnsafePointer<UInt>, _ n: Int, _ negative: Bool) -> __mpz_struct {
    __mpz_struct(_mp_alloc: 0, _mp_size: Int32(truncatingIfNeeded: negative ? -n : n), _mp_d: UnsafeMutablePointer(mutating: p))
}

/// The int with an mpz's value; the mpz is cleared.
func takeMPZ(_ t: Thread, _ z: inout __mpz_struct) -> Value {
    let n: Int = abs(Int(z._mp_size))
    let r: Value = n == 0 ? .zero : makeInt(t, limbs: z._mp_d, count: n, negative: z._mp_size < 0)
    __gmpz_clear(&z)
    return r
}

/// a ** b for b >= 0. Raises MemoryError, OverflowError. (A negative b is the caller's: the result is a float.)
public func intPow(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if b == .zero { return .one }
    if a == .zero || a == .one || b == .one { return a }
    if a == Value(smallInt: -1) { return intIsOdd(b) ? a : .one }
    guard let e: Int = intAsWord(b), e < 1 << 40 else { return failMemory(t) }
    if a.isSmallInt && e < 64 {
        if let r: Int = smallPower(a.smallInt, e) { return makeInt(t, r) }
    }
    // 2 ** e and other powers of two times anything odd: shift what is even out first.
    let bits: Int = intBitLength(a)
    if a.isSmallInt && a.smallInt > 0 && a.smallInt & (a.smallInt - 1) == 0 {
        return intLshift(t, .one, Value(smallInt: (bits - 1) * e))
    }
    let estimate = bits.multipliedReportingOverflow(by: e)
    if estimate.overflow || estimate.partialValue / 64 > maximumLimbs / 2 { return failMemory(t) }
    var z = __mpz_struct()
    __gmpz_init(&z)
    withLimbs(a) { p, n, negative in
        var base = view(p, n, negative)
        longWork(t, estimate.partialValue >> 6) { __gmpz_pow_ui(&z, &base, UInt(e)) }
    }
    return takeMPZ(t, &z)
}

/// base ** exponent in 64 bits, or nil when it doesn't fit.
func smallPower(_ base: Int, _ exponent: Int) -> Int? {
    var result: Int = 1
    var square: Int = base
    var e: Int = exponent
    while true {
        if e & 1 != 0 {
            let r = result.multipliedReportingOverflow(by: square)
            if r.overflow { return nil }
            result = r.partialValue
        }
        e >>= 1
        if e == 0 { return result }
        let s = square.multipliedReportingOverflow(by: square)
        if s.overflow { return nil }
        square = s.partialValue
    }
}

/// pow(a, b, m) with Python's signs: the result has the sign of m; a negative b asks for the inverse. Raises ValueError.
public func intPow(_ t: Thread, _ a: Value, _ b: Value, modulus m: Value) -> Value {
    if m == .zero { return fail(t, .valueError, "pow() 3rd argument cannot be 0") }
    var base: Value = a
    var exponent: Value = b
    if intSign(b) < 0 {
        base = intInverse(t, a, m)
        if base.isRaised { return base }
        exponent = intNeg(t, b)
    }
    let modulus: Value = intAbs(t, m)
    if modulus == .one { return .zero }
    base = intMod(t, base, modulus)
    if base.isRaised { return base }
    var r: Value
    if Value.bothSmallInts(base, modulus), exponent.isSmallInt {
        r = Value(smallInt: Int(bitPattern: powerModulo(UInt(base.smallInt), UInt(exponent.smallInt), UInt(modulus.smallInt))))
    } else {
        var z = __mpz_struct()
        __gmpz_init(&z)
        withLimbs(base) { bp, bn, _ in
            withLimbs(exponent) { ep, en, _ in
                withLimbs(modulus) { mp, mn, _ in
                    var zb = view(bp, bn, false)
                    var ze = view(ep, en, false)
                    var zm = view(mp, mn, false)
                    longWork(t, mn &* mn &* en &* 64) { __gmpz_powm(&z, &zb, &ze, &zm) }
                }
            }
        }
        r = takeMPZ(t, &z)
        if r.isRaised { return r }
    }
    return intSign(m) < 0 && r != .zero ? intAdd(t, r, m) : r
}

private func powerModulo(_ base: UInt, _ exponent: UInt, _ modulus: UInt) -> UInt {
    var result: UInt = 1 % modulus
    var square: UInt = base
    var e: UInt = exponent
    while e != 0 {
        if e & 1 != 0 { result = modulus.dividingFullWidth(result.multipliedFullWidth(by: square)).remainder }
        e >>= 1
        if e != 0 { square = modulus.dividingFullWidth(square.multipliedFullWidth(by: square)).remainder }
    }
    return result
}

/// The inverse of a modulo m; ValueError when there is none.
private func intInverse(_ t: Thread, _ a: Value, _ m: Value) -> Value {
    var z = __mpz_struct()
    __gmpz_init(&z)
    let found: Int32 = withLimbs(a) { ap, an, aNegative in
        withLimbs(m) { mp, mn, _ in
            var za = view(ap, an, aNegative)
            var zm = view(mp, mn, false)
            return longWork(t, mn &* mn) { __gmpz_invert(&z, &za, &zm) }
        }
    }
    if found == 0 {
        __gmpz_clear(&z)
        // Modulo 1 everything is its own inverse.
        if intAbs(t, m) == .one { return .zero }
        return fail(t, .valueError, "base is not invertible for the given modulus")
    }
    return takeMPZ(t, &z)
}

/// The greatest common divisor, never negative.
public func intGCD(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if Value.bothSmallInts(a, b) {
        var x: UInt = a.smallInt.magnitude
        var y: UInt = b.smallInt.magnitude
        while y != 0 { (x, y) = (y, x % y) }
        return makeInt(t, x)
    }
    var z = __mpz_struct()
    __gmpz_init(&z)
    withLimbs(a) { ap, an, _ in
        withLimbs(b) { bp, bn, _ in
            var za = view(ap, an, false)
            var zb = view(bp, bn, false)
            longWork(t, an &* bn) { __gmpz_gcd(&z, &za, &zb) }
        }
    }
    return takeMPZ(t, &z)
}

/// floor(sqrt(a)) for a >= 0.
public func intSquareRoot(_ t: Thread, _ a: Value) -> Value {
    if a == .zero { return a }
    return withLimbs(a) { p, n, _ in
        let half: Int = (n + 1) / 2
        let r: Value = newIntCell(t, half)
        if r.isRaised { return r }
        let rp = r.intLimbs
        _ = longWork(t, n &* n) { __gmpn_sqrtrem(rp, nil, p, n) }
        return finishInt(r, half, negative: false)
    }
}

/// n! for n >= 0.
public func intFactorial(_ t: Thread, _ n: Int) -> Value {
    // log2(n!) < n log2(n)
    let bits: Double = Double(n) * log2(Double(max(n, 2)))
    if bits / 64 > Double(maximumLimbs) { return failMemory(t) }
    var z = __mpz_struct()
    __gmpz_init(&z)
    longWork(t, n &* 4) { __gmpz_fac_ui(&z, UInt(n)) }
    return takeMPZ(t, &z)
}

/// The binomial coefficient for n >= 0, 0 <= k <= n of any size with k in a word.
public func intBinomial(_ t: Thread, _ n: Value, _ k: Int) -> Value {
    let bits: Double = Double(intBitLength(n)) * Double(k)
    if bits / 64 > Double(maximumLimbs) { return failMemory(t) }
    var z = __mpz_struct()
    __gmpz_init(&z)
    withLimbs(n) { p, count, _ in
        var zn = view(p, count, false)
        longWork(t, count &* k) { __gmpz_bin_ui(&z, &zn, UInt(k)) }
    }
    return takeMPZ(t, &z)
}
