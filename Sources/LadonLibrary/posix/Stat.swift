// stat and its results.

import Glibc

/// The structure sequence types of the module; immortal, set once.
struct PosixTypes {
    var stat: TypePointer
    var statvfs: TypePointer
    var terminalSize: TypePointer
    var times: TypePointer
    var uname: TypePointer
    var schedParam: TypePointer
    var waitid: TypePointer
    var directoryEntry: TypePointer
    var scandir: TypePointer
}

nonisolated(unsafe) var posixTypes: UnsafeMutablePointer<PosixTypes>! = nil

func makePosixTypes(_ t: Thread) {
    if posixTypes != nil { return }
    let p = UnsafeMutablePointer<PosixTypes>.allocate(capacity: 1)
    p.initialize(to: PosixTypes(
        stat: makeStructSequenceType(t, "os.stat_result", "stat_result: Result from stat, fstat, or lstat.", fields: [
            ("st_mode", "protection bits"), ("st_ino", "inode"), ("st_dev", "device"), ("st_nlink", "number of hard links"),
            ("st_uid", "user ID of owner"), ("st_gid", "group ID of owner"), ("st_size", "total size, in bytes"), ("", ""), ("", ""), ("", ""),
            ("st_atime", "time of last access"), ("st_mtime", "time of last modification"), ("st_ctime", "time of last change"),
            ("st_atime_ns", "time of last access in nanoseconds"), ("st_mtime_ns", "time of last modification in nanoseconds"),
            ("st_ctime_ns", "time of last change in nanoseconds"), ("st_blksize", "blocksize for filesystem I/O"),
            ("st_blocks", "number of blocks allocated"), ("st_rdev", "device type (if inode device)"),
        ], visible: 10),
        statvfs: makeStructSequenceType(t, "os.statvfs_result", "statvfs_result: Result from statvfs or fstatvfs.", fields: [
            ("f_bsize", ""), ("f_frsize", ""), ("f_blocks", ""), ("f_bfree", ""), ("f_bavail", ""), ("f_files", ""), ("f_ffree", ""),
            ("f_favail", ""), ("f_flag", ""), ("f_namemax", ""), ("f_fsid", ""),
        ], visible: 10),
        terminalSize: makeStructSequenceType(t, "os.terminal_size", "A tuple of (columns, lines) for holding terminal window size", fields: [
            ("columns", "width of the terminal window in characters"), ("lines", "height of the terminal window in characters"),
        ], visible: 2),
        times: makeStructSequenceType(t, "posix.times_result", "times_result: Result from os.times().", fields: [
            ("user", "user time"), ("system", "system time"), ("children_user", "user time of children"),
            ("children_system", "system time of children"), ("elapsed", "elapsed time since an arbitrary point in the past"),
        ], visible: 5),
        uname: makeStructSequenceType(t, "posix.uname_result", "uname_result: Result from os.uname().", fields: [
            ("sysname", "operating system name"), ("nodename", "name of machine on network (implementation-defined)"),
            ("release", "operating system release"), ("version", "operating system version"), ("machine", "hardware identifier"),
        ], visible: 5),
        schedParam: makeStructSequenceType(t, "posix.sched_param", "Currently has only one field: sched_priority", fields: [
            ("sched_priority", "the scheduling priority"),
        ], visible: 1),
        waitid: makeStructSequenceType(t, "posix.waitid_result", "waitid_result: Result from waitid.", fields: [
            ("si_pid", ""), ("si_uid", ""), ("si_signo", ""), ("si_status", ""), ("si_code", ""),
        ], visible: 5),
        directoryEntry: installType(t, directoryEntryDefinition()),
        scandir: installType(t, scandirDefinition())))
    let new: CallFunction = statResult_new
    plainNew = p.pointee.stat.callSlot(.new)
    p.pointee.stat.slotTable[Slot.new.rawValue] = unsafeBitCast(new, to: UnsafeRawPointer.self)
    let newParam: CallFunction = schedParam_new
    p.pointee.schedParam.slotTable[Slot.new.rawValue] = unsafeBitCast(newParam, to: UnsafeRawPointer.self)
    posixTypes = p
}

/// sched_param(sched_priority)
private func schedParam_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let named = names.bits == 0 ? 0 : names.tupleCount
    if count + named > 1 { return raise(t, .typeError, "sched_param() takes at most 1 argument (\(count + named) given)") }
    if count + named == 0 || (named == 1 && !stringEqual(names.tupleItems[0], "sched_priority")) {
        return raise(t, .typeError, "sched_param() missing required argument 'sched_priority' (pos 1)")
    }
    let v = makeStructSequence(t, type.asType)
    if v.isRaised { return v }
    storeSlot(structSequenceItems(v), args.unsafelyUnwrapped[0])
    return v
}

/// The constructor that all structure sequences have.
nonisolated(unsafe) private var plainNew: CallFunction?

/// A stat_result made from a sequence of ten has its times from the whole seconds.
private func statResult_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let v = plainNew.unsafelyUnwrapped(t, type, args, count, names)
    if v.isRaised { return v }
    let items = structSequenceItems(v)
    for i in 0..<3 where items[10 + i].isNone { storeSlot(items + 10 + i, items[7 + i]) }
    return v
}

/// Seconds since 1970 as nanoseconds.
private func nanoseconds(_ t: Thread, _ seconds: Int64, _ rest: Int64) -> Value {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if !overflow { return makeInt(t, Int(product + rest)) }
    return intAdd(t, intMul(t, makeInt(t, Int(seconds)), Value(smallInt: 1_000_000_000)), Value(smallInt: Int(rest)))
}

func statResult(_ t: Thread, _ s: LadonStat) -> Value {
    let v = makeStructSequence(t, posixTypes.pointee.stat)
    if v.isRaised { return v }
    let p = structSequenceItems(v)
    func set(_ i: Int, _ x: Value) { storeSlot(p + i, x) }
    set(0, makeInt(t, UInt(s.mode)))
    set(1, makeInt(t, UInt(s.ino)))
    set(2, makeInt(t, UInt(s.dev)))
    set(3, makeInt(t, UInt(s.nlink)))
    set(4, ownerValue(t, UInt32(truncatingIfNeeded: s.uid)))
    set(5, ownerValue(t, UInt32(truncatingIfNeeded: s.gid)))
    set(6, makeInt(t, Int(s.size)))
    let times = [(s.atime, s.atimeNanoseconds), (s.mtime, s.mtimeNanoseconds), (s.ctime, s.ctimeNanoseconds)]
    for i in 0..<3 {
        set(7 + i, makeInt(t, Int(times[i].0)))
        set(10 + i, makeFloat(t, Double(times[i].0) + 1e-9 * Double(times[i].1)))
        set(13 + i, nanoseconds(t, times[i].0, times[i].1))
    }
    set(16, makeInt(t, Int(s.blksize)))
    set(17, makeInt(t, Int(s.blocks)))
    set(18, makeInt(t, UInt(s.rdev)))
    v.keepAlive
    return v
}

/// stat, lstat or fstat as the arguments ask. `.raised`: raised.
func statPath(_ t: Thread, _ function: StaticString, _ path: PathArgument, _ directory: Int32, follows: Bool) -> Value {
    if path.fd != -1 && directory != AT_FDCWD { return raise(t, .valueError, "\(function): can't specify both dir_fd and fd") }
    if path.fd > 0 && !follows { return raise(t, .valueError, "\(function): cannot use fd and follow_symlinks together") }
    var s = LadonStat()
    let fd = path.fd
    let c: UnsafePointer<CChar>? = fd == -1 ? path.c : nil
    let r: Int32 = blocking(t) {
        if fd != -1 { return ladon_fstat(fd, &s) }
        if directory != AT_FDCWD { return ladon_fstatat(directory, c, &s, follows) }
        return follows ? ladon_stat(c, &s) : ladon_lstat(c, &s)
    }
    let code = ladon_errno()
    path.bytes.keepAlive
    return r < 0 ? raiseOSError(t, code, path.object) : statResult(t, s)
}

private func statvfsResult(_ t: Thread, _ s: statvfs) -> Value {
    let v = makeStructSequence(t, posixTypes.pointee.statvfs)
    if v.isRaised { return v }
    let numbers: [UInt] = [UInt(s.f_bsize), UInt(s.f_frsize), UInt(s.f_blocks), UInt(s.f_bfree), UInt(s.f_bavail), UInt(s.f_files), UInt(s.f_ffree),
                           UInt(s.f_favail), UInt(s.f_flag), UInt(s.f_namemax), UInt(s.f_fsid)]
    for i in 0..<numbers.count { storeSlot(structSequenceItems(v) + i, makeInt(t, numbers[i])) }
    return v
}

func statMembers() -> [NativeMember] {
    [
        .method("stat", "(path, *, dir_fd=None, follow_symlinks=True)", { t, a in
            guard let path = pathArgument(t, a[0], "stat", allowsFD: true), let directory = directoryFD(t, a[1]) else { return .raised }
            let follows = isTrue(t, a[2])
            return follows < 0 ? .raised : statPath(t, "stat", path, directory, follows: follows == 1)
        }, "Perform a stat system call on the given path."),
        .method("lstat", "(path, *, dir_fd=None)", { t, a in
            guard let path = pathArgument(t, a[0], "lstat"), let directory = directoryFD(t, a[1]) else { return .raised }
            return statPath(t, "lstat", path, directory, follows: false)
        }, "Perform a stat system call on the given path, without following symbolic links."),
        .method("fstat", "(fd)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            var s = LadonStat()
            let r: Int32 = blocking(t) { ladon_fstat(fd, &s) }
            return r < 0 ? raiseErrno(t) : statResult(t, s)
        }, "Perform a stat system call on the given file descriptor."),
        .method("statvfs", "(path)", { t, a in
            guard let path = pathArgument(t, a[0], "statvfs", allowsFD: true) else { return .raised }
            var s = statvfs()
            let fd = path.fd
            let c: UnsafePointer<CChar>? = fd == -1 ? path.c : nil
            let n = systemCall(t, path.object) { Int(fd != -1 ? fstatvfs(fd, &s) : ladon_statvfs(c, &s)) }
            path.bytes.keepAlive
            return n < 0 ? .raised : statvfsResult(t, s)
        }, "Perform a statvfs system call on the given path."),
        .method("fstatvfs", "(fd, /)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            var s = statvfs()
            return systemCall(t) { Int(fstatvfs(fd, &s)) } < 0 ? .raised : statvfsResult(t, s)
        }, "Perform an fstatvfs system call on the given fd."),
    ]
}
