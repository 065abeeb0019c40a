// The module `_asyncio`, and the amendments to the Python modules of asyncio.

import LadonLibrary

nonisolated(unsafe) private var isPrepared = false
/// Guarded by the module lock of the imports that call it.
nonisolated(unsafe) private var taskSet = Value.raised, currentTasksObject = Value.raised
/// The namespaces of asyncio.futures and asyncio.tasks, to see whether `Future` and `Task` are still ours; 0 before.
private let globals = PerInterpreter<(futures: Value, tasks: Value)>(.asyncioGlobals)

nonisolated(unsafe) private let preparing = makeRuntimeLock()

/// Types and tables, once.
func prepareAsyncio(_ t: Thread) {
    if isPrepared { return }
    // Interpreters may come here together.
    preparing.lock(t)
    defer { preparing.unlock(t) }
    if isPrepared { return }
    prepareWords(t)
    asyncio.future = installType(t, futureDefinition())
    asyncio.task = installType(t, taskDefinition(), base: asyncio.future.unsafelyUnwrapped)
    asyncio.iterator = installType(t, futureIteratorDefinition())
    asyncio.stepWrapper = installType(t, stepWrapperDefinition())
    asyncio.handle = installType(t, handleDefinition())
    asyncio.timer = installType(t, timerDefinition(), base: asyncio.handle.unsafelyUnwrapped)
    asyncio.futureID = asyncio.future.unsafelyUnwrapped.pointee.id
    asyncio.taskID = asyncio.task.unsafelyUnwrapped.pointee.id
    asyncio.handleID = asyncio.handle.unsafelyUnwrapped.pointee.id
    asyncio.timerID = asyncio.timer.unsafelyUnwrapped.pointee.id
    prepareTaskTables(t)
    // The collector does not look at global variables: each is immortal before the next allocation.
    taskSet = allocateInstance(t, installType(t, taskSetDefinition()))
    makeImmortal(taskSet)
    currentTasksObject = allocateInstance(t, installType(t, currentTasksDefinition()))
    makeImmortal(currentTasksObject)
    isPrepared = true
}

public func asyncioModule() -> ModuleDefinition {
    ModuleDefinition("_asyncio", doc: "Accelerator module for asyncio", members: [
        .method("get_running_loop", "()", { t, a in
            let loop = t.pointee.runningLoop
            return loop.bits == 0 ? raise(t, .runtimeError, "no running event loop") : loop
        }, "Return the running event loop.  Raise a RuntimeError if there is none.\n\nThis function is thread-specific."),
        .method("_get_running_loop", "()", { t, a in t.pointee.runningLoop.bits == 0 ? .none : t.pointee.runningLoop }, "Return the running event loop or None.\n\nThis is a low-level function intended to be used by event loops.\nThis function is thread-specific."),
        .method("_set_running_loop", "(loop, /)", { t, a in
            t.pointee.runningLoop = a[0].isNone ? .raised : a[0]
            return .none
        }, "Set the running event loop.\n\nThis is a low-level function intended to be used by event loops.\nThis function is thread-specific."),
        .method("get_event_loop", "()", { t, a in currentEventLoop(t) }, "Return an asyncio event loop.\n\nWhen called from a coroutine or a callback (e.g. scheduled with\ncall_soon or similar API), this function will always return the\nrunning event loop.\n\nIf there is no running event loop set, the function will return\nthe result of `get_event_loop_policy().get_event_loop()` call."),
        .method("_get_event_loop", "(stacklevel=3)", { t, a in currentEventLoop(t) }),
        .constant("Future") { t, a in prepared(t, \.future) },
        .constant("Task") { t, a in prepared(t, \.task) },
        .constant("_all_tasks") { t, a in
            prepareAsyncio(t)
            return taskSet
        },
        .constant("_current_tasks") { t, a in
            prepareAsyncio(t)
            return currentTasksObject
        },
        .method("future_add_to_awaited_by", "(fut, waiter, /)", { t, a in addAwaiter(t, a[0], a[1]) }, "Record that `fut` is awaited on by `waiter`."),
        .method("future_discard_from_awaited_by", "(fut, waiter, /)", { t, a in discardAwaiter(t, a[0], a[1]) }, "Record that `fut` is no longer awaited on by `waiter`."),
    ] + taskTableMembers, initialize: { t, a in
        prepareAsyncio(t)
        return .none
    })
}

private func prepared(_ t: Thread, _ type: KeyPath<AsyncioTypes, TypePointer?>) -> Value {
    prepareAsyncio(t)
    return asyncio[keyPath: type].unsafelyUnwrapped.value
}

/// The thread's running loop, or the policy's. 0: raised.
func currentEventLoop(_ t: Thread) -> Value {
    if t.pointee.runningLoop.bits != 0 { return t.pointee.runningLoop }
    let f = library(t, .getEventLoopPolicy)
    let policy = f.isRaised ? f : call(t, f)
    return policy.isRaised ? policy : callMethod(t, policy, word(.get_event_loop))
}

func isFutureStock(_ t: Thread) -> Bool {
    globals[t].pointee.futures.bits != 0 && dictGetName(t, globals[t].pointee.futures, internedFuture) == asyncio.future.unsafelyUnwrapped.value
}
func isTaskStock(_ t: Thread) -> Bool {
    globals[t].pointee.tasks.bits != 0 && dictGetName(t, globals[t].pointee.tasks, internedTask) == asyncio.task.unsafelyUnwrapped.value
}
nonisolated(unsafe) private var internedFuture = Value.raised, internedTask = Value.raised

/// The rows of the table of amendments.
public nonisolated(unsafe) let asyncioAmendments: [(StaticString, Amendment)] = [
    ("asyncio.events", amendEvents), ("asyncio.base_events", amendBaseEvents), ("asyncio.selector_events", amendSelectorEvents), ("selectors", amendSelectors), ("asyncio.streams", amendStreams),
    ("asyncio.futures", { t, dict in
        internedFuture = intern(t, "Future")
        makeImmortal(internedFuture)
        globals[t].pointee.futures = dict
        return true
    }),
    ("asyncio.tasks", { t, dict in
        internedTask = intern(t, "Task")
        makeImmortal(internedTask)
        globals[t].pointee.tasks = dict
        return extendTasks(t, dict)
    }),
] + newerNames
