// The process-wide table of interned strings. Interned strings are immortal: they belong to the process, not to an
// interpreter (a collection that drops those nobody uses any more would have to stop every interpreter).

import Glibc

/// The interned str equal to `v`; `v` itself becomes it if there was none and it is an exact str. An instance of a
/// subclass is returned as it is.
public func intern(_ t: Thread, _ v: Value) -> Value {
    if v.header.pointee.small & StrFlags.interned != 0 { return v }
    if !v.isExactly(.str) { return v }
    let found = findInterned(v.text, stringHash(v))
    if found.bits != 0 { return found }
    return insertInterned(v)
}

/// The interned str for constant text.
public func internStatic(_ t: Thread, _ s: StaticString) -> Value {
    intern(t, utf8: s.utf8Start, count: s.utf8CodeUnitCount)
}

/// The interned str for UTF-8; allocates only when it is new.
public func intern(_ t: Thread, utf8 bytes: UnsafePointer<UInt8>, count: Int) -> Value {
    if CodeUnits.asciiEnd(bytes, 0, count) == count {
        let found = findInterned(Text(base: UnsafeRawPointer(bytes), count: count, kind: 1), hashBytes(bytes, count))
        if found.bits != 0 { return found }
    }
    return intern(t, makeString(t, utf8: bytes, count: count))
}

/// The same for Latin-1.
public func intern(_ t: Thread, latin1 bytes: UnsafePointer<UInt8>, count: Int) -> Value {
    if CodeUnits.asciiEnd(bytes, 0, count) == count { return intern(t, utf8: bytes, count: count) }
    return intern(t, makeString(t, latin1: bytes, count: count))
}

/// The interned str for a Swift string.
public func intern(_ t: Thread, _ s: String) -> Value {
    var s = s
    return s.withUTF8 { bytes in
        guard let base = bytes.baseAddress else { return emptyString }
        return intern(t, utf8: base, count: bytes.count)
    }
}

/// The interned str with that text (in its narrowest kind) and hash, or the word 0. Lock-free.
private func findInterned(_ text: Text, _ hash: Int) -> Value {
    guard let table = UnsafeMutablePointer<LadonInternTable>(bitPattern: ladon_load_acquire(&ladon_interned)) else { return .raised }
    let mask = Int(table.pointee.mask)
    var at = hash & mask
    while true {
        let slot = ladon_load_acquire(table.pointee.slots + at)
        if slot == 0 { return .raised }
        if (slot ^ UInt(bitPattern: hash)) >> 48 == 0 {
            let v = internedString(slot)
            if v.cell(as: StrCell.self).pointee.hash == hash && v.strCount == text.count && v.strKind == text.kind
                && memcmp(v.strData, text.base, text.count &* text.kind) == 0 { return v }
        }
        at = (at &+ 1) & mask
    }
}

@inline(__always) private func internedString(_ slot: UInt) -> Value { Value(bits: slot & (1 << 48 - 1)) }

private func insertInterned(_ v: Value) -> Value {
    let hash = stringHash(v)
    // Before the lock: it may wait for the heap's. (When another thread interns an equal string at the same moment, one
    // of the two is immortal for nothing.)
    makeImmortal(v)
    withUnsafeMutablePointer(to: &ladon_interned.lock) { lock in
        while !ladon_cas32(lock, 0, 1) { sched_yield() }
    }
    defer { withUnsafeMutablePointer(to: &ladon_interned.lock) { ladon_store32_release($0, 0) } }
    // Another thread may have been faster.
    let found = findInterned(v.text, hash)
    if found.bits != 0 { return found }
    growInternTable()
    let table = ladon_interned.table.unsafelyUnwrapped
    let header = UnsafeMutableRawPointer(v.header)
    _ = ladon_fetch_or8(header + 7, StrFlags.interned)
    storeInTable(table, v, hash)
    table.pointee.count &+= 1
    return v
}

private func storeInTable(_ table: UnsafeMutablePointer<LadonInternTable>, _ v: Value, _ hash: Int) {
    let mask = Int(table.pointee.mask)
    var at = hash & mask
    while table.pointee.slots[at] != 0 { at = (at &+ 1) & mask }
    ladon_store_release(table.pointee.slots + at, v.bits | UInt(bitPattern: hash) & ~(1 << 48 - 1))
}

/// Makes room for one more: at most two thirds of the slots are used.
private func growInternTable() {
    let old = ladon_interned.table
    let capacity = old == nil ? 0 : Int(old!.pointee.mask) + 1
    let count = old == nil ? 0 : Int(old!.pointee.count)
    if (count + 1) * 3 <= capacity * 2 { return }
    let newCapacity = capacity == 0 ? 4096 : capacity * 2
    let table = UnsafeMutablePointer<LadonInternTable>.allocate(capacity: 1)
    let slots = UnsafeMutablePointer<UInt64>.allocate(capacity: newCapacity)
    slots.initialize(repeating: 0, count: newCapacity)
    table.initialize(to: LadonInternTable(mask: UInt(newCapacity - 1), count: UInt(count), slots: slots))
    for i in 0..<capacity {
        let slot = UInt(old!.pointee.slots[i])
        if slot == 0 { continue }
        let v = internedString(slot)
        storeInTable(table, v, v.cell(as: StrCell.self).pointee.hash)
    }
    withUnsafeMutablePointer(to: &ladon_interned.table) { ladon_store_release($0, UInt(bitPattern: table)) }
}

/// How many strings are interned.
public var internedCount: Int { ladon_interned.table == nil ? 0 : Int(ladon_interned.table.pointee.count) }

/// In a forked child: the thread that held the lock is gone.
public func reinitializeInternLock() { ladon_interned.lock = 0 }

/// Makes the empty and one-character strings and bytes. Once, before any other string is made; the hash key must be set.
public func initializeStrings(_ t: Thread) {
    setLayout(TypeID.str.rawValue, Layout(prefix: 1))
    setLayout(TypeID.bytes.rawValue, Layout(prefix: 1))
    let latin1 = UnsafeMutablePointer<Value>.allocate(capacity: 256)
    let singles = UnsafeMutablePointer<Value>.allocate(capacity: 256)
    latin1.initialize(repeating: .raised, count: 256)
    singles.initialize(repeating: .raised, count: 256)
    ladon_runtime.latin1 = latin1
    ladon_runtime.singleBytes = singles
    ladon_runtime.emptyString = insertInterned(newString(t, kind: 1, count: 0, ascii: true))
    ladon_runtime.emptyBytes = newBytes(t, count: 0)
    makeImmortal(ladon_runtime.emptyBytes)
    for i in 0..<256 {
        let v = newString(t, kind: 1, count: 1, ascii: i < 128)
        v.strBytes[0] = UInt8(i)
        latin1[i] = insertInterned(v)
        let b = newBytes(t, count: 1)
        b.bytesData[0] = UInt8(i)
        makeImmortal(b)
        singles[i] = b
    }
}

/// Fills `ladon_runtime.names` with an interned str for each Name. Once, after `initializeStrings`.
public func initializeNames(_ t: Thread) {
    let all = Name.allCases
    let names = UnsafeMutablePointer<Value>.allocate(capacity: all.count)
    names.initialize(repeating: .raised, count: all.count)
    for n in all { names[Int(n.rawValue)] = intern(t, n.text) }
    ladon_runtime.names = names
}
