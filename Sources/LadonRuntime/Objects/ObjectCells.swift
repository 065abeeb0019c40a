// The cells of functions in C clothing, descriptors and the other small objects of the object model.
// Fields before the line "raw" are traced; every field is constant once the cell is published unless its
// comment says otherwise.

import LadonCore

/// What the runtime keeps per row of a native table: made once, never freed.
public struct NativeRecord {
    public var member: NativeMember
    public var function: NativeFunction
    /// Parsed on the first call. Every thread parses the same, so a race only wastes a parse.
    public var signature: UnsafeMutablePointer<Signature>?
    /// How many arguments may be handed to `function` as they come; -1 when binding is always needed, -2 before the signature is parsed.
    public var exactCount: Int32
    /// As NativeMember's.
    public var shortCount: Int32
    /// Which audited function this is (Audit/AuditedFunctions.swift), -1 for none.
    var auditedFunction: Int32 = -1
    public var shortFunction: NativeFunction

    init(_ member: NativeMember) {
        self.member = member
        shortCount = member.shortCount
        shortFunction = member.shortFunction ?? { t, _ in raise(t, .systemError, "a native member without a function was called") }
        function = member.function ?? { t, _ in raise(t, .systemError, "a native member without a function was called") }
        signature = nil
        exactCount = -2
    }
}

public typealias NativeRecordPointer = UnsafeMutablePointer<NativeRecord>

/// A built-in function or bound built-in method.
@frozen public struct NativeFunctionCell {
    public var header: CellHeader
    /// What is put before the arguments (self, the class of a class method); 0: nothing.
    public var receiver: Value
    /// `__module__`: a str, or 0.
    public var module: Value
    /// `__self__` of functions without a receiver: their module; 0 for none.
    public var owner: Value
    // raw
    public var record: NativeRecordPointer
}

/// method_descriptor, classmethod_descriptor and getset_descriptor.
@frozen public struct MethodDescriptorCell {
    public var header: CellHeader
    /// The type it was defined in.
    public var owner: Value
    public var name: Value
    /// The Python function that a native method of the library stands in for and that its attributes are read from, or 0.
    public var original: Value
    // raw
    public var record: NativeRecordPointer
}

/// A native slot seen as a method: `int.__add__`.
@frozen public struct WrapperDescriptorCell {
    public var header: CellHeader
    public var owner: Value
    public var name: Value
    // raw
    /// Index of the row in the slot table.
    public var row: Int
    public var function: UnsafeRawPointer
}

/// A wrapper bound to an object: `(1).__add__`.
@frozen public struct MethodWrapperCell {
    public var header: CellHeader
    public var descriptor: Value
    public var receiver: Value
}

/// A name of `__slots__`, or a native field shown as it is.
@frozen public struct MemberDescriptorCell {
    public var header: CellHeader
    public var owner: Value
    public var name: Value
    public var doc: Value
    // raw
    /// As `fieldAddress` takes it.
    public var offset: UInt32
    public var flags: UInt32
    /// With `native`: what reads and writes instead of `offset`.
    public var record: NativeRecordPointer?

    public static let readOnly: UInt32 = 1
    /// An empty word reads as None instead of raising AttributeError.
    public static let noneWhenEmpty: UInt32 = 2
    public static let native: UInt32 = 4
}

@frozen public struct PropertyCell {
    public var header: CellHeader
    // Changed by `__init__` and `__doc__` assignment only.
    public var getter: Value
    public var setter: Value
    public var deleter: Value
    public var doc: Value
    public var name: Value
    // raw
    /// The documentation was taken from the getter.
    public var docFromGetter: UInt
}

/// classmethod and staticmethod.
@frozen public struct WrappedMethodCell {
    public var header: CellHeader
    /// Changed by `__init__` only; 0 before.
    public var callable: Value
    public var dict: Value
}

@frozen public struct SuperCell {
    public var header: CellHeader
    public var thisClass: Value
    public var object: Value
    public var objectType: Value
}

@frozen public struct MappingProxyCell {
    public var header: CellHeader
    public var mapping: Value
}

@frozen public struct GenericAliasCell {
    public var header: CellHeader
    public var origin: Value
    public var arguments: Value
    /// 0 until asked for.
    public var parameters: Value
    // raw
    public var starred: UInt
}

@frozen public struct UnionCell {
    public var header: CellHeader
    public var arguments: Value
    /// 0 until asked for.
    public var parameters: Value
}

@frozen public struct NamespaceCell {
    public var header: CellHeader
    public var dict: Value
}

/// Immutable once published, malloc'ed: what an inline cache knows when it does not fit in one word (see CacheLifetime.swift).
@frozen public struct CacheEntry {
    public var kind: UInt32
    /// The id that the object must have.
    public var id: UInt32
    /// `type`'s version.
    public var version: UInt32
    /// `owner`'s version; for a dict its keysVersion.
    public var ownerVersion: UInt32
    /// The type whose version guards the entry: the object's type, or the object itself when that is a class.
    public var type: UInt
    /// The metatype of a class, the dict of a module; 0 when there is no second guard.
    public var owner: UInt
    /// The value found, or a raw pointer for native attributes.
    public var target: UInt
    /// Slot number, entry index, or the new shape's id.
    public var slot: UInt32
    public var fills: UInt32
    public var extra: UInt
}

extension Value {
    @inlinable @inline(__always) public var asNativeFunction: UnsafeMutablePointer<NativeFunctionCell> { cell(as: NativeFunctionCell.self) }
    @inlinable @inline(__always) public var asMethodDescriptor: UnsafeMutablePointer<MethodDescriptorCell> { cell(as: MethodDescriptorCell.self) }
    @inlinable @inline(__always) public var asWrapperDescriptor: UnsafeMutablePointer<WrapperDescriptorCell> { cell(as: WrapperDescriptorCell.self) }
    @inlinable @inline(__always) public var asMethod: UnsafeMutablePointer<MethodCell> { cell(as: MethodCell.self) }
}

/// Offsets with this bit count from the end of the variable part: attribute words of subclasses of int and tuple.
public let variableOffsetBit: UInt32 = 0x8000_0000

/// The end of the variable part of an instance of a subclass of int or tuple, as an offset from the cell.
@inline(never) public func variablePartEnd(_ v: Value) -> Int {
    switch TypeID(rawValue: typeOf(v).pointee.nativeID) {
    case .int: return 16 + abs(v.cell(as: IntCell.self).pointee.size) * 8
    case .tuple: return 16 + v.tupleCount * 8
    default: fatalError("a type without a variable part has variable attribute offsets")
    }
}

/// The address of a field of `v` given by a member or attribute offset.
@inline(__always) public func fieldAddress(_ v: Value, _ offset: UInt32) -> UnsafeMutablePointer<Value> {
    if offset & variableOffsetBit == 0 {
        return (v.cell + Int(offset)).assumingMemoryBound(to: Value.self)
    }
    return (v.cell + variablePartEnd(v) + Int(offset & ~variableOffsetBit)).assumingMemoryBound(to: Value.self)
}
