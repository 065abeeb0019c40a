// The named methods of int; arguments are bound by the table in Int+Definition.swift.

import LadonRuntime

func int_bitLength(_ t: Thread, _ a: Values) -> Value { makeInt(t, intBitLength(plainInt(a[0]))) }
func int_bitCount(_ t: Thread, _ a: Values) -> Value { makeInt(t, intBitCount(plainInt(a[0]))) }
func int_exact(_ t: Thread, _ a: Values) -> Value { exactInt(t, a[0]) }
func int_imaginary(_ t: Thread, _ a: Values) -> Value { .zero }
func int_denominator(_ t: Thread, _ a: Values) -> Value { .one }

func int_asIntegerRatio(_ t: Thread, _ a: Values) -> Value {
    let n: Value = exactInt(t, a[0])
    return n.isRaised ? n : makeTuple(t, n, .one)
}

func int_getnewargs(_ t: Thread, _ a: Values) -> Value {
    let n: Value = exactInt(t, a[0])
    return n.isRaised ? n : makeTuple(t, n)
}

/// What CPython's representation in 30-bit digits would take.
func int_sizeof(_ t: Thread, _ a: Values) -> Value {
    let digits: Int = max((intBitLength(plainInt(a[0])) + 29) / 30, 1)
    return makeInt(t, 24 + 4 * digits)
}

/// `round(n, -k)`: to a multiple of 10 ** k, ties to even multiples.
func int_round(_ t: Thread, _ a: Values) -> Value {
    let n: Value = plainInt(a[0])
    if a[1].isMissing { return exactInt(t, n) }
    let digits: Value = index(t, a[1])
    if digits.isRaised { return digits }
    if intSign(digits) >= 0 { return exactInt(t, n) }
    // More places than the number has (a decimal digit is over 3.3 bits): 0.
    guard let places: Int = intAsWord(digits), places >= -(intBitLength(n) / 3 + 2) else { return .zero }
    let power: Value = intPow(t, Value(smallInt: 10), Value(smallInt: -places))
    if power.isRaised { return power }
    var quotient: Value = .zero
    let rest: Value = intDivModNear(t, n, power, &quotient)
    return rest.isRaised ? rest : exactResult(t, intSub(t, n, rest))
}

/// 1: little, 0: big, -1: raised.
private func littleByteOrder(_ t: Thread, _ v: Value, _ function: String) -> Int {
    if !v.isStr {
        _ = raise(t, .typeError, "\(function)() argument 'byteorder' must be str, not \(v.isNone ? "None" : typeName(v))")
        return -1
    }
    if stringEqual(v, "little") { return 1 }
    if stringEqual(v, "big") { return 0 }
    _ = raise(t, .valueError, "byteorder must be either 'little' or 'big'")
    return -1
}

/// to_bytes(self, /, length=1, byteorder='big', *, signed=False)
func int_toBytes(_ t: Thread, _ a: Values) -> Value {
    guard let length: Int = asInt(t, a[1]) else { return .raised }
    let little: Int = littleByteOrder(t, a[2], "to_bytes")
    if little < 0 { return .raised }
    let signed: Truth = isTrue(t, a[3])
    if signed < 0 { return .raised }
    if length < 0 { return raise(t, .valueError, "length argument must be non-negative") }
    let n: Value = plainInt(a[0])
    if signed == 0 && intSign(n) < 0 { return raise(t, .overflowError, "can't convert negative int to unsigned") }
    let r: Value = newBytesChecked(t, length)
    if r.isRaised { return r }
    if !intToBytes(n, r.bytesData, length, little: little == 1, signed: signed == 1) {
        return raise(t, .overflowError, "int too big to convert")
    }
    return r
}

/// from_bytes(cls, /, bytes, byteorder='big', *, signed=False)
func int_fromBytes(_ t: Thread, _ a: Values) -> Value {
    let little: Int = littleByteOrder(t, a[2], "from_bytes")
    if little < 0 { return .raised }
    let signed: Truth = isTrue(t, a[3])
    if signed < 0 { return .raised }
    var source: Value = a[1]
    if !source.isExactly(.bytes) {
        if isInt(source) || source.isStr { return raise(t, .typeError, "cannot convert '\(typeName(source))' object to bytes") }
        source = call(t, builtinType(.bytes).value, source)
        if source.isRaised { return source }
    }
    let r: Value = intFromBytes(t, source.bytesData, source.bytesCount, little: little == 1, signed: signed == 1)
    ladon_keep_alive(source)
    if r.isRaised || a[0] == builtinType(.int).value { return r }
    return call(t, a[0], r)
}
