// Running what the collector found due: callbacks of weak references, and finalisers. A thread of any interpreter finds it;
// Python code among it runs in a thread of the interpreter that it was made in: it may take locks (importlib's, for example)
// that a thread of that interpreter holds while it waits for this one.

import LadonTypes

/// Runs `body` in the middle of other code of the same thread, which must not see its exceptions.
private func runAside(_ t: Thread, _ body: () -> Void) {
    let raised = t.pointee.exception, result = t.pointee.result, handled = t.pointee.handled
    t.pointee.exception = .raised
    body()
    t.pointee.exception = raised
    t.pointee.handled = handled
    t.pointee.result = result
}

/// A cleared weak reference's callback is due.
func runWeakCallback(_ t: Thread, _ reference: Value) {
    runAside(t) {
        let callback = takeWeakCallback(reference)
        if callback.bits == 0 || callback.isNone || handOver(t, callback, callback, reference) { return }
        callWeakCallback(t, callback, reference)
    }
    reference.keepAlive
}

/// A finaliser is due.
func runFinalizer(_ t: Thread, _ v: Value) {
    runAside(t) {
        let type = typeOf(v)
        if !type.has(.finalize) { return }
        var code = lookupType(t, type, name(.__del__))
        if v.isExactly(.generator) || v.isExactly(.coroutine) || v.isExactly(.asyncGenerator) {
            if v.asGenerator.isFinished { return }
            code = Value(v.asGenerator.window.function)
        }
        if handOver(t, code, .none, v) { return }
        callFinalizer(t, v)
    }
    v.keepAlive
}

private func callWeakCallback(_ t: Thread, _ callback: Value, _ reference: Value) {
    if call(t, callback, reference).isRaised { reportUnraisable(t, callback) }
}

private func callFinalizer(_ t: Thread, _ v: Value) {
    guard let finalize = typeOf(v).unary(.finalize) else { return }
    if !finalize(t, v).isRaised { return }
    // CPython names the function of a Python class, the object of a built-in type.
    let method = lookupType(t, typeOf(v), name(.__del__))
    reportUnraisable(t, method.isMissing || method.isRaised ? v : method)
}

// MARK: between interpreters

/// Leaves it to the interpreter in which `code` was made, if that is another one. False: it is to be run here.
private func handOver(_ t: Thread, _ code: Value, _ callback: Value, _ v: Value) -> Bool {
    if ladon_runtime.interpreterCount <= 1 { return false }
    var f = code
    if f.isExactly(.method) { f = f.cell(as: MethodCell.self).pointee.function }
    if !f.isExactly(.function) || f.asFunction.pointee.builtins == interpreter(t).pointee.builtins { return false }
    let entry = makeTuple(t, callback, v), fresh = makeList(t)
    if entry.isRaised || fresh.isRaised {
        clearException(t)
        return false
    }
    guard let owner = borrowInterpreter(builtins: f.asFunction.pointee.builtins) else { return false }
    _ = ladon_cas(&owner.pointee.deferredFinalizers, 0, fresh.bits)
    let done = listAppend(t, loadSlot(&owner.pointee.deferredFinalizers), entry) >= 0
    if !done { clearException(t) }
    returnInterpreter(owner)
    forEachThread(t) { if $0.pointee.interpreter == OpaquePointer(owner) { request($0, .custom) } }
    return done
}

/// Runs what others have left to this interpreter: at a safepoint of its threads, and when one enters it.
func runDeferredFinalizers(_ t: Thread) {
    let list = loadSlot(&interpreter(t).pointee.deferredFinalizers)
    if list.bits == 0 || t.pointee.finalizerDepth != 0 { return }
    t.pointee.finalizerDepth += 1
    while true {
        let entry = listRemove(t, list, at: 0)
        if !entry.isCell { break }
        let callback = entry.tupleItems[0], v = entry.tupleItems[1]
        runAside(t) {
            if callback.isNone { callFinalizer(t, v) } else { callWeakCallback(t, callback, v) }
        }
        v.keepAlive
    }
    clearException(t)
    t.pointee.finalizerDepth -= 1
}
