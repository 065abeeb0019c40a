// Process-wide locks of the runtime itself: ids, shapes, interning, imports.
//
// Waiting is done detached, and the lock is taken only by an attached thread: so it is never held by one that
// waits for the GIL or for the world. It may be held over safepoints and allocations. All are listed, so that
// a forked child can free those whose owners it does not have.

import Glibc

public typealias RuntimeLock = UnsafeMutablePointer<RuntimeLockState>

/// A new lock, for ever.
public func makeRuntimeLock() -> RuntimeLock {
    guard let raw = calloc(1, MemoryLayout<RuntimeLockState>.size) else { fatal("no memory for a lock") }
    let lock = raw.assumingMemoryBound(to: RuntimeLockState.self)
    ladon_mutex_lock(&threads.pointee.lockRegistry)
    lock.pointee.next = threads.pointee.locks
    threads.pointee.locks = lock
    ladon_mutex_unlock(&threads.pointee.lockRegistry)
    return lock
}

extension UnsafeMutablePointer where Pointee == RuntimeLockState {
    @inlinable @inline(__always) public func tryLock(_ t: Thread) -> Bool {
        if !ladon_cas32(&pointee.word, 0, 1) { return false }
        pointee.owner = t
        return true
    }
    @inlinable @inline(__always) public func lock(_ t: Thread) {
        if !tryLock(t) { lockSlow(t) }
    }
    @inlinable @inline(__always) public func unlock(_ t: Thread) {
        pointee.owner = nil
        if ladon_exchange32(&pointee.word, 0) == 2 { ladon_futex_wake(&pointee.word, 1) }
    }
    @inlinable public func isHeld(by t: Thread) -> Bool { pointee.owner == t }

    @inline(never) @usableFromInline func lockSlow(_ t: Thread) {
        while true {
            ladon_save_state(t)
            leaveExecution(t)
            while true {
                let seen = ladon_load32_acquire(&pointee.word)
                if seen == 0 { break }
                if seen == 1 && !ladon_cas32(&pointee.word, 1, 2) { continue }
                _ = ladon_futex_wait(&pointee.word, 2, .max)
            }
            enterExecution(t)
            // Others may sleep: taken as "held with sleepers", one wake too many at worst.
            if ladon_cas32(&pointee.word, 0, 2) {
                pointee.owner = t
                return
            }
        }
    }
}

/// In a forked child: locks of threads that do not exist here are free.
func resetRuntimeLocks(_ t: Thread) {
    threads.pointee.lockRegistry = RawMutex(word: 0)
    var next = threads.pointee.locks
    while let lock = next {
        if lock.pointee.owner == t {
            lock.pointee.word = 1
        } else {
            lock.pointee.word = 0
            lock.pointee.owner = nil
        }
        next = lock.pointee.next
    }
}
