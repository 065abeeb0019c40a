// The gamma function and its logarithm by Lanczos' approximation: the parameters g = 6.0246…, N = 13 that Boost's
// and CPython's libraries use, so that results agree to the last bit. References: C. Lanczos, "A precision
// approximation of the gamma function" (1964); the Boost.Math documentation on lanczos13m53.

import Glibc

enum RealResult {
    case value(Double)
    case domain
    case range
}

private let lanczosG: Double = 6.024680040776729583740234375
private let lanczosGMinusHalf: Double = 5.524680040776729583740234375

/// Numerator and denominator of the rational approximation, constant term first.
private let lanczosTerms: [(Double, Double)] = [
    (23531376880.410759688572007674451636754734846804940, 0.0),
    (42919803642.649098768957899047001988850926355848959, 39916800.0),
    (35711959237.355668049440185451547166705960488635843, 120543840.0),
    (17921034426.037209699919755754458931112671403265390, 150917976.0),
    (6039542586.3520280050642916443072979210699388420708, 105258076.0),
    (1439720407.3117216736632230727949123939715485786372, 45995730.0),
    (248874557.86205415651146038641322942321632125127801, 13339535.0),
    (31426415.585400194380614231628318205362874684987640, 2637558.0),
    (2876370.6289353724412254090516208496135991145378768, 357423.0),
    (186056.26539522349504029498971604569928220784236328, 32670.0),
    (8071.6720023658162106380029022722506138218516325024, 1925.0),
    (210.82427775157934587250973392071336271166969580291, 66.0),
    (2.5066282746310002701649081771338373386264310793408, 1.0),
]

/// For x > 0. Large x go through 1/x, which keeps the powers small.
private func lanczosSum(_ x: Double) -> Double {
    var numerator: Double = 0
    var denominator: Double = 0
    if x < 5 {
        for term in lanczosTerms.reversed() {
            numerator = numerator * x + term.0
            denominator = denominator * x + term.1
        }
    } else {
        for term in lanczosTerms {
            numerator = numerator / x + term.0
            denominator = denominator / x + term.1
        }
    }
    return numerator / denominator
}

/// sin(pi x), exact at multiples of one half.
private func sinPi(_ x: Double) -> Double {
    let y: Double = fmod(x.magnitude, 2)
    let r: Double
    switch Int((2 * y).rounded(.toNearestOrAwayFromZero)) {
    case 0: r = sin(.piNearest * y)
    case 1: r = cos(.piNearest * (y - 0.5))
    case 2: r = sin(.piNearest * (1 - y))
    case 3: r = -cos(.piNearest * (y - 1.5))
    default: r = sin(.piNearest * (y - 2))
    }
    return copysign(1, x) * r
}

/// (n - 1)! for n up to 23, which doubles hold exactly.
private func exactGamma(_ n: Int) -> Double {
    var r: Double = 1
    var k: Int = 2
    while k < n { r *= Double(k); k += 1 }
    return r
}

func gammaFunction(_ x: Double) -> RealResult {
    if !x.isFinite { return x.isNaN || x > 0 ? .value(x) : .domain }
    if x == 0 { return .domain }
    if x == x.rounded(.down) {
        if x < 0 { return .domain }
        if x <= 23 { return .value(exactGamma(Int(x))) }
    }
    let m: Double = x.magnitude
    if m < 1e-20 {
        let r: Double = 1 / x
        return r.isInfinite ? .range : .value(r)
    }
    if m > 200 { return x < 0 ? .value(0 / sinPi(x)) : .range }
    let y: Double = m + lanczosGMinusHalf
    // z: the rounding error in y, which exp and pow would magnify.
    var z: Double
    if m > lanczosGMinusHalf {
        let q: Double = y - m
        z = q - lanczosGMinusHalf
    } else {
        let q: Double = y - lanczosGMinusHalf
        z = q - m
    }
    z = z * lanczosG / y
    var r: Double
    if x < 0 {
        r = -Double.piNearest / sinPi(m) / m * exp(y) / lanczosSum(m)
        r -= z * r
        if m < 140 {
            r /= pow(y, m - 0.5)
        } else {
            let root: Double = pow(y, m / 2 - 0.25)
            r /= root
            r /= root
        }
    } else {
        r = lanczosSum(m) / exp(y)
        r += z * r
        if m < 140 {
            r *= pow(y, m - 0.5)
        } else {
            let root: Double = pow(y, m / 2 - 0.25)
            r *= root
            r *= root
        }
    }
    return r.isInfinite ? .range : .value(r)
}

func logGammaFunction(_ x: Double) -> RealResult {
    if !x.isFinite { return .value(x.isNaN ? x : Double.infinity) }
    if x == x.rounded(.down) && x <= 2 { return x <= 0 ? .domain : .value(0) }
    let m: Double = x.magnitude
    if m < 1e-20 { return .value(-log(m)) }
    var r: Double = log(lanczosSum(m)) - lanczosG
    r += (m - 0.5) * (log(m + lanczosG - 0.5) - 1)
    if x < 0 {
        // The reflection formula, in logarithms.
        let logPi: Double = 1.144729885849400174143427351353058711647
        r = logPi - log(sinPi(m).magnitude) - log(m) - r
    }
    return r.isInfinite ? .range : .value(r)
}
