// What the dispatch loop does with a generator's frame: making, yielding, delegating, returning, unwinding.

extension Instructions {
    @inline(never) static func returnGenerator(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let generator = makeGenerator(t, f, pc)
        if generator.isRaised { return unwind(t, f, pc) }
        if f.code.codeFlags.contains(.coroutine) { recordOrigin(t, generator) }
        return returnSlowPlain(t, f, pc, generator)
    }

    /// Returns a value from an ordinary frame (RETURN_GENERATOR runs before the frame is a generator's).
    private static func returnSlowPlain(_ t: Thread, _ f: Values, _ pc: PC, _ v: Value) -> PC { returnSlow(t, f, pc, v) }

    @inline(__always) static func yield(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { yieldSlow(t, f, pc, w) }

    @inline(never) static func yieldSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let v = f[opB(w)]
        var f = f, pc = pc
        while true {
            f.savedPC = pc
            let generatorValue = f.extra
            let generator = generatorValue.asGenerator
            let caller = f.caller.unsafelyUnwrapped
            let flags = f.flags
            leaveWindow(t, generator)
            f.caller = nil
            ladon_store_release(generator.stateAddress, GeneratorState.suspended)
            if flags & FrameFlags.entry != 0 {
                t.pointee.result = v
                t.pointee.resumeOutcome = ResumeOutcome.yielded
                return PC(ladon_exit_word())
            }
            let callPC = caller.savedPC
            let word = callPC.pointee
            caller[opA(word)] = v
            if opcode(word) != .send { return callPC + signedC(word) }
            // Who delegates yields the value on: the same again, without a turn of the dispatch loop.
            pc = callPC + 1
            let next = pc.pointee
            if opcode(next) != .yield || opC(next) == 0 || opB(next) != opA(word) || isTracing(t) { return pc }
            f = caller
        }
    }

    @inline(never) static func send(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        if ladon_load32_relaxed(pendingAddress(t)) != 0 && !safepoint(t) { return unwind(t, f, pc) }
        let target = f[opB(w)], sent = f[opA(w)]
        if target.isCell {
            let id = target.id
            if id == TypeID.generator.rawValue || id == TypeID.coroutine.rawValue, let entered = resumeInline(t, f, target, sent) { return entered }
        }
        let r = sendTo(t, target, sent)
        if r.isRaised { return unwind(t, f, pc) }
        if r.isExhausted {
            let value = t.pointee.result
            if t.pointee.traceFunction.bits != 0 && !value.isNone && !traceStopIteration(t, f, value) { return unwind(t, f, pc) }
            f[opA(w)] = value
            return pc + signedC(w)
        }
        f[opA(w)] = r
        return pc + 1
    }
    @inline(never) static func getYieldFromIter(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let v = f[opB(w)]
        if v.isExactly(.coroutine) {
            if f.code.codeFlags.isDisjoint(with: [.coroutine, .iterableCoroutine]) {
                return finish(t, f, pc, w, LadonRuntime.raise(t, .typeError, "cannot 'yield from' a coroutine object in a non-coroutine generator"))
            }
            return finish(t, f, pc, w, v)
        }
        return finish(t, f, pc, w, v.isExactly(.generator) ? v : iterate(t, v))
    }
    @inline(never) static func getAwaitable(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let v = f[opB(w)]
        let iterator = awaitableIterator(t, v)
        if iterator.isRaised {
            if opC(w) != 0 && exceptionMatches(t, .typeError) && !typeOf(v).has(.await) {
                clearException(t)
                LadonRuntime.raise(t, .typeError, "'async with' received an object from \(opC(w) == 1 ? "__aenter__" : "__aexit__") that does not implement __await__: \(typeName(v))")
            }
            return unwind(t, f, pc)
        }
        if iterator.isExactly(.coroutine) && iterator.asGenerator.state == GeneratorState.suspended && delegate(of: iterator.asGenerator) != nil {
            return finish(t, f, pc, w, LadonRuntime.raise(t, .runtimeError, "coroutine is being awaited already"))
        }
        return finish(t, f, pc, w, iterator)
    }
    @inline(never) static func getAiter(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let v = f[opB(w)]
        guard let function = typeOf(v).unary(.aiter) else {
            return finish(t, f, pc, w, LadonRuntime.raise(t, .typeError, "'async for' requires an object with __aiter__ method, got \(typeName(v))"))
        }
        let iterator = function(t, v)
        if !iterator.isRaised && !typeOf(iterator).has(.anext) {
            return finish(t, f, pc, w, LadonRuntime.raise(t, .typeError, "'async for' received an object from __aiter__ that does not implement __anext__: \(typeName(iterator))"))
        }
        return finish(t, f, pc, w, iterator)
    }
    @inline(never) static func getAnext(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let v = f[opB(w)]
        guard let function = typeOf(v).unary(.anext) else {
            return finish(t, f, pc, w, LadonRuntime.raise(t, .typeError, "'async for' requires an iterator with __anext__ method, got \(typeName(v))"))
        }
        let awaitable = function(t, v)
        if awaitable.isRaised { return unwind(t, f, pc) }
        let iterator = awaitableIterator(t, awaitable)
        if iterator.isRaised {
            let cause = takeException(t)
            LadonRuntime.raise(t, .typeError, "'async for' received an invalid object from __anext__: \(typeName(awaitable))")
            t.pointee.exception.asException.pointee.cause = cause
            t.pointee.exception.asException.pointee.context = cause
            t.pointee.exception.asException.pointee.suppressContext = .true
            return unwind(t, f, pc)
        }
        return finish(t, f, pc, w, iterator)
    }
    @inline(never) static func endAsyncFor(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let e = f[opA(w)]
        if isSubtype(typeOf(e), builtinType(.stopAsyncIteration)) { return pc + 1 }
        f.savedPC = pc
        t.pointee.exception = e
        return unwindWithoutEntry(t, f, pc)
    }
    @inline(never) static func asyncGenWrap(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let wrapped = Value(allocate(t, id: TypeID.asyncGeneratorWrappedValue.rawValue, bytes: 16))
        (wrapped.cell + 8).assumingMemoryBound(to: Value.self).pointee = f[opB(w)]
        return finish(t, f, pc, w, wrapped)
    }
}

/// RETURN in a generator's frame: it is finished, and its resumer goes on.
func generatorReturn(_ t: Thread, _ f: Values, _ v: Value) -> PC {
    let generator = f.extra.asGenerator
    let isCoroutine = f.extra.isExactly(.coroutine)
    let caller = f.caller.unsafelyUnwrapped
    let flags = f.flags
    if flags & FrameFlags.hasObject != 0 { detachFrameObject(t, f) }
    leaveWindow(t, generator)
    finishGenerator(generator)
    t.pointee.result = v
    if flags & FrameFlags.entry != 0 {
        t.pointee.resumeOutcome = ResumeOutcome.returned
        return PC(ladon_exit_word())
    }
    let callPC = caller.savedPC
    let word = callPC.pointee
    if t.pointee.traceFunction.bits != 0 && (!v.isNone || isCoroutine) && !traceStopIteration(t, caller, v) { return unwind(t, caller, callPC) }
    if Instructions.opcode(word) == .send {
        caller[opA(word)] = v
        return callPC + signedC(word)
    }
    return callPC + 1
}

/// An exception leaves a generator's frame: StopIteration may not (PEP 479).
func generatorUnwound(_ t: Thread, _ f: Values) {
    let generator = f.extra.asGenerator
    let isAsync = f.extra.isExactly(.asyncGenerator)
    let kind = kindName(f.extra)
    if f.flags & FrameFlags.hasObject != 0 { detachFrameObject(t, f) }
    leaveWindow(t, generator)
    finishGenerator(generator)
    let stop: String?
    if exceptionMatches(t, .stopIteration) { stop = "\(kind) raised StopIteration" }
    else if isAsync && exceptionMatches(t, .stopAsyncIteration) { stop = "async generator raised StopAsyncIteration" } else { stop = nil }
    if let stop {
        let cause = takeException(t)
        raise(t, .runtimeError, stop)
        let e = t.pointee.exception.asException
        e.pointee.cause = cause
        e.pointee.context = cause
        e.pointee.suppressContext = .true
    }
}

/// cr_origin: where the coroutine was made, when sys.set_coroutine_origin_tracking_depth asked for it.
private func recordOrigin(_ t: Thread, _ coroutine: Value) {
    let depth = Int(t.pointee.coroutineOriginDepth)
    guard depth > 0 else { return }
    let list = makeList(t)
    var frame: Values? = t.pointee.frame.unsafelyUnwrapped.caller
    var n = 0
    while let f = frame, !f.isBase, n < depth {
        let line = f.code.position(at: f.savedPC)?.line ?? 0
        let entry = makeTuple(t, f.code.pointee.filename, Value(smallInt: Int(line)), f.code.pointee.name)
        if entry.isRaised || listAppend(t, list, entry) < 0 { clearException(t); return }
        frame = f.caller
        n += 1
    }
    coroutine.asGenerator.pointee.origin = listToTuple(t, list)
}
