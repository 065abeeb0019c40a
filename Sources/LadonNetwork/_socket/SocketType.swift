// The type `_socket.socket`: its whole surface.

import CLadonNetwork
import Glibc
import LadonLibrary

private func socket_accept(_ t: Thread, _ a: Values) -> Value {
    if !addressCapacity(t, a[0].asSocket.pointee.family) { return .raised }
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let fd = acceptConnection(t, a[0], &address, &length)
    if fd < 0 { return .raised }
    let sender = makeAddress(t, fd, &address, length, a[0].asSocket.pointee.proto)
    if sender.isRaised {
        close(fd)
        return sender
    }
    return makeTuple(t, Value(smallInt: Int(fd)), sender)
}

private func socket_bind(_ t: Thread, _ a: Values) -> Value {
    var address = sockaddr_storage()
    guard let length = parseAddress(t, a[0], a[1], "bind", &address) else { return .raised }
    let fd = a[0].asSocket.currentFD
    let r: Int32 = blocking(t) { ladon_bind(fd, &address, length) }
    return r < 0 ? raiseErrno(t) : .none
}

private func connect(_ t: Thread, _ a: Values, _ caller: String) -> Int32 {
    var address = sockaddr_storage()
    guard let length = parseAddress(t, a[0], a[1], caller, &address) else { return -1 }
    return connectSocket(t, a[0], &address, length)
}

private func socket_connectEx(_ t: Thread, _ a: Values) -> Value {
    var address = sockaddr_storage()
    guard let length = parseAddress(t, a[0], a[1], "connect_ex", &address) else { return .raised }
    let code = connectSocket(t, a[0], &address, length)
    if code >= 0 { return Value(smallInt: Int(code)) }
    if !exceptionMatches(t, .timeoutError) { return .raised }
    clearException(t)
    return Value(smallInt: Int(EWOULDBLOCK))
}

@inline(__always)
private func nameOf(_ t: Thread, _ v: Value, _ body: (Int32, UnsafeMutablePointer<sockaddr_storage>, UnsafeMutablePointer<socklen_t>) -> Int32) -> Value {
    let s = v.asSocket
    if !addressCapacity(t, s.pointee.family) { return .raised }
    let fd = s.currentFD
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return body(fd, &address, &length) < 0 ? raiseErrno(t) : makeAddress(t, fd, &address, length, s.pointee.proto)
}

private func socket_listen(_ t: Thread, _ a: Values) -> Value {
    var backlog: Int32 = 128
    if !a[1].isMissing {
        guard let n = asInt32(t, a[1]) else { return .raised }
        backlog = max(n, 0)
    }
    let fd = a[0].asSocket.currentFD
    return listen(fd, backlog) < 0 ? raiseErrno(t) : .none
}

private func socket_shutdown(_ t: Thread, _ a: Values) -> Value {
    guard let how = asInt32(t, a[1]) else { return .raised }
    let fd = a[0].asSocket.currentFD
    let r: Int32 = blocking(t) { shutdown(fd, how) }
    return r < 0 ? raiseErrno(t) : .none
}

func socketDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_socket.socket", flags: [.baseType, .hasFinalizer], doc: socketDocumentation, size: MemoryLayout<SocketCell>.size,
                   layout: Layout(prefix: 0, base: (MemoryLayout<SocketCell>.size + 7) / 8, flags: .finalizable),
                   slots: [.call(.new, socket_new), .unary(.repr, socket_repr), .unary(.finalize, socket_finalize)], members: [
        .method("__init__", "(self, family=-1, type=-1, proto=-1, fileno=None)", socket_initialize),
        .method("_accept", "(self, /)", socket_accept, "_accept() -> (integer, address info)\n\nWait for an incoming connection.  Return a new socket file descriptor\nrepresenting the connection, and the address of the client.\nFor IP sockets, the address info is a pair (hostaddr, port)."),
        .method("bind", "(self, address, /)", socket_bind, "bind(address)\n\nBind the socket to a local address."),
        .method("close", "(self, /)", { t, a in closeSocket(t, a[0]) }, "close()\n\nClose the socket.  It cannot be used after this call."),
        .method("connect", "(self, address, /)", { t, a in
            let code = connect(t, a, "connect")
            return code < 0 ? .raised : code == 0 ? .none : raiseOSError(t, code)
        }, "connect(address)\n\nConnect the socket to a remote address.  For IP sockets, the address\nis a pair (host, port)."),
        .method("connect_ex", "(self, address, /)", socket_connectEx, "connect_ex(address) -> errno\n\nThis is like connect(address), but returns an error code (the errno value)\ninstead of raising an exception when an error occurs."),
        .method("detach", "(self, /)", { t, a in Value(smallInt: Int(a[0].asSocket.exchangeFD(-1))) }, "detach()\n\nClose the socket object without closing the underlying file descriptor.\nThe object cannot be used after this call, but the file descriptor\ncan be reused for other purposes.  The file descriptor is returned."),
        .method("fileno", "(self, /)", { t, a in Value(smallInt: Int(a[0].asSocket.currentFD)) }, "fileno() -> integer\n\nReturn the integer file descriptor of the socket."),
        .method("getpeername", "(self, /)", { t, a in nameOf(t, a[0]) { ladon_getpeername($0, $1, $2) } }, "getpeername() -> address info\n\nReturn the address of the remote endpoint.  For IP sockets, the address\ninfo is a pair (hostaddr, port)."),
        .method("getsockname", "(self, /)", { t, a in nameOf(t, a[0]) { ladon_getsockname($0, $1, $2) } }, "getsockname() -> address info\n\nReturn the address of the local endpoint. The format depends on the\naddress family. For IPv4 sockets, the address info is a pair\n(hostaddr, port)."),
        .method("getsockopt", "(self, level, option, buffersize=0, /)", socket_getsockopt, "getsockopt(level, option[, buffersize]) -> value\n\nGet a socket option.  See the Unix manual for level and option.\nIf a nonzero buffersize argument is given, the return value is a\nstring of that length; otherwise it is an integer."),
        .method("setsockopt", "(self, level, option, value, optlen=<unrepresentable>, /)", socket_setsockopt, "setsockopt(level, option, value: int)\nsetsockopt(level, option, value: buffer)\nsetsockopt(level, option, None, optlen: int)\n\nSet a socket option.  See the Unix manual for level and option.\nThe value argument can either be an integer, a string buffer, or\nNone, optlen."),
        .method("listen", "(self, backlog=<unrepresentable>, /)", socket_listen, "listen([backlog])\n\nEnable a server to accept connections."),
        .method("recv", "(self, buffersize, flags=0, /)", socket_recv, "recv(buffersize[, flags]) -> data\n\nReceive up to buffersize bytes from the socket."),
        .method("recv_into", "(self, /, buffer, nbytes=0, flags=0)", socket_recvInto, "recv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\nA version of recv() that stores its data into a buffer rather than creating\na new string."),
        .method("recvfrom", "(self, buffersize, flags=0, /)", socket_recvfrom, "recvfrom(buffersize[, flags]) -> (data, address info)\n\nLike recv(buffersize, flags) but also return the sender's address info."),
        .method("recvfrom_into", "(self, /, buffer, nbytes=0, flags=0)", socket_recvfromInto, "recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)\n\nLike recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info."),
        .method("recvmsg", "(self, bufsize, ancbufsize=0, flags=0, /)", socket_recvmsg, "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\nReceive normal data (up to bufsize bytes) and ancillary data from the\nsocket."),
        .method("recvmsg_into", "(self, buffers, ancbufsize=0, flags=0, /)", socket_recvmsgInto, "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\nReceive normal data and ancillary data from the socket, scattering the\nnon-ancillary data into a series of buffers."),
        .method("send", "(self, data, flags=0, /)", socket_send, "send(data[, flags]) -> count\n\nSend a data string to the socket.  For the optional flags\nargument, see the Unix manual.  Return the number of bytes\nsent; this may be less than len(data) if the network is busy."),
        .method("sendall", "(self, data, flags=0, /)", socket_sendall, "sendall(data[, flags])\n\nSend a data string to the socket.  For the optional flags\nargument, see the Unix manual.  This calls send() repeatedly\nuntil all data is sent.  If an error occurs, it's impossible\nto tell how much data has been sent."),
        .method("sendto", "(self, /, *args)", socket_sendto, "sendto(data[, flags], address) -> count\n\nLike send(data, flags) but allows specifying the destination address.\nFor IP sockets, the address is a pair (hostaddr, port)."),
        .method("sendmsg", "(self, buffers, ancdata=<unrepresentable>, flags=0, address=None, /)", socket_sendmsg, "sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\nSend normal and ancillary data to the socket, gathering the\nnon-ancillary data from a series of buffers and concatenating it into\na single message."),
        .method("setblocking", "(self, flag, /)", { t, a in
            guard let flag = asInt(t, a[1]) else { return .raised }
            return changeTimeout(t, a[0], flag != 0 ? -1 : 0)
        }, "setblocking(flag)\n\nSet the socket to blocking (flag is true) or non-blocking (false).\nsetblocking(True) is equivalent to settimeout(None);\nsetblocking(False) is equivalent to settimeout(0.0)."),
        .method("getblocking", "(self, /)", { t, a in Value(a[0].asSocket.currentTimeout != 0) }, "getblocking()\n\nReturns True if socket is in blocking mode, or False if it\nis in non-blocking mode."),
        .method("settimeout", "(self, timeout, /)", { t, a in
            guard let n = parseTimeout(t, a[1]) else { return .raised }
            return changeTimeout(t, a[0], n)
        }, "settimeout(timeout)\n\nSet a timeout on socket operations.  'timeout' can be a float,\ngiving in seconds, or None.  Setting a timeout of None disables\nthe timeout feature and is equivalent to setblocking(1).\nSetting a timeout of zero is the same as setblocking(0)."),
        .method("gettimeout", "(self, /)", { t, a in timeoutValue(t, a[0].asSocket.currentTimeout) }, "gettimeout() -> timeout\n\nReturns the timeout in seconds (float) associated with socket\noperations. A timeout of None indicates that timeouts on socket\noperations are disabled."),
        .method("shutdown", "(self, flag, /)", socket_shutdown, "shutdown(flag)\n\nShut down the reading side of the socket (flag == SHUT_RD), the writing side\nof the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR)."),
        .member("family", get: { t, a in Value(smallInt: Int(a[0].asSocket.pointee.family)) }, "the socket family"),
        .member("type", get: { t, a in Value(smallInt: Int(a[0].asSocket.pointee.type)) }, "the socket type"),
        .member("proto", get: { t, a in Value(smallInt: Int(a[0].asSocket.pointee.proto)) }, "the socket protocol"),
        .attribute("timeout", get: { t, a in timeoutValue(t, a[0].asSocket.currentTimeout) }, "the socket timeout"),
    ])
}

private let socketDocumentation: StaticString = "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOpen a socket of the given type.  The family argument specifies the\naddress family; it defaults to AF_INET.  The type argument specifies\nwhether this is a stream (SOCK_STREAM, this is the default)\nor datagram (SOCK_DGRAM) socket.  The protocol argument defaults to 0,\nspecifying the default protocol.  Keyword arguments are accepted.\nThe socket is created as non-inheritable."
