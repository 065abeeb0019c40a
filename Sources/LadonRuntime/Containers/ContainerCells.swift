// Allocation of container cells, and how the collector walks them.

/// A fixed-size cell.
@inlinable @inline(__always) public func newCell(_ t: Thread, _ id: TypeID, _ bytes: Int) -> Value {
    Value(allocate(t, id: id.rawValue, bytes: bytes))
}

/// A cell with a variable part; 0 with MemoryError raised when there is no room.
@inlinable @inline(__always) public func newVariableCell(_ t: Thread, _ id: TypeID, _ bytes: Int) -> Value {
    guard let p = allocateAny(t, id: id.rawValue, bytes: bytes) else { return noMemory(t) }
    return Value(p)
}

@usableFromInline @inline(never) func noMemory(_ t: Thread) -> Value { raise(t, .memoryError, "") }

/// The iterators of dicts and their views, in both directions. Shared by threads they may repeat or skip entries.
@frozen public struct DictIteratorCell {
    public var header: CellHeader
    /// 0 when exhausted.
    public var dict: Value
    // raw
    /// The entry looked at next (forward: the first candidate; backward: one past it).
    public var index: Int
    /// How many entries the dict had at first; -1 once it was found to have changed.
    public var expected: Int
    /// Entries still to come.
    public var remaining: Int
}

/// enumerate.
@frozen public struct EnumerateCell {
    public var header: CellHeader
    public var iterator: Value
    /// The next number, an int of any size.
    public var index: Value
}

/// The layout of each container and iterator cell that native code makes; also used by the type tables.
public func containerLayout(_ id: TypeID) -> Layout {
    switch id {
    case .tuple: return Layout(prefix: 0, flags: [.counted, .container])
    case .dictTable, .setTable: return Layout(prefix: 0, flags: [.counted])
    case .list: return Layout(prefix: 1, base: 4, flags: [.container])
    case .dict, .set, .frozenset: return Layout(prefix: 1, base: 4, flags: [.container])
    case .slice: return Layout(prefix: 3, base: 4, flags: [.container])
    case .range: return Layout(prefix: 4, base: 5)
    case .rangeIterator: return Layout(prefix: 0)
    case .iterator, .listIterator, .listReverseIterator, .tupleIterator, .setIterator: return Layout(prefix: 1, flags: [.container])
    case .reversed: return Layout(prefix: 1, base: 3, flags: [.container])
    case .strIterator, .bytesIterator, .bytearrayIterator: return Layout(prefix: 1)
    default: return Layout(prefix: 1, flags: [.container])
    }
}

/// Tells the collector about the cells that exist before any type is installed. Right after `initializeHeap`.
public func initializeContainers() {
    for id in [TypeID.tuple, .dictTable, .setTable, .list, .dict, .set, .frozenset, .slice, .range, .rangeIterator,
               .listIterator, .tupleIterator, .setIterator, .iterator] {
        setLayout(id.rawValue, containerLayout(id))
    }
}
