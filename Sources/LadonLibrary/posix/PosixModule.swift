// The module `posix`: its table of tables, the environment, and facts about the system.

import Glibc

/// A table of constants as a dict from name to number. 0: raised.
func constantDict(_ t: Thread, _ table: LadonConstantTable) -> Value {
    let d = makeDict(t)
    return addConstants(t, d, table) ? d : .raised
}

/// Puts a table's constants into a dict. False: raised.
func addConstants(_ t: Thread, _ d: Value, _ table: LadonConstantTable) -> Bool {
    var row = ladon_constants(Int32(table.rawValue)).unsafelyUnwrapped
    while let text = row.pointee.name {
        let key = intern(t, makeString(t, fileSystem: text))
        if key.isRaised || dictSet(t, d, key, makeInt(t, Int(row.pointee.value))) < 0 { return false }
        row += 1
    }
    return true
}

/// `environ` as bytes from bytes; the first of two equal names counts.
private func environment(_ t: Thread) -> Value {
    let d = makeDict(t)
    guard var p = ladon_environment() else { return d }
    while let text = p.pointee {
        p += 1
        let n = strlen(text)
        guard let equals = memchr(text, 61, n) else { continue }
        let size = equals - UnsafeMutableRawPointer(text)
        let key = makeBytes(t, text, size), value = makeBytes(t, text + size + 1, n - size - 1)
        if key.isRaised || value.isRaised || dictSetDefault(t, d, key, value).isRaised { return .raised }
    }
    return d
}

/// What os.py asks about before it says what is supported.
private let haveFunctions: [StaticString] = [
    "HAVE_EVENTFD", "HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FCHMODAT", "HAVE_FCHOWN", "HAVE_FCHOWNAT", "HAVE_FEXECVE", "HAVE_FDOPENDIR",
    "HAVE_FPATHCONF", "HAVE_FSTATAT", "HAVE_FSTATVFS", "HAVE_FTRUNCATE", "HAVE_FUTIMENS", "HAVE_FUTIMES", "HAVE_FUTIMESAT", "HAVE_LINKAT", "HAVE_LCHOWN",
    "HAVE_LSTAT", "HAVE_LUTIMES", "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT", "HAVE_MKFIFOAT", "HAVE_MKNODAT", "HAVE_OPENAT", "HAVE_READLINKAT", "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT", "HAVE_UNLINKAT", "HAVE_UTIMENSAT",
]

private func systemMembers() -> [NativeMember] {
    [
        .method("urandom", "(size, /)", { t, a in
            guard let n = asIndex(t, a[0], .overflowError) else { return .raised }
            if n < 0 { return raise(t, .valueError, "negative argument not allowed") }
            let bytes = newBytesChecked(t, n)
            if bytes.isRaised { return bytes }
            var done = 0
            while done < n {
                let got = systemCall(t) { Int(ladon_getrandom(bytes.bytesData + done, min(n - done, 1 << 20), 0)) }
                if got < 0 { return .raised }
                done += got
            }
            return bytes
        }, "Return a bytes object containing random bytes suitable for cryptographic use."),
        .method("getrandom", "(size, flags=0)", { t, a in
            guard let n = asIndex(t, a[0], .overflowError), let flags = asInt32(t, a[1]) else { return .raised }
            if n < 0 { return raiseOSError(t, EINVAL) }
            let bytes = newBytesChecked(t, n)
            if bytes.isRaised { return bytes }
            let got = systemCall(t) { Int(ladon_getrandom(bytes.bytesData, n, UInt32(bitPattern: flags))) }
            return got < 0 ? .raised : shrinkBytes(t, bytes, to: got)
        }, "Obtain a series of random bytes."),
        .method("cpu_count", "()", { _, _ in
            let n = sysconf(Int32(_SC_NPROCESSORS_ONLN))
            return n < 1 ? .none : Value(smallInt: n)
        }, "Return the number of CPUs in the system; return None if indeterminable."),
        .method("getloadavg", "()", { t, _ in
            var loads = (0.0, 0.0, 0.0)
            let n = withUnsafeMutablePointer(to: &loads) { $0.withMemoryRebound(to: Double.self, capacity: 3) { getloadavg($0, 3) } }
            return n != 3 ? raise(t, .osError, "Load averages are unobtainable") : makeTuple(t, makeFloat(t, loads.0), makeFloat(t, loads.1), makeFloat(t, loads.2))
        }, "Return average recent system load information."),
        .method("strerror", "(code, /)", { t, a in
            guard let code = asInt32(t, a[0]) else { return .raised }
            return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer -> Value in
                makeString(t, fileSystem: ladon_strerror(code, buffer.baseAddress, 128))
            }
        }, "Translate an error code to a message string."),
        .method("umask", "(mask, /)", { t, a in
            guard let mask = asInt32(t, a[0]) else { return .raised }
            return Value(smallInt: Int(umask(mode_t(bitPattern: mask))))
        }, "Set the current numeric umask and return the previous umask."),
        .method("uname", "()", { t, _ in
            var u = utsname()
            if uname(&u) < 0 { return raiseErrno(t) }
            let v = makeStructSequence(t, posixTypes.pointee.uname)
            if v.isRaised { return v }
            let p = structSequenceItems(v)
            storeSlot(p, unameText(t, &u.sysname))
            storeSlot(p + 1, unameText(t, &u.nodename))
            storeSlot(p + 2, unameText(t, &u.release))
            storeSlot(p + 3, unameText(t, &u.version))
            storeSlot(p + 4, unameText(t, &u.machine))
            return v
        }, "Return an object identifying the current operating system."),
        .method("times", "()", { t, _ in
            var u = tms()
            let elapsed = times(&u)
            if elapsed == -1 { return raiseErrno(t) }
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            let v = makeStructSequence(t, posixTypes.pointee.times)
            if v.isRaised { return v }
            let parts = [u.tms_utime, u.tms_stime, u.tms_cutime, u.tms_cstime, elapsed]
            for i in 0..<5 { storeSlot(structSequenceItems(v) + i, makeFloat(t, Double(parts[i]) / ticks)) }
            return v
        }, "Return a collection containing process timing information."),
        .method("sysconf", "(name, /)", { t, a in
            guard let n = configurationName(t, a[0], LADON_CONSTANTS_SYSCONF) else { return .raised }
            ladon_set_errno(0)
            let r = sysconf(n)
            return r == -1 && ladon_errno() != 0 ? raiseErrno(t) : makeInt(t, r)
        }, "Return an integer-valued system configuration variable."),
        .method("confstr", "(name, /)", { t, a in
            guard let n = configurationName(t, a[0], LADON_CONSTANTS_CONFSTR) else { return .raised }
            ladon_set_errno(0)
            let size = confstr(n, nil, 0)
            if size == 0 { return ladon_errno() != 0 ? raiseErrno(t) : .none }
            return withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer -> Value in
                confstr(n, buffer.baseAddress, size)
                return makeString(t, fileSystem: UnsafePointer(buffer.baseAddress.unsafelyUnwrapped))
            }
        }, "Return a string-valued system configuration variable."),
        .method("major", "(device, /)", { t, a in
            guard let d = asUInt(t, a[0]) else { return .raised }
            return Value(smallInt: Int(ladon_major(UInt64(d))))
        }, "Extracts a device major number from a raw device number."),
        .method("minor", "(device, /)", { t, a in
            guard let d = asUInt(t, a[0]) else { return .raised }
            return Value(smallInt: Int(ladon_minor(UInt64(d))))
        }, "Extracts a device minor number from a raw device number."),
        .method("makedev", "(major, minor, /)", { t, a in
            guard let high = asInt32(t, a[0]), let low = asInt32(t, a[1]) else { return .raised }
            return makeInt(t, UInt(ladon_makedev(UInt32(bitPattern: high), UInt32(bitPattern: low))))
        }, "Composes a raw device number from the major and minor device numbers."),
        .method("putenv", "(name, value, /)", { t, a in
            let key = fsConverter(t, a[0])
            let value = key.isRaised ? key : fsConverter(t, a[1])
            if value.isRaised { return value }
            if memchr(key.bytesData, 61, key.bytesCount) != nil { return raise(t, .valueError, "illegal environment variable name") }
            let r = setenv(UnsafeRawPointer(key.bytesData).assumingMemoryBound(to: CChar.self), UnsafeRawPointer(value.bytesData).assumingMemoryBound(to: CChar.self), 1)
            return r < 0 ? raiseErrno(t) : .none
        }, "Change or add an environment variable."),
        .method("unsetenv", "(name, /)", { t, a in
            let key = fsConverter(t, a[0])
            if key.isRaised { return key }
            return unsetenv(UnsafeRawPointer(key.bytesData).assumingMemoryBound(to: CChar.self)) < 0 ? raiseErrno(t) : .none
        }, "Delete an environment variable."),
    ]
}

public func posixModule() -> ModuleDefinition {
    let members: [NativeMember] = statMembers() + descriptorMembers() + fileSystemMembers() + forkMembers() + processMembers() + identityMembers() + systemMembers()
    return ModuleDefinition("posix", doc: "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls.",
                            members: members, initialize: { t, a in
        makePosixTypes(t)
        let d = a[0].cell(as: ModuleCell.self).pointee.dict
        let types = posixTypes.pointee
        for type in [types.stat, types.statvfs, types.terminalSize, types.times, types.uname, types.schedParam, types.waitid, types.directoryEntry] {
            if dictSet(t, d, type.pointee.name, type.value) < 0 { return .raised }
        }
        if !addConstants(t, d, LADON_CONSTANTS_POSIX) { return .raised }
        let have = makeList(t)
        for n in haveFunctions where listAppend(t, have, makeString(t, n)) < 0 { return .raised }
        func put(_ key: StaticString, _ value: Value) -> Bool { !value.isRaised && dictSet(t, d, internStatic(t, key), value) >= 0 }
        let isDone = put("environ", environment(t)) && put("error", builtinType(.osError).value) && put("_have_functions", have)
            && put("sysconf_names", constantDict(t, LADON_CONSTANTS_SYSCONF)) && put("confstr_names", constantDict(t, LADON_CONSTANTS_CONFSTR))
            && put("pathconf_names", constantDict(t, LADON_CONSTANTS_PATHCONF))
        return isDone ? .none : .raised
    })
}

/// A field of `utsname`: characters up to a 0.
private func unameText<T>(_ t: Thread, _ field: inout T) -> Value {
    withUnsafePointer(to: &field) { $0.withMemoryRebound(to: CChar.self, capacity: 65) { makeString(t, fileSystem: $0) } }
}
