// throw() and close(): exceptions into a suspended generator, through what it delegates to.
//
// The generator is claimed for the whole operation, so that nobody else runs it while its sub-iterator does.

/// throw(e). Answers as `generatorSend`.
public func generatorThrow(_ t: Thread, _ v: Value, _ e: Value, closesDelegate: Bool = true) -> Value {
    generatorThrow(t, v, e, .raised, .raised, closesDelegate: closesDelegate)
}

/// throw(type, value, traceback), the last two 0 when not given: raises inside, forwarding to the sub-iterator
/// delegated to. `closesDelegate`: GeneratorExit closes the sub-iterator instead of being thrown into it.
/// Answers as `generatorSend`.
public func generatorThrow(_ t: Thread, _ v: Value, _ type: Value, _ value: Value, _ traceback: Value, closesDelegate: Bool = true) -> Value {
    let generator = v.asGenerator
    if !hasNativeRoom(t) { return .raised }
    if t.pointee.depth >= t.pointee.depthLimit { return raiseRecursionError(t, "") }
    guard let state = claim(t, generator) else {
        // Not running: the arguments are checked first, and a finished generator lets the exception through.
        let e = thrownException(t, type, value, traceback)
        if e.isRaised { return e }
        if generator.state != GeneratorState.finished || v.isExactly(.coroutine) { return notResumable(t, v) }
        t.pointee.exception = e
        return .raised
    }
    guard state == GeneratorState.suspended, let sub = delegateInside(generator) else {
        let e = thrownException(t, type, value, traceback)
        if e.isRaised { release(generator, state); return e }
        return raiseInside(t, v, e)
    }
    if closesDelegate && isGeneratorExit(type) {
        if !closeIterator(t, sub) { return raiseInside(t, v, takeException(t)) }
        let e = thrownException(t, type, value, traceback)
        if e.isRaised { release(generator, state); return e }
        return raiseInside(t, v, e)
    }
    var r: Value
    if sub.isExactly(.generator) || sub.isExactly(.coroutine) {
        // The generator is a frame of tracebacks and of sys._getframe() meanwhile.
        enterWindow(t, generator, t.pointee.frame.unsafelyUnwrapped, FrameFlags.entry)
        r = generatorThrow(t, sub, type, value, traceback, closesDelegate: closesDelegate)
        leaveWindow(t, generator)
        generator.window.caller = nil
    } else {
        let method = getAttributeOrMissing(t, sub, name(.throw))
        if method.isRaised { release(generator, state); return .raised }
        if method.isMissing {
            let e = thrownException(t, type, value, traceback)
            if e.isRaised { release(generator, state); return e }
            return raiseInside(t, v, e)
        }
        r = value.bits == 0 ? call(t, method, type) : traceback.bits == 0 ? call(t, method, type, value) : call(t, method, type, value, traceback)
        if r.isRaised { r = stopIterationAsEnd(t) }
    }
    if r.isRaised { return raiseInside(t, v, takeException(t)) }
    if !r.isExhausted { release(generator, state); return r }
    // The sub-iterator returned: go on after the SEND that delegates, with its value.
    let result = t.pointee.result
    let back = generator.window.savedPC + 1                 // JUMP_BACK to the SEND
    let sendPC = back + wide(back.pointee)
    enterWindow(t, generator, t.pointee.frame.unsafelyUnwrapped, FrameFlags.entry)
    generator.window[opA(sendPC.pointee)] = result
    return runWindow(t, v, sendPC + signedC(sendPC.pointee))
}

private func isGeneratorExit(_ type: Value) -> Bool {
    if isType(type) { return isSubtype(type.asType, builtinType(.generatorExit)) }
    return isSubtype(typeOf(type), builtinType(.generatorExit))
}

/// The exception instance that throw's arguments stand for. 0: raised (TypeError, or what the constructor raised).
private func thrownException(_ t: Thread, _ type: Value, _ given: Value, _ givenTraceback: Value) -> Value {
    let traceback: Value = givenTraceback.isNone ? .raised : givenTraceback
    if traceback.bits != 0 && !traceback.isExactly(.traceback) { return raise(t, .typeError, "throw() third argument must be a traceback object") }
    let value: Value = given.isNone ? .raised : given
    let e: Value
    if isType(type) && type.asType.pointee.flags.contains(.exceptionSubclass) {
        if value.bits != 0 && isSubtype(typeOf(value), type.asType) {
            e = value
        } else {
            if value.bits == 0 { e = call(t, type) }
            else if isInstanceOf(value, .tuple) { e = callWithTuple(t, type, value) }
            else { e = call(t, type, value) }
            if e.isRaised { return takeException(t) }
            if !typeOf(e).pointee.flags.contains(.exceptionSubclass) {
                raise(t, .typeError, "calling \(reprText(t, type)) should have returned an instance of BaseException, not \(reprText(t, typeOf(e).value))")
                return takeException(t)
            }
        }
    } else if typeOf(type).pointee.flags.contains(.exceptionSubclass) {
        if value.bits != 0 { return raise(t, .typeError, "instance exception may not have a separate value") }
        e = type
    } else {
        return raise(t, .typeError, "exceptions must be classes or instances deriving from BaseException, not \(typeName(type))")
    }
    if traceback.bits != 0 { e.asException.pointee.traceback = traceback }
    return e
}

/// close() on whatever is delegated to. False: raised.
private func closeIterator(_ t: Thread, _ v: Value) -> Bool {
    if v.isExactly(.generator) || v.isExactly(.coroutine) { return !generatorClose(t, v).isRaised }
    let method = getAttributeOrMissing(t, v, name(.close))
    if method.isRaised { reportUnraisable(t, v); return true }
    return method.isMissing || !call(t, method).isRaised
}

/// close(): raises GeneratorExit inside and expects it, or the end, to come out. None or 0.
public func generatorClose(_ t: Thread, _ v: Value) -> Value {
    let generator = v.asGenerator
    guard let state = claim(t, generator) else {
        if generator.state == GeneratorState.finished { return .none }
        return raise(t, .valueError, "\(kindName(v)) already executing")
    }
    if state == GeneratorState.created {
        if generator.window.flags & FrameFlags.hasObject != 0 { detachFrameObject(t, generator.window) }
        finishGenerator(generator)
        return .none
    }
    if !hasNativeRoom(t) { release(generator, state); return .raised }
    var r: Value
    if let sub = delegateInside(generator), !closeIterator(t, sub) {
        r = raiseInside(t, v, takeException(t))
    } else {
        raise(t, .generatorExit)
        r = raiseInside(t, v, takeException(t))
    }
    if r.isExhausted { return .none }
    if !r.isRaised { return raise(t, .runtimeError, "\(kindName(v)) ignored GeneratorExit") }
    if exceptionMatches(t, .generatorExit) || exceptionMatches(t, .stopIteration) { clearException(t); return .none }
    return .raised
}
