// Signal sets: masks, and waiting for a signal without a handler.

import Glibc
import LadonTypes

func signalWaitMembers() -> [NativeMember] {
    [
        .method("pause", "()", { t, a in
            // Not pause(2): a signal that came just before it would not end it.
            _ = blockingPoll(t, nil, 0, nil)
            return safepoint(t) ? .none : .raised
        }, "Wait until a signal arrives."),
        .method("sigpending", "()", { t, a in
            var s = sigset_t()
            return sigpending(&s) == 0 ? signalSet(t, s) : raiseOSError(t, errno)
        }, "Examine pending signals.\n\nReturns a set of signal numbers that are pending for delivery to\nthe calling thread."),
        .method("pthread_sigmask", "(how, mask, /)", { t, a in
            guard let how = asInt32(t, a[0]) else { return .raised }
            var new = sigset_t(), old = sigset_t()
            if !parseSignalSet(t, a[1], &new) { return .raised }
            let code = pthread_sigmask(how, &new, &old)
            if code != 0 { return raiseOSError(t, code) }
            return safepoint(t) ? signalSet(t, old) : .raised
        }, "Fetch and/or change the signal mask of the calling thread."),
        .method("sigwait", "(sigset, /)", { t, a in
            var s = sigset_t(), number: Int32 = 0
            if !parseSignalSet(t, a[0], &s) { return .raised }
            let code = blocking(t) { sigwait(&s, &number) }
            return code == 0 ? makeInt(t, number) : raiseOSError(t, code)
        }, "Wait for a signal.\n\nSuspend execution of the calling thread until the delivery of one of the\nsignals specified in the signal set sigset.  The function accepts the signal\nand returns the signal number."),
        .method("sigwaitinfo", "(sigset, /)", { t, a in waitForSignal(t, a[0], nil) },
                "Wait synchronously until one of the signals in *sigset* is delivered.\n\nReturns a struct_siginfo containing information about the signal."),
        .method("sigtimedwait", "(sigset, timeout, /)", { t, a in
            guard let n = nanoseconds(t, a[1], .ceiling) else { return .raised }
            if n < 0 { return raise(t, .valueError, "timeout must be non-negative") }
            return waitForSignal(t, a[0], deadline(after: n))
        }, "Like sigwaitinfo(), but with a timeout.\n\nThe timeout is specified in seconds, with floating point numbers allowed."),
    ]
}

/// The numbers in a signal set, as a Python set.
func signalSet(_ t: Thread, _ s: sigset_t) -> Value {
    var copy = s
    let result = makeSet(t)
    if result.isRaised { return result }
    for n in 1 ..< signalLimit where sigismember(&copy, n) == 1 {
        if setAdd(t, result, Value(smallInt: Int(n))) < 0 { return .raised }
    }
    return result
}

/// False: raised.
private func parseSignalSet(_ t: Thread, _ v: Value, _ s: inout sigset_t) -> Bool {
    sigemptyset(&s)
    let iterator = iterate(t, v)
    if iterator.isRaised { return false }
    while true {
        let item = next(t, iterator)
        if item.isExhausted { return true }
        if item.isRaised { return false }
        let whole = index(t, item)
        if whole.isRaised { return false }
        guard let n = intAsWord(whole), n >= 1, n < Int(signalLimit) else {
            raise(t, .valueError, "signal number \(intAsWord(whole).map { String($0) } ?? "-1") out of range [1; 64]")
            return false
        }
        if sigaddset(&s, Int32(n)) != 0 {
            if warn(t, .runtimeWarning, "invalid signal number \(n), please use valid_signals()", 1) < 0 { return false }
        }
    }
}

nonisolated(unsafe) private var siginfo: TypePointer?

func siginfoType(_ t: Thread) -> TypePointer {
    if let type = siginfo { return type }
    let type = makeStructSequenceType(t, "signal.struct_siginfo", "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.", fields: [
        ("si_signo", "signal number"), ("si_code", "signal code"), ("si_errno", "errno associated with this signal"), ("si_pid", "sending process ID"),
        ("si_uid", "real user ID of sending process"), ("si_status", "exit value or signal"), ("si_band", "band event for SIGPOLL"),
    ], visible: 7)
    siginfo = type
    return type
}

private func waitForSignal(_ t: Thread, _ set: Value, _ end: UInt64?) -> Value {
    var s = sigset_t()
    if !parseSignalSet(t, set, &s) { return .raised }
    // siginfo_t by the kernel's offsets: its fields hide behind macros and unions.
    return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 16) { raw -> Value in
        let info = raw.baseAddress.unsafelyUnwrapped
        let typed = info.assumingMemoryBound(to: siginfo_t.self)
        while true {
            var wait = timespec()
            if let end {
                let now = ladon_monotonic()
                let left = end > now ? end - now : 0
                wait = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
            }
            let r = blocking(t) { end == nil ? sigwaitinfo(&s, typed) : sigtimedwait(&s, typed, &wait) }
            if r >= 0 { break }
            if errno == EAGAIN && end != nil { return .none }
            if errno != EINTR { return raiseOSError(t, errno) }
            if !safepoint(t) { return .raised }
        }
        let v = makeStructSequence(t, siginfoType(t))
        if v.isRaised { return v }
        let f = structSequenceItems(v)
        func word(_ offset: Int) -> Value { Value(smallInt: Int(info.load(fromByteOffset: offset, as: Int32.self))) }
        f[0] = word(0); f[1] = word(8); f[2] = word(4); f[3] = word(16)
        f[4] = Value(smallInt: Int(info.load(fromByteOffset: 20, as: UInt32.self)))
        f[5] = word(24)
        f[6] = Value(smallInt: info.load(fromByteOffset: 16, as: Int.self))
        return v
    }
}
