// The module `fcntl`.

import Glibc

/// A call that reads and writes a buffer of at most 1024 bytes: the bytes afterwards.
private func withCopy(_ t: Thread, _ v: Value, _ what: StaticString, _ body: (UnsafeMutableRawPointer) -> Int) -> Value {
    var buffer = LadonBuffer()
    let text: Value
    if v.isStr {
        text = encodeString(t, v, encoding: .missing, errors: .missing)
    } else {
        if getBuffer(t, v, &buffer) < 0 { return .raised }
        text = makeBytes(t, buffer.bytes, buffer.length)
        releaseBuffer(t, &buffer)
    }
    if text.isRaised { return text }
    let n = text.bytesCount
    if n > 1024 { return raise(t, .valueError, "\(what) arg 3 too long") }
    return withUnsafeTemporaryAllocation(byteCount: 1025, alignment: 16) { memory -> Value in
        let p = memory.baseAddress.unsafelyUnwrapped
        memcpy(p, text.bytesData, n)
        p.storeBytes(of: 0, toByteOffset: n, as: UInt8.self)
        text.keepAlive
        return systemCall(t) { body(p) } < 0 ? .raised : makeBytes(t, p, n)
    }
}

private func fcntl_fcntl(_ t: Thread, _ a: Values) -> Value {
    guard let fd = fileDescriptor(t, a[0]), let command = asInt32(t, a[1]) else { return .raised }
    if a[2].isStr || supportsBuffer(a[2]) { return withCopy(t, a[2], "fcntl") { Int(ladon_fcntl_pointer(fd, command, $0)) } }
    guard let argument = unsignedArgument(t, a[2]) else { return .raised }
    let n = systemCall(t) { Int(ladon_fcntl_int(fd, command, argument)) }
    return n < 0 ? .raised : makeInt(t, n)
}

/// An int of any sign, its low 32 bits used.
private func unsignedArgument(_ t: Thread, _ v: Value) -> Int? {
    let n = index(t, v)
    if n.isRaised { return nil }
    return Int(Int32(truncatingIfNeeded: Int(bitPattern: intTruncated(n))))
}

private func fcntl_ioctl(_ t: Thread, _ a: Values) -> Value {
    guard let fd = fileDescriptor(t, a[0]) else { return .raised }
    let requestValue = index(t, a[1])
    if requestValue.isRaised { return requestValue }
    let request = UInt(UInt32(truncatingIfNeeded: intTruncated(requestValue)))
    let mutates = isTrue(t, a[3])
    if mutates < 0 { return .raised }
    if a[2].isStr || supportsBuffer(a[2]) {
        if mutates == 1 && !a[2].isStr && !a[2].isBytes {
            var buffer = LadonBuffer()
            if getBuffer(t, a[2], &buffer, flags: LADON_BUFFER_WRITABLE) < 0 {
                clearException(t)
            } else {
                defer { releaseBuffer(t, &buffer) }
                let p = UnsafeMutableRawPointer(buffer.bytes)
                let n = systemCall(t) { Int(ladon_ioctl_pointer(fd, request, p)) }
                return n < 0 ? .raised : makeInt(t, n)
            }
        }
        return withCopy(t, a[2], "ioctl") { Int(ladon_ioctl_pointer(fd, request, $0)) }
    }
    guard let argument = unsignedArgument(t, a[2]) else { return .raised }
    let n = systemCall(t) { Int(ladon_ioctl_int(fd, request, argument)) }
    return n < 0 ? .raised : makeInt(t, n)
}

private func fcntl_lockf(_ t: Thread, _ a: Values) -> Value {
    guard let fd = fileDescriptor(t, a[0]), let code = asInt32(t, a[1]), let whence = asInt32(t, a[4]) else { return .raised }
    var lock = flock()
    if code == LOCK_UN {
        lock.l_type = Int16(F_UNLCK)
    } else if code & LOCK_SH != 0 {
        lock.l_type = Int16(F_RDLCK)
    } else if code & LOCK_EX != 0 {
        lock.l_type = Int16(F_WRLCK)
    } else {
        return raise(t, .valueError, "unrecognized lockf argument")
    }
    guard let start = asInt(t, a[3]), let length = asInt(t, a[2]) else { return .raised }
    lock.l_start = start
    lock.l_len = length
    lock.l_whence = Int16(truncatingIfNeeded: whence)
    return noneUnlessRaised(systemCall(t) { Int(ladon_fcntl_pointer(fd, code & LOCK_NB != 0 ? F_SETLK : F_SETLKW, &lock)) })
}

public func fcntlModule() -> ModuleDefinition {
    ModuleDefinition("fcntl", doc: "This module performs file control and I/O control on file\ndescriptors.  It is an interface to the fcntl() and ioctl() Unix\nroutines.  File descriptors can be obtained with the fileno() method of\na file or socket object.", members: [
        .method("fcntl", "(fd, cmd, arg=0, /)", fcntl_fcntl, "Perform the operation `cmd` on file descriptor fd."),
        .method("ioctl", "(fd, request, arg=0, mutate_flag=True, /)", fcntl_ioctl, "Perform the operation request on file descriptor fd."),
        .method("flock", "(fd, operation, /)", { t, a in
            guard let fd = fileDescriptor(t, a[0]), let operation = asInt32(t, a[1]) else { return .raised }
            return noneUnlessRaised(systemCall(t) { Int(ladon_flock(fd, operation)) })
        }, "Perform the lock operation `operation` on file descriptor `fd`."),
        .method("lockf", "(fd, cmd, len=0, start=0, whence=0, /)", fcntl_lockf, "A wrapper around the fcntl() locking calls."),
    ], initialize: { t, a in addConstants(t, a[0].cell(as: ModuleCell.self).pointee.dict, LADON_CONSTANTS_FCNTL) ? .none : .raised })
}
