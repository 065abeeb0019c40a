// What is known about a connection: the other side's certificate, the cipher, the protocol.

import COpenSSL
import Glibc
import LadonLibrary

/// Runs `body` while nobody else uses the connection.
private func locked(_ t: Thread, _ v: Value, _ body: (OpaquePointer) -> Value) -> Value {
    connectionLock(v).acquire(t)
    let result = body(sslPointer(v))
    connectionLock(v).release(t)
    return result
}

private func connection_getpeercert(_ t: Thread, _ a: Values) -> Value {
    let binary = isTrue(t, a[1])
    if binary < 0 { return .raised }
    return locked(t, a[0]) { ssl in
        if openssl.SSL_is_init_finished(ssl) == 0 { return raise(t, .valueError, "handshake not done yet") }
        guard let certificate = openssl.SSL_get1_peer_certificate(ssl) else { return .none }
        defer { openssl.X509_free(certificate) }
        if binary == 1 { return certificateDER(t, certificate) }
        // What wasn't verified is not told.
        let mode = openssl.SSL_CTX_get_verify_mode(openssl.SSL_get_SSL_CTX(ssl))
        return mode & SSL_VERIFY_PEER == 0 ? makeDict(t) : decodeCertificate(t, certificate)
    }
}

private func chain(_ t: Thread, _ stack: OpaquePointer?, first: OpaquePointer? = nil) -> Value {
    let list = makeList(t)
    if let first {
        let item = makeCertificate(t, first)
        if item.isRaised || listAppend(t, list, item) < 0 { return .raised }
    }
    for i in 0..<max(0, stack == nil ? 0 : openssl.OPENSSL_sk_num(stack)) {
        let item = makeCertificate(t, OpaquePointer(openssl.OPENSSL_sk_value(stack, i)))
        if item.isRaised || listAppend(t, list, item) < 0 { return .raised }
    }
    return list
}

private func connection_get_unverified_chain(_ t: Thread, _ a: Values) -> Value {
    locked(t, a[0]) { ssl in
        guard let stack = openssl.SSL_get_peer_cert_chain(ssl) else { return .none }
        // A server's list of its client's certificates lacks the client's own.
        if !connectionCell(a[0]).pointee.isServer { return chain(t, stack) }
        let own = openssl.SSL_get1_peer_certificate(ssl)
        defer { openssl.X509_free(own) }
        return chain(t, stack, first: own)
    }
}

private func connection_get_verified_chain(_ t: Thread, _ a: Values) -> Value {
    locked(t, a[0]) { ssl in
        guard let stack = openssl.SSL_get0_verified_chain(ssl) else { return .none }
        return chain(t, stack)
    }
}

/// (name, version, bits)
private func describe(_ t: Thread, _ cipher: OpaquePointer) -> Value {
    func text(_ p: UnsafePointer<CChar>?) -> Value { p.map { makeString(t, String(cString: $0)) } ?? .none }
    let name = text(openssl.SSL_CIPHER_get_name(cipher)), version = text(openssl.SSL_CIPHER_get_version(cipher))
    if name.isRaised || version.isRaised { return .raised }
    return makeTuple(t, name, version, makeInt(t, openssl.SSL_CIPHER_get_bits(cipher, nil)))
}

private func connection_shared_ciphers(_ t: Thread, _ a: Values) -> Value {
    locked(t, a[0]) { ssl in
        guard let ciphers = openssl.SSL_get_ciphers(ssl) else { return .none }
        let list = makeList(t)
        for i in 0..<max(0, openssl.OPENSSL_sk_num(ciphers)) {
            let item = describe(t, OpaquePointer(openssl.OPENSSL_sk_value(ciphers, i)).unsafelyUnwrapped)
            if item.isRaised || listAppend(t, list, item) < 0 { return .raised }
        }
        return list
    }
}

private func connection_get_channel_binding(_ t: Thread, _ a: Values) -> Value {
    if !a[1].isMissing {
        if !(a[1].isCell && a[1].isStr) { return raise(t, .typeError, "get_channel_binding() argument 'cb_type' must be str, not \(typeName(a[1]))") }
        let kind = swiftString(a[1])
        if kind != "tls-unique" { return raise(t, .valueError, "'\(kind)' channel binding type not implemented") }
    }
    return locked(t, a[0]) { ssl in
        withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { memory in
            let p = memory.baseAddress.unsafelyUnwrapped
            // The first Finished message: the client's, unless the session was resumed.
            let own = (openssl.SSL_session_reused(ssl) != 0) != !connectionCell(a[0]).pointee.isServer
            let count = own ? openssl.SSL_get_finished(ssl, p, 128) : openssl.SSL_get_peer_finished(ssl, p, 128)
            return count == 0 ? .none : makeBytes(t, p, count)
        }
    }
}

nonisolated(unsafe) let connectionInformationMembers: [NativeMember] = [
    .method("getpeercert", "($self, der=False, /)", connection_getpeercert,
            "Returns the certificate for the peer.\n\nIf no certificate was provided, returns None.  If a certificate was\nprovided, but not validated, returns an empty dictionary.  Otherwise\nreturns a dict containing information about the peer certificate.\n\nIf the optional argument is True, returns a DER-encoded copy of the\npeer certificate, or None if no certificate was provided.  This will\nreturn the certificate even if it wasn't validated."),
    .method("get_channel_binding", "($self, /, cb_type='tls-unique')", connection_get_channel_binding,
            "Get channel binding data for current connection.\n\nRaise ValueError if the requested `cb_type` is not supported.  Return bytes\nof the data or None if the data is not available (e.g. before the handshake).\nOnly 'tls-unique' channel binding data from RFC 5929 is supported."),
    .method("cipher", "($self, /)", { t, a in
        locked(t, a[0]) { ssl in
            guard let cipher = openssl.SSL_get_current_cipher(ssl) else { return .none }
            return describe(t, cipher)
        }
    }),
    .method("shared_ciphers", "($self, /)", connection_shared_ciphers),
    .method("version", "($self, /)", { t, a in
        locked(t, a[0]) { ssl in
            if openssl.SSL_is_init_finished(ssl) == 0 { return .none }
            let text = String(cString: openssl.SSL_get_version(ssl).unsafelyUnwrapped)
            return text == "unknown" ? .none : makeString(t, text)
        }
    }),
    .method("selected_alpn_protocol", "($self, /)", { t, a in
        locked(t, a[0]) { ssl in
            var p: UnsafePointer<UInt8>? = nil
            var count: UInt32 = 0
            openssl.SSL_get0_alpn_selected(ssl, &p, &count)
            guard let p, count > 0 else { return .none }
            return makeString(t, utf8: p, count: Int(count))
        }
    }),
    // Compression is off, for it gives secrets away.
    .method("compression", "($self, /)", { _, _ in .none }),
    .method("get_unverified_chain", "($self, /)", connection_get_unverified_chain),
    .method("get_verified_chain", "($self, /)", connection_get_verified_chain),
]
