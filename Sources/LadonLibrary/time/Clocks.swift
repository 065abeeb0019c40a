// Reading clocks, and sleeping.

import Glibc
import LadonTypes

/// A clock's value in nanoseconds; nil: OSError raised.
func readClock(_ t: Thread, _ clock: clockid_t) -> Int? {
    var s = timespec()
    if clock_gettime(clock, &s) != 0 {
        raiseOSError(t, errno)
        return nil
    }
    return s.tv_sec &* 1_000_000_000 &+ s.tv_nsec
}

@inline(__always) func seconds(_ t: Thread, _ n: Int) -> Value { makeFloat(t, Double(n) / 1e9) }

private func now(_ t: Thread, _ clock: clockid_t) -> Value {
    guard let n = readClock(t, clock) else { return .raised }
    return seconds(t, n)
}

private func nowNanoseconds(_ t: Thread, _ clock: clockid_t) -> Value {
    guard let n = readClock(t, clock) else { return .raised }
    return makeInt(t, n)
}

func clockMembers() -> [NativeMember] {
    [
        .method("time", "()", { t, a in now(t, CLOCK_REALTIME) }, "time() -> floating point number\n\nReturn the current time in seconds since the Epoch.\nFractions of a second may be present if the system clock provides them."),
        .method("time_ns", "()", { t, a in nowNanoseconds(t, CLOCK_REALTIME) }, "time_ns() -> int\n\nReturn the current time in nanoseconds since the Epoch."),
        .method("monotonic", "()", { t, a in now(t, CLOCK_MONOTONIC) }, "monotonic() -> float\n\nMonotonic clock, cannot go backward."),
        .method("monotonic_ns", "()", { t, a in nowNanoseconds(t, CLOCK_MONOTONIC) }, "monotonic_ns() -> int\n\nMonotonic clock, cannot go backward, as nanoseconds."),
        .method("perf_counter", "()", { t, a in now(t, CLOCK_MONOTONIC) }, "perf_counter() -> float\n\nPerformance counter for benchmarking."),
        .method("perf_counter_ns", "()", { t, a in nowNanoseconds(t, CLOCK_MONOTONIC) }, "perf_counter_ns() -> int\n\nPerformance counter for benchmarking as nanoseconds."),
        .method("process_time", "()", { t, a in now(t, CLOCK_PROCESS_CPUTIME_ID) }, "process_time() -> float\n\nProcess time for profiling: sum of the kernel and user-space CPU time."),
        .method("process_time_ns", "()", { t, a in nowNanoseconds(t, CLOCK_PROCESS_CPUTIME_ID) },
                "process_time() -> int\n\nProcess time for profiling as nanoseconds:\nsum of the kernel and user-space CPU time."),
        .method("thread_time", "()", { t, a in now(t, CLOCK_THREAD_CPUTIME_ID) }, "thread_time() -> float\n\nThread time for profiling: sum of the kernel and user-space CPU time."),
        .method("thread_time_ns", "()", { t, a in nowNanoseconds(t, CLOCK_THREAD_CPUTIME_ID) },
                "thread_time() -> int\n\nThread time for profiling as nanoseconds:\nsum of the kernel and user-space CPU time."),
        .method("sleep", "(seconds, /)", time_sleep, "sleep(seconds)\n\nDelay execution for a given number of seconds.  The argument may be\na floating point number for subsecond precision."),
        .method("clock_gettime", "(clk_id, /)", { t, a in
            guard let clock = asInt32(t, a[0]) else { return .raised }
            return now(t, clock)
        }, "clock_gettime(clk_id) -> float\n\nReturn the time of the specified clock clk_id."),
        .method("clock_gettime_ns", "(clk_id, /)", { t, a in
            guard let clock = asInt32(t, a[0]) else { return .raised }
            return nowNanoseconds(t, clock)
        }, "clock_gettime_ns(clk_id) -> int\n\nReturn the time of the specified clock clk_id as nanoseconds."),
        .method("clock_settime", "(clk_id, time, /)", { t, a in
            guard let clock = asInt32(t, a[0]), let n = nanoseconds(t, a[1], .floor) else { return .raised }
            return setClock(t, clock, n)
        }, "clock_settime(clk_id, time)\n\nSet the time of the specified clock clk_id."),
        .method("clock_settime_ns", "(clk_id, time, /)", { t, a in
            guard let clock = asInt32(t, a[0]), let n = asInt(t, a[1]) else { return .raised }
            return setClock(t, clock, n)
        }, "clock_settime_ns(clk_id, time)\n\nSet the time of the specified clock clk_id with nanoseconds."),
        .method("clock_getres", "(clk_id, /)", { t, a in
            guard let clock = asInt32(t, a[0]) else { return .raised }
            var s = timespec()
            if clock_getres(clock, &s) != 0 { return raiseOSError(t, errno) }
            return seconds(t, s.tv_sec &* 1_000_000_000 &+ s.tv_nsec)
        }, "clock_getres(clk_id) -> floating point number\n\nReturn the resolution (precision) of the specified clock clk_id."),
        .method("pthread_getcpuclockid", "(thread_id, /)", { t, a in
            guard let ident = asUInt(t, a[0]) else { return .raised }
            var clock = clockid_t()
            let code = pthread_getcpuclockid(pthread_t(ident), &clock)
            return code == 0 ? makeInt(t, Int(clock)) : raiseOSError(t, code)
        }, "pthread_getcpuclockid(thread_id) -> int\n\nReturn the clk_id of a thread's CPU time clock."),
        .method("get_clock_info", "(name, /)", time_getClockInfo, "get_clock_info(name: str) -> dict\n\nGet information of the specified clock."),
        .constant("CLOCK_REALTIME") { t, a in Value(smallInt: Int(CLOCK_REALTIME)) },
        .constant("CLOCK_MONOTONIC") { t, a in Value(smallInt: Int(CLOCK_MONOTONIC)) },
        .constant("CLOCK_MONOTONIC_RAW") { t, a in Value(smallInt: Int(CLOCK_MONOTONIC_RAW)) },
        .constant("CLOCK_PROCESS_CPUTIME_ID") { t, a in Value(smallInt: Int(CLOCK_PROCESS_CPUTIME_ID)) },
        .constant("CLOCK_THREAD_CPUTIME_ID") { t, a in Value(smallInt: Int(CLOCK_THREAD_CPUTIME_ID)) },
        .constant("CLOCK_BOOTTIME") { t, a in Value(smallInt: Int(CLOCK_BOOTTIME)) },
        .constant("CLOCK_TAI") { t, a in Value(smallInt: Int(CLOCK_TAI)) },
    ]
}

private func setClock(_ t: Thread, _ clock: clockid_t, _ n: Int) -> Value {
    var whole = n / 1_000_000_000, rest = n % 1_000_000_000
    if rest < 0 { whole -= 1; rest += 1_000_000_000 }
    var s = timespec(tv_sec: whole, tv_nsec: rest)
    return clock_settime(clock, &s) == 0 ? .none : raiseOSError(t, errno)
}

private func time_sleep(_ t: Thread, _ a: Values) -> Value {
    guard let n = nanoseconds(t, a[0], .ceiling) else { return .raised }
    if n < 0 { return raise(t, .valueError, "sleep length must be non-negative") }
    if n == 0 {
        yieldExecution(t)
        return safepoint(t) ? .none : .raised
    }
    // The end is fixed before: a handler's time counts, as sleeping goes on after it.
    let end = deadline(after: n)
    while sleepUntil(t, end) == .interrupted {
        if !safepoint(t) { return .raised }
        if ladon_monotonic() >= end { break }
    }
    return .none
}

private func time_getClockInfo(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[0], .str) { return raise(t, .typeError, "get_clock_info() argument 1 must be str, not \(typeName(a[0]))") }
    let clock: clockid_t, text: String
    switch swiftString(a[0]) {
    case "time": clock = CLOCK_REALTIME; text = "CLOCK_REALTIME"
    case "monotonic", "perf_counter": clock = CLOCK_MONOTONIC; text = "CLOCK_MONOTONIC"
    case "process_time": clock = CLOCK_PROCESS_CPUTIME_ID; text = "CLOCK_PROCESS_CPUTIME_ID"
    case "thread_time": clock = CLOCK_THREAD_CPUTIME_ID; text = "CLOCK_THREAD_CPUTIME_ID"
    default: return raise(t, .valueError, "unknown clock")
    }
    var s = timespec()
    clock_getres(clock, &s)
    let names = makeTuple(t, intern(t, "implementation"), intern(t, "monotonic"), intern(t, "adjustable"), intern(t, "resolution"))
    if names.isRaised { return names }
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: 4) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        p[0] = makeString(t, "clock_gettime(\(text))")
        p[1] = Value(clock != CLOCK_REALTIME)
        p[2] = Value(clock == CLOCK_REALTIME)
        p[3] = seconds(t, s.tv_sec * 1_000_000_000 + s.tv_nsec)
        return call(t, Value(builtinType(.simpleNamespace)), args: p, 4, names)
    }
}
