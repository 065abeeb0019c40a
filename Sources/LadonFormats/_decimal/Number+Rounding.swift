// Rounding a result to its context: precision, exponent range, clamping.

extension Rounding {
    /// Whether the digits kept go up by one.
    @inline(__always) func goesUp(_ kept: Coefficient, _ rest: Remainder, negative: Bool) -> Bool {
        if rest == .nothing { return false }
        switch self {
        case .up: return true
        case .down: return false
        case .ceiling: return !negative
        case .floor: return negative
        case .halfUp: return rest.rawValue >= Remainder.half.rawValue
        case .halfDown: return rest == .aboveHalf
        case .halfEven: return rest == .aboveHalf || (rest == .half && kept.isOdd)
        case .zeroFiveUp: return kept.modulo(5) == 0
        }
    }
}

extension Number {
    /// Gives the exact (or sticky) result the form that the rules ask for.
    @inline(__always) mutating func finish(_ rules: Rules, _ status: inout Conditions) {
        if kind == .finite && coefficient.isSmall {
            let digits: Int = digitCount(coefficient.low)
            let adjusted: Int = exponent + digits - 1
            if digits <= rules.precision && exponent >= rules.tiny && adjusted <= rules.emax && adjusted >= rules.emin && !rules.clamp { return }
        }
        finishSlowly(rules, &status)
    }

    @inline(never) mutating func finishSlowly(_ rules: Rules, _ status: inout Conditions) {
        switch kind {
        case .infinity: return
        case .quietNaN, .signalingNaN: shortenPayload(rules)
        case .finite:
            fitExponent(rules, &status)
            if kind == .finite { fitPrecision(rules, &status) }
        }
    }

    /// A NaN's payload has room for the precision's digits, one less when clamping.
    mutating func shortenPayload(_ rules: Rules) {
        let room: Int = rules.precision - (rules.clamp ? 1 : 0)
        if coefficient.digits > room {
            if room == 0 { coefficient = .zero; return }
            let (high, _) = coefficient.dropping(room)
            coefficient = coefficient - high.scaled(room)
        }
    }

    private mutating func fitExponent(_ rules: Rules, _ status: inout Conditions) {
        let adjusted: Int = self.adjusted
        if adjusted > rules.emax {
            if coefficient.isZero {
                exponent = rules.emax
                if rules.clamp { exponent -= rules.precision - 1 }
                status.insert(.clamped)
            } else {
                overflow(rules, &status)
            }
        } else if rules.clamp && exponent > rules.top {
            let shift: Int = exponent - rules.top
            if !coefficient.isZero && !hasRoom(coefficient.digits + shift, &status) { self = .nan; return }
            coefficient = coefficient.scaled(shift)
            exponent -= shift
            status.insert(.clamped)
            if !coefficient.isZero && adjusted < rules.emin { status.insert(.subnormal) }
        } else if adjusted < rules.emin {
            let tiny: Int = rules.tiny
            if coefficient.isZero {
                if exponent < tiny {
                    exponent = tiny
                    status.insert(.clamped)
                }
                return
            }
            status.insert(.subnormal)
            if exponent < tiny {
                let (kept, rest) = coefficient.dropping(tiny - exponent)
                coefficient = rules.rounding.goesUp(kept, rest, negative: isNegative) ? kept + .one : kept
                exponent = tiny
                status.insert(.rounded)
                if rest != .nothing {
                    status.formUnion([.inexact, .underflow])
                    if coefficient.isZero { status.insert(.clamped) }
                }
            }
        }
    }

    private mutating func overflow(_ rules: Rules, _ status: inout Conditions) {
        status.formUnion([.overflow, .inexact, .rounded])
        let staysFinite: Bool
        switch rules.rounding {
        case .halfUp, .halfEven, .halfDown, .up: staysFinite = false
        case .down, .zeroFiveUp: staysFinite = true
        case .ceiling: staysFinite = isNegative
        case .floor: staysFinite = !isNegative
        }
        if !staysFinite {
            self = .infinity(isNegative)
        } else if hasRoom(rules.precision, &status) {
            coefficient = Number.nines(rules.precision)
            exponent = rules.emax - rules.precision + 1
        } else {
            self = .nan
        }
    }

    /// So many nines.
    static func nines(_ count: Int) -> Coefficient { Coefficient.one.scaled(count) - .one }

    private mutating func fitPrecision(_ rules: Rules, _ status: inout Conditions) {
        let digits: Int = coefficient.digits
        if digits <= rules.precision { return }
        let shift: Int = digits - rules.precision
        let (kept, rest) = coefficient.dropping(shift)
        exponent += shift
        coefficient = kept
        status.insert(.rounded)
        if rest != .nothing { status.insert(.inexact) }
        if rules.rounding.goesUp(kept, rest, negative: isNegative) {
            coefficient = kept + .one
            if coefficient.digits > rules.precision {
                coefficient = coefficient.dropping(1).0
                exponent += 1
                fitExponent(rules, &status)
            }
        }
    }

    func finished(_ rules: Rules, _ status: inout Conditions) -> Number {
        var n = self
        n.finish(rules, &status)
        return n
    }

    /// The value with another exponent, rounded if digits are lost; no other limits. Finite only, checked for size.
    func withExponent(_ wanted: Int, _ rounding: Rounding, _ status: inout Conditions) -> Number {
        var n = self
        n.exponent = wanted
        if coefficient.isZero { return n }
        if wanted <= exponent {
            n.coefficient = coefficient.scaled(exponent - wanted)
            return n
        }
        let (kept, rest) = coefficient.dropping(wanted - exponent)
        n.coefficient = rounding.goesUp(kept, rest, negative: isNegative) ? kept + .one : kept
        status.insert(.rounded)
        if rest != .nothing { status.insert(.inexact) }
        return n
    }

    // MARK: NaN operands

    /// The result of an operation with a NaN among its operands; nil if there is none. Signaling ones come first.
    static func nanResult(_ a: Number, _ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number? {
        if !a.isNaN && !b.isNaN { return nil }
        let choice: Number = a.isSignaling ? a : b.isSignaling ? b : a.isNaN ? a : b
        return choice.quieted(rules, &status)
    }
    static func nanResult(_ a: Number, _ rules: Rules, _ status: inout Conditions) -> Number? {
        a.isNaN ? a.quieted(rules, &status) : nil
    }
    static func nanResult(_ a: Number, _ b: Number, _ c: Number, _ rules: Rules, _ status: inout Conditions) -> Number? {
        if !a.isNaN && !b.isNaN && !c.isNaN { return nil }
        let choice: Number = a.isSignaling ? a : b.isSignaling ? b : c.isSignaling ? c : a.isNaN ? a : b.isNaN ? b : c
        return choice.quieted(rules, &status)
    }

    private func quieted(_ rules: Rules, _ status: inout Conditions) -> Number {
        if isSignaling { status.insert(.invalidOperation) }
        var n = self
        n.kind = .quietNaN
        n.shortenPayload(rules)
        return n
    }
}
