// How a built-in type is described: one table per type, from which the type object, its methods, their
// argument parsing, `__text_signature__`, `__doc__` and error messages are made. See docs/architecture.md.
//
// Tables are Swift globals that nothing touches at start but their address; members become Python objects
// when the type's dictionary is first needed (Objects/TypeDefinition+Install.swift).

@_exported import LadonCore

/// One attribute of a native type or module.
public struct NativeMember {
    public enum Kind {
        /// An instance method: parameter 0 is `self`.
        case method
        /// Parameter 0 is the class.
        case classMethod
        case staticMethod
        /// `function` reads (arguments: self), `setter` writes (arguments: self, value or .missing to delete).
        case attribute
        /// The same, seen as a member_descriptor: CPython has a plain field there.
        case member
        /// A constant made by calling `function` with the module or type as its only argument.
        case constant
        /// A dunder that is a method although the type has its slot (CPython's METH_COEXIST); subclasses still inherit the slot.
        case coexist
    }
    public let kind: Kind
    public let name: StaticString
    /// As Python would print it: "(self, index=-1, /)". For attributes "". Defaults None/True/False/integers/short
    /// strings are bound as such; any other default (`<unrepresentable>`, `sys.maxsize`, …) arrives as `.missing`.
    public let signature: StaticString
    public let doc: StaticString
    public let function: NativeFunction?
    public let setter: NativeFunction?
    /// What is called instead, without binding, when exactly `shortCount` positional arguments (self included) are given: the
    /// common call of a function with defaults. -1: none.
    public var shortFunction: NativeFunction? = nil
    public var shortCount: Int32 = -1
    /// `shortFunction` serves any number of further positional arguments too, since they mean nothing (`__exit__`).
    public var ignoresRest = false

    /// The member with a function for calls with `count` positional arguments.
    public func short(_ count: Int, ignoresRest: Bool = false, _ f: @escaping NativeFunction) -> NativeMember {
        var m = self
        m.shortFunction = f
        m.shortCount = Int32(count)
        m.ignoresRest = ignoresRest
        return m
    }

    @inlinable public init(_ kind: Kind, _ name: StaticString, _ signature: StaticString, _ doc: StaticString,
                           _ function: NativeFunction?, setter: NativeFunction? = nil) {
        self.kind = kind; self.name = name; self.signature = signature; self.doc = doc
        self.function = function; self.setter = setter
    }

    public static func method(_ name: StaticString, _ signature: StaticString, _ f: @escaping NativeFunction, _ doc: StaticString = "") -> NativeMember {
        NativeMember(.method, name, signature, doc, f)
    }
    public static func coexist(_ name: StaticString, _ signature: StaticString, _ f: @escaping NativeFunction, _ doc: StaticString) -> NativeMember {
        NativeMember(.coexist, name, signature, doc, f)
    }
    public static func classMethod(_ name: StaticString, _ signature: StaticString, _ f: @escaping NativeFunction, _ doc: StaticString = "") -> NativeMember {
        NativeMember(.classMethod, name, signature, doc, f)
    }
    public static func staticMethod(_ name: StaticString, _ signature: StaticString, _ f: @escaping NativeFunction, _ doc: StaticString = "") -> NativeMember {
        NativeMember(.staticMethod, name, signature, doc, f)
    }
    public static func attribute(_ name: StaticString, get: @escaping NativeFunction, set: NativeFunction? = nil, _ doc: StaticString = "") -> NativeMember {
        NativeMember(.attribute, name, "", doc, get, setter: set)
    }
    public static func member(_ name: StaticString, get: @escaping NativeFunction, set: NativeFunction? = nil, _ doc: StaticString = "") -> NativeMember {
        NativeMember(.member, name, "", doc, get, setter: set)
    }
    /// `__module__` in the type's own dict: CPython has it there for types that its modules make at run time.
    public static var ownModule: NativeMember { .constant("__module__") { t, a in typeModule(t, a[0].asType) } }
    /// A name that CPython's types with a vector call show; nothing is kept there.
    public static var vectorCallOffset: NativeMember { .member("__vectorcalloffset__", get: { _, _ in .zero }) }
    public static func constant(_ name: StaticString, _ f: @escaping NativeFunction) -> NativeMember {
        NativeMember(.constant, name, "", "", f)
    }
}

/// A C function for one Slot of a type.
public struct SlotEntry {
    public let slot: Slot
    public let pointer: UnsafeRawPointer

    public static func unary(_ s: Slot, _ f: @escaping UnaryFunction) -> SlotEntry { SlotEntry(slot: s, pointer: unsafeBitCast(f, to: UnsafeRawPointer.self)) }
    public static func binary(_ s: Slot, _ f: @escaping BinaryFunction) -> SlotEntry { SlotEntry(slot: s, pointer: unsafeBitCast(f, to: UnsafeRawPointer.self)) }
    public static func ternary(_ s: Slot, _ f: @escaping TernaryFunction) -> SlotEntry { SlotEntry(slot: s, pointer: unsafeBitCast(f, to: UnsafeRawPointer.self)) }
    /// For call, initialize and new.
    public static func call(_ s: Slot, _ f: @escaping CallFunction) -> SlotEntry { SlotEntry(slot: s, pointer: unsafeBitCast(f, to: UnsafeRawPointer.self)) }
}

/// A built-in type.
public struct TypeDefinition {
    /// The fixed id, or nil: one is given out when the type is made (types of native modules).
    public var id: TypeID?
    /// "list", or with its module "collections.deque".
    public var name: StaticString
    public var base: TypeID = .object
    public var flags: TypeFlags = []
    public var doc: StaticString = ""
    /// `__text_signature__` of the constructor, e.g. "(iterable=(), /)"; "" for none.
    public var signature: StaticString = ""
    /// Bytes of an instance (header included) without variable part; defaults to the base's.
    public var size: Int = 0
    public var itemSize: Int = 0
    public var layout: Layout? = nil
    /// Instances of the type itself have a `__dict__`, kept in this word of the cell (a dict or 0), or nil.
    public var dictOffset: Int? = nil
    public var slots: [SlotEntry] = []
    public var members: [NativeMember] = []

    public init(_ id: TypeID?, _ name: StaticString, base: TypeID = .object, flags: TypeFlags = [], doc: StaticString = "",
                signature: StaticString = "", size: Int = 0, itemSize: Int = 0, layout: Layout? = nil, dictOffset: Int? = nil,
                slots: [SlotEntry] = [], members: [NativeMember] = []) {
        self.id = id; self.name = name; self.base = base; self.flags = flags; self.doc = doc; self.signature = signature
        self.size = size; self.itemSize = itemSize; self.layout = layout; self.dictOffset = dictOffset
        self.slots = slots; self.members = members
    }
}

/// A native module: its functions, constants and types.
public struct ModuleDefinition {
    public var name: StaticString
    public var doc: StaticString
    public var members: [NativeMember]
    /// Types made with the module; each lands in it under the last part of its name.
    public var types: [() -> TypeDefinition]
    /// Runs after the table is installed: arguments[0] is the module. Returns .none, or 0 with an exception set.
    public var initialize: NativeFunction?

    public init(_ name: StaticString, doc: StaticString = "", members: [NativeMember] = [], types: [() -> TypeDefinition] = [],
                initialize: NativeFunction? = nil) {
        self.name = name; self.doc = doc; self.members = members; self.types = types; self.initialize = initialize
    }
}
