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
    ladonHooks.runWeakCallback = { t, reference in runWeakCallback(t!, reference) }
    ladonHooks.finalize = { t, object in runFinalizer(t!, object) }
    ladonHooks.customRequest = { t in
        _ = stayForEver(t!)
        runDeferredFinalizers(t!)
        return true
    }
    ladonHooks.afterForkInChild = { t in
        reinitializeInternLock()
        _ = takePendingSignals()
        ladon_store32_release(&interpreter(t!).pointee.runningThreads, 0)
        dropOtherInterpretersAfterFork(t!)
    }
}

/// The interpreter is gone: a daemon thread that comes to a safepoint stays there.
private func stayForEver(_ t: Thread) -> Bool {
    let state = interpreter(t)
    if state.pointee.finalizing == 0 || state.pointee.endingThread == t { return true }
    var never: UInt32 = 0
    while true { _ = park(t, &never, 0) }
}
