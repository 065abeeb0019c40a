// How the collector walks a cell: one packed word per id, in a table beside the shapes.
//
// A cell is: header | prefix | body | tail.
//   prefix  `prefix` traced words right after the header
//   body    raw words up to `base` words from the cell's start, never traced
//   tail    from `base` to the cell's end: traced (attribute slots of instances, subclasses of built-ins)
// `counted`: the word after the header is a count n; the n words after it are traced, the rest is raw.
//
// Traced words hold Values, addresses of cells, or raw integers below 2^40 (never mistaken for a heap
// address). Arbitrary raw data (hashes, doubles, user bytes) lies in the body.

@frozen public struct Layout {
    public var bits: UInt64

    @inlinable @inline(__always) public init(bits: UInt64) { self.bits = bits }

    /// `prefix` and `base` in words; `base` counts the header. `base` 0: nothing after the prefix is traced.
    @inlinable public init(prefix: Int, base: Int = 0, flags: Layout.Flags = []) {
        bits = UInt64(prefix) | UInt64(base) << 16 | UInt64(flags.rawValue) << 32
    }

    @inlinable @inline(__always) public var prefix: Int { Int(bits & 0xFFFF) }
    @inlinable @inline(__always) public var base: Int { Int((bits >> 16) & 0xFFFF) }
    @inlinable @inline(__always) public var flags: Flags { Flags(rawValue: UInt32(truncatingIfNeeded: bits >> 32)) }

    @frozen public struct Flags: OptionSet {
        public var rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// Word 1 is a count of traced words that begin at word 2.
        @inlinable public static var counted: Flags { Flags(rawValue: 1) }
        /// A weak reference: the collector clears word 1 of its body (the referent) instead of tracing it.
        @inlinable public static var weak: Flags { Flags(rawValue: 2) }
        /// The type has a native finaliser (closes a file, frees a mutex) or `__del__`: instances are registered when they are made.
        @inlinable public static var finalizable: Flags { Flags(rawValue: 4) }
        /// All words to the end of the cell are traced.
        @inlinable public static var allTraced: Flags { Flags(rawValue: 8) }
        /// A generator: word 2.. hold a frame window, traced up to its current extent like a register stack (any word may be stale).
        @inlinable public static var window: Flags { Flags(rawValue: 16) }
        /// Objects that `gc.get_objects` and `gc.is_tracked` know: containers, in CPython's sense.
        @inlinable public static var container: Flags { Flags(rawValue: 32) }
    }
    /// No pointers inside.
    @inlinable public static var leaf: Layout { Layout(prefix: 0) }
}
