// asyncio.Future as Python sees it, and the iterator that `await` runs through.

import LadonLibrary

nonisolated(unsafe) private var initSignature: SignaturePointer?

func futureDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_asyncio.Future", flags: [.baseType, .weakReferenceable],
                   doc: "This class is *almost* compatible with concurrent.futures.Future.\n\n    Differences:\n\n    - result() and exception() do not take a timeout argument and\n      raise an exception when the future isn't done yet.\n\n    - Callbacks registered with add_done_callback() are always called\n      via the event loop's call_soon_threadsafe().\n\n    - This class is not compatible with the wait() and as_completed()\n      methods in the concurrent.futures package.",
                   signature: "(*, loop=None)", size: MemoryLayout<FutureCell>.size, layout: futureLayout,
                   dictOffset: MemoryLayout<FutureCell>.offset(of: \FutureCell.attributes), slots: [
                       .call(.new) { t, type, args, count, names in
                           if type.asType == asyncio.future { return makeFuture(t, .raised) }
                           return allocateInstance(t, type.asType)
                       },
                       .call(.initialize) { t, v, args, count, names in
                           if count == 0 && names.bits != 0 && names.tupleCount == 1 && names.tupleItems[0] == word(.loop) {
                               return initializeFuture(t, v, args.unsafelyUnwrapped[0]) ? .none : .raised
                           }
                           let s = nativeSignature(t, &initSignature, "(*, loop=None)")
                           var loop = Value.none
                           if !bindArguments(t, s, CalleeName("Future"), args, count, names, into: &loop) { return .raised }
                           return initializeFuture(t, v, loop) ? .none : .raised
                       },
                       .unary(.repr) { t, v in
                           let f = library(t, .futureRepr)
                           return f.isRaised ? f : call(t, f, v)
                       },
                       .unary(.await, makeFutureIterator), .unary(.iter, makeFutureIterator),
                       .unary(.finalize) { t, v in
                           finalizeFuture(t, v)
                           return .none
                       },
                   ], members: futureMembers + [
                       instanceDictMember(),
                       .method("set_result", "(self, result, /)", { t, a in
                           isInitialized(t, a[0]) && futureSetResult(t, a[0], a[1]) > 0 ? .none : .raised
                       }, "Mark the future done and set its result.\n\nIf the future is already done when this method is called, raises\nInvalidStateError."),
                       .method("set_exception", "(self, exception, /)", { t, a in
                           isInitialized(t, a[0]) && futureSetException(t, a[0], a[1]) > 0 ? .none : .raised
                       }, "Mark the future done and set an exception.\n\nIf the future is already done when this method is called, raises\nInvalidStateError."),
                       .method("cancel", "(self, /, msg=None)", { t, a in
                           if !isInitialized(t, a[0]) { return .raised }
                           let r = futureCancel(t, a[0], a[1])
                           return r < 0 ? .raised : Value(r == 1)
                       }, "Cancel the future and schedule callbacks.\n\nIf the future is already done or cancelled, return False.  Otherwise,\nchange the future's state to cancelled, schedule the callbacks and\nreturn True."),
                   ])
}

@inline(__always) private func orNone(_ v: Value) -> Value { v.bits == 0 ? .none : v }

/// What Future and Task share (a Task inherits these).
private let futureMembers: [NativeMember] = [
    .method("result", "(self, /)", { t, a in futureResult(t, a[0]) }, "Return the result this future represents.\n\nIf the future has been cancelled, raises CancelledError.  If the\nfuture's result isn't yet available, raises InvalidStateError.  If\nthe future is done and has an exception set, this exception is raised."),
    .method("exception", "(self, /)", { t, a in
        let f = a[0]
        let c = f.asFuture
        if c.pointee.state == FutureState.cancelled {
            let e = makeCancelledError(t, f)
            return e.isRaised ? e : raiseInstance(t, e)
        }
        if c.pointee.state == FutureState.pending { return raiseInvalidState(t, "Exception is not set.") }
        c.pointee.logTraceback = 0
        return orNone(loadSlot(&c.pointee.exception))
    }, "Return the exception that was set on this future.\n\nThe exception (or None if no exception was set) is returned only if\nthe future is done.  If the future has been cancelled, raises\nCancelledError.  If the future isn't done yet, raises\nInvalidStateError."),
    .method("add_done_callback", "(self, fn, /, *, context=<unrepresentable>)", { t, a in
        let f = a[0]
        if !isInitialized(t, f) { return .raised }
        let context = a[2].isMissing || a[2].isNone ? copyCurrentContext(t) : a[2]
        if context.isRaised { return context }
        return addCallback(t, f, a[1], context, task: false) ? .none : .raised
    }, "Add a callback to be run when the future becomes done.\n\nThe callback is called with a single argument - the future object. If\nthe future is already done when this is called, the callback is\nscheduled with call_soon."),
    .method("remove_done_callback", "(self, fn, /)", { t, a in
        if !isInitialized(t, a[0]) { return .raised }
        let n = removeCallbacks(t, a[0], a[1])
        return n < 0 ? .raised : Value(smallInt: n)
    }, "Remove all instances of a callback from the \"call when done\" list.\n\nReturns the number of callbacks removed."),
    .method("cancelled", "(self, /)", { t, a in Value(a[0].asFuture.pointee.state == FutureState.cancelled) }, "Return True if the future was cancelled."),
    .method("done", "(self, /)", { t, a in Value(a[0].asFuture.pointee.state != FutureState.pending) }, "Return True if the future is done.\n\nDone means either that a result / exception are available, or that the\nfuture was cancelled."),
    .method("get_loop", "(self, /)", { t, a in isInitialized(t, a[0]) ? a[0].asFuture.pointee.loop : .raised }, "Return the event loop the Future is bound to."),
    .method("_make_cancelled_error", "(self, /)", { t, a in makeCancelledError(t, a[0]) }, "Create the CancelledError to raise if the Future is cancelled.\n\nThis should only be called once when handling a cancellation since\nit erases the context exception value."),
    .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
    .attribute("_state", get: { t, a in
        switch a[0].asFuture.pointee.state {
        case FutureState.cancelled: return internStatic(t, "CANCELLED")
        case FutureState.finished: return internStatic(t, "FINISHED")
        default: return internStatic(t, "PENDING")
        }
    }),
    .attribute("_asyncio_future_blocking", get: { t, a in Value(a[0].asFuture.pointee.loop.bits != 0 && a[0].asFuture.pointee.blocking != 0) }, set: { t, a in
        if !isInitialized(t, a[0]) { return .raised }
        if a[1].isMissing { return raise(t, .attributeError, "cannot delete attribute") }
        let yes = isTrue(t, a[1])
        if yes < 0 { return .raised }
        a[0].asFuture.pointee.blocking = yes == 1 ? 1 : 0
        return .none
    }),
    .attribute("_loop", get: { t, a in orNone(loadSlot(&a[0].asFuture.pointee.loop)) }),
    .attribute("_callbacks", get: { t, a in isInitialized(t, a[0]) ? callbackList(t, a[0]) : .raised }),
    .attribute("_asyncio_awaited_by", get: { t, a in awaiters(t, a[0]) }),
    .attribute("_result", get: { t, a in orNone(loadSlot(&a[0].asFuture.pointee.result)) }),
    .attribute("_exception", get: { t, a in orNone(loadSlot(&a[0].asFuture.pointee.exception)) }),
    .attribute("_log_traceback", get: { t, a in Value(a[0].asFuture.pointee.logTraceback != 0) }, set: { t, a in
        if a[1].isMissing { return raise(t, .attributeError, "cannot delete attribute") }
        let yes = isTrue(t, a[1])
        if yes < 0 { return .raised }
        if yes == 1 { return raise(t, .valueError, "_log_traceback can only be set to False") }
        a[0].asFuture.pointee.logTraceback = 0
        return .none
    }),
    .attribute("_source_traceback", get: { t, a in orNone(loadSlot(&a[0].asFuture.pointee.sourceTraceback)) }),
    .attribute("_cancel_message", get: { t, a in orNone(loadSlot(&a[0].asFuture.pointee.cancelMessage)) }, set: { t, a in
        if a[1].isMissing { return raise(t, .attributeError, "cannot delete attribute") }
        storeSlot(&a[0].asFuture.pointee.cancelMessage, a[1])
        return .none
    }),
]

/// The last report of a future whose exception nobody asked for.
func finalizeFuture(_ t: Thread, _ f: Value) {
    let c = f.asFuture
    if c.pointee.logTraceback == 0 { return }
    c.pointee.logTraceback = 0
    let e = loadSlot(&c.pointee.exception)
    if e.bits == 0 { return }
    reportToLoop(t, f, "\(shortTypeName(f)) exception was never retrieved", .future, e)
}

// MARK: await

struct FutureIteratorCell {
    var header: CellHeader
    /// 0: used up.
    var future: Value
}

func futureIteratorDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_asyncio.FutureIter", flags: [.disallowInstantiation], size: MemoryLayout<FutureIteratorCell>.size,
                   layout: Layout(prefix: 1, flags: [.container]), slots: [
                       .unary(.iter, iterSelf), .unary(.next) { t, v in nextResult(t, sendToFuture(t, v, .none)) }, .binary(.send, sendToFuture),
                   ], members: [
                       .method("send", "(self, arg, /)", { t, a in sendResult(t, sendToFuture(t, a[0], a[1])) }),
                       .method("throw", "(self, /, *args)", futureIterator_throw),
                       .method("close", "(self, /)", { t, a in
                           storeSlot(&a[0].cell(as: FutureIteratorCell.self).pointee.future, .raised)
                           return .none
                       }),
                   ])
}

func makeFutureIterator(_ t: Thread, _ f: Value) -> Value {
    if !isInitialized(t, f) { return .raised }
    let v = Value(allocate(t, id: asyncio.iterator.unsafelyUnwrapped.pointee.id, bytes: MemoryLayout<FutureIteratorCell>.size))
    v.cell(as: FutureIteratorCell.self).pointee.future = f
    return v
}

/// The slot `send`: the future itself while it is pending, for the task to wait on; then its result as the end.
func sendToFuture(_ t: Thread, _ v: Value, _ sent: Value) -> Value {
    let c = v.cell(as: FutureIteratorCell.self)
    let f = loadSlot(&c.pointee.future)
    if f.bits == 0 {
        t.pointee.result = .none
        return .exhausted
    }
    let future = f.asFuture
    if future.pointee.state == FutureState.pending {
        if future.pointee.blocking == 0 {
            future.pointee.blocking = 1
            return f
        }
        return raise(t, .runtimeError, "await wasn't used with future")
    }
    storeSlot(&c.pointee.future, .raised)
    let r = futureResult(t, f)
    if r.isRaised { return r }
    t.pointee.result = r
    return .exhausted
}

private func futureIterator_throw(_ t: Thread, _ a: Values) -> Value {
    let args = a[1], count = args.tupleCount
    if count < 1 || count > 3 {
        return raise(t, .typeError, count < 1 ? "throw expected at least 1 argument, got 0" : "throw expected at most 3 arguments, got \(count)")
    }
    let type = args.tupleItems[0]
    let value: Value = count > 1 && !args.tupleItems[1].isNone ? args.tupleItems[1] : .raised
    let traceback: Value = count > 2 && !args.tupleItems[2].isNone ? args.tupleItems[2] : .raised
    if traceback.bits != 0 && !traceback.isExactly(.traceback) { return raise(t, .typeError, "throw() third argument must be a traceback") }
    let e: Value
    if isType(type) && type.asType.hasFlag(.exceptionSubclass) {
        if value.bits != 0 && isSubtype(typeOf(value), type.asType) { e = value }
        else if value.bits == 0 { e = call(t, type) }
        else if isTuple(value) { e = callWithTuple(t, type, value) }
        else { e = call(t, type, value) }
        if e.isRaised { return e }
    } else if typeOf(type).hasFlag(.exceptionSubclass) {
        if value.bits != 0 { return raise(t, .typeError, "instance exception may not have a separate value") }
        e = type
    } else {
        return raise(t, .typeError, "exceptions must be classes deriving BaseException or instances of such a class")
    }
    storeSlot(&a[0].cell(as: FutureIteratorCell.self).pointee.future, .raised)
    if traceback.bits != 0 { storeSlot(&e.asException.pointee.traceback, traceback) }
    return raiseInstance(t, e)
}
