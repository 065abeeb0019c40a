// math: functions of one or two real numbers. The C library computes; what is ours is deciding between a result,
// "math domain error" (no real number is right) and "math range error" (too large).

import LadonRuntime
import LadonTypes
import Glibc

func domainError(_ t: Thread) -> Value { raise(t, .valueError, "math domain error") }
func rangeError(_ t: Thread) -> Value { raise(t, .overflowError, "math range error") }

/// f(x): a NaN from a number is a domain error; an infinity from a finite number is a range error if `overflows`, else a domain error.
@inline(__always)
private func real(_ t: Thread, _ a: Values, overflows: Bool, _ f: (Double) -> Double) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    let r: Double = f(x)
    if !r.isFinite {
        if r.isNaN && !x.isNaN { return domainError(t) }
        if r.isInfinite && x.isFinite { return overflows ? rangeError(t) : domainError(t) }
    }
    return makeFloat(t, r)
}

func math_acos(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { acos($0) } }
func math_acosh(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { acosh($0) } }
func math_asin(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { asin($0) } }
func math_asinh(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { asinh($0) } }
func math_atan(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { atan($0) } }
func math_atanh(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { atanh($0) } }
func math_cbrt(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { cbrt($0) } }
func math_cos(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { cos($0) } }
func math_cosh(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: true) { cosh($0) } }
func math_exp(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: true) { exp($0) } }
func math_exp2(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: true) { exp2($0) } }
func math_expm1(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: true) { expm1($0) } }
func math_fabs(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { $0.magnitude } }
func math_log1p(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { $0 == 0 ? $0 : log1p($0) } }
func math_sin(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { sin($0) } }
func math_sinh(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: true) { sinh($0) } }
func math_sqrt(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { $0.squareRoot() } }
func math_tan(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { tan($0) } }
func math_tanh(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: false) { tanh($0) } }
func math_erf(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: true) { erf($0) } }
func math_erfc(_ t: Thread, _ a: Values) -> Value { real(t, a, overflows: true) { erfc($0) } }
func math_degrees(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    return makeFloat(t, x * (180.0 / Double.piNearest))
}
func math_radians(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    return makeFloat(t, x * (Double.piNearest / 180.0))
}

extension Double {
    /// The double nearest to π (Swift's `.pi` is rounded towards zero; for double the two agree).
    static var piNearest: Double { 0x1.921fb54442d18p1 }
    static var eNearest: Double { 0x1.5bf0a8b145769p1 }
    static var ln2Nearest: Double { 0x1.62e42fefa39efp-1 }
    static var ln10Nearest: Double { 0x1.26bb1bbb55516p1 }
}

func math_gamma(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    switch gammaFunction(x) {
    case .value(let r): return makeFloat(t, r)
    case .domain: return domainError(t)
    case .range: return rangeError(t)
    }
}

func math_lgamma(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    switch logGammaFunction(x) {
    case .value(let r): return makeFloat(t, r)
    case .domain: return domainError(t)
    case .range: return rangeError(t)
    }
}

// MARK: two numbers

@inline(__always)
private func twoReals(_ t: Thread, _ a: Values, _ x: inout Double, _ y: inout Double) -> Bool {
    guard let first: Double = asDouble(t, a[0]), let second: Double = asDouble(t, a[1]) else { return false }
    x = first
    y = second
    return true
}

func math_atan2(_ t: Thread, _ a: Values) -> Value {
    var y: Double = 0, x: Double = 0
    if !twoReals(t, a, &y, &x) { return .raised }
    return makeFloat(t, atan2(y, x))
}

func math_copysign(_ t: Thread, _ a: Values) -> Value {
    var x: Double = 0, y: Double = 0
    if !twoReals(t, a, &x, &y) { return .raised }
    return makeFloat(t, copysign(x, y))
}

func math_nextafter(_ t: Thread, _ a: Values) -> Value {
    var x: Double = 0, y: Double = 0
    if !twoReals(t, a, &x, &y) { return .raised }
    return makeFloat(t, nextafter(x, y))
}

func math_ulp(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    if x.isNaN { return makeFloat(t, x) }
    let m: Double = x.magnitude
    if m.isInfinite { return makeFloat(t, m) }
    let next: Double = m.nextUp
    // The largest double has its neighbour below.
    return makeFloat(t, next.isInfinite ? m - m.nextDown : next - m)
}

func math_fmod(_ t: Thread, _ a: Values) -> Value {
    var x: Double = 0, y: Double = 0
    if !twoReals(t, a, &x, &y) { return .raised }
    if y.isInfinite && x.isFinite { return makeFloat(t, x) }
    let r: Double = fmod(x, y)
    if r.isNaN && !x.isNaN && !y.isNaN { return domainError(t) }
    return makeFloat(t, r)
}

func math_remainder(_ t: Thread, _ a: Values) -> Value {
    var x: Double = 0, y: Double = 0
    if !twoReals(t, a, &x, &y) { return .raised }
    let r: Double = remainder(x, y)
    if r.isNaN && !x.isNaN && !y.isNaN { return domainError(t) }
    return makeFloat(t, r)
}

func math_pow(_ t: Thread, _ a: Values) -> Value {
    var x: Double = 0, y: Double = 0
    if !twoReals(t, a, &x, &y) { return .raised }
    let r: Double = pow(x, y)
    if !r.isFinite && x.isFinite && y.isFinite {
        if r.isNaN || x == 0 { return domainError(t) }
        return rangeError(t)
    }
    return makeFloat(t, r)
}

func math_ldexp(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    if !isInt(a[1]) { return raise(t, .typeError, "Expected an int as second argument to ldexp.") }
    if x == 0 || !x.isFinite { return makeFloat(t, x) }
    guard let e: Int = asClippedIndex(t, a[1]) else { return .raised }
    if e > 5000 { return rangeError(t) }
    if e < -5000 { return makeFloat(t, copysign(0, x)) }
    let r: Double = scalbn(x, Int32(e))
    return r.isInfinite ? rangeError(t) : makeFloat(t, r)
}

func math_frexp(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    var e: Int32 = 0
    var m: Double = x
    if x.isFinite && x != 0 { m = frexp(x, &e) }
    let mantissa: Value = makeFloat(t, m)
    return makeTuple(t, mantissa, makeInt(t, e))
}

func math_modf(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    var whole: Double = x
    var fraction: Double = x
    if x.isInfinite {
        fraction = copysign(0, x)
    } else if !x.isNaN {
        whole = x.rounded(.towardZero)
        fraction = copysign(x - whole, x)
    }
    let first: Value = makeFloat(t, fraction)
    return makeTuple(t, first, makeFloat(t, whole))
}

func math_isfinite(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    return Value(x.isFinite)
}

func math_isinf(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    return Value(x.isInfinite)
}

func math_isnan(_ t: Thread, _ a: Values) -> Value {
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    return Value(x.isNaN)
}

/// isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)
func math_isclose(_ t: Thread, _ a: Values) -> Value {
    var x: Double = 0, y: Double = 0
    if !twoReals(t, a, &x, &y) { return .raised }
    guard let tolerances = closeTolerances(t, a[2], a[3]) else { return .raised }
    if x == y { return .true }
    if x.isInfinite || y.isInfinite { return .false }
    let difference: Double = (y - x).magnitude
    return Value(difference <= (tolerances.relative * y).magnitude || difference <= (tolerances.relative * x).magnitude
                 || difference <= tolerances.absolute)
}

/// The tolerances of math's and cmath's isclose, defaults filled in; nil after raising.
func closeTolerances(_ t: Thread, _ relative: Value, _ absolute: Value) -> (relative: Double, absolute: Double)? {
    var r: Double = 1e-09, s: Double = 0
    if !relative.isMissing {
        guard let d: Double = asDouble(t, relative) else { return nil }
        r = d
    }
    if !absolute.isMissing {
        guard let d: Double = asDouble(t, absolute) else { return nil }
        s = d
    }
    if r < 0 || s < 0 {
        _ = raise(t, .valueError, "tolerances must be non-negative")
        return nil
    }
    return (r, s)
}

// MARK: logarithms

/// A logarithm that also takes ints beyond double's range. nil: raised.
@inline(__always)
private func logarithm(_ t: Thread, _ v: Value, _ f: (Double) -> Double) -> Double? {
    if isInt(v) && !v.isSmallInt {
        let n: Value = plainInt(v)
        if intSign(n) <= 0 { _ = domainError(t); return nil }
        if let d: Double = intToDoubleOrNil(n) { return f(d) }
        var e: Int = 0
        let m: Double = intFrexp(n, &e)
        return f(m) + f(2) * Double(e)
    }
    guard let x: Double = asDouble(t, v) else { return nil }
    if x > 0 || x.isNaN { return f(x) }
    _ = domainError(t)
    return nil
}

/// log(x, base=e)
func math_log(_ t: Thread, _ a: Values) -> Value {
    guard let numerator: Double = logarithm(t, a[0], { log($0) }) else { return .raised }
    if a[1].isMissing { return makeFloat(t, numerator) }
    guard let denominator: Double = logarithm(t, a[1], { log($0) }) else { return .raised }
    if denominator == 0 { return raise(t, .zeroDivisionError, "float division by zero") }
    return makeFloat(t, numerator / denominator)
}

func math_log2(_ t: Thread, _ a: Values) -> Value {
    guard let r: Double = logarithm(t, a[0], { log2($0) }) else { return .raised }
    return makeFloat(t, r)
}

func math_log10(_ t: Thread, _ a: Values) -> Value {
    guard let r: Double = logarithm(t, a[0], { log10($0) }) else { return .raised }
    return makeFloat(t, r)
}

// MARK: rounding to integers

func math_ceil(_ t: Thread, _ a: Values) -> Value {
    if a[0].isExactly(.float) { return intFromDouble(t, a[0].asFloat.rounded(.up)) }
    let f: Value = lookupSpecial(t, a[0], name(.__ceil__))
    if f.isRaised { return f }
    if !f.isMissing { return call(t, f) }
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    return intFromDouble(t, x.rounded(.up))
}

func math_floor(_ t: Thread, _ a: Values) -> Value {
    if a[0].isExactly(.float) { return intFromDouble(t, a[0].asFloat.rounded(.down)) }
    let f: Value = lookupSpecial(t, a[0], name(.__floor__))
    if f.isRaised { return f }
    if !f.isMissing { return call(t, f) }
    guard let x: Double = asDouble(t, a[0]) else { return .raised }
    return intFromDouble(t, x.rounded(.down))
}

func math_trunc(_ t: Thread, _ a: Values) -> Value {
    if a[0].isExactly(.float) { return intFromDouble(t, a[0].asFloat) }
    let f: Value = lookupSpecial(t, a[0], name(.__trunc__))
    if f.isRaised { return f }
    if f.isMissing { return raise(t, .typeError, "type \(typeName(a[0])) doesn't define __trunc__ method") }
    return call(t, f)
}
