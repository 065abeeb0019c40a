// Arguments that name files: a path as str, bytes or PathLike, or (where a function allows it) an open descriptor.

import Glibc

struct PathArgument {
    /// As given, after `__fspath__`: what OSError shows.
    var object: Value
    /// The path's bytes without a zero; for a descriptor, None.
    var bytes: Value
    /// -1: a path.
    var fd: Int32 = -1
    /// The path was given as bytes, so names made from it are bytes too.
    var isBytes = false

    @inline(__always) var c: UnsafePointer<CChar> { UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self) }
}

/// Converts argument `argument` of `function`. nil: raised.
func pathArgument(_ t: Thread, _ v: Value, _ function: StaticString, _ argument: StaticString = "path", allowsFD: Bool = false, isOptional: Bool = false) -> PathArgument? {
    if v.isStr || v.isBytes { return textPath(t, v, v, function, argument) }
    if isOptional && (v.isNone || v.isMissing) {
        let dot = makeString(t, codePoint: 46)
        var r = textPath(t, dot, dot, function, argument)
        r?.object = .none
        return r
    }
    if allowsFD && (v.isSmallInt || (v.isCell && typeOf(v).has(.index))) {
        guard let fd = descriptor(t, v) else { return nil }
        return PathArgument(object: v, bytes: .none, fd: fd)
    }
    let method: Value = v.isCell ? lookupSpecial(t, v, name(.__fspath__)) : .missing
    if method.isRaised { return nil }
    if !method.isMissing && !method.isNone {
        let path = call(t, method)
        if path.isRaised { return nil }
        if path.isStr || path.isBytes { return textPath(t, path, path, function, argument) }
        _ = raise(t, .typeError, "expected \(typeName(v)).__fspath__() to return str or bytes, not \(typeName(path))")
        return nil
    }
    let wanted: String
    if allowsFD {
        wanted = isOptional ? "string, bytes, os.PathLike, integer or None" : "string, bytes, os.PathLike or integer"
    } else {
        wanted = isOptional ? "string, bytes, os.PathLike or None" : "string, bytes or os.PathLike"
    }
    let message = "\(function): \(argument) should be \(wanted), not \(typeName(v))"
    if supportsBuffer(v) {
        if warn(t, .deprecationWarning, message, 1) < 0 { return nil }
        var b = LadonBuffer()
        if getBuffer(t, v, &b) < 0 { return nil }
        let bytes = makeBytes(t, b.bytes, b.length)
        releaseBuffer(t, &b)
        return textPath(t, bytes, v, function, argument)
    }
    _ = raise(t, .typeError, message)
    return nil
}

private func textPath(_ t: Thread, _ text: Value, _ object: Value, _ function: StaticString, _ argument: StaticString) -> PathArgument? {
    let isBytes = text.isBytes
    let bytes = isBytes ? text : encodeFileSystem(t, text)
    if bytes.isRaised { return nil }
    if memchr(bytes.bytesData, 0, bytes.bytesCount) != nil {
        _ = raise(t, .valueError, isBytes ? "\(function): embedded null character in \(argument)" : "embedded null byte")
        return nil
    }
    return PathArgument(object: object, bytes: bytes, isBytes: isBytes)
}

/// An integer as a descriptor number. nil: raised.
func descriptor(_ t: Thread, _ v: Value) -> Int32? {
    let n = index(t, v)
    if n.isRaised { return nil }
    if let wide = intAsWord(n), let fd = Int32(exactly: wide) { return fd }
    _ = raise(t, .overflowError, intSign(n) < 0 ? "fd is less than minimum" : "fd is greater than maximum")
    return nil
}

/// A process id. nil: raised.
func processID(_ t: Thread, _ v: Value) -> Int32? {
    let n = index(t, v)
    if n.isRaised { return nil }
    guard let wide = intAsWord(n) else {
        _ = raise(t, .overflowError, "Python int too large to convert to C long")
        return nil
    }
    if let pid = Int32(exactly: wide) { return pid }
    _ = raise(t, .overflowError, wide < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum")
    return nil
}

/// `dir_fd`: AT_FDCWD for None. nil: raised.
func directoryFD(_ t: Thread, _ v: Value) -> Int32? {
    if v.isNone || v.isMissing { return AT_FDCWD }
    if v.isSmallInt || (v.isCell && typeOf(v).has(.index)) || v.isBool { return descriptor(t, v) }
    _ = raise(t, .typeError, "argument should be integer or None, not \(typeName(v))")
    return nil
}

/// A descriptor, or an object with `fileno()`. nil: raised.
public func fileDescriptor(_ t: Thread, _ v: Value) -> Int32? {
    var n = v
    if !isInt(v) {
        let method = v.isCell ? getAttributeOrMissing(t, v, .fileno) : .missing
        if method.isRaised { return nil }
        if method.isMissing {
            _ = raise(t, .typeError, "argument must be an int, or have a fileno() method.")
            return nil
        }
        n = call(t, method)
        if n.isRaised { return nil }
        if !isInt(n) {
            _ = raise(t, .typeError, "fileno() returned a non-integer")
            return nil
        }
    }
    guard let fd = asInt32(t, n) else { return nil }
    if fd < 0 {
        _ = raise(t, .valueError, "file descriptor cannot be a negative integer (\(fd))")
        return nil
    }
    return fd
}

/// Runs a system call detached, again when a signal interrupted it. Its result; -1: OSError (with the file names given) or what a
/// signal handler raised.
@inlinable @inline(__always)
public func systemCall(_ t: Thread, _ filename: Value = .raised, _ filename2: Value = .raised, _ body: () -> Int) -> Int {
    while true {
        let n: Int = blocking(t) { body() }
        if n >= 0 { return n }
        let code = ladon_errno()
        if code != EINTR {
            raiseOSError(t, code, filename, filename2)
            return -1
        }
        if !safepoint(t) { return -1 }
    }
}

@inline(__always)
func systemCall(_ t: Thread, _ path: PathArgument, _ body: () -> Int) -> Value {
    let n = systemCall(t, path.object, .raised, body)
    path.bytes.keepAlive
    return n < 0 ? .raised : .none
}

@inlinable @inline(__always) public func noneUnlessRaised(_ n: Int) -> Value { n < 0 ? .raised : .none }

@discardableResult public func raiseErrno(_ t: Thread) -> Value { raiseOSError(t, ladon_errno()) }

/// A user's or group's number; -1 stands for "unchanged". nil: raised.
func ownerNumber(_ t: Thread, _ v: Value, _ what: StaticString) -> UInt32? {
    if !v.isSmallInt && !typeOf(v).has(.index) {
        _ = raise(t, .typeError, "\(what) should be integer, not \(typeName(v))")
        return nil
    }
    let n = index(t, v)
    if n.isRaised { return nil }
    if let wide = intAsWord(n) {
        if wide == -1 { return UInt32.max }
        if wide >= 0 && wide < Int(UInt32.max) { return UInt32(wide) }
        if wide < 0 {
            _ = raise(t, .overflowError, "\(what) is less than minimum")
            return nil
        }
    }
    _ = raise(t, .overflowError, intSign(n) < 0 ? "\(what) is less than minimum" : "\(what) is greater than maximum")
    return nil
}

/// As Python shows a uid or gid: -1 for "no one".
func ownerValue(_ t: Thread, _ n: UInt32) -> Value { n == UInt32.max ? Value(smallInt: -1) : Value(smallInt: Int(n)) }

/// A NULL-terminated array of C strings in malloc memory, for exec and its kin.
struct CStringArray {
    var pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    var count = 0
    var capacity: Int

    init(capacity: Int) {
        self.capacity = capacity + 1
        pointers = UnsafeMutablePointer.allocate(capacity: capacity + 1)
        pointers[0] = nil
    }

    mutating func append(_ bytes: UnsafePointer<UInt8>, _ n: Int) {
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: n + 1)
        memcpy(copy, bytes, n)
        copy[n] = 0
        if count + 1 >= capacity {
            let larger = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: capacity * 2)
            larger.update(from: pointers, count: count + 1)
            pointers.deallocate()
            pointers = larger
            capacity *= 2
        }
        pointers[count] = copy
        count += 1
        pointers[count] = nil
    }

    func free() {
        for i in 0..<count { pointers[i]?.deallocate() }
        pointers.deallocate()
    }

    /// The form that exec wants.
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> { pointers }
}

/// Appends every item (str, bytes, PathLike) of a list or tuple. False: raised.
func appendPaths(_ t: Thread, _ items: Value, _ array: inout CStringArray) -> Bool {
    for i in 0..<items.tupleCount {
        let bytes = fsConverter(t, items.tupleItems[i])
        if bytes.isRaised { return false }
        array.append(bytes.bytesData, bytes.bytesCount)
        bytes.keepAlive
    }
    return true
}

/// "KEY=VALUE" strings of a mapping. nil: raised.
func environmentArray(_ t: Thread, _ mapping: Value) -> CStringArray? {
    let n = length(t, mapping)
    if n < 0 { return nil }
    let keys = callMethod(t, mapping, .keys), values = keys.isRaised ? keys : callMethod(t, mapping, .values)
    if values.isRaised { return nil }
    let keyList = sequenceToTuple(t, keys), valueList = keyList.isRaised ? keyList : sequenceToTuple(t, values)
    if valueList.isRaised { return nil }
    var array = CStringArray(capacity: n)
    for i in 0..<min(keyList.tupleCount, valueList.tupleCount) {
        let k = fsConverter(t, keyList.tupleItems[i])
        let v = k.isRaised ? k : fsConverter(t, valueList.tupleItems[i])
        if v.isRaised {
            array.free()
            return nil
        }
        // A "=" at the very start belongs to the name.
        if k.bytesCount == 0 || memchr(k.bytesData + 1, 61, k.bytesCount - 1) != nil {
            _ = raise(t, .valueError, "illegal environment variable name")
            array.free()
            return nil
        }
        let joined = newBytes(t, count: k.bytesCount + 1 + v.bytesCount)
        memcpy(joined.bytesData, k.bytesData, k.bytesCount)
        joined.bytesData[k.bytesCount] = 61
        memcpy(joined.bytesData + k.bytesCount + 1, v.bytesData, v.bytesCount)
        array.append(joined.bytesData, joined.bytesCount)
        joined.keepAlive
    }
    return array
}
