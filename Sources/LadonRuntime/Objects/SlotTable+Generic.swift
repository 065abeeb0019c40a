// The slot functions of classes written in Python: each looks its dunder up on the type and calls it.

import LadonCore

/// `v.name()` looked up on the type; AttributeError when it vanished.
@inline(never) func genericUnary(_ t: Thread, _ v: Value, _ n: Name) -> Value {
    let r = callSpecial(t, v, name(n))
    return r.isMissing ? raise(t, .attributeError, n.text) : r
}

/// `a.name(b)`; AttributeError when it vanished.
@inline(never) func genericInplace(_ t: Thread, _ a: Value, _ b: Value, _ n: Name) -> Value {
    let r = callSpecial(t, a, name(n), b)
    return r.isMissing ? raise(t, .attributeError, n.text) : r
}

/// `a.name(b)`, NotImplemented when there is no such method.
@inline(__always) private func callOrNotImplemented(_ t: Thread, _ a: Value, _ n: Name, _ b: Value) -> Value {
    let r = callSpecial(t, a, name(n), b)
    return r.isMissing ? .notImplemented : r
}

/// Whether the reflected method of `other` differs from the one `a`'s type has.
private func reflectedIsOverridden(_ t: Thread, _ a: Value, _ other: Value, _ n: Name) -> Bool {
    let theirs = lookupType(t, typeOf(other), name(n))
    if theirs.isMissing { return false }
    return theirs != lookupType(t, typeOf(a), name(n))
}

/// An arithmetic slot of a Python class: called for either operand. The right operand's reflected method goes
/// first when its type is a proper subclass that overrides it.
@inline(never) func genericBinary(_ t: Thread, _ a: Value, _ b: Value, _ slot: Slot, _ n: Name, _ reflected: Name) -> Value {
    let ta = typeOf(a), tb = typeOf(b)
    let generic = objectModel.pointee.genericSlots[slot.rawValue]
    var other = ta != tb && tb.slot(slot) == generic
    if ta.slot(slot) == generic {
        if other && isSubtype(tb, ta) && reflectedIsOverridden(t, a, b, reflected) {
            let r = callOrNotImplemented(t, b, reflected, a)
            if !r.isNotImplemented { return r }
            other = false
        }
        let r = callOrNotImplemented(t, a, n, b)
        if !r.isNotImplemented || ta == tb { return r }
    }
    return other ? callOrNotImplemented(t, b, reflected, a) : .notImplemented
}

func slot_power(_ t: Thread, _ a: Value, _ b: Value, _ modulus: Value) -> Value {
    if modulus.isNone { return genericBinary(t, a, b, .power, .__pow__, .__rpow__) }
    // Three arguments: only the left operand is asked.
    if typeOf(a).slot(.power) != objectModel.pointee.genericSlots[Slot.power.rawValue] { return .notImplemented }
    let r = callSpecial(t, a, name(.__pow__), b, modulus)
    return r.isMissing ? .notImplemented : r
}

func slot_repr(_ t: Thread, _ v: Value) -> Value {
    let r = callSpecial(t, v, name(.__repr__))
    return r.isMissing ? object_repr(t, v) : r
}

func slot_str(_ t: Thread, _ v: Value) -> Value { genericUnary(t, v, .__str__) }

/// The slot of types whose `__hash__` is None.
func slot_unhashable(_ t: Thread, _ v: Value) -> Value { raise(t, .typeError, "unhashable type: '\(typeName(v))'") }

func slot_hash(_ t: Thread, _ v: Value) -> Value {
    var unbound = false
    let f = lookupSpecial(t, v, name(.__hash__), &unbound)
    if f.isRaised { return f }
    if f.isMissing || f.isNone { return slot_unhashable(t, v) }
    let r = unbound ? call(t, f, v) : call(t, f)
    if r.isRaised { return r }
    if r.isSmallInt { return r.smallInt == -1 ? Value(smallInt: -2) : r }
    if !isInt(r) { return raise(t, .typeError, "__hash__ method should return an integer") }
    // What fits a machine word is taken as it is, anything longer hashes as an int does.
    if r.isBool { return Value(smallInt: r.isTrue ? 1 : 0) }
    if let word = intAsWord(r) { return hashValue(t, word == -1 ? -2 : word) }
    let exact = intAdd(t, r, .zero)
    let h = exact.isRaised ? -1 : hash(t, exact)
    return h == -1 ? .raised : hashValue(t, h)
}

func slot_call(_ t: Thread, _ callee: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    var unbound = false
    let f = lookupSpecial(t, callee, name(.__call__), &unbound)
    if f.isRaised { return f }
    if f.isMissing { return raise(t, .typeError, "'\(typeName(callee))' object is not callable") }
    if !unbound { return callVector(t, f, args, count, names) }
    return callWithSelf(t, f, callee, args, count, names)
}

/// `f(first, *arguments)`: arguments as for a CallFunction.
func callWithSelf(_ t: Thread, _ f: Value, _ first: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    callPrepending(t, f, first, args, count + (names.bits == 0 ? 0 : names.tupleCount), names)
}

/// Calls anything with arguments as a CallFunction gets them: `count` leaves the named ones out.
func callVector(_ t: Thread, _ f: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    call(t, f, args: args, count + (names.bits == 0 ? 0 : names.tupleCount), names)
}

// MARK: attributes

func slot_getAttribute(_ t: Thread, _ v: Value, _ attribute: Value) -> Value { genericInplace(t, v, attribute, .__getattribute__) }

func slot_getAttr(_ t: Thread, _ v: Value, _ attribute: Value) -> Value { genericInplace(t, v, attribute, .__getattr__) }

/// `__getattribute__` of a class that also has `__getattr__`.
func slot_getAttributeWithFallback(_ t: Thread, _ v: Value, _ attribute: Value) -> Value {
    let interned = attributeName(t, attribute)
    if interned.isRaised { return interned }
    let first = ordinaryGetAttribute(t, typeOf(v)), isOfType = first == objectModel.pointee.typeGetAttribute
    if first != nil {
        // No exception object is made for the ordinary miss.
        let found = isOfType ? typeAttribute(t, v, interned) : objectAttribute(t, v, interned)
        if !found.isMissing && !found.isRaised { return found }
        if found.isRaised {
            if !exceptionMatches(t, .attributeError) { return found }
            clearException(t)
        }
    } else {
        let found = callSpecial(t, v, name(.__getattribute__), interned)
        if !found.isRaised || !exceptionMatches(t, .attributeError) { return found }
        clearException(t)
    }
    let r = callSpecial(t, v, name(.__getattr__), interned)
    return r.isMissing ? raiseAttributeError(t, v, interned) : r
}

/// The `__getattribute__` of a class if it is the one of `object`, or in a metaclass that of `type`; else nil.
func ordinaryGetAttribute(_ t: Thread, _ type: TypePointer) -> UnsafeRawPointer? {
    let found = lookupType(t, type, name(.__getattribute__)), model = objectModel
    if !found.isExactly(.wrapperDescriptor) { return nil }
    let f = found.asWrapperDescriptor.pointee.function
    return f == model.pointee.objectGetAttribute || f == model.pointee.typeGetAttribute && isSubtype(type, builtinType(.type)) ? f : nil
}

func slot_setAttribute(_ t: Thread, _ v: Value, _ attribute: Value, _ value: Value) -> Value {
    let r = value.isMissing ? callSpecial(t, v, name(.__delattr__), attribute) : callSpecial(t, v, name(.__setattr__), attribute, value)
    if r.isMissing { return raise(t, .attributeError, value.isMissing ? "__delattr__" : "__setattr__") }
    return r.isRaised ? r : .none
}

func slot_descriptorGet(_ t: Thread, _ d: Value, _ instance: Value, _ type: Value) -> Value {
    let r = callSpecial(t, d, name(.__get__), instance, type)
    return r.isMissing ? d : r
}

func slot_descriptorSet(_ t: Thread, _ d: Value, _ instance: Value, _ value: Value) -> Value {
    let r = value.isMissing ? callSpecial(t, d, name(.__delete__), instance) : callSpecial(t, d, name(.__set__), instance, value)
    if r.isMissing { return raise(t, .attributeError, value.isMissing ? "__delete__" : "__set__") }
    return r.isRaised ? r : .none
}

// MARK: construction

func slot_initialize(_ t: Thread, _ v: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    var unbound = false
    let f = lookupSpecial(t, v, name(.__init__), &unbound)
    if f.isRaised { return f }
    if f.isMissing { return raise(t, .attributeError, "__init__") }
    let r = unbound ? callWithSelf(t, f, v, args, count, names) : callVector(t, f, args, count, names)
    if r.isRaised || r.isNone { return r }
    return raise(t, .typeError, "__init__() should return None, not '\(typeName(r))'")
}

func slot_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let found = lookupType(t, type.asType, name(.__new__))
    if found.isMissing { return raise(t, .attributeError, "type object '\(type.asType.nameText)' has no attribute '__new__'") }
    let f = bindDescriptor(t, found, .none, type)
    if f.isRaised { return f }
    return callWithSelf(t, f, type, args, count, names)
}

func slot_finalize(_ t: Thread, _ v: Value) -> Value {
    let r = callSpecial(t, v, name(.__del__))
    return r.isMissing ? .none : r
}

// MARK: comparison, truth, containers

private func compareName(_ op: Value) -> Name {
    switch CompareOp(rawValue: op.smallInt).unsafelyUnwrapped {
    case .lt: return .__lt__
    case .le: return .__le__
    case .eq: return .__eq__
    case .ne: return .__ne__
    case .gt: return .__gt__
    case .ge: return .__ge__
    }
}

func slot_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    var unbound = false
    let f = lookupSpecial(t, a, name(compareName(op)), &unbound)
    // What binding raises counts as no method, as in CPython.
    if f.isRaised { clearException(t) }
    if f.isRaised || f.isMissing { return .notImplemented }
    return unbound ? call(t, f, a, b) : call(t, f, b)
}

func slot_bool(_ t: Thread, _ v: Value) -> Value {
    let r = callSpecial(t, v, name(.__bool__))
    if r.isMissing {
        let n = callSpecial(t, v, name(.__len__))
        if n.isMissing { return .true }
        if n.isRaised { return n }
        let yes = isTrue(t, n)
        return yes < 0 ? .raised : Value(yes > 0)
    }
    if r.isRaised || r.isBool { return r }
    return raise(t, .typeError, "__bool__ should return bool, returned \(typeName(r))")
}

func slot_length(_ t: Thread, _ v: Value) -> Value {
    let r = genericUnary(t, v, .__len__)
    if r.isRaised { return r }
    if r.isSmallInt {
        return r.smallInt < 0 ? raise(t, .valueError, "__len__() should return >= 0") : r
    }
    let n = index(t, r)
    if n.isRaised { return n }
    if isNegativeInt(n) { return raise(t, .valueError, "__len__() should return >= 0") }
    return intCompare(n, makeInt(t, Int.max)) > 0 ? raise(t, .overflowError, "cannot fit 'int' into an index-sized integer") : n
}

private func isNegativeInt(_ v: Value) -> Bool { v.isSmallInt ? v.smallInt < 0 : v.isCell && v.cell(as: IntCell.self).pointee.size < 0 }

func slot_setItem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    let r = value.isMissing ? callSpecial(t, v, name(.__delitem__), key) : callSpecial(t, v, name(.__setitem__), key, value)
    if r.isMissing { return raise(t, .attributeError, value.isMissing ? "__delitem__" : "__setitem__") }
    return r.isRaised ? r : .none
}

func slot_contains(_ t: Thread, _ v: Value, _ item: Value) -> Value {
    var unbound = false
    let f = lookupSpecial(t, v, name(.__contains__), &unbound)
    if f.isRaised { return f }
    if f.isNone { return raise(t, .typeError, "'\(typeName(v))' object is not a container") }
    if f.isMissing {
        let found = searchIterable(t, v, item)
        return found < 0 ? .raised : Value(found > 0)
    }
    let r = unbound ? call(t, f, v, item) : call(t, f, item)
    if r.isRaised { return r }
    let yes = isTrue(t, r)
    return yes < 0 ? .raised : Value(yes > 0)
}

func slot_iter(_ t: Thread, _ v: Value) -> Value {
    var unbound = false
    let f = lookupSpecial(t, v, name(.__iter__), &unbound)
    if f.isRaised { return f }
    if f.isNone { return raise(t, .typeError, "'\(typeName(v))' object is not iterable") }
    if !f.isMissing { return unbound ? call(t, f, v) : call(t, f) }
    if lookupType(t, typeOf(v), name(.__getitem__)).isMissing { return raise(t, .typeError, "'\(typeName(v))' object is not iterable") }
    return makeSequenceIterator(t, .iterator, v)
}

func slot_next(_ t: Thread, _ v: Value) -> Value {
    let r = genericUnary(t, v, .__next__)
    return r.isRaised && endsIteration(t) ? .exhausted : r
}

/// `v.__next__()` with StopIteration left raised, so that its value can be had (`yield from`, `await`); natively ended iterators answer `.exhausted`.
public func nextKeepingStopIteration(_ t: Thread, _ v: Value) -> Value {
    let type = typeOf(v)
    let slot = type.slot(.next)
    if slot != nil && slot == objectModel.pointee.genericSlots[Slot.next.rawValue] { return genericUnary(t, v, .__next__) }
    guard let f = type.unary(.next) else { return raise(t, .typeError, "'\(type.nameText)' object is not an iterator") }
    return f(t, v)
}
