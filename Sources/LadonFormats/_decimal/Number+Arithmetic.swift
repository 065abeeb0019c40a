// Sums, products and fused products.

import CGMP

extension Number {
    func plus(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number { sum(b, b.isNegative, rules, &status) }
    func minus(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number { sum(b, !b.isNegative, rules, &status) }

    private func withSign(_ negative: Bool) -> Number {
        var n = self
        n.isNegative = negative
        return n
    }

    /// self + b, where b counts with this sign.
    @inline(__always)
    private func sum(_ b: Number, _ bNegative: Bool, _ rules: Rules, _ status: inout Conditions) -> Number {
        if isSpecial || b.isSpecial {
            if let n = Number.nanResult(self, b, rules, &status) { return n }
            if isInfinite { return b.isInfinite && isNegative != bNegative ? invalid(&status) : self }
            return .infinity(bNegative)
        }
        if isNegative == bNegative && (coefficient.big != nil || b.coefficient.big != nil) {
            let r: Number? = exponent > b.exponent ? roundedSum(b, rules, &status) : b.withSign(bNegative).roundedSum(self, rules, &status)
            if let r { return r }
        }
        var r: Number = exactSum(b, bNegative, rules, &status)
        r.finish(rules, &status)
        return r
    }

    /// The sum of finite numbers, exact or so that rounding it to the rules' precision gives the same.
    @inline(__always)
    private func exactSum(_ b: Number, _ bNegative: Bool, _ rules: Rules, _ status: inout Conditions) -> Number {
        // x has the higher exponent.
        let swapped: Bool = exponent < b.exponent
        var x: Coefficient = swapped ? b.coefficient : coefficient
        var y: Coefficient = swapped ? coefficient : b.coefficient
        let xNegative: Bool = swapped ? bNegative : isNegative, yNegative: Bool = swapped ? isNegative : bNegative
        let xExponent: Int = swapped ? b.exponent : exponent
        var yExponent: Int = swapped ? exponent : b.exponent
        if xExponent != yExponent && !x.isZero {
            let digits: Int = x.digits
            var shift: Int = xExponent - yExponent
            if shift > rules.precision {
                // What lies entirely below the digits that count only matters as "a little more".
                let lowest: Int = xExponent - 1 + (digits > rules.precision ? 0 : digits - rules.precision - 1)
                if yExponent + y.digits - 1 < lowest {
                    y = y.isZero ? .zero : .one
                    yExponent = lowest
                    shift = xExponent - yExponent
                }
            }
            if shift > widestPower, dropsTail(x, xExponent, &y, &yExponent, sameSign: xNegative == yNegative,
                rules) { shift = xExponent - yExponent }
            if shift < 0 {
                y = y.scaled(-shift)
                yExponent = xExponent
                shift = 0
            }
            if !hasRoom(digits + shift, &status) { return .nan }
            x = x.scaled(shift)
        }
        if xNegative == yNegative { return Number(x + y, yExponent, negative: xNegative) }
        let order: Int = Coefficient.order(x, y)
        if order == 0 { return Number(.zero, yExponent, negative: rules.rounding == .floor) }
        return order > 0 ? Number(x - y, yExponent, negative: xNegative) : Number(y - x, yExponent, negative: yNegative)
    }

    /// Cuts off digits of y that lie so far below the sum's precision that they only matter as "a little more": less to align.
    @inline(never) private func dropsTail(_ x: Coefficient, _ xExponent: Int, _ y: inout Coefficient, _ yExponent: inout Int,
        sameSign: Bool, _ rules: Rules) -> Bool {
        if y.isSmall { return false }
        let xTop: Int = xExponent + x.digits, yTop: Int = yExponent + y.digits
        // Where the two cancel out, any digit may come to matter.
        if !sameSign && abs(xTop - yTop) < 2 { return false }
        let lowest: Int = min(max(xTop, yTop) - rules.precision - 4, xExponent)
        let cut: Int = lowest - yExponent
        if cut < widestPower { return false }
        let (kept, rest) = y.dropping(cut)
        y = kept.scaled(1)
        if rest != .nothing { y = y + .one }
        yExponent = lowest - 1
        return true
    }

    func times(_ b: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        let negative: Bool = isNegative != b.isNegative
        if isSpecial || b.isSpecial {
            if let n = Number.nanResult(self, b, rules, &status) { return n }
            return isZero || b.isZero ? invalid(&status) : .infinity(negative)
        }
        if coefficient.isSmall && b.coefficient.isSmall && rules.precision <= widestPower {
            var r = Number(.zero, exponent + b.exponent, negative: negative)
            if wideProduct(coefficient.low, b.coefficient.low, rules, &r, &status) { return r }
        }
        var r: Number = exactProduct(b, &status)
        r.finish(rules, &status)
        return r
    }

    /// The product of finite numbers.
    func exactProduct(_ b: Number, _ status: inout Conditions) -> Number {
        if !hasRoom(coefficient.digits + b.coefficient.digits, &status) { return .nan }
        return Number(coefficient * b.coefficient, exponent + b.exponent, negative: isNegative != b.isNegative)
    }

    /// self * b + c, rounded once.
    func timesPlus(_ b: Number, _ c: Number, _ rules: Rules, _ status: inout Conditions) -> Number {
        if isSpecial || b.isSpecial || c.isSpecial {
            // A product that is invalid is so whatever is added to it.
            if isInfinite && b.isZero || isZero && b.isInfinite { return invalid(&status) }
            if let n = Number.nanResult(self, b, c, rules, &status) { return n }
            if isInfinite || b.isInfinite {
                let product: Number = .infinity(isNegative != b.isNegative)
                return product.plus(c, rules, &status)
            }
            return c
        }
        let product: Number = exactProduct(b, &status)
        return status.contains(.noMemory) ? product : product.plus(c, rules, &status)
    }
}

/// The product of two word pairs that fits no such pair, rounded in place; false when it fits, or when it has to be treated in general
/// because its exponent is near a limit. The precision is at most `widestPower`.
private func wideProduct(_ a: UInt128, _ b: UInt128, _ rules: Rules, _ r: inout Number, _ status: inout Conditions) -> Bool {
    if a.leadingZeroBitCount + b.leadingZeroBitCount >= 128 { return false }
    return withUnsafeTemporaryAllocation(of: UInt.self, capacity: 4) { buffer -> Bool in
        let p = buffer.baseAddress.unsafelyUnwrapped
        multiplyWide(a, b, p)
        // One digit too many at most.
        let digits: Int = digitCount(a) + digitCount(b)
        return roundWide(p, 4, digits, rules, &r, &status)
    }
}

/// a * b in four words.
@inline(__always) func multiplyWide(_ a: UInt128, _ b: UInt128, _ p: UnsafeMutablePointer<UInt>) {
    let a0 = UInt(truncatingIfNeeded: a), a1 = UInt(truncatingIfNeeded: a >> 64)
    let b0 = UInt(truncatingIfNeeded: b), b1 = UInt(truncatingIfNeeded: b >> 64)
    let low = a0.multipliedFullWidth(by: b0), high = a1.multipliedFullWidth(by: b1)
    let cross1 = a0.multipliedFullWidth(by: b1), cross2 = a1.multipliedFullWidth(by: b0)
    let middle: UInt128 = UInt128(low.high) + UInt128(cross1.low) + UInt128(cross2.low)
    let top: UInt128 = (UInt128(high.high) << 64 | UInt128(high.low)) &+ UInt128(cross1.high) &+ UInt128(cross2.high) &+ (middle >> 64)
    p[0] = low.low
    p[1] = UInt(truncatingIfNeeded: middle)
    p[2] = UInt(truncatingIfNeeded: top)
    p[3] = UInt(truncatingIfNeeded: top >> 64)
}

/// Rounds a coefficient in words, of at most `digits` digits (or one less), to the precision; r has the exponent and sign.
/// False: not done, its exponent is near a limit.
private func roundWide(_ p: UnsafeMutablePointer<UInt>, _ words: Int, _ digits: Int, _ rules: Rules, _ r: inout Number,
    _ status: inout Conditions) -> Bool {
    let exponent: Int = r.exponent
    if rules.clamp || exponent < rules.tiny || exponent + digits + 1 > rules.emax || exponent + digits - 2 < rules.emin { return false }
    var count: Int = words
    while count > 0 && p[count - 1] == 0 { count -= 1 }
    let shift: Int = digits - rules.precision
    if shift <= 0 || shift > widestPower || count < 3 { return false }
    let (kept, rest) = divideWide(p, count, tenTo: shift)
    guard var kept else { return false }
    var remainder: UInt128 = rest
    var power: UInt128 = tenTo(shift)
    var isExact = remainder == 0
    var dropped: Int = shift
    if kept < tenTo(rules.precision - 1) {
        // The product had one digit less: take back the last one that was dropped.
        power = tenTo(shift - 1)
        let digit: UInt128 = quotient(remainder, power)
        remainder &-= digit &* power
        kept = kept &* 10 &+ digit
        dropped -= 1
        isExact = remainder == 0
    }
    r.exponent = exponent + dropped
    r.coefficient = Coefficient(kept)
    status.insert(.rounded)
    if isExact { return true }
    status.insert(.inexact)
    let twice: UInt128 = remainder &<< 1
    if rules.rounding.goesUp(r.coefficient, twice < power ? .belowHalf : twice == power ? .half : .aboveHalf, negative: r.isNegative) {
        kept &+= 1
        if kept == tenTo(rules.precision) {
            kept = tenTo(rules.precision - 1)
            r.exponent += 1
        }
        r.coefficient = Coefficient(kept)
    }
    return true
}

/// `count` words (2 to 4, the last not 0) by 10^k: the quotient (nil: more than two words) and the remainder. The words are used up.
@inline(__always)
func divideWide(_ p: UnsafeMutablePointer<UInt>, _ count: Int, tenTo k: Int) -> (UInt128?, UInt128) {
    // A machine division for each word, by as many digits as a word holds; then by the rest of them.
    let first: Int = min(k, 19)
    let low: UInt = divideWords(p, count, UInt(truncatingIfNeeded: tenTo(first)))
    var rest = UInt128(low)
    if k > first {
        let high: UInt = divideWords(p, count, UInt(truncatingIfNeeded: tenTo(k - first)))
        rest = rest &+ UInt128(high) &* tenTo(first)
    }
    if count > 2 && p[2] != 0 || count > 3 && p[3] != 0 { return (nil, rest) }
    return (UInt128(p[1]) << 64 | UInt128(p[0]), rest)
}

/// Words by a word, in place; the remainder.
@inline(__always) private func divideWords(_ p: UnsafeMutablePointer<UInt>, _ count: Int, _ d: UInt) -> UInt {
    var rest: UInt = 0
    var i: Int = count - 1
    while i >= 0 {
        if rest == 0 && p[i] < d {
            rest = p[i]
            p[i] = 0
        } else {
            let (q, r) = d.dividingFullWidth((rest, p[i]))
            p[i] = q
            rest = r
        }
        i -= 1
    }
    return rest
}

/// `count` words (3 or 4, the last not 0) by a divisor: the quotient (nil: more than two words) and the remainder.
func divideWide(_ p: UnsafeMutablePointer<UInt>, _ count: Int, _ divisor: UInt128) -> (UInt128?, UInt128) {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: 8) { buffer -> (UInt128?, UInt128) in
        let w = buffer.baseAddress.unsafelyUnwrapped
        // w: divisor (2), remainder (2), quotient (4)
        w[0] = UInt(truncatingIfNeeded: divisor)
        w[1] = UInt(truncatingIfNeeded: divisor >> 64)
        let size: Int = w[1] == 0 ? 1 : 2
        w[3] = 0
        w[6] = 0
        w[7] = 0
        w[5] = 0
        __gmpn_tdiv_qr(w + 4, w + 2, 0, p, count, w, size)
        let rest: UInt128 = UInt128(w[3]) << 64 | UInt128(w[2])
        if w[6] != 0 || w[7] != 0 { return (nil, rest) }
        return (UInt128(w[5]) << 64 | UInt128(w[4]), rest)
    }
}
