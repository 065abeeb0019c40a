// Arithmetic and comparison of timedelta: on microseconds, exactly.

import LadonLibrary

func timedelta_hash(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: TimedeltaCell.self).pointee
    var key = (c.days, c.seconds, c.microseconds)
    return makeInt(t, withUnsafeBytes(of: &key) { hashBytes($0.baseAddress.unsafelyUnwrapped, 12) })
}

/// The answer of a comparison whose operands differ like `difference` and 0.
func comparison(_ difference: Int, _ op: Value) -> Value {
    switch CompareOp(rawValue: op.smallInt).unsafelyUnwrapped {
    case .lt: return Value(difference < 0)
    case .le: return Value(difference <= 0)
    case .eq: return Value(difference == 0)
    case .ne: return Value(difference != 0)
    case .gt: return Value(difference > 0)
    case .ge: return Value(difference >= 0)
    }
}

@inline(__always) func order(_ a: Int, _ b: Int) -> Int { a < b ? -1 : a == b ? 0 : 1 }

func timedelta_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if !isTimedelta(b) { return .notImplemented }
    let x = deltaMicroseconds(a), y = deltaMicroseconds(b)
    return comparison(x < y ? -1 : x == y ? 0 : 1, op)
}

func timedelta_add(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isTimedelta(a) || !isTimedelta(b) { return .notImplemented }
    return makeTimedelta(t, wide: deltaMicroseconds(a) + deltaMicroseconds(b))
}

func timedelta_subtract(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isTimedelta(a) || !isTimedelta(b) { return .notImplemented }
    return makeTimedelta(t, wide: deltaMicroseconds(a) - deltaMicroseconds(b))
}

private func microseconds(_ t: Thread, _ v: Value) -> Value { makeInt(t, wide: deltaMicroseconds(v)) }

func timedelta_multiply(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let delta = isTimedelta(a) ? a : b, factor = isTimedelta(a) ? b : a
    if isInt(factor) {
        let n = plainInt(factor)
        // Days fit in 30 bits: for factors of a word the product fits.
        if let word = intAsWord(n), let small = Int32(exactly: word) { return makeTimedelta(t, wide: deltaMicroseconds(delta) * Int128(small)) }
        return timedelta(t, intMul(t, microseconds(t, delta), n))
    }
    if isFloat(factor) { return scale(t, delta, by: factor, inverse: false) }
    return .notImplemented
}

func timedelta_trueDivide(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isTimedelta(a) { return .notImplemented }
    if isTimedelta(b) { return binaryOperation(t, microseconds(t, a), microseconds(t, b), .trueDivide) }
    if isFloat(b) { return scale(t, a, by: b, inverse: true) }
    if isInt(b) { return timedelta(t, nearestQuotient(t, microseconds(t, a), plainInt(b))) }
    return .notImplemented
}

func timedelta_floorDivide(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isTimedelta(a) { return .notImplemented }
    if isTimedelta(b) { return binaryOperation(t, microseconds(t, a), microseconds(t, b), .floorDivide) }
    if isInt(b) { return timedelta(t, binaryOperation(t, microseconds(t, a), plainInt(b), .floorDivide)) }
    return .notImplemented
}

func timedelta_modulo(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isTimedelta(a) || !isTimedelta(b) { return .notImplemented }
    return timedelta(t, binaryOperation(t, microseconds(t, a), microseconds(t, b), .modulo))
}

func timedelta_divmod(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isTimedelta(a) || !isTimedelta(b) { return .notImplemented }
    var quotient = Value.none
    let remainder = intDivMod(t, microseconds(t, a), microseconds(t, b), &quotient)
    let rest = timedelta(t, remainder)
    return rest.isRaised ? rest : makeTuple(t, quotient, rest)
}

/// The delta times a float, or divided by it: exactly, by the float's ratio of integers, then rounded.
private func scale(_ t: Thread, _ delta: Value, by factor: Value, inverse: Bool) -> Value {
    let ratio = callMethod(t, factor, .as_integer_ratio)
    if ratio.isRaised { return ratio }
    if !isTuple(ratio) { return raise(t, .typeError, "unexpected return type from as_integer_ratio(): expected tuple, got '\(typeName(ratio))'") }
    if ratio.tupleCount != 2 { return raise(t, .valueError, "as_integer_ratio() must return a 2-tuple") }
    let up = ratio.tupleItems[inverse ? 1 : 0], down = ratio.tupleItems[inverse ? 0 : 1]
    let product = binaryOperation(t, microseconds(t, delta), up, .multiply)
    if product.isRaised { return product }
    if !isInt(product) || !isInt(down) { return raise(t, .typeError, "as_integer_ratio() must return integers") }
    return timedelta(t, nearestQuotient(t, plainInt(product), plainInt(down)))
}

/// a / b as an int, ties to even.
private func nearestQuotient(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if a.isRaised { return a }
    var quotient = Value.none
    let remainder = intDivMod(t, a, b, &quotient)
    if remainder.isRaised { return remainder }
    // The remainder has the divisor's sign: compare its double with the divisor in size.
    let twice = binaryOperation(t, remainder, remainder, .add)
    if twice.isRaised { return twice }
    let isPositive = intSign(b) > 0
    let against = compare(t, twice, b, isPositive ? .gt : .lt)
    if against.isRaised { return against }
    var up = against == Value(true)
    if !up && equal(t, twice, b) > 0 {
        let odd = binaryOperation(t, quotient, Value(smallInt: 1), .and)
        up = odd == Value(smallInt: 1)
    }
    return up ? binaryOperation(t, quotient, Value(smallInt: 1), .add) : quotient
}
