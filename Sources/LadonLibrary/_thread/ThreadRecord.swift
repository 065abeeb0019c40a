// What a Python thread owns beyond its ThreadState: the sentinel that its end releases and the thread-local
// objects it has values in. The cell hangs in ThreadState.locals and is made on first use.
//
// Written by its own thread only.

import LadonTypes

nonisolated(unsafe) private let serialCounter: UnsafeMutablePointer<UInt32> = {
    let p = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    p.initialize(to: 1)
    return p
}()

func initializeThreadRecords() {
    setLayout(TypeID.threadLocalDict.rawValue, Layout(prefix: 2))
}

@inline(__always) func threadRecord(_ t: Thread) -> UnsafeMutablePointer<ThreadRecordCell> {
    let v = t.pointee.locals
    return v.bits != 0 ? v.cell(as: ThreadRecordCell.self) : makeThreadRecord(t)
}

@inline(never) private func makeThreadRecord(_ t: Thread) -> UnsafeMutablePointer<ThreadRecordCell> {
    let c = allocate(t, id: TypeID.threadLocalDict.rawValue, bytes: MemoryLayout<ThreadRecordCell>.size).assumingMemoryBound(to: ThreadRecordCell.self)
    c.pointee.serial = Int(ladon_fetch_add32(serialCounter, 1))
    c.pointee.pruneAt = 16
    t.pointee.locals = Value(c)
    return c
}

/// Notes that `local` has a dictionary for this thread. False: raised.
func noteLocal(_ t: Thread, _ local: Value) -> Bool {
    let record = threadRecord(t)
    if record.pointee.locals.bits == 0 {
        let list = makeList(t)
        if list.isRaised { return false }
        storeSlot(&record.pointee.locals, list)
    }
    let list = record.pointee.locals
    if listCount(list) >= record.pointee.pruneAt {
        var i = listCount(list) - 1
        while i >= 0 {
            if weakReferent(listGet(t, list, i)).isNone { _ = listRemove(t, list, at: i) }
            i -= 1
        }
        record.pointee.pruneAt = max(16, listCount(list) * 2)
    }
    let reference = makeWeakReference(t, referent: local, callback: .none)
    if reference.isRaised {
        raiseMemoryError(t)
        return false
    }
    return listAppend(t, list, reference) >= 0
}

/// The thread ends: its thread-local values go, then whoever joins it is woken.
func threadRecordEnding(_ t: Thread) {
    let v = t.pointee.locals
    if v.bits == 0 { return }
    let record = v.cell(as: ThreadRecordCell.self)
    let list = record.pointee.locals
    if list.bits != 0 {
        let key = Value(smallInt: record.pointee.serial)
        for i in 0 ..< listCount(list) {
            let local = weakReferent(listGet(t, list, i))
            if local.isNone { continue }
            if dictDelete(t, local.cell(as: ThreadLocalCell.self).pointee.dicts, key) < 0 { clearException(t) }
        }
    }
    t.pointee.locals = .raised
    let sentinel = record.pointee.sentinel
    if sentinel.bits != 0 { _ = releaseLock(t, sentinel) }
    v.keepAlive
}
