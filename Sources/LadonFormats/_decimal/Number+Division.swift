// Quotients, integer quotients and remainders.

import CGMP

extension Number {
    func over(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        let negative: Bool = isNegative != b.isNegative
        if isSpecial || b.isSpecial {
            if let n = Number.nanResult(self, b, rules, &status) { return n }
            if isInfinite { return b.isInfinite ? invalid(&status) : .infinity(negative) }
            status.insert(.clamped)
            return .zero(rules.tiny, negative: negative)
        }
        if b.coefficient.isZero {
            if coefficient.isZero { return invalid(&status, .divisionUndefined) }
            status.insert(.divisionByZero)
            return .infinity(negative)
        }
        let ideal: Int = exponent - b.exponent
        if coefficient.isZero { return Number.zero(ideal, negative: negative).finished(rules, &status) }
        let aDigits: Int = coefficient.digits, bDigits: Int = b.coefficient.digits
        let shift: Int = bDigits - aDigits + rules.precision + 1
        // An exact quotient has at most this many digits: no need to go to the end of a very large precision for it.
        let enough: Int = aDigits + 4 * bDigits + 4
        if rules.precision > 2 * enough {
            let (q, isExact) = ratio(b, bDigits - aDigits + enough + 1, negative, &status)
            if isExact || status.contains(.noMemory) { return q.finished(rules, &status) }
        }
        if let r = roundedQuotient(b, rules, negative, &status) { return r }
        return ratio(b, shift, negative, &status).0.finished(rules, &status)
    }

    /// self * 10^shift / b, exact with the exponent next to the ideal one, or with a last digit that is neither 0 nor 5.
    @inline(__always)
    private func ratio(_ b: Number, _ shift: Int, _ negative: Bool, _ status: inout Conditions) -> (Number, Bool) {
        let ideal: Int = exponent - b.exponent
        var q: Coefficient, isExact: Bool
        if shift > 0, coefficient.isSmall, b.coefficient.isSmall, let (small, exact) = smallRatio(b, shift) {
            q = Coefficient(small)
            isExact = exact
        } else {
            if !hasRoom(max(coefficient.digits, b.coefficient.digits) + abs(shift), &status) { return (.nan, false) }
            let x: Coefficient = shift > 0 ? coefficient.scaled(shift) : coefficient
            let y: Coefficient = shift < 0 ? b.coefficient.scaled(-shift) : b.coefficient
            let r: Coefficient
            (q, r) = x.divided(by: y)
            isExact = r.isZero
        }
        if isExact {
            let (stripped, zeros) = q.strippingZeros(shift)
            return (Number(stripped, ideal - shift + zeros, negative: negative), true)
        }
        if q.modulo(5) == 0 { q = q + .one }
        return (Number(q, ideal - shift, negative: negative), false)
    }

    /// The quotient in machine words, and whether it is exact; nil: it takes more.
    @inline(__always)
    private func smallRatio(_ b: Number, _ shift: Int) -> (UInt128, Bool)? {
        if shift > widestPower { return nil }
        let x: UInt128 = coefficient.low, y: UInt128 = b.coefficient.low
        if digitCount(x) + shift <= widestPower {
            let scaled: UInt128 = x &* tenTo(shift)
            let q: UInt128 = quotient(scaled, y)
            return (q, q &* y == scaled)
        }
        return withUnsafeTemporaryAllocation(of: UInt.self, capacity: 4) { buffer -> (UInt128, Bool)? in
            let p = buffer.baseAddress.unsafelyUnwrapped
            multiplyWide(x, tenTo(shift), p)
            let count: Int = p[3] != 0 ? 4 : p[2] != 0 ? 3 : 2
            if count == 2 && p[1] == 0 { return nil }
            let (q, rest) = divideWide(p, count, y)
            return q.map { ($0, rest == 0) }
        }
    }

    /// Integer quotient and remainder of finite numbers, b not 0; nil: the quotient has more digits than the precision.
    private func wholeRatio(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> (Number, Number)? {
        let ideal: Int = min(exponent, b.exponent)
        let negative: Bool = isNegative != b.isNegative
        if coefficient.isZero { return (.zero(negative: negative), .zero(ideal, negative: isNegative)) }
        if adjusted < b.adjusted {
            if exponent > b.exponent {
                let shift: Int = exponent - b.exponent
                if !hasRoom(coefficient.digits + shift, &status) { return nil }
                return (.zero(negative: negative), Number(coefficient.scaled(shift), ideal, negative: isNegative))
            }
            return (.zero(negative: negative), self)
        }
        if adjusted - b.adjusted > rules.precision {
            status.insert(.divisionImpossible)
            return nil
        }
        let shift: Int = abs(exponent - b.exponent)
        if !hasRoom(max(coefficient.digits, b.coefficient.digits) + shift, &status) { return nil }
        let x: Coefficient = exponent > b.exponent ? coefficient.scaled(shift) : coefficient
        let y: Coefficient = b.exponent > exponent ? b.coefficient.scaled(shift) : b.coefficient
        let (q, r) = x.divided(by: y)
        if q.digits > rules.precision {
            status.insert(.divisionImpossible)
            return nil
        }
        return (Number(q, 0, negative: negative), Number(r, ideal, negative: isNegative))
    }

    func wholeQuotient(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        let negative: Bool = isNegative != b.isNegative
        if isSpecial || b.isSpecial {
            if let n = Number.nanResult(self, b, rules, &status) { return n }
            if isInfinite { return b.isInfinite ? invalid(&status) : .infinity(negative) }
            return .zero(negative: negative)
        }
        if b.coefficient.isZero {
            if coefficient.isZero { return invalid(&status, .divisionUndefined) }
            status.insert(.divisionByZero)
            return .infinity(negative)
        }
        guard let (q, _) = wholeRatio(b, rules, &status) else { return .nan }
        return q.finished(rules, &status)
    }

    func remainder(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if isSpecial || b.isSpecial {
            if let n = Number.nanResult(self, b, rules, &status) { return n }
            return isInfinite ? invalid(&status) : finished(rules, &status)
        }
        if b.coefficient.isZero { return invalid(&status, coefficient.isZero ? .divisionUndefined : .invalidOperation) }
        guard let (_, r) = wholeRatio(b, rules, &status) else { return .nan }
        return r.finished(rules, &status)
    }

    func quotientAndRemainder(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> (Number, Number) {
        let negative: Bool = isNegative != b.isNegative
        if isSpecial || b.isSpecial {
            if let n = Number.nanResult(self, b, rules, &status) { return (n, n) }
            if isInfinite {
                status.insert(.invalidOperation)
                return (b.isInfinite ? .nan : .infinity(negative), .nan)
            }
            return (.zero(negative: negative), finished(rules, &status))
        }
        if b.coefficient.isZero {
            if coefficient.isZero {
                status.insert(.divisionUndefined)
                return (.nan, .nan)
            }
            status.formUnion([.divisionByZero, .invalidOperation])
            return (.infinity(negative), .nan)
        }
        guard let (q, r) = wholeRatio(b, rules, &status) else { return (.nan, .nan) }
        return (q.finished(rules, &status), r.finished(rules, &status))
    }

    func remainderNear(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if isSpecial || b.isSpecial {
            if let n = Number.nanResult(self, b, rules, &status) { return n }
            return isInfinite ? invalid(&status) : finished(rules, &status)
        }
        if b.coefficient.isZero { return invalid(&status, coefficient.isZero ? .divisionUndefined : .invalidOperation) }
        let ideal: Int = min(exponent, b.exponent)
        if coefficient.isZero { return Number.zero(ideal, negative: isNegative).finished(rules, &status) }
        let difference: Int = adjusted - b.adjusted
        if difference > rules.precision { return invalid(&status, .divisionImpossible) }
        if difference <= -2 {
            let shift: Int = exponent - ideal
            if !hasRoom(coefficient.digits + shift, &status) { return .nan }
            return Number(coefficient.scaled(shift), ideal, negative: isNegative).finished(rules, &status)
        }
        let shift: Int = abs(exponent - b.exponent)
        if !hasRoom(max(coefficient.digits, b.coefficient.digits) + shift, &status) { return .nan }
        let x: Coefficient = exponent > b.exponent ? coefficient.scaled(shift) : coefficient
        let y: Coefficient = b.exponent > exponent ? b.coefficient.scaled(shift) : b.coefficient
        var (q, r) = x.divided(by: y)
        var negative: Bool = isNegative
        let order: Int = Coefficient.order(r + r, y)
        if order > 0 || (order == 0 && q.isOdd) {
            r = y - r
            q = q + .one
            negative.toggle()
        }
        if q.digits > rules.precision { return invalid(&status, .divisionImpossible) }
        return Number(r, ideal, negative: negative).finished(rules, &status)
    }
}
