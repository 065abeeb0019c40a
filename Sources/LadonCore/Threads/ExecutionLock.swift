// Who may run Python: the execution lock's two policies.
//
// Free: a thread runs while its status is `attached`; only a stopped world keeps it from attaching.
//
// GIL: gilOwner holds the owner's LadonThread. A free lock is taken by one compare-and-swap, by whoever
// comes first. Waiters queue under gilMutex; the head of the queue sleeps for the switch interval and then
// asks the owner, through `pending`, to give way; at its next safepoint (or release) the owner hands the lock
// over to the head directly and queues itself. Threads back from a blocking call queue before those that
// gave way, so that they run soon; a thread that waited for eight intervals goes first in any case.
//
// gilOwner is atomic; the queues, gilWord and gilSince are under gilMutex; gilWaiters is atomic, changed
// under gilMutex. Release is an exchange followed by a load of gilWaiters, enqueueing an increment followed
// by a compare-and-swap of gilOwner: one of the two sees the other.

import Glibc

/// Nanoseconds for which a thread keeps the GIL while another waits.
public var switchInterval: UInt64 { ladon_load_relaxed64(&threads.pointee.switchInterval) }
public func setSwitchInterval(_ nanoseconds: UInt64) { ladon_store_relaxed64(&threads.pointee.switchInterval, max(1000, nanoseconds)) }

private let asleep: UInt32 = 0, look: UInt32 = 1, granted: UInt32 = 2

/// Gives up the right to run. State saved (`ladon_save_state`) in a frame that lives until enterExecution.
func leaveExecution(_ t: Thread) {
    let now = ladon_monotonic()
    t.pointee.heldNanoseconds += now - t.pointee.attachedAt
    t.pointee.attachedAt = now
    if runtimeState.pointee.gil != 0 {
        ladon_store32_release(&t.pointee.status, ThreadStatus.detached)
        releaseGIL(t)
        return
    }
    _ = ladon_exchange32(&t.pointee.status, ThreadStatus.detached)
    if ladon_load32_acquire(&t.pointee.pending) & SafepointRequest.stopWorld.rawValue != 0 { notifyStopper() }
}

/// Waits for the right to run.
func enterExecution(_ t: Thread) {
    let before = ladon_monotonic()
    t.pointee.blockedNanoseconds += before - t.pointee.attachedAt
    if runtimeState.pointee.gil != 0 {
        if acquireGIL(t, queue: 0) {
            t.pointee.attachedAt = before
        } else {
            let now = ladon_monotonic()
            t.pointee.waitedNanoseconds += now - before
            t.pointee.attachedAt = now
        }
        ladon_store32_relaxed(&t.pointee.status, ThreadStatus.attached)
        return
    }
    if ladon_cas32(&t.pointee.status, ThreadStatus.detached, ThreadStatus.attached) {
        t.pointee.attachedAt = before
        return
    }
    waitForWorld(t)
    let now = ladon_monotonic()
    t.pointee.waitedNanoseconds += now - before
    t.pointee.attachedAt = now
}

// MARK: GIL

private func releaseGIL(_ t: Thread) {
    let s = threads
    if ladon_load32_relaxed(&t.pointee.pending) & SafepointRequest.dropGIL.rawValue != 0 {
        // The head has waited its interval: it must get the lock even if others are quicker to take it.
        _ = ladon_fetch_and32(&t.pointee.pending, ~SafepointRequest.dropGIL.rawValue)
        ladon_mutex_lock(&s.pointee.gilMutex)
        let head = dequeueHead()
        if let head { grant(head) }
        ladon_mutex_unlock(&s.pointee.gilMutex)
        if let head { ladon_futex_wake(&head.pointee.gilWord, 1); return }
    }
    _ = ladon_exchange(&s.pointee.gilOwner, 0)
    if ladon_load32_acquire(&s.pointee.gilWaiters) != 0 { wakeHead() }
}

/// True when the lock was taken without waiting.
@discardableResult
private func acquireGIL(_ t: Thread, queue: Int) -> Bool {
    let s = threads
    if ladon_cas(&s.pointee.gilOwner, 0, UInt(bitPattern: t)) {
        tookGIL(t)
        return true
    }
    ladon_mutex_lock(&s.pointee.gilMutex)
    enqueue(t, queue)
    waitInQueue(t)
    return false
}

/// gilMutex held on entry, released on return; `t` is queued.
private func waitInQueue(_ t: Thread) {
    let s = threads
    var asked = false
    while true {
        if t.pointee.gilWord == granted { break }
        let isHead = queueHead() == t
        if isHead && ladon_cas(&s.pointee.gilOwner, 0, UInt(bitPattern: t)) {
            _ = dequeueHead()
            break
        }
        t.pointee.gilWord = asleep
        var deadline = UInt64.max
        if isHead {
            if asked { t.pointee.gilSince = ladon_monotonic() }
            asked = false
            deadline = t.pointee.gilSince + switchInterval
        }
        ladon_mutex_unlock(&s.pointee.gilMutex)
        let result = ladon_futex_wait(&t.pointee.gilWord, asleep, deadline)
        ladon_mutex_lock(&s.pointee.gilMutex)
        if result == ETIMEDOUT && t.pointee.gilWord == asleep && queueHead() == t {
            // The owner can't end while gilMutex is held: it would have to pass its queue.
            if let owner = Thread(bitPattern: ladon_load_acquire(&s.pointee.gilOwner)) { request(owner, .dropGIL) }
            asked = true
        }
    }
    // The next in line now counts its own interval.
    let next = queueHead()
    if let next, next.pointee.gilWord == asleep { next.pointee.gilWord = look }
    ladon_mutex_unlock(&s.pointee.gilMutex)
    if let next { ladon_futex_wake(&next.pointee.gilWord, 1) }
    tookGIL(t)
}

private func tookGIL(_ t: Thread) {
    let s = threads
    if s.pointee.gilLastOwner != t {
        s.pointee.gilLastOwner = t
        s.pointee.gilHandOvers += 1
    }
}

private func enqueue(_ t: Thread, _ queue: Int) {
    let s = threads
    let now = ladon_monotonic()
    t.pointee.gilNext = nil
    t.pointee.gilSince = now
    t.pointee.gilEnqueued = now
    t.pointee.gilWord = asleep
    t.pointee.gilClass = UInt32(queue)
    if queue == 0 {
        if let last = s.pointee.gilLast.0 { last.pointee.gilNext = t } else { s.pointee.gilFirst.0 = t }
        s.pointee.gilLast.0 = t
    } else {
        if let last = s.pointee.gilLast.1 { last.pointee.gilNext = t } else { s.pointee.gilFirst.1 = t }
        s.pointee.gilLast.1 = t
    }
    _ = ladon_fetch_add32(&s.pointee.gilWaiters, 1)
    ladon_fence()
}

private func queueHead() -> Thread? {
    let s = threads
    guard let returning = s.pointee.gilFirst.0 else { return s.pointee.gilFirst.1 }
    if let patient = s.pointee.gilFirst.1, returning.pointee.gilEnqueued > patient.pointee.gilEnqueued + 8 * switchInterval { return patient }
    return returning
}

private func dequeueHead() -> Thread? {
    let s = threads
    guard let head = queueHead() else { return nil }
    if head.pointee.gilClass == 0 {
        s.pointee.gilFirst.0 = head.pointee.gilNext
        if head.pointee.gilNext == nil { s.pointee.gilLast.0 = nil }
    } else {
        s.pointee.gilFirst.1 = head.pointee.gilNext
        if head.pointee.gilNext == nil { s.pointee.gilLast.1 = nil }
    }
    head.pointee.gilNext = nil
    _ = ladon_fetch_add32(&s.pointee.gilWaiters, .max)
    if let next = queueHead() { next.pointee.gilSince = ladon_monotonic() }
    return head
}

private func grant(_ head: Thread) {
    ladon_store_release(&threads.pointee.gilOwner, UInt(bitPattern: head))
    ladon_store32_release(&head.pointee.gilWord, granted)
}

private func wakeHead() {
    let s = threads
    ladon_mutex_lock(&s.pointee.gilMutex)
    let head = queueHead()
    let wake = head != nil && head.unsafelyUnwrapped.pointee.gilWord == asleep
    if wake { head.unsafelyUnwrapped.pointee.gilWord = look }
    ladon_mutex_unlock(&s.pointee.gilMutex)
    if wake { ladon_futex_wake(&head.unsafelyUnwrapped.pointee.gilWord, 1) }
}

/// At a safepoint of the owner: hands the GIL to the head of the queue and waits for its own turn.
@inline(never) func giveWay(_ t: Thread) {
    _ = ladon_fetch_and32(&t.pointee.pending, ~SafepointRequest.dropGIL.rawValue)
    let s = threads
    if runtimeState.pointee.gil == 0 || ladon_load32_acquire(&s.pointee.gilWaiters) == 0 { return }
    ladon_save_state(t)
    let before = ladon_monotonic()
    ladon_mutex_lock(&s.pointee.gilMutex)
    guard let head = dequeueHead() else {
        ladon_mutex_unlock(&s.pointee.gilMutex)
        return
    }
    t.pointee.heldNanoseconds += before - t.pointee.attachedAt
    t.pointee.handOvers += 1
    ladon_store32_release(&t.pointee.status, ThreadStatus.detached)
    enqueue(t, 1)
    grant(head)
    ladon_mutex_unlock(&s.pointee.gilMutex)
    ladon_futex_wake(&head.pointee.gilWord, 1)
    ladon_mutex_lock(&s.pointee.gilMutex)
    waitInQueue(t)
    let now = ladon_monotonic()
    t.pointee.waitedNanoseconds += now - before
    t.pointee.attachedAt = now
    ladon_store32_relaxed(&t.pointee.status, ThreadStatus.attached)
}

/// Lets another thread run (`time.sleep(0)`).
@inline(never) public func yieldExecution(_ t: Thread) {
    if runtimeState.pointee.gil != 0 {
        if ladon_load32_acquire(&threads.pointee.gilWaiters) != 0 { giveWay(t) } else { blocking(t) { _ = sched_yield() } }
        return
    }
    blocking(t) { _ = sched_yield() }
}

/// In a forked child: the one thread owns the lock, nobody waits.
func resetExecutionLock(_ t: Thread) {
    let s = threads
    s.pointee.gilOwner = runtimeState.pointee.gil != 0 ? UInt(bitPattern: t) : 0
    s.pointee.gilMutex = RawMutex(word: 0)
    s.pointee.gilWaiters = 0
    s.pointee.gilFirst = (nil, nil)
    s.pointee.gilLast = (nil, nil)
    s.pointee.gilLastOwner = t
}
