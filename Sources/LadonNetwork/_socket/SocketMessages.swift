// sendmsg and recvmsg: several buffers at once, and control messages (descriptors above all).

import CLadonNetwork
import Glibc
import LadonLibrary

/// Borrows the memory of every item of `list`; the number of those taken, fewer than the list has when one raised.
private func borrow(_ t: Thread, _ list: Value, writable: Bool, _ argument: String, _ buffers: UnsafeMutablePointer<LadonBuffer>, _ vectors: UnsafeMutablePointer<iovec>) -> Int {
    let count = list.tupleCount
    var taken = 0
    while taken < count {
        buffers[taken] = LadonBuffer()
        if getBuffer(t, list.tupleItems[taken], &buffers[taken], writable: writable, argument: argument) < 0 { break }
        vectors[taken] = iovec(iov_base: UnsafeMutableRawPointer(buffers[taken].bytes), iov_len: buffers[taken].length)
        taken += 1
    }
    return taken
}

/// An iterable as a tuple; TypeError with that text for anything else. 0: raised.
private func itemsOf(_ t: Thread, _ v: Value, _ message: String) -> Value {
    if v.isExactly(.tuple) { return v }
    if !(v.isCell && (typeOf(v).has(.iter) || typeOf(v).has(.getItem))) { return raise(t, .typeError, message) }
    return sequenceToTuple(t, v)
}

// MARK: receiving

/// Receives into vectors: the result tuple. `first` makes the first item from the count.
private func receiveMessage(_ t: Thread, _ v: Value, _ vectors: UnsafeMutablePointer<iovec>, _ count: Int, _ flags: Int32, _ controlSize: Value,
                            _ caller: String, _ first: (Int) -> Value) -> Value {
    guard let controlCount = asInt(t, controlSize) else { return .raised }
    if controlCount < 0 || controlCount > Int(Int32.max) { return raise(t, .valueError, "invalid ancillary data buffer length") }
    guard addressCapacity(t, v.asSocket.pointee.family) else { return .raised }
    let control = controlCount == 0 ? nil : malloc(controlCount)
    if controlCount != 0 && control == nil { return raiseMemoryError(t) }
    defer { free(control) }
    var address = sockaddr_storage()
    var header = msghdr()
    let n = withUnsafeMutablePointer(to: &address) { sender -> Int in
        withUnsafeMutablePointer(to: &header) { h -> Int in
            onSocket(t, v, POLLIN, SocketWait(v.asSocket.currentTimeout, flags)) { fd, extra in
                h.pointee.msg_name = UnsafeMutableRawPointer(sender)
                h.pointee.msg_namelen = socklen_t(MemoryLayout<sockaddr_storage>.size)
                h.pointee.msg_iov = vectors
                h.pointee.msg_iovlen = count
                h.pointee.msg_control = control
                h.pointee.msg_controllen = controlCount
                h.pointee.msg_flags = 0
                return recvmsg(fd, h, flags | extra)
            }
        }
    }
    if n < 0 { return .raised }
    let result = makeMessage(t, v, &header, &address, first(n))
    if result.isRaised { closeReceived(&header) }
    return result
}

private func makeMessage(_ t: Thread, _ v: Value, _ header: inout msghdr, _ address: inout sockaddr_storage, _ first: Value) -> Value {
    if first.isRaised { return first }
    let controls = makeList(t)
    if controls.isRaised { return controls }
    var position: UnsafeMutableRawPointer? = nil
    var message = LadonControlMessage()
    while ladon_next_control(&header, &position, &message) {
        if message.isTruncated && warn(t, .runtimeWarning, "received malformed or improperly-truncated ancillary data", 1) < 0 { return .raised }
        let data = makeBytes(t, message.data, message.length)
        let item = makeTuple(t, Value(smallInt: Int(message.level)), Value(smallInt: Int(message.type)), data)
        if data.isRaised || item.isRaised || listAppend(t, controls, item) < 0 { return .raised }
        if message.isTruncated { break }
    }
    let sender = makeAddress(t, v.asSocket.currentFD, &address, min(header.msg_namelen, socklen_t(MemoryLayout<sockaddr_storage>.size)), v.asSocket.pointee.proto)
    if sender.isRaised { return sender }
    return makeTuple(t, first, controls, Value(smallInt: Int(header.msg_flags)), sender)
}

/// The result could not be made: descriptors that came with the message are closed.
private func closeReceived(_ header: inout msghdr) {
    var position: UnsafeMutableRawPointer? = nil
    var message = LadonControlMessage()
    while ladon_next_control(&header, &position, &message) {
        if message.level != SOL_SOCKET || message.type != 1 { continue }
        let fds = message.data.assumingMemoryBound(to: Int32.self)
        for i in 0..<(message.length / 4) { close(fds[i]) }
    }
}

func socket_recvmsg(_ t: Thread, _ a: Values) -> Value {
    guard let size = asInt(t, a[1]), let flags = asInt32(t, a[3]) else { return .raised }
    if size < 0 { return raise(t, .valueError, "negative buffer size in recvmsg()") }
    let bytes = newBytesChecked(t, size)
    if bytes.isRaised { return bytes }
    var vector = iovec(iov_base: UnsafeMutableRawPointer(bytes.bytesData), iov_len: size)
    return receiveMessage(t, a[0], &vector, 1, flags, a[2], "recvmsg") { shrinkBytes(t, bytes, to: $0) }
}

func socket_recvmsgInto(_ t: Thread, _ a: Values) -> Value {
    guard let flags = asInt32(t, a[3]) else { return .raised }
    let list = itemsOf(t, a[1], "recvmsg_into() argument 1 must be an iterable")
    if list.isRaised { return list }
    let count = list.tupleCount
    if count > Int(Int32.max) { return raise(t, .osError, "recvmsg_into() argument 1 is too long") }
    return withUnsafeTemporaryAllocation(of: LadonBuffer.self, capacity: count + 1) { buffers -> Value in
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: count + 1) { vectors -> Value in
            let p = buffers.baseAddress.unsafelyUnwrapped, q = vectors.baseAddress.unsafelyUnwrapped
            let taken = borrow(t, list, writable: true, "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers; item", p, q)
            defer { for i in 0..<taken { releaseBuffer(t, &p[i]) } }
            if taken < count { return .raised }
            let result = receiveMessage(t, a[0], q, count, flags, a[2], "recvmsg_into") { Value(smallInt: $0) }
            list.keepAlive
            return result
        }
    }
}

// MARK: sending

/// Puts control messages, a tuple of 3-tuples, into malloc'ed memory of the header. False: raised; the memory is the caller's to free.
private func addControls(_ t: Thread, _ list: Value, _ header: inout msghdr) -> Bool {
    let count = list.tupleCount
    if count == 0 { return true }
    return withUnsafeTemporaryAllocation(of: LadonBuffer.self, capacity: count) { buffers -> Bool in
        withUnsafeTemporaryAllocation(of: (Int32, Int32).self, capacity: count) { kinds -> Bool in
            var taken = 0
            defer { for i in 0..<taken { releaseBuffer(t, &buffers[i]) } }
            // What only a sequence of Python's own gave out: `buffers` may lie where no collection looks.
            let kept = makeTuple(t, count)
            if kept.isRaised { return false }
            defer { kept.keepAlive }
            var total = 0
            while taken < count {
                let item = list.tupleItems[taken]
                let isList = item.isCell && (isSubtype(typeOf(item), builtinType(.tuple)) || isSequence(item)) && !item.isStr
                let parts = isList ? sequenceToTuple(t, item) : .missing
                if parts.isRaised { return false }
                if parts.isMissing || parts.tupleCount != 3 {
                    raise(t, .typeError, "[sendmsg() ancillary data items]() argument must be sequence of length 3, not \(parts.isMissing ? typeName(item) : "\(parts.tupleCount)")")
                    return false
                }
                kept.tupleItems[taken] = parts
                guard let level = asInt32(t, parts.tupleItems[0]), let type = asInt32(t, parts.tupleItems[1]) else { return false }
                buffers[taken] = LadonBuffer()
                if getBuffer(t, parts.tupleItems[2], &buffers[taken]) < 0 { return false }
                kinds[taken] = (level, type)
                let length = buffers[taken].length
                taken += 1
                if length > Int(Int32.max) - 64 {
                    raise(t, .osError, "ancillary data item too large")
                    return false
                }
                total += ladon_cmsg_space(length)
                if total > Int(Int32.max) {
                    raise(t, .osError, "too much ancillary data")
                    return false
                }
            }
            guard let memory = calloc(1, total) else {
                raiseMemoryError(t)
                return false
            }
            header.msg_control = memory
            header.msg_controllen = total
            var position: UnsafeMutableRawPointer? = nil
            for i in 0..<count {
                guard let data = ladon_add_control(&header, &position, kinds[i].0, kinds[i].1, buffers[i].length) else {
                    raise(t, .runtimeError, "unexpected NULL result from CMSG_NXTHDR()")
                    return false
                }
                memcpy(data, buffers[i].bytes, buffers[i].length)
            }
            list.keepAlive
            return true
        }
    }
}

func socket_sendmsg(_ t: Thread, _ a: Values) -> Value {
    guard let flags = asInt32(t, a[3]) else { return .raised }
    var address = sockaddr_storage()
    var header = msghdr()
    if !a[4].isNone {
        guard let length = parseAddress(t, a[0], a[4], "sendmsg", &address) else { return .raised }
        header.msg_namelen = length
    }
    let list = itemsOf(t, a[1], "sendmsg() argument 1 must be an iterable")
    if list.isRaised { return list }
    let controls = a[2].isMissing ? ladon_runtime.emptyTuple : itemsOf(t, a[2], "sendmsg() argument 2 must be an iterable")
    if controls.isRaised { return controls }
    let count = list.tupleCount
    if count > Int(Int32.max) { return raise(t, .osError, "sendmsg() argument 1 is too long") }
    return withUnsafeTemporaryAllocation(of: LadonBuffer.self, capacity: count + 1) { buffers -> Value in
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: count + 1) { vectors -> Value in
            let p = buffers.baseAddress.unsafelyUnwrapped, q = vectors.baseAddress.unsafelyUnwrapped
            let taken = borrow(t, list, writable: false, "argument", p, q)
            defer { for i in 0..<taken { releaseBuffer(t, &p[i]) } }
            if taken < count { return .raised }
            defer { free(header.msg_control) }
            if !addControls(t, controls, &header) { return .raised }
            header.msg_iov = q
            header.msg_iovlen = count
            let n = withUnsafeMutablePointer(to: &address) { target -> Int in
                if header.msg_namelen != 0 { header.msg_name = UnsafeMutableRawPointer(target) }
                let wait = SocketWait(a[0].asSocket.currentTimeout, flags)
                // A blocking stream sends all of a message or, interrupted, a part: not so with MSG_DONTWAIT, so the wait comes before.
                let isWhole = wait.timeout < 0 && t.pointee.isMain != 0 && a[0].asSocket.pointee.type == 1
                if isWhole && !waitReady(t, a[0].asSocket.currentFD, Int16(POLLOUT), wait) { return -1 }
                return withUnsafeMutablePointer(to: &header) { h -> Int in
                    onSocket(t, a[0], POLLOUT, wait, isPatient: isWhole) { fd, extra in sendmsg(fd, h, flags | extra) }
                }
            }
            list.keepAlive
            return n < 0 ? .raised : Value(smallInt: n)
        }
    }
}
