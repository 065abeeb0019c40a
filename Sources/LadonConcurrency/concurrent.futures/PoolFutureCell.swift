// `concurrent.futures.Future` as a cell: its state, and how it changes.
//
// The state, the result and the exception change under the cell's lock. Whoever waits for the end parks on `done`, which
// becomes 1 after them. The library's own code (`wait`, `as_completed`) and tests reach for `_condition`, `_waiters` and
// `_done_callbacks`: these are made when somebody asks, and from then on every change also holds the condition's lock,
// as they expect. A change begins with a look at `_condition` and finds it under the cell's lock again, and the condition
// is put into place under that lock: so whoever has the condition sees the state from before the change, and the change
// waits for it, or from after.

import LadonLibrary

struct PoolFutureCell {
    var header: CellHeader
    /// For attributes that the class does not have: a dict or 0.
    var attributes: Value
    /// One of `FutureStates`, as a rule.
    var state: Value
    /// 0: None.
    var result: Value
    /// 0 or None: none.
    var exception: Value
    /// 0 until somebody asks: a threading.Condition, and two lists.
    var condition: Value
    var waiters: Value
    var callbacks: Value
    // raw
    /// 1: done. A word to park on.
    var done: UInt32
    /// Who is about to park, or has.
    var sleepers: UInt32
}

/// The five states, interned.
struct FutureStates {
    var pending = Value.raised, running = Value.raised, cancelled = Value.raised, notified = Value.raised, finished = Value.raised
}

/// What the module `concurrent.futures._base` has of ours.
struct FuturesModule {
    /// 0xFFFFFFFF: not imported yet.
    var futureID = UInt32.max
    var type: Value = .raised
    var states = FutureStates()
}

/// What it has of the library's, in each interpreter.
struct FuturesNames {
    var cancelledError, invalidStateError: Value
    /// `_base._report_callback(future, exception)` and `_base._report_state(future)`.
    var reportCallback, reportState: Value
}

let futuresNames = PerInterpreter<FuturesNames>(.futures)

nonisolated(unsafe) var futures = FuturesModule()

@inline(__always) func futureCell(_ v: Value) -> UnsafeMutablePointer<PoolFutureCell> { v.cell(as: PoolFutureCell.self) }

/// A Future whose methods are the native ones.
@inline(__always) func isStockFuture(_ v: Value) -> Bool { v.isCell && v.id == futures.futureID && !futures.type.asType.hasFlag(.changed) }

@inline(__always) private func isEnd(_ s: Value) -> Bool { s == futures.states.finished || s == futures.states.cancelled || s == futures.states.notified }
@inline(__always) func futureState(_ v: Value) -> Value { loadSlot(&futureCell(v).pointee.state) }
@inline(__always) func isDoneFuture(_ v: Value) -> Bool { isEnd(futureState(v)) }

/// A new, pending future.
func makePoolFuture(_ t: Thread) -> Value {
    let v = allocateInstance(t, futures.type.asType)
    if !v.isRaised { futureCell(v).pointee.state = futures.states.pending }
    return v
}

// MARK: changing the state

/// Holds what a change of state must hold. `body` runs with the cell's lock held, and answers whether it changed anything.
/// `notify` runs after it while the condition, given, is held. False: raised.
@inline(__always)
private func change(_ t: Thread, _ v: Value, _ body: () -> Bool, _ notify: (_ condition: Value) -> Bool) -> Bool {
    let c = futureCell(v)
    while true {
        let condition = loadSlot(&c.pointee.condition)
        if condition.bits == 0 {
            lockCell(t, v)
            if c.pointee.condition.bits != 0 {
                unlockCell(t, v)
                continue
            }
            _ = body()
            unlockCell(t, v)
            return true
        }
        if callMethod(t, condition, .__enter__).isRaised { return false }
        lockCell(t, v)
        let changed = body()
        unlockCell(t, v)
        var done = !changed || notify(condition)
        let raised = done ? Value.raised : takeException(t)
        if callMethod(t, condition, .__exit__, .none, .none, .none).isRaised { done = false } else if !done { restoreException(t, raised) }
        return done
    }
}

/// After a change to an end: whoever waits in `result` or `exception`.
@inline(__always) private func wakeSleepers(_ v: Value) {
    let c = futureCell(v)
    _ = ladon_exchange32(&c.pointee.done, 1)
    if ladon_load32_acquire(&c.pointee.sleepers) != 0 { unpark(&c.pointee.done, .max) }
}

/// `for waiter in self._waiters: waiter.<method>(self)`, then `notify_all`.
private func notifyWaiters(_ t: Thread, _ v: Value, _ condition: Value, _ method: StaticString, all: Bool) -> Bool {
    let waiters = loadSlot(&futureCell(v).pointee.waiters)
    if isList(waiters) {
        let n = internStatic(t, method)
        var i = 0
        while i < listCount(waiters) {
            let waiter = listGet(t, waiters, i)
            if waiter.isMissing { break }
            if callMethod(t, waiter, n, v).isRaised { return false }
            i += 1
        }
    }
    return !all || !callMethod(t, condition, intern(t, "notify_all")).isRaised
}

/// `set_result` and `set_exception`. False: raised.
func finishFuture(_ t: Thread, _ v: Value, result: Value, exception: Value) -> Bool {
    let c = futureCell(v)
    var wasEnd = false
    let changed = change(t, v, {
        if isEnd(c.pointee.state) {
            wasEnd = true
            return false
        }
        if exception.bits != 0 { storeSlot(&c.pointee.exception, exception) } else { storeSlot(&c.pointee.result, result) }
        storeSlot(&c.pointee.state, futures.states.finished)
        return true
    }, { notifyWaiters(t, v, $0, exception.bits != 0 ? "add_exception" : "add_result", all: true) })
    if wasEnd {
        if !changed { return false }
        let shown = repr(t, v)
        if shown.isRaised { return false }
        raiseInstance(t, call(t, futuresNames[t].pointee.invalidStateError, makeString(t, "\(swiftString(c.pointee.state)): \(swiftString(shown))")))
        return false
    }
    wakeSleepers(v)
    return changed && callBack(t, v)
}

/// `set_running_or_notify_cancel`. 1 it runs, 0 it was cancelled, -1 raised.
func startFuture(_ t: Thread, _ v: Value) -> Truth {
    let c = futureCell(v)
    var found = Value.raised
    let states = futures.states
    let changed = change(t, v, {
        found = c.pointee.state
        if found == states.cancelled {
            storeSlot(&c.pointee.state, states.notified)
            return true
        }
        if found == states.pending { storeSlot(&c.pointee.state, states.running) }
        return false
    }, { notifyWaiters(t, v, $0, "add_cancelled", all: false) })
    if !changed { return -1 }
    if found == states.pending { return 1 }
    if found == states.cancelled { return 0 }
    if call(t, futuresNames[t].pointee.reportState, v).isRaised { return -1 }
    _ = raise(t, .runtimeError, "Future in unexpected state")
    return -1
}

/// `cancel`. 1 cancelled, 0 too late, -1 raised.
func cancelFuture(_ t: Thread, _ v: Value) -> Truth {
    let c = futureCell(v)
    var found = Value.raised
    let states = futures.states
    let quick = futureState(v)
    if quick == states.finished || quick == states.running { return 0 }
    let changed = change(t, v, {
        found = c.pointee.state
        if found == states.running || isEnd(found) { return false }
        storeSlot(&c.pointee.state, states.cancelled)
        return true
    }, { !callMethod(t, $0, intern(t, "notify_all")).isRaised })
    if !changed { return -1 }
    if found == states.running || found == states.finished { return 0 }
    if isEnd(found) { return 1 }
    wakeSleepers(v)
    return callBack(t, v) ? 1 : -1
}

/// `f._state = value`.
func setFutureState(_ t: Thread, _ v: Value, _ state: Value) {
    let s = state.isStr ? intern(t, state) : state
    let c = futureCell(v)
    lockCell(t, v)
    storeSlot(&c.pointee.state, s)
    unlockCell(t, v)
    if isEnd(s) { wakeSleepers(v) } else { ladon_store32_release(&c.pointee.done, 0) }
}

// MARK: callbacks

/// Calls one callback; an Exception of it is logged. False: raised something else.
func callBack(_ t: Thread, _ v: Value, _ function: Value) -> Bool {
    if !call(t, function, v).isRaised { return true }
    if !exceptionMatches(t, .exception) { return false }
    let e = takeException(t)
    return !call(t, futuresNames[t].pointee.reportCallback, v, e).isRaised
}

private func callBack(_ t: Thread, _ v: Value) -> Bool {
    let callbacks = loadSlot(&futureCell(v).pointee.callbacks)
    if callbacks.bits == 0 || !isList(callbacks) { return true }
    var i = 0
    while i < listCount(callbacks) {
        let function = listGet(t, callbacks, i)
        if function.isMissing { break }
        if !callBack(t, v, function) { return false }
        i += 1
    }
    return true
}

/// `add_done_callback`. False: raised.
func addPoolCallback(_ t: Thread, _ v: Value, _ function: Value) -> Bool {
    if !isDoneFuture(v) {
        // With a condition in place, a change waits until the callback is in the list.
        let list = futureList(t, v, &futureCell(v).pointee.callbacks), condition = list.isRaised ? list : futureCondition(t, v)
        if condition.isRaised || callMethod(t, condition, .__enter__).isRaised { return false }
        let isLate = isDoneFuture(v)
        let added = isLate || listAppend(t, list, function) >= 0
        if callMethod(t, condition, .__exit__, .none, .none, .none).isRaised || !added { return false }
        if !isLate { return true }
    }
    return callBack(t, v, function)
}

// MARK: what is made when somebody asks

/// `_condition`. 0: raised.
func futureCondition(_ t: Thread, _ v: Value) -> Value {
    let c = futureCell(v)
    let found = loadSlot(&c.pointee.condition)
    if found.bits != 0 { return found }
    let threading = importModule(t, "threading")
    let made = threading.isRaised ? threading : callMethod(t, threading, intern(t, "Condition"))
    if made.isRaised { return made }
    return publish(t, v, &c.pointee.condition, made)
}

/// `_waiters` or `_done_callbacks`. 0: raised.
func futureList(_ t: Thread, _ v: Value, _ slot: Values) -> Value {
    let found = loadSlot(slot)
    if found.bits != 0 { return found }
    let made = makeList(t)
    return made.isRaised ? made : publish(t, v, slot, made)
}

private func publish(_ t: Thread, _ v: Value, _ slot: Values, _ made: Value) -> Value {
    lockCell(t, v)
    let other = slot.pointee
    if other.bits == 0 { storeSlot(slot, made) }
    unlockCell(t, v)
    return other.bits == 0 ? made : other
}

// MARK: waiting

/// Waits until the future is done: 1; 0 the deadline passed; -1 a signal handler raised.
func awaitFuture(_ t: Thread, _ v: Value, _ deadline: UInt64?) -> Truth {
    let c = futureCell(v)
    if !isDoneFuture(v) {
        if ladon_runtime.gil == 0 {
            // The thread that computes it may be about to finish.
            for _ in 0 ..< 300 {
                if ladon_load32_acquire(&c.pointee.done) != 0 || ladon_load32_relaxed(&t.pointee.pending) != 0 { break }
                ladon_cpu_relax()
            }
        }
        while !isDoneFuture(v) {
            _ = ladon_fetch_add32(&c.pointee.sleepers, 1)
            let result = park(t, &c.pointee.done, 0, deadline, looksOut: true)
            _ = ladon_fetch_add32(&c.pointee.sleepers, .max)
            v.keepAlive
            if result == .interrupted && !safepoint(t) { return -1 }
            if result == .timedOut && !isDoneFuture(v) { return 0 }
        }
    }
    // Who changes the parts one by one holds the condition meanwhile.
    let condition = loadSlot(&c.pointee.condition)
    if condition.bits == 0 { return 1 }
    if callMethod(t, condition, .__enter__).isRaised { return -1 }
    return callMethod(t, condition, .__exit__, .none, .none, .none).isRaised ? -1 : 1
}
