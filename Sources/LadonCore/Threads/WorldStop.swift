// Stopping the world: after stopTheWorld returns, no other thread runs Python or touches a value until
// startTheWorld.
//
// The stopper asks every attached thread to stop at its next safepoint and turns detached ones to `stopped`, which
// makes their attaching wait; in both lock modes, since under the GIL other interpreters' threads run. A thread that
// has the GIL keeps it while it is stopped. Starting again attaches directly the threads that were attached or asked to be: each
// gets as far as one safepoint before it can be stopped once more, so repeated stops starve nobody.
//
// Status changes: attached <-> detached by the thread itself (compare-and-swap, exchange); detached ->
// stopped and back by the stopper; stopped -> waiting by the thread; waiting -> attached by the stopper.
// A thread stores its status before it loads `pending`, the stopper sets `pending` before it reads the
// status, both sequentially consistent: one of them sees the other's.

/// Stops all other threads of the world. Nests. Waits for its turn detached; the caller's values are where the collector finds them.
@inline(never) public func stopTheWorld(_ t: Thread) {
    t.pointee.stopDepth += 1
    if t.pointee.stopDepth > 1 { return }
    let s = threads
    while !ladon_cas32(&s.pointee.stopRight, 0, 1) {
        ladon_save_state(t)
        leaveExecution(t)
        // 2: somebody sleeps.
        while true {
            let seen = ladon_load32_acquire(&s.pointee.stopRight)
            if seen == 0 { break }
            if seen == 1 && !ladon_cas32(&s.pointee.stopRight, 1, 2) { continue }
            _ = ladon_futex_wait(&s.pointee.stopRight, 2, .max)
        }
        enterExecution(t)
    }
    let begin = ladon_monotonic()
    s.pointee.stopper = t
    var spins = 0
    while true {
        let events = ladon_load32_acquire(&s.pointee.stopEvents)
        var outstanding = 0
        ladon_mutex_lock(&s.pointee.mutex)
        forEachThreadStopped { other in
            if other == t { return }
            while true {
                let status = ladon_load32_acquire(&other.pointee.status)
                if status == ThreadStatus.detached {
                    if ladon_cas32(&other.pointee.status, ThreadStatus.detached, ThreadStatus.stopped) { return }
                    continue
                }
                if status != ThreadStatus.attached { return }
                if ladon_load32_relaxed(&other.pointee.pending) & SafepointRequest.stopWorld.rawValue == 0 {
                    _ = ladon_fetch_or32(&other.pointee.pending, SafepointRequest.stopWorld.rawValue)
                    ladon_fence()
                    continue
                }
                outstanding += 1
                return
            }
        }
        if outstanding == 0 { s.pointee.worldStopped = 1 }
        ladon_mutex_unlock(&s.pointee.mutex)
        if outstanding == 0 { break }
        // A thread between two safepoints needs well under a microsecond more, if it has a processor.
        while spins < 200 && ladon_load32_acquire(&s.pointee.stopEvents) == events {
            ladon_cpu_relax()
            spins += 1
        }
        if ladon_load32_acquire(&s.pointee.stopEvents) == events { _ = ladon_futex_wait(&s.pointee.stopEvents, events, .max) }
    }
    s.pointee.stops += 1
    t.pointee.worldStops += 1
    heap.pointee.lastStop = ladon_monotonic() - begin
}

/// Lets the others go on.
@inline(never) public func startTheWorld(_ t: Thread) {
    t.pointee.stopDepth -= 1
    if t.pointee.stopDepth > 0 { return }
    let s = threads
    ladon_mutex_lock(&s.pointee.mutex)
    s.pointee.worldStopped = 0
    s.pointee.stopper = nil
    forEachThreadStopped { other in
        if other == t { return }
        _ = ladon_fetch_and32(&other.pointee.pending, ~SafepointRequest.stopWorld.rawValue)
        if ladon_cas32(&other.pointee.status, ThreadStatus.stopped, ThreadStatus.detached) { return }
        if ladon_cas32(&other.pointee.status, ThreadStatus.waiting, ThreadStatus.attached) { ladon_futex_wake(&other.pointee.status, 1) }
    }
    ladon_mutex_unlock(&s.pointee.mutex)
    if ladon_exchange32(&s.pointee.stopRight, 0) == 2 { ladon_futex_wake(&s.pointee.stopRight, .max) }
}

/// Tells a thread that may be stopping the world to look at the others again.
func notifyStopper() {
    _ = ladon_fetch_add32(&threads.pointee.stopEvents, 1)
    ladon_futex_wake(&threads.pointee.stopEvents, 1)
}

/// At a safepoint: stops here until the world starts again.
@inline(never) func stopHere(_ t: Thread) {
    ladon_save_state(t)
    let s = threads
    let before = ladon_monotonic()
    ladon_mutex_lock(&s.pointee.mutex)
    _ = ladon_fetch_and32(&t.pointee.pending, ~SafepointRequest.stopWorld.rawValue)
    let wanted = s.pointee.stopper != nil && s.pointee.stopper != t && s.pointee.worldStopped == 0
    if wanted { ladon_store32_release(&t.pointee.status, ThreadStatus.waiting) }
    ladon_mutex_unlock(&s.pointee.mutex)
    if !wanted { return }
    t.pointee.heldNanoseconds += before - t.pointee.attachedAt
    notifyStopper()
    sleepUntilAttached(t)
    let now = ladon_monotonic()
    t.pointee.waitedNanoseconds += now - before
    t.pointee.attachedAt = now
}

/// The thread is detached or stopped and wants to attach.
func waitForWorld(_ t: Thread) {
    while true {
        if ladon_cas32(&t.pointee.status, ThreadStatus.detached, ThreadStatus.attached) { return }
        if ladon_cas32(&t.pointee.status, ThreadStatus.stopped, ThreadStatus.waiting) {
            sleepUntilAttached(t)
            return
        }
    }
}

private func sleepUntilAttached(_ t: Thread) {
    // Most stops are shorter than going to sleep and being woken (tens of microseconds), provided that the stopper has a processor.
    if threadCount() <= Int(heap.pointee.processors) + 1 {
        var spins = 0
        while spins < 2000 && ladon_load32_acquire(&t.pointee.status) == ThreadStatus.waiting {
            ladon_cpu_relax()
            spins += 1
        }
    }
    while ladon_load32_acquire(&t.pointee.status) == ThreadStatus.waiting {
        _ = ladon_futex_wait(&t.pointee.status, ThreadStatus.waiting, .max)
    }
}
