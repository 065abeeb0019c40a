// Decimal and hexadecimal text as floats.

import CLadonUnicode

/// What reading a float came to.
@frozen public enum ParsedFloat {
    case value(Double)
    /// "could not convert string to float", "invalid hexadecimal floating-point string"
    case invalid
    /// Hexadecimal only: OverflowError, "hexadecimal value too large to represent as a float".
    case tooLarge
}

extension FloatText {
    /// Reads what `float(text)` accepts: white space around, decimal digits of any script, single underscores
    /// between digits, "inf", "infinity" and "nan".
    @inlinable public static func parse<U: CodeUnit>(_ text: UnsafePointer<U>, _ count: Int, _ rules: TextRules = .text) -> ParsedFloat {
        let start = Scanning.skipSpace(text, 0, count, rules)
        let end = Scanning.skipSpaceBackwards(text, start, count, rules)
        if start == end { return .invalid }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: end &- start &+ 1) { scratch in
            let out = scratch.baseAddress.unsafelyUnwrapped
            var length = 0
            var previous: UInt32 = 0
            for i in start..<end {
                var cp = text[i].codePoint
                if cp >= 128 {
                    if rules == .bytes { return .invalid }
                    let digit = ladon_uc_decimal(cp)
                    if digit < 0 { return .invalid }
                    cp = 48 &+ UInt32(truncatingIfNeeded: digit)
                }
                if cp == 95 {
                    if previous &- 48 > 9 { return .invalid }
                } else {
                    if previous == 95 && cp &- 48 > 9 { return .invalid }
                    out[length] = UInt8(truncatingIfNeeded: cp)
                    length &+= 1
                }
                previous = cp
            }
            if previous == 95 { return .invalid }
            out[length] = 0
            return parse(ascii: out, length)
        }
    }

    /// Reads a bare literal: sign, digits, point, exponent, or a name. `text[count]` must be 0.
    public static func parse(ascii text: UnsafePointer<UInt8>, _ count: Int) -> ParsedFloat {
        var at = 0
        let negative = count > 0 && text[0] == 45
        if count > 0 && (text[0] == 45 || text[0] == 43) { at = 1 }
        if at < count && (text[at] | 32 == 105 || text[at] | 32 == 110) {
            if matches(text + at, count - at, "inf") || matches(text + at, count - at, "infinity") {
                return .value(negative ? -Double.infinity : Double.infinity)
            }
            if matches(text + at, count - at, "nan") { return .value(negative ? -Double.nan : Double.nan) }
            return .invalid
        }
        var mantissa: UInt64 = 0
        var significant = 0, digits = 0, exponent = 0
        var fraction = false
        while at < count {
            let byte = text[at]
            if byte == 46 && !fraction {
                fraction = true
            } else if byte &- 48 < 10 {
                digits &+= 1
                if significant > 0 || byte != 48 { significant &+= 1 }
                mantissa = mantissa &* 10 &+ UInt64(byte &- 48)
                if fraction { exponent &-= 1 }
            } else {
                break
            }
            at &+= 1
        }
        if digits == 0 { return .invalid }
        if at < count && text[at] | 32 == 101 {
            at &+= 1
            let minus = at < count && text[at] == 45
            if at < count && (text[at] == 45 || text[at] == 43) { at &+= 1 }
            if at == count { return .invalid }
            var given = 0
            while at < count && text[at] &- 48 < 10 {
                if given < 1_000_000_000 { given = given &* 10 &+ Int(text[at] &- 48) }
                at &+= 1
            }
            exponent &+= minus ? -given : given
        }
        if at != count { return .invalid }
        // Clinger's fast path: both factors are exact doubles, so one rounding gives the nearest.
        if significant <= 19 && mantissa <= 1 << 53 && exponent >= -22 && exponent <= 22 {
            var power = 1.0
            for _ in 0..<abs(exponent) { power *= 10 }
            let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
            return .value(negative ? -value : value)
        }
        let value = UnsafeRawPointer(text).withMemoryRebound(to: CChar.self, capacity: count + 1) { ladon_parse_double($0) }
        return .value(value)
    }

    /// Whether text equals a lower-case word, its own case aside.
    static func matches(_ text: UnsafePointer<UInt8>, _ count: Int, _ word: StaticString) -> Bool {
        if count != word.utf8CodeUnitCount { return false }
        for i in 0..<count where text[i] | 32 != word.utf8Start[i] { return false }
        return true
    }

    // MARK: hexadecimal

    /// Writes `value.hex()`, at most 24 bytes; returns its length.
    public static func hex(_ value: Double, into out: UnsafeMutablePointer<UInt8>) -> Int {
        var sink = ASCIISink(out)
        if special(value, uppercase: false, to: &sink) { return sink.count }
        if value.sign == .minus { sink.put(45) }
        sink.put("0x")
        if value == 0 {
            sink.put("0.0p+0")
            return sink.count
        }
        let normal = value.exponentBitPattern != 0
        sink.put(normal ? "1." : "0.")
        var shift: UInt64 = 52
        while shift > 0 {
            shift &-= 4
            let digit = UInt8(truncatingIfNeeded: value.significandBitPattern >> shift & 15)
            sink.put(digit < 10 ? 48 &+ digit : 87 &+ digit)
        }
        let exponent = normal ? Int(value.exponentBitPattern) - 1023 : -1022
        sink.put(112)
        sink.put(exponent < 0 ? 45 : 43)
        sink.count &+= IntegerText.writeDecimal(exponent.magnitude, into: out + sink.count)
        return sink.count
    }

    /// Reads what `float.fromhex` accepts.
    @inlinable public static func parseHex<U: CodeUnit>(_ text: UnsafePointer<U>, _ count: Int) -> ParsedFloat {
        let start = Scanning.skipSpace(text, 0, count, .bytes)
        let end = Scanning.skipSpaceBackwards(text, start, count, .bytes)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: end &- start &+ 1) { scratch in
            let out = scratch.baseAddress.unsafelyUnwrapped
            for i in start..<end {
                if text[i].codePoint >= 128 { return .invalid }
                out[i &- start] = UInt8(truncatingIfNeeded: text[i])
            }
            out[end &- start] = 0
            return parseHex(ascii: out, end &- start)
        }
    }

    @usableFromInline static func parseHex(ascii text: UnsafePointer<UInt8>, _ count: Int) -> ParsedFloat {
        // text[count] is 0, so looking one byte ahead is safe.
        var at = 0
        let negative = text[0] == 45
        if text[0] == 45 || text[0] == 43 { at = 1 }
        if text[at] | 32 == 105 || text[at] | 32 == 110 { return parse(ascii: text, count) }
        if text[at] == 48 && text[at + 1] | 32 == 120 { at &+= 2 }
        var mantissa: UInt64 = 0
        var exponent = 0, digits = 0
        var fraction = false, sticky = false
        while true {
            if text[at] == 46 && !fraction {
                fraction = true
            } else if let digit = hexDigitValue(UInt32(text[at])) {
                digits &+= 1
                if mantissa >> 60 == 0 {
                    mantissa = mantissa << 4 | UInt64(digit)
                    if fraction { exponent &-= 4 }
                } else {
                    sticky = sticky || digit != 0
                    if !fraction { exponent &+= 4 }
                }
            } else {
                break
            }
            at &+= 1
        }
        if digits == 0 { return .invalid }
        if text[at] | 32 == 112 {
            at &+= 1
            let minus = text[at] == 45
            if text[at] == 45 || text[at] == 43 { at &+= 1 }
            if text[at] &- 48 >= 10 { return .invalid }
            var given = 0
            while text[at] &- 48 < 10 {
                if given < 1 << 56 { given = given &* 10 &+ Int(text[at] &- 48) }
                at &+= 1
            }
            exponent &+= minus ? -given : given
        }
        if at != count { return .invalid }
        if mantissa == 0 { return .value(negative ? -0.0 : 0.0) }
        let zeros = mantissa.leadingZeroBitCount
        mantissa <<= UInt64(zeros)
        let top = exponent &- zeros &+ 63 // the exponent of the highest bit
        if top > 1023 { return .tooLarge }
        // How many bits the result has room for.
        let keep = top >= -1022 ? 53 : 53 &- (-1022 &- top)
        if keep < 0 { return .value(negative ? -0.0 : 0.0) }
        let drop = UInt64(64 &- keep)
        var kept = drop == 64 ? 0 : mantissa >> drop
        let half: UInt64 = 1 << (drop &- 1)
        let rest = drop == 64 ? mantissa : mantissa & (1 << drop &- 1)
        if rest > half || (rest == half && (sticky || kept & 1 == 1)) { kept &+= 1 }
        let value = Double(sign: .plus, exponent: top &- 63 &+ Int(drop), significand: Double(kept))
        if value.isInfinite { return .tooLarge }
        return .value(negative ? -value : value)
    }
}
