// The Python handlers of signals: what is installed for each, and how they run.
//
// The table is a storage cell of 65 values, by signal number: 0 (SIG_DFL), 1 (SIG_IGN), None (set by foreign
// code), a callable, or `missing` for the default handler of SIGINT until the module exists that has it as an
// object. Changed by the main thread only.

import Glibc
import LadonTypes

let signalLimit: Int32 = 65

/// Looks at what the process was started with, takes SIGINT, ignores SIGPIPE and SIGXFSZ. Once at start.
func initializeSignals(_ t: Thread) {
    _ = installSignal(SIGPIPE, .ignore)
    _ = installSignal(SIGXFSZ, .ignore)
    let table = makeStorage(t, Int(signalLimit))
    for n in 1 ..< signalLimit {
        let handler: Value
        switch signalMode(n) {
        case .default: handler = .zero
        case .ignore: handler = .one
        default: handler = .none
        }
        storeSlot(table.storageItems + Int(n), handler)
    }
    if table.storageItems[Int(SIGINT)] == .zero && installSignal(SIGINT, .record) == 0 { storeSlot(table.storageItems + Int(SIGINT), .missing) }
    interpreter(t).pointee.signalHandlers = table
}

func signalHandler(_ t: Thread, _ number: Int32) -> Value { loadSlot(interpreter(t).pointee.signalHandlers.storageItems + Int(number)) }
func setSignalHandler(_ t: Thread, _ number: Int32, _ handler: Value) { storeSlot(interpreter(t).pointee.signalHandlers.storageItems + Int(number), handler) }

/// Whether Python code (or the default handler of SIGINT) runs for that signal.
func hasPythonHandler(_ t: Thread, _ number: Int32) -> Bool {
    let handler = signalHandler(t, number)
    return handler != .zero && handler != .one && !handler.isNone
}

/// Runs the handlers of the signals that came. False: one raised; what it kept from running runs later.
func handleSignals(_ t: Thread) -> Bool {
    let (low, high) = takePendingSignals()
    let code = ladon_take_wakeup_error()
    if code != 0 {
        let saved = takeException(t)
        raiseOSError(t, code)
        reportUnraisable(t, .none, "Exception ignored when trying to write to the signal wakeup fd")
        restoreException(t, saved)
    }
    for n in 1 ..< signalLimit {
        let word = n < 64 ? low : high
        if word & (1 << UInt64(n & 63)) == 0 { continue }
        let handler = signalHandler(t, n)
        if handler == .zero || handler == .one || handler.isNone { continue }
        let result: Value
        if handler.isMissing {
            result = raise(t, .keyboardInterrupt)
        } else {
            var frame = Value.none
            if let f = currentFrame(t), !f.isBase { frame = frameObject(t, f) }
            result = call(t, handler, Value(smallInt: Int(n)), frame)
        }
        if result.isRaised {
            for other in (n + 1) ..< signalLimit where (other < 64 ? low : high) & (1 << UInt64(other & 63)) != 0 { ladon_record_signal(other) }
            return false
        }
    }
    return true
}
