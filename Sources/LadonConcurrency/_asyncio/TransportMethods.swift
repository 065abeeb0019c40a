// A socket transport's reading and writing, natively: `_read_ready__data_received` and `write` of
// `_SelectorSocketTransport`, for transports over a `socket.socket`, both as the library made them.
//
// A transport belongs to its loop's thread. A program that breaks the rule finds whole objects: each attribute is one
// word, and the buffer is a bytearray that protects itself.

import Glibc
import LadonLibrary
import LadonNetwork

nonisolated(unsafe) private let transports = makeStockClass(\.transport,
    attributes: [._sock, ._protocol, ._conn_lost, ._buffer, ._eof, ._empty_waiter, ._closing, ._read_ready_cb],
    passedOver: [.max_size, ._fatal_error, ._read_ready__on_eof, ._write_ready, ._maybe_pause_protocol, .is_closing])
private enum Attribute {
    static let socket = 0, protocolObject = 1, connectionLost = 2, buffer = 3, eof = 4, emptyWaiter = 5, closing = 6, readReady = 7
}

nonisolated(unsafe) private let dataReceivedRecord = makeRecord(.method("_read_ready__data_received", "(self)", transport_readReady))
nonisolated(unsafe) private let writeRecord = makeRecord(.method("write", "(self, data)", transport_write,
    "Write some data bytes to the transport.\n\nThis does not block; it buffers the data and arranges for it\nto be sent out asynchronously."))

/// At the end of asyncio.selector_events.
func amendTransports(_ t: Thread, _ dict: Value) -> Bool {
    let transport = dictGetName(t, dict, word(._SelectorSocketTransport)), module = dictGetName(t, dict, word(.socket))
    if !isType(transport) || !module.isExactly(.module) { return true }
    let socket = dictGetName(t, module.cell(as: ModuleCell.self).pointee.dict, word(.socket))
    if !isType(socket) { return true }
    let own = stock[t]
    if !replaceMethod(t, transport, dataReceivedRecord, &own.pointee.plainReadReady) || !replaceMethod(t, transport, writeRecord, &own.pointee.plainWrite) { return false }
    transports.pointee.remember(t, transport)
    own.pointee.readReady = lookupType(t, transport.asType, word(._read_ready))
    own.pointee.maxSize = lookupType(t, transport.asType, word(.max_size))
    own.pointee.socket = KnownClass(t, socket, anyName: word(.recv))
    return true
}

/// Exactly a `socket.socket` whose methods are the library's: it has no attributes but its slots.
@inline(__always) func isStockSocket(_ t: Thread, _ v: Value) -> Bool {
    if !v.isCell { return false }
    let type = typeOf(v)
    return stock[t].pointee.socket.isStock(type, versionOf(type))
}

/// Whether a stock transport is open; false for any other.
@inline(__always) func isOpenStockTransport(_ t: Thread, _ v: Value) -> Bool {
    guard let view = stockView(t, v, transports) else { return false }
    return view.pointee.load(v, Attribute.closing) == .false
}

/// What the library's `except` clauses do with the exception that is raised: the transport ends. None, or 0: raised.
@inline(never) private func fail(_ t: Thread, _ transport: Value, _ message: StaticString) -> Value {
    let e = takeException(t)
    if isKind(e, .systemExit) || isKind(e, .keyboardInterrupt) {
        restoreException(t, e)
        return .raised
    }
    let handled = t.pointee.handled
    t.pointee.handled = e
    defer { t.pointee.handled = handled }
    let method = getAttribute(t, transport, word(._fatal_error))
    return method.isRaised || call(t, method, e, makeString(t, message)).isRaised ? .raised : .none
}

/// Whether the exception that is raised says only that the socket isn't ready; it is cleared then.
@inline(never) private func mustWait(_ t: Thread) -> Bool {
    let e = takeException(t)
    if isKind(e, .blockingIOError) || isKind(e, .interruptedError) { return true }
    restoreException(t, e)
    return false
}

/// The transport of a callback `transport._read_ready` that `readReady` may stand for, else `.missing`.
@inline(__always) func readyTransport(_ t: Thread, _ callback: Value) -> Value {
    guard callback.isExactly(.method), callback.cell(as: MethodCell.self).pointee.function == stock[t].pointee.readReady else { return .missing }
    let v = callback.cell(as: MethodCell.self).pointee.receiver
    guard let view = stockView(t, v, transports) else { return .missing }
    let method = view.pointee.load(v, Attribute.readReady)
    return boundReceiver(method, dataReceivedRecord) == v ? v : .missing
}

private func transport_readReady(_ t: Thread, _ a: Values) -> Value {
    var isQuiet = false
    return readReady(t, a[0], &isQuiet)
}

/// Receives what is ready. `isQuiet`: at most a future became done for it and no code but the loop's own has run.
func readReady(_ t: Thread, _ v: Value, _ isQuiet: inout Bool) -> Value {
    guard let view = stockView(t, v, transports), view.pointee.load(v, Attribute.connectionLost) == .zero else { return call(t, stock[t].pointee.plainReadReady, v) }
    let socket = view.pointee.load(v, Attribute.socket)
    if !isStockSocket(t, socket) { return call(t, stock[t].pointee.plainReadReady, v) }
    let size = stock[t].pointee.maxSize
    // Mostly far less comes than is asked for: it goes from scratch memory to where it belongs.
    guard size.isSmallInt, size.smallInt > 0, size.smallInt <= 4 << 20, let scratch = malloc(size.smallInt) else { return call(t, stock[t].pointee.plainReadReady, v) }
    defer { free(scratch) }
    let bytes = scratch.assumingMemoryBound(to: UInt8.self)
    let count = socketReceive(t, socket, bytes, size.smallInt)
    if count < 0 && mustWait(t) {
        isQuiet = true
        return .none
    }
    if count < 0 { return fail(t, v, "Fatal read error on socket transport") }
    if count == 0 { return callMethod(t, v, word(._read_ready__on_eof)) }
    // Receiving may have let other threads or a signal's handler run, and the word is 0 while another thread adds attributes.
    var receiver = v.id == view.pointee.id ? view.pointee.load(v, Attribute.protocolObject) : .raised
    if receiver.isRaised { receiver = getAttribute(t, v, word(._protocol)) }
    let done = receiver.isRaised ? receiver : deliver(t, receiver, bytes, count, &isQuiet)
    return done.isRaised ? fail(t, v, "Fatal error: protocol.data_received() call failed.") : .none
}

private func transport_write(_ t: Thread, _ a: Values) -> Value {
    let v = a[0], data = a[1]
    // Other buffers may change while the socket sends: the library takes care of those.
    guard data.isExactly(.bytes), data.bytesCount > 0, let view = stockView(t, v, transports), view.pointee.load(v, Attribute.eof) == .false, view.pointee.load(v, Attribute.emptyWaiter).isNone,
          view.pointee.load(v, Attribute.connectionLost) == .zero else { return call(t, stock[t].pointee.plainWrite, v, data) }
    let buffer = view.pointee.load(v, Attribute.buffer), socket = view.pointee.load(v, Attribute.socket)
    if !buffer.isExactly(.bytearray) || byteArrayContents(buffer).count > 0 || !isStockSocket(t, socket) { return call(t, stock[t].pointee.plainWrite, v, data) }
    var sent = socketSend(t, socket, data.bytesData, data.bytesCount)
    data.keepAlive
    if sent < 0 {
        if !mustWait(t) { return fail(t, v, "Fatal write error on socket transport") }
        sent = 0
    }
    return sent < data.bytesCount ? keepRest(t, v, data, Value(smallInt: sent)) : .none
}

/// What could not be sent at once waits in the buffer until the socket is ready.
@inline(never) private func keepRest(_ t: Thread, _ v: Value, _ data: Value, _ sent: Value) -> Value {
    let rest = getItem(t, data, makeSlice(t, sent, .none, .none))
    let loop = rest.isRaised ? rest : getAttribute(t, v, word(._loop)), fd = loop.isRaised ? loop : getAttribute(t, v, word(._sock_fd))
    let callback = fd.isRaised ? fd : getAttribute(t, v, word(._write_ready))
    let add = callback.isRaised ? callback : getAttribute(t, loop, word(._add_writer))
    if add.isRaised || call(t, add, fd, callback).isRaised { return .raised }
    let buffer = getAttribute(t, v, word(._buffer))
    if buffer.isRaised || callMethod(t, buffer, .extend, rest).isRaised { return .raised }
    return callMethod(t, v, word(._maybe_pause_protocol))
}
