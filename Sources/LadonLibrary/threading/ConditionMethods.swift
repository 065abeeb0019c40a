// threading.Condition's methods, natively, over the objects that threading.py makes: `_lock`, and `_waiters`,
// a deque with one locked lock per waiting thread. A condition over anything but a plain lock or RLock, or one
// whose parts were replaced, goes to the Python method.

import LadonTypes

private struct ConditionNames {
    var lock = Value.raised, waiters = Value.raised
}

nonisolated(unsafe) private var names = ConditionNames()
nonisolated(unsafe) private var originals = (enter: Value.raised, exit: Value.raised, wait: Value.raised, notify: Value.raised, owned: Value.raised)

nonisolated(unsafe) private let enterRecord = makeRecord(.method("__enter__", "(self)", condition_enter))
nonisolated(unsafe) private let exitRecord = makeRecord(.method("__exit__", "(self, *args)", condition_exit))
nonisolated(unsafe) private let waitRecord = makeRecord(.method("wait", "(self, timeout=None)", condition_wait,
    "Wait until notified or until a timeout occurs.\n\nIf the calling thread has not acquired the lock when this method is\ncalled, a RuntimeError is raised. Returns False when the timeout was\nreached before a notification."))
nonisolated(unsafe) private let notifyRecord = makeRecord(.method("notify", "(self, n=1)", condition_notify,
    "Wake up one or more threads waiting on this condition, if any.\n\nIf the calling thread has not acquired the lock when this method is\ncalled, a RuntimeError is raised."))

/// The row of the table of amendments.
func amendThreading(_ t: Thread, _ dict: Value) -> Bool {
    names.lock = intern(t, "_lock")
    names.waiters = intern(t, "_waiters")
    makeImmortal(names.lock)
    makeImmortal(names.waiters)
    let condition = dictGetName(t, dict, intern(t, "Condition"))
    if !isType(condition) { return true }
    return replaceMethod(t, condition, enterRecord, &originals.enter) && replaceMethod(t, condition, exitRecord, &originals.exit)
        && replaceMethod(t, condition, waitRecord, &originals.wait) && replaceMethod(t, condition, notifyRecord, &originals.notify)
}

@inline(__always) func conditionLock(_ t: Thread, _ v: Value) -> Value { instanceAttribute(t, v, names.lock) }
@inline(__always) func conditionWaiters(_ t: Thread, _ v: Value) -> Value { instanceAttribute(t, v, names.waiters) }
@inline(__always) func isPlainDeque(_ v: Value) -> Bool { v.isCell && v.id == collectionsTypes.deque.unsafelyUnwrapped.pointee.id }

private func condition_enter(_ t: Thread, _ a: Values) -> Value {
    let lock = conditionLock(t, a[0])
    if lock.isExactly(.rlock) { return acquireRecursiveLock(t, lock) < 0 ? .raised : .true }
    if lock.isExactly(.lock) { return acquireLock(t, lock) < 0 ? .raised : .true }
    return call(t, originals.enter, a[0])
}

private func condition_exit(_ t: Thread, _ a: Values) -> Value {
    let lock = conditionLock(t, a[0])
    if lock.isExactly(.rlock) { return releaseRecursiveLock(t, lock) ? .none : raise(t, .runtimeError, "cannot release un-acquired lock") }
    if lock.isExactly(.lock) { return releaseLock(t, lock) ? .none : raise(t, .runtimeError, "release unlocked lock") }
    return callPrepending(t, originals.exit, a[0], a[1].tupleItems, a[1].tupleCount, .raised)
}

/// Whether the thread owns the condition's lock, as far as can be told.
@inline(__always) private func owns(_ t: Thread, _ lock: Value) -> Bool {
    lock.isExactly(.rlock) ? ladon_load_relaxed(&lock.asRecursiveLock.pointee.owner) == t.pointee.ident : isLockHeld(lock)
}

private func condition_wait(_ t: Thread, _ a: Values) -> Value {
    let lock = conditionLock(t, a[0]), waiters = conditionWaiters(t, a[0])
    if !(lock.isExactly(.rlock) || lock.isExactly(.lock)) || !isPlainDeque(waiters) { return call(t, originals.wait, a[0], a[1]) }
    if !owns(t, lock) { return raise(t, .runtimeError, "cannot wait on un-acquired lock") }
    var end: UInt64? = nil
    if !a[1].isNone {
        guard let n = conditionTimeout(t, a[1]) else { return .raised }
        end = deadline(after: n)
    }
    let waiter = makeLock(t)
    _ = tryAcquireLock(waiter)
    if !dequeAdd(t, waiters, waiter, left: false) { return raiseMemoryError(t) }
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
    let got = acquireLock(t, waiter, deadline: end)
    let first = got < 0 ? takeException(t) : .raised
    let second = acquireAgain(t, lock, count)
    if got != 1 { forgetWaiter(t, waiters, waiter) }
    let e = second.bits != 0 ? second : first
    if e.bits != 0 {
        restoreException(t, e)
        return .raised
    }
    return Value(got == 1)
}

/// Nanoseconds of a `wait`'s timeout; negative ones count as 0. nil: raised.
private func conditionTimeout(_ t: Thread, _ v: Value) -> Int? {
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

/// A thread that waited in vain takes its lock out of the queue, if nobody has.
func forgetWaiter(_ t: Thread, _ waiters: Value, _ waiter: Value) {
    _ = dequeRemove(t, waiters, identical: waiter)
}

private func condition_notify(_ t: Thread, _ a: Values) -> Value {
    let lock = conditionLock(t, a[0]), waiters = conditionWaiters(t, a[0])
    if !(lock.isExactly(.rlock) || lock.isExactly(.lock)) || !isPlainDeque(waiters) || !a[1].isSmallInt { return call(t, originals.notify, a[0], a[1]) }
    if !owns(t, lock) { return raise(t, .runtimeError, "cannot notify on un-acquired lock") }
    var n = a[1].smallInt
    while n > 0 {
        let waiter = dequeTake(t, waiters, left: true)
        if waiter.isMissing { break }
        if !waiter.isExactly(.lock) {
            if callMethod(t, waiter, intern(t, "release")).isRaised {
                if !exceptionMatches(t, .runtimeError) { return .raised }
                clearException(t)
                continue
            }
        } else if !releaseLock(t, waiter) { continue }
        n -= 1
    }
    return .none
}
