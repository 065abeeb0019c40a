// Walking dicts, copying and merging them.

/// Steps through the entries: begin with `i` 0, go on while true. Never locks, never raises. If the dict changes
/// meanwhile, entries may be met twice or not at all, but none that was never there.
@inlinable public func dictNext(_ d: Value, _ i: inout Int, _ key: inout Value, _ value: inout Value) -> Bool {
    let table = dictTable(d)
    if table.isNil { return false }
    let used = table.used
    if i < table.h.pointee.head { i = min(table.h.pointee.head, used) }
    while i < used {
        let v = table.value(i)
        let k = table.key(i)
        i += 1
        if v.bits != 0 && k != .deleted {
            key = k
            value = v
            return true
        }
    }
    return false
}

/// The same, with the hash of the key.
public func dictNext(_ d: Value, _ i: inout Int, _ key: inout Value, _ value: inout Value, hash: inout Int) -> Bool {
    let table = dictTable(d)
    if table.isNil { return false }
    let used = table.used
    if i < table.h.pointee.head { i = min(table.h.pointee.head, used) }
    while i < used {
        let v = table.value(i)
        let k = table.key(i)
        let at = i
        i += 1
        if v.bits != 0 && k != .deleted {
            key = k
            value = v
            hash = table.hash(at)
            return true
        }
    }
    return false
}

/// The entries of a dict at one moment, for walks during which it may change. A table's entries are only ever appended to,
/// and a grown dict has another table: so what came later is not seen, what was removed from the same table is not either,
/// and no key comes twice.
@frozen public struct DictSnapshot {
    @usableFromInline let table: Value
    @usableFromInline let used: Int
    @usableFromInline var at: Int

    @inlinable public init(_ d: Value) {
        let t = dictTable(d)
        table = Value(bits: t.address)
        used = t.isNil ? 0 : t.used
        at = 0
    }

    /// The next entry. False: there is none.
    @inlinable public mutating func next(_ key: inout Value, _ value: inout Value) -> Bool {
        let t = DictTable(table.bits)
        while at < used {
            let v = t.value(at)
            let k = t.key(at)
            at += 1
            if v.bits != 0 && k != .deleted {
                key = k
                value = v
                return true
            }
        }
        return false
    }
}

/// The same from the end: begin with `i` = dictEnd(d).
public func dictPrevious(_ d: Value, _ i: inout Int, _ key: inout Value, _ value: inout Value) -> Bool {
    let table = dictTable(d)
    if table.isNil { return false }
    if i > table.used { i = table.used }
    while i > 0 {
        i -= 1
        let v = table.value(i)
        let k = table.key(i)
        if v.bits != 0 && k != .deleted {
            key = k
            value = v
            return true
        }
    }
    return false
}

/// One past the position of the last entry.
public func dictEnd(_ d: Value) -> Int {
    let table = dictTable(d)
    return table.isNil ? 0 : table.used
}

/// A copy of the table at one moment: compact, so that it has no deleted entries. 0 when memory is out, `.none` when the dict is empty.
func dictTableCopy(_ t: Thread, _ d: Value, _ count: inout Int) -> Value {
    while true {
        let n = dictCount(d)
        if n == 0 {
            count = 0
            return .none
        }
        let before = dictTable(d)
        if before.isNil { continue }
        let same = n == before.used
        let fresh = makeDictTable(t, size: same ? before.mask + 1 : dictIndexSize(n))
        if fresh == 0 { return .raised }
        let new = DictTable(fresh)
        lockCell(t, d)
        let table = dictTable(d)
        if table.address == before.address && dictCount(d) <= new.capacity {
            let live = dictCount(d)
            if same && live == table.used {
                copyTable(table, new, live)
            } else if !table.isNil {
                new.appendAll(table)
            }
            unlockCell(t, d)
            count = live
            return Value(bits: fresh)
        }
        unlockCell(t, d)
    }
}

/// Copies a table without deleted entries to an empty one of the same size.
func copyTable(_ from: DictTable, _ to: DictTable, _ count: Int) {
    let a = from.pairs
    let b = to.pairs
    let ha = from.hashes
    let hb = to.hashes
    var i = 0
    while i < count {
        b[2 * i] = a[2 * i]
        b[2 * i + 1] = a[2 * i + 1]
        hb[i] = ha[i]
        i += 1
    }
    let size = to.mask + 1
    let width = size <= 256 ? 1 : size <= 65536 ? 2 : 4
    to.index.copyMemory(from: from.index, byteCount: size * width)
    to.h.pointee.used = count
    to.h.pointee.tail = count
}

/// An exact dict with the same entries.
public func dictCopy(_ t: Thread, _ d: Value) -> Value {
    var n = 0
    let table = dictTableCopy(t, d, &n)
    if table.isRaised { return table }
    let r = makeDict(t)
    if r.isRaised || table.isNone { return r }
    dictCell(r).pointee.table = table.bits
    dictCell(r).pointee.count = n
    return r
}

/// Puts the entries of `d` into the (new, empty) dict or dict subclass instance `r`. -1: no memory.
public func dictCopy(_ t: Thread, _ d: Value, into r: Value) -> Truth {
    var n = 0
    let table = dictTableCopy(t, d, &n)
    if table.isRaised { return -1 }
    lockCell(t, r)
    dictCell(r).pointee.keysVersion = 0
    setDictTable(r, table.isNone ? 0 : table.bits)
    dictCell(r).pointee.count = n
    unlockCell(t, r)
    return 1
}

@frozen public enum DictPart { case keys, values, items }

/// The keys, values or (key, value) tuples at one moment as a list.
public func dictToList(_ t: Thread, _ d: Value, _ part: DictPart) -> Value {
    while true {
        let n = dictCount(d)
        let storage = makeStorage(t, n)
        if storage.isRaised { return storage }
        let out = storage.storageItems
        if part == .items {
            var i = 0
            while i < n {
                let pair = makeTuple(t, 2)
                if pair.isRaised { return pair }
                out[i] = pair
                i += 1
            }
        }
        lockCell(t, d)
        if dictCount(d) == n {
            let table = dictTable(d)
            var i = 0
            if !table.isNil {
                var e = table.h.pointee.head
                let used = table.used
                let pairs = table.pairs
                while e < used {
                    let v = pairs[2 * e + 1]
                    if v.bits != 0 {
                        switch part {
                        case .keys: out[i] = pairs[2 * e]
                        case .values: out[i] = v
                        case .items:
                            let items = out[i].tupleItems
                            items[0] = pairs[2 * e]
                            items[1] = v
                        }
                        i += 1
                    }
                    e += 1
                }
            }
            unlockCell(t, d)
            return makeList(t, storage: storage, count: n)
        }
        unlockCell(t, d)
    }
}

public func dictKeysToList(_ t: Thread, _ d: Value) -> Value { dictToList(t, d, .keys) }

/// Makes room for `extra` more keys at once.
public func dictReserve(_ t: Thread, _ d: Value, _ extra: Int) -> Truth {
    let table = dictTable(d)
    let used = table.isNil ? 0 : table.used
    let capacity = table.isNil ? 0 : table.capacity
    if used + extra <= capacity { return 1 }
    return dictGrow(t, d, table, used, room: dictCount(d) + extra, Value(bits: 0), 0, Value(bits: 0)) < 0 ? -1 : 1
}

/// Copies the entries of the dict `other` (its own entries: no `keys()` is called). With `override` false, keys that are there keep their value.
public func dictMerge(_ t: Thread, _ d: Value, _ other: Value, override: Bool = true) -> Truth {
    if d == other || dictCount(other) == 0 { return 1 }
    if dictCount(d) == 0 && dictTable(d).isNil {
        var n = 0
        let table = dictTableCopy(t, other, &n)
        if table.isRaised { return -1 }
        if table.isNone { return 1 }
        lockCell(t, d)
        if dictTable(d).isNil {
            dictCell(d).pointee.keysVersion = 0
            setDictTable(d, table.bits)
            dictCell(d).pointee.count = n
            unlockCell(t, d)
            return 1
        }
        unlockCell(t, d)
    }
    var n = 0
    // Other threads, or the keys' own code, may change `other` while its entries are stored: then a snapshot is walked.
    // A collection on the way may turn `locks` off, hence asked once.
    let isSnapshot = t.pointee.locks != 0
    let snapshot = isSnapshot ? dictTableCopy(t, other, &n) : Value(bits: dictTable(other).address)
    if snapshot.isRaised { return -1 }
    if snapshot.isNone { return 1 }
    let table = DictTable(snapshot.bits)
    let extra = dictCount(other)
    let own = dictTable(d)
    if own.isNil || (own.used + extra > own.capacity && extra > own.capacity / 4) {
        if dictReserve(t, d, extra) < 0 { return -1 }
    }
    let count = dictCount(other)
    var e = 0
    while e < table.used {
        let v = table.value(e)
        let k = table.key(e)
        if v.bits != 0 && k != .deleted {
            if dictStore(t, d, k, table.hash(e), v, replace: override).isRaised { return -1 }
            if !isSnapshot && (dictTable(other).address != table.address || dictCount(other) != count) {
                _ = raise(t, .runtimeError, "dict mutated during update")
                return -1
            }
        }
        e += 1
    }
    ladon_keep_alive(snapshot)
    return 1
}

/// d.update(other): a dict, a mapping with `keys()`, or an iterable of pairs.
public func dictUpdate(_ t: Thread, _ d: Value, _ other: Value) -> Truth {
    if isDict(other) {
        let ty = typeOf(other)
        // A subclass with its own __iter__ is read through keys(), as in CPython.
        if other.isExactly(.dict) || ty.slot(.iter) == builtinType(.dict).slot(.iter) { return dictMerge(t, d, other) }
        return dictMergeMapping(t, d, other, override: true)
    }
    let keys = getAttributeOrMissing(t, other, name(.keys))
    if keys.isRaised { return -1 }
    if !keys.isMissing { return dictMergeMapping(t, d, other, override: true) }
    return dictMergePairs(t, d, other, override: true)
}

/// Stores other[k] for each k of other.keys().
public func dictMergeMapping(_ t: Thread, _ d: Value, _ other: Value, override: Bool) -> Truth {
    let method = getAttribute(t, other, name(.keys))
    if method.isRaised { return -1 }
    let keys = call(t, method)
    if keys.isRaised { return -1 }
    let iterator = iterate(t, keys)
    if iterator.isRaised { return -1 }
    while true {
        let k = next(t, iterator)
        if k.isExhausted { return 1 }
        if k.isRaised { return -1 }
        if !override {
            let there = dictContains(t, d, k)
            if there < 0 { return -1 }
            if there > 0 { continue }
        }
        let v = getItem(t, other, k)
        if v.isRaised { return -1 }
        if dictSet(t, d, k, v) < 0 { return -1 }
    }
}

/// Stores the pairs that an iterable yields.
public func dictMergePairs(_ t: Thread, _ d: Value, _ iterable: Value, override: Bool) -> Truth {
    let iterator = iterate(t, iterable)
    if iterator.isRaised { return -1 }
    var i = 0
    while true {
        let item = next(t, iterator)
        if item.isExhausted { return 1 }
        if item.isRaised { return -1 }
        let k: Value
        let v: Value
        if item.isExactly(.tuple) && item.tupleCount == 2 {
            k = item.tupleItems[0]
            v = item.tupleItems[1]
        } else {
            let pair = iterateToList(t, item)
            if pair.isRaised {
                if exceptionMatches(t, .typeError) {
                    _ = raise(t, .typeError, "cannot convert dictionary update sequence element #\(i) to a sequence")
                }
                return -1
            }
            if listCount(pair) != 2 {
                _ = raise(t, .valueError, "dictionary update sequence element #\(i) has length \(listCount(pair)); 2 is required")
                return -1
            }
            k = listItems(pair)[0]
            v = listItems(pair)[1]
        }
        let r = override ? dictSet(t, d, k, v) : (dictSetDefault(t, d, k, v).isRaised ? -1 : 1)
        if r < 0 || !safepoint(t) { return -1 }
        i += 1
    }
}

/// Bytes of a dict's table.
public func dictTableSize(_ d: Value) -> Int {
    let table = dictTable(d)
    return table.isNil ? 0 : dictTableBytes(table.mask + 1).bytes
}
