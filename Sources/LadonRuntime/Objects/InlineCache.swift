// Inline caches of attribute instructions.
//
// A cache word is
//   0                      empty
//   kind | fills << 5 | slot << 8 | id << 32     (kind odd, 5 bits; fills 3 bits; slot 24 bits)
//   the address of an immutable CacheEntry        (low four bits 0)
//
// What makes an answer valid:
//   * words with an id: the id names shape and type. A class that later gets a data descriptor of the name, a
//     `__getattribute__`, other bases and the like calls `flushAttributeCaches` (TypeChange.swift); the flag
//     `.attributesCached` on the type says that this may be needed.
//   * entries: the object's id, and the version of the type, which every change of the type or its bases renews.
// A site is filled at most `maximumFills` times; then its word is `megamorphic` and the general functions with
// their hashed caches serve it; every now and then such a site may try again (`isWorthFilling`). Sites between those, with
// a few shapes: PolymorphicCache.swift. CacheLifetime.swift says when entries die.

import LadonCore
import Glibc

enum CacheKind {
    static let loadInline: UInt64 = 1
    static let loadOverflow: UInt64 = 3
    static let storeInline: UInt64 = 5
    static let storeOverflow: UInt64 = 7
    static let megamorphic: UInt64 = 9
    /// Not cacheable so far; holds the number of fills.
    static let nothing: UInt64 = 11
    static let mask: UInt64 = 0x1F
}

/// Kinds of CacheEntry.
enum EntryKind {
    /// A function in the class: call it with the object before the arguments.
    static let method: UInt32 = 1
    /// The same, where the word at `extra` must be 0: instances may have a dict.
    static let methodNoDict: UInt32 = 2
    static let classValue: UInt32 = 3
    static let classValueNoDict: UInt32 = 4
    static let property: UInt32 = 5
    /// `target` is a NativeRecord.
    static let getSet: UInt32 = 6
    static let moduleEntry: UInt32 = 7
    /// The object is the class `type` itself; `owner` its metatype unless that is immutable.
    static let typeValue: UInt32 = 8
    /// A class method of the class object `type`: function `target`, receiver `extra`.
    static let typeClassMethod: UInt32 = 9
    /// A class method found through an instance.
    static let classMethod: UInt32 = 10
    /// Any other descriptor without `__set__`.
    static let descriptor: UInt32 = 11
    /// Adds an inline slot: `slot` the byte offset, `ownerVersion` the new id, `target` the name.
    static let storeTransition: UInt32 = 12
}

/// Three bits hold the number.
let maximumFills: UInt64 = 7

extension TypeFlags {
    /// Some inline cache may hold an answer for instances of this type that only the id guards.
    static var attributesCached: TypeFlags { TypeFlags(rawValue: 1 << 15) }
}

typealias EntryPointer = UnsafeMutablePointer<CacheEntry>

@inline(__always) private func entry(_ word: UInt64) -> EntryPointer { EntryPointer(bitPattern: UInt(word)).unsafelyUnwrapped }
@inline(__always) private func isEntry(_ word: UInt64) -> Bool { word & 0xF == 0 && word != 0 }
@inline(__always) private func versionOf(_ type: UInt) -> UInt32 { ladon_load32_acquire(UnsafeMutableRawPointer(bitPattern: type).unsafelyUnwrapped + TypeField.version) }

// MARK: hits

/// An attribute in an inline slot (or a member of `__slots__`); 0: miss.
@inline(__always) public func cachedLoad(word: UInt64, _ v: Value) -> Value {
    if word & CacheKind.mask == CacheKind.loadInline && v.isCell && v.id == UInt32(truncatingIfNeeded: word >> 32) {
        return loadSlot((v.cell + Int(truncatingIfNeeded: (word >> 8) & 0xFF_FFFF)).assumingMemoryBound(to: Value.self))
    }
    return Value(bits: 0)
}

/// Overwrites an inline slot; false: miss.
@inline(__always) public func cachedStore(_ t: Thread, _ word: UInt64, _ v: Value, _ value: Value) -> Bool {
    if word & CacheKind.mask == CacheKind.storeInline && v.isCell && v.id == UInt32(truncatingIfNeeded: word >> 32) {
        let at = (v.cell + Int(truncatingIfNeeded: (word >> 8) & 0xFF_FFFF)).assumingMemoryBound(to: Value.self)
        if t.pointee.locks == 0 { storeSlot(at, value); return true }
        return lockedStore(t, v, UInt32(truncatingIfNeeded: word >> 32), at, value)
    }
    return false
}

@inline(never) func lockedStore(_ t: Thread, _ v: Value, _ id: UInt32, _ at: UnsafeMutablePointer<Value>, _ value: Value) -> Bool {
    lockCell(t, v)
    let same = v.id == id
    if same { storeSlot(at, value) }
    unlockCell(t, v)
    return same
}

/// LOAD_METHOD: the function and what goes before the arguments (0: nothing). False: miss.
@inline(__always) public func cachedMethod(_ word: UInt64, _ v: Value, _ target: inout Value, _ receiver: inout Value) -> Bool {
    if !isEntry(word) {
        target = cachedLoad(word: word, v)
        receiver = Value(bits: 0)
        return target.bits != 0
    }
    let e = entry(word)
    if e.pointee.kind == EntryKind.method && v.isCell && v.id == e.pointee.id && versionOf(e.pointee.type) == e.pointee.version {
        target = Value(bits: e.pointee.target)
        receiver = v
        return true
    }
    return cachedMethodOther(e, v, &target, &receiver)
}

@inline(never) func cachedMethodOther(_ e: EntryPointer, _ v: Value, _ target: inout Value, _ receiver: inout Value) -> Bool {
    switch e.pointee.kind {
    case EntryKind.moduleEntry:
        let found = moduleEntryValue(e, v)
        if found.bits == 0 { return false }
        target = found
        receiver = Value(bits: 0)
        return true
    case EntryKind.typeValue:
        if !typeGuard(e, v) { return false }
        target = Value(bits: e.pointee.target)
        receiver = Value(bits: 0)
        return true
    case EntryKind.typeClassMethod:
        if !typeGuard(e, v) { return false }
        target = Value(bits: e.pointee.target)
        receiver = Value(bits: e.pointee.extra)
        return true
    case EntryKind.method:
        if !instanceGuard(e, v) { return false }
        target = Value(bits: e.pointee.target)
        receiver = v
        return true
    case EntryKind.methodNoDict:
        if !instanceGuard(e, v) || !dictLacksMethod(e, v) { return false }
        target = Value(bits: e.pointee.target)
        receiver = v
        return true
    case EntryKind.classMethod:
        if !instanceGuard(e, v) { return false }
        target = Value(bits: e.pointee.target)
        receiver = Value(bits: e.pointee.extra)
        return true
    case EntryKind.classValue:
        if !instanceGuard(e, v) { return false }
        target = Value(bits: e.pointee.target)
        receiver = Value(bits: 0)
        return true
    case EntryKind.several: return nodeMethod(e, v, &target, &receiver)
    default:
        return false
    }
}

@inline(__always) private func instanceGuard(_ e: EntryPointer, _ v: Value) -> Bool {
    typeOrShapeID(v) == e.pointee.id && versionOf(e.pointee.type) == e.pointee.version
}

@inline(__always) private func dictIsEmpty(_ e: EntryPointer, _ v: Value) -> Bool {
    loadSlot((v.cell + Int(e.pointee.extra)).assumingMemoryBound(to: Value.self)).bits == 0
}

/// Whether the instance's own attributes leave a method of its type to be found: there are none, or (slot 1: the method goes
/// by its own name) none of that name. An open file has one, `mode`.
@inline(__always) private func dictLacksMethod(_ e: EntryPointer, _ v: Value) -> Bool {
    let dict = loadSlot((v.cell + Int(e.pointee.extra)).assumingMemoryBound(to: Value.self))
    if dict.bits == 0 { return true }
    return e.pointee.slot == 1 && isAbsent(Value(bits: e.pointee.target).cell(as: MethodDescriptorCell.self).pointee.name, from: dict)
}

private func isAbsent(_ name: Value, from dict: Value) -> Bool { dictFindString(dictTable(dict), name, stringHash(name)) < 0 }

@inline(__always) private func typeGuard(_ e: EntryPointer, _ v: Value) -> Bool {
    v.bits == e.pointee.type && versionOf(e.pointee.type) == e.pointee.version
        && (e.pointee.owner == 0 || versionOf(e.pointee.owner) == e.pointee.ownerVersion)
}

@inline(__always) private func moduleEntryValue(_ e: EntryPointer, _ v: Value) -> Value {
    if !v.isCell || v.id != e.pointee.id { return Value(bits: 0) }
    let dict = loadSlot((v.cell + 8).assumingMemoryBound(to: Value.self))
    if dict.bits != e.pointee.owner { return Value(bits: 0) }
    return dictGetCached(dict, e.pointee.ownerVersion, Int(e.pointee.slot))
}

/// The kinds that `cachedLoad` leaves: `.missing` for a miss, 0 when an accessor raised.
@inline(never) public func cachedLoadSlow(_ t: Thread, _ word: UInt64, _ v: Value, _ name: Value) -> Value {
    if word & 1 != 0 {
        if word & CacheKind.mask != CacheKind.loadOverflow || !v.isCell || v.id != UInt32(truncatingIfNeeded: word >> 32) { return .missing }
        let offset = Int(truncatingIfNeeded: (word >> 24) & 0xFF) * 8
        let found = loadOverflow(loadSlot((v.cell + offset).assumingMemoryBound(to: Value.self)), Int(truncatingIfNeeded: (word >> 8) & 0xFFFF))
        return found.bits == 0 ? .missing : found
    }
    if !isEntry(word) { return .missing }
    let e = entry(word)
    let target = Value(bits: e.pointee.target)
    switch e.pointee.kind {
    case EntryKind.classValue: return instanceGuard(e, v) ? target : .missing
    case EntryKind.moduleEntry:
        let found = moduleEntryValue(e, v)
        return found.bits == 0 ? .missing : found
    case EntryKind.typeValue: return typeGuard(e, v) ? target : .missing
    case EntryKind.method: return instanceGuard(e, v) ? makeMethod(t, target, v) : .missing
    case EntryKind.methodNoDict: return instanceGuard(e, v) && dictLacksMethod(e, v) ? makeMethod(t, target, v) : .missing
    case EntryKind.classValueNoDict: return instanceGuard(e, v) && dictIsEmpty(e, v) ? target : .missing
    case EntryKind.property: return instanceGuard(e, v) ? call(t, target, v) : .missing
    case EntryKind.getSet:
        if !instanceGuard(e, v) { return .missing }
        let record = NativeRecordPointer(bitPattern: e.pointee.target).unsafelyUnwrapped
        return callGetter(t, record, v)
    case EntryKind.typeClassMethod: return typeGuard(e, v) ? makeMethod(t, target, Value(bits: e.pointee.extra)) : .missing
    case EntryKind.classMethod: return instanceGuard(e, v) ? makeMethod(t, target, Value(bits: e.pointee.extra)) : .missing
    case EntryKind.descriptor:
        if !instanceGuard(e, v) { return .missing }
        return bindDescriptor(t, target, v, Value(bits: e.pointee.type))
    case EntryKind.several: return nodeLoad(t, e, v, name)
    default: return .missing
    }
}

/// The getter of a cached property, to be called with `v`; 0 when the word says something else.
@inline(__always) public func cachedProperty(_ word: UInt64, _ v: Value) -> Value {
    if !isEntry(word) { return Value(bits: 0) }
    let e = entry(word)
    if e.pointee.kind == EntryKind.several { return nodeProperty(e, v) }
    return e.pointee.kind == EntryKind.property && instanceGuard(e, v) ? Value(bits: e.pointee.target) : Value(bits: 0)
}

/// The kinds that `cachedStore` leaves. False: miss, nothing done.
@inline(never) public func cachedStoreSlow(_ t: Thread, _ word: UInt64, _ v: Value, _ value: Value) -> Bool {
    if !v.isCell { return false }
    if word & 1 != 0 {
        let id = UInt32(truncatingIfNeeded: word >> 32)
        if word & CacheKind.mask != CacheKind.storeOverflow || v.id != id { return false }
        let s = shape(ofID: id)
        return overwriteSlot(t, v, s, Int(truncatingIfNeeded: (word >> 8) & 0xFFFF) + Int(s.pointee.inlineSlots), value)
    }
    if !isEntry(word) { return false }
    let e = entry(word)
    if e.pointee.kind == EntryKind.several { return nodeStore(t, e, v, value) }
    let id = e.pointee.id
    if e.pointee.kind != EntryKind.storeTransition || v.id != id || versionOf(e.pointee.type) != e.pointee.version { return false }
    // What the entry says is read before the lock: another thread's flush may retire it, but not free it before a safepoint.
    let newID = e.pointee.ownerVersion
    // The entry does not keep the new shape alive: its id may be free by now, or another shape's.
    guard let child = UnsafeMutablePointer<ShapeCell>(bitPattern: ladon_load_acquire(ladon_runtime.shapes + Int(newID))),
          child.pointee.parent == Value(shape(ofID: id)), child.pointee.name.bits == e.pointee.target else { return false }
    let at = (v.cell + Int(e.pointee.slot)).assumingMemoryBound(to: Value.self)
    lockCell(t, v)
    // A collection may have come while this waited for the lock.
    let same = v.id == id && ladon_load_acquire(ladon_runtime.shapes + Int(newID)) == UInt(bitPattern: child)
    if same {
        storeSlot(at, value)
        ladon_store32_release(v.cell, newID)
    }
    unlockCell(t, v)
    return same
}

// MARK: fills

@inline(__always) private func fills(_ word: UInt64) -> UInt64 {
    if word == 0 { return 0 }
    return word & 1 != 0 ? (word >> 5) & 7 : UInt64(entry(word).pointee.fills)
}

/// Whether a site whose word is `old` shall be filled. One that gave up may take the next two objects when it is the one to try:
/// counted by thread, not by site, since sites are shared and a count in each would be written by every thread.
@inline(__always) private func isWorthFilling(_ t: Thread, _ old: inout UInt64) -> Bool {
    if isSimplifying(t, old) {
        old = CacheKind.nothing | 1 << 5
        return true
    }
    if old & CacheKind.mask != CacheKind.megamorphic { return true }
    t.pointee.uncachedAccesses &+= 1
    if t.pointee.uncachedAccesses & 511 != 0 { return false }
    old = CacheKind.nothing | (maximumFills - 2) << 5
    return true
}

private func publish(_ t: Thread, _ word: UnsafeMutablePointer<UInt64>, _ old: UInt64, _ new: UInt64) {
    // Making `new` may have let a collection pass, which frees what another thread has replaced meanwhile.
    if isEntry(old) && UInt64(ladon_load_acquire(word)) != old {
        if isEntry(new) { free(UnsafeMutableRawPointer(bitPattern: UInt(new))) }
        return
    }
    noteFilledCache(word)
    let count = fills(old) + 1
    let isAnswer = isEntry(old) || old & CacheKind.mask < CacheKind.megamorphic && old != 0
    if isAnswer && new != 0 && count > 2 && count <= maximumFills { return publishBeside(t, word, old, new, fills: count) }
    var stored = new
    if count > maximumFills {
        stored = CacheKind.megamorphic
        if isEntry(new) { free(UnsafeMutableRawPointer(bitPattern: UInt(new))) }
    } else if new == 0 {
        stored = CacheKind.nothing | count << 5
    } else if new & 1 != 0 {
        stored = new | count << 5
    } else {
        entry(new).pointee.fills = UInt32(count)
    }
    // Another thread may have filled the word meanwhile: exactly one of us retires each entry that leaves it.
    let replaced = UInt64(ladon_exchange(word, UInt(stored)))
    forEachEntry(replaced) { retireEntry(t, $0) }
}

private func compact(_ kind: UInt64, slot: Int, id: UInt32) -> UInt64 { kind | UInt64(slot) << 8 | UInt64(id) << 32 }

private func makeEntry(_ t: Thread, _ kind: UInt32, id: UInt32 = 0, type: TypePointer, version: UInt32, target: UInt) -> EntryPointer {
    guard let memory = malloc(MemoryLayout<CacheEntry>.size) else { fatalError("no memory for an inline cache") }
    let e = memory.assumingMemoryBound(to: CacheEntry.self)
    e.initialize(to: CacheEntry(kind: kind, id: id, version: version, ownerVersion: 0, type: UInt(bitPattern: type), owner: 0, target: target, slot: 0, fills: 0, extra: 0))
    return e
}

private func wordOf(_ e: EntryPointer) -> UInt64 { UInt64(UInt(bitPattern: e)) }

private func noteCached(_ type: TypePointer) {
    if !type.hasFlag(.attributesCached) { addFlag(type, .attributesCached) }
}

/// What a cache could remember about loading `v.name`; 0 when nothing.
func attributeCacheWord(_ t: Thread, _ v: Value, _ name: Value) -> UInt64 {
    let type = typeOf(v)
    let version = type.currentVersion
    if version == 0 { return 0 }
    var get = type.slot(.getAttribute)
    let model = objectModel
    // Where there is a `__getattr__` too, what is found in the ordinary way is the answer, unless it is found by running code, which
    // may raise an AttributeError.
    let fallsBack = get == model.pointee.getAttributeWithFallback
    if fallsBack { get = ordinaryGetAttribute(t, type) }
    if get == model.pointee.typeGetAttribute && isType(v) { return typeCacheWord(t, v, type, version, name, fallsBack) }
    let isModule = get == model.pointee.moduleGetAttribute
    if get != model.pointee.objectGetAttribute && !isModule { return 0 }
    let id = typeOrShapeID(v)
    let found = lookupType(t, type, name)
    let kind = found.isMissing ? nil : typeOf(found)
    if let kind, kind.hasFlag(.dataDescriptor) { return fallsBack ? 0 : dataDescriptorWord(t, found, type, version, id) }
    if isModule {
        let dict = loadSlot(fieldAddress(v, 8))
        if dict.bits == 0 || !dict.isExactly(.dict) { return 0 }
        let keys = dictVersion(t, dict)
        guard keys != 0, let index = dictFindIndex(t, dict, name) else { return 0 }
        let e = makeEntry(t, EntryKind.moduleEntry, id: id, type: type, version: version, target: 0)
        e.pointee.owner = dict.bits
        e.pointee.ownerVersion = keys
        e.pointee.slot = UInt32(index)
        return wordOf(e)
    }
    var guardOffset: UInt32 = 0
    let goesByItsName = !found.isMissing && found.isExactly(.methodDescriptor) && found.cell(as: MethodDescriptorCell.self).pointee.name == name
    let s = shape(ofID: id)
    if s.pointee.attributeOffset != 0 {
        if s.pointee.isDictionary != 0 { return 0 }
        let slot = shapeSlot(s, name)
        if slot >= 0 {
            if s.pointee.attributeOffset & variableOffsetBit != 0 { return 0 }
            noteCached(type)
            let inline = Int(s.pointee.inlineSlots)
            if slot < inline { return compact(CacheKind.loadInline, slot: Int(s.pointee.attributeOffset) + 8 + slot * 8, id: id) }
            let index = slot - inline
            if index > 0xFFFF || s.pointee.attributeOffset >= 2048 { return 0 }
            return compact(CacheKind.loadOverflow, slot: index | Int(s.pointee.attributeOffset / 8) << 16, id: id)
        }
    } else if type.pointee.dictOffset != 0 {
        guardOffset = type.pointee.dictOffset
        if guardOffset & variableOffsetBit != 0 { return 0 }
        let dict = loadSlot(fieldAddress(v, guardOffset))
        if dict.bits != 0 && !(goesByItsName && isAbsent(name, from: dict)) { return 0 }
    }
    guard let kind else { return 0 }
    if kind.hasFlag(.methodDescriptor) {
        let e = makeEntry(t, guardOffset == 0 ? EntryKind.method : EntryKind.methodNoDict, id: id, type: type, version: version, target: found.bits)
        e.pointee.extra = UInt(guardOffset)
        if goesByItsName { e.pointee.slot = 1 }
        return wordOf(e)
    }
    if !kind.has(.descriptorGet) {
        let e = makeEntry(t, guardOffset == 0 ? EntryKind.classValue : EntryKind.classValueNoDict, id: id, type: type, version: version, target: found.bits)
        e.pointee.extra = UInt(guardOffset)
        return wordOf(e)
    }
    if guardOffset != 0 { return 0 }
    if found.isExactly(.staticMethod) {
        let callable = loadSlot(fieldAddress(found, 8))
        return callable.bits == 0 ? 0 : wordOf(makeEntry(t, EntryKind.classValue, id: id, type: type, version: version, target: callable.bits))
    }
    if let function = plainClassMethod(found) {
        let e = makeEntry(t, EntryKind.classMethod, id: id, type: type, version: version, target: function.bits)
        e.pointee.extra = UInt(bitPattern: type)
        return wordOf(e)
    }
    return fallsBack ? 0 : wordOf(makeEntry(t, EntryKind.descriptor, id: id, type: type, version: version, target: found.bits))
}

/// The function of a classmethod that binds by putting the class first.
private func plainClassMethod(_ found: Value) -> Value? {
    if !found.isExactly(.classMethod) { return nil }
    let callable = loadSlot(fieldAddress(found, 8))
    return callable.bits != 0 && callable.isExactly(.function) ? callable : nil
}

private func dataDescriptorWord(_ t: Thread, _ found: Value, _ type: TypePointer, _ version: UInt32, _ id: UInt32) -> UInt64 {
    if found.isExactly(.property) {
        let getter = loadSlot(fieldAddress(found, 8))
        if getter.bits == 0 || getter.isNone { return 0 }
        return wordOf(makeEntry(t, EntryKind.property, id: id, type: type, version: version, target: getter.bits))
    }
    if found.isExactly(.memberDescriptor) {
        let m = found.cell(as: MemberDescriptorCell.self)
        if let record = m.pointee.record {
            if !isSubtype(type, m.pointee.owner.asType) { return 0 }
            return wordOf(makeEntry(t, EntryKind.getSet, id: id, type: type, version: version, target: UInt(bitPattern: record)))
        }
        if m.pointee.offset & variableOffsetBit != 0 || m.pointee.flags & MemberDescriptorCell.noneWhenEmpty != 0 || id == TypeID.int.rawValue { return 0 }
        if !isSubtype(type, m.pointee.owner.asType) { return 0 }
        noteCached(type)
        return compact(CacheKind.loadInline, slot: Int(m.pointee.offset), id: id)
    }
    if found.isExactly(.getSetDescriptor) && isSubtype(type, found.asMethodDescriptor.pointee.owner.asType) {
        let record = found.asMethodDescriptor.pointee.record
        return wordOf(makeEntry(t, EntryKind.getSet, id: id, type: type, version: version, target: UInt(bitPattern: record)))
    }
    return 0
}

private func typeCacheWord(_ t: Thread, _ v: Value, _ metatype: TypePointer, _ metaversion: UInt32, _ name: Value, _ fallsBack: Bool) -> UInt64 {
    let meta = lookupType(t, metatype, name)
    if !meta.isMissing && typeOf(meta).hasFlag(.dataDescriptor) { return fallsBack ? 0 : dataDescriptorWord(t, meta, metatype, metaversion, v.id) }
    let type = v.asType
    let version = type.currentVersion
    if version == 0 { return 0 }
    let found = lookupType(t, type, name)
    if found.isMissing { return 0 }
    var kind = EntryKind.typeValue
    var target = found
    var receiver: UInt = 0
    let foundType = typeOf(found)
    if foundType.has(.descriptorGet) {
        if found.isExactly(.staticMethod) {
            target = loadSlot(fieldAddress(found, 8))
            if target.bits == 0 { return 0 }
        } else if let function = plainClassMethod(found) {
            kind = EntryKind.typeClassMethod
            target = function
            receiver = v.bits
        } else if !found.isExactly(.function) && !found.isExactly(.methodDescriptor) && !found.isExactly(.wrapperDescriptor)
                    && !found.isExactly(.property) && !found.isExactly(.memberDescriptor) && !found.isExactly(.getSetDescriptor) {
            return 0
        }
    }
    let e = makeEntry(t, kind, type: type, version: version, target: target.bits)
    e.pointee.extra = receiver
    if !metatype.hasFlag(.immutable) {
        e.pointee.owner = UInt(bitPattern: metatype)
        e.pointee.ownerVersion = metaversion
    }
    return wordOf(e)
}

/// Loads `v.name` and refills the site's cache.
@inline(never) public func loadAttributeCaching(_ t: Thread, _ v: Value, _ name: Value, _ word: UnsafeMutablePointer<UInt64>) -> Value {
    var old = UInt64(ladon_load_acquire(word))
    if isWorthFilling(t, &old) { publish(t, word, old, attributeCacheWord(t, v, name)) }
    return getAttribute(t, v, name)
}

/// Looks `v.name` up for a call and refills the site's cache: into[0] the function, into[1] what goes before the arguments or 0. False: raised.
@inline(never) public func loadMethodCaching(_ t: Thread, _ v: Value, _ name: Value, _ word: UnsafeMutablePointer<UInt64>, into: Values) -> Bool {
    var old = UInt64(ladon_load_acquire(word))
    if isWorthFilling(t, &old) { publish(t, word, old, attributeCacheWord(t, v, name)) }
    if v.isExactly(.super) {
        var receiver = Value(bits: 0)
        let found = superMethod(t, v, name, &receiver)
        if !found.isMissing {
            into[0] = found
            into[1] = receiver
            return true
        }
    }
    var unbound = false
    let found = lookupMethod(t, v, name, &unbound)
    if found.isRaised { return false }
    into[0] = found
    into[1] = unbound ? v : Value(bits: 0)
    return true
}

/// Stores `v.name = value` and refills the site's cache. -1: raised.
@inline(never) public func storeAttributeCaching(_ t: Thread, _ v: Value, _ name: Value, _ value: Value, _ word: UnsafeMutablePointer<UInt64>) -> Truth {
    var old = UInt64(ladon_load_acquire(word))
    if isWorthFilling(t, &old) { publish(t, word, old, storeCacheWord(t, v, name)) }
    return setAttribute(t, v, name, value)
}

private func storeCacheWord(_ t: Thread, _ v: Value, _ name: Value) -> UInt64 {
    let type = typeOf(v)
    if !v.isCell || type.currentVersion == 0 || type.slot(.setAttribute) != objectModel.pointee.objectSetAttribute { return 0 }
    let id = v.id
    let found = lookupType(t, type, name)
    if !found.isMissing && typeOf(found).has(.descriptorSet) {
        if !found.isExactly(.memberDescriptor) { return 0 }
        let m = found.cell(as: MemberDescriptorCell.self)
        if m.pointee.offset & variableOffsetBit != 0 || m.pointee.flags != 0 || !isSubtype(type, m.pointee.owner.asType) { return 0 }
        noteCached(type)
        return compact(CacheKind.storeInline, slot: Int(m.pointee.offset), id: id)
    }
    let s = shape(ofID: id)
    if s.pointee.attributeOffset == 0 || s.pointee.isDictionary != 0 || s.pointee.attributeOffset & variableOffsetBit != 0 { return 0 }
    let slot = shapeSlot(s, name)
    let inline = Int(s.pointee.inlineSlots)
    let base = Int(s.pointee.attributeOffset) + 8
    if slot >= 0 {
        if slot - inline > 0xFFFF { return 0 }
        noteCached(type)
        return slot < inline ? compact(CacheKind.storeInline, slot: base + slot * 8, id: id) : compact(CacheKind.storeOverflow, slot: slot - inline, id: id)
    }
    let next = Int(s.pointee.count)
    guard next < inline, let child = childShape(t, s, name) else { return 0 }
    noteCached(type)
    let version = type.currentVersion
    if version == 0 { return 0 }
    let e = makeEntry(t, EntryKind.storeTransition, id: id, type: type, version: version, target: child.pointee.name.bits)
    e.pointee.slot = UInt32(base + next * 8)
    e.pointee.ownerVersion = child.pointee.id
    return wordOf(e)
}
