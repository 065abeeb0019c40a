// Functions on open files: open, read, write, pipes, and what a descriptor can do.

import Glibc

func descriptorMembers() -> [NativeMember] {
    [
        .method("open", "(path, flags, mode=511, *, dir_fd=None)", { t, a in
            guard let path = pathArgument(t, a[0], "open"), let flags = asInt32(t, a[1]), let mode = asInt32(t, a[2]), let directory = directoryFD(t, a[3]) else { return .raised }
            if isAuditing && !audit(t, "open", a[0], .none, Value(smallInt: Int(flags | O_CLOEXEC))) { return .raised }
            let n = systemCall(t, path.object) {
                Int(directory == AT_FDCWD ? ladon_open(path.c, flags | O_CLOEXEC, UInt32(bitPattern: mode)) : ladon_openat(directory, path.c, flags | O_CLOEXEC, UInt32(bitPattern: mode)))
            }
            path.bytes.keepAlive
            return n < 0 ? .raised : Value(smallInt: n)
        }, "Open a file for low level IO.  Returns a file descriptor (integer)."),
        .method("close", "(fd)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            // Not repeated when interrupted: the descriptor is gone in any case.
            let r: Int32 = blocking(t) { close(fd) }
            if r < 0 && ladon_errno() != EINTR { return raiseErrno(t) }
            return .none
        }, "Close a file descriptor."),
        .method("closerange", "(fd_low, fd_high, /)", { t, a in
            guard let low = asInt32(t, a[0]), let high = asInt32(t, a[1]) else { return .raised }
            if high > low {
                blocking(t) {
                    if ladon_close_range(UInt32(max(low, 0)), UInt32(max(high - 1, 0))) < 0 {
                        var fd = max(low, 0)
                        while fd < high {
                            close(fd)
                            fd += 1
                        }
                    }
                }
            }
            return .none
        }, "Closes all file descriptors in [fd_low, fd_high), ignoring errors."),
        .method("dup", "(fd, /)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            let n: Int32 = blocking(t) { ladon_fcntl_int(fd, F_DUPFD_CLOEXEC, 0) }
            return n < 0 ? raiseErrno(t) : Value(smallInt: Int(n))
        }, "Return a duplicate of a file descriptor."),
        .method("dup2", "(fd, fd2, inheritable=True)", { t, a in
            guard let fd = asInt32(t, a[0]), let fd2 = asInt32(t, a[1]) else { return .raised }
            let inheritable = isTrue(t, a[2])
            if inheritable < 0 { return .raised }
            if fd < 0 || fd2 < 0 { return raiseOSError(t, EBADF) }
            let n: Int32 = blocking(t) { inheritable == 1 || fd == fd2 ? dup2(fd, fd2) : ladon_dup3(fd, fd2, O_CLOEXEC) }
            return n < 0 ? raiseErrno(t) : Value(smallInt: Int(n))
        }, "Duplicate file descriptor."),
        .method("read", "(fd, length, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let length = asIndex(t, a[1], .overflowError) else { return .raised }
            if length < 0 { return raiseOSError(t, EINVAL) }
            let n = min(length, 0x7FFF_F000)
            let bytes = newBytesChecked(t, n)
            if bytes.isRaised { return bytes }
            let got = systemCall(t) { read(fd, bytes.bytesData, n) }
            return got < 0 ? .raised : shrinkBytes(t, bytes, to: got)
        }, "Read from a file descriptor.  Returns a bytes object."),
        .method("write", "(fd, data, /)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            return withData(t, a[1]) { p, n in write(fd, p, n) }
        }, "Write a bytes object to a file descriptor."),
        .method("pread", "(fd, length, offset, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let length = asIndex(t, a[1], .overflowError), let offset = asInt(t, a[2]) else { return .raised }
            if length < 0 { return raiseOSError(t, EINVAL) }
            let bytes = newBytesChecked(t, length)
            if bytes.isRaised { return bytes }
            let got = systemCall(t) { pread(fd, bytes.bytesData, length, offset) }
            return got < 0 ? .raised : shrinkBytes(t, bytes, to: got)
        }, "Read a number of bytes from a file descriptor starting at a particular offset."),
        .method("pwrite", "(fd, buffer, offset, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let offset = asInt(t, a[2]) else { return .raised }
            return withData(t, a[1]) { p, n in pwrite(fd, p, n, offset) }
        }, "Write bytes to a file descriptor starting at a particular offset."),
        .method("readv", "(fd, buffers, /)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            return withVectors(t, a[1], "readv", writable: true) { v, n in readv(fd, v, n) }
        }, "Read from a file descriptor fd into an iterable of buffers."),
        .method("writev", "(fd, buffers, /)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            return withVectors(t, a[1], "writev", writable: false) { v, n in writev(fd, v, n) }
        }, "Iterate over buffers, and write the contents of each to a file descriptor."),
        .method("preadv", "(fd, buffers, offset, flags=0, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let offset = asInt(t, a[2]), let flags = asInt32(t, a[3]) else { return .raised }
            return withVectors(t, a[1], "preadv", writable: true) { v, n in Int(ladon_preadv(fd, v, n, Int64(offset), flags)) }
        }, "Reads from a file descriptor into a number of mutable bytes-like objects."),
        .method("pwritev", "(fd, buffers, offset, flags=0, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let offset = asInt(t, a[2]), let flags = asInt32(t, a[3]) else { return .raised }
            return withVectors(t, a[1], "pwritev", writable: false) { v, n in Int(ladon_pwritev(fd, v, n, Int64(offset), flags)) }
        }, "Writes the contents of bytes-like objects to a file descriptor at a given offset."),
        .method("lseek", "(fd, position, how, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let position = asInt(t, a[1]), let how = asInt32(t, a[2]) else { return .raised }
            let n: Int = blocking(t) { lseek(fd, position, how) }
            return n < 0 ? raiseErrno(t) : makeInt(t, n)
        }, "Set the position of a file descriptor.  Return the new position."),
        .method("pipe", "()", { t, _ in makePipe(t, O_CLOEXEC) }, "Create a pipe."),
        .method("pipe2", "(flags, /)", { t, a in
            guard let flags = asInt32(t, a[0]) else { return .raised }
            return makePipe(t, flags)
        }, "Create a pipe with flags set atomically."),
        .method("isatty", "(fd, /)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            return Value(isatty(fd) == 1)
        }, "Return True if the fd is connected to a terminal."),
        .method("ttyname", "(fd, /)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer -> Value in
                let p = buffer.baseAddress.unsafelyUnwrapped
                let r: Int32 = blocking(t) { ttyname_r(fd, p, 1024) }
                return r != 0 ? raiseOSError(t, r) : makeString(t, fileSystem: UnsafePointer(p))
            }
        }, "Return the name of the terminal device connected to 'fd'."),
        .method("fsync", "(fd)", { t, a in onFile(t, a) { Int(fsync($0)) } }, "Force write of fd to disk."),
        .method("fdatasync", "(fd)", { t, a in onFile(t, a) { Int(fdatasync($0)) } }, "Force write of fd to disk without forcing update of metadata."),
        .method("fchdir", "(fd)", { t, a in onFile(t, a) { Int(fchdir($0)) } }, "Change to the directory of the given file descriptor."),
        .method("sync", "()", { t, _ in
            blocking(t) { sync() }
            return .none
        }, "Force write of everything to disk."),
        .method("ftruncate", "(fd, length, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let n = asInt(t, a[1]) else { return .raised }
            return noneUnlessRaised(systemCall(t) { Int(ftruncate(fd, n)) })
        }, "Truncate a file, specified by file descriptor, to a specific length."),
        .method("lockf", "(fd, command, length, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let command = asInt32(t, a[1]), let n = asInt(t, a[2]) else { return .raised }
            let r: Int32 = blocking(t) { lockf(fd, command, n) }
            return r < 0 ? raiseErrno(t) : .none
        }, "Apply, test or remove a POSIX lock on an open file descriptor."),
        .method("posix_fadvise", "(fd, offset, length, advice, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let offset = asInt(t, a[1]), let n = asInt(t, a[2]), let advice = asInt32(t, a[3]) else { return .raised }
            return returnedErrno(t) { posix_fadvise(fd, offset, n, advice) }
        }, "Announce an intention to access data in a specific pattern."),
        .method("posix_fallocate", "(fd, offset, length, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let offset = asInt(t, a[1]), let n = asInt(t, a[2]) else { return .raised }
            return returnedErrno(t) { posix_fallocate(fd, offset, n) }
        }, "Ensure a file has allocated at least a particular number of bytes on disk."),
        .method("get_inheritable", "(fd, /)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            let flags = ladon_fcntl_int(fd, F_GETFD, 0)
            return flags < 0 ? raiseErrno(t) : Value(flags & FD_CLOEXEC == 0)
        }, "Get the close-on-exe flag of the specified file descriptor."),
        .method("set_inheritable", "(fd, inheritable, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let inheritable = asInt32(t, a[1]) else { return .raised }
            return setInheritable(fd, inheritable != 0) ? .none : raiseErrno(t)
        }, "Set the inheritable flag of the specified file descriptor."),
        .method("get_blocking", "(fd, /)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            let flags = ladon_fcntl_int(fd, F_GETFL, 0)
            return flags < 0 ? raiseErrno(t) : Value(flags & O_NONBLOCK == 0)
        }, "Get the blocking mode of the file descriptor."),
        .method("set_blocking", "(fd, blocking, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let blocks = asInt32(t, a[1]) else { return .raised }
            let flags = ladon_fcntl_int(fd, F_GETFL, 0)
            if flags < 0 { return raiseErrno(t) }
            let wanted = blocks != 0 ? flags & ~O_NONBLOCK : flags | O_NONBLOCK
            return wanted == flags || ladon_fcntl_int(fd, F_SETFL, Int(wanted)) >= 0 ? .none : raiseErrno(t)
        }, "Set the blocking mode of the specified file descriptor."),
        .method("device_encoding", "(fd)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            return isatty(fd) == 1 ? preferredEncoding(t) : .none
        }, "Return a string describing the encoding of a terminal's file descriptor."),
        .method("sendfile", "(out_fd, in_fd, offset, count)", { t, a in
            guard let out = asInt32(t, a[0]), let input = asInt32(t, a[1]), let count = asIndex(t, a[3], .overflowError) else { return .raised }
            if a[2].isNone {
                let n = systemCall(t) { sendfile(out, input, nil, count) }
                return n < 0 ? .raised : makeInt(t, n)
            }
            guard var offset = asInt(t, a[2]) else { return .raised }
            let n = systemCall(t) { sendfile(out, input, &offset, count) }
            return n < 0 ? .raised : makeInt(t, n)
        }, "Copy count bytes from file descriptor in_fd to file descriptor out_fd."),
        .method("copy_file_range", "(src, dst, count, offset_src=None, offset_dst=None)", { t, a in
            guard let source = asInt32(t, a[0]), let target = asInt32(t, a[1]), let count = asIndex(t, a[2], .overflowError) else { return .raised }
            if count < 0 { return raise(t, .valueError, "negative value for 'count' not allowed") }
            guard let from = optionalOffset(t, a[3]), let to = optionalOffset(t, a[4]) else { return .raised }
            let hasFrom = !a[3].isNone, hasTo = !a[4].isNone
            let n = systemCall(t) { Int(ladon_copy_file_range(source, hasFrom, from, target, hasTo, to, count, 0)) }
            return n < 0 ? .raised : makeInt(t, n)
        }, "Copy count bytes from one file descriptor to another."),
        .method("splice", "(src, dst, count, offset_src=None, offset_dst=None, flags=0)", { t, a in
            guard let source = asInt32(t, a[0]), let target = asInt32(t, a[1]), let count = asIndex(t, a[2], .overflowError), let flags = asUInt32(t, a[5]) else { return .raised }
            if count < 0 { return raise(t, .valueError, "negative value for 'count' not allowed") }
            guard let from = optionalOffset(t, a[3]), let to = optionalOffset(t, a[4]) else { return .raised }
            let hasFrom = !a[3].isNone, hasTo = !a[4].isNone
            let n = systemCall(t) { Int(ladon_splice(source, hasFrom, from, target, hasTo, to, count, flags)) }
            return n < 0 ? .raised : makeInt(t, n)
        }, "Transfer count bytes from one pipe to a descriptor or vice versa."),
        .method("memfd_create", "(name, flags=1)", { t, a in
            let bytes = fsConverter(t, a[0])
            if bytes.isRaised { return bytes }
            var flags: UInt32 = 1
            if !a[1].isMissing {
                guard let n = asUInt32(t, a[1]) else { return .raised }
                flags = n
            }
            let n: Int32 = blocking(t) { ladon_memfd_create(UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self), flags) }
            return n < 0 ? raiseErrno(t) : Value(smallInt: Int(n))
        }),
        .method("eventfd", "(initval, flags=524288)", { t, a in
            guard let initial = asUInt32(t, a[0]) else { return .raised }
            var flags: Int32 = O_CLOEXEC
            if !a[1].isMissing {
                guard let n = asInt32(t, a[1]) else { return .raised }
                flags = n
            }
            let n: Int32 = blocking(t) { ladon_eventfd(initial, flags) }
            return n < 0 ? raiseErrno(t) : Value(smallInt: Int(n))
        }, "Creates and returns an event notification file descriptor."),
        .method("eventfd_read", "(fd)", { t, a in
            guard let fd = fileDescriptor(t, a[0]) else { return .raised }
            var value: UInt64 = 0
            return systemCall(t) { read(fd, &value, 8) } < 0 ? .raised : makeInt(t, UInt(value))
        }, "Read eventfd value"),
        .method("eventfd_write", "(fd, value)", { t, a in
            guard let fd = fileDescriptor(t, a[0]), let n = asUInt(t, a[1]) else { return .raised }
            var value = UInt64(n)
            return noneUnlessRaised(systemCall(t) { write(fd, &value, 8) })
        }, "Write eventfd value."),
        .method("openpty", "()", { t, _ in
            var master: Int32 = -1, slave: Int32 = -1
            let r: Int32 = blocking(t) { openpty(&master, &slave, nil, nil, nil) }
            if r < 0 { return raiseErrno(t) }
            _ = setInheritable(master, false)
            _ = setInheritable(slave, false)
            return makeTuple(t, Value(smallInt: Int(master)), Value(smallInt: Int(slave)))
        }, "Open a pseudo-terminal."),
        .method("login_tty", "(fd, /)", { t, a in
            guard let fd = fileDescriptor(t, a[0]) else { return .raised }
            return login_tty(fd) < 0 ? raiseErrno(t) : .none
        }, "Prepare the tty of which fd is a file descriptor for a new login session."),
        .method("get_terminal_size", "(fd=<unrepresentable>, /)", { t, a in
            var fd: Int32 = 1
            if !a[0].isMissing {
                guard let n = asInt32(t, a[0]) else { return .raised }
                fd = n
            }
            var size = winsize()
            if ladon_ioctl_pointer(fd, UInt(TIOCGWINSZ), &size) < 0 { return raiseErrno(t) }
            let v = makeStructSequence(t, posixTypes.pointee.terminalSize)
            if v.isRaised { return v }
            structSequenceItems(v)[0] = Value(smallInt: Int(size.ws_col))
            structSequenceItems(v)[1] = Value(smallInt: Int(size.ws_row))
            return v
        }, "Return the size of the terminal window as (columns, lines)."),
        .method("tcgetpgrp", "(fd, /)", { t, a in
            guard let fd = asInt32(t, a[0]) else { return .raised }
            let n = tcgetpgrp(fd)
            return n < 0 ? raiseErrno(t) : Value(smallInt: Int(n))
        }, "Return the process group associated with the terminal specified by fd."),
        .method("tcsetpgrp", "(fd, pgid, /)", { t, a in
            guard let fd = asInt32(t, a[0]), let group = asInt32(t, a[1]) else { return .raised }
            return tcsetpgrp(fd, group) < 0 ? raiseErrno(t) : .none
        }, "Set the process group associated with the terminal specified by fd."),
        .method("ctermid", "()", { t, _ in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(L_ctermid)) { buffer -> Value in
                makeString(t, fileSystem: UnsafePointer(ctermid(buffer.baseAddress)!))
            }
        }, "Return the name of the controlling terminal for this process."),
    ]
}

public func setInheritable(_ fd: Int32, _ inheritable: Bool) -> Bool {
    let flags = ladon_fcntl_int(fd, F_GETFD, 0)
    if flags < 0 { return false }
    let wanted = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC
    return wanted == flags || ladon_fcntl_int(fd, F_SETFD, Int(wanted)) >= 0
}

private func optionalOffset(_ t: Thread, _ v: Value) -> Int64? {
    if v.isNone { return 0 }
    return asInt(t, v).map { Int64($0) }
}

private func makePipe(_ t: Thread, _ flags: Int32) -> Value {
    var ends: (Int32, Int32) = (-1, -1)
    let r: Int32 = withUnsafeMutablePointer(to: &ends) { p in
        p.withMemoryRebound(to: Int32.self, capacity: 2) { ladon_pipe($0, flags) }
    }
    return r < 0 ? raiseErrno(t) : makeTuple(t, Value(smallInt: Int(ends.0)), Value(smallInt: Int(ends.1)))
}

@inline(__always)
private func onFile(_ t: Thread, _ a: Values, _ body: (Int32) -> Int) -> Value {
    guard let fd = fileDescriptor(t, a[0]) else { return .raised }
    return noneUnlessRaised(systemCall(t) { body(fd) })
}

/// For calls that answer an errno instead of setting it.
@inline(__always)
private func returnedErrno(_ t: Thread, _ body: () -> Int32) -> Value {
    while true {
        let code: Int32 = blocking(t) { body() }
        if code == 0 { return .none }
        if code != EINTR { return raiseOSError(t, code) }
        if !safepoint(t) { return .raised }
    }
}

/// A call on the bytes of a bytes-like object; the answer is a count.
@inline(__always)
private func withData(_ t: Thread, _ v: Value, _ body: (UnsafeMutablePointer<UInt8>, Int) -> Int) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, v, &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    let p = buffer.bytes, count = min(buffer.length, 0x7FFF_F000)
    let n = systemCall(t) { body(p, count) }
    // A signal has cut it short: what the handler raises comes from this call, not from the program's next one.
    if n < 0 || n < count && !safepoint(t) { return .raised }
    return Value(smallInt: n)
}

private func withVectors(_ t: Thread, _ items: Value, _ function: String, writable: Bool, _ body: (UnsafePointer<iovec>, Int32) -> Int) -> Value {
    if !isSequence(items) { return raise(t, .typeError, "\(function)() arg 2 must be a sequence") }
    let list = sequenceToTuple(t, items)
    if list.isRaised { return list }
    let count = list.tupleCount
    return withUnsafeTemporaryAllocation(of: LadonBuffer.self, capacity: count + 1) { buffers -> Value in
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: count + 1) { vectors -> Value in
            var taken = 0
            defer { for i in 0..<taken { releaseBuffer(t, &buffers[i]) } }
            while taken < count {
                buffers[taken] = LadonBuffer()
                if getBuffer(t, list.tupleItems[taken], &buffers[taken], flags: writable ? LADON_BUFFER_WRITABLE : LADON_BUFFER_SIMPLE) < 0 { return .raised }
                vectors[taken] = iovec(iov_base: UnsafeMutableRawPointer(buffers[taken].bytes), iov_len: buffers[taken].length)
                taken += 1
            }
            let p = UnsafePointer(vectors.baseAddress.unsafelyUnwrapped)
            let n = systemCall(t) { body(p, Int32(count)) }
            list.keepAlive
            return n < 0 ? .raised : makeInt(t, n)
        }
    }
}
