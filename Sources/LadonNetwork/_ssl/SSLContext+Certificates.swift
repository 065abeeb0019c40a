// What a context trusts, and the certificate that it shows itself.

import COpenSSL
import Glibc
import LadonLibrary

/// A path argument as bytes, `.none` for None. Any failure but a wrong type's stays as it is.
private func certificatePath(_ t: Thread, _ v: Value, _ what: StaticString) -> Value {
    if v.isNone || v.isMissing { return .none }
    let path = fsConverter(t, v)
    if path.isRaised && exceptionMatches(t, .typeError) {
        clearException(t)
        return raise(t, .typeError, "\(what) should be a valid filesystem path")
    }
    return path
}
private func text(_ bytes: Value) -> UnsafePointer<CChar>? {
    bytes.isNone ? nil : UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self)
}

/// After a failure of reading a file: the system's error if there was one, else OpenSSL's.
private func raiseFileError(_ t: Thread, _ code: Int32, line: Int, _ filename: Value = .raised) -> Value {
    if code != 0 {
        openssl.ERR_clear_error()
        return raiseOSError(t, code, filename)
    }
    return raiseLastSSLError(t, line: line)
}

// MARK: passwords

/// What the password callback needs; lies on the native stack, where the collector finds its values.
private struct PasswordRequest {
    var t: Thread
    /// Called for the password; `.none` when it is known.
    var callable: Value
    /// The password (bytes).
    var password: Value
    var failed: Bool
    /// It is longer than this; to be raised by who may.
    var limit: Int32
}

/// A password as bytes. `.raised` with the exception.
private func passwordBytes(_ t: Thread, _ v: Value, _ message: String) -> Value {
    var bytes = v
    if v.isCell && v.isStr {
        let s = swiftString(v)
        bytes = makeBytes(t, s)
    } else if v.isCell && v.isBytes {
    } else if v.isCell && isSubtype(typeOf(v), builtinType(.bytearray)) {
        var buffer = LadonBuffer()
        if getBuffer(t, v, &buffer) < 0 { return .raised }
        bytes = makeBytes(t, buffer.bytes, Int(buffer.length))
        releaseBuffer(t, &buffer)
    } else {
        return raise(t, .typeError, message)
    }
    return bytes
}

private func makeBytes(_ t: Thread, _ s: String) -> Value {
    var s = s
    return s.withUTF8 { $0.count == 0 ? emptyBytes : LadonLibrary.makeBytes(t, $0.baseAddress.unsafelyUnwrapped, $0.count) }
}

/// Runs attached if there is a callable, else perhaps detached: then it only copies.
private func givePassword(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _ forWriting: Int32, _ data: UnsafeMutableRawPointer?) -> Int32 {
    guard let data, let buffer else { return -1 }
    let request = data.assumingMemoryBound(to: PasswordRequest.self)
    if !request.pointee.callable.isNone {
        let t = request.pointee.t
        let answer = call(t, request.pointee.callable)
        let bytes = answer.isRaised ? answer : passwordBytes(t, answer, "password callback must return a string")
        if bytes.isRaised {
            request.pointee.failed = true
            return -1
        }
        request.pointee.password = bytes
    }
    let password = request.pointee.password
    if password.bytesCount > Int(size) {
        request.pointee.failed = true
        request.pointee.limit = size
        return -1
    }
    memcpy(buffer, password.bytesData, password.bytesCount)
    return Int32(password.bytesCount)
}

private func context_load_cert_chain(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    let certificate = certificatePath(t, a[1], "certfile")
    if certificate.isRaised { return .raised }
    if certificate.isNone { return raise(t, .typeError, "certfile should be a valid filesystem path") }
    var key = certificatePath(t, a[2], "keyfile")
    if key.isRaised { return .raised }
    if key.isNone { key = certificate }
    var request = PasswordRequest(t: t, callable: .none, password: .none, failed: false, limit: 0)
    if !a[3].isNone && !a[3].isMissing {
        if isCallable(a[3]) {
            request.callable = a[3]
        } else {
            request.password = passwordBytes(t, a[3], "password should be a string or callable")
            if request.password.isRaised { return .raised }
        }
    }
    let context = contextPointer(v)
    contextLock(v).acquire(t)
    defer { contextLock(v).release(t) }
    var step = 0
    var code: Int32 = 0
    withUnsafeMutablePointer(to: &request) { request in
        func load() {
            if !(request.pointee.callable.isNone && request.pointee.password.isNone) {
                openssl.SSL_CTX_set_default_passwd_cb(context, givePassword)
                openssl.SSL_CTX_set_default_passwd_cb_userdata(context, request)
            }
            ladon_set_errno(0)
            if openssl.SSL_CTX_use_certificate_chain_file(context, text(certificate)) != 1 {
                step = 3877
            } else {
                ladon_set_errno(0)
                if openssl.SSL_CTX_use_PrivateKey_file(context, text(key), SSL_FILETYPE_PEM) != 1 {
                    step = 3895
                }
            }
            code = ladon_errno()
            openssl.SSL_CTX_set_default_passwd_cb(context, nil)
            openssl.SSL_CTX_set_default_passwd_cb_userdata(context, nil)
        }
        // Python's callable needs this thread attached.
        if request.pointee.callable.isNone { blocking(t) { load() } } else { load() }
    }
    certificate.keepAlive
    key.keepAlive
    if request.failed {
        openssl.ERR_clear_error()
        return request.limit > 0 ? raise(t, .valueError, "password cannot be longer than \(request.limit) bytes") : .raised
    }
    if step != 0 { return raiseFileError(t, code, line: step) }
    if openssl.SSL_CTX_check_private_key(context) != 1 { return raiseLastSSLError(t, line: 3905) }
    return .none
}

// MARK: trusted certificates

/// Adds certificates in PEM or DER to the store.
private func addCertificates(_ t: Thread, _ v: Value, _ data: UnsafePointer<UInt8>, _ count: Int, isDER: Bool) -> Value {
    if count <= 0 { return raise(t, .valueError, "Empty certificate data") }
    if count > Int(Int32.max) { return raise(t, .overflowError, "Certificate data is too long.") }
    guard let bio = openssl.BIO_new_mem_buf(data, Int32(count)) else { return raiseLastSSLError(t, line: 3950, "Can't allocate buffer") }
    defer { _ = openssl.BIO_free(bio) }
    let store = openssl.SSL_CTX_get_cert_store(contextPointer(v))
    var loaded = 0
    while true {
        let certificate = isDER ? openssl.d2i_X509_bio(bio, nil) : openssl.PEM_read_bio_X509(bio, nil, nil, nil)
        guard let certificate else { break }
        let ok = openssl.X509_STORE_add_cert(store, certificate)
        openssl.X509_free(certificate)
        if ok != 1 {
            // One that is there already is no failure.
            let error = openssl.ERR_peek_last_error()
            if errorLibrary(error) != Int(ERR_LIB_X509) || errorReason(error) != Int(X509_R_CERT_ALREADY_IN_HASH_TABLE) { break }
            openssl.ERR_clear_error()
        }
        loaded += 1
    }
    let error = openssl.ERR_peek_last_error()
    if loaded == 0 {
        return raiseSSL(t, SSLErrors.base, 0, isDER ? "not enough data: cadata does not contain a certificate" : "no start line: cadata does not contain a certificate", line: 3992)
    }
    // The end of the data looks like an error, too.
    let isEnd = isDER ? errorLibrary(error) == Int(ERR_LIB_ASN1) && errorReason(error) == Int(ASN1_R_HEADER_TOO_LONG)
        : errorLibrary(error) == Int(ERR_LIB_PEM) && errorReason(error) == Int(PEM_R_NO_START_LINE)
    if isEnd || error == 0 {
        openssl.ERR_clear_error()
        return .none
    }
    return raiseLastSSLError(t, line: 4012)
}

private func context_load_verify_locations(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    func isGiven(_ x: Value) -> Bool { !x.isNone && !x.isMissing }
    if !isGiven(a[1]) && !isGiven(a[2]) && !isGiven(a[3]) { return raise(t, .typeError, "cafile, capath and cadata cannot be all omitted") }
    let file = certificatePath(t, a[1], "cafile")
    if file.isRaised { return .raised }
    let directory = certificatePath(t, a[2], "capath")
    if directory.isRaised { return .raised }
    let lock = contextLock(v)
    if isGiven(a[3]) {
        let complaint = "cadata should be an ASCII string or a bytes-like object"
        var done = Value.none
        if a[3].isCell && a[3].isStr {
            if !a[3].strIsASCII { return raise(t, .typeError, complaint) }
            lock.acquire(t)
            done = addCertificates(t, v, a[3].strBytes, a[3].strCount, isDER: false)
            lock.release(t)
            a[3].keepAlive
        } else {
            if !supportsBuffer(a[3]) { return raise(t, .typeError, complaint) }
            var buffer = LadonBuffer()
            if getBuffer(t, a[3], &buffer) < 0 { return .raised }
            lock.acquire(t)
            done = addCertificates(t, v, buffer.bytes, Int(buffer.length), isDER: true)
            lock.release(t)
            releaseBuffer(t, &buffer)
        }
        if done.isRaised { return .raised }
    }
    if file.isNone && directory.isNone { return .none }
    let context = contextPointer(v)
    lock.acquire(t)
    var code: Int32 = 0
    let result: Int32 = blocking(t) {
        ladon_set_errno(0)
        let result = openssl.SSL_CTX_load_verify_locations(context, text(file), text(directory))
        code = ladon_errno()
        return result
    }
    lock.release(t)
    file.keepAlive
    directory.keepAlive
    return result == 1 ? .none : raiseFileError(t, code, line: 4126)
}

private func context_set_default_verify_paths(_ t: Thread, _ a: Values) -> Value {
    let context = contextPointer(a[0])
    contextLock(a[0]).acquire(t)
    let result: Int32 = blocking(t) { openssl.SSL_CTX_set_default_verify_paths(context) }
    contextLock(a[0]).release(t)
    return result == 1 ? .none : raiseLastSSLError(t, line: 4349)
}

private func context_load_dh_params(_ t: Thread, _ a: Values) -> Value {
    if isAuditing && !audit(t, "open", a[1], makeString(t, "rb"), .zero) { return .raised }
    let path = fsConverter(t, a[1])
    if path.isRaised { return path }
    ladon_set_errno(0)
    guard let bio = openssl.BIO_new_file(text(path), "rb") else { return raiseFileError(t, ladon_errno(), line: 4160, a[1]) }
    path.keepAlive
    ladon_set_errno(0)
    let parameters = openssl.PEM_read_bio_DHparams(bio, nil, nil, nil)
    _ = openssl.BIO_free(bio)
    guard let parameters else { return raiseFileError(t, ladon_errno(), line: 4174, a[1]) }
    contextLock(a[0]).acquire(t)
    let ok = openssl.SSL_CTX_ctrl(contextPointer(a[0]), SSL_CTRL_SET_TMP_DH, 0, UnsafeMutableRawPointer(parameters))
    contextLock(a[0]).release(t)
    openssl.DH_free(parameters)
    return ok != 0 ? .none : raiseLastSSLError(t, line: 4180)
}

// MARK: what is in the store

private func storeObjects(_ v: Value) -> OpaquePointer? { openssl.X509_STORE_get0_objects(openssl.SSL_CTX_get_cert_store(contextPointer(v))) }

private func context_cert_store_stats(_ t: Thread, _ a: Values) -> Value {
    var certificates = 0, authorities = 0, revocations = 0
    contextLock(a[0]).acquire(t)
    let objects = storeObjects(a[0])
    for i in 0..<max(0, openssl.OPENSSL_sk_num(objects)) {
        let object = OpaquePointer(openssl.OPENSSL_sk_value(objects, i))
        switch openssl.X509_OBJECT_get_type(object) {
        case X509_LU_X509:
            certificates += 1
            if openssl.X509_check_ca(openssl.X509_OBJECT_get0_X509(object)) != 0 { authorities += 1 }
        case X509_LU_CRL: revocations += 1
        default: break
        }
    }
    contextLock(a[0]).release(t)
    let d = makeDict(t)
    if dictSet(t, d, internStatic(t, "x509"), makeInt(t, certificates)) < 0 || dictSet(t, d, internStatic(t, "crl"), makeInt(t, revocations)) < 0
        || dictSet(t, d, internStatic(t, "x509_ca"), makeInt(t, authorities)) < 0 { return .raised }
    return d
}

private func context_get_ca_certs(_ t: Thread, _ a: Values) -> Value {
    let binary = isTrue(t, a[1])
    if binary < 0 { return .raised }
    let list = makeList(t)
    contextLock(a[0]).acquire(t)
    defer { contextLock(a[0]).release(t) }
    let objects = storeObjects(a[0])
    for i in 0..<max(0, openssl.OPENSSL_sk_num(objects)) {
        let object = OpaquePointer(openssl.OPENSSL_sk_value(objects, i))
        if openssl.X509_OBJECT_get_type(object) != X509_LU_X509 { continue }
        let certificate = openssl.X509_OBJECT_get0_X509(object)
        if openssl.X509_check_ca(certificate) == 0 { continue }
        let item = binary == 1 ? certificateDER(t, certificate) : decodeCertificate(t, certificate)
        if item.isRaised || listAppend(t, list, item) < 0 { return .raised }
    }
    return list
}

nonisolated(unsafe) let contextCertificateMembers: [NativeMember] = [
    .method("load_cert_chain", "($self, /, certfile, keyfile=None, password=None)", context_load_cert_chain),
    .method("load_verify_locations", "($self, /, cafile=None, capath=None, cadata=None)", context_load_verify_locations),
    .method("set_default_verify_paths", "($self, /)", context_set_default_verify_paths),
    .method("load_dh_params", "($self, path, /)", context_load_dh_params),
    .method("cert_store_stats", "($self, /)", context_cert_store_stats, "Returns quantities of loaded X.509 certificates.\n\nX.509 certificates with a CA extension and certificate revocation lists\ninside the context's cert store.\n\nNOTE: Certificates in a capath directory aren't loaded unless they have\nbeen used at least once."),
    .method("get_ca_certs", "($self, /, binary_form=False)", context_get_ca_certs, "Returns a list of dicts with information of loaded CA certs.\n\nIf the optional argument is True, returns a DER-encoded copy of the CA\ncertificate.\n\nNOTE: Certificates in a capath directory aren't loaded unless they have\nbeen used at least once."),
]
