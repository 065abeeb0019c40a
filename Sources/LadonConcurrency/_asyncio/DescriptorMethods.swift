// A loop's watch over descriptors, natively: `_add_reader`, `_remove_writer` and so on, and the look whether a transport owns a
// descriptor. In Python each new descriptor costs four exceptions, since to be new is to be missing from a dict.
//
// They do the same for a stock loop over a stock EpollSelector (SelectorView.swift); everything else goes on to the Python methods, which
// are kept. A loop belongs to its thread, as in the library; a program that breaks the rule finds whole objects.

import Glibc
import LadonLibrary

/// The Python methods.
private let originals = PerInterpreter<(addReader: Value, addWriter: Value, removeReader: Value, removeWriter: Value, ensureNoTransport: Value)>(.asyncioDescriptors)

nonisolated(unsafe) private let addReaderRecord = makeRecord(.method("_add_reader", "(self, fd, callback, *args)", { t, a in add(t, a, .reader) }))
nonisolated(unsafe) private let addWriterRecord = makeRecord(.method("_add_writer", "(self, fd, callback, *args)", { t, a in add(t, a, .writer) }))
nonisolated(unsafe) private let removeReaderRecord = makeRecord(.method("_remove_reader", "(self, fd)", { t, a in remove(t, a, .reader) }))
nonisolated(unsafe) private let removeWriterRecord = makeRecord(.method("_remove_writer", "(self, fd)", { t, a in remove(t, a, .writer) }, "Remove a writer callback."))
nonisolated(unsafe) private let ensureRecord = makeRecord(.method("_ensure_fd_no_transport", "(self, fd)", ensureNoTransport))

func amendDescriptorMethods(_ t: Thread, _ dict: Value, _ loop: Value) -> Bool {
    let python = originals[t]
    let references = dictGetName(t, dict, word(.weakref))
    if references.isExactly(.module) {
        let values = dictGetName(t, references.cell(as: ModuleCell.self).pointee.dict, word(.WeakValueDictionary))
        if isType(values) { stock[t].pointee.weakValues = KnownClass(t, values, anyName: word(.data)) }
    }
    return replaceMethod(t, loop, addReaderRecord, &python.pointee.addReader) && replaceMethod(t, loop, addWriterRecord, &python.pointee.addWriter)
        && replaceMethod(t, loop, removeReaderRecord, &python.pointee.removeReader) && replaceMethod(t, loop, removeWriterRecord, &python.pointee.removeWriter)
        && replaceMethod(t, loop, ensureRecord, &python.pointee.ensureNoTransport)
}

/// One of the two handles of a descriptor.
private enum Side: Int {
    case reader, writer

    var event: Int { self == .reader ? eventRead : eventWrite }
    /// What epoll calls it.
    var epollEvent: UInt32 { self == .reader ? EPOLLIN.rawValue : EPOLLOUT.rawValue }

    /// The pair of handles with `handle` on this side.
    func pair(_ t: Thread, _ handle: Value, other: Value) -> Value {
        self == .reader ? makeTuple(t, handle, other) : makeTuple(t, other, handle)
    }
}

/// What the selector of a stock loop, open and not in debug mode, has for a descriptor; nil: not for native code.
private func known(_ t: Thread, _ loop: Value, _ fd: Value) -> (selector: Value, parts: SelectorParts, key: Value)? {
    guard fd.isSmallInt, fd.smallInt >= 0, let view = loopView(t, loop), view.pointee.canRun, view.pointee.canSchedule, view.pointee.debug.load(loop) == .false,
          view.pointee.closed.load(loop) == .false else { return nil }
    let selector = view.pointee.selector.load(loop)
    guard let parts = selectorParts(t, selector) else { return nil }
    let key = dictGet(t, parts.keys, fd)
    if key.isMissing { return (selector, parts, key) }
    guard !key.isRaised, isTuple(key), key.tupleCount == 4, key.tupleItems[2].isSmallInt, isTuple(key.tupleItems[3]), key.tupleItems[3].tupleCount == 2 else { return nil }
    return (selector, parts, key)
}

private func add(_ t: Thread, _ a: Values, _ side: Side) -> Value {
    let loop = a[0], fd = a[1]
    guard let found = known(t, loop, fd) else {
        return callOriginal(t, side == .reader ? originals[t].pointee.addReader : originals[t].pointee.addWriter, loop, fd, a[2], a[3], .missing)
    }
    let context = copyCurrentContext(t)
    if context.isRaised { return context }
    let handle = makeHandle(t, HandleKind.general, a[2], a[3], context, loop)
    if found.key.isMissing { return register(t, found.parts, fd, side, handle) ? handle : .raised }
    let pair = found.key.tupleItems[3], old = pair.tupleItems[side.rawValue]
    let data = side.pair(t, handle, other: pair.tupleItems[1 - side.rawValue])
    if data.isRaised || !modify(t, found.selector, fd, found.key.tupleItems[2].smallInt | side.event, data) { return .raised }
    return old.isNone || !callMethod(t, old, word(.cancel)).isRaised ? handle : .raised
}

private func remove(_ t: Thread, _ a: Values, _ side: Side) -> Value {
    let loop = a[0], fd = a[1]
    guard let found = known(t, loop, fd) else { return call(t, side == .reader ? originals[t].pointee.removeReader : originals[t].pointee.removeWriter, loop, fd) }
    if found.key.isMissing { return .false }
    let pair = found.key.tupleItems[3], old = pair.tupleItems[side.rawValue]
    let left = found.key.tupleItems[2].smallInt & ~side.event
    if left == 0 {
        if !unregister(t, found.parts, fd) { return .raised }
    } else {
        let data = side.pair(t, .none, other: pair.tupleItems[1 - side.rawValue])
        if data.isRaised || !modify(t, found.selector, fd, left, data) { return .raised }
    }
    if old.isNone { return .false }
    return callMethod(t, old, word(.cancel)).isRaised ? .raised : .true
}

// MARK: the selector

/// `selector.register(fd, side's event, handles)` for a descriptor that it doesn't have. False: raised, and nothing has changed.
private func register(_ t: Thread, _ parts: SelectorParts, _ fd: Value, _ side: Side, _ handle: Value) -> Bool {
    let data = side.pair(t, handle, other: .none)
    let key = data.isRaised ? data : call(t, stock[t].pointee.selectorKey, fd, fd, Value(smallInt: side.event), data)
    if key.isRaised || dictSet(t, parts.keys, fd, key) < 0 { return false }
    if controlEpoll(parts.descriptor, EPOLL_CTL_ADD, fd, side.epollEvent) == 0 { return true }
    _ = raiseErrno(t)
    let e = takeException(t)
    _ = dictDelete(t, parts.keys, fd)
    restoreException(t, e)
    return false
}

/// `selector.unregister(fd)`. That the descriptor was closed in the meantime is no error. False: raised.
private func unregister(_ t: Thread, _ parts: SelectorParts, _ fd: Value) -> Bool {
    if dictDelete(t, parts.keys, fd) < 0 { return false }
    _ = controlEpoll(parts.descriptor, EPOLL_CTL_DEL, fd, 0)
    return true
}

private func modify(_ t: Thread, _ selector: Value, _ fd: Value, _ events: Int, _ data: Value) -> Bool {
    let method = getAttribute(t, selector, word(.modify))
    return !method.isRaised && !call(t, method, fd, Value(smallInt: events), data).isRaised
}

/// epoll_ctl(2), which doesn't wait for anything. errno is set when the answer isn't 0.
private func controlEpoll(_ set: Int32, _ operation: Int32, _ fd: Value, _ events: UInt32) -> Int32 {
    var event = epoll_event()
    event.events = events
    event.data.fd = Int32(truncatingIfNeeded: fd.smallInt)
    return epoll_ctl(set, operation, event.data.fd, &event)
}

// MARK: transports

/// A program may not watch a descriptor itself that belongs to one of the loop's transports.
private func ensureNoTransport(_ t: Thread, _ a: Values) -> Value {
    var fd = a[1]
    if isStockSocket(t, fd) { fd = callMethod(t, fd, word(.fileno)) }
    if fd.isRaised { return fd }
    if fd.isSmallInt, loopView(t, a[0]) != nil {
        let transports = getAttribute(t, a[0], word(._transports))
        if transports.isRaised { return transports }
        if transports.isCell && stock[t].pointee.weakValues.isStock(typeOf(transports), versionOf(typeOf(transports))) {
            let data = getAttribute(t, transports, word(.data))
            if data.isRaised { return data }
            if data.isExactly(.dict) && dictGet(t, data, fd).isMissing { return .none }
        }
    }
    return call(t, originals[t].pointee.ensureNoTransport, a[0], a[1])
}
