// Thread states: the list of them, how one comes into existence and how it ends.
//
// threads.mutex guards the list, the pool of used LadonThreads and the counts. LadonThreads are never freed
// to the system, only pooled, so that a late wake-up through a stale pointer is harmless.

import Glibc

@inlinable @inline(__always) public var threads: UnsafeMutablePointer<ThreadsState> { ladon_get_threads() }

/// The values of LadonThread.status.
public enum ThreadStatus {
    /// Runs no Python and touches no value; the world may be stopped without it.
    public static let detached: UInt32 = 0
    public static let attached: UInt32 = 1
    /// Was detached when the world stopped; attaching waits.
    public static let stopped: UInt32 = 2
    /// Stopped, and sleeping until it is attached again.
    public static let waiting: UInt32 = 3
}

/// Why a thread should come to a safepoint: bits of LadonThread.pending.
@frozen public struct SafepointRequest: OptionSet {
    public var rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    @inlinable public static var stopWorld: SafepointRequest { SafepointRequest(rawValue: 1) }
    @inlinable public static var dropGIL: SafepointRequest { SafepointRequest(rawValue: 2) }
    @inlinable public static var signals: SafepointRequest { SafepointRequest(rawValue: 4) }
    @inlinable public static var asyncException: SafepointRequest { SafepointRequest(rawValue: 8) }
    @inlinable public static var finalizers: SafepointRequest { SafepointRequest(rawValue: 16) }
    @inlinable public static var memoryError: SafepointRequest { SafepointRequest(rawValue: 32) }
    @inlinable public static var tracing: SafepointRequest { SafepointRequest(rawValue: 64) }
    @inlinable public static var collect: SafepointRequest { SafepointRequest(rawValue: 128) }
    @inlinable public static var custom: SafepointRequest { SafepointRequest(rawValue: 256) }
}

/// Asks `t` to come to a safepoint.
public func request(_ t: Thread, _ what: SafepointRequest) { _ = ladon_fetch_or32(&t.pointee.pending, what.rawValue) }
/// Asks every thread.
public func requestAll(_ what: SafepointRequest) {
    ladon_mutex_lock(&threads.pointee.mutex)
    var t = threads.pointee.first
    while let thread = t { request(thread, what); t = thread.pointee.next }
    ladon_mutex_unlock(&threads.pointee.mutex)
}

/// Prepares the set of threads. After initializeHeap, before the first attachThread.
public func initializeThreads(gil: Bool) {
    let s = threads
    runtimeState.pointee.gil = gil ? 1 : 0
    s.pointee.switchInterval = 5_000_000
    // For tests: microseconds.
    if let text = getenv("LADON_SWITCH_INTERVAL"), let n = UInt64(String(cString: text)), n > 0 { s.pointee.switchInterval = n * 1000 }
    s.pointee.defaultStackSize = 8 << 20
    // Reserved only; touched as deep as calls go.
    s.pointee.registerStackBytes = 64 << 20
    var r = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &r) == 0, r.rlim_cur < rlim_t.max / 2 {
        s.pointee.registerStackBytes = max(1 << 20, min(64 << 20, UInt64(r.rlim_cur) / 64)) & ~0xFFFF
    }
    // Cheap now, slow once there are threads.
    runtimeState.pointee.cellLockKind = ladon_membarrier_register() ? 1 : 2
}

/// A LadonThread with a register stack, in no list. Nil: no memory.
func makeThreadState() -> Thread? {
    let s = threads
    ladon_mutex_lock(&s.pointee.mutex)
    var found = s.pointee.pool
    if let t = found {
        s.pointee.pool = t.pointee.next
        s.pointee.pooled -= 1
    }
    ladon_mutex_unlock(&s.pointee.mutex)
    var reservation: UInt = 0
    var word: UInt32 = 0
    if let t = found {
        reservation = t.pointee.stackReservation
        word = t.pointee.parkWord
    } else {
        guard let stack = reserve(Int(s.pointee.registerStackBytes)) else { return nil }
        var raw: UnsafeMutableRawPointer? = nil
        if posix_memalign(&raw, 64, MemoryLayout<ThreadState>.size) != 0 {
            munmap(stack, Int(s.pointee.registerStackBytes))
            return nil
        }
        reservation = UInt(bitPattern: stack)
        found = raw.unsafelyUnwrapped.assumingMemoryBound(to: ThreadState.self)
    }
    let t = found.unsafelyUnwrapped
    memset(t, 0, MemoryLayout<ThreadState>.size)
    t.pointee.parkWord = word
    t.pointee.parkEstimate = 100_000
    t.pointee.stackReservation = reservation
    t.pointee.stackBase = UnsafeMutablePointer(bitPattern: reservation)
    // The frame being built may reach past the limit before anyone tests: a margin of 64 KiB.
    t.pointee.stackLimit = UnsafeMutablePointer(bitPattern: reservation + UInt(s.pointee.registerStackBytes) - 0x10000)
    t.pointee.depthLimit = 1000
    t.pointee.executionLock = UnsafeMutablePointer(&s.pointee.mainLock)
    return t
}

/// Enters `t` in the list, detached, or stopped if the world is.
func listThread(_ t: Thread) {
    let s = threads
    ladon_mutex_lock(&s.pointee.mutex)
    t.pointee.status = s.pointee.worldStopped != 0 ? ThreadStatus.stopped : ThreadStatus.detached
    t.pointee.next = s.pointee.first
    s.pointee.first = t
    s.pointee.count += 1
    t.pointee.listed = 1
    ladon_mutex_unlock(&s.pointee.mutex)
}

/// Takes `t` out of the list and pools it. The caller is `t` itself, attached and in its last moments (or the
/// only thread, in a forked child): after this no collection knows it.
func unlistThread(_ t: Thread) {
    let s = threads
    ladon_mutex_lock(&s.pointee.mutex)
    if s.pointee.first == t {
        s.pointee.first = t.pointee.next
    } else {
        var other = s.pointee.first
        while let o = other, o.pointee.next != t { other = o.pointee.next }
        other?.pointee.next = t.pointee.next
    }
    s.pointee.count -= 1
    t.pointee.listed = 0
    ladon_mutex_unlock(&s.pointee.mutex)
}

func poolThread(_ t: Thread) {
    let s = threads
    // Deep recursion may have touched much of the register stack: all but its beginning goes back.
    let deep = UnsafeMutableRawPointer(bitPattern: t.pointee.stackReservation + 0x10000)
    var isResident: UInt8 = 0
    if mincore(deep, 1, &isResident) == 0 && isResident & 1 != 0 {
        madvise(deep, Int(s.pointee.registerStackBytes) - 0x10000, Int32(MADV_DONTNEED))
    }
    ladon_mutex_lock(&s.pointee.mutex)
    t.pointee.status = ThreadStatus.detached
    t.pointee.next = s.pointee.pool
    s.pointee.pool = t
    s.pointee.pooled += 1
    ladon_mutex_unlock(&s.pointee.mutex)
}

/// A thread state for the calling OS thread, attached. The process's first must be made with `isMain`.
public func attachThread(isMain: Bool = false) -> Thread {
    guard let t = makeThreadState() else { fatal("no memory for a thread state") }
    setNativeBounds(t, isMain: isMain)
    t.pointee.isMain = isMain ? 1 : 0
    t.pointee.ident = ladon_pthread_self()
    t.pointee.pthread = t.pointee.ident
    t.pointee.osThreadID = ladon_gettid()
    ladon_set_current_thread(t)
    if isMain { ladon_set_main_thread(t) }
    let isFirst = threads.pointee.count == 0
    listThread(t)
    attach(t)
    if !isFirst { needCellLocks(t) }
    ladonHooks.threadStarted?(t)
    return t
}

/// Ends the thread state of the calling OS thread.
public func endThread(_ t: Thread) {
    ladonHooks.threadEnding?(t)
    leaveForGood(t)
}

func leaveForGood(_ t: Thread) {
    ladon_mutex_lock(&heap.pointee.finalizerMutex)
    flushFinalizables(t)
    ladon_mutex_unlock(&heap.pointee.finalizerMutex)
    donateBuffers(t)
    let handOn = ladon_load32_relaxed(&t.pointee.pending) & SafepointRequest.finalizers.rawValue != 0
    unlistThread(t)
    if ladon_main_thread() == t { ladon_set_main_thread(nil) }
    ladon_set_current_thread(nil)
    if handOn { requestAll(.finalizers) }
    leaveExecution(t)
    // A stopper may be waiting for this thread, which it will not find again.
    notifyStopper()
    poolThread(t)
}

/// Where the native stack ends, from the system. The main thread's grows up to RLIMIT_STACK.
func setNativeBounds(_ t: Thread, isMain: Bool) {
    var low: UInt = 0, high: UInt = 0
    ladon_native_stack(isMain, &low, &high)
    let size = high - low
    // What may run on this side of the limit without asking: native code between two tests, signal handlers.
    let margin: UInt = size >= 2 << 20 ? 256 << 10 : size / 8 + 16 << 10
    t.pointee.nativeStackTop = high
    t.pointee.nativeStackLimit = low + min(margin, size / 2)
}

public func threadCount() -> Int { Int(ladon_load32_relaxed(&threads.pointee.count)) }

/// Calls `body` for each thread state, under the list's mutex: it must not block, allocate or attach.
public func forEachThread(_ t: Thread, _ body: (Thread) -> Void) {
    ladon_mutex_lock(&threads.pointee.mutex)
    forEachThreadStopped(body)
    ladon_mutex_unlock(&threads.pointee.mutex)
}
/// The same without the mutex, world stopped.
@inline(__always) func forEachThreadStopped(_ body: (Thread) -> Void) {
    var next = threads.pointee.first
    while let t = next {
        body(t)
        next = t.pointee.next
    }
}

/// Leaves an exception for another thread of this interpreter at its next safepoint (0 takes it back). False: no such thread.
public func setAsyncException(_ t: Thread, ident: UInt, exception: Value) -> Bool {
    var found = false
    forEachThread(t) { other in
        guard other.pointee.ident == ident && other.pointee.interpreter == t.pointee.interpreter else { return }
        found = true
        ladon_store_release(&other.pointee.asyncException, exception.bits)
        if !exception.isRaised { request(other, .asyncException) }
    }
    exception.keepAlive
    return found
}
