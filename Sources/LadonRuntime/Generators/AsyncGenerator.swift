// Asynchronous generators (PEP 525): the awaitables of `__anext__`, `asend`, `athrow` and `aclose`.
//
// Each drives its generator like a coroutine until that yields a wrapped value, which ends the await with the
// value as its result. `asyncState` says whether one of them runs, and whether the generator was closed.

public enum AsyncGeneratorFlags {
    public static let hooksDone: UInt = 1, closed: UInt = 2, running: UInt = 4
}

/// async_generator_asend, from `__anext__` and `asend`.
@frozen public struct AsyncSendCell {
    public var header: CellHeader
    public var generator: Value
    /// What to send first.
    public var value: Value
    // raw
    public var state: UInt
}

/// async_generator_athrow, from `athrow` and `aclose`.
@frozen public struct AsyncThrowCell {
    public var header: CellHeader
    public var generator: Value
    /// The tuple of throw's arguments, or 0 for `aclose`.
    public var arguments: Value
    // raw
    public var state: UInt
}

public enum AwaitableState {
    public static let fresh: UInt = 0, iterating: UInt = 1, closed: UInt = 2
}

extension Value {
    @inline(__always) public var asAsyncSend: UnsafeMutablePointer<AsyncSendCell> { cell(as: AsyncSendCell.self) }
    @inline(__always) public var asAsyncThrow: UnsafeMutablePointer<AsyncThrowCell> { cell(as: AsyncThrowCell.self) }
}

extension UnsafeMutablePointer where Pointee == GeneratorCell {
    // Only who may run the generator changes these, so plain loads and stores do; another thread may read them.
    @inline(__always) public func hasAsync(_ flag: UInt) -> Bool { pointee.asyncState & flag != 0 }
    @inline(__always) public func setAsync(_ flag: UInt) { pointee.asyncState |= flag }
    @inline(__always) public func clearAsync(_ flag: UInt) { pointee.asyncState &= ~flag }
}

/// First iteration of an async generator: takes the thread's finaliser hook and tells its firstiter hook. False: raised.
private func initializeHooks(_ t: Thread, _ v: Value) -> Bool {
    let generator = v.asGenerator
    if generator.hasAsync(AsyncGeneratorFlags.hooksDone) { return true }
    generator.setAsync(AsyncGeneratorFlags.hooksDone)
    let finalizer = t.pointee.asyncGenFinalizer
    if finalizer.bits != 0 && !finalizer.isNone { generator.pointee.origin = finalizer }
    let first = t.pointee.asyncGenFirstIter
    return first.bits == 0 || first.isNone || !call(t, first, v).isRaised
}

/// The awaitable of `__anext__` (value None) or `asend(value)`.
public func makeAsyncSend(_ t: Thread, _ v: Value, _ value: Value) -> Value {
    if !initializeHooks(t, v) { return .raised }
    let cell = Value(allocate(t, id: TypeID.asyncGeneratorASend.rawValue, bytes: MemoryLayout<AsyncSendCell>.size))
    cell.asAsyncSend.pointee.generator = v
    cell.asAsyncSend.pointee.value = value
    return cell
}

/// The awaitable of `athrow(*arguments)`, or of `aclose()` with arguments 0.
public func makeAsyncThrow(_ t: Thread, _ v: Value, _ arguments: Value) -> Value {
    if !initializeHooks(t, v) { return .raised }
    let cell = Value(allocate(t, id: TypeID.asyncGeneratorAThrow.rawValue, bytes: MemoryLayout<AsyncThrowCell>.size))
    cell.asAsyncThrow.pointee.generator = v
    cell.asAsyncThrow.pointee.arguments = arguments
    return cell
}

@inline(__always) private func isWrapped(_ v: Value) -> Bool { v.isExactly(.asyncGeneratorWrappedValue) }

/// What driving the generator gave, as the await sees it: a value yielded with `yield` ends the await with it; a value
/// passed through from an inner await is yielded on; the generator's end is StopAsyncIteration.
private func unwrap(_ t: Thread, _ generator: UnsafeMutablePointer<GeneratorCell>, _ r: Value) -> Value {
    if r.isRaised || r.isExhausted {
        if r.isExhausted { raise(t, .stopAsyncIteration) }
        if exceptionMatches(t, .stopAsyncIteration) || exceptionMatches(t, .generatorExit) { generator.setAsync(AsyncGeneratorFlags.closed) }
        generator.clearAsync(AsyncGeneratorFlags.running)
        return .raised
    }
    if isWrapped(r) {
        t.pointee.result = (r.cell + 8).assumingMemoryBound(to: Value.self).pointee
        generator.clearAsync(AsyncGeneratorFlags.running)
        return .exhausted
    }
    return r
}

// MARK: __anext__ and asend

/// send() of an asend awaitable. Answers as `generatorSend`.
public func asyncSendResume(_ t: Thread, _ v: Value, _ sent: Value) -> Value {
    let o = v.asAsyncSend
    let generator = o.pointee.generator.asGenerator
    if o.pointee.state == AwaitableState.closed { return raise(t, .runtimeError, "cannot reuse already awaited __anext__()/asend()") }
    var value = sent
    if o.pointee.state == AwaitableState.fresh {
        if generator.hasAsync(AsyncGeneratorFlags.running) {
            return raise(t, .runtimeError, "anext(): asynchronous generator is already running")
        }
        if sent.isNone { value = o.pointee.value }
        o.pointee.state = AwaitableState.iterating
    }
    generator.setAsync(AsyncGeneratorFlags.running)
    return endAsyncSend(o, unwrap(t, generator, generatorSend(t, o.pointee.generator, value)))
}

/// throw() of an asend awaitable; the later arguments 0 when not given. Answers as `generatorSend`.
public func asyncSendThrow(_ t: Thread, _ v: Value, _ type: Value, _ value: Value, _ traceback: Value) -> Value {
    let o = v.asAsyncSend
    let generator = o.pointee.generator.asGenerator
    if o.pointee.state == AwaitableState.closed { return raise(t, .runtimeError, "cannot reuse already awaited __anext__()/asend()") }
    return endAsyncSend(o, unwrap(t, generator, generatorThrow(t, o.pointee.generator, type, value, traceback)))
}

private func endAsyncSend(_ o: UnsafeMutablePointer<AsyncSendCell>, _ r: Value) -> Value {
    if r.isRaised || r.isExhausted { o.pointee.state = AwaitableState.closed }
    return r
}

// MARK: athrow and aclose

/// send() of an athrow or aclose awaitable. Answers as `generatorSend`.
public func asyncThrowResume(_ t: Thread, _ v: Value, _ sent: Value) -> Value {
    let o = v.asAsyncThrow
    let generator = o.pointee.generator.asGenerator
    let closing = o.pointee.arguments.bits == 0
    if o.pointee.state == AwaitableState.closed { return raise(t, .runtimeError, "cannot reuse already awaited aclose()/athrow()") }
    if generator.state == GeneratorState.finished {
        o.pointee.state = AwaitableState.closed
        t.pointee.result = .none
        return .exhausted
    }
    if o.pointee.state == AwaitableState.fresh {
        if generator.hasAsync(AsyncGeneratorFlags.running) {
            o.pointee.state = AwaitableState.closed
            return raise(t, .runtimeError, "\(closing ? "aclose" : "athrow")(): asynchronous generator is already running")
        }
        if generator.hasAsync(AsyncGeneratorFlags.closed) {
            o.pointee.state = AwaitableState.closed
            return raise(t, .stopAsyncIteration)
        }
        if !sent.isNone { return raise(t, .runtimeError, "can't send non-None value to a just-started coroutine") }
        o.pointee.state = AwaitableState.iterating
        generator.setAsync(AsyncGeneratorFlags.running)
        if closing {
            generator.setAsync(AsyncGeneratorFlags.closed)
            let r = generatorThrow(t, o.pointee.generator, builtinType(.generatorExit).value, closesDelegate: false)
            return endClose(t, o, generator, r)
        }
        let arguments = o.pointee.arguments
        let count = arguments.tupleCount
        if count < 1 || count > 3 {
            raise(t, .typeError, "athrow expected at \(count < 1 ? "least 1 argument" : "most 3 arguments"), got \(count)")
            return endThrow(t, o, generator, .raised)
        }
        let value: Value = count > 1 ? arguments.tupleItems[1] : .raised
        let traceback: Value = count > 2 ? arguments.tupleItems[2] : .raised
        let r = generatorThrow(t, o.pointee.generator, arguments.tupleItems[0], value, traceback, closesDelegate: false)
        return endThrow(t, o, generator, unwrap(t, generator, r))
    }
    let r = generatorSend(t, o.pointee.generator, sent)
    return closing ? endClose(t, o, generator, r) : unwrap(t, generator, r)
}

/// throw() of an athrow or aclose awaitable. Answers as `generatorSend`.
public func asyncThrowThrow(_ t: Thread, _ v: Value, _ type: Value, _ value: Value, _ traceback: Value) -> Value {
    let o = v.asAsyncThrow
    let generator = o.pointee.generator.asGenerator
    if o.pointee.state == AwaitableState.closed { return raise(t, .runtimeError, "cannot reuse already awaited aclose()/athrow()") }
    let r = generatorThrow(t, o.pointee.generator, type, value, traceback)
    if o.pointee.arguments.bits != 0 { return unwrap(t, generator, r) }
    return endClose(t, o, generator, r)
}

private func endThrow(_ t: Thread, _ o: UnsafeMutablePointer<AsyncThrowCell>, _ generator: UnsafeMutablePointer<GeneratorCell>, _ r: Value) -> Value {
    if r.isRaised {
        generator.clearAsync(AsyncGeneratorFlags.running)
        o.pointee.state = AwaitableState.closed
    }
    return r
}

/// aclose() has driven the generator: its end is the await's end, a `yield` an error, an inner await's value goes on.
private func endClose(_ t: Thread, _ o: UnsafeMutablePointer<AsyncThrowCell>, _ generator: UnsafeMutablePointer<GeneratorCell>, _ r: Value) -> Value {
    if !r.isRaised && !r.isExhausted && !isWrapped(r) { return r }
    generator.clearAsync(AsyncGeneratorFlags.running)
    o.pointee.state = AwaitableState.closed
    if r.isRaised {
        if !exceptionMatches(t, .stopAsyncIteration) && !exceptionMatches(t, .generatorExit) { return .raised }
        clearException(t)
    } else if !r.isExhausted {
        return raise(t, .runtimeError, "async generator ignored GeneratorExit")
    }
    t.pointee.result = .none
    return .exhausted
}
