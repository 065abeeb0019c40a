// The slots of int. An arithmetic slot is called for the type of either operand: it answers
// NotImplemented unless both are ints (bool and subclasses included).

import LadonRuntime

/// Canonical forms of both operands, or false when one of them is no int.
@inline(__always)
func intOperands(_ a: inout Value, _ b: inout Value) -> Bool {
    if Value.bothSmallInts(a, b) { return true }
    if !isInt(a) || !isInt(b) { return false }
    a = plainInt(a)
    b = plainInt(b)
    return true
}

func int_repr(_ t: Thread, _ v: Value) -> Value { intToString(t, plainInt(v), 10) }
func int_hash(_ t: Thread, _ v: Value) -> Value { makeInt(t, intHash(plainInt(v))) }
func int_bool(_ t: Thread, _ v: Value) -> Value { Value(plainInt(v) != .zero) }
func int_negative(_ t: Thread, _ v: Value) -> Value { intNeg(t, plainInt(v)) }
func int_invert(_ t: Thread, _ v: Value) -> Value { intInvert(t, plainInt(v)) }
func int_itself(_ t: Thread, _ v: Value) -> Value { exactInt(t, v) }

func int_absolute(_ t: Thread, _ v: Value) -> Value {
    let p: Value = plainInt(v)
    return intSign(p) < 0 ? intNeg(t, p) : exactInt(t, p)
}

func int_float(_ t: Thread, _ v: Value) -> Value {
    guard let d: Double = intToDouble(t, plainInt(v)) else { return .raised }
    return makeFloat(t, d)
}

func int_add(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? intAdd(t, a, b) : .notImplemented
}

func int_subtract(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? intSub(t, a, b) : .notImplemented
}

func int_multiply(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? intMul(t, a, b) : .notImplemented
}

func int_floorDivide(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? exactResult(t, intFloorDiv(t, a, b)) : .notImplemented
}

func int_modulo(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? exactResult(t, intMod(t, a, b)) : .notImplemented
}

func int_divmod(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    if !intOperands(&a, &b) { return .notImplemented }
    var q: Value = .zero
    let r: Value = exactResult(t, intDivMod(t, a, b, &q))
    return r.isRaised ? r : makeTuple(t, q, r)
}

func int_trueDivide(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    if !intOperands(&a, &b) { return .notImplemented }
    guard let d: Double = intTrueDivide(t, a, b) else { return .raised }
    return makeFloat(t, d)
}

func int_leftShift(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? intLshift(t, a, b) : .notImplemented
}

func int_rightShift(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? intRshift(t, a, b) : .notImplemented
}

func int_and(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? intAnd(t, a, b) : .notImplemented
}

func int_or(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? intOr(t, a, b) : .notImplemented
}

func int_xor(_ t: Thread, _ x: Value, _ y: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? intXor(t, a, b) : .notImplemented
}

/// Division may hand an operand back unchanged: an instance of a subclass must not come out.
@inline(__always)
func exactResult(_ t: Thread, _ v: Value) -> Value {
    v.isSmallInt || v.isRaised ? v : exactInt(t, v)
}

func int_power(_ t: Thread, _ x: Value, _ y: Value, _ z: Value) -> Value {
    var a: Value = x, b: Value = y
    if !intOperands(&a, &b) { return .notImplemented }
    if !z.isNone && !z.isMissing && !z.isRaised {
        if !isInt(z) { return .notImplemented }
        return exactResult(t, intPow(t, a, b, modulus: plainInt(z)))
    }
    if intSign(b) < 0 {
        // A float, as in 2 ** -1.
        guard let base: Double = intToDouble(t, a), let exponent: Double = intToDouble(t, b) else { return .raised }
        return floatPower(t, base, exponent)
    }
    return exactResult(t, intPow(t, a, b))
}

/// The answer of a rich comparison from an order.
@inline(__always)
func orderAnswer(_ order: Int, _ op: Value) -> Value {
    switch CompareOp(rawValue: op.smallInt).unsafelyUnwrapped {
    case .lt: return Value(order < 0)
    case .le: return Value(order <= 0)
    case .eq: return Value(order == 0)
    case .ne: return Value(order != 0)
    case .gt: return Value(order > 0)
    case .ge: return Value(order >= 0)
    }
}

func int_compare(_ t: Thread, _ x: Value, _ y: Value, _ op: Value) -> Value {
    var a: Value = x, b: Value = y
    return intOperands(&a, &b) ? orderAnswer(intCompare(a, b), op) : .notImplemented
}
