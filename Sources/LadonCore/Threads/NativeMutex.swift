// The mutex behind `_thread.lock` and everything built on it: one 32-bit word in a cell's raw part or in
// malloc memory. Bit 0: locked, bit 1: somebody is parked on the word.
//
// A released lock is up for grabs, so that a thread that locks in a loop need not switch each time; but a
// waiter that has been parked for a millisecond gets the lock handed over, so that nobody starves, the GIL's
// owner included. Any thread may release.

import Glibc

@frozen public struct NativeMutex {
    public var word: UnsafeMutablePointer<UInt32>
    /// A view of the word at that address, which is 0 for a new, unlocked mutex. The owner of the memory stays alive by the caller's doing.
    @inlinable @inline(__always) public init(_ word: UnsafeMutableRawPointer) { self.word = word.assumingMemoryBound(to: UInt32.self) }

    @inlinable @inline(__always) public var isLocked: Bool { ladon_load32_acquire(word) & 1 != 0 }

    @inlinable @inline(__always) public func tryAcquire() -> Bool {
        let seen = ladon_load32_relaxed(word)
        return seen & 1 == 0 && ladon_cas32(word, seen, seen | 1)
    }

    /// `.woken`: the lock is held now. `.timedOut`; `.interrupted` (see ParkResult): call again with the same deadline.
    /// `looksOut`: the lock tells of an event, and is not held to guard something (see Parking.swift).
    @inlinable @inline(__always) public func acquire(_ t: Thread, deadline: UInt64? = nil, looksOut: Bool = false) -> ParkResult {
        if ladon_cas32(word, 0, 1) { return .woken }
        return acquireSlow(t, deadline, looksOut, false)
    }

    /// Waits for the lock and for nothing else: a signal is handled once the caller comes to a safepoint. For locks of native objects,
    /// which are held as long as a call into a C library takes.
    @inlinable @inline(__always) public func acquireUninterrupted(_ t: Thread) {
        if !ladon_cas32(word, 0, 1) { _ = acquireSlow(t, nil, false, true) }
    }

    /// False: it was not locked.
    @inlinable @inline(__always) @discardableResult public func release(_ t: Thread) -> Bool {
        if ladon_cas32(word, 1, 0) { return true }
        return releaseSlow()
    }

    @inline(never) @usableFromInline func acquireSlow(_ t: Thread, _ deadline: UInt64?, _ looksOut: Bool, _ ignoresSignals: Bool) -> ParkResult {
        let word = self.word
        while true {
            let seen = ladon_load32_acquire(word)
            if seen & 1 == 0 {
                if ladon_cas32(word, seen, seen | 1) { return .woken }
                continue
            }
            if seen & 2 == 0 && !ladon_cas32(word, seen, seen | 2) { continue }
            let result = parkOn(t, UInt(bitPattern: word), deadline ?? .max, isIndefinite: deadline == nil, looksOut: looksOut,
                                ignoresSignals: ignoresSignals) { ladon_load32_acquire(word) == 3 }
            switch result {
            case .woken:
                if t.pointee.parkToken == 1 { return .woken }
            case .changed:
                break
            case .timedOut, .interrupted:
                return result
            }
        }
    }

    @inline(never) @usableFromInline func releaseSlow() -> Bool {
        let word = self.word
        if ladon_load32_acquire(word) & 1 == 0 { return false }
        unparkOne(UInt(bitPattern: word)) { waiter, more in
            let rest: UInt32 = more ? 2 : 0
            if let waiter, ladon_monotonic() - waiter.pointee.parkSince > 1_000_000 {
                ladon_store32_release(word, 1 | rest)
                return 1
            }
            ladon_store32_release(word, rest)
            return 0
        }
        return true
    }
}
