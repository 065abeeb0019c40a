// ints and text: digits in any base from 2 to 36.

import CGMP
import Glibc

/// What `sys.set_int_max_str_digits` sets: more digits than this are refused in both directions, in bases that
/// are no power of two. 0: no limit. A single word, read and written whole.
nonisolated(unsafe) private var maximumTextDigits: Int = 4300

/// The lowest limit other than 0 that `sys.set_int_max_str_digits` takes.
public let intMaxTextDigitsThreshold = 640
public func intMaxTextDigits(_ t: Thread) -> Int { maximumTextDigits }
public func setIntMaxTextDigits(_ t: Thread, _ n: Int) { maximumTextDigits = n }

/// The number as a str of ASCII digits with a minus sign when negative; no prefix. Raises ValueError over the digit limit.
public func intToString(_ t: Thread, _ v: Value, _ base: Int = 10) -> Value {
    if v.isSmallInt && base == 10 {
        let n: Int = v.smallInt
        if n >= 0 && n < 10 { return ladon_runtime.latin1[48 + n] }
        let sign: Int = n < 0 ? 1 : 0
        let s: Value = newString(t, kind: 1, count: sign + IntegerText.decimalDigits(n.magnitude), ascii: true)
        s.strBytes[0] = 45
        IntegerText.writeDecimal(n.magnitude, into: s.strBytes + sign)
        return s
    }
    return withIntDigits(t, v, base, failed: Value.raised) { p, n in makeString(t, latin1: p, count: n) }
}

/// Writes digits of a word into `p` (room for 65 bytes), returns how many.
func writeDigits(_ value: Int, _ base: Int, _ p: UnsafeMutablePointer<UInt8>) -> Int {
    var m: UInt = value.magnitude
    let b = UInt(base)
    var scratch: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    return withUnsafeMutableBytes(of: &scratch) { digits in
        var n: Int = 64
        repeat {
            let q: UInt = base == 10 ? m / 10 : m / b
            n -= 1
            digits[n] = digitCharacter(UInt8(truncatingIfNeeded: m - q * b))
            m = q
        } while m != 0
        var out: Int = 0
        if value < 0 { p[0] = 45; out = 1 }
        while n < 64 { p[out] = digits[n]; out += 1; n += 1 }
        return out
    }
}

@inline(__always) func digitCharacter(_ d: UInt8) -> UInt8 { d < 10 ? 48 + d : 87 + d }

/// Calls `body` with the ASCII text of any canonical int (sign included, no prefix): what `str`, `format` and `%d`
/// start from. Answers `failed` after raising ValueError (digit limit) or MemoryError.
public func withIntDigits<R>(_ t: Thread, _ v: Value, _ base: Int, failed: R, _ body: (UnsafePointer<UInt8>, Int) -> R) -> R {
    if v.isSmallInt {
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 72) { buffer in
            let p = buffer.baseAddress.unsafelyUnwrapped
            return body(UnsafePointer(p), writeDigits(v.smallInt, base, p))
        }
    }
    return withLimbs(v) { limbs, n, negative in
        let powerOfTwo: Bool = base & (base - 1) == 0
        let limit: Int = maximumTextDigits
        let bits: Int = bitLength(limbs, n)
        // Digits are at least floor((bits - 1) * log(2) / log(base)) + 1; refuse clear cases before the work.
        let estimate: Int = Int(Double(bits - 1) * 0.6931471805599453 / log(Double(base)))
        if !powerOfTwo && limit > 0 && estimate > limit + 1 {
            failDigitLimit(t, limit)
            return failed
        }
        let room: Int = estimate + 4
        if room / 8 > maximumLimbs { _ = failMemory(t); return failed }
        // mpn_get_str needs one byte more than the digits, and destroys its argument unless the base is a power of two.
        return withUnsafeTemporaryAllocation(of: UInt.self, capacity: n + 1 + (room + 8) / 8) { buffer in
            let copy = buffer.baseAddress.unsafelyUnwrapped
            copy.update(from: limbs, count: n)
            let text = UnsafeMutableRawPointer(copy + n + 1).assumingMemoryBound(to: UInt8.self)
            var count: Int = longWork(t, n &* n) { __gmpn_get_str(text + 1, Int32(base), copy, n) }
            var first: Int = 1
            while count > 1 && text[first] == 0 { first += 1; count -= 1 }
            if !powerOfTwo && limit > 0 && count > limit {
                failDigitLimit(t, limit)
                return failed
            }
            var i: Int = first
            while i < first + count { text[i] = digitCharacter(text[i]); i += 1 }
            if negative { first -= 1; count += 1; text[first] = 45 }
            return body(UnsafePointer(text + first), count)
        }
    }
}

private func failDigitLimit(_ t: Thread, _ limit: Int) {
    _ = fail(t, .valueError, "Exceeds the limit (\(limit) digits) for integer string conversion; "
             + "use sys.set_int_max_str_digits() to increase the limit")
}

/// ValueError: a literal of so many digits.
public func failDigitLimit(_ t: Thread, _ limit: Int, digits: Int) -> Value {
    fail(t, .valueError, "Exceeds the limit (\(limit) digits) for integer string conversion: value has \(digits) digits; "
         + "use sys.set_int_max_str_digits() to increase the limit")
}

/// Reads an integer literal as `int(text, base)` does, without surrounding space: sign, prefix (0x, 0o, 0b where `base`
/// is 0 or matches), digits with single underscores between them. Answers `.missing` when the text is no literal (the caller
/// words the ValueError, which quotes its own object), `.raised` over the digit limit.
public func parseInt(_ t: Thread, _ digits: UnsafePointer<UInt8>, _ count: Int, _ base: Int) -> Value {
    var i: Int = 0
    var negative: Bool = false
    if i < count && (digits[i] == 43 || digits[i] == 45) { negative = digits[i] == 45; i += 1 }
    var radix: Int = base
    var zeroOnly: Bool = false
    var underscoreAllowed: Bool = false
    if i + 1 < count && digits[i] == 48 {
        var prefix: Int = 0
        switch digits[i + 1] | 0x20 {
        case 0x78: prefix = 16
        case 0x6F: prefix = 8
        case 0x62: prefix = 2
        default: break
        }
        if prefix != 0 && (radix == 0 || radix == prefix) {
            radix = prefix
            i += 2
            underscoreAllowed = true
        }
    }
    if radix == 0 {
        radix = 10
        // "0" with more digits is no decimal literal, unless all are zero.
        if i < count && digits[i] == 48 { zeroOnly = true }
    }
    if i < count && digits[i] == 95 {
        if !underscoreAllowed { return .missing }
        i += 1
    }
    // First pass: syntax, the number of digits, and the value while it fits a word.
    let start: Int = i
    var digitCount: Int = 0
    var significant: Int = 0
    var value: UInt = 0
    var fits: Bool = true
    var previousDigit: Bool = false
    while i < count {
        let c: UInt8 = digits[i]
        if c == 95 {
            if !previousDigit { return .missing }
            previousDigit = false
        } else {
            let d = Int(digitValue(c))
            if d >= radix { return .missing }
            if zeroOnly && d != 0 { return .missing }
            digitCount += 1
            if significant > 0 || d != 0 { significant += 1 }
            if fits {
                let product = value.multipliedReportingOverflow(by: UInt(radix))
                let sum = product.partialValue.addingReportingOverflow(UInt(d))
                if product.overflow || sum.overflow { fits = false } else { value = sum.partialValue }
            }
            previousDigit = true
        }
        i += 1
    }
    if !previousDigit { return .missing }
    let powerOfTwo: Bool = radix & (radix - 1) == 0
    let limit: Int = maximumTextDigits
    if !powerOfTwo && limit > 0 && digitCount > limit { return failDigitLimit(t, limit, digits: digitCount) }
    if fits { return makeInt(t, high: 0, low: value, negative: negative) }
    let bits: Double = Double(significant) * log2(Double(radix))
    let limbCount: Int = Int(bits / 64) + 2
    let r: Value = newIntCell(t, limbCount)
    if r.isRaised { return r }
    let n: Int = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: significant) { buffer -> Int in
        let p = buffer.baseAddress.unsafelyUnwrapped
        var k: Int = 0
        var j: Int = start
        while j < count {
            let c: UInt8 = digits[j]
            if c != 95 {
                let d: UInt8 = digitValue(c)
                if k > 0 || d != 0 { p[k] = d; k += 1 }
            }
            j += 1
        }
        let rp = r.intLimbs
        return longWork(t, limbCount &* limbCount) { __gmpn_set_str(rp, p, k, Int32(radix)) }
    }
    return finishInt(r, n, negative: negative)
}

/// 0…35, or 255 for what is no digit in any base.
@inline(__always) func digitValue(_ c: UInt8) -> UInt8 {
    if c >= 48 && c <= 57 { return c - 48 }
    let lower: UInt8 = c | 0x20
    return lower >= 97 && lower <= 122 ? lower - 87 : 255
}
