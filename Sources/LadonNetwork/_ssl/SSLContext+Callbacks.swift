// A context's callbacks. Those into Python run in a thread that is attached: a connection whose context has one does its
// cryptography attached (SSLSocket+IO.swift). The choice among protocols and the log of secrets are C, and run anywhere.

import COpenSSL
import Glibc
import LadonLibrary

/// The connection that OpenSSL's object belongs to, if its thread may run Python now; `.missing` otherwise.
private func attachedConnection(_ ssl: OpaquePointer?) -> Value {
    guard let ssl, let cell = openssl.SSL_get_ex_data(ssl, 0) else { return .missing }
    let v = Value(cell)
    return connectionCell(v).pointee.attachedThread == nil ? .missing : v
}

// MARK: server names

/// SSL_TLSEXT_ERR_…
private let nameAccepted: Int32 = 0
private let nameRefused: Int32 = 2
private let nameIgnored: Int32 = 3

private func chooseByName(_ ssl: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?, _ unused: UnsafeMutableRawPointer?) -> Int32 {
    let v = attachedConnection(ssl)
    if v.isMissing { return nameIgnored }
    let t = connectionCell(v).pointee.attachedThread.unsafelyUnwrapped
    let context = loadSlot(valueField(v, \SSLSocketCell.context))
    let callback = loadSlot(valueField(context, \SSLContextCell.serverNameCallback))
    if callback.isNone { return nameIgnored }
    // The Python object around the connection: its owner, its socket, or itself.
    var subject = v
    let owner = connectionCell(v).pointee.owner, socket = connectionCell(v).pointee.socket
    if !owner.isNone { subject = weakReferent(owner) } else if !socket.isNone { subject = weakReferent(socket) }
    if subject.isNone {
        alert?.pointee = SSL_AD_INTERNAL_ERROR
        return nameRefused
    }
    var result: Value
    if let text = openssl.SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) {
        let bytes = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
        let count = strlen(text)
        for i in 0..<count where bytes[i] >= 0x80 {
            raiseUnicodeDecodeError(t, "ascii", makeBytes(t, bytes, count), i, i + 1, "ordinal not in range(128)")
            reportUnraisable(t, makeBytes(t, bytes, count))
            alert?.pointee = SSL_AD_INTERNAL_ERROR
            return nameRefused
        }
        result = call(t, callback, subject, makeString(t, ascii: bytes, count: count), context)
    } else {
        result = call(t, callback, subject, .none, context)
    }
    if result.isRaised {
        reportUnraisable(t, callback)
        alert?.pointee = SSL_AD_HANDSHAKE_FAILURE
        return nameRefused
    }
    if result.isNone { return nameAccepted }
    if let code = asInt32(t, result) {
        alert?.pointee = code
    } else {
        reportUnraisable(t, result)
        alert?.pointee = SSL_AD_INTERNAL_ERROR
    }
    return nameRefused
}

private func context_set_sni_callback(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    if contextCell(v).pointee.protocolNumber == SSLProtocol.client { return raise(t, .valueError, "sni_callback cannot be set on TLS_CLIENT context") }
    let off = a[1].isNone || a[1].isMissing
    contextLock(v).acquire(t)
    storeSlot(valueField(v, \SSLContextCell.serverNameCallback), .none)
    // OpenSSL's own is never taken away: a handshake in another thread may have seen it, and be about to call it.
    if !off && isCallable(a[1]) {
        storeSlot(valueField(v, \SSLContextCell.serverNameCallback), a[1])
        ladon_set_servername_callback(contextPointer(v), chooseByName)
    }
    contextLock(v).release(t)
    if !off && !isCallable(a[1]) { return raise(t, .typeError, "not a callable object") }
    return .none
}

// MARK: protocol messages

func tellMessage(_ isWrite: Int32, _ version: Int32, _ contentType: Int32, _ data: UnsafeRawPointer?, _ length: Int, _ ssl: OpaquePointer?, _ unused: UnsafeMutableRawPointer?) {
    let v = attachedConnection(ssl)
    if v.isMissing { return }
    let t = connectionCell(v).pointee.attachedThread.unsafelyUnwrapped
    let context = loadSlot(valueField(v, \SSLSocketCell.context))
    let callback = loadSlot(valueField(context, \SSLContextCell.messageCallback))
    // After a callback that raised, the others of the same call are not run.
    if callback.isNone || !connectionCell(v).pointee.failure.isNone { return }
    var subject = v
    let owner = connectionCell(v).pointee.owner, socket = connectionCell(v).pointee.socket
    if !owner.isNone { subject = weakReferent(owner) } else if !socket.isNone { subject = weakReferent(socket) }
    if subject.isNone { return }
    let bytes = data?.assumingMemoryBound(to: UInt8.self)
    // The kind of a message is in its first byte, but where that of a header is.
    var kind = -1
    if let bytes {
        switch contentType {
        case 22 where length > 0: kind = Int(bytes[0])
        case 21 where length > 1: kind = Int(bytes[1])
        case 20: kind = 0x0101
        case SSL3_RT_HEADER where length > 0: kind = Int(bytes[0])
        case SSL3_RT_INNER_CONTENT_TYPE where length > 0: kind = Int(bytes[0])
        default: break
        }
    }
    let payload = bytes == nil || length == 0 ? emptyBytes : makeBytes(t, bytes.unsafelyUnwrapped, length)
    let result = withUnsafeTemporaryAllocation(of: Value.self, capacity: 6) { memory -> Value in
        let a = memory.baseAddress.unsafelyUnwrapped
        a[0] = subject
        a[1] = internStatic(t, isWrite != 0 ? "write" : "read")
        a[2] = makeInt(t, version)
        a[3] = makeInt(t, contentType)
        a[4] = makeInt(t, kind)
        a[5] = payload
        return payload.isRaised ? payload : call(t, callback, args: a, 6)
    }
    if result.isRaised { storeSlot(valueField(v, \SSLSocketCell.failure), takeException(t)) }
}

private func context_set_message_callback(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    let off = a[1].isNone || a[1].isMissing
    if !off && !isCallable(a[1]) { return raise(t, .typeError, "not a callable object") }
    contextLock(v).acquire(t)
    openssl.SSL_CTX_set_msg_callback(contextPointer(v), off ? nil : tellMessage)
    storeSlot(valueField(v, \SSLContextCell.messageCallback), off ? .none : a[1])
    contextLock(v).release(t)
    return .none
}

// MARK: the log of secrets

private func context_set_keylog_filename(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    let data = ladon_context_data(contextPointer(v))
    /// Takes the descriptor over.
    func replace(_ fd: Int32, _ name: Value) {
        contextLock(v).acquire(t)
        if data.pointee.keylog < 0 {
            data.pointee.keylog = fd
            ladon_use_keylog(contextPointer(v))
        } else {
            _ = ladon_dup3(fd, data.pointee.keylog, O_CLOEXEC)
            close(fd)
        }
        storeSlot(valueField(v, \SSLContextCell.keylogName), name)
        contextLock(v).release(t)
    }
    if a[1].isNone || a[1].isMissing {
        if data.pointee.keylog < 0 { return .none }
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        if nowhere < 0 { return raiseErrno(t) }
        replace(nowhere, .none)
        return .none
    }
    let path = fsConverter(t, a[1])
    if path.isRaised { return path }
    let name = UnsafeRawPointer(path.bytesData).assumingMemoryBound(to: CChar.self)
    let fd = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
    path.keepAlive
    if fd < 0 { return raiseOSError(t, ladon_errno(), a[1]) }
    if lseek(fd, 0, SEEK_END) == 0 {
        let header: StaticString = "# TLS secrets log file, generated by OpenSSL / Python\n"
        _ = write(fd, header.utf8Start, header.utf8CodeUnitCount)
    }
    replace(fd, a[1])
    return .none
}

// MARK: application protocols

private func context_set_alpn_protocols(_ t: Thread, _ a: Values) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    if buffer.length > Int(UInt32.max) { return raise(t, .overflowError, "protocols longer than \(UInt32.max) bytes") }
    let count = Int(buffer.length)
    guard let block = malloc(4 + count) else { return raiseMemoryError(t) }
    block.storeBytes(of: UInt32(count), as: UInt32.self)
    let copy = (block + 4).assumingMemoryBound(to: UInt8.self)
    memcpy(copy, buffer.bytes, count)
    let context = contextPointer(a[0])
    let data = ladon_context_data(context)
    contextLock(a[0]).acquire(t)
    // A handshake that runs may still read the old one, so that is leaked: protocols are set once or twice in a context's life.
    ladon_store_release(UnsafeMutableRawPointer(data) + MemoryLayout<LadonContextData>.offset(of: \LadonContextData.alpn).unsafelyUnwrapped, UInt(bitPattern: block))
    let failed = openssl.SSL_CTX_set_alpn_protos(context, copy, UInt32(count))
    ladon_use_alpn_selection(context)
    contextLock(a[0]).release(t)
    return failed != 0 ? raiseMemoryError(t) : .none
}

nonisolated(unsafe) let contextCallbackMembers: [NativeMember] = [
    .method("_set_alpn_protocols", "($self, protos, /)", context_set_alpn_protocols),
    .attribute("sni_callback", get: { _, a in loadSlot(valueField(a[0], \SSLContextCell.serverNameCallback)) }, set: context_set_sni_callback,
               "Set a callback that will be called when a server name is provided by the SSL/TLS client in the SNI extension.\n\nIf the argument is None then the callback is disabled. The method is called\nwith the SSLSocket, the server name as a string, and the SSLContext object.\nSee RFC 6066 for details of the SNI extension."),
    .attribute("_msg_callback", get: { _, a in loadSlot(valueField(a[0], \SSLContextCell.messageCallback)) }, set: context_set_message_callback),
    .attribute("keylog_filename", get: { _, a in loadSlot(valueField(a[0], \SSLContextCell.keylogName)) }, set: context_set_keylog_filename),
]
