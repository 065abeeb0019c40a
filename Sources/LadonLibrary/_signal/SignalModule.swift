// The module `_signal`.

import Glibc
import LadonTypes

public func signalModule() -> ModuleDefinition {
    ModuleDefinition("_signal", doc: "This module provides mechanisms to use signal handlers in Python.",
                     members: signalMembers() + signalWaitMembers() + signalNumbers(), initialize: signal_initialize)
}

private func signalMembers() -> [NativeMember] {
    [
        .method("signal", "(signalnum, handler, /)", signal_signal, "Set the action for the given signal.\n\nThe action can be SIG_DFL, SIG_IGN, or a callable Python object.\nThe previous action is returned.  See getsignal() for possible return values.\n\n*** IMPORTANT NOTICE ***\nA signal handler function is called with two arguments:\nthe first is the signal number, the second is the interrupted stack frame."),
        .method("getsignal", "(signalnum, /)", { t, a in
            guard let n = signalNumber(t, a[0]) else { return .raised }
            return signalHandler(t, n)
        }, "Return the current action for the given signal.\n\nThe return value can be:\n  SIG_IGN -- if the signal is being ignored\n  SIG_DFL -- if the default action for the signal is in effect\n  None    -- if an unknown handler is in effect\n  anything else -- the callable Python object used as a handler"),
        .method("default_int_handler", "(signalnum, frame, /)", { t, a in raise(t, .keyboardInterrupt) },
                "The default handler for SIGINT installed by Python.\n\nIt raises KeyboardInterrupt."),
        .method("raise_signal", "(signalnum, /)", { t, a in
            guard let n = asInt32(t, a[0]) else { return .raised }
            if blocking(t, { Glibc.raise(n) }) != 0 { return raiseOSError(t, errno) }
            return safepoint(t) ? .none : .raised
        }, "Send a signal to the executing process."),
        .method("pthread_kill", "(thread_id, signalnum, /)", { t, a in
            guard let ident = asUInt(t, a[0]), let n = asInt32(t, a[1]) else { return .raised }
            let code = pthread_kill(pthread_t(ident), n)
            if code != 0 { return raiseOSError(t, code) }
            return safepoint(t) ? .none : .raised
        }, "Send a signal to a thread."),
        .method("strsignal", "(signalnum, /)", { t, a in
            guard let n = signalNumber(t, a[0]) else { return .raised }
            guard let text = strsignal(n) else { return .none }
            let s = String(cString: text)
            return s.hasPrefix("Unknown signal") ? .none : makeString(t, s)
        }, "Return the system description of the given signal.\n\nReturns the description of signal *signalnum*, such as \"Interrupt\"\nfor :const:`SIGINT`. Returns :const:`None` if *signalnum* has no\ndescription. Raises :exc:`ValueError` if *signalnum* is invalid."),
        .method("siginterrupt", "(signalnum, flag, /)", { t, a in
            guard let n = signalNumber(t, a[0]), let flag = asInt32(t, a[1]) else { return .raised }
            var action = sigaction()
            if sigaction(n, nil, &action) != 0 { return raiseOSError(t, errno) }
            if flag != 0 { action.sa_flags &= ~SA_RESTART } else { action.sa_flags |= SA_RESTART }
            return sigaction(n, &action, nil) == 0 ? .none : raiseOSError(t, errno)
        }, "Change system call restart behaviour.\n\nIf flag is False, system calls will be restarted when interrupted by\nsignal sig, else system calls will be interrupted."),
        .method("set_wakeup_fd", "(fd, /, *, warn_on_full_buffer=True)", signal_setWakeup,
                "set_wakeup_fd(fd, *, warn_on_full_buffer=True) -> fd\n\nSets the fd to be written to (with the signal number) when a signal\ncomes in.  A library can use this to wakeup select or poll.\nThe previous fd or -1 is returned.\n\nThe fd must be non-blocking."),
        .method("alarm", "(seconds, /)", { t, a in
            guard let n = asInt32(t, a[0]) else { return .raised }
            return makeInt(t, alarm(UInt32(bitPattern: n)))
        }, "Arrange for SIGALRM to arrive after the given number of seconds."),
        .method("setitimer", "(which, seconds, interval=0.0, /)", signal_setitimer,
                "Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).\n\nThe timer will fire after value seconds and after that every interval seconds.\nThe itimer can be cleared by setting seconds to zero.\n\nReturns old values as a tuple: (delay, interval)."),
        .method("getitimer", "(which, /)", { t, a in
            guard let which = asInt32(t, a[0]) else { return .raised }
            var old = itimerval()
            if ladon_getitimer(which, &old) != 0 { return raiseTimerError(t) }
            return timerPair(t, old)
        }, "Returns current value of given itimer."),
        .method("valid_signals", "()", { t, a in
            var all = sigset_t()
            sigfillset(&all)
            return signalSet(t, all)
        }, "Return a set of valid signal numbers on this platform.\n\nThe signal numbers returned by this function can be safely passed to\nfunctions like `pthread_kill`."),
        .method("pidfd_send_signal", "(pidfd, signalnum, siginfo=None, flags=0, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let n = asInt32(t, a[1]) else { return .raised }
            if !a[2].isNone { return raise(t, .typeError, "siginfo must be None") }
            guard let flags = asInt32(t, a[3]) else { return .raised }
            if ladon_pidfd_send_signal(fd, n, flags) != 0 { return raiseOSError(t, errno) }
            return safepoint(t) ? .none : .raised
        }, "Send a signal to a process referred to by a pid file descriptor."),
    ]
}

/// A signal number in range; nil: raised.
func signalNumber(_ t: Thread, _ v: Value) -> Int32? {
    guard let n = asInt32(t, v) else { return nil }
    if n >= 1 && n < signalLimit { return n }
    raise(t, .valueError, "signal number out of range")
    return nil
}

private func signal_signal(_ t: Thread, _ a: Values) -> Value {
    guard let n = asInt32(t, a[0]) else { return .raised }
    if t.pointee.isMain == 0 { return raise(t, .valueError, "signal only works in main thread of the main interpreter") }
    if n < 1 || n >= signalLimit { return raise(t, .valueError, "signal number out of range") }
    let mode: SignalMode
    if a[1] == .zero { mode = .default } else if a[1] == .one { mode = .ignore } else if isCallable(a[1]) { mode = .record } else {
        return raise(t, .typeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
    }
    if !safepoint(t) { return .raised }
    let code = installSignal(n, mode)
    if code != 0 { return raiseOSError(t, code) }
    let old = signalHandler(t, n)
    setSignalHandler(t, n, a[1])
    return old
}

private func signal_setWakeup(_ t: Thread, _ a: Values) -> Value {
    guard let fd = asInt32(t, a[0]) else { return .raised }
    let warns = isTrue(t, a[1])
    if warns < 0 { return .raised }
    if t.pointee.isMain == 0 { return raise(t, .valueError, "set_wakeup_fd only works in main thread of the main interpreter") }
    if fd != -1 {
        var status = stat()
        if fstat(fd, &status) != 0 { return raiseOSError(t, errno) }
        let flags = fcntl(fd, F_GETFL)
        if flags < 0 { return raiseOSError(t, errno) }
        if flags & O_NONBLOCK == 0 { return raise(t, .valueError, "the fd \(fd) must be in non-blocking mode") }
    }
    return makeInt(t, ladon_set_wakeup_fd(fd, warns == 1))
}

// MARK: interval timers

nonisolated(unsafe) private var timerError = Value.raised

private func raiseTimerError(_ t: Thread) -> Value {
    let code = errno
    let args = makeTuple(t, Value(smallInt: Int(code)), makeString(t, String(cString: strerror(code))))
    let e = args.isRaised ? args : callWithTuple(t, timerError, args)
    return e.isRaised ? e : raiseInstance(t, e)
}

private func timerPair(_ t: Thread, _ v: itimerval) -> Value {
    makeTuple(t, makeFloat(t, Double(v.it_value.tv_sec) + Double(v.it_value.tv_usec) / 1e6),
              makeFloat(t, Double(v.it_interval.tv_sec) + Double(v.it_interval.tv_usec) / 1e6))
}

private func timerValue(_ t: Thread, _ v: Value) -> timeval? {
    if v.isMissing { return timeval(tv_sec: 0, tv_usec: 0) }
    guard let n = nanoseconds(t, v, .ceiling) else { return nil }
    let micro = n >= 0 ? (n + 999) / 1000 : n / 1000
    return timeval(tv_sec: micro / 1_000_000, tv_usec: micro % 1_000_000)
}

private func signal_setitimer(_ t: Thread, _ a: Values) -> Value {
    guard let which = asInt32(t, a[0]), let value = timerValue(t, a[1]), let interval = timerValue(t, a[2]) else { return .raised }
    var new = itimerval(it_interval: interval, it_value: value), old = itimerval()
    if ladon_setitimer(which, &new, &old) != 0 { return raiseTimerError(t) }
    return timerPair(t, old)
}

// glibc declares `which` as an enumeration; the kernel's number is what Python gives.
@_silgen_name("setitimer") private func ladon_setitimer(_ which: Int32, _ new: UnsafePointer<itimerval>?, _ old: UnsafeMutablePointer<itimerval>?) -> Int32
@_silgen_name("getitimer") private func ladon_getitimer(_ which: Int32, _ old: UnsafeMutablePointer<itimerval>?) -> Int32

private func ladon_pidfd_send_signal(_ fd: Int32, _ n: Int32, _ flags: Int32) -> Int {
    Int(ladon_syscall4(424, Int(fd), Int(n), 0, Int(flags)))
}
@_silgen_name("syscall") private func ladon_syscall4(_ number: Int, _ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Int

// MARK: names

private func number(_ n: StaticString, _ f: @escaping NativeFunction) -> NativeMember { .constant(n, f) }

private func signalNumbers() -> [NativeMember] {
    [
        number("NSIG") { t, a in Value(smallInt: 65) }, number("SIG_DFL") { t, a in .zero }, number("SIG_IGN") { t, a in .one },
        number("SIG_BLOCK") { t, a in Value(smallInt: Int(SIG_BLOCK)) }, number("SIG_UNBLOCK") { t, a in Value(smallInt: Int(SIG_UNBLOCK)) },
        number("SIG_SETMASK") { t, a in Value(smallInt: Int(SIG_SETMASK)) },
        number("ITIMER_REAL") { t, a in .zero }, number("ITIMER_VIRTUAL") { t, a in .one }, number("ITIMER_PROF") { t, a in Value(smallInt: 2) },
        number("SIGHUP") { t, a in Value(smallInt: Int(SIGHUP)) }, number("SIGINT") { t, a in Value(smallInt: Int(SIGINT)) },
        number("SIGQUIT") { t, a in Value(smallInt: Int(SIGQUIT)) }, number("SIGILL") { t, a in Value(smallInt: Int(SIGILL)) },
        number("SIGTRAP") { t, a in Value(smallInt: Int(SIGTRAP)) }, number("SIGIOT") { t, a in Value(smallInt: Int(SIGABRT)) },
        number("SIGABRT") { t, a in Value(smallInt: Int(SIGABRT)) }, number("SIGFPE") { t, a in Value(smallInt: Int(SIGFPE)) },
        number("SIGKILL") { t, a in Value(smallInt: Int(SIGKILL)) }, number("SIGBUS") { t, a in Value(smallInt: Int(SIGBUS)) },
        number("SIGSEGV") { t, a in Value(smallInt: Int(SIGSEGV)) }, number("SIGSYS") { t, a in Value(smallInt: Int(SIGSYS)) },
        number("SIGPIPE") { t, a in Value(smallInt: Int(SIGPIPE)) }, number("SIGALRM") { t, a in Value(smallInt: Int(SIGALRM)) },
        number("SIGTERM") { t, a in Value(smallInt: Int(SIGTERM)) }, number("SIGUSR1") { t, a in Value(smallInt: Int(SIGUSR1)) },
        number("SIGUSR2") { t, a in Value(smallInt: Int(SIGUSR2)) }, number("SIGCLD") { t, a in Value(smallInt: Int(SIGCHLD)) },
        number("SIGCHLD") { t, a in Value(smallInt: Int(SIGCHLD)) }, number("SIGPWR") { t, a in Value(smallInt: Int(SIGPWR)) },
        number("SIGIO") { t, a in Value(smallInt: Int(SIGIO)) }, number("SIGURG") { t, a in Value(smallInt: Int(SIGURG)) },
        number("SIGWINCH") { t, a in Value(smallInt: Int(SIGWINCH)) }, number("SIGPOLL") { t, a in Value(smallInt: Int(SIGIO)) },
        number("SIGSTOP") { t, a in Value(smallInt: Int(SIGSTOP)) }, number("SIGTSTP") { t, a in Value(smallInt: Int(SIGTSTP)) },
        number("SIGCONT") { t, a in Value(smallInt: Int(SIGCONT)) }, number("SIGTTIN") { t, a in Value(smallInt: Int(SIGTTIN)) },
        number("SIGTTOU") { t, a in Value(smallInt: Int(SIGTTOU)) }, number("SIGVTALRM") { t, a in Value(smallInt: Int(SIGVTALRM)) },
        number("SIGPROF") { t, a in Value(smallInt: Int(SIGPROF)) }, number("SIGXCPU") { t, a in Value(smallInt: Int(SIGXCPU)) },
        number("SIGXFSZ") { t, a in Value(smallInt: Int(SIGXFSZ)) }, number("SIGSTKFLT") { t, a in Value(smallInt: Int(SIGSTKFLT)) },
        number("SIGRTMIN") { t, a in Value(smallInt: Int(__libc_current_sigrtmin())) }, number("SIGRTMAX") { t, a in Value(smallInt: Int(__libc_current_sigrtmax())) },
        number("struct_siginfo") { t, a in Value(siginfoType(t)) },
    ]
}

private func signal_initialize(_ t: Thread, _ a: Values) -> Value {
    let dict = a[0].cell(as: ModuleCell.self).pointee.dict
    if timerError.bits == 0 {
        addRoot(&timerError)
        let bases = makeTuple(t, Value(builtinType(.osError))), body = makeDict(t)
        if bases.isRaised || body.isRaised || dictSet(t, body, name(.__module__), makeString(t, "signal")) < 0 { return .raised }
        timerError = call(t, Value(builtinType(.type)), makeString(t, "itimer_error"), bases, body)
        if timerError.isRaised { return .raised }
    }
    if dictSet(t, dict, intern(t, "ItimerError"), timerError) < 0 { return .raised }
    let handler = dictGet(t, dict, intern(t, "default_int_handler"))
    if signalHandler(t, SIGINT).isMissing { setSignalHandler(t, SIGINT, handler) }
    return .none
}
