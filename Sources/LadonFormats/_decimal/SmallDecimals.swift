// The operations that most programs do, on numbers of two words in registers: nothing is allocated but the result's cell, nothing
// counted. Whatever isn't plain (NaNs, infinities, limits of the exponent, results of more than two words before rounding) answers
// `.missing` and is left to Number's general operations.

import CGMP
import LadonLibrary

struct SmallDecimal {
    var low: UInt128 = 0
    var exponent: Int = 0
    var isNegative = false

    /// Reads a Decimal (not of a subclass) or a small int; false: it is something else, or not small.
    @inline(__always) mutating func read(_ v: Value) -> Bool {
        if v.isSmallInt {
            let n: Int = v.smallInt
            low = UInt128(n.magnitude)
            isNegative = n < 0
            return true
        }
        if !v.isCell || v.id != decimals.pointee.decimalID { return false }
        let c = v.asDecimal
        if c.pointee.kind != 0 || c.pointee.big.bits != 0 { return false }
        low = UInt128(c.pointee.high) << 64 | UInt128(c.pointee.low)
        exponent = c.pointee.exponent
        isNegative = c.pointee.isNegative != 0
        return true
    }

    /// A Decimal of the context's precision. 0: trapped.
    @inline(__always)
    func finished(_ t: Thread, _ limits: Rules, _ context: Value) -> Value {
        let digits: Int = digitCount(low)
        let adjusted: Int = exponent + digits - 1
        if adjusted >= limits.emax || adjusted < limits.emin || limits.clamp { return .missing }
        let excess: Int = digits - limits.precision
        if excess > 0 { return rounded(t, limits, context, excess) }
        if exponent < limits.emin - (limits.precision - 1) { return .missing }
        return make(t)
    }

    @inline(__always) private func make(_ t: Thread) -> Value {
        let v = Value(allocate(t, id: decimals.pointee.decimalID, bytes: MemoryLayout<DecimalCell>.size))
        let p = v.asDecimal
        p.pointee.exponent = exponent
        p.pointee.isNegative = isNegative ? 1 : 0
        p.pointee.low = UInt(truncatingIfNeeded: low)
        p.pointee.high = UInt(truncatingIfNeeded: low >> 64)
        return v
    }

    @inline(never) private func rounded(_ t: Thread, _ limits: Rules, _ context: Value, _ excess: Int) -> Value {
        if excess > widestPower { return .missing }
        let power: UInt128 = tenTo(excess)
        var r = self
        r.low = quotient(low, power)
        r.exponent += excess
        return r.made(t, limits, context, low &- r.low &* power, power)
    }

    /// Rounded by what is left of the last digit's unit. The exponent was looked at, with room for one more.
    @inline(__always) private func made(_ t: Thread, _ limits: Rules, _ context: Value, _ rest: UInt128, _ power: UInt128) -> Value {
        var r = self
        var status: Conditions = .rounded
        if rest != 0 {
            status.insert(.inexact)
            let twice: UInt128 = rest &<< 1
            let remainder: Remainder = twice < power ? .belowHalf : twice == power ? .half : .aboveHalf
            if limits.rounding.goesUp(Coefficient(low), remainder, negative: isNegative) {
                r.low &+= 1
                if r.low == tenTo(limits.precision) {
                    r.low = tenTo(limits.precision - 1)
                    r.exponent += 1
                }
            }
        }
        if !note(t, context, status) { return .raised }
        return r.make(t)
    }

    // MARK: operations

    static func sum(_ t: Thread, _ a: Value, _ b: Value, subtract: Bool, _ limits: Rules, _ context: Value) -> Value {
        var x = SmallDecimal(), y = SmallDecimal()
        if !x.read(a) || !y.read(b) { return .missing }
        if subtract { y.isNegative.toggle() }
        if x.exponent != y.exponent {
            if x.exponent < y.exponent { (x, y) = (y, x) }
            let shift: Int = x.exponent - y.exponent
            if shift > widestPower || x.low == 0 { return .missing }
            if digitCount(x.low) + shift > widestPower { return wideSum(t, x, y, shift, limits, context) }
            x.low = x.low &* tenTo(shift)
            x.exponent = y.exponent
        }
        if x.isNegative == y.isNegative {
            x.low = x.low &+ y.low
            // The sum of two numbers of up to 39 digits may be too large.
            if x.low < y.low { return .missing }
        } else if x.low > y.low {
            x.low = x.low &- y.low
        } else if x.low < y.low {
            x.low = y.low &- x.low
            x.isNegative = y.isNegative
        } else {
            return .missing
        }
        return x.finished(t, limits, context)
    }

    /// x * 10^shift + y, of more than two words.
    @inline(never) private static func wideSum(_ t: Thread, _ x: SmallDecimal, _ y: SmallDecimal, _ shift: Int, _ limits: Rules, _ context: Value) -> Value {
        withUnsafeTemporaryAllocation(of: UInt.self, capacity: 4) { buffer -> Value in
            let p = buffer.baseAddress.unsafelyUnwrapped
            multiplyWide(x.low, tenTo(shift), p)
            let low: UInt128 = UInt128(p[1]) << 64 | UInt128(p[0]), high: UInt128 = UInt128(p[3]) << 64 | UInt128(p[2])
            let sum: (partialValue: UInt128, overflow: Bool)
            var top: UInt128 = high
            if x.isNegative == y.isNegative {
                sum = low.addingReportingOverflow(y.low)
                if sum.overflow { top = top &+ 1 }
            } else {
                sum = low.subtractingReportingOverflow(y.low)
                if sum.overflow {
                    if top == 0 { return .missing }
                    top = top &- 1
                }
            }
            p[0] = UInt(truncatingIfNeeded: sum.partialValue)
            p[1] = UInt(truncatingIfNeeded: sum.partialValue >> 64)
            p[2] = UInt(truncatingIfNeeded: top)
            p[3] = UInt(truncatingIfNeeded: top >> 64)
            var r = SmallDecimal()
            r.exponent = y.exponent
            r.isNegative = x.isNegative
            return r.finished(t, limits, context, words: p)
        }
    }

    static func product(_ t: Thread, _ a: Value, _ b: Value, _ limits: Rules, _ context: Value) -> Value {
        var x = SmallDecimal(), y = SmallDecimal()
        if !x.read(a) || !y.read(b) { return .missing }
        var r = SmallDecimal()
        r.exponent = x.exponent + y.exponent
        r.isNegative = x.isNegative != y.isNegative
        if x.low.leadingZeroBitCount + y.low.leadingZeroBitCount >= 128 {
            r.low = x.low &* y.low
            return r.finished(t, limits, context)
        }
        return r.wideProduct(t, x.low, y.low, limits, context)
    }

    @inline(never) private func wideProduct(_ t: Thread, _ x: UInt128, _ y: UInt128, _ limits: Rules, _ context: Value) -> Value {
        withUnsafeTemporaryAllocation(of: UInt.self, capacity: 4) { buffer -> Value in
            let p = buffer.baseAddress.unsafelyUnwrapped
            multiplyWide(x, y, p)
            return finished(t, limits, context, words: p)
        }
    }

    /// A coefficient of up to four words, of this exponent and sign, rounded.
    private func finished(_ t: Thread, _ limits: Rules, _ context: Value, words p: UnsafeMutablePointer<UInt>) -> Value {
        let precision: Int = limits.precision
        var count: Int = 4
        while count > 0 && p[count - 1] == 0 { count -= 1 }
        if count <= 2 || precision > widestPower || limits.clamp { return .missing }
        // As many digits, or one less.
        let bits: Int = count * 64 - p[count - 1].leadingZeroBitCount
        let digits: Int = (bits * 1233) >> 12 + 1
        if exponent + digits + 1 >= limits.emax || exponent + digits - 2 < limits.emin { return .missing }
        let excess: Int = digits - precision
        if excess < 1 || excess > widestPower { return .missing }
        var power: UInt128 = tenTo(excess)
        let (kept, left) = divideWide(p, count, tenTo: excess)
        guard let kept else { return .missing }
        var r = self
        var rest: UInt128 = left
        r.low = kept
        r.exponent += excess
        if kept < tenTo(precision - 1) {
            // It was one digit less: take back the last one that was dropped.
            if excess == 1 { return .missing }
            power = tenTo(excess - 1)
            let digit: UInt128 = quotient(rest, power)
            rest = rest &- digit &* power
            r.low = kept &* 10 &+ digit
            r.exponent -= 1
        }
        return r.made(t, limits, context, rest, power)
    }

    static func ratio(_ t: Thread, _ a: Value, _ b: Value, _ limits: Rules, _ context: Value) -> Value {
        var x = SmallDecimal(), y = SmallDecimal()
        if !x.read(a) || !y.read(b) || x.low == 0 || y.low == 0 { return .missing }
        let precision: Int = limits.precision
        var r = SmallDecimal()
        let ideal: Int = x.exponent - y.exponent
        r.isNegative = x.isNegative != y.isNegative
        let xDigits: Int = digitCount(x.low), yDigits: Int = digitCount(y.low)
        let shift: Int = yDigits - xDigits + precision + 1
        if shift < 0 || shift > widestPower || precision > widestPower - 2 { return .missing }
        if xDigits + shift <= widestPower {
            let scaled: UInt128 = x.low &* tenTo(shift)
            r.low = quotient(scaled, y.low)
            if r.low &* y.low == scaled { return r.exact(t, shift, ideal, limits, context) }
        } else {
            let (q, rest) = withUnsafeTemporaryAllocation(of: UInt.self, capacity: 4) { buffer -> (UInt128?, UInt128) in
                let p = buffer.baseAddress.unsafelyUnwrapped
                multiplyWide(x.low, tenTo(shift), p)
                let count: Int = p[3] != 0 ? 4 : p[2] != 0 ? 3 : 2
                return count == 2 && p[1] == 0 ? (nil, 0) : divideWide(p, count, y.low)
            }
            guard let q else { return .missing }
            r.low = q
            if rest == 0 { return r.exact(t, shift, ideal, limits, context) }
        }
        r.exponent = ideal - shift
        // More digits than the precision, the last of them neither 0 nor 5: it stands for all that follow.
        if moduloFive(r.low) == 0 { r.low = r.low &+ 1 }
        return r.finished(t, limits, context)
    }

    /// Without the zeros that came from scaling.
    @inline(never) private func exact(_ t: Thread, _ shift: Int, _ ideal: Int, _ limits: Rules, _ context: Value) -> Value {
        let (stripped, zeros) = Coefficient(low).strippingZeros(shift)
        var r = self
        r.low = stripped.low
        r.exponent = ideal - shift + zeros
        return r.finished(t, limits, context)
    }

    /// -1, 0, 1; nil: it takes more.
    static func order(_ a: Value, _ b: Value) -> Int? {
        var x = SmallDecimal(), y = SmallDecimal()
        if !x.read(a) || !y.read(b) || x.low == 0 || y.low == 0 { return nil }
        if x.isNegative != y.isNegative { return x.isNegative ? -1 : 1 }
        var m: UInt128 = x.low, n: UInt128 = y.low
        let shift: Int = x.exponent - y.exponent
        if shift > 0 {
            if shift > widestPower || digitCount(m) + shift > widestPower { return nil }
            m = m &* tenTo(shift)
        } else if shift < 0 {
            if shift < -widestPower || digitCount(n) - shift > widestPower { return nil }
            n = n &* tenTo(-shift)
        }
        let order: Int = m < n ? -1 : m == n ? 0 : 1
        return x.isNegative ? -order : order
    }
}
