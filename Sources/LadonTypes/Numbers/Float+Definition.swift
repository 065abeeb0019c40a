// float: its whole surface.

import LadonRuntime

public func floatDefinition() -> TypeDefinition {
    let slots: [SlotEntry] = [
        .call(.new, float_new),
        .unary(.repr, float_repr), .unary(.hash, float_hash), .unary(.bool, float_bool),
        .unary(.negative, float_negative), .unary(.positive, float_itself), .unary(.absolute, float_absolute),
        .unary(.int, float_int), .unary(.float, float_itself),
        .binary(.add, float_add), .binary(.subtract, float_subtract), .binary(.multiply, float_multiply),
        .binary(.trueDivide, float_trueDivide), .binary(.floorDivide, float_floorDivide), .binary(.modulo, float_modulo),
        .binary(.divmod, float_divmod), .ternary(.power, float_power), compareSlot(float_compare),
    ]
    let members: [NativeMember] = [
        .method("conjugate", "(self, /)", float_exact, "The complex conjugate, which is the number itself."),
        .method("__trunc__", "(self, /)", float_trunc, "The nearest integer towards 0."),
        .method("__floor__", "(self, /)", float_floor, "The greatest integer that is not above the number."),
        .method("__ceil__", "(self, /)", float_ceil, "The least integer that is not below the number."),
        .method("__round__", "(self, ndigits=None, /)", float_round,
                "Rounds half to even: to an integer, or to a float with ndigits decimal places."),
        .method("as_integer_ratio", "(self, /)", float_asIntegerRatio,
                "The pair of integers, denominator positive and in lowest terms, whose ratio is exactly the number."),
        .classMethod("fromhex", "($type, string, /)", float_fromhex, "The number that a hexadecimal text such as '0x1.8p3' stands for."),
        .method("hex", "(self, /)", float_hex, "The number as hexadecimal text, exactly."),
        .method("is_integer", "(self, /)", float_isInteger, "Whether the number has no fractional part."),
        .method("__getnewargs__", "(self, /)", float_getnewargs),
        .classMethod("__getformat__", "($type, typestr, /)", float_getformat, "How C stores 'double' or 'float' here; for tests."),
        .method("__format__", "(self, format_spec, /)", float_format, "The number formatted by a format specification."),
        .attribute("real", get: float_exact, "the real part of a complex number"),
        .attribute("imag", get: float_imaginary, "the imaginary part of a complex number"),
    ]
    return TypeDefinition(.float, "float", flags: [.baseType, .floatSubclass, .matchSelf],
                          doc: "float(x=0): a number of double precision, from a number or a text.", signature: "(x=0, /)",
                          size: MemoryLayout<FloatCell>.size, layout: .leaf, slots: slots, members: members)
}
