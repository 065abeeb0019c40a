// The cells of Future and Task, and what happens to a future natively: finishing, callbacks, the result.
//
// A future belongs to one loop and so to one thread; but a program that breaks the rule must not break the
// runtime. State and callbacks change together under the cell's lock, so that no callback is lost or called
// twice whoever finishes the future; the other fields are single words.

import LadonLibrary

struct FutureCell {
    var header: CellHeader
    /// 0: `__init__` has not run.
    var loop: Value
    /// The first callback: a callable, or with `wakesTask` the task to wake; 0: none.
    var callback: Value
    var callbackContext: Value
    /// Further callbacks: a list of (callable, context), or 0.
    var callbacks: Value
    var result: Value
    var exception: Value
    var exceptionTraceback: Value
    var sourceTraceback: Value
    var cancelMessage: Value
    /// A CancelledError kept to be raised again.
    var cancelledError: Value
    /// `__dict__`, 0 until it is needed.
    var attributes: Value
    /// The future that waits for this one without a task's await (gather, groups), or a set of several, or 0.
    var awaitedBy: Value
    // raw, one byte each so that no two of them share a store
    var state: UInt8
    var blocking: UInt8
    var logTraceback: UInt8
    var wakesTask: UInt8
    var mustCancel: UInt8
    var logDestroyPending: UInt8
    var registered: UInt8
    var reserved: UInt8
}

/// A Task's cell: a future's, with traced words behind.
struct TaskCell {
    var future: FutureCell
    var coroutine: Value
    /// A str; or the number of a default name not yet asked for.
    var name: Value
    var context: Value
    var waiter: Value
    var cancelRequests: UInt
    /// Place in the registry's shard (a small integer).
    var registryIndex: UInt
}

enum FutureState {
    static let pending: UInt8 = 0, cancelled: UInt8 = 1, finished: UInt8 = 2
}

let futureLayout = Layout(prefix: 12, base: 14, flags: [.container])

extension Value {
    @inline(__always) var asFuture: UnsafeMutablePointer<FutureCell> { cell(as: FutureCell.self) }
    @inline(__always) var asTask: UnsafeMutablePointer<TaskCell> { cell(as: TaskCell.self) }
}

struct AsyncioTypes {
    var future: TypePointer?, task: TypePointer?, iterator: TypePointer?, stepWrapper: TypePointer?
    var handle: TypePointer?, timer: TypePointer?
    /// Ids of instances of exactly these types.
    var futureID: UInt32 = 0, taskID: UInt32 = 0, handleID: UInt32 = 0, timerID: UInt32 = 0
}
nonisolated(unsafe) var asyncio = AsyncioTypes()

@inline(__always) func isExactFuture(_ v: Value) -> Bool { v.isCell && (v.id == asyncio.taskID || v.id == asyncio.futureID) }
@inline(__always) func isExactTask(_ v: Value) -> Bool { v.isCell && v.id == asyncio.taskID }
func isFuture(_ v: Value) -> Bool { v.isCell && isSubtype(typeOf(v), asyncio.future.unsafelyUnwrapped) }
func isTask(_ v: Value) -> Bool { v.isCell && isSubtype(typeOf(v), asyncio.task.unsafelyUnwrapped) }

@inline(__always) func isInitialized(_ t: Thread, _ f: Value) -> Bool {
    if f.asFuture.pointee.loop.bits != 0 { return true }
    raise(t, .runtimeError, "Future object is not initialized.")
    return false
}

// MARK: making

func makeFuture(_ t: Thread, _ loop: Value) -> Value {
    let v = Value(allocate(t, id: asyncio.futureID, bytes: MemoryLayout<FutureCell>.size))
    v.asFuture.pointee.loop = loop
    return v
}

/// `loop.get_debug()` as truth; -1: raised.
func isDebugging(_ t: Thread, _ loop: Value) -> Truth {
    if let view = loopView(t, loop) {
        let debug = view.pointee.debug.load(loop)
        if debug.isBool { return debug == .true ? 1 : 0 }
    }
    let r = callMethod(t, loop, word(.get_debug))
    return r.isRaised ? -1 : isTrue(t, r)
}

/// `Future.__init__`'s work; `loop` None: the thread's. False: raised.
func initializeFuture(_ t: Thread, _ f: Value, _ loop: Value) -> Bool {
    var loop = loop
    if loop.isNone || loop.isMissing {
        loop = currentEventLoop(t)
        if loop.isRaised { return false }
    }
    let c = f.asFuture
    lockCell(t, f)
    c.pointee.callback = .raised
    c.pointee.callbackContext = .raised
    c.pointee.callbacks = .raised
    c.pointee.result = .raised
    c.pointee.exception = .raised
    c.pointee.exceptionTraceback = .raised
    c.pointee.sourceTraceback = .raised
    c.pointee.cancelMessage = .raised
    c.pointee.cancelledError = .raised
    c.pointee.state = FutureState.pending
    c.pointee.blocking = 0
    c.pointee.logTraceback = 0
    c.pointee.wakesTask = 0
    c.pointee.mustCancel = 0
    c.pointee.logDestroyPending = 1
    storeSlot(&c.pointee.loop, loop)
    unlockCell(t, f)
    let debug = isDebugging(t, loop)
    if debug < 0 { return false }
    if debug == 1 && interpreter(t).pointee.finalizing == 0 {
        let function = library(t, .extractStack)
        let stack = function.isRaised ? function : call(t, function)
        if stack.isRaised { return false }
        storeSlot(&c.pointee.sourceTraceback, stack)
    }
    return true
}

// MARK: callbacks

/// Registers a callback, or schedules it when the future is done. `task`: `function` is a task to be woken. False: raised.
func addCallback(_ t: Thread, _ f: Value, _ function: Value, _ context: Value, task: Bool) -> Bool {
    let c = f.asFuture
    lockCell(t, f)
    if c.pointee.state == FutureState.pending && c.pointee.callback.bits == 0 && c.pointee.callbacks.bits == 0 {
        c.pointee.callbackContext = context
        c.pointee.wakesTask = task ? 1 : 0
        storeSlot(&c.pointee.callback, function)
        unlockCell(t, f)
        return true
    }
    let pending = c.pointee.state == FutureState.pending
    unlockCell(t, f)
    if !pending { return !(task ? scheduleWakeup(t, loop: c.pointee.loop, task: function, future: f) : scheduleCall(t, loop: c.pointee.loop, function, f, context)).isRaised }
    let entry = makeTuple(t, task ? wakeupMethod(t, function) : function, context)
    if entry.isRaised { return false }
    let fresh = makeList(t)
    if fresh.isRaised || listAppend(t, fresh, entry) < 0 { return false }
    lockCell(t, f)
    let stillPending = c.pointee.state == FutureState.pending
    let list = c.pointee.callbacks
    if stillPending && list.bits == 0 { storeSlot(&c.pointee.callbacks, fresh) }
    unlockCell(t, f)
    if !stillPending { return addCallback(t, f, function, context, task: task) }
    if list.bits == 0 { return true }
    if listAppend(t, list, entry) < 0 { return false }
    // Another thread may have finished the future since, and be through with its list.
    lockCell(t, f)
    let isLate = c.pointee.state != FutureState.pending
    unlockCell(t, f)
    return !isLate || scheduleAll(t, f, list)
}

/// Schedules what is in a finished future's list of callbacks. Each is taken out as it is scheduled, by whoever comes to it first.
/// False: raised.
private func scheduleAll(_ t: Thread, _ f: Value, _ list: Value) -> Bool {
    while true {
        let entry = listRemove(t, list, at: -1)
        if entry.isMissing { return true }
        if entry.isRaised || scheduleCall(t, loop: f.asFuture.pointee.loop, entry.tupleItems[0], f, entry.tupleItems[1]).isRaised { return false }
    }
}

/// Changes a pending future's state and takes its callbacks, in one step, then schedules them. 1 done, 0 it was not
/// pending, -1 raised.
func finish(_ t: Thread, _ f: Value, _ state: UInt8, _ set: (UnsafeMutablePointer<FutureCell>) -> Void) -> Truth {
    let c = f.asFuture
    lockCell(t, f)
    if c.pointee.state != FutureState.pending {
        unlockCell(t, f)
        return 0
    }
    set(c)
    c.pointee.state = state
    let first = c.pointee.callback, context = c.pointee.callbackContext, list = c.pointee.callbacks
    let wakes = c.pointee.wakesTask != 0
    c.pointee.callback = .raised
    c.pointee.callbackContext = .raised
    c.pointee.callbacks = .raised
    unlockCell(t, f)
    if c.pointee.registered != 0 { unregisterNativeTask(f) }
    // A task that ended without an exception has nothing to report: the collector need not keep it for its finaliser.
    if f.id == asyncio.taskID && c.pointee.logTraceback == 0 { _ = ladon_fetch_or8(&c.pointee.header.flags, HeaderFlags.finalized) }
    let loop = c.pointee.loop
    if first.bits != 0 {
        let r = wakes ? scheduleWakeup(t, loop: loop, task: first, future: f) : scheduleCall(t, loop: loop, first, f, context)
        if r.isRaised { return -1 }
    }
    if list.bits != 0 {
        if listCount(list) > 1 { listReverse(t, list) }
        if !scheduleAll(t, f, list) { return -1 }
    }
    return 1
}

/// `_callbacks`: a list of pairs, or None.
func callbackList(_ t: Thread, _ f: Value) -> Value {
    let c = f.asFuture
    lockCell(t, f)
    let first = c.pointee.callback, context = c.pointee.callbackContext, list = c.pointee.callbacks, wakes = c.pointee.wakesTask != 0
    unlockCell(t, f)
    if first.bits == 0 && list.bits == 0 { return .none }
    let all = makeList(t)
    if all.isRaised { return all }
    if first.bits != 0 {
        let entry = makeTuple(t, wakes ? wakeupMethod(t, first) : first, context)
        if entry.isRaised || listAppend(t, all, entry) < 0 { return .raised }
    }
    if list.bits != 0 && listExtend(t, all, list) < 0 { return .raised }
    return listCount(all) == 0 ? .none : all
}

/// Whether a registered callback is the one named by a program. -1: raised.
private func isCallback(_ t: Thread, _ registered: Value, wakes: Bool, _ wanted: Value) -> Truth {
    if wakes {
        let method = wakeupMethod(t, registered)
        return method.isRaised ? -1 : equal(t, method, wanted)
    }
    return equal(t, registered, wanted)
}

/// How many were removed; -1: raised.
func removeCallbacks(_ t: Thread, _ f: Value, _ function: Value) -> Int {
    let c = f.asFuture
    var removed = 0
    let first = loadSlot(&c.pointee.callback)
    if first.bits != 0 {
        let same = isCallback(t, first, wakes: c.pointee.wakesTask != 0, function)
        if same < 0 { return -1 }
        if same == 1 {
            lockCell(t, f)
            if c.pointee.callback == first {
                c.pointee.callback = .raised
                c.pointee.callbackContext = .raised
                removed = 1
            }
            unlockCell(t, f)
        }
    }
    let list = loadSlot(&c.pointee.callbacks)
    if list.bits == 0 { return removed }
    // In place: another thread may be adding to the list.
    var i = 0
    while true {
        let entry = listGet(t, list, i)
        if entry.isMissing { return removed }
        let same = equal(t, entry.tupleItems[0], function)
        if same < 0 { return -1 }
        if same == 0 { i += 1 } else if listRemove(t, list, at: i, ifStill: entry) == 1 { removed += 1 }
    }
}

// MARK: who waits

/// `_asyncio_awaited_by`: the tasks that await a future, and what was said to; None when there is nobody.
func awaiters(_ t: Thread, _ f: Value) -> Value {
    let c = f.asFuture
    let all = makeSet(t)
    if all.isRaised { return all }
    let explicit = loadSlot(&c.pointee.awaitedBy)
    if explicit.bits != 0 && (explicit.isExactly(.set) ? setUpdate(t, all, explicit) : setAdd(t, all, explicit)) < 0 { return .raised }
    lockCell(t, f)
    let first = c.pointee.callback, list = c.pointee.callbacks, wakes = c.pointee.wakesTask != 0
    unlockCell(t, f)
    if wakes && first.bits != 0 {
        if setAdd(t, all, first) < 0 { return .raised }
    } else if first.bits != 0 && first.isExactly(.nativeFunction) {
        // The bound `task_wakeup` of a task that waits for an instance of a subclass.
        let owner = getAttributeOrMissing(t, first, name(.__self__))
        if owner.isRaised || (isFuture(owner) && setAdd(t, all, owner) < 0) { return .raised }
    }
    if list.bits != 0 {
        var i = 0
        while i < listCount(list) {
            let entry = listGet(t, list, i)
            if entry.isMissing { break }
            i += 1
            let callback = entry.tupleItems[0]
            if !callback.isExactly(.nativeFunction) { continue }
            let owner = getAttributeOrMissing(t, callback, name(.__self__))
            if owner.isRaised || (isFuture(owner) && setAdd(t, all, owner) < 0) { return .raised }
        }
    }
    return setCount(all) == 0 ? .none : all
}

/// `future_add_to_awaited_by`; things that are no futures of ours are passed over.
func addAwaiter(_ t: Thread, _ f: Value, _ waiter: Value) -> Value {
    if !isFuture(f) || !isFuture(waiter) { return .none }
    let c = f.asFuture
    lockCell(t, f)
    let known = c.pointee.awaitedBy
    if known.bits == 0 { storeSlot(&c.pointee.awaitedBy, waiter) }
    unlockCell(t, f)
    if known.bits == 0 || known == waiter { return .none }
    if known.isExactly(.set) { return setAdd(t, known, waiter) < 0 ? .raised : .none }
    let both = makeSet(t)
    if both.isRaised || setAdd(t, both, known) < 0 || setAdd(t, both, waiter) < 0 { return .raised }
    storeSlot(&c.pointee.awaitedBy, both)
    return .none
}

func discardAwaiter(_ t: Thread, _ f: Value, _ waiter: Value) -> Value {
    if !isFuture(f) { return .none }
    let c = f.asFuture
    let known = loadSlot(&c.pointee.awaitedBy)
    if known == waiter { storeSlot(&c.pointee.awaitedBy, .raised) }
    return known.isExactly(.set) && setDiscard(t, known, waiter) < 0 ? .raised : .none
}

// MARK: outcome

/// The CancelledError that a cancelled future raises. 0: raised.
func makeCancelledError(_ t: Thread, _ f: Value) -> Value {
    let c = f.asFuture
    let kept = loadSlot(&c.pointee.cancelledError)
    if kept.bits != 0 {
        storeSlot(&c.pointee.cancelledError, .raised)
        return kept
    }
    let type = library(t, .cancelledError)
    if type.isRaised { return type }
    let message = loadSlot(&c.pointee.cancelMessage)
    return message.bits == 0 || message.isNone ? call(t, type) : call(t, type, message)
}

/// result(): 0 when it raises, or isn't there.
func futureResult(_ t: Thread, _ f: Value) -> Value {
    let c = f.asFuture
    switch c.pointee.state {
    case FutureState.cancelled:
        let e = makeCancelledError(t, f)
        return e.isRaised ? e : raiseInstance(t, e)
    case FutureState.pending: return raiseInvalidState(t, "Result is not set.")
    default: break
    }
    c.pointee.logTraceback = 0
    let e = loadSlot(&c.pointee.exception)
    if e.bits != 0 {
        storeSlot(&e.asException.pointee.traceback, loadSlot(&c.pointee.exceptionTraceback))
        return raiseInstance(t, e)
    }
    let r = loadSlot(&c.pointee.result)
    return r.bits == 0 ? .none : r
}

/// 1 done; -1 raised.
func futureSetResult(_ t: Thread, _ f: Value, _ result: Value) -> Truth {
    let r = finish(t, f, FutureState.finished) { storeSlot(&$0.pointee.result, result) }
    if r == 0 { raiseInvalidState(t, "invalid state") }
    return r == 1 ? 1 : -1
}

/// 1 done; -1 raised.
func futureSetException(_ t: Thread, _ f: Value, _ given: Value) -> Truth {
    if f.asFuture.pointee.state != FutureState.pending {
        raiseInvalidState(t, "invalid state")
        return -1
    }
    var e = given
    if isType(e) && e.asType.hasFlag(.exceptionSubclass) {
        e = call(t, e)
        if e.isRaised { return -1 }
    }
    if !typeOf(e).hasFlag(.exceptionSubclass) {
        raise(t, .typeError, "invalid exception object")
        return -1
    }
    if e.isExactly(.stopIteration) {
        raise(t, .typeError, "StopIteration interacts badly with generators and cannot be raised into a Future")
        return -1
    }
    // Instances of other classes are registered for `__del__` when they are made.
    if f.id == asyncio.futureID { registerFinalizable(t, f) }
    let r = finish(t, f, FutureState.finished) {
        storeSlot(&$0.pointee.exception, e)
        storeSlot(&$0.pointee.exceptionTraceback, loadSlot(&e.asException.pointee.traceback))
        $0.pointee.logTraceback = 1
    }
    if r == 0 { raiseInvalidState(t, "invalid state") }
    return r == 1 ? 1 : -1
}

/// Future.cancel: 1 cancelled, 0 it was done, -1 raised. `message` 0 or None: none.
func futureCancel(_ t: Thread, _ f: Value, _ message: Value) -> Truth {
    f.asFuture.pointee.logTraceback = 0
    return finish(t, f, FutureState.cancelled) { storeSlot(&$0.pointee.cancelMessage, message) }
}

/// Tells the loop's exception handler; what that raises is reported, not raised.
func reportToLoop(_ t: Thread, _ f: Value, _ message: String, _ subject: Word, _ e: Value = .missing) {
    let c = f.asFuture
    let context = makeDict(t)
    if context.isRaised { clearException(t); return }
    if dictSet(t, context, word(.message), makeString(t, message)) < 0 || (!e.isMissing && dictSet(t, context, word(.exception), e) < 0)
        || dictSet(t, context, word(subject), f) < 0 { clearException(t); return }
    let source = loadSlot(&c.pointee.sourceTraceback)
    if source.bits != 0 && dictSet(t, context, word(.source_traceback), source) < 0 { clearException(t); return }
    let loop = loadSlot(&c.pointee.loop)
    if loop.bits == 0 { return }
    if callMethod(t, loop, word(.call_exception_handler), context).isRaised { reportUnraisable(t, loop) }
}
