// A task's step: the coroutine runs until it waits for a future, gives way, or ends.
//
// Native coroutines are driven through the runtime's own `send`, so their end raises no StopIteration. The
// loop's queue holds the task itself in a handle (see Handle.swift); the callables that programs can see,
// TaskStepMethWrapper and the bound `task_wakeup`, are made only when somebody looks or the loop isn't ours.

import LadonLibrary

// MARK: entering and leaving

// The task that runs on a thread is kept in the thread (`taskLoop`, `currentTask`): one loop runs per thread.
// Tasks entered by hand while another loop's runs go to a dictionary (CurrentTasks.swift).

/// False: raised.
func enterTask(_ t: Thread, _ loop: Value, _ task: Value) -> Bool {
    if t.pointee.currentTask.bits == 0 && !hasForeignTasks() {
        t.pointee.taskLoop = loop
        t.pointee.currentTask = task
        return true
    }
    return enterTaskSlowly(t, loop, task)
}

/// False: raised.
func leaveTask(_ t: Thread, _ loop: Value, _ task: Value) -> Bool {
    if t.pointee.currentTask == task && t.pointee.taskLoop == loop {
        t.pointee.currentTask = .raised
        t.pointee.taskLoop = .raised
        return true
    }
    return leaveTaskSlowly(t, loop, task)
}

// MARK: steps

/// One step, with an exception to throw in or 0. None; 0 raised (KeyboardInterrupt, SystemExit, or the task was done).
func taskStep(_ t: Thread, _ task: Value, _ exception: Value) -> Value {
    let loop = task.asFuture.pointee.loop
    if !enterTask(t, loop, task) { return .raised }
    let r = stepInside(t, task, exception)
    if !r.isRaised { return leaveTask(t, loop, task) ? .none : .raised }
    let e = takeException(t)
    if !leaveTask(t, loop, task) { clearException(t) }
    restoreException(t, e)
    return .raised
}

private func stepInside(_ t: Thread, _ task: Value, _ given: Value) -> Value {
    let c = task.asTask
    var e = given
    if c.pointee.future.state != FutureState.pending {
        return raiseInvalidState(t, "__step(): already done: \(reprText(t, task)) \(e.bits == 0 ? "None" : reprText(t, e))")
    }
    if c.pointee.future.mustCancel != 0 {
        if e.bits == 0 || !isCancelledError(t, e) {
            e = makeCancelledError(t, task)
            if e.isRaised { return e }
        }
        c.pointee.future.mustCancel = 0
    }
    storeSlot(&c.pointee.waiter, .raised)
    let coroutine = loadSlot(&c.pointee.coroutine)
    if coroutine.bits == 0 { return raise(t, .runtimeError, "uninitialized Task object") }
    let r: Value
    if e.bits == 0 {
        r = sendTo(t, coroutine, .none)
    } else if coroutine.isExactly(.coroutine) || coroutine.isExactly(.generator) {
        r = generatorThrow(t, coroutine, e)
    } else {
        let answer = callMethod(t, coroutine, .throw, e)
        r = answer.isRaised ? stopIterationAsEnd(t) : answer
    }
    if r.isRaised { return stepRaised(t, task) }
    if r.isExhausted {
        let result = t.pointee.result
        if c.pointee.future.mustCancel != 0 {
            // Cancelled right before the coroutine ended.
            c.pointee.future.mustCancel = 0
            return futureCancel(t, task, loadSlot(&c.pointee.future.cancelMessage)) < 0 ? .raised : .none
        }
        return futureSetResult(t, task, result) < 0 ? .raised : .none
    }
    return stepYielded(t, task, r)
}

/// The coroutine ended by raising.
@inline(never) private func stepRaised(_ t: Thread, _ task: Value) -> Value {
    let e = takeException(t)
    if isCancelledError(t, e) {
        storeSlot(&task.asFuture.pointee.cancelledError, e)
        return futureCancel(t, task, .raised) < 0 ? .raised : .none
    }
    if futureSetException(t, task, e) < 0 { return .raised }
    if isKind(e, .keyboardInterrupt) || isKind(e, .systemExit) {
        restoreException(t, e)
        return .raised
    }
    return .none
}

/// The coroutine gave something out: a future to wait for, None to give way, or nonsense.
private func stepYielded(_ t: Thread, _ task: Value, _ r: Value) -> Value {
    let c = task.asTask
    if r.isNone { return scheduleStep(t, task, .raised).isRaised ? .raised : .none }
    if isExactFuture(r) {
        let future = r.asFuture
        if r == task { return failSoon(t, task, "Task cannot await on itself: \(reprText(t, task))") }
        if future.pointee.loop != c.pointee.future.loop {
            return failSoon(t, task, "Task \(reprText(t, task)) got Future \(reprText(t, r)) attached to a different loop")
        }
        if future.pointee.blocking == 0 {
            return failSoon(t, task, "yield was used instead of yield from in task \(reprText(t, task)) with \(reprText(t, r))")
        }
        future.pointee.blocking = 0
        if !addCallback(t, r, task, loadSlot(&c.pointee.context), task: true) { return .raised }
        return waitFor(t, task, r)
    }
    return stepYieldedOther(t, task, r)
}

@inline(__always) private func waitFor(_ t: Thread, _ task: Value, _ future: Value) -> Value {
    let c = task.asTask
    storeSlot(&c.pointee.waiter, future)
    if c.pointee.future.mustCancel != 0 {
        let done = cancelWaiter(t, future, loadSlot(&c.pointee.future.cancelMessage))
        if done < 0 { return .raised }
        if done == 1 { c.pointee.future.mustCancel = 0 }
    }
    return .none
}

@inline(never) private func stepYieldedOther(_ t: Thread, _ task: Value, _ r: Value) -> Value {
    let c = task.asTask
    let blocking = getAttributeOrMissing(t, r, word(._asyncio_future_blocking))
    if blocking.isRaised { return blocking }
    if !blocking.isMissing && !blocking.isNone {
        if r == task { return failSoon(t, task, "Task cannot await on itself: \(reprText(t, task))") }
        let loop = loopOfFuture(t, r)
        if loop.isRaised { return loop }
        if loop != c.pointee.future.loop {
            return failSoon(t, task, "Task \(reprText(t, task)) got Future \(reprText(t, r)) attached to a different loop")
        }
        let yes = isTrue(t, blocking)
        if yes < 0 { return .raised }
        if yes == 0 { return failSoon(t, task, "yield was used instead of yield from in task \(reprText(t, task)) with \(reprText(t, r))") }
        if setAttribute(t, r, word(._asyncio_future_blocking), .false) < 0 { return .raised }
        let wakeup = wakeupMethod(t, task)
        let add = wakeup.isRaised ? wakeup : getAttribute(t, r, word(.add_done_callback))
        if add.isRaised { return add }
        if callNamed(t, add, (wakeup, .none), 1, name(.context), loadSlot(&c.pointee.context)).isRaised { return .raised }
        return waitFor(t, task, r)
    }
    if r.isExactly(.generator) {
        return failSoon(t, task, "yield was used instead of yield from for generator in task \(reprText(t, task)) with \(reprText(t, r))")
    }
    return failSoon(t, task, "Task got bad yield: \(reprText(t, r))")
}

/// `get_loop()` of any future-like object, or its `_loop`.
func loopOfFuture(_ t: Thread, _ v: Value) -> Value {
    if isExactFuture(v) { return v.asFuture.pointee.loop }
    let method = getAttributeOrMissing(t, v, word(.get_loop))
    if method.isRaised { return method }
    return method.isMissing ? getAttribute(t, v, word(._loop)) : call(t, method)
}

/// A RuntimeError is thrown in at the next step.
private func failSoon(_ t: Thread, _ task: Value, _ message: String) -> Value {
    let e = call(t, builtinType(.runtimeError).value, makeString(t, message))
    if e.isRaised { return e }
    return scheduleStep(t, task, e).isRaised ? .raised : .none
}

/// What a task waited for is done: its exception is thrown in, else the coroutine goes on.
func taskWakeup(_ t: Thread, _ task: Value, _ future: Value) -> Value {
    if isExactFuture(future) {
        let c = future.asFuture
        if c.pointee.state == FutureState.finished && loadSlot(&c.pointee.exception).bits == 0 {
            c.pointee.logTraceback = 0
            return taskStep(t, task, .raised)
        }
        if !futureResult(t, future).isRaised { return taskStep(t, task, .raised) }
    } else {
        if !callMethod(t, future, word(.result)).isRaised { return taskStep(t, task, .raised) }
    }
    return taskStep(t, task, takeException(t))
}

// MARK: eager start

/// The first step at once, in the context of the task, instead of on the next turn of the loop. False: raised.
func startEagerly(_ t: Thread, _ task: Value) -> Bool {
    let c = task.asTask
    let previousLoop = t.pointee.taskLoop, previous = t.pointee.currentTask
    t.pointee.taskLoop = .raised
    t.pointee.currentTask = .raised
    registerTask(t, task)
    let context = loadSlot(&c.pointee.context)
    var r = Value.raised
    if context.isExactly(.context) {
        if enterContext(t, context) {
            r = taskStep(t, task, .raised)
            leaveContext(t, context)
        }
    } else {
        let step = stepMethod(t, task)
        let run = step.isRaised ? step : getAttribute(t, context, word(.run))
        r = run.isRaised ? run : call(t, run, step)
    }
    t.pointee.taskLoop = previousLoop
    t.pointee.currentTask = previous
    return !r.isRaised
}

// MARK: the callables that programs see

struct StepWrapperCell {
    var header: CellHeader
    var task: Value
    /// The exception to throw in, or 0.
    var exception: Value
}

func stepWrapperDefinition() -> TypeDefinition {
    TypeDefinition(nil, "TaskStepMethWrapper", flags: [.disallowInstantiation], size: MemoryLayout<StepWrapperCell>.size, layout: Layout(prefix: 2, flags: [.container]),
                   slots: [.call(.call) { t, v, args, count, names in
                       if names.bits != 0 && names.tupleCount > 0 { return raise(t, .typeError, "function takes no keyword arguments") }
                       if count > 0 { return raise(t, .typeError, "function takes no positional arguments") }
                       let c = v.cell(as: StepWrapperCell.self)
                       return taskStep(t, c.pointee.task, c.pointee.exception)
                   }], members: [
                       .attribute("__self__", get: { t, a in a[0].cell(as: StepWrapperCell.self).pointee.task }),
                   ])
}

func stepMethod(_ t: Thread, _ task: Value, _ exception: Value = .raised) -> Value {
    let v = Value(allocate(t, id: asyncio.stepWrapper.unsafelyUnwrapped.pointee.id, bytes: MemoryLayout<StepWrapperCell>.size))
    v.cell(as: StepWrapperCell.self).pointee.task = task
    v.cell(as: StepWrapperCell.self).pointee.exception = exception
    return v
}

nonisolated(unsafe) private let wakeupRecord = makeRecord(.method("task_wakeup", "(self, future, /)", { t, a in taskWakeup(t, a[0], a[1]) }))

/// The bound method that a future calls to wake a task.
func wakeupMethod(_ t: Thread, _ task: Value) -> Value { makeBoundNative(t, wakeupRecord, task) }
