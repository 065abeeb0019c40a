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
    // poll(2) counts milliseconds in an int.
    if seconds >= (unit == 1 ? 9e9 : 2_147_483.648) {
        _ = raise(t, .overflowError, unit == 1 ? "timestamp out of range for platform time_t" : seconds < 9.3e9 ? "timeout is too large" : "timestamp too large to convert to C _PyTime_t")
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

/// The objects of one of select()'s arguments, with their descriptors behind what `fds` has. False: raised. A list is read
/// as it is at each step, since `fileno()` may change it.
private func collectWaiting(_ t: Thread, _ v: Value, _ objects: Value, _ fds: inout PollTable, _ events: Int32) -> Bool {
    let source = v.isExactly(.list) ? v : sequenceToTuple(t, v)
    if source.isRaised { return false }
    var i = 0
    while i < (source.isExactly(.list) ? listCount(source) : source.tupleCount) {
        let object = source.isExactly(.list) ? listGet(t, source, i) : source.tupleItems[i]
        i += 1
        // Another thread may have shortened the list.
        if object.isRaised || object.isMissing {
            clearException(t)
            break
        }
        guard let fd = fileDescriptor(t, object) else { return false }
        if fd >= 1024 {
            _ = raise(t, .valueError, "filedescriptor out of range in select()")
            return false
        }
        if listAppend(t, objects, object) < 0 { return false }
        if !fds.append(pollfd(fd: fd, events: Int16(events), revents: 0)) {
            _ = raise(t, .valueError, "too many file descriptors in select()")
            return false
        }
    }
    return true
}

/// What poll(2) gets, in malloc'ed memory.
private struct PollTable {
    var entries: UnsafeMutablePointer<pollfd>? = nil
    var count = 0
    private var capacity = 0

    mutating func append(_ entry: pollfd) -> Bool {
        if count == capacity {
            let larger = max(16, capacity * 2)
            guard let p = realloc(entries, larger * MemoryLayout<pollfd>.stride) else { return false }
            entries = p.assumingMemoryBound(to: pollfd.self)
            capacity = larger
        }
        entries.unsafelyUnwrapped[count] = entry
        count += 1
        return true
    }
}

private func select_select(_ t: Thread, _ a: Values) -> Value {
    var ok = true
    let until = deadline(t, a[3], unit: 1, "timeout must be a float or None", &ok, negativeIsForever: false)
    if !ok { return .raised }
    for i in 0..<3 where !typeOf(a[i]).has(.iter) && !isSequence(a[i]) { return raise(t, .typeError, "arguments 1-3 must be sequences") }
    let objects = makeList(t)
    if objects.isRaised { return objects }
    var fds = PollTable()
    defer { free(fds.entries) }
    var ends = (0, 0, 0)
    if !collectWaiting(t, a[0], objects, &fds, POLLIN) { return .raised }
    ends.0 = fds.count
    if !collectWaiting(t, a[1], objects, &fds, POLLOUT) { return .raised }
    ends.1 = fds.count
    if !collectWaiting(t, a[2], objects, &fds, POLLPRI) { return .raised }
    ends.2 = fds.count
    if pollReady(t, fds.entries, fds.count, until) < 0 { return .raised }
    for i in 0..<fds.count where fds.entries.unsafelyUnwrapped[i].revents & Int16(POLLNVAL) != 0 { return raiseOSError(t, EBADF) }
    // What select(2) calls readable, writable and exceptional.
    let readable = readyObjects(t, objects, fds, 0, ends.0, POLLIN | POLLHUP | POLLERR)
    let writable = readyObjects(t, objects, fds, ends.0, ends.1, POLLOUT | POLLERR)
    let exceptional = readyObjects(t, objects, fds, ends.1, ends.2, POLLPRI)
    if readable.isRaised || writable.isRaised || exceptional.isRaised { return .raised }
    return makeTuple(t, readable, writable, exceptional)
}

private func readyObjects(_ t: Thread, _ objects: Value, _ fds: PollTable, _ from: Int, _ to: Int, _ wanted: Int32) -> Value {
    let ready = makeList(t)
    if ready.isRaised { return ready }
    for i in from..<to where fds.entries.unsafelyUnwrapped[i].revents & Int16(wanted) != 0 {
        if listAppend(t, ready, listGet(t, objects, i)) < 0 { return .raised }
    }
    return ready
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
        _ = raise(t, .overflowError, "Python int too large to convert to C unsigned long")
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
        .method("register", "(self, fd, eventmask=7, /)", { t, a in
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
