// The module `atexit`.

import LadonTypes

public func atexitModule() -> ModuleDefinition {
    ModuleDefinition("atexit", doc: "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n", members: [
        .method("register", "(*args, **kwargs)", atexit_register,
                "register(func, *args, **kwargs) -> func\n\nRegister a function to be executed upon normal program termination\n\n    func - function to be called at exit\n    args - optional arguments to pass to func\n    kwargs - optional keyword arguments to pass to func\n\n    func is returned to facilitate usage as a decorator."),
        .method("unregister", "(func, /)", atexit_unregister,
                "unregister(func) -> None\n\nUnregister an exit function which was previously registered using\natexit.register\n\n    func - function to be unregistered"),
        .method("_clear", "()", { t, a in
            interpreter(t).pointee.atexitCallbacks = .raised
            return .none
        }, "_clear() -> None\n\nClear the list of previously registered exit functions."),
        .method("_run_exitfuncs", "()", { t, a in
            runExitFunctions(t)
            return .none
        }, "_run_exitfuncs() -> None\n\nRun all registered exit functions.\n\nIf a callback raises an exception, it is logged with sys.unraisablehook."),
        .method("_ncallbacks", "()", { t, a in
            let list = interpreter(t).pointee.atexitCallbacks
            return Value(smallInt: list.bits == 0 ? 0 : listCount(list))
        }, "_ncallbacks() -> int\n\nReturn the number of registered exit functions."),
    ])
}

private func atexit_register(_ t: Thread, _ a: Values) -> Value {
    let given = a[0], keywords = a[1]
    if given.tupleCount == 0 { return raise(t, .typeError, "register() takes at least 1 argument (0 given)") }
    let function = given.tupleItems[0]
    if !isCallable(function) { return raise(t, .typeError, "the first argument must be callable") }
    let state = interpreter(t)
    if loadSlot(&state.pointee.atexitCallbacks).bits == 0 {
        let list = makeList(t)
        if list.isRaised { return list }
        // A thread that comes second uses the first one's list.
        _ = ladon_cas(&state.pointee.atexitCallbacks, 0, list.bits)
    }
    let arguments = tupleSlice(t, given, 1, given.tupleCount - 1)
    let entry = arguments.isRaised ? arguments : makeTuple(t, function, arguments, keywords)
    if entry.isRaised || listAppend(t, state.pointee.atexitCallbacks, entry) < 0 { return .raised }
    return function
}

private func atexit_unregister(_ t: Thread, _ a: Values) -> Value {
    let list = interpreter(t).pointee.atexitCallbacks
    if list.bits == 0 { return .none }
    var i = 0
    while i < listCount(list) {
        let entry = listGet(t, list, i)
        if entry.isMissing { break }
        let same = equal(t, entry.tupleItems[0], a[0])
        if same < 0 { return .raised }
        if same == 1 { _ = listRemove(t, list, at: i) } else { i += 1 }
    }
    return .none
}

/// Calls the registered functions, the last first; afterwards none is registered. What they raise is reported.
func runExitFunctions(_ t: Thread) {
    let list = interpreter(t).pointee.atexitCallbacks
    if list.bits == 0 { return }
    var i = listCount(list) - 1
    while i >= 0 {
        // A callback may unregister others.
        let entry = listGet(t, list, i)
        i -= 1
        if entry.isMissing || entry.isRaised { continue }
        let function = entry.tupleItems[0]
        if callWithTuple(t, function, entry.tupleItems[1], entry.tupleItems[2]).isRaised {
            reportUnraisable(t, function, "Exception ignored in atexit callback")
        }
    }
    interpreter(t).pointee.atexitCallbacks = .raised
}
