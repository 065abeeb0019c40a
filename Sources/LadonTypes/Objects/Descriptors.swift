// The descriptors through which native types show their methods, slots, attributes and members.

import LadonRuntime

private func descriptorRepr(_ t: Thread, _ what: String, _ n: Value, _ owner: Value) -> Value {
    makeString(t, "<\(what) '\(swiftString(n))' of '\(owner.asType.nameText)' objects>")
}

private func descriptorQualname(_ t: Thread, _ owner: Value, _ n: Value) -> Value {
    let q = getAttribute(t, owner, .__qualname__)
    if q.isRaised { return q }
    if !isString(q) { return raise(t, .typeError, "<descriptor>.__objclass__.__qualname__ is not a unicode object") }
    return makeString(t, swiftString(q) + "." + swiftString(n))
}

/// Owner and name lie at the same places in every descriptor.
private func commonMembers() -> [NativeMember] {
    [.member("__objclass__", get: { t, a in wordOrNone(a[0], 8) }),
     .member("__name__", get: { t, a in wordOrNone(a[0], 16) }),
     .attribute("__qualname__", get: { t, a in descriptorQualname(t, wordOrNone(a[0], 8), wordOrNone(a[0], 16)) })]
}

private func reduceMember() -> NativeMember {
    .method("__reduce__", "(self, /)", { t, a in reduceToGetAttribute(t, wordOrNone(a[0], 8), wordOrNone(a[0], 16)) })
}

private func recordMembers() -> [NativeMember] {
    [.attribute("__doc__", get: { t, a in
         let d = a[0].asMethodDescriptor
         return d.pointee.original.bits != 0 ? getAttribute(t, d.pointee.original, .__doc__) : recordDoc(t, d.pointee.record)
     }),
     .attribute("__text_signature__", get: { t, a in textSignature(t, a[0].asMethodDescriptor.pointee.record, false) })]
}

func methodDescriptorDefinition() -> TypeDefinition {
    TypeDefinition(.methodDescriptor, "method_descriptor", flags: [.weakReferenceable], size: MemoryLayout<MethodDescriptorCell>.size, layout: Layout(prefix: 3, flags: .container), slots: [
        .unary(.repr) { t, v in
            let d = v.asMethodDescriptor
            return d.pointee.original.bits != 0 ? repr(t, d.pointee.original) : descriptorRepr(t, "method", d.pointee.name, d.pointee.owner)
        },
        .call(.call) { t, d, args, count, names in callMethodDescriptor(t, d, args, count, names) },
        .ternary(.descriptorGet, methodDescriptor_get),
        .binary(.getAttribute, methodDescriptor_getAttribute), .ternary(.setAttribute, methodDescriptor_setAttribute),
    ], members: commonMembers() + recordMembers() + [reduceMember()])
}

/// What a stand-in has of its own, because it is about calling, comparing and copying this very object.
private let ownAttributes: [Name] = [.__get__, .__call__, .__reduce__, .__reduce_ex__, .__eq__, .__ne__, .__hash__]

/// A stand-in shows what its original has (`__class__`, `__code__`, `__module__`, …), so that who asks whether it is a function of
/// Python and what its parameters are (inspect, mock, help) gets the library's answer.
private func standsFor(_ v: Value, _ n: Value) -> Value {
    let original = v.asMethodDescriptor.pointee.original
    if original.bits == 0 { return original }
    for own in ownAttributes where n == name(own) { return Value(bits: 0) }
    return original
}

private func methodDescriptor_getAttribute(_ t: Thread, _ v: Value, _ given: Value) -> Value {
    let n = attributeName(t, given)
    if n.isRaised { return n }
    let original = standsFor(v, n)
    return original.bits != 0 ? getAttribute(t, original, n) : object_getAttributeSlot(t, v, n)
}

private func methodDescriptor_setAttribute(_ t: Thread, _ v: Value, _ given: Value, _ value: Value) -> Value {
    let n = attributeName(t, given)
    if n.isRaised { return n }
    let original = standsFor(v, n)
    return original.bits != 0 ? (setAttribute(t, original, n, value) < 0 ? .raised : .none) : object_setAttributeSlot(t, v, n, value)
}

func classMethodDescriptorDefinition() -> TypeDefinition {
    TypeDefinition(.classMethodDescriptor, "classmethod_descriptor", size: MemoryLayout<MethodDescriptorCell>.size, layout: Layout(prefix: 3, flags: .container), slots: [
        .unary(.repr) { t, v in descriptorRepr(t, "method", v.asMethodDescriptor.pointee.name, v.asMethodDescriptor.pointee.owner) },
        .call(.call, classMethodDescriptor_call),
        .ternary(.descriptorGet, classMethodDescriptor_get),
    ], members: commonMembers() + recordMembers())
}

func getSetDescriptorDefinition() -> TypeDefinition {
    TypeDefinition(.getSetDescriptor, "getset_descriptor", size: MemoryLayout<MethodDescriptorCell>.size, layout: Layout(prefix: 3, flags: .container), slots: [
        .unary(.repr) { t, v in descriptorRepr(t, "attribute", v.asMethodDescriptor.pointee.name, v.asMethodDescriptor.pointee.owner) },
        .ternary(.descriptorGet, getSetDescriptor_get), .ternary(.descriptorSet, getSetDescriptor_set),
    ], members: commonMembers() + [.attribute("__doc__", get: { t, a in recordDoc(t, a[0].asMethodDescriptor.pointee.record) })])
}

func memberDescriptorDefinition() -> TypeDefinition {
    TypeDefinition(.memberDescriptor, "member_descriptor", size: MemoryLayout<MemberDescriptorCell>.size, layout: Layout(prefix: 3, flags: .container), slots: [
        .unary(.repr) { t, v in descriptorRepr(t, "member", wordOrNone(v, 16), wordOrNone(v, 8)) },
        .ternary(.descriptorGet, memberDescriptor_get), .ternary(.descriptorSet, memberDescriptor_set),
    ], members: commonMembers() + [reduceMember(), .attribute("__doc__", get: { t, a in wordOrNone(a[0], 24) })])
}

func wrapperDescriptorDefinition() -> TypeDefinition {
    TypeDefinition(.wrapperDescriptor, "wrapper_descriptor", size: MemoryLayout<WrapperDescriptorCell>.size, layout: Layout(prefix: 2, flags: .container), slots: [
        .unary(.repr) { t, v in descriptorRepr(t, "slot wrapper", v.asWrapperDescriptor.pointee.name, v.asWrapperDescriptor.pointee.owner) },
        .call(.call, wrapperDescriptor_call),
        .ternary(.descriptorGet, wrapperDescriptor_get),
    ], members: commonMembers() + [
        reduceMember(),
        .attribute("__doc__", get: { t, a in makeString(t, wrapperText(a[0]).doc) }),
        .attribute("__text_signature__", get: { t, a in makeString(t, wrapperText(a[0]).signature) }),
    ])
}

func methodWrapperDefinition() -> TypeDefinition {
    TypeDefinition(.methodWrapper, "method-wrapper", size: MemoryLayout<MethodWrapperCell>.size, layout: Layout(prefix: 2, flags: .container), slots: [
        .unary(.repr) { t, v in
            let m = v.cell(as: MethodWrapperCell.self)
            let n = swiftString(m.pointee.descriptor.asWrapperDescriptor.pointee.name)
            return makeString(t, "<method-wrapper '\(n)' of \(typeName(m.pointee.receiver)) object at \(addressText(m.pointee.receiver))>")
        },
        .unary(.hash) { t, v in
            let m = v.cell(as: MethodWrapperCell.self)
            return Value(smallInt: identityHash(m.pointee.receiver) ^ identityHash(m.pointee.descriptor))
        },
        .ternary(.compare) { t, a, b, op in
            if !b.isExactly(.methodWrapper) { return .notImplemented }
            let x = a.cell(as: MethodWrapperCell.self), y = b.cell(as: MethodWrapperCell.self)
            return equalityOnly(op) { x.pointee.receiver == y.pointee.receiver && x.pointee.descriptor == y.pointee.descriptor ? 1 : 0 }
        },
        .call(.call, methodWrapper_call),
    ], members: [
        .method("__reduce__", "(self, /)", { t, a in
            let m = a[0].cell(as: MethodWrapperCell.self)
            return reduceToGetAttribute(t, m.pointee.receiver, m.pointee.descriptor.asWrapperDescriptor.pointee.name)
        }),
        .member("__self__", get: { t, a in a[0].cell(as: MethodWrapperCell.self).pointee.receiver }),
        .attribute("__objclass__", get: { t, a in a[0].cell(as: MethodWrapperCell.self).pointee.descriptor.asWrapperDescriptor.pointee.owner }),
        .attribute("__name__", get: { t, a in a[0].cell(as: MethodWrapperCell.self).pointee.descriptor.asWrapperDescriptor.pointee.name }),
        .attribute("__qualname__", get: { t, a in
            let d = a[0].cell(as: MethodWrapperCell.self).pointee.descriptor.asWrapperDescriptor
            return descriptorQualname(t, d.pointee.owner, d.pointee.name)
        }),
        .attribute("__doc__", get: { t, a in makeString(t, wrapperText(a[0].cell(as: MethodWrapperCell.self).pointee.descriptor).doc) }),
        .attribute("__text_signature__", get: { t, a in makeString(t, wrapperText(a[0].cell(as: MethodWrapperCell.self).pointee.descriptor).signature) }),
    ])
}
