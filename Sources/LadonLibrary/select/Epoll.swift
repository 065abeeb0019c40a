// select.epoll: the kernel's own set of descriptors.

import Glibc

struct EpollCell {
    var header: CellHeader
    // raw
    /// -1: closed.
    var fd: Int
}

private func epoll(_ v: Value) -> UnsafeMutablePointer<EpollCell> { v.cell(as: EpollCell.self) }

private func isOpen(_ t: Thread, _ v: Value) -> Bool {
    if epoll(v).pointee.fd >= 0 { return true }
    _ = raise(t, .valueError, "I/O operation on closed epoll object")
    return false
}

/// What close(2) answers is not told, as in CPython.
private func closeEpoll(_ t: Thread, _ v: Value) -> Value {
    let offset = MemoryLayout<EpollCell>.offset(of: \EpollCell.fd).unsafelyUnwrapped
    let fd = Int(bitPattern: ladon_exchange(v.cell + offset, UInt.max))
    if fd < 0 { return .none }
    blocking(t) { _ = close(Int32(fd)) }
    return .none
}

private func control(_ t: Thread, _ v: Value, _ operation: Int32, _ target: Value, _ mask: UInt32) -> Value {
    if !isOpen(t, v) { return .raised }
    guard let fd = fileDescriptor(t, target) else { return .raised }
    var event = epoll_event()
    event.events = mask
    event.data.fd = fd
    let set = Int32(epoll(v).pointee.fd)
    let r: Int32 = blocking(t) { epoll_ctl(set, operation, fd, &event) }
    return r < 0 ? raiseErrno(t) : .none
}

private func epoll_poll(_ t: Thread, _ a: Values) -> Value {
    if !isOpen(t, a[0]) { return .raised }
    var until: UInt64? = nil
    if !a[1].isNone {
        var seconds: Double
        if isFloat(a[1]) {
            seconds = a[1].asFloat
            if seconds.isNaN { return raise(t, .valueError, "Invalid value NaN (not a number)") }
        } else {
            if !isInt(a[1]) && !(a[1].isCell && typeOf(a[1]).has(.index)) { return raise(t, .typeError, "timeout must be an integer or None") }
            guard let d = intToDouble(t, index(t, a[1])) else { return .raised }
            seconds = d
        }
        if seconds >= 0 {
            if seconds * 1000 > Double(Int32.max) { return raise(t, .overflowError, "timeout is too large") }
            // Up to the next millisecond, as the kernel's older call counts.
            until = ladon_monotonic() &+ UInt64((seconds * 1000).rounded(.up)) * 1_000_000
        }
    }
    guard var maximum = asInt32(t, a[2]) else { return .raised }
    if maximum == -1 { maximum = 1023 }
    if maximum <= 0 { return raise(t, .valueError, "maxevents must be greater than 0, got \(maximum)") }
    return withEvents(t, maximum) { events -> Value in
        let n = waitForEvents(t, Int32(epoll(a[0]).pointee.fd), events, maximum, until)
        if n < 0 { return .raised }
        let result = makeList(t)
        var i = 0
        while i < Int(n) {
            let pair = makeTuple(t, Value(smallInt: Int(events[i].data.fd)), Value(smallInt: Int(events[i].events)))
            if pair.isRaised || listAppend(t, result, pair) < 0 { return .raised }
            i += 1
        }
        return result
    }
}

/// Memory for so many events: of the stack, or of malloc for more than fit there.
private func withEvents(_ t: Thread, _ count: Int32, _ body: (UnsafeMutablePointer<epoll_event>) -> Value) -> Value {
    if count <= 1023 { return withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Int(count)) { body($0.baseAddress.unsafelyUnwrapped) } }
    guard let memory = malloc(Int(count) * MemoryLayout<epoll_event>.stride) else { return raiseMemoryError(t) }
    defer { free(memory) }
    return body(memory.assumingMemoryBound(to: epoll_event.self))
}

/// Waits until something of the set is ready or `until` (nil: for ever) has come; signals are handled in between. How many events
/// were stored; -1: raised.
public func waitForEvents(_ t: Thread, _ set: Int32, _ events: UnsafeMutablePointer<epoll_event>, _ maximum: Int32, _ until: UInt64?) -> Int32 {
    // What is ready now needs no waiting.
    var n = epoll_wait(set, events, maximum, 0)
    if n < 0 { n = -ladon_errno() }
    let isMain = t.pointee.isMain != 0
    while n <= 0 {
        if n < 0 && n != -EINTR { return raiseOSError(t, -n).isRaised ? -1 : 0 }
        if n != 0 && !safepoint(t) { return -1 }
        if let until, until == 0 || ladon_monotonic() >= until { return 0 }
        n = blocking(t) { ladon_epoll_wait(set, events, maximum, until ?? .max, isMain) }
    }
    return n
}

/// The descriptor of a select.epoll, -1 when it is closed or `v` is none.
public func epollDescriptor(_ t: Thread, _ v: Value) -> Int32 {
    guard v.isCell, let type = epollType, v.id == type.pointee.id else { return -1 }
    return Int32(truncatingIfNeeded: epoll(v).pointee.fd)
}

nonisolated(unsafe) var epollType: TypePointer?

private func makeEpoll(_ t: Thread, _ type: TypePointer, _ fd: Int) -> Value {
    let v = allocateInstance(t, type)
    if v.isRaised { return v }
    epoll(v).pointee.fd = fd
    return v
}

private let everyEvent: UInt32 = 0x001 | 0x002 | 0x004

func epollDefinition() -> TypeDefinition {
    TypeDefinition(nil, "select.epoll", flags: [.hasFinalizer], doc: "select.epoll(sizehint=-1, flags=0)\n\nReturns an epolling object",
                   size: MemoryLayout<EpollCell>.size, layout: Layout(prefix: 0, flags: .finalizable), slots: [
        .unary(.finalize, { t, v in
            if closeEpoll(t, v).isRaised { clearException(t) }
            return .none
        }),
    ], members: [
        .staticMethod("__new__", "(cls, sizehint=-1, flags=0)", { t, a in
            guard let hint = asInt32(t, a[1]), let flags = asInt32(t, a[2]) else { return .raised }
            if hint == 0 || hint < -1 { return raise(t, .valueError, "negative sizehint") }
            if flags != 0 && flags != O_CLOEXEC { return raise(t, .osError, "invalid flags") }
            let fd = epoll_create1(O_CLOEXEC)
            return fd < 0 ? raiseErrno(t) : makeEpoll(t, a[0].asType, Int(fd))
        }),
        .classMethod("fromfd", "(cls, fd, /)", { t, a in
            guard let fd = asInt32(t, a[1]) else { return .raised }
            return makeEpoll(t, a[0].asType, Int(fd))
        }, "Create an epoll object from a given control fd."),
        .method("close", "(self, /)", { t, a in closeEpoll(t, a[0]) }, "Close the epoll control file descriptor."),
        .method("fileno", "(self, /)", { t, a in isOpen(t, a[0]) ? Value(smallInt: epoll(a[0]).pointee.fd) : .raised }, "Return the epoll control file descriptor."),
        .method("register", "(self, /, fd, eventmask=7)", { t, a in
            var mask = everyEvent
            if !a[2].isMissing {
                guard let n = asUInt(t, a[2]) else { return .raised }
                mask = UInt32(truncatingIfNeeded: n)
            }
            return control(t, a[0], EPOLL_CTL_ADD, a[1], mask)
        }, "Registers a new fd or raises an OSError if the fd is already registered."),
        .method("modify", "(self, /, fd, eventmask)", { t, a in
            guard let n = asUInt(t, a[2]) else { return .raised }
            return control(t, a[0], EPOLL_CTL_MOD, a[1], UInt32(truncatingIfNeeded: n))
        }, "Modify event mask for a registered file descriptor."),
        .method("unregister", "(self, /, fd)", { t, a in control(t, a[0], EPOLL_CTL_DEL, a[1], 0) }, "Remove a registered file descriptor from the epoll object."),
        .method("poll", "(self, /, timeout=None, maxevents=-1)", epoll_poll, "Wait for events on the epoll file descriptor."),
        .method("__enter__", "(self, /)", { t, a in isOpen(t, a[0]) ? a[0] : .raised }),
        .method("__exit__", "(self, exc_type=None, exc_value=None, exc_tb=None, /)", { t, a in closeEpoll(t, a[0]) }),
        .attribute("closed", get: { _, a in Value(epoll(a[0]).pointee.fd < 0) }, "True if the epoll handler is closed"),
    ])
}
