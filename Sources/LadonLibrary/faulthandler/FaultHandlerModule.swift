// The module `faulthandler`: tracebacks written without help from Python code.

import Glibc
import LadonTypes

public func faultHandlerModule() -> ModuleDefinition {
    ModuleDefinition("faulthandler", doc: "faulthandler module.", members: [
        .method("enable", "(file=<unrepresentable>, all_threads=True)", { t, a in
            guard let fd = outputDescriptor(t, a[0]) else { return .raised }
            let all = isTrue(t, a[1])
            if all < 0 { return .raised }
            enableFaultHandler(fd, showsThread: all == 1)
            return .none
        }, "enable(file=sys.stderr, all_threads=True): enable the fault handler"),
        .method("disable", "()", { t, a in Value(disableFaultHandler()) }, "disable(): disable the fault handler"),
        .method("is_enabled", "()", { t, a in Value(faultDescriptor >= 0) }, "is_enabled()->bool: check if the handler is enabled"),
        .method("dump_traceback", "(file=<unrepresentable>, all_threads=True)", { t, a in
            guard let fd = outputDescriptor(t, a[0]) else { return .raised }
            let all = isTrue(t, a[1])
            if all < 0 { return .raised }
            if all == 1 { dumpAllThreads(t, fd) } else {
                let out = ErrorWriter(fd: fd)
                out.write("Stack (most recent call first):\n")
                dumpFrames(t, out)
            }
            return .none
        }, "dump_traceback(file=sys.stderr, all_threads=True): dump the traceback of the current thread, or of all threads if all_threads is True, into file"),
        .method("dump_traceback_later", "(timeout, repeat=False, file=<unrepresentable>, exit=False)", fault_dumpLater,
                "dump_traceback_later(timeout, repeat=False, file=sys.stderr, exit=False):\ndump the traceback of all threads in timeout seconds,\nor each timeout seconds if repeat is True. If exit is True, call _exit(1)\nwhich is not safe."),
        .method("cancel_dump_traceback_later", "()", { t, a in
            cancelWatchdog()
            return .none
        }, "cancel_dump_traceback_later():\ncancel the previous call to dump_traceback_later()."),
        .method("register", "(signum, file=<unrepresentable>, all_threads=True, chain=False)", fault_register,
                "register(signum, file=sys.stderr, all_threads=True, chain=False): register a handler for the signal 'signum': dump the traceback of the current thread, or of all threads if all_threads is True, into file"),
        .method("unregister", "(signum, /)", { t, a in
            guard let n = signalNumber(t, a[0]) else { return .raised }
            if registrations[Int(n)].fd < 0 { return .false }
            registrations[Int(n)].fd = -1
            sigaction(n, &registrations[Int(n)].previous, nil)
            return .true
        }, "unregister(signum): unregister the handler of the signal 'signum' registered by register()"),
        .method("_read_null", "()", { t, a in Glibc.raise(SIGSEGV); return .none }, "_read_null(): read from NULL, raise a SIGSEGV signal"),
        .method("_sigsegv", "(release_gil=False, /)", { t, a in Glibc.raise(SIGSEGV); return .none }, "_sigsegv(release_gil=False): raise a SIGSEGV signal"),
        .method("_sigabrt", "()", { t, a in abort() }, "_sigabrt(): raise a SIGABRT signal"),
        .method("_sigfpe", "()", { t, a in Glibc.raise(SIGFPE); return .none }, "_sigfpe(): raise a SIGFPE signal"),
    ])
}

/// The descriptor of a file argument, sys.stderr by default. nil: raised.
private func outputDescriptor(_ t: Thread, _ given: Value) -> Int32? {
    var file = given
    if file.isMissing || file.isNone {
        file = dictGetName(t, interpreter(t).pointee.sysDict, name(.stderr))
        if file.isMissing {
            raise(t, .runtimeError, "unable to get sys.stderr")
            return nil
        }
        if file.isNone {
            raise(t, .runtimeError, "sys.stderr is None")
            return nil
        }
    } else if isInt(file) {
        guard let fd = asInt32(t, file) else { return nil }
        if fd < 0 {
            raise(t, .valueError, "file is not a valid file descripter")
            return nil
        }
        return fd
    }
    let number = callMethod(t, file, .fileno)
    if number.isRaised { return nil }
    guard isInt(number), let fd = asInt32(t, number), fd >= 0 else {
        clearException(t)
        raise(t, .runtimeError, "file.fileno() is not a valid file descriptor")
        return nil
    }
    if callMethod(t, file, .flush).isRaised { clearException(t) }
    return fd
}

// MARK: writing

/// Text straight to a descriptor.
private struct ErrorWriter {
    let fd: Int32

    func write(_ s: StaticString) { send(UnsafeRawPointer(s.utf8Start), s.utf8CodeUnitCount) }

    private func send(_ p: UnsafeRawPointer, _ n: Int) {
        var done = 0
        while done < n {
            let r = Glibc.write(fd, p + done, n - done)
            if r < 0 && errno == EINTR { continue }
            if r <= 0 { return }
            done += r
        }
    }

    func write(number: UInt, base: UInt, width: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
            let p = buffer.baseAddress.unsafelyUnwrapped
            var i = 32, left = number
            repeat {
                i -= 1
                let digit = UInt8(left % base)
                p[i] = digit < 10 ? 0x30 + digit : 0x57 + digit
                left /= base
            } while left > 0 || 32 - i < width
            send(p + i, 32 - i)
        }
    }

    /// At most 500 characters, what is not ASCII escaped.
    func write(_ text: Value) {
        if !text.isCell || !text.isStr { write("???"); return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { buffer in
            let p = buffer.baseAddress.unsafelyUnwrapped
            var n = 0
            for i in 0 ..< min(text.strCount, 500) {
                let c = stringCharAt(text, i)
                if c >= 0x20 && c < 0x7F { p[n] = UInt8(c); n += 1; continue }
                send(p, n)
                n = 0
                if c < 0x100 { write("\\x"); write(number: UInt(c), base: 16, width: 2) }
                else if c < 0x10000 { write("\\u"); write(number: UInt(c), base: 16, width: 4) }
                else { write("\\U"); write(number: UInt(c), base: 16, width: 8) }
            }
            send(p, n)
        }
        if text.strCount > 500 { write("...") }
    }
}

private func dumpFrames(_ t: Thread, _ out: ErrorWriter) {
    var frame: Values? = t.pointee.frame
    var shown = 0
    while let f = frame {
        if f.isBase {
            frame = f.caller
            if frame == nil { break }
            continue
        }
        if shown >= 100 { out.write("  ...\n"); return }
        shown += 1
        let code = f.code
        out.write("  File \"")
        out.write(code.pointee.filename)
        out.write("\", line ")
        out.write(number: UInt(max(0, Int(code.position(at: f.savedPC)?.line ?? 0))), base: 10, width: 1)
        out.write(" in ")
        out.write(code.pointee.name)
        out.write("\n")
        frame = f.caller
    }
    if shown == 0 { out.write("  <no Python frame>\n") }
}

/// The calling thread's frames alone: with its name, or as the only stack there is.
private func dumpCurrent(_ out: ErrorWriter, showsThread: Bool) {
    guard let t = ladon_get_current_thread() else { return }
    if showsThread { return dumpThread(t, out, isCurrent: true) }
    out.write("Stack (most recent call first):\n")
    dumpFrames(t, out)
}

private func dumpThread(_ t: Thread, _ out: ErrorWriter, isCurrent: Bool) {
    if isCurrent { out.write("Current thread 0x") } else { out.write("Thread 0x") }
    out.write(number: t.pointee.ident, base: 16, width: 16)
    out.write(" (most recent call first):\n")
    dumpFrames(t, out)
}

/// Every thread's traceback, with the world stopped.
private func dumpAllThreads(_ t: Thread, _ fd: Int32, except: Bool = false) {
    let out = ErrorWriter(fd: fd)
    stopTheWorld(t)
    var first = true
    forEachThread(t) { other in
        if other == t && except { return }
        if !first { out.write("\n") }
        first = false
        dumpThread(other, out, isCurrent: other == t)
    }
    startTheWorld(t)
}

// MARK: fatal signals

nonisolated(unsafe) private var faultDescriptor: Int32 = -1
nonisolated(unsafe) private var faultShowsThread = true
private let fatalSignals: (Int32, Int32, Int32, Int32, Int32) = (SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSEGV)

private func faultHandler(_ n: Int32) {
    let fd = faultDescriptor
    signal(n, SIG_DFL)
    if fd >= 0 {
        let out = ErrorWriter(fd: fd)
        out.write("Fatal Python error: ")
        switch n {
        case SIGBUS: out.write("Bus error")
        case SIGILL: out.write("Illegal instruction")
        case SIGFPE: out.write("Floating point exception")
        case SIGABRT: out.write("Aborted")
        default: out.write("Segmentation fault")
        }
        out.write("\n\n")
        dumpCurrent(out, showsThread: faultShowsThread)
    }
    Glibc.raise(n)
}

/// For `-X faulthandler` and PYTHONFAULTHANDLER, and `faulthandler.enable()`.
func enableFaultHandler(_ fd: Int32, showsThread: Bool) {
    faultDescriptor = fd
    faultShowsThread = showsThread
    var action = sigaction()
    action.__sigaction_handler.sa_handler = faultHandler
    action.sa_flags = Int32(bitPattern: UInt32(SA_NODEFER)) | SA_ONSTACK
    for n in [fatalSignals.0, fatalSignals.1, fatalSignals.2, fatalSignals.3, fatalSignals.4] { sigaction(n, &action, nil) }
}

private func disableFaultHandler() -> Bool {
    if faultDescriptor < 0 { return false }
    faultDescriptor = -1
    for n in [fatalSignals.0, fatalSignals.1, fatalSignals.2, fatalSignals.3, fatalSignals.4] { signal(n, SIG_DFL) }
    return true
}

// MARK: signals asked for

/// What register() said about a signal; fd -1: nothing.
private struct Registration {
    var fd: Int32 = -1
    var showsThread = true
    var chains = false
    var previous = sigaction()
}

nonisolated(unsafe) private let registrations: UnsafeMutablePointer<Registration> = {
    let p = UnsafeMutablePointer<Registration>.allocate(capacity: 65)
    p.initialize(repeating: Registration(), count: 65)
    return p
}()

private func dumpOnSignal(_ n: Int32) {
    let r = registrations + Int(n)
    let code = ladon_errno()
    dumpCurrent(ErrorWriter(fd: r.pointee.fd), showsThread: r.pointee.showsThread)
    if r.pointee.chains {
        // The handler from before, once.
        sigaction(n, &r.pointee.previous, nil)
        Glibc.raise(n)
        watchSignal(n)
    }
    ladon_set_errno(code)
}

private func watchSignal(_ n: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = dumpOnSignal
    // A chained handler must be able to run inside this one.
    action.sa_flags = SA_ONSTACK | (registrations[Int(n)].chains ? Int32(bitPattern: UInt32(SA_NODEFER)) : SA_RESTART)
    sigaction(n, &action, nil)
}

private func fault_register(_ t: Thread, _ a: Values) -> Value {
    guard let n = signalNumber(t, a[0]) else { return .raised }
    if [SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSEGV].contains(n) {
        return raise(t, .runtimeError, "signal \(n) cannot be registered, use enable() instead")
    }
    guard let fd = outputDescriptor(t, a[1]) else { return .raised }
    let all = isTrue(t, a[2]), chains = isTrue(t, a[3])
    if all < 0 || chains < 0 { return .raised }
    let r = registrations + Int(n)
    if r.pointee.fd < 0 && sigaction(n, nil, &r.pointee.previous) != 0 { return raiseOSError(t, errno) }
    r.pointee.fd = fd
    r.pointee.showsThread = all == 1
    r.pointee.chains = chains == 1
    watchSignal(n)
    return .none
}

// MARK: later

/// One watchdog at a time: a thread that sleeps until the time is over or `generation` changes.
nonisolated(unsafe) private let generation: UnsafeMutablePointer<UInt32> = {
    let p = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    p.initialize(to: 0)
    return p
}()

private func cancelWatchdog() {
    _ = ladon_fetch_add32(generation, 1)
    unpark(generation, .max)
}

private func fault_dumpLater(_ t: Thread, _ a: Values) -> Value {
    guard let n = nanoseconds(t, a[0], .ceiling) else { return .raised }
    if n <= 0 { return raise(t, .valueError, "timeout must be greater than 0") }
    let again = isTrue(t, a[1]), exits = isTrue(t, a[3])
    if again < 0 || exits < 0 { return .raised }
    guard let fd = outputDescriptor(t, a[2]) else { return .raised }
    cancelWatchdog()
    let argument = makeTuple(t, makeInt(t, n), Value(again == 1), makeInt(t, fd), Value(exits == 1), makeInt(t, ladon_load32_acquire(generation)))
    var handle: ThreadHandle?
    if startThread(t, body: watch, argument: argument, handle: &handle) != 0 { return raise(t, .runtimeError, "unable to start watchdog thread") }
    if let handle { releaseHandle(handle) }
    return .none
}

private func watch(_ t: Thread, _ argument: Value) {
    let p = argument.tupleItems
    let pause = p[0].smallInt, again = p[1].isTrue, fd = Int32(p[2].smallInt), exits = p[3].isTrue
    let mine = UInt32(p[4].smallInt)
    repeat {
        let end = deadline(after: pause)
        while true {
            let result = park(t, generation, mine, end)
            if ladon_load32_acquire(generation) != mine { return }
            if result == .timedOut { break }
        }
        let out = ErrorWriter(fd: fd)
        let seconds = UInt(pause / 1_000_000_000)
        out.write("Timeout (")
        out.write(number: seconds / 3600, base: 10, width: 1)
        out.write(":")
        out.write(number: seconds / 60 % 60, base: 10, width: 2)
        out.write(":")
        out.write(number: seconds % 60, base: 10, width: 2)
        if pause % 1_000_000_000 != 0 {
            out.write(".")
            out.write(number: UInt(pause % 1_000_000_000 / 1000), base: 10, width: 6)
        }
        out.write(")!\n")
        dumpAllThreads(t, fd, except: true)
        if exits { _exit(1) }
    } while again
    argument.keepAlive
}
