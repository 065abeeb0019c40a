// The native modules of this target, and the list of all targets' tables. A module is made when it is first imported.

/// Names and definitions of native modules.
public typealias NativeModuleTable = [(StaticString, () -> ModuleDefinition)]

/// Every native module there is, table by table. Changed only before the runtime starts (see `registerNativeModules`).
public nonisolated(unsafe) var nativeModuleTables: [NativeModuleTable] = [coreModules]

private nonisolated(unsafe) let coreModules: NativeModuleTable = [
    ("builtins", builtinsModule), ("sys", sysModule), ("_imp", impModule), ("marshal", marshalModule),
    ("math", mathModule), ("cmath", cmathModule), ("_random", randomCoreModule), ("_struct", structCoreModule), ("_io", ioModule), ("posix", posixModule),
    ("errno", errnoModule), ("_stat", statModule), ("select", selectModule), ("fcntl", fcntlModule), ("resource", resourceModule), ("pwd", pwdModule),
    ("grp", grpModule), ("syslog", syslogModule), ("_locale", localeModule), ("_posixsubprocess", subprocessModule), ("termios", termiosModule),
    ("_codecs", codecsModule), ("_string", stringHelperModule), ("_sre", sreModule), ("unicodedata", unicodedataModule), ("binascii", binasciiModule),
    ("_collections", collectionsModule), ("_functools", functoolsModule), ("itertools", itertoolsModule), ("_operator", operatorModule),
    ("_bisect", bisectModule), ("_heapq", heapqModule), ("_statistics", statisticsModule),
    ("_thread", threadModule), ("time", timeModule), ("_signal", signalModule), ("atexit", atexitModule),
    ("_ast", astModule),
    ("_md5", md5Module), ("_sha1", sha1Module), ("_sha256", sha256Module), ("_sha512", sha512Module), ("_sha3", sha3Module), ("_blake2", blake2Module),
    ("_opcode", opcodeModule), ("_symtable", symtableModule), ("_tracemalloc", tracemallocModule), ("_typing", typingModule), ("_uuid", uuidModule), ("_csv", csvModule),
    ("_warnings", warningsModule),
    ("_abc", abcModule),
    ("_weakref", weakrefModule),
    ("gc", gcModule), ("_lsprof", lsprofModule), ("_contextvars", contextVarsModule), ("_queue", queueModule), ("faulthandler", faultHandlerModule),
]
