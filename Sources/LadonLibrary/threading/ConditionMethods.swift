// threading.Condition's methods, natively, over the objects that threading.py makes: `_lock`, and `_waiters`,
// a deque with one locked lock per waiting thread. A condition over anything but a plain lock or RLock, or one
// whose parts were replaced, goes to the Python method.

import LadonTypes

private struct ConditionNames {
    var lock = Value.raised, waiters = Value.raised, notify = Value.raised
}

nonisolated(unsafe) private var names = ConditionNames()
/// Sites of `_lock` and `_waiters`.
nonisolated(unsafe) private var sites: AttributeSites! = nil
private let originals = PerInterpreter<(enter: Value, exit: Value, wait: Value, notify: Value, notifyAll: Value)>(.condition)

nonisolated(unsafe) private let records = (
    enter: makeRecord(.method("__enter__", "(self)", condition_enter)),
    exit: makeRecord(.method("__exit__", "(self, *args)", condition_exit).short(1, ignoresRest: true, condition_leave)),
    wait: makeRecord(.method("wait", "(self, timeout=None)", condition_wait,
        "Wait until notified or until a timeout occurs.\n\nIf the calling thread has not acquired the lock when this method is\ncalled, a RuntimeError is raised. Returns False when the timeout was\nreached before a notification.")),
    notify: makeRecord(.method("notify", "(self, n=1)", condition_notify,
        "Wake up one or more threads waiting on this condition, if any.\n\nIf the calling thread has not acquired the lock when this method is\ncalled, a RuntimeError is raised.").short(1) { t, a in notify(t, a[0], .one) }),
    notifyAll: makeRecord(.method("notify_all", "(self)", condition_notifyAll,
        "Wake up all threads waiting on this condition.\n\nIf the calling thread has not acquired the lock when this method\nis called, a RuntimeError is raised."))
)

/// Condition's part of the amendment of `threading`. False: raised.
func amendCondition(_ t: Thread, _ dict: Value) -> Bool {
    if sites == nil {
        names = ConditionNames(lock: lastingName(t, "_lock"), waiters: lastingName(t, "_waiters"), notify: lastingName(t, "notify"))
        sites = AttributeSites(t, count: 2)
    }
    let condition = dictGetName(t, dict, intern(t, "Condition"))
    if !isType(condition) { return true }
    return replaceMethod(t, condition, records.enter, &originals[t].pointee.enter) && replaceMethod(t, condition, records.exit, &originals[t].pointee.exit)
        && replaceMethod(t, condition, records.wait, &originals[t].pointee.wait) && replaceMethod(t, condition, records.notify, &originals[t].pointee.notify)
        && replaceMethod(t, condition, records.notifyAll, &originals[t].pointee.notifyAll)
}

/// The parts of a condition; 0, with nothing raised, when it has none.
@inline(__always) func conditionLock(_ t: Thread, _ v: Value) -> Value { orNothing(t, sites.load(t, v, names.lock, 0)) }
@inline(__always) func conditionWaiters(_ t: Thread, _ v: Value) -> Value { orNothing(t, sites.load(t, v, names.waiters, 1)) }
@inline(__always) func orNothing(_ t: Thread, _ v: Value) -> Value {
    if v.isRaised { clearException(t) }
    return v
}
@inline(__always) func isPlainDeque(_ v: Value) -> Bool { v.isCell && v.id == collectionsTypes.deque.unsafelyUnwrapped.pointee.id }

private func condition_enter(_ t: Thread, _ a: Values) -> Value {
    let lock = conditionLock(t, a[0])
    if lock.isExactly(.rlock) { return acquireRecursiveLock(t, lock) < 0 ? .raised : .true }
    if lock.isExactly(.lock) { return acquireLock(t, lock) < 0 ? .raised : .true }
    return call(t, originals[t].pointee.enter, a[0])
}

private func condition_exit(_ t: Thread, _ a: Values) -> Value {
    let lock = conditionLock(t, a[0])
    if lock.isExactly(.rlock) || lock.isExactly(.lock) { return leave(t, lock) }
    return callPrepending(t, originals[t].pointee.exit, a[0], a[1].tupleItems, a[1].tupleCount, .raised)
}

private func condition_leave(_ t: Thread, _ a: Values) -> Value {
    let lock = conditionLock(t, a[0])
    if lock.isExactly(.rlock) || lock.isExactly(.lock) { return leave(t, lock) }
    return call(t, originals[t].pointee.exit, a[0], .none, .none, .none)
}

private func leave(_ t: Thread, _ lock: Value) -> Value {
    if lock.isExactly(.rlock) { return releaseRecursiveLock(t, lock) ? .none : raise(t, .runtimeError, "cannot release un-acquired lock") }
    return releaseLock(t, lock) ? .none : raise(t, .runtimeError, "release unlocked lock")
}

/// Whether the thread owns the condition's lock, as far as can be told.
@inline(__always) private func owns(_ t: Thread, _ lock: Value) -> Bool {
    lock.isExactly(.rlock) ? ladon_load_relaxed(&lock.asRecursiveLock.pointee.owner) == t.pointee.ident : isLockHeld(lock)
}

private func condition_wait(_ t: Thread, _ a: Values) -> Value {
    let lock = conditionLock(t, a[0]), waiters = conditionWaiters(t, a[0])
    if !(lock.isExactly(.rlock) || lock.isExactly(.lock)) || !isPlainDeque(waiters) { return call(t, originals[t].pointee.wait, a[0], a[1]) }
    if !owns(t, lock) { return raise(t, .runtimeError, "cannot wait on un-acquired lock") }
    var end: UInt64? = nil
    if !a[1].isNone {
        guard let n = conditionTimeout(t, a[1]) else { return .raised }
        end = deadline(after: n)
    }
    let got = waitForNotification(t, lock, waiters, end)
    return got < 0 ? .raised : Value(got == 1)
}

/// Waits in a condition's queue with its lock released; the lock is held before and after. 1 notified, 0 too late, -1 raised.
func waitForNotification(_ t: Thread, _ lock: Value, _ waiters: Value, _ end: UInt64?) -> Truth {
    let waiter = makeSignalLock(t)
    if !dequeAdd(t, waiters, waiter, left: false) {
        raiseMemoryError(t)
        return -1
    }
    var count = 1
    if lock.isExactly(.rlock) {
        let c = lock.asRecursiveLock
        count = c.pointee.count
        c.pointee.count = 0
        ladon_store_relaxed(&c.pointee.owner, 0)
        NativeMutex(&c.pointee.word).release(t)
    } else {
        _ = releaseLock(t, lock)
    }
    // With no time to wait, only the lock is let go for a moment: nobody sleeps, or gives the GIL away.
    let isOver = end.map { $0 <= ladon_monotonic() } ?? false
    let got = isOver ? (tryAcquireLock(waiter) ? 1 : 0) : acquireLock(t, waiter, deadline: end)
    let first = got < 0 ? takeException(t) : .raised
    let second = acquireAgain(t, lock, count)
    if got != 1 { forgetWaiter(t, waiters, waiter) }
    let e = second.bits != 0 ? second : first
    if e.bits != 0 {
        restoreException(t, e)
        return -1
    }
    return got
}

/// Nanoseconds of a `wait`'s timeout; negative ones count as 0. nil: raised.
func conditionTimeout(_ t: Thread, _ v: Value) -> Int? {
    guard let n = nanoseconds(t, v, .ceiling) else { return nil }
    if n > longestTimeout {
        raise(t, .overflowError, "timeout value is too large")
        return nil
    }
    return max(n, 0)
}

/// Takes the condition's lock again whatever comes; an exception that a signal handler raised meanwhile, or 0.
func acquireAgain(_ t: Thread, _ lock: Value, _ count: Int = 1) -> Value {
    var pending = Value.raised
    let isRecursive = lock.isExactly(.rlock)
    while (isRecursive ? acquireRecursiveLock(t, lock) : acquireLock(t, lock)) < 0 {
        let e = takeException(t)
        if pending.bits == 0 { pending = e }
    }
    if isRecursive { lock.asRecursiveLock.pointee.count = count }
    return pending
}

/// A thread that waited in vain takes its lock out of the queue. False: somebody has, to wake it.
@discardableResult func forgetWaiter(_ t: Thread, _ waiters: Value, _ waiter: Value) -> Bool { dequeRemove(t, waiters, identical: waiter) }

private func condition_notify(_ t: Thread, _ a: Values) -> Value { notify(t, a[0], a[1]) }

private func notify(_ t: Thread, _ v: Value, _ count: Value) -> Value {
    let lock = conditionLock(t, v), waiters = conditionWaiters(t, v)
    if !(lock.isExactly(.rlock) || lock.isExactly(.lock)) || !isPlainDeque(waiters) || !count.isSmallInt { return call(t, originals[t].pointee.notify, v, count) }
    if !owns(t, lock) { return raise(t, .runtimeError, "cannot notify on un-acquired lock") }
    return wakeWaiters(t, waiters, count.smallInt) ? .none : .raised
}

private func condition_notifyAll(_ t: Thread, _ a: Values) -> Value {
    let lock = conditionLock(t, a[0]), waiters = conditionWaiters(t, a[0])
    // A class with a `notify` of its own is asked.
    if !(lock.isExactly(.rlock) || lock.isExactly(.lock)) || !isPlainDeque(waiters) || !notifiesNatively(t, a[0]) { return call(t, originals[t].pointee.notifyAll, a[0]) }
    if !owns(t, lock) { return raise(t, .runtimeError, "cannot notify on un-acquired lock") }
    return wakeWaiters(t, waiters, .max) ? .none : .raised
}

private func notifiesNatively(_ t: Thread, _ v: Value) -> Bool {
    let found = lookupType(t, typeOf(v), names.notify)
    return found.isExactly(.methodDescriptor) && found.asMethodDescriptor.pointee.record == records.notify
}

/// Wakes everybody who waits in a condition's queue and lets go of its lock, a plain one, which is held. A single thread is woken
/// once the lock is free, so that it does not run into it. False: raised.
func wakeAllAndRelease(_ t: Thread, _ waiters: Value, _ lock: Value) -> Bool {
    let only = dequeCell(waiters).pointee.count == 1 ? dequeTake(t, waiters, left: true) : .missing
    if only.isExactly(.lock) {
        _ = releaseLock(t, lock)
        _ = releaseLock(t, only)
        return true
    }
    let done = (only.isMissing || wakeWaiter(t, only) >= 0) && wakeWaiters(t, waiters, .max)
    _ = releaseLock(t, lock)
    return done
}

/// Wakes up to `count` threads that wait in a condition's queue, its lock held. False: raised.
func wakeWaiters(_ t: Thread, _ waiters: Value, _ count: Int) -> Bool {
    var n = count
    while n > 0 {
        let waiter = dequeTake(t, waiters, left: true)
        if waiter.isMissing { break }
        let woken = wakeWaiter(t, waiter)
        if woken < 0 { return false }
        n -= woken
    }
    return true
}

/// 1; 0: it was no waiting thread's lock; -1: raised.
private func wakeWaiter(_ t: Thread, _ waiter: Value) -> Truth {
    if waiter.isExactly(.lock) { return releaseLock(t, waiter) ? 1 : 0 }
    if !callMethod(t, waiter, intern(t, "release")).isRaised { return 1 }
    if !exceptionMatches(t, .runtimeError) { return -1 }
    clearException(t)
    return 0
}
