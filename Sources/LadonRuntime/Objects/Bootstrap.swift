// The first types: before `bootstrapTypes` there are ids and names, after it every built-in TypeID has a type
// object and a shape, as yet without members, which `installType` fills in.

import LadonCore

/// Makes the object model's state and the type objects of all built-in ids. Once, on the main thread, after heap and names.
public func bootstrapTypes(_ t: Thread) {
    precondition(MemoryLayout<TypeCell>.offset(of: \TypeCell.version) == TypeField.version && MemoryLayout<TypeCell>.offset(of: \TypeCell.definition) == TypeField.definition
        && MemoryLayout<TypeCell>.offset(of: \TypeCell.shape) == TypeField.shape && MemoryLayout<TypeCell>.offset(of: \TypeCell.mro) == TypeField.mro, "field offsets moved")
    let model = UnsafeMutablePointer<ObjectModel>.allocate(capacity: 1)
    let version = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    version.initialize(to: 0)
    let methodCache = UnsafeMutablePointer<MethodCacheEntry>.allocate(capacity: methodCacheSize)
    methodCache.initialize(repeating: MethodCacheEntry(sequence: 0, version: 0, name: 0, value: 0, spare: 0), count: methodCacheSize)
    let shapeCache = UnsafeMutablePointer<ShapeCacheEntry>.allocate(capacity: shapeCacheSize)
    shapeCache.initialize(repeating: ShapeCacheEntry(sequence: 0, id: 0, name: 0, slot: 0), count: shapeCacheSize)
    let definitions = UnsafeMutablePointer<UnsafeMutablePointer<TypeDefinition>?>.allocate(capacity: maximumDefinitions)
    let definitionTypes = UnsafeMutablePointer<TypePointer?>.allocate(capacity: maximumDefinitions)
    definitionTypes.initialize(repeating: nil, count: maximumDefinitions)
    let getAttribute: BinaryFunction = object_getAttribute
    let setAttribute: TernaryFunction = object_setAttribute
    let typeGet: BinaryFunction = type_getAttribute
    let fallback: BinaryFunction = slot_getAttributeWithFallback
    let moduleGet: BinaryFunction = module_getAttribute
    model.initialize(to: ObjectModel(
        typeLock: makeRuntimeLock(), typeLockOwner: nil, typeLockDepth: 0, shapeLock: makeRuntimeLock(), lastVersion: version,
        methodCache: methodCache, shapeCache: shapeCache, definitions: definitions, definitionCount: 0, definitionTypes: definitionTypes,
        genericSlots: UnsafeMutablePointer<UnsafeRawPointer?>.allocate(capacity: 1), rowNames: Values.allocate(capacity: 1), rowCount: 0,
        rowIndex: UnsafeMutablePointer<(UInt, Int)>.allocate(capacity: 1),
        getAttributeWithFallback: unsafeBitCast(fallback, to: UnsafeRawPointer.self),
        objectGetAttribute: unsafeBitCast(getAttribute, to: UnsafeRawPointer.self), objectSetAttribute: unsafeBitCast(setAttribute, to: UnsafeRawPointer.self),
        typeGetAttribute: unsafeBitCast(typeGet, to: UnsafeRawPointer.self), moduleGetAttribute: unsafeBitCast(moduleGet, to: UnsafeRawPointer.self)))
    ladon_runtime.objects = UnsafeMutableRawPointer(model)
    ladonHooks.afterMark = {
        forgetLiveRegisters()
        sweepInlineCaches()
    }
    ladonHooks.finalize = { t, v in if let t { finalizeObject(t, v) } }
    ladonHooks.hasPythonFinalizer = { hasPythonFinalizer($0) }
    ladonHooks.runWeakCallback = { t, v in if let t { runWeakCallback(t, v) } }
    ladonHooks.idsFreed = { ids, count in if let ids { forgetIDs(ids, count) } }
    SlotTable.index(model)

    setLayout(TypeID.type.rawValue, Layout(prefix: 11))
    setLayout(TypeID.shape.rawValue, Layout(prefix: 4))
    holdOffCollections(t)
    for id in TypeID.allCases where id.rawValue >= TypeID.object.rawValue { makeBareType(t, id) }
    let object = builtinType(.object)
    for id in TypeID.allCases where id.rawValue >= TypeID.object.rawValue {
        let type = builtinType(id)
        if type == object {
            storeSlot(type.address(TypeField.mro), makeTuple(t, Value(object)))
            storeSlot(type.address(TypeField.bases), ladon_runtime.emptyTuple)
        } else {
            storeSlot(type.address(TypeField.base), Value(object))
            storeSlot(type.address(TypeField.mro), makeTuple(t, Value(type), Value(object)))
            storeSlot(type.address(TypeField.bases), makeTuple(t, Value(object)))
        }
        type.pointee.version = freshTypeVersion()
    }
    allowCollections(t)
}

/// A type object and shape under a fixed id. Its layout stays what it is until the type is installed.
private func makeBareType(_ t: Thread, _ id: TypeID) {
    guard let cell = allocateAny(t, id: TypeID.type.rawValue, bytes: TypePointer.cellSize) else { fatalError("no memory for the built-in types") }
    let type = cell.assumingMemoryBound(to: TypeCell.self)
    let shapeCell = allocate(t, id: TypeID.shape.rawValue, bytes: MemoryLayout<ShapeCell>.size)
    let s = shapeCell.assumingMemoryBound(to: ShapeCell.self)
    s.pointee.type = Value(type)
    s.pointee.id = id.rawValue
    type.pointee.shape = Value(s)
    type.pointee.id = id.rawValue
    type.pointee.nativeID = id.rawValue
    type.pointee.basicSize = 8
    type.pointee.flags = [.immutable]
    type.pointee.name = ladon_runtime.emptyString
    type.pointee.qualname = ladon_runtime.emptyString
    publishShape(id: id.rawValue, shape: s, layout: layout(ofID: id.rawValue))
    type.pointee.dict = makeDict(t)
}
