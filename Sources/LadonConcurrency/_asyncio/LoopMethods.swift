// BaseEventLoop's hot methods, natively: scheduling and one turn of the loop.
//
// They stand in the class in the place of the Python methods and do the same for a stock loop that is open and
// not in debug mode; everything else goes on to the Python methods, which are kept.

import Glibc
import LadonLibrary

private let originals = PerInterpreter<(callSoon: Value, callAt: Value, callLater: Value, runOnce: Value, createFuture: Value, createTask: Value, timerCancelled: Value)>(.asyncioOriginals)

nonisolated(unsafe) private let callSoonRecord = makeRecord(.method("call_soon", "(self, callback, *args, context=None)", loop_call_soon,
    "Arrange for a callback to be called as soon as possible.\n\nThis operates as a FIFO queue: callbacks are called in the\norder in which they are registered.  Each callback will be\ncalled exactly once.\n\nAny positional arguments after the callback will be passed to\nthe callback when it is called."))
nonisolated(unsafe) private let callAtRecord = makeRecord(.method("call_at", "(self, when, callback, *args, context=None)", loop_call_at,
    "Like call_later(), but uses an absolute time.\n\nAbsolute time corresponds to the event loop's time() method."))
nonisolated(unsafe) private let callLaterRecord = makeRecord(.method("call_later", "(self, delay, callback, *args, context=None)", loop_call_later,
    "Arrange for a callback to be called at a given time.\n\nReturn a Handle: an opaque object with a cancel() method that\ncan be used to cancel the call.\n\nThe delay can be an int or float, expressed in seconds.  It is\nalways relative to the current time.\n\nEach callback will be called exactly once.  If two callbacks\nare scheduled for exactly the same time, it undefined which\nwill be called first.\n\nAny positional arguments after the callback will be passed to\nthe callback when it is called."))
nonisolated(unsafe) private let runOnceRecord = makeRecord(.method("_run_once", "(self)", loop_run_once,
    "Run one full iteration of the event loop.\n\nThis calls all currently ready callbacks, polls for I/O,\nschedules the resulting callbacks, and finally schedules\n'call_later' callbacks."))
nonisolated(unsafe) private let createFutureRecord = makeRecord(.method("create_future", "(self)", loop_create_future, "Create a Future object attached to the loop."))
nonisolated(unsafe) private let createTaskRecord = makeRecord(.method("create_task", "(self, coro, *, name=None, context=None, **kwargs)", loop_create_task, "Schedule a coroutine object.\n\nReturn a task object."))
nonisolated(unsafe) private let timerCancelledRecord = makeRecord(.method("_timer_handle_cancelled", "(self, handle)", loop_timer_cancelled,
    "Notification that a TimerHandle has been cancelled."))

// MARK: the rows of the table of amendments

func keep(_ slot: UnsafeMutablePointer<Value>, _ v: Value) {
    if v.isMissing { return }
    slot.pointee = v
}

/// Keeps methods of a class.
private func keep(_ t: Thread, _ type: TypePointer, _ methods: KeyValuePairs<WritableKeyPath<StockLoop, Value>, Word>) {
    for (place, method) in methods { keep(&stock[t].pointee[keyPath: place], lookupType(t, type, word(method))) }
}

func amendEvents(_ t: Thread, _ dict: Value) -> Bool {
    prepareAsyncio(t)
    adoptMethods(t, asyncio.handle.unsafelyUnwrapped, of: dictGetName(t, dict, word(.Handle)))
    adoptMethods(t, asyncio.timer.unsafelyUnwrapped, of: dictGetName(t, dict, word(.TimerHandle)))
    return dictSet(t, dict, word(.Handle), asyncio.handle.unsafelyUnwrapped.value) >= 0
        && dictSet(t, dict, word(.TimerHandle), asyncio.timer.unsafelyUnwrapped.value) >= 0
}

func amendBaseEvents(_ t: Thread, _ dict: Value) -> Bool {
    prepareAsyncio(t)
    let own = stock[t]
    let loop = dictGetName(t, dict, word(.BaseEventLoop))
    if !isType(loop) { return true }
    let type = loop.asType
    keep(t, type, [\.innerCallSoon: ._call_soon, \.checkClosed: ._check_closed, \.getDebug: .get_debug, \.addCallback: ._add_callback, \.time: .time])
    keep(&own.pointee.baseGlobals, dict)
    let clock = dictGetName(t, dict, word(.time))
    if clock.isExactly(.module) {
        keep(&own.pointee.timeModule, clock)
        keep(&own.pointee.monotonic, dictGetName(t, clock.cell(as: ModuleCell.self).pointee.dict, word(.monotonic)))
    }
    let python = originals[t]
    if !replaceMethod(t, loop, callSoonRecord, &python.pointee.callSoon) || !replaceMethod(t, loop, callAtRecord, &python.pointee.callAt)
        || !replaceMethod(t, loop, callLaterRecord, &python.pointee.callLater) || !replaceMethod(t, loop, runOnceRecord, &python.pointee.runOnce)
        || !replaceMethod(t, loop, createFutureRecord, &python.pointee.createFuture) || !replaceMethod(t, loop, createTaskRecord, &python.pointee.createTask)
        || !replaceMethod(t, loop, timerCancelledRecord, &python.pointee.timerCancelled) { return false }
    keep(t, type, [\.callSoon: .call_soon, \.callAt: .call_at, \.callLater: .call_later,
                  \.runOnce: ._run_once, \.createFuture: .create_future, \.timerCancelled: ._timer_handle_cancelled])
    keep(&own.pointee.baseLoop, loop)
    return true
}

func amendSelectorEvents(_ t: Thread, _ dict: Value) -> Bool {
    prepareAsyncio(t)
    let own = stock[t]
    let loop = dictGetName(t, dict, word(.BaseSelectorEventLoop))
    if !isType(loop) { return true }
    keep(t, loop.asType, [\.processEvents: ._process_events])
    keep(&own.pointee.selectorLoop, loop)
    return amendDescriptorMethods(t, dict, loop) && amendTransports(t, dict)
}

// MARK: scheduling

/// Calls the Python method with what the native one got. `context`: `.missing` where it takes none.
func callOriginal(_ t: Thread, _ method: Value, _ first: Value, _ second: Value, _ third: Value, _ args: Value, _ context: Value) -> Value {
    let leading = third.isMissing ? makeTuple(t, first, second) : makeTuple(t, first, second, third)
    let all = leading.isRaised ? leading : tupleConcat(t, leading, args)
    if context.isMissing && !all.isRaised { return callWithTuple(t, method, all) }
    let names = all.isRaised ? all : makeDict(t)
    if names.isRaised || dictSet(t, names, name(.context), context) < 0 { return .raised }
    return callWithTuple(t, method, all, names)
}

private func loop_call_soon(_ t: Thread, _ a: Values) -> Value {
    let done = scheduleGeneral(t, a[0], a[1], a[2], a[3])
    return done.isMissing ? callOriginal(t, originals[t].pointee.callSoon, a[0], a[1], .missing, a[2], a[3]) : done
}

/// Puts a timer into a stock loop's heap. `.missing`: not for native code.
private func scheduleTimer(_ t: Thread, _ loop: Value, _ when: Value, _ callback: Value, _ args: Value, _ given: Value) -> Value {
    guard let view = loopView(t, loop), view.pointee.canTime, isFloat(when) else { return .missing }
    if view.pointee.closed.load(loop) != .false || view.pointee.debug.load(loop) != .false { return .missing }
    let scheduled = view.pointee.scheduled.load(loop)
    if !scheduled.isExactly(.list) { return .missing }
    let context = given.isNone ? copyCurrentContext(t) : given
    if context.isRaised { return context }
    let timer = makeTimer(t, when, callback, args, context, loop)
    timer.asHandle.pointee.scheduled = 1
    return heapPush(t, scheduled, timer) ? timer : .raised
}

private func loop_call_at(_ t: Thread, _ a: Values) -> Value {
    let done = scheduleTimer(t, a[0], a[1], a[2], a[3], a[4])
    return done.isMissing ? callOriginal(t, originals[t].pointee.callAt, a[0], a[1], a[2], a[3], a[4]) : done
}

private func loop_call_later(_ t: Thread, _ a: Values) -> Value {
    if let view = loopView(t, a[0]), view.pointee.canTime, isFloat(a[1]) || a[1].isSmallInt, isClockStock(t) {
        let delay = a[1].isSmallInt ? Double(a[1].smallInt) : a[1].asFloat
        let done = scheduleTimer(t, a[0], makeFloat(t, clock() + delay), a[2], a[3], a[4])
        if !done.isMissing { return done }
    }
    return callOriginal(t, originals[t].pointee.callLater, a[0], a[1], a[2], a[3], a[4])
}

private func loop_timer_cancelled(_ t: Thread, _ a: Values) -> Value {
    if let view = loopView(t, a[0]), isExactTimer(a[1]) {
        if a[1].asHandle.pointee.scheduled == 0 { return .none }
        let count = view.pointee.cancelledCount.load(a[0])
        if count.isSmallInt {
            view.pointee.cancelledCount.store(a[0], Value(smallInt: count.smallInt + 1))
            return .none
        }
    }
    return call(t, originals[t].pointee.timerCancelled, a[0], a[1])
}

private func loop_create_future(_ t: Thread, _ a: Values) -> Value {
    // `asyncio.futures.Future` may have been replaced: only while it is ours.
    if let view = loopView(t, a[0]), view.pointee.canSchedule, view.pointee.debug.load(a[0]) == .false, isFutureStock(t) { return makeFuture(t, a[0]) }
    return call(t, originals[t].pointee.createFuture, a[0])
}

private func loop_create_task(_ t: Thread, _ a: Values) -> Value {
    let more = dictCount(a[4])
    if let view = loopView(t, a[0]), view.pointee.canSchedule, view.pointee.debug.load(a[0]) == .false, view.pointee.closed.load(a[0]) == .false,
       view.pointee.taskFactory.load(a[0]).isNone, more == 0, isTaskStock(t) {
        let task = allocateTask(t)
        return initializeTask(t, task, coroutine: a[1], loop: a[0], name: a[2], context: a[3]) ? task : .raised
    }
    let names = more == 0 ? makeDict(t) : dictCopy(t, a[4])
    if names.isRaised || dictSet(t, names, word(.name), a[2]) < 0 || dictSet(t, names, name(.context), a[3]) < 0 { return .raised }
    let args = makeTuple(t, a[0], a[1])
    if args.isRaised { return args }
    if more == 0 { return callWithTuple(t, originals[t].pointee.createTask, args, names) }
    // The keywords of newer versions (`eager_start`) go to the task factory, or to Task.
    if callMethod(t, a[0], word(._check_closed)).isRaised { return .raised }
    let factory = getAttribute(t, a[0], word(._task_factory))
    if factory.isRaised { return factory }
    if !factory.isNone { return callWithTuple(t, factory, args, names) }
    if dictSet(t, names, word(.loop), a[0]) < 0 { return .raised }
    let coroutine = makeTuple(t, a[1])
    return coroutine.isRaised ? coroutine : callWithTuple(t, asyncio.task.unsafelyUnwrapped.value, coroutine, names)
}

/// The clock that `time.monotonic` reads, in seconds.
@inline(__always) private func clock() -> Double { Double(ladon_monotonic()) / 1e9 }

// MARK: one turn

/// Puts one side's handle of a ready descriptor into the queue. False: raised.
@inline(__always) private func addReady(_ t: Thread, _ loop: Value, _ ready: Value, _ key: Value, _ handle: Value, _ remove: Word) -> Bool {
    if !isExactHandle(handle) {
        let cancelled = getAttribute(t, handle, word(._cancelled))
        let yes = cancelled.isRaised ? -1 : isTrue(t, cancelled)
        if yes < 0 { return false }
        return !callMethod(t, loop, word(yes == 1 ? remove : ._add_callback), yes == 1 ? key.tupleItems[0] : handle).isRaised
    }
    if handle.asHandle.pointee.cancelled != 0 { return !callMethod(t, loop, word(remove), key.tupleItems[0]).isRaised }
    return dequeAppend(t, ready, handle) || !raiseMemoryError(t).isRaised
}

/// So many at most that they fit on the native stack.
private let mostEvents = 64

/// Waits for events and puts their handles into the queue. How many there were; -1: raised.
private func pollEvents(_ t: Thread, _ loop: Value, _ ready: Value, _ parts: SelectorParts, _ until: UInt64?) -> Int {
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: mostEvents) { memory -> Int in
        let events = memory.baseAddress.unsafelyUnwrapped
        let most = Int32(min(mostEvents, max(1, dictCount(parts.keys))))
        let n = waitForEvents(t, parts.descriptor, events, most, until)
        if n < 0 { return -1 }
        var i = 0
        while i < Int(n) {
            let event = events[i]
            i += 1
            let key = dictGet(t, parts.keys, Value(smallInt: Int(event.data.fd)))
            if key.isRaised { return -1 }
            if key.isMissing || !isTuple(key) || key.tupleCount < 4 { continue }
            let wanted = key.tupleItems[2], data = key.tupleItems[3]
            if !wanted.isSmallInt || !isTuple(data) || data.tupleCount != 2 { continue }
            let readable = event.events & ~EPOLLOUT.rawValue != 0 && wanted.smallInt & eventRead != 0
            let writable = event.events & ~EPOLLIN.rawValue != 0 && wanted.smallInt & eventWrite != 0
            if readable && !data.tupleItems[0].isNone && !addReady(t, loop, ready, key, data.tupleItems[0], ._remove_reader) { return -1 }
            if writable && !data.tupleItems[1].isNone && !addReady(t, loop, ready, key, data.tupleItems[1], ._remove_writer) { return -1 }
        }
        return Int(n)
    }
}

/// The earliest timer of a loop's heap, or `.missing`.
@inline(__always) private func firstTimer(_ scheduled: Value) -> Value {
    let v = listGetFast(scheduled, 0)
    return v.bits == 0 ? .missing : v
}

private func loop_run_once(_ t: Thread, _ a: Values) -> Value {
    let loop = a[0]
    guard let view = loopView(t, loop), view.pointee.canRun, view.pointee.debug.load(loop) == .false,
          let parts = selectorParts(t, view.pointee.selector.load(loop)) else { return call(t, originals[t].pointee.runOnce, loop) }
    let ready = view.pointee.ready.load(loop), scheduled = view.pointee.scheduled.load(loop)
    if !isExactDeque(ready) || !scheduled.isExactly(.list) { return call(t, originals[t].pointee.runOnce, loop) }
    if listCount(scheduled) > 0 {
        // Many cancelled timers are swept by the Python method.
        let cancelled = view.pointee.cancelledCount.load(loop)
        if !cancelled.isSmallInt || (listCount(scheduled) > 100 && cancelled.smallInt * 2 > listCount(scheduled)) || !isClockStock(t) {
            return call(t, originals[t].pointee.runOnce, loop)
        }
        while true {
            let timer = firstTimer(scheduled)
            if timer.isMissing { break }
            if !isExactTimer(timer) || !isFloat(loadSlot(&timer.asTimer.pointee.when)) { return call(t, originals[t].pointee.runOnce, loop) }
            if timer.asHandle.pointee.cancelled == 0 { break }
            let count = view.pointee.cancelledCount.load(loop)
            if count.isSmallInt { view.pointee.cancelledCount.store(loop, Value(smallInt: count.smallInt - 1)) }
            let removed = heapPop(t, scheduled)
            if removed.isRaised { return removed }
            removed.asHandle.pointee.scheduled = 0
        }
    }
    var until: UInt64? = nil
    if dequeCount(ready) > 0 || view.pointee.stopping.load(loop) != .false {
        until = 0
    } else if case let timer = firstTimer(scheduled), !timer.isMissing {
        // At most a day ahead, as the Python method.
        let now = ladon_monotonic()
        let seconds = min(max(0, loadSlot(&timer.asTimer.pointee.when).asFloat - Double(now) / 1e9), 24 * 3600)
        until = seconds <= 0 ? 0 : now &+ UInt64((seconds * 1e9).rounded(.up))
    }
    let events = pollEvents(t, loop, ready, parts, until)
    if events < 0 { return .raised }
    var isQuiet = true
    if !addDueTimers(t, ready, scheduled) || !runReady(t, ready, &isQuiet) { return .raised }
    // Where nothing but the loop's own code has run since all events were seen, looking for events again would find what has come from
    // outside in the meantime, which may as well have come a little later: what has been woken runs at once.
    if isQuiet && events > 0 && events < mostEvents && dequeCount(ready) > 0 && view.pointee.stopping.load(loop) == .false {
        return addDueTimers(t, ready, scheduled) && runReady(t, ready, &isQuiet) ? .none : .raised
    }
    return .none
}

/// Puts the timers whose time has come into the queue. False: raised.
@inline(__always) private func addDueTimers(_ t: Thread, _ ready: Value, _ scheduled: Value) -> Bool {
    listCount(scheduled) == 0 || addDueTimersSlowly(t, ready, scheduled)
}

@inline(never) private func addDueTimersSlowly(_ t: Thread, _ ready: Value, _ scheduled: Value) -> Bool {
    let end = clock() + 1e-9
    while true {
        let timer = firstTimer(scheduled)
        if timer.isMissing { return true }
        let when = isExactTimer(timer) ? loadSlot(&timer.asTimer.pointee.when) : getAttribute(t, timer, intern(t, "_when"))
        if when.isRaised { return false }
        if isFloat(when) ? when.asFloat >= end : isTrue(t, compare(t, when, makeFloat(t, end), .ge)) != 0 { return true }
        let due = heapPop(t, scheduled)
        if due.isRaised { return false }
        if isExactTimer(due) { due.asHandle.pointee.scheduled = 0 } else if setAttribute(t, due, intern(t, "_scheduled"), .false) < 0 { return false }
        if !dequeAppend(t, ready, due) { return !raiseMemoryError(t).isRaised }
    }
}

/// Runs what is in the queue now: what callbacks schedule runs in the next turn. False: raised.
private func runReady(_ t: Thread, _ ready: Value, _ isQuiet: inout Bool) -> Bool {
    var left = dequeCount(ready)
    let handleType = asyncio.handle.unsafelyUnwrapped, timerType = asyncio.timer.unsafelyUnwrapped
    while left > 0 {
        left -= 1
        if ladon_load32_relaxed(&t.pointee.pending) != 0 && !safepoint(t) { return false }
        let handle = dequePopLeft(t, ready)
        if handle.isMissing { return !raise(t, .indexError, "pop from an empty deque").isRaised }
        if isExactHandle(handle) && !handleType.hasFlag(.changed) && !timerType.hasFlag(.changed) {
            if handle.asHandle.pointee.cancelled == 0 && !runHandle(t, handle, &isQuiet) { return false }
            continue
        }
        isQuiet = false
        let cancelled = getAttribute(t, handle, word(._cancelled))
        let yes = cancelled.isRaised ? -1 : isTrue(t, cancelled)
        if yes < 0 || (yes == 0 && callMethod(t, handle, word(._run)).isRaised) { return false }
    }
    return true
}
