// `_ssl._SSLContext`: the settings that connections share. The cell's lock protects OpenSSL's object, which is safe to
// share but not to change.

import COpenSSL
import Glibc
import LadonLibrary

struct SSLContextCell {
    var header: CellHeader
    /// Python's callbacks, or None.
    var serverNameCallback: Value
    var messageCallback: Value
    /// The path (str) of the file that secrets are logged to, or None.
    var keylogName: Value
    // raw
    var context: OpaquePointer?
    var protocolNumber: Int
    var checksHostname: Bool
    var wantsPostHandshake: Bool
    var hostFlags: UInt32
    var lock: SSLLock
}

/// The module's types; made with it and never freed.
enum SSLTypes {
    nonisolated(unsafe) static var context: TypePointer! = nil
    nonisolated(unsafe) static var connection: TypePointer! = nil
    nonisolated(unsafe) static var memoryBIO: TypePointer! = nil
    nonisolated(unsafe) static var session: TypePointer! = nil
    nonisolated(unsafe) static var certificate: TypePointer! = nil
}

func contextCell(_ v: Value) -> UnsafeMutablePointer<SSLContextCell> { v.cell(as: SSLContextCell.self) }
/// OpenSSL's object; there as long as the cell.
func contextPointer(_ v: Value) -> OpaquePointer { contextCell(v).pointee.context.unsafelyUnwrapped }
func contextLock(_ v: Value) -> SSLLockPointer { SSLLockPointer(fieldAddress(v, \SSLContextCell.lock)) }

/// Which versions a context speaks: the values of PROTOCOL_….
enum SSLProtocol {
    static let tls = 2, tls1 = 3, tls1_1 = 4, tls1_2 = 5, client = 16, server = 17
}

private func context_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if !noKeywords(t, "_SSLContext", names) { return .raised }
    if count != 1 { return raise(t, .typeError, "_SSLContext expected 1 argument, got \(count)") }
    guard let number = asInt32(t, args.unsafelyUnwrapped[0]) else { return .raised }
    var version: Int32 = 0
    var deprecated: String? = nil
    let method: OpaquePointer?
    switch Int(number) {
    case SSLProtocol.tls:
        deprecated = "ssl.PROTOCOL_TLS is deprecated"
        method = openssl.TLS_method()
    case SSLProtocol.client: method = openssl.TLS_client_method()
    case SSLProtocol.server: method = openssl.TLS_server_method()
    case SSLProtocol.tls1:
        deprecated = "ssl.PROTOCOL_TLSv1 is deprecated"
        method = openssl.TLSv1_method()
        version = TLS1_VERSION
    case SSLProtocol.tls1_1:
        deprecated = "ssl.PROTOCOL_TLSv1_1 is deprecated"
        method = openssl.TLSv1_1_method()
        version = TLS1_1_VERSION
    case SSLProtocol.tls1_2:
        deprecated = "ssl.PROTOCOL_TLSv1_2 is deprecated"
        method = openssl.TLSv1_2_method()
        version = TLS1_2_VERSION
    default: return raise(t, .valueError, "invalid or unsupported protocol version \(number)")
    }
    if let deprecated, warn(t, .deprecationWarning, deprecated, 2) < 0 { return .raised }
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    guard let method, let context = openssl.SSL_CTX_new(method) else { return raiseLastSSLError(t, line: 3100) }
    let data = UnsafeMutablePointer<LadonContextData>.allocate(capacity: 1)
    data.pointee = LadonContextData(alpn: nil, keylog: -1)
    _ = openssl.SSL_CTX_set_ex_data(context, 0, data)
    let c = contextCell(v)
    c.pointee.serverNameCallback = .none
    c.pointee.messageCallback = .none
    c.pointee.keylogName = .none
    c.pointee.context = context
    c.pointee.protocolNumber = Int(number)
    c.pointee.hostFlags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
    c.pointee.checksHostname = Int(number) == SSLProtocol.client
    setVerifyMode(v, Int(number) == SSLProtocol.client ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_NONE)
    _ = openssl.SSL_CTX_set_options(context, ladon_ssl_default_options)
    if version != 0 {
        _ = openssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
        _ = openssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
    }
    // A saved session of ours is resumed only by us.
    let id: StaticString = "Python"
    _ = openssl.SSL_CTX_set_session_id_context(context, id.utf8Start, UInt32(id.utf8CodeUnitCount))
    // Long-lived connections need not hold buffers while they are idle.
    _ = openssl.SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(SSL_MODE_RELEASE_BUFFERS), nil)
    let parameters = openssl.SSL_CTX_get0_param(context)
    _ = openssl.X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_TRUSTED_FIRST))
    openssl.X509_VERIFY_PARAM_set_hostflags(parameters, c.pointee.hostFlags)
    openssl.SSL_CTX_set_post_handshake_auth(context, 0)
    openssl.ERR_clear_error()
    return v
}

private func context_finalize(_ t: Thread, _ v: Value) -> Value {
    let c = contextCell(v)
    guard let context = c.pointee.context else { return .none }
    c.pointee.context = nil
    let data = ladon_context_data(context)
    // Connections may keep OpenSSL's object, but die together with this cell: none of them will run a callback.
    openssl.SSL_CTX_free(context)
    if data.pointee.keylog >= 0 { close(data.pointee.keylog) }
    free(UnsafeMutableRawPointer(mutating: data.pointee.alpn))
    data.deallocate()
    return .none
}

func sslContextDefinition() -> TypeDefinition {
    let size = MemoryLayout<SSLContextCell>.size
    return TypeDefinition(nil, "_ssl._SSLContext", flags: [.baseType, .hasFinalizer], size: (size + 7) & ~7,
                          layout: Layout(prefix: 3, base: (size + 7) / 8, flags: [.finalizable, .container]), slots: [
        .call(.new, context_new),
        .unary(.finalize, context_finalize),
    ], members: contextSettingMembers + contextCertificateMembers + contextCallbackMembers + [
        .method("_wrap_socket", "($self, /, sock, server_side, server_hostname=None, *, owner=None, session=None)", context_wrap_socket),
        .method("_wrap_bio", "($self, /, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)", context_wrap_bio),
    ])
}
