// FileIO: a file descriptor as a raw stream.

import Glibc

struct FileIOCell {
    var header: CellHeader
    var dict: Value
    // raw
    /// -1: closed.
    var fd: Int32
    var blockSize: UInt32
    var isCreated: Bool
    var isReadable: Bool
    var isWritable: Bool
    var isAppending: Bool
    /// -1 unknown, 0 no, 1 yes.
    var seekable: Int8
    var closesDescriptor: Bool
    var isFinalizing: Bool
    var pad: Bool
}

extension Value {
    @inline(__always) var asFile: UnsafeMutablePointer<FileIOCell> { cell(as: FileIOCell.self) }
}

func fileIODefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io.FileIO", flags: [.baseType, .weakReferenceable, .hasFinalizer], doc: "Open a file.",
                   signature: "(file, mode='r', closefd=True, opener=None)", size: MemoryLayout<FileIOCell>.stride,
                   layout: ioLayout(1, MemoryLayout<FileIOCell>.stride),
                   slots: [.call(.new, fileIO_new), .unary(.repr, fileIO_repr)], members: [
        .method("__init__", "(self, file, mode='r', closefd=True, opener=None)", { t, a in
            if !a[2].isStr { return raise(t, .typeError, "FileIO() argument 'mode' must be str, not \(typeName(a[2]))") }
            let closefd = isTrue(t, a[3])
            if closefd < 0 { return .raised }
            return openFile(t, a[0], a[1], swiftString(a[2]), closefd: closefd > 0, opener: a[4]) ? .none : .raised
        }),
        .method("read", "(self, size=-1, /)", fileIO_read, "Read at most size bytes, returned as bytes."),
        .method("readall", "(self, /)", { t, a in fileReadAll(t, a[0]) }, "Read all data from the file, returned as bytes."),
        .method("readinto", "(self, buffer, /)", fileIO_readinto, "Same as RawIOBase.readinto()."),
        .method("write", "(self, b, /)", fileIO_write, "Write buffer b to file, return number of bytes written."),
        .method("seek", "(self, pos, whence=0, /)", { t, a in
            if a[0].asFile.pointee.fd < 0 { return raiseFileClosed(t) }
            guard let whence = asInt32(t, a[2]) else { return .raised }
            return seekFile(t, a[0], a[1], whence)
        }, "Move to new file position and return the file position."),
        .method("tell", "(self, /)", { t, a in
            a[0].asFile.pointee.fd < 0 ? raiseFileClosed(t) : seekFile(t, a[0], .missing, SEEK_CUR)
        }, "Current file position."),
        .method("truncate", "(self, size=None, /)", fileIO_truncate, "Truncate the file to at most size bytes and return the truncated size."),
        .method("close", "(self, /)", { t, a in closeFile(t, a[0]) }, "Close the file."),
        .method("seekable", "(self, /)", { t, a in
            let f = a[0].asFile
            if f.pointee.fd < 0 { return raiseFileClosed(t) }
            if f.pointee.seekable < 0 { f.pointee.seekable = lseek(f.pointee.fd, 0, SEEK_CUR) >= 0 ? 1 : 0 }
            return Value(f.pointee.seekable == 1)
        }, "True if file supports random-access."),
        .method("readable", "(self, /)", { t, a in
            a[0].asFile.pointee.fd < 0 ? raiseFileClosed(t) : Value(a[0].asFile.pointee.isReadable)
        }, "True if file was opened in a read mode."),
        .method("writable", "(self, /)", { t, a in
            a[0].asFile.pointee.fd < 0 ? raiseFileClosed(t) : Value(a[0].asFile.pointee.isWritable)
        }, "True if file was opened in a write mode."),
        .method("fileno", "(self, /)", { t, a in
            let fd = a[0].asFile.pointee.fd
            return fd < 0 ? raiseFileClosed(t) : Value(smallInt: Int(fd))
        }, "Return the underlying file descriptor (an integer)."),
        .method("isatty", "(self, /)", { t, a in
            let fd = a[0].asFile.pointee.fd
            return fd < 0 ? raiseFileClosed(t) : Value(isatty(fd) == 1)
        }, "True if the file is connected to a TTY device."),
        .method("_dealloc_warn", "(self, source, /)", { t, a in
            let f = a[0].asFile
            if f.pointee.fd >= 0 && f.pointee.closesDescriptor { warnUnclosed(t, a[0], a[1]) }
            return .none
        }),
        .attribute("closed", get: { _, a in Value(a[0].asFile.pointee.fd < 0) }, "True if the file is closed"),
        .attribute("closefd", get: { _, a in Value(a[0].asFile.pointee.closesDescriptor) }, "True if the file descriptor will be closed by close()."),
        .attribute("mode", get: { t, a in makeString(t, fileMode(a[0])) }, "String giving the file mode"),
        .member("_finalizing", get: { _, a in Value(a[0].asFile.pointee.isFinalizing) },
                   set: { t, a in a[0].asFile.pointee.isFinalizing = a[1].isTrue; return .none }),
        .member("_blksize", get: { _, a in Value(smallInt: Int(a[0].asFile.pointee.blockSize)) },
                   set: { t, a in
            guard let n = asInt(t, a[1]) else { return .raised }
            a[0].asFile.pointee.blockSize = UInt32(truncatingIfNeeded: n)
            return .none
        }),
    ])
}

@discardableResult
private func raiseFileClosed(_ t: Thread) -> Value { raise(t, .valueError, "I/O operation on closed file") }

func newFile(_ t: Thread, _ type: TypePointer) -> Value {
    let v = allocateInstance(t, type)
    if v.isRaised { return v }
    let f = v.asFile
    f.pointee.fd = -1
    f.pointee.seekable = -1
    f.pointee.closesDescriptor = true
    return v
}

private func fileIO_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value { newFile(t, type.asType) }

private func fileMode(_ v: Value) -> StaticString {
    let f = v.asFile.pointee
    if f.isCreated { return f.isReadable ? "xb+" : "xb" }
    if f.isAppending { return f.isReadable ? "ab+" : "ab" }
    if f.isReadable { return f.isWritable ? "rb+" : "rb" }
    return "wb"
}

/// `FileIO.__init__`.
func openFile(_ t: Thread, _ v: Value, _ file: Value, _ mode: String, closefd: Bool, opener: Value) -> Bool {
    let f = v.asFile
    if f.pointee.fd >= 0 {
        // A second __init__: the first file is let go.
        if f.pointee.closesDescriptor {
            if !closeDescriptor(t, v) { return false }
        } else {
            f.pointee.fd = -1
        }
    }
    var fd: Int32 = -1
    if typeOf(file).has(.index) {
        guard let n = asInt32(t, file) else { return false }
        if n < 0 {
            _ = raise(t, .valueError, "negative file descriptor")
            return false
        }
        fd = n
    }
    let path: Value = fd < 0 ? fsConverter(t, file) : .none
    if path.isRaised { return false }

    f.pointee.isCreated = false
    f.pointee.isReadable = false
    f.pointee.isWritable = false
    f.pointee.isAppending = false
    f.pointee.seekable = -1
    f.pointee.closesDescriptor = closefd
    var chosen = 0
    var plus = false
    var flags: Int32 = 0
    var misused = false
    for c in mode.utf8 {
        switch c {
        case 0x78: chosen += 1; f.pointee.isCreated = true; f.pointee.isWritable = true; flags |= O_EXCL | O_CREAT
        case 0x72: chosen += 1; f.pointee.isReadable = true
        case 0x77: chosen += 1; f.pointee.isWritable = true; flags |= O_CREAT | O_TRUNC
        case 0x61: chosen += 1; f.pointee.isWritable = true; f.pointee.isAppending = true; flags |= O_APPEND | O_CREAT
        case 0x62: break
        case 0x2B:
            if plus { misused = true }
            plus = true
            f.pointee.isReadable = true
            f.pointee.isWritable = true
        default:
            _ = raise(t, .valueError, "invalid mode: \(mode)")
            return false
        }
        if chosen > 1 { misused = true }
    }
    if misused || chosen != 1 {
        _ = raise(t, .valueError, "Must have exactly one of create/read/write/append mode and at most one plus")
        return false
    }
    flags |= f.pointee.isReadable ? (f.pointee.isWritable ? O_RDWR : O_RDONLY) : O_WRONLY
    flags |= O_CLOEXEC
    if isAuditing {
        let shortMode: StaticString = plus ? (f.pointee.isAppending ? "a+" : flags & O_EXCL != 0 ? "x+" : flags & O_TRUNC != 0 ? "w+" : "r+")
            : (f.pointee.isAppending ? "a" : flags & O_EXCL != 0 ? "x" : f.pointee.isWritable ? "w" : "r")
        if !audit(t, "open", file, makeString(t, shortMode), Value(smallInt: Int(flags))) { return false }
    }
    let isOurs = fd < 0
    if fd >= 0 {
        f.pointee.fd = fd
    } else {
        if !closefd {
            _ = raise(t, .valueError, "Cannot use closefd=False with file name")
            return false
        }
        if opener.isNone || opener.isMissing {
            let cPath = UnsafeRawPointer(path.bytesData).assumingMemoryBound(to: CChar.self)
            while true {
                let opened: Int32 = blocking(t) { open(cPath, flags, 0o666) }
                if opened >= 0 {
                    f.pointee.fd = opened
                    break
                }
                let code = ladon_errno()
                if code == EINTR {
                    if !safepoint(t) { return false }
                    continue
                }
                raiseOSError(t, code, file)
                return false
            }
            path.keepAlive
        } else {
            let r = call(t, opener, file, Value(smallInt: Int(flags)))
            if r.isRaised { return false }
            if !isInt(r) {
                _ = raise(t, .typeError, "expected integer from opener")
                return false
            }
            guard let n = asInt32(t, r) else { return false }
            if n < 0 {
                _ = raise(t, .valueError, "opener returned \(n)")
                return false
            }
            f.pointee.fd = n
            let old = fcntl(n, F_GETFD)
            if old < 0 {
                let code = ladon_errno()
                f.pointee.fd = -1
                raiseOSError(t, code)
                return false
            }
            _ = fcntl(n, F_SETFD, old | FD_CLOEXEC)
        }
    }
    if finishOpening(t, v, file) { return true }
    // What was not ours stays open.
    let first = takeException(t)
    if isOurs {
        if !closeDescriptor(t, v) { clearException(t) }
    } else {
        f.pointee.fd = -1
    }
    restoreException(t, first)
    return false
}

private func finishOpening(_ t: Thread, _ v: Value, _ file: Value) -> Bool {
    let f = v.asFile
    f.pointee.blockSize = UInt32(defaultBufferSize)
    var status = stat()
    let fd = f.pointee.fd
    let failed: Int32 = fstat(fd, &status)
    if failed < 0 {
        let code = ladon_errno()
        if code == EBADF {
            raiseOSError(t, code)
            return false
        }
    } else {
        if status.st_mode & S_IFMT == S_IFDIR {
            raiseOSError(t, EISDIR, file)
            return false
        }
        if status.st_blksize > 1 { f.pointee.blockSize = UInt32(truncatingIfNeeded: status.st_blksize) }
    }
    if setAttribute(t, v, .name, file) < 0 { return false }
    if f.pointee.isAppending && lseek(fd, 0, SEEK_END) < 0 {
        let code = ladon_errno()
        if code != ESPIPE {
            raiseOSError(t, code)
            return false
        }
    }
    return true
}

/// Closes the descriptor itself. False: raised.
private func closeDescriptor(_ t: Thread, _ v: Value) -> Bool {
    let f = v.asFile
    let fd = f.pointee.fd
    if fd < 0 { return true }
    f.pointee.fd = -1
    let r: Int32 = blocking(t) { close(fd) }
    if r < 0 {
        raiseOSError(t, ladon_errno())
        return false
    }
    return true
}

func closeFile(_ t: Thread, _ v: Value) -> Value {
    let base = closeBase(t, v)
    if !v.asFile.pointee.closesDescriptor {
        v.asFile.pointee.fd = -1
        return base
    }
    let first: Value = base.isRaised ? takeException(t) : .raised
    if v.asFile.pointee.isFinalizing && v.asFile.pointee.fd >= 0 { warnUnclosed(t, v, v) }
    _ = closeDescriptor(t, v)
    return chainExceptions(t, first)
}

/// ResourceWarning for a file or socket that nobody closed.
public func warnUnclosed(_ t: Thread, _ v: Value, _ source: Value, kind: StaticString = "file") {
    // At the end of the interpreter there is no warnings module any more.
    if interpreter(t).pointee.finalizing != 0 { return }
    let saved = takeException(t)
    let warnings = importedModule(t, "_warnings")
    let function: Value = warnings.isRaised ? .raised : getAttribute(t, warnings, name(.warn))
    if function.isRaised {
        clearException(t)
    } else {
        let message = makeString(t, "unclosed \(kind) \(reprText(t, source))")
        if call(t, function, message, builtinType(.resourceWarning).value, .one, source).isRaised {
            if exceptionMatches(t, .warning) { reportUnraisable(t, v) } else { clearException(t) }
        }
    }
    restoreException(t, saved)
}

private func fileIO_repr(_ t: Thread, _ v: Value) -> Value {
    let f = v.asFile
    if f.pointee.fd < 0 { return makeString(t, "<_io.FileIO [closed]>") }
    let tail = "mode='\(fileMode(v))' closefd=\(f.pointee.closesDescriptor ? "True" : "False")>"
    let fileName = getAttributeOrMissing(t, v, .name)
    if fileName.isRaised { return fileName }
    if fileName.isMissing { return makeString(t, "<_io.FileIO fd=\(f.pointee.fd) \(tail)") }
    let entered = reprEnter(t, v)
    if entered != 0 {
        return entered > 0 ? raise(t, .runtimeError, "reentrant call inside \(typeName(v)).__repr__") : .raised
    }
    defer { reprLeave(t, v) }
    let text = repr(t, fileName)
    if text.isRaised { return text }
    return makeString(t, "<_io.FileIO name=\(swiftString(text)) \(tail)")
}

// MARK: reading and writing

private func fileIO_read(_ t: Thread, _ a: Values) -> Value {
    let f = a[0].asFile
    if f.pointee.fd < 0 { return raiseFileClosed(t) }
    if !f.pointee.isReadable { return raiseUnsupported(t, "File not open for reading") }
    guard let size = sizeOrNone(t, a[1]) else { return .raised }
    if size < 0 { return fileReadAll(t, a[0]) }
    let wanted = min(size, 0x7FFF_F000)
    if !checkTextSize(t, wanted, 1) { return .raised }
    let bytes = newUnfilledBytes(t, count: wanted)
    var code: Int32 = 0
    let n = readDescriptor(t, f.pointee.fd, bytes.bytesData, wanted, &code)
    if n < 0 { return code == EAGAIN ? .none : code == 0 ? .raised : raiseOSError(t, code) }
    return shrinkBytes(t, bytes, to: n)
}

func fileReadAll(_ t: Thread, _ v: Value) -> Value {
    let f = v.asFile
    if f.pointee.fd < 0 { return raiseFileClosed(t) }
    let fd = f.pointee.fd
    var status = stat()
    var size = 1024
    // One byte more than the rest of the file, so that the end is seen without growing.
    let isSized: Int32 = fstat(fd, &status)
    let position = lseek(fd, 0, SEEK_CUR)
    if isSized == 0 && position >= 0 && status.st_size >= position { size = status.st_size - position + 1 }
    if !checkTextSize(t, size, 1) { return .raised }
    var bytes = newUnfilledBytes(t, count: size)
    var done = 0
    while true {
        if done == size {
            size += max(8192, size / 2)
            if !checkTextSize(t, size, 1) { return .raised }
            let larger = newUnfilledBytes(t, count: size)
            memcpy(larger.bytesData, bytes.bytesData, done)
            bytes = larger
        }
        var code: Int32 = 0
        let n = readDescriptor(t, fd, bytes.bytesData + done, min(size - done, 0x7FFF_F000), &code)
        if n == 0 { break }
        if n < 0 {
            if code == 0 { return .raised }
            if code != EAGAIN { return raiseOSError(t, code) }
            if done == 0 { return .none }
            break
        }
        done += n
    }
    return shrinkBytes(t, bytes, to: done)
}

/// The bytes of a TextBufferCell.
@inline(__always) func storageBytes(_ v: Value) -> UnsafeMutablePointer<UInt8> {
    (v.cell + MemoryLayout<TextBufferCell>.size).assumingMemoryBound(to: UInt8.self)
}

private func fileIO_readinto(_ t: Thread, _ a: Values) -> Value {
    let f = a[0].asFile
    if f.pointee.fd < 0 { return raiseFileClosed(t) }
    if !f.pointee.isReadable { return raiseUnsupported(t, "File not open for reading") }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer, writable: true, argument: "readinto() argument") < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    var code: Int32 = 0
    let n = readDescriptor(t, f.pointee.fd, buffer.bytes, min(buffer.length, 0x7FFF_F000), &code)
    if n < 0 { return code == EAGAIN ? .none : code == 0 ? .raised : raiseOSError(t, code) }
    return Value(smallInt: n)
}

private func fileIO_write(_ t: Thread, _ a: Values) -> Value {
    let f = a[0].asFile
    if f.pointee.fd < 0 { return raiseFileClosed(t) }
    if !f.pointee.isWritable { return raiseUnsupported(t, "File not open for writing") }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    var code: Int32 = 0
    let n = writeDescriptor(t, f.pointee.fd, buffer.bytes, min(buffer.length, 0x7FFF_F000), &code)
    if n < 0 { return code == EAGAIN ? .none : code == 0 ? .raised : raiseOSError(t, code) }
    // A signal has cut it short: what the handler raises comes from this call, not from the program's next one.
    return n < buffer.length && !safepoint(t) ? .raised : Value(smallInt: n)
}

/// lseek; `.missing` stays at 0.
private func seekFile(_ t: Thread, _ v: Value, _ position: Value, _ whence: Int32) -> Value {
    var offset = 0
    if !position.isMissing {
        guard let n = asInt(t, position) else { return .raised }
        offset = n
    }
    let fd = v.asFile.pointee.fd
    let r: Int = blocking(t) { lseek(fd, offset, whence) }
    if v.asFile.pointee.seekable < 0 { v.asFile.pointee.seekable = r >= 0 ? 1 : 0 }
    return r < 0 ? raiseOSError(t, ladon_errno()) : makeInt(t, r)
}

private func fileIO_truncate(_ t: Thread, _ a: Values) -> Value {
    let f = a[0].asFile
    if f.pointee.fd < 0 { return raiseFileClosed(t) }
    if !f.pointee.isWritable { return raiseUnsupported(t, "File not open for writing") }
    let position: Value = a[1].isNone ? seekFile(t, a[0], .missing, SEEK_CUR) : a[1]
    if position.isRaised { return position }
    guard let n = asInt(t, position) else { return .raised }
    let fd = f.pointee.fd
    while true {
        let r: Int32 = blocking(t) { ftruncate(fd, n) }
        if r == 0 { return position }
        let code = ladon_errno()
        if code != EINTR { return raiseOSError(t, code) }
        if !safepoint(t) { return .raised }
    }
}
