// Sums and quotients of many digits that are rounded while they are made: what would be cut off at the end is never there. They save a
// pass or two over the words; whatever isn't plain is left to the general operations.

import CGMP
import Glibc

extension Number {
    /// Whether a result with its first digit here (or one place higher) is neither subnormal nor too large.
    private static func isInside(_ rules: Rules, adjusted: Int) -> Bool {
        !rules.clamp && adjusted + 1 < rules.emax && adjusted >= rules.emin
    }

    /// The result with exactly the precision's digits, and what lies below them.
    private static func made(_ kept: Coefficient, _ exponent: Int, _ negative: Bool, _ rest: Remainder, _ rules: Rules,
                             _ status: inout Conditions) -> Number {
        status.insert(.rounded)
        var r = Number(kept, exponent, negative: negative)
        if rest == .nothing { return r }
        status.insert(.inexact)
        if rules.rounding.goesUp(kept, rest, negative: negative) {
            r.coefficient = kept + .one
            if r.coefficient.digits > rules.precision {
                r.coefficient = r.coefficient.dropping(1).0
                r.exponent += 1
            }
        }
        return r
    }

    /// self + b for finite numbers of one sign, where self has the higher exponent and the higher first digit, and b reaches below the
    /// precision. nil: it isn't so.
    func roundedSum(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number? {
        let top: Int = exponent + coefficient.digits
        let lowest: Int = top - rules.precision
        if coefficient.isZero || b.exponent >= lowest || exponent < lowest || b.exponent + b.coefficient.digits >= top { return nil }
        if !Number.isInside(rules, adjusted: top - 1) { return nil }
        if !hasRoom(rules.precision, &status) { return nil }
        let (kept, rest) = b.coefficient.dropping(lowest - b.exponent)
        let sum: Coefficient = coefficient.scaled(exponent - lowest) + kept
        // A carry at the first digit: one digit too many.
        if sum.digits != rules.precision { return nil }
        return Number.made(sum, lowest, isNegative, rest, rules, &status)
    }

    /// self / b for a dividend of many digits and a divisor of one word, unless the quotient is exact.
    func roundedQuotient(_ b: Number, _ rules: Rules, _ negative: Bool, _ status: inout Conditions) -> Number? {
        guard let x = coefficient.big, b.coefficient.isSmall, b.coefficient.low >> 64 == 0 else { return nil }
        let divisor = UInt(truncatingIfNeeded: b.coefficient.low)
        let aDigits: Int = coefficient.digits, bDigits: Int = b.coefficient.digits
        // Which mantissa is larger decides how many digits the quotient has.
        var power: Int = 0
        let first: Double = __gmpz_get_d_2exp(&power, x.z)
        let mantissa: Double = log10(first) + Double(power) * 0.30102999566398119521 - Double(aDigits)
        let difference: Double = mantissa - log10(Double(divisor)) + Double(bDigits)
        if abs(difference) < 1e-6 || aDigits > 1_000_000 { return nil }
        let shift: Int = bDigits - aDigits + rules.precision - (difference > 0 ? 1 : 0)
        let exponent: Int = self.exponent - b.exponent - shift
        if shift < 0 || !Number.isInside(rules, adjusted: exponent + rules.precision - 1) { return nil }
        if !hasRoom(aDigits + shift, &status) { return .nan }
        let (q, r) = coefficient.scaled(shift).divided(by: b.coefficient)
        if r.isZero || q.digits != rules.precision { return nil }
        let rest = UInt(truncatingIfNeeded: r.low)
        let remainder: Remainder = rest < divisor - rest ? .belowHalf : rest == divisor - rest ? .half : .aboveHalf
        return Number.made(q, exponent, negative, remainder, rules, &status)
    }
}
