// threading.Event, Semaphore and BoundedSemaphore, natively, over the attributes that threading.py gives them: `_cond`, a
// Condition over a plain lock, and `_flag` or `_value` (`_initial_value`), read and written with that lock held. Where the
// parts are others, the Python methods run.

import LadonTypes

private struct Names {
    var cond = Value.raised, flag = Value.raised, value = Value.raised, initialValue = Value.raised, release = Value.raised
}

nonisolated(unsafe) private var names = Names()
nonisolated(unsafe) private var sites: AttributeSites! = nil
private enum Site { static let eventCond = 0, flag = 1, setFlag = 2, semaphoreCond = 3, value = 4, setValue = 5, initialValue = 6 }

private let originals = PerInterpreter<(set: Value, clear: Value, wait: Value, acquire: Value, enter: Value, release: Value, exit: Value, boundedRelease: Value)>(.event)

nonisolated(unsafe) private let records = (
    set: makeRecord(.method("set", "(self)", event_set,
        "Set the internal flag to true.\n\nAll threads waiting for it to become true are awakened. Threads\nthat call wait() once the flag is true will not block at all.")),
    clear: makeRecord(.method("clear", "(self)", event_clear,
        "Reset the internal flag to false.\n\nSubsequently, threads calling wait() will block until set() is called to\nset the internal flag to true again.")),
    wait: makeRecord(.method("wait", "(self, timeout=None)", event_wait,
        "Block until the internal flag is true.\n\nIf the internal flag is true on entry, return immediately. Otherwise,\nblock until another thread calls set() to set the flag to true, or until\nthe optional timeout, in seconds, has passed. False is returned then.").short(1) { t, a in wait(t, a[0], .none) }),
    acquire: makeRecord(.method("acquire", "(self, blocking=True, timeout=None)", semaphore_acquire, semaphoreDoc).short(1) { t, a in acquire(t, a[0], .true, .none) }),
    enter: makeRecord(.method("__enter__", "(self, blocking=True, timeout=None)", semaphore_acquire, semaphoreDoc).short(1) { t, a in acquire(t, a[0], .true, .none) }),
    release: makeRecord(.method("release", "(self, n=1)", semaphore_release,
        "Release a semaphore, incrementing the internal counter by one or more.\n\nWhen the counter is zero on entry and another thread is waiting for it\nto become larger than zero again, wake up that thread.").short(1) { t, a in release(t, a[0], .one, isBounded: false) }),
    exit: makeRecord(.method("__exit__", "(self, t, v, tb)", semaphore_exit).short(1, ignoresRest: true, semaphore_exit)),
    boundedRelease: makeRecord(.method("release", "(self, n=1)", boundedSemaphore_release,
        "Release a semaphore, incrementing the internal counter by one or more.\n\nIf the number of releases exceeds the number of acquires,\nraise a ValueError.").short(1) { t, a in release(t, a[0], .one, isBounded: true) })
)

private let semaphoreDoc: StaticString = "Acquire a semaphore, decrementing the internal counter by one.\n\nWhen the counter is zero on entry: block until some other thread has called\nrelease() (blocking true, no timeout), return False at once (blocking false),\nor block for at most timeout seconds. Returns whether the semaphore was acquired."

func amendEventAndSemaphore(_ t: Thread, _ dict: Value) -> Bool {
    if sites == nil {
        func text(_ s: StaticString) -> Value { lastingName(t, s) }
        names = Names(cond: text("_cond"), flag: text("_flag"), value: text("_value"), initialValue: text("_initial_value"), release: text("release"))
        sites = AttributeSites(t, count: 7)
    }
    let event = dictGetName(t, dict, intern(t, "Event")), semaphore = dictGetName(t, dict, intern(t, "Semaphore"))
    let bounded = dictGetName(t, dict, intern(t, "BoundedSemaphore"))
    if !isType(event) || !isType(semaphore) || !isType(bounded) { return true }
    return replaceMethod(t, event, records.set, &originals[t].pointee.set) && replaceMethod(t, event, records.clear, &originals[t].pointee.clear)
        && replaceMethod(t, event, records.wait, &originals[t].pointee.wait)
        && replaceMethod(t, semaphore, records.acquire, &originals[t].pointee.acquire) && replaceMethod(t, semaphore, records.enter, &originals[t].pointee.enter)
        && replaceMethod(t, semaphore, records.release, &originals[t].pointee.release) && replaceMethod(t, semaphore, records.exit, &originals[t].pointee.exit)
        && replaceMethod(t, bounded, records.boundedRelease, &originals[t].pointee.boundedRelease)
}

/// The plain lock and the queue of an object's condition; the lock 0: not an object for native code.
@inline(__always) private func parts(_ t: Thread, _ v: Value, _ site: Int) -> (lock: Value, waiters: Value) {
    let condition = orNothing(t, sites.load(t, v, names.cond, site))
    if !condition.isCell { return (.raised, .raised) }
    let lock = conditionLock(t, condition), waiters = conditionWaiters(t, condition)
    return lock.isExactly(.lock) && isPlainDeque(waiters) ? (lock, waiters) : (.raised, .raised)
}

// MARK: Event

private func event_set(_ t: Thread, _ a: Values) -> Value {
    let p = parts(t, a[0], Site.eventCond)
    if p.lock.bits == 0 { return call(t, originals[t].pointee.set, a[0]) }
    if acquireLock(t, p.lock) < 0 { return .raised }
    if sites.store(t, a[0], names.flag, .true, Site.setFlag) { return wakeAllAndRelease(t, p.waiters, p.lock) ? .none : .raised }
    _ = releaseLock(t, p.lock)
    return .raised
}

private func event_clear(_ t: Thread, _ a: Values) -> Value {
    let p = parts(t, a[0], Site.eventCond)
    if p.lock.bits == 0 { return call(t, originals[t].pointee.clear, a[0]) }
    if acquireLock(t, p.lock) < 0 { return .raised }
    let done = sites.store(t, a[0], names.flag, .false, Site.setFlag)
    _ = releaseLock(t, p.lock)
    return done ? .none : .raised
}

private func event_wait(_ t: Thread, _ a: Values) -> Value { wait(t, a[0], a[1]) }

private func wait(_ t: Thread, _ v: Value, _ timeout: Value) -> Value {
    if orNothing(t, sites.load(t, v, names.flag, Site.flag)).isTrue { return .true }
    let p = parts(t, v, Site.eventCond)
    if p.lock.bits == 0 { return call(t, originals[t].pointee.wait, v, timeout) }
    var end: UInt64? = nil
    if !timeout.isNone {
        guard let n = conditionTimeout(t, timeout) else { return .raised }
        end = deadline(after: n)
    }
    if acquireLock(t, p.lock) < 0 { return .raised }
    let flag = sites.load(t, v, names.flag, Site.flag)
    var result = flag
    if !flag.isRaised {
        let truth = isTrue(t, flag)
        if truth == 0 {
            let got = waitForNotification(t, p.lock, p.waiters, end)
            result = got < 0 ? .raised : Value(got == 1)
        } else if truth < 0 { result = .raised }
    }
    _ = releaseLock(t, p.lock)
    return result
}

// MARK: Semaphore

private func semaphore_acquire(_ t: Thread, _ a: Values) -> Value { acquire(t, a[0], a[1], a[2]) }

private func acquire(_ t: Thread, _ v: Value, _ blocking: Value, _ timeout: Value) -> Value {
    let p = parts(t, v, Site.semaphoreCond)
    if p.lock.bits == 0 { return call(t, originals[t].pointee.acquire, v, blocking, timeout) }
    let blocks = isTrue(t, blocking)
    if blocks < 0 { return .raised }
    if blocks == 0 && !timeout.isNone { return raise(t, .valueError, "can't specify timeout for non-blocking acquire") }
    if acquireLock(t, p.lock) < 0 { return .raised }
    let result = acquireHolding(t, v, p.lock, p.waiters, blocks == 1, timeout)
    _ = releaseLock(t, p.lock)
    return result
}

private func acquireHolding(_ t: Thread, _ v: Value, _ lock: Value, _ waiters: Value, _ blocks: Bool, _ timeout: Value) -> Value {
    var end: UInt64? = nil
    while true {
        let value = sites.load(t, v, names.value, Site.value)
        if value.isRaised { return .raised }
        if value.isSmallInt && value.smallInt != 0 {
            return sites.store(t, v, names.value, Value(smallInt: value.smallInt - 1), Site.setValue) ? .true : .raised
        }
        if !value.isSmallInt {
            let isZero = equal(t, value, Value(smallInt: 0))
            if isZero < 0 { return .raised }
            if isZero == 0 {
                let less = binaryOperation(t, value, .one, .subtract)
                return !less.isRaised && sites.store(t, v, names.value, less, Site.setValue) ? .true : .raised
            }
        }
        if !blocks { return .false }
        if !timeout.isNone {
            if end == nil {
                guard let n = conditionTimeout(t, timeout) else { return .raised }
                end = deadline(after: n)
            } else if end.unsafelyUnwrapped <= ladon_monotonic() { return .false }
        }
        if waitForNotification(t, lock, waiters, end) < 0 { return .raised }
    }
}

private func semaphore_release(_ t: Thread, _ a: Values) -> Value { release(t, a[0], a[1], isBounded: false) }
private func boundedSemaphore_release(_ t: Thread, _ a: Values) -> Value { release(t, a[0], a[1], isBounded: true) }

private func release(_ t: Thread, _ v: Value, _ n: Value, isBounded: Bool) -> Value {
    let p = parts(t, v, Site.semaphoreCond)
    if p.lock.bits == 0 || !n.isSmallInt { return call(t, isBounded ? originals[t].pointee.boundedRelease : originals[t].pointee.release, v, n) }
    if n.smallInt < 1 { return raise(t, .valueError, "n must be one or more") }
    if acquireLock(t, p.lock) < 0 { return .raised }
    let result = releaseHolding(t, v, p.waiters, n, isBounded)
    _ = releaseLock(t, p.lock)
    return result
}

private func releaseHolding(_ t: Thread, _ v: Value, _ waiters: Value, _ n: Value, _ isBounded: Bool) -> Value {
    let value = sites.load(t, v, names.value, Site.value)
    if value.isRaised { return .raised }
    let sum = binaryOperation(t, value, n, .add)
    if sum.isRaised { return .raised }
    if isBounded {
        let most = sites.load(t, v, names.initialValue, Site.initialValue)
        if most.isRaised { return .raised }
        let isTooMany = most.isSmallInt && sum.isSmallInt ? (sum.smallInt > most.smallInt ? 1 : 0) : lessThan(t, most, sum)
        if isTooMany != 0 { return isTooMany < 0 ? .raised : raise(t, .valueError, "Semaphore released too many times") }
    }
    return sites.store(t, v, names.value, sum, Site.setValue) && wakeWaiters(t, waiters, n.smallInt) ? .none : .raised
}

private func semaphore_exit(_ t: Thread, _ a: Values) -> Value {
    // By name: BoundedSemaphore and other subclasses have a `release` of their own.
    let found = lookupType(t, typeOf(a[0]), names.release)
    if found.isExactly(.methodDescriptor) {
        let record = found.asMethodDescriptor.pointee.record
        if record == records.release { return release(t, a[0], .one, isBounded: false) }
        if record == records.boundedRelease { return release(t, a[0], .one, isBounded: true) }
    }
    return callMethod(t, a[0], names.release).isRaised ? .raised : .none
}
