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
    /// While suspended: the exception being handled inside, 0 for none. While running: what the resumer handles.
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
    // A plain generator without handlers has nothing to do when it dies suspended.
    if code.pointee.exceptionCount > 0 || type != .generator { registerFinalizable(t, Value(p)) }
    return Value(p)
}

// MARK: switching

/// Makes the caller the only one who may run the generator: the state it was in, or nil when it runs or has finished.
@inline(__always)
func claim(_ t: Thread, _ generator: UnsafeMutablePointer<GeneratorCell>) -> UInt? {
    let state = generator.state
    if state > GeneratorState.suspended { return nil }
    if t.pointee.locks == 0 {
        // No other thread runs Python now.
        ladon_store_relaxed(generator.stateAddress, GeneratorState.running)
        return state
    }
    return ladon_cas(generator.stateAddress, state, GeneratorState.running) ? state : nil
}

/// Gives back a claim without having run anything.
@inline(__always)
func release(_ generator: UnsafeMutablePointer<GeneratorCell>, _ state: UInt) {
    ladon_store_release(generator.stateAddress, state)
}

/// Makes a claimed generator's window the running frame, with `flags`.
@inline(__always)
func enterWindow(_ t: Thread, _ generator: UnsafeMutablePointer<GeneratorCell>, _ caller: Values, _ flags: UInt) {
    let window = generator.window
    window.caller = caller
    window.top = caller.top
    let kept = window.flags & (FrameFlags.hasObject | FrameFlags.ownHandled)
    window.flags = kept | FrameFlags.generator | flags
    // Inside, the generator's own handled exception counts if it has one, else its resumer's.
    let inner = generator.pointee.handled
    generator.pointee.handled = t.pointee.handled
    if kept & FrameFlags.ownHandled != 0 { t.pointee.handled = inner }
    t.pointee.frame = window
    t.pointee.depth += 1
}

/// Undoes `enterWindow`: the handled exception goes back into the generator when it is its own.
@inline(__always)
func leaveWindow(_ t: Thread, _ generator: UnsafeMutablePointer<GeneratorCell>) {
    let outer = generator.pointee.handled
    generator.pointee.handled = generator.window.flags & FrameFlags.ownHandled != 0 ? t.pointee.handled : .raised
    t.pointee.handled = outer
    t.pointee.frame = generator.window.caller
    t.pointee.depth -= 1
}

/// Resumes a generator from FOR_ITER or SEND without a nested loop; nil when the general path must do it.
@inline(__always)
func resumeInline(_ t: Thread, _ f: Values, _ v: Value, _ sent: Value) -> PC? {
    let generator = v.asGenerator
    guard t.pointee.depth < t.pointee.depthLimit, let state = claim(t, generator) else { return nil }
    let window = generator.window
    if state == GeneratorState.created && !sent.isNone {
        release(generator, state)
        return nil
    }
    enterWindow(t, generator, f, FrameFlags.inlineResume)
    let pc = window.savedPC
    if state == GeneratorState.created { return pc + 1 }
    window[opA(pc.pointee)] = sent
    return opC(pc.pointee) == 0 ? pc + 1 : resumeDelegate(t, window, pc)
}

/// Goes on in a generator that is suspended at the YIELD of a delegation: down through the chain of delegates to the
/// innermost, without a turn of the dispatch loop for each. (YIELD is followed by a JUMP_BACK to its SEND.)
@inline(__always)
private func resumeDelegate(_ t: Thread, _ outer: Values, _ yielded: PC) -> PC {
    // Trace functions are told of each frame.
    if isTracing(t) { return yielded + 1 }
    var f = outer, at = yielded
    while opC(at.pointee) != 0 {
        let back = at + 1
        let send = back + wide(back.pointee)
        let target = f[opB(send.pointee)]
        if !target.isCell || t.pointee.depth >= t.pointee.depthLimit { return send }
        let id = target.id
        if id != TypeID.coroutine.rawValue && id != TypeID.generator.rawValue { return send }
        let generator = target.asGenerator
        if generator.state != GeneratorState.suspended { return send }
        guard let state = claim(t, generator) else { return send }
        if state != GeneratorState.suspended {
            release(generator, state)
            return send
        }
        f.savedPC = send
        let sent = f[opA(send.pointee)]
        enterWindow(t, generator, f, FrameFlags.inlineResume)
        f = generator.window
        at = f.savedPC
        f[opA(at.pointee)] = sent
    }
    return at + 1
}

/// Sends a value into a generator-like cell: the yielded value; `.exhausted` with the return value in
/// `t.pointee.result`; or 0.
public func generatorSend(_ t: Thread, _ v: Value, _ sent: Value) -> Value {
    let generator = v.asGenerator
    if !hasNativeRoom(t) { return .raised }
    if t.pointee.depth >= t.pointee.depthLimit { return raiseRecursionError(t, "") }
    guard let state = claim(t, generator) else { return notResumable(t, v) }
    if state == GeneratorState.created && !sent.isNone {
        release(generator, state)
        return raise(t, .typeError, "can't send non-None value to a just-started \(kindName(v))")
    }
    enterWindow(t, generator, t.pointee.frame.unsafelyUnwrapped, FrameFlags.entry)
    let window = generator.window
    let pc = window.savedPC
    if state == GeneratorState.created { return runWindow(t, v, pc + 1) }
    if isTracing(t) { profileResumption(t, window) }
    window[opA(pc.pointee)] = sent
    return runWindow(t, v, opC(pc.pointee) == 0 ? pc + 1 : resumeDelegate(t, window, pc))
}

/// Raises `e` in a claimed generator, at the point where it is suspended or before its first instruction.
func raiseInside(_ t: Thread, _ v: Value, _ e: Value) -> Value {
    let generator = v.asGenerator
    enterWindow(t, generator, t.pointee.frame.unsafelyUnwrapped, FrameFlags.entry)
    // What the generator handles itself becomes the context; what its resumer handles does not.
    if generator.window.flags & FrameFlags.ownHandled != 0 { raiseInstance(t, e) } else { t.pointee.exception = e }
    if isTracing(t) {
        let raised = takeException(t)
        if traceEntry(t, generator.window) { t.pointee.exception = raised }
    }
    let next = unwind(t, generator.window, generator.window.savedPC)
    if next == PC(ladon_exit_word()) { return .raised }
    return runWindow(t, v, next)
}

/// Runs an entered window until it yields, returns or raises; the running frame may be that of a delegate.
func runWindow(_ t: Thread, _ v: Value, _ pc: PC) -> Value {
    runLoop(t, t.pointee.frame.unsafelyUnwrapped, pc)
    ladon_keep_alive(v)
    let result = t.pointee.result
    if result.isRaised { return .raised }
    // The state is no witness: another thread may have resumed the generator already.
    return t.pointee.resumeOutcome == ResumeOutcome.returned ? .exhausted : result
}

/// How a window entered by native code was left (`ThreadState.resumeOutcome`).
enum ResumeOutcome {
    static let yielded: UInt16 = 0, returned: UInt16 = 1
}

func kindName(_ v: Value) -> String {
    switch typeOrShapeID(v) {
    case TypeID.coroutine.rawValue: return "coroutine"
    case TypeID.asyncGenerator.rawValue: return "async generator"
    default: return "generator"
    }
}

/// What sending into a generator that could not be claimed answers.
func notResumable(_ t: Thread, _ v: Value) -> Value {
    if v.asGenerator.state == GeneratorState.finished {
        if v.isExactly(.coroutine) { return raise(t, .runtimeError, "cannot reuse already awaited coroutine") }
        t.pointee.result = .none
        return .exhausted
    }
    return raise(t, .valueError, "\(kindName(v)) already executing")
}

/// Ends a claimed generator: what its window holds can be collected from now on.
func finishGenerator(_ generator: UnsafeMutablePointer<GeneratorCell>) {
    let window = generator.window
    for i in Frame.headerSize..<generator.pointee.code.asCode.pointee.frameSize { window[i] = .raised }
    generator.pointee.handled = .raised
    window.caller = nil
    // The collector need not keep it for a finaliser that would do nothing.
    _ = ladon_fetch_or8(&generator.pointee.header.flags, HeaderFlags.finalized)
    ladon_store_release(generator.stateAddress, GeneratorState.finished)
}

/// The sub-iterator that a suspended generator delegates to (gi_yieldfrom), or nil. For a claimed generator use `delegateInside`.
public func delegate(of generator: UnsafeMutablePointer<GeneratorCell>) -> Value? {
    guard generator.state == GeneratorState.suspended else { return nil }
    return delegateInside(generator)
}

func delegateInside(_ generator: UnsafeMutablePointer<GeneratorCell>) -> Value? {
    let word = generator.window.savedPC.pointee
    guard Instructions.opcode(word) == .yield, opC(word) != 0 else { return nil }
    return generator.window[opC(word)]
}

// MARK: answers for Python

/// What `send` and `throw` answer: the end as StopIteration (StopAsyncIteration for async generators).
public func sendResult(_ t: Thread, _ r: Value) -> Value { r.isExhausted ? raiseStopIteration(t, t.pointee.result) : r }

/// What the `next` slot of an iterator outside the generator family answers: an end without value as `.exhausted`, else
/// StopIteration raised with the value (see `raiseIterationEnd`).
public func nextResult(_ t: Thread, _ r: Value) -> Value {
    if !r.isExhausted || t.pointee.result.isNone { return r }
    return raiseStopIteration(t, t.pointee.result)
}
