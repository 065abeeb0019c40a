// Addresses of sockets: from the values that Python programs give to the system's structures, and back.

import CLadonNetwork
import Glibc
import LadonLibrary

private let familyBluetooth: Int32 = 31
private let familyCAN: Int32 = 29
private let familyTIPC: Int32 = 30
private let familyALG: Int32 = 38
private let familyVSOCK: Int32 = 40
private let familyQIPCRTR: Int32 = 42
private let canISOTP: Int32 = 6
private let canJ1939: Int32 = 7
private let pathOffset = MemoryLayout<sockaddr_un>.offset(of: \sockaddr_un.sun_path).unsafelyUnwrapped
private let pathCapacity = MemoryLayout<sockaddr_un>.size - pathOffset

@inline(__always)
private func view<T>(_ p: UnsafeMutablePointer<sockaddr_storage>, _: T.Type) -> UnsafeMutablePointer<T> {
    UnsafeMutableRawPointer(p).assumingMemoryBound(to: T.self)
}

/// Whether addresses of that family can be received at all. False: raised.
func addressCapacity(_ t: Thread, _ family: Int32) -> Bool {
    switch family {
    case AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, familyCAN, familyTIPC, familyALG, familyVSOCK, familyQIPCRTR, familyBluetooth, 21, 16 /* RDS */: return true
    default:
        raise(t, .osError, "getsockaddrlen: bad family")
        return false
    }
}

// MARK: from Python

/// The parts of an address tuple. nil: raised.
private func addressTuple(_ t: Thread, _ v: Value, _ caller: String, _ family: String, _ least: Int, _ most: Int, _ shape: String) -> Values? {
    if !v.isCell || !isTuple(v) {
        raise(t, .typeError, "\(caller)(): \(family) address must be tuple, not \(typeName(v))")
        return nil
    }
    if v.tupleCount < least || v.tupleCount > most {
        raise(t, .typeError, shape)
        return nil
    }
    return v.tupleItems
}

private func isTuple(_ v: Value) -> Bool { v.isExactly(.tuple) || isSubtype(typeOf(v), builtinType(.tuple)) }

private func portNumber(_ t: Thread, _ v: Value, _ caller: String) -> UInt16? {
    if let n = asInt32(t, v) {
        if let port = UInt16(exactly: n) { return port }
    } else if !exceptionMatches(t, .overflowError) {
        return nil
    }
    clearException(t)
    raise(t, .overflowError, "\(caller)(): port must be 0-65535.")
    return nil
}

/// Fills in the structure for an address as the socket's family writes it: its length; nil: raised.
func parseAddress(_ t: Thread, _ socket: Value, _ v: Value, _ caller: String, _ out: UnsafeMutablePointer<sockaddr_storage>) -> socklen_t? {
    let s = socket.asSocket.pointee
    out.pointee = sockaddr_storage()
    switch s.family {
    case AF_UNIX: return parseUnixAddress(t, v, out)
    case AF_INET:
        guard let items = addressTuple(t, v, caller, "AF_INET", 2, 2, "AF_INET address must be a pair (host, port)") else { return nil }
        guard hostBytes(t, items[0], into: out, AF_INET) else { return nil }
        guard let port = portNumber(t, items[1], caller) else { return nil }
        view(out, sockaddr_in.self).pointee.sin_family = sa_family_t(AF_INET)
        view(out, sockaddr_in.self).pointee.sin_port = port.bigEndian
        return socklen_t(MemoryLayout<sockaddr_in>.size)
    case AF_INET6: return parseINET6(t, v, caller, out)
    case AF_NETLINK:
        guard let items = addressTuple(t, v, caller, "AF_NETLINK", 2, 2, "AF_NETLINK address must be a pair (pid, groups)") else { return nil }
        guard let pid = wrapping32(t, items[0]), let groups = wrapping32(t, items[1]) else { return nil }
        return ladon_make_netlink_address(out, pid, groups)
    case AF_PACKET: return parsePacket(t, socket, v, caller, out)
    case familyVSOCK:
        guard let items = addressTuple(t, v, caller, "AF_VSOCK", 2, 2, "AF_VSOCK address must be a pair (CID, port)") else { return nil }
        guard let cid = wrapping32(t, items[0]), let port = wrapping32(t, items[1]) else { return nil }
        return ladon_make_vsock_address(out, cid, port)
    case familyQIPCRTR:
        guard let items = addressTuple(t, v, caller, "AF_QIPCRTR", 2, 2, "AF_QIPCRTR address must be a pair (node, port)") else { return nil }
        guard let node = wrapping32(t, items[0]), let port = wrapping32(t, items[1]) else { return nil }
        return ladon_make_qipcrtr_address(out, node, port)
    case familyTIPC: return parseTIPC(t, v, caller, out)
    case familyALG: return parseALG(t, v, caller, out)
    case familyCAN: return parseCAN(t, s.proto, v, caller, out)
    default:
        raise(t, .osError, "\(caller)(): bad family")
        return nil
    }
}

/// An unsigned argument of which the low 32 bits count. nil: raised.
func wrapping32(_ t: Thread, _ v: Value) -> UInt32? {
    let n = index(t, v)
    return n.isRaised ? nil : UInt32(truncatingIfNeeded: intTruncated(n))
}

private func parseUnixAddress(_ t: Thread, _ v: Value, _ out: UnsafeMutablePointer<sockaddr_storage>) -> socklen_t? {
    var path = v
    if v.isStr {
        path = encodeFileSystem(t, v)
        if path.isRaised { return nil }
    }
    var buffer = LadonBuffer()
    if getBuffer(t, path, &buffer) < 0 { return nil }
    defer { releaseBuffer(t, &buffer) }
    let n = buffer.length
    let isAbstract = n == 0 || buffer.bytes[0] == 0
    // A path ends with a zero byte; a name in the abstract namespace begins with one and is as long as it is; for none at all
    // the system chooses one there.
    if isAbstract ? n > pathCapacity : n >= pathCapacity {
        raise(t, .osError, "AF_UNIX path too long")
        return nil
    }
    view(out, sockaddr_un.self).pointee.sun_family = sa_family_t(AF_UNIX)
    memcpy(UnsafeMutableRawPointer(out) + pathOffset, buffer.bytes, n)
    return socklen_t(pathOffset + n + (isAbstract ? 0 : 1))
}

private func parseINET6(_ t: Thread, _ v: Value, _ caller: String, _ out: UnsafeMutablePointer<sockaddr_storage>) -> socklen_t? {
    guard let items = addressTuple(t, v, caller, "AF_INET6", 2, 4, "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])") else { return nil }
    var flow: UInt32 = 0, scope: UInt32 = 0
    guard hostBytes(t, items[0], into: out, AF_INET6) else { return nil }
    guard let port = portNumber(t, items[1], caller) else { return nil }
    if v.tupleCount > 2 {
        guard let n = wrapping32(t, items[2]) else { return nil }
        flow = n
    }
    if v.tupleCount > 3 {
        guard let n = wrapping32(t, items[3]) else { return nil }
        scope = n
    }
    if flow > 0xFFFFF {
        raise(t, .overflowError, "\(caller)(): flowinfo must be 0-1048575.")
        return nil
    }
    let a = view(out, sockaddr_in6.self)
    a.pointee.sin6_family = sa_family_t(AF_INET6)
    a.pointee.sin6_port = port.bigEndian
    a.pointee.sin6_flowinfo = flow.bigEndian
    a.pointee.sin6_scope_id = scope
    return socklen_t(MemoryLayout<sockaddr_in6>.size)
}

/// The index of an interface given by name ("" is all of them). nil: raised.
private func interfaceIndex(_ t: Thread, _ v: Value) -> Int32? {
    let bytes = v.isStr || v.isBytes ? fsConverter(t, v) : .missing
    if bytes.isMissing { raise(t, .typeError, "expected str, bytes or os.PathLike object, not \(typeName(v))") }
    if bytes.isRaised || bytes.isMissing { return nil }
    if bytes.bytesCount == 0 { return 0 }
    if bytes.bytesCount < 16 {
        let n = ladon_interface_index(cString(bytes))
        bytes.keepAlive
        if n != 0 { return Int32(bitPattern: n) }
    }
    raiseOSError(t, bytes.bytesCount < 16 ? ladon_errno() : ENODEV)
    return nil
}

func cString(_ bytes: Value) -> UnsafePointer<CChar> { UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self) }

private func parsePacket(_ t: Thread, _ socket: Value, _ v: Value, _ caller: String, _ out: UnsafeMutablePointer<sockaddr_storage>) -> socklen_t? {
    guard let items = addressTuple(t, v, caller, "AF_PACKET", 2, 5, "AF_PACKET address must be a tuple of two to five elements") else { return nil }
    guard let i = interfaceIndex(t, items[0]), let proto = asInt32(t, items[1]) else { return nil }
    var fields = LadonPacketAddress()
    fields.index = i
    var kind: Int32 = 0, hardware: Int32 = 0
    if v.tupleCount > 2 {
        guard let n = asInt32(t, items[2]) else { return nil }
        kind = n
    }
    if v.tupleCount > 3 {
        guard let n = asInt32(t, items[3]) else { return nil }
        hardware = n
    }
    if v.tupleCount > 4 {
        var buffer = LadonBuffer()
        if getBuffer(t, items[4], &buffer) < 0 { return nil }
        defer { releaseBuffer(t, &buffer) }
        if buffer.length > 8 {
            raise(t, .valueError, "hardware address must be 8 bytes or less")
            return nil
        }
        fields.count = UInt8(buffer.length)
        withUnsafeMutableBytes(of: &fields.hardware) { memory in _ = memcpy(memory.baseAddress.unsafelyUnwrapped, buffer.bytes, buffer.length) }
    }
    guard let protocolNumber = UInt16(exactly: proto) else {
        raise(t, .overflowError, "\(caller)(): proto must be 0-65535.")
        return nil
    }
    fields.protocol = protocolNumber.bigEndian
    fields.packetType = UInt8(truncatingIfNeeded: kind)
    fields.hardwareType = UInt16(truncatingIfNeeded: hardware)
    return ladon_make_packet_address(out, &fields)
}

private func parseTIPC(_ t: Thread, _ v: Value, _ caller: String, _ out: UnsafeMutablePointer<sockaddr_storage>) -> socklen_t? {
    guard let items = addressTuple(t, v, caller, "AF_TIPC", 4, 5, "AF_TIPC address must be a tuple (addr_type, v1, v2, v3[, scope])") else { return nil }
    guard let kind = wrapping32(t, items[0]), let x = wrapping32(t, items[1]), let y = wrapping32(t, items[2]), let z = wrapping32(t, items[3]) else { return nil }
    var scope: UInt32 = 2
    if v.tupleCount > 4 {
        guard let n = wrapping32(t, items[4]) else { return nil }
        scope = n
    }
    let length = ladon_make_tipc_address(out, UInt8(truncatingIfNeeded: kind), UInt8(truncatingIfNeeded: scope), x, y, z)
    if length != 0 { return length }
    raise(t, .typeError, "Invalid address type")
    return nil
}

private func parseALG(_ t: Thread, _ v: Value, _ caller: String, _ out: UnsafeMutablePointer<sockaddr_storage>) -> socklen_t? {
    guard let items = addressTuple(t, v, caller, "AF_ALG", 2, 4, "AF_ALG address must be a tuple (type, name[, feat[, mask]])") else { return nil }
    if !items[0].isStr || !items[1].isStr {
        raise(t, .typeError, "AF_ALG address must be a tuple (type, name[, feat[, mask]])")
        return nil
    }
    var feat: UInt32 = 0, mask: UInt32 = 0
    if v.tupleCount > 2 {
        guard let n = wrapping32(t, items[2]) else { return nil }
        feat = n
    }
    if v.tupleCount > 3 {
        guard let n = wrapping32(t, items[3]) else { return nil }
        mask = n
    }
    let type = encodeFileSystem(t, items[0]), algorithm = encodeFileSystem(t, items[1])
    if type.isRaised || algorithm.isRaised { return nil }
    if type.bytesCount >= 14 {
        raise(t, .valueError, "AF_ALG type too long.")
        return nil
    }
    if algorithm.bytesCount >= 64 {
        raise(t, .valueError, "AF_ALG name too long.")
        return nil
    }
    let length = ladon_make_alg_address(out, cString(type), cString(algorithm), feat, mask)
    type.keepAlive
    algorithm.keepAlive
    return length
}

private func parseCAN(_ t: Thread, _ proto: Int32, _ v: Value, _ caller: String, _ out: UnsafeMutablePointer<sockaddr_storage>) -> socklen_t? {
    switch proto {
    case 1, 2:
        guard let items = addressTuple(t, v, caller, "AF_CAN", 1, 1, "AF_CAN address must be a tuple (interface, )") else { return nil }
        guard let i = interfaceIndex(t, items[0]) else { return nil }
        return ladon_make_can_address(out, i)
    case canISOTP:
        guard let items = addressTuple(t, v, caller, "AF_CAN", 3, 3, "AF_CAN address must be a tuple (interface, rx_addr, tx_addr)") else { return nil }
        guard let i = interfaceIndex(t, items[0]), let receive = wrapping32(t, items[1]), let send = wrapping32(t, items[2]) else { return nil }
        return ladon_make_can_isotp_address(out, i, receive, send)
    case canJ1939:
        guard let items = addressTuple(t, v, caller, "AF_CAN", 4, 4, "AF_CAN address must be a tuple (interface, name, pgn, addr)") else { return nil }
        guard let i = interfaceIndex(t, items[0]) else { return nil }
        let n = index(t, items[1])
        if n.isRaised { return nil }
        guard let group = wrapping32(t, items[2]), let one = asInt32(t, items[3]) else { return nil }
        return ladon_make_can_j1939_address(out, i, UInt64(intTruncated(n)), group, UInt8(truncatingIfNeeded: one))
    default:
        raise(t, .osError, "\(caller)(): unsupported CAN protocol")
        return nil
    }
}

// MARK: to Python

func makeInternetText(_ t: Thread, _ family: Int32, _ bytes: UnsafeRawPointer) -> Value {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { memory -> Value in
        guard let text = inet_ntop(family, bytes, memory.baseAddress, 64) else { return raiseErrno(t) }
        return makeString(t, fileSystem: text)
    }
}

/// The Python form of an address that the system gave. `.raised` on errors.
func makeAddress(_ t: Thread, _ fd: Int32, _ p: UnsafeMutablePointer<sockaddr_storage>, _ length: socklen_t, _ proto: Int32) -> Value {
    if length == 0 { return .none }
    switch Int32(p.pointee.ss_family) {
    case AF_INET:
        let a = view(p, sockaddr_in.self)
        var host = a.pointee.sin_addr
        let text = makeInternetText(t, AF_INET, &host)
        return text.isRaised ? text : makeTuple(t, text, Value(smallInt: Int(UInt16(bigEndian: a.pointee.sin_port))))
    case AF_INET6:
        let a = view(p, sockaddr_in6.self)
        var host = a.pointee.sin6_addr
        let text = makeInternetText(t, AF_INET6, &host)
        if text.isRaised { return text }
        return makeTuple(t, text, Value(smallInt: Int(UInt16(bigEndian: a.pointee.sin6_port))), Value(smallInt: Int(UInt32(bigEndian: a.pointee.sin6_flowinfo))),
                         Value(smallInt: Int(a.pointee.sin6_scope_id)))
    case AF_UNIX:
        let path = UnsafeRawPointer(p) + pathOffset
        let count = min(Int(length) - pathOffset, pathCapacity)
        if count <= 0 { return emptyString }
        if path.load(as: UInt8.self) == 0 { return makeBytes(t, path, count) }
        let text = path.assumingMemoryBound(to: UInt8.self)
        return makeString(t, fileSystem: text, count: strnlen(path.assumingMemoryBound(to: CChar.self), count))
    case AF_NETLINK:
        var pid: UInt32 = 0, groups: UInt32 = 0
        ladon_read_netlink_address(p, &pid, &groups)
        return makeTuple(t, Value(smallInt: Int(pid)), Value(smallInt: Int(groups)))
    case AF_PACKET: return makePacketAddress(t, p)
    case familyVSOCK:
        var cid: UInt32 = 0, port: UInt32 = 0
        ladon_read_vsock_address(p, &cid, &port)
        return makeTuple(t, Value(smallInt: Int(cid)), Value(smallInt: Int(port)))
    case familyQIPCRTR:
        var node: UInt32 = 0, port: UInt32 = 0
        ladon_read_qipcrtr_address(p, &node, &port)
        return makeTuple(t, Value(smallInt: Int(node)), Value(smallInt: Int(port)))
    case familyTIPC: return makeTIPCAddress(t, p)
    case familyCAN: return makeCANAddress(t, p, proto)
    default:
        // Of a family that we don't know: its number and its bytes.
        return makeTuple(t, Value(smallInt: Int(p.pointee.ss_family)), makeBytes(t, UnsafeRawPointer(p) + 2, 14))
    }
}

private func interfaceName(_ t: Thread, _ i: Int32) -> Value {
    if i == 0 { return emptyString }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 17) { memory -> Value in
        let p = memory.baseAddress.unsafelyUnwrapped
        return ladon_interface_name(UInt32(bitPattern: i), p) ? makeString(t, fileSystem: UnsafePointer(p)) : emptyString
    }
}

private func makePacketAddress(_ t: Thread, _ p: UnsafeMutablePointer<sockaddr_storage>) -> Value {
    var fields = LadonPacketAddress()
    ladon_read_packet_address(p, &fields)
    let text = interfaceName(t, fields.index)
    let hardware = withUnsafeBytes(of: &fields.hardware) { makeBytes(t, $0.baseAddress.unsafelyUnwrapped, Int(fields.count)) }
    let v = makeTuple(t, 5)
    if text.isRaised || hardware.isRaised || v.isRaised { return .raised }
    v.tupleItems[0] = text
    v.tupleItems[1] = Value(smallInt: Int(UInt16(bigEndian: fields.protocol)))
    v.tupleItems[2] = Value(smallInt: Int(fields.packetType))
    v.tupleItems[3] = Value(smallInt: Int(fields.hardwareType))
    v.tupleItems[4] = hardware
    return v
}

private func makeTIPCAddress(_ t: Thread, _ p: UnsafeMutablePointer<sockaddr_storage>) -> Value {
    var kind: UInt8 = 0, scope: UInt8 = 0, x: UInt32 = 0, y: UInt32 = 0, z: UInt32 = 0
    if !ladon_read_tipc_address(p, &kind, &scope, &x, &y, &z) { return raise(t, .valueError, "Invalid address type") }
    let v = makeTuple(t, 5)
    if v.isRaised { return v }
    v.tupleItems[0] = Value(smallInt: Int(kind))
    v.tupleItems[1] = Value(smallInt: Int(x))
    v.tupleItems[2] = Value(smallInt: Int(y))
    v.tupleItems[3] = Value(smallInt: Int(z))
    v.tupleItems[4] = Value(smallInt: Int(scope))
    return v
}

private func makeCANAddress(_ t: Thread, _ p: UnsafeMutablePointer<sockaddr_storage>, _ proto: Int32) -> Value {
    let text = interfaceName(t, ladon_read_can_index(p))
    if text.isRaised { return text }
    if proto == canISOTP {
        var receive: UInt32 = 0, send: UInt32 = 0
        ladon_read_can_isotp_address(p, &receive, &send)
        return makeTuple(t, text, Value(smallInt: Int(receive)), Value(smallInt: Int(send)))
    }
    if proto == canJ1939 {
        var one: UInt64 = 0, group: UInt32 = 0, last: UInt8 = 0
        ladon_read_can_j1939_address(p, &one, &group, &last)
        return makeTuple(t, text, makeInt(t, UInt(one)), Value(smallInt: Int(group)), Value(smallInt: Int(last)))
    }
    return makeTuple(t, text)
}
