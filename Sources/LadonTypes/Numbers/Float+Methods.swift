// The named methods of float; arguments are bound by the table in Float+Definition.swift.

import LadonRuntime
import Glibc

func float_exact(_ t: Thread, _ a: Values) -> Value { float_itself(t, a[0]) }
func float_imaginary(_ t: Thread, _ a: Values) -> Value { makeFloat(t, 0) }
func float_getnewargs(_ t: Thread, _ a: Values) -> Value { makeTuple(t, makeFloat(t, a[0].asFloat)) }
func float_trunc(_ t: Thread, _ a: Values) -> Value { intFromDouble(t, a[0].asFloat) }
func float_floor(_ t: Thread, _ a: Values) -> Value { intFromDouble(t, a[0].asFloat.rounded(.down)) }
func float_ceil(_ t: Thread, _ a: Values) -> Value { intFromDouble(t, a[0].asFloat.rounded(.up)) }

func float_isInteger(_ t: Thread, _ a: Values) -> Value {
    let d: Double = a[0].asFloat
    return Value(d.isFinite && d.rounded(.down) == d)
}

func float_round(_ t: Thread, _ a: Values) -> Value {
    let d: Double = a[0].asFloat
    if a[1].isNone || a[1].isMissing { return intFromDouble(t, roundHalfEven(d)) }
    guard let digits: Int = asClippedIndex(t, a[1]) else { return .raised }
    guard let r: Double = roundDouble(d, digits) else { return raise(t, .overflowError, "rounded value too large to represent") }
    return makeFloat(t, r)
}

func float_asIntegerRatio(_ t: Thread, _ a: Values) -> Value {
    let d: Double = a[0].asFloat
    if d.isInfinite { return raise(t, .overflowError, "cannot convert Infinity to integer ratio") }
    if d.isNaN { return raise(t, .valueError, "cannot convert NaN to integer ratio") }
    if d == 0 { return makeTuple(t, .zero, .one) }
    // significand * 2^shift with an odd significand: lowest terms as it stands.
    var significand = Int(d.significandBitPattern)
    var shift: Int = d.isSubnormal ? -1074 : Int(d.exponent) - 52
    if !d.isSubnormal { significand |= 1 << 52 }
    let zeros: Int = significand.trailingZeroBitCount
    significand >>= zeros
    shift += zeros
    let n = Value(smallInt: d < 0 ? -significand : significand)
    if shift >= 0 {
        let numerator: Value = intLshift(t, n, Value(smallInt: shift))
        return numerator.isRaised ? numerator : makeTuple(t, numerator, .one)
    }
    let denominator: Value = intLshift(t, .one, Value(smallInt: -shift))
    return denominator.isRaised ? denominator : makeTuple(t, n, denominator)
}

func float_hex(_ t: Thread, _ a: Values) -> Value {
    let d: Double = a[0].asFloat
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
        let p = buffer.baseAddress.unsafelyUnwrapped
        return makeString(t, ascii: UnsafePointer(p), count: FloatText.hex(d, into: p))
    }
}

func float_fromhex(_ t: Thread, _ a: Values) -> Value {
    let x: Value = a[1]
    if !x.isStr { return raise(t, .typeError, "bad argument type for built-in operation") }
    let parsed: ParsedFloat
    switch x.strKind {
    case 1: parsed = FloatText.parseHex(UnsafePointer(x.strBytes), x.strCount)
    case 2: parsed = FloatText.parseHex(UnsafePointer(x.strHalves), x.strCount)
    default: parsed = FloatText.parseHex(UnsafePointer(x.strWords), x.strCount)
    }
    ladon_keep_alive(x)
    switch parsed {
    case .invalid: return raise(t, .valueError, "invalid hexadecimal floating-point string")
    case .tooLarge: return raise(t, .overflowError, "hexadecimal value too large to represent as a float")
    case .value(let d):
        let v: Value = makeFloat(t, d)
        return a[0] == builtinType(.float).value ? v : call(t, a[0], v)
    }
}

func float_getformat(_ t: Thread, _ a: Values) -> Value {
    let kind: Value = a[1]
    if !kind.isStr { return raise(t, .typeError, "__getformat__() argument must be str, not \(kind.isNone ? "None" : typeName(kind))") }
    if !stringEqual(kind, "double") && !stringEqual(kind, "float") {
        return raise(t, .valueError, "__getformat__() argument 1 must be 'double' or 'float'")
    }
    return makeString(t, "IEEE, little-endian" as StaticString)
}
