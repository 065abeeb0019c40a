// The object model's process-wide state, reached through `ladon_runtime.objects`. Made once by
// `bootstrapTypes`; the pointers in it never change afterwards except where a field says so.

import LadonCore
#if canImport(Glibc)
import Glibc
#endif

struct ObjectModel {
    /// Serialises every change of a type: its dictionary, slots, bases, subclasses, lazy members, shape. Not a
    /// leaf: allocation and collection may happen under it, Python code may not.
    var typeLock: RuntimeLock
    /// The thread that holds the type lock, and how often: filling one type's dictionary may need another's.
    var typeLockOwner: Thread?
    var typeLockDepth: Int
    /// Serialises additions to shapes' transition and index tables, and dictionary shapes.
    var shapeLock: RuntimeLock
    /// [atomic] The last version handed out to a type.
    var lastVersion: UnsafeMutablePointer<UInt32>
    var methodCache: UnsafeMutablePointer<MethodCacheEntry>
    var shapeCache: UnsafeMutablePointer<ShapeCacheEntry>
    /// Definitions of native types by index (TypeCell.definition - 1). Appended under the type lock; the block is never moved.
    var definitions: UnsafeMutablePointer<UnsafeMutablePointer<TypeDefinition>?>
    var definitionCount: Int
    /// The types made from them.
    var definitionTypes: UnsafeMutablePointer<TypePointer?>
    /// Weak: the storage cells of all code objects' words; and cache entries to be freed in the next collection (CacheLifetime.swift).
    var codeWords = WordList()
    var retiredEntries = WordList()
    /// Per Slot: the generic function that calls dunders, or nil.
    var genericSlots: UnsafeMutablePointer<UnsafeRawPointer?>
    /// Per row of the slot table: the interned dunder name.
    var rowNames: Values
    var rowCount: Int
    /// Open addressing from an interned dunder's address to its first row: pairs (address, row + 1).
    var rowIndex: UnsafeMutablePointer<(UInt, Int)>
    /// The slot of classes that have a `__getattr__`.
    var getAttributeWithFallback: UnsafeRawPointer
    /// `object.__getattribute__` & co. as slot functions, to recognise them.
    var objectGetAttribute: UnsafeRawPointer
    var objectSetAttribute: UnsafeRawPointer
    var typeGetAttribute: UnsafeRawPointer
    var moduleGetAttribute: UnsafeRawPointer?
}

let maximumDefinitions = 4096
let rowIndexSize = 512

@inline(__always) var objectModel: UnsafeMutablePointer<ObjectModel> {
    ladon_runtime.objects.unsafelyUnwrapped.assumingMemoryBound(to: ObjectModel.self)
}

/// Takes the type lock; nests.
func lockTypes(_ t: Thread) {
    let m = objectModel
    // Only this thread can have stored its own address there.
    if m.pointee.typeLockOwner == t { m.pointee.typeLockDepth += 1; return }
    m.pointee.typeLock.lock(t)
    m.pointee.typeLockOwner = t
    m.pointee.typeLockDepth = 1
}

func unlockTypes(_ t: Thread) {
    let m = objectModel
    m.pointee.typeLockDepth -= 1
    if m.pointee.typeLockDepth != 0 { return }
    m.pointee.typeLockOwner = nil
    m.pointee.typeLock.unlock(t)
}

/// A version that no type had before; 0 once all are used up, which makes types uncacheable.
func freshTypeVersion() -> UInt32 {
    let at = UnsafeMutableRawPointer(objectModel.pointee.lastVersion)
    let last = ladon_load32_relaxed(at)
    if last == UInt32.max { return 0 }
    return ladon_fetch_add32(at, 1) &+ 1
}

extension UnsafeMutablePointer where Pointee == TypeCell {
    @inline(__always) var versionAddress: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + TypeField.version }
    @inline(__always) public var currentVersion: UInt32 { ladon_load32_acquire(versionAddress) }
    @inline(__always) public var flags: TypeFlags { pointee.flags }
    @inline(__always) public func hasFlag(_ f: TypeFlags) -> Bool { pointee.flags.rawValue & f.rawValue != 0 }
}

/// Offsets of the fields of TypeCell that other threads load while they change; `bootstrapTypes` checks them against the struct.
enum TypeField {
    static let dict = 8, name = 16, qualname = 24, bases = 32, mro = 40, base = 48, subclasses = 56, shape = 64, module = 72
    static let version = 96, flags = 100, definition = 128
}

extension UnsafeMutablePointer where Pointee == TypeCell {
    @inline(__always) func address(_ offset: Int) -> UnsafeMutablePointer<Value> {
        (UnsafeMutableRawPointer(self) + offset).assumingMemoryBound(to: Value.self)
    }
    @inline(__always) public var mroTuple: Value { loadSlot(address(TypeField.mro)) }
    @inline(__always) public var basePointer: TypePointer? { UnsafeMutablePointer<TypeCell>(bitPattern: loadSlot(address(TypeField.base)).bits) }
    /// The type's name as messages show it: with its module for types of native modules ("collections.deque"), as CPython's tp_name.
    public var nameText: String {
        let module = loadSlot(address(TypeField.module))
        if pointee.flags.contains(.heapType) || module.bits == 0 || !module.isCell { return shortNameText }
        return swiftString(module) + "." + shortNameText
    }
    /// `__name__` as a Swift string.
    public var shortNameText: String { let n = loadSlot(address(TypeField.name)); return n.bits == 0 ? "?" : swiftString(n) }
}

/// The name of a value's type, for messages.
public func typeName(_ v: Value) -> String { typeOf(v).nameText }

/// Whether `v` is a type object (a class).
@inlinable @inline(__always) public func isType(_ v: Value) -> Bool {
    v.isCell && (v.id == TypeID.type.rawValue || typeOf(v).pointee.flags.contains(.typeSubclass))
}

/// The real subclass test along the MRO, no hooks.
public func isSubtype(_ a: TypePointer, _ b: TypePointer) -> Bool { a == b || mroContains(a, b) }

/// `isSubtype` by the MRO alone: a metaclass's `mro()` may leave the class itself out.
func mroContains(_ a: TypePointer, _ b: TypePointer) -> Bool {
    let mro = a.mroTuple
    if mro.bits == 0 {
        // Still being made: the bases chain has to do.
        var p = a.basePointer
        while let q = p { if q == b { return true }; p = q.basePointer }
        return b == builtinType(.object)
    }
    let items = mro.tupleItems, n = mro.tupleCount, wanted = Value(b)
    var i = 0
    while i < n { if items[i] == wanted { return true }; i &+= 1 }
    return false
}

/// The real instance test against a built-in type.
@inline(__always) public func isInstanceOf(_ v: Value, _ id: TypeID) -> Bool {
    typeOrShapeID(v) == id.rawValue || isSubtype(typeOf(v), builtinType(id))
}
