// asyncio.Queue's methods that every item passes through, natively: `put_nowait`, `get_nowait`, and the look whether a
// coroutine must wait for its turn. Their Python form is in NewerNames.swift; it serves queues that order their items
// otherwise, or whose class or parts are not the library's.
//
// A queue belongs to one loop and so to one thread; the parts are objects that keep themselves whole if others touch them.

import LadonLibrary

private struct QueueNames {
    var maxsize = Value.raised, queue = Value.raised, getters = Value.raised, putters = Value.raised, unfinished = Value.raised
    var finished = Value.raised, isShutDown = Value.raised, loop = Value.raised, value = Value.raised
}

nonisolated(unsafe) private var names = QueueNames()
nonisolated(unsafe) private var sites: AttributeSites! = nil
private enum Site {
    static let maxsize = 0, queue = 1, getters = 2, putters = 3, unfinished = 4, setUnfinished = 5, finished = 6, isShutDown = 7, loop = 8
    static let value = 9, setValue = 10, count = 11
}

/// What an interpreter's module has: the Python methods, its dictionary, and asyncio.Event as it was when the module had been made.
private struct QueueState {
    var putNowait, getNowait, turnToPut, turnToGet: Value
    var module: Value
    var event: (type: Value, version: UInt32)
    /// Queue's own of `passedOver`.
    var stock: (Value, Value, Value, Value, Value, Value, Value)
}
private let state = PerInterpreter<QueueState>(.asyncioQueue)

@inline(__always) private func stockMethods(_ t: Thread) -> Values {
    (UnsafeMutableRawPointer(state[t]) + MemoryLayout<QueueState>.offset(of: \QueueState.stock).unsafelyUnwrapped).assumingMemoryBound(to: Value.self)
}

/// The methods that native code leaves out.
private let passedOver: [StaticString] = ["_put", "_get", "qsize", "empty", "full", "_wakeup_next", "_get_loop"]

nonisolated(unsafe) private let records = (
    putNowait: makeRecord(.method("put_nowait", "(self, item)", { t, a in put(t, a[0], a[1]) },
        "Put an item into the queue without blocking.\n\nIf no free slot is immediately available, raise QueueFull; if the queue has been shut down, QueueShutDown.")),
    getNowait: makeRecord(.method("get_nowait", "(self)", { t, a in get(t, a[0]) },
        "Remove and return an item from the queue.\n\nIf there is none, raise QueueEmpty, or QueueShutDown when none can come any more.")),
    turnToPut: makeRecord(.method("_turn_to_put", "(self)", { t, a in turn(t, a[0], toGet: false) })),
    turnToGet: makeRecord(.method("_turn_to_get", "(self)", { t, a in turn(t, a[0], toGet: true) }))
)

/// At the end of asyncio.queues, after the source in NewerNames.swift.
func amendAsyncQueues(_ t: Thread, _ dict: Value) -> Bool {
    prepareAsyncio(t)
    if sites == nil {
        func text(_ s: StaticString) -> Value { lastingName(t, s) }
        names = QueueNames(maxsize: text("_maxsize"), queue: text("_queue"), getters: text("_getters"), putters: text("_putters"), unfinished: text("_unfinished_tasks"),
                           finished: text("_finished"), isShutDown: text("_is_shutdown"), loop: text("_loop"), value: text("_value"))
        sites = AttributeSites(t, count: Site.count)
    }
    let queue = dictGetName(t, dict, intern(t, "Queue")), locks = dictGetName(t, dict, intern(t, "locks"))
    if !isType(queue) || !locks.isCell { return true }
    let eventType = getAttribute(t, locks, intern(t, "Event"))
    if eventType.isRaised { return false }
    if !isType(eventType) { return true }
    for (i, method) in passedOver.enumerated() { storeSlot(stockMethods(t) + i, lookupType(t, queue.asType, internStatic(t, method))) }
    state[t].pointee.module = dict
    state[t].pointee.event.type = eventType
    _ = lookupType(t, eventType.asType, names.value)
    state[t].pointee.event.version = eventType.asType.currentVersion
    return replaceMethod(t, queue, records.putNowait, &state[t].pointee.putNowait) && replaceMethod(t, queue, records.getNowait, &state[t].pointee.getNowait)
        && replaceMethod(t, queue, records.turnToPut, &state[t].pointee.turnToPut) && replaceMethod(t, queue, records.turnToGet, &state[t].pointee.turnToGet)
}

// MARK: stock queues

/// Versions of classes and whether they have the stock methods: `version << 8 | answer`, in words that are read and written whole.
nonisolated(unsafe) private let answers: UnsafeMutablePointer<UInt64> = {
    let p = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
    p.initialize(repeating: 0, count: 16)
    return p
}()

@inline(__always) private func isStock(_ t: Thread, _ v: Value) -> Bool {
    let type = typeOf(v)
    let version = UInt64(type.currentVersion)
    let known = UInt64(ladon_load_relaxed(answers + Int(version & 15)))
    if version != 0 && known >> 8 == version { return known & 1 == 1 }
    return findStock(t, type)
}

@inline(never) private func findStock(_ t: Thread, _ type: TypePointer) -> Bool {
    let methods = stockMethods(t)
    var isStock = true
    for (i, method) in passedOver.enumerated() where lookupType(t, type, internStatic(t, method)) != methods[i] { isStock = false }
    let version = UInt64(type.currentVersion)
    if version != 0 { ladon_store_relaxed(answers + Int(version & 15), UInt(version << 8 | (isStock ? 1 : 0))) }
    return isStock
}

/// An attribute that a queue should have; 0 and nothing raised when it hasn't.
@inline(__always) private func part(_ t: Thread, _ v: Value, _ name: Value, _ site: Int) -> Value {
    let found = sites.load(t, v, name, site)
    if found.isRaised { clearException(t) }
    return found
}

private func raiseFromModule(_ t: Thread, _ name: StaticString) -> Value { raiseValue(t, dictGetName(t, state[t].pointee.module, internStatic(t, name))) }

/// `_wakeup_next` of a deque. False: raised.
@inline(__always) private func wakeNext(_ t: Thread, _ waiters: Value) -> Bool {
    while dequeCount(waiters) > 0 {
        let waiter = dequePopLeft(t, waiters)
        if waiter.isMissing { break }
        if isExactFuture(waiter) {
            if waiter.asFuture.pointee.state == FutureState.pending { return futureSetResult(t, waiter, .none) > 0 }
            continue
        }
        let done = callMethod(t, waiter, word(.done)), yes = done.isRaised ? -1 : isTrue(t, done)
        if yes < 0 { return false }
        if yes == 0 { return !callMethod(t, waiter, intern(t, "set_result"), .none).isRaised }
    }
    return true
}

/// `self._finished.clear()`. False: raised.
@inline(__always) private func clearFinished(_ t: Thread, _ v: Value) -> Bool {
    let finished = sites.load(t, v, names.finished, Site.finished)
    if finished.isRaised { return false }
    let event = state[t].pointee.event
    if finished.isCell && typeOf(finished) == event.type.asType && event.version != 0 && event.type.asType.currentVersion == event.version {
        let now = sites.load(t, finished, names.value, Site.value)
        return now == .false || (!now.isRaised && sites.store(t, finished, names.value, .false, Site.setValue))
    }
    return !callMethod(t, finished, intern(t, "clear")).isRaised
}

// MARK: the methods

private func put(_ t: Thread, _ v: Value, _ item: Value) -> Value {
    let items = isStock(t, v) ? part(t, v, names.queue, Site.queue) : .none, maxsize = part(t, v, names.maxsize, Site.maxsize)
    let getters = part(t, v, names.getters, Site.getters), unfinished = part(t, v, names.unfinished, Site.unfinished)
    if !isExactDeque(items) || !isExactDeque(getters) || !maxsize.isSmallInt || !unfinished.isSmallInt || part(t, v, names.isShutDown, Site.isShutDown) != .false {
        return call(t, state[t].pointee.putNowait, v, item)
    }
    if maxsize.smallInt > 0 && dequeCount(items) >= maxsize.smallInt { return raiseFromModule(t, "QueueFull") }
    if !dequeAppend(t, items, item) { return raiseMemoryError(t) }
    if !sites.store(t, v, names.unfinished, Value(smallInt: unfinished.smallInt + 1), Site.setUnfinished) || !clearFinished(t, v) { return .raised }
    return wakeNext(t, getters) ? .none : .raised
}

private func get(_ t: Thread, _ v: Value) -> Value {
    let items = isStock(t, v) ? part(t, v, names.queue, Site.queue) : .none, putters = part(t, v, names.putters, Site.putters)
    if !isExactDeque(items) || !isExactDeque(putters) || dequeCount(items) == 0 { return call(t, state[t].pointee.getNowait, v) }
    let item = dequePopLeft(t, items)
    if item.isMissing { return raiseFromModule(t, "QueueEmpty") }
    return wakeNext(t, putters) ? item : .raised
}

/// What a coroutine must await before it may put or get: a future that is in the line now, or None.
private func turn(_ t: Thread, _ v: Value, toGet: Bool) -> Value {
    let original = toGet ? state[t].pointee.turnToGet : state[t].pointee.turnToPut
    let items = isStock(t, v) ? part(t, v, names.queue, Site.queue) : .none
    if !isExactDeque(items) { return call(t, original, v) }
    if toGet {
        if dequeCount(items) > 0 { return .none }
    } else {
        let maxsize = part(t, v, names.maxsize, Site.maxsize)
        if !maxsize.isSmallInt { return call(t, original, v) }
        if maxsize.smallInt <= 0 || dequeCount(items) < maxsize.smallInt { return .none }
    }
    let waiters = toGet ? part(t, v, names.getters, Site.getters) : part(t, v, names.putters, Site.putters)
    let loop = part(t, v, names.loop, Site.loop)
    guard isExactDeque(waiters), loop.isCell, loop == t.pointee.runningLoop, part(t, v, names.isShutDown, Site.isShutDown) == .false, isFutureStock(t),
          let view = loopView(t, loop), view.pointee.canSchedule, view.pointee.canCreateFutures, view.pointee.debug.load(loop) == .false else { return call(t, original, v) }
    let future = makeFuture(t, loop)
    return dequeAppend(t, waiters, future) ? future : raiseMemoryError(t)
}
