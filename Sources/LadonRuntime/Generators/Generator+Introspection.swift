// What Python programs may ask of a generator, coroutine or async generator, and its finaliser.

extension UnsafeMutablePointer where Pointee == GeneratorCell {
    public var isRunning: Bool { state == GeneratorState.running }
    public var isSuspended: Bool { state == GeneratorState.suspended }
    public var isFinished: Bool { state == GeneratorState.finished }
}

/// gi_frame: the frame object, or None once the generator has finished.
public func generatorFrame(_ t: Thread, _ v: Value) -> Value {
    let generator = v.asGenerator
    if let object = generator.window.object, !generator.isFinished { return Value(object) }
    // The claim keeps other threads from running it while the window gets its frame object.
    if let state = claim(t, generator) {
        let frame = frameObject(t, generator.window)
        release(generator, state)
        return frame
    }
    if generator.isFinished { return .none }
    stopTheWorld(t)
    let frame = generator.isFinished ? Value.none : frameObject(t, generator.window)
    startTheWorld(t)
    return frame
}

/// What happens when a generator that has not finished becomes unreachable: it is closed; a coroutine that never
/// ran warns; an async generator goes to the event loop's finaliser hook. Errors are reported, not raised.
public func finalizeGenerator(_ t: Thread, _ v: Value) {
    let generator = v.asGenerator
    if generator.isFinished { return }
    let saved = takeException(t)
    defer { restoreException(t, saved) }
    if v.isExactly(.asyncGenerator) {
        let finalizer = generator.pointee.origin
        if finalizer.bits != 0 && !generator.hasAsync(AsyncGeneratorFlags.closed) {
            if call(t, finalizer, v).isRaised { reportUnraisable(t, v) }
            return
        }
    }
    if generator.state == GeneratorState.created && generator.pointee.code.asCode.codeFlags.contains(.coroutine) {
        warnUnawaited(t, v)
        return
    }
    if generatorClose(t, v).isRaised { reportUnraisable(t, v) }
}

/// "coroutine 'f' was never awaited", through `warnings._warn_unawaited_coroutine` when that is there.
private func warnUnawaited(_ t: Thread, _ v: Value) {
    var warned = false
    let warnings = dictGet(t, interpreter(t).pointee.modules, internStatic(t, "warnings"))
    if warnings.isRaised { clearException(t) } else if !warnings.isMissing {
        let function = getAttributeOrMissing(t, warnings, name(._warn_unawaited_coroutine))
        if !function.isRaised && !function.isMissing {
            warned = !call(t, function, v).isRaised || exceptionMatches(t, .runtimeWarning)
        }
        if t.pointee.exception.bits != 0 { reportUnraisable(t, v) }
    }
    if !warned && warn(t, .runtimeWarning, "coroutine '\(swiftString(v.asGenerator.pointee.qualname))' was never awaited", 1) < 0 {
        reportUnraisable(t, v)
    }
}
