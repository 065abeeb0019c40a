// A thread that runs code of another interpreter for a while: it gets a second LadonThread, of that interpreter, and
// its first one is detached meanwhile, as in a blocking call.
//
// Both states scan the same native stack: the outer one from where it detached, the inner one all of it.

/// Runs `body` on the calling OS thread with a state of another interpreter. The value that `body` gives back comes
/// through `outer.crossing`, a root. Nil: no memory for a thread state.
@inline(never)
public func runNested(_ outer: Thread, interpreter: OpaquePointer, lock: UnsafeMutablePointer<ExecutionLock>, _ body: (Thread) -> Value) -> Value? {
    guard let inner = makeThreadState() else { return nil }
    if outer.pointee.locks == 0 { needCellLocks(outer) }
    inner.pointee.interpreter = interpreter
    inner.pointee.executionLock = lock
    inner.pointee.isNested = 1
    inner.pointee.locks = outer.pointee.locks
    inner.pointee.ident = outer.pointee.ident
    inner.pointee.pthread = outer.pointee.pthread
    inner.pointee.osThreadID = outer.pointee.osThreadID
    inner.pointee.nativeStackTop = outer.pointee.nativeStackTop
    inner.pointee.nativeStackLimit = outer.pointee.nativeStackLimit
    // Listed while the outer state is attached: the world does not stop in between, so `locks` stays true.
    listThread(inner)
    ladon_save_state(outer)
    beginBlocking(outer)
    ladon_set_current_thread(inner)
    inner.pointee.attachedAt = ladon_monotonic()
    enterExecution(inner)
    ladonHooks.threadStarted?(inner)
    outer.pointee.crossing = body(inner)
    ladonHooks.threadEnding?(inner)
    leaveForGood(inner)
    ladon_set_current_thread(outer)
    endBlocking(outer)
    let result = outer.pointee.crossing
    outer.pointee.crossing = .raised
    return result
}
