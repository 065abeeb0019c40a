// The module `_hashlib`: OpenSSL's digests, HMAC and key derivation. OpenSSL is loaded by the first digest, not by the
// import: hashlib, which everybody imports, imports this module, and most of them never compute anything.

import COpenSSL
import Glibc
import LadonLibrary

// MARK: which digest

/// The constructors that stand for a digest by being passed as `digestmod`: name by function.
private let constructorNames = PerInterpreter<Value>(.digests)
nonisolated(unsafe) private var unsupportedError = Value.raised

/// A digest by its name or its constructor. nil: raised.
private func digest(_ t: Thread, from v: Value) -> OpaquePointer? {
    if v.isCell && v.isStr { return digest(t, named: swiftString(v)) }
    let name = dictGet(t, constructorNames[t].pointee, v)
    if name.isRaised { return nil }
    if name.isMissing {
        let e = call(t, unsupportedError, makeString(t, "Unsupported digestmod \(reprText(t, v))"))
        if !e.isRaised { raiseValue(t, e) }
        return nil
    }
    return digest(t, named: swiftString(name))
}

private func hashlib_new(_ t: Thread, _ a: Values) -> Value {
    if !(a[1].isCell && a[1].isStr) { return raise(t, .typeError, "name must be a string") }
    guard let found = digest(t, named: swiftString(a[1])) else { return .raised }
    return makeDigest(t, found, a[2])
}

private func construct(_ t: Thread, _ a: Values, _ name: String) -> Value {
    guard let found = digest(t, named: name) else { return .raised }
    return makeDigest(t, found, a[1])
}

private func hashlib_hmac_new(_ t: Thread, _ a: Values) -> Value {
    if a[3].isMissing || a[3].isNone { return raise(t, .typeError, "Missing required parameter 'digestmod'.") }
    guard let found = digest(t, from: a[3]) else { return .raised }
    return makeHMAC(t, found, key: a[1], a[2])
}

private func hashlib_hmac_digest(_ t: Thread, _ a: Values) -> Value {
    guard let found = digest(t, from: a[3]) else { return .raised }
    let h = makeHMAC(t, found, key: a[1], a[2])
    return h.isRaised ? h : callMethod(t, h, internStatic(t, "digest"))
}

// MARK: key derivation

private func hashlib_pbkdf2(_ t: Thread, _ a: Values) -> Value {
    if !(a[1].isCell && a[1].isStr) { return raise(t, .typeError, "pbkdf2_hmac() argument 'hash_name' must be str, not \(typeName(a[1]))") }
    var password = LadonBuffer(), salt = LadonBuffer()
    if getBuffer(t, a[2], &password) < 0 { return .raised }
    defer { releaseBuffer(t, &password) }
    if getBuffer(t, a[3], &salt) < 0 { return .raised }
    defer { releaseBuffer(t, &salt) }
    guard let iterations = asInt(t, a[4]) else { return .raised }
    guard let found = digest(t, named: swiftString(a[1])) else { return .raised }
    defer { openssl.EVP_MD_free(found) }
    if password.length > Int(Int32.max) { return raise(t, .overflowError, "password is too long.") }
    if salt.length > Int(Int32.max) { return raise(t, .overflowError, "salt is too long.") }
    if iterations < 1 { return raise(t, .valueError, "iteration value must be greater than 0.") }
    if iterations > Int(Int32.max) { return raise(t, .overflowError, "iteration value is too great.") }
    var length = Int(openssl.EVP_MD_get_size(found))
    if !a[5].isNone && !a[5].isMissing {
        guard let given = asInt(t, a[5]) else { return .raised }
        length = given
    }
    if length < 1 { return raise(t, .valueError, "key length must be greater than 0.") }
    if length > Int(Int32.max) { return raise(t, .overflowError, "key length is too great.") }
    let key = newBytes(t, count: length)
    if key.isRaised { return key }
    let out = key.bytesData, p = UnsafeRawPointer(password.bytes).assumingMemoryBound(to: CChar.self), s = salt.bytes
    let pCount = Int32(password.length), sCount = Int32(salt.length)
    let ok: Int32 = blocking(t) { openssl.PKCS5_PBKDF2_HMAC(p, pCount, s, sCount, Int32(iterations), found, Int32(length), out) }
    key.keepAlive
    return ok == 1 ? key : raiseDigestError(t, "PBKDF2 failed")
}

private func hashlib_scrypt(_ t: Thread, _ a: Values) -> Value {
    func isGiven(_ v: Value) -> Bool { !v.isNone && !v.isMissing }
    if !ensureOpenSSL(t) { return .raised }
    var password = LadonBuffer(), salt = LadonBuffer()
    if getBuffer(t, a[1], &password) < 0 { return .raised }
    defer { releaseBuffer(t, &password) }
    if password.length > Int(Int32.max) { return raise(t, .overflowError, "password is too long.") }
    if !isGiven(a[2]) { return raise(t, .typeError, "salt is required") }
    if getBuffer(t, a[2], &salt) < 0 { return .raised }
    defer { releaseBuffer(t, &salt) }
    if salt.length > Int(Int32.max) { return raise(t, .overflowError, "salt is too long.") }
    func number(_ v: Value, _ what: String) -> UInt64? {
        if !isGiven(v) {
            raise(t, .typeError, "\(what) is required and must be an unsigned int")
            return nil
        }
        if !isInt(v) {
            raise(t, .typeError, "scrypt() argument '\(what)' must be int, not \(typeName(v))")
            return nil
        }
        return asUInt(t, v).map { UInt64($0) }
    }
    guard let n = number(a[3], "n") else { return .raised }
    if n < 2 || n & (n - 1) != 0 { return raise(t, .valueError, "n must be a power of 2.") }
    guard let r = number(a[4], "r"), let p = number(a[5], "p") else { return .raised }
    guard let memory = a[6].isMissing ? 0 : asInt(t, a[6]), let length = a[7].isMissing ? 64 : asInt(t, a[7]) else { return .raised }
    if memory < 0 || memory > Int(Int32.max) { return raise(t, .valueError, "maxmem must be positive and smaller than \(Int32.max)") }
    if length < 1 || length > Int(Int32.max) { return raise(t, .valueError, "dklen must be greater than 0 and smaller than \(Int32.max)") }
    // The parameters first: a wrong one must not cost the work.
    if openssl.EVP_PBE_scrypt(nil, 0, nil, 0, n, r, p, UInt64(memory), nil, 0) != 1 { return raiseDigestError(t, "Invalid parameter combination for n, r, p, maxmem.") }
    let key = newBytes(t, count: length)
    if key.isRaised { return key }
    let out = key.bytesData, text = UnsafeRawPointer(password.bytes).assumingMemoryBound(to: CChar.self), s = salt.bytes
    let textCount = Int(password.length), sCount = Int(salt.length)
    let ok: Int32 = blocking(t) { openssl.EVP_PBE_scrypt(text, textCount, s, sCount, n, r, p, UInt64(memory), out, length) }
    key.keepAlive
    return ok == 1 ? key : raiseDigestError(t, "scrypt failed")
}

// MARK: the module

/// What OpenSSL 3's default provider has, by Python's names.
private let available: [StaticString] = ["md5", "md5-sha1", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512_224", "sha512_256", "sha3_224", "sha3_256",
                                         "sha3_384", "sha3_512", "shake_128", "shake_256", "blake2b", "blake2s", "ripemd160", "sm3"]

/// What there is one of per process. False: raised.
private func makeOnce(_ t: Thread) -> Bool {
    let bases = makeTuple(t, builtinType(.valueError).value), body = makeDict(t)
    if bases.isRaised || dictSet(t, body, name(.__module__), internStatic(t, "_hashlib")) < 0 { return false }
    unsupportedError = call(t, builtinType(.type).value, internStatic(t, "UnsupportedDigestmodError"), bases, body)
    if unsupportedError.isRaised { return false }
    makeImmortal(unsupportedError)
    makeDigestTypes(t)
    return true
}

private func initialize(_ t: Thread, _ a: Values) -> Value {
    let dict = a[0].cell(as: ModuleCell.self).pointee.dict
    func put(_ name: StaticString, _ v: Value) -> Bool { !v.isRaised && dictSet(t, dict, internStatic(t, name), v) >= 0 }
    // A second import after the module was taken out of sys.modules gets the same types: objects of both go together.
    if DigestTypes.hash == nil && !makeOnce(t) { return .raised }
    if !put("UnsupportedDigestmodError", unsupportedError) || !put("HASH", DigestTypes.hash.value) || !put("HASHXOF", DigestTypes.extendable.value)
        || !put("HMAC", DigestTypes.hmac.value) { return .raised }
    let constructors = makeDict(t)
    if constructors.isRaised { return constructors }
    constructorNames[t].pointee = constructors
    let names = makeList(t)
    for each in available where listAppend(t, names, internStatic(t, each)) < 0 { return .raised }
    if !put("openssl_md_meth_names", call(t, builtinType(.frozenset).value, names)) { return .raised }
    for each in ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "shake_128", "shake_256"] {
        let function = dictGet(t, dict, intern(t, "openssl_" + each))
        if function.isRaised || dictSet(t, constructors, function, intern(t, each)) < 0 { return .raised }
    }
    let module = importModule(t, "types")
    let proxy = module.isRaised ? module : getAttribute(t, module, internStatic(t, "MappingProxyType"))
    let view = proxy.isRaised ? proxy : call(t, proxy, constructors)
    let operators = view.isRaised ? view : importModule(t, "_operator")
    if operators.isRaised || !put("_constructors", view) || !put("compare_digest", getAttribute(t, operators, internStatic(t, "_compare_digest"))) { return .raised }
    return .none
}

private let constructorSignature: StaticString = "($module, /, string=<unrepresentable>, *, usedforsecurity=True)"

/// The module `_hashlib`.
public func hashlibModule() -> ModuleDefinition {
    func constructor(_ name: StaticString, _ doc: StaticString, _ f: @escaping NativeFunction) -> NativeMember { .method(name, constructorSignature, f, doc) }
    return ModuleDefinition("_hashlib", doc: "OpenSSL interface for hashlib module", members: [
        .method("new", "($module, /, name, string=<unrepresentable>, *, usedforsecurity=True)", hashlib_new, "Return a new hash object using the named algorithm.\n\nAn optional string argument may be provided and will be\nautomatically hashed.\n\nThe MD5 and SHA1 algorithms are always supported."),
        constructor("openssl_md5", "Returns a md5 hash object; optionally initialized with a string") { t, a in construct(t, a, "md5") },
        constructor("openssl_sha1", "Returns a sha1 hash object; optionally initialized with a string") { t, a in construct(t, a, "sha1") },
        constructor("openssl_sha224", "Returns a sha224 hash object; optionally initialized with a string") { t, a in construct(t, a, "sha224") },
        constructor("openssl_sha256", "Returns a sha256 hash object; optionally initialized with a string") { t, a in construct(t, a, "sha256") },
        constructor("openssl_sha384", "Returns a sha384 hash object; optionally initialized with a string") { t, a in construct(t, a, "sha384") },
        constructor("openssl_sha512", "Returns a sha512 hash object; optionally initialized with a string") { t, a in construct(t, a, "sha512") },
        constructor("openssl_sha3_224", "Returns a sha3-224 hash object; optionally initialized with a string") { t, a in construct(t, a, "sha3_224") },
        constructor("openssl_sha3_256", "Returns a sha3-256 hash object; optionally initialized with a string") { t, a in construct(t, a, "sha3_256") },
        constructor("openssl_sha3_384", "Returns a sha3-384 hash object; optionally initialized with a string") { t, a in construct(t, a, "sha3_384") },
        constructor("openssl_sha3_512", "Returns a sha3-512 hash object; optionally initialized with a string") { t, a in construct(t, a, "sha3_512") },
        constructor("openssl_shake_128", "Returns a shake-128 variable hash object; optionally initialized with a string") { t, a in construct(t, a, "shake_128") },
        constructor("openssl_shake_256", "Returns a shake-256 variable hash object; optionally initialized with a string") { t, a in construct(t, a, "shake_256") },
        .method("hmac_new", "($module, /, key, msg=<unrepresentable>, digestmod=None)", hashlib_hmac_new, "Return a new hmac object."),
        .method("hmac_digest", "($module, /, key, msg, digest)", hashlib_hmac_digest, "Single-shot HMAC."),
        .method("pbkdf2_hmac", "($module, /, hash_name, password, salt, iterations, dklen=None)", hashlib_pbkdf2, "Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function."),
        .method("scrypt", "($module, /, password, *, salt=None, n=None, r=None, p=None, maxmem=0, dklen=64)", hashlib_scrypt, "scrypt password-based key derivation function."),
        .method("get_fips_mode", "($module, /)", { _, _ in .zero }, "Determine the OpenSSL FIPS mode of operation."),
    ], initialize: initialize)
}
