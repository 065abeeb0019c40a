// Logarithms and exponentials of binary fixed-point numbers: what exp, ln, log10 and power are made of. Every function says how far
// off its result may be, so that the callers know when the digits asked for are certain.

import CGMP
import Glibc

enum FixedPoint {
    /// ln(10), kept to so many bits.
    private static let keptBits = 1024
    nonisolated(unsafe) private static var keptLogarithm: BigInteger?

    /// Called under the module's import lock, before any arithmetic.
    static func install() {
        if keptLogarithm == nil { keptLogarithm = computeLogarithmOfTen(keptBits) }
    }

    /// ln(10) * 2^bits, less than 2 off.
    static func logarithmOfTen(_ bits: Int) -> BigInteger {
        if bits > keptBits { return computeLogarithmOfTen(bits) }
        let r = BigInteger.make()
        guard let kept = keptLogarithm else { return r }
        var view: __mpz_struct = kept.z.pointee
        __gmpz_fdiv_q_2exp(r.z, &view, UInt(keptBits - bits))
        return r
    }

    /// By 46 atanh(1/31) + 34 atanh(1/49) + 20 atanh(1/161).
    private static func computeLogarithmOfTen(_ wanted: Int) -> BigInteger {
        let bits: Int = wanted + 32 + wanted.bitWidth - wanted.leadingZeroBitCount
        let sum = BigInteger.make(), part = BigInteger.make()
        for (factor, n) in [(46, 31), (34, 49), (20, 161)] as [(UInt, UInt)] {
            inverseTangent(n, bits, part)
            __gmpz_addmul_ui(sum.z, part.z, factor)
        }
        __gmpz_fdiv_q_2exp(sum.z, sum.z, UInt(bits - wanted))
        return sum
    }

    /// atanh(1/n) * 2^bits: the sum of n^-(2i+1) / (2i+1). A unit off for each of its terms, fewer than `bits`.
    private static func inverseTangent(_ n: UInt, _ bits: Int, _ sum: BigInteger) {
        let power = BigInteger.make(), term = BigInteger.make()
        __gmpz_set_ui(power.z, 1)
        __gmpz_mul_2exp(power.z, power.z, UInt(bits))
        __gmpz_tdiv_q_ui(power.z, power.z, n)
        __gmpz_set(sum.z, power.z)
        var odd: UInt = 1
        while power.size != 0 {
            __gmpz_tdiv_q_ui(power.z, power.z, n * n)
            odd += 2
            __gmpz_tdiv_q_ui(term.z, power.z, odd)
            __gmpz_add(sum.z, sum.z, term.z)
        }
    }

    /// exp(r) * 2^bits for 0 <= r * 2^-bits < 4; r is used up. Less than 2^10 off.
    static func exponential(_ r: BigInteger, _ bits: Int) -> BigInteger {
        // exp(r) = exp(r / 2^halvings)^(2^halvings); each squaring doubles the error.
        let halvings: Int = Int(Double(bits).squareRoot() * 0.7) + 2
        let work: Int = bits + 2 * halvings + 16
        __gmpz_mul_2exp(r.z, r.z, UInt(work - bits - halvings))
        let sum = BigInteger.make(), term = BigInteger.make()
        __gmpz_set_ui(sum.z, 1)
        __gmpz_mul_2exp(sum.z, sum.z, UInt(work))
        __gmpz_set(term.z, r.z)
        var n: UInt = 1
        while term.size != 0 {
            __gmpz_add(sum.z, sum.z, term.z)
            n += 1
            __gmpz_mul(term.z, term.z, r.z)
            __gmpz_fdiv_q_2exp(term.z, term.z, UInt(work))
            __gmpz_tdiv_q_ui(term.z, term.z, n)
        }
        for _ in 0 ..< halvings {
            __gmpz_mul(sum.z, sum.z, sum.z)
            __gmpz_fdiv_q_2exp(sum.z, sum.z, UInt(work))
        }
        __gmpz_fdiv_q_2exp(sum.z, sum.z, UInt(work - bits))
        return sum
    }

    /// ln(m) * 2^bits for 1/4 < m * 2^-bits < 4; m is used up. The sign is m's logarithm's. Less than 2^10 off.
    static func logarithm(_ m: BigInteger, _ bits: Int) -> BigInteger {
        // ln(m) = 2^roots ln(m^(1/2^roots)); ln(x) = 2 atanh((x - 1) / (x + 1)).
        let roots: Int = Int(Double(bits).squareRoot() * 0.5) + 2
        let work: Int = bits + roots + 24
        __gmpz_mul_2exp(m.z, m.z, UInt(work - bits))
        for _ in 0 ..< roots {
            __gmpz_mul_2exp(m.z, m.z, UInt(work))
            __gmpz_sqrt(m.z, m.z)
        }
        let one = BigInteger.make(), up = BigInteger.make(), down = BigInteger.make()
        __gmpz_set_ui(one.z, 1)
        __gmpz_mul_2exp(one.z, one.z, UInt(work))
        __gmpz_sub(up.z, m.z, one.z)
        __gmpz_add(down.z, m.z, one.z)
        __gmpz_mul_2exp(up.z, up.z, UInt(work))
        // power: the ratio's odd powers.
        let power = BigInteger.make(), square = BigInteger.make(), sum = BigInteger.make(), term = BigInteger.make()
        __gmpz_tdiv_q(power.z, up.z, down.z)
        __gmpz_mul(square.z, power.z, power.z)
        __gmpz_fdiv_q_2exp(square.z, square.z, UInt(work))
        __gmpz_set(sum.z, power.z)
        var odd: UInt = 1
        while power.size != 0 {
            __gmpz_mul(power.z, power.z, square.z)
            __gmpz_tdiv_q_2exp(power.z, power.z, UInt(work))
            odd += 2
            __gmpz_tdiv_q_ui(term.z, power.z, odd)
            __gmpz_add(sum.z, sum.z, term.z)
        }
        __gmpz_mul_2exp(sum.z, sum.z, UInt(roots + 1))
        __gmpz_fdiv_q_2exp(sum.z, sum.z, UInt(work - bits))
        return sum
    }

    /// c * 10^exponent * 2^bits, rounded down.
    static func scaled(_ c: Coefficient, _ exponent: Int, _ bits: Int) -> BigInteger {
        let r = BigInteger.make()
        if exponent >= 0 {
            c.withInteger { x in withTenTo(exponent) { p in __gmpz_mul(r.z, &x, &p) } }
            __gmpz_mul_2exp(r.z, r.z, UInt(bits))
        } else {
            c.withInteger { x in __gmpz_mul_2exp(r.z, &x, UInt(bits)) }
            withTenTo(-exponent) { p in __gmpz_fdiv_q(r.z, r.z, &p) }
        }
        return r
    }

    /// n * 10^digits / 2^bits, rounded towards 0, of n's magnitude.
    static func digits(_ n: BigInteger, _ bits: Int, _ digits: Int) -> Coefficient {
        let r = BigInteger.make()
        __gmpz_abs(r.z, n.z)
        withTenTo(digits) { p in __gmpz_mul(r.z, r.z, &p) }
        __gmpz_fdiv_q_2exp(r.z, r.z, UInt(bits))
        return Coefficient(r)
    }

    /// Bits that hold so many decimal digits.
    static func bits(_ digits: Int) -> Int { digits * 10 / 3 + 1 }
}
