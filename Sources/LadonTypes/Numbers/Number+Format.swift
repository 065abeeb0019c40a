// `__format__` of int, float and complex: specification and digits here, layout in LadonCore/Text.

import LadonRuntime
import Glibc

/// Parses the specification; on a failure raises and answers false.
private func readSpec(_ t: Thread, _ v: Value, _ text: Value, _ defaultType: UInt32, _ spec: inout FormatSpec) -> Bool {
    let problem: FormatProblem?
    switch text.strKind {
    case 1: problem = FormatSpec.parse(UnsafePointer(text.strBytes), text.strCount, defaultType: defaultType, defaultAlign: .right, into: &spec)
    case 2: problem = FormatSpec.parse(UnsafePointer(text.strHalves), text.strCount, defaultType: defaultType, defaultAlign: .right, into: &spec)
    default: problem = FormatSpec.parse(UnsafePointer(text.strWords), text.strCount, defaultType: defaultType, defaultAlign: .right, into: &spec)
    }
    guard let problem else { return true }
    _ = raiseFormatProblem(t, problem, text, typeName(v))
    return false
}

private func raiseFormatProblem(_ t: Thread, _ problem: FormatProblem, _ text: Value, _ type: String) -> Value {
    if case .noMemory = problem { return raiseMemoryError(t) }
    var message = TextBuffer(capacity: 64)
    defer { message.free() }
    var typeText: String = type
    typeText.withUTF8 { typeBytes in
        let p = typeBytes.baseAddress.unsafelyUnwrapped
        switch text.strKind {
        case 1: problem.appendMessage(spec: UnsafePointer(text.strBytes), text.strCount, typeName: p, typeBytes.count, to: &message)
        case 2: problem.appendMessage(spec: UnsafePointer(text.strHalves), text.strCount, typeName: p, typeBytes.count, to: &message)
        default: problem.appendMessage(spec: UnsafePointer(text.strWords), text.strCount, typeName: p, typeBytes.count, to: &message)
        }
    }
    let s: Value = makeString(t, codePoints: UnsafePointer(message.base), count: message.count)
    if s.isRaised { return s }
    if case .characterRange = problem { return raise(t, .overflowError, payload: s) }
    return raise(t, .valueError, payload: s)
}

/// The str that was laid out, or the problem raised.
private func finishFormat(_ t: Thread, _ problem: FormatProblem?, _ out: TextBuffer, _ text: Value, _ v: Value) -> Value {
    if let problem { return raiseFormatProblem(t, problem, text, typeName(v)) }
    return makeString(t, codePoints: UnsafePointer(out.base), count: out.count)
}

private func checkSpec(_ t: Thread, _ spec: Value) -> Bool {
    if spec.isStr { return true }
    _ = raise(t, .typeError, "__format__() argument must be str, not \(spec.isNone ? "None" : typeName(spec))")
    return false
}

/// Calls `body` with the locale's separators for type "n".
private func withLocaleGrouping<R>(_ spec: FormatSpec, _ body: (DigitGrouping) -> R) -> R {
    if spec.type != 110 { return body(DigitGrouping()) }
    guard let conventions = localeconv() else { return body(DigitGrouping()) }
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 32) { buffer -> R in
        let p = buffer.baseAddress.unsafelyUnwrapped
        let pointCount: Int = decodeShort(conventions.pointee.decimal_point, p, 16)
        let separatorCount: Int = decodeShort(conventions.pointee.thousands_sep, p + 16, 16)
        var none: UInt8 = 0
        return withUnsafePointer(to: &none) { empty in
            var sizes: UnsafePointer<UInt8> = empty
            if let g = conventions.pointee.grouping { sizes = UnsafeRawPointer(g).assumingMemoryBound(to: UInt8.self) }
            return body(DigitGrouping(point: UnsafePointer(p), pointCount, separator: UnsafePointer(p + 16), separatorCount, sizes: sizes))
        }
    }
}

/// Code points of a short UTF-8 text; returns how many.
private func decodeShort(_ text: UnsafeMutablePointer<CChar>?, _ out: UnsafeMutablePointer<UInt32>, _ room: Int) -> Int {
    guard let text else { return 0 }
    var n: Int = 0
    for scalar in String(cString: text).unicodeScalars {
        if n == room { break }
        out[n] = scalar.value
        n += 1
    }
    return n
}

/// int.__format__(self, format_spec, /)
func int_format(_ t: Thread, _ a: Values) -> Value {
    let v: Value = a[0]
    let text: Value = a[1]
    if !checkSpec(t, text) { return .raised }
    if text.strCount == 0 {
        return isExactInt(v) ? intToString(t, v, 10) : str(t, v)
    }
    var spec = FormatSpec(align: .right, type: 100)
    if !readSpec(t, v, text, 100, &spec) { return .raised }
    let n: Value = plainInt(v)
    var out = TextBuffer(capacity: 64)
    defer { out.free() }
    switch FormatNumber.integerForm(spec) {
    case .problem(let problem):
        return raiseFormatProblem(t, problem, text, typeName(v))
    case .float:
        guard let d: Double = intToDouble(t, n) else { return .raised }
        return finishFormat(t, FormatNumber.append(float: d, spec: spec, to: &out), out, text, v)
    case .character:
        if intAsWord(n) == nil { return raise(t, .overflowError, "Python int too large to convert to C long") }
        return finishFormat(t, FormatNumber.append(character: intAsWord(n) ?? -1, spec: spec, to: &out), out, text, v)
    case .digits(let base, let uppercase, let prefix):
        return withLocaleGrouping(spec) { grouping -> Value in
            if n.isSmallInt {
                let problem = FormatNumber.append(word: n.smallInt.magnitude, negative: n.smallInt < 0, base: base, uppercase: uppercase,
                                                  prefix: prefix, spec: spec, locale: grouping, to: &out)
                return finishFormat(t, problem, out, text, v)
            }
            return withIntDigits(t, n, base, failed: Value.raised) { digits, count -> Value in
                let negative: Bool = digits[0] == 45
                let first: Int = negative ? 1 : 0
                if uppercase {
                    let p = UnsafeMutablePointer(mutating: digits)
                    var i: Int = first
                    while i < count { if p[i] >= 97 { p[i] -= 32 }; i += 1 }
                }
                let problem = FormatNumber.append(digits: digits + first, count - first, negative: negative, prefix: prefix, spec: spec,
                                                  locale: grouping, to: &out)
                return finishFormat(t, problem, out, text, v)
            }
        }
    }
}

/// float.__format__(self, format_spec, /)
func float_format(_ t: Thread, _ a: Values) -> Value {
    let v: Value = a[0]
    let text: Value = a[1]
    if !checkSpec(t, text) { return .raised }
    if text.strCount == 0 { return v.isExactly(.float) ? float_repr(t, v) : str(t, v) }
    var spec = FormatSpec(align: .right, type: 0)
    if !readSpec(t, v, text, 0, &spec) { return .raised }
    var out = TextBuffer(capacity: 64)
    defer { out.free() }
    return withLocaleGrouping(spec) { grouping -> Value in
        finishFormat(t, FormatNumber.append(float: v.asFloat, spec: spec, locale: grouping, to: &out), out, text, v)
    }
}

/// complex.__format__(self, format_spec, /)
func complex_format(_ t: Thread, _ a: Values) -> Value {
    let v: Value = a[0]
    let text: Value = a[1]
    if !checkSpec(t, text) { return .raised }
    if text.strCount == 0 { return v.isExactly(.complex) ? complex_repr(t, v) : str(t, v) }
    var spec = FormatSpec(align: .right, type: 0)
    if !readSpec(t, v, text, 0, &spec) { return .raised }
    var out = TextBuffer(capacity: 64)
    defer { out.free() }
    let z = v.asComplex
    return withLocaleGrouping(spec) { grouping -> Value in
        finishFormat(t, FormatNumber.append(complex: z.real, z.imaginary, spec: spec, locale: grouping, to: &out), out, text, v)
    }
}
