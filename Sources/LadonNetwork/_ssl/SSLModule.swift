// The module `_ssl`: TLS by OpenSSL 3. Its surface, the random numbers, the names of objects.

import COpenSSL
import Glibc
import LadonLibrary

// MARK: random numbers

private func randomBytes(_ t: Thread, _ v: Value) -> Value {
    guard let count = asInt32(t, v) else { return .raised }
    if count < 0 { return raise(t, .valueError, "num must be positive") }
    let bytes = newBytes(t, count: Int(count))
    if bytes.isRaised { return bytes }
    let ok = openssl.RAND_bytes(bytes.bytesData, count)
    bytes.keepAlive
    if ok == 1 { return bytes }
    let error = openssl.ERR_get_error()
    let e = call(t, SSLErrors.base, makeInt(t, Int(error)), makeString(t, reasonText(UInt(error)) ?? "unknown"))
    return e.isRaised ? e : raiseValue(t, e)
}

private func ssl_rand_add(_ t: Thread, _ a: Values) -> Value {
    guard let entropy = asDouble(t, a[2]) else { return .raised }
    if a[1].isCell && a[1].isStr {
        var text = swiftString(a[1])
        text.withUTF8 { openssl.RAND_add($0.baseAddress, Int32(clamping: $0.count), entropy) }
        return .none
    }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    openssl.RAND_add(buffer.bytes, Int32(clamping: Int(buffer.length)), entropy)
    releaseBuffer(t, &buffer)
    return .none
}

// MARK: objects

/// (number, short name, long name, identifier)
private func describe(_ t: Thread, _ object: OpaquePointer) -> Value {
    let nid = openssl.OBJ_obj2nid(object)
    if nid == NID_undef { return raise(t, .valueError, "Unknown object") }
    func text(_ p: UnsafePointer<CChar>?) -> Value { p.map { makeString(t, String(cString: $0)) } ?? .none }
    let short = text(openssl.OBJ_nid2sn(nid)), long = text(openssl.OBJ_nid2ln(nid)), number = objectText(t, object, asNumbers: true)
    if short.isRaised || long.isRaised || number.isRaised { return .raised }
    return makeTuple(t, makeInt(t, nid), short, long, number)
}

private func ssl_txt2obj(_ t: Thread, _ a: Values) -> Value {
    if !(a[1].isCell && a[1].isStr) { return raise(t, .typeError, "txt2obj() argument 'txt' must be str, not \(typeName(a[1]))") }
    let byName = isTrue(t, a[2])
    if byName < 0 { return .raised }
    let text = swiftString(a[1])
    guard let object = openssl.OBJ_txt2obj(text, byName == 1 ? 0 : 1) else {
        openssl.ERR_clear_error()
        return raise(t, .valueError, "unknown object '\(text.prefix(100))'")
    }
    defer { openssl.ASN1_OBJECT_free(object) }
    return describe(t, object)
}

private func ssl_nid2obj(_ t: Thread, _ a: Values) -> Value {
    guard let nid = asInt32(t, a[1]) else { return .raised }
    if nid < NID_undef { return raise(t, .valueError, "NID must be positive.") }
    guard let object = openssl.OBJ_nid2obj(nid) else {
        openssl.ERR_clear_error()
        return raise(t, .valueError, "unknown NID \(nid)")
    }
    return describe(t, object)
}

// MARK: the rest

private func ssl_test_decode_cert(_ t: Thread, _ a: Values) -> Value {
    let path = fsConverter(t, a[1])
    if path.isRaised { return path }
    guard let bio = openssl.BIO_new_file(UnsafeRawPointer(path.bytesData).assumingMemoryBound(to: CChar.self), "rb") else { return raisePlainSSLError(t, "Can't open file") }
    path.keepAlive
    defer { _ = openssl.BIO_free(bio) }
    guard let certificate = openssl.PEM_read_bio_X509(bio, nil, nil, nil) else { return raisePlainSSLError(t, "Error decoding PEM-encoded file") }
    defer { openssl.X509_free(certificate) }
    return decodeCertificate(t, certificate)
}

private func ssl_get_default_verify_paths(_ t: Thread, _ a: Values) -> Value {
    func text(_ p: UnsafePointer<CChar>?) -> Value { p.map { makeString(t, fileSystem: $0) } ?? .none }
    return makeTuple(t, text(openssl.X509_get_default_cert_file_env()), text(openssl.X509_get_default_cert_file()),
                     text(openssl.X509_get_default_cert_dir_env()), text(openssl.X509_get_default_cert_dir()))
}

/// OPENSSL_VERSION_NUMBER is 0xMNN00PP0 since OpenSSL 3; the tuple has its parts as the older scheme counted them.
private func versionTuple(_ t: Thread, _ number: UInt) -> Value {
    func part(_ shift: UInt, _ mask: UInt) -> Value { makeInt(t, Int(number >> shift & mask)) }
    return makeTuple(t, part(28, 0xF), part(20, 0xFF), part(12, 0xFF), part(4, 0xFF), part(0, 0xF))
}

private func initialize(_ t: Thread, _ a: Values) -> Value {
    if let problem = ladon_load_openssl() { return raise(t, .importError, String(cString: problem)) }
    let dict = a[0].cell(as: ModuleCell.self).pointee.dict
    if !makeSSLErrors(t, dict) { return .raised }
    // A second import after the module was taken out of sys.modules gets the same types.
    func make(_ name: StaticString, _ old: TypePointer?, _ definition: TypeDefinition) -> TypePointer {
        let type = old ?? installType(t, definition)
        makeImmortal(type.value)
        _ = dictSet(t, dict, internStatic(t, name), type.value)
        return type
    }
    SSLTypes.context = make("_SSLContext", SSLTypes.context, sslContextDefinition())
    SSLTypes.connection = make("_SSLSocket", SSLTypes.connection, sslSocketDefinition())
    SSLTypes.memoryBIO = make("MemoryBIO", SSLTypes.memoryBIO, memoryBIODefinition())
    SSLTypes.session = make("SSLSession", SSLTypes.session, sslSessionDefinition())
    SSLTypes.certificate = make("Certificate", SSLTypes.certificate, certificateDefinition())
    func put(_ name: String, _ v: Value) -> Bool { !v.isRaised && dictSet(t, dict, intern(t, name), v) >= 0 }
    var at: Int32 = 0
    while let name = ladon_ssl_constant(at).name {
        if !put(String(cString: name), makeInt(t, Int(ladon_ssl_constant(at).value))) { return .raised }
        at += 1
    }
    for name in ["HAS_ALPN", "HAS_ECDH", "HAS_SNI", "HAS_TLS_UNIQUE", "HAS_TLSv1", "HAS_TLSv1_1", "HAS_TLSv1_2", "HAS_TLSv1_3"] where !put(name, .true) { return .raised }
    for name in ["HAS_NPN", "HAS_SSLv2", "HAS_SSLv3"] where !put(name, .false) { return .raised }
    let number = UInt(openssl.OpenSSL_version_num())
    if !put("OPENSSL_VERSION_NUMBER", makeInt(t, number)) || !put("OPENSSL_VERSION_INFO", versionTuple(t, number))
        || !put("OPENSSL_VERSION", makeString(t, String(cString: openssl.OpenSSL_version(OPENSSL_VERSION).unsafelyUnwrapped)))
        || !put("_OPENSSL_API_VERSION", versionTuple(t, number))
        || !put("_DEFAULT_CIPHERS", makeString(t, "ALL:!COMPLEMENTOFDEFAULT:!eNULL" as StaticString)) { return .raised }
    return .none
}

/// The module `_ssl`.
public func sslModule() -> ModuleDefinition {
    ModuleDefinition("_ssl", doc: "Implementation module for SSL socket operations.  See the socket module\nfor documentation.", members: [
        .method("RAND_add", "($module, string, entropy, /)", ssl_rand_add, "Mix string into the OpenSSL PRNG state.\n\nentropy (a float) is a lower bound on the entropy contained in\nstring.  See RFC 4086."),
        .method("RAND_bytes", "($module, n, /)", { t, a in randomBytes(t, a[1]) }, "Generate n cryptographically strong pseudo-random bytes."),
        .method("RAND_pseudo_bytes", "($module, n, /)", { t, a in
            if warn(t, .deprecationWarning, "ssl.RAND_pseudo_bytes() is deprecated", 1) < 0 { return .raised }
            let bytes = randomBytes(t, a[1])
            return bytes.isRaised ? bytes : makeTuple(t, bytes, .true)
        }, "Generate n pseudo-random bytes.\n\nReturn a pair (bytes, is_cryptographic).  is_cryptographic is True\nif the bytes generated are cryptographically strong."),
        .method("RAND_status", "($module, /)", { _, _ in Value(openssl.RAND_status() == 1) }, "Returns True if the OpenSSL PRNG has been seeded with enough data and False if not.\n\nIt is necessary to seed the PRNG with RAND_add() on some platforms before\nusing the ssl() function."),
        .method("_test_decode_cert", "($module, path, /)", ssl_test_decode_cert),
        .method("get_default_verify_paths", "($module, /)", ssl_get_default_verify_paths, "Return search paths and environment vars that are used by SSLContext's set_default_verify_paths() to load default CAs.\n\nThe values are 'cert_file_env', 'cert_file', 'cert_dir_env', 'cert_dir'."),
        .method("nid2obj", "($module, nid, /)", ssl_nid2obj, "Lookup NID, short name, long name and OID of an ASN1_OBJECT by NID."),
        .method("txt2obj", "($module, /, txt, name=False)", ssl_txt2obj, "Lookup NID, short name, long name and OID of an ASN1_OBJECT.\n\nBy default objects are looked up by OID. With name=True short and\nlong name are also matched."),
    ], initialize: initialize)
}
