// getaddrinfo and its kin: the system's databases of hosts, services and protocols. None of these calls can be interrupted.

import CLadonNetwork
import Glibc
import LadonLibrary

/// What getaddrinfo gets as a text: bytes, or None. 0: raised.
private func serviceName(_ t: Thread, _ v: Value) -> Value {
    if v.isNone || v.isBytes { return v }
    if isInt(v) {
        let text = str(t, v)
        return text.isRaised ? text : encodeString(t, text, encoding: .missing, errors: .missing)
    }
    if v.isStr { return encodeString(t, v, encoding: .missing, errors: .missing) }
    return raise(t, .osError, "Int or String expected")
}

private func optionalText(_ v: Value) -> UnsafePointer<CChar>? { v.isNone ? nil : cString(v) }

func socket_getaddrinfo(_ t: Thread, _ a: Values) -> Value {
    var host = a[0]
    if host.isStr {
        host = idnaBytes(t, host)
        if host.isRaised { return host }
    } else if !host.isNone && !host.isBytes {
        return raise(t, .typeError, "getaddrinfo() argument 1 must be string or None")
    }
    let port = serviceName(t, a[1])
    if port.isRaised { return port }
    guard let family = asInt32(t, a[2]), let type = asInt32(t, a[3]), let proto = asInt32(t, a[4]), let flags = asInt32(t, a[5]) else { return .raised }
    var hints = addrinfo()
    hints.ai_family = family
    hints.ai_socktype = type
    hints.ai_protocol = proto
    hints.ai_flags = flags
    var list: UnsafeMutablePointer<addrinfo>? = nil
    let node = optionalText(host), service = optionalText(port)
    let code: Int32 = blocking(t) { getaddrinfo(node, service, &hints, &list) }
    host.keepAlive
    port.keepAlive
    if code != 0 { return raiseResolverError(t, code) }
    defer { if let list { freeaddrinfo(list) } }
    let result = makeList(t)
    if result.isRaised { return result }
    var row = list
    while let r = row {
        var address = sockaddr_storage()
        memcpy(&address, r.pointee.ai_addr, min(Int(r.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size))
        let pair = makeAddress(t, -1, &address, r.pointee.ai_addrlen, proto)
        let canonical = r.pointee.ai_canonname.map { makeString(t, fileSystem: UnsafePointer($0)) } ?? emptyString
        let item = makeTuple(t, 5)
        if pair.isRaised || canonical.isRaised || item.isRaised { return .raised }
        item.tupleItems[0] = Value(smallInt: Int(r.pointee.ai_family))
        item.tupleItems[1] = Value(smallInt: Int(r.pointee.ai_socktype))
        item.tupleItems[2] = Value(smallInt: Int(r.pointee.ai_protocol))
        item.tupleItems[3] = canonical
        item.tupleItems[4] = pair
        if listAppend(t, result, item) < 0 { return .raised }
        row = r.pointee.ai_next
    }
    return result
}

func socket_getnameinfo(_ t: Thread, _ a: Values) -> Value {
    guard let flags = asInt32(t, a[1]) else { return .raised }
    let v = a[0]
    if !v.isCell || !isSubtype(typeOf(v), builtinType(.tuple)) { return raise(t, .typeError, "getnameinfo() argument 1 must be a tuple") }
    if v.tupleCount < 2 || v.tupleCount > 4 || !v.tupleItems[0].isStr { return raise(t, .typeError, "getnameinfo(): illegal sockaddr argument") }
    guard let port = asInt32(t, v.tupleItems[1]) else { return .raised }
    var flow: UInt32 = 0, scope: UInt32 = 0
    if v.tupleCount > 2 {
        guard let n = wrapping32(t, v.tupleItems[2]) else { return .raised }
        flow = n
    }
    if v.tupleCount > 3 {
        guard let n = wrapping32(t, v.tupleItems[3]) else { return .raised }
        scope = n
    }
    if flow > 0xFFFFF { return raise(t, .overflowError, "getnameinfo(): flowinfo must be 0-1048575.") }
    let host = encodeString(t, v.tupleItems[0], encoding: .missing, errors: .missing)
    let service = makeBytes(t, "\(port)")
    if host.isRaised || service.isRaised { return .raised }
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = 2
    hints.ai_flags = AI_NUMERICHOST
    var list: UnsafeMutablePointer<addrinfo>? = nil
    let node = cString(host), number = cString(service)
    let code: Int32 = blocking(t) { getaddrinfo(node, number, &hints, &list) }
    host.keepAlive
    service.keepAlive
    if code != 0 { return raiseResolverError(t, code) }
    guard let first = list else { return .none }
    defer { freeaddrinfo(first) }
    if first.pointee.ai_next != nil { return raise(t, .osError, "sockaddr resolved to multiple addresses") }
    if first.pointee.ai_family == AF_INET {
        if v.tupleCount != 2 { return raise(t, .osError, "IPv4 sockaddr must be 2 tuple") }
    } else if first.pointee.ai_family == AF_INET6 {
        let six = UnsafeMutableRawPointer(first.pointee.ai_addr!).assumingMemoryBound(to: sockaddr_in6.self)
        six.pointee.sin6_flowinfo = flow.bigEndian
        six.pointee.sin6_scope_id = scope
    }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1025 + 32) { memory -> Value in
        let p = memory.baseAddress.unsafelyUnwrapped
        let code: Int32 = blocking(t) { getnameinfo(first.pointee.ai_addr, first.pointee.ai_addrlen, p, 1025, p + 1025, 32, flags) }
        if code != 0 { return raiseResolverError(t, code) }
        return makeTuple(t, makeString(t, fileSystem: UnsafePointer(p)), makeString(t, fileSystem: UnsafePointer(p + 1025)))
    }
}

private func makeBytes(_ t: Thread, _ s: String) -> Value {
    var copy = s
    return copy.withUTF8 { LadonLibrary.makeBytes(t, $0.baseAddress.unsafelyUnwrapped, $0.count) }
}

// MARK: hosts

/// A host argument as the socket module's older functions take it. 0: raised.
private func encodedHost(_ t: Thread, _ v: Value, _ caller: String) -> Value {
    if v.isStr { return idnaBytes(t, v) }
    let bytes = v.isBytes || (v.isCell && isSubtype(typeOf(v), builtinType(.bytearray))) ? hostName(t, v) : .missing
    return bytes.isMissing ? raise(t, .typeError, "\(caller)() argument 1 must be str, bytes or bytearray, not \(typeName(v))") : bytes
}

func socket_gethostbyname(_ t: Thread, _ a: Values) -> Value {
    let bytes = encodedHost(t, a[0], "gethostbyname")
    var address = sockaddr_storage()
    if bytes.isRaised || !resolveHost(t, bytes, AF_INET, &address) { return .raised }
    var host = withUnsafeBytes(of: &address) { $0.load(as: sockaddr_in.self).sin_addr }
    return makeInternetText(t, AF_INET, &host)
}

/// (name, aliases, addresses) of a `hostent`.
private func makeHostEntry(_ t: Thread, _ h: hostent) -> Value {
    let aliases = makeList(t), addresses = makeList(t)
    if aliases.isRaised || addresses.isRaised { return .raised }
    var p = h.h_aliases
    while let q = p, let text = q.pointee {
        if listAppend(t, aliases, makeString(t, fileSystem: UnsafePointer(text))) < 0 { return .raised }
        p = q + 1
    }
    var next = h.h_addr_list
    while let q = next, let bytes = q.pointee {
        let text = makeInternetText(t, h.h_addrtype, bytes)
        if text.isRaised || listAppend(t, addresses, text) < 0 { return .raised }
        next = q + 1
    }
    return makeTuple(t, makeString(t, fileSystem: UnsafePointer(h.h_name)), aliases, addresses)
}

/// Calls a reentrant query of hosts with growing memory.
private func queryHost(_ t: Thread, _ body: (UnsafeMutablePointer<hostent>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<hostent>?>, UnsafeMutablePointer<Int32>) -> Int32) -> Value {
    var size = 16384
    while true {
        var again = false
        let v = withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { memory -> Value in
            var entry = hostent()
            var found: UnsafeMutablePointer<hostent>? = nil
            var failure: Int32 = 0
            let code: Int32 = blocking(t) { body(&entry, memory.baseAddress.unsafelyUnwrapped, size, &found, &failure) }
            if code == ERANGE && size < 1 << 22 {
                again = true
                return .none
            }
            guard let found else { return raiseHostError(t, failure) }
            return makeHostEntry(t, found.pointee)
        }
        if !again { return v }
        size *= 4
    }
}

func socket_gethostbynameEx(_ t: Thread, _ a: Values) -> Value {
    let bytes = encodedHost(t, a[0], "gethostbyname_ex")
    var address = sockaddr_storage()
    if bytes.isRaised || !resolveHost(t, bytes, AF_INET, &address) { return .raised }
    let text = cString(bytes)
    let v = queryHost(t) { gethostbyname_r(text, $0, $1, $2, $3, $4) }
    bytes.keepAlive
    return v
}

func socket_gethostbyaddr(_ t: Thread, _ a: Values) -> Value {
    let bytes = encodedHost(t, a[0], "gethostbyaddr")
    var address = sockaddr_storage()
    if bytes.isRaised || !resolveHost(t, bytes, AF_UNSPEC, &address) { return .raised }
    let family = Int32(address.ss_family)
    if family != AF_INET && family != AF_INET6 { return raise(t, .osError, "unsupported address family") }
    return withUnsafeMutableBytes(of: &address) { memory -> Value in
        let isV4 = family == AF_INET
        let p = memory.baseAddress.unsafelyUnwrapped + (isV4 ? 4 : 8)
        return queryHost(t) { gethostbyaddr_r(p, isV4 ? 4 : 16, family, $0, $1, $2, $3, $4) }
    }
}

func socket_gethostname(_ t: Thread, _ a: Values) -> Value {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1025) { memory -> Value in
        let p = memory.baseAddress.unsafelyUnwrapped
        if gethostname(p, 1024) < 0 { return raiseErrno(t) }
        p[1024] = 0
        return makeString(t, fileSystem: UnsafePointer(p))
    }
}

func socket_sethostname(_ t: Thread, _ a: Values) -> Value {
    let bytes = a[0].isStr ? encodeFileSystem(t, a[0]) : a[0]
    if bytes.isRaised { return bytes }
    var buffer = LadonBuffer()
    if getBuffer(t, bytes, &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    let p = UnsafeRawPointer(buffer.bytes).assumingMemoryBound(to: CChar.self)
    return sethostname(p, buffer.length) < 0 ? raiseErrno(t) : .none
}

// MARK: services and protocols
// The C library's functions answer in static memory, so each runs, and its answer is copied, under a lock of their own.

nonisolated(unsafe) private let databaseLock = makeRuntimeLock()

/// A str argument as C text. 0: raised.
private func textArgument(_ t: Thread, _ v: Value, _ caller: String, _ position: Int) -> Value {
    if !v.isStr { return raise(t, .typeError, "\(caller)() argument \(position) must be str, not \(v.isNone ? "None" : typeName(v))") }
    let bytes = encodeString(t, v, encoding: .missing, errors: .missing)
    if bytes.isRaised { return bytes }
    return memchr(bytes.bytesData, 0, bytes.bytesCount) == nil ? bytes : raise(t, .valueError, "embedded null character")
}

func socket_getservbyname(_ t: Thread, _ a: Values) -> Value {
    let service = textArgument(t, a[0], "getservbyname", 1)
    if service.isRaised { return service }
    let proto: Value = a[1].isMissing ? .none : textArgument(t, a[1], "getservbyname", 2)
    if proto.isRaised { return proto }
    let text = cString(service), kind = optionalText(proto)
    databaseLock.lock(t)
    let port: Int32 = blocking(t) { getservbyname(text, kind).map { $0.pointee.s_port } ?? -1 }
    databaseLock.unlock(t)
    service.keepAlive
    proto.keepAlive
    return port < 0 ? raise(t, .osError, "service/proto not found") : Value(smallInt: Int(UInt16(bigEndian: UInt16(truncatingIfNeeded: port))))
}

func socket_getservbyport(_ t: Thread, _ a: Values) -> Value {
    guard let number = asInt32(t, a[0]) else { return .raised }
    let proto: Value = a[1].isMissing ? .none : textArgument(t, a[1], "getservbyport", 2)
    if proto.isRaised { return proto }
    guard let port = UInt16(exactly: number) else { return raise(t, .overflowError, "getservbyport: port must be 0-65535.") }
    let kind = optionalText(proto)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { memory -> Value in
        let p = memory.baseAddress.unsafelyUnwrapped
        databaseLock.lock(t)
        let found: Bool = blocking(t) {
            guard let entry = getservbyport(Int32(port.bigEndian), kind) else { return false }
            strncpy(p, entry.pointee.s_name, 255)
            p[255] = 0
            return true
        }
        databaseLock.unlock(t)
        proto.keepAlive
        return found ? makeString(t, fileSystem: UnsafePointer(p)) : raise(t, .osError, "port/proto not found")
    }
}

func socket_getprotobyname(_ t: Thread, _ a: Values) -> Value {
    let proto = textArgument(t, a[0], "getprotobyname", 1)
    if proto.isRaised { return proto }
    let text = cString(proto)
    databaseLock.lock(t)
    let number: Int32 = blocking(t) { getprotobyname(text).map { $0.pointee.p_proto } ?? -1 }
    databaseLock.unlock(t)
    proto.keepAlive
    return number < 0 ? raise(t, .osError, "protocol not found") : Value(smallInt: Int(number))
}
