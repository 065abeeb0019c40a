// From nothing to a running interpreter, and back: the order in which the parts of the runtime come to life.

import Glibc
@_exported import LadonTypes

/// What a process decides before anything runs.
public struct StartOptions {
    public var gil = false
    /// PYTHONHASHSEED; nil: random.
    public var hashSeed: UInt32?
    public var flags = StartFlags()
    /// sys.argv.
    public var arguments = [CommandWord("")]
    /// sys.orig_argv.
    public var originalArguments: [CommandWord] = []
    /// -W and -X options as given.
    public var warnOptions: [String] = []
    public var xOptions: [String] = []
    /// sys.executable: the path that the command was started by, links not followed.
    public var executable = CommandWord("")
    /// -X pycache_prefix; nil: compiled files lie beside their sources.
    public var pycachePrefix: CommandWord?
    /// -X int_max_str_digits; nil: the default.
    public var intMaxTextDigits: Int?
    /// -X no_debug_ranges clears it: code then keeps lines only.
    public var keepsColumns = true
    /// -X importtime.
    public var timesImports = false
    /// --check-hash-based-pycs.
    public var hashBasedCheck: StaticString = "default"
    /// -x: a script's first line is not Python.
    public var skipsFirstLine = false
    public init() {}
}

/// Starts the runtime on the calling OS thread, which becomes the main thread. Once per process.
public func startRuntime(_ given: StartOptions) -> Thread {
    var options = given
    settleLocale(&options.flags)
    initializeHeap()
    initializeThreads(gil: options.gil)
    let t = attachThread(isMain: true)
    holdOffCollections(t)
    initializeHashKey(seed: options.hashSeed)
    initializeContainers()
    ladon_runtime.emptyTuple = Value(allocate(t, id: TypeID.tuple.rawValue, bytes: MemoryLayout<TupleCell>.size))
    makeImmortal(ladon_runtime.emptyTuple)
    initializeStrings(t)
    initializeNames(t)
    makeMainInterpreter(t)
    initializeFrames(t)
    bootstrapTypes(t)
    installBuiltinTypes(t)
    if let digits = options.intMaxTextDigits { setIntMaxTextDigits(t, digits) }
    fillInterpreter(t, options)
    if options.flags.variable("PYTHONFAULTHANDLER") != nil || options.flags.devMode != 0 || options.xOptions.contains("faulthandler") { enableFaultHandler(2, showsThread: true) }
    allowCollections(t)
    // The filters of -W count from the first line that is compiled.
    if !options.warnOptions.isEmpty && importModule(t, "warnings").isRaised { clearException(t) }
    if processSites.areExecuted(options.flags) && importModule(t, "site").isRaised {
        fputs("Fatal Python error: Failed to import the site module\n", stderr)
        printException(t, takeException(t))
        exit(1)
    }
    return t
}
