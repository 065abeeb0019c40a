// Every native module: the one list. A module is made when it is first imported.

nonisolated(unsafe) let nativeModuleTable: [(StaticString, () -> ModuleDefinition)] = [
    ("builtins", builtinsModule), ("sys", sysModule), ("_imp", impModule), ("marshal", marshalModule),
    ("math", mathModule), ("cmath", cmathModule), ("_random", randomCoreModule), ("_struct", structCoreModule), ("_io", ioModule), ("posix", posixModule),
    ("_codecs", codecsModule), ("_string", stringHelperModule), ("_sre", sreModule), ("unicodedata", unicodedataModule), ("binascii", binasciiModule),
    ("_collections", collectionsModule), ("_functools", functoolsModule), ("itertools", itertoolsModule), ("_operator", operatorModule),
    ("_bisect", bisectModule), ("_heapq", heapqModule),
    ("_thread", threadModule), ("time", timeModule), ("_signal", signalModule), ("atexit", atexitModule),
    ("_ast", astModule),
    ("_warnings", warningsModule),
    ("_abc", abcModule),
]
