// The lock in every cell's header: byte 4 held, byte 5 somebody is parked.
//
// A leaf: while it is held, no Python code, allocation, safepoint, blocking or second cell lock (checked
// builds assert it), so no cell lock is ever held while the world is stopped or in a forked child.
//
// Unlocking is a plain store of held = 0 and then, in program order only, a load of `waiters`; the processor
// may still have the store in its buffer. The waiter pays instead: it sets `waiters` and calls membarrier,
// after which either the unlocker's load comes later and sees it, or the store is visible and the waiter's
// test of `held` sees 0. Where there is no membarrier (`locks` == 2) unlocking exchanges.
// `waiters` is reset only under the parking bucket's mutex, and a waiter that finds it reset begins again.

/// Takes the cell's lock. Nothing while `t.locks` says that no other thread can be there.
@inlinable @inline(__always) public func lockCell(_ t: Thread, _ v: Value) {
    if t.pointee.locks != 0 { lockNeeded(t, v) }
}
@inlinable @inline(__always) public func unlockCell(_ t: Thread, _ v: Value) {
    if t.pointee.locks != 0 { unlockNeeded(t, v) }
}

@inlinable @inline(__always) func lockNeeded(_ t: Thread, _ v: Value) {
    #if LADON_CHECKED
    if t.pointee.heldCellLocks != 0 { cellLockMisuse() }
    #endif
    if !ladon_cas8(v.cell + 4, 0, 1) { lockCellSlow(t, v) }
    #if LADON_CHECKED
    t.pointee.heldCellLocks += 1
    #endif
}

@inlinable @inline(__always) func unlockNeeded(_ t: Thread, _ v: Value) {
    #if LADON_CHECKED
    if t.pointee.heldCellLocks != 1 || ladon_load8_relaxed(v.cell + 4) != 1 { cellLockMisuse() }
    t.pointee.heldCellLocks -= 1
    #endif
    if t.pointee.locks == 1 {
        ladon_store8_release(v.cell + 4, 0)
        ladon_compiler_barrier()
        if ladon_load8_relaxed(v.cell + 5) != 0 { unlockCellSlow(v) }
    } else {
        _ = ladon_exchange8(v.cell + 4, 0)
        if ladon_load8_acquire(v.cell + 5) != 0 { unlockCellSlow(v) }
    }
}

@inline(never) @usableFromInline func lockCellSlow(_ t: Thread, _ v: Value) {
    let held = v.cell + 4, waiters = v.cell + 5
    while true {
        for _ in 0 ..< 60 {
            if ladon_load8_relaxed(held) == 0 && ladon_cas8(held, 0, 1) { return }
            ladon_cpu_relax()
        }
        ladon_store8_release(waiters, 1)
        if t.pointee.locks == 1 { ladon_membarrier() } else { ladon_fence() }
        if ladon_load8_acquire(held) == 0 { continue }
        _ = parkOn(t, UInt(bitPattern: held), .max, isIndefinite: false, looksOut: false, ignoresSignals: true) {
            ladon_load8_acquire(held) == 1 && ladon_load8_acquire(waiters) == 1
        }
        v.keepAlive
    }
}

@inline(never) @usableFromInline func unlockCellSlow(_ v: Value) {
    let waiters = v.cell + 5
    unparkOne(UInt(bitPattern: v.cell + 4)) { _, more in
        if !more { ladon_store8_release(waiters, 0) }
        return 0
    }
}

@inline(never) @usableFromInline func cellLockMisuse() -> Never { fatal("a cell lock is not a leaf") }

/// Checked builds: nothing that may collect, stop or block happens under a cell lock.
@inline(__always) func assertNoCellLock(_ t: Thread) {
    #if LADON_CHECKED
    if t.pointee.heldCellLocks != 0 { cellLockMisuse() }
    #endif
}

/// A second thread comes into existence: from now on writers lock, unless all threads share one GIL. Attached.
func needCellLocks(_ t: Thread) {
    if runtimeState.pointee.gil != 0 && runtimeState.pointee.interpreterCount <= 1 { return }
    let kind = UInt8(truncatingIfNeeded: runtimeState.pointee.cellLockKind)
    stopTheWorld(t)
    forEachThreadStopped { $0.pointee.locks = kind }
    startTheWorld(t)
}

/// World stopped: the only thread left needs no locks, nor do the threads of the only interpreter left under the GIL.
func dropCellLocksIfAlone() {
    if threads.pointee.count == 1 || runtimeState.pointee.gil != 0 && runtimeState.pointee.interpreterCount <= 1 {
        forEachThreadStopped { $0.pointee.locks = 0 }
    }
}

/// An interpreter was made (1) or is gone (-1). Attached. From the second on, threads with different GILs meet in
/// the cells that interpreters share (types, shapes, interned strings), so writers lock.
public func changeInterpreterCount(_ t: Thread, by n: Int) {
    stopTheWorld(t)
    runtimeState.pointee.interpreterCount = UInt32(Int(runtimeState.pointee.interpreterCount) + n)
    startTheWorld(t)
    if threadCount() > 1 && t.pointee.locks == 0 { needCellLocks(t) }
}
