// The memory layout of the cells that hot code reaches into. Each struct lies over a heap cell; fields
// before the line "raw" are traced (see Layout.swift), fields after it are not.
//
// A cell with a variable part has its elements after the struct; `Value.cell(as:)` plus
// `MemoryLayout<Cell>.size` is their address.

/// int beyond 63 bits: little-endian 64-bit limbs follow, magnitude in `abs(size)` limbs, sign in `size`'s sign; never zero-padded.
@frozen public struct IntCell {
    public var header: CellHeader
    public var size: Int
}

@frozen public struct FloatCell {
    public var header: CellHeader
    public var value: Double
}

@frozen public struct ComplexCell {
    public var header: CellHeader
    public var real: Double
    public var imaginary: Double
}

/// str: `count` code points of `kind` bytes each (header.small: low 3 bits the kind 1, 2 or 4; `StrFlags`).
/// Canonical: the narrowest kind that holds the largest code point, so equal strings have equal kinds.
/// They follow the struct when `owner` is 0. Instances of subclasses, and what repeated `s += x` makes, have
/// them in a TextBufferCell instead, whose address is `owner`. Use `strData`.
@frozen public struct StrCell {
    public var header: CellHeader
    /// Address of a TextBufferCell, or 0. Traced.
    public var owner: UInt
    // raw
    /// 0 until computed; stored relaxed (every thread computes the same).
    public var hash: Int
    public var count: Int
}

public enum StrFlags {
    public static let kindMask: UInt8 = 7
    /// All code points below 128; then kind is 1 and the bytes are UTF-8.
    public static let ascii: UInt8 = 8
    public static let interned: UInt8 = 16
    /// Made by concatenation: appending to it again is worth a growing buffer.
    public static let concatenated: UInt8 = 32
}

/// Characters or bytes apart from their str or bytes cell (id bytesStorage): `capacity` bytes follow. Several strings
/// may share a prefix of one buffer; who extends it claims the room with a compare-and-swap on `fill`.
@frozen public struct TextBufferCell {
    public var header: CellHeader
    /// Bytes in use. Only grows.
    public var fill: Int
    public var capacity: Int
    public var reserved: Int
}

/// bytes: `count` bytes follow (or lie in the TextBufferCell `owner`), then a 0 byte that is not counted. Use `bytesData`.
@frozen public struct BytesCell {
    public var header: CellHeader
    /// Address of a TextBufferCell (instances of subclasses), or 0. Traced.
    public var owner: UInt
    // raw
    public var hash: Int
    public var count: Int
}

/// tuple: `count` values follow. Layout: counted.
@frozen public struct TupleCell {
    public var header: CellHeader
    public var count: Int
}

/// The items of a list, the overflow slots of an instance, a temporary buffer: `capacity` values follow. Layout: counted.
@frozen public struct StorageCell {
    public var header: CellHeader
    public var capacity: Int
}

/// list. Readers: load `storage` (acquire), check the index against `count` and the storage's capacity, load the item; 0 means raced.
@frozen public struct ListCell {
    public var header: CellHeader
    /// Address of a StorageCell, never 0 once published.
    public var storage: UInt
    public var count: Int
    /// Odd while items move to higher places, and counted up when they have (see List.swift).
    public var moves: UInt
}

/// dict. The table is replaced, never resized in place.
@frozen public struct DictCell {
    public var header: CellHeader
    /// Address of a DictTable cell.
    public var table: UInt
    // raw
    /// Live entries.
    public var count: Int
    /// A process-wide unique number, changed when a key is added or removed or the table replaced (not when a value changes). 0: not cacheable now.
    public var keysVersion: UInt32
    public var reserved: UInt32
}

/// set and frozenset.
@frozen public struct SetCell {
    public var header: CellHeader
    /// Address of a SetTable cell.
    public var table: UInt
    // raw
    public var count: Int
    /// frozenset's cached hash, 0 until computed.
    public var hash: Int
}

/// slice: start, stop, step.
@frozen public struct SliceCell {
    public var header: CellHeader
    public var start: Value
    public var stop: Value
    public var step: Value
}

/// range: start, stop, step and the precomputed length, each an int Value (any size).
@frozen public struct RangeCell {
    public var header: CellHeader
    public var start: Value
    public var stop: Value
    public var step: Value
    public var length: Value
}

/// Iterator over a range whose bounds fit 62 bits. Only `remaining` changes, so that threads that race repeat or skip values but
/// never invent one: the next value is `end - remaining * step`.
@frozen public struct RangeIteratorCell {
    public var header: CellHeader
    // raw
    /// The value after the last one (wraps around at the word size).
    public var end: Int
    public var step: Int
    public var remaining: Int
    /// Constant: how many there were at first.
    public var count: Int
}

/// Iterators over a sequence held in `sequence` (0 when exhausted) at `index`: list, tuple, str, bytes, bytearray, reversed lists, and the generic `iterator`.
@frozen public struct SequenceIteratorCell {
    public var header: CellHeader
    public var sequence: Value
    // raw
    public var index: Int
}

/// A closure cell: `contents` is 0 when unbound.
@frozen public struct CellVariableCell {
    public var header: CellHeader
    public var contents: Value
}

/// A Python function. `code` is a CodeCell, `globals` a dict, `builtins` a dict, `closure` a tuple of cells or 0.
@frozen public struct FunctionCell {
    public var header: CellHeader
    public var code: Value
    public var globals: Value
    public var builtins: Value
    /// Tuple of defaults for the last positional parameters, or 0.
    public var defaults: Value
    /// Dict of keyword-only defaults, or 0.
    public var kwDefaults: Value
    public var closure: Value
    public var name: Value
    public var qualname: Value
    public var annotations: Value
    public var doc: Value
    public var module: Value
    /// `__dict__`, made on first use: 0 before.
    public var dict: Value
    public var typeParams: Value
    // raw
    /// Changed when code, defaults or kwDefaults are assigned; call caches compare it. 
    public var version: UInt
}

/// A bound method: function and self.
@frozen public struct MethodCell {
    public var header: CellHeader
    public var function: Value
    public var receiver: Value
}

/// A plain instance of a user class (or `object`): attribute slots follow `extra`.
@frozen public struct InstanceCell {
    public var header: CellHeader
    /// 0, the address of a StorageCell with the slots that did not fit inline, or (dictionary-mode shapes) a dict Value.
    public var extra: Value
}

/// A module. Its attributes are the dict.
@frozen public struct ModuleCell {
    public var header: CellHeader
    public var dict: Value
    public var name: Value
    /// Native modules: per-module state, a StorageCell or 0.
    public var state: Value
    // raw
    /// Native modules: the ModuleDefinition's index + 1, else 0.
    public var definition: Int
}

/// Base layout of every exception. `args` a tuple; others 0 when unset.
@frozen public struct ExceptionCell {
    public var header: CellHeader
    public var dict: Value
    public var args: Value
    public var notes: Value
    public var traceback: Value
    public var context: Value
    public var cause: Value
    /// True when `raise ... from` was used.
    public var suppressContext: Value
    /// Type-specific fields: StopIteration.value, SystemExit.code, OSError errno/strerror/filename/filename2/written, SyntaxError's, Unicode errors', ImportError's, NameError.name, AttributeError.name/obj, ExceptionGroup message/exceptions.
    public var fields: (Value, Value, Value, Value, Value, Value, Value, Value)
}

extension Value {
    @inlinable @inline(__always) public var asFloat: Double { cell(as: FloatCell.self).pointee.value }
    @inlinable @inline(__always) public var tupleCount: Int { cell(as: TupleCell.self).pointee.count }
    /// A tuple's items. Immutable after publication.
    @inlinable @inline(__always) public var tupleItems: Values { (cell + MemoryLayout<TupleCell>.size).assumingMemoryBound(to: Value.self) }
    /// A StorageCell's items.
    @inlinable @inline(__always) public var storageItems: Values { (cell + MemoryLayout<StorageCell>.size).assumingMemoryBound(to: Value.self) }
    @inlinable @inline(__always) public var strCount: Int { cell(as: StrCell.self).pointee.count }
    /// Bytes per code point: 1, 2 or 4.
    @inlinable @inline(__always) public var strKind: Int { Int(header.pointee.small & StrFlags.kindMask) }
    @inlinable @inline(__always) public var strIsASCII: Bool { header.pointee.small & StrFlags.ascii != 0 }
    @inlinable @inline(__always) public var strData: UnsafeMutableRawPointer {
        let owner = cell(as: StrCell.self).pointee.owner
        return UnsafeMutableRawPointer(bitPattern: owner == 0 ? bits &+ UInt(MemoryLayout<StrCell>.size) : owner &+ UInt(MemoryLayout<TextBufferCell>.size)).unsafelyUnwrapped
    }
    @inlinable @inline(__always) public var bytesCount: Int { cell(as: BytesCell.self).pointee.count }
    @inlinable @inline(__always) public var bytesData: UnsafeMutablePointer<UInt8> {
        let owner = cell(as: BytesCell.self).pointee.owner
        return UnsafeMutablePointer<UInt8>(bitPattern: owner == 0 ? bits &+ UInt(MemoryLayout<BytesCell>.size) : owner &+ UInt(MemoryLayout<TextBufferCell>.size)).unsafelyUnwrapped
    }
    @inlinable @inline(__always) public var intLimbs: UnsafeMutablePointer<UInt> { (cell + MemoryLayout<IntCell>.size).assumingMemoryBound(to: UInt.self) }
}
