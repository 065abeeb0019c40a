// int(x), int(text, base): what can be turned into an int, and how.

import LadonCore
import LadonRuntime
import CLadonUnicode

func int_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let keywords: Int = names.isRaised ? 0 : names.tupleCount
    if count + keywords > 2 {
        return raise(t, .typeError, "int() takes at most 2 arguments (\(count + keywords) given)")
    }
    let x: Value = count > 0 ? args.unsafelyUnwrapped[0] : .missing
    var base: Value = count > 1 ? args.unsafelyUnwrapped[1] : .missing
    if keywords > 0 {
        var i: Int = 0
        while i < keywords {
            let n: Value = names.tupleItems[i]
            if !stringEqual(n, "base") {
                return raise(t, .typeError, "'\(swiftString(n))' is an invalid keyword argument for int()")
            }
            if count > 1 { return raise(t, .typeError, "argument for int() given by name ('base') and position (2)") }
            base = args.unsafelyUnwrapped[count + i]
            i += 1
        }
    }
    let result: Value
    if x.isMissing {
        if !base.isMissing { return raise(t, .typeError, "int() missing string argument") }
        result = .zero
    } else if base.isMissing {
        result = intFromObject(t, x)
    } else {
        guard let b: Int = asClippedIndex(t, base) else { return .raised }
        result = intFromText(t, x, b)
    }
    if result.isRaised || type == builtinType(.int).value { return result }
    return intInstance(t, type.asType, result)
}

/// An instance of a subclass of int with that value.
func intInstance(_ t: Thread, _ type: TypePointer, _ value: Value) -> Value {
    withLimbs(value) { limbs, n, negative in
        let v: Value = allocateInstance(t, type, variableItems: n)
        if v.isRaised { return v }
        v.intLimbs.update(from: limbs, count: n)
        v.cell(as: IntCell.self).pointee.size = negative ? -n : n
        return v
    }
}

/// `int(x)` without a base: an exact int.
public func intFromObject(_ t: Thread, _ x: Value) -> Value {
    if x.isSmallInt || x.isExactly(.int) { return x }
    let type: TypePointer = typeOf(x)
    if let f = type.unary(.int) {
        let r: Value = f(t, x)
        if r.isRaised || isExactInt(r) { return r }
        if !isInt(r) { return raise(t, .typeError, "__int__ returned non-int (type \(typeName(r)))") }
        let message: String = "__int__ returned non-int (type \(typeName(r))).  "
            + "The ability to return an instance of a strict subclass of int is deprecated, "
            + "and may be removed in a future version of Python."
        if warn(t, .deprecationWarning, message, 1) < 0 { return .raised }
        return exactInt(t, r)
    }
    if type.has(.index) { return index(t, x) }
    if !x.isStr && !x.isBytes {
        let truncate: Value = lookupSpecial(t, x, name(.__trunc__))
        if truncate.isRaised { return truncate }
        if !truncate.isMissing { return intFromTruncation(t, truncate) }
    }
    if x.isStr { return parseIntText(t, x, 10) }
    if x.isBytes { return parseIntBytes(t, x, x.bytesData, x.bytesCount, 10) }
    if supportsBuffer(x) {
        var buffer = LadonBuffer()
        if getBuffer(t, x, &buffer, writable: false) < 0 { return .raised }
        let r: Value = parseIntBuffer(t, x, buffer, 10)
        releaseBuffer(t, &buffer)
        return r
    }
    return raise(t, .typeError, "int() argument must be a string, a bytes-like object or a real number, not '\(typeName(x))'")
}

/// `int()` through `__trunc__`, which 3.11 deprecates.
private func intFromTruncation(_ t: Thread, _ truncate: Value) -> Value {
    let message: String = "The delegation of int() to __trunc__ is deprecated."
    if warn(t, .deprecationWarning, message, 1) < 0 { return .raised }
    let r: Value = call(t, truncate)
    if r.isRaised { return r }
    if isInt(r) { return exactInt(t, r) }
    if !typeOf(r).has(.index) {
        return raise(t, .typeError, "__trunc__ returned non-Integral (type \(typeName(r)))")
    }
    return index(t, r)
}

/// `int(text, base)`.
private func intFromText(_ t: Thread, _ x: Value, _ base: Int) -> Value {
    if base != 0 && (base < 2 || base > 36) { return raise(t, .valueError, "int() base must be >= 2 and <= 36, or 0") }
    if x.isStr { return parseIntText(t, x, base) }
    if x.isBytes { return parseIntBytes(t, x, x.bytesData, x.bytesCount, base) }
    if isInstanceOf(x, .bytearray) {
        var buffer = LadonBuffer()
        if getBuffer(t, x, &buffer, writable: false) < 0 { return .raised }
        let r: Value = parseIntBuffer(t, x, buffer, base)
        releaseBuffer(t, &buffer)
        return r
    }
    return raise(t, .typeError, "int() can't convert non-string with explicit base")
}

private func parseIntBuffer(_ t: Thread, _ x: Value, _ buffer: LadonBuffer, _ base: Int) -> Value {
    guard let p = buffer.data else { return failLiteral(t, x, base) }
    return parseIntBytes(t, x, UnsafeMutableRawPointer(p).assumingMemoryBound(to: UInt8.self), Int(buffer.length), base)
}

private func parseIntText(_ t: Thread, _ x: Value, _ base: Int) -> Value {
    let n: Int = x.strCount
    let r: Value
    // Refused before any other look at them.
    let limit: Int = intMaxTextDigits(t)
    if base == 10 && limit > 0 && n > limit && x.strKind == 1 && isDecimal(x.strBytes, n) { return failDigitLimit(t, limit, digits: n) }
    if hasSeparatorControl(x) { return failLiteral(t, x, base) }
    switch x.strKind {
    case 1: r = parseIntUnits(t, UnsafePointer(x.strBytes), n, base)
    case 2: r = parseIntUnits(t, UnsafePointer(x.strHalves), n, base)
    default: r = parseIntUnits(t, UnsafePointer(x.strWords), n, base)
    }
    ladon_keep_alive(x)
    return r.isMissing ? failLiteral(t, x, base) : r
}

/// Nothing but ASCII digits.
private func isDecimal(_ p: UnsafeMutablePointer<UInt8>, _ n: Int) -> Bool {
    var worst: UInt8 = 0
    for i in 0 ..< n { worst = max(worst, p[i] &- 48) }
    return worst <= 9
}

private func parseIntBytes(_ t: Thread, _ x: Value, _ p: UnsafeMutablePointer<UInt8>, _ n: Int, _ base: Int) -> Value {
    // Bytes have no spaces beyond ASCII's.
    var i: Int = 0
    while i < n {
        if p[i] >= 128 || p[i] & 0xFC == 0x1C { return failLiteral(t, x, base) }
        i += 1
    }
    let r: Value = parseIntUnits(t, UnsafePointer(p), n, base)
    ladon_keep_alive(x)
    return r.isMissing ? failLiteral(t, x, base) : r
}

/// `.missing` when the text is no literal.
private func parseIntUnits<U: LadonCore.CodeUnit>(_ t: Thread, _ text: UnsafePointer<U>, _ n: Int, _ base: Int) -> Value {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: n + 2) { scratch -> Value in
        let p = scratch.baseAddress.unsafelyUnwrapped
        let parsed = IntegerText.parse(text, n, base: base, scratch: p + 1)
        if parsed.kind == .invalid { return .missing }
        let limit: Int = intMaxTextDigits(t)
        if parsed.kind == .word && (parsed.digits <= limit || limit == 0) {
            return makeInt(t, high: 0, low: parsed.magnitude, negative: parsed.negative)
        }
        // Bare digits from here on: parseInt checks the limit and hands them to GMP.
        if !parsed.negative { return parseInt(t, UnsafePointer(p + 1), parsed.digits, parsed.base) }
        p[0] = 45
        return parseInt(t, UnsafePointer(p), parsed.digits + 1, parsed.base)
    }
}

private func failLiteral(_ t: Thread, _ x: Value, _ base: Int) -> Value {
    let shown: Value = x.isStr || x.isBytes || isInstanceOf(x, .bytearray) ? repr(t, bytesForRepr(t, x)) : repr(t, x)
    if shown.isRaised { return shown }
    return raise(t, .valueError, "invalid literal for int() with base \(base): \(shortened(shown, 200))")
}

/// A bytearray is shown as the bytes that were read.
private func bytesForRepr(_ t: Thread, _ x: Value) -> Value {
    if x.isStr || x.isBytes { return x }
    let b: Value = call(t, builtinType(.bytes).value, x)
    if b.isRaised {
        clearException(t)
        return x
    }
    return b
}

/// Whether a str has one of the characters U+001C…U+001F: spaces to `str.isspace`, but not in the text of a number.
func hasSeparatorControl(_ v: Value) -> Bool {
    let text = v.text
    var i: Int = 0
    while i < text.count {
        if text[i] & ~3 == 0x1C { return true }
        i += 1
    }
    return false
}

/// The first `limit` characters of a str.
func shortened(_ v: Value, _ limit: Int) -> String {
    let text: String = swiftString(v)
    if v.strCount <= limit { return text }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text.unicodeScalars.prefix(limit))
    return String(scalars)
}
