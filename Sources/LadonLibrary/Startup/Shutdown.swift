// The end of an interpreter: the order in which its parts go.

import LadonTypes

/// Ends the runtime: waits for non-daemon threads, runs exit functions, ends other interpreters, stops daemon threads, drops the modules,
/// finalises what is left and flushes the standard streams. The exit status that this alone would give: 0, or 120
/// when standard output could not be flushed.
public func finishRuntime(_ t: Thread) -> Int32 {
    waitForThreads(t)
    runExitFunctions(t)
    endOtherInterpreters(t)
    var status: Int32 = flushStreamsAtExit(t) ? 0 : 120
    stopOtherThreads(t)
    dropModules(t)
    if mayHaveFinalizers(t) {
        collectUnreachable(t)
        finalizeEverything(t)
        if !flushStreamsAtExit(t) { status = 120 }
    }
    return status
}

/// `threading._shutdown`, which joins the threads that are not daemons.
func waitForThreads(_ t: Thread) {
    let modules = modulesMapping(t)
    if !isDict(modules) { return }
    let threading = dictGet(t, modules, name(.threading))
    if threading.isRaised || threading.isMissing || threading.isNone {
        clearException(t)
        return
    }
    if callMethod(t, threading, ._shutdown).isRaised { reportUnraisable(t, threading) }
}

/// From here on no other thread of the interpreter runs Python: whoever comes to a safepoint, or begins, stays there.
func stopOtherThreads(_ t: Thread) {
    interpreter(t).pointee.endingThread = t
    interpreter(t).pointee.finalizing = 1
    if threadCount() <= 1 { return }
    requestAll(.custom)
    stopTheWorld(t)
    startTheWorld(t)
}

/// Nobody but what uses them keeps the modules alive any more.
func dropModules(_ t: Thread) {
    let modules = modulesMapping(t)
    if !isDict(modules) { return }
    var keep = (Value.none, Value.none)
    keep.0 = dictGet(t, modules, name(.sys))
    keep.1 = dictGet(t, modules, name(.builtins))
    clearException(t)
    let sys = interpreter(t).pointee.sysDict
    for n in [Name.last_type, .last_value, .last_traceback] where dictDelete(t, sys, name(n)) < 0 { clearException(t) }
    // The streams that the program put in place of the original ones.
    for (plain, original) in [(Name.stdin, "__stdin__"), (.stdout, "__stdout__"), (.stderr, "__stderr__")] {
        let stream = dictGetName(t, sys, intern(t, original))
        if !stream.isMissing && dictSet(t, sys, name(plain), stream) < 0 { clearException(t) }
    }
    dictClear(t, modules)
    if keep.0.isCell && dictSet(t, modules, name(.sys), keep.0) < 0 { clearException(t) }
    if keep.1.isCell && dictSet(t, modules, name(.builtins), keep.1) < 0 { clearException(t) }
}

func mayHaveFinalizers(_ t: Thread) -> Bool {
    let h = heap
    return t.pointee.finalizableCount != 0 || h.pointee.finalizableCount | h.pointee.callbackReferences | h.pointee.registeredSinceCollection != 0
}

/// False: standard output could not be written.
func flushStreamsAtExit(_ t: Thread) -> Bool {
    var done = true
    let sys = interpreter(t).pointee.sysDict
    for n in [Name.stdout, .stderr] {
        let stream = dictGet(t, sys, name(n))
        if stream.isRaised || stream.isMissing || stream.isNone {
            clearException(t)
            continue
        }
        let closed = getAttributeOrMissing(t, stream, name(.closed))
        if closed.isRaised { clearException(t) }
        let isClosed = closed.isRaised || closed.isMissing ? 0 : isTrue(t, closed)
        if isClosed < 0 { clearException(t) }
        if isClosed == 1 { continue }
        if callMethod(t, stream, .flush).isRaised {
            if n == .stdout && !comesFromClosedOutput(t.pointee.exception) { reportUnraisable(t, stream) } else { clearException(t) }
            done = false
        }
    }
    return done
}
