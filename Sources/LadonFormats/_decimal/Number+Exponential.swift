// Square root, exponential and logarithms, correctly rounded, ties to even, whatever the context's rounding.

import CGMP
import Glibc

extension Number {
    func squareRoot(_ given: Rules, _ status: inout Conditions) -> Number {
        let rules: Rules = given.with(.halfEven)
        if isSpecial {
            if let n = Number.nanResult(self, rules, &status) { return n }
            return isNegative ? invalid(&status) : self
        }
        if coefficient.isZero { return Number.zero(exponent >> 1, negative: isNegative).finished(rules, &status) }
        if isNegative { return invalid(&status) }
        let half: Int = exponent >> 1
        let c: Coefficient = exponent & 1 != 0 ? coefficient.scaled(1) : coefficient
        let shift: Int = rules.precision + 1 - (c.digits + 1) / 2
        if shift >= 0 {
            let (root, isExact) = c.squareRoot()
            if isExact { return Number(root, half).finished(rules, &status) }
        }
        if !hasRoom(c.digits + 2 * abs(shift), &status) { return .nan }
        let scaled: Coefficient, cut: Remainder
        if shift >= 0 {
            (scaled, cut) = (c.scaled(2 * shift), .nothing)
        } else {
            (scaled, cut) = c.dropping(-2 * shift)
        }
        var (root, isExact) = scaled.squareRoot()
        if isExact && cut == .nothing {
            root = shift >= 0 ? root.dropping(shift).0 : root.scaled(-shift)
            return Number(root, half).finished(rules, &status)
        }
        if root.modulo(5) == 0 { root = root + .one }
        return Number(root, half - shift).finished(rules, &status)
    }

    /// Rounds an irrational number that lies within `error` units of the coefficient's last digit of it; nil: that isn't enough to know.
    private static func settle(_ c: Coefficient, _ exponent: Int, negative: Bool, error: Int, _ rules: Rules,
        _ status: inout Conditions) -> Number? {
        let margin = Coefficient(error)
        if Coefficient.order(c, margin) <= 0 { return nil }
        var lowStatus: Conditions = [], highStatus: Conditions = []
        // A digit more, so that neither looks exact.
        let low = Number((c - margin).scaled(1) + .one, exponent - 1, negative: negative).finished(rules, &lowStatus)
        let high = Number((c + margin).scaled(1) + .one, exponent - 1, negative: negative).finished(rules, &highStatus)
        if low.kind != high.kind || low.exponent != high.exponent || lowStatus != highStatus { return nil }
        if Coefficient.order(low.coefficient, high.coefficient) != 0 { return nil }
        status.formUnion(lowStatus)
        return low
    }

    // MARK: exp

    func exponential(_ given: Rules, _ status: inout Conditions) -> Number {
        let rules: Rules = given.with(.halfEven)
        if isSpecial {
            if let n = Number.nanResult(self, rules, &status) { return n }
            return isNegative ? .zero() : self
        }
        if coefficient.isZero { return .one }
        let size: Int = adjusted
        // Beyond every exponent.
        if size > 19 { return (isNegative ? Number(.one, rules.tiny - 2) : Number(.one, rules.emax + 1)).finished(rules, &status) }
        if !hasRoom(rules.precision, &status) { return .nan }
        if size <= -rules.precision - 4 {
            // Next to 1, which is neither subnormal nor anything else but rounded.
            status.formUnion([.inexact, .rounded])
            return Number(Coefficient.one.scaled(rules.precision - 1), 1 - rules.precision).finished(rules, &status)
        }
        let tens: Double = approximation / 2.302585092994046
        if tens > Double(rules.emax) * (1 + 1e-12) + 3 { return Number(.one, rules.emax + 1).finished(rules, &status) }
        if tens < Double(rules.tiny) * (1 + 1e-12) - 3 { return Number(.one, rules.tiny - 2).finished(rules, &status) }
        var guardDigits: Int = 6
        while true {
            let digits: Int = rules.precision + guardDigits
            let (c, e) = exponentialDigits(digits)
            if let r = Number.settle(c, e, negative: false, error: 2, rules, &status) { return r }
            guardDigits *= 2
        }
    }

    /// The value as a double, roughly; of a finite number of no more than 20 digits before the point.
    private var approximation: Double {
        let d: Int = coefficient.digits
        let head: Coefficient = d > 18 ? coefficient.dropping(d - 18).0 : coefficient
        let value: Double = Double(UInt64(truncatingIfNeeded: head.low)) * pow(10, Double(exponent + max(d - 18, 0)))
        return isNegative ? -value : value
    }

    /// exp as a coefficient of `digits` digits (or one more) and an exponent, less than two units off.
    private func exponentialDigits(_ digits: Int) -> (Coefficient, Int) {
        let bits: Int = FixedPoint.bits(digits) + 24
        // Digits of the operand that lie below all that matters.
        let lowest: Int = -digits - 8
        let cut: Int = max(lowest - exponent, 0)
        let c: Coefficient = cut > 0 ? coefficient.dropping(cut).0 : coefficient
        // |x| < 10^20: so many bits more where ln(10) is multiplied.
        let x: BigInteger = FixedPoint.scaled(c, exponent + cut, bits + 72)
        if isNegative { __gmpz_neg(x.z, x.z) }
        let ten: BigInteger = FixedPoint.logarithmOfTen(bits + 72)
        let k = BigInteger.make(), r = BigInteger.make()
        __gmpz_fdiv_qr(k.z, r.z, x.z, ten.z)
        __gmpz_fdiv_q_2exp(r.z, r.z, 72)
        let m: BigInteger = FixedPoint.exponential(r, bits)
        return (FixedPoint.digits(m, bits, digits - 1), Int(__gmpz_get_si(k.z)) - (digits - 1))
    }

    // MARK: ln and log10

    func naturalLogarithm(_ given: Rules, _ status: inout Conditions) -> Number { logarithm(given, decimal: false, &status) }
    func decimalLogarithm(_ given: Rules, _ status: inout Conditions) -> Number { logarithm(given, decimal: true, &status) }

    private func logarithm(_ given: Rules, decimal: Bool, _ status: inout Conditions) -> Number {
        let rules: Rules = given.with(.halfEven)
        if isSpecial {
            if let n = Number.nanResult(self, rules, &status) { return n }
            return isNegative ? invalid(&status) : self
        }
        if coefficient.isZero { return .infinity(true) }
        if isNegative { return invalid(&status) }
        let (stripped, zeros) = coefficient.strippingZeros(Int.max)
        if stripped.big == nil && stripped.low == 1 {
            // A power of ten.
            if decimal { return Number(exponent + zeros).finished(rules, &status) }
            if exponent + zeros == 0 { return .zero() }
        }
        if !hasRoom(rules.precision, &status) { return .nan }
        // x = m * 10^k with m between 0.316 and 3.16; where k is 0, ln loses as many digits as m has after "1.", or "0.", zeros or nines.
        let digits: Int = coefficient.digits
        let lead: UInt128 = (digits > 4 ? coefficient.dropping(digits - 4).0 : coefficient.scaled(4 - digits)).low
        let shift: Int = lead >= 3162 ? digits : digits - 1
        let k: Int = exponent + shift
        var lost: Int = 0
        if k == 0 {
            let one: Coefficient = Coefficient.one.scaled(shift)
            let away: Coefficient = Coefficient.order(coefficient, one) >= 0 ? coefficient - one : one - coefficient
            lost = max(shift - away.digits + 1, 0)
        }
        if !hasRoom(rules.precision + 2 * lost, &status) { return .nan }
        var guardDigits: Int = 6
        while true {
            let wanted: Int = rules.precision + guardDigits
            let (c, negative) = logarithmDigits(wanted + lost, shift, k, decimal)
            if let r = Number.settle(c, -(wanted + lost), negative: negative, error: 2, rules, &status) { return r }
            guardDigits *= 2
        }
    }

    /// |ln(m * 10^k)| or |log10|, times 10^digits, less than two units off, and the sign. m is the coefficient with the point before
    /// `shift` digits.
    private func logarithmDigits(_ digits: Int, _ shift: Int, _ k: Int, _ decimal: Bool) -> (Coefficient, Bool) {
        // k has at most 64 bits.
        let bits: Int = FixedPoint.bits(digits) + 96
        let cut: Int = max(shift - digits - 8, 0)
        let c: Coefficient = cut > 0 ? coefficient.dropping(cut).0 : coefficient
        let m: BigInteger = FixedPoint.scaled(c, cut - shift, bits)
        let sum: BigInteger = FixedPoint.logarithm(m, bits)
        let ten: BigInteger = FixedPoint.logarithmOfTen(bits)
        let tens = BigInteger.make()
        if decimal {
            __gmpz_mul_2exp(sum.z, sum.z, UInt(bits))
            __gmpz_fdiv_q(sum.z, sum.z, ten.z)
            __gmpz_set_si(tens.z, k)
            __gmpz_mul_2exp(tens.z, tens.z, UInt(bits))
        } else {
            __gmpz_mul_si(tens.z, ten.z, k)
        }
        __gmpz_add(sum.z, sum.z, tens.z)
        return (FixedPoint.digits(sum, bits, digits), sum.size < 0)
    }
}
