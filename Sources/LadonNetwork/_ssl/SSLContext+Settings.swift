// A context's settings: versions, options, what is verified, ciphers, statistics.

import COpenSSL
import Glibc
import LadonLibrary

private let protocolMinimum: Int32 = -2
private let protocolMaximum: Int32 = -1

/// Sets what a peer's certificate is needed for; what else belongs to the mode stays.
func setVerifyMode(_ v: Value, _ mode: Int32) {
    let context = contextPointer(v)
    openssl.SSL_CTX_set_verify(context, mode, openssl.SSL_CTX_get_verify_callback(context))
}

// MARK: versions

private func getVersion(_ t: Thread, _ v: Value, _ control: Int32, _ unlimited: Int32) -> Value {
    contextLock(v).acquire(t)
    let version = openssl.SSL_CTX_ctrl(contextPointer(v), control, 0, nil)
    contextLock(v).release(t)
    return makeInt(t, version == 0 ? Int(unlimited) : version)
}

private func setVersion(_ t: Thread, _ v: Value, _ value: Value, _ control: Int32, isMinimum: Bool) -> Value {
    if value.isMissing { return raise(t, .typeError, "cannot delete attribute") }
    guard let version = asInt32(t, value) else { return .raised }
    let number = contextCell(v).pointee.protocolNumber
    if number != SSLProtocol.tls && number != SSLProtocol.client && number != SSLProtocol.server {
        return raise(t, .valueError, "The context's protocol doesn't support modification of highest and lowest version.")
    }
    let deprecated: String?
    switch version {
    case SSL3_VERSION: deprecated = "ssl.TLSVersion.SSLv3 is deprecated"
    case TLS1_VERSION: deprecated = "ssl.TLSVersion.TLSv1 is deprecated"
    case TLS1_1_VERSION: deprecated = "ssl.TLSVersion.TLSv1_1 is deprecated"
    default: deprecated = nil
    }
    if let deprecated, warn(t, .deprecationWarning, deprecated, 2) < 0 { return .raised }
    contextLock(v).acquire(t)
    var result = 0
    // The lowest as a maximum means "only the lowest there is", and the other way round.
    let context = contextPointer(v)
    if version == protocolMinimum {
        result = openssl.SSL_CTX_ctrl(context, control, isMinimum ? 0 : Int(TLS1_VERSION), nil)
    } else if version == protocolMaximum {
        result = openssl.SSL_CTX_ctrl(context, control, isMinimum ? Int(TLS1_3_VERSION) : 0, nil)
    } else {
        result = openssl.SSL_CTX_ctrl(context, control, Int(version), nil)
    }
    contextLock(v).release(t)
    if result == 0 { return raise(t, .valueError, "Unsupported TLS/SSL version 0x\(String(UInt32(bitPattern: version), radix: 16))") }
    return .none
}

// MARK: options, flags

private func context_set_options(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "cannot delete attribute") }
    guard let wide = asInt(t, a[1]) else { return .raised }
    let context = contextPointer(a[0])
    contextLock(a[0]).acquire(t)
    let old = openssl.SSL_CTX_get_options(context)
    contextLock(a[0]).release(t)
    let new = UInt64(bitPattern: Int64(wide))
    if new & ~old & ladon_ssl_version_options != 0, warn(t, .deprecationWarning, "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated", 2) < 0 { return .raised }
    contextLock(a[0]).acquire(t)
    if old & ~new != 0 { _ = openssl.SSL_CTX_clear_options(context, old & ~new) }
    if new & ~old != 0 { _ = openssl.SSL_CTX_set_options(context, new & ~old) }
    contextLock(a[0]).release(t)
    return .none
}

private func context_set_verify_mode(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "cannot delete attribute") }
    guard let n = asInt32(t, a[1]) else { return .raised }
    let mode: Int32
    switch n {
    case 0: mode = SSL_VERIFY_NONE
    case 1: mode = SSL_VERIFY_PEER
    case 2: mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
    default: return raise(t, .valueError, "invalid value for verify_mode")
    }
    if mode == SSL_VERIFY_NONE && contextCell(a[0]).pointee.checksHostname {
        return raise(t, .valueError, "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.")
    }
    contextLock(a[0]).acquire(t)
    setVerifyMode(a[0], mode)
    contextLock(a[0]).release(t)
    return .none
}

private func context_get_verify_mode(_ t: Thread, _ a: Values) -> Value {
    let mode = openssl.SSL_CTX_get_verify_mode(contextPointer(a[0])) & (SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT)
    switch mode {
    case SSL_VERIFY_NONE: return .zero
    case SSL_VERIFY_PEER: return .one
    case SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT: return Value(smallInt: 2)
    default: return raiseSSLText(t, "invalid return value from SSL_CTX_get_verify_mode", line: 3236)
    }
}

private func context_set_check_hostname(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "cannot delete attribute") }
    let on = isTrue(t, a[1])
    if on < 0 { return .raised }
    contextLock(a[0]).acquire(t)
    // A name that is checked needs a certificate.
    if on == 1 && openssl.SSL_CTX_get_verify_mode(contextPointer(a[0])) == SSL_VERIFY_NONE {
        setVerifyMode(a[0], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT)
    }
    contextCell(a[0]).pointee.checksHostname = on == 1
    contextLock(a[0]).release(t)
    return .none
}

private func context_set_verify_flags(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "cannot delete attribute") }
    guard let new = asUInt(t, a[1]) else { return .raised }
    contextLock(a[0]).acquire(t)
    let parameters = openssl.SSL_CTX_get0_param(contextPointer(a[0]))
    let old = openssl.X509_VERIFY_PARAM_get_flags(parameters)
    var ok = true
    if old & ~new != 0 { ok = openssl.X509_VERIFY_PARAM_clear_flags(parameters, old & ~new) != 0 }
    if ok && new & ~old != 0 { ok = openssl.X509_VERIFY_PARAM_set_flags(parameters, new & ~old) != 0 }
    contextLock(a[0]).release(t)
    return ok ? .none : raiseLastSSLError(t, line: 3280)
}

private func context_set_host_flags(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "cannot delete attribute") }
    guard let flags = asInt32(t, a[1]) else { return .raised }
    contextLock(a[0]).acquire(t)
    contextCell(a[0]).pointee.hostFlags = UInt32(bitPattern: flags)
    openssl.X509_VERIFY_PARAM_set_hostflags(openssl.SSL_CTX_get0_param(contextPointer(a[0])), UInt32(bitPattern: flags))
    contextLock(a[0]).release(t)
    return .none
}

private func context_set_num_tickets(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "cannot delete attribute") }
    guard let n = asInt(t, a[1]) else { return .raised }
    if n < 0 { return raise(t, .valueError, "value must be non-negative") }
    if contextCell(a[0]).pointee.protocolNumber != SSLProtocol.server { return raise(t, .valueError, "SSLContext is not a server context.") }
    contextLock(a[0]).acquire(t)
    let ok = openssl.SSL_CTX_set_num_tickets(contextPointer(a[0]), n)
    contextLock(a[0]).release(t)
    return ok == 1 ? .none : raise(t, .valueError, "failed to set num tickets.")
}

private func context_set_post_handshake_auth(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .attributeError, "cannot delete attribute") }
    let on = isTrue(t, a[1])
    if on < 0 { return .raised }
    contextLock(a[0]).acquire(t)
    contextCell(a[0]).pointee.wantsPostHandshake = on == 1
    // Which side a general context will be is known later only.
    openssl.SSL_CTX_set_post_handshake_auth(contextPointer(a[0]), Int32(on))
    contextLock(a[0]).release(t)
    return .none
}

// MARK: ciphers, curves, statistics

private func context_set_ciphers(_ t: Thread, _ a: Values) -> Value {
    if !(a[1].isCell && a[1].isStr) { return raise(t, .typeError, "set_ciphers() argument must be str, not \(typeName(a[1]))") }
    let text = swiftString(a[1])
    contextLock(a[0]).acquire(t)
    let ok = openssl.SSL_CTX_set_cipher_list(contextPointer(a[0]), text)
    contextLock(a[0]).release(t)
    return ok == 1 ? .none : raisePlainSSLError(t, "No cipher can be selected.")
}

/// The description of a cipher: a dict.
private func describe(_ t: Thread, _ cipher: OpaquePointer) -> Value {
    let d = makeDict(t)
    if d.isRaised { return d }
    var text = [CChar](repeating: 0, count: 512)
    _ = openssl.SSL_CIPHER_description(cipher, &text, 512)
    var length = strlen(text)
    if length > 0 && text[length - 1] == 10 { length -= 1 }
    text[length] = 0
    var allBits: Int32 = 0
    let bits = openssl.SSL_CIPHER_get_bits(cipher, &allBits)
    func long(_ nid: Int32) -> Value {
        guard nid != NID_undef, let name = openssl.OBJ_nid2ln(nid) else { return .none }
        return makeString(t, String(cString: name))
    }
    let digest = openssl.SSL_CIPHER_get_digest_nid(cipher)
    func put(_ key: StaticString, _ v: Value) -> Bool { !v.isRaised && dictSet(t, d, internStatic(t, key), v) >= 0 }
    let ok = put("id", makeInt(t, Int(openssl.SSL_CIPHER_get_id(cipher))))
        && put("name", makeString(t, String(cString: openssl.SSL_CIPHER_get_name(cipher).unsafelyUnwrapped)))
        && put("protocol", makeString(t, String(cString: openssl.SSL_CIPHER_get_version(cipher).unsafelyUnwrapped)))
        && put("description", text.withUnsafeBufferPointer { makeString(t, String(cString: $0.baseAddress.unsafelyUnwrapped)) })
        && put("strength_bits", makeInt(t, bits)) && put("alg_bits", makeInt(t, allBits))
        && put("aead", Value(openssl.SSL_CIPHER_is_aead(cipher) != 0))
        && put("symmetric", long(openssl.SSL_CIPHER_get_cipher_nid(cipher))) && put("digest", long(digest))
        && put("kea", long(openssl.SSL_CIPHER_get_kx_nid(cipher))) && put("auth", long(openssl.SSL_CIPHER_get_auth_nid(cipher)))
    return ok ? d : .raised
}

private func context_get_ciphers(_ t: Thread, _ a: Values) -> Value {
    contextLock(a[0]).acquire(t)
    defer { contextLock(a[0]).release(t) }
    guard let ssl = openssl.SSL_new(contextPointer(a[0])) else { return raiseLastSSLError(t, line: 3350) }
    defer { openssl.SSL_free(ssl) }
    let list = makeList(t)
    let stack = openssl.SSL_get_ciphers(ssl)
    for i in 0..<max(0, stack == nil ? 0 : openssl.OPENSSL_sk_num(stack)) {
        let item = describe(t, OpaquePointer(openssl.OPENSSL_sk_value(stack, i).unsafelyUnwrapped))
        if item.isRaised || listAppend(t, list, item) < 0 { return .raised }
    }
    return list
}

private func context_set_ecdh_curve(_ t: Thread, _ a: Values) -> Value {
    let name = fsConverter(t, a[1])
    if name.isRaised { return name }
    let nid = openssl.OBJ_sn2nid(UnsafeRawPointer(name.bytesData).assumingMemoryBound(to: CChar.self))
    name.keepAlive
    if nid == 0 { return raise(t, .valueError, "unknown elliptic curve name \(reprText(t, a[1]))") }
    guard let key = openssl.EC_KEY_new_by_curve_name(nid) else { return raiseLastSSLError(t, line: 4370) }
    contextLock(a[0]).acquire(t)
    _ = openssl.SSL_CTX_ctrl(contextPointer(a[0]), SSL_CTRL_SET_TMP_ECDH, 0, UnsafeMutableRawPointer(key))
    contextLock(a[0]).release(t)
    openssl.EC_KEY_free(key)
    return .none
}

private func context_session_stats(_ t: Thread, _ a: Values) -> Value {
    let rows: [(StaticString, Int32)] = [
        ("number", SSL_CTRL_SESS_NUMBER), ("connect", SSL_CTRL_SESS_CONNECT), ("connect_good", SSL_CTRL_SESS_CONNECT_GOOD),
        ("connect_renegotiate", SSL_CTRL_SESS_CONNECT_RENEGOTIATE), ("accept", SSL_CTRL_SESS_ACCEPT), ("accept_good", SSL_CTRL_SESS_ACCEPT_GOOD),
        ("accept_renegotiate", SSL_CTRL_SESS_ACCEPT_RENEGOTIATE), ("hits", SSL_CTRL_SESS_HIT), ("misses", SSL_CTRL_SESS_MISSES),
        ("timeouts", SSL_CTRL_SESS_TIMEOUTS), ("cache_full", SSL_CTRL_SESS_CACHE_FULL),
    ]
    let d = makeDict(t)
    for (key, control) in rows where dictSet(t, d, internStatic(t, key), makeInt(t, openssl.SSL_CTX_ctrl(contextPointer(a[0]), control, 0, nil))) < 0 { return .raised }
    return d
}

nonisolated(unsafe) let contextSettingMembers: [NativeMember] = [
    .method("set_ciphers", "($self, cipherlist, /)", context_set_ciphers),
    .method("get_ciphers", "($self, /)", context_get_ciphers),
    .method("set_ecdh_curve", "($self, name, /)", context_set_ecdh_curve),
    .method("session_stats", "($self, /)", context_session_stats),
    .attribute("check_hostname", get: { _, a in Value(contextCell(a[0]).pointee.checksHostname) }, set: context_set_check_hostname),
    .attribute("_host_flags", get: { t, a in makeInt(t, contextCell(a[0]).pointee.hostFlags) }, set: context_set_host_flags),
    .attribute("minimum_version", get: { t, a in getVersion(t, a[0], SSL_CTRL_GET_MIN_PROTO_VERSION, protocolMinimum) },
               set: { t, a in setVersion(t, a[0], a[1], SSL_CTRL_SET_MIN_PROTO_VERSION, isMinimum: true) }),
    .attribute("maximum_version", get: { t, a in getVersion(t, a[0], SSL_CTRL_GET_MAX_PROTO_VERSION, protocolMaximum) },
               set: { t, a in setVersion(t, a[0], a[1], SSL_CTRL_SET_MAX_PROTO_VERSION, isMinimum: false) }),
    .attribute("num_tickets", get: { t, a in makeInt(t, Int(openssl.SSL_CTX_get_num_tickets(contextPointer(a[0])))) }, set: context_set_num_tickets,
               "Control the number of TLSv1.3 session tickets"),
    .attribute("options", get: { t, a in makeInt(t, UInt(openssl.SSL_CTX_get_options(contextPointer(a[0])))) }, set: context_set_options),
    .attribute("post_handshake_auth", get: { _, a in Value(contextCell(a[0]).pointee.wantsPostHandshake) }, set: context_set_post_handshake_auth),
    .attribute("protocol", get: { t, a in makeInt(t, contextCell(a[0]).pointee.protocolNumber) }),
    .attribute("verify_flags", get: { t, a in makeInt(t, openssl.X509_VERIFY_PARAM_get_flags(openssl.SSL_CTX_get0_param(contextPointer(a[0])))) }, set: context_set_verify_flags),
    .attribute("verify_mode", get: context_get_verify_mode, set: context_set_verify_mode),
    .attribute("security_level", get: { t, a in makeInt(t, openssl.SSL_CTX_get_security_level(contextPointer(a[0]))) }, "The current security level"),
]
