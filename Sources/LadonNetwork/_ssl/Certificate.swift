// `_ssl.Certificate`: one certificate of a peer's chain.

import COpenSSL
import LadonLibrary

struct CertificateCell {
    var header: CellHeader
    // raw
    var certificate: OpaquePointer?
}

private func certificatePointer(_ v: Value) -> OpaquePointer { v.cell(as: CertificateCell.self).pointee.certificate.unsafelyUnwrapped }

/// An object that shares the certificate.
func makeCertificate(_ t: Thread, _ certificate: OpaquePointer?) -> Value {
    let v = allocateInstance(t, SSLTypes.certificate)
    if v.isRaised { return v }
    _ = openssl.X509_up_ref(certificate)
    v.cell(as: CertificateCell.self).pointee.certificate = certificate
    return v
}

/// What a memory BIO of OpenSSL's holds; it is freed.
private func contents(_ t: Thread, _ bio: OpaquePointer, asText: Bool) -> Value {
    defer { _ = openssl.BIO_free(bio) }
    let count = Int(openssl.BIO_ctrl_pending(bio))
    if count == 0 { return asText ? ladon_runtime.emptyString : emptyBytes }
    let bytes = newBytes(t, count: count)
    if bytes.isRaised { return bytes }
    _ = openssl.BIO_read(bio, bytes.bytesData, Int32(count))
    let result = asText ? makeString(t, utf8: bytes.bytesData, count: count) : bytes
    bytes.keepAlive
    return result
}

/// The text that `write` puts into a BIO.
func textFromBIO(_ t: Thread, _ write: (OpaquePointer) -> Bool) -> Value {
    guard let bio = openssl.BIO_new(openssl.BIO_s_mem()) else { return raiseLastSSLError(t, line: 20, "failed to allocate BIO") }
    if !write(bio) {
        _ = openssl.BIO_free(bio)
        return raiseLastSSLError(t, line: 24)
    }
    return contents(t, bio, asText: true)
}

/// A certificate in DER.
func certificateDER(_ t: Thread, _ certificate: OpaquePointer?) -> Value {
    guard let bio = openssl.BIO_new(openssl.BIO_s_mem()) else { return raiseLastSSLError(t, line: 30, "failed to allocate BIO") }
    if openssl.i2d_X509_bio(bio, certificate) != 1 {
        _ = openssl.BIO_free(bio)
        return raiseLastSSLError(t, line: 34)
    }
    return contents(t, bio, asText: false)
}

private func certificate_public_bytes(_ t: Thread, _ a: Values) -> Value {
    guard let format = a[1].isMissing ? 1 : asInt32(t, a[1]) else { return .raised }
    switch format {
    case 1: return textFromBIO(t) { openssl.PEM_write_bio_X509($0, certificatePointer(a[0])) == 1 }
    case 0x101: return textFromBIO(t) { openssl.PEM_write_bio_X509_AUX($0, certificatePointer(a[0])) == 1 }
    case 2: return certificateDER(t, certificatePointer(a[0]))
    default: return raise(t, .valueError, "Unsupported format")
    }
}

private func certificate_repr(_ t: Thread, _ v: Value) -> Value {
    let subject = textFromBIO(t) {
        openssl.X509_NAME_print_ex($0, openssl.X509_get_subject_name(certificatePointer(v)), 0, ladon_ssl_name_flags) >= 0
    }
    return subject.isRaised ? subject : makeString(t, "<_ssl.Certificate '\(swiftString(subject))'>")
}

private func certificate_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if typeOf(a) != SSLTypes.certificate || typeOf(b) != SSLTypes.certificate { return .notImplemented }
    let same = openssl.X509_cmp(certificatePointer(a), certificatePointer(b)) == 0
    switch CompareOp(rawValue: op.smallInt) {
    case .eq: return Value(same)
    case .ne: return Value(!same)
    default: return .notImplemented
    }
}

func certificateDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_ssl.Certificate", flags: [.disallowInstantiation, .hasFinalizer], size: MemoryLayout<CertificateCell>.size,
                   layout: Layout(prefix: 0, flags: .finalizable), slots: [
        .unary(.repr, certificate_repr),
        .unary(.hash, { t, v in makeInt(t, Int(openssl.X509_subject_name_hash(certificatePointer(v)))) }),
        .ternary(.compare, certificate_compare),
        .unary(.finalize, { _, v in
            if let certificate = v.cell(as: CertificateCell.self).pointee.certificate { openssl.X509_free(certificate) }
            v.cell(as: CertificateCell.self).pointee.certificate = nil
            return .none
        }),
    ], members: [
        .method("public_bytes", "($self, /, format=Encoding.PEM)", certificate_public_bytes),
        .method("get_info", "($self, /)", { t, a in decodeCertificate(t, certificatePointer(a[0])) }),
    ])
}
