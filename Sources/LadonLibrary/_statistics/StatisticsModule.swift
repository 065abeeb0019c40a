// _statistics: the inverse of the normal distribution's cumulative function, by Wichura's algorithm AS 241 (Applied Statistics
// 37, 1988): a quotient of two polynomials for the middle, and one for each of two parts of the tails.

import Glibc

func statisticsModule() -> ModuleDefinition {
    ModuleDefinition("_statistics", doc: "Accelerators for the statistics module.\n", members: [
        .method("_normal_dist_inv_cdf", "($module, p, mu, sigma, /)", normal_dist_inv_cdf),
    ])
}

/// Numerator and denominator, highest power first.
private typealias Quotient = (above: (Double, Double, Double, Double, Double, Double, Double, Double),
                              below: (Double, Double, Double, Double, Double, Double, Double, Double))

private let middle: Quotient = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.3871328727963666080),
    (5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
     5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1.0))
private let nearTail: Quotient = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
     3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1.0))
private let farTail: Quotient = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612905085061485e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0))

/// Horner's rule.
private func polynomial(_ c: (Double, Double, Double, Double, Double, Double, Double, Double), _ r: Double) -> Double {
    var x = c.0 * r + c.1
    x = x * r + c.2
    x = x * r + c.3
    x = x * r + c.4
    x = x * r + c.5
    x = x * r + c.6
    return x * r + c.7
}

private func normal_dist_inv_cdf(_ t: Thread, _ a: Values) -> Value {
    guard let p = asDouble(t, a[1]), let mu = asDouble(t, a[2]), let sigma = asDouble(t, a[3]) else { return .raised }
    if p <= 0 || p >= 1 || sigma <= 0 { return raise(t, .valueError, "inv_cdf undefined for these parameters") }
    let q = p - 0.5
    if abs(q) <= 0.425 {
        let r = 0.180625 - q * q
        return makeFloat(t, mu + polynomial(middle.above, r) * q / polynomial(middle.below, r) * sigma)
    }
    var r = (-log(q <= 0 ? p : 1 - p)).squareRoot()
    let part = r <= 5 ? nearTail : farTail
    r -= r <= 5 ? 1.6 : 5
    let x = polynomial(part.above, r) / polynomial(part.below, r)
    return makeFloat(t, mu + (q < 0 ? -x : x) * sigma)
}
