// The types Pickler and PicklerMemoProxy, and the memo: which objects were written, under which numbers.

import LadonLibrary

struct PicklerCell {
    var header: CellHeader
    /// StorageCell of pairs (object, number), an open hash table by identity; its size is a power of two.
    var memo: Value
    /// `file.write`, or 0 before `__init__`.
    var write: Value
    /// persistent_id and dispatch_table, or 0.
    var persistent: Value
    var dispatchTable: Value
    /// A callable or None.
    var bufferCallback: Value
    // raw
    var memoCount: Int
    var proto: Int32
    var bin: Int32
    var fast: Int32
    var fixImports: Int32
}

@inline(__always) func picklerCell(_ v: Value) -> UnsafeMutablePointer<PicklerCell> { v.cell(as: PicklerCell.self) }

func picklerDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_pickle.Pickler", flags: [.baseType], doc: "This takes a binary file for writing a pickle data stream.",
                   signature: "(file, protocol=None, fix_imports=True, buffer_callback=None)",
                   size: MemoryLayout<PicklerCell>.size, layout: Layout(prefix: 5, base: 9, flags: [.container]),
                   slots: [.call(.new, { t, type, _, _, _ in newPickler(t, type.asType) })],
                   members: [
                       .method("__init__", "(self, file, protocol=None, fix_imports=True, buffer_callback=None)", pickler_init),
                       .method("dump", "(self, obj, /)", pickler_dump, "Write a pickled representation of the given object to the open file."),
                       .method("clear_memo", "(self, /)", pickler_clearMemo,
                               "Clears the pickler's \"memo\".\n\nThe memo remembers which objects the pickler has already seen, so that shared or\nrecursive objects are pickled by reference and not by value."),
                       .method("__sizeof__", "(self, /)", { t, a in Value(smallInt: cellCapacity(a[0]) + cellCapacity(picklerCell(a[0]).pointee.memo)) },
                               "Returns size in memory, in bytes."),
                       .member("bin", get: { _, a in Value(smallInt: Int(picklerCell(a[0]).pointee.bin)) }, set: pickler_setBin),
                       .member("fast", get: { _, a in Value(smallInt: Int(picklerCell(a[0]).pointee.fast)) }, set: pickler_setFast),
                       .member("dispatch_table", get: pickler_dispatchTable, set: pickler_setDispatchTable),
                       .attribute("memo", get: pickler_memo, set: pickler_setMemo),
                       .attribute("persistent_id", get: pickler_persistent, set: pickler_setPersistent),
                   ])
}

func newPickler(_ t: Thread, _ type: TypePointer) -> Value {
    let memo = makeStorage(t, 32)
    if memo.isRaised { return raiseMemoryError(t) }
    let v = allocateInstance(t, type)
    if v.isRaised { return v }
    let c = picklerCell(v)
    c.pointee.memo = memo
    c.pointee.bufferCallback = .none
    return v
}

/// Sets protocol, imports and callback from arguments. False: raised.
func configurePickler(_ t: Thread, _ v: Value, _ proto: Value, _ fixImports: Value, _ bufferCallback: Value) -> Bool {
    var number = PickleOpcode.defaultProtocol
    if !proto.isNone {
        guard let n = asInt(t, proto) else { return false }
        if n > PickleOpcode.highestProtocol {
            _ = raise(t, .valueError, "pickle protocol must be <= \(PickleOpcode.highestProtocol)")
            return false
        }
        number = n < 0 ? PickleOpcode.highestProtocol : n
    }
    let fix = isTrue(t, fixImports)
    if fix < 0 { return false }
    if !bufferCallback.isNone && number < 5 {
        _ = raise(t, .valueError, "buffer_callback needs protocol >= 5")
        return false
    }
    let c = picklerCell(v)
    c.pointee.proto = Int32(number)
    c.pointee.bin = number > 0 ? 1 : 0
    c.pointee.fixImports = fix > 0 && number < 3 ? 1 : 0
    storeSlot(&c.pointee.bufferCallback, bufferCallback)
    return true
}

/// `file.write`. 0: raised.
func writeMethod(_ t: Thread, _ file: Value) -> Value {
    let write = getAttributeOrMissing(t, file, name(.write))
    return write.isMissing ? raise(t, .typeError, "file must have a 'write' attribute") : write
}

private func pickler_init(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    let c = picklerCell(v)
    storeSlot(&c.pointee.write, .raised)
    if !configurePickler(t, v, a[2], a[3], a[4]) { return .raised }
    let write = writeMethod(t, a[1])
    if write.isRaised { return write }
    clearPicklerMemo(t, v)
    if typeOf(v) != pickleTypes.pickler {
        // What a subclass (or an earlier __init__) gives.
        let persistent = getAttributeOrMissing(t, v, internStatic(t, "persistent_id"))
        if persistent.isRaised { return persistent }
        storeSlot(&c.pointee.persistent, persistent.isMissing ? .raised : persistent)
        let table = getAttributeOrMissing(t, v, internStatic(t, "dispatch_table"))
        if table.isRaised { return table }
        storeSlot(&c.pointee.dispatchTable, table.isMissing ? .raised : table)
    }
    c.pointee.fast = 0
    storeSlot(&c.pointee.write, write)
    return .none
}

private func pickler_dump(_ t: Thread, _ a: Values) -> Value {
    let write = loadSlot(&picklerCell(a[0]).pointee.write)
    if write.bits == 0 {
        let type = swiftString(typeOf(a[0]).pointee.name)
        return raisePickling(t, "Pickler.__init__() was not called by \(type).__init__()") ? .none : .raised
    }
    var override = Value.missing
    if typeOf(a[0]) != pickleTypes.pickler {
        override = getAttributeOrMissing(t, a[0], internStatic(t, "reducer_override"))
        if override.isRaised { return override }
    }
    var run = Pickling(t, a[0], write: write, reducerOverride: override)
    defer { run.free() }
    return run.dump(a[1]) && run.flush() ? .none : .raised
}

/// dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)
func pickle_dump(_ t: Thread, _ a: Values) -> Value {
    let v = newPickler(t, pickleTypes.pickler)
    if v.isRaised || !configurePickler(t, v, a[3], a[4], a[5]) { return .raised }
    let write = writeMethod(t, a[2])
    if write.isRaised { return write }
    var run = Pickling(t, v, write: write, reducerOverride: .missing)
    defer { run.free() }
    return run.dump(a[1]) && run.flush() ? .none : .raised
}

/// dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None)
func pickle_dumps(_ t: Thread, _ a: Values) -> Value {
    let v = newPickler(t, pickleTypes.pickler)
    if v.isRaised || !configurePickler(t, v, a[2], a[3], a[4]) { return .raised }
    var run = Pickling(t, v, write: .missing, reducerOverride: .missing)
    defer { run.free() }
    return run.dump(a[1]) ? run.bytes() : .raised
}

/// Pickles for another process, as multiprocessing's ForkingPickler does: reducers of `own` go before those of copyreg, both dicts.
/// Bytes; 0: raised. `_pickle` must have been imported.
public func pickleForking(_ t: Thread, _ v: Value, _ proto: Value, own: Value) -> Value {
    let pickler = newPickler(t, pickleTypes.pickler)
    if pickler.isRaised || !configurePickler(t, pickler, proto, .true, .none) { return .raised }
    var run = Pickling(t, pickler, write: .missing, reducerOverride: .missing)
    run.dispatchTable = own
    run.secondTable = pickleRoots(t)[PickleRoot.dispatchTable]
    defer { run.free() }
    return run.dump(v) ? run.bytes() : .raised
}

// MARK: attributes

private func flagSetter(_ t: Thread, _ v: Value) -> Int32? {
    if v.isMissing {
        _ = raise(t, .typeError, "can't delete numeric/char attribute")
        return nil
    }
    return asInt32(t, v)
}

private func pickler_setBin(_ t: Thread, _ a: Values) -> Value {
    guard let n = flagSetter(t, a[1]) else { return .raised }
    picklerCell(a[0]).pointee.bin = n
    return .none
}

private func pickler_setFast(_ t: Thread, _ a: Values) -> Value {
    guard let n = flagSetter(t, a[1]) else { return .raised }
    picklerCell(a[0]).pointee.fast = n
    return .none
}

private func pickler_dispatchTable(_ t: Thread, _ a: Values) -> Value {
    let v = loadSlot(&picklerCell(a[0]).pointee.dispatchTable)
    return v.bits == 0 ? raiseAttributeError(t, a[0], internStatic(t, "dispatch_table")) : v
}

private func pickler_setDispatchTable(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing && picklerCell(a[0]).pointee.dispatchTable.bits == 0 { return raise(t, .attributeError, "dispatch_table") }
    storeSlot(&picklerCell(a[0]).pointee.dispatchTable, a[1].isMissing ? .raised : a[1])
    return .none
}

private func pickler_persistent(_ t: Thread, _ a: Values) -> Value {
    let v = loadSlot(&picklerCell(a[0]).pointee.persistent)
    return v.bits == 0 ? raise(t, .attributeError, "persistent_id") : v
}

private func pickler_setPersistent(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "attribute deletion is not supported") }
    if !isCallable(a[1]) { return raise(t, .typeError, "persistent_id must be a callable taking one argument") }
    storeSlot(&picklerCell(a[0]).pointee.persistent, a[1])
    return .none
}

// MARK: the memo

// Open addressing. Objects that were made one after the other are mostly pickled so: within 64 KiB of memory the hash keeps their order,
// so that their entries share cache lines; the probes spread as a dict's do, or such neighbours would pile up.

@inline(__always) private func memoHash(_ bits: UInt) -> UInt { bits >> 4 &+ (bits >> 16) &* 0x9E37_79B1 }

/// The next entry to look at; `rest` begins as the hash.
@inline(__always) private func nextProbe(_ i: Int, _ rest: inout UInt, _ mask: Int) -> Int {
    rest >>= 5
    return (i &* 5 &+ 1 &+ Int(truncatingIfNeeded: rest)) & mask
}

/// The number of an object, -1 when it was not written yet. No lock: a table's entries only come.
@inline(__always) func picklerMemoIndex(_ v: Value, _ object: Value) -> Int {
    let table = loadSlot(&picklerCell(v).pointee.memo)
    let items = table.storageItems
    let mask = table.cell(as: StorageCell.self).pointee.capacity / 2 - 1
    var rest = memoHash(object.bits)
    var i = Int(truncatingIfNeeded: rest) & mask
    while true {
        let k = loadSlot(items + 2 &* i)
        if k == object { return items[2 &* i &+ 1].smallInt }
        if k.bits == 0 { return -1 }
        i = nextProbe(i, &rest, mask)
    }
}

/// Gives an object the next number. -1: no memory (raised).
@inline(__always) func picklerMemoAdd(_ t: Thread, _ v: Value, _ object: Value) -> Int {
    let c = picklerCell(v)
    let n = c.pointee.memoCount
    return picklerMemoSet(t, v, object, n) ? n : -1
}

func picklerMemoSet(_ t: Thread, _ v: Value, _ object: Value, _ number: Int) -> Bool {
    let c = picklerCell(v)
    while true {
        var fresh = Value.none
        let table = loadSlot(&c.pointee.memo)
        let size = table.cell(as: StorageCell.self).pointee.capacity / 2
        if (c.pointee.memoCount &+ 1) &* 3 > size &* 2 {
            fresh = makeStorage(t, size &* (size < 4096 ? 8 : 4))
            if fresh.isRaised {
                _ = raiseMemoryError(t)
                return false
            }
        }
        lockCell(t, v)
        if c.pointee.memo != table {
            unlockCell(t, v)
            continue
        }
        if !fresh.isNone {
            for i in 0..<size where table.storageItems[2 * i].bits != 0 { place(fresh, table.storageItems[2 * i], table.storageItems[2 * i + 1]) }
            storeSlot(&c.pointee.memo, fresh)
        }
        if place(fresh.isNone ? table : fresh, object, Value(smallInt: number)) { c.pointee.memoCount &+= 1 }
        unlockCell(t, v)
        return true
    }
}

/// True: the key is new.
@discardableResult private func place(_ table: Value, _ key: Value, _ number: Value) -> Bool {
    let items = table.storageItems
    let mask = table.cell(as: StorageCell.self).pointee.capacity / 2 - 1
    var rest = memoHash(key.bits)
    var i = Int(truncatingIfNeeded: rest) & mask
    while items[2 &* i].bits != 0 && items[2 &* i] != key { i = nextProbe(i, &rest, mask) }
    let isNew = items[2 &* i].bits == 0
    items[2 &* i &+ 1] = number
    storeSlot(items + 2 &* i, key)
    return isNew
}

func clearPicklerMemo(_ t: Thread, _ v: Value) {
    let fresh = makeStorage(t, 32)
    if fresh.isRaised { return }
    let c = picklerCell(v)
    lockCell(t, v)
    storeSlot(&c.pointee.memo, fresh)
    c.pointee.memoCount = 0
    unlockCell(t, v)
}

private func pickler_clearMemo(_ t: Thread, _ a: Values) -> Value {
    clearPicklerMemo(t, a[0])
    return .none
}

struct MemoProxyCell {
    var header: CellHeader
    var owner: Value
}

private func pickler_memo(_ t: Thread, _ a: Values) -> Value {
    let v = allocateInstance(t, pickleTypes.picklerMemo)
    if !v.isRaised { v.cell(as: MemoProxyCell.self).pointee.owner = a[0] }
    return v
}

private func pickler_setMemo(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "attribute deletion is not supported") }
    let source: Value
    if a[1].isCell && typeOf(a[1]) == pickleTypes.picklerMemo {
        source = picklerMemoCopy(t, a[1].cell(as: MemoProxyCell.self).pointee.owner)
        if source.isRaised { return source }
    } else if isDict(a[1]) {
        source = a[1]
    } else {
        return raise(t, .typeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not \(typeName(a[1]))")
    }
    var entries = DictSnapshot(source)
    var key = Value.none, pair = Value.none
    while entries.next(&key, &pair) {
        if !isTuple(pair) || pair.tupleCount != 2 { return raise(t, .typeError, "'memo' values must be 2-item tuples") }
        if asInt(t, pair.tupleItems[0]) == nil { return .raised }
    }
    clearPicklerMemo(t, a[0])
    entries = DictSnapshot(source)
    while entries.next(&key, &pair) {
        guard let n = asInt(t, pair.tupleItems[0]) else { return .raised }
        if !picklerMemoSet(t, a[0], pair.tupleItems[1], n) { return .raised }
    }
    return .none
}

/// {id(object): (number, object)}
private func picklerMemoCopy(_ t: Thread, _ v: Value) -> Value {
    let copy = makeDict(t)
    if copy.isRaised { return copy }
    let table = loadSlot(&picklerCell(v).pointee.memo)
    let items = table.storageItems
    for i in 0..<(table.cell(as: StorageCell.self).pointee.capacity / 2) {
        let object = loadSlot(items + 2 * i)
        if object.bits == 0 { continue }
        let id = makeInt(t, object.bits), pair = makeTuple(t, items[2 * i + 1], object)
        if id.isRaised || pair.isRaised || dictSet(t, copy, id, pair) < 0 { return .raised }
    }
    table.keepAlive
    return copy
}

func picklerMemoDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_pickle.PicklerMemoProxy", flags: [.disallowInstantiation], size: MemoryLayout<MemoProxyCell>.size, layout: Layout(prefix: 1),
                   slots: [.unary(.hash, unhashable)],
                   members: [
                       .constant("__hash__", noneConstant),
                       .method("clear", "(self, /)", { t, a in
                           clearPicklerMemo(t, a[0].cell(as: MemoProxyCell.self).pointee.owner)
                           return .none
                       }, "Remove all items from memo."),
                       .method("copy", "(self, /)", { t, a in picklerMemoCopy(t, a[0].cell(as: MemoProxyCell.self).pointee.owner) },
                               "Copy the memo to a new object."),
                       .method("__reduce__", "(self, /)", { t, a in
                           let copy = picklerMemoCopy(t, a[0].cell(as: MemoProxyCell.self).pointee.owner)
                           return copy.isRaised ? copy : makeTuple(t, builtinType(.dict).value, makeTuple(t, copy))
                       }, "Implement pickle support."),
                   ])
}
