// Sweeping: after a mark, blocks without a live cell go back to the free runs at once. The others are swept when a thread asks for
// cells of their size, if one does, and no further than it needs: dead cells are cleared just before they are handed out, while
// the cache holds them, and pages that a forked process shares with its parent stay shared until something new lies there.
//
// What must hold: an address in a dead cell is harmless. Its header is 0, or its block is unswept from there on and its mark not set
// (`cellContaining` looks at both). Memory handed out is zero (`clearFree`). A block is swept by the thread that took it off its list,
// or with the world stopped.

import Glibc

/// Clears free cells: medium leaves only their headers.
@inline(__always) func clearFree(_ start: UInt, _ length: UInt32, _ info: UnsafeMutablePointer<BlockInfo>) {
    let p = UnsafeMutableRawPointer(bitPattern: start).unsafelyUnwrapped
    if !ladon_class_is_unfilled(UInt32(info.pointee.sizeClass)) {
        memset(p, 0, Int(length))
        return
    }
    for offset in stride(from: 0, to: Int(length), by: Int(info.pointee.cellBytes)) { p.storeBytes(of: 0, toByteOffset: offset, as: UInt64.self) }
}

/// Sweeps a block up to and with the next dead cells: at most `most` bytes of them, cleared. Their offset and length; nil: there were none,
/// and the block is swept. The caller owns the block, or the world is stopped.
func sweepNextRun(_ block: UInt32, most: UInt32) -> (start: UInt32, length: UInt32)? {
    let info = blockInfo(block)
    if info.pointee.unswept == 0 { return nil }
    let cell = info.pointee.cellBytes
    let marks = heap.pointee.lastMarks + Int(block) * (blockBytes / 16 / 64)
    let formatted = info.pointee.formatted
    var start = UInt32(info.pointee.sweptTo) << 4
    while start < formatted {
        // The next live cell.
        let granule = start >> 4
        var word = Int(granule >> 6)
        var bits = marks[word] & (UInt64.max << UInt64(granule & 63))
        let lastWord = Int((formatted - 1) >> 10)
        while bits == 0 && word < lastWord {
            word += 1
            bits = marks[word]
        }
        let live = bits == 0 ? formatted : min(formatted, UInt32(word * 64 + bits.trailingZeroBitCount) << 4)
        if live == start {
            start += cell
            continue
        }
        let length = min(live - start, max(cell, most / cell * cell))
        clearFree(blockAddress(block) + UInt(start), length, info)
        info.pointee.sweptTo = UInt16(truncatingIfNeeded: (start + length) >> 4)
        return (start, length)
    }
    info.pointee.unswept = 0
    return nil
}

/// Sweeps a block to its end: its dead cells become runs of free, cleared ones. World stopped.
func sweepBlock(_ block: UInt32) {
    let info = blockInfo(block)
    // In front of runs that the block may have already.
    var next = info.pointee.freeRun
    while let run = sweepNextRun(block, most: UInt32(blockBytes)) {
        let link = UnsafeMutablePointer<UInt32>(bitPattern: blockAddress(block) + UInt(run.start) + 4).unsafelyUnwrapped
        link.pointee = (run.length / info.pointee.cellBytes) << 16 | UInt32(next)
        next = UInt16(truncatingIfNeeded: run.start >> 4 + 1)
    }
    info.pointee.freeRun = next
}

/// Sweeps what the mutators did not ask for, so that every cell with a header was alive at the last collection. World stopped.
func finishSweeping() {
    for block in 0 ..< heap.pointee.blocksTouched where blockInfo(block).pointee.unswept != 0 { sweepBlock(block) }
}

/// After marking, which becomes the last: counts what lives, frees what holds nothing alive, and lists the rest for lazy sweeping.
/// World stopped, all allocation buffers given up. Returns live bytes.
func reclaimBlocks() -> UInt {
    let h = heap
    for sizeClass in 0 ..< UInt32(LADON_ALL_CLASSES) {
        ladon_unswept_list(sizeClass).pointee = 0
        ladon_partial_list(sizeClass).pointee = 0
    }
    var live: UInt = 0
    var objects: UInt64 = 0
    var block = h.pointee.blocksTouched
    // Downwards, so that low blocks come first in the lists.
    while block > 0 {
        block -= 1
        let info = blockInfo(block)
        switch UInt32(info.pointee.kind) {
        case UInt32(LADON_BLOCK_LARGE):
            if isMarked(blockAddress(block)) {
                live += UInt(info.pointee.bytesOrLinks)
                objects += 1
            } else {
                freeLarge(block)
            }
        case UInt32(LADON_BLOCK_CELLS):
            let marks = h.pointee.marks + Int(block) * (blockBytes / 16 / 64)
            var cells: UInt32 = 0
            for i in 0 ..< blockBytes / 16 / 64 { cells += UInt32(marks[i].nonzeroBitCount) }
            objects += UInt64(cells)
            live += UInt(cells * info.pointee.cellBytes)
            if cells == 0 {
                if info.pointee.formatted != 0 { info.pointee.dirty = 1 }
                giveBlocks(block, 1)
                continue
            }
            info.pointee.unswept = 1
            info.pointee.sweptTo = 0
            info.pointee.freeRun = 0
            let capacity = UInt32(blockBytes) / info.pointee.cellBytes
            // A nearly full block would cost more to sweep than its cells are worth; it waits for the final sweep.
            if capacity - cells > capacity / 32 || (capacity < 32 && cells < capacity) {
                let list = ladon_unswept_list(UInt32(info.pointee.sizeClass)).unsafelyUnwrapped
                info.pointee.bytesOrLinks = UInt64(list.pointee)
                list.pointee = block + 1
            }
        default:
            break
        }
    }
    h.pointee.liveObjects = objects
    h.pointee.lastMarks = h.pointee.marks
    return live
}

/// heap.mutex held, or the world stopped.
func freeLarge(_ block: UInt32) {
    let info = blockInfo(block)
    let count = info.pointee.run
    // Fresh pages cost more than clearing old ones, up to a size that a cache does not hold anyway.
    let isBig = count >= 64
    if isBig { madvise(UnsafeMutableRawPointer(bitPattern: blockAddress(block)), Int(count) << Int(blockShift), Int32(MADV_DONTNEED)) }
    for b in block ..< block + count { blockInfo(b).pointee.dirty = isBig ? 0 : 1 }
    giveBlocks(block, count)
}

/// Calls `body` for each cell in the heap, dead ones not yet reclaimed included. World stopped, sweeping finished.
func forEachCell(_ body: (UInt) -> Void) {
    let h = heap
    for block in 0 ..< h.pointee.blocksTouched {
        let info = blockInfo(block)
        if info.pointee.kind == UInt8(LADON_BLOCK_LARGE) {
            body(blockAddress(block))
        } else if info.pointee.kind == UInt8(LADON_BLOCK_CELLS) {
            let address = blockAddress(block)
            var offset: UInt32 = 0
            while offset < info.pointee.formatted {
                let cell = address + UInt(offset)
                if UnsafePointer<UInt32>(bitPattern: cell).unsafelyUnwrapped.pointee != 0 { body(cell) }
                offset += info.pointee.cellBytes
            }
        }
    }
}
