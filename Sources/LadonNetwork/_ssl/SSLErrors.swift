// The exceptions of TLS, and how OpenSSL's error codes become them. The numbers in "(_ssl.c:992)" are those that CPython
// 3.11 prints: programs and their tests look at these texts.

import COpenSSL
import LadonLibrary

/// The values of `SSLError.errno` that OpenSSL itself doesn't have.
let sslErrorEOF = 8
let sslErrorNoSocket = 9

/// The exception classes; made with the module and never freed.
enum SSLErrors {
    nonisolated(unsafe) static var base = Value.raised
    nonisolated(unsafe) static var certificate = Value.raised
    nonisolated(unsafe) static var zeroReturn = Value.raised
    nonisolated(unsafe) static var wantRead = Value.raised
    nonisolated(unsafe) static var wantWrite = Value.raised
    nonisolated(unsafe) static var systemCall = Value.raised
    nonisolated(unsafe) static var eof = Value.raised
}

/// Makes the classes and puts them into the module's dict. False: raised.
func makeSSLErrors(_ t: Thread, _ dict: Value) -> Bool {
    if !SSLErrors.base.isRaised {
        // A second import of the module gets the same classes.
        let rows: [(StaticString, UInt)] = [
            ("SSLError", SSLErrors.base.bits), ("SSLCertVerificationError", SSLErrors.certificate.bits), ("SSLZeroReturnError", SSLErrors.zeroReturn.bits),
            ("SSLWantReadError", SSLErrors.wantRead.bits), ("SSLWantWriteError", SSLErrors.wantWrite.bits),
            ("SSLSyscallError", SSLErrors.systemCall.bits), ("SSLEOFError", SSLErrors.eof.bits),
        ]
        for (name, bits) in rows where dictSet(t, dict, internStatic(t, name), Value(bits: bits)) < 0 { return false }
        return true
    }
    let base = installType(t, TypeDefinition(nil, "ssl.SSLError", base: .osError, flags: [.baseType], doc: "An error occurred in the SSL implementation.", slots: [
        .unary(.str, { t, v in
            let text = v.exceptionFields[ExceptionField.osStrerror]
            if text.isCell && text.isStr { return text }
            return str(t, v.asException.pointee.args)
        }),
    ]))
    makeImmortal(base.value)
    SSLErrors.base = base.value
    if dictSet(t, dict, internStatic(t, "SSLError"), base.value) < 0 { return false }
    func make(_ name: StaticString, _ doc: StaticString, _ other: Value = .raised) -> Value {
        let bases = other.isRaised ? makeTuple(t, SSLErrors.base) : makeTuple(t, SSLErrors.base, other)
        let body = makeDict(t)
        if bases.isRaised || body.isRaised { return .raised }
        _ = dictSet(t, body, LadonLibrary.name(.__module__), internStatic(t, "ssl"))
        _ = dictSet(t, body, LadonLibrary.name(.__doc__), makeString(t, doc))
        let type = call(t, builtinType(.type).value, internStatic(t, name), bases, body)
        if type.isRaised || dictSet(t, dict, internStatic(t, name), type) < 0 { return .raised }
        makeImmortal(type)
        return type
    }
    SSLErrors.certificate = make("SSLCertVerificationError", "A certificate could not be verified.", builtinType(.valueError).value)
    SSLErrors.zeroReturn = make("SSLZeroReturnError", "SSL/TLS session closed cleanly.")
    SSLErrors.wantRead = make("SSLWantReadError", "Non-blocking SSL socket needs to read more data\nbefore the requested operation can be completed.")
    SSLErrors.wantWrite = make("SSLWantWriteError", "Non-blocking SSL socket needs to write more data\nbefore the requested operation can be completed.")
    SSLErrors.systemCall = make("SSLSyscallError", "System error when attempting SSL operation.")
    SSLErrors.eof = make("SSLEOFError", "SSL/TLS connection terminated abruptly.")
    for type in [SSLErrors.certificate.bits, SSLErrors.zeroReturn.bits, SSLErrors.wantRead.bits, SSLErrors.wantWrite.bits, SSLErrors.systemCall.bits, SSLErrors.eof.bits] where type == 0 {
        return false
    }
    return true
}

// MARK: OpenSSL's codes

private func isSystemError(_ code: UInt) -> Bool { code & 0x8000_0000 != 0 }
func errorLibrary(_ code: UInt) -> Int { isSystemError(code) ? 2 : Int(code >> 23 & 0xFF) }
func errorReason(_ code: UInt) -> Int { isSystemError(code) ? Int(code & 0x7FFF_FFFF) : Int(code & 0x7F_FFFF) }

/// OpenSSL's text of a code: "certificate verify failed".
func reasonText(_ code: UInt) -> String? { openssl.ERR_reason_error_string(code).map { String(cString: $0) } }

/// The macro's name of a code's reason: "CERTIFICATE_VERIFY_FAILED". Texts derive from names, so names derive from texts. Reasons
/// that all libraries share ("PEM lib") have none.
private func reasonName(_ code: UInt) -> String? {
    if isSystemError(code) || errorReason(code) & (0x1F << 18) != 0 { return nil }
    guard let text = openssl.ERR_reason_error_string(code) else { return nil }
    var name = ""
    var p = text
    while p.pointee != 0 {
        let c = UInt8(bitPattern: p.pointee)
        switch c {
        case 32, 45, 47: name.unicodeScalars.append("_")
        case 97...122: name.unicodeScalars.append(Unicode.Scalar(c - 32))
        default: name.unicodeScalars.append(Unicode.Scalar(c))
        }
        p += 1
    }
    return name
}

// MARK: raising

/// What a failed verification says beyond its reason.
struct VerificationFailure {
    var code: Int
    var text: String
}

/// Raises an error of TLS. `code`: its errno; `error`: OpenSSL's code, 0 for none, whose text stands in for a missing one.
@discardableResult
func raiseSSL(_ t: Thread, _ type: Value, _ code: Int, _ text: String?, line: Int, error: UInt = 0, verification: VerificationFailure? = nil) -> Value {
    var library: String? = nil, reason: String? = nil
    var message = text
    if error != 0 {
        library = libraryText(errorLibrary(error))
        reason = reasonName(error)
        if message == nil { message = reasonText(error) }
    }
    var whole = message ?? "unknown error"
    if let library {
        if let reason { whole = "[\(library): \(reason)] \(whole)" } else { whole = "[\(library)] \(whole)" }
    }
    if let verification { whole += ": " + verification.text }
    whole += " (_ssl.c:\(line))"
    openssl.ERR_clear_error()
    let e = call(t, type, makeInt(t, code), makeString(t, whole))
    if e.isRaised { return e }
    if setAttribute(t, e, name(.reason), reason.map { makeString(t, $0) } ?? .none) < 0
        || setAttribute(t, e, internStatic(t, "library"), library.map { makeString(t, $0) } ?? .none) < 0 { return .raised }
    if type == SSLErrors.certificate {
        let verifyCode = verification.map { makeInt(t, $0.code) } ?? .none
        let verifyMessage = verification.map { makeString(t, $0.text) } ?? .none
        if setAttribute(t, e, internStatic(t, "verify_code"), verifyCode) < 0 || setAttribute(t, e, internStatic(t, "verify_message"), verifyMessage) < 0 { return .raised }
    }
    return raiseValue(t, e)
}

private func libraryText(_ number: Int) -> String? {
    var at: Int32 = 0
    while let name = ladon_ssl_library(at).name {
        if ladon_ssl_library(at).value == Int64(number) { return String(cString: name) }
        at += 1
    }
    return nil
}

/// Raises SSLError for the last error of this thread, whose reason is the errno.
@discardableResult
func raiseLastSSLError(_ t: Thread, line: Int, _ text: String? = nil) -> Value {
    let error = openssl.ERR_peek_last_error()
    return raiseSSL(t, SSLErrors.base, errorReason(error), text, line: line, error: error)
}

/// Raises SSLError with a text of our own and errno 0.
@discardableResult
func raiseSSLText(_ t: Thread, _ text: String, line: Int) -> Value { raiseSSL(t, SSLErrors.base, 0, text, line: line) }

/// SSLError with a message as its only argument.
@discardableResult
func raisePlainSSLError(_ t: Thread, _ text: String) -> Value {
    openssl.ERR_clear_error()
    let e = call(t, SSLErrors.base, makeString(t, text))
    return e.isRaised ? e : raiseValue(t, e)
}
