// `_ssl.MemoryBIO`: one direction of a connection whose bytes the program itself carries.

import COpenSSL
import LadonLibrary

struct MemoryBIOCell {
    var header: CellHeader
    // raw
    var bio: OpaquePointer?
    var sawEOF: Bool
    var lock: SSLLock
}

func memoryBIO(_ v: Value) -> OpaquePointer { v.cell(as: MemoryBIOCell.self).pointee.bio.unsafelyUnwrapped }
func memoryBIOLock(_ v: Value) -> SSLLockPointer { SSLLockPointer(fieldAddress(v, \MemoryBIOCell.lock)) }

/// What an empty BIO answers: "later" (-1, to be tried again) or "the end" (0).
private func setEmptyAnswer(_ bio: OpaquePointer, _ answer: Int) { _ = openssl.BIO_ctrl(bio, BIO_C_SET_BUF_MEM_EOF_RETURN, answer, nil) }

private func memoryBIO_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if !noKeywords(t, "MemoryBIO", names) { return .raised }
    if count != 0 { return raise(t, .typeError, "MemoryBIO() takes no positional arguments") }
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    guard let bio = openssl.BIO_new(openssl.BIO_s_mem()) else { return raiseSSLText(t, "failed to allocate BIO", line: 45) }
    openssl.BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
    setEmptyAnswer(bio, -1)
    v.cell(as: MemoryBIOCell.self).pointee.bio = bio
    return v
}

private func memoryBIO_read(_ t: Thread, _ a: Values) -> Value {
    guard var size = asInt32(t, a[1]).map({ Int($0) }) else { return .raised }
    let bio = memoryBIO(a[0])
    memoryBIOLock(a[0]).acquire(t)
    defer { memoryBIOLock(a[0]).release(t) }
    let available = min(Int(openssl.BIO_ctrl_pending(bio)), Int(Int32.max))
    if size < 0 || size > available { size = available }
    if size == 0 { return emptyBytes }
    let bytes = newBytes(t, count: size)
    if bytes.isRaised { return bytes }
    let n = openssl.BIO_read(bio, bytes.bytesData, Int32(size))
    bytes.keepAlive
    if n < 0 { return raiseLastSSLError(t, line: 140) }
    return Int(n) == size ? bytes : makeBytes(t, bytes.bytesData, Int(n))
}

private func memoryBIO_write(_ t: Thread, _ a: Values) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    if buffer.length > Int(Int32.max) { return raise(t, .overflowError, "string longer than \(Int32.max) bytes") }
    if a[0].cell(as: MemoryBIOCell.self).pointee.sawEOF { return raisePlainSSLError(t, "cannot write() after write_eof()") }
    memoryBIOLock(a[0]).acquire(t)
    let n = openssl.BIO_write(memoryBIO(a[0]), buffer.bytes, Int32(buffer.length))
    memoryBIOLock(a[0]).release(t)
    return n < 0 ? raiseLastSSLError(t, line: 180) : makeInt(t, n)
}

private func memoryBIO_write_eof(_ t: Thread, _ a: Values) -> Value {
    memoryBIOLock(a[0]).acquire(t)
    a[0].cell(as: MemoryBIOCell.self).pointee.sawEOF = true
    openssl.BIO_clear_flags(memoryBIO(a[0]), BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_IO_SPECIAL | BIO_FLAGS_SHOULD_RETRY)
    setEmptyAnswer(memoryBIO(a[0]), 0)
    memoryBIOLock(a[0]).release(t)
    return .none
}

private func pending(_ t: Thread, _ v: Value) -> Int {
    memoryBIOLock(v).acquire(t)
    let n = Int(openssl.BIO_ctrl_pending(memoryBIO(v)))
    memoryBIOLock(v).release(t)
    return n
}

func memoryBIODefinition() -> TypeDefinition {
    let size = MemoryLayout<MemoryBIOCell>.size
    return TypeDefinition(nil, "_ssl.MemoryBIO", flags: [.hasFinalizer], size: (size + 7) & ~7,
                          layout: Layout(prefix: 0, base: (size + 7) / 8, flags: .finalizable), slots: [
        .call(.new, memoryBIO_new),
        .unary(.finalize, { _, v in
            if let bio = v.cell(as: MemoryBIOCell.self).pointee.bio { _ = openssl.BIO_free(bio) }
            v.cell(as: MemoryBIOCell.self).pointee.bio = nil
            return .none
        }),
    ], members: [
        .method("read", "($self, size=-1, /)", memoryBIO_read, "Read up to size bytes from the memory BIO.\n\nIf size is not specified, read the entire buffer.\nIf the return value is an empty bytes instance, this means either\nEOF or that no data is available. Use the \"eof\" property to\ndistinguish between the two."),
        .method("write", "($self, b, /)", memoryBIO_write, "Writes the bytes b into the memory BIO.\n\nReturns the number of bytes written."),
        .method("write_eof", "($self, /)", memoryBIO_write_eof, "Write an EOF marker to the memory BIO.\n\nWhen all data has been read, the \"eof\" property will be True."),
        .attribute("pending", get: { t, a in makeInt(t, pending(t, a[0])) }, "The number of bytes pending in the memory BIO."),
        .attribute("eof", get: { t, a in Value(a[0].cell(as: MemoryBIOCell.self).pointee.sawEOF && pending(t, a[0]) == 0) }, "Whether the memory BIO is at EOF."),
    ])
}
