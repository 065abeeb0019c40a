// Integers of one machine word as text, and the grammar of integer literals. Longer integers are GMP's affair.

import CLadonUnicode

@usableFromInline let decimalPairs: StaticString =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"

public enum IntegerText {
    /// The number of decimal digits of `value`, 1 to 20.
    @inlinable public static func decimalDigits(_ value: UInt) -> Int {
        if value < 10 { return 1 }
        if value < 100 { return 2 }
        if value < 1000 { return 3 }
        // log10 from log2: exact but for one, which the comparison settles.
        let bits = UInt.bitWidth &- value.leadingZeroBitCount
        let guess = (bits &* 1233) >> 12
        return guess &+ (value >= powerOfTen(guess) ? 1 : 0)
    }

    @inlinable static func powerOfTen(_ exponent: Int) -> UInt {
        var power: UInt = 1
        for _ in 0..<exponent { power &*= 10 }
        return power
    }

    /// Writes `value` in decimal, at most 20 digits; returns their number.
    @inlinable @discardableResult
    public static func writeDecimal(_ value: UInt, into out: UnsafeMutablePointer<UInt8>) -> Int {
        let count = decimalDigits(value)
        let pairs = decimalPairs.utf8Start
        var rest = value
        var at = count
        while at >= 2 {
            let pair = Int(truncatingIfNeeded: rest % 100) &* 2
            rest /= 100
            at &-= 2
            out[at] = pairs[pair]
            out[at &+ 1] = pairs[pair &+ 1]
        }
        if at == 1 { out[0] = UInt8(truncatingIfNeeded: 48 &+ rest) }
        return count
    }

    /// Writes `value` in base 2, 8 or 16 (`bits` 1, 3, 4), at most 64 digits; returns their number.
    @inlinable @discardableResult
    public static func write(_ value: UInt, bits: Int, uppercase: Bool = false, into out: UnsafeMutablePointer<UInt8>) -> Int {
        let significant = UInt.bitWidth &- value.leadingZeroBitCount
        let count = significant == 0 ? 1 : (significant &+ bits &- 1) / bits
        let mask: UInt = 1 << UInt(bits) &- 1
        var rest = value
        var at = count
        while at > 0 {
            let digit = UInt8(truncatingIfNeeded: rest & mask)
            at &-= 1
            out[at] = digit < 10 ? 48 &+ digit : (uppercase ? 55 : 87) &+ digit
            rest >>= UInt(bits)
        }
        return count
    }

    /// The value of a digit in bases up to 36, or 255.
    @inlinable @inline(__always) static func digitValue(_ cp: UInt32) -> UInt32 {
        if cp &- 48 < 10 { return cp &- 48 }
        let lower = cp | 32
        if cp < 128 && lower &- 97 < 26 { return lower &- 87 }
        if cp >= 128 && cp < 0x110000 {
            let value = ladon_uc_decimal(cp)
            if value >= 0 { return UInt32(truncatingIfNeeded: value) }
        }
        return 255
    }

    /// Reads what `int(text, base)` accepts: white space around, a sign, a prefix ("0x" and the like, if base
    /// is 0 or matches), digits with single underscores between them, decimal digits of any script. `base` is 0
    /// or 2...36. `scratch` has room for `count` bytes and receives the bare ASCII digits if the number does not
    /// fit one word.
    @inlinable public static func parse<U: CodeUnit>(
        _ text: UnsafePointer<U>, _ count: Int, base: Int, scratch: UnsafeMutablePointer<UInt8>
    ) -> ParsedInteger {
        var at = Scanning.skipSpace(text, 0, count)
        let end = Scanning.skipSpaceBackwards(text, at, count)
        var result = ParsedInteger(kind: .invalid, negative: false, magnitude: 0, digits: 0, base: base)
        if at < end && (text[at] == 43 || text[at] == 45) {
            result.negative = text[at] == 45
            at &+= 1
        }
        var radix = UInt32(truncatingIfNeeded: base)
        var mustBeZero = false
        if at &+ 1 < end && digitValue(text[at].codePoint) == 0 {
            let prefixed: UInt32
            switch text[at &+ 1].codePoint | 32 {
            case 120: prefixed = 16
            case 111: prefixed = 8
            case 98: prefixed = 2
            default: prefixed = 0
            }
            if prefixed != 0 && text[at &+ 1].codePoint < 128 && (radix == 0 || radix == prefixed) {
                radix = prefixed
                at &+= 2
                // One underscore may follow the prefix.
                if at < end && text[at] == 95 { at &+= 1 }
            } else if radix == 0 {
                mustBeZero = true
            }
        }
        if radix == 0 { radix = 10 }
        result.base = Int(radix)
        var magnitude: UInt = 0
        var overflow = false
        var digits = 0
        var afterUnderscore = true
        while at < end {
            let cp = text[at].codePoint
            at &+= 1
            if cp == 95 {
                if afterUnderscore { return result }
                afterUnderscore = true
                continue
            }
            let value = digitValue(cp)
            if value >= radix { return result }
            afterUnderscore = false
            scratch[digits] = UInt8(truncatingIfNeeded: value < 10 ? 48 &+ value : 87 &+ value)
            digits &+= 1
            let (high, over1) = magnitude.multipliedReportingOverflow(by: UInt(radix))
            let (sum, over2) = high.addingReportingOverflow(UInt(value))
            magnitude = sum
            overflow = overflow || over1 || over2
        }
        if digits == 0 || afterUnderscore { return result }
        // "0123" is no literal, but any number of zeros is.
        if mustBeZero && (overflow || magnitude != 0) { return result }
        result.magnitude = magnitude
        result.digits = digits
        result.kind = overflow ? .long : .word
        return result
    }
}

/// What `IntegerText.parse` found.
@frozen public struct ParsedInteger {
    public enum Kind: UInt8 { case invalid, word, long }

    /// `word`: `magnitude` is the number; `long`: the digits are in the scratch buffer.
    public var kind: Kind
    public var negative: Bool
    public var magnitude: UInt
    /// The number of digits read, as bare ASCII in the scratch buffer (leading zeros included).
    public var digits: Int
    /// The base that was used: 2...36.
    public var base: Int

    @inlinable init(kind: Kind, negative: Bool, magnitude: UInt, digits: Int, base: Int) {
        self.kind = kind
        self.negative = negative
        self.magnitude = magnitude
        self.digits = digits
        self.base = base
    }
}
