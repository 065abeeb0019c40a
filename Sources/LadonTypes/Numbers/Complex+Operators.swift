// The slots of complex: the other operand may be a complex, a float or an int.

import LadonRuntime
import Glibc

/// 1: `z` is the operand; 0: not a number; -1: raised.
func complexOperand(_ t: Thread, _ v: Value, _ z: inout Complex) -> Truth {
    if isComplex(v) { z = v.asComplex; return 1 }
    z = Complex(0, 0)
    return floatOperand(t, v, &z.real)
}

@inline(__always)
private func complexOperands(_ t: Thread, _ a: Value, _ b: Value, _ x: inout Complex, _ y: inout Complex) -> Truth {
    let first: Truth = complexOperand(t, a, &x)
    return first == 1 ? complexOperand(t, b, &y) : first
}

func complex_add(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x = Complex(0, 0), y = Complex(0, 0)
    let ok: Truth = complexOperands(t, a, b, &x, &y)
    return ok == 1 ? makeComplex(t, x.real + y.real, x.imaginary + y.imaginary) : notOperands(ok)
}

func complex_subtract(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x = Complex(0, 0), y = Complex(0, 0)
    let ok: Truth = complexOperands(t, a, b, &x, &y)
    return ok == 1 ? makeComplex(t, x.real - y.real, x.imaginary - y.imaginary) : notOperands(ok)
}

func complex_multiply(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x = Complex(0, 0), y = Complex(0, 0)
    let ok: Truth = complexOperands(t, a, b, &x, &y)
    return ok == 1 ? makeComplex(t, x * y) : notOperands(ok)
}

func complex_trueDivide(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x = Complex(0, 0), y = Complex(0, 0)
    let ok: Truth = complexOperands(t, a, b, &x, &y)
    if ok != 1 { return notOperands(ok) }
    if y.isZero { return raise(t, .zeroDivisionError, "complex division by zero") }
    return makeComplex(t, x / y)
}

func complex_power(_ t: Thread, _ a: Value, _ b: Value, _ c: Value) -> Value {
    var x = Complex(0, 0), y = Complex(0, 0)
    let ok: Truth = complexOperands(t, a, b, &x, &y)
    if ok != 1 { return notOperands(ok) }
    if !c.isNone && !c.isMissing && !c.isRaised { return raise(t, .valueError, "complex modulo") }
    return complexPower(t, x, y)
}

func complex_negative(_ t: Thread, _ v: Value) -> Value {
    let z = v.asComplex
    return makeComplex(t, -z.real, -z.imaginary)
}

func complex_positive(_ t: Thread, _ v: Value) -> Value { v.isExactly(.complex) ? v : makeComplex(t, v.asComplex) }
func complex_bool(_ t: Thread, _ v: Value) -> Value { Value(!v.asComplex.isZero) }

func complex_absolute(_ t: Thread, _ v: Value) -> Value {
    let z = v.asComplex
    let d: Double = z.magnitude
    if d.isInfinite && z.isFinite { return raise(t, .overflowError, "absolute value too large") }
    return makeFloat(t, d)
}

func complex_hash(_ t: Thread, _ v: Value) -> Value {
    let z = v.asComplex
    let identity: Int = identityHash(v)
    let real: Int = Hashing.float(z.real, identity: identity)
    let imaginary: Int = Hashing.float(z.imaginary, identity: identity)
    return makeInt(t, Hashing.complex(real: real, imaginary: imaginary))
}

func complex_repr(_ t: Thread, _ v: Value) -> Value {
    let z = v.asComplex
    var out = ByteBuffer(capacity: 64)
    defer { out.free() }
    if z.real == 0 && z.real.sign == .plus {
        _ = FloatText.append(z.imaginary, code: 114, precision: 0, to: &out)
        out.append(106)
    } else {
        out.append(40)
        _ = FloatText.append(z.real, code: 114, precision: 0, to: &out)
        if z.imaginary.isNaN || z.imaginary.sign == .plus { out.append(43) }
        _ = FloatText.append(z.imaginary, code: 114, precision: 0, to: &out)
        out.append(106)
        out.append(41)
    }
    return makeString(t, ascii: UnsafePointer(out.base), count: out.count)
}

func complex_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let wantsEqual: Bool = op.smallInt == CompareOp.eq.rawValue
    if !wantsEqual && op.smallInt != CompareOp.ne.rawValue { return .notImplemented }
    let z = a.asComplex
    let equal: Bool
    if isComplex(b) {
        let w = b.asComplex
        equal = z.real == w.real && z.imaginary == w.imaginary
    } else if isInt(b) {
        equal = z.imaginary == 0 && !z.real.isNaN && intCompare(plainInt(b), with: z.real) == 0
    } else if isFloat(b) {
        equal = z.imaginary == 0 && z.real == b.asFloat
    } else {
        return .notImplemented
    }
    return Value(equal == wantsEqual)
}
