// Programs and processes: exec, spawn, wait, signals to others, priorities, scheduling.

import Glibc

/// The items of argv, checked. 0: raised.
private func checkedArguments(_ t: Thread, _ v: Value, _ function: StaticString, checksFirst: Bool = true) -> Value {
    if !isTuple(v) && !isList(v) { return raise(t, .typeError, "\(function): argv must be a tuple or list") }
    let items = sequenceToTuple(t, v)
    if items.isRaised { return items }
    if items.tupleCount == 0 { return raise(t, .valueError, "\(function): argv must not be empty") }
    return items
}

private func execute(_ t: Thread, _ pathValue: Value, _ argv: Value, _ environment: Value?, _ function: StaticString) -> Value {
    if interpreter(t).pointee.id != 0 { return raise(t, .runtimeError, "exec not supported for isolated subinterpreters") }
    guard let path = pathArgument(t, pathValue, function, allowsFD: environment != nil) else { return .raised }
    if !isTuple(argv) && !isList(argv) {
        return raise(t, .typeError, environment == nil ? "execv() arg 2 must be a tuple or list" : "execve: argv must be a tuple or list")
    }
    let items = sequenceToTuple(t, argv)
    if items.isRaised { return items }
    if items.tupleCount == 0 { return raise(t, .valueError, environment == nil ? "execv() arg 2 must not be empty" : "execve: argv must not be empty") }
    if let environment, !typeOf(environment).has(.getItem) { return raise(t, .typeError, "execve: environment must be a mapping object") }
    var arguments = CStringArray(capacity: items.tupleCount)
    defer { arguments.free() }
    if !appendPaths(t, items, &arguments) { return .raised }
    if arguments.pointers[0]?.pointee == 0 {
        return raise(t, .valueError, environment == nil ? "execv() arg 2 first element cannot be empty" : "execve: argv first element cannot be empty")
    }
    var pairs: CStringArray?
    if let environment {
        guard let made = environmentArray(t, environment) else { return .raised }
        pairs = made
    }
    defer { pairs?.free() }
    let list = arguments.list
    let environ = pairs?.list ?? ladon_environment()
    let fd = path.fd
    // Nothing detached about it: it does not come back.
    let c: UnsafePointer<CChar>? = fd == -1 ? path.c : nil
    _ = fd != -1 ? fexecve(fd, list, environ!) : execve(c!, list, environ!)
    let code = ladon_errno()
    path.bytes.keepAlive
    return environment == nil ? raiseOSError(t, code) : raiseOSError(t, code, path.object)
}

private func spawn(_ t: Thread, _ a: Values, _ function: StaticString, searches: Bool) -> Value {
    // path, argv, env, file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler
    guard let path = pathArgument(t, a[0], function) else { return .raised }
    let items = checkedArguments(t, a[1], function)
    if items.isRaised { return items }
    if !typeOf(a[2]).has(.getItem) { return raise(t, .typeError, "\(function): environment must be a mapping object") }
    var arguments = CStringArray(capacity: items.tupleCount)
    defer { arguments.free() }
    if !appendPaths(t, items, &arguments) { return .raised }
    if arguments.pointers[0]?.pointee == 0 { return raise(t, .valueError, "\(function): argv first element cannot be empty") }
    guard let environment = environmentArray(t, a[2]) else { return .raised }
    defer { environment.free() }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let keepers = makeList(t)
    if !a[3].isNone {
        let list = sequenceToTuple(t, a[3])
        if list.isRaised { return list }
        for i in 0..<list.tupleCount where !addFileAction(t, list.tupleItems[i], &actions, keepers) { return .raised }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var flags: Int32 = 0
    if !a[4].isMissing {
        guard let group = asInt32(t, a[4]) else { return .raised }
        posix_spawnattr_setpgroup(&attributes, group)
        flags |= 2
    }
    guard let resets = asInt32(t, a[5]), let session = asInt32(t, a[6]) else { return .raised }
    if resets != 0 { flags |= 1 }
    if session != 0 { flags |= 0x80 }
    for (index, bit) in [(7, Int32(8)), (8, Int32(4))] {
        let list = sequenceToTuple(t, a[index])
        if list.isRaised { return list }
        if list.tupleCount == 0 { continue }
        var set = sigset_t()
        sigemptyset(&set)
        for i in 0..<list.tupleCount {
            guard let number = asInt32(t, list.tupleItems[i]) else { return .raised }
            if number <= 0 || number > 64 { return raise(t, .valueError, "signal number \(number) out of range [1; 64]") }
            sigaddset(&set, number)
        }
        if index == 7 { posix_spawnattr_setsigmask(&attributes, &set) } else { posix_spawnattr_setsigdefault(&attributes, &set) }
        flags |= bit
    }
    if !a[9].isMissing && !a[9].isNone {
        let pair = a[9]
        if !isTuple(pair) || pair.tupleCount != 2 { return raise(t, .typeError, "A scheduler tuple must have two elements") }
        guard var priority = schedulingPriority(t, pair.tupleItems[1]) else { return .raised }
        if !pair.tupleItems[0].isNone {
            guard let policy = asInt32(t, pair.tupleItems[0]) else { return .raised }
            posix_spawnattr_setschedpolicy(&attributes, policy)
            flags |= 0x20
        }
        posix_spawnattr_setschedparam(&attributes, &priority)
        flags |= 0x10
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var pid: pid_t = 0
    let code: Int32 = blocking(t) {
        searches ? posix_spawnp(&pid, path.c, &actions, &attributes, arguments.list, environment.list)
                 : posix_spawn(&pid, path.c, &actions, &attributes, arguments.list, environment.list)
    }
    path.bytes.keepAlive
    keepers.keepAlive
    return code != 0 ? raiseOSError(t, code, path.object) : Value(smallInt: Int(pid))
}

private func addFileAction(_ t: Thread, _ action: Value, _ actions: inout posix_spawn_file_actions_t, _ keepers: Value) -> Bool {
    if !isTuple(action) || action.tupleCount == 0 {
        _ = raise(t, .typeError, "Each file_actions element must be a non-empty tuple")
        return false
    }
    let items = action.tupleItems, n = action.tupleCount
    guard let kind = asInt(t, items[0]) else { return false }
    var code: Int32 = 0
    switch kind {
    case 0:
        if n != 5 {
            _ = raise(t, .typeError, "A open file_action tuple must have 5 elements")
            return false
        }
        guard let fd = asInt32(t, items[1]), let flags = asInt32(t, items[3]), let mode = asUInt32(t, items[4]) else { return false }
        let path = fsConverter(t, items[2])
        if path.isRaised || listAppend(t, keepers, path) < 0 { return false }
        code = posix_spawn_file_actions_addopen(&actions, fd, UnsafeRawPointer(path.bytesData).assumingMemoryBound(to: CChar.self), flags, mode)
    case 1:
        if n != 2 {
            _ = raise(t, .typeError, "A close file_action tuple must have 2 elements")
            return false
        }
        guard let fd = asInt32(t, items[1]) else { return false }
        code = posix_spawn_file_actions_addclose(&actions, fd)
    case 2:
        if n != 3 {
            _ = raise(t, .typeError, "A dup2 file_action tuple must have 3 elements")
            return false
        }
        guard let from = asInt32(t, items[1]), let to = asInt32(t, items[2]) else { return false }
        code = posix_spawn_file_actions_adddup2(&actions, from, to)
    default:
        _ = raise(t, .typeError, "Unknown file_actions identifier")
        return false
    }
    if code != 0 { raiseOSError(t, code) }
    return code == 0
}

// MARK: wait

private func waitResult(_ t: Thread, _ pid: Int, _ status: Int32) -> Value { makeTuple(t, Value(smallInt: pid), Value(smallInt: Int(status))) }

/// The resource module's struct_rusage. 0: raised.
func usageResult(_ t: Thread, _ u: rusage) -> Value {
    let module = importModule(t, "resource")
    let type: Value = module.isRaised ? module : getAttribute(t, module, internStatic(t, "struct_rusage"))
    if type.isRaised { return type }
    let v = makeStructSequence(t, type.asType)
    if v.isRaised { return v }
    let p = structSequenceItems(v)
    func seconds(_ x: timeval) -> Value { makeFloat(t, Double(x.tv_sec) + Double(x.tv_usec) * 1e-6) }
    storeSlot(p, seconds(u.ru_utime))
    storeSlot(p + 1, seconds(u.ru_stime))
    let counts = [u.ru_maxrss, u.ru_ixrss, u.ru_idrss, u.ru_isrss, u.ru_minflt, u.ru_majflt, u.ru_nswap, u.ru_inblock, u.ru_oublock,
                  u.ru_msgsnd, u.ru_msgrcv, u.ru_nsignals, u.ru_nvcsw, u.ru_nivcsw]
    for i in 0..<counts.count { storeSlot(p + 2 + i, makeInt(t, counts[i])) }
    return v
}

private func waitFor(_ t: Thread, _ pid: Int32, _ options: Int32) -> Value {
    var status: Int32 = 0
    let n = systemCall(t) { Int(waitpid(pid, &status, options)) }
    return n < 0 ? .raised : waitResult(t, n, status)
}

private func waitWithUsage(_ t: Thread, _ pid: Int32, _ options: Int32) -> Value {
    var status: Int32 = 0
    var usage = rusage()
    let n = systemCall(t) { Int(wait4(pid, &status, options, &usage)) }
    if n < 0 { return .raised }
    let u = usageResult(t, usage)
    return u.isRaised ? u : makeTuple(t, Value(smallInt: n), Value(smallInt: Int(status)), u)
}

private func statusTest(_ t: Thread, _ a: Values, _ what: Character) -> Value {
    guard let status = asInt32(t, a[0]) else { return .raised }
    return Value(ladon_wait_status(status, CChar(what.asciiValue!)) != 0)
}

private func statusPart(_ t: Thread, _ a: Values, _ what: Character) -> Value {
    guard let status = asInt32(t, a[0]) else { return .raised }
    return Value(smallInt: Int(ladon_wait_status(status, CChar(what.asciiValue!))))
}

private func schedulingPriority(_ t: Thread, _ v: Value) -> sched_param? {
    if !v.isCell || typeOf(v) != posixTypes.pointee.schedParam {
        _ = raise(t, .typeError, "must have a sched_param object")
        return nil
    }
    guard let n = asInt32(t, structSequenceItems(v)[0]) else { return nil }
    return sched_param(sched_priority: n)
}

func processMembers() -> [NativeMember] {
    [
        .method("execv", "(path, argv, /)", { t, a in execute(t, a[0], a[1], nil, "execv") }, "Execute an executable path with arguments, replacing current process."),
        .method("execve", "(path, argv, env)", { t, a in execute(t, a[0], a[1], a[2], "execve") }, "Execute an executable path with arguments, replacing current process."),
        .method("posix_spawn", "(path, argv, env, /, *, file_actions=(), setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)",
                { t, a in spawn(t, fillEmpty(a), "posix_spawn", searches: false) }, "Execute the program specified by path in a new process."),
        .method("posix_spawnp", "(path, argv, env, /, *, file_actions=(), setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)",
                { t, a in spawn(t, fillEmpty(a), "posix_spawnp", searches: true) }, "Execute the program specified by path in a new process."),
        .method("_exit", "(status)", { t, a in
            guard let status = asInt32(t, a[0]) else { return .raised }
            _exit(status)
        }, "Exit to the system with specified status, without normal exit processing."),
        .method("abort", "()", { _, _ in abort() }, "Abort the interpreter immediately."),
        .method("system", "(command)", { t, a in
            let command = fsConverter(t, a[0])
            if command.isRaised { return command }
            let r: Int32 = blocking(t) { system(UnsafeRawPointer(command.bytesData).assumingMemoryBound(to: CChar.self)) }
            command.keepAlive
            return Value(smallInt: Int(r))
        }, "Execute the command in a subshell."),
        .method("wait", "()", { t, _ in waitFor(t, -1, 0) }, "Wait for completion of a child process."),
        .method("waitpid", "(pid, options, /)", { t, a in
            guard let pid = processID(t, a[0]), let options = asInt32(t, a[1]) else { return .raised }
            return waitFor(t, pid, options)
        }, "Wait for completion of a given child process."),
        .method("wait3", "(options)", { t, a in
            guard let options = asInt32(t, a[0]) else { return .raised }
            return waitWithUsage(t, -1, options)
        }, "Wait for completion of a child process."),
        .method("wait4", "(pid, options)", { t, a in
            guard let pid = processID(t, a[0]), let options = asInt32(t, a[1]) else { return .raised }
            return waitWithUsage(t, pid, options)
        }, "Wait for completion of a specific child process."),
        .method("waitid", "(idtype, id, options, /)", { t, a in
            guard let kind = asInt32(t, a[0]), let id = asInt32(t, a[1]), let options = asInt32(t, a[2]) else { return .raised }
            var info = LadonWaitInfo()
            while true {
                let code: Int32 = blocking(t) { ladon_waitid(kind, UInt32(bitPattern: id), &info, options) }
                if code == 0 { break }
                if code != EINTR { return raiseOSError(t, code) }
                if !safepoint(t) { return .raised }
            }
            if info.pid == 0 { return .none }
            let v = makeStructSequence(t, posixTypes.pointee.waitid)
            if v.isRaised { return v }
            let parts = [info.pid, info.uid, info.signo, info.status, info.code]
            for i in 0..<5 { structSequenceItems(v)[i] = Value(smallInt: Int(parts[i])) }
            return v
        }, "Returns the result of waiting for a process or processes."),
        .method("waitstatus_to_exitcode", "(status)", { t, a in
            guard let status = asInt32(t, a[0]) else { return .raised }
            if ladon_wait_status(status, 120) != 0 { return Value(smallInt: Int(ladon_wait_status(status, 88))) }
            if ladon_wait_status(status, 103) != 0 { return Value(smallInt: -Int(ladon_wait_status(status, 84))) }
            if ladon_wait_status(status, 115) != 0 {
                return raise(t, .valueError, "process stopped by delivery of signal \(ladon_wait_status(status, 83))")
            }
            return raise(t, .valueError, "invalid wait status: \(status)")
        }, "Convert a wait status to an exit code."),
        .method("WCOREDUMP", "(status, /)", { t, a in statusTest(t, a, "c") }, "Return True if the process returning status was dumped to a core file."),
        .method("WIFCONTINUED", "(status)", { t, a in statusTest(t, a, "n") }, "Return True if a particular process was continued from a job control stop."),
        .method("WIFSTOPPED", "(status)", { t, a in statusTest(t, a, "s") }, "Return True if the process returning status was stopped."),
        .method("WIFSIGNALED", "(status)", { t, a in statusTest(t, a, "g") }, "Return True if the process returning status was terminated by a signal."),
        .method("WIFEXITED", "(status)", { t, a in statusTest(t, a, "x") }, "Return True if the process returning status exited via the exit() system call."),
        .method("WEXITSTATUS", "(status)", { t, a in statusPart(t, a, "X") }, "Return the process return code from status."),
        .method("WTERMSIG", "(status)", { t, a in statusPart(t, a, "T") }, "Return the signal that terminated the process that provided the status value."),
        .method("WSTOPSIG", "(status)", { t, a in statusPart(t, a, "S") }, "Return the signal that stopped the process that provided the status value."),
        .method("kill", "(pid, signal, /)", { t, a in
            guard let pid = processID(t, a[0]), let number = asInt32(t, a[1]) else { return .raised }
            if kill(pid, number) < 0 { return raiseErrno(t) }
            // A signal to this process is handled before the call returns.
            return safepoint(t) ? .none : .raised
        }, "Kill a process with a signal."),
        .method("killpg", "(pgid, signal, /)", { t, a in
            guard let group = processID(t, a[0]), let number = asInt32(t, a[1]) else { return .raised }
            if killpg(group, number) < 0 { return raiseErrno(t) }
            return safepoint(t) ? .none : .raised
        }, "Kill a process group with a signal."),
        .method("pidfd_open", "(pid, flags=0)", { t, a in
            guard let pid = processID(t, a[0]), let flags = asUInt32(t, a[1]) else { return .raised }
            let n = ladon_pidfd_open(pid, flags)
            return n < 0 ? raiseErrno(t) : Value(smallInt: Int(n))
        }, "Return a file descriptor referring to the process *pid*."),
        .method("nice", "(increment, /)", { t, a in
            guard let n = asInt32(t, a[0]) else { return .raised }
            ladon_set_errno(0)
            let r = nice(n)
            return r == -1 && ladon_errno() != 0 ? raiseErrno(t) : Value(smallInt: Int(r))
        }, "Add increment to the priority of process and return the new priority."),
        .method("getpriority", "(which, who)", { t, a in
            guard let which = asInt32(t, a[0]), let who = asInt32(t, a[1]) else { return .raised }
            ladon_set_errno(0)
            let r = getpriority(__priority_which_t(UInt32(bitPattern: which)), id_t(bitPattern: who))
            return r == -1 && ladon_errno() != 0 ? raiseErrno(t) : Value(smallInt: Int(r))
        }, "Return program scheduling priority."),
        .method("setpriority", "(which, who, priority)", { t, a in
            guard let which = asInt32(t, a[0]), let who = asInt32(t, a[1]), let n = asInt32(t, a[2]) else { return .raised }
            return setpriority(__priority_which_t(UInt32(bitPattern: which)), id_t(bitPattern: who), n) < 0 ? raiseErrno(t) : .none
        }, "Set program scheduling priority."),
        .method("sched_yield", "()", { t, _ in
            yieldExecution(t)
            return .none
        }, "Voluntarily relinquish the CPU."),
        .method("sched_get_priority_max", "(policy)", { t, a in
            guard let policy = asInt32(t, a[0]) else { return .raised }
            let r = sched_get_priority_max(policy)
            return r < 0 ? raiseErrno(t) : Value(smallInt: Int(r))
        }, "Get the maximum scheduling priority for policy."),
        .method("sched_get_priority_min", "(policy)", { t, a in
            guard let policy = asInt32(t, a[0]) else { return .raised }
            let r = sched_get_priority_min(policy)
            return r < 0 ? raiseErrno(t) : Value(smallInt: Int(r))
        }, "Get the minimum scheduling priority for policy."),
        .method("sched_getscheduler", "(pid, /)", { t, a in
            guard let pid = processID(t, a[0]) else { return .raised }
            let r = sched_getscheduler(pid)
            return r < 0 ? raiseErrno(t) : Value(smallInt: Int(r))
        }, "Get the scheduling policy for the process identified by pid."),
        .method("sched_setscheduler", "(pid, policy, param, /)", { t, a in
            guard let pid = processID(t, a[0]), let policy = asInt32(t, a[1]), var p = schedulingPriority(t, a[2]) else { return .raised }
            return sched_setscheduler(pid, policy, &p) < 0 ? raiseErrno(t) : .none
        }, "Set the scheduling policy for the process identified by pid."),
        .method("sched_getparam", "(pid, /)", { t, a in
            guard let pid = processID(t, a[0]) else { return .raised }
            var p = sched_param()
            if sched_getparam(pid, &p) < 0 { return raiseErrno(t) }
            let v = makeStructSequence(t, posixTypes.pointee.schedParam)
            if v.isRaised { return v }
            structSequenceItems(v)[0] = Value(smallInt: Int(p.sched_priority))
            return v
        }, "Returns scheduling parameters for the process identified by pid."),
        .method("sched_setparam", "(pid, param, /)", { t, a in
            guard let pid = processID(t, a[0]), var p = schedulingPriority(t, a[1]) else { return .raised }
            return sched_setparam(pid, &p) < 0 ? raiseErrno(t) : .none
        }, "Set scheduling parameters for the process identified by pid."),
        .method("sched_rr_get_interval", "(pid, /)", { t, a in
            guard let pid = processID(t, a[0]) else { return .raised }
            var interval = timespec()
            return sched_rr_get_interval(pid, &interval) < 0 ? raiseErrno(t) : makeFloat(t, Double(interval.tv_sec) + 1e-9 * Double(interval.tv_nsec))
        }, "Return the round-robin quantum for the process identified by pid, in seconds."),
        .method("sched_getaffinity", "(pid, /)", { t, a in
            guard let pid = processID(t, a[0]) else { return .raised }
            return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 128) { words -> Value in
                let p = words.baseAddress.unsafelyUnwrapped
                let code = ladon_get_affinity(pid, p, 128)
                if code != 0 { return raiseOSError(t, code) }
                let result = makeSet(t)
                for i in 0..<128 * 64 where p[i / 64] >> UInt64(i & 63) & 1 != 0 {
                    if setAdd(t, result, Value(smallInt: i)) < 0 { return .raised }
                }
                return result
            }
        }, "Return the affinity of the process identified by pid (or the current process if zero)."),
        .method("sched_setaffinity", "(pid, mask, /)", { t, a in
            guard let pid = processID(t, a[0]) else { return .raised }
            let list = iterateToList(t, a[1])
            if list.isRaised { return list }
            return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 128) { words -> Value in
                let p = words.baseAddress.unsafelyUnwrapped
                p.initialize(repeating: 0, count: 128)
                for i in 0..<listCount(list) {
                    let item = listGet(t, list, i)
                    if !isInt(item) { return raise(t, .typeError, "expected an iterator of ints, but iterator yielded \(typeName(item))") }
                    guard let n = asInt(t, item) else { return .raised }
                    if n < 0 { return raise(t, .valueError, "negative CPU number") }
                    if n >= 128 * 64 { return raise(t, .overflowError, "CPU number too large") }
                    p[n / 64] |= 1 << UInt64(n & 63)
                }
                let code = ladon_set_affinity(pid, p, 128)
                return code != 0 ? raiseOSError(t, code) : .none
            }
        }, "Set the CPU affinity of the process identified by pid to mask."),
    ]
}

/// `()` as a default is no simple value: omitted ones become the empty tuple.
private func fillEmpty(_ a: Values) -> Values {
    for i in [3, 7, 8] where a[i].isMissing { a[i] = ladon_runtime.emptyTuple }
    return a
}
