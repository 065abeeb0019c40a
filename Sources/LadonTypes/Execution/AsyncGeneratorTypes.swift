// async_generator, its awaitables, and the awaitable of anext() with a default.

import LadonRuntime

func asyncGeneratorDefinition() -> TypeDefinition {
    TypeDefinition(.asyncGenerator, "async_generator", flags: [.disallowInstantiation, .weakReferenceable], size: MemoryLayout<GeneratorCell>.size,
        layout: Layout(prefix: 0, flags: [.window, .container]),
        slots: [.unary(.repr, generator_repr), .unary(.aiter, iterSelf), .unary(.anext, { t, v in makeAsyncSend(t, v, .none) }),
                .unary(.finalize, generator_finalize)],
        members: nameMembers("name of the async generator", "qualified name of the async generator") + [
            .method("asend", "(self, v, /)", { t, a in makeAsyncSend(t, a[0], a[1]) }, "An awaitable that goes on with v and answers the next value."),
            .method("athrow", "(self, /, *args)", { t, a in makeAsyncThrow(t, a[0], a[1]) }, "An awaitable that raises an exception in the generator."),
            .method("aclose", "(self, /)", { t, a in makeAsyncThrow(t, a[0], .raised) }, "An awaitable that raises GeneratorExit in the generator."),
            .classMethod("__class_getitem__", "(type, object, /)", genericClassGetItem, "See PEP 585"),
            .attribute("ag_await", get: generator_delegate, "object being awaited on, or None"),
            .attribute("ag_frame", get: { t, a in generatorFrame(t, a[0]) }),
            .member("ag_running", get: { _, a in Value(a[0].asGenerator.hasAsync(AsyncGeneratorFlags.running)) }, set: readOnlyAttribute),
            .member("ag_code", get: { t, a in isAuditing && !auditAttribute(t, a[0], read: "ag_code") ? .raised : a[0].asGenerator.pointee.code }, set: readOnlyAttribute),
        ])
}

func asyncGeneratorSendDefinition() -> TypeDefinition {
    TypeDefinition(.asyncGeneratorASend, "async_generator_asend", flags: [.disallowInstantiation], size: MemoryLayout<AsyncSendCell>.size,
        layout: Layout(prefix: 2, flags: [.container]),
        slots: [.unary(.await, iterSelf), .unary(.iter, iterSelf), .unary(.next, { t, v in asyncSendResume(t, v, .none) })],
        members: [
            .method("send", "(self, arg, /)", { t, a in sendResult(t, asyncSendResume(t, a[0], a[1])) }),
            .method("throw", "(self, /, *args)", { t, a in
                if a[0].asAsyncSend.pointee.state == AwaitableState.closed { return asyncSendThrow(t, a[0], .none, .raised, .raised) }
                guard let given = throwArguments(t, a[1]) else { return .raised }
                return sendResult(t, asyncSendThrow(t, a[0], given.0, given.1, given.2))
            }),
            .method("close", "(self, /)", { _, a in a[0].asAsyncSend.pointee.state = AwaitableState.closed; return .none }),
        ])
}

func asyncGeneratorThrowDefinition() -> TypeDefinition {
    TypeDefinition(.asyncGeneratorAThrow, "async_generator_athrow", flags: [.disallowInstantiation], size: MemoryLayout<AsyncThrowCell>.size,
        layout: Layout(prefix: 2, flags: [.container]),
        slots: [.unary(.await, iterSelf), .unary(.iter, iterSelf), .unary(.next, { t, v in asyncThrowResume(t, v, .none) })],
        members: [
            .method("send", "(self, arg, /)", { t, a in sendResult(t, asyncThrowResume(t, a[0], a[1])) }),
            .method("throw", "(self, /, *args)", { t, a in
                if a[0].asAsyncThrow.pointee.state == AwaitableState.closed { return asyncThrowThrow(t, a[0], .none, .raised, .raised) }
                guard let given = throwArguments(t, a[1]) else { return .raised }
                return sendResult(t, asyncThrowThrow(t, a[0], given.0, given.1, given.2))
            }),
            .method("close", "(self, /)", { _, a in a[0].asAsyncThrow.pointee.state = AwaitableState.closed; return .none }),
        ])
}

func asyncGeneratorWrappedValueDefinition() -> TypeDefinition {
    TypeDefinition(.asyncGeneratorWrappedValue, "async_generator_wrapped_value", flags: [.disallowInstantiation], size: 16,
                   layout: Layout(prefix: 1, flags: [.container]))
}

// MARK: anext(iterator, default)

private struct AnextCell {
    var header: CellHeader
    var wrapped: Value
    var defaultValue: Value
}

nonisolated(unsafe) private var anextType: TypePointer?

func installAnextAwaitable(_ t: Thread) {
    if anextType != nil { return }
    anextType = installType(t, TypeDefinition(nil, "anext_awaitable", flags: [.disallowInstantiation], size: MemoryLayout<AnextCell>.size,
        layout: Layout(prefix: 2, flags: [.container]),
        slots: [.unary(.await, iterSelf), .unary(.iter, iterSelf), .unary(.next, { t, v in
            let inner = innerIterator(t, v)
            return inner.isRaised ? inner : nextResult(t, withDefault(t, v, sendTo(t, inner, .none)))
        })],
        members: [
            .method("send", "(self, arg, /)", { t, a in forward(t, a[0], name(.send), makeTuple(t, a[1])) }),
            .method("throw", "(self, /, *args)", { t, a in forward(t, a[0], name(.throw), a[1]) }),
            .method("close", "(self, /)", { t, a in forward(t, a[0], name(.close), ladon_runtime.emptyTuple) }),
        ]))
}

/// The awaitable of `anext(iterator, default)`: as `awaitable`, with the default in place of StopAsyncIteration.
public func makeAnextWithDefault(_ t: Thread, _ awaitable: Value, _ defaultValue: Value) -> Value {
    let v = allocateInstance(t, anextType.unsafelyUnwrapped)
    if v.isRaised { return v }
    v.cell(as: AnextCell.self).pointee.wrapped = awaitable
    v.cell(as: AnextCell.self).pointee.defaultValue = defaultValue
    return v
}

private func innerIterator(_ t: Thread, _ v: Value) -> Value {
    let iterator = awaitableIterator(t, v.cell(as: AnextCell.self).pointee.wrapped)
    if iterator.isRaised || !iterator.isExactly(.coroutine) { return iterator }
    return coroutine_await(t, iterator)
}

private func withDefault(_ t: Thread, _ v: Value, _ r: Value) -> Value {
    guard r.isRaised && exceptionMatches(t, .stopAsyncIteration) else { return r }
    clearException(t)
    t.pointee.result = v.cell(as: AnextCell.self).pointee.defaultValue
    return .exhausted
}

private func forward(_ t: Thread, _ v: Value, _ method: Value, _ args: Value) -> Value {
    let inner = innerIterator(t, v)
    if inner.isRaised || args.isRaised { return .raised }
    let function = getAttribute(t, inner, method)
    if function.isRaised { return function }
    return sendResult(t, withDefault(t, v, callWithTuple(t, function, args)))
}
