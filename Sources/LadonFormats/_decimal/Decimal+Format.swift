// Decimal.__format__: the mini-language as the C library of CPython's module reads it.

import Glibc
import LadonCore
import LadonLibrary

/// [[fill]align][sign][z][0][width][,][.precision][type]
private struct DecimalFormat {
    var spec = FormatSpec(align: .right, type: 103)
    /// e, f, g or %; the capital forms as such.
    var type: UInt32 = 103
    var isLocal = false
    /// Zeros before the number, by a "0" before the width.
    var isZeroPadded = false

    /// nil: "invalid format string".
    init?<U: LadonCore.CodeUnit>(_ p: UnsafePointer<U>, _ count: Int, capitals: Bool) {
        var i: Int = 0
        func alignment(_ c: UInt32) -> FormatSpec.Align? {
            switch c {
            case 60: return .left
            case 62: return .right
            case 61: return .afterSign
            case 94: return .center
            default: return nil
            }
        }
        func unit(_ i: Int) -> UInt32 { i < count ? p[i].codePoint : 0 }
        var hasAlign = false
        if count >= 2, let a = alignment(unit(1)) {
            spec.fill = unit(0)
            spec.align = a
            hasAlign = true
            i = 2
        } else if let a = alignment(unit(0)) {
            spec.align = a
            hasAlign = true
            i = 1
        }
        if unit(i) == 43 || unit(i) == 45 || unit(i) == 32 {
            spec.sign = UInt8(truncatingIfNeeded: unit(i))
            i += 1
        }
        if unit(i) == 122 {
            spec.noNegativeZero = true
            i += 1
        }
        if unit(i) == 48 {
            // Zero padding means '0' as fill after the sign: no alignment besides.
            if hasAlign { return nil }
            spec.fill = 48
            spec.align = .afterSign
            isZeroPadded = true
            i += 1
        }
        func digits() -> Int? {
            var n: Int = 0
            while unit(i) &- 48 <= 9 {
                if n > (Int.max - 9) / 10 { return nil }
                n = n * 10 + Int(unit(i)) - 48
                i += 1
            }
            return n
        }
        if unit(i) &- 48 <= 9 {
            guard let n = digits() else { return nil }
            spec.width = n
        }
        if unit(i) == 44 {
            spec.grouping = .comma
            i += 1
        }
        if unit(i) == 46 {
            i += 1
            if unit(i) &- 48 > 9 { return nil }
            guard let n = digits() else { return nil }
            spec.precision = n
        }
        if i < count {
            switch unit(i) {
            case 69, 70, 71, 101, 102, 103, 37: type = unit(i)
            case 78, 110:
                // n with another grouping is none.
                if spec.grouping != .none { return nil }
                isLocal = true
                type = unit(i) == 78 ? 71 : 103
            default: return nil
            }
            i += 1
        } else {
            type = capitals ? 71 : 103
        }
        if i != count { return nil }
        spec.type = isLocal ? 110 : 102
    }
}

func decimal_format(_ t: Thread, _ a: Values) -> Value {
    let v: Value = a[0], text: Value = a[1], override: Value = a[2]
    let context: Value = currentDecimalContext(t)
    if context.isRaised { return context }
    if !isInstanceOf(text, .str) { return raise(t, .typeError, "format arg must be str") }
    let capitals: Bool = hasCapitals(t, context)
    let format: DecimalFormat?
    switch text.strKind {
    case 1: format = DecimalFormat(UnsafePointer(text.strBytes), text.strCount, capitals: capitals)
    case 2: format = DecimalFormat(UnsafePointer(text.strHalves), text.strCount, capitals: capitals)
    default: format = DecimalFormat(UnsafePointer(text.strWords), text.strCount, capitals: capitals)
    }
    text.keepAlive
    guard var format else { return raise(t, .valueError, "invalid format string") }
    let conventions: Value = override.isMissing ? .none : override
    if !override.isMissing {
        if !isInstanceOf(override, .dict) { return raise(t, .typeError, "optional argument must be a dict") }
        // The dict's separators replace the format's, whatever its type.
        format.isLocal = true
        format.spec.type = 110
    }
    return shown(t, number(v), format, rules(context), conventions)
}

/// The number with the digits that the format asks for, laid out.
private func shown(_ t: Thread, _ given: Number, _ format: DecimalFormat, _ limits: Rules, _ conventions: Value) -> Value {
    var n: Number = given
    var spec: FormatSpec = format.spec
    let isUpper: Bool = format.type == 69 || format.type == 70 || format.type == 71
    let kind: UInt32 = format.type == 37 ? 37 : format.type | 0x20
    if n.isSpecial && format.isZeroPadded {
        spec.fill = 32
        spec.align = .right
    }
    if spec.width > 100_000_000_000 || spec.precision > maximumDigits { return raiseMemoryError(t) }
    var notation = Number.Notation.scientific
    if n.isFinite {
        if kind == 37 { n.exponent += 2 }
        if spec.precision >= 0 {
            var ignored: Conditions = []
            switch kind {
            case 103:
                if spec.precision == 0 { spec.precision = 1 }
                if n.coefficient.digits > spec.precision { n = n.rounded(toDigits: spec.precision, limits.rounding) }
            case 101:
                if n.coefficient.isZero {
                    n.exponent += spec.precision
                    if spec.noNegativeZero { n.isNegative = false }
                    return layOut(t, n, spec, .exponential, isUpper, conventions, zeroDigits: spec.precision + 1, isPercent: false)
                }
                n = n.rounded(toDigits: spec.precision + 1, limits.rounding)
            default:
                if n.exponent > 0 && !hasRoom(n.coefficient.digits + n.exponent + spec.precision, &ignored) { return raiseMemoryError(t) }
                n = n.withExponent(-spec.precision, limits.rounding, &ignored)
            }
        }
        switch kind {
        case 101: notation = .exponential
        case 102, 37:
            notation = .fixed
            if n.exponent > 0 {
                var ignored: Conditions = []
                if !n.coefficient.isZero && !hasRoom(n.coefficient.digits + n.exponent, &ignored) { return raiseMemoryError(t) }
                n = n.withExponent(0, limits.rounding, &ignored)
            }
        default: break
        }
        if spec.noNegativeZero && n.coefficient.isZero { n.isNegative = false }
    }
    return layOut(t, n, spec, notation, isUpper, conventions, zeroDigits: 0, isPercent: kind == 37)
}

extension Number {
    /// Exactly so many digits; of a finite number other than 0.
    fileprivate func rounded(toDigits wanted: Int, _ rounding: Rounding) -> Number {
        var ignored: Conditions = []
        let digits: Int = coefficient.digits
        var n: Number = withExponent(exponent + digits - wanted, rounding, &ignored)
        if n.coefficient.digits > wanted {
            n.coefficient = n.coefficient.dropping(1).0
            n.exponent += 1
        }
        return n
    }
}

private func layOut(_ t: Thread, _ n: Number, _ spec: FormatSpec, _ notation: Number.Notation, _ isUpper: Bool, _ conventions: Value,
                    zeroDigits: Int, isPercent: Bool) -> Value {
    var layout: FormatSpec = spec
    if !conventions.isNone { layout.grouping = .none }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 96) { buffer -> Value in
        var digits = ASCIIText(buffer.baseAddress.unsafelyUnwrapped, 96)
        defer { digits.free() }
        if zeroDigits > 0 {
            // 0.000e+5: a zero with as many digits as asked for.
            digits.append(48)
            if zeroDigits > 1 { digits.append(46) }
            digits.append(zeros: zeroDigits - 1)
            digits.append(exponent: n.exponent, isUpper ? 69 : 101)
        } else {
            n.write(notation, capitals: isUpper, sign: false, to: &digits)
        }
        if isPercent { digits.append(37) }
        var out = TextBuffer(capacity: 64)
        defer { out.free() }
        let done: Bool = withGrouping(t, spec, conventions) { grouping in
            FormatLayout.append(number: digits.base, digits.count, negative: n.isNegative, spec: layout, locale: grouping, to: &out)
        }
        if !done { return .raised }
        if out.failed { return raiseMemoryError(t) }
        return makeString(t, codePoints: UnsafePointer(out.base), count: out.count)
    }
}

/// Calls `body` with the separators of a dict like localeconv()'s, or of the locale for type "n". False: raised.
private func withGrouping(_ t: Thread, _ spec: FormatSpec, _ conventions: Value, _ body: (DigitGrouping) -> Void) -> Bool {
    if spec.type != 110 {
        body(DigitGrouping())
        return true
    }
    var texts: [String] = [".", "", ""]
    if conventions.isNone {
        if let c = localeconv()?.pointee {
            texts = [String(cString: c.decimal_point), String(cString: c.thousands_sep), String(cString: c.grouping)]
        }
    } else {
        if spec.grouping == .comma { texts = [".", ",", "\u{3}"] }
        for (i, key) in (["decimal_point", "thousands_sep", "grouping"] as [StaticString]).enumerated() {
            let v: Value = dictGet(t, conventions, internStatic(t, key))
            if v.isRaised { return false }
            if v.isMissing { continue }
            if !isInstanceOf(v, .str) {
                _ = raise(t, .typeError, "bad argument type for built-in operation")
                return false
            }
            texts[i] = swiftString(v)
        }
        // What the C library takes: at most four bytes each, and group sizes below 128.
        if texts[0].isEmpty || texts[0].utf8.count > 4 || texts[1].utf8.count > 4 || texts[2].utf8.contains(where: { $0 > 127 }) {
            _ = raise(t, .valueError, "invalid override dict")
            return false
        }
    }
    let point: [UInt32] = texts[0].unicodeScalars.map { $0.value }, separator: [UInt32] = texts[1].unicodeScalars.map { $0.value }
    let sizes: [UInt8] = Array(texts[2].utf8) + [0]
    point.withUnsafeBufferPointer { p in
        separator.withUnsafeBufferPointer { s in
            sizes.withUnsafeBufferPointer { g in
                var none: UInt32 = 0
                withUnsafePointer(to: &none) { empty in
                    body(DigitGrouping(point: p.baseAddress ?? empty, p.count, separator: s.baseAddress ?? empty, s.count,
                        sizes: g.baseAddress.unsafelyUnwrapped))
                }
            }
        }
    }
    return true
}
