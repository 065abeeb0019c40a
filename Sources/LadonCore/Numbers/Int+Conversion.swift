// ints to and from doubles, bytes and machine numbers; hashes.

import CGMP
import Glibc

// MARK: doubles

/// The nearest double, ties to even; nil when the value is beyond the largest double. Never raises.
public func intToDoubleOrNil(_ v: Value) -> Double? {
    if v.isSmallInt { return Double(v.smallInt) }
    return withLimbs(v) { p, n, negative in
        let bits: Int = bitLength(p, n)
        if bits > 1024 { return nil }
        if n == 1 { return negative ? -Double(p[0]) : Double(p[0]) }
        // The top 64 bits, all that is below them folded into the lowest.
        let shift: Int = bits - 64
        let word: Int = shift / 64
        let bit: UInt = UInt(shift % 64)
        var top: UInt = p[word] >> bit
        if bit != 0 && word + 1 < n { top |= p[word + 1] << (64 - bit) }
        var sticky: Bool = bit != 0 && p[word] & ((1 << bit) - 1) != 0
        if !sticky { sticky = !isZero(p, word) }
        if sticky { top |= 1 }
        let d: Double = scalbn(Double(top), Int32(shift))
        return d.isInfinite ? nil : (negative ? -d : d)
    }
}

/// The nearest double; nil after raising OverflowError.
public func intToDouble(_ t: Thread, _ v: Value) -> Double? {
    if let d: Double = intToDoubleOrNil(v) { return d }
    _ = fail(t, .overflowError, "int too large to convert to float")
    return nil
}

/// The double truncated towards zero. Raises for infinities and NaN.
public func intFromDouble(_ t: Thread, _ d: Double) -> Value {
    if d > -4611686018427387904.0 && d < 4611686018427387904.0 { return Value(smallInt: Int(d)) }
    if d.isNaN { return fail(t, .valueError, "cannot convert float NaN to integer") }
    if d.isInfinite { return fail(t, .overflowError, "cannot convert float infinity to integer") }
    // At least 2^62: an integer already. significand * 2^shift.
    let exponent = Int(d.exponent)
    let significand = UInt(d.significandBitPattern | 1 << 52)
    let shift: Int = exponent - 52
    return withUnsafeTemporaryAllocation(of: UInt.self, capacity: 20) { buffer in
        let r = buffer.baseAddress.unsafelyUnwrapped
        var m: UInt = significand
        let n: Int = shiftLeft(r, &m, 1, shift)
        return makeInt(t, limbs: r, count: n, negative: d < 0)
    }
}

/// -1, 0, 1: the exact order of an int and a finite or infinite double (not NaN).
public func intCompare(_ v: Value, with d: Double) -> Int {
    if d.isInfinite { return d > 0 ? -1 : 1 }
    if v.isSmallInt {
        let n: Int = v.smallInt
        if n.magnitude <= 1 << 53 {
            let x = Double(n)
            return x < d ? -1 : (x == d ? 0 : 1)
        }
        if d >= 4611686018427387904.0 { return -1 }
        if d < -4611686018427387904.0 { return 1 }
        let whole: Double = d.rounded(.towardZero)
        let m = Int(whole)
        if n != m { return n < m ? -1 : 1 }
        return d > whole ? -1 : (d < whole ? 1 : 0)
    }
    return withLimbs(v) { p, n, negative in
        let dNegative: Bool = d < 0
        if negative != dNegative { return negative ? -1 : 1 }
        if d == 0 { return negative ? -1 : 1 }
        let bits: Int = bitLength(p, n)
        let dBits: Int = Int(d.exponent) + 1
        if bits != dBits {
            let less: Bool = bits < dBits
            return less != negative ? -1 : 1
        }
        // Equal lengths beyond 62 bits: d is an integer of at most 1024 bits.
        return withUnsafeTemporaryAllocation(of: UInt.self, capacity: 20) { buffer in
            let r = buffer.baseAddress.unsafelyUnwrapped
            var m = UInt(d.significandBitPattern | 1 << 52)
            let rn: Int = shiftLeft(r, &m, 1, bits - 53)
            let order: Int = compareMagnitudes(p, n, r, rn)
            return negative ? 0 - order : order
        }
    }
}

/// v = fraction * 2^exponent with 0.5 <= |fraction| < 1, for logarithms of numbers beyond double's range. v not 0.
public func intFrexp(_ v: Value, _ exponent: inout Int) -> Double {
    withLimbs(v) { p, n, negative in
        let bits: Int = bitLength(p, n)
        var top: UInt = p[n - 1] << UInt(p[n - 1].leadingZeroBitCount)
        let lead: Int = p[n - 1].leadingZeroBitCount
        if n > 1 && lead > 0 { top |= p[n - 2] >> UInt(64 - lead) }
        var sticky: Bool = n > 2 && !isZero(p, n - 2)
        if n > 1 && p[n - 2] << UInt(lead) != 0 { sticky = true }
        if sticky { top |= 1 }
        exponent = bits
        var d: Double = scalbn(Double(top), -64)
        if d == 1 { d = 0.5; exponent += 1 }
        return negative ? -d : d
    }
}

// MARK: hashes

/// CPython's hash: the value modulo 2^61 - 1 with the sign of the value; never -1.
public func intHash(_ v: Value) -> Int {
    if v.isSmallInt { return Hashing.int(v.smallInt) }
    return withLimbs(v) { p, n, negative in
        let m = Int(__gmpn_mod_1(p, n, UInt(Hashing.modulus)))
        let h: Int = negative ? -m : m
        return h == -1 ? -2 : h
    }
}

// MARK: bytes

/// `int.from_bytes`.
public func intFromBytes(_ t: Thread, _ p: UnsafePointer<UInt8>, _ count: Int, little: Bool, signed: Bool) -> Value {
    if count == 0 { return .zero }
    let limbs: Int = (count + 7) / 8
    let negative: Bool = signed && (little ? p[count - 1] : p[0]) >> 7 != 0
    if limbs == 1 {
        var x: UInt = negative ? ~0 : 0
        var i: Int = 0
        while i < count {
            x = x << 8 | UInt(little ? p[count - 1 - i] : p[i])
            i += 1
        }
        return negative ? makeInt(t, high: 0, low: 0 &- x, negative: true) : makeInt(t, x)
    }
    let r: Value = newIntCell(t, limbs)
    if r.isRaised { return r }
    let rp = r.intLimbs
    var k: Int = 0
    while k < limbs {
        var x: UInt = 0
        var j: Int = 7
        while j >= 0 {
            let i: Int = k * 8 + j
            let byte: UInt8 = i < count ? (little ? p[i] : p[count - 1 - i]) : (negative ? 255 : 0)
            x = x << 8 | UInt(byte)
            j -= 1
        }
        rp[k] = x
        k += 1
    }
    if negative { _ = __gmpn_neg(rp, rp, limbs) }
    return finishInt(r, limbs, negative: negative)
}

/// Writes `count` bytes of the value in two's complement. False when it doesn't fit (nothing is raised).
public func intToBytes(_ v: Value, _ out: UnsafeMutablePointer<UInt8>, _ count: Int, little: Bool, signed: Bool) -> Bool {
    withLimbs(v) { p, n, negative in
        if negative && !signed { return false }
        let bits: Int = bitLength(p, n)
        if signed {
            // -2^k fits k + 1 bits, every other number needs one bit for the sign.
            var needed: Int = bits + 1
            if negative && isPowerOfTwo(p, n) { needed = bits }
            // CPython takes 0 and, oddly, -1 for numbers of no bytes at all.
            if bits == 0 || (count == 0 && negative && bits == 1) { needed = 0 }
            if needed > count * 8 { return false }
        } else if bits > count * 8 { return false }
        var borrow: Bool = negative
        var i: Int = 0
        while i < count {
            let word: UInt = i >> 3 < n ? p[i >> 3] : 0
            var byte = UInt8(truncatingIfNeeded: word >> UInt((i & 7) * 8))
            if negative {
                byte = ~byte
                if borrow {
                    byte = byte &+ 1
                    borrow = byte == 0
                }
            }
            out[little ? i : count - 1 - i] = byte
            i += 1
        }
        return true
    }
}

func isPowerOfTwo(_ p: UnsafePointer<UInt>, _ n: Int) -> Bool {
    n > 0 && p[n - 1] & (p[n - 1] &- 1) == 0 && isZero(p, n - 1)
}

// MARK: machine numbers from any object

/// `operator.index`: an exact int for an int, or for an object with `__index__`. Raises TypeError.
public func index(_ t: Thread, _ v: Value) -> Value {
    if v.isSmallInt { return v }
    if isInt(v) { return exactInt(t, v) }
    let r: Value = indexResult(t, v)
    return r.isRaised ? r : exactInt(t, r)
}

/// What `__index__` answered (an int or an instance of a subclass, with CPython's warning for the latter), or `v` itself when it is an int.
public func indexResult(_ t: Thread, _ v: Value) -> Value {
    if isInt(v) { return v }
    guard let f = typeOf(v).unary(.index) else {
        return fail(t, .typeError, "'\(typeNameText(v))' object cannot be interpreted as an integer")
    }
    let r: Value = f(t, v)
    if r.isRaised || isExactInt(r) { return r }
    if !isInt(r) { return fail(t, .typeError, "__index__ returned non-int (type \(typeNameText(r)))") }
    let message: String = "__index__ returned non-int (type \(typeNameText(r))).  "
        + "The ability to return an instance of a strict subclass of int is deprecated, "
        + "and may be removed in a future version of Python."
    return warnDeprecated(t, message) ? r : .raised
}

/// `PyNumber_AsSsize_t` with OverflowError: the word, or nil after raising.
public func asInt(_ t: Thread, _ v: Value) -> Int? {
    if v.isSmallInt { return v.smallInt }
    return asIntSlow(t, v, .overflowError, "Python int too large to convert to C ssize_t")
}

@inline(never)
private func asIntSlow(_ t: Thread, _ v: Value, _ error: TypeID, _ message: String) -> Int? {
    let r: Value = indexResult(t, v)
    if r.isRaised { return nil }
    if let n: Int = intAsWord(plainInt(r)) { return n }
    _ = fail(t, error, message)
    return nil
}

/// An index or a size: the error is `error`, worded with the type's name ("cannot fit 'int' into an index-sized integer").
public func asIndex(_ t: Thread, _ v: Value, _ error: TypeID = .indexError) -> Int? {
    if v.isSmallInt { return v.smallInt }
    let r: Value = indexResult(t, v)
    if r.isRaised { return nil }
    if let n: Int = intAsWord(plainInt(r)) { return n }
    _ = fail(t, error, "cannot fit '\(typeNameText(v))' into an index-sized integer")
    return nil
}

/// An index that is clipped to the word's range instead of raising (slices); nil only when `__index__` raised.
public func asClippedIndex(_ t: Thread, _ v: Value) -> Int? {
    if v.isSmallInt { return v.smallInt }
    let r: Value = indexResult(t, v)
    if r.isRaised { return nil }
    let p: Value = plainInt(r)
    return intAsWord(p) ?? (intSign(p) < 0 ? Int.min : Int.max)
}

/// A C int. OverflowError as CPython words it.
public func asInt32(_ t: Thread, _ v: Value) -> Int32? {
    guard let n: Int = asIntSlow(t, v, .overflowError, "Python int too large to convert to C long") else { return nil }
    if let small = Int32(exactly: n) { return small }
    _ = fail(t, .overflowError, n < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum")
    return nil
}

/// A C long: the word, with the message for C long.
public func asLong(_ t: Thread, _ v: Value) -> Int? {
    if v.isSmallInt { return v.smallInt }
    return asIntSlow(t, v, .overflowError, "Python int too large to convert to C long")
}

/// An unsigned word. OverflowError for a negative or too big number.
public func asUInt(_ t: Thread, _ v: Value) -> UInt? {
    let r: Value = indexResult(t, v)
    if r.isRaised { return nil }
    let p: Value = plainInt(r)
    if let n: UInt = intAsUnsignedWord(p) { return n }
    _ = fail(t, .overflowError, intSign(p) < 0 ? "can't convert negative value to unsigned int" : "Python int too large to convert to C unsigned long")
    return nil
}

/// An unsigned 32-bit number.
public func asUInt32(_ t: Thread, _ v: Value) -> UInt32? {
    guard let n: UInt = asUInt(t, v) else { return nil }
    if let small = UInt32(exactly: n) { return small }
    _ = fail(t, .overflowError, "Python int too large to convert to C unsigned int")
    return nil
}

/// A double from a float, an int or an object with `__float__` or `__index__` (`PyFloat_AsDouble`); nil after raising.
public func asDouble(_ t: Thread, _ v: Value) -> Double? {
    if v.isSmallInt { return Double(v.smallInt) }
    if v.isExactly(.float) { return v.asFloat }
    return asDoubleSlow(t, v)
}

@inline(never)
private func asDoubleSlow(_ t: Thread, _ v: Value) -> Double? {
    isFloat(v) ? v.asFloat : doubleFromNumber(t, v)
}

/// `PyNumber_Float` without text: `__float__` counts even where a subclass of float overrides it, then `__index__`.
public func doubleFromNumber(_ t: Thread, _ v: Value) -> Double? {
    if isExactInt(v) || v.isBool { return intToDouble(t, plainInt(v)) }
    if v.isExactly(.float) { return v.asFloat }
    let type: TypePointer = typeOf(v)
    if let f = type.unary(.float) {
        let r: Value = f(t, v)
        if r.isRaised { return nil }
        if r.isExactly(.float) { return r.asFloat }
        if !isFloat(r) {
            _ = fail(t, .typeError, "\(typeNameText(v)).__float__ returned non-float (type \(typeNameText(r)))")
            return nil
        }
        let message: String = "\(typeNameText(v)).__float__ returned non-float (type \(typeNameText(r))).  "
            + "The ability to return an instance of a strict subclass of float is deprecated, "
            + "and may be removed in a future version of Python."
        return warnDeprecated(t, message) ? r.asFloat : nil
    }
    if type.has(.index) {
        let r: Value = indexResult(t, v)
        return r.isRaised ? nil : intToDouble(t, plainInt(r))
    }
    _ = fail(t, .typeError, "must be real number, not \(typeNameText(v))")
    return nil
}
