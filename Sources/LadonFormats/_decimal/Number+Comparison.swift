// Order, and the operations that choose by it.

extension Number {
    /// -1, 0, 1 for numbers that are no NaN.
    static func order(_ a: Number, _ b: Number) -> Int {
        if a.isInfinite { return b.isInfinite && a.isNegative == b.isNegative ? 0 : a.isNegative ? -1 : 1 }
        if b.isInfinite { return b.isNegative ? 1 : -1 }
        let aSign: Int = a.signum, bSign: Int = b.signum
        if aSign != bSign { return aSign < bSign ? -1 : 1 }
        return aSign == 0 ? 0 : aSign * orderOfMagnitudes(a, b)
    }

    /// The same for the magnitudes of finite numbers.
    static func orderOfMagnitudes(_ a: Number, _ b: Number) -> Int {
        if a.coefficient.isZero || b.coefficient.isZero { return a.coefficient.isZero ? (b.coefficient.isZero ? 0 : -1) : 1 }
        if a.exponent == b.exponent { return Coefficient.order(a.coefficient, b.coefficient) }
        let x: Int = a.adjusted, y: Int = b.adjusted
        if x != y { return x < y ? -1 : 1 }
        // Equal positions of the first digit: the exponents differ by no more than the digits do.
        if a.exponent > b.exponent { return Coefficient.order(a.coefficient.scaled(a.exponent - b.exponent), b.coefficient) }
        return Coefficient.order(a.coefficient, b.coefficient.scaled(b.exponent - a.exponent))
    }

    /// The order of all representations: -NaN < -sNaN < -Infinity < ... -0 < 0 ... < NaN.
    static func totalOrder(_ a: Number, _ b: Number) -> Int {
        if a.isNegative != b.isNegative { return a.isNegative ? -1 : 1 }
        let sign: Int = a.isNegative ? -1 : 1
        func rank(_ n: Number) -> Int { n.kind == .quietNaN ? 3 : n.kind == .signalingNaN ? 2 : n.kind == .infinity ? 1 : 0 }
        if rank(a) != rank(b) { return rank(a) < rank(b) ? -sign : sign }
        if a.isNaN { return sign * Coefficient.order(a.coefficient, b.coefficient) }
        if a.isInfinite { return 0 }
        let order: Int = Number.order(a, b)
        if order != 0 { return order }
        return a.exponent == b.exponent ? 0 : a.exponent < b.exponent ? -sign : sign
    }

    func compared(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        Number.nanResult(self, b, rules, &status) ?? Number(Number.order(self, b))
    }

    func comparedSignaling(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if let n = Number.nanResult(self, b, rules, &status) {
            status.insert(.invalidOperation)
            return n
        }
        return Number(Number.order(self, b))
    }

    /// The larger or smaller one, by value or by magnitude; a number rather than a quiet NaN.
    func extremum(_ b: Number, larger: Bool, byMagnitude: Bool, _ rules: Rules, _ status: inout Conditions) -> Number {
        var choice: Number
        if kind == .quietNaN && !b.isNaN {
            choice = b
        } else if b.kind == .quietNaN && !isNaN {
            choice = self
        } else if let n = Number.nanResult(self, b, rules, &status) {
            return n
        } else {
            var order: Int = byMagnitude ? Number.order(magnitude, b.magnitude) : Number.order(self, b)
            if order == 0 {
                if isNegative != b.isNegative {
                    order = isNegative ? -1 : 1
                } else if exponent != b.exponent {
                    order = (exponent < b.exponent) != isNegative ? -1 : 1
                }
            }
            choice = (order < 0) == larger ? b : self
        }
        choice.finish(rules, &status)
        return choice
    }

    // MARK: neighbours

    func next(up: Bool, _ rules: Rules, _ status: inout Conditions) -> Number {
        if let n = Number.nanResult(self, rules, &status) { return n }
        if isInfinite {
            if isNegative != up { return self }
            if !hasRoom(rules.precision, &status) { return .nan }
            return Number(Number.nines(rules.precision), rules.top, negative: isNegative)
        }
        let directed: Rules = rules.with(up ? .ceiling : .floor)
        var work: Conditions = []
        let rounded: Number = finished(directed, &work)
        if work.contains(.inexact) || !work.isDisjoint(with: .errors) {
            status.formUnion(work.intersection(.errors))
            return rounded
        }
        work = []
        let least = Number(.one, directed.tiny - 1, negative: !up)
        let r: Number = plus(least, directed, &work)
        status.formUnion(work.intersection(.errors))
        return r
    }

    func next(toward b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if let n = Number.nanResult(self, b, rules, &status) { return n }
        let order: Int = Number.order(self, b)
        if order == 0 {
            var r = self
            r.isNegative = b.isNegative
            return r
        }
        let r: Number = next(up: order < 0, rules, &status)
        if r.isInfinite {
            status.formUnion([.overflow, .rounded, .inexact])
        } else if r.isFinite && r.adjusted < rules.emin {
            status.formUnion([.underflow, .subnormal, .rounded, .inexact])
            if r.isZero { status.insert(.clamped) }
        }
        return r
    }

    func hasSameQuantum(_ b: Number) -> Bool {
        if isSpecial || b.isSpecial { return isNaN && b.isNaN || isInfinite && b.isInfinite }
        return exponent == b.exponent
    }
}
