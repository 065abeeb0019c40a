// os.fork: the world is stopped, so no thread is inside the runtime's structures; the child keeps only the
// forking thread and makes every lock new.

import Glibc

/// fork(2). The child's process id; 0 in the child; -errno.
@inline(never) public func forkProcess(_ t: Thread) -> Int32 {
    stopTheWorld(t)
    // No other thread may be changing what these guard when memory is copied. (The GIL's mutex and the parking
    // buckets are used by detached threads too; the child makes them new.)
    ladon_mutex_lock(&threads.pointee.mutex)
    ladon_mutex_lock(&heap.pointee.mutex)
    let pid = fork()
    let code = errno
    if pid == 0 {
        becomeOnlyThread(t)
    } else {
        ladon_mutex_unlock(&heap.pointee.mutex)
        ladon_mutex_unlock(&threads.pointee.mutex)
    }
    startTheWorld(t)
    return pid < 0 ? -code : pid
}

private func becomeOnlyThread(_ t: Thread) {
    let s = threads, h = heap
    s.pointee.mutex = RawMutex(word: 0)
    h.pointee.mutex = RawMutex(word: 0)
    h.pointee.rootMutex = RawMutex(word: 0)
    h.pointee.finalizerMutex = RawMutex(word: 0)
    h.pointee.weakMutex = RawMutex(word: 0)
    h.pointee.idMutex = RawMutex(word: 0)
    resetParking()
    resetRuntimeLocks(t)
    resetExecutionLock(t)
    s.pointee.stopEvents = 0
    var other = s.pointee.first
    s.pointee.first = t
    s.pointee.count = 1
    while let thread = other {
        other = thread.pointee.next
        if thread == t { continue }
        flushFinalizables(thread)
        donateBuffers(thread)
        if let handle = thread.pointee.handle {
            handle.pointee.done = 1
            thread.pointee.handle = nil
            releaseHandle(handle)
        }
        thread.pointee.listed = 0
        thread.pointee.next = s.pointee.pool
        s.pointee.pool = thread
        s.pointee.pooled += 1
    }
    t.pointee.next = nil
    t.pointee.isMain = 1
    // The loop goes on in the parent only.
    t.pointee.runningLoop = Value(bits: 0)
    t.pointee.locks = 0
    runtimeState.pointee.interpreterCount = 1
    t.pointee.osThreadID = ladon_gettid()
    t.pointee.pending &= ~SafepointRequest.stopWorld.rawValue & ~SafepointRequest.dropGIL.rawValue
    ladon_set_main_thread(t)
    runtimeState.pointee.cellLockKind = ladon_membarrier_register() ? 1 : 2
    ladonHooks.afterForkInChild?(t)
}
