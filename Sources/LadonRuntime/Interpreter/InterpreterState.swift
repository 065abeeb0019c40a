// What belongs to one interpreter: its modules, built-ins and settings. Reached from every thread as
// `interpreter(t)`; all Value fields are roots (registered as one range).
//
// Fields are written at start, or by the one function that their comment names; readers load whole words.
// The list of interpreters and what makes and ends them: Interpreters.swift.

public struct InterpreterState {
    // Values: one contiguous range of roots, `firstValue` to `lastValue`.
    /// sys.modules' dict as made at start (sys.modules may be rebound by programs; imports read sysDict).
    public var modules: Value
    /// builtins.__dict__.
    public var builtins: Value
    public var builtinsModule: Value
    public var sysModule: Value
    public var sysDict: Value
    /// importlib._bootstrap once loaded, else 0.
    public var importlib: Value
    public var importlibExternal: Value
    /// A MemoryError made beforehand.
    public var memoryError: Value
    /// An object that no program has.
    public var uniqueMarker: Value
    /// Codec machinery: search functions (list), search cache (dict), error handlers (dict).
    public var codecSearchPath: Value
    public var codecCache: Value
    public var codecErrors: Value
    /// _warnings: filters list, once registry, default action; `_warnings` keeps them in its module too.
    public var warningFilters: Value
    public var warningOnceRegistry: Value
    public var warningDefaultAction: Value
    /// atexit callbacks: a list of (function, args, kwargs).
    public var atexitCallbacks: Value
    /// gc.callbacks and gc.garbage.
    public var gcCallbacks: Value
    public var gcGarbage: Value
    /// The `threading` module's main thread object or 0; set by _thread.
    public var mainThreadObject: Value
    /// Signal handlers: a tuple-like storage of 65 values.
    public var signalHandlers: Value
    /// fork hooks: lists before, after in parent, after in child.
    public var forkBefore: Value
    public var forkAfterParent: Value
    public var forkAfterChild: Value
    /// io.open, for builtins.open; the io module's types that native code makes.
    public var ioOpen: Value
    /// abc caches invalidation counter and others: a dict for native modules' per-interpreter state, keyed by module name.
    public var nativeState: Value
    /// Names of lazily filled native modules: str -> definition index.
    public var nativeModules: Value
    /// sys.addaudithook: a tuple, replaced as a whole, or 0.
    public var auditHooks: Value
    /// The type of sys.get_asyncgen_hooks() results.
    public var asyncGenHooksType: Value
    /// The folder of the program (a str) that stands in front of sys.path, or 0; further interpreters get it from the main one.
    public var programFolder: Value
    /// Finalisers and callbacks that threads of other interpreters found due: a list of (callback or None, object), or 0.
    public var deferredFinalizers: Value

    // Plain data.
    public var recursionLimit: Int
    public var intMaxStringDigits: Int
    public var flags: StartFlags
    /// 1 while the interpreter is shutting down.
    public var finalizing: Int
    /// The thread that ends it; the others of the interpreter sleep for ever.
    public var endingThread: Thread?
    public var abcCounter: Int
    /// [atomic] 1 once importlib is complete; before, whoever needs it takes the import lock.
    public var importlibReady: UInt
    /// Counts changes of the warning filters; registries that saw another number are stale.
    public var warningFiltersVersion: Int
    /// The import lock's owner (a thread's ident) and depth; both change only while `importLock` is held.
    public var importLockOwner: UInt
    public var importLockDepth: Int
    public var importLock: RuntimeLock
    /// [atomic] Threads that start_new_thread started and that have not ended.
    public var runningThreads: UInt32
    /// [atomic] 1 while a thread executes code in `__main__` on behalf of another interpreter; always 1 in the main interpreter.
    public var isRunningMain: UInt32
    /// [atomic] Threads of other interpreters that hand finalisers over just now.
    public var borrowers: UInt32
    /// 0 is the main interpreter. Ids are never used again.
    public var id: Int
    /// Interpreter objects, in all interpreters, that stand for this one. Under the list's mutex.
    public var references: Int
    /// The GIL of its threads.
    public var executionLock: UnsafeMutablePointer<ExecutionLock>
    /// What native modules keep for this interpreter, by StateSlot (PerInterpreter.swift).
    public var states: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    /// The next one in the list of interpreters.
    public var next: UnsafeMutablePointer<InterpreterState>?
}

/// What the command line asked for (sys.flags).
public struct StartFlags {
    public var debug = 0, inspect = 0, interactive = 0, optimize = 0, dontWriteBytecode = 0
    public var noUserSite = 0, noSite = 0, ignoreEnvironment = 0, verbose = 0, bytesWarning = 0, quiet = 0
    public var hashRandomization = 1, isolated = 0, devMode = 0, warnDefaultEncoding = 0, safePath = 0
    /// Negative: as the locale says.
    public var utf8Mode = -1
    public var unbuffered = 0
    public init() {}
}

extension InterpreterState {
    static let valueCount = MemoryLayout<InterpreterState>.offset(of: \InterpreterState.recursionLimit)! / 8
}

@inlinable @inline(__always)
public func interpreter(_ t: Thread) -> UnsafeMutablePointer<InterpreterState> {
    UnsafeMutablePointer<InterpreterState>(t.pointee.interpreter.unsafelyUnwrapped)
}

