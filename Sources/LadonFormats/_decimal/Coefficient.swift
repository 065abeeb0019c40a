// Coefficients: nonnegative integers, in two words while they fit, in GMP's memory otherwise.

import CGMP
import Glibc

/// What dropping digits left behind, beside half a unit of the last digit kept.
enum Remainder: Int {
    case nothing, belowHalf, half, aboveHalf
}

struct Coefficient {
    /// The value, unless `big` has it.
    var low: UInt128
    /// At least 2^128.
    var big: BigInteger?

    @inline(__always) init(_ low: UInt128) { self.low = low; big = nil }
    @inline(__always) init(_ n: Int) { self.init(UInt128(UInt(bitPattern: n))) }

    /// Takes over a number that its maker doesn't change any more.
    init(_ n: BigInteger) {
        let size: Int = n.size
        if size > 2 {
            low = 0
            big = n
        } else {
            let p: UnsafeMutablePointer<UInt>? = n.z.pointee._mp_d
            low = size == 0 ? 0 : UInt128(p.unsafelyUnwrapped[0])
            if size == 2 { low |= UInt128(p.unsafelyUnwrapped[1]) << 64 }
            big = nil
            withExtendedLifetime(n) {}
        }
    }

    init(limbs: UnsafePointer<UInt>, count: Int) {
        var n: Int = count
        while n > 0 && limbs[n - 1] == 0 { n -= 1 }
        if n > 2 {
            self.init(BigInteger.make(limbs: limbs, count: n))
        } else {
            self.init((n > 0 ? UInt128(limbs[0]) : 0) | (n > 1 ? UInt128(limbs[1]) << 64 : 0))
        }
    }

    static var zero: Coefficient { Coefficient(UInt128(0)) }
    static var one: Coefficient { Coefficient(UInt128(1)) }

    @inline(__always) var isZero: Bool { low == 0 && big == nil }
    @inline(__always) var isSmall: Bool { big == nil }
    var isOdd: Bool {
        guard let big else { return low & 1 != 0 }
        return big.z.pointee._mp_d[0] & 1 != 0
    }

    /// Decimal digits; 1 for 0.
    @inline(__always) var digits: Int {
        guard let big else { return digitCount(low) }
        return countDigits(big)
    }

    /// Calls `body` with a read-only view.
    @inline(__always) func withInteger<R>(_ body: (inout __mpz_struct) -> R) -> R {
        if let big {
            var view: __mpz_struct = big.z.pointee
            let r: R = body(&view)
            withExtendedLifetime(big) {}
            return r
        }
        var words: (UInt, UInt) = (UInt(truncatingIfNeeded: low), UInt(truncatingIfNeeded: low >> 64))
        let size: Int32 = words.1 != 0 ? 2 : words.0 != 0 ? 1 : 0
        return withUnsafeMutablePointer(to: &words) { p -> R in
            let limbs = UnsafeMutableRawPointer(p).assumingMemoryBound(to: UInt.self)
            var view = __mpz_struct(_mp_alloc: 0, _mp_size: size, _mp_d: limbs)
            return body(&view)
        }
    }

    // MARK: arithmetic

    static func + (a: Coefficient, b: Coefficient) -> Coefficient {
        if a.big == nil && b.big == nil {
            let sum = a.low.addingReportingOverflow(b.low)
            if !sum.overflow { return Coefficient(sum.partialValue) }
        }
        let n = BigInteger.make()
        a.withInteger { x in b.withInteger { y in __gmpz_add(n.z, &x, &y) } }
        return Coefficient(n)
    }

    /// a >= b.
    static func - (a: Coefficient, b: Coefficient) -> Coefficient {
        if a.big == nil && b.big == nil { return Coefficient(a.low &- b.low) }
        let n = BigInteger.make()
        a.withInteger { x in b.withInteger { y in __gmpz_sub(n.z, &x, &y) } }
        return Coefficient(n)
    }

    static func * (a: Coefficient, b: Coefficient) -> Coefficient {
        if a.big == nil && b.big == nil && a.low.leadingZeroBitCount + b.low.leadingZeroBitCount >= 128 {
            return Coefficient(a.low &* b.low)
        }
        let n = BigInteger.make()
        a.withInteger { x in b.withInteger { y in __gmpz_mul(n.z, &x, &y) } }
        return Coefficient(n)
    }

    /// -1, 0, 1.
    static func order(_ a: Coefficient, _ b: Coefficient) -> Int {
        if a.big == nil && b.big == nil { return a.low < b.low ? -1 : a.low == b.low ? 0 : 1 }
        if a.big == nil { return -1 }
        if b.big == nil { return 1 }
        let c: Int32 = a.withInteger { x in b.withInteger { y in __gmpz_cmp(&x, &y) } }
        return c < 0 ? -1 : c == 0 ? 0 : 1
    }

    /// Times 10^k; k >= 0, checked for size.
    func scaled(_ k: Int) -> Coefficient {
        if k == 0 || isZero { return self }
        if big == nil && k <= widestPower && digitCount(low) + k <= widestPower { return Coefficient(low &* tenTo(k)) }
        let n = BigInteger.make()
        if k <= wordPower {
            withInteger { x in __gmpz_mul_ui(n.z, &x, UInt(truncatingIfNeeded: tenTo(k))) }
        } else {
            withInteger { x in withTenTo(k) { p in __gmpz_mul(n.z, &x, &p) } }
        }
        return Coefficient(n)
    }

    /// Quotient and remainder; the divisor isn't 0.
    func divided(by d: Coefficient) -> (quotient: Coefficient, remainder: Coefficient) {
        if d.big == nil {
            if big == nil {
                let q: UInt128 = quotient(low, d.low)
                return (Coefficient(q), Coefficient(low &- q &* d.low))
            }
        } else if big == nil {
            return (.zero, self)
        }
        let q = BigInteger.make()
        if d.big == nil && d.low >> 64 == 0 {
            let r: UInt = withInteger { x in __gmpz_tdiv_q_ui(q.z, &x, UInt(truncatingIfNeeded: d.low)) }
            return (Coefficient(q), Coefficient(UInt128(r)))
        }
        let r = BigInteger.make()
        withInteger { x in d.withInteger { y in __gmpz_tdiv_qr(q.z, r.z, &x, &y) } }
        return (Coefficient(q), Coefficient(r))
    }

    /// Without its last k digits.
    func dropping(_ k: Int) -> (Coefficient, Remainder) {
        if k <= 0 { return (self, .nothing) }
        if isZero { return (self, .nothing) }
        if big == nil {
            // Two words hold less than half of 10^39.
            if k > widestPower { return (.zero, .belowHalf) }
            let power: UInt128 = tenTo(k)
            let q: UInt128 = quotient(low, power)
            let r: UInt128 = low &- q &* power
            if r == 0 { return (Coefficient(q), .nothing) }
            let twice: UInt128 = r &<< 1
            return (Coefficient(q), twice < power ? .belowHalf : twice == power ? .half : .aboveHalf)
        }
        if k > digits { return (.zero, .belowHalf) }
        if k <= wordPower {
            let q = BigInteger.make()
            let power = UInt(truncatingIfNeeded: tenTo(k))
            let r: UInt = withInteger { x in __gmpz_tdiv_q_ui(q.z, &x, power) }
            let rest: Remainder = r == 0 ? .nothing : r < power - r ? .belowHalf : r == power - r ? .half : .aboveHalf
            return (Coefficient(q), rest)
        }
        let q = BigInteger.make(), r = BigInteger.make()
        let c: Int32 = withInteger { x in
            withTenTo(k) { p -> Int32 in
                __gmpz_tdiv_qr(q.z, r.z, &x, &p)
                __gmpz_mul_2exp(r.z, r.z, 1)
                return __gmpz_cmp(r.z, &p)
            }
        }
        if r.size == 0 { return (Coefficient(q), .nothing) }
        return (Coefficient(q), c < 0 ? .belowHalf : c == 0 ? .half : .aboveHalf)
    }

    /// Strips up to `most` zeros from the end; how many.
    func strippingZeros(_ most: Int) -> (Coefficient, Int) {
        if most <= 0 || isZero { return (self, 0) }
        var count: Int = 0
        var rest: Coefficient = self
        if rest.big != nil {
            // As many zeros as factors of two at most: steps that double, then halve.
            let twos: Int = rest.withInteger { z in Int(__gmpz_scan1(&z, 0)) }
            var limit: Int = min(most, twos)
            var step: Int = 16
            while rest.big != nil && limit - count > 0 && step > 0 {
                let k: Int = min(step, limit - count)
                let (q, r) = rest.dropping(k)
                if r == .nothing {
                    rest = q
                    count += k
                    step *= 2
                } else {
                    limit = min(limit, count + k - 1)
                    step = k / 2
                }
            }
            if rest.big != nil { return (rest, count) }
        }
        var n: UInt128 = rest.low
        while count < most && n.trailingZeroBitCount > 0 {
            let limit: Int = min(most - count, min(n.trailingZeroBitCount, widestPower))
            var k: Int = 1
            while k * 2 <= limit { k *= 2 }
            var found = false
            while k > 0 {
                let q: UInt128 = quotient(n, tenTo(k))
                if q &* tenTo(k) == n {
                    n = q
                    count += k
                    found = true
                    break
                }
                k >>= 1
            }
            if !found { break }
        }
        return (Coefficient(n), count)
    }

    /// The remainder by a small number.
    func modulo(_ d: UInt) -> UInt {
        guard let big else { return UInt(truncatingIfNeeded: low % UInt128(d)) }
        var view: __mpz_struct = big.z.pointee
        let r: UInt = __gmpz_fdiv_ui(&view, d)
        withExtendedLifetime(big) {}
        return r
    }

    /// floor(sqrt), and whether it is exact.
    func squareRoot() -> (Coefficient, Bool) {
        let q = BigInteger.make(), r = BigInteger.make()
        withInteger { x in __gmpz_sqrtrem(q.z, r.z, &x) }
        return (Coefficient(q), r.size == 0)
    }

    /// The value as an Int, if it fits.
    var word: Int? { big == nil && low <= UInt128(Int.max) ? Int(truncatingIfNeeded: low) : nil }
}

/// n modulo 5; 2^64 is 1 modulo 5.
@inline(__always) func moduloFive(_ n: UInt128) -> UInt64 {
    (UInt64(truncatingIfNeeded: n) % 5 + UInt64(truncatingIfNeeded: n >> 64) % 5) % 5
}

/// a / b, by a machine division where that does.
@inline(__always) func quotient(_ a: UInt128, _ b: UInt128) -> UInt128 {
    if b >> 64 == 0 {
        let d = UInt64(truncatingIfNeeded: b)
        let high = UInt64(truncatingIfNeeded: a >> 64), low = UInt64(truncatingIfNeeded: a)
        if high == 0 { return UInt128(low / d) }
        let top: UInt64 = high / d
        let rest: UInt64 = high &- top &* d
        return UInt128(top) << 64 | UInt128(d.dividingFullWidth((rest, low)).quotient)
    }
    return a / b
}

private func countDigits(_ n: BigInteger) -> Int {
    if n.header != 0 { return n.header }
    // Between two powers of two that have equally many digits there is nothing to look at.
    let bits: Double = Double(__gmpz_sizeinbase(n.z, 2)) * 0.30102999566398119521
    let most: Int = Int(bits + 1e-6) + 1
    if Int(bits - 0.30103 - 1e-6) + 1 == most {
        n.header = most
        return most
    }
    var exponent: Int = 0
    var view: __mpz_struct = n.z.pointee
    let mantissa: Double = __gmpz_get_d_2exp(&exponent, &view)
    // The error is far below 10^-5 for every number that memory can hold.
    let logarithm: Double = log10(mantissa) + Double(exponent) * 0.30102999566398119521
    let nearest: Double = logarithm.rounded()
    var count = Int(logarithm) + 1
    if abs(logarithm - nearest) < 1e-5 {
        let order: Int32 = withTenTo(Int(nearest)) { __gmpz_cmp(&view, &$0) }
        count = order >= 0 ? Int(nearest) + 1 : Int(nearest)
    }
    n.header = count
    withExtendedLifetime(n) {}
    return count
}
