// A type object. Every Python class, built-in or user-made, is one of these cells.
//
// `slots` holds one C function pointer per Slot: what native code calls for an operation. A built-in
// type fills them from its table; a class with a `__dunder__` gets the generic function that looks the
// dunder up; a class without one inherits its base's pointer. Changing a type: version := 0, change,
// recompute slots of it and its subclasses, version := fresh (see LadonRuntime/Objects).

@frozen public struct TypeCell {
    public var header: CellHeader
    /// Attributes of the class itself.
    public var dict: Value
    public var name: Value
    public var qualname: Value
    public var bases: Value
    public var mro: Value
    /// The base whose layout this type extends (`__base__`); 0 for object.
    public var base: Value
    /// Direct subclasses: a list of weak references.
    public var subclasses: Value
    /// The ShapeCell of a fresh instance.
    public var shape: Value
    /// For types made by native tables: the documentation string's owner module name; 0 otherwise.
    public var module: Value
    /// `__slots__` member names in order, or 0.
    public var slotNames: Value
    /// Cached keyword-splitting and constructor data (LadonRuntime's), or 0.
    public var constructorCache: Value
    // raw, from here on
    /// 0 while the type is being changed; else unique among all types and times. Loaded with acquire by caches.
    public var version: UInt32
    public var flags: TypeFlags
    /// The id of `shape`, and of every instance of a built-in type.
    public var id: UInt32
    /// The id of the nearest built-in type whose native layout instances have (`list` for a subclass of list).
    public var nativeID: UInt32
    /// Bytes of an instance without variable part and attribute slots.
    public var basicSize: UInt32
    /// Bytes per element of the variable part (tuple, int, str, bytes, type), 0 if none.
    public var itemSize: UInt32
    /// Offset of the `extra` word of instances with attribute slots; 0: instances have no `__dict__`.
    public var attributeOffset: UInt32
    /// How many attribute slots follow `extra` inline; grows with experience until the first many instances are made.
    public var inlineSlots: UInt32
    /// Index + 1 of the native TypeDefinition whose lazy members are not yet in `dict`; 0 otherwise.
    public var definition: UInt32
    /// Where in an instance the word is that holds its attributes' dict (0 until needed); 0: not kept that way.
    public var dictOffset: UInt32
    /// The id of the interpreter that made a class of a program. Types of native tables belong to all.
    public var maker: UInt32
    public var reserved: UInt32
    /// Slot.count function pointers.
    public var slots: UInt
}

@frozen public struct TypeFlags: OptionSet {
    public var rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    @inlinable public static var heapType: TypeFlags { TypeFlags(rawValue: 1 << 0) }
    /// May be subclassed.
    @inlinable public static var baseType: TypeFlags { TypeFlags(rawValue: 1 << 1) }
    /// Attributes can't be set from Python.
    @inlinable public static var immutable: TypeFlags { TypeFlags(rawValue: 1 << 2) }
    /// Of a native type that takes the place of a Python class: attributes can be set, and then `changed` is. Native code that passes
    /// over such a type's methods does so only while it is not changed.
    @inlinable public static var changeable: TypeFlags { TypeFlags(rawValue: 1 << 16) }
    @inlinable public static var changed: TypeFlags { TypeFlags(rawValue: 1 << 17) }
    @inlinable public static var abstract: TypeFlags { TypeFlags(rawValue: 1 << 3) }
    @inlinable public static var hasFinalizer: TypeFlags { TypeFlags(rawValue: 1 << 4) }
    @inlinable public static var weakReferenceable: TypeFlags { TypeFlags(rawValue: 1 << 5) }
    @inlinable public static var disallowInstantiation: TypeFlags { TypeFlags(rawValue: 1 << 6) }
    /// `__getattribute__`, `__getattr__` or `__setattr__` is not object's: attribute caches don't apply.
    @inlinable public static var customGetAttribute: TypeFlags { TypeFlags(rawValue: 1 << 7) }
    @inlinable public static var customSetAttribute: TypeFlags { TypeFlags(rawValue: 1 << 8) }
    /// Has `__get__` and (data) `__set__` or `__delete__`.
    @inlinable public static var descriptor: TypeFlags { TypeFlags(rawValue: 1 << 9) }
    @inlinable public static var dataDescriptor: TypeFlags { TypeFlags(rawValue: 1 << 10) }
    /// A plain function-like descriptor whose lookup through an instance binds self (LOAD_METHOD may skip the bound method).
    @inlinable public static var methodDescriptor: TypeFlags { TypeFlags(rawValue: 1 << 11) }
    /// For pattern matching (PEP 634).
    @inlinable public static var sequence: TypeFlags { TypeFlags(rawValue: 1 << 12) }
    @inlinable public static var mapping: TypeFlags { TypeFlags(rawValue: 1 << 13) }
    /// int, str, … match themselves in class patterns.
    @inlinable public static var matchSelf: TypeFlags { TypeFlags(rawValue: 1 << 14) }
    // Fast subclass tests.
    @inlinable public static var intSubclass: TypeFlags { TypeFlags(rawValue: 1 << 20) }
    @inlinable public static var listSubclass: TypeFlags { TypeFlags(rawValue: 1 << 21) }
    @inlinable public static var tupleSubclass: TypeFlags { TypeFlags(rawValue: 1 << 22) }
    @inlinable public static var bytesSubclass: TypeFlags { TypeFlags(rawValue: 1 << 23) }
    @inlinable public static var strSubclass: TypeFlags { TypeFlags(rawValue: 1 << 24) }
    @inlinable public static var dictSubclass: TypeFlags { TypeFlags(rawValue: 1 << 25) }
    @inlinable public static var exceptionSubclass: TypeFlags { TypeFlags(rawValue: 1 << 26) }
    @inlinable public static var typeSubclass: TypeFlags { TypeFlags(rawValue: 1 << 27) }
    @inlinable public static var setSubclass: TypeFlags { TypeFlags(rawValue: 1 << 28) }
    @inlinable public static var floatSubclass: TypeFlags { TypeFlags(rawValue: 1 << 29) }
}

public typealias TypePointer = UnsafeMutablePointer<TypeCell>

/// A hidden class: which attribute name lies in which slot, and the type. Immutable except `children` and `shapeCount` (under the shape lock).
@frozen public struct ShapeCell {
    public var header: CellHeader
    public var type: Value
    /// The shape this one adds `name` to; 0 for a type's first shape.
    public var parent: Value
    public var name: Value
    /// The child shapes: a storage cell that is a hash table by name, replaced when it grows; 0: none (Shapes.swift).
    public var children: Value
    // raw
    public var id: UInt32
    /// Number of attribute slots in use.
    public var count: UInt32
    /// 1: instances keep their attributes in a dict (`extra` is a dict Value).
    public var isDictionary: UInt32
    public var inlineSlots: UInt32
    public var attributeOffset: UInt32
    /// [shape lock] In a type's first shape: how many shapes the type has.
    public var shapeCount: UInt32
}

public typealias ShapePointer = UnsafeMutablePointer<ShapeCell>

extension Value {
    /// Meaningful only for type objects.
    @inlinable @inline(__always) public var asType: TypePointer { cell(as: TypeCell.self) }
}

/// The shape of a cell with that id. Ids of live cells always have one.
@inlinable @inline(__always) public func shape(ofID id: UInt32) -> ShapePointer {
    UnsafeMutablePointer<ShapeCell>(bitPattern: ladon_load_acquire(ladon_runtime.shapes + Int(id))).unsafelyUnwrapped
}

/// The type of any value. O(1), lock-free.
@inlinable @inline(__always) public func typeOf(_ v: Value) -> TypePointer { shape(ofID: typeOrShapeID(v)).pointee.type.asType }

/// The id in the header of a cell; the type's id for immediates and constants.
@inlinable @inline(__always) public func typeOrShapeID(_ v: Value) -> UInt32 {
    if v.isSmallInt { return TypeID.int.rawValue }
    if v.isCell { return v.id }
    return constantTypeID(v)
}

@inlinable public func constantTypeID(_ v: Value) -> UInt32 {
    switch v {
    case .none: return TypeID.noneType.rawValue
    case .true, .false: return TypeID.bool.rawValue
    case .ellipsis: return TypeID.ellipsisType.rawValue
    case .notImplemented: return TypeID.notImplementedType.rawValue
    default: fatalError("a private constant escaped")
    }
}

/// The type object of a built-in type.
@inlinable @inline(__always) public func builtinType(_ id: TypeID) -> TypePointer { shape(ofID: id.rawValue).pointee.type.asType }
