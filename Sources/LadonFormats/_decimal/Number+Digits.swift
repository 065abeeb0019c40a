// Operations on representations: quantize, normalize, rounding to integers, shifts, logical operations on digits.

import CGMP

extension Number {
    func signed(minus: Bool, _ rules: Rules, _ status: inout Conditions) -> Number {
        if let n = Number.nanResult(self, rules, &status) { return n }
        var r: Number = minus ? negated : self
        if r.isZero && rules.rounding != .floor { r.isNegative = false }
        r.finish(rules, &status)
        return r
    }

    func absolute(_ rules: Rules, _ status: inout Conditions) -> Number { signed(minus: isNegative, rules, &status) }

    /// Without zeros at the end.
    func reduced(_ rules: Rules, _ status: inout Conditions) -> Number {
        if let n = Number.nanResult(self, rules, &status) { return n }
        var r: Number = finished(rules, &status)
        if r.isSpecial { return r }
        if r.coefficient.isZero { return .zero(negative: r.isNegative) }
        let highest: Int = rules.clamp ? rules.top : rules.emax
        let (stripped, zeros) = r.coefficient.strippingZeros(max(highest - r.exponent, 0))
        r.coefficient = stripped
        r.exponent += zeros
        return r
    }

    func quantized(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if isSpecial || b.isSpecial {
            if let n = Number.nanResult(self, b, rules, &status) { return n }
            return isInfinite && b.isInfinite ? self : invalid(&status)
        }
        let wanted: Int = b.exponent
        if wanted > rules.emax || wanted < rules.tiny { return invalid(&status) }
        if coefficient.isZero { return Number.zero(wanted, negative: isNegative).finished(rules, &status) }
        if coefficient.digits + exponent - wanted > rules.precision { return invalid(&status) }
        if exponent > wanted && !hasRoom(coefficient.digits + exponent - wanted, &status) { return .nan }
        var work: Conditions = []
        var r: Number = withExponent(wanted, rules.rounding, &work)
        if r.coefficient.digits > rules.precision || r.adjusted > rules.emax { return invalid(&status) }
        if !work.isEmpty { status.formUnion(work) }
        r.finish(rules, &status)
        return r
    }

    /// To an integer; `exact` tells of what was lost.
    func integral(_ rules: Rules, exact: Bool, _ status: inout Conditions) -> Number {
        if let n = Number.nanResult(self, rules, &status) { return n }
        if isInfinite || exponent >= 0 { return self }
        if coefficient.isZero { return .zero(negative: isNegative) }
        var work: Conditions = []
        let r: Number = withExponent(0, rules.rounding, &work)
        if exact { status.formUnion(work) }
        return r
    }

    func scaled(by b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if let n = Number.nanResult(self, b, rules, &status) { return n }
        if b.isInfinite || b.exponent != 0 { return invalid(&status) }
        let limit: Int = 2 * (rules.emax + rules.precision)
        guard let n = b.word, n >= -limit, n <= limit else { return invalid(&status) }
        if isInfinite { return self }
        var r = self
        r.exponent += n
        r.finish(rules, &status)
        return r
    }

    func exponentOfFirstDigit(_ rules: Rules, _ status: inout Conditions) -> Number {
        if let n = Number.nanResult(self, rules, &status) { return n }
        if isInfinite { return .infinity(false) }
        if coefficient.isZero {
            status.insert(.divisionByZero)
            return .infinity(true)
        }
        return Number(adjusted).finished(rules, &status)
    }

    // MARK: shifts

    /// How far to shift or rotate: an integer not beyond the precision.
    private func distance(_ b: Number, _ rules: Rules) -> Int? {
        if b.isInfinite || b.exponent != 0 { return nil }
        guard let n = b.word, n.magnitude <= rules.precision.magnitude else { return nil }
        return n
    }

    func shifted(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if let n = Number.nanResult(self, b, rules, &status) { return n }
        guard let n = distance(b, rules) else { return invalid(&status) }
        if isInfinite { return self }
        var r: Number = self
        if n >= 0 {
            // Digits that would be pushed out are dropped first.
            r.coefficient = r.coefficient.last(rules.precision - n)
            if !hasRoom(r.coefficient.digits + n, &status) && !r.coefficient.isZero { return .nan }
            r.coefficient = r.coefficient.scaled(n)
        } else {
            r.coefficient = r.coefficient.last(rules.precision).dropping(-n).0
        }
        return r
    }

    func rotated(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if let n = Number.nanResult(self, b, rules, &status) { return n }
        guard let n = distance(b, rules) else { return invalid(&status) }
        if isInfinite { return self }
        let left: Int = n >= 0 ? n : rules.precision + n
        let c: Coefficient = coefficient.last(rules.precision)
        if c.digits + left > 64 && !hasRoom(rules.precision, &status) { return .nan }
        let (high, _) = c.dropping(rules.precision - left)
        var r: Number = self
        r.coefficient = c.last(rules.precision - left).scaled(left) + high
        return r
    }

    // MARK: digits as bits

    enum LogicalOperation { case and, or, xor }

    /// The digits as a binary number; nil unless there are only zeros and ones.
    private func logicalBits() -> BigInteger? {
        if kind != .finite || isNegative || exponent != 0 { return nil }
        let r = BigInteger.make()
        var isLogical = true
        coefficient.withDigits { p, n in
            for i in 0 ..< n where p[i] > 49 { isLogical = false }
            if isLogical {
                let text = UnsafeMutableRawPointer(p).assumingMemoryBound(to: CChar.self)
                __gmpz_set_str(r.z, text, 2)
            }
        }
        return isLogical ? r : nil
    }

    /// The number with these digits, as many as the precision allows.
    private static func logical(_ n: BigInteger, _ rules: Rules) -> Number {
        let r = BigInteger.make()
        __gmpz_fdiv_r_2exp(n.z, n.z, UInt(rules.precision))
        // Binary digits read as decimal ones.
        let room: Int = __gmpz_sizeinbase(n.z, 2) + 2
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: room)
        __gmpz_get_str(text, 2, n.z)
        __gmpz_set_str(r.z, text, 10)
        text.deallocate()
        return Number(Coefficient(r), 0)
    }

    func logical(_ b: Number, _ operation: LogicalOperation, _ rules: Rules, _ status: inout Conditions) -> Number {
        guard let x = logicalBits(), let y = b.logicalBits() else { return invalid(&status) }
        let r = BigInteger.make()
        switch operation {
        case .and: __gmpz_and(r.z, x.z, y.z)
        case .or: __gmpz_ior(r.z, x.z, y.z)
        case .xor: __gmpz_xor(r.z, x.z, y.z)
        }
        return Number.logical(r, rules)
    }

    func logicalInverse(_ rules: Rules, _ status: inout Conditions) -> Number {
        guard let x = logicalBits() else { return invalid(&status) }
        if !hasRoom(rules.precision, &status) { return .nan }
        let ones = BigInteger.make()
        __gmpz_set_ui(ones.z, 1)
        __gmpz_mul_2exp(ones.z, ones.z, UInt(rules.precision))
        __gmpz_sub_ui(ones.z, ones.z, 1)
        __gmpz_xor(ones.z, ones.z, x.z)
        return Number.logical(ones, rules)
    }
}

extension Coefficient {
    /// The last k digits.
    func last(_ k: Int) -> Coefficient {
        if k <= 0 { return .zero }
        if digits <= k { return self }
        return self - dropping(k).0.scaled(k)
    }
}
