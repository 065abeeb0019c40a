// What an abstract base class remembers: registered classes, and which classes are known to be subclasses or not.
//
// Classes are held weakly: each of the three tables is a dict from a class's address to a weak reference, so that
// looking up runs no `__hash__` or `__eq__` of a metaclass. An entry whose reference is dead, or refers to
// another class than the one asked for, is none; a table that has grown is cleaned when something is added.
//
// Threads: the dicts lock for themselves. The negative table is replaced, then its version stored; a thread
// that adds to the one before loses a cache entry, nothing else.

import LadonTypes

struct AbcDataCell {
    var header: CellHeader
    var registry: Value
    var positive: Value
    var negative: Value
    // raw
    /// The counter's value when `negative` was begun.
    var negativeVersion: Int
}

nonisolated(unsafe) var abcDataType: TypePointer?

func abcDataDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_abc._abc_data", flags: [.disallowInstantiation], doc: "Internal state held by ABC machinery.",
                   size: MemoryLayout<AbcDataCell>.size, layout: Layout(prefix: 3, flags: [.container]))
}

func makeAbcData(_ t: Thread) -> Value {
    let v = allocateInstance(t, abcDataType.unsafelyUnwrapped)
    if !v.isRaised { v.cell(as: AbcDataCell.self).pointee.negativeVersion = interpreter(t).pointee.abcCounter }
    return v
}

@inline(__always) private func key(_ v: Value) -> Value { Value(smallInt: Int(bitPattern: v.bits >> 4)) }

/// Whether the table has that class.
@inline(__always) func abcTableContains(_ t: Thread, _ slot: UnsafeMutablePointer<Value>, _ cls: Value) -> Bool {
    let table = loadSlot(slot)
    if table.bits == 0 { return false }
    let reference = dictGet(t, table, key(cls))
    return reference.isCell && weakReferent(reference) == cls
}

/// Adds a class. False: raised.
func abcTableAdd(_ t: Thread, _ slot: UnsafeMutablePointer<Value>, _ cls: Value) -> Bool {
    var table = loadSlot(slot)
    if table.bits == 0 {
        table = makeDict(t)
        if table.isRaised { return false }
        storeSlot(slot, table)
    }
    let n = dictCount(table)
    if n >= 32 && n & (n - 1) == 0 { dropDead(t, table) }
    let reference = makeWeakReference(t, referent: cls, callback: .none)
    if reference.isRaised {
        raiseMemoryError(t)
        return false
    }
    return dictSet(t, table, key(cls), reference) >= 0
}

private func dropDead(_ t: Thread, _ table: Value) {
    let items = dictToList(t, table, .items)
    if items.isRaised { clearException(t); return }
    for i in 0 ..< listCount(items) {
        let pair = listGet(t, items, i)
        if weakReferent(pair.tupleItems[1]).isNone && dictDelete(t, table, pair.tupleItems[0]) < 0 { clearException(t) }
    }
}

/// The weak references of a table as a Python list. 0: raised.
func abcTableReferences(_ t: Thread, _ slot: UnsafeMutablePointer<Value>) -> Value {
    let table = loadSlot(slot)
    return table.bits == 0 ? makeList(t) : dictToList(t, table, .values)
}
