// A certificate as a dict: what SSLSocket.getpeercert() answers.

import COpenSSL
import Glibc
import LadonLibrary

/// An object identifier as text: its long name, or with `asNumbers` "2.5.4.3".
func objectText(_ t: Thread, _ object: OpaquePointer?, asNumbers: Bool) -> Value {
    let count = openssl.OBJ_obj2txt(nil, 0, object, asNumbers ? 1 : 0)
    if count < 0 { return raiseLastSSLError(t, line: 1000) }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(count) + 1) { memory in
        let p = memory.baseAddress.unsafelyUnwrapped
        _ = openssl.OBJ_obj2txt(p, count + 1, object, asNumbers ? 1 : 0)
        return makeString(t, String(cString: p))
    }
}

/// An ASN.1 string's bytes as they are.
private func plainText(_ t: Thread, _ string: UnsafePointer<ASN1_STRING>?) -> Value {
    let count = Int(openssl.ASN1_STRING_length(string))
    guard count > 0, let p = openssl.ASN1_STRING_get0_data(string) else { return ladon_runtime.emptyString }
    return decode(t, p, count)
}

private func decode(_ t: Thread, _ p: UnsafePointer<UInt8>, _ count: Int) -> Value { makeString(t, utf8: p, count: count) }

private func pair(_ t: Thread, _ kind: StaticString, _ v: Value) -> Value {
    v.isRaised ? v : makeTuple(t, internStatic(t, kind), v)
}

/// A list as a tuple.
private func tuple(_ t: Thread, _ list: Value) -> Value { list.isRaised ? list : listToTuple(t, list) }

/// A name: a tuple of its parts, each a tuple of (attribute, value).
private func decodeName(_ t: Thread, _ name: OpaquePointer?) -> Value {
    let parts = makeList(t)
    var part = makeList(t)
    var set: Int32 = -1
    for i in 0..<max(0, openssl.X509_NAME_entry_count(name)) {
        let entry = openssl.X509_NAME_get_entry(name, i)
        if set >= 0 && set != openssl.X509_NAME_ENTRY_set(entry) {
            let done = tuple(t, part)
            if done.isRaised || listAppend(t, parts, done) < 0 { return .raised }
            part = makeList(t)
        }
        set = openssl.X509_NAME_ENTRY_set(entry)
        let attribute = objectText(t, openssl.X509_NAME_ENTRY_get_object(entry), asNumbers: false)
        if attribute.isRaised { return attribute }
        var utf8: UnsafeMutablePointer<UInt8>? = nil
        let count = openssl.ASN1_STRING_to_UTF8(&utf8, openssl.X509_NAME_ENTRY_get_data(entry))
        if count < 0 { return raiseLastSSLError(t, line: 1050) }
        let text = count == 0 ? ladon_runtime.emptyString : decode(t, utf8.unsafelyUnwrapped, Int(count))
        openssl.CRYPTO_free(utf8, "", 0)
        let item = text.isRaised ? text : makeTuple(t, attribute, text)
        if item.isRaised || listAppend(t, part, item) < 0 { return .raised }
    }
    if set >= 0 {
        let done = tuple(t, part)
        if done.isRaised || listAppend(t, parts, done) < 0 { return .raised }
    }
    return tuple(t, parts)
}

private func address(_ t: Thread, _ string: UnsafePointer<ASN1_STRING>?) -> Value {
    let count = Int(openssl.ASN1_STRING_length(string))
    let p = openssl.ASN1_STRING_get0_data(string).unsafelyUnwrapped
    if count == 4 { return makeString(t, "\(p[0]).\(p[1]).\(p[2]).\(p[3])") }
    if count == 16 {
        var text = ""
        for i in 0..<8 {
            if i > 0 { text += ":" }
            text += String(UInt(p[2 * i]) << 8 | UInt(p[2 * i + 1]), radix: 16, uppercase: true)
        }
        return makeString(t, text)
    }
    return makeString(t, "<invalid>" as StaticString)
}

/// One alternative name: (kind, value).
private func decodeGeneralName(_ t: Thread, _ name: UnsafePointer<GENERAL_NAME>) -> Value {
    switch name.pointee.type {
    case GEN_DIRNAME: return pair(t, "DirName", decodeName(t, name.pointee.d.dirn))
    case GEN_EMAIL: return pair(t, "email", plainText(t, name.pointee.d.ia5))
    case GEN_DNS: return pair(t, "DNS", plainText(t, name.pointee.d.ia5))
    case GEN_URI: return pair(t, "URI", plainText(t, name.pointee.d.ia5))
    case GEN_RID: return pair(t, "Registered ID", objectText(t, name.pointee.d.rid, asNumbers: true))
    case GEN_IPADD: return pair(t, "IP Address", address(t, name.pointee.d.ip))
    default:
        if name.pointee.type != GEN_OTHERNAME && name.pointee.type != GEN_X400 && name.pointee.type != GEN_EDIPARTY
            && warn(t, .runtimeWarning, "Unknown general name type \(name.pointee.type)", 1) < 0 { return .raised }
        // "kind:value", as OpenSSL prints it.
        let text = textFromBIO(t) { openssl.GENERAL_NAME_print($0, UnsafeMutablePointer(mutating: name)) >= 0 }
        if text.isRaised { return text }
        let whole = swiftString(text)
        guard let colon = whole.utf8.firstIndex(of: 58) else { return raise(t, .valueError, "Invalid value \(whole)") }
        return makeTuple(t, makeString(t, String(whole[..<colon])), makeString(t, String(whole[whole.utf8.index(after: colon)...])))
    }
}

private func generalName(_ stack: OpaquePointer?, _ i: Int32) -> UnsafePointer<GENERAL_NAME> {
    UnsafePointer(openssl.OPENSSL_sk_value(stack, i).unsafelyUnwrapped.assumingMemoryBound(to: GENERAL_NAME.self))
}

private func alternativeNames(_ t: Thread, _ certificate: OpaquePointer?) -> Value {
    guard let raw = openssl.X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return .none }
    let names = OpaquePointer(raw)
    let list = makeList(t)
    var failed = false
    for i in 0..<max(0, openssl.OPENSSL_sk_num(names)) where !failed {
        let item = decodeGeneralName(t, generalName(names, i))
        failed = item.isRaised || listAppend(t, list, item) < 0
    }
    openssl.OPENSSL_sk_pop_free(names, { openssl.GENERAL_NAME_free($0.map { $0.assumingMemoryBound(to: GENERAL_NAME.self) }) })
    return failed ? .raised : tuple(t, list)
}

/// The addresses of one kind of access to the issuer; None if there are none.
private func issuerAccess(_ t: Thread, _ certificate: OpaquePointer?, _ kind: Int32) -> Value {
    guard let raw = openssl.X509_get_ext_d2i(certificate, NID_info_access, nil, nil) else { return .none }
    let info = OpaquePointer(raw)
    defer { openssl.AUTHORITY_INFO_ACCESS_free(info) }
    let list = makeList(t)
    for i in 0..<max(0, openssl.OPENSSL_sk_num(info)) {
        let access = openssl.OPENSSL_sk_value(info, i).unsafelyUnwrapped.assumingMemoryBound(to: ACCESS_DESCRIPTION.self)
        if openssl.OBJ_obj2nid(access.pointee.method) != kind || access.pointee.location.pointee.type != GEN_URI { continue }
        let item = plainText(t, access.pointee.location.pointee.d.ia5)
        if item.isRaised || listAppend(t, list, item) < 0 { return .raised }
    }
    return listCount(list) == 0 ? .none : tuple(t, list)
}

private func revocationLists(_ t: Thread, _ certificate: OpaquePointer?) -> Value {
    guard let raw = openssl.X509_get_ext_d2i(certificate, NID_crl_distribution_points, nil, nil) else { return .none }
    let points = OpaquePointer(raw)
    defer { openssl.CRL_DIST_POINTS_free(points) }
    let list = makeList(t)
    for i in 0..<max(0, openssl.OPENSSL_sk_num(points)) {
        let point = openssl.OPENSSL_sk_value(points, i).unsafelyUnwrapped.assumingMemoryBound(to: DIST_POINT.self)
        guard let place = point.pointee.distpoint, place.pointee.type == 0 else { continue }
        let names = place.pointee.name.fullname
        for k in 0..<max(0, openssl.OPENSSL_sk_num(names)) {
            let name = generalName(names, k)
            if name.pointee.type != GEN_URI { continue }
            let item = plainText(t, name.pointee.d.ia5)
            if item.isRaised || listAppend(t, list, item) < 0 { return .raised }
        }
    }
    return listCount(list) == 0 ? .none : tuple(t, list)
}

/// The dict of a certificate.
func decodeCertificate(_ t: Thread, _ certificate: OpaquePointer?) -> Value {
    let d = makeDict(t)
    if d.isRaised { return d }
    func put(_ key: StaticString, _ v: Value) -> Bool { !v.isRaised && dictSet(t, d, internStatic(t, key), v) >= 0 }
    func putSome(_ key: StaticString, _ v: Value) -> Bool { v.isNone || put(key, v) }
    let ok = put("subject", decodeName(t, openssl.X509_get_subject_name(certificate)))
        && put("issuer", decodeName(t, openssl.X509_get_issuer_name(certificate)))
        && put("version", makeInt(t, openssl.X509_get_version(certificate) + 1))
        && put("serialNumber", textFromBIO(t) { openssl.i2a_ASN1_INTEGER($0, openssl.X509_get_serialNumber(certificate)) >= 0 })
        && put("notBefore", textFromBIO(t) { openssl.ASN1_TIME_print($0, openssl.X509_get0_notBefore(certificate)) >= 0 })
        && put("notAfter", textFromBIO(t) { openssl.ASN1_TIME_print($0, openssl.X509_get0_notAfter(certificate)) >= 0 })
        && putSome("subjectAltName", alternativeNames(t, certificate))
        && putSome("OCSP", issuerAccess(t, certificate, NID_ad_OCSP))
        && putSome("caIssuers", issuerAccess(t, certificate, NID_ad_ca_issuers))
        && putSome("crlDistributionPoints", revocationLists(t, certificate))
    openssl.ERR_clear_error()
    return ok ? d : .raised
}
