// The operations of contexts: those of Decimal, with the context first.

import LadonLibrary

/// `Context.f(self, x)`.
@inline(__always)
private func one(_ t: Thread, _ a: Values, limit: Int = longPrecision, _ f: (Number, Rules, inout Conditions) -> Number) -> Value {
    guard let x = operand(t, a[1]) else { return .raised }
    return binary(t, x, .one, a[0], limit: limit) { x, _, r, s in f(x, r, &s) }
}

/// `Context.f(self, x, y)`.
@inline(__always)
private func two(_ t: Thread, _ a: Values, _ f: (Number, Number, Rules, inout Conditions) -> Number) -> Value {
    guard let x = operand(t, a[1]), let y = operand(t, a[2]) else { return .raised }
    return binary(t, x, y, a[0], f)
}

@inline(__always)
private func test(_ t: Thread, _ a: Values, _ f: (Number) -> Bool) -> Value {
    guard let x = operand(t, a[1]) else { return .raised }
    return Value(f(x))
}

@inline(__always)
private func copy(_ t: Thread, _ a: Values, _ f: (Number) -> Number) -> Value {
    guard let x = operand(t, a[1]) else { return .raised }
    return makeDecimal(t, f(x))
}

@inline(__always)
private func order(_ t: Thread, _ a: Values, _ f: (Number, Number) -> Int) -> Value {
    guard let x = operand(t, a[1]), let y = operand(t, a[2]) else { return .raised }
    return makeDecimal(t, Number(f(x, y)))
}

private func context_power(_ t: Thread, _ a: Values) -> Value {
    guard let x = operand(t, a[1]), let y = operand(t, a[2]) else { return .raised }
    if a[3].isNone { return binary(t, x, y, a[0], limit: longFunctionPrecision) { $0.power($1, $2, &$3) } }
    guard let m = operand(t, a[3]) else { return .raised }
    return binary(t, x, y, a[0], limit: modularLimit(a[2])) { $0.power($1, modulo: m, $2, &$3) }
}

private func context_fma(_ t: Thread, _ a: Values) -> Value {
    guard let x = operand(t, a[1]), let y = operand(t, a[2]), let z = operand(t, a[3]) else { return .raised }
    return binary(t, x, y, a[0]) { $0.timesPlus($1, z, $2, &$3) }
}

private func context_text(_ t: Thread, _ a: Values, _ notation: Number.Notation) -> Value {
    guard let x = operand(t, a[1]) else { return .raised }
    return x.text(t, notation, capitals: a[0].asDecimalContext.pointee.capitals != 0)
}

func contextOperations() -> [NativeMember] {
    [
        .method("create_decimal", "(self, num='0', /)", { t, a in roundedDecimal(t, a[1], a[0]) },
                "Create a new Decimal instance from num, using self as the context."),
        .method("create_decimal_from_float", "(self, f, /)", { t, a in
            guard let n = numberFromFloat(t, a[1]) else { return .raised }
            return binary(t, n, .one, a[0]) { x, _, r, s in x.finished(r, &s) }
        }, "Create a new Decimal instance from float f, rounded to the context."),
        .method("_apply", "!(self, v, /)", { t, a in one(t, a) { $0.finished($1, &$2) } }),
        .method("canonical", "(self, x, /)", { t, a in isDecimal(a[1]) ? a[1] : raise(t, .typeError, "argument must be a Decimal") },
                "Return a new instance of x."),
        .method("copy_decimal", "(self, x, /)", { t, a in
            isDecimal(a[1]) ? exactDecimal(t, a[1], decimals.pointee.decimal, a[0]) : copy(t, a) { $0 }
        }, "Return a copy of Decimal x."),
        .method("copy_abs", "(self, x, /)", { t, a in copy(t, a) { $0.magnitude } }, "Return a copy of x with the sign set to 0."),
        .method("copy_negate", "(self, x, /)", { t, a in copy(t, a) { $0.negated } }, "Return a copy of x with the sign inverted."),
        .method("copy_sign", "(self, x, y, /)", { t, a in
            guard var x = operand(t, a[1]), let y = operand(t, a[2]) else { return .raised }
            x.isNegative = y.isNegative
            return makeDecimal(t, x)
        }, "Copy the sign from y to x."),
        .method("abs", "(self, x, /)", { t, a in one(t, a) { $0.absolute($1, &$2) } }, "Return the absolute value of x."),
        .method("plus", "(self, x, /)", { t, a in one(t, a) { $0.signed(minus: false, $1, &$2) } },
                "The unary prefix plus operator, which rounds."),
        .method("minus", "(self, x, /)", { t, a in one(t, a) { $0.signed(minus: true, $1, &$2) } }, "The unary prefix minus operator."),
        .method("exp", "(self, x, /)", { t, a in one(t, a, limit: longFunctionPrecision) { $0.exponential($1, &$2) } }, "Return e ** x."),
        .method("ln", "(self, x, /)", { t, a in one(t, a, limit: longFunctionPrecision) { $0.naturalLogarithm($1, &$2) } },
                "Return the natural logarithm of x."),
        .method("log10", "(self, x, /)", { t, a in one(t, a, limit: longFunctionPrecision) { $0.decimalLogarithm($1, &$2) } },
                "Return the base 10 logarithm of x."),
        .method("logb", "(self, x, /)", { t, a in one(t, a) { $0.exponentOfFirstDigit($1, &$2) } },
                "Return the exponent of the magnitude of the operand's first digit."),
        .method("logical_invert", "(self, x, /)", { t, a in one(t, a) { $0.logicalInverse($1, &$2) } }, "Invert all digits of x."),
        .method("next_minus", "(self, x, /)", { t, a in one(t, a) { $0.next(up: false, $1, &$2) } },
                "Return the largest representable number smaller than x."),
        .method("next_plus", "(self, x, /)", { t, a in one(t, a) { $0.next(up: true, $1, &$2) } },
                "Return the smallest representable number larger than x."),
        .method("normalize", "(self, x, /)", { t, a in one(t, a) { $0.reduced($1, &$2) } }, "Reduce x to its simplest form."),
        .method("sqrt", "(self, x, /)", { t, a in one(t, a) { $0.squareRoot($1, &$2) } }, "Square root of a non-negative number."),
        .method("to_integral", "(self, x, /)", { t, a in one(t, a) { $0.integral($1, exact: false, &$2) } },
                "The same as to_integral_value(x)."),
        .method("to_integral_value", "(self, x, /)", { t, a in one(t, a) { $0.integral($1, exact: false, &$2) } }, "Round to an integer."),
        .method("to_integral_exact", "(self, x, /)", { t, a in one(t, a) { $0.integral($1, exact: true, &$2) } },
                "Round to an integer, signaling if the result is inexact."),
        .method("to_sci_string", "(self, x, /)", { t, a in context_text(t, a, .scientific) },
                "Convert a number to a string using scientific notation."),
        .method("to_eng_string", "(self, x, /)", { t, a in context_text(t, a, .engineering) },
                "Convert a number to a string, using engineering notation."),
        .method("add", "(self, x, y, /)", { t, a in two(t, a) { $0.plus($1, $2, &$3) } }, "Return the sum of x and y."),
        .method("subtract", "(self, x, y, /)", { t, a in two(t, a) { $0.minus($1, $2, &$3) } }, "Return the difference between x and y."),
        .method("multiply", "(self, x, y, /)", { t, a in two(t, a) { $0.times($1, $2, &$3) } }, "Return the product of x and y."),
        .method("divide", "(self, x, y, /)", { t, a in two(t, a) { $0.over($1, $2, &$3) } }, "Return x divided by y."),
        .method("divide_int", "(self, x, y, /)", { t, a in two(t, a) { $0.wholeQuotient($1, $2, &$3) } },
                "Return x divided by y, truncated to an integer."),
        .method("divmod", "(self, x, y, /)", { t, a in divmod(t, a[1], a[2], a[0]) },
                "Return quotient and remainder of the division x / y."),
        .method("remainder", "(self, x, y, /)", { t, a in two(t, a) { $0.remainder($1, $2, &$3) } },
                "Return the remainder from integer division."),
        .method("remainder_near", "(self, x, y, /)", { t, a in two(t, a) { $0.remainderNear($1, $2, &$3) } },
                "Return x - y * n, where n is the integer nearest to x / y."),
        .method("power", "(self, /, a, b, modulo=None)", context_power, "Compute a**b, or a**b reduced modulo modulo."),
        .method("fma", "(self, x, y, z, /)", context_fma, "Return x multiplied by y, plus z."),
        .method("compare", "(self, x, y, /)", { t, a in two(t, a) { $0.compared($1, $2, &$3) } }, "Compare x and y numerically."),
        .method("compare_signal", "(self, x, y, /)", { t, a in two(t, a) { $0.comparedSignaling($1, $2, &$3) } },
                "Compare x and y numerically. All NaNs signal."),
        .method("compare_total", "(self, x, y, /)", { t, a in order(t, a) { Number.totalOrder($0, $1) } },
                "Compare x and y using their abstract representation."),
        .method("compare_total_mag", "(self, x, y, /)", { t, a in order(t, a) { Number.totalOrder($0.magnitude, $1.magnitude) } },
                "The same as compare_total(), without signs."),
        .method("logical_and", "(self, x, y, /)", { t, a in two(t, a) { $0.logical($1, .and, $2, &$3) } }, "Digit-wise and of x and y."),
        .method("logical_or", "(self, x, y, /)", { t, a in two(t, a) { $0.logical($1, .or, $2, &$3) } }, "Digit-wise or of x and y."),
        .method("logical_xor", "(self, x, y, /)", { t, a in two(t, a) { $0.logical($1, .xor, $2, &$3) } }, "Digit-wise xor of x and y."),
        .method("max", "(self, x, y, /)", { t, a in two(t, a) { $0.extremum($1, larger: true, byMagnitude: false, $2, &$3) } },
                "Compare the values numerically and return the maximum."),
        .method("max_mag", "(self, x, y, /)", { t, a in two(t, a) { $0.extremum($1, larger: true, byMagnitude: true, $2, &$3) } },
                "The maximum by absolute values."),
        .method("min", "(self, x, y, /)", { t, a in two(t, a) { $0.extremum($1, larger: false, byMagnitude: false, $2, &$3) } },
                "Compare the values numerically and return the minimum."),
        .method("min_mag", "(self, x, y, /)", { t, a in two(t, a) { $0.extremum($1, larger: false, byMagnitude: true, $2, &$3) } },
                "The minimum by absolute values."),
        .method("next_toward", "(self, x, y, /)", { t, a in two(t, a) { $0.next(toward: $1, $2, &$3) } },
                "Return the number closest to x, in the direction towards y."),
        .method("quantize", "(self, x, y, /)", { t, a in two(t, a) { $0.quantized($1, $2, &$3) } },
                "Return a value equal to x, having the exponent of y."),
        .method("rotate", "(self, x, y, /)", { t, a in two(t, a) { $0.rotated($1, $2, &$3) } }, "Return a copy of x, rotated by y places."),
        .method("scaleb", "(self, x, y, /)", { t, a in two(t, a) { $0.scaled(by: $1, $2, &$3) } },
                "Return the first operand after adding the second value to its exponent."),
        .method("shift", "(self, x, y, /)", { t, a in two(t, a) { $0.shifted($1, $2, &$3) } }, "Return a copy of x, shifted by y places."),
        .method("same_quantum", "(self, x, y, /)", { t, a in
            guard let x = operand(t, a[1]), let y = operand(t, a[2]) else { return .raised }
            return Value(x.hasSameQuantum(y))
        }, "Return True if the two operands have the same exponent."),
        .method("is_canonical", "(self, x, /)", { t, a in isDecimal(a[1]) ? .true : raise(t, .typeError, "argument must be a Decimal") },
                "Return True if x is canonical."),
        .method("is_finite", "(self, x, /)", { t, a in test(t, a) { $0.isFinite } }, "Return True if x is finite."),
        .method("is_infinite", "(self, x, /)", { t, a in test(t, a) { $0.isInfinite } }, "Return True if x is infinite."),
        .method("is_nan", "(self, x, /)", { t, a in test(t, a) { $0.isNaN } }, "Return True if x is a qNaN or sNaN."),
        .method("is_qnan", "(self, x, /)", { t, a in test(t, a) { $0.kind == .quietNaN } }, "Return True if x is a quiet NaN."),
        .method("is_snan", "(self, x, /)", { t, a in test(t, a) { $0.isSignaling } }, "Return True if x is a signaling NaN."),
        .method("is_signed", "(self, x, /)", { t, a in test(t, a) { $0.isNegative } }, "Return True if x is negative."),
        .method("is_zero", "(self, x, /)", { t, a in test(t, a) { $0.isZero } }, "Return True if x is a zero."),
        .method("is_normal", "(self, x, /)", { t, a in
            let limits: Rules = rules(a[0])
            return test(t, a) { $0.isNormal(limits) }
        }, "Return True if x is a normal number."),
        .method("is_subnormal", "(self, x, /)", { t, a in
            let limits: Rules = rules(a[0])
            return test(t, a) { $0.isSubnormal(limits) }
        }, "Return True if x is subnormal."),
        .method("number_class", "(self, x, /)", { t, a in
            guard let x = operand(t, a[1]) else { return .raised }
            return internStatic(t, className(x, rules(a[0])))
        }, "Return an indication of the class of x."),
    ]
}
