// `with` on the built-in locks: no lookup of `__enter__` and `__exit__`, no call.
//
// The frame's two registers for the exit then both hold the lock, which marks them: a bound exit has 0 in the
// second, and no callable is a lock.

/// Whether `v` is a lock or RLock itself (subclasses may override the methods).
@inline(__always) func isPlainLock(_ v: Value) -> Bool {
    if !v.isCell { return false }
    let id = v.id
    return id == TypeID.lock.rawValue || id == TypeID.rlock.rawValue
}

/// `__enter__` of a plain lock. False: raised.
@inline(__always) func enterPlainLock(_ t: Thread, _ v: Value) -> Bool {
    (v.id == TypeID.lock.rawValue ? acquireLock(t, v) : acquireRecursiveLock(t, v)) >= 0
}

/// `__exit__` of a plain lock: None, or raised.
@inline(__always) func exitPlainLock(_ t: Thread, _ v: Value) -> Value {
    if v.id == TypeID.lock.rawValue {
        if releaseLock(t, v) { return .none }
        return raise(t, .runtimeError, "release unlocked lock")
    }
    if releaseRecursiveLock(t, v) { return .none }
    return raise(t, .runtimeError, "cannot release un-acquired lock")
}
