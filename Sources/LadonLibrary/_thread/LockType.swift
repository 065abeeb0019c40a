// `_thread.lock` as a type.

import LadonTypes

func lockType() -> TypeDefinition {
    let acquireDoc: StaticString = "acquire(blocking=True, timeout=-1) -> bool\n(acquire_lock() is an obsolete synonym)\n\nLock the lock.  Without argument, this blocks if the lock is already\nlocked (even by the same thread), waiting for another thread to release\nthe lock, and return True once the lock is acquired.\nWith an argument, this will only block if the argument is true,\nand the return value reflects whether the lock is acquired.\nThe blocking operation is interruptible."
    let releaseDoc: StaticString = "release()\n(release_lock() is an obsolete synonym)\n\nRelease the lock, allowing another thread that is blocked waiting for\nthe lock to acquire the lock.  The lock must be in the locked state,\nbut it needn't be locked by the same thread that unlocks it."
    let lockedDoc: StaticString = "locked() -> bool\n(locked_lock() is an obsolete synonym)\n\nReturn whether the lock is in the locked state."
    return TypeDefinition(.lock, "_thread.lock", flags: [.disallowInstantiation, .weakReferenceable],
                   doc: "A lock object is a synchronization primitive.  To create a lock,\ncall threading.Lock().  Methods are:\n\nacquire() -- lock the lock, possibly blocking until it can be obtained\nrelease() -- unlock of the lock\nlocked() -- test whether the lock is currently locked\n\nA lock is not owned by the thread that locked it; another thread may\nunlock it.  A thread attempting to lock a lock that it has already locked\nwill block until another thread unlocks it.  Deadlocks may ensue.",
                   size: MemoryLayout<LockCell>.size, layout: .leaf, slots: [.unary(.repr, lock_repr)],
                   members: [
                       .ownModule,
                       .method("acquire_lock", "(self, blocking=True, timeout=-1)", lock_acquire, acquireDoc).short(1, lock_enter),
                       .method("acquire", "(self, blocking=True, timeout=-1)", lock_acquire, acquireDoc).short(1, lock_enter),
                       .method("release_lock", "(self, /)", lock_release, releaseDoc),
                       .method("release", "(self, /)", lock_release, releaseDoc),
                       .method("locked_lock", "(self, /)", lock_locked, lockedDoc),
                       .method("locked", "(self, /)", lock_locked, lockedDoc),
                       .method("__enter__", "(self, /)", lock_enter, "Lock the lock."),
                       .method("__exit__", "(self, /, *exc_info)", lock_exit, "Release the lock.").short(1, ignoresRest: true, lock_release),
                       .method("_at_fork_reinit", "(self, /)", { t, a in
                           ladon_store32_release(&a[0].asLock.pointee.word, 0)
                           return .none
                       }),
                   ])
}

func lock_repr(_ t: Thread, _ v: Value) -> Value {
    makeString(t, "<\(isLockHeld(v) ? "locked" : "unlocked") \(qualifiedTypeName(t, typeOf(v))) object at \(addressText(v))>")
}

private func lock_acquire(_ t: Thread, _ a: Values) -> Value {
    if a[1].isTrue && a[2] == Value(smallInt: -1) {
        return acquireLock(t, a[0]) < 0 ? .raised : .true
    }
    switch parseWaiting(t, a[1], a[2]) {
    case .raised: return .raised
    case .never: return Value(tryAcquireLock(a[0]))
    case .forever: return acquireLock(t, a[0]) < 0 ? .raised : .true
    case .until(let deadline):
        let got = acquireLock(t, a[0], deadline: deadline)
        return got < 0 ? .raised : Value(got == 1)
    }
}

private func lock_enter(_ t: Thread, _ a: Values) -> Value { acquireLock(t, a[0]) < 0 ? .raised : .true }

private func lock_release(_ t: Thread, _ a: Values) -> Value {
    releaseLock(t, a[0]) ? .none : raise(t, .runtimeError, "release unlocked lock")
}

private func lock_exit(_ t: Thread, _ a: Values) -> Value { lock_release(t, a) }

private func lock_locked(_ t: Thread, _ a: Values) -> Value { Value(isLockHeld(a[0])) }
