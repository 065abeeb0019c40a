// Powers. The result is that of multiplications, or of exp(y ln x), with so many more digits that it is nearly always the correctly
// rounded one; the way there is fixed, so that the same operands give the same digits everywhere.

import CGMP
import Glibc

extension Number {
    func power(_ y: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if isSpecial || y.isSpecial, let n = Number.nanResult(self, y, rules, &status) { return n }
        let isWhole: Bool = y.isInteger
        let negative: Bool = isWhole && isNegative && y.isOdd
        if isZero {
            if y.isZero { return invalid(&status) }
            return y.isNegative ? .infinity(negative) : .zero(negative: negative)
        }
        if isNegative && (!isWhole || y.isInfinite) { return invalid(&status) }
        if y.isInfinite {
            let order: Int = isInfinite ? 1 : Number.orderOfMagnitudes(self, .one)
            if order == 0 { return Number.paddedOne(rules, negative: negative, &status) }
            return (order > 0) != y.isNegative ? .infinity(negative) : .zero(negative: negative)
        }
        if isInfinite {
            if y.isZero { return Number(.one, 0, negative: negative) }
            return y.isNegative ? .zero(negative: negative) : .infinity(negative)
        }
        if y.isZero { return Number(.one, 0, negative: negative) }
        if Number.orderOfMagnitudes(self, .one) == 0 { return powerOfOne(y, isWhole, negative, rules, &status) }
        if let far = farPower(y, negative, rules, &status) { return far }
        if isWhole { return wholePower(y, negative, rules, &status) }
        // exp(y ln x)
        let work: Rules = .working(max(coefficient.digits, rules.precision) + 4 + 19)
        var inner: Conditions = []
        let logarithm: Number = naturalLogarithm(work, &inner)
        let product: Number = logarithm.times(y, work, &inner)
        var r: Number = product.exponential(work, &status)
        if inner.contains(.noMemory) || status.contains(.noMemory) { status.insert(.noMemory); return .nan }
        if r.isFinite && Number.orderOfMagnitudes(r, .one) == 0 { r = Number.paddedOne(rules, negative: false, &status) }
        if r.isInfinite { r = Number(.one, maximumExponent + 1) }
        return r.finished(rules, &status)
    }

    /// 1 with all the digits there are: an inexact power that comes to 1.
    private static func paddedOne(_ rules: Rules, negative: Bool, _ status: inout Conditions) -> Number {
        if !hasRoom(rules.precision, &status) { return .nan }
        status.formUnion([.inexact, .rounded])
        return Number(Coefficient.one.scaled(rules.precision - 1), -(rules.precision - 1), negative: negative)
    }

    /// 1.000**3 = 1.000000000, as far as the precision reaches.
    private func powerOfOne(_ y: Number, _ isWhole: Bool, _ negative: Bool, _ rules: Rules, _ status: inout Conditions) -> Number {
        if !isWhole { return Number.paddedOne(rules, negative: negative, &status) }
        if y.isNegative { return Number(.one, 0, negative: negative) }
        var zeros: Int = rules.precision
        if let n = y.word {
            let product = n.multipliedReportingOverflow(by: -exponent)
            if !product.overflow { zeros = product.partialValue }
        } else if exponent == 0 {
            zeros = 0
        }
        if zeros > rules.precision - 1 {
            zeros = rules.precision - 1
            status.insert(.rounded)
        }
        if !hasRoom(zeros, &status) { return .nan }
        return Number(Coefficient.one.scaled(max(zeros, 0)), -zeros, negative: negative)
    }

    /// The result where bounds of the logarithm's and the exponent's magnitudes already say that it is out of range: what comes out of
    /// range only on the way is rounded like an intermediate result.
    private func farPower(_ y: Number, _ negative: Bool, _ rules: Rules, _ status: inout Conditions) -> Number? {
        func digits(_ n: Int) -> Int { digitCount(UInt128(n.magnitude)) }
        // floor(log10(|log10(x)|)), or less.
        let position: Int = adjusted
        let zeta: Int
        if position > 0 {
            zeta = digits(position) - 1
        } else if position < -1 {
            zeta = digits(position + 1) - 1
        } else {
            let away: Number = magnitude.minus(.one, .widest, &status)
            if away.isSpecial { return .nan }
            zeta = away.adjusted - (position == 0 ? 2 : 1)
        }
        let bound: Int = zeta + y.adjusted
        if (position < 0) == y.isNegative {
            return digits(rules.emax) < bound ? Number(.one, maximumExponent + 1, negative: negative).finished(rules, &status) : nil
        }
        return digits(rules.tiny) < bound ? Number(.one, rules.tiny - 1, negative: negative).finished(rules, &status) : nil
    }

    private func wholePower(_ y: Number, _ negative: Bool, _ rules: Rules, _ status: inout Conditions) -> Number {
        var work: Rules = rules.with(.halfEven)
        work.precision += y.coefficient.digits + y.exponent + 2
        work.clamp = false
        if work.precision > maximumPrecision { work.precision = maximumPrecision }
        var base: Number = self
        if y.isNegative {
            work.precision += 1
            base = Number.one.over(self, work, &status)
            if status.contains(.noMemory) { return .nan }
        }
        var r: Number
        if let n = y.magnitude.word {
            r = base.repeatedly(UInt(n), work, &status)
        } else {
            r = base.repeatedly(y.magnitude, work, &status)
        }
        if status.contains(.noMemory) { return .nan }
        r.isNegative = negative
        if r.isInfinite { r = Number(.one, maximumExponent + 1, negative: negative) }
        return r.finished(rules, &status)
    }

    private func repeatedly(_ n: UInt, _ work: Rules, _ status: inout Conditions) -> Number {
        var r: Number = self
        var bit: UInt = 1 << UInt(63 - n.leadingZeroBitCount)
        bit >>= 1
        while bit != 0 {
            r = r.times(r, work, &status)
            if n & bit != 0 { r = r.times(self, work, &status) }
            if r.isSpecial || (r.coefficient.isZero && status.contains(.clamped)) || status.contains(.noMemory) { break }
            bit >>= 1
        }
        return r
    }

    /// For exponents of more than a word.
    private func repeatedly(_ y: Number, _ work: Rules, _ status: inout Conditions) -> Number {
        var n: Coefficient = y.exponent >= 0 ? y.coefficient.scaled(y.exponent) : y.coefficient.dropping(-y.exponent).0
        var r = Number.one, square: Number = self
        while !n.isZero {
            if n.isOdd {
                r = r.times(square, work, &status)
                if r.isSpecial || (r.coefficient.isZero && status.contains(.clamped)) || status.contains(.noMemory) { break }
            }
            n = n.divided(by: Coefficient(2)).quotient
            if n.isZero { break }
            square = square.times(square, work, &status)
            if square.isSpecial || (square.coefficient.isZero && status.contains(.clamped)) { return square }
        }
        return r
    }

    /// self ** y % m for integers.
    func power(_ y: Number, modulo m: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if isSpecial || y.isSpecial || m.isSpecial {
            return Number.nanResult(self, y, m, rules, &status) ?? invalid(&status)
        }
        if !isInteger || !y.isInteger || !m.isInteger || m.coefficient.isZero { return invalid(&status) }
        if m.coefficient.digits + m.exponent > rules.precision || y.isNegative && !y.coefficient.isZero { return invalid(&status) }
        let negative: Bool = isNegative && y.isOdd
        if y.coefficient.isZero {
            if coefficient.isZero { return invalid(&status) }
            return Number(Number.orderOfMagnitudes(m, .one) == 0 ? .zero : .one, 0, negative: negative)
        }
        if coefficient.isZero { return .zero(negative: negative) }
        if !hasRoom(max(m.coefficient.digits + m.exponent, y.coefficient.digits), &status) { return .nan }
        let modulus: Coefficient = m.whole
        let r = BigInteger.make()
        Number.modularPower(r, coefficientModulo(modulus), y, modulus)
        return Number(Coefficient(r), 0, negative: negative)
    }

    /// Of an integer that was checked for size: its magnitude.
    private var whole: Coefficient { exponent >= 0 ? coefficient.scaled(exponent) : coefficient.dropping(-exponent).0 }

    /// An integer's magnitude modulo m: its exponent may be huge.
    private func coefficientModulo(_ m: Coefficient) -> Coefficient {
        if exponent <= 0 { return whole.divided(by: m).remainder }
        let r = BigInteger.make()
        m.withInteger { y in
            var ten = __mpz_struct()
            __gmpz_init_set_ui(&ten, 10)
            __gmpz_powm_ui(r.z, &ten, UInt(exponent), &y)
            __gmpz_clear(&ten)
            coefficient.withInteger { x in __gmpz_mul(r.z, r.z, &x) }
            __gmpz_fdiv_r(r.z, r.z, &y)
        }
        return Coefficient(r)
    }

    /// r = x^y mod m, where y = c * 10^e: x^c, then e times the tenth power.
    private static func modularPower(_ r: BigInteger, _ x: Coefficient, _ y: Number, _ m: Coefficient) {
        let c: Coefficient = y.exponent >= 0 ? y.coefficient : y.whole
        x.withInteger { a in c.withInteger { b in m.withInteger { z in __gmpz_powm(r.z, &a, &b, &z) } } }
        var left: Int = max(y.exponent, 0)
        while left > 0 {
            m.withInteger { z in __gmpz_powm_ui(r.z, r.z, 10, &z) }
            left -= 1
        }
    }
}
