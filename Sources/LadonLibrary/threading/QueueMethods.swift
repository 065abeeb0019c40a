// queue.Queue's methods, natively, over the objects that queue.py makes: `mutex`, the conditions `not_empty` and
// `not_full` (each a threading.Condition over the mutex), `queue`, `maxsize` and `unfinished_tasks`; and shutdown(), which
// queue.py of 3.11 does not have. How items are kept is the class's: Queue's deque, LifoQueue's and PriorityQueue's
// list are known here, other classes' `_put`, `_get` and `_qsize` are called. Queues whose other parts are of other types
// go to the Python methods.
//
// A thread that is to be woken is taken out of the condition under the mutex but woken after it is released,
// so that it does not run into it.

import LadonTypes

private struct QueueNames {
    var mutex = Value.raised, notEmpty = Value.raised, notFull = Value.raised, allTasksDone = Value.raised, queue = Value.raised
    var maxsize = Value.raised, unfinished = Value.raised, put = Value.raised, get = Value.raised, qsize = Value.raised
    var isShutDown = Value.raised, parts = Value.raised
}

nonisolated(unsafe) private var names = QueueNames()
nonisolated(unsafe) private var sites: AttributeSites! = nil
private enum Site {
    static let mutex = 0, notEmpty = 1, notFull = 2, queue = 3, maxsize = 4, unfinished = 5, setUnfinished = 6, isShutDown = 7, allTasksDone = 8
    static let setShutDown = 9
}

/// The Python methods of the module that was executed last.
private let originals = PerInterpreter<(put: Value, get: Value, qsize: Value, empty: Value, full: Value, taskDone: Value)>(.queue)

/// What a module's classes share, in their attribute `_Queue__parts`: a tuple.
private enum Part {
    static let empty = 0, full = 1, shutDown = 2
    /// `_put`, `_get` and `_qsize` of Queue, LifoQueue, PriorityQueue.
    static let fifo = 3, lifo = 6, priority = 9
    static let count = 12
}

nonisolated(unsafe) private let records = (
    put: makeRecord(.method("put", "(self, item, block=True, timeout=None)", queue_put,
        "Put an item into the queue.\n\nIf optional args 'block' is true and 'timeout' is None (the default),\nblock if necessary until a free slot is available. If 'timeout' is a\nnon-negative number, at most that many seconds, after which Full is raised.\nOtherwise ('block' is false) Full is raised at once when there is no free slot.\n\nRaises ShutDown if the queue has been shut down.")
        .short(2) { t, a in put(t, a[0], a[1], .true, .none) }),
    get: makeRecord(.method("get", "(self, block=True, timeout=None)", queue_get,
        "Remove and return an item from the queue.\n\nIf optional args 'block' is true and 'timeout' is None (the default),\nblock if necessary until an item is available. If 'timeout' is a\nnon-negative number, at most that many seconds, after which Empty is raised.\nOtherwise ('block' is false) Empty is raised at once when there is no item.\n\nRaises ShutDown if the queue is empty and has been shut down, or has been\nshut down immediately.").short(1) { t, a in get(t, a[0], .true, .none) }),
    qsize: makeRecord(.method("qsize", "(self)", { t, a in size(t, a[0], originals[t].pointee.qsize) { makeInt(t, $0) } }, "Return the approximate size of the queue (not reliable!).")),
    empty: makeRecord(.method("empty", "(self)", { t, a in size(t, a[0], originals[t].pointee.empty) { Value($0 == 0) } },
        "Return True if the queue is empty, False otherwise (not reliable!).")),
    taskDone: makeRecord(.method("task_done", "(self)", queue_taskDone,
        "Indicate that a formerly enqueued task is complete.\n\nFor each get() used to fetch a task, a call of task_done() tells the queue\nthat its processing is over; join() waits for that. Raises a ValueError if\ncalled more times than there were items placed in the queue.")),
    shutdown: makeRecord(.method("shutdown", "(self, immediate=False)", queue_shutdown,
        "Shut the queue down: put() and get() raise ShutDown from now on.\n\nBy default, gets only raise once the queue is empty. With 'immediate', the\nitems are dropped, join() is released, and gets raise at once."))
)

/// The row of the table of amendments.
func amendQueue(_ t: Thread, _ dict: Value) -> Bool {
    if sites == nil {
        func text(_ s: StaticString) -> Value { lastingName(t, s) }
        names = QueueNames(mutex: text("mutex"), notEmpty: text("not_empty"), notFull: text("not_full"), allTasksDone: text("all_tasks_done"),
                           queue: text("queue"), maxsize: text("maxsize"), unfinished: text("unfinished_tasks"), put: text("_put"), get: text("_get"),
                           qsize: text("_qsize"), isShutDown: text("is_shutdown"), parts: text("_Queue__parts"))
        sites = AttributeSites(t, count: 10)
    }
    func entry(_ s: StaticString) -> Value { dictGetName(t, dict, internStatic(t, s)) }
    let queue = entry("Queue"), lifo = entry("LifoQueue"), priority = entry("PriorityQueue"), exception = Value(builtinType(.exception))
    if !isType(queue) || !isType(lifo) || !isType(priority) || collectionsTypes.deque == nil { return true }
    let bases = makeTuple(t, exception), body = makeDict(t)
    if bases.isRaised || body.isRaised || dictSet(t, body, name(.__module__), makeString(t, "queue")) < 0
        || dictSet(t, body, name(.__doc__), makeString(t, "Raised when put/get with shut-down queue.")) < 0 { return false }
    let shutDown = call(t, Value(builtinType(.type)), makeString(t, "ShutDown"), bases, body)
    let parts = makeTuple(t, Part.count)
    if shutDown.isRaised || parts.isRaised { return false }
    let items = parts.tupleItems
    items[Part.empty] = entry("Empty")
    items[Part.full] = entry("Full")
    items[Part.shutDown] = shutDown
    for (first, cls) in [(Part.fifo, queue), (Part.lifo, lifo), (Part.priority, priority)] {
        items[first] = lookupType(t, cls.asType, names.put)
        items[first + 1] = lookupType(t, cls.asType, names.get)
        items[first + 2] = lookupType(t, cls.asType, names.qsize)
    }
    for i in 0 ..< Part.count where !items[i].isCell { return true }
    if dictSet(t, dict, intern(t, "ShutDown"), shutDown) < 0 || setAttribute(t, queue, names.parts, parts) < 0
        || setAttribute(t, queue, names.isShutDown, .false) < 0
        || setAttribute(t, queue, intern(t, "shutdown"), makeDescriptor(t, .methodDescriptor, queue.asType, intern(t, "shutdown"), records.shutdown)) < 0 { return false }
    let exported = entry("__all__")
    if isList(exported) && listAppend(t, exported, intern(t, "ShutDown")) < 0 { return false }
    return replaceMethod(t, queue, records.put, &originals[t].pointee.put) && replaceMethod(t, queue, records.get, &originals[t].pointee.get)
        && replaceMethod(t, queue, records.qsize, &originals[t].pointee.qsize) && replaceMethod(t, queue, records.empty, &originals[t].pointee.empty)
        && replaceMethod(t, queue, records.taskDone, &originals[t].pointee.taskDone)
}

// MARK: what a queue is made of

private enum Order { case fifo, lifo, priority, other }

/// How a class orders its items: asked of its methods, remembered by the class's version.
nonisolated(unsafe) private let orders: UnsafeMutablePointer<UInt64> = {
    let p = UnsafeMutablePointer<UInt64>.allocate(capacity: 64)
    p.initialize(repeating: 0, count: 64)
    return p
}()

@inline(__always) private func order(_ t: Thread, _ type: TypePointer) -> Order {
    // A word: the version (never used twice) and the answer.
    let version = UInt64(ladon_load32_acquire(UnsafeRawPointer(type) + MemoryLayout<TypeCell>.offset(of: \TypeCell.version).unsafelyUnwrapped))
    let at = orders + Int(version & 63)
    let known = UInt64(ladon_load_relaxed(at))
    if version != 0 && known >> 8 == version { return answer(known) }
    let found = findOrder(t, type)
    if version != 0 { ladon_store_relaxed(at, UInt(version << 8 | code(found))) }
    return found
}

private func answer(_ w: UInt64) -> Order { w & 0xFF == 0 ? .fifo : w & 0xFF == 1 ? .lifo : w & 0xFF == 2 ? .priority : .other }
private func code(_ o: Order) -> UInt64 { o == .fifo ? 0 : o == .lifo ? 1 : o == .priority ? 2 : 3 }

@inline(never) private func findOrder(_ t: Thread, _ type: TypePointer) -> Order {
    let parts = lookupType(t, type, names.parts)
    if !parts.isExactly(.tuple) || parts.tupleCount != Part.count { return .other }
    let own = (lookupType(t, type, names.put), lookupType(t, type, names.get), lookupType(t, type, names.qsize))
    for (first, result) in [(Part.fifo, Order.fifo), (Part.lifo, .lifo), (Part.priority, .priority)] {
        let p = parts.tupleItems + first
        if own.0 == p[0] && own.1 == p[1] && own.2 == p[2] { return result }
    }
    return .other
}

private func raiseQueueError(_ t: Thread, _ v: Value, _ part: Int) -> Value {
    let parts = lookupType(t, typeOf(v), names.parts)
    if !parts.isExactly(.tuple) || parts.tupleCount != Part.count { return raise(t, .runtimeError, "queue without its module") }
    return raiseValue(t, parts.tupleItems[part])
}

/// The parts of a queue that native code works on.
private struct Parts {
    var queue = Value.raised, mutex = Value.raised, items = Value.raised, notEmpty = Value.raised, notFull = Value.raised
    var order = Order.other

    /// How many items there are; -1: raised.
    @inline(__always) func count(_ t: Thread) -> Int {
        switch order {
        case .fifo: return dequeCell(items).pointee.count
        case .lifo, .priority: return listCount(items)
        case .other:
            let n = callMethod(t, queue, names.qsize)
            if n.isRaised { return -1 }
            if n.isSmallInt { return max(n.smallInt, 0) }
            let truth = isTrue(t, n)
            return truth < 0 ? -1 : truth
        }
    }
    /// False: raised.
    @inline(__always) func add(_ t: Thread, _ item: Value) -> Bool {
        switch order {
        case .fifo:
            if dequeAdd(t, items, item, left: false) { return true }
            raiseMemoryError(t)
            return false
        case .lifo: return listAppend(t, items, item) >= 0
        case .priority: return push(t, item)
        case .other: return !callMethod(t, queue, names.put, item).isRaised
        }
    }
    /// An item, of which there is one. 0: raised.
    @inline(__always) func take(_ t: Thread) -> Value {
        switch order {
        case .fifo: return dequeTake(t, items, left: true)
        case .lifo: return listRemove(t, items, at: -1)
        case .priority: return pop(t)
        case .other: return callMethod(t, queue, names.get)
        }
    }
    @inline(never) private func push(_ t: Thread, _ item: Value) -> Bool {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: 3) { a in
            (a[0], a[1], a[2]) = (.none, items, item)
            return !heap_push(t, a.baseAddress.unsafelyUnwrapped).isRaised
        }
    }
    @inline(never) private func pop(_ t: Thread) -> Value {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: 2) { a in
            (a[0], a[1]) = (.none, items)
            return heap_pop(t, a.baseAddress.unsafelyUnwrapped)
        }
    }
}

/// The deque of a condition's waiters if the condition is a plain one over `mutex`; 0: it isn't.
@inline(__always) private func waiters(_ t: Thread, _ condition: Value, _ mutex: Value) -> Value {
    if !condition.isCell || conditionLock(t, condition) != mutex { return .raised }
    let found = conditionWaiters(t, condition)
    return isPlainDeque(found) ? found : .raised
}

/// False: not a queue for native code.
@inline(__always) private func find(_ t: Thread, _ v: Value, _ p: inout Parts) -> Bool {
    p.queue = v
    p.order = order(t, typeOf(v))
    p.mutex = orNothing(t, sites.load(t, v, names.mutex, Site.mutex))
    if !p.mutex.isExactly(.lock) { return false }
    if p.order != .other {
        p.items = orNothing(t, sites.load(t, v, names.queue, Site.queue))
        if p.order == .fifo ? !isPlainDeque(p.items) : !p.items.isExactly(.list) { return false }
    }
    p.notEmpty = waiters(t, orNothing(t, sites.load(t, v, names.notEmpty, Site.notEmpty)), p.mutex)
    p.notFull = waiters(t, orNothing(t, sites.load(t, v, names.notFull, Site.notFull)), p.mutex)
    return p.notEmpty.bits != 0 && p.notFull.bits != 0
}

@inline(__always) private func isShutDown(_ t: Thread, _ v: Value) -> Bool { orNothing(t, sites.load(t, v, names.isShutDown, Site.isShutDown)).isTrue }

/// Changes `unfinished_tasks`. False: raised.
@inline(__always) private func countTask(_ t: Thread, _ v: Value, _ by: Int) -> Bool {
    let old = sites.load(t, v, names.unfinished, Site.unfinished)
    if old.isRaised { return false }
    let new = old.isSmallInt ? Value(smallInt: old.smallInt + by) : binaryOperation(t, old, Value(smallInt: by), .add)
    return !new.isRaised && sites.store(t, v, names.unfinished, new, Site.setUnfinished)
}

// MARK: waiting

private enum Turn { case ready, timedOut, raised }

/// Waits in a condition's queue, mutex held before and after. `.ready`: look again.
private func waitTurn(_ t: Thread, _ mutex: Value, _ waiters: Value, _ end: UInt64?) -> Turn {
    let waiter = makeSignalLock(t)
    // Where threads run at the same time, it is better to let the other one fill or empty the queue for a while (Parking.swift).
    if ladon_runtime.gil == 0 { waiter.asLock.pointee.isSignal = 0 }
    if !dequeAdd(t, waiters, waiter, left: false) {
        raiseMemoryError(t)
        return .raised
    }
    _ = releaseLock(t, mutex)
    let got = acquireLock(t, waiter, deadline: end)
    let first = got < 0 ? takeException(t) : .raised
    let second = acquireAgain(t, mutex)
    let isForgotten = got != 1 && forgetWaiter(t, waiters, waiter)
    let e = second.bits != 0 ? second : first
    if e.bits != 0 {
        restoreException(t, e)
        // A wake-up that this thread has had, or is about to have, is the next one's.
        if !isForgotten { wake(t, dequeTake(t, waiters, left: true)) }
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

// MARK: the methods

private func queue_put(_ t: Thread, _ a: Values) -> Value { put(t, a[0], a[1], a[2], a[3]) }

private func put(_ t: Thread, _ v: Value, _ item: Value, _ block: Value, _ timeout: Value) -> Value {
    var p = Parts()
    if !find(t, v, &p) { return call(t, originals[t].pointee.put, v, item, block, timeout) }
    let maxsize = sites.load(t, v, names.maxsize, Site.maxsize)
    if maxsize.isRaised { return .raised }
    if !maxsize.isSmallInt || !(block.isBool || block.isSmallInt) { return call(t, originals[t].pointee.put, v, item, block, timeout) }
    let limit = maxsize.smallInt
    let blocks = isTrue(t, block) == 1
    if blocks && limit > 0 && p.order == .fifo && p.count(t) >= limit { _ = lookAround(pause: 4) { p.count(t) < limit } }
    if acquireLock(t, p.mutex) < 0 { return .raised }
    let ready = isShutDown(t, v) ? raiseQueueError(t, v, Part.shutDown) : limit > 0 ? awaitRoom(t, p, limit, blocks, timeout) : .true
    let done = !ready.isRaised && p.add(t, item) && countTask(t, v, 1)
    let woken = done && dequeCell(p.notEmpty).pointee.count > 0 ? dequeTake(t, p.notEmpty, left: true) : .missing
    _ = releaseLock(t, p.mutex)
    wake(t, woken)
    return done ? .none : .raised
}

/// Waits until there is room for an item; mutex held. 0: raised (Full, ShutDown).
private func awaitRoom(_ t: Thread, _ p: Parts, _ limit: Int, _ blocks: Bool, _ timeout: Value) -> Value {
    var end: UInt64? = nil
    if blocks && !timeout.isNone {
        end = endOfWait(t, timeout)
        if end == nil { return .raised }
    }
    while true {
        let n = p.count(t)
        if n < 0 { return .raised }
        if n < limit { return .true }
        if !blocks { return raiseQueueError(t, p.queue, Part.full) }
        let isOver = end.map { $0 <= ladon_monotonic() } ?? false
        let turn = isOver ? Turn.timedOut : waitTurn(t, p.mutex, p.notFull, end)
        if turn == .raised { return .raised }
        if isShutDown(t, p.queue) { return raiseQueueError(t, p.queue, Part.shutDown) }
        if turn == .ready { continue }
        let now = p.count(t)
        return now < 0 ? .raised : now < limit ? .true : raiseQueueError(t, p.queue, Part.full)
    }
}

private func queue_get(_ t: Thread, _ a: Values) -> Value { get(t, a[0], a[1], a[2]) }

private func get(_ t: Thread, _ v: Value, _ block: Value, _ timeout: Value) -> Value {
    var p = Parts()
    if !find(t, v, &p) || !(block.isBool || block.isSmallInt) { return call(t, originals[t].pointee.get, v, block, timeout) }
    let blocks = isTrue(t, block) == 1
    if blocks && p.order == .fifo && p.count(t) == 0 { _ = lookAround(pause: 4) { p.count(t) > 0 } }
    if acquireLock(t, p.mutex) < 0 { return .raised }
    let item = awaitItem(t, p, blocks, timeout)
    let woken = !item.isRaised && dequeCell(p.notFull).pointee.count > 0 ? dequeTake(t, p.notFull, left: true) : .missing
    _ = releaseLock(t, p.mutex)
    wake(t, woken)
    return item
}

/// Waits for an item and takes it; mutex held. 0: raised (Empty, ShutDown).
private func awaitItem(_ t: Thread, _ p: Parts, _ blocks: Bool, _ timeout: Value) -> Value {
    var end: UInt64? = nil
    if blocks && !timeout.isNone {
        end = endOfWait(t, timeout)
        if end == nil { return .raised }
    }
    var isOver = false
    while true {
        let n = p.count(t)
        if n < 0 { return .raised }
        if n > 0 {
            let item = p.take(t)
            return item.isMissing ? raiseQueueError(t, p.queue, Part.empty) : item
        }
        if isShutDown(t, p.queue) { return raiseQueueError(t, p.queue, Part.shutDown) }
        if !blocks || isOver || (end.map { $0 <= ladon_monotonic() } ?? false) { return raiseQueueError(t, p.queue, Part.empty) }
        switch waitTurn(t, p.mutex, p.notEmpty, end) {
        case .raised: return .raised
        case .timedOut: isOver = true
        case .ready: break
        }
    }
}

private func size(_ t: Thread, _ v: Value, _ original: Value, _ body: (Int) -> Value) -> Value {
    let mutex = orNothing(t, sites.load(t, v, names.mutex, Site.mutex))
    let items = orNothing(t, sites.load(t, v, names.queue, Site.queue))
    let kind = order(t, typeOf(v))
    if !mutex.isExactly(.lock) || kind == .other || (kind == .fifo ? !isPlainDeque(items) : !items.isExactly(.list)) { return call(t, original, v) }
    // One word is read: nothing that the mutex would make more true. Who holds it is waited for, as ever.
    if isLockHeld(mutex) {
        if acquireLock(t, mutex) < 0 { return .raised }
        _ = releaseLock(t, mutex)
    }
    return body(kind == .fifo ? dequeCell(items).pointee.count : listCount(items))
}

private func queue_taskDone(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    var p = Parts()
    let unfinished = sites.load(t, v, names.unfinished, Site.unfinished)
    if unfinished.isRaised { return .raised }
    if !find(t, v, &p) || !unfinished.isSmallInt { return call(t, originals[t].pointee.taskDone, v) }
    let done = waiters(t, orNothing(t, sites.load(t, v, names.allTasksDone, Site.allTasksDone)), p.mutex)
    if done.bits == 0 { return call(t, originals[t].pointee.taskDone, v) }
    if acquireLock(t, p.mutex) < 0 { return .raised }
    let left = sites.load(t, v, names.unfinished, Site.unfinished)
    var result = Value.none
    if !left.isSmallInt || left.smallInt <= 0 {
        result = left.isRaised ? left : raise(t, .valueError, "task_done() called too many times")
    } else if !countTask(t, v, -1) || (left.smallInt == 1 && !wakeWaiters(t, done, .max)) {
        result = .raised
    }
    _ = releaseLock(t, p.mutex)
    return result
}

private func queue_shutdown(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    let immediate = isTrue(t, a[1])
    if immediate < 0 { return .raised }
    var p = Parts()
    if !find(t, v, &p) { return raise(t, .typeError, "shutdown() of a queue whose parts were replaced") }
    let done = waiters(t, orNothing(t, sites.load(t, v, names.allTasksDone, Site.allTasksDone)), p.mutex)
    if acquireLock(t, p.mutex) < 0 { return .raised }
    var ok = sites.store(t, v, names.isShutDown, .true, Site.setShutDown)
    while ok && immediate == 1 {
        let n = p.count(t)
        if n <= 0 { ok = n == 0; break }
        let left = p.take(t)
        let unfinished = left.isRaised ? left : sites.load(t, v, names.unfinished, Site.unfinished)
        ok = !unfinished.isRaised && (!unfinished.isSmallInt || unfinished.smallInt <= 0 || countTask(t, v, -1))
    }
    if ok && immediate == 1 && done.bits != 0 { ok = wakeWaiters(t, done, .max) }
    ok = ok && wakeWaiters(t, p.notEmpty, .max) && wakeWaiters(t, p.notFull, .max)
    _ = releaseLock(t, p.mutex)
    return ok ? .none : .raised
}
