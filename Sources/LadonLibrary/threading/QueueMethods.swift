// queue.Queue's put and get, natively, over the objects that queue.py makes: `mutex`, the conditions
// `not_empty` and `not_full` (each a threading.Condition over the mutex), the deque `queue`, `maxsize` and
// `unfinished_tasks`. Queues that override _put, _get or _qsize, or whose parts are of other types, go to the
// Python methods.
//
// A thread that is to be woken is taken out of the condition under the mutex but woken after it is released,
// so that it does not run into it.

import LadonTypes

private struct QueueNames {
    var mutex = Value.raised, notEmpty = Value.raised, notFull = Value.raised, queue = Value.raised
    var maxsize = Value.raised, unfinished = Value.raised, put = Value.raised, get = Value.raised, qsize = Value.raised
}

nonisolated(unsafe) private var names = QueueNames()
/// The Python methods: put and get replaced, the other three to compare with.
nonisolated(unsafe) private var originals = (put: Value.raised, get: Value.raised, innerPut: Value.raised, innerGet: Value.raised, qsize: Value.raised,
                                             full: Value.raised, empty: Value.raised)

nonisolated(unsafe) private let putRecord = makeRecord(.method("put", "(self, item, block=True, timeout=None)", queue_put,
    "Put an item into the queue.\n\nIf optional args 'block' is true and 'timeout' is None (the default),\nblock if necessary until a free slot is available. If 'timeout' is a\nnon-negative number, at most that many seconds, after which Full is raised.\nOtherwise ('block' is false) Full is raised at once when there is no free slot."))
nonisolated(unsafe) private let getRecord = makeRecord(.method("get", "(self, block=True, timeout=None)", queue_get,
    "Remove and return an item from the queue.\n\nIf optional args 'block' is true and 'timeout' is None (the default),\nblock if necessary until an item is available. If 'timeout' is a\nnon-negative number, at most that many seconds, after which Empty is raised.\nOtherwise ('block' is false) Empty is raised at once when there is no item."))

/// The row of the table of amendments.
func amendQueue(_ t: Thread, _ dict: Value) -> Bool {
    func text(_ s: StaticString) -> Value {
        let v = internStatic(t, s)
        makeImmortal(v)
        return v
    }
    names = QueueNames(mutex: text("mutex"), notEmpty: text("not_empty"), notFull: text("not_full"), queue: text("queue"), maxsize: text("maxsize"),
                       unfinished: text("unfinished_tasks"), put: text("_put"), get: text("_get"), qsize: text("_qsize"))
    let queue = dictGetName(t, dict, intern(t, "Queue"))
    if !isType(queue) || collectionsTypes.deque == nil { return true }
    func keep(_ slot: UnsafeMutablePointer<Value>, _ v: Value) {
        if slot.pointee.bits == 0 { addRoot(slot) }
        slot.pointee = v
    }
    keep(&originals.innerPut, lookupType(t, queue.asType, names.put))
    keep(&originals.innerGet, lookupType(t, queue.asType, names.get))
    keep(&originals.qsize, lookupType(t, queue.asType, names.qsize))
    keep(&originals.full, dictGetName(t, dict, intern(t, "Full")))
    keep(&originals.empty, dictGetName(t, dict, intern(t, "Empty")))
    return replaceMethod(t, queue, putRecord, &originals.put) && replaceMethod(t, queue, getRecord, &originals.get)
}

/// The parts of a queue that native code can work on.
private struct Parts {
    var mutex = Value.raised, items = Value.raised, notEmpty = Value.raised, notFull = Value.raised
}

/// The deque of a condition's waiters if the condition is a plain one over `mutex`; 0: it isn't.
@inline(__always) private func waiters(_ t: Thread, _ condition: Value, _ mutex: Value) -> Value {
    if !condition.isCell || conditionLock(t, condition) != mutex { return .raised }
    let found = conditionWaiters(t, condition)
    return isPlainDeque(found) ? found : .raised
}

/// False: not a queue for native code.
@inline(__always) private func find(_ t: Thread, _ v: Value, _ p: inout Parts) -> Bool {
    let type = typeOf(v)
    if lookupType(t, type, names.put) != originals.innerPut || lookupType(t, type, names.get) != originals.innerGet
        || lookupType(t, type, names.qsize) != originals.qsize { return false }
    p.mutex = instanceAttribute(t, v, names.mutex)
    p.items = instanceAttribute(t, v, names.queue)
    if !p.mutex.isExactly(.lock) || !isPlainDeque(p.items) { return false }
    p.notEmpty = waiters(t, instanceAttribute(t, v, names.notEmpty), p.mutex)
    p.notFull = waiters(t, instanceAttribute(t, v, names.notFull), p.mutex)
    return p.notEmpty.bits != 0 && p.notFull.bits != 0
}

/// Looks for a moment, where threads run at the same time, whether the other side is about to do what would be waited for.
@inline(__always) private func lookAround(_ isDone: () -> Bool) {
    if ladon_runtime.gil != 0 { return }
    for _ in 0 ..< 60 {
        if isDone() { return }
        ladon_cpu_relax()
    }
}

private enum Turn { case ready, timedOut, raised }

/// Waits in a condition's queue, mutex held before and after. `.ready`: look again.
private func waitTurn(_ t: Thread, _ mutex: Value, _ waiters: Value, _ end: UInt64?) -> Turn {
    let waiter = makeLock(t)
    _ = tryAcquireLock(waiter)
    if !dequeAdd(t, waiters, waiter, left: false) {
        raiseMemoryError(t)
        return .raised
    }
    _ = releaseLock(t, mutex)
    let got = acquireLock(t, waiter, deadline: end)
    let first = got < 0 ? takeException(t) : .raised
    let second = acquireAgain(t, mutex)
    if got != 1 { forgetWaiter(t, waiters, waiter) }
    let e = second.bits != 0 ? second : first
    if e.bits != 0 {
        restoreException(t, e)
        // A wake-up that came too late for this thread is the next one's.
        if isLockHeld(waiter) == false && got != 1 { wake(t, dequeTake(t, waiters, left: true)) }
        return .raised
    }
    return got == 1 ? .ready : .timedOut
}

@inline(__always) private func wake(_ t: Thread, _ waiter: Value) {
    if waiter.isExactly(.lock) { _ = releaseLock(t, waiter) }
}

/// The end of a wait with that timeout; nil: raised.
private func endOfWait(_ t: Thread, _ timeout: Value) -> UInt64? {
    guard let n = nanoseconds(t, timeout, .ceiling) else { return nil }
    if n < 0 {
        raise(t, .valueError, "'timeout' must be a non-negative number")
        return nil
    }
    return deadline(after: n)
}

private func queue_put(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    var p = Parts()
    if !find(t, v, &p) { return call(t, originals.put, a[0], a[1], a[2], a[3]) }
    let maxsize = instanceAttribute(t, v, names.maxsize)
    if !maxsize.isSmallInt || !(a[2].isBool || a[2].isSmallInt) { return call(t, originals.put, a[0], a[1], a[2], a[3]) }
    let limit = maxsize.smallInt
    let block = isTrue(t, a[2]) == 1
    let count = { dequeCell(p.items).pointee.count }
    if block && limit > 0 && count() >= limit { lookAround { count() < limit } }
    if acquireLock(t, p.mutex) < 0 { return .raised }
    if limit > 0 && count() >= limit {
        var end: UInt64? = nil
        if !block {
            _ = releaseLock(t, p.mutex)
            return raiseValue(t, originals.full)
        }
        if !a[3].isNone {
            end = endOfWait(t, a[3])
            if end == nil {
                _ = releaseLock(t, p.mutex)
                return .raised
            }
        }
        while count() >= limit {
            let turn = end.map { $0 <= ladon_monotonic() } ?? false ? .timedOut : waitTurn(t, p.mutex, p.notFull, end)
            if turn == .ready { continue }
            if turn == .timedOut && count() < limit { break }
            _ = releaseLock(t, p.mutex)
            return turn == .raised ? .raised : raiseValue(t, originals.full)
        }
    } else if limit > 0 && block && !a[3].isNone && endOfWait(t, a[3]) == nil {
        _ = releaseLock(t, p.mutex)
        return .raised
    }
    var done = dequeAdd(t, p.items, a[1], left: false)
    if !done { raiseMemoryError(t) }
    if done {
        let unfinished = instanceAttribute(t, v, names.unfinished)
        let next = unfinished.isSmallInt ? Value(smallInt: unfinished.smallInt + 1)
            : unfinished.isMissing ? raiseAttributeError(t, v, names.unfinished) : binaryOperation(t, unfinished, .one, .add)
        done = !next.isRaised && setInstanceAttribute(t, v, names.unfinished, next) > 0
    }
    let woken = dequeCell(p.notEmpty).pointee.count > 0 ? dequeTake(t, p.notEmpty, left: true) : .missing
    _ = releaseLock(t, p.mutex)
    wake(t, woken)
    return done ? .none : .raised
}

private func queue_get(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    var p = Parts()
    if !find(t, v, &p) || !(a[1].isBool || a[1].isSmallInt) { return call(t, originals.get, a[0], a[1], a[2]) }
    let block = isTrue(t, a[1]) == 1
    let count = { dequeCell(p.items).pointee.count }
    if block && count() == 0 { lookAround { count() > 0 } }
    if acquireLock(t, p.mutex) < 0 { return .raised }
    var end: UInt64? = nil
    if !block && count() == 0 {
        _ = releaseLock(t, p.mutex)
        return raiseValue(t, originals.empty)
    }
    if block && !a[2].isNone {
        end = endOfWait(t, a[2])
        if end == nil {
            _ = releaseLock(t, p.mutex)
            return .raised
        }
    }
    var item = Value.missing
    while true {
        item = dequeTake(t, p.items, left: true)
        if !item.isMissing { break }
        let turn = end.map { $0 <= ladon_monotonic() } ?? false ? .timedOut : waitTurn(t, p.mutex, p.notEmpty, end)
        if turn == .ready { continue }
        if turn == .timedOut && count() > 0 { continue }
        _ = releaseLock(t, p.mutex)
        return turn == .raised ? .raised : raiseValue(t, originals.empty)
    }
    let woken = dequeCell(p.notFull).pointee.count > 0 ? dequeTake(t, p.notFull, left: true) : .missing
    _ = releaseLock(t, p.mutex)
    wake(t, woken)
    return item
}
