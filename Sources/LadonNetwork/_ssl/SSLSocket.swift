// `_ssl._SSLSocket`: one connection, over a socket or over two memory BIOs. How it waits is in SSLSocket+IO.swift.

import COpenSSL
import Glibc
import LadonLibrary

struct SSLSocketCell {
    var header: CellHeader
    var context: Value
    /// Weak references to the socket and to the object around this one, or None.
    var socket: Value
    var owner: Value
    /// The name that the server was asked for (str), or None.
    var hostname: Value
    /// The memory BIOs, or None.
    var incoming: Value
    var outgoing: Value
    /// What a callback raised, to be raised by the call that ran it; or None.
    var failure: Value
    // raw
    var ssl: OpaquePointer?
    /// Over a socket: its BIO, owned by `ssl`.
    var bio: OpaquePointer?
    /// The thread that uses `ssl` now and may run Python in callbacks.
    var attachedThread: Thread?
    var lock: SSLLock
    var isServer: Bool
    /// shutdown() has told the other side, which hasn't answered.
    var hasShutDown: Bool
}

func connectionCell(_ v: Value) -> UnsafeMutablePointer<SSLSocketCell> { v.cell(as: SSLSocketCell.self) }
func sslPointer(_ v: Value) -> OpaquePointer { connectionCell(v).pointee.ssl.unsafelyUnwrapped }
func connectionLock(_ v: Value) -> SSLLockPointer { SSLLockPointer(fieldAddress(v, \SSLSocketCell.lock)) }

// MARK: making one

/// server_hostname: ASCII text without NUL, or None.
private func hostnameArgument(_ t: Thread, _ v: Value) -> Value {
    if v.isNone || v.isMissing { return .none }
    if !(v.isCell && v.isStr) { return raise(t, .typeError, "argument must be str, not \(typeName(v))") }
    if !v.strIsASCII {
        let text = v.text
        for i in 0..<text.count where text[i] >= 0x80 { return raiseUnicodeEncodeError(t, "ascii", v, i, i + 1, "ordinal not in range(128)") }
    }
    if memchr(v.strBytes, 0, v.strCount) != nil { return raise(t, .typeError, "argument must be encoded string without null bytes, not str") }
    return v
}

func context_wrap_socket(_ t: Thread, _ a: Values) -> Value {
    let module = importModule(t, "_socket")
    let type = module.isRaised ? module : getAttribute(t, module, internStatic(t, "socket"))
    if type.isRaised { return .raised }
    let isSocket = isInstance(t, a[1], type)
    if isSocket < 0 { return .raised }
    if isSocket == 0 { return raise(t, .typeError, "_wrap_socket() argument 'sock' must be _socket.socket, not \(typeName(a[1]))") }
    let server = isTrue(t, a[2])
    if server < 0 { return .raised }
    let hostname = hostnameArgument(t, a[3])
    if hostname.isRaised { return .raised }
    return makeConnection(t, a[0], a[1], .none, .none, isServer: server == 1, hostname, owner: a[4], session: a[5])
}

func context_wrap_bio(_ t: Thread, _ a: Values) -> Value {
    for i in 1...2 where !(a[i].isCell && isSubtype(typeOf(a[i]), SSLTypes.memoryBIO)) {
        return raise(t, .typeError, "_wrap_bio() argument '\(i == 1 ? "incoming" : "outgoing")' must be _ssl.MemoryBIO, not \(typeName(a[i]))")
    }
    let server = isTrue(t, a[3])
    if server < 0 { return .raised }
    let hostname = hostnameArgument(t, a[4])
    if hostname.isRaised { return .raised }
    return makeConnection(t, a[0], .none, a[1], a[2], isServer: server == 1, hostname, owner: a[5], session: a[6])
}

private func makeConnection(_ t: Thread, _ context: Value, _ socket: Value, _ incoming: Value, _ outgoing: Value, isServer: Bool, _ hostname: Value,
                            owner: Value, session: Value) -> Value {
    let protocolNumber = contextCell(context).pointee.protocolNumber
    if protocolNumber == SSLProtocol.client && isServer { return raiseSSLText(t, "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context", line: 788) }
    if protocolNumber == SSLProtocol.server && !isServer { return raiseSSLText(t, "Cannot create a client socket with a PROTOCOL_TLS_SERVER context", line: 795) }
    var fd = -1
    if !socket.isNone {
        let number = callMethod(t, socket, .fileno)
        guard !number.isRaised, let n = asInt(t, number) else { return .raised }
        fd = n
    }
    let v = allocateInstance(t, SSLTypes.connection)
    if v.isRaised { return v }
    let c = connectionCell(v)
    c.pointee.context = context
    c.pointee.socket = .none
    c.pointee.owner = .none
    c.pointee.hostname = .none
    c.pointee.incoming = incoming
    c.pointee.outgoing = outgoing
    c.pointee.failure = .none
    c.pointee.isServer = isServer
    contextLock(context).acquire(t)
    let made = openssl.SSL_new(contextPointer(context))
    contextLock(context).release(t)
    guard let ssl = made else { return raiseLastSSLError(t, line: 800) }
    c.pointee.ssl = ssl
    _ = openssl.SSL_set_ex_data(ssl, 0, v.cell)
    if socket.isNone {
        let read = memoryBIO(incoming), write = memoryBIO(outgoing)
        // The connection owns a reference to each of them.
        _ = openssl.BIO_up_ref(read)
        _ = openssl.BIO_up_ref(write)
        openssl.SSL_set_bio(ssl, read, write)
    } else {
        guard let bio = ladon_socket_bio(Int32(fd)) else { return raiseMemoryError(t) }
        c.pointee.bio = bio
        openssl.SSL_set_bio(ssl, bio, bio)
        let reference = makeWeakReference(t, referent: socket, callback: .none)
        if reference.isRaised { return raiseMemoryError(t) }
        c.pointee.socket = reference
    }
    // A retried write may come from another address with the same contents.
    _ = openssl.SSL_ctrl(ssl, SSL_CTRL_MODE, Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) | Int(SSL_MODE_AUTO_RETRY), nil)
    if contextCell(context).pointee.wantsPostHandshake {
        if isServer {
            let mode = openssl.SSL_get_verify_mode(ssl)
            if mode & SSL_VERIFY_PEER != 0 { openssl.SSL_set_verify(ssl, mode | SSL_VERIFY_POST_HANDSHAKE, openssl.SSL_get_verify_callback(ssl)) }
        } else {
            openssl.SSL_set_post_handshake_auth(ssl, 1)
        }
    }
    if !hostname.isNone && !configureHostname(t, v, hostname) { return .raised }
    if isServer { openssl.SSL_set_accept_state(ssl) } else { openssl.SSL_set_connect_state(ssl) }
    if !owner.isNone && !owner.isMissing && !setOwner(t, v, owner) { return .raised }
    if !session.isNone && !session.isMissing && setSession(t, v, session).isRaised { return .raised }
    return v
}

/// Asks for the name, and checks the certificate against it if the context says so. False: raised.
private func configureHostname(_ t: Thread, _ v: Value, _ hostname: Value) -> Bool {
    let text = swiftString(hostname)
    if text.isEmpty || text.hasPrefix(".") {
        raise(t, .valueError, "server_hostname cannot be an empty string or start with a leading dot.")
        return false
    }
    let ssl = sslPointer(v), context = connectionCell(v).pointee.context
    connectionCell(v).pointee.hostname = hostname
    let address = openssl.a2i_IPADDRESS(text)
    defer { openssl.ASN1_OCTET_STRING_free(address) }
    if address == nil {
        openssl.ERR_clear_error()
        // Addresses are not asked for: only names have several certificates behind one address.
        let ok = text.withCString { openssl.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), UnsafeMutableRawPointer(mutating: $0)) }
        if ok == 0 {
            raiseLastSSLError(t, line: 745)
            return false
        }
    }
    if contextCell(context).pointee.checksHostname {
        let parameters = openssl.SSL_get0_param(ssl)
        let ok = address == nil ? openssl.X509_VERIFY_PARAM_set1_host(parameters, text, text.utf8.count)
            : openssl.X509_VERIFY_PARAM_set1_ip(parameters, openssl.ASN1_STRING_get0_data(address), Int(openssl.ASN1_STRING_length(address)))
        if ok == 0 {
            raiseLastSSLError(t, line: 755)
            return false
        }
    }
    return true
}

private func setOwner(_ t: Thread, _ v: Value, _ owner: Value) -> Bool {
    if owner.isNone || owner.isMissing {
        storeSlot(valueField(v, \SSLSocketCell.owner), .none)
        return true
    }
    if !owner.isCell || !typeOf(owner).pointee.flags.contains(.weakReferenceable) {
        raise(t, .typeError, "cannot create weak reference to '\(typeName(owner))' object")
        return false
    }
    let reference = makeWeakReference(t, referent: owner, callback: .none)
    if reference.isRaised {
        raiseMemoryError(t)
        return false
    }
    storeSlot(valueField(v, \SSLSocketCell.owner), reference)
    return true
}

// MARK: attributes

private func setSession(_ t: Thread, _ v: Value, _ session: Value) -> Value {
    if !(session.isCell && typeOf(session) == SSLTypes.session) { return raise(t, .typeError, "Value is not a SSLSession.") }
    if contextPointer(session.cell(as: SSLSessionCell.self).pointee.context) != contextPointer(connectionCell(v).pointee.context) {
        return raise(t, .valueError, "Session refers to a different SSLContext.")
    }
    if connectionCell(v).pointee.isServer { return raise(t, .valueError, "Cannot set session for server-side SSLSocket.") }
    connectionLock(v).acquire(t)
    defer { connectionLock(v).release(t) }
    if openssl.SSL_is_init_finished(sslPointer(v)) != 0 { return raise(t, .valueError, "Cannot set session after handshake.") }
    // A copy: the connection changes its session.
    guard let copy = openssl.SSL_SESSION_dup(sessionPointer(session)) else { return raiseLastSSLError(t, line: 2860) }
    let ok = openssl.SSL_set_session(sslPointer(v), copy)
    openssl.SSL_SESSION_free(copy)
    return ok == 0 ? raiseLastSSLError(t, line: 2866) : .none
}

private func connection_get_session(_ t: Thread, _ a: Values) -> Value {
    connectionLock(a[0]).acquire(t)
    defer { connectionLock(a[0]).release(t) }
    guard let session = openssl.SSL_get_session(sslPointer(a[0])) else { return .none }
    guard let copy = openssl.SSL_SESSION_dup(session) else { return raiseLastSSLError(t, line: 2810) }
    return makeSession(t, copy, connectionCell(a[0]).pointee.context)
}

private func connection_set_context(_ t: Thread, _ a: Values) -> Value {
    if !(a[1].isCell && isSubtype(typeOf(a[1]), SSLTypes.context)) { return raise(t, .typeError, "The value must be a SSLContext") }
    connectionLock(a[0]).acquire(t)
    storeSlot(valueField(a[0], \SSLSocketCell.context), a[1])
    _ = openssl.SSL_set_SSL_CTX(sslPointer(a[0]), contextPointer(a[1]))
    openssl.SSL_set_msg_callback(sslPointer(a[0]), contextCell(a[1]).pointee.messageCallback.isNone ? nil : tellMessage)
    connectionLock(a[0]).release(t)
    return .none
}

private func connection_finalize(_ t: Thread, _ v: Value) -> Value {
    if let ssl = connectionCell(v).pointee.ssl {
        connectionCell(v).pointee.ssl = nil
        openssl.SSL_free(ssl)
    }
    return .none
}

func sslSocketDefinition() -> TypeDefinition {
    let size = MemoryLayout<SSLSocketCell>.size
    return TypeDefinition(nil, "_ssl._SSLSocket", flags: [.disallowInstantiation, .hasFinalizer], size: (size + 7) & ~7,
                          layout: Layout(prefix: 7, base: (size + 7) / 8, flags: [.finalizable, .container]), slots: [
        .unary(.finalize, connection_finalize),
    ], members: connectionIOMembers + connectionInformationMembers + [
        .attribute("context", get: { _, a in loadSlot(valueField(a[0], \SSLSocketCell.context)) }, set: connection_set_context,
                   "_setter_context(ctx)\nThis changes the context associated with the SSLSocket. This is typically\nused from within a callback function set by the sni_callback\non the SSLContext to change the certificate information associated with the\nSSLSocket before the cryptographic exchange handshake messages\n"),
        .attribute("server_side", get: { _, a in Value(connectionCell(a[0]).pointee.isServer) }, "Whether this is a server-side socket."),
        .attribute("server_hostname", get: { _, a in connectionCell(a[0]).pointee.hostname }, "The currently set server hostname (for SNI)."),
        .attribute("owner", get: { _, a in
            let owner = loadSlot(valueField(a[0], \SSLSocketCell.owner))
            return owner.isNone ? .none : weakReferent(owner)
        }, set: { t, a in setOwner(t, a[0], a[1]) ? .none : .raised }, "The Python-level owner of this object.Passed as \"self\" in servername callback."),
        .attribute("session", get: connection_get_session, set: { t, a in setSession(t, a[0], a[1]) }, "_setter_session(session)\nGet / set SSLSession."),
        .attribute("session_reused", get: { _, a in Value(openssl.SSL_session_reused(sslPointer(a[0])) != 0) }, "Was the client session reused during handshake?"),
    ])
}
