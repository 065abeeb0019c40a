// The slots of float. Arithmetic slots answer NotImplemented unless the other operand is a float or an int.

import LadonRuntime
import Glibc

/// 1: `d` is the operand as a double; 0: not a number that float works with; -1: raised (an int too large).
@inline(__always)
func floatOperand(_ t: Thread, _ v: Value, _ d: inout Double) -> Truth {
    if v.isSmallInt { d = Double(v.smallInt); return 1 }
    if v.isExactly(.float) { d = v.asFloat; return 1 }
    return floatOperandSlow(t, v, &d)
}

@inline(never)
private func floatOperandSlow(_ t: Thread, _ v: Value, _ d: inout Double) -> Truth {
    if isFloat(v) { d = v.asFloat; return 1 }
    if !isInt(v) { return 0 }
    guard let x: Double = intToDouble(t, plainInt(v)) else { return -1 }
    d = x
    return 1
}

/// Both operands; the result says as `floatOperand` does.
@inline(__always)
func floatOperands(_ t: Thread, _ a: Value, _ b: Value, _ x: inout Double, _ y: inout Double) -> Truth {
    let first: Truth = floatOperand(t, a, &x)
    if first != 1 { return first }
    return floatOperand(t, b, &y)
}

/// What a slot answers when `floatOperands` did not say 1.
@inline(__always)
func notOperands(_ truth: Truth) -> Value { truth < 0 ? .raised : .notImplemented }

func float_add(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x: Double = 0, y: Double = 0
    let ok: Truth = floatOperands(t, a, b, &x, &y)
    return ok == 1 ? makeFloat(t, x + y) : notOperands(ok)
}

func float_subtract(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x: Double = 0, y: Double = 0
    let ok: Truth = floatOperands(t, a, b, &x, &y)
    return ok == 1 ? makeFloat(t, x - y) : notOperands(ok)
}

func float_multiply(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x: Double = 0, y: Double = 0
    let ok: Truth = floatOperands(t, a, b, &x, &y)
    return ok == 1 ? makeFloat(t, x * y) : notOperands(ok)
}

func float_trueDivide(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x: Double = 0, y: Double = 0
    let ok: Truth = floatOperands(t, a, b, &x, &y)
    if ok != 1 { return notOperands(ok) }
    if y == 0 { return raise(t, .zeroDivisionError, "float division by zero") }
    return makeFloat(t, x / y)
}

func float_floorDivide(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x: Double = 0, y: Double = 0
    let ok: Truth = floatOperands(t, a, b, &x, &y)
    if ok != 1 { return notOperands(ok) }
    if y == 0 { return raise(t, .zeroDivisionError, "float floor division by zero") }
    return makeFloat(t, floatFloorDiv(x, y))
}

func float_modulo(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x: Double = 0, y: Double = 0
    let ok: Truth = floatOperands(t, a, b, &x, &y)
    if ok != 1 { return notOperands(ok) }
    if y == 0 { return raise(t, .zeroDivisionError, "float modulo") }
    return makeFloat(t, floatMod(x, y))
}

func float_divmod(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    var x: Double = 0, y: Double = 0
    let ok: Truth = floatOperands(t, a, b, &x, &y)
    if ok != 1 { return notOperands(ok) }
    if y == 0 { return raise(t, .zeroDivisionError, "float divmod()") }
    var r: Double = 0
    let q: Value = makeFloat(t, floatDivMod(x, y, &r))
    return makeTuple(t, q, makeFloat(t, r))
}

func float_power(_ t: Thread, _ a: Value, _ b: Value, _ c: Value) -> Value {
    if !c.isNone && !c.isMissing && !c.isRaised {
        return raise(t, .typeError, "pow() 3rd argument not allowed unless all arguments are integers")
    }
    var x: Double = 0, y: Double = 0
    let ok: Truth = floatOperands(t, a, b, &x, &y)
    return ok == 1 ? floatPower(t, x, y) : notOperands(ok)
}

/// x ** y: C's pow with Python's errors, and a complex result for a fractional power of a negative number.
public func floatPower(_ t: Thread, _ x: Double, _ y: Double) -> Value {
    if x == 0 && y < 0 && y.isFinite { return raise(t, .zeroDivisionError, "0.0 cannot be raised to a negative power") }
    if x < 0 && x.isFinite && y.isFinite && y != y.rounded(.down) {
        return complexPower(t, Complex(x, 0), Complex(y, 0))
    }
    let r: Double = pow(x, y)
    if r.isInfinite && x.isFinite && y.isFinite { return raiseErrno(t, .overflowError, ERANGE) }
    return makeFloat(t, r)
}

/// An exception with the arguments (errno, strerror(errno)), as CPython's numeric code raises it.
func raiseErrno(_ t: Thread, _ type: TypeID, _ code: Int32) -> Value {
    let text: Value = makeString(t, String(cString: strerror(code)))
    if text.isRaised { return text }
    let e: Value = call(t, builtinType(type).value, makeInt(t, code), text)
    return e.isRaised ? e : raiseValue(t, e)
}

func float_repr(_ t: Thread, _ v: Value) -> Value {
    let d: Double = v.asFloat
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
        let p = buffer.baseAddress.unsafelyUnwrapped
        return makeString(t, ascii: UnsafePointer(p), count: FloatText.repr(d, into: p))
    }
}

func float_hash(_ t: Thread, _ v: Value) -> Value {
    // NaNs hash by identity.
    makeInt(t, Hashing.float(v.asFloat, identity: v.asFloat.isNaN ? identityHash(v) : 0))
}
func float_bool(_ t: Thread, _ v: Value) -> Value { Value(v.asFloat != 0) }
func float_negative(_ t: Thread, _ v: Value) -> Value { makeFloat(t, -v.asFloat) }
func float_absolute(_ t: Thread, _ v: Value) -> Value { makeFloat(t, v.asFloat.magnitude) }
func float_int(_ t: Thread, _ v: Value) -> Value { intFromDouble(t, v.asFloat) }
func float_itself(_ t: Thread, _ v: Value) -> Value { v.isExactly(.float) ? v : makeFloat(t, v.asFloat) }

/// a is a float; b anything. Exact for ints of any size.
func float_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let x: Double = a.asFloat
    if isFloat(b) {
        let y: Double = b.asFloat
        switch CompareOp(rawValue: op.smallInt).unsafelyUnwrapped {
        case .lt: return Value(x < y)
        case .le: return Value(x <= y)
        case .eq: return Value(x == y)
        case .ne: return Value(x != y)
        case .gt: return Value(x > y)
        case .ge: return Value(x >= y)
        }
    }
    if !isInt(b) { return .notImplemented }
    if x.isNaN { return Value(op.smallInt == CompareOp.ne.rawValue) }
    return orderAnswer(0 - intCompare(plainInt(b), with: x), op)
}
