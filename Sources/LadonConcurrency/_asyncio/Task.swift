// asyncio.Task as Python sees it. What a step does is in TaskStep.swift.

import LadonLibrary

nonisolated(unsafe) private var initSignature: SignaturePointer?
/// The number in the last default name given out.
nonisolated(unsafe) private var lastTaskNumber: UInt = 0

func taskDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_asyncio.Task", flags: [.baseType, .weakReferenceable], doc: "A coroutine wrapped in a Future.",
                   signature: "(coro, *, loop=None, name=None, context=None, eager_start=False)", size: MemoryLayout<TaskCell>.size, layout: futureLayout,
                   dictOffset: MemoryLayout<FutureCell>.offset(of: \FutureCell.attributes), slots: [
                       .call(.new) { t, type, args, count, names in
                           if type.asType == asyncio.task { return allocateTask(t) }
                           return allocateInstance(t, type.asType)
                       },
                       .call(.initialize, task_init),
                       .unary(.repr) { t, v in
                           let f = library(t, .taskRepr)
                           return f.isRaised ? f : call(t, f, v)
                       },
                       .unary(.await, makeFutureIterator), .unary(.iter, makeFutureIterator),
                       .unary(.finalize) { t, v in
                           let c = v.asFuture
                           if c.pointee.registered != 0 { unregisterNativeTask(v) }
                           if c.pointee.loop.bits != 0 && c.pointee.state == FutureState.pending && c.pointee.logDestroyPending != 0 && v.asTask.pointee.coroutine.bits != 0 {
                               reportToLoop(t, v, "Task was destroyed but it is pending!", .task)
                           }
                           finalizeFuture(t, v)
                           return .none
                       },
                   ], members: taskMembers)
}

func allocateTask(_ t: Thread) -> Value {
    let v = Value(allocate(t, id: asyncio.taskID, bytes: MemoryLayout<TaskCell>.size))
    registerFinalizable(t, v)
    return v
}

private func task_init(_ t: Thread, _ v: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let s = nativeSignature(t, &initSignature, "(coro, *, loop=None, name=None, context=None, eager_start=False)")
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: 5) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        if !bindArguments(t, s, CalleeName("Task"), args, count, names, into: p) { return .raised }
        let eager = isTrue(t, p[4])
        if eager < 0 { return .raised }
        return initializeTask(t, v, coroutine: p[0], loop: p[1], name: p[2], context: p[3], eager: eager == 1) ? .none : .raised
    }
}

/// False: raised.
func initializeTask(_ t: Thread, _ v: Value, coroutine: Value, loop: Value, name: Value, context: Value, eager: Bool = false) -> Bool {
    let c = v.asTask
    if c.pointee.future.registered != 0 { unregisterNativeTask(v) }
    if !initializeFuture(t, v, loop) { return false }
    if !coroutine.isExactly(.coroutine) {
        let f = library(t, .isCoroutine)
        let answer = f.isRaised ? f : call(t, f, coroutine)
        let yes = answer.isRaised ? -1 : isTrue(t, answer)
        if yes <= 0 {
            c.pointee.future.logDestroyPending = 0
            if yes == 0 { raise(t, .typeError, "a coroutine was expected, got \(reprText(t, coroutine))") }
            return false
        }
    }
    let own = context.isNone || context.isMissing ? copyCurrentContext(t) : context
    if own.isRaised { return false }
    storeSlot(&c.pointee.context, own)
    storeSlot(&c.pointee.waiter, .raised)
    c.pointee.cancelRequests = 0
    storeSlot(&c.pointee.coroutine, coroutine)
    if name.isNone || name.isMissing {
        c.pointee.name = Value(smallInt: Int(ladon_fetch_add(&lastTaskNumber, 1)) + 1)
    } else {
        let text = name.isExactly(.str) ? name : str(t, name)
        if text.isRaised { return false }
        storeSlot(&c.pointee.name, text)
    }
    if eager {
        let running = t.pointee.runningLoop
        if running == c.pointee.future.loop { return startEagerly(t, v) }
    }
    if scheduleStep(t, v, .raised).isRaised { return false }
    registerTask(t, v)
    return true
}

private func taskName(_ t: Thread, _ v: Value) -> Value {
    let n = loadSlot(&v.asTask.pointee.name)
    if n.bits == 0 { return .none }
    if !n.isSmallInt { return n }
    let text = makeString(t, "Task-\(n.smallInt)")
    if !text.isRaised { storeSlot(&v.asTask.pointee.name, text) }
    return text
}

@inline(__always) private func orNone(_ v: Value) -> Value { v.bits == 0 ? .none : v }

private let taskMembers: [NativeMember] = [
    .method("set_result", "(self, result, /)", { t, a in raise(t, .runtimeError, "Task does not support set_result operation") }),
    .method("set_exception", "(self, exception, /)", { t, a in raise(t, .runtimeError, "Task does not support set_exception operation") }),
    .method("cancel", "(self, /, msg=None)", { t, a in
        if !isInitialized(t, a[0]) { return .raised }
        let r = taskCancel(t, a[0], a[1])
        return r < 0 ? .raised : Value(r == 1)
    }, "Request that this task cancel itself.\n\nThis arranges for a CancelledError to be thrown into the\nwrapped coroutine on the next cycle through the event loop.\nThe coroutine then has a chance to clean up or even deny\nthe request using try/except/finally.\n\nUnlike Future.cancel, this does not guarantee that the\ntask will be cancelled: the exception might be caught and\nacted upon, delaying cancellation of the task or preventing\ncancellation completely.  The task may also return a value or\nraise a different exception.\n\nImmediately after this method is called, Task.cancelled() will\nnot return True (unless the task was already cancelled).  A\ntask will be marked as cancelled when the wrapped coroutine\nterminates with a CancelledError exception (even if cancel()\nwas not called).\n\nThis also increases the task's count of cancellation requests."),
    .method("cancelling", "(self, /)", { t, a in Value(smallInt: Int(a[0].asTask.pointee.cancelRequests)) }, "Return the count of the task's cancellation requests.\n\nThis count is incremented when .cancel() is called\nand may be decremented using .uncancel()."),
    .method("uncancel", "(self, /)", { t, a in
        let c = a[0].asTask
        if c.pointee.cancelRequests > 0 { c.pointee.cancelRequests -= 1 }
        return Value(smallInt: Int(c.pointee.cancelRequests))
    }, "Decrement the task's count of cancellation requests.\n\nThis should be used by tasks that catch CancelledError\nand wish to continue indefinitely until they are cancelled again.\n\nReturns the remaining number of cancellation requests."),
    .method("get_stack", "(self, /, *, limit=None)", { t, a in
        let f = library(t, .taskGetStack)
        return f.isRaised ? f : call(t, f, a[0], a[1])
    }, "Return the list of stack frames for this task's coroutine.\n\nIf the coroutine is not done, this returns the stack where it is\nsuspended.  If the coroutine has completed successfully or was\ncancelled, this returns an empty list.  If the coroutine was\nterminated by an exception, this returns the list of traceback\nframes."),
    .method("print_stack", "(self, /, *, limit=None, file=None)", { t, a in
        let f = library(t, .taskPrintStack)
        return f.isRaised ? f : call(t, f, a[0], a[1], a[2])
    }, "Print the stack or traceback for this task's coroutine.\n\nThis produces output similar to that of the traceback module,\nfor the frames retrieved by get_stack()."),
    .method("get_name", "(self, /)", { t, a in taskName(t, a[0]) }),
    .method("set_name", "(self, value, /)", { t, a in
        let text = a[1].isExactly(.str) ? a[1] : str(t, a[1])
        if text.isRaised { return text }
        storeSlot(&a[0].asTask.pointee.name, text)
        return .none
    }),
    .method("get_coro", "(self, /)", { t, a in orNone(loadSlot(&a[0].asTask.pointee.coroutine)) }),
    .method("get_context", "(self, /)", { t, a in orNone(loadSlot(&a[0].asTask.pointee.context)) }),
    .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
    .attribute("_log_destroy_pending", get: { t, a in Value(a[0].asFuture.pointee.logDestroyPending != 0) }, set: { t, a in
        if a[1].isMissing { return raise(t, .attributeError, "cannot delete attribute") }
        let yes = isTrue(t, a[1])
        if yes < 0 { return .raised }
        a[0].asFuture.pointee.logDestroyPending = yes == 1 ? 1 : 0
        return .none
    }),
    .attribute("_must_cancel", get: { t, a in Value(a[0].asFuture.pointee.mustCancel != 0) }),
    .attribute("_coro", get: { t, a in orNone(loadSlot(&a[0].asTask.pointee.coroutine)) }),
    .attribute("_fut_waiter", get: { t, a in orNone(loadSlot(&a[0].asTask.pointee.waiter)) }),
]

/// Task.cancel: 1 asked for, 0 the task was done, -1 raised.
func taskCancel(_ t: Thread, _ v: Value, _ message: Value) -> Truth {
    if !enterNative(t, "") { return -1 }
    defer { leaveNative(t) }
    let c = v.asTask
    c.pointee.future.logTraceback = 0
    if c.pointee.future.state != FutureState.pending { return 0 }
    c.pointee.cancelRequests += 1
    let waiter = loadSlot(&c.pointee.waiter)
    if waiter.bits != 0 {
        let done = cancelWaiter(t, waiter, message)
        if done != 0 { return done }
    }
    c.pointee.future.mustCancel = 1
    storeSlot(&c.pointee.future.cancelMessage, message)
    return 1
}

/// `waiter.cancel(msg=message)` as truth; -1: raised.
func cancelWaiter(_ t: Thread, _ waiter: Value, _ message: Value) -> Truth {
    if isExactTask(waiter) { return taskCancel(t, waiter, message) }
    if isExactFuture(waiter) { return futureCancel(t, waiter, message) }
    let method = getAttribute(t, waiter, word(.cancel))
    if method.isRaised { return -1 }
    let r = callNamed(t, method, (.none, .none), 0, word(.msg), message.bits == 0 ? .none : message)
    return r.isRaised ? -1 : isTrue(t, r)
}
