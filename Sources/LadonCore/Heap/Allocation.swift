// Handing out cells.
//
// Fast path: bump a thread's private buffer of zeroed memory; no lock, no atomic. Slow path: the next run
// of free cells in the block the thread owns, then a block with free cells (sweeping it first if the last
// collection left it unswept), then a new block. Collections start only here and in gcCollect.
//
// Leaves (cells without a traced word that names a cell) have blocks of their own: the marker need not look at them.
// Whoever allocates says which it is; what once was allocated as a leaf never refers to anything.

import Glibc

/// A cell of at most 512 bytes, zero but for its id. Never fails: at the end of memory the reserve is used
/// and the next safepoint raises MemoryError.
@inlinable @inline(__always)
public func allocate(_ t: Thread, id: UInt32, bytes: Int) -> UnsafeMutableRawPointer {
    if let p = ladon_allocate_fast(t, id, UInt(bitPattern: bytes)) { return p }
    return allocateSlow(t, id, UInt32(truncatingIfNeeded: (bytes + 15) >> 4))
}

/// The same for a leaf.
@inlinable @inline(__always)
public func allocateLeaf(_ t: Thread, id: UInt32, bytes: Int) -> UnsafeMutableRawPointer {
    if let p = ladon_allocate_leaf_fast(t, id, UInt(bitPattern: bytes)) { return p }
    return allocateSlow(t, id, UInt32(LADON_LEAF_CLASSES) + UInt32(truncatingIfNeeded: (bytes + 15) >> 4))
}

/// A cell of a fixed-size built-in kind.
@inlinable @inline(__always)
public func allocate<Cell>(_ t: Thread, _ id: TypeID, as type: Cell.Type) -> UnsafeMutablePointer<Cell> {
    allocate(t, id: id.rawValue, bytes: MemoryLayout<Cell>.size).assumingMemoryBound(to: Cell.self)
}

/// A cell of any size with at least one byte to spare, so that a pointer one past its contents still keeps
/// it alive; zero but for its id. Nil: there is no memory (nothing is raised).
@inlinable @inline(__always)
public func allocateAny(_ t: Thread, id: UInt32, bytes: Int) -> UnsafeMutableRawPointer? {
    if bytes < Int(LADON_LARGEST_SMALL) { return allocate(t, id: id, bytes: bytes + 1) }
    if bytes < Int(LADON_LARGEST_MEDIUM), let p = ladon_allocate_medium_fast(t, id, UInt(bitPattern: bytes + 1)) { return p }
    return allocateBig(t, id, bytes)
}

/// The same for a leaf.
@inlinable @inline(__always)
public func allocateAnyLeaf(_ t: Thread, id: UInt32, bytes: Int) -> UnsafeMutableRawPointer? {
    if bytes < Int(LADON_LARGEST_SMALL) { return allocateLeaf(t, id: id, bytes: bytes + 1) }
    return allocateBigLeaf(t, id, bytes)
}

/// A StorageCell with `capacity` empty slots; 0 when there is no memory.
@inlinable @inline(__always)
public func makeStorage(_ t: Thread, capacity: Int) -> Value {
    guard capacity <= 1 << 48, let p = allocateAny(t, id: TypeID.storage.rawValue, bytes: 16 + capacity * 8) else { return .raised }
    p.assumingMemoryBound(to: StorageCell.self).pointee.capacity = capacity
    return Value(p)
}

/// Bytes of the cell's memory, at least what was asked for.
public func cellCapacity(_ v: Value) -> Int {
    let info = blockInfo(blockIndex(v.bits))
    return info.pointee.kind == UInt8(LADON_BLOCK_LARGE) ? Int(info.pointee.bytesOrLinks) : Int(info.pointee.cellBytes)
}

/// No collections in this thread's allocations until allowed again; nests. For start-up.
public func holdOffCollections(_ t: Thread) { t.pointee.collectionsHeldOff += 1 }
public func allowCollections(_ t: Thread) { t.pointee.collectionsHeldOff -= 1 }

/// The shape of the cell to be: held over a collection, which could otherwise retire the id.
@inline(__always) private func shapeWord(_ id: UInt32) -> Value { Value(bits: ladon_load_acquire(runtimeState.pointee.shapes + Int(id))) }

@inline(never) @usableFromInline
func allocateSlow(_ t: Thread, _ id: UInt32, _ sizeClass: UInt32) -> UnsafeMutableRawPointer {
    let shape = shapeWord(id)
    // The first class would be a cell without a header.
    let isEmpty = sizeClass == 0 || sizeClass == UInt32(LADON_LEAF_CLASSES)
    let p = cellFromClass(t, isEmpty ? sizeClass + 1 : sizeClass, mayFail: false).unsafelyUnwrapped
    ladon_store_release(p, UInt(id))
    shape.keepAlive
    return p
}

/// `allocateAnyLeaf` for a leaf that its maker fills: what lies behind its first 64 bytes may be anything.
public func allocateUnfilled(_ t: Thread, id: UInt32, bytes: Int) -> UnsafeMutableRawPointer? {
    guard bytes >= 0, bytes < 1 << 46 else { return nil }
    if bytes < Int(LADON_LARGEST_SMALL) { return allocateLeaf(t, id: id, bytes: bytes + 1) }
    return leafBeyondSmall(t, id, UInt(bytes + 16) & ~15, cleared: 64)
}

@inline(never) @usableFromInline
func allocateBigLeaf(_ t: Thread, _ id: UInt32, _ bytes: Int) -> UnsafeMutableRawPointer? {
    guard bytes >= 0, bytes < 1 << 46 else { return nil }
    return leafBeyondSmall(t, id, UInt(bytes + 16) & ~15, cleared: .max)
}

/// A leaf of more than LADON_LARGEST_SMALL bytes, of which at least `cleared` are zero.
@inline(__always)
private func leafBeyondSmall(_ t: Thread, _ id: UInt32, _ size: UInt, cleared: UInt) -> UnsafeMutableRawPointer? {
    if size > UInt(LADON_LARGEST_MEDIUM) { return largeCell(t, id, size, isLeaf: true, cleared: cleared) }
    let sizeClass = UInt32(LADON_LEAF_CLASSES + LADON_SIZE_CLASSES) + ladon_medium_class(size)
    guard let p = cellFromClass(t, sizeClass, mayFail: true) else { return nil }
    memset(p, 0, Int(min(cleared, UInt(ladon_class_bytes(sizeClass)))))
    ladon_store_release(p, UInt(id))
    return p
}

@inline(never) @usableFromInline
func allocateBig(_ t: Thread, _ id: UInt32, _ bytes: Int) -> UnsafeMutableRawPointer? {
    guard bytes >= 0, bytes < 1 << 46 else { return nil }
    let size = UInt(bytes + 16) & ~15
    let shape = shapeWord(id)
    defer { shape.keepAlive }
    if size > UInt(LADON_LARGEST_MEDIUM) { return largeCell(t, id, size, isLeaf: false, cleared: .max) }
    guard let p = cellFromClass(t, UInt32(LADON_SIZE_CLASSES) + ladon_medium_class(size), mayFail: true) else { return nil }
    ladon_store_release(p, UInt(id))
    return p
}

/// Counts `bytes` as handed out; collects when it is time. True if it collected.
@discardableResult
func accountAllocation(_ t: Thread, _ bytes: UInt) -> Bool {
    t.pointee.allocatedBytes += bytes
    let added = bytes + t.pointee.unreportedBytes
    t.pointee.unreportedBytes = 0
    let total = ladon_fetch_add(&heap.pointee.allocated, added) + added
    if total > ladon_load_relaxed(&heap.pointee.threshold) && t.pointee.collectionsHeldOff == 0 {
        return collectIfDue(t)
    }
    return false
}

private func cellFromClass(_ t: Thread, _ sizeClass: UInt32, mayFail: Bool) -> UnsafeMutableRawPointer? {
    assertNoCellLock(t)
    if heap.pointee.stress != 0 { return stressedCell(t, sizeClass, mayFail: mayFail) }
    let buffer = ladon_buffer(t, sizeClass).unsafelyUnwrapped
    let bytes = UInt(ladon_class_bytes(sizeClass))
    while true {
        let p = buffer.pointee.cursor
        if p + bytes <= buffer.pointee.limit {
            buffer.pointee.cursor = p + bytes
            return UnsafeMutableRawPointer(bitPattern: p)
        }
        if !refill(t, buffer, sizeClass, mayFail: mayFail) { return nil }
    }
}

/// Under GC stress the visible buffers stay empty, so that every allocation comes here.
private func stressedCell(_ t: Thread, _ sizeClass: UInt32, mayFail: Bool) -> UnsafeMutableRawPointer? {
    let n = ladon_fetch_add32(&heap.pointee.stressCounter, 1)
    if n % heap.pointee.stress == 0 && t.pointee.collectionsHeldOff == 0 { collectNow(t) }
    let buffer = ladon_stress_buffer(t, sizeClass).unsafelyUnwrapped
    let bytes = UInt(ladon_class_bytes(sizeClass))
    while true {
        let p = buffer.pointee.cursor
        if p + bytes <= buffer.pointee.limit {
            buffer.pointee.cursor = p + bytes
            return UnsafeMutableRawPointer(bitPattern: p)
        }
        if !refill(t, buffer, sizeClass, mayFail: mayFail) { return nil }
    }
}

/// Gives `buffer` more zeroed cells. False: no memory, only with `mayFail`.
private func refill(_ t: Thread, _ buffer: UnsafeMutablePointer<AllocationBuffer>, _ sizeClass: UInt32, mayFail: Bool) -> Bool {
    if buffer.pointee.limit != 0 && nextRun(t, buffer, blockIndex(buffer.pointee.limit - 1)) { return true }
    // The old block stays unlisted: it is full.
    accountAllocation(t, 0)
    buffer.pointee.cursor = 0
    buffer.pointee.limit = 0
    let h = heap
    var triedCollecting = false
    while true {
        ladon_mutex_lock(&h.pointee.mutex)
        let partial = ladon_partial_list(sizeClass).unsafelyUnwrapped
        let unswept = ladon_unswept_list(sizeClass).unsafelyUnwrapped
        if partial.pointee != 0 {
            let block = partial.pointee - 1
            partial.pointee = UInt32(truncatingIfNeeded: blockInfo(block).pointee.bytesOrLinks)
            ladon_mutex_unlock(&h.pointee.mutex)
            if nextRun(t, buffer, block) { return true }
            continue
        }
        if unswept.pointee != 0 {
            let block = unswept.pointee - 1
            unswept.pointee = UInt32(truncatingIfNeeded: blockInfo(block).pointee.bytesOrLinks)
            ladon_mutex_unlock(&h.pointee.mutex)
            if nextRun(t, buffer, block) { return true }
            continue
        }
        var block = takeBlocks(1, emergency: false)
        if block == nil && triedCollecting {
            if mayFail { ladon_mutex_unlock(&h.pointee.mutex); return false }
            block = takeBlocks(1, emergency: true)
            if block == nil { fatal("out of memory") }
            h.pointee.outOfMemory = 1
            request(t, .memoryError)
        }
        if let block {
            formatBlock(block, sizeClass)
            ladon_mutex_unlock(&h.pointee.mutex)
            _ = nextRun(t, buffer, block)
            return true
        }
        ladon_mutex_unlock(&h.pointee.mutex)
        triedCollecting = true
        if t.pointee.collectionsHeldOff == 0 { collectNow(t) }
    }
}

private func formatBlock(_ block: UInt32, _ sizeClass: UInt32) {
    let info = blockInfo(block)
    let bytes = ladon_class_bytes(sizeClass)
    info.pointee.kind = UInt8(LADON_BLOCK_CELLS)
    info.pointee.sizeClass = UInt8(sizeClass)
    info.pointee.unswept = 0
    info.pointee.cellBytes = bytes
    info.pointee.reciprocal = UInt32(truncatingIfNeeded: (UInt64(1) << 32 + UInt64(bytes) - 1) / UInt64(bytes))
    info.pointee.run = 1
    info.pointee.formatted = 0
    info.pointee.freeRun = 0
    info.pointee.sweptTo = 0
    info.pointee.bytesOrLinks = 0
}

/// A run of free cells is at most this long: clearing right before use keeps it in the cache.
private let bytesAtOnce: UInt32 = 8192

/// Puts the next run of free cells of `block`, which this thread owns, into the buffer.
private func nextRun(_ t: Thread, _ buffer: UnsafeMutablePointer<AllocationBuffer>, _ block: UInt32) -> Bool {
    let info = blockInfo(block)
    let address = blockAddress(block)
    let cell = info.pointee.cellBytes
    let first = info.pointee.freeRun
    if first != 0 {
        let start = address + UInt(first - 1) << 4
        let link = UnsafeMutablePointer<UInt32>(bitPattern: start + 4).unsafelyUnwrapped
        let length = UInt(link.pointee >> 16)
        info.pointee.freeRun = UInt16(truncatingIfNeeded: link.pointee)
        link.pointee = 0
        buffer.pointee.cursor = start
        buffer.pointee.limit = start + length * UInt(cell)
        count(t, length * UInt(cell))
        return true
    }
    if let run = sweepNextRun(block, most: bytesAtOnce) {
        buffer.pointee.cursor = address + UInt(run.start)
        buffer.pointee.limit = address + UInt(run.start + run.length)
        count(t, UInt(run.length))
        return true
    }
    // Memory that was never formatted.
    let capacity = UInt32(blockBytes) / cell * cell
    let formatted = info.pointee.formatted
    if formatted >= capacity { return false }
    let wanted = max(cell, bytesAtOnce / cell * cell)
    let length = min(wanted, capacity - formatted)
    let start = address + UInt(formatted)
    if info.pointee.dirty != 0 { clearFree(start, length, info) }
    info.pointee.formatted = formatted + length
    buffer.pointee.cursor = start
    buffer.pointee.limit = start + UInt(length)
    count(t, UInt(length))
    return true
}

@inline(__always) private func count(_ t: Thread, _ bytes: UInt) {
    t.pointee.allocatedBytes += bytes
    t.pointee.unreportedBytes += bytes
}

/// At least the first `cleared` bytes are zero.
private func largeCell(_ t: Thread, _ id: UInt32, _ bytes: UInt, isLeaf: Bool, cleared: UInt) -> UnsafeMutableRawPointer? {
    assertNoCellLock(t)
    let h = heap
    let n = (bytes + UInt(blockBytes - 1)) >> blockShift
    guard n < UInt(h.pointee.blockLimit) else { return nil }
    if h.pointee.stress != 0 && t.pointee.collectionsHeldOff == 0 && ladon_fetch_add32(&h.pointee.stressCounter, 1) % h.pointee.stress == 0 { collectNow(t) }
    accountAllocation(t, bytes)
    var block: UInt32? = nil
    for attempt in 0 ..< 2 {
        ladon_mutex_lock(&h.pointee.mutex)
        block = takeBlocks(UInt32(n), emergency: false)
        // Until its head is filled in, the run is made of tails of nothing: harmless to the collector, which cannot run here.
        ladon_mutex_unlock(&h.pointee.mutex)
        if block != nil || attempt == 1 || t.pointee.collectionsHeldOff != 0 { break }
        collectNow(t)
    }
    guard let first = block else { return nil }
    let address = blockAddress(first)
    for i in 0 ..< UInt32(n) {
        let info = blockInfo(first + i)
        info.pointee.run = i
        info.pointee.unswept = 0
        if info.pointee.dirty != 0 {
            let start = UInt(i) << blockShift
            if start >= cleared { continue }
            memset(UnsafeMutableRawPointer(bitPattern: address + start).unsafelyUnwrapped, 0, Int(min(UInt(blockBytes), min(bytes, cleared) - start)))
        }
    }
    let info = blockInfo(first)
    info.pointee.kind = UInt8(LADON_BLOCK_LARGE)
    info.pointee.sizeClass = isLeaf ? UInt8(LADON_LEAF_CLASSES) : 0
    info.pointee.run = UInt32(n)
    info.pointee.cellBytes = 0
    info.pointee.bytesOrLinks = UInt64(bytes)
    let p = UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
    ladon_store_release(p, UInt(id))
    return p
}

/// Makes a large leaf larger where it lies, if what lies behind is free; what is added may hold anything. False: nothing was done.
/// For buffers that grow: their owner says how much of `v` counts.
public func extendLarge(_ t: Thread, _ v: Value, bytes: Int) -> Bool {
    let h = heap
    let block = blockIndex(v.bits)
    let info = blockInfo(block)
    guard bytes >= 0, bytes < 1 << 46, h.pointee.stress == 0, info.pointee.kind == UInt8(LADON_BLOCK_LARGE) else { return false }
    assertNoCellLock(t)
    let size = UInt(bytes + 1 + 15) & ~15
    let n = (size + UInt(blockBytes - 1)) >> blockShift
    guard n < UInt(h.pointee.blockLimit) else { return false }
    ladon_mutex_lock(&h.pointee.mutex)
    // Another thread may have extended it meanwhile, or given it back.
    let isLarge = info.pointee.kind == UInt8(LADON_BLOCK_LARGE)
    let had = UInt(info.pointee.run), before = UInt(info.pointee.bytesOrLinks)
    let isLonger = isLarge && (n <= had || takeBlocks(at: block + UInt32(had), UInt32(n - had)))
    if isLonger && size > before {
        for i in min(had, n) ..< n {
            blockInfo(block + UInt32(i)).pointee.run = UInt32(i)
            blockInfo(block + UInt32(i)).pointee.unswept = 0
        }
        info.pointee.run = UInt32(max(n, had))
        info.pointee.bytesOrLinks = UInt64(size)
    }
    ladon_mutex_unlock(&h.pointee.mutex)
    if isLonger && size > before { accountAllocation(t, size - before) }
    v.keepAlive
    return isLonger
}

/// Gives the memory of a cell back at once, instead of leaving it to a collection, if that is possible: if it is large, or the last one
/// that this thread allocated of its size. For what grows by copying, and for what is only an intermediate result: `v` was never known to
/// anybody but the caller, or its owner has just replaced it under the lock that every reader of it takes. No cell refers to it any more.
/// An address of it that lingers on some stack is harmless, as with any dead cell.
public func releaseCell(_ t: Thread, _ v: Value) {
    let h = heap
    if !v.isCell || h.pointee.stress != 0 { return }
    let info = blockInfo(blockIndex(v.bits))
    if info.pointee.kind == UInt8(LADON_BLOCK_CELLS) {
        let buffer = ladon_buffer(t, UInt32(info.pointee.sizeClass)).unsafelyUnwrapped
        // The buffer may have gone on to the block behind this one.
        let end = v.bits + UInt(info.pointee.cellBytes)
        if buffer.pointee.cursor != end || blockIndex(buffer.pointee.limit - 1) != blockIndex(v.bits) { return }
        clearFree(v.bits, info.pointee.cellBytes, info)
        buffer.pointee.cursor = v.bits
    } else if info.pointee.kind == UInt8(LADON_BLOCK_LARGE) {
        let bytes = UInt(info.pointee.bytesOrLinks)
        ladon_store_release(v.cell, 0)
        ladon_mutex_lock(&h.pointee.mutex)
        freeLarge(blockIndex(v.bits))
        // It may have been there before the last collection, and so be no part of what was allocated since.
        let allocated = ladon_load_relaxed(&h.pointee.allocated)
        if allocated > bytes { _ = ladon_fetch_add(&h.pointee.allocated, 0 &- bytes) }
        ladon_mutex_unlock(&h.pointee.mutex)
    }
}

/// A thread ends: blocks with free cells that it owns go to whoever needs such cells next.
func donateBuffers(_ t: Thread) {
    let h = heap
    ladon_mutex_lock(&h.pointee.mutex)
    for sizeClass in 1 ..< UInt32(LADON_ALL_CLASSES) {
        for stressed in 0 ..< 2 {
            let buffer = (stressed == 0 ? ladon_buffer(t, sizeClass) : ladon_stress_buffer(t, sizeClass)).unsafelyUnwrapped
            let cursor = buffer.pointee.cursor, limit = buffer.pointee.limit
            if limit == 0 { continue }
            buffer.pointee.cursor = 0
            buffer.pointee.limit = 0
            let block = blockIndex(limit - 1)
            let info = blockInfo(block)
            if cursor < limit {
                let cells = UInt32(truncatingIfNeeded: (limit - cursor) / UInt(info.pointee.cellBytes))
                UnsafeMutablePointer<UInt32>(bitPattern: cursor + 4).unsafelyUnwrapped.pointee = UInt32(info.pointee.freeRun) | cells << 16
                info.pointee.freeRun = UInt16(truncatingIfNeeded: (cursor - blockAddress(block)) >> 4 + 1)
            }
            let capacity = UInt32(blockBytes) / info.pointee.cellBytes * info.pointee.cellBytes
            if info.pointee.freeRun != 0 || info.pointee.unswept != 0 || info.pointee.formatted < capacity {
                let list = ladon_partial_list(sizeClass).unsafelyUnwrapped
                info.pointee.bytesOrLinks = UInt64(list.pointee)
                list.pointee = block + 1
            }
        }
    }
    ladon_mutex_unlock(&h.pointee.mutex)
}
