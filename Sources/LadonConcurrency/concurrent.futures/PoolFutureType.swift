// `concurrent.futures.Future` as a type: the table.

import LadonLibrary

func futureType() -> TypeDefinition {
    TypeDefinition(nil, "concurrent.futures._base.Future", flags: [.baseType, .changeable, .weakReferenceable],
                   doc: "Represents the result of an asynchronous computation.", signature: "()",
                   size: MemoryLayout<PoolFutureCell>.size, layout: Layout(prefix: 7, base: MemoryLayout<PoolFutureCell>.size / 8, flags: .container),
                   dictOffset: MemoryLayout<PoolFutureCell>.offset(of: \PoolFutureCell.attributes),
                   slots: [
                       .call(.new) { t, type, args, count, names in
                           let v = allocateInstance(t, type.asType)
                           if !v.isRaised { futureCell(v).pointee.state = futures.states.pending }
                           return v
                       },
                       .unary(.repr, future_repr),
                   ], members: [
                       .method("__init__", "(self)", { t, a in .none }, "Initializes the future. Should not be called by clients."),
                       .method("cancel", "(self)", { t, a in
                           let done = cancelFuture(t, a[0])
                           return done < 0 ? .raised : Value(done == 1)
                       }, "Cancel the future if possible.\n\nReturns True if the future was cancelled, False otherwise. A future\ncannot be cancelled if it is running or has already completed."),
                       .method("cancelled", "(self)", { t, a in
                           let s = futureState(a[0])
                           return Value(s == futures.states.cancelled || s == futures.states.notified)
                       }, "Return True if the future was cancelled."),
                       .method("running", "(self)", { t, a in Value(futureState(a[0]) == futures.states.running) },
                               "Return True if the future is currently executing."),
                       .method("done", "(self)", { t, a in Value(isDoneFuture(a[0])) }, "Return True if the future was cancelled or finished executing."),
                       .method("result", "(self, timeout=None)", future_result,
                               "Return the result of the call that the future represents.\n\nArgs:\n    timeout: The number of seconds to wait for the result if the future\n        isn't done. If None, then there is no limit on the wait time.\n\nRaises CancelledError if the future was cancelled, TimeoutError if it\nwas not done in time, and what the call raised."),
                       .method("exception", "(self, timeout=None)", future_exception,
                               "Return the exception raised by the call that the future represents, or\nNone if it completed without raising. The timeout is as for result()."),
                       .method("add_done_callback", "(self, fn)", { t, a in addPoolCallback(t, a[0], a[1]) ? .none : .raised },
                               "Attaches a callable that will be called with the future as its only\nargument when it finishes or is cancelled; at once if it has already."),
                       .method("set_running_or_notify_cancel", "(self)", { t, a in
                           let started = startFuture(t, a[0])
                           return started < 0 ? .raised : Value(started == 1)
                       }, "Mark the future as running or process any cancel notifications.\n\nShould only be used by Executor implementations and unit tests."),
                       .method("set_result", "(self, result)", { t, a in finishFuture(t, a[0], result: a[1], exception: .raised) ? .none : .raised },
                               "Sets the return value of work associated with the future.\n\nShould only be used by Executor implementations and unit tests."),
                       .method("set_exception", "(self, exception)", { t, a in finishFuture(t, a[0], result: .raised, exception: a[1]) ? .none : .raised },
                               "Sets the result of the future as being the given exception.\n\nShould only be used by Executor implementations and unit tests."),
                       .classMethod("__class_getitem__", "(type, object, /)", genericClassGetItem, "See PEP 585"),
                       .attribute("__dict__", get: { t, a in instanceDictionary(t, a[0]) }, set: { t, a in
                           if !isDict(a[1]) { return raise(t, .typeError, "__dict__ must be set to a dictionary, not a '\(a[1].isMissing ? "NULL" : typeName(a[1]))'") }
                           return store(&futureCell(a[0]).pointee.attributes, a[1])
                       }),
                       .attribute("_state", get: { t, a in futureState(a[0]) }, set: { t, a in
                           if a[1].isMissing { return raise(t, .attributeError, "cannot delete '_state'") }
                           setFutureState(t, a[0], a[1])
                           return .none
                       }),
                       .attribute("_result", get: { t, a in orNone(loadSlot(&futureCell(a[0]).pointee.result)) },
                                  set: { t, a in store(&futureCell(a[0]).pointee.result, a[1]) }),
                       .attribute("_exception", get: { t, a in orNone(loadSlot(&futureCell(a[0]).pointee.exception)) },
                                  set: { t, a in store(&futureCell(a[0]).pointee.exception, a[1]) }),
                       .attribute("_condition", get: { t, a in futureCondition(t, a[0]) },
                                  set: { t, a in store(&futureCell(a[0]).pointee.condition, a[1]) }),
                       .attribute("_waiters", get: { t, a in futureList(t, a[0], &futureCell(a[0]).pointee.waiters) },
                                  set: { t, a in store(&futureCell(a[0]).pointee.waiters, a[1]) }),
                       .attribute("_done_callbacks", get: { t, a in futureList(t, a[0], &futureCell(a[0]).pointee.callbacks) },
                                  set: { t, a in store(&futureCell(a[0]).pointee.callbacks, a[1]) }),
                   ])
}

private func orNone(_ v: Value) -> Value { v.bits == 0 ? .none : v }

private func store(_ slot: Values, _ v: Value) -> Value {
    storeSlot(slot, v.isMissing ? .raised : v)
    return .none
}

/// `type(v).__name__`.
private func shortTypeName(_ t: Thread, _ v: Value) -> String {
    let n = getAttribute(t, Value(typeOf(v)), .__name__)
    if n.isRaised { clearException(t) }
    return n.isStr ? swiftString(n) : typeName(v)
}

private func future_repr(_ t: Thread, _ v: Value) -> Value {
    let c = futureCell(v), s = futures.states
    let state = futureState(v)
    let shown = state == s.cancelled || state == s.notified ? "cancelled" : state == s.pending ? "pending" : state == s.running ? "running" : "finished"
    let head = "<\(shortTypeName(t, v)) at \(addressText(v)) state=\(shown)"
    if state != s.finished { return makeString(t, head + ">") }
    let e = loadSlot(&c.pointee.exception)
    if e.bits != 0 && !e.isNone { return makeString(t, "\(head) raised \(shortTypeName(t, e))>") }
    return makeString(t, "\(head) returned \(shortTypeName(t, orNone(loadSlot(&c.pointee.result))))>")
}

/// Waits as `timeout` says. False: raised, TimeoutError and CancelledError included.
private func awaitEnd(_ t: Thread, _ v: Value, _ timeout: Value) -> Bool {
    if !isDoneFuture(v) || futureCell(v).pointee.condition.bits != 0 {
        var end: UInt64? = nil
        if !timeout.isNone {
            guard let n = nanoseconds(t, timeout, .ceiling) else { return false }
            if n > longestTimeout {
                _ = raise(t, .overflowError, "timeout value is too large")
                return false
            }
            end = deadline(after: n)
        }
        let done = awaitFuture(t, v, end)
        if done <= 0 {
            if done == 0 { _ = raise(t, .timeoutError) }
            return false
        }
    }
    let state = futureState(v)
    if state == futures.states.cancelled || state == futures.states.notified {
        raiseValue(t, futuresNames[t].pointee.cancelledError)
        return false
    }
    return true
}

private func future_result(_ t: Thread, _ a: Values) -> Value {
    if !awaitEnd(t, a[0], a[1]) { return .raised }
    let c = futureCell(a[0])
    let e = loadSlot(&c.pointee.exception)
    if e.bits != 0 && !e.isNone { return raiseValue(t, e) }
    return orNone(loadSlot(&c.pointee.result))
}

private func future_exception(_ t: Thread, _ a: Values) -> Value {
    awaitEnd(t, a[0], a[1]) ? orNone(loadSlot(&futureCell(a[0]).pointee.exception)) : .raised
}
