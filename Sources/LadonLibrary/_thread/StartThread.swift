// Starting Python threads and what happens to the exceptions that nobody caught in them.

import LadonTypes

func thread_start(_ t: Thread, _ a: Values) -> Value {
    if !isCallable(a[0]) { return raise(t, .typeError, "first arg must be callable") }
    if !isTuple(a[1]) { return raise(t, .typeError, "2nd arg must be a tuple") }
    if !a[2].isMissing && !isDict(a[2]) { return raise(t, .typeError, "optional 3rd arg must be a dictionary") }
    let argument = makeTuple(t, a[0], a[1], a[2].isMissing ? .none : a[2])
    if argument.isRaised { return argument }
    var handle: ThreadHandle?
    _ = ladon_fetch_add32(&interpreter(t).pointee.runningThreads, 1)
    let code = startThread(t, body: runPythonThread, argument: argument, handle: &handle)
    guard code == 0, let started = handle else {
        _ = ladon_fetch_add32(&interpreter(t).pointee.runningThreads, .max)
        return raise(t, .runtimeError, "can't start new thread")
    }
    let ident = ladon_load_relaxed(&started.pointee.ident)
    releaseHandle(started)
    return makeInt(t, ident)
}

private func runPythonThread(_ t: Thread, _ argument: Value) {
    let function = argument.tupleItems[0], args = argument.tupleItems[1], keywords = argument.tupleItems[2]
    // Tools of the system show the thread by its name.
    if let thread = threadObject(function) {
        let given = instanceAttribute(t, thread, threadNameAttribute)
        if given.isCell && given.isStr { nameNativeThread(swiftString(given)) }
    }
    let context = givenContext(t, function)
    var result: Value
    if context.bits == 0 {
        result = callWithTuple(t, function, args, keywords.isNone ? .raised : keywords)
    } else {
        let run = getAttribute(t, context, intern(t, "run"))
        result = run.isRaised ? run : call(t, run, function)
    }
    if result.isRaised {
        if exceptionMatches(t, .systemExit) { clearException(t) } else { reportUnraisable(t, function, "Exception ignored in thread started by") }
    }
    _ = ladon_fetch_add32(&interpreter(t).pointee.runningThreads, .max)
    argument.keepAlive
}

/// "_name". Not made on first use: two threads that come here first at the same time would wait for each other, one of them attached.
nonisolated(unsafe) private var threadNameAttribute = Value.raised

func initializeThreadNames(_ t: Thread) { threadNameAttribute = lastingName(t, "_name") }

/// Names the calling thread for the system, which keeps 15 bytes: of a longer text whole characters.
func nameNativeThread(_ text: String) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { buffer in
        var n = 0
        for scalar in text.unicodeScalars {
            let bytes = UTF8.encode(scalar).unsafelyUnwrapped
            if scalar.value == 0 || n + bytes.count > 15 { break }
            for b in bytes { buffer[n] = CChar(bitPattern: b); n += 1 }
        }
        buffer[n] = 0
        setNativeThreadName(buffer.baseAddress.unsafelyUnwrapped)
    }
}

/// `_thread._set_async_exc(ident, exception)`: the exception is raised in that thread at its next safepoint. How many threads there were: 0 or 1.
func thread_setAsyncException(_ t: Thread, _ a: Values) -> Value {
    guard let ident = asInt(t, a[0]) else { return .raised }
    let isClass = isType(a[1]) && a[1].asType.pointee.flags.contains(.exceptionSubclass)
    if !a[1].isNone && !isClass { return raise(t, .typeError, "exception must be an exception class or None, not \(typeName(a[1]))") }
    return Value(smallInt: setAsyncException(t, ident: UInt(bitPattern: ident), exception: a[1].isNone ? .raised : a[1]) ? 1 : 0)
}

// MARK: threading.excepthook

nonisolated(unsafe) private var hookArgumentsType: TypePointer?

/// `_thread._ExceptHookArgs`.
func threadHookArgumentsType(_ t: Thread) -> TypePointer {
    if let type = hookArgumentsType { return type }
    let type = makeStructSequenceType(t, "_thread._ExceptHookArgs", "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.", fields: [
        ("exc_type", "Exception type"), ("exc_value", "Exception value"), ("exc_traceback", "Exception traceback"), ("thread", "Thread"),
    ], visible: 4)
    hookArgumentsType = type
    return type
}

/// Writes a thread's uncaught exception to sys.stderr, or to the stream that the thread was started with.
func thread_excepthook(_ t: Thread, _ a: Values) -> Value {
    if typeOf(a[0]) != threadHookArgumentsType(t) { return raise(t, .typeError, "_thread.excepthook argument type must be ExceptHookArgs") }
    let fields = structSequenceItems(a[0])
    let type = fields[0], value = fields[1], traceback = fields[2], thread = fields[3]
    if type == Value(builtinType(.systemExit)) { return .none }
    let sys = interpreter(t).pointee.sysDict
    var file = dictGet(t, sys, name(.stderr))
    if file.isRaised { return file }
    if file.isMissing || file.isNone {
        if thread.isNone { return .none }
        file = getAttributeOrMissing(t, thread, intern(t, "_stderr"))
        if file.isRaised { return file }
        if file.isMissing || file.isNone { return .none }
    }
    var label = Value.missing
    if !thread.isNone {
        label = getAttributeOrMissing(t, thread, name(.name))
        if label.isRaised { clearException(t); label = .missing }
    }
    let shown = label.isMissing ? Value.missing : str(t, label)
    if shown.isRaised { clearException(t) }
    let who = shown.isRaised || shown.isMissing ? String(t.pointee.ident) : swiftString(shown)
    var text = TracebackText(t)
    text.out.append("Exception in thread \(who):\n")
    var e = value
    if e.isNone { e = isType(type) ? call(t, type) : .none }
    if e.isRaised { clearException(t); e = .none }
    if e.isCell && typeOf(e).pointee.flags.contains(.exceptionSubclass) {
        if !traceback.isNone {
            let own = loadSlot(&e.asException.pointee.traceback)
            if own.bits == 0 || own.isNone { storeSlot(&e.asException.pointee.traceback, traceback) }
        }
        _ = text.appendChain(e)
    } else {
        text.appendException(e)
    }
    let result = text.out.finish()
    if result.isRaised { return result }
    if callMethod(t, file, .write, result).isRaised { return .raised }
    if callMethod(t, file, .flush).isRaised { clearException(t) }
    return .none
}
