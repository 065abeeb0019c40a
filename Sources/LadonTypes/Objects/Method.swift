// method: a function bound to an object. builtin_function_or_method: a native function, bound or not.

import LadonRuntime

func methodDefinition() -> TypeDefinition {
    TypeDefinition(.method, "method", flags: [.weakReferenceable], doc: "A function bound to the object that its first argument will be.",
                   signature: "(function, instance, /)", size: MemoryLayout<MethodCell>.size, layout: Layout(prefix: 2, flags: .container), slots: [
        .unary(.repr, method_repr),
        .unary(.hash) { t, v in
            let h = hash(t, v.asMethod.pointee.function)
            return h == -1 ? .raised : Value(smallInt: identityHash(v.asMethod.pointee.receiver) ^ (h & (1 << 61 - 1)))
        },
        .ternary(.compare) { t, a, b, op in
            if !b.isExactly(.method) { return .notImplemented }
            return equalityOnly(op) { a.asMethod.pointee.receiver == b.asMethod.pointee.receiver ? equal(t, a.asMethod.pointee.function, b.asMethod.pointee.function) : 0 }
        },
        .call(.call) { t, m, args, count, names in
            callPrepending(t, m.asMethod.pointee.function, m.asMethod.pointee.receiver, args, count + (names.bits == 0 ? 0 : names.tupleCount), names)
        },
        .binary(.getAttribute, method_getAttribute),
        .call(.new, method_new),
    ], members: [
        .method("__reduce__", "(self, /)", { t, a in
            let n = getAttribute(t, a[0].asMethod.pointee.function, .__name__)
            return n.isRaised ? n : reduceToGetAttribute(t, a[0].asMethod.pointee.receiver, n)
        }),
        .member("__func__", get: { t, a in a[0].asMethod.pointee.function }, "the function that is bound"),
        .member("__self__", get: { t, a in a[0].asMethod.pointee.receiver }, "the object it is bound to"),
        .attribute("__doc__", get: { t, a in getAttribute(t, a[0].asMethod.pointee.function, .__doc__) }),
    ])
}

/// A method's attributes are its function's, but for its own few.
private func method_getAttribute(_ t: Thread, _ v: Value, _ given: Value) -> Value {
    let n = attributeName(t, given)
    if n.isRaised { return n }
    let found = lookupType(t, typeOf(v), n)
    if !found.isMissing { return bindDescriptor(t, found, v, Value(typeOf(v))) }
    return getAttribute(t, v.asMethod.pointee.function, n)
}

private func method_repr(_ t: Thread, _ v: Value) -> Value {
    let m = v.asMethod
    var n = getAttributeOrMissing(t, m.pointee.function, .__qualname__)
    if n.isRaised { return n }
    if n.isMissing || !isString(n) {
        n = getAttributeOrMissing(t, m.pointee.function, .__name__)
        if n.isRaised { return n }
    }
    let text = n.isMissing || !isString(n) ? "?" : swiftString(n)
    let r = repr(t, m.pointee.receiver)
    return r.isRaised ? r : makeString(t, "<bound method \(text) of \(swiftString(r))>")
}

private func method_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if !noKeywords(t, "method", names) || !checkPositional(t, "method", count, 2, 2) { return .raised }
    let a = args.unsafelyUnwrapped
    if !isCallable(a[0]) { return raise(t, .typeError, "first argument must be callable") }
    if a[1].isNone { return raise(t, .typeError, "instance must not be None") }
    let m = allocate(t, .method, as: MethodCell.self)
    m.pointee.function = a[0]
    m.pointee.receiver = a[1]
    return Value(m)
}

// MARK: builtin_function_or_method

func nativeFunctionDefinition() -> TypeDefinition {
    TypeDefinition(.nativeFunction, "builtin_function_or_method", flags: [.weakReferenceable], size: MemoryLayout<NativeFunctionCell>.size,
                   layout: Layout(prefix: 3, flags: .container), slots: [
        .unary(.repr, native_repr),
        .unary(.hash) { t, v in
            let c = v.asNativeFunction
            let r = c.pointee.receiver.bits == 0 ? 0 : identityHash(c.pointee.receiver)
            return Value(smallInt: (r ^ Int(bitPattern: c.pointee.record) >> 4) & (1 << 61 - 1))
        },
        .ternary(.compare) { t, a, b, op in
            if !b.isExactly(.nativeFunction) { return .notImplemented }
            let x = a.asNativeFunction, y = b.asNativeFunction
            return equalityOnly(op) { x.pointee.receiver == y.pointee.receiver && x.pointee.record == y.pointee.record ? 1 : 0 }
        },
        .call(.call) { t, f, args, count, names in callNative(t, f, args, count, names) },
    ], members: [
        .method("__reduce__", "(self, /)", { t, a in
            let owner = nativeSelf(a[0])
            let n = recordName(t, a[0].asNativeFunction.pointee.record)
            return owner.isNone || isInstanceOf(owner, .module) ? n : reduceToGetAttribute(t, owner, n)
        }),
        .member("__module__", get: { t, a in let m = a[0].asNativeFunction.pointee.module; return m.bits == 0 ? .none : m }, set: { t, a in
            storeWord(a[0], 16, a[1].isMissing ? .none : a[1])
            return .none
        }),
        .attribute("__doc__", get: { t, a in recordDoc(t, a[0].asNativeFunction.pointee.record) }),
        .attribute("__name__", get: { t, a in recordName(t, a[0].asNativeFunction.pointee.record) }),
        .attribute("__qualname__", get: native_qualname),
        .attribute("__self__", get: { t, a in nativeSelf(a[0]) }),
        .attribute("__text_signature__", get: { t, a in
            let c = a[0].asNativeFunction
            return textSignature(t, c.pointee.record, c.pointee.owner.bits != 0 && isInstanceOf(c.pointee.owner, .module))
        }),
    ])
}

func recordName(_ t: Thread, _ r: NativeRecordPointer) -> Value { internStatic(t, r.pointee.member.name) }

func recordDoc(_ t: Thread, _ r: NativeRecordPointer) -> Value {
    let member = r.pointee.member
    if member.doc.utf8CodeUnitCount > 0 { return makeString(t, member.doc) }
    return member.kind == .method && member.name.description == "__init__" ? makeString(t, "Initialize self.  See help(type(self)) for accurate signature.") : .none
}

/// `__self__`: the receiver, or the module or type it was made for.
func nativeSelf(_ f: Value) -> Value {
    let c = f.asNativeFunction
    if c.pointee.receiver.bits != 0 { return c.pointee.receiver }
    return c.pointee.owner.bits == 0 ? .none : c.pointee.owner
}

private func native_qualname(_ t: Thread, _ a: Values) -> Value {
    let n = recordName(t, a[0].asNativeFunction.pointee.record)
    let owner = nativeSelf(a[0])
    if owner.isNone || isInstanceOf(owner, .module) { return n }
    let q = getAttribute(t, isType(owner) ? owner : Value(typeOf(owner)), .__qualname__)
    if q.isRaised { return q }
    if !isString(q) { return raise(t, .typeError, "<method>.__class__.__qualname__ is not a unicode object") }
    return makeString(t, swiftString(q) + "." + swiftString(n))
}

private func native_repr(_ t: Thread, _ v: Value) -> Value {
    let n = swiftString(recordName(t, v.asNativeFunction.pointee.record))
    let owner = nativeSelf(v)
    if owner.isNone || isInstanceOf(owner, .module) { return makeString(t, "<built-in function \(n)>") }
    return makeString(t, "<built-in method \(n) of \(typeName(owner)) object at \(addressText(owner))>")
}

/// The signature as inspect wants it: the implied first parameter marked with "$".
func textSignature(_ t: Thread, _ record: NativeRecordPointer, _ inModule: Bool) -> Value {
    let text = record.pointee.member.signature.description
    if text.isEmpty || text.hasPrefix("!") || text.hasPrefix("?") { return .none }
    if text.hasPrefix("($") { return makeString(t, text) }
    var inner = text.dropFirst().dropLast()
    switch record.pointee.member.kind {
    case .method, .coexist:
        if inModule { return makeString(t, marked("module", inner)) }
        inner = afterFirst(inner)
        return makeString(t, marked("self", inner))
    case .classMethod: return makeString(t, marked("type", afterFirst(inner)))
    case .staticMethod: return makeString(t, inModule ? marked("module", inner) : record.pointee.member.name.description == "__new__" ? marked("type", afterFirst(inner)) : text)
    default: return .none
    }
}

private func afterFirst(_ inner: Substring) -> Substring {
    guard let comma = inner.firstIndex(of: ",") else { return "" }
    return inner[inner.index(after: comma)...].drop { $0 == " " }
}

private func marked(_ first: String, _ rest: Substring) -> String {
    if rest.isEmpty || rest == "/" { return "($\(first), /)" }
    // A slash of its own makes the first parameter positional-only too.
    let hasSlash = rest == "/" || rest.hasPrefix("/,") || rest.contains(", /")
    return hasSlash ? "($\(first), \(rest))" : "($\(first), /, \(rest))"
}
