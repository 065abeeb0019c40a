// Seconds as Python gives them, in nanoseconds: int or float, with the rounding that each use needs.

import LadonTypes

public enum Rounding { case floor, ceiling, halfEven, up }

private func rounded(_ x: Double, _ how: Rounding) -> Double {
    switch how {
    case .floor: return x.rounded(.down)
    case .ceiling: return x.rounded(.up)
    case .halfEven: return x.rounded(.toNearestOrEven)
    case .up: return x.rounded(x >= 0 ? .up : .down)
    }
}

/// A number of seconds in nanoseconds. nil: raised (no number, NaN, too large).
public func nanoseconds(_ t: Thread, _ v: Value, _ rounding: Rounding) -> Int? {
    if isFloat(v) {
        let seconds = v.asFloat
        if seconds.isNaN {
            raise(t, .valueError, "Invalid value NaN (not a number)")
            return nil
        }
        let n = rounded(seconds * 1e9, rounding)
        if !(n >= -9.223372036854775808e18 && n < 9.223372036854775808e18) { return tooLarge(t) }
        return Int(n)
    }
    let whole = index(t, v)
    if whole.isRaised { return nil }
    guard let seconds = intAsWord(whole) else { return tooLarge(t) }
    let (n, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? tooLarge(t) : n
}

private func tooLarge(_ t: Thread) -> Int? {
    raise(t, .overflowError, "timestamp too large to convert to C _PyTime_t")
    return nil
}

/// A time_t from an int or float, as `gmtime` takes it. nil: raised.
public func wholeSeconds(_ t: Thread, _ v: Value, _ rounding: Rounding) -> Int? {
    if isFloat(v) {
        if v.asFloat.isNaN {
            raise(t, .valueError, "Invalid value NaN (not a number)")
            return nil
        }
        let n = rounded(v.asFloat, rounding)
        if n >= -9.223372036854775808e18 && n < 9.223372036854775808e18 { return Int(n) }
    } else {
        let whole = index(t, v)
        if whole.isRaised { return nil }
        if let n = intAsWord(whole) { return n }
    }
    raise(t, .overflowError, "timestamp out of range for platform time_t")
    return nil
}

/// The point in time `nanoseconds` from now on the monotonic clock, as deadlines are given; saturates.
public func deadline(after nanoseconds: Int) -> UInt64 {
    let (sum, overflow) = ladon_monotonic().addingReportingOverflow(UInt64(max(nanoseconds, 0)))
    return overflow ? .max - 1 : sum
}

/// What the arguments `blocking` and `timeout` of an acquire ask for.
public enum Waiting {
    case never, forever, until(UInt64), raised
}

/// The longest timeout of an acquire, in nanoseconds (`_thread.TIMEOUT_MAX` seconds).
public let longestTimeout = 9_223_372_036 * 1_000_000_000

public func parseWaiting(_ t: Thread, _ blocking: Value, _ timeout: Value) -> Waiting {
    // acquire(blocking: int, timeout: object)
    let truth = blocking.isTrue ? 1 : blocking.isFalse ? 0 : isTrue(t, blocking)
    if truth < 0 { return .raised }
    if timeout == Value(smallInt: -1) { return truth == 1 ? .forever : .never }
    guard let n = nanoseconds(t, timeout, .ceiling) else { return .raised }
    if n == -1_000_000_000 { return truth == 1 ? .forever : .never }
    if truth == 0 {
        raise(t, .valueError, "can't specify a timeout for a non-blocking call")
        return .raised
    }
    if n < 0 {
        raise(t, .valueError, "timeout value must be positive")
        return .raised
    }
    if n > longestTimeout {
        raise(t, .overflowError, "timeout value is too large")
        return .raised
    }
    return n == 0 ? .never : .until(deadline(after: n))
}
