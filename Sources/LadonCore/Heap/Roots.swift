// The root table: places outside the heap that hold values. Everything else that keeps a cell alive is a
// thread's (registers, native stack, the fields of LadonThread) or another cell.
//
// Guarded by heap.rootMutex; read by the collector with the world stopped.

/// Makes `*p` a root. `p` lies in memory that does not move (static or malloc) and may be changed at any time.
public func addRoot(_ p: UnsafeMutablePointer<Value>) { addRootRange(p, count: 1) }
public func removeRoot(_ p: UnsafeMutablePointer<Value>) { removeRootRange(p) }

/// Makes `count` words from `p` on roots.
public func addRootRange(_ p: UnsafeMutablePointer<Value>, count: Int) {
    let h = heap
    ladon_mutex_lock(&h.pointee.rootMutex)
    appendWord(UInt(bitPattern: p), &h.pointee.rootRanges, &h.pointee.rangeCount, &h.pointee.rangeCapacity)
    appendWord(UInt(count), &h.pointee.rootRanges, &h.pointee.rangeCount, &h.pointee.rangeCapacity)
    ladon_mutex_unlock(&h.pointee.rootMutex)
}

/// Takes back an `addRootRange` (or `addRoot`) of the same address. Linear in the number of ranges; the latest are found first.
public func removeRootRange(_ p: UnsafeMutablePointer<Value>) {
    let h = heap
    ladon_mutex_lock(&h.pointee.rootMutex)
    var i = Int(h.pointee.rangeCount)
    while i > 0 {
        i -= 2
        let ranges = h.pointee.rootRanges.unsafelyUnwrapped
        if ranges[i] == UInt(bitPattern: p) {
            let last = Int(h.pointee.rangeCount) - 2
            ranges[i] = ranges[last]
            ranges[i + 1] = ranges[last + 1]
            h.pointee.rangeCount -= 2
            break
        }
    }
    ladon_mutex_unlock(&h.pointee.rootMutex)
}

/// Keeps a cell, and what it refers to, for ever.
public func makeImmortal(_ v: Value) {
    guard v.isCell else { return }
    if ladon_fetch_or8(&v.header.pointee.flags, HeaderFlags.immortal) & HeaderFlags.immortal != 0 { return }
    let h = heap
    ladon_mutex_lock(&h.pointee.rootMutex)
    appendWord(v.bits, &h.pointee.immortals, &h.pointee.immortalCount, &h.pointee.immortalCapacity)
    ladon_mutex_unlock(&h.pointee.rootMutex)
}

/// For ladonHooks.traceRoots only: keeps `v` through the running collection.
public func markRoot(_ v: Value) { markValue(v.bits) }

/// Marks what the root table and the runtime object hold. World stopped.
func markRootTable() {
    let h = heap
    var i = 0
    while i < Int(h.pointee.rangeCount) {
        let ranges = h.pointee.rootRanges.unsafelyUnwrapped
        markWords(ranges[i], ranges[i] + ranges[i + 1] * 8)
        i += 2
    }
    for i in 0 ..< Int(h.pointee.immortalCount) { markValue(h.pointee.immortals.unsafelyUnwrapped[i]) }
    let runtime = runtimeState
    markValue(runtime.pointee.emptyTuple.bits)
    markValue(runtime.pointee.emptyString.bits)
    markValue(runtime.pointee.emptyBytes.bits)
    for table in [runtime.pointee.latin1, runtime.pointee.singleBytes] {
        guard let table else { continue }
        markWords(UInt(bitPattern: table), UInt(bitPattern: table + 256))
    }
    for id in 0 ..< Int(TypeID.firstDynamic) { markValue(UInt(bitPattern: runtime.pointee.shapes[id])) }
}
