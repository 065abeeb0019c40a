// A socket object's state.
//
// Threads may share a socket: the descriptor and the timeout are single words, read once by each call and exchanged
// by close and detach, so a descriptor is closed once. The rest is written by `__init__` only.

import CLadonNetwork
import Glibc
import LadonLibrary

struct SocketCell {
    var header: CellHeader
    // raw
    /// -1: closed, detached, or not initialised.
    var fd: Int32
    var family: Int32
    var type: Int32
    var proto: Int32
    /// Nanoseconds; -1: blocks for ever, 0: never waits.
    var timeout: Int
}

extension Value {
    @inline(__always) var asSocket: UnsafeMutablePointer<SocketCell> { cell(as: SocketCell.self) }
}

extension UnsafeMutablePointer where Pointee == SocketCell {
    @inline(__always) private var fdWord: UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(self) + MemoryLayout<SocketCell>.offset(of: \SocketCell.fd).unsafelyUnwrapped
    }
    @inline(__always) private var timeoutWord: UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(self) + MemoryLayout<SocketCell>.offset(of: \SocketCell.timeout).unsafelyUnwrapped
    }
    @inline(__always) var currentFD: Int32 { Int32(bitPattern: ladon_load32_relaxed(fdWord)) }
    @inline(__always) func exchangeFD(_ fd: Int32) -> Int32 { Int32(bitPattern: ladon_exchange32(fdWord, UInt32(bitPattern: fd))) }
    @inline(__always) var currentTimeout: Int { Int(bitPattern: ladon_load_relaxed(timeoutWord)) }
    @inline(__always) func setTimeout(_ n: Int) { ladon_store_relaxed(timeoutWord, UInt(bitPattern: n)) }
}

/// What new sockets get (`setdefaulttimeout`), in nanoseconds. One word, read and written whole.
nonisolated(unsafe) let defaultTimeoutWord: UnsafeMutablePointer<Int> = {
    let p = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    p.initialize(to: -1)
    return p
}()
var defaultTimeout: Int { Int(bitPattern: ladon_load_relaxed(defaultTimeoutWord)) }

/// The type `_socket.socket`; set when the module is first made.
nonisolated(unsafe) var socketType: TypePointer! = nil

// MARK: making

/// Sets O_NONBLOCK as a timeout asks. False: raised.
func setBlockingMode(_ t: Thread, _ fd: Int32, _ blocks: Bool) -> Bool {
    var mode: Int32 = blocks ? 0 : 1
    let r: Int32 = blocking(t) { ladon_ioctl_pointer(fd, UInt(FIONBIO), &mode) }
    if r == 0 { return true }
    raiseErrno(t)
    return false
}

/// Fills in a new socket's state. False: raised; the descriptor is then in the cell all the same.
func initializeSocket(_ t: Thread, _ v: Value, _ fd: Int32, _ family: Int32, _ type: Int32, _ proto: Int32) -> Bool {
    let s = v.asSocket
    s.pointee.family = family
    s.pointee.type = type & ~Int32(socketNonBlock | socketCloseOnExec)
    s.pointee.proto = proto
    _ = s.exchangeFD(fd)
    if type & Int32(socketNonBlock) != 0 {
        s.setTimeout(0)
        return true
    }
    let timeout = defaultTimeout
    s.setTimeout(timeout)
    return timeout < 0 || setBlockingMode(t, fd, false)
}

let socketNonBlock = 0x800
let socketCloseOnExec = 0x80000

func socket_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    v.asSocket.pointee.fd = -1
    v.asSocket.pointee.timeout = defaultTimeout
    return v
}

func socket_initialize(_ t: Thread, _ a: Values) -> Value {
    guard var family = asInt32(t, a[1]), var type = asInt32(t, a[2]), var proto = asInt32(t, a[3]) else { return .raised }
    if isAuditing && !audit(t, "socket.__new__", a[0], a[1], a[2], a[3]) { return .raised }
    if a[4].isNone {
        if family == -1 { family = AF_INET }
        if type == -1 { type = 1 }
        if proto == -1 { proto = 0 }
        let fd: Int32 = blocking(t) { ladon_socket(family, type | Int32(socketCloseOnExec), proto) }
        if fd < 0 { return raiseErrno(t) }
        if initializeSocket(t, a[0], fd, family, type, proto) { return .none }
        _ = a[0].asSocket.exchangeFD(-1)
        close(fd)
        return .raised
    }
    guard let number = asInt(t, a[4]) else { return .raised }
    if number < 0 { return raise(t, .valueError, "negative file descriptor") }
    guard let fd = Int32(exactly: number) else { return raiseOSError(t, EBADF) }
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    if ladon_getsockname(fd, &address, &length) < 0 {
        let code = ladon_errno()
        if family == -1 || code == EBADF || code == ENOTSOCK { return raiseOSError(t, code) }
    } else if family == -1 {
        family = Int32(address.ss_family)
    }
    if type == -1 {
        guard let n = socketOption(fd, SO_TYPE) else { return raiseErrno(t) }
        type = n
    }
    if proto == -1 {
        guard let n = socketOption(fd, SO_PROTOCOL) else { return raiseErrno(t) }
        proto = n
    }
    return initializeSocket(t, a[0], fd, family, type, proto) ? .none : .raised
}

func socketOption(_ fd: Int32, _ option: Int32) -> Int32? {
    var value: Int32 = 0
    var size = socklen_t(4)
    return getsockopt(fd, SOL_SOCKET, option, &value, &size) < 0 ? nil : value
}

// MARK: closing

func closeSocket(_ t: Thread, _ v: Value) -> Value {
    let fd = v.asSocket.exchangeFD(-1)
    if fd < 0 { return .none }
    // The descriptor is gone whatever close answers; a connection that was reset already is no error.
    let r: Int32 = blocking(t) { close(fd) }
    return r < 0 && ladon_errno() != ECONNRESET ? raiseErrno(t) : .none
}

func socket_finalize(_ t: Thread, _ v: Value) -> Value {
    if v.asSocket.currentFD < 0 { return .none }
    warnUnclosed(t, v, v, kind: "socket")
    let fd = v.asSocket.exchangeFD(-1)
    if fd >= 0 { blocking(t) { _ = close(fd) } }
    return .none
}

func socket_repr(_ t: Thread, _ v: Value) -> Value {
    let s = v.asSocket.pointee
    return makeString(t, "<socket object, fd=\(v.asSocket.currentFD), family=\(s.family), type=\(s.type), proto=\(s.proto)>")
}

// MARK: timeouts

/// A timeout in nanoseconds from None or a number; nil: raised.
func parseTimeout(_ t: Thread, _ v: Value) -> Int? {
    if v.isNone { return -1 }
    guard let n = nanoseconds(t, v, .up) else { return nil }
    if n < 0 {
        raise(t, .valueError, "Timeout value out of range")
        return nil
    }
    return n
}

func timeoutValue(_ t: Thread, _ n: Int) -> Value { n < 0 ? .none : makeFloat(t, Double(n) / 1e9) }

func changeTimeout(_ t: Thread, _ v: Value, _ n: Int) -> Value {
    v.asSocket.setTimeout(n)
    return setBlockingMode(t, v.asSocket.currentFD, n < 0) ? .none : .raised
}
