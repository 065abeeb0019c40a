// Operators, comparison and hash of Decimal.

import CGMP
import LadonLibrary

/// Both operands as numbers, unless one is neither a Decimal nor an int.
@inline(__always)
private func operate(_ t: Thread, _ a: Value, _ b: Value, _ context: Value, limit: Int = longPrecision,
                     _ operation: (Number, Number, Rules, inout Conditions) -> Number) -> Value {
    if context.isRaised { return context }
    let x: Number, y: Number
    if isDecimal(a) { x = number(a) } else if isInt(a) { x = number(int: plainInt(a)) } else { return .notImplemented }
    if isDecimal(b) { y = number(b) } else if isInt(b) { y = number(int: plainInt(b)) } else { return .notImplemented }
    return binary(t, x, y, context, limit: limit, operation)
}

// In general, when the operation on small numbers doesn't do.
@inline(never) private func add(_ t: Thread, _ a: Value, _ b: Value, _ context: Value) -> Value {
    operate(t, a, b, context) { $0.plus($1, $2, &$3) }
}
@inline(never) private func subtract(_ t: Thread, _ a: Value, _ b: Value, _ context: Value) -> Value {
    operate(t, a, b, context) { $0.minus($1, $2, &$3) }
}
@inline(never) private func multiply(_ t: Thread, _ a: Value, _ b: Value, _ context: Value) -> Value {
    operate(t, a, b, context) { $0.times($1, $2, &$3) }
}
@inline(never) private func divide(_ t: Thread, _ a: Value, _ b: Value, _ context: Value) -> Value {
    operate(t, a, b, context) { $0.over($1, $2, &$3) }
}

func decimal_add(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let context: Value = currentDecimalContext(t)
    if context.isRaised { return context }
    let r: Value = SmallDecimal.sum(t, a, b, subtract: false, rules(context), context)
    return r.isMissing ? add(t, a, b, context) : r
}

func decimal_subtract(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let context: Value = currentDecimalContext(t)
    if context.isRaised { return context }
    let r: Value = SmallDecimal.sum(t, a, b, subtract: true, rules(context), context)
    return r.isMissing ? subtract(t, a, b, context) : r
}

func decimal_multiply(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let context: Value = currentDecimalContext(t)
    if context.isRaised { return context }
    let r: Value = SmallDecimal.product(t, a, b, rules(context), context)
    return r.isMissing ? multiply(t, a, b, context) : r
}

func decimal_trueDivide(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let context: Value = currentDecimalContext(t)
    if context.isRaised { return context }
    let r: Value = SmallDecimal.ratio(t, a, b, rules(context), context)
    return r.isMissing ? divide(t, a, b, context) : r
}

func decimal_floorDivide(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    operate(t, a, b, currentDecimalContext(t)) { $0.wholeQuotient($1, $2, &$3) }
}
func decimal_modulo(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    operate(t, a, b, currentDecimalContext(t)) { $0.remainder($1, $2, &$3) }
}

func decimal_divmod(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let context: Value = currentDecimalContext(t)
    if context.isRaised { return context }
    if !isDecimal(a) && !isInt(a) || !isDecimal(b) && !isInt(b) { return .notImplemented }
    return divmod(t, a, b, context)
}

/// Operands that are Decimals or ints, or TypeError.
func divmod(_ t: Thread, _ a: Value, _ b: Value, _ context: Value) -> Value {
    guard let x = operand(t, a), let y = operand(t, b) else { return .raised }
    var status: Conditions = []
    let limits: Rules = rules(context)
    let (q, r) = isLong(x) || isLong(y)
        ? blocking(t) { x.quotientAndRemainder(y, limits, &status) } : x.quotientAndRemainder(y, limits, &status)
    if !note(t, context, status) { return .raised }
    let quotient: Value = makeDecimal(t, q)
    if quotient.isRaised { return quotient }
    let rest: Value = makeDecimal(t, r)
    return rest.isRaised ? rest : makeTuple(t, quotient, rest)
}

func decimal_power(_ t: Thread, _ a: Value, _ b: Value, _ modulus: Value) -> Value {
    if modulus.isNone || modulus.isMissing { return operate(t, a, b, currentDecimalContext(t),
        limit: longFunctionPrecision) { $0.power($1, $2, &$3) } }
    if !isDecimal(modulus) && !isInt(modulus) { return .notImplemented }
    guard let m = operand(t, modulus) else { return .raised }
    return operate(t, a, b, currentDecimalContext(t), limit: modularLimit(b)) { $0.power($1, modulo: m, $2, &$3) }
}

/// Exponents of exponents count in a modular power: a step for each.
func modularLimit(_ exponent: Value) -> Int {
    isDecimal(exponent) && exponent.asDecimal.pointee.exponent > 1000 ? 0 : longFunctionPrecision
}

// MARK: comparison

/// What to compare with, besides numbers that are Decimals.
private enum Comparand {
    case number(Number)
    case notImplemented, raised
}

/// The other operand of a comparison. A fraction's denominator is multiplied into `x`.
@inline(never)
private func comparand(_ t: Thread, _ v: Value, _ isEquality: Bool, _ context: Value, _ x: inout Number) -> Comparand {
    if isInt(v) { return .number(number(int: plainInt(v))) }
    if isFloat(v) || isInstanceOf(v, .complex) && isEquality {
        var d: Double
        if isFloat(v) {
            d = v.asFloat
        } else {
            let z = v.cell(as: ComplexCell.self).pointee
            if z.imaginary != 0 { return .notImplemented }
            d = z.real
        }
        // Equality with floats is no error, but noted.
        if isEquality { addFlags(context, .floatOperation) } else if !note(t, context, .floatOperation) { return .raised }
        return .number(number(d))
    }
    // Each interpreter has its own `numbers`.
    let numbers: Value = importModule(t, "numbers")
    let rational: Value = numbers.isRaised ? numbers : getAttribute(t, numbers, internStatic(t, "Rational"))
    if rational.isRaised { return .raised }
    let isRational: Truth = isInstance(t, v, rational)
    if isRational < 0 { return .raised }
    if isRational == 0 { return .notImplemented }
    let up: Value = getAttribute(t, v, internStatic(t, "numerator")), down: Value = getAttribute(t, v, internStatic(t, "denominator"))
    if up.isRaised || down.isRaised { return .raised }
    if !isInt(up) || !isInt(down) {
        _ = raise(t, .typeError, "numerator and denominator must be integers")
        return .raised
    }
    if x.isFinite {
        var status: Conditions = []
        x = x.exactProduct(number(int: plainInt(down)), &status)
        if !note(t, context, status) { return .raised }
    }
    return .number(number(int: plainInt(up)))
}

func decimal_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let o: CompareOp = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    let isEquality: Bool = o == .eq || o == .ne
    if let order = SmallDecimal.order(a, b) { return comparison(order, op) }
    if !isDecimal(a) { return .notImplemented }
    var x: Number = number(a)
    let y: Number
    if isDecimal(b) {
        y = number(b)
    } else if b.isSmallInt {
        y = Number(b.smallInt)
    } else {
        let context: Value = currentDecimalContext(t)
        if context.isRaised { return context }
        switch comparand(t, b, isEquality, context, &x) {
        case .number(let n): y = n
        case .notImplemented: return .notImplemented
        case .raised: return .raised
        }
    }
    if x.isNaN || y.isNaN {
        // Signaling NaNs always signal, quiet ones where an order is asked for.
        if !isEquality || x.isSignaling || y.isSignaling {
            let context: Value = currentDecimalContext(t)
            if context.isRaised || !note(t, context, .invalidOperation) { return .raised }
        }
        return Value(o == .ne)
    }
    return comparison(Number.order(x, y), op)
}

// MARK: hash

func decimal_hash(_ t: Thread, _ v: Value) -> Value {
    let n: Number = number(v)
    switch n.kind {
    case .signalingNaN: return raise(t, .typeError, "Cannot hash a signaling NaN value")
    case .quietNaN: return object_hash(t, v)
    case .infinity: return Value(smallInt: n.isNegative ? -314_159 : 314_159)
    case .finite: break
    }
    let modulus = UInt(Hashing.modulus)
    func times(_ a: UInt, _ b: UInt) -> UInt {
        let p = a.multipliedFullWidth(by: b)
        // 2^61 = 1 modulo 2^61 - 1
        let r: UInt = (p.low & modulus) &+ (p.low >> 61 | p.high << 3)
        return r >= modulus ? r - modulus : r
    }
    // 10 and its inverse modulo 2^61 - 1, to the exponent's power.
    var base: UInt = n.exponent >= 0 ? 10 : 2_075_258_708_292_324_556
    var e = UInt(n.exponent.magnitude)
    var h: UInt = n.coefficient.modulo(modulus)
    while e != 0 {
        if e & 1 != 0 { h = times(h, base) }
        base = times(base, base)
        e >>= 1
    }
    let signed: Int = n.isNegative ? -Int(h) : Int(h)
    return Value(smallInt: signed == -1 ? -2 : signed)
}
