// Elementary functions of complex numbers. For finite arguments the methods of W. Kahan, "Branch Cuts for Complex
// Elementary Functions, or Much Ado About Nothing's Sign Bit" (1987), with care where squares would overflow or
// underflow; for infinities and NaNs the tables of SpecialValues.swift.

import Glibc

struct ComplexNumber {
    var real: Double
    var imaginary: Double

    init(_ real: Double, _ imaginary: Double) { self.real = real; self.imaginary = imaginary }
    var isFinite: Bool { real.isFinite && imaginary.isFinite }
    /// i * z
    var turned: ComplexNumber { ComplexNumber(-imaginary, real) }
    /// -i * z
    var turnedBack: ComplexNumber { ComplexNumber(imaginary, -real) }
}

/// What a function has to report besides its result.
enum MathProblem { case none, domain, range }

enum ComplexFunctions {
    /// A quarter of the largest double: parts beyond it must be scaled down before they are added or squared.
    static let large: Double = Double.greatestFiniteMagnitude / 4
    static let squareRootOfLarge: Double = large.squareRoot()
    static let logOfLarge: Double = Glibc.log(large)
    static let squareRootOfTiny: Double = Double.leastNormalMagnitude.squareRoot()

    private static func isLarge(_ z: ComplexNumber) -> Bool { z.real.magnitude > large || z.imaginary.magnitude > large }

    /// log|z| + log 2 for z beyond `large`.
    private static func logOfDouble(_ z: ComplexNumber) -> Double {
        Glibc.log(hypot(z.real / 2, z.imaginary / 2)) + .ln2Nearest * 2
    }

    static func sqrt(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if !z.isFinite { return SpecialValues.sqrt.value(z, &problem) }
        if z.real == 0 && z.imaginary == 0 { return ComplexNumber(0, z.imaginary) }
        var ax: Double = z.real.magnitude
        let ay: Double = z.imaginary.magnitude
        let s: Double
        if ax < .leastNormalMagnitude && ay < .leastNormalMagnitude && (ax > 0 || ay > 0) {
            // Subnormal: up by 2^53, the root down by 2^27 (an odd power of two and its half).
            ax = scalbn(ax, 53)
            s = scalbn((ax + hypot(ax, scalbn(ay, 53))).squareRoot(), -27)
        } else {
            ax /= 8
            s = 2 * (ax + hypot(ax, ay / 8)).squareRoot()
        }
        let d: Double = ay / (2 * s)
        if z.real >= 0 { return ComplexNumber(s, copysign(d, z.imaginary)) }
        return ComplexNumber(d, copysign(s, z.imaginary))
    }

    static func acos(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if !z.isFinite { return SpecialValues.acos.value(z, &problem) }
        if isLarge(z) {
            let l: Double = logOfDouble(z)
            let imaginary: Double = z.real < 0 ? -copysign(l, z.imaginary) : copysign(l, -z.imaginary)
            return ComplexNumber(atan2(z.imaginary.magnitude, z.real), imaginary)
        }
        let s1 = sqrt(ComplexNumber(1 - z.real, -z.imaginary), &problem)
        let s2 = sqrt(ComplexNumber(1 + z.real, z.imaginary), &problem)
        return ComplexNumber(2 * atan2(s1.real, s2.real), Glibc.asinh(s2.real * s1.imaginary - s2.imaginary * s1.real))
    }

    static func acosh(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if !z.isFinite { return SpecialValues.acosh.value(z, &problem) }
        if isLarge(z) { return ComplexNumber(logOfDouble(z), atan2(z.imaginary, z.real)) }
        let s1 = sqrt(ComplexNumber(z.real - 1, z.imaginary), &problem)
        let s2 = sqrt(ComplexNumber(z.real + 1, z.imaginary), &problem)
        return ComplexNumber(Glibc.asinh(s1.real * s2.real + s1.imaginary * s2.imaginary), 2 * atan2(s1.imaginary, s2.real))
    }

    static func asin(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber { asinh(z.turned, &problem).turnedBack }

    static func asinh(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if !z.isFinite { return SpecialValues.asinh.value(z, &problem) }
        if isLarge(z) {
            let l: Double = logOfDouble(z)
            let real: Double = z.imaginary >= 0 ? copysign(l, z.real) : -copysign(l, -z.real)
            return ComplexNumber(real, atan2(z.imaginary, z.real.magnitude))
        }
        let s1 = sqrt(ComplexNumber(1 + z.imaginary, -z.real), &problem)
        let s2 = sqrt(ComplexNumber(1 - z.imaginary, z.real), &problem)
        let real: Double = Glibc.asinh(s1.real * s2.imaginary - s2.real * s1.imaginary)
        return ComplexNumber(real, atan2(z.imaginary, s1.real * s2.real - s1.imaginary * s2.imaginary))
    }

    static func atan(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber { atanh(z.turned, &problem).turnedBack }

    static func atanh(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if !z.isFinite { return SpecialValues.atanh.value(z, &problem) }
        // The left half plane by symmetry.
        if z.real.sign == .minus {
            let r = atanh(ComplexNumber(-z.real, -z.imaginary), &problem)
            return ComplexNumber(-r.real, -r.imaginary)
        }
        let ay: Double = z.imaginary.magnitude
        if z.real > squareRootOfLarge || ay > squareRootOfLarge {
            let h: Double = hypot(z.real / 2, z.imaginary / 2)
            return ComplexNumber(z.real / 4 / h / h, -copysign(.piNearest / 2, -z.imaginary))
        }
        if z.real == 1 && ay < squareRootOfTiny {
            if ay == 0 {
                problem = .domain
                return ComplexNumber(.infinity, z.imaginary)
            }
            return ComplexNumber(-Glibc.log(ay.squareRoot() / hypot(ay, 2).squareRoot()), copysign(atan2(2, -ay) / 2, z.imaginary))
        }
        let d: Double = 1 - z.real
        return ComplexNumber(log1p(4 * z.real / (d * d + ay * ay)) / 4,
                             -atan2(-2 * z.imaginary, d * (1 + z.real) - ay * ay) / 2)
    }

    static func cos(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber { cosh(z.turned, &problem) }

    static func cosh(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if !z.isFinite {
            if z.real.isInfinite && z.imaginary.isFinite && z.imaginary != 0 {
                let imaginary: Double = copysign(.infinity, Glibc.sin(z.imaginary))
                return ComplexNumber(copysign(.infinity, Glibc.cos(z.imaginary)), z.real > 0 ? imaginary : -imaginary)
            }
            return SpecialValues.cosh.value(z, &problem)
        }
        let r: ComplexNumber
        if z.real.magnitude > logOfLarge {
            let less: Double = z.real - copysign(1, z.real)
            r = ComplexNumber(Glibc.cos(z.imaginary) * Glibc.cosh(less) * .eNearest, Glibc.sin(z.imaginary) * Glibc.sinh(less) * .eNearest)
        } else {
            r = ComplexNumber(Glibc.cos(z.imaginary) * Glibc.cosh(z.real), Glibc.sin(z.imaginary) * Glibc.sinh(z.real))
        }
        if r.real.isInfinite || r.imaginary.isInfinite { problem = .range }
        return r
    }

    static func exp(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if !z.isFinite {
            if z.real.isInfinite && z.imaginary.isFinite && z.imaginary != 0 {
                let size: Double = z.real > 0 ? .infinity : 0
                return ComplexNumber(copysign(size, Glibc.cos(z.imaginary)), copysign(size, Glibc.sin(z.imaginary)))
            }
            return SpecialValues.exp.value(z, &problem)
        }
        let r: ComplexNumber
        if z.real > logOfLarge {
            let l: Double = Glibc.exp(z.real - 1)
            r = ComplexNumber(l * Glibc.cos(z.imaginary) * .eNearest, l * Glibc.sin(z.imaginary) * .eNearest)
        } else {
            let l: Double = Glibc.exp(z.real)
            r = ComplexNumber(l * Glibc.cos(z.imaginary), l * Glibc.sin(z.imaginary))
        }
        if r.real.isInfinite || r.imaginary.isInfinite { problem = .range }
        return r
    }

    static func log(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if !z.isFinite { return SpecialValues.log.value(z, &problem) }
        let ax: Double = z.real.magnitude
        let ay: Double = z.imaginary.magnitude
        let real: Double
        if ax > large || ay > large {
            real = Glibc.log(hypot(ax / 2, ay / 2)) + .ln2Nearest
        } else if ax < .leastNormalMagnitude && ay < .leastNormalMagnitude {
            if ax == 0 && ay == 0 {
                problem = .domain
                return ComplexNumber(-.infinity, atan2(z.imaginary, z.real))
            }
            real = Glibc.log(hypot(scalbn(ax, 53), scalbn(ay, 53))) - 53 * .ln2Nearest
        } else {
            let h: Double = hypot(ax, ay)
            if h >= 0.71 && h <= 1.73 {
                // Near the unit circle: |z|^2 - 1 without cancellation.
                let greater: Double = ax > ay ? ax : ay
                let less: Double = ax > ay ? ay : ax
                real = log1p((greater - 1) * (greater + 1) + less * less) / 2
            } else {
                real = Glibc.log(h)
            }
        }
        return ComplexNumber(real, atan2(z.imaginary, z.real))
    }

    static func log10(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        let r = log(z, &problem)
        return ComplexNumber(r.real / .ln10Nearest, r.imaginary / .ln10Nearest)
    }

    static func sin(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber { sinh(z.turned, &problem).turnedBack }

    static func sinh(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if !z.isFinite {
            if z.real.isInfinite && z.imaginary.isFinite && z.imaginary != 0 {
                let real: Double = copysign(.infinity, Glibc.cos(z.imaginary))
                return ComplexNumber(z.real > 0 ? real : -real, copysign(.infinity, Glibc.sin(z.imaginary)))
            }
            return SpecialValues.sinh.value(z, &problem)
        }
        let r: ComplexNumber
        if z.real.magnitude > logOfLarge {
            let less: Double = z.real - copysign(1, z.real)
            r = ComplexNumber(Glibc.cos(z.imaginary) * Glibc.sinh(less) * .eNearest, Glibc.sin(z.imaginary) * Glibc.cosh(less) * .eNearest)
        } else {
            r = ComplexNumber(Glibc.cos(z.imaginary) * Glibc.sinh(z.real), Glibc.sin(z.imaginary) * Glibc.cosh(z.real))
        }
        if r.real.isInfinite || r.imaginary.isInfinite { problem = .range }
        return r
    }

    static func tan(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber { tanh(z.turned, &problem).turnedBack }

    static func tanh(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if !z.isFinite {
            if z.real.isInfinite && z.imaginary.isFinite && z.imaginary != 0 {
                let imaginary: Double = copysign(0, 2 * Glibc.sin(z.imaginary) * Glibc.cos(z.imaginary))
                return ComplexNumber(z.real > 0 ? 1 : -1, imaginary)
            }
            return SpecialValues.tanh.value(z, &problem)
        }
        if z.real.magnitude > logOfLarge {
            let imaginary: Double = 4 * Glibc.sin(z.imaginary) * Glibc.cos(z.imaginary) * Glibc.exp(-2 * z.real.magnitude)
            return ComplexNumber(copysign(1, z.real), imaginary)
        }
        let tx: Double = Glibc.tanh(z.real)
        let ty: Double = Glibc.tan(z.imaginary)
        let cx: Double = 1 / Glibc.cosh(z.real)
        let product: Double = tx * ty
        let denominator: Double = 1 + product * product
        return ComplexNumber(tx * (1 + ty * ty) / denominator, ((ty / denominator) * cx) * cx)
    }

    /// The number with that absolute value and angle.
    static func rect(_ r: Double, _ phi: Double, _ problem: inout MathProblem) -> ComplexNumber {
        if !r.isFinite || !phi.isFinite {
            if r.isInfinite && phi.isFinite && phi != 0 {
                let real: Double = copysign(.infinity, Glibc.cos(phi))
                let imaginary: Double = copysign(.infinity, Glibc.sin(phi))
                return r > 0 ? ComplexNumber(real, imaginary) : ComplexNumber(-real, -imaginary)
            }
            return SpecialValues.rect.value(ComplexNumber(r, phi), &problem)
        }
        if phi == 0 { return ComplexNumber(r, r * phi) }
        return ComplexNumber(r * Glibc.cos(phi), r * Glibc.sin(phi))
    }

    /// Smith's division; zero is a domain error.
    static func divide(_ a: ComplexNumber, _ b: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        if b.real.magnitude >= b.imaginary.magnitude {
            if b.real == 0 {
                problem = .domain
                return ComplexNumber(0, 0)
            }
            let ratio: Double = b.imaginary / b.real
            let denominator: Double = b.real + b.imaginary * ratio
            return ComplexNumber((a.real + a.imaginary * ratio) / denominator, (a.imaginary - a.real * ratio) / denominator)
        }
        if b.imaginary.magnitude >= b.real.magnitude {
            let ratio: Double = b.real / b.imaginary
            let denominator: Double = b.real * ratio + b.imaginary
            return ComplexNumber((a.real * ratio + a.imaginary) / denominator, (a.imaginary * ratio - a.real) / denominator)
        }
        return ComplexNumber(.nan, .nan)
    }
}
