// generator, coroutine and coroutine_wrapper.

import LadonRuntime

private let windowLayout = Layout(prefix: 0, flags: [.window, .container])

func generatorDefinition() -> TypeDefinition {
    TypeDefinition(.generator, "generator", flags: [.disallowInstantiation, .weakReferenceable], size: MemoryLayout<GeneratorCell>.size, layout: windowLayout,
        slots: [.unary(.repr, generator_repr), .unary(.iter, iterSelf), .unary(.next, generator_next), .unary(.finalize, generator_finalize)],
        members: nameMembers("name of the generator", "qualified name of the generator") + [
            .method("send", "(self, arg, /)", { t, a in sendResult(t, generatorSend(t, a[0], a[1])) },
                    "Goes on with arg as the value of the yield expression; the next yielded value, or StopIteration."),
            .method("throw", "(self, /, *args)", generator_throw, "Raises an exception at the point where the generator is paused."),
            .method("close", "(self, /)", { t, a in generatorClose(t, a[0]) }, "Raises GeneratorExit inside the generator."),
            .attribute("gi_yieldfrom", get: generator_delegate, "object being iterated by yield from, or None"),
            .attribute("gi_running", get: { _, a in Value(a[0].asGenerator.isRunning) }),
            .attribute("gi_frame", get: { t, a in generatorFrame(t, a[0]) }),
            .attribute("gi_suspended", get: { _, a in Value(a[0].asGenerator.isSuspended) }),
            .member("gi_code", get: { t, a in isAuditing && !auditAttribute(t, a[0], read: "gi_code") ? .raised : a[0].asGenerator.pointee.code }, set: readOnlyAttribute),
        ])
}

func coroutineDefinition() -> TypeDefinition {
    TypeDefinition(.coroutine, "coroutine", flags: [.disallowInstantiation, .weakReferenceable], size: MemoryLayout<GeneratorCell>.size, layout: windowLayout,
        slots: [.unary(.repr, generator_repr), .unary(.await, coroutine_await), .unary(.finalize, generator_finalize)],
        members: nameMembers("name of the coroutine", "qualified name of the coroutine") + [
            .method("send", "(self, arg, /)", { t, a in sendResult(t, generatorSend(t, a[0], a[1])) },
                    "Sends arg into coroutine, as the value of what it awaits: the next yielded value, or StopIteration."),
            .method("throw", "(self, /, *args)", generator_throw, "Raises an exception in coroutine, where it is paused."),
            .method("close", "(self, /)", { t, a in generatorClose(t, a[0]) }, "Raises GeneratorExit inside coroutine."),
            .attribute("cr_await", get: generator_delegate, "object being awaited on, or None"),
            .attribute("cr_running", get: { _, a in Value(a[0].asGenerator.isRunning) }),
            .attribute("cr_frame", get: { t, a in generatorFrame(t, a[0]) }),
            .attribute("cr_suspended", get: { _, a in Value(a[0].asGenerator.isSuspended) }),
            .member("cr_code", get: { t, a in isAuditing && !auditAttribute(t, a[0], read: "cr_code") ? .raised : a[0].asGenerator.pointee.code }, set: readOnlyAttribute),
            .member("cr_origin", get: { _, a in orNone(a[0].asGenerator.pointee.origin) }, set: readOnlyAttribute),
        ])
}

/// `__name__` and `__qualname__`.
func nameMembers(_ nameDoc: StaticString, _ qualifiedDoc: StaticString) -> [NativeMember] {
    [
        .attribute("__name__", get: { _, a in loadSlot(&a[0].asGenerator.pointee.name) }, set: { t, a in
            if a[1].isMissing || !isInstanceOf(a[1], .str) { return raise(t, .typeError, "__name__ must be set to a string object") }
            storeSlot(&a[0].asGenerator.pointee.name, a[1])
            return .none
        }, nameDoc),
        .attribute("__qualname__", get: { _, a in loadSlot(&a[0].asGenerator.pointee.qualname) }, set: { t, a in
            if a[1].isMissing || !isInstanceOf(a[1], .str) { return raise(t, .typeError, "__qualname__ must be set to a string object") }
            storeSlot(&a[0].asGenerator.pointee.qualname, a[1])
            return .none
        }, qualifiedDoc),
    ]
}

func generator_repr(_ t: Thread, _ v: Value) -> Value {
    let kind = v.isExactly(.coroutine) ? "coroutine" : v.isExactly(.asyncGenerator) ? "async_generator" : "generator"
    return makeString(t, "<\(kind) object \(swiftString(loadSlot(&v.asGenerator.pointee.qualname))) at \(addressText(v))>")
}

private func generator_next(_ t: Thread, _ v: Value) -> Value { generatorSend(t, v, .none) }

func generator_finalize(_ t: Thread, _ v: Value) -> Value {
    finalizeGenerator(t, v)
    return .none
}

func generator_delegate(_ t: Thread, _ a: Values) -> Value { delegate(of: a[0].asGenerator) ?? .none }

/// The one to three arguments of throw; the later ones 0 when not given. nil: raised.
func throwArguments(_ t: Thread, _ args: Value) -> (Value, Value, Value)? {
    let count = args.tupleCount
    if count < 1 || count > 3 {
        _ = raise(t, .typeError, count < 1 ? "throw expected at least 1 argument, got 0" : "throw expected at most 3 arguments, got \(count)")
        return nil
    }
    return (args.tupleItems[0], count > 1 ? args.tupleItems[1] : .raised, count > 2 ? args.tupleItems[2] : .raised)
}

private func generator_throw(_ t: Thread, _ a: Values) -> Value {
    guard let given = throwArguments(t, a[1]) else { return .raised }
    return sendResult(t, generatorThrow(t, a[0], given.0, given.1, given.2))
}

// MARK: coroutine_wrapper: what `coroutine.__await__()` answers

func coroutine_await(_ t: Thread, _ v: Value) -> Value {
    let wrapper = Value(allocate(t, id: TypeID.coroutineWrapper.rawValue, bytes: 16))
    storeSlot((wrapper.cell + 8).assumingMemoryBound(to: Value.self), v)
    return wrapper
}

func coroutineWrapperDefinition() -> TypeDefinition {
    TypeDefinition(.coroutineWrapper, "coroutine_wrapper", flags: [.disallowInstantiation], doc: "A wrapper object implementing __await__ for coroutines.",
        size: 16, layout: Layout(prefix: 1, flags: [.container]),
        slots: [.unary(.iter, iterSelf), .unary(.next, { t, v in generatorSend(t, wrappedCoroutine(v), .none) })],
        members: [
            .method("send", "(self, arg, /)", { t, a in sendResult(t, generatorSend(t, wrappedCoroutine(a[0]), a[1])) }),
            .method("throw", "(self, /, *args)", { t, a in
                guard let given = throwArguments(t, a[1]) else { return .raised }
                return sendResult(t, generatorThrow(t, wrappedCoroutine(a[0]), given.0, given.1, given.2))
            }),
            .method("close", "(self, /)", { t, a in generatorClose(t, wrappedCoroutine(a[0])) }),
        ])
}
