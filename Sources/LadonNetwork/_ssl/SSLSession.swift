// `_ssl.SSLSession`: what a client needs to resume. A copy of OpenSSL's object, which a connection goes on changing.

import COpenSSL
import Glibc
import LadonLibrary

struct SSLSessionCell {
    var header: CellHeader
    /// The context that it belongs to.
    var context: Value
    // raw
    var session: OpaquePointer?
}

func sessionPointer(_ v: Value) -> OpaquePointer { v.cell(as: SSLSessionCell.self).pointee.session.unsafelyUnwrapped }

/// An object for a session that it owns from now on.
func makeSession(_ t: Thread, _ session: OpaquePointer, _ context: Value) -> Value {
    let v = allocateInstance(t, SSLTypes.session)
    if v.isRaised {
        openssl.SSL_SESSION_free(session)
        return v
    }
    v.cell(as: SSLSessionCell.self).pointee.context = context
    v.cell(as: SSLSessionCell.self).pointee.session = session
    return v
}

private func identifier(_ v: Value) -> (UnsafePointer<UInt8>?, Int) {
    var count: UInt32 = 0
    let p = openssl.SSL_SESSION_get_id(sessionPointer(v), &count)
    return (p, Int(count))
}

private func session_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if typeOf(a) != SSLTypes.session || typeOf(b) != SSLTypes.session { return .notImplemented }
    let (p, n) = identifier(a), (q, m) = identifier(b)
    let same = a == b || (n == m && (n == 0 || memcmp(p.unsafelyUnwrapped, q.unsafelyUnwrapped, n) == 0))
    switch CompareOp(rawValue: op.smallInt) {
    case .eq: return Value(same)
    case .ne: return Value(!same)
    default: return .notImplemented
    }
}

func sslSessionDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_ssl.SSLSession", flags: [.disallowInstantiation, .hasFinalizer], size: MemoryLayout<SSLSessionCell>.size,
                   layout: Layout(prefix: 1, flags: [.finalizable, .container]), slots: [
        .ternary(.compare, session_compare),
        .unary(.finalize, { _, v in
            if let session = v.cell(as: SSLSessionCell.self).pointee.session { openssl.SSL_SESSION_free(session) }
            v.cell(as: SSLSessionCell.self).pointee.session = nil
            return .none
        }),
    ], members: [
        .attribute("has_ticket", get: { _, a in Value(openssl.SSL_SESSION_has_ticket(sessionPointer(a[0])) != 0) }, "Does the session contain a ticket?"),
        .attribute("id", get: { t, a in
            let (p, n) = identifier(a[0])
            return n == 0 ? emptyBytes : makeBytes(t, p.unsafelyUnwrapped, n)
        }, "Session id"),
        .attribute("ticket_lifetime_hint", get: { t, a in makeInt(t, openssl.SSL_SESSION_get_ticket_lifetime_hint(sessionPointer(a[0]))) }, "Ticket life time hint."),
        .attribute("time", get: { t, a in makeInt(t, openssl.SSL_SESSION_get_time(sessionPointer(a[0]))) }, "Session creation time (seconds since epoch)."),
        .attribute("timeout", get: { t, a in makeInt(t, openssl.SSL_SESSION_get_timeout(sessionPointer(a[0]))) }, "Session timeout (delta in seconds)."),
    ])
}
