// Which base determines an instance's layout, and where its attribute words lie.
//
// An instance is: the native part (header and the native base's words), one word per name of `__slots__`,
// then `extra` (if instances have attributes) and the inline attribute slots. For subclasses of int and tuple
// all this follows the variable part, and offsets count from its end (`variableOffsetBit`).

import LadonCore

/// Bytes of an instance before `extra`: the native part and the members of `__slots__`.
func fixedSize(_ type: TypePointer) -> Int {
    Int(type.pointee.basicSize) - (type.pointee.attributeOffset != 0 ? 8 : 0)
}

private func addsToLayout(_ type: TypePointer, _ base: TypePointer) -> Bool {
    fixedSize(type) != fixedSize(base) || type.pointee.itemSize != base.pointee.itemSize
}

/// The nearest type at or above `type` that adds words other than attribute slots to the layout.
func solidBase(_ type: TypePointer) -> TypePointer {
    guard let above = type.basePointer else { return type }
    return addsToLayout(type, above) ? type : solidBase(above)
}

/// The base whose layout a class with these bases extends; nil: TypeError raised.
func bestBase(_ t: Thread, _ bases: Value) -> TypePointer? {
    var base: TypePointer?
    var winner: TypePointer?
    for i in 0..<bases.tupleCount {
        let b = bases.tupleItems[i]
        if !isType(b) {
            _ = raise(t, .typeError, "bases must be types")
            return nil
        }
        let type = b.asType
        if !type.hasFlag(.baseType) {
            _ = raise(t, .typeError, "type '\(type.nameText)' is not an acceptable base type")
            return nil
        }
        let candidate = solidBase(type)
        if let w = winner {
            if isSubtype(w, candidate) { continue }
            if !isSubtype(candidate, w) {
                _ = raise(t, .typeError, "multiple bases have instance lay-out conflict")
                return nil
            }
        }
        winner = candidate
        base = type
    }
    return base
}

/// The most derived metatype of all bases and `metatype`; nil: TypeError raised.
func winningMetatype(_ t: Thread, _ metatype: TypePointer, _ bases: Value) -> TypePointer? {
    var winner = metatype
    for i in 0..<bases.tupleCount {
        let candidate = typeOf(bases.tupleItems[i])
        if isSubtype(winner, candidate) { continue }
        if isSubtype(candidate, winner) { winner = candidate; continue }
        _ = raise(t, .typeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases")
        return nil
    }
    return winner
}

/// The metaclass of a class statement with these bases (`types.prepare_class`). 0: raised.
public func calculateMetaclass(_ t: Thread, _ metatype: TypePointer, _ bases: Value) -> Value {
    guard let w = winningMetatype(t, metatype, bases) else { return .raised }
    return Value(w)
}

/// Replaces bases that are no types by what their `__mro_entries__` answers; the same tuple when there is nothing to do. 0: raised.
public func updateBases(_ t: Thread, _ bases: Value) -> Value {
    let n = bases.tupleCount
    var changed = Value(bits: 0)
    for i in 0..<n {
        let base = bases.tupleItems[i]
        var entries = Value.missing
        if !isType(base) {
            let method = getAttributeOrMissing(t, base, .__mro_entries__)
            if method.isRaised { return method }
            if !method.isMissing {
                entries = call(t, method, bases)
                if entries.isRaised { return entries }
                if !isTuple(entries) { return raise(t, .typeError, "__mro_entries__ must return a tuple") }
            }
        }
        if entries.isMissing {
            if changed.bits != 0 && listAppend(t, changed, base) < 0 { return .raised }
            continue
        }
        if changed.bits == 0 {
            changed = makeList(t, bases.tupleItems, i)
            if changed.isRaised { return changed }
        }
        for k in 0..<entries.tupleCount { if listAppend(t, changed, entries.tupleItems[k]) < 0 { return .raised } }
    }
    return changed.bits == 0 ? bases : listToTuple(t, changed)
}

// MARK: instances that may change class

private func sameSlots(_ a: TypePointer, _ b: TypePointer) -> Bool {
    let x = a.pointee.slotNames, y = b.pointee.slotNames
    if x == y { return true }
    if x.bits == 0 || y.bits == 0 { return (x.bits == 0 || x.tupleCount == 0) && (y.bits == 0 || y.tupleCount == 0) }
    if x.tupleCount != y.tupleCount { return false }
    for i in 0..<x.tupleCount where x.tupleItems[i] != y.tupleItems[i] { return false }
    return true
}

/// Whether instances of the two classes have the same layout.
func layoutsAgree(_ a: TypePointer, _ b: TypePointer) -> Bool {
    if a.pointee.nativeID != b.pointee.nativeID || fixedSize(a) != fixedSize(b) || (a.pointee.attributeOffset == 0) != (b.pointee.attributeOffset == 0)
        || a.pointee.dictOffset != b.pointee.dictOffset || a.hasFlag(.weakReferenceable) != b.hasFlag(.weakReferenceable) { return false }
    let x = layoutBase(a), y = layoutBase(b)
    return x == y || (x.basePointer == y.basePointer && sameSlots(x, y))
}

/// The nearest type at or above `type` whose instances have more than its base's: slots, attributes or weak references.
private func layoutBase(_ type: TypePointer) -> TypePointer {
    guard let above = type.basePointer, fixedSize(type) == fixedSize(above), type.pointee.itemSize == above.pointee.itemSize,
          (type.pointee.attributeOffset == 0) == (above.pointee.attributeOffset == 0), type.pointee.dictOffset == above.pointee.dictOffset,
          type.hasFlag(.weakReferenceable) == above.hasFlag(.weakReferenceable) else { return type }
    return layoutBase(above)
}

/// TypeError unless objects of class `old` may become objects of class `new`.
func checkLayouts(_ t: Thread, _ old: TypePointer, _ new: TypePointer, _ attribute: String) -> Bool {
    if layoutsAgree(old, new) { return true }
    _ = raise(t, .typeError, "\(attribute) assignment: '\(new.nameText)' object layout differs from '\(old.nameText)'")
    return false
}
