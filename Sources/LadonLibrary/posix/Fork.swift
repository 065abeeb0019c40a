// fork, and the hooks around it.

import Glibc

/// Runs the hooks of one list; what they raise is reported and forgotten.
private func runForkHooks(_ t: Thread, _ list: Value, backwards: Bool) {
    if list.bits == 0 { return }
    let copy = listCopy(t, list)
    if copy.isRaised { return clearException(t) }
    let n = listCount(copy)
    for i in 0..<n {
        let hook = listGet(t, copy, backwards ? n - 1 - i : i)
        if call(t, hook).isRaised { reportUnraisable(t, hook) }
    }
}

/// fork with all that belongs to it. The child's pid, 0 in the child; nil: OSError raised.
func forkWithHooks(_ t: Thread) -> Int32? {
    let state = interpreter(t)
    if state.pointee.id != 0 {
        raise(t, .runtimeError, "fork not supported for isolated subinterpreters")
        return nil
    }
    runForkHooks(t, state.pointee.forkBefore, backwards: true)
    // Whoever holds the import lock finishes first: the child must not see what it does by halves.
    if importLockAcquire(t).isRaised { return nil }
    let pid = forkProcess(t)
    if importLockRelease(t).isRaised { clearException(t) }
    if pid == 0 {
        forkGeneration += 1
        forgetModuleLocks(t)
        runForkHooks(t, state.pointee.forkAfterChild, backwards: false)
        return 0
    }
    runForkHooks(t, state.pointee.forkAfterParent, backwards: false)
    if pid < 0 {
        raiseOSError(t, -pid)
        return nil
    }
    return pid
}

/// In the child: imports that other threads were in the middle of have nobody to end them, or to unlock their modules.
private func forgetModuleLocks(_ t: Thread) {
    let bootstrap = interpreter(t).pointee.importlib
    if bootstrap.bits == 0 { return }
    for n: StaticString in ["_module_locks", "_blocking_on"] {
        let found = getAttributeOrMissing(t, bootstrap, internStatic(t, n))
        if found.isRaised { clearException(t) } else if isDict(found) { dictClear(t, found) }
    }
}

private func posix_register_at_fork(_ t: Thread, _ a: Values) -> Value {
    let names: [StaticString] = ["before", "after_in_child", "after_in_parent"]
    if a[0].isMissing && a[1].isMissing && a[2].isMissing { return raise(t, .typeError, "At least one argument is required.") }
    for i in 0..<3 where !a[i].isMissing && !isCallable(a[i]) { return raise(t, .typeError, "'\(names[i])' must be callable, not \(typeName(a[i]))") }
    let state = interpreter(t)
    func add(_ field: inout Value, _ hook: Value) -> Bool {
        if hook.isMissing { return true }
        if field.bits == 0 {
            let list = makeList(t)
            if list.isRaised { return false }
            field = list
        }
        return listAppend(t, field, hook) >= 0
    }
    return add(&state.pointee.forkBefore, a[0]) && add(&state.pointee.forkAfterChild, a[1]) && add(&state.pointee.forkAfterParent, a[2]) ? .none : .raised
}

private func posix_forkpty(_ t: Thread, _ a: Values) -> Value {
    var master: Int32 = -1, slave: Int32 = -1
    if openpty(&master, &slave, nil, nil, nil) < 0 { return raiseErrno(t) }
    guard let pid = forkWithHooks(t) else {
        close(master)
        close(slave)
        return .raised
    }
    if pid == 0 {
        close(master)
        if login_tty(slave) < 0 { _exit(1) }
        return makeTuple(t, .zero, Value(smallInt: -1))
    }
    close(slave)
    _ = setInheritable(master, false)
    return makeTuple(t, Value(smallInt: Int(pid)), Value(smallInt: Int(master)))
}

func forkMembers() -> [NativeMember] {
    [
        .method("fork", "()", { t, _ in
            guard let pid = forkWithHooks(t) else { return .raised }
            return Value(smallInt: Int(pid))
        }, "Fork a child process.\n\nReturn 0 to child process and PID of child to parent process."),
        .method("forkpty", "()", posix_forkpty, "Fork a new process with a new pseudo-terminal as controlling tty."),
        .method("register_at_fork", "(*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)", posix_register_at_fork,
                "Register callables to be called when forking a new process."),
    ]
}
