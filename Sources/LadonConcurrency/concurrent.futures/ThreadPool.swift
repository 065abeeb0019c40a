// `ThreadPoolExecutor.submit` and the loop of its workers, natively, over the objects that the library's thread.py makes.
// An executor whose parts were replaced goes to the Python methods.

import Glibc
import LadonLibrary

private struct PoolNames {
    var shutdownLock = Value.raised, globalLock = Value.raised, broken = Value.raised, shutdown = Value.raised
    var queue = Value.raised, idle = Value.raised, adjust = Value.raised, threads = Value.raised, maximum = Value.raised
    var condition = Value.raised, lock = Value.raised, value = Value.raised, waiters = Value.raised
}

nonisolated(unsafe) private var names = PoolNames()
/// The module's dictionary, and what was replaced.
private let kept = PerInterpreter<(module: Value, submit: Value, worker: Value, adjust: Value, semaphore: Value)>(.threadPool)

nonisolated(unsafe) private let submitRecord = makeRecord(.method("submit", "(self, fn, /, *args, **kwargs)", pool_submit,
    "Submits a callable to be executed with the given arguments.\n\nSchedules the callable to be executed as fn(*args, **kwargs) and returns\na Future instance representing the execution of the callable."))

private let source: StaticString = """
def _report_failure(message, exception):
    _base.LOGGER.critical(message, exc_info=exception)
"""

func amendThreadPool(_ t: Thread, _ dict: Value) -> Bool {
    func text(_ s: StaticString) -> Value { lastingName(t, s) }
    names = PoolNames(shutdownLock: text("_shutdown_lock"), globalLock: text("_global_shutdown_lock"), broken: text("_broken"), shutdown: text("_shutdown"),
                      queue: text("_work_queue"), idle: text("_idle_semaphore"), adjust: text("_adjust_thread_count"), threads: text("_threads"),
                      maximum: text("_max_workers"), condition: text("_cond"), lock: text("_lock"), value: text("_value"), waiters: text("_waiters"))
    if workItemType == nil {
        workItemType = installType(t, workItemDefinition())
        adoptMethods(t, workItemType.unsafelyUnwrapped, of: dictGetName(t, dict, intern(t, "_WorkItem")))
    }
    let pool = dictGetName(t, dict, intern(t, "ThreadPoolExecutor")), threading = importModule(t, "threading")
    if threading.isRaised { return false }
    if !isType(pool) || futures.type.bits == 0 { return true }
    let semaphore = getAttribute(t, threading, intern(t, "Semaphore"))
    let worker = makeNativeFunction(t, "_worker", "(executor_reference, work_queue, initializer, initargs)", in: dict, pool_worker)
    if semaphore.isRaised || worker.isRaised || !extendModule(t, dict, source, filename: "<ladon concurrent.futures.thread>") { return false }
    kept[t].pointee.module = dict
    kept[t].pointee.worker = dictGetName(t, dict, intern(t, "_worker"))
    kept[t].pointee.adjust = lookupType(t, pool.asType, names.adjust)
    kept[t].pointee.semaphore = semaphore
    return dictSet(t, dict, intern(t, "_worker"), worker) >= 0 && dictSet(t, dict, intern(t, "_WorkItem"), Value(workItemType.unsafelyUnwrapped)) >= 0
        && replaceMethod(t, pool, submitRecord, &kept[t].pointee.submit)
}

// MARK: the idle semaphore, a threading.Semaphore that nobody waits on

private struct Idle {
    var semaphore = Value.raised, lock = Value.raised, waiters = Value.raised
}

@inline(__always) private func findIdle(_ t: Thread, _ executor: Value, _ found: inout Idle) -> Bool {
    found.semaphore = instanceAttribute(t, executor, names.idle)
    if !found.semaphore.isCell || Value(typeOf(found.semaphore)) != kept[t].pointee.semaphore { return false }
    let condition = instanceAttribute(t, found.semaphore, names.condition)
    found.lock = instanceAttribute(t, condition, names.lock)
    return found.lock.isExactly(.lock)
}

/// 1 there was an idle worker, which is taken; 0 none; -1 raised; 2 not for native code.
private func takeIdle(_ t: Thread, _ executor: Value) -> Int {
    var idle = Idle()
    if !findIdle(t, executor, &idle) { return 2 }
    if acquireLock(t, idle.lock) < 0 { return -1 }
    let n = instanceAttribute(t, idle.semaphore, names.value)
    var result = 2
    if n.isSmallInt {
        result = n.smallInt > 0 ? 1 : 0
        if result == 1 && setInstanceAttribute(t, idle.semaphore, names.value, Value(smallInt: n.smallInt - 1)) < 0 { result = -1 }
    }
    _ = releaseLock(t, idle.lock)
    return result
}

/// `executor._idle_semaphore.release()`. False: raised.
private func addIdle(_ t: Thread, _ executor: Value) -> Bool {
    var idle = Idle()
    if findIdle(t, executor, &idle) {
        if acquireLock(t, idle.lock) < 0 { return false }
        let n = instanceAttribute(t, idle.semaphore, names.value)
        let done = n.isSmallInt ? setInstanceAttribute(t, idle.semaphore, names.value, Value(smallInt: n.smallInt + 1)) : 0
        _ = releaseLock(t, idle.lock)
        if done != 0 { return done > 0 }
    }
    let semaphore = getAttribute(t, executor, names.idle)
    return !semaphore.isRaised && !callMethod(t, semaphore, intern(t, "release")).isRaised
}

// MARK: submit

/// Whether the pool has all the threads that it may have: then nobody asks who is idle.
@inline(__always) private func isFull(_ t: Thread, _ executor: Value) -> Bool {
    let running = instanceAttribute(t, executor, names.threads), maximum = instanceAttribute(t, executor, names.maximum)
    return running.isExactly(.set) && maximum.isSmallInt && setCount(running) >= maximum.smallInt
}

private func submitInPython(_ t: Thread, _ a: Values) -> Value {
    let n = a[2].tupleCount
    let all = makeTuple(t, n + 2)
    if all.isRaised { return all }
    all.tupleItems[0] = a[0]
    all.tupleItems[1] = a[1]
    for i in 0 ..< n { all.tupleItems[i + 2] = a[2].tupleItems[i] }
    return callWithTuple(t, kept[t].pointee.submit, all, a[3])
}

private func pool_submit(_ t: Thread, _ a: Values) -> Value {
    let future = submit(t, a)
    // The caller may drop the executor and wait at this depth of the stack for its threads to end.
    forgetStack()
    return future
}

@inline(never) private func submit(_ t: Thread, _ a: Values) -> Value {
    let executor = a[0]
    let own = instanceAttribute(t, executor, names.shutdownLock), shared = dictGetName(t, kept[t].pointee.module, names.globalLock)
    let queue = instanceAttribute(t, executor, names.queue)
    if !own.isExactly(.lock) || !shared.isExactly(.lock) || !isSimpleQueue(queue) || lookupType(t, typeOf(executor), names.adjust) != kept[t].pointee.adjust {
        return submitInPython(t, a)
    }
    let future = makePoolFuture(t)
    let item = future.isRaised ? future : makeWorkItem(t, future, a[1], a[2], a[3])
    if item.isRaised || acquireLock(t, own) < 0 { return .raised }
    if acquireLock(t, shared) < 0 {
        _ = releaseLock(t, own)
        return .raised
    }
    // What the Python form raises, it raises itself.
    let isOpen = instanceAttribute(t, executor, names.broken).isFalse && instanceAttribute(t, executor, names.shutdown).isFalse
        && dictGetName(t, kept[t].pointee.module, names.shutdown).isFalse
    var result = isOpen ? future : .missing
    if isOpen {
        if !simpleQueuePut(t, queue, item) {
            result = .raised
        } else if !isFull(t, executor) {
            let idle = takeIdle(t, executor)
            if idle < 0 || idle != 1 && callMethod(t, executor, names.adjust).isRaised { result = .raised }
        }
    }
    _ = releaseLock(t, shared)
    _ = releaseLock(t, own)
    return result.isMissing ? submitInPython(t, a) : result
}

// MARK: the worker

private func pool_worker(_ t: Thread, _ a: Values) -> Value {
    let reference = a[0], queue = a[1]
    if !isSimpleQueue(queue) || !reference.isExactly(.weakReference) { return call(t, kept[t].pointee.worker, args: a, 4, .raised) }
    if !a[2].isNone && callWithTuple(t, a[2], a[3]).isRaised { return initializerFailed(t, reference) }
    while true {
        let more = workOn(t, reference, queue)
        if more == 1 {
            forgetStack()
            continue
        }
        if more == 0 { return .none }
        let e = takeException(t)
        return report(t, "Exception in worker", e)
    }
}

/// Overwrites what dead frames left on the stack: whoever waits there must not keep alive what they worked for.
@inline(never) func forgetStack() {
    withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 16) { explicit_bzero($0.baseAddress.unsafelyUnwrapped, 2048) }
}

private func report(_ t: Thread, _ message: StaticString, _ e: Value) -> Value {
    let function = dictGetName(t, kept[t].pointee.module, intern(t, "_report_failure"))
    return function.isMissing ? .none : call(t, function, makeString(t, message), e).isRaised ? .raised : .none
}

private func initializerFailed(_ t: Thread, _ reference: Value) -> Value {
    let e = takeException(t)
    if report(t, "Exception in initializer:", e).isRaised { return .raised }
    let executor = weakReferent(reference)
    return executor.isNone ? .none : callMethod(t, executor, intern(t, "_initializer_failed")).isRaised ? .raised : .none
}

/// Waits for one item and runs it: 1 go on, 0 end, -1 raised.
@inline(never) private func workOn(_ t: Thread, _ reference: Value, _ queue: Value) -> Int {
    let item = simpleQueueGet(t, queue)
    if item.isRaised { return -1 }
    if item.isNone { return isOver(t, reference, queue) }
    // Idle before whoever waits for the result can know it, so that his next call finds this thread.
    var isCounted = false
    let done = isWorkItem(item) ? runWorkItem(t, item, whenCalled: {
        isCounted = true
        return countIdle(t, reference)
    }) : !callMethod(t, item, intern(t, "run")).isRaised
    return done && (isCounted || countIdle(t, reference)) ? 1 : -1
}

@inline(never) private func countIdle(_ t: Thread, _ reference: Value) -> Bool {
    let executor = weakReferent(reference)
    return executor.isNone || isFull(t, executor) || addIdle(t, executor)
}

/// After a None: the executor is gone or shut down, or the interpreter ends.
@inline(never) private func isOver(_ t: Thread, _ reference: Value, _ queue: Value) -> Int {
    let executor = weakReferent(reference)
    var over = executor.isNone ? 1 : isTrue(t, dictGetName(t, kept[t].pointee.module, names.shutdown))
    if over == 0 {
        let ended = getAttribute(t, executor, names.shutdown)
        over = ended.isRaised ? -1 : isTrue(t, ended)
    }
    if over < 0 { return -1 }
    if over == 0 { return 1 }
    if !executor.isNone && setAttribute(t, executor, names.shutdown, .true) < 0 { return -1 }
    // For the next worker.
    return simpleQueuePut(t, queue, .none) ? 0 : -1
}
