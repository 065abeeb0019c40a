// Weak references and the side table that finds them by referent.
//
// heap.weakTable is open-addressing: pairs (referent's address, first WeakReferenceCell), the cells of one
// referent chained through `next`. Both are weak: the collector unlinks what dies. Guarded by
// heap.weakMutex, held only by attached threads and never over an allocation, so a stopped world finds the
// table consistent. Reading a reference takes no lock: collections happen at safepoints and allocations only,
// and from the load on the referent is in a register of an attached thread.

import Glibc

/// weakref.ref, its subclasses, and both proxy types.
@frozen public struct WeakReferenceCell {
    public var header: CellHeader
    /// Address of the referent, 0 when it is dead. Not traced; cleared by the collector.
    public var referent: UInt
    /// 0: none.
    public var callback: Value
    // raw
    /// The referent's hash once it was asked for; -1 before.
    public var hash: Int
    /// Next weak reference to the same referent.
    public var next: UInt

    /// Of exact types; subclasses with attribute slots use the same with `base` set.
    public static let layout = Layout(prefix: 2, flags: [.weak, .container])
}

private typealias Cell = UnsafeMutablePointer<WeakReferenceCell>
@inline(__always) private func cell(_ address: UInt) -> Cell { Cell(bitPattern: address).unsafelyUnwrapped }

private let tombstone: UInt = 1

/// A new weak reference, or the existing one when type and absence of a callback allow sharing. `callback`
/// is .none or 0 for none. 0: no memory. `bytes` covers a subclass's attribute slots.
public func makeWeakReference(_ t: Thread, id: UInt32 = TypeID.weakReference.rawValue, bytes: Int = MemoryLayout<WeakReferenceCell>.size,
                              referent: Value, callback: Value) -> Value {
    let hasCallback = !(callback.isNone || callback.isRaised)
    let shared = !hasCallback && id < TypeID.firstDynamic
    let h = heap
    if shared && referent.header.pointee.flags & HeaderFlags.hasWeakReferences != 0 {
        ladon_mutex_lock(&h.pointee.weakMutex)
        let found = findShared(referent.bits, id)
        ladon_mutex_unlock(&h.pointee.weakMutex)
        if found != 0 { return Value(bits: found) }
    }
    guard let p = allocateAny(t, id: id, bytes: bytes) else { return .raised }
    let new = p.assumingMemoryBound(to: WeakReferenceCell.self)
    new.pointee.hash = -1
    if hasCallback { new.pointee.callback = callback }
    ladon_mutex_lock(&h.pointee.weakMutex)
    if shared {
        let found = findShared(referent.bits, id)
        if found != 0 {
            ladon_mutex_unlock(&h.pointee.weakMutex)
            return Value(bits: found)
        }
    }
    growTableIfNeeded()
    new.pointee.referent = referent.bits
    _ = ladon_fetch_or8(&referent.header.pointee.flags, HeaderFlags.hasWeakReferences)
    link(new, hasCallback: hasCallback)
    if hasCallback {
        h.pointee.callbackReferences += 1
        _ = ladon_fetch_add(&h.pointee.registeredSinceCollection, 1)
    }
    ladon_mutex_unlock(&h.pointee.weakMutex)
    referent.keepAlive
    return Value(new)
}

/// The referent, or None when it is dead. Lock-free.
@inlinable @inline(__always) public func weakReferent(_ reference: Value) -> Value {
    let bits = ladon_load_acquire(reference.cell + 8)
    return bits == 0 ? .none : Value(bits: bits)
}

/// Every weak reference to `v`, those without callbacks first. The buffer is invalid when there is no memory.
public func weakReferences(_ t: Thread, of v: Value) -> RootedBuffer {
    var wanted = 4
    while true {
        var buffer = RootedBuffer(t, capacity: wanted)
        guard buffer.isValid, v.isCell else { return buffer }
        let capacity = buffer.capacity
        var n = 0
        ladon_mutex_lock(&heap.pointee.weakMutex)
        var r = firstReference(v.bits)
        while r != 0 {
            if n < capacity { buffer.pointer[n] = Value(bits: r) }
            n += 1
            r = cell(r).pointee.next
        }
        ladon_mutex_unlock(&heap.pointee.weakMutex)
        if n <= capacity {
            buffer.count = n
            v.keepAlive
            return buffer
        }
        wanted = n + 4
    }
}

public func weakReferenceCount(of v: Value) -> Int {
    guard v.isCell, v.header.pointee.flags & HeaderFlags.hasWeakReferences != 0 else { return 0 }
    var n = 0
    ladon_mutex_lock(&heap.pointee.weakMutex)
    var r = firstReference(v.bits)
    while r != 0 { n += 1; r = cell(r).pointee.next }
    ladon_mutex_unlock(&heap.pointee.weakMutex)
    return n
}

/// Makes a reference forget its referent without calling back.
public func clearWeakReference(_ t: Thread, _ reference: Value) {
    let target = cell(reference.bits)
    ladon_mutex_lock(&heap.pointee.weakMutex)
    let referent = target.pointee.referent
    if referent != 0 {
        let slot = find(referent)
        if slot >= 0 { unlink(slot, reference.bits) }
        ladon_store_release(&target.pointee.referent, 0)
        target.pointee.callback = .raised
    }
    ladon_mutex_unlock(&heap.pointee.weakMutex)
}

/// For ladonHooks.runWeakCallback: takes the callback out of the reference (0: none), as it runs once.
public func takeWeakCallback(_ reference: Value) -> Value {
    let p = cell(reference.bits)
    let callback = Value(bits: ladon_exchange(&p.pointee.callback, 0))
    return callback
}

// MARK: the table

@inline(__always) private func slotOf(_ key: UInt, _ capacity: UInt) -> UInt {
    ((key >> 4) &* 0x9E37_79B9_7F4A_7C15) >> 20 & (capacity - 1)
}

/// Index of the referent's pair, or -1.
private func find(_ key: UInt) -> Int {
    let h = heap
    guard h.pointee.weakCapacity != 0, let table = h.pointee.weakTable else { return -1 }
    var i = slotOf(key, h.pointee.weakCapacity)
    while true {
        let k = table[Int(i) * 2]
        if k == key { return Int(i) }
        if k == 0 { return -1 }
        i = (i + 1) & (h.pointee.weakCapacity - 1)
    }
}

private func firstReference(_ key: UInt) -> UInt {
    let slot = find(key)
    return slot < 0 ? 0 : heap.pointee.weakTable.unsafelyUnwrapped[slot * 2 + 1]
}

private func findShared(_ key: UInt, _ id: UInt32) -> UInt {
    var r = firstReference(key)
    while r != 0 {
        let c = cell(r)
        if c.pointee.callback.isRaised && c.pointee.header.id == id { return r }
        if !c.pointee.callback.isRaised { break }
        r = c.pointee.next
    }
    return 0
}

/// References without callbacks come first, then those with one, the newest first.
private func link(_ new: Cell, hasCallback: Bool) {
    let h = heap
    let key = new.pointee.referent
    let table = h.pointee.weakTable.unsafelyUnwrapped
    var slot = find(key)
    if slot < 0 {
        var i = slotOf(key, h.pointee.weakCapacity)
        while table[Int(i) * 2] > tombstone { i = (i + 1) & (h.pointee.weakCapacity - 1) }
        slot = Int(i)
        if table[slot * 2] == 0 { h.pointee.weakUsed += 1 }
        table[slot * 2] = key
        table[slot * 2 + 1] = 0
        h.pointee.weakLive += 1
    }
    var before: UInt = 0
    if hasCallback {
        var r = table[slot * 2 + 1]
        while r != 0 && cell(r).pointee.callback.isRaised { before = r; r = cell(r).pointee.next }
    }
    if before == 0 {
        new.pointee.next = table[slot * 2 + 1]
        table[slot * 2 + 1] = UInt(bitPattern: new)
    } else {
        new.pointee.next = cell(before).pointee.next
        cell(before).pointee.next = UInt(bitPattern: new)
    }
}

private func unlink(_ slot: Int, _ reference: UInt) {
    let table = heap.pointee.weakTable.unsafelyUnwrapped
    var r = table[slot * 2 + 1]
    if r == reference {
        table[slot * 2 + 1] = cell(r).pointee.next
    } else {
        while r != 0 && cell(r).pointee.next != reference { r = cell(r).pointee.next }
        if r != 0 { cell(r).pointee.next = cell(reference).pointee.next }
    }
    cell(reference).pointee.next = 0
    if table[slot * 2 + 1] == 0 { remove(slot) }
}

private func remove(_ slot: Int) {
    let table = heap.pointee.weakTable.unsafelyUnwrapped
    let referent = table[slot * 2]
    _ = ladon_fetch_and8(UnsafeMutableRawPointer(bitPattern: referent + 6), ~HeaderFlags.hasWeakReferences)
    table[slot * 2] = tombstone
    table[slot * 2 + 1] = 0
    heap.pointee.weakLive -= 1
}

private func growTableIfNeeded() {
    let h = heap
    if (h.pointee.weakUsed + 1) * 4 < h.pointee.weakCapacity * 3 { return }
    var capacity = max(h.pointee.weakCapacity, 64)
    while capacity < (h.pointee.weakLive + 1) * 2 { capacity *= 2 }
    guard let raw = calloc(Int(capacity) * 2, 8) else { fatal("out of memory in the table of weak references") }
    let table = raw.assumingMemoryBound(to: UInt.self)
    if let old = h.pointee.weakTable {
        for i in 0 ..< Int(h.pointee.weakCapacity) where old[i * 2] > tombstone {
            var j = slotOf(old[i * 2], capacity)
            while table[Int(j) * 2] != 0 { j = (j + 1) & (capacity - 1) }
            table[Int(j) * 2] = old[i * 2]
            table[Int(j) * 2 + 1] = old[i * 2 + 1]
        }
        free(old)
    }
    h.pointee.weakTable = table
    h.pointee.weakCapacity = capacity
    h.pointee.weakUsed = h.pointee.weakLive
}

// MARK: the collector's part (world stopped)

/// Clears every reference to an unmarked object. References that are alive themselves and have a callback are
/// queued; returns how many.
func clearWeakReferencesToUnmarked() -> Int {
    let h = heap
    guard let table = h.pointee.weakTable else { return 0 }
    var queued = 0
    for i in 0 ..< Int(h.pointee.weakCapacity) where table[i * 2] > tombstone && !isMarked(table[i * 2]) {
        var r = table[i * 2 + 1]
        while r != 0 {
            let c = cell(r)
            let next = c.pointee.next
            c.pointee.referent = 0
            c.pointee.next = 0
            if !c.pointee.callback.isRaised {
                if h.pointee.callbackReferences > 0 { h.pointee.callbackReferences -= 1 }
                if isMarked(r) {
                    queueWeakCallback(r)
                    queued += 1
                }
            }
            r = next
        }
        table[i * 2 + 1] = 0
        remove(i)
    }
    return queued
}

/// Takes references that died out of the chains of living referents.
func unlinkDeadWeakReferences() {
    let h = heap
    guard let table = h.pointee.weakTable else { return }
    for i in 0 ..< Int(h.pointee.weakCapacity) where table[i * 2] > tombstone {
        var first: UInt = 0, last: UInt = 0
        var r = table[i * 2 + 1]
        while r != 0 {
            let next = cell(r).pointee.next
            if isMarked(r) {
                if last == 0 { first = r } else { cell(last).pointee.next = r }
                last = r
            } else if !cell(r).pointee.callback.isRaised && h.pointee.callbackReferences > 0 {
                h.pointee.callbackReferences -= 1
            }
            r = next
        }
        if last != 0 { cell(last).pointee.next = 0 }
        table[i * 2 + 1] = first
        if first == 0 { remove(i) }
    }
}
