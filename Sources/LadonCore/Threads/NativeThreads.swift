// Starting, joining and naming OS threads that run Python.

import Glibc

public typealias ThreadHandle = UnsafeMutablePointer<ThreadHandleState>
/// What a started thread runs, attached; `argument` is rooted until it returns.
public typealias ThreadBody = @convention(c) (Thread, Value) -> Void

/// Bytes of native stack for threads that do not ask for a size.
public func setDefaultStackSize(_ bytes: Int) { threads.pointee.defaultStackSize = bytes == 0 ? 8 << 20 : UInt64(bytes) }

/// Starts a thread. 0 and a handle (with one reference for the caller), or an errno.
public func startThread(_ t: Thread, stackSize: Int = 0, body: ThreadBody, argument: Value, handle: inout ThreadHandle?) -> Int32 {
    handle = nil
    guard let new = makeThreadState(), let raw = calloc(1, MemoryLayout<ThreadHandleState>.size) else { return ENOMEM }
    let record = raw.assumingMemoryBound(to: ThreadHandleState.self)
    record.pointee.references = 2
    if t.pointee.locks == 0 { needCellLocks(t) }
    new.pointee.startArgument = argument
    new.pointee.startFunction = unsafeBitCast(body, to: UnsafeMutableRawPointer.self)
    new.pointee.handle = record
    new.pointee.interpreter = t.pointee.interpreter
    new.pointee.executionLock = t.pointee.executionLock
    new.pointee.depthLimit = t.pointee.depthLimit
    new.pointee.locks = t.pointee.locks
    // No native stack to scan until it has run.
    new.pointee.savedStackPointer = 0
    listThread(new)
    let size = stackSize > 0 ? stackSize : Int(threads.pointee.defaultStackSize)
    var ident: UInt = 0
    let code = ladon_start_native_thread(size, { raw in runThread(raw.unsafelyUnwrapped.assumingMemoryBound(to: ThreadState.self)) }, new, &ident)
    if code != 0 {
        unlistThread(new)
        poolThread(new)
        free(record)
        return code
    }
    // The new thread stores the same; whoever comes first.
    ladon_store_relaxed(&record.pointee.ident, ident)
    handle = record
    argument.keepAlive
    return 0
}

private func runThread(_ t: Thread) {
    let record = t.pointee.handle.unsafelyUnwrapped
    setNativeBounds(t, isMain: false)
    t.pointee.ident = ladon_pthread_self()
    t.pointee.pthread = t.pointee.ident
    t.pointee.osThreadID = ladon_gettid()
    ladon_store_relaxed(&record.pointee.ident, t.pointee.ident)
    ladon_store32_release(&record.pointee.osThreadID, t.pointee.osThreadID)
    ladon_set_current_thread(t)
    t.pointee.attachedAt = ladon_monotonic()
    enterExecution(t)
    ladonHooks.threadStarted?(t)
    let body = unsafeBitCast(t.pointee.startFunction.unsafelyUnwrapped, to: ThreadBody.self)
    body(t, t.pointee.startArgument)
    ladonHooks.threadEnding?(t)
    leaveForGood(t)
    ladon_store32_release(&record.pointee.done, 1)
    unpark(&record.pointee.done, .max)
    releaseHandle(record)
}

/// Waits for the thread's end: `.woken`, `.timedOut` or `.interrupted`.
public func joinThread(_ t: Thread, _ handle: ThreadHandle, _ deadline: UInt64? = nil) -> ParkResult {
    while true {
        let result = park(t, &handle.pointee.done, 0, deadline, looksOut: true)
        switch result {
        case .changed: return .woken
        case .woken: if ladon_load32_acquire(&handle.pointee.done) != 0 { return .woken }
        case .timedOut, .interrupted: return result
        }
    }
}

public func releaseHandle(_ h: ThreadHandle) {
    if ladon_fetch_add32(&h.pointee.references, .max) == 1 { free(h) }
}

/// The calling thread's name for the system's tools; 15 bytes of it count.
public func setNativeThreadName(_ name: UnsafePointer<CChar>) { ladon_set_thread_name(name) }
