// int and bool: their whole surface.

import LadonRuntime

public func intDefinition() -> TypeDefinition {
    let slots: [SlotEntry] = [
        .call(.new, int_new),
        .unary(.repr, int_repr), .unary(.hash, int_hash), .unary(.bool, int_bool),
        .unary(.negative, int_negative), .unary(.positive, int_itself), .unary(.absolute, int_absolute), .unary(.invert, int_invert),
        .unary(.int, int_itself), .unary(.index, int_itself), .unary(.float, int_float),
        .binary(.add, int_add), .binary(.subtract, int_subtract), .binary(.multiply, int_multiply),
        .binary(.trueDivide, int_trueDivide), .binary(.floorDivide, int_floorDivide), .binary(.modulo, int_modulo),
        .binary(.divmod, int_divmod), .binary(.leftShift, int_leftShift), .binary(.rightShift, int_rightShift),
        .binary(.and, int_and), .binary(.or, int_or), .binary(.xor, int_xor),
        .ternary(.power, int_power), compareSlot(int_compare),
    ]
    let members: [NativeMember] = [
        .method("conjugate", "(self, /)", int_exact, "The complex conjugate, which is the number itself."),
        .method("bit_length", "(self, /)", int_bitLength, "How many bits the absolute value has; 0 has none."),
        .method("bit_count", "(self, /)", int_bitCount, "How many bits of the absolute value are one."),
        .method("to_bytes", "(self, /, length=1, byteorder='big', *, signed=False)", int_toBytes,
                "The number as `length` bytes, most significant first ('big') or last ('little'), in two's complement if `signed`."),
        .classMethod("from_bytes", "($type, /, bytes, byteorder='big', *, signed=False)", int_fromBytes,
                     "The number that bytes represent; `bytes` is a bytes-like object or an iterable of integers."),
        .method("as_integer_ratio", "(self, /)", int_asIntegerRatio, "The pair (self, 1)."),
        .method("__trunc__", "(self, /)", int_exact, "The number itself."),
        .method("__floor__", "(self, /)", int_exact, "The number itself."),
        .method("__ceil__", "(self, /)", int_exact, "The number itself."),
        .method("__round__", "(self, ndigits=<unrepresentable>, /)", int_round,
                "Rounds to a multiple of 10**-ndigits, ties to even; without ndigits, the number itself."),
        .method("__getnewargs__", "(self, /)", int_getnewargs),
        .method("__format__", "(self, format_spec, /)", int_format, "The number formatted by a format specification."),
        .method("__sizeof__", "(self, /)", int_sizeof, "The size in memory, in bytes."),
        .attribute("real", get: int_exact, "the real part of a complex number"),
        .attribute("imag", get: int_imaginary, "the imaginary part of a complex number"),
        .attribute("numerator", get: int_exact, "the numerator of a rational number in lowest terms"),
        .attribute("denominator", get: int_denominator, "the denominator of a rational number in lowest terms"),
    ]
    return TypeDefinition(.int, "int", flags: [.baseType, .intSubclass, .matchSelf],
                          doc: "int(x=0) or int(text, base=10): an integer of any size.",
                          size: MemoryLayout<IntCell>.size, itemSize: 8, layout: .leaf, slots: slots, members: members)
}

/// compare has four arguments (t, a, b, op), as the ternary slots have.
func compareSlot(_ f: @escaping TernaryFunction) -> SlotEntry { .ternary(.compare, f) }

// MARK: bool

func bool_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if !names.isRaised && names.tupleCount > 0 { return raise(t, .typeError, "bool() takes no keyword arguments") }
    if count > 1 { return raise(t, .typeError, "bool expected at most 1 argument, got \(count)") }
    if count == 0 { return .false }
    let truth: Truth = isTrue(t, args.unsafelyUnwrapped[0])
    return truth < 0 ? .raised : Value(truth == 1)
}

func bool_repr(_ t: Thread, _ v: Value) -> Value { v.isTrue ? internStatic(t, "True") : internStatic(t, "False") }

func bool_and(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if a.isBool && b.isBool { return Value(a.isTrue && b.isTrue) }
    return int_and(t, a, b)
}

func bool_or(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if a.isBool && b.isBool { return Value(a.isTrue || b.isTrue) }
    return int_or(t, a, b)
}

func bool_xor(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if a.isBool && b.isBool { return Value(a != b) }
    return int_xor(t, a, b)
}

public func boolDefinition() -> TypeDefinition {
    let slots: [SlotEntry] = [
        .call(.new, bool_new), .unary(.repr, bool_repr),
        .binary(.and, bool_and), .binary(.or, bool_or), .binary(.xor, bool_xor),
    ]
    return TypeDefinition(.bool, "bool", base: .int, flags: [.intSubclass, .matchSelf],
                          doc: "bool(x=False): True when x is true, else False; there are no other instances.",
                          size: MemoryLayout<IntCell>.size, itemSize: 8, layout: .leaf, slots: slots)
}
