// Decimals as ints, floats, ratios, tuples and texts.

import CGMP
import LadonLibrary

extension Number {
    /// base^k.
    static func powerOf(_ base: UInt, _ k: Int) -> Coefficient {
        let r = BigInteger.make()
        __gmpz_ui_pow_ui(r.z, base, UInt(k))
        return Coefficient(r)
    }
}

// MARK: integers

/// The number rounded to an integer, as an int.
func integer(_ t: Thread, _ v: Value, _ rounding: Rounding) -> Value {
    let n: Number = number(v)
    if n.isSpecial {
        return n.isInfinite ? raise(t, .overflowError, "cannot convert Infinity to integer") : raise(t, .valueError,
            "cannot convert NaN to integer")
    }
    var status: Conditions = []
    if n.exponent > 0 && !n.coefficient.isZero && !hasRoom(n.coefficient.digits + n.exponent, &status) { return raiseMemoryError(t) }
    let whole: Number
    if n.coefficient.isSmall && n.exponent.magnitude < 500 {
        whole = n.withExponent(0, rounding, &status)
    } else {
        whole = blocking(t) { n.withExponent(0, rounding, &status) }
    }
    return makeInt(t, whole.coefficient, negative: n.isNegative)
}

func decimal_round(_ t: Thread, _ a: Values) -> Value {
    if a[1].isNone || a[1].isMissing { return integer(t, a[0], .halfEven) }
    if !isInt(a[1]) { return raise(t, .typeError, "optional arg must be an integer") }
    guard let places = asInt(t, a[1]) else { return .raised }
    let context: Value = currentDecimalContext(t)
    if context.isRaised { return context }
    let unit = Number(.one, places == Int.min ? Int.max : -places)
    return binary(t, number(a[0]), unit, context) { $0.quantized($1, $2, &$3) }
}

func decimal_ratio(_ t: Thread, _ a: Values) -> Value {
    let n: Number = number(a[0])
    if n.isSpecial {
        return n.isInfinite ? raise(t, .overflowError, "cannot convert Infinity to integer ratio")
            : raise(t, .valueError, "cannot convert NaN to integer ratio")
    }
    if n.coefficient.isZero { return makeTuple(t, .zero, .one) }
    var status: Conditions = []
    let k: Int = abs(n.exponent)
    if !hasRoom(n.coefficient.digits + k, &status) { return raiseMemoryError(t) }
    let (up, down): (Coefficient, Coefficient) = blocking(t) {
        if n.exponent >= 0 { return (n.coefficient.scaled(k), .one) }
        let x = BigInteger.make(), y = BigInteger.make(), common = BigInteger.make()
        n.coefficient.withInteger { z in
            withTenTo(k) { p in
                __gmpz_gcd(common.z, &z, &p)
                __gmpz_divexact(x.z, &z, common.z)
                __gmpz_divexact(y.z, &p, common.z)
            }
        }
        return (Coefficient(x), Coefficient(y))
    }
    let numerator: Value = makeInt(t, up, negative: n.isNegative)
    if numerator.isRaised { return numerator }
    let denominator: Value = makeInt(t, down, negative: false)
    return denominator.isRaised ? denominator : makeTuple(t, numerator, denominator)
}

// MARK: floats

func decimal_float(_ t: Thread, _ v: Value) -> Value {
    let n: Number = number(v)
    switch n.kind {
    case .signalingNaN: return raise(t, .valueError, "cannot convert signaling NaN to float")
    case .quietNaN: return makeFloat(t, n.isNegative ? -Double.nan : Double.nan)
    case .infinity: return makeFloat(t, n.isNegative ? -Double.infinity : Double.infinity)
    case .finite: break
    }
    // Both exact: one rounding.
    if n.coefficient.low < 1 << 53 && n.coefficient.isSmall && n.exponent >= -22 && n.exponent <= 22 {
        let d = Double(UInt64(truncatingIfNeeded: n.coefficient.low)), power = Double(UInt128(tenTo(abs(n.exponent))))
        let r: Double = n.exponent < 0 ? d / power : d * power
        return makeFloat(t, n.isNegative ? -r : r)
    }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 96) { buffer -> Value in
        var out = ASCIIText(buffer.baseAddress.unsafelyUnwrapped, 96)
        n.write(.exponential, capitals: false, to: &out)
        out.append(0)
        defer { out.free() }
        guard case .value(let d) = FloatText.parse(ascii: out.base, out.count - 1) else { return raise(t, .valueError,
            "could not convert to float") }
        return makeFloat(t, d)
    }
}

func decimal_complex(_ t: Thread, _ a: Values) -> Value {
    let f: Value = decimal_float(t, a[0])
    return f.isRaised ? f : makeComplex(t, f.asFloat, 0)
}

// MARK: tuples

func decimal_asTuple(_ t: Thread, _ a: Values) -> Value {
    let n: Number = number(a[0])
    let last: Value
    switch n.kind {
    case .finite: last = makeInt(t, n.exponent)
    case .infinity: last = internStatic(t, "F")
    case .quietNaN: last = internStatic(t, "n")
    case .signalingNaN: last = internStatic(t, "N")
    }
    let digits: Value
    if n.isNaN && n.coefficient.isZero {
        digits = makeTuple(t, 0)
    } else {
        digits = n.coefficient.withDigits { p, count -> Value in
            let tuple: Value = makeTuple(t, count)
            if tuple.isRaised { return tuple }
            for i in 0 ..< count { tuple.tupleItems[i] = Value(smallInt: Int(p[i]) - 48) }
            return tuple
        }
    }
    return digits.isRaised ? digits : call(t, DecimalRoot.decimalTuple.value, Value(smallInt: n.isNegative ? 1 : 0), digits, last)
}

// MARK: texts

/// The letter of exponents is the current context's choice.
func hasCapitals(_ t: Thread, _ context: Value) -> Bool { context.asDecimalContext.pointee.capitals != 0 }

func decimal_str(_ t: Thread, _ v: Value) -> Value {
    var small = SmallDecimal()
    // Without an exponent the context doesn't matter.
    if small.read(v) && small.exponent <= 0 && small.exponent > -40,
       let s = Number(Coefficient(small.low), small.exponent, negative: small.isNegative).shortText(t) { return s }
    let context: Value = currentDecimalContext(t)
    return context.isRaised ? context : number(v).text(t, .scientific, capitals: hasCapitals(t, context))
}

func decimal_repr(_ t: Thread, _ v: Value) -> Value {
    let shown: Value = decimal_str(t, v)
    if shown.isRaised { return shown }
    var b = StringBuilder(t)
    b.append("Decimal('")
    b.append(shown)
    b.append("')")
    return b.finish()
}

func decimal_reduce(_ t: Thread, _ a: Values) -> Value {
    let shown: Value = decimal_str(t, a[0])
    let arguments: Value = shown.isRaised ? shown : makeTuple(t, shown)
    return arguments.isRaised ? arguments : makeTuple(t, typeOf(a[0]).value, arguments)
}

/// The class of a number, as the specification names it.
func className(_ n: Number, _ limits: Rules) -> StaticString {
    switch n.kind {
    case .signalingNaN: return "sNaN"
    case .quietNaN: return "NaN"
    case .infinity: return n.isNegative ? "-Infinity" : "+Infinity"
    case .finite:
        if n.coefficient.isZero { return n.isNegative ? "-Zero" : "+Zero" }
        if n.adjusted < limits.emin { return n.isNegative ? "-Subnormal" : "+Subnormal" }
        return n.isNegative ? "-Normal" : "+Normal"
    }
}
