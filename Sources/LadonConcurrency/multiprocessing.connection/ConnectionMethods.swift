// multiprocessing's connections over pipes and sockets, natively: sending and receiving messages, waiting for several, and
// pickling for another process.
//
// They stand in the place of the methods of `_ConnectionBase`, and work for exactly the class `Connection` as the library
// made it; subclasses, other classes, and a `Connection` that somebody has changed go to the Python methods. The bytes on the
// wire are CPython's: a length of four bytes in network order, or -1 and eight bytes, then the message.

import CLadonConcurrency
import Glibc
import LadonFormats
import LadonLibrary

private struct ConnectionNames {
    var handle = Value.raised, readable = Value.raised, writable = Value.raised, pickler = Value.raised
    var sendBytes = Value.raised, dumps = Value.raised, loads = Value.raised, fileno = Value.raised, selector = Value.raised, select = Value.raised
}

nonisolated(unsafe) private var names = ConnectionNames()
nonisolated(unsafe) private var sites: AttributeSites! = nil
private enum Site {
    static let handle = 0, readable = 1, writable = 2
}

/// An interpreter's module: its dictionary, and what was replaced.
private struct ConnectionState {
    var module, sendBytes, send, recvBytes, recv, wait: Value
    /// Connection and PollSelector, as they were when the module had been made: a change of a class renews its version.
    var connection, pollSelector: (type: Value, version: UInt32)
}
private let state = PerInterpreter<ConnectionState>(.connections)

nonisolated(unsafe) private let records = (
    sendBytes: makeRecord(.method("send_bytes", "(self, buf, offset=0, size=None)", connection_sendBytes, "Send the bytes data from a bytes-like object")),
    send: makeRecord(.method("send", "(self, obj)", connection_send, "Send a (picklable) object")),
    recvBytes: makeRecord(.method("recv_bytes", "(self, maxlength=None)", connection_recvBytes, "\n        Receive bytes data as a bytes object.\n        ")),
    recv: makeRecord(.method("recv", "(self)", connection_recv, "Receive a (picklable) object"))
)

// MARK: the rows of the table of amendments

func amendConnection(_ t: Thread, _ dict: Value) -> Bool {
    if sites == nil {
        func text(_ s: StaticString) -> Value { lastingName(t, s) }
        names = ConnectionNames(handle: text("_handle"), readable: text("_readable"), writable: text("_writable"), pickler: text("_ForkingPickler"),
                                sendBytes: text("_send_bytes"), dumps: text("dumps"), loads: text("loads"), fileno: text("fileno"), selector: text("_WaitSelector"), select: text("PollSelector"))
        sites = AttributeSites(t, count: 3)
    }
    let base = dictGetName(t, dict, intern(t, "_ConnectionBase")), type = dictGetName(t, dict, intern(t, "Connection"))
    let wait = dictGetName(t, dict, intern(t, "wait")), selector = dictGetName(t, dict, names.selector)
    if !isType(base) || !isType(type) || !wait.isExactly(.function) || !isType(selector) { return true }
    if !replaceMethod(t, base, records.sendBytes, &state[t].pointee.sendBytes) || !replaceMethod(t, base, records.send, &state[t].pointee.send)
        || !replaceMethod(t, base, records.recvBytes, &state[t].pointee.recvBytes) || !replaceMethod(t, base, records.recv, &state[t].pointee.recv) { return false }
    let native = makeNativeFunction(t, "wait", "(object_list, timeout=None)",
                                    "\n        Wait till an object in object_list is ready/readable.\n\n        Returns list of those objects in object_list which are ready/readable.\n        ", in: dict, connection_wait)
    if native.isRaised || dictSet(t, dict, intern(t, "wait"), native) < 0 { return false }
    state[t].pointee.module = dict
    state[t].pointee.wait = wait
    state[t].pointee.connection.type = type
    state[t].pointee.pollSelector.type = selector
    // A look-up gives a class that has none its version.
    _ = lookupType(t, type.asType, names.fileno)
    _ = lookupType(t, selector.asType, names.select)
    state[t].pointee.connection.version = type.asType.currentVersion
    state[t].pointee.pollSelector.version = selector.asType.currentVersion
    return true
}

func amendReduction(_ t: Thread, _ dict: Value) -> Bool {
    let function = makeNativeFunction(t, "dumps", "(obj, protocol, reducers)", "", { t, a in
        let bytes = a[2].isExactly(.dict) ? pickleForking(t, a[0], a[1], own: a[2]) : raise(t, .typeError, "reducers must be a dict")
        return bytes.isRaised ? bytes : makeMemoryView(t, bytes)
    })
    return !function.isRaised && dictSet(t, dict, intern(t, "_native_dumps"), function) >= 0
        && extendModule(t, dict, reductionSource, filename: "<ladon multiprocessing.reduction>")
}

private let reductionSource: StaticString = """
def _extend_pickler(native):
    original = ForkingPickler.dumps.__func__

    @classmethod
    def dumps(cls, obj, protocol=None):
        if cls is ForkingPickler:
            return native(obj, protocol, cls._extra_reducers)
        return original(cls, obj, protocol)

    dumps.__func__.__qualname__ = 'ForkingPickler.dumps'
    ForkingPickler.dumps = dumps

_extend_pickler(_native_dumps)
del _extend_pickler, _native_dumps
"""

// MARK: what is known of a connection

/// The descriptor of an open connection that native code may use, and that has `right`; -1: not for native code.
@inline(__always) private func descriptor(_ t: Thread, _ v: Value, _ right: Value, _ site: Int) -> Int32 {
    let connection = state[t].pointee.connection
    if !v.isCell || connection.type.bits == 0 || typeOf(v) != connection.type.asType || connection.version == 0
        || connection.type.asType.currentVersion != connection.version { return -1 }
    let handle = sites.load(t, v, names.handle, Site.handle), allowed = handle.isSmallInt ? sites.load(t, v, right, site) : handle
    if allowed.isRaised { clearException(t) }
    return allowed == .true ? Int32(truncatingIfNeeded: handle.smallInt) : -1
}

// MARK: sending

/// Writes a message behind its length. False: raised.
private func sendMessage(_ t: Thread, _ fd: Int32, _ p: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
    var header: (UInt32, UInt32, UInt32) = (UInt32(truncatingIfNeeded: count).bigEndian, 0, 0)
    var headerSize = 4
    if count > 0x7FFF_FFFF {
        header = (.max, UInt32(truncatingIfNeeded: count >> 32).bigEndian, UInt32(truncatingIfNeeded: count).bigEndian)
        headerSize = 12
    }
    return withUnsafeMutableBytes(of: &header) { bytes -> Bool in
        let base = bytes.baseAddress.unsafelyUnwrapped
        var done = 0
        let total = headerSize + count
        while done < total {
            // In one call, also for the sake of TCP's delays.
            let from = done
            let n = systemCall(t) {
                var parts = (iovec(), iovec())
                let inHeader = max(headerSize - from, 0), skipped = max(from - headerSize, 0)
                parts.0 = iovec(iov_base: base + from, iov_len: inHeader)
                parts.1 = iovec(iov_base: p + skipped, iov_len: count - skipped)
                return withUnsafePointer(to: &parts) {
                    $0.withMemoryRebound(to: iovec.self, capacity: 2) { writev(fd, inHeader > 0 ? $0 : $0 + 1, inHeader > 0 ? 2 : 1) }
                }
            }
            if n < 0 { return false }
            done += n
        }
        return true
    }
}

/// Sends `size` bytes of a buffer from `offset` on. None; `.missing`: not for native code, nothing sent; 0 raised.
private func sendBuffer(_ t: Thread, _ fd: Int32, _ v: Value, _ offset: Int, _ size: Int?) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, v, &buffer) < 0 {
        clearException(t)
        return .missing
    }
    defer { releaseBuffer(t, &buffer) }
    let count = size ?? buffer.length - offset
    // What is wrong the Python method complains of.
    if offset < 0 || count < 0 || offset > buffer.length || count > buffer.length - offset { return .missing }
    return sendMessage(t, fd, buffer.bytes + offset, count) ? .none : .raised
}

private func connection_sendBytes(_ t: Thread, _ a: Values) -> Value {
    let fd = descriptor(t, a[0], names.writable, Site.writable)
    if fd >= 0 && a[2].isSmallInt && (a[3].isNone || a[3].isSmallInt) {
        let sent = sendBuffer(t, fd, a[1], a[2].smallInt, a[3].isNone ? nil : a[3].smallInt)
        if !sent.isMissing { return sent }
    }
    return call(t, state[t].pointee.sendBytes, args: a, 4, .raised)
}

private func connection_send(_ t: Thread, _ a: Values) -> Value {
    let fd = descriptor(t, a[0], names.writable, Site.writable)
    if fd < 0 { return call(t, state[t].pointee.send, a[0], a[1]) }
    let data = callMethod(t, dictGetName(t, state[t].pointee.module, names.pickler), names.dumps, a[1])
    if data.isRaised { return data }
    let sent = sendBuffer(t, fd, data, 0, nil)
    return sent.isMissing ? callMethod(t, a[0], names.sendBytes, data) : sent
}

// MARK: receiving

/// Reads `count` bytes. False: raised; at the end of the stream EOFError if nothing of a message has come (`isBegun`: some has), else OSError.
private func readFully(_ t: Thread, _ fd: Int32, _ p: UnsafeMutableRawPointer, _ count: Int, isBegun: Bool = false) -> Bool {
    var done = 0
    while done < count {
        let from = done
        let n = systemCall(t) { read(fd, p + from, min(count - from, 0x7FFF_F000)) }
        if n < 0 { return false }
        if n == 0 {
            if done == 0 && !isBegun { raise(t, .eofError) } else { raise(t, .osError, "got end of file during message") }
            return false
        }
        done += n
    }
    return true
}

/// Reads the four bytes with which a message begins, the wait for which may be long. `caller` is the built-in function that waits: what the
/// last message led to may still lie on the native stack, and must not live until the next one comes.
private func readHead(_ t: Thread, _ fd: Int32, _ p: UnsafeMutableRawPointer, _ caller: NativeFunction) -> Bool {
    while true {
        t.pointee.scanFrom = isCalledByInstruction(t, caller) ? t.pointee.loopStackPointer : 0
        let n = blocking(t) { read(fd, p, 4) }
        t.pointee.scanFrom = 0
        if n == 4 { return true }
        if n > 0 { return readFully(t, fd, p + n, 4 - n, isBegun: true) }
        if n == 0 {
            raise(t, .eofError)
            return false
        }
        if ladon_errno() != EINTR {
            raiseErrno(t)
            return false
        }
        if !safepoint(t) { return false }
    }
}

/// The next message. 0: raised.
private func receiveMessage(_ t: Thread, _ fd: Int32, for caller: NativeFunction) -> Value {
    var short: Int32 = 0
    if !readHead(t, fd, &short, caller) { return .raised }
    var count = Int(Int32(bigEndian: short))
    if count == -1 {
        var long: UInt64 = 0
        if !readFully(t, fd, &long, 8) { return .raised }
        count = Int(truncatingIfNeeded: UInt64(bigEndian: long))
    }
    if count <= 0 { return makeBytes(t, &short, 0) }
    let bytes = newBytesChecked(t, count)
    if bytes.isRaised { return bytes }
    let all = readFully(t, fd, bytes.bytesData, count)
    return all ? bytes : .raised
}

private func connection_recvBytes(_ t: Thread, _ a: Values) -> Value {
    let fd = a[1].isNone ? descriptor(t, a[0], names.readable, Site.readable) : -1
    return fd >= 0 ? receiveMessage(t, fd, for: connection_recvBytes) : call(t, state[t].pointee.recvBytes, a[0], a[1])
}

private func connection_recv(_ t: Thread, _ a: Values) -> Value {
    let fd = descriptor(t, a[0], names.readable, Site.readable)
    if fd < 0 { return call(t, state[t].pointee.recv, a[0]) }
    let data = receiveMessage(t, fd, for: connection_recv)
    return data.isRaised ? data : callMethod(t, dictGetName(t, state[t].pointee.module, names.pickler), names.loads, data)
}

// MARK: waiting

/// `_WaitSelector` is what it was.
private func isSelectorStock(_ t: Thread) -> Bool {
    let pollSelector = state[t].pointee.pollSelector, type = pollSelector.type
    return pollSelector.version != 0 && type.asType.currentVersion == pollSelector.version && dictGetName(t, state[t].pointee.module, names.selector) == type
}

/// The descriptor of something to wait for; -1: let the Python function find out what is wrong.
private func waitable(_ t: Thread, _ v: Value) -> Int32 {
    var n = v
    if !v.isSmallInt {
        let own = descriptor(t, v, names.readable, Site.readable)
        if own >= 0 { return own }
        n = callMethod(t, v, names.fileno)
        if n.isRaised { clearException(t) }
    }
    return n.isSmallInt && n.smallInt >= 0 && n.smallInt <= Int(Int32.max) ? Int32(n.smallInt) : -1
}

private func connection_wait(_ t: Thread, _ a: Values) -> Value {
    // The thread that manages a pool sleeps here, and must not keep alive what it looked at before: the pool.
    forgetStack()
    return waitForAny(t, a)
}

@inline(never) private func waitForAny(_ t: Thread, _ a: Values) -> Value {
    let objects = a[0].isExactly(.list) ? listToTuple(t, a[0]) : a[0]
    if !objects.isExactly(.tuple) || !isSelectorStock(t) || !(a[1].isNone || a[1].isSmallInt || isFloat(a[1])) { return call(t, state[t].pointee.wait, a[0], a[1]) }
    var until: UInt64?
    if !a[1].isNone {
        guard let n = nanoseconds(t, a[1], .up) else { return .raised }
        until = n <= 0 ? 0 : deadline(after: n)
    }
    let count = objects.tupleCount
    return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: max(count, 1)) { memory -> Value in
        let entries = memory.baseAddress.unsafelyUnwrapped
        for i in 0 ..< count {
            let fd = waitable(t, objects.tupleItems[i])
            var isUsable = fd >= 0
            for k in 0 ..< i where entries[k].fd == fd { isUsable = false }
            if !isUsable { return call(t, state[t].pointee.wait, a[0], a[1]) }
            entries[i] = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
        }
        forgetStack()
        let ready = pollReady(t, entries, count, until)
        if ready < 0 { return .raised }
        let found = makeList(t)
        if found.isRaised { return found }
        for i in 0 ..< count where Int32(entries[i].revents) & ~POLLOUT != 0 {
            if listAppend(t, found, objects.tupleItems[i]) < 0 { return .raised }
        }
        return found
    }
}
