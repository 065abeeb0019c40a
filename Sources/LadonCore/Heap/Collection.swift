// A collection, from the decision to the figures.
//
// Order (what unreachable objects may observe depends on it):
//   1 take back the allocation buffers, clear marks
//   2 mark from the roots
//   3 clear weak references to everything unmarked; queue the callbacks of references that are themselves alive
//   4 queue unreachable objects with finalisers, mark what they reach
//   5 unlink dead weak references, let weak tables drop dead entries, retire ids
//   6 free blocks without life, list the others for lazy sweeping
// Callbacks and finalisers run later, at a safepoint of an attached thread, with the world going on.
//
// Everything here happens with the world stopped, except the decision itself.

import Glibc

/// What one collection found.
struct CollectionResult {
    var deadContainers = 0
    var queued = 0
}

/// Collects unless another thread has just done so. Called in allocations: never hands over the GIL, but a
/// thread that waits for its turn to stop the world does so detached.
@inline(never) func collectIfDue(_ t: Thread) -> Bool {
    stopTheWorld(t)
    var collected = false
    if heap.pointee.allocated > effectiveThreshold() {
        ladon_save_state(t)
        _ = collectStopped(t, explicit: false, precise: false)
        collected = true
    }
    startTheWorld(t)
    return collected
}

/// `gc.disable` can't stop the only way in which memory is ever freed; it makes collections rare.
private func effectiveThreshold() -> UInt {
    let h = heap
    if h.pointee.gcDisabled == 0 { return h.pointee.threshold }
    return max(h.pointee.threshold, 64 << 20)
}

/// Threads that allocate at the same time share one threshold, and all of them wait while one collects: each adds
/// its own allowance, so that a thread is stopped no more often than it would be alone (measured: docs/performance.md).
/// `allocating`: how many did so in the round that ends.
private func leastThreshold(_ allocating: UInt) -> UInt {
    let h = heap
    if runtimeState.pointee.gil != 0 && runtimeState.pointee.interpreterCount <= 1 { return h.pointee.minimumThreshold }
    return h.pointee.minimumThreshold * min(max(allocating, 1), UInt(h.pointee.processors), 16)
}

private func processorTime(_ clock: clockid_t) -> UInt64 {
    var t = timespec()
    clock_gettime(clock, &t)
    return UInt64(t.tv_sec) &* 1_000_000_000 &+ UInt64(t.tv_nsec)
}

/// A program that allocates fast, over much that lives, would spend its time marking: collections that take more than a twelfth of it
/// get further apart, step by step, and nearer again when they take less than a thirty-sixth. Memory is what that costs, at most twice what
/// lives; a heap of nearly nothing stays small enough for the processor's cache, which is worth more there. Processor time is what is
/// compared: on a machine with other work a pause may last as long as it likes.
/// Only those that were due count (`isDue`).
private func adaptExtraRoom(_ least: UInt, began: UInt64, isDue: Bool) {
    let h = heap
    let taken = processorTime(CLOCK_THREAD_CPUTIME_ID) &- began
    let now = processorTime(CLOCK_PROCESS_CPUTIME_ID)
    let passed = now &- taken &- h.pointee.lastProcessorTime
    h.pointee.lastProcessorTime = now
    if !isDue { return }
    if taken > passed / 12 {
        let live = h.pointee.liveBytes
        h.pointee.extraRoom = min(h.pointee.extraRoom + max(least, live / 8), max(4 * least, live), 2 * live)
    } else if taken < passed / 36 {
        h.pointee.extraRoom /= 2
    }
}

/// Collects whatever was allocated since the last time. `explicit`: somebody asked for it and wants to know what was dead. `precise`: see
/// markThread; not in the middle of an allocation.
@discardableResult
@inline(never) func collectNow(_ t: Thread, explicit: Bool = false, precise: Bool = false) -> CollectionResult {
    stopTheWorld(t)
    ladon_save_state(t)
    let result = collectStopped(t, explicit: explicit, precise: precise)
    startTheWorld(t)
    return result
}

/// World stopped, `t`'s state saved by the caller, in whose frame it stays.
@inline(never) func collectStopped(_ t: Thread, explicit: Bool, precise: Bool) -> CollectionResult {
    let h = heap
    if h.pointee.collecting != 0 { fatal("a collection inside a collection") }
    h.pointee.collecting = 1
    let start = ladon_monotonic()
    let processorStart = processorTime(CLOCK_THREAD_CPUTIME_ID)
    var result = CollectionResult()

    // Explicit ones count what is dead. Stress does both by turns: a stale pointer shows in memory that is cleared early, and unswept
    // blocks want to be tested as well.
    if explicit || (h.pointee.stress != 0 && h.pointee.collections & 1 != 0) { finishSweeping() }
    var allocated: UInt = 0
    var most: UInt = 0
    forEachThreadStopped { most = max(most, $0.pointee.allocatedBytes) }
    var allocating: UInt = 0
    forEachThreadStopped { other in
        if other.pointee.allocatedBytes > most / 8 { allocating += 1 }
        resetBuffers(other)
        allocated += other.pointee.allocatedBytes
        other.pointee.allocatedBytes = 0
        other.pointee.unreportedBytes = 0
        flushFinalizables(other)
    }
    h.pointee.totalAllocated += UInt64(allocated)

    markLiveCells(precise: precise)
    result.queued += clearWeakReferencesToUnmarked()
    result.queued += queueUnreachableFinalizables()
    drainMarkStack()
    let marked = ladon_monotonic()

    unlinkDeadWeakReferences()
    ladonHooks.afterMark?()
    if explicit { result.deadContainers = countDeadContainers() }
    retireIDs()

    h.pointee.liveBytes = reclaimBlocks()
    releaseMarkStack()
    // Half of what lives, if collections don't take so long that `extraRoom` grows. Survivors lie scattered among a round's garbage, and
    // what they hold of blocks stays (1,000 asyncio connections: 7.5 KiB each so, 11.0 with as much room as there is life).
    let least = leastThreshold(allocating)
    adaptExtraRoom(least, began: processorStart, isDue: !explicit)
    ladon_store_relaxed(&h.pointee.threshold, max(least, h.pointee.liveBytes / 2) + h.pointee.extraRoom)
    h.pointee.allocated = 0
    // What the next two rounds of allocation will take is not given back, as fresh pages cost more than used ones: unless somebody asks.
    trimFreeBlocks(keep: explicit ? 64 : UInt32(truncatingIfNeeded: h.pointee.threshold >> (blockShift - 1)) + 64)
    h.pointee.registeredSinceCollection = 0
    h.pointee.outOfMemory = 0
    dropCellLocksIfAlone()
    if result.queued > 0 { forEachThreadStopped { request($0, .finalizers) } }

    let end = ladon_monotonic()
    h.pointee.collections += 1
    if explicit { h.pointee.explicitCollections += 1 }
    h.pointee.lastPause = end - start
    h.pointee.lastMark = marked - start
    h.pointee.totalPause += end - start
    if end - start > h.pointee.longestPause { h.pointee.longestPause = end - start }
    h.pointee.lastCollectionEnd = end
    h.pointee.collecting = 0
    return result
}

/// Marks, in a cleared set, what the roots reach. World stopped.
func markLiveCells(precise: Bool) {
    let h = heap
    h.pointee.marks = h.pointee.marks == h.pointee.markSets.0 ? h.pointee.markSets.1 : h.pointee.markSets.0
    memset(h.pointee.marks, 0, Int(h.pointee.blocksTouched) * (blockBytes / 16 / 8))
    h.pointee.precise = precise ? 1 : 0
    markRootTable()
    forEachThreadStopped { markThread($0, precise: precise) }
    markPendingFinalization()
    ladonHooks.traceRoots?()
    drainMarkStack()
}

/// The free rest of each buffer is all zeros and unmarked, so the sweep finds it again.
private func resetBuffers(_ t: Thread) {
    for sizeClass in 0 ..< UInt32(LADON_ALL_CLASSES) {
        ladon_buffer(t, sizeClass).pointee = AllocationBuffer(cursor: 0, limit: 0)
        ladon_stress_buffer(t, sizeClass).pointee = AllocationBuffer(cursor: 0, limit: 0)
    }
}

/// Counts the unmarked cells that Python knows as containers.
private func countDeadContainers() -> Int {
    var dead = 0
    let layouts = runtimeState.pointee.layouts.unsafelyUnwrapped
    let container = UInt64(Layout.Flags.container.rawValue) << 32
    forEachCell { cell in
        if isMarked(cell) { return }
        heap.pointee.freedObjects += 1
        let id = UnsafePointer<UInt32>(bitPattern: cell).unsafelyUnwrapped.pointee
        if layouts[Int(id)] & container != 0 { dead += 1 }
    }
    return dead
}

/// What `gcCollect` does for its effects, without counting: for the end of an interpreter.
public func collectUnreachable(_ t: Thread) {
    for _ in 0 ..< mostRounds {
        let result = collectNow(t, precise: true)
        if runFinalizers(t) == 0 && result.queued == 0 { break }
    }
}

// MARK: the gc module

/// A finaliser that makes a new object with a finaliser each time would never let it end.
private let mostRounds = 10

/// Collects, runs what became due, and again until nothing new dies. The number of container objects freed.
public func gcCollect(_ t: Thread) -> Int {
    var total = 0
    var rounds = 0
    ladonHooks.collectionPhase?(t, 0, 0)
    while true {
        let result = collectNow(t, explicit: true, precise: true)
        total += result.deadContainers
        rounds += 1
        let ran = runFinalizers(t)
        if (ran == 0 && result.queued == 0) || rounds >= mostRounds { break }
    }
    ladonHooks.collectionPhase?(t, 1, total)
    return total
}

public func gcEnable() { heap.pointee.gcDisabled = 0 }
/// Makes automatic collections rare (see `effectiveThreshold`).
public func gcDisable() { heap.pointee.gcDisabled = 1 }
public var gcIsEnabled: Bool { heap.pointee.gcDisabled == 0 }
public func gcGetThresholds() -> (Int, Int, Int) { heap.pointee.thresholds }
/// Kept for `gc.get_threshold`; pacing goes by bytes. A first threshold of 0 is `gc.disable` as far as pacing goes.
public func gcSetThresholds(_ a: Int, _ b: Int, _ c: Int) {
    heap.pointee.thresholds = (a, b, c)
    heap.pointee.gcDisabled = a == 0 ? 1 : heap.pointee.gcDisabled
}
/// What `gc.get_count` shows: allocations since the last collection, in units that reach the thresholds when one is due.
public func gcCounts(_ t: Thread) -> (Int, Int, Int) {
    let h = heap
    let share = Int(h.pointee.allocated / max(1, h.pointee.threshold / 700))
    return (min(share, 700), Int(h.pointee.collections % 10), Int(h.pointee.collections / 10 % 10))
}

/// `gc.freeze`: the count is what Python sees; nothing is moved, as marking has no generations to protect.
public func gcFreeze(_ t: Thread) {
    var n: UInt = 0
    stopTheWorld(t)
    finishSweeping()
    forEachCell { cell in
        if layout(ofID: UnsafePointer<UInt32>(bitPattern: cell).unsafelyUnwrapped.pointee).flags.contains(.container) {
            _ = ladon_fetch_or8(UnsafeMutableRawPointer(bitPattern: cell + 6), HeaderFlags.frozen)
            n += 1
        }
    }
    heap.pointee.frozenCount = n
    startTheWorld(t)
}
public func gcUnfreeze(_ t: Thread) {
    stopTheWorld(t)
    finishSweeping()
    forEachCell { _ = ladon_fetch_and8(UnsafeMutableRawPointer(bitPattern: $0 + 6), ~HeaderFlags.frozen) }
    heap.pointee.frozenCount = 0
    startTheWorld(t)
}
public var gcFreezeCount: Int { Int(heap.pointee.frozenCount) }

/// Figures of the heap since the process began.
@frozen public struct GCStatistics {
    public var collections = 0
    public var explicitCollections = 0
    /// At the end of the last collection.
    public var liveBytes = 0
    public var liveObjects = 0
    /// Handed out since the last collection.
    public var allocatedBytes = 0
    public var blockBytesInUse = 0
    public var lastPauseNanoseconds: UInt64 = 0
    public var lastMarkNanoseconds: UInt64 = 0
    public var longestPauseNanoseconds: UInt64 = 0
    public var totalPauseNanoseconds: UInt64 = 0
    /// Found dead by explicit collections.
    public var freedObjects = 0
}

public func gcStatistics() -> GCStatistics {
    let h = heap
    var s = GCStatistics()
    s.collections = Int(h.pointee.collections)
    s.explicitCollections = Int(h.pointee.explicitCollections)
    s.liveBytes = Int(h.pointee.liveBytes)
    s.liveObjects = Int(h.pointee.liveObjects)
    s.allocatedBytes = Int(h.pointee.allocated)
    s.blockBytesInUse = Int(h.pointee.blocksUsed) * blockBytes
    s.lastPauseNanoseconds = h.pointee.lastPause
    s.lastMarkNanoseconds = h.pointee.lastMark
    s.longestPauseNanoseconds = h.pointee.longestPause
    s.totalPauseNanoseconds = h.pointee.totalPause
    s.freedObjects = Int(h.pointee.freedObjects)
    return s
}
