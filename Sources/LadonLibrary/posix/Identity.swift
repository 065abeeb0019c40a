// Who this process is: ids of process, session, user and groups.

import Glibc

private func number(_ n: Int32) -> Value { Value(smallInt: Int(n)) }

private func owner(_ t: Thread, _ v: Value, _ what: StaticString, _ set: (UInt32) -> Int32) -> Value {
    guard let n = ownerNumber(t, v, what) else { return .raised }
    return set(n) < 0 ? raiseErrno(t) : .none
}

private func owners(_ t: Thread, _ a: Values, _ names: [StaticString], _ set: (UInt32, UInt32, UInt32) -> Int32) -> Value {
    var n: (UInt32, UInt32, UInt32) = (0, 0, 0)
    for i in 0..<names.count {
        guard let x = ownerNumber(t, a[i], names[i]) else { return .raised }
        if i == 0 { n.0 = x } else if i == 1 { n.1 = x } else { n.2 = x }
    }
    return set(n.0, n.1, n.2) < 0 ? raiseErrno(t) : .none
}

func identityMembers() -> [NativeMember] {
    [
        .method("getpid", "()", { _, _ in number(getpid()) }, "Return the current process id."),
        .method("getppid", "()", { _, _ in number(getppid()) }, "Return the parent's process id."),
        .method("getpgrp", "()", { _, _ in number(getpgrp()) }, "Return the current process group id."),
        .method("setpgrp", "()", { t, _ in setpgid(0, 0) < 0 ? raiseErrno(t) : .none }, "Make the current process the leader of its process group."),
        .method("getpgid", "(pid)", { t, a in
            guard let pid = processID(t, a[0]) else { return .raised }
            let n = getpgid(pid)
            return n < 0 ? raiseErrno(t) : number(n)
        }, "Call the system call getpgid(), and return the result."),
        .method("setpgid", "(pid, pgrp, /)", { t, a in
            guard let pid = processID(t, a[0]), let group = processID(t, a[1]) else { return .raised }
            return setpgid(pid, group) < 0 ? raiseErrno(t) : .none
        }, "Call the system call setpgid(pid, pgrp)."),
        .method("getsid", "(pid, /)", { t, a in
            guard let pid = processID(t, a[0]) else { return .raised }
            let n = getsid(pid)
            return n < 0 ? raiseErrno(t) : number(n)
        }, "Call the system call getsid(pid) and return the result."),
        .method("setsid", "()", { t, _ in setsid() < 0 ? raiseErrno(t) : .none }, "Call the system call setsid()."),
        .method("getuid", "()", { t, _ in ownerValue(t, getuid()) }, "Return the current process's user id."),
        .method("geteuid", "()", { t, _ in ownerValue(t, geteuid()) }, "Return the current process's effective user id."),
        .method("getgid", "()", { t, _ in ownerValue(t, getgid()) }, "Return the current process's group id."),
        .method("getegid", "()", { t, _ in ownerValue(t, getegid()) }, "Return the current process's effective group id."),
        .method("setuid", "(uid, /)", { t, a in owner(t, a[0], "uid") { setuid($0) } }, "Set the current process's user id."),
        .method("seteuid", "(euid, /)", { t, a in owner(t, a[0], "uid") { seteuid($0) } }, "Set the current process's effective user id."),
        .method("setgid", "(gid, /)", { t, a in owner(t, a[0], "gid") { setgid($0) } }, "Set the current process's group id."),
        .method("setegid", "(egid, /)", { t, a in owner(t, a[0], "gid") { setegid($0) } }, "Set the current process's effective group id."),
        .method("setreuid", "(ruid, euid, /)", { t, a in owners(t, a, ["uid", "uid"]) { r, e, _ in setreuid(r, e) } }, "Set the current process's real and effective user ids."),
        .method("setregid", "(rgid, egid, /)", { t, a in owners(t, a, ["gid", "gid"]) { r, e, _ in setregid(r, e) } }, "Set the current process's real and effective group ids."),
        .method("setresuid", "(ruid, euid, suid, /)", { t, a in owners(t, a, ["uid", "uid", "uid"]) { ladon_setresuid($0, $1, $2) } },
                "Set the current process's real, effective, and saved user ids."),
        .method("setresgid", "(rgid, egid, sgid, /)", { t, a in owners(t, a, ["gid", "gid", "gid"]) { ladon_setresgid($0, $1, $2) } },
                "Set the current process's real, effective, and saved group ids."),
        .method("getresuid", "()", { t, _ in
            var r: uid_t = 0, e: uid_t = 0, s: uid_t = 0
            return ladon_getresuid(&r, &e, &s) < 0 ? raiseErrno(t) : makeTuple(t, ownerValue(t, r), ownerValue(t, e), ownerValue(t, s))
        }, "Return a tuple of the current process's real, effective, and saved user ids."),
        .method("getresgid", "()", { t, _ in
            var r: gid_t = 0, e: gid_t = 0, s: gid_t = 0
            return ladon_getresgid(&r, &e, &s) < 0 ? raiseErrno(t) : makeTuple(t, ownerValue(t, r), ownerValue(t, e), ownerValue(t, s))
        }, "Return a tuple of the current process's real, effective, and saved group ids."),
        .method("getgroups", "()", { t, _ in
            withUnsafeTemporaryAllocation(of: gid_t.self, capacity: 65536) { buffer -> Value in
                let n = getgroups(65536, buffer.baseAddress)
                return n < 0 ? raiseErrno(t) : groupList(t, buffer.baseAddress.unsafelyUnwrapped, Int(n))
            }
        }, "Return list of supplemental group IDs for the process."),
        .method("setgroups", "(groups, /)", { t, a in
            if !isSequence(a[0]) { return raise(t, .typeError, "setgroups argument must be a sequence") }
            let list = sequenceToTuple(t, a[0])
            if list.isRaised { return list }
            let n = list.tupleCount
            if n > 65536 { return raise(t, .valueError, "too many groups") }
            return withUnsafeTemporaryAllocation(of: gid_t.self, capacity: n + 1) { buffer -> Value in
                for i in 0..<n {
                    if !isInt(list.tupleItems[i]) { return raise(t, .typeError, "groups must be integers") }
                    guard let g = ownerNumber(t, list.tupleItems[i], "gid") else { return .raised }
                    buffer[i] = g
                }
                return setgroups(n, buffer.baseAddress) < 0 ? raiseErrno(t) : .none
            }
        }, "Set the groups of the current process to list."),
        .method("getgrouplist", "(user, group, /)", { t, a in
            let user = fsConverter(t, a[0])
            guard !user.isRaised, let group = ownerNumber(t, a[1], "gid") else { return .raised }
            return withUnsafeTemporaryAllocation(of: gid_t.self, capacity: 65536) { buffer -> Value in
                var n: Int32 = 65536
                let p = buffer.baseAddress.unsafelyUnwrapped
                let r: Int32 = blocking(t) { getgrouplist(UnsafeRawPointer(user.bytesData).assumingMemoryBound(to: CChar.self), group, p, &n) }
                user.keepAlive
                return r < 0 ? raiseErrno(t) : groupList(t, p, Int(n))
            }
        }, "Returns a list of groups to which a user belongs."),
        .method("initgroups", "(username, gid, /)", { t, a in
            let user = fsConverter(t, a[0])
            guard !user.isRaised, let group = ownerNumber(t, a[1], "gid") else { return .raised }
            let r = initgroups(UnsafeRawPointer(user.bytesData).assumingMemoryBound(to: CChar.self), group)
            user.keepAlive
            return r < 0 ? raiseErrno(t) : .none
        }, "Initialize the group access list."),
        .method("getlogin", "()", { t, _ in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer -> Value in
                let p = buffer.baseAddress.unsafelyUnwrapped
                let code = getlogin_r(p, 256)
                return code != 0 ? raiseOSError(t, code) : makeString(t, fileSystem: UnsafePointer(p))
            }
        }, "Return the actual login name."),
    ]
}

private func groupList(_ t: Thread, _ p: UnsafePointer<gid_t>, _ n: Int) -> Value {
    let list = makeList(t)
    for i in 0..<n where listAppend(t, list, ownerValue(t, p[i])) < 0 { return .raised }
    return list
}
