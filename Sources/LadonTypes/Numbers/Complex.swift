// Complex numbers as a machine type: arithmetic with CPython's choices at the edges.

import LadonRuntime
import Glibc

/// A complex number apart from its object.
struct Complex {
    var real: Double
    var imaginary: Double

    @inline(__always) init(_ real: Double, _ imaginary: Double) { self.real = real; self.imaginary = imaginary }

    var isFinite: Bool { real.isFinite && imaginary.isFinite }
    var isZero: Bool { real == 0 && imaginary == 0 }

    static func * (a: Complex, b: Complex) -> Complex {
        Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }

    /// Smith's method: divide through by the larger part of the divisor. The divisor must not be zero.
    static func / (a: Complex, b: Complex) -> Complex {
        if b.real.magnitude >= b.imaginary.magnitude {
            let ratio: Double = b.imaginary / b.real
            let denominator: Double = b.real + b.imaginary * ratio
            return Complex((a.real + a.imaginary * ratio) / denominator, (a.imaginary - a.real * ratio) / denominator)
        }
        if b.imaginary.magnitude >= b.real.magnitude {
            let ratio: Double = b.real / b.imaginary
            let denominator: Double = b.real * ratio + b.imaginary
            return Complex((a.real * ratio + a.imaginary) / denominator, (a.imaginary * ratio - a.real) / denominator)
        }
        // A NaN among the divisor's parts.
        return Complex(Double.nan, Double.nan)
    }

    /// |z|, not finite when it overflows.
    var magnitude: Double { hypot(real, imaginary) }

    /// Powers by repeated squaring.
    func raised(toUnsigned n: Int) -> Complex {
        var result = Complex(1, 0)
        var square: Complex = self
        var mask: Int = 1
        while mask > 0 && n >= mask {
            if n & mask != 0 { result = result * square }
            mask <<= 1
            square = square * square
        }
        return result
    }
}

extension Value {
    /// The number in a complex object.
    @inline(__always) var asComplex: Complex {
        let p = cell(as: ComplexCell.self)
        return Complex(p.pointee.real, p.pointee.imaginary)
    }
}

@inline(__always) func makeComplex(_ t: Thread, _ z: Complex) -> Value { makeComplex(t, z.real, z.imaginary) }

/// True for complex and instances of its subclasses.
func isComplex(_ v: Value) -> Bool { v.isExactly(.complex) || (v.isCell && isInstanceOf(v, .complex)) }

/// z ** w with CPython's errors.
func complexPower(_ t: Thread, _ z: Complex, _ w: Complex) -> Value {
    var r: Complex
    if w.imaginary == 0 && w.real == w.real.rounded(.down) && w.real.magnitude <= 100 {
        // A small integer: exact multiplications.
        let n = Int(w.real)
        if n >= 0 {
            r = z.raised(toUnsigned: n)
        } else {
            let power: Complex = z.raised(toUnsigned: -n)
            if power.isZero { return raise(t, .zeroDivisionError, "0.0 to a negative or complex power") }
            r = Complex(1, 0) / power
        }
    } else if w.isZero {
        r = Complex(1, 0)
    } else if z.isZero {
        if w.imaginary != 0 || w.real < 0 { return raise(t, .zeroDivisionError, "0.0 to a negative or complex power") }
        r = Complex(0, 0)
    } else {
        let modulus: Double = z.magnitude
        var length: Double = pow(modulus, w.real)
        let angle: Double = atan2(z.imaginary, z.real)
        var phase: Double = angle * w.real
        if w.imaginary != 0 {
            length /= exp(angle * w.imaginary)
            phase += w.imaginary * log(modulus)
        }
        // The cosine of an infinity is C's domain error, which CPython takes for the other one.
        if phase.isInfinite { return raise(t, .zeroDivisionError, "0.0 to a negative or complex power") }
        r = Complex(length * cos(phase), length * sin(phase))
    }
    // CPython looks for an infinity in the result, whatever the operands were.
    if r.real.isInfinite || r.imaginary.isInfinite { return raise(t, .overflowError, "complex exponentiation") }
    return makeComplex(t, r)
}
