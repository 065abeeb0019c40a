// A profiler written in Swift (`_lsprof`): it is told of calls and returns without a call of Python code, without frame
// objects and bound methods, and without the turn through `traceInstruction` that every other instruction takes under
// sys.setprofile. It stands in `ThreadState.profileFunction` as a cell of a type of its own, by which it is known; so
// sys.setprofile replaces it and the threads' states need no other word.
//
// Its handlers are the ordinary ones but for the instructions that enter or leave a frame or call a built-in function.
// A generator that goes on has no instruction that says so: those that resume one, FOR_ITER and SEND, are watched too, and
// `generatorSend` asks for native code. (The dispatch header has the list.)

/// What a native profiler is told: itself (`profileFunction`); the event's number (TraceEvent); the code of the frame, or the
/// built-in function or method called; then the object whose method that is, or 0. It must not raise.
public typealias NativeProfileFunction = @convention(c) (Thread, Value, UInt32, Value, Value) -> Void

/// The cells that are native profilers, and what is called for them. Set by `installNativeProfiler`, then constant.
nonisolated(unsafe) private var profilerID: UInt32 = 0
nonisolated(unsafe) private var profilerFunction: NativeProfileFunction? = nil

/// Makes `type`'s instances native profilers. Once per process, before the first is set: the module's initialisation.
public func installNativeProfiler(_ type: TypePointer, _ function: @escaping NativeProfileFunction) {
    if profilerFunction != nil { return }
    profilerFunction = function
    profilerID = type.pointee.id
}

/// Whether the thread's profile function is a native profiler.
@inline(__always) public func hasNativeProfiler(_ t: Thread) -> Bool {
    let v = t.pointee.profileFunction
    return v.bits != 0 && v.isPointer && v.id == profilerID
}

func tellNativeProfiler(_ t: Thread, _ event: TraceEvent, _ what: Value, _ receiver: Value) {
    let profiler = t.pointee.profileFunction
    profilerFunction.unsafelyUnwrapped(t, profiler, event.rawValue, what, receiver)
    profiler.keepAlive
}

/// A generator goes on: told here where no watched instruction resumed it.
@inline(never) func profileResumption(_ t: Thread, _ window: Values) {
    if hasNativeProfiler(t) && t.pointee.traceFunction.bits == 0 { tellNativeProfiler(t, .call, window[Frame.code], .raised) }
}

/// Called for the watched instructions while a native profiler, and no trace function, is set. The answer is as `traceInstruction`'s.
@_silgen_name("ladon_profile") @inline(never)
public func profileInstruction(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> UInt {
    let ordinary = UInt(bitPattern: pc)
    if !isTracing(t) || !hasNativeProfiler(t) {
        chooseHandlers(t)
        return ordinary
    }
    let op = Instructions.opcode(w)
    switch op {
    case .resume:
        f.savedPC = pc
        tellNativeProfiler(t, .call, f[Frame.code], .raised)
    case .return, .returnNone, .yield:
        f.savedPC = pc
        tellNativeProfiler(t, .return, f[Frame.code], .raised)
    case .forIter, .send:
        let target = f[opB(w)]
        if !target.isPointer || (target.id != TypeID.generator.rawValue && target.id != TypeID.coroutine.rawValue) { return ordinary }
        let next = op == .send ? Instructions.send(t, f, pc, w) : Instructions.forIter(t, f, pc, w)
        let inner = t.pointee.frame.unsafelyUnwrapped
        if inner != f && inner.flags & FrameFlags.inlineResume != 0 && inner.caller == f && inner.savedPC + 1 == next
            && Instructions.opcode(inner.savedPC.pointee) == .yield {
            tellNativeProfiler(t, .call, inner[Frame.code], .raised)
        }
        return goOn(next)
    default:
        if let next = profiledCall(t, f, pc, w, op) { return goOn(next) }
    }
    return ordinary
}

/// Runs a call of a built-in function between the two events.
func profileNatively(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ callee: Value, _ arguments: Values, _ count: Int, _ names: Value) -> PC {
    let positional = positionalCount(count, names)
    let isMethod = callee.isExactly(.methodDescriptor)
    if isMethod && positional == 0 { return Instructions.enter(t, f, pc, w, callee, arguments, count, names) }
    tellNativeProfiler(t, .nativeCall, callee, isMethod ? arguments[0] : .raised)
    let r = isMethod ? callMethodDescriptor(t, callee, arguments, positional, names) : callNative(t, callee, arguments, positional, names)
    // The function may have been the one that switches the profiler off, or hands over to another.
    if isTracing(t) && hasNativeProfiler(t) {
        let raised = t.pointee.exception
        t.pointee.exception = .raised
        tellNativeProfiler(t, r.isRaised ? .nativeException : .nativeReturn, callee, .raised)
        t.pointee.exception = raised
    }
    return r.isRaised ? unwind(t, f, pc) : finish(t, f, pc, w, r, 2)
}

/// What sys.getprofile answers: a native profiler's owner, which is the first traced word of its cell.
public func profileFunction(_ t: Thread) -> Value {
    let v = t.pointee.profileFunction
    if v.bits == 0 { return .none }
    return hasNativeProfiler(t) ? (v.cell + MemoryLayout<CellHeader>.size).assumingMemoryBound(to: Value.self).pointee : v
}
