// Python's float operations where C's differ: floor division, remainder with the divisor's sign, decimal rounding.

import CLadonUnicode
import Glibc

/// x % y for y != 0: the remainder has the sign of y.
@inlinable public func floatMod(_ x: Double, _ y: Double) -> Double {
    let r: Double = fmod(x, y)
    if r == 0 { return copysign(0, y) }
    return (y < 0) != (r < 0) ? r + y : r
}

/// x // y for y != 0.
@inlinable public func floatFloorDiv(_ x: Double, _ y: Double) -> Double {
    var r: Double = 0
    return floatDivMod(x, y, &r)
}

/// Floor quotient and remainder for y != 0.
public func floatDivMod(_ x: Double, _ y: Double, _ remainder: inout Double) -> Double {
    var r: Double = fmod(x, y)
    // fmod is exact, so (x - r) / y is very near an integer.
    var quotient: Double = (x - r) / y
    if r != 0 {
        if (y < 0) != (r < 0) { r += y; quotient -= 1 }
    } else {
        r = copysign(0, y)
    }
    remainder = r
    if quotient == 0 { return copysign(0, x / y) }
    let whole: Double = quotient.rounded(.down)
    return quotient - whole > 0.5 ? whole + 1 : whole
}

/// x rounded half to even to an integer, as a double.
@inlinable public func roundHalfEven(_ x: Double) -> Double { x.rounded(.toNearestOrEven) }

/// x rounded to `digits` decimal places, correctly from its exact binary value, ties to even. nil: too large to represent.
public func roundDouble(_ x: Double, _ digits: Int) -> Double? {
    if !x.isFinite || x == 0 || digits > 323 { return x }
    if digits < -308 { return x < 0 ? -0.0 : 0.0 }
    if digits >= 0 {
        // Beyond 2^52 every double is an integer.
        if x.magnitude >= 4503599627370496 { return x }
        return withExactDecimal(x, digits) { p, n in parseDecimal(p, n) }
    }
    // Decimal digits of the integer part; what follows only breaks ties.
    let whole: Double = x.magnitude.rounded(.towardZero)
    let hasFraction: Bool = whole != x.magnitude
    let result: Double = withExactDecimal(whole, 0) { p, n -> Double in
        let drop: Int = 0 - digits
        if drop > n { return 0 }
        let keep: Int = n - drop
        var above: Bool = false
        var tie: Bool = true
        var i: Int = keep
        if p[keep] != 53 { tie = false; above = p[keep] > 53 }
        if tie {
            i = keep + 1
            while i < n { if p[i] != 48 { tie = false; above = true }; i += 1 }
            if tie && hasFraction { tie = false; above = true }
        }
        let odd: Bool = keep > 0 && (p[keep - 1] - 48) & 1 != 0
        let up: Bool = tie ? odd : above
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: n + 3) { buffer -> Double in
            let out = buffer.baseAddress.unsafelyUnwrapped
            out[0] = 48
            i = 0
            while i < n { out[i + 1] = i < keep ? p[i] : 48; i += 1 }
            if up {
                i = keep
                while out[i] == 57 { out[i] = 48; i -= 1 }
                out[i] += 1
            }
            out[n + 1] = 0
            return parseDecimal(out, n + 1)
        }
    }
    if result.isInfinite { return nil }
    return x < 0 ? -result : result
}

/// The exact decimal expansion of x rounded to `places` after the point ("%.*f"), zero-terminated.
private func withExactDecimal<R>(_ x: Double, _ places: Int, _ body: (UnsafeMutablePointer<UInt8>, Int) -> R) -> R {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 330 + places) { buffer in
        let p = buffer.baseAddress.unsafelyUnwrapped
        let n: Int32 = p.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
            ladon_format_double($0, buffer.count, 102, false, Int32(places), x)
        }
        return body(p, Int(n))
    }
}

/// The nearest double to a zero-terminated decimal number that is known to be well-formed.
private func parseDecimal(_ p: UnsafePointer<UInt8>, _ n: Int) -> Double {
    p.withMemoryRebound(to: CChar.self, capacity: n + 1) { ladon_parse_double($0) }
}
