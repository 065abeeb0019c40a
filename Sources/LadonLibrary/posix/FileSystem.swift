// Functions on paths: creating, removing, renaming, permissions, links, extended attributes.

import Glibc

/// AT_FDCWD unless both are given: for functions of two paths.
private func twoPaths(_ t: Thread, _ a: Values, _ function: StaticString) -> (PathArgument, PathArgument, Int32, Int32)? {
    guard let source = pathArgument(t, a[0], function, "src"), let target = pathArgument(t, a[1], function, "dst"),
          let sourceFD = directoryFD(t, a[2]), let targetFD = directoryFD(t, a[3]) else { return nil }
    return (source, target, sourceFD, targetFD)
}

private func rename(_ t: Thread, _ a: Values, _ function: StaticString) -> Value {
    guard let (source, target, sourceFD, targetFD) = twoPaths(t, a, function) else { return .raised }
    let n = systemCall(t, source.object, target.object) { Int(renameat(sourceFD, source.c, targetFD, target.c)) }
    source.bytes.keepAlive
    target.bytes.keepAlive
    return noneUnlessRaised(n)
}

private func remove(_ t: Thread, _ a: Values, _ function: StaticString, _ flags: Int32) -> Value {
    guard let path = pathArgument(t, a[0], function), let directory = directoryFD(t, a[1]) else { return .raised }
    return systemCall(t, path) { Int(unlinkat(directory, path.c, flags)) }
}

/// A function of one path that may be a descriptor.
@inline(__always)
private func onPath(_ t: Thread, _ v: Value, _ function: StaticString, _ path: (UnsafePointer<CChar>) -> Int32, _ fd: (Int32) -> Int32) -> Value {
    guard let p = pathArgument(t, v, function, allowsFD: true) else { return .raised }
    return systemCall(t, p) { Int(p.fd != -1 ? fd(p.fd) : path(p.c)) }
}

func fileSystemMembers() -> [NativeMember] {
    [
        .method("rename", "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)", { t, a in rename(t, a, "rename") }, "Rename a file or directory."),
        .method("replace", "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)", { t, a in rename(t, a, "replace") }, "Rename a file or directory, overwriting the destination."),
        .method("unlink", "(path, *, dir_fd=None)", { t, a in remove(t, a, "unlink", 0) }, "Remove a file (same as remove())."),
        .method("remove", "(path, *, dir_fd=None)", { t, a in remove(t, a, "remove", 0) }, "Remove a file (same as unlink())."),
        .method("rmdir", "(path, *, dir_fd=None)", { t, a in remove(t, a, "rmdir", AT_REMOVEDIR) }, "Remove a directory."),
        .method("mkdir", "(path, mode=511, *, dir_fd=None)", { t, a in
            guard let path = pathArgument(t, a[0], "mkdir"), let mode = asInt32(t, a[1]), let directory = directoryFD(t, a[2]) else { return .raised }
            return systemCall(t, path) { Int(mkdirat(directory, path.c, mode_t(bitPattern: mode))) }
        }, "Create a directory."),
        .method("mkfifo", "(path, mode=438, *, dir_fd=None)", { t, a in
            guard let path = pathArgument(t, a[0], "mkfifo"), let mode = asInt32(t, a[1]), let directory = directoryFD(t, a[2]) else { return .raised }
            return systemCall(t, path) { Int(mkfifoat(directory, path.c, mode_t(bitPattern: mode))) }
        }, "Create a \"fifo\" (a POSIX named pipe)."),
        .method("mknod", "(path, mode=384, device=0, *, dir_fd=None)", { t, a in
            guard let path = pathArgument(t, a[0], "mknod"), let mode = asInt32(t, a[1]), let device = asUInt(t, a[2]), let directory = directoryFD(t, a[3]) else { return .raised }
            return systemCall(t, path) { Int(ladon_mknodat(directory, path.c, UInt32(bitPattern: mode), UInt64(device))) }
        }, "Create a node in the file system."),
        .method("symlink", "(src, dst, target_is_directory=False, *, dir_fd=None)", { t, a in
            guard let source = pathArgument(t, a[0], "symlink", "src"), let target = pathArgument(t, a[1], "symlink", "dst"), let directory = directoryFD(t, a[3]) else { return .raised }
            let n = systemCall(t, source.object, target.object) { Int(symlinkat(source.c, directory, target.c)) }
            source.bytes.keepAlive
            target.bytes.keepAlive
            return noneUnlessRaised(n)
        }, "Create a symbolic link pointing to src named dst."),
        .method("link", "(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)", { t, a in
            guard let (source, target, sourceFD, targetFD) = twoPaths(t, a, "link") else { return .raised }
            let follows = isTrue(t, a[4])
            if follows < 0 { return .raised }
            // link(2) itself does not follow; linkat does when told to.
            let plain = sourceFD == AT_FDCWD && targetFD == AT_FDCWD && follows == 1
            let n = systemCall(t, source.object, target.object) {
                Int(plain ? link(source.c, target.c) : linkat(sourceFD, source.c, targetFD, target.c, follows == 1 ? AT_SYMLINK_FOLLOW : 0))
            }
            source.bytes.keepAlive
            target.bytes.keepAlive
            return noneUnlessRaised(n)
        }, "Create a hard link to a file."),
        .method("readlink", "(path, *, dir_fd=None)", { t, a in
            guard let path = pathArgument(t, a[0], "readlink"), let directory = directoryFD(t, a[1]) else { return .raised }
            let buffer = newBytes(t, count: 4096)
            let n = systemCall(t, path.object) {
                readlinkat(directory, path.c, UnsafeMutableRawPointer(buffer.bytesData).assumingMemoryBound(to: CChar.self), 4096)
            }
            path.bytes.keepAlive
            if n < 0 { return .raised }
            let result: Value = path.isBytes ? makeBytes(t, buffer.bytesData, n) : makeString(t, fileSystem: buffer.bytesData, count: n)
            buffer.keepAlive
            return result
        }, "Return a string representing the path to which the symbolic link points."),
        .method("access", "(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)", { t, a in
            guard let path = pathArgument(t, a[0], "access"), let mode = asInt32(t, a[1]), let directory = directoryFD(t, a[2]) else { return .raised }
            let effective = isTrue(t, a[3]), follows = isTrue(t, a[4])
            if effective < 0 || follows < 0 { return .raised }
            let flags: Int32 = (effective == 1 ? 0x200 : 0) | (follows == 1 ? 0 : AT_SYMLINK_NOFOLLOW)
            let r: Int32 = blocking(t) { faccessat(directory, path.c, mode, flags) }
            path.bytes.keepAlive
            return Value(r == 0)
        }, "Use the real uid/gid to test for access to a path."),
        .method("chdir", "(path)", { t, a in onPath(t, a[0], "chdir", { chdir($0) }, { fchdir($0) }) }, "Change the current working directory to the specified path."),
        .method("chroot", "(path)", { t, a in
            guard let path = pathArgument(t, a[0], "chroot") else { return .raised }
            return systemCall(t, path) { Int(chroot(path.c)) }
        }, "Change root directory to path."),
        .method("getcwd", "()", { t, _ in currentDirectory(t, asBytes: false) }, "Return a unicode string representing the current working directory."),
        .method("getcwdb", "()", { t, _ in currentDirectory(t, asBytes: true) }, "Return a bytes string representing the current working directory."),
        .method("chmod", "(path, mode, *, dir_fd=None, follow_symlinks=True)", { t, a in
            guard let path = pathArgument(t, a[0], "chmod", allowsFD: true), let mode = asInt32(t, a[1]), let directory = directoryFD(t, a[2]) else { return .raised }
            let follows = isTrue(t, a[3])
            if follows < 0 { return .raised }
            let fd = path.fd
            let n: Int32 = blocking(t) {
                fd != -1 ? fchmod(fd, mode_t(bitPattern: mode)) : fchmodat(directory, path.c, mode_t(bitPattern: mode), follows == 1 ? 0 : AT_SYMLINK_NOFOLLOW)
            }
            let code = ladon_errno()
            path.bytes.keepAlive
            if n == 0 { return .none }
            if follows == 0 && (code == ENOTSUP || code == EOPNOTSUPP) {
                if directory != AT_FDCWD { return raise(t, .valueError, "chmod: cannot use dir_fd and follow_symlinks together") }
                return raise(t, .notImplementedError, "chmod: follow_symlinks unavailable on this platform")
            }
            return raiseOSError(t, code, path.object)
        }, "Change the access permissions of a file."),
        .method("fchmod", "(fd, mode)", { t, a in
            guard let fd = asInt32(t, a[0]), let mode = asInt32(t, a[1]) else { return .raised }
            return noneUnlessRaised(systemCall(t) { Int(fchmod(fd, mode_t(bitPattern: mode))) })
        }, "Change the access permissions of the file given by file descriptor fd."),
        .method("chown", "(path, uid, gid, *, dir_fd=None, follow_symlinks=True)", { t, a in
            guard let path = pathArgument(t, a[0], "chown", allowsFD: true), let user = ownerNumber(t, a[1], "uid"), let group = ownerNumber(t, a[2], "gid"),
                  let directory = directoryFD(t, a[3]) else { return .raised }
            let follows = isTrue(t, a[4])
            if follows < 0 { return .raised }
            let fd = path.fd
            if fd != -1 && directory != AT_FDCWD { return raise(t, .valueError, "chown: can't specify both dir_fd and fd") }
            if fd > 0 && follows == 0 { return raise(t, .valueError, "chown: cannot use fd and follow_symlinks together") }
            return systemCall(t, path) { Int(fd != -1 ? fchown(fd, user, group) : fchownat(directory, path.c, user, group, follows == 1 ? 0 : AT_SYMLINK_NOFOLLOW)) }
        }, "Change the owner and group id of path to the numeric uid and gid."),
        .method("lchown", "(path, uid, gid)", { t, a in
            guard let path = pathArgument(t, a[0], "lchown"), let user = ownerNumber(t, a[1], "uid"), let group = ownerNumber(t, a[2], "gid") else { return .raised }
            return systemCall(t, path) { Int(lchown(path.c, user, group)) }
        }, "Change the owner and group id of path to the numeric uid and gid, without following links."),
        .method("fchown", "(fd, uid, gid)", { t, a in
            guard let fd = asInt32(t, a[0]), let user = ownerNumber(t, a[1], "uid"), let group = ownerNumber(t, a[2], "gid") else { return .raised }
            return noneUnlessRaised(systemCall(t) { Int(fchown(fd, user, group)) })
        }, "Change the owner and group id of the file specified by file descriptor."),
        .method("truncate", "(path, length)", { t, a in
            guard let n = asInt(t, a[1]) else { return .raised }
            return onPath(t, a[0], "truncate", { truncate($0, n) }, { ftruncate($0, n) })
        }, "Truncate a file, specified by path, to a specific length."),
        .method("utime", "(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)", posix_utime, "Set the access and modified time of path."),
        .method("getxattr", "(path, attribute, *, follow_symlinks=True)", { t, a in
            guard let path = pathArgument(t, a[0], "getxattr", allowsFD: true), let attribute = pathArgument(t, a[1], "getxattr", "attribute") else { return .raised }
            guard let follows = linkChoice(t, path, a[2], "getxattr") else { return .raised }
            return growing(t, path, [128, 65536]) { p, n in
                path.fd != -1 ? fgetxattr(path.fd, attribute.c, p, n) : follows ? getxattr(path.c, attribute.c, p, n) : lgetxattr(path.c, attribute.c, p, n)
            }
        }, "Return the value of extended attribute attribute on path."),
        .method("setxattr", "(path, attribute, value, flags=0, *, follow_symlinks=True)", { t, a in
            guard let path = pathArgument(t, a[0], "setxattr", allowsFD: true), let attribute = pathArgument(t, a[1], "setxattr", "attribute"), let flags = asInt32(t, a[3]),
                  let follows = linkChoice(t, path, a[4], "setxattr") else { return .raised }
            var value = LadonBuffer()
            if getBuffer(t, a[2], &value) < 0 { return .raised }
            defer { releaseBuffer(t, &value) }
            let p = value.bytes, n = value.length
            return systemCall(t, path) {
                Int(path.fd != -1 ? fsetxattr(path.fd, attribute.c, p, n, flags) : follows ? setxattr(path.c, attribute.c, p, n, flags) : lsetxattr(path.c, attribute.c, p, n, flags))
            }
        }, "Set extended attribute attribute on path to value."),
        .method("removexattr", "(path, attribute, *, follow_symlinks=True)", { t, a in
            guard let path = pathArgument(t, a[0], "removexattr", allowsFD: true), let attribute = pathArgument(t, a[1], "removexattr", "attribute"),
                  let follows = linkChoice(t, path, a[2], "removexattr") else { return .raised }
            return systemCall(t, path) {
                Int(path.fd != -1 ? fremovexattr(path.fd, attribute.c) : follows ? removexattr(path.c, attribute.c) : lremovexattr(path.c, attribute.c))
            }
        }, "Remove extended attribute attribute on path."),
        .method("listxattr", "(path=None, *, follow_symlinks=True)", { t, a in
            guard let path = pathArgument(t, a[0], "listxattr", allowsFD: true, isOptional: true), let follows = linkChoice(t, path, a[1], "listxattr") else { return .raised }
            let names = growing(t, path, [256, 65536]) { p, n in
                let c = p.assumingMemoryBound(to: CChar.self)
                return path.fd != -1 ? flistxattr(path.fd, c, n) : follows ? listxattr(path.c, c, n) : llistxattr(path.c, c, n)
            }
            if names.isRaised { return names }
            let result = makeList(t)
            var from = 0
            for i in 0..<names.bytesCount where names.bytesData[i] == 0 {
                if listAppend(t, result, makeString(t, fileSystem: names.bytesData + from, count: i - from)) < 0 { return .raised }
                from = i + 1
            }
            names.keepAlive
            return result
        }, "Return a list of extended attributes on path."),
        .method("pathconf", "(path, name)", { t, a in
            guard let path = pathArgument(t, a[0], "pathconf", allowsFD: true), let n = configurationName(t, a[1], LADON_CONSTANTS_PATHCONF) else { return .raised }
            ladon_set_errno(0)
            let r = path.fd != -1 ? fpathconf(path.fd, n) : pathconf(path.c, n)
            let code = ladon_errno()
            path.bytes.keepAlive
            return r == -1 && code != 0 ? (code == EINVAL ? raiseOSError(t, code) : raiseOSError(t, code, path.object)) : makeInt(t, r)
        }, "Return the configuration limit name for the file or directory path."),
        .method("fpathconf", "(fd, name, /)", { t, a in
            guard let fd = fileDescriptor(t, a[0]), let n = configurationName(t, a[1], LADON_CONSTANTS_PATHCONF) else { return .raised }
            ladon_set_errno(0)
            let r = fpathconf(fd, n)
            return r == -1 && ladon_errno() != 0 ? raiseErrno(t) : makeInt(t, r)
        }, "Return the configuration limit name for the file descriptor fd."),
        .method("listdir", "(path=None)", posix_listdir, "Return a list containing the names of the files in the directory."),
        .method("scandir", "(path=None)", posix_scandir, "Return an iterator of DirEntry objects for given path."),
        .method("fspath", "(path)", { t, a in pathOf(t, a[0]) }, "Return the file system path representation of the object."),
        .method("_path_normpath", "(path)", posix_normpath, "Basic path normalization."),
    ]
}

private func currentDirectory(_ t: Thread, asBytes: Bool) -> Value {
    var size = 1024
    while true {
        let buffer = newBytes(t, count: size)
        let p = UnsafeMutableRawPointer(buffer.bytesData).assumingMemoryBound(to: CChar.self)
        let n = size
        let ok: Bool = blocking(t) { getcwd(p, n) != nil }
        if ok {
            let result: Value = asBytes ? makeBytes(t, p, strlen(p)) : makeString(t, fileSystem: UnsafePointer(p))
            buffer.keepAlive
            return result
        }
        if ladon_errno() != ERANGE { return raiseErrno(t) }
        size *= 4
    }
}

private func linkChoice(_ t: Thread, _ path: PathArgument, _ v: Value, _ function: StaticString) -> Bool? {
    let follows = isTrue(t, v)
    if follows < 0 { return nil }
    if path.fd > 0 && follows == 0 {
        _ = raise(t, .valueError, "\(function): cannot use fd and follow_symlinks together")
        return nil
    }
    return follows == 1
}

/// A call that fills a buffer, tried with growing sizes.
private func growing(_ t: Thread, _ path: PathArgument, _ sizes: [Int], _ body: (UnsafeMutableRawPointer, Int) -> Int) -> Value {
    for size in sizes {
        let buffer = newBytes(t, count: size)
        let n: Int = blocking(t) { body(UnsafeMutableRawPointer(buffer.bytesData), size) }
        let code = ladon_errno()
        path.bytes.keepAlive
        if n >= 0 { return shrinkBytes(t, buffer, to: n) }
        if code != ERANGE { return raiseOSError(t, code, path.object) }
    }
    return raiseOSError(t, ERANGE, path.object)
}

/// The number of a sysconf, confstr or pathconf name. nil: raised.
func configurationName(_ t: Thread, _ v: Value, _ table: LadonConstantTable) -> Int32? {
    if isInt(v) { return asInt32(t, v) }
    if !v.isStr {
        _ = raise(t, .typeError, "configuration names must be strings or integers")
        return nil
    }
    var row = ladon_constants(Int32(table.rawValue))
    while let text = row?.pointee.name {
        let found: Bool = withUTF8(v) { p, n in strlen(text) == n && memcmp(text, p, n) == 0 }
        if found { return Int32(truncatingIfNeeded: row.unsafelyUnwrapped.pointee.value) }
        row = row.unsafelyUnwrapped + 1
    }
    _ = raise(t, .valueError, "unrecognized configuration name")
    return nil
}

/// A number of seconds as whole seconds and nanoseconds. nil: raised.
private func timeParts(_ t: Thread, _ v: Value) -> timespec? {
    if isFloat(v) {
        let d = v.asFloat
        if d.isNaN {
            _ = raise(t, .valueError, "Invalid value NaN (not a number)")
            return nil
        }
        let whole = d.rounded(.down)
        // Rounded down, as Python does for utime.
        let rest = ((d - whole) * 1e9).rounded(.down)
        if !(whole >= -9.2e18 && whole < 9.2e18) {
            _ = raise(t, .overflowError, "timestamp out of range for platform time_t")
            return nil
        }
        return timespec(tv_sec: Int(whole), tv_nsec: Int(rest))
    }
    let n = index(t, v)
    if n.isRaised { return nil }
    guard let seconds = intAsWord(n) else {
        _ = raise(t, .overflowError, "timestamp out of range for platform time_t")
        return nil
    }
    return timespec(tv_sec: seconds, tv_nsec: 0)
}

private func nanosecondParts(_ t: Thread, _ v: Value) -> timespec? {
    let divisor = Value(smallInt: 1_000_000_000)
    let n = index(t, v)
    if n.isRaised { return nil }
    let seconds = intFloorDiv(t, n, divisor), rest = intMod(t, n, divisor)
    guard !seconds.isRaised, !rest.isRaised, let whole = intAsWord(seconds) else {
        if t.pointee.exception.bits == 0 { _ = raise(t, .overflowError, "timestamp out of range for platform time_t") }
        return nil
    }
    return timespec(tv_sec: whole, tv_nsec: rest.smallInt)
}

private func posix_utime(_ t: Thread, _ a: Values) -> Value {
    guard let path = pathArgument(t, a[0], "utime", allowsFD: true), let directory = directoryFD(t, a[3]) else { return .raised }
    let follows = isTrue(t, a[4])
    if follows < 0 { return .raised }
    let times = a[1], ns = a[2]
    if !times.isNone && !ns.isMissing { return raise(t, .valueError, "utime: you may specify either 'times' or 'ns' but not both") }
    // UTIME_NOW.
    var values = (timespec(tv_sec: 0, tv_nsec: (1 << 30) - 1), timespec(tv_sec: 0, tv_nsec: (1 << 30) - 1))
    if !times.isNone {
        if !isTuple(times) || times.tupleCount != 2 { return raise(t, .typeError, "utime: 'times' must be either a tuple of two ints or None") }
        guard let first = timeParts(t, times.tupleItems[0]), let second = timeParts(t, times.tupleItems[1]) else { return .raised }
        values = (first, second)
    } else if !ns.isMissing {
        if !isTuple(ns) || ns.tupleCount != 2 { return raise(t, .typeError, "utime: 'ns' must be a tuple of two ints") }
        guard let first = nanosecondParts(t, ns.tupleItems[0]), let second = nanosecondParts(t, ns.tupleItems[1]) else { return .raised }
        values = (first, second)
    }
    if path.fd != -1 && directory != AT_FDCWD { return raise(t, .valueError, "utime: can't specify both dir_fd and fd") }
    if path.fd > 0 && follows == 0 { return raise(t, .valueError, "utime: cannot use fd and follow_symlinks together") }
    return systemCall(t, path) {
        withUnsafePointer(to: &values) { pair in
            pair.withMemoryRebound(to: timespec.self, capacity: 2) { p in
                Int(path.fd != -1 ? futimens(path.fd, p) : utimensat(directory, path.c, p, follows == 1 ? 0 : AT_SYMLINK_NOFOLLOW))
            }
        }
    }
}

/// Removes "." and "//" and resolves ".." as text.
private func posix_normpath(_ t: Thread, _ a: Values) -> Value {
    if !a[0].isStr { return raise(t, .typeError, "expected 'str', not '\(typeName(a[0]))'") }
    let text = a[0].text
    let n = text.count
    if n == 0 { return emptyString }
    if n == 1 && text[0] == 46 { return a[0] }
    // Two slashes at the start, not three, are kept as POSIX says.
    var slashes = 0
    while slashes < n && text[slashes] == 47 { slashes += 1 }
    let lead = slashes == 0 ? 0 : slashes == 2 ? 2 : 1
    return withUnsafeTemporaryAllocation(of: (Int, Int).self, capacity: n + 1) { parts -> Value in
        var count = 0
        var i = slashes
        while i < n {
            var end = i
            while end < n && text[end] != 47 { end += 1 }
            let length = end - i
            if length == 0 || (length == 1 && text[i] == 46) {
                // nothing
            } else if length == 2 && text[i] == 46 && text[i + 1] == 46 {
                let top = count > 0 ? parts[count - 1] : (0, 0)
                let topIsUp = count > 0 && top.1 - top.0 == 2 && text[top.0] == 46 && text[top.0 + 1] == 46
                if count > 0 && !topIsUp {
                    count -= 1
                } else if lead == 0 {
                    parts[count] = (i, end)
                    count += 1
                }
            } else {
                parts[count] = (i, end)
                count += 1
            }
            i = end + 1
        }
        var b = StringBuilder(t, capacity: n, kind: text.kind)
        for _ in 0..<lead { b.append(47) }
        for k in 0..<count {
            if k > 0 { b.append(47) }
            b.append(a[0], parts[k].0, parts[k].1)
        }
        return b.count == 0 ? emptyString : b.finish()
    }
}
