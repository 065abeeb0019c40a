// Turning tables into types and modules. A type's slots are filled at once, its dictionary when it is first
// needed. The type lock guards both; a native type's dictionary is complete before `definition` becomes 0.

import Glibc
import LadonCore

/// Fills in (fixed id) or makes (id nil) the type that a table describes. The base must be installed already.
@discardableResult
public func installType(_ t: Thread, _ definition: TypeDefinition) -> TypePointer { installType(t, definition, base: builtinType(definition.base)) }

@discardableResult
public func installType(_ t: Thread, _ given: TypeDefinition, base: TypePointer, metatype: TypePointer? = nil) -> TypePointer {
    lockTypes(t)
    defer { unlockTypes(t) }
    let model = objectModel
    // A module that another interpreter made before: all share its types.
    if given.id == nil && hadSeveralInterpreters, let known = installedType(given, base) { return known }
    let stored = UnsafeMutablePointer<TypeDefinition>.allocate(capacity: 1)
    stored.initialize(to: given)
    precondition(model.pointee.definitionCount < maximumDefinitions, "too many native types")
    model.pointee.definitions[model.pointee.definitionCount] = stored
    model.pointee.definitionCount += 1

    let type: TypePointer
    if let id = given.id {
        type = builtinType(id)
    } else {
        type = makeNativeType(t, metatype ?? builtinType(.type))
    }
    let isObject = type == builtinType(.object)
    nameType(t, type, given.name)
    if !isObject {
        storeSlot(type.address(TypeField.base), Value(base))
        storeSlot(type.address(TypeField.bases), makeTuple(t, Value(base)))
        let above = base.mroTuple
        let mro = makeTuple(t, above.tupleCount + 1)
        mro.tupleItems[0] = Value(type)
        for i in 0..<above.tupleCount { mro.tupleItems[i + 1] = above.tupleItems[i] }
        storeSlot(type.address(TypeField.mro), mro)
    }
    let inheritedBits = TypeFlags(rawValue: 0x3FF << 20).union([.sequence, .mapping, .matchSelf, .weakReferenceable])
    var flags = given.flags.contains(.changeable) ? given.flags : given.flags.union(.immutable)
    if !isObject { flags.formUnion(base.pointee.flags.intersection(inheritedBits)) }
    if let id = given.id { flags.formUnion(ownSubclassFlag(id)) }
    type.pointee.flags = flags
    type.pointee.basicSize = UInt32(given.size != 0 ? given.size : isObject ? 8 : Int(base.pointee.basicSize))
    type.pointee.itemSize = UInt32(given.itemSize != 0 ? given.itemSize : isObject ? 0 : Int(base.pointee.itemSize))
    type.pointee.dictOffset = UInt32(given.dictOffset ?? (isObject ? 0 : Int(base.pointee.dictOffset)))
    // An id with a layout of its own keeps the native layout of its base only when nothing says otherwise.
    type.pointee.nativeID = type.pointee.id
    let ownLayout = given.layout ?? (isObject ? Layout.leaf : nativeLayout(type.pointee.id, base))
    publishShape(id: type.pointee.id, shape: type.pointee.shape.cell(as: ShapeCell.self), layout: ownLayout)

    for i in 0..<Slot.count { type.slotTable[i] = nil }
    for entry in given.slots { type.slotTable[entry.slot.rawValue] = entry.pointer }
    let slotForNew = type.slotTable[Slot.new.rawValue]
    noteDunderMembers(t, type, given)
    if !isObject { inheritSlots(type, from: base, overridesHash: false) }
    let new = Slot.new.rawValue
    if flags.contains(.disallowInstantiation) {
        type.slotTable[new] = nil
    } else if slotForNew == nil && type.slotTable[new] == nil && !isObject && base != builtinType(.object) {
        type.slotTable[new] = base.slotTable[new]
    }
    if type.has(.compare) && !type.has(.hash) {
        let f: UnaryFunction = slot_unhashable
        type.slotTable[Slot.hash.rawValue] = unsafeBitCast(f, to: UnsafeRawPointer.self)
    }
    refreshNativeFlags(type)
    type.pointee.definition = UInt32(model.pointee.definitionCount)
    model.pointee.definitionTypes[model.pointee.definitionCount - 1] = type
    type.pointee.version = freshTypeVersion()
    if isObject { lendSlots(type) } else { _ = addSubclass(t, base, type) }
    return type
}

/// The type that was made from an equal table. The type lock is held.
private func installedType(_ given: TypeDefinition, _ base: TypePointer) -> TypePointer? {
    let model = objectModel
    let n = given.name.utf8CodeUnitCount
    for i in 0..<model.pointee.definitionCount {
        guard let type = model.pointee.definitionTypes[i], let other = model.pointee.definitions[i], other.pointee.id == nil,
              other.pointee.name.utf8CodeUnitCount == n, other.pointee.size == given.size, type.basePointer == base else { continue }
        if memcmp(other.pointee.name.utf8Start, given.name.utf8Start, n) == 0 { return type }
    }
    return nil
}

/// Types that no table fills in behave like plain objects instead of having no behaviour at all.
private func lendSlots(_ object: TypePointer) {
    for id in TypeID.allCases where id.rawValue > TypeID.object.rawValue {
        let type = builtinType(id)
        for i in 0..<Slot.count where i != Slot.new.rawValue { type.slotTable[i] = object.slotTable[i] }
    }
}

/// The layout that an id has already (given to the heap directly), else its base's.
private func nativeLayout(_ id: UInt32, _ base: TypePointer) -> Layout {
    let own = layout(ofID: id)
    return own.bits != Layout.leaf.bits ? own : layout(ofID: base.pointee.id)
}

private func refreshNativeFlags(_ type: TypePointer) {
    if type.has(.descriptorGet) { type.pointee.flags.insert(.descriptor) }
    if type.has(.descriptorSet) { type.pointee.flags.insert(.dataDescriptor) }
    if type.has(.finalize) { type.pointee.flags.insert(.hasFinalizer) }
    switch TypeID(rawValue: type.pointee.id) {
    case .function, .methodDescriptor, .wrapperDescriptor: type.pointee.flags.insert(.methodDescriptor)
    default: break
    }
}

private func ownSubclassFlag(_ id: TypeID) -> TypeFlags {
    switch id {
    case .int: return .intSubclass
    case .list: return .listSubclass
    case .tuple: return .tupleSubclass
    case .bytes: return .bytesSubclass
    case .str: return .strSubclass
    case .dict: return .dictSubclass
    case .baseException: return .exceptionSubclass
    case .type: return .typeSubclass
    case .set, .frozenset: return .setSubclass
    case .float: return .floatSubclass
    default: return []
    }
}

/// An empty type cell with a fresh id, for types without a fixed one.
func makeNativeType(_ t: Thread, _ metatype: TypePointer) -> TypePointer {
    guard let cell = allocateAny(t, id: metatype.pointee.id, bytes: TypePointer.cellSize) else { fatalError("no memory for a native type") }
    let type = cell.assumingMemoryBound(to: TypeCell.self)
    makeImmortal(Value(type))
    let s = allocate(t, id: TypeID.shape.rawValue, bytes: MemoryLayout<ShapeCell>.size).assumingMemoryBound(to: ShapeCell.self)
    s.pointee.type = Value(type)
    let id = allocateShapeID(t)
    s.pointee.id = id
    type.pointee.shape = Value(s)
    type.pointee.id = id
    type.pointee.nativeID = id
    publishShape(id: id, shape: s, layout: .leaf)
    type.pointee.dict = makeDict(t)
    return type
}

/// Splits "module.name".
private func nameType(_ t: Thread, _ type: TypePointer, _ text: StaticString) {
    let p = text.utf8Start, n = text.utf8CodeUnitCount
    var dot = -1
    for i in 0..<n where p[i] == 0x2E { dot = i }
    let short = intern(t, makeString(t, utf8: p + (dot + 1), count: n - dot - 1))
    storeSlot(type.address(TypeField.name), short)
    storeSlot(type.address(TypeField.qualname), short)
    if dot > 0 { storeSlot(type.address(TypeField.module), intern(t, makeString(t, utf8: p, count: dot))) }
}

/// Members that are slot dunders fill slots that the table leaves empty.
private func noteDunderMembers(_ t: Thread, _ type: TypePointer, _ d: TypeDefinition) {
    let generic = objectModel.pointee.genericSlots
    for m in d.members {
        let p = m.name.utf8Start, n = m.name.utf8CodeUnitCount
        if n < 6 || p[0] != 0x5F || p[1] != 0x5F || p[n - 1] != 0x5F { continue }
        if m.kind == .attribute || m.kind == .member || m.kind == .constant || m.kind == .classMethod { continue }
        let row = SlotTable.firstRow(intern(t, makeString(t, utf8: p, count: n)))
        if row < 0 { continue }
        let slot = SlotTable.rows[row].slot
        if type.slotTable[slot.rawValue] == nil { type.slotTable[slot.rawValue] = generic[slot.rawValue] }
    }
}

/// The table that a native type was made from; nil for Python classes. Linear: for documentation only.
public func nativeDefinition(_ type: TypePointer) -> UnsafeMutablePointer<TypeDefinition>? {
    let m = objectModel
    for i in 0..<m.pointee.definitionCount where m.pointee.definitionTypes[i] == type { return m.pointee.definitions[i] }
    return nil
}

// MARK: lazy dictionaries

private let beingFilled: UInt32 = 0x8000_0000

/// The dictionary of a native type, its members made first if that has not happened.
@inline(never) func fillTypeDictionary(_ t: Thread, _ type: TypePointer) -> Value {
    lockTypes(t)
    defer { unlockTypes(t) }
    let dict = type.pointee.dict
    let index = type.pointee.definition
    // Filled meanwhile, or being filled by this very thread.
    if index == 0 || index & beingFilled != 0 { return dict }
    type.pointee.definition = index | beingFilled
    let definition = objectModel.pointee.definitions[Int(index) - 1].unsafelyUnwrapped
    addWrappers(t, type, dict, definition)
    let members = definition.pointee.members
    if !members.isEmpty {
        let records = NativeRecordPointer.allocate(capacity: members.count)
        for i in 0..<members.count {
            (records + i).initialize(to: NativeRecord(members[i]))
            let n = internImmortal(t, makeString(t, members[i].name))
            let value = memberObject(t, type, n, records + i)
            if value.isRaised { clearException(t); continue }
            _ = dictSet(t, dict, n, value)
        }
    }
    if type.has(.compare) && dictGetName(t, dict, name(.__hash__)).isMissing && !dictGetName(t, dict, name(.__eq__)).isMissing {
        _ = dictSet(t, dict, name(.__hash__), .none)
    }
    // Types whose instances have a `__doc__` of their own have a descriptor there.
    if dictGetName(t, dict, name(.__doc__)).isMissing {
        let doc = definition.pointee.doc
        _ = dictSet(t, dict, name(.__doc__), doc.utf8CodeUnitCount == 0 ? .none : makeString(t, doc))
    }
    ladon_store32_release(UnsafeMutableRawPointer(type) + TypeField.definition, 0)
    return dict
}

private func addWrappers(_ t: Thread, _ type: TypePointer, _ dict: Value, _ definition: UnsafeMutablePointer<TypeDefinition>) {
    let rows = SlotTable.rows
    let names = objectModel.pointee.rowNames
    let slots = definition.pointee.slots
    if slots.isEmpty { return }
    for row in 0..<rows.count {
        for s in slots where s.slot == rows[row].slot {
            if !dictGetName(t, dict, names[row]).isMissing { continue }
            let value = rows[row].kind == .new ? makeNativeFunction(t, newRecord, receiver: Value(type), module: Value(bits: 0), owner: Value(type))
                                               : makeWrapperDescriptor(t, type, row, s.pointer)
            _ = dictSet(t, dict, names[row], value)
        }
    }
}

private func memberObject(_ t: Thread, _ type: TypePointer, _ n: Value, _ record: NativeRecordPointer) -> Value {
    switch record.pointee.member.kind {
    case .method, .coexist: return makeDescriptor(t, .methodDescriptor, type, n, record)
    case .classMethod: return makeDescriptor(t, .classMethodDescriptor, type, n, record)
    case .attribute: return makeDescriptor(t, .getSetDescriptor, type, n, record)
    case .member: return makeMemberDescriptor(t, type, n, record)
    case .constant: return callGetter(t, record, Value(type))
    case .staticMethod:
        let f = makeNativeFunction(t, record, receiver: Value(bits: 0), module: Value(bits: 0), owner: Value(type))
        if n == name(.__new__) {
            f.header.pointee.small = checksNewType
            return f
        }
        return makeStaticMethod(t, f)
    }
}

/// A staticmethod object around `callable`.
public func makeStaticMethod(_ t: Thread, _ callable: Value) -> Value { makeWrappedMethod(t, .staticMethod, callable) }
public func makeClassMethod(_ t: Thread, _ callable: Value) -> Value { makeWrappedMethod(t, .classMethod, callable) }

private func makeWrappedMethod(_ t: Thread, _ id: TypeID, _ callable: Value) -> Value {
    let c = allocate(t, id: id.rawValue, bytes: MemoryLayout<WrappedMethodCell>.size).assumingMemoryBound(to: WrappedMethodCell.self)
    c.pointee.callable = callable
    return Value(c)
}

// MARK: modules

/// An empty module object with the usual names set.
public func makeModule(_ t: Thread, _ n: Value, doc: Value = .none) -> Value {
    let dict = makeDict(t)
    if dict.isRaised { return dict }
    let m = allocateInstance(t, builtinType(.module))
    if m.isRaised { return m }
    let c = m.cell(as: ModuleCell.self)
    c.pointee.dict = dict
    c.pointee.name = n
    if dictSet(t, dict, name(.__name__), n) < 0 || dictSet(t, dict, name(.__doc__), doc) < 0 || dictSet(t, dict, name(.__package__), .none) < 0
        || dictSet(t, dict, name(.__loader__), .none) < 0 || dictSet(t, dict, name(.__spec__), .none) < 0 { return .raised }
    return m
}

/// Makes the module that a table describes. 0: its `initialize` raised.
public func installModule(_ t: Thread, _ definition: ModuleDefinition) -> Value {
    guard let lock = moduleLock(t, definition) else { return makeNativeModule(t, definition) }
    lock.lock(t)
    defer { lock.unlock(t) }
    return makeNativeModule(t, definition)
}

private func makeNativeModule(_ t: Thread, _ definition: ModuleDefinition) -> Value {
    let n = intern(t, makeString(t, definition.name))
    let doc: Value = definition.doc.utf8CodeUnitCount == 0 ? .none : makeString(t, definition.doc)
    let m = makeModule(t, n, doc: doc)
    if m.isRaised { return m }
    let dict = m.cell(as: ModuleCell.self).pointee.dict
    for makeDefinition in definition.types {
        let type = installType(t, makeDefinition())
        if dictSet(t, dict, type.pointee.name, Value(type)) < 0 { return .raised }
    }
    let members = definition.members
    if !members.isEmpty {
        let records = moduleRecords(t, definition)
        for i in 0..<members.count {
            let value: Value
            switch members[i].kind {
            case .constant, .attribute, .member: value = callGetter(t, records + i, m)
            case .method, .classMethod, .staticMethod, .coexist:
                value = makeNativeFunction(t, records + i, receiver: takesModule(members[i].signature) ? m : Value(bits: 0), module: n, owner: m)
            }
            if value.isRaised { return value }
            if dictSet(t, dict, intern(t, makeString(t, members[i].name)), value) < 0 { return .raised }
        }
    }
    if let initialize = definition.initialize {
        var argument = m
        if withUnsafeMutablePointer(to: &argument, { initialize(t, $0) }).isRaised { return .raised }
    }
    if isAuditing { auditModule(t, m) }
    return m
}

/// What interpreters share of a native module.
private struct KnownModule {
    var name: StaticString
    var memberCount: Int
    var records: NativeRecordPointer?
    /// Held while the module is made, from the second interpreter on: what modules keep for the process is made once.
    var lock: RuntimeLock?
}

/// Under the type lock.
nonisolated(unsafe) private var knownModules: [KnownModule] = []

private func indexOfModule(_ definition: ModuleDefinition) -> Int {
    let n = definition.name.utf8CodeUnitCount, count = definition.members.count
    for i in knownModules.indices where knownModules[i].memberCount == count && knownModules[i].name.utf8CodeUnitCount == n
        && memcmp(knownModules[i].name.utf8Start, definition.name.utf8Start, n) == 0 { return i }
    knownModules.append(KnownModule(name: definition.name, memberCount: count))
    return knownModules.count - 1
}

/// The records of a module's members; those of a further interpreter's module are the first one's.
private func moduleRecords(_ t: Thread, _ definition: ModuleDefinition) -> NativeRecordPointer {
    lockTypes(t)
    defer { unlockTypes(t) }
    let i = indexOfModule(definition)
    if let records = knownModules[i].records { return records }
    let records = NativeRecordPointer.allocate(capacity: definition.members.count)
    for i in 0..<definition.members.count { (records + i).initialize(to: NativeRecord(definition.members[i])) }
    knownModules[i].records = records
    return records
}

/// The lock under which a module is made; nil while there has been one interpreter only.
private func moduleLock(_ t: Thread, _ definition: ModuleDefinition) -> RuntimeLock? {
    if !hadSeveralInterpreters { return nil }
    lockTypes(t)
    defer { unlockTypes(t) }
    let i = indexOfModule(definition)
    let lock = knownModules[i].lock ?? makeRuntimeLock()
    knownModules[i].lock = lock
    return lock.isHeld(by: t) ? nil : lock
}

/// Whether a module function's signature begins with "($".
private func takesModule(_ s: StaticString) -> Bool { s.utf8CodeUnitCount > 2 && s.utf8Start[1] == 0x24 }
