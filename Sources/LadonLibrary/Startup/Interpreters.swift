// Making and ending further interpreters, and running in them. See docs/pools.md for what they share.

/// What the process was started with, and where its packages lie; further interpreters start with the same. Set once, before any
/// code runs.
nonisolated(unsafe) private(set) var processOptions = StartOptions()
nonisolated(unsafe) private(set) var processSites = Sites()

/// An interpreter's parts, in the order in which they come to life. The heap, the built-in types and the thread `t` of the
/// interpreter exist.
func fillInterpreter(_ t: Thread, _ options: StartOptions) {
    let state = interpreter(t)
    state.pointee.flags = options.flags
    state.pointee.memoryError = makeException(t, .memoryError, args: ladon_runtime.emptyTuple)
    state.pointee.uniqueMarker = allocateInstance(t, builtinType(.object), variableItems: 0)
    state.pointee.modules = makeDict(t)
    if state.pointee.id == 0 {
        processOptions = options
        processSites = Sites(t, options)
        installHooks()
    } else {
        initializeSignals(t)
    }
    installCoreModules(t, options)
    makeStandardStreams(t)
}

/// Makes an interpreter. Its id; nil: raised.
public func createInterpreter(_ t: Thread) -> Int? {
    let made = makeInterpreter(t)
    // A claim, so that nobody runs in it or ends it before it is complete.
    ladon_store32_release(&made.pointee.isRunningMain, 1)
    enlistInterpreter(made)
    let folder = mainInterpreter.pointee.programFolder
    let filled = runNested(t, interpreter: OpaquePointer(made), lock: made.pointee.executionLock) { inner in
        fillInterpreter(inner, processOptions)
        if folder.bits != 0 {
            _ = prependPath(inner, folder)
        }
        if !processOptions.warnOptions.isEmpty && importModule(inner, "warnings").isRaised { clearException(inner) }
        if mainModule(inner).isRaised { clearException(inner) }
        return .none
    }
    if filled == nil {
        delistInterpreter(t, made)
        dropInterpreter(t, made)
        raiseMemoryError(t)
        return nil
    }
    releaseInterpreter(made)
    return made.pointee.id
}

/// Runs `body` in an interpreter that the caller has claimed, or in which it lies anyway that nobody ends it. What `body`
/// gives back must be no object of that interpreter. Nil: MemoryError raised.
public func runInInterpreter(_ t: Thread, _ p: Interpreter, _ body: (Thread) -> Value) -> Value? {
    if interpreter(t) == p { return body(t) }
    let result = runNested(t, interpreter: OpaquePointer(p), lock: p.pointee.executionLock) { inner in
        runDeferredFinalizers(inner)
        return body(inner)
    }
    guard let result else {
        raiseMemoryError(t)
        return nil
    }
    return result
}

/// Ends an interpreter, claimed by the caller and delisted by this: as at the end of a program, its threads are waited for, exit
/// functions run, modules go and what they kept alive is finalised.
public func endInterpreter(_ t: Thread, _ p: Interpreter) {
    _ = runInInterpreter(t, p) { inner in
        waitForThreads(inner)
        runExitFunctions(inner)
        _ = flushStreamsAtExit(inner)
        stopOtherThreads(inner)
        dropModules(inner)
        if mayHaveFinalizers(inner) { collectUnreachable(inner) }
        delistInterpreter(inner, p)
        runDeferredFinalizers(inner)
        _ = flushStreamsAtExit(inner)
        return .none
    }
    dropInterpreter(t, p)
}

/// At the end of the process, by the main thread: further interpreters that nobody runs in are ended; threads in the others sleep
/// for ever from their next safepoint on.
func endOtherInterpreters(_ t: Thread) {
    while true {
        var found: Interpreter?
        forEachInterpreter { if found == nil && ladon_cas32(&$0.pointee.isRunningMain, 0, 1) { found = $0 } }
        guard let p = found else { break }
        endInterpreter(t, p)
    }
    forEachInterpreter { if $0.pointee.id != 0 { $0.pointee.finalizing = 1 } }
}

