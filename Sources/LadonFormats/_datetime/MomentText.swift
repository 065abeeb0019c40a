// Text of dates and times, gathered on the native stack: ASCII of bounded length.

import LadonLibrary

struct MomentText {
    /// The longest: "-999999999 days, 23:59:59.999999", or an ISO moment with its offset, 41 characters.
    private var bytes: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    private(set) var count = 0

    @inline(__always) mutating func append(_ c: UInt8) {
        let at = count
        withUnsafeMutableBytes(of: &bytes) { if at < 64 { $0[at] = c } }
        count = min(count &+ 1, 64)
    }

    mutating func append(_ s: StaticString) { for i in 0..<s.utf8CodeUnitCount { append(s.utf8Start[i]) } }

    /// With leading zeros.
    mutating func append(_ n: Int, digits: Int) {
        var power = 1
        for _ in 1..<digits { power &*= 10 }
        while power > 0 {
            append(UInt8(truncatingIfNeeded: 48 &+ n / power % 10))
            power /= 10
        }
    }

    mutating func append(number n: Int) {
        if n < 0 { append("-") }
        var digits = 1, limit = 10
        let size = Int(n.magnitude)
        while size >= limit { digits &+= 1; limit &*= 10 }
        append(size, digits: digits)
    }

    mutating func append(date m: Moment) {
        append(m.year, digits: 4)
        append("-")
        append(m.month, digits: 2)
        append("-")
        append(m.day, digits: 2)
    }

    mutating func append(time m: Moment, _ precision: TimePrecision) {
        append(m.hour, digits: 2)
        if precision == .hours { return }
        append(":")
        append(m.minute, digits: 2)
        if precision == .minutes { return }
        append(":")
        append(m.second, digits: 2)
        switch precision {
        case .milliseconds:
            append(".")
            append(m.microsecond / 1000, digits: 3)
        case .microseconds:
            append(".")
            append(m.microsecond, digits: 6)
        default: break
        }
    }

    /// "+HH:MM", with seconds and microseconds where there are any.
    mutating func append(offset n: Int, separator: StaticString) {
        let size = Int(n.magnitude), seconds = size / 1_000_000, rest = size % 1_000_000
        append(n < 0 ? "-" : "+")
        append(seconds / 3600, digits: 2)
        append(separator)
        append(seconds / 60 % 60, digits: 2)
        if seconds % 60 != 0 || rest != 0 {
            append(separator)
            append(seconds % 60, digits: 2)
        }
        if rest != 0 {
            append(".")
            append(rest, digits: 6)
        }
    }

    func string(_ t: Thread) -> Value {
        withUnsafeBytes(of: bytes) { makeString(t, ascii: $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self), count: count) }
    }

    /// Puts the text into a builder.
    func append(to b: inout StringBuilder) {
        withUnsafeBytes(of: bytes) { b.append(ascii: $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self), count) }
    }
}

enum TimePrecision { case hours, minutes, seconds, milliseconds, microseconds }

/// The precision that `timespec` names; None and "auto": down to what is not zero. nil: raised.
func timePrecision(_ t: Thread, _ timespec: Value, _ m: Moment, _ argument: Int) -> TimePrecision? {
    let auto: TimePrecision = m.microsecond == 0 ? .seconds : .microseconds
    if timespec.isMissing { return auto }
    if !isInstanceOf(timespec, .str) {
        _ = raise(t, .typeError, "isoformat() argument \(argument) must be str, not \(typeName(timespec))")
        return nil
    }
    if stringEqual(timespec, "auto") { return auto }
    if stringEqual(timespec, "hours") { return .hours }
    if stringEqual(timespec, "minutes") { return .minutes }
    if stringEqual(timespec, "seconds") { return .seconds }
    if stringEqual(timespec, "milliseconds") { return .milliseconds }
    if stringEqual(timespec, "microseconds") { return .microseconds }
    _ = raise(t, .valueError, "Unknown timespec value")
    return nil
}

/// "Mon Jan  6 12:34:56 2020"
func ctimeText(_ t: Thread, _ m: Moment) -> Value {
    let days: [StaticString] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let months: [StaticString] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    var b = MomentText()
    b.append(days[GregorianCalendar.weekday(m.ordinal)])
    b.append(" ")
    b.append(months[m.month - 1])
    b.append(m.day < 10 ? "  " : " ")
    b.append(number: m.day)
    b.append(" ")
    b.append(time: m, .seconds)
    b.append(" ")
    b.append(m.year, digits: 4)
    return b.string(t)
}
