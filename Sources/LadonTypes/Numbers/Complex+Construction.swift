// complex(real, imag), complex(text).

import LadonCore
import LadonRuntime
import CLadonUnicode

func complex_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let keywords: Int = names.isRaised ? 0 : names.tupleCount
    if count + keywords > 2 { return raise(t, .typeError, "complex() takes at most 2 arguments (\(count + keywords) given)") }
    var r: Value = count > 0 ? args.unsafelyUnwrapped[0] : .missing
    var i: Value = count > 1 ? args.unsafelyUnwrapped[1] : .missing
    var k: Int = 0
    while k < keywords {
        let n: Value = names.tupleItems[k]
        let value: Value = args.unsafelyUnwrapped[count + k]
        if stringEqual(n, "real") {
            if count > 0 { return raise(t, .typeError, "argument for complex() given by name ('real') and position (1)") }
            r = value
        } else if stringEqual(n, "imag") {
            if count > 1 { return raise(t, .typeError, "argument for complex() given by name ('imag') and position (2)") }
            i = value
        } else {
            return raise(t, .typeError, "'\(swiftString(n))' is an invalid keyword argument for complex()")
        }
        k += 1
    }
    let exact: Bool = type == builtinType(.complex).value
    if exact && i.isMissing && r.isExactly(.complex) { return r }
    if !r.isMissing && r.isStr {
        if !i.isMissing { return raise(t, .typeError, "complex() can't take second arg if first is a string") }
        guard let z: Complex = parseComplexText(t, r) else { return .raised }
        return complexInstance(t, type, z)
    }
    if !i.isMissing && i.isStr { return raise(t, .typeError, "complex() second arg can't be a string") }
    var x = Complex(0, 0)
    var realIsComplex: Bool = false
    if !r.isMissing {
        guard let converted: Value = complexSpecial(t, r) else { return .raised }
        if !converted.isMissing { r = converted }
        if isComplex(r) {
            x = r.asComplex
            realIsComplex = true
        } else {
            if !hasReal(r) { return raise(t, .typeError, "complex() first argument must be a string or a number, not '\(typeName(r))'") }
            guard let d: Double = doubleFromNumber(t, r) else { return .raised }
            x.real = d
        }
    }
    if i.isMissing { return complexInstance(t, type, x) }
    if isComplex(i) {
        // real + imag * 1j, with imag's own imaginary part turned by a right angle.
        let y = i.asComplex
        let imaginary: Double = realIsComplex ? x.imaginary + y.real : y.real
        return complexInstance(t, type, Complex(x.real - y.imaginary, imaginary))
    }
    if !hasReal(i) { return raise(t, .typeError, "complex() second argument must be a number, not '\(typeName(i))'") }
    guard let d: Double = doubleFromNumber(t, i) else { return .raised }
    return complexInstance(t, type, Complex(x.real, realIsComplex ? x.imaginary + d : d))
}

private func hasReal(_ v: Value) -> Bool {
    if isFloat(v) || isInt(v) { return true }
    let type: TypePointer = typeOf(v)
    return type.has(.float) || type.has(.index)
}

func complexInstance(_ t: Thread, _ type: Value, _ z: Complex) -> Value {
    if type == builtinType(.complex).value { return makeComplex(t, z) }
    let v: Value = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    v.cell(as: ComplexCell.self).pointee.real = z.real
    v.cell(as: ComplexCell.self).pointee.imaginary = z.imaginary
    return v
}

/// What `__complex__` answers; `.missing` without one; nil after raising.
func complexSpecial(_ t: Thread, _ v: Value) -> Value? {
    if v.isExactly(.complex) { return v }
    if v.isSmallInt || v.isExactly(.float) { return .missing }
    let f: Value = lookupSpecial(t, v, name(.__complex__))
    if f.isRaised { return nil }
    if f.isMissing { return .missing }
    let r: Value = call(t, f)
    if r.isRaised { return nil }
    if r.isExactly(.complex) { return r }
    if !isComplex(r) {
        _ = raise(t, .typeError, "__complex__ returned non-complex (type \(typeName(r)))")
        return nil
    }
    let message: String = "__complex__ returned non-complex (type \(typeName(r))).  "
        + "The ability to return an instance of a strict subclass of complex is deprecated, "
        + "and may be removed in a future version of Python."
    if warn(t, .deprecationWarning, message, 1) < 0 { return nil }
    return r
}

/// Any number as a complex one (cmath's arguments); nil after raising.
public func complexFromObject(_ t: Thread, _ v: Value, _ real: inout Double, _ imaginary: inout Double) -> Bool {
    guard let converted: Value = complexSpecial(t, v) else { return false }
    if !converted.isMissing {
        real = converted.asComplex.real
        imaginary = converted.asComplex.imaginary
        return true
    }
    if isComplex(v) {
        real = v.asComplex.real
        imaginary = v.asComplex.imaginary
        return true
    }
    guard let d: Double = asDouble(t, v) else { return false }
    real = d
    imaginary = 0
    return true
}

// MARK: text

private let misplacedUnderscore = -2

private func parseComplexText(_ t: Thread, _ v: Value) -> Complex? {
    let n: Int = v.strCount
    var z: Complex?
    var misplaced: Bool = false
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: n + 2) { buffer in
        let p = buffer.baseAddress.unsafelyUnwrapped
        let count: Int
        switch v.strKind {
        case 1: count = plainNumberText(UnsafePointer(v.strBytes), n, p)
        case 2: count = plainNumberText(UnsafePointer(v.strHalves), n, p)
        default: count = plainNumberText(UnsafePointer(v.strWords), n, p)
        }
        if count >= 0 { z = parseComplexASCII(p, count) }
        misplaced = count == misplacedUnderscore
    }
    ladon_keep_alive(v)
    if misplaced {
        let shown: Value = repr(t, v)
        if shown.isRaised { return nil }
        let message: Value = stringConcat(t, makeString(t, "could not convert string to complex: " as StaticString), shown)
        if !message.isRaised { _ = raise(t, .valueError, payload: message) }
        return nil
    }
    if z == nil { _ = raise(t, .valueError, "complex() arg is a malformed string") }
    return z
}

/// ASCII for a number's text: digits of any script become ASCII, spaces become " ", underscores between digits vanish.
/// -1: a character that no number has; -2: an underscore that isn't between digits.
private func plainNumberText<U: LadonCore.CodeUnit>(_ text: UnsafePointer<U>, _ n: Int, _ out: UnsafeMutablePointer<UInt8>) -> Int {
    var count: Int = 0
    var i: Int = 0
    var previous: UInt8 = 0
    var pending: Bool = false
    var invalid: Bool = false
    while i < n {
        let cp: UInt32 = text[i].codePoint
        var c: UInt8
        if cp < 128 {
            c = UInt8(cp)
            if c >= 9 && c <= 13 { c = 32 }
        } else {
            let digit: Int32 = cp < 0x110000 ? ladon_uc_decimal(cp) : -1
            if digit >= 0 { c = 48 + UInt8(digit) } else if Int(ladon_uc_flags(cp)) & Int(LADON_UC_SPACE) != 0 { c = 32 } else { c = 0; invalid = true }
        }
        if c == 95 {
            if pending || previous < 48 || previous > 57 { return misplacedUnderscore }
            pending = true
        } else {
            if pending && (c < 48 || c > 57) { return misplacedUnderscore }
            pending = false
            out[count] = c
            count += 1
            previous = c
        }
        i += 1
    }
    if pending { return misplacedUnderscore }
    return invalid ? -1 : count
}

/// <float>, <float>j, <float><signed float>j, with optional parentheses and spaces around.
private func parseComplexASCII(_ p: UnsafeMutablePointer<UInt8>, _ n: Int) -> Complex? {
    var start: Int = 0
    var end: Int = n
    func skip() {
        while start < end && p[start] == 32 { start += 1 }
        while end > start && p[end - 1] == 32 { end -= 1 }
    }
    skip()
    if start < end && p[start] == 40 {
        if end - start < 2 || p[end - 1] != 41 { return nil }
        start += 1
        end -= 1
        skip()
    }
    if start == end { return nil }
    let isImaginary: Bool = p[end - 1] | 0x20 == 106
    // The sign that starts a second term: not the first character, not in an exponent.
    var split: Int = -1
    var i: Int = start + 1
    while i < end {
        if p[i] == 43 || p[i] == 45 {
            let before: UInt8 = p[i - 1] | 0x20
            let isExponent: Bool = before == 101 && i >= start + 2 && (p[i - 2] >= 48 && p[i - 2] <= 57 || p[i - 2] == 46)
            if !isExponent {
                if split >= 0 { return nil }
                split = i
            }
        }
        i += 1
    }
    if !isImaginary {
        if split >= 0 { return nil }
        guard let d: Double = bareFloat(p, start, end) else { return nil }
        return Complex(d, 0)
    }
    end -= 1
    if split < 0 {
        guard let d: Double = imaginaryPart(p, start, end) else { return nil }
        return Complex(0, d)
    }
    guard let real: Double = bareFloat(p, start, split), let imaginary: Double = imaginaryPart(p, split, end) else { return nil }
    return Complex(real, imaginary)
}

/// A float, or nothing but a sign for 1.
private func imaginaryPart(_ p: UnsafeMutablePointer<UInt8>, _ start: Int, _ end: Int) -> Double? {
    if start == end { return 1 }
    if end == start + 1 && (p[start] == 43 || p[start] == 45) { return p[start] == 45 ? -1 : 1 }
    return bareFloat(p, start, end)
}

private func bareFloat(_ p: UnsafeMutablePointer<UInt8>, _ start: Int, _ end: Int) -> Double? {
    if start >= end || p[start] == 32 || p[end - 1] == 32 { return nil }
    let saved: UInt8 = p[end]
    p[end] = 0
    let parsed: ParsedFloat = FloatText.parse(ascii: UnsafePointer(p + start), end - start)
    p[end] = saved
    if case .value(let d) = parsed { return d }
    return nil
}
