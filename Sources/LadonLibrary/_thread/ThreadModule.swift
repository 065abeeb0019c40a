// The module `_thread`: what threading.py is made of.

import LadonTypes

public func threadModule() -> ModuleDefinition {
    ModuleDefinition("_thread", doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
                     members: threadMembers(), types: [lockType, recursiveLockType, threadLocalType], initialize: thread_initialize)
}

private func threadMembers() -> [NativeMember] {
    let startDoc: StaticString = "start_new_thread(function, args[, kwargs])\n(start_new() is an obsolete synonym)\n\nStart a new thread and return its identifier.  The thread will call the\nfunction with positional arguments from the tuple args and keyword arguments\ntaken from the optional dictionary kwargs.  The thread exits when the\nfunction returns; the return value is ignored.  The thread will also exit\nwhen the function raises an unhandled exception; a stack trace will be\nprinted unless the exception is SystemExit.\n"
    let allocateDoc: StaticString = "allocate_lock() -> lock object\n(allocate() is an obsolete synonym)\n\nCreate a new lock object. See help(type(threading.Lock())) for\ninformation about locks."
    let exitDoc: StaticString = "exit()\n(exit_thread() is an obsolete synonym)\n\nThis is synonymous to ``raise SystemExit''.  It will cause the current\nthread to exit silently unless the exception is caught."
    return [
        .method("start_new_thread", "(function, args, kwargs=<unrepresentable>, /)", thread_start, startDoc),
        .method("start_new", "(function, args, kwargs=<unrepresentable>, /)", thread_start, startDoc),
        .method("allocate_lock", "()", { t, a in makeLock(t) }, allocateDoc),
        .method("allocate", "()", { t, a in makeLock(t) }, allocateDoc),
        .method("exit", "()", { t, a in raise(t, .systemExit) }, exitDoc),
        .method("exit_thread", "()", { t, a in raise(t, .systemExit) }, exitDoc),
        .method("get_ident", "()", { t, a in makeInt(t, t.pointee.ident) },
                "get_ident() -> integer\n\nReturn a non-zero integer that uniquely identifies the current thread\namongst other threads that exist simultaneously.\nThis may be used to identify per-thread resources.  Even though on\nsome platforms threads identities may appear to be allocated\nconsecutive numbers starting at 1, this behavior should not be relied\nupon, and the number should be seen purely as a magic cookie.\nA thread's identity may be reused for another thread after it exits."),
        .method("get_native_id", "()", { t, a in makeInt(t, t.pointee.osThreadID) },
                "get_native_id() -> integer\n\nReturn a non-negative integer identifying the thread as reported\nby the OS (kernel). This may be used to uniquely identify a\nparticular thread within a system."),
        .method("interrupt_main", "(signum=2, /)", thread_interruptMain,
                "interrupt_main(signum=signal.SIGINT, /)\n\nSimulate the arrival of the given signal in the main thread,\nwhere the corresponding signal handler will be executed.\nIf *signum* is omitted, SIGINT is assumed.\nA subthread can use this function to interrupt the main thread.\n\nNote: the default signal handler for SIGINT raises ``KeyboardInterrupt``."),
        .method("stack_size", "(size=0, /)", thread_stackSize,
                "stack_size([size]) -> size\n\nReturn the thread stack size used when creating new threads.  The\noptional size argument specifies the stack size (in bytes) to be used\nfor subsequent threads.  The size must be 0 (use platform or\nconfigured default) or a positive integer value of at least 32,768 (32k).\nIf changing the thread stack size is unsupported, a ThreadError exception\nis raised. If the specified size is invalid, a ValueError exception\nis raised, and the stack size is unmodified.  32k bytes\n currently the minimum supported stack size value to guarantee\nsufficient stack space for the interpreter itself."),
        .method("_count", "()", { t, a in makeInt(t, ladon_load32_acquire(&interpreter(t).pointee.runningThreads)) },
                "_count() -> integer\n\nReturn the number of currently running Python threads, excluding\nthe main thread. The returned number comprises all threads created\nthrough `start_new_thread()` as well as `threading.Thread`, and not\nyet finished.\n\nThis function is meant for internal and specialized purposes only.\nIn most applications `threading.enumerate()` should be used instead."),
        .method("_set_sentinel", "()", thread_setSentinel,
                "_set_sentinel() -> lock\n\nSet a sentinel lock that will be released when the current thread\nstate is finalized (after it is untied from the interpreter).\n\nThis is a private API for the threading module."),
        .method("_excepthook", "(args, /)", thread_excepthook, "excepthook(exc_type, exc_value, exc_traceback, thread)\n\nHandle uncaught Thread.run() exception."),
        .method("set_name", "(name)", { t, a in
            if !isInstanceOf(a[0], .str) { return raise(t, .typeError, "set_name() argument 'name' must be str, not \(typeName(a[0]))") }
            nameNativeThread(swiftString(a[0]))
            return .none
        }, "Set the name of the current thread."),
        .method("_set_async_exc", "(ident, exception, /)", thread_setAsyncException,
                "Raise an exception of the class in the thread with that ident, when it next runs Python code;\nNone takes back one that was not raised yet. Returns how many threads there were: 0 or 1."),
        .method("_is_main_interpreter", "()", { t, a in .true }, "Return True if the current interpreter is the main Python interpreter."),
        .method("daemon_threads_allowed", "()", { t, a in .true }, "Return True if daemon threads are allowed in the current interpreter."),
        .constant("TIMEOUT_MAX") { t, a in makeFloat(t, 9_223_372_036) },
        .constant("error") { t, a in Value(builtinType(.runtimeError)) },
        .constant("_ExceptHookArgs") { t, a in Value(threadHookArgumentsType(t)) },
    ]
}

private func thread_initialize(_ t: Thread, _ a: Values) -> Value {
    initializeThreadNames(t)
    let dict = a[0].cell(as: ModuleCell.self).pointee.dict
    if dictSet(t, dict, intern(t, "LockType"), Value(builtinType(.lock))) < 0 { return .raised }
    // The type is reached as LockType only, as in CPython.
    return dictDelete(t, dict, intern(t, "lock")) < 0 ? .raised : .none
}

private func thread_setSentinel(_ t: Thread, _ a: Values) -> Value {
    let lock = makeLock(t)
    lock.asLock.pointee.isSignal = 1
    // A nested thread ends with the code that it runs in an interpreter, whose main thread goes on for threading.py.
    if t.pointee.isNested == 0 { storeSlot(&threadRecord(t).pointee.sentinel, lock) }
    return lock
}

private func thread_interruptMain(_ t: Thread, _ a: Values) -> Value {
    guard let number = asInt32(t, a[0]) else { return .raised }
    if number < 1 || number > 64 { return raise(t, .valueError, "signal number out of range") }
    if hasPythonHandler(t, number) { ladon_record_signal(number) }
    // In the main thread itself the handler runs before this returns.
    return safepoint(t) ? .none : .raised
}

nonisolated(unsafe) private var chosenStackSize = 0

private func thread_stackSize(_ t: Thread, _ a: Values) -> Value {
    guard let size = asInt(t, a[0]) else { return .raised }
    if size < 0 { return raise(t, .valueError, "size must be 0 or a positive value") }
    let old = chosenStackSize
    if size != 0 && size < 32768 { return raise(t, .valueError, "size not valid: \(size) bytes") }
    chosenStackSize = size
    setDefaultStackSize(size)
    return makeInt(t, old)
}
