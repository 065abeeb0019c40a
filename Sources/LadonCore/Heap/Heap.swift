// The heap's address space and tables.
//
// One contiguous range is reserved at start and never moves, so "is this word a heap address" is one
// comparison. Behind the cells, in the same reservation, lie two sets of one mark bit per 16 bytes and one BlockInfo
// per 64 KiB block. Nothing of it costs memory before it is touched.
//
// Locking: heap.mutex guards block lists and block allocation (Blocks.swift); a block whose free cells are
// in a thread's buffer belongs to that thread; everything else changes only while the world is stopped.

import Glibc

/// The process's heap. A function call that disappears: C globals need no `swift_once` and no exclusivity check.
@inlinable @inline(__always) public var heap: UnsafeMutablePointer<HeapState> { ladon_get_heap() }
@inlinable @inline(__always) var runtimeState: UnsafeMutablePointer<LadonRuntimeState> { ladon_get_runtime() }

let blockBytes = 1 << 16
let blockShift: UInt = 16

/// Reserves the heap and its tables. Called once, before any thread state exists.
public func initializeHeap() {
    var limit: UInt = .max
    var r = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &r) == 0, r.rlim_cur < rlim_t.max / 2 { limit = UInt(r.rlim_cur) }
    let isLimited = limit != .max

    var size: UInt = 1 << 40
    while isLimited && size > limit / 2 { size >>= 1 }
    // Of a huge page.
    let alignment = 2 << 20
    var mapping: UnsafeMutableRawPointer? = nil
    while size >= 1 << 22 {
        let blocks = size >> blockShift
        let total = Int(size + 2 * (size / 128) + blocks * UInt(MemoryLayout<BlockInfo>.stride)) + alignment
        mapping = reserve(total)
        if mapping != nil { break }
        size >>= 1
    }
    guard let mapping else { fatal("cannot reserve address space for the heap") }
    let base = (UInt(bitPattern: mapping) + UInt(alignment - 1)) & ~UInt(alignment - 1)
    let h = heap
    h.pointee.base = base
    h.pointee.end = base + size
    h.pointee.markSets = (UnsafeMutablePointer(bitPattern: base + size), UnsafeMutablePointer(bitPattern: base + size + size / 128))
    h.pointee.marks = h.pointee.markSets.0
    h.pointee.lastMarks = h.pointee.marks
    h.pointee.blocks = UnsafeMutablePointer(bitPattern: base + size + 2 * (size / 128))
    h.pointee.blockCapacity = UInt32(size >> blockShift)
    h.pointee.blocksTouched = 0

    // More than the machine has is refused at once (MemoryError) instead of by the kernel's killer.
    let memory = UInt(max(sysconf(Int32(_SC_PHYS_PAGES)), 1)) * UInt(max(sysconf(Int32(_SC_PAGESIZE)), 1))
    let allowed = min(UInt(h.pointee.blockCapacity), max(memory >> blockShift, 64))
    h.pointee.blockLimit = UInt32(allowed)
    h.pointee.reserveBlocks = UInt32(min(64, allowed / 8))

    h.pointee.minimumThreshold = 4 << 20
    // The first collection comes later than the others: what a start makes, modules above all, mostly stays.
    h.pointee.threshold = 3 * h.pointee.minimumThreshold
    h.pointee.processors = UInt32(truncatingIfNeeded: max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1))
    h.pointee.thresholds = (700, 10, 10)

    let ids: UInt = isLimited ? 1 << 18 : 1 << 24
    guard let shapes = reserve(Int(ids) * 8), let layouts = reserve(Int(ids) * 8) else { fatal("cannot reserve the table of shapes") }
    let runtime = runtimeState
    runtime.pointee.shapes = shapes.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    runtime.pointee.layouts = layouts.assumingMemoryBound(to: UInt64.self)
    runtime.pointee.heapBase = base
    runtime.pointee.heapEnd = base + size
    h.pointee.nextID = TypeID.firstDynamic
    h.pointee.idCapacity = UInt32(ids)

    setLayout(TypeID.storage.rawValue, Layout(prefix: 0, flags: .counted))
    setLayout(TypeID.rootedBuffer.rawValue, Layout(prefix: 0, flags: .counted))
    setLayout(TypeID.bytesStorage.rawValue, .leaf)
    // Traced up to the first raw field.
    let rawOfShape = MemoryLayout<ShapeCell>.offset(of: \ShapeCell.id).unsafelyUnwrapped
    let rawOfType = MemoryLayout<TypeCell>.offset(of: \TypeCell.version).unsafelyUnwrapped
    setLayout(TypeID.shape.rawValue, Layout(prefix: rawOfShape / 8 - 1))
    setLayout(TypeID.type.rawValue, Layout(prefix: rawOfType / 8 - 1, flags: .container))
    for id in [TypeID.weakReference, .weakProxy, .weakCallableProxy] {
        setLayout(id.rawValue, WeakReferenceCell.layout)
    }
    if let stress = getenv("LADON_GC_STRESS") {
        h.pointee.stress = UInt32(truncatingIfNeeded: max(0, atol(stress)))
        runtime.pointee.gcStress = h.pointee.stress
    }
}

/// Sets the most bytes the heap may use (0: what the machine has). Smaller than what is used now: no new blocks.
public func setHeapLimit(_ bytes: Int) {
    let blocks = bytes <= 0 ? UInt32.max : UInt32(truncatingIfNeeded: min(bytes >> Int(blockShift), Int(UInt32.max)))
    ladon_mutex_lock(&heap.pointee.mutex)
    heap.pointee.blockLimit = min(heap.pointee.blockCapacity, blocks)
    heap.pointee.reserveBlocks = min(64, heap.pointee.blockLimit / 8)
    ladon_mutex_unlock(&heap.pointee.mutex)
}

/// How the collector walks cells with this id. Set before the first such cell is made.
public func setLayout(_ id: UInt32, _ layout: Layout) { runtimeState.pointee.layouts[Int(id)] = layout.bits }
@inlinable @inline(__always) public func layout(ofID id: UInt32) -> Layout { Layout(bits: ladon_get_runtime().pointee.layouts[Int(id)]) }

/// Address space without memory behind it. Huge pages are declined: they would make a touched word cost 2 MiB, and on a virtual machine
/// whose host takes free memory back they are the dearest to touch (measured: docs/heap.md).
func reserve(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard let p = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), p != MAP_FAILED else { return nil }
    madvise(p, bytes, Int32(MADV_NOHUGEPAGE))
    return p
}

/// Ends the process: an invariant of the runtime does not hold, or there is no memory for the runtime itself.
@inline(never) func fatal(_ message: StaticString) -> Never {
    let prefix: StaticString = "ladon: fatal: "
    _ = Glibc.write(2, prefix.utf8Start, prefix.utf8CodeUnitCount)
    _ = Glibc.write(2, message.utf8Start, message.utf8CodeUnitCount)
    _ = Glibc.write(2, "\n", 1)
    abort()
}

/// A growable array of words in malloc memory: tables of the collector itself.
@inline(never) func growWords(_ words: inout UnsafeMutablePointer<UInt>?, _ capacity: inout UInt, atLeast: UInt) {
    var n = max(capacity * 2, 64)
    while n < atLeast { n *= 2 }
    guard let p = realloc(words, Int(n) * 8) else { fatal("out of memory in the collector's tables") }
    words = p.assumingMemoryBound(to: UInt.self)
    capacity = n
}
@inline(__always) func appendWord(_ word: UInt, _ words: inout UnsafeMutablePointer<UInt>?, _ count: inout UInt, _ capacity: inout UInt) {
    if count == capacity { growWords(&words, &capacity, atLeast: count + 1) }
    words.unsafelyUnwrapped[Int(count)] = word
    count += 1
}
