// What the interpreter's handlers inline: the short path of each container access. Every function here
// answers the word 0 (or false) for "take the slow path"; none raises, allocates or runs Python code.

/// list[index] for index >= 0. 0: out of range, raced, or negative.
@inlinable @inline(__always) public func listGetFast(_ l: Value, _ index: Int) -> Value {
    let s = listStorage(l)
    if UInt(bitPattern: index) >= UInt(bitPattern: s.cell(as: StorageCell.self).pointee.capacity) { return Value(bits: 0) }
    return loadSlot(s.storageItems + index)
}

/// list[index] = v for index >= 0; false: slow path.
@inlinable @inline(__always) public func listSetFast(_ t: Thread, _ l: Value, _ index: Int, _ v: Value) -> Bool {
    if t.pointee.locks != 0 { return false }
    let c = l.cell(as: ListCell.self)
    if UInt(bitPattern: index) >= UInt(bitPattern: c.pointee.count) { return false }
    storeSlot(Value(bits: c.pointee.storage).storageItems + index, v)
    return true
}

/// list.append(v); false: slow path.
@inlinable @inline(__always) public func listAppendFast(_ t: Thread, _ l: Value, _ v: Value) -> Bool {
    if t.pointee.locks != 0 { return false }
    let c = l.cell(as: ListCell.self)
    let n = c.pointee.count
    let s = Value(bits: c.pointee.storage)
    if n >= s.cell(as: StorageCell.self).pointee.capacity { return false }
    storeSlot(s.storageItems + n, v)
    c.pointee.count = n + 1
    return true
}

/// tuple[index] for any index; 0: out of range.
@inlinable @inline(__always) public func tupleGetFast(_ v: Value, _ index: Int) -> Value {
    let n = v.tupleCount
    let i = index < 0 ? index &+ n : index
    if UInt(bitPattern: i) >= UInt(bitPattern: n) { return Value(bits: 0) }
    return v.tupleItems[i]
}

/// d[key] where `key` is an interned str: first place of the probe sequence only, by identity. 0: slow path.
@inlinable @inline(__always) public func dictGetInternedFast(_ d: Value, _ key: Value) -> Value {
    let table = dictTable(d)
    if table.isNil { return Value(bits: 0) }
    let h = key.cell(as: StrCell.self).pointee.hash
    let mask = table.mask
    let n = table.element(table.index, mask, h & mask)
    if n == 0 { return Value(bits: 0) }
    let pair = table.pairs + 2 * (n - 1)
    if loadSlot(pair) != key { return Value(bits: 0) }
    return loadSlot(pair + 1)
}

/// d[key] where `key` is an immediate integer: identity only. 0: slow path (absent, collision with a float or bool, …).
@inlinable @inline(__always) public func dictGetIntFast(_ d: Value, _ key: Value) -> Value {
    let table = dictTable(d)
    if table.isNil { return Value(bits: 0) }
    let h = smallIntHash(key.smallInt)
    let mask = table.mask
    let n = table.element(table.index, mask, h & mask)
    if n == 0 { return Value(bits: 0) }
    let pair = table.pairs + 2 * (n - 1)
    if loadSlot(pair) != key { return Value(bits: 0) }
    return loadSlot(pair + 1)
}

/// d[key] = v for an immediate integer or a str that is in the dict as the very same object, at the first place of its
/// probe sequence, while no other thread exists; false: slow path.
@inlinable @inline(__always) public func dictSetFast(_ t: Thread, _ d: Value, _ key: Value, _ v: Value) -> Bool {
    if t.pointee.locks != 0 { return false }
    let table = dictTable(d)
    if table.isNil { return false }
    let h = key.isSmallInt ? smallIntHash(key.smallInt) : key.cell(as: StrCell.self).pointee.hash
    let mask = table.mask
    let n = table.element(table.index, mask, h & mask)
    if n == 0 { return false }
    let pair = table.pairs + 2 * (n - 1)
    if pair.pointee != key || (pair + 1).pointee.bits == 0 { return false }
    storeSlot(pair + 1, v)
    return true
}

/// What a cache filled with (version, entry) finds; 0: the cache is stale.
@inlinable @inline(__always) public func dictGetCached(_ d: Value, _ version: UInt32, _ entry: Int) -> Value {
    let table = dictTable(d)
    if ladon_load32_acquire(UnsafeRawPointer(d.cell) + 24) != version { return Value(bits: 0) }
    return loadSlot(table.pairs + 2 * entry + 1)
}

/// Next item of a list iterator; 0: slow path (the end, or raced).
@inlinable @inline(__always) public func listIteratorNextFast(_ it: Value) -> Value {
    let c = it.cell(as: SequenceIteratorCell.self)
    let l = loadSlot(&c.pointee.sequence)
    if l.bits == 0 { return Value(bits: 0) }
    let i = c.pointee.index
    let v = listGetFast(l, i)
    if v.bits != 0 { c.pointee.index = i + 1 }
    return v
}

/// Next item of a tuple iterator; 0: slow path.
@inlinable @inline(__always) public func tupleIteratorNextFast(_ it: Value) -> Value {
    let c = it.cell(as: SequenceIteratorCell.self)
    let s = loadSlot(&c.pointee.sequence)
    if s.bits == 0 { return Value(bits: 0) }
    let i = c.pointee.index
    if UInt(bitPattern: i) >= UInt(bitPattern: s.tupleCount) { return Value(bits: 0) }
    c.pointee.index = i + 1
    return s.tupleItems[i]
}

/// Next int of a range iterator, `.exhausted` at the end. Complete: there is no slow path.
@inlinable @inline(__always) public func rangeIteratorNext(_ it: Value) -> Value {
    let c = it.cell(as: RangeIteratorCell.self)
    let left = c.pointee.remaining
    if left <= 0 { return .exhausted }
    c.pointee.remaining = left - 1
    return Value(smallInt: c.pointee.end &- left &* c.pointee.step)
}

/// Steps a forward dict iterator of any kind; false: slow path (the end, or the dict changed size).
@inlinable @inline(__always) public func dictIteratorStepFast(_ it: Value, _ key: inout Value, _ value: inout Value) -> Bool {
    let c = it.cell(as: DictIteratorCell.self)
    let d = loadSlot(&c.pointee.dict)
    if d.bits == 0 || dictCount(d) != c.pointee.expected { return false }
    let left = c.pointee.remaining
    if left <= 0 { return false }
    let table = dictTable(d)
    if table.isNil { return false }
    var i = c.pointee.index
    let used = table.used
    let pairs = table.pairs
    while i < used {
        let v = loadSlot(pairs + 2 * i + 1)
        if v.bits != 0 {
            let k = loadSlot(pairs + 2 * i)
            if k != .deleted {
                key = k
                value = v
                c.pointee.index = i + 1
                c.pointee.remaining = left - 1
                return true
            }
        }
        i += 1
    }
    return false
}
