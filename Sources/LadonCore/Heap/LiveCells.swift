// Looking at the heap as a whole: gc.get_objects, gc.get_referrers, tracemalloc-like tools.

/// The cells that satisfy `predicate`, which runs with the world stopped: it must not allocate or run Python.
/// With `collecting` the unreachable are collected first. The buffer is invalid when there is no memory.
public func liveCells(_ t: Thread, collecting: Bool = true, where predicate: (Value) -> Bool) -> RootedBuffer {
    if collecting { collectNow(t) }
    var capacity = 1024
    while true {
        var buffer = RootedBuffer(t, capacity: capacity)
        if !buffer.isValid { return buffer }
        var n = 0
        let own = buffer.storage.bits
        stopTheWorld(t)
        finishSweeping()
        forEachCell { cell in
            if cell == own { return }
            let v = Value(bits: cell)
            if predicate(v) {
                if n < capacity { buffer.pointer[n] = v }
                n += 1
            }
        }
        startTheWorld(t)
        if n <= capacity {
            buffer.count = n
            return buffer
        }
        buffer.removeAll()
        capacity = n + n / 8
    }
}

/// gc.get_objects: what Python knows as containers.
public func containerCells(_ t: Thread) -> RootedBuffer {
    liveCells(t) { layout(ofID: $0.id).flags.contains(.container) && $0.header.pointee.flags & HeaderFlags.frozen == 0 }
}

/// Containers that refer directly to one of `targets` (gc.get_referrers). Internal storage counts for its owner.
public func referrers(_ t: Thread, of targets: Values, count: Int) -> RootedBuffer {
    liveCells(t) { v in layout(ofID: v.id).flags.contains(.container) && refers(v, to: targets, count, 3) }
}

private func refers(_ v: Value, to targets: Values, _ count: Int, _ depth: Int) -> Bool {
    var found = false
    forEachReference(v) { word in
        if found { return }
        for i in 0 ..< count where targets[i].bits == word { found = true }
        let part = Value(bits: word)
        if !found && depth > 0 && !layout(ofID: part.id).flags.contains(.container) { found = refers(part, to: targets, count, depth - 1) }
    }
    return found
}

/// Unreachable containers that lie in cycles or are reachable from some: what CPython's collector would find, and its reference
/// counts would not (gc.DEBUG_SAVEALL). They are alive as long as the buffer. Nothing is freed.
public func cyclicGarbage(_ t: Thread) -> RootedBuffer {
    var buffer = RootedBuffer(t, capacity: 64)
    while buffer.isValid {
        stopTheWorld(t)
        ladon_save_state(t)
        finishSweeping()
        markLiveCells(precise: true)
        // Dead cells, and how many references to each come from dead ones. Taking away what has none, again and again,
        // leaves the cycles and what they refer to.
        var counts: [UInt: Int] = [:]
        forEachCell { if !isMarked($0) { counts[$0] = 0 } }
        for cell in counts.keys { forEachReference(Value(bits: cell)) { if counts[$0] != nil { counts[$0]! += 1 } } }
        var free = counts.filter { $0.value == 0 }.map { $0.key }
        while let cell = free.popLast() {
            counts[cell] = nil
            forEachReference(Value(bits: cell)) {
                guard let n = counts[$0] else { return }
                counts[$0] = n - 1
                if n == 1 { free.append($0) }
            }
        }
        let found = counts.keys.filter { layout(ofID: Value(bits: $0).id).flags.contains(.container) }
        if found.count <= buffer.capacity {
            for (i, cell) in found.enumerated() { buffer.pointer[i] = Value(bits: cell) }
            buffer.count = found.count
            startTheWorld(t)
            break
        }
        startTheWorld(t)
        buffer = RootedBuffer(t, capacity: found.count + found.count / 8)
    }
    return buffer
}

/// The cells that `v` refers to directly (gc.get_referents). Other threads may change `v` meanwhile.
public func referents(_ t: Thread, of v: Value) -> RootedBuffer {
    var buffer = RootedBuffer(t)
    guard v.isCell, buffer.isValid else { return buffer }
    var n = 0
    forEachReference(v) { _ in n += 1 }
    var wanted = RootedBuffer(t, capacity: n + 8)
    guard wanted.isValid else { return wanted }
    let capacity = wanted.capacity
    n = 0
    forEachReference(v) { word in
        if n < capacity { wanted.pointer[n] = Value(bits: word); n += 1 }
    }
    wanted.count = n
    buffer = wanted
    v.keepAlive
    return buffer
}

/// Calls `body` with each traced word of a cell that names a cell.
func forEachReference(_ v: Value, _ body: (UInt) -> Void) {
    let cell = v.bits
    let bits = layout(ofID: v.id)
    let h = heap
    func visit(_ from: UInt, _ to: UInt) {
        var p = from
        while p < to {
            let word = ladon_load_acquire(UnsafeRawPointer(bitPattern: p))
            if word & 15 == 0 && word &- h.pointee.base < h.pointee.end &- h.pointee.base { body(word) }
            p += 8
        }
    }
    let prefix = UInt(bits.prefix)
    let end = cellEnd(cell) & ~7
    if bits.flags.contains(.allTraced) {
        visit(cell + 8, end)
        return
    }
    if bits.flags.contains(.window) {
        if prefix > 0 { visit(cell + 8, cell + 8 + prefix * 8) }
        var p = cell + 8 + prefix * 8
        while p < end {
            let word = ladon_load_acquire(UnsafeRawPointer(bitPattern: p))
            if cellContaining(word) == word && word != 0 { body(word) }
            p += 8
        }
    } else if bits.flags.contains(.weak) {
        if prefix > 1 { visit(cell + 16, cell + 8 + prefix * 8) }
    } else {
        if prefix > 0 { visit(cell + 8, cell + 8 + prefix * 8) }
        if bits.flags.contains(.counted) {
            let n = ladon_load_acquire(UnsafeRawPointer(bitPattern: cell + 8))
            visit(cell + 16, min(cell + 16 + n * 8, end))
        }
    }
    if bits.base > 0 {
        if bits.flags.rawValue & 64 != 0 {
            var p = cell + UInt(bits.base) * 8
            while p < end {
                let word = ladon_load_acquire(UnsafeRawPointer(bitPattern: p))
                if cellContaining(word) == word && word != 0 { body(word) }
                p += 8
            }
        } else {
            visit(cell + UInt(bits.base) * 8, end)
        }
    }
}
