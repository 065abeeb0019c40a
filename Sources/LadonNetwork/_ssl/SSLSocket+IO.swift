// Handshake, reading, writing and shutdown.
//
// OpenSSL never waits: over a socket it sits on a BIO that answers "later" instead, whatever the descriptor's mode is. So
// the connection's lock is held only while OpenSSL computes, and one thread may write while another waits for
// something to read. The wait is a poll with the socket's timeout.

import COpenSSL
import Glibc
import LadonLibrary

/// How one step of OpenSSL's ended.
private struct StepResult {
    var result: Int32 = 0
    /// SSL_ERROR_…
    var error: Int32 = 0
    /// The socket's errno, 0 if it is not to blame.
    var failure: Int32 = 0
    var shutdown: Int32 = 0
}

/// Runs one step of OpenSSL's under the locks of the connection and of its memory BIOs.
private func step(_ t: Thread, _ v: Value, _ body: (OpaquePointer) -> Int32) -> StepResult {
    let c = connectionCell(v), ssl = sslPointer(v)
    connectionLock(v).acquire(t)
    // By address, so that two connections over the same two BIOs can't wait for each other.
    let a = c.pointee.incoming, b = c.pointee.outgoing
    if !a.isNone {
        memoryBIOLock(a.bits < b.bits ? a : b).acquire(t)
        memoryBIOLock(a.bits < b.bits ? b : a).acquire(t)
    }
    let bio = c.pointee.bio
    func run() -> StepResult {
        var r = StepResult()
        openssl.ERR_clear_error()
        r.result = body(ssl)
        r.error = openssl.SSL_get_error(ssl, r.result)
        if let bio { r.failure = ladon_socket_state(bio).pointee.failure }
        r.shutdown = openssl.SSL_get_shutdown(ssl)
        return r
    }
    // Callbacks into Python need this thread attached; nothing in there waits.
    let context = contextCell(loadSlot(valueField(v, \SSLSocketCell.context)))
    let result: StepResult
    if context.pointee.serverNameCallback.isNone && context.pointee.messageCallback.isNone {
        result = blocking(t) { run() }
    } else {
        let outer = c.pointee.attachedThread
        c.pointee.attachedThread = t
        result = run()
        c.pointee.attachedThread = outer
    }
    if !a.isNone {
        memoryBIOLock(a).release(t)
        memoryBIOLock(b).release(t)
    }
    connectionLock(v).release(t)
    v.keepAlive
    return result
}

// MARK: waiting

/// The socket's side of an operation: where to wait, and until when.
private struct Waiting {
    var fd: Int32 = -1
    /// Over memory BIOs nothing is waited for.
    var isSocket = false
    var isNonblocking = false
    var deadline: UInt64? = nil
}

private enum WaitResult { case ready, mustReport, timedOut, raised }

/// nil: raised.
private func startWaiting(_ t: Thread, _ v: Value) -> Waiting? {
    var w = Waiting()
    let reference = connectionCell(v).pointee.socket
    if reference.isNone { return w }
    let socket = weakReferent(reference)
    if socket.isNone {
        raiseSSL(t, SSLErrors.base, sslErrorNoSocket, "Underlying socket connection gone", line: 950)
        return nil
    }
    w.isSocket = true
    let number = callMethod(t, socket, .fileno)
    guard !number.isRaised, let fd = asInt32(t, number) else { return nil }
    w.fd = fd
    let timeout = callMethod(t, socket, internStatic(t, "gettimeout"))
    if timeout.isRaised { return nil }
    if !timeout.isNone {
        guard let seconds = asDouble(t, timeout) else { return nil }
        w.isNonblocking = seconds == 0
        w.deadline = ladon_monotonic() &+ UInt64(min(max(seconds, 0), 9e9) * 1e9)
    }
    return w
}

/// Waits for what OpenSSL wants.
private func wait(_ t: Thread, _ w: Waiting, forWriting: Bool) -> WaitResult {
    if !w.isSocket || w.isNonblocking { return .mustReport }
    var fd = pollfd(fd: w.fd, events: Int16(forWriting ? POLLOUT : POLLIN), revents: 0)
    while true {
        let n = blockingPoll(t, &fd, 1, w.deadline)
        if n > 0 { return .ready }
        if n == 0 { return .timedOut }
        if n != -Int(EINTR) {
            raiseOSError(t, Int32(-n))
            return .raised
        }
        if !safepoint(t) { return .raised }
    }
}

/// Repeats a step until it is done, fails, or must not wait. nil: raised.
private func complete(_ t: Thread, _ v: Value, line: Int, _ operation: String, _ body: (OpaquePointer) -> Int32) -> StepResult? {
    guard let w = startWaiting(t, v) else { return nil }
    if w.isSocket && w.fd < 0 {
        raiseSSL(t, SSLErrors.base, 0, "Underlying socket has been closed.", line: line)
        return nil
    }
    while true {
        let r = step(t, v, body)
        if !raiseFailure(t, v) || !safepoint(t) { return nil }
        if r.error != SSL_ERROR_WANT_READ && r.error != SSL_ERROR_WANT_WRITE { return r }
        switch wait(t, w, forWriting: r.error == SSL_ERROR_WANT_WRITE) {
        case .ready: continue
        case .mustReport: return r
        case .raised: return nil
        case .timedOut:
            raise(t, .timeoutError, operation)
            return nil
        }
    }
}

/// Raises what a callback raised. False: raised.
private func raiseFailure(_ t: Thread, _ v: Value) -> Bool {
    let slot = valueField(v, \SSLSocketCell.failure)
    let failure = loadSlot(slot)
    if failure.isNone { return true }
    storeSlot(slot, .none)
    openssl.ERR_clear_error()
    restoreException(t, failure)
    return false
}

// MARK: failures

/// What the verification of the other side's certificate says.
private func verificationFailure(_ v: Value) -> VerificationFailure {
    let code = openssl.SSL_get_verify_result(sslPointer(v))
    let hostname = connectionCell(v).pointee.hostname
    let host = hostname.isNone ? "None" : swiftString(hostname)
    switch Int32(code) {
    case X509_V_ERR_HOSTNAME_MISMATCH: return VerificationFailure(code: code, text: "Hostname mismatch, certificate is not valid for '\(host)'.")
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return VerificationFailure(code: code, text: "IP address mismatch, certificate is not valid for '\(host)'.")
    default: return VerificationFailure(code: code, text: openssl.X509_verify_cert_error_string(code).map { String(cString: $0) } ?? "unknown")
    }
}

private let eofText = "EOF occurred in violation of protocol"

private func raiseStep(_ t: Thread, _ v: Value, _ r: StepResult, line: Int) -> Value {
    let error = openssl.ERR_peek_last_error()
    var type = SSLErrors.base
    var code = Int(r.error)
    var text: String? = nil
    switch r.error {
    case SSL_ERROR_ZERO_RETURN:
        type = SSLErrors.zeroReturn
        text = "TLS/SSL connection has been closed (EOF)"
    case SSL_ERROR_WANT_READ:
        type = SSLErrors.wantRead
        text = "The operation did not complete (read)"
    case SSL_ERROR_WANT_WRITE:
        type = SSLErrors.wantWrite
        text = "The operation did not complete (write)"
    case SSL_ERROR_WANT_X509_LOOKUP: text = "The operation did not complete (X509 lookup)"
    case SSL_ERROR_WANT_CONNECT: text = "The operation did not complete (connect)"
    case SSL_ERROR_SYSCALL:
        if error == 0 {
            let isSocket = !connectionCell(v).pointee.socket.isNone
            if r.result == 0 || !isSocket || r.failure == 0 {
                code = sslErrorEOF
                type = SSLErrors.eof
                text = eofText
            } else {
                openssl.ERR_clear_error()
                return raiseOSError(t, r.failure)
            }
        } else if isVerificationError(error) {
            type = SSLErrors.certificate
        }
    case SSL_ERROR_SSL:
        if error == 0 {
            text = "A failure in the SSL library occurred"
        } else if isVerificationError(error) {
            type = SSLErrors.certificate
        } else if errorLibrary(error) == Int(ERR_LIB_SSL) && errorReason(error) == Int(SSL_R_UNEXPECTED_EOF_WHILE_READING) {
            code = sslErrorEOF
            type = SSLErrors.eof
            text = eofText
        }
    default:
        code = 10
        text = "Invalid error code"
    }
    return raiseSSL(t, type, code, text, line: line, error: error, verification: type == SSLErrors.certificate ? verificationFailure(v) : nil)
}

private func isVerificationError(_ error: UInt) -> Bool {
    errorLibrary(error) == Int(ERR_LIB_SSL) && errorReason(error) == Int(SSL_R_CERTIFICATE_VERIFY_FAILED)
}

// MARK: operations

private func connection_do_handshake(_ t: Thread, _ a: Values) -> Value {
    guard let r = complete(t, a[0], line: 983, "_ssl.c:980: The handshake operation timed out", { openssl.SSL_do_handshake($0) }) else { return .raised }
    return r.result < 1 ? raiseStep(t, a[0], r, line: 992) : .none
}

private func connection_write(_ t: Thread, _ a: Values) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    let bytes = buffer.bytes, count = Int(buffer.length)
    var written = 0
    guard let r = complete(t, a[0], line: 2385, "The write operation timed out", { openssl.SSL_write_ex($0, bytes, count, &written) }) else { return .raised }
    return r.result == 0 ? raiseStep(t, a[0], r, line: 2393) : makeInt(t, written)
}

/// No record holds more.
private let recordSize = 16384

/// Bytes read, or -1: raised.
private func receive(_ t: Thread, _ v: Value, _ into: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    var received = 0
    guard let r = complete(t, v, line: 2535, "The read operation timed out", { openssl.SSL_read_ex($0, into, count, &received) }) else { return -1 }
    if r.result != 0 { return received }
    // The other side said that it is done.
    if r.error == SSL_ERROR_ZERO_RETURN && r.shutdown == SSL_RECEIVED_SHUTDOWN { return 0 }
    _ = raiseStep(t, v, r, line: 2546)
    return -1
}

private func connection_read(_ t: Thread, _ a: Values) -> Value {
    guard let wanted = asInt32(t, a[1]).map({ Int($0) }) else { return .raised }
    if !a[2].isMissing {
        var buffer = LadonBuffer()
        if getBuffer(t, a[2], &buffer, writable: true, argument: "read() argument 2") < 0 { return .raised }
        defer { releaseBuffer(t, &buffer) }
        let room = Int(buffer.length)
        let count = wanted <= 0 || wanted > room ? room : wanted
        if count > Int(Int32.max) { return raise(t, .overflowError, "maximum length can't fit in a C 'int'") }
        if count == 0 { return .zero }
        let n = receive(t, a[0], buffer.bytes, count)
        return n < 0 ? .raised : makeInt(t, n)
    }
    if wanted < 0 { return raise(t, .valueError, "size should not be negative") }
    if wanted == 0 { return emptyBytes }
    let bytes = newBytes(t, count: min(wanted, recordSize))
    if bytes.isRaised { return bytes }
    let n = receive(t, a[0], bytes.bytesData, min(wanted, recordSize))
    bytes.keepAlive
    if n <= 0 { return n < 0 ? .raised : emptyBytes }
    return n == bytes.bytesCount ? bytes : makeBytes(t, bytes.bytesData, n)
}

private func connection_shutdown(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    guard let w = startWaiting(t, v) else { return .raised }
    if w.isSocket && w.fd < 0 { return raiseSSL(t, SSLErrors.base, sslErrorNoSocket, "Underlying socket connection gone", line: 2590) }
    var zeros = 0
    while true {
        // What follows the other side's goodbye belongs to whoever reads the plain socket then.
        let seen = connectionCell(v).pointee.hasShutDown
        let r = step(t, v) { ssl in
            if seen { openssl.SSL_set_read_ahead(ssl, 0) }
            return openssl.SSL_shutdown(ssl)
        }
        if !raiseFailure(t, v) || !safepoint(t) { return .raised }
        if r.result > 0 { break }
        if r.result == 0 {
            zeros += 1
            // Told twice that the other side hasn't answered: enough.
            if zeros > 1 { break }
            connectionCell(v).pointee.hasShutDown = true
            continue
        }
        if r.error != SSL_ERROR_WANT_READ && r.error != SSL_ERROR_WANT_WRITE { return raiseStep(t, v, r, line: 2672) }
        switch wait(t, w, forWriting: r.error == SSL_ERROR_WANT_WRITE) {
        case .ready: continue
        case .mustReport: return raiseStep(t, v, r, line: 2672)
        case .raised: return .raised
        case .timedOut: return raise(t, .timeoutError, r.error == SSL_ERROR_WANT_READ ? "The read operation timed out" : "The write operation timed out")
        }
    }
    openssl.ERR_clear_error()
    let socket = connectionCell(v).pointee.socket
    return socket.isNone ? .none : weakReferent(socket)
}

private func connection_verify_client_post_handshake(_ t: Thread, _ a: Values) -> Value {
    let r = step(t, a[0]) { openssl.SSL_verify_client_post_handshake($0) }
    return r.result == 0 ? raiseLastSSLError(t, line: 2747) : .none
}

nonisolated(unsafe) let connectionIOMembers: [NativeMember] = [
    .method("do_handshake", "($self, /)", connection_do_handshake),
    .method("write", "($self, b, /)", connection_write, "Writes the bytes-like object b into the SSL object.\n\nReturns the number of bytes written."),
    .method("read", "($self, size, buffer=<unrepresentable>, /)", connection_read, "read(size, [buffer])\nRead up to size bytes from the SSL socket."),
    .method("pending", "($self, /)", { t, a in
        connectionLock(a[0]).acquire(t)
        let n = openssl.SSL_pending(sslPointer(a[0]))
        connectionLock(a[0]).release(t)
        return makeInt(t, n)
    }, "Returns the number of already decrypted bytes available for read, pending on the connection."),
    .method("shutdown", "($self, /)", connection_shutdown, "Does the SSL shutdown handshake with the remote end."),
    .method("verify_client_post_handshake", "($self, /)", connection_verify_client_post_handshake, "Initiate TLS 1.3 post-handshake authentication"),
]
