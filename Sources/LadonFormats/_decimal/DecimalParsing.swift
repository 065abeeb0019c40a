// Numeric strings of the specification.

import LadonLibrary

/// Reads ASCII text that is followed by a 0; nil: it is no numeric string. `digits` is room for the text's length and a 0.
/// Exponents beyond a word are brought to where every context overflows or underflows.
func parseNumber(_ p: UnsafePointer<UInt8>, _ count: Int, scratch digits: UnsafeMutablePointer<UInt8>) -> Number? {
    var i: Int = 0
    var negative = false
    if i < count && (p[i] == 43 || p[i] == 45) {
        negative = p[i] == 45
        i += 1
    }
    if i == count { return nil }
    if p[i] > 57 { return parseSpecial(p + i, count - i, negative) }
    var n: Int = 0, fraction: Int = 0
    var hasPoint = false, hasDigit = false
    while i < count {
        let c: UInt8 = p[i]
        if c &- 48 <= 9 {
            hasDigit = true
            if n > 0 || c != 48 {
                digits[n] = c
                n += 1
            }
            if hasPoint { fraction += 1 }
        } else if c == 46 && !hasPoint {
            hasPoint = true
        } else {
            break
        }
        i += 1
    }
    if !hasDigit { return nil }
    var exponent: Int = 0
    if i < count {
        if p[i] | 0x20 != 0x65 { return nil }
        i += 1
        var down = false
        if i < count && (p[i] == 43 || p[i] == 45) {
            down = p[i] == 45
            i += 1
        }
        if i == count { return nil }
        while i < count {
            let d: UInt8 = p[i] &- 48
            if d > 9 { return nil }
            exponent = exponent < 400_000_000_000_000_000 ? exponent * 10 + Int(d) : 4_000_000_000_000_000_000
            i += 1
        }
        if down { exponent = -exponent }
    }
    digits[n] = 0
    return Number(Coefficient(digits: digits, n), exponent - fraction, negative: negative)
}

private func parseSpecial(_ p: UnsafePointer<UInt8>, _ count: Int, _ negative: Bool) -> Number? {
    func matches(_ word: StaticString, _ at: Int) -> Bool {
        if count - at < word.utf8CodeUnitCount { return false }
        for k in 0 ..< word.utf8CodeUnitCount where p[at + k] | 0x20 != word.utf8Start[k] { return false }
        return true
    }
    if matches("inf", 0) && (count == 3 || count == 8 && matches("inity", 3)) { return .infinity(negative) }
    let signaling: Bool = p[0] | 0x20 == 0x73
    let start: Int = signaling ? 4 : 3
    if !matches("nan", start - 3) { return nil }
    for k in start ..< max(count, start) where p[k] &- 48 > 9 { return nil }
    let payload = Coefficient(digits: p + start, count - start)
    return Number(special: signaling ? .signalingNaN : .quietNaN, negative: negative, payload: payload)
}
