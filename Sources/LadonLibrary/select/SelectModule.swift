// The module `select`: waiting for many descriptors at once. select() waits with poll(2), which has no limit of 1024.

import Glibc

/// A timeout argument as nanoseconds: nil with `ok` false when raised, UInt64.max for ever.
private func deadline(_ t: Thread, _ v: Value, unit: Double, _ typeMessage: String, _ ok: inout Bool, negativeIsForever: Bool) -> UInt64? {
    ok = true
    if v.isNone || v.isMissing { return nil }
    var seconds: Double
    if isFloat(v) {
        seconds = v.asFloat
        if seconds.isNaN {
            _ = raise(t, .valueError, "Invalid value NaN (not a number)")
            ok = false
            return nil
        }
    } else if isInt(v) || (v.isCell && typeOf(v).has(.index)) {
        guard let d = intToDouble(t, index(t, v)) else {
            ok = false
            return nil
        }
        seconds = d
    } else {
        _ = raise(t, .typeError, typeMessage)
        ok = false
        return nil
    }
    seconds *= unit
    if seconds < 0 {
        if negativeIsForever { return nil }
        _ = raise(t, .valueError, "timeout must be non-negative")
        ok = false
        return nil
    }
    if seconds >= 9e9 {
        _ = raise(t, .overflowError, unit == 1 ? "timestamp out of range for platform time_t" : "timeout is too large")
        ok = false
        return nil
    }
    return ladon_monotonic() &+ UInt64((seconds * 1e9).rounded(.up))
}

/// poll until something is ready; signals are handled in between. The count, -1: raised.
public func pollReady(_ t: Thread, _ fds: UnsafeMutablePointer<pollfd>?, _ count: Int, _ deadline: UInt64?) -> Int {
    while true {
        let n = blockingPoll(t, fds, count, deadline)
        if n >= 0 { return n }
        if n != -Int(EINTR) {
            raiseOSError(t, Int32(-n))
            return -1
        }
        if !safepoint(t) { return -1 }
    }
}

// MARK: select()

private func select_select(_ t: Thread, _ a: Values) -> Value {
    var ok = true
    let until = deadline(t, a[3], unit: 1, "timeout must be a float or None", &ok, negativeIsForever: false)
    if !ok { return .raised }
    var lists: (Value, Value, Value) = (.none, .none, .none)
    var total = 0
    for i in 0..<3 {
        if !typeOf(a[i]).has(.iter) && !isSequence(a[i]) { return raise(t, .typeError, "arguments 1-3 must be sequences") }
        let list = sequenceToTuple(t, a[i])
        if list.isRaised { return list }
        if i == 0 { lists.0 = list } else if i == 1 { lists.1 = list } else { lists.2 = list }
        total += list.tupleCount
    }
    let events: [Int16] = [Int16(POLLIN), Int16(POLLOUT), Int16(POLLPRI)]
    return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: total + 1) { memory -> Value in
        let fds = memory.baseAddress.unsafelyUnwrapped
        var at = 0
        for i in 0..<3 {
            let list = i == 0 ? lists.0 : i == 1 ? lists.1 : lists.2
            for k in 0..<list.tupleCount {
                guard let fd = fileDescriptor(t, list.tupleItems[k]) else { return .raised }
                if fd >= 1024 { return raise(t, .valueError, "filedescriptor out of range in select()") }
                fds[at] = pollfd(fd: fd, events: events[i], revents: 0)
                at += 1
            }
        }
        if pollReady(t, fds, total, until) < 0 { return .raised }
        for i in 0..<total where fds[i].revents & Int16(POLLNVAL) != 0 { return raiseOSError(t, EBADF) }
        at = 0
        let result = makeTuple(t, 3)
        for i in 0..<3 { result.tupleItems[i] = .none }
        let seen: [Int16] = [Int16(POLLIN) | Int16(POLLHUP) | Int16(POLLERR), Int16(POLLOUT) | Int16(POLLERR), Int16(POLLPRI)]
        for i in 0..<3 {
            let list = i == 0 ? lists.0 : i == 1 ? lists.1 : lists.2
            let ready = makeList(t)
            if ready.isRaised { return ready }
            result.tupleItems[i] = ready
            for k in 0..<list.tupleCount {
                if fds[at].revents & seen[i] != 0 && listAppend(t, ready, list.tupleItems[k]) < 0 { return .raised }
                at += 1
            }
        }
        return result
    }
}

// MARK: poll()

struct PollCell {
    var header: CellHeader
    /// Descriptor -> events asked for.
    var registered: Value
    // raw
    var isPolling: Int
}

nonisolated(unsafe) private var pollType: TypePointer! = nil

private func registered(_ v: Value) -> Value { v.cell(as: PollCell.self).pointee.registered }

private func eventMask(_ t: Thread, _ v: Value, _ fallback: Int) -> Int? {
    if v.isMissing { return fallback }
    let n = index(t, v)
    if n.isRaised { return nil }
    guard let word = intAsWord(n) else {
        _ = raise(t, .overflowError, "Python int too large to convert to C long")
        return nil
    }
    if word < 0 {
        _ = raise(t, .valueError, "value must be positive")
        return nil
    }
    if word > 0xFFFF {
        _ = raise(t, .overflowError, "Python int too large for C unsigned short")
        return nil
    }
    return word
}

private func poll_poll(_ t: Thread, _ a: Values) -> Value {
    var ok = true
    let until = deadline(t, a[1], unit: 1e-3, "timeout must be an integer or None", &ok, negativeIsForever: true)
    if !ok { return .raised }
    let c = a[0].cell(as: PollCell.self)
    lockCell(t, a[0])
    let busy = c.pointee.isPolling != 0
    c.pointee.isPolling = 1
    unlockCell(t, a[0])
    if busy { return raise(t, .runtimeError, "concurrent poll() invocation") }
    defer { c.pointee.isPolling = 0 }
    let items = dictToList(t, c.pointee.registered, .items)
    if items.isRaised { return items }
    let count = listCount(items)
    return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: count + 1) { memory -> Value in
        let fds = memory.baseAddress.unsafelyUnwrapped
        for i in 0..<count {
            let pair = listGet(t, items, i)
            fds[i] = pollfd(fd: Int32(pair.tupleItems[0].smallInt), events: Int16(truncatingIfNeeded: pair.tupleItems[1].smallInt), revents: 0)
        }
        if pollReady(t, fds, count, until) < 0 { return .raised }
        let result = makeList(t)
        for i in 0..<count where fds[i].revents != 0 {
            let pair = makeTuple(t, Value(smallInt: Int(fds[i].fd)), Value(smallInt: Int(UInt16(bitPattern: fds[i].revents))))
            if pair.isRaised || listAppend(t, result, pair) < 0 { return .raised }
        }
        return result
    }
}

private func pollDefinition() -> TypeDefinition {
    TypeDefinition(nil, "select.poll", flags: [.disallowInstantiation], size: MemoryLayout<PollCell>.size, layout: Layout(prefix: 1, flags: .container), members: [
        .method("register", "(self, fd, eventmask=<unrepresentable>, /)", { t, a in
            guard let fd = fileDescriptor(t, a[1]), let mask = eventMask(t, a[2], Int(POLLIN | POLLPRI | POLLOUT)) else { return .raised }
            return dictSet(t, registered(a[0]), Value(smallInt: Int(fd)), Value(smallInt: mask)) < 0 ? .raised : .none
        }, "Register a file descriptor with the polling object."),
        .method("modify", "(self, fd, eventmask, /)", { t, a in
            guard let fd = fileDescriptor(t, a[1]), let mask = eventMask(t, a[2], 0) else { return .raised }
            let key = Value(smallInt: Int(fd))
            let known = dictContains(t, registered(a[0]), key)
            if known < 0 { return .raised }
            if known == 0 { return raiseOSError(t, ENOENT) }
            return dictSet(t, registered(a[0]), key, Value(smallInt: mask)) < 0 ? .raised : .none
        }, "Modify an already registered file descriptor."),
        .method("unregister", "(self, fd, /)", { t, a in
            guard let fd = fileDescriptor(t, a[1]) else { return .raised }
            let key = Value(smallInt: Int(fd))
            let r = dictDelete(t, registered(a[0]), key)
            return r < 0 ? .raised : r == 0 ? raiseKeyError(t, key) : .none
        }, "Remove a file descriptor being tracked by the polling object."),
        .method("poll", "(self, timeout=None, /)", poll_poll, "Polls the set of registered file descriptors."),
    ])
}

public func selectModule() -> ModuleDefinition {
    ModuleDefinition("select", doc: "This module supports asynchronous I/O on multiple file descriptors.\n\n*** IMPORTANT NOTICE ***\n\nOn Windows, only sockets are supported; on Unix, all file descriptors.", members: [
        .method("select", "(rlist, wlist, xlist, timeout=None, /)", select_select, "Wait until one or more file descriptors are ready for some kind of I/O."),
        .method("poll", "()", { t, _ in
            let v = allocateInstance(t, pollType)
            if v.isRaised { return v }
            let d = makeDict(t)
            storeSlot(&v.cell(as: PollCell.self).pointee.registered, d)
            return d.isRaised ? d : v
        }, "Returns a polling object."),
        .constant("error", { _, _ in builtinType(.osError).value }),
    ], types: [epollDefinition], initialize: { t, a in
        epollType = moduleType(t, a[0], "epoll")
        if pollType == nil { pollType = installType(t, pollDefinition()) }
        return addConstants(t, a[0].cell(as: ModuleCell.self).pointee.dict, LADON_CONSTANTS_SELECT) ? .none : .raised
    })
}
