// `_thread.RLock` as a type.

import LadonTypes

func recursiveLockType() -> TypeDefinition {
    TypeDefinition(.rlock, "_thread.RLock", flags: [.baseType, .weakReferenceable], size: MemoryLayout<RecursiveLockCell>.size, layout: Layout(prefix: 0, base: 4),
                   slots: [
                       .unary(.repr, rlock_repr),
                       .call(.new) { t, type, args, count, names in allocateInstance(t, type.asType) },
                       .call(.initialize) { t, v, args, count, names in .none },
                   ],
                   members: [
                       .ownModule,
                       .method("acquire", "(self, blocking=True, timeout=-1)", rlock_acquire, "Lock the lock.  `blocking` indicates whether we should wait\nfor the lock to be available or not.  If `blocking` is False\nand another thread holds the lock, the method will return False\nimmediately.  If `blocking` is True and another thread holds\nthe lock, the method will wait for the lock to be released,\ntake it and then return True.\n(note: the blocking operation is interruptible.)\n\nIn all other cases, the method will return True immediately.\nPrecisely, if the current thread already holds the lock, its\ninternal counter is simply incremented. If nobody holds the lock,\nthe lock is taken and its internal counter initialized to 1.").short(1) { t, a in acquireRecursiveLock(t, a[0]) < 0 ? .raised : .true },
                       .method("release", "(self, /)", rlock_release, "Release the lock, allowing another thread that is blocked waiting for\nthe lock to acquire the lock.  The lock must be in the locked state,\nand must be locked by the same thread that unlocks it; otherwise a\n`RuntimeError` is raised.\n\nDo note that if the lock was acquire()d several times in a row by the\ncurrent thread, release() needs to be called as many times for the lock\nto be available for other threads."),
                       .method("_is_owned", "(self, /)", { t, a in
                           Value(ladon_load_relaxed(&a[0].asRecursiveLock.pointee.owner) == t.pointee.ident)
                       }, "For internal use by `threading.Condition`."),
                       .method("_acquire_restore", "(self, state, /)", rlock_acquireRestore, "For internal use by `threading.Condition`."),
                       .method("_release_save", "(self, /)", rlock_releaseSave, "For internal use by `threading.Condition`."),
                       .method("__enter__", "(self, /)", { t, a in acquireRecursiveLock(t, a[0]) < 0 ? .raised : .true }, "Lock the lock."),
                       .method("__exit__", "(self, /, *exc_info)", { t, a in rlock_release(t, a) }, "Release the lock.").short(1, ignoresRest: true, rlock_release),
                       .method("locked", "(self, /)", { t, a in Value(a[0].asRecursiveLock.pointee.count != 0) }, "Return a boolean indicating whether this object is locked right now."),
                       .method("_at_fork_reinit", "(self, /)", { t, a in
                           let c = a[0].asRecursiveLock
                           c.pointee.count = 0
                           ladon_store_relaxed(&c.pointee.owner, 0)
                           ladon_store32_release(&c.pointee.word, 0)
                           return .none
                       }),
                   ])
}

private func rlock_repr(_ t: Thread, _ v: Value) -> Value {
    let c = v.asRecursiveLock
    let state = c.pointee.count == 0 ? "unlocked" : "locked"
    return makeString(t, "<\(state) \(qualifiedTypeName(t, typeOf(v))) object owner=\(ladon_load_relaxed(&c.pointee.owner)) count=\(c.pointee.count) at \(addressText(v))>")
}

private func rlock_acquire(_ t: Thread, _ a: Values) -> Value {
    switch parseWaiting(t, a[1], a[2]) {
    case .raised: return .raised
    case .never: return Value(tryAcquireRecursiveLock(t, a[0]))
    case .forever: return acquireRecursiveLock(t, a[0]) < 0 ? .raised : .true
    case .until(let deadline):
        let got = acquireRecursiveLock(t, a[0], deadline: deadline)
        return got < 0 ? .raised : Value(got == 1)
    }
}

private func rlock_release(_ t: Thread, _ a: Values) -> Value {
    releaseRecursiveLock(t, a[0]) ? .none : raise(t, .runtimeError, "cannot release un-acquired lock")
}

private func rlock_acquireRestore(_ t: Thread, _ a: Values) -> Value {
    guard isTuple(a[1]), a[1].tupleCount == 2 else { return raise(t, .typeError, "_acquire_restore() argument must be a 2-item tuple") }
    guard let count = asInt(t, a[1].tupleItems[0]), let owner = asInt(t, a[1].tupleItems[1]) else { return .raised }
    // The caller must have the lock again, whatever happens: what a signal's handler raises meanwhile waits until then.
    var pending = Value.raised
    let mutex = NativeMutex(&a[0].asRecursiveLock.pointee.word)
    while !mutex.tryAcquire() {
        let result = mutex.acquire(t)
        if result == .woken { break }
        if result == .interrupted && !safepoint(t) {
            let e = takeException(t)
            if pending.bits == 0 { pending = e }
        }
    }
    ladon_store_relaxed(&a[0].asRecursiveLock.pointee.owner, UInt(bitPattern: owner))
    a[0].asRecursiveLock.pointee.count = count
    if pending.bits == 0 { return .none }
    restoreException(t, pending)
    return .raised
}

private func rlock_releaseSave(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].asRecursiveLock
    if c.pointee.count == 0 { return raise(t, .runtimeError, "cannot release un-acquired lock") }
    let saved = makeTuple(t, makeInt(t, c.pointee.count), makeInt(t, ladon_load_relaxed(&c.pointee.owner)))
    if saved.isRaised { return saved }
    c.pointee.count = 0
    ladon_store_relaxed(&c.pointee.owner, 0)
    NativeMutex(&c.pointee.word).release(t)
    return saved
}
