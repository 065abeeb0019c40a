// Who may run Python: the execution lock's two policies.
//
// Free: a thread runs while its status is `attached`; only a stopped world keeps it from attaching.
//
// GIL: the same, and before a thread attaches it takes its interpreter's lock, which it keeps until it has
// detached. (A stopped world does not take the lock away: its owner sleeps with it.) `owner` holds the owner's
// LadonThread. A free lock is taken by one compare-and-swap, by whoever comes first. Who finds it taken, and nobody
// waiting, looks for a few microseconds whether it becomes free: most owners only pass between two blocking calls. Waiters, detached, queue
// under the lock's mutex; the head of the queue sleeps for the switch interval and then asks the owner, through
// `pending`, to give way; at its next safepoint (or release) the owner hands the lock over to the head directly
// and queues itself. Threads back from a blocking call queue before those that gave way, so that they run soon;
// a thread that waited for eight intervals goes first in any case.
//
// `owner` is atomic; the queues, gilWord and gilSince are under the mutex; `waiters` is atomic, changed under
// the mutex. Release is an exchange followed by a load of `waiters`, enqueueing an increment followed by a
// compare-and-swap of `owner`: one of the two sees the other.

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
    becomeDetached(t)
    if runtimeState.pointee.gil != 0 { releaseGIL(t) }
}

@inline(__always) private func becomeDetached(_ t: Thread) {
    _ = ladon_exchange32(&t.pointee.status, ThreadStatus.detached)
    if ladon_load32_acquire(&t.pointee.pending) & SafepointRequest.stopWorld.rawValue != 0 { notifyStopper() }
}

/// Waits for the right to run.
func enterExecution(_ t: Thread) {
    let before = ladon_monotonic()
    t.pointee.blockedNanoseconds += before - t.pointee.attachedAt
    let waited = runtimeState.pointee.gil != 0 && !acquireGIL(t, queue: 0)
    if ladon_cas32(&t.pointee.status, ThreadStatus.detached, ThreadStatus.attached) {
        if !waited {
            t.pointee.attachedAt = before
            return
        }
    } else {
        waitForWorld(t)
    }
    let now = ladon_monotonic()
    t.pointee.waitedNanoseconds += now - before
    t.pointee.attachedAt = now
}

// MARK: GIL

private typealias Lock = UnsafeMutablePointer<ExecutionLock>

@inline(__always) private func executionLock(_ t: Thread) -> Lock { t.pointee.executionLock.unsafelyUnwrapped }

/// A lock for a further interpreter. Freed by `freeExecutionLock` when no thread has it any more.
public func makeExecutionLock() -> UnsafeMutablePointer<ExecutionLock> {
    let lock = UnsafeMutablePointer<ExecutionLock>.allocate(capacity: 1)
    lock.initialize(to: ExecutionLock())
    return lock
}
public func freeExecutionLock(_ lock: UnsafeMutablePointer<ExecutionLock>) { lock.deallocate() }

private func releaseGIL(_ t: Thread) {
    let lock = executionLock(t)
    if ladon_load32_relaxed(&t.pointee.pending) & SafepointRequest.dropGIL.rawValue != 0 {
        // The head has waited its interval: it must get the lock even if others are quicker to take it.
        _ = ladon_fetch_and32(&t.pointee.pending, ~SafepointRequest.dropGIL.rawValue)
        ladon_mutex_lock(&lock.pointee.mutex)
        let head = dequeueHead(lock)
        if let head { grant(lock, head) }
        ladon_mutex_unlock(&lock.pointee.mutex)
        if let head { ladon_futex_wake(&head.pointee.gilWord, 1); return }
    }
    _ = ladon_exchange(&lock.pointee.owner, 0)
    if ladon_load32_acquire(&lock.pointee.waiters) != 0 { wakeHead(lock) }
}

/// True when the lock was taken without waiting.
@discardableResult
private func acquireGIL(_ t: Thread, queue: Int) -> Bool {
    let lock = executionLock(t)
    if ladon_cas(&lock.pointee.owner, 0, UInt(bitPattern: t)) {
        tookGIL(lock, t)
        return true
    }
    if takeSoon(lock, t) {
        tookGIL(lock, t)
        return false
    }
    ladon_mutex_lock(&lock.pointee.mutex)
    enqueue(lock, t, queue)
    waitInQueue(lock, t)
    return false
}

/// Looks for 5 µs, which is less than going to sleep and being woken takes, whether the lock becomes free. Not past others that queue.
@inline(never) private func takeSoon(_ lock: Lock, _ t: Thread) -> Bool {
    if heap.pointee.processors == 1 { return false }
    var isTaken = false
    _ = spin(until: ladon_monotonic() + 5000) {
        if ladon_load32_acquire(&lock.pointee.waiters) != 0 { return true }
        isTaken = ladon_load_relaxed(&lock.pointee.owner) == 0 && ladon_cas(&lock.pointee.owner, 0, UInt(bitPattern: t))
        return isTaken
    }
    return isTaken
}

/// The mutex is held on entry, released on return; `t` is queued.
private func waitInQueue(_ lock: Lock, _ t: Thread) {
    var asked = false
    while true {
        if t.pointee.gilWord == granted { break }
        let isHead = queueHead(lock) == t
        if isHead && ladon_cas(&lock.pointee.owner, 0, UInt(bitPattern: t)) {
            _ = dequeueHead(lock)
            break
        }
        t.pointee.gilWord = asleep
        var deadline = UInt64.max
        if isHead {
            if asked { t.pointee.gilSince = ladon_monotonic() }
            asked = false
            deadline = t.pointee.gilSince + switchInterval
        }
        ladon_mutex_unlock(&lock.pointee.mutex)
        let result = ladon_futex_wait(&t.pointee.gilWord, asleep, deadline)
        ladon_mutex_lock(&lock.pointee.mutex)
        if result == ETIMEDOUT && t.pointee.gilWord == asleep && queueHead(lock) == t {
            // The owner can't end while the mutex is held: it would have to pass its queue.
            if let owner = Thread(bitPattern: ladon_load_acquire(&lock.pointee.owner)) { request(owner, .dropGIL) }
            asked = true
        }
    }
    // The next in line now counts its own interval.
    let next = queueHead(lock)
    if let next, next.pointee.gilWord == asleep { next.pointee.gilWord = look }
    ladon_mutex_unlock(&lock.pointee.mutex)
    if let next { ladon_futex_wake(&next.pointee.gilWord, 1) }
    tookGIL(lock, t)
}

private func tookGIL(_ lock: Lock, _ t: Thread) {
    if lock.pointee.lastOwner != t {
        lock.pointee.lastOwner = t
        lock.pointee.handOvers += 1
    }
}

private func enqueue(_ lock: Lock, _ t: Thread, _ queue: Int) {
    let now = ladon_monotonic()
    t.pointee.gilNext = nil
    t.pointee.gilSince = now
    t.pointee.gilEnqueued = now
    t.pointee.gilWord = asleep
    t.pointee.gilClass = UInt32(queue)
    if queue == 0 {
        if let last = lock.pointee.last.0 { last.pointee.gilNext = t } else { lock.pointee.first.0 = t }
        lock.pointee.last.0 = t
    } else {
        if let last = lock.pointee.last.1 { last.pointee.gilNext = t } else { lock.pointee.first.1 = t }
        lock.pointee.last.1 = t
    }
    _ = ladon_fetch_add32(&lock.pointee.waiters, 1)
    ladon_fence()
}

private func queueHead(_ lock: Lock) -> Thread? {
    guard let returning = lock.pointee.first.0 else { return lock.pointee.first.1 }
    if let patient = lock.pointee.first.1, returning.pointee.gilEnqueued > patient.pointee.gilEnqueued + 8 * switchInterval { return patient }
    return returning
}

private func dequeueHead(_ lock: Lock) -> Thread? {
    guard let head = queueHead(lock) else { return nil }
    if head.pointee.gilClass == 0 {
        lock.pointee.first.0 = head.pointee.gilNext
        if head.pointee.gilNext == nil { lock.pointee.last.0 = nil }
    } else {
        lock.pointee.first.1 = head.pointee.gilNext
        if head.pointee.gilNext == nil { lock.pointee.last.1 = nil }
    }
    head.pointee.gilNext = nil
    _ = ladon_fetch_add32(&lock.pointee.waiters, .max)
    if let next = queueHead(lock) { next.pointee.gilSince = ladon_monotonic() }
    return head
}

private func grant(_ lock: Lock, _ head: Thread) {
    ladon_store_release(&lock.pointee.owner, UInt(bitPattern: head))
    ladon_store32_release(&head.pointee.gilWord, granted)
}

private func wakeHead(_ lock: Lock) {
    ladon_mutex_lock(&lock.pointee.mutex)
    let head = queueHead(lock)
    let wake = head != nil && head.unsafelyUnwrapped.pointee.gilWord == asleep
    if wake { head.unsafelyUnwrapped.pointee.gilWord = look }
    ladon_mutex_unlock(&lock.pointee.mutex)
    if wake { ladon_futex_wake(&head.unsafelyUnwrapped.pointee.gilWord, 1) }
}

/// At a safepoint of the owner: hands the GIL to the head of the queue and waits for its own turn.
@inline(never) func giveWay(_ t: Thread) {
    _ = ladon_fetch_and32(&t.pointee.pending, ~SafepointRequest.dropGIL.rawValue)
    let lock = executionLock(t)
    if runtimeState.pointee.gil == 0 || ladon_load32_acquire(&lock.pointee.waiters) == 0 { return }
    ladon_save_state(t)
    let before = ladon_monotonic()
    ladon_mutex_lock(&lock.pointee.mutex)
    guard let head = dequeueHead(lock) else {
        ladon_mutex_unlock(&lock.pointee.mutex)
        return
    }
    t.pointee.heldNanoseconds += before - t.pointee.attachedAt
    t.pointee.handOvers += 1
    becomeDetached(t)
    enqueue(lock, t, 1)
    grant(lock, head)
    ladon_mutex_unlock(&lock.pointee.mutex)
    ladon_futex_wake(&head.pointee.gilWord, 1)
    ladon_mutex_lock(&lock.pointee.mutex)
    waitInQueue(lock, t)
    waitForWorld(t)
    let now = ladon_monotonic()
    t.pointee.waitedNanoseconds += now - before
    t.pointee.attachedAt = now
}

/// Whether another thread of the same interpreter waits for the GIL.
@inline(__always) func othersWaitForGIL(_ t: Thread) -> Bool { ladon_load32_acquire(&executionLock(t).pointee.waiters) != 0 }

/// Lets another thread run (`time.sleep(0)`).
@inline(never) public func yieldExecution(_ t: Thread) {
    if runtimeState.pointee.gil != 0 {
        if othersWaitForGIL(t) { giveWay(t) } else { blocking(t) { _ = sched_yield() } }
        return
    }
    blocking(t) { _ = sched_yield() }
}

/// In a forked child: the one thread owns the lock, nobody waits.
func resetExecutionLock(_ t: Thread) {
    let lock = executionLock(t)
    lock.pointee = ExecutionLock()
    lock.pointee.owner = runtimeState.pointee.gil != 0 ? UInt(bitPattern: t) : 0
    lock.pointee.lastOwner = t
}
