// The module `sys`: its functions. What is set at start is in Sys+Start.swift, structures in Sys+Structures.swift.

import Glibc

public func sysModule() -> ModuleDefinition {
    ModuleDefinition("sys", doc: "This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.",
                     members: sysFunctions())
}

private func sysFunctions() -> [NativeMember] {
    [
        .method("_is_gil_enabled", "()", { t, a in Value(ladon_runtime.gil != 0) }, "Return True if the GIL is currently enabled."),
        .method("_clear_type_cache", "()", { t, a in .none }, "Clear the internal type lookup cache."),
        .method("_setprofileallthreads", "(function, /)", { t, a in setFunctionOfAllThreads(t, a[0], isProfile: true); return .none }, "Set the profiling function in all running threads belonging to the current interpreter."),
        .method("_settraceallthreads", "(function, /)", { t, a in setFunctionOfAllThreads(t, a[0], isProfile: false); return .none }, "Set the global debug tracing function in all running threads belonging to the current interpreter."),
        .method("_current_exceptions", "()", sys_currentExceptions, "Return a dict mapping each thread's identifier to its current raised exception."),
        .method("_current_frames", "()", sys_currentFrames, "Return a dict mapping each thread's thread id to its current stack frame."),
        .method("_getframe", "(depth=0, /)", sys_getFrame, "Return a frame object from the call stack."),
        .method("_getquickenedcount", "()", { t, a in .zero }, ""),
        .method("activate_stack_trampoline", "(backend, /)", { t, a in raise(t, .valueError, "perf trampoline not available") }, ""),
        .method("addaudithook", "(hook)", { t, a in addAuditHook(t, a[0]) }, "Adds a new audit hook callback."),
        .method("audit", "($module, event, /, *args)", sys_audit, "audit(event, *args)\n\nPasses the event to any hooks that are attached."),
        .method("breakpointhook", "(*args, **kws)", sys_breakpointHook, "This hook function is called by built-in breakpoint()."),
        .method("call_tracing", "(func, args, /)", { t, a in
            a[1].isExactly(.tuple) ? callTracing(t, a[0], a[1]) : raise(t, .typeError, "call_tracing() argument 2 must be tuple, not \(typeName(a[1]))")
        }, "Call func(*args), while tracing is enabled."),
        .method("displayhook", "(object, /)", sys_displayhook, "Print an object to sys.stdout and also save it in builtins._"),
        .method("exc_info", "()", sys_excInfo, "Return current exception information: (type, value, traceback)."),
        .method("excepthook", "(exctype, value, traceback, /)", sys_excepthook, "Handle an exception by displaying it with a traceback on sys.stderr."),
        .method("exception", "()", { t, a in t.pointee.handled.bits == 0 ? .none : t.pointee.handled }, "Return the current exception."),
        .method("exit", "(status=None, /)", { t, a in
            if a[0].isNone { return raise(t, .systemExit) }
            // A tuple is the exception's arguments, as where exceptions are set by class and value.
            let e = callWithTuple(t, Value(builtinType(.systemExit)), isTuple(a[0]) ? a[0] : makeTuple(t, a[0]))
            return e.isRaised ? e : raiseInstance(t, e)
        }, "Exit the interpreter by raising SystemExit(status)."),
        .method("get_asyncgen_hooks", "()", sys_getAsyncGenHooks, "Return the installed asynchronous generators hooks."),
        .method("get_coroutine_origin_tracking_depth", "()", { t, a in Value(smallInt: Int(t.pointee.coroutineOriginDepth)) }, "Check status of origin tracking for coroutine objects in this thread."),
        .method("get_int_max_str_digits", "()", { t, a in Value(smallInt: intMaxTextDigits(t)) }, "Return the maximum string digits limit for non-binary int<->str conversions."),
        .method("getallocatedblocks", "()", { t, a in Value(smallInt: Int(gcStatistics().liveBytes) / 64) }, "Return the number of memory blocks currently allocated."),
        .method("getdefaultencoding", "()", { t, a in makeString(t, "utf-8") }, "Return the current default encoding used by the Unicode implementation."),
        .method("getfilesystemencodeerrors", "()", { t, a in makeString(t, "surrogateescape") }, "Return the error mode used for Unicode to filename conversion."),
        .method("getfilesystemencoding", "()", { t, a in makeString(t, "utf-8") }, "Return the encoding used to convert Unicode filenames to OS filenames."),
        .method("getprofile", "()", { t, a in profileFunction(t) }, "Return the profiling function set with sys.setprofile."),
        .method("getrecursionlimit", "()", { t, a in Value(smallInt: interpreter(t).pointee.recursionLimit) }, "Return the current value of the recursion limit."),
        .method("getrefcount", "(object, /)", { t, a in Value(smallInt: 2) }, "Ladon counts no references: always 2."),
        .method("getsizeof", "(object, default=<unrepresentable>)", sys_getSizeOf, "getsizeof(object [, default]) -> int\n\nReturn the size of object in bytes."),
        .method("getswitchinterval", "()", { t, a in makeFloat(t, Double(switchInterval) / 1e9) }, "Return the current thread switch interval; see sys.setswitchinterval()."),
        .method("gettrace", "()", { t, a in t.pointee.traceFunction.bits == 0 ? .none : t.pointee.traceFunction }, "Return the global debug tracing function set with sys.settrace."),
        .method("intern", "(string, /)", { t, a in
            a[0].isExactly(.str) ? intern(t, a[0]) : raise(t, .typeError, isInstanceOf(a[0], .str) ? "can't intern \(typeName(a[0]))" : "intern() argument must be str, not \(typeName(a[0]))")
        }, "``Intern'' the given string."),
        .method("is_finalizing", "()", { t, a in Value(interpreter(t).pointee.finalizing != 0) }, "Return True if Python is exiting."),
        .method("is_stack_trampoline_active", "()", { t, a in .false }, ""),
        .method("deactivate_stack_trampoline", "()", { t, a in .none }, ""),
        .method("set_asyncgen_hooks", "(firstiter=<unrepresentable>, finalizer=<unrepresentable>)", sys_setAsyncGenHooks, "Set a finalizer for async generators objects."),
        .method("set_coroutine_origin_tracking_depth", "(depth)", sys_setOriginDepth, "Enable or disable origin tracking for coroutine objects in this thread."),
        .method("set_int_max_str_digits", "(maxdigits)", sys_setIntMaxDigits, "Set the maximum string digits limit for non-binary int<->str conversions."),
        .method("setprofile", "(function, /)", { t, a in setProfileFunction(t, a[0]); return .none }, "Set the profiling function."),
        .method("setrecursionlimit", "(limit, /)", sys_setRecursionLimit, "Set the maximum depth of the Python interpreter stack to n."),
        .method("setswitchinterval", "(interval, /)", sys_setSwitchInterval, "Set the ideal thread switching delay inside the Python interpreter."),
        .method("settrace", "(function, /)", { t, a in setTraceFunction(t, a[0]); return .none }, "Set the global debug tracing function."),
        .method("unraisablehook", "(unraisable, /)", sys_unraisablehook, "Handle an unraisable exception."),
    ]
}

private func sys_setRecursionLimit(_ t: Thread, _ a: Values) -> Value {
    guard let limit = asInt32(t, a[0]) else { return .raised }
    if limit < 1 { return raise(t, .valueError, "recursion limit must be greater or equal than 1") }
    if t.pointee.depth >= limit {
        return raise(t, .recursionError, "cannot set the recursion limit to \(limit) at the recursion depth \(t.pointee.depth): the limit is too low")
    }
    interpreter(t).pointee.recursionLimit = Int(limit)
    // Some room above stays for what RecursionError itself needs.
    let bounded = min(Int32(limit), Int32.max - 1000)
    forEachThread(t) { other in
        if other.pointee.interpreter == t.pointee.interpreter { other.pointee.depthLimit = bounded }
    }
    return .none
}

private func sys_setSwitchInterval(_ t: Thread, _ a: Values) -> Value {
    guard let seconds = asDouble(t, a[0]) else { return .raised }
    if !(seconds > 0) { return raise(t, .valueError, "switch interval must be strictly positive") }
    setSwitchInterval(UInt64(min(seconds, 1e9) * 1e9))
    return .none
}

private func sys_getFrame(_ t: Thread, _ a: Values) -> Value {
    guard let depth = asInt32(t, a[0]) else { return .raised }
    var frame = currentFrame(t)
    var left = max(depth, 0)
    while left > 0, let f = frame { frame = f.caller.flatMap { $0.isBase ? nil : $0 }; left -= 1 }
    guard let f = frame else { return raise(t, .valueError, "call stack is not deep enough") }
    let object = frameObject(t, f)
    return isAuditing && !audit(t, "sys._getframe", object) ? .raised : object
}

/// Frames of all threads of the interpreter, taken with the world stopped.
private func sys_currentFrames(_ t: Thread, _ a: Values) -> Value {
    let result = makeDict(t)
    var frames = RootedBuffer(t, capacity: 16)
    stopTheWorld(t)
    forEachThread(t) { other in
        if other.pointee.interpreter == t.pointee.interpreter, let f = other.pointee.frame, !f.isBase {
            _ = frames.append(t, makeInt(t, UInt(other.pointee.ident)))
            _ = frames.append(t, frameObject(t, f))
        }
    }
    startTheWorld(t)
    var i = 0
    while i < frames.count {
        if dictSet(t, result, frames[i], frames[i + 1]) < 0 { return .raised }
        i += 2
    }
    return result
}

private func sys_currentExceptions(_ t: Thread, _ a: Values) -> Value {
    let result = makeDict(t)
    var found = RootedBuffer(t, capacity: 16)
    stopTheWorld(t)
    forEachThread(t) { other in
        if other.pointee.interpreter != t.pointee.interpreter { return }
        _ = found.append(t, makeInt(t, UInt(other.pointee.ident)))
        _ = found.append(t, other.pointee.handled)
    }
    startTheWorld(t)
    var i = 0
    while i < found.count {
        let triple = exceptionTriple(t, found[i + 1])
        if triple.isRaised || dictSet(t, result, found[i], triple) < 0 { return .raised }
        i += 2
    }
    return result
}

private func sys_excInfo(_ t: Thread, _ a: Values) -> Value { exceptionTriple(t, t.pointee.handled) }

/// (type, value, traceback) of a handled exception; `e` 0 for none.
private func exceptionTriple(_ t: Thread, _ e: Value) -> Value {
    if e.bits == 0 || e.isNone { return makeTuple(t, .none, .none, .none) }
    let traceback = e.asException.pointee.traceback
    return makeTuple(t, typeOf(e).value, e, traceback.bits == 0 ? .none : traceback)
}

private func sys_getSizeOf(_ t: Thread, _ a: Values) -> Value {
    let method = lookupSpecial(t, a[0], name(.__sizeof__))
    var size = method
    if method.isMissing { size = raise(t, .typeError, "Type \(typeName(a[0])) doesn't define __sizeof__") } else if !method.isRaised { size = call(t, method) }
    if !size.isRaised, let n = asInt(t, size) {
        if n < 0 { return raise(t, .valueError, "__sizeof__() should return >= 0") }
        return makeInt(t, n)
    }
    if !a[1].isMissing && exceptionMatches(t, .typeError) { clearException(t); return a[1] }
    return .raised
}

private func sys_setIntMaxDigits(_ t: Thread, _ a: Values) -> Value {
    guard let n = asInt32(t, a[0]) else { return .raised }
    if n != 0 && n < 640 { return raise(t, .valueError, "maxdigits must be 0 or larger than 640") }
    setIntMaxTextDigits(t, Int(n))
    interpreter(t).pointee.intMaxStringDigits = Int(n)
    return .none
}

private func sys_setOriginDepth(_ t: Thread, _ a: Values) -> Value {
    guard let n = asInt32(t, a[0]) else { return .raised }
    if n < 0 { return raise(t, .valueError, "depth must be >= 0") }
    t.pointee.coroutineOriginDepth = UInt64(n)
    return .none
}

private func sys_setAsyncGenHooks(_ t: Thread, _ a: Values) -> Value {
    for (i, label) in ["firstiter", "finalizer"].enumerated() where !a[i].isMissing && !a[i].isNone && !typeOf(a[i]).has(.call) {
        return raise(t, .typeError, "callable \(label) expected, got \(typeName(a[i]))")
    }
    if isAuditing && !a[1].isMissing && !audit(t, "sys.set_asyncgen_hook_finalizer") { return .raised }
    if isAuditing && !a[0].isMissing && !audit(t, "sys.set_asyncgen_hook_firstiter") { return .raised }
    if !a[0].isMissing { t.pointee.asyncGenFirstIter = a[0].isNone ? .raised : a[0] }
    if !a[1].isMissing { t.pointee.asyncGenFinalizer = a[1].isNone ? .raised : a[1] }
    return .none
}

/// Calls what $PYTHONBREAKPOINT names: "module.function", nothing for "0", pdb.set_trace when it is not set.
private func sys_breakpointHook(_ t: Thread, _ a: Values) -> Value {
    var path = "pdb.set_trace"
    if let given = interpreter(t).pointee.flags.variable("PYTHONBREAKPOINT") { path = String(cString: given) }
    if path == "0" { return .none }
    func unimportable() -> Value {
        clearException(t)
        return warn(t, .runtimeWarning, "Ignoring unimportable $PYTHONBREAKPOINT: \"\(path)\"", 1) < 0 ? .raised : .none
    }
    var moduleName = "builtins", attribute = path
    if let dot = path.utf8.lastIndex(of: 46) {
        if dot == path.utf8.startIndex { return unimportable() }
        moduleName = String(path.utf8[..<dot]) ?? ""
        attribute = String(path.utf8[path.utf8.index(after: dot)...]) ?? ""
    }
    let module = importModule(t, moduleName)
    if module.isRaised { return exceptionMatches(t, .importError) ? unimportable() : .raised }
    let function = getAttribute(t, module, intern(t, attribute))
    if function.isRaised { return exceptionMatches(t, .attributeError) ? unimportable() : .raised }
    return callWithTuple(t, function, a[0], a[1])
}

// MARK: audit hooks

private func sys_audit(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[1], .str) { return raise(t, .typeError, "expected str for argument 'event', not \(typeName(a[1]))") }
    return runAuditHooks(t, a[1], a[2]) ? .none : .raised
}
