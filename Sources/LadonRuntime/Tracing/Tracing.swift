// sys.settrace and sys.setprofile: a second table of handlers, in which every instruction goes first to
// `traceInstruction` and then to its ordinary handler. A thread's table (`ThreadState.handlers`) is chosen by
// `chooseHandlers` whenever its functions change, and the dispatch loop reads it again after every instruction
// that may change the frame; without trace functions nothing of this runs.
//
// The events that no instruction stands for, exceptions and frames left by one, come from Exceptions/Unwinding.swift
// and Generators, which ask `isTracing`.
//
// What "the previous instruction" is, by which a new line is told: in traced frames `savedPC`, stored here for every
// instruction. Unwinding overwrites it with the handler's address; then FrameCell.tracedPC still has it.

/// What a trace or profile function is told (`ThreadState.tracingEvent`), in the order of CPython's PyTrace_ numbers.
public enum TraceEvent: UInt32 {
    case call, exception, line, `return`, nativeCall, nativeException, nativeReturn, opcode
}

nonisolated(unsafe) private var eventNames: Values = {
    let p = Values.allocate(capacity: 8)
    p.initialize(repeating: Value(bits: 0), count: 8)
    return p
}()

private func eventName(_ t: Thread, _ event: TraceEvent) -> Value {
    if eventNames[7].bits == 0 {
        let texts: [StaticString] = ["call", "exception", "line", "return", "c_call", "c_exception", "c_return", "opcode"]
        for i in 0..<8 {
            let v = internStatic(t, texts[i])
            makeImmortal(v)
            storeSlot(eventNames + i, v)
        }
    }
    return eventNames[Int(event.rawValue)]
}

/// Whether trace or profile functions must be called now: one is set, and none runs.
@inline(__always) func isTracing(_ t: Thread) -> Bool {
    (t.pointee.traceFunction.bits | t.pointee.profileFunction.bits) != 0 && t.pointee.tracing == 0
}

/// Which table of handlers a thread runs by; the dispatch header knows the numbers.
enum HandlerKind: UInt8 {
    case ordinary, traced, profiled
}

/// To be called when `traceFunction`, `profileFunction` or `tracing` changed.
public func chooseHandlers(_ t: Thread) {
    let isProfiledOnly = t.pointee.traceFunction.bits == 0 && hasNativeProfiler(t)
    t.pointee.handlers = handlerTable(!isTracing(t) ? .ordinary : isProfiledOnly ? .profiled : .traced)
}

public func setTraceFunction(_ t: Thread, _ function: Value) {
    t.pointee.traceFunction = function.isNone ? .raised : function
    chooseHandlers(t)
}

public func setProfileFunction(_ t: Thread, _ function: Value) {
    t.pointee.profileFunction = function.isNone ? .raised : function
    chooseHandlers(t)
}

/// Sets the function of every thread of the interpreter; each takes it up at its next safepoint.
public func setFunctionOfAllThreads(_ t: Thread, _ function: Value, isProfile: Bool) {
    let v: Value = function.isNone ? .raised : function
    stopTheWorld(t)
    forEachThread(t) { other in
        if other.pointee.interpreter != t.pointee.interpreter { return }
        if isProfile { other.pointee.profileFunction = v } else { other.pointee.traceFunction = v }
        request(other, .tracing)
    }
    startTheWorld(t)
    chooseHandlers(t)
    function.keepAlive
}

/// `sys.call_tracing`: calls with tracing on even inside a trace function.
public func callTracing(_ t: Thread, _ function: Value, _ arguments: Value) -> Value {
    let depth = t.pointee.tracing, event = t.pointee.tracingEvent
    t.pointee.tracing = 0
    chooseHandlers(t)
    let r = callWithTuple(t, function, arguments)
    t.pointee.tracing = depth
    t.pointee.tracingEvent = event
    chooseHandlers(t)
    return r
}

// MARK: calling the functions

/// Calls a trace or profile function about frame `f`, with tracing off. 0: raised.
private func callTracer(_ t: Thread, _ f: Values, _ function: Value, _ event: TraceEvent, _ argument: Value) -> Value {
    let frame = frameObject(t, f)
    let outer = t.pointee.tracingEvent
    t.pointee.tracing += 1
    t.pointee.tracingEvent = event.rawValue
    chooseHandlers(t)
    // A dictionary of locals that somebody has seen is kept up to date, and changes in it count.
    var r = frame.asFrame.pointee.snapshot.bits != 0 && frameLocals(t, frame).isRaised ? Value.raised : .none
    if !r.isRaised { r = call(t, function, frame, eventName(t, event), argument) }
    if r.isRaised { addTraceback(t, t.pointee.exception, f, f.savedPC) }
    if frame.asFrame.pointee.snapshot.bits != 0 { storeLocals(t, frame) }
    t.pointee.tracing -= 1
    t.pointee.tracingEvent = outer
    chooseHandlers(t)
    ladon_keep_alive(function)
    return r
}

/// Tells the global trace function (for calls) or the frame's own. False: it raised, and tracing is off.
private func tellTracer(_ t: Thread, _ f: Values, _ event: TraceEvent, _ argument: Value) -> Bool {
    if t.pointee.tracing != 0 || t.pointee.traceFunction.bits == 0 { return true }
    let function = event == .call ? t.pointee.traceFunction : f.object.map { loadSlot(&$0.pointee.trace) } ?? .raised
    if function.bits == 0 { return true }
    let r = callTracer(t, f, function, event, argument)
    let object = frameObject(t, f).asFrame
    if r.isRaised {
        setTraceFunction(t, .none)
        storeSlot(&object.pointee.trace, .raised)
        return false
    }
    if !r.isNone { storeSlot(&object.pointee.trace, r) }
    return true
}

private func tellProfiler(_ t: Thread, _ f: Values, _ event: TraceEvent, _ argument: Value) -> Bool {
    let function = t.pointee.profileFunction
    if t.pointee.tracing != 0 || function.bits == 0 { return true }
    if hasNativeProfiler(t) {
        tellNativeProfiler(t, event, f[Frame.code], .raised)
        return true
    }
    if callTracer(t, f, function, event, argument).isRaised {
        setProfileFunction(t, .none)
        return false
    }
    return true
}

/// A frame begins or a generator goes on. False: raised.
func traceEntry(_ t: Thread, _ f: Values) -> Bool { tellTracer(t, f, .call, .none) && tellProfiler(t, f, .call, .none) }

/// A frame is left with a value. False: raised.
private func traceExit(_ t: Thread, _ f: Values, _ v: Value) -> Bool { tellTracer(t, f, .return, v) && tellProfiler(t, f, .return, v) }

/// A frame is left by the exception in `t.pointee.exception`, which the functions do not see; one that they raise takes its place.
@inline(never) func traceUnwinding(_ t: Thread, _ f: Values) {
    let e = takeException(t)
    if traceExit(t, f, .none) { t.pointee.exception = e }
}

/// An exception was raised in `f` or came into it. One that the trace function raises takes its place.
@inline(never) func traceException(_ t: Thread, _ f: Values) {
    guard t.pointee.tracing == 0, let object = f.object, object.pointee.trace.bits != 0 else { return }
    let e = takeException(t)
    let traceback = e.asException.pointee.traceback
    let argument = makeTuple(t, typeOf(e).value, e, traceback.bits == 0 ? .none : traceback)
    if argument.isRaised { return }
    if tellTracer(t, f, .exception, argument) { t.pointee.exception = e }
}

/// A trace function sees the StopIteration that brings a delegation's or iteration's value. False: it raised another exception.
@inline(never) func traceStopIteration(_ t: Thread, _ f: Values, _ v: Value) -> Bool {
    _ = raiseStopIteration(t, v)
    traceException(t, f)
    return endsIteration(t)
}

/// Writes what the snapshot of a function's locals holds back into its registers.
private func storeLocals(_ t: Thread, _ frame: Value) {
    let object = frame.asFrame
    let code = object.pointee.code.asCode
    guard code.pointee.usesMapping == 0, object.pointee.window != 0, let words = object.words else { return }
    let snapshot = object.pointee.snapshot
    let raised = t.pointee.exception
    func value(_ n: Value) -> Value? {
        let v = dictGet(t, snapshot, n)
        if v.isRaised { return nil }
        return v.isMissing ? .raised : v
    }
    let locals = code.pointee.localNames, cells = code.pointee.cellNames, free = code.pointee.freeNames
    for i in 0..<locals.tupleCount {
        let register = Frame.headerSize + i
        let isCell = words[register].isExactly(.cellVariable) && isCellRegister(code, register)
        guard !isCell, let v = value(locals.tupleItems[i]) else { continue }
        words[register] = v
    }
    for i in 0..<cells.tupleCount {
        let cell = words[Int(code.pointee.cellRegisters[i])]
        guard cell.isExactly(.cellVariable), let v = value(cells.tupleItems[i]) else { continue }
        storeSlot(cellContents(cell), v)
    }
    let closure = object.pointee.function.asFunction.pointee.closure
    if closure.bits != 0 && code.codeFlags.contains(.optimized) {
        for i in 0..<free.tupleCount {
            if let v = value(free.tupleItems[i]) { storeSlot(cellContents(closure.tupleItems[i]), v) }
        }
    }
    t.pointee.exception = raised
}

// MARK: instructions

/// Goes on at `pc` by way of the table: for addresses that an instruction or unwinding gave.
@inline(__always) func goOn(_ pc: PC) -> UInt { UInt(bitPattern: pc) | 1 }

/// Called for every instruction while a function is set. The answer is the address of the instruction whose ordinary
/// handler comes next, or, with bit 0 set, where to go on (perhaps in another frame) by way of the table.
@_silgen_name("ladon_trace") @inline(never)
public func traceInstruction(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> UInt {
    if !isTracing(t) {
        chooseHandlers(t)
        return UInt(bitPattern: pc)
    }
    let op = Instructions.opcode(w)
    switch op {
    case .returnGenerator, .makeCell: return UInt(bitPattern: pc)
    case .resume:
        f.savedPC = pc
        return traceEntry(t, f) ? UInt(bitPattern: pc) : goOn(unwind(t, f, pc))
    default: break
    }
    if f.flags & FrameFlags.generator != 0 {
        let before = f.savedPC
        if pc == before + 1 && Instructions.opcode(before.pointee) == .yield {
            // The generator goes on: told while the frame still stands at the yield.
            if !traceEntry(t, f) { return goOn(unwind(t, f, before)) }
        }
    }
    // A jump back to its own line is not seen: the line begins again at its target.
    if op == .jumpBack && f.code.position(at: pc + wide(w))?.line == f.code.position(at: pc)?.line { return UInt(bitPattern: pc) }
    if t.pointee.traceFunction.bits != 0, let object = f.object, object.pointee.trace.bits != 0 {
        if !traceLine(t, f, object, pc, op) { return goOn(unwind(t, f, pc)) }
        let next = f.savedPC
        if next != pc {
            // The trace function set f_lineno.
            object.pointee.tracedPC = UInt(bitPattern: next)
            return UInt(bitPattern: next)
        }
    } else if f.flags & FrameFlags.generator != 0 { f.savedPC = pc }
    switch op {
    case .return, .returnNone, .yield:
        f.savedPC = pc
        let v = op == .returnNone ? .none : op == .yield ? f[opB(w)] : f[opA(w)]
        // What the function raised names this frame already.
        if !traceExit(t, f, v) { f.savedPC = pc; return goOn(unwindWithoutEntry(t, f, pc)) }
    case .call, .callMethod, .callKw, .callMethodKw, .callEx:
        if t.pointee.profileFunction.bits != 0, let next = profiledCall(t, f, pc, w, op) { return goOn(next) }
    default: break
    }
    return UInt(bitPattern: pc)
}

/// The line and opcode events of one instruction, if any are due. False: raised.
private func traceLine(_ t: Thread, _ f: Values, _ object: UnsafeMutablePointer<FrameCell>, _ pc: PC, _ op: Opcode) -> Bool {
    var previous = f.savedPC
    if previous == pc, let traced = PC(bitPattern: object.pointee.tracedPC) { previous = traced }
    f.savedPC = pc
    object.pointee.tracedPC = UInt(bitPattern: pc)
    let line = f.code.position(at: pc)?.line ?? 0
    if line > 0 && object.pointee.traceLines != 0 {
        let isFirst = Instructions.opcode(previous.pointee) == .resume
        let last = isFirst ? 0 : f.code.position(at: previous)?.line ?? 0
        // A jump back begins its line again; not one to the SEND of a delegation.
        if line != last || (pc <= previous && op != .send) {
            if !tellTracer(t, f, .line, .none) { return false }
            if f.savedPC != pc { return true }
        }
    }
    return object.pointee.traceOpcodes == 0 || tellTracer(t, f, .opcode, .none)
}

// MARK: native calls

/// Runs a call of a built-in function between the events c_call and c_return or c_exception; nil for other callees.
func profiledCall(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ op: Opcode) -> PC? {
    let window = f + opB(w)
    let callee = window[Frame.function]
    if !callee.isCell || !(callee.isExactly(.nativeFunction) || callee.isExactly(.methodDescriptor)) { return nil }
    var arguments = window + Frame.headerSize
    var count = opC(w), names = Value.raised
    switch op {
    case .callMethod, .callMethodKw:
        if arguments[0].bits != 0 { count += 1 } else { arguments += 1 }
        if op == .callMethodKw { names = window[4] }
    case .callKw: names = window[4]
    case .callEx:
        f.savedPC = pc
        return Instructions.callExpanded(t, f, pc, w) { callee, arguments, count, names in
            profile(t, f, pc, w, callee, arguments, count, names)
        }
    default: break
    }
    return profile(t, f, pc, w, callee, arguments, count, names)
}

private func profile(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ callee: Value, _ arguments: Values, _ count: Int, _ names: Value) -> PC {
    f.savedPC = pc
    let positional = positionalCount(count, names)
    if hasNativeProfiler(t) { return profileNatively(t, f, pc, w, callee, arguments, count, names) }
    var shown = callee
    if callee.isExactly(.methodDescriptor) {
        if positional == 0 { return Instructions.enter(t, f, pc, w, callee, arguments, count, names) }
        // A method is shown bound to its object.
        shown = methodDescriptor_get(t, callee, arguments[0], Value(typeOf(arguments[0])))
        if shown.isRaised {
            clearException(t)
            return Instructions.enter(t, f, pc, w, callee, arguments, count, names)
        }
    }
    if !tellProfiler(t, f, .nativeCall, shown) { return unwind(t, f, pc) }
    let r = callee.isExactly(.nativeFunction) ? callNative(t, callee, arguments, positional, names) : callMethodDescriptor(t, callee, arguments, positional, names)
    if r.isRaised {
        let e = takeException(t)
        if tellProfiler(t, f, .nativeException, shown) { t.pointee.exception = e }
        return unwind(t, f, pc)
    }
    if !tellProfiler(t, f, .nativeReturn, shown) { return unwind(t, f, pc) }
    return finish(t, f, pc, w, r, 2)
}
