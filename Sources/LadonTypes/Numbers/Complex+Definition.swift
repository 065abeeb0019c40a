// complex: its whole surface.

import LadonRuntime

func complex_real(_ t: Thread, _ a: Values) -> Value { makeFloat(t, a[0].asComplex.real) }
func complex_imaginary(_ t: Thread, _ a: Values) -> Value { makeFloat(t, a[0].asComplex.imaginary) }
func complex_exact(_ t: Thread, _ a: Values) -> Value { complex_positive(t, a[0]) }

func complex_conjugate(_ t: Thread, _ a: Values) -> Value {
    let z = a[0].asComplex
    return makeComplex(t, z.real, -z.imaginary)
}

func complex_getnewargs(_ t: Thread, _ a: Values) -> Value {
    let z = a[0].asComplex
    let real: Value = makeFloat(t, z.real)
    return makeTuple(t, real, makeFloat(t, z.imaginary))
}

public func complexDefinition() -> TypeDefinition {
    let slots: [SlotEntry] = [
        .call(.new, complex_new),
        .unary(.repr, complex_repr), .unary(.hash, complex_hash), .unary(.bool, complex_bool),
        .unary(.negative, complex_negative), .unary(.positive, complex_positive), .unary(.absolute, complex_absolute),
        .binary(.add, complex_add), .binary(.subtract, complex_subtract), .binary(.multiply, complex_multiply),
        .binary(.trueDivide, complex_trueDivide), .ternary(.power, complex_power), compareSlot(complex_compare),
    ]
    let members: [NativeMember] = [
        .method("conjugate", "(self, /)", complex_conjugate, "The number with the sign of its imaginary part changed."),
        .method("__complex__", "(self, /)", complex_exact, "The number as an object of type complex itself."),
        .method("__getnewargs__", "(self, /)", complex_getnewargs),
        .method("__format__", "(self, format_spec, /)", complex_format, "The number formatted by a format specification."),
        .member("real", get: complex_real, "the real part of a complex number"),
        .member("imag", get: complex_imaginary, "the imaginary part of a complex number"),
    ]
    return TypeDefinition(.complex, "complex", flags: [.baseType],
                          doc: "complex(real=0, imag=0): the number real + imag*1j; or from a text such as '1+2j'.", signature: "(real=0, imag=0)",
                          size: MemoryLayout<ComplexCell>.size, layout: .leaf, slots: slots, members: members)
}
