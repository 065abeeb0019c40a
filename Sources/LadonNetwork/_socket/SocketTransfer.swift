// Sending and receiving.

import CLadonNetwork
import Glibc
import LadonLibrary

@inline(__always) private func flagsArgument(_ t: Thread, _ v: Value) -> Int32? {
    v == .zero ? 0 : asInt32(t, v)
}

// MARK: receiving

func socket_recv(_ t: Thread, _ a: Values) -> Value {
    guard let size = asInt(t, a[1]), let flags = flagsArgument(t, a[2]) else { return .raised }
    if size < 0 { return raise(t, .valueError, "negative buffersize in recv") }
    if size == 0 { return emptyBytes }
    return receiveBytes(t, size) { receive(t, a[0], $0, size, flags) }
}

/// Receives as bytes what `body` puts into memory of `size` bytes: a count, or -1: raised. Mostly far less comes than was asked for
/// (asyncio asks for 256 KiB each time), so the heap gets what came and the rest is scratch.
@inline(__always)
private func receiveBytes(_ t: Thread, _ size: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) -> Value {
    if size > 256 && size <= 4 << 20, let scratch = malloc(size) {
        let p = scratch.assumingMemoryBound(to: UInt8.self)
        let n = body(p)
        let received = n < 0 ? .raised : makeBytes(t, UnsafeRawPointer(p), n)
        free(scratch)
        return received
    }
    let bytes = newBytesChecked(t, size)
    if bytes.isRaised { return bytes }
    let n = body(bytes.bytesData)
    return n < 0 ? .raised : shrinkBytes(t, bytes, to: n)
}

@inline(__always)
private func receive(_ t: Thread, _ v: Value, _ p: UnsafeMutablePointer<UInt8>, _ size: Int, _ flags: Int32) -> Int {
    onSocket(t, v, POLLIN, SocketWait(v.asSocket.currentTimeout, flags)) { fd, extra in recv(fd, p, size, flags | extra) }
}

/// `recv` of a `_socket.socket` into memory, for native code that knows the method not to be replaced. How much came; -1: raised.
public func socketReceive(_ t: Thread, _ v: Value, _ p: UnsafeMutablePointer<UInt8>, _ size: Int) -> Int { receive(t, v, p, size, 0) }

/// The same for `send`.
public func socketSend(_ t: Thread, _ v: Value, _ p: UnsafePointer<UInt8>, _ count: Int) -> Int {
    sendOnce(t, v, p, count, 0, SocketWait(v.asSocket.currentTimeout))
}

/// `nbytes` of the `…_into` methods: how much of the buffer is used. nil: raised.
private func intoCount(_ t: Thread, _ v: Value, _ available: Int, _ negative: String, _ tooSmall: String) -> Int? {
    guard let n = asInt(t, v) else { return nil }
    if n < 0 {
        raise(t, .valueError, negative)
        return nil
    }
    if n > available {
        raise(t, .valueError, tooSmall)
        return nil
    }
    return n == 0 ? available : n
}

func socket_recvInto(_ t: Thread, _ a: Values) -> Value {
    guard let flags = flagsArgument(t, a[3]) else { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer, writable: true, argument: "recv_into() argument 1") < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    guard let size = intoCount(t, a[2], buffer.length, "negative buffersize in recv_into", "buffer too small for requested bytes") else { return .raised }
    if size == 0 { return .zero }
    let n = receive(t, a[0], buffer.bytes, size, flags)
    return n < 0 ? .raised : Value(smallInt: n)
}

/// recvfrom into memory; the count, or -1: raised. The sender's address goes to `sender`.
private func receiveFrom(_ t: Thread, _ v: Value, _ p: UnsafeMutablePointer<UInt8>, _ size: Int, _ flags: Int32, _ sender: inout Value) -> Int {
    guard addressCapacity(t, v.asSocket.pointee.family) else { return -1 }
    var address = sockaddr_storage()
    var length = socklen_t(0)
    let n = onSocket(t, v, POLLIN, SocketWait(v.asSocket.currentTimeout, flags)) { fd, extra in
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return ladon_recvfrom(fd, p, size, flags | extra, &address, &length)
    }
    if n < 0 { return n }
    sender = makeAddress(t, v.asSocket.currentFD, &address, length, v.asSocket.pointee.proto)
    return sender.isRaised ? -1 : n
}

func socket_recvfrom(_ t: Thread, _ a: Values) -> Value {
    guard let size = asInt(t, a[1]), let flags = flagsArgument(t, a[2]) else { return .raised }
    if size < 0 { return raise(t, .valueError, "negative buffersize in recvfrom") }
    var sender = Value.none
    let bytes = receiveBytes(t, size) { receiveFrom(t, a[0], $0, size, flags, &sender) }
    return bytes.isRaised ? bytes : makeTuple(t, bytes, sender)
}

func socket_recvfromInto(_ t: Thread, _ a: Values) -> Value {
    guard let flags = flagsArgument(t, a[3]) else { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer, writable: true, argument: "recvfrom_into() argument 1") < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    guard let size = intoCount(t, a[2], buffer.length, "negative buffersize in recvfrom_into", "nbytes is greater than the length of the buffer") else {
        return .raised
    }
    var sender = Value.none
    let n = receiveFrom(t, a[0], buffer.bytes, size, flags, &sender)
    return n < 0 ? .raised : makeTuple(t, Value(smallInt: n), sender)
}

// MARK: sending

/// Sends; the count, or -1: raised. A blocking stream is done when all is sent, as the system's own blocking call.
private func sendOnce(_ t: Thread, _ v: Value, _ p: UnsafePointer<UInt8>, _ count: Int, _ flags: Int32, _ wait: SocketWait) -> Int {
    let completes = wait.timeout < 0 && t.pointee.isMain != 0 && v.asSocket.pointee.type == 1
    var done = 0
    while true {
        let from = done
        let n = onSocket(t, v, POLLOUT, wait) { fd, extra in send(fd, p + from, count - from, flags | extra) }
        if n < 0 { return n }
        done += n
        if !completes || done >= count || n == 0 { return done }
    }
}

func socket_send(_ t: Thread, _ a: Values) -> Value {
    guard let flags = flagsArgument(t, a[2]) else { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    let n = sendOnce(t, a[0], buffer.bytes, buffer.length, flags, SocketWait(a[0].asSocket.currentTimeout, flags))
    return n < 0 ? .raised : Value(smallInt: n)
}

func socket_sendall(_ t: Thread, _ a: Values) -> Value {
    guard let flags = flagsArgument(t, a[2]) else { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    // One deadline for the whole.
    let wait = SocketWait(a[0].asSocket.currentTimeout, flags)
    var done = 0
    repeat {
        let n = sendOnce(t, a[0], buffer.bytes + done, buffer.length - done, flags, wait)
        if n < 0 { return .raised }
        done += n
        if done < buffer.length && !safepoint(t) { return .raised }
    } while done < buffer.length
    return .none
}

func socket_sendto(_ t: Thread, _ a: Values) -> Value {
    let args = a[1]
    let count = args.tupleCount
    if count != 2 && count != 3 { return raise(t, .typeError, "sendto() takes 2 or 3 arguments (\(count) given)") }
    var buffer = LadonBuffer()
    if getBuffer(t, args.tupleItems[0], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    var flags: Int32 = 0
    if count == 3 {
        guard let n = asInt32(t, args.tupleItems[1]) else { return .raised }
        flags = n
    }
    var address = sockaddr_storage()
    guard let length = parseAddress(t, a[0], args.tupleItems[count - 1], "sendto", &address) else { return .raised }
    let p = buffer.bytes, size = buffer.length
    let n = onSocket(t, a[0], POLLOUT, SocketWait(a[0].asSocket.currentTimeout, flags)) { fd, extra in
        ladon_sendto(fd, p, size, flags | extra, &address, length)
    }
    return n < 0 ? .raised : Value(smallInt: n)
}
