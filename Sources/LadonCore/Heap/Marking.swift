// Marking: from the roots, through each cell's layout, with an explicit stack. World stopped throughout.
//
// A word found in a place whose contents are not certain (native stacks, registers, windows of generators)
// is validated: it must point into a block that holds cells, anywhere inside a cell whose header is not 0, and that the
// last collection has marked if its block was not swept since.
// A traced word of a live cell needs no such test: it is a constant, an integer, or a cell's address.

import Glibc

/// Marks the cell that a traced word names, if it names one.
@inline(__always) func markValue(_ bits: UInt) {
    let h = heap
    let offset = bits &- h.pointee.base
    if bits & 15 != 0 || offset >= h.pointee.end &- h.pointee.base { return }
    #if LADON_CHECKED
    if cellContaining(bits) != bits { fatal("a traced word does not name a cell") }
    #endif
    let granule = offset >> 4
    let word = h.pointee.marks.unsafelyUnwrapped + Int(bitPattern: granule >> 6)
    let bit: UInt64 = 1 &<< UInt64(granule)
    if word.pointee & bit != 0 { return }
    word.pointee |= bit
    if h.pointee.blocks[Int(bitPattern: offset >> blockShift)].sizeClass >= UInt8(LADON_LEAF_CLASSES) {
        #if LADON_CHECKED
        checkLeaf(bits)
        #endif
        return
    }
    if h.pointee.markCount == h.pointee.markCapacity { growMarkStack() }
    h.pointee.markStack.unsafelyUnwrapped[Int(bitPattern: h.pointee.markCount)] = bits
    h.pointee.markCount &+= 1
}

#if LADON_CHECKED
/// What was allocated as a leaf refers to nothing.
private func checkLeaf(_ cell: UInt) {
    let v = Value(bits: cell)
    if v.id >= TypeID.firstDynamic { fatal("an instance of a class was allocated as a leaf") }
    forEachReference(v) { _ in fatal("a cell that was allocated as a leaf refers to another") }
}
#endif

/// The address of the cell that `word` points into, or 0. With the world going on only for what is known to lie in a live cell.
public func cellContaining(_ word: UInt) -> UInt {
    let h = heap
    let offset = word &- h.pointee.base
    let block = offset >> blockShift
    if block >= UInt(h.pointee.blocksTouched) { return 0 }
    var info = h.pointee.blocks + Int(block)
    var cell: UInt
    if info.pointee.kind == UInt8(LADON_BLOCK_CELLS) {
        let inside = UInt32(truncatingIfNeeded: offset & UInt(blockBytes - 1))
        if inside >= info.pointee.formatted { return 0 }
        let index = UInt32(truncatingIfNeeded: (UInt64(inside) &* UInt64(info.pointee.reciprocal)) >> 32)
        cell = h.pointee.base &+ block << blockShift &+ UInt(index &* info.pointee.cellBytes)
    } else if info.pointee.kind == UInt8(LADON_BLOCK_FREE) {
        return 0
    } else {
        var first = block
        if info.pointee.kind == UInt8(LADON_BLOCK_TAIL) {
            first -= UInt(info.pointee.run)
            info = h.pointee.blocks + Int(first)
            if info.pointee.kind != UInt8(LADON_BLOCK_LARGE) { return 0 }
        }
        cell = h.pointee.base + first << blockShift
        if word - cell >= UInt(info.pointee.bytesOrLinks) { return 0 }
    }
    if info.pointee.unswept != 0 && UInt32(truncatingIfNeeded: cell & UInt(blockBytes - 1)) >> 4 >= info.pointee.sweptTo
        && !isMarked(cell, in: h.pointee.lastMarks) { return 0 }
    return ladon_load32_relaxed(UnsafeRawPointer(bitPattern: cell)) == 0 ? 0 : cell
}

/// Marks the cell that an uncertain word points into, if any.
@inline(__always) func markUncertain(_ word: UInt) {
    let h = heap
    if word &- h.pointee.base >= h.pointee.end &- h.pointee.base { return }
    let cell = cellContaining(word)
    if cell != 0 { markValue(cell) }
}

/// Marks from every word in [from, to), each uncertain.
func markWords(_ from: UInt, _ to: UInt) {
    var p = (from + 7) & ~7
    while p + 8 <= to {
        markUncertain(UnsafePointer<UInt>(bitPattern: p).unsafelyUnwrapped.pointee)
        p += 8
    }
}

/// One past the last byte of a cell.
@inline(__always) func cellEnd(_ cell: UInt) -> UInt {
    let info = blockInfo(blockIndex(cell))
    return cell + (info.pointee.kind == UInt8(LADON_BLOCK_LARGE) ? UInt(info.pointee.bytesOrLinks) : UInt(info.pointee.cellBytes))
}

@inline(never) private func growMarkStack() {
    let h = heap
    let old = Int(h.pointee.markCapacity) * 8
    let new = max(old * 2, 1 << 20)
    let p: UnsafeMutableRawPointer? = old == 0
        ? mmap(nil, new, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        : ladon_mremap(h.pointee.markStack, old, new)
    guard let p, p != MAP_FAILED else { fatal("out of memory for the mark stack") }
    h.pointee.markStack = p.assumingMemoryBound(to: UInt.self)
    h.pointee.markCapacity = UInt(new / 8)
}

/// After a collection: a big mark stack gives its memory back.
func releaseMarkStack() {
    let h = heap
    if h.pointee.markCapacity > 1 << 17 { madvise(h.pointee.markStack, Int(h.pointee.markCapacity) * 8, Int32(MADV_DONTNEED)) }
}

// Long arrays are walked in pieces, so that their items do not all lie on the stack at once: the rest waits
// there as the pair (next address, end), recognised by the lowest bit of the end.
private let pieceBytes: UInt = 4096

@inline(__always) private func markTraced(_ from: UInt, _ to: UInt) {
    var p = from
    var end = to
    if to &- from > pieceBytes {
        end = from &+ pieceBytes
        let h = heap
        if h.pointee.markCount + 2 > h.pointee.markCapacity { growMarkStack() }
        h.pointee.markStack[Int(bitPattern: h.pointee.markCount)] = end
        h.pointee.markStack[Int(bitPattern: h.pointee.markCount) + 1] = to | 1
        h.pointee.markCount += 2
    }
    while p < end {
        markValue(UnsafePointer<UInt>(bitPattern: p).unsafelyUnwrapped.pointee)
        p &+= 8
    }
}

/// Walks one marked cell.
@inline(__always) private func scan(_ cell: UInt) {
    let id = UnsafePointer<UInt32>(bitPattern: cell).unsafelyUnwrapped.pointee
    if id == 0 { return }
    let runtime = runtimeState
    if id >= TypeID.firstDynamic { markValue(UInt(bitPattern: runtime.pointee.shapes[Int(id)])) }
    let bits = runtime.pointee.layouts[Int(id)]
    if bits == 0 { return }
    let prefix = UInt(bits & 0xFFFF)
    let flags = UInt32(truncatingIfNeeded: bits >> 32)
    if flags & (Layout.Flags.allTraced.rawValue | Layout.Flags.weak.rawValue | Layout.Flags.window.rawValue) != 0 {
        scanSpecial(cell, prefix, flags)
    } else {
        if prefix != 0 { markTraced(cell &+ 8, cell &+ 8 &+ prefix &* 8) }
        if flags & Layout.Flags.counted.rawValue != 0 {
            let n = UnsafePointer<UInt>(bitPattern: cell + 8).unsafelyUnwrapped.pointee
            #if LADON_CHECKED
            if cell + 16 + n * 8 > cellEnd(cell) { fatal("a counted cell's count is past its end") }
            #endif
            markTraced(cell &+ 16, cell &+ 16 &+ n &* 8)
        }
    }
    let base = UInt(bits >> 16 & 0xFFFF)
    if base != 0 {
        if flags & uncertainTail != 0 { markWords(cell + base * 8, cellEnd(cell)) } else { markTraced(cell + base * 8, cellEnd(cell) & ~7) }
    }
}

/// Layout flag "conservative": words from `base` on may be raw data as well as values (instances of subclasses
/// of int, str and bytes, whose attribute slots follow a raw variable part).
private let uncertainTail: UInt32 = 64

@inline(never) private func scanSpecial(_ cell: UInt, _ prefix: UInt, _ flags: UInt32) {
    if flags & Layout.Flags.allTraced.rawValue != 0 {
        markTraced(cell + 8, cellEnd(cell) & ~7)
    } else if flags & Layout.Flags.weak.rawValue != 0 {
        if prefix > 1 { markTraced(cell + 16, cell + 8 + prefix * 8) }
    } else {
        if prefix != 0 { markTraced(cell &+ 8, cell &+ 8 &+ prefix &* 8) }
        if heap.pointee.precise != 0, let live = ladonHooks.liveWindow {
            live(cell, markLive)
        } else {
            markWords(cell + 8 + prefix * 8, cellEnd(cell))
        }
    }
}

private func markLive(_ first: UnsafeMutablePointer<Value>?, _ count: Int) {
    let start = UInt(bitPattern: first)
    markWords(start, start + UInt(count) * 8)
}

/// A power of two.
private let queueLength = 16

/// Empties the mark stack. Popped cells pass through a short queue and are prefetched on entering it, since
/// the first load of each is a cache miss in a heap of any size; so is that of the second cache line, which most cells reach into.
func drainMarkStack() {
    let h = heap
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: queueLength) { queue in
        let slots = queue.baseAddress.unsafelyUnwrapped
        slots.initialize(repeating: 0, count: queueLength)
        var position = 0
        var idle = 0
        while true {
            var incoming: UInt = 0
            if h.pointee.markCount > 0 {
                h.pointee.markCount &-= 1
                incoming = h.pointee.markStack[Int(bitPattern: h.pointee.markCount)]
                if incoming & 1 != 0 {
                    h.pointee.markCount &-= 1
                    let start = h.pointee.markStack[Int(bitPattern: h.pointee.markCount)]
                    markTraced(start, incoming & ~1)
                    continue
                }
                ladon_prefetch(UnsafeRawPointer(bitPattern: incoming))
                ladon_prefetch(UnsafeRawPointer(bitPattern: incoming &+ 64))
                idle = 0
            } else {
                idle += 1
                if idle > queueLength { return }
            }
            let cell = slots[position]
            slots[position] = incoming
            position = (position + 1) & (queueLength - 1)
            if cell != 0 { scan(cell); idle = 0 }
        }
    }
}

/// For ladonHooks.afterMark only: whether the cell survives the running collection.
public func isMarked(_ v: Value) -> Bool {
    v.isCell ? isMarked(v.bits) : true
}
@inline(__always) func isMarked(_ cell: UInt) -> Bool { isMarked(cell, in: heap.pointee.marks) }
@inline(__always) private func isMarked(_ cell: UInt, in marks: UnsafeMutablePointer<UInt64>) -> Bool {
    let granule = (cell &- heap.pointee.base) >> 4
    return marks[Int(bitPattern: granule >> 6)] >> UInt64(granule & 63) & 1 != 0
}

/// Marks what one thread holds: registers, native stack, saved machine registers, its own fields. `precise`: registers that
/// are dead (see LiveRegisters.swift) are left out, for collections that are made to find something dead.
func markThread(_ t: Thread, precise: Bool) {
    if precise, let live = ladonHooks.liveRegisters {
        live(t, markLive)
    } else {
        let base = UInt(bitPattern: t.pointee.stackBase)
        var top = base
        if let hook = ladonHooks.registerStackTop {
            top = UInt(bitPattern: hook(t))
        } else if let frame = t.pointee.frame {
            top = frame[4].bits
        }
        if top > base { markWords(base, min(top, UInt(bitPattern: t.pointee.stackLimit))) }
    }
    markUncertain(UInt(bitPattern: t.pointee.frame))
    if precise && t.pointee.scanFrom != 0 {
        // Stale words in the native frames of the collector, or of a wait, and in those that called it must not keep anything alive.
        markWords(t.pointee.scanFrom, t.pointee.nativeStackTop)
    } else if t.pointee.savedStackPointer != 0 && t.pointee.savedStackPointer < t.pointee.nativeStackTop {
        markWords(t.pointee.savedStackPointer, t.pointee.nativeStackTop)
        let registers = UInt(bitPattern: ladon_saved_registers(t))
        markWords(registers, registers + UInt(LADON_SAVED_REGISTERS) * 8)
    }
    markUncertain(t.pointee.exception.bits)
    markUncertain(t.pointee.handled.bits)
    markUncertain(t.pointee.threadObject.bits)
    markUncertain(t.pointee.context.bits)
    markUncertain(t.pointee.asyncGenFirstIter.bits)
    markUncertain(t.pointee.asyncGenFinalizer.bits)
    markUncertain(ladon_load_acquire(&t.pointee.asyncException))
    markUncertain(t.pointee.locals.bits)
    markUncertain(t.pointee.traceFunction.bits)
    markUncertain(t.pointee.profileFunction.bits)
    markUncertain(t.pointee.reprStack.bits)
    markUncertain(t.pointee.runningLoop.bits)
    markUncertain(t.pointee.taskLoop.bits)
    markUncertain(t.pointee.currentTask.bits)
    markUncertain(t.pointee.startArgument.bits)
    markUncertain(t.pointee.crossing.bits)
}

/// Marks what a cell refers to, but not the cell.
func scanContents(_ cell: UInt) { scan(cell) }
