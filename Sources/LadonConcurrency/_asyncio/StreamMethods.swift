// asyncio's streams, natively: data from the transport into a reader's buffer and out of it, and the look whether a writer
// must wait. The coroutines `read`, `readexactly` and `drain` stay Python; what they ask is answered here, and the
// library's own coroutines take over for objects that are not stock, and for everything that is not the usual case.
//
// A stream belongs to one loop and so to one thread. Attributes are single words and the buffer is a bytearray that
// protects itself, so other threads find whole objects.

import LadonLibrary

nonisolated(unsafe) private let readers = makeStockClass(\.reader,
    attributes: [._buffer, ._waiter, ._eof, ._exception, ._paused, ._limit, ._transport, ._loop],
    passedOver: [.feed_data, ._wakeup_waiter, ._wait_for_data, ._maybe_resume_transport, .exception])
private enum Reader {
    static let buffer = 0, waiter = 1, eof = 2, exception = 3, paused = 4, limit = 5, transport = 6, loop = 7
}
nonisolated(unsafe) private let protocols = makeStockClass(\.streamProtocol,
    attributes: [._stream_reader_wr, ._connection_lost, ._paused], passedOver: [.data_received, ._stream_reader, ._drain_helper])
private enum Protocol {
    static let reader = 0, connectionLost = 1, paused = 2
}
nonisolated(unsafe) private let writers = makeStockClass(\.writer, attributes: [._transport, ._protocol, ._reader], passedOver: [])
private enum Writer {
    static let transport = 0, protocolObject = 1, reader = 2
}

nonisolated(unsafe) private let feedDataRecord = makeRecord(.method("feed_data", "(self, data)", { t, a in feed(t, a[0], a[1]) }))
nonisolated(unsafe) private let dataReceivedRecord = makeRecord(.method("data_received", "(self, data)", { t, a in
    guard let view = stockView(t, a[0], protocols) else { return call(t, stock[t].pointee.plainDataReceived, a[0], a[1]) }
    return receive(t, a[0], view, a[1])
}, "Called when some data is received.\n\nThe argument is a bytes object."))

private let source: StaticString = """
def _define_waits(take, may_pass):
    plain_read, plain_readexactly, plain_drain = StreamReader.read, StreamReader.readexactly, StreamWriter.drain

    async def read(self, n=-1):
        turn = take(self, n, False, False)
        while type(turn) is not bytes:
            if turn is None:
                return await plain_read(self, n)
            try:
                await turn
            finally:
                self._waiter = None
            turn = take(self, n, False, True)
        return turn

    async def readexactly(self, n):
        turn = take(self, n, True, False)
        while type(turn) is not bytes:
            if turn is None:
                return await plain_readexactly(self, n)
            try:
                await turn
            finally:
                self._waiter = None
            turn = take(self, n, True, True)
        return turn

    async def drain(self):
        if not may_pass(self):
            await plain_drain(self)

    for owner, plain, own in (StreamReader, plain_read, read), (StreamReader, plain_readexactly, readexactly), (StreamWriter, plain_drain, drain):
        own.__doc__, own.__qualname__ = plain.__doc__, plain.__qualname__
        setattr(owner, own.__name__, own)


_define_waits(_native_take, _native_may_pass)
del _define_waits, _native_take, _native_may_pass
"""

/// The row of the table of amendments.
func amendStreams(_ t: Thread, _ dict: Value) -> Bool {
    prepareAsyncio(t)
    let reader = dictGetName(t, dict, word(.StreamReader)), writer = dictGetName(t, dict, word(.StreamWriter))
    let streamProtocol = dictGetName(t, dict, word(.StreamReaderProtocol))
    if !isType(reader) || !isType(writer) || !isType(streamProtocol) { return true }
    let own = stock[t]
    if !replaceMethod(t, reader, feedDataRecord, &own.pointee.plainFeedData) || !replaceMethod(t, streamProtocol, dataReceivedRecord, &own.pointee.plainDataReceived) { return false }
    let take = makeNativeFunction(t, "take", "(reader, n, exactly, woken, /)", "", { t, a in takeData(t, a[0], a[1], exactly: a[2] == .true, woken: a[3] == .true) })
    let pass = makeNativeFunction(t, "may_pass", "(writer, /)", "", { t, a in Value(mayPass(t, a[0])) })
    if take.isRaised || pass.isRaised || dictSet(t, dict, word(._native_take), take) < 0 || dictSet(t, dict, word(._native_may_pass), pass) < 0
        || !extendModule(t, dict, source, filename: "<ladon asyncio.streams>") { return false }
    readers.pointee.remember(t, reader)
    protocols.pointee.remember(t, streamProtocol)
    writers.pointee.remember(t, writer)
    return true
}

// MARK: from the transport

/// `receiver.data_received(data)` with what lies in memory: a stock reader gets it without a bytes object on the way (`isQuiet`).
@inline(__always) func deliver(_ t: Thread, _ receiver: Value, _ p: UnsafePointer<UInt8>, _ count: Int, _ isQuiet: inout Bool) -> Value {
    let view = stockView(t, receiver, protocols)
    if let view {
        let reader = readerOf(receiver, view)
        if !reader.isMissing {
            let done = reader.isNone ? .none : append(t, reader, p, count)
            if !done.isMissing {
                isQuiet = true
                return done
            }
        }
    }
    let data = makeBytes(t, p, count)
    if data.isRaised { return data }
    if let view, receiver.id == view.pointee.id { return receive(t, receiver, view, data) }
    var unbound = false
    let method = lookupMethod(t, receiver, word(.data_received), &unbound)
    return method.isRaised ? method : unbound ? call(t, method, receiver, data) : call(t, method, data)
}

/// The reader that a stock protocol feeds; None when there is none any more, `.missing`: not for native code.
@inline(__always) private func readerOf(_ v: Value, _ view: UnsafeMutablePointer<StockView>) -> Value {
    let reference = view.pointee.load(v, Protocol.reader)
    return reference.isNone ? .none : reference.isExactly(.weakReference) ? weakReferent(reference) : .missing
}

private func receive(_ t: Thread, _ v: Value, _ view: UnsafeMutablePointer<StockView>, _ data: Value) -> Value {
    let reader = readerOf(v, view)
    if reader.isMissing { return call(t, stock[t].pointee.plainDataReceived, v, data) }
    return reader.isNone ? .none : callMethod(t, reader, word(.feed_data), data)
}

private func feed(_ t: Thread, _ v: Value, _ data: Value) -> Value {
    let done = data.isExactly(.bytes) ? append(t, v, data.bytesData, data.bytesCount) : .missing
    data.keepAlive
    return done.isMissing ? call(t, stock[t].pointee.plainFeedData, v, data) : done
}

/// `feed_data`: puts bytes into a stock reader's buffer and wakes who waits for them. `.missing`: not for native code, nothing done.
private func append(_ t: Thread, _ v: Value, _ p: UnsafePointer<UInt8>, _ count: Int) -> Value {
    guard count > 0, let view = stockView(t, v, readers), view.pointee.load(v, Reader.eof) == .false else { return .missing }
    let buffer = view.pointee.load(v, Reader.buffer), waiter = view.pointee.load(v, Reader.waiter), limit = view.pointee.load(v, Reader.limit)
    guard buffer.isExactly(.bytearray), waiter.isNone || isExactFuture(waiter), limit.isSmallInt else { return .missing }
    // So much that the transport must pause is the library's business.
    if byteArrayContents(buffer).count + count > 2 * limit.smallInt && view.pointee.load(v, Reader.paused) != .true
        && !view.pointee.load(v, Reader.transport).isNone { return .missing }
    if byteArrayAppend(t, buffer, p, count) < 0 { return .raised }
    if waiter.isNone { return .none }
    view.pointee.store(v, Reader.waiter, .none)
    return waiter.asFuture.pointee.state != FutureState.cancelled && futureSetResult(t, waiter, .none) < 0 ? .raised : .none
}

// MARK: to the program

/// What `read(n)` or `readexactly(n)` does next: the bytes, a future to wait for, or None: the library's coroutine must do it.
/// `woken`: not for the first time, so an exception that came since is left to the next call.
private func takeData(_ t: Thread, _ v: Value, _ n: Value, exactly: Bool, woken: Bool) -> Value {
    guard n.isSmallInt, n.smallInt > 0, let view = stockView(t, v, readers) else { return .none }
    let buffer = view.pointee.load(v, Reader.buffer)
    if !buffer.isExactly(.bytearray) || !(woken || view.pointee.load(v, Reader.exception).isNone) { return .none }
    let ready = byteArrayContents(buffer).count, ended = view.pointee.load(v, Reader.eof)
    if !ended.isBool { return .none }
    if ready < (exactly ? n.smallInt : 1) && (exactly || !woken) {
        if ended == .false { return waitForData(t, v, view) }
        if exactly { return raiseIncomplete(t, buffer, n) }
    }
    let count = min(ready, n.smallInt)
    let data = makeBytes(t, byteArrayContents(buffer).base, count)
    if data.isRaised { return data }
    if count == ready {
        if byteArrayResize(t, buffer, 0) < 0 { return .raised }
    } else {
        let slice = makeSlice(t, .none, n, .none)
        if slice.isRaised || deleteItem(t, buffer, slice) < 0 { return .raised }
    }
    if view.pointee.load(v, Reader.paused) != .false && callMethod(t, v, word(._maybe_resume_transport)).isRaised { return .raised }
    return data
}

/// `_wait_for_data` up to its `await`.
@inline(__always) private func waitForData(_ t: Thread, _ v: Value, _ view: UnsafeMutablePointer<StockView>) -> Value {
    let loop = view.pointee.load(v, Reader.loop)
    guard view.pointee.load(v, Reader.waiter).isNone, view.pointee.load(v, Reader.paused) == .false, let known = loopView(t, loop), known.pointee.canSchedule,
          known.pointee.canCreateFutures, known.pointee.debug.load(loop) == .false, isFutureStock(t) else { return .none }
    let future = makeFuture(t, loop)
    view.pointee.store(v, Reader.waiter, future)
    return future
}

@inline(never) private func raiseIncomplete(_ t: Thread, _ buffer: Value, _ n: Value) -> Value {
    let contents = byteArrayContents(buffer)
    let partial = makeBytes(t, contents.base, contents.count)
    if partial.isRaised || byteArrayResize(t, buffer, 0) < 0 { return .raised }
    let type = library(t, .incompleteReadError)
    let e = type.isRaised ? type : call(t, type, partial, n)
    return e.isRaised ? e : raiseInstance(t, e)
}

/// Whether `drain` has nothing to wait for and nothing to raise. False also for what is not stock.
private func mayPass(_ t: Thread, _ v: Value) -> Bool {
    guard let view = stockView(t, v, writers), isOpenStockTransport(t, view.pointee.load(v, Writer.transport)) else { return false }
    let reader = view.pointee.load(v, Writer.reader), receiver = view.pointee.load(v, Writer.protocolObject)
    if !reader.isNone {
        guard let known = stockView(t, reader, readers), known.pointee.load(reader, Reader.exception).isNone else { return false }
    }
    guard let known = stockView(t, receiver, protocols) else { return false }
    return known.pointee.load(receiver, Protocol.connectionLost) == .false && known.pointee.load(receiver, Protocol.paused) == .false
}
