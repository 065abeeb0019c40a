// The 8-byte header at the start of every heap cell.
//
//   bytes 0–3  type or shape id. 0: no object here (free memory). Loaded with acquire, published with release.
//   byte  4    lock: 0 free, 1 held          } the cell's leaf lock, see Threads/CellLock.swift
//   byte  5    waiters: 1 when a thread parks }
//   byte  6    flags (HeaderFlags), changed by atomic or/and
//   byte  7    small per-type data, constant once the cell is published

@frozen public struct CellHeader {
    public var id: UInt32
    public var lock: UInt8
    public var waiters: UInt8
    public var flags: UInt8
    public var small: UInt8
}

public enum HeaderFlags {
    /// At least one weak reference to this cell exists (see Heap/WeakReferences.swift).
    public static let hasWeakReferences: UInt8 = 1
    /// `__del__` has run; it runs once per object.
    public static let finalized: UInt8 = 2
    /// Interned string, or immortal: never freed.
    public static let immortal: UInt8 = 4
    /// Does not take part in `gc.get_objects`, e.g. frozen.
    public static let frozen: UInt8 = 8
    /// Instruction words of which at least one attribute cache was filled, ever.
    public static let hasFilledCaches: UInt8 = 16
}

extension Value {
    @inlinable @inline(__always) public var header: UnsafeMutablePointer<CellHeader> { cell(as: CellHeader.self) }
}
