// Names of hosts: what an address's host part stands for, and the resolver's errors.

import CLadonNetwork
import Glibc
import LadonLibrary

/// `socket.gaierror` and `socket.herror`: one of each per process, made with the module.
nonisolated(unsafe) let resolverErrors: Values = {
    let p = Values.allocate(capacity: 2)
    p.initialize(repeating: Value(bits: 0), count: 2)
    addRootRange(p, count: 2)
    return p
}()

/// The two exception types, made when they are first needed. False: raised.
func makeResolverErrors(_ t: Thread) -> Bool {
    if resolverErrors[0].bits != 0 { return true }
    let names: [StaticString] = ["gaierror", "herror"]
    for i in 0..<2 {
        let namespace = makeDict(t)
        if namespace.isRaised || dictSet(t, namespace, name(.__module__), internStatic(t, "socket")) < 0 { return false }
        let type = makeType(t, builtinType(.type), name: internStatic(t, names[i]), bases: makeTuple(t, builtinType(.osError).value), dict: namespace)
        if type.isRaised { return false }
        storeSlot(resolverErrors + i, type)
    }
    return true
}

private func raiseNumbered(_ t: Thread, _ type: Value, _ code: Int32, _ text: String) -> Value {
    let args = makeTuple(t, Value(smallInt: Int(code)), makeString(t, text))
    let e = args.isRaised ? args : callWithTuple(t, type, args)
    return e.isRaised ? e : raiseInstance(t, e)
}

@discardableResult
func raiseResolverError(_ t: Thread, _ code: Int32) -> Value {
    if code == EAI_SYSTEM { return raiseErrno(t) }
    return raiseNumbered(t, resolverErrors[0], code, String(cString: gai_strerror(code)))
}

func raiseHostError(_ t: Thread, _ code: Int32) -> Value {
    let text = hstrerror(code).map { String(cString: $0) } ?? "host not found"
    return raiseNumbered(t, resolverErrors[1], code, text)
}

/// A host's name by IDNA. What is ASCII stays as it is, if its labels have a length that the codec takes: the codec itself, a
/// Python module with large tables, is then not needed. 0: raised.
func idnaBytes(_ t: Thread, _ v: Value) -> Value {
    if v.strIsASCII && hasPlainLabels(v) { return makeBytes(t, v.strData, v.strCount) }
    return encodeString(t, v, encoding: internStatic(t, "idna"), errors: .missing)
}

/// Whether all labels have 1 to 63 characters; the last may be empty.
private func hasPlainLabels(_ v: Value) -> Bool {
    let bytes = v.strBytes
    var length = 0
    for i in 0..<v.strCount {
        if bytes[i] != 0x2E {
            length += 1
            continue
        }
        if length == 0 || length > 63 { return false }
        length = 0
    }
    v.keepAlive
    return length < 64
}

/// A host as bytes without zero bytes: str (by IDNA unless it is ASCII), bytes or bytearray. 0: raised.
func hostName(_ t: Thread, _ v: Value) -> Value {
    var bytes = v
    if v.isStr {
        bytes = v.strIsASCII ? makeBytes(t, v.strData, v.strCount) : idnaBytes(t, v)
    } else if !v.isBytes {
        if !v.isCell || !isSubtype(typeOf(v), builtinType(.bytearray)) {
            return raise(t, .typeError, "str, bytes or bytearray expected, not \(typeName(v))")
        }
        var buffer = LadonBuffer()
        if getBuffer(t, v, &buffer) < 0 { return .raised }
        bytes = makeBytes(t, buffer.bytes, buffer.length)
        releaseBuffer(t, &buffer)
    }
    if bytes.isRaised { return bytes }
    if memchr(bytes.bytesData, 0, bytes.bytesCount) != nil { return raise(t, .typeError, "host name must not contain null character") }
    return bytes
}

/// Writes the host's address of that family into `out` (its other fields are the caller's). False: raised.
func hostBytes(_ t: Thread, _ host: Value, into out: UnsafeMutablePointer<sockaddr_storage>, _ family: Int32) -> Bool {
    let bytes = hostName(t, host)
    if bytes.isRaised { return false }
    return resolveHost(t, bytes, family, out)
}

/// The first address of a host: "" is any local one, "<broadcast>" all; a number is taken as it is; else the resolver decides. False: raised.
func resolveHost(_ t: Thread, _ bytes: Value, _ family: Int32, _ out: UnsafeMutablePointer<sockaddr_storage>) -> Bool {
    let text = cString(bytes)
    let raw = UnsafeMutableRawPointer(out)
    let v4 = raw.assumingMemoryBound(to: sockaddr_in.self), v6 = raw.assumingMemoryBound(to: sockaddr_in6.self)
    var hints = addrinfo()
    var isWildcard = false
    if bytes.bytesCount == 0 {
        if family == AF_INET {
            v4.pointee.sin_family = sa_family_t(AF_INET)
            return true
        }
        if family == AF_INET6 {
            v6.pointee.sin6_family = sa_family_t(AF_INET6)
            return true
        }
        hints.ai_socktype = 2
        hints.ai_flags = AI_PASSIVE
        isWildcard = true
    } else if strcmp(text, "255.255.255.255") == 0 || strcmp(text, "<broadcast>") == 0 {
        if family != AF_INET && family != AF_UNSPEC {
            raise(t, .osError, "address family mismatched")
            return false
        }
        v4.pointee.sin_family = sa_family_t(AF_INET)
        v4.pointee.sin_addr.s_addr = UInt32.max
        return true
    } else {
        if family == AF_UNSPEC || family == AF_INET {
            var address = in_addr()
            if inet_pton(AF_INET, text, &address) > 0 {
                v4.pointee.sin_family = sa_family_t(AF_INET)
                v4.pointee.sin_addr = address
                return true
            }
        }
        if (family == AF_UNSPEC || family == AF_INET6) && strchr(text, 0x25) == nil {
            var address = in6_addr()
            if inet_pton(AF_INET6, text, &address) > 0 {
                v6.pointee.sin6_family = sa_family_t(AF_INET6)
                v6.pointee.sin6_addr = address
                return true
            }
        }
    }
    hints.ai_family = family
    var list: UnsafeMutablePointer<addrinfo>? = nil
    let code: Int32 = blocking(t) { getaddrinfo(isWildcard ? nil : text, isWildcard ? "0" : nil, &hints, &list) }
    bytes.keepAlive
    if code != 0 {
        raiseResolverError(t, code)
        return false
    }
    guard let first = list else { return false }
    if isWildcard && first.pointee.ai_next != nil {
        freeaddrinfo(list)
        raise(t, .osError, "wildcard resolved to multiple address")
        return false
    }
    memcpy(raw, first.pointee.ai_addr, min(Int(first.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size))
    freeaddrinfo(list)
    if family == AF_INET || family == AF_UNSPEC || family == AF_INET6 { return true }
    raise(t, .osError, "unknown address family")
    return false
}
