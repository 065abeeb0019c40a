// Giving out and taking back runs of 64 KiB blocks.
//
// Free runs carry their length in their first and last block (boundary tags), so that neighbours join
// without a search, and hang in doubly linked lists by the logarithm of their length. All under heap.mutex,
// or with the world stopped.

import Glibc

@inline(__always) func blockInfo(_ block: UInt32) -> UnsafeMutablePointer<BlockInfo> { heap.pointee.blocks + Int(block) }
@inline(__always) func blockAddress(_ block: UInt32) -> UInt { heap.pointee.base + UInt(block) << blockShift }
@inline(__always) func blockIndex(_ address: UInt) -> UInt32 { UInt32(truncatingIfNeeded: (address - heap.pointee.base) >> blockShift) }

@inline(__always) private func logarithm(_ n: UInt32) -> UInt32 { UInt32(31 - n.leadingZeroBitCount) }

// Links of a free run: next in the low half, previous in the high half, each block + 1.
@inline(__always) private func next(_ b: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: blockInfo(b).pointee.bytesOrLinks) }
@inline(__always) private func previous(_ b: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: blockInfo(b).pointee.bytesOrLinks >> 32) }
@inline(__always) private func setNext(_ b: UInt32, _ n: UInt32) {
    let p = blockInfo(b)
    p.pointee.bytesOrLinks = p.pointee.bytesOrLinks & 0xFFFF_FFFF_0000_0000 | UInt64(n)
}
@inline(__always) private func setPrevious(_ b: UInt32, _ n: UInt32) {
    let p = blockInfo(b)
    p.pointee.bytesOrLinks = p.pointee.bytesOrLinks & 0xFFFF_FFFF | UInt64(n) << 32
}

private func link(_ first: UInt32, _ count: UInt32) {
    let head = ladon_free_run_list(logarithm(count)).unsafelyUnwrapped
    blockInfo(first).pointee.kind = UInt8(LADON_BLOCK_FREE)
    blockInfo(first).pointee.run = count
    blockInfo(first + count - 1).pointee.run = count
    blockInfo(first).pointee.bytesOrLinks = UInt64(head.pointee)
    if head.pointee != 0 { setPrevious(head.pointee - 1, first + 1) }
    head.pointee = first + 1
}

private func unlink(_ first: UInt32) {
    let head = ladon_free_run_list(logarithm(blockInfo(first).pointee.run)).unsafelyUnwrapped
    let n = next(first), p = previous(first)
    if p != 0 { setNext(p - 1, n) } else { head.pointee = n }
    if n != 0 { setPrevious(n - 1, p) }
}

/// `count` consecutive blocks, or nil when the heap's limit does not allow them. Their memory may be dirty.
/// heap.mutex held.
func takeBlocks(_ count: UInt32, emergency: Bool) -> UInt32? {
    let h = heap
    let limit = emergency ? h.pointee.blockLimit : h.pointee.blockLimit - h.pointee.reserveBlocks
    guard count <= limit, h.pointee.blocksUsed <= limit - count else { return nil }

    var list = logarithm(count)
    var probes = 0
    var found: UInt32? = nil
    var candidate = ladon_free_run_list(list).pointee
    while candidate != 0 && probes < 64 {
        if blockInfo(candidate - 1).pointee.run >= count { found = candidate - 1; break }
        candidate = next(candidate - 1)
        probes += 1
    }
    while found == nil && list < 31 {
        list += 1
        let first = ladon_free_run_list(list).pointee
        if first != 0 { found = first - 1 }
    }
    if let first = found {
        let run = blockInfo(first).pointee.run
        unlink(first)
        if run > count { link(first + count, run - count) }
        use(first, count)
        return first
    }
    // Fresh blocks at the end, together with a free run that may lie there already.
    var first = h.pointee.blocksTouched
    var have: UInt32 = 0
    if first > 0 && blockInfo(first - 1).pointee.kind == UInt8(LADON_BLOCK_FREE) { have = blockInfo(first - 1).pointee.run }
    guard h.pointee.blockCapacity - first >= count - have else { return nil }
    if have > 0 { first -= have; unlink(first) }
    h.pointee.blocksTouched = first + count
    use(first, count)
    return first
}

/// The `count` blocks from `first` on, behind a block in use, if they are free; blocks that were never used stay so, since their pages
/// would cost more than a copy to used ones. heap.mutex held.
func takeBlocks(at first: UInt32, _ count: UInt32) -> Bool {
    let h = heap
    let limit = h.pointee.blockLimit - h.pointee.reserveBlocks
    guard count <= limit, h.pointee.blocksUsed <= limit - count, first < h.pointee.blocksTouched else { return false }
    // The block before is in use: a free run begins here, or none.
    let info = blockInfo(first)
    if info.pointee.kind != UInt8(LADON_BLOCK_FREE) || info.pointee.run < count { return false }
    let run = info.pointee.run
    unlink(first)
    if run > count { link(first + count, run - count) }
    use(first, count)
    return true
}

private func use(_ first: UInt32, _ count: UInt32) {
    heap.pointee.blocksUsed += count
    for b in first ..< first + count {
        let info = blockInfo(b)
        info.pointee.kind = UInt8(LADON_BLOCK_TAIL)
        if info.pointee.dirty != 0 && heap.pointee.dirtyFree > 0 { heap.pointee.dirtyFree -= 1 }
    }
}

/// Takes blocks back and joins them with free neighbours. Blocks with dirty memory say so in their info.
/// heap.mutex held, or the world stopped.
func giveBlocks(_ start: UInt32, _ length: UInt32) {
    var first = start, count = length
    let h = heap
    h.pointee.blocksUsed -= count
    for b in first ..< first + count {
        let info = blockInfo(b)
        info.pointee.kind = UInt8(LADON_BLOCK_FREE)
        info.pointee.unswept = 0
        info.pointee.run = 0
        if info.pointee.dirty != 0 { h.pointee.dirtyFree += 1 }
    }
    if first > 0 && blockInfo(first - 1).pointee.kind == UInt8(LADON_BLOCK_FREE) {
        let run = blockInfo(first - 1).pointee.run
        unlink(first - run)
        first -= run
        count += run
    }
    let after = first + count
    if after < h.pointee.blocksTouched && blockInfo(after).pointee.kind == UInt8(LADON_BLOCK_FREE) {
        let run = blockInfo(after).pointee.run
        unlink(after)
        count += run
    }
    link(first, count)
}

/// Gives the memory of free blocks back to the system, except `keep` of them. World stopped.
func trimFreeBlocks(keep: UInt32) {
    let h = heap
    if h.pointee.dirtyFree <= keep { return }
    var surplus = h.pointee.dirtyFree - keep
    var list: UInt32 = 31
    while surplus > 0 {
        var run = ladon_free_run_list(list).pointee
        while run != 0 && surplus > 0 {
            let first = run - 1
            let end = first + blockInfo(first).pointee.run
            // From its end on, as far as need be: the rest would have to be paged in again.
            var from = end
            while from > first && surplus > 0 {
                from -= 1
                if blockInfo(from).pointee.dirty == 0 { continue }
                blockInfo(from).pointee.dirty = 0
                h.pointee.dirtyFree -= 1
                surplus -= 1
            }
            madvise(UnsafeMutableRawPointer(bitPattern: blockAddress(from)), Int(end - from) << Int(blockShift), Int32(MADV_DONTNEED))
            run = next(first)
        }
        if list == 0 { break }
        list -= 1
    }
}
