// `_thread._local`: the cells, and the way from an object and a thread to the thread's dictionary, which LOAD_ATTR and
// STORE_ATTR take without asking the type. The rest is in LadonLibrary/_thread/ThreadLocal.swift.
//
// A thread remembers the dictionaries of the objects that it used last. An entry is no reference: it counts only if the
// object in hand has its address and its serial number, so the object lives, and holds the dictionary.

public struct ThreadLocalCell {
    public var header: CellHeader
    /// serial -> the thread's attributes. Constant.
    public var dicts: Value
    /// What `__init__` is called with in each thread that comes along: a tuple, a dict or 0. Constant.
    public var arguments: Value
    public var keywords: Value
    // raw
    /// Never used again, unlike the address.
    public var serial: UInt
}

/// What a Python thread owns beyond its ThreadState: the cell in ThreadState.locals, made on first use.
public struct ThreadRecordCell {
    public var header: CellHeader
    /// Weak references to the `_thread._local` objects that have a dictionary for this thread: a list or 0.
    public var locals: Value
    /// The lock that `_set_sentinel` gave, or 0.
    public var sentinel: Value
    // raw
    /// Unlike idents and addresses, never used again: the key of this thread's dictionary in a `_local`.
    public var serial: Int
    /// Length of `locals` at which dead references are dropped.
    public var pruneAt: Int
    /// The objects used last; see the head of the file.
    public var recent: (RecentLocal, RecentLocal, RecentLocal, RecentLocal)
}

public struct RecentLocal {
    public var serial: UInt = 0
    public var dict: UInt = 0
}

@inline(__always) private func recentEntry(_ record: Value, _ serial: UInt) -> UnsafeMutablePointer<RecentLocal> {
    let first = record.cell + MemoryLayout<ThreadRecordCell>.offset(of: \ThreadRecordCell.recent).unsafelyUnwrapped
    return first.assumingMemoryBound(to: RecentLocal.self) + Int(serial & 3)
}

/// This thread's dictionary of `v` if it is remembered, else 0.
@inline(__always) public func recentDictionary(_ t: Thread, _ v: Value) -> Value {
    let record = t.pointee.locals
    if record.bits == 0 { return .raised }
    let serial = v.cell(as: ThreadLocalCell.self).pointee.serial
    let e = recentEntry(record, serial)
    return e.pointee.serial == serial ? Value(bits: e.pointee.dict) : .raised
}

/// Remembers the dictionary; 0: forgets it.
public func rememberDictionary(_ t: Thread, _ v: Value, _ dict: Value) {
    let record = t.pointee.locals
    if record.bits == 0 { return }
    let serial = v.cell(as: ThreadLocalCell.self).pointee.serial
    recentEntry(record, serial).pointee = RecentLocal(serial: dict.bits == 0 ? 0 : serial, dict: dict.bits)
}

/// `v.name` for an exact `_thread._local`, if its thread's dictionary has it; 0: the general way. What the type defines
/// are data descriptors, which no assignment puts in the dictionary, and methods of object, which come after it.
@inline(__always) func threadLocalLoad(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    let dict = recentDictionary(t, v)
    return dict.bits == 0 ? dict : dictGetInternedFast(dict, name)
}

/// `v.name = value` where the name is there already; false: the general way.
@inline(__always) func threadLocalStore(_ t: Thread, _ v: Value, _ name: Value, _ value: Value) -> Bool {
    let dict = recentDictionary(t, v)
    if dict.bits == 0 || dictGetInternedFast(dict, name).bits == 0 { return false }
    return dictSetFast(t, dict, name, value) || dictSet(t, dict, name, value) >= 0
}
