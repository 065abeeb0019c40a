// Filling and refreshing the slots of types. Callers hold the type lock, or the type is not published yet.

import LadonCore

/// Copies from `base` every slot that `type` leaves empty, in the groups that belong together.
func inheritSlots(_ type: TypePointer, from base: TypePointer, overridesHash: Bool) {
    let mine = type.slotTable, theirs = base.slotTable
    let compare = Slot.compare.rawValue, hash = Slot.hash.rawValue, new = Slot.new.rawValue
    // Equality and hash go together: who defines one of them inherits neither.
    let pair = mine[compare] == nil && mine[hash] == nil && !overridesHash
    for i in 0..<Slot.count where mine[i] == nil {
        if (i == compare || i == hash) && !pair { continue }
        if i == new { continue }
        mine[i] = theirs[i]
    }
}

/// Slots of a fresh Python class: inherited, then those whose dunders its own dict (or another base) defines.
func fillSlots(_ t: Thread, _ type: TypePointer) {
    let bases = loadSlot(type.address(TypeField.bases))
    let base = type.basePointer.unsafelyUnwrapped
    let mine = type.slotTable, theirs = base.slotTable
    if bases.tupleCount == 1 && followsBase(type, base) {
        for i in 0..<Slot.count { mine[i] = theirs[i] }
        mine[Slot.getBuffer.rawValue] = theirs[Slot.getBuffer.rawValue]
        let dict = typeDictionary(t, type)
        var position = 0
        var key = Value.none, value = Value.none
        while dictNext(dict, &position, &key, &value) { updateSlot(t, type, named: key) }
    } else {
        mine[Slot.getBuffer.rawValue] = inheritedAlongMRO(type, .getBuffer)
        mine[Slot.releaseBuffer.rawValue] = inheritedAlongMRO(type, .releaseBuffer)
        updateAllSlots(t, type)
    }
    refreshFlags(t, type)
}

/// Whether the MRO is the base's with the type before it (a metaclass's `mro()` may say otherwise).
private func followsBase(_ type: TypePointer, _ base: TypePointer) -> Bool {
    let mine = type.mroTuple, above = base.mroTuple
    if mine.tupleCount != above.tupleCount + 1 { return false }
    for i in 0..<above.tupleCount where mine.tupleItems[i + 1] != above.tupleItems[i] { return false }
    return true
}

private func inheritedAlongMRO(_ type: TypePointer, _ slot: Slot) -> UnsafeRawPointer? {
    let mro = type.mroTuple
    var i = 1
    while i < mro.tupleCount {
        if let f = mro.tupleItems[i].asType.slot(slot) { return f }
        i += 1
    }
    return nil
}

func updateAllSlots(_ t: Thread, _ type: TypePointer) {
    let rows = SlotTable.rows
    var i = 0
    while i < rows.count {
        updateSlotRows(t, type, i, rows)
        let slot = rows[i].slot
        while i < rows.count && rows[i].slot == slot { i += 1 }
    }
}

/// Recomputes every slot that the dunder `n` has a row for.
func updateSlot(_ t: Thread, _ type: TypePointer, named n: Value) {
    if SlotTable.firstRow(n) < 0 { return }
    let rows = SlotTable.rows
    let names = objectModel.pointee.rowNames
    for i in 0..<rows.count where names[i] == n {
        var first = i
        while first > 0 && rows[first - 1].slot == rows[i].slot { first -= 1 }
        updateSlotRows(t, type, first, rows)
    }
}

/// Recomputes the slot whose rows begin at `first`: the native function when all dunders found are wrappers of
/// the same one, else the generic function, else none.
private func updateSlotRows(_ t: Thread, _ type: TypePointer, _ first: Int, _ rows: [SlotRow]) {
    let slot = rows[first].slot
    let names = objectModel.pointee.rowNames
    var specific: UnsafeRawPointer?
    var generic: UnsafeRawPointer?
    var useGeneric = false
    var i = first
    while i < rows.count && rows[i].slot == slot {
        let row = i
        i += 1
        let found = lookupUncached(t, type, names[row])
        if found.isMissing { continue }
        if found.isExactly(.wrapperDescriptor) {
            let w = found.asWrapperDescriptor
            let theirs = rows[w.pointee.row]
            // `__add__` has a row for the number and one for the sequence slot: a wrapper counts for its own.
            if theirs.slot != slot && theirs.name == rows[row].name && isSubtype(type, w.pointee.owner.asType) { continue }
            generic = rows[row].generic
            if (specific == nil || specific == w.pointee.function) && w.pointee.row == row && isSubtype(type, w.pointee.owner.asType) {
                specific = w.pointee.function
            } else {
                useGeneric = true
            }
            continue
        }
        if let native = coexistingSlot(found, slot, of: type) {
            generic = rows[row].generic
            if specific == nil || specific == native { specific = native } else { useGeneric = true }
            continue
        }
        if slot == .new, let native = nativeNewSlot(found) {
            specific = native
            continue
        }
        if slot == .hash && found.isNone {
            let f: UnaryFunction = slot_unhashable
            specific = unsafeBitCast(f, to: UnsafeRawPointer.self)
            continue
        }
        if rows[row].generic == nil { continue }
        generic = rows[row].generic
        useGeneric = true
    }
    var result = specific != nil && !useGeneric ? specific : generic
    if slot == .getAttribute && !lookupUncached(t, type, name(.__getattr__)).isMissing {
        result = objectModel.pointee.getAttributeWithFallback
    }
    type.slotTable[slot.rawValue] = result
    if slot == .getAttr { updateSlotRows(t, type, SlotTable.firstRow(name(.__getattribute__)), rows) }
}

/// The native function of a slot whose dunder is a method of its own (`dict.__getitem__`) and no wrapper.
private func coexistingSlot(_ found: Value, _ slot: Slot, of type: TypePointer) -> UnsafeRawPointer? {
    guard found.isExactly(.methodDescriptor), found.asMethodDescriptor.pointee.record.pointee.member.kind == .coexist else { return nil }
    let owner = found.asMethodDescriptor.pointee.owner.asType
    return isSubtype(type, owner) ? owner.slotTable[slot.rawValue] : nil
}

/// The `new` slot behind a built-in `__new__`, if `found` is one that the runtime made for a slot.
private func nativeNewSlot(_ found: Value) -> UnsafeRawPointer? {
    if !found.isExactly(.nativeFunction) || found.asNativeFunction.pointee.record != newRecord { return nil }
    return found.asNativeFunction.pointee.receiver.asType.slot(.new)
}

/// Flags that follow from slots and from the bases.
func refreshFlags(_ t: Thread, _ type: TypePointer) {
    var flags = type.pointee.flags
    flags.remove([.descriptor, .dataDescriptor, .customGetAttribute, .customSetAttribute, .hasFinalizer, .methodDescriptor])
    let model = objectModel
    if type.has(.descriptorGet) { flags.insert(.descriptor) }
    if type.has(.descriptorSet) { flags.insert(.dataDescriptor) }
    let get = type.slot(.getAttribute)
    if get != model.pointee.objectGetAttribute && get != model.pointee.typeGetAttribute && get != model.pointee.moduleGetAttribute { flags.insert(.customGetAttribute) }
    if type.slot(.setAttribute) != model.pointee.objectSetAttribute { flags.insert(.customSetAttribute) }
    if type.has(.finalize) { flags.insert(.hasFinalizer) }
    if !type.hasFlag(.heapType) && type.hasFlag(.methodDescriptor) { flags.insert(.methodDescriptor) }
    // The bit for attribute caches is added by any thread at any time.
    let at = UnsafeMutableRawPointer(type) + TypeField.flags
    while true {
        let old = ladon_load32_relaxed(at)
        let new = flags.subtracting(.attributesCached).rawValue | (old & TypeFlags.attributesCached.rawValue)
        if ladon_cas32(at, old, new) { return }
    }
}

func addFlag(_ type: TypePointer, _ f: TypeFlags) { _ = ladon_fetch_or32(UnsafeMutableRawPointer(type) + TypeField.flags, f.rawValue) }
func removeFlag(_ type: TypePointer, _ f: TypeFlags) { _ = ladon_fetch_and32(UnsafeMutableRawPointer(type) + TypeField.flags, ~f.rawValue) }

/// Runs `body` for every direct subclass that is alive.
func forEachSubclass(_ t: Thread, _ type: TypePointer, _ body: (TypePointer) -> Void) {
    let list = loadSlot(type.address(TypeField.subclasses))
    if list.bits == 0 { return }
    let n = list.cell(as: StorageCell.self).pointee.capacity
    var i = 0
    while i < n {
        let v = loadSlot(list.storageItems + i)
        i += 1
        if v.bits == 0 { continue }
        if isType(v) { body(v.asType); continue }
        let referent = weakReferent(v)
        if !referent.isNone { body(referent.asType) }
    }
    ladon_keep_alive(list)
}

/// Remembers `type` as a subclass of `base`: built-in types for ever, Python classes weakly.
func addSubclass(_ t: Thread, _ base: TypePointer, _ type: TypePointer) -> Bool {
    let item: Value
    if type.hasFlag(.heapType) {
        item = makeWeakReference(t, referent: Value(type), callback: .none)
        if item.isRaised { return false }
    } else {
        item = Value(type)
    }
    let list = loadSlot(base.address(TypeField.subclasses))
    let capacity = list.bits == 0 ? 0 : list.cell(as: StorageCell.self).pointee.capacity
    var i = 0
    while i < capacity {
        let v = list.storageItems[i]
        if v == item { return true }
        if v.bits == 0 || (!isType(v) && weakReferent(v).isNone) {
            storeSlot(list.storageItems + i, item)
            return true
        }
        i += 1
    }
    let larger = makeStorage(t, capacity: max(2, capacity * 2))
    if larger.isRaised { return false }
    i = 0
    while i < capacity { larger.storageItems[i] = list.storageItems[i]; i += 1 }
    larger.storageItems[capacity] = item
    storeSlot(base.address(TypeField.subclasses), larger)
    return true
}

func removeSubclass(_ t: Thread, _ base: TypePointer, _ type: TypePointer) {
    let list = loadSlot(base.address(TypeField.subclasses))
    if list.bits == 0 { return }
    let n = list.cell(as: StorageCell.self).pointee.capacity
    var i = 0
    while i < n {
        let v = list.storageItems[i]
        if v.bits != 0 && (v == Value(type) || (!isType(v) && weakReferent(v) == Value(type))) { storeSlot(list.storageItems + i, Value(bits: 0)) }
        i += 1
    }
}
