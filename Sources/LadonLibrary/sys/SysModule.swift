// The module `sys`.

public func sysModule() -> ModuleDefinition {
    ModuleDefinition("sys", doc: "This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.",
                     members: sysFunctions())
}

private func sysFunctions() -> [NativeMember] {
    [
        .method("_is_gil_enabled", "()", { t, a in Value(ladon_runtime.gil != 0) }, "Return True if the GIL is currently enabled."),
        .method("getrecursionlimit", "()", { t, a in Value(smallInt: interpreter(t).pointee.recursionLimit) }, "Return the current value of the recursion limit."),
        .method("setrecursionlimit", "(limit, /)", sys_setRecursionLimit, "Set the maximum depth of the Python interpreter stack to n."),
        .method("getswitchinterval", "()", { t, a in makeFloat(t, Double(switchInterval) / 1e9) }, "Return the current thread switch interval; see sys.setswitchinterval()."),
        .method("setswitchinterval", "(interval, /)", sys_setSwitchInterval, "Set the ideal thread switching delay inside the Python interpreter."),
        .method("intern", "(string, /)", { t, a in
            a[0].isExactly(.str) ? intern(t, a[0]) : raise(t, .typeError, "can't intern \(typeName(a[0]))")
        }, "``Intern'' the given string."),
        .method("exit", "(status=None, /)", { t, a in raise(t, .systemExit, payload: a[0]) }, "Exit the interpreter by raising SystemExit(status)."),
        .method("_getframe", "(depth=0, /)", sys_getFrame, "Return a frame object from the call stack."),
    ]
}

private func sys_setRecursionLimit(_ t: Thread, _ a: Values) -> Value {
    guard let limit = asInt32(t, a[0]) else { return .raised }
    if limit < 1 { return raise(t, .valueError, "recursion limit must be greater or equal than 1") }
    if t.pointee.depth >= limit {
        return raise(t, .recursionError, "cannot set the recursion limit to \(limit) at the recursion depth \(t.pointee.depth): the limit is too low")
    }
    interpreter(t).pointee.recursionLimit = Int(limit)
    forEachThread(t) { other in other.pointee.depthLimit = limit }
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
    return frameObject(t, f)
}
