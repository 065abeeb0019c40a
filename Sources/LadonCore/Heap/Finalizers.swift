// Objects with `__del__` or a native finaliser, and callbacks of weak references: found by the collector,
// run later at a safepoint, once per object.
//
// heap.finalizable, the pending queues: guarded by heap.finalizerMutex or the world stopped. A thread keeps
// its newest registrations in its own LadonThread and hands them over 32 at a time.

import Glibc

/// Registers a new object whose type has a finaliser.
@inlinable @inline(__always) public func registerFinalizable(_ t: Thread, _ v: Value) {
    let n = t.pointee.finalizableCount
    if n < UInt32(LADON_FINALIZER_BUFFER) {
        ladon_finalizer_buffer(t).unsafelyUnwrapped[Int(n)] = v.bits
        t.pointee.finalizableCount = n + 1
        return
    }
    registerFinalizableSlow(t, v)
}
@inline(never) @usableFromInline func registerFinalizableSlow(_ t: Thread, _ v: Value) {
    ladon_mutex_lock(&heap.pointee.finalizerMutex)
    flushFinalizables(t)
    ladon_mutex_unlock(&heap.pointee.finalizerMutex)
    ladon_finalizer_buffer(t).unsafelyUnwrapped[0] = v.bits
    t.pointee.finalizableCount = 1
}

/// finalizerMutex held, or the world stopped.
func flushFinalizables(_ t: Thread) {
    let h = heap
    let n = Int(t.pointee.finalizableCount)
    let buffer = ladon_finalizer_buffer(t).unsafelyUnwrapped
    for i in 0 ..< n { appendWord(buffer[i], &h.pointee.finalizable, &h.pointee.finalizableCount, &h.pointee.finalizableCapacity) }
    t.pointee.finalizableCount = 0
    _ = ladon_fetch_add(&h.pointee.registeredSinceCollection, UInt(n))
}

func queueWeakCallback(_ reference: UInt) {
    let h = heap
    appendWord(reference, &h.pointee.pendingCallbacks, &h.pointee.pendingCallbackCount, &h.pointee.pendingCallbackCapacity)
}
private func queueFinalizer(_ object: UInt) {
    let h = heap
    appendWord(object, &h.pointee.pendingFinal, &h.pointee.pendingFinalCount, &h.pointee.pendingFinalCapacity)
}

/// Roots: what waits for its callback or finaliser. World stopped.
func markPendingFinalization() {
    let h = heap
    for i in Int(h.pointee.pendingCallbackHead) ..< Int(h.pointee.pendingCallbackCount) { markValue(h.pointee.pendingCallbacks.unsafelyUnwrapped[i]) }
    for i in Int(h.pointee.pendingFinalHead) ..< Int(h.pointee.pendingFinalCount) { markValue(h.pointee.pendingFinal.unsafelyUnwrapped[i]) }
}

/// After marking: unreachable registered objects move to the queue, and everything they reach is marked.
/// Objects that no other of them reaches come first, in the order of registration; the others after, newest
/// first: a wrapper is finalised (and flushes) before what it wraps (which closes). Of those, Python code comes before native
/// finalisers: it may use files that are as dead as its object. World stopped.
func queueUnreachableFinalizables() -> Int {
    let h = heap
    let n = Int(h.pointee.finalizableCount)
    guard n > 0, let list = h.pointee.finalizable else { return 0 }
    // Stable partition: the survivors stay in front, the unreachable are collected behind.
    var dead: UnsafeMutablePointer<UInt>? = nil
    var deadCount: UInt = 0, deadCapacity: UInt = 0
    var kept = 0
    for i in 0 ..< n {
        // Finalised, or with nothing left to finalise (a coroutine that ended): no longer of interest.
        if Value(bits: list[i]).header.pointee.flags & HeaderFlags.finalized != 0 { continue }
        if isMarked(list[i]) { list[kept] = list[i]; kept += 1 } else { appendWord(list[i], &dead, &deadCount, &deadCapacity) }
    }
    h.pointee.finalizableCount = UInt(kept)
    guard deadCount > 0, let dead else { return 0 }
    for i in 0 ..< Int(deadCount) where !isMarked(dead[i]) {
        scanContents(dead[i])
        drainMarkStack()
    }
    for i in 0 ..< Int(deadCount) where !isMarked(dead[i]) { queueFinalizer(dead[i]) }
    for i in (0 ..< Int(deadCount)).reversed() where isMarked(dead[i]) && hasPythonFinalizer(dead[i]) { queueFinalizer(dead[i]) }
    for i in (0 ..< Int(deadCount)).reversed() where isMarked(dead[i]) && !hasPythonFinalizer(dead[i]) { queueFinalizer(dead[i]) }
    for i in 0 ..< Int(deadCount) { markValue(dead[i]) }
    free(dead)
    return Int(deadCount)
}

/// Runs what is due, unless this thread is already doing so further down its stack. Attached, at a safepoint.
public func runPendingFinalizers(_ t: Thread) {
    if t.pointee.finalizerDepth != 0 { return }
    _ = runFinalizers(t)
}

/// Runs callbacks, then finalisers, until the queues are empty; how many ran.
@discardableResult
func runFinalizers(_ t: Thread) -> Int {
    let h = heap
    var ran = 0
    t.pointee.finalizerDepth += 1
    while true {
        var reference: UInt = 0, object: UInt = 0
        ladon_mutex_lock(&h.pointee.finalizerMutex)
        if h.pointee.pendingCallbackHead < h.pointee.pendingCallbackCount {
            reference = h.pointee.pendingCallbacks.unsafelyUnwrapped[Int(h.pointee.pendingCallbackHead)]
            h.pointee.pendingCallbackHead += 1
        } else {
            h.pointee.pendingCallbackHead = 0
            h.pointee.pendingCallbackCount = 0
            if h.pointee.pendingFinalHead < h.pointee.pendingFinalCount {
                object = h.pointee.pendingFinal.unsafelyUnwrapped[Int(h.pointee.pendingFinalHead)]
                h.pointee.pendingFinalHead += 1
            } else {
                h.pointee.pendingFinalHead = 0
                h.pointee.pendingFinalCount = 0
            }
        }
        ladon_mutex_unlock(&h.pointee.finalizerMutex)
        if reference != 0 {
            let v = Value(bits: reference)
            ladonHooks.runWeakCallback?(t, v)
            v.keepAlive
        } else if object != 0 {
            let v = Value(bits: object)
            let before = ladon_fetch_or8(&v.header.pointee.flags, HeaderFlags.finalized)
            if before & HeaderFlags.finalized == 0 { ladonHooks.finalize?(t, v) }
            v.keepAlive
        } else {
            break
        }
        ran += 1
    }
    t.pointee.finalizerDepth -= 1
    return ran
}

private func hasPythonFinalizer(_ cell: UInt) -> Bool { ladonHooks.hasPythonFinalizer?(Value(bits: cell)) ?? false }

/// At exit: every registered object is finalised, reachable or not, the latest first: those whose finalisers are Python code,
/// which may use the others, then the rest.
public func finalizeEverything(_ t: Thread) {
    let h = heap
    for round in 0 ..< 2 {
        stopTheWorld(t)
        forEachThreadStopped { flushFinalizables($0) }
        let list = h.pointee.finalizable
        var kept = Int(h.pointee.finalizableCount)
        var i = kept
        while i > 0 {
            i -= 1
            let cell = list.unsafelyUnwrapped[i]
            if round == 1 || hasPythonFinalizer(cell) { queueFinalizer(cell) } else { kept -= 1; list.unsafelyUnwrapped[kept] = cell }
        }
        // Those that stay have moved to the end, in their order.
        let n = Int(h.pointee.finalizableCount) - kept
        if round == 1 { h.pointee.finalizableCount = 0 } else {
            for k in 0 ..< n { list.unsafelyUnwrapped[k] = list.unsafelyUnwrapped[kept + k] }
            h.pointee.finalizableCount = UInt(n)
        }
        startTheWorld(t)
        runFinalizers(t)
    }
}
