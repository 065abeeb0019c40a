// The module `mmap`: files and anonymous memory as mutable sequences of bytes.

import Glibc
import LadonLibrary

private let constants: [(StaticString, Int)] = [
    ("ACCESS_DEFAULT", 0), ("ACCESS_READ", 1), ("ACCESS_WRITE", 2), ("ACCESS_COPY", 3),
    ("PROT_EXEC", Int(PROT_EXEC)), ("PROT_READ", Int(PROT_READ)), ("PROT_WRITE", Int(PROT_WRITE)),
    ("MAP_SHARED", Int(MAP_SHARED)), ("MAP_PRIVATE", Int(MAP_PRIVATE)), ("MAP_DENYWRITE", Int(MAP_DENYWRITE)), ("MAP_EXECUTABLE", Int(MAP_EXECUTABLE)),
    ("MAP_ANON", Int(MAP_ANONYMOUS)), ("MAP_ANONYMOUS", Int(MAP_ANONYMOUS)), ("MAP_POPULATE", Int(MAP_POPULATE)), ("MAP_STACK", Int(MAP_STACK)),
    ("MADV_NORMAL", Int(MADV_NORMAL)), ("MADV_RANDOM", Int(MADV_RANDOM)), ("MADV_SEQUENTIAL", Int(MADV_SEQUENTIAL)), ("MADV_WILLNEED", Int(MADV_WILLNEED)),
    ("MADV_DONTNEED", Int(MADV_DONTNEED)), ("MADV_REMOVE", Int(MADV_REMOVE)), ("MADV_DONTFORK", Int(MADV_DONTFORK)), ("MADV_DOFORK", Int(MADV_DOFORK)),
    ("MADV_HWPOISON", Int(MADV_HWPOISON)), ("MADV_MERGEABLE", Int(MADV_MERGEABLE)), ("MADV_UNMERGEABLE", Int(MADV_UNMERGEABLE)),
    ("MADV_HUGEPAGE", Int(MADV_HUGEPAGE)), ("MADV_NOHUGEPAGE", Int(MADV_NOHUGEPAGE)), ("MADV_DONTDUMP", Int(MADV_DONTDUMP)), ("MADV_DODUMP", Int(MADV_DODUMP)),
    ("MADV_FREE", Int(MADV_FREE)),
]

func mmapModule() -> ModuleDefinition {
    ModuleDefinition("mmap", members: [
        .constant("PAGESIZE") { t, _ in Value(smallInt: Int(getpagesize())) },
        .constant("ALLOCATIONGRANULARITY") { t, _ in Value(smallInt: Int(getpagesize())) },
        .constant("error") { t, _ in Value(builtinType(.osError)) },
    ], types: [mappingType], initialize: { t, a in
        for (name, value) in constants where setAttribute(t, a[0], internStatic(t, name), Value(smallInt: value)) < 0 { return .raised }
        return .none
    })
}

private func mappingType() -> TypeDefinition {
    TypeDefinition(nil, "mmap.mmap", flags: [.baseType, .hasFinalizer, .weakReferenceable], doc: "Windows: mmap(fileno, length[, tagname[, access[, offset]]])\n\nMaps length bytes from the file specified by the file handle fileno,\nand returns a mmap object.  If length is larger than the current size\nof the file, the file is extended to contain length bytes.  If length\nis 0, the maximum length of the map is the current size of the file,\nexcept that if the file is empty Windows raises an exception (you cannot\ncreate an empty mapping on Windows).\n\nUnix: mmap(fileno, length[, flags[, prot[, access[, offset]]]])\n\nMaps length bytes from the file specified by the file descriptor fileno,\nand returns a mmap object.  If length is 0, the maximum length of the map\nwill be the current size of the file when mmap is called.\nflags specifies the nature of the mapping. MAP_PRIVATE creates a\nprivate copy-on-write mapping, so changes to the contents of the mmap\nobject will be private to this process, and MAP_SHARED creates a mapping\nthat's shared with all other processes mapping the same areas of the file.\nThe default value is MAP_SHARED.\n\nTo map anonymous memory, pass -1 as the fileno (both versions).",
                   size: MemoryLayout<MappingCell>.size, layout: Layout(prefix: 0, base: MemoryLayout<MappingCell>.size / 8, flags: [.container, .finalizable]),
                   slots: [
                       .unary(.finalize, { t, v in
                           _ = closeMapping(t, v, isForced: true)
                           return .none
                       }),
                       .unary(.repr, mapping_repr),
                       .unary(.length, { t, v in isOpenMapping(t, v) ? Value(smallInt: mapping(v).pointee.size) : .raised }),
                       .binary(.getItem, mapping_getItem), .ternary(.setItem, mapping_setItem),
                       .ternary(.getBuffer, mapping_getBuffer), .ternary(.releaseBuffer, mapping_releaseBuffer),
                   ], members: [
                       .staticMethod("__new__", "(cls, /, fileno, length, flags=1, prot=3, access=0, offset=0)", mapping_new),
                       .method("close", "(self, /)", mapping_close),
                       .method("find", "(self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", { t, a in mappingFind(t, a, fromEnd: false) }),
                       .method("rfind", "(self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", { t, a in mappingFind(t, a, fromEnd: true) }),
                       .method("flush", "(self, offset=0, size=<unrepresentable>, /)", mapping_flush),
                       .method("madvise", "(self, option, start=0, length=<unrepresentable>, /)", mapping_madvise),
                       .method("move", "(self, dest, src, count, /)", mapping_move),
                       .method("read", "(self, n=None, /)", mapping_read),
                       .method("read_byte", "(self, /)", mapping_readByte),
                       .method("readline", "(self, /)", mapping_readLine),
                       .method("resize", "(self, newsize, /)", mapping_resize),
                       .method("seek", "(self, pos, whence=0, /)", mapping_seek),
                       .method("size", "(self, /)", mapping_size),
                       .method("tell", "(self, /)", { t, a in isOpenMapping(t, a[0]) ? makeInt(t, mapping(a[0]).pointee.position) : .raised }),
                       .method("write", "(self, bytes, /)", mapping_write),
                       .method("write_byte", "(self, byte, /)", mapping_writeByte),
                       .method("__enter__", "(self, /)", { t, a in isOpenMapping(t, a[0]) ? a[0] : .raised }),
                       .method("__exit__", "(self, exc_type=None, exc_value=None, exc_tb=None, /)", mapping_close),
                       .attribute("closed", get: { _, a in Value(mapping(a[0]).pointee.data == 0) }),
                   ])
}

// MARK: making and ending

private func mapping_new(_ t: Thread, _ a: Values) -> Value {
    guard let fd = asInt32(t, a[1]), var size = asInt(t, a[2]), var flags = asInt32(t, a[3]), var protection = asInt32(t, a[4]),
          var access = asInt32(t, a[5]), let offset = asInt(t, a[6]) else { return .raised }
    if isAuditing && !audit(t, "mmap.__new__", a[1], a[2], a[5], a[6]) { return .raised }
    if size < 0 { return raise(t, .overflowError, "memory mapped length must be positive") }
    if offset < 0 { return raise(t, .overflowError, "memory mapped offset must be positive") }
    if access != MappingAccess.usual && (flags != MAP_SHARED || protection != PROT_READ | PROT_WRITE) {
        return raise(t, .valueError, "mmap can't specify both access and flags, prot.")
    }
    switch access {
    case MappingAccess.read:
        flags = MAP_SHARED
        protection = PROT_READ
    case MappingAccess.write:
        flags = MAP_SHARED
        protection = PROT_READ | PROT_WRITE
    case MappingAccess.copy:
        flags = MAP_PRIVATE
        protection = PROT_READ | PROT_WRITE
    case MappingAccess.usual:
        if protection & PROT_WRITE == 0 { access = MappingAccess.read } else if protection & PROT_READ == 0 { access = MappingAccess.write }
    default:
        return raise(t, .valueError, "mmap invalid access parameter.")
    }
    var own: Int32 = -1
    if fd == -1 {
        flags |= MAP_ANONYMOUS
    } else {
        var status = stat()
        let known: Int32 = blocking(t) { fstat(fd, &status) }
        if known == 0 && status.st_mode & S_IFMT == S_IFREG {
            let length = Int(status.st_size)
            if size == 0 {
                if length == 0 { return raise(t, .valueError, "cannot mmap an empty file") }
                if offset >= length { return raise(t, .valueError, "mmap offset is greater than file size") }
                size = length - offset
            } else if offset > length || length - offset < size {
                return raise(t, .valueError, "mmap length is greater than file size")
            }
        }
        own = ladon_fcntl_int(fd, F_DUPFD_CLOEXEC, 0)
        if own < 0 { return raiseErrno(t) }
    }
    let v = allocateInstance(t, a[0].asType)
    if v.isRaised {
        if own >= 0 { close(own) }
        return v
    }
    let c = mapping(v)
    c.pointee.fd = own
    let base: UnsafeMutableRawPointer? = blocking(t) { mmap(nil, size, protection, flags, own, off_t(offset)) }
    if base == MAP_FAILED {
        let code = ladon_errno()
        if own >= 0 { close(own) }
        c.pointee.fd = -1
        return raiseOSError(t, code)
    }
    c.pointee.size = size
    c.pointee.offset = offset
    c.pointee.access = access
    c.pointee.data = UInt(bitPattern: base)
    return v
}

private func mapping_close(_ t: Thread, _ a: Values) -> Value {
    if hasNoExports(t, a[0]) && closeMapping(t, a[0], isForced: false) { return .none }
    return raise(t, .bufferError, "cannot close exported pointers exist")
}

private func mapping_repr(_ t: Thread, _ v: Value) -> Value {
    let c = mapping(v)
    let names = ["ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY"]
    let access = c.pointee.access >= 0 && c.pointee.access < 4 ? names[Int(c.pointee.access)] : "UNKNOWN"
    let type = qualifiedTypeName(t, typeOf(v))
    if c.pointee.data == 0 { return makeString(t, "<\(type) closed=True>") }
    return makeString(t, "<\(type) closed=False, access=\(access), length=\(c.pointee.size), pos=\(c.pointee.position), offset=\(c.pointee.offset)>")
}

// MARK: the buffer protocol

private func mapping_getBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ flags: Value) -> Value {
    let out = UnsafeMutablePointer<LadonBuffer>(bitPattern: buffer.bits).unsafelyUnwrapped
    let c = mapping(v)
    let isReadOnly = c.pointee.access == MappingAccess.read
    if isReadOnly && flags.smallInt & LADON_BUFFER_WRITABLE != 0 {
        return isOpenMapping(t, v) ? raise(t, .bufferError, "Object is not writable.") : .raised
    }
    lockCell(t, v)
    let data = c.pointee.data, size = c.pointee.size
    if data != 0 { c.pointee.exports += 1 }
    unlockCell(t, v)
    guard let base = UnsafeMutableRawPointer(bitPattern: data) else { return raiseClosedMapping(t) }
    fillBuffer(&out.pointee, v, base, size, isReadOnly: isReadOnly)
    return .none
}

private func mapping_releaseBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ unused: Value) -> Value {
    lockCell(t, v)
    mapping(v).pointee.exports -= 1
    unlockCell(t, v)
    return .none
}
