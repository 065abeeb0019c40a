// Giving out the ids in cell headers, and taking them back when their ShapeCell dies.
//
// An id lives as long as its ShapeCell, which every cell with that id keeps alive. A dead id rests for at least one
// more collection, until there are many; before it can be given out again, ladonHooks.idsFreed empties, with the world stopped,
// every cache that may still compare with it. Guarded by heap.idMutex or the world stopped.

/// A fresh id. Its ShapeCell is made known with `publishShape` before any cell has the id.
public func allocateShapeID(_ t: Thread) -> UInt32 {
    let h = heap
    ladon_mutex_lock(&h.pointee.idMutex)
    var id: UInt32
    if h.pointee.freeIDCount > 0 {
        h.pointee.freeIDCount -= 1
        id = UInt32(truncatingIfNeeded: h.pointee.freeIDs.unsafelyUnwrapped[Int(h.pointee.freeIDCount)])
    } else {
        id = h.pointee.nextID
        if id >= h.pointee.idCapacity { fatal("out of type and shape ids") }
        h.pointee.nextID += 1
    }
    ladon_mutex_unlock(&h.pointee.idMutex)
    return id
}

/// Makes `shape` the shape of cells with `id`, walked by `layout`. Also for the fixed ids of built-in types.
public func publishShape(id: UInt32, shape: ShapePointer, layout: Layout) {
    setLayout(id, layout)
    ladon_store_release(runtimeState.pointee.shapes + Int(id), UInt(bitPattern: shape))
}

/// Finding the caches that know one of them takes a walk through all code: worth it for so many.
private let mostResting: UInt = 1024

/// World stopped, after marking: ids that rested since the last collection become free if they are many, ids whose shape died rest.
func retireIDs() {
    let h = heap
    if h.pointee.quarantineCount >= mostResting {
        let resting = h.pointee.quarantine.unsafelyUnwrapped
        let n = Int(h.pointee.quarantineCount)
        // The hook wants 32-bit ids: pack them in place, each word is read before it is overwritten.
        for i in 0 ..< n { appendWord(resting[i], &h.pointee.freeIDs, &h.pointee.freeIDCount, &h.pointee.freeIDCapacity) }
        if let hook = ladonHooks.idsFreed {
            let packed = UnsafeMutableRawPointer(resting).assumingMemoryBound(to: UInt32.self)
            for i in 0 ..< n {
                let id = UInt32(truncatingIfNeeded: resting[i])
                packed[i] = id
            }
            hook(packed, n)
        }
        h.pointee.quarantineCount = 0
    }
    let shapes = runtimeState.pointee.shapes.unsafelyUnwrapped
    let layouts = runtimeState.pointee.layouts.unsafelyUnwrapped
    for id in Int(TypeID.firstDynamic) ..< Int(h.pointee.nextID) {
        let shape = UInt(bitPattern: shapes[id])
        if shape == 0 || isMarked(shape) { continue }
        shapes[id] = nil
        layouts[id] = 0
        appendWord(UInt(id), &h.pointee.quarantine, &h.pointee.quarantineCount, &h.pointee.quarantineCapacity)
    }
}
