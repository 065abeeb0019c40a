// Generators, coroutines and async generators: frames whose window lies in a heap cell.
//
// `state` is the lock: running a generator is a compare-and-swap from created or suspended to running, and
// only the thread that did it touches the window until it stores another state. A second thread (or a
// recursive call) finds it running and gets "generator already executing".
//
// The window's words may be stale below the variables, so the collector scans the cell conservatively
// (Layout.Flags.window).

/// generator, coroutine and async generator have this layout; the window follows.
@frozen public struct GeneratorCell {
    public var header: CellHeader
    /// GeneratorState, a word changed atomically.
    public var state: UInt
    public var name: Value
    public var qualname: Value
    public var code: Value
    /// The exception being handled inside, saved while suspended; 0: none.
    public var handled: Value
    /// Coroutines: cr_origin or 0. Async generators: the finaliser hook or 0.
    public var origin: Value
    /// Async generators: bit 0 hooks initialised, bit 1 closed, bit 2 an anext/asend/athrow is running. A raw word changed atomically.
    public var asyncState: UInt
}

public enum GeneratorState {
    public static let created: UInt = 0, suspended: UInt = 1, running: UInt = 2, finished: UInt = 3
}

extension Value {
    @inlinable @inline(__always) public var asGenerator: UnsafeMutablePointer<GeneratorCell> { cell(as: GeneratorCell.self) }
}

extension UnsafeMutablePointer where Pointee == GeneratorCell {
    @inlinable public var stateAddress: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + MemoryLayout<CellHeader>.size }
    /// The window: a frame.
    @inlinable public var window: Values { (UnsafeMutableRawPointer(self) + MemoryLayout<GeneratorCell>.size).assumingMemoryBound(to: Value.self) }
    public var state: UInt { ladon_load_acquire(stateAddress) }
}

func isGeneratorRunning(_ v: Value) -> Bool { v.asGenerator.state == GeneratorState.running }

/// RETURN_GENERATOR: moves the running frame into a new generator and returns that to the caller.
func makeGenerator(_ t: Thread, _ f: Values, _ pc: PC) -> Value {
    let code = f.code
    let flags = code.codeFlags
    let type: TypeID = flags.contains(.asyncGenerator) ? .asyncGenerator : flags.contains(.coroutine) ? .coroutine : .generator
    let bytes = MemoryLayout<GeneratorCell>.size + code.pointee.frameSize * 8
    guard let p = allocateAny(t, id: type.rawValue, bytes: bytes) else { return raiseMemoryError(t) }
    let generator = Value(p).asGenerator
    generator.pointee.name = f.function.pointee.name
    generator.pointee.qualname = f.function.pointee.qualname
    generator.pointee.code = f[Frame.code]
    let window = generator.window
    for i in Frame.headerSize..<Frame.headerSize + code.pointee.variableCount { window[i] = f[i] }
    window.caller = nil
    window.savedPC = pc
    window[Frame.code] = f[Frame.code]
    window[Frame.function] = f[Frame.function]
    window.flags = FrameFlags.generator
    window[Frame.extra] = Value(p)
    if typeOf(Value(p)).pointee.flags.contains(.hasFinalizer) || code.pointee.exceptionCount > 0 || type != .generator {
        registerFinalizable(t, Value(p))
    }
    return Value(p)
}

// MARK: switching

/// Makes the generator's window the running frame. False: not resumable now (running or finished).
@inline(__always)
private func claim(_ generator: UnsafeMutablePointer<GeneratorCell>) -> UInt? {
    let state = generator.state
    guard state <= GeneratorState.suspended, ladon_cas(generator.stateAddress, state, GeneratorState.running) else { return nil }
    return state
}

private func enterWindow(_ t: Thread, _ generator: UnsafeMutablePointer<GeneratorCell>, _ caller: Values, _ flags: UInt) {
    let window = generator.window
    window.caller = caller
    window.top = caller.top
    window.flags = (window.flags & FrameFlags.hasObject) | FrameFlags.generator | flags
    // The generator sees its own handled exception if it has one, else its resumer's.
    let inner = generator.pointee.handled
    generator.pointee.handled = t.pointee.handled
    if inner.bits != 0 { t.pointee.handled = inner }
    t.pointee.frame = window
    t.pointee.depth += 1
}

/// Undoes `enterWindow`: the handled exception goes back into the generator when it is its own.
private func leaveWindow(_ t: Thread, _ generator: UnsafeMutablePointer<GeneratorCell>) {
    let outer = generator.pointee.handled
    let inner = t.pointee.handled
    generator.pointee.handled = inner == outer ? .raised : inner
    t.pointee.handled = outer
    t.pointee.frame = generator.window.caller
    t.pointee.depth -= 1
}

/// Resumes a generator from FOR_ITER or SEND without a nested loop; nil when the general path must do it.
@inline(__always)
func resumeInline(_ t: Thread, _ f: Values, _ v: Value, _ sent: Value) -> PC? {
    let generator = v.asGenerator
    guard t.pointee.depth < t.pointee.depthLimit, let state = claim(generator) else { return nil }
    let window = generator.window
    if state == GeneratorState.created && !sent.isNone {
        ladon_store_release(generator.stateAddress, state)
        return nil
    }
    enterWindow(t, generator, f, FrameFlags.inlineResume)
    let pc = window.savedPC
    if state == GeneratorState.suspended { window[opA(pc.pointee)] = sent }
    return pc + 1
}

/// Sends a value into a generator-like cell: the yielded value; `.exhausted` with the return value in
/// `t.pointee.result`; or 0.
public func generatorSend(_ t: Thread, _ v: Value, _ sent: Value) -> Value {
    let generator = v.asGenerator
    if !enterNative(t) { return .raised }
    if t.pointee.depth >= t.pointee.depthLimit { return raiseRecursionError(t, "") }
    guard let state = claim(generator) else { return notResumable(t, v) }
    if state == GeneratorState.created && !sent.isNone {
        ladon_store_release(generator.stateAddress, state)
        return raise(t, .typeError, "can't send non-None value to a just-started \(kindName(v))")
    }
    enterWindow(t, generator, t.pointee.frame.unsafelyUnwrapped, FrameFlags.entry)
    let window = generator.window
    let pc = window.savedPC
    if state == GeneratorState.suspended { window[opA(pc.pointee)] = sent }
    return finishRun(t, v, pc + 1)
}

/// Raises the exception in `t.pointee.exception` at the point where the generator is suspended.
func generatorRaise(_ t: Thread, _ v: Value) -> Value {
    let generator = v.asGenerator
    if !enterNative(t) { return .raised }
    let pending = takeException(t)
    guard let state = claim(generator) else {
        if generator.state == GeneratorState.finished { restoreException(t, pending); return .raised }
        return notResumable(t, v)
    }
    if state == GeneratorState.created {
        // Nothing has run: it ends, and the exception comes from its first line.
        ladon_store_release(generator.stateAddress, GeneratorState.finished)
        restoreException(t, pending)
        addTraceback(t, pending, windowForTraceback(generator), generator.window.savedPC)
        if let object = generator.window.object { _ = object; detachFrameObject(t, generator.window) }
        return .raised
    }
    enterWindow(t, generator, t.pointee.frame.unsafelyUnwrapped, FrameFlags.entry)
    restoreException(t, pending)
    let handled = t.pointee.handled
    if handled.bits != 0 && handled != pending && pending.asException.pointee.context.bits == 0 { raiseInstance(t, pending) }
    let next = unwind(t, generator.window, generator.window.savedPC)
    if next == PC(ladon_exit_word()) { return finished(t, v) }
    return finishRun(t, v, next)
}

private func windowForTraceback(_ generator: UnsafeMutablePointer<GeneratorCell>) -> Values { generator.window }

private func finishRun(_ t: Thread, _ v: Value, _ pc: PC) -> Value {
    runLoop(t, v.asGenerator.window, pc)
    ladon_keep_alive(v)
    return finished(t, v)
}

/// After the nested loop was left: a yielded value, the end, or an exception.
private func finished(_ t: Thread, _ v: Value) -> Value {
    let result = t.pointee.result
    if result.isRaised { return .raised }
    return v.asGenerator.state == GeneratorState.suspended ? result : .exhausted
}

func kindName(_ v: Value) -> String {
    switch typeOrShapeID(v) {
    case TypeID.coroutine.rawValue: return "coroutine"
    case TypeID.asyncGenerator.rawValue: return "async generator"
    default: return "generator"
    }
}

private func notResumable(_ t: Thread, _ v: Value) -> Value {
    if v.asGenerator.state == GeneratorState.finished {
        if v.isExactly(.coroutine) { return raise(t, .runtimeError, "cannot reuse already awaited coroutine") }
        t.pointee.result = .none
        return .exhausted
    }
    return raise(t, .valueError, "\(kindName(v)) already executing")
}

// MARK: what the dispatch loop does with a generator's frame

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
        f.savedPC = pc
        let v = f[opB(w)]
        let generatorValue = f.extra
        let generator = generatorValue.asGenerator
        let caller = f.caller.unsafelyUnwrapped
        let flags = f.flags
        leaveWindow(t, generator)
        f.caller = nil
        ladon_store_release(generator.stateAddress, GeneratorState.suspended)
        if flags & FrameFlags.entry != 0 {
            t.pointee.result = v
            return PC(ladon_exit_word())
        }
        let callPC = caller.savedPC
        let word = callPC.pointee
        caller[opA(word)] = v
        if opcode(word) == .send { return callPC + 1 }
        return callPC + signedC(word)
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
        if r.isExhausted { f[opA(w)] = t.pointee.result; return pc + signedC(w) }
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
    let caller = f.caller.unsafelyUnwrapped
    let flags = f.flags
    if flags & FrameFlags.hasObject != 0 { detachFrameObject(t, f) }
    leaveWindow(t, generator)
    finishGenerator(generator)
    t.pointee.result = v
    if flags & FrameFlags.entry != 0 { return PC(ladon_exit_word()) }
    let callPC = caller.savedPC
    let word = callPC.pointee
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

private func finishGenerator(_ generator: UnsafeMutablePointer<GeneratorCell>) {
    let window = generator.window
    // The window's contents are dropped, so that what they hold can be collected.
    for i in Frame.headerSize..<generator.pointee.code.asCode.pointee.frameSize { window[i] = .raised }
    generator.pointee.handled = .raised
    window.caller = nil
    ladon_store_release(generator.stateAddress, GeneratorState.finished)
}

/// The sub-iterator that a suspended generator delegates to (gi_yieldfrom), or nil.
public func delegate(of generator: UnsafeMutablePointer<GeneratorCell>) -> Value? {
    guard generator.state == GeneratorState.suspended else { return nil }
    let word = generator.window.savedPC.pointee
    guard Instructions.opcode(word) == .yield, opC(word) != 0 else { return nil }
    return generator.window[opC(word)]
}

/// Sends to any iterator: the yielded value, `.exhausted` with the result in `t.pointee.result`, or 0.
public func sendTo(_ t: Thread, _ target: Value, _ sent: Value) -> Value {
    if target.isCell {
        let id = target.id
        if id == TypeID.generator.rawValue || id == TypeID.coroutine.rawValue { return generatorSend(t, target, sent) }
    }
    let r: Value
    if sent.isNone, let function = typeOf(target).unary(.next) { r = function(t, target) } else { r = callMethod(t, target, .send, sent) }
    if r.isRaised && exceptionMatches(t, .stopIteration) {
        let e = takeException(t)
        t.pointee.result = e.exceptionFields[ExceptionField.stopIterationValue].bits == 0 ? .none : e.exceptionFields[ExceptionField.stopIterationValue]
        return .exhausted
    }
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

/// throw(): raises `e` inside, forwarding it to the sub-iterator delegated to. Answers as `generatorSend`.
public func generatorThrow(_ t: Thread, _ v: Value, _ e: Value, closesDelegate: Bool = true) -> Value {
    let generator = v.asGenerator
    guard let sub = delegate(of: generator) else { t.pointee.exception = e; return generatorRaise(t, v) }
    if !enterNative(t) { return .raised }
    if closesDelegate && isSubtype(typeOf(e), builtinType(.generatorExit)) {
        // GeneratorExit closes the sub-iterator, then goes on here.
        if !whileDelegating(t, generator, { closeIterator(t, sub) }) { return generatorRaise(t, v) }
        t.pointee.exception = e
        return generatorRaise(t, v)
    }
    var r = Value.raised
    if sub.isExactly(.generator) || sub.isExactly(.coroutine) {
        _ = whileDelegating(t, generator) { r = generatorThrow(t, sub, e, closesDelegate: closesDelegate); return true }
    } else {
        let method = getAttributeOrMissing(t, sub, name(.throw))
        if method.isRaised { return .raised }
        if method.isMissing { t.pointee.exception = e; return generatorRaise(t, v) }
        _ = whileDelegating(t, generator) { r = call(t, method, e); return true }
        if r.isRaised && exceptionMatches(t, .stopIteration) {
            let stop = takeException(t)
            let value = stop.exceptionFields[ExceptionField.stopIterationValue]
            t.pointee.result = value.bits == 0 ? .none : value
            r = .exhausted
        }
    }
    if r.isRaised { return generatorRaise(t, v) }
    if !r.isExhausted { return r }
    // The sub-iterator returned: go on after the delegation with its value.
    let value = t.pointee.result
    let yieldPC = generator.window.savedPC
    let back = yieldPC + 1                                  // JUMP_BACK to the SEND
    let sendPC = back + wide(back.pointee)
    let window = generator.window
    guard let state = claimForThrow(generator) else { return notResumable(t, v) }
    _ = state
    enterWindow(t, generator, t.pointee.frame.unsafelyUnwrapped, FrameFlags.entry)
    window[opA(sendPC.pointee)] = value
    return finishRun(t, v, sendPC + signedC(sendPC.pointee))
}

private func claimForThrow(_ generator: UnsafeMutablePointer<GeneratorCell>) -> UInt? { claim(generator) }

/// Runs `body` with the generator marked running, so that re-entry is refused meanwhile.
private func whileDelegating(_ t: Thread, _ generator: UnsafeMutablePointer<GeneratorCell>, _ body: () -> Bool) -> Bool {
    guard claim(generator) != nil else { raise(t, .valueError, "generator already executing"); return false }
    // The generator is a frame of the traceback and of sys._getframe meanwhile.
    enterWindow(t, generator, t.pointee.frame.unsafelyUnwrapped, FrameFlags.entry)
    let ok = body()
    leaveWindow(t, generator)
    generator.window.caller = nil
    ladon_store_release(generator.stateAddress, GeneratorState.suspended)
    return ok
}

/// close() on any iterator delegated to. False: raised.
private func closeIterator(_ t: Thread, _ v: Value) -> Bool {
    if v.isExactly(.generator) || v.isExactly(.coroutine) { return !generatorClose(t, v).isRaised }
    let method = getAttributeOrMissing(t, v, name(.close))
    if method.isRaised { return false }
    return method.isMissing || !call(t, method).isRaised
}

/// close(): raises GeneratorExit inside and expects it to come out. None or 0.
public func generatorClose(_ t: Thread, _ v: Value) -> Value {
    let generator = v.asGenerator
    switch generator.state {
    case GeneratorState.finished: return .none
    case GeneratorState.created:
        if ladon_cas(generator.stateAddress, GeneratorState.created, GeneratorState.running) {
            if generator.window.flags & FrameFlags.hasObject != 0 { detachFrameObject(t, generator.window) }
            finishGenerator(generator)
            return .none
        }
        return generatorClose(t, v)
    default: break
    }
    let e = makeException(t, .generatorExit, args: ladon_runtime.emptyTuple)
    if e.isRaised { return e }
    let r = generatorThrow(t, v, e)
    if r.isExhausted { return .none }
    if !r.isRaised { return raise(t, .runtimeError, "\(kindName(v)) ignored GeneratorExit") }
    if exceptionMatches(t, .generatorExit) || exceptionMatches(t, .stopIteration) { clearException(t); return .none }
    return .raised
}
