// What native code may assume about an event loop.
//
// A loop is "stock" when its class has the library's own methods for everything that the fast path leaves out,
// and the instance has no attribute of such a name. That is decided once per shape (which says the class and
// the instance's attribute names) and version of the class, so that whatever a test or a program replaces makes
// the loop an ordinary object again. A view is immutable once it is in the table; it keeps its shape alive.

import LadonLibrary

struct LoopView {
    var shape: Value
    var id: UInt32
    var version: UInt32
    /// `call_soon` and what it calls are the library's.
    var canSchedule: Bool
    /// So are `_run_once` and what it calls.
    var canRun: Bool
    var canTime: Bool
    var canCreateFutures: Bool
    var ready, scheduled, closed, debug, stopping, selector, cancelledCount, taskFactory: AttributePlace
}

nonisolated(unsafe) private var views: (UnsafeMutablePointer<LoopView>?, UnsafeMutablePointer<LoopView>?, UnsafeMutablePointer<LoopView>?, UnsafeMutablePointer<LoopView>?) = (nil, nil, nil, nil)
nonisolated(unsafe) private var madeViews = 0

/// The methods as the amendments left them (LoopMethods.swift); 0 before asyncio.base_events has run.
struct StockLoop {
    var baseLoop = Value.raised, selectorLoop = Value.raised
    var callSoon = Value.raised, innerCallSoon = Value.raised, checkClosed = Value.raised, getDebug = Value.raised
    var runOnce = Value.raised, processEvents = Value.raised, addCallback = Value.raised, time = Value.raised
    var callAt = Value.raised, callLater = Value.raised, timerCancelled = Value.raised, createFuture = Value.raised
    /// asyncio.base_events' globals, the module `time` and its function in there.
    var baseGlobals = Value.raised, timeModule = Value.raised, monotonic = Value.raised
    /// `selectors`: EpollSelector and SelectorKey.
    var selectorClass = KnownClass(), selectorKey = Value.raised
    var weakValues = KnownClass()
    /// Transports (TransportMethods.swift) with the size of what they ask of their sockets, and streams (StreamMethods.swift).
    var transport = KnownClass(), socket = KnownClass(), reader = KnownClass(), writer = KnownClass(), streamProtocol = KnownClass()
    var maxSize = Value.raised
    /// `_SelectorSocketTransport._read_ready`, which native code runs where it knows what it calls.
    var readReady = Value.raised
    /// The Python methods in whose place native ones stand.
    var plainReadReady = Value.raised, plainWrite = Value.raised, plainFeedData = Value.raised, plainDataReceived = Value.raised
}
let stock = PerInterpreter<StockLoop>(.asyncioLoop)

@inline(__always) func versionOf(_ type: TypePointer) -> UInt32 { ladon_load32_acquire(&type.pointee.version) }

/// What is known about a stock loop, nil for any other object.
@inline(__always) func loopView(_ t: Thread, _ loop: Value) -> UnsafeMutablePointer<LoopView>? {
    if !loop.isCell { return nil }
    let id = loop.id
    if let view = views.0, view.pointee.id == id, versionOf(view.pointee.shape.cell(as: ShapeCell.self).pointee.type.asType) == view.pointee.version { return view }
    return findLoopView(t, loop)
}

@inline(never) private func findLoopView(_ t: Thread, _ loop: Value) -> UnsafeMutablePointer<LoopView>? {
    let own = stock[t]
    let base = own.pointee.baseLoop
    if base.bits == 0 { return nil }
    let type = typeOf(loop)
    let id = loop.id, version = versionOf(type)
    if version == 0 || !isSubtype(type, base.asType) { return nil }
    for candidate in [views.1, views.2, views.3] {
        if let view = candidate, view.pointee.id == id, view.pointee.version == version { return view }
    }
    // Unequal shapes without end (a program that keeps changing the class): not worth it.
    if madeViews > 400 { return nil }
    let s = shape(ofID: id)
    guard let ready = AttributePlace(s, word(._ready)), let scheduled = AttributePlace(s, word(._scheduled)), let closed = AttributePlace(s, word(._closed)),
          let debug = AttributePlace(s, word(._debug)), let stopping = AttributePlace(s, word(._stopping)),
          let cancelled = AttributePlace(s, word(._timer_cancelled_count)), let factory = AttributePlace(s, word(._task_factory)) else { return nil }
    func isOwn(_ w: Word) -> Bool { AttributePlace(s, word(w)) != nil }
    func has(_ w: Word, _ method: Value) -> Bool { method.bits != 0 && lookupType(t, type, word(w)) == method && !isOwn(w) }
    let view = UnsafeMutablePointer<LoopView>.allocate(capacity: 1)
    let selector = AttributePlace(s, word(._selector))
    let canSchedule = has(.call_soon, own.pointee.callSoon) && has(._call_soon, own.pointee.innerCallSoon) && has(._check_closed, own.pointee.checkClosed) && has(.get_debug, own.pointee.getDebug)
    let canTime = canSchedule && has(.time, own.pointee.time) && has(.call_at, own.pointee.callAt) && has(._timer_handle_cancelled, own.pointee.timerCancelled)
    let canRun = has(._run_once, own.pointee.runOnce) && has(._process_events, own.pointee.processEvents) && has(._add_callback, own.pointee.addCallback) && has(.time, own.pointee.time) && selector != nil
    view.initialize(to: LoopView(shape: Value(s), id: id, version: version, canSchedule: canSchedule, canRun: canRun, canTime: canTime, canCreateFutures: has(.create_future, own.pointee.createFuture), ready: ready, scheduled: scheduled,
                                 closed: closed, debug: debug, stopping: stopping, selector: selector ?? ready, cancelledCount: cancelled, taskFactory: factory))
    if versionOf(type) != version {
        view.deallocate()
        return nil
    }
    addRoot(&view.pointee.shape)
    // Two threads may both do this; then one of the views is found no more, which costs a few words.
    madeViews += 1
    views.3 = views.2
    views.2 = views.1
    views.1 = views.0
    // Published last, and when it is whole: other threads read the table without a lock.
    ladon_store_release(&views.0, UInt(bitPattern: view))
    return view
}

/// Whether `time.monotonic`, as asyncio.base_events calls it, is the clock itself.
func isClockStock(_ t: Thread) -> Bool {
    dictGetName(t, stock[t].pointee.baseGlobals, word(.time)) == stock[t].pointee.timeModule
        && dictGetName(t, stock[t].pointee.timeModule.cell(as: ModuleCell.self).pointee.dict, word(.monotonic)) == stock[t].pointee.monotonic
}

// MARK: putting work into a loop

/// Appends a handle to a stock loop's queue. `.missing`: not a loop for native code, or closed or in debug mode; 0 raised.
@inline(__always) private func enqueue(_ t: Thread, _ loop: Value, _ kind: UInt8, _ callback: Value, _ args: Value, _ context: Value) -> Value {
    guard let view = loopView(t, loop), view.pointee.canSchedule else { return .missing }
    if view.pointee.closed.load(loop) != .false || view.pointee.debug.load(loop) != .false { return .missing }
    let ready = view.pointee.ready.load(loop)
    if !isExactDeque(ready) { return .missing }
    let handle = makeHandle(t, kind, callback, args, context, loop)
    return dequeAppend(t, ready, handle) ? handle : raiseMemoryError(t)
}

/// `loop.call_soon(f, argument?, context=context)` by name.
private func callSoonSlowly(_ t: Thread, _ loop: Value, _ f: Value, _ argument: Value, _ context: Value) -> Value {
    if f.isRaised { return f }
    let method = getAttribute(t, loop, word(.call_soon))
    if method.isRaised { return method }
    return callNamed(t, method, (f, argument), argument.bits == 0 ? 1 : 2, name(.context), context.bits == 0 ? .none : context)
}

/// The next step of a task, throwing in an exception or 0.
func scheduleStep(_ t: Thread, _ task: Value, _ exception: Value) -> Value {
    let loop = task.asFuture.pointee.loop, context = loadSlot(&task.asTask.pointee.context)
    let done = enqueue(t, loop, HandleKind.step, task, exception, context)
    return done.isMissing ? callSoonSlowly(t, loop, stepMethod(t, task, exception), .raised, context) : done
}

/// Tells a task that what it waited for is done.
func scheduleWakeup(_ t: Thread, loop: Value, task: Value, future: Value) -> Value {
    let context = loadSlot(&task.asTask.pointee.context)
    let done = enqueue(t, loop, HandleKind.wakeup, task, future, context)
    return done.isMissing ? callSoonSlowly(t, loop, wakeupMethod(t, task), future, context) : done
}

/// A callback of a future.
func scheduleCall(_ t: Thread, loop: Value, _ f: Value, _ argument: Value, _ context: Value) -> Value {
    if context.isExactly(.context) {
        let done = enqueue(t, loop, HandleKind.single, f, argument, context)
        if !done.isMissing { return done }
    }
    return callSoonSlowly(t, loop, f, argument, context)
}

/// `call_soon(f, *args, context=…)` of a stock loop; `.missing` when it must go to the Python method.
func scheduleGeneral(_ t: Thread, _ loop: Value, _ f: Value, _ args: Value, _ given: Value) -> Value {
    let context = given.isNone ? copyCurrentContext(t) : given
    return context.isRaised ? context : enqueue(t, loop, HandleKind.general, f, args, context)
}
