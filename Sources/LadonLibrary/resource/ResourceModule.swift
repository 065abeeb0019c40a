// The module `resource`: limits and usage of this process.

import Glibc

nonisolated(unsafe) private var usageType: TypePointer! = nil

private func limitPair(_ t: Thread, _ l: rlimit) -> Value {
    func number(_ n: rlim_t) -> Value { n == rlim_t.max ? Value(smallInt: -1) : makeInt(t, UInt(n)) }
    return makeTuple(t, number(l.rlim_cur), number(l.rlim_max))
}

/// (soft, hard) from any sequence. nil: raised.
private func limits(_ t: Thread, _ v: Value) -> rlimit? {
    let pair = sequenceToTuple(t, v)
    if pair.isRaised { return nil }
    if pair.tupleCount != 2 {
        _ = raise(t, .valueError, "expected a tuple of 2 integers")
        return nil
    }
    guard let soft = limit(t, pair.tupleItems[0]), let hard = limit(t, pair.tupleItems[1]) else { return nil }
    return rlimit(rlim_cur: soft, rlim_max: hard)
}

private func limit(_ t: Thread, _ v: Value) -> rlim_t? {
    let n = index(t, v)
    if n.isRaised { return nil }
    if let word = intAsWord(n) { return rlim_t(bitPattern: word) }
    guard let word = intAsUnsignedWord(n) else {
        _ = raise(t, .overflowError, "Python int too large to convert to C long")
        return nil
    }
    return rlim_t(word)
}

private func isResource(_ t: Thread, _ n: Int32) -> Bool {
    if n >= 0 && n < 16 { return true }
    _ = raise(t, .valueError, "invalid resource specified")
    return false
}

private func failLimits(_ t: Thread) -> Value {
    let code = ladon_errno()
    if code == EINVAL { return raise(t, .valueError, "current limit exceeds maximum limit") }
    if code == EPERM { return raise(t, .valueError, "not allowed to raise maximum limit") }
    return raiseOSError(t, code)
}

public func resourceModule() -> ModuleDefinition {
    ModuleDefinition("resource", members: [
        .method("getrusage", "(who, /)", { t, a in
            guard let who = asInt32(t, a[0]) else { return .raised }
            var u = rusage()
            if getrusage(__rusage_who_t(who), &u) < 0 {
                return ladon_errno() == EINVAL ? raise(t, .valueError, "invalid who parameter") : raiseErrno(t)
            }
            return usageResult(t, u)
        }),
        .method("getrlimit", "(resource, /)", { t, a in
            guard let n = asInt32(t, a[0]), isResource(t, n) else { return .raised }
            var l = rlimit()
            return getrlimit(__rlimit_resource_t(UInt32(n)), &l) < 0 ? raiseErrno(t) : limitPair(t, l)
        }),
        .method("setrlimit", "(resource, limits, /)", { t, a in
            guard let n = asInt32(t, a[0]), isResource(t, n), var l = limits(t, a[1]) else { return .raised }
            return setrlimit(__rlimit_resource_t(UInt32(n)), &l) < 0 ? failLimits(t) : .none
        }),
        .method("prlimit", "(pid, resource, limits=None, /)", { t, a in
            guard let pid = asInt32(t, a[0]), let n = asInt32(t, a[1]), isResource(t, n) else { return .raised }
            var old = rlimit()
            if a[2].isNone { return ladon_prlimit(pid, n, nil, &old) < 0 ? raiseErrno(t) : limitPair(t, old) }
            guard var new = limits(t, a[2]) else { return .raised }
            if ladon_prlimit(pid, n, &new, &old) < 0 {
                return ladon_errno() == EINVAL ? raise(t, .valueError, "current limit exceeds maximum limit") : raiseErrno(t)
            }
            return limitPair(t, old)
        }),
        .method("getpagesize", "()", { _, _ in Value(smallInt: Int(getpagesize())) }),
    ], initialize: { t, a in
        let d = a[0].cell(as: ModuleCell.self).pointee.dict
        if usageType == nil {
            usageType = makeStructSequenceType(t, "resource.struct_rusage", "struct_rusage: Result from getrusage.", fields: [
                ("ru_utime", "user time used"), ("ru_stime", "system time used"), ("ru_maxrss", "max. resident set size"), ("ru_ixrss", "shared memory size"),
                ("ru_idrss", "unshared data size"), ("ru_isrss", "unshared stack size"), ("ru_minflt", "page faults not requiring I/O"),
                ("ru_majflt", "page faults requiring I/O"), ("ru_nswap", "number of swap outs"), ("ru_inblock", "block input operations"),
                ("ru_oublock", "block output operations"), ("ru_msgsnd", "IPC messages sent"), ("ru_msgrcv", "IPC messages received"),
                ("ru_nsignals", "signals received"), ("ru_nvcsw", "voluntary context switches"), ("ru_nivcsw", "involuntary context switches"),
            ], visible: 16)
        }
        if dictSet(t, d, internStatic(t, "struct_rusage"), usageType.value) < 0 || dictSet(t, d, internStatic(t, "error"), builtinType(.osError).value) < 0 { return .raised }
        return addConstants(t, d, LADON_CONSTANTS_RESOURCE) ? .none : .raised
    })
}
