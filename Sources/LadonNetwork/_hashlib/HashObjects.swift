// OpenSSL's digests and HMACs as objects. The cell's mutex is held by whoever uses the context, detached for much data.

import COpenSSL
import Glibc
import LadonLibrary

struct DigestCell {
    var header: CellHeader
    // raw
    /// EVP_MD_CTX, or HMAC_CTX for an HMAC.
    var context: OpaquePointer?
    var digest: OpaquePointer?
    var mutex: UInt32
}

enum DigestTypes {
    nonisolated(unsafe) static var hash: TypePointer! = nil
    nonisolated(unsafe) static var extendable: TypePointer! = nil
    nonisolated(unsafe) static var hmac: TypePointer! = nil
}

/// Data from this length on are taken in detached, so that other threads run meanwhile.
private let detachedLength = 2048

private func digestCell(_ v: Value) -> UnsafeMutablePointer<DigestCell> { v.cell(as: DigestCell.self) }
private func mutex(_ v: Value) -> NativeMutex { NativeMutex(fieldAddress(v, \DigestCell.mutex)) }
private func acquire(_ t: Thread, _ v: Value) { mutex(v).acquireUninterrupted(t) }

// MARK: names

/// Python's names where OpenSSL's differ.
private let renamed: [(python: StaticString, openssl: StaticString, nid: Int32)] = [
    ("md5", "md5", NID_md5), ("sha1", "sha1", NID_sha1), ("sha224", "sha224", NID_sha224), ("sha256", "sha256", NID_sha256),
    ("sha384", "sha384", NID_sha384), ("sha512", "sha512", NID_sha512), ("sha512_224", "sha512-224", NID_sha512_224), ("sha512_256", "sha512-256", NID_sha512_256),
    ("sha3_224", "sha3-224", NID_sha3_224), ("sha3_256", "sha3-256", NID_sha3_256), ("sha3_384", "sha3-384", NID_sha3_384), ("sha3_512", "sha3-512", NID_sha3_512),
    ("shake_128", "shake128", NID_shake128), ("shake_256", "shake256", NID_shake256), ("blake2s", "blake2s256", NID_blake2s256), ("blake2b", "blake2b512", NID_blake2b512),
]

/// Raises ValueError with OpenSSL's last error, as `[library] reason`.
func raiseDigestError(_ t: Thread, _ fallback: String) -> Value {
    let error = openssl.ERR_peek_last_error()
    openssl.ERR_clear_error()
    if error == 0 { return raise(t, .valueError, fallback) }
    let library = openssl.ERR_lib_error_string(error).map { String(cString: $0) }
    let reason = reasonText(error) ?? fallback
    return raise(t, .valueError, library.map { "[\($0)] \(reason)" } ?? reason)
}

/// Loads the library, when it is first used. False: raised.
func ensureOpenSSL(_ t: Thread) -> Bool {
    guard let problem = ladon_load_openssl() else { return true }
    raise(t, .importError, String(cString: problem))
    return false
}

/// OpenSSL's digest of that name; it is never freed, being OpenSSL's own cache's. nil: raised.
func digest(_ t: Thread, named name: String) -> OpaquePointer? {
    if !ensureOpenSSL(t) { return nil }
    var other = name
    for row in renamed where row.python.description == name { other = row.openssl.description }
    if let digest = openssl.EVP_MD_fetch(nil, other, nil) { return digest }
    _ = raiseDigestError(t, "unsupported hash type \(name)")
    return nil
}

private func name(_ digest: OpaquePointer?) -> String {
    let nid = openssl.EVP_MD_get_type(digest)
    for row in renamed where row.nid == nid { return row.python.description }
    return (openssl.OBJ_nid2ln(nid) ?? openssl.OBJ_nid2sn(nid)).map { String(cString: $0) } ?? ""
}

// MARK: hashes

/// A new hash that owns a reference to `digest`.
func makeDigest(_ t: Thread, _ digest: OpaquePointer, _ data: Value) -> Value {
    let isExtendable = openssl.EVP_MD_get_flags(digest) & UInt(EVP_MD_FLAG_XOF) != 0
    let v = allocateInstance(t, isExtendable ? DigestTypes.extendable : DigestTypes.hash)
    if v.isRaised { return v }
    digestCell(v).pointee.digest = digest
    guard let context = openssl.EVP_MD_CTX_new() else { return raiseMemoryError(t) }
    digestCell(v).pointee.context = context
    if openssl.EVP_DigestInit_ex(context, digest, nil) != 1 { return raiseDigestError(t, "cannot initialise the digest") }
    return data.isMissing || feed(t, v, data) ? v : .raised
}

private func feed(_ t: Thread, _ v: Value, _ data: Value) -> Bool {
    if data.isCell && data.isStr {
        raise(t, .typeError, "Strings must be encoded before hashing")
        return false
    }
    if !supportsBuffer(data) {
        raise(t, .typeError, "object supporting the buffer API required")
        return false
    }
    var buffer = LadonBuffer()
    if getBuffer(t, data, &buffer) < 0 { return false }
    let p = buffer.bytes, count = Int(buffer.length), context = digestCell(v).pointee.context
    let isHMAC = typeOf(v) == DigestTypes.hmac
    func run() -> Int32 { isHMAC ? openssl.HMAC_Update(context, p, count) : openssl.EVP_DigestUpdate(context, p, count) }
    acquire(t, v)
    let ok = count >= detachedLength ? blocking(t) { run() } : run()
    mutex(v).release(t)
    releaseBuffer(t, &buffer)
    v.keepAlive
    if ok == 1 { return true }
    _ = raiseDigestError(t, "update failed")
    return false
}

private func hexText(_ t: Thread, _ bytes: Value) -> Value {
    if bytes.isRaised { return bytes }
    let n = bytes.bytesCount
    let text = newString(t, kind: 1, count: n * 2, ascii: true)
    if text.isRaised || n == 0 { return text }
    func digit(_ x: UInt8) -> UInt8 { x < 10 ? 48 + x : 87 + x }
    for i in 0..<n {
        text.strBytes[2 * i] = digit(bytes.bytesData[i] >> 4)
        text.strBytes[2 * i + 1] = digit(bytes.bytesData[i] & 15)
    }
    bytes.keepAlive
    return text
}

/// A copy of the running context, to be freed.
private func copyContext(_ t: Thread, _ v: Value) -> OpaquePointer? {
    let isHMAC = typeOf(v) == DigestTypes.hmac
    guard let copy = isHMAC ? openssl.HMAC_CTX_new() : openssl.EVP_MD_CTX_new() else { return nil }
    acquire(t, v)
    let ok = isHMAC ? openssl.HMAC_CTX_copy(copy, digestCell(v).pointee.context) : openssl.EVP_MD_CTX_copy_ex(copy, digestCell(v).pointee.context)
    mutex(v).release(t)
    if ok == 1 { return copy }
    if isHMAC { openssl.HMAC_CTX_free(copy) } else { openssl.EVP_MD_CTX_free(copy) }
    return nil
}

private func result(_ t: Thread, _ v: Value, _ length: Int?) -> Value {
    guard let copy = copyContext(t, v) else { return raiseDigestError(t, "copy failed") }
    let isHMAC = typeOf(v) == DigestTypes.hmac
    defer { if isHMAC { openssl.HMAC_CTX_free(copy) } else { openssl.EVP_MD_CTX_free(copy) } }
    let count = length ?? Int(openssl.EVP_MD_get_size(digestCell(v).pointee.digest))
    let bytes = newBytesChecked(t, count)
    if bytes.isRaised || count == 0 { return bytes }
    var written: UInt32 = 0
    let ok = isHMAC ? openssl.HMAC_Final(copy, bytes.bytesData, &written)
        : length != nil ? openssl.EVP_DigestFinalXOF(copy, bytes.bytesData, count) : openssl.EVP_DigestFinal_ex(copy, bytes.bytesData, &written)
    bytes.keepAlive
    return ok == 1 ? bytes : raiseDigestError(t, "digest failed")
}

private func extendableResult(_ t: Thread, _ a: Values) -> Value {
    guard let count = asInt(t, a[1]) else { return .raised }
    if count < 0 { return raise(t, .systemError, "Negative size passed to PyBytes_FromStringAndSize") }
    if count >= 1 << 40 { return raiseMemoryError(t) }
    return result(t, a[0], count)
}

private func copyObject(_ t: Thread, _ a: Values) -> Value {
    let copy = allocateInstance(t, typeOf(a[0]))
    if copy.isRaised { return copy }
    guard let context = copyContext(t, a[0]) else { return raiseDigestError(t, "copy failed") }
    digestCell(copy).pointee.context = context
    let digest = digestCell(a[0]).pointee.digest
    _ = openssl.EVP_MD_up_ref(digest)
    digestCell(copy).pointee.digest = digest
    return copy
}

// MARK: HMAC

/// A new HMAC that owns a reference to `digest`.
func makeHMAC(_ t: Thread, _ digest: OpaquePointer, key: Value, _ data: Value) -> Value {
    let v = allocateInstance(t, DigestTypes.hmac)
    if v.isRaised { return v }
    digestCell(v).pointee.digest = digest
    var buffer = LadonBuffer()
    if getBuffer(t, key, &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    if buffer.length > Int(Int32.max) { return raise(t, .overflowError, "key is too long.") }
    guard let context = openssl.HMAC_CTX_new() else { return raiseMemoryError(t) }
    digestCell(v).pointee.context = context
    if openssl.HMAC_Init_ex(context, buffer.bytes, Int32(buffer.length), digest, nil) != 1 { return raiseDigestError(t, "cannot initialise the HMAC") }
    return data.isMissing || data.isNone || feed(t, v, data) ? v : .raised
}

// MARK: the types

private func finalize(_ t: Thread, _ v: Value) -> Value {
    let c = digestCell(v)
    if let context = c.pointee.context { if typeOf(v) == DigestTypes.hmac { openssl.HMAC_CTX_free(context) } else { openssl.EVP_MD_CTX_free(context) } }
    if let digest = c.pointee.digest { openssl.EVP_MD_free(digest) }
    c.pointee.context = nil
    c.pointee.digest = nil
    return .none
}

func makeDigestTypes(_ t: Thread) {
    let size = MemoryLayout<DigestCell>.size
    func make(_ name: StaticString, base: TypePointer? = nil, _ doc: StaticString, _ slots: [SlotEntry], _ members: [NativeMember]) -> TypePointer {
        let definition = TypeDefinition(nil, name, flags: [.disallowInstantiation, .hasFinalizer, .baseType], doc: doc, size: (size + 7) & ~7,
                                        layout: Layout(prefix: 0, base: (size + 7) / 8, flags: .finalizable), slots: slots + [.unary(.finalize, finalize)], members: members)
        let type = base == nil ? installType(t, definition) : installType(t, definition, base: base.unsafelyUnwrapped)
        makeImmortal(type.value)
        return type
    }
    func address(_ v: Value) -> String { "0x" + String(v.bits, radix: 16) }
    DigestTypes.hash = make("_hashlib.HASH", "A hash is an object used to calculate a checksum of a string of information.\n\nMethods:\n\nupdate() -- updates the current digest with an additional string\ndigest() -- return the current digest value\nhexdigest() -- return the current digest as a string of hexadecimal digits\ncopy() -- return a copy of the current hash object\n\nAttributes:\n\nname -- the hash algorithm being used by this object\ndigest_size -- number of bytes in this hashes output", [
        .unary(.repr) { t, v in makeString(t, "<\(name(digestCell(v).pointee.digest)) \(typeName(v)) object @ 0x\(String(v.bits, radix: 16))>") },
    ], [
        .method("update", "($self, obj, /)", { t, a in feed(t, a[0], a[1]) ? .none : .raised }, "Update this hash object's state with the provided string."),
        .method("digest", "($self, /)", { t, a in result(t, a[0], nil) }, "Return the digest value as a bytes object."),
        .method("hexdigest", "($self, /)", { t, a in hexText(t, result(t, a[0], nil)) }, "Return the digest value as a string of hexadecimal digits."),
        .method("copy", "($self, /)", copyObject, "Return a copy of the hash object."),
        .attribute("digest_size", get: { t, a in makeInt(t, openssl.EVP_MD_get_size(digestCell(a[0]).pointee.digest)) }),
        .attribute("block_size", get: { t, a in makeInt(t, openssl.EVP_MD_get_block_size(digestCell(a[0]).pointee.digest)) }),
        .attribute("name", get: { t, a in makeString(t, name(digestCell(a[0]).pointee.digest)) }),
    ])
    DigestTypes.extendable = make("_hashlib.HASHXOF", base: DigestTypes.hash, "A hash is an object used to calculate a checksum of a string of information.\n\nMethods:\n\nupdate() -- updates the current digest with an additional string\ndigest(length) -- return the current digest value\nhexdigest(length) -- return the current digest as a string of hexadecimal digits\ncopy() -- return a copy of the current hash object\n\nAttributes:\n\nname -- the hash algorithm being used by this object\ndigest_size -- number of bytes in this hashes output", [], [
        .method("digest", "($self, /, length)", extendableResult, "Return the digest value as a bytes object."),
        .method("hexdigest", "($self, /, length)", { t, a in hexText(t, extendableResult(t, a)) }, "Return the digest value as a string of hexadecimal digits."),
        .attribute("digest_size", get: { _, _ in .zero }),
    ])
    DigestTypes.hmac = make("_hashlib.HMAC", "The object used to calculate HMAC of a message.\n\nMethods:\n\nupdate() -- updates the current digest with an additional string\ndigest() -- return the current digest value\nhexdigest() -- return the current digest as a string of hexadecimal digits\ncopy() -- return a copy of the current hash object\n\nAttributes:\n\nname -- the name, including the hash algorithm used by this object\ndigest_size -- number of bytes in digest() output\n", [
        .unary(.repr) { t, v in makeString(t, "<\(name(digestCell(v).pointee.digest)) HMAC object @ 0x\(String(v.bits, radix: 16))>") },
    ], [
        .method("update", "($self, /, msg)", { t, a in feed(t, a[0], a[1]) ? .none : .raised }, "Update the HMAC object with msg."),
        .method("digest", "($self, /)", { t, a in result(t, a[0], nil) }, "Return the digest of the bytes passed to the update() method so far."),
        .method("hexdigest", "($self, /)", { t, a in hexText(t, result(t, a[0], nil)) }, "Return hexadecimal digest of the bytes passed to the update() method so far.\n\nThis may be used to exchange the value safely in email or other non-binary\nenvironments."),
        .method("copy", "($self, /)", copyObject, "Return a copy (\"clone\") of the HMAC object."),
        .attribute("digest_size", get: { t, a in makeInt(t, openssl.EVP_MD_get_size(digestCell(a[0]).pointee.digest)) }),
        .attribute("block_size", get: { t, a in makeInt(t, openssl.EVP_MD_get_block_size(digestCell(a[0]).pointee.digest)) }),
        .attribute("name", get: { t, a in makeString(t, "hmac-" + name(digestCell(a[0]).pointee.digest)) }),
    ])
}
