// Awaiting and delegating to any object.

/// Sends to any iterator: the yielded value, `.exhausted` with the result in `t.pointee.result`, or 0.
public func sendTo(_ t: Thread, _ target: Value, _ sent: Value) -> Value {
    if target.isCell {
        let id = target.id
        if id == TypeID.generator.rawValue || id == TypeID.coroutine.rawValue { return generatorSend(t, target, sent) }
        if id == TypeID.asyncGeneratorASend.rawValue { return asyncSendResume(t, target, sent) }
        if id == TypeID.asyncGeneratorAThrow.rawValue { return asyncThrowResume(t, target, sent) }
        if id == TypeID.coroutineWrapper.rawValue { return generatorSend(t, wrappedCoroutine(target), sent) }
    }
    if let send = typeOf(target).binary(.send) { return send(t, target, sent) }
    let r = sent.isNone && typeOf(target).has(.next) ? nextKeepingStopIteration(t, target) : callMethod(t, target, .send, sent)
    if r.isRaised { return stopIterationAsEnd(t) }
    if r.isExhausted { t.pointee.result = .none }
    return r
}

/// What `await v` iterates over: v itself for a coroutine, else `v.__await__()`.
public func awaitableIterator(_ t: Thread, _ v: Value) -> Value {
    if v.isExactly(.coroutine) { return v }
    if v.isExactly(.generator) && v.asGenerator.pointee.code.asCode.codeFlags.contains(.iterableCoroutine) { return v }
    guard let function = typeOf(v).unary(.await) else { return raise(t, .typeError, "object \(typeName(v)) can't be used in 'await' expression") }
    let iterator = function(t, v)
    if iterator.isRaised { return iterator }
    if iterator.isExactly(.coroutine) || (iterator.isExactly(.generator) && iterator.asGenerator.pointee.code.asCode.codeFlags.contains(.iterableCoroutine)) {
        return raise(t, .typeError, "__await__() returned a coroutine")
    }
    if !typeOf(iterator).has(.next) { return raise(t, .typeError, "__await__() returned non-iterator of type '\(typeName(iterator))'") }
    return iterator
}


/// A StopIteration being raised becomes `.exhausted` with its value in `t.pointee.result`; any other exception stays.
public func stopIterationAsEnd(_ t: Thread) -> Value {
    guard exceptionMatches(t, .stopIteration) else { return .raised }
    let value = loadSlot(takeException(t).exceptionFields + ExceptionField.stopIterationValue)
    t.pointee.result = value.bits == 0 ? .none : value
    return .exhausted
}

/// Raises StopIteration for an iterator whose `next` slot has just answered `.exhausted`, with its value. Only the
/// generator family has one, left in `t.pointee.result`; any other iterator may have run Python code that changed that word.
@discardableResult
public func raiseIterationEnd(_ t: Thread, _ iterator: Value) -> Value {
    switch TypeID(rawValue: iterator.isCell ? iterator.id : 0) {
    case .generator, .coroutineWrapper, .asyncGeneratorASend, .asyncGeneratorAThrow: return raiseStopIteration(t, t.pointee.result)
    default: return raise(t, .stopIteration)
    }
}

/// The coroutine behind a coroutine_wrapper, the object that `coroutine.__await__()` answers.
@inline(__always) public func wrappedCoroutine(_ v: Value) -> Value { (v.cell + 8).assumingMemoryBound(to: Value.self).pointee }
