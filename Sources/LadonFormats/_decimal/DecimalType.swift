// decimal.Decimal: the table.

import LadonLibrary

/// `Decimal.f(self, other, context=None)`.
@inline(__always)
private func withOther(_ t: Thread, _ a: Values, _ f: (Number, Number, Rules, inout Conditions) -> Number) -> Value {
    let context: Value = contextArgument(t, a[2])
    if context.isRaised { return context }
    guard let y = operand(t, a[1]) else { return .raised }
    return binary(t, number(a[0]), y, context, f)
}

/// `Decimal.f(self, context=None)`.
@inline(__always)
private func alone(_ t: Thread, _ a: Values, limit: Int = longPrecision, _ f: (Number, Rules, inout Conditions) -> Number) -> Value {
    unary(t, a[0], contextArgument(t, a[1]), limit: limit, f)
}

/// `Decimal.f(self, rounding=None, context=None)`.
@inline(__always)
private func roundedAlone(_ t: Thread, _ a: Values, exact: Bool) -> Value {
    let context: Value = contextArgument(t, a[2])
    if context.isRaised { return context }
    var rounding: Rounding = rules(context).rounding
    if !a[1].isNone {
        guard let r = roundingArgument(t, a[1]) else { return .raised }
        rounding = r
    }
    return unary(t, a[0], context) { $0.integral($1.with(rounding), exact: exact, &$2) }
}

private func decimal_quantize(_ t: Thread, _ a: Values) -> Value {
    let context: Value = contextArgument(t, a[3])
    if context.isRaised { return context }
    var rounding: Rounding = rules(context).rounding
    if !a[2].isNone {
        guard let r = roundingArgument(t, a[2]) else { return .raised }
        rounding = r
    }
    guard let y = operand(t, a[1]) else { return .raised }
    return binary(t, number(a[0]), y, context) { $0.quantized($1, $2.with(rounding), &$3) }
}

private func decimal_fma(_ t: Thread, _ a: Values) -> Value {
    let context: Value = contextArgument(t, a[3])
    if context.isRaised { return context }
    guard let y = operand(t, a[1]), let z = operand(t, a[2]) else { return .raised }
    return binary(t, number(a[0]), y, context) { $0.timesPlus($1, z, $2, &$3) }
}

/// An operation on signs: no context, no rounding; only subclasses are copied.
private func withSign(_ t: Thread, _ v: Value, _ negative: Bool) -> Value {
    var n: Number = number(v)
    n.isNegative = negative
    return makeDecimal(t, n)
}

private func order(_ t: Thread, _ a: Values, _ f: (Number, Number) -> Int) -> Value {
    if contextArgument(t, a[2]).isRaised { return .raised }
    guard let y = operand(t, a[1]) else { return .raised }
    return makeDecimal(t, Number(f(number(a[0]), y)))
}

private func sameQuantum(_ t: Thread, _ a: Values) -> Value {
    if contextArgument(t, a[2]).isRaised { return .raised }
    guard let y = operand(t, a[1]) else { return .raised }
    return Value(number(a[0]).hasSameQuantum(y))
}

private func copySign(_ t: Thread, _ a: Values) -> Value {
    if contextArgument(t, a[2]).isRaised { return .raised }
    guard let y = operand(t, a[1]) else { return .raised }
    return withSign(t, a[0], y.isNegative)
}

private func itself(_ t: Thread, _ a: Values) -> Value { a[0] }

func decimalDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "decimal.Decimal", flags: [.baseType],
        doc: "Construct a new Decimal object. 'value' can be an integer, string, tuple,\nor another Decimal object. If no value is given, return Decimal('0'). The\ncontext does not affect the conversion and is only passed to determine if\nthe InvalidOperation trap is active.\n",
        signature: "(value='0', context=None)",
        size: MemoryLayout<DecimalCell>.stride, layout: decimalLayout,
        slots: [
            .call(.new, decimal_new), .unary(.repr, decimal_repr), .unary(.str, decimal_str), .unary(.hash, decimal_hash),
            .ternary(.compare, decimal_compare), .unary(.bool) { t, v in Value(!number(v).isZero) },
            .binary(.add, decimal_add), .binary(.subtract, decimal_subtract), .binary(.multiply, decimal_multiply),
            .binary(.trueDivide, decimal_trueDivide), .binary(.floorDivide, decimal_floorDivide), .binary(.modulo, decimal_modulo),
            .binary(.divmod, decimal_divmod), .ternary(.power, decimal_power),
            .unary(.negative) { t, v in unary(t, v, currentDecimalContext(t)) { $0.signed(minus: true, $1, &$2) } },
            .unary(.positive) { t, v in unary(t, v, currentDecimalContext(t)) { $0.signed(minus: false, $1, &$2) } },
            .unary(.absolute) { t, v in unary(t, v, currentDecimalContext(t)) { $0.absolute($1, &$2) } },
            .unary(.int) { t, v in integer(t, v, .down) }, .unary(.float, decimal_float),
        ],
        members: conversionMembers() + unaryMembers() + binaryMembers() + predicateMembers())
}

private func conversionMembers() -> [NativeMember] {
    [
        .ownModule,
        .classMethod("from_float", "($type, f, /)", decimal_fromFloat,
                     "Class method that converts a float to a decimal number, exactly."),
        .method("as_tuple", "(self, /)", decimal_asTuple, "Return a tuple representation of the number."),
        .method("as_integer_ratio", "(self, /)", decimal_ratio, "Return a pair of integers, whose ratio is exactly equal to the number."),
        .method("__round__", "?(self, ndigits=None, /)", decimal_round),
        .method("__floor__", "!(self, /)", { t, a in integer(t, a[0], .floor) }),
        .method("__ceil__", "!(self, /)", { t, a in integer(t, a[0], .ceiling) }),
        .method("__trunc__", "!(self, /)", { t, a in integer(t, a[0], .down) }),
        .method("__complex__", "!(self, /)", decimal_complex),
        .method("__format__", "!(self, fmtarg, override=<none>, /)", decimal_format),
        .method("__reduce__", "!(self, /)", decimal_reduce),
        .method("__copy__", "!(self, /)", itself),
        .method("__deepcopy__", "!(self, memo, /)", itself),
        .method("__sizeof__", "!(self, /)", { t, a in
            let n: Number = number(a[0])
            return Value(smallInt: MemoryLayout<DecimalCell>.stride + (n.coefficient.big.map { $0.size * 8 + 16 } ?? 0))
        }),
        .attribute("real", get: itself),
        .attribute("imag", get: { t, _ in makeDecimal(t, .zero()) }),
        .method("adjusted", "(self, /)", { t, a in
            let n: Number = number(a[0])
            return n.isFinite ? makeInt(t, n.adjusted) : .zero
        }, "Return the adjusted exponent of the number."),
        .method("canonical", "(self, /)", itself, "Return the canonical encoding of the argument."),
        .method("conjugate", "(self, /)", itself, "Return self."),
        .method("radix", "(self, /)", { t, _ in makeDecimal(t, Number(10)) }, "Return Decimal(10), the radix of decimal arithmetic."),
        .method("copy_abs", "(self, /)", { t, a in withSign(t, a[0], false) },
                "Return the absolute value of the argument, untouched by the context."),
        .method("copy_negate", "(self, /)", { t, a in withSign(t, a[0], a[0].asDecimal.pointee.isNegative == 0) },
                "Return the negation of the argument, untouched by the context."),
        .method("to_eng_string", "(self, /, context=None)", { t, a in
            let context: Value = contextArgument(t, a[1])
            return context.isRaised ? context : number(a[0]).text(t, .engineering, capitals: hasCapitals(t, context))
        }, "Convert to an engineering-type string: the exponent is a multiple of 3."),
        .method("number_class", "(self, /, context=None)", { t, a in
            let context: Value = contextArgument(t, a[1])
            return context.isRaised ? context : internStatic(t, className(number(a[0]), rules(context)))
        }, "Return a string describing the class of the operand."),
    ]
}

private func unaryMembers() -> [NativeMember] {
    [
        .method("exp", "(self, /, context=None)", { t, a in alone(t, a, limit: longFunctionPrecision) { $0.exponential($1, &$2) } },
                "Return the value of the exponential function e**x, correctly rounded."),
        .method("ln", "(self, /, context=None)", { t, a in alone(t, a, limit: longFunctionPrecision) { $0.naturalLogarithm($1, &$2) } },
                "Return the natural logarithm, correctly rounded."),
        .method("log10", "(self, /, context=None)", { t, a in alone(t, a, limit: longFunctionPrecision) { $0.decimalLogarithm($1, &$2) } },
                "Return the base ten logarithm, correctly rounded."),
        .method("logb", "(self, /, context=None)", { t, a in alone(t, a) { $0.exponentOfFirstDigit($1, &$2) } },
                "Return the adjusted exponent as a Decimal."),
        .method("logical_invert", "(self, /, context=None)", { t, a in alone(t, a) { $0.logicalInverse($1, &$2) } },
                "Return the digit-wise inversion of the operand."),
        .method("next_minus", "(self, /, context=None)", { t, a in alone(t, a) { $0.next(up: false, $1, &$2) } },
                "Return the largest representable number smaller than the operand."),
        .method("next_plus", "(self, /, context=None)", { t, a in alone(t, a) { $0.next(up: true, $1, &$2) } },
                "Return the smallest representable number larger than the operand."),
        .method("normalize", "(self, /, context=None)", { t, a in alone(t, a) { $0.reduced($1, &$2) } },
                "Strip the zeros at the end, and make every zero Decimal('0')."),
        .method("sqrt", "(self, /, context=None)", { t, a in alone(t, a) { $0.squareRoot($1, &$2) } },
                "Return the square root, correctly rounded."),
        .method("to_integral", "(self, /, rounding=None, context=None)", { t, a in roundedAlone(t, a, exact: false) },
                "The same as to_integral_value()."),
        .method("to_integral_value", "(self, /, rounding=None, context=None)", { t, a in roundedAlone(t, a, exact: false) },
                "Round to the nearest integer without signaling Inexact or Rounded."),
        .method("to_integral_exact", "(self, /, rounding=None, context=None)", { t, a in roundedAlone(t, a, exact: true) },
                "Round to the nearest integer, signaling Inexact or Rounded."),
    ]
}

private func binaryMembers() -> [NativeMember] {
    [
        .method("compare", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.compared($1, $2, &$3) } },
                "Compare to other: Decimal('-1'), Decimal('0'), Decimal('1') or a NaN."),
        .method("compare_signal", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.comparedSignaling($1, $2, &$3) } },
                "The same as compare(), but all NaNs signal."),
        .method("compare_total", "(self, /, other, context=None)", { t, a in order(t, a) { Number.totalOrder($0, $1) } },
                "Compare two operands by their representation, not their value."),
        .method("compare_total_mag",
                "(self, /, other, context=None)", { t, a in order(t, a) { Number.totalOrder($0.magnitude, $1.magnitude) } },
                "The same as compare_total(), without signs."),
        .method("copy_sign", "(self, /, other, context=None)", copySign, "Return a copy of the first operand with the sign of the second."),
        .method("fma", "(self, /, other, third, context=None)", decimal_fma, "Return self*other+third with no rounding of the product."),
        .method("logical_and", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.logical($1, .and, $2, &$3) } },
                "Return the digit-wise 'and' of two logical operands."),
        .method("logical_or", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.logical($1, .or, $2, &$3) } },
                "Return the digit-wise 'or' of two logical operands."),
        .method("logical_xor", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.logical($1, .xor, $2, &$3) } },
                "Return the digit-wise 'exclusive or' of two logical operands."),
        .method("max", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.extremum($1, larger: true, byMagnitude: false, $2,
                &$3) } }, "Maximum of self and other."),
        .method("max_mag", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.extremum($1, larger: true, byMagnitude: true,
                $2, &$3) } }, "Maximum by absolute values."),
        .method("min", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.extremum($1, larger: false, byMagnitude: false,
                $2, &$3) } }, "Minimum of self and other."),
        .method("min_mag", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.extremum($1, larger: false, byMagnitude: true,
                $2, &$3) } }, "Minimum by absolute values."),
        .method("next_toward", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.next(toward: $1, $2, &$3) } },
                "Return the number next to the first operand in the direction of the second."),
        .method("quantize", "(self, /, exp, rounding=None, context=None)", decimal_quantize,
                "Return a value equal to self after rounding, with the exponent of the second operand."),
        .method("remainder_near", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.remainderNear($1, $2, &$3) } },
                "Return the remainder of the division by the nearest integer quotient."),
        .method("rotate", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.rotated($1, $2, &$3) } },
                "Rotate the digits of the first operand by the second."),
        .method("same_quantum", "(self, /, other, context=None)", sameQuantum,
                "Test whether two operands have the same exponent, or are both NaN."),
        .method("scaleb", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.scaled(by: $1, $2, &$3) } },
                "Return the first operand with the exponent adjusted by the second."),
        .method("shift", "(self, /, other, context=None)", { t, a in withOther(t, a) { $0.shifted($1, $2, &$3) } },
                "Shift the digits of the first operand by the second."),
    ]
}

private func predicateMembers() -> [NativeMember] {
    [
        .method("is_canonical", "(self, /)", { _, _ in .true }, "Return True: all Decimals are canonical."),
        .method("is_finite", "(self, /)", { _, a in Value(number(a[0]).isFinite) }, "Return True if the argument is a finite number."),
        .method("is_infinite", "(self, /)", { _, a in Value(number(a[0]).isInfinite) }, "Return True if the argument is an infinity."),
        .method("is_nan", "(self, /)", { _, a in Value(number(a[0]).isNaN) }, "Return True if the argument is a NaN of either kind."),
        .method("is_qnan", "(self, /)", { _, a in Value(number(a[0]).kind == .quietNaN) }, "Return True if the argument is a quiet NaN."),
        .method("is_snan", "(self, /)", { _, a in Value(number(a[0]).isSignaling) }, "Return True if the argument is a signaling NaN."),
        .method("is_signed", "(self, /)", { _, a in Value(a[0].asDecimal.pointee.isNegative != 0) },
                "Return True if the argument has a negative sign."),
        .method("is_zero", "(self, /)", { _, a in Value(number(a[0]).isZero) }, "Return True if the argument is a zero of either sign."),
        .method("is_normal", "(self, /, context=None)", { t, a in
            let context: Value = contextArgument(t, a[1])
            return context.isRaised ? context : Value(number(a[0]).isNormal(rules(context)))
        }, "Return True if the argument is a finite number that is neither zero nor subnormal."),
        .method("is_subnormal", "(self, /, context=None)", { t, a in
            let context: Value = contextArgument(t, a[1])
            return context.isRaised ? context : Value(number(a[0]).isSubnormal(rules(context)))
        }, "Return True if the argument is subnormal."),
    ]
}

extension Number {
    func isNormal(_ limits: Rules) -> Bool { isFinite && !coefficient.isZero && adjusted >= limits.emin }
    func isSubnormal(_ limits: Rules) -> Bool { isFinite && !coefficient.isZero && adjusted < limits.emin }
}
