// Looking a name up along a type's MRO, behind one process-wide hashed cache.
//
// Cache entries are read without a lock: each has a sequence number that is odd while a writer is inside; a
// reader that sees an odd or a changed number misses. A cached answer holds as long as the type's version is
// the one it was found under: versions are never used twice, and a type's version changes whenever something
// in its MRO does. A reader fills only if the version was not 0 and the same before and after its lookup.
// The collector calls `clearLookupCaches` with the world stopped, because names may be freed.

import LadonCore

struct MethodCacheEntry {
    var sequence: UInt32
    var version: UInt32
    var name: UInt
    var value: UInt
    var spare: UInt
}

let methodCacheSize = 4096

/// The attribute `name` (interned) as found along the MRO of `type`, unbound; `.missing` when absent. Never raises, runs no Python code.
@inline(__always) public func lookupType(_ t: Thread, _ type: TypePointer, _ name: Value) -> Value {
    let version = type.currentVersion
    let slot = Int(truncatingIfNeeded: (UInt(version) &* 0x9E37_79B1) ^ (name.bits >> 4)) & (methodCacheSize - 1)
    let entry = UnsafeMutableRawPointer(objectModel.pointee.methodCache + slot)
    let sequence = ladon_load32_acquire(entry)
    if sequence & 1 == 0 && ladon_load32_relaxed(entry + 4) == version && ladon_load_relaxed(entry + 8) == name.bits && version != 0 {
        let found = ladon_load_acquire(entry + 16)
        if ladon_load32_relaxed(entry) == sequence { return Value(bits: found) }
    }
    return lookupTypeSlow(t, type, name, version)
}

/// The same for callers without a thread at hand.
public func lookupType(_ type: TypePointer, _ name: Value) -> Value { lookupType(ladon_get_current_thread().unsafelyUnwrapped, type, name) }

@inline(never) func lookupTypeSlow(_ t: Thread, _ type: TypePointer, _ name: Value, _ version: UInt32) -> Value {
    let found = lookupUncached(t, type, name)
    if version != 0 && type.currentVersion == version && name.header.pointee.small & StrFlags.interned != 0 {
        let slot = Int(truncatingIfNeeded: (UInt(version) &* 0x9E37_79B1) ^ (name.bits >> 4)) & (methodCacheSize - 1)
        let entry = UnsafeMutableRawPointer(objectModel.pointee.methodCache + slot)
        let sequence = ladon_load32_relaxed(entry)
        if sequence & 1 == 0 && ladon_cas32(entry, sequence, sequence &+ 1) {
            ladon_store32_relaxed(entry + 4, version)
            ladon_store_relaxed(entry + 8, name.bits)
            ladon_store_release(entry + 16, found.bits)
            ladon_store32_release(entry, sequence &+ 2)
        }
    }
    return found
}

/// One walk along the MRO.
func lookupUncached(_ t: Thread, _ type: TypePointer, _ name: Value) -> Value {
    let mro = type.mroTuple
    if mro.bits == 0 { return .missing }
    let n = mro.tupleCount
    var i = 0
    while i < n {
        let found = dictGetName(t, typeDictionary(t, mro.tupleItems[i].asType), name)
        if !found.isMissing { return found }
        i &+= 1
    }
    return .missing
}

/// Like `lookupType`, also telling the class that defines the name.
func lookupDefiner(_ t: Thread, _ type: TypePointer, _ name: Value, _ definer: inout TypePointer?) -> Value {
    let mro = type.mroTuple
    if mro.bits == 0 { return .missing }
    for i in 0..<mro.tupleCount {
        let c = mro.tupleItems[i].asType
        let found = dictGetName(t, typeDictionary(t, c), name)
        if !found.isMissing { definer = c; return found }
    }
    return .missing
}

/// Empties the hashed caches. Only with the world stopped.
public func clearLookupCaches() {
    guard let model = ladon_runtime.objects else { return }
    let m = model.assumingMemoryBound(to: ObjectModel.self)
    for i in 0..<methodCacheSize { m.pointee.methodCache[i] = MethodCacheEntry(sequence: 0, version: 0, name: 0, value: 0, spare: 0) }
    for i in 0..<shapeCacheSize { m.pointee.shapeCache[i] = ShapeCacheEntry(sequence: 0, id: 0, name: 0, slot: 0) }
}

/// The type's dictionary, with a native type's lazy members in it.
@inline(__always) public func typeDictionary(_ t: Thread, _ type: TypePointer) -> Value {
    if ladon_load32_acquire(UnsafeMutableRawPointer(type) + TypeField.definition) == 0 { return loadSlot(type.address(TypeField.dict)) }
    return fillTypeDictionary(t, type)
}

// MARK: special methods

/// Whether calling `descriptor` found on a type needs self put before the arguments, with no bound method made.
@inline(__always) public func bindsLikeFunction(_ descriptor: Value) -> Bool { typeOf(descriptor).hasFlag(.methodDescriptor) }

/// `name` looked up on the type of `v` and bound to it; `.missing` when absent.
public func lookupSpecial(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    let type = typeOf(v)
    let found = lookupType(t, type, name)
    if found.isMissing { return found }
    return bindDescriptor(t, found, v, Value(type))
}

/// The same without making a bound method for plain functions: then `unbound` is true and self is the first argument.
@inline(__always) public func lookupSpecial(_ t: Thread, _ v: Value, _ name: Value, _ unbound: inout Bool) -> Value {
    let type = typeOf(v)
    let found = lookupType(t, type, name)
    if found.isMissing { return found }
    if bindsLikeFunction(found) { unbound = true; return found }
    unbound = false
    return bindDescriptor(t, found, v, Value(type))
}

/// `descriptor.__get__(instance, type)` if its type has `__get__`, else itself. `instance` .none: through the class.
@inline(__always) public func bindDescriptor(_ t: Thread, _ descriptor: Value, _ instance: Value, _ type: Value) -> Value {
    guard let get = typeOf(descriptor).ternary(.descriptorGet) else { return descriptor }
    return get(t, descriptor, instance, type)
}

/// Calls `v.name()`; `.missing` when the type has no such method.
public func callSpecial(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    var unbound = false
    let f = lookupSpecial(t, v, name, &unbound)
    if f.isRaised || f.isMissing { return f }
    return unbound ? call(t, f, v) : call(t, f)
}

public func callSpecial(_ t: Thread, _ v: Value, _ name: Value, _ a: Value) -> Value {
    var unbound = false
    let f = lookupSpecial(t, v, name, &unbound)
    if f.isRaised || f.isMissing { return f }
    return unbound ? call(t, f, v, a) : call(t, f, a)
}

public func callSpecial(_ t: Thread, _ v: Value, _ name: Value, _ a: Value, _ b: Value) -> Value {
    var unbound = false
    let f = lookupSpecial(t, v, name, &unbound)
    if f.isRaised || f.isMissing { return f }
    return unbound ? call(t, f, v, a, b) : call(t, f, a, b)
}
