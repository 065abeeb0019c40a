// What threading has from later versions: Thread(context=…), and names that are made when they are first asked for,
// through the module's `__getattr__`, from Python source of our own: settrace_all_threads, setprofile_all_threads (3.12),
// serialize_iterator, synchronized_iterator and concurrent_tee (3.15).

import LadonTypes

private let originals = PerInterpreter<(initialize: Value, stop: Value)>(.thread)
nonisolated(unsafe) private var names = (context: Value.raised, daemonNames: Value.raised)

nonisolated(unsafe) private let initializeRecord = makeRecord(.method("__init__", "(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None, context=None)", thread_initialize,
    "This constructor should always be called with keyword arguments.\n\n*group* should be None, *target* is the callable to be called by run() with *args*\nand *kwargs*, *name* the thread's name (by default one is made up), *daemon* whether\nit is a daemonic thread (by default as the current one), *context* the\ncontextvars.Context to run in (by default an empty one).\n\nA subclass that overrides the constructor must call this one before anything else."))

nonisolated(unsafe) private let stopRecord = makeRecord(.method("_stop", "(self)", thread_stop))

/// The row of the table of amendments.
func amendThreading(_ t: Thread, _ dict: Value) -> Bool {
    if !amendCondition(t, dict) || !amendEventAndSemaphore(t, dict) { return false }
    if names.context.bits == 0 {
        let daemon = makeTuple(t, intern(t, "daemon"))
        if daemon.isRaised { return false }
        makeImmortal(daemon)
        names = (lastingName(t, "_context"), daemon)
    }
    let thread = dictGetName(t, dict, intern(t, "Thread"))
    if !isType(thread) || !replaceMethod(t, thread, initializeRecord, &originals[t].pointee.initialize) { return isType(thread) ? false : true }
    if !replaceMethod(t, thread, stopRecord, &originals[t].pointee.stop) { return false }
    return dictSet(t, dict, intern(t, "__getattr__"), makeNativeFunction(t, "__getattr__", "(name, /)", "", threading_getAttribute)) >= 0
}

private func thread_initialize(_ t: Thread, _ a: Values) -> Value {
    let args = a[4].isMissing ? ladon_runtime.emptyTuple : a[4]
    let done = withUnsafeTemporaryAllocation(of: Value.self, capacity: 7) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        for i in 0 ..< 7 { p[i] = a[i] }
        p[4] = args
        return call(t, originals[t].pointee.initialize, args: p, 7, names.daemonNames)
    }
    if done.isRaised || a[7].isNone { return done }
    if !a[7].isExactly(.context) { return raise(t, .typeError, "context must be a contextvars.Context, not \(typeName(a[7]))") }
    return setAttribute(t, a[0], names.context, a[7]) < 0 ? .raised : .none
}

/// `Thread._stop`, called by whoever finds that the thread has ended, so perhaps by several at once. The Python method
/// asserts that the thread's lock is free, which only holds where no other joiner can have it at that moment.
private func thread_stop(_ t: Thread, _ a: Values) -> Value {
    let globals = originals[t].pointee.stop.asFunction.pointee.globals
    let lock = getAttribute(t, a[0], intern(t, "_tstate_lock"))
    if lock.isRaised || setAttribute(t, a[0], intern(t, "_is_stopped"), .true) < 0
        || setAttribute(t, a[0], intern(t, "_tstate_lock"), .none) < 0 { return .raised }
    // CPython counts references, so `_dangling` forgets a thread with its last one; here that would take a collection.
    // Not while somebody walks it, which asks threads whether they are alive.
    let dangling = dictGetName(t, globals, intern(t, "_dangling"))
    if dangling.isCell {
        let walkers = getAttribute(t, dangling, intern(t, "_iterating"))
        let isWalked = walkers.isRaised ? -1 : isTrue(t, walkers)
        if isWalked < 0 || (isWalked == 0 && callMethod(t, dangling, intern(t, "discard"), a[0]).isRaised) { return .raised }
    }
    let daemon = getAttribute(t, a[0], intern(t, "daemon"))
    let isDaemon = daemon.isRaised ? -1 : isTrue(t, daemon)
    if isDaemon != 0 { return isDaemon < 0 ? .raised : .none }
    // Nobody need wait for it at exit any more.
    let guardian = dictGetName(t, globals, intern(t, "_shutdown_locks_lock")), locks = dictGetName(t, globals, intern(t, "_shutdown_locks"))
    if !guardian.isExactly(.lock) || !locks.isExactly(.set) { return call(t, originals[t].pointee.stop, a[0]) }
    if acquireLock(t, guardian) < 0 { return .raised }
    let done = lock.isNone ? 0 : setDiscard(t, locks, lock)
    _ = releaseLock(t, guardian)
    return done < 0 ? .raised : .none
}

/// The context that a thread object was given, or 0; what a thread starts with is a bound method of it.
func givenContext(_ t: Thread, _ function: Value) -> Value {
    guard let thread = threadObject(function), names.context.bits != 0 else { return .raised }
    let found = instanceAttribute(t, thread, names.context)
    return found.isMissing || found.isNone ? .raised : found
}

/// The object whose method a thread starts with.
func threadObject(_ function: Value) -> Value? {
    function.isExactly(.method) ? function.cell(as: MethodCell.self).pointee.receiver : nil
}

// MARK: names on demand

private let lateNames = ["settrace_all_threads", "setprofile_all_threads", "serialize_iterator", "synchronized_iterator", "concurrent_tee"]

private func threading_getAttribute(_ t: Thread, _ a: Values) -> Value {
    let wanted = a[0].isCell && a[0].isStr ? swiftString(a[0]) : ""
    let module = importModule(t, "threading")
    if module.isRaised { return module }
    if lateNames.contains(wanted) && module.isExactly(.module) {
        let globals = module.cell(as: ModuleCell.self).pointee.dict
        if !executeSource(t, lateSource, "<threading>", globals) { return .raised }
        let found = dictGet(t, globals, a[0])
        if !found.isMissing { return found }
    }
    return raise(t, .attributeError, "module 'threading' has no attribute '\(wanted)'")
}

/// Executes Python source of our own in a module's namespace. False: raised.
private func executeSource(_ t: Thread, _ source: StaticString, _ filename: String, _ globals: Value) -> Bool {
    let text = makeBytes(t, source.utf8Start, source.utf8CodeUnitCount)
    if text.isRaised { return false }
    let code = compileSource(t, text, filename, .exec, SourceOptions())
    return !code.isRaised && !runCode(t, code, globals: globals, builtins: interpreter(t).pointee.builtins, locals: .raised).isRaised
}

private let lateSource: StaticString = """
def settrace_all_threads(func):
    \"\"\"Set a trace function for all threads started from the threading module
    and all Python threads that are currently executing.\"\"\"
    settrace(func)
    _sys._settraceallthreads(func)

def setprofile_all_threads(func):
    \"\"\"Set a profile function for all threads started from the threading module
    and all Python threads that are currently executing.\"\"\"
    setprofile(func)
    _sys._setprofileallthreads(func)

class serialize_iterator:
    \"\"\"An iterator over another one that lets one thread at a time advance it.

    send(), throw() and close() are there if the other iterator has them.\"\"\"

    __slots__ = ('_iterator', '_lock', '__weakref__')

    def __init__(self, iterable):
        self._iterator = iter(iterable)
        self._lock = Lock()

    def __iter__(self):
        return self

    def __next__(self):
        with self._lock:
            return next(self._iterator)

    def send(self, value, /):
        with self._lock:
            return self._iterator.send(value)

    def throw(self, *args):
        with self._lock:
            return self._iterator.throw(*args)

    def close(self):
        with self._lock:
            return self._iterator.close()

def synchronized_iterator(func):
    \"\"\"A decorator: what the function returns is wrapped by serialize_iterator.\"\"\"
    import functools

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        return serialize_iterator(func(*args, **kwargs))
    return wrapper

class _concurrent_tee:
    # A chain of cells (item, next cell), the last of them empty. Only filling a cell takes the lock that
    # all iterators of one source share.
    __slots__ = ('_source', '_lock', '_cell', '__weakref__')

    def __init__(self, source, lock, cell):
        self._source = source
        self._lock = lock
        self._cell = cell

    def __iter__(self):
        return self

    def __next__(self):
        cell = self._cell
        if len(cell) == 0:
            with self._lock:
                if len(cell) == 0:
                    cell.extend((next(self._source), []))
        item, self._cell = cell
        return item

    def __copy__(self):
        return _concurrent_tee(self._source, self._lock, self._cell)

def concurrent_tee(iterable, n=2):
    \"\"\"A tuple of n independent iterators over one iterable, each for a thread of its own.\"\"\"
    if n < 0:
        raise ValueError('n must be >= 0')
    if n == 0:
        return ()
    iterator = iter(iterable)
    if isinstance(iterator, _concurrent_tee):
        first = iterator
    else:
        first = _concurrent_tee(iterator, Lock(), [])
    return (first, *(first.__copy__() for _ in range(n - 1)))
"""
