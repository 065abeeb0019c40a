// Safepoints: where a running thread looks whether something is wanted of it.

/// Does what is asked of this thread, if anything. False: an exception was raised.
@inlinable @inline(__always) public func safepoint(_ t: Thread) -> Bool {
    ladon_load32_relaxed(&t.pointee.pending) == 0 ? true : safepointSlow(t)
}

@inline(never) public func safepointSlow(_ t: Thread) -> Bool {
    assertNoCellLock(t)
    while true {
        let pending = SafepointRequest(rawValue: ladon_load32_acquire(&t.pointee.pending))
        if pending.isEmpty { return true }
        if pending.contains(.stopWorld) { stopHere(t); continue }
        if pending.contains(.dropGIL) { giveWay(t); continue }
        if pending.contains(.tracing) {
            clear(t, .tracing)
            ladonHooks.tracingChanged?(t)
        }
        if pending.contains(.collect) {
            clear(t, .collect)
            collectNow(t)
        }
        if pending.contains(.finalizers) {
            clear(t, .finalizers)
            runPendingFinalizers(t)
        }
        if pending.contains(.memoryError) {
            clear(t, .memoryError)
            if let hook = ladonHooks.raiseMemoryError, !hook(t) { return false }
        }
        if pending.contains(.signals) {
            clear(t, .signals)
            if t.pointee.isMain != 0, let hook = ladonHooks.handleSignals, !hook(t) { return false }
        }
        if pending.contains(.asyncException) {
            clear(t, .asyncException)
            if !Value(bits: ladon_load_acquire(&t.pointee.asyncException)).isRaised, let hook = ladonHooks.raiseAsyncException, !hook(t) { return false }
        }
        if pending.contains(.custom) {
            clear(t, .custom)
            if let hook = ladonHooks.customRequest, !hook(t) { return false }
        }
        if pending.isDisjoint(with: [.tracing, .collect, .finalizers, .memoryError, .signals, .asyncException, .custom]) { return true }
    }
}

private func clear(_ t: Thread, _ what: SafepointRequest) { _ = ladon_fetch_and32(&t.pointee.pending, ~what.rawValue) }
