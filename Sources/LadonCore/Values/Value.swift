// The 64-bit word that every Python value is.
//
// Encoding (low bits):
//   …1     immediate integer, 63 bits, value = bits >> 1 (arithmetic)
//   …0000  address of a heap cell (16-byte aligned, never 0)
//   …010   a constant of the table below
//   0      not a value: "an exception was raised", or an empty or raced slot
//
// Invariant: `exhausted`, `missing` and `unbound` never reach a Python program.

@_exported import CLadon

extension Value {
    @inlinable @inline(__always) public init(_ pointer: UnsafeMutableRawPointer) { self.init(bits: UInt(bitPattern: pointer)) }
    @inlinable @inline(__always) public init(_ pointer: UnsafeRawPointer) { self.init(bits: UInt(bitPattern: pointer)) }
    @inlinable @inline(__always) public init<T>(_ pointer: UnsafeMutablePointer<T>) { self.init(bits: UInt(bitPattern: pointer)) }

    /// The word 0: "raised", or an empty slot.
    @inlinable @inline(__always) public static var raised: Value { Value(bits: 0) }
    @inlinable @inline(__always) public static var none: Value { Value(bits: 0x02) }
    @inlinable @inline(__always) public static var `false`: Value { Value(bits: 0x0A) }
    @inlinable @inline(__always) public static var `true`: Value { Value(bits: 0x12) }
    @inlinable @inline(__always) public static var ellipsis: Value { Value(bits: 0x1A) }
    @inlinable @inline(__always) public static var notImplemented: Value { Value(bits: 0x22) }
    /// What an iterator's `next` answers at its end, instead of raising StopIteration.
    @inlinable @inline(__always) public static var exhausted: Value { Value(bits: 0x2A) }
    /// An argument that was not given; a lookup that found nothing (and raised nothing).
    @inlinable @inline(__always) public static var missing: Value { Value(bits: 0x32) }
    /// Marks a deleted entry inside container tables.
    @inlinable @inline(__always) public static var deleted: Value { Value(bits: 0x3A) }

    /// True for 0: an exception is set in the thread.
    @inlinable @inline(__always) public var isRaised: Bool { bits == 0 }
    @inlinable @inline(__always) public var isNone: Bool { bits == 0x02 }
    @inlinable @inline(__always) public var isTrue: Bool { bits == 0x12 }
    @inlinable @inline(__always) public var isFalse: Bool { bits == 0x0A }
    @inlinable @inline(__always) public var isBool: Bool { bits == 0x12 || bits == 0x0A }
    @inlinable @inline(__always) public var isMissing: Bool { bits == 0x32 }
    @inlinable @inline(__always) public var isExhausted: Bool { bits == 0x2A }
    @inlinable @inline(__always) public var isNotImplemented: Bool { bits == 0x22 }
    @inlinable @inline(__always) public init(_ b: Bool) { self.init(bits: b ? 0x12 : 0x0A) }

    // MARK: immediate integers

    @inlinable @inline(__always) public var isSmallInt: Bool { bits & 1 != 0 }
    /// The integer; meaningful only when `isSmallInt`.
    @inlinable @inline(__always) public var smallInt: Int { Int(bitPattern: bits) >> 1 }
    /// `n` must fit 63 bits.
    @inlinable @inline(__always) public init(smallInt n: Int) { self.init(bits: UInt(bitPattern: n << 1) | 1) }
    @inlinable @inline(__always) public static func fitsSmallInt(_ n: Int) -> Bool { (n << 1) >> 1 == n }
    @inlinable @inline(__always) public static var zero: Value { Value(bits: 1) }
    @inlinable @inline(__always) public static var one: Value { Value(bits: 3) }
    @inlinable @inline(__always) public static func bothSmallInts(_ a: Value, _ b: Value) -> Bool { a.bits & b.bits & 1 != 0 }

    // MARK: cells

    @inlinable @inline(__always) public var isCell: Bool { bits & 0xF == 0 && bits != 0 }
    /// `isCell` for a word that is known not to be 0 (registers that an instruction reads never are): one test less.
    @inlinable @inline(__always) public var isPointer: Bool { bits & 0xF == 0 }
    /// The cell's address; meaningful only when `isCell`.
    @inlinable @inline(__always) public var cell: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: bits).unsafelyUnwrapped }
    /// The cell seen as a `T` (one of the structs in Cells/).
    @inlinable @inline(__always) public func cell<T>(as type: T.Type) -> UnsafeMutablePointer<T> {
        UnsafeMutablePointer<T>(bitPattern: bits).unsafelyUnwrapped
    }
    /// The type or shape id in the cell's header; meaningful only when `isCell`.
    @inlinable @inline(__always) public var id: UInt32 { ladon_load32_acquire(cell) }
    /// Whether this is a cell of exactly that built-in type (no subclass).
    @inlinable @inline(__always) public func isExactly(_ type: TypeID) -> Bool { isCell && id == type.rawValue }
    @inlinable @inline(__always) public var keepAlive: Void { ladon_keep_alive(self) }
}

extension Value: Equatable {
    /// Identity (`is`), not Python equality.
    @inlinable @inline(__always) public static func == (a: Value, b: Value) -> Bool { a.bits == b.bits }
    @inlinable @inline(__always) public static func != (a: Value, b: Value) -> Bool { a.bits != b.bits }
}

/// The state of the calling thread, passed down explicitly as the first parameter of everything that can run Python or allocate.
public typealias Thread = UnsafeMutablePointer<ThreadState>
/// Consecutive values: bound arguments, a frame's registers.
public typealias Values = UnsafeMutablePointer<Value>

/// Reads a slot that other threads may write. 0 means empty or raced: take the locked path.
@inlinable @inline(__always) public func loadSlot(_ p: UnsafeMutablePointer<Value>) -> Value { Value(bits: ladon_load_acquire(p)) }
/// Publishes a value into a slot that other threads may read.
@inlinable @inline(__always) public func storeSlot(_ p: UnsafeMutablePointer<Value>, _ v: Value) { ladon_store_release(p, v.bits) }

/// The answer of an operation that can raise: 1 yes, 0 no, -1 raised.
public typealias Truth = Int
