// Addresses as texts and packed bytes, byte order, and the names of network interfaces.

import CLadonNetwork
import Glibc
import LadonLibrary

/// A str argument that holds an address. 0: raised.
private func addressText(_ t: Thread, _ v: Value, _ caller: StaticString, _ position: Int) -> Value {
    if !v.isStr { return raise(t, .typeError, "\(caller)() argument \(position) must be str, not \(v.isNone ? "None" : typeName(v))") }
    let bytes = encodeString(t, v, encoding: .missing, errors: .missing)
    if bytes.isRaised { return bytes }
    return memchr(bytes.bytesData, 0, bytes.bytesCount) == nil ? bytes : raise(t, .valueError, "embedded null character")
}

private func socket_inetAton(_ t: Thread, _ a: Values) -> Value {
    let text = addressText(t, a[0], "inet_aton", 1)
    if text.isRaised { return text }
    var address = in_addr()
    let ok = inet_aton(cString(text), &address)
    text.keepAlive
    return ok == 0 ? raise(t, .osError, "illegal IP address string passed to inet_aton") : makeBytes(t, &address, 4)
}

private func socket_inetNtoa(_ t: Thread, _ a: Values) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, a[0], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    return buffer.length == 4 ? makeInternetText(t, AF_INET, buffer.bytes) : raise(t, .osError, "packed IP wrong length for inet_ntoa")
}

private func socket_inetPton(_ t: Thread, _ a: Values) -> Value {
    guard let family = asInt32(t, a[0]) else { return .raised }
    let text = addressText(t, a[1], "inet_pton", 2)
    if text.isRaised { return text }
    return withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { memory -> Value in
        let p = memory.baseAddress.unsafelyUnwrapped
        let r = inet_pton(family, cString(text), p)
        text.keepAlive
        if r < 0 { return raiseErrno(t) }
        if r == 0 { return raise(t, .osError, "illegal IP address string passed to inet_pton") }
        return makeBytes(t, p, family == AF_INET ? 4 : 16)
    }
}

private func socket_inetNtop(_ t: Thread, _ a: Values) -> Value {
    guard let family = asInt32(t, a[0]) else { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    if family != AF_INET && family != AF_INET6 { return raise(t, .valueError, "unknown address family \(family)") }
    if buffer.length != (family == AF_INET ? 4 : 16) { return raise(t, .valueError, "invalid length of packed IP address string") }
    return makeInternetText(t, family, buffer.bytes)
}

// MARK: byte order

private func swapShort(_ t: Thread, _ v: Value, _ caller: StaticString) -> Value {
    guard let n = asInt32(t, v) else { return .raised }
    if n < 0 { return raise(t, .overflowError, "\(caller): can't convert negative Python int to C 16-bit unsigned integer") }
    guard let short = UInt16(exactly: n) else { return raise(t, .overflowError, "\(caller): Python int too large to convert to C 16-bit unsigned integer") }
    return Value(smallInt: Int(short.bigEndian))
}

private func swapLong(_ t: Thread, _ v: Value) -> Value {
    if !isInt(v) { return raise(t, .typeError, "expected int, \(typeName(v)) found") }
    guard let n = asUInt(t, v) else { return .raised }
    guard let word = UInt32(exactly: n) else { return raise(t, .overflowError, "int larger than 32 bits") }
    return Value(smallInt: Int(word.bigEndian))
}

// MARK: interfaces

private func socket_ifNameindex(_ t: Thread, _ a: Values) -> Value {
    guard let table = if_nameindex() else { return raiseErrno(t) }
    defer { if_freenameindex(table) }
    let result = makeList(t)
    var row = table
    while row.pointee.if_index != 0, let text = row.pointee.if_name {
        let pair = makeTuple(t, Value(smallInt: Int(row.pointee.if_index)), makeString(t, fileSystem: UnsafePointer(text)))
        if result.isRaised || pair.isRaised || listAppend(t, result, pair) < 0 { return .raised }
        row += 1
    }
    return result
}

private func socket_ifNametoindex(_ t: Thread, _ a: Values) -> Value {
    let bytes = fsConverter(t, a[0])
    if bytes.isRaised { return bytes }
    let n = ladon_interface_index(cString(bytes))
    bytes.keepAlive
    return n == 0 ? raise(t, .osError, "no interface with this name") : Value(smallInt: Int(n))
}

private func socket_ifIndextoname(_ t: Thread, _ a: Values) -> Value {
    let whole = index(t, a[0])
    if whole.isRaised { return whole }
    guard let n = asUInt(t, whole) else { return .raised }
    guard let i = UInt32(exactly: n) else { return raise(t, .overflowError, "Python int too large to convert to C int") }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 17) { memory -> Value in
        let p = memory.baseAddress.unsafelyUnwrapped
        return ladon_interface_name(i, p) ? makeString(t, fileSystem: UnsafePointer(p)) : raiseErrno(t)
    }
}

// MARK: sizes of control messages

/// `least` is the size that goes with the smallest length, so that no sum leaves a socklen_t.
private func controlSize(_ t: Thread, _ v: Value, _ caller: StaticString, _ least: Int, _ body: (Int) -> Int) -> Value {
    guard let n = asInt(t, v) else { return .raised }
    return n < 0 || n > Int(Int32.max) - least ? raise(t, .overflowError, "\(caller)() argument out of range") : Value(smallInt: body(n))
}

func addressTextMembers() -> [NativeMember] {
    [
        .method("inet_aton", "(string, /)", socket_inetAton, "inet_aton(string) -> bytes giving packed 32-bit IP representation\n\nConvert an IP address in string format (123.45.67.89) to the 32-bit packed\nbinary format used in low-level network functions."),
        .method("inet_ntoa", "(packed_ip, /)", socket_inetNtoa, "inet_ntoa(packed_ip) -> ip_address_string\n\nConvert an IP address from 32-bit packed binary format to string format"),
        .method("inet_pton", "(af, ip, /)", socket_inetPton, "inet_pton(af, ip) -> packed IP address string\n\nConvert an IP address from string format to a packed string suitable\nfor use with low-level network functions."),
        .method("inet_ntop", "(af, packed_ip, /)", socket_inetNtop, "inet_ntop(af, packed_ip) -> string formatted IP address\n\nConvert a packed IP address of the given family to string format."),
        .method("ntohs", "(integer, /)", { t, a in swapShort(t, a[0], "ntohs") }, "ntohs(integer) -> integer\n\nConvert a 16-bit unsigned integer from network to host byte order."),
        .method("htons", "(integer, /)", { t, a in swapShort(t, a[0], "htons") }, "htons(integer) -> integer\n\nConvert a 16-bit unsigned integer from host to network byte order."),
        .method("ntohl", "(integer, /)", { t, a in swapLong(t, a[0]) }, "ntohl(integer) -> integer\n\nConvert a 32-bit integer from network to host byte order."),
        .method("htonl", "(integer, /)", { t, a in swapLong(t, a[0]) }, "htonl(integer) -> integer\n\nConvert a 32-bit integer from host to network byte order."),
        .method("if_nameindex", "()", socket_ifNameindex, "if_nameindex()\n\nReturns a list of network interface information (index, name) tuples."),
        .method("if_nametoindex", "(if_name, /)", socket_ifNametoindex, "if_nametoindex(if_name)\n\nReturns the interface index corresponding to the interface name if_name."),
        .method("if_indextoname", "(if_index, /)", socket_ifIndextoname, "if_indextoname(if_index)\n\nReturns the interface name corresponding to the interface index if_index."),
        .method("CMSG_LEN", "(length, /)", { t, a in controlSize(t, a[0], "CMSG_LEN", ladon_cmsg_len(0)) { ladon_cmsg_len($0) } },
                "CMSG_LEN(length) -> control message length\n\nReturn the total length, without trailing padding, of an ancillary\ndata item with associated data of the given length."),
        .method("CMSG_SPACE", "(length, /)", { t, a in controlSize(t, a[0], "CMSG_SPACE", ladon_cmsg_space(1)) { ladon_cmsg_space($0) } },
                "CMSG_SPACE(length) -> buffer size\n\nReturn the buffer size needed for recvmsg() to receive an ancillary\ndata item with associated data of the given length, along with any\ntrailing padding."),
    ]
}
