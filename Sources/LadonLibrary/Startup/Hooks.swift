// What the heap and the threads call back: finalisers, weak reference callbacks, signals, MemoryError,
// asynchronous exceptions, the beginning and end of threads, the forked child.

func installHooks() {
    installUnraisableReporter()
    initializeThreadRecords()
    initializeSignals(ladon_get_current_thread().unsafelyUnwrapped)
    ladonHooks.raiseMemoryError = { t in raiseMemoryError(t!); return false }
    ladonHooks.raiseAsyncException = { t in
        let t = t!
        let e = Value(bits: ladon_exchange(&t.pointee.asyncException, 0))
        if e.isRaised { return true }
        raiseValue(t, e)
        return false
    }
    ladonHooks.liveRegisters = { t, visit in visitLiveRegisters(t!, visit!) }
    ladonHooks.liveWindow = { cell, visit in visitLiveWindow(cell, visit!) }
    ladonHooks.handleSignals = { t in handleSignals(t!) }
    ladonHooks.threadStarted = { t in
        let t = t!
        initializeFrames(t)
        if interpreter(t).pointee.finalizing != 0 { _ = stayForEver(t) }
    }
    ladonHooks.tracingChanged = { t in chooseHandlers(t!) }
    ladonHooks.threadEnding = { t in threadRecordEnding(t!) }
    ladonHooks.runWeakCallback = { t, reference in runAside(t!, reference, runWeakCallback) }
    ladonHooks.finalize = { t, object in runAside(t!, object, runFinalizer) }
    ladonHooks.customRequest = { t in stayForEver(t!) }
    ladonHooks.afterForkInChild = { t in
        reinitializeInternLock()
        _ = takePendingSignals()
        ladon_store32_release(&interpreter(t!).pointee.runningThreads, 0)
        dropOtherInterpretersAfterFork(t!)
    }
}

/// Runs `body` in the middle of other code of the same thread, which must not see its exceptions.
private func runAside(_ t: Thread, _ v: Value, _ body: (Thread, Value) -> Void) {
    let raised = t.pointee.exception, result = t.pointee.result, handled = t.pointee.handled
    t.pointee.exception = .raised
    body(t, v)
    t.pointee.exception = raised
    t.pointee.handled = handled
    t.pointee.result = result
    v.keepAlive
}

private func runWeakCallback(_ t: Thread, _ reference: Value) {
    let callback = takeWeakCallback(reference)
    if callback.bits == 0 || callback.isNone { return }
    withInterpreter(of: callback, t) {
        if call(t, callback, reference).isRaised { reportUnraisable(t, callback) }
    }
}

private func runFinalizer(_ t: Thread, _ v: Value) {
    let type = typeOf(v)
    guard let finalize = type.unary(.finalize) else { return }
    // CPython names the function of a Python class, the object of a built-in type.
    let method = lookupType(t, type, name(.__del__))
    withInterpreter(of: method, t) {
        if finalize(t, v).isRaised { reportUnraisable(t, method.isMissing || method.isRaised ? v : method) }
    }
}

/// The interpreter is gone: a daemon thread that comes to a safepoint stays there.
private func stayForEver(_ t: Thread) -> Bool {
    let state = interpreter(t)
    if state.pointee.finalizing == 0 || state.pointee.endingThread == t { return true }
    // A finaliser of the interpreter that ends runs in another one's thread, which goes on.
    if state.pointee.executionLock != t.pointee.executionLock { return true }
    var never: UInt32 = 0
    while true { _ = park(t, &never, 0) }
}
