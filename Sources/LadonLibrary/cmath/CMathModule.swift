// The module `cmath`: its whole surface.

import LadonRuntime
import LadonTypes
import Glibc

private typealias ComplexFunction = (ComplexNumber, inout MathProblem) -> ComplexNumber

/// Any number as a complex one; nil after raising.
private func argument(_ t: Thread, _ v: Value) -> ComplexNumber? {
    var z = ComplexNumber(0, 0)
    return complexFromObject(t, v, &z.real, &z.imaginary) ? z : nil
}

private func raiseProblem(_ t: Thread, _ problem: MathProblem) -> Value {
    problem == .domain ? domainError(t) : rangeError(t)
}

@inline(__always)
private func apply(_ t: Thread, _ a: Values, _ f: ComplexFunction) -> Value {
    guard let z: ComplexNumber = argument(t, a[0]) else { return .raised }
    var problem: MathProblem = .none
    let r = f(z, &problem)
    return problem == .none ? makeComplex(t, r.real, r.imaginary) : raiseProblem(t, problem)
}

/// log(z, base)
private func cmath_log(_ t: Thread, _ a: Values) -> Value {
    guard let z: ComplexNumber = argument(t, a[0]) else { return .raised }
    var problem: MathProblem = .none
    var r = ComplexFunctions.log(z, &problem)
    if !a[1].isMissing {
        guard let base: ComplexNumber = argument(t, a[1]) else { return .raised }
        // As in CPython, a logarithm of 0 is no error when a base is given: -inf is divided.
        problem = .none
        let divisor = ComplexFunctions.log(base, &problem)
        r = ComplexFunctions.divide(r, divisor, &problem)
    }
    return problem == .none ? makeComplex(t, r.real, r.imaginary) : raiseProblem(t, problem)
}

private func cmath_phase(_ t: Thread, _ a: Values) -> Value {
    guard let z: ComplexNumber = argument(t, a[0]) else { return .raised }
    // CPython reports what the C library says, underflow included.
    ladon_set_errno(0)
    let phi: Double = atan2(z.imaginary, z.real)
    if z.isFinite && ladon_errno() != 0 { return rangeError(t) }
    return makeFloat(t, phi)
}

private func cmath_polar(_ t: Thread, _ a: Values) -> Value {
    guard let z: ComplexNumber = argument(t, a[0]) else { return .raised }
    let r: Double = hypot(z.real, z.imaginary)
    if r.isInfinite && z.isFinite { return rangeError(t) }
    let modulus: Value = makeFloat(t, r)
    return makeTuple(t, modulus, makeFloat(t, atan2(z.imaginary, z.real)))
}

private func cmath_rect(_ t: Thread, _ a: Values) -> Value {
    guard let r: Double = asDouble(t, a[0]), let phi: Double = asDouble(t, a[1]) else { return .raised }
    var problem: MathProblem = .none
    let z = ComplexFunctions.rect(r, phi, &problem)
    return problem == .none ? makeComplex(t, z.real, z.imaginary) : raiseProblem(t, problem)
}

/// isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)
private func cmath_isclose(_ t: Thread, _ a: Values) -> Value {
    guard let z: ComplexNumber = argument(t, a[0]), let w: ComplexNumber = argument(t, a[1]) else { return .raised }
    guard let tolerances = closeTolerances(t, a[2], a[3]) else { return .raised }
    if z.real == w.real && z.imaginary == w.imaginary { return .true }
    if z.real.isInfinite || z.imaginary.isInfinite || w.real.isInfinite || w.imaginary.isInfinite { return .false }
    let difference: Double = hypot(z.real - w.real, z.imaginary - w.imaginary)
    return Value(difference <= tolerances.relative * hypot(w.real, w.imaginary)
                 || difference <= tolerances.relative * hypot(z.real, z.imaginary) || difference <= tolerances.absolute)
}

public func cmathModule() -> ModuleDefinition {
    let one: StaticString = "(z, /)"
    let members: [NativeMember] = [
        .method("acos", one, { t, a in apply(t, a, ComplexFunctions.acos) }, "The arc cosine of z."),
        .method("acosh", one, { t, a in apply(t, a, ComplexFunctions.acosh) }, "The inverse hyperbolic cosine of z."),
        .method("asin", one, { t, a in apply(t, a, ComplexFunctions.asin) }, "The arc sine of z."),
        .method("asinh", one, { t, a in apply(t, a, ComplexFunctions.asinh) }, "The inverse hyperbolic sine of z."),
        .method("atan", one, { t, a in apply(t, a, ComplexFunctions.atan) }, "The arc tangent of z."),
        .method("atanh", one, { t, a in apply(t, a, ComplexFunctions.atanh) }, "The inverse hyperbolic tangent of z."),
        .method("cos", one, { t, a in apply(t, a, ComplexFunctions.cos) }, "The cosine of z."),
        .method("cosh", one, { t, a in apply(t, a, ComplexFunctions.cosh) }, "The hyperbolic cosine of z."),
        .method("exp", one, { t, a in apply(t, a, ComplexFunctions.exp) }, "e to the power of z."),
        .method("log", "(z, base=<unrepresentable>, /)", cmath_log, "The logarithm of z to the given base, the natural one without."),
        .method("log10", one, { t, a in apply(t, a, ComplexFunctions.log10) }, "The logarithm of z to base 10."),
        .method("sin", one, { t, a in apply(t, a, ComplexFunctions.sin) }, "The sine of z."),
        .method("sinh", one, { t, a in apply(t, a, ComplexFunctions.sinh) }, "The hyperbolic sine of z."),
        .method("sqrt", one, { t, a in apply(t, a, ComplexFunctions.sqrt) }, "The square root of z."),
        .method("tan", one, { t, a in apply(t, a, ComplexFunctions.tan) }, "The tangent of z."),
        .method("tanh", one, { t, a in apply(t, a, ComplexFunctions.tanh) }, "The hyperbolic tangent of z."),
        .method("phase", one, cmath_phase, "The angle of z, in radians."),
        .method("polar", one, cmath_polar, "The pair (r, phi): the absolute value of z and its angle."),
        .method("rect", "(r, phi, /)", cmath_rect, "The number with absolute value r and angle phi."),
        .method("isfinite", one, { t, a in
            guard let z: ComplexNumber = argument(t, a[0]) else { return .raised }
            return Value(z.isFinite)
        }, "Whether both parts of z are finite."),
        .method("isinf", one, { t, a in
            guard let z: ComplexNumber = argument(t, a[0]) else { return .raised }
            return Value(z.real.isInfinite || z.imaginary.isInfinite)
        }, "Whether a part of z is infinite."),
        .method("isnan", one, { t, a in
            guard let z: ComplexNumber = argument(t, a[0]) else { return .raised }
            return Value(z.real.isNaN || z.imaginary.isNaN)
        }, "Whether a part of z is a NaN."),
        .method("isclose", "(a, b, *, rel_tol=1e-09, abs_tol=0.0)", cmath_isclose,
                "Whether two numbers are equal but for a relative or an absolute tolerance."),
        .constant("pi") { t, _ in makeFloat(t, .piNearest) },
        .constant("e") { t, _ in makeFloat(t, .eNearest) },
        .constant("tau") { t, _ in makeFloat(t, 2 * .piNearest) },
        .constant("inf") { t, _ in makeFloat(t, .infinity) },
        .constant("infj") { t, _ in makeComplex(t, 0, .infinity) },
        .constant("nan") { t, _ in makeFloat(t, .nan) },
        .constant("nanj") { t, _ in makeComplex(t, 0, .nan) },
    ]
    return ModuleDefinition("cmath", doc: "Elementary functions of complex numbers.", members: members)
}
