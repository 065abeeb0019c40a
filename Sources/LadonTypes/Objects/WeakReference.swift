// weakref.ref and the proxies. The collector clears references; see LadonCore/Heap/WeakReferences.swift.

import LadonRuntime

func weakReferenceDefinition() -> TypeDefinition {
    TypeDefinition(.weakReference, "weakref.ReferenceType", flags: [.baseType], size: MemoryLayout<WeakReferenceCell>.size, layout: WeakReferenceCell.layout, slots: [
        .unary(.repr, reference_repr), .unary(.hash, reference_hash), .ternary(.compare, reference_compare),
        .call(.call) { t, v, args, count, names in
            if !noKeywords(t, "weakref", names) || !checkPositional(t, "weakref", count, 0, 0) { return .raised }
            return weakReferent(v)
        },
        .call(.new, reference_new), .call(.initialize, reference_init),
    ], members: [
        .classMethod("__class_getitem__", "($type, item, /)", { t, a in makeGenericAlias(t, a[0], a[1]) }, "See PEP 585"),
        .member("__callback__", get: { t, a in wordOrNone(a[0], 16) }),
    ])
}

/// TypeError unless objects of that type can be referred to weakly.
func checkWeakReferenceable(_ t: Thread, _ v: Value) -> Bool {
    if v.isCell && typeOf(v).pointee.flags.contains(.weakReferenceable) { return true }
    raise(t, .typeError, "cannot create weak reference to '\(typeName(v))' object")
    return false
}

private func reference_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if count < 1 || count > 2 { return raise(t, .typeError, "__new__ expected at \(count < 1 ? "least 1 argument" : "most 2 arguments"), got \(count)") }
    if type == Value(builtinType(.weakReference)) && !noKeywords(t, "weakref", names) { return .raised }
    let referent = args.unsafelyUnwrapped[0]
    if !checkWeakReferenceable(t, referent) { return .raised }
    let callback = count > 1 ? args.unsafelyUnwrapped[1] : .none
    let p = type.asType
    let s = p.pointee.shape.cell(as: ShapeCell.self)
    let v = makeWeakReference(t, id: s.pointee.id, bytes: Int(p.pointee.basicSize) + Int(s.pointee.inlineSlots) * 8, referent: referent, callback: callback)
    return v.isRaised ? raiseMemoryError(t) : v
}

private func reference_init(_ t: Thread, _ v: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if typeOf(v) == builtinType(.weakReference) && !noKeywords(t, "ReferenceType", names) { return .raised }
    if count < 1 || count > 2 { return raise(t, .typeError, "__init__ expected at \(count < 1 ? "least 1 argument" : "most 2 arguments"), got \(count)") }
    return .none
}

private func reference_hash(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: WeakReferenceCell.self)
    if c.pointee.hash != -1 { return hashValue(t, c.pointee.hash) }
    let referent = weakReferent(v)
    if referent.isNone { return raise(t, .typeError, "weak object has gone away") }
    let h = hash(t, referent)
    if h == -1 { return .raised }
    c.pointee.hash = h
    return hashValue(t, h)
}

private func reference_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let o = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    if (o != .eq && o != .ne) || !isInstanceOf(b, .weakReference) { return .notImplemented }
    let x = weakReferent(a), y = weakReferent(b)
    if x.isNone || y.isNone { return Value((a == b) == (o == .eq)) }
    return compare(t, x, y, o)
}

private func reference_repr(_ t: Thread, _ v: Value) -> Value {
    let referent = weakReferent(v)
    let address = addressText(v)
    if referent.isNone { return makeString(t, "<weakref at \(address); dead>") }
    let n = getAttributeOrMissing(t, referent, .__name__)
    if n.isRaised { return n }
    let suffix = n.isMissing || !isString(n) ? "" : " (\(swiftString(n)))"
    return makeString(t, "<weakref at \(address); to '\(typeName(referent))' at \(addressText(referent))\(suffix)>")
}

// MARK: proxies

/// What a proxy stands for; anything else is itself. 0: ReferenceError raised.
@inline(__always) private func behind(_ t: Thread, _ v: Value) -> Value {
    if !v.isCell || (v.id != TypeID.weakProxy.rawValue && v.id != TypeID.weakCallableProxy.rawValue) { return v }
    let r = weakReferent(v)
    return r.isNone ? raise(t, .referenceError, "weakly-referenced object no longer exists") : r
}

/// `weakref.proxy(object, callback)`.
public func makeWeakProxy(_ t: Thread, _ v: Value, _ callback: Value) -> Value {
    if !checkWeakReferenceable(t, v) { return .raised }
    let id: TypeID = isCallable(v) ? .weakCallableProxy : .weakProxy
    let p = makeWeakReference(t, id: id.rawValue, referent: v, callback: callback)
    return p.isRaised ? raiseMemoryError(t) : p
}

private func binary(_ s: Slot, _ f: @escaping BinaryFunction) -> SlotEntry { .binary(s, f) }

private func both(_ t: Thread, _ a: Value, _ b: Value, _ s: Slot) -> Value {
    let x = behind(t, a)
    if x.isRaised { return x }
    let y = behind(t, b)
    return y.isRaised ? y : binaryOperation(t, x, y, s)
}

private func inplace(_ t: Thread, _ a: Value, _ b: Value, _ s: Slot) -> Value {
    let x = behind(t, a)
    if x.isRaised { return x }
    let y = behind(t, b)
    return y.isRaised ? y : inplaceOperation(t, x, y, s)
}

private func one(_ t: Thread, _ v: Value, _ s: Slot) -> Value {
    let x = behind(t, v)
    return x.isRaised ? x : unaryOperation(t, x, s)
}

private func proxySlots() -> [SlotEntry] {
    var slots: [SlotEntry] = [
        .unary(.repr) { t, v in
            let r = weakReferent(v)
            return makeString(t, "<weakproxy at \(addressText(v)) to \(r.isNone ? "NoneType" : typeName(r)) at \(addressText(r))>")
        },
        .unary(.str) { t, v in let x = behind(t, v); return x.isRaised ? x : str(t, x) },
        .unary(.hash) { t, v in raise(t, .typeError, "unhashable type: '\(typeName(v))'") },
        .ternary(.compare) { t, a, b, op in
            let x = behind(t, a)
            if x.isRaised { return x }
            let y = behind(t, b)
            return y.isRaised ? y : compare(t, x, y, op)
        },
        .binary(.getAttribute) { t, v, n in let x = behind(t, v); return x.isRaised ? x : getAttribute(t, x, n) },
        .ternary(.setAttribute) { t, v, n, value in
            let x = behind(t, v)
            return x.isRaised || setAttribute(t, x, n, value) < 0 ? .raised : .none
        },
        .unary(.iter) { t, v in let x = behind(t, v); return x.isRaised ? x : iterate(t, x) },
        .unary(.next) { t, v in
            let x = behind(t, v)
            if x.isRaised { return x }
            return isIterator(x) ? nextKeepingStopIteration(t, x) : raise(t, .typeError, "Weakref proxy referenced a non-iterator '\(typeName(x))' object")
        },
        .unary(.bool) { t, v in let x = behind(t, v); return x.isRaised ? x : truthValue(isTrue(t, x)) },
        .unary(.length) { t, v in
            let x = behind(t, v)
            if x.isRaised { return x }
            let n = length(t, x)
            return n < 0 ? .raised : Value(smallInt: n)
        },
        .binary(.getItem) { t, v, key in let x = behind(t, v); return x.isRaised ? x : getItem(t, x, key) },
        .ternary(.setItem) { t, v, key, value in
            let x = behind(t, v)
            if x.isRaised { return x }
            return (value.isMissing ? deleteItem(t, x, key) : setItem(t, x, key, value)) < 0 ? .raised : .none
        },
        .binary(.contains) { t, v, item in let x = behind(t, v); return x.isRaised ? x : truthValue(contains(t, x, item)) },
    ]
    slots += [
        .unary(.negative) { t, v in one(t, v, .negative) }, .unary(.positive) { t, v in one(t, v, .positive) },
        .unary(.absolute) { t, v in one(t, v, .absolute) }, .unary(.invert) { t, v in one(t, v, .invert) },
        .unary(.index) { t, v in let x = behind(t, v); return x.isRaised ? x : index(t, x) },
        .unary(.int) { t, v in let x = behind(t, v); return x.isRaised ? x : call(t, Value(builtinType(.int)), x) },
        .unary(.float) { t, v in let x = behind(t, v); return x.isRaised ? x : call(t, Value(builtinType(.float)), x) },
        .ternary(.power) { t, a, b, c in
            let x = behind(t, a), y = behind(t, b), z = behind(t, c)
            return x.isRaised || y.isRaised || z.isRaised ? .raised : power(t, x, y, z)
        },
        .ternary(.inplacePower) { t, a, b, c in
            let x = behind(t, a), y = behind(t, b)
            return x.isRaised || y.isRaised ? .raised : inplacePower(t, x, y)
        },
    ]
    slots += [
        binary(.add) { t, a, b in both(t, a, b, .add) }, binary(.subtract) { t, a, b in both(t, a, b, .subtract) },
        binary(.multiply) { t, a, b in both(t, a, b, .multiply) }, binary(.matrixMultiply) { t, a, b in both(t, a, b, .matrixMultiply) },
        binary(.trueDivide) { t, a, b in both(t, a, b, .trueDivide) }, binary(.floorDivide) { t, a, b in both(t, a, b, .floorDivide) },
        binary(.modulo) { t, a, b in both(t, a, b, .modulo) }, binary(.divmod) { t, a, b in both(t, a, b, .divmod) },
        binary(.leftShift) { t, a, b in both(t, a, b, .leftShift) }, binary(.rightShift) { t, a, b in both(t, a, b, .rightShift) },
        binary(.and) { t, a, b in both(t, a, b, .and) }, binary(.or) { t, a, b in both(t, a, b, .or) }, binary(.xor) { t, a, b in both(t, a, b, .xor) },
    ]
    slots += [
        binary(.inplaceAdd) { t, a, b in inplace(t, a, b, .add) }, binary(.inplaceSubtract) { t, a, b in inplace(t, a, b, .subtract) },
        binary(.inplaceMultiply) { t, a, b in inplace(t, a, b, .multiply) }, binary(.inplaceMatrixMultiply) { t, a, b in inplace(t, a, b, .matrixMultiply) },
        binary(.inplaceTrueDivide) { t, a, b in inplace(t, a, b, .trueDivide) }, binary(.inplaceFloorDivide) { t, a, b in inplace(t, a, b, .floorDivide) },
        binary(.inplaceModulo) { t, a, b in inplace(t, a, b, .modulo) }, binary(.inplaceLeftShift) { t, a, b in inplace(t, a, b, .leftShift) },
        binary(.inplaceRightShift) { t, a, b in inplace(t, a, b, .rightShift) }, binary(.inplaceAnd) { t, a, b in inplace(t, a, b, .and) },
        binary(.inplaceOr) { t, a, b in inplace(t, a, b, .or) }, binary(.inplaceXor) { t, a, b in inplace(t, a, b, .xor) },
    ]
    return slots
}

private func proxyMembers() -> [NativeMember] {
    [.constant("__hash__", noneConstant),
     .method("__bytes__", "(self, /)", { t, a in let x = behind(t, a[0]); return x.isRaised ? x : callMethod(t, x, .__bytes__) }),
     .method("__reversed__", "(self, /)", { t, a in
         let x = behind(t, a[0])
         if x.isRaised { return x }
         let reversed = builtinNamed(t, "reversed")
         return reversed.isRaised ? reversed : call(t, reversed, x)
     })]
}

func weakProxyDefinition() -> TypeDefinition {
    TypeDefinition(.weakProxy, "weakref.ProxyType", flags: [.disallowInstantiation], size: MemoryLayout<WeakReferenceCell>.size, layout: WeakReferenceCell.layout,
                   slots: proxySlots(), members: proxyMembers())
}

func weakCallableProxyDefinition() -> TypeDefinition {
    TypeDefinition(.weakCallableProxy, "weakref.CallableProxyType", flags: [.disallowInstantiation], size: MemoryLayout<WeakReferenceCell>.size, layout: WeakReferenceCell.layout,
                   slots: proxySlots() + [.call(.call) { t, v, args, count, names in
                       let x = behind(t, v)
                       return x.isRaised ? x : call(t, x, args: args, count + (names.bits == 0 ? 0 : names.tupleCount), names)
                   }], members: proxyMembers())
}
