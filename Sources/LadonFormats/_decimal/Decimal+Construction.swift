// Decimals of other values: exactly, or rounded to a context.

import CLadonUnicode
import LadonCore
import LadonLibrary

let decimalParameters = ConstructorSignature(parameters: ["value", "context"], required: 0, positional: 2)

func decimal_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if n == 1 && names.bits == 0 { return exactDecimal(t, a.unsafelyUnwrapped[0], type.asType, .none) }
    return withBound(t, decimalParameters, a, n, names) { bound -> Value in
        if bound[0].isMissing {
            let context: Value = contextArgument(t, bound[1])
            return context.isRaised ? context : makeDecimal(t, .zero(), type.asType)
        }
        return exactDecimal(t, bound[0], type.asType, bound[1])
    }
}

private func unsupported(_ t: Thread, _ v: Value) -> Value {
    raise(t, .typeError, "conversion from \(v.isNone ? "NoneType" : typeName(v)) to Decimal is not supported")
}

/// `Decimal(v, context)`.
func exactDecimal(_ t: Thread, _ v: Value, _ type: TypePointer, _ contextGiven: Value) -> Value {
    if v.isSmallInt && contextGiven.isNone { return makeDecimal(t, Number(v.smallInt), type) }
    if contextGiven.isNone && v.isStr && v.strKind == 1, let n = parseShort(v.strBytes, v.strCount) {
        v.keepAlive
        return makeDecimal(t, n, type)
    }
    let context: Value = contextArgument(t, contextGiven)
    if context.isRaised { return context }
    if isDecimal(v) {
        if type == decimals.pointee.decimal && typeOf(v) == type { return v }
        return makeDecimal(t, number(v), type)
    }
    let n: Number
    if isInstanceOf(v, .str) {
        guard let parsed = parseText(v, loose: true) else { return conversionSyntax(t, context, type) }
        n = parsed
    } else if isInt(v) {
        n = number(int: plainInt(v))
        if n.coefficient.isSmall { return makeDecimal(t, n, type) }
    } else if isTuple(v) || isList(v) {
        guard let parsed = numberFromSequence(t, v) else { return .raised }
        n = parsed
    } else if isFloat(v) {
        if !note(t, context, .floatOperation) { return .raised }
        return makeDecimal(t, number(v.asFloat), type)
    } else {
        return unsupported(t, v)
    }
    return exactly(t, n, type, context)
}

/// The number, which must be within the limits of all contexts.
private func exactly(_ t: Thread, _ n: Number, _ type: TypePointer?, _ context: Value) -> Value {
    if n.isSpecial || n.exponent == 0 && n.coefficient.isSmall { return makeDecimal(t, n, type) }
    var status: Conditions = []
    var r: Number = n
    r.finish(.widest, &status)
    if !status.isDisjoint(with: [.inexact, .rounded, .clamped]) {
        r = .nan
        status = .invalidOperation
    }
    return note(t, context, status.intersection(.errors)) ? makeDecimal(t, r, type) : .raised
}

private func conversionSyntax(_ t: Thread, _ context: Value, _ type: TypePointer?) -> Value {
    note(t, context, .conversionSyntax) ? makeDecimal(t, .nan, type) : .raised
}

/// `Context.create_decimal(v)`: rounded.
func roundedDecimal(_ t: Thread, _ v: Value, _ context: Value) -> Value {
    let limits: Rules = rules(context)
    var status: Conditions = []
    var n: Number
    if isDecimal(v) {
        n = number(v)
        if n.isNaN && !n.coefficient.isZero && n.coefficient.digits > limits.precision - (limits.clamp ? 1 : 0) {
            return conversionSyntax(t, context, nil)
        }
    } else if isInstanceOf(v, .str) {
        guard let parsed = parseText(v, loose: false) else { return conversionSyntax(t, context, nil) }
        n = parsed
        if n.isNaN && !n.coefficient.isZero && n.coefficient.digits > limits.precision - (limits.clamp ? 1 : 0) {
            return conversionSyntax(t, context, nil)
        }
    } else if isInt(v) {
        n = number(int: plainInt(v))
    } else if isTuple(v) || isList(v) {
        guard let parsed = numberFromSequence(t, v) else { return .raised }
        n = parsed
    } else if isFloat(v) {
        if !note(t, context, .floatOperation) { return .raised }
        n = number(v.asFloat)
    } else {
        return unsupported(t, v)
    }
    n.finish(limits, &status)
    return result(t, n, status, context)
}

/// An operand: a Decimal, or an int. nil after raising TypeError.
@inline(__always) func operand(_ t: Thread, _ v: Value) -> Number? {
    if isDecimal(v) { return number(v) }
    if isInt(v) { return number(int: plainInt(v)) }
    _ = unsupported(t, v)
    return nil
}

// MARK: text

/// A str's number; nil: it is none. `loose`: white space around it and underscores are skipped.
func parseText(_ v: Value, loose: Bool) -> Number? {
    let r: Number?
    switch v.strKind {
    case 1: r = parseUnits(UnsafePointer(v.strBytes), v.strCount, loose)
    case 2: r = parseUnits(UnsafePointer(v.strHalves), v.strCount, loose)
    default: r = parseUnits(UnsafePointer(v.strWords), v.strCount, loose)
    }
    v.keepAlive
    return r
}

/// The common case: a sign, up to 19 digits and a point; nil for whatever else.
@inline(__always) private func parseShort(_ p: UnsafePointer<UInt8>, _ count: Int) -> Number? {
    var i: Int = 0
    let negative: Bool = count > 0 && p[0] == 45
    if negative { i = 1 }
    if count - i > 20 || count == i { return nil }
    var value: UInt64 = 0
    var digits: Int = 0, point: Int = -1
    while i < count {
        let c: UInt8 = p[i] &- 48
        if c <= 9 {
            value = value &* 10 &+ UInt64(c)
            digits += 1
        } else if c == 254 && point < 0 {
            point = digits
        } else {
            return nil
        }
        i += 1
    }
    if digits == 0 || digits > 19 { return nil }
    return Number(Coefficient(UInt128(value)), point < 0 ? 0 : point - digits, negative: negative)
}

private func parseUnits<U: LadonCore.CodeUnit>(_ p: UnsafePointer<U>, _ count: Int, _ loose: Bool) -> Number? {
    var start: Int = 0, end: Int = count
    if loose {
        start = Scanning.skipSpace(p, 0, count)
        end = Scanning.skipSpaceBackwards(p, start, count)
    }
    if start == end { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * (end - start) + 2) { buffer -> Number? in
        let text = buffer.baseAddress.unsafelyUnwrapped
        var n: Int = 0
        for i in start ..< end {
            let c: UInt32 = p[i].codePoint
            if c == 95 && loose { continue }
            if c == 0 { return nil }
            if c < 128 {
                text[n] = UInt8(truncatingIfNeeded: c)
            } else {
                let digit: Int32 = ladon_uc_decimal(c)
                if digit < 0 { return nil }
                text[n] = 48 + UInt8(truncatingIfNeeded: digit)
            }
            n += 1
        }
        text[n] = 0
        return parseNumber(text, n, scratch: text + n + 1)
    }
}

// MARK: (sign, digits, exponent)

/// nil after raising.
private func numberFromSequence(_ t: Thread, _ v: Value) -> Number? {
    let parts: Value = isTuple(v) ? v : call(t, builtinType(.tuple).value, v)
    if parts.isRaised { return nil }
    func fail(_ message: String) -> Number? {
        _ = raise(t, .valueError, message)
        return nil
    }
    if parts.tupleCount != 3 { return fail("argument must be a sequence of length 3") }
    let sign: Value = parts.tupleItems[0], last: Value = parts.tupleItems[2]
    guard isInt(sign), let s = intAsWord(plainInt(sign)),
        s == 0 || s == 1 else { return fail("sign must be an integer with the value 0 or 1") }
    var kind = Number.Kind.finite
    var exponent: Int = 0
    if isInstanceOf(last, .str) {
        if stringEqual(last, "F") {
            kind = .infinity
        } else if stringEqual(last, "n") {
            kind = .quietNaN
        } else if stringEqual(last, "N") {
            kind = .signalingNaN
        } else {
            return fail("string argument in the third position must be 'F', 'n' or 'N'")
        }
    } else {
        if !isInt(last) { return fail("exponent must be an integer") }
        guard let e = asInt(t, last) else { return nil }
        // Beyond all limits anyway.
        exponent = max(min(e, 4_000_000_000_000_000_000), -4_000_000_000_000_000_000)
    }
    let given: Value = parts.tupleItems[1]
    if !isTuple(given) && !isList(given) { return fail("coefficient must be a tuple of digits") }
    let digits: Value = isTuple(given) ? given : call(t, builtinType(.tuple).value, given)
    if digits.isRaised { return nil }
    let n: Int = digits.tupleCount
    let coefficient: Coefficient? = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: n + 1) { buffer -> Coefficient? in
        let p = buffer.baseAddress.unsafelyUnwrapped
        for i in 0 ..< n {
            let d: Value = digits.tupleItems[i]
            guard isInt(d), let digit = intAsWord(plainInt(d)), digit >= 0, digit <= 9 else { return nil }
            p[i] = 48 + UInt8(digit)
        }
        p[n] = 0
        return Coefficient(digits: p, n)
    }
    guard let coefficient else { return fail("coefficient must be a tuple of digits") }
    if kind == .finite { return Number(coefficient, exponent, negative: s == 1) }
    return Number(special: kind, negative: s == 1, payload: kind == .infinity ? .zero : coefficient)
}

// MARK: floats

/// Exactly the float.
func number(_ d: Double) -> Number {
    let negative: Bool = d.sign == .minus
    if d.isNaN { return Number(special: .quietNaN, negative: negative) }
    if d.isInfinite { return .infinity(negative) }
    if d == 0 { return .zero(negative: negative) }
    var mantissa: UInt64 = d.significandBitPattern
    var power: Int = -1074
    if d.isNormal {
        mantissa |= 1 << 52
        power = Int(d.exponentBitPattern) - 1075
    }
    let zeros: Int = mantissa.trailingZeroBitCount
    if power < 0 {
        let common: Int = min(zeros, -power)
        mantissa >>= UInt64(common)
        power += common
    }
    // m * 2^-k = m * 5^k * 10^-k
    let scale = Number.powerOf(power < 0 ? 5 : 2, abs(power))
    return Number(Coefficient(UInt128(mantissa)) * scale, min(power, 0), negative: negative)
}

/// `Decimal.from_float(f)` and `Context.create_decimal_from_float(f)`; nil after raising.
func numberFromFloat(_ t: Thread, _ v: Value) -> Number? {
    if isInt(v) { return number(int: plainInt(v)) }
    if isFloat(v) { return number(v.asFloat) }
    _ = raise(t, .typeError, "argument must be int or float")
    return nil
}

func decimal_fromFloat(_ t: Thread, _ a: Values) -> Value {
    guard let n = numberFromFloat(t, a[1]) else { return .raised }
    let v: Value = makeDecimal(t, n)
    if v.isRaised || a[0] == decimals.pointee.decimal.value { return v }
    return call(t, a[0], v)
}
