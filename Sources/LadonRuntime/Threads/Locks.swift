// `_thread.lock` and `_thread.RLock`: the cells, and the one place where each is acquired and released.
//
// They live here and not with the module so that `with lock:` needs no method lookup and no call
// (Dispatch/ContextManagers.swift).

/// `_thread.lock`.
@frozen public struct LockCell {
    public var header: CellHeader
    // raw
    /// A NativeMutex.
    public var word: UInt32
    /// 1: whoever waits for it waits for another thread to do something (notify it, end), not for its turn. Set before it is shared.
    public var isSignal: UInt32
}

/// `_thread.RLock`. `owner` and `count` are written by the owner of the mutex only; another thread may read
/// them, and finds an owner that is not itself.
@frozen public struct RecursiveLockCell {
    public var header: CellHeader
    // raw
    public var word: UInt32
    public var reserved: UInt32
    /// `get_ident()` of the owner; 0: none.
    public var owner: UInt
    public var count: Int
}

extension Value {
    @inline(__always) public var asLock: UnsafeMutablePointer<LockCell> { cell(as: LockCell.self) }
    @inline(__always) public var asRecursiveLock: UnsafeMutablePointer<RecursiveLockCell> { cell(as: RecursiveLockCell.self) }
    /// The mutex word of a lock or an RLock, which lies at the same place in both.
    @inline(__always) var lockMutex: NativeMutex { NativeMutex(cell + MemoryLayout<LockCell>.offset(of: \LockCell.word).unsafelyUnwrapped) }
}

/// A new, unlocked `_thread.lock`.
public func makeLock(_ t: Thread) -> Value {
    Value(allocate(t, id: TypeID.lock.rawValue, bytes: MemoryLayout<LockCell>.size))
}

/// A new lock, locked, whose release tells a thread of an event.
public func makeSignalLock(_ t: Thread) -> Value {
    let v = makeLock(t)
    v.asLock.pointee.word = 1
    v.asLock.pointee.isSignal = 1
    return v
}

// MARK: lock

/// Locks: 1; 0 when the deadline (`ladon_monotonic()` nanoseconds) passed; -1 when a signal handler raised.
@inline(__always) public func acquireLock(_ t: Thread, _ v: Value, deadline: UInt64? = nil) -> Truth {
    takeFree(t, v) ? 1 : waitForMutex(t, v, deadline)
}

@inline(__always) public func tryAcquireLock(_ v: Value) -> Bool { v.lockMutex.tryAcquire() }
@inline(__always) public func isLockHeld(_ v: Value) -> Bool { v.lockMutex.isLocked }

/// False: it was not locked.
@inline(__always) public func releaseLock(_ t: Thread, _ v: Value) -> Bool {
    let word = v.lockMutex.word
    if t.pointee.locks == 0 && ladon_load32_relaxed(word) == 1 {
        ladon_store32_relaxed(word, 0)
        return true
    }
    return v.lockMutex.release(t)
}

/// Takes the mutex if nobody has it or waits for it. Only attached threads change the word, so where there is but one of
/// them, or the GIL, a plain store does.
@inline(__always) private func takeFree(_ t: Thread, _ v: Value) -> Bool {
    let word = v.lockMutex.word
    if t.pointee.locks != 0 { return ladon_cas32(word, 0, 1) }
    if ladon_load32_relaxed(word) != 0 { return false }
    ladon_store32_relaxed(word, 1)
    return true
}

/// Looks for a moment, where threads run at the same time, whether another one has done what would be waited for. Fewer and fewer
/// times, at first after `pause` breaths: each look takes the memory away from the processor that works on it. False: it has not.
@inlinable @inline(__always) public func lookAround(pause: Int, _ isDone: () -> Bool) -> Bool {
    if ladon_runtime.gil != 0 { return false }
    var pause = pause
    while pause <= 64 {
        for _ in 0 ..< pause { ladon_cpu_relax() }
        if isDone() { return true }
        pause *= 2
    }
    return false
}

@inline(never) private func waitForMutex(_ t: Thread, _ v: Value, _ deadline: UInt64?) -> Truth {
    let mutex = v.lockMutex
    let isSignal = v.isExactly(.lock) && v.asLock.pointee.isSignal != 0
    // The owner of a briefly held lock is gone sooner than we could sleep.
    if !isSignal && lookAround(pause: 8, { !mutex.isLocked && mutex.tryAcquire() }) { return 1 }
    while true {
        let result = mutex.acquire(t, deadline: deadline, looksOut: isSignal)
        v.keepAlive
        switch result {
        case .woken: return 1
        case .timedOut: return 0
        case .interrupted: if !safepoint(t) { return -1 }
        case .changed: continue
        }
    }
}

// MARK: RLock

/// As `acquireLock`.
@inline(__always) public func acquireRecursiveLock(_ t: Thread, _ v: Value, deadline: UInt64? = nil) -> Truth {
    let c = v.asRecursiveLock
    let me = t.pointee.ident
    if ladon_load_relaxed(&c.pointee.owner) == me {
        c.pointee.count += 1
        return 1
    }
    if !takeFree(t, v) {
        let got = waitForMutex(t, v, deadline)
        if got != 1 { return got }
    }
    ladon_store_relaxed(&c.pointee.owner, me)
    c.pointee.count = 1
    return 1
}

/// Without waiting.
public func tryAcquireRecursiveLock(_ t: Thread, _ v: Value) -> Bool {
    let c = v.asRecursiveLock
    let me = t.pointee.ident
    if ladon_load_relaxed(&c.pointee.owner) == me {
        c.pointee.count += 1
        return true
    }
    if !v.lockMutex.tryAcquire() { return false }
    ladon_store_relaxed(&c.pointee.owner, me)
    c.pointee.count = 1
    return true
}

/// False: this thread does not own it.
@inline(__always) public func releaseRecursiveLock(_ t: Thread, _ v: Value) -> Bool {
    let c = v.asRecursiveLock
    if ladon_load_relaxed(&c.pointee.owner) != t.pointee.ident || c.pointee.count == 0 { return false }
    c.pointee.count -= 1
    if c.pointee.count == 0 {
        ladon_store_relaxed(&c.pointee.owner, 0)
        _ = releaseLock(t, v)
    }
    return true
}
