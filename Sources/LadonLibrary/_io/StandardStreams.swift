// sys.stdin, sys.stdout and sys.stderr, made at start without importing anything.

import Glibc

struct PlainStreamCell {
    var header: CellHeader
    var dict: Value
    var fd: Int
}

private func writeAll(_ t: Thread, _ fd: Int32, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var done = 0
    while done < count {
        let n: Int = blocking(t) { Glibc.write(fd, bytes + done, count - done) }
        if n >= 0 { done += n; continue }
        let code = ladon_errno()
        if code == EINTR {
            if !safepoint(t) { return false }
            continue
        }
        _ = raiseOSError(t, code)
        return false
    }
    return true
}

private func plain_write(_ t: Thread, _ a: Values) -> Value {
    if !a[1].isStr { return raise(t, .typeError, "write() argument must be str, not \(typeName(a[1]))") }
    let fd = Int32(a[0].cell(as: PlainStreamCell.self).pointee.fd)
    let errors: Value = makeString(t, fd == 2 ? "backslashreplace" : "surrogateescape")
    let bytes = encodeString(t, a[1], encoding: .missing, errors: errors)
    if bytes.isRaised { return bytes }
    if !writeAll(t, fd, bytes.bytesData, bytes.bytesCount) { return .raised }
    bytes.keepAlive
    return makeInt(t, a[1].strCount)
}

private func plain_readline(_ t: Thread, _ a: Values) -> Value {
    let fd = Int32(a[0].cell(as: PlainStreamCell.self).pointee.fd)
    var b = StringBuilder(t)
    while true {
        var byte: UInt8 = 0
        let n: Int = blocking(t) { Glibc.read(fd, &byte, 1) }
        if n < 0 && ladon_errno() == EINTR {
            if !safepoint(t) { return .raised }
            continue
        }
        if n <= 0 { break }
        b.append(UInt32(byte))
        if byte == 10 { break }
    }
    return b.finish()
}

private func plainStreamDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io.TextIOWrapper", flags: [.weakReferenceable], size: MemoryLayout<PlainStreamCell>.size,
                   layout: Layout(prefix: 1), dictOffset: 8, members: [
        .method("write", "(self, text, /)", plain_write),
        .method("flush", "(self, /)", { _, _ in .none }),
        .method("readline", "(self, size=-1, /)", plain_readline),
        .method("fileno", "(self, /)", { t, a in Value(smallInt: a[0].cell(as: PlainStreamCell.self).pointee.fd) }),
        .method("isatty", "(self, /)", { t, a in Value(isatty(Int32(a[0].cell(as: PlainStreamCell.self).pointee.fd)) == 1) }),
        .attribute("encoding", get: { t, _ in makeString(t, "utf-8") }),
        .attribute("errors", get: { t, a in makeString(t, a[0].cell(as: PlainStreamCell.self).pointee.fd == 2 ? "backslashreplace" : "strict") }),
        .attribute("closed", get: { _, _ in .false }),
    ])
}

/// Makes the three streams and puts them into sys.
public func makeStandardStreams(_ t: Thread) {
    let type = installType(t, plainStreamDefinition())
    let names: [(StaticString, StaticString)] = [("stdin", "__stdin__"), ("stdout", "__stdout__"), ("stderr", "__stderr__")]
    for fd in 0..<3 {
        let stream = allocateInstance(t, type, variableItems: 0)
        stream.cell(as: PlainStreamCell.self).pointee.fd = fd
        let sys = interpreter(t).pointee.sysDict
        _ = dictSet(t, sys, internStatic(t, names[fd].0), stream)
        _ = dictSet(t, sys, internStatic(t, names[fd].1), stream)
    }
}

/// Flushes sys.stdout and sys.stderr. False: what was printed could not be written.
public func flushStandardStreams(_ t: Thread) -> Bool { true }
