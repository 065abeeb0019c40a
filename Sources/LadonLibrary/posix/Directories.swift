// listdir, scandir and DirEntry.

import Glibc

/// Names in a directory of the operating system's, decoded unless the path was bytes.
private func entryName(_ t: Thread, _ c: UnsafePointer<CChar>, _ asBytes: Bool) -> Value {
    if !asBytes { return makeString(t, fileSystem: c) }
    return makeBytes(t, c, strlen(c))
}

/// Opens the directory; a descriptor is duplicated, so that closing the stream leaves it open. nil: raised.
private func openDirectory(_ t: Thread, _ path: PathArgument) -> UnsafeMutableRawPointer? {
    let fd = path.fd
    let c: UnsafePointer<CChar>? = fd == -1 ? path.c : nil
    let d: UnsafeMutableRawPointer? = blocking(t) {
        if fd == -1 { return ladon_opendir(c) }
        let copy = ladon_fcntl_int(fd, F_DUPFD_CLOEXEC, 0)
        if copy < 0 { return nil }
        let d = ladon_fdopendir(copy)
        if d == nil {
            let code = ladon_errno()
            close(copy)
            ladon_set_errno(code)
        }
        return d
    }
    let code = ladon_errno()
    path.bytes.keepAlive
    if d == nil { raiseOSError(t, code, path.object) }
    return d
}

func posix_listdir(_ t: Thread, _ a: Values) -> Value {
    guard let path = pathArgument(t, a[0], "listdir", allowsFD: true, isOptional: true), let d = openDirectory(t, path) else { return .raised }
    defer {
        if path.fd != -1 { ladon_rewinddir(d) }
        _ = blocking(t) { ladon_closedir(d) }
    }
    let result = makeList(t)
    while true {
        var c: UnsafePointer<CChar>?
        var inode: UInt64 = 0
        var type: Int32 = 0
        let r: Int32 = blocking(t) { ladon_readdir(d, &c, &inode, &type) }
        if r < 0 { return raiseOSError(t, ladon_errno(), path.object) }
        if r == 0 { return result }
        let n = entryName(t, c.unsafelyUnwrapped, path.isBytes)
        if n.isRaised || listAppend(t, result, n) < 0 { return .raised }
        if !safepoint(t) { return .raised }
    }
}

// MARK: DirEntry

struct DirectoryEntryCell {
    var header: CellHeader
    var name: Value
    var path: Value
    /// Cached results of stat with and without following links, or 0.
    var stat: Value
    var linkStat: Value
    // raw
    var inode: UInt64
    var type: Int32
    /// The directory's descriptor when it was given as one, else -1.
    var directory: Int32
}

private func entry(_ v: Value) -> UnsafeMutablePointer<DirectoryEntryCell> { v.cell(as: DirectoryEntryCell.self) }

func directoryEntryDefinition() -> TypeDefinition {
    TypeDefinition(nil, "posix.DirEntry", flags: [.disallowInstantiation], size: MemoryLayout<DirectoryEntryCell>.size, layout: Layout(prefix: 4, flags: .container),
                   slots: [.unary(.repr, { t, v in makeString(t, "<DirEntry \(reprText(t, entry(v).pointee.name))>") })], members: [
        .method("is_dir", "(self, /, *, follow_symlinks=True)", { t, a in isKind(t, a, S_IFDIR, DT_DIR) }, "Return True if the entry is a directory; cached per entry."),
        .method("is_file", "(self, /, *, follow_symlinks=True)", { t, a in isKind(t, a, S_IFREG, DT_REG) }, "Return True if the entry is a file; cached per entry."),
        .method("is_symlink", "(self, /)", { t, a in
            let e = entry(a[0])
            if e.pointee.type != Int32(DT_UNKNOWN) { return Value(e.pointee.type == Int32(DT_LNK)) }
            return hasKind(t, a[0], S_IFLNK, follows: false)
        }, "Return True if the entry is a symbolic link; cached per entry."),
        .method("stat", "(self, /, *, follow_symlinks=True)", { t, a in
            let follows = isTrue(t, a[1])
            return follows < 0 ? .raised : entryStat(t, a[0], follows: follows == 1)
        }, "Return stat_result object for the entry; cached per entry."),
        .method("inode", "(self, /)", { t, a in makeInt(t, UInt(entry(a[0]).pointee.inode)) }, "Return inode of the entry; cached per entry."),
        .method("__fspath__", "(self, /)", { _, a in entry(a[0]).pointee.path }, "Returns the path for the entry."),
        .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
        .member("name", get: { _, a in entry(a[0]).pointee.name }, "the entry's base filename, relative to scandir() \"path\" argument"),
        .member("path", get: { _, a in entry(a[0]).pointee.path }, "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)"),
    ])
}

private func fetchStat(_ t: Thread, _ v: Value, follows: Bool) -> Value {
    let e = entry(v)
    let given = e.pointee.directory == -1 ? e.pointee.path : e.pointee.name
    guard let path = pathArgument(t, given, "DirEntry") else { return .raised }
    var s = LadonStat()
    let directory = e.pointee.directory == -1 ? AT_FDCWD : e.pointee.directory
    let r: Int32 = blocking(t) { ladon_fstatat(directory, path.c, &s, follows) }
    let code = ladon_errno()
    path.bytes.keepAlive
    return r < 0 ? raiseOSError(t, code, e.pointee.path) : statResult(t, s)
}

private func entryStat(_ t: Thread, _ v: Value, follows: Bool) -> Value {
    let e = entry(v)
    if !follows {
        if e.pointee.linkStat.bits == 0 {
            let r = fetchStat(t, v, follows: false)
            if r.isRaised { return r }
            storeSlot(&e.pointee.linkStat, r)
        }
        return e.pointee.linkStat
    }
    if e.pointee.stat.bits == 0 {
        var isLink = e.pointee.type == Int32(DT_LNK)
        if e.pointee.type == Int32(DT_UNKNOWN) {
            let r = hasKind(t, v, S_IFLNK, follows: false)
            if r.isRaised { return r }
            isLink = r.isTrue
        }
        let r = isLink ? fetchStat(t, v, follows: true) : entryStat(t, v, follows: false)
        if r.isRaised { return r }
        storeSlot(&e.pointee.stat, r)
    }
    return e.pointee.stat
}

private func isKind(_ t: Thread, _ a: Values, _ mode: mode_t, _ type: Int) -> Value {
    let follows = isTrue(t, a[1])
    if follows < 0 { return .raised }
    let known = entry(a[0]).pointee.type
    if known != Int32(DT_UNKNOWN) && !(follows == 1 && known == Int32(DT_LNK)) { return Value(known == Int32(type)) }
    return hasKind(t, a[0], mode, follows: follows == 1)
}

private func hasKind(_ t: Thread, _ v: Value, _ mode: mode_t, follows: Bool) -> Value {
    let s = entryStat(t, v, follows: follows)
    if s.isRaised {
        // A link that leads nowhere, or a file that is gone, is none of these.
        if !exceptionMatches(t, .fileNotFoundError) { return s }
        clearException(t)
        return .false
    }
    return Value(UInt32(truncatingIfNeeded: structSequenceItems(s)[0].smallInt) & UInt32(S_IFMT) == UInt32(mode))
}

// MARK: scandir

struct ScandirCell {
    var header: CellHeader
    /// The directory's path as given (str or bytes; None for a descriptor).
    var path: Value
    // raw
    /// DIR *, nil once exhausted or closed.
    var stream: UnsafeMutableRawPointer?
    var directory: Int32
    var isBytes: Bool
}

private func iterator(_ v: Value) -> UnsafeMutablePointer<ScandirCell> { v.cell(as: ScandirCell.self) }

func scandirDefinition() -> TypeDefinition {
    TypeDefinition(nil, "posix.ScandirIterator", flags: [.disallowInstantiation, .hasFinalizer], size: MemoryLayout<ScandirCell>.stride,
                   layout: Layout(prefix: 1, flags: [.container, .finalizable]), slots: [
        .unary(.iter, { _, v in v }), .unary(.next, scandir_next),
        .unary(.finalize, { t, v in
            if iterator(v).pointee.stream == nil { return .none }
            let saved = takeException(t)
            if warn(t, .resourceWarning, "unclosed scandir iterator \(reprText(t, v))", 1) < 0 { reportUnraisable(t, v) }
            restoreException(t, saved)
            closeScandir(t, v)
            return .none
        }),
    ], members: [
        .method("__enter__", "(self, /)", { _, a in a[0] }),
        .method("__exit__", "(self, /, *args)", { t, a in closeScandir(t, a[0]); return .none }),
        .method("close", "(self, /)", { t, a in closeScandir(t, a[0]); return .none }),
    ])
}

/// Takes the stream out of the cell and closes it.
private func closeScandir(_ t: Thread, _ v: Value) {
    let c = iterator(v)
    let offset = MemoryLayout<ScandirCell>.offset(of: \ScandirCell.stream).unsafelyUnwrapped
    let address = ladon_exchange(v.cell + offset, 0)
    guard let d = UnsafeMutableRawPointer(bitPattern: address) else { return }
    if c.pointee.directory != -1 { ladon_rewinddir(d) }
    _ = blocking(t) { ladon_closedir(d) }
}

func posix_scandir(_ t: Thread, _ a: Values) -> Value {
    guard let path = pathArgument(t, a[0], "scandir", allowsFD: true, isOptional: true) else { return .raised }
    let v = allocateInstance(t, posixTypes.pointee.scandir)
    if v.isRaised { return v }
    let c = iterator(v)
    c.pointee.directory = path.fd
    c.pointee.isBytes = path.isBytes
    guard let d = openDirectory(t, path) else { return .raised }
    c.pointee.stream = d
    if path.fd != -1 {
        c.pointee.path = .none
    } else {
        // Of another bytes-like object its bytes.
        let object = path.object.isNone ? makeString(t, codePoint: 46) : path.isBytes ? bytesOf(t, path.object) : path.object
        if object.isRaised { return .raised }
        storeSlot(&c.pointee.path, object)
    }
    return v
}

private func scandir_next(_ t: Thread, _ v: Value) -> Value {
    let c = iterator(v)
    // Two threads at once: the lock of the cell must not be held over a system call, so the stream is taken out meanwhile.
    let offset = MemoryLayout<ScandirCell>.offset(of: \ScandirCell.stream).unsafelyUnwrapped
    let address = ladon_exchange(v.cell + offset, 0)
    guard let d = UnsafeMutableRawPointer(bitPattern: address) else { return .exhausted }
    var text: UnsafePointer<CChar>?
    var inode: UInt64 = 0
    var type: Int32 = 0
    let r: Int32 = blocking(t) { ladon_readdir(d, &text, &inode, &type) }
    let code = ladon_errno()
    if r <= 0 {
        if c.pointee.directory != -1 { ladon_rewinddir(d) }
        _ = blocking(t) { ladon_closedir(d) }
        return r == 0 ? .exhausted : raiseOSError(t, code, c.pointee.path)
    }
    let n = entryName(t, text.unsafelyUnwrapped, c.pointee.isBytes)
    ladon_store_release(v.cell + offset, address)
    if n.isRaised { return n }
    var path = n
    if c.pointee.directory == -1 {
        path = joined(t, c.pointee.path, n, c.pointee.isBytes)
        if path.isRaised { return path }
    }
    let e = allocateInstance(t, posixTypes.pointee.directoryEntry)
    if e.isRaised { return e }
    let cell = entry(e)
    cell.pointee.name = n
    cell.pointee.path = path
    cell.pointee.inode = inode
    cell.pointee.type = type
    cell.pointee.directory = c.pointee.directory
    return e
}

private func joined(_ t: Thread, _ directory: Value, _ n: Value, _ asBytes: Bool) -> Value {
    if asBytes {
        let m = directory.bytesCount
        let slash = m > 0 && directory.bytesData[m - 1] != 47
        return bytesConcat(t, slash ? bytesConcat(t, directory, makeBytes(t, "/", 1)) : directory, n)
    }
    var b = StringBuilder(t, capacity: directory.strCount + n.strCount + 1)
    b.append(directory)
    if b.count > 0 && stringCharAt(directory, directory.strCount - 1) != 47 { b.append(47) }
    b.append(n)
    return b.finish()
}
