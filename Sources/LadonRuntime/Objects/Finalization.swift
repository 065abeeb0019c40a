// What the collector asks of the object model for objects that died: `__del__` and weak references' callbacks.
// Both run at a safepoint between any two instructions: what the thread was raising is kept aside.

import LadonCore

/// Whether the finaliser is Python code: `__del__` of a class of the program's, or the rest of a generator's body.
func hasPythonFinalizer(_ v: Value) -> Bool {
    if v.isExactly(.generator) || v.isExactly(.coroutine) || v.isExactly(.asyncGenerator) { return true }
    let generic: UnaryFunction = slot_finalize
    guard let f = typeOf(v).unary(.finalize) else { return false }
    return unsafeBitCast(f, to: UInt.self) == unsafeBitCast(generic, to: UInt.self)
}

/// Runs the finaliser of a dead object; what it raises is reported, not raised.
func finalizeObject(_ t: Thread, _ v: Value) {
    let type = typeOf(v)
    guard let f = type.unary(.finalize) else { return }
    let pending = takeException(t)
    if f(t, v).isRaised {
        let method = lookupType(t, type, name(.__del__))
        reportUnraisable(t, method.isMissing ? v : method)
    }
    if pending.bits != 0 { restoreException(t, pending) }
}

/// Calls the callback of a weak reference whose referent died.
func runWeakCallback(_ t: Thread, _ reference: Value) {
    let callback = reference.cell(as: WeakReferenceCell.self).pointee.callback
    if callback.bits == 0 || callback.isNone { return }
    let pending = takeException(t)
    if call(t, callback, reference).isRaised { reportUnraisable(t, callback) }
    if pending.bits != 0 { restoreException(t, pending) }
}
