// The module `_socket`.

import CLadonNetwork
import Glibc
import LadonLibrary

private func socket_close(_ t: Thread, _ a: Values) -> Value {
    guard let number = asInt(t, a[0]) else { return .raised }
    guard let fd = Int32(exactly: number) else { return raiseOSError(t, EBADF) }
    let r: Int32 = blocking(t) { close(fd) }
    return r < 0 && ladon_errno() != ECONNRESET ? raiseErrno(t) : .none
}

private func socket_dup(_ t: Thread, _ a: Values) -> Value {
    guard let number = asInt(t, a[0]) else { return .raised }
    guard let fd = Int32(exactly: number) else { return raiseOSError(t, EBADF) }
    let copy = ladon_fcntl_int(fd, F_DUPFD_CLOEXEC, 0)
    return copy < 0 ? raiseErrno(t) : Value(smallInt: Int(copy))
}

private func socket_socketpair(_ t: Thread, _ a: Values) -> Value {
    var family = AF_UNIX, type: Int32 = 1, proto: Int32 = 0
    if !a[0].isMissing {
        guard let n = asInt32(t, a[0]) else { return .raised }
        family = n
    }
    if !a[1].isMissing {
        guard let n = asInt32(t, a[1]) else { return .raised }
        type = n
    }
    if !a[2].isMissing {
        guard let n = asInt32(t, a[2]) else { return .raised }
        proto = n
    }
    var ends: (Int32, Int32) = (-1, -1)
    let r: Int32 = withUnsafeMutablePointer(to: &ends) { p in
        p.withMemoryRebound(to: Int32.self, capacity: 2) { pair in blocking(t) { ladon_socketpair(family, type | Int32(socketCloseOnExec), proto, pair) } }
    }
    if r < 0 { return raiseErrno(t) }
    let first = socket_new(t, Value(socketType), nil, 0, Value(bits: 0))
    let second: Value = first.isRaised ? .raised : socket_new(t, Value(socketType), nil, 0, Value(bits: 0))
    if first.isRaised || second.isRaised || !initializeSocket(t, first, ends.0, family, type, proto) || !initializeSocket(t, second, ends.1, family, type, proto) {
        if !first.isRaised { _ = first.asSocket.exchangeFD(-1) }
        if !second.isRaised { _ = second.asSocket.exchangeFD(-1) }
        close(ends.0)
        close(ends.1)
        return .raised
    }
    return makeTuple(t, first, second)
}

private func addSocketConstants(_ t: Thread, _ d: Value) -> Bool {
    guard var row = ladon_socket_constants() else { return false }
    while let text = row.pointee.name {
        let key = intern(t, makeString(t, fileSystem: text))
        if key.isRaised || dictSet(t, d, key, makeInt(t, Int(row.pointee.value))) < 0 { return false }
        row += 1
    }
    return true
}

private func socket_prepare(_ t: Thread, _ a: Values) -> Value {
    let d = a[0].cell(as: ModuleCell.self).pointee.dict
    if !makeResolverErrors(t) || !addSocketConstants(t, d) { return .raised }
    if socketType == nil { socketType = installType(t, socketDefinition()) }
    let type = Value(socketType)
    if dictSet(t, d, internStatic(t, "socket"), type) < 0 || dictSet(t, d, internStatic(t, "SocketType"), type) < 0 { return .raised }
    if dictSet(t, d, internStatic(t, "error"), builtinType(.osError).value) < 0 || dictSet(t, d, internStatic(t, "timeout"), builtinType(.timeoutError).value) < 0 { return .raised }
    if dictSet(t, d, internStatic(t, "gaierror"), resolverErrors[0]) < 0 || dictSet(t, d, internStatic(t, "herror"), resolverErrors[1]) < 0 { return .raised }
    return dictSet(t, d, internStatic(t, "has_ipv6"), .true) < 0 ? .raised : .none
}

public func socketModule() -> ModuleDefinition {
    ModuleDefinition("_socket", doc: "Implementation module for socket operations.\n\nSee the socket module for documentation.", members: [
        .constant("BDADDR_ANY") { t, _ in makeString(t, "00:00:00:00:00:00") },
        .constant("BDADDR_LOCAL") { t, _ in makeString(t, "00:00:00:FF:FF:FF") },
        .method("getaddrinfo", "(host, port, family=0, type=0, proto=0, flags=0)", socket_getaddrinfo, "getaddrinfo(host, port [, family, type, proto, flags])\n    -> list of (family, type, proto, canonname, sockaddr)\n\nResolve host and port into addrinfo struct."),
        .method("getnameinfo", "(sockaddr, flags, /)", socket_getnameinfo, "getnameinfo(sockaddr, flags) --> (host, port)\n\nGet host and port for a sockaddr."),
        .method("gethostbyname", "(host, /)", socket_gethostbyname, "gethostbyname(host) -> address\n\nReturn the IP address (a string of the form '255.255.255.255') for a host."),
        .method("gethostbyname_ex", "(host, /)", socket_gethostbynameEx, "gethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a host name or IP number."),
        .method("gethostbyaddr", "(host, /)", socket_gethostbyaddr, "gethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a host name or IP number."),
        .method("gethostname", "()", socket_gethostname, "gethostname() -> string\n\nReturn the current host name."),
        .method("sethostname", "(name, /)", socket_sethostname, "sethostname(name)\n\nSets the hostname to name."),
        .method("getservbyname", "(servicename, protocolname=<unrepresentable>, /)", socket_getservbyname, "getservbyname(servicename[, protocolname]) -> integer\n\nReturn a port number from a service name and protocol name.\nThe optional protocol name, if given, should be 'tcp' or 'udp',\notherwise any protocol will match."),
        .method("getservbyport", "(port, protocolname=<unrepresentable>, /)", socket_getservbyport, "getservbyport(port[, protocolname]) -> string\n\nReturn the service name from a port number and protocol name.\nThe optional protocol name, if given, should be 'tcp' or 'udp',\notherwise any protocol will match."),
        .method("getprotobyname", "(name, /)", socket_getprotobyname, "getprotobyname(name) -> integer\n\nReturn the protocol number for the named protocol.  (Rarely used.)"),
        .method("close", "(integer, /)", socket_close, "close(integer) -> None\n\nClose an integer socket file descriptor.  This is like os.close(), but for\nsockets; on some platforms os.close() won't work for socket file descriptors."),
        .method("dup", "(integer, /)", socket_dup, "dup(integer) -> integer\n\nDuplicate an integer socket file descriptor.  This is like os.dup(), but for\nsockets; on some platforms os.dup() won't work for socket file descriptors."),
        .method("socketpair", "(family=<unrepresentable>, type=<unrepresentable>, proto=<unrepresentable>, /)", socket_socketpair, "socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nCreate a pair of socket objects from the sockets returned by the platform\nsocketpair() function.\nThe arguments are the same as for socket() except the default family is\nAF_UNIX if defined on the platform; otherwise, the default is AF_INET."),
        .method("getdefaulttimeout", "()", { t, _ in timeoutValue(t, defaultTimeout) }, "getdefaulttimeout() -> timeout\n\nReturns the default timeout in seconds (float) for new socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the socket module is first imported, the default is None."),
        .method("setdefaulttimeout", "(timeout, /)", { t, a in
            guard let n = parseTimeout(t, a[0]) else { return .raised }
            ladon_store_relaxed(defaultTimeoutWord, UInt(bitPattern: n))
            return .none
        }, "setdefaulttimeout(timeout)\n\nSet the default timeout in seconds (float) for new socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the socket module is first imported, the default is None."),
    ] + addressTextMembers(), initialize: socket_prepare)
}
