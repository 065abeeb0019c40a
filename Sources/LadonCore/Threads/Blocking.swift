// The one way to block: detach, do it, attach.

/// Runs `body` detached: the GIL is free for others, the world may stop without this thread. `body` calls C
/// only, and loads and stores no value. errno is as `body` left it.
@inlinable @inline(__always) @discardableResult public func blocking<Result>(_ t: Thread, _ body: () -> Result) -> Result { runDetached(t, body) }

/// Not inlined: the caller's values lie in its frame or in callee-saved registers, fixed for the time of this
/// call, and the latter are stored before anything else happens.
@inlinable @inline(never) func runDetached<Result>(_ t: Thread, _ body: () -> Result) -> Result {
    ladon_save_state(t)
    beginBlocking(t)
    let result = body()
    let code = ladon_errno()
    endBlocking(t)
    ladon_set_errno(code)
    return result
}

@inline(never) @usableFromInline func beginBlocking(_ t: Thread) {
    if ladon_load32_relaxed(&t.pointee.pending) & SafepointRequest.finalizers.rawValue != 0 { passFinalizersOn(t) }
    t.pointee.blockingCalls += 1
    leaveExecution(t)
}
@inline(never) @usableFromInline func endBlocking(_ t: Thread) { enterExecution(t) }

/// Runs `body`, which calls C only and never waits (a system call on a descriptor that doesn't block): detaching costs four looks at the
/// clock and two exchanges. Detached only if another thread waits for the GIL, which has its turn while the kernel copies. errno is as `body` left it.
@inlinable @inline(__always) @discardableResult public func withoutWaiting<Result>(_ t: Thread, _ body: () -> Result) -> Result {
    wantsTurn(t) ? runDetached(t, body) : body()
}

@inline(never) @usableFromInline func wantsTurn(_ t: Thread) -> Bool { runtimeState.pointee.gil != 0 && othersWaitForGIL(t) }

/// Finalisers that became due would wait as long as this thread blocks: whoever comes to a safepoint first runs them.
private func passFinalizersOn(_ t: Thread) {
    if threadCount() > 1 { requestAll(.finalizers) }
}

/// Detaches until `attach`, both in one function body that keeps no value in between but what it held before.
@inlinable @inline(__always) public func detach(_ t: Thread) {
    ladon_save_state(t)
    beginBlocking(t)
}
@inlinable @inline(__always) public func attach(_ t: Thread) { endBlocking(t) }
