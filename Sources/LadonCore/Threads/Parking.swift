// The parking lot: threads asleep on an address, in 256 buckets by its hash (the design of WebKit's WTF::ParkingLot).
//
// A bucket's mutex guards its queue and the park fields of the threads in it. A parked thread sleeps on its
// own parkWord, which whoever wakes it increments, and so does the signal handler for the main thread: the
// word is read before the conditions are tested, so no wake-up falls between test and sleep.
//
// Putting a thread to sleep and waking it takes tens of microseconds, most of them until a processor that has gone idle
// runs again. So a thread that waits for another one to do something (to start, to end, to notify it) looks out for that for
// a moment, detached, before it sleeps, if such waits were mostly short (`parkEstimate`, learned from each of them); and
// whoever wakes a thread that has not fallen asleep makes no system call. Who waits for a lock that others hold, or for room in a
// queue, sleeps at once: while he does, the others work undisturbed, and much faster than if both worked on the same memory.

import Glibc

@frozen public enum ParkResult {
    /// Another thread's unpark.
    case woken
    /// The word was not as expected; did not sleep.
    case changed
    case timedOut
    /// Main thread only: a signal waits for its handler. Come to a safepoint, then wait again.
    case interrupted
}

/// Values of parkState. From `queued` the thread itself goes on to `asleep`; the others are stored under the bucket's mutex.
private let idle: UInt32 = 0, queued: UInt32 = 1, released: UInt32 = 2, asleep: UInt32 = 3

/// Sleeps, detached, while `*word == expected`: until unpark, the deadline (ladon_monotonic() nanoseconds), or a signal.
@inline(never) public func park(_ t: Thread, _ word: UnsafeMutablePointer<UInt32>, _ expected: UInt32, _ deadline: UInt64? = nil,
                                looksOut: Bool = false) -> ParkResult {
    parkOn(t, UInt(bitPattern: word), deadline ?? .max, isIndefinite: deadline == nil, looksOut: looksOut) { ladon_load32_acquire(word) == expected }
}

/// Wakes up to `count` threads parked on `word`, the longest waiting first; how many.
@discardableResult
public func unpark(_ word: UnsafeMutablePointer<UInt32>, _ count: Int) -> Int {
    unparkAddress(UInt(bitPattern: word), count)
}

/// Sleeps until the deadline or a signal; never `.woken`.
public func sleepUntil(_ t: Thread, _ deadline: UInt64) -> ParkResult {
    parkOn(t, UInt(bitPattern: t) + 1, deadline, isIndefinite: false, looksOut: false) { true }
}

/// The general form: `isWanted` is tested under the bucket's mutex, before going to sleep. `ignoresSignals`: never `.interrupted`.
@inline(never) func parkOn(_ t: Thread, _ address: UInt, _ deadline: UInt64, isIndefinite: Bool, looksOut: Bool, ignoresSignals: Bool = false,
                          _ isWanted: () -> Bool) -> ParkResult {
    assertNoCellLock(t)
    // Finalisers that are due here would wait as long as this thread sleeps.
    if ladon_load32_relaxed(&t.pointee.pending) & SafepointRequest.finalizers.rawValue != 0 && isIndefinite {
        _ = ladon_fetch_and32(&t.pointee.pending, ~SafepointRequest.finalizers.rawValue)
        runPendingFinalizers(t)
    }
    var until = deadline
    // Most waits end soon, by what another process or a thread in a system call does: those don't pay for a collection.
    if isIndefinite && mayNeedIdleCollection(t) { until = min(until, ladon_monotonic() + idleGrace) }
    var result = ParkResult.timedOut
    while true {
        result = sleepOn(t, address, until, looksOut, ignoresSignals, isWanted)
        if result != .timedOut || until == deadline { break }
        until = deadline
        if let due = collectBeforeIdling(t) { until = min(until, due) }
    }
    endWatch(t)
    return result
}

@inline(never) private func sleepOn(_ t: Thread, _ address: UInt, _ deadline: UInt64, _ looksOut: Bool, _ ignoresSignals: Bool, _ isWanted: () -> Bool) -> ParkResult {
    let bucket = ladon_parking_bucket(address).unsafelyUnwrapped
    let isInterruptible = t.pointee.isMain != 0 && !ignoresSignals
    ladon_mutex_lock(&bucket.pointee.mutex)
    if !isWanted() {
        ladon_mutex_unlock(&bucket.pointee.mutex)
        return .changed
    }
    t.pointee.parkAddress = address
    t.pointee.parkState = queued
    t.pointee.parkToken = 0
    t.pointee.parkNext = nil
    t.pointee.parkPrevious = bucket.pointee.last
    t.pointee.parkSince = ladon_monotonic()
    if let last = bucket.pointee.last { last.pointee.parkNext = t } else { bucket.pointee.first = t }
    bucket.pointee.last = t
    ladon_mutex_unlock(&bucket.pointee.mutex)

    ladon_save_state(t)
    leaveExecution(t)
    let begin = t.pointee.attachedAt
    if looksOut && t.pointee.parkEstimate <= shortWait && heap.pointee.processors > 1 { lookOut(t, min(deadline, begin + longestLookOut)) }
    var result = ParkResult.woken
    while true {
        let seen = ladon_load32_acquire(&t.pointee.parkWord)
        if ladon_load32_acquire(&t.pointee.parkState) == released { break }
        if isInterruptible && ladon_signals_pending() {
            if withdraw(t, bucket) { result = .interrupted }
            break
        }
        // If this fails, it has been released meanwhile, by someone who saw it awake and will not wake it.
        if ladon_load32_relaxed(&t.pointee.parkState) != asleep && !ladon_cas32(&t.pointee.parkState, queued, asleep) { continue }
        if ladon_futex_wait(&t.pointee.parkWord, seen, deadline) == ETIMEDOUT {
            if withdraw(t, bucket) { result = .timedOut }
            break
        }
    }
    t.pointee.parkAddress = 0
    enterExecution(t)
    if looksOut { learn(t, begin) }
    return result
}

/// Waits (nanoseconds) that are typically longer are slept through from their beginning.
private let shortWait: UInt32 = 80_000
/// For how long a thread looks out at most.
private let longestLookOut: UInt64 = 40_000

/// Looks, until `end` at the latest, whether something has happened. False: it has not.
@inline(__always) func spin(until end: UInt64, _ hasHappened: () -> Bool) -> Bool {
    repeat {
        for _ in 0 ..< 16 {
            if hasHappened() { return true }
            ladon_cpu_relax()
        }
    } while ladon_monotonic() < end
    return false
}

/// Spins until the thread is released.
@inline(never) private func lookOut(_ t: Thread, _ end: UInt64) {
    if spin(until: end, { ladon_load32_relaxed(&t.pointee.parkState) != queued }) { return }
    // In vain: not again before several waits have turned out short.
    t.pointee.parkEstimate = 1_000_000
}

/// How long this wait was, until the thread ran again (which is now): a quarter of the new estimate.
private func learn(_ t: Thread, _ begin: UInt64) {
    let old = t.pointee.parkEstimate
    t.pointee.parkEstimate = old - old / 4 + UInt32(truncatingIfNeeded: min(t.pointee.attachedAt - begin, 1_000_000) / 4)
}

/// Leaves the queue; false when another thread has already taken this one out.
private func withdraw(_ t: Thread, _ bucket: UnsafeMutablePointer<ParkingBucket>) -> Bool {
    ladon_mutex_lock(&bucket.pointee.mutex)
    let mine = t.pointee.parkState != released
    if mine { removeFromBucket(t, bucket) }
    t.pointee.parkState = idle
    ladon_mutex_unlock(&bucket.pointee.mutex)
    return mine
}

private func removeFromBucket(_ t: Thread, _ bucket: UnsafeMutablePointer<ParkingBucket>) {
    if let p = t.pointee.parkPrevious { p.pointee.parkNext = t.pointee.parkNext } else { bucket.pointee.first = t.pointee.parkNext }
    if let n = t.pointee.parkNext { n.pointee.parkPrevious = t.pointee.parkPrevious } else { bucket.pointee.last = t.pointee.parkPrevious }
    t.pointee.parkNext = nil
    t.pointee.parkPrevious = nil
}

/// The first thread parked on `address`. Bucket's mutex held.
private func firstParked(_ address: UInt, _ bucket: UnsafeMutablePointer<ParkingBucket>) -> Thread? {
    var t = bucket.pointee.first
    while let thread = t, thread.pointee.parkAddress != address { t = thread.pointee.parkNext }
    return t
}

/// Takes `t` out and marks it woken. True: it sleeps, so the caller wakes parkWord after releasing the bucket.
private func release(_ t: Thread, _ bucket: UnsafeMutablePointer<ParkingBucket>, token: UInt32) -> Bool {
    removeFromBucket(t, bucket)
    t.pointee.parkToken = token
    let before = ladon_exchange32(&t.pointee.parkState, released)
    if before != asleep { return false }
    // It may have woken by itself, gone on, and wait elsewhere: then it looks at its conditions once more.
    _ = ladon_fetch_add32(&t.pointee.parkWord, 1)
    return true
}

@discardableResult
func unparkAddress(_ address: UInt, _ count: Int) -> Int {
    let bucket = ladon_parking_bucket(address).unsafelyUnwrapped
    var woken = 0
    while woken < count {
        // A few at a time, so that the wakes happen outside the bucket's mutex.
        var batch: (Thread?, Thread?, Thread?, Thread?, Thread?, Thread?, Thread?, Thread?) = (nil, nil, nil, nil, nil, nil, nil, nil)
        var n = 0, sleepers = 0
        withUnsafeMutablePointer(to: &batch) { raw in
            let list = UnsafeMutableRawPointer(raw).assumingMemoryBound(to: Thread?.self)
            ladon_mutex_lock(&bucket.pointee.mutex)
            while n < 8 && woken + n < count, let t = firstParked(address, bucket) {
                if release(t, bucket, token: 0) {
                    list[sleepers] = t
                    sleepers += 1
                }
                n += 1
            }
            ladon_mutex_unlock(&bucket.pointee.mutex)
            for i in 0 ..< sleepers { ladon_futex_wake(&list[i].unsafelyUnwrapped.pointee.parkWord, 1) }
        }
        woken += n
        if n < 8 { break }
    }
    return woken
}

/// Wakes one thread parked on `address`. `decide` runs under the bucket's mutex with that thread (nil: nobody
/// waits) and whether more wait, and answers the token it finds in its parkToken: where a lock changes its word.
func unparkOne(_ address: UInt, _ decide: (Thread?, Bool) -> UInt32) {
    let bucket = ladon_parking_bucket(address).unsafelyUnwrapped
    ladon_mutex_lock(&bucket.pointee.mutex)
    let found = firstParked(address, bucket)
    var more = false
    if let t = found {
        var other = t.pointee.parkNext
        while let o = other, o.pointee.parkAddress != address { other = o.pointee.parkNext }
        more = other != nil
    }
    let token = decide(found, more)
    let sleeps = found.map { release($0, bucket, token: token) } ?? false
    ladon_mutex_unlock(&bucket.pointee.mutex)
    if sleeps { ladon_futex_wake(&found.unsafelyUnwrapped.pointee.parkWord, 1) }
}

/// poll(2) detached; in the main thread a pending signal ends it. Ready count, or -errno (-EINTR: come to a safepoint).
public func blockingPoll(_ t: Thread, _ fds: UnsafeMutablePointer<pollfd>?, _ count: Int, _ deadline: UInt64? = nil) -> Int {
    let isMain = t.pointee.isMain != 0
    return blocking(t) { Int(ladon_poll(fds, UInt(count), deadline ?? .max, isMain)) }
}

/// In a forked child: nobody is parked.
func resetParking() {
    for i in 0 ..< Int(LADON_PARKING_BUCKETS) { ladon_parking_at(Int32(i)).pointee = ParkingBucket() }
    heap.pointee.watcher = 0
}

// MARK: collecting before the process falls asleep

/// How long everybody must have slept before that is looked into.
private let idleGrace: UInt64 = 5_000_000
/// A watcher that has been waiting for so long that its next look is this far away settles for an instant at which all sleep: a
/// thread that wakes up every few milliseconds must not keep finalisers from running for ever.
private let longestQuietWait: UInt64 = 160_000_000

/// Whether a collection could make something due that a sleeping process would wait for in vain.
@inline(__always) private func mayNeedIdleCollection(_ t: Thread) -> Bool {
    let h = heap
    // Read without their locks: what is missed here was registered by a thread that still runs, and looks itself.
    return t.pointee.finalizableCount != 0 || ladon_load_relaxed(&h.pointee.finalizableCount) != 0
        || ladon_load_relaxed(&h.pointee.callbackReferences) != 0 || ladon_load_relaxed(&h.pointee.registeredSinceCollection) != 0
}

/// The last attached thread waits without a deadline: an unreachable object's finaliser or a weak
/// reference's callback may be what would end the wait (`del executor`, then joining its threads). Collects
/// and runs them. A time: try again then, since the last collection was a moment ago, or since other threads still run (or did so
/// within `idleGrace`: threads that hand work to each other are all asleep at many an instant) and
/// this is the thread that watches them (whoever runs last may fall asleep elsewhere, in a system call). Nil: nothing to do.
private func collectBeforeIdling(_ t: Thread) -> UInt64? {
    let h = heap
    ladon_mutex_lock(&h.pointee.finalizerMutex)
    flushFinalizables(t)
    ladon_mutex_unlock(&h.pointee.finalizerMutex)
    if !mayNeedIdleCollection(t) { return nil }
    let now = ladon_monotonic()
    let isPatient = ladon_load_acquire(&h.pointee.watcher) != UInt(bitPattern: t) || h.pointee.watchPause < longestQuietWait
    if othersRun(t, since: isPatient ? now - idleGrace : .max) { return watch(t, now) }
    let isNew = h.pointee.registeredSinceCollection != 0
    let pause = max(h.pointee.lastPause * (isNew ? 10 : 50), isNew ? 5_000_000 : 100_000_000)
    let due = h.pointee.lastCollectionEnd + pause
    if now < due { return due }
    collectNow(t, precise: true)
    if ladon_load32_relaxed(&t.pointee.pending) & SafepointRequest.finalizers.rawValue != 0 {
        _ = ladon_fetch_and32(&t.pointee.pending, ~SafepointRequest.finalizers.rawValue)
        runPendingFinalizers(t)
    }
    return nil
}

/// One of the threads that sleep without a deadline looks again after 10 ms, 20 ms, … a second, until all sleep.
private func watch(_ t: Thread, _ now: UInt64) -> UInt64? {
    let h = heap
    let me = UInt(bitPattern: t)
    if ladon_load_acquire(&h.pointee.watcher) != me {
        if !ladon_cas(&h.pointee.watcher, 0, me) { return nil }
        h.pointee.watchPause = 5_000_000
    }
    h.pointee.watchPause = min(h.pointee.watchPause * 2, 1_000_000_000)
    return now + h.pointee.watchPause
}

private func endWatch(_ t: Thread) {
    let h = heap
    if ladon_load_relaxed(&h.pointee.watcher) == UInt(bitPattern: t) { ladon_store_release(&h.pointee.watcher, 0) }
}

/// Whether another thread runs, or did so after `time`.
private func othersRun(_ t: Thread, since time: UInt64) -> Bool {
    if runtimeState.pointee.gil != 0 && othersWaitForGIL(t) { return true }
    var found = false
    forEachThread(t) {
        if $0 == t { return }
        // When it last began or ceased to run; zero: it has only just been started and is about to.
        let changed = ladon_load_relaxed64(&$0.pointee.attachedAt)
        if changed == 0 || changed > time || ladon_load32_acquire(&$0.pointee.status) != ThreadStatus.detached { found = true }
    }
    return found
}
